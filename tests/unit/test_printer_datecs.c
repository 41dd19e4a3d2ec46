/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Datecs driver, frame by frame: who is there, what it tells, and how its
 * reports go (docs/protocols.md section 4). What comes of lost frames is in
 * test_printer_datecs_faults.c.
 */
#include "datecs_bench.h"
#include "receipt_maker.h"

#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

static struct driver_io rig;

static int tear_down(void **state)
{
	(void)state;
	rig_free(&rig);
	return 0;
}

static void assert_status(const char *paper, const char *cover, bool busy)
{
	assert_string_equal(json_text(rig.status, "paper"), paper);
	assert_string_equal(json_text(rig.status, "cover"), cover);
	assert_int_equal(json_flag(rig.status, "busy"), busy);
}

static void assert_same(const json_t *json, const char *wanted)
{
	json_t *parsed = json_parse(wanted, strlen(wanted));
	char *line = json_line(json);

	assert_non_null(parsed);
	if (!json_equal(json, parsed))
		fail_msg("%s", line);
	free(line);
	json_decref(parsed);
}

/* --- who is there (4.9) --- */

static void test_open_x(void **state)
{
	(void)state;
	datecs_open(&rig, false, NULL);
	assert_same(rig.identity, "{\"model\":\"FP-700X\",\"firmware\":"
				  "\"609428 20Jul23 1353\",\"serial\":"
				  "\"DT636533\"}");
	assert_status("ok", "closed", false);
}

static void test_open_classic(void **state)
{
	(void)state;
	datecs_open(&rig, true, NULL);
	assert_string_equal(json_text(rig.identity, "model"), "FP-800");
	assert_string_equal(json_text(rig.identity, "serial"), "DT000600");
	/* once known, it goes first */
	rig_open(&rig);
	rig_advance(&rig, 200);
	datecs_hear(&rig, 90, "1");
}

/* A classic printer may well say nothing to the other dialect. */
static void test_open_classic_silent(void **state)
{
	(void)state;
	rig_init(&rig, &printer_datecs, NULL, true);
	rig_open(&rig);
	rig_advance(&rig, 200);
	datecs_bench_classic = false;
	datecs_hear(&rig, 90, "1");
	rig_advance(&rig, 499);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 1);
	datecs_bench_classic = true;
	datecs_hear(&rig, 90, "1");
}

/* Captured: an X printer says SYN and NAK to the classic question. */
static void test_open_x_asked_classic(void **state)
{
	(void)state;
	datecs_open(&rig, true, NULL); /* so that it is asked first */
	rig_open(&rig);
	rig_advance(&rig, 200);
	datecs_hear(&rig, 90, "1");
	rig_input_hex(&rig, "16 15");
	datecs_bench_classic = false;
	datecs_hear(&rig, 90, "1");
}

static void test_open_configured(void **state)
{
	static const struct rig_setting classic[] = { { "dialect", "classic" },
						      { NULL, NULL } };

	(void)state;
	datecs_open(&rig, true, classic);
	assert_true(rig.ready);
}

/* It is not asked in the other one, whatever it says. */
static void test_open_configured_wrong(void **state)
{
	static const struct rig_setting x[] = { { "dialect", "x" },
						{ NULL, NULL } };

	(void)state;
	rig_init(&rig, &printer_datecs, x, true);
	rig_open(&rig);
	rig_advance(&rig, 200);
	datecs_bench_classic = false;
	datecs_hear(&rig, 90, "1");
	rig_input_hex(&rig, "15");
	datecs_hear(&rig, 90, "1");
	rig_input_hex(&rig, "15");
	assert_true(rig.lost);
	assert_int_equal(rig.lost_reason, REASON_WRONG_PROTOCOL);
}

static void test_open_nobody(void **state)
{
	(void)state;
	rig_init(&rig, &printer_datecs, NULL, true);
	rig_open(&rig);
	rig_advance(&rig, 10000);
	assert_true(rig.lost);
	assert_int_equal(rig.lost_reason, REASON_NO_ANSWER);
}

static void test_open_noise(void **state)
{
	(void)state;
	rig_init(&rig, &printer_datecs, NULL, true);
	rig_open(&rig);
	for (int i = 0; i < 20 && !rig.lost; i++) {
		rig_advance(&rig, 200);
		rig_input_hex(&rig, "01 44 55 66 03 71");
	}
	assert_true(rig.lost);
	assert_int_equal(rig.lost_reason, REASON_GARBLED);
}

/* 4.9, step 4: an answer to something else under our SEQ is from before. */
static void test_open_replay(void **state)
{
	int seq;

	(void)state;
	datecs_bench_classic = false;
	rig_init(&rig, &printer_datecs, NULL, true);
	rig_open(&rig);
	rig_advance(&rig, 200);
	seq = datecs_hear(&rig, 90, "1");
	datecs_say_as(&rig, seq, 69, "0\t41\t", NULL);
	assert_int_not_equal(datecs_hear(&rig, 90, "1"), seq);
	datecs_say(&rig, datecs_identity_x[0].said, NULL);
	datecs_play(&rig, datecs_identity_x + 1);
	assert_true(rig.ready);
}

/* What was sent before the line came up is nobody's. */
static void test_open_discards(void **state)
{
	(void)state;
	datecs_bench_classic = false;
	rig_init(&rig, &printer_datecs, NULL, true);
	rig_open(&rig);
	datecs_say_as(&rig, 0x20, 90, "a,b,c,d,e,f", NULL);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 200);
	datecs_hear(&rig, 90, "1");
}

/* --- while nothing goes on --- */

static void test_status(void **state)
{
	(void)state;
	datecs_open(&rig, false, NULL);
	rig_advance(&rig, 500);
	datecs_hear(&rig, 74, "");
	datecs_say(&rig, "0\t", "E0 80 82 80 86 9A 80 80");
	assert_status("low", "open", false);
	datecs_hear(&rig, 64, "0\t");
	datecs_say(&rig, datecs_before_x[4].said, "E0 80 82 80 86 9A 80 80");
	assert_int_equal(json_int(rig.status, "daily_reports", 0), 41);
	rig_advance(&rig, 4999);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 1);
	datecs_hear(&rig, 74, "");
	datecs_say(&rig, "0\t", "A0 80 83 80 86 9A 80 80");
	assert_status("out", "closed", false);
	datecs_hear(&rig, 64, "0\t");
	datecs_say(&rig, datecs_after_x[4].said, "A0 80 83 80 86 9A 80 80");
	assert_int_equal(json_int(rig.status, "daily_reports", 0), 42);
	rig_advance(&rig, 5000);
	for (int i = 0; i < 4; i++) {
		assert_false(rig.lost);
		datecs_hear(&rig, 74, ""); /* the same SEQ, 4.2 */
		rig_advance(&rig, 500);
	}
	assert_true(rig.lost);
	assert_int_equal(rig.lost_reason, REASON_NO_ANSWER);
}

/* An operation that comes while the status is asked for waits for it. */
static void test_start_meanwhile(void **state)
{
	struct op op = datecs_op(OP_REPORT_X, false);

	(void)state;
	datecs_open(&rig, false, NULL);
	rig_advance(&rig, 500);
	datecs_hear(&rig, 74, "");
	rig_start(&rig, &op);
	rig_expect_nothing(&rig);
	datecs_say(&rig, "0\t", NULL);
	datecs_hear(&rig, 74, "");
}

/* --- Z --- */

static void test_z_x(void **state)
{
	int seq;

	(void)state;
	datecs_open(&rig, false, NULL);
	rig.hold_saves = true;
	rig_start(&rig, &(struct op){ .kind = OP_REPORT_Z, .id = "operation" });
	datecs_play(&rig, datecs_ready_x);
	datecs_play(&rig, datecs_before_x);
	/* on disk before the first byte, and without the frame */
	assert_true(rig.save_pending);
	assert_false(rig.committed);
	rig_expect_nothing(&rig);
	rig_saved(&rig, 0);
	assert_true(rig.committed);
	seq = datecs_hear(&rig, 69, "Z\t");
	assert_int_equal(json_int(rig.evidence, "sequence", 0), seq);
	json_object_del(rig.evidence, "sequence");
	assert_same(rig.evidence,
		    "{\"command\":\"report-z\",\"dialect\":\"x\",\"serial\":"
		    "\"DT636533\",\"date\":\"2026-10-08\",\"fiscal\":true,"
		    "\"counters\":{\"daily_reports\":41,\"last_daily_report\":"
		    "41,\"last_receipt\":473,\"day_receipts\":17,"
		    "\"day_cancelled\":1}}");
	for (int i = 0; i < 60; i++) { /* a minute of paper */
		rig_input_hex(&rig, "16");
		rig_advance(&rig, 1000);
	}
	rig_expect_nothing(&rig);
	assert_string_equal(json_text(rig.progress, "text"), "printing");
	datecs_say(&rig,
		   "0\t42\t0.00\t3.00\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t"
		   "0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t",
		   NULL);
	datecs_play(&rig, datecs_after_x);
	datecs_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
	assert_same(rig.result,
		    "{\"number\":42,\"date\":\"2026-10-08\",\"counters\":{"
		    "\"before\":{\"daily_reports\":41,\"last_daily_report\":41,"
		    "\"last_receipt\":473,\"day_receipts\":17,\"day_cancelled\""
		    ":1},\"after\":{\"daily_reports\":42,\"last_daily_report\":"
		    "42,\"last_receipt\":473,\"day_receipts\":0,"
		    "\"day_cancelled\":0}}}");
	rig_expect_nothing(&rig);
}

static void test_z_classic(void **state)
{
	(void)state;
	datecs_open(&rig, true, NULL);
	datecs_start(&rig, OP_REPORT_Z, false, 69, "0");
	datecs_say(&rig, "0042,600.00,0.00,3.00,0.00,0.00,0.00,0.00,0.00,0.00",
		   NULL);
	datecs_play(&rig, datecs_after_c);
	datecs_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
	assert_int_equal(json_int(rig.result, "number", 0), 42);
}

/* An answer without data is none (4.7): the counters tell. */
static void test_z_classic_no_data(void **state)
{
	int seq;

	(void)state;
	datecs_open(&rig, true, NULL);
	seq = datecs_start(&rig, OP_REPORT_Z, false, 69, "0");
	datecs_say(&rig, "", NULL);
	/* the witness says the same once more */
	assert_int_equal(datecs_hear(&rig, 74, "X"), seq);
	datecs_say_as(&rig, seq, 69, "", NULL);
	datecs_play(&rig, datecs_after_c);
	datecs_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
	assert_int_equal(json_int(rig.result, "number", 0), 42);
}

/* Nothing tells the number of the last Z report: none is begun. */
static void test_z_without_counters(void **state)
{
	struct op op = datecs_op(OP_REPORT_Z, false);

	(void)state;
	datecs_open(&rig, false, NULL);
	rig_start(&rig, &op);
	datecs_play(&rig, datecs_ready_x);
	for (int i = 0; i < 3; i++)
		for (const struct datecs_line *line = datecs_before_x;
		     line->command; line++) {
			datecs_hear(&rig, line->command, line->data);
			datecs_say(&rig, "-112000\t", NULL);
		}
	datecs_ended(&rig, OUTCOME_FAILED, REASON_GARBLED, NULL);
	assert_int_equal(rig.saves, 0);
}

/* Numbers that disagree have moved meanwhile: they are read again. */
static void test_z_moving_counters(void **state)
{
	struct op op = datecs_op(OP_REPORT_Z, false);

	(void)state;
	datecs_open(&rig, false, NULL);
	rig_start(&rig, &op);
	datecs_play(&rig, datecs_ready_x);
	for (int i = 0; i < 4; i++) {
		datecs_hear(&rig, datecs_before_x[i].command,
			    datecs_before_x[i].data);
		datecs_say(&rig, datecs_before_x[i].said, NULL);
	}
	datecs_hear(&rig, 64, "0\t");
	datecs_say(&rig, datecs_after_x[4].said, NULL);
	datecs_play(&rig, datecs_after_x);
	datecs_hear(&rig, 69, "Z\t");
	assert_int_equal(json_int(json_object_get(rig.evidence, "counters"),
				  "daily_reports", 0),
			 42);
}

/* --- the others --- */

static void test_x(void **state)
{
	(void)state;
	datecs_open(&rig, false, NULL);
	datecs_start(&rig, OP_REPORT_X, false, 69, "X\t");
	datecs_say(&rig,
		   "0\t42\t0.00\t3.00\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t"
		   "0.00\t1.50\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t",
		   NULL);
	datecs_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
	assert_same(rig.result,
		    "{\"printed\":true,\"figures\":{\"next_daily_report\":42,"
		    "\"rates\":[{\"rate\":\"B\",\"receipts_amount\":300,"
		    "\"refunds_amount\":150}]}}");
}

static void test_x_classic(void **state)
{
	(void)state;
	datecs_open(&rig, true, NULL);
	datecs_start(&rig, OP_REPORT_X, false, 69, "2");
	datecs_say(&rig, "0042,600.00,0.00,3.00,0.00,0.00,0.00,0.00,0.00,1.25",
		   NULL);
	datecs_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
	assert_same(rig.result,
		    "{\"printed\":true,\"figures\":{\"next_daily_report\":42,"
		    "\"rates\":[{\"rate\":\"B\",\"receipts_amount\":300},"
		    "{\"rate\":\"H\",\"receipts_amount\":125}]}}");
}

/* 4.6, 4.7 and the vectors of 4.12 */
static void test_periodic(void **state)
{
	static const struct {
		bool classic;
		enum op_kind kind;
		bool summary;
		int command;
		const char *data, *said;
	} rows[] = {
		{ false, OP_REPORT_BY_DATES, true, 94,
		  "0\t01-09-26\t30-09-26\t", "0\t" },
		{ false, OP_REPORT_BY_DATES, false, 94,
		  "1\t01-09-26\t30-09-26\t", "0\t" },
		{ false, OP_REPORT_BY_NUMBERS, false, 95, "1\t1\t42\t", "0\t" },
		{ false, OP_REPORT_BY_NUMBERS, true, 95, "0\t1\t42\t", "0\t" },
		{ true, OP_REPORT_BY_DATES, true, 79, "010926,300926", "" },
		{ true, OP_REPORT_BY_DATES, false, 94, "010926,300926", "" },
		{ true, OP_REPORT_BY_NUMBERS, false, 73, "1,42", "" },
		{ true, OP_REPORT_BY_NUMBERS, true, 95, "1,42", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		datecs_open(&rig, rows[i].classic, NULL);
		datecs_start(&rig, rows[i].kind, rows[i].summary,
			     rows[i].command, rows[i].data);
		datecs_say(&rig, rows[i].said, NULL);
		datecs_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
		rig_free(&rig);
	}
	datecs_open(&rig, false, NULL);
}

static void test_bad_ranges(void **state)
{
	static const struct {
		enum op_kind kind;
		const char *from, *to;
		int from_number, to_number;
	} rows[] = {
		{ OP_REPORT_BY_DATES, "2026-09-30", "2026-09-01", 1, 1 },
		{ OP_REPORT_BY_DATES, "2026-02-30", "2026-09-01", 1, 1 },
		{ OP_REPORT_BY_DATES, "1999-01-01", "2026-09-01", 1, 1 },
		{ OP_REPORT_BY_NUMBERS, "2026-09-01", "2026-09-30", 0, 1 },
		{ OP_REPORT_BY_NUMBERS, "2026-09-01", "2026-09-30", 2, 1 },
	};

	(void)state;
	datecs_open(&rig, false, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct op op = { .kind = rows[i].kind, .id = "operation" };

		op.report.from_number = rows[i].from_number;
		op.report.to_number = rows[i].to_number;
		snprintf(op.report.from_date, OP_DATE_SIZE, "%s", rows[i].from);
		snprintf(op.report.to_date, OP_DATE_SIZE, "%s", rows[i].to);
		rig_start(&rig, &op);
		datecs_ended(&rig, OUTCOME_REFUSED, REASON_BAD_RANGE, NULL);
		rig_expect_nothing(&rig);
	}
}

/* [4.11] However the printer says it: there is nothing else to be wrong. */
static void test_refused_ranges(void **state)
{
	static const struct {
		bool classic;
		int command;
		const char *data, *said, *status, *complaint, *code;
	} rows[] = {
		{ false, 95, "1\t1\t42\t", "-100004\t", NULL, NULL, "-100004" },
		{ false, 95, "1\t1\t42\t", "-112203\t", NULL, NULL, "-112203" },
		{ false, 95, "1\t1\t42\t", "-112001\t", NULL, NULL, "-112001" },
		{ true, 73, "1,42", "", ISL_REFUSED_C,
		  "73,-150108,08-10-26 22:02:00,?", "-150108" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		datecs_open(&rig, rows[i].classic, NULL);
		datecs_start(&rig, OP_REPORT_BY_NUMBERS, false, rows[i].command,
			     rows[i].data);
		datecs_say(&rig, rows[i].said, rows[i].status);
		if (rows[i].complaint) {
			datecs_hear(&rig, 32, "");
			datecs_say(&rig, rows[i].complaint, NULL);
		}
		datecs_ended(&rig, OUTCOME_REFUSED, REASON_BAD_RANGE,
			     rows[i].code);
		rig_free(&rig);
	}
	datecs_open(&rig, false, NULL);
}

/* An X report that was printed, but whose figures nobody can read: that is not
 * a day without sales. */
static void test_figures_unknown(void **state)
{
	(void)state;
	datecs_open(&rig, false, NULL);
	datecs_start(&rig, OP_REPORT_X, false, 69, "X\t");
	datecs_say(&rig, "0\t", NULL);
	datecs_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
	assert_true(json_flag(rig.result, "printed"));
	assert_null(json_object_get(rig.result, "figures"));
}

/* --- what is refused --- */

static void test_not_able(void **state)
{
	static const struct {
		const char *status;
		enum reason reason;
	} rows[] = {
		{ "A0 80 81 80 86 9A 80 80", REASON_PAPER_OUT },
		{ "C0 80 80 80 86 9A 80 80", REASON_COVER_OPEN },
		{ "B0 80 80 80 86 9A 80 80", REASON_PRINTER_ERROR },
	};

	(void)state;
	datecs_open(&rig, false, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct op op = datecs_op(OP_REPORT_Z, false);

		rig_start(&rig, &op);
		datecs_hear(&rig, 74, "");
		datecs_say(&rig, "0\t", rows[i].status);
		datecs_ended(&rig, OUTCOME_REFUSED, rows[i].reason, NULL);
		rig_expect_nothing(&rig);
	}
}

static void test_document_open(void **state)
{
	struct op op = datecs_op(OP_REPORT_Z, false);

	(void)state;
	datecs_open(&rig, false, NULL);
	rig_start(&rig, &op);
	datecs_hear(&rig, 74, "");
	datecs_say(&rig, "0\t", ISL_PLAIN_X);
	datecs_hear(&rig, 76, "");
	datecs_say(&rig, "0\t5\t473\t1\t3.00\t5.00\t", ISL_PLAIN_X);
	datecs_ended(&rig, OUTCOME_REFUSED, REASON_RECEIPT_OPEN, NULL);
}

static void test_cancel_foreign(void **state)
{
	static const struct rig_setting yes[] = { { "cancel-foreign", "yes" },
						  { NULL, NULL } };

	(void)state;
	datecs_bench_classic = false;
	rig_init(&rig, &printer_datecs, yes, true);
	rig_open(&rig);
	rig_advance(&rig, 200);
	datecs_hear(&rig, 90, "1");
	datecs_say(&rig, datecs_identity_x[0].said, ISL_FISCAL_X);
	for (int i = 0; datecs_identity_x[i].command; i++) {
		datecs_hear(&rig, datecs_identity_x[i].command,
			    datecs_identity_x[i].data);
		datecs_say(&rig, datecs_identity_x[i].said, ISL_FISCAL_X);
	}
	datecs_hear(&rig, 60, "");
	assert_false(rig.ready);
	datecs_say(&rig, "0\t", NULL);
	assert_true(rig.ready);
}

/* 4.11: the first of each family that means something of its own. */
static void test_errors_x(void **state)
{
	static const struct {
		const char *code;
		enum reason reason;
		bool doubtful;
	} rows[] = {
		{ "-111015", REASON_RECEIPT_OPEN, false },
		{ "-111024", REASON_REPORT_NEEDED, false },
		{ "-112004", REASON_CLOCK_WRONG, false },
		{ "-112006", REASON_PAPER_OUT, false },
		{ "-112007", REASON_COVER_OPEN, false },
		{ "-112000", REASON_NOT_SUPPORTED, false },
		{ "-102002", REASON_PRINTER_SETUP, false },
		{ "-199999", REASON_DEVICE_REFUSED, false },
		{ "-100403", REASON_PAPER_OUT, true },
		{ "-100105", REASON_FISCAL_BLOCKED, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char answer[16];

		datecs_open(&rig, false, NULL);
		datecs_start(&rig, OP_REPORT_Z, false, 69, "Z\t");
		snprintf(answer, sizeof(answer), "%s\t", rows[i].code);
		datecs_say(&rig, answer, NULL);
		if (rows[i].doubtful) { /* twice, as it may still be at it */
			datecs_play(&rig, datecs_before_x);
			rig_expect_nothing(&rig);
			rig_advance(&rig, 2000);
			datecs_play(&rig, datecs_before_x);
		}
		datecs_ended(&rig, OUTCOME_REFUSED, rows[i].reason,
			     rows[i].code);
		rig_free(&rig);
	}
	datecs_open(&rig, false, NULL);
}

/* It failed while it printed, and yet it was made. */
static void test_error_and_done(void **state)
{
	(void)state;
	datecs_open(&rig, false, NULL);
	datecs_start(&rig, OP_REPORT_Z, false, 69, "Z\t");
	datecs_say(&rig, "-100403\t", NULL);
	datecs_play(&rig, datecs_after_x);
	datecs_ended(&rig, OUTCOME_OK, REASON_NONE, "-100403");
}

/* A classic printer only says no, and why when it is asked (4.7, 32). */
static void test_errors_classic(void **state)
{
	static const struct {
		const char *said;
		enum reason reason;
		const char *code;
	} rows[] = {
		{ "69,-150203,08-10-2026 22:01:33,ERROR",
		  REASON_NOTHING_TO_REPORT, "-150203" },
		{ "69,-150100,08-10-2026 22:01:33,ERROR", REASON_CLOCK_WRONG,
		  "-150100" },
		/* of another command: it says nothing about this one */
		{ "48,-150104,08-10-2026 22:01:33,ERROR", REASON_DEVICE_REFUSED,
		  NULL },
		{ "0,0,,", REASON_DEVICE_REFUSED, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		datecs_open(&rig, true, NULL);
		datecs_start(&rig, OP_REPORT_Z, false, 69, "0");
		datecs_say(&rig, "", ISL_REFUSED_C);
		datecs_hear(&rig, 32, "");
		datecs_say(&rig, rows[i].said, NULL);
		datecs_ended(&rig, OUTCOME_REFUSED, rows[i].reason,
			     rows[i].code);
		rig_free(&rig);
	}
	datecs_open(&rig, true, NULL);
}

/* --- called off, or not on disk --- */

static void test_not_saved(void **state)
{
	struct op op = datecs_op(OP_REPORT_Z, false);

	(void)state;
	datecs_open(&rig, false, NULL);
	rig.hold_saves = true;
	rig_start(&rig, &op);
	datecs_play(&rig, datecs_ready_x);
	datecs_play(&rig, datecs_before_x);
	rig_saved(&rig, 28);
	datecs_ended(&rig, OUTCOME_FAILED, REASON_ABORTED, NULL);
	rig_expect_nothing(&rig);
}

static void test_called_off(void **state)
{
	struct op op = datecs_op(OP_REPORT_Z, false);

	(void)state;
	datecs_open(&rig, false, NULL);
	rig_start(&rig, &op);
	datecs_hear(&rig, 74, "");
	printer_datecs.abort(&rig);
	assert_int_equal(rig.dones, 0); /* the answer is awaited */
	datecs_say(&rig, "0\t", NULL);
	datecs_ended(&rig, OUTCOME_FAILED, REASON_ABORTED, NULL);
	/* ...while it is being written */
	rig.hold_saves = true;
	rig_start(&rig, &op);
	datecs_play(&rig, datecs_ready_x);
	datecs_play(&rig, datecs_before_x);
	printer_datecs.abort(&rig);
	assert_int_equal(rig.dones, 0);
	rig_saved(&rig, 0);
	datecs_ended(&rig, OUTCOME_FAILED, REASON_ABORTED, NULL);
	rig_expect_nothing(&rig);
	/* ...and past the point of no return */
	rig.hold_saves = false;
	datecs_start(&rig, OP_REPORT_Z, false, 69, "Z\t");
	printer_datecs.abort(&rig);
	rig_advance(&rig, 100);
	assert_int_equal(rig.dones, 0);
}

/* --- in doubt --- */

/* The first question has the SEQ of what is in doubt, and none other may come
 * before it (4.10). */
static void test_doubt(void **state)
{
	static const char text[] =
		"{\"command\":\"report-z\",\"dialect\":\"classic\",\"sequence\""
		":69,\"serial\":\"DT000600\",\"fiscal\":true,\"counters\":{"
		"\"daily_reports\":41,\"next_daily_report\":42}}";
	json_t *evidence = json_parse(text, strlen(text));
	struct op op = datecs_op(OP_REPORT_Z, false);

	(void)state;
	datecs_bench_classic = true;
	rig_init(&rig, &printer_datecs, NULL, true);
	rig.doubt = evidence;
	rig_open(&rig);
	rig_advance(&rig, 200);
	assert_int_equal(datecs_hear(&rig, 90, "1"), 69);
	datecs_say_as(&rig, 69, 69,
		      "0042,600.00,0.00,3.00,0.00,0.00,0.00,0.00,0.00,0.00",
		      NULL);
	datecs_play(&rig, datecs_identity_c);
	rig_recover(&rig, &op, evidence);
	datecs_play(&rig, datecs_after_c);
	datecs_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
	assert_int_equal(json_int(rig.result, "number", 0), 42);
	json_decref(evidence);
}

/* Another printer at the same port proves nothing. */
static void test_doubt_other_printer(void **state)
{
	static const char text[] =
		"{\"command\":\"report-z\",\"dialect\":\"x\",\"sequence\":69,"
		"\"serial\":\"DT111111\",\"fiscal\":true,\"counters\":{"
		"\"daily_reports\":41}}";
	json_t *evidence = json_parse(text, strlen(text));
	struct op op = datecs_op(OP_REPORT_Z, false);

	(void)state;
	datecs_open(&rig, false, NULL);
	rig_recover(&rig, &op, evidence);
	datecs_play(&rig, datecs_after_x);
	datecs_ended(&rig, OUTCOME_UNKNOWN, REASON_COUNTERS_AMBIGUOUS, NULL);
	json_decref(evidence);
}

/* ...even where the last that it was asked had the same SEQ and command. */
static void exchanged(const char *evidence_text, const struct op *op,
		      int command, const char *answer)
{
	static const struct datecs_line found[] = {
		{ 74, "X", "\x80\x80\x80\xC0\x86\x9A" },
		{ 76, "T", "0,0001,+00000300,+00000500" },
		{ 103, "", "1,0.00,3.00,0.00,0.00,0.00,0.00,0.00,0.00,0,0" },
		{ 70, "", "P,55.00,50.00,0.00" },
		{ 0, NULL, NULL },
	};
	json_t *evidence = json_parse(evidence_text, strlen(evidence_text));

	datecs_bench_classic = true;
	rig_init(&rig, &printer_datecs, NULL, true);
	rig.doubt = evidence;
	rig_open(&rig);
	rig_advance(&rig, 200);
	assert_int_equal(datecs_hear(&rig, 90, "1"), 69);
	datecs_say_as(&rig, 69, command, answer, NULL);
	datecs_play(&rig, datecs_identity_c);
	rig_recover(&rig, op, evidence);
	if (op->kind == OP_RECEIPT)
		datecs_play(&rig, found);
	datecs_play(&rig, datecs_after_c);
	datecs_ended(&rig, OUTCOME_UNKNOWN, REASON_COUNTERS_AMBIGUOUS, NULL);
	json_decref(evidence);
	rig_free(&rig);
}

static void test_doubt_exchanged(void **state)
{
	struct op z = datecs_op(OP_REPORT_Z, false);
	struct op receipt = { .kind = OP_RECEIPT, .id = "operation" };

	(void)state;
	receipt.receipt = maker_receipt(
		"{'lines': [{'name': 'a', 'price': 300, 'vat': 'B'}],"
		" 'payments': [{'kind': 'cash', 'amount': 500}]}");
	exchanged("{\"command\":\"report-z\",\"dialect\":\"classic\","
		  "\"sequence\":69,\"serial\":\"DT111111\",\"fiscal\":true,"
		  "\"counters\":{\"daily_reports\":41}}",
		  &z, 69,
		  "0042,600.00,0.00,3.00,0.00,0.00,0.00,0.00,0.00,0.00");
	exchanged("{\"command\":\"receipt\",\"dialect\":\"classic\","
		  "\"sequence\":69,\"serial\":\"DT111111\",\"fiscal\":true,"
		  "\"ending\":true,\"sums\":{\"gross\":[0,300],\"total\":300,"
		  "\"paid\":500,\"change\":200,\"tendered\":500},"
		  "\"counters\":{\"daily_reports\":41,\"documents\":473,"
		  "\"next_receipt\":17}}",
		  &receipt, 56, "0013,0011");
	op_clear(&receipt);
	datecs_open(&rig, false, NULL);
}

/* --- secrets --- */

static bool holds(const void *memory, size_t size, const char *secret)
{
	return memmem(memory, size, secret, strlen(secret)) != NULL;
}

/* A card's number may stand in an answer (4.6, 53). */
static void test_card_number(void **state)
{
	static const char card[] = "4111111111111111";
	char answer[64];
	char *result;

	(void)state;
	datecs_open(&rig, false, NULL);
	datecs_start(&rig, OP_REPORT_X, false, 69, "X\t");
	snprintf(answer, sizeof(answer), "-111560\t5.00\t%s\t", card);
	datecs_say(&rig, answer, NULL);
	datecs_ended(&rig, OUTCOME_REFUSED, REASON_DEVICE_REFUSED, "-111560");
	assert_false(holds(rig.state, printer_datecs.state_size, card));
	assert_false(holds(rig.kept, sizeof(rig.kept), card));
	result = json_line(rig.result);
	assert_null(strstr(result, card));
	free(result);
}

#define DATECS_TEST(test) cmocka_unit_test_teardown(test, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATECS_TEST(test_open_x),
		DATECS_TEST(test_open_classic),
		DATECS_TEST(test_open_classic_silent),
		DATECS_TEST(test_open_x_asked_classic),
		DATECS_TEST(test_open_configured),
		DATECS_TEST(test_open_configured_wrong),
		DATECS_TEST(test_open_nobody),
		DATECS_TEST(test_open_noise),
		DATECS_TEST(test_open_replay),
		DATECS_TEST(test_open_discards),
		DATECS_TEST(test_status),
		DATECS_TEST(test_start_meanwhile),
		DATECS_TEST(test_z_x),
		DATECS_TEST(test_z_classic),
		DATECS_TEST(test_z_classic_no_data),
		DATECS_TEST(test_z_without_counters),
		DATECS_TEST(test_z_moving_counters),
		DATECS_TEST(test_x),
		DATECS_TEST(test_x_classic),
		DATECS_TEST(test_periodic),
		DATECS_TEST(test_bad_ranges),
		DATECS_TEST(test_refused_ranges),
		DATECS_TEST(test_figures_unknown),
		DATECS_TEST(test_not_able),
		DATECS_TEST(test_document_open),
		DATECS_TEST(test_cancel_foreign),
		DATECS_TEST(test_errors_x),
		DATECS_TEST(test_error_and_done),
		DATECS_TEST(test_errors_classic),
		DATECS_TEST(test_not_saved),
		DATECS_TEST(test_called_off),
		DATECS_TEST(test_doubt),
		DATECS_TEST(test_doubt_other_printer),
		DATECS_TEST(test_doubt_exchanged),
		DATECS_TEST(test_card_number),
	};

	return cmocka_run_group_tests_name("printer_datecs", tests, NULL, NULL);
}
