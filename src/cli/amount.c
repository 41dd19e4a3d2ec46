/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/amount.h"

#include "util/money.h"

#include <string.h>

enum cli_exit amount_check(const char *text)
{
	int64_t amount;

	/* How many digits may stand behind the point is for the till to say. */
	return text[strspn(text, "0123456789.")]
		       ? cli_misuse("%s", money_parse_count(text, 2, &amount))
		       : CLI_EXIT_DONE;
}

enum cli_exit amount_begin(struct cli *cli, const char *text,
			   char out_currency[CLI_CURRENCY_SIZE])
{
	enum cli_exit exit = text ? amount_check(text) : CLI_EXIT_DONE;

	if (!exit)
		exit = cli_sign_in(cli);
	return exit ? exit : cli_find_currency(cli, cli->till, out_currency);
}

enum cli_exit amount_take(const char *text, const char *currency,
			  enum amount_least least, int64_t *out_amount)
{
	int decimals = money_decimals(currency);
	const char *fault =
		least == AMOUNT_SOMETHING
			? money_parse(text, decimals, out_amount)
			: money_parse_count(text, decimals, out_amount);

	return fault ? cli_misuse("%s", fault) : CLI_EXIT_DONE;
}

enum cli_exit amount_read(struct cli *cli, const char *text,
			  enum amount_least least,
			  char out_currency[CLI_CURRENCY_SIZE],
			  int64_t *out_amount)
{
	enum cli_exit exit = amount_begin(cli, text, out_currency);

	return exit ? exit : amount_take(text, out_currency, least, out_amount);
}
