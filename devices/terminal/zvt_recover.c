/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding out what became of a payment or a reversal (docs/protocols.md 8).
 * Nothing is ever sent again: the terminal is waited for until it is idle, and
 * asked for its last booking. If that is the one that was there before, ours
 * was not booked; if it is a new one that fits, it is ours; else nobody knows.
 */
#include "terminal/zvt_private.h"

#include "util/json.h"

#include <stdio.h>
#include <string.h>

#define ZVT_RECEIPT_MOST    9999
#define ZVT_BUSY_ASK_MS	    4000
#define ZVT_BUSY_TELL_MS    (10 * 60 * 1000)
#define ZVT_BUSY_LIMIT_MS   (30 * 60 * 1000)
#define ZVT_STRAY_HOLD_MS   2000 /* for a recovery to claim it */
#define ZVT_STRAY_VERIFY_MS 4000
#define ZVT_STRAY_OURS_MS   (15 * 60 * 1000)

/* --- evidence --- */

static const struct zvt_number_name {
	const char *name;
	size_t offset;
} zvt_number_names[] = {
	{ "result", offsetof(struct zvt_numbers, result) },
	{ "amount", offsetof(struct zvt_numbers, amount) },
	{ "currency", offsetof(struct zvt_numbers, currency) },
	{ "trace", offsetof(struct zvt_numbers, trace) },
	{ "original_trace", offsetof(struct zvt_numbers, original) },
	{ "receipt", offsetof(struct zvt_numbers, receipt) },
	{ "turnover", offsetof(struct zvt_numbers, turnover) },
	{ "date", offsetof(struct zvt_numbers, date) },
	{ "time", offsetof(struct zvt_numbers, time) },
	{ "terminal", offsetof(struct zvt_numbers, terminal) },
	{ "totals", offsetof(struct zvt_numbers, totals) },
	{ "tip", offsetof(struct zvt_numbers, tip) },
};

#define ZVT_NUMBER_NAMES (sizeof(zvt_number_names) / sizeof(*zvt_number_names))

static json_t *zvt_numbers_to_json(const struct zvt_numbers *numbers)
{
	json_t *json = json_make();

	for (size_t i = 0; i < ZVT_NUMBER_NAMES; i++) {
		int64_t number;

		memcpy(&number,
		       (const char *)numbers + zvt_number_names[i].offset,
		       sizeof(number));
		if (number >= 0)
			json_put_int(json, zvt_number_names[i].name, number);
	}
	return json;
}

static void zvt_numbers_from_json(const json_t *json,
				  struct zvt_numbers *out_numbers)
{
	for (size_t i = 0; i < ZVT_NUMBER_NAMES; i++) {
		int64_t number = json_int(json, zvt_number_names[i].name, -1);

		memcpy((char *)out_numbers + zvt_number_names[i].offset,
		       &number, sizeof(number));
	}
}

/* "baseline" is missing where the terminal had none to tell, and false where
 * it would not tell it; so is "terminal" where it never told who it is. */
void zvt_evidence_save(struct driver_io *io, const char *phase)
{
	struct zvt_state *state = driver_state(io);
	json_t *evidence = json_put_text(json_make(), "state", phase);

	if (state->begun_at > 0)
		json_put_int(evidence, "terminal", state->begun_at);
	if (state->baseline_told)
		json_put(evidence, "baseline",
			 zvt_numbers_to_json(&state->baseline));
	else if (state->baseline_refused)
		json_put_bool(evidence, "baseline", false);
	if (state->result_told) {
		json_put(evidence, "numbers",
			 zvt_numbers_to_json(&state->numbers));
		json_put(evidence, "result", json_deep_copy(state->result));
	}
	driver_save(io, evidence);
}

bool zvt_evidence_read(struct zvt_state *state, const json_t *evidence)
{
	const json_t *baseline = json_object_get(evidence, "baseline");
	const json_t *numbers = json_object_get(evidence, "numbers");

	if (!json_text(evidence, "state"))
		return false; /* it is saved before anything is sent */
	state->baseline_told = json_is_object(baseline);
	state->baseline_refused = json_is_false(baseline);
	state->begun_at = json_int(evidence, "terminal", 0);
	if (state->baseline_told)
		zvt_numbers_from_json(baseline, &state->baseline);
	state->result_told = json_is_object(numbers);
	if (state->result_told) {
		zvt_numbers_from_json(numbers, &state->numbers);
		json_decref(state->result);
		state->result =
			json_deep_copy(json_object_get(evidence, "result"));
	}
	return true;
}

/* --- comparing --- */

/* Whether there is anything to know a booking by. */
static bool zvt_booking_has_name(const struct zvt_numbers *numbers)
{
	return numbers->receipt >= 0 || numbers->trace > 0 ||
	       numbers->turnover >= 0 ||
	       (numbers->date >= 0 && numbers->time >= 0);
}

static bool zvt_number_agrees(int64_t a, int64_t b)
{
	return a < 0 || b < 0 || a == b;
}

/* R5; 87 wraps and may begin anew after an end of day, so no number alone. */
bool zvt_booking_is_same(const struct zvt_numbers *a,
			 const struct zvt_numbers *b)
{
	return zvt_booking_has_name(a) && zvt_booking_has_name(b) &&
	       a->terminal == b->terminal && a->receipt == b->receipt &&
	       a->trace == b->trace &&
	       zvt_number_agrees(a->amount, b->amount) &&
	       zvt_number_agrees(a->turnover, b->turnover) &&
	       zvt_number_agrees(a->date, b->date) &&
	       zvt_number_agrees(a->time, b->time);
}

int64_t zvt_amount_asked(const struct zvt_numbers *numbers)
{
	return numbers->tip > 0 ? numbers->amount - numbers->tip
				: numbers->amount;
}

/* Whether a booking can be what was asked for. */
static bool zvt_booking_fits(const struct op *op,
			     const struct zvt_numbers *last)
{
	if (last->totals || op->kind == OP_TERMINAL_DAY_END)
		return last->totals && op->kind == OP_TERMINAL_DAY_END;
	if (op->kind != OP_REVERSAL)
		return zvt_amount_asked(last) == op->payment.amount &&
		       last->original <= 0;
	if (last->amount != op->reversal.amount)
		return false;
	return last->original <= 0 || op->reversal.trace < 0 ||
	       last->original % ZVT_TRACE_UNIT ==
		       op->reversal.trace % ZVT_TRACE_UNIT;
}

/* Both wrap (8.5); a number that is not told is next to none. */
static bool zvt_number_is_next(int64_t before, int64_t number, int64_t most)
{
	return before >= 0 && (number == before + 1 ||
			       (before == most && number >= 0 && number <= 1));
}

/* Whether nothing else was booked in between, of which ours might be: one of
 * their numbers has gone on by one. Where none is told at both times nothing
 * speaks against it. */
static bool zvt_booking_is_next(const struct zvt_numbers *before,
				const struct zvt_numbers *booking)
{
	bool receipts = before->receipt >= 0 && booking->receipt >= 0;
	bool traces = before->trace >= 0 && booking->trace >= 0;

	return (!receipts && !traces) ||
	       zvt_number_is_next(before->receipt, booking->receipt,
				  ZVT_RECEIPT_MOST) ||
	       zvt_number_is_next(before->trace, booking->trace,
				  ZVT_TRACE_UNIT - 1);
}

/* A reversal, but not of what was to be reversed. */
static bool zvt_booking_is_other_reversal(const struct op *op,
					  const struct zvt_numbers *last)
{
	return op->kind == OP_REVERSAL && last->original > 0 &&
	       last->result == 0;
}

enum zvt_finding {
	ZVT_FINDING_NOTHING, /* the terminal can't tell */
	ZVT_FINDING_OURS,
	ZVT_FINDING_NOT_BOOKED,
	ZVT_FINDING_ANOTHER, /* somebody else's, or one that we can't place */
	ZVT_FINDING_OTHER_REVERSAL,
	ZVT_FINDING_ELSEWHERE, /* another terminal is there */
};

/* 5.7: some never repeat an end of day, so that nothing follows from there
 * being none. */
static bool zvt_find_can_show(const struct zvt_state *state)
{
	return state->op.kind != OP_TERMINAL_DAY_END ||
	       state->settings.repeats_day_end;
}

static enum zvt_finding zvt_find_compare(const struct zvt_state *state)
{
	const struct zvt_numbers *last = &state->last;
	bool ours = state->result_told && state->numbers.result == 0 &&
		    zvt_booking_is_same(last, &state->numbers);
	/* One before that is not known, or has no name, may be this one. (8.5
	 * R5 would accept a fit in amount and time; a driver has no wall clock,
	 * and an earlier customer may have paid the same.) */
	bool comparable =
		state->baseline_told && zvt_booking_has_name(&state->baseline);

	if (zvt_terminal_is_another(state))
		return ZVT_FINDING_ELSEWHERE;
	if (!state->last_told)
		return ZVT_FINDING_NOTHING;
	if (state->baseline_told && zvt_booking_is_same(last, &state->baseline))
		return zvt_find_can_show(state) ? ZVT_FINDING_NOT_BOOKED
						: ZVT_FINDING_NOTHING;
	if (ours)
		return ZVT_FINDING_OURS;
	if (!comparable || !zvt_booking_has_name(last))
		return ZVT_FINDING_ANOTHER;
	/* 11.2: newer than the one before, and declined */
	if (last->result > 0 &&
	    !last->totals == (state->op.kind != OP_TERMINAL_DAY_END) &&
	    (last->amount < 0 || zvt_booking_fits(&state->op, last)))
		return ZVT_FINDING_NOT_BOOKED;
	if (last->result == 0 && zvt_booking_fits(&state->op, last))
		return zvt_booking_is_next(&state->baseline, last)
			       ? ZVT_FINDING_OURS
			       : ZVT_FINDING_ANOTHER;
	return zvt_booking_is_other_reversal(&state->op, last)
		       ? ZVT_FINDING_OTHER_REVERSAL
		       : ZVT_FINDING_ANOTHER;
}

/* --- finding out --- */

void zvt_find_begin(struct driver_io *io, int64_t delay)
{
	struct zvt_state *state = driver_state(io);

	state->goal = ZVT_GOAL_FIND;
	state->busy_until = driver_now(io) + ZVT_BUSY_LIMIT_MS;
	state->told_busy = -1;
	state->silences = 0;
	if (state->turn == ZVT_TURN_OURS)
		zvt_want(io, ZVT_STEP_STATUS, delay);
}

void zvt_find_wait(struct driver_io *io, int code)
{
	struct zvt_state *state = driver_state(io);
	int64_t now = driver_now(io);
	char text[3];

	if (now >= state->busy_until) {
		zvt_break(io, REASON_BUSY);
		return;
	}
	if (state->told_busy < 0 ||
	    now - state->told_busy >= ZVT_BUSY_TELL_MS) {
		state->told_busy = now;
		snprintf(text, sizeof(text), "%02X", (unsigned int)code & 0xff);
		driver_log(io, "not known yet, as the terminal is busy (%s)",
			   text);
		driver_progress(
			io, json_put_text(json_put_text(json_make(), "text",
							"The terminal is busy"),
					  "code", text));
	}
	zvt_want(io, ZVT_STEP_STATUS, ZVT_BUSY_ASK_MS);
}

/*
 * What the terminal did not book. Where it told us so while the operation ran
 * it has refused; after a lost line it has come to nothing.
 */
static void zvt_find_not_booked(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);
	json_t *result = NULL;

	if (state->result_told && state->numbers.result > 0) {
		result = state->result;
		state->result = NULL;
		zvt_finish(io, OUTCOME_REFUSED,
			   zvt_text_reason((uint8_t)state->numbers.result),
			   result);
	} else if (state->live) {
		if (state->denied) {
			result = json_make();
			zvt_result_put_code(result, state->denied_code);
		}
		zvt_finish(io, OUTCOME_REFUSED, state->ending, result);
	} else {
		zvt_finish(io, OUTCOME_FAILED, REASON_NO_ANSWER, NULL);
	}
}

static bool zvt_find_was_denied(const struct zvt_state *state)
{
	return state->result_told ? state->numbers.result > 0 : state->denied;
}

void zvt_find_end(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);
	enum zvt_finding finding = zvt_find_compare(state);
	json_t *last = state->last_result;

	/* W6: it has said itself that it failed; more need not be known */
	if ((finding == ZVT_FINDING_NOTHING ||
	     finding == ZVT_FINDING_ELSEWHERE) &&
	    zvt_find_was_denied(state))
		finding = ZVT_FINDING_NOT_BOOKED;
	state->last_result = NULL;
	switch (finding) {
	case ZVT_FINDING_NOTHING:
		json_decref(last);
		zvt_finish(io, OUTCOME_UNKNOWN, REASON_CANNOT_TELL, NULL);
		break;
	case ZVT_FINDING_OURS:
		zvt_finish_approved(io, &state->last, last);
		break;
	case ZVT_FINDING_NOT_BOOKED:
		json_decref(last);
		zvt_find_not_booked(io);
		break;
	case ZVT_FINDING_ANOTHER:
		driver_log(io, "outcome unknown: the terminal's last booking "
			       "is another");
		zvt_finish(io, OUTCOME_UNKNOWN, REASON_CANNOT_TELL, last);
		break;
	case ZVT_FINDING_OTHER_REVERSAL:
		driver_log(io, "outcome unknown: the terminal's last reversal "
			       "is of another transaction");
		zvt_finish(io, OUTCOME_UNKNOWN, REASON_WRONG_TRANSACTION, last);
		break;
	case ZVT_FINDING_ELSEWHERE:
		json_decref(last); /* no business of ours */
		driver_log(io,
			   "outcome unknown: begun at terminal %08lld, "
			   "which is not there any more",
			   (long long)zvt_terminal_of_op(state));
		zvt_finish(io, OUTCOME_UNKNOWN, REASON_TERMINAL_EXCHANGED,
			   NULL);
		break;
	}
}

/* --- a 04 0F out of turn --- */

bool zvt_booking_was_told(const struct zvt_kept *kept,
			  const struct zvt_numbers *numbers)
{
	return kept->told_ok && numbers->terminal == kept->terminal &&
	       numbers->receipt == kept->receipt &&
	       numbers->trace == kept->trace;
}

/*
 * R6: an approval that nobody waits for any more. It is only turned down, so
 * that the terminal reverses it, if its sale was told as not paid; whatever
 * counts already, and whatever was not ours to begin with, stays.
 */
void zvt_stray_settle(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);
	const struct zvt_kept *kept = driver_kept(io);
	const struct zvt_numbers *numbers = &state->numbers;
	bool late = kept->told_not &&
		    zvt_amount_asked(numbers) == kept->amount &&
		    !zvt_terminal_differs(numbers->terminal, kept->not_at) &&
		    kept->reversal == (numbers->original > 0) &&
		    driver_now(io) - kept->told_at < ZVT_STRAY_OURS_MS;

	state->held = false;
	json_decref(state->result);
	state->result = NULL;
	if (zvt_booking_was_told(kept, numbers)) {
		zvt_answer(io, ZVT_POSITIVE);
	} else if (late) {
		driver_log(io, "a late approval is turned down: receipt %lld",
			   (long long)numbers->receipt);
		zvt_answer(io, ZVT_NEGATIVE | ZVT_NOT_ACCEPTED);
		if (state->turn == ZVT_TURN_OURS &&
		    state->goal == ZVT_GOAL_IDLE)
			zvt_want(io, ZVT_STEP_LAST, ZVT_STRAY_VERIFY_MS);
	} else {
		driver_log(io, "a booking without an operation: receipt %lld",
			   (long long)numbers->receipt);
		zvt_answer(io, ZVT_POSITIVE);
	}
}

/*
 * While the line is coming up it may belong to an operation that is about to
 * be recovered: then it is kept unanswered until that claims it.
 */
void zvt_stray_take(struct driver_io *io, const struct zvt_info *info)
{
	struct zvt_state *state = driver_state(io);

	if (info->numbers.result != 0) {
		zvt_answer(io, ZVT_POSITIVE);
		return;
	}
	state->owed = true;
	state->held = true;
	state->numbers = info->numbers;
	json_decref(state->result);
	state->result = zvt_result_make(state, info);
	if (state->goal != ZVT_GOAL_OPEN) {
		zvt_stray_settle(io);
		return;
	}
	zvt_be_ready(io);
	state->due = driver_now(io) + ZVT_STRAY_HOLD_MS;
}
