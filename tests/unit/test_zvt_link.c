/* SPDX-License-Identifier: Apache-2.0 */
/* Section numbers are those of docs/protocols.md. */
#include "terminal/zvt_link.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T3 5000

struct fixture {
	struct zvt_link link;
	int64_t now;
};

static struct buf hex_bytes(const char *hex)
{
	struct buf bytes = BUF_INIT(4096);
	unsigned int byte;

	for (; *hex; hex++) {
		if (isspace((unsigned char)*hex))
			continue;
		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		buf_add_byte(&bytes, (uint8_t)byte);
		hex++;
	}
	return bytes;
}

static int setup(void **state, bool serial)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	zvt_link_init(&fixture->link, serial, T3);
	fixture->now = 1000;
	*state = fixture;
	return 0;
}

static int setup_serial(void **state)
{
	return setup(state, true);
}

static int setup_tcp(void **state)
{
	return setup(state, false);
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	zvt_link_clear(&fixture->link);
	free(fixture);
	return 0;
}

static void feed(struct fixture *fixture, const char *hex)
{
	struct buf bytes = hex_bytes(hex);

	zvt_link_feed(&fixture->link, fixture->now, bytes.data, bytes.len);
	buf_free(&bytes);
}

static void expect_event(struct fixture *fixture, enum zvt_link_event event)
{
	struct zvt_apdu apdu;

	assert_int_equal(zvt_link_next(&fixture->link, fixture->now, &apdu),
			 event);
}

static void expect_message(struct fixture *fixture, const char *hex)
{
	struct buf expected = hex_bytes(hex), got = BUF_INIT(70000);
	struct zvt_apdu apdu;

	assert_int_equal(zvt_link_next(&fixture->link, fixture->now, &apdu),
			 ZVT_LINK_MESSAGE);
	zvt_apdu_write(&got, apdu.control, apdu.data, apdu.len);
	assert_int_equal(got.len, expected.len);
	assert_memory_equal(got.data, expected.data, got.len);
	buf_free(&got);
	buf_free(&expected);
}

static void expect_out(struct fixture *fixture, const char *hex)
{
	struct buf expected = hex_bytes(hex);

	assert_int_equal(fixture->link.out.len, expected.len);
	if (expected.len)
		assert_memory_equal(fixture->link.out.data, expected.data,
				    expected.len);
	buf_reset(&fixture->link.out);
	buf_free(&expected);
}

static void send(struct fixture *fixture, const char *hex,
		 enum zvt_link_care care)
{
	struct buf apdu = hex_bytes(hex);

	zvt_link_submit(&fixture->link, fixture->now, &apdu, care);
	buf_free(&apdu);
}

/* --- frames and CRC --- */

/* 2.1: KERMIT, not XMODEM. */
static void test_crc_check_value(void **state)
{
	(void)state;
	assert_int_equal(zvt_link_crc((const uint8_t *)"123456789", 9, 0),
			 0x2189);
	assert_int_equal(zvt_link_crc((const uint8_t[]){ 0x80, 0, 0, 3 }, 4, 0),
			 0x1ff5);
}

static const struct {
	const char *apdu, *frame;
} frames[] = {
	/* 2.1, 5.1 */
	{ "80 00 00", "10 02 80 00 00 10 03 F5 1F" },
	{ "06 00 06 00 00 00 BE 09 78",
	  "10 02 06 00 06 00 00 00 BE 09 78 10 03 3C AA" },
	{ "06 0F 0A 19 00 29 29 00 10 06 49 09 78",
	  "10 02 06 0F 0A 19 00 29 29 00 10 10 06 49 09 78 10 03 EF 72" },
	{ "06 00 10 00 00 00 BE 09 78 03 01 06 06 26 04 0A 02 06 D3",
	  "10 02 06 00 10 10 00 00 00 BE 09 78 03 01 06 06 26 04 0A 02 06 D3 "
	  "10 03 D7 DE" },
	/* 5.2; the last four have 10 in a CRC that is not doubled */
	{ "06 01 0A 04 00 00 00 00 12 34 49 09 78",
	  "10 02 06 01 0A 04 00 00 00 00 12 34 49 09 78 10 03 B0 91" },
	{ "06 01 0C 04 00 00 00 00 12 34 49 09 78 19 40",
	  "10 02 06 01 0C 04 00 00 00 00 12 34 49 09 78 19 40 10 03 11 33" },
	{ "06 01 0A 04 00 00 00 00 10 10 49 09 78",
	  "10 02 06 01 0A 04 00 00 00 00 10 10 10 10 49 09 78 10 03 67 D4" },
	{ "06 01 0A 04 00 00 00 00 02 30 49 09 78",
	  "10 02 06 01 0A 04 00 00 00 00 02 30 49 09 78 10 03 10 FE" },
	{ "06 01 0A 04 00 00 00 00 02 28 49 09 78",
	  "10 02 06 01 0A 04 00 00 00 00 02 28 49 09 78 10 03 70 10" },
	{ "06 01 0A 04 00 00 00 02 53 08 49 09 78",
	  "10 02 06 01 0A 04 00 00 00 02 53 08 49 09 78 10 03 10 03" },
	{ "06 01 0A 04 00 00 00 04 59 74 49 09 78",
	  "10 02 06 01 0A 04 00 00 00 04 59 74 49 09 78 10 03 10 10" },
	/* 5.3 */
	{ "06 30 10 00 00 00 87 02 31 04 00 00 00 00 25 00 49 09 78",
	  "10 02 06 30 10 10 00 00 00 87 02 31 04 00 00 00 00 25 00 49 09 78 "
	  "10 03 9B 57" },
	{ "06 30 06 00 00 00 87 02 31",
	  "10 02 06 30 06 00 00 00 87 02 31 10 03 D8 AF" },
	{ "04 0F 02 27 B4", "10 02 04 0F 02 27 B4 10 03 8D A3" },
	{ "06 1E 01 B4", "10 02 06 1E 01 B4 10 03 32 63" },
	{ "06 31 0D 00 00 00 04 00 00 00 00 05 00 49 09 78",
	  "10 02 06 31 0D 00 00 00 04 00 00 00 00 05 00 49 09 78 10 03 DD 00" },
	/* 5.4, 5.5 */
	{ "06 50 03 00 00 00", "10 02 06 50 03 00 00 00 10 03 FB 37" },
	{ "05 01 03 00 00 00", "10 02 05 01 03 00 00 00 10 03 DF DB" },
	{ "05 01 05 00 00 00 03 02",
	  "10 02 05 01 05 00 00 00 03 02 10 03 4B ED" },
	{ "05 01 05 00 00 00 03 06",
	  "10 02 05 01 05 00 00 00 03 06 10 03 2B 8A" },
	{ "06 0F 01 00", "10 02 06 0F 01 00 10 03 26 E1" },
	{ "06 0F 01 DC", "10 02 06 0F 01 DC 10 03 BD 17" },
	{ "06 0F 0B F0 F0 F7 32 2E 31 34 2E 31 35 00",
	  "10 02 06 0F 0B F0 F0 F7 32 2E 31 34 2E 31 35 00 10 03 B1 11" },
	/* 5.7, 5.8 */
	{ "06 20 05 00 00 00 03 03",
	  "10 02 06 20 05 00 00 00 03 03 10 03 DB 15" },
	{ "06 20 05 00 00 00 03 01",
	  "10 02 06 20 05 00 00 00 03 01 10 03 6B 26" },
	{ "06 B0 00", "10 02 06 B0 00 10 03 43 F3" },
	{ "06 02 00", "10 02 06 02 00 10 03 B9 CC" },
	{ "06 10 03 00 00 00", "10 02 06 10 10 03 00 00 00 10 03 2A 35" },
	{ "84 83 00", "10 02 84 83 00 10 03 91 8E" },
	{ "84 9C 00", "10 02 84 9C 00 10 03 C3 41" },
	{ "84 66 00", "10 02 84 66 00 10 03 8D BE" },
	{ "84 CC 00", "10 02 84 CC 00 10 03 20 C2" },
	/* 6 */
	{ "04 FF 01 0A", "10 02 04 FF 01 0A 10 03 F5 7D" },
	{ "04 FF 02 0E 03", "10 02 04 FF 02 0E 03 10 03 68 D4" },
	{ "04 0F 37 27 00 04 00 00 00 00 12 34 49 09 78 0C 13 44 55 0D 11 22 "
	  "22 F0 F8 EE EE EE EE EE EE 47 71 29 29 00 10 06 3B 36 31 31 38 30 "
	  "34 00 00 87 00 42 0B 00 00 42 19 60 8A 2E",
	  "10 02 04 0F 37 27 00 04 00 00 00 00 12 34 49 09 78 0C 13 44 55 0D "
	  "11 22 22 F0 F8 EE EE EE EE EE EE 47 71 29 29 00 10 10 06 3B 36 31 "
	  "31 38 30 34 00 00 87 00 42 0B 00 00 42 19 60 8A 2E 10 03 4A A0" },
	{ "04 0F 07 27 6C 29 29 00 10 06",
	  "10 02 04 0F 07 27 6C 29 29 00 10 10 06 10 03 B2 57" },
	{ "06 1E 01 6C", "10 02 06 1E 01 6C 10 03 C9 F2" },
	{ "06 D1 0C 00 47 65 73 61 6D 74 20 31 2C 30 30",
	  "10 02 06 D1 0C 00 47 65 73 61 6D 74 20 31 2C 30 30 10 03 82 CF" },
	{ "06 D1 01 81", "10 02 06 D1 01 81 10 03 08 22" },
	{ "06 D3 11 06 0F 1F 07 01 02 25 09 07 01 54 07 01 45 09 01 81",
	  "10 02 06 D3 11 06 0F 1F 07 01 02 25 09 07 01 54 07 01 45 09 01 81 "
	  "10 03 DB F4" },
	{ "06 0F 00", "10 02 06 0F 00 10 03 C6 33" },
	{ "06 0F 02 27 E0", "10 02 06 0F 02 27 E0 10 03 4C 1F" },
};

#define FRAMES (sizeof(frames) / sizeof(*frames))

static void test_frames_are_made(void **state)
{
	(void)state;
	for (size_t i = 0; i < FRAMES; i++) {
		struct buf apdu = hex_bytes(frames[i].apdu);
		struct buf frame = hex_bytes(frames[i].frame);
		struct buf made = BUF_INIT(4096);

		zvt_link_write_frame(&made, apdu.data, apdu.len);
		assert_int_equal(made.len, frame.len);
		assert_memory_equal(made.data, frame.data, made.len);
		buf_free(&made);
		buf_free(&frame);
		buf_free(&apdu);
	}
}

/* Our answer goes and is taken, so that the next may be the same again. */
static void answer(struct fixture *fixture)
{
	send(fixture, "80 00 00", ZVT_LINK_REPEAT);
	feed(fixture, "06");
	expect_event(fixture, ZVT_LINK_TAKEN);
	buf_reset(&fixture->link.out);
}

static void test_frames_are_read(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < FRAMES; i++) {
		feed(fixture, frames[i].frame);
		expect_message(fixture, frames[i].apdu);
		expect_out(fixture, "06");
		expect_event(fixture, ZVT_LINK_NOTHING);
		answer(fixture);
	}
}

static void test_frames_are_read_bytewise(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < FRAMES; i++) {
		struct buf frame = hex_bytes(frames[i].frame);

		for (size_t at = 0; at < frame.len; at++) {
			expect_event(fixture, ZVT_LINK_NOTHING);
			fixture->now += ZVT_T1_MS - 1;
			zvt_link_feed(&fixture->link, fixture->now,
				      frame.data + at, 1);
		}
		expect_message(fixture, frames[i].apdu);
		expect_out(fixture, "06");
		answer(fixture);
		buf_free(&frame);
	}
}

/* --- receiving --- */

static void test_each_flipped_bit_is_noticed(void **state)
{
	struct fixture *fixture = *state;
	struct buf frame = hex_bytes("10 02 06 1E 01 6C 10 03 C9 F2");
	struct zvt_apdu apdu;

	for (size_t bit = 0; bit < frame.len * 8; bit++) {
		frame.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		zvt_link_feed(&fixture->link, fixture->now, frame.data,
			      frame.len);
		frame.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(zvt_link_next(&fixture->link, fixture->now,
					       &apdu),
				 ZVT_LINK_NOTHING);
		/* a frame that never ended is given up after T1 */
		fixture->now += ZVT_T1_MS;
		assert_int_equal(zvt_link_next(&fixture->link, fixture->now,
					       &apdu),
				 ZVT_LINK_NOTHING);
		assert_true(zvt_link_is_quiet(&fixture->link));
		assert_null(memchr(fixture->link.out.data
					   ? (void *)fixture->link.out.data
					   : "",
				   0x06, fixture->link.out.len));
		buf_reset(&fixture->link.out);
	}
	buf_free(&frame);
}

static void test_bad_crc_is_refused(void **state)
{
	struct fixture *fixture = *state;

	feed(fixture, "10 02 06 0F 00 10 03 C6 34");
	expect_event(fixture, ZVT_LINK_NOTHING);
	expect_out(fixture, "15");
	feed(fixture, "10 02 06 0F 00 10 03 C6 33");
	expect_message(fixture, "06 0F 00");
	expect_out(fixture, "06");
}

/* A frame may be good and its message not: declared longer than it is. */
static void test_wrong_length_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct buf frame = BUF_INIT(64);

	zvt_link_write_frame(&frame, (const uint8_t[]){ 0x06, 0x0f, 2, 0x27 },
			     4);
	zvt_link_feed(&fixture->link, fixture->now, frame.data, frame.len);
	expect_event(fixture, ZVT_LINK_NOTHING);
	expect_out(fixture, "15");
	buf_free(&frame);
}

static void test_gap_within_frame_is_refused(void **state)
{
	struct fixture *fixture = *state;

	feed(fixture, "10 02 06 0F");
	expect_event(fixture, ZVT_LINK_NOTHING);
	assert_int_equal(zvt_link_due(&fixture->link),
			 fixture->now + ZVT_T1_MS);
	fixture->now += ZVT_T1_MS;
	expect_event(fixture, ZVT_LINK_NOTHING);
	expect_out(fixture, "15");
	assert_int_equal(zvt_link_due(&fixture->link), -1);
}

static void test_frame_begun_anew_is_read(void **state)
{
	struct fixture *fixture = *state;

	feed(fixture, "10 02 06 0F 10 02 06 0F 00 10 03 C6 33");
	expect_message(fixture, "06 0F 00");
	expect_out(fixture, "06");
}

static void test_noise_before_frame_is_passed_over(void **state)
{
	struct fixture *fixture = *state;

	feed(fixture, "00 FF 55 10 10 02 06 0F 00 10 03 C6 33");
	expect_message(fixture, "06 0F 00");
	expect_out(fixture, "06");
}

/* 2.1: recognised only until the sender has our answer; print lines are
 * legitimately identical. */
static void test_repeat_is_not_told_again(void **state)
{
	struct fixture *fixture = *state;
	const char *line = "10 02 06 D1 01 81 10 03 08 22";

	feed(fixture, line);
	expect_message(fixture, "06 D1 01 81");
	expect_out(fixture, "06");
	/* before we answered */
	feed(fixture, line);
	expect_event(fixture, ZVT_LINK_NOTHING);
	expect_out(fixture, "06");
	/* after, but not acknowledged: answered again */
	send(fixture, "80 00 00", ZVT_LINK_REPEAT);
	expect_out(fixture, "10 02 80 00 00 10 03 F5 1F");
	feed(fixture, line);
	expect_event(fixture, ZVT_LINK_NOTHING);
	expect_out(fixture, "06 10 02 80 00 00 10 03 F5 1F");
	/* acknowledged: the same bytes are another line */
	feed(fixture, "06");
	expect_event(fixture, ZVT_LINK_TAKEN);
	feed(fixture, line);
	expect_message(fixture, "06 D1 01 81");
	expect_out(fixture, "06");
}

/* --- sending --- */

static void test_sends_again_on_nak_and_silence(void **state)
{
	struct fixture *fixture = *state;
	const char *frame = "10 02 05 01 03 00 00 00 10 03 DF DB";

	send(fixture, "05 01 03 00 00 00", ZVT_LINK_REPEAT);
	expect_out(fixture, frame);
	feed(fixture, "15");
	expect_event(fixture, ZVT_LINK_NOTHING);
	expect_out(fixture, frame);
	assert_int_equal(zvt_link_due(&fixture->link),
			 fixture->now + ZVT_T2_MS);
	fixture->now += ZVT_T2_MS;
	expect_event(fixture, ZVT_LINK_NOTHING);
	expect_out(fixture, frame);
	fixture->now += ZVT_T2_MS;
	expect_event(fixture, ZVT_LINK_SILENT);
	expect_out(fixture, "");
	assert_true(zvt_link_is_quiet(&fixture->link));
}

static void test_nak_storm_ends(void **state)
{
	struct fixture *fixture = *state;

	send(fixture, "05 01 03 00 00 00", ZVT_LINK_REPEAT);
	buf_reset(&fixture->link.out);
	feed(fixture, "15 15 15 15 15 15");
	expect_event(fixture, ZVT_LINK_REJECTED);
	/* three in all: two repeats */
	expect_out(fixture, "10 02 05 01 03 00 00 00 10 03 DF DB "
			    "10 02 05 01 03 00 00 00 10 03 DF DB");
	expect_event(fixture, ZVT_LINK_NOTHING);
	expect_out(fixture, "");
}

/* 2.1: the terminal says that it did not take it - or says nothing. */
static void test_money_is_repeated_on_nak_only(void **state)
{
	struct fixture *fixture = *state;
	const char *frame =
		"10 02 06 01 0A 04 00 00 00 00 12 34 49 09 78 10 03 B0 91";

	send(fixture, "06 01 0A 04 00 00 00 00 12 34 49 09 78", ZVT_LINK_MONEY);
	expect_out(fixture, frame);
	feed(fixture, "15");
	expect_event(fixture, ZVT_LINK_NOTHING);
	expect_out(fixture, frame);
	fixture->now += ZVT_T2_MS;
	expect_event(fixture, ZVT_LINK_SILENT);
	expect_out(fixture, "");
}

/* The 15 may be a byte of a frame whose beginning got lost. */
static void test_money_is_not_repeated_on_doubtful_nak(void **state)
{
	struct fixture *fixture = *state;

	send(fixture, "06 01 0A 04 00 00 00 00 12 34 49 09 78", ZVT_LINK_MONEY);
	buf_reset(&fixture->link.out);
	feed(fixture, "04 0F 15");
	expect_event(fixture, ZVT_LINK_NOTHING);
	expect_out(fixture, "");
	fixture->now += ZVT_T2_MS;
	expect_event(fixture, ZVT_LINK_SILENT);
	expect_out(fixture, "");
}

static void test_wish_is_never_repeated(void **state)
{
	struct fixture *fixture = *state;

	send(fixture, "06 B0 00", ZVT_LINK_WISH);
	expect_out(fixture, "10 02 06 B0 00 10 03 43 F3");
	feed(fixture, "15");
	expect_event(fixture, ZVT_LINK_DROPPED);
	send(fixture, "06 B0 00", ZVT_LINK_WISH);
	buf_reset(&fixture->link.out);
	fixture->now += ZVT_T2_MS;
	expect_event(fixture, ZVT_LINK_DROPPED);
	expect_out(fixture, "");
}

/* 2.1: a 10 02 instead of the 06; an answer to our command stands for it. */
static void test_answer_stands_for_lost_ack(void **state)
{
	struct fixture *fixture = *state;

	send(fixture, "05 01 03 00 00 00", ZVT_LINK_REPEAT);
	buf_reset(&fixture->link.out);
	feed(fixture, "10 02 80 00 00 10 03 F5 1F");
	expect_message(fixture, "80 00 00");
	expect_out(fixture, "06");
	assert_true(zvt_link_is_quiet(&fixture->link));
	assert_int_equal(zvt_link_due(&fixture->link), -1);
}

static void test_next_message_stands_for_lost_ack(void **state)
{
	struct fixture *fixture = *state;

	feed(fixture, "10 02 04 FF 01 0A 10 03 F5 7D");
	expect_message(fixture, "04 FF 01 0A");
	send(fixture, "80 00 00", ZVT_LINK_REPEAT);
	buf_reset(&fixture->link.out);
	feed(fixture, "10 02 06 0F 00 10 03 C6 33");
	expect_message(fixture, "06 0F 00");
	expect_out(fixture, "06");
	assert_false(fixture->link.waiting);
}

/* 7.3: both begin at once; the terminal's frame comes through. */
static void test_collision_lets_terminal_win(void **state)
{
	struct fixture *fixture = *state;

	send(fixture, "05 01 03 00 00 00", ZVT_LINK_REPEAT);
	buf_reset(&fixture->link.out);
	feed(fixture, "10 02 04 FF 01 0A 10 03 F5 7D");
	expect_message(fixture, "04 FF 01 0A");
	assert_true(fixture->link.waiting);
	send(fixture, "80 00 00", ZVT_LINK_REPEAT);
	expect_out(fixture, "06 10 02 80 00 00 10 03 F5 1F");
	/* only the answer is repeated now */
	fixture->now += ZVT_T2_MS;
	expect_event(fixture, ZVT_LINK_NOTHING);
	expect_out(fixture, "10 02 80 00 00 10 03 F5 1F");
}

/* --- TCP --- */

/* 2.2: several in one segment, one in several. */
static void test_tcp_messages_are_cut_by_length(void **state)
{
	struct fixture *fixture = *state;
	const char *all = "80 00 00 04 FF 01 0A 06 0F 00";
	struct buf bytes = hex_bytes(all);

	feed(fixture, all);
	expect_message(fixture, "80 00 00");
	expect_message(fixture, "04 FF 01 0A");
	expect_message(fixture, "06 0F 00");
	expect_event(fixture, ZVT_LINK_NOTHING);
	for (size_t at = 0; at < bytes.len; at++) {
		zvt_link_feed(&fixture->link, fixture->now, bytes.data + at, 1);
		if (at == 2)
			expect_message(fixture, "80 00 00");
		if (at == 6)
			expect_message(fixture, "04 FF 01 0A");
		if (at == 9)
			expect_message(fixture, "06 0F 00");
		expect_event(fixture, ZVT_LINK_NOTHING);
	}
	expect_out(fixture, ""); /* no 06 here */
	buf_free(&bytes);
}

/* 3: real captures have 0461 = 1121 bytes after FF 61 04. */
static void test_tcp_long_message_is_read(void **state)
{
	struct fixture *fixture = *state;
	uint8_t data[5 + 1121] = { 0x06, 0xd3, 0xff, 0x61, 0x04 };
	struct zvt_apdu apdu;

	zvt_link_feed(&fixture->link, fixture->now, data, sizeof(data) - 1);
	expect_event(fixture, ZVT_LINK_NOTHING);
	zvt_link_feed(&fixture->link, fixture->now, data, 1);
	assert_int_equal(zvt_link_next(&fixture->link, fixture->now, &apdu),
			 ZVT_LINK_MESSAGE);
	assert_int_equal(apdu.control, 0x06d3);
	assert_int_equal(apdu.len, 1121);
}

static void test_tcp_send_has_nothing_around(void **state)
{
	struct fixture *fixture = *state;

	send(fixture, "06 01 0A 04 00 00 00 00 10 10 49 09 78", ZVT_LINK_MONEY);
	expect_out(fixture, "06 01 0A 04 00 00 00 00 10 10 49 09 78");
	assert_true(zvt_link_is_quiet(&fixture->link));
}

/* 2.2: piecemeal over more than T3. */
static void test_tcp_half_message_is_given_up(void **state)
{
	struct fixture *fixture = *state;

	feed(fixture, "06 0F 05 27");
	expect_event(fixture, ZVT_LINK_NOTHING);
	assert_int_equal(zvt_link_due(&fixture->link), fixture->now + T3);
	fixture->now += T3 - 1;
	feed(fixture, "00");
	expect_event(fixture, ZVT_LINK_NOTHING);
	fixture->now += 1;
	expect_event(fixture, ZVT_LINK_SILENT);
}

/* 2.2: a terminal in another mode. */
static void test_tcp_other_protocol_is_noticed(void **state)
{
	struct fixture *fixture = *state;

	feed(fixture, "00 00 00 3E 56 45 52 7C 41 50 50");
	expect_event(fixture, ZVT_LINK_GARBLED);
}

static void test_tcp_other_protocol_by_one_byte(void **state)
{
	struct fixture *fixture = *state;

	feed(fixture, "15");
	expect_event(fixture, ZVT_LINK_GARBLED);
}

/* More than may ever wait: not even the biggest message needs it. */
static void test_flood_is_bounded(void **state)
{
	struct fixture *fixture = *state;
	uint8_t data[4096];

	memset(data, 0x06, sizeof(data));
	for (int i = 0; i < 200; i++)
		zvt_link_feed(&fixture->link, fixture->now, data, sizeof(data));
	expect_event(fixture, ZVT_LINK_GARBLED);
}

/* --- garbage --- */

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

static void garble(struct fixture *fixture, uint32_t seed)
{
	static const uint8_t likely[] = { 0x10, 0x02, 0x03, 0x06,
					  0x15, 0x80, 0x00, 0x04 };
	uint8_t data[32];
	struct zvt_apdu apdu;
	enum zvt_link_event event;

	for (int round = 0; round < 400; round++) {
		size_t len = next_random(&seed) % sizeof(data);

		for (size_t i = 0; i < len; i++) {
			uint32_t pick = next_random(&seed);

			data[i] = pick & 1 ? likely[(pick >> 1) % 8]
					   : (uint8_t)(pick >> 8);
		}
		fixture->now += next_random(&seed) % 300;
		zvt_link_feed(&fixture->link, fixture->now, data, len);
		do {
			event = zvt_link_next(&fixture->link, fixture->now,
					      &apdu);
		} while (event != ZVT_LINK_NOTHING &&
			 event != ZVT_LINK_GARBLED);
		if (round % 7 == 0)
			send(fixture, "80 00 00", ZVT_LINK_REPEAT);
		assert_false(fixture->link.out.failed);
		buf_reset(&fixture->link.out);
	}
}

static void test_garbage_does_no_harm(void **state)
{
	struct fixture *fixture = *state;

	for (uint32_t seed = 1; seed < 20; seed++)
		garble(fixture, seed);
}

#define SERIAL(test) \
	cmocka_unit_test_setup_teardown(test, setup_serial, teardown)
#define TCP(test) cmocka_unit_test_setup_teardown(test, setup_tcp, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crc_check_value),
		cmocka_unit_test(test_frames_are_made),
		SERIAL(test_frames_are_read),
		SERIAL(test_frames_are_read_bytewise),
		SERIAL(test_each_flipped_bit_is_noticed),
		SERIAL(test_bad_crc_is_refused),
		SERIAL(test_wrong_length_is_refused),
		SERIAL(test_gap_within_frame_is_refused),
		SERIAL(test_frame_begun_anew_is_read),
		SERIAL(test_noise_before_frame_is_passed_over),
		SERIAL(test_repeat_is_not_told_again),
		SERIAL(test_sends_again_on_nak_and_silence),
		SERIAL(test_nak_storm_ends),
		SERIAL(test_money_is_repeated_on_nak_only),
		SERIAL(test_money_is_not_repeated_on_doubtful_nak),
		SERIAL(test_wish_is_never_repeated),
		SERIAL(test_answer_stands_for_lost_ack),
		SERIAL(test_next_message_stands_for_lost_ack),
		SERIAL(test_collision_lets_terminal_win),
		TCP(test_tcp_messages_are_cut_by_length),
		TCP(test_tcp_long_message_is_read),
		TCP(test_tcp_send_has_nothing_around),
		TCP(test_tcp_half_message_is_given_up),
		TCP(test_tcp_other_protocol_is_noticed),
		TCP(test_tcp_other_protocol_by_one_byte),
		TCP(test_flood_is_bounded),
		SERIAL(test_flood_is_bounded),
		SERIAL(test_garbage_does_no_harm),
		TCP(test_garbage_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
