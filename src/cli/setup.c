/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl setup: the first manager, a policy file, or a confirmed rollback. */
#include "cli/policy_file.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/secret.h"
#include "util/text.h"

#include <inttypes.h>
#include <string.h>

#define SETUP_PASSWORD_MIN 8
/* Hashing the passwords of a whole shop takes its time. */
#define SETUP_PATIENCE_S   600

static enum cli_exit setup_ask_twice(const struct cli *cli,
				     char out_password[ASK_SECRET_SIZE])
{
	char again[ASK_SECRET_SIZE];
	enum cli_exit exit =
		cli_ask_password(cli, "The manager's password: ", out_password);

	if (!exit && text_length(out_password) < SETUP_PASSWORD_MIN) {
		secret_wipe(out_password, ASK_SECRET_SIZE);
		return cli_misuse(
			_("A password has to have at least %d characters."),
			SETUP_PASSWORD_MIN);
	}
	if (exit || args_has(cli->args, OPTION_PASSWORD_STDIN))
		return exit;
	exit = cli_ask_password(cli, "The same again: ", again);
	if (!exit && strcmp(out_password, again) != 0)
		exit = cli_misuse(_("The two are not the same."));
	secret_wipe(again, sizeof(again));
	if (exit)
		secret_wipe(out_password, ASK_SECRET_SIZE);
	return exit;
}

static enum cli_exit setup_fill_manager(const struct cli *cli, json_t *manager)
{
	char password[ASK_SECRET_SIZE];
	enum cli_exit exit = setup_ask_twice(cli, password);

	if (exit)
		return exit;
	json_put_text(manager, "login", cli->args->login);
	json_put_text(manager, "name", cli->args->name);
	json_put_text(manager, "password", password);
	secret_wipe(password, sizeof(password));
	return CLI_EXIT_DONE;
}

static enum cli_exit setup_make_manager(const struct cli *cli, json_t *body)
{
	json_t *manager = json_make();

	json_put(body, "manager", manager);
	return setup_fill_manager(cli, manager);
}

static enum cli_exit setup_read_policy(const char *path, json_t *body)
{
	json_t *policy;
	enum cli_exit exit = policy_file_read(path, &policy);

	if (!exit)
		json_put(body, "policy", policy);
	return exit;
}

static void setup_tell_fingerprint(const json_t *answer)
{
	const char *fingerprint = json_text(answer, "fingerprint");

	if (!fingerprint)
		return;
	fputs("Note down the fingerprint (SHA-256) of this box's key, to know "
	      "its journal by:\n  ",
	      stdout);
	say_clean(stdout, fingerprint);
	putchar('\n');
}

static enum cli_exit setup_first(struct cli *cli)
{
	CLI_BODY *body = json_make();
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit =
		cli->args->policy ? setup_read_policy(cli->args->policy, body)
				  : setup_make_manager(cli, body);

	if (!exit)
		exit = cli_call(cli,
				&(struct client_request){
					.method = "POST",
					.path = "/v1/setup",
					.body = body,
					.patience = SETUP_PATIENCE_S,
				},
				&answer);
	if (exit || !cli_prints(cli))
		return exit;
	printf("Set up; the policy is version %" PRId64 ".\n",
	       json_int(answer.json, "policy_version", 0));
	setup_tell_fingerprint(answer.json);
	if (cli->args->login)
		puts(_("Now sign on: tillctl sign-on --login LOGIN"));
	return CLI_EXIT_DONE;
}

/* Somebody may be there already, and keeps their name then. */
static enum cli_exit setup_recover(struct cli *cli)
{
	CLI_BODY *body = json_make();
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = setup_fill_manager(cli, body);

	if (!exit)
		exit = cli_call(cli,
				&(struct client_request){
					.method = "POST",
					.path = "/v1/setup/recover",
					.body = body,
					.patience = SETUP_PATIENCE_S,
				},
				&answer);
	if (exit || !cli_prints(cli))
		return exit;
	printf("%s has everything now, by the group %s. Take away what is too "
	       "much.\n",
	       cli->args->login, json_text(answer.json, "group"));
	return CLI_EXIT_DONE;
}

static enum cli_exit setup_confirm(struct cli *cli)
{
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "reason", cli->args->reason);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	exit = cli_call(cli,
			&(struct client_request){
				.method = "POST",
				.path = "/v1/setup/confirm-rollback",
				.body = body,
			},
			&answer);
	if (!exit && cli_prints(cli))
		puts(_("Confirmed: the box works on with the records it has."));
	return exit;
}

enum cli_exit verb_set_up(struct cli *cli, const char *const *words,
			  size_t count)
{
	const struct args *args = cli->args;
	bool recover = args_has(args, OPTION_RECOVER);
	bool manager = !recover && (args->login || args->name ||
				    args_has(args, OPTION_PASSWORD_STDIN));
	bool rollback = args_has(args, OPTION_CONFIRM_ROLLBACK);

	(void)words;
	(void)count;
	if (manager + recover + (args->policy != NULL) + rollback != 1 ||
	    (manager && !args->name) ||
	    ((manager || recover) && !args->login) ||
	    rollback != (args->reason != NULL))
		return cli_misuse(_("Give --login and --name, or --policy, or "
				    "--recover with --login, or "
				    "--confirm-rollback with --reason."));
	if (recover)
		return setup_recover(cli);
	return rollback ? setup_confirm(cli) : setup_first(cli);
}
