/* SPDX-License-Identifier: Apache-2.0 */
/* How an action is said: to people in a sentence, on a display on pages. */
#include "core/action.h"

#include "util/alloc.h"
#include "util/json.h"
#include "util/message.h"
#include "util/money.h"
#include "util/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A payment that was converted is cancelled in the currency of its card. */
static const char *action_currency(const struct op *op,
				   const struct policy_till *till)
{
	return op->kind == OP_REVERSAL && *op->reversal.currency
		       ? op->reversal.currency
		       : till->currency;
}

/* What it moves, in minor units; false if it is not said by a sum. */
static bool action_amount(const struct op *op, int64_t *out_amount)
{
	switch (op->kind) {
	case OP_PAYMENT:
	case OP_REFUND:
		*out_amount = op->payment.amount;
		return true;
	case OP_REVERSAL:
		*out_amount = op->reversal.amount;
		return true;
	case OP_GOODS_RETURN:
		*out_amount = op->goods.amount;
		return true;
	case OP_CASH_SLIP:
		*out_amount = op->cash.amount;
		return true;
	case OP_RECEIPT: /* what it comes to: receipt.c */
	case OP_INVOICE:
	case OP_DRAWER_OPEN:
	case OP_REPORT_X:
	case OP_REPORT_Z:
	case OP_REPORT_BY_DATES:
	case OP_REPORT_BY_NUMBERS:
	case OP_PRINT_TEXT:
	case OP_PRINT_COPY:
	case OP_PRINT_JOB:
	case OP_FISCAL_READ:
	case OP_CLOCK_SET:
	case OP_DISPLAY_SHOW:
	case OP_DISPLAY_CLEAR:
	case OP_TERMINAL_DAY_END:
	case OP_TERMINAL_RECEIPT:
	case OP_TERMINAL_STATUS:
	case OP_TERMINAL_DIAGNOSIS:
	case OP_TERMINAL_INITIALISE:
	case OP_TERMINAL_LOG_OFF:
	case OP_TEST_INTERNAL:
	case OP_TEST_EXTERNAL:
	case OP_TEST_INTERACTIVE:
	case OP_TEST_SCAN:
	case OP_KINDS:
		break;
	}
	return false;
}

#define ACTION_NUMBER_SIZE 24

static json_t *action_what_numbers(const struct op_report *report)
{
	char from[ACTION_NUMBER_SIZE], to[ACTION_NUMBER_SIZE];

	snprintf(from, sizeof(from), "%lld", (long long)report->from_number);
	snprintf(to, sizeof(to), "%lld", (long long)report->to_number);
	return message_new(N_(" from number %1$s to %2$s"), from, to, NULL);
}

/* " of 12.34 EUR", " from 2026-11-01 to 2026-11-22", or NULL. New. */
static json_t *action_what(const struct op *op, const struct policy_till *till)
{
	const struct op_report *report = &op->report;
	char text[MONEY_TEXT_SIZE];
	int64_t amount;

	if (action_amount(op, &amount)) {
		money_format(amount, action_currency(op, till), text);
		return message_new(N_(" of %1$s"), text, NULL);
	}
	if (op->kind == OP_REPORT_BY_DATES)
		return message_new(N_(" from %1$s to %2$s"), report->from_date,
				   report->to_date, NULL);
	if (op->kind == OP_REPORT_BY_NUMBERS)
		return action_what_numbers(report);
	if (op->kind == OP_CLOCK_SET)
		return message_new(N_(" to %1$s"), op->clock.time, NULL);
	return NULL;
}

/* Which way it would be settled is part of what is consented to. */
static const char *action_settling(enum action action, const json_t *params)
{
	const char *outcome = json_text(params, "outcome");

	if (action != ACTION_SETTLE || !outcome)
		return "";
	return strcmp(outcome, "ok") ? N_(" as not happened")
				     : N_(" as happened");
}

static_assert(PROMPT_LINE_SIZE >= MONEY_TEXT_SIZE, "a sum fits");

/* How much, or from when to when; "" for what there is not. */
static void action_put_details(const struct op *op,
			       const struct policy_till *till,
			       char out[PROMPT_DETAILS][PROMPT_LINE_SIZE])
{
	const struct op_report *report = &op->report;
	int64_t amount;

	if (action_amount(op, &amount)) {
		money_format(amount, action_currency(op, till), out[0]);
	} else if (op->kind == OP_REPORT_BY_DATES) {
		snprintf(out[0], PROMPT_LINE_SIZE, "from %s",
			 report->from_date);
		snprintf(out[1], PROMPT_LINE_SIZE, "to %s", report->to_date);
	} else if (op->kind == OP_REPORT_BY_NUMBERS) {
		snprintf(out[0], PROMPT_LINE_SIZE, "from no. %lld",
			 (long long)report->from_number);
		snprintf(out[1], PROMPT_LINE_SIZE, "to no. %lld",
			 (long long)report->to_number);
	} else if (op->kind == OP_CLOCK_SET) {
		text_copy(out[0], PROMPT_LINE_SIZE, op->clock.time);
	}
}

void action_words_of_op(enum action action, const struct op *op,
			const struct policy_till *till, const json_t *params,
			struct action_words *out_words)
{
	const struct action_row *row = action_row(action);
	const char *settling = action_settling(action, params);
	json_t *what = action_what(op, till);

	*out_words = (struct action_words){ .asks = row->asks,
					    .prompt = row->prompt };
	action_put_details(op, till, out_words->details);
	out_words->what = what;
	/* Which way, and of a sum how much; more there is no room for. */
	if (!*settling)
		return;
	out_words->what = message_new("%1$s%2$s", NULL);
	message_add(out_words->what, what);
	message_add(out_words->what, message_new(settling, NULL));
	if (*out_words->details[1])
		*out_words->details[1] = 0;
	else
		memcpy(out_words->details[1], out_words->details[0],
		       PROMPT_LINE_SIZE);
	text_copy(out_words->details[0], PROMPT_LINE_SIZE, settling + 1);
}

void action_words_clear(struct action_words *words)
{
	json_decref(words->what);
	*words = (struct action_words){ 0 };
}

json_t *action_question(const struct action_words *words,
			const struct policy_operator *who,
			const struct policy_till *till, const char *reason)
{
	json_t *question =
		message_new(reason ? N_("%1$s asks to %2$s%3$s at %4$s (%5$s).")
				   : N_("%1$s asks to %2$s%3$s at %4$s."),
			    who->name, NULL);

	message_add(question, message_new(words->asks, NULL));
	message_add(question, json_incref(words->what));
	message_add(question, json_string(till->name));
	return message_add(question, reason ? json_string(reason) : NULL);
}

void action_prompt(const struct action_words *words,
		   const struct policy_operator *who,
		   const struct policy_till *till,
		   struct prompt_pages *out_pages)
{
	struct prompt_facts facts = {
		.what = words->prompt,
		.who = who->name,
		.where = till->name,
	};

	for (size_t i = 0; i < PROMPT_DETAILS && *words->details[i]; i++)
		facts.details[i] = words->details[i];
	prompt_pages_make(&facts, out_pages);
}
