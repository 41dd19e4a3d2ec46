/* SPDX-License-Identifier: Apache-2.0 */
#include "life.h"

#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIFE_COST    10
#define LIFE_CLIENTS 100 /* the socket's group */
#define LIFE_CONSENT 60000
#define LIFE_SEALS   40

/* 0 to 7: which line it is, told by its place. */
static const char *const life_places[PLANT_LINES] = { "0", "1", "2", "3",
						      "4", "5", "6", "7" };

static struct device *life_make_device(struct life *life, size_t at)
{
	const struct plant_line *line = &life->plant->lines[at];
	const struct driver *driver = driver_find(line->row->driver);
	const struct device_listener listener = core_listener(life->core);
	struct device_config config = {
		.name = line->row->name,
		.driver = driver,
		.settings = line->variety.settings,
		.settings_count = line->variety.settings_count,
	};

	if (line->serial) {
		config.transport.path = life_places[at];
		config.transport.line = driver->line;
	} else {
		config.transport.host = "localhost";
		config.transport.port = (int)at;
	}
	return device_new(&config, &life->loom->env, &life->plant->transports,
			  &listener);
}

static int life_open_store(struct life *life)
{
	const struct store_config config = {
		.state_dir = LIFE_STATE,
		.keys_dir = LIFE_KEYS,
		.seal_every = LIFE_SEALS,
		.seal_ms = 60000,
	};

	return store_open(&config, &life->loom->env, &life->store);
}

static int life_make_core(struct life *life)
{
	struct core_config config = core_config_default;

	config.box = "box";
	config.keys_dir = LIFE_KEYS;
	config.own_uid = geteuid();
	config.clients = LIFE_CLIENTS;
	config.password_cost = LIFE_COST;
	config.consent_ms = LIFE_CONSENT;
	life->core = core_new(&config, &life->loom->env, life->store);
	for (size_t i = 0; i < PLANT_LINES; i++) {
		life->devices[i] = life_make_device(life, i);
		core_add_device(life->core, life->devices[i],
				&plant_rows[i].till, 1);
	}
	return core_start(life->core);
}

int life_begin(struct life *life)
{
	int r;

	life->number++;
	life->stopping = false;
	life->loom->alive = true;
	r = life_open_store(life);
	if (!r)
		r = life_make_core(life);
	if (r) {
		life_end(life);
		return r;
	}
	for (size_t i = 0; i < PLANT_LINES; i++)
		device_open(life->devices[i]);
	life->up = true;
	return 0;
}

static void life_drop_device(struct life *life, size_t at)
{
	core_remove_device(life->core, life->devices[at]);
	life->devices[at] = device_free(life->devices[at]);
}

static void life_add_device(struct life *life, size_t at)
{
	life->devices[at] = life_make_device(life, at);
	core_add_device(life->core, life->devices[at], &plant_rows[at].till, 1);
	device_open(life->devices[at]);
}

bool life_reload(struct life *life, size_t at)
{
	if (!life->up || life->stopping)
		return false;
	if (!life->devices[at]) {
		life_add_device(life, at);
		return true;
	}
	if (device_load(life->devices[at]))
		return false;
	life_drop_device(life, at);
	return true;
}

void life_reload_all(struct life *life)
{
	for (size_t at = 0; life->up && at < PLANT_LINES; at++)
		if (!life->devices[at])
			life_add_device(life, at);
}

static void life_stopped(void *arg)
{
	((struct life *)arg)->stopping = false;
}

void life_stop(struct life *life)
{
	life->stopping = true;
	core_stop(life->core, life_stopped, life);
}

void life_end(struct life *life)
{
	life->up = false;
	if (life->core)
		core_settle(life->core);
	life->store = store_close(life->store);
	life->core = core_free(life->core);
	for (size_t i = 0; i < PLANT_LINES; i++)
		life->devices[i] = device_free(life->devices[i]);
	life->loom->alive = false;
	life->loom->doom = 0;
	plant_forget_daemon(life->plant);
	disk_forget_process(life->disk);
}

void life_bury(struct life *life)
{
	struct life *grave = ALLOC_NEW(struct life);

	*grave = *life;
	life->grave = grave;
	life->up = life->stopping = false;
	life->store = NULL;
	life->core = NULL;
	memset(life->devices, 0, sizeof(life->devices));
	loom_bury(life->loom);
	plant_forget_daemon(life->plant);
	disk_forget_process(life->disk);
}

void life_free(struct life *life)
{
	struct life *grave;

	while ((grave = life->grave)) {
		life->grave = grave->grave;
		free(grave);
	}
}
