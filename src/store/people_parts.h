/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kept document in the database. It is one text, but kept in parts of some
 * ten kilobytes that are known by their hashes, so that a change of one person
 * writes one part and not some megabytes: those would hold up the writer, and
 * with it every till.
 */
#ifndef TILLD_STORE_PEOPLE_PARTS_H
#define TILLD_STORE_PEOPLE_PARTS_H

#include "store/db.h"
#include "util/arena.h"
#include "util/hash.h"

struct people_part {
	const char *text;
	uint8_t hash[HASH_SIZE]; /* of the text */
};

struct people_document {
	int64_t version; /* 0: there is none */
	struct people_part *parts;
	size_t parts_count;
	uint8_t hash[HASH_SIZE]; /* of the parts' hashes, one after the other */
};

void people_part_set(struct people_part *part, const char *text);
void people_document_hash(struct people_document *document);

/* What stands, into the arena. STORE_E_CORRUPT if a part is missing, or is not
 * what its hash says. */
int people_document_read(struct db *db, struct arena *arena,
			 struct people_document *out_document);

/* Puts it in the place of what stands, its version included. */
int people_document_write(struct db *db,
			  const struct people_document *document);

/* Of what stands; 0: there is none. */
int people_version(struct db *db, int64_t *out_version);

/* Can what stands be read? STORE_E_CORRUPT, having said what is wrong. */
int people_check(struct db *db);

/* The next version, of the same document: a secret or a badge is another. */
int people_count_version(struct db *db);

#endif
