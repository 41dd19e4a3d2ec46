/* SPDX-License-Identifier: Apache-2.0 */
/* Reading sessions and cash: lists on the reader, the tills' books at start. */
#include "store/sessions_private.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* --- rows --- */

#define SESSION_COLUMNS                                                      \
	"SELECT number, id, till, day, opener, owner, state, locked,"        \
	" counts, opening, opened_ms, opened_seq, expected, counted,"        \
	" withdrawal, difference, forced, closed_by, closed_ms, closed_seq," \
	" counters FROM session "

enum session_column {
	SESSION_NUMBER,
	SESSION_ID,
	SESSION_TILL,
	SESSION_DAY,
	SESSION_OPENER,
	SESSION_OWNER,
	SESSION_STATE,
	SESSION_LOCKED,
	SESSION_COUNTS,
	SESSION_OPENING,
	SESSION_OPENED_MS,
	SESSION_OPENED_SEQ,
	SESSION_EXPECTED,
	SESSION_COUNTED,
	SESSION_WITHDRAWAL,
	SESSION_DIFFERENCE,
	SESSION_FORCED,
	SESSION_CLOSED_BY,
	SESSION_CLOSED_MS,
	SESSION_CLOSED_SEQ,
	SESSION_COUNTERS,
};

static enum session_state session_get_state(struct query *query, int column)
{
	const char *name = query_get_text(query, column);

	for (enum session_state state = 0; state < SESSION_STATES; state++)
		if (name && !strcmp(session_state_name(state), name))
			return state;
	query->error = STORE_E_CORRUPT;
	return SESSION_CLOSED;
}

static json_t *session_get_counters(struct query *query, int column)
{
	const char *text = query_get_text(query, column);
	json_t *counters = text ? json_parse(text, strlen(text)) : NULL;

	if (text && !counters)
		query->error = STORE_E_CORRUPT;
	return counters;
}

static void session_get_closing(struct query *query, struct session_row *row)
{
	row->expected = query_get_int(query, SESSION_EXPECTED);
	row->counted = query_get_int(query, SESSION_COUNTED);
	row->withdrawal = query_get_int(query, SESSION_WITHDRAWAL);
	row->difference = query_get_int(query, SESSION_DIFFERENCE);
	row->forced = query_get_int(query, SESSION_FORCED) != 0;
	query_get_chars(query, SESSION_CLOSED_BY, row->closed_by,
			sizeof(row->closed_by));
	row->closed_ms = query_get_int(query, SESSION_CLOSED_MS);
	row->closed_seq = query_get_int(query, SESSION_CLOSED_SEQ);
	row->counters = session_get_counters(query, SESSION_COUNTERS);
}

/* What it owns is to be cleared, however it went. */
static int session_get_row(struct query *query, struct session_row *row)
{
	*row = (struct session_row){
		.number = query_get_int(query, SESSION_NUMBER),
		.day = query_get_int(query, SESSION_DAY),
		.state = session_get_state(query, SESSION_STATE),
		.locked = query_get_int(query, SESSION_LOCKED) != 0,
		.counts = query_get_int(query, SESSION_COUNTS),
		.opening = query_get_int(query, SESSION_OPENING),
		.opened_ms = query_get_int(query, SESSION_OPENED_MS),
		.opened_seq = query_get_int(query, SESSION_OPENED_SEQ),
	};
	query_get_chars(query, SESSION_ID, row->id, sizeof(row->id));
	query_get_chars(query, SESSION_TILL, row->till, sizeof(row->till));
	query_get_chars(query, SESSION_OPENER, row->opener,
			sizeof(row->opener));
	query_get_chars(query, SESSION_OWNER, row->owner, sizeof(row->owner));
	session_get_closing(query, row);
	return query->error;
}

static int day_get_row(struct query *query, struct day_row *row)
{
	*row = (struct day_row){
		.number = query_get_int(query, 1),
		.begun_ms = query_get_int(query, 4),
		.begun_seq = query_get_int(query, 5),
		.ended_ms = query_get_int(query, 7),
		.ended_seq = query_get_int(query, 8),
	};
	query_get_chars(query, 0, row->till, sizeof(row->till));
	query_get_chars(query, 2, row->date, sizeof(row->date));
	query_get_chars(query, 3, row->begun_by, sizeof(row->begun_by));
	query_get_chars(query, 6, row->ended_by, sizeof(row->ended_by));
	return query->error;
}

/* --- the tills' books --- */

static int book_read_day(struct db *db, struct book_row *book)
{
	QUERY query = query_make(db, "SELECT till, number, date, begun_by,"
				     " begun_ms, begun_seq, ended_by,"
				     " ended_ms, ended_seq FROM day "
				     "WHERE till = ? "
				     "ORDER BY number DESC LIMIT 1");

	query_text(&query, book->till);
	if (query_next(&query))
		return day_get_row(&query, &book->day);
	return query.error;
}

static int book_read_session(struct db *db, struct book_row *book)
{
	QUERY query = query_make(db, SESSION_COLUMNS
				 "WHERE till = ? AND state <> 'closed'");

	query_text(&query, book->till);
	if (query_next(&query))
		return session_get_row(&query, &book->session);
	return query.error;
}

static int book_read(struct db *db, struct book_row *book)
{
	int r = cash_read_balance(db, book->till, &book->balance, &book->used);

	if (!r)
		r = book_read_day(db, book);
	return r ? r : book_read_session(db, book);
}

/* By one look into the index for each till: of entries there are many. */
static const char book_tills[] =
	"WITH RECURSIVE used (till) AS ("
	" SELECT min(till) FROM cash UNION ALL"
	" SELECT (SELECT min(till) FROM cash WHERE till > used.till)"
	" FROM used WHERE used.till IS NOT NULL) "
	"SELECT till FROM used WHERE till IS NOT NULL "
	"UNION SELECT till FROM day ORDER BY till";

int store_books(struct store *store,
		void (*fn)(void *arg, const struct book_row *row), void *arg)
{
	QUERY query = query_make(&store->reader, book_tills);
	int r = 0;

	while (!r && query_next(&query)) {
		struct book_row book = { 0 };

		query_get_chars(&query, 0, book.till, sizeof(book.till));
		r = query.error ? query.error
				: book_read(&store->reader, &book);
		if (!r)
			fn(arg, &book);
		session_row_clear(&book.session);
	}
	return r ? r : query.error;
}

/* --- reading, on the reader --- */

struct session_reading {
	struct work work;
	struct store *store;
	int (*read)(struct session_reading *reading, struct db *db);
	void (*tell)(struct session_reading *reading);
	char till[POLICY_ID_MAX + 1];
	char id[RANDOM_ID_SIZE];
	int64_t before; /* which number */
	size_t max;
	struct session_row *sessions;
	size_t count;
	struct session_report report;
	int error;
	session_page session_page;
	session_found found;
	void *arg;
};

static void session_run_reading(struct work *work)
{
	struct session_reading *reading = (struct session_reading *)work;

	reading->error = reading->read(reading, &reading->store->reader);
}

static void session_finish_reading(struct work *work)
{
	struct session_reading *reading = (struct session_reading *)work;

	reading->tell(reading);
	for (size_t i = 0; reading->sessions && i < reading->max; i++)
		session_row_clear(&reading->sessions[i]);
	session_row_clear(&reading->report.session);
	free(reading->sessions);
	free(reading);
}

static struct session_reading *
session_new_reading(struct store *store,
		    int (*read)(struct session_reading *reading, struct db *db),
		    void (*tell)(struct session_reading *reading), void *arg)
{
	struct session_reading *reading = ALLOC_NEW(struct session_reading);

	reading->work.run = session_run_reading;
	reading->work.done = session_finish_reading;
	reading->store = store;
	reading->read = read;
	reading->tell = tell;
	reading->arg = arg;
	return reading;
}

/* What is too long to have been stored is looked for in vain. */
static void session_copy_id(char *to, size_t size, const char *from)
{
	text_copy(to, size, strlen(from) < size ? from : "");
}

/* --- a list --- */

static int session_read_list(struct session_reading *reading, struct db *db)
{
	QUERY query =
		query_make(db, SESSION_COLUMNS "WHERE till = ? AND number < ? "
					       "ORDER BY number DESC LIMIT ?");
	int r = 0;

	query_text(&query, reading->till);
	query_int(&query, reading->before);
	query_int(&query, (int64_t)reading->max);
	while (!r && query_next(&query))
		r = session_get_row(&query,
				    &reading->sessions[reading->count++]);
	return r ? r : query.error;
}

static void session_tell_list(struct session_reading *reading)
{
	reading->session_page(reading->arg, reading->error,
			      reading->error ? NULL : reading->sessions,
			      reading->error ? 0 : reading->count);
}

void store_list_sessions(struct store *store, const char *till, int64_t before,
			 size_t max, session_page page, void *arg)
{
	struct session_reading *reading = session_new_reading(
		store, session_read_list, session_tell_list, arg);

	session_copy_id(reading->till, sizeof(reading->till), till);
	reading->before = before > 0 ? before : INT64_MAX;
	reading->max =
		!max || max > SESSIONS_PAGE_MAX ? SESSIONS_PAGE_MAX : max;
	reading->sessions =
		alloc_zero(reading->max, sizeof(*reading->sessions));
	reading->session_page = page;
	store_submit_read(store, &reading->work);
}

/* --- one session --- */

static int session_read_sums(struct session_reading *reading, struct db *db)
{
	QUERY query = query_make(db, "SELECT kind, declared, count(*),"
				     " sum(amount) FROM cash "
				     "WHERE session = ? "
				     "GROUP BY kind, declared");
	struct session_report *report = &reading->report;
	enum cash_kind kind;

	query_text(&query, reading->id);
	while (query_next(&query)) {
		const char *name = query_get_text(&query, 0);
		struct cash_sum sum = { query_get_int(&query, 2),
					query_get_int(&query, 3) };

		if (!name || !cash_kind_from_name(name, &kind))
			return STORE_E_CORRUPT;
		if (query_get_int(&query, 1))
			report->declared[kind] = sum;
		else
			report->witnessed[kind] = sum;
	}
	return query.error;
}

static int session_read_one(struct session_reading *reading, struct db *db)
{
	QUERY query =
		query_make(db, SESSION_COLUMNS "WHERE id = ? AND till = ?");
	int r;

	query_text(&query, reading->id);
	query_text(&query, reading->till);
	r = session_exists(&query);
	if (!r)
		r = session_get_row(&query, &reading->report.session);
	return r ? r : session_read_sums(reading, db);
}

static void session_tell_one(struct session_reading *reading)
{
	reading->found(reading->arg, reading->error,
		       reading->error ? NULL : &reading->report);
}

void store_find_session(struct store *store, const char *till, const char *id,
			session_found found, void *arg)
{
	struct session_reading *reading = session_new_reading(
		store, session_read_one, session_tell_one, arg);

	session_copy_id(reading->till, sizeof(reading->till), till);
	session_copy_id(reading->id, sizeof(reading->id), id);
	reading->found = found;
	store_submit_read(store, &reading->work);
}
