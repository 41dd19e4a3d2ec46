/* SPDX-License-Identifier: Apache-2.0 */
/* Writing business days and sessions; cash.c writes what they hold. */
#include "store/sessions.h"

#include "policy/shift.h"
#include "store/sessions_private.h"
#include "util/json.h"
#include "util/money.h"
#include "util/text.h"

#include <stdlib.h>

/* The tables' CHECKs have these as numbers. */
_Static_assert(SHIFT_COUNTS_MAX == 3, "see session.counts");
_Static_assert(OP_AMOUNT_MAX == 999999999999, "see cash.amount");
_Static_assert(OP_AMOUNT_MAX == MONEY_MAX, "one bound for all amounts");

static const char *const session_state_names[SESSION_STATES] = {
	[SESSION_OPEN] = "open",
	[SESSION_CLOSING] = "closing",
	[SESSION_CLOSED] = "closed",
};

const char *session_state_name(enum session_state state)
{
	return session_state_names[state];
}

void session_row_clear(struct session_row *row)
{
	json_decref(row->counters);
	*row = (struct session_row){ 0 };
}

int session_exists(struct query *query)
{
	bool found = query_next(query);

	return query->error ? query->error : found ? 0 : STORE_E_NOT_FOUND;
}

/* 0 if the statement changed something, else that error. */
static int session_changes(struct query *query, int otherwise)
{
	int r = query_run(query);

	if (r)
		return r;
	return sqlite3_changes(query->db->sqlite) ? 0 : otherwise;
}

/* Of the first entry in the transaction, be it before this step or after. */
static int64_t session_seq(const struct writer *writer, const struct txn *txn)
{
	return txn->result.seq ? txn->result.seq : writer->head.seq + 1;
}

/* --- days --- */

struct day_step {
	struct txn_step step;
	struct day_row row;
};

static int day_begin(struct txn_step *step, struct writer *writer,
		     struct txn *txn)
{
	const struct day_row *row = &((struct day_step *)step)->row;
	QUERY query = query_make(&writer->db,
				 "INSERT INTO day (till, number, date,"
				 " begun_by, begun_ms, begun_seq) "
				 "SELECT ?1, ?2, ?3, ?4, ?5, ?6 "
				 "WHERE ?2 = 1 + (SELECT ifnull(max(number), 0)"
				 " FROM day WHERE till = ?1)");

	query_text(&query, row->till);
	query_int(&query, row->number);
	query_text(&query, row->date);
	query_text(&query, row->begun_by);
	query_int(&query, row->begun_ms);
	query_int(&query, session_seq(writer, txn));
	return session_changes(&query, STORE_E_CONFLICT);
}

void txn_day_begin(struct txn *txn, const struct day_row *row)
{
	struct day_step *step = txn_add(txn, sizeof(*step), day_begin, NULL);

	step->row = *row;
}

static int day_has_session(struct db *db, const char *till)
{
	QUERY query = query_make(db, "SELECT 1 FROM session "
				     "WHERE till = ? AND state <> 'closed'");

	query_text(&query, till);
	return session_exists(&query);
}

static int day_end(struct txn_step *step, struct writer *writer,
		   struct txn *txn)
{
	const struct day_row *row = &((struct day_step *)step)->row;
	QUERY query = query_make(
		&writer->db,
		"UPDATE day SET ended_by = ?, ended_ms = ?, ended_seq = ? "
		"WHERE till = ? AND number = ? AND ended_ms IS NULL");
	int r = day_has_session(&writer->db, row->till);

	if (r != STORE_E_NOT_FOUND)
		return r ? r : STORE_E_CONFLICT;
	query_text(&query, row->ended_by);
	query_int(&query, row->ended_ms);
	query_int(&query, session_seq(writer, txn));
	query_text(&query, row->till);
	query_int(&query, row->number);
	return session_changes(&query, STORE_E_NOT_FOUND);
}

void txn_day_end(struct txn *txn, const struct day_row *row)
{
	struct day_step *step = txn_add(txn, sizeof(*step), day_end, NULL);

	step->row = *row;
}

/* --- sessions --- */

struct session_step {
	struct txn_step step;
	struct session_row row; /* without its JSON, which is text here: */
	char *counters;
};

static void session_clear_step(struct txn_step *step)
{
	free(((struct session_step *)step)->counters);
}

static void session_add(struct txn *txn, const struct session_row *row,
			int (*run)(struct txn_step *step, struct writer *writer,
				   struct txn *txn))
{
	struct session_step *step =
		txn_add(txn, sizeof(*step), run, session_clear_step);

	step->row = *row;
	step->row.counters = NULL;
	step->counters = row->counters ? json_line(row->counters) : NULL;
}

static int session_open(struct txn_step *step, struct writer *writer,
			struct txn *txn)
{
	const struct session_row *row = &((struct session_step *)step)->row;
	QUERY query = query_make(
		&writer->db,
		"INSERT INTO session (id, till, day, opener, owner, state,"
		" locked, counts, opening, opened_ms, opened_seq, forced) "
		"SELECT ?1, ?2, ?3, ?4, ?5, 'open', 0, 0, ?6, ?7, ?8, 0 "
		"WHERE EXISTS (SELECT 1 FROM day WHERE till = ?2 AND"
		" number = ?3 AND ended_ms IS NULL)");

	query_text(&query, row->id);
	query_text(&query, row->till);
	query_int(&query, row->day);
	query_text(&query, row->opener);
	query_text(&query, row->owner);
	query_int(&query, row->opening);
	query_int(&query, row->opened_ms);
	query_int(&query, session_seq(writer, txn));
	return session_changes(&query, STORE_E_NOT_FOUND);
}

void txn_session_open(struct txn *txn, const struct session_row *row)
{
	session_add(txn, row, session_open);
}

/* Of one that is not closed: how often it has been counted. */
static int session_read_counts(struct db *db, const char *id,
			       int64_t *out_counts)
{
	QUERY query = query_make(db, "SELECT counts FROM session "
				     "WHERE id = ? AND state <> 'closed'");
	int r;

	query_text(&query, id);
	r = session_exists(&query);
	if (!r)
		*out_counts = query_get_int(&query, 0);
	return r;
}

static int session_update(struct txn_step *step, struct writer *writer,
			  struct txn *txn)
{
	const struct session_row *row = &((struct session_step *)step)->row;
	QUERY query = query_make(&writer->db,
				 "UPDATE session SET owner = ?, state = ?,"
				 " locked = ?, counts = ?,"
				 " counted = nullif(?, -1) "
				 "WHERE id = ? AND state <> 'closed'");
	int64_t counts;
	int r = session_read_counts(&writer->db, row->id, &counts);

	(void)txn;
	if (r || counts > row->counts)
		return r ? r : STORE_E_CONFLICT;
	query_text(&query, row->owner);
	query_text(&query, session_state_name(row->state));
	query_int(&query, row->locked);
	query_int(&query, row->counts);
	query_int(&query, row->counts ? row->counted : -1);
	query_text(&query, row->id);
	return query_run(&query);
}

void txn_session_update(struct txn *txn, const struct session_row *row)
{
	session_add(txn, row, session_update);
}

/* Does what is closed with it fit the book? */
static int session_check_figures(struct db *db, const struct session_row *row)
{
	QUERY query = query_make(db, "SELECT till FROM session "
				     "WHERE id = ? AND state <> 'closed'");
	int64_t balance, left, difference;
	bool used;
	int r;

	query_text(&query, row->id);
	r = session_exists(&query);
	if (!r)
		r = cash_read_balance(db, query_get_text(&query, 0), &balance,
				      &used);
	if (r)
		return r;
	if (!money_subtract(row->counted, row->withdrawal, &left) ||
	    !money_subtract(row->counted, row->expected, &difference) ||
	    left != balance || difference != row->difference)
		return STORE_E_CONFLICT;
	return 0;
}

static int session_close(struct txn_step *step, struct writer *writer,
			 struct txn *txn)
{
	const struct session_step *session = (struct session_step *)step;
	const struct session_row *row = &session->row;
	QUERY query = query_make(
		&writer->db,
		"UPDATE session SET state = 'closed', locked = 0,"
		" counts = max(counts, ?), expected = ?, counted = ?,"
		" withdrawal = ?, difference = ?,"
		" forced = ?, closed_by = ?, closed_ms = ?, closed_seq = ?,"
		" counters = ? WHERE id = ? AND state <> 'closed'");
	int r = session_check_figures(&writer->db, row);

	if (r)
		return r;
	query_int(&query, row->counts);
	query_int(&query, row->expected);
	query_int(&query, row->counted);
	query_int(&query, row->withdrawal);
	query_int(&query, row->difference);
	query_int(&query, row->forced);
	query_text(&query, row->closed_by);
	query_int(&query, row->closed_ms);
	query_int(&query, session_seq(writer, txn));
	query_text(&query, session->counters);
	query_text(&query, row->id);
	return session_changes(&query, STORE_E_NOT_FOUND);
}

void txn_session_close(struct txn *txn, const struct session_row *row)
{
	session_add(txn, row, session_close);
}

/* --- the end of a till --- */

struct till_step {
	struct txn_step step;
	char till[POLICY_ID_MAX + 1];
};

static int till_has_use(struct db *db, const char *till)
{
	QUERY query =
		query_make(db,
			   "SELECT 1 FROM session WHERE till = ?1"
			   " AND state <> 'closed' "
			   "UNION ALL SELECT 1 FROM day WHERE till = ?1"
			   " AND ended_ms IS NULL "
			   "UNION ALL SELECT 1 FROM operation WHERE till = ?1"
			   " AND device <> '' AND outcome IS NULL "
			   "UNION ALL SELECT 1 FROM operation WHERE till = ?1"
			   " AND device <> '' AND outcome = 'unknown'");

	query_text(&query, till);
	return session_exists(&query);
}

static int till_unused(struct txn_step *step, struct writer *writer,
		       struct txn *txn)
{
	const char *till = ((struct till_step *)step)->till;
	int64_t balance;
	bool used;
	int r = till_has_use(&writer->db, till);

	(void)txn;
	if (r != STORE_E_NOT_FOUND)
		return r ? r : STORE_E_CONFLICT;
	r = cash_read_balance(&writer->db, till, &balance, &used);
	if (r)
		return r;
	return balance ? STORE_E_CONFLICT : 0;
}

void txn_till_unused(struct txn *txn, const char *till)
{
	struct till_step *step = txn_add(txn, sizeof(*step), till_unused, NULL);

	text_copy(step->till, sizeof(step->till), till);
}
