/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A MagTek reader for magnetic stripes, devices C.3: one report of 337 bytes
 * for each swipe, whatever it could read. Cards are in no account.
 */
#include "sim/command.h"
#include "sim/models.h"
#include "sim/setting.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>

#define MODEL_MAGTEK_REPORT  337
#define MODEL_MAGTEK_TRACKS  3
#define MODEL_MAGTEK_LENGTHS 3
#define MODEL_MAGTEK_FIELDS  7
#define MODEL_MAGTEK_FIELD   110
#define MODEL_MAGTEK_NONE    6 /* encode type */

struct model_magtek {
	struct model model;
	unsigned int swipes;
};

static struct model_magtek *model_magtek_of(const struct model *model)
{
	return (struct model_magtek *)(uintptr_t)model;
}

/* "%...?" is track 1, ";...?" track 2, "+...?" track 3; E stands for one that
 * can't be read. */
static bool model_magtek_put_track(uint8_t *report, const char *text,
				   size_t len)
{
	static const char sentinels[] = "%;+";
	const char *at = memchr(sentinels, text[0], MODEL_MAGTEK_TRACKS);
	size_t track = at ? (size_t)(at - sentinels) : 0;

	if (!at || len > MODEL_MAGTEK_FIELD)
		return false;
	if (len == 3 && text[1] == 'E') {
		report[track] = 1;
		return true;
	}
	report[MODEL_MAGTEK_LENGTHS + track] = (uint8_t)len;
	memcpy(report + MODEL_MAGTEK_FIELDS + track * MODEL_MAGTEK_FIELD, text,
	       len);
	return true;
}

static char *model_magtek_do_swipe(void *owner, const char *arguments)
{
	struct model_magtek *magtek = owner;
	uint8_t report[MODEL_MAGTEK_REPORT] = { [6] = MODEL_MAGTEK_NONE };

	memset(report + MODEL_MAGTEK_FIELDS, 0xaa, /* what was there before */
	       (size_t)MODEL_MAGTEK_TRACKS * MODEL_MAGTEK_FIELD);
	while (*arguments) {
		const char *end = strchr(arguments, '?');

		if (!end ||
		    !model_magtek_put_track(report, arguments,
					    (size_t)(end + 1 - arguments)))
			return alloc_text("swipe takes tracks as readers have "
					  "them: %T1?;T2?+T3?");
		report[6] = 4; /* none of the known encodings */
		arguments = end + 1;
	}
	magtek->swipes++;
	magtek->model.host.send(magtek->model.host.arg, report, sizeof(report));
	secret_wipe(report, sizeof(report));
	return NULL;
}

/* clang-format off: lists for the macros that make tables and help of them */
#define MODEL_MAGTEK_COMMANDS(X)                \
	X("swipe", " %T1?;T2?+T3?",             \
	  "a card goes through; E for a track " \
	  "that can't be read",                 \
	  model_magtek_do_swipe)

static const char model_magtek_help[] =
	"Commands:\n" MODEL_MAGTEK_COMMANDS(COMMAND_HELP);
/* clang-format on */

static const struct command model_magtek_commands[] = { MODEL_MAGTEK_COMMANDS(
	COMMAND_ROW) };

static char *model_magtek_command(struct model *model, const char *command)
{
	return command_run(model_magtek_commands,
			   sizeof(model_magtek_commands) /
				   sizeof(model_magtek_commands[0]),
			   model_magtek_of(model), command);
}

static void model_magtek_line(struct model *model, bool up)
{
	(void)model;
	(void)up;
}

static void model_magtek_input(struct model *model, const uint8_t *data,
			       size_t len)
{
	(void)model;
	(void)data;
	(void)len; /* it has no output reports */
}

static void model_magtek_timeout(struct model *model)
{
	(void)model;
}

static void model_magtek_destroy(struct model *model)
{
	free(model_magtek_of(model));
}

static struct model *model_magtek_create(const struct model_host *host,
					 const struct model_option *options,
					 size_t options_count, bool serial,
					 char **out_error)
{
	struct model_magtek *magtek = ALLOC_NEW(struct model_magtek);
	char *error;

	(void)serial;
	magtek->model = (struct model){ &model_magtek, *host };
	error = setting_apply(NULL, 0, options, options_count, &magtek->model);
	if (!error)
		return &magtek->model;
	free(magtek);
	*out_error = error;
	return NULL;
}

static json_t *model_magtek_account(const struct model *model)
{
	return json_put_int(json_make(), "swipes",
			    model_magtek_of(model)->swipes);
}

const struct model_class model_magtek = {
	.name = "magtek",
	.summary = "a reader for magnetic stripes: reports on its wire",
	.help = model_magtek_help,
	.create = model_magtek_create,
	.destroy = model_magtek_destroy,
	.line = model_magtek_line,
	.input = model_magtek_input,
	.timeout = model_magtek_timeout,
	.command = model_magtek_command,
	.account = model_magtek_account,
};
