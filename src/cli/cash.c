/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl cash in, cash out, declare, balance. */
#include "cli/act.h"
#include "cli/amount.h"
#include "cli/drawer.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/money.h"

#include <string.h>

/* "Put in: 20.00 EUR." */
static void cash_print(const char *words, int64_t amount, const char *currency)
{
	char text[MONEY_TEXT_SIZE];

	money_format(amount, currency, text);
	printf("%s: %s.\n", words, text);
}

/* Posts an amount to the till's resource; body is completed by it. */
static enum cli_exit cash_send(struct cli *cli, const char *resource,
			       const char *word, json_t *body,
			       const char *words)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	char currency[CLI_CURRENCY_SIZE];
	CLI_ANSWER answer = { 0 };
	int64_t amount;
	enum cli_exit exit =
		amount_read(cli, word, AMOUNT_SOMETHING, currency, &amount);

	if (exit)
		return exit;
	json_put_int(body, "amount", amount);
	json_put_text(body, "reference", cli->args->reference);
	client_add_path(&path, "/v1/tills/{}/{}", cli->till, resource);
	exit = act_do(cli, buf_text(&path), body, cli->args->key, &answer);
	if (exit)
		return exit;
	if (cli_prints(cli))
		cash_print(words, amount, currency);
	if (!strcmp(resource, "cash"))
		drawer_open_for(cli, answer.json);
	return CLI_EXIT_DONE;
}

static enum cli_exit cash_move(struct cli *cli, const char *word,
			       const char *direction, const char *words)
{
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "direction", direction);

	if (!cli->args->reason)
		return cli_misuse(_("Say why: --reason TEXT."));
	json_put_text(body, "reason", cli->args->reason);
	return cash_send(cli, "cash", word, body, words);
}

enum cli_exit verb_put_cash_in(struct cli *cli, const char *const *words,
			       size_t count)
{
	(void)count;
	return cash_move(cli, words[0], "in", "Put in");
}

enum cli_exit verb_take_cash_out(struct cli *cli, const char *const *words,
				 size_t count)
{
	(void)count;
	return cash_move(cli, words[0], "out", "Taken out");
}

enum cli_exit verb_declare(struct cli *cli, const char *const *words,
			   size_t count)
{
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "kind", words[0]);
	bool sale = !strcmp(words[0], "sale");

	(void)count;
	if (!sale && strcmp(words[0], "refund") != 0)
		return cli_misuse(_("Say what it was: sale or refund."));
	return cash_send(cli, "declared", words[1], body,
			 sale ? "Declared as sold for cash"
			      : "Declared as given back in cash");
}

enum cli_exit verb_show_balance(struct cli *cli, const char *const *words,
				size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_sign_in(cli);

	(void)words;
	(void)count;
	if (exit)
		return exit;
	client_add_path(&path, "/v1/tills/{}/balance", cli->till);
	exit = act_look(cli, buf_text(&path), &answer);
	if (!exit && cli_prints(cli))
		cash_print("What should be in the drawer",
			   json_int(answer.json, "balance", 0),
			   json_text(answer.json, "currency"));
	return exit;
}
