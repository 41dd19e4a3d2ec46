/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store_private.h"

struct guess_step {
	struct txn_step step;
	struct guess_row row;
};

static int guess_forget(struct db *db, const struct guess_row *row)
{
	QUERY query = query_make(db, "DELETE FROM guess WHERE subject = ?");

	query_text(&query, row->subject);
	return query_run(&query);
}

static int guess_set(struct txn_step *step, struct writer *writer,
		     struct txn *txn)
{
	const struct guess_row *row = &((struct guess_step *)step)->row;
	QUERY query = query_make(&writer->db,
				 "INSERT OR REPLACE INTO guess"
				 " (subject, tries, last_ms) VALUES (?, ?, ?)");

	(void)txn;
	if (!row->tries)
		return guess_forget(&writer->db, row);
	query_text(&query, row->subject);
	query_int(&query, row->tries);
	query_int(&query, row->last_ms);
	return query_run(&query);
}

void txn_guess_set(struct txn *txn, const struct guess_row *row)
{
	struct guess_step *step = txn_add(txn, sizeof(*step), guess_set, NULL);

	step->row = *row;
}

int store_guesses(struct store *store,
		  void (*fn)(void *arg, const struct guess_row *row), void *arg)
{
	QUERY query = query_make(&store->reader,
				 "SELECT subject, tries, last_ms FROM guess "
				 "ORDER BY last_ms, subject");

	while (query_next(&query)) {
		struct guess_row row = {
			.tries = query_get_int(&query, 1),
			.last_ms = query_get_int(&query, 2),
		};

		query_get_chars(&query, 0, row.subject, sizeof(row.subject));
		if (query.error)
			return query.error;
		fn(arg, &row);
	}
	return query.error;
}
