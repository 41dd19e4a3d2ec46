/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bound.h"

#include "store/segments.h"
#include "store/store.h"
#include "util/log.h"

#include <string.h>

#define BOUND_POLICY "policy"

static int bound_set(struct db *db, const char *name, const void *value,
		     size_t len)
{
	QUERY query = query_make(db, "INSERT OR REPLACE INTO bound "
				     "(name, value) VALUES (?, ?)");

	query_text(&query, name);
	query_blob(&query, value, len);
	return query_run(&query);
}

/* One of another length is none either. */
static int bound_get(struct db *db, const char *name, size_t len, void *out,
		     bool *out_has)
{
	QUERY query = query_make(db, "SELECT value FROM bound WHERE name = ?");
	const void *value = NULL;
	size_t found = 0;

	query_text(&query, name);
	if (query_next(&query))
		value = query_get_bytes(&query, 0, &found);
	if (query.error)
		return query.error;
	*out_has = value && found == len;
	if (*out_has)
		memcpy(out, value, len);
	return 0;
}

/* --- the policy --- */

static void bound_add_number(struct hash_run *run, uint64_t value)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
	hash_run_add(run, bytes, sizeof(bytes));
}

static void bound_add_list(struct hash_run *run, const struct people_list *list)
{
	bound_add_number(run, list->count);
	for (size_t i = 0; i < list->count; i++)
		hash_run_add(run, list->parts[i].hash, HASH_SIZE);
}

static void bound_hash_policy(const struct people_kept *kept,
			      uint8_t out_hash[HASH_SIZE])
{
	static const char label[] = "tilld-policy"; /* of nothing else */
	struct hash_run *run = hash_run_new();

	hash_run_add(run, label, sizeof(label));
	bound_add_number(run, (uint64_t)kept->version);
	bound_add_list(run, &kept->document);
	bound_add_list(run, &kept->secrets);
	hash_run_end(run, out_hash);
	hash_run_free(run);
}

int bound_sign_policy(struct db *db, const struct keys *keys,
		      const struct people_kept *kept)
{
	uint8_t hash[HASH_SIZE], signature[KEYS_SIGNATURE_SIZE];

	bound_hash_policy(kept, hash);
	keys_sign(keys, hash, signature);
	return bound_set(db, BOUND_POLICY, signature, sizeof(signature));
}

static bool bound_holds(const struct keys *keys, const uint8_t hash[HASH_SIZE],
			const uint8_t signature[KEYS_SIGNATURE_SIZE])
{
	uint8_t public[32];

	keys_seal_public(keys, public);
	return keys_verify(public, hash, signature);
}

static int bound_holds_by_last(struct db *db, const uint8_t hash[HASH_SIZE],
			       const uint8_t signature[KEYS_SIGNATURE_SIZE],
			       bool *out_holds)
{
	struct journal_keys keys;
	int r = segments_keys(db, &keys);

	if (!r)
		*out_holds =
			keys.count && keys_verify(keys.public[keys.count - 1],
						  hash, signature);
	return r;
}

int bound_check_policy(struct db *db, struct bound_by by,
		       const struct people_kept *kept)
{
	uint8_t hash[HASH_SIZE], signature[KEYS_SIGNATURE_SIZE];
	bool holds;
	int r;

	if (!kept->version || (!by.keys && !by.last))
		return 0;
	r = bound_get(db, BOUND_POLICY, sizeof(signature), signature, &holds);
	if (r)
		return r;
	bound_hash_policy(kept, hash);
	if (holds && by.keys && bound_holds(by.keys, hash, signature))
		return 0;
	if (holds && by.last)
		r = bound_holds_by_last(db, hash, signature, &holds);
	else
		holds = false;
	return r || holds ? r : people_is_damaged();
}

/* --- peppers --- */

int bound_mark_peppers(struct db *db, const struct keys *keys)
{
	int r = 0;

	for (enum keys_pepper i = KEYS_BADGE; !r && i < KEYS_PEPPERS; i++) {
		uint8_t mark[HASH_SIZE];

		keys_pepper_mark(keys, i, mark);
		r = bound_set(db, keys_pepper_name(i), mark, sizeof(mark));
	}
	return r;
}

static int bound_refuse_pepper(const char *name, const char *dir)
{
	log_error("%s in %s is not the one that this database was made with; "
		  "put it back from the copy of the keys, or if there is none, "
		  "put all keys aside and go on with new ones: tilld --restore "
		  "BACKUP --new-keys",
		  name, dir);
	return STORE_E_KEYS_MISSING;
}

int bound_check_peppers(struct db *db, const struct keys *keys, const char *dir)
{
	for (enum keys_pepper i = KEYS_BADGE; i < KEYS_PEPPERS; i++) {
		const char *name = keys_pepper_name(i);
		uint8_t mark[HASH_SIZE], noted[HASH_SIZE];
		bool has;
		int r = bound_get(db, name, sizeof(noted), noted, &has);

		if (r)
			return r;
		keys_pepper_mark(keys, i, mark);
		if (!has || memcmp(mark, noted, sizeof(mark)) != 0)
			return bound_refuse_pepper(name, dir);
	}
	return 0;
}

/* --- at the first start --- */

int bound_make(struct db *db, const struct keys *keys)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct people_kept kept;
	int r;

	if (!keys)
		return 0;
	r = people_read_kept(db, &arena, &kept);
	if (!r && kept.version)
		r = bound_sign_policy(db, keys, &kept);
	if (!r)
		r = bound_mark_peppers(db, keys);
	if (!r)
		log_info("database: the policy is signed from now on, by key "
			 "%s, and the peppers are known by their marks",
			 keys_seal_id(keys));
	return r;
}
