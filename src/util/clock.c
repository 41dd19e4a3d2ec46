/* SPDX-License-Identifier: Apache-2.0 */
#include "util/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

void clock_format_plain(int64_t wall_ms, char out_text[CLOCK_TEXT_SIZE])
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(wall_ms, text);
	snprintf(out_text, CLOCK_TEXT_SIZE, "%.10s %.8sZ", text, text + 11);
}

void clock_format_date(int64_t wall_ms, char out_date[CLOCK_DATE_SIZE])
{
	time_t seconds = wall_ms / 1000;
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(out_date, CLOCK_DATE_SIZE, "%Y-%m-%d", &tm);
}

/* Exactly so many digits, up to that number; -1 if it is not there. */
static int clock_digits(const char **at, int count, int max)
{
	int number = 0;

	for (int i = 0; i < count; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return -1;
		number = number * 10 + (**at - '0');
	}
	return number <= max ? number : -1;
}

static bool clock_skip(const char **at, const char *either)
{
	if (!**at || !strchr(either, **at))
		return false;
	(*at)++;
	return true;
}

/* ".25": as milliseconds; nothing at all is none. */
static int clock_fraction(const char **at)
{
	int ms = 0, weight = 100;

	if (!clock_skip(at, "."))
		return 0;
	if (**at < '0' || **at > '9')
		return -1;
	for (; **at >= '0' && **at <= '9'; (*at)++, weight /= 10)
		ms += weight * (**at - '0');
	return ms;
}

/* "Z", "+01:00": minutes east, to be taken away. */
static bool clock_offset(const char **at, int *out_minutes)
{
	int sign = **at == '-' ? -1 : 1, hours, minutes;

	*out_minutes = 0;
	if (clock_skip(at, "Zz"))
		return !**at;
	if (!clock_skip(at, "+-"))
		return false;
	hours = clock_digits(at, 2, 23);
	if (!clock_skip(at, ":"))
		return false;
	minutes = clock_digits(at, 2, 59);
	*out_minutes = sign * (hours * 60 + minutes);
	return hours >= 0 && minutes >= 0 && !**at;
}

static int clock_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month] + (month == 1 && leap);
}

static bool clock_fields(const char **at, struct tm *tm)
{
	tm->tm_year = clock_digits(at, 4, 9999) - 1900;
	if (!clock_skip(at, "-"))
		return false;
	tm->tm_mon = clock_digits(at, 2, 12) - 1;
	if (!clock_skip(at, "-"))
		return false;
	tm->tm_mday = clock_digits(at, 2, 31);
	if (!clock_skip(at, "Tt "))
		return false;
	tm->tm_hour = clock_digits(at, 2, 23);
	if (!clock_skip(at, ":"))
		return false;
	tm->tm_min = clock_digits(at, 2, 59);
	if (!clock_skip(at, ":"))
		return false;
	tm->tm_sec = clock_digits(at, 2, 60);
	return tm->tm_year >= -1900 && tm->tm_mon >= 0 && tm->tm_mday > 0 &&
	       tm->tm_mday <= clock_days(tm->tm_year + 1900, tm->tm_mon) &&
	       tm->tm_hour >= 0 && tm->tm_min >= 0 && tm->tm_sec >= 0;
}

bool clock_parse(const char *text, int64_t *out_wall_ms)
{
	struct tm tm = { 0 };
	int ms, minutes;

	if (!clock_fields(&text, &tm))
		return false;
	ms = clock_fraction(&text);
	if (ms < 0 || !clock_offset(&text, &minutes))
		return false;
	*out_wall_ms = ((int64_t)timegm(&tm) - minutes * 60) * 1000 + ms;
	return true;
}

void clock_format_minute(int64_t wall_ms, char out_minute[CLOCK_MINUTE_SIZE])
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(out_minute, CLOCK_MINUTE_SIZE, "%Y-%m-%dT%H:%M", &tm);
}

/* Both as if they were at the same place, which they are. */
bool clock_compare_minute(const char *minute, int64_t wall_ms,
			  int64_t *out_ahead)
{
	char whole[CLOCK_MINUTE_SIZE + 4], own[CLOCK_MINUTE_SIZE];
	int64_t shown, here;

	if (strlen(minute) != CLOCK_MINUTE_SIZE - 1)
		return false;
	snprintf(whole, sizeof(whole), "%s:00Z", minute);
	if (!clock_parse(whole, &shown))
		return false;
	clock_format_minute(wall_ms, own);
	snprintf(whole, sizeof(whole), "%s:00Z", own);
	if (!clock_parse(whole, &here))
		return false;
	*out_ahead = (shown - here) / 60000;
	return true;
}

static int clock_days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

bool clock_is_date(const char *text)
{
	int year, month, day;

	if (strlen(text) != CLOCK_DATE_SIZE - 1)
		return false;
	for (size_t i = 0; i < CLOCK_DATE_SIZE - 1; i++)
		if (i == 4 || i == 7 ? text[i] != '-'
				     : text[i] < '0' || text[i] > '9')
			return false;
	year = atoi(text);
	month = atoi(text + 5);
	day = atoi(text + 8);
	return year >= 1 && month >= 1 && month <= 12 && day >= 1 &&
	       day <= clock_days_of_month(year, month);
}
