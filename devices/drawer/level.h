/* SPDX-License-Identifier: Apache-2.0 */
/* What a drawer's switch says, and how long drivers look at it. */
#ifndef TILLD_DRAWER_LEVEL_H
#define TILLD_DRAWER_LEVEL_H

#include <jansson.h>

#define DRAWER_REST_MS	 1000 /* a longer rest than this is not waited for */
#define DRAWER_WATCH_MS	 50   /* between looks after a pulse */
#define DRAWER_SPRING_MS 1500 /* a drawer that isn't open by then is stuck */

enum drawer_level {
	DRAWER_UNKNOWN,
	DRAWER_NO_SENSOR,
	DRAWER_CLOSED,
	DRAWER_OPEN,
};

/* "unknown", "no-sensor", "closed", "open": as status and results have it. */
const char *drawer_level_name(enum drawer_level level);

/* What the status in evidence says of the drawer before the operation:
 * DRAWER_UNKNOWN, _CLOSED or _OPEN. evidence may be NULL. */
enum drawer_level drawer_level_in_evidence(const json_t *evidence);

#endif
