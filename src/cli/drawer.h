/* SPDX-License-Identifier: Apache-2.0 */
/* The drawer, opened for what has just been done. */
#ifndef TILLD_CLI_DRAWER_H
#define TILLD_CLI_DRAWER_H

#include "cli/cli.h"

/*
 * Opens it for that operation, if the till is set so: that takes nobody's
 * permission. Whatever comes of it, the operation was done, and this is told on
 * standard error alone; where the till is not set so, nothing is.
 */
void drawer_open_for(struct cli *cli, const json_t *operation);

#endif
