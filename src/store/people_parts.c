/* SPDX-License-Identifier: Apache-2.0 */
#include "store/people_parts.h"

#include "store/bound.h"
#include "store/store.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/log.h"

#include <string.h>

/* In one go: for a millisecond or two, and the disk. */
#define PEOPLE_SOME_BYTES ((size_t)128 * 1024)

void people_part_set(struct people_part *part, const char *text)
{
	part->text = text;
	hash_sha256(text, strlen(text), part->hash);
}

/* Their hashes in a row: what the policy's row has of them. */
static uint8_t *people_pack(const struct people_list *list)
{
	uint8_t *hashes = alloc_zero(list->count, HASH_SIZE);

	for (size_t i = 0; i < list->count; i++)
		memcpy(hashes + i * HASH_SIZE, list->parts[i].hash, HASH_SIZE);
	return hashes;
}

static struct people_list people_unpack(struct arena *arena,
					const uint8_t *hashes, size_t len)
{
	struct people_list list = { .count = len / HASH_SIZE };

	list.parts = arena_alloc(arena, list.count, sizeof(*list.parts));
	for (size_t i = 0; i < list.count; i++)
		memcpy(list.parts[i].hash, hashes + i * HASH_SIZE, HASH_SIZE);
	return list;
}

void people_hash_document(struct people_kept *kept)
{
	CLEANUP_FREE uint8_t *hashes = people_pack(&kept->document);

	hash_sha256(hashes, kept->document.count * HASH_SIZE, kept->hash);
}

/* --- reading --- */

int people_is_damaged(void)
{
	log_error("the policy in the database is not what its hash says");
	return STORE_E_CORRUPT;
}

int people_read_kept(struct db *db, struct arena *arena,
		     struct people_kept *out_kept)
{
	QUERY query = query_make(db, "SELECT version, hash, document, secrets "
				     "FROM policy");
	struct people_kept kept = { 0 };
	uint8_t hash[HASH_SIZE];
	const void *hashes;
	size_t len;

	if (query_next(&query)) {
		kept.version = query_get_int(&query, 0);
		query_get_blob(&query, 1, hash, HASH_SIZE);
		hashes = query_get_bytes(&query, 2, &len);
		kept.document = people_unpack(arena, hashes, len);
		hashes = query_get_bytes(&query, 3, &len);
		kept.secrets = people_unpack(arena, hashes, len);
		people_hash_document(&kept);
	}
	if (query.error)
		return query.error;
	if (kept.version && memcmp(hash, kept.hash, HASH_SIZE) != 0)
		return people_is_damaged();
	*out_kept = kept;
	return 0;
}

static int people_read_part(struct db *db, struct arena *arena,
			    struct people_part *part)
{
	QUERY query =
		query_make(db, "SELECT text FROM policy_part WHERE hash = ?");
	uint8_t hash[HASH_SIZE];

	memcpy(hash, part->hash, HASH_SIZE);
	query_blob(&query, hash, HASH_SIZE);
	if (!query_next(&query))
		return query.error ? query.error : people_is_damaged();
	people_part_set(part, arena_text(arena, query_get_text(&query, 0)));
	return memcmp(hash, part->hash, HASH_SIZE) ? people_is_damaged() : 0;
}

int people_read_parts(struct db *db, struct arena *arena,
		      struct people_list *list)
{
	int r = 0;

	for (size_t i = 0; !r && i < list->count; i++)
		r = people_read_part(db, arena, &list->parts[i]);
	return r;
}

/* --- writing --- */

/* One that was written ahead, or is in what stands, too, is there. */
static int people_write_part(struct db *db, const struct people_part *part)
{
	QUERY query = query_make(db, "INSERT OR IGNORE INTO policy_part "
				     "(hash, text) VALUES (?, ?)");

	query_blob(&query, part->hash, HASH_SIZE);
	query_text(&query, part->text);
	return query_run(&query);
}

static const struct people_part *people_part_at(const struct people_kept *kept,
						size_t at)
{
	return at < kept->document.count
		       ? &kept->document.parts[at]
		       : &kept->secrets.parts[at - kept->document.count];
}

bool people_has_parts(const struct people_kept *kept, size_t at)
{
	return at < kept->document.count + kept->secrets.count;
}

bool people_is_short(const struct people_kept *kept)
{
	size_t bytes = 0;

	for (size_t i = 0; people_has_parts(kept, i); i++)
		bytes += strlen(people_part_at(kept, i)->text);
	return bytes <= PEOPLE_SOME_BYTES;
}

int people_write_some(struct db *db, const struct people_kept *kept, size_t *at)
{
	size_t bytes = 0;
	int r = 0;

	for (; !r && people_has_parts(kept, *at) && bytes < PEOPLE_SOME_BYTES;
	     (*at)++) {
		const struct people_part *part = people_part_at(kept, *at);

		r = people_write_part(db, part);
		if (sqlite3_changes64(db->sqlite))
			bytes += strlen(part->text);
	}
	return r;
}

static int people_write_row(struct db *db, const struct people_kept *kept)
{
	QUERY query = query_make(db, "INSERT OR REPLACE INTO policy (one,"
				     " version, hash, document, secrets)"
				     " VALUES (1, ?, ?, ?, ?)");
	CLEANUP_FREE uint8_t *document = people_pack(&kept->document);
	CLEANUP_FREE uint8_t *secrets = people_pack(&kept->secrets);

	query_int(&query, kept->version);
	query_blob(&query, kept->hash, HASH_SIZE);
	query_blob(&query, document, kept->document.count * HASH_SIZE);
	query_blob(&query, secrets, kept->secrets.count * HASH_SIZE);
	return query_run(&query);
}

int people_write_kept(struct db *db, const struct keys *keys,
		      const struct people_kept *kept)
{
	int r = 0;

	for (size_t i = 0; !r && people_has_parts(kept, i); i++)
		r = people_write_part(db, people_part_at(kept, i));
	if (!r)
		r = people_write_row(db, kept);
	return r ? r : bound_sign_policy(db, keys, kept);
}

/* --- sweeping --- */

static bool people_lists(const struct people_kept *kept, const uint8_t *hash)
{
	for (size_t i = 0; people_has_parts(kept, i); i++)
		if (!memcmp(people_part_at(kept, i)->hash, hash, HASH_SIZE))
			return true;
	return false;
}

static int people_find_old(struct db *db, struct arena *arena,
			   struct people_list *out_old)
{
	QUERY query = query_make(db, "SELECT hash FROM policy_part");
	struct people_kept kept;
	struct people_list old = { 0 };
	uint8_t hash[HASH_SIZE];
	int r = people_read_kept(db, arena, &kept);

	if (r)
		return r;
	old.parts = arena_alloc(arena, PEOPLE_SWEEP_MAX, sizeof(*old.parts));
	while (old.count < PEOPLE_SWEEP_MAX && query_next(&query)) {
		query_get_blob(&query, 0, hash, HASH_SIZE);
		if (!query.error && !people_lists(&kept, hash))
			memcpy(old.parts[old.count++].hash, hash, HASH_SIZE);
	}
	if (!query.error)
		*out_old = old;
	return query.error;
}

static int people_delete_part(struct db *db, const struct people_part *part)
{
	QUERY query = query_make(db, "DELETE FROM policy_part WHERE hash = ?");

	query_blob(&query, part->hash, HASH_SIZE);
	return query_run(&query);
}

int people_sweep_some(struct db *db, size_t *out_count)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct people_list old = { 0 };
	int r = people_find_old(db, &arena, &old);

	for (size_t i = 0; !r && i < old.count; i++)
		r = people_delete_part(db, &old.parts[i]);
	if (!r)
		*out_count = old.count;
	return r;
}

int people_sweep(struct db *db)
{
	size_t count = PEOPLE_SWEEP_MAX;
	int r = 0;

	while (!r && count == PEOPLE_SWEEP_MAX)
		r = people_sweep_some(db, &count);
	return r;
}

/* --- its version --- */

int people_version(struct db *db, int64_t *out_version)
{
	QUERY query = query_make(db, "SELECT version FROM policy");
	int64_t version = 0;

	if (query_next(&query))
		version = query_get_int(&query, 0);
	if (!query.error)
		*out_version = version;
	return query.error;
}
