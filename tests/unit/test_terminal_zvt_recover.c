/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of a payment that broke: the rows W0 to W9 of docs/protocols.md
 * 8.4, each with a terminal that has booked it and one that has not. The
 * driver has to tell the two apart, and never to send anything again.
 */
#include "terminal_zvt_bench.h"

#include "util/json.h"

#include <stdlib.h>
#include <string.h>

#define T3 5000

/* 12.34 as receipt 42, told as the last booking: PT_APPROVED again. */
#define BOOKED PT_APPROVED

/* --- where it may break --- */

enum stage {
	STAGE_SENT,	/* W1: no 80 00 */
	STAGE_ACCEPTED, /* W2: no 04 0F */
	STAGE_READ,	/* W3: 04 0F came, but is not on disk */
	STAGE_SAVED,	/* W4: it is, but was not answered */
	STAGE_ANSWERED, /* W5: 06 0F is missing */
	STAGE_DECLINED, /* W6: 27 <> 00 on disk, 06 1E is missing */
};

/* Plays a payment up to there and returns what is on disk by then. */
static json_t *break_at(struct bench *bench, enum stage stage)
{
	json_t *disk;

	bench_open(bench);
	bench_begin(bench, &bench->pay, ZVT_OK ZVT_PAY);
	disk = json_deep_copy(bench->rig.evidence);
	if (stage >= STAGE_ACCEPTED)
		bench_talk(bench, PT_OK, "");
	if (stage >= STAGE_READ) {
		bench->rig.hold_saves = stage < STAGE_ANSWERED;
		bench_talk(bench,
			   stage == STAGE_DECLINED ? PT_DECLINED : PT_APPROVED,
			   stage < STAGE_ANSWERED ? "" : ZVT_OK);
		bench->rig.hold_saves = false;
	}
	if (stage >= STAGE_SAVED) {
		json_decref(disk);
		disk = json_deep_copy(bench->rig.evidence);
	}
	assert_int_equal(bench->rig.dones, 0);
	rig_unplug(&bench->rig);
	rig_clear(&bench->rig);
	return disk;
}

struct row {
	enum stage stage;
	bool restart; /* W8: the daemon ended as well */
	const char *last;
	enum outcome outcome;
	enum reason reason;
};

/* 5.5: an enquiry's answer, with a software version */
#define PT_VERSION "06 0F 0B F0 F0 F7 32 2E 31 34 2E 31 35 00 "

/* 13.84 as receipt 42, of which 1.50 are a tip (1F36) */
#define PT_TIPPED                                                            \
	"04 0F 20 27 00 04 00 00 00 00 13 84 29 29 00 10 06 87 00 42 0B 00 " \
	"00 42 06 09 1F 36 06 00 00 00 00 01 50 "

/* So that the same booking can be told once more: of another terminal. */
static void forget_all(struct bench *bench)
{
	memset(bench->rig.kept, 0, sizeof(bench->rig.kept));
}

static void check_row(struct bench *bench, const struct row *row)
{
	json_t *disk;

	forget_all(bench);
	disk = break_at(bench, row->stage);
	if (row->restart)
		forget_all(bench);
	bench->rig.commits = 0;
	bench_recover(bench, &bench->pay, disk, row->last);
	bench_expect_done(bench, row->outcome, row->reason);
	assert_int_equal(bench->rig.commits, 0);
	if (row->outcome == OUTCOME_OK) {
		bench_expect_int(bench, "receipt", 42);
		bench_expect_int(bench, "amount", 1234);
	}
	rig_unplug(&bench->rig);
	rig_clear(&bench->rig);
	json_decref(disk);
}

static void test_broken_payments(void **state)
{
	static const struct {
		enum stage stage;
		enum outcome not_booked;
		enum reason reason;
	} rows[] = {
		{ STAGE_SENT, OUTCOME_FAILED, REASON_NO_ANSWER },
		{ STAGE_ACCEPTED, OUTCOME_FAILED, REASON_NO_ANSWER },
		{ STAGE_READ, OUTCOME_FAILED, REASON_NO_ANSWER },
		{ STAGE_SAVED, OUTCOME_FAILED, REASON_NO_ANSWER },
		{ STAGE_ANSWERED, OUTCOME_FAILED, REASON_NO_ANSWER },
		/* it has said so itself */
		{ STAGE_DECLINED, OUTCOME_REFUSED, REASON_DECLINED },
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (int restart = 0; restart < 2; restart++) {
			check_row(bench,
				  &(struct row){ rows[i].stage, restart != 0,
						 BOOKED, OUTCOME_OK,
						 REASON_NONE });
			check_row(bench,
				  &(struct row){ rows[i].stage, restart != 0,
						 PT_BEFORE, rows[i].not_booked,
						 rows[i].reason });
			/* somebody has used the terminal by hand */
			check_row(bench,
				  &(struct row){ rows[i].stage, restart != 0,
						 PT_ANOTHER, OUTCOME_UNKNOWN,
						 REASON_CANNOT_TELL });
		}
	}
}

/* R4: the terminal can't tell. */
static void test_terminal_that_cannot_tell(void **state)
{
	struct bench *bench = *state;

	check_row(bench, &(struct row){ STAGE_ANSWERED, false, "",
					OUTCOME_UNKNOWN, REASON_CANNOT_TELL });
	/* W6: it need not */
	check_row(bench, &(struct row){ STAGE_DECLINED, false, "",
					OUTCOME_REFUSED, REASON_DECLINED });
}

/* W0, and what the journal has where nothing was saved. */
static void test_nothing_was_sent(void **state)
{
	struct bench *bench = *state;
	json_t *empty = json_make();

	bench_open(bench);
	rig_recover(&bench->rig, &bench->pay, NULL);
	bench_expect_done(bench, OUTCOME_FAILED, REASON_RESTARTED);
	rig_recover(&bench->rig, &bench->pay, empty);
	bench_expect_done(bench, OUTCOME_FAILED, REASON_RESTARTED);
	rig_expect_nothing(&bench->rig);
	json_decref(empty);
}

/* --- what the last booking may be --- */

static json_t *evidence(const char *text)
{
	json_t *made = json_loads(text, 0, NULL);

	assert_non_null(made);
	return made;
}

static void check_last(struct bench *bench, const struct op *op,
		       const char *saved, const char *last,
		       enum outcome outcome, enum reason reason)
{
	json_t *disk = evidence(saved);

	bench_recover(bench, op, disk, last);
	bench_expect_done(bench, outcome, reason);
	rig_unplug(&bench->rig);
	rig_clear(&bench->rig);
	json_decref(disk);
}

#define BEFORE                                                              \
	"\"baseline\":{\"result\":0,\"amount\":1000,\"terminal\":29001006," \
	"\"receipt\":41,\"trace\":41}"
#define SENT_AFTER "{\"state\":\"sent\"," BEFORE "}"

static void test_last_booking_is_compared(void **state)
{
	static const struct {
		const char *saved, *last;
		enum outcome outcome;
		enum reason reason;
	} rows[] = {
		/* the same receipt number, but another trace: it wraps */
		{ SENT_AFTER,
		  "04 0F 15 27 00 04 00 00 00 00 12 34 29 29 00 10 06 87 00 41 "
		  "0B 00 00 42",
		  OUTCOME_OK, REASON_NONE },
		/* the trace alone has changed: a new booking */
		{ "{\"state\":\"sent\",\"baseline\":{\"result\":0,"
		  "\"amount\":1234,\"terminal\":29001006,\"receipt\":41,"
		  "\"trace\":41}}",
		  "04 0F 15 27 00 04 00 00 00 00 12 34 29 29 00 10 06 87 00 41 "
		  "0B 00 00 42",
		  OUTCOME_OK, REASON_NONE },
		/* 9999 is the last receipt, and one more was booked */
		{ "{\"state\":\"sent\",\"baseline\":{\"result\":0,"
		  "\"amount\":1000,\"terminal\":29001006,\"receipt\":9999,"
		  "\"trace\":7}}",
		  "04 0F 15 27 00 04 00 00 00 00 12 34 29 29 00 10 06 87 00 01 "
		  "0B 00 00 42",
		  OUTCOME_OK, REASON_NONE },
		/* two were booked: ours may be either, or none */
		{ SENT_AFTER,
		  "04 0F 15 27 00 04 00 00 00 00 12 34 29 29 00 10 06 87 00 43 "
		  "0B 00 00 43",
		  OUTCOME_UNKNOWN, REASON_CANNOT_TELL },
		/* fits, but is a reversal (37) */
		{ SENT_AFTER,
		  "04 0F 19 27 00 04 00 00 00 00 12 34 29 29 00 10 06 87 00 42 "
		  "0B 00 00 42 37 00 00 41",
		  OUTCOME_UNKNOWN, REASON_CANNOT_TELL },
		/* 11.2: newer, and declined */
		{ SENT_AFTER,
		  "04 0F 15 27 05 04 00 00 00 00 12 34 29 29 00 10 06 87 00 42 "
		  "0B 00 00 42",
		  OUTCOME_FAILED, REASON_NO_ANSWER },
		/* an end of day (60) */
		{ SENT_AFTER,
		  "04 0F 12 27 00 04 00 00 00 00 12 34 0B 00 00 42 60 F0 F0 F1 "
		  "00",
		  OUTCOME_UNKNOWN, REASON_CANNOT_TELL },
		/* it told none before: a fit may be an earlier customer's */
		{ "{\"state\":\"sent\"}", BOOKED, OUTCOME_UNKNOWN,
		  REASON_CANNOT_TELL },
		{ "{\"state\":\"sent\"}", PT_ANOTHER, OUTCOME_UNKNOWN,
		  REASON_CANNOT_TELL },
		/* it would not tell before: this may be an older one */
		{ "{\"state\":\"sent\",\"baseline\":false}", BOOKED,
		  OUTCOME_UNKNOWN, REASON_CANNOT_TELL },
		/* nothing to know the one before by: can't be told apart */
		{ "{\"state\":\"sent\",\"baseline\":{\"result\":0}}",
		  "04 0F 02 27 00", OUTCOME_UNKNOWN, REASON_CANNOT_TELL },
		{ "{\"state\":\"sent\",\"baseline\":{\"result\":0,"
		  "\"amount\":1234}}",
		  "04 0F 09 27 00 04 00 00 00 00 12 34", OUTCOME_UNKNOWN,
		  REASON_CANNOT_TELL },
		/* what was asked for, and a tip */
		{ SENT_AFTER, PT_TIPPED, OUTCOME_OK, REASON_NONE },
		/* another amount, but the numbers that were saved */
		{ "{\"state\":\"result-ok\"," BEFORE ",\"numbers\":{"
		  "\"result\":0,\"amount\":9900,\"terminal\":29001006,"
		  "\"receipt\":42,\"trace\":42}}",
		  PT_ANOTHER, OUTCOME_OK, REASON_NONE },
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_last(bench, &bench->pay, rows[i].saved, rows[i].last,
			   rows[i].outcome, rows[i].reason);
}

static void test_reversal_is_recovered(void **state)
{
	static const struct {
		const char *last;
		enum outcome outcome;
		enum reason reason;
	} rows[] = {
		{ PT_REVERSED("25 00", "19"), OUTCOME_OK, REASON_NONE },
		{ PT_BEFORE, OUTCOME_FAILED, REASON_NO_ANSWER },
		/* 5.3: it reversed another */
		{ PT_REVERSED("25 00", "41"), OUTCOME_UNKNOWN,
		  REASON_WRONG_TRANSACTION },
		{ PT_REVERSED("10 00", "19"), OUTCOME_UNKNOWN,
		  REASON_WRONG_TRANSACTION },
		/* R5: 37 missing, the amount fits */
		{ "04 0F 15 27 00 04 00 00 00 00 25 00 29 29 00 10 06 87 00 42 "
		  "0B 00 00 42",
		  OUTCOME_OK, REASON_NONE },
		{ PT_ANOTHER, OUTCOME_UNKNOWN, REASON_CANNOT_TELL },
		{ "", OUTCOME_UNKNOWN, REASON_CANNOT_TELL },
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_last(bench, &bench->reverse, SENT_AFTER, rows[i].last,
			   rows[i].outcome, rows[i].reason);
}

/* --- how it is asked --- */

/* R2: busy for as long as it takes; what it says meanwhile is answered. */
static void test_busy_terminal_is_waited_for(void **state)
{
	struct bench *bench = *state;
	json_t *disk = break_at(bench, STAGE_ACCEPTED);

	bench_line_up(bench);
	bench_talk(bench, PT_OK PT_BUSY, ZVT_FIRST_ASK ZVT_OK);
	/* there, but busy: that is for the recovery to wait for */
	assert_true(bench->rig.ready);
	rig_recover(&bench->rig, &bench->pay, disk);
	for (int i = 0; i < 100; i++) {
		rig_expect_hex(&bench->rig, ZVT_ENQUIRY);
		bench_talk(bench, PT_OK PT_BUSY, ZVT_OK);
		rig_advance(&bench->rig, 3999);
		rig_expect_nothing(&bench->rig);
		rig_advance(&bench->rig, 1);
	}
	assert_int_equal(bench->rig.dones, 0);
	assert_string_equal(json_text(bench->rig.progress, "text"),
			    "The terminal is busy");
	/* 04 FF 45: it reverses by itself; we stay quiet for a while */
	rig_clear(&bench->rig);
	bench_talk(bench, PT_OK PT_BUSY, ZVT_OK);
	rig_advance(&bench->rig, 3000);
	bench_talk(bench, "04 FF 01 45", ZVT_OK);
	rig_advance(&bench->rig, 3999);
	rig_expect_nothing(&bench->rig);
	rig_advance(&bench->rig, 1);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_REGISTER);
	bench_talk(bench, PT_OK PT_REGISTERED, ZVT_OK ZVT_LAST);
	bench_tell_last(bench, PT_BEFORE);
	rig_expect_hex(&bench->rig, ZVT_OK);
	bench_expect_done(bench, OUTCOME_FAILED, REASON_NO_ANSWER);
	json_decref(disk);
}

/* One that can't stop talking is asked all the same, some time. */
static void test_endless_talk_while_finding_out(void **state)
{
	struct bench *bench = *state;
	json_t *disk = break_at(bench, STAGE_ACCEPTED);

	bench_line_up(bench);
	bench_talk(bench, PT_OK PT_BUSY, ZVT_FIRST_ASK ZVT_OK);
	rig_recover(&bench->rig, &bench->pay, disk);
	bench_talk(bench, PT_OK PT_BUSY, ZVT_ENQUIRY ZVT_OK);
	for (int i = 0; i < 2000 && !bench->rig.lost; i++) {
		rig_input_hex(&bench->rig, "04 FF 01 0E");
		rig_advance(&bench->rig, 3000);
	}
	assert_true(bench->rig.lost);
	assert_int_equal(bench->rig.dones, 0);
	json_decref(disk);
}

/* No result is made up for a terminal that never gets idle. */
static void test_terminal_that_stays_busy_is_opened_again(void **state)
{
	struct bench *bench = *state;
	json_t *disk = break_at(bench, STAGE_ACCEPTED);

	bench_line_up(bench);
	rig_input_hex(&bench->rig, PT_OK PT_BUSY);
	rig_recover(&bench->rig, &bench->pay, disk);
	for (int i = 0; i < 1000 && !bench->rig.lost; i++) {
		rig_input_hex(&bench->rig, PT_OK PT_BUSY);
		rig_advance(&bench->rig, 4000);
	}
	assert_true(bench->rig.lost);
	assert_int_equal(bench->rig.dones, 0);
	json_decref(disk);
}

static void test_silence_while_finding_out(void **state)
{
	struct bench *bench = *state;
	json_t *disk = break_at(bench, STAGE_ACCEPTED);

	bench_open(bench);
	rig_recover(&bench->rig, &bench->pay, disk);
	rig_expect_hex(&bench->rig, ZVT_ENQUIRY);
	rig_advance(&bench->rig, T3);
	assert_true(bench->rig.lost);
	assert_int_equal(bench->rig.dones, 0);
	json_decref(disk);
}

static void test_abort_while_finding_out_is_no_answer(void **state)
{
	struct bench *bench = *state;
	json_t *disk = break_at(bench, STAGE_ACCEPTED);

	bench_open(bench);
	rig_recover(&bench->rig, &bench->pay, disk);
	rig_clear(&bench->rig);
	bench->rig.driver->abort(&bench->rig);
	rig_expect_nothing(&bench->rig);
	assert_int_equal(bench->rig.dones, 0);
	json_decref(disk);
}

/* --- what comes late --- */

/* R6: it belongs to the operation: saved, then answered; the terminal is
 * asked all the same. */
static void test_late_result_is_taken(void **state)
{
	struct bench *bench = *state;
	json_t *disk = break_at(bench, STAGE_ACCEPTED);

	bench_line_up(bench);
	bench_talk(bench, PT_OK PT_BUSY, ZVT_FIRST_ASK ZVT_OK);
	rig_recover(&bench->rig, &bench->pay, disk);
	bench_talk(bench, PT_OK PT_BUSY, ZVT_ENQUIRY ZVT_OK);
	bench->rig.hold_saves = true;
	bench_talk(bench, PT_APPROVED, "");
	assert_string_equal(json_text(bench->rig.evidence, "state"),
			    "result-ok");
	rig_saved(&bench->rig, 0);
	rig_expect_hex(&bench->rig, ZVT_OK);
	bench->rig.hold_saves = false;
	bench_talk(bench, "06 D1 01 81", ZVT_OK);
	bench_talk(bench, PT_DONE, ZVT_OK);
	assert_int_equal(bench->rig.dones, 0);
	rig_advance(&bench->rig, 4000);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_REGISTER);
	bench_talk(bench, PT_OK PT_REGISTERED, ZVT_OK ZVT_LAST);
	bench_tell_last(bench, BOOKED);
	rig_expect_hex(&bench->rig, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	json_decref(disk);
}

/* R1: a serial terminal is listened to first; what it repeats is kept for
 * the recovery, and not answered before that has it on disk. */
static void test_late_result_while_opening(void **state)
{
	struct bench *bench = *state;
	/* section 6 */
	const char *approved =
		"10 02 04 0F 37 27 00 04 00 00 00 00 12 34 49 09 78 0C 13 44 "
		"55 0D 11 22 22 F0 F8 EE EE EE EE EE EE 47 71 29 29 00 10 10 "
		"06 3B 36 31 31 38 30 34 00 00 87 00 42 0B 00 00 42 19 60 8A "
		"2E 10 03 4A A0";
	json_t *disk = evidence(SENT_AFTER);

	bench_line_up(bench);
	rig_clear(&bench->rig);
	bench_talk(bench, approved, "06");
	assert_true(bench->rig.ready);
	rig_advance(&bench->rig, 100);
	rig_expect_nothing(&bench->rig);
	bench->rig.hold_saves = true;
	rig_recover(&bench->rig, &bench->pay, disk);
	rig_expect_nothing(&bench->rig);
	assert_true(bench->rig.save_pending);
	rig_saved(&bench->rig, 0);
	rig_expect_hex(&bench->rig, "10 02 80 00 00 10 03 F5 1F");
	json_decref(disk);
}

/* R1: T2 and a second, if this driver knows that something was under way. */
static void test_serial_line_is_listened_to_first(void **state)
{
	struct bench *bench = *state;
	const char *ask = "10 02 05 01 03 00 00 00 10 03 DF DB";
	json_t *disk = evidence(SENT_AFTER);

	/* whatever an earlier daemon was at */
	rig_open(&bench->rig);
	rig_advance(&bench->rig, 5999);
	rig_expect_nothing(&bench->rig);
	rig_advance(&bench->rig, 1);
	rig_expect_hex(&bench->rig, ask);
	rig_input_hex(&bench->rig, "06 10 02 80 00 00 10 03 F5 1F");
	rig_input_hex(&bench->rig, "10 02 06 0F 01 9C 10 03 DB 51");
	rig_recover(&bench->rig, &bench->pay, disk);
	rig_unplug(&bench->rig);
	rig_clear(&bench->rig);
	rig_open(&bench->rig);
	rig_advance(&bench->rig, 5999);
	rig_expect_nothing(&bench->rig);
	rig_advance(&bench->rig, 1);
	rig_expect_hex(&bench->rig, ask);
	json_decref(disk);
}

/* R2: on a serial line silence may be a restart; but not for ever. */
static void test_serial_silence_is_asked_again(void **state)
{
	struct bench *bench = *state;
	json_t *disk = evidence(SENT_AFTER);

	bench_line_up(bench);
	rig_input_hex(&bench->rig, "06 10 02 80 00 00 10 03 F5 1F");
	rig_input_hex(&bench->rig, "10 02 06 0F 01 9C 10 03 DB 51");
	rig_input_hex(&bench->rig, "06");
	assert_true(bench->rig.ready);
	rig_recover(&bench->rig, &bench->pay, disk);
	rig_clear(&bench->rig);
	rig_advance(&bench->rig, 30000);
	assert_false(bench->rig.lost);
	assert_true(bench->rig.output.len > 0);
	rig_clear(&bench->rig);
	rig_input_hex(&bench->rig, "06");
	rig_advance(&bench->rig, 600000);
	assert_true(bench->rig.lost);
	assert_int_equal(bench->rig.dones, 0);
	json_decref(disk);
}

/* --- what nobody waits for --- */

/* R6: its sale was told as not paid: the terminal has to reverse, and is
 * asked whether it did. */
static void test_late_approval_of_failed_payment_is_turned_down(void **state)
{
	struct bench *bench = *state;
	json_t *disk = break_at(bench, STAGE_ACCEPTED);

	bench_recover(bench, &bench->pay, disk, PT_BEFORE);
	bench_expect_done(bench, OUTCOME_FAILED, REASON_NO_ANSWER);
	bench_talk(bench, PT_APPROVED, ZVT_NOT_TAKEN);
	bench_talk(bench, "06 1E 01 66", ZVT_OK);
	rig_advance(&bench->rig, 4000);
	rig_expect_hex(&bench->rig, ZVT_LAST);
	bench_tell_last(bench, PT_BEFORE);
	rig_expect_hex(&bench->rig, ZVT_OK);
	/* another amount is not it */
	bench_talk(bench, PT_ANOTHER, ZVT_OK);
	json_decref(disk);
}

/* Nor is it paid where the customer has put a tip on top. */
static void test_late_approval_with_a_tip_is_turned_down(void **state)
{
	struct bench *bench = *state;
	json_t *disk = break_at(bench, STAGE_ACCEPTED);

	bench_recover(bench, &bench->pay, disk, PT_BEFORE);
	bench_expect_done(bench, OUTCOME_FAILED, REASON_NO_ANSWER);
	bench_talk(bench, PT_TIPPED, ZVT_NOT_TAKEN);
	json_decref(disk);
}

/* A repeat of what counts is never turned down, whatever failed since. */
static void test_repeated_approval_of_good_payment_stays(void **state)
{
	struct bench *bench = *state;
	json_t *disk;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench, PT_APPROVED PT_DONE, ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	bench_talk(bench, PT_APPROVED, ZVT_OK);
	rig_unplug(&bench->rig);
	rig_clear(&bench->rig);
	bench->rig.commits = 0;
	disk = break_at(bench, STAGE_ACCEPTED);
	bench_recover(bench, &bench->pay, disk, PT_BEFORE);
	bench_expect_done(bench, OUTCOME_FAILED, REASON_NO_ANSWER);
	bench_talk(bench, PT_APPROVED, ZVT_OK);
	json_decref(disk);
}

/* Nobody was told anything: somebody's own use of the terminal stays. */
static void test_stray_approval_is_acknowledged(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_talk(bench, PT_APPROVED, ZVT_OK);
	assert_true(bench->rig.logs > 0);
	assert_null(strstr(bench->rig.log, "4771"));
	bench_talk(bench, PT_DECLINED, ZVT_OK);
	bench_talk(bench, PT_DONE, ZVT_OK);
	/* while the line comes up it is held, but not for ever */
	bench_line_up(bench);
	rig_clear(&bench->rig);
	bench_talk(bench, PT_APPROVED, "");
	rig_advance(&bench->rig, 2000);
	rig_expect_hex(&bench->rig, ZVT_OK);
}

/* The end contradicts the result: approved, then 06 1E; or the terminal goes
 * on to update itself (06 0F 27 E0). */
static void test_contradiction_is_found_out(void **state)
{
	static const struct {
		const char *end, *last;
		enum outcome outcome;
		enum reason reason;
	} rows[] = {
		{ "06 1E 01 6C", BOOKED, OUTCOME_OK, REASON_NONE },
		{ "06 1E 01 6C", PT_BEFORE, OUTCOME_REFUSED,
		  REASON_CUSTOMER_ABORTED },
		{ "06 1E 01 00", BOOKED, OUTCOME_OK, REASON_NONE },
		{ "06 1E 01 00", PT_BEFORE, OUTCOME_REFUSED, REASON_ABORTED },
		{ "06 0F 02 27 E0", BOOKED, OUTCOME_OK, REASON_NONE },
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bench->rig.commits = 0;
		forget_all(bench);
		bench_open(bench);
		bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
		bench_talk(bench, PT_APPROVED, ZVT_OK);
		bench_talk(bench, rows[i].end, ZVT_OK);
		assert_int_equal(bench->rig.dones, 0);
		rig_advance(&bench->rig, 1000);
		bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
		bench_tell_last(bench, rows[i].last);
		rig_expect_hex(&bench->rig, ZVT_OK);
		bench_expect_done(bench, rows[i].outcome, rows[i].reason);
		rig_unplug(&bench->rig);
		rig_clear(&bench->rig);
	}
}

/* The end without any result: it may have been approved. */
static void test_end_without_result_is_found_out(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench, PT_DONE, ZVT_OK);
	assert_int_equal(bench->rig.dones, 0);
	rig_advance(&bench->rig, 1000);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
	bench_tell_last(bench, BOOKED);
	rig_expect_hex(&bench->rig, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
}

/* A line that gives the answer to the enquiry twice is one answer behind from
 * then on, and the last booking is told when a payment is waited for. */
static void pay_one_behind(struct bench *bench, const char *last)
{
	rig_start(&bench->rig, &bench->pay);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
	bench_talk(bench, PT_OK PT_DONE, ZVT_OK ZVT_PAY);
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, last, ZVT_OK);
	bench_talk(bench, PT_DONE, ZVT_OK);
	assert_int_equal(bench->rig.dones, 0);
	rig_advance(&bench->rig, 1000);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
	bench_tell_last(bench, last);
	bench_expect_done(bench, OUTCOME_UNKNOWN, REASON_CANNOT_TELL);
}

/* What was told as booked once is not the result of anything else. */
static void test_old_result_is_no_new_one(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench, PT_APPROVED PT_DONE, ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	rig_clear(&bench->rig);
	pay_one_behind(bench, PT_APPROVED);
}

/* Nor is what was there when the line came up. */
static void test_known_booking_is_no_result(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	pay_one_behind(bench, PT_BEFORE);
}

/* What only an enquiry is answered by, in answer to something else: one answer
 * behind, so the line is begun anew before any money is asked for. */
static void test_answer_of_an_enquiry_is_out_of_step(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	rig_start(&bench->rig, &bench->pay);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
	rig_input_hex(&bench->rig, PT_OK PT_READY);
	assert_true(bench->rig.lost);
	assert_int_equal(bench->rig.commits, 0);
	bench_line_up(bench);
	rig_expect_hex(&bench->rig, ZVT_FIRST_ASK);
	bench_talk(bench, PT_OK PT_VERSION, ZVT_OK ZVT_REGISTER);
	rig_input_hex(&bench->rig, PT_OK PT_VERSION);
	assert_true(bench->rig.lost);
}

/* Sends the payment to a terminal that seems to have nothing to repeat: one
 * answer behind again. */
static void pay_without_baseline(struct bench *bench)
{
	bench_open(bench);
	rig_start(&bench->rig, &bench->pay);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
	bench_talk(bench, PT_OK PT_DONE, ZVT_OK ZVT_PAY);
	/* which is the answer to whether there is anything to repeat */
	bench_talk(bench, PT_OK "06 1E 01 83", ZVT_OK);
	assert_int_equal(bench->rig.dones, 0);
}

/* A refusal that may be of what was asked before is looked into. */
static void test_old_refusal_is_no_new_one(void **state)
{
	struct bench *bench = *state;

	pay_without_baseline(bench);
	bench_talk(bench, PT_OK PT_INSERT_CARD, ZVT_OK);
	bench_talk(bench, PT_APPROVED PT_DONE, ZVT_OK ZVT_OK);
	assert_int_equal(bench->rig.dones, 0);
	rig_advance(&bench->rig, 5000); /* since it has spoken */
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
	bench_tell_last(bench, PT_APPROVED);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
}

/* And stands, if the terminal has nothing to repeat afterwards either. */
static void test_refusal_stands_if_nothing_was_booked(void **state)
{
	struct bench *bench = *state;

	pay_without_baseline(bench);
	rig_advance(&bench->rig, 1000);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
	bench_talk(bench, PT_OK "06 1E 01 83", ZVT_OK);
	bench_expect_done(bench, OUTCOME_REFUSED, REASON_NOT_SUPPORTED);
	bench_expect_text(bench, "code", "83");
}

/* The same where it is refused at once. */
static void test_answer_of_refusal_is_looked_into(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	rig_start(&bench->rig, &bench->pay);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
	bench_talk(bench, PT_OK PT_DONE, ZVT_OK ZVT_PAY);
	bench_talk(bench, "84 83 00", "");
	assert_int_equal(bench->rig.dones, 0);
	rig_advance(&bench->rig, 1000);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
	bench_talk(bench, "84 83 00", "");
	bench_expect_done(bench, OUTCOME_REFUSED, REASON_NOT_SUPPORTED);
}

/* A terminal that would not tell its last booking before is not believed
 * afterwards either; what it does not know (6B) is told it again. */
static void test_unknown_baseline_is_noted(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	rig_start(&bench->rig, &bench->pay);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
	bench_talk(bench, "84 6B 00", ZVT_REGISTER);
	bench_talk(bench, PT_OK PT_REGISTERED, ZVT_OK ZVT_LAST);
	bench_talk(bench, "84 83 00", ZVT_PAY);
	assert_true(json_is_false(
		json_object_get(bench->rig.evidence, "baseline")));
	assert_int_equal(bench->rig.commits, 1);
}

/* 06 1E 83 says that there is nothing to repeat: that is known. */
static void test_empty_baseline_is_noted(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	rig_start(&bench->rig, &bench->pay);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
	bench_talk(bench, PT_OK "06 1E 01 83", ZVT_OK ZVT_PAY);
	assert_null(json_object_get(bench->rig.evidence, "baseline"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BENCH_TCP(test_broken_payments),
		BENCH_TCP(test_terminal_that_cannot_tell),
		BENCH_TCP(test_nothing_was_sent),
		BENCH_TCP(test_last_booking_is_compared),
		BENCH_TCP(test_reversal_is_recovered),
		BENCH_TCP(test_busy_terminal_is_waited_for),
		BENCH_TCP(test_endless_talk_while_finding_out),
		BENCH_TCP(test_terminal_that_stays_busy_is_opened_again),
		BENCH_TCP(test_silence_while_finding_out),
		BENCH_TCP(test_abort_while_finding_out_is_no_answer),
		BENCH_TCP(test_late_result_is_taken),
		BENCH_SERIAL(test_late_result_while_opening),
		BENCH_SERIAL(test_serial_line_is_listened_to_first),
		BENCH_SERIAL(test_serial_silence_is_asked_again),
		BENCH_TCP(test_late_approval_of_failed_payment_is_turned_down),
		BENCH_TCP(test_late_approval_with_a_tip_is_turned_down),
		BENCH_TCP(test_repeated_approval_of_good_payment_stays),
		BENCH_TCP(test_stray_approval_is_acknowledged),
		BENCH_TCP(test_contradiction_is_found_out),
		BENCH_TCP(test_end_without_result_is_found_out),
		BENCH_TCP(test_old_result_is_no_new_one),
		BENCH_TCP(test_known_booking_is_no_result),
		BENCH_TCP(test_answer_of_an_enquiry_is_out_of_step),
		BENCH_TCP(test_old_refusal_is_no_new_one),
		BENCH_TCP(test_refusal_stands_if_nothing_was_booked),
		BENCH_TCP(test_answer_of_refusal_is_looked_into),
		BENCH_TCP(test_unknown_baseline_is_noted),
		BENCH_TCP(test_empty_baseline_is_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
