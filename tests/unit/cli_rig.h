/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tillctl against a daemon that is played: a forked child on a socket of its
 * own, which expects requests in a certain order and answers as it is told, or
 * hangs up. What it is not asked in that order fails the test.
 */
#ifndef TILLD_TESTS_CLI_RIG_H
#define TILLD_TESTS_CLI_RIG_H

#include "cli/exits.h"

#include <stdbool.h>
#include <sys/types.h>

#define RIG_TEXT_MAX 65536

/* One request that has to come, and what is answered. */
struct step {
	const char *request; /* "POST /v1/..." */
	const char *has;     /* what must be in it besides; NULL: nothing */
	const char *answer;  /* all of it; NULL: hang up */
	bool after_events;   /* only when somebody follows events */
	int signal;	     /* to tillctl, in place of an answer */
};

#define HEAD(status, type)                                  \
	"HTTP/1.1 " status "\r\nContent-Type: " type "\r\n" \
	"Connection: close\r\n\r\n"
#define ANSWER(status, body) HEAD(status, "application/json") body "\n"
#define PROBLEM(status, code, more)              \
	HEAD(status, "application/problem+json") \
	"{\"title\":\"Title of " code ".\",\"code\":\"" code "\"" more "}\n"

struct rig {
	char folder[64];
	char socket[96];
	char requests[96]; /* file: all that was asked */
	int listener;
	pid_t daemon;
	char out[RIG_TEXT_MAX]; /* what the last call printed */
	char err[RIG_TEXT_MAX];
	int paused; /* milliseconds that would have been waited */
};

/* For cmocka: state is a struct rig. */
int rig_setup(void **state);
int rig_teardown(void **state);

#define RIGGED(test) \
	cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

/* steps: ended by one without a request. events: what whoever follows events
 * gets at once; may be NULL. */
void start_daemon(struct rig *rig, const struct step *steps,
		  const char *events);

#define START(rig, ...) \
	start_daemon((rig), (const struct step[]){ __VA_ARGS__, { 0 } }, NULL)

/* It has been asked all that it expected. */
void end_daemon(struct rig *rig);

/* Runs tillctl with these words, ended by NULL; what it printed is in the rig.
 */
enum cli_exit run(struct rig *rig, const char *const *words);

#define RUN(rig, ...) run((rig), (const char *const[]){ __VA_ARGS__, NULL })

/* Lines on standard input, until restore_input() of what it returns. */
int feed_input(const char *text);
void restore_input(int kept);

/* All that was asked, one after the other. New. */
char *requests_of(const struct rig *rig);

void assert_has(const char *text, const char *words);
void assert_has_not(const char *text, const char *words);

#endif
