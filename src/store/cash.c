/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing cash entries. The balance is read from the last one and written into
 * the next, by the one writer there is: it can't be lost or moved twice.
 */
#include "store/sessions_private.h"
#include "util/money.h"

#include <errno.h>
#include <stdio.h>

int cash_read_balance(struct db *db, const char *till, int64_t *out_balance,
		      bool *out_used)
{
	QUERY query = query_make(db, "SELECT balance FROM cash WHERE till = ? "
				     "ORDER BY number DESC LIMIT 1");
	bool used;

	query_text(&query, till);
	used = query_next(&query);
	if (query.error)
		return query.error;
	*out_balance = used ? query_get_int(&query, 0) : 0;
	*out_used = used;
	return 0;
}

/* --- an entry --- */

struct cash_step {
	struct txn_step step;
	struct cash_row row;
	bool expects;
	int64_t before;
};

static int cash_find_session(struct db *db, const struct cash_row *row)
{
	QUERY query = query_make(db, "SELECT 1 FROM session "
				     "WHERE id = ? AND till = ? AND day = ? "
				     "AND state <> 'closed'");

	query_text(&query, row->session);
	query_text(&query, row->till);
	query_int(&query, row->day);
	return session_exists(&query);
}

static int cash_find_day(struct db *db, const struct cash_row *row)
{
	QUERY query = query_make(db, "SELECT 1 FROM day WHERE till = ? AND "
				     "number = ? AND ended_ms IS NULL");

	query_text(&query, row->till);
	query_int(&query, row->day);
	return session_exists(&query);
}

/* What is closed or ended takes no entry any more. */
static int cash_find_place(struct db *db, const struct cash_row *row)
{
	if (*row->session)
		return cash_find_session(db, row);
	return row->day ? cash_find_day(db, row) : 0;
}

static void cash_int_or_null(struct query *query, int64_t value)
{
	if (value)
		query_int(query, value);
	else
		query_text(query, NULL);
}

static int cash_insert(struct db *db, const struct cash_row *row,
		       int64_t balance)
{
	QUERY query = query_make(
		db, "INSERT INTO cash (till, session, day, kind, direction,"
		    " amount, operator, operation, declared, document, at_ms,"
		    " balance) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	query_text(&query, row->till);
	query_text(&query, *row->session ? row->session : NULL);
	cash_int_or_null(&query, row->day);
	query_text(&query, cash_kind_name(row->kind));
	query_text(&query, cash_kind_direction(row->kind));
	query_int(&query, row->amount);
	query_text(&query, row->operator);
	query_text(&query, row->operation);
	query_int(&query, row->declared);
	query_int(&query, row->document);
	query_int(&query, row->at_ms);
	query_int(&query, balance);
	return query_run(&query);
}

static int cash_add(struct txn_step *step, struct writer *writer,
		    struct txn *txn)
{
	const struct cash_step *cash = (struct cash_step *)step;
	const struct cash_row *row = &cash->row;
	int64_t balance;
	bool used;
	int r;

	(void)txn;
	if (row->amount < 1 || row->amount > OP_AMOUNT_MAX)
		return -EINVAL;
	r = cash_read_balance(&writer->db, row->till, &balance, &used);
	if (r)
		return r;
	if (cash->expects && balance != cash->before)
		return STORE_E_CONFLICT;
	if (!money_add(balance, cash_delta(row->kind, row->amount), &balance))
		return STORE_E_OVERFLOW;
	r = cash_find_place(&writer->db, row);
	return r ? r : cash_insert(&writer->db, row, balance);
}

void txn_cash_add(struct txn *txn, const struct cash_row *row,
		  const int64_t *before)
{
	struct cash_step *step = txn_add(txn, sizeof(*step), cash_add, NULL);

	step->row = *row;
	step->expects = before;
	step->before = before ? *before : 0;
}

/* --- none --- */

static int cash_expect(struct txn_step *step, struct writer *writer,
		       struct txn *txn)
{
	const struct cash_step *cash = (struct cash_step *)step;
	int64_t balance;
	bool used;
	int r = cash_read_balance(&writer->db, cash->row.till, &balance, &used);

	(void)txn;
	if (r)
		return r;
	return balance == cash->before ? 0 : STORE_E_CONFLICT;
}

void txn_balance_expect(struct txn *txn, const char *till, int64_t balance)
{
	struct cash_step *step = txn_add(txn, sizeof(*step), cash_expect, NULL);

	snprintf(step->row.till, sizeof(step->row.till), "%s", till);
	step->before = balance;
}
