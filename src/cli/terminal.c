/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl refund, slips, slips print, terminal. */
#include "cli/terminal.h"
#include "cli/act.h"
#include "cli/amount.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <stdio.h>
#include <stdlib.h>

/* A diagnosis calls the payment host. */
#define TERMINAL_WAIT_S 60

enum cli_exit verb_refund(struct cli *cli, const char *const *words,
			  size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body = json_make();
	char currency[CLI_CURRENCY_SIZE];
	enum cli_exit exit;
	int64_t amount;

	(void)count;
	if (!cli->args->reason)
		return cli_misuse(_("Say why: --reason TEXT."));
	if (cli->args->payment && !cli_is_id("payment", cli->args->payment))
		return CLI_EXIT_USAGE;
	exit = amount_read(cli, words[0], AMOUNT_SOMETHING, currency, &amount);
	if (exit)
		return exit;
	json_put_int(body, "amount", amount);
	json_put_text(body, "currency", currency);
	json_put_text(body, "payment", cli->args->payment);
	json_put_text(body, "reason", cli->args->reason);
	json_put_text(body, "reference", cli->args->reference);
	client_add_path(&path, "/v1/tills/{}/refunds", cli->till);
	return act_run(cli, buf_text(&path), body, currency);
}

/* --- slips --- */

static void slips_print(const json_t *slips)
{
	const json_t *receipts = json_object_get(slips, "receipts");
	const char *copy;
	json_t *lines, *line;
	size_t i;

	json_object_foreach ((json_t *)(uintptr_t)receipts, copy, lines) {
		printf("-- %s --\n", copy);
		json_array_foreach (lines, i, line) {
			say_clean(stdout, json_string_value(line));
			putchar('\n');
		}
	}
	if (json_flag(slips, "signature"))
		say_note(_("  The merchant's copy has to be signed."));
}

/* Signs on, and says where the slips of a payment are. */
static enum cli_exit slips_begin(struct cli *cli, const char *payment,
				 struct buf *out_path)
{
	enum cli_exit exit;

	if (!cli_is_id("payment", payment))
		return CLI_EXIT_USAGE;
	exit = cli_sign_in(cli);
	if (!exit)
		client_add_path(out_path, "/v1/tills/{}/payments/{}/slips",
				cli->till, payment);
	return exit;
}

enum cli_exit verb_show_slips(struct cli *cli, const char *const *words,
			      size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = slips_begin(cli, words[0], &path);

	(void)count;
	if (!exit)
		exit = act_look(cli, buf_text(&path), &answer);
	if (!exit && cli_prints(cli))
		slips_print(answer.json);
	return exit;
}

enum cli_exit verb_print_payment_slip(struct cli *cli, const char *const *words,
				      size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "copy", words[1]);
	enum cli_exit exit = slips_begin(cli, words[0], &path);

	(void)count;
	return exit ? exit : act_run(cli, buf_text(&path), body, NULL);
}

/* --- the terminal itself --- */

static enum cli_exit terminal_use(struct cli *cli, const char *kind)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body = json_put_text(json_make(), "kind", kind);
	char currency[CLI_CURRENCY_SIZE];
	enum cli_exit exit = amount_begin(cli, NULL, currency);

	if (exit)
		return exit;
	client_add_path(&path, "/v1/tills/{}/terminal", cli->till);
	return act_run(cli, buf_text(&path), body, currency);
}

enum cli_exit verb_end_terminal_day(struct cli *cli, const char *const *words,
				    size_t count)
{
	(void)words;
	(void)count;
	return terminal_use(cli, "day-end");
}

enum cli_exit verb_repeat_receipt(struct cli *cli, const char *const *words,
				  size_t count)
{
	(void)words;
	(void)count;
	return terminal_use(cli, "receipt");
}

enum cli_exit terminal_end_day(struct cli *cli, const char *currency)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "kind", "day-end");
	CLEANUP_FREE char *key =
		cli->args->key ? alloc_format("%s-terminal", cli->args->key)
			       : NULL;
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	client_add_path(&path, "/v1/tills/{}/terminal", cli->till);
	exit = act_do(cli, buf_text(&path), body, key, &answer);
	if (!exit && cli_prints(cli))
		act_print(answer.json, currency);
	if (exit)
		say_note(_(
			"  The day has ended all the same; the card terminal's "
			"is still to be run: tillctl terminal day-end"));
	return exit;
}

enum cli_exit verb_service_terminal(struct cli *cli, const char *const *words,
				    size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "task", words[1]);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	(void)count;
	if (!cli_is_id("device", words[0]))
		return CLI_EXIT_USAGE;
	client_add_path(&path, "/v1/devices/{}/service", words[0]);
	exit = cli_call(cli,
			&(struct client_request){
				.method = "POST",
				.path = buf_text(&path),
				.body = body,
				.wait = (int)cli_wait(cli, TERMINAL_WAIT_S),
				.patience = TERMINAL_WAIT_S + 10,
			},
			&answer);
	if (!exit && cli_prints(cli))
		act_print(answer.json, NULL);
	return exit;
}
