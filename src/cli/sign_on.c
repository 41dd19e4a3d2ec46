/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl sign-on, sign-off, whoami. */
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/secret.h"

#define SIGN_ON_BADGE_S	    30
#define SIGN_ON_BADGE_MAX_S 60

static bool sign_on_is_by_pin(const struct args *args)
{
	return args_has(args, OPTION_PIN) || args_has(args, OPTION_PIN_STDIN);
}

static int sign_on_wait(const struct cli *cli)
{
	int64_t wait = cli_wait(cli, SIGN_ON_BADGE_S);

	return (int)(wait < SIGN_ON_BADGE_MAX_S ? wait : SIGN_ON_BADGE_MAX_S);
}

/* The answer holds the token; with --json it is the program that keeps it, and
 * for the commands that follow it is kept all the same. */
static void sign_on_keep(struct cli *cli, const json_t *signed_on)
{
	const char *token = json_text(signed_on, "token");
	int r = token && cli_is_header(token, KEEP_TOKEN_SIZE - 1)
			? keep_save(cli->socket, cli->till, token)
			: KEEP_E_NONE;

	if (!r)
		return;
	say_error(_("The sign-on could not be kept: %s."), keep_error_text(r));
	say_note(_("  For the commands that follow, set XDG_RUNTIME_DIR to a "
		   "folder of your own, or use TILLCTL_TOKEN."));
}

static void sign_on_print(const json_t *signed_on)
{
	const char *name =
		json_text(json_object_get(signed_on, "operator"), "name");
	const char *till = json_text(signed_on, "till");
	const char *ends = json_text(signed_on, "expires_at");
	char time[SAY_TIME_SIZE];
	CLEANUP_FREE char *line = NULL;

	say_time(ends ? ends : "?", time);
	line = alloc_format("%s is signed on at till %s, until %s or %d "
			    "minutes without anything done.",
			    name ? name : "?", till ? till : "?", time,
			    (int)(json_int(signed_on, "idle_seconds", 0) / 60));
	say_clean(stdout, line);
	putchar('\n');
}

static enum cli_exit sign_on_send(struct cli *cli, const json_t *body, int wait)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_call(cli,
				      &(struct client_request){
					      .method = "POST",
					      .path = "/v1/sign-ons",
					      .body = body,
					      .wait = wait,
				      },
				      &answer);

	if (exit)
		return exit;
	sign_on_keep(cli, answer.json);
	if (cli_prints(cli))
		sign_on_print(answer.json);
	cli_wipe_body(answer.json);
	answer.json = NULL;
	return CLI_EXIT_DONE;
}

enum cli_exit verb_sign_on(struct cli *cli, const char *const *words,
			   size_t count)
{
	const struct args *args = cli->args;
	bool badge = args_has(args, OPTION_BADGE);
	CLI_BODY *body = json_make();
	enum cli_exit exit;

	(void)words;
	(void)count;
	if (badge == (args->login != NULL))
		return cli_misuse(_("Give --login, or --badge."));
	exit = cli_find_till(cli);
	if (exit)
		return exit;
	json_put_text(body, "till", cli->till);
	if (badge) {
		json_put_bool(body, "badge", true);
		if (sign_on_is_by_pin(args))
			exit = cli_ask_word(cli, NULL, body);
		if (exit)
			return exit;
		say_note(_("Show your badge at the reader, within %d s."),
			 sign_on_wait(cli));
		return sign_on_send(cli, body, sign_on_wait(cli));
	}
	json_put_text(body, "login", args->login);
	exit = cli_ask_word(cli, args->login, body);
	return exit ? exit : sign_on_send(cli, body, 0);
}

/* Without --till it is about the sign-on that is kept, and no other. */
static enum cli_exit sign_on_find(struct cli *cli)
{
	char token[KEEP_TOKEN_SIZE];

	if (!cli->args->till && !getenv("TILLCTL_TOKEN") &&
	    keep_load(cli->socket, NULL, NULL, token)) {
		say_error(_("Nobody is signed on here."));
		return CLI_EXIT_SIGN_ON;
	}
	secret_wipe(token, sizeof(token));
	return cli_sign_in(cli);
}

enum cli_exit verb_sign_off(struct cli *cli, const char *const *words,
			    size_t count)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = sign_on_find(cli);

	(void)words;
	(void)count;
	if (exit)
		return exit;
	exit = cli_call(cli,
			&(struct client_request){
				.method = "DELETE",
				.path = "/v1/sign-ons/current",
			},
			&answer);
	if (exit)
		return exit;
	if (cli->kept)
		keep_remove(cli->socket, cli->till);
	if (cli_prints(cli))
		puts(_("Signed off."));
	return CLI_EXIT_DONE;
}

enum cli_exit verb_show_sign_on(struct cli *cli, const char *const *words,
				size_t count)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = sign_on_find(cli);

	(void)words;
	(void)count;
	if (!exit)
		exit = cli_get(cli, "/v1/sign-ons/current", &answer);
	if (!exit && cli_prints(cli))
		sign_on_print(answer.json);
	return exit;
}
