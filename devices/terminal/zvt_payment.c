/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/zvt_private.h"

#include "util/json.h"

#include <stdio.h>
#include <string.h>

#define ZVT_TYPE_TERMINAL 0x40 /* payment type: the terminal decides */

#define ZVT_AFTER_END_MS 1000 /* before asking what came of it */

/* --- the result, as the API has it --- */

static void zvt_result_put_text(json_t *result, const char *key,
				struct cursor text, const char *page)
{
	struct buf utf8 = BUF_INIT(1024);

	zvt_text_add(&utf8, text, page);
	while (utf8.len && utf8.data[utf8.len - 1] == ' ')
		utf8.data[--utf8.len] = '\0';
	if (utf8.len)
		json_put_text(result, key, buf_text(&utf8));
	buf_free(&utf8);
}

static void zvt_result_put_number(json_t *result, const char *key,
				  int64_t number)
{
	if (number >= 0)
		json_put_int(result, key, number);
}

/* A number as text with a fixed count of digits. */
static void zvt_result_put_digits(json_t *result, const char *key,
				  int64_t number, int digits)
{
	char text[24];

	snprintf(text, sizeof(text), "%0*lld", digits, (long long)number);
	if (number >= 0)
		json_put_text(result, key, text);
}

static void zvt_result_put_moment(json_t *result,
				  const struct zvt_numbers *numbers)
{
	int date = (int)numbers->date, time = (int)numbers->time;
	char text[16];

	if (date >= 0) {
		snprintf(text, sizeof(text), "%02d-%02d", date / 100,
			 date % 100);
		json_put_text(result, "date", text);
	}
	if (time >= 0) {
		snprintf(text, sizeof(text), "%02d:%02d:%02d", time / 10000,
			 time / 100 % 100, time % 100);
		json_put_text(result, "time", text);
	}
}

static void zvt_result_put_card(json_t *result, const struct zvt_info *info,
				const char *page)
{
	json_t *card = json_make();

	zvt_result_put_text(card, "name", info->card_name, page);
	if (!json_text(card, "name"))
		json_put_text(card, "name", zvt_text_card(info->card_type));
	if (info->card[0])
		json_put_text(card, "number", info->card);
	if (json_object_size(card))
		json_put(result, "card", json_incref(card));
	json_decref(card);
}

/* The terminal's own code and, unless it told it in its own, its meaning. */
static void zvt_result_put_code(json_t *result, int64_t code)
{
	char text[3];

	if (code < 0)
		return;
	snprintf(text, sizeof(text), "%02X", (unsigned int)code & 0xff);
	json_put_text(result, "code", text);
	if (!json_text(result, "text") && code)
		json_put_text(result, "text", zvt_text_result((uint8_t)code));
}

json_t *zvt_result_make(const struct zvt_state *state,
			const struct zvt_info *info)
{
	const struct zvt_numbers *numbers = &info->numbers;
	const char *page = state->settings.page;
	json_t *result = json_make();

	zvt_result_put_number(result, "amount", numbers->amount);
	zvt_result_put_digits(result, "currency", numbers->currency, 3);
	zvt_result_put_number(result, "receipt", numbers->receipt);
	zvt_result_put_number(result, "trace", numbers->trace);
	zvt_result_put_number(result, "original_trace", numbers->original);
	zvt_result_put_digits(result, "terminal", numbers->terminal, 8);
	zvt_result_put_card(result, info, page);
	zvt_result_put_text(result, "authorization", info->authorization, page);
	zvt_result_put_moment(result, numbers);
	zvt_result_put_text(result, "text", info->text, page);
	zvt_result_put_code(result, numbers->result);
	return result;
}

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
		if (booked) {
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
		kept->reversal = state->op.kind == OP_REVERSAL;
		kept->amount = state->op.kind == OP_PAYMENT
				       ? state->op.payment.amount
				       : state->op.reversal.amount;
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
	state->result_told = state->refused = false;
	state->ending = REASON_NONE;
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
	json_t *receipts = zvt_receipts_take(&state->receipts);

	if (receipts && !result)
		result = json_make();
	json_put(result, "receipts", receipts);
	if (state->committed)
		zvt_kept_note(io, outcome, &state->numbers);
	zvt_state_forget_op(state);
	zvt_rest(io);
	driver_done(io, outcome, reason, result);
}

/*
 * 5.3: one terminal reversed its last transaction whatever receipt it was
 * given; so what it says it reversed is compared with what it should have.
 */
static bool zvt_is_other_reversal(const struct op *op,
				  const struct zvt_numbers *numbers)
{
	const struct op_reversal *asked = &op->reversal;

	if (op->kind != OP_REVERSAL)
		return false;
	if (numbers->amount >= 0 && numbers->amount != asked->amount)
		return true;
	return numbers->original > 0 && asked->trace > 0 &&
	       numbers->original % ZVT_TRACE_UNIT !=
		       asked->trace % ZVT_TRACE_UNIT;
}

void zvt_finish_approved(struct driver_io *io,
			 const struct zvt_numbers *numbers, json_t *result)
{
	struct zvt_state *state = driver_state(io);
	int64_t amount = state->op.payment.amount;

	if (zvt_is_other_reversal(&state->op, numbers)) {
		driver_log(
			io,
			"ANOTHER TRANSACTION WAS REVERSED: asked for receipt "
			"%lld of %lld, trace %lld; the terminal reversed "
			"%lld, trace %lld, as receipt %lld",
			(long long)state->op.reversal.receipt,
			(long long)state->op.reversal.amount,
			(long long)state->op.reversal.trace,
			(long long)numbers->amount,
			(long long)numbers->original,
			(long long)numbers->receipt);
		zvt_finish(io, OUTCOME_UNKNOWN, REASON_WRONG_TRANSACTION,
			   result);
		return;
	}
	/* a tip, a partial approval, another currency */
	if (state->op.kind == OP_PAYMENT && numbers->amount >= 0 &&
	    numbers->amount != amount) {
		json_put_int(result, "amount_requested", amount);
		json_put_bool(result, "differs", true);
	}
	state->numbers = *numbers;
	zvt_finish(io, OUTCOME_OK, REASON_NONE, result);
}

/* --- the way there --- */

void zvt_payment_prepare(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);

	state->baseline_told = state->last_told;
	state->baseline_refused = state->last_refused;
	state->baseline = state->last;
	state->result_told = false;
	json_decref(state->result);
	state->result = NULL;
	state->saving = ZVT_SAVING_SENT;
	zvt_evidence_save(io, "sent");
}

void zvt_payment_add_command(const struct zvt_state *state, struct buf *apdu)
{
	const struct op *op = &state->op;
	const struct zvt_settings *settings = &state->settings;

	if (op->kind == OP_PAYMENT)
		zvt_add_authorization(apdu, op->payment.amount,
				      settings->currency, ZVT_TYPE_TERMINAL);
	else
		zvt_add_reversal(apdu, settings->password, op->reversal.receipt,
				 op->reversal.amount, settings->currency);
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
		zvt_want(io, ZVT_STEP_MONEY, 0);
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

void zvt_payment_take_refusal(struct driver_io *io, uint8_t error)
{
	json_t *result = json_make();

	zvt_result_put_code(result, error);
	zvt_finish(io, OUTCOME_REFUSED, zvt_text_answer_reason(error), result);
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
	state->result = NULL;
	if (!result)
		result = json_make();
	zvt_result_put_code(result, code);
	zvt_finish(io, OUTCOME_REFUSED,
		   reason == REASON_NONE ? REASON_DEVICE_REFUSED : reason,
		   result);
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
