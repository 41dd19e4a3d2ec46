/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world's one thread of time: clock, chance, timers and workers for a
 * daemon that lives in it, and timers for the world itself, which go on when
 * the daemon dies. Nothing happens but in loom_run(), one thing after the
 * other, and the same seed weaves the same cloth.
 *
 * A daemon dies where it touches the world: at a touch that loom_doom() chose
 * the process is gone, and loom_run() returns. What it had in memory is put
 * into a grave and never looked at again.
 */
#ifndef TILLD_WORLD_LOOM_H
#define TILLD_WORLD_LOOM_H

#include "chance.h"
#include "util/env.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

/* What a daemon does to the world, and the world to it. */
enum touch {
	TOUCH_TIMER,
	TOUCH_WORK,	/* a worker turns to its work */
	TOUCH_WORK_END, /* ... has done it, and nobody knows yet */
	TOUCH_DISK,	/* about to change something on disk */
	TOUCH_DISK_END, /* ... has */
	TOUCH_LINE,	/* about to write to a device */
	TOUCH_LINE_END,
	TOUCH_INPUT, /* bytes of a device come in */
	TOUCH_REQUEST,
	TOUCH_ANSWER,
	TOUCHES,
};

const char *touch_name(enum touch touch);

struct loom_timer;
struct loom_worker;

struct loom {
	struct env env;
	int64_t now; /* monotonic ms */
	int64_t wall_offset;
	struct chance order;  /* how long what takes */
	struct chance random; /* the daemon's random bytes */
	bool lazy;	      /* workers take their time */
	uint64_t touches;     /* so far */

	struct clock clock;
	struct random source;
	struct timers timers, own_timers;
	struct workers workers;
	struct loom_timer *first_timer;
	struct loom_worker *first_worker;
	struct loom_timer *grave_timers;
	struct loom_worker *grave_workers;
	uint64_t timers_set;

	bool alive;    /* there is a daemon */
	uint64_t doom; /* the touch at which it dies; 0: none */
	jmp_buf end;   /* of loom_run() */
	bool running;
};

/* 2026-11-22 10:15:00 UTC */
#define LOOM_WALL_MS 1795342500000

void loom_init(struct loom *loom, uint64_t seed);
void loom_free(struct loom *loom);

/* A timer of the world's own; otherwise as the daemon's. */
struct timer *loom_own_timer(struct loom *loom, timer_fn fn, void *arg);

/* How long until it is due; -1: it is not set. */
int64_t loom_timer_left(const struct timer *timer);

/* Runs whatever is due until that time; false if the daemon died before. */
bool loom_run(struct loom *loom, int64_t until);

/* The daemon dies at the count-th touch from now on (1: the next). */
void loom_doom(struct loom *loom, uint64_t count);

/* Called wherever the daemon touches the world: may not return. */
void loom_touch(struct loom *loom, enum touch touch);

/* The daemon dies at once; from inside of loom_run() only. */
void loom_die(struct loom *loom);

/* Its timers and workers are dead as well. */
void loom_bury(struct loom *loom);

#endif
