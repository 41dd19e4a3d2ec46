/* SPDX-License-Identifier: Apache-2.0 */
/* Time, the line, aborts and garbage; sections are of docs/protocols.md. */
#include "terminal_zvt_bench.h"

#include "util/json.h"

#include <stdlib.h>
#include <string.h>

#define T3 5000
#define T4 185000 /* with the driver's margin */

/* --- time --- */

/* Before the command: it failed, and the line is opened anew. */
static void test_silence_before_command_fails(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	rig_start(&bench->rig, &bench->pay);
	rig_advance(&bench->rig, T3);
	bench_expect_done(bench, OUTCOME_FAILED, REASON_NO_ANSWER);
	assert_true(bench->rig.lost);
}

static void test_silence_after_command_is_in_doubt(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin(bench, &bench->pay, ZVT_OK ZVT_PAY);
	rig_advance(&bench->rig, T3 - 1);
	assert_false(bench->rig.lost);
	rig_advance(&bench->rig, 1);
	assert_true(bench->rig.lost);
	assert_int_equal(bench->rig.dones, 0);
	rig_expect_nothing(&bench->rig);
}

/* 7.1, the trap: "one minute" does not shorten T4; each message restarts it */
static void test_silence_of_t4_is_in_doubt(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	rig_advance(&bench->rig, T4 - 1);
	bench_talk(bench, "04 FF 02 0E 01", ZVT_OK);
	rig_advance(&bench->rig, T4 - 1);
	assert_false(bench->rig.lost);
	/* but ten minutes lengthen it */
	bench_talk(bench, "04 FF 02 0E 10", ZVT_OK);
	rig_advance(&bench->rig, 600000);
	assert_false(bench->rig.lost);
	rig_advance(&bench->rig, 5000);
	assert_true(bench->rig.lost);
	assert_int_equal(bench->rig.lost_reason, REASON_NO_ANSWER);
	assert_int_equal(bench->rig.dones, 0);
}

/* However often it says "please wait", it ends. */
static void test_endless_waiting_ends(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	for (int i = 0; i < 120 && !bench->rig.lost; i++) {
		rig_input_hex(&bench->rig, "04 FF 01 0E");
		rig_advance(&bench->rig, 60000);
	}
	assert_true(bench->rig.lost);
	assert_int_equal(bench->rig.dones, 0);
}

/* An hour is the most, whatever it announces (here: 99 minutes). */
static void test_announced_time_is_bounded(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench, "04 FF 02 0E 99", ZVT_OK);
	rig_advance(&bench->rig, 3600000 - 1);
	assert_false(bench->rig.lost);
	rig_advance(&bench->rig, 1);
	assert_true(bench->rig.lost);
}

/* --- how it arrives --- */

#define WHOLE_PAYMENT                                                        \
	PT_OK PT_INSERT_CARD PT_APPROVED "06 D1 0C 00 47 65 73 61 6D 74 20 " \
					 "31 2C 30 30 06 D1 01 81 " PT_DONE

static void test_segments_may_be_merged(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench, WHOLE_PAYMENT, ZVT_OK ZVT_OK ZVT_OK ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
}

static void test_segments_may_be_split(void **state)
{
	struct bench *bench = *state;
	const char *whole = WHOLE_PAYMENT;
	char byte[3] = "";

	bench_open(bench);
	bench_begin(bench, &bench->pay, ZVT_OK ZVT_PAY);
	for (const char *at = whole; *at; at += 3) {
		memcpy(byte, at, 2);
		rig_input_hex(&bench->rig, byte);
	}
	rig_expect_hex(&bench->rig, ZVT_OK ZVT_OK ZVT_OK ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
}

/* The same result twice, each answered; and what it can't do is refused. */
static void test_each_message_is_answered_once(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench, PT_APPROVED PT_APPROVED, ZVT_OK ZVT_OK);
	bench_talk(bench, "06 E4 00", "84 83 00");
	bench_talk(bench, "04 01 07 AA 26 11 22 0C 13 45", ZVT_OK);
	bench_talk(bench, PT_DONE, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	bench_talk(bench, PT_DONE, ZVT_OK); /* W7 */
	bench_talk(bench, "04 FF 01 0B", ZVT_OK);
	bench_talk(bench, "06 D1 01 81", ZVT_OK);
	assert_int_equal(bench->rig.dones, 1);
}

static void test_garbage_on_tcp_is_in_doubt(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	rig_input_hex(&bench->rig, "47 45 54 20");
	assert_true(bench->rig.lost);
	assert_int_equal(bench->rig.lost_reason, REASON_GARBLED);
	assert_int_equal(bench->rig.dones, 0);
}

/* Full card numbers and tracks are in nothing that the driver gives away. */
static void test_card_data_stay_inside(void **state)
{
	struct bench *bench = *state;
	char *text;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench,
		   "04 0F 1B 27 00 22 F0 F8 41 11 11 11 11 11 11 11 23 F1 F1 "
		   "41 11 11 11 11 11 11 11 D2 51 22",
		   ZVT_OK);
	text = json_dumps(bench->rig.evidence, 0);
	assert_null(strstr(text, "4111111111111111"));
	assert_non_null(strstr(text, "411111******1111"));
	free(text);
	/* "4111 1111 1111 1111" on a receipt */
	bench_talk(bench,
		   "06 D1 14 00 34 31 31 31 20 31 31 31 31 20 31 31 31 31 20 "
		   "31 31 31 31",
		   ZVT_OK);
	bench_talk(bench, PT_DONE, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	text = json_dumps(bench->rig.result, 0);
	assert_null(strstr(text, "1111 1111"));
	assert_non_null(strstr(text, "4111 11** **** 1111"));
	free(text);
}

/* --- abort --- */

static void test_abort_before_command(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	rig_start(&bench->rig, &bench->pay);
	rig_expect_hex(&bench->rig, ZVT_ENQUIRY);
	bench->rig.driver->abort(&bench->rig);
	bench_expect_done(bench, OUTCOME_FAILED, REASON_ABORTED);
	/* what is under way ends, and nothing follows it */
	bench_talk(bench, PT_OK PT_READY, ZVT_OK);
	assert_int_equal(bench->rig.commits, 0);
}

static void test_abort_while_saving(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench->rig.hold_saves = true;
	bench_begin(bench, &bench->pay, ZVT_OK);
	bench->rig.driver->abort(&bench->rig);
	assert_int_equal(bench->rig.dones, 0);
	rig_saved(&bench->rig, 0);
	bench_expect_done(bench, OUTCOME_FAILED, REASON_ABORTED);
	assert_int_equal(bench->rig.commits, 0);
	rig_expect_nothing(&bench->rig);
}

/* 7.3: a wish; the payment's own end decides */
static void test_abort_of_running_payment(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench->rig.driver->abort(&bench->rig);
	rig_expect_nothing(&bench->rig); /* not before it was taken */
	bench_talk(bench, PT_OK, "06 B0 00");
	bench_talk(bench, PT_INSERT_CARD, ZVT_OK);
	bench_talk(bench, PT_OK, "");
	assert_int_equal(bench->rig.dones, 0);
	bench_talk(bench, PT_STOPPED, ZVT_OK);
	bench_talk(bench, "06 1E 01 6C", ZVT_OK);
	bench_expect_done(bench, OUTCOME_REFUSED, REASON_ABORTED);
}

static void test_abort_too_late(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench->rig.driver->abort(&bench->rig);
	rig_expect_hex(&bench->rig, "06 B0 00");
	bench_talk(bench, "84 83 00", "");
	bench_talk(bench, PT_APPROVED PT_DONE, ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
}

/* Its answer crosses the payment's end: it must not be taken for the answer to
 * the next command. */
static void test_abort_answered_after_the_end(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench->rig.driver->abort(&bench->rig);
	rig_expect_hex(&bench->rig, "06 B0 00");
	bench_talk(bench, PT_APPROVED PT_DONE, ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	rig_start(&bench->rig, &bench->pay);
	rig_expect_nothing(&bench->rig);
	bench_talk(bench, "84 83 00", ZVT_ENQUIRY);
	/* and without any answer after T3 */
	bench_talk(bench, PT_OK PT_READY, ZVT_OK ZVT_LAST);
	bench_tell_last(bench, PT_BEFORE);
	rig_expect_hex(&bench->rig, ZVT_OK ZVT_PAY);
	bench_talk(bench, PT_OK, "");
	bench->rig.driver->abort(&bench->rig);
	rig_expect_hex(&bench->rig, "06 B0 00");
	bench_talk(bench, PT_STOPPED "06 1E 01 6C ", ZVT_OK ZVT_OK);
	rig_start(&bench->rig, &bench->pay);
	rig_advance(&bench->rig, T3 - 1);
	rig_expect_nothing(&bench->rig);
	rig_advance(&bench->rig, 1);
	rig_expect_hex(&bench->rig, ZVT_ENQUIRY);
}

/* The booking from before, told twice, is not the payment's result. */
static void test_old_booking_is_no_result(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench, PT_BEFORE, ZVT_OK);
	assert_int_equal(bench->rig.saves, 1);
	bench_talk(bench, PT_APPROVED PT_DONE, ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	bench_expect_int(bench, "receipt", 42);
}

static void test_abort_after_approval_is_not_sent(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench, PT_APPROVED, ZVT_OK);
	bench->rig.driver->abort(&bench->rig);
	rig_expect_nothing(&bench->rig);
}

static void test_abort_may_be_forbidden(void **state)
{
	static const struct rig_setting forbidden[] = {
		{ "abort-allowed", "no" }, { NULL, NULL }
	};
	struct bench *bench = *state;

	bench->rig.settings = forbidden;
	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench->rig.driver->abort(&bench->rig);
	rig_expect_nothing(&bench->rig);
}

/* --- the serial line --- */

static const char ack_ok[] = "06 10 02 80 00 00 10 03 F5 1F";

/* Up to the payment that was sent, and not acknowledged yet. */
static void serial_begin(struct bench *bench)
{
	static const char *const taken[] = { "06",
					     "10 02 80 00 00 10 03 F5 1F" };
	static const char *const ends[] = {
		"10 02 06 0F 01 00 10 03 26 E1", /* ready */
		"10 02 06 0F 0A 19 00 29 29 00 10 10 06 49 09 78 10 03 EF 72",
		"10 02 06 0F 00 10 03 C6 33", /* no last booking */
	};
	static const size_t order[] = { 0, 1, 2, 0, 2 };

	bench_line_up(bench);
	for (size_t i = 0; i < 5; i++) {
		rig_input_hex(&bench->rig, taken[0]);
		rig_input_hex(&bench->rig, taken[1]);
		rig_input_hex(&bench->rig, ends[order[i]]);
		if (i == 2)
			rig_start(&bench->rig, &bench->pay);
		if (i < 4)
			rig_input_hex(&bench->rig, "06");
	}
	rig_clear(&bench->rig);
	bench_talk(bench, "06",
		   "10 02 06 01 0C 04 00 00 00 00 12 34 49 09 78 19 40 10 03 "
		   "11 33");
	assert_int_equal(bench->rig.commits, 1);
}

static void test_serial_nak_storm(void **state)
{
	struct bench *bench = *state;
	const char *pay = "10 02 06 01 0C 04 00 00 00 00 12 34 49 09 78 19 40 "
			  "10 03 11 33";

	serial_begin(bench);
	bench_talk(bench, "15", pay);
	bench_talk(bench, "15", pay);
	bench_talk(bench, "15 15 15", "");
	assert_true(bench->rig.lost);
	assert_int_equal(bench->rig.lost_reason, REASON_GARBLED);
	assert_int_equal(bench->rig.dones, 0);
}

/* 2.1: it has restarted at 9600: tried in turn, and brought back by 08 40. */
static void test_serial_restart_at_another_speed(void **state)
{
	struct bench *bench = *state;

	bench->rig.baud = 115200;
	bench_line_up(bench);
	rig_advance(&bench->rig, 15000);
	assert_true(bench->rig.lost);
	assert_int_equal(bench->rig.speed, 0);
	rig_clear(&bench->rig);
	bench_line_up(bench);
	assert_int_equal(bench->rig.speed, 9600);
	rig_expect_hex(&bench->rig, "10 02 05 01 03 00 00 00 10 03 DF DB");
	bench_talk(bench, "06 10 02 80 00 00 10 03 F5 1F", "06");
	rig_input_hex(&bench->rig, "10 02 06 0F 01 00 10 03 26 E1");
	rig_clear(&bench->rig);
	rig_input_hex(&bench->rig, "06");
	/* 08 40, 07 is 115200; the CRC is KERMIT's over 08 40 01 07 03 */
	assert_memory_equal(bench->rig.output.data, "\x10\x02\x08\x40\x01\x07",
			    6);
	rig_clear(&bench->rig);
	bench_talk(bench, "06 10 02 80 00 00 10 03 F5 1F", "06");
	assert_int_equal(bench->rig.speed, 9600);
	rig_advance(&bench->rig, 200);
	assert_int_equal(bench->rig.speed, 115200);
	rig_expect_hex(&bench->rig, "10 02 05 01 03 00 00 00 10 03 DF DB");
}

/* Which it may refuse; and not every speed has a code. */
static void test_serial_terminal_that_stays_slow(void **state)
{
	struct bench *bench = *state;

	bench->rig.baud = 38400;
	bench_line_up(bench);
	rig_advance(&bench->rig, 15000);
	rig_clear(&bench->rig);
	bench_line_up(bench);
	assert_int_equal(bench->rig.speed, 0);
	rig_unplug(&bench->rig);
	rig_clear(&bench->rig);
	bench->rig.baud = 57600;
	bench_line_up(bench);
	rig_advance(&bench->rig, 15000);
	rig_clear(&bench->rig);
	bench_line_up(bench);
	assert_int_equal(bench->rig.speed, 9600);
	rig_input_hex(&bench->rig, "06 10 02 80 00 00 10 03 F5 1F");
	rig_input_hex(&bench->rig, "10 02 06 0F 01 00 10 03 26 E1 06");
	rig_clear(&bench->rig);
	rig_input_hex(&bench->rig, "06 10 02 84 83 00 10 03 91 8E");
	rig_advance(&bench->rig, 200);
	assert_int_equal(bench->rig.speed, 9600);
	assert_non_null(strstr(bench->rig.log, "stays at 9600"));
	rig_expect_hex(&bench->rig, "06 10 02 05 01 03 00 00 00 10 03 DF DB");
}

/* 2.2: ports where a terminal speaks something else, in its first words. */
static void test_wrong_protocols_are_named(void **state)
{
	static const char *const words[] = {
		"15 03 69", "00 00 00 3E 56 45 52 7C 41 50 50", /* VER|APP */
		"48 54 54 50 2F 31 2E 31 20 34 30 30", /* HTTP/1.1 400 */
		"16 03 01 00 02",		       /* TLS */
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		bench_line_up(bench);
		rig_input_hex(&bench->rig, words[i]);
		assert_true(bench->rig.lost);
		assert_int_equal(bench->rig.lost_reason, REASON_WRONG_PROTOCOL);
		rig_unplug(&bench->rig);
		rig_clear(&bench->rig);
	}
}

/* A wrong speed: something comes, but never a frame. */
static void test_serial_noise_is_named(void **state)
{
	struct bench *bench = *state;

	bench_line_up(bench);
	rig_input_hex(&bench->rig, "FE 00 7F");
	rig_advance(&bench->rig, 15000);
	assert_true(bench->rig.lost);
	assert_int_equal(bench->rig.lost_reason, REASON_GARBLED);
	bench_line_up(bench);
	rig_advance(&bench->rig, 15000);
	assert_int_equal(bench->rig.lost_reason, REASON_NO_ANSWER);
}

/* 2.1: on silence nothing is sent again. */
static void test_serial_silence_after_command(void **state)
{
	struct bench *bench = *state;

	serial_begin(bench);
	rig_advance(&bench->rig, 30000);
	rig_expect_nothing(&bench->rig);
	assert_true(bench->rig.lost);
	assert_int_equal(bench->rig.dones, 0);
}

static void test_serial_bad_crc_and_duplicate(void **state)
{
	struct bench *bench = *state;
	const char *status = "10 02 04 0F 02 27 B4 10 03 8D A3";

	serial_begin(bench);
	bench_talk(bench, "06 10 02 80 00 00 10 03 F5 1F", "06");
	bench_talk(bench, "10 02 04 0F 02 27 B4 10 03 8D A4", "15");
	bench_talk(bench, status, ack_ok);
	assert_int_equal(bench->rig.saves, 2);
	/* our 06 was lost: acknowledged and answered, not taken twice */
	bench_talk(bench, status, ack_ok);
	assert_int_equal(bench->rig.saves, 2);
	bench_talk(bench, "06 10 02 06 1E 01 B4 10 03 32 63", ack_ok);
	bench_expect_done(bench, OUTCOME_REFUSED, REASON_ALREADY_REVERSED);
}

/* The terminal repeats its result while ours is still being written. */
static void test_serial_duplicate_while_saving(void **state)
{
	struct bench *bench = *state;
	const char *status = "10 02 04 0F 02 27 B4 10 03 8D A3";

	serial_begin(bench);
	bench_talk(bench, "06 10 02 80 00 00 10 03 F5 1F", "06");
	bench->rig.hold_saves = true;
	bench_talk(bench, status, "06");
	rig_input_hex(&bench->rig, status);
	rig_saved(&bench->rig, 0);
	rig_expect_hex(&bench->rig, "10 02 80 00 00 10 03 F5 1F "
				    "06 10 02 80 00 00 10 03 F5 1F");
	assert_int_equal(bench->rig.saves, 2);
}

/* 7.3: both begin at once: the terminal's message first, then the wish. */
static void test_serial_abort_collides(void **state)
{
	struct bench *bench = *state;
	const char *wish = "10 02 06 B0 00 10 03 43 F3";

	serial_begin(bench);
	bench_talk(bench, "06 10 02 80 00 00 10 03 F5 1F", "06");
	bench->rig.driver->abort(&bench->rig);
	rig_expect_hex(&bench->rig, wish);
	bench_talk(bench, "10 02 04 FF 01 0A 10 03 F5 7D", ack_ok);
	bench_talk(bench, "06", wish);
	/* never a third time, and its loss is no error */
	rig_advance(&bench->rig, 20000);
	rig_expect_nothing(&bench->rig);
	assert_false(bench->rig.lost);
}

/* --- garbage --- */

/* Bytes that ZVT might send, cut anywhere, at any stage of an operation. */
static void garble(struct bench *bench, uint32_t seed)
{
	static const char *const pieces[] = {
		PT_OK,	     PT_READY,	  PT_BUSY,	 PT_DONE,
		PT_APPROVED, PT_DECLINED, "06 1E 01 6C", "84 9C 00",
		"06 D1 01",  "06 D3 FF",  "10 02",	 "10 03 F5 1F",
		"06",	     "15",	  "04 FF 03 FF", "06 D1 01 81",
	};
	uint32_t at = seed;

	bench_line_up(bench);
	for (int i = 0; i < 300 && !bench->rig.lost; i++) {
		at = at * 1664525 + 1013904223;
		rig_input_hex(&bench->rig, pieces[at >> 16 & 15]);
		if (at >> 20 & 1)
			rig_advance(&bench->rig, at >> 21 & 1023);
		if (bench->rig.ready && !bench->rig.busy)
			rig_start(&bench->rig,
				  at >> 31 ? &bench->pay : &bench->reverse);
		if (at >> 28 == 3 && bench->rig.busy)
			bench->rig.driver->abort(&bench->rig);
	}
	/* silence ends whatever is left */
	rig_advance(&bench->rig, 2 * 3600 * 1000);
	assert_true(bench->rig.lost || !bench->rig.busy);
	rig_unplug(&bench->rig);
	rig_clear(&bench->rig);
}

static void test_garbage_always_ends(void **state)
{
	struct bench *bench = *state;

	for (uint32_t seed = 0; seed < 300; seed++)
		garble(bench, seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BENCH_TCP(test_silence_before_command_fails),
		BENCH_TCP(test_silence_after_command_is_in_doubt),
		BENCH_TCP(test_silence_of_t4_is_in_doubt),
		BENCH_TCP(test_endless_waiting_ends),
		BENCH_TCP(test_announced_time_is_bounded),
		BENCH_TCP(test_segments_may_be_merged),
		BENCH_TCP(test_segments_may_be_split),
		BENCH_TCP(test_each_message_is_answered_once),
		BENCH_TCP(test_garbage_on_tcp_is_in_doubt),
		BENCH_TCP(test_card_data_stay_inside),
		BENCH_TCP(test_abort_before_command),
		BENCH_TCP(test_abort_while_saving),
		BENCH_TCP(test_abort_of_running_payment),
		BENCH_TCP(test_abort_too_late),
		BENCH_TCP(test_abort_answered_after_the_end),
		BENCH_TCP(test_old_booking_is_no_result),
		BENCH_TCP(test_abort_after_approval_is_not_sent),
		BENCH_TCP(test_abort_may_be_forbidden),
		BENCH_SERIAL(test_serial_nak_storm),
		BENCH_SERIAL(test_serial_noise_is_named),
		BENCH_SERIAL(test_serial_restart_at_another_speed),
		BENCH_SERIAL(test_serial_terminal_that_stays_slow),
		BENCH_TCP(test_wrong_protocols_are_named),
		BENCH_SERIAL(test_serial_silence_after_command),
		BENCH_SERIAL(test_serial_bad_crc_and_duplicate),
		BENCH_SERIAL(test_serial_duplicate_while_saving),
		BENCH_SERIAL(test_serial_abort_collides),
		BENCH_TCP(test_garbage_always_ends),
		BENCH_SERIAL(test_garbage_always_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
