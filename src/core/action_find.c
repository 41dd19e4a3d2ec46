/* SPDX-License-Identifier: Apache-2.0 */
/* What an action is about, where only the disk knows. */
#include "core/action_private.h"

#include "core/receipt.h"

#include "util/json.h"
#include "util/text.h"

#include <string.h>

static void action_payment_found(void *arg, int error,
				 const struct operation_row *row,
				 const struct operation_row *reversal)
{
	struct attempt *attempt = arg;
	struct op_reversal *wanted = &attempt->op.reversal;
	json_t *extra;

	if (error == STORE_E_NOT_FOUND) {
		action_refuse(attempt, PROBLEM_NOT_FOUND,
			      core_missing("payment", attempt->of));
		return;
	}
	if (error) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
		return;
	}
	wanted->amount = json_int(row->result, "amount", 0);
	wanted->receipt = json_int(row->result, "receipt", -1);
	wanted->trace = json_int(row->result, "trace", -1);
	if (reversal || row->open || row->outcome != OUTCOME_OK ||
	    wanted->receipt < 0 || wanted->amount <= 0) {
		extra = json_make();
		json_put_text(extra, "reversal",
			      reversal ? reversal->id : NULL);
		action_refuse(attempt, PROBLEM_PAYMENT_NOT_REVERSIBLE, extra);
		return;
	}
	action_decide(attempt);
}

void action_find_payment(struct attempt *attempt)
{
	store_find_payment(attempt->core->store, attempt->till, attempt->of,
			   action_payment_found, attempt);
}

/* --- a refund of a payment that is named --- */

static bool action_is_refundable(const struct attempt *attempt,
				 const struct operation_row *row,
				 const struct operation_row *reversal)
{
	return !reversal && !row->open && row->outcome == OUTCOME_OK &&
	       attempt->op.payment.amount <= json_int(row->result, "amount", 0);
}

static void action_refunded_found(void *arg, int error,
				  const struct operation_row *row,
				  const struct operation_row *reversal)
{
	struct attempt *attempt = arg;
	json_t *extra;

	if (error == STORE_E_NOT_FOUND) {
		action_refuse(attempt, PROBLEM_NOT_FOUND,
			      core_missing("payment", attempt->of));
	} else if (error) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
	} else if (action_is_refundable(attempt, row, reversal)) {
		action_decide(attempt);
	} else {
		extra = json_make();
		json_put_text(extra, "reversal",
			      reversal ? reversal->id : NULL);
		action_refuse(attempt, PROBLEM_PAYMENT_NOT_REVERSIBLE, extra);
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

/* --- a copy of slips --- */

static void action_slips_found(void *arg, int error,
			       const struct operation_row *row)
{
	struct attempt *attempt = arg;
	const json_t *receipts =
		row ? json_object_get(row->result, "receipts") : NULL;

	if (error && error != STORE_E_NOT_FOUND) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
		return;
	}
	if (!row || strcmp(row->till, attempt->till) != 0 || !receipts) {
		action_refuse(attempt, PROBLEM_NOT_FOUND,
			      core_missing("operation", attempt->of));
		return;
	}
	json_decref(attempt->found);
	attempt->found = json_put_text(json_make(), "operation", row->id);
	json_put_text(attempt->found, "action", row->action);
	json_put_bool(attempt->found, "signature",
		      json_flag(row->result, "signature"));
	json_put(attempt->found, "receipts", json_deep_copy(receipts));
	action_decide(attempt);
}

void action_find_slips(struct attempt *attempt)
{
	store_find_operation(attempt->core->store, attempt->of,
			     action_slips_found, attempt);
}

json_t *action_apply_slips(struct attempt *attempt, const struct action_by *by,
			   struct record *record, json_t *entry)
{
	(void)by;
	(void)record;
	(void)entry;
	return json_incref(attempt->found);
}

/* What it brings if it happened, and in whose name that was. */
static void action_note_settled(struct attempt *attempt,
				const struct operation_row *row)
{
	json_decref(attempt->found);
	attempt->found = json_put_text(json_make(), "operator", row->operator);
	json_put(attempt->found, "op", json_deep_copy(row->op));
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
	} else if (row->open || row->outcome != OUTCOME_UNKNOWN) {
		action_refuse(attempt,
			      row->open ? PROBLEM_OPERATION_OPEN
					: PROBLEM_OPERATION_ENDED,
			      NULL);
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
