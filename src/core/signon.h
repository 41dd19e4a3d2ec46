/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sign-ons: proof that an operator is at a till. A bearer token, kept as a
 * hash, bound to the client's uid and the till; ends by word, when idle, after
 * twelve hours, when the operator or the badge that made it is deactivated, or
 * when somebody signs on again from the same uid and till. Survives a restart.
 *
 * Memory follows the disk: a sign-on begins, and the older one ends, when the
 * one transaction with both is committed; if it is not, the older one goes on.
 * While that is being written the older one does nothing, and no other begins
 * or ends for that uid and till.
 */
#ifndef TILLD_CORE_SIGNON_H
#define TILLD_CORE_SIGNON_H

#include "core/caller.h"
#include "policy/policy.h"
#include "store/store.h"

#include <sys/queue.h>

struct core;
struct record;
struct signons;

enum signon_state {
	SIGNON_BEGINNING, /* being written; nobody is signed on by it yet */
	SIGNON_ON,
	SIGNON_ENDING, /* being written; nothing is begun by it any more */
};

struct signon {
	LIST_ENTRY(signon) entry;
	struct signon_row row;
	enum signon_state state;
	bool leaving;	  /* ending with others of its till */
	const char *over; /* why it is over by itself, once it was found so */
	int64_t used;	  /* monotonic */
	int64_t written;  /* monotonic; when used was last put on disk */
};

struct signons *signons_new(void);
struct signons *signons_free(struct signons *signons);
void signons_load(void *core, const struct signon_row *row);

/*
 * Who the caller is signed on as at that till (NULL: at any), if it is; counts
 * as use. NULL otherwise.
 */
const struct policy_operator *signon_operator(struct core *core,
					      const struct caller *caller,
					      const char *till,
					      const struct signon **out_signon);

/* How strong the badge was by which it was made; BADGE_STRENGTHS: it was made
 * by a word, for which nothing is too strong. */
enum badge_strength signon_strength(const struct signon *signon);

/*
 * policy_decide() for who is signed on (signon may be NULL: then by no badge).
 * A sign-on by a badge is good for no more than a consent by it would be: what
 * takes a stronger one at its till is not granted.
 */
bool signon_decide(const struct core *core, const struct signon *signon,
		   const struct policy_operator *who,
		   const struct policy_till *till, const struct demand *demand,
		   struct demand *out_missing);

/*
 * signon_stray.c: refuses what takes a sign-on; where the caller brought a
 * token that is none of its uid's, that is on record, past a certain rate in
 * bulk. The answer tells nobody whether another has it.
 */
void signon_refuse(struct core *core, struct caller *caller);
void signon_note_wrong(struct core *core, uid_t uid, const char *token);

struct strays *strays_new(struct core *core);
struct strays *strays_free(struct strays *strays);
void strays_settle(struct core *core); /* writes what was only counted */

/* The one with that id, as long as it goes on, else NULL; no use of it. */
const struct signon *signon_lasting(struct core *core, const char *id);
bool signon_is_on(struct core *core, const char *id);

/* Ends all of a till in that record's transaction... and what came of it. */
void signons_leave(struct core *core, const char *till, const char *why,
		   struct record *record);
void signons_left(struct core *core, const char *till, bool committed);
/* Ends those of people whose password or PIN is not what it was, but for the
 * one with that id (or NULL). */
void signons_end_changed(struct core *core, const struct policy *before,
			 const char *keep);

/* Ends those whose operators may no longer. */
void signons_sweep(struct core *core);

/* --- API --- */

void signon_create(struct core *core, struct caller *caller,
		   const json_t *body);
void signon_show(struct core *core, struct caller *caller);
void signon_end(struct core *core, struct caller *caller);

/* signon_list.c: all, for who has config.access at @box and for the owner; for
 * others their own. */
void signon_list(struct core *core, struct caller *caller);
void signon_revoke(struct core *core, struct caller *caller, const char *id);

#endif
