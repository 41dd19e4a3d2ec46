/* SPDX-License-Identifier: Apache-2.0 */
/* What an action is about, where only the disk knows. */
#include "core/action_private.h"

#include "core/operation.h"
#include "core/receipt.h"

#include "util/alloc.h"
#include "util/json.h"
#include "util/message.h"
#include "util/money.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* --- a payment to cancel --- */

static void action_refuse_payment(struct attempt *attempt, const char *detail,
				  const struct operation_row *reversal)
{
	json_t *extra = json_put_text(json_make(), "detail", detail);

	json_put_text(extra, "reversal", reversal ? reversal->id : NULL);
	action_refuse(attempt, PROBLEM_PAYMENT_NOT_REVERSIBLE, extra);
}

/* Whether the payment is one that may be seen here: of this till, or of
 * another that caller and operator may both see. */
static bool action_sees_payment(struct attempt *attempt,
				const struct operation_row *row)
{
	text_copy(attempt->done_at, sizeof(attempt->done_at),
		  strcmp(row->till, attempt->till) ? row->till : "");
	return !*attempt->done_at ||
	       core_viewed_till(attempt->core, attempt->caller, row->till);
}

/* The id of the terminal that took it; 0 where it told none. */
static int64_t action_terminal_of(const struct operation_row *row)
{
	const char *id = json_text(row->result, "terminal");
	int64_t terminal = id ? strtoll(id, NULL, 10) : 0;

	return terminal > 0 && terminal <= OP_TERMINAL_MAX ? terminal : 0;
}

/*
 * A receipt number is the terminal's own: at another it may be anybody's. So it
 * may at one that stands in its place by now. NULL, or why not.
 */
static const char *action_why_elsewhere(const struct attempt *attempt,
					const struct operation_row *row)
{
	const struct fixture *fixture =
		core_fixture(attempt->core, attempt->till, DEVICE_TERMINAL);
	int64_t there = action_terminal_of(row), here;

	if (!fixture)
		return NULL;
	if (strcmp(device_name(fixture->device), row->device) != 0)
		return "It was taken at another card terminal; "
		       "cancel it at a till that has that one.";
	here = device_terminal(fixture->device);
	return !here || !there || here == there
		       ? NULL
		       : "It was taken at another card terminal, in whose "
			 "place there is this one now; refund it.";
}

/* What a person said of it has no numbers: what the terminal told then was its
 * last booking, which may be anybody's. */
static bool action_is_settled(const struct operation_row *row)
{
	return !strcmp(row->reason, reason_name(REASON_SETTLED));
}

static void action_fill_reversal(const struct operation_row *row,
				 struct op_reversal *out_wanted)
{
	const char *currency = json_text(row->result, "currency");

	*out_wanted = (struct op_reversal){
		.amount = json_int(row->result, "amount", 0),
		.receipt = json_int(row->result, "receipt", -1),
		.trace = json_int(row->result, "trace", -1),
		.terminal = action_terminal_of(row),
	};
	text_copy(out_wanted->currency, sizeof(out_wanted->currency),
		  currency ? currency : "");
}

static void action_take_payment(struct attempt *attempt,
				const struct operation_row *row,
				const struct operation_row *reversal)
{
	struct op_reversal *wanted = &attempt->op.reversal;
	const char *elsewhere = action_why_elsewhere(attempt, row);

	action_fill_reversal(row, wanted);
	if (reversal || row->open || row->outcome != OUTCOME_OK ||
	    wanted->receipt < 0 || wanted->amount <= 0)
		action_refuse_payment(attempt, NULL, reversal);
	else if (action_is_settled(row))
		action_refuse_payment(attempt,
				      "A person said what became of it, so its "
				      "receipt is not known; refund it.",
				      NULL);
	else if (elsewhere)
		action_refuse_payment(attempt, elsewhere, NULL);
	else if (row->closed)
		action_refuse_payment(attempt,
				      "The day of its card terminal has been "
				      "ended since; refund it.",
				      NULL);
	else
		action_decide(attempt);
}

static void action_payment_found(void *arg, int error,
				 const struct operation_row *row,
				 const struct operation_row *reversal)
{
	struct attempt *attempt = arg;

	if (error && error != STORE_E_NOT_FOUND) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
	} else if (error || !action_sees_payment(attempt, row)) {
		action_refuse(attempt, PROBLEM_NOT_FOUND,
			      core_missing("payment", attempt->of));
	} else {
		action_take_payment(attempt, row, reversal);
	}
}

void action_find_payment(struct attempt *attempt)
{
	store_find_payment(attempt->core->store, NULL, attempt->of,
			   action_payment_found, attempt);
}

/* Who consents is told where it was taken, if that was elsewhere. */
enum problem action_plan_cancel(struct attempt *attempt,
				const struct action_by *by, json_t **out_extra)
{
	struct action_words *words = &attempt->words;
	const struct policy_till *till;
	json_t *what = words->what;

	(void)by;
	(void)out_extra;
	if (!*attempt->done_at)
		return PROBLEMS;
	till = policy_till(attempt->core->policy, attempt->done_at);
	if (!till)
		return PROBLEM_NOT_FOUND; /* removed meanwhile */
	words->what = message_new(N_("%1$s, taken at %2$s,"), NULL);
	message_add(words->what, what);
	message_add(words->what, json_string(till->name));
	return PROBLEMS;
}

/* --- a refund of a payment that is named --- */

static bool action_is_refundable(const struct operation_row *row,
				 const struct operation_row *reversal)
{
	return !reversal && !row->open && row->outcome == OUTCOME_OK;
}

static bool action_is_within_payment(const struct attempt *attempt,
				     const struct operation_row *row)
{
	const json_t *told = action_is_settled(row) ? row->op : row->result;

	return attempt->op.payment.amount <= json_int(told, "amount", 0);
}

bool action_is_of_till(const struct attempt *attempt, const char *currency)
{
	const struct policy_till *till =
		policy_till(attempt->core->policy, attempt->till);

	return !currency || !*currency || !till ||
	       money_number(currency) == money_number(till->currency);
}

static bool action_is_in_currency(const struct attempt *attempt,
				  const struct operation_row *row)
{
	return action_is_settled(row) ||
	       action_is_of_till(attempt, json_text(row->result, "currency"));
}

static void action_refunded_found(void *arg, int error,
				  const struct operation_row *row,
				  const struct operation_row *reversal)
{
	struct attempt *attempt = arg;

	if (error == STORE_E_NOT_FOUND) {
		action_refuse(attempt, PROBLEM_NOT_FOUND,
			      core_missing("payment", attempt->of));
	} else if (error) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
	} else if (!action_is_refundable(row, reversal)) {
		action_refuse_payment(attempt, NULL, reversal);
	} else if (!action_is_in_currency(attempt, row)) {
		action_refuse_payment(attempt,
				      "It was taken in another currency; "
				      "refund it without naming it.",
				      NULL);
	} else if (!action_is_within_payment(attempt, row)) {
		action_refuse_payment(attempt, "It is more than was paid.",
				      NULL);
	} else {
		action_decide(attempt);
	}
}

/*
 * What names its payment is given back at most once, whole or in part, by a
 * cancellation or by a refund; one that names none is for what was paid
 * elsewhere, or before.
 */
void action_find_refunded(struct attempt *attempt)
{
	const char *payment = json_text(attempt->params, "payment");

	if (!payment) {
		action_decide(attempt);
		return;
	}
	text_copy(attempt->of, sizeof(attempt->of), payment);
	store_find_payment(attempt->core->store, attempt->till, attempt->of,
			   action_refunded_found, attempt);
}

/* What it brings if it happened, and in whose name that was. */
static void action_note_settled(struct attempt *attempt,
				const struct operation_row *row)
{
	json_decref(attempt->found);
	attempt->found = json_put_text(json_make(), "operator", row->operator);
	json_put(attempt->found, "op", json_deep_copy(row->op));
}

/* What a device is still to tell can't be settled, unless that has been gone
 * for long: then it is given up with that. */
static bool action_is_to_be_told(struct attempt *attempt,
				 const struct operation_row *row)
{
	json_t *extra = NULL;
	int64_t left = 0;

	if (!row->open)
		return false;
	if (operation_is_lost(attempt->core, attempt->of, &left)) {
		if (!left)
			return false;
		extra = json_put_int(json_make(), "retry_after",
				     (left + 999) / 1000);
		json_put_text(extra, "detail",
			      "Its device is not there. If it does not come "
			      "back in time, it can be settled.");
	}
	action_refuse(attempt, PROBLEM_OPERATION_OPEN, extra);
	return true;
}

/* Only what is unknown can be settled, and only at its own till. */
static void action_settled_found(void *arg, int error,
				 const struct operation_row *row)
{
	struct attempt *attempt = arg;

	if (error && error != STORE_E_NOT_FOUND) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
	} else if (!row || strcmp(row->till, attempt->till) != 0) {
		action_refuse(attempt, PROBLEM_NOT_FOUND,
			      core_missing("operation", attempt->of));
	} else if (action_is_to_be_told(attempt, row)) {
		return;
	} else if (!row->open && row->outcome != OUTCOME_UNKNOWN) {
		action_refuse(attempt, PROBLEM_OPERATION_ENDED, NULL);
	} else {
		op_clear(&attempt->op); /* it may be looked at again */
		op_from_json(row->op, &attempt->op);
		text_copy(attempt->device, sizeof(attempt->device),
			  row->device);
		attempt->required = action_required_to_settle(row->action);
		return_require(row->op, &attempt->required);
		action_note_settled(attempt, row);
		action_decide(attempt);
	}
}

void action_find_settled(struct attempt *attempt)
{
	store_find_operation(attempt->core->store, attempt->of,
			     action_settled_found, attempt);
}
