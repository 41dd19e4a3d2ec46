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

/*
 * The same for those who say by themselves how it ended, if it was done: with
 * --json the answer has been printed. key: NULL for a new one. out_answer is
 * the last one that came, all zero if none did; to be cleared.
 */
enum cli_exit act_do(struct cli *cli, const char *path, const json_t *body,
		     const char *key, struct client_answer *out_answer);

/* The same for looking at what may take a consent: nothing is done, so it goes
 * without a key. */
enum cli_exit act_look(struct cli *cli, const char *path,
		       struct client_answer *out_answer);

/* The same with what else the request has: its method, a body that may be
 * NULL, what it has to match. Its key is seen to here. wait is for
 * what comes before any consent, such as a badge that is to be shown. */
enum cli_exit act_request(struct cli *cli, const struct client_request *request,
			  const char *currency);

/* An operation in words, on standard output; its headline alone. */
void act_print(const json_t *operation, const char *currency);
void act_print_headline(const json_t *operation);

#endif
