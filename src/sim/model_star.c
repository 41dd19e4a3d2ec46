/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Star printer with a cash drawer on its socket: devices A.5. What is printed
 * is not looked at. A pulse in order waits while the printer is offline, and
 * fires when it is online again; one on receipt is lost then.
 */
#include "sim/model_box.h"
#include "sim/models.h"
#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

#define ESC 0x1b
#define BEL 0x07
#define FS  0x1c
#define EM  0x19
#define SUB 0x1a

#define MODEL_STAR_WAITING 16
#define MODEL_STAR_UNIT	   10 /* ms */
#define MODEL_STAR_MOST	   127
#define MODEL_STAR_STATUS  9

enum { MODEL_STAR_OPEN_SETS, MODEL_STAR_OPEN_CLEARS };

struct model_star {
	struct model_box box;
	int polarity;
	int on, off; /* of drive 1, in units */
	bool offline, cover_open, paper_out;
	int waiting[MODEL_STAR_WAITING]; /* drives, in order */
	size_t waiting_count;
};

static struct model_star *model_star_of(const struct model *model)
{
	return (struct model_star *)(uintptr_t)model;
}

static bool model_star_is_offline(const struct model_star *star)
{
	return star->offline || star->cover_open || star->paper_out;
}

static void model_star_pulse(struct model_star *star, int drive)
{
	int on = drive ? 20 : star->on, off = drive ? 20 : star->off;

	model_box_pulse(&star->box, drive, on * MODEL_STAR_UNIT,
			off * MODEL_STAR_UNIT);
}

static void model_star_queue(struct model_star *star, int drive)
{
	if (!model_star_is_offline(star))
		model_star_pulse(star, drive);
	else if (star->waiting_count < MODEL_STAR_WAITING)
		star->waiting[star->waiting_count++] = drive;
}

static void model_star_pulse_now(struct model_star *star, int drive)
{
	if (!model_star_is_offline(star))
		model_star_pulse(star, drive);
}

static void model_star_settle(struct model_star *star)
{
	if (model_star_is_offline(star))
		return;
	for (size_t i = 0; i < star->waiting_count; i++)
		model_star_pulse(star, star->waiting[i]);
	star->waiting_count = 0;
}

/* Nine bytes: their number in the first, the version in the second. */
static void model_star_send_status(const struct model_star *star)
{
	uint8_t status[MODEL_STAR_STATUS] = { 0x23, 0x06 };
	bool open = star->box.drawer.open &&
		    star->box.drawer.fit.kind == DRAWER_FITTED;

	if (star->cover_open)
		status[2] |= 0x20;
	if (model_star_is_offline(star))
		status[2] |= 0x08;
	if (open == (star->polarity == MODEL_STAR_OPEN_SETS))
		status[2] |= 0x04;
	if (star->paper_out)
		status[5] |= 0x08;
	model_box_send(&star->box, status, sizeof(status));
}

static int model_star_units(uint8_t n, int otherwise)
{
	if (!n)
		return otherwise;
	return n > MODEL_STAR_MOST ? MODEL_STAR_MOST : n;
}

/* What begins with ESC; false if it has not ended. */
static bool model_star_take_escape(struct model_star *star)
{
	const uint8_t *in = star->box.in;
	size_t len = star->box.in_len;

	if (len < 2 || (in[1] == BEL && len < 4) || (in[1] == 0x06 && len < 3))
		return false;
	if (in[1] == BEL) {
		star->on = model_star_units(in[2], star->on);
		star->off = model_star_units(in[3], star->off);
	} else if (in[1] == 0x06 && in[2] == 0x01) {
		model_star_send_status(star);
	} else {
		star->box.unknown++;
	}
	return true;
}

static void model_star_take_byte(struct model_star *star, uint8_t byte)
{
	struct model_box *box = &star->box;

	if (box->in_len || byte == ESC) {
		box->in[box->in_len++] = byte;
		if (model_star_take_escape(star))
			box->in_len = 0;
	} else if (byte == BEL || byte == EM) {
		model_star_queue(star, byte == EM);
	} else if (byte == FS || byte == SUB) {
		model_star_pulse_now(star, byte == SUB);
	}
}

static void model_star_input(struct model *model, const uint8_t *data,
			     size_t len)
{
	for (size_t i = 0; i < len; i++)
		model_star_take_byte(model_star_of(model), data[i]);
}

static char *model_star_do_paper(void *owner, const char *arguments)
{
	static const char *const states[] = { "ok", "out", NULL };
	struct model_star *star = owner;
	int state = command_choice(arguments, states);

	if (state < 0)
		return alloc_text("paper is ok or out");
	star->paper_out = state;
	model_star_settle(star);
	return NULL;
}

static char *model_star_do_cover(void *owner, const char *arguments)
{
	static const char *const states[] = { "closed", "open", NULL };
	struct model_star *star = owner;
	int state = command_choice(arguments, states);

	if (state < 0)
		return alloc_text("the cover is open or closed");
	star->cover_open = state;
	model_star_settle(star);
	return NULL;
}

static char *model_star_do_offline(void *owner, const char *arguments)
{
	(void)arguments;
	((struct model_star *)owner)->offline = true;
	return NULL;
}

static char *model_star_do_online(void *owner, const char *arguments)
{
	struct model_star *star = owner;

	(void)arguments;
	star->offline = false;
	model_star_settle(star);
	return NULL;
}

static const char *const model_star_polarities[] = { "set-is-open",
						     "clear-is-open", NULL };
static const char *const model_star_drives[] = { "1", "2", NULL };

/* clang-format off: lists for the macros that make tables and help of them */
#define MODEL_STAR_OPTIONS(X)                                                  \
	X("polarity", "set-is-open|clear-is-open", "of the drawer's switch",   \
	  model_star_polarities, 0, 0, offsetof(struct model_star, polarity))  \
	X("drive", "1|2", "of the socket, where the drawer's coil is",         \
	  model_star_drives, 0, 0, offsetof(struct model_box, drawer.fit.pin)) \
	MODEL_BOX_OPTIONS(X)

#define MODEL_STAR_COMMANDS(X)                                           \
	MODEL_BOX_COMMANDS(X)                                            \
	X("paper", " out|ok", "the roll; out takes the printer offline", \
	  model_star_do_paper)                                           \
	X("cover", " open|closed", "open takes the printer offline",     \
	  model_star_do_cover)                                           \
	X("offline", "", "its key is pressed", model_star_do_offline)    \
	X("online", "", "and again", model_star_do_online)

static const char model_star_help[] = "Options:\n" MODEL_STAR_OPTIONS(
	SETTING_HELP) "Commands:\n" MODEL_STAR_COMMANDS(COMMAND_HELP);
/* clang-format on */

static const struct setting model_star_settings[] = { MODEL_STAR_OPTIONS(
	SETTING_ROW) };
static const struct command model_star_commands[] = { MODEL_STAR_COMMANDS(
	COMMAND_ROW) };

static char *model_star_command(struct model *model, const char *command)
{
	return command_run(model_star_commands,
			   sizeof(model_star_commands) /
				   sizeof(model_star_commands[0]),
			   model_star_of(model), command);
}

static void model_star_destroy(struct model *model)
{
	free(model_star_of(model));
}

static struct model *model_star_create(const struct model_host *host,
				       const struct model_option *options,
				       size_t options_count, bool serial,
				       char **out_error)
{
	struct model_star *star = ALLOC_NEW(struct model_star);
	char *error;

	(void)serial;
	model_box_init(&star->box, &model_star, host);
	star->on = star->off = 20;
	error = setting_apply(model_star_settings,
			      sizeof(model_star_settings) /
				      sizeof(model_star_settings[0]),
			      options, options_count, &star->box.model);
	if (!error)
		return &star->box.model;
	free(star);
	*out_error = error;
	return NULL;
}

static json_t *model_star_account(const struct model *model)
{
	const struct model_star *star = model_star_of(model);
	json_t *account = json_make();

	drawer_put_account(&star->box.drawer, account);
	json_put_bool(account, "online", !model_star_is_offline(star));
	json_put_int(account, "waiting_pulses", (int64_t)star->waiting_count);
	return json_put_int(account, "unknown_commands", star->box.unknown);
}

const struct model_class model_star = {
	.name = "star",
	.summary = "a receipt printer (Star) with a cash drawer on it",
	.help = model_star_help,
	.create = model_star_create,
	.destroy = model_star_destroy,
	.line = model_box_line,
	.input = model_star_input,
	.timeout = model_box_timeout,
	.command = model_star_command,
	.account = model_star_account,
};
