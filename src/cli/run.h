/* SPDX-License-Identifier: Apache-2.0 */
/* Another program's words. */
#ifndef TILLD_CLI_RUN_H
#define TILLD_CLI_RUN_H

#include <stdbool.h>
#include <stdio.h>

/*
 * What it prints, to be read from its beginning; what it complains of goes
 * nowhere. words[0] is its path, or its name to be looked for in PATH. NULL if
 * it can't be run, or fails. To be closed.
 */
FILE *run_read(const char *const *words);

#define RUN_LINE_MAX (64 * 1024) /* what is longer comes in parts */

/*
 * Calls each with every line as it is printed, without its end, until the
 * program ends or each returns false. False if it can't be run, or fails.
 */
bool run_follow(const char *const *words, bool (*each)(void *arg, char *line),
		void *arg);

#endif
