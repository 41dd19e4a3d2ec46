/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl drawer, drawer open. */
#include "cli/drawer.h"

#include "cli/act.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/random.h"

#include <string.h>

#define DRAWER_WAIT_S 10

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
		say_note(_("That is not up to date: the device is %s."),
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
	const struct args *args = cli->args;
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "reason", args->reason);
	enum cli_exit exit;

	(void)words;
	(void)count;
	if (!args->reason == !args->event)
		return cli_misuse(_("Say why: --reason TEXT; or, for what has "
				    "just been done: --event OPERATION."));
	if (args->event && !cli_is_id("operation", args->event))
		return CLI_EXIT_USAGE;
	exit = cli_sign_in(cli);
	if (exit)
		return exit;
	json_put_text(body, "event", args->event);
	client_add_path(&path, "/v1/tills/{}/drawer/open", cli->till);
	return act_run(cli, buf_text(&path), body, NULL);
}

/* --- by itself --- */

/* What says only that it is not for this till, or not for this. */
static bool drawer_is_not_meant(const char *code)
{
	static const char *const codes[] = { "event-unusable", "no-such-device",
					     "not-supported" };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (!strcmp(codes[i], code))
			return true;
	return false;
}

static void drawer_tell_opening(const struct client_answer *answer,
				const char *event)
{
	const char *code = json_text(answer->json, "code");
	const char *title = json_text(answer->json, "title");

	if (answer->status == 200)
		say_note(_("  The drawer opens."));
	if (answer->status < 300 || (code && drawer_is_not_meant(code)))
		return;
	say_note(_("  The drawer did not open: %s"), title ? title : "?");
	say_note(_("  To try again: tillctl drawer open --event %s"), event);
}

void drawer_open_for(struct cli *cli, const json_t *operation)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	const char *event = json_text(operation, "id");
	CLEANUP_JSON json_t *body = json_put_text(json_make(), "event", event);
	CLI_ANSWER answer = { 0 };
	char key[RANDOM_ID_SIZE];

	if (!event || !cli_is_id("operation", event))
		return;
	random_id(random_system(), key);
	client_add_path(&path, "/v1/tills/{}/drawer/open", cli->till);
	if (client_send(cli_client(cli),
			&(struct client_request){ .method = "POST",
						  .path = buf_text(&path),
						  .body = body,
						  .key = key,
						  .wait = DRAWER_WAIT_S },
			&answer))
		say_note(_("  Whether the drawer opened is not known: look."));
	else
		drawer_tell_opening(&answer, event);
}
