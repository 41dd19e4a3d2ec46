/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a customer display shows while nothing else is to be shown: the shop's
 * name, "next till, please". Any uid of the till may set it, without anybody
 * being signed on. It is kept in memory, so an app sets it when it starts.
 */
#ifndef TILLD_CORE_IDLE_H
#define TILLD_CORE_IDLE_H

#include "core/caller.h"

#include <jansson.h>

struct core;

/* body: checked, with "lines"; or NULL: nothing is shown then. Answers 204. */
void idle_set(struct core *core, struct caller *caller, const char *till,
	      const json_t *body);

#endif
