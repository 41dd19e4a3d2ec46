/* SPDX-License-Identifier: Apache-2.0 */
#include "store/journal_private.h"
#include "store/keys_private.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

enum journal_place { JOURNAL_AT_START, JOURNAL_INSIDE, JOURNAL_AFTER_END };

struct journal_check {
	enum journal_place place;
	bool has_expected;
	uint8_t expected[32];
	bool has_public;
	uint8_t public[32];
	int64_t seq; /* of the last entry */
	uint8_t hash[HASH_SIZE];
	int64_t lines;
	struct journal_verdict verdict;
};

const char *journal_fault_text(enum journal_fault fault)
{
	static const char *const texts[] = {
		[JOURNAL_SOUND] = "The journal is sound.",
		[JOURNAL_NOT_JOURNAL] = "This is no journal of tilld.",
		[JOURNAL_BAD_LINE] = "This line is no entry of a journal.",
		[JOURNAL_BROKEN_CHAIN] =
			"Here something was altered, left out or moved.",
		[JOURNAL_BAD_SEAL] = "The signature here does not hold.",
		[JOURNAL_CUT_SHORT] =
			"The journal's end is missing, or is another's.",
		[JOURNAL_OTHER_KEY] =
			"The journal was sealed by another till's key.",
	};

	return texts[fault];
}

struct journal_check *journal_check_new(const uint8_t *public)
{
	struct journal_check *check = ALLOC_NEW(struct journal_check);

	if (public)
		memcpy(check->expected, public, sizeof(check->expected));
	check->has_expected = public != NULL;
	return check;
}

static void journal_name_key(struct journal_check *check, const uint8_t *public)
{
	keys_public_id(public, check->verdict.key);
	keys_fingerprint(public, check->verdict.fingerprint);
}

/* The key itself, or what people have noted of it. */
static bool journal_is_expected(const struct journal_check *check)
{
	uint8_t hash[HASH_SIZE];

	hash_sha256(check->public, sizeof(check->public), hash);
	return !memcmp(check->expected, check->public, sizeof(check->public)) ||
	       !memcmp(check->expected, hash, sizeof(hash));
}

struct journal_check *journal_check_new_after(const uint8_t *public,
					      int64_t seq,
					      const uint8_t hash[HASH_SIZE])
{
	struct journal_check *check = journal_check_new(public);

	check->place = JOURNAL_INSIDE;
	check->seq = seq;
	memcpy(check->hash, hash, HASH_SIZE);
	memcpy(check->public, check->expected, sizeof(check->public));
	check->has_public = check->has_expected;
	if (public)
		journal_name_key(check, public);
	return check;
}

struct journal_check *journal_check_free(struct journal_check *check)
{
	free(check);
	return NULL;
}

const struct journal_verdict *
journal_check_verdict(const struct journal_check *check)
{
	return &check->verdict;
}

void journal_end_hash(int64_t seq, const uint8_t hash[HASH_SIZE],
		      uint8_t out_hash[HASH_SIZE])
{
	CLEANUP_JSON json_t *end = json_make();
	CLEANUP_FREE char *line = NULL;
	char text[HASH_TEXT_SIZE];

	hash_to_hex(hash, HASH_SIZE, text);
	json_put_int(end, "tilld-journal-end", 1);
	json_put_int(end, "seq", seq);
	json_put_text(end, "hash", text);
	line = json_line(end);
	hash_sha256(line, strlen(line), out_hash);
}

/* A field of exactly len bytes in hexadecimal, of small letters: there is one
 * way only to write a journal. */
static bool journal_get_hex(const json_t *object, const char *key, size_t len,
			    void *out_data)
{
	const char *text = json_text(object, key);

	return text && !strpbrk(text, "ABCDEF") &&
	       hash_from_hex(text, len, out_data);
}

/* No hash covers the first and the last line's own text. */
static bool journal_is_canonical(const json_t *json, const char *text,
				 size_t len)
{
	CLEANUP_FREE char *line = json_line(json);

	return strlen(line) == len && !memcmp(line, text, len);
}

/* --- the three sorts of lines --- */

static enum journal_fault journal_check_first(struct journal_check *check,
					      const json_t *line)
{
	const char *key = json_text(line, "key");

	if (json_int(line, "tilld-journal", 0) != 1 || !key ||
	    json_object_size(line) != 3 ||
	    !journal_get_hex(line, "public", sizeof(check->public),
			     check->public))
		return JOURNAL_NOT_JOURNAL;
	journal_name_key(check, check->public);
	if (strcmp(key, check->verdict.key) != 0)
		return JOURNAL_NOT_JOURNAL;
	if (check->has_expected && !journal_is_expected(check))
		return JOURNAL_OTHER_KEY;
	check->has_public = true;
	check->place = JOURNAL_INSIDE;
	return JOURNAL_SOUND;
}

static enum journal_fault journal_check_end_line(struct journal_check *check,
						 const json_t *line)
{
	uint8_t hash[HASH_SIZE], whole[HASH_SIZE];
	uint8_t signature[KEYS_SIGNATURE_SIZE];
	int64_t seq = json_int(line, "seq", -1);

	if (json_int(line, "tilld-journal-end", 0) != 1 ||
	    json_object_size(line) != 4 ||
	    !journal_get_hex(line, "hash", sizeof(hash), hash) ||
	    !journal_get_hex(line, "signature", sizeof(signature), signature))
		return JOURNAL_BAD_LINE;
	journal_end_hash(seq, hash, whole);
	if (!check->has_public || !keys_verify(check->public, whole, signature))
		return JOURNAL_BAD_SEAL;
	if (seq != check->seq || memcmp(hash, check->hash, HASH_SIZE) != 0)
		return JOURNAL_CUT_SHORT;
	check->place = JOURNAL_AFTER_END;
	return JOURNAL_SOUND;
}

/* The chain holds up to here: prev is what the seal has signed. */
static enum journal_fault journal_check_seal(struct journal_check *check,
					     const json_t *line)
{
	const char *key = json_text(line, "key");
	uint8_t signature[KEYS_SIGNATURE_SIZE];

	if (!key ||
	    !journal_get_hex(line, "signature", sizeof(signature), signature))
		return JOURNAL_BAD_LINE;
	if (strcmp(key, check->verdict.key) != 0)
		return JOURNAL_OTHER_KEY;
	if (json_int(line, "of", -1) != check->seq || !check->has_public ||
	    !keys_verify(check->public, check->hash, signature))
		return JOURNAL_BAD_SEAL;
	return JOURNAL_SOUND;
}

static enum journal_fault journal_check_entry(struct journal_check *check,
					      const json_t *line,
					      const char *text, size_t len)
{
	const char *kind = json_text(line, "kind");
	int64_t seq = json_int(line, "seq", -1);
	enum journal_fault fault = JOURNAL_SOUND;
	uint8_t prev[HASH_SIZE];

	if (!kind || !json_text(line, "time") || seq < 1 ||
	    !journal_get_hex(line, "prev", sizeof(prev), prev))
		return JOURNAL_BAD_LINE;
	if (seq != check->seq + 1 || memcmp(prev, check->hash, HASH_SIZE) != 0)
		return JOURNAL_BROKEN_CHAIN;
	if (!strcmp(kind, "seal"))
		fault = journal_check_seal(check, line);
	if (fault)
		return fault;
	check->seq = seq;
	hash_sha256(text, len, check->hash);
	check->verdict.entries++;
	check->verdict.unsealed++;
	if (!strcmp(kind, "seal")) {
		check->verdict.seals++;
		check->verdict.unsealed = 0;
	}
	return JOURNAL_SOUND;
}

static enum journal_fault journal_check_json(struct journal_check *check,
					     const json_t *line,
					     const char *text, size_t len)
{
	if (check->place == JOURNAL_AT_START)
		return line && journal_is_canonical(line, text, len)
			       ? journal_check_first(check, line)
			       : JOURNAL_NOT_JOURNAL;
	if (check->place == JOURNAL_AFTER_END || !json_is_object(line))
		return JOURNAL_BAD_LINE;
	if (json_object_get(line, "tilld-journal-end"))
		return journal_is_canonical(line, text, len)
			       ? journal_check_end_line(check, line)
			       : JOURNAL_BAD_LINE;
	return journal_check_entry(check, line, text, len);
}

static void journal_check_fault(struct journal_check *check,
				enum journal_fault fault)
{
	check->verdict.fault = fault;
	check->verdict.line = check->lines;
}

void journal_check_parsed(struct journal_check *check, const json_t *json,
			  const char *line, size_t len)
{
	enum journal_fault fault;

	if (check->verdict.fault)
		return; /* the first one tells; what follows from it does not */
	check->lines++;
	fault = journal_check_json(check, json, line, len);
	if (fault)
		journal_check_fault(check, fault);
}

void journal_check_line(struct journal_check *check, const char *line,
			size_t len)
{
	CLEANUP_JSON json_t *json = NULL;

	if (len && line[len - 1] == '\n')
		len--;
	if (len <= JOURNAL_LINE_MAX)
		json = json_parse(line, len);
	journal_check_parsed(check, json, line, len);
}

struct journal_verdict journal_check_end(struct journal_check *check)
{
	if (check->verdict.fault)
		return check->verdict;
	if (check->place == JOURNAL_AT_START)
		journal_check_fault(check, JOURNAL_NOT_JOURNAL);
	else if (check->place == JOURNAL_INSIDE)
		journal_check_fault(check, JOURNAL_CUT_SHORT);
	return check->verdict;
}
