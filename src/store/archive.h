/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archiving the journal. It is cut, at seals, into segments of at most
 * ARCHIVE_ENTRIES entries that were made within ARCHIVE_MS (a segment is longer
 * only if so much was not sealed once). One after the other, the oldest first,
 *
 *	1. a segment is planned, on disk, so that after a crash it is the same;
 *	2. it is written into a file of its own in archive_dir, in the format of
 *	   an export; that is synced, and then read back and verified;
 *	3. its signed head takes its place in the journal, on disk, with an
 *	   entry that says so;
 *	4. its entries are removed, some hundreds at a time.
 *
 * So at any moment there are the entries, or the file and its signed head, or
 * both. Files are named "journal-FIRST-LAST-KEY.jsonl", with twelve digits, so
 * that in the order of their names they are a journal.
 *
 * What may still be asked for stays: the last seal and all after it, all from
 * the beginning of a day or session that is open (its report is counted out of
 * the journal), and all from the intent of an operation that is open or whose
 * outcome is unknown.
 */
#ifndef TILLD_STORE_ARCHIVE_H
#define TILLD_STORE_ARCHIVE_H

#include "store/store.h"

#define ARCHIVE_ENTRIES 10000
#define ARCHIVE_MS	(7LL * 24 * 60 * 60 * 1000)

/* Why entries that are old enough stay. */
enum archive_guard {
	ARCHIVE_GUARD_NONE,
	ARCHIVE_GUARD_DAY,
	ARCHIVE_GUARD_SESSION,
	ARCHIVE_GUARD_OPERATION,
};

/* "day", "session", "operation"; NULL for none. */
const char *archive_guard_name(enum archive_guard guard);

struct archive_result {
	int error; /* 0, a store_error, or an errno of writing the file */
	int64_t segments;
	int64_t entries;
};

/*
 * Archives all that is older than keep_days (0: all that is sealed), segments
 * that are not full included, and removes what is left of entries archived
 * before. From the loop; -EBUSY if it is under way already, STORE_E_NOT_FOUND
 * without an archive_dir, STORE_E_KEYS_MISSING before set-up: then done is not
 * called.
 * result is borrowed; its error is -ECANCELED if the store is closed meanwhile.
 *
 * With keep_days in its configuration the store does this by itself, hourly,
 * but only for segments that are full.
 */
typedef void (*archive_done)(void *arg, const struct archive_result *result);
int store_archive(struct store *store, int keep_days, archive_done done,
		  void *arg);

/* What its configuration says; 0: for ever. */
int store_keep_days(const struct store *store);

/* Segments that end after entry "after", at most max of them, as an export has
 * their heads; and what keeps entries from being archived now. */
#define ARCHIVE_LIST_MAX 1000

struct archive_list {
	json_t *segments; /* array, borrowed */
	int64_t archived; /* up to this entry; 0: none is */
	enum archive_guard guard;
	int64_t guarded; /* from this entry on; 0 without a guard */
};

typedef void (*archive_listed)(void *arg, int error,
			       const struct archive_list *list);
void store_segments(struct store *store, int64_t after, size_t max,
		    archive_listed listed, void *arg);

#endif
