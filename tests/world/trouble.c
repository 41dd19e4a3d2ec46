/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong, now or when an operation has come so far. */
#include "world.h"

#include <errno.h>
#include <string.h>

#define TROUBLE_WHILE_MS 120000
#define TROUBLE_TOUCHES	 40

/* --- where the fault strikes, for the matrix --- */

static void trouble_hit_line(struct world *world, enum fault_kind kind,
			     const struct plant_line *line)
{
	const struct progress_op *op =
		progress_at(&world->progress, line->row->name);
	enum stage stage = op ? op->stage : STAGE_IDLE;

	if (stage == STAGE_RECORDING)
		stage = STAGE_IDLE; /* the device knows nothing of it */
	matrix_hit(world->matrix, kind, stage);
}

static bool trouble_somebody_waits(const struct world *world)
{
	for (const struct ask *ask = world->asks; ask; ask = ask->next)
		if (ask->request && !ask->answers)
			return true;
	return false;
}

static void trouble_hit_disk(struct world *world, enum fault_kind kind)
{
	for (enum stage stage = STAGE_ASKED + 1; stage < STAGES; stage++)
		if (progress_is_at(&world->progress, stage))
			matrix_hit(world->matrix, kind, stage);
	matrix_hit(world->matrix, kind,
		   trouble_somebody_waits(world) ? STAGE_ASKED : STAGE_IDLE);
}

/* --- wires and devices --- */

static void trouble_wire(struct world *world, enum fault_kind kind,
			 struct plant_line *line, struct chance *chance)
{
	struct plant_way *way =
		chance_hits(chance, 50) ? &line->out : &line->in;

	way->faults[(int)WIRE_DROP + (int)(kind - FAULT_DROP)] +=
		1 + (int)chance_below(chance, 3);
	trouble_hit_line(world, kind, line);
}

static void trouble_power(struct plant_line *line, struct chance *chance)
{
	static const char *const cuts[] = { "power cut 300", "power cut 4000",
					    "power cut 30000" };

	if (!plant_command(line, cuts[chance_below(chance, 3)]) &&
	    !plant_command(line, "power cut"))
		plant_unplug(line, 3000);
}

struct trouble_lies {
	const char *model;
	const char *lies[64];
};

/* What people, customers, hosts and bad firmware do. */
static const struct trouble_lies trouble_lies[] = {
	{ "escpos",
	  { "key", "close", "close", "lock", "unlock", "jam", "unjam",
	    "paper out", "paper ok", "cover open", "cover closed", "error on",
	    "error off", "offline", "online", NULL } },
	{ "posnet",
	  { "paper out",
	    "paper ok",
	    "cover open",
	    "cover closed",
	    "menu on",
	    "menu off",
	    "other on",
	    "other off",
	    "receipt 250",
	    "z",
	    "lose request",
	    "lose reply",
	    "lose reply dailyrep",
	    "corrupt reply",
	    "delay reply 8000",
	    "stale reply",
	    "crash before dailyrep 3000",
	    "crash after dailyrep 3000",
	    "hang up before dailyrep 2000",
	    "hang up after dailyrep 2000",
	    "lose reply periodicrepbynumbers",
	    "lose reply trline",
	    "lose reply trpayment",
	    "lose reply trend",
	    "lose request trend",
	    "crash before trline 3000",
	    "crash after trpayment 3000",
	    "crash before trend 3000",
	    "crash after trend 3000",
	    "hang up before trline 2000",
	    "hang up after trpayment 2000",
	    "hang up after trend 2000",
	    "lose reply stocash",
	    "crash after stocash 3000",
	    "hang up after cash 2000",
	    "crash before formend 3000",
	    NULL } },
	{ "datecs",
	  { "paper out",
	    "paper ok",
	    "cover open",
	    "cover closed",
	    "receipt 250",
	    "refund 100",
	    "z",
	    "forget",
	    "nak 2",
	    "lose request",
	    "lose request 56",
	    "lose reply",
	    "lose reply 43",
	    "lose reply 48",
	    "lose reply 49",
	    "lose reply 53",
	    "lose reply 56",
	    "lose reply 69",
	    "lose reply 70",
	    "corrupt reply",
	    "stall",
	    "stall 56",
	    "crash before 49 3000",
	    "crash after 53 3000",
	    "crash before 56 3000",
	    "crash after 56 3000",
	    "crash before 69 3000",
	    "crash after 69 3000",
	    "crash after 39 3000",
	    "hang up before 49 2000",
	    "hang up after 53 2000",
	    "hang up after 56 2000",
	    "hang up after 69 2000",
	    "hang up after 70 2000",
	    "day over",
	    "blocked on",
	    "blocked off",
	    NULL } },
	{ "zvt",
	  { "next decline",
	    "next network down",
	    "next pin wrong",
	    "twice 04 0F",
	    "late 3000",
	    "late 12000",
	    "lose reply at 2",
	    "lose reply at 3",
	    "lose reply at 4",
	    "close at 1",
	    "close at 2",
	    "close at 3",
	    "close at 4",
	    "silent at 2",
	    "silent at 3",
	    "power cut 3000 at 2",
	    "power cut 3000 at 3",
	    "repeat last",
	    "lose ack",
	    "drop ack",
	    "stop",
	    "remove card",
	    "lose reply at 5",
	    "lose reply at 6",
	    "lose reply at 8",
	    "close at 5",
	    "close at 6",
	    "close at 7",
	    "silent at 1",
	    "silent at 5",
	    "silent at 6",
	    "power cut 3000 at 5",
	    "power cut 9000 at 6",
	    "twice at 2",
	    "twice at 5",
	    "twice at 6",
	    "late 7000 at 5",
	    "late 190000 at 5",
	    "cable 4000",
	    "cable 8000 at 3",
	    "cable 20000 at 5",
	    "gap at 3",
	    "gap",
	    "corrupt at 5",
	    "nak 2",
	    "nak 4 at 3",
	    "nak 5",
	    "lose ack at 5",
	    "drop ack at 5",
	    "next storm 40",
	    "next strange",
	    "next update 60000",
	    "busy on",
	    "busy off",
	    "eod needed on",
	    "eod needed off",
	    "reverse last on",
	    "reverse last off",
	    NULL } },
	{ "display", { "power cut", "dialect cd5220", "dialect epson", NULL } },
	{ "em4100", { "noise", "bad badge", NULL } },
};

static void trouble_lie(struct world *world, struct plant_line *line,
			struct chance *chance)
{
	const struct trouble_lies *row = trouble_lies;
	uint32_t count = 0;
	const char *lie;

	while (strcmp(row->model, line->row->model) != 0)
		row++;
	while (row->lies[count])
		count++;
	lie = row->lies[chance_below(chance, count)];
	world_tell(world, "%s: %s", line->row->name, lie);
	plant_command(line, lie);
}

/* --- disk and process --- */

static void trouble_fail_disk(struct world *world, struct chance *chance)
{
	world->disk.trouble.fail_in = 1 + (int)chance_below(chance, 8);
	world->disk.trouble.fail_last = 1 + (int)chance_below(chance, 6);
	world->disk.trouble.fail_errno = EIO;
	if (chance_hits(chance, 10))
		world->disk.trouble.read_fails = 1;
}

static void trouble_fill_disk(struct world *world, struct chance *chance)
{
	static const int64_t left[] = { 0, 4096, 40000, 5000000, 9000000 };

	world->disk.alien = 0;
	world->disk.alien =
		disk_room(&world->disk) - left[chance_below(chance, 5)];
	if (world->disk.alien < 0)
		world->disk.alien = 0;
	timer_set(world->disk_timer,
		  chance_between(chance, 100,
				 chance_hits(chance, 90) ? 6000
							 : TROUBLE_WHILE_MS));
}

static void trouble_doom(struct world *world, enum fault_kind kind,
			 struct chance *chance)
{
	world->power = kind == FAULT_POWER_CUT;
	if (world->loom.alive)
		loom_doom(&world->loom,
			  1 + chance_below(chance, TROUBLE_TOUCHES));
}

static void trouble_leave(struct world *world, enum stage stage)
{
	struct ask *found = NULL;

	for (struct ask *ask = world->asks; ask; ask = ask->next)
		if (ask->request && !ask->answers)
			found = ask;
	if (!found)
		return;
	world_tell(world, "the client of #%d has gone", found->number);
	matrix_hit(world->matrix, FAULT_CLIENT_GONE, stage);
	ask_leave(found);
}

/* --- all of them --- */

/* Mostly for seconds. */
static int64_t trouble_while(struct chance *chance)
{
	return chance_between(
		chance, 50, chance_hits(chance, 75) ? 10000 : TROUBLE_WHILE_MS);
}

static void trouble_strike_line(struct world *world, enum fault_kind kind,
				struct plant_line *line, struct chance *chance)
{
	world_tell(world, "%s: %s", line->row->name, fault_name(kind));
	line->was_faulty = true;
	if (kind <= FAULT_MERGE) {
		trouble_wire(world, kind, line, chance);
		return;
	}
	trouble_hit_line(world, kind, line);
	if (kind == FAULT_SILENT)
		plant_silence(line, chance_hits(chance, 50),
			      trouble_while(chance));
	else if (kind == FAULT_UNPLUG)
		plant_unplug(line, trouble_while(chance));
	else if (kind == FAULT_DEVICE_POWER)
		trouble_power(line, chance);
	else
		trouble_lie(world, line, chance);
}

static void trouble_strike(struct world *world, enum fault_kind kind,
			   enum stage stage, struct plant_line *line,
			   struct chance *chance)
{
	if (kind <= FAULT_LIE) {
		trouble_strike_line(world, kind, line, chance);
		return;
	}
	world_tell(world, "trouble: %s", fault_name(kind));
	if (kind == FAULT_CLIENT_GONE) {
		trouble_leave(world, stage);
	} else if (kind == FAULT_DISK_FAILS) {
		trouble_hit_disk(world, kind);
		trouble_fail_disk(world, chance);
	} else if (kind == FAULT_DISK_FULL) {
		trouble_hit_disk(world, kind);
		trouble_fill_disk(world, chance);
	} else {
		trouble_doom(world, kind, chance);
	}
}

void trouble_set(struct world *world, enum fault_kind kind, enum stage stage,
		 struct chance *chance)
{
	struct plant_line *line =
		&world->plant.lines[chance_below(chance, PLANT_LINES)];
	struct ambush *at;

	if (stage <= STAGE_ASKED) {
		trouble_strike(world, kind, stage, line, chance);
		return;
	}
	/* deaths don't push each other away */
	at = &world->ambushes[kind < FAULT_KILL
				      ? chance_below(chance, WORLD_AMBUSHES / 2)
				      : WORLD_AMBUSHES / 2 +
						chance_below(chance,
							     WORLD_AMBUSHES /
								     2)];
	*at = (struct ambush){ .set = true,
			       .kind = kind,
			       .stage = stage,
			       .chance = chance_next(chance) };
}

static void trouble_note_time(struct world *world, const struct progress_op *op)
{
	struct begun *begun = NULL;

	for (size_t i = 0; i < world->begun_count && !begun; i++)
		if (!strcmp(world->begun[i].id, op->id))
			begun = &world->begun[i];
	if (!begun && world->begun_count < WORLD_BEGUN) {
		begun = &world->begun[world->begun_count++];
		memcpy(begun->id, op->id, OP_ID_SIZE);
		begun->at = world->loom.now;
	}
	if (begun)
		begun->until = world->loom.now;
}

/* A goods return may pay cash out as well. */
static void trouble_note_committed(struct world *world, size_t line,
				   const struct progress_op *op)
{
	memcpy(world->committed[line][move_of(op->kind)], op->id, OP_ID_SIZE);
	if (op->kind == OP_GOODS_RETURN)
		memcpy(world->committed[line][MOVE_CASH], op->id, OP_ID_SIZE);
}

static void trouble_note(struct world *world, const struct progress_op *op)
{
	const struct plant_line *line = plant_find(&world->plant, op->device);

	if (op->stage == STAGE_COMMITTED)
		trouble_note_committed(world, plant_index(line), op);
	trouble_note_time(world, op);
	if (op->stage == STAGE_OUTCOME && plant_stands_open(line))
		memcpy(world->found_open[world->found_open_count++ %
					 WORLD_FOUND_OPEN],
		       op->id, OP_ID_SIZE);
}

void trouble_reached(void *arg, const struct progress_op *op)
{
	struct world *world = arg;
	struct plant_line *line = plant_find(&world->plant, op->device);

	world_tell(world, "  %s %s: %s", op->device, op_kind_name(op->kind),
		   stage_name(op->stage));
	trouble_note(world, op);
	for (size_t i = 0; i < WORLD_AMBUSHES; i++) {
		struct ambush *at = &world->ambushes[i];
		struct chance chance = { .state = at->chance };

		if (!at->set || at->stage != op->stage)
			continue;
		at->set = false;
		trouble_strike(world, at->kind, op->stage, line, &chance);
		return;
	}
}

/* --- the end of it --- */

void trouble_end(struct world *world)
{
	static const char *const cures[] = {
		"paper ok",
		"cover closed",
		"unjam",
		"unlock",
		"error off",
		"online",
		"menu off",
		"other off",
		"dialect epson",
		"close",
		"busy off",
		"eod needed off",
		"reverse last off",
		"faults off",
		"insert card",
		"pin",
		"approve",
		"remove card",
		"auto on",
		"blocked off",
		"nak 0",
	};

	memset(world->ambushes, 0, sizeof(world->ambushes));
	world->loom.doom = 0;
	world->power = false;
	timer_stop(world->disk_timer);
	world->disk.trouble = (struct disk_trouble){
		.liar = world->disk.trouble.liar,
	};
	world->disk.alien = 0;
	plant_heal(&world->plant);
	life_reload_all(&world->life);
	for (size_t i = 0; i < PLANT_LINES; i++)
		for (size_t k = 0; k < sizeof(cures) / sizeof(*cures); k++)
			plant_command(&world->plant.lines[i], cures[k]);
	plant_command(plant_find(&world->plant, "printer1"), "key yes");
}
