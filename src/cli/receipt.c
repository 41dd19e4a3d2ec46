/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl receipt, return, slip, print, copies, fiscal, fiscal clock. */
#include "cli/act.h"
#include "cli/amount.h"
#include "cli/drawer.h"
#include "cli/policy_file.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

/* Posts to the till's resource; says how it ended, and opens the drawer for it
 * if it was done and the till is set so. */
static enum cli_exit receipt_send(struct cli *cli, const char *resource,
				  const json_t *body, bool opens)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	char currency[CLI_CURRENCY_SIZE];
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_sign_in(cli);

	if (!exit)
		exit = cli_find_currency(cli, cli->till, currency);
	if (exit)
		return exit;
	client_add_path(&path, "/v1/tills/{}/", cli->till);
	buf_add_text(&path, resource); /* it may have parts */
	if (!opens)
		return act_run(cli, buf_text(&path), body, currency);
	exit = act_do(cli, buf_text(&path), body, cli->args->key, &answer);
	if (exit)
		return exit;
	if (cli_prints(cli))
		act_print(answer.json, currency);
	drawer_open_for(cli, answer.json);
	return CLI_EXIT_DONE;
}

enum cli_exit verb_issue_receipt(struct cli *cli, const char *const *words,
				 size_t count)
{
	json_t *body = NULL;
	enum cli_exit exit = policy_file_read(words[0], &body);

	(void)count;
	if (!exit)
		exit = receipt_send(cli, "receipts", body, true);
	json_decref(body);
	return exit;
}

/* The amount, and how much of it goes out in cash. */
static enum cli_exit return_take(struct cli *cli, const char *const *words,
				 size_t count, json_t *body)
{
	char currency[CLI_CURRENCY_SIZE];
	int64_t amount, cash = 0;
	enum cli_exit exit =
		amount_read(cli, words[1], AMOUNT_SOMETHING, currency, &amount);

	if (!exit && count > 2)
		exit = amount_take(words[2], currency, AMOUNT_SOMETHING, &cash);
	if (exit)
		return exit;
	json_put_int(body, "amount", amount);
	if (cash)
		json_put_int(body, "cash", cash);
	return CLI_EXIT_DONE;
}

/* All of it, as the API has it: what printers need that take it line by line. */
static enum cli_exit return_file(struct cli *cli, const char *file)
{
	CLEANUP_JSON json_t *body = NULL;
	enum cli_exit exit = policy_file_read(file, &body);

	if (!exit && cli->args->reason)
		json_put_text(body, "reason", cli->args->reason);
	return exit ? exit : receipt_send(cli, "returns", body, true);
}

enum cli_exit verb_return(struct cli *cli, const char *const *words,
			  size_t count)
{
	CLEANUP_JSON json_t *body = json_put_text(json_make(), "of", words[0]);
	enum cli_exit exit;

	if (count == 1)
		return return_file(cli, words[0]);
	if (strcmp(words[0], "receipt") != 0 &&
	    strcmp(words[0], "invoice") != 0)
		return cli_misuse(
			_("Say what it corrects: receipt or invoice."));
	if (!cli->args->reason)
		return cli_misuse(_("Say why: --reason TEXT."));
	exit = return_take(cli, words, count, body);
	if (exit)
		return exit;
	json_put_text(body, "reason", cli->args->reason);
	json_put_text(body, "reference", cli->args->reference);
	return receipt_send(cli, "returns", body, true);
}

enum cli_exit verb_print_slip(struct cli *cli, const char *const *words,
			      size_t count)
{
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "event", words[0]);

	(void)count;
	if (!cli_is_id("operation", words[0]))
		return CLI_EXIT_USAGE;
	return receipt_send(cli, "cash/slip", body, false);
}

enum cli_exit verb_print_text(struct cli *cli, const char *const *words,
			      size_t count)
{
	CLEANUP_JSON json_t *body = json_make();
	json_t *lines = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(lines, json_string(words[i]));
	json_put(body, "lines", lines);
	return receipt_send(cli, "printouts", body, false);
}

enum cli_exit verb_print_copies(struct cli *cli, const char *const *words,
				size_t count)
{
	CLEANUP_JSON json_t *body = json_make();
	char *rest = NULL;
	long copies = count ? strtol(words[0], &rest, 10) : 1;

	if ((count && (rest == words[0] || *rest)) || copies < 1 || copies > 9)
		return cli_misuse(_("From 1 to 9 of them."));
	json_put_int(body, "count", copies);
	return receipt_send(cli, "copies", body, false);
}

enum cli_exit verb_read_fiscal(struct cli *cli, const char *const *words,
			       size_t count)
{
	CLEANUP_JSON json_t *body = json_make();

	(void)words;
	(void)count;
	return receipt_send(cli, "fiscal/read", body, false);
}

enum cli_exit verb_set_clock(struct cli *cli, const char *const *words,
			     size_t count)
{
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "time", words[0]);

	(void)count;
	if (!cli->args->reason)
		return cli_misuse(_("Say why: --reason TEXT."));
	json_put_text(body, "reason", cli->args->reason);
	return receipt_send(cli, "fiscal/clock", body, false);
}
