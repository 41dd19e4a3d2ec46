/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl's administration: what is changed, and what is not taken for done. */
#include "cli_rig.h"

#include "cli/interrupt.h"
#include "cli/keep.h"
#include "cli/say.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

#define EMPTY "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
#define DONE             \
	ANSWER("200 OK", \
	       "{\"id\":\"op1\",\"state\":\"ended\",\"outcome\":\"ok\"}")
#define GROUP                                                          \
	ANSWER("200 OK",                                               \
	       "{\"etag\":\"5\",\"group\":{\"id\":\"leaders\","        \
	       "\"tills\":[\"1\"],\"permissions\":[\"drawer.open\","   \
	       "\"card.cancel\"],\"rights\":{\"receipt\":[\"read\"]}}" \
	       "}")
#define PERSON                                                      \
	ANSWER("200 OK", "{\"etag\":\"5\",\"operator\":{\"login\":" \
			 "\"piotr\",\"groups\":[\"leaders\"]}}")
#define TILL                                                    \
	ANSWER("200 OK", "{\"etag\":\"5\",\"till\":{\"id\":"    \
			 "\"1\",\"clients\":{\"users\":[1000]," \
			 "\"groups\":[]}}}")
#define AS_MARIA                                        \
	ANSWER("200 OK", "{\"id\":\"s1\",\"till\":"     \
			 "\"1\",\"operator\":{\"id\":"  \
			 "\"m1\",\"login\":\"maria\"}}" \
			 "")

/* --- lists --- */

/* A right that is misspelt is not taken away, and nobody is told that it is. */
static void test_what_is_not_there_is_not_taken_away(void **state)
{
	static const struct {
		const char *words[6];
		struct step look;
		const char *said;
	} rows[] = {
		{ { "group", "set", "leaders", "--permissions",
		    "-card.cancle" },
		  { "GET /v1/groups/leaders ", NULL, GROUP, false, 0 },
		  "There is no 'card.cancle' to take away, only drawer.open, "
		  "card.cancel." },
		{ { "group", "set", "leaders", "--permissions",
		    "+report.daily,-nonesuch" },
		  { "GET /v1/groups/leaders ", NULL, GROUP, false, 0 },
		  "'nonesuch'" },
		{ { "group", "set", "leaders", "--rights", "-receipt.ad" },
		  { "GET /v1/groups/leaders ", NULL, GROUP, false, 0 },
		  "There is no 'receipt.ad' to take away, only "
		  "receipt.read." },
		{ { "group", "set", "leaders", "--tills", "-nine" },
		  { "GET /v1/groups/leaders ", NULL, GROUP, false, 0 },
		  "'nine'" },
		{ { "operator", "set", "piotr", "--groups", "-leadres" },
		  { "GET /v1/operators/piotr ", NULL, PERSON, false, 0 },
		  "'leadres'" },
		{ { "till", "set", "1", "--client-groups", "-1001" },
		  { "GET /v1/tills/1/policy ", NULL, TILL, false, 0 },
		  "There is no '1001' to take away, nor anything else." },
	};
	struct rig *rig = *state;

	keep_save(rig->socket, "1", "tokenoftill1");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		START(rig, rows[i].look);
		assert_int_equal(run(rig, rows[i].words), CLI_EXIT_USAGE);
		end_daemon(rig);
		assert_has(rig->err, rows[i].said);
		assert_has_not(rig->out, "Done");
	}
}

static void test_what_is_there_is_taken_away(void **state)
{
	struct rig *rig = *state;

	keep_save(rig->socket, "1", "tokenoftill1");
	START(rig, { "GET /v1/groups/leaders ", NULL, GROUP, false, 0 },
	      { "PUT /v1/groups/leaders ",
		"\"permissions\":[\"drawer.open\",\"report.daily\"]", DONE,
		false, 0 });
	assert_int_equal(RUN(rig, "group", "set", "leaders", "--permissions",
			     "+report.daily,-card.cancel"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
}

/* --- passwords and PINs --- */

/* One's own, named or not, takes the old one. */
static void test_ones_own_takes_the_old_one(void **state)
{
	static const char both[] = "maria-pass-1\nmaria-pass-2\n";
	struct rig *rig = *state;
	int input = feed_input(both);

	keep_save(rig->socket, "1", "tokenoftill1");
	START(rig, { "GET /v1/sign-ons/current ", NULL, AS_MARIA, false, 0 },
	      { "PUT /v1/sign-ons/current/password ",
		"{\"old\":\"maria-pass-1\",\"new\":\"maria-pass-2\"}", EMPTY,
		false, 0 });
	assert_int_equal(RUN(rig, "password", "maria", "--password-stdin"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	restore_input(input);
	input = feed_input(both);
	START(rig, { "PUT /v1/sign-ons/current/password ",
		     "{\"old\":\"maria-pass-1\",\"new\":\"maria-pass-2\"}",
		     EMPTY, false, 0 });
	assert_int_equal(RUN(rig, "password", "--password-stdin"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	restore_input(input);
}

static void test_ones_own_pin_takes_the_password(void **state)
{
	struct rig *rig = *state;
	int input = feed_input("maria-pass-1\n4711\n");

	keep_save(rig->socket, "1", "tokenoftill1");
	START(rig, { "GET /v1/sign-ons/current ", NULL, AS_MARIA, false, 0 },
	      { "PUT /v1/sign-ons/current/pin ",
		"{\"password\":\"maria-pass-1\",\"new\":\"4711\"}", EMPTY,
		false, 0 });
	assert_int_equal(RUN(rig, "pin", "maria", "--password-stdin",
			     "--pin-stdin"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	restore_input(input);
}

static void test_somebody_elses_takes_none(void **state)
{
	struct rig *rig = *state;
	int input = feed_input("anna-pass-1\n");

	keep_save(rig->socket, "1", "tokenoftill1");
	START(rig, { "GET /v1/sign-ons/current ", NULL, AS_MARIA, false, 0 },
	      { "PUT /v1/operators/anna/password ",
		"{\"password\":\"anna-pass-1\"}", DONE, false, 0 });
	assert_int_equal(RUN(rig, "password", "anna", "--password-stdin"),
			 CLI_EXIT_DONE);
	end_daemon(rig);
	restore_input(input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIGGED(test_what_is_not_there_is_not_taken_away),
		RIGGED(test_what_is_there_is_taken_away),
		RIGGED(test_ones_own_takes_the_old_one),
		RIGGED(test_ones_own_pin_takes_the_password),
		RIGGED(test_somebody_elses_takes_none),
	};

	say_init();
	interrupt_catch();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
