/* SPDX-License-Identifier: Apache-2.0 */
/* What is done at a till. */
#include "acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the drawer --- */

void act_open_drawer(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	act_post(world, chance, &actor, "drawer/open", "{'reason':'change'}");
}

void act_open_drawer_for_event(struct world *world, struct chance *chance)
{
	static const char *const events[] = {
		"session.closing", "session.close", "cash.in",
		"cash.out",	   "day.end",	    "session.open",
		"receipt",	   "goods.return",  NULL
	};
	const struct known_operation *event =
		act_known(world, chance, events[chance_below(chance, 9)]);
	struct actor actor = act_choose(world, chance);

	if (!event)
		return;
	if (chance_hits(chance, 90))
		actor.till = event->till;
	act_post(world, chance, &actor, "drawer/open", "{'event':'%s'}",
		 event->id);
}

/* --- cards --- */

void act_open_session_of(struct world *world, struct chance *chance,
			 const struct actor *actor)
{
	act_post(world, chance, actor, "sessions", "{'counted':%d}",
		 chance_hits(chance, 85) ? 0 : 5000);
}

bool act_opens_session(struct world *world, struct chance *chance,
		       const struct actor *actor)
{
	if (*world->memory.sessions[!strcmp(actor->till, "2")] ||
	    !chance_hits(chance, 80))
		return false;
	act_open_session_of(world, chance, actor);
	return true;
}

void act_pay(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	if (act_opens_session(world, chance, &actor))
		return;
	act_post(world, chance, &actor, "payments", "{'amount':%d}",
		 (int)(1000 + ++world->memory.amounts));
}

void act_cancel(struct world *world, struct chance *chance)
{
	const struct known_operation *payment =
		act_known(world, chance, "payment");
	struct actor actor = act_choose(world, chance);
	char what[80];

	if (!payment)
		return;
	if (chance_hits(chance, 95))
		actor.till = payment->till;
	snprintf(what, sizeof(what), "payments/%s/cancel", payment->id);
	act_post(world, chance, &actor, what, "{'reason':'returned'}");
}

static const struct known_operation *act_unknown(const struct world *world)
{
	const struct memory *memory = &world->memory;

	for (size_t i = memory->operations_count; i-- > 0;)
		if (!strcmp(memory->operations[i].outcome, "unknown"))
			return &memory->operations[i];
	return NULL;
}

/* Whoever settles has looked: the world knows what happened. */
static bool act_really_happened(const struct world *world, const char *id)
{
	for (size_t i = 0; i < world->plant.moves_count; i++)
		if (!strcmp(world->plant.moves[i].op_id, id))
			return true;
	return false;
}

void act_settle(struct world *world, struct chance *chance)
{
	const struct known_operation *unknown = act_unknown(world);
	struct actor actor = act_choose(world, chance);
	char what[80], path[ACT_PATH];

	if (!unknown)
		unknown = act_known(world, chance, NULL);
	if (!unknown)
		return;
	actor.till = unknown->till;
	snprintf(what, sizeof(what), "operations/%s/settle", unknown->id);
	act_path(path, &actor, what);
	act_send(world, chance, &actor, "POST", path, NULL,
		 "{'outcome':'%s','reason':'looked'}",
		 act_really_happened(world, unknown->id) ? "ok" : "failed");
}

/* --- what moves nothing --- */

void act_show(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose_at(world, chance, "1");
	char path[ACT_PATH];

	act_path(path, &actor, "display");
	act_send(world, chance, &actor, "PUT", path, NULL,
		 "{'lines':['TOTAL','%u.00']}", chance_below(chance, 100));
}

void act_clear(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose_at(world, chance, "1");
	char path[ACT_PATH];

	act_path(path, &actor, "display");
	act_send(world, chance, &actor, "DELETE", path, NULL, NULL);
}

void act_check(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	act_post(world, chance, &actor, "check", "{'action':'price.change'}");
}

/* --- sessions and cash --- */

void act_open_session(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	act_open_session_of(world, chance, &actor);
}

static void act_session(struct world *world, struct chance *chance,
			const char *verb, const char *body)
{
	struct actor actor = act_choose(world, chance);
	const char *session = world->memory.sessions[!strcmp(actor.till, "2")];
	char what[80];

	if (!*session)
		return;
	snprintf(what, sizeof(what), "sessions/%s/%s", session, verb);
	act_post(world, chance, &actor, what, "%s", body);
}

void act_begin_closing(struct world *world, struct chance *chance)
{
	act_session(world, chance, "closing",
		    chance_hits(chance, 70) ? "{}" : "{'force':true}");
}

void act_count(struct world *world, struct chance *chance)
{
	char body[64];

	snprintf(body, sizeof(body), "{'counted':%u,'force':true}",
		 chance_below(chance, 4) * 1000);
	act_session(world, chance, "count", body);
}

void act_close_session(struct world *world, struct chance *chance)
{
	act_session(world, chance, "close",
		    chance_hits(chance, 60)
			    ? "{'withdrawal':0,'force':true}"
			    : "{'withdrawal':1000,'force':true}");
}

void act_lock(struct world *world, struct chance *chance)
{
	act_session(world, chance, "lock", "{}");
}

void act_unlock(struct world *world, struct chance *chance)
{
	act_session(world, chance, "unlock", "{'force':true}");
}

void act_hand_over(struct world *world, struct chance *chance)
{
	char body[64];

	snprintf(body, sizeof(body), "{'to':'%s','force':true}",
		 people_table[chance_below(chance, PEOPLE)].login);
	act_session(world, chance, "hand-over", body);
}

void act_end_day(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	act_post(world, chance, &actor, "day/end",
		 "{'counted':0,'withdrawal':0,'report':%s}",
		 chance_hits(chance, 50) ? "true" : "false");
}

void act_cash(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	act_post(world, chance, &actor, "cash",
		 "{'direction':'%s','amount':%u,'reason':'bread'}",
		 chance_hits(chance, 60) ? "in" : "out",
		 1 + chance_below(chance, 5000));
}

void act_declare(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	act_post(world, chance, &actor, "declared", "{'kind':'%s','amount':%u}",
		 chance_hits(chance, 80) ? "sale" : "refund",
		 1 + chance_below(chance, 3000));
}

void act_balance(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);
	char path[ACT_PATH];

	act_path(path, &actor, "balance");
	act_send(world, chance, &actor, "GET", path, NULL, NULL);
}

/* A shift comes to its end, and maybe the day. */
void act_end_shift(struct world *world, struct chance *chance)
{
	const struct memory *memory = &world->memory;
	size_t at = chance_hits(chance, 65) ? 0 : 1;

	if (!*memory->sessions[at])
		return;
	chain_begin(world,
		    &(struct chain){ .steps = { act_begin_closing,
						act_open_drawer_for_event,
						act_count, act_close_session,
						act_open_drawer_for_event,
						act_end_day, act_report_z },
				     .count = 4 + chance_below(chance, 4),
				     .pause = chance_between(chance, 50, 2000),
				     .who = memory->owners[at],
				     .chance = { chance_next(chance) } });
}

/* --- what programs do that lost an answer, or their minds --- */

static struct ask *act_recent(struct world *world, struct chance *chance,
			      bool keyed, bool waiting)
{
	struct ask *found = NULL;
	int back = 1 + (int)chance_below(chance, 12);

	for (struct ask *ask = world->asks; ask; ask = ask->next) {
		if ((keyed && !*ask->key) ||
		    (waiting && (!ask->request || ask->answers)))
			continue;
		if (!found || world->asks_count - ask->number >= back)
			found = ask;
	}
	return found;
}

void act_again(struct world *world, struct chance *chance)
{
	const struct ask *ask = act_recent(world, chance, true, false);

	if (ask)
		ask_again(world, ask);
}

/* Under a key that was used for something else. */
void act_again_otherwise(struct world *world, struct chance *chance)
{
	const struct ask *ask = act_recent(world, chance, true, false);
	struct actor actor;
	char path[ACT_PATH];

	if (!ask)
		return;
	actor = (struct actor){ .uid = ask->uid,
				.login = ask->login,
				.till = ask->till,
				.token = ask->token };
	act_path(path, &actor, "drawer/open");
	act_send(world, chance, &actor, "POST", path, ask->key,
		 "{'reason':'another'}");
}

/* The nearest thing that its device or the disk is at just now. */
static enum stage act_stage(const struct world *world)
{
	for (enum stage stage = STAGES - 1; stage > STAGE_ASKED; stage--)
		if (stage != STAGE_RECOVERING &&
		    progress_is_at(&world->progress, stage))
			return stage;
	return STAGE_ASKED;
}

void act_leave(struct world *world, struct chance *chance)
{
	struct ask *ask = act_recent(world, chance, false, true);

	if (!ask)
		return;
	world_tell(world, "the client of #%d has gone", ask->number);
	matrix_hit(world->matrix, FAULT_CLIENT_GONE, act_stage(world));
	ask_leave(ask);
}

void act_look(struct world *world, struct chance *chance)
{
	static const char *const paths[] = {
		"/v1",
		"/v1/tills",
		"/v1/tills/1",
		"/v1/tills/1/drawer",
		"/v1/tills/1/session",
		"/v1/tills/1/sessions?limit=5",
		"/v1/tills/1/can",
		"/v1/devices",
		"/v1/sign-ons",
		"/v1/sign-ons/current",
		"/v1/guesses",
		"/v1/tokens",
		"/v1/journal?limit=20&order=newest",
		"/v1/policy",
		"/v1/operators",
		"/v1/nowhere",
		"/v1/tills/1?wait=1",
		"/v1/policy/lint",
		"/v1/authorizations?till=1",
		"/v1/tills/2",
	};
	const struct known_operation *operation =
		act_known(world, chance, NULL);
	struct actor actor = act_choose(world, chance);
	uint32_t which =
		chance_below(chance, sizeof(paths) / sizeof(*paths) + 6);
	char path[ACT_PATH];

	if (which < sizeof(paths) / sizeof(*paths)) {
		act_send(world, chance, &actor, "GET", paths[which], NULL,
			 NULL);
		return;
	}
	if (!operation)
		return;
	snprintf(path, sizeof(path), "/v1/operations/%s?wait=%u", operation->id,
		 chance_below(chance, 60));
	act_send(world, chance, &actor, "GET", path, NULL, NULL);
}

void act_call_off(struct world *world, struct chance *chance)
{
	const struct known_operation *operation =
		act_known(world, chance, NULL);
	struct actor actor = act_choose(world, chance);
	char path[ACT_PATH];

	if (!operation)
		return;
	snprintf(path, sizeof(path), "/v1/operations/%s", operation->id);
	act_send(world, chance, &actor, "DELETE", path, NULL, NULL);
}

/* No program of ours. */
void act_garbage(struct world *world, struct chance *chance)
{
	static const char *const bodies[] = {
		"{",
		"[]",
		"{'reason':7}",
		"{'reason':'x','reason':'y'}",
		"{'counted':-1}",
		"{'amount':1e99}",
		"null",
		"{'amount':999999999999999999999}",
		"{'lines':[{'void':1}],'payments':[]}",
		"{'lines':[{'name':'','price':0,'vat':'Z'}]}",
	};
	static const char *const whats[] = {
		"drawer/open", "payments", "sessions",	"reports", "cash",
		"receipts",    "returns",  "printouts", "jobs"
	};
	struct actor actor = act_choose(world, chance);
	const char *what = whats[chance_below(chance, 8)];

	act_post(world, chance, &actor, what, "%s",
		 bodies[chance_below(chance, 10)]);
}

void act_follow(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	act_send(world, chance, &actor, "GET",
		 chance_hits(chance, 50) ? "/v1/events" : "/v1/events?after=0",
		 NULL, NULL);
}
