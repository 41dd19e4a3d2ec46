/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include "people.h"
#include "planted.h"

#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORLD_BIRTH_MS 1000 /* RestartSec= */
#define WORLD_HEAL_MS  ((int64_t)40 * 60 * 1000)
#define WORLD_STOP_MS  90000
#define WORLD_SET_UPS  8
#define WORLD_TELL_MAX 1024
#define WORLD_ASKED_MS ((int64_t)180 * 1000)
#define FNV_START      0xcbf29ce484222325
#define FNV_PRIME      0x100000001b3

/* --- telling --- */

void world_tell(struct world *world, const char *format, ...)
{
	char line[WORLD_TELL_MAX];
	va_list args;
	int len;

	len = snprintf(line, sizeof(line), "%9.3f ",
		       (double)(world->loom.now - 1000000) / 1000);
	va_start(args, format);
	vsnprintf(line + len, sizeof(line) - (size_t)len, format, args);
	va_end(args);
	for (const char *at = line; *at; at++)
		world->hash = (world->hash ^ (uint8_t)*at) * FNV_PRIME;
	if (world->loud)
		printf("%s\n", line);
}

void world_breach(struct world *world, const char *check, const char *format,
		  ...)
{
	struct breach breach;
	va_list args;

	snprintf(breach.check, sizeof(breach.check), "%s", check);
	va_start(args, format);
	vsnprintf(breach.text, sizeof(breach.text), format, args);
	va_end(args);
	world_tell(world, "!! %s: %s", breach.check, breach.text);
	if (world->breaches_count < WORLD_BREACHES)
		world->breaches[world->breaches_count++] = breach;
}

/* All that goes over the wires, with TILLD_WORLD_WIRES=NAME of a device. */
static void world_hear(void *arg, const struct plant_line *line, bool at_device,
		       const uint8_t *data, size_t len)
{
	const char *wanted = getenv("TILLD_WORLD_WIRES");
	const struct world *world = arg;

	if (!world->loud || !wanted || strcmp(wanted, line->row->name) != 0)
		return;
	printf("%9.3f     %s %s", (double)(world->loom.now - 1000000) / 1000,
	       line->row->name, at_device ? "<-" : "->");
	for (size_t i = 0; i < len; i++)
		printf(" %02x", data[i]);
	printf("\n");
}

/* --- births and deaths --- */

static void world_born(void *arg)
{
	struct world *world = arg;
	int r = life_begin(&world->life);

	if (!r) {
		world_tell(world, "= daemon %d is up", world->life.number);
		return;
	}
	world->lives_lost_to_disk++;
	world_tell(world, "= daemon %d did not start: %s", world->life.number,
		   r > 0 ? store_error_text(r) : strerror(-r));
	if (world->healed)
		world_breach(world, "starts-again", "%s",
			     r > 0 ? store_error_text(r) : strerror(-r));
	timer_set(world->birth_timer, WORLD_BIRTH_MS);
}

static enum fault_kind world_death_kind(const struct world *world)
{
	return world->power ? FAULT_POWER_CUT : FAULT_KILL;
}

static void world_count_death(struct world *world)
{
	enum fault_kind kind = world_death_kind(world);

	for (enum stage stage = STAGE_ASKED + 1; stage < STAGES; stage++)
		if (progress_is_at(&world->progress, stage))
			matrix_hit(world->matrix, kind, stage);
	for (const struct ask *ask = world->asks; ask; ask = ask->next)
		if (ask->request && !ask->answers && !ask->left) {
			matrix_hit(world->matrix, kind, STAGE_ASKED);
			break;
		}
	if (!world->progress.count)
		matrix_hit(world->matrix, kind, STAGE_IDLE);
}

static void world_mourn(struct world *world)
{
	world->deaths++;
	world_count_death(world);
	world_tell(world, "= daemon %d dies: %s", world->life.number,
		   fault_name(world_death_kind(world)));
	asks_lose(world);
	progress_forget(&world->progress);
	life_bury(&world->life);
	if (world->power)
		disk_cut_power(&world->disk);
	world->power = false;
	timer_set(world->birth_timer, WORLD_BIRTH_MS);
}

void world_pass(struct world *world, int64_t ms)
{
	int64_t until = world->loom.now + ms;

	while (!loom_run(&world->loom, until))
		world_mourn(world);
	if (world->life.base)
		event_base_loop(world->life.base, EVLOOP_NONBLOCK);
}

static void world_end_life(void *arg)
{
	struct world *world = arg;

	life_end(&world->life);
	asks_close(world);
	progress_forget(&world->progress);
	world_tell(world, "= daemon %d has ended", world->life.number);
}

/* In the loop: it can die of that, too. */
static void world_stop_life(void *arg)
{
	struct world *world = arg;

	if (world->life.up)
		life_stop(&world->life);
}

/* "systemctl stop", and what happens then. */
static void world_stop(struct world *world)
{
	struct timer *stop =
		loom_own_timer(&world->loom, world_stop_life, world);
	struct timer *end = loom_own_timer(&world->loom, world_end_life, world);

	timer_set(stop, 0);
	world_pass(world, 0);
	for (int64_t ms = 0; world->life.stopping && ms < WORLD_STOP_MS;
	     ms += 100)
		world_pass(world, 100);
	if (world->life.up)
		timer_set(end, 0);
	world_pass(world, 0);
	timer_free(end);
	timer_free(stop);
}

static void world_restart(struct world *world)
{
	world->restart_asked = false;
	if (!world->life.up)
		return;
	world_tell(world, "= daemon %d is to stop", world->life.number);
	world_stop(world);
	timer_set(world->birth_timer, 0);
	world_pass(world, 0);
}

/* --- steps --- */

static void world_do_step(void *arg)
{
	struct world *world = arg;
	const struct step *step = world->step;
	struct chance chance = { .state = step->chance };

	deeds[step->deed].run(world, &chance);
}

static void world_release(void *arg)
{
	asks_release(arg);
}

static void world_free_disk(void *arg)
{
	((struct world *)arg)->disk.alien = 0;
}

/* --- the beginning --- */

/* An app that sets up tries until it is told that it is done. */
static bool world_try_set_up(struct world *world)
{
	const struct ask *ask;

	world_pass(world, WORLD_BIRTH_MS + 100);
	ask = ask_make(world, &(struct ask_call){ .uid = 0,
						  .method = "POST",
						  .path = "/v1/setup",
						  .body = people_setup,
						  .wait = -1 });
	world_pass(world, 5000);
	return ask &&
	       (ask->status == 201 || !strcmp(ask->code, "already-set-up"));
}

/* Every other time the daemon dies of it, again and again. */
static void world_set_up(struct world *world)
{
	bool rough = !world->calm && chance_hits(&world->chance, 50);

	timer_set(world->birth_timer, 0);
	for (int i = 0; i < WORLD_SET_UPS; i++) {
		if (rough && i < WORLD_SET_UPS / 2)
			trouble_set(world,
				    chance_hits(&world->chance, 50)
					    ? FAULT_KILL
					    : FAULT_POWER_CUT,
				    STAGE_IDLE, &world->chance);
		if (world_try_set_up(world))
			break;
	}
	trouble_end(world);
	world_pass(world, 2 * WORLD_BIRTH_MS);
	world->loom.lazy = true;
}

/* --- the end --- */

static json_t *world_ask_as(struct world *world, unsigned int uid,
			    const char *token, const char *method,
			    const char *path, const char *body)
{
	struct ask *ask = ask_make(world, &(struct ask_call){ .uid = uid,
							      .method = method,
							      .path = path,
							      .body = body,
							      .token = token,
							      .wait = -1 });

	world_pass(world, 10000);
	return ask && ask->reply ? json_incref(ask->reply) : NULL;
}

static json_t *world_ask(struct world *world, const char *method,
			 const char *path, const char *body)
{
	return world_ask_as(world, 0, NULL, method, path, body);
}

/* By somebody who may see it. */
static json_t *world_read_balance(struct world *world, const char *till)
{
	char body[160], path[64];
	json_t *signed_on, *balance;

	snprintf(body, sizeof(body),
		 "{'till':'%s','login':'maria','password':'%s'}", till,
		 person_find("maria")->password);
	snprintf(path, sizeof(path), "/v1/tills/%s/balance", till);
	signed_on =
		world_ask_as(world, 1000, NULL, "POST", "/v1/sign-ons", body);
	balance = world_ask_as(world, 1000, json_text(signed_on, "token"),
			       "GET", path, NULL);
	json_decref(signed_on);
	return balance;
}

static json_t *world_read_page(struct world *world, json_int_t after)
{
	char path[64];

	snprintf(path, sizeof(path), "/v1/journal?after=%lld&limit=1000",
		 (long long)after);
	return world_ask(world, "GET", path, NULL);
}

/* The journal as the daemon tells it, to be held against what happened. */
static void world_read_journal(struct world *world)
{
	json_int_t after = 0;
	bool more = true;

	world->journal = json_array();
	world->names = json_make();
	while (more) {
		json_t *page = world_read_page(world, after);
		json_t *entries = json_object_get(page, "entries");
		size_t count = json_array_size(entries);

		json_array_extend(world->journal, entries);
		json_object_update(world->names,
				   json_object_get(page, "names"));
		more = count > 0;
		if (more)
			after = json_int(json_array_get(entries, count - 1),
					 "seq", 0);
		json_decref(page);
	}
}

/* Faults stop; whatever is to come right by itself has the time for it. */
static void world_heal(struct world *world)
{
	trouble_end(world);
	world_tell(world, "= faults stop");
	world_pass(world, 5000);
	world->healed = true;
	world_pass(world, WORLD_HEAL_MS);
}

static void world_tell_journal(struct world *world)
{
	json_t *entry;
	size_t at;

	json_array_foreach (world->journal, at, entry) {
		char *line = json_line(entry);

		world_tell(world, "journal: %s", line);
		free(line);
	}
}

void world_run(struct world *world, const struct story *story)
{
	world->calm = story->calm;
	check_log(world);
	world_set_up(world);
	for (size_t i = 0; i < story->count; i++) {
		world->step = &story->steps[i];
		world_pass(world, world->step->pause);
		timer_set(world->deed_timer, 0);
		world_pass(world, 0);
		if (world->restart_asked)
			world_restart(world);
	}
	world_pass(world, WORLD_ASKED_MS);
	world_heal(world);
	world->state = world_ask(world, "GET", "/v1/devices", NULL);
	world->verdict = world_ask(world, "POST", "/v1/journal/verify", "{}");
	world->balances[0] = world_read_balance(world, "1");
	world->balances[1] = world_read_balance(world, "2");
	world_read_journal(world);
	check_all(world);
	world_stop(world);
	check_log(NULL);
	world_tell_journal(world);
}

/* --- making --- */

struct world *world_new(uint64_t seed, struct matrix *matrix, bool loud)
{
	struct world *world = ALLOC_NEW(struct world);
	struct loom *loom = &world->loom;

	log_set_level(getenv("TILLD_TEST_LOG") ? LOG_LEVEL_DEBUG
					       : LOG_LEVEL_ERROR);
	world->seed = seed;
	world->matrix = matrix;
	world->loud = loud;
	world->hash = FNV_START;
	world->last_ask = &world->asks;
	world->chance = chance_make(seed, 5);
	loom_init(loom, seed);
	disk_init(&world->disk, loom, seed);
	world->disk.trouble.liar = planted_now == PLANTED_IGNORE_SYNC;
	plant_init(&world->plant, loom, seed);
	world->plant.moved = check_movement;
	world->plant.heard = world_hear;
	world->plant.arg = world;
	world->life = (struct life){ .loom = loom,
				     .disk = &world->disk,
				     .plant = &world->plant,
				     .base = event_base_new() };
	world->deed_timer = loom_own_timer(loom, world_do_step, world);
	world->birth_timer = loom_own_timer(loom, world_born, world);
	world->release_timer = loom_own_timer(loom, world_release, world);
	world->disk_timer = loom_own_timer(loom, world_free_disk, world);
	world->chain_timer = loom_own_timer(loom, chain_step, world);
	progress_now = &world->progress;
	world->progress.reached = trouble_reached;
	world->progress.arg = world;
	return world;
}

struct world *world_free(struct world *world)
{
	timer_free(world->deed_timer);
	timer_free(world->birth_timer);
	timer_free(world->release_timer);
	timer_free(world->disk_timer);
	timer_free(world->chain_timer);
	plant_free(&world->plant);
	life_free(&world->life);
	asks_free(world);
	disk_free(&world->disk);
	loom_free(&world->loom);
	event_base_free(world->life.base);
	json_decref(world->journal);
	json_decref(world->state);
	json_decref(world->names);
	json_decref(world->verdict);
	json_decref(world->balances[0]);
	json_decref(world->balances[1]);
	free(world);
	return NULL;
}
