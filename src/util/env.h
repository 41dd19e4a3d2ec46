/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the outside world is, as far as the product may know: handed in once,
 * at wiring, and never reached for in any other way.
 */
#ifndef TILLD_UTIL_ENV_H
#define TILLD_UTIL_ENV_H

#include "util/clock.h"
#include "util/random.h"
#include "util/timer.h"
#include "util/worker.h"

struct env {
	const struct clock *clock;
	const struct random *random;
	struct timers *timers;
	struct workers *workers;
};

#endif
