/* SPDX-License-Identifier: Apache-2.0 */
/* What act.c, which asks, and act_events.c, which listens meanwhile, share. */
#ifndef TILLD_CLI_ACT_PRIVATE_H
#define TILLD_CLI_ACT_PRIVATE_H

#include "cli/act.h"
#include "cli/ask.h"

#define ACT_ID_SIZE 129
#define ACT_AT_SIZE 96

/* One action under one key. */
struct act {
	struct cli *cli;
	struct client_request request;
	const char *currency;		 /* of what is printed */
	bool prints;			 /* how it ended, for people */
	char key[ACT_ID_SIZE];		 /* "": it only looks */
	char token[ASK_SECRET_SIZE];	 /* given in advance; "": none */
	char authorization[ACT_ID_SIZE]; /* "": none was asked for */
	char operation[ACT_ID_SIZE];	 /* "": none was heard of */
	int64_t wait;			 /* seconds, in all */
	int64_t deadline;		 /* monotonic, ms */
	bool sent;	      /* a try that may have arrived was not answered */
	bool last;	      /* this request waits for all that is left */
	bool hidden;	      /* the display can't show what is asked */
	char at[ACT_AT_SIZE]; /* what the device is at; "": nobody said */
	int64_t at_since;     /* monotonic, ms */
};

/* A client_watch's: says what there is to say of it. arg: the struct act. */
void act_on_event(void *arg, const char *type, const char *data);

/* Likewise: what takes long shows on a terminal that it goes on. */
void act_on_tick(void *arg);

#endif
