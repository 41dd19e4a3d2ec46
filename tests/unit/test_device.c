/* SPDX-License-Identifier: Apache-2.0 */
/* The framework: a device that comes and goes, and what it tells. */
#include "device_bench.h"

#include "util/json.h"
#include "util/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* --- opening --- */

static void test_open_ready(void **arg)
{
	(void)arg;
	assert_int_equal(device_state(bench.device), DEVICE_ABSENT);
	device_open(bench.device);
	assert_int_equal(device_state(bench.device), DEVICE_OPENING);
	bench_expect(""); /* from the loop only */
	bench_run();
	bench_expect("open;");
	bench_assert_state(DEVICE_READY, REASON_NONE);
}

static void test_open_backs_off(void **arg)
{
	static const int pauses[] = { 250,  500,   1000,  2000, 4000,
				      8000, 10000, 10000, 10000 };
	(void)arg;
	bench.lines.refuse = REASON_PORT_MISSING;
	device_open(bench.device);
	bench_run();
	for (size_t i = 0; i < sizeof(pauses) / sizeof(*pauses); i++) {
		bench_assert_state(DEVICE_ABSENT, REASON_PORT_MISSING);
		assert_int_equal(bench.line->opens, i + 1);
		bench_advance(pauses[i] - 1);
		assert_int_equal(bench.line->opens, i + 1);
		bench_advance(1);
	}
	bench.lines.refuse = REASON_NONE;
	bench_advance(10000);
	bench_assert_state(DEVICE_READY, REASON_NONE);
}

/* A notice is worth a look at once, and the pauses begin anew; while the line
 * is open, or being opened, it is somebody else's. */
static void test_plugged_opens_at_once(void **arg)
{
	(void)arg;
	bench.lines.refuse = REASON_PORT_MISSING;
	device_open(bench.device);
	bench_advance(60000);
	int opens = bench.line->opens;

	fake_line_plugged(bench.line);
	bench_run();
	assert_int_equal(bench.line->opens, opens + 1);
	bench_advance(250);
	assert_int_equal(bench.line->opens, opens + 2);
	bench.lines.refuse = REASON_NONE;
	fake_line_plugged(bench.line);
	fake_line_plugged(bench.line);
	bench_run();
	fake_line_plugged(bench.line);
	bench_run();
	bench_assert_state(DEVICE_READY, REASON_NONE);
	assert_int_equal(bench.line->opens, opens + 3);
}

static void test_open_silent_driver(void **arg)
{
	(void)arg;
	bench.script.open = NULL;
	device_open(bench.device);
	bench_advance(29999);
	bench_expect("open;");
	assert_int_equal(device_state(bench.device), DEVICE_OPENING);
	bench_advance(1);
	bench_expect("close;");
	bench_assert_state(DEVICE_ABSENT, REASON_NO_ANSWER);
}

/* Its deadline goes off every 100 ms, and it waits on and on. */
static void test_open_patient_driver(void **arg)
{
	(void)arg;
	bench.script.open = bench.script.timeout = "d";
	device_open(bench.device);
	bench_advance(DEVICE_OPEN_MAX_MS - 1);
	assert_int_equal(device_state(bench.device), DEVICE_OPENING);
	bench_forget();
	bench_advance(1);
	assert_non_null(strstr(bench.trace, "close;"));
	bench_assert_state(DEVICE_ABSENT, REASON_NO_ANSWER);
	bench_forget();
}

static void test_open_silent_line(void **arg)
{
	(void)arg;
	bench.lines.silent = true;
	device_open(bench.device);
	bench_advance(30000);
	bench_assert_state(DEVICE_ABSENT, REASON_NO_ANSWER);
	bench.lines.silent = false;
	bench_advance(250);
	bench_expect("open;");
}

static void test_open_lost_by_driver(void **arg)
{
	(void)arg;
	bench.script.open = "l";
	device_open(bench.device);
	bench_run();
	bench_expect("open;close;"); /* never from within open */
	bench_assert_state(DEVICE_ABSENT, REASON_GARBLED);
}

static void test_open_ready_then_lost_does_not_spin(void **arg)
{
	(void)arg;
	bench.script.open = "rl";
	device_open(bench.device);
	bench_advance(60000);
	assert_in_range(bench.line->opens, 2, 12);
	bench_forget();
}

/* The driver could not know that what it wrote did not go out. */
static void test_a_write_that_fails_while_opening_is_no_bug(void **arg)
{
	(void)arg;
	bench.script.open = "wr";
	bench.lines.full = true;
	device_open(bench.device);
	bench_run();
	bench_expect("open;close;");
	bench_assert_state(DEVICE_ABSENT, REASON_NO_ANSWER);
	assert_int_equal(bench_statistic("driver_bugs"), 0);
	bench.lines.full = false;
	bench_advance(250);
	bench_assert_state(DEVICE_READY, REASON_NONE);
}

static void test_ready_twice_is_a_bug(void **arg)
{
	(void)arg;
	bench_open();
	bench_input("r");
	assert_int_equal(bench_statistic("driver_bugs"), 1);
	bench_assert_state(DEVICE_READY, REASON_NONE);
}

static void test_lost_reopens_at_once(void **arg)
{
	(void)arg;
	bench_open();
	fake_line_drop(bench.line, REASON_UNPLUGGED);
	bench_assert_state(DEVICE_LOST, REASON_UNPLUGGED);
	bench_run();
	bench_expect("close;open;");
	bench_assert_state(DEVICE_READY, REASON_NONE);
	assert_int_equal(bench_statistic("reconnects"), 1);
}

static void test_lost_drops_deadline(void **arg)
{
	(void)arg;
	bench_open();
	bench_input("d");
	bench.lines.refuse = REASON_PORT_MISSING;
	bench_unplug();
	bench_advance(1000);
	bench_expect("close;");
}

static void test_close_may_not_write_on_lost_line(void **arg)
{
	(void)arg;
	bench.script.close = "w";
	bench_open();
	buf_reset(&bench.line->written);
	bench_unplug();
	assert_int_equal(bench.line->written.len, 0);
	bench_forget();
}

static void test_free_lets_driver_log_off(void **arg)
{
	struct buf last_words = BUF_INIT(16);

	(void)arg;
	bench_open();
	bench_start("a");
	bench_run();
	buf_reset(&bench.line->written);
	bench.script.close = "w";
	bench.lines.last_words = &last_words;
	bench_remake(&bench_driver);
	bench.lines.last_words = NULL;
	bench_expect("start a;close;"); /* and no completion of a */
	assert_string_equal(buf_text(&last_words), "W");
	buf_free(&last_words);
}

static void count_traced(void *arg, struct device *device)
{
	(void)device;
	++*(int *)arg;
}

/* Whoever listens may be gone before its devices. */
static void test_last_words_are_traced_for_nobody(void **arg)
{
	int traced = 0;

	(void)arg;
	bench_open();
	bench.script.close = "w";
	bench.device->listener.traced = count_traced;
	bench.device->listener.arg = &traced;
	bench_input("w");
	assert_int_equal(traced, 2); /* what came, and what was written */
	bench_remake(&bench_driver);
	assert_int_equal(traced, 2);
	bench_forget();
}

static void test_write_past_the_queue_loses_the_line(void **arg)
{
	(void)arg;
	bench_open();
	bench.lines.full = true;
	bench_input("ww");
	bench_expect("close;open;");
	assert_int_equal(bench_statistic("reconnects"), 1);
}

static void test_deadline(void **arg)
{
	(void)arg;
	bench_open();
	bench_input("d");
	bench_advance(99);
	bench_expect("");
	bench_advance(1);
	bench_expect("timeout;");
	bench_advance(1000);
	bench_expect("");
	bench_input("dD");
	bench_advance(1000);
	bench_expect("");
}

static void test_options(void **arg)
{
	static const struct device_setting settings[] = {
		{ "beep", "yes" },
		{ "pulse", "1500 ms" },
	};
	struct driver_io *io;

	(void)arg;
	io = (struct driver_io *)bench.device;
	assert_false(driver_option_bool(io, "beep"));
	assert_int_equal(driver_option_int(io, "pulse"), 200);
	assert_int_equal(driver_option_int(io, "wait"), 2000);
	assert_true(driver_is_serial(io));
	device_free(bench.device);
	bench_make(&bench_driver, settings, 2);
	io = (struct driver_io *)bench.device;
	assert_true(driver_option_bool(io, "beep"));
	assert_int_equal(driver_option_int(io, "pulse"), 1500);
	assert_string_equal(driver_option(io, "none"), "");
	assert_int_equal(bench_statistic("driver_bugs"), 1);
}

/* --- what is told --- */

static void test_status(void **arg)
{
	int64_t as_of = 0;

	(void)arg;
	bench_open();
	assert_null(device_status(bench.device, &as_of));
	bench_input("ttT");
	bench_expect("status ->closed;status closed>open;");
	bench_advance(10);
	bench_input("T");
	bench_expect("");
	assert_string_equal(json_text(device_status(bench.device, &as_of),
				      "drawer"),
			    "open");
	assert_int_equal(as_of, bench.fake.now);
	bench_unplug();
	assert_null(device_status(bench.device, &as_of));
	bench_forget();
}

static void test_swipe(void **arg)
{
	(void)arg;
	bench_open();
	bench_input("b");
	bench_expect("swipe em4100:04184edcba;");
}

static void test_describe(void **arg)
{
	json_t *json;

	(void)arg;
	bench_open();
	bench_start("a");
	bench_run();
	bench_input("wt");
	json = device_describe(bench.device);
	assert_string_equal(json_text(json, "name"), "drawer");
	assert_string_equal(json_text(json, "class"), "drawer");
	assert_string_equal(json_text(json, "driver"), "play");
	assert_string_equal(json_text(json, "port"), "/dev/ttyS9");
	assert_string_equal(json_text(json, "state"), "busy");
	assert_string_equal(json_text(json, "since"),
			    "2026-11-22T10:15:09.000Z");
	assert_null(json_object_get(json, "reason"));
	assert_string_equal(
		json_text(json_object_get(json, "identity"), "model"), "Play");
	assert_string_equal(json_text(json_object_get(json, "operation"), "id"),
			    "a");
	assert_int_equal(bench_statistic("bytes_in"), 2);
	assert_int_equal(bench_statistic("bytes_out"), 1);
	json_decref(json);
	bench_unplug();
	bench_advance(1000);
	bench.lines.refuse = REASON_PORT_DENIED;
	bench_unplug();
	json = device_describe(bench.device);
	assert_string_equal(json_text(json, "reason"), "port-denied");
	assert_non_null(json_text(json, "sentence"));
	json_decref(json);
	bench_forget();
}

/* --- left to another program --- */

static void test_released_and_taken_back(void **arg)
{
	(void)arg;
	bench_open();
	bench_forget();
	device_release(bench.device);
	bench_run();
	bench_assert_state(DEVICE_RELEASED, REASON_RELEASED);
	bench_expect("close;");
	int opens = bench.line->opens;

	bench_advance(600000);
	fake_line_plugged(bench.line);
	bench_run();
	assert_int_equal(bench.line->opens, opens);
	bench_start("a");
	bench_run();
	bench_expect("a:done failed released 0;");
	device_release(bench.device); /* it is already */
	device_take(bench.device);
	bench_run();
	bench_assert_state(DEVICE_READY, REASON_NONE);
	assert_int_equal(bench.line->opens, opens + 1);
	device_take(bench.device); /* ours already */
	bench_run();
	assert_int_equal(bench.line->opens, opens + 1);
}

/* Before it was ever opened, and while its line can't be. */
static void test_released_at_first(void **arg)
{
	(void)arg;
	device_release(bench.device);
	device_open(bench.device);
	bench_advance(60000);
	bench_assert_state(DEVICE_RELEASED, REASON_RELEASED);
	assert_int_equal(bench.line->opens, 0);
	bench.lines.refuse = REASON_PORT_BUSY;
	device_take(bench.device);
	bench_run();
	bench_assert_state(DEVICE_ABSENT, REASON_PORT_BUSY);
	device_release(bench.device);
	bench_assert_state(DEVICE_RELEASED, REASON_RELEASED);
	bench_advance(60000);
	assert_int_equal(bench.line->opens, 1);
	bench.lines.refuse = REASON_NONE;
	device_take(bench.device);
	bench_run();
	bench_assert_state(DEVICE_READY, REASON_NONE);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_open_ready),
		TEST(test_open_backs_off),
		TEST(test_plugged_opens_at_once),
		TEST(test_open_silent_driver),
		TEST(test_open_patient_driver),
		TEST(test_open_silent_line),
		TEST(test_open_lost_by_driver),
		TEST(test_open_ready_then_lost_does_not_spin),
		TEST(test_a_write_that_fails_while_opening_is_no_bug),
		TEST(test_ready_twice_is_a_bug),
		TEST(test_lost_reopens_at_once),
		TEST(test_lost_drops_deadline),
		TEST(test_close_may_not_write_on_lost_line),
		TEST(test_free_lets_driver_log_off),
		TEST(test_last_words_are_traced_for_nobody),
		TEST(test_write_past_the_queue_loses_the_line),
		TEST(test_deadline),
		TEST(test_options),
		TEST(test_status),
		TEST(test_swipe),
		TEST(test_describe),
		TEST(test_released_and_taken_back),
		TEST(test_released_at_first),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
