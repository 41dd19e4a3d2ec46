/* SPDX-License-Identifier: Apache-2.0 */
/* The drawer, as long as the printer answers; and its rest. */
#include "drawer_bench.h"
#include "drivers.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* --- coming up --- */

static void test_open_online(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, NULL, HIGH);
	drawer_bench_status(&rig, "no-sensor", true, NULL);
	rig_free(&rig);
	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	drawer_bench_status(&rig, "closed", true, NULL);
	rig_free(&rig);
	drawer_bench_start(&rig, drawer_bench_low, LOW);
	drawer_bench_status(&rig, "open", true, NULL);
	rig_free(&rig);
	drawer_bench_start(&rig, drawer_bench_high, HIGH);
	drawer_bench_status(&rig, "open", true, NULL);
	rig_free(&rig);
	drawer_bench_start(&rig, drawer_bench_high, LOW);
	drawer_bench_status(&rig, "closed", true, NULL);
	rig_free(&rig);
}

/* Ready although offline, and it finds out why. */
static void test_open_offline(void **state)
{
	struct driver_io rig;

	(void)state;
	rig_init(&rig, &drawer_escpos, drawer_bench_low, false);
	rig_open(&rig);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, OFF_HIGH);
	drawer_bench_confirm(&rig, OFF_HIGH);
	drawer_bench_status(&rig, "closed", false, NULL);
	rig_expect_hex(&rig, CAUSE);
	rig_input_hex(&rig, "12");
	rig_expect_hex(&rig, PAPER);
	rig_input_hex(&rig, "1e");
	drawer_bench_status(&rig, "closed", false, "low");
	rig_advance(&rig, 1000);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	drawer_bench_status(&rig, "closed", true, NULL);
	rig_free(&rig);
}

static void assert_open_lost(const char *answer, enum reason reason)
{
	struct driver_io rig;

	rig_init(&rig, &drawer_escpos, drawer_bench_low, true);
	rig_open(&rig);
	for (int i = 0; i < 6 && !rig.lost; i++) {
		rig_input_hex(&rig, answer);
		rig_advance(&rig, 500);
	}
	assert_false(rig.ready);
	assert_true(rig.lost);
	assert_int_equal(rig.lost_reason, reason);
	rig_free(&rig);
}

static void test_open_in_vain(void **state)
{
	(void)state;
	assert_open_lost("", REASON_NO_ANSWER);
	assert_open_lost("11 13", REASON_NO_ANSWER);
	assert_open_lost("ff", REASON_GARBLED);
	assert_open_lost("80 16", REASON_GARBLED);
	/* a Star printer's report, A.5 */
	assert_open_lost("23 06 00 00 00 00 00 00 00", REASON_WRONG_PROTOCOL);
	/* an echo */
	assert_open_lost("10 04 01", REASON_WRONG_PROTOCOL);
	/* "READY\r\n": the R has the form of an answer */
	assert_open_lost("52 45 41 44 59 0d 0a", REASON_WRONG_PROTOCOL);
	assert_open_lost("0d 0a 4f 4b 0d 0a", REASON_WRONG_PROTOCOL);
}

static void test_open_asks_again(void **state)
{
	struct driver_io rig;

	(void)state;
	rig_init(&rig, &drawer_escpos, NULL, true);
	rig_open(&rig);
	rig_expect_hex(&rig, ASK);
	rig_advance(&rig, 399);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 1);
	rig_expect_hex(&rig, ASK);
	/* this may be the answer to the first: not taken */
	rig_input_hex(&rig, HIGH);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 400);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	drawer_bench_confirm(&rig, HIGH);
	rig_free(&rig);
}

/* What it was asked by whoever had the line before, a cause of being offline
 * here, looks like an answer to the daemon's own question. */
static void test_open_among_old_answers(void **state)
{
	struct driver_io rig;

	(void)state;
	rig_init(&rig, &drawer_escpos, drawer_bench_low, true);
	rig_open(&rig);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, LOW);
	rig_advance(&rig, 100);
	rig_input_hex(&rig, LOW);
	rig_input_hex(&rig, HIGH);
	rig_advance(&rig, 300);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	assert_true(rig.ready);
	drawer_bench_status(&rig, "closed", true, NULL);
	rig_free(&rig);
}

/* Flow control and reports that the printer sends by itself do no harm. */
static void test_open_among_reports(void **state)
{
	struct driver_io rig;

	(void)state;
	rig_init(&rig, &drawer_escpos, drawer_bench_low, true);
	rig_open(&rig);
	rig_input_hex(&rig, "11 14 00 00 0f 16 13 11");
	rig_advance(&rig, 400);
	rig_input_hex(&rig, "10 00 12 00 00");
	assert_true(rig.ready);
	drawer_bench_status(&rig, "open", true, NULL);
	rig_free(&rig);
}

/* --- opening the drawer --- */

static void test_pulse_opens(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	drawer_bench_pulse(&rig, HIGH);
	rig_advance(&rig, 49);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 1);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	assert_int_equal(rig.dones, 0);
	rig_advance(&rig, 50);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, LOW);
	drawer_bench_done(&rig, OUTCOME_OK, REASON_NONE, "open");
	assert_null(json_object_get(rig.result, "was_open"));
	drawer_bench_status(&rig, "open", true, NULL);
	assert_int_equal(rig.saves, 0); /* costs no second sync */
	assert_int_equal(rig.commits, 1);
	rig_expect_nothing(&rig);
	rig_free(&rig);
}

static void test_pulse_follows_options(void **state)
{
	static const struct rig_setting settings[] = {
		{ "pin", "5" },	       { "on-time", "50" },
		{ "off-time", "500" }, { "sensor", "high-is-open" },
		{ NULL, NULL },
	};
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, settings, LOW);
	rig_start(&rig, &drawer_bench_open);
	rig_clear(&rig);
	rig_input_hex(&rig, LOW);
	rig_expect_hex(&rig, "1b 70 01 19 fa");
	rig_advance(&rig, 50);
	rig_input_hex(&rig, HIGH);
	drawer_bench_done(&rig, OUTCOME_OK, REASON_NONE, "open");
	rig_free(&rig);
}

static void test_pulse_when_open(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, drawer_bench_low, LOW);
	drawer_bench_pulse(&rig, LOW);
	rig_advance(&rig, 50);
	rig_input_hex(&rig, LOW);
	drawer_bench_done(&rig, OUTCOME_OK, REASON_NONE, "open");
	assert_true(json_is_true(json_object_get(rig.result, "was_open")));
	rig_free(&rig);
}

static void test_pulse_stays_shut(void **state)
{
	struct driver_io rig;
	int64_t began;

	(void)state;
	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	drawer_bench_pulse(&rig, HIGH);
	began = rig.now;
	drawer_bench_answer(&rig, HIGH, PATIENCE_MS);
	drawer_bench_done(&rig, OUTCOME_UNKNOWN, REASON_DRAWER_STAYED_SHUT,
			  "closed");
	assert_in_range(rig.now - began, 1500, 1700);
	rig_free(&rig);
}

static void test_pulse_without_sensor(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, NULL, HIGH);
	drawer_bench_pulse(&rig, HIGH);
	assert_int_equal(rig.dones, 0);
	rig_advance(&rig, 50);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	drawer_bench_done(&rig, OUTCOME_SENT, REASON_NONE, "no-sensor");
	rig_free(&rig);
}

/* Then the pulse may be in its buffer, to be given when paper is put in. */
static void test_pulse_then_offline(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, NULL, HIGH);
	drawer_bench_pulse(&rig, HIGH);
	rig_advance(&rig, 50);
	rig_input_hex(&rig, OFF_HIGH);
	drawer_bench_done(&rig, OUTCOME_UNKNOWN, REASON_PRINTER_OFFLINE,
			  "no-sensor");
	rig_free(&rig);

	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	drawer_bench_pulse(&rig, HIGH);
	drawer_bench_answer(&rig, OFF_HIGH, PATIENCE_MS);
	drawer_bench_done(&rig, OUTCOME_UNKNOWN, REASON_PRINTER_OFFLINE,
			  "closed");
	rig_free(&rig);

	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	drawer_bench_pulse(&rig, HIGH);
	rig_advance(&rig, 50);
	rig_input_hex(&rig, OFF_LOW);
	drawer_bench_done(&rig, OUTCOME_OK, REASON_NONE, "open");
	rig_free(&rig);
}

/* Asks for the drawer of an offline printer; the answers end it unpulsed. */
static void assert_offline(const char *cause, const char *paper,
			   enum reason reason, const char *paper_status)
{
	struct driver_io rig;

	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	rig_start(&rig, &drawer_bench_open);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, OFF_HIGH);
	rig_expect_hex(&rig, CAUSE);
	rig_input_hex(&rig, cause);
	if (!rig.dones && !rig.output.len)
		rig_advance(&rig, 400);
	if (!rig.dones) {
		rig_expect_hex(&rig, PAPER);
		rig_input_hex(&rig, paper);
		rig_advance(&rig, 400);
	}
	drawer_bench_done(&rig, OUTCOME_FAILED, reason, NULL);
	assert_int_equal(rig.commits, 0);
	rig_expect_nothing(&rig);
	drawer_bench_status(&rig, "closed", false, paper_status);
	rig_free(&rig);
}

static void test_offline_gets_no_pulse(void **state)
{
	(void)state;
	assert_offline("16", "", REASON_COVER_OPEN, NULL);
	assert_offline("36", "", REASON_COVER_OPEN, NULL);
	assert_offline("32", "", REASON_PAPER_OUT, "out");
	assert_offline("52", "", REASON_PRINTER_ERROR, NULL);
	assert_offline("1a", "12", REASON_PRINTER_OFFLINE, "ok");
	assert_offline("12", "1e", REASON_PRINTER_OFFLINE, "low");
	assert_offline("12", "7e", REASON_PAPER_OUT, "out");
	assert_offline("12", "", REASON_PRINTER_OFFLINE, NULL);
	assert_offline("", "", REASON_PRINTER_OFFLINE, NULL);
	assert_offline("ff 32", "", REASON_PRINTER_OFFLINE, NULL);
	assert_offline("ff", "ff", REASON_PRINTER_OFFLINE, NULL);
}

/* The unanswered "why" must not be answered later in place of another. */
static void test_offline_then_online(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	rig_start(&rig, &drawer_bench_open);
	rig_input_hex(&rig, OFF_HIGH);
	rig_advance(&rig, 800);
	drawer_bench_done(&rig, OUTCOME_FAILED, REASON_PRINTER_OFFLINE, NULL);
	rig_clear(&rig);
	rig_start(&rig, &drawer_bench_open);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	assert_int_equal(rig.commits, 0);
	rig_advance(&rig, 400);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	rig_expect_hex(&rig, PULSE);
	rig_free(&rig);
}

/* --- rest --- */

static void test_rest_after_start(void **state)
{
	struct driver_io rig;

	(void)state;
	rig_init(&rig, &drawer_escpos, drawer_bench_low, true);
	rig_open(&rig);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	drawer_bench_confirm(&rig, HIGH); /* after 400 ms */
	rig_start(&rig, &drawer_bench_open);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 100);
	rig_expect_hex(&rig, ASK);
	rig_free(&rig);
}

static void test_rest_is_waited_for(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	drawer_bench_pulse(&rig, HIGH);
	rig_advance(&rig, 50);
	rig_input_hex(&rig, LOW);
	rig_clear(&rig);
	rig_start(&rig, &drawer_bench_open);
	rig_advance(&rig, 449);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 1);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	rig_expect_hex(&rig, PULSE);
	rig_free(&rig);
}

static void test_rest_too_long(void **state)
{
	static const struct rig_setting settings[] = {
		{ "on-time", "300" },
		{ NULL, NULL },
	};
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, settings, HIGH);
	rig_start(&rig, &drawer_bench_open); /* 500 ms left of the first rest */
	rig_expect_nothing(&rig);
	rig_advance(&rig, 500);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	rig_expect_hex(&rig, "1b 70 00 96 c8");
	rig_advance(&rig, 50);
	rig_input_hex(&rig, HIGH);
	drawer_bench_done(&rig, OUTCOME_SENT, REASON_NONE, "no-sensor");
	rig_clear(&rig);
	rig_start(&rig, &drawer_bench_open); /* 1450 ms left */
	drawer_bench_done(&rig, OUTCOME_FAILED, REASON_DRAWER_RESTING, NULL);
	rig_expect_nothing(&rig);
	rig_free(&rig);
}

static void test_rest_outlasts_line(void **state)
{
	static const struct rig_setting settings[] = {
		{ "on-time", "500" },
		{ NULL, NULL },
	};
	struct driver_io rig;

	(void)state;
	rig_init(&rig, &drawer_escpos, settings, true);
	drawer_bench_come_up(&rig, HIGH);
	rig_advance(&rig, 3000);
	rig_open(&rig);
	rig_clear(&rig);
	drawer_bench_come_up(&rig, HIGH);
	rig_start(&rig, &drawer_bench_open);
	rig_input_hex(&rig, HIGH);
	rig_expect_hex(&rig, ASK "1b 70 00 fa c8");
	rig_unplug(&rig);
	drawer_bench_come_up(&rig, HIGH);
	rig_recover(&rig, &drawer_bench_open, NULL);
	rig_input_hex(&rig, HIGH);
	assert_int_equal(rig.dones, 1);
	rig_clear(&rig);
	rig_start(&rig, &drawer_bench_open);
	drawer_bench_done(&rig, OUTCOME_FAILED, REASON_DRAWER_RESTING, NULL);
	rig_expect_nothing(&rig);
	rig_free(&rig);
}

static void test_rest_of_the_minute(void **state)
{
	static const struct rig_setting settings[] = {
		{ "kicks-per-minute", "3" },
		{ NULL, NULL },
	};
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, settings, HIGH);
	for (int i = 0; i < 3; i++) {
		rig_start(&rig, &drawer_bench_open);
		drawer_bench_answer(&rig, HIGH, PATIENCE_MS);
		drawer_bench_done(&rig, OUTCOME_SENT, REASON_NONE, "no-sensor");
	}
	rig_start(&rig, &drawer_bench_open);
	drawer_bench_done(&rig, OUTCOME_FAILED, REASON_DRAWER_RESTING, NULL);
	assert_int_equal(rig.commits, 3);
	for (int i = 0; i < 70; i++) {
		rig_clear(&rig);
		rig_advance(&rig, 1000);
		rig_input_hex(&rig, HIGH);
	}
	rig_start(&rig, &drawer_bench_open);
	drawer_bench_answer(&rig, HIGH, PATIENCE_MS);
	drawer_bench_done(&rig, OUTCOME_SENT, REASON_NONE, "no-sensor");
	rig_free(&rig);
}

/* --- a test --- */

/* One question, no pulse; and what the pin means, either way. */
static void test_it_is_only_asked(void **state)
{
	const struct op op = { .kind = OP_TEST_INTERNAL, .id = "op-3" };
	const json_t *right;
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	rig_clear(&rig);
	rig_start(&rig, &op);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, LOW);
	assert_int_equal(rig.outcome, OUTCOME_OK);
	assert_string_equal(json_text(rig.result, "drawer"), "open");
	right = json_object_get(rig.result, "sensor_if");
	assert_string_equal(json_text(right, "open"), "low-is-open");
	assert_string_equal(json_text(right, "closed"), "high-is-open");
	assert_int_equal(rig.commits, 0);
	rig_expect_nothing(&rig);
	rig_free(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_online),
		cmocka_unit_test(test_open_offline),
		cmocka_unit_test(test_open_in_vain),
		cmocka_unit_test(test_open_asks_again),
		cmocka_unit_test(test_open_among_old_answers),
		cmocka_unit_test(test_open_among_reports),
		cmocka_unit_test(test_pulse_opens),
		cmocka_unit_test(test_pulse_follows_options),
		cmocka_unit_test(test_pulse_when_open),
		cmocka_unit_test(test_pulse_stays_shut),
		cmocka_unit_test(test_pulse_without_sensor),
		cmocka_unit_test(test_pulse_then_offline),
		cmocka_unit_test(test_offline_gets_no_pulse),
		cmocka_unit_test(test_offline_then_online),
		cmocka_unit_test(test_rest_after_start),
		cmocka_unit_test(test_rest_is_waited_for),
		cmocka_unit_test(test_rest_too_long),
		cmocka_unit_test(test_rest_outlasts_line),
		cmocka_unit_test(test_rest_of_the_minute),
		cmocka_unit_test(test_it_is_only_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
