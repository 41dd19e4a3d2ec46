/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POSNET driver and the simulator's POSNET printer on one line, in virtual
 * time: hours pass in milliseconds. Neither shares code with the other. What
 * may go wrong is told to the printer in its own commands, or done here: the
 * cable, the daemon.
 */
#ifndef TILLD_TESTS_POSNET_WORLD_H
#define TILLD_TESTS_POSNET_WORLD_H

#include "driver_rig.h"
#include "sim_rig.h"

struct posnet_world {
	struct driver_io rig;
	struct sim_rig sim;
	const struct rig_setting *settings;
	int64_t time; /* of both, since the beginning */
	bool cable;   /* is plugged in */
	struct op op; /* the one that was started; held */
	bool started; /* and not ended */
	bool ended;
	bool fresh; /* it begins by itself again where it was lost */
	json_t *evidence;
	/* Called with each frame on its way to the printer, its text between
	 * 02 and '#'; true: it gets there. Or NULL. */
	bool (*sending)(struct posnet_world *world, const char *payload);
	/* The same for each frame from the printer. */
	bool (*answering)(struct posnet_world *world, const char *payload);
	void *arg;
	struct buf out, in; /* frames that are not complete yet */
};

void posnet_world_start(struct posnet_world *world, const char *options,
			const struct rig_setting *settings);
void posnet_world_stop(struct posnet_world *world);

/* Time passes, bytes come and go; a line that was lost is opened again, and
 * the operation asked about. */
void posnet_world_run(struct posnet_world *world, int64_t ms);

/* Begins it (op is copied), and lets it run to its end, at most so long. */
void posnet_world_begin(struct posnet_world *world, const struct op *op);
bool posnet_world_ends(struct posnet_world *world, int64_t ms);

void posnet_world_unplug(struct posnet_world *world);
void posnet_world_plug(struct posnet_world *world);

/* The daemon is killed, and started again. */
void posnet_world_kill(struct posnet_world *world);

/* Of the printer's account. */
int64_t posnet_world_count(struct posnet_world *world, const char *counter);
int64_t posnet_world_number(struct posnet_world *world, const char *key);

#endif
