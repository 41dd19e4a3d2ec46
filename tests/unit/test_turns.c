/* SPDX-License-Identifier: Apache-2.0 */
/* Turns at what tills share: what is promised is kept, whoever else comes. */
#include "core/turns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define TILLS  3
#define MINUTE 60000

static struct turns *turns;
static int64_t now;

static int set_up(void **state)
{
	(void)state;
	turns = turns_new(TILLS);
	now = 1000000;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	turns = turns_free(turns);
	return 0;
}

/* Takes it for a minute, or as long as it may; -1 if it may not. */
static int64_t take(size_t till)
{
	int64_t until;

	if (!turns_may_take(turns, till, now, &until))
		return -1;
	until = until < now + MINUTE ? until : now + MINUTE;
	turns_take(turns, till, until);
	return until - now;
}

/* Asks while somebody has it; how long it is told to wait. */
static int64_t queue(size_t till)
{
	int64_t at = turns_place(turns, till, now, now);

	assert_true(turns_is_taken(turns));
	turns_promise(turns, till, at);
	return at - now;
}

static void leave(int next)
{
	size_t told = TILLS;

	assert_int_equal(turns_leave(turns, now, &told), next >= 0);
	assert_int_equal(told, next >= 0 ? next : TILLS);
}

static void test_free_for_all_while_nobody_waits(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(take(0), MINUTE);
		assert_int_equal(take(1), -1);
		leave(-1);
	}
}

static void test_the_next_may_come_early(void **state)
{
	(void)state;
	take(0);
	assert_int_equal(queue(1), MINUTE);
	now += 5000;
	leave(1);
	assert_int_equal(take(0), -1);
	assert_int_equal(turns_opens(turns, 0, now) - now, TURNS_KEPT_MS);
	assert_int_equal(take(1), MINUTE);
}

static void test_others_may_use_what_the_next_does_not(void **state)
{
	(void)state;
	take(0);
	queue(1);
	now += 5000;
	leave(1);
	now += TURNS_KEPT_MS;
	/* ... but only until the time that was promised */
	assert_int_equal(take(0), MINUTE - 5000 - TURNS_KEPT_MS);
	now += MINUTE - 5000 - TURNS_KEPT_MS;
	leave(1);
	assert_int_equal(take(0), -1);
	assert_int_equal(take(2), -1);
	assert_int_equal(take(1), MINUTE);
}

static void test_a_promise_is_kept_for_a_while_only(void **state)
{
	(void)state;
	take(0);
	queue(1);
	now += MINUTE;
	leave(1);
	now += TURNS_KEPT_MS - 1;
	assert_int_equal(take(0), -1);
	assert_int_equal(turns_opens(turns, 0, now) - now, 1);
	now += 1;
	assert_int_equal(take(0), MINUTE);
}

static void test_not_for_a_moment_before_the_promised_time(void **state)
{
	(void)state;
	take(0);
	queue(1);
	now += MINUTE - TURNS_KEPT_MS - TURNS_LEAST_MS + 1;
	leave(1);
	now += TURNS_KEPT_MS;
	assert_int_equal(take(0), -1);
	assert_int_equal(turns_opens(turns, 0, now) - now,
			 TURNS_LEAST_MS - 1 + TURNS_KEPT_MS);
	assert_int_equal(take(1), MINUTE);
}

static void test_a_queue_has_a_time_for_each(void **state)
{
	(void)state;
	take(0);
	assert_int_equal(queue(1), MINUTE);
	assert_int_equal(queue(2), MINUTE + TURNS_SHARE_MS);
	assert_int_equal(queue(1), MINUTE); /* it stands */
	now += MINUTE;
	leave(1);
	assert_int_equal(take(2), -1);
	assert_int_equal(take(1), TURNS_SHARE_MS);
	/* who had it is last now */
	assert_int_equal(queue(0), TURNS_SHARE_MS + TURNS_SHARE_MS);
	assert_int_equal(queue(2), TURNS_SHARE_MS);
	now += TURNS_SHARE_MS;
	leave(2);
	assert_int_equal(take(0), -1);
	assert_int_equal(take(2), TURNS_SHARE_MS);
}

static void test_who_has_it_is_promised_nothing(void **state)
{
	(void)state;
	take(0);
	assert_int_equal(queue(0), MINUTE);
	assert_int_equal(queue(1), MINUTE);
	now += MINUTE;
	leave(1);
	assert_int_equal(take(0), -1);
}

static void test_a_later_time_can_be_asked_for(void **state)
{
	(void)state;
	take(0);
	assert_int_equal(turns_place(turns, 1, now, now + 2 * MINUTE) - now,
			 2 * MINUTE);
	turns_promise(turns, 1, now + 2 * MINUTE);
	assert_int_equal(turns_place(turns, 1, now, now) - now, 2 * MINUTE);
	assert_int_equal(turns_place(turns, 1, now, now + 3 * MINUTE) - now,
			 3 * MINUTE);
}

/* Two tills by turns take it whenever they may, queue whenever they may not,
 * and let it go at odd times; the third comes when it was told. */
static void be_hostile(int64_t due, int64_t step)
{
	size_t next, till = 0;

	for (; now < due; now += step < due - now ? step : due - now) {
		if (turns_is_taken(turns))
			turns_leave(turns, now, &next);
		till = 1 - till;
		if (take(till) < 0)
			till = 1 - till;
		if (turns_is_taken(turns) || take(till) >= 0) {
			queue(0);
			queue(1);
		}
	}
}

static void test_nobody_is_starved(void **state)
{
	static const int64_t steps[] = { 10, 900, 2500, 3001, 4500, 17000 };
	size_t next;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		tear_down(state);
		set_up(state);
		take(0);
		be_hostile(now + queue(2), steps[i]);
		if (turns_is_taken(turns)) /* its time is over: see take() */
			turns_leave(turns, now, &next);
		assert_true(take(2) >= TURNS_SHARE_MS);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_free_for_all_while_nobody_waits),
		TEST(test_the_next_may_come_early),
		TEST(test_others_may_use_what_the_next_does_not),
		TEST(test_a_promise_is_kept_for_a_while_only),
		TEST(test_not_for_a_moment_before_the_promised_time),
		TEST(test_a_queue_has_a_time_for_each),
		TEST(test_who_has_it_is_promised_nothing),
		TEST(test_a_later_time_can_be_asked_for),
		TEST(test_nobody_is_starved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
