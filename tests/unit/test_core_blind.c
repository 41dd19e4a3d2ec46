/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts are blind (docs/policy.md, X-blind): what should be in a drawer, and
 * by how much a count differs, is told to nobody without balance.preview: not
 * in an answer, not in an event, not by what is missing, and not by trying.
 */
#include "core/action.h"
#include "core/authorization.h"
#include "util/json.h"
#include "util/money.h"

#include "fault_vfs.h"
#include "shift_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Figures that stand nowhere by chance. */
#define LEFT	7919113
#define COUNTED 7901107

static void assert_untold(const char *figure)
{
	char *told = bench_told();

	if (strstr(told, figure))
		fail_msg("%s was told: %.200s", figure, strstr(told, figure));
	free(told);
}

/* A shift of Piotr's that has left that much in the drawer. */
static void leave(int64_t amount)
{
	const char *piotr = bench_sign_on("piotr", "1");

	rig_expect(bench_open(piotr, amount), "");
	rig_expect(bench_count(piotr, amount), "");
	rig_expect(bench_close(piotr, 0), "");
	rig_expect(rig_sign_off(piotr), "");
	bench_forget();
}

/* --- nothing is told --- */

static void test_a_whole_shift_tells_nothing(void **state)
{
	const char *anna, *id;
	struct rig_answer *answer;
	char *export;

	(void)state;
	leave(LEFT);
	anna = bench_sign_on("anna", "1");
	rig_expect(bench_open(anna, COUNTED), "authorization-required");
	id = bench_begun(anna, LEFT);
	rig_expect(bench_cash(anna, ACTION_CASH_IN, 1000000), "");
	rig_expect(bench_count(anna, COUNTED), "");
	rig_expect(bench_close(anna, 0), "authorization-required");
	rig_expect(bench_count(anna, COUNTED + 2), "");
	answer = bench_close(anna, 1);
	rig_expect(answer, "authorization-required");
	rig_look_at(rig_text(answer, "authorization", "id"));
	bench_consented(anna, ACTION_SESSION_CLOSE, id, "{'withdrawal':1}");
	rig_expect(bench_do(anna, ACTION_BALANCE, NULL, "{}"),
		   "authorization-required");
	answer = bench_do(anna, ACTION_SESSION_REPORT, id, "{}");
	rig_expect(answer, "");
	assert_null(json_object_get(answer->body, "figures"));
	session_show(rig.core, rig_caller(anna, &answer), "1");
	session_list(rig.core, rig_caller(anna, &answer), "1", 0, 20);
	rig_expect(answer, "");
	assert_untold("7919113");  /* what was left before her */
	assert_untold("8919113");  /* what should have been there */
	assert_untold("-1018004"); /* the difference */
	assert_untold("1018004");
	assert_untold("79191.13");
	assert_untold("7901109"); /* what she has counted in the end... */
	assert_untold("7901108"); /* ...and left for the next one to find */
	assert_untold("\"blind\"");
	export = store_rig_export(&rig.store);
	assert_non_null(strstr(export, "\"difference\":-1018004"));
	assert_non_null(strstr(export, "\"expected\":8919113"));
	free(export);
}

static void test_who_may_see_the_balance_is_told(void **state)
{
	const char *anna, *piotr, *id;
	struct rig_answer *answer, *seen;
	const json_t *figures;

	(void)state;
	leave(LEFT);
	anna = bench_sign_on("anna", "1");
	answer = bench_open(anna, COUNTED);
	rig_expect(answer, "authorization-required");
	id = rig_text(answer, "authorization", "id");
	piotr = bench_sign_on("piotr", "2"); /* at another till */
	authorization_show(rig.core, rig_caller(piotr, &seen), id);
	figures = json_object_get(seen->body, "figures");
	assert_int_equal(json_int(figures, "expected", 0), LEFT);
	assert_int_equal(json_int(figures, "counted", 0), COUNTED);
	assert_int_equal(json_int(figures, "difference", 0), COUNTED - LEFT);
	authorization_list(rig.core, rig_caller(piotr, &seen), NULL);
	figures = json_object_get(
		json_array_get(json_object_get(seen->body, "authorizations"),
			       0),
		"figures");
	assert_int_equal(json_int(figures, "expected", 0), LEFT);
	authorization_show(rig.core, rig_caller(anna, &seen), id);
	assert_null(json_object_get(seen->body, "figures"));
	rig_expect(bench_do(anna, ACTION_SESSION_REPORT, "nothing", "{}"),
		   "not-found");
	piotr = bench_sign_on("piotr", "1");
	rig_expect(bench_open(piotr, LEFT), "");
	answer = bench_do(piotr, ACTION_SESSION_REPORT,
			  bench_book()->session.id, "{}");
	rig_expect(answer, "");
	assert_int_equal(json_int(json_object_get(answer->body, "session"),
				  "float", 0),
			 LEFT);
	answer = bench_do(piotr, ACTION_BALANCE, NULL, "{}");
	rig_expect(answer, "");
	assert_int_equal(json_int(answer->body, "balance", 0), LEFT);
}

/* By consent, once, on record. */
static void test_the_balance_by_consent(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	struct rig_answer *answer;

	(void)state;
	bench_begun(anna, 100);
	answer = bench_consented(anna, ACTION_BALANCE, NULL, "{}");
	assert_int_equal(json_int(answer->body, "balance", 0), 100);
	assert_int_equal(rig_count("balance.read"), 1);
	rig_expect(bench_do(anna, ACTION_BALANCE, NULL, "{}"),
		   "authorization-required");
}

/* --- nor by what is missing --- */

static void expect_missing(struct rig_answer *answer, const char *missing)
{
	rig_expect(answer, "authorization-required");
	assert_string_equal(bench_missing(answer), missing);
}

/* Too much and too little are missed alike. */
static void test_documents_do_not_tell_which_way(void **state)
{
	static const char both[] =
		"shift.start_difference,cash_withdrawal.read,"
		"cash_withdrawal.add";
	const char *anna;

	(void)state;
	bench_set_options("'document_for_difference':'both',");
	leave(1000);
	anna = bench_sign_on("anna", "1");
	expect_missing(bench_open(anna, 999), both);
	expect_missing(bench_open(anna, 1001), both);
	/* right by now, but asked for all the same, and alike */
	expect_missing(bench_open(anna, 998), both);
	expect_missing(bench_open(anna, 1000), both);
}

static void test_a_limit_does_not_tell_which_way(void **state)
{
	static const char taken[] = "shift.end_difference,balance.exceed_limit,"
				    "cash_withdrawal.read,cash_withdrawal.add";
	const char *anna;

	(void)state;
	bench_set_options("'limits':{'maximum':500},");
	anna = bench_sign_on("anna", "1");
	bench_begun(anna, 1000);
	rig_expect(bench_count(anna, 1010), "");
	expect_missing(bench_close(anna, 100), taken);
	expect_missing(bench_close(anna, 11), taken);
	expect_missing(bench_close(anna, 9), taken);
	rig_expect(bench_count(anna, 990), "");
	expect_missing(bench_close(anna, 9), taken);
}

/* --- nor by trying --- */

static void test_floats_are_tried_three_times(void **state)
{
	const char *anna;

	(void)state;
	leave(1000);
	anna = bench_sign_on("anna", "1");
	for (int64_t counted = 1; counted <= 3; counted++)
		expect_missing(bench_open(anna, counted),
			       "shift.start_difference");
	expect_missing(bench_open(anna, 1000), "shift.start_difference");
	rig_restart();
	expect_missing(bench_open(anna, 1000), "shift.start_difference");
	bench_consented(anna, ACTION_SESSION_OPEN, NULL, "{'counted':1000}");
	/* somebody has counted, by right: trying begins anew */
	rig_expect(bench_count(anna, 1000), "");
	bench_consented(anna, ACTION_SESSION_CLOSE, bench_book()->session.id,
			"{'withdrawal':0}");
	rig_expect(bench_open(anna, 1000), "");
}

/* The same figure again is the same try: asked for, consented to and done. */
static void test_the_same_figure_is_one_try(void **state)
{
	const char *anna;

	(void)state;
	leave(1000);
	anna = bench_sign_on("anna", "1");
	for (int i = 0; i < 6; i++)
		rig_expect(bench_open(anna, 7), "authorization-required");
	rig_expect(bench_open(anna, 1000), "");
}

static void test_an_end_of_a_day_is_tried_three_times(void **state)
{
	const char *anna;

	(void)state;
	leave(1000);
	anna = bench_sign_on("anna", "1");
	expect_missing(bench_end_day(anna, "{'counted':1}"),
		       "shift.end_difference,day.end");
	expect_missing(bench_end_day(anna, "{'counted':1000}"), "day.end");
	expect_missing(bench_end_day(anna, "{'counted':2}"),
		       "shift.end_difference,day.end");
	expect_missing(bench_end_day(anna, "{'counted':3}"),
		       "shift.end_difference,day.end");
	expect_missing(bench_end_day(anna, "{'counted':1000}"),
		       "shift.end_difference,day.end");
}

/* How much there should be is not found out by taking more and more. */
static void test_what_is_withdrawn_comes_out_of_a_count(void **state)
{
	const char *piotr;

	(void)state;
	leave(1000);
	piotr = bench_sign_on("piotr", "1");
	rig_expect(bench_end_day(piotr, "{'withdrawal':1000}"), "not-counted");
	rig_expect(bench_end_day(piotr, "{'withdrawal':1001}"), "not-counted");
	rig_expect(bench_end_day(piotr, "{'counted':900,'withdrawal':901}"),
		   "bad-body");
	rig_expect(bench_end_day(piotr, "{'counted':1000,'withdrawal':1000}"),
		   "");
	assert_int_equal(bench_book()->balance, 0);
}

/* Money that comes and goes says where a limit is: three times. */
static void test_a_limit_is_tried_three_times(void **state)
{
	const char *anna;

	(void)state;
	bench_set_options("'limits':{'maximum':1500},");
	anna = bench_sign_on("anna", "1");
	bench_begun(anna, 1000);
	for (int64_t more = 903; more > 900; more--)
		expect_missing(bench_cash(anna, ACTION_CASH_IN, more),
			       "balance.exceed_limit");
	/* the third again is no fourth; what would fit is one, as any is */
	expect_missing(bench_cash(anna, ACTION_CASH_IN, 901),
		       "balance.exceed_limit");
	expect_missing(bench_cash(anna, ACTION_CASH_IN, 500),
		       "balance.exceed_limit");
	expect_missing(bench_cash(anna, ACTION_CASH_IN, 1),
		       "balance.exceed_limit");
	/* what was sold elsewhere is not held up by that */
	rig_expect(bench_cash(anna, ACTION_DECLARE, 400), "");
	rig_expect(bench_cash(anna, ACTION_DECLARE, 400), "");
	assert_untold("maximum");
}

/* Whoever has to ask anyway could try figure after figure for nothing. */
static void test_what_is_only_asked_is_tried_three_times(void **state)
{
	static const char plain[] = "cash_withdrawal.read,cash_withdrawal.add";
	static const char limited[] =
		"balance.exceed_limit,cash_withdrawal.read,cash_withdrawal.add";
	const char *anna;

	(void)state;
	bench_set_options("'limits':{'negative':true},");
	anna = bench_sign_on("anna", "1");
	bench_begun(anna, 48759);
	expect_missing(bench_cash(anna, ACTION_CASH_OUT, 10000), plain);
	expect_missing(bench_cash(anna, ACTION_CASH_OUT, 20000), plain);
	expect_missing(bench_cash(anna, ACTION_CASH_OUT, 30000), plain);
	expect_missing(bench_cash(anna, ACTION_CASH_OUT, 30000), plain);
	for (int64_t more = 40000; more < 60000; more += 2500)
		expect_missing(bench_cash(anna, ACTION_CASH_OUT, more),
			       limited);
	rig_restart();
	anna = bench_sign_on("anna", "1");
	expect_missing(bench_cash(anna, ACTION_CASH_OUT, 1), limited);
	/* With a supervisor there it begins anew. */
	bench_consented(anna, ACTION_CASH_OUT, NULL,
			"{'direction':'out','amount':1,'reason':'x'}");
	expect_missing(bench_cash(anna, ACTION_CASH_OUT, 10000), plain);
	/* No limit can hold up what comes in: there is none. */
	rig_expect(bench_cash(anna, ACTION_CASH_IN, 1), "");
}

/* So much can't be in any drawer, and no sum comes near it by one request. */
static void test_no_amount_reaches_the_end_of_the_numbers(void **state)
{
	const char *anna = bench_sign_on("anna", "1");

	(void)state;
	assert_true(SHIFT_AMOUNT_MAX < MONEY_MAX / 64);
	bench_begun(anna, 1);
	for (int i = 0; i < 8; i++)
		rig_expect(bench_cash(anna, ACTION_CASH_IN, SHIFT_AMOUNT_MAX),
			   "");
	assert_true(bench_book()->balance == 8 * (int64_t)SHIFT_AMOUNT_MAX + 1);
}

/* --- what it is, for those who may know --- */

static void test_the_balance_of_a_till(void **state)
{
	const char *piotr = bench_sign_on("piotr", "2");

	(void)state;
	rig_expect(bench_do_at(piotr, "2", ACTION_SESSION_OPEN, NULL, NULL,
			       "{'counted':9}"),
		   "");
	piotr = bench_sign_on("piotr", "1");
	rig_expect(bench_open(piotr, 1000), "");
	rig_expect(bench_cash(piotr, ACTION_CASH_IN, 50), "");
	rig_expect(bench_cash(piotr, ACTION_CASH_OUT, 20), "");
	rig_expect(bench_cash(piotr, ACTION_DECLARE, 7), "");
	rig_expect(bench_do(piotr, ACTION_DECLARE, NULL,
			    "{'kind':'refund','amount':3}"),
		   "");
	/* a card leaves the drawer as it is */
	rig_expect(bench_do(piotr, ACTION_PAYMENT, NULL, "{'amount':500}"), "");
	assert_int_equal(bench_book()->balance, 1034);
	assert_int_equal(book_of(rig.core, "2")->balance, 9);
}

/* Out of its own entries alone, whatever a printer has added up. */
static void test_the_balance_is_the_tills_own(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1");

	(void)state;
	rig_expect(bench_open(piotr, 1000), "");
	rig_expect(bench_do(piotr, ACTION_REPORT_X, NULL, "{}"), "");
	rig_expect(bench_do(piotr, ACTION_REPORT_Z, NULL, "{}"), "");
	assert_int_equal(bench_book()->balance, 1000);
	rig_expect(bench_cash(piotr, ACTION_CASH_OUT, 400), "");
	rig_expect(bench_do(piotr, ACTION_DECLARE, NULL,
			    "{'kind':'sale','amount':25}"),
		   "");
	rig_restart();
	assert_int_equal(bench_book()->balance, 625);
	rig_expect(bench_count(piotr, 625), "");
	rig_expect(bench_close(piotr, 600), "");
	assert_int_equal(bench_book()->balance, 25);
	rig_restart();
	assert_int_equal(bench_book()->balance, 25);
	assert_int_equal(book_of(rig.core, "2")->balance, 0);
}

static void test_limits_hold_up_what_moves(void **state)
{
	const char *piotr, *anna;

	(void)state;
	bench_set_options("'limits':{'minimum':100,'maximum':500},");
	anna = bench_sign_on("anna", "1");
	bench_begun(anna, 100);
	rig_expect(bench_cash(anna, ACTION_CASH_IN, 400), "");
	expect_missing(bench_cash(anna, ACTION_CASH_IN, 1),
		       "balance.exceed_limit");
	expect_missing(bench_cash(anna, ACTION_CASH_OUT, 400),
		       "cash_withdrawal.read,cash_withdrawal.add");
	expect_missing(bench_cash(anna, ACTION_CASH_OUT, 401),
		       "balance.exceed_limit,cash_withdrawal.read,"
		       "cash_withdrawal.add");
	piotr = bench_sign_on("piotr", "1");
	rig_expect(bench_cash(piotr, ACTION_CASH_OUT, 600), "");
	assert_int_equal(bench_book()->balance, -100);
}

static void test_a_difference_becomes_a_document(void **state)
{
	const char *piotr;
	char *export;

	(void)state;
	bench_set_options("'document_for_difference':'shift',");
	leave(1000);
	piotr = bench_sign_on("piotr", "1");
	rig_expect(bench_open(piotr, 990), "");
	rig_expect(bench_count(piotr, 995), "");
	rig_expect(bench_close(piotr, 995), "");
	export = store_rig_export(&rig.store);
	assert_non_null(strstr(
		export,
		"{\"amount\":10,\"document\":true,\"kind\":\"shortage\"}"));
	assert_non_null(strstr(
		export,
		"{\"amount\":5,\"document\":true,\"kind\":\"surplus\"}"));
	free(export);
}

/* 0 out of a counted 0 asks for nothing. */
static void test_an_end_without_a_withdrawal(void **state)
{
	const char *anna = bench_sign_on("anna", "1");

	(void)state;
	bench_begun(anna, 5);
	rig_expect(bench_count(anna, 5), "");
	expect_missing(bench_close(anna, 0), "shift.end_without_withdrawal");
	expect_missing(bench_close(anna, 5),
		       "cash_withdrawal.read,cash_withdrawal.add");
	bench_consented(anna, ACTION_SESSION_CLOSE, bench_book()->session.id,
			"{'withdrawal':5}");
	rig_expect(bench_open(anna, 0), "");
	rig_expect(bench_count(anna, 0), "");
	rig_expect(bench_close(anna, 0), "");
}

/* What ends a day between two sessions belongs to that day. */
static void test_a_day_that_ends_with_a_difference(void **state)
{
	const char *piotr;
	char *export;

	(void)state;
	leave(1000);
	piotr = bench_sign_on("piotr", "1");
	rig_expect(bench_end_day(piotr, "{'counted':900,'withdrawal':50}"), "");
	assert_int_equal(bench_book()->balance, 850);
	export = store_rig_export(&rig.store);
	assert_non_null(strstr(export, "\"difference\":-100"));
	free(export);
}

#define TEST(test) \
	cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_whole_shift_tells_nothing),
		TEST(test_who_may_see_the_balance_is_told),
		TEST(test_the_balance_by_consent),
		TEST(test_documents_do_not_tell_which_way),
		TEST(test_a_limit_does_not_tell_which_way),
		TEST(test_floats_are_tried_three_times),
		TEST(test_the_same_figure_is_one_try),
		TEST(test_an_end_of_a_day_is_tried_three_times),
		TEST(test_what_is_withdrawn_comes_out_of_a_count),
		TEST(test_a_limit_is_tried_three_times),
		TEST(test_what_is_only_asked_is_tried_three_times),
		TEST(test_no_amount_reaches_the_end_of_the_numbers),
		TEST(test_the_balance_of_a_till),
		TEST(test_the_balance_is_the_tills_own),
		TEST(test_limits_hold_up_what_moves),
		TEST(test_a_difference_becomes_a_document),
		TEST(test_an_end_without_a_withdrawal),
		TEST(test_a_day_that_ends_with_a_difference),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: blind", tests, NULL, NULL);
}
