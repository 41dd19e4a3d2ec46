/* SPDX-License-Identifier: Apache-2.0 */
/* Consents given in advance: how long they live, and what ends them. */
#include "core/operation.h"

#include "fault_vfs.h"
#include "token_bench.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>

#include <cmocka.h>

#define BROKEN SQLITE_IOERR_WRITE

/* --- time --- */

static void expect_gone(const char *anna, const char *key)
{
	rig_expect(rig_open_drawer(anna, key), "authorization-expired");
	assert_int_equal(bench_drawers(), 0);
}

static void test_a_quarter_of_an_hour(void **state)
{
	const char *anna;

	(void)state;
	bench_give(A_DRAWER);
	rig_advance(15 * MINUTE - 1000);
	anna = rig_sign_on("anna");
	rig_advance(1000);
	expect_gone(anna, "k");
}

static void test_up_to_the_last_second(void **state)
{
	const char *anna;

	(void)state;
	bench_give(FOR_ANNA("'action':'drawer.open','minutes':2"));
	rig_advance(2 * MINUTE - 1000);
	anna = rig_sign_on("anna");
	rig_expect(rig_open_drawer(anna, "k"), "");
}

static void test_it_is_dead_once_the_clock_steps_back(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(A_DRAWER);
	rig_advance(5 * MINUTE);
	rig.store.fake.wall_offset -= 2000; /* still after it was given */
	expect_gone(anna, "k");
	assert_int_equal(rig_count("token.void"), 1);
	rig.store.fake.wall_offset += 2000;
	expect_gone(anna, "k2"); /* and stays so */
	bench_give(A_DRAWER);
	rig_expect(rig_open_drawer(anna, "k3"), "");
}

static void test_a_correction_is_no_step(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(A_DRAWER);
	rig.store.fake.wall_offset -= 500;
	rig_expect(rig_open_drawer(anna, "k"), "");
}

static void test_many_small_steps_are_one(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(A_DRAWER);
	for (int i = 0; i < 3; i++) {
		rig.store.fake.wall_offset -= 500;
		rig_advance(MINUTE);
	}
	expect_gone(anna, "k");
}

static void test_the_clock_is_set_back_while_the_daemon_is_down(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(FOR_ANNA("'action':'drawer.open','minutes':60"));
	rig_advance(10 * MINUTE); /* which is noted */
	rig.store.fake.wall_offset -= 5 * MINUTE;
	rig_restart();
	expect_gone(anna, "k");
	rig_restart();
	expect_gone(anna, "k2");
	assert_int_equal(rig_count("token.void"), 1);
}

static void test_the_clock_is_set_forward(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(A_DRAWER);
	rig.store.fake.wall_offset += 14 * MINUTE;
	rig_advance(1000);
	rig_expect(rig_open_drawer(anna, "k"), ""); /* a minute is left */
	bench_give(A_DRAWER);
	rig.store.fake.wall_offset += 16 * MINUTE;
	rig_expect(rig_open_drawer(anna, "k2"), "authorization-expired");
	assert_int_equal(bench_drawers(), 1);
}

/* What was given is kept an hour past its time, to be told from what never was;
 * then it is nothing. */
static void test_in_the_end_it_is_forgotten(void **state)
{
	(void)state;
	bench_give(A_DRAWER);
	rig_advance(74 * MINUTE);
	rig_expect(rig_open_drawer(rig_sign_on("anna"), "k"),
		   "authorization-expired");
	rig_advance(4 * MINUTE);
	rig_restart();
	rig_expect(rig_open_drawer(rig_sign_on("anna"), "k2"),
		   "authorization-not-found");
}

/* --- what ends it --- */

static void test_it_ends_with_the_sign_on(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(A_DRAWER);
	rig_expect(rig_sign_off(anna), "");
	expect_gone(rig_sign_on("anna"), "k");
}

static void test_signing_on_again_does_not_end_it(void **state)
{
	const char *anna;

	(void)state;
	rig_sign_on("anna");
	bench_give(A_DRAWER);
	anna = rig_sign_on("anna"); /* in place of the first */
	rig_expect(rig_open_drawer(anna, "k"), "");
}

/* It is for somebody who may not be there yet. */
static void test_the_supervisors_sign_on_does_not_matter(void **state)
{
	(void)state;
	bench_give(A_DRAWER);
	rig.uid = RIG_UID + 1;
	rig_expect(rig_sign_off(given.maria), "");
	rig.uid = RIG_UID;
	rig_expect(rig_open_drawer(rig_sign_on("anna"), "k"), "");
}

static void test_it_ends_with_the_session(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(A_DRAWER);
	tokens_end_session(rig.core, "2");
	tokens_end_session(rig.core, "1");
	expect_gone(anna, "k");
	assert_int_equal(rig_count("token.void"), 1);
}

static void test_revoked_by_who_gave_it(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(A_DRAWER);
	rig_expect(bench_as_maria(rig_revoke, given.id), "");
	rig_expect(rig_open_drawer(anna, "k"), "authorization-withdrawn");
	rig_expect(bench_as_maria(rig_revoke, given.id),
		   "authorization-withdrawn");
	rig_restart();
	rig_expect(rig_open_drawer(anna, "k"), "authorization-withdrawn");
	assert_int_equal(bench_drawers(), 0);
}

static void test_seen_and_revoked_by_those_whom_it_concerns(void **state)
{
	const char *anna = rig_sign_on("anna");
	const char *piotr;
	struct rig_answer *list;

	(void)state;
	bench_give(FOR_ANNA("'action':'report.z'"));
	list = rig_list_tokens(anna); /* it is for her */
	rig_expect(list, "");
	assert_int_equal(rig_size(list, "tokens"), 1);
	rig.uid = RIG_UID + 1; /* Maria signs off with that; it stays */
	piotr = rig_sign_on("piotr");
	list = rig_list_tokens(piotr); /* he could not give that */
	rig_expect(list, "");
	assert_int_equal(rig_size(list, "tokens"), 0);
	rig_expect(rig_revoke(piotr, given.id), "authorization-not-found");
	bench_sign_maria_on();
	bench_give(A_DRAWER); /* which he could */
	rig.uid = RIG_UID + 1;
	piotr = rig_sign_on("piotr");
	rig_expect(rig_list_tokens(NULL), "sign-on-required");
	rig_expect(rig_revoke(NULL, given.id), "sign-on-required");
	rig_expect(rig_revoke(piotr, given.id), "");
	rig.uid = RIG_UID;
	rig_expect(rig_open_drawer(anna, "k"), "authorization-withdrawn");
}

/* It holds, whatever the disk says, and is written once that can be. */
static void test_a_revocation_that_could_not_be_written_holds(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(A_DRAWER);
	rig_break_disk(BROKEN);
	rig_expect(bench_as_maria(rig_revoke, given.id), "disk-failed");
	rig_break_disk(0);
	rig_expect(rig_open_drawer(anna, "k"), "authorization-withdrawn");
	rig_advance(MINUTE);
	rig_restart();
	expect_gone(anna, "k2");
	assert_int_equal(rig_count("token.void"), 1);
}

static void test_it_ends_with_who_gave_it(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(A_DRAWER);
	rig_change_policy("'operators':[",
			  "'operators':[{'login':'eva','name':'Eva',"
			  "'groups':['manage'],'password':'eva-password'},");
	rig_change_policy("'login':'maria','name':'Maria','role':'manager',",
			  "'login':'maria','name':'Maria','role':'manager',"
			  "'active':false,");
	expect_gone(anna, "k");
	assert_int_equal(rig_count("token.void"), 1);
}

static void test_it_ends_with_whom_it_is_for(void **state)
{
	(void)state;
	bench_give(A_DRAWER);
	rig_change_policy("'login':'anna',", "'login':'anna','active':false,");
	rig_change_policy("'login':'anna','active':false,", "'login':'anna',");
	expect_gone(rig_sign_on("anna"), "k");
}

/* What ends it while its intent is being written comes too late; if that is
 * not written it has ended. */
static void test_what_ends_it_while_it_is_being_spent(void **state)
{
	const char *anna = rig_sign_on("anna");
	struct rig_answer *opening;

	(void)state;
	bench_give(A_DRAWER);
	opening = rig_open_drawer(anna, "k");
	while (!operation_by_key(rig.core, "1", RIG_UID, "k"))
		rig_work_once();
	tokens_end_session(rig.core, "1");
	rig_break_disk(BROKEN);
	rig_expect(opening, "disk-failed");
	rig_break_disk(0);
	expect_gone(anna, "k");
	bench_give(A_DRAWER);
	opening = rig_open_drawer(anna, "k2");
	while (!operation_by_key(rig.core, "1", RIG_UID, "k2"))
		rig_work_once();
	tokens_end_session(rig.core, "1");
	rig_expect(opening, "");
	rig_expect(rig_open_drawer(anna, "k3"), "authorization-spent");
	assert_int_equal(bench_drawers(), 1);
}

/* A backup knows nothing of what was spent since. */
static void test_none_comes_back_from_the_past(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	bench_give(A_DRAWER);
	rig_stop();
	store_rig_keep(&rig.store, "tilld.db");
	rig_go_on();
	rig_expect(rig_open_drawer(anna, "k"), "");
	rig_stop();
	store_rig_bring_back(&rig.store, "tilld.db");
	rig_go_on();
	assert_true(store_is_rolled_back(rig.store.store));
	assert_int_equal(rig_count("token.void"), 1);
	assert_int_equal(rig_size(bench_marias_list(), "tokens"), 0);
}

int main(void)
{
#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, bench_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_a_quarter_of_an_hour),
		TEST(test_up_to_the_last_second),
		TEST(test_it_is_dead_once_the_clock_steps_back),
		TEST(test_a_correction_is_no_step),
		TEST(test_many_small_steps_are_one),
		TEST(test_the_clock_is_set_back_while_the_daemon_is_down),
		TEST(test_the_clock_is_set_forward),
		TEST(test_in_the_end_it_is_forgotten),
		TEST(test_it_ends_with_the_sign_on),
		TEST(test_signing_on_again_does_not_end_it),
		TEST(test_the_supervisors_sign_on_does_not_matter),
		TEST(test_it_ends_with_the_session),
		TEST(test_revoked_by_who_gave_it),
		TEST(test_seen_and_revoked_by_those_whom_it_concerns),
		TEST(test_a_revocation_that_could_not_be_written_holds),
		TEST(test_it_ends_with_who_gave_it),
		TEST(test_it_ends_with_whom_it_is_for),
		TEST(test_what_ends_it_while_it_is_being_spent),
		TEST(test_none_comes_back_from_the_past),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: end of a token", tests, NULL,
					   NULL);
}
