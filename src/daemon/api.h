/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon's own tables say, as JSON: docs/openapi.yaml, docs/errors.md
 * and docs/policy.md are held against it.
 */
#ifndef TILLD_DAEMON_API_H
#define TILLD_DAEMON_API_H

#include <jansson.h>

/*
 * For "tilld --api": "routes" (http/route.h), "problems", "reasons",
 * "permissions" and "objects" [{"id", "meaning"}], "rights" ["read", ...],
 * "asks" [{"name", "asks", "all", "any"}] (policy/asks.h), "actions"
 * [{"name", "asks"}] (core/action.h). New.
 */
json_t *api_describe(void);

#endif
