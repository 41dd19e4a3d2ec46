/* SPDX-License-Identifier: Apache-2.0 */
#include "core/receipt.h"

#include "core/action_private.h"
#include "core/cash.h"
#include "core/release.h"
#include "core/session.h"
#include "core/takings.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/json.h"
#include "util/message.h"
#include "util/money.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* What is planned of a document: what it comes to, and does to the cash. */
struct receipt_plan {
	struct takings takings;
	struct shift_step step;
};

static enum problem receipt_fail(const char *field, const char *detail,
				 json_t **out_extra)
{
	*out_extra = json_put_text(json_make(), "field", field);
	json_put_text(*out_extra, "detail", detail);
	return PROBLEM_BAD_BODY;
}

/* --- receipts --- */

static enum problem receipt_read(struct attempt *attempt, enum op_kind kind,
				 json_t **out_extra)
{
	struct receipt_fault fault;

	attempt->op.kind = kind;
	attempt->op.receipt = receipt_parse(attempt->params, &fault);
	return attempt->op.receipt
		       ? PROBLEMS
		       : receipt_fail(fault.field, fault.detail, out_extra);
}

enum problem receipt_build(struct attempt *attempt, json_t **out_extra)
{
	return receipt_read(attempt, OP_RECEIPT, out_extra);
}

enum problem receipt_build_invoice(struct attempt *attempt, json_t **out_extra)
{
	return receipt_read(attempt, OP_INVOICE, out_extra);
}

/* The printer would refuse it, here and at any time. */
static enum problem receipt_refuse(const struct receipt_fault *fault,
				   const struct receipt_sums *sums,
				   json_t **out_extra)
{
	*out_extra = json_put_text(json_make(), "field", fault->field);
	json_put_text(*out_extra, "detail", fault->detail);
	if (sums)
		json_put_int(*out_extra, "total", sums->total);
	return PROBLEM_RECEIPT_UNPRINTABLE;
}

/* It has not told its rules since the daemon started; in other hands, that is
 * why. */
static enum problem receipt_not_ready(struct attempt *attempt,
				      const struct fixture *fixture,
				      json_t **out_extra)
{
	enum problem why =
		release_problem(attempt->core, fixture->device, out_extra);

	if (why != PROBLEMS)
		return why;
	*out_extra = action_device_extra(attempt->core, fixture->device,
					 device_reason(fixture->device));
	return PROBLEM_DEVICE_NOT_READY;
}

/* What it comes to by the printer's own rules. */
static enum problem receipt_reckon_here(struct attempt *attempt,
					struct receipt_sums *out_sums,
					json_t **out_extra)
{
	const struct fixture *fixture =
		core_fixture(attempt->core, attempt->till, DEVICE_PRINTER);
	const struct receipt_rules *rules = device_rules(fixture->device);
	struct receipt_fault fault;

	if (!rules)
		return receipt_not_ready(attempt, fixture, out_extra);
	if (receipt_reckon(attempt->op.receipt, rules, out_sums, &fault))
		return PROBLEMS;
	return receipt_refuse(&fault, NULL, out_extra);
}

/* Rights for the cash that moves, and for going past a limit with it. */
static enum problem receipt_plan_cash(struct attempt *attempt,
				      const struct action_by *by,
				      struct receipt_plan *plan,
				      json_t **out_extra)
{
	enum cash_kind kind;
	int64_t amount;

	if (!takings_movement(&plan->takings, &kind, &amount))
		return PROBLEMS;
	return cash_plan_witnessed(attempt, by, kind, amount, &plan->step,
				   out_extra);
}

/* How much it is and, where cash leaves the drawer with it, how much of that:
 * whoever consents has to know both. */
static void receipt_say(struct attempt *attempt, const struct policy_till *till,
			const struct takings *takings)
{
	struct action_words *words = &attempt->words;
	char out[MONEY_TEXT_SIZE];

	if (takings->cash >= 0) {
		session_say(attempt, till, N_(" of %1$s"), takings->total,
			    NULL);
		return;
	}
	money_format(-takings->cash, till->currency, out);
	session_say(attempt, till,
		    N_(" of %1$s, %2$s in cash out of the drawer,"),
		    takings->total, out);
	text_copy(words->details[1], PROMPT_LINE_SIZE, "out of the drawer:");
	text_copy(words->details[2], PROMPT_LINE_SIZE, out);
}

static struct receipt_plan *receipt_plan_new(struct attempt *attempt,
					     const struct takings *takings)
{
	struct receipt_plan *plan = ALLOC_NEW(struct receipt_plan);

	action_set_plan(attempt, plan, free);
	plan->takings = *takings;
	attempt->amount = takings->total;
	return plan;
}

enum problem receipt_plan(struct attempt *attempt, const struct action_by *by,
			  json_t **out_extra)
{
	struct receipt_sums sums = { 0 };
	struct takings takings = { 0 };
	enum problem why = receipt_reckon_here(attempt, &sums, out_extra);

	if (why != PROBLEMS)
		return why;
	takings.total = sums.total;
	takings.cash = receipt_cash(&sums);
	takings.tendered = sums.tendered;
	receipt_say(attempt, by->till, &takings);
	return receipt_plan_cash(
		attempt, by, receipt_plan_new(attempt, &takings), out_extra);
}

/* --- goods that come back, and money for them --- */

static const struct return_row {
	const char *of; /* the document that it corrects */
	enum object object;
	enum object correction;
} return_rows[] = {
	{ "receipt", OBJECT_RECEIPT, OBJECT_RECEIPT_CORRECTION },
	{ "invoice", OBJECT_SALES_INVOICE, OBJECT_INVOICE_CORRECTION },
};

enum problem return_build(struct attempt *attempt, json_t **out_extra)
{
	struct op_return *goods = &attempt->op.goods;

	struct receipt_fault fault;

	attempt->op.kind = OP_GOODS_RETURN;
	goods->amount = json_int(attempt->params, "amount", 0);
	goods->cash = json_int(attempt->params, "cash", 0);
	if (goods->cash > goods->amount)
		return receipt_fail("cash", "It is more than the amount.",
				    out_extra);
	if (!op_original_parse(attempt->params, &goods->original))
		return receipt_fail(
			"original.time",
			"It has to be a time such as 2026-11-22T10:30:00.",
			out_extra);
	if (!json_object_get(attempt->params, "lines"))
		return PROBLEMS;
	goods->receipt = op_return_parse(attempt->params, goods->amount,
					 goods->cash, &fault);
	return goods->receipt
		       ? PROBLEMS
		       : receipt_fail(fault.field, fault.detail, out_extra);
}

/* Its total and what is paid are both the amount, as it is asked for. */
static void return_name_amount(struct receipt_fault *fault)
{
	if (!strcmp(fault->field, "total") || !strcmp(fault->field, "payments"))
		receipt_fault_set(fault, "It is not what the lines come to.",
				  "amount");
}

/* Where the printer has it line by line, with the document that it corrects. */
static enum problem return_reckon(struct attempt *attempt,
				  const struct receipt_rules *rules,
				  json_t **out_extra)
{
	const struct op_return *goods = &attempt->op.goods;
	struct receipt_fault fault = { .field = "" };
	struct receipt_sums sums;

	if (!goods->receipt)
		receipt_fault_set(&fault,
				  "The lines are needed by this printer.",
				  "lines");
	else if (!goods->original.number)
		receipt_fault_set(&fault, "It is needed by this printer.",
				  "original");
	else if (receipt_reckon(goods->receipt, rules, &sums, &fault))
		return PROBLEMS;
	return_name_amount(&fault);
	return receipt_refuse(&fault, NULL, out_extra);
}

/* Where it prints the amount alone, on a slip: nothing is left out silently. */
static enum problem return_check_slip(const struct op_return *goods,
				      json_t **out_extra)
{
	struct receipt_fault fault;

	if (!goods->receipt && !goods->original.number)
		return PROBLEMS;
	receipt_fault_set(&fault,
			  "This printer's slip of goods that come back has the "
			  "amount alone; leave it out.",
			  goods->receipt ? "lines" : "original");
	return receipt_refuse(&fault, NULL, out_extra);
}

static enum problem return_check(struct attempt *attempt, json_t **out_extra)
{
	const struct fixture *fixture =
		core_fixture(attempt->core, attempt->till, DEVICE_PRINTER);
	const struct receipt_rules *rules = device_rules(fixture->device);

	if (!rules)
		return receipt_not_ready(attempt, fixture, out_extra);
	switch (rules->returns) {
	case RECEIPT_RETURNS_SLIP:
		return return_check_slip(&attempt->op.goods, out_extra);
	case RECEIPT_RETURNS_RECEIPT:
		return return_reckon(attempt, rules, out_extra);
	case RECEIPT_RETURNS_NONE:
		break;
	}
	return PROBLEM_NOT_SUPPORTED;
}

static void return_require_object(enum object object, struct demand *demand)
{
	demand_add(demand, rights_of_object(object, RIGHT_READ));
	demand_add(demand, rights_of_object(object, RIGHT_ADD));
}

static void return_require_all(const char *of, int64_t cash,
			       struct demand *demand)
{
	for (size_t i = 0; i < sizeof(return_rows) / sizeof(return_rows[0]);
	     i++) {
		if (strcmp(return_rows[i].of, of) != 0)
			continue;
		return_require_object(return_rows[i].object, demand);
		return_require_object(return_rows[i].correction, demand);
	}
	if (cash)
		return_require_object(OBJECT_CASH_WITHDRAWAL, demand);
}

void return_require(const json_t *op, struct demand *demand)
{
	const char *of = json_text(op, "of");

	if (of)
		return_require_all(of, json_int(op, "cash", 0), demand);
}

enum problem return_plan(struct attempt *attempt, const struct action_by *by,
			 json_t **out_extra)
{
	const struct op_return *goods = &attempt->op.goods;
	const struct takings takings = { .total = goods->amount,
					 .cash = -goods->cash,
					 .refund = true };
	enum problem why = return_check(attempt, out_extra);

	if (why != PROBLEMS)
		return why;
	receipt_say(attempt, by->till, &takings);
	return_require_all(json_text(attempt->params, "of"), goods->cash,
			   &attempt->demand);
	return receipt_plan_cash(
		attempt, by, receipt_plan_new(attempt, &takings), out_extra);
}

/* --- the rest --- */

/* Of which booking it is, and so how much, is looked up (event_grounds.c). */
enum problem slip_build(struct attempt *attempt, json_t **out_extra)
{
	(void)out_extra;
	attempt->op.kind = OP_CASH_SLIP;
	return PROBLEMS;
}

enum problem print_build(struct attempt *attempt, json_t **out_extra)
{
	(void)out_extra;
	attempt->op.kind = OP_PRINT_TEXT;
	attempt->op.print.lines =
		json_deep_copy(json_object_get(attempt->params, "lines"));
	return PROBLEMS;
}

/* What the printer would find too wide, it is not given. */
enum problem print_plan(struct attempt *attempt, const struct action_by *by,
			json_t **out_extra)
{
	const struct fixture *fixture =
		core_fixture(attempt->core, attempt->till, DEVICE_PRINTER);
	const struct receipt_rules *rules =
		fixture ? device_rules(fixture->device) : NULL;
	CLEANUP_FREE char *detail = NULL;
	struct receipt_fault fault;
	const json_t *line;
	size_t at;

	(void)by;
	json_array_foreach (attempt->op.print.lines, at, line) {
		if (!rules || !rules->text_columns ||
		    text_length(json_string_value(line)) <= rules->text_columns)
			continue;
		detail = alloc_format("It is longer than the %zu characters of "
				      "this printer's lines.",
				      rules->text_columns);
		receipt_fault_set(&fault, detail, "lines[%zu]", at);
		return receipt_refuse(&fault, NULL, out_extra);
	}
	return PROBLEMS;
}

enum problem copy_build(struct attempt *attempt, json_t **out_extra)
{
	(void)out_extra;
	attempt->op.kind = OP_PRINT_COPY;
	attempt->op.print.count = json_int(attempt->params, "count", 1);
	return PROBLEMS;
}

enum problem fiscal_build(struct attempt *attempt, json_t **out_extra)
{
	(void)out_extra;
	attempt->op.kind = OP_FISCAL_READ;
	return PROBLEMS;
}

enum problem clock_build(struct attempt *attempt, json_t **out_extra)
{
	const char *time = json_text(attempt->params, "time");

	attempt->op.kind = OP_CLOCK_SET;
	if (!op_time_is_valid(time))
		return receipt_fail(
			"time", "It has to be a time such as 2026-11-22T10:30.",
			out_extra);
	text_copy(attempt->op.clock.time, OP_TIME_SIZE, time);
	return PROBLEMS;
}

void fiscal_compare_clock(json_t *result, int64_t wall_ms)
{
	const char *shown = json_text(result, "clock");
	char own[CLOCK_MINUTE_SIZE];
	int64_t ahead;

	if (!shown || !clock_compare_minute(shown, wall_ms, &ahead))
		return;
	clock_format_minute(wall_ms, own);
	json_put_text(result, "box_clock", own);
	json_put_int(result, "clock_ahead", ahead);
}

/* What the printer does besides, and nobody tells it not to. */
static bool receipt_opens_drawer(const struct attempt *attempt)
{
	const struct receipt_plan *plan = attempt->plan;
	const struct fixture *fixture =
		core_fixture(attempt->core, attempt->till, DEVICE_PRINTER);
	const struct receipt_rules *rules =
		fixture ? device_rules(fixture->device) : NULL;

	return rules && rules->opens_drawer && plan->takings.cash;
}

void receipt_note(const struct attempt *attempt, json_t *op)
{
	const struct receipt_plan *plan = attempt->plan;

	takings_put(op, &plan->takings);
	json_put_text(op, "of", json_text(attempt->params, "of"));
	if (receipt_opens_drawer(attempt))
		json_put_bool(op, "opens_drawer", true);
}
