/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the database keeps of segments of the journal, and of the keys that
 * have sealed it. All on a worker.
 */
#ifndef TILLD_STORE_SEGMENTS_H
#define TILLD_STORE_SEGMENTS_H

#include "store/db.h"
#include "store/journal_private.h"

/* Up to which entry all are archived; 0: none is. */
int segments_last(struct db *db, int64_t *out_last);

/* The head of the archived segment that holds entry seq, to be freed; NULL if
 * there is none. first: only the one that begins with it. */
int segments_find(struct db *db, int64_t seq, char **out_head);
int segments_find_first(struct db *db, int64_t first, char **out_head,
			int64_t *out_last);

/* One that is planned but not archived; out_last 0 if there is none. */
int segments_planned(struct db *db, int64_t *out_first, int64_t *out_last);

int segments_plan(struct db *db, int64_t first, int64_t last);
/* STORE_E_CONFLICT if that very one is not planned. */
int segments_archive(struct db *db, int64_t first, int64_t last,
		     const char *head);

/* Removes entries of archived segments, max of them; how many there were. */
int segments_remove(struct db *db, int64_t max, int64_t *out_removed);

/* The keys, in their order; count 0 before set-up. */
int segments_keys(struct db *db, struct journal_keys *out_keys);
int segments_add_key(struct db *db, const uint8_t public[32]);

#endif
