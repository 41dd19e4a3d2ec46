/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POSNET model against the vectors of the protocol text (section numbers
 * are its own), in virtual time.
 */
#include "fp_bench.h"

#include "sim/models.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* 3.3 */
static void test_checksum(void **state)
{
	(void)state;
	fp_bench_start("speed=fast");
	assert_int_equal(fp_bench_crc("123456789"), 0x31c3);
	assert_int_equal(fp_bench_crc("A"), 0x58e5);
	ASK_VECTOR("trinit\tbm0\t#4825", "trinit\t#911D");
	ASK_VECTOR("trinit\tbm0\t#4826", "ERR\t?5\t#7F84");
	/* of either case, and without leading zeros */
	fp_bench_send("scomm\t#c42b");
	fp_bench_reply("scomm\tfsT\ttzN\tts16\thrT\tnuSIM 2600000001\ttdN\t");
}

/* 3.12, the cash sale: stamps and numbers as on the recorded printer */
static void test_recorded_sale(void **state)
{
	(void)state;
	fp_bench_start(
		"speed=fast receipts=0 reports=3 headers=54 documents=59 "
		"unit=ZBF 2101002392 clock=2026-10-09T11:44:42");
	sim_rig_do(&fp_rig, "z");
	sim_rig_wait(&fp_rig, 212000);
	ASK_VECTOR("scomm\t#C42B", "scomm\tfsT\ttzT\tts0\thrT\tnuZBF "
				   "2101002392\ttdN\t#6D97");
	ASK_VECTOR("scnt\t#E484", "scnt\trd4\thn55\tbn0\tfn0\tnuZBF "
				  "2101002392\tbc0\tbt0\tfc0\t#D96E");
	ASK_VECTOR("trinit\tbm0\t#4825", "trinit\t#911D");
	ASK_VECTOR("trline\tnaCandies\tvt1\tpr999\t#5E2D", "trline\t#56B5");
	ASK_VECTOR("trpayment\tty0\twa999\tnaGot\xf3wka\tre0\t#25D8",
		   "trpayment\t#A1EE");
	ASK_VECTOR("trend\tto999\tfp999\t#D595", "trend\t#2902");
	ASK_VECTOR("eclastdocnoget\tty0\t#2BC6", "eclastdocnoget\tdi61\t#E341");
	sim_rig_wait(&fp_rig, 1000);
	ASK_VECTOR("rtcget\t#7D61",
		   "rtcget\tda2026-10-09;11:48\ttm2026-10-09T11:48:15"
		   "+02:00\t#E083");
	ASK_VECTOR("scnt\t#E484", "scnt\trd4\thn56\tbn1\tfn0\tnuZBF "
				  "2101002392\tbc0\tbt1\tfc0\t#9005");
	ASK_VECTOR("strns\t#FCA8",
		   "strns\tto0\tts16\tva0\tvb999\tvc0\tvd0\tve0\tvf0\tvg0\tpp0"
		   "\tpm0\tre0\tfp999\tfeN\t#B682");
	ASK_VECTOR("stot\t#993E",
		   "stot\tno5\tfa0\tfb0\tfc0\tfd0\tfe0\tff0\tfg0\tfn0\tpa0"
		   "\tpb999\tpc0\tpd0\tpe0\tpf0\tpg0\tpn1\tct0\tcn0\tcc0"
		   "\tva23,00\tvb8,00\tvc5,00\tvd0,00\tve101,00\tvf101,00"
		   "\tvg101,00\tds2026-10-09;11:48\tis2026-10-09T11:48:14+02:00"
		   "\tde2026-10-09;11:48\tie2026-10-09T11:48:14+02:00\tft0\tfl0"
		   "\tnf0\tbc0\tle0\toe0\ttf0\t#1532");
	ASK_VECTOR("sfsk\t#4ABE",
		   "sfsk\tfsT\tcl0\trd4\tvt0\tva23,00\tvb8,00\tvc5,00\tvd0,00"
		   "\tve101,00\tvf101,00\tvg101,00\trw2026-10-09;11:44"
		   "\ttm2026-10-09T11:44:42+02:00\tnuZBF 2101002392\t#7AB7");
	assert_int_equal(fp_bench_account("cash"), 999);
}

/* 3.12, card with change; discount and void; discount on the subtotal */
static void test_recorded_payments(void **state)
{
	(void)state;
	fp_bench_start("speed=fast receipts=0");
	ASK_VECTOR("trinit\tbm0\t#4825", "trinit\t#911D");
	ASK_VECTOR("trline\tnaApples\tvt1\tpr200\t#F7AE", "trline\t#56B5");
	ASK_VECTOR("trpayment\tty2\twa500\tnaKarta\tre0\t#6E01",
		   "trpayment\t#A1EE");
	ASK_VECTOR("trpayment\tty0\twa300\tnaReszta\tre1\t#AD4A",
		   "trpayment\t#A1EE");
	ASK_VECTOR("trend\tto200\tre300\tfp500\t#E57A", "trend\t#2902");
	ASK_VECTOR("trinit\tbm0\t#4825", "trinit\t#911D");
	ASK_VECTOR("trline\tnaKawa\tvt1\tpr1000\twa1000\trd1\trnRabat\trw200"
		   "\t#FCAB",
		   "trline\t#56B5");
	ASK_VECTOR("trline\tnaPiwo\tvt1\tpr800\t#E4C8", "trline\t#56B5");
	ASK_VECTOR("trline\tnaKawa\tvt1\tpr1000\tst1\twa1000\trd1\trnRabat"
		   "\trw200\t#C74E",
		   "trline\t#56B5");
	ASK_VECTOR("trpayment\tty0\twa800\tnaGot\xf3wka\tre0\t#FBBA",
		   "trpayment\t#A1EE");
	ASK_VECTOR("trend\tto800\tfp800\t#73B8", "trend\t#2902");
	ASK("trinit\t", "trinit\t");
	ASK("trline\tnaApples\tvt1\tpr500\t", "trline\t");
	fp_bench_send("trdiscntsubtot\tnaSta\xb3y klient\trd1\trw100\t#AAE5");
	fp_bench_reply("trdiscntsubtot\t");
	ASK("trend\tto400\t", "trend\t");
	ASK_VECTOR("stocash\tkw999\t#F9D6", "stocash\t#ED5F");
	assert_int_equal(fp_bench_counter("stot\t", "nf"), 1);
	assert_int_equal(fp_bench_counter("stot\t", "pb"), 1400);
	/* cash: 0 - 3,00 change, 8,00, 4,00 */
	assert_int_equal(fp_bench_counter("scashstate\t", "cs"), 900);
}

/* 3.12, the daily report: rd and hn go up, the rest begins again */
static void test_recorded_daily(void **state)
{
	(void)state;
	fp_bench_start("speed=fast receipts=18 reports=0 headers=2 unit=ZBF "
		       "2101002392 clock=2026-09-08T17:55");
	ASK_VECTOR("scnt\t#E484", "scnt\trd0\thn20\tbn18\tfn0\tnuZBF "
				  "2101002392\tbc0\tbt18\tfc0\t#8532");
	ASK_VECTOR("dailyrep\tda2026-09-08\t#51D1", "dailyrep\t#9180");
	assert_true(sim_rig_showed(&fp_rig, "RAPORT FISKALNY DOBOWY"));
	assert_true(sim_rig_showed(&fp_rig, "221,40"));
	ASK_VECTOR("scnt\t#E484", "scnt\trd1\thn21\tbn0\tfn0\tnuZBF "
				  "2101002392\tbc0\tbt0\tfc0\t#A285");
	ASK_VECTOR("stot\t#993E",
		   "stot\tno2\tfa0\tfb0\tfc0\tfd0\tfe0\tff0\tfg0\tfn0\tpa0\tpb0"
		   "\tpc0\tpd0\tpe0\tpf0\tpg0\tpn0\tct0\tcn0\tcc0\tva23,00"
		   "\tvb8,00\tvc5,00\tvd0,00\tve101,00\tvf101,00\tvg101,00"
		   "\tds2000-01-01;01:00\tis2000-01-01T01:00:00+01:00"
		   "\tde2000-01-01;01:00\tie2000-01-01T01:00:00+01:00\tft0\tfl0"
		   "\tnf0\tbc0\tle0\toe0\ttf0\t#68C1");
	assert_int_equal(fp_bench_counter("fmrecrd\tno1\t", "pa"), 18 * 1230);
	assert_int_equal(fp_bench_counter("eclastdocnoget\tty4\t", "di"), 19);
}

/* 3.12, the vectors derived for the other functions */
static void test_derived_vectors(void **state)
{
	(void)state;
	fp_bench_start("speed=fast receipts=0");
	ASK_VECTOR("!sdev\t#5392", "sdev\tds0\tcpN\tqeT\tpeN\ttl0\t#D7D2");
	ASK_VECTOR("!sprn\t#CEED", "sprn\tpr0\t#C577");
	fp_bench_send("opendrwr\t#5836");
	assert_true(sim_rig_showed(&fp_rig, "drawer"));
	fp_bench_send("cash\tkw5000\twpT\t#D646");
	ASK_VECTOR("scashstate\t#23DC", "scashstate\tcs5000\t#AB8E");
	fp_bench_send("cash\tkw5000\twpN\t#3AFE");
	assert_int_equal(fp_bench_counter("scashstate\t", "cs"), 0);
	fp_bench_send("shiftrep\tshZM1\tzrN\t#DBC8");
	fp_bench_reply("shiftrep\t");
	fp_bench_send("periodicrepbynumbers\tfn1\ttn4\t#D2A5");
	fp_bench_reply("periodicrepbynumbers\t");
	fp_bench_send("formstart\tfn200\tfh84\t#83A2");
	fp_bench_reply("formstart\t");
	assert_true(sim_rig_showed(&fp_rig, "DOKUMENT NIEFISKALNY"));
	fp_bench_send("formline\ts1Hello\tfn200\tfl711\t#963D");
	assert_true(sim_rig_showed(&fp_rig, "Hello"));
	fp_bench_send("formend\tfn200\t#73B1");
	fp_bench_reply("formend\t");
	assert_int_equal(fp_bench_account("periodic"), 1);
	assert_int_equal(fp_bench_account("drawer_openings"), 1);
	assert_int_equal(fp_bench_counter("stot\t", "nf"), 4);
}

/* 3.8, worked */
static void test_arithmetic(void **state)
{
	(void)state;
	fp_bench_start("speed=fast receipts=0");
	ASK("trinit\t", "trinit\t");
	ASK("trline\tnaTea\tvt0\tpr1000\t", "trline\t");
	ASK("trline\tnaCups\tvt0\tpr1250\til2\twa2500\t", "trline\t");
	ASK("trdiscntsubtot\trp1500\trw524\t", "trdiscntsubtot\t?2801\t");
	ASK("trdiscntsubtot\trp1500\trw525\t", "trdiscntsubtot\t");
	ASK("trend\tto2975\t", "trend\t");
	assert_true(sim_rig_showed(&fp_rig, "5,56"));
	ASK("trinit\t", "trinit\t");
	ASK("trline\tnaA\tvt0\tpr100\t", "trline\t");
	ASK("trline\tnaB\tvt1\tpr200\t", "trline\t");
	ASK("trdiscntbill\trp2000\t", "trdiscntbill\t");
	assert_int_equal(fp_bench_counter("strns\t", "va"), 80);
	assert_int_equal(fp_bench_counter("strns\t", "vb"), 160);
	ASK("trend\tto240\t", "trend\t");
	assert_true(sim_rig_showed(&fp_rig, "0,15"));
	assert_true(sim_rig_showed(&fp_rig, "0,12"));
	/* half a grosz goes up: 0,333 x 1,50 = 0,4995; 0,5 x 0,01 */
	ASK("trinit\t", "trinit\t");
	ASK("trline\tnaC\tvt0\tpr150\til0.333\twa50\t", "trline\t");
	ASK("trline\tnaD\tvt0\tpr1\til0,5\twa0\t", "trline\t?2802\t");
	ASK("trline\tnaD\tvt0\tpr1\til0,5\twa1\t", "trline\t");
	ASK("trline\tnaE\tvt0\tpr9999999999\til2\t", "trline\t?2008\t");
	/* 3 rates, 1 grosz off 1,00: the remainder lands where it fills up */
	ASK("prncancel\t", "prncancel\t");
	ASK("trinit\t", "trinit\t");
	ASK("trline\tnaF\tvt0\tpr33\t", "trline\t");
	ASK("trline\tnaG\tvt1\tpr33\t", "trline\t");
	ASK("trline\tnaH\tvt2\tpr34\t", "trline\t");
	ASK("trdiscntsubtot\trw1\t", "trdiscntsubtot\t");
	assert_int_equal(fp_bench_counter("strns\t", "va"), 32);
	assert_int_equal(fp_bench_counter("strns\t", "vb"), 33);
	assert_int_equal(fp_bench_counter("strns\t", "vc"), 34);
}

/* 3.7 and 3.13: what a receipt refuses, and stays open after */
static void test_receipt_refusals(void **state)
{
	(void)state;
	fp_bench_start("speed=fast receipts=0");
	ASK("trline\tnaA\tvt0\tpr100\t", "trline\t?2005\t");
	ASK("trinit\t", "trinit\t");
	ASK("trinit\t", "trinit\t?2038\t");
	ASK("trend\t", "trend\t?1992\t");
	ASK("dailyrep\tda2026-11-22\t", "dailyrep\t?2038\t");
	ASK("trline\tna++\tvt0\tpr100\t", "trline\t?2104\t");
	ASK("trline\tnaA\tvt7\tpr100\t", "trline\t?2701\t");
	ASK("trline\tnaA\tvt4\tpr100\t", "trline\t?2000\t");
	ASK("trline\tnaA\tvt0\tpr0\t", "trline\t?2006\t");
	ASK("trline\tnaA\tvt0\tpr5\til0\t", "trline\t?2007\t");
	ASK("trline\tnaA\tvt0\tpr5\til2\twa11\t", "trline\t?2802\t");
	ASK("trline\tnaA\tvt0\tpr100\t", "trline\t");
	ASK("trline\tnaB\tvt0\tpr100\tst1\t", "trline\t?2851\t");
	ASK("trpayment\tty1\twa100\t", "trpayment\t?2705\t");
	ASK("trpayment\tty0\twa0\t", "trpayment\t?1962\t");
	ASK("trpayment\tty0\twa60\t", "trpayment\t");
	ASK("trpayment\tty0\twa1\tre1\t", "trpayment\t?1954\t");
	ASK("trline\tnaB\tvt0\tpr100\t", "trline\t?2060\t");
	ASK("trend\t", "trend\t?2054\t");
	ASK("trpayment\tty2\twa60\t", "trpayment\t");
	ASK("trpayment\tty2\twa60\t", "trpayment\t?1953\t");
	ASK("trend\tto100\tfp100\t", "trend\t?2808\t");
	ASK("trend\tto100\tfp120\tre10\t", "trend\t?2809\t");
	ASK("scomm\t", "scomm\tfsT\ttzT\tts16\thrT\tnuSIM 2600000001\ttdN\t");
	ASK("trend\tto100\tfp120\tre20\t", "trend\t");
	/* a rate once lowered stays (2106): A is 23 %, C 5 % */
	ASK("trinit\t", "trinit\t");
	ASK("trline\tna\xa3yk!\tvt2\tpr100\t", "trline\t");
	ASK("trline\tnaA\tvt2\tpr100\t", "trline\t");
	ASK("trline\tnaa\tvt0\tpr100\t", "trline\t?2106\t");
	ASK("trline\tna\xb3YK\tvt2\tpr100\tst1\t", "trline\t");
	ASK("trline\tnaA\tvt2\tpr100\tst1\t", "trline\t");
	ASK("trend\t", "trend\t?2041\t");
}

/* 3.9: what moves which counter */
static void test_cancelled(void **state)
{
	(void)state;
	fp_bench_start("speed=fast receipts=2 cancel-idle=2064");
	ASK("prncancel\t", "prncancel\t?2064\t");
	ASK("trinit\t", "trinit\t");
	ASK("prncancel\t", "prncancel\t");
	assert_int_equal(fp_bench_counter("scnt\t", "bt"), 2);
	ASK("trinit\t", "trinit\t");
	ASK("trline\tnaA\tvt0\tpr100\t", "trline\t");
	assert_int_equal(fp_bench_counter("!sdev\t", "tl"), 1);
	ASK("trcancel\t", "trcancel\t");
	assert_int_equal(fp_bench_counter("scnt\t", "bt"), 3);
	assert_int_equal(fp_bench_field("bc"), 1);
	assert_int_equal(fp_bench_field("bn"), 2);
	assert_int_equal(fp_bench_field("hn"), 3);
	assert_int_equal(fp_bench_counter("stot\t", "ct"), 100);
	ASK("formstart\tfn200\tfh85\t", "formstart\t");
	ASK("formstart\tfn200\tfh85\t", "formstart\t?2506\t");
	ASK("formline\tfn200\tfl711\ts1To nie Paragon FISKALNY\t",
	    "formline\t?2063\t");
	ASK("formline\tfn201\tfl0\ts1a\t", "formline\t?2501\t");
	ASK("formisstarted\t", "formisstarted\tisT\t");
	ASK("prncancel\t", "prncancel\t");
	ASK("formend\tfn200\t", "formend\t?2505\t");
	assert_int_equal(fp_bench_counter("stot\t", "nf"), 0);
	assert_int_equal(fp_bench_counter("scnt\t", "hn"), 4);
	ASK("cash\tkw10000\twpN\t", "cash\t?503\t");
	assert_int_equal(fp_bench_counter("scashstate\t", "cs"), 0);
}

static void test_daily(void **state)
{
	(void)state;
	fp_bench_start("receipts=1");
	fp_bench_request("dailyrep\tda2026-11-21\t");
	sim_rig_wait(&fp_rig, 1500);
	fp_bench_reply("dailyrep\t?2022\t");
	fp_bench_request("dailyrep\t");
	sim_rig_wait(&fp_rig, 60000);
	fp_bench_expect_silence();
	ASK("!sdev\t", "sdev\tds2\tcpN\tqeT\tpeN\ttl0\t");
	sim_rig_clear(&fp_rig);
	sim_rig_do(&fp_rig, "key no");
	fp_bench_reply("dailyrep\t?30\t");
	sim_rig_cannot(&fp_rig, "key yes", "");
	fp_bench_request("dailyrep\t");
	sim_rig_wait(&fp_rig, 2000);
	sim_rig_do(&fp_rig, "key yes");
	fp_bench_reply("dailyrep\t");
	sim_rig_do(&fp_rig, "z");
	sim_rig_cannot(&fp_rig, "z", "");
	fp_bench_request("dailyrep\tda2026-11-22\t");
	sim_rig_wait(&fp_rig, 1499);
	fp_bench_expect_silence();
	sim_rig_wait(&fp_rig, 1);
	fp_bench_reply("dailyrep\t?382\t");
	assert_int_equal(fp_bench_account_count("z_reports"), 2);
}

static void test_periodic(void **state)
{
	(void)state;
	fp_bench_start("reports=3 clock=2026-11-22T10:00");
	/* three days of 400 ms each */
	fp_bench_request("periodicrepbydates\tfd2026-11-01\ttd2026-11-30\t");
	sim_rig_wait(&fp_rig, 800 + 3 * 400 - 1);
	fp_bench_expect_silence();
	sim_rig_wait(&fp_rig, 1);
	fp_bench_reply("periodicrepbydates\t");
	assert_true(sim_rig_showed(&fp_rig, "3000,06"));
	fp_bench_request("monthlyrep\tda2026-11-15\tsu1\t");
	sim_rig_wait(&fp_rig, 800);
	fp_bench_reply("monthlyrep\t");
	sim_rig_stop(&fp_rig);
	fp_bench_start("speed=fast reports=3");
	ASK("periodicrepbynumbers\tfn0\ttn1\t",
	    "periodicrepbynumbers\t?2047\t");
	ASK("periodicrepbynumbers\tfn2\ttn1\t",
	    "periodicrepbynumbers\t?2048\t");
	ASK("periodicrepbynumbers\tfn1\ttn4\t",
	    "periodicrepbynumbers\t?2049\t");
	ASK("periodicrepbydates\tfd2026-11-02\ttd2026-11-01\t",
	    "periodicrepbydates\t?2050\t");
	ASK("periodicrepbydates\tfd2026-11-23\ttd2026-11-24\t",
	    "periodicrepbydates\t?2045\t");
	ASK("periodicrepbydates\tfd2020-11-23\ttd2020-11-24\t",
	    "periodicrepbydates\t?2046\t");
	ASK("fmrecrd\tno4\t", "fmrecrd\t?384\t");
	assert_int_equal(fp_bench_account("periodic"), 0);
}

static void test_clock_and_footer(void **state)
{
	(void)state;
	fp_bench_start("speed=fast receipts=1");
	ASK("rtcset\tda2026-11-22,11:30\t", "rtcset\t?2035\t");
	ASK("dailyrep\tda2026-11-22\t", "dailyrep\t");
	ASK("rtcset\tda2026-11-22,12:01\t", "rtcset\t?2023\t");
	ASK("rtcset\tda2026-11-22 99:01\t", "rtcset\t?2024\t");
	ASK("rtcset\tda2026-11-22,11:30\t", "rtcset\t");
	ASK("rtcget\t", "rtcget\tda2026-11-22;11:30\ttm2026-11-22T11:30:00"
			"+01:00\t");
	fp_bench_sell("trend\tfe0\t");
	fp_bench_reply("trend\t");
	ASK("trinit\t", "trinit\t?2066\t");
	ASK("trftrln\tid25\tnaOrder 5\t", "trftrln\t");
	ASK("trftrend\t", "trftrend\t");
	ASK("trftrend\t", "trftrend\t?2066\t");
	assert_int_equal(fp_bench_counter("scnt\t", "bn"), 1);
	ASK("login\tnaAnna\tnkT1\tdrT\t", "login\t");
	assert_true(sim_rig_showed(&fp_rig, "Anna"));
	ASK("papfeed\tln21\t", "papfeed\t?2063\t");
}

/* What is printed is read in the code page that is set. */
static void test_code_pages(void **state)
{
	static const struct {
		const char *options;
		const char *bytes;
	} pages[] = {
		{ "speed=fast code-page=cp1250", "\xaf\xf3\xb3w" },
		{ "speed=fast code-page=latin2", "\xaf\xf3\xb3w" },
		{ "speed=fast code-page=mazovia", "\xa1\xa2\x92w" },
	};
	char request[64];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		if (i)
			sim_rig_stop(&fp_rig);
		fp_bench_start(pages[i].options);
		fp_bench_request("formstart\tfn200\tfh85\t");
		snprintf(request, sizeof(request),
			 "formline\tfn200\tfl711\ts1%s\t", pages[i].bytes);
		ASK(request, "formline\t");
		assert_true(sim_rig_showed(&fp_rig, "Żółw"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_checksum, fp_bench_stop),
		cmocka_unit_test_teardown(test_recorded_sale, fp_bench_stop),
		cmocka_unit_test_teardown(test_recorded_payments,
					  fp_bench_stop),
		cmocka_unit_test_teardown(test_recorded_daily, fp_bench_stop),
		cmocka_unit_test_teardown(test_derived_vectors, fp_bench_stop),
		cmocka_unit_test_teardown(test_arithmetic, fp_bench_stop),
		cmocka_unit_test_teardown(test_receipt_refusals, fp_bench_stop),
		cmocka_unit_test_teardown(test_cancelled, fp_bench_stop),
		cmocka_unit_test_teardown(test_daily, fp_bench_stop),
		cmocka_unit_test_teardown(test_periodic, fp_bench_stop),
		cmocka_unit_test_teardown(test_clock_and_footer, fp_bench_stop),
		cmocka_unit_test_teardown(test_code_pages, fp_bench_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
