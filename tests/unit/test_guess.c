/* SPDX-License-Identifier: Apache-2.0 */
/* Guessing, slowed down; who invents logins slows nobody else, and speeds up
 * nobody either. In virtual time. */
#include "core/core.h"
#include "core/core_private.h"
#include "core/guess.h"
#include "util/alloc.h"

#include "store_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOUR_MS (60 * 60 * 1000)

struct shop {
	struct store_rig rig;
	struct core *core;
};

static void open_shop(struct shop *shop)
{
	shop->core = core_new(&core_config_default, &shop->rig.fake.env,
			      shop->rig.store);
	assert_int_equal(core_start(shop->core), 0);
	fake_env_run(&shop->rig.fake);
}

static void close_shop(struct shop *shop)
{
	core_settle(shop->core);
	store_rig_close(&shop->rig);
	shop->core = core_free(shop->core);
}

static int setup(void **state)
{
	struct shop *shop = ALLOC_NEW(struct shop);

	store_rig_init(&shop->rig, NULL);
	store_rig_set_up(&shop->rig);
	open_shop(shop);
	*state = shop;
	return 0;
}

static int teardown(void **state)
{
	struct shop *shop = *state;

	close_shop(shop);
	store_rig_free(&shop->rig);
	free(shop);
	return 0;
}

static void reopen(struct shop *shop)
{
	close_shop(shop);
	assert_int_equal(store_rig_open(&shop->rig), 0);
	open_shop(shop);
}

static void wrong(struct shop *shop, const char *subject, int times)
{
	for (int i = 0; i < times; i++) {
		struct txn *txn = txn_new(shop->rig.store);

		guess_wrong(shop->core, txn, subject);
		assert_int_equal(store_rig_commit(&shop->rig, txn).error, 0);
	}
}

static void invent(struct shop *shop, int count)
{
	char subject[GUESS_SUBJECT_SIZE];

	for (int i = 0; i < count; i++) {
		guess_name_login(shop->core, subject,
				 (char[]){ 'x', (char)('a' + i / 676 % 26),
					   (char)('a' + i / 26 % 26),
					   (char)('a' + i % 26), 0 },
				 "1");
		wrong(shop, subject, 1);
	}
}

static void count_row(void *arg, const struct guess_row *row)
{
	(void)row;
	++*(int *)arg;
}

static int rows(struct shop *shop)
{
	int count = 0;

	assert_int_equal(store_guesses(shop->rig.store, count_row, &count), 0);
	return count;
}

static void test_pauses_double(void **state)
{
	struct shop *shop = *state;

	wrong(shop, "operator:o1@1", 3);
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 0);
	wrong(shop, "operator:o1@1", 1);
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 1000);
	wrong(shop, "operator:o1@1", 1);
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 2000);
	fake_env_advance(&shop->rig.fake, 500);
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 1500);
	assert_int_equal(guess_wait(shop->core, "operator:o2@1"), 0);
	wrong(shop, "operator:o1@1", 30);
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 15 * 60000);
	reopen(shop);
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 15 * 60000);
}

static void test_inventing_logins_evicts_nobody_else(void **state)
{
	struct shop *shop = *state;

	wrong(shop, "operator:o1@1", 6);
	wrong(shop, "uid:1000@1", 25);
	invent(shop, GUESS_UNKNOWN_MAX + 100);
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 4000);
	assert_true(guess_wait(shop->core, "uid:1000@1") > 0);
	assert_int_equal(rows(shop), GUESS_UNKNOWN_MAX + 2);
	reopen(shop);
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 4000);
	assert_int_equal(rows(shop), GUESS_UNKNOWN_MAX + 2);
}

static void test_the_one_tried_longest_ago_goes_first(void **state)
{
	struct shop *shop = *state;
	char subject[GUESS_SUBJECT_SIZE];

	guess_name_login(shop->core, subject, "nobody", "1");
	wrong(shop, subject, 6);
	fake_env_advance(&shop->rig.fake, 1);
	invent(shop, GUESS_UNKNOWN_MAX - 1);
	assert_int_equal(guess_wait(shop->core, subject), 3999);
	reopen(shop);
	invent(shop, GUESS_UNKNOWN_MAX - 1); /* the same ones */
	assert_int_equal(guess_wait(shop->core, subject), 3999);
	guess_name_login(shop->core, subject, "somebody", "1");
	wrong(shop, subject, 1);
	guess_name_login(shop->core, subject, "nobody", "1");
	assert_int_equal(guess_wait(shop->core, subject), 0);
}

static void test_a_day_later_it_is_forgotten(void **state)
{
	struct shop *shop = *state;

	wrong(shop, "operator:o1@1", 6);
	invent(shop, 20);
	fake_env_advance(&shop->rig.fake, 20 * HOUR_MS);
	wrong(shop, "operator:o2@1", 6);
	assert_int_equal(rows(shop), 22);
	fake_env_advance(&shop->rig.fake, 6 * HOUR_MS);
	assert_int_equal(rows(shop), 1); /* by the clock, unasked */
	wrong(shop, "operator:o1@1", 1);
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 0);
}

static void test_a_day_later_it_is_forgotten_at_the_start(void **state)
{
	struct shop *shop = *state;

	wrong(shop, "operator:o1@1", 6);
	invent(shop, 20);
	close_shop(shop);
	shop->rig.fake.wall_offset += 25 * HOUR_MS;
	assert_int_equal(store_rig_open(&shop->rig), 0);
	open_shop(shop);
	assert_int_equal(rows(shop), 0);
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 0);
}

/* Between two purges as well. */
static void test_a_wrong_try_of_yesterday_does_not_count(void **state)
{
	struct shop *shop = *state;

	wrong(shop, "operator:o1@1", 6);
	fake_env_advance(&shop->rig.fake, 25 * HOUR_MS - 1);
	wrong(shop, "operator:o1@1", 1);
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 0);
}

static void test_a_clock_that_is_set_forward_ends_no_pause(void **state)
{
	struct shop *shop = *state;

	wrong(shop, "operator:o1@1", 6);
	shop->rig.fake.wall_offset += 48 * HOUR_MS;
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 4000);
	wrong(shop, "operator:o1@1", 1);
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 8000);
	fake_env_advance(&shop->rig.fake, HOUR_MS);
	assert_int_equal(rows(shop), 1); /* nor is it forgotten */
}

static void test_a_clock_that_is_set_back(void **state)
{
	struct shop *shop = *state;

	wrong(shop, "operator:o2@1", 6);
	wrong(shop, "operator:o1@1", 6);
	shop->rig.fake.wall_offset -= 1000LL * HOUR_MS;
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 4000);
	fake_env_advance(&shop->rig.fake, 3000);
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 1000);
	fake_env_advance(&shop->rig.fake, 1000);
	assert_int_equal(guess_wait(shop->core, "operator:o1@1"), 0);
	fake_env_advance(&shop->rig.fake, 26 * HOUR_MS);
	assert_int_equal(rows(shop), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pauses_double),
		TEST(inventing_logins_evicts_nobody_else),
		TEST(the_one_tried_longest_ago_goes_first),
		TEST(a_day_later_it_is_forgotten),
		TEST(a_day_later_it_is_forgotten_at_the_start),
		TEST(a_wrong_try_of_yesterday_does_not_count),
		TEST(a_clock_that_is_set_forward_ends_no_pause),
		TEST(a_clock_that_is_set_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
