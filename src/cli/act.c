/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/act_private.h"

#include "cli/consent.h"
#include "cli/interrupt.h"
#include "cli/say.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/json.h"
#include "util/random.h"
#include "util/secret.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define ACT_PAUSE_MS 250 /* between two requests under one key */

/* --- how it is said --- */

static const char *act_words(const char *action)
{
	static const struct {
		const char *action;
		const char *words;
	} rows[] = {
		{ "drawer.open", "the drawer was opened" },
		{ "report.x", "the daily figures were read" },
		{ "report.z", "the daily report was printed" },
		{ "report.periodic", "the periodic report was printed" },
		{ "receipt", "the receipt was issued" },
		{ "invoice", "the invoice was issued" },
		{ "goods.return", "the goods were taken back" },
		{ "cash.slip", "the slip was printed" },
		{ "print", "it was printed" },
		{ "print.job", "it was printed" },
		{ "copy", "the copies were printed" },
		{ "slips.print", "the slip was printed" },
		{ "fiscal.read", "the printer was read" },
		{ "clock.set", "the clock of the printer was set" },
		{ "payment", "the payment was taken" },
		{ "payment.cancel", "the payment was cancelled" },
		{ "payment.refund", "the money was given back" },
		{ "terminal.day-end", "the card terminal has ended its day" },
		{ "terminal.receipt", "the card terminal told its last "
				      "receipt again" },
		{ "device.service", "the device has done it" },
		{ "drawer.test", "the drawer was opened" },
		{ "report.test", "the daily figures were read" },
		{ "device.release",
		  "the port is closed, and left to another program" },
		{ "device.take", "the port is opened again" },
		{ "session.open", "the session is open" },
		{ "session.closing",
		  "the session is being counted; nothing more is sold in it" },
		{ "session.count", "the count is on record" },
		{ "session.close", "the session is closed" },
		{ "session.lock", "the session is locked, and everybody who "
				  "was signed on here is signed off" },
		{ "session.unlock", "the session is unlocked" },
		{ "session.hand-over", "the session was handed over" },
		{ "day.end", "the business day has ended" },
		{ "cash.in", "cash was put in" },
		{ "cash.out", "cash was taken out" },
		{ "declared", "it was declared, and is marked as such" },
		{ "policy.replace", "the policy is the one in the file" },
		{ "operator.put", "the operator is as it was said" },
		{ "operator.remove", "the operator was removed" },
		{ "operator.erase", "the operator was erased" },
		{ "operator.password", "the password was set" },
		{ "operator.pin", "the PIN was set" },
		{ "group.put", "the group is as it was said" },
		{ "group.remove", "the group was removed" },
		{ "till.put", "the till is as it was said" },
		{ "till.remove", "the till was removed" },
		{ "badge.enroll", "the badge belongs to them" },
		{ "badge.put", "the badge is as it was said" },
		{ "badge.remove", "the badge belongs to nobody any more" },
	};

	for (size_t i = 0; action && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(rows[i].action, action))
			return rows[i].words;
	return action ? action : "it was done";
}

/* "the drawer was opened"; of a check, what was asked for. New. */
static char *act_describe(const json_t *operation)
{
	const char *action = json_text(operation, "action");
	const char *asked =
		json_text(json_object_get(operation, "result"), "action");

	if (action && !strcmp(action, "check") && asked)
		return alloc_format("Allowed: %s.", asked);
	return alloc_format("Done: %s.", act_words(action));
}

void act_print_headline(const json_t *operation)
{
	const char *outcome = json_text(operation, "outcome");
	const char *sentence = json_text(operation, "sentence");
	const char *advice = json_text(operation, "advice");
	const char *reason = json_text(operation, "reason");
	CLEANUP_FREE char *line = NULL;

	if (!outcome)
		line = alloc_text("It still goes on.");
	else if (reason && !strcmp(reason, "settled"))
		line = alloc_format("Settled: it %s.",
				    !strcmp(outcome, "ok") ? "happened"
							   : "did not happen");
	else if (!strcmp(outcome, "ok"))
		line = act_describe(operation);
	else if (!strcmp(outcome, "sent"))
		line = alloc_text("Sent; this device never confirms.");
	else
		line = alloc_format("%s: %s%s%s",
				    strcmp(outcome, "unknown") != 0
					    ? "Not done"
					    : "Not known",
				    sentence ? sentence : outcome,
				    advice ? " " : "", advice ? advice : "");
	say_clean(stdout, line);
	putchar('\n');
}

/* What proves an outcome is of use to whom it is unknown to, not to a cashier.
 */
static void act_drop_evidence(json_t *whole)
{
	static const char *const evidence[] = { "ending", "expected", "found" };
	const char *outcome = json_text(whole, "outcome");

	if (!outcome || !strcmp(outcome, "unknown"))
		return;
	for (size_t i = 0; i < sizeof(evidence) / sizeof(evidence[0]); i++)
		json_object_del(whole, evidence[i]);
}

/* What a technician asks a printer for is just its counters. */
static bool act_is_test(const json_t *operation)
{
	const char *action = json_text(operation, "action");

	return action && !strcmp(action, "device.service");
}

void act_print(const json_t *operation, const char *currency)
{
	static const char *const said[] = { "state",	"outcome",  "result",
					    "sentence", "advice",   "reason",
					    "operator", "currency", "receipts",
					    "allowed",	"etag",	    "cards",
					    NULL };
	json_t *whole = json_copy((json_t *)(uintptr_t)operation);
	json_t *result = json_object_get(operation, "result");

	act_print_headline(operation);
	if (result)
		json_object_update_missing(whole, result);
	if (json_object_get(result, "etag")) /* what belongs to no till */
		json_object_del(whole, "till");
	act_drop_evidence(whole);
	if (!act_is_test(operation))
		json_object_del(whole, "counters");
	say_fields(stdout, whole, said, currency);
	json_decref(whole);
}

/* --- asking --- */

/* Seconds, rounded up. */
static int64_t act_left(const struct act *act)
{
	int64_t ms = act->deadline - clock_monotonic_ms(clock_system());

	return ms <= 0 ? 0 : (ms + 999) / 1000;
}

static void act_set_deadline(struct act *act)
{
	act->deadline = clock_monotonic_ms(clock_system()) + act->wait * 1000;
}

/* Under its key a request can be sent again: the daemon does nothing twice.
 * What was never sent needs no patience. */
static int act_send(struct act *act, int wait, struct client_answer *out_answer)
{
	static const int pauses[] = { 250, 500, 1000, 2000, 4000 };
	struct client_watch watch = { .till = act->cli->till,
				      .event = act_on_event,
				      .tick = act_on_tick,
				      .arg = act };
	int r;

	act->request.wait = wait;
	act->request.watch = wait ? &watch : NULL;
	for (size_t i = 0;; i++) {
		r = client_send(cli_client(act->cli), &act->request,
				out_answer);
		say_bar_end();
		if (r == CLIENT_E_LOST || r == CLIENT_E_INTERRUPTED)
			act->sent = true;
		if ((r != CLIENT_E_LOST && r != CLIENT_E_UNREACHABLE) ||
		    !(act->sent || *act->operation || *act->authorization) ||
		    i == sizeof(pauses) / sizeof(pauses[0]))
			return r;
		if (!i)
			say_note(_("The connection was lost; asking again with "
				   "the same key."));
		act->cli->pause(pauses[i]);
	}
}

static bool act_is_problem(const struct client_answer *answer,
			   const char *problem)
{
	const char *code = json_text(answer->json, "code");

	return answer->status >= 400 && code && !strcmp(code, problem);
}

/* A consent is asked for: said once, and the reader made to wait. False for
 * one that was asked for before. */
static bool act_ask_consent(struct act *act, const json_t *authorization)
{
	const char *id = json_text(authorization, "id");

	if (!id || !strcmp(id, act->authorization))
		return false;
	snprintf(act->authorization, sizeof(act->authorization), "%s", id);
	consent_tell(authorization);
	if (!act->wait)
		return true;
	consent_arm(act->cli, authorization);
	act_set_deadline(act);
	return true;
}

/* Whether this answer is not the last one yet. */
static bool act_goes_on(struct act *act, const struct client_answer *answer)
{
	const json_t *authorization =
		json_object_get(answer->json, "authorization");
	const char *id = json_text(answer->json, "id");

	if (answer->status == 202 && id) {
		snprintf(act->operation, sizeof(act->operation), "%s", id);
		return act_left(act) > 0;
	}
	if (!act_is_problem(answer, "authorization-required"))
		return false;
	if (json_flag(answer->json, "badge_too_weak") && cli_prints(act->cli))
		say_note(_("  You may do this, but not on the badge that you "
			   "signed on with: tillctl sign-on --badge --pin"));
	if (act_ask_consent(act, authorization))
		return act_left(act) > 0;
	return !act->last && act_left(act) > 0;
}

/* --- the end --- */

static bool act_only_looks(const struct act *act)
{
	return !*act->key;
}

/* why: "..., repeat the same" */
static void act_tell_key(const struct act *act, const char *why)
{
	if (act_only_looks(act))
		say_note("  %s.", why);
	else
		say_note(_("  %s with --key %s"), why, act->key);
}

static enum cli_exit act_end_unknown(const struct act *act)
{
	say_note(_("  It is not known whether it was done."));
	if (*act->operation)
		say_note(_("  How it ends tells: tillctl operation %s --wait "
			   "%d"),
			 act->operation, CLI_WAIT_S);
	act_tell_key(act, "To find out, repeat the same");
	say_note(_("  Under this key it is not done twice."));
	return CLI_EXIT_OPEN;
}

/* While nobody has consented, nothing has begun that a withdrawal would not
 * prevent; afterwards it says that it comes too late. */
static bool act_withdraw(struct act *act)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);
	struct client_request request = { .method = "DELETE" };
	CLI_ANSWER answer = { 0 };

	if (!*act->authorization || *act->operation)
		return false;
	interrupt_forget();
	client_add_path(&path, "/v1/authorizations/{}", act->authorization);
	request.path = buf_text(&path);
	return !client_send(cli_client(act->cli), &request, &answer) &&
	       answer.status == 204;
}

static enum cli_exit act_end_without_answer(struct act *act, int error)
{
	if (error == CLIENT_E_INTERRUPTED && act_withdraw(act)) {
		say_error(_("Interrupted: the request for an authorization was "
			    "withdrawn, and nothing was done."));
		return CLI_EXIT_CONSENT;
	}
	if (error == CLIENT_E_UNREACHABLE && !act->sent && !*act->operation)
		return cli_tell_unsent(act->cli, error);
	if (error == CLIENT_E_INTERRUPTED)
		say_error(_("Interrupted, but not called off."));
	else
		cli_tell_error(act->cli, error);
	return act_only_looks(act) ? CLI_EXIT_UNREACHABLE
				   : act_end_unknown(act);
}

/* An answer that says nothing about what an earlier try came to. */
static bool act_is_doubtful(const struct act *act,
			    const struct client_answer *answer)
{
	const char *code = json_text(answer->json, "code");

	if (json_object_get(answer->json, "operation") || act_only_looks(act))
		return false;
	if (!code || answer->status == 500)
		return true;
	return (act->sent || *act->operation) && !exits_is_final(code);
}

static enum cli_exit act_end_problem(const struct act *act,
				     const struct client_answer *answer,
				     enum cli_exit exit)
{
	const json_t *operation = json_object_get(answer->json, "operation");
	const char *id = json_text(operation, "id");

	if (act_is_doubtful(act, answer))
		return act_end_unknown(act);
	if (id)
		say_note(_("  operation %s"), id);
	if (exit == CLI_EXIT_OPEN)
		say_note(_("  It was done under --key %s"), act->key);
	return exit;
}

/*
 * What is asked and of whom was said before. Who waited and waits no longer
 * takes the question back: the reader would be kept from others by it.
 */
static enum cli_exit act_end_unauthorized(struct act *act,
					  const struct client_answer *answer)
{
	if (!cli_prints(act->cli))
		say_json_text(stdout, buf_text(&answer->text),
			      answer->text.len);
	if (act->wait && act_withdraw(act)) {
		say_error(_("Nobody has authorized this in time; nothing was "
			    "done."));
		return CLI_EXIT_CONSENT;
	}
	say_error(_("Nobody has authorized this; nothing was done."));
	act_tell_key(act, "Once it is authorized, repeat the same");
	return CLI_EXIT_CONSENT;
}

static enum cli_exit act_end(struct act *act,
			     const struct client_answer *answer)
{
	enum cli_exit exit;

	if (act_is_problem(answer, "authorization-required") &&
	    *act->authorization)
		return act_end_unauthorized(act, answer);
	exit = cli_tell_answer(act->cli, answer);
	if (exit)
		return act_end_problem(act, answer, exit);
	if (act->prints)
		act_print(answer->json, act->currency);
	if (act_only_looks(act))
		return CLI_EXIT_DONE;
	if (answer->status != 202)
		return exits_of_operation(answer->json);
	say_note(_("It still goes on: tillctl operation %s --wait %d"),
		 act->operation, CLI_WAIT_S);
	act_tell_key(act, "Or repeat the same");
	return CLI_EXIT_OPEN;
}

static int act_next_wait(struct act *act)
{
	int64_t left = act_left(act);

	act->last = left <= CLI_WAIT_MAX;
	return (int)(act->last ? left : CLI_WAIT_MAX);
}

static enum cli_exit act_go(struct act *act, struct client_answer *out_answer)
{
	struct client_answer answer;
	int wait = act->request.wait, r;

	*out_answer = (struct client_answer){ 0 };
	act->wait = cli_wait(act->cli, CLI_WAIT_S);
	act_set_deadline(act);
	for (int round = 0;; round++) {
		if (round > 1)
			act->cli->pause(ACT_PAUSE_MS);
		r = act_send(act, wait, &answer);
		if (r)
			return act_end_without_answer(act, r);
		if (!act_goes_on(act, &answer))
			break;
		client_answer_clear(&answer);
		wait = act_next_wait(act);
	}
	*out_answer = answer;
	return act_end(act, out_answer);
}

static enum cli_exit act_take_token(struct act *act)
{
	int r;

	if (!args_has(act->cli->args, OPTION_TOKEN_STDIN))
		return CLI_EXIT_DONE;
	r = ask_line(STDIN_FILENO, act->token);
	if (r) {
		say_error(_("There is no token: %s."), ask_error_text(r));
		return CLI_EXIT_USAGE;
	}
	if (!cli_is_header(act->token, ACT_ID_SIZE - 1))
		return cli_misuse(_("That is no token."));
	act->request.consent = act->token;
	return CLI_EXIT_DONE;
}

/* key: NULL for a new one. */
static enum cli_exit act_go_by_key(struct act *act,
				   const struct client_request *request,
				   const char *key,
				   struct client_answer *out_answer)
{
	enum cli_exit exit;

	*out_answer = (struct client_answer){ 0 };
	if (key && !cli_is_header(key, ACT_ID_SIZE - 1))
		return cli_misuse(_("--key takes 1 to %d printable characters "
				    "without blanks."),
				  ACT_ID_SIZE - 1);
	if (key)
		snprintf(act->key, sizeof(act->key), "%s", key);
	else
		random_id(random_system(), act->key);
	act->request = *request;
	act->request.key = act->key;
	exit = act_take_token(act);
	if (!exit)
		exit = act_go(act, out_answer);
	secret_wipe(act->token, sizeof(act->token));
	return exit;
}

enum cli_exit act_request(struct cli *cli, const struct client_request *request,
			  const char *currency)
{
	struct act act = { .cli = cli,
			   .currency = currency,
			   .prints = cli_prints(cli) };
	CLI_ANSWER answer = { 0 };

	return act_go_by_key(&act, request, cli->args->key, &answer);
}

enum cli_exit act_run(struct cli *cli, const char *path, const json_t *body,
		      const char *currency)
{
	return act_request(cli,
			   &(struct client_request){ .method = "POST",
						     .path = path,
						     .body = body },
			   currency);
}

enum cli_exit act_do(struct cli *cli, const char *path, const json_t *body,
		     const char *key, struct client_answer *out_answer)
{
	struct act act = { .cli = cli };

	return act_go_by_key(&act,
			     &(struct client_request){ .method = "POST",
						       .path = path,
						       .body = body },
			     key, out_answer);
}

enum cli_exit act_look(struct cli *cli, const char *path,
		       struct client_answer *out_answer)
{
	struct act act = { .cli = cli,
			   .request = { .method = "GET", .path = path } };

	return act_go(&act, out_answer);
}
