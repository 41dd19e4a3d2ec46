/* SPDX-License-Identifier: Apache-2.0 */
#include "drawer/level.h"

#include "util/json.h"

#include <string.h>

static const char *const drawer_level_names[] = {
	[DRAWER_UNKNOWN] = "unknown",
	[DRAWER_NO_SENSOR] = "no-sensor",
	[DRAWER_CLOSED] = "closed",
	[DRAWER_OPEN] = "open",
};

const char *drawer_level_name(enum drawer_level level)
{
	return drawer_level_names[level];
}

enum drawer_level drawer_level_in_evidence(const json_t *evidence)
{
	const char *level =
		json_text(json_object_get(evidence, "status"), "drawer");

	if (level && !strcmp(level, "closed"))
		return DRAWER_CLOSED;
	return level && !strcmp(level, "open") ? DRAWER_OPEN : DRAWER_UNKNOWN;
}
