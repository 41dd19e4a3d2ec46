/* SPDX-License-Identifier: Apache-2.0 */
#include "posnet_world.h"

#include "sim/models.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

#define WORLD_STEP_MS	50
#define WORLD_REOPEN_MS 500
#define WORLD_FRAME_MAX 4096

extern const struct driver printer_posnet;

static void posnet_world_open(struct posnet_world *world)
{
	buf_reset(&world->out);
	buf_reset(&world->in);
	rig_open(&world->rig);
}

void posnet_world_start(struct posnet_world *world, const char *options,
			const struct rig_setting *settings)
{
	*world = (struct posnet_world){ .cable = true, .settings = settings };
	buf_init(&world->out, WORLD_FRAME_MAX);
	buf_init(&world->in, WORLD_FRAME_MAX);
	sim_rig_start(&world->sim, &model_posnet, false, options);
	rig_init(&world->rig, &printer_posnet, settings, true);
	posnet_world_open(world);
	for (int i = 0; i < 200 && !world->rig.ready; i++)
		posnet_world_run(world, WORLD_STEP_MS);
	assert_true(world->rig.ready);
}

void posnet_world_stop(struct posnet_world *world)
{
	rig_free(&world->rig);
	sim_rig_stop(&world->sim);
	buf_free(&world->out);
	buf_free(&world->in);
	json_decref(world->evidence);
	op_clear(&world->op);
}

/* --- the line --- */

/* Frame by frame, so that one may get lost; what is no frame passes. */
static void posnet_world_split(struct posnet_world *world, struct buf *held,
			       const uint8_t *data, size_t len, bool out)
{
	for (size_t i = 0; i < len; i++) {
		char payload[WORLD_FRAME_MAX];
		char *end;
		bool passes = true;

		buf_add_byte(held, data[i]);
		if (data[i] != 3 && held->data[0] == 2)
			continue;
		if (held->data[0] == 2) {
			snprintf(payload, sizeof(payload), "%s",
				 buf_text(held) + 1);
			end = strrchr(payload, '#');
			if (end)
				*end = 0;
			if (out && world->sending)
				passes = world->sending(world, payload);
			if (!out && world->answering)
				passes = world->answering(world, payload);
		}
		if (passes && world->cable && out)
			sim_rig_input(&world->sim, held->data, held->len);
		if (passes && world->cable && !out && world->rig.open)
			rig_input(&world->rig, held->data, held->len);
		if (!held->len)
			return; /* the line was opened anew meanwhile */
		buf_reset(held);
	}
}

static void posnet_world_move(struct buf *from, struct buf *to)
{
	buf_add(to, from->data, from->len);
	buf_reset(from);
}

static bool posnet_world_pump(struct posnet_world *world)
{
	struct buf part = BUF_INIT(1 << 20);
	bool moved = false;

	rig_advance(&world->rig, 0);
	posnet_world_move(&world->rig.output, &part);
	if (part.len) {
		moved = true;
		posnet_world_split(world, &world->out, part.data, part.len,
				   true);
	}
	buf_reset(&part);
	posnet_world_move(&world->sim.sent, &part);
	if (part.len) {
		moved = true;
		posnet_world_split(world, &world->in, part.data, part.len,
				   false);
	}
	buf_free(&part);
	return moved;
}

/* --- the framework's part --- */

static void posnet_world_note(struct posnet_world *world)
{
	if (world->rig.dones && world->started && !world->rig.busy) {
		world->started = false;
		world->ended = true;
	}
	if (world->started && world->rig.evidence) {
		json_decref(world->evidence);
		world->evidence = json_deep_copy(world->rig.evidence);
	}
}

static void posnet_world_reopen(struct posnet_world *world)
{
	bool away = world->sim.hung_up != world->sim.came_back;
	bool gone = world->rig.open && (away || !world->cable);

	if (gone || world->rig.lost) {
		rig_unplug(&world->rig);
		world->rig.lost = false;
		if (!away)
			sim_rig_line(&world->sim, false);
	}
	if (world->rig.open || !world->cable || away ||
	    world->time % WORLD_REOPEN_MS)
		return;
	sim_rig_line(&world->sim, true);
	posnet_world_open(world);
}

static void posnet_world_recover(struct posnet_world *world)
{
	if (world->rig.ready && world->started && !world->rig.busy) {
		rig_recover(&world->rig, &world->op, world->evidence);
		posnet_world_note(world);
	}
}

/* Up to where something is due on either side. */
static int64_t posnet_world_step(const struct posnet_world *world,
				 int64_t until)
{
	const struct driver_io *rig = &world->rig;
	const struct sim_rig *sim = &world->sim;
	int64_t step = WORLD_REOPEN_MS - world->time % WORLD_REOPEN_MS;

	if (rig->deadline >= 0 && rig->deadline - rig->now < step)
		step = rig->deadline - rig->now;
	if (sim->due >= 0 && sim->due - sim->now < step)
		step = sim->due - sim->now;
	if (until - world->time < step)
		step = until - world->time;
	return step > 0 ? step : 1;
}

void posnet_world_run(struct posnet_world *world, int64_t ms)
{
	int64_t until = world->time + ms;

	while (world->time < until) {
		int64_t step;

		for (int i = 0; i < 100 && posnet_world_pump(world); i++)
			posnet_world_note(world);
		posnet_world_note(world);
		posnet_world_reopen(world);
		posnet_world_recover(world);
		step = posnet_world_step(world, until);
		rig_advance(&world->rig, step);
		posnet_world_note(world);
		sim_rig_wait(&world->sim, step);
		world->time += step;
	}
}

void posnet_world_begin(struct posnet_world *world, const struct op *op)
{
	op_clear(&world->op);
	json_decref(world->evidence);
	world->evidence = NULL;
	world->op = op_copy(op);
	world->ended = false;
	world->started = true;
	assert_true(world->rig.ready);
	rig_start(&world->rig, &world->op);
	posnet_world_note(world);
}

bool posnet_world_ends(struct posnet_world *world, int64_t ms)
{
	int64_t until = world->time + ms;

	while (!world->ended && world->time < until)
		posnet_world_run(world, WORLD_REOPEN_MS);
	return world->ended;
}

void posnet_world_unplug(struct posnet_world *world)
{
	world->cable = false;
}

void posnet_world_plug(struct posnet_world *world)
{
	world->cable = true;
}

void posnet_world_kill(struct posnet_world *world)
{
	struct rig_setting const *settings = world->settings;
	int64_t now = world->rig.now;

	posnet_world_note(world);
	rig_free(&world->rig);
	rig_init(&world->rig, &printer_posnet, settings, true);
	world->rig.now = now;
	sim_rig_line(&world->sim, false);
	buf_reset(&world->sim.sent);
	buf_reset(&world->out);
	buf_reset(&world->in);
}

int64_t posnet_world_count(struct posnet_world *world, const char *counter)
{
	json_t *account = world->sim.model->class->account(world->sim.model);
	int64_t value =
		json_int(json_object_get(account, "counters"), counter, -1);

	json_decref(account);
	return value;
}

int64_t posnet_world_number(struct posnet_world *world, const char *key)
{
	return sim_rig_number(&world->sim, key);
}
