/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver "zvt-terminal" and the model of a terminal, with every fault at
 * every message, for each rule by which terminals book (protocols/zvt.md 8
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
	snprintf(out, 256, "%s, booking=%s %s, %s, \"%s\", killed at %d",
		 op_kind_name(run->kind), run->rule, run->manner,
		 run->serial ? "serial" : "TCP",
		 run->command ? run->command : "", run->kill_at);
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

/* What the driver told is what the terminal has booked. */
static void run_judge(const struct run *run, struct zvt_world *world,
		      const char *what)
{
	int64_t net = zvt_world_net(world, run->amount);
	bool ok = world->outcome == OUTCOME_OK;

	if (world->outcome == OUTCOME_UNKNOWN)
		run_complain("%s: unknown (%s)", what, reason_name(world->reason));
	if (net != (run->kind == OP_PAYMENT ? ok : !ok))
		run_complain("%s: told %s (%s), but booked is %d", what,
			 outcome_name(world->outcome),
			 reason_name(world->reason), (int)net);
	if (run->harmless && !ok)
		run_complain("%s: told %s (%s)", what, outcome_name(world->outcome),
			 reason_name(world->reason));
	zvt_world_expect_manners(world, what);
}

static void run_begin(const struct run *run, struct zvt_world *world)
{
	if (run->kind == OP_PAYMENT)
		zvt_world_pay(world, run->amount);
	else
		zvt_world_reverse(world, world->result);
}

/* ZVT_WORLD_RUN="serial, \"silent at 1\"": only runs with that in their name. */
static bool run_is_wanted(const char *what)
{
	const char *wanted = getenv("ZVT_WORLD_RUN");

	return !wanted || strstr(what, wanted);
}

static void run_play(struct run *run)
{
	char options[128], what[256];
	struct zvt_world world;

	run_tell(run, what);
	if (run->command && !run_is_wanted(what))
		return;
	snprintf(options, sizeof(options), "booking=%s %s", run->rule,
		 run->manner);
	zvt_world_start(&world, run->serial, options, NULL, 0);
	run_expect_good_payment(&world, BEFORE, what);
	if (run->kind == OP_REVERSAL)
		run_expect_good_payment(&world, run->amount, what);
	world.when_committed = run->command;
	world.kill_at = 0;
	run_begin(run, &world);
	world.kill_at = run->kill_at;
	world.heard = 0;
	world.saves = 0;
	world.disk_fails_at = run->disk_fails_at;
	zvt_world_settle(&world);
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

static void play_fault(const struct run *at, const struct fault *fault)
{
	int last = run_count(*at);
	char command[64];

	for (int i = 1; i <= last; i++) {
		struct run run = *at;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(command, sizeof(command), fault->command, i);
#pragma GCC diagnostic pop
		run.command = command;
		run.harmless = fault->harmless;
		run_play(&run);
	}
}

static void play_faults(enum op_kind kind, bool serial)
{
	for (size_t rule = 0; rule < COUNT(rules); rule++)
		for (size_t manner = 0; manner < COUNT(manners); manner++)
			for (size_t i = 0; i < COUNT(faults); i++) {
				struct run run = { .kind = kind,
						   .rule = rules[rule],
						   .manner = manners[manner],
						   .serial = serial,
						   .amount = OURS };

				if (faults[i].lines & (serial ? SERIAL : TCP))
					play_fault(&run, &faults[i]);
			}
}

static void test_payment_serial(void **state)
{
	(void)state;
	wrongs = 0;
	play_faults(OP_PAYMENT, true);
	assert_int_equal(wrongs, 0);
}

static void test_payment_tcp(void **state)
{
	(void)state;
	wrongs = 0;
	play_faults(OP_PAYMENT, false);
	assert_int_equal(wrongs, 0);
}

static void test_reversal_serial(void **state)
{
	(void)state;
	wrongs = 0;
	play_faults(OP_REVERSAL, true);
	assert_int_equal(wrongs, 0);
}

static void test_reversal_tcp(void **state)
{
	(void)state;
	wrongs = 0;
	play_faults(OP_REVERSAL, false);
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
	assert_int_equal(wrongs, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_payment_serial),
		cmocka_unit_test(test_payment_tcp),
		cmocka_unit_test(test_reversal_serial),
		cmocka_unit_test(test_reversal_tcp),
		cmocka_unit_test(test_killed),
	};

	log_set_level(LOG_LEVEL_ERROR); /* the lines are long and many */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
