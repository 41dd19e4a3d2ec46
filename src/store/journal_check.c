/* SPDX-License-Identifier: Apache-2.0 */
#include "store/journal_private.h"
#include "store/keys.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

enum journal_place { JOURNAL_AT_START, JOURNAL_INSIDE, JOURNAL_AFTER_END };

/* A file that was read to its end and found sound. */
struct journal_part {
	int64_t first, last;
	uint8_t hash[HASH_SIZE];
	uint8_t sha256[HASH_SIZE];
};

struct journal_check {
	bool has_expected;
	uint8_t expected[32];

	/* of the file at hand */
	enum journal_place place;
	struct journal_keys keys;
	size_t now; /* the one in use; keys.count while it is not known */
	int64_t first;
	int64_t seq; /* of the last entry */
	uint8_t hash[HASH_SIZE];
	int64_t lines;
	int64_t left; /* the line where the expected key was given up */
	size_t meets; /* the next of parts that may end within it */
	struct hash_run *sum;

	/* of those before it; they end one after the other */
	struct journal_part *parts;
	size_t parts_count;

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
		[JOURNAL_KEY_CHANGED] =
			"From here on another key seals the journal than the "
			"one expected.",
		[JOURNAL_NOT_NEXT] =
			"This file does not follow on the one before it.",
		[JOURNAL_PART_MISSING] =
			"An archived part that belongs here is missing.",
		[JOURNAL_OTHER_PART] =
			"The archived part is not the one that was taken out "
			"here.",
	};

	return texts[fault];
}

struct journal_check *journal_check_new(const uint8_t *public)
{
	struct journal_check *check = ALLOC_NEW(struct journal_check);

	if (public)
		memcpy(check->expected, public, sizeof(check->expected));
	check->has_expected = public != NULL;
	check->sum = hash_run_new();
	return check;
}

static void journal_name_key(struct journal_check *check, const uint8_t *public)
{
	keys_public_id(public, check->verdict.key);
	keys_fingerprint(public, check->verdict.fingerprint);
}

struct journal_check *journal_check_new_after(const uint8_t *public,
					      int64_t seq,
					      const uint8_t hash[HASH_SIZE])
{
	struct journal_check *check = journal_check_new(public);

	check->place = JOURNAL_INSIDE;
	check->seq = seq;
	memcpy(check->hash, hash, HASH_SIZE);
	if (public) {
		memcpy(check->keys.public[0], public, 32);
		check->keys.count = 1;
		journal_name_key(check, public);
	}
	return check;
}

struct journal_check *journal_check_free(struct journal_check *check)
{
	if (!check)
		return NULL;
	hash_run_free(check->sum);
	free(check->parts);
	free(check);
	return NULL;
}

const struct journal_verdict *
journal_check_verdict(const struct journal_check *check)
{
	return &check->verdict;
}

/* No hash covers the text itself of lines that are no entries. */
static bool journal_is_canonical(const json_t *json, const char *text,
				 size_t len)
{
	CLEANUP_FREE char *line = json_line(json);

	return strlen(line) == len && !memcmp(line, text, len);
}

/* --- keys --- */

/* The key itself, or what people have noted of it. */
static bool journal_expects(const struct journal_check *check, size_t key)
{
	const uint8_t *public = check->keys.public[key];
	uint8_t hash[HASH_SIZE];

	if (!check->has_expected)
		return false;
	hash_sha256(public, sizeof(check->keys.public[key]), hash);
	return !memcmp(check->expected, public, sizeof(check->expected)) ||
	       !memcmp(check->expected, hash, sizeof(hash));
}

static void journal_use_key(struct journal_check *check, size_t key)
{
	size_t was = check->now;

	if (was < check->keys.count && was != key &&
	    journal_expects(check, was))
		check->left = check->lines;
	check->now = key;
}

/* The id of a key that is in use here, or may have been when the file begins
 * later than the journal. */
static bool journal_key_fits(struct journal_check *check, const char *id)
{
	size_t key = journal_find_key(&check->keys, id);

	if (key == check->keys.count)
		return false;
	if (check->now == check->keys.count)
		journal_use_key(check, key);
	return key == check->now;
}

/* --- files before this one --- */

static const struct journal_part *
journal_last_part(const struct journal_check *check)
{
	return check->parts_count ? &check->parts[check->parts_count - 1]
				  : NULL;
}

/* What a file before this one ended with, this one has to have as well. */
static enum journal_fault journal_meet(struct journal_check *check)
{
	while (check->meets < check->parts_count &&
	       check->parts[check->meets].last <= check->seq) {
		const struct journal_part *part = &check->parts[check->meets++];

		if (part->last == check->seq &&
		    memcmp(part->hash, check->hash, HASH_SIZE) != 0)
			return JOURNAL_NOT_NEXT;
	}
	return JOURNAL_SOUND;
}

/* Is all of it in a file that was given? If it is a file by itself, it has to
 * be that very file. */
static enum journal_fault
journal_find_part(const struct journal_check *check,
		  const struct journal_segment *segment, bool *out_given)
{
	*out_given = false;
	for (size_t i = 0; i < check->parts_count; i++) {
		const struct journal_part *part = &check->parts[i];

		if (part->first == segment->first &&
		    part->last == segment->last &&
		    memcmp(part->sha256, segment->sha256, HASH_SIZE) != 0)
			return JOURNAL_OTHER_PART;
		if (part->first <= segment->first &&
		    part->last >= segment->last)
			*out_given = true;
	}
	return check->parts_count && !*out_given ? JOURNAL_PART_MISSING
						 : JOURNAL_SOUND;
}

static void journal_keep_part(struct journal_check *check)
{
	struct journal_part *part;

	check->parts = alloc_resize(check->parts, check->parts_count + 1,
				    sizeof(*check->parts));
	part = &check->parts[check->parts_count++];
	part->first = check->first;
	part->last = check->seq;
	memcpy(part->hash, check->hash, HASH_SIZE);
	hash_run_end(check->sum, part->sha256);
}

/* --- the sorts of lines --- */

static enum journal_fault journal_check_first(struct journal_check *check,
					      const json_t *line)
{
	const struct journal_part *before = journal_last_part(check);
	struct journal_start start;

	if (!journal_read_first_line(line, &start))
		return JOURNAL_NOT_JOURNAL;
	if (before && start.after > before->last)
		return JOURNAL_PART_MISSING;
	check->keys = start.keys;
	check->now = start.after ? start.keys.count : 0;
	check->first = start.after + 1;
	check->seq = start.after;
	memcpy(check->hash, start.hash, HASH_SIZE);
	journal_name_key(check, start.keys.public[start.keys.count - 1]);
	check->place = JOURNAL_INSIDE;
	check->meets = 0;
	return start.after ? journal_meet(check) : JOURNAL_SOUND;
}

static enum journal_fault journal_check_end_line(struct journal_check *check,
						 const json_t *line)
{
	const struct journal_part *before = journal_last_part(check);
	uint8_t hash[HASH_SIZE];
	enum journal_fault fault;
	int64_t seq;

	if (!check->keys.count)
		return JOURNAL_BAD_SEAL;
	fault = journal_read_end_line(
		line, check->keys.public[check->keys.count - 1], &seq, hash);
	if (fault)
		return fault;
	if (seq != check->seq || memcmp(hash, check->hash, HASH_SIZE) != 0)
		return JOURNAL_CUT_SHORT;
	if (before && seq < before->last)
		return JOURNAL_NOT_NEXT;
	check->place = JOURNAL_AFTER_END;
	return JOURNAL_SOUND;
}

/* The chain holds up to here: what the seal has signed is what it goes on. */
static enum journal_fault journal_check_seal(struct journal_check *check,
					     const json_t *line)
{
	const char *key = json_text(line, "key");
	uint8_t signature[KEYS_SIGNATURE_SIZE];

	if (!key ||
	    !journal_get_hex(line, "signature", sizeof(signature), signature))
		return JOURNAL_BAD_LINE;
	if (!check->keys.count)
		return JOURNAL_BAD_SEAL;
	if (!journal_key_fits(check, key))
		return JOURNAL_OTHER_KEY;
	if (json_int(line, "of", -1) != check->seq ||
	    !keys_verify(check->keys.public[check->now], check -> hash,
			 signature))
		return JOURNAL_BAD_SEAL;
	return JOURNAL_SOUND;
}

/* The next one in the order of their use, and no other. */
static enum journal_fault journal_check_change(struct journal_check *check,
					       const json_t *line)
{
	const char *from = json_text(line, "from");
	uint8_t public[32];

	if (!from || !journal_get_hex(line, "public", sizeof(public), public))
		return JOURNAL_BAD_LINE;
	if (!journal_key_fits(check, from) ||
	    check->now + 1 >= check->keys.count ||
	    memcmp(check->keys.public[check->now + 1], public, 32) != 0)
		return JOURNAL_OTHER_KEY;
	journal_use_key(check, check->now + 1);
	return JOURNAL_SOUND;
}

static enum journal_fault journal_check_kind(struct journal_check *check,
					     const json_t *line,
					     const char *kind)
{
	if (!strcmp(kind, "seal"))
		return journal_check_seal(check, line);
	if (!strcmp(kind, "key-changed"))
		return journal_check_change(check, line);
	return JOURNAL_SOUND;
}

/* What was in a file before this one is not counted again. */
static void journal_count(struct journal_check *check, const char *kind)
{
	const struct journal_part *before = journal_last_part(check);
	bool counts = !before || check->seq > before->last;
	bool seal = !strcmp(kind, "seal");

	check->verdict.entries += counts;
	check->verdict.seals += counts && seal;
	check->verdict.unsealed = seal ? 0 : check->verdict.unsealed + 1;
}

static enum journal_fault journal_check_entry(struct journal_check *check,
					      const json_t *line,
					      const char *text, size_t len)
{
	const char *kind = json_text(line, "kind");
	int64_t seq = json_int(line, "seq", -1);
	enum journal_fault fault;
	uint8_t prev[HASH_SIZE];

	if (!kind || !json_text(line, "time") || seq < 1 ||
	    !journal_get_hex(line, "prev", sizeof(prev), prev))
		return JOURNAL_BAD_LINE;
	if (seq != check->seq + 1 || memcmp(prev, check->hash, HASH_SIZE) != 0)
		return JOURNAL_BROKEN_CHAIN;
	fault = journal_check_kind(check, line, kind);
	if (fault)
		return fault;
	check->seq = seq;
	hash_sha256(text, len, check->hash);
	journal_count(check, kind);
	return journal_meet(check);
}

/* Stands in for the entries of a segment, which end with a seal. */
static enum journal_fault journal_check_segment(struct journal_check *check,
						const json_t *line)
{
	struct journal_segment segment;
	enum journal_fault fault =
		journal_read_segment_line(line, &check->keys, &segment);
	bool given;
	size_t key;

	if (fault)
		return fault;
	key = journal_find_key(&check->keys, segment.sealed_by);
	if (segment.first != check->seq + 1 || key == check->keys.count ||
	    (check->now < check->keys.count && key < check->now) ||
	    memcmp(segment.prev, check->hash, HASH_SIZE) != 0)
		return JOURNAL_BROKEN_CHAIN;
	fault = journal_find_part(check, &segment, &given);
	if (fault)
		return fault;
	journal_use_key(check, key);
	check->seq = segment.last;
	memcpy(check->hash, segment.hash, HASH_SIZE);
	if (!given)
		check->verdict.archived += segment.last - segment.first + 1;
	check->verdict.unsealed = 0;
	return journal_meet(check);
}

static enum journal_fault journal_check_json(struct journal_check *check,
					     const json_t *line,
					     const char *text, size_t len)
{
	enum journal_fault (*look)(struct journal_check *, const json_t *) =
		NULL;

	if (check->place == JOURNAL_AT_START)
		return line && journal_is_canonical(line, text, len)
			       ? journal_check_first(check, line)
			       : JOURNAL_NOT_JOURNAL;
	if (check->place == JOURNAL_AFTER_END || !json_is_object(line))
		return JOURNAL_BAD_LINE;
	if (json_object_get(line, "tilld-journal-end"))
		look = journal_check_end_line;
	else if (json_object_get(line, "tilld-journal-segment"))
		look = journal_check_segment;
	if (look)
		return journal_is_canonical(line, text, len) ? look(check, line)
							     : JOURNAL_BAD_LINE;
	return journal_check_entry(check, line, text, len);
}

/* --- line by line, file by file --- */

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
	hash_run_add(check->sum, line, len);
	hash_run_add(check->sum, "\n", 1);
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

static void journal_end_file(struct journal_check *check)
{
	if (check->verdict.fault)
		return;
	if (check->place == JOURNAL_AT_START)
		journal_check_fault(check, JOURNAL_NOT_JOURNAL);
	else if (check->place == JOURNAL_INSIDE)
		journal_check_fault(check, JOURNAL_CUT_SHORT);
}

void journal_check_next(struct journal_check *check)
{
	journal_end_file(check);
	if (check->verdict.fault)
		return;
	journal_keep_part(check);
	check->place = JOURNAL_AT_START;
	check->lines = 0;
	check->left = 0;
	check->verdict.unsealed = 0;
	check->verdict.file++;
}

struct journal_verdict journal_check_end(struct journal_check *check)
{
	bool other;

	journal_end_file(check);
	other = check->has_expected && check->keys.count &&
		!journal_expects(check, check->keys.count - 1);
	if (check->verdict.fault || !other)
		return check->verdict;
	check->lines = check->left ? check->left : 1;
	journal_check_fault(check, check->left ? JOURNAL_KEY_CHANGED
					       : JOURNAL_OTHER_KEY);
	return check->verdict;
}
