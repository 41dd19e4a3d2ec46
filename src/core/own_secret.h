/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One's own password and PIN: changed with a sign-on and the old one, by
 * nobody's leave (docs/policy.md, X-own-secret). Wrong tries are slowed down as
 * for signing on. A new one ends every other sign-on of that person.
 */
#ifndef TILLD_CORE_OWN_SECRET_H
#define TILLD_CORE_OWN_SECRET_H

#include "core/caller.h"
#include "store/store.h"

struct core;

/*
 * body: {"old", "new"}; for the PIN, in place of "old", also "password", which
 * is the only way where there is none yet. Answered with 204.
 */
void own_secret_change(struct core *core, struct caller *caller,
		       enum secret which, const json_t *body);

#endif
