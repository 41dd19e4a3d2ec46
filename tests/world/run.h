/* SPDX-License-Identifier: Apache-2.0 */
/* One story, told in a process of its own. */
#ifndef TILLD_WORLD_RUN_H
#define TILLD_WORLD_RUN_H

#include "world.h"

struct run_verdict {
	bool bad;
	char check[40];
	char text[240];
	uint64_t hash; /* of the whole story, word for word */
};

/* Once, before all. */
void run_prepare(void);

struct run_verdict run_story(const struct story *story, struct matrix *matrix,
			     bool loud);

#endif
