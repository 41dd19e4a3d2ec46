/* SPDX-License-Identifier: Apache-2.0 */
/* Section numbers are those of docs/protocols.md. */
#include "terminal_zvt_bench.h"

#include "util/json.h"

#include <stdlib.h>
#include <string.h>

#define T3 5000

/* --- coming up --- */

static void test_open_identifies(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	assert_string_equal(json_text(bench->rig.identity, "firmware"),
			    "2.14.15");
	assert_string_equal(json_text(bench->rig.identity, "terminal"),
			    "29001006");
	assert_int_equal(bench->rig.commits, 0);
}

/* 5.1: 06 0F may take nine seconds after 80 00. */
static void test_open_waits_for_slow_registration(void **state)
{
	struct bench *bench = *state;

	bench_line_up(bench);
	bench_talk(bench, PT_OK PT_READY, ZVT_FIRST_ASK ZVT_OK ZVT_REGISTER);
	bench_talk(bench, PT_OK, "");
	rig_advance(&bench->rig, 9000);
	bench_talk(bench, PT_REGISTERED, ZVT_OK ZVT_LAST);
	assert_false(bench->rig.lost);
}

static const struct rig_setting blocks[] = { { "print", "blocks" },
					     { "service", "01" },
					     { NULL, NULL } };

/* 5.1, the second example; then the plainest one, as the first was refused */
static void test_open_falls_back_to_plain_registration(void **state)
{
	struct bench *bench = *state;

	bench->rig.settings = blocks;
	bench_line_up(bench);
	bench_talk(bench, PT_OK PT_READY,
		   ZVT_FIRST_ASK ZVT_OK
		   "06 00 10 00 00 00 BE 09 78 03 01 06 06 26 04 0A 02 06 D3");
	bench_talk(bench, "84 83 00", "06 00 06 00 00 00 BE 09 78");
	bench_talk(bench, PT_OK PT_REGISTERED, ZVT_OK ZVT_LAST);
}

static const struct rig_setting settings[] = { { "password", "123456" },
					       { "currency", "756" },
					       { "config", "3E" },
					       { "print", "none" },
					       { NULL, NULL } };

static void test_open_uses_settings(void **state)
{
	struct bench *bench = *state;

	bench->rig.settings = settings;
	bench_line_up(bench);
	bench_talk(bench, PT_OK PT_READY,
		   "05 01 03 12 34 56" ZVT_OK
		   "06 00 08 12 34 56 3E 07 56 06 00");
}

static void test_open_refuses_bad_config(void **state)
{
	static const struct rig_setting bad[] = { { "config", "xy" },
						  { NULL, NULL } };
	struct bench *bench = *state;

	bench->rig.settings = bad;
	bench_line_up(bench);
	assert_true(bench->rig.lost);
	assert_int_equal(bench->rig.lost_reason, REASON_BAD_PARAMETER);
}

/* 3: wrong currency; 84 37 is a wrong password */
static void test_open_tells_refused_registration(void **state)
{
	static const struct {
		const char *answer;
		enum reason reason;
	} rows[] = { { "84 1E 03 6F 09 78", REASON_DEVICE_REFUSED },
		     { "84 37 00", REASON_BAD_PARAMETER } };
	struct bench *bench = *state;

	for (size_t i = 0; i < 2; i++) {
		bench_line_up(bench);
		rig_input_hex(&bench->rig, PT_OK PT_READY);
		rig_input_hex(&bench->rig, rows[i].answer);
		assert_true(bench->rig.lost);
		assert_int_equal(bench->rig.lost_reason, rows[i].reason);
		rig_clear(&bench->rig);
	}
}

/* One may not answer before it is registered: that comes first next time. */
static void test_open_of_silent_terminal_is_lost(void **state)
{
	struct bench *bench = *state;

	bench_line_up(bench);
	rig_expect_hex(&bench->rig, ZVT_FIRST_ASK);
	rig_advance(&bench->rig, T3 - 1);
	assert_false(bench->rig.lost);
	rig_advance(&bench->rig, 1);
	assert_true(bench->rig.lost);
	assert_int_equal(bench->rig.lost_reason, REASON_NO_ANSWER);
	bench_line_up(bench);
	rig_expect_hex(&bench->rig, ZVT_REGISTER);
	bench_talk(bench, PT_OK PT_REGISTERED, ZVT_OK ZVT_LAST);
	bench_tell_last(bench, "");
	rig_expect_hex(&bench->rig, ZVT_OK);
	assert_true(bench->rig.ready);
}

/* 2.2: what other protocols say on that port */
static void test_open_names_wrong_protocol(void **state)
{
	static const char *const others[] = {
		"00 00 00 3E 56 45 52 7C 41 50 50", "15 03 69", "15", "06 03 7A"
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < 4; i++) {
		bench_line_up(bench);
		rig_input_hex(&bench->rig, others[i]);
		rig_advance(&bench->rig, T3);
		assert_true(bench->rig.lost);
		assert_int_equal(bench->rig.lost_reason, REASON_WRONG_PROTOCOL);
	}
}

/* 5.5: polled when idle; a terminal that forgot us is registered again */
static void test_idle_terminal_is_polled(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	rig_advance(&bench->rig, 59999);
	rig_expect_nothing(&bench->rig);
	rig_advance(&bench->rig, 1);
	rig_expect_hex(&bench->rig, ZVT_ENQUIRY);
	bench_talk(bench, PT_OK "06 0F 01 F0", ZVT_OK);
	assert_string_equal(json_text(bench->rig.status, "code"), "F0");
	rig_advance(&bench->rig, 60000);
	bench_talk(bench, "84 6B 00", ZVT_ENQUIRY ZVT_REGISTER);
	bench_talk(bench, PT_OK PT_REGISTERED, ZVT_OK);
	rig_advance(&bench->rig, 60000);
	rig_expect_hex(&bench->rig, ZVT_ENQUIRY);
	rig_advance(&bench->rig, T3);
	assert_true(bench->rig.lost);
}

/* --- payment --- */

/* 7.1, byte for byte. Nothing but masked numbers comes out of it. */
static void test_payment_on_tcp(void **state)
{
	struct bench *bench = *state;
	char *text;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	assert_string_equal(json_text(bench->rig.evidence, "state"), "sent");
	bench_talk(bench, PT_INSERT_CARD, ZVT_OK);
	assert_string_equal(json_text(bench->rig.progress, "text"),
			    "Please insert card");
	assert_string_equal(json_text(bench->rig.progress, "code"), "0A");
	bench_talk(bench, PT_APPROVED, ZVT_OK);
	assert_string_equal(json_text(bench->rig.evidence, "state"),
			    "result-ok");
	bench_talk(bench, "06 D1 0C 00 47 65 73 61 6D 74 20 31 2C 30 30",
		   ZVT_OK);
	bench_talk(bench, "06 D1 01 81", ZVT_OK);
	bench_talk(bench,
		   "06 D3 11 06 0F 1F 07 01 02 25 09 07 01 54 07 01 45 09 01 "
		   "81",
		   ZVT_OK);
	assert_int_equal(bench->rig.dones, 0);
	bench_talk(bench, PT_DONE, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	text = json_dumps(bench->rig.result, JSON_SORT_KEYS | JSON_COMPACT);
	assert_string_equal(
		text,
		"{\"amount\":1234,\"authorization\":\"611804\","
		"\"card\":{\"name\":\"Maestro\",\"number\":\"************"
		"4771\"},"
		"\"code\":\"00\",\"currency\":\"978\",\"date\":\"11-22\","
		"\"receipt\":42,\"receipts\":{\"customer\":[\"T\",\"E\"],"
		"\"merchant\":[\"Gesamt 1,00\"]},\"terminal\":\"29001006\","
		"\"time\":\"13:44:55\",\"trace\":42}");
	free(text);
	assert_int_equal(bench->rig.saves, 2);
	assert_int_equal(bench->rig.commits, 1);
}

/* Frames of sections 5 and 6, each with its 06. */
static void test_payment_on_serial(void **state)
{
	struct bench *bench = *state;
	const char *ok = "10 02 80 00 00 10 03 F5 1F";
	const char *ack_ok = "06 10 02 80 00 00 10 03 F5 1F";
	const char *before = "10 02 04 0F 1C 27 00 04 00 00 00 00 10 10 00 29 "
			     "29 00 10 10 06 87 00 41 0B 00 00 41 0C 10 10 00 "
			     "00 0D 11 22 10 03 3E 04";

	bench_line_up(bench);
	rig_expect_hex(&bench->rig, "10 02 05 01 03 00 00 00 10 03 DF DB");
	bench_talk(bench, "06", "");
	bench_talk(bench, ok, "06");
	bench_talk(
		bench,
		"10 02 06 0F 0B F0 F0 F7 32 2E 31 34 2E 31 35 00 10 03 B1 11",
		ack_ok);
	/* the next command waits until our answer was taken */
	bench_talk(bench, "06",
		   "10 02 06 00 08 00 00 00 BE 09 78 06 00 10 03 8F 9F");
	bench_talk(bench, "06 10 02 80 00 00 10 03 F5 1F", "06");
	bench_talk(
		bench,
		"10 02 06 0F 0A 19 00 29 29 00 10 10 06 49 09 78 10 03 EF 72",
		ack_ok);
	bench_talk(bench, "06", "10 02 06 20 05 00 00 00 03 03 10 03 DB 15");
	bench_talk(bench, "06 10 02 80 00 00 10 03 F5 1F", "06");
	bench_talk(bench, before, ack_ok);
	bench_talk(bench, "06 10 02 06 0F 00 10 03 C6 33", ack_ok);
	assert_true(bench->rig.ready);
	rig_start(&bench->rig, &bench->pay);
	rig_expect_nothing(&bench->rig);
	bench_talk(bench, "06", "10 02 05 01 05 00 00 00 03 02 10 03 4B ED");
	bench_talk(bench, "06 10 02 80 00 00 10 03 F5 1F", "06");
	bench_talk(bench, "10 02 06 0F 01 00 10 03 26 E1", ack_ok);
	bench_talk(bench, "06", "10 02 06 20 05 00 00 00 03 03 10 03 DB 15");
	bench_talk(bench, "06 10 02 80 00 00 10 03 F5 1F", "06");
	bench_talk(bench, before, ack_ok);
	bench_talk(bench, "06 10 02 06 0F 00 10 03 C6 33", ack_ok);
	assert_int_equal(bench->rig.commits, 0);
	bench_talk(bench, "06",
		   "10 02 06 01 0C 04 00 00 00 00 12 34 49 09 78 19 40 10 03 "
		   "11 33");
	assert_int_equal(bench->rig.commits, 1);
	bench_talk(bench, "06 10 02 80 00 00 10 03 F5 1F", "06");
	bench_talk(bench, "10 02 04 FF 01 0A 10 03 F5 7D", ack_ok);
	bench_talk(bench,
		   "06 10 02 04 0F 37 27 00 04 00 00 00 00 12 34 49 09 78 0C "
		   "13 44 55 0D 11 22 22 F0 F8 EE EE EE EE EE EE 47 71 29 29 "
		   "00 10 10 06 3B 36 31 31 38 30 34 00 00 87 00 42 0B 00 00 "
		   "42 19 60 8A 2E 10 03 4A A0",
		   ack_ok);
	bench_talk(bench, "06 10 02 06 D1 01 81 10 03 08 22", ack_ok);
	bench_talk(bench, "06 10 02 06 0F 00 10 03 C6 33", ack_ok);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	bench_expect_int(bench, "receipt", 42);
	/* W7: our last answer was lost, the end comes again */
	bench_talk(bench, "10 02 06 0F 00 10 03 C6 33", ack_ok);
	assert_int_equal(bench->rig.dones, 1);
}

/* 8.3: the vote is only given for what is on disk. */
static void test_result_is_saved_before_it_is_answered(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench->rig.hold_saves = true;
	bench_talk(bench, PT_APPROVED, "");
	assert_true(bench->rig.save_pending);
	/* whatever happens meanwhile: not before, and in order */
	rig_advance(&bench->rig, 60000);
	bench_talk(bench, PT_DONE, "");
	assert_int_equal(bench->rig.dones, 0);
	rig_saved(&bench->rig, 0);
	rig_expect_hex(&bench->rig, ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
}

static void test_command_is_saved_before_it_is_sent(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench->rig.hold_saves = true;
	bench_begin(bench, &bench->pay, ZVT_OK);
	assert_true(bench->rig.save_pending);
	assert_int_equal(bench->rig.commits, 0);
	rig_advance(&bench->rig, 30000);
	rig_expect_nothing(&bench->rig);
	rig_saved(&bench->rig, 0);
	assert_int_equal(bench->rig.commits, 1);
	rig_expect_hex(&bench->rig, ZVT_PAY);
}

static void test_full_disk_sends_nothing(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench->rig.hold_saves = true;
	bench_begin(bench, &bench->pay, ZVT_OK);
	rig_saved(&bench->rig, 28);
	rig_expect_nothing(&bench->rig);
	assert_int_equal(bench->rig.commits, 0);
	bench_expect_done(bench, OUTCOME_FAILED, REASON_ABORTED);
}

/* 8.3: 84 66 00, then the terminal is asked what it made of that. */
static void refuse_result(struct bench *bench, const char *end,
			  const char *last)
{
	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench->rig.hold_saves = true;
	bench_talk(bench, PT_APPROVED, "");
	rig_saved(&bench->rig, 28);
	rig_expect_hex(&bench->rig, ZVT_NOT_TAKEN);
	bench_talk(bench, end, ZVT_OK);
	assert_int_equal(bench->rig.dones, 0);
	rig_advance(&bench->rig, 1000);
	rig_expect_hex(&bench->rig, ZVT_ENQUIRY);
	bench_talk(bench, PT_OK PT_BUSY, ZVT_OK);
	rig_advance(&bench->rig, 4000);
	rig_expect_hex(&bench->rig, ZVT_ENQUIRY);
	bench_talk(bench, PT_OK PT_READY, ZVT_OK ZVT_LAST);
	bench_tell_last(bench, last);
	rig_expect_hex(&bench->rig, ZVT_OK);
}

static void test_result_that_is_not_saved_is_not_accepted(void **state)
{
	struct bench *bench = *state;

	refuse_result(bench, "06 1E 01 66", PT_BEFORE);
	bench_expect_done(bench, OUTCOME_REFUSED, REASON_ABORTED);
}

static void test_result_that_is_not_saved_may_be_kept_by_terminal(void **state)
{
	struct bench *bench = *state;

	refuse_result(bench, PT_DONE, PT_APPROVED);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
}

static void test_payment_is_refused(void **state)
{
	static const struct {
		const char *status, *end, *code;
		enum reason reason;
	} rows[] = {
		{ PT_DECLINED, "06 1E 01 05", "05", REASON_DECLINED },
		{ PT_STOPPED, "06 1E 01 6C", "6C", REASON_CUSTOMER_ABORTED },
		/* 7.2: no 04 0F at all; some end with 06 0F */
		{ "", "06 1E 01 6C", "6C", REASON_CUSTOMER_ABORTED },
		{ PT_DECLINED, PT_DONE, "05", REASON_DECLINED },
		{ "", "06 0F 02 27 9B", "9B", REASON_NETWORK_DOWN },
		{ "", "06 1E 01 F0", "F0", REASON_END_OF_DAY_NEEDED },
		{ "", "06 1E 00", "FF", REASON_DEVICE_REFUSED },
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bench->rig.commits = 0;
		bench_open(bench);
		bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
		if (*rows[i].status)
			bench_talk(bench, rows[i].status, ZVT_OK);
		bench_talk(bench, rows[i].end, ZVT_OK);
		bench_expect_done(bench, OUTCOME_REFUSED, rows[i].reason);
		bench_expect_text(bench, "code", rows[i].code);
		rig_unplug(&bench->rig);
		rig_expect_hex(&bench->rig, "06 02 00"); /* log-off */
	}
}

/* 6: PIN wrong, then a second 04 0F: the last one counts. */
static void test_payment_after_wrong_pin(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench, "04 0F 02 27 37", ZVT_OK);
	assert_string_equal(json_text(bench->rig.evidence, "state"),
			    "result-bad");
	bench_talk(bench, PT_APPROVED, ZVT_OK);
	bench_talk(bench, PT_DONE, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
}

static void test_command_is_refused(void **state)
{
	static const struct {
		const char *answer, *code;
		enum reason reason;
	} rows[] = { { "84 83 00", "83", REASON_NOT_SUPPORTED },
		     { "84 9C 00", "9C", REASON_BUSY },
		     { "84 B4 00", "B4", REASON_ALREADY_REVERSED } };
	struct bench *bench = *state;

	for (size_t i = 0; i < 3; i++) {
		bench_open(bench);
		bench_begin(bench, &bench->pay, ZVT_OK ZVT_PAY);
		bench_talk(bench, rows[i].answer, "");
		bench_expect_done(bench, OUTCOME_REFUSED, rows[i].reason);
		bench_expect_text(bench, "code", rows[i].code);
		rig_unplug(&bench->rig);
		rig_clear(&bench->rig);
	}
}

/* A tip: more than was asked for. Compare and report (section 12). */
static void test_payment_of_another_amount(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench, "04 0F 09 27 00 04 00 00 00 00 14 00", ZVT_OK);
	bench_talk(bench, PT_DONE, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	bench_expect_int(bench, "amount", 1400);
	bench_expect_int(bench, "amount_requested", 1234);
	assert_true(json_flag(bench->rig.result, "differs"));
}

/* 5.5, 6.2: what the terminal says before anything is sent */
static void test_locked_terminal_is_not_asked(void **state)
{
	static const struct {
		const char *status;
		enum reason reason;
	} rows[] = { { "06 0F 01 F0", REASON_END_OF_DAY_NEEDED },
		     { "06 0F 01 51", REASON_TERMINAL_SERVICE },
		     { "06 0F 01 C2", REASON_TERMINAL_SERVICE } };
	struct bench *bench = *state;

	bench_open(bench);
	for (size_t i = 0; i < 3; i++) {
		rig_start(&bench->rig, &bench->pay);
		bench_talk(bench, PT_OK, ZVT_ENQUIRY);
		bench_talk(bench, rows[i].status, ZVT_OK);
		bench_expect_done(bench, OUTCOME_REFUSED, rows[i].reason);
	}
	assert_int_equal(bench->rig.commits, 0);
}

static void test_busy_terminal_is_waited_for(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	rig_start(&bench->rig, &bench->pay);
	bench_talk(bench, PT_OK PT_BUSY, ZVT_ENQUIRY ZVT_OK);
	rig_advance(&bench->rig, 3000);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
	bench_tell_last(bench, PT_BEFORE);
	rig_expect_hex(&bench->rig, ZVT_OK ZVT_PAY);
}

static void test_terminal_that_stays_busy_fails(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	rig_start(&bench->rig, &bench->pay);
	for (int i = 0; i < 11 && !bench->rig.dones; i++) {
		rig_input_hex(&bench->rig, PT_OK PT_BUSY);
		rig_advance(&bench->rig, 3000);
	}
	bench_expect_done(bench, OUTCOME_FAILED, REASON_BUSY);
	assert_int_equal(bench->rig.commits, 0);
}

/* --- reversal --- */

static void test_reversal(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->reverse, ZVT_OK ZVT_REVERSE);
	bench_talk(bench, PT_REVERSED("25 00", "19"), ZVT_OK);
	bench_talk(bench, PT_DONE, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	bench_expect_int(bench, "original_trace", 19);
	bench_expect_int(bench, "trace", 42);
	bench_expect_int(bench, "amount", 2500);
}

/* 5.3 */
static void test_reversal_is_refused(void **state)
{
	static const struct {
		const char *status, *end;
		enum reason reason;
	} rows[] = {
		{ "04 0F 02 27 9B", "06 1E 01 9B", REASON_NETWORK_DOWN },
		{ "04 0F 02 27 B5", "06 1E 01 B5", REASON_REVERSAL_IMPOSSIBLE },
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < 2; i++) {
		bench->rig.commits = 0;
		bench_open(bench);
		bench_begin_taken(bench, &bench->reverse, ZVT_OK ZVT_REVERSE);
		bench_talk(bench, rows[i].status, ZVT_OK);
		bench_talk(bench, rows[i].end, ZVT_OK);
		bench_expect_done(bench, OUTCOME_REFUSED, rows[i].reason);
		rig_unplug(&bench->rig);
		rig_clear(&bench->rig);
	}
}

/* More than four digits have no form; and none was told. */
static void test_reversal_without_receipt_number_fails(void **state)
{
	static const int64_t receipts[] = { 10000, -1 };
	struct bench *bench = *state;

	bench_open(bench);
	for (size_t i = 0; i < 2; i++) {
		bench->reverse.reversal.receipt = receipts[i];
		rig_start(&bench->rig, &bench->reverse);
		bench_expect_done(bench, OUTCOME_FAILED, REASON_BAD_PARAMETER);
		rig_expect_nothing(&bench->rig);
	}
}

/* 5.3: a terminal that reversed its last transaction, whatever was asked */
static void test_other_reversal_is_noticed(void **state)
{
	static const char *const others[] = { PT_REVERSED("25 00", "41"),
					      PT_REVERSED("10 00", "19") };
	struct bench *bench = *state;

	for (size_t i = 0; i < 2; i++) {
		bench->rig.commits = 0;
		bench_open(bench);
		bench_begin_taken(bench, &bench->reverse, ZVT_OK ZVT_REVERSE);
		bench_talk(bench, others[i], ZVT_OK);
		bench_talk(bench, PT_DONE, ZVT_OK);
		bench_expect_done(bench, OUTCOME_UNKNOWN,
				  REASON_WRONG_TRANSACTION);
		bench_expect_int(bench, "receipt", 42);
		assert_non_null(
			json_object_get(bench->rig.result, "original_trace"));
		rig_unplug(&bench->rig);
		rig_clear(&bench->rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BENCH_TCP(test_open_identifies),
		BENCH_TCP(test_open_waits_for_slow_registration),
		BENCH_TCP(test_open_falls_back_to_plain_registration),
		BENCH_TCP(test_open_uses_settings),
		BENCH_TCP(test_open_refuses_bad_config),
		BENCH_TCP(test_open_tells_refused_registration),
		BENCH_TCP(test_open_of_silent_terminal_is_lost),
		BENCH_TCP(test_open_names_wrong_protocol),
		BENCH_TCP(test_idle_terminal_is_polled),
		BENCH_TCP(test_payment_on_tcp),
		BENCH_SERIAL(test_payment_on_serial),
		BENCH_TCP(test_result_is_saved_before_it_is_answered),
		BENCH_TCP(test_command_is_saved_before_it_is_sent),
		BENCH_TCP(test_full_disk_sends_nothing),
		BENCH_TCP(test_result_that_is_not_saved_is_not_accepted),
		BENCH_TCP(
			test_result_that_is_not_saved_may_be_kept_by_terminal),
		BENCH_TCP(test_payment_is_refused),
		BENCH_TCP(test_payment_after_wrong_pin),
		BENCH_TCP(test_command_is_refused),
		BENCH_TCP(test_payment_of_another_amount),
		BENCH_TCP(test_locked_terminal_is_not_asked),
		BENCH_TCP(test_busy_terminal_is_waited_for),
		BENCH_TCP(test_terminal_that_stays_busy_fails),
		BENCH_TCP(test_reversal),
		BENCH_TCP(test_reversal_is_refused),
		BENCH_TCP(test_reversal_without_receipt_number_fails),
		BENCH_TCP(test_other_reversal_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
