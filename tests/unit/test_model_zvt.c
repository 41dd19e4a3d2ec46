/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ZVT model's ordinary life, against the vectors of the protocol text
 * (section numbers are its own), in virtual time.
 */
#include "zvt_bench.h"

#include "sim/models.h"
#include "sim/zvt_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct zvt_bench bench;

#define REGISTER "06 00 06 00 00 00 be 09 78"
#define PAY_1234 "06 01 0a 04 00 00 00 00 12 34 49 09 78"
#define PAY_2500 "06 01 0a 04 00 00 00 00 25 00 49 09 78"
#define REPEAT	 "06 20 05 00 00 00 03 03"
#define ENQUIRY	 "05 01 05 00 00 00 03 02"

static int stop(void **state)
{
	(void)state;
	zvt_bench_stop(&bench);
	return 0;
}

static void expect_violations(size_t count)
{
	assert_int_equal(zvt_bench_list(&bench, "violations"), count);
}

static void order(const char *command, int64_t ms)
{
	zvt_bench_clear(&bench);
	zvt_bench_send(&bench, command);
	zvt_bench_run(&bench, ms);
}

static void expect_last(const char *hex)
{
	zvt_bench_expect(&bench, bench.count - 1, hex);
}

#define REGISTER_BLOCKS \
	"06 00 10 00 00 00 be 09 78 03 01 06 06 26 04 0a 02 06 d3"

/* 5.1, byte for byte on the serial line */
static void test_register_serial(void **state)
{
	(void)state;
	zvt_bench_start(&bench, true, "tid=29001006");
	sim_rig_input(&bench.rig,
		      "\x10\x02\x06\x00\x06\x00\x00\x00\xbe\x09\x78\x10\x03"
		      "\x3c\xaa",
		      15);
	assert_int_equal(bench.rig.sent.len, 10);
	assert_memory_equal(bench.rig.sent.data,
			    "\x06\x10\x02\x80\x00\x00\x10\x03\xf5\x1f", 10);
	sim_rig_clear(&bench.rig);
	sim_rig_input(&bench.rig, "\x06", 1);
	assert_int_equal(bench.rig.sent.len, 20);
	assert_memory_equal(bench.rig.sent.data,
			    "\x10\x02\x06\x0f\x0a\x19\x00\x29\x29\x00\x10\x10"
			    "\x06\x49\x09\x78\x10\x03\xef\x72",
			    20);
	sim_rig_input(&bench.rig, "\x06\x10\x02\x80\x00\x00\x10\x03\xf5\x1f",
		      10);
	assert_int_equal(zvt_bench_account(&bench, "registrations"), 1);
	sim_rig_clear(&bench.rig);
	zvt_bench_run(&bench, 30000);
	expect_violations(0);
}

/* The frames of 5.2: a checksum is never stuffed, whatever it reads. */
static void test_checksum_bytes(void **state)
{
	static const struct {
		const char *frame;
		const char *amount;
	} payments[] = {
		{ "1002 06010a04000000001234490978 1003b091", "1234" },
		{ "1002 06010a040000000010101010490978 100367d4", "1010" },
		{ "1002 06010a04000000000230490978 100310fe", "230" },
		{ "1002 06010a04000000000228490978 10037010", "228" },
		{ "1002 06010a04000000025308490978 10031003", "25308" },
		{ "1002 06010a04000000045974490978 10031010", "45974" },
	};

	(void)state;
	zvt_bench_start(&bench, true, "auto=yes");
	for (size_t i = 0; i < sizeof(payments) / sizeof(payments[0]); i++) {
		zvt_bench_clear(&bench);
		zvt_bench_send_raw(&bench, payments[i].frame);
		zvt_bench_run(&bench, 2000);
		assert_int_equal(bench.naks, 0);
		zvt_bench_expect(&bench, 0, "80 00 00");
		assert_int_equal(zvt_bench_net(&bench, payments[i].amount), 1);
	}
	expect_violations(0);
}

/* Frames that are no good get NAK, noise gets nothing. */
static void test_bad_frames(void **state)
{
	static const char *const bad[] = {
		"1002 800000 1003 f51e", /* checksum */
		"1002 800001 1003 7c0e", /* length past the end */
		"1002 06 1005 10030000", /* a lone DLE */
		"1002 1003 3013",	 /* nothing in it */
	};
	static const char good[] = "1002050105000000030210034bed";

	(void)state;
	zvt_bench_start(&bench, true, "auto=yes");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		zvt_bench_clear(&bench);
		zvt_bench_send_raw(&bench, bad[i]);
		assert_int_equal(bench.naks, 1);
		assert_int_equal(bench.count, 0);
	}
	zvt_bench_clear(&bench);
	zvt_bench_send_raw(&bench, "00ff1103550203");
	assert_int_equal(bench.naks + bench.acks, 0);
	/* a gap of T1, then the whole again, byte by byte */
	zvt_bench_send_raw(&bench, "10020501");
	zvt_bench_run(&bench, 200);
	assert_int_equal(bench.naks, 1);
	for (const char *at = good; *at; at += 2) {
		const char byte[3] = { at[0], at[1], 0 };

		zvt_bench_run(&bench, 150);
		zvt_bench_send_raw(&bench, byte);
	}
	zvt_bench_expect(&bench, 0, "80 00 00");
	zvt_bench_expect(&bench, 1, "06 0f 01 00");
	expect_violations(0);
}

/* 5.5: by position; the version is left out where that is asked for */
static void test_status_enquiry(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "auto=yes");
	order("05 01 03 00 00 00", 0);
	zvt_bench_expect(&bench, 0, "80 00 00");
	zvt_bench_expect(&bench, 1,
			 "06 0f 0b f0 f0 f7 32 2e 31 34 2e 31 35 00");
	order("05 01 00", 0);
	zvt_bench_expect_start(&bench, 1, "06 0f 0b f0 f0 f7");
	order(ENQUIRY, 0);
	expect_last("06 0f 01 00");
	sim_rig_do(&bench.rig, "insert card");
	order(ENQUIRY, 0);
	expect_last("06 0f 01 dc");
	sim_rig_do(&bench.rig, "remove card");
	sim_rig_do(&bench.rig, "eod needed on");
	order(ENQUIRY, 0);
	expect_last("06 0f 01 f0");
	sim_rig_do(&bench.rig, "busy on");
	order(ENQUIRY, 0);
	expect_last("06 0f 01 9c");
	order(PAY_1234, 0);
	expect_last("84 9c 00");
	order("05 01 05 00 00 00 03 06", 0);
	zvt_bench_expect_start(&bench, 1, "06 0f 0f 9c 06 0c e4 0a 1f 40 07");
	expect_violations(0);
}

/* 7.1 */
static void test_payment_by_lines(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false,
			"tid=29001006 receipt=42 trace=42 "
			"clock=2026-11-22T13:44:54 card=maestro");
	order(REGISTER, 0);
	zvt_bench_expect(&bench, 1, "06 0f 0a 19 00 29 29 00 10 06 49 09 78");
	order(PAY_1234, 3000);
	zvt_bench_expect(&bench, 0, "80 00 00");
	zvt_bench_expect(&bench, 1, "04 ff 01 0a");
	zvt_bench_expect(&bench, 2, "04 ff 01 01");
	zvt_bench_expect(&bench, 3, "04 ff 01 0e");
	zvt_bench_expect(&bench, 4, "04 ff 01 0b");
	zvt_bench_expect(&bench, 5,
			 "04 0f 46 27 00 04 00 00 00 00 12 34 49 09 78"
			 "0c 13 44 54 0d 11 22 22 f0 f8 ee ee ee ee ee ee 11 11"
			 "8a 2e 8b f0 f8 4d 61 65 73 74 72 6f 00"
			 "29 29 00 10 06 3b 37 33 30 34 31 35 00 00"
			 "87 00 42 88 00 00 01 0b 00 00 42 19 70");
	/* Händlerbeleg, in code page 437 */
	zvt_bench_expect(&bench, 6,
			 "06 d1 0d 00 48 84 6e 64 6c 65 72 62 65 6c 65 67");
	assert_int_equal(zvt_bench_count(&bench, "06 d1 01 81"), 2);
	assert_true(sim_rig_showed(&bench.rig, "Händlerbeleg"));
	assert_true(sim_rig_showed(&bench.rig, "display: enter PIN"));
	expect_last("06 0f 00");
	assert_int_equal(zvt_bench_net(&bench, "1234"), 1);
	expect_violations(0);
}

/* 5.1, the container: blocks, texts for the cashier, tags in 04 0F */
static void test_payment_by_blocks(void **state)
{
	(void)state;
	zvt_bench_start(&bench, true,
			"receipt-lines=40 charset=latin1 prints=before");
	order(REGISTER_BLOCKS, 0);
	order(PAY_1234, 3000);
	zvt_bench_expect_start(&bench, 1, "04 ff 1e 0a 01 06 1a 24 18 07 16");
	assert_int_equal(zvt_bench_count(&bench, "06 d1"), 0);
	assert_int_equal(zvt_bench_count(&bench, "06 d3 ff"), 2);
	/* lengths: low byte first outside, high byte first inside (3) */
	zvt_bench_after(&bench, "06d3ff", "0682");
	zvt_bench_after(&bench, "06d3ff", "1f070101");
	zvt_bench_after(&bench, "06d3ff", "070c48e46e646c6572");
	assert_true(zvt_bench_find(&bench, "06d3") <
		    zvt_bench_find(&bench, "040f"));
	zvt_bench_after(&bench, "040f", "060e2f0c1f1001021f1101011f120101");
	expect_last("06 0f 00");
	assert_int_equal(zvt_bench_net(&bench, "1234"), 1);
	expect_violations(0);
}

/* Config 3E: the till makes the receipt itself; 08 off: no progress. */
static void test_config(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "line-tail=yes");
	order("06 00 06 00 00 00 3e 09 78", 0);
	order(PAY_1234, 3000);
	assert_int_equal(zvt_bench_count(&bench, "06 d"), 0);
	assert_int_equal(zvt_bench_count(&bench, "04 ff"), 4);
	order("06 00 06 00 00 00 82 09 78", 0);
	order(PAY_1234, 3000);
	assert_int_equal(zvt_bench_count(&bench, "04 ff"), 0);
	zvt_bench_after(&bench, "06d1", "06041f070101");
	expect_last("06 0f 00");
	order("06 00 06 00 00 00 00 09 78", 0);
	sim_rig_clear(&bench.rig);
	order(PAY_1234, 3000);
	assert_int_equal(zvt_bench_count(&bench, "06 d"), 0);
	assert_true(sim_rig_showed(&bench.rig, "prints: Kartenzahlung"));
	order("06 02 00", 0);
	assert_int_equal(bench.count, 1);
	assert_int_equal(zvt_bench_net(&bench, "1234"), 3);
	expect_violations(0);
}

static void test_refused_commands(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "password=123456");
	order(REGISTER, 0);
	expect_last("84 37 00");
	order("06 00 06 12 34 56 be 07 56", 0);
	expect_last("84 1e 03 6f 09 78");
	order("06 00 03 12 34 56", 0);
	expect_last("84 9a 00");
	order("06 00 08 12 34 56 be 09 78 77 00", 0);
	expect_last("84 83 00");
	order("06 99 00", 0);
	expect_last("84 83 00");
	order("06 01 03 49 09 78", 0);
	expect_last("84 9a 00");
	order("06 01 07 04 00 00 00 00 1a 34", 0);
	expect_last("84 83 00");
	order("06 01 09 04 00 00 00 00 12 34 77 01", 0);
	expect_last("84 83 00");
	order("06 01 0a 04 00 00 00 00 12 34 49 08 40", 3000);
	expect_last("06 1e 01 6f");
	order("06 30 03 12 34 56", 0);
	expect_last("84 9a 00");
	order("06 20 05 12 34 56 03 03", 0);
	expect_last("06 1e 01 83");
	order("06 23 03 87 ff ff", 0);
	expect_last("06 1e 04 b8 87 ff ff");
	order("06 b0 00", 0);
	expect_last("80 00 00");
	order("06 91 0b 12 34 56 aa 26 11 22 0c 13 45 00", 0);
	expect_last("06 0f 00");
	order("06 91 0b 12 34 56 aa 26 13 22 0c 13 45 00", 0);
	expect_last("84 9a 00");
	order("06 18 00", 0);
	assert_int_equal(zvt_bench_account(&bench, "resets"), 1);
	assert_int_equal(zvt_bench_list(&bench, "bookings"), 0);
	expect_violations(0);
}

/* 5.3: once, with the right amount, and before the end-of-day */
static void test_reversal(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "receipt=231 trace=700");
	order(REGISTER, 0);
	order(PAY_2500, 3000);
	order("06 30 10 00 00 00 87 02 31 04 00 00 00 00 24 00 49 09 78", 1000);
	expect_last("06 1e 01 b5");
	order("06 30 10 00 00 00 87 02 31 04 00 00 00 00 25 00 49 09 78", 1000);
	zvt_bench_after(&bench, "040f", "2700040000000025");
	zvt_bench_after(&bench, "040f", "870232");
	zvt_bench_after(&bench, "040f", "0b000701");
	zvt_bench_after(&bench, "040f", "37000700");
	expect_last("06 0f 00");
	assert_int_equal(zvt_bench_net(&bench, "2500"), 0);
	assert_int_equal(zvt_bench_list(&bench, "reversals"), 1);
	/* the minimal form, a second time */
	order("06 30 06 00 00 00 87 02 31", 1000);
	zvt_bench_find(&bench, "04 0f 02 27 b4");
	expect_last("06 1e 01 b4");
	order("06 30 06 00 00 00 87 09 99", 1000);
	expect_last("06 1e 01 b5");
	order(PAY_2500, 3000);
	order(PAY_1234, 3000);
	sim_rig_do(&bench.rig, "reverse last");
	order("06 30 06 00 00 00 87 02 33", 1000);
	zvt_bench_after(&bench, "040f", "2700040000000012");
	assert_int_equal(zvt_bench_net(&bench, "1234"), 0);
	assert_int_equal(zvt_bench_net(&bench, "2500"), 1);
	sim_rig_do(&bench.rig, "reverse last off");
	order("06 50 03 00 00 00", 3000);
	order("06 30 06 00 00 00 87 02 33", 1000);
	expect_last("06 1e 01 b5");
	order("06 31 0d 00 00 00 04 00 00 00 00 05 00 49 09 78", 3000);
	expect_last("06 0f 00");
	assert_int_equal(zvt_bench_list(&bench, "refunds"), 1);
	assert_int_equal(zvt_bench_net(&bench, "500"), 0);
	expect_violations(0);
}

/* 5.4: the totals of two Mastercard payments; F0 until it succeeds */
static void test_end_of_day(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "card=mastercard receipt=233");
	order(REGISTER, 0);
	order("06 01 07 04 00 00 00 00 04 79", 3000);
	order("06 01 07 04 00 00 00 00 04 79", 3000);
	sim_rig_do(&bench.rig, "next network down");
	order("06 50 03 00 00 00", 3000);
	zvt_bench_find(&bench, "04 0f 02 27 77");
	expect_last("06 1e 01 77");
	order(PAY_1234, 3000);
	zvt_bench_expect(&bench, 1, "06 1e 01 f0");
	order("06 50 03 00 00 00", 3000);
	zvt_bench_expect(&bench, 1, "04 ff 01 0e");
	zvt_bench_expect(&bench, 2, "04 ff 01 06");
	zvt_bench_expect(&bench, 3, "04 ff 01 17");
	zvt_bench_expect_start(&bench, 4,
			       "04 0f 49 27 00 04 00 00 00 00 09 58 0c");
	zvt_bench_after(&bench, "040f",
			"60f0f5f3"
			"02330234"
			"00000000000000"
			"00000000000000"
			"02000000000958"
			"00000000000000");
	expect_last("06 0f 00");
	assert_int_equal(zvt_bench_account(&bench, "end_of_days"), 1);
	order("06 10 03 00 00 00", 100);
	zvt_bench_after(&bench, "040f", "60f0f5f300000000");
	order(PAY_1234, 3000);
	expect_last("06 0f 00");
	/* an update follows: E0, and nobody answers for a while */
	sim_rig_do(&bench.rig, "next update 60000");
	order("06 50 03 00 00 00", 3000);
	expect_last("06 0f 02 27 e0");
	order(ENQUIRY, 50000);
	assert_int_equal(bench.count, 0);
	zvt_bench_run(&bench, 10000);
	order(ENQUIRY, 0);
	expect_last("06 0f 01 00");
	expect_violations(0);
}

/* 5.7: the last successful one, as it was; no prints with 02 */
static void test_repeat_receipt(void **state)
{
	char first[300];

	(void)state;
	zvt_bench_start(&bench, false, "repeat-eod=no");
	order(REGISTER, 0);
	order(PAY_1234, 3000);
	snprintf(first, sizeof(first), "%s",
		 bench.heard[zvt_bench_find(&bench, "040f")]);
	sim_rig_do(&bench.rig, "next decline 05");
	order(PAY_2500, 3000);
	expect_last("06 1e 01 05");
	order(REPEAT, 0);
	assert_int_equal(bench.count, 3);
	zvt_bench_expect(&bench, 1, first);
	expect_last("06 0f 00");
	order("06 20 05 00 00 00 03 01", 0);
	zvt_bench_expect(&bench, 1, first);
	assert_int_equal(zvt_bench_count(&bench, "06 d1 01 81"), 2);
	order("06 20 03 00 00 00", 0);
	assert_int_equal(zvt_bench_count(&bench, "04 0f"), 0);
	order("06 50 03 00 00 00", 3000);
	order(REPEAT, 0);
	zvt_bench_expect(&bench, 1, first);
	expect_violations(0);
}

static void test_diagnosis(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "clock=2026-11-22T13:44:59");
	order(REGISTER, 0);
	order("06 70 00", 1000);
	zvt_bench_expect(&bench, 1, "04 ff 01 d2");
	zvt_bench_expect_start(&bench, 2, "04 01 08 aa 26 11 22 0c 13 44 59");
	assert_int_equal(zvt_bench_count(&bench, "06 d1 01 81"), 1);
	expect_last("06 0f 00");
	order("06 93 03 00 00 00", 1000);
	expect_last("06 0f 00");
	expect_violations(0);
}

/* 5.6: our command's number, then theirs, each answer echoing */
static void test_sequence(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "msgseq=yes");
	bench.numbered = true;
	order("06 00 14 00 00 00 9e 09 78 06 0c 26 04 0a 02 06 d3"
	      "1f 73 03 00 00 00",
	      0);
	zvt_bench_expect(&bench, 0, "80 00 08 06 06 1f 73 03 00 00 00");
	zvt_bench_after(&bench, "060f", "06061f7303000001");
	order("06 01 0f 04 00 00 00 00 12 34 06 06 1f 73 03 99 99 99", 3000);
	zvt_bench_expect(&bench, 0, "80 00 08 06 06 1f 73 03 99 99 99");
	zvt_bench_after(&bench, "04ff", "1f7303000001");
	zvt_bench_after(&bench, "040f", "1f7303000005");
	expect_violations(0);
	bench.numbered = false;
	order("05 01 0d 00 00 00 03 02 06 06 1f 73 03 00 00 20", 0);
	expect_violations(1);
	/* not on unless the terminal knows it */
	zvt_bench_stop(&bench);
	zvt_bench_start(&bench, false, "msgseq=no");
	order("06 00 0e 00 00 00 9e 09 78 06 06 1f 73 03 00 00 00", 0);
	zvt_bench_expect(&bench, 0, "80 00 00");
}

/* Card data are invented; whole only where a test asks for it. */
static void test_card_data(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "pan=full card=visa");
	order(REGISTER, 0);
	order(PAY_1234, 3000);
	zvt_bench_after(&bench, "040f", "22f0f84111111111111111");
	zvt_bench_after(&bench, "040f", "23f1f94111111111111111d3");
	assert_false(sim_rig_showed(&bench.rig, "41111"));
}

/* 3: up to FE in one byte, from FF on in two more, low byte first */
static void test_lengths(void **state)
{
	static const struct {
		size_t len;
		const char *head;
		size_t head_len;
	} rows[] = {
		{ 0, "\x06\xd3\x00", 3 },
		{ 254, "\x06\xd3\xfe", 3 },
		{ 255, "\x06\xd3\xff\xff\x00", 5 },
		{ 0x461, "\x06\xd3\xff\x61\x04", 5 },
	};

	(void)state;
	zvt_bench_start(&bench, false, "auto=yes");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf apdu = BUF_INIT(2000);
		struct pt_message message;

		pt_message_init(&message, 0x06d3);
		for (size_t n = 0; n < rows[i].len; n++)
			buf_add_byte(&message.body, 'x');
		pt_message_build(&message, &apdu);
		assert_int_equal(apdu.len, rows[i].head_len + rows[i].len);
		assert_memory_equal(apdu.data, rows[i].head, rows[i].head_len);
		pt_message_free(&message);
		buf_free(&apdu);
	}
}

static void test_bad_options(void **state)
{
	static const struct model_option bad[] = {
		{ "booking", "maybe" }, { "abort", "" },
		{ "tid", "123456789" }, { "receipt", "0" },
		{ "card", "library" },	{ "clock", "2026-11-22" },
		{ "auto", "on" },	{ "colour", "red" },
	};

	(void)state;
	zvt_bench_start(&bench, false, "auto=no");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *error = NULL;

		assert_null(model_zvt.create(&bench.rig.model->host, &bad[i], 1,
					     true, &error));
		assert_non_null(error);
		free(error);
	}
	sim_rig_cannot(&bench.rig, "dance", "");
	sim_rig_cannot(&bench.rig, "decline 0g", "");
	sim_rig_cannot(&bench.rig, "next decline 00", "");
	sim_rig_cannot(&bench.rig, "approve", "");
	sim_rig_cannot(&bench.rig, "stop", "");
	sim_rig_cannot(&bench.rig, "close", "");
	sim_rig_cannot(&bench.rig, "close at 0", "");
	sim_rig_cannot(&bench.rig, "nak 1", "");
	sim_rig_cannot(&bench.rig, "next tip 1.5", "");
	sim_rig_check_help(&model_zvt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_register_serial, stop),
		cmocka_unit_test_teardown(test_checksum_bytes, stop),
		cmocka_unit_test_teardown(test_bad_frames, stop),
		cmocka_unit_test_teardown(test_status_enquiry, stop),
		cmocka_unit_test_teardown(test_payment_by_lines, stop),
		cmocka_unit_test_teardown(test_payment_by_blocks, stop),
		cmocka_unit_test_teardown(test_config, stop),
		cmocka_unit_test_teardown(test_refused_commands, stop),
		cmocka_unit_test_teardown(test_reversal, stop),
		cmocka_unit_test_teardown(test_end_of_day, stop),
		cmocka_unit_test_teardown(test_repeat_receipt, stop),
		cmocka_unit_test_teardown(test_diagnosis, stop),
		cmocka_unit_test_teardown(test_sequence, stop),
		cmocka_unit_test_teardown(test_card_data, stop),
		cmocka_unit_test_teardown(test_lengths, stop),
		cmocka_unit_test_teardown(test_bad_options, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
