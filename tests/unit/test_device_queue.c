/* SPDX-License-Identifier: Apache-2.0 */
/* The framework: operations, from being asked for to their one completion. */
#include "device_bench.h"

#include "util/json.h"
#include "util/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* --- operations --- */

static void test_start_ends_ok(void **arg)
{
	(void)arg;
	bench_open();
	bench_start("a");
	bench_expect(""); /* begun from the loop */
	bench_run();
	bench_expect("start a;");
	bench_assert_state(DEVICE_BUSY, REASON_NONE);
	assert_int_equal(device_load(bench.device), 1);
	fake_line_input(bench.line, "cpo", 3);
	bench_expect(
		"a:committed;a:progress card;"); /* done comes from the loop */
	bench_run();
	bench_expect("a:done ok none 7;");
	bench_assert_state(DEVICE_READY, REASON_NONE);
	assert_int_equal(device_load(bench.device), 0);
	assert_int_equal(bench_statistic("operations"), 1);
	assert_int_equal(bench_statistic("driver_bugs"), 0);
}

static void test_done_within_start(void **arg)
{
	(void)arg;
	bench.script.start = "co";
	bench_open();
	bench_start("a");
	bench_start("b");
	bench_run();
	bench_expect("start a;a:committed;a:done ok none 7;"
		     "start b;b:committed;b:done ok none 7;");
}

static void test_one_at_a_time(void **arg)
{
	(void)arg;
	bench_open();
	bench_start("a");
	bench_start("b");
	bench_run();
	bench_expect("start a;");
	bench_input("cn");
	bench_expect("a:committed;a:done refused paper-out 0;start b;");
	bench_input("f");
	bench_expect("b:done failed no-answer 0;");
	assert_int_equal(bench_statistic("failures"), 1);
}

static void test_wait_runs_out(void **arg)
{
	(void)arg;
	bench_open();
	bench_start("a");
	bench_start("b");
	bench_advance(4999);
	bench_expect("start a;");
	bench_advance(1);
	bench_expect("b:done failed busy 0;");
	bench_input("cx");
	bench_expect("a:committed;a:done sent none 0;");
}

static void test_wait_of_zero_begins_if_idle(void **arg)
{
	(void)arg;
	bench_open();
	bench_start_kind("a", OP_DRAWER_OPEN, 0);
	bench_start_kind("b", OP_DRAWER_OPEN, 0);
	bench_run();
	bench_expect("start a;b:done failed busy 0;");
}

static void test_wait_for_opening(void **arg)
{
	(void)arg;
	bench.script.open = NULL;
	device_open(bench.device);
	bench_run();
	bench_expect("open;");
	bench_start("a");
	bench_run();
	bench_expect("");
	bench_input("r");
	bench_expect("start a;");
}

static void test_wait_ends_when_opening_fails(void **arg)
{
	(void)arg;
	bench.script.open = NULL;
	device_open(bench.device);
	bench_start("a");
	bench_run();
	bench_expect("open;");
	bench_input("l");
	bench_expect("close;a:done failed garbled 0;");
}

static void test_not_there_fails_at_once(void **arg)
{
	(void)arg;
	bench_start("a");
	bench_expect("");
	bench_run();
	bench_expect("a:done failed no-answer 0;");
	bench.lines.refuse = REASON_PORT_BUSY;
	device_open(bench.device);
	bench_run();
	bench_start("b");
	bench_run();
	bench_expect("b:done failed port-busy 0;");
}

static void test_not_supported(void **arg)
{
	(void)arg;
	bench_open();
	assert_true(device_can(bench.device, OP_PAYMENT));
	assert_false(device_can(bench.device, OP_REPORT_Z));
	bench_start_kind("z", OP_REPORT_Z, 1000);
	bench_run();
	bench_expect("z:done failed not-supported 0;");
}

static void test_queue_is_bounded(void **arg)
{
	(void)arg;
	bench_open();
	for (int i = 0; i < DEVICE_QUEUE_MAX; i++)
		bench_start("q");
	bench_start("over");
	assert_int_equal(device_load(bench.device), DEVICE_QUEUE_MAX + 1);
	bench_run();
	bench_expect("over:done failed busy 0;start q;");
}

static void test_late_is_not_begun(void **arg)
{
	(void)arg;
	bench_open();
	bench_start("a");
	bench_run();
	bench_start("b");
	bench_run();
	bench_forget();
	bench.fake.now += 3600 * 1000; /* the box slept */
	bench_input("co");
	assert_non_null(strstr(bench.trace, "b:done failed busy"));
	assert_null(strstr(bench.trace, "start b"));
	bench_forget();
}

static void test_queued_outlives_a_blip(void **arg)
{
	(void)arg;
	bench_open();
	bench_start("a");
	bench_start("b");
	bench_run();
	bench_unplug();
	bench_expect("start a;close;a:done failed unplugged 0;open;start b;");
}

/* --- what a driver must not do --- */

static void test_failed_after_commit_is_unknown(void **arg)
{
	(void)arg;
	bench_open();
	bench_start("a");
	bench_run();
	bench_input("cf");
	bench_expect("start a;a:committed;a:done unknown no-answer 0;");
	assert_int_equal(bench_statistic("driver_bugs"), 1);
	assert_int_equal(bench_statistic("unknown"), 1);
}

static void test_ok_without_commit_is_a_bug(void **arg)
{
	(void)arg;
	bench.script.start = "o";
	bench_open();
	bench_start("a");
	bench_run();
	bench_expect("start a;a:done ok none 7;");
	assert_int_equal(bench_statistic("driver_bugs"), 1);
	bench_start_kind("shown", OP_DISPLAY_SHOW, 0);
	bench_start_kind("figures", OP_REPORT_X, 10);
	bench_run();
	assert_int_equal(bench_statistic("driver_bugs"),
			 1); /* these move nothing */
	bench_forget();
}

static void test_double_done_is_ignored(void **arg)
{
	(void)arg;
	bench_open();
	bench_start("a");
	bench_run();
	bench_input("coou");
	bench_expect("start a;a:committed;a:done ok none 7;");
	assert_int_equal(bench_statistic("driver_bugs"), 2);
}

static void test_calls_without_operation_are_ignored(void **arg)
{
	(void)arg;
	bench_open();
	bench_input("cep");
	bench_expect("");
	assert_int_equal(bench_statistic("driver_bugs"), 2);
}

static void test_commit_twice_is_told_once(void **arg)
{
	(void)arg;
	bench_open();
	bench_start("a");
	bench_run();
	bench_input("ccx");
	bench_expect("start a;a:committed;a:done sent none 0;");
}

/* --- evidence --- */

static void test_saved_comes_from_the_loop(void **arg)
{
	(void)arg;
	bench.save_at_once = true;
	bench.script.start = "e";
	bench_open();
	bench_start("a");
	bench_run();
	bench_expect("start a;a:save one;saved 0;");
	bench_input("E");
	bench_expect("a:save two;saved 0;");
}

static void test_saved_with_error(void **arg)
{
	(void)arg;
	bench.script.saved = "f";
	bench_open();
	bench_start("a");
	bench_run();
	bench_input("e");
	bench_expect("start a;a:save one;");
	device_saved(bench.device, "other", 0);
	bench_run();
	bench_expect("");
	device_saved(bench.device, "a", 28);
	bench_expect("");
	bench_run();
	bench_expect("saved 28;a:done failed no-answer 0;");
	device_saved(bench.device, "a", 0);
	bench_run();
	bench_expect("");
}

static void test_saved_too_late_is_not_for_recovery(void **arg)
{
	(void)arg;
	bench_open();
	bench_start("a");
	bench_run();
	bench_input("ec");
	bench_unplug();
	bench_expect(
		"start a;a:save one;a:committed;close;a:doubtful unplugged;"
		"open;recover a {\"step\":\"one\"};");
	device_saved(bench.device, "a", 0);
	bench_run();
	bench_expect("");
	bench_input("E");
	device_saved(bench.device, "a", 0);
	bench_run();
	bench_expect("a:save two;saved 0;");
}

/* --- lines that go while an operation runs --- */

static void test_lost_before_commit_fails(void **arg)
{
	(void)arg;
	bench_open();
	bench_start("a");
	bench_run();
	bench_unplug();
	bench_expect("start a;close;a:done failed unplugged 0;open;");
}

static void test_driver_lost_before_commit_fails(void **arg)
{
	(void)arg;
	bench.script.start = "l";
	bench_open();
	bench_start("a");
	bench_run();
	bench_expect("start a;close;a:done failed garbled 0;open;");
}

static void test_lost_after_commit_recovers(void **arg)
{
	(void)arg;
	bench_open();
	bench_start("a");
	bench_start("b");
	bench_run();
	bench_input("ce");
	bench_expect("start a;a:committed;a:save one;");
	bench.lines.refuse = REASON_PORT_MISSING;
	bench_unplug();
	bench_expect(
		"close;a:doubtful unplugged;b:done failed port-missing 0;");
	bench_assert_state(DEVICE_LOST, REASON_PORT_MISSING);
	assert_int_equal(device_load(bench.device), 1);
	bench_advance(3600 * 1000); /* it waits as long as it takes */
	bench_expect("");
	bench.lines.refuse = REASON_NONE;
	bench_advance(10000);
	bench_expect("open;recover a {\"step\":\"one\"};");
	bench_assert_state(DEVICE_BUSY, REASON_NONE);
	bench_input("o");
	bench_expect("a:done ok none 7;");
}

static void test_lost_after_commit_without_evidence(void **arg)
{
	(void)arg;
	bench_open();
	bench_input("t");
	bench_start("a");
	bench_run();
	bench_input("cT");
	bench_unplug();
	bench_expect(
		"status ->closed;start a;a:committed;status closed>open;close;"
		"a:doubtful unplugged;open;"
		"recover a {\"status\":{\"drawer\":\"closed\"}};");
	bench_input("f"); /* the device knows that nothing happened */
	bench_expect("a:done failed unplugged 0;");
	assert_int_equal(bench_statistic("driver_bugs"), 0);
}

static void test_lost_after_commit_without_anything(void **arg)
{
	(void)arg;
	bench.script.start = "cl";
	bench_open();
	bench_start("a");
	bench_run();
	bench_expect(
		"start a;a:committed;close;a:doubtful garbled;open;recover a "
		"-;");
}

static void test_lost_after_commit_without_recover(void **arg)
{
	(void)arg;
	bench_remake(&bench_mute_driver);
	bench_open();
	bench_start("a");
	bench_run();
	bench_input("c");
	bench_unplug();
	bench_expect(
		"start a;a:committed;close;a:done unknown unplugged 0;open;");
}

static void test_done_then_lost_stands(void **arg)
{
	(void)arg;
	bench_open();
	bench_start("a");
	bench_run();
	bench_input("col");
	bench_expect("start a;a:committed;close;a:done ok none 7;open;");
}

static void test_new_work_waits_for_recovery(void **arg)
{
	(void)arg;
	bench.script.start = "c";
	bench_open();
	bench_start("a");
	bench_run();
	bench_unplug();
	bench_forget();
	bench_start("b");
	bench_advance(5000);
	bench_expect("b:done failed recovering 0;");
	bench_start("c");
	bench_run();
	bench_input("u");
	bench_expect("a:done unknown no-answer 0;start c;c:committed;");
}

/* Whoever waits for it hears no more; what is found out right now goes on. */
static void test_recovery_is_forgotten(void **arg)
{
	(void)arg;
	bench_open();
	bench_start("a");
	bench_run();
	bench_input("ce");
	bench_expect("start a;a:committed;a:save one;");
	bench.lines.refuse = REASON_PORT_MISSING;
	bench_unplug();
	bench_expect("close;a:doubtful unplugged;");
	assert_false(device_forget(bench.device, "b"));
	assert_true(device_forget(bench.device, "a"));
	assert_int_equal(device_load(bench.device), 0);
	bench.lines.refuse = REASON_NONE;
	bench_advance(10000);
	bench_expect("open;");
	bench_recover("c", NULL);
	bench_run();
	bench_expect("recover c -;");
	assert_false(device_forget(bench.device, "c"));
}

static void test_recovery_is_bounded(void **arg)
{
	(void)arg;
	bench.script.start = "c";
	bench_open();
	bench_start("a");
	bench_run();
	bench_unplug();
	bench_forget();
	bench_advance(DEVICE_RECOVER_MS - 1);
	bench_expect("");
	bench_advance(1);
	bench_expect("close;a:done unknown no-answer 0;open;");
}

static void test_recovery_that_breaks_off_is_bounded(void **arg)
{
	(void)arg;
	bench.script.start = "c";
	bench.script.recover = "l";
	bench_open();
	bench_start("a");
	bench_run();
	bench_unplug();
	bench_advance(300 * 1000);
	assert_non_null(strstr(bench.trace, "a:done unknown garbled 0;"));
	assert_int_equal(device_load(bench.device), 0);
	bench_forget();
}

static void test_recovery_after_restart(void **arg)
{
	(void)arg;
	bench.script.recover = "o";
	bench_recover("a", "{\"step\": \"nine\"}");
	bench_recover("b", NULL);
	bench_start("late");
	bench_run();
	bench_expect("late:done failed no-answer 0;");
	device_open(bench.device);
	bench_start("c");
	bench_run();
	bench_expect("open;recover a {\"step\":\"nine\"};a:done ok none 7;"
		     "recover b -;b:done ok none 7;start c;");
}

/* A driver that opens is told what recover will be given, and only then. */
static void test_doubt_is_told_while_opening(void **arg)
{
	(void)arg;
	bench.script.open = "?r";
	bench.script.recover = "o";
	bench_recover("a", "{\"step\": \"nine\"}");
	device_open(bench.device);
	bench_run();
	bench_expect("open;doubt {\"step\":\"nine\"};"
		     "recover a {\"step\":\"nine\"};a:done ok none 7;");
	/* of this daemon's, once its line was lost; and of what waits, nothing */
	bench.script.start = "ecl";
	bench_advance(2000);
	bench_start("b");
	bench_run();
	bench_advance(20000);
	assert_non_null(strstr(bench.trace, "open;doubt {\"step\":\"one\"};"
					    "recover b {\"step\":\"one\"};"));
	bench.script.start = "";
	bench_forget();
	bench_unplug();
	bench_advance(20000);
	assert_non_null(strstr(bench.trace, "open;doubt -;"));
	bench_forget();
}

/* No device is blamed that answers now. */
static void test_what_did_not_happen_has_the_reason_of_its_break(void **arg)
{
	(void)arg;
	bench.script.recover = "f";
	bench_recover("a", NULL);
	device_open(bench.device);
	bench_run();
	bench_expect("open;recover a -;a:done failed restarted 0;");
}

static void test_recovery_impossible(void **arg)
{
	(void)arg;
	bench_remake(&bench_mute_driver);
	bench_recover("a", NULL);
	bench_expect("");
	bench_run();
	bench_expect("a:done unknown restarted 0;");
}

/* --- abort --- */

/* At the end: what has not begun has certainly not happened. */
static void test_what_is_queued_can_be_failed(void **arg)
{
	(void)arg;
	bench_open();
	bench_start("a");
	bench_run();
	bench_start("b");
	bench_start("c");
	bench_recover("r", NULL);
	device_fail_queued(bench.device, REASON_STOPPING);
	bench_expect("start a;");
	bench_run();
	bench_expect("b:done failed stopping 0;c:done failed stopping 0;");
	bench_input("co");
	bench_expect("a:committed;a:done ok none 7;recover r -;");
	bench_start("d"); /* it is for the caller to ask for nothing more */
	bench_run();
	bench_input("o");
	bench_expect("r:done ok none 7;start d;");
}

static void test_abort_queued(void **arg)
{
	(void)arg;
	bench_open();
	bench_start("a");
	bench_start("b");
	bench_run();
	assert_true(device_abort(bench.device, "b"));
	assert_false(device_abort(bench.device, "b"));
	assert_false(device_abort(bench.device, "nobody"));
	bench_expect("start a;");
	bench_run();
	bench_expect("b:done failed aborted 0;");
}

static void test_abort_running(void **arg)
{
	(void)arg;
	bench.script.abort = "n";
	bench_open();
	bench_start("a");
	bench_run();
	assert_true(device_abort(bench.device, "a"));
	bench_expect("start a;");
	bench_run();
	bench_expect("abort;a:done refused paper-out 0;");
	assert_false(device_abort(bench.device, "a"));
}

static void test_abort_impossible(void **arg)
{
	(void)arg;
	bench_remake(&bench_mute_driver);
	bench_open();
	bench_start("a");
	bench_run();
	assert_false(device_abort(bench.device, "a"));
	bench_forget();
}

static void test_abort_of_recovery_is_impossible(void **arg)
{
	(void)arg;
	bench.script.start = "c";
	bench_open();
	bench_start("a");
	bench_run();
	assert_true(device_abort(bench.device, "a"));
	bench_unplug(); /* before the driver heard of it */
	assert_false(device_abort(bench.device, "a"));
	bench_run();
	assert_null(strstr(bench.trace, "abort;"));
	bench_forget();
}

/* --- tests --- */

/* A driver that does what the bench's does, of a reader. */
static void make_reader(void)
{
	static struct driver reader;

	reader = bench_driver;
	reader.class = DEVICE_READER;
	bench_remake(&reader);
	bench_open();
}

/* The badge is what it waited for, and nobody else's. */
static void test_a_reader_is_tried_by_a_badge(void **arg)
{
	(void)arg;
	make_reader();
	bench_start_kind("a", OP_TEST_INTERACTIVE, 1000);
	bench_run();
	bench_assert_state(DEVICE_BUSY, REASON_NONE);
	bench_input("b");
	bench_expect("a:done ok none 0;");
	bench_input("b");
	bench_expect("swipe em4100:04184edcba;");
}

static void test_nobody_tries_it(void **arg)
{
	(void)arg;
	make_reader();
	bench_start_kind("a", OP_TEST_INTERACTIVE, 1000);
	bench_advance(29999);
	bench_expect("");
	bench_advance(1);
	bench_expect("a:done failed no-answer 0;");
	bench_start_kind("b", OP_TEST_INTERACTIVE, 1000);
	bench_run();
	assert_true(device_abort(bench.device, "b"));
	bench_run();
	bench_expect("b:done failed aborted 0;");
	bench_start_kind("c", OP_TEST_INTERACTIVE, 1000);
	bench_run();
	device_fail_queued(bench.device, REASON_STOPPING);
	bench_run();
	bench_expect("c:done failed stopping 0;");
	bench_start_kind("d", OP_TEST_INTERACTIVE, 1000);
	bench_run();
	bench_unplug();
	bench_expect("close;d:done failed unplugged 0;open;");
	assert_int_equal(bench_statistic("driver_bugs"), 0);
}

static void test_what_is_no_reader_is_not_tried(void **arg)
{
	(void)arg;
	bench_open();
	bench_start_kind("a", OP_TEST_INTERACTIVE, 1000);
	bench_run();
	bench_expect("a:done failed not-supported 0;");
}

/* --- looked for --- */

/* The next question is on the line, at that speed. */
static void expect_asked(int baud, const char *question)
{
	assert_string_equal(buf_text(&bench.line->written), question);
	assert_int_equal(bench.line->line.baud, baud);
	buf_reset(&bench.line->written);
}

/* Nobody is there; then somebody asks where it is. */
static void begin_scan(char *id)
{
	bench.script.open = "l";
	device_open(bench.device);
	bench_run();
	bench_expect("open;close;");
	bench_start_kind(id, OP_TEST_SCAN, 1000);
	bench_run();
	bench_assert_state(DEVICE_OPENING, REASON_GARBLED);
}

/* As long as an answer is waited for at that speed. */
static void wait_at(int baud)
{
	bench_advance(500 + 120 * 12 * 1000 / baud);
}

static void miss(int baud)
{
	expect_asked(baud, "?");
	wait_at(baud);
	expect_asked(baud, "?!");
	wait_at(baud);
}

static void test_it_is_found_at_another_speed(void **arg)
{
	(void)arg;
	begin_scan("a");
	miss(9600);
	expect_asked(19200, "?");
	fake_line_input(bench.line, "!", 1);
	expect_asked(19200, ".");
	bench_advance(200); /* a coincidence? */
	expect_asked(19200, "?");
	fake_line_input(bench.line, "x!", 2);
	bench_expect("");
	bench.script.open = "r";
	bench_advance(200);
	bench_expect("a:done ok none 0;");
	bench_advance(250); /* and it is opened again, as it was */
	bench_expect("open;");
	assert_int_equal(bench_statistic("driver_bugs"), 0);
}

/* Once is nothing: the same question has to be answered again. */
static void test_a_chance_answer_does_not_count(void **arg)
{
	(void)arg;
	begin_scan("a");
	expect_asked(9600, "?");
	fake_line_input(bench.line, "!", 1);
	expect_asked(9600, ".");
	bench_advance(200);
	miss(9600);
	miss(19200);
	miss(4800); /* and a pty has no parity to try */
	bench_expect("a:done failed no-answer 0;");
}

static void test_what_is_no_answer_is_told(void **arg)
{
	(void)arg;
	begin_scan("a");
	fake_line_input(bench.line, "noise", 5);
	miss(9600);
	miss(19200);
	miss(4800);
	bench_expect("a:done failed garbled 0;");
}

/* The loud question looks like an answer; behind it there may be one. */
static void test_an_echo_is_no_answer(void **arg)
{
	(void)arg;
	begin_scan("a");
	expect_asked(9600, "?");
	wait_at(9600);
	expect_asked(9600, "?!");
	fake_line_input(bench.line, "?", 1);
	fake_line_input(bench.line, "!", 1);
	wait_at(9600);
	expect_asked(19200, "?");
	wait_at(19200);
	expect_asked(19200, "?!");
	fake_line_input(bench.line, "?!!", 3);
	bench_advance(200);
	expect_asked(19200, "?!");
	fake_line_input(bench.line, "?!!", 3);
	bench_advance(200);
	bench_expect("a:done ok none 0;");
}

static void test_one_that_is_there_is_not_looked_for(void **arg)
{
	(void)arg;
	bench_open();
	buf_reset(&bench.line->written);
	bench_start_kind("a", OP_TEST_SCAN, 1000);
	bench_run();
	bench_expect("a:done ok none 0;");
	assert_int_equal(bench.line->written.len, 0);
	bench_start("b");
	bench_start_kind("c", OP_TEST_SCAN, 1000);
	bench_run();
	bench_start_kind("d", OP_TEST_SCAN, 1000);
	bench_run();
	bench_expect("c:done ok none 0;start b;d:done failed busy 0;");
}

static void test_it_is_called_off_or_breaks_off(void **arg)
{
	(void)arg;
	begin_scan("a");
	assert_true(device_abort(bench.device, "a"));
	bench_run();
	bench_expect("a:done failed aborted 0;");
	bench_advance(10000);
	bench_forget();
	bench_start_kind("b", OP_TEST_SCAN, 1000);
	bench_run();
	bench_unplug();
	bench_expect("b:done failed unplugged 0;");
	bench_advance(10000);
	bench_forget();
	bench_start_kind("c", OP_TEST_SCAN, 1000);
	bench_run();
	device_fail_queued(bench.device, REASON_STOPPING);
	bench_run();
	bench_expect("c:done failed stopping 0;");
	bench_start_kind("d", OP_TEST_SCAN, 1000);
	bench_run();
	device_release(bench.device);
	bench_run();
	bench_expect("d:done failed released 0;");
	bench_start_kind("e", OP_TEST_SCAN, 1000);
	bench_run();
	bench_expect("e:done failed released 0;");
	assert_int_equal(bench_statistic("driver_bugs"), 0);
}

static void test_what_can_t_be_asked_is_not_looked_for(void **arg)
{
	(void)arg;
	bench_remake(&bench_mute_driver);
	bench_start_kind("a", OP_TEST_SCAN, 1000);
	bench_run();
	bench_expect("a:done failed not-supported 0;");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_start_ends_ok),
		TEST(test_done_within_start),
		TEST(test_one_at_a_time),
		TEST(test_wait_runs_out),
		TEST(test_wait_of_zero_begins_if_idle),
		TEST(test_wait_for_opening),
		TEST(test_wait_ends_when_opening_fails),
		TEST(test_not_there_fails_at_once),
		TEST(test_not_supported),
		TEST(test_queue_is_bounded),
		TEST(test_late_is_not_begun),
		TEST(test_queued_outlives_a_blip),
		TEST(test_failed_after_commit_is_unknown),
		TEST(test_ok_without_commit_is_a_bug),
		TEST(test_double_done_is_ignored),
		TEST(test_calls_without_operation_are_ignored),
		TEST(test_commit_twice_is_told_once),
		TEST(test_saved_comes_from_the_loop),
		TEST(test_saved_with_error),
		TEST(test_saved_too_late_is_not_for_recovery),
		TEST(test_lost_before_commit_fails),
		TEST(test_driver_lost_before_commit_fails),
		TEST(test_lost_after_commit_recovers),
		TEST(test_lost_after_commit_without_evidence),
		TEST(test_lost_after_commit_without_anything),
		TEST(test_lost_after_commit_without_recover),
		TEST(test_done_then_lost_stands),
		TEST(test_new_work_waits_for_recovery),
		TEST(test_recovery_is_forgotten),
		TEST(test_recovery_is_bounded),
		TEST(test_recovery_that_breaks_off_is_bounded),
		TEST(test_recovery_after_restart),
		TEST(test_doubt_is_told_while_opening),
		TEST(test_what_did_not_happen_has_the_reason_of_its_break),
		TEST(test_recovery_impossible),
		TEST(test_what_is_queued_can_be_failed),
		TEST(test_abort_queued),
		TEST(test_abort_running),
		TEST(test_abort_impossible),
		TEST(test_abort_of_recovery_is_impossible),
		TEST(test_a_reader_is_tried_by_a_badge),
		TEST(test_nobody_tries_it),
		TEST(test_what_is_no_reader_is_not_tried),
		TEST(test_it_is_found_at_another_speed),
		TEST(test_a_chance_answer_does_not_count),
		TEST(test_what_is_no_answer_is_told),
		TEST(test_an_echo_is_no_answer),
		TEST(test_one_that_is_there_is_not_looked_for),
		TEST(test_it_is_called_off_or_breaks_off),
		TEST(test_what_can_t_be_asked_is_not_looked_for),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
