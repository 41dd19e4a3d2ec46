/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl day, day end. */
#include "cli/act.h"
#include "cli/amount.h"
#include "cli/drawer.h"
#include "cli/say.h"
#include "cli/shift.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

enum cli_exit verb_show_day(struct cli *cli, const char *const *words,
			    size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_sign_in(cli);
	const json_t *day;

	(void)words;
	(void)count;
	if (exit)
		return exit;
	client_add_path(&path, "/v1/tills/{}/session", cli->till);
	exit = cli_get(cli, buf_text(&path), &answer);
	if (exit || !cli_prints(cli))
		return exit;
	day = json_object_get(answer.json, "day");
	if (day)
		shift_print_day(day);
	else
		printf("No business day has begun at till %s yet.\n",
		       cli->till);
	return CLI_EXIT_DONE;
}

/* --- its end --- */

static enum cli_exit day_put_sum(json_t *body, const char *name,
				 const char *word, const char *currency)
{
	int64_t sum;
	enum cli_exit exit;

	if (!word)
		return CLI_EXIT_DONE;
	exit = amount_take(word, currency, AMOUNT_NOTHING, &sum);
	if (!exit)
		json_put_int(body, name, sum);
	return exit;
}

static enum cli_exit day_read(struct cli *cli, json_t *body,
			      char out_currency[CLI_CURRENCY_SIZE])
{
	const struct args *args = cli->args;
	enum cli_exit exit =
		amount_begin(cli,
			     args->counted ? args->counted : args->withdrawal,
			     out_currency);

	if (!exit)
		exit = day_put_sum(body, "counted", args->counted,
				   out_currency);
	if (!exit)
		exit = day_put_sum(body, "withdrawal", args->withdrawal,
				   out_currency);
	if (args_has(args, OPTION_REPORT))
		json_put_bool(body, "report", true);
	return exit;
}

/* Under a key of its own: the day's, if it has one that is known, and more. */
static enum cli_exit day_print_report(struct cli *cli, const char *event,
				      const char *currency)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body = json_put_text(json_make(), "kind", "z");
	CLEANUP_FREE char *key =
		cli->args->key ? alloc_format("%s-z", cli->args->key) : NULL;
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	json_put_text(body, "event", event);
	client_add_path(&path, "/v1/tills/{}/reports", cli->till);
	exit = act_do(cli, buf_text(&path), body, key, &answer);
	if (!exit && cli_prints(cli))
		act_print(answer.json, currency);
	if (exit)
		say_note(_("  The day has ended all the same."));
	if (exit && exit != CLI_EXIT_OPEN)
		say_note(
			_("  Its report is still to be printed: tillctl report "
			  "z --event %s"),
			event);
	return exit;
}

/* What is asked for with it, one after the other; the first that fails tells. */
static enum cli_exit day_do_the_rest(struct cli *cli, const json_t *day,
				     const char *currency)
{
	const json_t *checklist =
		json_object_get(json_object_get(day, "result"), "checklist");
	bool due = json_flag(json_object_get(checklist, "terminal"), "due");
	bool asked = args_has(cli->args, OPTION_TERMINAL);
	const char *id = json_text(day, "id");
	enum cli_exit exit = CLI_EXIT_DONE, last;

	if (due && !asked)
		say_note(_(
			"  The card terminal has bookings of its own to close: "
			"tillctl terminal day-end"));
	if (args_has(cli->args, OPTION_REPORT) && id)
		exit = day_print_report(cli, id, currency);
	last = asked ? terminal_end_day(cli, currency) : CLI_EXIT_DONE;
	return exit ? exit : last;
}

enum cli_exit verb_end_day(struct cli *cli, const char *const *words,
			   size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body = json_make();
	char currency[CLI_CURRENCY_SIZE];
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = day_read(cli, body, currency);

	(void)words;
	(void)count;
	if (exit)
		return exit;
	shift_put_grounds(cli, body);
	client_add_path(&path, "/v1/tills/{}/day/end", cli->till);
	exit = act_do(cli, buf_text(&path), body, cli->args->key, &answer);
	if (exit)
		return exit;
	if (cli_prints(cli)) {
		act_print_headline(answer.json);
		shift_print_day(json_object_get(
			json_object_get(answer.json, "result"), "day"));
	}
	drawer_open_for(cli, answer.json);
	return day_do_the_rest(cli, answer.json, currency);
}
