/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy in the database: two texts, the document as it is kept and the
 * secrets that belong to it (people_secrets.h), each in parts of some ten
 * kilobytes that are known by their hashes. What stands is one row, which lists
 * them.
 *
 * So a change of one person writes one part and not some megabytes, and parts
 * can be written ahead, a few at a time, between the transactions of all the
 * others: they mean nothing until they are listed, and nothing more than space
 * if they never are. All in one would hold up the writer, and with it every
 * till.
 */
#ifndef TILLD_STORE_PEOPLE_PARTS_H
#define TILLD_STORE_PEOPLE_PARTS_H

#include "store/db.h"
#include "store/keys.h"
#include "util/arena.h"
#include "util/hash.h"

struct people_part {
	const char *text;
	uint8_t hash[HASH_SIZE];
};

struct people_list {
	struct people_part *parts;
	size_t count;
};

struct people_kept {
	int64_t version; /* 0: there is none */
	struct people_list document;
	struct people_list secrets;
	uint8_t hash[HASH_SIZE]; /* of the document's list */
};

void people_part_set(struct people_part *part, const char *text);
void people_hash_document(struct people_kept *kept);

/* What stands, but for the texts; the lists are the arena's. */
int people_read_kept(struct db *db, struct arena *arena,
		     struct people_kept *out_kept);

/* Texts, into the arena. STORE_E_CORRUPT if one is missing, or is not what its
 * hash says; the log tells. */
int people_read_parts(struct db *db, struct arena *arena,
		      struct people_list *list);

/*
 * Puts it in the place of what stands, its version included: all of its parts
 * that are not there yet, and the row, signed by these keys (bound.h). What is
 * listed no longer stays until it is swept.
 */
int people_write_kept(struct db *db, const struct keys *keys,
		      const struct people_kept *kept);

/* Whether it is written as fast in one go. */
bool people_is_short(const struct people_kept *kept);

/*
 * Some of its parts ahead, from the one numbered *at on (documents first, 0 at
 * the beginning), which becomes the next. True while there are more.
 */
bool people_has_parts(const struct people_kept *kept, size_t at);
int people_write_some(struct db *db, const struct people_kept *kept,
		      size_t *at);

/* Deletes parts that are not listed: a few, and *out_count tells how many; if
 * those are PEOPLE_SWEEP_MAX, there may be more. Or all. */
#define PEOPLE_SWEEP_MAX 8
int people_sweep_some(struct db *db, size_t *out_count);
int people_sweep(struct db *db);

/* Of what stands; 0: there is none. */
int people_version(struct db *db, int64_t *out_version);

/* Can what stands be read, and whose word is it? Neither needs keys.
 * STORE_E_CORRUPT, having said what is wrong; and that for all of it, for
 * others that find the same. */
int people_check(struct db *db, bool is_signed);
int people_is_damaged(void);

#endif
