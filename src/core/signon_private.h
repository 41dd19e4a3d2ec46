/* SPDX-License-Identifier: Apache-2.0 */
/* Sign-ons from within: what their files share. */
#ifndef TILLD_CORE_SIGNON_PRIVATE_H
#define TILLD_CORE_SIGNON_PRIVATE_H

#include "core/core_private.h"
#include "core/signon.h"

LIST_HEAD(signon_list, signon);

struct signons {
	struct signon_list list; /* the newest first */
};

/* That of the token, whosever it is and in whichever state; or NULL. */
struct signon *signon_find(struct core *core, const char *token);

/* A new one on the list; used: monotonic. */
struct signon *signon_add(struct core *core, const struct signon_row *row,
			  enum signon_state state, int64_t used);

/* Off the list, and wiped. */
void signon_forget(struct signon *signon);

/* The same for one that was: what it asked for is asked no longer. */
void signon_finish(struct core *core, struct signon *signon);

/* Into that record's transaction, and its entry, which is the record's. */
json_t *signon_record_end(struct record *record, const struct signon *signon,
			  const char *why);

/* Over by itself, whatever the disk says: where that could not be written, the
 * next look at it tries again. */
void signon_drop(struct core *core, struct signon *signon, const char *why);

/* Why it is over by itself, or NULL. */
const char *signon_over(struct core *core, const struct signon *signon);

/*
 * Ends it on behalf of the caller (NULL: nobody waits), who is answered when
 * that is on disk. by: the operator who does it, if it is not their own; or
 * NULL.
 */
void signon_begin_end(struct core *core, struct signon *signon, const char *why,
		      const char *by, struct caller *caller);

/* As the API shows it; its operator has to be there. New. */
json_t *signon_describe(struct core *core, const struct signon *signon);

#endif
