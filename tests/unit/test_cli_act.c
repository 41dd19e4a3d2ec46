/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl's actions, and how it talks to the daemon (see cli_rig.h). */
#include "cli_rig.h"

#include "cli/interrupt.h"
#include "cli/keep.h"
#include "cli/say.h"
#include "util/alloc.h"
#include "util/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

#define OPERATION(id, more)                                             \
	"{\"id\":\"" id "\",\"action\":\"drawer.open\",\"till\":\"1\"," \
	"\"device\":\"drawer1\"," more "}"
#define OPENED                                                   \
	ANSWER("200 OK", OPERATION("op1", "\"state\":\"ended\"," \
					  "\"outcome\":\"ok\""))
#define GOES_ON ANSWER("202 Accepted", OPERATION("op1", "\"state\":\"open\""))
#define AUTHORIZATION(badge)                                                   \
	"{\"id\":\"auth1\",\"state\":\"pending\",\"sentence\":\"Anna asks.\"," \
	"\"missing\":[{\"id\":\"drawer.open\",\"meaning\":\"open it\"}],"      \
	"\"how\":[\"badge\",\"password\"],\"badge\":\"" badge "\","            \
	"\"approvers\":[{\"id\":\"e\",\"name\":\"Eva Berg\"}]}"
#define REFUSED(badge)                                                         \
	PROBLEM("403 Forbidden", "authorization-required",                     \
		",\"detail\":\"Anna asks.\",\"authorization\":" AUTHORIZATION( \
			badge))
#define ARMED	 ANSWER("200 OK", AUTHORIZATION("alone"))
#define EMPTY	 "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
#define OPEN	 "POST /v1/tills/1/drawer/open "
#define EVENT(s) "event: " s "\n\n"

#define OPEN_DRAWER(rig, ...) \
	RUN(rig, "drawer", "open", "--till", "1", "--reason", "x", __VA_ARGS__)

/* How many different keys there were in so many requests. */
static void assert_keys(const struct rig *rig, int requests, int different)
{
	CLEANUP_FREE char *text = requests_of(rig);
	const char *name = "Idempotency-Key: ", *at = text;
	char last[64] = "";
	int count = 0, changes = 0;

	while ((at = strstr(at, name))) {
		char key[64];

		at += strlen(name);
		assert_int_equal(sscanf(at, "%63s", key), 1);
		changes += strcmp(key, last) != 0;
		strcpy(last, key);
		count++;
	}
	assert_int_equal(count, requests);
	assert_int_equal(changes, different);
}

/* --- an action
 * ------------------------------------------------------------------ */

static void test_done(void **state)
{
	struct rig *rig = *state;

	keep_save(rig->socket, "1", "tokenoftill1");
	START(rig, { OPEN, "Authorization: Bearer tokenoftill1\r\n", OPENED,
		     false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, NULL), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "Done: the drawer was opened.\n");
	assert_has(rig->out, "op1");
	assert_string_equal(rig->err, "");
	assert_int_equal(rig->paused, 0);
}

static void test_body(void **state)
{
	struct rig *rig = *state;
	CLEANUP_FREE char *asked = NULL;

	START(rig, { OPEN, "\r\n\r\n{\"reason\":\"x\"}", OPENED, false, 0 });
	OPEN_DRAWER(rig, "--key", "mine");
	end_daemon(rig);
	asked = requests_of(rig);
	assert_has(asked, "\r\nIdempotency-Key: mine\r\n");
	assert_has(asked, "\r\nPrefer: wait=0\r\n");
	assert_has(asked, "\r\nContent-Type: application/json\r\n");
	assert_has_not(asked, "Authorization:");
	assert_has_not(asked, "Expect:");
}

static void test_json(void **state)
{
	struct rig *rig = *state;

	START(rig, { OPEN, NULL, OPENED, false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, "--json"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(rig->out,
			    OPERATION("op1", "\"state\":\"ended\","
					     "\"outcome\":\"ok\"") "\n");
}

static void test_goes_on(void **state)
{
	struct rig *rig = *state;

	START(rig, { OPEN, "Prefer: wait=0\r\n", GOES_ON, false, 0 },
	      { OPEN, "Prefer: wait=60\r\n", OPENED, false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, NULL), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_keys(rig, 2, 1);
}

static void test_wait_0(void **state)
{
	struct rig *rig = *state;

	START(rig, { OPEN, "Prefer: wait=0\r\n", GOES_ON, false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, "--wait", "0", "--key", "k"),
			 CLI_EXIT_OPEN);
	end_daemon(rig);
	assert_has(rig->err, "tillctl operation op1 --wait");
	assert_has(rig->err, "--key k\n");
}

static void test_long_wait(void **state)
{
	struct rig *rig = *state;

	/* longer than the daemon takes at once: in pieces */
	START(rig, { OPEN, "Prefer: wait=0\r\n", GOES_ON, false, 0 },
	      { OPEN, "Prefer: wait=120\r\n", GOES_ON, false, 0 },
	      { OPEN, "Prefer: wait=120\r\n", OPENED, false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, "--wait", "500"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_keys(rig, 3, 1);
}

/* --- connections that are lost
 * ---------------------------------------------------- */

static void test_lost_once(void **state)
{
	struct rig *rig = *state;

	START(rig, { OPEN, NULL, NULL, false, 0 },
	      { OPEN, NULL, "HTTP/1.1 200 OK\r\nContent-Le", false, 0 },
	      { OPEN, NULL, OPENED, false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, NULL), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_keys(rig, 3, 1);
	assert_has(rig->err, "asking again with the same key");
	assert_true(rig->paused > 0);
}

/* An answer that ends too early is none. */
static void test_lost_half(void **state)
{
	struct rig *rig = *state;

	START(rig,
	      { OPEN, NULL,
		"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{\"id\":", false,
		0 },
	      { OPEN, NULL, OPENED, false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, NULL), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_keys(rig, 2, 1);
}

static void test_lost_for_good(void **state)
{
	struct rig *rig = *state;
	CLEANUP_FREE char *asked = NULL;
	char key[64] = "";

	START(rig, { OPEN, NULL, NULL, false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, NULL), CLI_EXIT_OPEN);
	end_daemon(rig);
	asked = requests_of(rig);
	sscanf(strstr(asked, "Idempotency-Key: ") + 17, "%63s", key);
	assert_has(rig->err, "not known whether it was done");
	assert_has(rig->err, key); /* so that it can be repeated */
	assert_has_not(rig->err, "Nothing was sent");
	assert_true(rig->paused >= 5000); /* a daemon starts in that time */
}

static void test_never_there(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(OPEN_DRAWER(rig, NULL), CLI_EXIT_UNREACHABLE);
	assert_has(rig->err, "can't be reached");
	assert_has(rig->err, rig->socket);
	assert_has(rig->err, "Nothing was sent");
	assert_has_not(rig->err, "--key");
	assert_int_equal(rig->paused, 0); /* nothing was sent */
}

/* What comes before the action only asks. */
static void test_lost_before(void **state)
{
	struct rig *rig = *state;

	START(rig, { "GET /v1/tills/1 ", NULL, NULL, false, 0 });
	assert_int_equal(RUN(rig, "pay", "1.00", "--till", "1"),
			 CLI_EXIT_UNREACHABLE);
	end_daemon(rig);
	assert_has(rig->err, "Nothing was sent");
	assert_has_not(rig->err, "--key");
	START(rig, { "GET /v1 ", NULL, NULL, false, 0 });
	assert_int_equal(RUN(rig, "drawer", "open", "--reason", "x"),
			 CLI_EXIT_UNREACHABLE);
	end_daemon(rig);
	assert_has(rig->err, "Nothing was sent");
}

/* What changes something without a key can't be asked again by itself. */
static void test_lost_without_key(void **state)
{
	struct rig *rig = *state;

	START(rig,
	      { "POST /v1/setup/confirm-rollback ", NULL, NULL, false, 0 });
	assert_int_equal(RUN(rig, "setup", "--confirm-rollback", "--reason",
			     "x"),
			 CLI_EXIT_OPEN);
	end_daemon(rig);
	assert_has(rig->err, "not known whether");
	START(rig, { "GET /v1/tills ", NULL, NULL, false, 0 });
	assert_int_equal(RUN(rig, "tills"), CLI_EXIT_UNREACHABLE);
	end_daemon(rig);
	assert_has_not(rig->err, "not known");
}

/* An answer that comes before the key is looked for says nothing of the try
 * that was lost. */
static void test_lost_then_refused(void **state)
{
	struct rig *rig = *state;

	START(rig, { OPEN, NULL, NULL, false, 0 },
	      { OPEN, NULL, PROBLEM("401 No", "sign-on-required", ""), false,
		0 });
	assert_int_equal(OPEN_DRAWER(rig, NULL), CLI_EXIT_OPEN);
	end_daemon(rig);
	assert_has(rig->err, "Title of sign-on-required.");
	assert_has(rig->err, "not known whether it was done");
}

static void test_lost_then_not_ready(void **state)
{
	struct rig *rig = *state;

	START(rig, { OPEN, NULL, NULL, false, 0 },
	      { OPEN, NULL, PROBLEM("503 No", "device-not-ready", ""), false,
		0 });
	assert_int_equal(OPEN_DRAWER(rig, NULL), CLI_EXIT_DEVICE);
	end_daemon(rig);
	assert_has_not(rig->err, "not known");
}

static void test_begun_then_gone(void **state)
{
	struct rig *rig = *state;

	START(rig, { OPEN, NULL, GOES_ON, false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, NULL), CLI_EXIT_OPEN);
	end_daemon(rig);
	assert_has(rig->err, "tillctl operation op1");
}

/* --- how it can end
 * --------------------------------------------------------------- */

static void end_with(struct rig *rig, const char *answer, enum cli_exit exit)
{
	const struct step steps[] = { { OPEN, NULL, answer, false, 0 }, { 0 } };

	start_daemon(rig, steps, NULL);
	assert_int_equal(OPEN_DRAWER(rig, NULL), exit);
	end_daemon(rig);
}

static void test_ends(void **state)
{
	end_with(*state,
		 PROBLEM("409 No", "refused-by-device",
			 ",\"operation\":" OPERATION("op1", "\"a\":1")),
		 CLI_EXIT_REFUSED);
	end_with(*state,
		 PROBLEM("504 No", "outcome-unknown",
			 ",\"operation\":" OPERATION("op1", "\"a\":1")),
		 CLI_EXIT_OPEN);
	end_with(*state, PROBLEM("503 No", "device-not-ready", ""),
		 CLI_EXIT_DEVICE);
	end_with(*state, PROBLEM("404 No", "not-found", ""), CLI_EXIT_REFUSED);
	end_with(*state, PROBLEM("401 No", "sign-on-required", ""),
		 CLI_EXIT_SIGN_ON);
	end_with(*state, PROBLEM("500 No", "of-another-daemon", ""),
		 CLI_EXIT_OPEN);
	end_with(*state, ANSWER("200 OK", OPERATION("op1", "\"x\":1")),
		 CLI_EXIT_OPEN); /* which outcome? */
	end_with(*state, HEAD("500 No", "text/html") "<h1>oh</h1>",
		 CLI_EXIT_OPEN);
	end_with(*state, HEAD("403 No", "text/html") "", CLI_EXIT_OPEN);
}

static void test_problem_in_words(void **state)
{
	struct rig *rig = *state;

	end_with(rig,
		 PROBLEM("503 No", "device-not-ready",
			 ",\"device\":\"drawer1\",\"detail\":\"No paper.\","
			 "\"advice\":\"Put a roll in.\",\"retry_after\":7"),
		 CLI_EXIT_DEVICE);
	assert_string_equal(rig->err, "tillctl: Title of device-not-ready.\n"
				      "  drawer1: No paper.\n"
				      "  Put a roll in.\n"
				      "  That is in 7 seconds.\n");
	assert_string_equal(rig->out, "");
}

/* The way out is told with the problem. */
static void test_problem_with_way_out(void **state)
{
	struct rig *rig = *state;

	end_with(rig,
		 PROBLEM("409 No", "outcome-open",
			 ",\"device\":\"terminal1\","
			 "\"operation_id\":\"op0\""),
		 CLI_EXIT_REFUSED);
	assert_has(rig->err, "op0");
	assert_has(rig->err, "tillctl settle op0 ok|failed --reason TEXT\n");
	end_with(rig, PROBLEM("503 No", "not-set-up", ""), CLI_EXIT_REFUSED);
	assert_has(rig->err, "Set it up with: tillctl setup --login L --name N "
			     "(as root)\n");
	START(rig, { "GET /v1 ", NULL,
		     ANSWER("200 OK", "{\"tills\":[],\"set_up\":false}"), false,
		     0 });
	assert_int_equal(RUN(rig, "drawer"), CLI_EXIT_REFUSED);
	end_daemon(rig);
	assert_has(rig->err, "Set it up with: tillctl setup --login L --name N "
			     "(as root)\n");
}

/* What the daemon says can't play with the terminal. */
static void test_control_characters(void **state)
{
	struct rig *rig = *state;

	end_with(rig,
		 PROBLEM("503 No", "device-not-ready",
			 ",\"detail\":\"\\u001b[2J\\u009b31m\\r\""),
		 CLI_EXIT_DEVICE);
	assert_has(rig->err, "[2J");
	assert_has_not(rig->err, "\x1b");
	assert_has_not(rig->err, "\xc2\x9b");
	assert_has_not(rig->err, "\r");
	START(rig, { "GET /v1/tills ", NULL,
		     ANSWER("200 OK", "{\"tills\":[{\"id\":\"1\\u001b[m\","
				      "\"name\":\"\xc2\x9b\"}]}"),
		     false, 0 });
	assert_int_equal(RUN(rig, "tills", "--json"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(rig->out, "{\"tills\":[{\"id\":\"1\\u001b[m\","
				      "\"name\":\"\\u009b\"}]}\n");
}

/* --- an authorization
 * --------------------------------------------------------------- */

static void test_consent_none(void **state)
{
	struct rig *rig = *state;

	START(rig, { OPEN, NULL, REFUSED("alone"), false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, "--wait", "0", "--key", "k1"),
			 CLI_EXIT_CONSENT);
	end_daemon(rig);
	assert_has(rig->err, "Anna asks.\n");
	assert_has(rig->err, "Eva Berg");
	assert_has(rig->err, "open it (drawer.open)");
	assert_has(rig->err, "tillctl authorize auth1 --login");
	assert_has(rig->err, "--key k1\n");
}

static void test_consent_badge(void **state)
{
	struct rig *rig = *state;

	START(rig, { OPEN, "Prefer: wait=0\r\n", REFUSED("alone"), false, 0 },
	      { "POST /v1/authorizations/auth1/arm ", "\r\n\r\n{}", ARMED,
		false, 0 },
	      { OPEN, "Prefer: wait=60\r\n", OPENED, false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, NULL), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_keys(rig, 2, 1);
	assert_has(rig->err, "a badge at the reader");
	assert_has(rig->err, "The reader waits for the badge.");
	assert_has(rig->out, "Done:");
}

/* The question is taken back, so that the reader is free for others. */
static void test_consent_too_late(void **state)
{
	struct rig *rig = *state;

	START(rig, { OPEN, NULL, REFUSED("alone"), false, 0 },
	      { "POST /v1/authorizations/auth1/arm ", NULL, ARMED, false, 0 },
	      { OPEN, "Prefer: wait=30\r\n", REFUSED("alone"), false, 0 },
	      { "DELETE /v1/authorizations/auth1 ", NULL, EMPTY, false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, "--wait", "30"), CLI_EXIT_CONSENT);
	end_daemon(rig);
	assert_has(rig->err, "nothing was done");
}

static void test_consent_denied(void **state)
{
	struct rig *rig = *state;

	START(rig, { OPEN, NULL, REFUSED("alone"), false, 0 },
	      { "POST /v1/authorizations/auth1/arm ", NULL,
		PROBLEM("503 No", "reader-busy", ",\"retry_after\":1"), false,
		0 },
	      { OPEN, NULL, PROBLEM("410 No", "authorization-denied", ""),
		false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, NULL), CLI_EXIT_CONSENT);
	end_daemon(rig);
	assert_has(rig->err, "The reader waits for somebody else, at most 1 s "
			     "longer.");
	assert_has(rig->err, "Title of authorization-denied.");
	assert_has_not(rig->err, "The reader waits for the badge");
}

static void test_consent_interrupted(void **state)
{
	struct rig *rig = *state;

	START(rig, { OPEN, NULL, REFUSED("alone"), false, 0 },
	      { "POST /v1/authorizations/auth1/arm ", NULL, ARMED, false, 0 },
	      { OPEN, NULL, NULL, false, SIGINT },
	      { "DELETE /v1/authorizations/auth1 ", NULL, EMPTY, false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, NULL), CLI_EXIT_CONSENT);
	end_daemon(rig);
	assert_has(rig->err, "withdrawn, and nothing was done");
}

/* What has begun is not prevented by taking the question back. */
static void test_consent_spent_interrupted(void **state)
{
	struct rig *rig = *state;

	START(rig, { OPEN, NULL, REFUSED("alone"), false, 0 },
	      { "POST /v1/authorizations/auth1/arm ", NULL, ARMED, false, 0 },
	      { OPEN, NULL, GOES_ON, false, 0 },
	      { OPEN, NULL, NULL, false, SIGINT });
	assert_int_equal(OPEN_DRAWER(rig, NULL), CLI_EXIT_OPEN);
	end_daemon(rig);
	assert_has(rig->err, "tillctl operation op1 --wait");
	assert_int_equal(rig->paused, 250); /* not one more try */
	interrupt_forget();
}

static void test_interrupted(void **state)
{
	struct rig *rig = *state;

	START(rig, { OPEN, NULL, NULL, false, SIGTERM });
	assert_int_equal(OPEN_DRAWER(rig, "--key", "k2"), CLI_EXIT_OPEN);
	end_daemon(rig);
	assert_has(rig->err, "not called off");
	assert_has(rig->err, "--key k2\n");
}

static void test_consent_pin(void **state)
{
	struct rig *rig = *state;
	int input = feed_input("2580\n");

	START(rig, { OPEN, NULL, REFUSED("pin"), false, 0 },
	      { "POST /v1/authorizations/auth1/arm ", NULL, ARMED, false, 0 },
	      { "POST /v1/authorizations/auth1/pin ", "{\"pin\":\"2580\"}",
		ARMED, false, 0 },
	      { OPEN, "Prefer: wait=60\r\n", OPENED, false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, "--pin-stdin"), CLI_EXIT_DONE);
	end_daemon(rig);
	restore_input(input);
	assert_has(rig->err, "with its PIN");
	assert_has_not(rig->err, "2580");
	assert_has_not(rig->out, "2580");
}

/* What happens while it waits is told, if it is about this action. */
static void test_watch(void **state)
{
	static const struct step steps[] = {
		{ OPEN, NULL, REFUSED("alone"), false, 0 },
		{ "POST /v1/authorizations/auth1/arm ", NULL, ARMED, false, 0 },
		{ OPEN, NULL, OPENED, true, 0 },
		{ 0 },
	};
	static const char events[] = EVENT(
		"authorization.approved\ndata: {\"authorization\":\"auth1\","
		"\"approver_name\":\"Eva Berg\"}") EVENT("intent\ndata: "
							 "{\"key\":\"k3\","
							 "\"operation\":"
							 "\"op1\"}")
		EVENT("operation.progress\ndata: {\"operation\":\"op1\","
		      "\"device\":\"d1\",\"text\":\"Insert\\u001b card\"}")
			EVENT("operation.progress\ndata: {\"operation\":"
			      "\"another\",\"text\":\"Never\"}")
				EVENT("authorization.approved\ndata: "
				      "{\"authorization\":\"another\"}")
					EVENT("operation.progress\ndata: no");
	struct rig *rig = *state;

	start_daemon(rig, steps, events);
	assert_int_equal(OPEN_DRAWER(rig, "--key", "k3"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->err, "Authorized by Eva Berg.\n");
	assert_has(rig->err, "d1: Insert\xef\xbf\xbd card\n");
	assert_has_not(rig->err, "Never");
	assert_has_not(rig->err, "Authorized by a supervisor");
}

/* What becomes of the reader and the display while it waits. */
static void test_watch_the_reader(void **state)
{
	static const struct step steps[] = {
		{ OPEN, NULL, REFUSED("alone"), false, 0 },
		{ "POST /v1/authorizations/auth1/arm ", NULL,
		  PROBLEM("503 No", "reader-busy", ",\"retry_after\":9"), false,
		  0 },
		{ OPEN, NULL, OPENED, true, 0 },
		{ 0 },
	};
#define OF_AUTH1(type, more) \
	EVENT(type "\ndata: {\"authorization\":\"auth1\"," more "}")
	static const char events[] = OF_AUTH1("authorization.remark",
					      "\"why\":\"reader-busy\"")
		OF_AUTH1("reader.armed", "\"prompt\":\"display\"") OF_AUTH1(
			"prompt.shown",
			"\"display\":\"d\"") OF_AUTH1("prompt.not-shown",
						      "\"display\":\"d\"")
			OF_AUTH1("prompt.shown", "\"display\":\"d\"")
				OF_AUTH1("reader.disarmed", "\"why\":\"ended\"")
					OF_AUTH1("reader.disarmed",
						 "\"why\":\"device-gone\"");
	struct rig *rig = *state;

	start_daemon(rig, steps, events);
	assert_int_equal(OPEN_DRAWER(rig, "--key", "k3"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->err, "at most 9 s longer. Whoever waits has it next");
	assert_has(rig->err, "The reader waits for the badge.\n  The till's "
			     "display can't show what is asked, so no badge "
			     "counts; a password does.\n  The display shows "
			     "what is asked; a badge counts now.\n  The reader "
			     "is gone, so no badge counts until it is back");
	assert_has_not(rig->err, "was not taken");
}

/* No badge is offered where none can be read, and it is said why. */
static void test_consent_without_badge(void **state)
{
	struct rig *rig = *state;

	START(rig, { OPEN, NULL,
		     PROBLEM("403 Forbidden", "authorization-required",
			     ",\"authorization\":{\"id\":\"auth1\","
			     "\"sentence\":\"Anna asks.\",\"missing\":[],"
			     "\"how\":[\"password\"],\"approvers\":[],"
			     "\"badge_objection\":\"the reader is gone\"}"),
		     false, 0 });
	assert_int_equal(OPEN_DRAWER(rig, "--wait", "0"), CLI_EXIT_CONSENT);
	end_daemon(rig);
	assert_has(rig->err, "No badge counts now: the reader is gone.\n");
	assert_has_not(rig->err, "a badge at the reader");
}

/* --- sign-ons
 * ----------------------------------------------------------------------- */

#define SIGNED_ON                                                         \
	ANSWER("201 Created",                                             \
	       "{\"id\":\"s1\",\"token\":\"secrettoken\",\"till\":\"1\"," \
	       "\"operator\":{\"name\":\"Anna\"},\"idle_seconds\":900,"   \
	       "\"expires_at\":\"2026-11-22T10:15:00.250Z\"}")

static void test_sign_on(void **state)
{
	struct rig *rig = *state;
	char till[KEEP_TILL_SIZE], token[KEEP_TOKEN_SIZE];
	int input = feed_input("ge\"heim\n");

	START(rig, { "POST /v1/sign-ons ",
		     "\"login\":\"anna\",\"password\":\"ge\\\"heim\"}",
		     SIGNED_ON, false, 0 });
	assert_int_equal(RUN(rig, "sign-on", "--till", "1", "--login", "anna",
			     "--password-stdin"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	restore_input(input);
	assert_has(rig->out, "Anna is signed on at till 1, until "
			     "2026-11-22 10:15:00Z or 15 minutes");
	assert_has_not(rig->out, "secrettoken");
	assert_has_not(rig->err, "heim");
	assert_int_equal(keep_load(rig->socket, NULL, till, token), 0);
	assert_string_equal(till, "1");
	assert_string_equal(token, "secrettoken");
}

/* Who is not known any more is forgotten; others than the kept one are not. */
static void test_sign_on_required(void **state)
{
	struct rig *rig = *state;
	char token[KEEP_TOKEN_SIZE];

	keep_save(rig->socket, "1", "old");
	setenv("TILLCTL_TOKEN", "given", 1);
	START(rig, { "GET /v1/sign-ons/current ", "Bearer given\r\n",
		     PROBLEM("401 No", "sign-on-required", ""), false, 0 });
	assert_int_equal(RUN(rig, "whoami", "--till", "1"), CLI_EXIT_SIGN_ON);
	end_daemon(rig);
	assert_int_equal(keep_load(rig->socket, "1", NULL, token), 0);
	unsetenv("TILLCTL_TOKEN");
	START(rig, { "GET /v1/sign-ons/current ", "Bearer old\r\n",
		     PROBLEM("401 No", "sign-on-required", ""), false, 0 });
	assert_int_equal(RUN(rig, "whoami"), CLI_EXIT_SIGN_ON);
	end_daemon(rig);
	assert_int_equal(keep_load(rig->socket, "1", NULL, token), KEEP_E_NONE);
}

static void test_token_bad(void **state)
{
	setenv("TILLCTL_TOKEN", "a\r\nX-Evil: 1", 1);
	assert_int_equal(RUN(*state, "tills"), CLI_EXIT_USAGE);
	unsetenv("TILLCTL_TOKEN");
	assert_int_equal(OPEN_DRAWER(*state, "--key", "a b"), CLI_EXIT_USAGE);
	assert_int_equal(OPEN_DRAWER(*state, "--key", "a\r\nX: 1"),
			 CLI_EXIT_USAGE);
}

static void test_only_till(void **state)
{
	struct rig *rig = *state;

	START(rig,
	      { "GET /v1 ", NULL,
		ANSWER("200 OK", "{\"tills\":[{\"id\":\"7\"}]}"), false, 0 },
	      { "GET /v1/tills/7/drawer ", NULL,
		ANSWER("200 OK", "{\"drawer\":\"open\"}"), false, 0 });
	assert_int_equal(RUN(rig, "drawer"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(rig->out, "The drawer of till 7 is open.\n");
	START(rig, { "GET /v1 ", NULL,
		     ANSWER("200 OK", "{\"tills\":[{\"id\":\"7\"},"
				      "{\"id\":\"8\"}]}"),
		     false, 0 });
	assert_int_equal(RUN(rig, "drawer"), CLI_EXIT_USAGE);
	end_daemon(rig);
	assert_has(rig->err, "--till");
}

/* --- other verbs
 * -------------------------------------------------------------------- */

static void test_pay(void **state)
{
	struct rig *rig = *state;

	START(rig,
	      { "GET /v1/tills/1 ", NULL,
		ANSWER("200 OK", "{\"currency\":\"EUR\"}"), false, 0 },
	      { "POST /v1/tills/1/payments ",
		"{\"amount\":29,\"currency\":\"EUR\",\"reference\":\"r\"}",
		ANSWER("200 OK", "{\"id\":\"p1\",\"action\":\"payment\","
				 "\"outcome\":\"ok\",\"result\":"
				 "{\"amount\":29,\"receipts\":{\"a\":1}}}"),
		false, 0 });
	assert_int_equal(RUN(rig, "pay", "0.29", "--till", "1", "--reference",
			     "r"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(rig->out, "Done: the payment was taken.\n"
				      "Id      p1\n"
				      "Action  payment\n"
				      "Amount  0.29 EUR\n");
	START(rig, { "GET /v1/tills/1 ", NULL,
		     ANSWER("200 OK", "{\"currency\":\"JPY\"}"), false, 0 });
	assert_int_equal(RUN(rig, "pay", "0.29", "--till", "1"),
			 CLI_EXIT_USAGE);
	end_daemon(rig);
}

#define TILL                                                                 \
	{                                                                    \
		"GET /v1/tills/1 ", NULL,                                    \
			ANSWER("200 OK", "{\"currency\":\"EUR\"}"), false, 0 \
	}

/* Sent as it is in the file; the drawer is asked for afterwards. */
static void test_receipt(void **state)
{
	struct rig *rig = *state;
	int kept = feed_input("{\"lines\":[{\"name\":\"x\"}]}");

	START(rig, TILL,
	      { "POST /v1/tills/1/receipts ", "{\"lines\":[{\"name\":\"x\"}]}",
		ANSWER("200 OK", "{\"id\":\"r1\",\"action\":\"receipt\","
				 "\"outcome\":\"ok\",\"result\":"
				 "{\"number\":4,\"total\":1240}}"),
		false, 0 },
	      { "POST /v1/tills/1/drawer/open ", "{\"event\":\"r1\"}",
		PROBLEM("409 Conflict", "event-unusable", ""), false, 0 });
	assert_int_equal(RUN(rig, "receipt", "-", "--till", "1"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	restore_input(kept);
	assert_has(rig->out, "Done: the receipt was issued.\n");
	assert_has(rig->out, "Total   12.40 EUR\n");
	assert_int_equal(RUN(rig, "receipt", "no-such-file", "--till", "1"),
			 CLI_EXIT_USAGE);
}

static void test_return(void **state)
{
	struct rig *rig = *state;

	START(rig, TILL, TILL,
	      { "POST /v1/tills/1/returns ",
		"{\"of\":\"receipt\",\"amount\":999,\"cash\":500,"
		"\"reason\":\"stale\",\"reference\":\"r\"}",
		ANSWER("200 OK", "{\"id\":\"r1\",\"action\":\"goods.return\","
				 "\"outcome\":\"ok\"}"),
		false, 0 },
	      { "POST /v1/tills/1/drawer/open ", "{\"event\":\"r1\"}",
		PROBLEM("409 Conflict", "event-unusable", ""), false, 0 });
	assert_int_equal(RUN(rig, "return", "receipt", "9.99", "5.00",
			     "--reason", "stale", "--reference", "r", "--till",
			     "1"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "Done: the goods were taken back.\n");
	assert_int_equal(RUN(rig, "return", "sale", "1.00", "--reason", "x"),
			 CLI_EXIT_USAGE);
	assert_int_equal(RUN(rig, "return", "receipt", "1.00"), CLI_EXIT_USAGE);
}

static const struct {
	const char *words[5];
	const char *request, *body;
} test_papers[] = {
	{ { "slip", "op1" },
	  "POST /v1/tills/1/cash/slip ",
	  "{\"event\":\"op1\"}" },
	{ { "print", "Hello", "there" },
	  "POST /v1/tills/1/printouts ",
	  "{\"lines\":[\"Hello\",\"there\"]}" },
	{ { "copies", "2" }, "POST /v1/tills/1/copies ", "{\"count\":2}" },
	{ { "copies" }, "POST /v1/tills/1/copies ", "{\"count\":1}" },
	{ { "fiscal" }, "POST /v1/tills/1/fiscal/read ", "{}" },
	{ { "fiscal", "clock", "2026-11-22T10:30", "--reason", "dst" },
	  "POST /v1/tills/1/fiscal/clock ",
	  "{\"time\":\"2026-11-22T10:30\",\"reason\":\"dst\"}" },
};

static void test_what_else_is_printed(void **state)
{
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(test_papers) / sizeof(*test_papers);
	     i++) {
		const char *words[8] = { "--till", "1" };

		memcpy(words + 2, test_papers[i].words,
		       sizeof(test_papers[i].words));
		START(rig, TILL,
		      { test_papers[i].request, test_papers[i].body,
			ANSWER("200 OK", "{\"id\":\"p1\",\"action\":\"print\","
					 "\"outcome\":\"ok\"}"),
			false, 0 });
		if (run(rig, words) != CLI_EXIT_DONE)
			fail_msg("%zu: %s", i, rig->err);
		end_daemon(rig);
	}
	assert_int_equal(RUN(rig, "copies", "10", "--till", "1"),
			 CLI_EXIT_USAGE);
	assert_int_equal(RUN(rig, "fiscal", "clock", "2026-11-22T10:30"),
			 CLI_EXIT_USAGE);
}

static void test_check(void **state)
{
	struct rig *rig = *state;

	START(rig,
	      { "GET /v1/tills/1 ", NULL,
		ANSWER("200 OK", "{\"currency\":\"EUR\"}"), false, 0 },
	      { "POST /v1/tills/1/check ",
		"{\"action\":\"price.change\",\"detail\":\"Coffee\","
		"\"reference\":\"r\",\"amount\":499}",
		ANSWER("200 OK", "{\"id\":\"c1\",\"action\":\"check\","
				 "\"outcome\":\"ok\",\"result\":"
				 "{\"action\":\"price.change\","
				 "\"allowed\":true}}"),
		false, 0 });
	assert_int_equal(RUN(rig, "check", "price.change", "--till", "1",
			     "--amount", "4.99", "--detail", "Coffee",
			     "--reference", "r"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(rig->out, "Allowed: price.change.\n"
				      "Id      c1\n"
				      "Action  check\n");
	assert_int_equal(RUN(rig, "check", "x", "--till", "1", "--amount", "a"),
			 CLI_EXIT_USAGE);
	assert_has(rig->err, "12.34");
	assert_int_equal(RUN(rig, "check", "--till", "1"), CLI_EXIT_USAGE);
}

static void test_check_is_refused(void **state)
{
	struct rig *rig = *state;

	START(rig,
	      { "POST /v1/tills/1/check ", "{\"action\":\"correction.new\"}",
		PROBLEM("403 Forbidden", "authorization-required",
			",\"authorization\":{\"id\":\"auth1\","
			"\"sentence\":\"Anna asks.\",\"missing\":[],"
			"\"missing_any\":[{\"id\":\"r.read\","
			"\"meaning\":\"see it\"}]}"),
		false, 0 });
	assert_int_equal(RUN(rig, "check", "correction.new", "--till", "1",
			     "--wait", "0"),
			 CLI_EXIT_CONSENT);
	end_daemon(rig);
	assert_has(rig->err, "Enough would be: see it (r.read)\n");
	assert_has_not(rig->err, "It needs");
}

#define MAY                                                                   \
	ANSWER("200 OK", "{\"may\":{\"price.change\":false,\"payment\":true," \
			 "\"receipt.add\":false}}")

static void test_can(void **state)
{
	struct rig *rig = *state;

	START(rig, { "GET /v1/tills/1/can ", NULL, MAY, false, 0 },
	      { "GET /v1/tills/1/can ", NULL, MAY, false, 0 },
	      { "GET /v1/tills/1/can ", NULL, MAY, false, 0 });
	assert_int_equal(RUN(rig, "can", "--till", "1"), CLI_EXIT_DONE);
	assert_string_equal(rig->out, "NAME     MAY\npayment  yes\n");
	assert_has(rig->err, "2 others need a supervisor's consent");
	assert_int_equal(RUN(rig, "can", "--till", "1", "--all"),
			 CLI_EXIT_DONE);
	assert_string_equal(rig->out, "NAME          MAY\n"
				      "price.change  ask\n"
				      "payment       yes\n"
				      "receipt.add   ask\n");
	assert_string_equal(rig->err, "");
	assert_int_equal(RUN(rig, "can", "--till", "1", "--json"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "{\"may\":{\"price.change\":false,");
}

/* What a person types stays within its part of the path. */
static void test_paths(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(RUN(rig, "operation", "../setup"), CLI_EXIT_USAGE);
	assert_int_equal(RUN(rig, "operation", ".."), CLI_EXIT_USAGE);
	assert_int_equal(RUN(rig, "drawer", "--till", "1/x"), CLI_EXIT_USAGE);
	assert_int_equal(RUN(rig, "cancel", "a?b", "--reason", "x"),
			 CLI_EXIT_USAGE);
	START(rig, { "GET /v1/journal?kind=a%26b%3D%20&order=oldest ", NULL,
		     ANSWER("200 OK", "{\"entries\":[]}"), false, 0 });
	assert_int_equal(RUN(rig, "journal", "list", "--kind", "a&b= "),
			 CLI_EXIT_DONE);
	end_daemon(rig);
}

/* What is wrong is seen before anything is sent. */
static void test_usage(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(RUN(rig, "report", "y"), CLI_EXIT_USAGE);
	assert_has(rig->err, "tillctl report x");
	assert_has(rig->err, "tillctl report z");
	assert_has(rig->err, "tillctl report periodic");
	assert_int_equal(RUN(rig, "journal", "lst"), CLI_EXIT_USAGE);
	assert_has(rig->err, "tillctl journal verify [FILE");
	assert_has_not(rig->err, "report");
	assert_int_equal(RUN(rig, "drawer", "opn"), CLI_EXIT_USAGE);
	assert_has(rig->err, "tillctl drawer open --reason TEXT");
	assert_int_equal(RUN(rig, "nix"), CLI_EXIT_USAGE);
	assert_has(rig->err, "tillctl help lists them");
	assert_int_equal(RUN(rig, "whoami", "x"), CLI_EXIT_USAGE);
	assert_has(rig->err, "usage: tillctl whoami\n");
	assert_int_equal(RUN(rig, "journal", "--help"), CLI_EXIT_DONE);
	assert_has(rig->out, "usage: tillctl journal export");
	assert_int_equal(RUN(rig, "pay", "-5", "--till", "1"), CLI_EXIT_USAGE);
	assert_has(rig->err,
		   "An amount is written like 12.34, without a sign.");
}

static void test_usage_dates(void **state)
{
	static const char *const bad[] = { "1",		  "2026-13-01",
					   "2026-02-29",  "2026-1-01",
					   "2026-01-011", "01.02.2026",
					   "-026-01-01" };
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(RUN(rig, "report", "periodic", "--from",
				     bad[i], "--to", "2026-02-28"),
				 CLI_EXIT_USAGE);
		assert_has(rig->err, "--from takes a date");
	}
	assert_int_equal(RUN(rig, "report", "periodic", "--from", "2028-02-29",
			     "--to", "2"),
			 CLI_EXIT_USAGE);
	assert_has(rig->err, "--to takes a date");
	assert_int_equal(RUN(rig, "report", "periodic", "--from", "2028-02-29",
			     "--to", "2028-02-28"),
			 CLI_EXIT_USAGE);
	assert_has(rig->err, "--from is after --to");
}

static void assert_span(struct rig *rig, const char *span, const char *said)
{
	assert_int_equal(RUN(rig, "device", "release", "d1", "--reason", "x",
			     "--for", span),
			 CLI_EXIT_USAGE);
	assert_has(rig->err, said);
}

/* Nothing of it reaches the daemon. */
static void test_how_long_a_device_is_handed_over(void **state)
{
	struct rig *rig = *state;

	assert_span(rig, "10", "its unit: 10s or 10m.\n");
	assert_span(rig, "soon", "with its unit, as 90s, 10m or 2h.\n");
	assert_span(rig, "10 m", "with its unit, as 90s, 10m or 2h.\n");
	assert_span(rig, "-1m", "with its unit, as 90s, 10m or 2h.\n");
	assert_span(rig, "3h", "for at most two hours: --for 2h.\n");
	assert_span(rig, "7201s", "for at most two hours: --for 2h.\n");
	assert_span(rig, "99999999999999999999h", "for at most two hours");
	assert_span(rig, "0s", "at least one second, at most two hours.\n");
	assert_int_equal(RUN(rig, "device", "release", "d1", "--reason", "x"),
			 CLI_EXIT_USAGE);
	assert_has(rig->err, "Say for how long, and why");
	assert_int_equal(RUN(rig, "device", "release", "d1", "--for", "2h"),
			 CLI_EXIT_USAGE);
	assert_has(rig->err, "Say for how long, and why");
}

#define SERVED(result)                                                   \
	ANSWER("200 OK", "{\"id\":\"o1\",\"action\":\"device.service\"," \
			 "\"device\":\"p1\",\"state\":\"ended\","        \
			 "\"outcome\":\"ok\",\"result\":" result "}")

static void test_what_a_test_tells(void **state)
{
	struct rig *rig = *state;

	START(rig, { "POST /v1/devices/p1/service ", "internal-test",
		     SERVED("{\"counters\":{\"daily_reports\":7,"
			    "\"last_receipt\":31}}"),
		     false, 0 });
	assert_int_equal(RUN(rig, "device", "test", "p1"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "Counters daily reports  7\n");
	assert_has(rig->out, "Counters last receipt   31\n");
	START(rig, { "POST /v1/devices/p1/service ", "internal-test",
		     SERVED("{\"code\":\"83\",\"text\":\"not possible\"}"),
		     false, 0 });
	assert_int_equal(RUN(rig, "device", "test", "p1"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "It answers, and tells of no booking.\n");
	assert_has_not(rig->out, "83");
	assert_has_not(rig->out, "possible");
}

/* As monitoring shows it. */
static void test_health_counts(void **state)
{
	struct rig *rig = *state;

	START(rig, { "GET /v1/status ", NULL,
		     ANSWER("200 OK", "{\"troubles\":[],\"tills\":[{}],"
				      "\"devices\":[{},{}]}"),
		     false, 0 });
	assert_int_equal(RUN(rig, "health"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(rig->out, "OK - 2 devices, 1 till\n");
}

static void test_journal_list(void **state)
{
	struct rig *rig = *state;

	START(rig,
	      { "GET /v1/journal?order=oldest ", NULL,
		ANSWER("200 OK",
		       "{\"entries\":[{\"seq\":3,\"kind\":\"intent\","
		       "\"time\":\"2026-11-22T10:15:00.250Z\",\"till\":\"1\","
		       "\"operator\":\"a1\",\"action\":\"payment\","
		       "\"operation\":\"o1\","
		       "\"parameters\":{\"amount\":500}}],"
		       "\"names\":{\"a1\":\"Anna\"}}"),
		false, 0 },
	      { "GET /v1/tills ", NULL,
		ANSWER("200 OK", "{\"tills\":[{\"id\":\"1\","
				 "\"currency\":\"JPY\"}]}"),
		false, 0 });
	assert_int_equal(RUN(rig, "journal", "list"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(
		rig->out,
		"SEQ  TIME                  TILL  WHAT     WHO   DETAILS\n"
		"3    2026-11-22 10:15:00Z  1     payment  Anna  "
		"intent: 500 JPY\n");
	START(rig, { "GET /v1/journal?operation=o1&order=oldest ", NULL,
		     ANSWER("200 OK",
			    "{\"entries\":[{\"seq\":3,\"kind\":\"evidence\","
			    "\"operation\":\"o1\"}],\"names\":{}}"),
		     false, 0 });
	assert_int_equal(RUN(rig, "journal", "list", "--operation", "o1"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "operation o1\n");
	START(rig,
	      { "GET /v1/journal?order=oldest ", NULL,
		ANSWER("200 OK", "{\"entries\":[],\"names\":{}}"), false, 0 });
	assert_int_equal(RUN(rig, "journal", "list"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(rig->err, "No entries.\n");
}

#define DEVICE(more)                                                     \
	"{\"name\":\"printer1\",\"class\":\"printer\",\"driver\":\"d\"," \
	"\"port\":\"p\",\"since\":\"2026-11-22T10:15:00.250Z\"," more    \
	",\"tills\":[\"1\"]}"

static void test_devices(void **state)
{
	struct rig *rig = *state;

	START(rig,
	      { "GET /v1/devices ", NULL,
		ANSWER("200 OK", "{\"devices\":[" DEVICE(
					 "\"state\":\"ready\",\"status\":"
					 "{\"paper\":\"out\",\"cover\":"
					 "\"open\"}") "," DEVICE("\"state\":"
								 "\"ready\","
								 "\"status\":"
								 "{\"paper\":"
								 "\"ok\","
								 "\"cover\":"
								 "\"closed\""
								 "}") "]}"),
		false, 0 });
	assert_int_equal(RUN(rig, "devices"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "ready  paper out, cover open\n");
	assert_has(rig->out, "ready  -\n");
	START(rig, { "GET /v1/devices/printer1 ", NULL,
		     ANSWER("200 OK",
			    DEVICE("\"state\":\"not-ready\","
				   "\"reason\":\"paper-out\","
				   "\"sentence\":\"There is no paper.\","
				   "\"advice\":\"Put a roll in.\",\"status\":"
				   "{\"paper\":\"out\",\"cover\":\"open\"}")),
		     false, 0 });
	assert_int_equal(RUN(rig, "devices", "printer1"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "There is no paper. Put a roll in.\n");
	assert_has(rig->out, "Paper   out\n");
	assert_has(rig->out, "Cover   open\n");
	assert_has_not(rig->out, "advice");
}

/* A reader that has seen enough is no fault. */
static void test_nobody_reads(void **state)
{
	int ends[2], kept = dup(STDOUT_FILENO);
	enum say_end end;

	(void)state;
	fflush(stdout);
	assert_return_code(pipe(ends), errno);
	close(ends[0]);
	dup2(ends[1], STDOUT_FILENO);
	close(ends[1]);
	puts("never read");
	end = say_end();
	dup2(kept, STDOUT_FILENO);
	clearerr(stdout);
	assert_int_equal(end, SAY_UNREAD);
	assert_return_code(dup2(open("/dev/full", O_WRONLY | O_CLOEXEC),
				STDOUT_FILENO),
			   errno);
	puts("never kept");
	end = say_end();
	dup2(kept, STDOUT_FILENO);
	clearerr(stdout);
	close(kept);
	assert_int_equal(end, SAY_FAILED);
	assert_int_equal(say_end(), SAY_WRITTEN);
}

static void test_setup_password(void **state)
{
	struct rig *rig = *state;
	int input = feed_input("ge\xc3\xb6\xc3\xb6imx\n"); /* seven */

	assert_int_equal(RUN(rig, "setup", "--login", "m", "--name", "M",
			     "--password-stdin"),
			 CLI_EXIT_USAGE);
	restore_input(input);
	assert_has(rig->err, "at least 8 characters");
}

static void test_events(void **state)
{
	struct rig *rig = *state;

	/* cut in the middle of an event: gone on with after the last id */
	START(rig,
	      { "GET /v1/tills ", NULL, ANSWER("200 OK", "{\"tills\":[]}"),
		false, 0 },
	      { "GET /v1/events?after=5 ", NULL,
		HEAD("200 OK", "text/event-stream") ": tilld\n\nid: 6\nevent: "
						    "start\ndata: {\"type\":"
						    "\"start\",\"seq\":6}"
						    "\n\nid: 7\nevent: st",
		false, 0 },
	      { "GET /v1/events?after=5 ", "\r\nLast-Event-ID: 6\r\n",
		HEAD("200 OK",
		     "text/event-stream") "id: 7\nevent: setup\ndata: "
					  "{\"type\":\"setup\","
					  "\"at\":\"2026-11-22T10:15:00.250Z\","
					  "\"operator\":\"a\\u001bb\"}\n\n"
					  "id: 8\nevent: more\ndata: "
					  "{\"type\":\"more\"}\n\n",
		false, 0 });
	assert_int_equal(RUN(rig, "events", "--after", "5", "--count", "2"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "start");
	assert_has(rig->out, "2026-11-22 10:15:00Z  -     setup");
	assert_has(rig->out, "a\xef\xbf\xbd"
			     "b");
	assert_has_not(rig->out, "more");
	assert_has(rig->err, "going on as soon as it is back");
}

static void test_events_refused(void **state)
{
	struct rig *rig = *state;

	START(rig,
	      { "GET /v1/tills ", NULL, PROBLEM("503 No", "not-set-up", ""),
		false, 0 },
	      { "GET /v1/events?till=2 ", NULL,
		PROBLEM("404 No", "not-found", ""), false, 0 });
	assert_int_equal(RUN(rig, "events", "--till", "2"), CLI_EXIT_REFUSED);
	end_daemon(rig);
	assert_has_not(rig->err, "not-set-up");
	assert_int_equal(RUN(rig, "events"), CLI_EXIT_UNREACHABLE);
}

static void test_export_not_sound(void **state)
{
	struct rig *rig = *state;
	char path[96];

	snprintf(path, sizeof(path), "%s/export", rig->folder);
	START(rig, { "GET /v1/journal/export ", NULL,
		     HEAD("200 OK", "application/x-ndjson") "{\"a\":1}\n",
		     false, 0 });
	assert_int_equal(RUN(rig, "journal", "export", path), CLI_EXIT_JOURNAL);
	end_daemon(rig);
	/* kept, as evidence, and never written over */
	assert_int_equal(access(path, R_OK), 0);
	assert_int_equal(RUN(rig, "journal", "export", path), CLI_EXIT_OUTPUT);
	assert_has(rig->err, "is there already");
	assert_int_equal(RUN(rig, "journal", "verify", path), CLI_EXIT_JOURNAL);
	assert_has(rig->out, "(line 1)");
	assert_has_not(rig->err, "Sealed by");
	snprintf(path, sizeof(path), "%s/no/export", rig->folder);
	assert_int_equal(RUN(rig, "journal", "export", path), CLI_EXIT_OUTPUT);
	assert_has(rig->err, "There is no folder");
}

static void test_verdict(void **state)
{
	struct rig *rig = *state;

	START(rig,
	      { "POST /v1/journal/verify ", NULL,
		ANSWER("200 OK", "{\"sound\":true,\"sentence\":\"Sound.\","
				 "\"entries\":1,\"seals\":1,\"unsealed\":2,"
				 "\"key\":\"5b655dd8\","
				 "\"fingerprint\":\"5b655dd8 01234567\"}"),
		false, 0 });
	assert_int_equal(RUN(rig, "journal", "verify"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(rig->out,
			    "Sound.\n1 entry, 1 seal that holds, 2 entries "
			    "since the last\n"
			    "Key fingerprint (SHA-256): 5b655dd8 01234567\n");
}

static void test_export_refused(void **state)
{
	struct rig *rig = *state;
	char path[96];

	snprintf(path, sizeof(path), "%s/export", rig->folder);
	START(rig, { "GET /v1/journal/export ", NULL,
		     PROBLEM("403 No", "journal-not-allowed", ""), false, 0 });
	assert_int_equal(RUN(rig, "journal", "export", path), CLI_EXIT_REFUSED);
	end_daemon(rig);
	assert_int_equal(access(path, F_OK), -1);
}

static void test_call_off(void **state)
{
	struct rig *rig = *state;

	START(rig, { "DELETE /v1/operations/op1 ", NULL, GOES_ON, false, 0 },
	      { "GET /v1/operations/op1?wait=", NULL,
		PROBLEM("502 No", "failed",
			",\"operation\":" OPERATION("op1",
						    "\"state\":\"ended\","
						    "\"outcome\":\"failed\"")),
		false, 0 });
	assert_int_equal(RUN(rig, "operation", "op1", "--call-off"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	START(rig, { "DELETE /v1/operations/op1 ", NULL, GOES_ON, false, 0 },
	      { "GET /v1/operations/op1?wait=", NULL, OPENED, false, 0 });
	assert_int_equal(RUN(rig, "operation", "op1", "--call-off"),
			 CLI_EXIT_REFUSED);
	end_daemon(rig);
	assert_has(rig->err, "too late");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIGGED(test_done),
		RIGGED(test_body),
		RIGGED(test_json),
		RIGGED(test_goes_on),
		RIGGED(test_wait_0),
		RIGGED(test_long_wait),
		RIGGED(test_lost_once),
		RIGGED(test_lost_half),
		RIGGED(test_lost_for_good),
		RIGGED(test_never_there),
		RIGGED(test_lost_before),
		RIGGED(test_lost_without_key),
		RIGGED(test_lost_then_refused),
		RIGGED(test_lost_then_not_ready),
		RIGGED(test_begun_then_gone),
		RIGGED(test_ends),
		RIGGED(test_problem_in_words),
		RIGGED(test_problem_with_way_out),
		RIGGED(test_control_characters),
		RIGGED(test_consent_none),
		RIGGED(test_consent_badge),
		RIGGED(test_consent_too_late),
		RIGGED(test_consent_denied),
		RIGGED(test_consent_interrupted),
		RIGGED(test_consent_spent_interrupted),
		RIGGED(test_interrupted),
		RIGGED(test_consent_pin),
		RIGGED(test_watch),
		RIGGED(test_watch_the_reader),
		RIGGED(test_consent_without_badge),
		RIGGED(test_sign_on),
		RIGGED(test_sign_on_required),
		RIGGED(test_token_bad),
		RIGGED(test_only_till),
		RIGGED(test_pay),
		RIGGED(test_receipt),
		RIGGED(test_return),
		RIGGED(test_what_else_is_printed),
		RIGGED(test_check),
		RIGGED(test_check_is_refused),
		RIGGED(test_can),
		RIGGED(test_paths),
		RIGGED(test_usage),
		RIGGED(test_usage_dates),
		RIGGED(test_how_long_a_device_is_handed_over),
		RIGGED(test_what_a_test_tells),
		RIGGED(test_health_counts),
		RIGGED(test_journal_list),
		RIGGED(test_devices),
		RIGGED(test_nobody_reads),
		RIGGED(test_setup_password),
		RIGGED(test_events),
		RIGGED(test_events_refused),
		RIGGED(test_export_not_sound),
		RIGGED(test_verdict),
		RIGGED(test_export_refused),
		RIGGED(test_call_off),
	};

	say_init();
	interrupt_catch();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
