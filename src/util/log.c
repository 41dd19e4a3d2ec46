/* SPDX-License-Identifier: Apache-2.0 */
#include "util/log.h"

#include "util/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum log_level log_level = LOG_LEVEL_INFO;
static log_sink log_elsewhere;

void log_set_level(enum log_level level)
{
	log_level = level;
}

void log_set_sink(log_sink sink)
{
	log_elsewhere = sink;
}

/* Control bytes would let a device or a client forge lines of the log; what is
 * no text (of a damaged file, say) would keep programs from reading it. */
static void log_make_printable(char *line)
{
	for (char *at = line; *at; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = '?';
	if (text_is_plain(line))
		return;
	for (char *at = line; *at; at++)
		if ((unsigned char)*at >= 0x80)
			*at = '?';
}

static const char *log_prefix(enum log_level level)
{
	static const char *const words[] = { "error: ", "warning: ", "", "" };

	return words[level];
}

static void log_write(enum log_level level, const struct log_about *about,
		      const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

static void log_write(enum log_level level, const struct log_about *about,
		      const char *format, va_list args)
{
	char line[LOG_LINE_MAX];

	if (level > log_level)
		return;
	vsnprintf(line, sizeof(line), format, args);
	log_make_printable(line);
	if (!log_elsewhere || !log_elsewhere(level, about, line))
		fprintf(stderr, "%s%s\n", log_prefix(level), line);
}

void log_line(enum log_level level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_write(level, LOG_OF(0), format, args);
	va_end(args);
}

void log_line_about(enum log_level level, const struct log_about *about,
		    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_write(level, about, format, args);
	va_end(args);
}
