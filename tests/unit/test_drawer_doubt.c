/* SPDX-License-Identifier: Apache-2.0 */
/* The drawer, when answers come late, twice or never, and what is said then. */
#include "drawer_bench.h"
#include "drivers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* --- answers that come late, twice or never --- */

/* A poll is under way when the operation begins: its answer is not enough. */
static void test_late_poll(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	rig_advance(&rig, 400);
	rig_expect_hex(&rig, ASK);
	rig_start(&rig, &drawer_bench_open);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	rig_expect_nothing(&rig);
	rig_input_hex(&rig, HIGH);
	rig_expect_hex(&rig, PULSE);
	rig_free(&rig);
}

/* The same while the solenoid rests: the answer begins nothing. */
static void test_late_poll_while_resting(void **state)
{
	static const struct rig_setting settings[] = {
		{ "poll", "100" },
		{ "on-time", "200" },
		{ NULL, NULL },
	};
	struct driver_io rig;

	(void)state;
	rig_init(&rig, &drawer_escpos, settings, true);
	rig_open(&rig);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	drawer_bench_confirm(&rig, HIGH); /* 400 ms of 1000 are over */
	rig_advance(&rig, 100);
	rig_expect_hex(&rig, ASK);
	rig_start(&rig, &drawer_bench_open); /* 500 ms of rest are left */
	rig_input_hex(&rig, HIGH);
	rig_advance(&rig, 499);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 1);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	rig_expect_hex(&rig, "1b 70 00 64 c8");
	rig_free(&rig);
}

/* After an answer that may be an earlier one, the full time begins anew. */
static void test_late_answers_keep_order(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	rig_start(&rig, &drawer_bench_open);
	rig_advance(&rig, 400);
	rig_expect_hex(&rig, ASK ASK);
	rig_advance(&rig, 390);
	rig_input_hex(&rig, HIGH);
	rig_advance(&rig, 390);
	rig_expect_nothing(&rig);
	rig_input_hex(&rig, HIGH);
	rig_expect_hex(&rig, PULSE);
	rig_free(&rig);
}

/* What was asked before the pulse tells nothing about what came of it. */
static void test_late_answer_after_pulse(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, NULL, HIGH);
	drawer_bench_pulse(&rig, HIGH);
	rig_advance(&rig, 50);
	rig_expect_hex(&rig, ASK);
	rig_advance(&rig, 400);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH); /* to the first */
	assert_int_equal(rig.dones, 0);
	rig_input_hex(&rig, OFF_HIGH); /* to the second */
	drawer_bench_done(&rig, OUTCOME_UNKNOWN, REASON_PRINTER_OFFLINE,
			  "no-sensor");
	rig_free(&rig);
}

static void test_answers_twice(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	rig_start(&rig, &drawer_bench_open);
	rig_clear(&rig);
	rig_input_hex(&rig, HIGH HIGH);
	rig_expect_hex(&rig, PULSE);
	rig_input_hex(&rig, LOW LOW LOW); /* nobody asked */
	assert_int_equal(rig.dones, 0);
	rig_advance(&rig, 50);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, LOW LOW);
	drawer_bench_done(&rig, OUTCOME_OK, REASON_NONE, "open");
	rig_free(&rig);
}

/* The solenoid's spark on the line: not believed, asked again. */
static void test_noise_with_answer(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	drawer_bench_pulse(&rig, HIGH);
	rig_advance(&rig, 50);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, "fe" LOW);
	assert_int_equal(rig.dones, 0);
	rig_advance(&rig, 400);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, LOW);
	drawer_bench_done(&rig, OUTCOME_OK, REASON_NONE, "open");
	rig_free(&rig);
}

static void test_silence_before_pulse(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	rig_start(&rig, &drawer_bench_open);
	rig_advance(&rig, 1600);
	assert_true(rig.lost);
	assert_int_equal(rig.lost_reason, REASON_NO_ANSWER);
	assert_int_equal(rig.commits, 0);
	rig_expect_hex(&rig, ASK ASK ASK ASK);
	rig_free(&rig);
}

static void test_silence_when_idle(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	rig_advance(&rig, 400 + 1599);
	assert_false(rig.lost);
	rig_advance(&rig, 1);
	assert_true(rig.lost);
	assert_int_equal(rig.lost_reason, REASON_NO_ANSWER);
	rig_free(&rig);
}

/* --- finding out --- */

/* Pulses, loses the line, and is up to ask what became of it. */
static void lose_after_pulse(struct driver_io *rig,
			     const struct rig_setting *settings,
			     const char *before)
{
	drawer_bench_start(rig, settings, before);
	drawer_bench_pulse(rig, before);
	rig_advance(rig, PATIENCE_MS);
	assert_true(rig->lost);
	assert_int_equal(rig->dones, 0);
	rig_expect_hex(rig, ASK ASK ASK ASK);
	drawer_bench_come_up(rig, before);
	rig_recover(rig, &drawer_bench_open, NULL);
	rig_expect_hex(rig, ASK);
}

static void test_recover_line(void **state)
{
	struct driver_io rig;

	(void)state;
	lose_after_pulse(&rig, drawer_bench_low, HIGH);
	rig_input_hex(&rig, LOW);
	drawer_bench_done(&rig, OUTCOME_OK, REASON_NONE, "open");
	rig_expect_nothing(&rig);
	rig_free(&rig);

	lose_after_pulse(&rig, drawer_bench_low, HIGH);
	rig_input_hex(&rig, HIGH); /* it may just be springing open */
	rig_advance(&rig, 50);
	rig_input_hex(&rig, LOW);
	drawer_bench_done(&rig, OUTCOME_OK, REASON_NONE, "open");
	rig_expect_hex(&rig, ASK);
	rig_free(&rig);

	lose_after_pulse(&rig, drawer_bench_low, HIGH);
	rig_input_hex(&rig, HIGH);
	rig_clear(&rig);
	drawer_bench_answer(&rig, HIGH, PATIENCE_MS);
	drawer_bench_done(&rig, OUTCOME_UNKNOWN, REASON_NO_ANSWER, "closed");
	rig_free(&rig);

	lose_after_pulse(&rig, drawer_bench_low, LOW);
	rig_input_hex(&rig, LOW);
	drawer_bench_done(&rig, OUTCOME_UNKNOWN, REASON_NO_ANSWER, "open");
	rig_free(&rig);

	lose_after_pulse(&rig, NULL, HIGH);
	rig_input_hex(&rig, LOW);
	drawer_bench_done(&rig, OUTCOME_UNKNOWN, REASON_NO_ANSWER, "no-sensor");
	rig_free(&rig);
}

static void assert_restart(const char *evidence_text,
			   const struct rig_setting *settings,
			   const char *answer, enum outcome outcome)
{
	json_t *evidence =
		evidence_text ? json_loads(evidence_text, 0, NULL) : NULL;
	struct driver_io rig;

	drawer_bench_start(&rig, settings, answer);
	rig_recover(&rig, &drawer_bench_open, evidence);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, answer);
	drawer_bench_answer(&rig, answer, PATIENCE_MS);
	assert_int_equal(rig.dones, 1);
	assert_int_equal(rig.outcome, outcome);
	assert_int_equal(rig.reason, outcome == OUTCOME_OK ? REASON_NONE
							   : REASON_RESTARTED);
	assert_int_equal(rig.commits, 0); /* nothing was pulsed */
	rig_free(&rig);
	json_decref(evidence);
}

static void test_recover_restart(void **state)
{
	(void)state;
	assert_restart("{\"status\": {\"drawer\": \"closed\"}}",
		       drawer_bench_low, LOW, OUTCOME_OK);
	assert_restart("{\"status\": {\"drawer\": \"closed\"}}",
		       drawer_bench_low, HIGH, OUTCOME_UNKNOWN);
	assert_restart("{\"status\": {\"drawer\": \"open\"}}", drawer_bench_low,
		       LOW, OUTCOME_UNKNOWN);
	assert_restart("{\"status\": {\"drawer\": \"unknown\"}}",
		       drawer_bench_low, LOW, OUTCOME_UNKNOWN);
	assert_restart("{\"status\": {\"drawer\": 7}}", drawer_bench_low, LOW,
		       OUTCOME_UNKNOWN);
	assert_restart("{\"status\": null}", drawer_bench_low, LOW,
		       OUTCOME_UNKNOWN);
	assert_restart(NULL, drawer_bench_low, LOW, OUTCOME_UNKNOWN);
	assert_restart("{\"status\": {\"drawer\": \"closed\"}}", NULL, LOW,
		       OUTCOME_UNKNOWN);
}

/* What is kept of an operation that ended is no evidence for another. */
static void test_recover_after_others(void **state)
{
	json_t *evidence = json_pack("{s:{s:s}}", "status", "drawer", "closed");
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, drawer_bench_low, LOW);
	drawer_bench_pulse(&rig, LOW);
	rig_advance(&rig, 50);
	rig_input_hex(&rig, LOW);
	drawer_bench_done(&rig, OUTCOME_OK, REASON_NONE, "open");
	rig_recover(&rig, &drawer_bench_open, evidence);
	rig_input_hex(&rig, LOW);
	drawer_bench_done(&rig, OUTCOME_OK, REASON_NONE, "open");
	assert_null(json_object_get(rig.result, "was_open"));
	rig_advance(&rig, 600);
	rig_clear(&rig);
	drawer_bench_pulse(&rig,
			   HIGH); /* and a recovery is over when it is over */
	drawer_bench_answer(&rig, HIGH, PATIENCE_MS);
	drawer_bench_done(&rig, OUTCOME_UNKNOWN, REASON_DRAWER_STAYED_SHUT,
			  "closed");
	rig_free(&rig);
	json_decref(evidence);
}

/* --- the rest --- */

static void test_abort(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	rig_start(&rig, &drawer_bench_open); /* while checking */
	drawer_escpos.abort(&rig);
	drawer_bench_done(&rig, OUTCOME_FAILED, REASON_ABORTED, NULL);
	drawer_escpos.abort(&rig); /* nothing runs: nothing happens */
	rig_input_hex(&rig, HIGH);
	rig_start(&rig, &drawer_bench_open);
	rig_clear(&rig);
	rig_input_hex(&rig, OFF_HIGH); /* while explaining */
	drawer_escpos.abort(&rig);
	drawer_bench_done(&rig, OUTCOME_FAILED, REASON_ABORTED, NULL);
	rig_expect_hex(&rig, CAUSE);
	assert_int_equal(rig.commits, 0);
	rig_free(&rig);

	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	drawer_bench_pulse(&rig, HIGH); /* past the point of no return */
	drawer_escpos.abort(&rig);
	assert_int_equal(rig.dones, 0);
	rig_advance(&rig, 50);
	rig_input_hex(&rig, LOW);
	drawer_bench_done(&rig, OUTCOME_OK, REASON_NONE, "open");
	rig_start(&rig, &drawer_bench_open); /* while resting */
	drawer_escpos.abort(&rig);
	drawer_bench_done(&rig, OUTCOME_FAILED, REASON_ABORTED, NULL);
	assert_int_equal(rig.commits, 1);
	rig_free(&rig);
}

/* Opened by its key, closed again; paper goes, and comes. */
static void test_poll_sees(void **state)
{
	struct driver_io rig;

	(void)state;
	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	rig_advance(&rig, 400);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, LOW);
	drawer_bench_status(&rig, "open", true, NULL);
	assert_string_equal(rig.log, "pin 3 is low");
	rig_advance(&rig, 1000);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	drawer_bench_status(&rig, "closed", true, NULL);
	rig_advance(&rig, 1000);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, OFF_HIGH);
	rig_expect_hex(&rig, CAUSE);
	rig_input_hex(&rig, "32");
	drawer_bench_status(&rig, "closed", false, "out");
	rig_advance(&rig, 1000);
	rig_expect_hex(&rig, ASK); /* asked why once */
	rig_input_hex(&rig, OFF_HIGH);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 1000);
	rig_input_hex(&rig, HIGH);
	drawer_bench_status(&rig, "closed", true, NULL);
	rig_free(&rig);
}

/* Brings a driver into one of its phases; the rig's state tells which. */
static void reach(struct driver_io *rig, int phase)
{
	rig_init(rig, &drawer_escpos, drawer_bench_low, true);
	if (phase < 2) {
		rig_open(rig);
		if (phase == 1)
			rig_input_hex(rig, HIGH);
		return;
	}
	drawer_bench_come_up(rig, HIGH);
	if (phase == 2)
		return;
	if (phase == 3) {
		rig_recover(rig, &drawer_bench_open, NULL);
		return;
	}
	rig_start(rig, &drawer_bench_open);
	if (phase >= 5)
		rig_input_hex(rig, phase == 5 ? OFF_HIGH : HIGH);
	if (phase >= 7)
		rig_advance(rig, 50);
}

#define REACHES 8

/* Every byte in every phase, and then silence. */
static void test_any_byte_then_silence(void **state)
{
	(void)state;
	for (int phase = 0; phase < REACHES; phase++) {
		for (unsigned int byte = 0; byte < 256; byte++) {
			struct driver_io rig;

			reach(&rig, phase);
			rig_input(&rig, &(uint8_t){ (uint8_t)byte }, 1);
			rig_advance(&rig, PATIENCE_MS);
			assert_true(rig.lost);
			rig_free(&rig);
		}
	}
}

static uint32_t random_next(uint32_t *seed)
{
	return *seed = *seed * 1664525U + 1013904223U;
}

/* Noise without end: the operation ends all the same, and rig_* holds the
 * driver to the contract meanwhile. */
static void test_endless_noise(void **state)
{
	uint32_t seed = 20261122;

	(void)state;
	for (int round = 0; round < 1600; round++) {
		struct driver_io rig;
		bool alike = round & 1; /* all bytes like answers, or any */

		reach(&rig, round % REACHES);
		for (int i = 0; i < 400 && !rig.lost; i++) {
			uint8_t bytes[8];
			size_t len = 1 + (random_next(&seed) >> 16) % 8;

			for (size_t at = 0; at < len; at++) {
				bytes[at] = (uint8_t)(random_next(&seed) >> 16);
				if (alike)
					bytes[at] = (bytes[at] & 0x6c) | 0x12;
			}
			rig_input(&rig, bytes, len);
			rig_advance(&rig, 40);
		}
		assert_true(rig.lost || !rig.busy);
		rig_free(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_late_poll),
		cmocka_unit_test(test_late_poll_while_resting),
		cmocka_unit_test(test_late_answers_keep_order),
		cmocka_unit_test(test_late_answer_after_pulse),
		cmocka_unit_test(test_answers_twice),
		cmocka_unit_test(test_noise_with_answer),
		cmocka_unit_test(test_silence_before_pulse),
		cmocka_unit_test(test_silence_when_idle),
		cmocka_unit_test(test_recover_line),
		cmocka_unit_test(test_recover_restart),
		cmocka_unit_test(test_recover_after_others),
		cmocka_unit_test(test_abort),
		cmocka_unit_test(test_poll_sees),
		cmocka_unit_test(test_any_byte_then_silence),
		cmocka_unit_test(test_endless_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
