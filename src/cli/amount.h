/* SPDX-License-Identifier: Apache-2.0 */
/* Amounts as they are typed, 12.34, in the currency of the till. */
#ifndef TILLD_CLI_AMOUNT_H
#define TILLD_CLI_AMOUNT_H

#include "cli/cli.h"

enum amount_least {
	AMOUNT_SOMETHING, /* what is moved */
	AMOUNT_NOTHING,	  /* what is counted, or left: 0 will do */
};

/* All: CLI_EXIT_DONE, or CLI_EXIT_USAGE after saying what is wrong. */

/* Whether it could be one, in whatever currency: before anybody is asked. */
enum cli_exit amount_check(const char *text);

/* The same (NULL: there is none yet), signs in and finds the currency. */
enum cli_exit amount_begin(struct cli *cli, const char *text,
			   char out_currency[CLI_CURRENCY_SIZE]);

enum cli_exit amount_take(const char *text, const char *currency,
			  enum amount_least least, int64_t *out_amount);

/* The one and then the other. */
enum cli_exit amount_read(struct cli *cli, const char *text,
			  enum amount_least least,
			  char out_currency[CLI_CURRENCY_SIZE],
			  int64_t *out_amount);

#endif
