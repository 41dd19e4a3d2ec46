/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl report x, z, periodic. */
#include "cli/act.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <stdio.h>
#include <string.h>

static enum cli_exit report_run(struct cli *cli, const json_t *body)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	char currency[CLI_CURRENCY_SIZE];
	enum cli_exit exit = cli_sign_in(cli);

	if (!exit)
		exit = cli_find_currency(cli, cli->till, currency);
	if (exit)
		return exit;
	client_add_path(&path, "/v1/tills/{}/reports", cli->till);
	return act_run(cli, buf_text(&path), body, currency);
}

enum cli_exit verb_report_x(struct cli *cli, const char *const *words,
			    size_t count)
{
	CLEANUP_JSON json_t *body = json_put_text(json_make(), "kind", "x");

	(void)words;
	(void)count;
	return report_run(cli, body);
}

enum cli_exit verb_report_z(struct cli *cli, const char *const *words,
			    size_t count)
{
	const char *event = cli->args->event;
	CLEANUP_JSON json_t *body = json_put_text(json_make(), "kind", "z");

	(void)words;
	(void)count;
	if (event && !cli_is_id("operation", event))
		return CLI_EXIT_USAGE;
	json_put_text(body, "event", event);
	return report_run(cli, body);
}

/* Both ends of one kind, and nothing of the other. */
static bool report_has_range(const struct args *args)
{
	bool dates = args->from && args->to;
	bool numbers = args->from_number >= 0 && args->to_number >= 0;
	bool any_date = args->from || args->to;
	bool any_number = args->from_number >= 0 || args->to_number >= 0;

	return (dates && !any_number) || (numbers && !any_date);
}

/* A day that there is, written as 2026-11-01. */
static bool report_is_date(const char *text)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	int year, month, day, len = 0;

	if (*text < '0' || *text > '9' ||
	    sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &len) != 3 ||
	    len != 10 || text[len] || month < 1 || month > 12 || day < 1)
		return false;
	if (month == 2 && day == 29)
		return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return day <= days[month - 1];
}

/* CLI_EXIT_DONE, or CLI_EXIT_USAGE after saying what is wrong. */
static enum cli_exit report_check_range(const struct args *args)
{
	if (!report_has_range(args))
		return cli_misuse(
			_("Give --from and --to, or --from-number and "
			  "--to-number."));
	if (!args->from)
		return args->from_number <= args->to_number
			       ? CLI_EXIT_DONE
			       : cli_misuse(_("--from-number is after "
					      "--to-number."));
	if (!report_is_date(args->from))
		return cli_misuse(_("--from takes a date such as 2026-11-01."));
	if (!report_is_date(args->to))
		return cli_misuse(_("--to takes a date such as 2026-11-30."));
	return strcmp(args->from, args->to) <= 0
		       ? CLI_EXIT_DONE
		       : cli_misuse(_("--from is after --to."));
}

enum cli_exit verb_report_periodic(struct cli *cli, const char *const *words,
				   size_t count)
{
	const struct args *args = cli->args;
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "kind", "periodic");

	(void)words;
	(void)count;
	if (report_check_range(args))
		return CLI_EXIT_USAGE;
	json_put_text(body, "from_date", args->from);
	json_put_text(body, "to_date", args->to);
	if (args->from_number >= 0) {
		json_put_int(body, "from_number", args->from_number);
		json_put_int(body, "to_number", args->to_number);
	}
	if (args_has(args, OPTION_SUMMARY))
		json_put_bool(body, "summary", true);
	return report_run(cli, body);
}
