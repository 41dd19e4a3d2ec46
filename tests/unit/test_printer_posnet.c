/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POSNET driver: who is there, receipts that are not ours, its status.
 * Numbers in brackets are sections of docs/protocols.md.
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
		"sid\t#8A94",	 "getrealid\t#69AE",
		"scomm\t#C42B",	 "scnt\t#E484",
		"sfsk\t#4ABE",	 "rtcget\t#7D61",
		"vatget\t#86AC", "discounttypeget\t#A430",
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
