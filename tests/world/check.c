/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must hold whatever happens, each under a name. The judges are what the
 * devices did (plant_moves.c), what supervisors really said (struct consent),
 * what clients were told and what is on the disk; never the daemon's word
 * alone.
 */
#include "judge.h"
#include "people.h"

#include "util/json.h"
#include "util/text.h"

#include <stdio.h>
#include <string.h>

/* Clients ask to be kept waiting for two minutes at most, for whoever consents,
 * and once more for the device. */
#define CHECK_WAIT_MS  270000
#define CHECK_QUICK_MS 12000

/* --- as it happens --- */

/*
 * What moves belongs to what is past its point of no return there, or else to
 * what was last: bytes may have been long on their way.
 */
void check_movement(void *arg, struct movement *movement)
{
	struct world *world = arg;
	const char *device = plant_rows[movement->line].name;
	const char *id = world->committed[movement->line][movement->move];

	world_tell(world, "  * %s: %s%s", device, move_name(movement->move),
		   movement->by_hand ? " by hand" : "");
	world->matrix->moves++;
	if (movement->by_hand || movement->blurred)
		return;
	text_copy(movement->op_id, sizeof(movement->op_id), id);
	if (!*id) {
		world_breach(world, "asked-before-moved", "%s: %s, for nothing",
			     device, move_name(movement->move));
		return;
	}
	movement->was_durable =
		disk_holds_durably(&world->disk, id, strlen(id));
	if (!movement->was_durable)
		world_breach(world, "recorded-before-moved",
			     "%s: %s, and no record of %s on disk", device,
			     move_name(movement->move), id);
}

void check_answer(struct world *world, const struct ask *ask)
{
	if (ask->answers > 1)
		world_breach(world, "answered-once", "#%d: %d answers",
			     ask->number, ask->answers);
	if (ask->life != world->life.number)
		world_breach(world, "answered-once", "#%d: by a later daemon",
			     ask->number);
	if (ask->status == 500)
		world_breach(world, "no-internal-error", "#%d %s: %s",
			     ask->number, ask->path, ask->code);
}

/* --- of each operation --- */

static const unsigned int check_may[OP_KINDS] = {
	[OP_DRAWER_OPEN] = MAY_DRAWER,
	[OP_REPORT_X] = MAY_DAILY,
	[OP_REPORT_Z] = MAY_DAILY,
	[OP_REPORT_BY_DATES] = MAY_PERIODIC,
	[OP_REPORT_BY_NUMBERS] = MAY_PERIODIC,
	[OP_RECEIPT] = MAY_SELL,
	[OP_GOODS_RETURN] = MAY_MANAGE,
	[OP_PRINT_COPY] = MAY_SELL,
	[OP_FISCAL_READ] = MAY_MANAGE,
	[OP_CLOCK_SET] = MAY_MANAGE,
	[OP_PAYMENT] = MAY_SELL,
	[OP_REVERSAL] = MAY_CANCEL,
	[OP_REFUND] = MAY_REFUND,
	[OP_TERMINAL_DAY_END] = MAY_END_DAY,
	[OP_TERMINAL_RECEIPT] = MAY_SELL, /* who may, may read receipts */
	[OP_PRINT_TEXT] = MAY_SELL,	  /* a slip; and see check_takes() */
};

/* What an app prints that is not fiscal takes a session, and no right. */
static unsigned int check_takes(const struct judged *judged)
{
	return strcmp(judged->action, "print") &&
			       strcmp(judged->action, "print.job")
		       ? check_may[judged->op.kind]
		       : 0;
}

/* Of goods that came back: paper of its own, where cash goes out. */
static bool check_is_cash_back(const struct judged *judged,
			       const struct movement *movement)
{
	return judged->op.kind == OP_GOODS_RETURN &&
	       movement->move == MOVE_CASH;
}

static bool check_is_its(const struct judged *judged,
			 const struct movement *movement)
{
	if (movement->by_hand || movement->blurred)
		return false;
	if (movement->move != move_of(judged->op.kind) &&
	    !check_is_cash_back(judged, movement))
		return false;
	if (judged->op.kind == OP_PAYMENT || judged->op.kind == OP_REFUND)
		return movement->asked == judged->op.payment.amount;
	return !strcmp(movement->op_id, judged->id);
}

static int check_count(const struct world *world, const struct judged *judged,
		       bool cash_back)
{
	int count = 0;

	for (size_t i = 0; i < world->plant.moves_count; i++) {
		const struct movement *movement = &world->plant.moves[i];

		count += check_is_its(judged, movement) &&
			 check_is_cash_back(judged, movement) == cash_back;
	}
	return count;
}

/* Where bytes without a checksum were changed, a device may have told or done
 * anything: what is said of it then is nobody's fault. */
static bool check_is_blurred(const struct world *world,
			     const struct judged *judged)
{
	int64_t from = judged->created_at, to = judged->ended_at;

	for (size_t i = 0; i < PLANT_LINES; i++) {
		const struct plant_line *line = &world->plant.lines[i];

		/* A receipt printer says that it has done what it heard: of
		 * what the line lost nobody knows, in ESC/POS (printing.md). */
		if (!strcmp(plant_rows[i].name, judged->device))
			return plant_lied(line, from, to) ||
			       (judged->op.kind == OP_PRINT_JOB &&
				plant_missed(line, from, to));
	}
	return true;
}

/* A drawer that stands open is as open as was asked for. */
static bool check_stood_open(const struct world *world, const char *id)
{
	for (size_t i = 0; i < WORLD_FOUND_OPEN; i++)
		if (!strcmp(world->found_open[i], id))
			return true;
	return false;
}

/* A report that somebody made at the printer's keys meanwhile closes the day
 * as well: nothing can tell whose it was. */
static bool check_was_done_by_hand(const struct world *world,
				   const struct judged *judged)
{
	for (size_t i = 0; i < world->plant.moves_count; i++) {
		const struct movement *movement = &world->plant.moves[i];

		if (movement->by_hand && movement->at >= judged->created_at &&
		    movement->move == move_of(judged->op.kind) &&
		    !strcmp(plant_rows[movement->line].name, judged->device))
			return true;
	}
	return false;
}

static void check_outcome(struct world *world, const struct judged *judged)
{
	int moved = check_count(world, judged, false);
	int cash = check_count(world, judged, true);
	const char *outcome = outcome_name(judged->outcome);

	if (moved > 1 || cash > 1)
		world_breach(world, "nothing-twice", "%s %s (%s): %d times",
			     judged->action, judged->id, outcome, moved + cash);
	if (!judged->ended || judged->settled ||
	    move_of(judged->op.kind) == MOVES ||
	    check_is_blurred(world, judged))
		return;
	if (judged->outcome == OUTCOME_OK && !moved &&
	    !check_was_done_by_hand(world, judged) &&
	    !check_was_reversed_by_hand(world, judged) &&
	    !check_stood_open(world, judged->id))
		world_breach(world, "ok-happened", "%s %s did not",
			     judged->action, judged->id);
	if ((judged->outcome == OUTCOME_FAILED ||
	     judged->outcome == OUTCOME_REFUSED) &&
	    moved + cash)
		world_breach(world, "failed-did-not-happen",
			     "%s %s: %s, but did", judged->action, judged->id,
			     outcome);
}

/* What is on paper is what was asked for: by the client's own figures. */
static int64_t check_wanted(const struct world *world,
			    const struct judgement *all,
			    const struct judged *judged, bool cash_back)
{
	const struct judged *of = judged->op.kind == OP_CASH_SLIP
					  ? judge_find(all, judged->event)
					  : judged;
	const struct ask *ask = of ? check_ask_of(world, of) : NULL;
	json_t *body = ask ? json_parse(ask->body, strlen(ask->body)) : NULL;
	int64_t wanted = -1;

	if (judged->op.kind == OP_RECEIPT)
		wanted = json_int(body, "total", -1);
	else if (body)
		wanted = json_int(body, cash_back ? "cash" : "amount", 0);
	json_decref(body);
	return wanted;
}

static void check_amounts(struct world *world, const struct judgement *all,
			  const struct judged *judged)
{
	if (judged->op.kind != OP_RECEIPT &&
	    judged->op.kind != OP_GOODS_RETURN &&
	    judged->op.kind != OP_CASH_SLIP)
		return;
	for (size_t i = 0; i < world->plant.moves_count; i++) {
		const struct movement *movement = &world->plant.moves[i];
		int64_t wanted;

		if (!check_is_its(judged, movement))
			continue;
		wanted = check_wanted(world, all, judged,
				      check_is_cash_back(judged, movement));
		if (movement->amount != wanted)
			world_breach(world, "prints-what-was-asked",
				     "%s %s: %lld, and not %lld",
				     judged->action, judged->id,
				     (long long)movement->amount,
				     (long long)wanted);
	}
}

/* All of it, or nothing: cash goes out with the goods that come back. */
static void check_whole(struct world *world, const struct judged *judged)
{
	bool cash = check_count(world, judged, true) > 0;

	if (judged->op.kind != OP_GOODS_RETURN || !judged->ended ||
	    judged->settled || judged->outcome != OUTCOME_OK ||
	    check_is_blurred(world, judged) ||
	    strcmp(judged->device, "printer1") != 0)
		return;
	if (cash != (judged->op.goods.cash > 0))
		world_breach(world, "whole-or-not-at-all",
			     "%s %s: its cash did %sgo out", judged->action,
			     judged->id, cash ? "" : "not ");
}

/* On a good day everything is known. */
static void check_known(struct world *world, const struct judged *judged)
{
	if (judged->was_unknown)
		world_tell(world, "unknown: %s %s: %s", judged->device,
			   judged->action, judged->why);
	if (world->calm && judged->was_unknown)
		world_breach(world, "unknown-for-a-reason", "%s %s",
			     judged->action, judged->id);
}

static void check_ended(struct world *world, const struct judged *judged)
{
	if (!judged->ended)
		world_breach(world, "everything-ends", "%s %s has no outcome",
			     judged->action, judged->id);
}

/* --- of permission --- */

static bool check_was_said(const struct world *world,
			   const struct judged *judged)
{
	const struct memory *memory = &world->memory;

	for (size_t i = 0; i < memory->consents_count; i++) {
		const struct consent *said = &memory->consents[i];

		if (!strcmp(said->login, judged->approver) &&
		    said->at <= judged->created_at &&
		    (!*said->authorization ||
		     !strcmp(said->authorization, judged->authorization)))
			return true;
	}
	return false;
}

/* Given in advance: by whom, for whom, where. */
static bool check_was_given(const struct world *world,
			    const struct judged *judged)
{
	for (const struct ask *ask = world->asks; ask; ask = ask->next) {
		const char *id = json_text(ask->reply, "id");

		if (ask->status == 201 &&
		    !strcmp(ask->path, "/v1/authorizations") && id &&
		    !strcmp(id, judged->authorization))
			return !strcmp(ask->login, judged->approver) &&
			       !strcmp(ask->till, judged->till) &&
			       strstr(ask->body, judged->operator);
	}
	return false;
}

static void check_consent(struct world *world, const struct judged *judged,
			  unsigned int may)
{
	if (!person_may(judged->approver, judged->till, may))
		world_breach(world, "approver-may", "%s %s: %s may not",
			     judged->action, judged->id, judged->approver);
	if (!strcmp(judged->approver, judged->operator))
		world_breach(world, "not-by-oneself", "%s %s: %s",
			     judged->action, judged->id, judged->operator);
	if (judged->in_advance ? !check_was_given(world, judged)
			       : !check_was_said(world, judged))
		world_breach(world, "consent-was-given",
			     "%s %s: %s never said so", judged->action,
			     judged->id, judged->approver);
}

/* What it is done for happened here. */
static void check_event(struct world *world, const struct judgement *all,
			const struct judged *judged)
{
	const struct judged *event = judge_find(all, judged->event);

	if (!event || strcmp(event->till, judged->till) != 0 ||
	    event->outcome != OUTCOME_OK)
		world_breach(world, "event-was-witnessed", "%s %s: %s",
			     judged->action, judged->id, judged->event);
}

/* Devices are serviced by technicians, on nobody's right but theirs. */
static void check_technician(struct world *world, const struct judged *judged)
{
	if (judged->uid != PEOPLE_TECHNICIAN ||
	    *judged->operator|| * judged->authorization)
		world_breach(world, "operator-may", "%s %s: uid %d",
			     judged->action, judged->id, (int)judged->uid);
}

static void check_permission(struct world *world, const struct judgement *all,
			     const struct judged *judged)
{
	unsigned int may = check_takes(judged);

	if (!strcmp(judged->action, "device.service"))
		check_technician(world, judged);
	else if (*judged->authorization)
		check_consent(world, judged, may);
	else if (*judged->event)
		check_event(world, all, judged);
	else if (!person_may(judged->operator, judged->till, may))
		world_breach(world, "operator-may", "%s %s: %s at till %s",
			     judged->action, judged->id, judged->operator,
			     judged->till);
}

/* --- of all of them together --- */

static void check_pairs(struct world *world, const struct judged *one,
			const struct judged *other)
{
	if (*one->authorization &&
	    !strcmp(one->authorization, other->authorization))
		world_breach(world, "consent-once", "%s: for %s and %s",
			     one->authorization, one->id, other->id);
	if (*one->key && one->uid == other->uid &&
	    !strcmp(one->till, other->till) && !strcmp(one->key, other->key))
		world_breach(world, "key-once", "%s: %s and %s", one->key,
			     one->id, other->id);
	if (*one->event && !strcmp(one->event, other->event) &&
	    one->op.kind == other->op.kind && one->moves && other->moves &&
	    one->outcome != OUTCOME_FAILED && one->outcome != OUTCOME_REFUSED &&
	    other->outcome != OUTCOME_FAILED &&
	    other->outcome != OUTCOME_REFUSED)
		world_breach(world, "event-once", "%s: %s and %s", one->event,
			     one->id, other->id);
}

static void check_operations(struct world *world, const struct judgement *all)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct judged *judged = &all->list[i];

		for (size_t k = 0; k < i; k++)
			check_pairs(world, judged, &all->list[k]);
		if (judged->outcomes > 1)
			world_breach(world, "one-outcome", "%s %s: %d",
				     judged->action, judged->id,
				     judged->outcomes);
		if (!judged->moves)
			continue;
		check_ended(world, judged);
		check_known(world, judged);
		check_outcome(world, judged);
		check_amounts(world, all, judged);
		check_tax(world, judged);
		check_whole(world, judged);
		check_permission(world, all, judged);
		check_people(world, judged);
		world->matrix->ended[judged->op.kind]++;
		world->matrix->unknown[judged->op.kind] +=
			judged->ended && judged->was_unknown;
	}
}

/* Every movement is some operation's. */
static void check_movements(struct world *world, const struct judgement *all)
{
	for (size_t i = 0; i < world->plant.moves_count; i++) {
		const struct movement *movement = &world->plant.moves[i];
		bool found = movement->by_hand || movement->blurred;

		for (size_t k = 0; k < all->count && !found; k++)
			found = all->list[k].moves &&
				check_is_its(&all->list[k], movement);
		if (!found)
			world_breach(world, "every-move-has-its-intent",
				     "%s: %s (%s)",
				     plant_rows[movement->line].name,
				     move_name(movement->move),
				     movement->op_id);
	}
}

/* --- of what printers do by themselves --- */

/* While one of ours was under way its outcome has the numbers. */
static bool check_is_beside(const struct judgement *all,
			    const struct movement *movement)
{
	const char *device = plant_rows[movement->line].name;

	for (size_t i = 0; i < all->count; i++) {
		const struct judged *judged = &all->list[i];

		if (judged->moves && judged->op.kind == OP_REPORT_Z &&
		    !strcmp(judged->device, device) &&
		    (judged->was_unknown ||
		     (movement->at >= judged->created_at - CHECK_QUICK_MS &&
		      movement->at <= judged->ended_at + CHECK_QUICK_MS)))
			return true;
	}
	return false;
}

static int64_t check_unsolicited(const struct world *world, const char *device)
{
	const json_t *entry;
	int64_t told = 0;
	size_t at;

	json_array_foreach (world->journal, at, entry)
		if (!strcmp(json_text(entry, "kind"), "report.unsolicited") &&
		    !strcmp(json_text(entry, "device"), device))
			told += json_int(entry, "now", 0) -
				json_int(entry, "before", 0);
	return told;
}

/* Of ours, those of which nobody knows whether the printer made them. */
static int64_t check_unknown_reports(const struct judgement *all,
				     const char *device)
{
	int64_t unknown = 0;

	for (size_t i = 0; i < all->count; i++)
		unknown += all->list[i].op.kind == OP_REPORT_Z &&
			   all->list[i].was_unknown &&
			   !strcmp(all->list[i].device, device);
	return unknown;
}

/* A daily report by hand is noticed, whenever it was made, and once; and so is
 * one of ours that nobody knows of. */
static void check_reports_by_hand(struct world *world,
				  const struct judgement *all, size_t line)
{
	int64_t told = check_unsolicited(world, plant_rows[line].name);
	int64_t made = 0, beside = 0;

	for (size_t i = 0; i < world->plant.moves_count; i++) {
		const struct movement *movement = &world->plant.moves[i];

		if (movement->line != line || movement->move != MOVE_Z ||
		    !movement->by_hand)
			continue;
		made++;
		beside += check_is_beside(all, movement);
	}
	if (told < made - beside ||
	    told > made + check_unknown_reports(all, plant_rows[line].name))
		world_breach(world, "report-by-hand-is-noticed",
			     "%s: %lld were told, and %lld made",
			     plant_rows[line].name, (long long)told,
			     (long long)made);
}

/* --- of what clients were told --- */

/* What was told as an outcome stands, unless it was settled later on. */
static void check_told(struct world *world, const struct judgement *all,
		       const struct ask *ask)
{
	const json_t *inner = json_object_get(ask->reply, "operation");
	const json_t *operation = inner ? inner : ask->reply;
	const char *id = json_text(operation, "id");
	const char *told = json_text(operation, "outcome");
	const struct judged *judged;

	if (!id || !told || !json_text(operation, "action"))
		return;
	judged = judge_find(all, id);
	if (!judged)
		world_breach(world, "told-is-written",
			     "#%d: %s is %s, and not in the journal",
			     ask->number, id, told);
	else if (!judged->ended ||
		 (strcmp(outcome_name(judged->outcome), told) &&
		  strcmp(told, "unknown") != 0))
		world_breach(world, "told-is-written",
			     "#%d: %s was told as %s, written as %s",
			     ask->number, id, told,
			     judged->ended ? outcome_name(judged->outcome)
					   : "open");
}

/* While the box was awake. */
static int64_t check_took(const struct ask *ask)
{
	return ask->answered_at - ask->asked_at - ask->slept;
}

/* Whoever only looks, or would rather not wait, is not kept waiting. */
static void check_quick(struct world *world, const struct ask *ask)
{
	bool looks = !strcmp(ask->method, "GET") && !strchr(ask->path, '?');
	int64_t took = check_took(ask);

	if (!ask->answers || ask->wait > 0 || (!looks && ask->wait) ||
	    strstr(ask->path, "?wait=") || took < CHECK_QUICK_MS)
		return;
	world_breach(world, "answered-in-time", "#%d %s %s: after %d s",
		     ask->number, ask->method, ask->path, (int)took / 1000);
}

static void check_asks(struct world *world, const struct judgement *all)
{
	for (const struct ask *ask = world->asks; ask; ask = ask->next) {
		check_told(world, all, ask);
		if (ask->answers && !ask->left &&
		    check_took(ask) > CHECK_WAIT_MS)
			world_breach(world, "answered-in-time",
				     "#%d %s %s: after %d s", ask->number,
				     ask->method, ask->path,
				     (int)(check_took(ask) / 1000));
		check_quick(world, ask);
		if (!ask->answers && !ask->left)
			world_breach(world, "answered-once", "#%d %s %s: never",
				     ask->number, ask->method, ask->path);
	}
}

/* --- all --- */

void check_all(struct world *world)
{
	struct judgement all;

	judge_read(&all, world);
	check_operations(world, &all);
	check_movements(world, &all);
	for (size_t i = 0; i < PLANT_LINES; i++)
		check_reports_by_hand(world, &all, i);
	check_asks(world, &all);
	check_cash(world, &all);
	check_terminals(world, &all);
	check_state(world);
	judge_free(&all);
}
