/* SPDX-License-Identifier: Apache-2.0 */
/* A supervisor's consent, from the side of those who ask for it. */
#ifndef TILLD_CLI_CONSENT_H
#define TILLD_CLI_CONSENT_H

#include "cli/cli.h"

/* What is asked, who could consent to it and how, on standard error. */
void consent_tell(const json_t *authorization);

/*
 * Makes the reader wait for a badge, and gives the PIN if one is needed and
 * can be had. CLI_EXIT_DONE if it waits now; else what was wrong has been said,
 * but for a till without a reader.
 */
enum cli_exit consent_arm(struct cli *cli, const json_t *authorization);

/* Why no badge counts now, if it is known. */
void consent_tell_objection(const json_t *authorization);

/* Asks for a PIN and hands it to an authorization that waits for a badge. */
enum cli_exit consent_give_pin(struct cli *cli, const char *id);

/* Whether somebody sits there who could be asked. */
bool consent_has_person(void);

#endif
