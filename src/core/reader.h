/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The badge reader as people share it: a swipe means something only to the one
 * who waits for it. One waiter at a time, a sign-on or an authorization; the
 * first second after arming does not count, nor does the second after a waiter
 * left; tills take turns (docs/policy.md, authorization).
 */
#ifndef TILLD_CORE_READER_H
#define TILLD_CORE_READER_H

#include "core/core_private.h"

#define READER_SETTLE_MS 1000 /* armed so long before a swipe counts */
#define READER_QUIET_MS	 1000 /* after a waiter left */
#define READER_TURN_MS	 3000 /* kept for the till that was told busy */

struct reader;

/* Embedded by whoever waits. */
struct reader_claim {
	const char *till; /* lives as long as the claim */
	/* A known badge was shown, in time. True: that was what it waited for,
	 * and the reader is free again (after its quiet second). */
	bool (*badge)(struct reader_claim *claim,
		      const struct policy_operator *who);
	/* The time is over, or the reader went away. Disarmed already. */
	void (*over)(struct reader_claim *claim);
	struct reader *reader; /* NULL while not armed */
	int64_t armed;
	int64_t ends;
};

struct reader *reader_new(struct core *core, struct fixture *fixture);
struct reader *reader_free(struct reader *reader);

/* Whether the till has a reader at all. */
bool reader_serves(struct core *core, const char *till);

/*
 * Arms the till's reader for ms. 0 (PROBLEM_... is never 0 here: true), or
 * false with why: PROBLEM_NO_READER, PROBLEM_READER_BUSY or
 * PROBLEM_TOO_MANY_REQUESTS, and after how many ms to try again.
 */
bool reader_arm(struct core *core, uid_t uid, struct reader_claim *claim,
		int64_t ms, enum problem *out_why, int64_t *out_wait_ms);

/* Withdraws the claim; fine if it is not armed. */
void reader_disarm(struct core *core, struct reader_claim *claim);

/* A badge was shown (device listener). */
void reader_swipe(struct core *core, struct fixture *fixture,
		  const char *badge_id);

/* The reader's device went away or came back. */
void reader_changed(struct core *core, struct fixture *fixture);

#endif
