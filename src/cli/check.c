/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl check, can. */
#include "cli/act.h"
#include "cli/amount.h"
#include "cli/say.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/json.h"

/* --amount, in the till's currency, which says how many decimals it has. */
static enum cli_exit check_put_amount(struct cli *cli, json_t *body)
{
	const char *text = cli->args->amount;
	char currency[CLI_CURRENCY_SIZE];
	int64_t amount;
	enum cli_exit exit;

	if (!text)
		return CLI_EXIT_DONE;
	exit = cli_find_currency(cli, cli->till, currency);
	if (exit)
		return exit;
	exit = amount_take(text, currency, AMOUNT_SOMETHING, &amount);
	if (!exit)
		json_put_int(body, "amount", amount);
	return exit;
}

enum cli_exit verb_check(struct cli *cli, const char *const *words,
			 size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "action", words[0]);
	const char *amount = cli->args->amount;
	enum cli_exit exit;

	(void)count;
	if (amount && amount_check(amount))
		return CLI_EXIT_USAGE;
	json_put_text(body, "detail", cli->args->detail);
	json_put_text(body, "reference", cli->args->reference);
	exit = cli_sign_in(cli);
	if (!exit)
		exit = check_put_amount(cli, body);
	if (exit)
		return exit;
	client_add_path(&path, "/v1/tills/{}/check", cli->till);
	return act_run(cli, buf_text(&path), body, NULL);
}

/* --- everything at once --- */

static void check_print(const json_t *may, bool all)
{
	static const char *const headings[] = { "NAME", "MAY", NULL };
	struct table *table = table_new(headings);
	char left_out[SAY_COUNT_SIZE];
	const char *name;
	json_t *one;
	int64_t asks = 0;

	json_object_foreach ((json_t *)(uintptr_t)may, name, one) {
		asks += !json_is_true(one);
		if (!all && !json_is_true(one))
			continue;
		table_add(table, name);
		table_add(table, json_is_true(one) ? "yes" : "ask");
	}
	table_print(table, stdout);
	table_free(table);
	say_count(left_out, asks, "other needs", "others need");
	if (asks && !all)
		say_note("%s a supervisor's consent; --all lists them, too.",
			 left_out);
}

enum cli_exit verb_show_can(struct cli *cli, const char *const *words,
			    size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_sign_in(cli);

	(void)words;
	(void)count;
	if (exit)
		return exit;
	client_add_path(&path, "/v1/tills/{}/can", cli->till);
	exit = cli_get(cli, buf_text(&path), &answer);
	if (!exit && cli_prints(cli))
		check_print(json_object_get(answer.json, "may"),
			    args_has(cli->args, OPTION_ALL));
	return exit;
}
