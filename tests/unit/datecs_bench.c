/* SPDX-License-Identifier: Apache-2.0 */
#include "datecs_bench.h"

#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

bool datecs_bench_classic;

static int bench_seq, bench_command;

int datecs_hear(struct driver_io *rig, int command, const char *data)
{
	uint8_t frame[ISL_BYTES_MAX];
	size_t at = datecs_bench_classic ? 2 : 5;
	size_t len;

	assert_true(rig->output.len > at);
	bench_seq = rig->output.data[at];
	bench_command = command;
	len = isl_frame_make(datecs_bench_classic, bench_seq, command, data,
			     NULL, frame);
	rig_expect(rig, frame, len);
	return bench_seq;
}

void datecs_say_as(struct driver_io *rig, int seq, int command,
		   const char *data, const char *status)
{
	uint8_t frame[ISL_BYTES_MAX];
	const char *idle = datecs_bench_classic ? ISL_IDLE_C : ISL_IDLE_X;
	size_t len = isl_frame_make(datecs_bench_classic, seq, command, data,
				    status ? status : idle, frame);

	rig_input(rig, frame, len);
}

void datecs_say(struct driver_io *rig, const char *data, const char *status)
{
	datecs_say_as(rig, bench_seq, bench_command, data, status);
}

void datecs_play(struct driver_io *rig, const struct datecs_line *lines)
{
	for (; lines->command; lines++) {
		datecs_hear(rig, lines->command, lines->data);
		datecs_say(rig, lines->said, NULL);
	}
}

/* --- what a healthy printer says (docs/protocols.md 4.6, 4.7 and 4.12) --- */

const struct datecs_line datecs_identity_x[] = {
	{ 90, "1",
	  "FP-700X,609428 20Jul23 1353,9460,00000000,DT636533,02636533" },
	{ 74, "", "0\t" },
	{ 62, "", "0\t08-10-26 21:58:03\t" },
	{ 50, "",
	  "0\t1\t0.00\t20.00\t20.00\t9.00\t100.00\t100.00\t100.00\t100.00\t"
	  "01-01-26\t" },
	{ 0, NULL, NULL },
};

const struct datecs_line datecs_identity_c[] = {
	{ 90, "1", "FP-800,1.00BG 23NOV18 1000,A1B2,00,DT000600,02000600" },
	{ 74, "X", "\x80\x80\x80\xC0\x86\x9A" },
	{ 62, "", "08-10-26 21:58:03" },
	{ 97, "", "0.00,20.00,20.00,9.00" },
	{ 0, NULL, NULL },
};

const struct datecs_line datecs_ready_x[] = {
	{ 74, "", "0\t" },
	{ 76, "", "0\t0\t473\t1\t3.00\t5.00\t" },
	{ 0, NULL, NULL },
};

const struct datecs_line datecs_ready_c[] = {
	{ 74, "X", "\x80\x80\x80\xC0\x86\x9A" },
	{ 76, "T", "0,0001,+00000300,+00000500" },
	{ 0, NULL, NULL },
};

#define TAXES_X "0.00\t3.00\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t"
#define TAXES_C "0.00,3.00,0.00,0.00,0.00,0.00,0.00,0.00"

const struct datecs_line datecs_before_x[] = {
	{ 62, "", "0\t08-10-26 22:01:33 DST\t" },
	{ 76, "", "0\t0\t473\t1\t3.00\t5.00\t" },
	{ 123, "3\t", "0\t17\t08-10-2026 11:48:14\t41\t07-10-2026 22:01:33\t" },
	{ 110, "4\t", "0\t0\t0.00\t1\t2.50\t" },
	{ 64, "0\t", "0\t41\t" TAXES_X "07-10-26\t" },
	{ 0, NULL, NULL },
};

const struct datecs_line datecs_after_x[] = {
	{ 62, "", "0\t08-10-26 22:01:37 DST\t" },
	{ 76, "", "0\t0\t473\t1\t3.00\t5.00\t" },
	{ 123, "3\t", "0\t0\t08-10-2026 11:48:14\t42\t08-10-2026 22:01:35\t" },
	{ 110, "4\t", "0\t0\t0.00\t0\t0.00\t" },
	{ 64, "0\t", "0\t42\t" TAXES_X "08-10-26\t" },
	{ 0, NULL, NULL },
};

const struct datecs_line datecs_before_c[] = {
	{ 62, "", "08-10-26 22:01:33" },
	{ 76, "T", "0,0001,+00000300,+00000500" },
	{ 113, "", "0000473" },
	{ 110, "", "3.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0042,0018" },
	{ 64, "", "P,0041," TAXES_C ",071026" },
	{ 0, NULL, NULL },
};

const struct datecs_line datecs_after_c[] = {
	{ 62, "", "08-10-26 22:01:37" },
	{ 76, "T", "0,0001,+00000300,+00000500" },
	{ 113, "", "0000474" },
	{ 110, "", "0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0043,0018" },
	{ 64, "", "P,0042," TAXES_C ",081026" },
	{ 0, NULL, NULL },
};

/* --- up to some point --- */

void datecs_open(struct driver_io *rig, bool classic,
		 const struct rig_setting *settings)
{
	datecs_bench_classic = classic;
	rig_init(rig, &printer_datecs, settings, true);
	rig_open(rig);
	rig_expect_nothing(rig);
	rig_advance(rig, 200);
	if (classic && !settings) {
		datecs_bench_classic = false;
		datecs_hear(rig, 90, "1");
		rig_input_hex(rig, "15");
		datecs_bench_classic = true;
	}
	datecs_hear(rig, 90, "1");
	datecs_say(rig, (classic ? datecs_identity_c : datecs_identity_x)->said,
		   NULL);
	datecs_play(rig, classic ? datecs_identity_c : datecs_identity_x);
	assert_true(rig->ready);
	rig_expect_nothing(rig);
}

struct op datecs_op(enum op_kind kind, bool summary)
{
	struct op op = { .kind = kind, .id = "operation" };

	op.report = (struct op_report){ .from_date = "2026-09-01",
					.to_date = "2026-09-30",
					.from_number = 1,
					.to_number = 42,
					.summary = summary };
	return op;
}

int datecs_start(struct driver_io *rig, enum op_kind kind, bool summary,
		 int command, const char *data)
{
	struct op op = datecs_op(kind, summary);

	rig_start(rig, &op);
	datecs_play(rig,
		    datecs_bench_classic ? datecs_ready_c : datecs_ready_x);
	if (kind == OP_REPORT_Z)
		datecs_play(rig, datecs_bench_classic ? datecs_before_c
						      : datecs_before_x);
	assert_true(rig->committed);
	return datecs_hear(rig, command, data);
}

void datecs_ended(struct driver_io *rig, enum outcome outcome,
		  enum reason reason, const char *code)
{
	const char *told = json_text(rig->result, "code");

	assert_int_equal(rig->dones, 1);
	assert_int_equal(rig->outcome, outcome);
	assert_int_equal(rig->reason, reason);
	assert_int_equal(told != NULL, code != NULL);
	if (code)
		assert_string_equal(told, code);
}
