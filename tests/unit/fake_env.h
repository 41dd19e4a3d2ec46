/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An env for tests: virtual time, timers that go off in it, chance that is
 * the same every time, and workers that work in the loop. Nothing here waits;
 * time stands still until the test lets it go by.
 *
 *	struct fake_env fake;
 *
 *	fake_env_init(&fake);
 *	thing = thing_new(&fake.env);
 *	fake_env_advance(&fake, 5000);
 *	thing = thing_free(thing);
 *	fake_env_free(&fake);
 */
#ifndef TILLD_TESTS_FAKE_ENV_H
#define TILLD_TESTS_FAKE_ENV_H

#include "util/env.h"

#include <stdbool.h>
#include <stdint.h>

struct fake_timer;
struct fake_worker;

struct fake_env {
	struct env env;	     /* hand out &fake.env */
	int64_t now;	     /* monotonic ms; starts at 1000000 */
	int64_t wall_offset; /* change it to step the wall clock */
	uint64_t seed;	     /* of random bytes; change it before use */
	bool hold_workers;   /* submitted work stays where it is */

	struct clock clock;
	struct random random;
	struct timers timers;
	struct workers workers;
	struct fake_timer *first_timer;
	struct fake_worker *first_worker;
	uint64_t timers_set; /* so far; those due together keep their order */
};

/* The wall clock starts at 2026-11-22 10:15:00 UTC. */
#define FAKE_ENV_WALL_MS 1795342500000

void fake_env_init(struct fake_env *fake);

/* Aborts if there are timers or workers left: somebody forgot to free. */
void fake_env_free(struct fake_env *fake);

/* Runs all work and all timers that are due now, and what comes of them,
 * until nothing is left to be done without time going by. */
void fake_env_run(struct fake_env *fake);

/* One turn of a worker, or one timer that is due; false if there is none. */
bool fake_env_step(struct fake_env *fake);

/* Lets ms milliseconds go by, stopping at each timer that is due, in order. */
void fake_env_advance(struct fake_env *fake, int64_t ms);

/* The box sleeps so long: both clocks go on, timers stand still. */
void fake_env_sleep(struct fake_env *fake, int64_t ms);

/* How long until the next timer is due; -1 if none is set. */
int64_t fake_env_next(const struct fake_env *fake);

#endif
