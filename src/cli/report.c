/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl report x, z, periodic. */
#include "cli/act.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/json.h"

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
	CLEANUP_JSON json_t *body = json_put_text(json_make(), "kind", "z");

	(void)words;
	(void)count;
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

enum cli_exit verb_report_periodic(struct cli *cli, const char *const *words,
				   size_t count)
{
	const struct args *args = cli->args;
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "kind", "periodic");

	(void)words;
	(void)count;
	if (!report_has_range(args))
		return cli_misuse("Give --from and --to, or --from-number and "
				  "--to-number.");
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
