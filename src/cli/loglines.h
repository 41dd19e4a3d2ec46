/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's log, where it goes: systemd's journal, with its fields, or the
 * file that its standard error is.
 */
#ifndef TILLD_CLI_LOGLINES_H
#define TILLD_CLI_LOGLINES_H

#include <jansson.h>
#include <stdbool.h>

struct loglines_wanted {
	int daemon;	    /* its process; 0: not found */
	const char *device; /* only what is about it; NULL: all */
	int limit;	    /* how many of the last */
	bool follow;	    /* and what comes */
};

enum loglines_from {
	LOGLINES_NONE, /* there are none that this user may read */
	LOGLINES_JOURNAL,
	LOGLINES_FILE, /* a file's lines have no time and no fields */
};

/* Calls each with {"at"?, "level"?, "device"?, "till"?, "operation"?, "event"?,
 * "text"} of every line, borrowed; ends where it returns false. */
enum loglines_from loglines_read(const struct loglines_wanted *wanted,
				 bool (*each)(void *arg, const json_t *line),
				 void *arg);

#endif
