/* SPDX-License-Identifier: Apache-2.0 */
/* What the terminal says, and that it is answered: once, and in order. */
#include "terminal/zvt_private.h"

#include "util/json.h"

#include <stdio.h>
#include <string.h>

static void zvt_take_answer(struct driver_io *io, uint16_t control)
{
	struct zvt_state *state = driver_state(io);
	uint8_t error = (uint8_t)control;
	bool positive = control >> 8 == 0x80 || !error;

	if (state->turn != ZVT_TURN_ANSWER) {
		/* to our wish; else there is nothing that it could be to */
		if (state->abort_until && !positive)
			driver_log(io, "not aborted: %02X", error);
		state->abort_until = 0;
	} else if (positive && (state->step == ZVT_STEP_SPEED ||
				(zvt_order_is_under_way(state) &&
				 zvt_order_of(state)->answered))) {
		zvt_step_end(io, &(struct zvt_apdu){ 0 });
	} else if (positive) {
		state->turn = ZVT_TURN_THEIRS;
		state->due =
			driver_now(io) + state->settings.t4 + ZVT_T4_MARGIN_MS;
	} else {
		zvt_step_refused(io, error, false);
	}
}

/* Its own words where they are wanted, or where the code says nothing. */
static void zvt_intermediate_say(const struct zvt_state *state, uint8_t code,
				 struct cursor data, struct buf *out_text,
				 enum zvt_waits *out_waits)
{
	const struct zvt_settings *settings = &state->settings;
	char text[ZVT_TEXT_SIZE];
	struct zvt_info info;
	bool known = zvt_text_intermediate(code, settings->language, text,
					   out_waits);

	if ((!known || settings->own_words) && !data.failed) {
		zvt_info_read(data.data + data.at, cursor_left(&data), &info);
		zvt_text_add(out_text, info.text, settings->page);
	}
	if (!out_text->len)
		buf_add(out_text, text, strlen(text));
}

static void zvt_intermediate_tell(struct driver_io *io, uint8_t code,
				  struct cursor data)
{
	struct zvt_state *state = driver_state(io);
	struct buf text = BUF_INIT(1024);
	json_t *progress = json_make();
	enum zvt_waits waits;
	char name[3];

	zvt_intermediate_say(state, code, data, &text, &waits);
	snprintf(name, sizeof(name), "%02X", code);
	json_put_text(progress, "text", buf_text(&text));
	json_put_text(progress, "code", name);
	json_put_text(progress, "waits_for", zvt_waits_name(waits));
	json_put_int(progress, "seconds",
		     (driver_now(io) - state->began_at) / 1000);
	if (state->settings.displayed)
		json_put_bool(progress, "display", true);
	driver_progress(io, progress);
	buf_free(&text);
}

static void zvt_take_intermediate(struct driver_io *io,
				  const struct zvt_apdu *apdu)
{
	struct zvt_state *state = driver_state(io);
	struct cursor data = cursor_make(apdu->data, apdu->len);
	uint8_t code = cursor_byte(&data);
	int64_t minutes = zvt_bcd_read(cursor_part(&data, 1));

	zvt_answer(io, ZVT_POSITIVE);
	/* trap (7.1): what it announces may lengthen T4, never shorten it */
	if (state->turn == ZVT_TURN_THEIRS &&
	    minutes * 60 * 1000 > state->settings.t4)
		state->due =
			driver_now(io) + minutes * 60 * 1000 + ZVT_T4_MARGIN_MS;
	if (apdu->len && (state->committed || zvt_order_is_under_way(state)))
		zvt_intermediate_tell(io, code, data);
}

static void zvt_keep_last(struct driver_io *io, const struct zvt_info *info)
{
	struct zvt_state *state = driver_state(io);

	state->last_told = true;
	state->last = info->numbers;
	state->known_told = true;
	state->known = info->numbers;
	json_decref(state->last_result);
	state->last_result = zvt_result_make(state, info);
	zvt_answer(io, ZVT_POSITIVE);
}

/* What it repeats for an order that books nothing. */
static void zvt_keep_told(struct driver_io *io, const struct zvt_info *info)
{
	struct zvt_state *state = driver_state(io);

	json_decref(state->result);
	state->result = zvt_result_make(state, info);
	zvt_answer(io, ZVT_POSITIVE);
}

/* A booking that was there before the operation, or was told as booked for
 * another one: not the operation's, though it may be all that is heard where
 * answers are one behind. */
static bool zvt_is_old(struct driver_io *io, const struct zvt_numbers *numbers)
{
	const struct zvt_state *state = driver_state(io);

	if (numbers->result != 0)
		return false;
	if (zvt_booking_was_told(driver_kept(io), numbers))
		return true;
	if (state->baseline_told &&
	    zvt_booking_is_same(numbers, &state->baseline))
		return true;
	return state->known_told && zvt_booking_is_same(numbers, &state->known);
}

/* 5.4: the totals of an end of day are the result of nothing else. */
bool zvt_booking_is_anothers(struct driver_io *io,
			     const struct zvt_numbers *numbers)
{
	const struct zvt_state *state = driver_state(io);

	return zvt_is_old(io, numbers) ||
	       (state->goal == ZVT_GOAL_FIND &&
		zvt_terminal_differs(numbers->terminal,
				     zvt_terminal_of_op(state))) ||
	       (numbers->totals && state->op.kind != OP_TERMINAL_DAY_END);
}

static void zvt_take_status(struct driver_io *io, const struct zvt_apdu *apdu)
{
	struct zvt_state *state = driver_state(io);
	struct zvt_info info;

	zvt_info_read(apdu->data, apdu->len, &info);
	if (info.unknown >= 0)
		driver_log(io,
			   "status information: not read from field %02X on",
			   (unsigned int)info.unknown);
	zvt_terminal_take(io, info.numbers.terminal);
	if (state->turn == ZVT_TURN_THEIRS && state->step == ZVT_STEP_LAST)
		zvt_keep_last(io, &info);
	else if (zvt_order_is_under_way(state) && !state->committed)
		zvt_keep_told(io, &info);
	else if (state->committed && zvt_booking_is_anothers(io, &info.numbers))
		zvt_answer(io, ZVT_POSITIVE);
	else if (state->committed)
		zvt_payment_keep_result(io, &info.numbers,
					zvt_result_make(state, &info));
	else
		zvt_stray_take(io, &info);
}

static bool zvt_is_printing(const struct zvt_state *state)
{
	return zvt_order_is_under_way(state) ||
	       (state->committed && state->step != ZVT_STEP_LAST);
}

static void zvt_take_line(struct driver_io *io, const struct zvt_apdu *apdu)
{
	struct zvt_state *state = driver_state(io);

	if (zvt_is_printing(state))
		zvt_receipts_take_line(&state->receipts, &state->settings,
				       apdu->data, apdu->len);
	zvt_answer(io, ZVT_POSITIVE);
}

static void zvt_take_block(struct driver_io *io, const struct zvt_apdu *apdu)
{
	struct zvt_state *state = driver_state(io);

	if (zvt_is_printing(state))
		zvt_receipts_take_block(&state->receipts, &state->settings,
					apdu->data, apdu->len);
	zvt_answer(io, ZVT_POSITIVE);
}

static void zvt_take_completion(struct driver_io *io,
				const struct zvt_apdu *apdu)
{
	struct zvt_state *state = driver_state(io);

	zvt_answer(io, ZVT_POSITIVE);
	/* else it is the end of something that is over */
	if (state->turn == ZVT_TURN_THEIRS)
		zvt_step_end(io, apdu);
}

static void zvt_take_aborted(struct driver_io *io, const struct zvt_apdu *apdu)
{
	struct zvt_state *state = driver_state(io);

	zvt_answer(io, ZVT_POSITIVE);
	/* its first byte is the bare code, without a 27 before it */
	if (state->turn == ZVT_TURN_THEIRS)
		zvt_step_refused(io, apdu->len ? apdu->data[0] : 0xff, true);
}

/* Acknowledged, and no more: our clock is not the terminal's business. */
static void zvt_take_clock(struct driver_io *io, const struct zvt_apdu *apdu)
{
	(void)apdu;
	zvt_answer(io, ZVT_POSITIVE);
}

static const struct zvt_message {
	uint16_t control;
	void (*take)(struct driver_io *io, const struct zvt_apdu *apdu);
} zvt_messages[] = {
	{ ZVT_INTERMEDIATE_STATUS, zvt_take_intermediate },
	{ ZVT_STATUS_INFORMATION, zvt_take_status },
	{ ZVT_PRINT_LINE, zvt_take_line },
	{ ZVT_PRINT_BLOCK, zvt_take_block },
	{ ZVT_COMPLETION, zvt_take_completion },
	{ ZVT_ABORTED, zvt_take_aborted },
	{ ZVT_SET_CLOCK, zvt_take_clock },
};

/*
 * 5.6: a terminal that gives its messages numbers has agreed to them, perhaps
 * on an earlier line. One that comes again has its number again, and gets its
 * answer again, but no second effect.
 */
static bool zvt_is_repeat(struct zvt_state *state, const struct zvt_apdu *apdu)
{
	int64_t number =
		state->settings.numbered ? zvt_sequence_read(apdu) : -1;
	bool repeat =
		state->numbered && state->answered && number == state->sequence;

	if (number >= 0) {
		state->numbered = true;
		state->sequence = number;
		state->answered = true;
	} else if (state->step == ZVT_STEP_REGISTER) {
		state->numbered = false; /* it does not know them */
	}
	return number >= 0 && repeat;
}

void zvt_take_message(struct driver_io *io, const struct zvt_apdu *apdu)
{
	struct zvt_state *state = driver_state(io);

	if (zvt_control_is_answer(apdu->control)) {
		state->spoke = true;
		zvt_take_answer(io, apdu->control);
		return;
	}
	if (zvt_is_repeat(state, apdu)) {
		zvt_answer(io, state->last_answer);
		return;
	}
	for (size_t i = 0; i < sizeof(zvt_messages) / sizeof(*zvt_messages);
	     i++) {
		if (zvt_messages[i].control == apdu->control) {
			state->spoke = true;
			zvt_messages[i].take(io, apdu);
			return;
		}
	}
	driver_log(io, "the terminal asks for something unknown: %04X",
		   apdu->control);
	zvt_answer(io, ZVT_NEGATIVE | ZVT_UNKNOWN_CODE);
}
