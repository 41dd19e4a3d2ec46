/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tillctl session end: a cashier's evening, step by step. It may be broken off
 * anywhere and begun again: what was done is found in the session's state.
 */
#include "cli/act.h"
#include "cli/amount.h"
#include "cli/drawer.h"
#include "cli/say.h"
#include "cli/shift.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/money.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

struct session_evening {
	struct cli *cli;
	char currency[CLI_CURRENCY_SIZE];
	char id[SHIFT_ID_SIZE];
	bool closing;	 /* nothing is sold any more */
	int64_t counts;	 /* how often it was counted */
	int64_t counted; /* -1: before, and it is not told what */
};

/* One step of it. */
static enum cli_exit session_step(struct session_evening *evening,
				  const char *what, json_t *body,
				  struct client_answer *out_answer)
{
	shift_put_grounds(evening->cli, body);
	return shift_change(evening->cli, evening->id, what, body, out_answer);
}

static enum cli_exit session_stop(const char *why)
{
	say_error(_("The session is not closed yet: %s."), why);
	say_note(_("  To go on: tillctl session end"));
	return CLI_EXIT_REFUSED;
}

/*
 * Asks until it is an amount; a program is asked once. -1 for an empty answer,
 * where that is one.
 */
static enum cli_exit session_ask(const struct session_evening *evening,
				 const char *what, bool may_be_empty,
				 int64_t *out_amount)
{
	CLEANUP_FREE char *prompt =
		alloc_format("%s, in %s: ", what, evening->currency);
	char line[ASK_SECRET_SIZE];

	for (;;) {
		int r = ask_shown(prompt, line);

		if (r == ASK_E_EMPTY && may_be_empty) {
			*out_amount = -1;
			return CLI_EXIT_DONE;
		}
		if (r && (r != ASK_E_EMPTY || !isatty(STDIN_FILENO)))
			return session_stop(ask_error_text(r));
		if (!r && !amount_take(line, evening->currency, AMOUNT_NOTHING,
				       out_amount))
			return CLI_EXIT_DONE;
		if (!isatty(STDIN_FILENO))
			return session_stop("that is no amount");
	}
}

static enum cli_exit session_evening_find(struct session_evening *evening)
{
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit =
		amount_begin(evening->cli, NULL, evening->currency);
	const json_t *session;
	const char *state;

	if (!exit)
		exit = shift_look(evening->cli, &answer);
	if (exit)
		return exit;
	session = shift_session(evening->cli, &answer);
	if (!session)
		return CLI_EXIT_REFUSED;
	snprintf(evening->id, sizeof(evening->id), "%s",
		 json_text(session, "id"));
	state = json_text(session, "state");
	evening->closing = state && !strcmp(state, "closing");
	evening->counts = json_int(session, "counts", 0);
	return CLI_EXIT_DONE;
}

static enum cli_exit session_evening_begin(struct session_evening *evening)
{
	CLEANUP_JSON json_t *body = json_make();
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit;

	if (evening->closing)
		return CLI_EXIT_DONE;
	exit = session_step(evening, "closing", body, &answer);
	if (exit)
		return exit;
	say_note(_("Nothing more is sold in this session."));
	drawer_open_for(evening->cli, answer.json);
	return CLI_EXIT_DONE;
}

static bool session_may_not_be_counted(const struct client_answer *answer)
{
	const char *code = json_text(answer->json, "code");

	return code && !strcmp(code, "count-limit");
}

/* Counted before, an empty answer leaves it at that. */
static enum cli_exit session_evening_count(struct session_evening *evening)
{
	CLEANUP_JSON json_t *body = json_make();
	CLI_ANSWER answer = { 0 };
	enum cli_exit exit = session_ask(
		evening,
		evening->counts ? "Cash in the drawer, counted again (Enter: "
				  "the last count stands)"
				: "Cash in the drawer, counted",
		evening->counts > 0, &evening->counted);

	if (exit || evening->counted < 0)
		return exit;
	json_put_int(body, "counted", evening->counted);
	exit = session_step(evening, "count", body, &answer);
	if (!session_may_not_be_counted(&answer))
		return exit;
	evening->counted = -1;
	return CLI_EXIT_DONE;
}

static void session_evening_print(const struct session_evening *evening,
				  const json_t *operation, int64_t withdrawal)
{
	char left[MONEY_TEXT_SIZE];

	if (!cli_prints(evening->cli))
		return;
	act_print_headline(operation);
	shift_print_session(
		json_object_get(json_object_get(operation, "result"),
				"session"),
		NULL, NULL);
	if (evening->counted < 0)
		return;
	money_format(evening->counted - withdrawal, evening->currency, left);
	printf("Left in the drawer, for the next one: %s.\n", left);
}

static enum cli_exit session_evening_close(struct session_evening *evening)
{
	CLEANUP_JSON json_t *body = json_make();
	CLI_ANSWER answer = { 0 };
	int64_t withdrawal;
	enum cli_exit exit =
		session_ask(evening, "What of it do you take out (0: nothing)",
			    false, &withdrawal);

	if (exit)
		return exit;
	json_put_int(body, "withdrawal", withdrawal);
	exit = session_step(evening, "close", body, &answer);
	if (!exit)
		session_evening_print(evening, answer.json, withdrawal);
	else if (exit == CLI_EXIT_CONSENT)
		say_note(_("  To count once more, or to close it after all: "
			   "tillctl session end"));
	return exit;
}

enum cli_exit verb_end_session(struct cli *cli, const char *const *words,
			       size_t count)
{
	struct session_evening evening = { .cli = cli };
	enum cli_exit exit = session_evening_find(&evening);

	(void)words;
	(void)count;
	if (!exit)
		exit = session_evening_begin(&evening);
	if (!exit)
		exit = session_evening_count(&evening);
	if (!exit)
		exit = session_evening_close(&evening);
	return exit;
}
