/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Somebody who asked and waits for an answer. Made by http/, owned by core
 * from the call on until it is answered, which happens exactly once; the
 * answer frees it. That its client has left is told through left, where core
 * has set it; the caller is still answered then, into the void.
 */
#ifndef TILLD_CORE_CALLER_H
#define TILLD_CORE_CALLER_H

#include "core/peer.h"
#include "core/problem.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct caller {
	struct peer peer;
	const char *token;   /* of the sign-on; NULL without one */
	const char *consent; /* a token that was given in advance; or NULL */
	int wait;	     /* seconds it asked to be kept waiting; -1: none */
	bool gone;	     /* its client has left */

	/* set by core while it waits for something that ends with its client */
	void (*left)(void *arg, struct caller *caller);
	void *left_arg;

	/* body and extra are stolen */
	void (*answer)(struct caller *caller, int status, json_t *body);
	void (*answer_problem)(struct caller *caller, enum problem problem,
			       json_t *extra);
	/* 200 with a long answer that is text already, which is stolen; etag
	 * may be NULL. */
	void (*answer_text)(struct caller *caller, const char *etag, char *text,
			    size_t len);
};

static inline void caller_answer(struct caller *caller, int status,
				 json_t *body)
{
	caller->answer(caller, status, body);
}

static inline void caller_answer_text(struct caller *caller, const char *etag,
				      char *text, size_t len)
{
	caller->answer_text(caller, etag, text, len);
}

static inline void caller_refuse(struct caller *caller, enum problem problem,
				 json_t *extra)
{
	caller->answer_problem(caller, problem, extra);
}

#endif
