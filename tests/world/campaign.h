/* SPDX-License-Identifier: Apache-2.0 */
/* Many seeds, each in a process of its own, some at a time. */
#ifndef TILLD_WORLD_CAMPAIGN_H
#define TILLD_WORLD_CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>

struct campaign {
	uint64_t first, seeds;
	unsigned int jobs;
	const char *plant; /* NULL: none */
	const char *file;  /* NULL: none */
	bool calm, tells, shrinks, whole_matrix;
};

/* What main() returns: 0 if all is well. */
int campaign_run(const struct campaign *campaign);

/* Whether that fault is caught within so many seeds as its row says. */
bool campaign_catches(const struct campaign *campaign);

#endif
