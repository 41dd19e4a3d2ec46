/* SPDX-License-Identifier: Apache-2.0 */
/* Devices, disk, log and journal. */
#include "judge.h"
#include "people.h"

#include "sim/model_display.h"
#include "sim/model_escpos.h"
#include "sim/zvt_model.h"
#include "util/hash.h"
#include "util/json.h"
#include "util/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- devices --- */

static void check_devices(struct world *world)
{
	json_t *list = json_object_get(world->state, "devices"), *device;
	size_t at;

	if (json_array_size(list) != PLANT_LINES)
		world_breach(world, "ready-again", "%zu devices",
			     json_array_size(list));
	json_array_foreach (list, at, device) {
		const char *state = json_text(device, "state");
		const char *reason = json_text(device, "reason");

		if (state && strcmp(state, "ready") != 0)
			world_breach(world, "ready-again", "%s is %s (%s)",
				     json_text(device, "name"), state,
				     reason ? reason : "");
	}
}

/* Their solenoids stand no more than so much current. */
static void check_coil(struct world *world, const struct plant_line *line)
{
	const struct drawer *drawer =
		&((const struct model_escpos *)line->model)->drawer;

	if (drawer->burnt || drawer->duty_violation)
		world_breach(world, "no-coil-burns", "%s: %s", line->row->name,
			     drawer->burnt ? "burnt" : "too often");
}

static void check_dialogue(struct world *world, const struct plant_line *line)
{
	const json_t *violations = pt_of(line->model)->violations;

	if (json_array_size(violations))
		world_breach(world, "speaks-the-protocol", "%s: %s",
			     line->row->name,
			     json_string_value(json_array_get(violations, 0)));
}

/* What was changed on the way, or came twice, is not the driver's. */
static void check_manners(struct world *world)
{
	for (size_t i = 0; i < PLANT_LINES; i++) {
		const struct plant_line *line = &world->plant.lines[i];

		if (line->blurred_until)
			continue;
		if (!strcmp(line->row->model, "escpos"))
			check_coil(world, line);
		/* a terminal on a serial line can't know of a new daemon */
		if (!strcmp(line->row->model, "zvt") && !line->was_faulty &&
		    world->life.number == 1)
			check_dialogue(world, line);
	}
}

/* --- secrets --- */

static void check_disk(struct world *world)
{
	for (size_t i = 0; people_secrets[i]; i++)
		if (disk_holds(&world->disk, people_secrets[i],
			       strlen(people_secrets[i])))
			world_breach(world, "no-secret-on-disk", "%s",
				     people_secrets[i]);
	for (const struct ask *ask = world->asks; ask; ask = ask->next) {
		const char *token = json_text(ask->reply, "token");

		if (token && disk_holds(&world->disk, token, strlen(token)))
			world_breach(world, "no-secret-on-disk",
				     "the token of #%d", ask->number);
	}
}

void __real_log_line(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void __wrap_log_line(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static struct world *check_logged;

/* All that is logged, whatever the level. */
void __wrap_log_line(enum log_level level, const char *format, ...)
{
	char line[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	for (size_t i = 0; check_logged && people_secrets[i]; i++)
		if (strstr(line, people_secrets[i]))
			world_breach(check_logged, "no-secret-in-log", "%s",
				     people_secrets[i]);
	__real_log_line(level, "%s", line);
}

void check_log(struct world *world)
{
	check_logged = world;
}

/* --- the journal --- */

/* The chain, counted again by somebody else than the daemon. */
static void check_chain(struct world *world)
{
	char wanted[HASH_TEXT_SIZE];
	uint8_t hash[HASH_SIZE] = { 0 };
	json_t *entry;
	size_t at;

	json_array_foreach (world->journal, at, entry) {
		char *line = json_dumps(entry, JSON_COMPACT | JSON_SORT_KEYS);
		const char *prev = json_text(entry, "prev");

		hash_to_hex(hash, sizeof(hash), wanted);
		if (json_int(entry, "seq", 0) != (int64_t)at + 1 || !prev ||
		    strcmp(prev, wanted) != 0)
			world_breach(world, "journal-is-a-chain",
				     "broken at entry %zu", at + 1);
		hash_sha256(line, strlen(line), hash);
		free(line);
	}
}

static void check_journal(struct world *world)
{
	const char *sentence = json_text(world->verdict, "sentence");

	if (!json_is_true(json_object_get(world->verdict, "sound")))
		world_breach(world, "journal-verifies", "%s",
			     sentence ? sentence : "no verdict");
	if (world->life.store && store_is_rolled_back(world->life.store))
		world_breach(world, "not-from-the-past",
			     "the database is older than what it told of");
	check_chain(world);
}

void check_state(struct world *world)
{
	check_devices(world);
	check_manners(world);
	check_journal(world);
	check_disk(world);
}
