/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POSNET model where people, the line or the requests do not do as they
 * should (section numbers are those of the protocol text).
 */
#include "fp_bench.h"

#include "sim/models.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* 3.4: frame errors name the command and the field */
static void test_frame_errors(void **state)
{
	(void)state;
	fp_bench_start("speed=fast");
	fp_bench_request("xyz\t");
	fp_bench_expect("ERR\t?1\tcmxyz\t#7AEE");
	fp_bench_request("trline\tnaTea\tvt1\t");
	fp_bench_expect("ERR\t?2\tcmtrline\tfdpr\t#C1C4");
	ASK("trline\tnaTea\tvt1\tpr9.99\t", "ERR\t?3\tcmtrline\tfdpr\t");
	ASK("trinit\t@12\t", "ERR\t?4\tcmtrinit\t");
	ASK("trinit\t@12345\t", "ERR\t?4\tcmtrinit\t");
	ASK("trinit\tb\t", "ERR\t?6\tcmtrinit\t");
	ASK("trline\tnaTea\tvt1\tpr1\tjmlitre\t", "ERR\t?10\tcmtrline\tfdjm\t");
	ASK("!trinit\t", "ERR\t?12\tcmtrinit\t");
	ASK("rpt\t", "ERR\t?4\tcmrpt\t");
	fp_bench_send("trinit\t");
	fp_bench_reply("ERR\t?15\t");
	fp_bench_send("trinit\t#");
	fp_bench_reply("ERR\t?15\t");
	fp_bench_send("#0000");
	fp_bench_reply("ERR\t?15\t");
	ASK("dailyrep\tda2026-13-01\t", "ERR\t?3\tcmdailyrep\tfdda\t");
	fp_bench_request("trline\t@0042\tnaTea\tvt1\tpr1\t");
	fp_bench_expect("trline\t@0042\t?2005\t#3BED");
}

static void test_error_forms(void **state)
{
	(void)state;
	fp_bench_start("speed=fast error-form=plain echo-bang=yes");
	ASK("trend\t", "trend\t?2005");
	ASK("!sprn\t", "!sprn\tpr0\t");
	sim_rig_stop(&fp_rig);
	fp_bench_start("speed=fast error-form=er");
	ASK("rpt\t@0017\t", "ERR\t@0017\ter13\tcmrpt\t");
	sim_rig_stop(&fp_rig);
	fp_bench_start("speed=fast");
	fp_bench_sell("trend\tto999\t");
	fp_bench_expect("trend\t?2805\t#9C4D");
}

/* Bytes one at a time, noise between frames, a frame without end. */
static void test_hostile_input(void **state)
{
	static const char frame[] = "zz\x03\x02sc\x02scashstate\t#23DC\x03";
	char flood[3000];

	(void)state;
	fp_bench_start("speed=fast receipts=0 cash=5000");
	for (size_t i = 0; i < sizeof(frame) - 1; i++)
		sim_rig_input(&fp_rig, frame + i, 1);
	fp_bench_expect("scashstate\tcs5000\t#AB8E");
	memset(flood, 'x', sizeof(flood));
	flood[0] = 0x02;
	flood[sizeof(flood) - 1] = 0x03;
	sim_rig_clear(&fp_rig);
	sim_rig_input(&fp_rig, flood, sizeof(flood));
	fp_bench_reply("ERR\t?11\t");
	for (int byte = 0; byte < 256; byte++)
		memset(flood + byte, byte, 1);
	sim_rig_input(&fp_rig, flood, sizeof(flood));
	ASK("scashstate\t", "scashstate\tcs5000\t");
}

/* 3.5: replies wait, '!' does not, nine are too many */
static void test_queue(void **state)
{
	(void)state;
	fp_bench_start("delay=dailyrep:5000");
	fp_bench_request("dailyrep\tda2026-11-22\t");
	fp_bench_request("scashstate\t");
	sim_rig_wait(&fp_rig, 4999);
	fp_bench_expect_silence();
	ASK("!sprn\t", "sprn\tpr0\t");
	ASK("!sdev\t", "sdev\tds0\tcpN\tqeN\tpeN\ttl0\t");
	for (int i = 0; i < 7; i++) {
		fp_bench_request("sid\t");
		fp_bench_expect_silence();
	}
	ASK("sid\t", "ERR\t?14\tcmsid\t");
	sim_rig_clear(&fp_rig);
	sim_rig_wait(&fp_rig, 1);
	fp_bench_reply("dailyrep\t");
	sim_rig_clear(&fp_rig);
	sim_rig_wait(&fp_rig, 15);
	fp_bench_reply("scashstate\tcs3690\t");
}

/* 3.9: tokens, and what a reply lost or late looks like */
static void test_tokens(void **state)
{
	char request[64];

	(void)state;
	fp_bench_start("speed=fast receipts=0");
	fp_bench_send("rpt\t@0017\t#8BD4");
	fp_bench_expect("ERR\t@0017\t?13\tcmrpt\t#F629");
	fp_bench_sell("sid\t");
	sim_rig_do(&fp_rig, "lose reply trend");
	fp_bench_send("trend\t@0017\tto999\tfp999\t#72F9");
	fp_bench_expect_silence();
	ASK("rpt\t@0017\t", "trend\t@0017\t?2805\t");
	sim_rig_do(&fp_rig, "lose reply trend");
	fp_bench_request("trend\t@0018\tto200\t");
	fp_bench_expect_silence();
	ASK("rpt\t@0018\t", "trend\t@0018\t");
	for (int i = 0; i < 31; i++) {
		snprintf(request, sizeof(request), "cash\t@%04d\tkw1\twpT\t",
			 1000 + i);
		fp_bench_request(request);
	}
	ASK("rpt\t@0018\t", "trend\t@0018\t");
	fp_bench_request("cash\t@2000\tkw1\twpT\t");
	ASK("rpt\t@0018\t", "ERR\t@0018\t?13\tcmrpt\t");
	/* a kilobyte in all: four replies of stot's size */
	for (int i = 0; i < 4; i++) {
		snprintf(request, sizeof(request), "stot\t@%04d\t", 3000 + i);
		fp_bench_request(request);
	}
	ASK("rpt\t@3000\t", "ERR\t@3000\t?13\tcmrpt\t");
	fp_bench_request("rpt\t@3003\t");
	assert_int_equal(fp_bench_field("pn"), 1);
}

static void test_reply_faults(void **state)
{
	char right[64];

	(void)state;
	fp_bench_start("speed=fast receipts=0");
	sim_rig_do(&fp_rig, "corrupt reply");
	ASK("!sprn\t", "sprn\tpr0\t");
	fp_bench_request("scashstate\t");
	snprintf(right, sizeof(right), "\x02scashstate\tcs0\t#%04X\x03",
		 fp_bench_crc("scashstate\tcs0\t"));
	assert_int_equal(fp_rig.sent.len, strlen(right));
	assert_memory_equal(buf_text(&fp_rig.sent), right, strlen(right) - 2);
	assert_string_not_equal(buf_text(&fp_rig.sent), right);
	sim_rig_do(&fp_rig, "delay reply 20000 cash");
	fp_bench_request("cash\tkw5\twpT\t");
	sim_rig_wait(&fp_rig, 19999);
	fp_bench_expect_silence();
	sim_rig_wait(&fp_rig, 1);
	fp_bench_reply("cash\t");
	sim_rig_do(&fp_rig, "stale reply");
	fp_bench_request("cash\tkw5\twpT\t");
	fp_bench_expect_silence();
	sim_rig_line(&fp_rig, false);
	sim_rig_line(&fp_rig, true);
	fp_bench_reply("cash\t");
	sim_rig_do(&fp_rig, "stale reply");
	fp_bench_request("sid\t");
	fp_bench_request("scashstate\t");
	assert_non_null(strstr(buf_text(&fp_rig.sent), "sid\t"));
	assert_non_null(strstr(buf_text(&fp_rig.sent), "cs10\t"));
	sim_rig_do(&fp_rig, "lose request");
	fp_bench_request("cash\tkw5\twpT\t");
	fp_bench_expect_silence();
	assert_int_equal(fp_bench_counter("scashstate\t", "cs"), 10);
	sim_rig_cannot(&fp_rig, "delay reply soon", "");
	sim_rig_cannot(&fp_rig, "crash trend", "");
	sim_rig_cannot(&fp_rig, "lose", "");
}

/* 3.13: power cuts around trend, with the receipt cancelled or kept */
static void test_power(void **state)
{
	(void)state;
	fp_bench_start("speed=fast receipts=0 power-receipt=keep");
	sim_rig_do(&fp_rig, "crash before trend 3000");
	fp_bench_sell("trend\t@0001\tto200\t");
	assert_int_equal(fp_rig.hung_up, 1);
	fp_bench_expect_silence();
	fp_bench_request("!sdev\t");
	sim_rig_wait(&fp_rig, 2999);
	fp_bench_expect_silence();
	sim_rig_wait(&fp_rig, 1);
	assert_int_equal(fp_rig.came_back, 1);
	assert_int_equal(fp_bench_counter("scomm\t", "ts"), 16);
	assert_int_equal(fp_bench_counter("stot\t", "bc"), 1);
	assert_int_equal(fp_bench_counter("fmrecpowerfail\t", "no"), 1);
	sim_rig_do(&fp_rig, "crash after trend");
	fp_bench_request("trend\t@0002\tto200\t");
	fp_bench_expect_silence();
	sim_rig_wait(&fp_rig, 2000);
	ASK("rpt\t@0002\t", "ERR\t@0002\t?13\tcmrpt\t");
	assert_int_equal(fp_bench_counter("scnt\t", "bn"), 1);
	fp_bench_sell("sid\t");
	sim_rig_do(&fp_rig, "power cut 100 cancel");
	sim_rig_wait(&fp_rig, 100);
	assert_int_equal(fp_bench_counter("scomm\t", "ts"), 0);
	assert_int_equal(fp_bench_counter("scnt\t", "bc"), 1);
	/* the line alone: what was done is remembered */
	sim_rig_do(&fp_rig, "hang up after cash 50");
	fp_bench_request("cash\t@0003\tkw7\twpT\t");
	fp_bench_expect_silence();
	sim_rig_wait(&fp_rig, 50);
	sim_rig_line(&fp_rig, true);
	ASK("rpt\t@0003\t", "cash\t@0003\t");
	sim_rig_do(&fp_rig, "hang up before cash 50");
	fp_bench_request("cash\t@0004\tkw7\twpT\t");
	sim_rig_wait(&fp_rig, 50);
	sim_rig_line(&fp_rig, true);
	ASK("rpt\t@0004\t", "ERR\t@0004\t?13\tcmrpt\t");
	assert_int_equal(fp_bench_account("power_cuts"), 3);
}

/* 3.13: no reply while a person is needed, and probes say why */
static void test_people(void **state)
{
	(void)state;
	fp_bench_start("receipts=0");
	fp_bench_request("trinit\t");
	sim_rig_wait(&fp_rig, 100);
	fp_bench_request("trline\tnaTea\tvt0\tpr100\t");
	sim_rig_wait(&fp_rig, 40);
	fp_bench_request("trend\t@0009\tto100\t");
	sim_rig_wait(&fp_rig, 250);
	sim_rig_do(&fp_rig, "paper out");
	sim_rig_wait(&fp_rig, 600000);
	fp_bench_expect_silence();
	ASK("!sprn\t", "sprn\tpr5\t");
	assert_int_equal(fp_bench_counter("!sdev\t", "ds"), 3);
	sim_rig_do(&fp_rig, "cover open");
	ASK("!sprn\t", "sprn\tpr3\t");
	sim_rig_do(&fp_rig, "paper ok");
	sim_rig_clear(&fp_rig);
	sim_rig_do(&fp_rig, "cover closed");
	fp_bench_reply("trend\t@0009\t");
	sim_rig_do(&fp_rig, "menu on");
	assert_int_equal(fp_bench_counter("!sdev\t", "ds"), 1);
	fp_bench_request("sid\t");
	sim_rig_wait(&fp_rig, 1000);
	fp_bench_expect_silence();
	sim_rig_do(&fp_rig, "menu off");
	assert_int_not_equal(fp_rig.sent.len, 0);
	fp_bench_request("!sdrwr\t");
	fp_bench_reply("sdrwr\tds1\tks2\t");
	sim_rig_do(&fp_rig, "drawer open");
	ASK("!sdrwr\t", "sdrwr\tds0\tks2\t");
}

/* 3.1: counters can move without our doing */
static void test_other_interface(void **state)
{
	(void)state;
	fp_bench_start("speed=fast receipts=0");
	sim_rig_do(&fp_rig, "receipt 12.34");
	assert_int_equal(fp_bench_counter("stot\t", "pa"), 1234);
	assert_int_equal(fp_bench_counter("scnt\t", "bt"), 1);
	sim_rig_do(&fp_rig, "other on");
	ASK("trinit\t", "trinit\t?41\t");
	assert_int_equal(fp_bench_counter("!sdev\t", "tl"), 2);
	sim_rig_do(&fp_rig, "other off");
	sim_rig_do(&fp_rig, "blocked on");
	ASK("trinit\t", "trinit\t?387\t");
	sim_rig_do(&fp_rig, "blocked off");
	fp_bench_sell("sid\t");
	sim_rig_cannot(&fp_rig, "receipt 5", "");
	sim_rig_cannot(&fp_rig, "z", "");
	ASK("trend\t", "trend\t");
	assert_int_equal(fp_bench_account("duplicates"), 0);
	fp_bench_sell("trend\t");
	assert_int_equal(fp_bench_account("duplicates"), 1);
	sim_rig_do(&fp_rig, "memory full");
	ASK("trinit\t", "trinit\t?1039\t");
	ASK("dailyrep\tda2026-11-22\t", "dailyrep\t?1039\t");
}

static void test_bad_options(void **state)
{
	static const struct model_option bad[] = {
		{ "clock", "tomorrow" },  { "delay", "dailyrep" },
		{ "delay", "nothing:5" }, { "code-page", "utf-8" },
		{ "receipts", "-1" },	  { "colour", "red" },
	};
	struct model_host host;

	(void)state;
	fp_bench_start("speed=fast");
	host = fp_rig.model->host;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *error = NULL;

		assert_null(
			model_posnet.create(&host, &bad[i], 1, true, &error));
		assert_non_null(error);
		free(error);
	}
	sim_rig_check_help(&model_posnet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_frame_errors, fp_bench_stop),
		cmocka_unit_test_teardown(test_error_forms, fp_bench_stop),
		cmocka_unit_test_teardown(test_hostile_input, fp_bench_stop),
		cmocka_unit_test_teardown(test_queue, fp_bench_stop),
		cmocka_unit_test_teardown(test_tokens, fp_bench_stop),
		cmocka_unit_test_teardown(test_reply_faults, fp_bench_stop),
		cmocka_unit_test_teardown(test_power, fp_bench_stop),
		cmocka_unit_test_teardown(test_people, fp_bench_stop),
		cmocka_unit_test_teardown(test_other_interface, fp_bench_stop),
		cmocka_unit_test_teardown(test_bad_options, fp_bench_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
