/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl drawer, drawer open. */
#include "cli/act.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <string.h>

static const char *drawer_words(const char *state)
{
	static const struct {
		const char *state;
		const char *words;
	} rows[] = {
		{ "open", "is open" },
		{ "closed", "is closed" },
		{ "no-sensor", "has no sensor that could tell" },
	};

	for (size_t i = 0; state && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(rows[i].state, state))
			return rows[i].words;
	return "is in a state that is not known";
}

static void drawer_print(const struct cli *cli, const json_t *drawer)
{
	const char *device = json_text(drawer, "device_state");
	const char *as_of = json_text(drawer, "as_of");
	char time[SAY_TIME_SIZE];
	CLEANUP_FREE char *line = NULL;

	say_time(as_of ? as_of : "", time);
	line = alloc_format("The drawer of till %s %s%s%s.", cli->till,
			    drawer_words(json_text(drawer, "drawer")),
			    as_of ? ", as of " : "", time);
	say_clean(stdout, line);
	putchar('\n');
	if (json_flag(drawer, "stale"))
		say_note("That is not up to date: the device is %s.",
			 device ? device : "not there");
}

enum cli_exit verb_show_drawer(struct cli *cli, const char *const *words,
			       size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_find_till(cli);

	(void)words;
	(void)count;
	if (exit)
		return exit;
	client_add_path(&path, "/v1/tills/{}/drawer", cli->till);
	exit = cli_get(cli, buf_text(&path), &answer);
	if (!exit && cli_prints(cli))
		drawer_print(cli, answer.json);
	return exit;
}

enum cli_exit verb_open_drawer(struct cli *cli, const char *const *words,
			       size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "reason", cli->args->reason);
	enum cli_exit exit;

	(void)words;
	(void)count;
	if (!cli->args->reason)
		return cli_misuse("Say why: --reason TEXT.");
	exit = cli_sign_in(cli);
	if (exit)
		return exit;
	client_add_path(&path, "/v1/tills/{}/drawer/open", cli->till);
	return act_run(cli, buf_text(&path), body, NULL);
}
