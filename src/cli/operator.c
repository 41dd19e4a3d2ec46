/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl operator list, show, add, set, remove, erase, password, pin. */
#include "cli/administer.h"
#include "cli/say.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/secret.h"

#include <string.h>

#define OPERATOR_PATH "/v1/operators/{}"
#define OPERATOR_PAGE 1000

/* --- looking --- */

static void operator_add_row(struct table *table, const json_t *person)
{
	CLEANUP_FREE char *groups =
		administer_join(json_object_get(person, "groups"));
	const char *role = json_text(person, "role");
	bool inactive = json_is_false(json_object_get(person, "active"));
	CLEANUP_FREE char *proofs = NULL;
	char badges[SAY_COUNT_SIZE];

	say_count(badges,
		  (int64_t)json_array_size(json_object_get(person, "badges")),
		  "badge", "badges");
	proofs = alloc_format(
		"%s%s%s", json_flag(person, "has_password") ? "password, " : "",
		json_flag(person, "has_pin") ? "PIN, " : "", badges);
	table_add(table, json_text(person, "login"));
	table_add(table, json_text(person, "name"));
	table_add(table, role ? role : "user");
	table_add(table, inactive ? "no" : "yes");
	table_add(table, groups);
	table_add(table, proofs);
}

/* Page by page: after is the last login of the one before, "" at first. */
static enum cli_exit operator_add_page(struct cli *cli, const char *phrase,
				       char **after, struct table *table,
				       bool *out_more)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLI_ANSWER answer = { 0 };
	const json_t *people, *person;
	enum cli_exit exit;
	size_t i;

	client_add_path(&path, "/v1/operators");
	client_add_query(&path, "phrase", phrase);
	client_add_query(&path, "after", **after ? *after : NULL);
	client_add_query_int(&path, "limit", OPERATOR_PAGE);
	exit = cli_get(cli, buf_text(&path), &answer);
	if (exit)
		return exit;
	people = json_object_get(answer.json, "operators");
	json_array_foreach (people, i, person) {
		const char *login = json_text(person, "login");

		operator_add_row(table, person);
		free(*after);
		*after = alloc_text(login ? login : "");
	}
	*out_more = json_flag(answer.json, "more") && **after;
	return CLI_EXIT_DONE;
}

enum cli_exit verb_list_operators(struct cli *cli, const char *const *words,
				  size_t count)
{
	static const char *const headings[] = { "LOGIN",  "NAME",   "ROLE",
						"ACTIVE", "GROUPS", "PROOFS",
						NULL };
	struct table *table = table_new(headings);
	CLEANUP_FREE char *after = alloc_text("");
	enum cli_exit exit = cli_sign_in(cli);
	bool more = true;

	while (!exit && more)
		exit = operator_add_page(cli, count ? words[0] : NULL, &after,
					 table, &more);
	if (!exit && cli_prints(cli))
		table_print(table, stdout);
	table_free(table);
	return exit;
}

enum cli_exit verb_show_operator(struct cli *cli, const char *const *words,
				 size_t count)
{
	CLEANUP_FREE char *path = administer_path(OPERATOR_PATH, words[0]);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = administer_look(cli, path, &answer);

	(void)count;
	if (!exit && cli_prints(cli))
		say_fields(stdout, json_object_get(answer.json, "operator"),
			   NULL, NULL);
	return exit;
}

/* --- changing --- */

static char *operator_take_options(const struct cli *cli, json_t *person)
{
	const struct args *args = cli->args;

	json_put_text(person, "name", args->name);
	json_put_text(person, "login", args->login);
	json_put_text(person, "role", args->role);
	if (!administer_put_flag(person, "active", args->active))
		return alloc_text("--active takes yes or no.");
	return administer_put_list(person, "groups", args->groups);
}

static enum cli_exit operator_change(struct cli *cli, const char *login,
				     bool new)
{
	CLEANUP_FREE char *path = administer_path(OPERATOR_PATH, login);

	return administer_change(cli, &(struct administer_change){
					      .path = path,
					      .field = "operator",
					      .may_be_new = new,
					      .must_be_new = new,
					      .change = operator_take_options,
				      });
}

enum cli_exit verb_add_operator(struct cli *cli, const char *const *words,
				size_t count)
{
	(void)count;
	return operator_change(cli, words[0], true);
}

enum cli_exit verb_set_operator(struct cli *cli, const char *const *words,
				size_t count)
{
	(void)count;
	return operator_change(cli, words[0], false);
}

enum cli_exit verb_remove_operator(struct cli *cli, const char *const *words,
				   size_t count)
{
	CLEANUP_FREE char *path = administer_path(OPERATOR_PATH, words[0]);

	(void)count;
	return administer_act(cli, "DELETE", path, NULL, NULL);
}

enum cli_exit verb_erase_operator(struct cli *cli, const char *const *words,
				  size_t count)
{
	CLEANUP_FREE char *path =
		administer_path(OPERATOR_PATH "/name", words[0]);

	(void)count;
	return administer_act(cli, "DELETE", path, NULL, NULL);
}

/* --- passwords and PINs --- */

/* Somebody else's: config.access will do. */
static enum cli_exit operator_set_secret(struct cli *cli, const char *login,
					 bool pin)
{
	CLEANUP_FREE char *path = administer_path(
		pin ? OPERATOR_PATH "/pin" : OPERATOR_PATH "/password", login);
	char secret[ASK_SECRET_SIZE];
	CLI_BODY *body = json_make();
	enum cli_exit exit = administer_ask_new(cli, pin, secret);

	if (exit)
		return exit;
	json_put_text(body, pin ? "pin" : "password", secret);
	secret_wipe(secret, sizeof(secret));
	return administer_act(cli, "PUT", path, body, NULL);
}

/* One's own: it takes the password that one has. */
static enum cli_exit operator_ask_own(struct cli *cli, bool pin, json_t *body)
{
	char old[ASK_SECRET_SIZE], new[ASK_SECRET_SIZE];
	enum cli_exit exit = cli_ask_password(cli, "Your password: ", old);

	if (exit)
		return exit;
	json_put_text(body, pin ? "password" : "old", old);
	secret_wipe(old, sizeof(old));
	exit = administer_ask_new(cli, pin, new);
	if (exit)
		return exit;
	json_put_text(body, "new", new);
	secret_wipe(new, sizeof(new));
	return CLI_EXIT_DONE;
}

static enum cli_exit operator_set_own(struct cli *cli, bool pin)
{
	CLI_BODY *body = json_make();
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = operator_ask_own(cli, pin, body);

	if (!exit)
		exit = cli_call(cli,
				&(struct client_request){
					.method = "PUT",
					.path = pin ? "/v1/sign-ons/current/pin"
						    : "/v1/sign-ons/current/"
						      "password",
					.body = body,
				},
				&answer);
	if (!exit && cli_prints(cli))
		puts(pin ? "Your PIN was changed."
			 : "Your password was changed.");
	return exit;
}

/* Whether it is the login of who is signed on; without one it is. */
static enum cli_exit operator_is_own(struct cli *cli, const char *login,
				     bool *out_own)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_sign_in(cli);
	const char *own;

	if (!exit && login)
		exit = cli_look(cli, "/v1/sign-ons/current", &answer);
	if (exit)
		return exit;
	own = json_text(json_object_get(answer.json, "operator"), "login");
	*out_own = !login || (own && !strcmp(own, login));
	return CLI_EXIT_DONE;
}

static enum cli_exit operator_change_secret(struct cli *cli, const char *login,
					    bool pin)
{
	bool own;
	enum cli_exit exit = operator_is_own(cli, login, &own);

	if (exit)
		return exit;
	return own ? operator_set_own(cli, pin)
		   : operator_set_secret(cli, login, pin);
}

enum cli_exit verb_password(struct cli *cli, const char *const *words,
			    size_t count)
{
	return operator_change_secret(cli, count ? words[0] : NULL, false);
}

enum cli_exit verb_pin(struct cli *cli, const char *const *words, size_t count)
{
	return operator_change_secret(cli, count ? words[0] : NULL, true);
}
