/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon, from the start of its process to its end: wired as
 * daemon/wiring.c does it, but for the HTTP parser, threads and real devices.
 */
#ifndef TILLD_WORLD_LIFE_H
#define TILLD_WORLD_LIFE_H

#include "core/core.h"
#include "disk.h"
#include "loom.h"
#include "plant.h"

#include <event2/event.h>

#define LIFE_KEYS  DISK_ROOT "/keys"
#define LIFE_STATE DISK_ROOT "/state"

struct life {
	struct loom *loom;
	struct disk *disk;
	struct plant *plant;
	struct event_base *base; /* of streams alone */
	int number;		 /* 1 and up; of the one that is, or was last */
	bool up;		 /* requests can be made */
	bool stopping;
	struct store *store;
	struct core *core;
	struct device *devices[PLANT_LINES];
	struct life *grave; /* the one before, if it died */
};

/*
 * Starts a process; from inside of loom_run() only, since it may die of it. 0,
 * or what store or core said, and then there is none.
 */
int life_begin(struct life *life);

/*
 * SIGHUP, with a configuration that has that device no longer, or again; as
 * daemon/reload.c does it. False if it is at work.
 */
bool life_reload(struct life *life, size_t at);
void life_reload_all(struct life *life); /* all that are gone are back */

/* "systemctl stop": stopped by itself when nothing moves any more. */
void life_stop(struct life *life);

/* Takes all of it apart, as the end of main() does. */
void life_end(struct life *life);

/* It has died: what it had is put away, its lines and files are closed. */
void life_bury(struct life *life);

void life_free(struct life *life);

#endif
