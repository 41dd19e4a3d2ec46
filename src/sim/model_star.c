/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Star printer with a cash drawer on its socket: devices A.5. What is in
 * order waits while the printer is offline, pulses too, and comes when it is
 * online again; a pulse on receipt is lost then.
 */
#include "sim/model_box.h"
#include "sim/models.h"
#include "sim/page.h"
#include "sim/starline.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

#define MODEL_STAR_BUFFER  65536 /* bytes that wait */
#define MODEL_STAR_COLUMNS 48
#define MODEL_STAR_KEPT	   64 /* lines of paper in the account */
#define MODEL_STAR_UNIT	   10 /* ms */
#define MODEL_STAR_MOST	   127
#define MODEL_STAR_STATUS  9

enum { MODEL_STAR_OPEN_SETS, MODEL_STAR_OPEN_CLEARS };

struct model_star {
	struct model_box box;
	int polarity;
	int on, off; /* of drive 1, in units */
	bool offline, cover_open, paper_out;
	struct starline line;
	struct starline_scanner scanner;
	struct buf queue;
	struct buf text; /* not yet printed, UTF-8 */
	unsigned int columns;
	const char *page;
	unsigned int lines, cuts, overrun;
	json_t *printed;
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

static void model_star_pulse_now(struct model_star *star, int drive)
{
	if (!model_star_is_offline(star))
		model_star_pulse(star, drive);
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

/* --- paper --- */

static void model_star_print_line(struct model_star *star)
{
	char *shown = alloc_format("paper| %s", buf_text(&star->text));

	model_box_show(&star->box, shown);
	free(shown);
	star->lines++;
	if (json_array_size(star->printed) == MODEL_STAR_KEPT)
		json_array_remove(star->printed, 0);
	json_array_append_new(star->printed,
			      json_string(buf_text(&star->text)));
	buf_reset(&star->text);
	star->columns = 0;
}

static void model_star_print_character(struct model_star *star, uint8_t byte)
{
	char cell[PAGE_CELL_SIZE];

	page_decode(star->page, byte, cell);
	buf_add_text(&star->text, cell);
	if (++star->columns == MODEL_STAR_COLUMNS)
		model_star_print_line(star);
}

static void model_star_print_mark(struct model_star *star, const char *mark)
{
	if (star->columns)
		model_star_print_line(star);
	buf_add_text(&star->text, mark);
	model_star_print_line(star);
}

static void model_star_cut(struct model_star *star)
{
	if (star->columns)
		model_star_print_line(star);
	model_box_show(&star->box,
		       "paper| - - - - - - - - cut - - - - - - - -");
	star->cuts++;
}

static void model_star_reset(struct model_star *star)
{
	buf_reset(&star->text);
	star->columns = 0;
	star->page = starline_page(0);
	star->on = star->off = 20;
}

/* --- in order --- */

static void model_star_execute(struct model_star *star,
			       enum starline_action action, uint8_t byte,
			       const uint8_t *params)
{
	switch (action) {
	case STARLINE_MORE:
	case STARLINE_IGNORE:
		break;
	case STARLINE_UNKNOWN:
		star->box.unknown++;
		break;
	case STARLINE_TEXT:
		model_star_print_character(star, byte);
		break;
	case STARLINE_FEED:
		model_star_print_line(star);
		break;
	case STARLINE_RESET:
		model_star_reset(star);
		break;
	case STARLINE_PAGE:
		if (starline_page(params[0]))
			star->page = starline_page(params[0]);
		break;
	case STARLINE_TIMES:
		star->on = model_star_units(params[0], star->on);
		star->off = model_star_units(params[1], star->off);
		break;
	case STARLINE_PULSE:
		if (params[0] & 1)
			model_star_pulse(star, 0);
		if (params[0] & 2)
			model_star_pulse(star, 1);
		break;
	case STARLINE_CUT:
		model_star_cut(star);
		break;
	case STARLINE_IMAGE:
		model_star_print_mark(star, "[image]");
		break;
	case STARLINE_BARCODE:
		model_star_print_mark(star, "[barcode]");
		break;
	case STARLINE_SYMBOL:
		model_star_print_mark(star, "[code]");
		break;
	}
}

static void model_star_settle(struct model_star *star)
{
	uint8_t params[STARLINE_PARAMS_MAX] = { 0 };
	size_t done = 0;

	while (done < star->queue.len && !model_star_is_offline(star)) {
		uint8_t byte = star->queue.data[done++];
		enum starline_action action =
			starline_take(&star->line, byte, params);

		model_star_execute(star, action, byte, params);
	}
	buf_drop(&star->queue, done);
}

/* --- as it arrives --- */

static void model_star_take_byte(struct model_star *star, uint8_t byte)
{
	if (star->queue.len < MODEL_STAR_BUFFER)
		buf_add_byte(&star->queue, byte);
	else
		star->overrun++;
	switch (starline_scan(&star->scanner, byte)) {
	case STARLINE_NOTHING:
		break;
	case STARLINE_PULSE_1:
		model_star_pulse_now(star, 0);
		break;
	case STARLINE_PULSE_2:
		model_star_pulse_now(star, 1);
		break;
	case STARLINE_STATUS:
		model_star_send_status(star);
		break;
	}
	model_star_settle(star);
}

static void model_star_input(struct model *model, const uint8_t *data,
			     size_t len)
{
	for (size_t i = 0; i < len; i++)
		model_star_take_byte(model_star_of(model), data[i]);
}

/* What it has begun to read it goes on with, whoever is on the line. */
static void model_star_line(struct model *model, bool up)
{
	(void)model;
	(void)up;
}

/* How many pulses wait for it to be online. */
static int64_t model_star_waiting(const struct model_star *star)
{
	struct starline line = star->line;
	uint8_t params[STARLINE_PARAMS_MAX] = { 0 };
	int64_t count = 0;

	for (size_t i = 0; i < star->queue.len; i++)
		count += starline_take(&line, star->queue.data[i], params) ==
			 STARLINE_PULSE;
	return count;
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
	struct model_star *star = model_star_of(model);

	buf_free(&star->queue);
	buf_free(&star->text);
	json_decref(star->printed);
	free(star);
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
	buf_init(&star->queue, MODEL_STAR_BUFFER);
	buf_init(&star->text, (size_t)MODEL_STAR_COLUMNS * PAGE_CELL_SIZE);
	star->printed = json_array();
	model_star_reset(star);
	error = setting_apply(model_star_settings,
			      sizeof(model_star_settings) /
				      sizeof(model_star_settings[0]),
			      options, options_count, &star->box.model);
	if (!error)
		return &star->box.model;
	model_star_destroy(&star->box.model);
	*out_error = error;
	return NULL;
}

static json_t *model_star_account(const struct model *model)
{
	const struct model_star *star = model_star_of(model);
	json_t *account = json_make();

	drawer_put_account(&star->box.drawer, account);
	json_put_bool(account, "online", !model_star_is_offline(star));
	json_put_int(account, "waiting_pulses", model_star_waiting(star));
	json_put_int(account, "waiting_bytes", (int64_t)star->queue.len);
	json_put_int(account, "overrun_bytes", star->overrun);
	json_put_int(account, "unknown_commands", star->box.unknown);
	json_put_int(account, "printed_lines", star->lines);
	json_put_int(account, "cuts", star->cuts);
	return json_put(account, "paper", json_deep_copy(star->printed));
}

const struct model_class model_star = {
	.name = "star",
	.summary = "a receipt printer (Star) with a cash drawer on it",
	.help = model_star_help,
	.create = model_star_create,
	.destroy = model_star_destroy,
	.line = model_star_line,
	.input = model_star_input,
	.timeout = model_box_timeout,
	.command = model_star_command,
	.account = model_star_account,
};
