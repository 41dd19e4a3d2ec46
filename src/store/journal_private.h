/* SPDX-License-Identifier: Apache-2.0 */
/* The journal's lines, as writing, exporting and checking share them. */
#ifndef TILLD_STORE_JOURNAL_PRIVATE_H
#define TILLD_STORE_JOURNAL_PRIVATE_H

#include "store/journal.h"

/* One entry; what is longer is refused (-E2BIG). */
#define JOURNAL_LINE_MAX (256 * 1024)

/* What the end line signs: itself without the signature, so that no seal's
 * signature can be put in its place. */
void journal_end_hash(int64_t seq, const uint8_t hash[HASH_SIZE],
		      uint8_t out_hash[HASH_SIZE]);

/* First and last line of an export; to be freed. */
char *journal_first_line(const struct keys *keys);
char *journal_end_line(const struct keys *keys, int64_t seq,
		       const uint8_t hash[HASH_SIZE]);

/* A check that begins after entry seq with that hash, rather than at the first
 * line of an export. public NULL: nothing can be sealed yet. */
struct journal_check *journal_check_new_after(const uint8_t *public,
					      int64_t seq,
					      const uint8_t hash[HASH_SIZE]);

/* journal_check_line() for who has parsed it already; NULL: it is not JSON. */
void journal_check_parsed(struct journal_check *check, const json_t *json,
			  const char *line, size_t len);

/* What was found up to now. */
const struct journal_verdict *
journal_check_verdict(const struct journal_check *check);

#endif
