/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be asked of a terminal, and what ends where nothing is booked: a
 * copy of its last receipt, its status, a diagnosis. Such an order has neither
 * evidence nor a point of no return: if its line is lost it has failed, and
 * may be asked for again.
 */
#include "terminal/zvt_private.h"

#include "util/json.h"

#include <stdio.h>

#define ZVT_REPEAT_PRINTED 0x01 /* status information, and the receipts */

static void zvt_order_add_payment(const struct zvt_state *state,
				  struct buf *apdu)
{
	const struct op_payment *payment = &state->op.payment;
	const struct zvt_settings *settings = &state->settings;

	if (*payment->authorization)
		zvt_add_phoned(apdu, settings->password, payment->amount,
			       settings->sent_currency, payment->authorization);
	else
		zvt_add_authorization(apdu, payment->amount,
				      settings->sent_currency,
				      settings->payment_type);
}

static void zvt_order_add_reversal(const struct zvt_state *state,
				   struct buf *apdu)
{
	const struct op_reversal *reversal = &state->op.reversal;

	zvt_add_reversal(apdu, state->settings.password, reversal->receipt,
			 reversal->amount, state->settings.sent_currency);
}

static void zvt_order_add_refund(const struct zvt_state *state,
				 struct buf *apdu)
{
	zvt_add_refund(apdu, state->settings.password, state->op.payment.amount,
		       state->settings.sent_currency);
}

static void zvt_order_add_day_end(const struct zvt_state *state,
				  struct buf *apdu)
{
	zvt_add_day_end(apdu, state->settings.password);
}

static void zvt_order_add_receipt(const struct zvt_state *state,
				  struct buf *apdu)
{
	zvt_add_repeat_receipt(apdu, state->settings.password,
			       ZVT_REPEAT_PRINTED);
}

/* A test asks for it by the byte that prints nothing. */
static void zvt_order_add_last(const struct zvt_state *state, struct buf *apdu)
{
	zvt_add_repeat_receipt(apdu, state->settings.password,
			       state->settings.last_service);
}

static void zvt_order_add_diagnosis(const struct zvt_state *state,
				    struct buf *apdu)
{
	(void)state;
	zvt_add_diagnosis(apdu);
}

static void zvt_order_add_initialisation(const struct zvt_state *state,
					 struct buf *apdu)
{
	zvt_add_initialisation(apdu, state->settings.password);
}

static void zvt_order_add_log_off(const struct zvt_state *state,
				  struct buf *apdu)
{
	(void)state;
	zvt_add_log_off(apdu);
}

static const struct zvt_order zvt_orders[OP_KINDS] = {
	[OP_PAYMENT] = { .moves = true, .add = zvt_order_add_payment },
	[OP_REVERSAL] = { .moves = true, .add = zvt_order_add_reversal },
	[OP_REFUND] = { .moves = true, .add = zvt_order_add_refund },
	[OP_TERMINAL_DAY_END] = { .moves = true,
				  .heals = true,
				  .add = zvt_order_add_day_end },
	[OP_TERMINAL_RECEIPT] = { .add = zvt_order_add_receipt },
	[OP_TERMINAL_STATUS] = { .heals = true },
	[OP_TERMINAL_DIAGNOSIS] = { .heals = true,
				    .add = zvt_order_add_diagnosis },
	[OP_TERMINAL_INITIALISE] = { .heals = true,
				     .add = zvt_order_add_initialisation },
	[OP_TERMINAL_LOG_OFF] = { .heals = true,
				  .answered = true,
				  .add = zvt_order_add_log_off },
	[OP_TEST_INTERNAL] = { .heals = true, .add = zvt_order_add_last },
};

const struct zvt_order *zvt_order_of(const struct zvt_state *state)
{
	return &zvt_orders[state->op.kind];
}

bool zvt_order_is_under_way(const struct zvt_state *state)
{
	return state->running && state->step == ZVT_STEP_ORDER;
}

void zvt_order_tell_status(struct driver_io *io, int code)
{
	json_t *result = json_make();
	char text[3];

	snprintf(text, sizeof(text), "%02X", (unsigned int)code & 0xff);
	json_put_text(result, "code", text);
	json_put_text(result, "text", zvt_text_state((uint8_t)code));
	json_put_bool(result, "busy",
		      zvt_text_status((uint8_t)code) == REASON_BUSY);
	zvt_finish(io, OUTCOME_OK, REASON_NONE, result);
}

/* Of its last booking a test tells no more than which it is. Steals booking,
 * which may be NULL. */
static json_t *zvt_order_keep_numbers(json_t *booking)
{
	static const char *const kept[] = { "receipt", "trace", "terminal" };
	json_t *result = json_make();

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (json_object_get(booking, kept[i]))
			json_put(
				result, kept[i],
				json_incref(json_object_get(booking, kept[i])));
	json_decref(booking);
	return result;
}

void zvt_order_end(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);
	json_t *result = state->result;

	state->result = NULL;
	if (state->op.kind == OP_TEST_INTERNAL)
		result = zvt_terminal_complete(state,
					       zvt_order_keep_numbers(result));
	if (state->op.kind == OP_TERMINAL_LOG_OFF) {
		state->registered = false;
		state->logged_off = true;
	}
	zvt_finish(io, OUTCOME_OK, REASON_NONE, result ? result : json_make());
}

void zvt_order_refused(struct driver_io *io, uint8_t error)
{
	const struct zvt_state *state = driver_state(io);
	enum reason reason = zvt_text_answer_reason(error);
	json_t *result = json_make();

	zvt_result_put_code(result, error);
	if (state->op.kind == OP_TEST_INTERNAL) { /* it answers; that is all */
		zvt_finish(io, OUTCOME_OK, REASON_NONE,
			   zvt_terminal_complete(state, result));
		return;
	}
	zvt_finish(io, OUTCOME_REFUSED,
		   reason == REASON_NONE ? REASON_DEVICE_REFUSED : reason,
		   result);
}
