/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that ask the terminal for something, and where each leads. */
#include "terminal/zvt_private.h"

#include "util/json.h"

#include <stdio.h>

#define ZVT_BUSY_PAUSE_MS 3000 /* between enquiries before a payment */

#define ZVT_RETRY_PAUSE_MS 4000

#define ZVT_SPEED_PAUSE_MS 200 /* both sides change */

#define ZVT_SERVICE_NO_VERSION 0x02

#define ZVT_BUSY_CODE	   0x9c
#define ZVT_FORGOTTEN_CODE 0x6b /* not registered (any more) */

void zvt_step_add_command(const struct zvt_state *state, enum zvt_step step,
			  struct buf *apdu)
{
	const struct zvt_settings *settings = &state->settings;
	const struct zvt_registration registration = {
		.config = settings->config,
		.service = state->plain ? 0 : settings->service,
		.currency = settings->sent_currency,
		.tlv = state->plain ? ZVT_TLV_NONE : settings->tlv,
		.numbered = settings->numbered && !state->plain,
	};

	switch (step) {
	case ZVT_STEP_NONE:
		break;
	case ZVT_STEP_STATUS:
		zvt_add_status_enquiry(apdu, settings->password,
				       state->goal == ZVT_GOAL_OPEN
					       ? 0
					       : ZVT_SERVICE_NO_VERSION);
		break;
	case ZVT_STEP_SPEED:
		zvt_add_speed(apdu, state->speed_code);
		break;
	case ZVT_STEP_REGISTER:
		zvt_add_registration(apdu, settings->password, &registration);
		break;
	case ZVT_STEP_LAST:
		zvt_add_repeat_receipt(apdu, settings->password,
				       settings->last_service);
		break;
	case ZVT_STEP_ORDER:
		zvt_order_of(state)->add(state, apdu);
		break;
	}
}

/* --- what they bring --- */

/* The terminal is at something else. */
static void zvt_be_busy(struct driver_io *io, int code)
{
	struct zvt_state *state = driver_state(io);

	switch (state->goal) {
	case ZVT_GOAL_OPEN:
		/* there it is; a recovery may be what it has to wait for */
		zvt_be_ready(io);
		break;
	case ZVT_GOAL_IDLE:
		zvt_rest(io);
		break;
	case ZVT_GOAL_START:
		if (driver_now(io) < state->busy_until)
			zvt_want(io, ZVT_STEP_STATUS, ZVT_BUSY_PAUSE_MS);
		else
			zvt_finish(io, OUTCOME_FAILED, REASON_BUSY, NULL);
		break;
	case ZVT_GOAL_FIND:
		zvt_find_wait(io, code);
		break;
	}
}

/* Something that no waiting helps against, before anything was sent. */
static void zvt_be_refused(struct driver_io *io, enum reason reason, int code)
{
	char text[3];

	snprintf(text, sizeof(text), "%02X", (unsigned int)code & 0xff);
	zvt_finish(io, OUTCOME_REFUSED, reason,
		   json_put_text(json_make(), "code", text));
}

/* Registered and idle: what books something begins with a look at what was
 * booked last; so does finding out. */
static void zvt_go_on(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);

	if (state->goal == ZVT_GOAL_IDLE)
		zvt_rest(io);
	else if (state->goal == ZVT_GOAL_START && !zvt_order_of(state)->moves)
		zvt_want(io,
			 zvt_order_of(state)->add ? ZVT_STEP_ORDER
						  : ZVT_STEP_STATUS,
			 0);
	else
		zvt_want(io, ZVT_STEP_LAST, 0);
}

/* The terminal is idle: what its status says, and what to ask next. */
static void zvt_take_idle(struct driver_io *io, int code)
{
	struct zvt_state *state = driver_state(io);
	enum reason lock = zvt_text_status((uint8_t)code);
	bool people = state->goal == ZVT_GOAL_IDLE && state->logged_off;

	if (state->goal == ZVT_GOAL_START && lock != REASON_NONE &&
	    !zvt_order_of(state)->heals)
		zvt_be_refused(io, lock, code);
	else if (state->slow &&
		 zvt_speed_code(driver_speed(io), &state->speed_code))
		zvt_want(io, ZVT_STEP_SPEED, 0);
	else if ((state->registered && !state->identify) || people)
		zvt_go_on(io);
	else
		zvt_want(io, ZVT_STEP_REGISTER, 0);
}

static void zvt_status_end(struct driver_io *io, int code)
{
	struct zvt_state *state = driver_state(io);

	state->silences = 0;
	zvt_status_tell(io, code);
	if (state->goal == ZVT_GOAL_START && !zvt_order_of(state)->add)
		zvt_order_tell_status(io, code);
	else if (zvt_text_status((uint8_t)code) == REASON_BUSY)
		zvt_be_busy(io, code);
	else
		zvt_take_idle(io, code);
}

/* What was under way already may have told the last booking: who it is that
 * told it has to be known all the same. */
static void zvt_go_on_to_order(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);

	if (state->identify)
		zvt_want(io, ZVT_STEP_STATUS, 0);
	else
		zvt_payment_prepare(io);
}

/* The last booking is known, or is not to be had. */
static void zvt_last_end(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);

	switch (state->goal) {
	case ZVT_GOAL_OPEN:
		zvt_be_ready(io);
		break;
	case ZVT_GOAL_IDLE: /* after a late approval was turned down */
		if (state->last_told)
			driver_log(io, "last booking: receipt %lld of %lld",
				   (long long)state->last.receipt,
				   (long long)state->last.amount);
		zvt_rest(io);
		break;
	case ZVT_GOAL_START:
		zvt_go_on_to_order(io);
		break;
	case ZVT_GOAL_FIND:
		zvt_find_end(io);
		break;
	}
}

/* From the next step on; our ACK has to leave at the old speed. A terminal
 * that stays at 9600 is talked to like that. */
static void zvt_speed_end(struct driver_io *io, bool taken)
{
	struct zvt_state *state = driver_state(io);
	struct zvt_kept *kept = driver_kept(io);

	state->slow = false;
	state->faster = taken;
	kept->slow = !taken;
	if (!taken)
		driver_log(io, "the terminal stays at %d bits per second",
			   ZVT_SLOW_BAUD);
	zvt_want(io, ZVT_STEP_STATUS, ZVT_SPEED_PAUSE_MS);
}

static void zvt_register_end(struct driver_io *io, const struct zvt_apdu *apdu)
{
	struct zvt_state *state = driver_state(io);
	struct zvt_info info;

	zvt_info_read(apdu->data, apdu->len, &info);
	state->registered = true;
	state->identify = false;
	state->logged_off = false;
	if (info.status > 0 && info.status & 0x03)
		driver_log(io, "the terminal wants %s",
			   info.status & 0x01 ? "its initialisation"
					      : "a diagnosis");
	zvt_terminal_take(io, info.numbers.terminal);
	zvt_go_on(io);
}

static void zvt_register_refused(struct driver_io *io, uint8_t error)
{
	struct zvt_state *state = driver_state(io);

	if (error == ZVT_UNKNOWN_CODE && !state->plain) {
		state->plain = true;
		zvt_want(io, ZVT_STEP_REGISTER, 0);
		return;
	}
	driver_log(io, "the terminal refuses to be registered: %02X", error);
	switch (state->goal) {
	case ZVT_GOAL_OPEN:
		zvt_break(io, zvt_text_answer_reason(error));
		break;
	case ZVT_GOAL_IDLE:
		zvt_rest(io);
		break;
	case ZVT_GOAL_START:
		zvt_be_refused(io, zvt_text_answer_reason(error), error);
		break;
	case ZVT_GOAL_FIND:
		zvt_want(io, ZVT_STEP_LAST, 0); /* it may tell all the same */
		break;
	}
}

/* An enquiry is refused: whoever refuses is there, and is not busy. */
static void zvt_status_refused(struct driver_io *io, uint8_t error)
{
	struct zvt_state *state = driver_state(io);

	if (error != ZVT_UNKNOWN_CODE && error != ZVT_FORGOTTEN_CODE)
		driver_log(io, "the terminal refuses an enquiry: %02X", error);
	if (state->goal == ZVT_GOAL_START && !zvt_order_of(state)->add) {
		zvt_order_refused(io, error);
		return;
	}
	if (state->goal == ZVT_GOAL_OPEN && !state->identity)
		state->identity = json_make();
	zvt_take_idle(io, 0);
}

/* The step under way is over, one way or another. */
static enum zvt_step zvt_step_leave(struct zvt_state *state)
{
	enum zvt_step step = state->step;

	state->turn = ZVT_TURN_OURS;
	state->step = ZVT_STEP_NONE;
	state->due = -1;
	return step;
}

/*
 * 5.5: a version, or a bare status, is told to nobody but who enquires. Whoever
 * hears it in answer to something else is one answer behind, and would take
 * what was booked before for what is to come.
 */
static bool zvt_step_is_out_of_step(const struct zvt_state *state,
				    const struct zvt_apdu *apdu)
{
	if (state->step != ZVT_STEP_REGISTER && state->step != ZVT_STEP_LAST)
		return false;
	return zvt_enquiry_has_version(apdu->data, apdu->len) ||
	       (state->step == ZVT_STEP_LAST && apdu->len == 1);
}

void zvt_step_end(struct driver_io *io, const struct zvt_apdu *apdu)
{
	struct zvt_state *state = driver_state(io);
	struct zvt_enquiry enquiry;
	struct zvt_info info;

	if (zvt_step_is_out_of_step(state, apdu)) {
		driver_log(io, "the terminal answers what was asked before");
		zvt_break(io, REASON_GARBLED);
		return;
	}
	switch (zvt_step_leave(state)) {
	case ZVT_STEP_NONE:
		break;
	case ZVT_STEP_STATUS:
		zvt_enquiry_read(apdu->data, apdu->len, &enquiry);
		if (state->goal == ZVT_GOAL_OPEN)
			zvt_identity_take(state, &enquiry);
		zvt_terminal_take(io, enquiry.terminal);
		zvt_status_end(io, enquiry.status);
		break;
	case ZVT_STEP_SPEED:
		zvt_speed_end(io, true);
		break;
	case ZVT_STEP_REGISTER:
		zvt_register_end(io, apdu);
		break;
	case ZVT_STEP_LAST:
		zvt_last_end(io);
		break;
	case ZVT_STEP_ORDER:
		zvt_info_read(apdu->data, apdu->len, &info);
		if (zvt_order_of(state)->moves)
			zvt_payment_take_end(io, false,
					     (int)info.numbers.result);
		else
			zvt_order_end(io);
		break;
	}
}

/* The codes 9C and 6B mean the same whatever was asked. */
void zvt_step_refused(struct driver_io *io, uint8_t error, bool aborted)
{
	struct zvt_state *state = driver_state(io);
	enum zvt_step step = zvt_step_leave(state);

	if (error == ZVT_FORGOTTEN_CODE)
		state->registered = false;
	if (step == ZVT_STEP_SPEED) {
		zvt_speed_end(io, false);
	} else if (step == ZVT_STEP_ORDER && !zvt_order_of(state)->moves) {
		zvt_order_refused(io, error);
	} else if (step == ZVT_STEP_ORDER) {
		if (aborted)
			zvt_payment_take_end(io, true, error);
		else
			zvt_payment_take_refusal(io, error);
	} else if (error == ZVT_BUSY_CODE) {
		zvt_status_tell(io, error);
		zvt_be_busy(io, error);
	} else if (step == ZVT_STEP_STATUS && aborted) {
		zvt_status_end(io, error);
	} else if (step == ZVT_STEP_STATUS) {
		zvt_status_refused(io, error);
	} else if (step == ZVT_STEP_REGISTER) {
		zvt_register_refused(io, error);
	} else if (error == ZVT_FORGOTTEN_CODE && !state->again) {
		state->again = true;
		zvt_want(io, ZVT_STEP_REGISTER, 0);
	} else {
		/* 06 1E 83: done, but there is nothing to repeat */
		state->last_refused = !aborted || error != ZVT_UNKNOWN_CODE;
		zvt_last_end(io);
	}
}

void zvt_step_retry(struct driver_io *io)
{
	enum zvt_step step = zvt_step_leave(driver_state(io));

	zvt_want(io, step, ZVT_RETRY_PAUSE_MS);
}
