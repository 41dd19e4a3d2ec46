/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A transaction is a list of stages (protocol text 7). Each tells the till
 * what goes on, waits for its answer, and for a person or for time. The till's
 * answer to the result is the vote on which money moves (8.1).
 */
#include "sim/zvt_model.h"

#define PT_CONFIG_PROGRESS 0x08
#define PT_HOLD_DEFAULT_S  30
#define PT_STRANGE	   0xee /* a progress code in no table */

static void pt_stage_enter(struct pt *pt);

static const struct pt_stage *pt_stage_at(const struct pt *pt)
{
	return &pt->tx.flow->stages[pt->tx.stage];
}

/* Prints may come before the result: the two are neighbours. */
enum pt_stage_kind pt_flow_stage(const struct pt *pt)
{
	enum pt_stage_kind kind = pt_stage_at(pt)->kind;

	if (!pt->tx.swapped)
		return kind;
	return kind == PT_STAGE_RESULT	? PT_STAGE_PRINT
	       : kind == PT_STAGE_PRINT ? PT_STAGE_RESULT
					: kind;
}

/* A customer with a card takes part. */
static bool pt_flow_is_personal(const struct pt *pt)
{
	return pt->tx.flow == &pt_flow_payment ||
	       pt->tx.flow == &pt_flow_refund || pt->tx.flow == &pt_flow_phoned;
}

/* What was prepared for one transaction is over with it. */
void pt_flow_drop(struct pt *pt)
{
	struct pt_message command = pt->tx.command;

	if (pt->tx.flow && pt->tx.flow->book)
		pt->last_messages = pt->tx.messages;
	buf_reset(&command.body);
	buf_reset(&command.tlv);
	pt->tx = (struct pt_transaction){ .command = command };
	pt_paper_clear(pt);
	pt_time_clear(pt, PT_TIMER_STAGE);
	pt_time_clear(pt, PT_TIMER_LATE);
	pt->quiet = false;
	pt->holding = false;
}

static void pt_flow_finish(struct pt *pt)
{
	bool closed = pt->tx.flow == &pt_flow_end_of_day && pt->tx.booked;
	bool shown = pt->tx.flow->count > 1;

	if (pt->automatic && shown)
		pt->card_in = false;
	pt_flow_drop(pt);
	if (shown)
		kit_show(&pt->model.host, "display: ready");
	if (closed && pt->next_update) {
		pt_power_sleep(pt, pt->next_update);
		pt->next_update = 0;
	}
}

static void pt_flow_goto(struct pt *pt, enum pt_stage_kind kind)
{
	size_t stage = 0;

	pt_time_clear(pt, PT_TIMER_STAGE);
	pt->tx.jump = false;
	while (stage + 1 < pt->tx.flow->count) {
		pt->tx.stage = stage;
		if (pt_flow_stage(pt) == kind)
			break;
		stage++;
	}
	pt->tx.stage = stage;
	pt_stage_enter(pt);
}

static void pt_flow_book(struct pt *pt)
{
	struct pt_transaction *tx = &pt->tx;

	if (tx->booked || tx->code || !tx->flow->book)
		return;
	tx->booked = true;
	tx->flow->book(pt);
}

static void pt_flow_next(struct pt *pt)
{
	struct pt_transaction *tx = &pt->tx;

	pt_time_clear(pt, PT_TIMER_STAGE);
	if (tx->stage + 1 == tx->flow->count) {
		pt_flow_finish(pt);
		return;
	}
	tx->stage++;
	if (pt_flow_stage(pt) == PT_STAGE_END && tx->voted)
		pt_flow_book(pt);
	pt_stage_enter(pt);
}

/*
 * The till's answer never came: the terminal's own rule (8.1). The host has
 * closed its day already, whoever heard of it.
 */
static void pt_flow_lose_vote(struct pt *pt)
{
	struct pt_transaction *tx = &pt->tx;

	if (tx->code || tx->reversing || tx->booked || !tx->flow->book) {
		pt_flow_goto(pt, PT_STAGE_END);
		return;
	}
	switch (tx->flow == &pt_flow_end_of_day ? PT_KEEP : pt->booking_rule) {
	case PT_KEEP:
		pt_flow_book(pt);
		pt_flow_goto(pt, PT_STAGE_END);
		break;
	case PT_REFUSE:
		tx->code = PT_CODE_STOPPED;
		pt_flow_goto(pt, PT_STAGE_END);
		break;
	case PT_AUTOREVERSE:
		tx->code = PT_CODE_STOPPED;
		tx->reversing = true;
		pt->auto_reversals++;
		kit_show(&pt->model.host, "display: reversing");
		pt_time_set(pt, PT_TIMER_STAGE, PT_REVERSE_MS);
		break;
	}
}

/* 84 xx to the result: the till says no, whatever the rule (3). */
static void pt_flow_reject(struct pt *pt, uint8_t code)
{
	struct pt_transaction *tx = &pt->tx;

	tx->code = code;
	if (tx->flow->book) {
		tx->reversing = true;
		pt->auto_reversals++;
		kit_show(&pt->model.host, "display: reversing");
	}
	pt_time_set(pt, PT_TIMER_STAGE, tx->flow->book ? PT_REVERSE_MS : 0);
}

/* 84 9C: ask again in two seconds, for so long or so often (7.8). */
static void pt_flow_hold(struct pt *pt)
{
	struct pt_transaction *tx = &pt->tx;
	int64_t now = pt_time_now(pt);
	int64_t wait = tx->wait >= 0 ? tx->wait : PT_HOLD_DEFAULT_S;

	if (!tx->held++)
		tx->held_since = now;
	if (now - tx->held_since >= wait * 1000 ||
	    (tx->statuses > 0 && tx->held >= tx->statuses))
		pt_flow_reject(pt, PT_CODE_STOPPED);
	else
		pt_time_set(pt, PT_TIMER_STAGE, PT_HOLD_MS);
}

/* The wrong PIN was told: once more from the PIN on (10, 6). */
static void pt_result_retry(struct pt *pt)
{
	pt->tx.deny_once = false;
	pt->tx.code = PT_CODE_OK;
	pt->tx.events = 0;
	pt_flow_goto(pt, PT_STAGE_PIN);
}

static void pt_result_answered(struct pt *pt, uint16_t code)
{
	struct pt_transaction *tx = &pt->tx;
	uint8_t no = code >> 8 == 0x84 ? (uint8_t)code : 0;

	if (tx->deny_once) {
		pt_result_retry(pt);
	} else if (tx->code || !no || tx->flow == &pt_flow_end_of_day) {
		if (pt->next_twice) {
			pt->next_twice = false;
			pt_tell_result(pt);
			return;
		}
		tx->voted = true;
		if (pt->commit_on_answer)
			pt_flow_book(pt);
		if (tx->code)
			pt_flow_goto(pt, PT_STAGE_END);
		else
			pt_flow_next(pt);
	} else if (no == PT_CODE_WAIT) {
		pt_flow_hold(pt);
	} else {
		pt_flow_reject(pt, no);
	}
}

static void pt_print_send(struct pt *pt)
{
	if (pt->prints_at == pt->prints_count)
		pt_flow_next(pt);
	else
		pt_tell(pt, &pt->prints[pt->prints_at++], true);
}

/* 84 CC: the till cannot print; a strict terminal takes the money back. */
static void pt_print_answered(struct pt *pt, uint16_t code)
{
	if (code == (PT_NEGATIVE | PT_CODE_PRINTER) && !pt->tx.booked &&
	    pt->booking_rule == PT_REFUSE)
		pt_flow_reject(pt, PT_CODE_PRINTER);
	else
		pt_print_send(pt);
}

/* How long a stage lasts; below 0: until a person does something. */
static int64_t pt_stage_time(const struct pt *pt)
{
	const struct pt_stage *stage = pt_stage_at(pt);

	if (pt->tx.events & 1U << stage->kind)
		return 0;
	if (pt->automatic || !pt_flow_is_personal(pt))
		return stage->ms;
	return stage->kind == PT_STAGE_CARD || stage->kind == PT_STAGE_PIN
		       ? pt->card_timeout
		       : -1;
}

/* Told; now for the person, or for time. */
static void pt_stage_wait(struct pt *pt)
{
	int64_t ms = pt_stage_time(pt);

	pt->tx.told = true;
	if (pt->tx.jump)
		pt_flow_fail(pt, pt->tx.code);
	else if (ms >= 0)
		pt_time_set(pt, PT_TIMER_STAGE, ms);
}

/* A storm of progress, and a code that no table has (10). */
static bool pt_stage_storms(struct pt *pt)
{
	if (pt->next_strange) {
		pt->next_strange = false;
		pt->tx.strange = true;
		pt_tell_progress(pt, PT_STRANGE, NULL);
		return true;
	}
	if (!pt->next_storm)
		return false;
	pt->next_storm--;
	pt_tell_progress(pt, 0x0e, NULL);
	return true;
}

static void pt_stage_tell(struct pt *pt)
{
	const struct pt_stage *stage = pt_stage_at(pt);

	pt->tx.told = false;
	kit_show(&pt->model.host, "display: %s", stage->display);
	if (pt->config & PT_CONFIG_PROGRESS && !pt->tx.alone)
		pt_tell_progress(pt, stage->progress, stage->display);
	else
		pt_stage_wait(pt);
}

static void pt_stage_print(struct pt *pt)
{
	pt_paper_clear(pt);
	if (pt->tx.flow->receipt && !pt->tx.code)
		pt->tx.flow->receipt(pt);
	pt_print_send(pt);
}

/* Of 06 20 the result is sent only where the service byte asks for it. */
static bool pt_result_is_wanted(const struct pt *pt)
{
	return pt->tx.flow != &pt_flow_repeat ||
	       (pt->tx.service > 0 && pt->tx.service & 0x01);
}

static void pt_stage_enter(struct pt *pt)
{
	switch (pt_flow_stage(pt)) {
	case PT_STAGE_CARD:
	case PT_STAGE_PIN:
	case PT_STAGE_HOST:
	case PT_STAGE_REMOVE:
	case PT_STAGE_WAIT:
		pt_stage_tell(pt);
		break;
	case PT_STAGE_CLOCK:
		pt_tell_clock(pt);
		break;
	case PT_STAGE_RESULT:
		if (pt->tx.alone)
			pt_flow_lose_vote(pt);
		else if (pt_result_is_wanted(pt))
			pt_tell_result(pt);
		else
			pt_flow_next(pt);
		break;
	case PT_STAGE_PRINT:
		pt_stage_print(pt);
		break;
	case PT_STAGE_END:
		if (pt->tx.alone)
			pt_flow_finish(pt);
		else
			pt_tell_end(pt);
		break;
	}
}

void pt_flow_begin(struct pt *pt)
{
	pt->tx.swapped = pt->prints_first && pt->tx.flow->book;
	if (pt->tx.code && pt->tx.flow->count > 1)
		pt_flow_goto(pt, PT_STAGE_END);
	else
		pt_stage_enter(pt);
}

void pt_flow_answered(struct pt *pt, uint16_t code)
{
	enum pt_stage_kind kind;

	if (!pt->tx.flow || pt->tx.reversing)
		return;
	pt->tx.answers++;
	kind = pt_flow_stage(pt);
	switch (kind) {
	case PT_STAGE_CARD:
	case PT_STAGE_PIN:
	case PT_STAGE_HOST:
	case PT_STAGE_REMOVE:
	case PT_STAGE_WAIT:
		if (kind != PT_STAGE_CARD || !pt_stage_storms(pt))
			pt_stage_wait(pt);
		break;
	case PT_STAGE_RESULT:
		pt_result_answered(pt, code);
		break;
	case PT_STAGE_PRINT:
		pt_print_answered(pt, code);
		break;
	case PT_STAGE_CLOCK:
	case PT_STAGE_END:
		pt_flow_next(pt);
		break;
	}
}

/* T3 passed, or the line took nothing in three tries. */
void pt_flow_unanswered(struct pt *pt)
{
	if (!pt->tx.flow || pt->tx.reversing)
		return;
	switch (pt_flow_stage(pt)) {
	case PT_STAGE_CARD:
	case PT_STAGE_PIN:
	case PT_STAGE_HOST:
	case PT_STAGE_REMOVE:
	case PT_STAGE_WAIT:
		pt_stage_wait(pt);
		break;
	case PT_STAGE_RESULT:
	case PT_STAGE_PRINT:
		pt_flow_lose_vote(pt);
		break;
	case PT_STAGE_CLOCK:
	case PT_STAGE_END:
		pt_flow_next(pt);
		break;
	}
}

bool pt_flow_past_host(const struct pt *pt)
{
	if (pt->tx.approved)
		return true;
	for (size_t i = 0; i < pt->tx.stage; i++)
		if (pt->tx.flow->stages[i].kind == PT_STAGE_HOST)
			return true;
	return pt_flow_stage(pt) >= PT_STAGE_RESULT;
}

/* The till is gone. What the host has not approved yet is called off. */
void pt_flow_abandon(struct pt *pt)
{
	struct pt_transaction *tx = &pt->tx;

	if (!tx->flow || tx->alone)
		return;
	tx->alone = true;
	pt->awaited_count = 0;
	pt_time_clear(pt, PT_TIMER_T3);
	pt_time_clear(pt, PT_TIMER_LATE);
	pt->holding = false;
	if (tx->reversing)
		return;
	if (pt_flow_stage(pt) == PT_STAGE_END || !tx->flow->book ||
	    !pt_flow_past_host(pt))
		pt_flow_finish(pt);
	else
		pt_flow_lose_vote(pt);
}

static void pt_stage_decide(struct pt *pt)
{
	struct pt_transaction *tx = &pt->tx;
	uint8_t code = tx->flow->decide ? tx->flow->decide(pt) : PT_CODE_OK;

	if (code) {
		pt_flow_fail(pt, code);
		return;
	}
	tx->approved = true;
	pt_flow_next(pt);
}

/* Nobody came: the card was not shown, the PIN not entered (6C). */
static bool pt_stage_is_over(const struct pt *pt)
{
	enum pt_stage_kind kind = pt_flow_stage(pt);

	return (kind == PT_STAGE_CARD || kind == PT_STAGE_PIN) &&
	       !pt->automatic && !(pt->tx.events & 1U << kind);
}

void pt_flow_pass(struct pt *pt)
{
	struct pt_transaction *tx = &pt->tx;

	if (!tx->flow)
		return;
	if (tx->reversing) {
		tx->reversing = false;
		pt_flow_goto(pt, PT_STAGE_END);
		return;
	}
	switch (pt_flow_stage(pt)) {
	case PT_STAGE_CARD:
	case PT_STAGE_PIN:
		if (pt_stage_is_over(pt)) {
			pt_flow_fail(pt, PT_CODE_STOPPED);
			break;
		}
		pt->card_in = true;
		pt_flow_next(pt);
		break;
	case PT_STAGE_HOST:
		pt_stage_decide(pt);
		break;
	case PT_STAGE_REMOVE:
		pt->card_in = false;
		pt_flow_next(pt);
		break;
	case PT_STAGE_WAIT:
		pt_flow_next(pt);
		break;
	case PT_STAGE_RESULT:
		if (tx->code)
			pt_flow_goto(pt, PT_STAGE_END);
		else
			pt_tell_result(pt);
		break;
	case PT_STAGE_PRINT:
	case PT_STAGE_CLOCK:
	case PT_STAGE_END:
		pt_flow_goto(pt, PT_STAGE_END);
		break;
	}
}

/* Declined, stopped, called off: tell the result, then the end (7.2). */
void pt_flow_fail(struct pt *pt, uint8_t code)
{
	struct pt_transaction *tx = &pt->tx;

	tx->code = code;
	if (!tx->told && !tx->alone) {
		tx->jump = true;
		return;
	}
	pt->card_in = false;
	if (code != PT_CODE_PIN_WRONG)
		kit_show(&pt->model.host, "display: not done, code %02X", code);
	tx->swapped = false;
	pt_flow_goto(pt, tx->flow->result ? PT_STAGE_RESULT : PT_STAGE_END);
}

void pt_flow_event(struct pt *pt, enum pt_stage_kind kind)
{
	pt->tx.events |= 1U << kind;
	if (pt->tx.told && pt_flow_stage(pt) == kind)
		pt_flow_pass(pt);
}
