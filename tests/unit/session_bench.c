/* SPDX-License-Identifier: Apache-2.0 */
#include "session_bench.h"

#include "util/json.h"
#include "util/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct day_row bench_day(const char *till, int64_t number)
{
	struct day_row row = {
		.number = number,
		.date = "2026-11-22",
		.begun_by = "anna",
		.begun_ms = 1000 * number,
		.ended_by = "maria",
		.ended_ms = 1000 * number + 500,
	};

	text_copy(row.till, sizeof(row.till), till);
	return row;
}

struct session_row bench_session(const char *till, const char *id, int64_t day)
{
	struct session_row row = {
		.day = day,
		.opener = "anna",
		.owner = "anna",
		.opened_ms = 2000,
		.closed_by = "maria",
		.closed_ms = 3000,
	};

	text_copy(row.till, sizeof(row.till), till);
	text_copy(row.id, sizeof(row.id), id);
	return row;
}

struct cash_row bench_cash(const char *till, const char *session, int64_t day,
			   enum cash_kind kind, int64_t amount,
			   const char *operation)
{
	struct cash_row row = {
		.day = day, .kind = kind, .amount = amount, .at_ms = 2500
	};

	text_copy(row.till, sizeof(row.till), till);
	text_copy(row.session, sizeof(row.session), session);
	text_copy(row.operator, sizeof(row.operator), "anna");
	text_copy(row.operation, sizeof(row.operation), operation);
	return row;
}

static int bench_commit(struct store_rig *rig, struct txn *txn)
{
	txn_journal(txn, json_put_text(json_make(), "kind", "test"));
	return store_rig_commit(rig, txn).error;
}

int bench_begin_day(struct store_rig *rig, const char *till, int64_t number)
{
	struct day_row row = bench_day(till, number);
	struct txn *txn = txn_new(rig->store);

	txn_day_begin(txn, &row);
	return bench_commit(rig, txn);
}

int bench_end_day(struct store_rig *rig, const char *till, int64_t number)
{
	struct day_row row = bench_day(till, number);
	struct txn *txn = txn_new(rig->store);

	txn_day_end(txn, &row);
	return bench_commit(rig, txn);
}

int bench_open(struct store_rig *rig, const char *till, const char *id,
	       int64_t day)
{
	struct session_row row = bench_session(till, id, day);
	struct txn *txn = txn_new(rig->store);

	txn_session_open(txn, &row);
	return bench_commit(rig, txn);
}

int bench_update(struct store_rig *rig, const struct session_row *row)
{
	struct txn *txn = txn_new(rig->store);

	txn_session_update(txn, row);
	return bench_commit(rig, txn);
}

int bench_close(struct store_rig *rig, const struct session_row *row)
{
	struct txn *txn = txn_new(rig->store);

	txn_session_close(txn, row);
	return bench_commit(rig, txn);
}

int bench_add(struct store_rig *rig, const struct cash_row *row,
	      const int64_t *before)
{
	struct txn *txn = txn_new(rig->store);

	txn_cash_add(txn, row, before);
	return bench_commit(rig, txn);
}

struct bench_search {
	const char *till;
	struct book_row *book;
	bool found;
};

static void bench_look(void *arg, const struct book_row *row)
{
	struct bench_search *search = arg;

	if (strcmp(row->till, search->till) != 0)
		return;
	assert_false(search->found); /* each till once */
	search->found = true;
	*search->book = *row;
	search->book->session.counters = NULL;
}

bool bench_book(struct store_rig *rig, const char *till,
		struct book_row *out_book)
{
	struct bench_search search = { till, out_book, false };

	store_rig_reopen(rig);
	assert_int_equal(store_books(rig->store, bench_look, &search), 0);
	return search.found;
}

int64_t bench_balance(struct store_rig *rig)
{
	struct book_row book = { 0 };

	bench_book(rig, "1", &book);
	return book.balance;
}
