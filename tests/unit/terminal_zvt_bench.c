/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal_zvt_bench.h"

#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>

static int bench_setup(void **state, bool serial)
{
	struct bench *bench = ALLOC_NEW(struct bench);

	rig_init(&bench->rig, &terminal_zvt, NULL, serial);
	bench->pay.kind = OP_PAYMENT;
	bench->pay.payment.amount = 1234;
	bench->reverse.kind = OP_REVERSAL;
	bench->reverse.reversal = (struct op_reversal){ .amount = 2500,
							.receipt = 231,
							.trace = 19 };
	*state = bench;
	return 0;
}

/* R1: on a serial line it listens before it says anything for the first time. */
void bench_line_up(struct bench *bench)
{
	rig_open(&bench->rig);
	if (!bench->rig.output.len)
		rig_advance(&bench->rig, 6000);
}

int bench_setup_tcp(void **state)
{
	return bench_setup(state, false);
}

int bench_setup_serial(void **state)
{
	return bench_setup(state, true);
}

int bench_teardown(void **state)
{
	struct bench *bench = *state;

	rig_free(&bench->rig);
	free(bench);
	return 0;
}

void bench_talk(struct bench *bench, const char *in, const char *out)
{
	rig_input_hex(&bench->rig, in);
	rig_expect_hex(&bench->rig, out);
}

void bench_tell_last(struct bench *bench, const char *last)
{
	bench_talk(bench, PT_OK, "");
	if (*last)
		bench_talk(bench, last, ZVT_OK);
	rig_input_hex(&bench->rig, PT_DONE);
}

/* To the point where the last booking is asked for. */
static void bench_open_to_last(struct bench *bench)
{
	bench_line_up(bench);
	rig_expect_hex(&bench->rig, ZVT_FIRST_ASK);
	bench_talk(bench, PT_OK, "");
	/* section 5.5, with a software version */
	bench_talk(bench, "06 0F 0B F0 F0 F7 32 2E 31 34 2E 31 35 00",
		   ZVT_OK ZVT_REGISTER);
	bench_talk(bench, PT_OK, "");
	assert_false(bench->rig.ready);
	bench_talk(bench, PT_REGISTERED, ZVT_OK ZVT_LAST);
}

void bench_open(struct bench *bench)
{
	bench_open_to_last(bench);
	bench_tell_last(bench, PT_BEFORE);
	rig_expect_hex(&bench->rig, ZVT_OK);
	assert_true(bench->rig.ready);
}

void bench_begin(struct bench *bench, const struct op *op, const char *out)
{
	rig_start(&bench->rig, op);
	rig_expect_hex(&bench->rig, ZVT_ENQUIRY);
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, PT_READY, ZVT_OK ZVT_LAST);
	bench_tell_last(bench, PT_BEFORE);
	rig_expect_hex(&bench->rig, out);
}

void bench_begin_taken(struct bench *bench, const struct op *op,
		       const char *out)
{
	bench_begin(bench, op, out);
	bench_talk(bench, PT_OK, "");
	assert_int_equal(bench->rig.commits, 1);
	assert_int_equal(bench->rig.dones, 0);
}

void bench_recover(struct bench *bench, const struct op *op,
		   const json_t *evidence, const char *last)
{
	bench_open_to_last(bench);
	bench_tell_last(bench, last);
	rig_expect_hex(&bench->rig, ZVT_OK);
	assert_true(bench->rig.ready);
	rig_recover(&bench->rig, op, evidence);
	rig_expect_hex(&bench->rig, ZVT_ENQUIRY);
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, PT_READY, ZVT_OK ZVT_LAST);
	bench_tell_last(bench, last);
	rig_expect_hex(&bench->rig, ZVT_OK);
}

void bench_expect_done(struct bench *bench, enum outcome outcome,
		       enum reason reason)
{
	assert_int_equal(bench->rig.dones, 1);
	assert_int_equal(bench->rig.outcome, outcome);
	assert_int_equal(bench->rig.reason, reason);
}

void bench_expect_text(struct bench *bench, const char *key,
		       const char *expected)
{
	assert_non_null(json_text(bench->rig.result, key));
	assert_string_equal(json_text(bench->rig.result, key), expected);
}

void bench_expect_int(struct bench *bench, const char *key, int64_t expected)
{
	assert_int_equal(json_int(bench->rig.result, key, -99), expected);
}
