/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked stands on the till's display, and only then a badge counts. */
#include "reader_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE	60000
#define READER	0
#define DISPLAY 1

/* The one on the shared display, and its other till's own reader. */
#define READER_2 2

#define NOT_SHOWN "the display of this till could not show what is asked"
#define NOT_ALL	  "the display has not shown all of what is asked yet"
#define TOO_SOON  "too soon after the reader was asked"

static const struct prompt_facts two_pages = {
	.what = "CANCEL CARD",
	.details = { "9999999999.99 EUR" },
	.who = "Anna",
	.where = "Front till",
};

static int set_up(void **state)
{
	bench_set_up(state);
	bench_add(&reader_em4100, "reader1", "1");
	bench_add(&display_epson, "display1", "1 2");
	bench_add(&reader_em4100, "reader2", "2 3");
	bench_start();
	return 0;
}

static void test_the_second_begins_when_it_is_written(void **state)
{
	static struct bench_claim claim;

	(void)state;
	bench_arm(&claim, "1", MINUTE);
	bench_expect("1 reader.armed;");
	assert_string_equal(reader_objection(&claim.claim), NOT_ALL);
	bench_advance(0);
	bench_expect("1 prompt.shown;");
	bench_expect_lines(DISPLAY, "ASK", "1");
	bench_advance(999);
	bench_swipe(READER);
	bench_expect("1 reader.ignored " TOO_SOON ";");
	bench_advance(1);
	bench_swipe(READER);
	assert_int_equal(claim.badges, 1);
	bench_expect("1 reader.disarmed ended;");
	bench_expect_lines(DISPLAY, "", "");
}

static void test_all_pages_have_to_be_shown(void **state)
{
	static struct bench_claim claim;

	(void)state;
	bench_arm_pages(&claim, "1", MINUTE, &two_pages);
	bench_advance(1500);
	bench_expect_lines(DISPLAY, "CANCEL CARD", "9999999999.99 EUR");
	bench_swipe(READER);
	bench_expect("1 reader.armed;1 reader.ignored " NOT_ALL ";");
	bench_advance(500);
	bench_expect_lines(DISPLAY, "Anna, Front till", "");
	bench_expect("1 prompt.shown;");
	bench_advance(999);
	assert_string_equal(reader_objection(&claim.claim), TOO_SOON);
	bench_advance(1001);
	bench_expect_lines(DISPLAY, "CANCEL CARD", "9999999999.99 EUR");
	bench_swipe(READER);
	assert_int_equal(claim.badges, 1);
}

static void test_a_dead_display_lets_no_badge_count(void **state)
{
	static struct bench_claim claim;

	(void)state;
	bench_unplug(DISPLAY);
	bench_advance(1000);
	assert_string_equal(prompt_name(bench.core, "1"), "not-ready");
	assert_string_equal(prompt_name(bench.core, "3"), "none");
	assert_int_equal(bench_arm(&claim, "1", MINUTE), PROBLEMS);
	bench_expect("1 reader.armed;1 prompt.not-shown;");
	bench_advance(5000);
	bench_swipe(READER);
	bench_expect("1 reader.ignored " NOT_SHOWN ";");
	/* It comes back: a full second from then. */
	bench.lines.silent = false;
	bench_advance(40000);
	*bench.trace = 0;
	bench_expect_lines(DISPLAY, "ASK", "1");
	bench_swipe(READER);
	assert_int_equal(claim.badges, 1);
	assert_string_equal(prompt_name(bench.core, "1"), "display");
}

static void test_a_display_that_goes_takes_the_question_with_it(void **state)
{
	static struct bench_claim claim;

	(void)state;
	bench_arm_pages(&claim, "1", MINUTE, &two_pages);
	bench_advance(3500);
	assert_null(reader_objection(&claim.claim));
	bench_expect("1 reader.armed;1 prompt.shown;");
	bench_unplug(DISPLAY);
	bench_expect("1 prompt.not-shown;");
	bench_swipe(READER);
	bench_expect("1 reader.ignored " NOT_SHOWN ";");
	/* From its first page again. */
	bench.lines.silent = false;
	for (int i = 0; !prompt_is_there(claim.claim.question.prompt); i++) {
		assert_true(i < 1000);
		bench_advance(50);
	}
	bench_advance(100);
	bench_expect_lines(DISPLAY, "CANCEL CARD", "9999999999.99 EUR");
	bench_swipe(READER);
	bench_expect("1 reader.ignored " NOT_ALL ";");
	bench_advance(2000);
	bench_expect("1 prompt.shown;");
	bench_swipe(READER);
	bench_expect("1 reader.ignored " TOO_SOON ";");
	bench_advance(1000);
	bench_swipe(READER);
	assert_int_equal(claim.badges, 1);
}

static void test_what_is_not_written_is_tried_again(void **state)
{
	static struct bench_claim claim;

	(void)state;
	bench.lines.full = true; /* it takes no bytes: the line is lost */
	bench_arm(&claim, "1", MINUTE);
	bench_advance(3000);
	bench_swipe(READER);
	assert_int_equal(claim.badges, 0);
	bench.lines.full = false;
	bench_advance(40000);
	bench_expect_lines(DISPLAY, "ASK", "1");
	bench_swipe(READER);
	assert_int_equal(claim.badges, 1);
	*bench.trace = 0;
}

static void test_the_apps_text_waits_and_comes_back(void **state)
{
	static struct bench_claim claim;

	(void)state;
	assert_false(bench_show("1", "Kawa"));
	bench_arm(&claim, "1", MINUTE);
	bench_advance(0);
	assert_true(bench_show("1", "Show your badge"));
	assert_true(bench_show("2", "for candy"));
	bench_advance(2000);
	bench_expect_lines(DISPLAY, "ASK", "1");
	reader_disarm(&claim.claim);
	bench_advance(200);
	bench_expect_lines(DISPLAY, "for candy", "");
	assert_false(bench_show("1", "Herbata"));
}

static void test_the_idle_text_is_there_while_nothing_else_is(void **state)
{
	struct op idle = { .kind = OP_DISPLAY_SHOW,
			   .display.lines = { "Dzien dobry" } };
	struct op clear = { .kind = OP_DISPLAY_CLEAR };
	struct prompt *prompt = prompt_of(bench.core, "1");
	static struct bench_claim claim;

	(void)state;
	prompt_set_idle(prompt, &idle);
	bench_advance(200);
	bench_expect_lines(DISPLAY, "Dzien dobry", "");
	bench_arm(&claim, "1", MINUTE);
	bench_advance(200);
	bench_expect_lines(DISPLAY, "ASK", "1");
	reader_disarm(&claim.claim);
	bench_advance(200);
	bench_expect_lines(DISPLAY, "Dzien dobry", "");
	/* An app's own goes before it, until that clears the display. */
	assert_false(bench_show("1", "Kawa"));
	idle.display.lines[0][0] = 'd';
	prompt_set_idle(prompt, &idle);
	bench_advance(200);
	bench_expect_lines(DISPLAY, "Dzien dobry", "");
	assert_false(prompt_defers(bench.core, "1", &clear));
	assert_int_equal(clear.kind, OP_DISPLAY_SHOW);
	assert_string_equal(clear.display.lines[0], "dzien dobry");
	prompt_set_idle(prompt, NULL);
	bench_advance(200);
	bench_expect_lines(DISPLAY, "", "");
}

static void test_taken_off_whatever_ends_it(void **state)
{
	static struct bench_claim claim;

	(void)state;
	bench_show("1", "Kawa");
	bench_arm(&claim, "1", 5000);
	bench_advance(4999);
	bench_expect_lines(DISPLAY, "ASK", "1");
	bench_advance(200);
	bench_expect_lines(DISPLAY, "Kawa", "");
	assert_int_equal(claim.overs, 1);

	bench_arm(&claim, "1", MINUTE);
	bench_advance(2000);
	bench_unplug(READER);
	bench_advance(200);
	bench_expect_lines(DISPLAY, "Kawa", "");
	assert_int_equal(claim.overs, 1);
}

/* A question that ends while it is being written leaves nothing behind, and
 * neither is the next one taken for read. */
static void test_ended_before_it_was_written(void **state)
{
	static struct bench_claim first, second;

	(void)state;
	bench_show("1", "Kawa");
	bench_arm(&first, "1", MINUTE);
	reader_disarm(&first.claim);
	bench_arm_pages(&second, "1", MINUTE, &two_pages);
	bench_advance(500);
	assert_string_equal(reader_objection(&second.claim),
			    "too soon after the reader was last asked");
	bench_advance(500);
	assert_string_equal(reader_objection(&second.claim), NOT_ALL);
	bench_expect_lines(DISPLAY, "CANCEL CARD", "9999999999.99 EUR");
	reader_disarm(&second.claim);
	bench_advance(200);
	bench_expect_lines(DISPLAY, "Kawa", "");
}

/* Ended while the display was away: what comes back is the app's text. */
static void test_no_stale_question_comes_back(void **state)
{
	static struct bench_claim claim;

	(void)state;
	bench_show("1", "Kawa");
	bench_arm(&claim, "1", MINUTE);
	bench_advance(1000);
	bench_unplug(DISPLAY);
	reader_disarm(&claim.claim);
	bench.lines.silent = false;
	bench_advance(40000);
	bench_expect_lines(DISPLAY, "Kawa", "");
}

static void bench_stopped(void *arg)
{
	*(bool *)arg = true;
}

static void test_the_end_waits_until_the_question_is_off(void **state)
{
	static struct bench_claim claim;
	bool stopped = false;

	(void)state;
	bench_arm(&claim, "1", MINUTE);
	bench_advance(10); /* within the display's own pace */
	bench_expect_lines(DISPLAY, "ASK", "1");
	core_stop(bench.core, bench_stopped, &stopped);
	bench_advance(0);
	assert_false(stopped);
	bench_advance(100);
	assert_true(stopped);
	bench_expect_lines(DISPLAY, "", "");
}

static void test_a_dead_display_does_not_hold_up_the_end(void **state)
{
	static struct bench_claim claim;
	bool stopped = false;

	(void)state;
	bench_arm(&claim, "1", MINUTE);
	bench_advance(1000);
	bench_unplug(DISPLAY);
	core_stop(bench.core, bench_stopped, &stopped);
	bench_advance(0);
	assert_true(stopped);
}

static void test_a_display_that_is_taken_out_ends_the_waiting(void **state)
{
	static struct bench_claim claim;

	(void)state;
	bench_arm(&claim, "1", MINUTE);
	bench_advance(1000);
	*bench.trace = 0;
	bench_remove(DISPLAY);
	bench_expect("1 reader.disarmed device-gone;");
	assert_int_equal(claim.overs, 1);
	assert_int_equal(bench_arm(&claim, "1", MINUTE), PROBLEMS);
	bench_advance(1000);
	assert_null(reader_objection(&claim.claim));
}

/* --- a display that two tills share, each with a reader of its own --- */

static void test_one_question_at_a_time(void **state)
{
	static struct bench_claim first, second, elsewhere;

	(void)state;
	bench_arm(&first, "1", MINUTE);
	bench_advance(10000);
	assert_int_equal(bench_arm(&second, "2", MINUTE), PROBLEM_READER_BUSY);
	assert_int_equal(second.wait_ms, 50000);
	bench_expect_lines(DISPLAY, "ASK", "1");
	assert_null(reader_objection(&first.claim));
	/* The other reader serves a third till, which has no display: it may
	 * have it until till 2's turn. */
	assert_int_equal(bench_arm(&elsewhere, "3", 2 * MINUTE), PROBLEMS);
	*bench.trace = 0;
	bench_advance(50000);
	bench_expect("1 reader.disarmed time-over;2 reader.turn;"
		     "3 reader.disarmed turn;2 reader.turn;");
	assert_int_equal(bench_arm(&elsewhere, "3", MINUTE),
			 PROBLEM_READER_BUSY);
	assert_int_equal(bench_arm(&first, "1", MINUTE), PROBLEM_READER_BUSY);
	assert_int_equal(bench_arm(&second, "2", MINUTE), PROBLEMS);
	bench_advance(200);
	bench_expect_lines(DISPLAY, "ASK", "2");
}

static void test_its_end_takes_off_no_other_question(void **state)
{
	static struct bench_claim first, second;

	(void)state;
	bench_arm(&first, "1", MINUTE);
	bench_arm(&second, "2", MINUTE);
	bench_advance(2000);
	reader_disarm(&second.claim); /* was never armed */
	bench_advance(200);
	bench_expect_lines(DISPLAY, "ASK", "1");
	*bench.trace = 0;
	reader_disarm(&first.claim);
	bench_expect("1 reader.disarmed ended;2 reader.turn;");
	assert_int_equal(bench_arm(&second, "2", MINUTE), PROBLEMS);
	bench_advance(1100);
	bench_expect_lines(DISPLAY, "ASK", "2");
	bench_swipe(READER_2);
	assert_int_equal(second.badges, 1);
	assert_int_equal(first.badges, 0);
}

/* The tills with whom it shares the reader and the display, in turn. */
static void test_nobody_is_starved_between_two(void **state)
{
	static struct bench_claim at_display = { 0 }, at_reader = { 0 }, honest;
	int64_t left;

	(void)state;
	bench_arm(&at_display, "1", MINUTE);
	assert_int_equal(bench_arm(&honest, "2", MINUTE), PROBLEM_READER_BUSY);
	for (left = honest.wait_ms; left > 0; left -= 900) {
		reader_disarm(&at_display.claim);
		bench_arm(&at_display, "1", MINUTE);
		reader_disarm(&at_reader.claim);
		bench_arm(&at_reader, "3", MINUTE);
		bench_advance(left < 900 ? left : 900);
	}
	assert_int_equal(bench_arm(&honest, "2", MINUTE), PROBLEMS);
	*bench.trace = 0;
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, bench_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_the_second_begins_when_it_is_written),
		TEST(test_all_pages_have_to_be_shown),
		TEST(test_a_dead_display_lets_no_badge_count),
		TEST(test_a_display_that_goes_takes_the_question_with_it),
		TEST(test_what_is_not_written_is_tried_again),
		TEST(test_the_apps_text_waits_and_comes_back),
		TEST(test_the_idle_text_is_there_while_nothing_else_is),
		TEST(test_taken_off_whatever_ends_it),
		TEST(test_ended_before_it_was_written),
		TEST(test_no_stale_question_comes_back),
		TEST(test_the_end_waits_until_the_question_is_off),
		TEST(test_a_dead_display_does_not_hold_up_the_end),
		TEST(test_a_display_that_is_taken_out_ends_the_waiting),
		TEST(test_one_question_at_a_time),
		TEST(test_its_end_takes_off_no_other_question),
		TEST(test_nobody_is_starved_between_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
