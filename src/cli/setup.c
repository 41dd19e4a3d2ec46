/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl setup: the first manager, a policy file, or a confirmed rollback. */
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/secret.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#define SETUP_POLICY_MAX   (4 * 1024 * 1024)
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
			"A password has to have at least %d characters.",
			SETUP_PASSWORD_MIN);
	}
	if (exit || args_has(cli->args, OPTION_PASSWORD_STDIN))
		return exit;
	exit = cli_ask_password(cli, "The same again: ", again);
	if (!exit && strcmp(out_password, again) != 0)
		exit = cli_misuse("The two are not the same.");
	secret_wipe(again, sizeof(again));
	if (exit)
		secret_wipe(out_password, ASK_SECRET_SIZE);
	return exit;
}

static enum cli_exit setup_make_manager(const struct cli *cli, json_t *body)
{
	json_t *manager = json_make();
	char password[ASK_SECRET_SIZE];
	enum cli_exit exit = setup_ask_twice(cli, password);

	json_put(body, "manager", manager);
	if (exit)
		return exit;
	json_put_text(manager, "login", cli->args->login);
	json_put_text(manager, "name", cli->args->name);
	json_put_text(manager, "password", password);
	secret_wipe(password, sizeof(password));
	return CLI_EXIT_DONE;
}

static enum cli_exit setup_read_file(int fd, const char *path, struct buf *text)
{
	char part[4096];
	ssize_t len;

	while ((len = read(fd, part, sizeof(part))) > 0)
		buf_add(text, part, (size_t)len);
	secret_wipe(part, sizeof(part));
	if (len < 0)
		return cli_misuse("%s: %s", path, strerror(errno));
	if (text->failed)
		return cli_misuse("%s is too long for a policy.", path);
	return CLI_EXIT_DONE;
}

static enum cli_exit setup_read_policy(const char *path, json_t *body)
{
	CLEANUP(buf_cleanup) struct buf text = BUF_INIT(SETUP_POLICY_MAX);
	bool is_input = !strcmp(path, "-");
	CLEANUP_FD int fd =
		is_input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	json_error_t error;
	enum cli_exit exit;
	json_t *policy;

	if (fd < 0)
		return cli_misuse("%s: %s", path, strerror(errno));
	exit = setup_read_file(fd, path, &text);
	if (exit)
		return exit;
	policy = json_loadb(buf_text(&text), text.len, JSON_REJECT_DUPLICATES,
			    &error);
	/* Jansson's own words would quote the file, and passwords with it. */
	if (!policy)
		return cli_misuse("%s:%d: this is not valid JSON.", path,
				  error.line);
	json_put(body, "policy", policy);
	return CLI_EXIT_DONE;
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
		puts("Now sign on: tillctl sign-on --login LOGIN");
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
		puts("Confirmed: the box works on with the records it has.");
	return exit;
}

enum cli_exit verb_set_up(struct cli *cli, const char *const *words,
			  size_t count)
{
	const struct args *args = cli->args;
	bool manager = args->login || args->name ||
		       args_has(args, OPTION_PASSWORD_STDIN);
	bool rollback = args_has(args, OPTION_CONFIRM_ROLLBACK);

	(void)words;
	(void)count;
	if (manager + (args->policy != NULL) + rollback != 1 ||
	    (manager && (!args->login || !args->name)) ||
	    rollback != (args->reason != NULL))
		return cli_misuse("Give --login and --name, or --policy, or "
				  "--confirm-rollback with --reason.");
	return rollback ? setup_confirm(cli) : setup_first(cli);
}
