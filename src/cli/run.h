/* SPDX-License-Identifier: Apache-2.0 */
/* Another program's words. */
#ifndef TILLD_CLI_RUN_H
#define TILLD_CLI_RUN_H

#include <stdio.h>

/*
 * What it prints, to be read from its beginning; what it complains of goes
 * nowhere. words[0] is its path, or its name to be looked for in PATH. NULL if
 * it can't be run, or fails. To be closed.
 */
FILE *run_read(const char *const *words);

#endif
