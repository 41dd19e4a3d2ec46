/* SPDX-License-Identifier: Apache-2.0 */
#include "util/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t clock_read(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t clock_system_monotonic(const struct clock *clock)
{
	(void)clock;
	return clock_read(CLOCK_BOOTTIME);
}

static int64_t clock_system_wall(const struct clock *clock)
{
	(void)clock;
	return clock_read(CLOCK_REALTIME);
}

const struct clock *clock_system(void)
{
	static const struct clock system = {
		.monotonic_ms = clock_system_monotonic,
		.wall_ms = clock_system_wall,
	};

	return &system;
}

void clock_format(int64_t wall_ms, char out_text[CLOCK_TEXT_SIZE])
{
	time_t seconds = wall_ms / 1000;
	char text[64];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
		 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		 tm.tm_min, tm.tm_sec, (int)(wall_ms % 1000));
	snprintf(out_text, CLOCK_TEXT_SIZE, "%.*s", CLOCK_TEXT_SIZE - 1, text);
}
