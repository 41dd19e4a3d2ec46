/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/zvt_private.h"

#define ZVT_COMMAND_MAX 128

/* However often a terminal restarts T4, a command ends within this. */
#define ZVT_STEP_MS (60 * 60 * 1000)

/* Pause before we speak after the terminal has spoken out of turn. */
#define ZVT_QUIET_MS 4000

/* While finding out, a serial terminal that takes nothing may be starting. */
#define ZVT_SILENCES 10

/* --- our turn --- */

void zvt_want(struct driver_io *io, enum zvt_step step, int64_t delay)
{
	struct zvt_state *state = driver_state(io);

	state->next = step;
	state->due = driver_now(io) + delay;
}

void zvt_rest(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);

	state->goal = ZVT_GOAL_IDLE;
	if (state->turn != ZVT_TURN_OURS)
		return; /* what is under way goes on, for nobody */
	state->next = ZVT_STEP_NONE;
	state->due = -1;
	if (state->settings.poll)
		zvt_want(io, ZVT_STEP_STATUS, state->settings.poll);
}

void zvt_be_ready(struct driver_io *io)
{
	zvt_rest(io);
	driver_ready(io, zvt_identity_give(driver_state(io)));
}

void zvt_break(struct driver_io *io, enum reason reason)
{
	struct zvt_state *state = driver_state(io);

	if (state->lost)
		return;
	if (state->running && !state->committed)
		zvt_finish(io, OUTCOME_FAILED, reason, NULL);
	state->lost = true;
	driver_lost(io, reason);
}

/* 5.6: what we begin gets the next number; what we answer, that of what it
 * answers. A terminal that did not agree to it is never sent one. */
static void zvt_number_command(struct zvt_state *state, struct buf *apdu)
{
	if (!state->numbered || state->next == ZVT_STEP_REGISTER)
		return;
	state->sequence = state->sequence % ZVT_SEQUENCE_MAX + 1;
	state->answered = false;
	zvt_add_sequence(apdu, state->sequence);
}

static void zvt_begin_step(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);
	struct buf apdu = BUF_INIT(ZVT_COMMAND_MAX);
	bool order = state->next == ZVT_STEP_ORDER;
	bool moves = order && zvt_order_of(state)->moves;

	if (state->faster)
		driver_set_speed(io, driver_speed(io));
	state->faster = false;
	zvt_step_add_command(state, state->next, &apdu);
	zvt_number_command(state, &apdu);
	if (order) {
		zvt_receipts_clear(&state->receipts);
		state->receipts.administrative =
			state->op.kind >= OP_TERMINAL_DAY_END;
	}
	if (moves) {
		((struct zvt_kept *)driver_kept(io))->pending = true;
		state->committed = true;
		driver_commit(io);
	} else if (state->next == ZVT_STEP_LAST) {
		state->last_told = state->last_refused = false;
	}
	zvt_link_submit(&state->link, driver_now(io), &apdu,
			moves ? ZVT_LINK_MONEY : ZVT_LINK_REPEAT);
	buf_free(&apdu);
	state->step = state->next;
	state->next = ZVT_STEP_NONE;
	state->turn = ZVT_TURN_ANSWER;
	state->due = driver_now(io) + state->settings.t3;
	state->step_until = driver_now(io) + ZVT_STEP_MS;
}

/* 7.3: a wish, sent when the line is quiet; at most twice, in case both sides
 * began at once. Only the transaction's own end tells what came of it. */
static void zvt_send_abort(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);
	struct buf apdu = BUF_INIT(ZVT_COMMAND_MAX);

	zvt_add_abort(&apdu);
	zvt_number_command(state, &apdu);
	zvt_link_submit(&state->link, driver_now(io), &apdu, ZVT_LINK_WISH);
	buf_free(&apdu);
	state->abort_tries++;
	state->abort_wanted = false;
	state->abort_until = driver_now(io) + state->settings.t3;
}

/* The answer to a wish may come after the end of what it was about: no new
 * command before that, or the one would be taken for the other's. */
static bool zvt_is_abort_open(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);

	return driver_now(io) < state->abort_until;
}

static void zvt_speak(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);

	if (state->lost || state->owed || !zvt_link_is_quiet(&state->link))
		return;
	if (state->turn == ZVT_TURN_OURS && state->next != ZVT_STEP_NONE &&
	    driver_now(io) >= state->due && !zvt_is_abort_open(io))
		zvt_begin_step(io);
	else if (state->turn == ZVT_TURN_THEIRS &&
		 state->step == ZVT_STEP_ORDER && state->abort_wanted)
		zvt_send_abort(io);
}

/* The terminal spoke and was answered: timers begin anew. */
static void zvt_restart_timers(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);
	int64_t now = driver_now(io);

	switch (state->turn) {
	case ZVT_TURN_OURS:
		/* one that never stops is not listened to for ever */
		if (state->goal != ZVT_GOAL_IDLE &&
		    state->next != ZVT_STEP_NONE &&
		    now + ZVT_QUIET_MS < state->busy_until)
			state->due = now + ZVT_QUIET_MS;
		break;
	case ZVT_TURN_ANSWER:
		state->due = now + state->settings.t3;
		break;
	case ZVT_TURN_THEIRS:
		state->due = now + state->settings.t4 + ZVT_T4_MARGIN_MS;
		break;
	}
}

void zvt_answer(struct driver_io *io, uint16_t control)
{
	struct zvt_state *state = driver_state(io);
	struct buf apdu = BUF_INIT(ZVT_COMMAND_MAX);

	/* both began at once: the terminal wins, we wish again */
	if (state->link.waiting && state->link.care == ZVT_LINK_WISH)
		state->abort_wanted = state->abort_tries < 2;
	zvt_apdu_write(&apdu, control, NULL, 0);
	state->last_answer = control;
	if (state->numbered)
		zvt_add_sequence(&apdu, state->sequence);
	zvt_link_submit(&state->link, driver_now(io), &apdu, ZVT_LINK_REPEAT);
	buf_free(&apdu);
	state->owed = false;
	zvt_restart_timers(io);
}

/* --- the line --- */

/* 2.1: after a restart a terminal may be at 9600; tried in turn with the speed
 * that is configured, until it answers. */
static void zvt_try_other_speed(struct driver_io *io)
{
	const struct zvt_state *state = driver_state(io);
	struct zvt_kept *kept = driver_kept(io);
	uint8_t code;

	if (state->goal == ZVT_GOAL_OPEN && !state->spoke &&
	    zvt_speed_code(driver_speed(io), &code))
		kept->slow = !state->slow;
}

static void zvt_take_garbage(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);

	zvt_try_other_speed(io);
	zvt_break(io, state->spoke ? REASON_GARBLED : REASON_WRONG_PROTOCOL);
}

/* T3 or T4 is over. What comes later could be taken for the answer to a later
 * command, so the line is given up, whatever was asked. */
static void zvt_take_silence(struct driver_io *io)
{
	const struct zvt_state *state = driver_state(io);
	struct zvt_kept *kept = driver_kept(io);

	/* some may not answer before they are registered: do that next time */
	zvt_try_other_speed(io);
	if (state->goal == ZVT_GOAL_OPEN)
		kept->register_first = state->step == ZVT_STEP_STATUS;
	zvt_break(io, REASON_NO_ANSWER);
}

/* Our frame did not get through; on TCP: a message did not come whole. */
static void zvt_take_failure(struct driver_io *io, enum zvt_link_event event)
{
	struct zvt_state *state = driver_state(io);
	bool noise = event == ZVT_LINK_REJECTED ||
		     (!state->spoke && state->link.disturbed);

	if (!state->link.serial)
		zvt_take_garbage(io);
	else if (state->goal == ZVT_GOAL_FIND &&
		 state->turn == ZVT_TURN_ANSWER &&
		 state->step == ZVT_STEP_STATUS &&
		 state->silences++ < ZVT_SILENCES)
		zvt_step_retry(io);
	else {
		zvt_try_other_speed(io);
		zvt_break(io, noise ? REASON_GARBLED : REASON_NO_ANSWER);
	}
}

static void zvt_take_event(struct driver_io *io, enum zvt_link_event event,
			   const struct zvt_apdu *apdu)
{
	struct zvt_state *state = driver_state(io);

	switch (event) {
	case ZVT_LINK_NOTHING:
		break;
	case ZVT_LINK_MESSAGE:
		zvt_take_message(io, apdu);
		break;
	case ZVT_LINK_TAKEN:
		if (state->turn == ZVT_TURN_ANSWER)
			state->due = driver_now(io) + state->settings.t3;
		break;
	case ZVT_LINK_DROPPED:
		state->abort_wanted = state->abort_tries < 2;
		break;
	case ZVT_LINK_SILENT:
	case ZVT_LINK_REJECTED:
		zvt_take_failure(io, event);
		break;
	case ZVT_LINK_GARBLED:
		zvt_take_garbage(io);
		break;
	}
}

/* Nothing more is read while a message waits for its answer. */
static void zvt_listen(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);
	enum zvt_link_event event = ZVT_LINK_MESSAGE;
	struct zvt_apdu apdu = { 0 };

	while (!state->lost && !state->owed && event != ZVT_LINK_NOTHING) {
		event = zvt_link_next(&state->link, driver_now(io), &apdu);
		zvt_take_event(io, event, &apdu);
	}
}

/* When we have to be called; -1 for never. */
static int64_t zvt_due(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);
	int64_t due = state->due, link = zvt_link_due(&state->link);

	if (state->owed)
		return state->held ? due : -1;
	if (zvt_is_abort_open(io) && state->turn == ZVT_TURN_OURS && due >= 0 &&
	    due < state->abort_until)
		due = state->abort_until;
	/* a line that never gets quiet is given up after T4 */
	if (state->turn == ZVT_TURN_OURS && due >= 0 && due <= driver_now(io))
		due += state->settings.t4;
	if (state->turn != ZVT_TURN_OURS && due > state->step_until)
		due = state->step_until;
	if (due < 0 || (link >= 0 && link < due))
		due = link;
	return due;
}

/* Our own deadline; the link's are its own. */
static void zvt_expire(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);
	int64_t now = driver_now(io);
	bool over = state->turn != ZVT_TURN_OURS && now >= state->step_until;

	if (state->lost || (!over && (state->due < 0 || now < state->due)))
		return;
	if (state->owed) {
		if (state->held)
			zvt_stray_settle(io);
	} else if (state->turn == ZVT_TURN_OURS) {
		if (!zvt_link_is_quiet(&state->link) &&
		    now >= state->due + state->settings.t4)
			zvt_break(io, REASON_GARBLED);
	} else if (state->turn == ZVT_TURN_ANSWER && state->link.waiting &&
		   !over) {
		/* the link has not given up yet, and will say so */
		state->due = now + state->settings.t3;
	} else {
		zvt_take_silence(io);
	}
}

void zvt_work(struct driver_io *io)
{
	struct zvt_state *state = driver_state(io);
	int64_t due, now = driver_now(io);

	zvt_listen(io);
	zvt_expire(io);
	zvt_listen(io); /* what had to wait for an answer of ours */
	zvt_speak(io);
	if (state->lost)
		return;
	if (state->link.out.failed) {
		zvt_break(io, REASON_GARBLED);
		return;
	}
	if (state->link.out.len)
		driver_write(io, state->link.out.data, state->link.out.len);
	buf_reset(&state->link.out);
	due = zvt_due(io);
	if (due < 0)
		driver_deadline_stop(io);
	else
		driver_deadline(io, due > now ? due - now : 0);
}
