/* SPDX-License-Identifier: Apache-2.0 */
/* Figures that were tried against a till's balance (store/sessions.h). */
#include "store/sessions_private.h"

#include "util/text.h"

struct tried_step {
	struct txn_step step;
	struct tried_row row;
};

static int tried_set(struct txn_step *step, struct writer *writer,
		     struct txn *txn)
{
	const struct tried_row *row = &((struct tried_step *)step)->row;
	QUERY query = query_make(&writer->db,
				 "INSERT OR REPLACE INTO tried (till, what,"
				 " times, figure) VALUES (?, ?, ?, ?)");

	(void)txn;
	query_text(&query, row->till);
	query_text(&query, row->what);
	query_int(&query, row->times);
	query_int(&query, row->figure);
	return query_run(&query);
}

void txn_tried_set(struct txn *txn, const struct tried_row *row)
{
	struct tried_step *step = txn_add(txn, sizeof(*step), tried_set, NULL);

	step->row = *row;
}

static int tried_clear(struct txn_step *step, struct writer *writer,
		       struct txn *txn)
{
	const struct tried_row *row = &((struct tried_step *)step)->row;
	QUERY query =
		query_make(&writer->db, "DELETE FROM tried WHERE till = ?");

	(void)txn;
	query_text(&query, row->till);
	return query_run(&query);
}

void txn_tried_clear(struct txn *txn, const char *till)
{
	struct tried_step *step =
		txn_add(txn, sizeof(*step), tried_clear, NULL);

	text_copy(step->row.till, sizeof(step->row.till), till);
}

int store_tried(struct store *store,
		void (*fn)(void *arg, const struct tried_row *row), void *arg)
{
	QUERY query = query_make_once(&store->reader,
				      "SELECT till, what, times, figure "
				      "FROM tried");

	while (query_next(&query)) {
		struct tried_row row = { .times = query_get_int(&query, 2),
					 .figure = query_get_int(&query, 3) };

		query_get_chars(&query, 0, row.till, sizeof(row.till));
		query_get_chars(&query, 1, row.what, sizeof(row.what));
		if (!query.error)
			fn(arg, &row);
	}
	return query.error;
}
