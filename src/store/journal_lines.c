/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of an export that are no entries: the first, the heads of archived
 * segments, the last. No hash of the chain covers them; so what matters in them
 * is signed, and there is one way only to write them.
 */
#include "store/journal_private.h"
#include "store/keys.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/text.h"

#include <string.h>

size_t journal_find_key(const struct journal_keys *keys, const char *id)
{
	char other[KEYS_ID_SIZE];
	size_t at;

	for (at = 0; at < keys->count; at++) {
		keys_public_id(keys->public[at], other);
		if (!strcmp(id, other))
			break;
	}
	return at;
}

void journal_put_hex(json_t *object, const char *key, const void *data,
		     size_t len)
{
	char hex[2 * KEYS_SIGNATURE_SIZE + 1];

	hash_to_hex(data, len, hex);
	json_put_text(object, key, hex);
}

static bool journal_read_hex(const char *text, size_t len, void *out_data)
{
	return text && !strpbrk(text, "ABCDEF") &&
	       hash_from_hex(text, len, out_data);
}

bool journal_get_hex(const json_t *object, const char *key, size_t len,
		     void *out_data)
{
	return journal_read_hex(json_text(object, key), len, out_data);
}

/* --- signed lines --- */

/* Of the whole line, so that no seal's signature can be put in its place. */
static void journal_sign_line(const struct keys *keys, json_t *line)
{
	CLEANUP_FREE char *text = json_line(line);
	uint8_t hash[HASH_SIZE], signature[KEYS_SIGNATURE_SIZE];

	hash_sha256(text, strlen(text), hash);
	keys_sign(keys, hash, signature);
	journal_put_hex(line, "signature", signature, sizeof(signature));
}

static bool journal_line_holds(const json_t *line, const uint8_t public[32])
{
	CLEANUP_JSON json_t *bare = json_copy((json_t *)(uintptr_t)line);
	uint8_t hash[HASH_SIZE], signature[KEYS_SIGNATURE_SIZE];
	CLEANUP_FREE char *text = NULL;

	if (!journal_get_hex(line, "signature", sizeof(signature), signature))
		return false;
	json_object_del(bare, "signature");
	text = json_line(bare);
	hash_sha256(text, strlen(text), hash);
	return keys_verify(public, hash, signature);
}

/* --- the first --- */

char *journal_first_line(const struct journal_keys *keys, int64_t after,
			 const uint8_t hash[HASH_SIZE])
{
	CLEANUP_JSON json_t *first = json_make();
	const uint8_t *public = keys->public[keys->count - 1];
	json_t *all = keys->count > 1 ? json_array() : NULL;
	char id[KEYS_ID_SIZE], hex[HASH_TEXT_SIZE];

	keys_public_id(public, id);
	json_put_int(first, "tilld-journal", 1);
	json_put_text(first, "key", id);
	journal_put_hex(first, "public", public, 32);
	for (size_t i = 0; all && i < keys->count; i++) {
		hash_to_hex(keys->public[i], 32, hex);
		json_array_append_new(all, json_string(hex));
	}
	json_put(first, "keys", all);
	if (after) {
		json_put_int(first, "after", after);
		journal_put_hex(first, "hash", hash, HASH_SIZE);
	}
	return json_line(first);
}

/* Two or more, the last of which is the present one. */
static bool journal_read_keys(const json_t *all, struct journal_keys *keys)
{
	size_t count = json_array_size(all);

	if (count < 2 || count > JOURNAL_KEYS_MAX)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!journal_read_hex(json_string_value(json_array_get(all, i)),
				      32, keys->public[i]))
			return false;
	keys->count = count;
	return true;
}

bool journal_read_first_line(const json_t *line,
			     struct journal_start *out_start)
{
	const char *key = json_text(line, "key");
	const json_t *all = json_object_get(line, "keys");
	const json_t *after = json_object_get(line, "after");
	struct journal_start start = { .keys.count = 1 };
	uint8_t public[32];
	char id[KEYS_ID_SIZE];

	if (json_int(line, "tilld-journal", 0) != 1 || !key ||
	    json_object_size(line) != 3u + !!all + (after ? 2 : 0) ||
	    !journal_get_hex(line, "public", sizeof(public), public))
		return false;
	keys_public_id(public, id);
	memcpy(start.keys.public[0], public, sizeof(public));
	if (strcmp(id, key) != 0 ||
	    (all && !journal_read_keys(all, &start.keys)) ||
	    memcmp(start.keys.public[start.keys.count - 1], public, 32) != 0)
		return false;
	start.after = json_int(line, "after", 0);
	if (after && (start.after < 1 ||
		      !journal_get_hex(line, "hash", HASH_SIZE, start.hash)))
		return false;
	*out_start = start;
	return true;
}

/* --- heads of segments --- */

char *journal_segment_line(const struct keys *keys,
			   const struct journal_segment *segment)
{
	CLEANUP_JSON json_t *head = json_make();

	json_put_int(head, "tilld-journal-segment", 1);
	json_put_text(head, "file", segment->file);
	json_put_int(head, "first", segment->first);
	json_put_int(head, "last", segment->last);
	journal_put_hex(head, "prev", segment->prev, HASH_SIZE);
	journal_put_hex(head, "hash", segment->hash, HASH_SIZE);
	journal_put_hex(head, "sha256", segment->sha256, HASH_SIZE);
	json_put_text(head, "sealed_by", segment->sealed_by);
	json_put_text(head, "key", keys_seal_id(keys));
	journal_sign_line(keys, head);
	return json_line(head);
}

static bool journal_parse_segment(const json_t *line,
				  struct journal_segment *out)
{
	const char *file = json_text(line, "file");
	const char *sealed_by = json_text(line, "sealed_by");

	out->first = json_int(line, "first", 0);
	out->last = json_int(line, "last", 0);
	if (json_int(line, "tilld-journal-segment", 0) != 1 ||
	    json_object_size(line) != 10 || !file || !*file ||
	    strlen(file) >= sizeof(out->file) || !sealed_by ||
	    strlen(sealed_by) >= sizeof(out->sealed_by) || out->first < 1 ||
	    out->last < out->first)
		return false;
	text_copy(out->file, sizeof(out->file), file);
	text_copy(out->sealed_by, sizeof(out->sealed_by), sealed_by);
	return journal_get_hex(line, "prev", HASH_SIZE, out->prev) &&
	       journal_get_hex(line, "hash", HASH_SIZE, out->hash) &&
	       journal_get_hex(line, "sha256", HASH_SIZE, out->sha256);
}

enum journal_fault journal_read_segment_line(const json_t *line,
					     const struct journal_keys *keys,
					     struct journal_segment *out)
{
	const char *key = json_text(line, "key");
	struct journal_segment segment;
	size_t at;

	if (!key || !journal_parse_segment(line, &segment))
		return JOURNAL_BAD_LINE;
	at = journal_find_key(keys, key);
	if (at == keys->count || !journal_line_holds(line, keys->public[at]))
		return JOURNAL_BAD_SEAL;
	*out = segment;
	return JOURNAL_SOUND;
}

/* --- the last --- */

char *journal_end_line(const struct keys *keys, int64_t seq,
		       const uint8_t hash[HASH_SIZE])
{
	CLEANUP_JSON json_t *end = json_make();

	json_put_int(end, "tilld-journal-end", 1);
	json_put_int(end, "seq", seq);
	journal_put_hex(end, "hash", hash, HASH_SIZE);
	journal_sign_line(keys, end);
	return json_line(end);
}

enum journal_fault journal_read_end_line(const json_t *line,
					 const uint8_t public[32],
					 int64_t *out_seq,
					 uint8_t out_hash[HASH_SIZE])
{
	uint8_t hash[HASH_SIZE], signature[KEYS_SIGNATURE_SIZE];

	if (json_int(line, "tilld-journal-end", 0) != 1 ||
	    json_object_size(line) != 4 ||
	    !journal_get_hex(line, "hash", sizeof(hash), hash) ||
	    !journal_get_hex(line, "signature", sizeof(signature), signature))
		return JOURNAL_BAD_LINE;
	if (!journal_line_holds(line, public))
		return JOURNAL_BAD_SEAL;
	*out_seq = json_int(line, "seq", -1);
	memcpy(out_hash, hash, HASH_SIZE);
	return JOURNAL_SOUND;
}
