/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A customer display, two lines of twenty. It never answers; all there is to
 * see of it is the picture, told to people once the bytes have paused.
 */
#include "sim/model_display.h"

#include "sim/command.h"
#include "sim/models.h"
#include "sim/setting.h"
#include "util/alloc.h"
#include "util/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODEL_DISPLAY_PAUSE    30  /* ms without a byte end an update ... */
#define MODEL_DISPLAY_PATIENCE 250 /* ... and so does this much time */

static const char *const model_display_pages[] = { "CP437",  "CP850", "CP852",
						   "CP858",  "CP866", "CP1250",
						   "CP1252", NULL };

static struct model_display *model_display_of(const struct model *model)
{
	return (struct model_display *)(uintptr_t)model;
}

static int64_t model_display_now(const struct model_display *display)
{
	return display->model.host.now(display->model.host.arg);
}

void model_display_reset(struct model_display *display)
{
	grid_init(&display->grid);
	display->page = model_display_pages[display->start_page];
	display->brightness = 4;
	display->blink = 0;
	display->cursor_shown = false;
	display->string_mode = false;
	display->string_what = 0;
	display->marquee[0] = 0;
}

static void model_display_show_box(const struct model_display *display)
{
	static const char edge[] = "+--------------------+";
	const struct model_host *host = &display->model.host;

	host->show(host->arg, edge);
	for (int row = 0; row < GRID_ROWS; row++) {
		char *line = alloc_format("|%s|", display->shown[row]);

		host->show(host->arg, line);
		free(line);
	}
	host->show(host->arg, edge);
}

/* False if people have seen it all. */
static bool model_display_redraw(struct model_display *display)
{
	char lines[GRID_ROWS][GRID_LINE_SIZE];
	bool changed = false;

	display->dirty_since = -1;
	for (int row = 0; row < GRID_ROWS; row++) {
		grid_read_line(&display->grid, row, lines[row]);
		changed |= strcmp(lines[row], display->shown[row]) != 0;
	}
	if (!changed)
		return false;
	memcpy(display->shown, lines, sizeof(lines));
	display->redraws++;
	model_display_show_box(display);
	return true;
}

static void model_display_arm_timer(struct model_display *display)
{
	int64_t now = model_display_now(display);
	int64_t left;

	if (display->dirty_since < 0)
		display->dirty_since = now;
	left = display->dirty_since + MODEL_DISPLAY_PATIENCE - now;
	if (left > MODEL_DISPLAY_PAUSE)
		left = MODEL_DISPLAY_PAUSE;
	display->model.host.timer(display->model.host.arg, left < 0 ? 0 : left);
}

static void model_display_write_row(struct model_display *display, int row)
{
	for (size_t x = 0; x < GRID_COLUMNS; x++)
		strcpy(display->grid.cells[row][x],
		       x < display->string_len ? display->string[x] : " ");
}

/* A text that runs is told once, in the account; it does not run here. */
static void model_display_start_marquee(struct model_display *display)
{
	char *at = display->marquee;

	for (size_t i = 0; i < display->string_len; i++)
		at = stpcpy(at, display->string[i]);
	*at = 0;
	model_display_write_row(display, 0);
}

static void model_display_end_string(struct model_display *display)
{
	if (display->string_what == 'D')
		model_display_start_marquee(display);
	else
		model_display_write_row(display, display->string_what - 'A');
	display->string_what = 0;
}

/* Up to a CR; what is too long is dropped. False: not a byte of the text. */
static bool model_display_take_string(struct model_display *display,
				      uint8_t byte)
{
	size_t max = display->string_what == 'D' ? MODEL_DISPLAY_TEXT_MAX
						 : GRID_COLUMNS;

	if (byte == '\r') {
		model_display_end_string(display);
		return true;
	}
	if (byte < 0x20) {
		display->string_what = 0;
		return false;
	}
	if (display->string_len < max)
		page_decode(display->page, byte,
			    display->string[display->string_len++]);
	else
		display->ignored_bytes++;
	return true;
}

static const struct model_display_dialect *
model_display_dialect(const struct model_display *display)
{
	return &model_display_dialects[display->dialect];
}

/* Whether a command of two characters begins with it. */
static bool model_display_is_lead(const struct model_display *display,
				  uint8_t byte)
{
	const struct model_display_dialect *dialect =
		model_display_dialect(display);

	for (size_t i = 0; byte && i < dialect->commands_count; i++)
		if (dialect->commands[i].lead == byte)
			return true;
	return false;
}

static const struct model_display_command *
model_display_find(const struct model_display *display)
{
	const struct model_display_dialect *dialect =
		model_display_dialect(display);
	bool alone = !model_display_is_lead(display, display->head[0]);

	for (size_t i = 0; i < dialect->commands_count; i++) {
		const struct model_display_command *command =
			&dialect->commands[i];

		if (alone && !command->lead &&
		    command->code == display->head[0])
			return command;
		if (!alone && command->lead == display->head[0] &&
		    command->code == display->head[1])
			return command;
	}
	return NULL;
}

static void model_display_execute(struct model_display *display,
				  const struct model_display_command *command,
				  const uint8_t *params)
{
	if (!display->selected && command->run != model_display_select)
		display->passed_bytes += (unsigned int)display->head_len;
	else if (display->string_mode && !command->in_string_mode)
		display->ignored_bytes += (unsigned int)display->head_len;
	else if (command->run)
		command->run(display, params);
}

/* The head of a command grows by a byte, and is executed once complete. */
static void model_display_take_command(struct model_display *display,
				       uint8_t byte)
{
	const struct model_display_command *command;
	size_t lead, count;

	display->head[display->head_len++] = byte;
	lead = model_display_is_lead(display, display->head[0]) ? 2 : 1;
	if (display->head_len < lead)
		return;
	command = model_display_find(display);
	if (!command) {
		display->unknown_bytes += (unsigned int)display->head_len;
		display->head_len = 0;
		return;
	}
	count = command->count;
	if (command->measure && display->head_len >= lead + count)
		count = command->measure(display->head + lead);
	if (display->head_len < lead + count)
		return;
	model_display_execute(display, command, display->head + lead);
	display->head_len = 0;
}

static void model_display_put(struct model_display *display, uint8_t byte)
{
	char cell[PAGE_CELL_SIZE];

	if (!display->selected || model_display_dialect(display)->passes_on) {
		display->passed_bytes++;
	} else if (display->string_mode) {
		display->ignored_bytes++;
	} else {
		page_decode(display->page, byte, cell);
		grid_put(&display->grid, cell);
	}
}

static bool model_display_skip(struct model_display *display, uint8_t byte)
{
	if (display->skip_bytes) {
		display->skip_bytes--;
		return true;
	}
	if (!display->skip_glyphs)
		return false;
	display->skip_glyphs--;
	display->skip_bytes = byte;
	return true;
}

static void model_display_input_byte(struct model_display *display,
				     uint8_t byte)
{
	if (model_display_skip(display, byte))
		return;
	if (display->string_what && model_display_take_string(display, byte))
		return;
	if (display->head_len || (byte && byte < 0x20) ||
	    model_display_is_lead(display, byte))
		model_display_take_command(display, byte);
	else if (byte) /* NULs between commands are padding (lcdproc) */
		model_display_put(display, byte);
}

static void model_display_input(struct model *model, const uint8_t *data,
				size_t len)
{
	struct model_display *display = model_display_of(model);

	for (size_t i = 0; i < len; i++)
		model_display_input_byte(display, data[i]);
	model_display_arm_timer(display);
}

static void model_display_line(struct model *model, bool up)
{
	(void)model;
	(void)up; /* it keeps its picture, and half a command */
}

static void model_display_timeout(struct model *model)
{
	model_display_redraw(model_display_of(model));
}

static char *model_display_do_show(void *owner, const char *arguments)
{
	(void)arguments;
	if (!model_display_redraw(owner))
		model_display_show_box(owner);
	return NULL;
}

static const char *const model_display_dialect_names[] = { "epson", "cd5220",
							   "lci",   "wincor",
							   "aedex", NULL };

static void model_display_restart(struct model_display *display)
{
	model_display_reset(display);
	display->selected = true;
	display->head_len = 0;
	display->skip_bytes = display->skip_glyphs = 0;
}

/* Its switches are looked at when it is switched on. */
static char *model_display_do_dialect(void *owner, const char *arguments)
{
	struct model_display *display = owner;
	int dialect = command_choice(arguments, model_display_dialect_names);

	if (dialect < 0)
		return alloc_text("a dialect is epson, cd5220, lci, wincor "
				  "or aedex");
	display->dialect = dialect;
	model_display_restart(display);
	model_display_redraw(display);
	return NULL;
}

static char *model_display_do_power_cut(void *owner, const char *arguments)
{
	(void)arguments;
	model_display_restart(owner);
	model_display_redraw(owner);
	return NULL;
}

/* clang-format off: lists for the macros that make tables and help of them */
#define MODEL_DISPLAY_OPTIONS(X)                                        \
	X("dialect", "epson|cd5220|lci|wincor|aedex",                   \
	  "which commands it knows", model_display_dialect_names, 0, 0, \
	  offsetof(struct model_display, dialect))                      \
	X("page", "CP437|CP850|CP852|CP858|CP866|CP1250|CP1252",        \
	  "its code page at power on", model_display_pages, 0, 0,       \
	  offsetof(struct model_display, start_page))

#define MODEL_DISPLAY_COMMANDS(X)                                           \
	X("show", "", "print the picture once more", model_display_do_show) \
	X("dialect", " epson|cd5220|lci|wincor|aedex",                      \
	  "set its switches; all is forgotten", model_display_do_dialect)   \
	X("power cut", "", "off and on again; all is forgotten",            \
	  model_display_do_power_cut)

static const char model_display_help[] = "Options:\n" MODEL_DISPLAY_OPTIONS(
	SETTING_HELP) "Commands:\n" MODEL_DISPLAY_COMMANDS(COMMAND_HELP);
/* clang-format on */

static const struct setting model_display_settings[] = { MODEL_DISPLAY_OPTIONS(
	SETTING_ROW) };

static const struct command model_display_commands[] = { MODEL_DISPLAY_COMMANDS(
	COMMAND_ROW) };

static char *model_display_command(struct model *model, const char *command)
{
	return command_run(model_display_commands,
			   sizeof(model_display_commands) /
				   sizeof(model_display_commands[0]),
			   model_display_of(model), command);
}

static void model_display_destroy(struct model *model)
{
	free(model_display_of(model));
}

static struct model *model_display_create(const struct model_host *host,
					  const struct model_option *options,
					  size_t options_count, bool serial,
					  char **out_error)
{
	struct model_display *display = ALLOC_NEW(struct model_display);
	char *error;

	(void)serial;
	display->model = (struct model){ &model_display, *host };
	display->dirty_since = -1;
	error = setting_apply(model_display_settings,
			      sizeof(model_display_settings) /
				      sizeof(model_display_settings[0]),
			      options, options_count, &display->model);
	if (error) {
		free(display);
		*out_error = error;
		return NULL;
	}
	model_display_restart(display);
	for (int row = 0; row < GRID_ROWS; row++)
		grid_read_line(&display->grid, row, display->shown[row]);
	return &display->model;
}

static json_t *model_display_account(const struct model *model)
{
	static const char *const modes[] = { "overwrite", "vertical",
					     "horizontal" };
	const struct model_display *display = model_display_of(model);
	const struct grid *grid = &display->grid;
	json_t *account = json_make(), *lines = json_array();
	char line[GRID_LINE_SIZE];

	for (int row = 0; row < GRID_ROWS; row++) {
		grid_read_line(grid, row, line);
		json_array_append_new(lines, json_string(line));
	}
	json_put(account, "lines", lines);
	json_put_text(account, "marquee", display->marquee);
	json_put_int(account, "redraws", display->redraws);
	json_put_int(account, "unknown_bytes", display->unknown_bytes);
	json_put_int(account, "ignored_bytes", display->ignored_bytes);
	json_put_int(account, "passed_bytes", display->passed_bytes);
	json_put_int(account, "eeprom_commands", display->eeprom_commands);
	json_put_text(account, "page", display->page);
	json_put_text(account, "mode", modes[grid->mode]);
	json_put_bool(account, "string_mode", display->string_mode);
	json_put_int(account, "column", grid->x + 1);
	json_put_int(account, "row", grid->y + 1);
	json_put_bool(account, "cursor", display->cursor_shown);
	json_put_int(account, "brightness", display->brightness);
	return json_put_int(account, "blink", display->blink);
}

const struct model_class model_display = {
	.name = "display",
	.summary = "a customer display of two lines, twenty characters each",
	.help = model_display_help,
	.create = model_display_create,
	.destroy = model_display_destroy,
	.line = model_display_line,
	.input = model_display_input,
	.timeout = model_display_timeout,
	.command = model_display_command,
	.account = model_display_account,
};
