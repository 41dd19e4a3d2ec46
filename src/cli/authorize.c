/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl authorize, authorization. */
#include "cli/consent.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/secret.h"

static void authorize_print(const json_t *authorization)
{
	static const char *const left_out[] = { "pin_given", "prompt", NULL };

	say_fields(stdout, authorization, left_out, NULL);
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
		authorize_print(answer.json);
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

static enum cli_exit authorize_ask(const struct cli *cli, json_t *body)
{
	const struct args *args = cli->args;
	bool pin =
		args_has(args, OPTION_PIN) || args_has(args, OPTION_PIN_STDIN);
	CLEANUP_FREE char *prompt = alloc_format(
		"%s of %s: ", pin ? "PIN" : "Password", args->login);
	char secret[ASK_SECRET_SIZE];
	enum cli_exit exit = pin ? cli_ask_pin(cli, prompt, secret)
				 : cli_ask_password(cli, prompt, secret);

	if (exit)
		return exit;
	json_put_text(body, "login", args->login);
	json_put_text(body, pin ? "pin" : "password", secret);
	secret_wipe(secret, sizeof(secret));
	return CLI_EXIT_DONE;
}

static enum cli_exit authorize_answer(struct cli *cli, const char *id)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	bool deny = args_has(cli->args, OPTION_DENY);
	CLI_BODY *body = json_make();
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = authorize_ask(cli, body);
	const char *sentence;

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

/* --- for who asked --- */

static enum cli_exit authorize_withdraw(struct cli *cli, const char *id)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_sign_in(cli);

	if (exit)
		return exit;
	client_add_path(&path, "/v1/authorizations/{}", id);
	exit = cli_call(cli,
			&(struct client_request){ .method = "DELETE",
						  .path = buf_text(&path) },
			&answer);
	if (!exit && cli_prints(cli))
		puts("Withdrawn.");
	return exit;
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
	exit = consent_arm(cli, answer.json);
	if (exit)
		return exit;
	exit = authorize_show(cli, id);
	/* Without --wait, that the reader waits is what was asked for. */
	return exit == CLI_EXIT_CONSENT && cli->args->wait < 0 ? CLI_EXIT_DONE
							       : exit;
}

enum cli_exit verb_authorize(struct cli *cli, const char *const *words,
			     size_t count)
{
	const struct args *args = cli->args;
	bool arm = args_has(args, OPTION_ARM);
	bool withdraw = args_has(args, OPTION_WITHDRAW);
	bool deny = args_has(args, OPTION_DENY);

	(void)count;
	if (arm + withdraw + (args->login != NULL) != 1 ||
	    (deny && !args->login))
		return cli_misuse("Give --login (with --deny to refuse), or "
				  "--arm, or --withdraw.");
	if (!cli_is_id("authorization", words[0]))
		return CLI_EXIT_USAGE;
	return arm	  ? authorize_arm(cli, words[0])
	       : withdraw ? authorize_withdraw(cli, words[0])
			  : authorize_answer(cli, words[0]);
}
