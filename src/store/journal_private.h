/* SPDX-License-Identifier: Apache-2.0 */
/* The journal's lines, as writing, exporting and checking share them. */
#ifndef TILLD_STORE_JOURNAL_PRIVATE_H
#define TILLD_STORE_JOURNAL_PRIVATE_H

#include "store/journal.h"

/* One entry; what is longer is refused (-E2BIG). */
#define JOURNAL_LINE_MAX (256 * 1024)

/* Keys that one journal was sealed by, one after the other. */
#define JOURNAL_KEYS_MAX 64

struct journal_keys {
	size_t count;
	uint8_t public[JOURNAL_KEYS_MAX][32]; /* the present one is the last */
};

/* The place of the one with that id; count if it is none of them. */
size_t journal_find_key(const struct journal_keys *keys, const char *id);

#define JOURNAL_FILE_SIZE 64

/* The head of an archived segment. */
struct journal_segment {
	int64_t first, last;
	uint8_t prev[HASH_SIZE];
	uint8_t hash[HASH_SIZE];
	uint8_t sha256[HASH_SIZE];
	char file[JOURNAL_FILE_SIZE];
	char sealed_by[KEYS_ID_SIZE];
};

/* --- lines (journal_lines.c); all to be freed --- */

/* after 0: from the beginning; hash: of the line of entry "after". */
char *journal_first_line(const struct journal_keys *keys, int64_t after,
			 const uint8_t hash[HASH_SIZE]);
char *journal_segment_line(const struct keys *keys,
			   const struct journal_segment *segment);
char *journal_end_line(const struct keys *keys, int64_t seq,
		       const uint8_t hash[HASH_SIZE]);

/* What a first line says. False if it is none. */
struct journal_start {
	struct journal_keys keys;
	int64_t after;
	uint8_t hash[HASH_SIZE];
};

bool journal_read_first_line(const json_t *line,
			     struct journal_start *out_start);

/* JOURNAL_BAD_LINE, _BAD_SEAL; the signature has to be by one of the keys. */
enum journal_fault journal_read_segment_line(const json_t *line,
					     const struct journal_keys *keys,
					     struct journal_segment *out);

/* An end line, signed by that key; the same faults. */
enum journal_fault journal_read_end_line(const json_t *line,
					 const uint8_t public[32],
					 int64_t *out_seq,
					 uint8_t out_hash[HASH_SIZE]);

/* A field of exactly len bytes in hexadecimal, of small letters: there is one
 * way only to write a journal. */
void journal_put_hex(json_t *object, const char *key, const void *data,
		     size_t len);
bool journal_get_hex(const json_t *object, const char *key, size_t len,
		     void *out_data);

/* --- checking --- */

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
