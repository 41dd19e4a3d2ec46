/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ZVT model where people, the till or the line do not do as they should
 * (section numbers are those of the protocol text).
 */
#include "zvt_bench.h"

#include "sim/models.h"

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

/* 7.1 by hand: each step waits for a person, in any order ahead. */
static void test_by_hand(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "auto=no card-timeout=30000");
	order(REGISTER, 0);
	order(PAY_1234, 20000);
	expect_last("04 ff 01 0a");
	sim_rig_do(&bench.rig, "insert card");
	zvt_bench_run(&bench, 20000);
	expect_last("04 ff 01 01");
	sim_rig_do(&bench.rig, "approve");
	sim_rig_do(&bench.rig, "pin");
	zvt_bench_run(&bench, 100000);
	expect_last("04 ff 01 0b");
	assert_int_equal(zvt_bench_list(&bench, "bookings"), 0);
	sim_rig_do(&bench.rig, "remove card");
	zvt_bench_run(&bench, 0);
	expect_last("06 0f 00");
	assert_int_equal(zvt_bench_net(&bench, "1234"), 1);
	/* nobody comes: 6C */
	order(PAY_2500, 29999);
	expect_last("04 ff 01 0a");
	zvt_bench_run(&bench, 1);
	zvt_bench_find(&bench, "04 0f 07 27 6c 29 52 00 00 17");
	expect_last("06 1e 01 6c");
	expect_violations(0);
}

/* The customer's own will comes and goes between two transactions. */
static void test_by_hand_from_now_on(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "auto=yes card-timeout=30000");
	order(REGISTER, 0);
	sim_rig_do(&bench.rig, "auto off");
	order(PAY_1234, 20000);
	expect_last("04 ff 01 0a");
	sim_rig_cannot(&bench.rig, "auto on", "");
	sim_rig_do(&bench.rig, "stop");
	zvt_bench_run(&bench, 100000);
	assert_int_equal(zvt_bench_net(&bench, "1234"), 0);
	sim_rig_do(&bench.rig, "auto on");
	order(PAY_1234, 100000);
	expect_last("06 0f 00");
	assert_int_equal(zvt_bench_net(&bench, "1234"), 1);
	sim_rig_cannot(&bench.rig, "auto maybe", "");
}

/* 7.2 */
static void test_declined(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "auto=no");
	order(REGISTER, 0);
	order(PAY_1234, 0);
	sim_rig_do(&bench.rig, "stop");
	zvt_bench_run(&bench, 0);
	zvt_bench_find(&bench, "04 0f 07 27 6c");
	expect_last("06 1e 01 6c");
	order(PAY_1234, 0);
	sim_rig_do(&bench.rig, "insert card");
	zvt_bench_run(&bench, 0);
	sim_rig_do(&bench.rig, "pin");
	sim_rig_do(&bench.rig, "decline 33");
	zvt_bench_run(&bench, 0);
	expect_last("06 1e 01 33");
	assert_int_equal(zvt_bench_count(&bench, "06 d1"), 0);
	zvt_bench_stop(&bench);
	zvt_bench_start(&bench, false, "auto=yes");
	order(REGISTER, 0);
	sim_rig_do(&bench.rig, "next network down");
	order(PAY_1234, 3000);
	zvt_bench_find(&bench, "04 0f 07 27 9b");
	expect_last("06 1e 01 9b");
	sim_rig_do(&bench.rig, "next decline");
	order(PAY_1234, 3000);
	expect_last("06 1e 01 05");
	order(PAY_1234, 3000);
	expect_last("06 0f 00");
	/* the wrong PIN is told, and then the payment goes on */
	sim_rig_do(&bench.rig, "next pin wrong");
	order(PAY_2500, 3000);
	zvt_bench_find(&bench, "04 0f 02 27 37");
	assert_int_equal(zvt_bench_count(&bench, "04 0f"), 2);
	assert_int_equal(zvt_bench_count(&bench, "04 ff 01 01"), 2);
	expect_last("06 0f 00");
	assert_int_equal(zvt_bench_net(&bench, "2500"), 1);
	expect_violations(0);
}

/* Another amount than was asked for is what is booked, and told. */
static void test_other_amounts(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "auto=yes");
	order("06 00 08 00 00 00 be 09 78 06 00", 0);
	sim_rig_do(&bench.rig, "next tip 1.00");
	order(PAY_1234, 3000);
	zvt_bench_after(&bench, "040f", "04000000001334");
	zvt_bench_after(&bench, "040f", "1f3606000000000100");
	assert_int_equal(zvt_bench_net(&bench, "1334"), 1);
	sim_rig_do(&bench.rig, "next amount 500");
	order(PAY_1234, 3000);
	zvt_bench_after(&bench, "040f", "04000000000500");
	assert_int_equal(zvt_bench_net(&bench, "500"), 1);
	order(PAY_1234, 3000);
	assert_int_equal(zvt_bench_net(&bench, "1234"), 1);
	sim_rig_do(&bench.rig, "next strange");
	sim_rig_do(&bench.rig, "next storm 20");
	order(PAY_2500, 3000);
	assert_int_equal(zvt_bench_count(&bench, "04 ff"), 25);
	zvt_bench_find(&bench, "04 ff 01 ee");
	zvt_bench_after(&bench, "040f", "1f7e");
	expect_violations(0);
}

/* 7.3: the four ways terminals take 06 B0 */
static void test_abort(void **state)
{
	static const struct {
		const char *options;
		const char *early, *late; /* answer; NULL: none */
		const char *early_end;
	} rules[] = {
		{ "abort=until-host", "800000", "848300", "061e016c" },
		{ "abort=always-8483", "848300", "848300", "060f00" },
		{ "abort=ignore", NULL, NULL, "060f00" },
		{ "abort=too-late-approves", "800000", "800000", "060f00" },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		if (i)
			zvt_bench_stop(&bench);
		zvt_bench_start(&bench, false, rules[i].options);
		order(REGISTER, 0);
		order(PAY_1234, 100);
		zvt_bench_clear(&bench);
		zvt_bench_send(&bench, "06 b0 00");
		assert_int_equal(bench.count > 0, rules[i].early != NULL);
		if (rules[i].early)
			zvt_bench_expect(&bench, 0, rules[i].early);
		zvt_bench_run(&bench, 3000);
		expect_last(rules[i].early_end);
		order(PAY_2500, 600);
		zvt_bench_clear(&bench);
		zvt_bench_send(&bench, "06 b0 00");
		if (rules[i].late)
			zvt_bench_expect(&bench, 0, rules[i].late);
		zvt_bench_run(&bench, 3000);
		expect_last("06 0f 00");
		assert_int_equal(zvt_bench_net(&bench, "2500"), 1);
		expect_violations(0);
	}
}

/* 3, Mastership: 05 01 and 06 B0 may come in between, nothing else */
static void test_mastership(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "auto=yes");
	order(REGISTER, 0);
	order(PAY_1234, 100);
	order(ENQUIRY, 0);
	zvt_bench_expect(&bench, 0, "80 00 00");
	zvt_bench_expect(&bench, 1, "06 0f 01 9c");
	expect_violations(0);
	order(PAY_2500, 0);
	zvt_bench_expect(&bench, 0, "84 9c 00");
	expect_violations(1);
	zvt_bench_run(&bench, 3000);
	assert_int_equal(zvt_bench_net(&bench, "1234"), 1);
	assert_int_equal(zvt_bench_net(&bench, "2500"), 0);
	/* answered once, not twice */
	zvt_bench_send(&bench, "80 00 00");
	expect_violations(2);
}

/* 8.1: the vote is the answer to 04 0F; without it the rules differ */
static void test_lost_vote(void **state)
{
	static const struct {
		const char *options;
		int booked;
		int reversals;
	} rules[] = {
		{ "booking=autoreverse", 0, 1 },
		{ "booking=keep", 1, 0 },
		{ "booking=refuse", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		if (i)
			zvt_bench_stop(&bench);
		zvt_bench_start(&bench, false, rules[i].options);
		order(REGISTER, 0);
		order(PAY_1234, 900);
		bench.mute = true;
		zvt_bench_run(&bench, 100);
		zvt_bench_find(&bench, "04 0f");
		assert_int_equal(zvt_bench_list(&bench, "bookings"), 0);
		zvt_bench_run(&bench, 5000);
		assert_int_equal(bench.rig.hung_up, 1);
		expect_violations(1);
		zvt_bench_run(&bench, 5000);
		assert_int_equal(bench.rig.came_back, 1);
		assert_int_equal(zvt_bench_net(&bench, "1234"),
				 rules[i].booked);
		assert_int_equal(zvt_bench_account(&bench, "auto_reversals"),
				 rules[i].reversals);
		bench.mute = false;
		order(ENQUIRY, 0);
		expect_last("06 0f 01 00");
		order(REPEAT, 0);
		assert_int_equal(zvt_bench_count(&bench, "04 0f"),
				 rules[i].booked);
	}
}

/* The till closes the socket at each point; before the host: nothing. */
static void test_closed_by_till(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "booking=keep");
	order(REGISTER, 0);
	order(PAY_1234, 300);
	sim_rig_line(&bench.rig, false);
	zvt_bench_run(&bench, 10000);
	sim_rig_line(&bench.rig, true);
	assert_int_equal(zvt_bench_net(&bench, "1234"), 0);
	order(PAY_1234, 900);
	sim_rig_line(&bench.rig, false);
	zvt_bench_run(&bench, 10000);
	sim_rig_line(&bench.rig, true);
	assert_int_equal(zvt_bench_net(&bench, "1234"), 1);
	zvt_bench_stop(&bench);
	/* busy while it reverses, which no till is blamed for */
	zvt_bench_start(&bench, false, "booking=autoreverse");
	order(REGISTER, 0);
	order(PAY_1234, 900);
	sim_rig_line(&bench.rig, false);
	sim_rig_line(&bench.rig, true);
	order(ENQUIRY, 0);
	expect_last("06 0f 01 9c");
	order(PAY_1234, 2000);
	zvt_bench_expect(&bench, 0, "84 9c 00");
	order(ENQUIRY, 0);
	expect_last("06 0f 01 00");
	expect_violations(0);
}

/* 84 xx to 04 0F: reversed. 84 9C: asked again, and then perhaps not. */
static void test_vote(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "booking=keep");
	order(REGISTER, 0);
	bench.status_answer = "84 66 00";
	order(PAY_1234, 5000);
	expect_last("06 1e 01 66");
	assert_int_equal(zvt_bench_list(&bench, "bookings"), 0);
	bench.status_answer = "84 00 00";
	order(PAY_1234, 3000);
	assert_int_equal(zvt_bench_net(&bench, "1234"), 1);
	bench.status_answer = "84 9c 00";
	order(PAY_2500, 1000 + 3 * 2000);
	assert_int_equal(zvt_bench_count(&bench, "04 0f"), 4);
	bench.status_answer = NULL;
	zvt_bench_run(&bench, 2000);
	expect_last("06 0f 00");
	assert_int_equal(zvt_bench_net(&bench, "2500"), 1);
	bench.status_answer = "84 9c 00";
	order(PAY_2500, 60000);
	expect_last("06 1e 01 6c");
	order("06 01 0c 04 00 00 00 00 25 00 49 09 78 02 02", 60000);
	assert_int_equal(zvt_bench_count(&bench, "04 0f"), 2);
	expect_last("06 1e 01 6c");
	assert_int_equal(zvt_bench_net(&bench, "2500"), 1);
	expect_violations(0);
}

/* 8.7: booked after the prints, or before them */
static void test_prints_count(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "booking=refuse");
	order(REGISTER, 0);
	bench.print_answer = "84 cc 00";
	order(PAY_1234, 5000);
	expect_last("06 1e 01 cc");
	assert_int_equal(zvt_bench_list(&bench, "bookings"), 0);
	zvt_bench_stop(&bench);
	zvt_bench_start(&bench, false, "booking=refuse commit=answer");
	order(REGISTER, 0);
	bench.print_answer = "84 cc 00";
	order(PAY_1234, 5000);
	expect_last("06 0f 00");
	assert_int_equal(zvt_bench_net(&bench, "1234"), 1);
}

/* 10: each fault at each message; one booking at most, never two */
static void test_faults_everywhere(void **state)
{
	static const char *const faults[] = { "close",	    "silent",
					      "lose reply", "power cut 2000",
					      "corrupt",    "gap" };
	char command[64];

	(void)state;
	zvt_bench_start(&bench, true, "auto=yes");
	for (size_t fault = 0; fault < 6; fault++) {
		for (int at = 1; at < 30; at++) {
			zvt_bench_stop(&bench);
			zvt_bench_start(&bench, fault > 1, "auto=yes");
			order(REGISTER, 0);
			snprintf(command, sizeof(command), "%s at %d",
				 faults[fault], at);
			sim_rig_do(&bench.rig, command);
			order(PAY_1234, 60000);
			sim_rig_line(&bench.rig, true);
			assert_in_range(zvt_bench_net(&bench, "1234"), 0, 1);
			expect_violations(0);
			order(ENQUIRY, 10000);
			expect_last("06 0f 01 00");
			/* the line's own faults never change what happens */
			if (fault == 2 || fault > 3)
				assert_int_equal(zvt_bench_net(&bench, "1234"),
						 1);
		}
	}
}

static void test_serial_acknowledgements(void **state)
{
	(void)state;
	zvt_bench_start(&bench, true, "auto=yes");
	order(REGISTER, 0);
	/* refused twice: the till repeats; the third is taken */
	sim_rig_do(&bench.rig, "nak 2");
	order(PAY_1234, 0);
	order(PAY_1234, 0);
	assert_int_equal(bench.naks, 1);
	order(PAY_1234, 5000);
	assert_int_equal(zvt_bench_net(&bench, "1234"), 1);
	/* our ACK is lost: the same frame again is no second payment */
	sim_rig_do(&bench.rig, "lose ack");
	bench.deaf = true;
	order(PAY_2500, 100);
	assert_int_equal(bench.acks, 0);
	bench.deaf = false;
	order(PAY_2500, 8000);
	assert_int_equal(zvt_bench_net(&bench, "2500"), 1);
	expect_violations(0);
	/* the till's ACK is lost: the terminal repeats after T2 */
	sim_rig_do(&bench.rig, "drop ack");
	bench.mute = true;
	order(ENQUIRY, 4999);
	assert_int_equal(zvt_bench_count(&bench, "80 00 00"), 1);
	zvt_bench_run(&bench, 1);
	assert_int_equal(zvt_bench_count(&bench, "80 00 00"), 2);
	assert_int_equal(zvt_bench_account(&bench, "link_repeats") >= 1, 1);
}

/* Nobody acknowledges: three sends, T2 apart, then the terminal's rule. */
static void test_serial_cable(void **state)
{
	(void)state;
	zvt_bench_start(&bench, true, "auto=yes");
	order(REGISTER, 0);
	order(PAY_1234, 900);
	bench.deaf = true;
	zvt_bench_run(&bench, 6000);
	bench.deaf = false;
	zvt_bench_run(&bench, 5000);
	/* pulled for a while: the repeated 04 0F still succeeds */
	assert_int_equal(zvt_bench_count(&bench, "04 0f"), 1);
	expect_last("06 0f 00");
	assert_int_equal(zvt_bench_net(&bench, "1234"), 1);
	order(PAY_2500, 900);
	bench.deaf = true;
	zvt_bench_run(&bench, 60000);
	bench.deaf = false;
	assert_int_equal(zvt_bench_net(&bench, "2500"), 0);
	assert_int_equal(zvt_bench_account(&bench, "auto_reversals"), 1);
	order(ENQUIRY, 0);
	expect_last("06 0f 01 00");
	expect_violations(0);
}

static void test_late_and_twice(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "auto=yes");
	order(REGISTER, 0);
	sim_rig_do(&bench.rig, "late 6000");
	order(PAY_1234, 5999);
	assert_int_equal(bench.count, 0);
	zvt_bench_run(&bench, 1);
	zvt_bench_expect(&bench, 0, "80 00 00");
	zvt_bench_run(&bench, 3000);
	sim_rig_do(&bench.rig, "twice 04 0F");
	order(PAY_2500, 3000);
	assert_int_equal(zvt_bench_count(&bench, "04 0f"), 2);
	assert_int_equal(zvt_bench_net(&bench, "2500"), 1);
	zvt_bench_clear(&bench);
	sim_rig_do(&bench.rig, "repeat last");
	zvt_bench_run(&bench, 10000);
	zvt_bench_expect_start(&bench, 0, "04 0f");
	expect_violations(0);
}

/* Volatile state goes, the book stays; an unfinished payment never was. */
static void test_power_cut(void **state)
{
	(void)state;
	zvt_bench_start(&bench, false, "auto=yes");
	order(REGISTER, 0);
	order(PAY_1234, 3000);
	order(PAY_2500, 900);
	sim_rig_do(&bench.rig, "power cut 4000");
	assert_int_equal(bench.rig.hung_up, 1);
	order(ENQUIRY, 3999);
	assert_int_equal(bench.count, 0);
	zvt_bench_run(&bench, 1);
	assert_int_equal(bench.rig.came_back, 1);
	order(REPEAT, 0);
	zvt_bench_after(&bench, "040f", "04000000001234");
	assert_int_equal(zvt_bench_net(&bench, "2500"), 0);
	assert_int_equal(zvt_bench_account(&bench, "power_cuts"), 1);
	expect_violations(0);
}

/* TCP: any split in, any split out, and what makes no sense hangs up */
static void test_tcp_pieces(void **state)
{
	static const char *const bytes[] = { "05", "01", "05", "00",
					     "00", "00", "03", "02" };

	(void)state;
	zvt_bench_start(&bench, false, "split=1");
	order(REGISTER, 0);
	for (size_t i = 0; i < 8; i++) {
		zvt_bench_run(&bench, 500);
		zvt_bench_send_raw(&bench, bytes[i]);
	}
	expect_last("06 0f 01 00");
	/* two at once: the long form of the length is good too */
	zvt_bench_clear(&bench);
	zvt_bench_send_raw(&bench, "06 02 00 06 b0 ff 00 00");
	assert_int_equal(zvt_bench_count(&bench, "80 00 00"), 2);
	order(PAY_1234, 3000);
	assert_int_equal(zvt_bench_net(&bench, "1234"), 1);
	zvt_bench_send_raw(&bench, "06 01 0a 04");
	zvt_bench_run(&bench, 5000);
	assert_int_equal(bench.rig.hung_up, 1);
	zvt_bench_run(&bench, 1000);
	zvt_bench_send_raw(&bench, "06 01 ff ff ff");
	assert_int_equal(bench.rig.hung_up, 2);
	expect_violations(0);
}

/* Any bytes at all, on both kinds of line: it answers afterwards. */
static void test_garbage(void **state)
{
	uint32_t seed = 1;

	(void)state;
	zvt_bench_start(&bench, true, "auto=yes");
	for (int i = 0; i < 20000; i++) {
		uint8_t byte;

		seed = seed * 1664525 + 1013904223;
		byte = seed >> 28 ? (uint8_t)(seed >> 20) : 0x10;
		sim_rig_input(&bench.rig, &byte, 1);
	}
	sim_rig_clear(&bench.rig);
	zvt_bench_run(&bench, 1000);
	order(ENQUIRY, 0);
	expect_last("06 0f 01 00");
	assert_int_equal(zvt_bench_list(&bench, "bookings"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_by_hand, stop),
		cmocka_unit_test_teardown(test_by_hand_from_now_on, stop),
		cmocka_unit_test_teardown(test_declined, stop),
		cmocka_unit_test_teardown(test_other_amounts, stop),
		cmocka_unit_test_teardown(test_abort, stop),
		cmocka_unit_test_teardown(test_mastership, stop),
		cmocka_unit_test_teardown(test_lost_vote, stop),
		cmocka_unit_test_teardown(test_closed_by_till, stop),
		cmocka_unit_test_teardown(test_vote, stop),
		cmocka_unit_test_teardown(test_prints_count, stop),
		cmocka_unit_test_teardown(test_faults_everywhere, stop),
		cmocka_unit_test_teardown(test_serial_acknowledgements, stop),
		cmocka_unit_test_teardown(test_serial_cable, stop),
		cmocka_unit_test_teardown(test_late_and_twice, stop),
		cmocka_unit_test_teardown(test_power_cut, stop),
		cmocka_unit_test_teardown(test_tcp_pieces, stop),
		cmocka_unit_test_teardown(test_garbage, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
