/* SPDX-License-Identifier: Apache-2.0 */
#include "store/segments.h"

#include "store/store.h"
#include "util/alloc.h"

static int segments_get_int(struct query *query, int64_t *out_value)
{
	int64_t value = 0;

	if (query_next(query))
		value = query_get_int(query, 0);
	if (!query->error)
		*out_value = value;
	return query->error;
}

int segments_last(struct db *db, int64_t *out_last)
{
	QUERY query = query_make(db, "SELECT max(last) FROM segment "
				     "WHERE head IS NOT NULL");

	return segments_get_int(&query, out_last);
}

int segments_find(struct db *db, int64_t seq, char **out_head)
{
	QUERY query = query_make(db, "SELECT head FROM segment "
				     "WHERE last >= ?1 AND first <= ?1 AND"
				     " head IS NOT NULL LIMIT 1");
	char *head = NULL;

	query_int(&query, seq);
	if (query_next(&query))
		head = alloc_text(query_get_text(&query, 0));
	if (!query.error)
		*out_head = head;
	return query.error;
}

int segments_find_first(struct db *db, int64_t first, char **out_head,
			int64_t *out_last)
{
	QUERY query = query_make(db, "SELECT head, last FROM segment "
				     "WHERE first = ? AND head IS NOT NULL");

	query_int(&query, first);
	*out_head = NULL;
	if (query_next(&query)) {
		*out_head = alloc_text(query_get_text(&query, 0));
		*out_last = query_get_int(&query, 1);
	}
	return query.error;
}

int segments_planned(struct db *db, int64_t *out_first, int64_t *out_last)
{
	QUERY query = query_make(db, "SELECT first, last FROM segment "
				     "WHERE head IS NULL");
	int64_t first = 0, last = 0;

	if (query_next(&query)) {
		first = query_get_int(&query, 0);
		last = query_get_int(&query, 1);
	}
	if (query.error)
		return query.error;
	*out_first = first;
	*out_last = last;
	return 0;
}

int segments_plan(struct db *db, int64_t first, int64_t last)
{
	QUERY query = query_make(db, "INSERT INTO segment (first, last) "
				     "VALUES (?, ?)");

	query_int(&query, first);
	query_int(&query, last);
	return query_run(&query);
}

int segments_archive(struct db *db, int64_t first, int64_t last,
		     const char *head)
{
	QUERY query = query_make(db, "UPDATE segment SET head = ? "
				     "WHERE first = ? AND last = ? AND"
				     " head IS NULL");
	int r;

	query_text(&query, head);
	query_int(&query, first);
	query_int(&query, last);
	r = query_run(&query);
	if (r)
		return r;
	return sqlite3_changes(db->sqlite) == 1 ? 0 : STORE_E_CONFLICT;
}

/* The oldest first, so that what is left is a journal without a gap. */
int segments_remove(struct db *db, int64_t max, int64_t *out_removed)
{
	QUERY query = query_make(db, "DELETE FROM journal WHERE seq IN ("
				     "SELECT seq FROM journal WHERE seq <= ? "
				     "ORDER BY seq LIMIT ?)");
	int64_t last;
	int r = segments_last(db, &last);

	if (r)
		return r;
	query_int(&query, last);
	query_int(&query, max);
	r = query_run(&query);
	if (!r)
		*out_removed = sqlite3_changes(db->sqlite);
	return r;
}

/* --- keys --- */

int segments_keys(struct db *db, struct journal_keys *out_keys)
{
	QUERY query = query_make(db, "SELECT public FROM seal_key "
				     "ORDER BY number");
	struct journal_keys keys = { 0 };

	while (query_next(&query)) {
		if (keys.count == JOURNAL_KEYS_MAX)
			return STORE_E_CORRUPT;
		query_get_blob(&query, 0, keys.public[keys.count], 32);
		if (query.error)
			return query.error;
		keys.count++;
	}
	if (!query.error)
		*out_keys = keys;
	return query.error;
}

int segments_add_key(struct db *db, const uint8_t public[32])
{
	QUERY query = query_make(db, "INSERT INTO seal_key (public) "
				     "VALUES (?)");

	query_blob(&query, public, 32);
	return query_run(&query);
}
