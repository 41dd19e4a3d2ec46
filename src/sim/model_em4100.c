/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A badge reader for EM4100 tags on a serial line: devices C.6. It only ever
 * sends. Badge numbers are not in its account, not in what it shows, and are
 * wiped when the badge is taken away.
 */
#include "sim/command.h"
#include "sim/models.h"
#include "sim/setting.h"
#include "util/alloc.h"
#include "util/hash.h"
#include "util/json.h"
#include "util/secret.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MODEL_EM4100_BYTES     5
#define MODEL_EM4100_DIGITS    (2 * MODEL_EM4100_BYTES)
#define MODEL_EM4100_FRAME_MAX 16
#define MODEL_EM4100_HOLD_MAX  600000 /* ms */
#define MODEL_EM4100_REPEAT    65     /* ms; RDM6300 */

#define STX 0x02
#define ETX 0x03

enum model_em4100_framing {
	MODEL_EM4100_14, /* RDM6300, RDM630, EM-18: repeats while held */
	MODEL_EM4100_16	 /* ID-12, ID-20: CR LF before ETX, sends once */
};

struct model_em4100 {
	struct model model;
	int framing, lower, sum, repeat; /* settings */

	uint8_t frame[MODEL_EM4100_FRAME_MAX]; /* of the badge that is held */
	size_t frame_len;
	int64_t held_until; /* -1: no badge */
	unsigned int badges, frames, bad_frames, noises;
};

static struct model_em4100 *model_em4100_of(const struct model *model)
{
	return (struct model_em4100 *)(uintptr_t)model;
}

static int64_t model_em4100_now(const struct model_em4100 *reader)
{
	return reader->model.host.now(reader->model.host.arg);
}

static void model_em4100_take_away(struct model_em4100 *reader)
{
	secret_wipe(reader->frame, sizeof(reader->frame));
	reader->frame_len = 0;
	reader->held_until = -1;
	reader->model.host.timer(reader->model.host.arg, -1);
}

static uint8_t model_em4100_add_up(const uint8_t *id, bool sum)
{
	unsigned int check = 0;

	for (size_t i = 0; i < MODEL_EM4100_BYTES; i++)
		check = sum ? check + id[i] : check ^ id[i];
	return (uint8_t)check;
}

/*
 * Neither the XOR nor, should a reader be set to that, the sum: the lowest bit
 * of both is the same, and it is turned over here.
 */
static uint8_t model_em4100_spoil(const uint8_t *id)
{
	return model_em4100_add_up(id, false) ^ 0x55;
}

static void model_em4100_make_frame(struct model_em4100 *reader,
				    const uint8_t *id, uint8_t check)
{
	char text[MODEL_EM4100_DIGITS + 3];
	uint8_t *at = reader->frame;

	hash_to_hex(id, MODEL_EM4100_BYTES, text);
	hash_to_hex(&check, 1, text + MODEL_EM4100_DIGITS);
	*at++ = STX;
	for (const char *digit = text; *digit; digit++)
		*at++ = (uint8_t)(reader->lower ? *digit : toupper(*digit));
	if (reader->framing == MODEL_EM4100_16) {
		*at++ = '\r';
		*at++ = '\n';
	}
	*at++ = ETX;
	reader->frame_len = (size_t)(at - reader->frame);
	secret_wipe(text, sizeof(text));
}

static void model_em4100_send_frame(struct model_em4100 *reader)
{
	const struct model_host *host = &reader->model.host;

	host->send(host->arg, reader->frame, reader->frame_len);
	reader->frames++;
}

/* Again, or the badge is gone, whichever is first. */
static void model_em4100_arm_timer(const struct model_em4100 *reader)
{
	int64_t left = reader->held_until - model_em4100_now(reader);

	if (reader->repeat && reader->repeat < left)
		left = reader->repeat;
	reader->model.host.timer(reader->model.host.arg, left);
}

static void model_em4100_timeout(struct model *model)
{
	struct model_em4100 *reader = model_em4100_of(model);

	if (reader->held_until < 0)
		return;
	if (model_em4100_now(reader) >= reader->held_until) {
		model_em4100_take_away(reader);
		return;
	}
	model_em4100_send_frame(reader);
	model_em4100_arm_timer(reader);
}

/* "0110185C5B" or "0110185C5B hold 500"; without hold one frame is sent. */
static bool model_em4100_parse_badge(const char *arguments,
				     uint8_t out_id[MODEL_EM4100_BYTES],
				     int64_t *out_hold)
{
	char digits[MODEL_EM4100_DIGITS + 1];
	size_t len = strcspn(arguments, " ");
	const char *rest = arguments + len;
	int64_t hold = 0;
	bool good = len == MODEL_EM4100_DIGITS;

	rest += strspn(rest, " ");
	if (good && *rest)
		good = !strncmp(rest, "hold ", 5) &&
		       command_number(rest + 5, 1, MODEL_EM4100_HOLD_MAX,
				      &hold);
	if (!good)
		return false;
	memcpy(digits, arguments, len);
	digits[len] = 0;
	good = hash_from_hex(digits, MODEL_EM4100_BYTES, out_id);
	secret_wipe(digits, sizeof(digits));
	if (good)
		*out_hold = hold;
	return good;
}

static void model_em4100_present(struct model_em4100 *reader, int64_t hold)
{
	reader->badges++;
	model_em4100_send_frame(reader);
	if (!hold) {
		model_em4100_take_away(reader);
		return;
	}
	reader->held_until = model_em4100_now(reader) + hold;
	model_em4100_arm_timer(reader);
}

/* Never says what was typed: it may be a badge number after all. */
static char *model_em4100_do_badge(void *owner, const char *arguments)
{
	struct model_em4100 *reader = owner;
	const struct model_host *host = &reader->model.host;
	uint8_t id[MODEL_EM4100_BYTES];
	int64_t hold;

	if (!model_em4100_parse_badge(arguments, id, &hold))
		return alloc_text("badge takes 10 hexadecimal digits, and "
				  "perhaps hold and milliseconds");
	host->show(host->arg, "a badge is held to the reader");
	model_em4100_make_frame(reader, id,
				model_em4100_add_up(id, reader->sum));
	secret_wipe(id, sizeof(id));
	model_em4100_present(reader, hold);
	return NULL;
}

/* A frame whose check digits are wrong; of a number of its own if not said. */
static char *model_em4100_do_bad_badge(void *owner, const char *arguments)
{
	struct model_em4100 *reader = owner;
	const struct model_host *host = &reader->model.host;
	uint8_t id[MODEL_EM4100_BYTES];
	int64_t hold;

	if (!model_em4100_parse_badge(*arguments ? arguments : "7A00C0FFEE", id,
				      &hold))
		return alloc_text("bad badge takes 10 hexadecimal digits, "
				  "or nothing");
	model_em4100_make_frame(reader, id, model_em4100_spoil(id));
	secret_wipe(id, sizeof(id));
	host->send(host->arg, reader->frame, reader->frame_len);
	model_em4100_take_away(reader);
	reader->bad_frames++;
	return NULL;
}

/* Half a frame, a frame with letters in it, and stray ends. */
static char *model_em4100_do_noise(void *owner, const char *arguments)
{
	static const char noise[] = "\xff\x7f"
				    "\x02"
				    "7A00"
				    "\x02"
				    "7A00WXYZEE12"
				    "\x03\x03\x0d\x0a";
	struct model_em4100 *reader = owner;
	const struct model_host *host = &reader->model.host;

	(void)arguments;
	host->send(host->arg, (const uint8_t *)noise, sizeof(noise) - 1);
	reader->noises++;
	return NULL;
}

static char *model_em4100_do_remove(void *owner, const char *arguments)
{
	(void)arguments;
	model_em4100_take_away(owner);
	return NULL;
}

static const char *const model_em4100_framings[] = { "14", "16", NULL };
static const char *const model_em4100_cases[] = { "upper", "lower", NULL };
static const char *const model_em4100_checksums[] = { "xor", "sum", NULL };

#define MODEL_EM4100_AT(field) offsetof(struct model_em4100, field)

/* clang-format off: lists for the macros that make tables and help of them */
#define MODEL_EM4100_OPTIONS(X)                                              \
	X("framing", "14|16",                                                \
	  "bytes; 14 repeats while held (RDM6300), 16 has"                   \
	  " a CR LF and is sent once (ID-12)",                               \
	  model_em4100_framings, 0, 0, MODEL_EM4100_AT(framing))             \
	X("repeat", "MS", "time between frames while held, 0 for one frame", \
	  NULL, 0, 10000, MODEL_EM4100_AT(repeat))                           \
	X("digits", "upper|lower", "of the frame", model_em4100_cases, 0, 0, \
	  MODEL_EM4100_AT(lower))                                            \
	X("checksum", "xor|sum", "sum is what some clones do",               \
	  model_em4100_checksums, 0, 0, MODEL_EM4100_AT(sum))

#define MODEL_EM4100_COMMANDS(X)                                         \
	X("badge", " ID [hold MS]",                                      \
	  "a badge of 10 hexadecimal digits, shown"                      \
	  " for a moment, or for MS milliseconds",                       \
	  model_em4100_do_badge)                                         \
	X("bad badge", " [ID]", "a frame whose checksum is wrong",       \
	  model_em4100_do_bad_badge)                                     \
	X("noise", "", "bytes that are no frame", model_em4100_do_noise) \
	X("remove", "", "take the held badge away", model_em4100_do_remove)

static const char model_em4100_help[] = "Options:\n" MODEL_EM4100_OPTIONS(
	SETTING_HELP) "Commands:\n" MODEL_EM4100_COMMANDS(COMMAND_HELP);
/* clang-format on */

static const struct setting model_em4100_settings[] = { MODEL_EM4100_OPTIONS(
	SETTING_ROW) };

static const struct command model_em4100_commands[] = { MODEL_EM4100_COMMANDS(
	COMMAND_ROW) };

static char *model_em4100_command(struct model *model, const char *command)
{
	return command_run(model_em4100_commands,
			   sizeof(model_em4100_commands) /
				   sizeof(model_em4100_commands[0]),
			   model_em4100_of(model), command);
}

static void model_em4100_line(struct model *model, bool up)
{
	(void)model;
	(void)up;
}

static void model_em4100_input(struct model *model, const uint8_t *data,
			       size_t len)
{
	(void)model;
	(void)data;
	(void)len; /* deaf */
}

static void model_em4100_destroy(struct model *model)
{
	struct model_em4100 *reader = model_em4100_of(model);

	secret_wipe(reader->frame, sizeof(reader->frame));
	free(reader);
}

static struct model *model_em4100_create(const struct model_host *host,
					 const struct model_option *options,
					 size_t options_count, bool serial,
					 char **out_error)
{
	struct model_em4100 *reader = ALLOC_NEW(struct model_em4100);
	char *error;

	(void)serial;
	reader->model = (struct model){ &model_em4100, *host };
	reader->held_until = -1;
	reader->repeat = -1;
	error = setting_apply(model_em4100_settings,
			      sizeof(model_em4100_settings) /
				      sizeof(model_em4100_settings[0]),
			      options, options_count, &reader->model);
	if (reader->repeat < 0)
		reader->repeat = reader->framing == MODEL_EM4100_14
					 ? MODEL_EM4100_REPEAT
					 : 0;
	if (!error)
		return &reader->model;
	free(reader);
	*out_error = error;
	return NULL;
}

static json_t *model_em4100_account(const struct model *model)
{
	const struct model_em4100 *reader = model_em4100_of(model);
	json_t *account = json_make();

	json_put_int(account, "badges", reader->badges);
	json_put_int(account, "frames", reader->frames);
	json_put_int(account, "bad_frames", reader->bad_frames);
	json_put_int(account, "noises", reader->noises);
	return json_put_bool(account, "held", reader->held_until >= 0);
}

const struct model_class model_em4100 = {
	.name = "em4100",
	.summary = "a badge reader for EM4100 tags on a serial line",
	.help = model_em4100_help,
	.create = model_em4100_create,
	.destroy = model_em4100_destroy,
	.line = model_em4100_line,
	.input = model_em4100_input,
	.timeout = model_em4100_timeout,
	.command = model_em4100_command,
	.account = model_em4100_account,
};
