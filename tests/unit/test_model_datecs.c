/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Datecs models against the vectors of the protocol text (4.12; section
 * numbers are its own), in virtual time.
 */
#include "isl_bench.h"

#include "sim/models.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct exchange {
	const char *request;
	const char *answer; /* NULL: the text has none */
};

/* 4.12, the derived session of X in its parts, and that of the classic one. */
static const struct exchange sale_x[] = {
	{ "01 30 30 34 38 21 30 30 33 30 31 09 31 09 44 54 36 33 "
	  "36 35 33 33 2D 30 30 32 30 2D 30 30 31 30 31 31 30 09 "
	  "32 34 09 09 05 30 36 3E 3B 03",
	  "01 30 30 33 39 21 30 30 33 30 30 09 34 37 33 09 04 80 "
	  "80 88 80 86 9A 80 80 05 30 36 3C 31 03" },
	{ "01 30 30 34 30 22 30 30 33 31 D5 EB FF E1 09 32 09 31 "
	  "2E 35 30 09 32 2E 30 30 30 09 09 09 30 09 05 30 37 3A "
	  "34 03",
	  "01 30 30 33 39 22 30 30 33 31 30 09 34 37 33 09 04 80 "
	  "80 88 80 86 9A 80 80 05 30 36 3C 33 03" },
	{ "01 30 30 33 31 23 30 30 33 35 30 09 35 2E 30 30 09 05 "
	  "30 32 3B 39 03",
	  "01 30 30 33 3C 23 30 30 33 35 30 09 52 09 32 2E 30 30 "
	  "09 04 80 80 88 80 86 9A 80 80 05 30 37 34 38 03" },
	{ "01 30 30 32 3A 24 30 30 33 38 05 30 31 3C 30 03",
	  "01 30 30 33 39 24 30 30 33 38 30 09 34 37 33 09 04 80 "
	  "80 80 80 86 9A 80 80 05 30 36 3C 34 03" },
	{ "01 30 30 32 3A 25 30 30 34 3C 05 30 31 3C 36 03",
	  "01 30 30 34 37 25 30 30 34 3C 30 09 30 09 34 37 33 09 "
	  "31 09 33 2E 30 30 09 35 2E 30 30 09 04 80 80 80 80 86 "
	  "9A 80 80 05 30 38 3D 32 03" },
	{ "01 30 30 32 3C 26 30 30 37 3B 33 09 05 30 32 30 37 03",
	  "01 30 30 36 33 26 30 30 37 3B 30 09 31 37 09 30 38 2D "
	  "31 30 2D 32 30 32 36 20 31 31 3A 34 38 3A 31 34 09 34 "
	  "31 09 30 37 2D 31 30 2D 32 30 32 36 20 32 32 3A 30 31 "
	  "3A 33 33 09 04 80 80 80 80 86 9A 80 80 05 30 3E 37 33 "
	  "03" },
	{ NULL, NULL },
};

static const struct exchange rest_x[] = {
	{ "01 30 30 32 3C 27 30 30 34 35 58 09 05 30 32 32 34 03",
	  "01 30 30 38 38 27 30 30 34 35 30 09 34 32 09 30 2E 30 "
	  "30 09 33 2E 30 30 09 30 2E 30 30 09 30 2E 30 30 09 30 "
	  "2E 30 30 09 30 2E 30 30 09 30 2E 30 30 09 30 2E 30 30 "
	  "09 30 2E 30 30 09 30 2E 30 30 09 30 2E 30 30 09 30 2E "
	  "30 30 09 30 2E 30 30 09 30 2E 30 30 09 30 2E 30 30 09 "
	  "30 2E 30 30 09 04 80 80 80 80 86 9A 80 80 05 31 33 30 "
	  "34 03" },
	{ "01 30 30 32 3C 28 30 30 34 35 5A 09 05 30 32 32 37 03", NULL },
	{ "01 30 30 33 32 29 30 30 34 36 30 09 35 30 2E 30 30 09 "
	  "05 30 32 3F 32 03",
	  "01 30 30 34 36 29 30 30 34 36 30 09 35 35 2E 30 30 09 "
	  "35 30 2E 30 30 09 30 2E 30 30 09 04 80 80 80 80 86 9A "
	  "80 80 05 30 38 3E 33 03" },
	{ "01 30 30 32 3A 2A 30 30 33 3E 05 30 31 3C 3C 03",
	  "01 30 30 34 3B 2A 30 30 33 3E 30 09 30 38 2D 31 30 2D "
	  "32 36 20 31 31 3A 35 30 3A 30 33 20 44 53 54 09 04 80 "
	  "80 80 80 86 9A 80 80 05 30 3A 38 39 03" },
	{ "01 30 30 32 3B 2B 30 30 36 3A 09 05 30 31 3D 36 03", NULL },
	{ "01 30 30 33 3E 2C 30 30 35 3E 30 09 30 31 2D 30 39 2D "
	  "32 36 09 33 30 2D 30 39 2D 32 36 09 05 30 35 33 3A 03",
	  NULL },
	{ "01 30 30 33 31 2D 30 30 35 3F 31 09 31 09 34 32 09 05 "
	  "30 32 3A 3D 03",
	  NULL },
	{ "01 30 30 32 3A 2E 30 30 32 36 05 30 31 3C 37 03",
	  "01 30 30 33 39 2E 30 30 32 36 30 09 34 37 34 09 04 80 "
	  "80 A0 80 86 9A 80 80 05 30 36 3E 3C 03" },
	{ "01 30 30 33 35 2F 30 30 32 3A 48 65 6C 6C 6F 09 09 09 "
	  "09 09 09 05 30 33 3F 32 03",
	  "01 30 30 33 35 2F 30 30 32 3A 30 09 04 80 80 A0 80 86 "
	  "9A 80 80 05 30 36 34 35 03" },
	{ "01 30 30 32 3A 30 30 30 32 37 05 30 31 3C 3A 03",
	  "01 30 30 33 39 30 30 30 32 37 30 09 34 37 34 09 04 80 "
	  "80 80 80 86 9A 80 80 05 30 36 3C 3F 03" },
	{ NULL, NULL },
};

static const struct exchange error_x[] = {
	{ "01 30 30 32 3F 31 30 30 33 31 09 39 09 31 09 05 30 32 "
	  "35 30 03",
	  "01 30 30 33 3B 31 30 30 33 31 2D 31 31 32 32 30 32 09 "
	  "04 A0 80 88 80 86 9A 80 80 05 30 37 37 32 03" },
	{ NULL, NULL },
};

static const struct exchange session_classic[] = {
	{ "01 25 20 4A 58 05 30 30 3E 3C 03",
	  "01 31 20 4A 80 80 80 C0 86 9A 04 80 80 80 C0 86 9A 05 "
	  "30 37 36 34 03" },
	{ "01 42 21 30 31 2C 30 30 30 30 2C 31 2C 44 54 30 30 30 "
	  "36 30 30 2D 4F 50 30 31 2D 30 30 30 31 30 30 30 05 30 "
	  "36 3A 37 03",
	  "01 34 21 30 30 30 31 32 2C 30 30 31 30 04 80 80 88 C0 "
	  "86 9A 05 30 35 3A 36 03" },
	{ "01 34 22 31 D5 EB FF E1 09 C1 31 2E 35 30 2A 32 2E 30 "
	  "30 30 05 30 36 3D 34 03",
	  "01 2B 22 31 04 80 80 88 C0 86 9A 05 30 33 3E 3F 03" },
	{ "01 2A 23 35 09 50 35 2E 30 30 05 30 31 3A 33 03",
	  "01 30 23 35 52 32 2E 30 30 04 80 80 88 C0 86 9A 05 30 "
	  "35 30 3B 03" },
	{ "01 24 24 38 05 30 30 38 35 03",
	  "01 34 24 38 30 30 31 33 2C 30 30 31 31 04 80 80 80 C0 "
	  "86 9A 05 30 35 3A 3B 03" },
	{ "01 25 25 45 30 05 30 30 3C 34 03", NULL },
	{ "01 25 26 45 32 05 30 30 3C 37 03", NULL },
	{ "01 29 27 46 35 30 2E 30 30 05 30 31 38 3E 03",
	  "01 3D 27 46 50 2C 35 35 2E 30 30 2C 35 30 2E 30 30 2C "
	  "30 2E 30 30 04 80 80 80 C0 86 9A 05 30 37 39 30 03" },
	{ "01 24 28 71 05 30 30 3C 32 03",
	  "01 32 28 71 30 30 30 30 34 37 33 04 80 80 80 C0 86 9A "
	  "05 30 35 39 32 03" },
	{ "01 26 29 6A 35 30 05 30 31 32 33 03",
	  "01 2B 29 6A 04 80 80 80 C0 86 9A 05 30 34 32 37 03" },
	{ "01 25 2A 4C 54 05 30 30 3F 34 03",
	  "01 45 2A 4C 30 2C 30 30 30 31 2C 2B 30 30 30 30 30 33 "
	  "30 30 2C 2B 30 30 30 30 30 35 30 30 04 80 80 80 C0 86 "
	  "9A 05 30 38 3F 37 03" },
	{ NULL, NULL },
};

static void play(const struct exchange *exchanges)
{
	for (; exchanges->request; exchanges++) {
		isl_bench_send(exchanges->request);
		if (exchanges->answer)
			isl_bench_expect(exchanges->answer);
		else
			assert_true(isl_rig.sent.len > 1);
	}
}

/* --- 4.12 --- */

#define MS_TO_THE_SALE (((13 * 60 + 46) * 60 + 41) * INT64_C(1000))

/* The seventeenth of its day, the forty-first Z report was the night before. */
static void test_sale_x(void **state)
{
	(void)state;
	isl_bench_start(false, "speed=fast password=1 slips=456 reports=40 "
			       "clock=2026-10-07T22:01:33 receipts=0");
	sim_rig_do(&isl_rig, "z");
	sim_rig_wait(&isl_rig, MS_TO_THE_SALE);
	for (int i = 0; i < 16; i++)
		sim_rig_do(&isl_rig, "receipt 1");
	sim_rig_clear(&isl_rig);
	play(sale_x);
	assert_int_equal(isl_bench_account("cash"), 300 + 16);
	assert_int_equal(isl_bench_count("documents"), 1 + 16 + 1);
}

static void test_rest_x(void **state)
{
	(void)state;
	isl_bench_start(false, "speed=fast password=1 slips=472 reports=41 "
			       "clock=2026-10-08T11:50:03 receipts=0 cash=200");
	ISL_ASK(48, "1\t1\tDT636533-0020-0010110\t24\t\t", "0\t473\t",
		ISL_FISCAL_X);
	ISL_ASK(49, "\xd5\xeb\xff\xe1\t2\t1.50\t2.000\t\t\t0\t", "0\t473\t",
		ISL_FISCAL_X);
	assert_true(sim_rig_showed(&isl_rig, "Хляб"));
	ISL_ASK(53, "0\t5.00\t", "0\tR\t2.00\t", ISL_FISCAL_X);
	ISL_ASK(56, "", "0\t473\t", ISL_IDLE_X);
	play(rest_x);
	assert_int_equal(isl_bench_count("z_reports"), 1);
	assert_int_equal(isl_bench_account("x_reports"), 1);
	assert_int_equal(isl_bench_account("periodic"), 2);
	assert_int_equal(isl_bench_account("drawer_openings"), 1);
}

/* The manual's and the field's own frames. */
static void test_captured_x(void **state)
{
	(void)state;
	isl_bench_start(false,
			"speed=fast password=1 slips=471 serial=DT250000 "
			"name=DP-150MX");
	isl_bench_send("01 30 30 33 33 2C 30 30 33 30 31 09 31 09 32 34 09 49 "
		       "09 05 30 32 3E 3F 03");
	assert_string_equal(isl_bench_data(), "0\t475\t");
	assert_true(sim_rig_showed(&isl_rig, "INVOICE"));
	play(error_x);
	ISL_ASK(60, "", "0\t", ISL_IDLE_X);
	isl_bench_send("01 30 30 33 33 30 30 30 33 35 34 09 31 2E 35 33 09 31 "
		       "09 05 30 33 30 3A 03");
	isl_bench_expect("01 30 30 33 3B 30 30 30 33 35 2D 31 31 31 30 31 36 "
			 "09 04 80 80 80 80 86 9A 80 80 05 30 37 34 3F 03");
	isl_bench_send("01 30 30 32 3B 21 30 30 35 3A 31 05 30 31 3F 33 03");
	assert_string_equal(isl_bench_data(),
			    "DP-150MX,609428 20Jul23 1353,9460,00000000,"
			    "DT250000,02250000");
	ISL_ASK(38, "", "0\t476\t", ISL_PLAIN_X);
	isl_bench_send("01 30 30 32 3F 24 30 30 32 3A 54 65 73 74 09 05 30 33 "
		       "36 3F 03");
	isl_bench_expect("01 30 30 33 35 24 30 30 32 3A 30 09 04 80 80 A0 80 "
			 "86 9A 80 80 05 30 36 33 3A 03");
}

static void test_session_classic(void **state)
{
	(void)state;
	isl_bench_start(true, "speed=fast slips=12 fiscal=10 documents=469 "
			      "receipts=0 cash=200");
	play(session_classic);
	assert_int_equal(isl_bench_count("z_reports"), 1);
	assert_int_equal(isl_bench_account("x_reports"), 1);
}

/* 4.9, as two users captured it: SYN, NAK of an X device. */
static void test_other_dialect(void **state)
{
	(void)state;
	isl_bench_start(false, "speed=fast");
	isl_bench_send("01 25 21 5A 31 05 30 30 3D 36 03");
	isl_bench_expect("16 15");
	isl_bench_stop(NULL);
	isl_bench_start(true, "speed=fast");
	isl_bench_send("01 30 30 32 3B 21 30 30 35 3A 31 05 30 31 3F 33 03");
	isl_bench_expect("15");
	isl_bench_send("01 25 21 5A 31 05 30 30 3D 36 03");
	assert_true(isl_rig.sent.len > 20);
	isl_bench_stop(NULL);
	isl_bench_start(true, "speed=fast other-dialect=silence");
	isl_bench_send("01 30 30 32 3B 21 30 30 35 3A 31 05 30 31 3F 33 03");
	isl_bench_expect("");
}

/* --- 4.2 --- */

/* A SEQ that was just there: nothing is carried out, the answer comes again,
 * whatever the command is. */
static void test_repetition(void **state)
{
	uint8_t first[512];
	size_t len;

	(void)state;
	isl_bench_start(false, "speed=fast");
	isl_bench_ask_seq(0x40, 69, "Z\t");
	len = isl_rig.sent.len;
	memcpy(first, isl_rig.sent.data, len);
	isl_bench_ask_seq(0x40, 69, "Z\t");
	sim_rig_expect(&isl_rig, first, len);
	isl_bench_ask_seq(0x40, 74, "");
	sim_rig_expect(&isl_rig, first, len);
	assert_int_equal(isl_bench_count("z_reports"), 1);
	assert_int_equal(isl_bench_account("repeats"), 2);
	isl_bench_ask_seq(0x41, 69, "Z\t");
	assert_int_equal(isl_bench_count("z_reports"), 2);
	/* a power cut, and somebody else, make it forget */
	sim_rig_do(&isl_rig, "power cut 1000");
	sim_rig_wait(&isl_rig, 1000);
	isl_bench_ask_seq(0x41, 69, "Z\t");
	assert_int_equal(isl_bench_count("z_reports"), 3);
	sim_rig_do(&isl_rig, "receipt 5.00");
	isl_bench_ask_seq(0x41, 69, "Z\t");
	assert_int_equal(isl_bench_count("z_reports"), 4);
}

static void test_syn(void **state)
{
	(void)state;
	isl_bench_start(false, "speed=real delay=69:200");
	isl_bench_ask_seq(0x30, 69, "Z\t");
	isl_bench_expect("16");
	sim_rig_wait(&isl_rig, 150);
	isl_bench_expect("16 16");
	isl_bench_ask_seq(0x30, 69, "Z\t"); /* still at it */
	isl_bench_expect("16");
	sim_rig_clear(&isl_rig);
	sim_rig_wait(&isl_rig, 100);
	assert_int_equal(isl_rig.sent.data[0], 0x16);
	assert_int_equal(isl_rig.sent.data[1], 0x01);
	assert_int_equal(isl_bench_count("z_reports"), 1);
	/* captured: glued in front */
	isl_bench_stop(NULL);
	isl_bench_start(false, "speed=fast glued=yes");
	isl_bench_ask_seq(0x30, 74, "");
	assert_int_equal(isl_rig.sent.data[0], 0x16);
	assert_int_equal(isl_rig.sent.data[1], 0x01);
}

/* One that comes while another is being carried out waits for it. */
static void test_pending(void **state)
{
	(void)state;
	isl_bench_start(false, "speed=real delay=69:100");
	isl_bench_ask_seq(0x30, 69, "Z\t");
	isl_bench_ask_seq(0x31, 74, "");
	isl_bench_expect("");
	sim_rig_wait(&isl_rig, 60);
	sim_rig_clear(&isl_rig);
	sim_rig_wait(&isl_rig, 60);
	assert_int_equal(isl_rig.sent.data[0], 0x01);
	assert_int_equal(isl_bench_count("z_reports"), 1);
}

static void test_broken_frames(void **state)
{
	static const char *const frames[] = {
		"01 30 30 32 3A 24 30 30 33 38 05 30 31 3C 31 03",
		"01 30 30 32 3B 24 30 30 33 38 05 30 31 3C 30 03",
		"01 30 30 32 3A 24 30 30 33 38 06 30 31 3C 30 03",
		"01 05 03",
		"01 03",
	};

	(void)state;
	isl_bench_start(false, "speed=fast");
	for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
		isl_bench_send(frames[i]);
		assert_int_equal(isl_rig.sent.data[isl_rig.sent.len - 1], 0x15);
	}
	assert_int_equal(isl_bench_account("frame_errors"), 5);
	sim_rig_do(&isl_rig, "nak 2");
	for (int i = 0; i < 2; i++) {
		isl_bench_ask_seq(0x50, 69, "Z\t");
		isl_bench_expect("15");
	}
	assert_int_equal(isl_bench_count("z_reports"), 0);
	isl_bench_ask_seq(0x50, 69, "Z\t");
	assert_int_equal(isl_bench_count("z_reports"), 1);
}

/* --- 4.6, 4.7 and 4.11: what a real one refuses --- */

static void test_refusals_x(void **state)
{
	(void)state;
	isl_bench_start(false, "speed=fast receipts=0");
	ISL_ASK(200, "", "-112000\t", "A2 80 80 80 86 9A 80 80");
	ISL_ASK(49, "a\t1\t1\t", "-111016\t", ISL_IDLE_X);
	ISL_ASK(48, "1\t1234\t1\t\t", "-102002\t", ISL_IDLE_X);
	ISL_ASK(48, "31\t0000\t1\t\t", "-112201\t", "A0 80 80 80 86 9A 80 80");
	ISL_ASK(70, "1\t1.00\t", "-111017\t", ISL_IDLE_X);
	ISL_ASK(42, "Text\t", "-112002\t", "A0 82 80 80 86 9A 80 80");
	ISL_ASK(95, "1\t3\t2\t", "-112203\t", "A0 80 80 80 86 9A 80 80");
	ISL_ASK(95, "1\t1\t99\t", "-100004\t", ISL_IDLE_X);
	ISL_ASK(48, "1\t0000\t1\t\t", "0\t1\t", ISL_FISCAL_X);
	ISL_ASK(69, "Z\t", "-111015\t", ISL_FISCAL_X);
	ISL_ASK(48, "1\t0000\t1\t\t", "-111015\t", ISL_FISCAL_X);
	ISL_ASK(56, "", "-111050\t", ISL_FISCAL_X);
	ISL_ASK(49, "a\t1\t2.00\t1.500\t2\t50.00\t", "0\t1\t", ISL_FISCAL_X);
	ISL_ASK(49, "a\t1\t-1.51\t\t\t\t", "-111021\t", ISL_FISCAL_X);
	ISL_ASK(53, "0\t1.00\t\t", "0\tD\t0.50\t", ISL_FISCAL_X);
	ISL_ASK(49, "b\t1\t1.00\t\t\t\t", "-111018\t", ISL_FISCAL_X);
	ISL_ASK(56, "", "-111050\t", ISL_FISCAL_X);
	ISL_ASK(53, "1\t0.50\t\t", "0\tR\t0.00\t", ISL_FISCAL_X);
	ISL_ASK(53, "0\t1.00\t\t", "-111018\t", ISL_FISCAL_X);
	ISL_ASK(56, "", "0\t1\t", ISL_IDLE_X);
	assert_int_equal(isl_bench_account("cash"), 100);
	assert_int_equal(isl_bench_account("day_total"), 150);
	sim_rig_do(&isl_rig, "day over");
	ISL_ASK(48, "1\t0000\t1\t\t", "-111024\t", ISL_IDLE_X);
	sim_rig_do(&isl_rig, "z");
	ISL_ASK(48, "1\t0000\t1\t\t", "0\t2\t", ISL_FISCAL_X);
	ISL_ASK(60, "", "0\t", ISL_IDLE_X);
	ISL_ASK(110, "4\t", "0\t0\t0.00\t1\t0.00\t", ISL_IDLE_X);
}

static void test_refusals_classic(void **state)
{
	(void)state;
	isl_bench_start(true, "speed=fast receipts=0");
	ISL_ASK(200, "", "", "A2 80 80 C0 86 9A");
	ISL_ASK(69, "0", "", ISL_REFUSED_C); /* nothing since the last */
	isl_bench_ask(32, "");
	assert_non_null(strstr(isl_bench_data(), "69,-150203,"));
	ISL_ASK(48, "1,9999,1", "", ISL_REFUSED_C);
	ISL_ASK(70, "-1.00", "F,0.00,0.00,0.00", ISL_IDLE_C);
	ISL_ASK(48, "1,0000,1", "0000,0000", ISL_FISCAL_C);
	ISL_ASK(69, "0", "", ISL_REFUSED_FISCAL_C);
	ISL_ASK(49, "a\tB0.10*0.395", "", ISL_FISCAL_C); /* 4 cents */
	ISL_ASK(51, "10,-50.00", "0.02,0.00,0.02,0.00,0.00,0.00,0.00,0.00,0.00",
		ISL_FISCAL_C);
	ISL_ASK(53, "\tN0.01", "D0.01", ISL_FISCAL_C);
	ISL_ASK(60, "", "", ISL_REFUSED_FISCAL_C); /* paid already */
	ISL_ASK(53, "\t", "R0.00", ISL_FISCAL_C);
	ISL_ASK(56, "", "0001,0001", ISL_IDLE_C);
	ISL_ASK(110, "", "0.01,0.01,0.00,0.00,0.00,0.00,0.00,0.00,5,2",
		ISL_IDLE_C);
	ISL_ASK(64, "0", "P,4,0.00,100.01,0.00,0.00,0.00,0.00,0.00,0.00,211126",
		ISL_IDLE_C);
}

static void test_troubles(void **state)
{
	(void)state;
	isl_bench_start(false, "speed=fast");
	sim_rig_do(&isl_rig, "paper out");
	ISL_ASK(69, "Z\t", "-112006\t", "A0 80 83 80 86 9A 80 80");
	sim_rig_do(&isl_rig, "paper low");
	ISL_ASK(74, "", "0\t", "80 80 82 80 86 9A 80 80");
	sim_rig_do(&isl_rig, "paper ok");
	sim_rig_do(&isl_rig, "cover open");
	ISL_ASK(69, "Z\t", "-112007\t", "E0 80 80 80 86 9A 80 80");
	sim_rig_do(&isl_rig, "cover closed");
	sim_rig_do(&isl_rig, "clock wrong");
	ISL_ASK(69, "Z\t", "-112004\t", "A4 80 80 80 86 9A 80 80");
	ISL_ASK(61, "23-11-26 10:00:00\t", "0\t", ISL_IDLE_X);
	sim_rig_do(&isl_rig, "memory full");
	ISL_ASK(69, "Z\t", "-100105\t", "80 80 80 80 BE 9A 80 80");
	sim_rig_do(&isl_rig, "memory ok");
	sim_rig_do(&isl_rig, "journal full");
	ISL_ASK(48, "1\t0000\t1\t\t", "-105010\t", "80 80 84 80 86 9A 80 80");
	sim_rig_do(&isl_rig, "journal ok");
	sim_rig_do(&isl_rig, "blocked on");
	ISL_ASK(48, "1\t0000\t1\t\t", "-110210\t", ISL_IDLE_X);
	assert_int_equal(isl_bench_count("z_reports"), 0);
}

/* --- faults --- */

static void test_faults(void **state)
{
	(void)state;
	isl_bench_start(false, "speed=fast");
	sim_rig_do(&isl_rig, "lose request 69");
	isl_bench_ask_seq(0x30, 74, "");
	assert_true(isl_rig.sent.len > 0);
	isl_bench_ask_seq(0x31, 69, "Z\t");
	isl_bench_expect("");
	assert_int_equal(isl_bench_count("z_reports"), 0);
	sim_rig_do(&isl_rig, "lose reply 69");
	isl_bench_ask_seq(0x32, 69, "Z\t");
	isl_bench_expect("");
	assert_int_equal(isl_bench_count("z_reports"), 1);
	sim_rig_do(&isl_rig, "stall 69");
	isl_bench_ask_seq(0x33, 69, "Z\t");
	isl_bench_expect("16");
	sim_rig_wait(&isl_rig, 60000);
	isl_bench_expect("");
	assert_int_equal(isl_bench_count("z_reports"), 2);
	sim_rig_do(&isl_rig, "crash before 69 500");
	isl_bench_ask_seq(0x34, 69, "Z\t");
	assert_int_equal(isl_rig.hung_up, 1);
	sim_rig_wait(&isl_rig, 500);
	assert_int_equal(isl_rig.came_back, 1);
	assert_int_equal(isl_bench_count("z_reports"), 2);
	sim_rig_do(&isl_rig, "hang up after 69 500");
	isl_bench_ask_seq(0x34, 69, "Z\t");
	isl_bench_expect("");
	sim_rig_wait(&isl_rig, 500);
	isl_bench_ask_seq(0x34, 74, "");
	assert_non_null(strstr(isl_bench_data(), "0\t7\t"));
	assert_int_equal(isl_bench_count("z_reports"), 3);
}

/* 4.7: what a power cut broke off is finished, if the printer is such a one. */
static void test_finishes(void **state)
{
	(void)state;
	isl_bench_start(false, "speed=real delay=69:1000 finishes=yes");
	isl_bench_ask_seq(0x30, 69, "Z\t");
	sim_rig_wait(&isl_rig, 500);
	sim_rig_do(&isl_rig, "power cut 1000");
	assert_int_equal(isl_bench_count("z_reports"), 0);
	sim_rig_wait(&isl_rig, 1000);
	assert_true(sim_rig_showed(&isl_rig, "VOLTAGE DROP"));
	assert_int_equal(isl_bench_count("z_reports"), 1);
}

/* An open receipt and the day's sums outlive a power cut (4.10). */
static void test_receipt_in_power_cut(void **state)
{
	(void)state;
	isl_bench_start(false, "speed=fast receipts=0");
	ISL_ASK(48, "1\t0000\t1\t\t", "0\t1\t", ISL_FISCAL_X);
	ISL_ASK(49, "a\t1\t2.00\t\t\t\t", "0\t1\t", ISL_FISCAL_X);
	sim_rig_do(&isl_rig, "power cut 1000");
	sim_rig_wait(&isl_rig, 1000);
	ISL_ASK(76, "", "0\t1\t1\t1\t2.00\t0.00\t", ISL_FISCAL_X);
	ISL_ASK(103, "",
		"0\t2.00\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t0\t1\t0\t",
		ISL_FISCAL_X);
}

static void test_help(void **state)
{
	(void)state;
	sim_rig_check_help(&model_datecs_x);
	sim_rig_check_help(&model_datecs_classic);
}

#define MODEL_TEST(test) cmocka_unit_test_teardown(test, isl_bench_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MODEL_TEST(test_sale_x),
		MODEL_TEST(test_rest_x),
		MODEL_TEST(test_captured_x),
		MODEL_TEST(test_session_classic),
		MODEL_TEST(test_other_dialect),
		MODEL_TEST(test_repetition),
		MODEL_TEST(test_syn),
		MODEL_TEST(test_pending),
		MODEL_TEST(test_broken_frames),
		MODEL_TEST(test_refusals_x),
		MODEL_TEST(test_refusals_classic),
		MODEL_TEST(test_troubles),
		MODEL_TEST(test_faults),
		MODEL_TEST(test_finishes),
		MODEL_TEST(test_receipt_in_power_cut),
		cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests_name("model_datecs", tests, NULL, NULL);
}
