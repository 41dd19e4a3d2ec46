/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens from within: what their files share. */
#ifndef TILLD_CORE_TOKEN_PRIVATE_H
#define TILLD_CORE_TOKEN_PRIVATE_H

#include "core/core_private.h"
#include "core/token.h"

#define TOKENS_MAX	1024 /* ended ones, which are kept a while, too */
#define TOKENS_LIVE_MAX 16   /* by one supervisor */
#define TOKEN_KEPT_MS	(60 * 60 * 1000) /* past its time */

/* What is being written about it. */
enum token_task {
	TOKEN_IDLE,
	TOKEN_ISSUING,	/* itself; nobody has it yet */
	TOKEN_SPENDING, /* the intent that has taken it */
	TOKEN_ENDING,	/* its end */
	TOKEN_OWED,	/* nothing, since its end could not be; but it has to */
};

struct token {
	TAILQ_ENTRY(token) entry;
	struct token_row row;
	enum token_task task;
	int64_t ends;	  /* monotonic: no later, whatever the wall says */
	int64_t forgiven; /* wrong tries before it, while it is being spent */
	const char *why; /* it is void, or will be unless it is spent; or NULL */
};

TAILQ_HEAD(token_queue, token);

struct tokens {
	struct token_queue queue; /* the oldest first */
	size_t count;
	int64_t wall;	/* the latest that the clock has shown */
	int64_t offset; /* how far that was ahead of the monotonic one */
	struct timer *timer;
};

/* After a step back of the clock on the wall none is live any more. To be
 * called before one is looked at. */
void tokens_watch_clock(struct core *core);

bool token_is_live(struct core *core, const struct token *token);

/* Why it is no longer good for anything; PROBLEMS if it is. */
enum problem token_end_problem(struct core *core, const struct token *token);
struct token *token_by_id(struct core *core, const char *id);

/* A new one, on its way to disk; NULL if there are too many. */
struct token *token_add(struct core *core, struct txn *txn,
			const struct token_row *row);
/* It is on disk, or is not and gone. */
void token_added(struct core *core, struct token *token, int error);

/* Ends it, at once, without telling why: a step for that is its caller's. */
void token_set_revoked(struct token *token);
void token_revoked(struct core *core, const char *id, int error);

#endif
