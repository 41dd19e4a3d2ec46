/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/model_kit.h"

#include "sim/command.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define KIT_DAY_MS     (INT64_C(24) * 60 * 60 * 1000)
#define KIT_HOUR_MS    (INT64_C(60) * 60 * 1000)
#define KIT_AMOUNT_MAX INT64_C(9999999999)
#define KIT_LINE_MAX   256

bool kit_word_take(const char **arguments, char out_word[KIT_WORD_SIZE])
{
	const char *from = *arguments + strspn(*arguments, " ");
	size_t len = strcspn(from, " ");

	if (!len || len >= KIT_WORD_SIZE)
		return false;
	memcpy(out_word, from, len);
	out_word[len] = '\0';
	from += len;
	*arguments = from + strspn(from, " ");
	return true;
}

bool kit_number_take(const char **arguments, int64_t max, int64_t *out_number)
{
	const char *left = *arguments;
	char word[KIT_WORD_SIZE];

	if (!kit_word_take(&left, word) ||
	    !command_number(word, 0, max, out_number))
		return false;
	*arguments = left;
	return true;
}

bool kit_answer_parse(const char *text, bool *out_yes)
{
	static const char *const words[] = { "no", "yes", NULL };
	int at = command_choice(text, words);

	if (at < 0)
		return false;
	*out_yes = at == 1;
	return true;
}

bool kit_amount_parse(const char *text, int64_t *out_amount)
{
	const char *point = strchr(text, '.');
	CLEANUP_FREE char *digits = alloc_text(text);
	int64_t amount;

	if (point) {
		if (strlen(point) != 3)
			return false;
		memmove(digits + (point - text), point + 1, 3);
	}
	if (!command_number(digits, 1, KIT_AMOUNT_MAX, &amount))
		return false;
	*out_amount = amount;
	return true;
}

static bool kit_time_scan(const char *text, struct tm *out_tm)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M", &tm);

	if (end && *end == ':')
		end = strptime(end, ":%S", &tm);
	if (!end || *end)
		return false;
	*out_tm = tm;
	return true;
}

bool kit_clock_parse(const char *text, int64_t *out_civil_ms)
{
	int64_t wall;
	struct tm tm;

	if (!strcmp(text, "system")) {
		wall = clock_wall_ms(clock_system());
		*out_civil_ms = wall + kit_time_zone(wall) * KIT_HOUR_MS;
		return true;
	}
	if (!kit_time_scan(text, &tm))
		return false;
	*out_civil_ms = (int64_t)timegm(&tm) * 1000;
	return true;
}

int64_t kit_clock_now(const struct kit_clock *clock,
		      const struct model_host *host)
{
	return clock->set + host->now(host->arg) - clock->since;
}

struct kit_time kit_time_split(int64_t civil_ms)
{
	time_t seconds = civil_ms / 1000;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	return (struct kit_time){
		.year = tm.tm_year + 1900,
		.month = tm.tm_mon + 1,
		.day = tm.tm_mday,
		.hour = tm.tm_hour,
		.minute = tm.tm_min,
		.second = tm.tm_sec,
	};
}

/* The last Sunday of a month of 31 days, at hour, as civil ms. */
static int64_t kit_sunday_find(int year, int month, int hour)
{
	struct tm tm = { .tm_year = year - 1900,
			 .tm_mon = month - 1,
			 .tm_mday = 31,
			 .tm_hour = hour };
	int64_t ms = (int64_t)timegm(&tm) * 1000;

	return ms - tm.tm_wday * KIT_DAY_MS;
}

int kit_time_zone(int64_t civil_ms)
{
	int year = kit_time_split(civil_ms).year;
	int64_t begin = kit_sunday_find(year, 3, 2);
	int64_t end = kit_sunday_find(year, 10, 3);

	return civil_ms >= begin && civil_ms < end ? 2 : 1;
}

void kit_show(const struct model_host *host, const char *format, ...)
{
	char line[KIT_LINE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	host->show(host->arg, line);
}
