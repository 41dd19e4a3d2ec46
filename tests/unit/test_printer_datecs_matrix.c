/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every fault at every request of a receipt and of the slips, in both dialects:
 * the Datecs driver in the real framework against tillsim's model, in virtual
 * time. A document is all of it or cancelled, and nothing is left open; what
 * really came is in the model's account (docs/protocols.md 4.7, 4.10 and 4.13).
 */
#include "datecs_matrix.h"
#include "receipt_maker.h"

#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define REQUESTS_MAX 128
#define FINISH_MS    (60 * 60 * 1000)
#define SETTLE_MS    (5 * 60 * 1000)
#define HELP_MS	     (10 * 60 * 1000)

/* --- of what --- */

static struct op make_receipt(void)
{
	struct op op = { .kind = OP_RECEIPT, .id = "op" };

	op.receipt = maker_receipt(
		"{'lines': [{'name': 'Apples', 'price': 200, 'vat': 'D',"
		" 'discount': {'percent': '10'}},"
		" {'name': 'Pears', 'price': 300, 'vat': 'B',"
		" 'quantity': '0.5', 'unit': 'kg'}, {'void': 1},"
		" {'name': 'Nuts', 'price': 450, 'vat': 'B'}],"
		" 'discounts': [{'amount': 20}],"
		" 'payments': [{'kind': 'card', 'amount': 100},"
		" {'kind': 'cash', 'amount': 500}],"
		" 'footer': ['Thank you', 'Come again']}");
	return op;
}

static struct op make_cash_out(void)
{
	return (struct op){ .kind = OP_CASH_SLIP,
			    .id = "op",
			    .cash = { .out = true, .amount = 700 } };
}

static struct op make_text(void)
{
	struct op op = { .kind = OP_PRINT_TEXT, .id = "op" };

	op.print.lines = maker_json("['Hello', 'there']");
	return op;
}

static struct op make_return(void)
{
	struct op op = { .kind = OP_GOODS_RETURN,
			 .id = "op",
			 .goods = { .amount = 700,
				    .cash = 500,
				    .original = { 2, "2026-11-22T09:30:05",
						  "02500002" } } };
	json_t *lines = maker_json("{'lines': [{'name': 'Pears', 'price': 300,"
				   " 'vat': 'D'}, {'name': 'Nuts',"
				   " 'price': 400, 'vat': 'B'}]}");
	struct receipt_fault fault;

	op.goods.receipt = op_return_parse(lines, 700, 500, &fault);
	json_decref(lines);
	return op;
}

struct paper {
	const char *name;
	struct op (*make)(void);
	const char *told;	  /* of it, however it was found out; or NULL */
	const char *kind;	  /* of its document, in the account */
	int first, payment, last; /* commands; payment 0: none */
	bool vague;		  /* cleaned up, a part of it is on paper */
	bool x_only;
	bool alone; /* what others sell moves none of its counters */
};

static const struct paper papers[] = {
	{ "receipt", make_receipt,
	  "{'total': 580, 'paid': 600, 'change': 20, 'cash': 480,"
	  " 'rates': [{'rate': 'B', 'gross': 580, 'vat': 97}]}",
	  "receipt", 48, 53, 56, .alone = false },
	{ "storno", make_return, "{'amount': 700, 'cash': 500}", "storno", 43,
	  53, 56, .x_only = true },
	{ "cash out", make_cash_out, "{'amount': 700}", "cash-out", 70, 0, 70,
	  .alone = true },
	{ "text", make_text, NULL, "plain", 38, 0, 39, .vague = true },
};

/* --- what goes wrong --- */

enum harm {
	HARM_NONE,   /* it goes on as if nothing had been */
	HARM_BEFORE, /* line or printer or daemon go, and it isn't done... */
	HARM_AFTER,  /* ...and it is done */
	HARM_PEOPLE, /* until somebody helps */
};

struct fault {
	const char *name;
	const char *words; /* to the model, right before the request */
	enum harm harm;
	const char *help;
	const char *option;
	const char *later; /* what others do before the line is back */
	bool deaf, kill, undelivered;
	bool either; /* it may be cancelled before it goes on */
};

/* clang-format off */
static const struct fault faults[] = {
	{ "request lost", "lose request", HARM_NONE, .help = NULL },
	{ "answer lost", "lose reply", HARM_NONE, .help = NULL },
	{ "answer garbled", "corrupt reply", HARM_NONE, .help = NULL },
	{ "a NAK", "nak 1", HARM_NONE, .help = NULL },
	{ "SYN, then silence", "stall", HARM_NONE, .help = NULL },
	{ "blink before", "crash before 0 50", HARM_NONE, .deaf = true },
	{ "blink after", "crash after 0 50", HARM_NONE, .deaf = true },
	{ "blink, goes on", "crash before 0 50", HARM_NONE, .deaf = true,
	  .option = "finishes=yes" },
	{ "power cut before", "crash before 0 3000", HARM_BEFORE, .help = NULL },
	{ "power cut after", "crash after 0 3000", HARM_AFTER, .help = NULL },
	{ "power cut, goes on", "crash before 0 3000", HARM_AFTER,
	  .option = "finishes=yes" },
	{ "power cut, goes on later", "crash before 0 3000", HARM_AFTER,
	  .option = "finishes=later", .either = true },
	{ "unnoticed power cut before", "crash before 0 30000", HARM_BEFORE,
	  .deaf = true },
	{ "unnoticed power cut after", "crash after 0 30000", HARM_AFTER,
	  .deaf = true },
	{ "connection lost before", "hang up before 0 3000", HARM_BEFORE,
	  .help = NULL },
	{ "connection lost after", "hang up after 0 3000", HARM_AFTER,
	  .help = NULL },
	{ "line lost before, another host", "hang up before 0 3000",
	  HARM_BEFORE, .later = "receipt 2.50" },
	{ "line lost after, another host", "hang up after 0 3000", HARM_AFTER,
	  .later = "receipt 2.50" },
	{ "cable out before", "hang up before 0 30000", HARM_BEFORE,
	  .deaf = true },
	{ "cable out after", "hang up after 0 30000", HARM_AFTER,
	  .deaf = true },
	{ "daemon killed before", NULL, HARM_BEFORE, .kill = true,
	  .undelivered = true },
	{ "daemon killed after", NULL, HARM_AFTER, .kill = true },
	{ "daemon killed, and a power cut", "crash after 0 3000", HARM_AFTER,
	  .kill = true },
	{ "paper out", "paper out", HARM_PEOPLE, .help = "paper ok" },
	{ "cover open", "cover open", HARM_PEOPLE,
	  .help = "cover closed" },
};
/* clang-format on */

/* --- one run --- */

struct run {
	const struct paper *paper;
	const struct fault *fault; /* NULL: none */
	struct datecs_kind kind;
	int strike_at;
	int requests;
	int commands[REQUESTS_MAX];
	bool struck;
	bool hidden; /* others have moved the counters */
};

static bool run_watch(struct shop *shop, const uint8_t *data, size_t len)
{
	struct run *run = shop->arg;
	int at = run->requests++;

	if (at < REQUESTS_MAX)
		run->commands[at] = datecs_kind_command(&run->kind, data, len);
	if (!run->fault || at != run->strike_at)
		return true;
	run->struck = true;
	if (run->fault->words)
		shop_do(shop, run->fault->words);
	shop->killed |= run->fault->kill;
	return !run->fault->undelivered;
}

/* A printer with an open document tells others to come again. */
static void run_others(struct run *run, struct shop *shop)
{
	char *objection;

	run->hidden = false;
	if (!run->fault || !run->fault->later || !run->struck)
		return;
	shop_wait(shop, 1000);
	objection = shop->model->class->command(shop->model, run->fault->later);
	run->hidden = !objection && !run->paper->alone;
	free(objection);
}

static void run_help(struct run *run, struct shop *shop)
{
	if (!run->fault || !run->fault->help || !run->struck)
		return;
	shop_finish(shop, HELP_MS);
	shop_do(shop, run->fault->help);
}

static void run_paper(struct run *run, struct shop *shop)
{
	const struct fault *fault = run->fault;
	struct op op = run->paper->make();
	char options[128];
	struct shop_setup setup;

	snprintf(options, sizeof(options), "speed=%s receipts=3 %s",
		 datecs_kind_speed(&run->kind),
		 fault && fault->option ? fault->option : "");
	setup = datecs_kind_setup(&run->kind, options);
	setup.deaf = fault && fault->deaf;
	shop_init(shop, &setup);
	shop_open(shop);
	run->requests = 0;
	run->struck = false;
	shop->arg = run;
	shop->watch = run_watch;
	shop_start(shop, &op);
	op_clear(&op);
	while (run->fault && !run->struck && !shop->dones)
		shop_wait(shop, 10);
	run_others(run, shop);
	run_help(run, shop);
	if (!shop_finish(shop, FINISH_MS))
		fail_msg("%s, %s at %d: no end", run->paper->name,
			 fault ? fault->name : "nothing", run->strike_at);
	shop_wait(shop, SETTLE_MS);
}

/* --- what must come of it --- */

static int run_first(const struct run *run, int command, int from)
{
	for (int i = from; i < run->requests; i++)
		if (run->commands[i] == command)
			return i;
	return -1;
}

struct places {
	int first, payment, last, end;
};

/* The cash is read, too, with the same number as it is moved. */
static struct places run_measure(struct run *run)
{
	struct places places = { .payment = -1 };
	struct shop shop;
	int from;

	run->fault = NULL;
	run_paper(run, &shop);
	if (shop.outcome != OUTCOME_OK)
		fail_msg("%s: %s (%s)", run->paper->name,
			 outcome_name(shop.outcome), reason_name(shop.reason));
	from = run_first(run, 64, 0) + 1; /* the last of the counters */
	places.first = run_first(run, run->paper->first, from);
	if (run->paper->payment)
		places.payment = run_first(run, run->paper->payment, from);
	places.last = run_first(run, run->paper->last, from);
	places.end = run_first(run, 64, places.last) + 1;
	shop_free(&shop);
	return places;
}

/* A classic printer cancels none that is being paid: it goes on there. */
static bool run_is_paid(const struct run *run, const struct places *places)
{
	bool done = run->fault->harm == HARM_AFTER;

	return run->kind.classic && places->payment >= 0 &&
	       (run->strike_at > places->payment ||
		(run->strike_at == places->payment && done));
}

static enum outcome run_expected(const struct run *run,
				 const struct places *places)
{
	bool done = run->fault->harm == HARM_AFTER;

	/* what others sold meanwhile hides what became of ours */
	if (run->hidden &&
	    (run->strike_at + done > places->last ||
	     (run->paper->vague && run->strike_at >= places->first)))
		return OUTCOME_UNKNOWN;
	if (run->fault->harm == HARM_NONE || run->strike_at > places->last)
		return OUTCOME_OK;
	if (run->fault->harm == HARM_PEOPLE)
		return run->strike_at < places->first ? OUTCOME_REFUSED
						      : OUTCOME_OK;
	/* to clean up a text is to close it, and then it is there */
	if (run->strike_at == places->last && (done || run->paper->vague))
		return OUTCOME_OK;
	/* ...before that, a part of it is, and nobody knows which */
	if (run->paper->vague && run->strike_at + done > places->first)
		return OUTCOME_UNKNOWN;
	return run_is_paid(run, places) ? OUTCOME_OK : OUTCOME_FAILED;
}

static int run_printed(const struct run *run, const struct shop *shop)
{
	json_t *account = shop->model->class->account(shop->model);
	const json_t *row;
	int count = 0;
	size_t i;

	json_array_foreach (json_object_get(account, "documents"), i, row) {
		const char *by = json_text(row, "by");

		count += !strcmp(json_text(row, "kind"), run->paper->kind) &&
			 (!by || !strcmp(by, "host"));
	}
	json_decref(account);
	return count;
}

/* It is the same as if nothing had been, whatever was found out about it. */
static const char *run_wrong(const struct run *run, const struct shop *shop)
{
	const char *wrong;

	if (shop->outcome != OUTCOME_OK || !run->paper->told)
		return NULL;
	wrong = maker_told(shop->result, run->paper->told, !run->hidden);
	/* the fourth of that day, if it is told */
	return wrong ? wrong
		     : maker_told(shop->result, "{'number': 4, 'day': 5}",
				  false);
}

static int breaches;

static void run_check(const struct run *run, const struct shop *shop,
		      const struct places *places)
{
	enum outcome expected = run_expected(run, places);
	bool late = run->fault->harm == HARM_PEOPLE &&
		    run->strike_at < places->first;
	int printed = run_printed(run, shop);
	const char *wrong = run_wrong(run, shop);
	bool good =
		shop->dones == 1 && device_state(shop->device) == DEVICE_READY;

	/* paper may run out when it was asked already whether it can print */
	good &= shop->outcome == expected ||
		(late && shop->outcome == OUTCOME_OK) ||
		(run->fault->either && (shop->outcome == OUTCOME_OK ||
					shop->outcome == OUTCOME_FAILED));
	good &= printed == (shop->outcome == OUTCOME_OK) ||
		shop->outcome == OUTCOME_UNKNOWN;
	good &= !shop_number(shop, "receipt_open") &&
		!shop_number(shop, "duplicates");
	if (good && !wrong)
		return;
	breaches++;
	print_error("%s, %s, %s at %d (%d): %d times %s (%s), not %s; "
		    "printed %d%s%s%s\n",
		    datecs_kind_name(&run->kind), run->paper->name,
		    run->fault->name, run->strike_at,
		    run->commands[run->strike_at], shop->dones,
		    outcome_name(shop->outcome), reason_name(shop->reason),
		    outcome_name(expected), printed,
		    shop_number(shop, "receipt_open") ? ", left open" : "",
		    wrong ? ", told wrongly: " : "", wrong ? wrong : "");
}

static void matrix(const struct datecs_kind *kind)
{
	breaches = 0;
	for (size_t i = 0; i < COUNT(papers); i++) {
		struct run run = { .paper = &papers[i], .kind = *kind };
		struct places places;

		if (papers[i].x_only && kind->classic)
			continue;
		places = run_measure(&run);

		for (size_t f = 0; f < COUNT(faults); f++)
			for (run.strike_at = 0; run.strike_at < places.end;
			     run.strike_at++) {
				struct shop shop;

				run.fault = &faults[f];
				run_paper(&run, &shop);
				run_check(&run, &shop, &places);
				shop_free(&shop);
			}
	}
	assert_int_equal(breaches, 0);
}

int main(void)
{
	return datecs_matrix_run("printer_datecs_matrix", matrix);
}
