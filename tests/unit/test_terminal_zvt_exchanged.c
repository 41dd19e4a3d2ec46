/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another terminal behind the same port: its receipts have the same numbers,
 * and are somebody else's. 29001006 is the one that was there before, 52000099
 * the one that is there now; a terminal that never tells an id is believed.
 */
#include "terminal_zvt_bench.h"

#include "util/json.h"

#include <string.h>

#define HERE  29001006
#define OTHER 52000099

#define OTHER_REGISTERED    "06 0F 0A 19 00 29 52 00 00 99 49 09 78 "
#define NAMELESS_REGISTERED "06 0F 05 19 00 49 09 78 "
#define NOTHING_TO_REPEAT   "06 1E 01 83 "

/* 10.00 as receipt 41, and 12.34 as receipt 42: by the other one; by nobody */
#define OTHER_BEFORE                                                         \
	"04 0F 1C 27 00 04 00 00 00 00 10 00 29 52 00 00 99 87 00 41 0B 00 " \
	"00 41 0C 10 00 00 0D 11 22 "
#define OTHER_APPROVED                                                       \
	"04 0F 15 27 00 04 00 00 00 00 12 34 29 52 00 00 99 87 00 42 0B 00 " \
	"00 42 "
#define OTHER_FAR                                                            \
	"04 0F 15 27 00 04 00 00 00 00 12 34 29 52 00 00 99 87 70 41 0B 00 " \
	"70 41 "
#define OTHER_DECLINED                                                       \
	"04 0F 15 27 05 04 00 00 00 00 12 34 29 52 00 00 99 87 00 42 0B 00 " \
	"00 42 "
#define OTHER_REVERSED                                                       \
	"04 0F 19 27 00 04 00 00 00 00 25 00 29 52 00 00 99 87 00 42 0B 00 " \
	"00 42 37 00 00 19 "
#define NAMELESS_BEFORE \
	"04 0F 10 27 00 04 00 00 00 00 10 00 87 00 41 0B 00 00 41 "
#define NAMELESS_APPROVED \
	"04 0F 10 27 00 04 00 00 00 00 12 34 87 00 42 0B 00 00 42 "
#define NAMELESS_REVERSED                                                 \
	"04 0F 14 27 00 04 00 00 00 00 25 00 87 00 42 0B 00 00 42 37 00 " \
	"00 19 "

/* The line comes up; the terminal says who it is, and its last booking ("" if
 * it has none to tell). */
static void open_at(struct bench *bench, const char *registered,
		    const char *last)
{
	bench_line_up(bench);
	rig_clear(&bench->rig);
	bench_talk(bench, PT_OK PT_READY, ZVT_OK ZVT_REGISTER);
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, registered, ZVT_OK ZVT_LAST);
	bench_tell_last(bench, last);
	rig_expect_hex(&bench->rig, ZVT_OK);
	assert_true(bench->rig.ready);
}

/* To where the reversal is sent, or not (out is what follows). The terminal
 * has to say who it is first. */
static void reverse(struct bench *bench, int64_t paid_at,
		    const char *registered, const char *last, const char *out)
{
	bench->reverse.reversal.terminal = paid_at;
	rig_start(&bench->rig, &bench->reverse);
	rig_expect_hex(&bench->rig, ZVT_ENQUIRY);
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, PT_READY, ZVT_OK ZVT_REGISTER);
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, registered, ZVT_OK ZVT_LAST);
	bench_talk(bench, PT_OK, "");
	if (*last)
		bench_talk(bench, last, ZVT_OK);
	rig_input_hex(&bench->rig, *last ? PT_DONE : NOTHING_TO_REPEAT);
	rig_expect_hex(&bench->rig, out);
}

static void begin_anew(struct bench *bench)
{
	rig_unplug(&bench->rig);
	rig_clear(&bench->rig);
	memset(bench->rig.kept, 0, sizeof(bench->rig.kept));
	bench->rig.commits = 0;
}

/* --- what was paid elsewhere --- */

static void test_a_payment_of_another_terminal_is_not_reversed(void **state)
{
	static const struct {
		const char *registered, *last;
	} rows[] = {
		{ OTHER_REGISTERED, OTHER_BEFORE },
		{ OTHER_REGISTERED, "" },
		{ OTHER_REGISTERED, NAMELESS_BEFORE },
		{ NAMELESS_REGISTERED, OTHER_BEFORE },
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		open_at(bench, rows[i].registered, rows[i].last);
		reverse(bench, HERE, rows[i].registered, rows[i].last, ZVT_OK);
		bench_expect_done(bench, OUTCOME_FAILED,
				  REASON_TERMINAL_EXCHANGED);
		assert_int_equal(bench->rig.commits, 0);
		assert_int_equal(bench->rig.saves, 0);
		begin_anew(bench);
	}
}

/* Nor where it took the other's place on a line that stayed up. */
static void test_an_exchange_that_nobody_noticed(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	reverse(bench, HERE, OTHER_REGISTERED, "", ZVT_OK);
	bench_expect_done(bench, OUTCOME_FAILED, REASON_TERMINAL_EXCHANGED);
	assert_int_equal(bench->rig.commits, 0);
	assert_string_equal(json_text(bench->rig.status, "terminal"),
			    "52000099");
	assert_true(bench->rig.logs > 0);
}

/* The look at an idle terminal had asked for its last booking already. */
static void test_what_is_under_way_is_no_short_cut(void **state)
{
	struct bench *bench = *state;

	/* a late approval is turned down, and then looked after */
	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench, PT_DECLINED "06 1E 01 05", ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_REFUSED, REASON_DECLINED);
	bench_talk(bench, PT_APPROVED, ZVT_NOT_TAKEN);
	rig_advance(&bench->rig, 4000);
	rig_expect_hex(&bench->rig, ZVT_LAST);
	bench->rig.commits = 0;
	bench->reverse.reversal.terminal = HERE;
	rig_start(&bench->rig, &bench->reverse);
	bench_talk(bench, PT_OK NOTHING_TO_REPEAT, ZVT_OK ZVT_ENQUIRY);
	bench_talk(bench, PT_OK PT_READY, ZVT_OK ZVT_REGISTER);
	bench_talk(bench, PT_OK OTHER_REGISTERED, ZVT_OK ZVT_LAST);
	bench_talk(bench, PT_OK NOTHING_TO_REPEAT, ZVT_OK);
	bench_expect_done(bench, OUTCOME_FAILED, REASON_TERMINAL_EXCHANGED);
	assert_int_equal(bench->rig.commits, 0);
}

static void test_a_payment_of_this_terminal_is_reversed(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	reverse(bench, HERE, PT_REGISTERED, PT_BEFORE, ZVT_OK ZVT_REVERSE);
	assert_int_equal(json_int(bench->rig.evidence, "terminal", 0), HERE);
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, PT_REVERSED("25 00", "19") PT_DONE, ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
}

/* One that never tells, and a payment that was never told where. */
static void test_a_terminal_without_an_id_is_believed(void **state)
{
	struct bench *bench = *state;

	open_at(bench, NAMELESS_REGISTERED, NAMELESS_BEFORE);
	assert_null(json_text(bench->rig.status, "terminal"));
	reverse(bench, HERE, NAMELESS_REGISTERED, NAMELESS_BEFORE,
		ZVT_OK ZVT_REVERSE);
	assert_null(json_object_get(bench->rig.evidence, "terminal"));
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, NAMELESS_REVERSED PT_DONE, ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	begin_anew(bench);
	/* and it is not asked who it is, since there is nothing to compare */
	bench_open(bench);
	bench->reverse.reversal.terminal = 0;
	bench_begin_taken(bench, &bench->reverse, ZVT_OK ZVT_REVERSE);
}

/* It tells only when it is too late: nobody calls that well. */
static void test_a_reversal_at_another_terminal_is_an_alarm(void **state)
{
	struct bench *bench = *state;

	open_at(bench, NAMELESS_REGISTERED, "");
	reverse(bench, HERE, NAMELESS_REGISTERED, "", ZVT_OK ZVT_REVERSE);
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, OTHER_REVERSED PT_DONE, ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_UNKNOWN, REASON_WRONG_TRANSACTION);
	bench_expect_text(bench, "terminal", "52000099");
}

/* "Reversed before" is said of its own receipt of that number. */
static void test_reversed_before_at_another_terminal(void **state)
{
	struct bench *bench = *state;

	open_at(bench, NAMELESS_REGISTERED, NAMELESS_BEFORE);
	reverse(bench, HERE, NAMELESS_REGISTERED, NAMELESS_BEFORE,
		ZVT_OK ZVT_REVERSE);
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, "04 0F 07 27 B4 29 52 00 00 99 06 1E 01 B4",
		   ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_REFUSED, REASON_TERMINAL_EXCHANGED);
	assert_null(json_object_get(bench->rig.result, "reversed_before"));
}

/* --- what is found out at another one --- */

#define BEFORE                                                              \
	"\"baseline\":{\"result\":0,\"amount\":1000,\"terminal\":29001006," \
	"\"receipt\":41,\"trace\":41}"
#define NAMELESS                                                     \
	"\"baseline\":{\"result\":0,\"amount\":1000,\"receipt\":41," \
	"\"trace\":41}"
#define KNOWN "\"terminal\":29001006,"
#define BOOKED                                                       \
	",\"numbers\":{\"result\":0,\"amount\":1234,\"receipt\":42," \
	"\"trace\":42,\"terminal\":29001006},\"result\":{\"amount\":1234}"
#define DECLINED                                                         \
	",\"numbers\":{\"result\":5,\"terminal\":29001006},\"result\":{" \
	"\"code\":\"05\"}"

static void check(struct bench *bench, const struct op *op, const char *saved,
		  const char *registered, const char *last,
		  enum outcome outcome, enum reason reason)
{
	json_t *disk = json_loads(saved, 0, NULL);

	assert_non_null(disk);
	open_at(bench, registered, last);
	rig_recover(&bench->rig, op, disk);
	rig_expect_hex(&bench->rig, ZVT_ENQUIRY);
	bench_talk(bench, PT_OK PT_READY, ZVT_OK ZVT_LAST);
	bench_tell_last(bench, last);
	rig_expect_hex(&bench->rig, ZVT_OK);
	bench_expect_done(bench, outcome, reason);
	begin_anew(bench);
	json_decref(disk);
}

static void test_a_booking_of_another_terminal_is_not_ours(void **state)
{
	static const struct {
		const char *saved, *registered, *last;
		enum outcome outcome;
		enum reason reason;
	} rows[] = {
		/* ours by amount, next to the one before or far from it */
		{ "{\"state\":\"sent\"," BEFORE "}", OTHER_REGISTERED,
		  OTHER_APPROVED, OUTCOME_UNKNOWN, REASON_TERMINAL_EXCHANGED },
		{ "{\"state\":\"sent\"," BEFORE "}", OTHER_REGISTERED,
		  OTHER_FAR, OUTCOME_UNKNOWN, REASON_TERMINAL_EXCHANGED },
		/* declined there: that says nothing of ours */
		{ "{\"state\":\"sent\"," BEFORE "}", OTHER_REGISTERED,
		  OTHER_DECLINED, OUTCOME_UNKNOWN, REASON_TERMINAL_EXCHANGED },
		{ "{\"state\":\"sent\"," BEFORE "}", OTHER_REGISTERED, "",
		  OUTCOME_UNKNOWN, REASON_TERMINAL_EXCHANGED },
		/* approved here, and on disk */
		{ "{\"state\":\"result-ok\"," BEFORE BOOKED "}",
		  OTHER_REGISTERED, OTHER_APPROVED, OUTCOME_UNKNOWN,
		  REASON_TERMINAL_EXCHANGED },
		/* bookings without an id: who it was is known all the same */
		{ "{\"state\":\"sent\"," KNOWN NAMELESS "}", OTHER_REGISTERED,
		  NAMELESS_APPROVED, OUTCOME_UNKNOWN,
		  REASON_TERMINAL_EXCHANGED },
		{ "{\"state\":\"sent\"," KNOWN NAMELESS "}", OTHER_REGISTERED,
		  NAMELESS_BEFORE, OUTCOME_UNKNOWN, REASON_TERMINAL_EXCHANGED },
		{ "{\"state\":\"sent\"," KNOWN NAMELESS "}",
		  NAMELESS_REGISTERED, OTHER_APPROVED, OUTCOME_UNKNOWN,
		  REASON_TERMINAL_EXCHANGED },
		/* W6: it has said itself that it failed */
		{ "{\"state\":\"result-bad\"," BEFORE DECLINED "}",
		  OTHER_REGISTERED, OTHER_APPROVED, OUTCOME_REFUSED,
		  REASON_DECLINED },
		/* the same one */
		{ "{\"state\":\"sent\"," KNOWN NAMELESS "}", PT_REGISTERED,
		  NAMELESS_APPROVED, OUTCOME_OK, REASON_NONE },
		/* those that never tell */
		{ "{\"state\":\"sent\"," NAMELESS "}", NAMELESS_REGISTERED,
		  NAMELESS_APPROVED, OUTCOME_OK, REASON_NONE },
		{ "{\"state\":\"sent\"," NAMELESS "}", NAMELESS_REGISTERED,
		  NAMELESS_BEFORE, OUTCOME_FAILED, REASON_NO_ANSWER },
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check(bench, &bench->pay, rows[i].saved, rows[i].registered,
		      rows[i].last, rows[i].outcome, rows[i].reason);
}

/* A reversal names the terminal itself. */
static void test_a_reversal_is_not_found_out_elsewhere(void **state)
{
	struct bench *bench = *state;

	check(bench, &bench->reverse, "{\"state\":\"sent\"," BEFORE "}",
	      OTHER_REGISTERED, OTHER_REVERSED, OUTCOME_UNKNOWN,
	      REASON_TERMINAL_EXCHANGED);
	bench->reverse.reversal.terminal = HERE;
	check(bench, &bench->reverse, "{\"state\":\"sent\"," NAMELESS "}",
	      NAMELESS_REGISTERED, OTHER_REVERSED, OUTCOME_UNKNOWN,
	      REASON_TERMINAL_EXCHANGED);
	check(bench, &bench->reverse, "{\"state\":\"sent\"," NAMELESS "}",
	      PT_REGISTERED, NAMELESS_REVERSED, OUTCOME_OK, REASON_NONE);
}

/* What the other one tells out of turn is acknowledged, and no more. */
static void test_a_late_result_of_another_terminal_is_not_claimed(void **state)
{
	struct bench *bench = *state;
	json_t *disk = json_loads("{\"state\":\"sent\"," BEFORE "}", 0, NULL);

	bench_line_up(bench);
	rig_clear(&bench->rig);
	bench_talk(bench, OTHER_APPROVED, "");
	assert_true(bench->rig.ready);
	rig_recover(&bench->rig, &bench->pay, disk);
	rig_expect_hex(&bench->rig, ZVT_OK);
	assert_int_equal(bench->rig.saves, 0);
	/* the enquiry, and what it tells while it is asked */
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, OTHER_APPROVED, ZVT_OK);
	assert_int_equal(bench->rig.saves, 0);
	bench_talk(bench, PT_READY, ZVT_OK ZVT_REGISTER);
	bench_talk(bench, PT_OK OTHER_REGISTERED, ZVT_OK ZVT_LAST);
	bench_tell_last(bench, OTHER_APPROVED);
	bench_expect_done(bench, OUTCOME_UNKNOWN, REASON_TERMINAL_EXCHANGED);
	json_decref(disk);
}

/* Nor is it turned down, for a sale of ours that came to nothing before. */
static void test_a_late_approval_of_another_terminal_stays(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench, PT_DECLINED "06 1E 01 05", ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_REFUSED, REASON_DECLINED);
	rig_unplug(&bench->rig);
	rig_clear(&bench->rig);
	open_at(bench, OTHER_REGISTERED, "");
	bench_talk(bench, OTHER_APPROVED, ZVT_OK);
	/* by the one that it was asked of it would be */
	bench_talk(bench, PT_APPROVED, ZVT_NOT_TAKEN);
}

/* --- what is told of it --- */

static void test_the_id_is_told_and_noted(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	assert_string_equal(json_text(bench->rig.identity, "terminal"),
			    "29001006");
	assert_string_equal(json_text(bench->rig.status, "terminal"),
			    "29001006");
	bench_begin(bench, &bench->pay, ZVT_OK ZVT_PAY);
	assert_int_equal(json_int(bench->rig.evidence, "terminal", 0), HERE);
}

/* 1F44, beside the container that tells of the device or in it. */
static void test_an_enquiry_may_tell_it(void **state)
{
	static const char *const enquiries[] = {
		"06 0F 0A 00 06 07 1F 44 04 52 00 00 99 ",
		"06 0F 0C 00 06 09 E4 07 1F 44 04 52 00 00 99 ",
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof(enquiries) / sizeof(*enquiries); i++) {
		bench_line_up(bench);
		rig_clear(&bench->rig);
		bench_talk(bench, PT_OK, "");
		bench_talk(bench, enquiries[i], ZVT_OK ZVT_REGISTER);
		assert_string_equal(json_text(bench->rig.status, "terminal"),
				    "52000099");
		begin_anew(bench);
	}
}

/* So that one without a booking is known to be another, too. */
static void test_a_test_tells_who_it_is(void **state)
{
	const struct op look = { .kind = OP_TEST_INTERNAL, .id = "t" };
	struct bench *bench = *state;

	open_at(bench, OTHER_REGISTERED, "");
	rig_start(&bench->rig, &look);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
	bench_talk(bench, PT_OK NOTHING_TO_REPEAT, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	bench_expect_text(bench, "terminal", "52000099");
	begin_anew(bench);
	open_at(bench, OTHER_REGISTERED, NAMELESS_BEFORE);
	rig_start(&bench->rig, &look);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
	bench_tell_last(bench, NAMELESS_BEFORE);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	bench_expect_text(bench, "terminal", "52000099");
	bench_expect_int(bench, "receipt", 41);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BENCH_TCP(test_a_payment_of_another_terminal_is_not_reversed),
		BENCH_TCP(test_an_exchange_that_nobody_noticed),
		BENCH_TCP(test_what_is_under_way_is_no_short_cut),
		BENCH_TCP(test_a_payment_of_this_terminal_is_reversed),
		BENCH_TCP(test_a_terminal_without_an_id_is_believed),
		BENCH_TCP(test_a_reversal_at_another_terminal_is_an_alarm),
		BENCH_TCP(test_reversed_before_at_another_terminal),
		BENCH_TCP(test_a_booking_of_another_terminal_is_not_ours),
		BENCH_TCP(test_a_reversal_is_not_found_out_elsewhere),
		BENCH_TCP(
			test_a_late_result_of_another_terminal_is_not_claimed),
		BENCH_TCP(test_a_late_approval_of_another_terminal_stays),
		BENCH_TCP(test_the_id_is_told_and_noted),
		BENCH_TCP(test_an_enquiry_may_tell_it),
		BENCH_TCP(test_a_test_tells_who_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
