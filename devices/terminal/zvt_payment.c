/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/zvt_private.h"

#include "util/json.h"

#include <stdio.h>
#include <string.h>

#define ZVT_REVERSED_BEFORE 0xb4
#define ZVT_UPDATES	    0xe0
#define ZVT_REBOOTS	    0xfc

#define ZVT_AFTER_END_MS 1000 /* before asking what came of it */

/* --- the end --- */

/* Notes what was told of it, by which a late 04 0F will be known. */
static void zvt_kept_note(struct driver_io *io, enum outcome outcome,
			  const struct zvt_numbers *booked)
{
	struct zvt_state *state = driver_state(io);
	struct zvt_kept *kept = driver_kept(io);

	kept->pending = false;
	switch (outcome) {
	case OUTCOME_OK:
		/* an end of day has no number to be known by */
		if (booked && (booked->receipt >= 0 || booked->trace > 0)) {
			kept->told_ok = true;
			kept->terminal = (int32_t)booked->terminal;
			kept->receipt = (int32_t)booked->receipt;
			kept->trace = booked->trace;
		}
		break;
	case OUTCOME_REFUSED:
	case OUTCOME_FAILED:
		kept->told_not = true;
		kept->told_at = driver_now(io);
		kept->not_at = (int32_t)zvt_terminal_of_op(state);
		kept->reversal = state->op.kind == OP_REVERSAL;
		kept->amount = state->op.kind == OP_REVERSAL
				       ? state->op.reversal.amount
				       : state->op.payment.amount;
		break;
	case OUTCOME_SENT:
	case OUTCOME_UNKNOWN:
		break;
	}
}

static void zvt_state_forget_op(struct zvt_state *state)
{
	state->running = state->committed = state->live = false;
	state->saving = ZVT_SAVING_NONE;
	state->baseline_told = state->baseline_refused = false;
	state->begun_at = 0;
	state->identify = false;
	state->result_told = state->refused = false;
	state->ending = REASON_NONE;
	state->denied = false;
	state->abort_wanted = false;
	state->abort_tries = 0;
	state->told_busy = -1;
	json_decref(state->result);
	state->result = NULL;
	zvt_receipts_clear(&state->receipts);
}

void zvt_finish(struct driver_io *io, enum outcome outcome, enum reason reason,
		json_t *result)
{
	struct zvt_state *state = driver_state(io);
	bool signature = state->receipts.signature;
	json_t *receipts = zvt_receipts_take(&state->receipts);

	if (receipts && !result)
		result = json_make();
	if (signature && receipts)
		json_put_bool(result, "signature", true);
	json_put(result, "receipts", receipts);
	if (state->committed)
		zvt_kept_note(io, outcome, &state->numbers);
	zvt_state_forget_op(state);
	zvt_rest(io);
	driver_done(io, outcome, reason, result);
}

/*
 * 5.3: one terminal reversed its last transaction whatever receipt it was
 * given; so what it says it reversed is compared with what it should have, and
 * where.
 */
static bool zvt_is_other_reversal(const struct op *op,
				  const struct zvt_numbers *numbers)
{
	const struct op_reversal *asked = &op->reversal;

	if (op->kind != OP_REVERSAL)
		return false;
	if (zvt_terminal_differs(numbers->terminal, asked->terminal))
		return true;
	if (numbers->amount >= 0 && numbers->amount != asked->amount)
		return true;
	return numbers->original > 0 && asked->trace > 0 &&
	       numbers->original % ZVT_TRACE_UNIT !=
		       asked->trace % ZVT_TRACE_UNIT;
}

/*
 * A tip makes it more, a partial approval less, a conversion is in another
 * currency: what was approved is told, and that it is not what was asked for.
 */
static void zvt_compare_amount(const struct zvt_state *state,
			       const struct zvt_numbers *numbers,
			       json_t *result)
{
	const struct zvt_settings *settings = &state->settings;
	int64_t asked = state->op.payment.amount;
	bool amount, currency;

	if (state->op.kind != OP_PAYMENT && state->op.kind != OP_REFUND)
		return;
	amount = numbers->amount >= 0 && numbers->amount != asked;
	currency = numbers->currency >= 0 &&
		   numbers->currency != settings->currency;
	if (!amount && !currency)
		return;
	json_put_int(result, "amount_requested", asked);
	json_put_bool(result, "differs", true);
	if (amount && numbers->amount < asked)
		json_put_bool(result, "partial", true);
}

void zvt_finish_approved(struct driver_io *io,
			 const struct zvt_numbers *numbers, json_t *result)
{
	struct zvt_state *state = driver_state(io);

	if (zvt_is_other_reversal(&state->op, numbers)) {
		driver_log(
			io,
			"ANOTHER TRANSACTION WAS REVERSED: asked for receipt "
			"%lld of %lld, trace %lld; the terminal reversed "
			"%lld, trace %lld, as receipt %lld of terminal %lld",
			(long long)state->op.reversal.receipt,
			(long long)state->op.reversal.amount,
			(long long)state->op.reversal.trace,
			(long long)numbers->amount,
			(long long)numbers->original,
			(long long)numbers->receipt,
			(long long)numbers->terminal);
		zvt_finish(io, OUTCOME_UNKNOWN, REASON_WRONG_TRANSACTION,
			   result);
		return;
	}
	zvt_compare_amount(state, numbers, result);
	state->numbers = *numbers;
	zvt_finish(io, OUTCOME_OK, REASON_NONE, result);
}

/* --- the way there --- */

void zvt_payment_prepare(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);

	if (zvt_reversal_is_elsewhere(state)) {
		driver_log(io, "not begun: paid at terminal %08lld, not here",
			   (long long)state->op.reversal.terminal);
		zvt_finish(io, OUTCOME_FAILED, REASON_TERMINAL_EXCHANGED, NULL);
		return;
	}
	state->begun_at = state->terminal;
	state->baseline_told = state->last_told;
	state->baseline_refused = state->last_refused;
	state->baseline = state->last;
	state->result_told = false;
	json_decref(state->result);
	state->result = NULL;
	state->saving = ZVT_SAVING_SENT;
	zvt_evidence_save(io, "sent");
}

static void zvt_payment_saved_sent(struct driver_io *io, int err)
{
	struct zvt_state *state = driver_state(io);

	if (err) {
		driver_log(io, "not begun: its evidence can't be saved: %s",
			   strerror(err < 0 ? -err : err));
		zvt_finish(io, OUTCOME_FAILED, REASON_ABORTED, NULL);
	} else if (state->abort_wanted) {
		zvt_finish(io, OUTCOME_FAILED, REASON_ABORTED, NULL);
	} else {
		zvt_want(io, ZVT_STEP_ORDER, 0);
	}
}

/*
 * Our answer to 04 0F is the vote that lets the booking stand (8.1), so it is
 * given for what is on disk only. What is not, the terminal has to reverse.
 */
static void zvt_payment_saved_result(struct driver_io *io, int err)
{
	struct zvt_state *state = driver_state(io);

	if (err && state->numbers.result == 0) {
		driver_log(io, "not accepted: the result can't be saved: %s",
			   strerror(err < 0 ? -err : err));
		state->refused = true;
		zvt_answer(io, ZVT_NEGATIVE | ZVT_NOT_ACCEPTED);
	} else {
		zvt_answer(io, ZVT_POSITIVE);
	}
}

void zvt_payment_saved(struct driver_io *io, int err)
{
	struct zvt_state *state = driver_state(io);
	enum zvt_saving saving = state->saving;

	state->saving = ZVT_SAVING_NONE;
	switch (saving) {
	case ZVT_SAVING_NONE:
		break;
	case ZVT_SAVING_SENT:
		zvt_payment_saved_sent(io, err);
		break;
	case ZVT_SAVING_RESULT:
		zvt_payment_saved_result(io, err);
		break;
	}
}

void zvt_payment_keep_result(struct driver_io *io,
			     const struct zvt_numbers *numbers, json_t *result)
{
	struct zvt_state *state = driver_state(io);
	bool approved = numbers->result == 0;

	state->result_told = true;
	state->numbers = *numbers;
	state->refused = false;
	json_decref(state->result);
	state->result = result;
	if (approved)
		state->abort_wanted = false;
	state->owed = true;
	state->saving = ZVT_SAVING_RESULT;
	zvt_evidence_save(io, approved ? "result-ok" : "result-bad");
}

/*
 * Where the terminal told no booking before, the answer to that question may
 * still have been on its way: what is refused now may be that, and the payment
 * going on. So the terminal is asked once more; if it has nothing to tell then
 * either, the refusal stands.
 */
static bool zvt_payment_is_looked_into(struct driver_io *io, enum reason reason,
				       int code)
{
	struct zvt_state *state = driver_state(io);

	if (state->baseline_told || state->result_told)
		return false;
	state->ending = reason;
	state->denied = true;
	state->denied_code = code;
	zvt_find_begin(io, ZVT_AFTER_END_MS);
	return true;
}

void zvt_payment_take_refusal(struct driver_io *io, uint8_t error)
{
	json_t *result;

	if (zvt_payment_is_looked_into(io, zvt_text_answer_reason(error),
				       error))
		return;
	result = json_make();
	zvt_result_put_code(result, error);
	zvt_finish(io, OUTCOME_REFUSED, zvt_text_answer_reason(error), result);
}

/*
 * 8.5: what is asked for has been done before, by an attempt of which nothing
 * is known any more or by hand. So the money is back; and somebody should look.
 */
static void zvt_payment_was_reversed(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);
	json_t *result = state->result ? state->result : json_make();

	state->result = NULL;
	zvt_result_put_code(result, ZVT_REVERSED_BEFORE);
	if (zvt_reversal_is_elsewhere(state)) { /* its own, not ours */
		zvt_finish(io, OUTCOME_REFUSED, REASON_TERMINAL_EXCHANGED,
			   result);
		return;
	}
	driver_log(io, "receipt %lld was reversed before, and not by us",
		   (long long)state->op.reversal.receipt);
	json_put_bool(result, "reversed_before", true);
	json_put_int(result, "amount", state->op.reversal.amount);
	zvt_finish(io, OUTCOME_OK, REASON_NONE, result);
}

/* The terminal said no: the code of its last 04 0F, else of how it ended. */
static void zvt_payment_refused(struct driver_io *io, int code)
{
	struct zvt_state *state = driver_state(io);
	json_t *result = state->result;
	enum reason reason;

	if (state->result_told && state->numbers.result > 0)
		code = (int)state->numbers.result;
	reason = zvt_text_reason((uint8_t)code);
	if (reason == REASON_CUSTOMER_ABORTED && state->abort_tries)
		reason = REASON_ABORTED; /* it was we who wished it */
	if (reason == REASON_ALREADY_REVERSED &&
	    state->op.kind == OP_REVERSAL) {
		zvt_payment_was_reversed(io);
		return;
	}
	if (reason == REASON_NONE)
		reason = REASON_DEVICE_REFUSED;
	if (zvt_payment_is_looked_into(io, reason, code))
		return;
	state->result = NULL;
	if (!result)
		result = json_make();
	zvt_result_put_code(result, code);
	zvt_finish(io, OUTCOME_REFUSED, reason, result);
}

/* 5.4: after its end of day it goes away for a while. */
static bool zvt_payment_is_farewell(struct zvt_state *state, int code)
{
	bool farewell = state->op.kind == OP_TERMINAL_DAY_END &&
			(code == ZVT_UPDATES || code == ZVT_REBOOTS);

	if (farewell && state->result)
		json_put_text(state->result, "then",
			      code == ZVT_UPDATES ? "update" : "restart");
	return farewell;
}

/*
 * Approved is what an approving 04 0F said and the end did not take back; not
 * approved, what both say. Anything else the terminal has to tell once more.
 */
void zvt_payment_take_end(struct driver_io *io, bool aborted, int code)
{
	struct zvt_state *state = driver_state(io);
	bool approved = state->result_told && state->numbers.result == 0;
	bool denied = state->result_told && state->numbers.result > 0;
	json_t *result = state->result;

	if (!aborted && zvt_payment_is_farewell(state, code))
		code = 0;
	if (approved && !aborted && code <= 0 && !state->refused) {
		state->result = NULL;
		zvt_finish_approved(io, &state->numbers, result);
	} else if (denied || (!approved && (aborted || code > 0))) {
		zvt_payment_refused(io, code);
	} else {
		driver_log(io, "the terminal's end contradicts its result");
		state->ending = state->refused || code <= 0
					? REASON_ABORTED
					: zvt_text_reason((uint8_t)code);
		zvt_find_begin(io, ZVT_AFTER_END_MS);
	}
}
