/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The badge reader as people share it: a swipe means something only to the one
 * who waits for it. One waiter at a time, a sign-on or an authorization; the
 * first second after arming does not count, nor does the second after a waiter
 * left; tills take turns (turns.h, docs/policy.md).
 *
 * Where the till has a display, what is asked stands on it while the reader is
 * armed, and the first second begins when it does: a badge never counts for
 * what only an app has told (docs/security.md).
 */
#ifndef TILLD_CORE_READER_H
#define TILLD_CORE_READER_H

#include "core/core_private.h"
#include "core/prompt.h"

#define READER_SETTLE_MS \
	1000		     /* armed and shown so long before a swipe counts */
#define READER_QUIET_MS 1000 /* after a waiter left */

struct reader;

/* Embedded by whoever waits. */
struct reader_claim {
	/* till, authorization and pages are its user's to fill. */
	struct prompt_question question;
	/* A known badge was shown, in time. True: that was what it waited for,
	 * and the reader is free again (after its quiet second). */
	bool (*badge)(struct reader_claim *claim,
		      const struct policy_operator *who);
	/* Instead, for who is to get to know a badge: whichever was shown, by
	 * its number, which goes no further than it has to, and by its key. */
	bool (*number)(struct reader_claim *claim, const char *number,
		       const uint8_t key[HASH_SIZE]);
	/* The time is over, or the reader or the display went away. Disarmed
	 * already. May be NULL. */
	void (*over)(struct reader_claim *claim);
	char shown[POLICY_HANDLE_SIZE]; /* of the badge that was shown last */
	bool proven;			/* which is no copy, as it has shown */
	struct reader *reader;		/* NULL while not armed */
	int64_t since;			/* armed, and shown */
	int64_t ends;
	bool cut; /* it ends for another till's sake */
};

struct reader *reader_new(struct core *core, struct fixture *fixture);
struct reader *reader_free(struct reader *reader);

/* Whether the till has a reader at all. */
bool reader_serves(struct core *core, const char *till);

/* Whether cards can prove at the till's reader that they are no copies. */
bool reader_proves(struct core *core, const char *till);

/* Whether it waits for somebody. */
bool reader_is_armed(const struct reader *reader);

/* Why, whoever asked, no badge would count at the till as its devices are now;
 * NULL if one could. For a till that has a reader. */
const char *reader_hindrance(struct core *core, const char *till);

/*
 * Arms the till's reader for ms, or for less if another till was promised its
 * turn by then. PROBLEMS if done, else PROBLEM_NO_READER, PROBLEM_STOPPING,
 * PROBLEM_READER_BUSY or PROBLEM_TOO_MANY_REQUESTS, and after how many ms to
 * try again. Who comes back then, and not much later, is not told busy again.
 */
enum problem reader_arm(struct core *core, uid_t uid,
			struct reader_claim *claim, int64_t ms,
			int64_t *out_wait_ms);

/* The same for one that was told busy, and has stood in line since: that was
 * counted as an arming already. */
enum problem reader_arm_again(struct core *core, struct reader_claim *claim,
			      int64_t ms, int64_t *out_wait_ms);

/* Withdraws the claim; fine if it is not armed. */
void reader_disarm(struct reader_claim *claim);

/* Why a badge that is shown now would not count for the claim, which is armed;
 * NULL if it would. */
const char *reader_objection(const struct reader_claim *claim);

/* Ends all waiting: the daemon stops. */
void readers_stop(struct core *core);

/* A badge was shown (device listener); proven: it is no copy. */
void reader_swipe(struct core *core, struct fixture *fixture,
		  const char *badge_id, bool proven);

/* A card that is no badge was shown; people are told why (device listener). */
void reader_turn_away(struct core *core, struct fixture *fixture,
		      const char *why);

/* The reader's device went away or came back. */
void reader_changed(struct core *core, struct fixture *fixture);

#endif
