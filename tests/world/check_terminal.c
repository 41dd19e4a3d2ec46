/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The books of the card terminals, which are the judge of what became of
 * anybody's money: what was paid was given back once at most, and what was
 * reversed was what somebody wanted to have reversed.
 */
#include "judge.h"

#include <string.h>

static bool check_is_there(const struct movement *movement,
			   const struct judged *judged)
{
	return !strcmp(plant_rows[movement->line].name, judged->device);
}

bool check_was_reversed_by_hand(const struct world *world,
				const struct judged *judged)
{
	for (size_t i = 0; i < world->plant.moves_count; i++) {
		const struct movement *movement = &world->plant.moves[i];

		if (movement->by_hand && movement->move == MOVE_REVERSED &&
		    judged->op.kind == OP_REVERSAL &&
		    movement->original == judged->op.reversal.receipt &&
		    check_is_there(movement, judged))
			return true;
	}
	return false;
}

/* One that is told as done was of what it was to be of: some terminals reverse
 * another, and that has to be seen. */
static void check_reversal(struct world *world, const struct judged *judged)
{
	for (size_t i = 0; i < world->plant.moves_count; i++) {
		const struct movement *movement = &world->plant.moves[i];

		if (movement->move != MOVE_REVERSED || movement->by_hand ||
		    movement->blurred ||
		    strcmp(movement->op_id, judged->id) != 0 ||
		    (movement->original == judged->op.reversal.receipt &&
		     movement->amount == judged->op.reversal.amount))
			continue;
		world_breach(world, "reversed-what-was-meant",
			     "%s: receipt %d of %d in place of %d of %d",
			     judged->id, (int)movement->original,
			     (int)movement->amount,
			     (int)judged->op.reversal.receipt,
			     (int)judged->op.reversal.amount);
	}
}

static bool check_gave_back(const struct judged *judged)
{
	return *judged->payment && judged->ended &&
	       judged->outcome == OUTCOME_OK;
}

/* The daemon lets nobody begin the second while the first may have been. */
static void check_given_back(struct world *world, const struct judgement *all,
			     size_t at)
{
	const struct judged *judged = &all->list[at];

	for (size_t i = 0; i < at; i++)
		if (check_gave_back(&all->list[i]) &&
		    !strcmp(all->list[i].payment, judged->payment))
			world_breach(world, "given-back-once", "%s: %s and %s",
				     judged->payment, all->list[i].id,
				     judged->id);
}

void check_terminals(struct world *world, const struct judgement *all)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct judged *judged = &all->list[i];

		if (judged->moves && judged->op.kind == OP_REVERSAL &&
		    judged->ended && !judged->settled &&
		    judged->outcome == OUTCOME_OK)
			check_reversal(world, judged);
		if (check_gave_back(judged))
			check_given_back(world, all, i);
	}
}
