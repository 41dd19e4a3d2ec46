/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include "cli/say.h"
#include "cli/way_out.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/secret.h"
#include "util/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define CLI_ID_MAX 128

enum cli_exit cli_misuse(const char *format, ...)
{
	CLEANUP_FREE char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	say_error("%s", text);
	return CLI_EXIT_USAGE;
}

bool cli_is_header(const char *text, size_t max)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return len && len <= max;
}

/* NULL without one. */
static const char *cli_environment_token(void)
{
	const char *token = getenv("TILLCTL_TOKEN");

	return token && *token ? token : NULL;
}

enum cli_exit cli_init(struct cli *cli, const struct args *args)
{
	const char *socket = getenv("TILLD_SOCKET");
	const char *token = cli_environment_token();

	*cli = (struct cli){ .args = args,
			     .socket = CLI_SOCKET,
			     .pause = client_pause };
	if (args->socket)
		cli->socket = args->socket;
	else if (socket && *socket)
		cli->socket = socket;
	if (args->till && strcmp(args->till, "@box") != 0 &&
	    !text_is_name(args->till, KEEP_TILL_SIZE - 1))
		return cli_misuse(
			_("--till takes letters, digits, '.', '_' and '-' "
			  "only, a letter or digit first."));
	if (token && !cli_is_header(token, KEEP_TOKEN_SIZE - 1))
		return cli_misuse(_("TILLCTL_TOKEN is no token."));
	return CLI_EXIT_DONE;
}

void cli_clear(struct cli *cli)
{
	cli->client = client_free(cli->client);
}

struct client *cli_client(struct cli *cli)
{
	if (!cli->client)
		cli->client = client_new(cli->socket);
	return cli->client;
}

bool cli_prints(const struct cli *cli)
{
	return !args_has(cli->args, OPTION_JSON);
}

int64_t cli_wait(const struct cli *cli, int64_t otherwise)
{
	return cli->args->wait >= 0 ? cli->args->wait : otherwise;
}

bool cli_is_id(const char *what, const char *text)
{
	if (text_is_name(text, CLI_ID_MAX))
		return true;
	say_error(_("That is no %s: letters, digits, '.', '_' and '-' only, "
		    "a letter or digit first."),
		  what);
	return false;
}

/* --- till and sign-on --- */

/* False if there is none. */
static bool cli_take_token(struct cli *cli, const char *till)
{
	const char *given = cli_environment_token();
	char token[KEEP_TOKEN_SIZE];

	if (given) {
		client_set_token(cli_client(cli), given);
		return true;
	}
	if (keep_load(cli->socket, till, cli->till, token))
		return false;
	client_set_token(cli_client(cli), token);
	cli->kept = true;
	secret_wipe(token, sizeof(token));
	return true;
}

void cli_sign_in_if_kept(struct cli *cli)
{
	if (!cli->args->till || !cli_take_token(cli, cli->args->till))
		cli_take_token(cli, NULL);
}

static enum cli_exit cli_set_till(struct cli *cli, const char *till)
{
	if (!till || !text_is_name(till, KEEP_TILL_SIZE - 1)) {
		say_error(_("The daemon named a till in a way that can't be "
			    "understood."));
		return CLI_EXIT_REFUSED;
	}
	snprintf(cli->till, sizeof(cli->till), "%s", till);
	return CLI_EXIT_DONE;
}

enum cli_exit cli_look(struct cli *cli, const char *path,
		       struct client_answer *out_answer)
{
	struct client_request request = { .method = "GET", .path = path };
	int r = client_send(cli_client(cli), &request, out_answer);
	enum cli_exit exit;

	if (r)
		return cli_tell_unsent(cli, r);
	if (out_answer->status == 200)
		return CLI_EXIT_DONE;
	exit = cli_tell_answer(cli, out_answer);
	client_answer_clear(out_answer);
	return exit;
}

static enum cli_exit cli_find_till_of_token(struct cli *cli)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	client_set_token(cli_client(cli), cli_environment_token());
	exit = cli_look(cli, "/v1/sign-ons/current", &answer);
	return exit ? exit : cli_set_till(cli, json_text(answer.json, "till"));
}

static enum cli_exit cli_find_only_till(struct cli *cli)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_look(cli, "/v1", &answer);
	const json_t *tills = json_object_get(answer.json, "tills");

	if (exit)
		return exit;
	if (json_array_size(tills) == 1)
		return cli_set_till(cli,
				    json_text(json_array_get(tills, 0), "id"));
	if (json_array_size(tills))
		return cli_misuse(_("There are several tills: say --till, or "
				    "sign on at one."));
	if (json_is_false(json_object_get(answer.json, "set_up"))) {
		say_error(_("This box has not been set up yet."));
		way_out_tell_code("not-set-up");
	} else {
		say_error(_("There is no till here that you may use."));
	}
	return CLI_EXIT_REFUSED;
}

enum cli_exit cli_find_till(struct cli *cli)
{
	char token[KEEP_TOKEN_SIZE];

	if (*cli->till)
		return CLI_EXIT_DONE;
	if (cli->args->till)
		return cli_set_till(cli, cli->args->till);
	if (cli_environment_token())
		return cli_find_till_of_token(cli);
	if (!keep_load(cli->socket, NULL, cli->till, token)) {
		secret_wipe(token, sizeof(token));
		return CLI_EXIT_DONE;
	}
	return cli_find_only_till(cli);
}

enum cli_exit cli_sign_in(struct cli *cli)
{
	enum cli_exit exit = cli_find_till(cli);
	char till[KEEP_TILL_SIZE];

	if (exit)
		return exit;
	memcpy(till, cli->till, sizeof(till));
	cli_take_token(cli, till);
	return CLI_EXIT_DONE;
}

/* The daemon knows it no longer, so there is no use in keeping it. */
static void cli_forget(struct cli *cli, const char *code)
{
	if (!cli->kept || !code || strcmp(code, "sign-on-required") != 0)
		return;
	keep_remove(cli->socket, cli->till);
	cli->kept = false;
}

/* --- secrets --- */

static enum cli_exit cli_ask(bool by_stdin, const char *what,
			     const char *option, const char *prompt,
			     char out_secret[ASK_SECRET_SIZE])
{
	int r = by_stdin ? ask_line(STDIN_FILENO, out_secret)
			 : ask_terminal(prompt, out_secret);

	if (!r)
		return CLI_EXIT_DONE;
	say_error(_("There is no %s: %s."), what, ask_error_text(r));
	if (r == ASK_E_NO_TERMINAL)
		say_note(_("  Give it on standard input, with %s."), option);
	return CLI_EXIT_USAGE;
}

enum cli_exit cli_ask_password(const struct cli *cli, const char *prompt,
			       char out_secret[ASK_SECRET_SIZE])
{
	return cli_ask(args_has(cli->args, OPTION_PASSWORD_STDIN), "password",
		       "--password-stdin", prompt, out_secret);
}

enum cli_exit cli_ask_pin(const struct cli *cli, const char *prompt,
			  char out_secret[ASK_SECRET_SIZE])
{
	return cli_ask(args_has(cli->args, OPTION_PIN_STDIN), "PIN",
		       "--pin-stdin", prompt, out_secret);
}

enum cli_exit cli_ask_word(const struct cli *cli, const char *whose,
			   json_t *body)
{
	bool pin = args_has(cli->args, OPTION_PIN) ||
		   args_has(cli->args, OPTION_PIN_STDIN);
	const char *what = pin ? "PIN" : "Password";
	CLEANUP_FREE char *prompt =
		whose ? alloc_format("%s of %s: ", what, whose)
		      : alloc_format("Your %s: ", pin ? "PIN" : "password");
	char secret[ASK_SECRET_SIZE];
	enum cli_exit exit = pin ? cli_ask_pin(cli, prompt, secret)
				 : cli_ask_password(cli, prompt, secret);

	if (exit)
		return exit;
	json_put_text(body, pin ? "pin" : "password", secret);
	secret_wipe(secret, sizeof(secret));
	return CLI_EXIT_DONE;
}

void cli_wipe_body(json_t *body)
{
	json_wipe(body);
}

/* --- answers --- */

static void cli_tell_unreachable(struct cli *cli)
{
	int error = client_errno(cli_client(cli));

	say_error(_("The till's device service can't be reached at %s%s%s."),
		  cli->socket, error ? ": " : "", error ? strerror(error) : "");
	if (error == EACCES || error == EPERM)
		say_note(_("  Who may connect is the socket's group: ask to be "
			   "made a member of it."));
	else
		say_note(_("  Check that tilld is running (systemctl status "
			   "tilld), and the path of its socket."));
}

enum cli_exit cli_tell_error(struct cli *cli, int error)
{
	switch ((enum client_error)error) {
	case CLIENT_E_UNREACHABLE:
		cli_tell_unreachable(cli);
		break;
	case CLIENT_E_LOST:
		say_error(_("The connection was lost before an answer came."));
		say_note(_("  Check that tilld is running, look at how things "
			   "stand, then try again."));
		break;
	case CLIENT_E_TOO_LONG:
		say_error(_("The answer is longer than it may be."));
		break;
	case CLIENT_E_INTERRUPTED:
	case CLIENT_E_STOPPED:
		break;
	}
	return CLI_EXIT_UNREACHABLE;
}

enum cli_exit cli_tell_unsent(struct cli *cli, int error)
{
	switch ((enum client_error)error) {
	case CLIENT_E_LOST:
		say_error(
			_("The connection was lost. Nothing was sent that does "
			  "anything: it can be tried again."));
		return CLI_EXIT_UNREACHABLE;
	case CLIENT_E_UNREACHABLE:
		cli_tell_error(cli, error);
		say_note(_("  Nothing was sent."));
		return CLI_EXIT_UNREACHABLE;
	case CLIENT_E_TOO_LONG:
	case CLIENT_E_INTERRUPTED:
	case CLIENT_E_STOPPED:
		break;
	}
	return cli_tell_error(cli, error);
}

static void cli_tell_detail(const json_t *problem)
{
	const char *detail = json_text(problem, "detail");
	const char *place = json_text(problem, "device");

	if (!place)
		place = json_text(problem, "field");
	/* Many a detail begins with the field by itself. */
	if (detail && place && strncmp(detail, place, strlen(place)) != 0)
		say_note("  %s: %s", place, detail);
	else if (detail)
		say_note("  %s", detail);
}

/* The daemon's title is for who uses an app; here a person has typed it. What
 * is not there is told by its name, and not twice. */
static void cli_tell_title(const json_t *problem, const char *title)
{
	const char *code = json_text(problem, "code");
	const char *detail = json_text(problem, "detail");

	if (code && detail && !strcmp(code, "not-found")) {
		say_error("%s", detail);
		return;
	}
	say_error("%s", code && detail && !strcmp(code, "bad-body")
				? "This is not accepted:"
				: title);
	cli_tell_detail(problem);
}

void cli_tell_problem(const json_t *problem, int status)
{
	const char *title = json_text(problem, "title");
	const char *advice = json_text(problem, "advice");
	int64_t seconds = json_int(problem, "retry_after", 0);

	if (!title) {
		say_error(_("The daemon answered with HTTP status %d and "
			    "nothing that can be understood."),
			  status);
		return;
	}
	cli_tell_title(problem, title);
	if (advice && *advice)
		say_note("  %s", advice);
	if (seconds)
		say_note("  That is in %" PRId64 " second%s.", seconds,
			 seconds == 1 ? "" : "s");
	way_out_tell(problem);
}

enum cli_exit cli_tell_answer(struct cli *cli,
			      const struct client_answer *answer)
{
	const char *code = json_text(answer->json, "code");

	if (!cli_prints(cli) && answer->json)
		say_json_text(stdout, buf_text(&answer->text),
			      answer->text.len);
	if (answer->status >= 200 && answer->status < 300)
		return CLI_EXIT_DONE;
	cli_forget(cli, code);
	cli_tell_problem(answer->json, answer->status);
	return exits_of_problem(code);
}

/* Without a key it can't be found out by asking once more. */
static enum cli_exit cli_tell_lost(struct cli *cli,
				   const struct client_request *request, int r)
{
	enum cli_exit exit = cli_tell_error(cli, r);

	if (r != CLIENT_E_LOST || !strcmp(request->method, "GET"))
		return exit;
	say_note(_("  It is not known whether it was done."));
	return CLI_EXIT_OPEN;
}

enum cli_exit cli_call(struct cli *cli, const struct client_request *request,
		       struct client_answer *out_answer)
{
	struct client_answer answer;
	int r = client_send(cli_client(cli), request, &answer);
	enum cli_exit exit;

	if (r)
		return cli_tell_lost(cli, request, r);
	exit = cli_tell_answer(cli, &answer);
	*out_answer = answer;
	return exit;
}

enum cli_exit cli_get(struct cli *cli, const char *path,
		      struct client_answer *out_answer)
{
	return cli_call(
		cli, &(struct client_request){ .method = "GET", .path = path },
		out_answer);
}

enum cli_exit cli_delete(struct cli *cli, const char *path, const char *said)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = cli_call(
		cli,
		&(struct client_request){ .method = "DELETE", .path = path },
		&answer);

	if (!exit && cli_prints(cli))
		puts(said);
	return exit;
}

enum cli_exit cli_get_page(struct cli *cli, struct buf *path,
			   struct client_answer *out_answer)
{
	const struct args *args = cli->args;

	if (!args->limit)
		return cli_misuse(_("--limit takes 1 to 1000."));
	cli_sign_in_if_kept(cli); /* root needs none */
	if (args->limit > 0)
		client_add_query_int(path, "limit", args->limit);
	if (args->after >= 0)
		client_add_query_int(path, "after", args->after);
	return cli_get(cli, buf_text(path), out_answer);
}

enum cli_exit cli_find_currency(struct cli *cli, const char *till,
				char out_currency[CLI_CURRENCY_SIZE])
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLI_ANSWER answer = { 0 };
	const char *currency;
	enum cli_exit exit;

	client_add_path(&path, "/v1/tills/{}", till);
	exit = cli_look(cli, buf_text(&path), &answer);
	if (exit)
		return exit;
	currency = json_text(answer.json, "currency");
	if (!currency || strlen(currency) != CLI_CURRENCY_SIZE - 1) {
		say_error(
			_("The daemon does not say in which currency the till "
			  "works."));
		return CLI_EXIT_REFUSED;
	}
	memcpy(out_currency, currency, CLI_CURRENCY_SIZE);
	return CLI_EXIT_DONE;
}

json_t *cli_list_currencies(struct cli *cli)
{
	struct client_request request = { .method = "GET",
					  .path = "/v1/tills" };
	json_t *currencies = json_make();
	CLI_ANSWER answer = { 0 };
	const json_t *till;
	size_t i;

	if (client_send(cli_client(cli), &request, &answer))
		return currencies;
	json_array_foreach (json_object_get(answer.json, "tills"), i, till) {
		const char *id = json_text(till, "id");

		if (id)
			json_put_text(currencies, id,
				      json_text(till, "currency"));
	}
	return currencies;
}
