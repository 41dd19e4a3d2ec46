/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl session, and what is done with it. */
#include "cli/act.h"
#include "cli/amount.h"
#include "cli/drawer.h"
#include "cli/say.h"
#include "cli/shift.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <string.h>

enum cli_exit verb_show_session(struct cli *cli, const char *const *words,
				size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	char currency[CLI_CURRENCY_SIZE];
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = amount_begin(cli, NULL, currency);
	const json_t *session;

	(void)words;
	(void)count;
	if (exit)
		return exit;
	client_add_path(&path, "/v1/tills/{}/session", cli->till);
	exit = cli_get(cli, buf_text(&path), &answer);
	if (exit || !cli_prints(cli))
		return exit;
	session = json_object_get(answer.json, "session");
	if (session)
		shift_print_session(session, NULL, currency);
	else
		printf("No session is open at till %s.\n", cli->till);
	return CLI_EXIT_DONE;
}

/* How it ended, and how the session stands now. */
static void session_tell(const struct cli *cli,
			 const struct client_answer *answer)
{
	const json_t *session = json_object_get(
		json_object_get(answer->json, "result"), "session");

	if (!cli_prints(cli))
		return;
	act_print_headline(answer->json);
	if (session)
		shift_print_session(session, NULL, NULL);
}

/* --- opening --- */

enum cli_exit verb_open_session(struct cli *cli, const char *const *words,
				size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "reason", cli->args->reason);
	char currency[CLI_CURRENCY_SIZE];
	CLI_ANSWER answer = { 0 };
	int64_t counted;
	enum cli_exit exit =
		amount_read(cli, words[0], AMOUNT_NOTHING, currency, &counted);

	(void)count;
	if (exit)
		return exit;
	json_put_int(body, "counted", counted);
	client_add_path(&path, "/v1/tills/{}/sessions", cli->till);
	exit = act_do(cli, buf_text(&path), body, cli->args->key, &answer);
	if (exit)
		return exit;
	session_tell(cli, &answer);
	drawer_open_for(cli, answer.json);
	return CLI_EXIT_DONE;
}

/* --- changing --- */

/* next: what is typed afterwards, or NULL. */
static enum cli_exit session_change(struct cli *cli, const char *what,
				    json_t *body, const char *next)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	shift_put_grounds(cli, body);
	exit = shift_change_open(cli, what, body, &answer);
	if (exit)
		return exit;
	session_tell(cli, &answer);
	if (next)
		say_note("  %s", next);
	if (!strcmp(what, "closing"))
		drawer_open_for(cli, answer.json);
	return CLI_EXIT_DONE;
}

static enum cli_exit session_change_plainly(struct cli *cli, const char *what,
					    const char *next)
{
	CLEANUP_JSON json_t *body = json_make();
	enum cli_exit exit = cli_sign_in(cli);

	return exit ? exit : session_change(cli, what, body, next);
}

/* A sum goes with it, under that name. */
static enum cli_exit session_change_by_sum(struct cli *cli, const char *what,
					   const char *name, const char *word,
					   const char *next)
{
	CLEANUP_JSON json_t *body = json_make();
	char currency[CLI_CURRENCY_SIZE];
	int64_t sum;
	enum cli_exit exit =
		amount_read(cli, word, AMOUNT_NOTHING, currency, &sum);

	if (exit)
		return exit;
	json_put_int(body, name, sum);
	return session_change(cli, what, body, next);
}

enum cli_exit verb_begin_closing(struct cli *cli, const char *const *words,
				 size_t count)
{
	(void)words;
	(void)count;
	return session_change_plainly(
		cli, "closing",
		"Count the cash, then: tillctl session count COUNTED");
}

enum cli_exit verb_count_session(struct cli *cli, const char *const *words,
				 size_t count)
{
	(void)count;
	return session_change_by_sum(
		cli, "count", "counted", words[0],
		"With 12.50 of that taken out: tillctl session close 12.50");
}

enum cli_exit verb_close_session(struct cli *cli, const char *const *words,
				 size_t count)
{
	(void)count;
	return session_change_by_sum(cli, "close", "withdrawal", words[0],
				     NULL);
}

/* Everybody is signed off by that, and so is tillctl. */
enum cli_exit verb_lock_session(struct cli *cli, const char *const *words,
				size_t count)
{
	enum cli_exit exit = session_change_plainly(cli, "lock", NULL);

	(void)words;
	(void)count;
	if (exit)
		return exit;
	if (cli->kept)
		keep_remove(cli->socket, cli->till);
	say_note(_("  To go on: tillctl sign-on --till %s --login LOGIN, then "
		   "tillctl session unlock"),
		 cli->till);
	return CLI_EXIT_DONE;
}

enum cli_exit verb_unlock_session(struct cli *cli, const char *const *words,
				  size_t count)
{
	(void)words;
	(void)count;
	return session_change_plainly(cli, "unlock", NULL);
}

enum cli_exit verb_hand_session_over(struct cli *cli, const char *const *words,
				     size_t count)
{
	CLEANUP_JSON json_t *body = json_put_text(json_make(), "to", words[0]);
	enum cli_exit exit;

	(void)count;
	if (!cli_is_id("login", words[0]))
		return CLI_EXIT_USAGE;
	exit = cli_sign_in(cli);
	return exit ? exit
		    : session_change(cli, "hand-over", body,
				     "Whose it is now signs on, looks into the "
				     "drawer, and: tillctl session unlock");
}
