/* SPDX-License-Identifier: Apache-2.0 */
/* All that may happen in a run, and how often. */
#include "acts.h"

#include <string.h>

#define DEED_QUICK_MS 1000
#define DEED_CLOCK_MS ((int64_t)2 * 3600 * 1000)

/* --- trouble and death, as deeds --- */

static void deed_trouble(struct world *world, struct chance *chance)
{
	static const enum stage stages[] = {
		STAGE_IDLE,	 STAGE_ASKED,	  STAGE_BEGUN,
		STAGE_BEGUN,	 STAGE_COMMITTED, STAGE_COMMITTED,
		STAGE_COMMITTED, STAGE_OUTCOME,	  STAGE_RECOVERING,
	};
	enum fault_kind kind = chance_below(chance, FAULT_KILL);
	enum stage stage = stages[chance_below(chance, 9)];

	trouble_set(world, kind, stage, chance);
}

static void deed_disk(struct world *world, struct chance *chance)
{
	enum fault_kind kind =
		chance_hits(chance, 60) ? FAULT_DISK_FAILS : FAULT_DISK_FULL;

	trouble_set(world, kind, chance_below(chance, STAGES), chance);
}

static void deed_death(struct world *world, struct chance *chance)
{
	enum fault_kind kind =
		chance_hits(chance, 50) ? FAULT_KILL : FAULT_POWER_CUT;

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

/* What is under way in them is so wherever they are. */
static void deed_exchange_committed(struct world *world, size_t one,
				    size_t other)
{
	char kept[sizeof(world->committed[0])];

	memcpy(kept, world->committed[one], sizeof(kept));
	memcpy(world->committed[one], world->committed[other], sizeof(kept));
	memcpy(world->committed[other], kept, sizeof(kept));
}

/* Somebody plugs the card terminals in the wrong way round. */
static void deed_swap(struct world *world, struct chance *chance)
{
	struct plant_line *one = plant_find(&world->plant, "terminal1");
	struct plant_line *other = plant_find(&world->plant, "terminal2");
	int64_t ms = chance_between(chance, 100, 60000);

	if (!plant_swap(one, other, ms))
		return;
	world_tell(world, "the two terminals are exchanged");
	deed_exchange_committed(world, plant_index(one), plant_index(other));
}

/* A technician changes the configuration: a device goes, or comes back. */
static void deed_reload(struct world *world, struct chance *chance)
{
	size_t at = chance_below(chance, PLANT_LINES);

	world_tell(world, "%s is reconfigured%s", plant_rows[at].name,
		   life_reload(&world->life, at) ? "" : ", but at work");
}

/* The box sleeps: time goes by, and nothing happens in it. */
static void deed_suspend(struct world *world, struct chance *chance)
{
	static const int64_t most[] = { 60000, 3600000, 86400000,
					(int64_t)100 * 86400000 };
	int64_t ms =
		chance_between(chance, 1000, most[chance_below(chance, 4)]);

	world_tell(world, "the box sleeps for %lld s", (long long)ms / 1000);
	plant_sleep(&world->plant, ms);
	world->loom.now += ms;
	world->slept += ms;
}

static void deed_restart(struct world *world, struct chance *chance)
{
	(void)chance;
	world->restart_asked = true;
}

/* A person closes what stands open; nobody is so quick that a drawer is not
 * seen to have opened, or stands open when it is to be. */
static void deed_close_drawers(struct world *world, struct chance *chance)
{
	int64_t last[PLANT_LINES] = { 0 };

	(void)chance;
	for (size_t i = 0; i < world->plant.moves_count; i++)
		last[world->plant.moves[i].line] = world->plant.moves[i].at;
	for (size_t i = 0; i < PLANT_LINES; i++)
		if (plant_stands_open(&world->plant.lines[i]) &&
		    !progress_at(&world->progress, plant_rows[i].name) &&
		    world->loom.now - last[i] > DEED_QUICK_MS)
			plant_command(&world->plant.lines[i], "close");
}

/* A technician puts paper in, and the like. */
static void deed_mend(struct world *world, struct chance *chance)
{
	static const char *const cures[] = {
		"paper ok", "cover closed",   "unjam",		 "unlock",
		"online",   "error off",      "menu off",	 "other off",
		"busy off", "eod needed off", "reverse last off"
	};

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
	{ "refund", 8, DEED_ACT, act_refund },
	{ "pay-by-telephone", 2, DEED_ACT, act_pay_by_telephone },
	{ "change-mind", 5, DEED_ACT, act_change_mind },
	{ "terminal-day-end", 6, DEED_ACT, act_end_terminal_day },
	{ "terminal-receipt", 3, DEED_ACT, act_repeat_receipt },
	{ "slips", 3, DEED_ACT, act_slips },
	{ "print-slip", 4, DEED_ACT, act_print_slip },
	{ "pay-and-cancel", 6, DEED_ACT, act_pay_and_cancel },
	{ "service", 4, DEED_ACT, act_service },
	{ "test", 5, DEED_ACT, act_test },
	{ "test-drawer", 2, DEED_ACT, act_test_drawer },
	{ "release", 8, DEED_ACT, act_release },
	{ "take", 3, DEED_ACT, act_take },
	{ "wish", 12, DEED_ACT, act_wish },
	{ "customer", 4, DEED_TROUBLE, act_customer },
	{ "reverse-by-hand", 2, DEED_ACT, act_reverse_by_hand },
	{ "x", 6, DEED_ACT, act_report_x },
	{ "z", 14, DEED_ACT, act_report_z },
	{ "periodic", 6, DEED_ACT, act_report_periodic },
	{ "receipt", 34, DEED_ACT, act_receipt },
	{ "goods-return", 8, DEED_ACT, act_return },
	{ "cash-slip", 6, DEED_ACT, act_slip },
	{ "print", 5, DEED_ACT, act_print },
	{ "print-job", 6, DEED_ACT, act_print_job },
	{ "copy", 3, DEED_ACT, act_copy },
	{ "fiscal-read", 2, DEED_ACT, act_read_fiscal },
	{ "clock-set", 2, DEED_ACT, act_set_clock },
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
	{ "give-token", 8, DEED_ACT, act_give_token },
	{ "use-given", 14, DEED_ACT, act_use_given },
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
	{ "trouble", 14, DEED_TROUBLE, deed_trouble },
	{ "disk", 3, DEED_TROUBLE, deed_disk },
	{ "clock", 1, DEED_TROUBLE, deed_clock },
	{ "stall", 1, DEED_TROUBLE, deed_stall },
	{ "swap", 1, DEED_TROUBLE, deed_swap },
	{ "reload", 3, DEED_TROUBLE, deed_reload },
	{ "suspend", 1, DEED_TROUBLE, deed_suspend },
	{ "death", 3, DEED_DEATH, deed_death },
	{ "restart", 1, DEED_DEATH, deed_restart },
};

const size_t deeds_count = sizeof(deeds) / sizeof(deeds[0]);
