/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl pay, cancel. */
#include "cli/act.h"
#include "cli/amount.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/json.h"

enum cli_exit verb_pay(struct cli *cli, const char *const *words, size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body = json_make();
	char currency[CLI_CURRENCY_SIZE];
	int64_t amount;
	enum cli_exit exit =
		amount_read(cli, words[0], AMOUNT_SOMETHING, currency, &amount);

	(void)count;
	if (exit)
		return exit;
	json_put_int(body, "amount", amount);
	json_put_text(body, "currency", currency);
	json_put_text(body, "authorization", cli->args->authorization);
	json_put_text(body, "reference", cli->args->reference);
	client_add_path(&path, "/v1/tills/{}/payments", cli->till);
	return act_run(cli, buf_text(&path), body, currency);
}

enum cli_exit verb_cancel_payment(struct cli *cli, const char *const *words,
				  size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "reason", cli->args->reason);
	char currency[CLI_CURRENCY_SIZE];
	enum cli_exit exit;

	(void)count;
	if (!cli->args->reason)
		return cli_misuse(_("Say why: --reason TEXT."));
	if (!cli_is_id("payment", words[0]))
		return CLI_EXIT_USAGE;
	exit = cli_sign_in(cli);
	if (!exit)
		exit = cli_find_currency(cli, cli->till, currency);
	if (exit)
		return exit;
	client_add_path(&path, "/v1/tills/{}/payments/{}/cancel", cli->till,
			words[0]);
	return act_run(cli, buf_text(&path), body, currency);
}
