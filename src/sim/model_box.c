/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drawers by USB-HID, and boxes that open on any byte: devices A.7, A.8. On a
 * HID's wire are its reports, those to the drawer led by a 0.
 */
#include "sim/model_box.h"

#include "sim/models.h"
#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

#define POSIFLEX_REPORT 120
#define APG_REPORT	2

enum { APG_OPEN = 1, APG_CLOSED, APG_LOCKED };

const char *const model_box_kinds[] = { "fitted", "no-switch", "none", NULL };

static struct model_box *model_box_of(const struct model *model)
{
	return (struct model_box *)(uintptr_t)model;
}

int64_t model_box_now(const struct model_box *box)
{
	return box->model.host.now(box->model.host.arg);
}

void model_box_show(const struct model_box *box, const char *line)
{
	box->model.host.show(box->model.host.arg, line);
}

void model_box_send(const struct model_box *box, const void *data, size_t len)
{
	box->model.host.send(box->model.host.arg, data, len);
}

/* --- steel --- */

static void model_box_arm_timer(const struct model_box *box)
{
	int64_t now = model_box_now(box);
	int64_t due = drawer_next_due(&box->drawer);

	if (due >= 0)
		due = due > now ? due - now : 0;
	box->model.host.timer(box->model.host.arg, due);
}

static void model_box_settle(struct model_box *box)
{
	if (box->told_open != box->drawer.open && box->moved)
		box->moved(box);
	box->told_open = box->drawer.open;
	model_box_arm_timer(box);
}

void model_box_pulse(struct model_box *box, int pin, int on, int off)
{
	struct drawer_pulse pulse = {
		.at = model_box_now(box), .pin = pin, .on = on, .off = off
	};

	model_box_show(box, "click: current on the coil");
	drawer_pulse(&box->drawer, &pulse);
	model_box_arm_timer(box);
}

void model_box_timeout(struct model *model)
{
	struct model_box *box = model_box_of(model);

	if (drawer_move(&box->drawer, model_box_now(box)))
		model_box_show(box, "the drawer springs open");
	model_box_settle(box);
}

void model_box_line(struct model *model, bool up)
{
	(void)up;
	model_box_of(model)->in_len = 0;
}

char *model_box_do_close(void *owner, const char *arguments)
{
	struct model_box *box = owner;

	(void)arguments;
	if (!drawer_close(&box->drawer))
		return alloc_text("the drawer does not close: it is closed, "
				  "stuck or not there");
	model_box_show(box, "the drawer is pushed shut");
	model_box_settle(box);
	return NULL;
}

char *model_box_do_key(void *owner, const char *arguments)
{
	struct model_box *box = owner;

	(void)arguments;
	if (!drawer_open_by_key(&box->drawer))
		return alloc_text("the drawer does not open: it is open, "
				  "stuck or not there");
	model_box_show(box, "the drawer is opened with its key");
	model_box_settle(box);
	return NULL;
}

char *model_box_do_lock(void *owner, const char *arguments)
{
	(void)arguments;
	((struct model_box *)owner)->drawer.locked = true;
	return NULL;
}

char *model_box_do_unlock(void *owner, const char *arguments)
{
	(void)arguments;
	((struct model_box *)owner)->drawer.locked = false;
	return NULL;
}

char *model_box_do_jam(void *owner, const char *arguments)
{
	(void)arguments;
	((struct model_box *)owner)->drawer.jammed = true;
	return NULL;
}

char *model_box_do_unjam(void *owner, const char *arguments)
{
	(void)arguments;
	((struct model_box *)owner)->drawer.jammed = false;
	return NULL;
}

/* --- reports --- */

/* Gathers reports of size bytes and the 0 before them. */
static void model_box_gather(struct model_box *box, const uint8_t *data,
			     size_t len, size_t size,
			     void (*take)(struct model_box *box,
					  const uint8_t *report))
{
	for (size_t i = 0; i < len; i++) {
		box->in[box->in_len++] = data[i];
		if (box->in_len <= size)
			continue;
		box->in_len = 0;
		if (box->in[0])
			box->unknown++;
		else
			take(box, box->in + 1);
	}
}

/* "N N" opens drawer N, "N N+1" asks; anything else may be its end. */
static void posiflex_take(struct model_box *box, const uint8_t *report)
{
	uint8_t number = (uint8_t)box->number;
	uint8_t answer[POSIFLEX_REPORT] = { (uint8_t)(number << 4) };

	if (report[0] != number)
		box->unknown++;
	else if (report[1] == number)
		model_box_pulse(box, box->drawer.fit.pin, 150, 150);
	else if (report[1] == number + 1) {
		answer[0] |= !box->drawer.open;
		model_box_send(box, answer, sizeof(answer));
	} else
		box->unknown++;
}

static void posiflex_input(struct model *model, const uint8_t *data, size_t len)
{
	model_box_gather(model_box_of(model), data, len, POSIFLEX_REPORT,
			 posiflex_take);
}

static void apg_tell(struct model_box *box)
{
	uint8_t report[APG_REPORT] = { APG_CLOSED, 1 };

	if (box->drawer.open)
		report[0] = APG_OPEN;
	else if (box->drawer.locked)
		report[0] = APG_LOCKED;
	model_box_send(box, report, sizeof(report));
}

static void apg_take(struct model_box *box, const uint8_t *report)
{
	if (report[0] == 1 && report[1] == 1)
		model_box_pulse(box, box->drawer.fit.pin, 150, 150);
	else if (!report[0] && !report[1] && !box->mute)
		apg_tell(box);
	else if (report[0] || report[1])
		box->unknown++;
}

static void apg_input(struct model *model, const uint8_t *data, size_t len)
{
	model_box_gather(model_box_of(model), data, len, APG_REPORT, apg_take);
}

/* --- a trigger: any byte --- */

static void trigger_input(struct model *model, const uint8_t *data, size_t len)
{
	struct model_box *box = model_box_of(model);

	(void)data;
	for (size_t i = 0; i < len; i++)
		model_box_pulse(box, box->drawer.fit.pin, 100, 100);
}

/* --- making --- */

static const char *const apg_mutes[] = { "answers", "changes-only", NULL };

/* clang-format off: lists for the macros that make tables and help of them */
#define POSIFLEX_OPTIONS(X)                                                  \
	X("number", "N", "of the drawer, by its switches: 0 to 7 (0)", NULL, \
	  0, 7, offsetof(struct model_box, number))                          \
	MODEL_BOX_OPTIONS(X)
#define APG_OPTIONS(X)                                                  \
	X("reports", "answers|changes-only", "when it tells how it is", \
	  apg_mutes, 0, 0, offsetof(struct model_box, mute))            \
	MODEL_BOX_OPTIONS(X)

static const char model_box_help[] = "Options:\n" MODEL_BOX_OPTIONS(
	SETTING_HELP) "Commands:\n" MODEL_BOX_COMMANDS(COMMAND_HELP);
static const char posiflex_help[] = "Options:\n" POSIFLEX_OPTIONS(
	SETTING_HELP) "Commands:\n" MODEL_BOX_COMMANDS(COMMAND_HELP);
static const char apg_help[] = "Options:\n" APG_OPTIONS(
	SETTING_HELP) "Commands:\n" MODEL_BOX_COMMANDS(COMMAND_HELP);
/* clang-format on */

static const struct setting model_box_settings[] = { MODEL_BOX_OPTIONS(
	SETTING_ROW) };
static const struct setting posiflex_settings[] = { POSIFLEX_OPTIONS(
	SETTING_ROW) };
static const struct setting apg_settings[] = { APG_OPTIONS(SETTING_ROW) };
static const struct command model_box_commands[] = { MODEL_BOX_COMMANDS(
	COMMAND_ROW) };

#define MODEL_BOX_COUNT(table) (sizeof(table) / sizeof((table)[0]))

static char *model_box_command(struct model *model, const char *command)
{
	return command_run(model_box_commands,
			   MODEL_BOX_COUNT(model_box_commands),
			   model_box_of(model), command);
}

static json_t *model_box_account(const struct model *model)
{
	const struct model_box *box = model_box_of(model);
	json_t *account = json_make();

	drawer_put_account(&box->drawer, account);
	return json_put_int(account, "unknown_commands", box->unknown);
}

static void model_box_destroy(struct model *model)
{
	free(model_box_of(model));
}

void model_box_init(struct model_box *box, const struct model_class *class,
		    const struct model_host *host)
{
	box->model = (struct model){ class, *host };
	drawer_init(&box->drawer, model_box_now(box));
}

static struct model *model_box_make(const struct model_class *class,
				    const struct model_host *host,
				    const struct setting *settings,
				    size_t settings_count,
				    const struct model_option *options,
				    size_t options_count, char **out_error)
{
	struct model_box *box = ALLOC_NEW(struct model_box);
	char *error;

	model_box_init(box, class, host);
	if (class == &model_apg)
		box->moved = apg_tell;
	error = setting_apply(settings, settings_count, options, options_count,
			      &box->model);
	if (!error)
		return &box->model;
	free(box);
	*out_error = error;
	return NULL;
}

static struct model *posiflex_create(const struct model_host *host,
				     const struct model_option *options,
				     size_t options_count, bool serial,
				     char **out_error)
{
	(void)serial;
	return model_box_make(&model_posiflex, host, posiflex_settings,
			      MODEL_BOX_COUNT(posiflex_settings), options,
			      options_count, out_error);
}

static struct model *apg_create(const struct model_host *host,
				const struct model_option *options,
				size_t options_count, bool serial,
				char **out_error)
{
	(void)serial;
	return model_box_make(&model_apg, host, apg_settings,
			      MODEL_BOX_COUNT(apg_settings), options,
			      options_count, out_error);
}

static struct model *trigger_create(const struct model_host *host,
				    const struct model_option *options,
				    size_t options_count, bool serial,
				    char **out_error)
{
	(void)serial;
	return model_box_make(&model_trigger, host, model_box_settings,
			      MODEL_BOX_COUNT(model_box_settings), options,
			      options_count, out_error);
}

#define MODEL_BOX_CLASS                                             \
	.destroy = model_box_destroy, .line = model_box_line,       \
	.timeout = model_box_timeout, .command = model_box_command, \
	.account = model_box_account

const struct model_class model_posiflex = {
	.name = "posiflex",
	.summary = "a Posiflex cash drawer: reports of 120 bytes on its wire",
	.help = posiflex_help,
	.create = posiflex_create,
	.input = posiflex_input,
	MODEL_BOX_CLASS
};

const struct model_class model_apg = {
	.name = "apg",
	.summary = "an APG cash drawer: reports of 2 bytes on its wire",
	.help = apg_help,
	.create = apg_create,
	.input = apg_input,
	MODEL_BOX_CLASS
};

const struct model_class model_trigger = {
	.name = "trigger",
	.summary = "a cash drawer on a serial port that opens on any byte",
	.help = model_box_help,
	.create = trigger_create,
	.input = trigger_input,
	MODEL_BOX_CLASS
};
