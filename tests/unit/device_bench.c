/* SPDX-License-Identifier: Apache-2.0 */
#include "device_bench.h"

#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- the trace --- */

struct device_bench bench;

static void __attribute__((format(printf, 1, 2)))
bench_note(const char *format, ...)
{
	size_t len = strlen(bench.trace);
	va_list args;

	va_start(args, format);
	vsnprintf(bench.trace + len, sizeof(bench.trace) - len, format, args);
	va_end(args);
	strncat(bench.trace, ";",
		sizeof(bench.trace) - strlen(bench.trace) - 1);
}

void bench_expect(const char *wanted)
{
	char got[sizeof(bench.trace)];

	memcpy(got, bench.trace, sizeof(got));
	bench_forget();
	assert_string_equal(got, wanted);
}

void bench_forget(void)
{
	bench.trace[0] = 0;
}

/* --- the driver --- */

struct play_state {
	uint8_t dirt; /* must be zero at each open */
	char *owned;
};

static void bench_note_doubt(const json_t *doubt)
{
	char *line = doubt ? json_line(doubt) : NULL;

	bench_note("doubt %s", line ? line : "-");
	free(line);
}

static void bench_call(struct driver_io *io, char call)
{
	switch (call) {
	case 'r':
		driver_ready(io, json_pack("{s:s}", "model", "Play"));
		break;
	case 'l':
		driver_lost(io, REASON_GARBLED);
		break;
	case 'c':
		driver_commit(io);
		break;
	case 'o':
		driver_done(io, OUTCOME_OK, REASON_NONE,
			    json_pack("{s:i}", "n", 7));
		break;
	case 'x':
		driver_done(io, OUTCOME_SENT, REASON_NONE, NULL);
		break;
	case 'f':
		driver_done(io, OUTCOME_FAILED, REASON_NO_ANSWER, NULL);
		break;
	case 'n':
		driver_done(io, OUTCOME_REFUSED, REASON_PAPER_OUT, NULL);
		break;
	case 'u':
		driver_done(io, OUTCOME_UNKNOWN, REASON_NO_ANSWER, NULL);
		break;
	case 'e':
		driver_save(io, json_pack("{s:s}", "step", "one"));
		break;
	case 'E':
		driver_save(io, json_pack("{s:s}", "step", "two"));
		break;
	case 'p':
		driver_progress(io, json_pack("{s:s}", "text", "card"));
		break;
	case 't':
		driver_status(io, json_pack("{s:s}", "drawer", "closed"));
		break;
	case 'T':
		driver_status(io, json_pack("{s:s}", "drawer", "open"));
		break;
	case 'w':
		driver_write(io, "W", 1);
		break;
	case 'b':
		driver_swipe(io, "em4100:04184edcba");
		break;
	case 'd':
		driver_deadline(io, 100);
		break;
	case 'D':
		driver_deadline_stop(io);
		break;
	case '?':
		bench_note_doubt(driver_doubt(io));
		break;
	default:
		fail_msg("the driver can't '%c'", call);
	}
}

static void play(struct driver_io *io, const char *calls)
{
	for (; calls && *calls; calls++)
		bench_call(io, *calls);
}

static void play_open(struct driver_io *io)
{
	struct play_state *state = driver_state(io);

	assert_int_equal(state->dirt, 0);
	assert_null(state->owned);
	state->dirt = 1;
	state->owned = strdup("released in close");
	bench_note("open");
	play(io, bench.script.open);
}

static void play_start(struct driver_io *io, const struct op *op)
{
	bench_note("start %s", op->id);
	play(io, bench.script.start);
}

static void play_recover(struct driver_io *io, const struct op *op,
			 const json_t *evidence)
{
	char *line = evidence ? json_line(evidence) : NULL;

	bench_note("recover %s %s", op->id, line ? line : "-");
	free(line);
	play(io, bench.script.recover);
}

static void play_input(struct driver_io *io, const uint8_t *data, size_t len)
{
	while (len--)
		bench_call(io, (char)*data++);
}

static void play_timeout(struct driver_io *io)
{
	bench_note("timeout");
	play(io, bench.script.timeout);
}

static void play_saved(struct driver_io *io, int err)
{
	bench_note("saved %d", err);
	play(io, bench.script.saved);
}

static void play_abort(struct driver_io *io)
{
	bench_note("abort");
	play(io, bench.script.abort);
}

static void play_close(struct driver_io *io)
{
	struct play_state *state = driver_state(io);

	free(state->owned);
	state->owned = NULL;
	bench_note("close");
	play(io, bench.script.close);
}

static const struct driver_option play_options[] = {
	{ .name = "beep",
	  .type = DRIVER_OPTION_BOOL,
	  .max = 0,
	  .otherwise = "no",
	  .help = "Beeps." },
	{ .name = "pulse",
	  .type = DRIVER_OPTION_DURATION,
	  .max = 5000,
	  .otherwise = "200",
	  .help = "Pulse." },
	{ .name = "wait",
	  .type = DRIVER_OPTION_DURATION,
	  .max = 5000,
	  .otherwise = "2 s",
	  .help = "Waits." },
	{ 0 },
};

#define PLAY_OPS                                             \
	(DRIVER_OP(OP_DRAWER_OPEN) | DRIVER_OP(OP_PAYMENT) | \
	 DRIVER_OP(OP_DISPLAY_SHOW) | DRIVER_OP(OP_REPORT_X))

/* Asked "?", it says "!"; to which it wants a "."; "?!" is the same, louder. */
static void play_ask(struct driver_io *io, struct buf *out)
{
	(void)io;
	buf_add_text(out, "?");
}

static bool play_is_answer(const uint8_t *data, size_t len)
{
	return memchr(data, '!', len);
}

static void play_thank(struct buf *out)
{
	buf_add_text(out, ".");
}

static void play_shout(struct driver_io *io, struct buf *out)
{
	(void)io;
	buf_add_text(out, "?!");
}

static const int play_speeds[] = { 9600, 19200, 4800, 0 };

static const struct driver_hail play_hails[] = {
	{ "low", play_ask, play_is_answer, play_thank },
	{ "loud", play_shout, play_is_answer, NULL },
	{ 0 },
};

static const struct driver_scan play_scan = {
	.speeds = play_speeds,
	.parities = true,
	.hails = play_hails,
};

const struct driver bench_driver = {
	.name = "play",
	.class = DEVICE_DRAWER,
	.ops = PLAY_OPS,
	.state_size = sizeof(struct play_state),
	.line = { .baud = 9600, .data_bits = 8, .stop_bits = 1 },
	.scan = &play_scan,
	.options = play_options,
	.open = play_open,
	.start = play_start,
	.recover = play_recover,
	.input = play_input,
	.timeout = play_timeout,
	.saved = play_saved,
	.abort = play_abort,
	.close = play_close,
};

const struct driver bench_mute_driver = {
	.name = "mute",
	.class = DEVICE_DRAWER,
	.ops = PLAY_OPS,
	.state_size = sizeof(struct play_state),
	.open = play_open,
	.start = play_start,
	.input = play_input,
	.close = play_close,
};

/* --- the listener and the user --- */

static void heard_changed(void *arg, struct device *device)
{
	(void)arg;
	(void)device;
}

static void heard_status(void *arg, struct device *device, const json_t *before,
			 const json_t *now)
{
	(void)arg;
	(void)device;
	bench_note("status %s>%s", before ? json_text(before, "drawer") : "-",
		   json_text(now, "drawer"));
}

static void heard_swipe(void *arg, struct device *device, const char *id,
			bool proven)
{
	(void)proven;
	(void)arg;
	(void)device;
	bench_note("swipe %s", id);
}

static void heard_turned_away(void *arg, struct device *device, const char *why)
{
	(void)arg;
	(void)device;
	bench_note("turned away: %s", why);
}

static const struct device_listener listener = {
	.changed = heard_changed,
	.status = heard_status,
	.swipe = heard_swipe,
	.turned_away = heard_turned_away,
};

static void user_save(void *arg, const json_t *evidence)
{
	bench_note("%s:save %s", (char *)arg, json_text(evidence, "step"));
	if (bench.save_at_once)
		device_saved(bench.device, arg, 0);
}

static void user_committed(void *arg)
{
	bench_note("%s:committed", (char *)arg);
}

static void user_progress(void *arg, const json_t *progress)
{
	bench_note("%s:progress %s", (char *)arg, json_text(progress, "text"));
}

static void user_doubtful(void *arg, enum reason reason)
{
	bench_note("%s:doubtful %s", (char *)arg, reason_name(reason));
}

static void user_done(void *arg, enum outcome outcome, enum reason reason,
		      const json_t *result)
{
	bench_note("%s:done %s %s %d", (char *)arg, outcome_name(outcome),
		   reason_name(reason), (int)json_int(result, "n", 0));
}

static const struct device_user *user_make(char *name)
{
	static struct device_user user;

	user = (struct device_user){ .save = user_save,
				     .committed = user_committed,
				     .progress = user_progress,
				     .doubtful = user_doubtful,
				     .done = user_done,
				     .arg = name };
	return &user;
}

static struct op op_make(const char *id, enum op_kind kind)
{
	struct op op = { .kind = kind };

	snprintf(op.id, sizeof(op.id), "%s", id);
	return op;
}

void bench_start_kind(char *id, enum op_kind kind, int64_t wait_ms)
{
	struct op op = op_make(id, kind);

	device_start(bench.device, &op, wait_ms, user_make(id));
}

void bench_start(char *id)
{
	bench_start_kind(id, OP_DRAWER_OPEN, 5000);
}

void bench_recover(char *id, const char *evidence)
{
	struct op op = op_make(id, OP_DRAWER_OPEN);
	json_t *json = evidence ? json_parse(evidence, strlen(evidence)) : NULL;

	device_recover(bench.device, &op, json, user_make(id));
	json_decref(json);
}

/* --- the bench --- */

void bench_make(const struct driver *driver,
		const struct device_setting *settings, size_t count)
{
	struct device_config config = { .name = "drawer",
					.driver = driver,
					.transport.path = "/dev/ttyS9",
					.transport.line = driver->line,
					.settings = settings,
					.settings_count = count };

	bench.device = device_new(&config, &bench.fake.env,
				  &bench.lines.transports, &listener);
	bench.line = bench.lines.last;
}

int bench_set_up(void **arg)
{
	(void)arg;
	memset(&bench, 0, sizeof(bench));
	bench.script.open = "r";
	fake_env_init(&bench.fake);
	fake_lines_init(&bench.lines, &bench.fake);
	bench_make(&bench_driver, NULL, 0);
	return 0;
}

int bench_tear_down(void **arg)
{
	(void)arg;
	assert_int_equal(bench.line->writes_while_shut, 0);
	bench.device = device_free(bench.device);
	fake_env_free(&bench.fake);
	return 0;
}

void bench_remake(const struct driver *driver)
{
	device_free(bench.device);
	bench_make(driver, NULL, 0);
}

void bench_run(void)
{
	fake_env_run(&bench.fake);
}

void bench_advance(int64_t ms)
{
	fake_env_advance(&bench.fake, ms);
}

void bench_input(const char *calls)
{
	fake_line_input(bench.line, calls, strlen(calls));
	bench_run();
}

void bench_unplug(void)
{
	fake_line_drop(bench.line, REASON_UNPLUGGED);
	bench_run();
}

void bench_open(void)
{
	device_open(bench.device);
	bench_advance(DEVICE_RECOVER_MS / 100); /* long enough to be steady */
	bench_expect("open;");
	assert_int_equal(device_state(bench.device), DEVICE_READY);
}

int64_t bench_statistic(const char *name)
{
	json_t *json = device_describe(bench.device);
	int64_t value = json_int(json_object_get(json, "statistics"), name, -1);

	json_decref(json);
	return value;
}

void bench_assert_state(enum device_state state, enum reason reason)
{
	assert_string_equal(device_state_name(device_state(bench.device)),
			    device_state_name(state));
	assert_string_equal(reason_name(device_reason(bench.device)),
			    reason_name(reason));
}
