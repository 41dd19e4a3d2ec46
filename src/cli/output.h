/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are written: new ones, whole or not at all, for nobody else. */
#ifndef TILLD_CLI_OUTPUT_H
#define TILLD_CLI_OUTPUT_H

#include "cli/exits.h"

#include <stdio.h>

/* NULL, having said why, if it can't be made; nothing is written over. */
FILE *output_open(const char *path);

/* Safely there, after exit 0 or keep; else it is removed. Does not close. */
enum cli_exit output_keep(FILE *file, const char *path, enum cli_exit exit,
			  enum cli_exit keep);

#endif
