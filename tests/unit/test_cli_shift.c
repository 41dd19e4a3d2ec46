/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl through a shift: sessions, days and cash (see cli_rig.h). */
#include "cli_rig.h"

#include "cli/interrupt.h"
#include "cli/keep.h"
#include "cli/say.h"
#include "util/alloc.h"
#include "util/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

#define IN_EUROS                                                       \
	{                                                              \
		"GET /v1/tills/1 ", NULL,                              \
			ANSWER("200 OK",                               \
			       "{\"id\":\"1\",\"currency\":\"EUR\"}"), \
			false, 0                                       \
	}

#define PERSON(name) "{\"id\":\"p-" name "\",\"name\":\"" name "\"}"
#define SESSION(state, more)                                                   \
	"{\"id\":\"s1\",\"till\":\"1\",\"day\":3,\"state\":\"" state           \
	"\",\"locked\":false,\"owner\":" PERSON(                               \
		"Anna") ",\"opened_by\":" PERSON("Anna") ",\"opened_at\":"     \
							 "\"2026-11-22T08:00:" \
							 "00.250Z\"" more "}"
#define DAY                                                         \
	"{\"number\":3,\"date\":\"2026-11-22\",\"state\":\"open\"," \
	"\"begun_at\":\"2026-11-22T08:00:00.250Z\"}"
#define STANDS(session)                                               \
	{                                                             \
		"GET /v1/tills/1/session ", NULL,                     \
			ANSWER("200 OK",                              \
			       "{\"till\":\"1\",\"session\":" session \
			       ",\"day\":" DAY "}"),                  \
			false, 0                                      \
	}
#define NONE_STANDS                                                    \
	{                                                              \
		"GET /v1/tills/1/session ", NULL,                      \
			ANSWER("200 OK", "{\"till\":\"1\"}"), false, 0 \
	}

#define DONE(id, action, result)                                              \
	ANSWER("200 OK",                                                      \
	       "{\"id\":\"" id "\",\"action\":\"" action                      \
	       "\",\"state\":\"ended\",\"outcome\":\"ok\",\"result\":" result \
	       "}")
#define ON_SESSION(what, body, session)                                    \
	{                                                                  \
		"POST /v1/tills/1/sessions/s1/" what " ", "\r\n\r\n" body, \
			DONE("op-" what, "session." what,                  \
			     "{\"session\":" session "}"),                 \
			false, 0                                           \
	}

#define DRAWER_POST "POST /v1/tills/1/drawer/open "
#define DRAWER_OPENS(event)                                                 \
	{                                                                   \
		DRAWER_POST, "\r\n\r\n{\"event\":\"" event "\"}",           \
			DONE("d1", "drawer.open", "{\"drawer\":\"open\"}"), \
			false, 0                                            \
	}
#define DRAWER_STAYS                                                        \
	{                                                                   \
		DRAWER_POST, NULL, PROBLEM("409 No", "event-unusable", ""), \
			false, 0                                            \
	}

#define CLOSED                                                \
	SESSION("closed",                                     \
		",\"number\":8,\"counts\":1,\"forced\":true," \
		"\"closed_by\":" PERSON(                      \
			"Maria") ","                          \
				 "\"closed_at\":\"2026-11-22T20:00:00.5Z\"")

/* --- looking ---------------------------------------------------------------- */

static void test_session(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS, STANDS(SESSION("open", ",\"float\":10000")));
	assert_int_equal(RUN(rig, "session", "--till", "1"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(rig->out, "Session  till 1\n"
				      "State    open\n"
				      "Owner    Anna\n"
				      "Day      3\n"
				      "Opened   2026-11-22 08:00:00Z by Anna\n"
				      "Float    100.00 EUR\n");
	START(rig, IN_EUROS, NONE_STANDS);
	assert_int_equal(RUN(rig, "session", "--till", "1"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(rig->out, "No session is open at till 1.\n");
}

static void test_session_of_nobody(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS,
	      STANDS("{\"id\":\"s1\",\"number\":17,\"till\":\"1\",\"day\":3,"
		     "\"state\":\"closing\",\"locked\":true,"
		     "\"owner\":{\"id\":\"gone\"},\"counts\":2}"));
	assert_int_equal(RUN(rig, "session", "--till", "1"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(rig->out, "Session  17, till 1\n"
				      "State    being counted, locked\n"
				      "Owner    somebody who is gone\n"
				      "Day      3\n"
				      "Counts   2\n");
}

static void test_day(void **state)
{
	struct rig *rig = *state;

	START(rig, STANDS(SESSION("open", "")));
	assert_int_equal(RUN(rig, "day", "--till", "1"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(rig->out, "Day    3, 2026-11-22\n"
				      "State  open\n"
				      "Begun  2026-11-22 08:00:00Z\n");
	START(rig, NONE_STANDS);
	assert_int_equal(RUN(rig, "day", "--till", "1"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "No business day has begun at till 1 yet.\n");
}

#define LIST(number) "GET /v1/tills/1/sessions?before=" number "&limit=1 "
#define LISTS(session) \
	ANSWER("200 OK", "{\"sessions\":[" session "]}"), false, 0

static void test_list(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS, { LIST("9"), NULL, LISTS(CLOSED) }, IN_EUROS,
	      { LIST("8"), NULL,
		LISTS(SESSION("closed", ",\"number\":7,\"float\":10000,"
					"\"counted\":11250,"
					"\"withdrawal\":0")) });
	assert_int_equal(RUN(rig, "session", "list", "--till", "1", "--before",
			     "9", "--limit", "1"),
			 CLI_EXIT_DONE);
	assert_string_equal(
		rig->out,
		"NUMBER  DAY  STATE   OWNER  OPENED                CLOSED"
		"                BY\n"
		"8       3    closed  Anna   2026-11-22 08:00:00Z  "
		"2026-11-22 20:00:00Z  Maria, by force\n");
	assert_int_equal(RUN(rig, "session", "list", "--till", "1", "--before",
			     "8", "--limit", "1"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "BY  FLOAT       COUNTED     TAKEN OUT\n");
	assert_has(rig->out, "-   100.00 EUR  112.50 EUR  0.00 EUR\n");
	assert_int_equal(RUN(rig, "session", "list", "--limit", "101"),
			 CLI_EXIT_USAGE);
	assert_has(rig->err, "up to 100");
}

/* --- the report
 * --------------------------------------------------------------- */

#define SUMS(amount)                                       \
	"{\"sale\":{\"entries\":2,\"amount\":" amount "}," \
	"\"refund\":{\"entries\":0,\"amount\":0}}"
#define WITH_SUMS                                                            \
	SESSION("closed", ",\"number\":9,\"float\":10000,\"counted\":11250," \
			  "\"withdrawal\":1250")
#define REPORT(session, figures)                                          \
	ANSWER("200 OK", "{\"session\":" session figures                  \
			 ",\"counters\":{\"refusals\":1,\"newer_one\":4," \
			 "\"drawer_by_hand\":2}}")
#define LISTED(number)   \
	ANSWER("200 OK", \
	       "{\"sessions\":[{\"id\":\"s9\",\"number\":" number "}]}")

static void test_report(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS,
	      { "GET /v1/tills/1/sessions?limit=1 ", NULL, LISTED("9"), false,
		0 },
	      { "GET /v1/tills/1/sessions/s9 ", NULL,
		REPORT(WITH_SUMS,
		       ",\"figures\":{\"witnessed\":" SUMS(
			       "1250") ",\"declared\":" SUMS("99") ",\"expected"
								   "\":11300,"
								   "\"differenc"
								   "e\":-50}"),
		false, 0 });
	assert_int_equal(RUN(rig, "session", "report", "--till", "1"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "Float       100.00 EUR\n"
			     "Counted     112.50 EUR\n"
			     "Taken out   12.50 EUR\n"
			     "Expected    113.00 EUR\n"
			     "Difference  -0.50 EUR\n");
	assert_has(rig->out, "CASH            ENTRIES  AMOUNT\n"
			     "sale            2        12.50 EUR\n"
			     "sale, declared  2        0.99 EUR\n");
	assert_has(rig->out, "drawer opened by hand     2\n"
			     "authorizations asked for  1\n"
			     "newer_one                 4\n");
}

/* The figures of a count are for people to read. */
static void test_what_is_consented_to_is_in_the_tills_currency(void **state)
{
	struct rig *rig = *state;

	START(rig,
	      { "GET /v1/authorizations/auth1?wait=0 ", NULL,
		ANSWER("200 OK",
		       "{\"id\":\"auth1\",\"state\":\"pending\",\"till\":"
		       "\"7\",\"sentence\":\"Anna asks.\",\"figures\":{"
		       "\"counted\":11250,\"expected\":11300,"
		       "\"difference\":-50}}"),
		false, 0 },
	      { "GET /v1/tills ", NULL,
		ANSWER("200 OK", "{\"tills\":[{\"id\":\"7\",\"currency\":"
				 "\"EUR\"}]}"),
		false, 0 });
	RUN(rig, "authorization", "auth1");
	end_daemon(rig);
	assert_has(rig->out, "112.50 EUR");
	assert_has(rig->out, "113.00 EUR");
	assert_has(rig->out, "-0.50 EUR");
}

/* Who may not see the balance gets no figures, and no empty table of them. */
static void test_report_blind(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS,
	      { "GET /v1/tills/1/sessions/fs3kq2 ", NULL, REPORT(CLOSED, ""),
		false, 0 });
	assert_int_equal(RUN(rig, "session", "report", "fs3kq2", "--till", "1"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has_not(rig->out, "CASH");
	assert_has_not(rig->out, "Expected");
}

static void test_report_by_number(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS,
	      { "GET /v1/tills/1/sessions?before=10&limit=1 ", NULL,
		LISTED("9"), false, 0 },
	      { "GET /v1/tills/1/sessions/s9 ", NULL, REPORT(CLOSED, ""), false,
		0 });
	assert_int_equal(RUN(rig, "session", "report", "9", "--till", "1"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	/* what is listed is an older one: there is no 12 */
	START(rig, IN_EUROS,
	      { "GET /v1/tills/1/sessions?before=13&limit=1 ", NULL,
		LISTED("9"), false, 0 });
	assert_int_equal(RUN(rig, "session", "report", "12", "--till", "1"),
			 CLI_EXIT_REFUSED);
	end_daemon(rig);
	assert_has(rig->err, "no such session at till 1");
	assert_has(rig->err, "tillctl session list");
	assert_int_equal(RUN(rig, "session", "report", "../x", "--till", "1"),
			 CLI_EXIT_USAGE);
}

#define AUTHORIZATION                                                       \
	"{\"id\":\"auth1\",\"state\":\"pending\",\"sentence\":\"Anna asks " \
	"to see the balance.\",\"missing\":[],\"how\":[\"badge\","          \
	"\"password\"],\"badge\":\"alone\",\"approvers\":[]}"
#define REFUSED                                            \
	PROBLEM("403 Forbidden", "authorization-required", \
		",\"authorization\":" AUTHORIZATION)
#define BALANCE "GET /v1/tills/1/balance "

/* What is looked at may take a consent, too; it has no key. */
static void test_balance_by_badge(void **state)
{
	struct rig *rig = *state;
	CLEANUP_FREE char *asked = NULL;

	START(rig, { BALANCE, NULL, REFUSED, false, 0 },
	      { "POST /v1/authorizations/auth1/arm ", NULL,
		ANSWER("200 OK", AUTHORIZATION), false, 0 },
	      { BALANCE, "Prefer: wait=60\r\n",
		ANSWER("200 OK", "{\"till\":\"1\",\"balance\":-50,"
				 "\"currency\":\"EUR\"}"),
		false, 0 });
	assert_int_equal(RUN(rig, "balance", "--till", "1"), CLI_EXIT_DONE);
	end_daemon(rig);
	asked = requests_of(rig);
	assert_string_equal(rig->out,
			    "What should be in the drawer: -0.50 EUR.\n");
	assert_has_not(asked, "Idempotency-Key");
}

static void test_balance_later(void **state)
{
	struct rig *rig = *state;

	START(rig, { BALANCE, NULL, REFUSED, false, 0 });
	assert_int_equal(RUN(rig, "balance", "--till", "1", "--wait", "0"),
			 CLI_EXIT_CONSENT);
	end_daemon(rig);
	assert_has(rig->err, "Once it is authorized, repeat the same.\n");
	assert_has_not(rig->err, "--key");
	START(rig, { BALANCE, NULL, NULL, false, 0 });
	assert_int_equal(RUN(rig, "balance", "--till", "1"),
			 CLI_EXIT_UNREACHABLE);
	end_daemon(rig);
	assert_has_not(rig->err, "not known whether");
}

/* --- opening
 * ------------------------------------------------------------------ */

#define OPENING "POST /v1/tills/1/sessions "
#define IS_OPEN                         \
	DONE("op-open", "session.open", \
	     "{\"session\":" SESSION("open", "") ",\"day\":" DAY "}")

static void test_open(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS,
	      { OPENING, "\r\n\r\n{\"reason\":\"new till\",\"counted\":10000}",
		IS_OPEN, false, 0 },
	      DRAWER_OPENS("op-open"));
	assert_int_equal(RUN(rig, "session", "open", "100", "--till", "1",
			     "--reason", "new till"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "Done: the session is open.\n"
			     "Session  till 1\n");
	assert_has(rig->err, "The drawer opens.");
}

static void test_open_with_nothing(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS,
	      { OPENING, "\r\n\r\n{\"counted\":0}", IS_OPEN, false, 0 },
	      DRAWER_STAYS);
	assert_int_equal(RUN(rig, "session", "open", "0", "--till", "1",
			     "--json"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(rig->err, ""); /* the till is not set so */
	assert_non_null(strchr(rig->out, '\n'));
	assert_int_equal(strchr(rig->out, '\n')[1], 0); /* one line */
	assert_has_not(rig->out, "event-unusable");
}

/* Whatever the drawer does, the session is open. */
static void test_drawer_does_not_open(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS, { OPENING, NULL, IS_OPEN, false, 0 },
	      { DRAWER_POST, NULL, PROBLEM("503 No", "device-not-ready", ""),
		false, 0 });
	assert_int_equal(RUN(rig, "session", "open", "100", "--till", "1"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->err, "did not open: Title of device-not-ready.\n");
	assert_has(rig->err, "tillctl drawer open --event op-open\n");
	START(rig, IN_EUROS, { OPENING, NULL, IS_OPEN, false, 0 },
	      { DRAWER_POST, NULL, NULL, false, 0 });
	assert_int_equal(RUN(rig, "session", "open", "100", "--till", "1"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->err, "not known: look");
}

static void test_drawer_by_event(void **state)
{
	struct rig *rig = *state;

	START(rig, DRAWER_OPENS("op1"));
	assert_int_equal(RUN(rig, "drawer", "open", "--till", "1", "--event",
			     "op1"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_int_equal(RUN(rig, "drawer", "open", "--till", "1"),
			 CLI_EXIT_USAGE);
	assert_int_equal(RUN(rig, "drawer", "open", "--till", "1", "--event",
			     "op1", "--reason", "both"),
			 CLI_EXIT_USAGE);
	assert_int_equal(RUN(rig, "drawer", "open", "--till", "1", "--event",
			     "a b"),
			 CLI_EXIT_USAGE);
}

/* --- what to type next
 * -------------------------------------------------------- */

static void refuse_opening(struct rig *rig, const char *problem)
{
	const struct step steps[] = { IN_EUROS,
				      { OPENING, NULL, problem, false, 0 },
				      { 0 } };

	start_daemon(rig, steps, NULL);
	assert_int_equal(RUN(rig, "session", "open", "100", "--till", "1"),
			 CLI_EXIT_REFUSED);
	end_daemon(rig);
}

static void test_ways_out(void **state)
{
	struct rig *rig = *state;

	refuse_opening(rig, PROBLEM("409 No", "session-exists", ""));
	assert_has(rig->err, "tillctl session end\n");
	refuse_opening(rig, PROBLEM("409 No", "session-elsewhere",
				    ",\"session\":{\"till\":\"2\"}"));
	assert_has(rig->err, "tillctl session end --till 2\n");
	refuse_opening(rig, PROBLEM("403 No", "session-foreign",
				    ",\"session\":" SESSION("open", "")));
	assert_has(rig->err, "the session of Anna.\n");
	assert_has(rig->err, "tillctl session hand-over LOGIN\n");
	assert_has(rig->err, "tillctl session end --force --reason TEXT\n");
	refuse_opening(rig, PROBLEM("409 No", "session-locked", ""));
	assert_has(rig->err, "tillctl session unlock --force --reason TEXT\n");
	refuse_opening(rig, PROBLEM("409 No", "session-elsewhere", ""));
	assert_string_equal(rig->err, "tillctl: Title of session-elsewhere.\n");
}

static void test_way_out_without_session(void **state)
{
	static const char *const verbs[][2] = {
		{ "closing", NULL }, { "count", "1" },	 { "close", "0" },
		{ "lock", NULL },    { "unlock", NULL }, { "end", NULL },
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (verbs[i][1] || !strcmp(verbs[i][0], "end"))
			START(rig, IN_EUROS, NONE_STANDS);
		else
			START(rig, NONE_STANDS);
		assert_int_equal(RUN(rig, "--till", "1", "session", verbs[i][0],
				     verbs[i][1]),
				 CLI_EXIT_REFUSED);
		end_daemon(rig);
		assert_has(rig->err, "No session is open at till 1.\n");
		assert_has(rig->err, "tillctl session open 100.00\n");
	}
}

/* --- step by step
 * ------------------------------------------------------------- */

static void test_steps(void **state)
{
	struct rig *rig = *state;

	START(rig, STANDS(SESSION("open", "")),
	      ON_SESSION("closing", "{}", SESSION("closing", "")),
	      DRAWER_OPENS("op-closing"), IN_EUROS,
	      STANDS(SESSION("closing", "")),
	      ON_SESSION("count", "{\"counted\":11250,\"force\":true}",
			 SESSION("closing", ",\"counts\":1")),
	      IN_EUROS, STANDS(SESSION("closing", "")),
	      ON_SESSION("close", "{\"withdrawal\":0,\"reason\":\"r\"}",
			 CLOSED));
	assert_int_equal(RUN(rig, "session", "closing", "--till", "1"),
			 CLI_EXIT_DONE);
	assert_has(rig->err, "tillctl session count COUNTED\n");
	assert_int_equal(RUN(rig, "session", "count", "112.5", "--till", "1",
			     "--force"),
			 CLI_EXIT_DONE);
	assert_has(rig->out, "Done: the count is on record.\n");
	assert_has_not(rig->out, "112.50"); /* nor is it told what it was */
	assert_int_equal(RUN(rig, "session", "close", "0", "--till", "1",
			     "--reason", "r"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "Done: the session is closed.\n");
	assert_has(rig->out,
		   "Closed   2026-11-22 20:00:00Z by Maria, by force\n");
}

static void test_lock(void **state)
{
	struct rig *rig = *state;
	char token[KEEP_TOKEN_SIZE];

	keep_save(rig->socket, "1", "annas");
	START(rig, STANDS(SESSION("open", "")),
	      { "POST /v1/tills/1/sessions/s1/lock ", "Bearer annas\r\n",
		DONE("op-lock", "session.lock",
		     "{\"session\":" SESSION("open", "") "}"),
		false, 0 });
	assert_int_equal(RUN(rig, "session", "lock"), CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->err, "tillctl sign-on --till 1 --login LOGIN, then "
			     "tillctl session unlock\n");
	assert_int_equal(keep_load(rig->socket, "1", NULL, token), KEEP_E_NONE);
}

/* What could not be locked signs nobody off. */
static void test_lock_refused(void **state)
{
	struct rig *rig = *state;
	char token[KEEP_TOKEN_SIZE];

	keep_save(rig->socket, "1", "annas");
	START(rig, STANDS(SESSION("open", "")),
	      { "POST /v1/tills/1/sessions/s1/lock ", NULL,
		PROBLEM("409 No", "session-locked", ""), false, 0 });
	assert_int_equal(RUN(rig, "session", "lock"), CLI_EXIT_REFUSED);
	end_daemon(rig);
	assert_int_equal(keep_load(rig->socket, "1", NULL, token), 0);
}

static void test_hand_over(void **state)
{
	struct rig *rig = *state;

	START(rig, STANDS(SESSION("open", "")),
	      ON_SESSION("hand-over",
			 "{\"to\":\"maria\",\"force\":true,"
			 "\"reason\":\"ill\"}",
			 SESSION("open", "")));
	assert_int_equal(RUN(rig, "session", "hand-over", "maria", "--till",
			     "1", "--force", "--reason", "ill"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "Done: the session was handed over.\n");
	assert_has(rig->err, "tillctl session unlock\n");
	assert_int_equal(RUN(rig, "session", "hand-over", "a b"),
			 CLI_EXIT_USAGE);
}

/* --- the evening
 * -------------------------------------------------------------- */

/* Runs it with these lines typed, against what has been started. */
static enum cli_exit end_session(struct rig *rig, const char *typed)
{
	int input = feed_input(typed);
	enum cli_exit exit = RUN(rig, "session", "end", "--till", "1");

	restore_input(input);
	end_daemon(rig);
	return exit;
}

static void test_end(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS, STANDS(SESSION("open", "")),
	      ON_SESSION("closing", "{}", SESSION("closing", "")),
	      DRAWER_OPENS("op-closing"),
	      ON_SESSION("count", "{\"counted\":11250}",
			 SESSION("closing", ",\"counts\":1")),
	      ON_SESSION("close", "{\"withdrawal\":1250}", CLOSED));
	assert_int_equal(end_session(rig, "112.50\n12.50\n"), CLI_EXIT_DONE);
	assert_has(rig->err, "Nothing more is sold in this session.\n"
			     "  The drawer opens.\n");
	assert_has(rig->out, "Done: the session is closed.\n");
	assert_has(rig->out,
		   "Left in the drawer, for the next one: 100.00 EUR.\n");
}

/* Broken off after the first count: the drawer stays shut, and an empty line
 * leaves it at that count. */
static void test_end_goes_on(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS, STANDS(SESSION("closing", ",\"counts\":1")),
	      ON_SESSION("close", "{\"withdrawal\":1250}", CLOSED));
	assert_int_equal(end_session(rig, "\n12.50\n"), CLI_EXIT_DONE);
	assert_has_not(rig->out, "Left in the drawer");
	START(rig, IN_EUROS, STANDS(SESSION("closing", ",\"counts\":3")),
	      { "POST /v1/tills/1/sessions/s1/count ", NULL,
		PROBLEM("409 No", "count-limit", ""), false, 0 },
	      ON_SESSION("close", "{\"withdrawal\":0}", CLOSED));
	assert_int_equal(end_session(rig, "1\n0\n"), CLI_EXIT_DONE);
	assert_has(rig->err, "Title of count-limit.");
	assert_has_not(rig->out, "Left in the drawer");
}

/* Why is on record with every step. */
static void test_end_by_force(void **state)
{
	struct rig *rig = *state;
	int input = feed_input("1\n0\n");

	START(rig, IN_EUROS, STANDS(SESSION("closing", "")),
	      ON_SESSION("count",
			 "{\"counted\":100,\"force\":true,"
			 "\"reason\":\"ill\"}",
			 SESSION("closing", ",\"counts\":1")),
	      ON_SESSION("close",
			 "{\"withdrawal\":0,\"force\":true,"
			 "\"reason\":\"ill\"}",
			 CLOSED));
	assert_int_equal(RUN(rig, "session", "end", "--till", "1", "--force",
			     "--reason", "ill"),
			 CLI_EXIT_DONE);
	restore_input(input);
	end_daemon(rig);
}

static void test_end_broken_off(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS, STANDS(SESSION("closing", "")));
	assert_int_equal(end_session(rig, "-5\n"), CLI_EXIT_REFUSED);
	assert_has(rig->err, "without a sign");
	assert_has(rig->err, "tillctl session end\n");
	START(rig, IN_EUROS, STANDS(SESSION("closing", "")));
	assert_int_equal(end_session(rig, ""), CLI_EXIT_REFUSED);
	assert_has(rig->err, "not closed yet: nothing was typed.");
	START(rig, IN_EUROS, STANDS(SESSION("open", "")),
	      { "POST /v1/tills/1/sessions/s1/closing ", NULL,
		PROBLEM("403 No", "session-foreign", ""), false, 0 });
	assert_int_equal(end_session(rig, "1\n0\n"), CLI_EXIT_REFUSED);
}

/* Nobody consents to the difference: it can be counted again. */
static void test_end_without_consent(void **state)
{
	struct rig *rig = *state;
	int input = feed_input("1\n0\n");

	START(rig, IN_EUROS, STANDS(SESSION("closing", "")),
	      ON_SESSION("count", "{\"counted\":100}", SESSION("closing", "")),
	      { "POST /v1/tills/1/sessions/s1/close ", NULL, REFUSED, false,
		0 });
	assert_int_equal(RUN(rig, "session", "end", "--till", "1", "--wait",
			     "0"),
			 CLI_EXIT_CONSENT);
	restore_input(input);
	end_daemon(rig);
	assert_has(rig->err, "To count once more, or to close it after all: "
			     "tillctl session end\n");
}

/* --- the day
 * ------------------------------------------------------------------ */

#define DAY_ENDED DONE("op-day", "day.end", "{\"day\":" DAY "}")

static void test_day_end(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS,
	      { "POST /v1/tills/1/day/end ",
		"\r\n\r\n{\"counted\":10000,\"withdrawal\":0,\"force\":true}",
		DAY_ENDED, false, 0 },
	      DRAWER_STAYS);
	assert_int_equal(RUN(rig, "day", "end", "--till", "1", "--counted",
			     "100", "--withdrawal", "0.00", "--force"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_has(rig->out, "Done: the business day has ended.\n"
			     "Day    3, 2026-11-22\n");
	assert_int_equal(RUN(rig, "day", "end", "--till", "1", "--counted",
			     "1,00"),
			 CLI_EXIT_USAGE);
}

#define REPORTS "POST /v1/tills/1/reports "

static void test_day_end_with_report(void **state)
{
	struct rig *rig = *state;
	CLEANUP_FREE char *asked = NULL;

	START(rig, IN_EUROS,
	      { "POST /v1/tills/1/day/end ", "\r\n\r\n{\"report\":true}",
		DAY_ENDED, false, 0 },
	      DRAWER_STAYS,
	      { REPORTS, "\r\n\r\n{\"kind\":\"z\",\"event\":\"op-day\"}",
		DONE("z1", "report.z", "{\"number\":7}"), false, 0 });
	assert_int_equal(RUN(rig, "day", "end", "--till", "1", "--report",
			     "--key", "evening"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	asked = requests_of(rig);
	assert_has(asked, "Idempotency-Key: evening\r\n");
	assert_has(asked, "Idempotency-Key: evening-z\r\n");
	assert_has(rig->out, "Done: the daily report was printed.\n");
}

static void test_day_end_without_paper(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS,
	      { "POST /v1/tills/1/day/end ", NULL, DAY_ENDED, false, 0 },
	      DRAWER_STAYS,
	      { REPORTS, NULL, PROBLEM("503 No", "device-not-ready", ""), false,
		0 });
	assert_int_equal(RUN(rig, "day", "end", "--till", "1", "--report"),
			 CLI_EXIT_DEVICE);
	end_daemon(rig);
	assert_has(rig->err, "The day has ended all the same.\n");
	assert_has(rig->err, "tillctl report z --event op-day\n");
	/* what may have been printed is not to be printed again */
	START(rig, IN_EUROS,
	      { "POST /v1/tills/1/day/end ", NULL, DAY_ENDED, false, 0 },
	      DRAWER_STAYS,
	      { REPORTS, NULL, PROBLEM("504 No", "outcome-unknown", ""), false,
		0 });
	assert_int_equal(RUN(rig, "day", "end", "--till", "1", "--report"),
			 CLI_EXIT_OPEN);
	end_daemon(rig);
	assert_has_not(rig->err, "report z --event");
}

/* --- cash
 * --------------------------------------------------------------------- */

#define MOVED(id) DONE(id, "cash.in", "{\"cash\":\"deposit\",\"amount\":2000}")

static void test_cash(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS,
	      { "POST /v1/tills/1/cash ",
		"\r\n\r\n{\"direction\":\"in\",\"reason\":\"coins\","
		"\"amount\":2000,\"reference\":\"b7\"}",
		MOVED("op-in"), false, 0 },
	      DRAWER_OPENS("op-in"), IN_EUROS,
	      { "POST /v1/tills/1/cash ",
		"\r\n\r\n{\"direction\":\"out\",\"reason\":\"cleaner\","
		"\"amount\":500}",
		MOVED("op-out"), false, 0 },
	      DRAWER_STAYS);
	assert_int_equal(RUN(rig, "cash", "in", "20", "--till", "1", "--reason",
			     "coins", "--reference", "b7"),
			 CLI_EXIT_DONE);
	assert_string_equal(rig->out, "Put in: 20.00 EUR.\n");
	assert_int_equal(RUN(rig, "cash", "out", "5", "--till", "1", "--reason",
			     "cleaner"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(rig->out, "Taken out: 5.00 EUR.\n");
}

static void test_cash_misuse(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(RUN(rig, "cash", "in", "20", "--till", "1"),
			 CLI_EXIT_USAGE);
	assert_has(rig->err, "--reason TEXT");
	assert_int_equal(RUN(rig, "cash", "in", "2,0", "--till", "1",
			     "--reason", "x"),
			 CLI_EXIT_USAGE);
	assert_int_equal(RUN(rig, "cash"), CLI_EXIT_USAGE);
	assert_has(rig->err, "tillctl cash in AMOUNT --reason TEXT\n");
	START(rig, IN_EUROS);
	assert_int_equal(RUN(rig, "cash", "out", "0.00", "--till", "1",
			     "--reason", "x"),
			 CLI_EXIT_USAGE);
	end_daemon(rig);
	assert_has(rig->err, "more than nothing");
	assert_int_equal(RUN(rig, "declare", "gift", "1.00"), CLI_EXIT_USAGE);
	assert_has(rig->err, "sale or refund");
}

/* It opens no drawer: nobody but the app has seen it. */
static void test_declare(void **state)
{
	struct rig *rig = *state;

	START(rig, IN_EUROS,
	      { "POST /v1/tills/1/declared ",
		"\r\n\r\n{\"kind\":\"refund\",\"amount\":1234,"
		"\"reference\":\"r1\"}",
		MOVED("op-d"), false, 0 });
	assert_int_equal(RUN(rig, "declare", "refund", "12.34", "--till", "1",
			     "--reference", "r1"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	assert_string_equal(rig->out,
			    "Declared as given back in cash: 12.34 EUR.\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIGGED(test_session),
		RIGGED(test_session_of_nobody),
		RIGGED(test_day),
		RIGGED(test_list),
		RIGGED(test_report),
		RIGGED(test_what_is_consented_to_is_in_the_tills_currency),
		RIGGED(test_report_blind),
		RIGGED(test_report_by_number),
		RIGGED(test_balance_by_badge),
		RIGGED(test_balance_later),
		RIGGED(test_open),
		RIGGED(test_open_with_nothing),
		RIGGED(test_drawer_does_not_open),
		RIGGED(test_drawer_by_event),
		RIGGED(test_ways_out),
		RIGGED(test_way_out_without_session),
		RIGGED(test_steps),
		RIGGED(test_lock),
		RIGGED(test_lock_refused),
		RIGGED(test_hand_over),
		RIGGED(test_end),
		RIGGED(test_end_goes_on),
		RIGGED(test_end_by_force),
		RIGGED(test_end_broken_off),
		RIGGED(test_end_without_consent),
		RIGGED(test_day_end),
		RIGGED(test_day_end_with_report),
		RIGGED(test_day_end_without_paper),
		RIGGED(test_cash),
		RIGGED(test_cash_misuse),
		RIGGED(test_declare),
	};

	say_init();
	interrupt_catch();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
