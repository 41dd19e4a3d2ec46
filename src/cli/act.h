/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An action, from asking to its end: under one key, with a consent if it needs
 * one, and through lost connections, so that it happens once or it is said
 * that nobody knows.
 */
#ifndef TILLD_CLI_ACT_H
#define TILLD_CLI_ACT_H

#include "cli/cli.h"

/*
 * Asks and waits; prints how it ended. The till and the sign-on have been
 * found. currency is for an amount in the result; it may be NULL.
 */
enum cli_exit act_run(struct cli *cli, const char *path, const json_t *body,
		      const char *currency);

/* An operation in words, on standard output. */
void act_print(const json_t *operation, const char *currency);

#endif
