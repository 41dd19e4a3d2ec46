/* SPDX-License-Identifier: Apache-2.0 */
/* Sign-ons from within: what their files share. */
#ifndef TILLD_CORE_SIGNON_PRIVATE_H
#define TILLD_CORE_SIGNON_PRIVATE_H

#include "core/core_private.h"
#include "core/signon.h"

LIST_HEAD(signon_list, signon);

struct signons {
	struct signon_list list; /* the newest first */
	struct timer *owed;	 /* until ends are written again */
};

/* For that timer; arg: the core. Writes the ends that the disk did not take. */
void signons_write_owed(void *arg);

/* That of the token, whosever it is and in whichever state; or NULL. */
struct signon *signon_find(struct core *core, const char *token);

/* A new one on the list; used: monotonic. */
struct signon *signon_add(struct core *core, const struct signon_row *row,
			  enum signon_state state, int64_t used);

/* Off the list, and wiped. */
void signon_forget(struct signon *signon);

/* The same for one that was: what it asked for is asked no longer. */
void signon_finish(struct core *core, struct signon *signon);

/* Into that record's transaction. why: unless it has ended already. */
void signon_record_end(struct record *record, const struct signon *signon,
		       const char *why);

/* Over by itself, whatever the disk says: where that could not be written it is
 * tried again, now and then and at the next look at it. */
void signon_drop(struct core *core, struct signon *signon, const char *why);

/* Why it is over, or NULL. */
const char *signon_over(struct core *core, const struct signon *signon);

/*
 * The same by the caller's word, who is answered when that is on disk, or told
 * that it is not. by: the operator who does it, if it is not their own; or
 * NULL.
 */
void signon_end_by_word(struct core *core, struct signon *signon,
			const char *why, const char *by, struct caller *caller);

/* As the API shows it; its operator has to be there. New. */
json_t *signon_describe(struct core *core, const struct signon *signon);

#endif
