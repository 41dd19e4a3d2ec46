/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tillsim's scripts: read, and what they name is played. Every device that can
 * be made gets the commands that are for it, and the text of the script as
 * bytes on its line.
 */
#include "sim/models.h"
#include "sim/script.h"

#include "fuzz.h"
#include "fuzz_stage.h"

#include <string.h>

const int fuzz_variants = 8000;

#define SCRIPT_DEVICES_PLAYED 4

static void script_play(const struct script *script,
			const struct script_device *device,
			const struct model_class *class, const uint8_t *data,
			size_t size)
{
	struct stage stage;
	struct model *model;

	stage_init(&stage);
	model = stage_make(&stage, class, device->options,
			   device->options_count, device->path != NULL);
	if (!model) {
		buf_free(&stage.sent);
		return;
	}
	class->line(model, true);
	for (size_t i = 0; i < script->events_count; i++)
		if (!strcmp(script->events[i].device, device->name))
			free(class->command(model, script->events[i].command));
	class->input(model, data, size);
	while (stage_wait(&stage, model))
		;
	json_decref(class->account(model));
	class->line(model, false);
	class->destroy(model);
	buf_free(&stage.sent);
}

static void script_play_all(const struct script *script, const uint8_t *data,
			    size_t size)
{
	for (size_t i = 0;
	     i < script->devices_count && i < SCRIPT_DEVICES_PLAYED; i++) {
		const struct script_device *device = &script->devices[i];
		const struct model_class *class = models_find(device->model);

		if (class)
			script_play(script, device, class, data, size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *file = fmemopen((void *)(uintptr_t)data, size, "r");
	char *error = NULL;
	struct script *script;

	if (!file)
		return 0; /* none of no bytes */
	script = script_read(file, "script", &error);
	FUZZ_HOLDS(!script == !!error);
	if (script)
		script_play_all(script, data, size);
	script_free(script);
	free(error);
	fclose(file);
	return 0;
}
