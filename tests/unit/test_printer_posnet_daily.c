/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POSNET driver's daily report: everything up to where it is sent, and all
 * that a printer can say to it. What it may not say is in
 * test_printer_posnet_lost.c. Numbers in brackets are sections of
 * docs/protocols.md.
 */
#include "posnet_bench.h"
#include "util/json.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

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

/* --- as it should go --- */

/* [3.12] Every frame, by the recording's checksums where there is one. */
static void test_daily_bytes(void **state)
{
	static const struct bench_line frames[] = {
		{ "!sdev\t#5392", BENCH_SDEV_READY },
		{ "!sprn\t#CEED", BENCH_SPRN_FINE },
		{ "rpt\t@0017\t#8BD4", BENCH_NOT_FOUND },
		{ "rtcget\t#7D61", "rtcget\tda2026-09-08;21:59\t" },
		{ "scomm\t#C42B", "scomm\tfsT\ttzN\tts0\thrT\ttdN\t" },
		{ "scnt\t#E484", NULL },
		{ "stot\t#993E", NULL },
		{ "eclastdocnoget\tty4\t#E702", NULL },
		{ "sfsk\t#4ABE", NULL },
	};

	(void)state;
	bench_open(&rig);
	rig.hold_saves = true;
	bench_start(&rig, OP_REPORT_Z);
	for (size_t i = 0; i < COUNT(frames); i++) {
		bench_hear_frame(&rig, frames[i].heard);
		bench_say(&rig,
			  i < 5 ? frames[i].said : bench_before[i - 5].said);
	}
	/* nothing that moves anything before the evidence is on disk */
	rig_advance(&rig, 60000);
	rig_expect_nothing(&rig);
	assert_int_equal(rig.commits, 0);
	assert_true(rig.save_pending);
	rig_saved(&rig, 0);
	assert_int_equal(rig.commits, 1);
	bench_hear_frame(&rig, "dailyrep\t@0017\tda2026-09-08\t#94FD");
	bench_say_frame(&rig, BENCH_DONE "#1C7D");
	bench_hear_frame(&rig, "scnt\t#E484");
	bench_say_frame(&rig, "scnt\trd1\thn21\tbn0\tfn0\tnuZBF 2101002392\t"
			      "bc0\tbt0\tfc0\t#A285");
	bench_play(&rig, bench_after + 1);
	bench_ended_ok(&rig);
	assert_int_equal(bench_counter(&rig, "before", "receipts"), 18);
	assert_int_equal(bench_counter(&rig, "before", "headers"), 20);
	assert_int_equal(bench_counter(&rig, "after", "headers"), 21);
	assert_int_equal(bench_counter(&rig, "before", "next_daily_report"), 1);
	assert_int_equal(bench_counter(&rig, "after", "next_daily_report"), 2);
	assert_int_equal(bench_counter(&rig, "after", "memory_resets"), 0);
	assert_int_equal(bench_counter(&rig, "after", "report_document"), 22);
	assert_int_equal(rig.saves, 1);
	assert_int_equal(rig.commits, 1);
}

static void test_daily_evidence(void **state)
{
	const json_t *counters;

	(void)state;
	bench_open(&rig);
	bench_start_daily(&rig);
	assert_string_equal(json_text(rig.evidence, "command"), "dailyrep");
	assert_int_equal(json_int(rig.evidence, "token", -1), BENCH_TOKEN);
	assert_string_equal(json_text(rig.evidence, "date"), "2026-09-08");
	assert_string_equal(json_text(rig.evidence, "serial"),
			    "ZBF 2101002392");
	assert_true(json_flag(rig.evidence, "fiscal"));
	counters = json_object_get(rig.evidence, "counters");
	assert_int_equal(json_int(counters, "daily_reports", -1), 0);
	assert_int_equal(json_int(counters, "next_daily_report", -1), 1);
	assert_int_equal(json_int(counters, "last_receipt", -1), 18);
}

static void test_daily_byte_by_byte(void **state)
{
	char frame[512];

	(void)state;
	bench_open(&rig);
	bench_start_daily(&rig);
	snprintf(frame, sizeof(frame), "%s", bench_seal(BENCH_DONE));
	for (const char *c = frame; *c; c++) {
		rig_expect_nothing(&rig);
		rig_input(&rig, c, 1);
	}
	bench_play(&rig, bench_after);
	bench_ended_ok(&rig);
}

/* An older printer has no protected memory; the rest is proof enough. */
static void test_daily_without_document(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_Z);
	bench_play(&rig, bench_able);
	bench_hear(&rig, BENCH_ASK);
	bench_say(&rig, "ERR\t?1\tcmrpt\t"); /* nor does it know rpt */
	bench_play(&rig, bench_daily);
	for (int i = 0; i < 4; i++) {
		bench_hear(&rig, bench_before[i].heard);
		bench_say(&rig, i == 2 ? "ERR\t?1\tcmeclastdocnoget\t"
				       : bench_before[i].said);
	}
	bench_hear(&rig, BENCH_DAILY);
	bench_say(&rig, BENCH_DONE);
	for (int i = 0; i < 4; i++) {
		bench_hear(&rig, bench_after[i].heard);
		bench_say(&rig, i == 2 ? "eclastdocnoget\t?2901\t"
				       : bench_after[i].said);
	}
	bench_ended_ok(&rig);
	assert_int_equal(bench_counter(&rig, "after", "report_document"), -1);
}

/* --- before the point of no return --- */

static void not_able(const char *sdev, const char *sprn, enum reason reason)
{
	bench_start(&rig, OP_REPORT_Z);
	bench_hear(&rig, "!sdev\t");
	bench_say(&rig, sdev);
	bench_hear(&rig, "!sprn\t");
	bench_say(&rig, sprn);
	bench_ended(&rig, OUTCOME_REFUSED, reason, NULL);
	rig_expect_nothing(&rig);
}

/* Nothing is left waiting in a printer that can't print. */
static void test_not_able(void **state)
{
	(void)state;
	bench_open(&rig);
	not_able(BENCH_SDEV_READY, BENCH_SPRN_PAPER, REASON_PAPER_OUT);
	not_able(BENCH_SDEV_READY, BENCH_SPRN_COVER, REASON_COVER_OPEN);
	not_able(BENCH_SDEV_READY, BENCH_SPRN_CUTTER, REASON_PRINTER_ERROR);
	not_able(BENCH_SDEV_KEY, BENCH_SPRN_FINE, REASON_PRINTER_WAITS);
	assert_int_equal(rig.commits, 0);
}

static void test_read_only(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_Z);
	bench_play(&rig, bench_able);
	bench_play(&rig, bench_token);
	bench_hear(&rig, "rtcget\t");
	bench_say(&rig, bench_daily[0].said);
	bench_hear(&rig, "scomm\t");
	bench_say(&rig, "scomm\tfsT\ttzN\tts0\ttdT\t");
	bench_ended(&rig, OUTCOME_REFUSED, REASON_FISCAL_BLOCKED, NULL);
}

static void test_no_clock(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_Z);
	bench_play(&rig, bench_able);
	bench_play(&rig, bench_token);
	bench_hear(&rig, "rtcget\t");
	bench_say(&rig, "rtcget\t?460\t");
	bench_ended(&rig, OUTCOME_REFUSED, REASON_CLOCK_WRONG, "460");
	rig_expect_nothing(&rig);
}

static void test_clock_nonsense(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_Z);
	bench_play(&rig, bench_able);
	bench_play(&rig, bench_token);
	bench_hear(&rig, "rtcget\t");
	bench_say(&rig, "rtcget\tda2026-13-08;21:59\t");
	bench_hear(&rig, "rtcget\t");
	bench_say(&rig, "rtcget\tda\t");
	bench_ended(&rig, OUTCOME_FAILED, REASON_GARBLED, NULL);
	rig_expect_nothing(&rig);
}

static void test_save_failed(void **state)
{
	(void)state;
	bench_open(&rig);
	rig.hold_saves = true;
	bench_start(&rig, OP_REPORT_Z);
	bench_play(&rig, bench_able);
	bench_play(&rig, bench_token);
	bench_play(&rig, bench_daily);
	bench_play(&rig, bench_before);
	rig_saved(&rig, ENOSPC);
	bench_ended(&rig, OUTCOME_FAILED, REASON_ABORTED, NULL);
	assert_int_equal(rig.commits, 0);
	rig_expect_nothing(&rig);
}

/* The replies of all that is asked before the command is sent, in order. */
static const char *before_said(int i, const char **out_heard)
{
	static const struct bench_line *const lists[] = {
		bench_able, bench_token, bench_daily, bench_before
	};

	for (size_t l = 0; l < COUNT(lists); l++)
		for (const struct bench_line *line = lists[l]; line->heard;
		     line++)
			if (i-- == 0) {
				*out_heard = line->heard;
				return line->said;
			}
	return NULL;
}

#define STEPS_BEFORE 9

static void start_up_to(int steps)
{
	const char *heard = NULL, *said;

	rig_free(&rig);
	rig_init(&rig, &printer_posnet, NULL, true);
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_Z);
	for (int i = 0; i < steps; i++) {
		said = before_said(i, &heard);
		bench_hear(&rig, heard);
		bench_say(&rig, said);
	}
}

static void test_abort_at_each_step(void **state)
{
	const char *heard = NULL, *said;

	(void)state;
	for (int steps = 0; steps < STEPS_BEFORE; steps++) {
		start_up_to(steps);
		printer_posnet.abort(&rig);
		bench_ended(&rig, OUTCOME_FAILED, REASON_ABORTED, NULL);
		said = before_said(steps, &heard);
		bench_hear(&rig, heard);
		bench_say(&rig, said); /* too late, and it leads nowhere */
		assert_int_equal(rig.commits, 0);
		rig_expect_nothing(&rig);
	}
}

/* While the evidence is being written, the end of that is awaited. */
static void test_abort_while_saving(void **state)
{
	(void)state;
	rig.hold_saves = true;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_Z);
	bench_play(&rig, bench_able);
	bench_play(&rig, bench_token);
	bench_play(&rig, bench_daily);
	bench_play(&rig, bench_before);
	printer_posnet.abort(&rig);
	assert_int_equal(rig.dones, 0);
	rig_saved(&rig, 0);
	bench_ended(&rig, OUTCOME_FAILED, REASON_ABORTED, NULL);
	assert_int_equal(rig.commits, 0);
	rig_expect_nothing(&rig);
}

static void test_abort_too_late(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start_daily(&rig);
	printer_posnet.abort(&rig);
	assert_int_equal(rig.dones, 0);
	bench_say(&rig, BENCH_DONE);
	printer_posnet.abort(&rig);
	bench_play(&rig, bench_after);
	bench_ended_ok(&rig);
}

/* Any reply past the probes may be lost or spoilt, and so may its question. */
static void test_lost_reply_at_each_step(void **state)
{
	for (int step = 2; step < STEPS_BEFORE; step++) {
		for (int how = 0; how < 3; how++) {
			const char *heard = NULL, *said;

			(void)state;
			start_up_to(step);
			said = before_said(step, &heard);
			bench_hear(&rig, heard);
			if (how == 1)
				bench_say_spoilt(&rig, said);
			else if (how == 2)
				bench_say(&rig, "ERR\t?5\t");
			if (how)
				rig_advance(&rig, 500);
			else
				assert_false(bench_wait(&rig, 20000,
							BENCH_SDEV_READY,
							BENCH_SPRN_FINE));
			bench_hear(&rig, heard);
			bench_say(&rig, said);
			for (int i = step + 1; i < STEPS_BEFORE; i++) {
				said = before_said(i, &heard);
				bench_hear(&rig, heard);
				bench_say(&rig, said);
			}
			bench_hear(&rig, BENCH_DAILY);
		}
	}
}

static void test_silence_at_each_step(void **state)
{
	(void)state;
	for (int step = 0; step < STEPS_BEFORE; step++) {
		start_up_to(step);
		rig_advance(&rig, 14000);
		bench_ended(&rig, OUTCOME_FAILED, REASON_NO_ANSWER, NULL);
		assert_true(rig.lost);
		assert_int_equal(rig.commits, 0);
	}
}

/* --- the token --- */

/* [3.9] Not one of those that the printer still has a reply for. */
static void test_token_taken(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_Z);
	bench_play(&rig, bench_able);
	bench_hear(&rig, BENCH_ASK);
	bench_say(&rig, "trend\t@0017\t?2805");
	bench_hear(&rig, "rpt\t@0050\t");
	bench_say(&rig, "strns\t@0050\tto0\t");
	bench_hear(&rig, "rpt\t@0083\t");
	bench_say(&rig, "ERR\t@0083\ter13");
	bench_play(&rig, bench_daily);
	bench_play(&rig, bench_before);
	bench_hear(&rig, "dailyrep\t@0083\tda2026-09-08\t");
}

static void test_token_all_taken(void **state)
{
	char frame[32], reply[32];

	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_Z);
	bench_play(&rig, bench_able);
	for (int i = 0; i < 8; i++) {
		snprintf(frame, sizeof(frame), "rpt\t@%04d\t", 17 + 33 * i);
		snprintf(reply, sizeof(reply), "cash\t@%04d\t", 17 + 33 * i);
		bench_hear(&rig, frame);
		bench_say(&rig, reply);
	}
	bench_ended(&rig, OUTCOME_FAILED, REASON_GARBLED, NULL);
	assert_int_equal(rig.commits, 0);
}

/* The question about the token is itself refused, or never understood. */
static void test_token_untold(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_Z);
	bench_play(&rig, bench_able);
	for (int i = 0; i < 8; i++) {
		char reply[32];

		snprintf(reply, sizeof(reply), "rpt\t@%04d\t?41", 17 + 33 * i);
		rig_clear(&rig);
		bench_say(&rig, reply);
	}
	bench_ended(&rig, OUTCOME_REFUSED, REASON_BUSY, "41");
	rig_clear(&rig);
	bench_start(&rig, OP_REPORT_Z);
	bench_play(&rig, bench_able);
	for (int i = 0; i < 4; i++) {
		bench_say(&rig, "ERR\t?5\t");
		rig_advance(&rig, 500);
	}
	bench_ended(&rig, OUTCOME_FAILED, REASON_GARBLED, "ERR 5");
	assert_int_equal(rig.commits, 0);
}

/* Probes are answered, but that question isn't. */
static void test_token_unanswered(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_Z);
	bench_play(&rig, bench_able);
	while (!rig.dones) {
		rig_clear(&rig);
		bench_say_spoilt(&rig, "rpt\t@0017\t");
		bench_wait(&rig, 70000, BENCH_SDEV_READY, BENCH_SPRN_FINE);
	}
	bench_ended(&rig, OUTCOME_FAILED, REASON_GARBLED, NULL);
	assert_int_equal(rig.commits, 0);
}

/* It goes on over a line that was lost, and after 9999 comes 0000. */
static void test_token_goes_on(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start_daily(&rig);
	rig_advance(&rig, 20000);
	assert_true(rig.lost);
	rig_clear(&rig);
	bench_open(&rig);
	bench_start(&rig, OP_REPORT_Z);
	bench_play(&rig, bench_able);
	bench_hear(&rig, "rpt\t@0018\t");
}

static void test_token_wraps(void **state)
{
	(void)state;
	rig_open(&rig);
	rig_advance(&rig, 200);
	rig_clear(&rig);
	bench_say(&rig, BENCH_SDEV_READY);
	for (int i = 0; i < 5; i++) {
		bench_hear(&rig, bench_identity[i].heard);
		bench_say(&rig, bench_identity[i].said);
	}
	bench_hear(&rig, "rtcget\t");
	/* 18 seconds before the other clock, 86400 * 8 + 78799 = 769999 */
	bench_say(&rig, "rtcget\tda2026-09-08;21:53\t"
			"tm2026-09-08T21:53:19+02:00\t");
	bench_play(&rig, bench_identity + 6);
	for (int i = 0; i < 2; i++) {
		rig_clear(&rig);
		bench_start(&rig, OP_REPORT_Z);
		bench_play(&rig, bench_able);
		bench_hear(&rig, i ? "rpt\t@0000\t" : "rpt\t@9999\t");
		printer_posnet.abort(&rig);
	}
}

/* --- what the printer says --- */

/* [3.11] In both spellings; 9999 is no error that anybody has heard of. */
static void test_refused(void **state)
{
	static const struct {
		int code;
		enum reason reason;
	} cases[] = {
		{ 30, REASON_ABORTED },
		{ 40, REASON_NOT_SUPPORTED },
		{ 41, REASON_BUSY },
		{ 323, REASON_NOT_SUPPORTED },
		{ 382, REASON_NOTHING_TO_REPORT },
		{ 387, REASON_SALES_BLOCKED },
		{ 388, REASON_SALES_BLOCKED },
		{ 460, REASON_CLOCK_WRONG },
		{ 484, REASON_SALES_BLOCKED },
		{ 488, REASON_SALES_BLOCKED },
		{ 499, REASON_WRONG_PROTOCOL },
		{ 2002, REASON_DEVICE_REFUSED },
		{ 2022, REASON_CLOCK_WRONG },
		{ 2025, REASON_CLOCK_WRONG },
		{ 2036, REASON_FISCAL_BLOCKED },
		{ 2038, REASON_RECEIPT_OPEN },
		{ 2039, REASON_NOTHING_TO_REPORT },
		{ 2062, REASON_RECEIPT_OPEN },
		{ 2063, REASON_BAD_PARAMETER },
		{ 2035, REASON_REPORT_NEEDED },
		{ 2098, REASON_MEMORY_FULL },
		{ 2506, REASON_RECEIPT_OPEN },
		{ 2704, REASON_PRINTER_ERROR },
		{ 2900, REASON_MEMORY_FULL },
		{ 2901, REASON_BUSY },
		{ 2916, REASON_BUSY },
		{ 9999, REASON_DEVICE_REFUSED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char reply[64], code[8];

		bench_again(&rig);
		snprintf(code, sizeof(code), "%d", cases[i].code);
		snprintf(reply, sizeof(reply), "dailyrep\t@0017\t?%s%s", code,
			 i % 2 ? "\t" : "");
		bench_say(&rig, reply);
		bench_ended(&rig, OUTCOME_REFUSED, cases[i].reason, code);
		rig_expect_nothing(&rig);
	}
}

/* [3.11] A failure inside may come after the deed: then the counters tell. */
static void test_refused_doubtfully(void **state)
{
	static const int codes[] = { 50, 1001, 1039, 1210 };

	(void)state;
	for (size_t i = 0; i < COUNT(codes); i++) {
		char reply[64], code[8];

		snprintf(code, sizeof(code), "%d", codes[i]);
		snprintf(reply, sizeof(reply), "dailyrep\t@0017\t?%s\t", code);
		bench_again(&rig);
		bench_say(&rig, reply);
		bench_play(&rig, bench_before);
		bench_ended(&rig, OUTCOME_REFUSED,
			    codes[i] == 50     ? REASON_PRINTER_ERROR
			    : codes[i] == 1039 ? REASON_MEMORY_FULL
					       : REASON_FISCAL_BLOCKED,
			    code);
		bench_again(&rig);
		bench_say(&rig, reply);
		bench_play(&rig, bench_after);
		bench_ended(&rig, OUTCOME_OK, REASON_NONE, code);
		assert_int_equal(json_int(rig.result, "number", -1), 1);
	}
}

/* [3.4] An ERR that carries our token: not executed, and sent again. */
static void test_frame_error_ours(void **state)
{
	static const int passing[] = { 5, 11, 14, 15 };

	(void)state;
	for (size_t i = 0; i < COUNT(passing); i++) {
		char reply[64];

		bench_again(&rig);
		snprintf(reply, sizeof(reply), "ERR\t@0017\t%s%d\t",
			 i % 2 ? "er" : "?", passing[i]);
		bench_say(&rig, reply);
		rig_expect_nothing(&rig); /* not faster than it can take */
		rig_advance(&rig, 500);
		bench_hear(&rig, BENCH_DAILY);
		bench_say(&rig, BENCH_DONE);
		bench_play(&rig, bench_after);
		bench_ended_ok(&rig);
		assert_int_equal(rig.commits, 1);
	}
}

static void test_frame_error_for_ever(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start_daily(&rig);
	for (int i = 0; i < 3; i++) {
		bench_say(&rig, "ERR\t@0017\t?14\t");
		rig_advance(&rig, 500);
		bench_hear(&rig, BENCH_DAILY);
	}
	bench_say(&rig, "ERR\t@0017\t?14\t");
	bench_ended(&rig, OUTCOME_REFUSED, REASON_BUSY, "ERR 14");
	rig_expect_nothing(&rig);
}

static void test_frame_error_lasting(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start_daily(&rig);
	bench_say(&rig, "ERR\t?2\tcmdailyrep\tfdda\t");
	bench_ended(&rig, OUTCOME_REFUSED, REASON_BAD_PARAMETER, "ERR 2");
	bench_again(&rig);
	bench_say(&rig, "ERR\t@0017\t?1\tcmdailyrep\t");
	bench_ended(&rig, OUTCOME_REFUSED, REASON_NOT_SUPPORTED, "ERR 1");
	rig_expect_nothing(&rig);
}

/* One that names nobody may be about a spoilt probe: never just sent again. */
static void test_frame_error_nobodys(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start_daily(&rig);
	bench_say(&rig, "ERR\t?5\t");
	bench_hear(&rig, BENCH_ASK);
	bench_say(&rig, BENCH_DONE); /* it was about something else */
	bench_play(&rig, bench_after);
	bench_ended_ok(&rig);

	bench_again(&rig);
	bench_say(&rig, "ERR\t?5\t");
	bench_hear(&rig, BENCH_ASK);
	bench_say(&rig, BENCH_NOT_FOUND);
	bench_play(&rig, bench_after); /* done, though forgotten */
	bench_ended_ok(&rig);

	bench_again(&rig);
	bench_say(&rig, "ERR\t?15\t");
	bench_hear(&rig, BENCH_ASK);
	bench_say(&rig, BENCH_NOT_FOUND);
	bench_play(&rig, bench_before); /* certainly not executed */
	bench_hear(&rig, BENCH_DAILY);
	bench_say(&rig, BENCH_DONE);
	bench_play(&rig, bench_after);
	bench_ended_ok(&rig);

	bench_again(&rig);
	for (int i = 0; i < 3; i++) {
		bench_say(&rig, "ERR\t?11\t");
		bench_hear(&rig, BENCH_ASK);
		bench_say(&rig, BENCH_NOT_FOUND);
		bench_play(&rig, bench_before);
		if (i < 2)
			bench_hear(&rig, BENCH_DAILY);
	}
	bench_ended(&rig, OUTCOME_REFUSED, REASON_BUSY, "ERR 11");
	rig_expect_nothing(&rig);
}

/* [3.5, rule 3] Other names, other tokens, errors about others, echoes. */
static void test_stale_replies(void **state)
{
	static const char *const stale[] = {
		"scnt\trd1\t",	       "dailyrep\t",
		"dailyrep\t@0016\t",   "dailyrep\t@0016\t?382\t",
		"dailyrep\t?382\t",    "trend\t@0017\t",
		"rpt\t@0016\t",	       "ERR\t@0016\t?5\t",
		"ERR\t?12\tcm!sdev\t", "ERR\t?1\tcmsprn\t",
		"ERR\t?5\tcmscnt\t",   BENCH_DAILY, /* our own, come back */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(stale); i++) {
		bench_again(&rig);
		bench_say(&rig, stale[i]);
		rig_advance(&rig, 1000);
		rig_expect_nothing(&rig);
		assert_int_equal(rig.dones, 0);
	}
	bench_say(&rig, BENCH_DONE);
	bench_say(&rig, BENCH_DONE); /* the same once more */
	bench_play(&rig, bench_after);
	bench_ended_ok(&rig);
}

/* [3.5, rule 2] A reply with a bad CRC is a lost one, not a failed command. */
static void test_reply_spoilt(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start_daily(&rig);
	bench_say_spoilt(&rig, BENCH_DONE);
	bench_hear(&rig, BENCH_ASK);
	bench_say_spoilt(&rig, BENCH_DONE);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 500);
	bench_hear(&rig, BENCH_ASK);
	bench_say(&rig, BENCH_DONE);
	bench_play(&rig, bench_after);
	bench_ended_ok(&rig);
}

/* Cut off, which is known when the next frame begins: a probe's, here. */
static void test_reply_truncated(void **state)
{
	char both[128];

	(void)state;
	bench_open(&rig);
	bench_start_daily(&rig);
	rig_input(&rig,
		  "\x02"
		  "dailyrep\t@00",
		  13);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 1500);
	bench_hear(&rig, "!sdev\t");
	bench_say(&rig, BENCH_SDEV_READY);
	snprintf(both, sizeof(both), "\x02%s#8BD4\x03\x02!sprn\t#CEED\x03",
		 BENCH_ASK);
	rig_expect(&rig, both, strlen(both));
	bench_say(&rig, BENCH_SPRN_FINE);
	bench_say(&rig, BENCH_DONE);
	bench_play(&rig, bench_after);
	bench_ended_ok(&rig);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_daily_bytes),
		CASE(test_daily_evidence),
		CASE(test_daily_byte_by_byte),
		CASE(test_daily_without_document),
		CASE(test_not_able),
		CASE(test_read_only),
		CASE(test_no_clock),
		CASE(test_clock_nonsense),
		CASE(test_save_failed),
		CASE(test_abort_at_each_step),
		CASE(test_abort_while_saving),
		CASE(test_abort_too_late),
		CASE(test_lost_reply_at_each_step),
		CASE(test_silence_at_each_step),
		CASE(test_token_taken),
		CASE(test_token_all_taken),
		CASE(test_token_untold),
		CASE(test_token_unanswered),
		CASE(test_token_goes_on),
		CASE(test_token_wraps),
		CASE(test_refused),
		CASE(test_refused_doubtfully),
		CASE(test_frame_error_ours),
		CASE(test_frame_error_for_ever),
		CASE(test_frame_error_lasting),
		CASE(test_frame_error_nobodys),
		CASE(test_stale_replies),
		CASE(test_reply_spoilt),
		CASE(test_reply_truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
