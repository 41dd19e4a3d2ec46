/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of archiving share; on a worker, with a connection of their
 * own that only reads. */
#ifndef TILLD_STORE_ARCHIVE_PRIVATE_H
#define TILLD_STORE_ARCHIVE_PRIVATE_H

#include "store/archive.h"
#include "store/journal_private.h"

struct db;

/* A segment that is to be archived; last 0: none. */
struct archive_plan {
	int64_t first, last;
	bool is_planned; /* on disk, by an earlier run */
};

struct archive_wish {
	int64_t before_ms; /* only what was made before that... */
	int64_t until;	   /* ...and up to this entry: the run's own entries,
			    * sealed meanwhile, are left for the next */
	bool only_full;	   /* only segments to which nothing can be added */
};

int archive_choose(struct db *db, const struct archive_wish *wish,
		   struct archive_plan *out_plan);

/* Entries from *out_from on stay (INT64_MAX: none does). */
int archive_look_guard(struct db *db, enum archive_guard *out_guard,
		       int64_t *out_from);

/*
 * The file: durable and verified when done. STORE_E_EXISTS if another one of
 * that name is there; -EILSEQ if what was read back is not what was written.
 */
int archive_write(struct db *db, const struct keys *keys, const char *folder,
		  const struct archive_plan *plan,
		  struct journal_segment *out_segment);

#endif
