/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration: taken whole, or refused with sentences that name a line. */
#include "daemon/config.h"
#include "util/log.h"

#include "fuzz.h"

#include <string.h>
#include <unistd.h>

const int fuzz_variants = 20000;

static char config_path[64];
static int config_faults;

static void config_note(void *arg, const char *text)
{
	const char *line = text + strlen(config_path);

	(void)arg;
	FUZZ_HOLDS(!strncmp(text, config_path, strlen(config_path)));
	FUZZ_HOLDS(*line == ':');
	config_faults++;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	log_set_level(LOG_LEVEL_ERROR);
	snprintf(config_path, sizeof(config_path), "/tmp/tilld-fuzz-config.%d",
		 (int)getpid());
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct config_listener listener = { config_note, config_note,
						  NULL };
	FILE *file = fopen(config_path, "we");
	struct config *config;

	FUZZ_HOLDS(file && fwrite(data, 1, size, file) == size);
	fclose(file);
	config_faults = 0;
	config = config_load(config_path, &listener);
	FUZZ_HOLDS(config || config_faults);
	if (config)
		FUZZ_HOLDS(config_base_equal(config, config, config_path,
					     &listener));
	config_free(config);
	unlink(config_path);
	return 0;
}
