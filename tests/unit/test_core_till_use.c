/* SPDX-License-Identifier: Apache-2.0 */
/* Tills that are in use are not taken away; people can be, at any time. */
#include "core/book.h"
#include "core/core_private.h"
#include "util/alloc.h"
#include "util/json.h"

#include "fault_vfs.h"
#include "shift_bench.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int keys; /* each change has its own */

static struct rig_answer *administer(const char *token, enum action action,
				     const char *parameters, const char *text)
{
	char key[24];

	snprintf(key, sizeof(key), "change-%d", ++keys);
	return rig_administer(token, action, key, parameters, text);
}

static struct rig_answer *remove_till(const char *maria)
{
	return administer(maria, ACTION_TILL_REMOVE, "{'till':'1'}", NULL);
}

static struct rig_answer *change_currency(const char *maria)
{
	return administer(maria, ACTION_TILL_PUT, "{'till':'1'}",
			  "{\"name\":\"Front till\",\"currency\":\"PLN\","
			  "\"clients\":{\"users\":[1000,1001]}}");
}

static void expect_use(const char *maria, const char *words)
{
	const struct rig_answer *answers[] = { remove_till(maria),
					       change_currency(maria) };

	for (size_t i = 0; i < 2; i++) {
		rig_expect(answers[i], "till-in-use");
		assert_string_equal(rig_text(answers[i], "till", NULL), "1");
		assert_string_equal(rig_text(answers[i], "detail", NULL),
				    words);
	}
}

static const char *unknown_z(const char *piotr)
{
	struct rig_answer *answer;

	rig.outcome = OUTCOME_UNKNOWN;
	answer = bench_do(piotr, ACTION_REPORT_Z, NULL, "{}");
	rig_expect(answer, "outcome-unknown");
	rig.outcome = OUTCOME_OK;
	return rig_text(answer, "operation", "id");
}

static void test_a_till_in_use_stays(void **state)
{
	const char *maria = bench_sign_on("maria", "2");
	const char *piotr, *z;

	(void)state;
	rig.uid = RIG_UID + 1;
	piotr = bench_sign_on("piotr", "1");
	rig_expect(bench_open(piotr, 500), "");
	rig.uid = RIG_UID;
	expect_use(maria, "Front till has a session open.");
	rig.uid = RIG_UID + 1;
	rig_expect(bench_count(piotr, 500), "");
	rig_expect(bench_close(piotr, 200), "");
	rig.uid = RIG_UID;
	expect_use(maria, "Front till has not ended its business day.");
	rig.uid = RIG_UID + 1;
	rig_expect(bench_end_day(piotr, "{}"), "");
	rig.uid = RIG_UID;
	expect_use(maria, "Front till has cash in its drawer, by the book.");
	rig.uid = RIG_UID + 1;
	rig_expect(bench_open(piotr, 300), "");
	rig_expect(bench_count(piotr, 300), "");
	rig_expect(bench_end_day(piotr, "{'withdrawal':300}"), "");
	z = unknown_z(piotr);
	rig.uid = RIG_UID;
	expect_use(maria, "Front till is doing something, or has an outcome "
			  "that nobody knows yet.");
	rig.uid = RIG_UID + 1;
	rig_expect(rig_settle(piotr, z, "ok"), "");
	rig.uid = RIG_UID;
	rig_expect(change_currency(maria), "");
	assert_string_equal(policy_till(rig.core->policy, "1")->currency,
			    "PLN");
	rig_expect(remove_till(maria), "");
	assert_null(policy_till(rig.core->policy, "1"));
	rig.uid = RIG_UID + 1;
	rig_expect(bench_open(piotr, 0), "not-found");
	rig.uid = RIG_UID;
}

/* Memory knows it as well after a restart. */
static void test_and_after_a_restart(void **state)
{
	const char *maria = bench_sign_on("maria", "2");
	const char *piotr = bench_sign_on("piotr", "1");

	(void)state;
	unknown_z(piotr);
	rig_restart();
	expect_use(maria, "Front till is doing something, or has an outcome "
			  "that nobody knows yet.");
}

/* Whoever is first, the other is refused: there never is a session at a till
 * that is gone. steps: of the first, before the second comes. */
static void race(int steps, bool opens_first)
{
	const char *maria = bench_sign_on("maria", "2");
	const char *piotr = bench_sign_on("piotr", "1");
	struct rig_answer *opened = NULL, *removed = NULL;

	for (int i = 0; i < 2; i++) {
		if (opens_first == (i == 0))
			opened = bench_open(piotr, 0);
		else
			removed = remove_till(maria);
		for (int step = 0; i == 0 && step < steps; step++)
			fake_env_step(&rig.store.fake);
	}
	rig_run();
	assert_true(opened->told && removed->told);
	if (policy_till(rig.core->policy, "1")) {
		rig_expect(opened, "");
		assert_true(book_has_session(bench_book()));
		assert_string_not_equal(removed->code, "");
	} else {
		rig_expect(removed, "");
		assert_false(book_has_session(bench_book()));
		assert_string_not_equal(opened->code, "");
	}
}

static void test_both_at_once(void **state)
{
	int gone = 0;

	for (int steps = 0; steps < 12; steps++) {
		for (int first = 0; first < 2; first++) {
			race(steps, first);
			gone += !policy_till(rig.core->policy, "1");
			bench_tear_down(state);
			bench_set_up(state);
		}
	}
	assert_in_range(gone, 1, 23); /* it was not always the same one */
}

/* A removal that could not be written holds nobody up. */
static void test_what_was_not_written_holds_nobody(void **state)
{
	const char *maria = bench_sign_on("maria", "2");
	const char *piotr = bench_sign_on("piotr", "1");
	struct rig_answer *removed, *opened;

	(void)state;
	rig_break_disk(SQLITE_IOERR_WRITE);
	removed = remove_till(maria);
	rig_run();
	rig_expect(removed, "disk-failed");
	rig_break_disk(0);
	opened = bench_open(piotr, 0);
	rig_expect(opened, "");
}

/* The session of somebody who has left is closed by force. */
static void test_people_can_go_at_any_time(void **state)
{
	const char *maria = bench_sign_on("maria", "2");
	const char *anna, *piotr, *session;
	struct rig_answer *refused;

	(void)state;
	anna = bench_sign_on("anna", "1");
	session = bench_begun(anna, 0);
	maria = bench_sign_on("maria", "2");
	rig_expect(administer(maria, ACTION_OPERATOR_REMOVE, "{'login':'anna'}",
			      NULL),
		   "");
	rig_expect(rig_who_am_i(anna), "sign-on-required");
	assert_true(book_has_session(bench_book()));
	piotr = bench_sign_on("piotr", "1");
	refused = bench_count(piotr, 0);
	rig_expect(refused, "session-foreign");
	assert_non_null(strstr(rig_text(refused, "detail", NULL),
			       "Somebody who has left has it open"));
	rig_expect(bench_do(piotr, ACTION_SESSION_COUNT, session,
			    "{'counted':0,'force':true}"),
		   "");
	rig_expect(bench_do(piotr, ACTION_SESSION_CLOSE, session,
			    "{'withdrawal':0,'force':true}"),
		   "");
	assert_false(book_has_session(bench_book()));
}

#define TEST(test) \
	cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_till_in_use_stays),
		TEST(test_and_after_a_restart),
		TEST(test_both_at_once),
		TEST(test_what_was_not_written_holds_nobody),
		TEST(test_people_can_go_at_any_time),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: till use", tests, NULL, NULL);
}
