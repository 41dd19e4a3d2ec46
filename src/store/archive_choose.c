/* SPDX-License-Identifier: Apache-2.0 */
/* Which entries are archived next, and which have to stay. */
#include "store/archive_private.h"
#include "store/segments.h"
#include "util/clock.h"
#include "util/json.h"

#include <string.h>

#define ARCHIVE_SEALS 500 /* looked at in one read */

const char *archive_guard_name(enum archive_guard guard)
{
	static const char *const names[] = {
		[ARCHIVE_GUARD_NONE] = NULL,
		[ARCHIVE_GUARD_DAY] = "day",
		[ARCHIVE_GUARD_SESSION] = "session",
		[ARCHIVE_GUARD_OPERATION] = "operation",
	};

	return names[guard];
}

/* --- what stays --- */

/* CROSS: of operations there are few, of entries many, and SQLite would begin
 * with those. */
static const struct archive_guard_row {
	enum archive_guard guard;
	const char *sql;
} archive_guards[] = {
	{ ARCHIVE_GUARD_DAY,
	  "SELECT min(begun_seq) FROM day WHERE ended_ms IS NULL" },
	{ ARCHIVE_GUARD_SESSION,
	  "SELECT min(opened_seq) FROM session WHERE state <> 'closed'" },
	{ ARCHIVE_GUARD_OPERATION,
	  "SELECT min(journal.seq) FROM operation"
	  " CROSS JOIN journal ON journal.operation = operation.id"
	  " WHERE operation.outcome IS NULL" },
	{ ARCHIVE_GUARD_OPERATION,
	  "SELECT min(journal.seq) FROM operation"
	  " CROSS JOIN journal ON journal.operation = operation.id"
	  " WHERE operation.outcome = 'unknown'" },
};

int archive_look_guard(struct db *db, enum archive_guard *out_guard,
		       int64_t *out_from)
{
	enum archive_guard guard = ARCHIVE_GUARD_NONE;
	int64_t from = INT64_MAX;

	for (size_t i = 0;
	     i < sizeof(archive_guards) / sizeof(archive_guards[0]); i++) {
		QUERY query = query_make(db, archive_guards[i].sql);

		if (query_next(&query) && !query_get_null(&query, 0) &&
		    query_get_int(&query, 0) < from) {
			from = query_get_int(&query, 0);
			guard = archive_guards[i].guard;
		}
		if (query.error)
			return query.error;
	}
	*out_guard = guard;
	*out_from = from;
	return 0;
}

/* --- where a segment ends --- */

struct archive_search {
	struct db *db;
	const struct archive_wish *wish;
	int64_t first;
	int64_t first_ms; /* when the first entry was made */
	int64_t end;	  /* seals from here on stay */
	int64_t at;	  /* looked at up to here */
	int64_t last;	  /* the best seal up to now; 0: none */
	bool full;
	bool complete;
};

static int archive_time(struct query *query, int column, int64_t *out_ms)
{
	const char *line = query_get_text(query, column);
	CLEANUP_JSON json_t *entry = json_parse(line, strlen(line));
	const char *time = json_text(entry, "time");

	return time && clock_parse(time, out_ms) ? 0 : STORE_E_CORRUPT;
}

static int archive_begin(struct archive_search *search)
{
	QUERY query = query_make(search->db,
				 "SELECT line FROM journal WHERE seq = ?");

	query_int(&query, search->first);
	if (!query_next(&query))
		return query.error ? query.error : STORE_E_NOT_FOUND;
	return archive_time(&query, 0, &search->first_ms);
}

/* The last seal of all stays too: with it begins what is checked at a start. */
static int archive_find_end(struct archive_search *search)
{
	QUERY query = query_make(search->db, "SELECT max(seq) FROM journal "
					     "WHERE kind = 'seal'");
	enum archive_guard guard;
	int64_t sealed = 0;
	int r = archive_look_guard(search->db, &guard, &search->end);

	if (r)
		return r;
	if (query_next(&query))
		sealed = query_get_int(&query, 0);
	if (sealed < search->end)
		search->end = sealed;
	if (search->wish->until < search->end)
		search->end = search->wish->until + 1;
	return query.error;
}

/* Takes a seal in, or says that the segment ends before it. */
static void archive_weigh(struct archive_search *search, int64_t seq,
			  int64_t ms)
{
	bool late = ms - search->first_ms >= ARCHIVE_MS;
	bool many = seq - search->first >= ARCHIVE_ENTRIES;

	if (ms >= search->wish->before_ms) {
		search->complete = true;
	} else if (search->last && (late || many)) {
		search->full = search->complete = true;
	} else {
		search->last = seq;
		search->full = search->complete = late || many;
	}
}

static int archive_look_on(struct archive_search *search)
{
	QUERY query = query_make(search->db,
				 "SELECT seq, line FROM journal "
				 "WHERE kind = 'seal' AND seq > ? AND seq < ? "
				 "ORDER BY seq LIMIT ?");
	int64_t read = 0, ms;
	int r = 0;

	query_int(&query, search->at);
	query_int(&query, search->end);
	query_int(&query, ARCHIVE_SEALS);
	for (; !r && !search->complete && query_next(&query); read++) {
		search->at = query_get_int(&query, 0);
		r = archive_time(&query, 1, &ms);
		if (!r)
			archive_weigh(search, search->at, ms);
	}
	if (read < ARCHIVE_SEALS)
		search->complete = true;
	return r ? r : query.error;
}

static int archive_search_end(struct archive_search *search)
{
	int r = archive_begin(search);

	if (!r)
		r = archive_find_end(search);
	while (!r && !search->complete)
		r = archive_look_on(search);
	return r == STORE_E_NOT_FOUND ? 0 : r;
}

int archive_choose(struct db *db, const struct archive_wish *wish,
		   struct archive_plan *out_plan)
{
	struct archive_search search = { .db = db, .wish = wish };
	struct archive_plan plan = { .is_planned = true };
	int64_t archived;
	int r = segments_planned(db, &plan.first, &plan.last);

	if (!r)
		r = segments_last(db, &archived);
	if (!r && !plan.last) {
		search.at = archived;
		search.first = archived + 1;
		r = archive_search_end(&search);
		plan = (struct archive_plan){ .first = search.first };
		if (search.full || !wish->only_full)
			plan.last = search.last;
	}
	if (!r)
		*out_plan = plan;
	return r;
}
