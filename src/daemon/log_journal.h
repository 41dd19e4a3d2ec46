/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log in systemd's journal, with what a line is about as fields:
 * TILLD_DEVICE=, TILLD_TILL=, TILLD_OPERATION=, TILLD_EVENT=.
 */
#ifndef TILLD_DAEMON_LOG_JOURNAL_H
#define TILLD_DAEMON_LOG_JOURNAL_H

#include "util/log.h"

/* A log_sink. False where standard error is not the journal. */
bool log_journal_take(enum log_level level, const struct log_about *about,
		      const char *line);

#endif
