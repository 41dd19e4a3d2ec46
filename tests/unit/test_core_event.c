/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a business event is good for (docs/policy.md, X-drawer-...): the drawer
 * opens for what the daemon itself witnessed, at that till, where the till says
 * so, soon, and once; and a Z goes with the end of a day.
 */
#include "core/action.h"
#include "util/json.h"

#include "fault_vfs.h"
#include "shift_bench.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define EVERYTHING                                                    \
	"'drawer':{'opens_on':['receipt_cash','refund_cash',"         \
	"'session_open','session_close','day_end'],'deposit_from':0," \
	"'withdrawal_from':0},"

#define WINDOW_MS ((int64_t)2 * 60 * 1000)

static int drawers(void)
{
	return rig.moved[DEVICE_DRAWER];
}

/* Done, by Piotr; its id. */
static const char *done(struct rig_answer *answer)
{
	rig_expect(answer, "");
	return bench_id(answer);
}

static const char *begun_closing(const char *token)
{
	return done(bench_do(token, ACTION_SESSION_CLOSING,
			     bench_book()->session.id, "{}"));
}

/* --- what opens it --- */

static void test_nothing_of_it_unless_the_till_says_so(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1");
	const char *ids[5];

	(void)state;
	ids[0] = done(bench_open(piotr, 100));
	ids[1] = done(bench_cash(piotr, ACTION_CASH_IN, 1));
	ids[2] = done(bench_cash(piotr, ACTION_CASH_OUT, 1));
	ids[3] = begun_closing(piotr);
	for (size_t i = 0; i < 4; i++)
		rig_expect(bench_event(piotr, ids[i]), "event-unusable");
	rig_expect(bench_count(piotr, 100), "");
	ids[4] = done(bench_end_day(piotr, "{'withdrawal':100}"));
	rig_expect(bench_event(piotr, ids[4]), "event-unusable");
	assert_int_equal(drawers(), 0);
}

static void test_each_kind_once_where_it_does(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1");
	const char *id;
	int opened = 0;

	(void)state;
	bench_set_options(EVERYTHING);
	for (int i = 0; i < 5; i++) {
		if (i == 0)
			id = done(bench_open(piotr, 100));
		else if (i == 1)
			id = done(bench_cash(piotr, ACTION_CASH_IN, 1));
		else if (i == 2)
			id = done(bench_cash(piotr, ACTION_CASH_OUT, 1));
		else if (i == 3)
			id = begun_closing(piotr);
		else
			id = done(bench_end_day(piotr, "{'withdrawal':100}"));
		rig_expect(bench_event(piotr, id), "");
		assert_int_equal(drawers(), ++opened);
		rig_expect(bench_event(piotr, id), "event-unusable");
		if (i == 3)
			rig_expect(bench_count(piotr, 100), "");
	}
	rig_restart();
	rig_expect(bench_event(piotr, id), "event-unusable");
	assert_int_equal(drawers(), opened);
}

/* It takes no permission but the use of the session. */
static void test_by_whoever_may_use_the_session(void **state)
{
	const char *anna = bench_sign_on("anna", "1"), *bea, *id;

	(void)state;
	bench_set_options(EVERYTHING);
	bench_begun(anna, 0);
	id = done(bench_cash(anna, ACTION_CASH_IN, 1));
	bea = bench_sign_on("bea", "1");
	rig_expect(bench_event(bea, id), "session-foreign");
	anna = bench_sign_on("anna", "1");
	rig_expect(bench_event(anna, id), "");
	id = done(bench_cash(anna, ACTION_CASH_IN, 1));
	rig_expect(bench_do(anna, ACTION_SESSION_LOCK, bench_book()->session.id,
			    "{}"),
		   "");
	anna = bench_sign_on("anna", "1");
	rig_expect(bench_event(anna, id), "session-locked");
	assert_int_equal(drawers(), 1);
}

static void test_from_a_sum_up(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1");

	(void)state;
	bench_set_options("'drawer':{'deposit_from':500,"
			  "'withdrawal_from':300},");
	done(bench_open(piotr, 1000));
	rig_expect(bench_event(piotr,
			       done(bench_cash(piotr, ACTION_CASH_IN, 499))),
		   "event-unusable");
	rig_expect(bench_event(piotr,
			       done(bench_cash(piotr, ACTION_CASH_IN, 500))),
		   "");
	rig_expect(bench_event(piotr,
			       done(bench_cash(piotr, ACTION_CASH_OUT, 299))),
		   "event-unusable");
	rig_expect(bench_event(piotr,
			       done(bench_cash(piotr, ACTION_CASH_OUT, 300))),
		   "");
	assert_int_equal(drawers(), 2);
}

/* --- what does not --- */

static void test_never_for_anything_else(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1"), *session;
	const char *declared, *paid, *shown;

	(void)state;
	bench_set_options(EVERYTHING);
	shown = done(bench_open(piotr, 100));
	session = bench_book()->session.id;
	declared = done(bench_cash(piotr, ACTION_DECLARE, 5));
	paid = done(bench_do(piotr, ACTION_PAYMENT, NULL, "{'amount':5}"));
	rig_expect(bench_event(piotr, declared), "event-unusable");
	rig_expect(bench_event(piotr, paid), "event-unusable");
	rig_expect(bench_event(piotr, session), "event-unusable");
	rig_expect(bench_event(piotr, "nothing"), "event-unusable");
	rig_expect(bench_event(piotr, done(bench_do(piotr, ACTION_CHECK, NULL,
						    "{'action':'day.end'}"))),
		   "event-unusable");
	rig_expect(bench_event(piotr, done(bench_count(piotr, 105))),
		   "event-unusable");
	/* an opening is no event either */
	rig_expect(bench_event(piotr, done(bench_event(piotr, shown))),
		   "event-unusable");
	assert_int_equal(drawers(), 1);
}

static void test_not_for_what_was_at_another_till(void **state)
{
	const char *piotr = bench_sign_on("piotr", "2"), *id;

	(void)state;
	bench_set_options(EVERYTHING);
	id = done(bench_do_at(piotr, "2", ACTION_SESSION_OPEN, NULL, NULL,
			      "{'counted':0}"));
	piotr = bench_sign_on("piotr", "1");
	done(bench_open(piotr, 0));
	rig_expect(bench_event(piotr, id), "event-unusable");
	assert_int_equal(drawers(), 0);
}

/* Not saved up for later, whichever way the clock goes. */
static void test_not_for_what_is_over(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1"), *id;

	(void)state;
	bench_set_options(EVERYTHING);
	id = done(bench_open(piotr, 0));
	rig_advance(WINDOW_MS + 1000);
	rig_expect(bench_event(piotr, id), "event-unusable");
	id = done(bench_cash(piotr, ACTION_CASH_IN, 1));
	rig.store.fake.wall_offset -= WINDOW_MS + 1000;
	rig_expect(bench_event(piotr, id), "event-unusable");
	rig.store.fake.wall_offset += WINDOW_MS + 1000;
	rig_expect(bench_event(piotr, id), "");
}

/* What an older database tells of may have been used since. */
static void test_not_for_what_was_before_a_backup_was_put_back(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1"), *id;
	struct txn *txn;

	(void)state;
	bench_set_options(EVERYTHING);
	id = done(bench_open(piotr, 0));
	txn = txn_new(rig.store.store);
	txn_confirm_rollback(txn);
	assert_int_equal(store_rig_commit(&rig.store, txn).error, 0);
	rig_expect(bench_event(piotr, id), "event-unusable");
	rig_restart();
	rig_expect(bench_event(piotr, id), "event-unusable");
	rig_advance(1000);
	rig_expect(bench_event(piotr,
			       done(bench_cash(piotr, ACTION_CASH_IN, 1))),
		   "");
	assert_int_equal(drawers(), 1);
}

/* --- once --- */

static void test_two_at_once_open_it_once(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1"), *id;
	struct rig_answer *first, *second;

	(void)state;
	bench_set_options(EVERYTHING);
	id = done(bench_open(piotr, 0));
	rig_hold();
	first = bench_event(piotr, id);
	second = bench_event(piotr, id);
	rig_run();
	rig_let_go();
	rig_expect(first, "");
	rig_expect(second, "event-unusable");
	assert_int_equal(drawers(), 1);
}

/* What certainly did not happen may be tried again; what may have, not. */
#define JOURNAL_FAILED "the journal could not be written"

/* What is answered as it should be sends no technician after the disk. */
static void test_a_race_is_no_fault_of_the_journals(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1"), *id, *log;
	struct rig_answer *answers[2];

	(void)state;
	bench_set_options(EVERYTHING);
	id = done(bench_open(piotr, 100));
	rig_keep_log();
	rig_hold();
	answers[0] = bench_event(piotr, id);
	answers[1] = bench_event(piotr, id);
	rig_run();
	rig_let_go();
	rig_run();
	log = rig_read_log();
	rig_expect(answers[0], "");
	rig_expect(answers[1], "event-unusable");
	assert_null(strstr(log, JOURNAL_FAILED));
	rig_keep_log();
	rig_break_disk(SQLITE_IOERR_WRITE);
	answers[0] = bench_cash(piotr, ACTION_CASH_IN, 1);
	rig_run();
	log = rig_read_log();
	rig_expect(answers[0], "disk-failed");
	assert_non_null(strstr(log, JOURNAL_FAILED));
}

static void test_a_failed_opening_uses_nothing_up(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1"), *id;

	(void)state;
	bench_set_options(EVERYTHING);
	id = done(bench_open(piotr, 0));
	rig.outcome = OUTCOME_REFUSED;
	rig_expect(bench_event(piotr, id), "refused-by-device");
	rig.outcome = OUTCOME_UNKNOWN;
	rig_expect(bench_event(piotr, id), "outcome-unknown");
	rig.outcome = OUTCOME_OK;
	rig_expect(bench_event(piotr, id), "event-unusable");
}

static void test_the_same_key_is_the_same_opening(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1"), *id;
	char parameters[64];

	(void)state;
	bench_set_options(EVERYTHING);
	id = done(bench_open(piotr, 0));
	snprintf(parameters, sizeof(parameters), "{'event':'%s'}", id);
	for (int i = 0; i < 3; i++)
		rig_expect(bench_do_at(piotr, "1", ACTION_DRAWER_OPEN, "k",
				       NULL, parameters),
			   "");
	assert_int_equal(drawers(), 1);
}

/* --- the Z of a day --- */

static struct rig_answer *print(const char *token, enum action action,
				const char *event)
{
	char parameters[64];

	snprintf(parameters, sizeof(parameters), "{'event':'%s'}", event);
	return bench_do(token, action, NULL, parameters);
}

static void test_a_day_may_include_its_z(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1"), *anna, *id;

	(void)state;
	bench_set_options(EVERYTHING "'day_end_includes_report':true,");
	done(bench_open(piotr, 0));
	rig_expect(bench_count(piotr, 0), "");
	id = done(bench_end_day(piotr, "{}"));
	anna = bench_sign_on("anna", "1");
	rig_expect(print(anna, ACTION_REPORT_X, id), "bad-body");
	/* the drawer and the Z are for the same event */
	rig_expect(bench_event(anna, id), "");
	rig_expect(print(anna, ACTION_REPORT_Z, id), "");
	rig_expect(print(anna, ACTION_REPORT_Z, id), "event-unusable");
	assert_int_equal(rig.moved[DEVICE_PRINTER], 1);
}

/* Whoever was asked for the Z with the end of the day is not asked again. */
static void test_a_z_that_was_asked_for_with_the_day(void **state)
{
	const char *anna = bench_sign_on("anna", "1"), *id, *lena;

	(void)state;
	bench_begun(anna, 0);
	rig_expect(bench_count(anna, 0), "");
	id = done(
		bench_consented(anna, ACTION_DAY_END, NULL, "{'report':true}"));
	lena = bench_sign_on("lena", "1");
	rig_expect(print(lena, ACTION_REPORT_Z, id), "authorization-required");
	anna = bench_sign_on("anna", "1");
	rig_expect(print(anna, ACTION_REPORT_Z, id), "");
	rig_expect(print(anna, ACTION_REPORT_Z, id), "event-unusable");
	rig_expect(bench_do(anna, ACTION_REPORT_Z, NULL, "{}"),
		   "authorization-required");
}

static void test_a_day_without_its_z(void **state)
{
	const char *anna = bench_sign_on("anna", "1"), *id, *opened;

	(void)state;
	opened = done(bench_consented(anna, ACTION_SESSION_OPEN, NULL,
				      "{'counted':5}"));
	rig_expect(print(anna, ACTION_REPORT_Z, opened), "event-unusable");
	rig_expect(bench_count(anna, 5), "");
	id = done(bench_consented(anna, ACTION_DAY_END, NULL,
				  "{'withdrawal':5}"));
	rig_expect(print(anna, ACTION_REPORT_Z, id), "authorization-required");
	assert_int_equal(rig.moved[DEVICE_PRINTER], 0);
}

/* --- what is told --- */

static void expect_advice(struct rig_answer *answer, const char *advice)
{
	rig_expect(answer, "event-unusable");
	assert_non_null(json_text(answer->body, "detail"));
	assert_string_equal(json_text(answer->body, "advice"), advice);
}

static void test_what_to_do_in_place_of_it(void **state)
{
	static const char by_hand[] = "Open the drawer by hand, with a reason.";
	static const char by_itself[] =
		"Print the report by itself, without an event.";
	const char *piotr = bench_sign_on("piotr", "1"), *id;

	(void)state;
	bench_set_options(EVERYTHING "'day_end_includes_report':true,");
	id = done(bench_open(piotr, 0));
	expect_advice(bench_event(piotr, "nothing"), by_hand);
	expect_advice(print(piotr, ACTION_REPORT_Z, id), by_itself);
	rig_expect(bench_event(piotr, id), "");
	expect_advice(bench_event(piotr, id), by_hand); /* once */
	rig_expect(bench_count(piotr, 0), "");
	id = done(bench_end_day(piotr, "{}"));
	rig_expect(print(piotr, ACTION_REPORT_Z, id), "");
	expect_advice(print(piotr, ACTION_REPORT_Z, id), by_itself);
}

#define TEST(test) \
	cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_of_it_unless_the_till_says_so),
		TEST(test_each_kind_once_where_it_does),
		TEST(test_by_whoever_may_use_the_session),
		TEST(test_from_a_sum_up),
		TEST(test_never_for_anything_else),
		TEST(test_not_for_what_was_at_another_till),
		TEST(test_not_for_what_is_over),
		TEST(test_not_for_what_was_before_a_backup_was_put_back),
		TEST(test_two_at_once_open_it_once),
		TEST(test_a_race_is_no_fault_of_the_journals),
		TEST(test_a_failed_opening_uses_nothing_up),
		TEST(test_the_same_key_is_the_same_opening),
		TEST(test_a_day_may_include_its_z),
		TEST(test_a_z_that_was_asked_for_with_the_day),
		TEST(test_a_day_without_its_z),
		TEST(test_what_to_do_in_place_of_it),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: event", tests, NULL, NULL);
}
