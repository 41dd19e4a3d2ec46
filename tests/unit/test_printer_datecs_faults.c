/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every fault at every request of every report, in both dialects: the Datecs
 * driver in the real framework against tillsim's model, in virtual time. What
 * must come of each is in one table (docs/protocols.md 4.10 and 4.13); what
 * really came is in the model's account. There is never a second Z report.
 */
#include "datecs_matrix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define REQUESTS_MAX 64
#define FINISH_MS    (30 * 60 * 1000)
#define SETTLE_MS    (5 * 60 * 1000)

/* --- what is asked, and when --- */

enum stage {
	STAGE_NEEDED,	/* is it able to print? */
	STAGE_SNAPSHOT, /* counters before: they may be missing */
	STAGE_COMMAND,	/* the command itself */
	STAGE_AFTER,	/* counters after */
	STAGES,
};

static const char *const stage_names[STAGES] = { "needed", "snapshot",
						 "command", "after" };

enum strike {
	STRIKE_MODEL,	    /* a command of the model's */
	STRIKE_KILL,	    /* the daemon, once the bytes were delivered */
	STRIKE_KILL_BEFORE, /* ...or before */
	STRIKE_KILL_CUT,    /* ...or, delivered, with the mains */
};

struct expected {
	enum outcome outcome;
	int made; /* by us */
};

#define OK1                   \
	{                     \
		OUTCOME_OK, 1 \
	}
#define FAILED0                   \
	{                         \
		OUTCOME_FAILED, 0 \
	}
#define REFUSED0                   \
	{                          \
		OUTCOME_REFUSED, 0 \
	}
#define UNKNOWN0                   \
	{                          \
		OUTCOME_UNKNOWN, 0 \
	}
#define UNKNOWN1                   \
	{                          \
		OUTCOME_UNKNOWN, 1 \
	}

struct fault {
	const char *name;
	const char *words; /* to the model, right before the request */
	enum strike strike;
	bool deaf;	    /* the cable's end goes without being noticed */
	const char *option; /* of the model, or NULL */
	bool z_only;
	struct expected z[STAGES];
	struct expected other[STAGES]; /* without counters: [0] and [2] */
};

/* clang-format off */
static const struct fault faults[] = {
	/* name, words: Z: needed, snapshot, command, after; others */
	{ "request lost", "lose request", .z = { OK1, OK1, OK1, OK1 },
	  .other = { OK1, OK1, OK1, OK1 } },
	{ "answer lost", "lose reply", .z = { OK1, OK1, OK1, OK1 },
	  .other = { OK1, OK1, OK1, OK1 } },
	{ "answer garbled", "corrupt reply", .z = { OK1, OK1, OK1, OK1 },
	  .other = { OK1, OK1, OK1, OK1 } },
	{ "a NAK", "nak 1", .z = { OK1, OK1, OK1, OK1 },
	  .other = { OK1, OK1, OK1, OK1 } },
	{ "NAK again and again", "nak 12", .z = { FAILED0, OK1, FAILED0, OK1 },
	  .other = { FAILED0, OK1, UNKNOWN0, OK1 } },
	{ "SYN, then silence", "stall", .z = { OK1, OK1, OK1, OK1 },
	  .other = { OK1, OK1, OK1, OK1 } },
	{ "power cut before", "crash before 0 3000",
	  .z = { FAILED0, FAILED0, FAILED0, OK1 },
	  .other = { FAILED0, FAILED0, UNKNOWN0, OK1 } },
	{ "power cut after", "crash after 0 3000",
	  .z = { FAILED0, FAILED0, OK1, OK1 },
	  .other = { FAILED0, FAILED0, UNKNOWN1, OK1 } },
	{ "power cut, goes on afterwards", "crash before 0 3000",
	  .option = "finishes=yes", .z = { FAILED0, FAILED0, OK1, OK1 },
	  .other = { FAILED0, FAILED0, UNKNOWN1, OK1 } },
	{ "connection lost before", "hang up before 0 3000",
	  .z = { FAILED0, FAILED0, FAILED0, OK1 },
	  .other = { FAILED0, FAILED0, UNKNOWN0, OK1 } },
	{ "connection lost after", "hang up after 0 3000",
	  .z = { FAILED0, FAILED0, OK1, OK1 },
	  .other = { FAILED0, FAILED0, OK1, OK1 } },
	{ "unnoticed power cut before", "crash before 0 30000", .deaf = true,
	  .z = { FAILED0, FAILED0, FAILED0, OK1 },
	  .other = { FAILED0, FAILED0, UNKNOWN0, OK1 } },
	{ "unnoticed power cut after", "crash after 0 30000", .deaf = true,
	  .z = { FAILED0, FAILED0, OK1, OK1 },
	  .other = { FAILED0, FAILED0, UNKNOWN1, OK1 } },
	{ "unnoticed power cut, goes on", "crash before 0 30000", .deaf = true,
	  .option = "finishes=yes", .z = { FAILED0, FAILED0, OK1, OK1 },
	  .other = { FAILED0, FAILED0, UNKNOWN1, OK1 } },
	{ "cable out before", "hang up before 0 30000", .deaf = true,
	  .z = { FAILED0, FAILED0, FAILED0, OK1 },
	  .other = { FAILED0, FAILED0, UNKNOWN0, OK1 } },
	{ "cable out after", "hang up after 0 30000", .deaf = true,
	  .z = { FAILED0, FAILED0, OK1, OK1 },
	  .other = { FAILED0, FAILED0, OK1, OK1 } },
	/* quicker than any printer is: the SEQ is gone, and nobody noticed */
	{ "blink before", "crash before 0 50", .deaf = true, .z_only = true,
	  .z = { OK1, OK1, OK1, OK1 } },
	{ "blink after", "crash after 0 50", .deaf = true, .z_only = true,
	  .z = { OK1, OK1, OK1, OK1 } },
	{ "blink, goes on", "crash before 0 50", .deaf = true, .z_only = true,
	  .option = "finishes=yes", .z = { OK1, OK1, OK1, OK1 } },
	{ "blink, goes on later", "crash before 0 50", .deaf = true,
	  .z_only = true, .option = "finishes=later",
	  .z = { OK1, OK1, OK1, OK1 } },
	{ "power cut, goes on later", "crash before 0 3000",
	  .option = "finishes=later", .z = { FAILED0, FAILED0, OK1, OK1 },
	  .other = { FAILED0, FAILED0, UNKNOWN1, OK1 } },
	{ "paper out", "paper out", .z = { REFUSED0, REFUSED0, REFUSED0, OK1 },
	  .other = { REFUSED0, REFUSED0, REFUSED0, OK1 } },
	{ "cover open", "cover open",
	  .z = { REFUSED0, REFUSED0, REFUSED0, OK1 },
	  .other = { REFUSED0, REFUSED0, REFUSED0, OK1 } },
	{ "clock wrong", "clock wrong", .z_only = true,
	  .z = { REFUSED0, REFUSED0, REFUSED0, OK1 } },
	{ "fiscal memory full", "memory full", .z_only = true,
	  .z = { REFUSED0, REFUSED0, REFUSED0, OK1 } },
	{ "the day is over", "day over", .z = { OK1, OK1, OK1, OK1 },
	  .other = { OK1, OK1, OK1, OK1 } },
	{ "another host", "receipt 5.00", .z = { OK1, OK1, OK1, OK1 },
	  .other = { OK1, OK1, OK1, OK1 } },
	{ "a Z report by itself", "z", .z = { OK1, OK1, UNKNOWN1, OK1 },
	  .other = { OK1, OK1, OK1, OK1 } },
	{ "daemon killed", NULL, STRIKE_KILL,
	  .z = { FAILED0, FAILED0, OK1, OK1 },
	  .other = { FAILED0, FAILED0, OK1, OK1 } },
	{ "daemon killed before", NULL, STRIKE_KILL_BEFORE,
	  .z = { FAILED0, FAILED0, FAILED0, OK1 },
	  .other = { FAILED0, FAILED0, UNKNOWN0, OK1 } },
	{ "daemon killed, and a power cut", "crash after 0 3000",
	  STRIKE_KILL_CUT, .z = { FAILED0, FAILED0, OK1, OK1 },
	  .other = { FAILED0, FAILED0, UNKNOWN1, OK1 } },
};
/* clang-format on */

/* --- the reports --- */

struct report {
	const char *name;
	enum op_kind kind;
	bool summary;
	int x, classic;	   /* its command */
	const char *count; /* what the account calls them */
	bool list;	   /* ...which is a list */
};

static const struct report reports[] = {
	{ "Z", OP_REPORT_Z, false, 69, 69, "z_reports", true },
	{ "X", OP_REPORT_X, false, 69, 69, "x_reports", false },
	{ "by dates", OP_REPORT_BY_DATES, false, 94, 94, "periodic", false },
	{ "by dates, short", OP_REPORT_BY_DATES, true, 94, 79, "periodic",
	  false },
	{ "by numbers", OP_REPORT_BY_NUMBERS, false, 95, 73, "periodic",
	  false },
	{ "by numbers, short", OP_REPORT_BY_NUMBERS, true, 95, 95, "periodic",
	  false },
};

static struct op report_op(const struct report *report)
{
	struct op op = { .kind = report->kind, .id = "op" };

	op.report = (struct op_report){ .from_date = "2026-11-01",
					.to_date = "2026-11-21",
					.from_number = 1,
					.to_number = 4,
					.summary = report->summary };
	return op;
}

static int64_t report_count(const struct shop *shop,
			    const struct report *report)
{
	return report->list ? shop_count(shop, report->count)
			    : shop_number(shop, report->count);
}

/* --- one run --- */

struct run {
	const struct report *report;
	const struct fault *fault; /* NULL: none */
	struct datecs_kind kind;
	int strike_at; /* which request */
	int requests;
	int commands[REQUESTS_MAX];
};

static bool run_strike(struct shop *shop, const struct fault *fault)
{
	if (fault->words)
		shop_do(shop, fault->words);
	if (fault->strike != STRIKE_MODEL)
		shop->killed = true;
	return fault->strike != STRIKE_KILL_BEFORE;
}

static bool run_watch(struct shop *shop, const uint8_t *data, size_t len)
{
	struct run *run = shop->arg;
	int at = run->requests++;

	if (at < REQUESTS_MAX)
		run->commands[at] = datecs_kind_command(&run->kind, data, len);
	return !run->fault || at != run->strike_at ||
	       run_strike(shop, run->fault);
}

/* Up to its end, and well past it. */
static void run_report(struct run *run, struct shop *shop)
{
	const struct fault *fault = run->fault;
	struct op op = report_op(run->report);
	char options[128];
	struct shop_setup setup;

	snprintf(options, sizeof(options), "speed=%s zero-z=allow reports=4 %s",
		 datecs_kind_speed(&run->kind),
		 fault && fault->option ? fault->option : "");
	setup = datecs_kind_setup(&run->kind, options);
	setup.deaf = fault && fault->deaf;
	shop_init(shop, &setup);
	shop_open(shop);
	run->requests = 0;
	shop->arg = run;
	shop->watch = run_watch;
	shop_start(shop, &op);
	if (!shop_finish(shop, FINISH_MS))
		fail_msg("no end");
	shop_wait(shop, SETTLE_MS);
	if (device_state(shop->device) != DEVICE_READY)
		fail_msg("not ready again");
}

/* --- the matrix --- */

/* Which of its requests is the command. */
static int run_measure(struct run *run)
{
	int number = run->kind.classic ? run->report->classic : run->report->x;
	struct shop shop;
	int at = 0;

	run_report(run, &shop);
	assert_int_equal(shop.outcome, OUTCOME_OK);
	while (run->commands[at] != number)
		assert_true(++at < REQUESTS_MAX);
	shop_free(&shop);
	return at;
}

static enum stage run_stage(const struct run *run, int command)
{
	if (run->strike_at == command)
		return STAGE_COMMAND;
	if (run->strike_at > command)
		return STAGE_AFTER;
	return run->strike_at < 2 ? STAGE_NEEDED : STAGE_SNAPSHOT;
}

static int breaches;

static void run_check(const struct run *run, const struct shop *shop,
		      enum stage stage)
{
	const struct fault *fault = run->fault;
	bool z = run->report->kind == OP_REPORT_Z;
	bool foreign = fault->words && !strcmp(fault->words, "z");
	struct expected expected = z ? fault->z[stage] : fault->other[stage];
	int64_t made = report_count(shop, run->report) - (z && foreign);

	if (shop->dones == 1 && shop->outcome == expected.outcome &&
	    made == expected.made)
		return;
	breaches++;
	print_error("%s, %s, %s at %d (%s): %d times %s (%s), made %d\n",
		    datecs_kind_name(&run->kind), run->report->name,
		    fault->name, run->strike_at, stage_names[stage],
		    shop->dones, outcome_name(shop->outcome),
		    reason_name(shop->reason), (int)made);
}

static void run_fault(struct run *run, int requests, int command)
{
	bool z = run->report->kind == OP_REPORT_Z;

	if (run->fault->z_only && !z)
		return;
	for (run->strike_at = 0; run->strike_at < requests; run->strike_at++) {
		struct shop shop;

		run_report(run, &shop);
		run_check(run, &shop, run_stage(run, command));
		shop_free(&shop);
	}
}

/* Up to where it has ended. */
static int requests_of(const struct run *run, int command)
{
	/* clock, transaction, last Z, last receipt, day */
	return command + 1 + (run->report->kind == OP_REPORT_Z ? 5 : 0);
}

static void matrix(const struct datecs_kind *kind)
{
	breaches = 0;
	for (size_t r = 0; r < sizeof(reports) / sizeof(*reports); r++) {
		struct run run = { .report = &reports[r], .kind = *kind };
		int command = run_measure(&run);

		for (size_t f = 0; f < sizeof(faults) / sizeof(*faults); f++) {
			run.fault = &faults[f];
			run_fault(&run, requests_of(&run, command), command);
		}
	}
	assert_int_equal(breaches, 0);
}

int main(void)
{
	return datecs_matrix_run("printer_datecs_faults", matrix);
}
