/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POSNET driver: who is there, its status, and the reports that have no
 * counters. Daily reports are in test_printer_posnet_daily.c. Numbers in
 * brackets are sections of fiscal.md.
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

/* --- who is there --- */

/* [3.10] Every byte; the checksums of the recording where there is one. */
static void test_open_bytes(void **state)
{
	static const char *const frames[] = {
		"sid\t#8A94",  "getrealid\t#69AE", "scomm\t#C42B",
		"scnt\t#E484", "sfsk\t#4ABE",	   "rtcget\t#7D61",
	};

	(void)state;
	rig_open(&rig);
	rig_advance(&rig, 199);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 1);
	bench_hear_frame(&rig, "!sdev\t#5392");
	bench_say(&rig, BENCH_SDEV_READY);
	for (int i = 0; bench_identity[i].heard; i++) {
		assert_false(rig.ready);
		bench_hear_frame(&rig, frames[i]);
		bench_say(&rig, bench_identity[i].said);
	}
	assert_true(rig.ready);
	assert_string_equal(json_text(rig.identity, "model"), "POSNET EVO ?");
	assert_string_equal(json_text(rig.identity, "firmware"), "1.05");
	assert_string_equal(json_text(rig.identity, "serial"),
			    "ZBF 2101002392");
	rig_advance(&rig, 0);
	bench_hear_frame(&rig, "!sdev\t#5392");
	bench_say(&rig, BENCH_SDEV_READY);
	bench_hear_frame(&rig, "!sprn\t#CEED");
	bench_say(&rig, BENCH_SPRN_FINE);
	assert_string_equal(json_text(rig.status, "paper"), "ok");
	assert_string_equal(json_text(rig.status, "cover"), "closed");
	assert_false(json_flag(rig.status, "busy"));
}

/* Replies to somebody who was here before us. */
static void test_open_discards(void **state)
{
	(void)state;
	rig_open(&rig);
	bench_say(&rig, BENCH_SDEV_READY);
	rig_input(&rig, "rubbish\x02", 8);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 200);
	bench_hear(&rig, "!sdev\t");
	bench_say(&rig, "dailyrep\t@4711\t"); /* and a late one */
	rig_expect_nothing(&rig);
	bench_say(&rig, BENCH_SDEV_READY);
	bench_play(&rig, bench_identity);
	assert_true(rig.ready);
}

static void test_open_byte_by_byte(void **state)
{
	(void)state;
	rig_open(&rig);
	rig_advance(&rig, 200);
	bench_hear(&rig, "!sdev\t");
	bench_say(&rig, "!" BENCH_SDEV_READY); /* with its '!' come back */
	for (int i = 0; bench_identity[i].heard; i++) {
		char frame[512];

		bench_hear(&rig, bench_identity[i].heard);
		snprintf(frame, sizeof(frame), "%s",
			 bench_seal(bench_identity[i].said));
		for (const char *c = frame; *c; c++)
			rig_input(&rig, c, 1);
	}
	assert_true(rig.ready);
}

static void greet_in_vain(void)
{
	rig_open(&rig);
	rig_advance(&rig, 200);
	for (int i = 0; i < 3; i++) {
		assert_false(rig.lost);
		bench_hear(&rig, "!sdev\t");
		rig_advance(&rig, 1000);
	}
}

static void test_open_silence(void **state)
{
	(void)state;
	greet_in_vain();
	rig_expect_hex(&rig, "10");
	rig_advance(&rig, 499);
	assert_false(rig.lost);
	rig_advance(&rig, 1);
	assert_true(rig.lost);
	assert_int_equal(rig.lost_reason, REASON_NO_ANSWER);
}

/* What came before we asked is no sign of anybody. */
static void test_open_silence_after_noise(void **state)
{
	(void)state;
	use(NULL, false);
	rig_open(&rig);
	rig_input(&rig, "rubbish\x02half", 12);
	rig_advance(&rig, 3200);
	assert_int_equal(rig.lost_reason, REASON_NO_ANSWER);
}

/* [3.1] There is no Thermal protocol on TCP, so it is not asked for. */
static void test_open_silence_tcp(void **state)
{
	(void)state;
	use(NULL, false);
	greet_in_vain();
	rig_expect_nothing(&rig);
	assert_int_equal(rig.lost_reason, REASON_NO_ANSWER);
}

static void test_open_thermal(void **state)
{
	(void)state;
	greet_in_vain();
	rig_expect_hex(&rig, "10");
	rig_input_hex(&rig, "71");
	assert_int_equal(rig.lost_reason, REASON_WRONG_PROTOCOL);
}

static void test_open_something_else(void **state)
{
	(void)state;
	rig_open(&rig);
	rig_advance(&rig, 200);
	rig_input(&rig, "AT: OK\r\n", 8);
	rig_advance(&rig, 3000);
	assert_int_equal(rig.lost_reason, REASON_WRONG_PROTOCOL);
}

static void test_open_garbled(void **state)
{
	(void)state;
	rig_open(&rig);
	rig_advance(&rig, 200);
	bench_say_spoilt(&rig, BENCH_SDEV_READY);
	rig_advance(&rig, 3000);
	assert_int_equal(rig.lost_reason, REASON_GARBLED);
}

/* An echo would confirm whatever we say: nothing may be made of that. */
static void test_open_echo(void **state)
{
	(void)state;
	rig_open(&rig);
	rig_advance(&rig, 200);
	bench_hear(&rig, "!sdev\t");
	bench_say(&rig, "!sdev\t");
	assert_true(rig.lost);
	assert_int_equal(rig.lost_reason, REASON_WRONG_PROTOCOL);
}

static void test_open_second_greeting(void **state)
{
	(void)state;
	rig_open(&rig);
	rig_advance(&rig, 1200);
	rig_clear(&rig);
	bench_say(&rig, "sdev\tcpN\t"); /* tells no ds: no answer */
	rig_expect_nothing(&rig);
	bench_say(&rig, BENCH_SDEV_READY);
	bench_play(&rig, bench_identity);
	assert_true(rig.ready);
}

/* [3.10] Error 499: POSNET is understood, but Thermal is switched on. */
static void test_open_thermal_active(void **state)
{
	(void)state;
	rig_open(&rig);
	rig_advance(&rig, 200);
	rig_clear(&rig);
	bench_say(&rig, BENCH_SDEV_READY);
	bench_hear(&rig, "sid\t");
	bench_say(&rig, "sid\t?499\t");
	assert_int_equal(rig.lost_reason, REASON_WRONG_PROTOCOL);
}

/* An older printer knows neither getrealid nor its number. */
static void test_open_older_printer(void **state)
{
	(void)state;
	rig_open(&rig);
	rig_advance(&rig, 200);
	rig_clear(&rig);
	bench_say(&rig, BENCH_SDEV_READY);
	bench_hear(&rig, "sid\t");
	bench_say(&rig, "sid\tnmThermal\tvr2.01\t");
	for (int i = 1; bench_identity[i].heard; i++) {
		char error[64];

		bench_hear(&rig, bench_identity[i].heard);
		snprintf(error, sizeof(error), "ERR\t?1\tcm%s",
			 bench_identity[i].heard);
		bench_say(&rig, error);
	}
	assert_true(rig.ready);
	assert_string_equal(json_text(rig.identity, "model"), "Thermal");
	assert_null(json_text(rig.identity, "serial"));
}

/* [3.5] At the end of a long report sid is answered minutes later. */
static void test_open_while_printing(void **state)
{
	(void)state;
	rig_open(&rig);
	rig_advance(&rig, 200);
	rig_clear(&rig);
	bench_say(&rig, BENCH_SDEV_BUSY);
	bench_hear(&rig, "sid\t");
	for (int i = 0; i < 3; i++) {
		assert_false(bench_wait(&rig, 60000, BENCH_SDEV_BUSY,
					BENCH_SPRN_FINE));
		bench_hear(&rig, "sid\t");
	}
	assert_true(
		bench_wait(&rig, 1800000, BENCH_SDEV_BUSY, BENCH_SPRN_PAPER));
	for (int i = 0; i < 4; i++) /* all the answers come at last */
		bench_say(&rig, bench_identity[0].said);
	bench_play(&rig, bench_identity + 1);
	assert_true(rig.ready);
}

static void test_open_falls_silent(void **state)
{
	(void)state;
	rig_open(&rig);
	rig_advance(&rig, 200);
	rig_clear(&rig);
	bench_say(&rig, BENCH_SDEV_READY);
	rig_advance(&rig, 13000);
	assert_false(rig.lost);
	rig_advance(&rig, 1000);
	assert_int_equal(rig.lost_reason, REASON_NO_ANSWER);
}

/* --- a receipt that is not ours --- */

static void open_with_receipt(void)
{
	rig_open(&rig);
	rig_advance(&rig, 200);
	rig_clear(&rig);
	bench_say(&rig, BENCH_SDEV_READY);
	for (int i = 0; bench_identity[i].heard; i++) {
		bench_hear(&rig, bench_identity[i].heard);
		bench_say(&rig, strcmp(bench_identity[i].heard, "scomm\t")
					? bench_identity[i].said
					: "scomm\tfsT\ttzN\tts16\ttdN\t");
	}
}

static void test_foreign_receipt_refused(void **state)
{
	(void)state;
	open_with_receipt();
	assert_true(rig.ready); /* and nothing was cancelled */
	rig_advance(&rig, 0);
	bench_hear(&rig, "!sdev\t");
	bench_say(&rig, "sdev\tds0\tcpN\tqeT\tpeN\ttl1\t");
	bench_hear(&rig, "!sprn\t");
	bench_say(&rig, BENCH_SPRN_FINE);
	assert_true(json_flag(rig.status, "busy"));
	bench_start(&rig, OP_REPORT_Z);
	bench_play(&rig, bench_able);
	bench_play(&rig, bench_token);
	bench_hear(&rig, "rtcget\t");
	bench_say(&rig, bench_daily[0].said);
	bench_hear(&rig, "scomm\t");
	bench_say(&rig, "scomm\tfsT\ttzN\tts16\ttdN\t");
	bench_ended(&rig, OUTCOME_REFUSED, REASON_RECEIPT_OPEN, NULL);
	assert_int_equal(rig.commits, 0);
	rig_expect_nothing(&rig);
}

/* [3.14] Its reply where nothing is open is not told: all are taken alike. */
static void test_foreign_receipt_cancelled(void **state)
{
	static const struct rig_setting settings[] = {
		{ "cancel-foreign", "yes" }, { NULL, NULL }
	};
	static const char *const replies[] = { "prncancel\t",
					       "prncancel\t?2005\t",
					       "prncancel\t?2064",
					       "ERR\t?1\tcmprncancel\t" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		use(settings, true);
		open_with_receipt();
		assert_false(rig.ready);
		bench_hear_frame(&rig, "prncancel\t#6B3B");
		bench_say(&rig, replies[i]);
		bench_hear(&rig, "scomm\t");
		bench_say(&rig, "scomm\tfsT\ttzN\tts0\ttdN\t");
		assert_true(rig.ready);
	}
}

static void test_foreign_receipt_cancel_unanswered(void **state)
{
	static const struct rig_setting settings[] = {
		{ "cancel-foreign", "yes" }, { NULL, NULL }
	};

	(void)state;
	use(settings, true);
	open_with_receipt();
	bench_hear(&rig, "prncancel\t");
	assert_false(
		bench_wait(&rig, 100000, BENCH_SDEV_READY, BENCH_SPRN_FINE));
	bench_hear(&rig, "scomm\t"); /* not prncancel again */
	bench_say(&rig, "scomm\tfsT\ttzN\tts16\ttdN\t");
	assert_true(rig.ready);
}

static void test_foreign_receipt_silence(void **state)
{
	static const struct rig_setting settings[] = {
		{ "cancel-foreign", "yes" }, { NULL, NULL }
	};

	(void)state;
	for (int answered = 0; answered < 2; answered++) {
		use(settings, true);
		open_with_receipt();
		bench_hear(&rig, "prncancel\t");
		if (answered)
			bench_say(&rig, "prncancel\t");
		rig_advance(&rig, 14000);
		assert_int_equal(rig.lost_reason, REASON_NO_ANSWER);
		assert_false(rig.ready);
	}
}

/* --- status --- */

static void status_is(const char *sdev, const char *sprn, const char *paper,
		      const char *cover, bool busy)
{
	rig_advance(&rig, 5000);
	bench_hear(&rig, "!sdev\t");
	bench_say(&rig, sdev);
	bench_hear(&rig, "!sprn\t");
	bench_say(&rig, sprn);
	assert_string_equal(json_text(rig.status, "paper"), paper);
	assert_string_equal(json_text(rig.status, "cover"), cover);
	assert_int_equal(json_flag(rig.status, "busy"), busy);
}

/* [3.7] What pr and sdev can say. */
static void test_status(void **state)
{
	(void)state;
	bench_open(&rig);
	status_is(BENCH_SDEV_READY, BENCH_SPRN_PAPER, "out", "closed", false);
	status_is(BENCH_SDEV_READY, BENCH_SPRN_COVER, "ok", "open", false);
	status_is(BENCH_SDEV_READY, "sprn\tpr1\t", "ok", "open", false);
	status_is(BENCH_SDEV_READY, "sprn\tpr10\t", "ok", "open", false);
	status_is("sdev\tds0\tcpN\tqeT\tpeT\ttl0\t", BENCH_SPRN_FINE, "low",
		  "closed", false);
	status_is(BENCH_SDEV_KEY, BENCH_SPRN_FINE, "ok", "closed", true);
	status_is(BENCH_SDEV_BUSY, BENCH_SPRN_FINE, "ok", "closed", true);
	status_is("sdev\tds0\ttl2\t", BENCH_SPRN_FINE, "ok", "closed", true);
	status_is("!sdev\tds0\t", "!sprn\tpr0\t", "ok", "closed", false);
}

static void test_poll_option(void **state)
{
	static const struct rig_setting settings[] = { { "poll", "60000" },
						       { NULL, NULL } };

	(void)state;
	use(settings, false);
	bench_open(&rig);
	rig_advance(&rig, 59999);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 1);
	bench_hear(&rig, "!sdev\t");
}

/* One or two lost probes are nothing; three in a row are. */
static void test_poll_silence(void **state)
{
	(void)state;
	bench_open(&rig);
	rig_advance(&rig, 5000);
	bench_hear(&rig, "!sdev\t");
	rig_advance(&rig, 1000);
	bench_hear(&rig, "!sdev\t");
	rig_advance(&rig, 1000);
	bench_play(&rig, bench_able);
	rig_advance(&rig, 5000);
	for (int i = 0; i < 3; i++) {
		assert_false(rig.lost);
		bench_hear(&rig, "!sdev\t");
		rig_advance(&rig, 1000);
	}
	assert_int_equal(rig.lost_reason, REASON_NO_ANSWER);
	rig_expect_nothing(&rig);
}

/* Things that nobody asked for change nothing. */
static void test_idle_unasked(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_say(&rig, "dailyrep\t");
	bench_say(&rig, "ERR\t?5\t");
	bench_say(&rig, "trend\t?2805\t");
	bench_say_spoilt(&rig, "scnt\t");
	bench_say(&rig, BENCH_SPRN_PAPER);
	rig_expect_nothing(&rig);
	assert_false(rig.lost);
	assert_int_equal(rig.dones, 0);
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
	bench_ended(&rig, OUTCOME_FAILED, REASON_BAD_RANGE, NULL);
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
		CASE(test_open_bytes),
		CASE(test_open_discards),
		CASE(test_open_byte_by_byte),
		CASE(test_open_silence),
		CASE(test_open_silence_tcp),
		CASE(test_open_silence_after_noise),
		CASE(test_open_thermal),
		CASE(test_open_something_else),
		CASE(test_open_garbled),
		CASE(test_open_echo),
		CASE(test_open_second_greeting),
		CASE(test_open_thermal_active),
		CASE(test_open_older_printer),
		CASE(test_open_while_printing),
		CASE(test_open_falls_silent),
		CASE(test_foreign_receipt_refused),
		CASE(test_foreign_receipt_cancelled),
		CASE(test_foreign_receipt_cancel_unanswered),
		CASE(test_foreign_receipt_silence),
		CASE(test_status),
		CASE(test_poll_option),
		CASE(test_poll_silence),
		CASE(test_idle_unasked),
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
