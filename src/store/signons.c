/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store_private.h"

#include <stdio.h>

/* One step for each of the three; unused fields stay empty. */
struct signon_step {
	struct txn_step step;
	struct signon_row row;
};

static int signon_add(struct txn_step *step, struct writer *writer,
		      struct txn *txn)
{
	const struct signon_row *row = &((struct signon_step *)step)->row;
	QUERY query = query_make(
		&writer->db,
		"INSERT INTO signon (id, token, operator, till, uid, badge,"
		" pin, created_ms, used_ms) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");

	(void)txn;
	query_text(&query, row->id);
	query_blob(&query, row->token, sizeof(row->token));
	query_text(&query, row->operator);
	query_text(&query, row->till);
	query_int(&query, row->uid);
	query_text(&query, row->badge);
	query_int(&query, row->strength); /* 1 was "with PIN" from the first */
	query_int(&query, row->created_ms);
	query_int(&query, row->used_ms);
	return query_run(&query);
}

static int signon_use(struct txn_step *step, struct writer *writer,
		      struct txn *txn)
{
	const struct signon_row *row = &((struct signon_step *)step)->row;
	QUERY query = query_make(&writer->db, "UPDATE signon SET used_ms = ? "
					      "WHERE id = ?");

	(void)txn;
	query_int(&query, row->used_ms);
	query_text(&query, row->id);
	return query_run(&query);
}

static int signon_remove(struct txn_step *step, struct writer *writer,
			 struct txn *txn)
{
	const struct signon_row *row = &((struct signon_step *)step)->row;
	QUERY query =
		query_make(&writer->db, "DELETE FROM signon WHERE id = ?");

	(void)txn;
	query_text(&query, row->id);
	return query_run(&query);
}

void txn_signon_add(struct txn *txn, const struct signon_row *row)
{
	struct signon_step *step =
		txn_add(txn, sizeof(*step), signon_add, NULL);

	step->row = *row;
}

void txn_signon_used(struct txn *txn, const char *id, int64_t used_ms)
{
	struct signon_step *step =
		txn_add(txn, sizeof(*step), signon_use, NULL);

	snprintf(step->row.id, sizeof(step->row.id), "%s", id);
	step->row.used_ms = used_ms;
}

void txn_signon_remove(struct txn *txn, const char *id)
{
	struct signon_step *step =
		txn_add(txn, sizeof(*step), signon_remove, NULL);

	snprintf(step->row.id, sizeof(step->row.id), "%s", id);
}

/* What another tilld may have written counts for what is known here. */
static enum badge_strength signon_strength_of(int64_t number)
{
	return number == BADGE_PIN || number == BADGE_PIV
		       ? (enum badge_strength)number
		       : BADGE_ALONE;
}

int store_signons(struct store *store,
		  void (*fn)(void *arg, const struct signon_row *row),
		  void *arg)
{
	QUERY query = query_make(&store->reader,
				 "SELECT id, token, operator, till, uid, badge,"
				 " pin, created_ms, used_ms FROM signon "
				 "ORDER BY created_ms, id");

	while (query_next(&query)) {
		struct signon_row row = {
			.uid = (uid_t)query_get_int(&query, 4),
			.strength =
				signon_strength_of(query_get_int(&query, 6)),
			.created_ms = query_get_int(&query, 7),
			.used_ms = query_get_int(&query, 8),
		};

		query_get_chars(&query, 0, row.id, sizeof(row.id));
		query_get_blob(&query, 1, row.token, sizeof(row.token));
		query_get_chars(&query, 2, row.operator, sizeof(row.operator));
		query_get_chars(&query, 3, row.till, sizeof(row.till));
		query_get_chars(&query, 5, row.badge, sizeof(row.badge));
		if (query.error)
			return query.error;
		fn(arg, &row);
	}
	return query.error;
}
