/* SPDX-License-Identifier: Apache-2.0 */
/* Printing on the printer that the drawer hangs on: docs/protocols.md A.4. */
#include "drawer_bench.h"
#include "drivers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define JOB	 "1b 40 48 69 0a"
#define IN_ORDER "1d 72 01"
#define NULS	 "00 00 00 00 00"
#define ROLL_OK	 "00"
#define ROLL_LOW "03"

/* Until the printer is looked at, but not for the second time. */
#define A_WHILE 600

static struct op hello(void)
{
	struct op op = { .kind = OP_PRINT_JOB, .id = "op-1" };

	op.job = job_new("\x1b@Hi\n", 5);
	return op;
}

static void start(struct driver_io *rig, struct op *op)
{
	drawer_bench_start(rig, drawer_bench_low, HIGH);
	*op = hello();
	rig_start(rig, op);
	rig_expect_hex(rig, ASK);
	assert_false(rig->committed);
}

static void end(struct driver_io *rig, struct op *op)
{
	rig_free(rig);
	op_clear(op);
}

static void expect_done(const struct driver_io *rig, enum outcome outcome,
			enum reason reason)
{
	assert_int_equal(rig->dones, 1);
	assert_int_equal(rig->outcome, outcome);
	assert_int_equal(rig->reason, reason);
	if (outcome != OUTCOME_FAILED)
		assert_int_equal(json_integer_value(
					 json_object_get(rig->result, "bytes")),
				 5);
}

/* Up to the job, of a printer that answers in order. */
static void print(struct driver_io *rig, struct op *op)
{
	start(rig, op);
	rig_input_hex(rig, HIGH);
	rig_expect_hex(rig, IN_ORDER);
	assert_false(rig->committed);
	rig_input_hex(rig, ROLL_OK);
	assert_true(rig->committed);
	rig_expect_hex(rig, JOB IN_ORDER);
}

static void test_printed(void **state)
{
	struct driver_io rig;
	struct op op;

	(void)state;
	print(&rig, &op);
	rig_input_hex(&rig, ROLL_LOW);
	rig_expect_hex(&rig, ASK);
	assert_int_equal(rig.dones, 0);
	rig_input_hex(&rig, HIGH);
	expect_done(&rig, OUTCOME_OK, REASON_NONE);
	drawer_bench_status(&rig, "closed", true, "low");
	/* and the drawer opens as before */
	rig.dones = 0;
	rig.committed = false;
	drawer_bench_answer(&rig, HIGH, 1250);
	drawer_bench_pulse(&rig, HIGH);
	end(&rig, &op);
}

/* It does not know GS r: what it took while it was online is sent. */
static void test_sent(void **state)
{
	struct driver_io rig;
	struct op op;

	(void)state;
	start(&rig, &op);
	rig_input_hex(&rig, HIGH);
	rig_expect_hex(&rig, IN_ORDER);
	rig_advance(&rig, 399);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 50);
	rig_expect_hex(&rig, JOB);
	rig_advance(&rig, A_WHILE);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	expect_done(&rig, OUTCOME_SENT, REASON_NONE);
	end(&rig, &op);
}

/* Too late: it may be the answer to what was asked before the job. */
static void test_late_answer_in_order(void **state)
{
	struct driver_io rig;
	struct op op;

	(void)state;
	start(&rig, &op);
	rig_input_hex(&rig, HIGH);
	rig_advance(&rig, 500);
	rig_expect_hex(&rig, IN_ORDER JOB);
	rig_input_hex(&rig, ROLL_OK);
	rig_expect_nothing(&rig);
	assert_int_equal(rig.dones, 0);
	drawer_bench_answer(&rig, HIGH, 5000);
	expect_done(&rig, OUTCOME_SENT, REASON_NONE);
	end(&rig, &op);
}

/* It comes while the next job is asked about: it is not taken for an answer to
 * that, so none of the later ones is taken for the one before. */
static void test_very_late_answer_in_order(void **state)
{
	struct driver_io rig;
	struct op op;

	(void)state;
	start(&rig, &op);
	rig_input_hex(&rig, HIGH);
	rig_advance(&rig, 500);
	rig_expect_hex(&rig, IN_ORDER JOB);
	drawer_bench_answer(&rig, HIGH, 5000);
	expect_done(&rig, OUTCOME_SENT, REASON_NONE);
	rig.dones = 0;
	rig.committed = false;
	drawer_bench_answer(&rig, HIGH, 1250);
	rig_clear(&rig);
	rig_start(&rig, &op);
	rig_input_hex(&rig, HIGH);
	rig_expect_hex(&rig, ASK IN_ORDER);
	rig_input_hex(&rig, ROLL_OK); /* the late one */
	rig_expect_nothing(&rig);
	rig_input_hex(&rig, ROLL_OK);
	rig_expect_hex(&rig, JOB IN_ORDER);
	rig_input_hex(&rig, ROLL_OK);
	rig_input_hex(&rig, HIGH);
	expect_done(&rig, OUTCOME_OK, REASON_NONE);
	end(&rig, &op);
}

/* One was lost, so it is asked once more; then it is clear again. */
static void test_lost_answer_in_order(void **state)
{
	struct driver_io rig;
	struct op op;

	(void)state;
	start(&rig, &op);
	rig_input_hex(&rig, HIGH);
	rig_advance(&rig, 500);
	rig_expect_hex(&rig, IN_ORDER JOB);
	drawer_bench_answer(&rig, HIGH, 5000);
	expect_done(&rig, OUTCOME_SENT, REASON_NONE);
	rig.dones = 0;
	rig.committed = false;
	drawer_bench_answer(&rig, HIGH, 1250);
	rig_clear(&rig);
	rig_start(&rig, &op);
	rig_input_hex(&rig, HIGH);
	rig_input_hex(&rig, ROLL_OK);
	rig_expect_hex(&rig, ASK IN_ORDER);
	rig_advance(&rig, 450);
	rig_expect_hex(&rig, IN_ORDER);
	rig_input_hex(&rig, ROLL_OK);
	rig_expect_hex(&rig, JOB IN_ORDER);
	rig_input_hex(&rig, ROLL_OK);
	rig_input_hex(&rig, HIGH);
	expect_done(&rig, OUTCOME_OK, REASON_NONE);
	end(&rig, &op);
}

static void test_offline_before(void **state)
{
	struct driver_io rig;
	struct op op;

	(void)state;
	start(&rig, &op);
	rig_input_hex(&rig, OFF_HIGH);
	rig_expect_hex(&rig, CAUSE);
	rig_input_hex(&rig, "16"); /* the cover */
	expect_done(&rig, OUTCOME_FAILED, REASON_COVER_OPEN);
	rig_expect_nothing(&rig);
	end(&rig, &op);
}

/* The paper ends in the middle of it, and somebody puts some in. */
static void test_paper_out_for_a_while(void **state)
{
	struct driver_io rig;
	struct op op;

	(void)state;
	print(&rig, &op);
	rig_advance(&rig, A_WHILE);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, OFF_HIGH);
	rig_expect_hex(&rig, CAUSE);
	rig_input_hex(&rig, "32");
	assert_int_equal(rig.progresses, 1);
	assert_string_equal(
		json_string_value(json_object_get(rig.progress, "text")),
		"paper out");
	rig_advance(&rig, 500);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	assert_int_equal(rig.dones, 0); /* it prints the rest */
	rig_input_hex(&rig, ROLL_OK);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	expect_done(&rig, OUTCOME_OK, REASON_NONE);
	end(&rig, &op);
}

/* Answers each question until it is done or lost, or that long. */
static void answer_offline(struct driver_io *rig, const char *cause, int64_t ms)
{
	int64_t until = rig->now + ms;

	while (rig->now < until && !rig->dones && !rig->lost) {
		if (rig->output.len == 3) {
			bool why = rig->output.data[2] == 2;

			rig_clear(rig);
			rig_input_hex(rig, why ? cause : OFF_HIGH);
		}
		rig_advance(rig, 10);
	}
}

/* Nobody does: it may print it yet. The next one is told apart by NULs. */
static void test_paper_out_for_good(void **state)
{
	struct driver_io rig;
	struct op op;

	(void)state;
	print(&rig, &op);
	answer_offline(&rig, "32", 60000);
	expect_done(&rig, OUTCOME_UNKNOWN, REASON_PAPER_OUT);
	assert_int_equal(rig.progresses, 1);
	rig_clear(&rig);
	rig.dones = 0;
	rig.committed = false;
	drawer_bench_answer(&rig, HIGH, 1500);
	rig_clear(&rig);
	rig_input_hex(&rig, ROLL_OK); /* now it has printed it, too late */
	assert_int_equal(rig.dones, 0);
	rig_start(&rig, &op);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	rig_expect_hex(&rig, NULS IN_ORDER);
	assert_true(rig.committed); /* they may move paper */
	rig_input_hex(&rig, ROLL_OK);
	rig_expect_hex(&rig, JOB IN_ORDER);
	rig_input_hex(&rig, ROLL_OK);
	rig_input_hex(&rig, HIGH);
	expect_done(&rig, OUTCOME_OK, REASON_NONE);
	end(&rig, &op);
}

/* A printer that knows no DLE EOT 2 either. */
static void test_offline_for_no_reason(void **state)
{
	struct driver_io rig;
	struct op op;

	(void)state;
	print(&rig, &op);
	rig_advance(&rig, A_WHILE);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, OFF_HIGH);
	rig_expect_hex(&rig, CAUSE);
	rig_advance(&rig, 450);
	assert_string_equal(
		json_string_value(json_object_get(rig.progress, "text")),
		"printer offline");
	rig_advance(&rig, 500);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	rig_input_hex(&rig, ROLL_OK);
	drawer_bench_answer(&rig, HIGH, 5000);
	expect_done(&rig, OUTCOME_OK, REASON_NONE);
	end(&rig, &op);
}

/* Questions behind a long job wait: no answer is no reason to give up soon. */
static void test_silence(void **state)
{
	struct driver_io rig;
	struct op op;

	(void)state;
	print(&rig, &op);
	rig_advance(&rig, 20000);
	assert_false(rig.lost);
	rig_advance(&rig, 20000);
	assert_true(rig.lost);
	assert_int_equal(rig.lost_reason, REASON_NO_ANSWER);
	end(&rig, &op);
}

static void test_line_lost(void **state)
{
	struct driver_io rig;
	struct op op;

	(void)state;
	print(&rig, &op);
	rig_unplug(&rig);
	drawer_bench_come_up(&rig, HIGH);
	rig_recover(&rig, &op, NULL);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	expect_done(&rig, OUTCOME_UNKNOWN, REASON_NO_ANSWER);
	rig_expect_nothing(&rig);
	end(&rig, &op);
}

/* Of one that an earlier daemon began, the journal has the length. */
static void test_restarted(void **state)
{
	struct driver_io rig;
	struct op op = hello(), begun;
	json_t *recorded = op_to_json(&op);

	(void)state;
	assert_true(op_from_json(recorded, &begun));
	assert_null(begun.job->data);
	assert_int_equal(begun.job->len, 5);
	assert_string_equal(begun.job->hash, op.job->hash);
	drawer_bench_start(&rig, drawer_bench_low, HIGH);
	rig_recover(&rig, &begun, NULL);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	expect_done(&rig, OUTCOME_UNKNOWN, REASON_RESTARTED);
	rig.dones = 0;
	rig_start(&rig, &op);
	rig_expect_hex(&rig, ASK);
	rig_input_hex(&rig, HIGH);
	rig_expect_hex(&rig, NULS IN_ORDER);
	json_decref(recorded);
	op_clear(&begun);
	end(&rig, &op);
}

static void test_abort(void **state)
{
	struct driver_io rig;
	struct op op;

	(void)state;
	start(&rig, &op);
	rig.driver->abort(&rig);
	expect_done(&rig, OUTCOME_FAILED, REASON_ABORTED);
	end(&rig, &op);
	print(&rig, &op);
	rig.driver->abort(&rig);
	assert_int_equal(rig.dones, 0);
	end(&rig, &op);
}

/* --- Star: asked before and after --- */

#define STAR_ASK  "1b 06 01"
#define STAR_GOOD "23 06 00 00 00 00 00 00 00"
#define STAR_OUT  "23 06 08 00 00 08 00 00 00"

static void star_start(struct driver_io *rig, struct op *op)
{
	rig_init(rig, &drawer_star, NULL, false);
	rig_open(rig);
	rig_expect_hex(rig, STAR_ASK);
	rig_input_hex(rig, STAR_GOOD);
	assert_true(rig->ready);
	*op = hello();
	rig_start(rig, op);
	rig_expect_hex(rig, STAR_ASK);
}

static void test_star_sent(void **state)
{
	struct driver_io rig;
	struct op op;

	(void)state;
	star_start(&rig, &op);
	assert_false(rig.committed);
	rig_input_hex(&rig, STAR_GOOD);
	assert_true(rig.committed);
	rig_expect_hex(&rig, JOB);
	rig_advance(&rig, 500);
	rig_expect_hex(&rig, STAR_ASK);
	rig_input_hex(&rig, STAR_GOOD);
	expect_done(&rig, OUTCOME_SENT, REASON_NONE);
	end(&rig, &op);
}

static void test_star_trouble(void **state)
{
	struct driver_io rig;
	struct op op;

	(void)state;
	star_start(&rig, &op);
	rig_input_hex(&rig, STAR_OUT);
	expect_done(&rig, OUTCOME_FAILED, REASON_PAPER_OUT);
	end(&rig, &op);
	star_start(&rig, &op);
	rig_input_hex(&rig, STAR_GOOD);
	rig_expect_hex(&rig, JOB);
	drawer_bench_answer(&rig, STAR_OUT, 60000);
	expect_done(&rig, OUTCOME_UNKNOWN, REASON_PAPER_OUT);
	rig.dones = 0;
	rig.committed = false;
	drawer_bench_answer(&rig, STAR_GOOD, 1500);
	rig_clear(&rig);
	rig_start(&rig, &op);
	rig_expect_hex(&rig, STAR_ASK);
	rig_input_hex(&rig, STAR_GOOD);
	rig_expect_hex(&rig, NULS JOB);
	end(&rig, &op);
}

static void test_star_line_lost(void **state)
{
	struct driver_io rig;
	struct op op;

	(void)state;
	star_start(&rig, &op);
	rig_input_hex(&rig, STAR_GOOD);
	rig_advance(&rig, 20000);
	assert_false(rig.lost);
	rig_advance(&rig, 20000);
	assert_true(rig.lost);
	rig_unplug(&rig);
	rig_open(&rig);
	rig_input_hex(&rig, STAR_GOOD);
	rig_clear(&rig);
	rig_recover(&rig, &op, NULL);
	rig_input_hex(&rig, STAR_GOOD);
	expect_done(&rig, OUTCOME_UNKNOWN, REASON_NO_ANSWER);
	end(&rig, &op);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_printed),
		cmocka_unit_test(test_sent),
		cmocka_unit_test(test_late_answer_in_order),
		cmocka_unit_test(test_very_late_answer_in_order),
		cmocka_unit_test(test_lost_answer_in_order),
		cmocka_unit_test(test_offline_before),
		cmocka_unit_test(test_paper_out_for_a_while),
		cmocka_unit_test(test_paper_out_for_good),
		cmocka_unit_test(test_offline_for_no_reason),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_line_lost),
		cmocka_unit_test(test_restarted),
		cmocka_unit_test(test_abort),
		cmocka_unit_test(test_star_sent),
		cmocka_unit_test(test_star_trouble),
		cmocka_unit_test(test_star_line_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
