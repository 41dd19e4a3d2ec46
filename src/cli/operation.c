/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl operation, settle. */
#include "cli/act.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/json.h"

#include <string.h>

/* Its outcome as the answer has it: as such, or in the problem that it is. */
static const json_t *operation_of(const struct client_answer *answer)
{
	const json_t *operation = json_object_get(answer->json, "operation");

	return operation ? operation : answer->json;
}

static bool operation_is_open(const json_t *operation)
{
	const char *state = json_text(operation, "state");

	return state && !strcmp(state, "open");
}

static enum cli_exit operation_get(struct cli *cli, const char *id, int wait,
				   struct client_answer *out_answer)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	struct client_request request = { .method = "GET", .patience = wait };
	int r;

	client_add_path(&path, "/v1/operations/{}", id);
	client_add_query_int(&path, "wait", wait);
	request.path = buf_text(&path);
	r = client_send(cli_client(cli), &request, out_answer);
	return r ? cli_tell_error(cli, r) : CLI_EXIT_DONE;
}

/* Waits for the end, seconds at most, in pieces that the daemon takes. */
static enum cli_exit operation_wait(struct cli *cli, const char *id,
				    int64_t seconds,
				    struct client_answer *out_answer)
{
	const struct clock *clock = clock_system();
	int64_t deadline = clock_monotonic_ms(clock) + seconds * 1000;

	for (;;) {
		int64_t left = (deadline - clock_monotonic_ms(clock)) / 1000;
		struct client_answer answer;
		enum cli_exit exit;

		left = left < 0 ? 0 : left < CLI_WAIT_MAX ? left : CLI_WAIT_MAX;
		exit = operation_get(cli, id, (int)left, &answer);
		if (exit)
			return exit;
		if (!left || !operation_is_open(operation_of(&answer))) {
			*out_answer = answer;
			return CLI_EXIT_DONE;
		}
		client_answer_clear(&answer);
	}
}

/* Amounts in the currency of its till, where that may be seen. */
static void operation_print(struct cli *cli, const json_t *operation)
{
	const char *till = json_text(operation, "till");
	bool has_amount = json_is_integer(json_object_get(
		json_object_get(operation, "result"), "amount"));
	char currency[CLI_CURRENCY_SIZE];

	if (has_amount && till && !cli_find_currency(cli, till, currency))
		act_print(operation, currency);
	else
		act_print(operation, NULL);
}

/* How it stands, whatever the HTTP status is that goes with it. */
static enum cli_exit operation_end(struct cli *cli,
				   const struct client_answer *answer)
{
	const json_t *operation = operation_of(answer);

	if (!json_text(operation, "state"))
		return cli_tell_answer(cli, answer);
	if (cli_prints(cli))
		operation_print(cli, operation);
	else
		say_json_text(stdout, buf_text(&answer->text),
			      answer->text.len);
	return exits_of_operation(operation);
}

/* It was to be stopped: that it was not done is what was wanted. */
static enum cli_exit operation_called_off(enum cli_exit exit)
{
	switch ((int)exit) {
	case CLI_EXIT_DONE:
		say_note(_("It came too late: it has been done."));
		return CLI_EXIT_REFUSED;
	case CLI_EXIT_REFUSED:
		return CLI_EXIT_DONE;
	}
	return exit;
}

static enum cli_exit operation_call_off(struct cli *cli, const char *id)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	struct client_request request = { .method = "DELETE" };
	CLI_ANSWER answer = { 0 }, ended = { 0 };
	enum cli_exit exit;
	int r;

	client_add_path(&path, "/v1/operations/{}", id);
	request.path = buf_text(&path);
	r = client_send(cli_client(cli), &request, &answer);
	if (r)
		return cli_tell_error(cli, r);
	if (answer.status != 202)
		return cli_tell_answer(cli, &answer);
	exit = operation_wait(cli, id, cli_wait(cli, CLI_WAIT_S), &ended);
	return exit ? exit : operation_called_off(operation_end(cli, &ended));
}

enum cli_exit verb_show_operation(struct cli *cli, const char *const *words,
				  size_t count)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	(void)count;
	if (!cli_is_id("operation", words[0]))
		return CLI_EXIT_USAGE;
	if (args_has(cli->args, OPTION_CALL_OFF))
		return operation_call_off(cli, words[0]);
	exit = operation_wait(cli, words[0], cli_wait(cli, 0), &answer);
	return exit ? exit : operation_end(cli, &answer);
}

enum cli_exit verb_settle_operation(struct cli *cli, const char *const *words,
				    size_t count)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	CLEANUP_JSON json_t *body =
		json_put_text(json_make(), "reason", cli->args->reason);
	enum cli_exit exit;

	(void)count;
	if (!cli->args->reason)
		return cli_misuse(_("Say how you know: --reason TEXT."));
	if (!cli_is_id("operation", words[0]))
		return CLI_EXIT_USAGE;
	if (strcmp(words[1], "ok") != 0 && strcmp(words[1], "failed") != 0)
		return cli_misuse(_("Say what became of it: ok or failed."));
	exit = cli_sign_in(cli);
	if (exit)
		return exit;
	json_put_text(body, "outcome", words[1]);
	client_add_path(&path, "/v1/tills/{}/operations/{}/settle", cli->till,
			words[0]);
	return act_run(cli, buf_text(&path), body, NULL);
}
