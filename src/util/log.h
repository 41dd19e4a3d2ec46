/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log is for technicians; the journal (store/journal.h) is evidence. Never
 * the same call, and no secret in either. Lines go to standard error with the
 * <N> prefix that systemd understands, or a plain word on a terminal.
 */
#ifndef TILLD_UTIL_LOG_H
#define TILLD_UTIL_LOG_H

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* What is below this level is dropped; LOG_LEVEL_INFO at start. */
void log_set_level(enum log_level level);

void log_line(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...)	 log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)	 log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)	 log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
