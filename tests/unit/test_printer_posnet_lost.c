/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POSNET driver's daily report when the printer doesn't say what became of
 * it: waited for, asked for, proved by counters, recovered; and never guessed
 * about. Numbers in brackets are sections of docs/protocols.md.
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

/* --- what it doesn't say --- */

/* [3.5] While it works or waits for somebody, so do we, and tell why. */
static void test_waits_for_people(void **state)
{
	static const struct {
		const char *sdev, *sprn, *text;
	} cases[] = {
		{ BENCH_SDEV_BUSY, BENCH_SPRN_FINE, "printing" },
		{ "sdev\tds3\tcpN\tqeT\tpeN\ttl0\t", BENCH_SPRN_PAPER,
		  "paper out" },
		{ BENCH_SDEV_READY, BENCH_SPRN_COVER, "cover open" },
		{ "sdev\tds3\tcpN\tqeT\tpeN\ttl0\t", BENCH_SPRN_FINE,
		  "waiting after an error" },
		{ BENCH_SDEV_KEY, BENCH_SPRN_FINE, "waiting for a key" },
		{ "sdev\tds1\ttl0\t", BENCH_SPRN_FINE, "in its menu" },
		{ BENCH_SDEV_READY, BENCH_SPRN_CUTTER, "printer error" },
	};

	(void)state;
	bench_open(&rig);
	bench_start_daily(&rig);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(bench_wait(&rig, 3600000, cases[i].sdev,
				       cases[i].sprn));
		assert_string_equal(json_text(rig.progress, "text"),
				    cases[i].text);
		assert_int_equal(rig.progresses, i + 1);
		assert_true(json_flag(rig.status, "busy"));
	}
	bench_say(&rig, BENCH_DONE);
	bench_play(&rig, bench_after);
	bench_ended_ok(&rig);
}

/* Nobody comes at all. */
static void test_waits_no_longer(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start_daily(&rig);
	while (!rig.lost) {
		assert_true(rig.now < 1000000 + 30LL * 3600 * 1000);
		rig_clear(&rig);
		bench_wait(&rig, 3600000, BENCH_SDEV_KEY, BENCH_SPRN_PAPER);
	}
	assert_int_equal(rig.dones, 0);
	assert_int_equal(rig.lost_reason, REASON_PAPER_OUT);
}

/* A minute without reply from a printer that has nothing left to do. */
static void test_reply_lost(void **state)
{
	static const struct {
		const char *said;
		const struct bench_line *counters;
	} cases[] = {
		{ BENCH_DONE, bench_after },
		{ "rpt\t@0017\t", bench_after },
		{ BENCH_NOT_FOUND, bench_after },
		{ "ERR\ter13", bench_after },
		{ "ERR\t?1\tcmrpt\t", bench_after },
		{ "trend\t@0017\t", bench_after },
		{ "trend\t@0017\t?2805", bench_after },
		{ "rpt\t@0017\t?41", bench_after },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		bench_again(&rig);
		assert_false(bench_wait(&rig, 65000, BENCH_SDEV_READY,
					BENCH_SPRN_FINE));
		bench_hear(&rig, BENCH_ASK);
		bench_say(&rig, cases[i].said);
		bench_play(&rig, cases[i].counters);
		assert_int_equal(rig.outcome, OUTCOME_OK);
		assert_int_equal(json_int(rig.result, "number", -1), 1);
		rig_expect_nothing(&rig);
	}
}

static void test_reply_lost_refused(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start_daily(&rig);
	assert_false(
		bench_wait(&rig, 65000, BENCH_SDEV_READY, BENCH_SPRN_FINE));
	bench_hear(&rig, BENCH_ASK);
	bench_say(&rig, "dailyrep\t@0017\t?382");
	bench_play(&rig, bench_before);
	bench_ended(&rig, OUTCOME_REFUSED, REASON_NOTHING_TO_REPORT, "382");
}

/* Past the point of no return only a recovery may say that nothing happened. */
static void test_reply_lost_unmoved(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start_daily(&rig);
	assert_false(
		bench_wait(&rig, 65000, BENCH_SDEV_READY, BENCH_SPRN_FINE));
	bench_hear(&rig, BENCH_ASK);
	bench_say(&rig, BENCH_NOT_FOUND);
	bench_play(&rig, bench_before);
	assert_int_equal(rig.dones, 0);
	assert_true(rig.lost);
	rig_expect_nothing(&rig);
}

/* It comes just when the question was sent; rpt's own answer is then stale. */
static void test_reply_late(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start_daily(&rig);
	assert_false(
		bench_wait(&rig, 65000, BENCH_SDEV_READY, BENCH_SPRN_FINE));
	bench_hear(&rig, BENCH_ASK);
	bench_say(&rig, BENCH_DONE);
	bench_hear(&rig, "scnt\t");
	bench_say(&rig, BENCH_DONE);
	bench_say(&rig, bench_after[0].said);
	bench_play(&rig, bench_after + 1);
	bench_ended_ok(&rig);
}

static void test_line_dies(void **state)
{
	(void)state;
	bench_open(&rig);
	bench_start_daily(&rig);
	rig_advance(&rig, 11000);
	assert_false(rig.lost);
	rig_advance(&rig, 1500);
	assert_true(rig.lost);
	assert_int_equal(rig.lost_reason, REASON_NO_ANSWER);
	assert_int_equal(rig.dones, 0);
}

/* It dies after the confirmation: that stands, and the line goes. */
static void test_line_dies_after_confirmation(void **state)
{
	(void)state;
	for (int step = 0; step < 4; step++) {
		bench_again(&rig);
		bench_say(&rig, BENCH_DONE);
		for (int i = 0; i < step; i++) {
			bench_hear(&rig, bench_after[i].heard);
			bench_say(&rig, bench_after[i].said);
		}
		rig_advance(&rig, 14000);
		bench_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
		assert_int_equal(bench_counter(&rig, "before", "daily_reports"),
				 0);
		assert_int_equal(bench_counter(&rig, "after", "daily_reports"),
				 -1);
		assert_null(json_object_get(rig.result, "number"));
		assert_true(rig.lost);
	}
}

/* --- confirmed, and the counters --- */

static void confirmed_with(const char *scnt, const char *stot)
{
	bench_again(&rig);
	bench_say(&rig, BENCH_DONE);
	bench_hear(&rig, "scnt\t");
	bench_say(&rig, scnt);
	bench_hear(&rig, "stot\t");
	bench_say(&rig, stot);
	bench_hear(&rig, "eclastdocnoget\tty4\t");
	bench_say(&rig, "eclastdocnoget\t?2901");
	bench_hear(&rig, "sfsk\t");
	bench_say(&rig, "sfsk\t?41");
}

/* [3.9, step 3] A jump by two, none at all, a RAM reset, another printer. */
static void test_confirmed_oddly(void **state)
{
	static const char *const cases[][2] = {
		{ "scnt\trd2\t", "stot\tno3\t" },
		{ "scnt\trd0\t", "stot\tno1\t" },
		{ "scnt\trd1\t", "stot\tno1\t" },
		{ "scnt\trd2\t", "stot\tno2\t" },
		{ "scnt\trd1\tnuZBF 1\t", "stot\tno2\t" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		confirmed_with(cases[i][0], cases[i][1]);
		bench_ended(&rig, OUTCOME_UNKNOWN, REASON_COUNTERS_AMBIGUOUS,
			    NULL);
		assert_int_equal(bench_counter(&rig, "before", "daily_reports"),
				 0);
		assert_int_equal(bench_counter(&rig, "after", "daily_reports"),
				 cases[i][0][7] - '0');
	}
}

/* [3.7, sfsk] In training mode the counters stay, whatever is done. */
static void test_training_mode(void **state)
{
	(void)state;
	for (int lost = 0; lost < 2; lost++) {
		rig_free(&rig);
		set_up(NULL);
		bench_open(&rig);
		bench_start(&rig, OP_REPORT_Z);
		bench_play(&rig, bench_able);
		bench_play(&rig, bench_token);
		bench_hear(&rig, "rtcget\t");
		bench_say(&rig, bench_daily[0].said);
		bench_hear(&rig, "scomm\t");
		bench_say(&rig, "scomm\tfsN\ttzN\tts0\ttdN\t");
		bench_play(&rig, bench_before);
		bench_hear(&rig, BENCH_DAILY);
		bench_say(&rig, lost ? "ERR\t?14\t" : BENCH_DONE);
		if (lost) {
			bench_hear(&rig, BENCH_ASK);
			bench_say(&rig, BENCH_NOT_FOUND);
		}
		bench_play(&rig, bench_before);
		if (lost)
			bench_ended(&rig, OUTCOME_UNKNOWN,
				    REASON_COUNTERS_AMBIGUOUS, NULL);
		else
			bench_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
		assert_null(json_object_get(rig.result, "number"));
	}
}

/* --- recovery --- */

/* The line dies with the report under way; the printer comes back. */
static json_t *recover_after_loss(void)
{
	struct op op = bench_op(OP_REPORT_Z);
	json_t *evidence;

	bench_again(&rig);
	rig_advance(&rig, 13000);
	assert_true(rig.lost);
	rig_clear(&rig);
	evidence = json_incref(rig.evidence);
	bench_open(&rig);
	rig_recover(&rig, &op, evidence);
	bench_hear(&rig, BENCH_ASK);
	return evidence;
}

/* As above, in another run of the daemon, with any evidence (stolen). */
static void recover_after_restart(json_t *evidence)
{
	struct op op = bench_op(OP_REPORT_Z);

	rig_free(&rig);
	rig_init(&rig, &printer_posnet, NULL, false);
	bench_open(&rig);
	rig_recover(&rig, &op, evidence);
	json_decref(evidence);
}

static json_t *evidence_make(void)
{
	json_t *counters = json_make();
	json_t *evidence = json_make();

	json_put_int(counters, "daily_reports", 0);
	json_put_int(counters, "next_daily_report", 1);
	json_put_int(counters, "memory_resets", 0);
	json_put_int(counters, "report_document", 0);
	json_put_text(evidence, "command", "dailyrep");
	json_put_int(evidence, "token", BENCH_TOKEN);
	json_put_text(evidence, "date", "2026-09-08");
	json_put_text(evidence, "serial", "ZBF 2101002392");
	json_put_bool(evidence, "fiscal", true);
	return json_put(evidence, "counters", counters);
}

static void test_recover_token_answers(void **state)
{
	(void)state;
	json_decref(recover_after_loss());
	bench_say(&rig, BENCH_DONE);
	bench_play(&rig, bench_after);
	bench_ended_ok(&rig);
}

static void test_recover_token_refused(void **state)
{
	(void)state;
	json_decref(recover_after_loss());
	bench_say(&rig, "dailyrep\t@0017\t?2038\t");
	bench_play(&rig, bench_before);
	bench_ended(&rig, OUTCOME_REFUSED, REASON_RECEIPT_OPEN, "2038");
}

static void test_recover_moved(void **state)
{
	(void)state;
	json_decref(recover_after_loss());
	bench_say(&rig, BENCH_NOT_FOUND);
	bench_play(&rig, bench_after);
	bench_ended_ok(&rig);
	/* and by what a daemon wrote before it ended */
	recover_after_restart(evidence_make());
	bench_hear(&rig, BENCH_ASK);
	bench_say(&rig, BENCH_NOT_FOUND);
	bench_play(&rig, bench_after);
	bench_ended_ok(&rig);
}

/* Found unmoved twice: what broke off may still lie in some buffer. */
static void recover_unmoved(enum reason reason)
{
	bench_say(&rig, BENCH_NOT_FOUND);
	bench_play(&rig, bench_before);
	assert_int_equal(rig.dones, 0);
	rig_advance(&rig, 1999);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 1);
	bench_hear(&rig, BENCH_ASK);
	bench_say(&rig, BENCH_NOT_FOUND);
	bench_play(&rig, bench_before);
	bench_ended(&rig, OUTCOME_FAILED, reason, NULL);
	assert_int_equal(bench_counter(&rig, "after", "daily_reports"), 0);
	rig_expect_nothing(&rig);
}

static void test_recover_not_moved(void **state)
{
	(void)state;
	json_decref(recover_after_loss());
	recover_unmoved(REASON_NO_ANSWER);
	recover_after_restart(evidence_make());
	bench_hear(&rig, BENCH_ASK);
	recover_unmoved(REASON_RESTARTED);
}

/* ...and the second time it had come out of that buffer. */
static void test_recover_moved_meanwhile(void **state)
{
	(void)state;
	json_decref(recover_after_loss());
	bench_say(&rig, BENCH_NOT_FOUND);
	bench_play(&rig, bench_before);
	rig_advance(&rig, 2000);
	bench_hear(&rig, BENCH_ASK);
	bench_say(&rig, BENCH_DONE);
	bench_play(&rig, bench_after);
	bench_ended_ok(&rig);
}

static void recover_oddly(const char *scnt, const char *stot, const char *sfsk,
			  const char *document)
{
	recover_after_restart(evidence_make());
	bench_hear(&rig, BENCH_ASK);
	bench_say(&rig, BENCH_NOT_FOUND);
	bench_hear(&rig, "scnt\t");
	bench_say(&rig, scnt);
	bench_hear(&rig, "stot\t");
	bench_say(&rig, stot);
	bench_hear(&rig, "eclastdocnoget\tty4\t");
	bench_say(&rig, document);
	bench_hear(&rig, "sfsk\t");
	bench_say(&rig, sfsk);
	bench_ended(&rig, OUTCOME_UNKNOWN, REASON_COUNTERS_AMBIGUOUS, NULL);
	assert_int_equal(bench_counter(&rig, "before", "daily_reports"), 0);
	assert_true(bench_counter(&rig, "after", "daily_reports") >= 0);
	rig_expect_nothing(&rig);
}

/* [3.9, step 3] */
static void test_recover_ambiguous(void **state)
{
	static const char same[] = "eclastdocnoget\tdi0\t";
	static const char other[] = "eclastdocnoget\tdi5\t";
	const struct {
		const char *scnt, *stot, *sfsk, *document;
	} cases[] = {
		{ "scnt\trd2\t", "stot\tno3\t", "sfsk\tcl0\t", same },
		{ "scnt\trd1\t", "stot\tno1\t", "sfsk\tcl0\t", same },
		{ "scnt\trd0\t", "stot\tno2\t", "sfsk\tcl0\t", same },
		{ "scnt\trd1\t", "stot\tno2\t", "sfsk\tcl1\t", same },
		{ "scnt\trd0\t", "stot\tno1\t", "sfsk\tcl1\t", same },
		{ "scnt\trd0\t", "stot\tno1\t", "sfsk\tcl0\t", other },
		{ "scnt\trd0\tnuZBF 7\t", "stot\tno1\t", "sfsk\t", same },
		{ "scnt\trd1\tnuZBF 7\t", "stot\tno2\t", "sfsk\t", same },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		recover_oddly(cases[i].scnt, cases[i].stot, cases[i].sfsk,
			      cases[i].document);
}

/* Evidence that says nothing of a token: nothing was sent. */
static void test_recover_never_sent(void **state)
{
	static const char *const evidence[] = {
		"null",
		"{}",
		"[]",
		"17",
		"{\"status\": {\"paper\": \"ok\"}}",
		"{\"token\": null}",
		"{\"token\": \"0017\"}",
		"{\"token\": -1}",
		"{\"token\": 10000}",
	};
	struct op op = bench_op(OP_REPORT_Z);

	(void)state;
	for (size_t i = 0; i < COUNT(evidence); i++) {
		recover_after_restart(
			json_parse(evidence[i], strlen(evidence[i])));
		bench_ended(&rig, OUTCOME_FAILED, REASON_RESTARTED, NULL);
		rig_expect_nothing(&rig);
	}
	rig_recover(&rig, &op, NULL);
	bench_ended(&rig, OUTCOME_FAILED, REASON_RESTARTED, NULL);
}

/* The token answers even where nothing else was saved well. */
static void test_recover_poor_evidence(void **state)
{
	static const char poor[] = "{\"token\": 17, \"date\": \"tomorrow\", "
				   "\"serial\": 5, \"counters\": []}";

	(void)state;
	recover_after_restart(json_parse(poor, strlen(poor)));
	bench_hear(&rig, BENCH_ASK);
	bench_say(&rig, BENCH_DONE);
	bench_play(&rig, bench_after);
	bench_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
	assert_null(json_text(rig.result, "date"));
	recover_after_restart(json_parse(poor, strlen(poor)));
	bench_hear(&rig, BENCH_ASK);
	bench_say(&rig, BENCH_NOT_FOUND);
	bench_play(&rig, bench_after);
	bench_ended(&rig, OUTCOME_UNKNOWN, REASON_COUNTERS_AMBIGUOUS, NULL);
}

/* It still prints: rpt waits behind the report, and so do we. */
static void test_recover_while_printing(void **state)
{
	(void)state;
	json_decref(recover_after_loss());
	while (bench_wait(&rig, 600000, BENCH_SDEV_BUSY, BENCH_SPRN_PAPER) ==
	       false)
		bench_hear(&rig, BENCH_ASK); /* a read may be asked again */
	assert_string_equal(json_text(rig.progress, "text"), "paper out");
	bench_say(&rig, BENCH_DONE);
	bench_play(&rig, bench_after);
	bench_ended_ok(&rig);
}

/* Lost again: no answer is no outcome, and the next recovery goes on. */
static void test_recover_lost_again(void **state)
{
	struct op op = bench_op(OP_REPORT_Z);
	json_t *evidence = recover_after_loss();

	(void)state;
	rig_advance(&rig, 14000);
	assert_true(rig.lost);
	assert_int_equal(rig.dones, 0);
	rig_clear(&rig);
	for (int step = 0; step < 4; step++) {
		bench_open(&rig);
		rig_recover(&rig, &op, evidence);
		bench_hear(&rig, BENCH_ASK);
		bench_say(&rig, BENCH_NOT_FOUND);
		for (int i = 0; i < step; i++) {
			bench_hear(&rig, bench_after[i].heard);
			bench_say(&rig, bench_after[i].said);
		}
		rig_advance(&rig, 14000);
		assert_true(rig.lost);
		assert_int_equal(rig.dones, 0);
		rig_clear(&rig);
	}
	json_decref(evidence);
}

/* Answers to probes only: it ends at last, by losing the line. */
static void test_recover_unanswered(void **state)
{
	(void)state;
	json_decref(recover_after_loss());
	while (!rig.lost) {
		assert_true(rig.now < 1000000 + 3600000);
		rig_clear(&rig);
		bench_wait(&rig, 400000, BENCH_SDEV_READY, BENCH_SPRN_FINE);
	}
	assert_int_equal(rig.lost_reason, REASON_NO_ANSWER);
	assert_int_equal(rig.dones, 0);
}

static void test_recover_is_not_aborted(void **state)
{
	(void)state;
	json_decref(recover_after_loss());
	printer_posnet.abort(&rig);
	assert_int_equal(rig.dones, 0);
	bench_say(&rig, BENCH_DONE);
	bench_play(&rig, bench_after);
	bench_ended_ok(&rig);
}

/* --- whatever comes --- */

#define FUZZ_ROUNDS 1500
#define FUZZ_INPUTS 20

static uint32_t fuzz_seed;

static uint32_t fuzz_next(uint32_t below)
{
	fuzz_seed = fuzz_seed * 1664525 + 1013904223;
	return (fuzz_seed >> 8) % below;
}

/* A likely answer, an unlikely one, a spoilt one, or bytes of any kind. */
static bool fuzz_say(void)
{
	static const char *const pool[] = {
		BENCH_SDEV_READY,
		BENCH_SDEV_BUSY,
		BENCH_SPRN_FINE,
		BENCH_DONE,
		BENCH_NOT_FOUND,
		"dailyrep\t@0017\t?382",
		"dailyrep\t@0017\t?50\t",
		"rpt\t@0017\t",
		"ERR\t?5\t",
		"ERR\t?14\tcmdailyrep\t",
		"ERR\t@0017\t?5\t",
		"scnt\trd1\t",
		"scnt\trd0\t",
		"stot\tno1\t",
		"stot\tno2\t",
		"eclastdocnoget\tdi1\t",
		"sfsk\tcl0\t",
		"sfsk\tcl1\t",
		"rtcget\tda2026-09-08;21:59\t",
		"scomm\tfsT\tts0\t",
		"scomm\tfsT\tts16\t",
		"sid\tnmX\t",
		"dailyrep\t",
	};
	uint32_t dice = fuzz_next(10);
	const char *payload = pool[fuzz_next(COUNT(pool))];
	uint8_t bytes[64];

	if (dice == 0) {
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)fuzz_next(256);
		rig_input(&rig, bytes, 1 + fuzz_next(sizeof(bytes)));
	} else if (dice == 1) {
		bench_say_spoilt(&rig, payload);
	} else if (dice == 2) {
		const char *frame = bench_seal(payload);

		rig_input(&rig, frame, 1 + fuzz_next((uint32_t)strlen(frame)));
	} else {
		bench_say(&rig, payload);
	}
	/* only these allow the command to be sent once more */
	return dice > 1 && !strncmp(payload, "ERR", 3);
}

static int daily_count(void)
{
	static const char frame[] = "\x02" BENCH_DAILY "#94FD\x03";
	const char *at = buf_text(&rig.output);
	int count = 0;

	while ((at = strstr(at, frame)) != NULL) {
		count++;
		at++;
	}
	return count;
}

/* Ended or lost, and never sent again without an ERR that said it may be. */
static void fuzz_round(bool recovery)
{
	bool may_repeat = false;

	if (recovery) {
		recover_after_restart(evidence_make());
		rig_clear(&rig);
	} else {
		rig_free(&rig);
		rig_init(&rig, &printer_posnet, NULL, true);
		bench_open(&rig);
		bench_start(&rig, OP_REPORT_Z);
		if (fuzz_next(2)) {
			printer_posnet.abort(&rig);
			rig_clear(&rig);
			memset(rig.kept, 0, sizeof(rig.kept));
			rig_unplug(&rig);
			bench_open(&rig);
			bench_start_daily(&rig);
			rig_input(&rig, "\x02", 1);
		}
	}
	for (int i = 0; i < FUZZ_INPUTS && !rig.lost && !rig.dones; i++) {
		if (fuzz_say())
			may_repeat = true;
		rig_advance(&rig, fuzz_next(3) * 700);
	}
	rig_advance(&rig, 30000); /* silence: it has to end */
	assert_true(rig.lost || rig.dones == 1);
	if (recovery)
		assert_int_equal(daily_count(), 0);
	else if (!may_repeat)
		assert_true(daily_count() <= 1);
	else
		assert_true(daily_count() <= 12);
	if (rig.dones && rig.commits && !recovery)
		assert_int_not_equal(rig.outcome, OUTCOME_FAILED);
	if (rig.dones && !rig.commits && !recovery)
		assert_int_not_equal(rig.outcome, OUTCOME_OK);
}

static void test_whatever_comes(void **state)
{
	int outcomes[OUTCOME_UNKNOWN + 1] = { 0 };
	int lost = 0;

	(void)state;
	fuzz_seed = 20261122;
	for (int i = 0; i < FUZZ_ROUNDS; i++) {
		fuzz_round(i % 3 == 0);
		if (rig.dones)
			outcomes[rig.outcome]++;
		else
			lost++;
	}
	/* it went everywhere */
	assert_true(lost && outcomes[OUTCOME_OK] && outcomes[OUTCOME_REFUSED] &&
		    outcomes[OUTCOME_FAILED] && outcomes[OUTCOME_UNKNOWN]);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_waits_for_people),
		CASE(test_waits_no_longer),
		CASE(test_reply_lost),
		CASE(test_reply_lost_refused),
		CASE(test_reply_lost_unmoved),
		CASE(test_reply_late),
		CASE(test_line_dies),
		CASE(test_line_dies_after_confirmation),
		CASE(test_confirmed_oddly),
		CASE(test_training_mode),
		CASE(test_recover_token_answers),
		CASE(test_recover_token_refused),
		CASE(test_recover_moved),
		CASE(test_recover_not_moved),
		CASE(test_recover_moved_meanwhile),
		CASE(test_recover_ambiguous),
		CASE(test_recover_never_sent),
		CASE(test_recover_poor_evidence),
		CASE(test_recover_while_printing),
		CASE(test_recover_lost_again),
		CASE(test_recover_unanswered),
		CASE(test_recover_is_not_aborted),
		CASE(test_whatever_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
