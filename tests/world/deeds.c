/* SPDX-License-Identifier: Apache-2.0 */
/* All that may happen in a run, how often, and how a seed makes a story. */
#include "acts.h"

#define DEED_QUICK_MS 1000
#define DEED_CLOCK_MS ((int64_t)2 * 3600 * 1000)

#define STORY_ACTS   200
#define STORY_DEATH_EVERY 22 /* acts: nine in all, some strike nothing */
#define STORY_CALM   10 /* one in so many has no trouble */

/* --- trouble and death, as deeds --- */

static void deed_trouble(struct world *world, struct chance *chance)
{
	static const enum stage stages[] = {
		STAGE_IDLE,	 STAGE_ASKED,	STAGE_BEGUN,
		STAGE_BEGUN,	 STAGE_COMMITTED, STAGE_COMMITTED,
		STAGE_COMMITTED, STAGE_OUTCOME, STAGE_RECOVERING,
	};
	enum fault_kind kind = chance_below(chance, FAULT_KILL);
	enum stage stage = stages[chance_below(chance, 9)];

	trouble_set(world, kind, stage, chance);
}

static void deed_disk(struct world *world, struct chance *chance)
{
	enum fault_kind kind = chance_hits(chance, 60) ? FAULT_DISK_FAILS
						       : FAULT_DISK_FULL;

	trouble_set(world, kind, chance_below(chance, STAGES), chance);
}

static void deed_death(struct world *world, struct chance *chance)
{
	enum fault_kind kind = chance_hits(chance, 50) ? FAULT_KILL
						       : FAULT_POWER_CUT;

	trouble_set(world, kind, chance_below(chance, STAGES), chance);
}

/* Somebody, or NTP, sets the clock. */
static void deed_clock(struct world *world, struct chance *chance)
{
	int64_t ms = chance_between(chance, -DEED_CLOCK_MS, DEED_CLOCK_MS);

	if (chance_hits(chance, 50))
		ms /= 3600; /* by seconds */
	world_tell(world, "the wall clock steps by %lld ms", (long long)ms);
	world->loom.wall_offset += ms;
}

/* A line takes no more bytes for a while, or for good. */
static void deed_stall(struct world *world, struct chance *chance)
{
	struct plant_line *line =
		&world->plant.lines[chance_below(chance, PLANT_LINES)];

	world_tell(world, "%s takes no bytes", line->row->name);
	line->was_faulty = true;
	plant_stall(line, chance_between(chance, 100, 30000));
}

static void deed_restart(struct world *world, struct chance *chance)
{
	(void)chance;
	world->restart_asked = true;
}

/* A person closes what stands open; nobody is so quick that a drawer is not
 * seen to have opened. */
static void deed_close_drawers(struct world *world, struct chance *chance)
{
	int64_t last[PLANT_LINES] = { 0 };

	(void)chance;
	for (size_t i = 0; i < world->plant.moves_count; i++)
		last[world->plant.moves[i].line] = world->plant.moves[i].at;
	for (size_t i = 0; i < PLANT_LINES; i++)
		if (plant_stands_open(&world->plant.lines[i]) &&
		    world->loom.now - last[i] > DEED_QUICK_MS)
			plant_command(&world->plant.lines[i], "close");
}

/* A technician puts paper in, and the like. */
static void deed_mend(struct world *world, struct chance *chance)
{
	static const char *const cures[] = { "paper ok", "cover closed",
					     "unjam",	 "unlock",
					     "online",	 "error off",
					     "menu off", "other off" };

	(void)chance;
	for (size_t i = 0; i < PLANT_LINES; i++)
		for (size_t k = 0; k < sizeof(cures) / sizeof(*cures); k++)
			plant_command(&world->plant.lines[i], cures[k]);
}

/* --- the table --- */

const struct deed deeds[] = {
	{ "sign-on", 18, DEED_ACT, act_sign_on },
	{ "sign-on-by-badge", 3, DEED_ACT, act_sign_on_by_badge },
	{ "sign-off", 3, DEED_ACT, act_sign_off },
	{ "open-session", 8, DEED_ACT, act_open_session },
	{ "open-drawer", 24, DEED_ACT, act_open_drawer },
	{ "open-drawer-for-event", 8, DEED_ACT, act_open_drawer_for_event },
	{ "pay", 30, DEED_ACT, act_pay },
	{ "cancel", 10, DEED_ACT, act_cancel },
	{ "settle", 8, DEED_ACT, act_settle },
	{ "x", 6, DEED_ACT, act_report_x },
	{ "z", 14, DEED_ACT, act_report_z },
	{ "periodic", 6, DEED_ACT, act_report_periodic },
	{ "show", 6, DEED_ACT, act_show },
	{ "clear", 2, DEED_ACT, act_clear },
	{ "check", 4, DEED_ACT, act_check },
	{ "closing", 3, DEED_ACT, act_begin_closing },
	{ "count", 4, DEED_ACT, act_count },
	{ "close-session", 4, DEED_ACT, act_close_session },
	{ "lock", 2, DEED_ACT, act_lock },
	{ "unlock", 3, DEED_ACT, act_unlock },
	{ "hand-over", 2, DEED_ACT, act_hand_over },
	{ "end-day", 3, DEED_ACT, act_end_day },
	{ "end-shift", 5, DEED_ACT, act_end_shift },
	{ "cash", 8, DEED_ACT, act_cash },
	{ "declare", 6, DEED_ACT, act_declare },
	{ "balance", 3, DEED_ACT, act_balance },
	{ "approve", 30, DEED_ACT, act_approve },
	{ "retry", 26, DEED_ACT, act_retry },
	{ "deny", 3, DEED_ACT, act_deny },
	{ "arm", 8, DEED_ACT, act_arm },
	{ "give-pin", 6, DEED_ACT, act_give_pin },
	{ "swipe", 10, DEED_ACT, act_swipe },
	{ "withdraw", 2, DEED_ACT, act_withdraw },
	{ "ceremony", 8, DEED_ACT, act_ceremony },
	{ "give-token", 6, DEED_ACT, act_give_token },
	{ "use-given", 8, DEED_ACT, act_use_given },
	{ "revoke-token", 2, DEED_ACT, act_revoke_token },
	{ "list-questions", 2, DEED_ACT, act_list_questions },
	{ "change-pin", 1, DEED_ACT, act_change_pin },
	{ "change-operator", 4, DEED_ACT, act_change_operator },
	{ "again", 16, DEED_ACT, act_again },
	{ "again-otherwise", 3, DEED_ACT, act_again_otherwise },
	{ "leave", 6, DEED_ACT, act_leave },
	{ "look", 12, DEED_ACT, act_look },
	{ "call-off", 3, DEED_ACT, act_call_off },
	{ "garbage", 3, DEED_ACT, act_garbage },
	{ "follow", 2, DEED_ACT, act_follow },
	{ "close-drawers", 16, DEED_ACT, deed_close_drawers },
	{ "mend", 6, DEED_TROUBLE, deed_mend },
	{ "trouble", 10, DEED_TROUBLE, deed_trouble },
	{ "disk", 3, DEED_TROUBLE, deed_disk },
	{ "clock", 1, DEED_TROUBLE, deed_clock },
	{ "stall", 1, DEED_TROUBLE, deed_stall },
	{ "death", 3, DEED_DEATH, deed_death },
	{ "restart", 1, DEED_DEATH, deed_restart },
};

const size_t deeds_count = sizeof(deeds) / sizeof(deeds[0]);

/* --- stories --- */

static unsigned int story_choose(struct chance *chance, enum deed_kind kind)
{
	unsigned int all = 0, at = 0;
	uint32_t left;

	for (size_t i = 0; i < deeds_count; i++)
		all += deeds[i].kind == kind ? deeds[i].weight : 0;
	left = chance_below(chance, all);
	while (deeds[at].kind != kind || left >= deeds[at].weight) {
		left -= deeds[at].kind == kind ? deeds[at].weight : 0;
		at++;
	}
	return at;
}

static int64_t story_pause(struct chance *chance)
{
	uint32_t kind = chance_below(chance, 100);

	if (kind < 30)
		return chance_between(chance, 0, 30);
	if (kind < 85)
		return chance_between(chance, 30, 1500);
	return chance_between(chance, 1500, 20000);
}

static void story_add(struct story *story, struct chance *chance,
		      unsigned int deed)
{
	if (story->count < WORLD_STEPS_MAX)
		story->steps[story->count++] =
			(struct step){ .deed = deed,
				       .pause = story_pause(chance),
				       .chance = chance_next(chance) };
}

static unsigned int story_named(act_fn *run)
{
	unsigned int at = 0;

	while (deeds[at].run != run)
		at++;
	return at;
}

/* How rough it is differs from story to story. */
void story_make(struct story *story, uint64_t seed, bool calm)
{
	struct chance chance = chance_make(seed, 0);
	uint32_t rough = 10 + chance_below(&chance, 35);
	int acts = 0;

	calm |= seed % STORY_CALM == 0;
	rough = calm ? 0 : rough;
	story->seed = seed;
	story->calm = calm;
	story->count = 0;
	for (int i = 0; i < 6; i++)
		story_add(story, &chance, story_named(act_sign_on));
	while (acts < STORY_ACTS) {
		if (chance_hits(&chance, rough)) {
			story_add(story, &chance,
				  story_choose(&chance, DEED_TROUBLE));
			continue;
		}
		story_add(story, &chance, story_choose(&chance, DEED_ACT));
		if (++acts % STORY_DEATH_EVERY == 0 && !calm)
			story_add(story, &chance,
				  story_choose(&chance, DEED_DEATH));
	}
}
