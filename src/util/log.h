/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log is for technicians; the journal (store/journal.h) is evidence. Never
 * the same call, and no secret in either. Lines go to standard error, with a
 * plain word before what is no mere information; where that is systemd's
 * journal, the daemon has them go there with what they are about
 * (daemon/log_journal.h).
 */
#ifndef TILLD_UTIL_LOG_H
#define TILLD_UTIL_LOG_H

#include <stdbool.h>

#define LOG_LINE_MAX 1024

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* What is below this level is dropped; LOG_LEVEL_INFO at start. */
void log_set_level(enum log_level level);

/* What a line is about; each NULL where it is about none. */
struct log_about {
	const char *device, *till, *operation, *event;
};

/* Takes a line, cleaned and shorter than LOG_LINE_MAX; false if it can't, and
 * it goes to standard error. */
typedef bool (*log_sink)(enum log_level level, const struct log_about *about,
			 const char *line);
void log_set_sink(log_sink sink); /* NULL: there is none */

#define LOG_OF(...) (&(const struct log_about){ __VA_ARGS__ })

void log_line_about(enum log_level level, const struct log_about *about,
		    const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void log_line(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...)	 log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)	 log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)	 log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
