/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only place that asks what time it is. A clock is handed in at wiring:
 * the daemon's is the system's, a simulated world brings its own.
 */
#ifndef TILLD_UTIL_CLOCK_H
#define TILLD_UTIL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock {
	/* Milliseconds that never step back and go on through suspend. */
	int64_t (*monotonic_ms)(const struct clock *clock);
	/* Milliseconds since 1970-01-01 00:00 UTC; may step either way. */
	int64_t (*wall_ms)(const struct clock *clock);
};

const struct clock *clock_system(void);

static inline int64_t clock_monotonic_ms(const struct clock *clock)
{
	return clock->monotonic_ms(clock);
}

static inline int64_t clock_wall_ms(const struct clock *clock)
{
	return clock->wall_ms(clock);
}

#define CLOCK_TEXT_SIZE 25 /* 2026-11-22T10:15:00.250Z and a NUL */

/* RFC 3339 in UTC with milliseconds. */
void clock_format(int64_t wall_ms, char out_text[CLOCK_TEXT_SIZE]);

/* "2026-11-22 10:15:00Z": the same to the second, in sentences for people. */
void clock_format_plain(int64_t wall_ms, char out_text[CLOCK_TEXT_SIZE]);

/* "2026-11-22": the day that it is where the box stands. */
#define CLOCK_DATE_SIZE 11
void clock_format_date(int64_t wall_ms, char out_date[CLOCK_DATE_SIZE]);

/* "2026-11-22T10:30": the same to the minute, as a clock on the wall has it. */
#define CLOCK_MINUTE_SIZE 17
void clock_format_minute(int64_t wall_ms, char out_minute[CLOCK_MINUTE_SIZE]);

/* How many minutes a clock that shows that is ahead of the box's (below zero:
 * behind); false if it is no such time. */
bool clock_compare_minute(const char *minute, int64_t wall_ms,
			  int64_t *out_ahead);

/*
 * clock_format() backwards: RFC 3339 with its offset, and as many digits behind
 * the second as one likes, of which three count. False for anything else, and
 * for days that there are not; leap seconds are the second after.
 */
bool clock_parse(const char *text, int64_t *out_wall_ms);

/* "2026-11-22": a day that there is in the calendar. */
bool clock_is_date(const char *text);

#endif
