/* SPDX-License-Identifier: Apache-2.0 */
#include "store/people_parts.h"

#include "store/store.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/log.h"

#include <stdlib.h>
#include <string.h>

void people_part_set(struct people_part *part, const char *text)
{
	part->text = text;
	hash_sha256(text, strlen(text), part->hash);
}

/* Their hashes in a row: what the policy's row has of them. */
static uint8_t *people_list_parts(const struct people_document *document)
{
	uint8_t *list = alloc_zero(document->parts_count, HASH_SIZE);

	for (size_t i = 0; i < document->parts_count; i++)
		memcpy(list + i * HASH_SIZE, document->parts[i].hash,
		       HASH_SIZE);
	return list;
}

void people_document_hash(struct people_document *document)
{
	CLEANUP_FREE uint8_t *list = people_list_parts(document);

	hash_sha256(list, document->parts_count * HASH_SIZE, document->hash);
}

/* --- reading --- */

static int people_read_part(struct db *db, struct arena *arena,
			    struct people_part *part)
{
	QUERY query =
		query_make(db, "SELECT text FROM policy_part WHERE hash = ?");
	uint8_t hash[HASH_SIZE];

	memcpy(hash, part->hash, HASH_SIZE);
	query_blob(&query, hash, HASH_SIZE);
	if (!query_next(&query))
		return query.error ? query.error : STORE_E_CORRUPT;
	people_part_set(part, arena_text(arena, query_get_text(&query, 0)));
	return memcmp(hash, part->hash, HASH_SIZE) ? STORE_E_CORRUPT : 0;
}

/* Version and hashes alone; no texts. */
static int people_read_list(struct db *db, struct arena *arena,
			    struct people_document *document)
{
	QUERY query = query_make(db, "SELECT version, parts FROM policy");
	const uint8_t *list;

	if (!query_next(&query))
		return query.error;
	document->version = query_get_int(&query, 0);
	list = query_get_bytes(&query, 1, &document->parts_count);
	document->parts_count /= HASH_SIZE;
	document->parts = arena_alloc(arena, document->parts_count,
				      sizeof(*document->parts));
	for (size_t i = 0; i < document->parts_count; i++)
		memcpy(document->parts[i].hash, list + i * HASH_SIZE,
		       HASH_SIZE);
	people_document_hash(document);
	return 0;
}

static int people_check_hash(struct db *db,
			     const struct people_document *document)
{
	QUERY query = query_make(db, "SELECT 1 FROM policy WHERE hash = ?");

	query_blob(&query, document->hash, HASH_SIZE);
	if (query_next(&query))
		return 0;
	return query.error ? query.error : STORE_E_CORRUPT;
}

int people_document_read(struct db *db, struct arena *arena,
			 struct people_document *out_document)
{
	struct people_document document = { 0 };
	int r = people_read_list(db, arena, &document);

	if (!r && document.version)
		r = people_check_hash(db, &document);
	for (size_t i = 0; !r && i < document.parts_count; i++)
		r = people_read_part(db, arena, &document.parts[i]);
	if (r == STORE_E_CORRUPT)
		log_error("the policy in the database is not what its hash "
			  "says");
	if (!r)
		*out_document = document;
	return r;
}

/* --- writing --- */

static bool people_has_part(const struct people_document *document,
			    const struct people_part *part)
{
	for (size_t i = 0; i < document->parts_count; i++)
		if (!memcmp(document->parts[i].hash, part->hash, HASH_SIZE))
			return true;
	return false;
}

static int people_insert_part(struct db *db, const struct people_part *part)
{
	QUERY query = query_make(db, "INSERT OR IGNORE INTO policy_part "
				     "(hash, text) VALUES (?, ?)");

	query_blob(&query, part->hash, HASH_SIZE);
	query_text(&query, part->text);
	return query_run(&query);
}

static int people_delete_part(struct db *db, const struct people_part *part)
{
	QUERY query = query_make(db, "DELETE FROM policy_part WHERE hash = ?");

	query_blob(&query, part->hash, HASH_SIZE);
	return query_run(&query);
}

static int people_write_list(struct db *db,
			     const struct people_document *document)
{
	QUERY query = query_make(
		db, "INSERT INTO policy (one, version, hash, parts) "
		    "VALUES (1, ?1, ?2, ?3) ON CONFLICT (one) DO UPDATE SET"
		    " version = ?1, hash = ?2, parts = ?3");
	CLEANUP_FREE uint8_t *list = people_list_parts(document);

	query_int(&query, document->version);
	query_blob(&query, document->hash, HASH_SIZE);
	query_blob(&query, list, document->parts_count * HASH_SIZE);
	return query_run(&query);
}

int people_document_write(struct db *db, const struct people_document *document)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct people_document before = { 0 };
	int r = people_read_list(db, &arena, &before);

	for (size_t i = 0; !r && i < before.parts_count; i++)
		if (!people_has_part(document, &before.parts[i]))
			r = people_delete_part(db, &before.parts[i]);
	for (size_t i = 0; !r && i < document->parts_count; i++)
		if (!people_has_part(&before, &document->parts[i]))
			r = people_insert_part(db, &document->parts[i]);
	return r ? r : people_write_list(db, document);
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

int people_count_version(struct db *db)
{
	QUERY query = query_make(db, "UPDATE policy SET version = version + 1");

	return query_run(&query);
}
