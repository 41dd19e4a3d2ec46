/* SPDX-License-Identifier: Apache-2.0 */
/* What the verbs of shift, day and cash share: the session that is open, found
 * so that nobody types its id, and how sessions and days are told. */
#ifndef TILLD_CLI_SHIFT_H
#define TILLD_CLI_SHIFT_H

#include "cli/cli.h"

#define SHIFT_ID_SIZE 129

/* The till's "session" and "day" as they stand; asked quietly. Signed in
 * already. */
enum cli_exit shift_look(struct cli *cli, struct client_answer *out_answer);

/* The open one of that answer; NULL after saying how to open one. */
const json_t *shift_session(const struct cli *cli,
			    const struct client_answer *answer);

/* Does that ("close") to the session of that id: act_do(). */
enum cli_exit shift_change(struct cli *cli, const char *id, const char *what,
			   const json_t *body,
			   struct client_answer *out_answer);

/* The same to the open one, whichever that is. */
enum cli_exit shift_change_open(struct cli *cli, const char *what,
				const json_t *body,
				struct client_answer *out_answer);

/* Adds --force and --reason. */
void shift_put_grounds(const struct cli *cli, json_t *body);

/* On standard output, for people; what is not there is left out, as sums (in
 * that currency) are for those who may not see the balance. figures: what was
 * expected; or NULL. */
void shift_print_session(const json_t *session, const json_t *figures,
			 const char *currency);
void shift_print_day(const json_t *day);

#endif
