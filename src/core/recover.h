/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way back in when nobody can administer any more: root, or the daemon's
 * own uid, makes somebody (who may be there already) a manager with a new
 * password, in a group of its own that has everything everywhere. It is on
 * record, in the log, and told as an event.
 */
#ifndef TILLD_CORE_RECOVER_H
#define TILLD_CORE_RECOVER_H

#include "core/caller.h"

struct core;

/* body: {"login", "name" (for somebody new), "password"}. Answered with 201:
 * {"policy_version", "operator": its id, "group": the new group's}. */
void core_recover(struct core *core, struct caller *caller, const json_t *body);

#endif
