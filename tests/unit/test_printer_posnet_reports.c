/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POSNET driver: the reports that have no counters. Daily reports are in
 * test_printer_posnet_daily.c. Numbers in brackets are sections of
 * docs/protocols.md.
 */
#include "posnet_bench.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

static struct driver_io rig;

static int set_up(void **state)
{
	(void)state;
	rig_init(&rig, &printer_posnet, NULL, true);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	rig_free(&rig);
	return 0;
}

static void use(const struct rig_setting *settings, bool serial)
{
	rig_free(&rig);
	rig_init(&rig, &printer_posnet, settings, serial);
}

/* --- figures in place of an X report --- */

/* [3.12] The totals of the recorded sale. */
static void test_totals(void **state)
{
	const json_t *figures, *rates, *b;

	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_X);
	bench_hear_frame(&rig, "stot\t#993E");
	bench_say(&rig,
		  "stot\tno5\tfa0\tfb0\tfc0\tfd0\tfe0\tff0\tfg0\tfn0\tpa0\t"
		  "pb999\tpc0\tpd0\tpe0\tpf0\tpg0\tpn1\tct0\tcn0\tcc0\t"
		  "va23,00\tvb8,00\tvc5,00\tvd0,00\tve101,00\tvf101,00\t"
		  "vg101,00\tds2026-10-09;11:48\tis2026-10-09T11:48:14+02:00\t"
		  "de2026-10-09;11:48\tie2026-10-09T11:48:14+02:00\tft0\tfl0\t"
		  "nf0\tbc0\tle0\toe0\ttf0\t");
	bench_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
	assert_int_equal(rig.commits, 0);
	assert_int_equal(rig.saves, 0);
	assert_true(json_is_false(json_object_get(rig.result, "printed")));
	figures = json_object_get(rig.result, "figures");
	assert_int_equal(json_int(figures, "next_daily_report", -1), 5);
	assert_int_equal(json_int(figures, "receipts", -1), 1);
	assert_int_equal(json_int(figures, "invoices", -1), 0);
	assert_int_equal(json_int(figures, "receipts_cancelled", -1), 0);
	assert_int_equal(json_int(figures, "receipts_cancelled_amount", -1), 0);
	assert_string_equal(json_text(figures, "first_sale"),
			    "2026-10-09T11:48:14+02:00");
	rates = json_object_get(figures, "rates");
	assert_int_equal(json_array_size(rates), 4); /* E to G are not in use */
	b = json_array_get(rates, 1);
	assert_string_equal(json_text(b, "rate"), "B");
	assert_string_equal(json_text(b, "vat"), "8.00");
	assert_int_equal(json_int(b, "receipts_amount", -1), 999);
	assert_int_equal(json_int(b, "invoices_amount", -1), 0);
}

/* [3.6] Exempt, not in use but with amounts, never, and what isn't told. */
static void test_totals_odd(void **state)
{
	const json_t *figures, *rates;

	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_X);
	bench_hear(&rig, "stot\t");
	bench_say(&rig, "stot\tno7\tpa1\tva100,00\tfb49999999999\tvb101,00\t"
			"vc101,00\tpnx\tis2000-01-01T01:00:00+01:00\t"
			"ie\xFF\xFE\t");
	bench_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
	figures = json_object_get(rig.result, "figures");
	assert_null(json_object_get(figures, "first_sale"));
	assert_null(json_object_get(figures, "last_sale"));
	assert_null(json_object_get(figures, "receipts"));
	rates = json_object_get(figures, "rates");
	assert_int_equal(json_array_size(rates), 2);
	assert_string_equal(json_text(json_array_get(rates, 0), "vat"),
			    "exempt");
	assert_null(json_text(json_array_get(rates, 1), "vat"));
	assert_int_equal(json_int(json_array_get(rates, 1), "invoices_amount",
				  -1),
			 49999999999);
}

static void test_totals_refused(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_X);
	bench_say(&rig, "stot\t?41");
	bench_ended(&rig, OUTCOME_REFUSED, REASON_BUSY, "41");
	bench_start(&rig, OP_REPORT_X);
	bench_say(&rig, "ERR\t?1\tcmstot\t");
	bench_ended(&rig, OUTCOME_REFUSED, REASON_NOT_SUPPORTED, "ERR 1");
}

/* Only reads may be sent again just like that. */
static void test_totals_asked_again(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_X);
	bench_hear(&rig, "stot\t");
	bench_say_spoilt(&rig, "stot\tno5\t"); /* a wrong CRC is no answer */
	rig_advance(&rig, 500);
	bench_hear(&rig, "stot\t");
	bench_say(&rig, "ERR\t?14\t"); /* the queue is full */
	rig_expect_nothing(&rig);
	rig_advance(&rig, 500);
	bench_hear(&rig, "stot\t");
	assert_false(bench_wait(&rig, 20000, BENCH_SDEV_READY,
				BENCH_SPRN_FINE)); /* lost on its way */
	bench_hear(&rig, "stot\t");
	bench_say(&rig, "stot\tno5\t");
	bench_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
}

static void test_totals_never_answered(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_X);
	bench_hear(&rig, "stot\t");
	for (int i = 0; i < 3; i++) {
		assert_false(bench_wait(&rig, 20000, BENCH_SDEV_READY,
					BENCH_SPRN_FINE));
		bench_hear(&rig, "stot\t");
	}
	bench_wait(&rig, 20000, BENCH_SDEV_READY, BENCH_SPRN_FINE);
	bench_ended(&rig, OUTCOME_FAILED, REASON_NO_ANSWER, NULL);
	assert_false(rig.lost);
}

static void test_totals_blocked(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_X);
	while (!rig.dones) {
		rig_clear(&rig);
		bench_wait(&rig, 70000, BENCH_SDEV_KEY, BENCH_SPRN_FINE);
	}
	bench_ended(&rig, OUTCOME_FAILED, REASON_PRINTER_WAITS, NULL);
}

static void test_totals_silence(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_X);
	rig_advance(&rig, 14000);
	bench_ended(&rig, OUTCOME_FAILED, REASON_NO_ANSWER, NULL);
	assert_int_equal(rig.lost_reason, REASON_NO_ANSWER);
}

/* Twice without the field that matters. */
static void test_totals_nonsense(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_X);
	bench_hear(&rig, "stot\t");
	bench_say(&rig, "stot\tpn5\t");
	bench_hear(&rig, "stot\t");
	bench_say(&rig, "stot\t");
	bench_ended(&rig, OUTCOME_FAILED, REASON_GARBLED, NULL);
}

static void test_totals_aborted(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_X);
	printer_posnet.abort(&rig);
	bench_ended(&rig, OUTCOME_FAILED, REASON_ABORTED, NULL);
	rig_clear(&rig);
	bench_say(&rig, "stot\tno5\t"); /* too late */
	assert_int_equal(rig.dones, 1);
	printer_posnet.abort(&rig);
	assert_int_equal(rig.dones, 1);
}

static void test_totals_recovered(void **state)
{
	struct op op = bench_op(OP_REPORT_X);

	(void)state;
	bench_open(&rig);
	rig_recover(&rig, &op, NULL);
	bench_ended(&rig, OUTCOME_FAILED, REASON_RESTARTED, NULL);
}

/* --- periodic reports --- */

static void start_periodic(enum op_kind kind)
{
	bench_start(&rig, kind);
	bench_play(&rig, bench_able);
	bench_play(&rig, bench_token);
	bench_play(&rig, bench_daily + 1); /* scomm */
	assert_int_equal(rig.commits, 1);
}

/* [3.12] with our token in it. */
static void test_by_dates(void **state)
{
	(void)state;
	bench_open(&rig);
	rig.hold_saves = true;
	bench_start(&rig, OP_REPORT_BY_DATES);
	bench_play(&rig, bench_able);
	bench_play(&rig, bench_token);
	bench_play(&rig, bench_daily + 1);
	rig_expect_nothing(&rig);
	assert_int_equal(rig.commits, 0);
	assert_int_equal(json_int(rig.evidence, "token", -1), BENCH_TOKEN);
	rig_saved(&rig, 0);
	assert_int_equal(rig.commits, 1);
	bench_hear_frame(&rig, "periodicrepbydates\t@0017\tfd2026-09-01\t"
			       "td2026-09-30\tsu1\t#9952");
	bench_say(&rig, "periodicrepbydates\t@0017\t");
	bench_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
}

static void test_by_numbers(void **state)
{
	(void)state;
	bench_open(&rig);
	start_periodic(OP_REPORT_BY_NUMBERS);
	bench_hear_frame(&rig,
			 "periodicrepbynumbers\t@0017\tfn1\ttn4\tsu0\t#6824");
	bench_say(&rig, "periodicrepbynumbers\t@0017\t");
	bench_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
}

static void range_is_bad(enum op_kind kind, const char *from, const char *to,
			 int64_t first, int64_t last)
{
	struct op op = bench_op(kind);

	snprintf(op.report.from_date, OP_DATE_SIZE, "%s", from);
	snprintf(op.report.to_date, OP_DATE_SIZE, "%s", to);
	op.report.from_number = first;
	op.report.to_number = last;
	rig_start(&rig, &op);
	bench_ended(&rig, OUTCOME_REFUSED, REASON_BAD_RANGE, NULL);
	rig_expect_nothing(&rig);
}

static void test_bad_ranges(void **state)
{
	static const char *const dates[] = { "",	   "2026-9-1",
					     "2026-13-01", "2026-00-01",
					     "2026-02-30", "2026-01-00",
					     "2026/01/01", "20260101",
					     "2026-01-1x", "2026-01-32" };

	(void)state;
	bench_open(&rig);
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		range_is_bad(OP_REPORT_BY_DATES, dates[i], "2027-01-01", 1, 1);
		range_is_bad(OP_REPORT_BY_DATES, "2020-01-01", dates[i], 1, 1);
	}
	range_is_bad(OP_REPORT_BY_DATES, "2026-10-01", "2026-09-30", 1, 1);
	range_is_bad(OP_REPORT_BY_NUMBERS, "", "", 0, 4);
	range_is_bad(OP_REPORT_BY_NUMBERS, "", "", -1, 4);
	range_is_bad(OP_REPORT_BY_NUMBERS, "", "", 5, 4);
}

/* [3.4] What can't be converted, too: there is nothing else to be wrong. */
static void test_periodic_beyond(void **state)
{
	static const struct {
		const char *said, *code;
	} cases[] = {
		{ "ERR\t@0017\t?3\tcmperiodicrepbynumbers\tfdtn\t", "ERR 3" },
		{ "ERR\t@0017\t?10\tcmperiodicrepbynumbers\tfdtn\t", "ERR 10" },
		{ "periodicrepbynumbers\t@0017\t?2063", "2063" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		use(NULL, true);
		bench_open(&rig);
		start_periodic(OP_REPORT_BY_NUMBERS);
		bench_say(&rig, cases[i].said);
		bench_ended(&rig, OUTCOME_REFUSED, REASON_BAD_RANGE,
			    cases[i].code);
	}
}

/* [3.11] 2042 to 2050, and an interruption at the keys. */
static void test_periodic_refused(void **state)
{
	(void)state;
	bench_open(&rig);
	start_periodic(OP_REPORT_BY_NUMBERS);
	bench_say(&rig, "periodicrepbynumbers\t@0017\t?2049");
	bench_ended(&rig, OUTCOME_REFUSED, REASON_BAD_RANGE, "2049");
	use(NULL, true);
	bench_open(&rig);
	start_periodic(OP_REPORT_BY_DATES);
	bench_say(&rig, "periodicrepbydates\t@0017\t?30\t");
	bench_ended(&rig, OUTCOME_REFUSED, REASON_ABORTED, "30");
}

/* [3.5] Metres of paper: no limit while probes are answered, and one voice. */
static void test_periodic_long(void **state)
{
	(void)state;
	bench_open(&rig);
	start_periodic(OP_REPORT_BY_DATES);
	rig_clear(&rig);
	assert_true(bench_wait(&rig, 600000, BENCH_SDEV_BUSY, BENCH_SPRN_FINE));
	assert_string_equal(json_text(rig.progress, "text"), "printing");
	assert_int_equal(rig.progresses, 1);
	assert_true(
		bench_wait(&rig, 600000, BENCH_SDEV_BUSY, BENCH_SPRN_PAPER));
	assert_string_equal(json_text(rig.progress, "text"), "paper out");
	assert_true(bench_wait(&rig, 10000, BENCH_SDEV_BUSY, BENCH_SPRN_COVER));
	assert_string_equal(json_text(rig.progress, "text"), "cover open");
	assert_string_equal(json_text(rig.status, "cover"), "open");
	assert_true(bench_wait(&rig, 10000, BENCH_SDEV_KEY, BENCH_SPRN_FINE));
	assert_string_equal(json_text(rig.progress, "text"),
			    "waiting for a key");
	assert_int_equal(rig.progresses, 4);
	bench_say(&rig, "periodicrepbydates\t@0017\t");
	bench_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
}

/* The reply is lost: the token tells, and nothing is printed again. */
static void test_periodic_reply_lost(void **state)
{
	static const struct {
		const char *said;
		enum outcome outcome;
		enum reason reason;
		const char *code;
	} cases[] = {
		{ "periodicrepbydates\t@0017\t", OUTCOME_OK, REASON_NONE,
		  NULL },
		{ "rpt\t@0017\t", OUTCOME_OK, REASON_NONE, NULL },
		{ "periodicrepbydates\t@0017\t?2046\t", OUTCOME_REFUSED,
		  REASON_BAD_RANGE, "2046" },
		{ "ERR\t@0017\t?13\tcmrpt\t", OUTCOME_UNKNOWN, REASON_NO_ANSWER,
		  NULL },
		{ "ERR\ter13", OUTCOME_UNKNOWN, REASON_NO_ANSWER, NULL },
		{ "ERR\t?1\tcmrpt\t", OUTCOME_UNKNOWN, REASON_NO_ANSWER, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		use(NULL, true);
		bench_open(&rig);
		start_periodic(OP_REPORT_BY_DATES);
		rig_clear(&rig);
		assert_false(bench_wait(&rig, 65000, BENCH_SDEV_READY,
					BENCH_SPRN_FINE));
		bench_hear(&rig, "rpt\t@0017\t");
		bench_say(&rig, cases[i].said);
		bench_ended(&rig, cases[i].outcome, cases[i].reason,
			    cases[i].code);
		rig_expect_nothing(&rig);
	}
}

/* An ERR that names nobody: sent again only when the token is not known. */
static void test_periodic_frame_error(void **state)
{
	(void)state;
	bench_open(&rig);
	start_periodic(OP_REPORT_BY_NUMBERS);
	rig_clear(&rig);
	bench_say(&rig, "ERR\t?5\t");
	bench_hear(&rig, "rpt\t@0017\t");
	bench_say(&rig, "ERR\t@0017\t?13\tcmrpt\t");
	bench_hear(&rig, "periodicrepbynumbers\t@0017\tfn1\ttn4\tsu0\t");
	bench_say(&rig, "ERR\t?5\t");
	bench_hear(&rig, "rpt\t@0017\t");
	bench_say(&rig, "periodicrepbynumbers\t@0017\t"); /* it was! */
	bench_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
	assert_int_equal(rig.commits, 1);
}

/* ...and not by a printer that can't tell. */
static void test_periodic_frame_error_untold(void **state)
{
	(void)state;
	bench_open(&rig);
	start_periodic(OP_REPORT_BY_NUMBERS);
	rig_clear(&rig);
	bench_say(&rig, "ERR\t?5\t");
	bench_hear(&rig, "rpt\t@0017\t");
	bench_say(&rig, "ERR\t?1\tcmrpt\t");
	bench_ended(&rig, OUTCOME_UNKNOWN, REASON_NO_ANSWER, NULL);
	rig_expect_nothing(&rig);
}

static void test_periodic_receipt_open(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_BY_DATES);
	bench_play(&rig, bench_able);
	bench_play(&rig, bench_token);
	bench_hear(&rig, "scomm\t");
	bench_say(&rig, "scomm\tfsT\tts33\t");
	bench_ended(&rig, OUTCOME_REFUSED, REASON_RECEIPT_OPEN, NULL);
	assert_int_equal(rig.commits, 0);
	rig_expect_nothing(&rig);
}

static void test_periodic_recovered(void **state)
{
	struct op op = bench_op(OP_REPORT_BY_DATES);
	json_t *evidence = json_put_int(json_put_text(json_make(), "command",
						      "periodicrepbydates"),
					"token", 4711);

	(void)state;
	bench_open(&rig);
	rig_recover(&rig, &op, evidence);
	bench_hear(&rig, "rpt\t@4711\t");
	bench_say(&rig, "periodicrepbydates\t@4711\t");
	bench_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
	rig_recover(&rig, &op, evidence);
	bench_hear(&rig, "rpt\t@4711\t");
	bench_say(&rig, "ERR\t@4711\t?13\tcmrpt\t");
	bench_ended(&rig, OUTCOME_UNKNOWN, REASON_RESTARTED, NULL);
	rig_recover(&rig, &op, NULL);
	bench_ended(&rig, OUTCOME_FAILED, REASON_RESTARTED, NULL);
	rig_expect_nothing(&rig);
	json_decref(evidence);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_totals),
		CASE(test_totals_odd),
		CASE(test_totals_refused),
		CASE(test_totals_asked_again),
		CASE(test_totals_never_answered),
		CASE(test_totals_blocked),
		CASE(test_totals_silence),
		CASE(test_totals_nonsense),
		CASE(test_totals_aborted),
		CASE(test_totals_recovered),
		CASE(test_by_dates),
		CASE(test_by_numbers),
		CASE(test_bad_ranges),
		CASE(test_periodic_beyond),
		CASE(test_periodic_refused),
		CASE(test_periodic_long),
		CASE(test_periodic_reply_lost),
		CASE(test_periodic_frame_error),
		CASE(test_periodic_frame_error_untold),
		CASE(test_periodic_receipt_open),
		CASE(test_periodic_recovered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
