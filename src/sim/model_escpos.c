/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A receipt printer with a cash drawer on its socket. What matters here is
 * what comes out of order: status and pulses in real time, past the receive
 * buffer, and everything else in it, waiting while the printer is offline. A
 * drawer pulse waits with it, and fires when somebody loads paper.
 */
#include "sim/model_escpos.h"

#include "sim/command.h"
#include "sim/models.h"
#include "sim/page.h"
#include "sim/setting.h"
#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>

#define MODEL_ESCPOS_POWER_MS 600000

static struct model_escpos *model_escpos_of(const struct model *model)
{
	return (struct model_escpos *)(uintptr_t)model;
}

int64_t model_escpos_now(const struct model_escpos *escpos)
{
	return escpos->model.host.now(escpos->model.host.arg);
}

void model_escpos_show(const struct model_escpos *escpos, const char *line)
{
	escpos->model.host.show(escpos->model.host.arg, line);
}

void model_escpos_send(const struct model_escpos *escpos, const void *data,
		       size_t len)
{
	escpos->model.host.send(escpos->model.host.arg, data, len);
}

bool model_escpos_is_offline(const struct model_escpos *escpos)
{
	return escpos->button_offline || escpos->cover_open || escpos->error ||
	       escpos->paper == MODEL_ESCPOS_PAPER_OUT;
}

/* The earlier of two times, of which -1 is never. */
static int64_t model_escpos_earlier(int64_t a, int64_t b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

static void model_escpos_arm_timer(const struct model_escpos *escpos)
{
	int64_t now = model_escpos_now(escpos);
	int64_t due = drawer_next_due(&escpos->drawer);

	due = model_escpos_earlier(due, escpos->power_due);
	if (escpos->queue.len && escpos->drive_until > now)
		due = model_escpos_earlier(due, escpos->drive_until);
	if (escpos->queue.len && escpos->busy_until > now)
		due = model_escpos_earlier(due, escpos->busy_until);
	if (due >= 0)
		due = due > now ? due - now : 0;
	escpos->model.host.timer(escpos->model.host.arg, due);
}

void model_escpos_start_pulse(struct model_escpos *escpos,
			      const struct drawer_pulse *pulse)
{
	escpos->drive_until = pulse->at + pulse->on + pulse->off;
	model_escpos_show(escpos, "click: current on the drawer socket");
	drawer_pulse(&escpos->drawer, pulse);
}

/* DLE DC4 1 m t: past the queue, and past ESC = */
static void model_escpos_pulse_realtime(struct model_escpos *escpos,
					const uint8_t *params)
{
	struct drawer_pulse pulse = { .at = model_escpos_now(escpos),
				      .pin = params[0],
				      .on = params[1] * 100,
				      .off = params[1] * 100,
				      .realtime = true };

	if (escpos->realtime == MODEL_ESCPOS_REALTIME_OFF)
		return;
	if (escpos->drive_until > pulse.at ||
	    (escpos->error &&
	     escpos->realtime == MODEL_ESCPOS_REALTIME_NOT_IN_ERROR)) {
		escpos->ignored_pulses++;
		return;
	}
	model_escpos_start_pulse(escpos, &pulse);
}

/* Something changed: the report goes out, the queue moves on if it may. */
static void model_escpos_settle(struct model_escpos *escpos)
{
	model_escpos_push_asb(escpos);
	model_escpos_work(escpos);
	model_escpos_arm_timer(escpos);
}

/* DLE ENQ 1 and 2 act in an error only; 2 also clears the buffers. */
static void model_escpos_recover(struct model_escpos *escpos, uint8_t n)
{
	if (!escpos->error)
		return;
	escpos->error = false;
	if (n == 2)
		model_escpos_forget_queue(escpos);
}

static void model_escpos_execute_realtime(struct model_escpos *escpos,
					  enum escpos_realtime what,
					  const uint8_t *params)
{
	switch (what) {
	case ESCPOS_REALTIME_NONE:
		break;
	case ESCPOS_REALTIME_STATUS:
		model_escpos_send_status(escpos, params[0]);
		break;
	case ESCPOS_REALTIME_ENQUIRY:
		model_escpos_recover(escpos, params[0]);
		break;
	case ESCPOS_REALTIME_PULSE:
		model_escpos_pulse_realtime(escpos, params);
		break;
	case ESCPOS_REALTIME_ASB:
		model_escpos_send_asb(escpos);
		break;
	case ESCPOS_REALTIME_CLEAR:
		model_escpos_forget_queue(escpos);
		break;
	}
}

static void model_escpos_input_byte(struct model_escpos *escpos, uint8_t byte)
{
	uint8_t params[2] = { 0 };
	enum escpos_realtime what;

	if (escpos->queue.len < (size_t)escpos->buffer)
		buf_add_byte(&escpos->queue, byte);
	else
		escpos->overrun++;
	what = escpos_scan_byte(&escpos->scanner, byte, params);
	model_escpos_execute_realtime(escpos, what, params);
	model_escpos_work(escpos);
}

static void model_escpos_input(struct model *model, const uint8_t *data,
			       size_t len)
{
	struct model_escpos *escpos = model_escpos_of(model);

	for (size_t i = 0; i < len && escpos->powered; i++)
		model_escpos_input_byte(escpos, data[i]);
	model_escpos_settle(escpos);
}

static void model_escpos_line(struct model *model, bool up)
{
	struct model_escpos *escpos = model_escpos_of(model);

	/* a network card forgets who asked for reports */
	if (!up && !escpos->serial)
		escpos->asb = 0;
}

static void model_escpos_power_on(struct model_escpos *escpos)
{
	escpos->power_due = -1;
	if (escpos->powered)
		return;
	escpos->powered = true;
	if (!escpos->serial)
		escpos->model.host.come_back(escpos->model.host.arg);
	model_escpos_show(escpos, "the power is back");
}

static void model_escpos_timeout(struct model *model)
{
	struct model_escpos *escpos = model_escpos_of(model);
	int64_t now = model_escpos_now(escpos);

	if (drawer_move(&escpos->drawer, now))
		model_escpos_show(escpos, "the drawer springs open");
	if (escpos->power_due >= 0 && escpos->power_due <= now)
		model_escpos_power_on(escpos);
	model_escpos_settle(escpos);
}

static char *model_escpos_do_key(void *owner, const char *arguments)
{
	struct model_escpos *escpos = owner;

	(void)arguments;
	if (!drawer_open_by_key(&escpos->drawer))
		return alloc_text("the drawer does not open: it is open, "
				  "stuck or not there");
	model_escpos_show(escpos, "the drawer is opened with its key");
	return NULL;
}

static char *model_escpos_do_close(void *owner, const char *arguments)
{
	struct model_escpos *escpos = owner;

	(void)arguments;
	if (!drawer_close(&escpos->drawer))
		return alloc_text("the drawer does not close: it is closed, "
				  "stuck or not there");
	model_escpos_show(escpos, "the drawer is pushed shut");
	return NULL;
}

static char *model_escpos_do_lock(void *owner, const char *arguments)
{
	(void)arguments;
	((struct model_escpos *)owner)->drawer.locked = true;
	return NULL;
}

static char *model_escpos_do_unlock(void *owner, const char *arguments)
{
	(void)arguments;
	((struct model_escpos *)owner)->drawer.locked = false;
	return NULL;
}

static char *model_escpos_do_jam(void *owner, const char *arguments)
{
	(void)arguments;
	((struct model_escpos *)owner)->drawer.jammed = true;
	return NULL;
}

static char *model_escpos_do_unjam(void *owner, const char *arguments)
{
	(void)arguments;
	((struct model_escpos *)owner)->drawer.jammed = false;
	return NULL;
}

static char *model_escpos_do_paper(void *owner, const char *arguments)
{
	static const char *const states[] = { [MODEL_ESCPOS_PAPER_OUT] = "out",
					      [MODEL_ESCPOS_PAPER_LOW] = "low",
					      [MODEL_ESCPOS_PAPER_OK] = "ok",
					      NULL };
	int state = command_choice(arguments, states);

	if (state < 0)
		return alloc_text("paper is out, low or ok");
	((struct model_escpos *)owner)->paper = state;
	return NULL;
}

static char *model_escpos_do_cover(void *owner, const char *arguments)
{
	static const char *const states[] = { "closed", "open", NULL };
	int state = command_choice(arguments, states);

	if (state < 0)
		return alloc_text("the cover is open or closed");
	((struct model_escpos *)owner)->cover_open = state;
	return NULL;
}

static char *model_escpos_do_error(void *owner, const char *arguments)
{
	struct model_escpos *escpos = owner;

	if (!command_switch(arguments, &escpos->error))
		return alloc_text("error is on or off");
	return NULL;
}

static char *model_escpos_do_offline(void *owner, const char *arguments)
{
	(void)arguments;
	((struct model_escpos *)owner)->button_offline = true;
	return NULL;
}

static char *model_escpos_do_online(void *owner, const char *arguments)
{
	(void)arguments;
	((struct model_escpos *)owner)->button_offline = false;
	return NULL;
}

/* All that is not steel or paper is forgotten. */
static void model_escpos_lose_power(struct model_escpos *escpos)
{
	escpos->powered = false;
	model_escpos_forget_queue(escpos);
	model_escpos_reset(escpos);
	escpos->scanner = (struct escpos_scanner){ 0 };
	escpos->selected = true;
	escpos->button_offline = escpos->error = false;
	escpos->drive_until = 0;
	drawer_lose_power(&escpos->drawer);
	model_escpos_show(escpos, "the power is gone");
	if (!escpos->serial)
		escpos->model.host.hang_up(escpos->model.host.arg);
}

static char *model_escpos_do_power_cut(void *owner, const char *arguments)
{
	struct model_escpos *escpos = owner;
	int64_t ms = -1;

	if (*arguments &&
	    !command_number(arguments, 0, MODEL_ESCPOS_POWER_MS, &ms))
		return alloc_format("power cut takes 0 to %d milliseconds",
				    MODEL_ESCPOS_POWER_MS);
	if (escpos->powered)
		model_escpos_lose_power(escpos);
	escpos->power_due = ms < 0 ? -1 : model_escpos_now(escpos) + ms;
	return NULL;
}

static char *model_escpos_do_power_on(void *owner, const char *arguments)
{
	(void)arguments;
	model_escpos_power_on(owner);
	return NULL;
}

static const char *const model_escpos_polarities[] = { "low-is-open",
						       "high-is-open", NULL };
static const char *const model_escpos_pins[] = { "2", "5", NULL };
static const char *const model_escpos_drawers[] = { "fitted", "no-switch",
						    "none", NULL };
static const char *const model_escpos_realtimes[] = { "on", "off",
						      "not-in-error", NULL };
static const char *const model_escpos_off_times[] = { "plain", "at-least-on",
						      "at-least-100", NULL };

#define MODEL_ESCPOS_AT(field) offsetof(struct model_escpos, field)

/* clang-format off: lists for the macros that make tables and help of them */
#define MODEL_ESCPOS_OPTIONS(X)                                                \
	X("polarity", "low-is-open|high-is-open", "of the drawer's switch",    \
	  model_escpos_polarities, 0, 0, MODEL_ESCPOS_AT(drawer.fit.polarity)) \
	X("pin", "2|5", "of the socket, where the drawer's coil is",           \
	  model_escpos_pins, 0, 0, MODEL_ESCPOS_AT(drawer.fit.pin))            \
	X("drawer", "fitted|no-switch|none", "what is plugged in",             \
	  model_escpos_drawers, 0, 0, MODEL_ESCPOS_AT(drawer.fit.kind))        \
	X("min-pulse", "MS", "the shortest pulse that opens it (30)", NULL, 1, \
	  500, MODEL_ESCPOS_AT(drawer.fit.min_pulse))                          \
	X("opening", "MS", "from the latch to the open drawer (80)", NULL, 0,  \
	  1000, MODEL_ESCPOS_AT(drawer.fit.opening))                           \
	X("realtime", "on|off|not-in-error", "whether DLE DC4 1 opens it",     \
	  model_escpos_realtimes, 0, 0, MODEL_ESCPOS_AT(realtime))             \
	X("off-time", "plain|at-least-on|at-least-100", "how t2 is taken",     \
	  model_escpos_off_times, 0, 0, MODEL_ESCPOS_AT(off_time))             \
	X("line-time", "MS", "how long it takes to print a line (0)", NULL, 0, \
	  5000, MODEL_ESCPOS_AT(line_time))                                    \
	X("buffer", "BYTES", "what waits while offline (4096)", NULL, 16,      \
	  65536, MODEL_ESCPOS_AT(buffer))

#define MODEL_ESCPOS_COMMANDS(X)                                               \
	X("close", "", "push the drawer shut", model_escpos_do_close)          \
	X("key", "", "open the drawer with its key", model_escpos_do_key)      \
	X("lock", "", "turn the key: pulses no longer open the drawer",        \
	  model_escpos_do_lock)                                                \
	X("unlock", "", "turn it back", model_escpos_do_unlock)                \
	X("jam", "", "the drawer sticks where it is", model_escpos_do_jam)     \
	X("unjam", "", "it moves again", model_escpos_do_unjam)                \
	X("paper", " out|low|ok", "the roll; out takes the printer offline",   \
	  model_escpos_do_paper)                                               \
	X("cover", " open|closed", "open takes the printer offline",           \
	  model_escpos_do_cover)                                               \
	X("error", " on|off", "the cutter sticks; DLE ENQ clears it as well",  \
	  model_escpos_do_error)                                               \
	X("offline", "", "the button on the printer", model_escpos_do_offline) \
	X("online", "", "the button again", model_escpos_do_online)            \
	X("power cut", " [MS]", "for MS milliseconds, or until power on",      \
	  model_escpos_do_power_cut)                                           \
	X("power on", "", "before the time", model_escpos_do_power_on)

static const char model_escpos_help[] = "Options:\n" MODEL_ESCPOS_OPTIONS(
	SETTING_HELP) "Commands:\n" MODEL_ESCPOS_COMMANDS(COMMAND_HELP);
/* clang-format on */

static const struct setting model_escpos_settings[] = { MODEL_ESCPOS_OPTIONS(
	SETTING_ROW) };

static const struct command model_escpos_commands[] = { MODEL_ESCPOS_COMMANDS(
	COMMAND_ROW) };

static char *model_escpos_command(struct model *model, const char *command)
{
	struct model_escpos *escpos = model_escpos_of(model);
	char *error = command_run(model_escpos_commands,
				  sizeof(model_escpos_commands) /
					  sizeof(model_escpos_commands[0]),
				  escpos, command);

	model_escpos_settle(escpos);
	return error;
}

static void model_escpos_destroy(struct model *model)
{
	struct model_escpos *escpos = model_escpos_of(model);

	buf_free(&escpos->queue);
	buf_free(&escpos->line);
	json_decref(escpos->printed);
	free(escpos);
}

static struct model *model_escpos_create(const struct model_host *host,
					 const struct model_option *options,
					 size_t options_count, bool serial,
					 char **out_error)
{
	struct model_escpos *escpos = ALLOC_NEW(struct model_escpos);
	char *error;

	escpos->model = (struct model){ &model_escpos, *host };
	escpos->serial = serial;
	escpos->buffer = MODEL_ESCPOS_BUFFER;
	escpos->paper = MODEL_ESCPOS_PAPER_OK;
	escpos->powered = escpos->selected = true;
	escpos->power_due = -1;
	escpos->printed = json_array();
	buf_init(&escpos->line, (size_t)MODEL_ESCPOS_COLUMNS * PAGE_CELL_SIZE);
	drawer_init(&escpos->drawer, model_escpos_now(escpos));
	model_escpos_reset(escpos);
	error = setting_apply(model_escpos_settings,
			      sizeof(model_escpos_settings) /
				      sizeof(model_escpos_settings[0]),
			      options, options_count, &escpos->model);
	buf_init(&escpos->queue, (size_t)escpos->buffer);
	if (!error)
		return &escpos->model;
	model_escpos_destroy(&escpos->model);
	*out_error = error;
	return NULL;
}

static json_t *model_escpos_account(const struct model *model)
{
	const struct model_escpos *escpos = model_escpos_of(model);
	json_t *account = json_make();

	drawer_put_account(&escpos->drawer, account);
	json_put_int(account, "ignored_pulses", escpos->ignored_pulses);
	json_put_int(account, "bad_pulses", escpos->bad_pulses);
	json_put_bool(account, "online",
		      escpos->powered && !model_escpos_is_offline(escpos));
	json_put_bool(account, "powered", escpos->powered);
	json_put_int(account, "waiting_bytes", (int64_t)escpos->queue.len);
	json_put_int(account, "overrun_bytes", escpos->overrun);
	json_put_int(account, "unknown_commands", escpos->unknown);
	json_put_int(account, "printed_lines", escpos->lines);
	json_put_int(account, "cuts", escpos->cuts);
	return json_put(account, "paper", json_deep_copy(escpos->printed));
}

const struct model_class model_escpos = {
	.name = "escpos",
	.summary = "a receipt printer (ESC/POS) with a cash drawer on it",
	.help = model_escpos_help,
	.create = model_escpos_create,
	.destroy = model_escpos_destroy,
	.line = model_escpos_line,
	.input = model_escpos_input,
	.timeout = model_escpos_timeout,
	.command = model_escpos_command,
	.account = model_escpos_account,
};
