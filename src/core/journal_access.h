/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may look into the whole journal: root and the daemon's own uid, who
 * could read its file anyway, and operators with config.access at @box.
 */
#ifndef TILLD_CORE_JOURNAL_ACCESS_H
#define TILLD_CORE_JOURNAL_ACCESS_H

#include "core/caller.h"
#include "store/journal.h"

struct core;
struct record;
struct signon;

/* Whether it is for them; who: signed on there by that, or both NULL. */
bool journal_access_is_for(const struct core *core, const struct peer *peer,
			   const struct signon *signon,
			   const struct policy_operator *who);

/* PROBLEMS if they may. */
enum problem journal_access_problem(struct core *core, const struct peer *peer,
				    const char *token);

/* The same for what is itself put on record: an entry that says who it was is
 * begun in a transaction of its own (core/record.h). */
enum problem journal_access_record(struct core *core, const struct peer *peer,
				   const char *token, const char *kind,
				   struct record **out_record,
				   json_t **out_entry);

void journal_access_list(struct core *core, struct caller *caller,
			 const struct journal_filter *filter);
void journal_access_verify(struct core *core, struct caller *caller);

/* For an export that was allowed: see journal_export. */
void journal_access_page(struct core *core, int64_t after, journal_text text,
			 void *arg);

#endif
