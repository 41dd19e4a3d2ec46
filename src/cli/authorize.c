/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl authorize, authorization, supervisors. */
#include "cli/changes.h"
#include "cli/consent.h"
#include "cli/say.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <inttypes.h>

/* With the figures of a count, where this supervisor may see them. */
static void authorize_print(struct cli *cli, const json_t *authorization)
{
	static const char *const left_out[] = { "pin_given", "prompt",
						"changes", NULL };
	const json_t *changes = json_object_get(authorization, "changes");
	const char *till = json_text(authorization, "till");
	CLEANUP_JSON json_t *currencies = NULL;

	if (till && json_object_get(authorization, "figures"))
		currencies = cli_list_currencies(cli);
	say_fields(stdout, authorization, left_out,
		   till ? json_text(currencies, till) : NULL);
	if (!changes)
		return;
	puts(_("What it changes:"));
	changes_print(stdout, changes);
}

/* Waits as long as --wait says, but not past what the daemon takes at once: an
 * authorization does not live that long. */
static enum cli_exit authorize_show(struct cli *cli, const char *id)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	int64_t wait = cli_wait(cli, 0);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	wait = wait < CLI_WAIT_MAX ? wait : CLI_WAIT_MAX;
	cli_sign_in_if_kept(cli); /* whoever else it is may look, too */
	client_add_path(&path, "/v1/authorizations/{}", id);
	client_add_query_int(&path, "wait", wait);
	exit = cli_call(cli,
			&(struct client_request){
				.method = "GET",
				.path = buf_text(&path),
				.patience = (int)wait,
			},
			&answer);
	if (exit)
		return exit;
	if (cli_prints(cli))
		authorize_print(cli, answer.json);
	return exits_of_authorization(answer.json);
}

enum cli_exit verb_show_authorization(struct cli *cli, const char *const *words,
				      size_t count)
{
	(void)count;
	if (!cli_is_id("authorization", words[0]))
		return CLI_EXIT_USAGE;
	return authorize_show(cli, words[0]);
}

/* --- for a supervisor --- */

static void authorize_tell_figures(struct cli *cli, const json_t *authorization)
{
	static const char *const none[] = { NULL };
	const json_t *figures = json_object_get(authorization, "figures");
	const char *till = json_text(authorization, "till");
	CLEANUP_JSON json_t *currencies = NULL;

	if (!figures || !till)
		return;
	currencies = cli_list_currencies(cli);
	say_fields(stderr, figures, none, json_text(currencies, till));
}

/* What a policy would become, or what a count comes to, is more than a
 * sentence: nobody is asked for a password before they were shown it. What
 * can't be had is not told; then the answer says why. */
static void authorize_tell_more(struct cli *cli, const char *id)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	struct client_request request = { .method = "GET" };
	CLI_ANSWER answer = { 0 };
	const json_t *changes;

	cli_sign_in_if_kept(cli);
	client_add_path(&path, "/v1/authorizations/{}", id);
	request.path = buf_text(&path);
	if (client_send(cli_client(cli), &request, &answer) ||
	    answer.status != 200)
		return;
	changes = json_object_get(answer.json, "changes");
	if (!changes && !json_object_get(answer.json, "figures"))
		return;
	say_note("%s", json_text(answer.json, "sentence"));
	authorize_tell_figures(cli, answer.json);
	if (changes)
		changes_print(stderr, changes);
}

static enum cli_exit authorize_answer(struct cli *cli, const char *id)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	bool deny = args_has(cli->args, OPTION_DENY);
	CLI_BODY *body = json_make();
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = CLI_EXIT_DONE;
	const char *sentence;

	if (!cli->args->login)
		exit = cli_sign_in(cli);
	json_put_text(body, "login", cli->args->login);
	if (!exit && !deny)
		authorize_tell_more(cli, id);
	if (!exit)
		exit = cli_ask_word(cli, cli->args->login, body);
	if (exit)
		return exit;
	client_add_path(&path, "/v1/authorizations/{}/", id);
	buf_add_text(&path, deny ? "deny" : "approve");
	exit = cli_call(cli,
			&(struct client_request){
				.method = "POST",
				.path = buf_text(&path),
				.body = body,
			},
			&answer);
	if (exit || !cli_prints(cli))
		return exit;
	sentence = json_text(answer.json, "sentence");
	printf("%s: ", deny ? "Refused" : "Authorized, once");
	say_clean(stdout, sentence ? sentence : id);
	putchar('\n');
	return CLI_EXIT_DONE;
}

static void authorize_print_list(const json_t *list)
{
	static const char *const headings[] = { "ID", "TILL", "FOR",
						"WHAT IS ASKED", NULL };
	struct table *table = table_new(headings);
	const json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		char left[SAY_COUNT_SIZE];

		say_count(left, json_int(one, "expires_in", 0), "second",
			  "seconds");
		table_add(table, json_text(one, "id"));
		table_add(table, json_text(one, "till"));
		table_add(table, left);
		table_add(table, json_text(one, "sentence"));
	}
	table_print(table, stdout);
	table_free(table);
}

/* What waits for this supervisor's answer. */
static enum cli_exit authorize_list(struct cli *cli)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_sign_in(cli);
	const json_t *list;

	if (exit)
		return exit;
	client_add_path(&path, "/v1/authorizations");
	client_add_query(&path, "till", cli->args->at);
	exit = cli_get(cli, buf_text(&path), &answer);
	if (exit || !cli_prints(cli))
		return exit;
	list = json_object_get(answer.json, "authorizations");
	authorize_print_list(list);
	if (!json_array_size(list))
		say_note(_("Nothing waits for your answer."));
	return CLI_EXIT_DONE;
}

enum cli_exit verb_list_supervisors(struct cli *cli, const char *const *words,
				    size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLI_ANSWER answer = { 0 };
	const json_t *list, *one;
	enum cli_exit exit;
	size_t i;

	if (!cli_is_id("authorization", words[0]))
		return CLI_EXIT_USAGE;
	client_add_path(&path, "/v1/authorizations/{}/supervisors", words[0]);
	client_add_query(&path, "phrase", count > 1 ? words[1] : NULL);
	exit = cli_get(cli, buf_text(&path), &answer);
	if (exit || !cli_prints(cli))
		return exit;
	list = json_object_get(answer.json, "supervisors");
	json_array_foreach (list, i, one) {
		const char *name = json_text(one, "name");

		say_clean(stdout, name ? name : "?");
		putchar('\n');
	}
	if ((int64_t)i < json_int(answer.json, "total", 0))
		say_note("These are %zu of %" PRId64 "; type part of a name.",
			 i, json_int(answer.json, "total", 0));
	return CLI_EXIT_DONE;
}

/* --- for who asked --- */

static enum cli_exit authorize_withdraw(struct cli *cli, const char *id)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	enum cli_exit exit = cli_sign_in(cli);

	if (exit)
		return exit;
	client_add_path(&path, "/v1/authorizations/{}", id);
	return cli_delete(cli, buf_text(&path), "Withdrawn.");
}

/* Looks at it first: whether a PIN is needed, and a reader there. */
static enum cli_exit authorize_arm(struct cli *cli, const char *id)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	struct client_request request = { .method = "GET" };
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_sign_in(cli);
	int r;

	if (exit)
		return exit;
	client_add_path(&path, "/v1/authorizations/{}", id);
	request.path = buf_text(&path);
	r = client_send(cli_client(cli), &request, &answer);
	if (r)
		return cli_tell_error(cli, r);
	if (answer.status != 200)
		return cli_tell_answer(cli, &answer);
	consent_tell_objection(answer.json);
	exit = consent_arm(cli, answer.json);
	if (exit)
		return exit;
	exit = authorize_show(cli, id);
	/* Without --wait, that the reader waits is what was asked for. */
	return exit == CLI_EXIT_CONSENT && cli->args->wait < 0 ? CLI_EXIT_DONE
							       : exit;
}

/* Exactly one of the ways to answer, or the list. */
static bool authorize_is_clear(const struct args *args, size_t count)
{
	bool arm = args_has(args, OPTION_ARM);
	bool list = args_has(args, OPTION_LIST);
	bool elsewhere = args_has(args, OPTION_ELSEWHERE);
	bool withdraw = args_has(args, OPTION_WITHDRAW);

	return arm + list + elsewhere + withdraw + (args->login != NULL) == 1 &&
	       list == !count && (list || !args->at) &&
	       (!args_has(args, OPTION_DENY) || elsewhere || args->login);
}

enum cli_exit verb_authorize(struct cli *cli, const char *const *words,
			     size_t count)
{
	const struct args *args = cli->args;

	if (!authorize_is_clear(args, count))
		return cli_misuse(
			_("Give an ID with --login or --elsewhere "
			  "(and --deny to refuse), with --arm or with "
			  "--withdraw; or --list alone."));
	if (args_has(args, OPTION_LIST))
		return authorize_list(cli);
	if (!cli_is_id("authorization", words[0]))
		return CLI_EXIT_USAGE;
	return args_has(args, OPTION_ARM) ? authorize_arm(cli, words[0])
	       : args_has(args, OPTION_WITHDRAW)
		       ? authorize_withdraw(cli, words[0])
		       : authorize_answer(cli, words[0]);
}
