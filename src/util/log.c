/* SPDX-License-Identifier: Apache-2.0 */
#include "util/log.h"

#include "util/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_LINE_MAX 1024

static enum log_level log_level = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
	log_level = level;
}

/* systemd sets JOURNAL_STREAM where standard error goes to its journal. */
static const char *log_prefix(enum log_level level)
{
	static const char *const systemd[] = { "<3>", "<4>", "<6>", "<7>" };
	static const char *const words[] = { "error: ", "warning: ", "", "" };

	return getenv("JOURNAL_STREAM") ? systemd[level] : words[level];
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

void log_line(enum log_level level, const char *format, ...)
{
	char line[LOG_LINE_MAX];
	va_list args;

	if (level > log_level)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	log_make_printable(line);
	fprintf(stderr, "%s%s\n", log_prefix(level), line);
}
