/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver "zvt-terminal" and the model of a terminal, with every fault at
 * every message, for each rule by which terminals book (docs/protocols.md 8
 * and 10). After each run, whatever happened: for each amount, bookings less
 * reversals are 0 or 1 and just what the driver told; every message of the
 * terminal was answered once; nothing was sent while the terminal was master.
 * And the next payment goes through.
 */
#include "zvt_world.h"

#include "util/json.h"
#include "util/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BEFORE 1000 /* the booking from before */
#define OURS   1234
#define AFTER  777

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static const char *const rules[] = { "autoreverse", "keep", "refuse" };

/* How a terminal may be that matters to the order of its messages. */
static const char *const manners[] = {
	"commit=prints prints=after",
	"commit=answer prints=after",
	"commit=prints prints=before",
	"msgseq=yes",
};

enum line { SERIAL = 1, TCP = 2, BOTH = 3 };

struct fault {
	const char *command; /* with its place for the message's number */
	enum line lines;
	bool harmless; /* what happens is the same with it */
};

static const struct fault faults[] = {
	{ "lose reply at %d", BOTH, false },
	{ "lose ack at %d", SERIAL, true },
	{ "drop ack at %d", SERIAL, true },
	{ "nak 1 at %d", SERIAL, true },
	{ "nak 2 at %d", SERIAL, true },
	{ "nak 3 at %d", SERIAL, false },
	{ "corrupt at %d", SERIAL, true },
	{ "gap at %d", SERIAL, true },
	{ "twice at %d", TCP, true },
	{ "late 3000 at %d", BOTH, true },
	{ "late 6000 at %d", BOTH, false },
	{ "late 200000 at %d", BOTH, false },
	{ "cable 4000 at %d", SERIAL, false },
	{ "cable 30000 at %d", SERIAL, false },
	{ "cable 400000 at %d", SERIAL, false },
	{ "silent at %d", BOTH, false },
	{ "close at %d", TCP, false },
	{ "power cut 2000 at %d", BOTH, false },
	{ "power cut 90000 at %d", BOTH, false },
};

struct run {
	enum op_kind kind;
	const char *rule;
	const char *manner;
	bool serial;
	const char *command; /* the fault, or NULL */
	const char *second;  /* while finding out, or NULL */
	int64_t abort_ms;    /* called off so long after it began, or 0 */
	int kill_at;
	int disk_fails_at;
	int64_t amount;
	bool harmless;
	int messages; /* out: how many the terminal said */
};

/* All that is wrong is told, not only the first. */
static int wrongs;

static void __attribute__((format(printf, 1, 2)))
run_complain(const char *format, ...)
{
	va_list args;

	wrongs++;
	va_start(args, format);
	vprint_error(format, args);
	va_end(args);
	print_error("\n");
}

static void run_tell(const struct run *run, char out[256])
{
	snprintf(out, 256,
		 "%s, booking=%s %s, %s, \"%s\", \"%s\", killed at %d, aborted "
		 "after %d, no disk from %d",
		 op_kind_name(run->kind), run->rule, run->manner,
		 run->serial ? "serial" : "TCP",
		 run->command ? run->command : "",
		 run->second ? run->second : "", run->kill_at,
		 (int)run->abort_ms, run->disk_fails_at);
}

static void run_expect_good_payment(struct zvt_world *world, int64_t amount,
				    const char *what)
{
	zvt_world_pay(world, amount);
	zvt_world_settle(world);
	if (world->outcome != OUTCOME_OK || zvt_world_net(world, amount) != 1)
		run_complain("%s: a payment of %d came to %s (%s)", what,
			     (int)amount, outcome_name(world->outcome),
			     reason_name(world->reason));
}

/* How often it happened, by the terminal's own account: 0 or 1. */
static int run_truth(const struct run *run, const struct zvt_world *world)
{
	if (run->kind == OP_REFUND)
		return (int)zvt_world_count(world, "refunds");
	if (run->kind == OP_TERMINAL_DAY_END)
		return (int)zvt_world_number(world, "end_of_days");
	return run->kind == OP_PAYMENT
		       ? (int)zvt_world_net(world, run->amount)
		       : 1 - (int)zvt_world_net(world, run->amount);
}

/* What the driver told is what the terminal has booked. */
static void run_judge(const struct run *run, struct zvt_world *world,
		      const char *what)
{
	bool ok = world->outcome == OUTCOME_OK;
	int truth = run_truth(run, world);

	if (world->outcome == OUTCOME_UNKNOWN)
		run_complain("%s: unknown (%s)", what,
			     reason_name(world->reason));
	if (truth != ok)
		run_complain("%s: told %s (%s), but it happened %d times", what,
			     outcome_name(world->outcome),
			     reason_name(world->reason), truth);
	if (run->harmless && !ok)
		run_complain("%s: told %s (%s)", what,
			     outcome_name(world->outcome),
			     reason_name(world->reason));
	zvt_world_expect_manners(world, what);
}

static void run_begin(const struct run *run, struct zvt_world *world)
{
	const struct op op = { .kind = run->kind,
			       .payment.amount = run->amount };

	if (run->kind == OP_REVERSAL)
		zvt_world_reverse(world, world->result);
	else
		zvt_world_begin(world, &op);
}

/* ZVT_WORLD_RUN="serial, \"silent at 1\"": only runs with that in their name. */
static bool run_is_wanted(const char *what)
{
	const char *wanted = getenv("ZVT_WORLD_RUN");

	return !wanted || strstr(what, wanted);
}

static void run_play(struct run *run)
{
	/* the model repeats an end of day like any booking */
	static const struct device_setting settings[] = {
		{ "repeats-day-end", "yes" },
		{ "sequence", "yes" }, /* where the model agrees to it */
	};
	char options[128], what[256];
	struct zvt_world world;

	run_tell(run, what);
	if (run->command && !run_is_wanted(what))
		return;
	snprintf(options, sizeof(options), "booking=%s %s", run->rule,
		 run->manner);
	zvt_world_start(&world, run->serial, options, settings,
			COUNT(settings));
	run_expect_good_payment(&world, BEFORE, what);
	if (run->kind == OP_REVERSAL)
		run_expect_good_payment(&world, run->amount, what);
	world.when_committed = run->command;
	world.when_doubtful = run->second;
	run_begin(run, &world);
	world.kill_at = run->kill_at;
	world.heard = 0;
	world.saves = 0;
	world.disk_fails_at = run->disk_fails_at;
	if (run->abort_ms) {
		zvt_world_advance(&world, run->abort_ms);
		device_abort(world.device, world.op.id);
	}
	zvt_world_settle(&world);
	world.when_doubtful = NULL;
	world.kill_at = 0;
	zvt_world_do(&world, "faults off");
	run->messages = (int)zvt_world_number(&world, "messages");
	world.disk_fails_at = 0;
	run_judge(run, &world, what);
	run_expect_good_payment(&world, AFTER, what);
	if (zvt_world_net(&world, BEFORE) != 1)
		run_complain("%s: the payment before is gone", what);
	zvt_world_expect_manners(&world, what);
	zvt_world_stop(&world);
}

static int run_count(struct run run)
{
	run.command = NULL;
	run.harmless = true;
	run_play(&run);
	assert_true(run.messages > 3);
	return run.messages;
}

static void run_make_command(char out[64], const struct fault *fault, int at)
{
	const char *place = strstr(fault->command, "%d");

	snprintf(out, 64, "%.*s%d", (int)(place - fault->command),
		 fault->command, at);
}

static void play_fault(const struct run *at, const struct fault *fault,
		       int last)
{
	char command[64];

	for (int i = 1; i <= last; i++) {
		struct run run = *at;

		run_make_command(command, fault, i);
		run.command = command;
		run.harmless = fault->harmless;
		run_play(&run);
	}
}

static void play_all_faults(const struct run *run)
{
	int last = run_count(*run);

	for (size_t i = 0; i < COUNT(faults); i++)
		if (faults[i].lines & (run->serial ? SERIAL : TCP))
			play_fault(run, &faults[i], last);
}

/* With each rule; and the other manners with one of them. */
static void play_faults(enum op_kind kind, bool serial, size_t all_manners)
{
	struct run run = { .kind = kind, .serial = serial, .amount = OURS };

	run.manner = manners[0];
	for (size_t rule = 0; rule < COUNT(rules); rule++) {
		run.rule = rules[rule];
		play_all_faults(&run);
	}
	for (size_t manner = 1; manner < all_manners; manner++) {
		run.manner = manners[manner];
		run.rule = rules[manner % COUNT(rules)];
		play_all_faults(&run);
	}
}

static void test_payment_serial(void **state)
{
	(void)state;
	wrongs = 0;
	play_faults(OP_PAYMENT, true, COUNT(manners));
	assert_int_equal(wrongs, 0);
}

static void test_payment_tcp(void **state)
{
	(void)state;
	wrongs = 0;
	play_faults(OP_PAYMENT, false, COUNT(manners));
	assert_int_equal(wrongs, 0);
}

static void test_reversal_serial(void **state)
{
	(void)state;
	wrongs = 0;
	play_faults(OP_REVERSAL, true, COUNT(manners));
	assert_int_equal(wrongs, 0);
}

static void test_reversal_tcp(void **state)
{
	(void)state;
	wrongs = 0;
	play_faults(OP_REVERSAL, false, COUNT(manners));
	assert_int_equal(wrongs, 0);
}

static void test_refund(void **state)
{
	(void)state;
	wrongs = 0;
	play_faults(OP_REFUND, true, 1);
	play_faults(OP_REFUND, false, 1);
	assert_int_equal(wrongs, 0);
}

static void test_day_end(void **state)
{
	(void)state;
	wrongs = 0;
	play_faults(OP_TERMINAL_DAY_END, true, 1);
	play_faults(OP_TERMINAL_DAY_END, false, 1);
	assert_int_equal(wrongs, 0);
}

/* W8: the daemon is killed after each thing that it heard. */
static void play_kills(enum op_kind kind, bool serial)
{
	for (size_t rule = 0; rule < COUNT(rules); rule++)
		for (size_t manner = 0; manner < COUNT(manners); manner++) {
			struct run run = { .kind = kind,
					   .rule = rules[rule],
					   .manner = manners[manner],
					   .serial = serial,
					   .amount = OURS };
			int last = run_count(run);

			for (int at = 1; at <= last; at++) {
				run.kill_at = at;
				run_play(&run);
			}
		}
}

static void test_killed(void **state)
{
	(void)state;
	wrongs = 0;
	play_kills(OP_PAYMENT, true);
	play_kills(OP_PAYMENT, false);
	play_kills(OP_REVERSAL, true);
	play_kills(OP_REVERSAL, false);
	play_kills(OP_REFUND, false);
	play_kills(OP_TERMINAL_DAY_END, true);
	assert_int_equal(wrongs, 0);
}

/* The disk fails before anything was sent, and before the result is answered:
 * then the terminal has to reverse, whatever its rule. */
static void test_disk_fails(void **state)
{
	(void)state;
	wrongs = 0;
	for (size_t rule = 0; rule < COUNT(rules); rule++)
		for (int at = 1; at <= 3; at++)
			for (int serial = 0; serial < 2; serial++) {
				struct run run = { .kind = OP_PAYMENT,
						   .rule = rules[rule],
						   .manner = manners[0],
						   .serial = serial,
						   .amount = OURS,
						   .harmless = at > 2,
						   .disk_fails_at = at };

				run_play(&run);
			}
	assert_int_equal(wrongs, 0);
}

/* 5.2: amounts whose checksum has a 10 in it, or reads 10 03, or 10 10; and
 * one with a 10 of its own. */
static void test_checksums(void **state)
{
	static const int64_t amounts[] = { 230, 228, 25308, 45974, 1010 };

	(void)state;
	wrongs = 0;
	for (size_t i = 0; i < COUNT(amounts); i++) {
		struct run run = { .kind = OP_PAYMENT,
				   .rule = rules[0],
				   .manner = manners[0],
				   .serial = true,
				   .amount = amounts[i] };
		int last = run_count(run);

		for (size_t fault = 0; fault < COUNT(faults); fault++)
			if (faults[fault].harmless &&
			    faults[fault].lines & SERIAL)
				play_fault(&run, &faults[fault], last);
	}
	assert_int_equal(wrongs, 0);
}

/* 7.3: a wish at any moment, with terminals that take it, never do, do not
 * answer it, or take it and go on all the same. */
static void test_called_off(void **state)
{
	static const char *const policies[] = { "abort=until-host",
						"abort=always-8483",
						"abort=ignore",
						"abort=too-late-approves" };

	(void)state;
	wrongs = 0;
	for (size_t policy = 0; policy < COUNT(policies); policy++)
		for (int64_t ms = 1; ms < 1200; ms += ms < 40 ? 3 : 50)
			for (int serial = 0; serial < 2; serial++) {
				struct run run = { .kind = OP_PAYMENT,
						   .rule = rules[0],
						   .manner = policies[policy],
						   .serial = serial,
						   .amount = OURS,
						   .abort_ms = ms };

				run_play(&run);
			}
	assert_int_equal(wrongs, 0);
}

/* It breaks, and then it breaks again while that is being found out. */
static void test_breaks_again(void **state)
{
	static const char *const firsts[] = { "close at 3", "close at 6",
					      "silent at 7",
					      "power cut 3000 at 7" };
	static const char *const seconds[] = {
		"close at 1",	   "close at 2",      "lose reply at 1",
		"lose reply at 2", "lose reply at 3", "power cut 9000 at 2",
		"silent at 3",	   "late 7000 at 2"
	};

	(void)state;
	wrongs = 0;
	for (size_t rule = 0; rule < COUNT(rules); rule++)
		for (size_t i = 0; i < COUNT(firsts); i++)
			for (size_t j = 0; j < COUNT(seconds); j++) {
				struct run run = { .kind = OP_PAYMENT,
						   .rule = rules[rule],
						   .manner = manners[0],
						   .amount = OURS,
						   .command = firsts[i],
						   .second = seconds[j] };

				run_play(&run);
			}
	assert_int_equal(wrongs, 0);
}

/* And any of all this together, the same every time. */
static void test_at_random(void **state)
{
	uint32_t seed = 20261122;
	char first[64], second[64];

	(void)state;
	wrongs = 0;
	for (int i = 0; i < 600; i++) {
		const struct fault *a, *b;
		struct run run = { .amount = OURS };
		uint32_t bits;

		seed = seed * 1664525 + 1013904223;
		bits = seed >> 3;
		a = &faults[bits % COUNT(faults)];
		b = &faults[bits / 32 % COUNT(faults)];
		run.serial = a->lines & b->lines & SERIAL;
		/* one that acknowledges each enquiry and answers none is
		 * given up in the end: then nothing is known */
		if (!(a->lines & b->lines) || strstr(b->command, "200000"))
			continue;
		run.kind = bits >> 12 & 1 ? OP_PAYMENT : OP_REVERSAL;
		run.rule = rules[bits >> 13 & 1 ? 0 : 1 + (bits >> 14 & 1)];
		run.manner = manners[(bits >> 15) % COUNT(manners)];
		run_make_command(first, a, 1 + (int)(bits >> 17 & 31) % 28);
		run_make_command(second, b, 1 + (int)(bits >> 22 & 3));
		run.command = first;
		run.second = second;
		run.kill_at = bits >> 24 & 1 ? (int)(bits >> 25 & 15) + 1 : 0;
		run_play(&run);
	}
	assert_int_equal(wrongs, 0);
}

/* TCP: cut anywhere, and byte by byte on a serial line too. */
static void test_pieces(void **state)
{
	char manner[64];

	(void)state;
	wrongs = 0;
	for (int split = 1; split < 90; split++)
		for (int serial = 0; serial < 2; serial++) {
			struct run run = { .kind = OP_PAYMENT,
					   .rule = rules[0],
					   .manner = manner,
					   .serial = serial,
					   .amount = OURS,
					   .harmless = true };

			snprintf(manner, sizeof(manner), "split=%d", split);
			run_play(&run);
		}
	assert_int_equal(wrongs, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_payment_serial),
		cmocka_unit_test(test_payment_tcp),
		cmocka_unit_test(test_reversal_serial),
		cmocka_unit_test(test_reversal_tcp),
		cmocka_unit_test(test_refund),
		cmocka_unit_test(test_day_end),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_disk_fails),
		cmocka_unit_test(test_checksums),
		cmocka_unit_test(test_called_off),
		cmocka_unit_test(test_breaks_again),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_at_random),
	};

	log_set_level(LOG_LEVEL_ERROR); /* the lines are long and many */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
