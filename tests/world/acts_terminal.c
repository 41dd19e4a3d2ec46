/* SPDX-License-Identifier: Apache-2.0 */
/* What is done at card terminals: by tills, by customers, by hand. */
#include "acts.h"

#include <stdio.h>
#include <string.h>

/* --- money --- */

/* Every refund has an amount of its own, and none has a payment's. */
void act_refund(struct world *world, struct chance *chance)
{
	const struct known_operation *payment =
		act_known(world, chance, "payment");
	struct actor actor = act_choose(world, chance);
	char of[64] = "";

	if (payment && chance_hits(chance, 60)) {
		snprintf(of, sizeof(of), ",'payment':'%s'", payment->id);
		if (chance_hits(chance, 95))
			actor.till = payment->till;
	}
	act_post(world, chance, &actor, "refunds",
		 "{'amount':%d,'reason':'returned'%s}",
		 (int)++world->memory.amounts, of);
}

void act_pay_by_telephone(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);

	act_post(world, chance, &actor, "payments",
		 "{'amount':%d,'authorization':'730415'}",
		 (int)(1000 + ++world->memory.amounts));
}

/* What was asked for last and goes on, as far as anybody was told. */
static const struct known_operation *act_under_way(const struct world *world)
{
	const struct memory *memory = &world->memory;

	for (size_t i = memory->operations_count; i-- > 0;)
		if (!*memory->operations[i].outcome)
			return &memory->operations[i];
	return NULL;
}

static void act_call_off_last(struct world *world, struct chance *chance)
{
	const struct known_operation *operation = act_under_way(world);
	struct actor actor = act_choose(world, chance);
	char path[ACT_PATH];

	if (!operation)
		return;
	snprintf(path, sizeof(path), "/v1/operations/%s", operation->id);
	act_send(world, chance, &actor, "DELETE", path, NULL, NULL);
}

/* They pay, and would rather not; sooner or later, more than once. */
void act_change_mind(struct world *world, struct chance *chance)
{
	const struct memory *memory = &world->memory;
	size_t at = chance_hits(chance, 65) ? 0 : 1;

	if (!*memory->sessions[at])
		return;
	chain_begin(world,
		    &(struct chain){ .steps = { act_pay, act_call_off_last,
						act_call_off_last,
						act_call_off_last },
				     .count = 2 + chance_below(chance, 3),
				     .pause = chance_between(chance, 50, 1200),
				     .who = memory->owners[at],
				     .chance = { chance_next(chance) } });
}

/* --- the terminal itself --- */

static void act_use_terminal(struct world *world, struct chance *chance,
			     const char *kind)
{
	struct actor actor = act_choose(world, chance);

	act_post(world, chance, &actor, "terminal", "{'kind':'%s'}", kind);
}

void act_end_terminal_day(struct world *world, struct chance *chance)
{
	act_use_terminal(world, chance, "day-end");
}

void act_repeat_receipt(struct world *world, struct chance *chance)
{
	act_use_terminal(world, chance, "receipt");
}

void act_slips(struct world *world, struct chance *chance)
{
	const struct known_operation *payment =
		act_known(world, chance, "payment");
	struct actor actor = act_choose(world, chance);
	char what[80], path[ACT_PATH];

	if (!payment)
		return;
	snprintf(what, sizeof(what), "payments/%s/slips", payment->id);
	act_path(path, &actor, what);
	act_send(world, chance, &actor, "GET", path, NULL, NULL);
}

/* On the printer, which till 1 has. */
void act_print_slip(struct world *world, struct chance *chance)
{
	static const char *const copies[] = { "merchant", "customer",
					      "administration" };
	const struct known_operation *payment =
		act_known(world, chance, "payment");
	struct actor actor = act_choose_at(world, chance, "1");
	char what[80];

	if (!payment)
		return;
	snprintf(what, sizeof(what), "payments/%s/slips", payment->id);
	act_post(world, chance, &actor, what, "{'copy':'%s'}",
		 copies[chance_below(chance, 3)]);
}

/* Who just paid there wants it undone: asked for by whoever sells, or by a
 * supervisor who is signed on. */
void act_pay_and_cancel(struct world *world, struct chance *chance)
{
	const struct memory *memory = &world->memory;
	size_t at = chance_hits(chance, 65) ? 0 : 1;

	if (!*memory->sessions[at])
		return;
	chain_begin(world,
		    &(struct chain){ .steps = { act_pay, act_cancel,
						act_approve, act_retry,
						act_approve, act_retry },
				     .count = 6,
				     .pause = chance_between(chance, 400, 3000),
				     .who = memory->owners[at],
				     .chance = { chance_next(chance) } });
}

static const char *act_terminal(struct chance *chance)
{
	return chance_hits(chance, 60) ? "terminal1" : "terminal2";
}

/* A technician; now and then somebody who is none. */
void act_service(struct world *world, struct chance *chance)
{
	static const char *const tasks[] = { "status", "status", "diagnosis",
					     "initialise", "log-off" };
	const char *device = act_terminal(chance);
	const struct actor actor = {
		.uid = chance_hits(chance, 90) ? PEOPLE_TECHNICIAN
					       : people_uids[0],
		.login = "",
		.till = strcmp(device, "terminal2") ? "1" : "2",
	};
	char path[ACT_PATH];

	snprintf(path, sizeof(path), "/v1/devices/%s/service", device);
	act_send(world, chance, &actor, "POST", path, NULL, "{'task':'%s'}",
		 tasks[chance_below(chance, 5)]);
}

/* --- customers --- */

static void act_do(struct world *world, const char *device, const char *what)
{
	struct plant_line *line = plant_find(&world->plant, device);

	world_tell(world, "%s: %s", device, what);
	plant_command(line, what);
}

/* What the next payment there will be like. */
void act_wish(struct world *world, struct chance *chance)
{
	static const char *const wishes[] = {
		"next tip 150",	   "next tip 100000", "next amount 400",
		"next conversion", "next signature",  "next pin wrong",
		"next decline",	   "next decline 9B", "next strange",
	};

	act_do(world, act_terminal(chance), wishes[chance_below(chance, 9)]);
}

/* They take their time, or stop. */
void act_customer(struct world *world, struct chance *chance)
{
	static const char *const does[] = {
		"auto off", "auto off", "auto on", "insert card", "pin",
		"approve",  "approve",	"decline", "remove card", "stop",
	};

	act_do(world, act_terminal(chance), does[chance_below(chance, 10)]);
}

/* At the terminal's own keys: some payment that was taken there. */
void act_reverse_by_hand(struct world *world, struct chance *chance)
{
	const struct plant *plant = &world->plant;
	const char *device = act_terminal(chance);
	int64_t receipt = 0;
	uint32_t seen = 0;
	char command[32];

	for (size_t i = 0; i < plant->moves_count; i++) {
		const struct movement *movement = &plant->moves[i];

		if (movement->move == MOVE_PAID &&
		    !strcmp(plant_rows[movement->line].name, device) &&
		    !chance_below(chance, ++seen))
			receipt = movement->receipt;
	}
	if (!receipt)
		return;
	snprintf(command, sizeof(command), "reverse %d", (int)receipt);
	act_do(world, device, command);
}
