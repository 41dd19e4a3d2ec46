/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl token give, list, revoke. */
#include "cli/say.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/money.h"

/* --- giving --- */

static enum cli_exit token_put_amount(struct cli *cli, const char *till,
				      json_t *body)
{
	const char *text = cli->args->amount, *fault;
	char currency[CLI_CURRENCY_SIZE];
	enum cli_exit exit;
	int64_t amount;

	if (!text)
		return CLI_EXIT_DONE;
	exit = cli_find_currency(cli, till, currency);
	if (exit)
		return exit;
	fault = money_parse(text, money_decimals(currency), &amount);
	if (fault)
		return cli_misuse("%s", fault);
	json_put_int(body, "amount", amount);
	return CLI_EXIT_DONE;
}

static enum cli_exit token_fill(struct cli *cli, json_t *body)
{
	const struct args *args = cli->args;
	const char *till = args->at ? args->at : cli->till;

	json_put_text(body, "requester", args->requester);
	json_put_text(body, "till", till);
	json_put_text(body, "action", args->action);
	json_put_text(body, "reason", args->reason);
	if (args->minutes >= 0)
		json_put_int(body, "minutes", args->minutes);
	return token_put_amount(cli, till, body);
}

static const char *token_name(const json_t *token, const char *field)
{
	const char *name = json_text(json_object_get(token, field), "name");

	return name ? name : "?";
}

/* The secret alone on standard output, so that it can be passed on. */
static void token_print(const json_t *token)
{
	const char *secret = json_text(token, "token");
	const char *ends = json_text(token, "expires_at");
	const char *action = json_text(token, "action");
	const char *till = json_text(token, "till");
	char time[SAY_TIME_SIZE];

	say_time(ends ? ends : "?", time);
	say_note(_("For %s: %s at till %s, once, until %s. It is shown this "
		   "once:"),
		 token_name(token, "requester"), action ? action : "?",
		 till ? till : "?", time);
	say_clean(stdout, secret ? secret : "?");
	putchar('\n');
}

enum cli_exit verb_give_token(struct cli *cli, const char *const *words,
			      size_t count)
{
	CLI_BODY *body = json_make();
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	(void)words;
	(void)count;
	if (!cli->args->requester || !cli->args->action)
		return cli_misuse(
			_("Say for whom and what: --for L --action A."));
	exit = cli_sign_in(cli);
	if (!exit)
		exit = token_fill(cli, body);
	if (!exit)
		exit = cli_ask_word(cli, NULL, body);
	if (!exit)
		exit = cli_call(cli,
				&(struct client_request){
					.method = "POST",
					.path = "/v1/authorizations",
					.body = body,
				},
				&answer);
	if (exit)
		return exit;
	if (cli_prints(cli))
		token_print(answer.json);
	cli_wipe_body(answer.json);
	answer.json = NULL;
	return CLI_EXIT_DONE;
}

/* --- looking, taking back --- */

static void token_add(struct table *table, const json_t *token,
		      const json_t *currencies)
{
	const char *ends = json_text(token, "expires_at");
	const char *till = json_text(token, "till");
	const json_t *amount = json_object_get(token, "amount");
	char most[MONEY_TEXT_SIZE] = "", time[SAY_TIME_SIZE];

	say_time(ends ? ends : "?", time);
	if (amount)
		money_format(json_integer_value(amount),
			     till ? json_text(currencies, till) : NULL, most);
	table_add(table, json_text(token, "id"));
	table_add(table, json_text(token, "action"));
	table_add(table, till);
	table_add(table, token_name(token, "requester"));
	table_add(table, token_name(token, "approver"));
	table_add(table, most);
	table_add(table, time);
	table_add(table, json_text(token, "reason"));
}

static void token_print_list(struct cli *cli, const json_t *tokens)
{
	static const char *const headings[] = { "ID",	 "ACTION", "TILL",
						"FOR",	 "BY",	   "UP TO",
						"UNTIL", "REASON", NULL };
	CLEANUP_JSON json_t *currencies = cli_list_currencies(cli);
	struct table *table = table_new(headings);
	const json_t *token;
	size_t i;

	json_array_foreach (tokens, i, token)
		token_add(table, token, currencies);
	table_print(table, stdout);
	table_free(table);
}

enum cli_exit verb_list_tokens(struct cli *cli, const char *const *words,
			       size_t count)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_sign_in(cli);
	const json_t *tokens;

	(void)words;
	(void)count;
	if (!exit)
		exit = cli_get(cli, "/v1/tokens", &answer);
	if (exit || !cli_prints(cli))
		return exit;
	tokens = json_object_get(answer.json, "tokens");
	if (json_array_size(tokens))
		token_print_list(cli, tokens);
	else
		say_note(_("Nothing is authorized in advance."));
	return CLI_EXIT_DONE;
}

enum cli_exit verb_revoke_token(struct cli *cli, const char *const *words,
				size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	enum cli_exit exit;

	(void)count;
	if (!cli_is_id("token", words[0]))
		return CLI_EXIT_USAGE;
	exit = cli_sign_in(cli);
	if (exit)
		return exit;
	client_add_path(&path, "/v1/tokens/{}", words[0]);
	return cli_delete(cli, buf_text(&path), "Revoked.");
}
