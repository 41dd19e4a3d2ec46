/* SPDX-License-Identifier: Apache-2.0 */
/* The card terminal's own end of day, as a part of the till's. */
#ifndef TILLD_CLI_TERMINAL_H
#define TILLD_CLI_TERMINAL_H

#include "cli/cli.h"

/* Runs it and says how it went, under a key of its own: the day's, if that has
 * one that is known, and more. */
enum cli_exit terminal_end_day(struct cli *cli, const char *currency);

#endif
