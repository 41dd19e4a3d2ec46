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

/*
 * body: checked, with "lines" as in OP_DISPLAY_SHOW; or NULL: nothing is shown
 * then. Answers 204, or a problem: PROBLEM_NOT_FOUND for a till that is not
 * there for the caller, PROBLEM_NO_SUCH_DEVICE for one without a display, or
 * what core_is_open() says.
 */
void idle_set(struct core *core, struct caller *caller, const char *till,
	      const json_t *body);

#endif
