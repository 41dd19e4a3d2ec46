/* SPDX-License-Identifier: Apache-2.0 */
/* The reader's manners, where tills have no display: docs/policy.md. */
#include "reader_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE 60000

static int set_up(void **state)
{
	bench_set_up(state);
	bench_add(&reader_em4100, "reader1", "1 2 3");
	bench_start();
	return 0;
}

static void test_a_swipe_counts_after_a_second(void **state)
{
	static struct bench_claim claim;

	(void)state;
	assert_int_equal(bench_arm(&claim, "1", MINUTE), PROBLEMS);
	bench_expect("1 reader.armed;");
	bench_advance(999);
	assert_non_null(reader_objection(&claim.claim));
	bench_swipe(0);
	bench_expect("1 reader.ignored too soon after the reader was asked;"
		     "2 reader.ignored too soon after the reader was asked;"
		     "3 reader.ignored too soon after the reader was asked;");
	bench_advance(1);
	assert_null(reader_objection(&claim.claim));
	bench_swipe(0);
	assert_int_equal(claim.badges, 1);
	assert_int_equal(claim.overs, 0);
	bench_expect("1 reader.disarmed ended;");
}

static void test_not_in_the_second_after_a_waiter_left(void **state)
{
	static struct bench_claim claim;

	(void)state;
	bench_arm(&claim, "1", MINUTE);
	bench_advance(2000);
	reader_disarm(&claim.claim);
	bench_expect("1 reader.armed;1 reader.disarmed ended;");
	bench_advance(999);
	bench_swipe(0);
	bench_expect(
		"1 reader.ignored too soon after the reader was last asked;"
		"2 reader.ignored too soon after the reader was last asked;"
		"3 reader.ignored too soon after the reader was last "
		"asked;");
	bench_advance(1);
	bench_swipe(0);
	bench_expect("1 reader.ignored nobody asked for a badge;"
		     "2 reader.ignored nobody asked for a badge;"
		     "3 reader.ignored nobody asked for a badge;");
}

static void test_its_time_is_over(void **state)
{
	static struct bench_claim claim;

	(void)state;
	bench_arm(&claim, "1", 5000);
	bench_advance(4999);
	assert_int_equal(claim.overs, 0);
	bench_advance(1);
	assert_int_equal(claim.overs, 1);
	bench_expect("1 reader.armed;1 reader.disarmed time-over;");
}

static void test_the_reader_goes(void **state)
{
	static struct bench_claim claim;

	(void)state;
	bench_arm(&claim, "1", MINUTE);
	bench_unplug(0);
	assert_int_equal(claim.overs, 1);
	bench_expect("1 reader.armed;1 reader.disarmed device-gone;");
	assert_int_equal(bench_arm(&claim, "1", MINUTE), PROBLEM_NO_READER);
}

static void test_the_reader_is_taken_out(void **state)
{
	static struct bench_claim claim, other;

	(void)state;
	bench_arm(&claim, "1", MINUTE);
	bench_arm(&other, "2", MINUTE);
	bench_remove(0);
	assert_int_equal(claim.overs, 1);
	assert_int_equal(bench_arm(&claim, "1", MINUTE), PROBLEM_NO_READER);
}

static void test_at_the_end_nobody_waits_any_more(void **state)
{
	static struct bench_claim claim;

	(void)state;
	bench_arm(&claim, "1", MINUTE);
	core_stop(bench.core, NULL, NULL);
	assert_int_equal(claim.overs, 1);
	bench_expect("1 reader.armed;1 reader.disarmed stopping;");
	assert_int_equal(bench_arm(&claim, "1", MINUTE), PROBLEM_STOPPING);
}

/* --- turns --- */

static void test_busy_tells_when_it_is_ones_turn(void **state)
{
	static struct bench_claim first, second, third;

	(void)state;
	bench_arm(&first, "1", MINUTE);
	bench_advance(10000);
	assert_int_equal(bench_arm(&second, "2", MINUTE), PROBLEM_READER_BUSY);
	assert_int_equal(second.wait_ms, 50000);
	assert_int_equal(bench_arm(&third, "3", MINUTE), PROBLEM_READER_BUSY);
	assert_int_equal(third.wait_ms, 80000);
	bench_advance(50000);
	/* The second's time has come: it has it until the third's. */
	assert_int_equal(bench_arm(&first, "1", MINUTE), PROBLEM_READER_BUSY);
	assert_int_equal(bench_arm(&third, "3", MINUTE), PROBLEM_READER_BUSY);
	assert_int_equal(bench_arm(&second, "2", MINUTE), PROBLEMS);
	bench_advance(29999);
	assert_int_equal(second.overs, 0);
	*bench.trace = 0;
	bench_advance(1);
	assert_int_equal(second.overs, 1);
	bench_expect("2 reader.disarmed turn;3 reader.turn;");
	assert_int_equal(bench_arm(&third, "3", MINUTE), PROBLEMS);
}

static void test_who_is_next_hears_of_an_early_end(void **state)
{
	static struct bench_claim first, second;

	(void)state;
	bench_arm(&first, "1", MINUTE);
	bench_arm(&second, "2", MINUTE);
	bench_advance(5000);
	reader_disarm(&first.claim);
	bench_expect("1 reader.armed;1 reader.disarmed ended;2 reader.turn;");
	assert_int_equal(bench_arm(&first, "1", MINUTE), PROBLEM_READER_BUSY);
	assert_int_equal(first.wait_ms, 3000);
	assert_int_equal(bench_arm(&second, "2", MINUTE), PROBLEMS);
}

/* Till 1 arms whenever it may, for as long as it may, and lets go at the worst
 * moment; till 2 knows nothing of events and comes back just when it is told. */
static void test_one_that_arms_again_and_again_starves_nobody(void **state)
{
	static struct bench_claim hostile = { 0 }, honest;
	int64_t left, waited = 0;

	(void)state;
	assert_int_equal(bench_arm(&hostile, "1", MINUTE), PROBLEMS);
	assert_int_equal(bench_arm(&honest, "2", MINUTE), PROBLEM_READER_BUSY);
	for (left = honest.wait_ms; left > 0; left -= 700, waited += 700) {
		reader_disarm(&hostile.claim);
		bench_arm(&hostile, "1", MINUTE);
		bench_advance(left < 700 ? left : 700);
	}
	assert_int_equal(bench_arm(&honest, "2", MINUTE), PROBLEMS);
	assert_true(waited <= MINUTE + 700);
	bench_advance(1000);
	bench_swipe(0);
	assert_int_equal(honest.badges, 1);
	assert_int_equal(hostile.badges, 0);
	*bench.trace = 0;
}

static void test_armings_are_limited_per_uid_and_till(void **state)
{
	static struct bench_claim claim = { 0 };
	enum problem why = PROBLEMS;
	int count;

	(void)state;
	for (count = 0; why == PROBLEMS && count < 100; count++) {
		claim.claim = (struct reader_claim){
			.question = { .till = "1", .pages = &claim.pages },
		};
		why = reader_arm(bench.core, 7, &claim.claim, MINUTE,
				 &claim.wait_ms);
		reader_disarm(&claim.claim);
	}
	assert_int_equal(why, PROBLEM_TOO_MANY_REQUESTS);
	assert_true(count <= 20 && claim.wait_ms > 0);
	/* another uid, and another till, are not concerned */
	assert_int_equal(bench_arm(&claim, "1", MINUTE), PROBLEMS);
	reader_disarm(&claim.claim);
	claim.claim.question.till = "2";
	assert_int_equal(reader_arm(bench.core, 7, &claim.claim, MINUTE,
				    &claim.wait_ms),
			 PROBLEMS);
	*bench.trace = 0;
}

/* --- noise --- */

static void test_badges_faster_than_any_hand_are_said_to_be(void **state)
{
	static struct bench_claim claim;

	(void)state;
	bench_arm(&claim, "1", MINUTE);
	bench_advance(1000);
	for (int i = 0; i < 5; i++)
		bench_swipe_unknown(0);
	*bench.trace = 0;
	for (int i = 0; i < 100; i++)
		bench_swipe(0);
	bench_expect("1 reader.ignored badges come too fast; wait a moment;"
		     "2 reader.ignored badges come too fast; wait a moment;"
		     "3 reader.ignored badges come too fast; wait a moment;");
	assert_int_equal(claim.badges, 0);
	bench_advance(2000);
	bench_swipe(0);
	assert_int_equal(claim.badges, 1);
	bench_expect("1 reader.disarmed ended;1 unknown-badges;");
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, bench_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_a_swipe_counts_after_a_second),
		TEST(test_not_in_the_second_after_a_waiter_left),
		TEST(test_its_time_is_over),
		TEST(test_the_reader_goes),
		TEST(test_the_reader_is_taken_out),
		TEST(test_at_the_end_nobody_waits_any_more),
		TEST(test_busy_tells_when_it_is_ones_turn),
		TEST(test_who_is_next_hears_of_an_early_end),
		TEST(test_one_that_arms_again_and_again_starves_nobody),
		TEST(test_armings_are_limited_per_uid_and_till),
		TEST(test_badges_faster_than_any_hand_are_said_to_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
