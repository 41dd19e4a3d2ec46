/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts and goods returns on the one path: what they take, what is refused
 * before anything moves, and how the balance of the till follows what was
 * witnessed (docs/policy.md, X-receipt, X-refund-document, X-balance-sum).
 */
#include "core/action.h"
#include "util/json.h"

#include "fault_vfs.h"
#include "shift_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include <cmocka.h>

#define LINES "'lines':[{'name':'Coffee','price':1182,'vat':'B'}],"
#define BY_CASH   \
	"{" LINES \
	"'payments':[{'kind':'cash','amount':2000}],'reference':'T-1'}"
#define BY_CARD	     "{" LINES "'payments':[{'kind':'card','amount':1182}]}"
/* cash is given back on a card */
#define BACK_ON_CARD "{" LINES "'payments':[{'kind':'card','amount':1500}]}"
#define A_RETURN     "{'of':'receipt','amount':900,'cash':500,'reason':'stale'}"
#define SELLING                                                             \
	"'rights':{'receipt':['read','add'],'cash_deposit':['read','add']," \
	"'cash_report':['read','add']"

#define BROKEN SQLITE_IOERR_WRITE

static int printed(void)
{
	return rig.moved[DEVICE_PRINTER];
}

/* Whoever sells may issue receipts, Piotr may give money back, too. */
static int set_up(void **state)
{
	if (bench_set_up(state))
		return -1;
	bench_change_policy("'rights':{'cash_deposit':['read','add'],"
			    "'cash_report':['read']}},",
			    SELLING "}},");
	return 0;
}

static struct rig_answer *receipt(const char *token, const char *body)
{
	return bench_do(token, ACTION_RECEIPT, NULL, body);
}

static struct rig_answer *give_back(const char *token, const char *body)
{
	return bench_do(token, ACTION_GOODS_RETURN, NULL, body);
}

static void expect_balance(int64_t balance)
{
	assert_int_equal(bench_book()->balance, balance);
}

/* What the session's report has of that kind of cash, as witnessed. */
static int64_t witnessed(const char *piotr, const char *kind)
{
	struct rig_answer *answer = bench_do(piotr, ACTION_SESSION_REPORT,
					     bench_book()->session.id, "{}");
	const json_t *sums;

	rig_expect(answer, "");
	sums = json_object_get(json_object_get(answer->body, "figures"),
			       "witnessed");
	return json_int(json_object_get(sums, kind), "amount", -1);
}

/* --- what it takes --- */

static void test_takes_the_minimum_set(void **state)
{
	const char *piotr, *anna;
	struct rig_answer *answer;

	(void)state;
	anna = bench_sign_on("anna", "1");
	rig_expect(receipt(anna, BY_CASH), "session-needed");
	bench_begun(anna, 1000);
	rig_expect(receipt(anna, BY_CASH), "");
	assert_int_equal(printed(), 1);
	piotr = bench_sign_on("piotr", "1");
	answer = receipt(piotr, BY_CASH);
	rig_expect(answer, "authorization-required");
	assert_string_equal(bench_missing(answer),
			    "receipt.read,receipt.add,cash_report.add");
	assert_int_equal(printed(), 1);
}

/* How much it is stands in the question. */
static void test_asks_with_its_sum(void **state)
{
	const char *anna = bench_sign_on("anna", "1"), *piotr;
	struct rig_answer *answer;

	(void)state;
	bench_begun(anna, 1000);
	piotr = bench_sign_on("piotr", "1");
	answer = receipt(piotr, BY_CASH);
	rig_expect(answer, "authorization-required");
	assert_non_null(strstr(rig_text(answer, "detail", NULL),
			       "issue a receipt of 11.82 EUR"));
}

/* ... and so does what leaves the drawer, whatever it was paid with. */
static void test_asks_with_the_cash_that_leaves(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	struct rig_answer *answer;

	(void)state;
	bench_begun(anna, 50000);
	answer = receipt(anna, "{'lines':[{'name':'G','price':1,'vat':'A'}],"
			       "'payments':[{'kind':'voucher',"
			       "'amount':30001}]}");
	rig_expect(answer, "authorization-required");
	assert_non_null(strstr(rig_text(answer, "detail", NULL),
			       "issue a receipt of 0.01 EUR, 300.00 EUR in "
			       "cash out of the drawer, at Front till"));
	answer = give_back(anna, "{'of':'receipt','amount':90000,'cash':500,"
				 "'reason':'stale'}");
	rig_expect(answer, "authorization-required");
	assert_non_null(strstr(rig_text(answer, "detail", NULL),
			       "make a goods return of 900.00 EUR, 5.00 EUR in "
			       "cash out of the drawer, at Front till"));
}

/* Before anybody is asked for anything, and before anything is on paper. */
static void test_unprintable(void **state)
{
	static const char *const cases[][2] = {
		{ "{'lines':[{'name':'x','price':100,'vat':'G'}],"
		  "'payments':[{'kind':'cash','amount':100}]}",
		  "lines[0].vat" },
		{ "{" LINES "'payments':[{'kind':'cash','amount':1}]}",
		  "payments" },
		{ "{" LINES "'total':1,"
		  "'payments':[{'kind':'cash','amount':1182}]}",
		  "total" },
	};
	const char *anna = bench_sign_on("anna", "1");
	struct rig_answer *answer;

	(void)state;
	bench_begun(anna, 1000);
	for (size_t i = 0; i < 3; i++) {
		answer = receipt(anna, cases[i][0]);
		rig_expect(answer, "receipt-unprintable");
		assert_string_equal(rig_text(answer, "field", NULL),
				    cases[i][1]);
	}
	answer = receipt(anna, "{" LINES "'payments':[{'kind':'cash',"
			       "'amount':2000}],'discounts':[{}]}");
	rig_expect(answer, "bad-body");
	assert_string_equal(rig_text(answer, "field", NULL),
			    "discounts[0].percent");
	assert_int_equal(printed(), 0);
	assert_int_equal(rig_count("intent"), 0);
}

static void test_invoice_not_supported(void **state)
{
	const char *anna = bench_sign_on("anna", "1");

	(void)state;
	bench_begun(anna, 1000);
	rig_expect(bench_do(anna, ACTION_INVOICE, NULL, BY_CASH),
		   "not-supported");
}

/* --- the balance --- */

static void test_brings_its_cash(void **state)
{
	const char *anna = bench_sign_on("anna", "1");

	(void)state;
	bench_begun(anna, 1000);
	rig_expect(receipt(anna, BY_CASH), "");
	expect_balance(1000 + 1182);
	rig_expect(receipt(anna, BY_CARD), "");
	expect_balance(1000 + 1182);
	rig_restart();
	expect_balance(1000 + 1182);
}

/* Tendered less change: what is given back on a card goes out. */
static void test_change_on_a_card(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1");

	(void)state;
	bench_change_policy("'rights':{'cash_deposit':['read','add'],"
			    "'cash_report':['read'],",
			    SELLING ",");
	rig_expect(bench_open(piotr, 1000), "");
	rig_expect(receipt(piotr, BACK_ON_CARD), "");
	expect_balance(1000 - 318);
	assert_int_equal(witnessed(piotr, "withdrawal"), 318);
	rig_expect(receipt(piotr, BY_CASH), "");
	assert_int_equal(witnessed(piotr, "sale"), 1182);
}

/* The same key again is the same receipt. */
static void test_once_for_a_key(void **state)
{
	const char *anna = bench_sign_on("anna", "1");

	(void)state;
	bench_begun(anna, 1000);
	for (int i = 0; i < 3; i++)
		rig_expect(bench_do_at(anna, "1", ACTION_RECEIPT, "key", NULL,
				       BY_CASH),
			   "");
	assert_int_equal(printed(), 1);
	expect_balance(1000 + 1182);
	rig_restart();
	anna = bench_sign_on("anna", "1");
	rig_expect(bench_do_at(anna, "1", ACTION_RECEIPT, "key", NULL, BY_CASH),
		   "");
	assert_int_equal(printed(), 1);
	expect_balance(1000 + 1182);
}

/* A disk that fails just then: written again until it is, and once. */
static void test_owed_until_written(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	struct rig_answer *answer;

	(void)state;
	bench_begun(anna, 1000);
	rig.breaks = BROKEN;
	answer = receipt(anna, BY_CASH);
	rig_run();
	assert_false(answer->told);
	expect_balance(1000);
	rig.breaks = 0;
	rig_break_disk(0);
	rig_advance(5000);
	rig_expect(answer, "");
	expect_balance(1000 + 1182);
	rig_restart();
	expect_balance(1000 + 1182);
}

static void test_limit(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	struct rig_answer *answer;

	(void)state;
	bench_set_options("'limits':{'maximum':2000},");
	bench_change_policy("'rights':{'cash_deposit':['read','add'],"
			    "'cash_report':['read']}},",
			    SELLING "}},");
	bench_begun(anna, 1000);
	answer = receipt(anna, BY_CASH);
	rig_expect(answer, "authorization-required");
	assert_string_equal(bench_missing(answer), "balance.exceed_limit");
	rig_expect(receipt(anna, BY_CARD), "");
	expect_balance(1000);
}

/* --- unknown --- */

static const char *unknown_receipt(const char *token, const char *body)
{
	struct rig_answer *answer;

	rig.outcome = OUTCOME_UNKNOWN;
	answer = receipt(token, body);
	rig_expect(answer, "outcome-unknown");
	rig.outcome = OUTCOME_OK;
	return rig_text(answer, "operation", "id");
}

static void test_unknown_brings_nothing_until_settled(void **state)
{
	const char *anna = bench_sign_on("anna", "1"), *first, *second;

	(void)state;
	bench_set_options("'limits':{'maximum':2000},");
	bench_change_policy("'rights':{'cash_deposit':['read','add'],"
			    "'cash_report':['read']}},",
			    SELLING "}},");
	bench_change_policy("'balance.exceed_limit','refund.validate',",
			    "'refund.validate',");
	bench_begun(anna, 100);
	first = unknown_receipt(anna, BY_CASH);
	second = unknown_receipt(anna, BY_CASH);
	expect_balance(100);
	rig_expect(rig_settle(anna, first, "failed"), "");
	expect_balance(100);
	rig_expect(receipt(anna, BY_CARD), "");
	rig_expect(bench_cash(anna, ACTION_CASH_IN, 1900), "");
	rig_expect(rig_settle(anna, second, "ok"), "");
	/* it happened, whatever the limit: that is told (test_core_sight.c),
	 * not refused */
	expect_balance(2000 + 1182);
	rig_expect(rig_settle(anna, second, "ok"), "operation-ended");
	expect_balance(2000 + 1182);
	rig_restart();
	expect_balance(2000 + 1182);
}

static int64_t sale_sum(const json_t *figures, const char *which)
{
	const json_t *sums = json_object_get(figures, which);

	return json_int(json_object_get(sums, "sale"), "amount", -1);
}

/* Nobody witnessed what a person says: it stands as their word in the sums,
 * opens no drawer, and is counted. */
static void test_settled_is_a_word(void **state)
{
	const char *anna = bench_sign_on("anna", "1"), *id, *session;
	const json_t *figures;
	struct rig_answer *answer;
	char params[64];

	(void)state;
	session = bench_begun(anna, 100);
	id = unknown_receipt(anna, BY_CASH);
	rig_expect(rig_settle(anna, id, "ok"), "");
	expect_balance(100 + 1182);
	snprintf(params, sizeof(params), "{'event':'%s'}", id);
	answer = rig_act(anna, ACTION_DRAWER_OPEN, "d", NULL, params);
	rig_expect(answer, "event-unusable");
	assert_int_equal(rig.moved[DEVICE_DRAWER], 0);
	answer = bench_do(bench_sign_on("piotr", "1"), ACTION_SESSION_REPORT,
			  session, "{}");
	rig_expect(answer, "");
	figures = json_object_get(answer->body, "figures");
	assert_int_equal(sale_sum(figures, "declared"), 1182);
	assert_int_equal(sale_sum(figures, "witnessed"), 0);
	assert_int_equal(json_int(json_object_get(answer->body, "counters"),
				  "settled", -1),
			 1);
}

/* --- what goes on --- */

static void test_not_counted_meanwhile(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	struct rig_answer *answer, *count;
	const char *id;

	(void)state;
	bench_begun(anna, 1000);
	rig.lingers = true;
	answer = receipt(anna, BY_CASH);
	rig_run();
	count = bench_count(anna, 1000);
	rig_expect(count, "sale-open");
	id = rig_text(count, "operation_id", NULL);
	assert_true(*id);
	rig_expect(bench_do(anna, ACTION_SESSION_CLOSING,
			    bench_book()->session.id, "{}"),
		   "");
	rig_end_one(DEVICE_PRINTER);
	rig_expect(answer, "");
	expect_balance(1000 + 1182);
	rig_expect(bench_count(anna, 2182), "");
}

/* Both write in the book: one waits for the other. */
static void test_waits_for_its_turn(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	struct rig_answer *sold, *paid;

	(void)state;
	bench_begun(anna, 1000);
	rig.lingers = true;
	sold = receipt(anna, BY_CASH);
	rig_run();
	rig_hold();
	paid = bench_cash(anna, ACTION_CASH_IN, 300);
	rig_end_one(DEVICE_PRINTER);
	rig_let_go();
	rig_expect(paid, "");
	rig_expect(sold, "");
	expect_balance(1000 + 1182 + 300);
	rig_restart();
	expect_balance(1000 + 1182 + 300);
}

/* --- the drawer --- */

/* What a till does that says nothing about its drawer. */
static void test_opens_the_drawer_once(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	struct rig_answer *by_cash, *by_card;

	(void)state;
	bench_begun(anna, 1000);
	by_cash = receipt(anna, BY_CASH);
	rig_expect(by_cash, "");
	by_card = receipt(anna, BY_CARD);
	rig_expect(by_card, "");
	rig_expect(bench_event(anna, bench_id(by_card)), "event-unusable");
	rig_expect(bench_event(anna, bench_id(by_cash)), "");
	rig_expect(bench_event(anna, bench_id(by_cash)), "event-unusable");
	assert_int_equal(rig.moved[DEVICE_DRAWER], 1);
}

/* Never before the printer has accepted the total, nor where it did not. */
static void test_no_drawer_before_the_total(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	struct rig_answer *answer;

	(void)state;
	bench_begun(anna, 1000);
	rig_expect(bench_event(anna, unknown_receipt(anna, BY_CASH)),
		   "event-unusable");
	rig.outcome = OUTCOME_REFUSED;
	answer = receipt(anna, BY_CASH);
	rig_expect(answer, "refused-by-device");
	rig_expect(bench_event(anna, rig_text(answer, "operation", "id")),
		   "event-unusable");
	assert_int_equal(rig.moved[DEVICE_DRAWER], 0);
	expect_balance(1000);
}

/* --- money back --- */

static void test_return_takes(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	struct rig_answer *answer;

	(void)state;
	bench_begun(anna, 1000);
	answer = give_back(anna, A_RETURN);
	rig_expect(answer, "authorization-required");
	assert_string_equal(bench_missing(answer),
			    "refund.validate,receipt_correction.read,"
			    "receipt_correction.add,cash_withdrawal.read,"
			    "cash_withdrawal.add");
	answer = give_back(anna, "{'of':'invoice','amount':900,'reason':'x'}");
	rig_expect(answer, "authorization-required");
	assert_string_equal(bench_missing(answer),
			    "refund.validate,sales_invoice.read,"
			    "sales_invoice.add,invoice_correction.read,"
			    "invoice_correction.add");
	assert_int_equal(printed(), 0);
}

static void test_return_takes_cash_out(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1");
	struct rig_answer *answer;

	(void)state;
	bench_change_policy("'rights':{'cash_deposit':['read','add'],"
			    "'cash_report':['read'],",
			    SELLING ",'receipt_correction':['read','add'],");
	rig_expect(bench_open(piotr, 1000), "");
	answer = give_back(piotr, A_RETURN);
	rig_expect(answer, "");
	assert_int_equal(printed(), 1);
	expect_balance(500);
	assert_int_equal(witnessed(piotr, "refund"), 500);
	rig_expect(bench_event(piotr, bench_id(answer)), "");
	answer = give_back(piotr, "{'of':'receipt','amount':900,'reason':'x'}");
	rig_expect(answer, "");
	expect_balance(500);
	rig_expect(bench_event(piotr, bench_id(answer)), "event-unusable");
	answer = give_back(piotr, "{'of':'receipt','amount':9,'cash':10,"
				  "'reason':'x'}");
	rig_expect(answer, "bad-body");
}

/* --- slips, copies --- */

static void test_slip_of_what_was_booked(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	struct rig_answer *booked, *sold;
	char body[64];

	(void)state;
	bench_begun(anna, 1000);
	booked = bench_cash(anna, ACTION_CASH_IN, 300);
	rig_expect(booked, "");
	snprintf(body, sizeof(body), "{'event':'%s'}", bench_id(booked));
	rig_expect(bench_do(anna, ACTION_CASH_SLIP, NULL, body), "");
	rig_expect(bench_do(anna, ACTION_CASH_SLIP, NULL, body),
		   "event-unusable");
	assert_int_equal(printed(), 1);
	sold = receipt(anna, BY_CASH);
	rig_expect(sold, "");
	snprintf(body, sizeof(body), "{'event':'%s'}", bench_id(sold));
	rig_expect(bench_do(anna, ACTION_CASH_SLIP, NULL, body),
		   "event-unusable");
	expect_balance(1000 + 300 + 1182);
}

static void test_copy_takes_reading(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	const char *piotr = bench_sign_on("piotr", "1");
	struct rig_answer *answer;

	(void)state;
	answer = bench_do(piotr, ACTION_COPY, NULL, "{'count':1}");
	rig_expect(answer, "authorization-required");
	assert_string_equal(bench_missing(answer), "receipt.read");
	anna = bench_sign_on("anna", "1");
	rig_expect(bench_do(anna, ACTION_COPY, NULL, "{'count':1}"), "");
}

static void test_text_takes_a_session(void **state)
{
	const char *anna = bench_sign_on("anna", "1");

	(void)state;
	rig_expect(bench_do(anna, ACTION_PRINT, NULL, "{'lines':['Hello']}"),
		   "session-needed");
	bench_begun(anna, 1000);
	rig_expect(bench_do(anna, ACTION_PRINT, NULL, "{'lines':['Hello']}"),
		   "");
	assert_int_equal(printed(), 1);
}

static void test_clock_takes_the_configuration(void **state)
{
	const char *anna = bench_sign_on("anna", "1");
	struct rig_answer *answer =
		bench_do(anna, ACTION_CLOCK_SET, NULL,
			 "{'time':'2026-11-22T10:30','reason':'x'}");

	(void)state;
	rig_expect(answer, "authorization-required");
	assert_string_equal(bench_missing(answer), "config.access");
	answer = bench_do(anna, ACTION_CLOCK_SET, NULL,
			  "{'time':'2026-13-22T10:30','reason':'x'}");
	rig_expect(answer, "bad-body");
}

/* A Z that it made at its keypad, or by itself, is on record; ours is not. */
static void test_a_report_that_nobody_asked_for(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1");

	(void)state;
	rig_tell_device(DEVICE_PRINTER, "o");
	assert_int_equal(rig_count("report.unsolicited"), 0);
	rig_tell_device(DEVICE_PRINTER, "r");
	assert_int_equal(rig_count("report.unsolicited"), 1);
	rig_expect(bench_do(piotr, ACTION_REPORT_Z, NULL, "{'kind':'z'}"), "");
	rig_tell_device(DEVICE_PRINTER, "rf");
	assert_int_equal(rig_count("report.unsolicited"), 1);
	rig_expect(bench_do(piotr, ACTION_REPORT_Z, NULL, "{'kind':'z'}"), "");
	rig_tell_device(DEVICE_PRINTER, "ro");
	rig_tell_device(DEVICE_PRINTER, "r");
	assert_int_equal(rig_count("report.unsolicited"), 2);
}

/* Two at once get no further past a limit than one after the other; what comes
 * to nothing does not count. */
static void test_a_limit_counts_what_is_under_way(void **state)
{
	struct rig_answer *answer;
	const char *anna;

	(void)state;
	bench_change_policy("'name':'Front till','currency':'EUR',",
			    "'name':'Front till','currency':'EUR',"
			    "'limits':{'maximum':3000},");
	anna = bench_sign_on("anna", "1");
	bench_begun(anna, 1000);
	for (int ok = 0; ok < 2; ok++) {
		rig.lingers = true;
		rig.outcome = ok ? OUTCOME_OK : OUTCOME_REFUSED;
		receipt(anna, BY_CASH); /* 1182 more */
		answer = receipt(anna, BY_CASH);
		rig_expect(answer, "authorization-required");
		assert_string_equal(bench_missing(answer),
				    "balance.exceed_limit");
		rig_end_one(DEVICE_PRINTER);
		rig_run();
		rig.lingers = false;
		expect_balance(ok ? 2182 : 1000);
	}
	answer = receipt(anna, BY_CASH);
	rig_expect(answer, "authorization-required");
	assert_string_equal(bench_missing(answer), "balance.exceed_limit");
}

/* Its printer is dead: after a while a person says what became of it. */
static void test_what_nobody_finds_out_is_settled(void **state)
{
	const char *anna = bench_sign_on("anna", "1"), *id;
	struct rig_answer *answer;

	(void)state;
	bench_begun(anna, 1000);
	rig.lingers = true;
	rig.wait = 0;
	answer = receipt(anna, BY_CASH);
	rig_run();
	id = rig_text(answer, "id", NULL);
	rig.taken_out[DEVICE_PRINTER] = true;
	rig_restart();
	anna = bench_sign_on("anna", "1");
	answer = rig_settle(anna, id, "ok");
	rig_expect(answer, "operation-open");
	assert_int_equal(json_int(answer->body, "retry_after", 0), 298);
	rig_advance(298000);
	rig_expect(rig_settle(anna, id, "ok"), "");
	expect_balance(2182);
	assert_int_equal(rig_count("outcome"), 1);
	assert_int_equal(rig_count("settled"), 1);
	rig_expect(rig_settle(anna, id, "failed"), "operation-ended");
}

static void test_the_first_report_of_a_new_printer(void **state)
{
	(void)state;
	rig_tell_device(DEVICE_PRINTER, "n");
	assert_int_equal(rig_count("report.unsolicited"), 0);
	rig_tell_device(DEVICE_PRINTER, "r");
	assert_int_equal(rig_count("report.unsolicited"), 1);
}

/* At night, while the box was off. */
static void test_a_report_while_nobody_was_there(void **state)
{
	(void)state;
	rig_tell_device(DEVICE_PRINTER, "o");
	rig_restart();
	rig_tell_device(DEVICE_PRINTER, "o");
	assert_int_equal(rig_count("report.unsolicited"), 0);
	rig_restart();
	rig_tell_device(DEVICE_PRINTER, "r");
	assert_int_equal(rig_count("report.unsolicited"), 1);
	rig_restart();
	rig_tell_device(DEVICE_PRINTER, "o");
	assert_int_equal(rig_count("report.unsolicited"), 1);
}

/* The one that was made has nothing to do with the one that was refused. */
static void test_a_report_beside_one_that_was_refused(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1");

	(void)state;
	rig_tell_device(DEVICE_PRINTER, "o");
	rig.outcome = OUTCOME_REFUSED;
	rig_expect(bench_do(piotr, ACTION_REPORT_Z, NULL, "{'kind':'z'}"),
		   "refused-by-device");
	rig_tell_device(DEVICE_PRINTER, "r");
	assert_int_equal(rig_count("report.unsolicited"), 1);
	rig.outcome = OUTCOME_OK;
}

/* --- settling --- */

/* Whoever may not issue it may not say that it was issued. */
static void test_settling_takes_what_it_took(void **state)
{
	const char *anna = bench_sign_on("anna", "1"), *id;
	struct rig_answer *answer;

	(void)state;
	bench_begun(anna, 1000);
	id = unknown_receipt(anna, BY_CASH);
	answer = rig_settle(bench_sign_on("piotr", "1"), id, "ok");
	rig_expect(answer, "authorization-required");
	assert_string_equal(bench_missing(answer),
			    "receipt.read,receipt.add,cash_report.add");
	expect_balance(1000);
}

static void test_settling_a_return(void **state)
{
	const char *piotr = bench_sign_on("piotr", "1"), *id;
	struct rig_answer *answer;

	(void)state;
	bench_change_policy("'rights':{'cash_deposit':['read','add'],"
			    "'cash_report':['read'],",
			    SELLING ",'receipt_correction':['read','add'],");
	rig_expect(bench_open(piotr, 1000), "");
	rig.outcome = OUTCOME_UNKNOWN;
	answer = give_back(piotr, A_RETURN);
	rig_expect(answer, "outcome-unknown");
	rig.outcome = OUTCOME_OK;
	id = rig_text(answer, "operation", "id");
	answer = rig_settle(bench_sign_on("anna", "1"), id, "ok");
	rig_expect(answer, "authorization-required");
	assert_string_equal(bench_missing(answer),
			    "refund.validate,receipt_correction.read,"
			    "receipt_correction.add,cash_withdrawal.read,"
			    "cash_withdrawal.add");
	piotr = bench_sign_on("piotr", "1");
	rig_expect(rig_settle(piotr, id, "ok"), "");
	expect_balance(500);
}

int main(void)
{
#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, set_up, bench_tear_down)
	const struct CMUnitTest tests[] = {
		CASE(test_takes_the_minimum_set),
		CASE(test_asks_with_its_sum),
		CASE(test_asks_with_the_cash_that_leaves),
		CASE(test_unprintable),
		CASE(test_invoice_not_supported),
		CASE(test_brings_its_cash),
		CASE(test_change_on_a_card),
		CASE(test_once_for_a_key),
		CASE(test_owed_until_written),
		CASE(test_limit),
		CASE(test_unknown_brings_nothing_until_settled),
		CASE(test_settled_is_a_word),
		CASE(test_not_counted_meanwhile),
		CASE(test_waits_for_its_turn),
		CASE(test_opens_the_drawer_once),
		CASE(test_no_drawer_before_the_total),
		CASE(test_return_takes),
		CASE(test_return_takes_cash_out),
		CASE(test_slip_of_what_was_booked),
		CASE(test_copy_takes_reading),
		CASE(test_text_takes_a_session),
		CASE(test_clock_takes_the_configuration),
		CASE(test_a_report_that_nobody_asked_for),
		CASE(test_a_limit_counts_what_is_under_way),
		CASE(test_what_nobody_finds_out_is_settled),
		CASE(test_the_first_report_of_a_new_printer),
		CASE(test_a_report_while_nobody_was_there),
		CASE(test_a_report_beside_one_that_was_refused),
		CASE(test_settling_takes_what_it_took),
		CASE(test_settling_a_return),
	};

	fault_vfs_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
