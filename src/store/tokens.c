/* SPDX-License-Identifier: Apache-2.0 */
#include "store/schema.h"
#include "store/store_private.h"
#include "util/text.h"

#include <string.h>

#define TOKEN_WALL_MARK "wall_mark"

static const char *const token_ends[TOKEN_ENDS] = {
	[TOKEN_LIVE] = NULL,
	[TOKEN_SPENT] = "spent",
	[TOKEN_REVOKED] = "revoked",
	[TOKEN_VOID] = "void",
};

/* One step for each of the three; unused fields stay empty. */
struct token_step {
	struct txn_step step;
	struct token_row row;
};

static int token_insert(struct txn_step *step, struct writer *writer,
			struct txn *txn)
{
	const struct token_row *row = &((struct token_step *)step)->row;
	QUERY query = query_make(
		&writer->db,
		"INSERT INTO token (id, hash, approver, requester, till,"
		" action, amount, reason, created_ms, expires_ms) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	(void)txn;
	query_text(&query, row->id);
	query_blob(&query, row->hash, sizeof(row->hash));
	query_text(&query, row->approver);
	query_text(&query, row->requester);
	query_text(&query, row->till);
	query_text(&query, row->action);
	query_int(&query, row->amount);
	query_text(&query, row->reason);
	query_int(&query, row->created_ms);
	query_int(&query, row->expires_ms);
	return query_run(&query);
}

/* Whatever the loop believes: one that has ended ends no second time. */
static int token_end(struct txn_step *step, struct writer *writer,
		     struct txn *txn)
{
	const struct token_row *row = &((struct token_step *)step)->row;
	QUERY query = query_make(&writer->db, "UPDATE token SET ended = ? "
					      "WHERE id = ? AND ended IS NULL");
	int r;

	(void)txn;
	query_text(&query, token_ends[row->end]);
	query_text(&query, row->id);
	r = query_run(&query);
	if (r)
		return r;
	return sqlite3_changes(writer->db.sqlite) ? 0 : STORE_E_SPENT;
}

static int token_remove(struct txn_step *step, struct writer *writer,
			struct txn *txn)
{
	const struct token_row *row = &((struct token_step *)step)->row;
	QUERY query = query_make(&writer->db, "DELETE FROM token WHERE id = ?");

	(void)txn;
	query_text(&query, row->id);
	return query_run(&query);
}

void txn_token_add(struct txn *txn, const struct token_row *row)
{
	struct token_step *step =
		txn_add(txn, sizeof(*step), token_insert, NULL);

	step->row = *row;
}

void txn_token_end(struct txn *txn, const char *id, enum token_end end)
{
	struct token_step *step = txn_add(txn, sizeof(*step), token_end, NULL);

	text_copy(step->row.id, sizeof(step->row.id), id);
	step->row.end = end;
}

void txn_token_remove(struct txn *txn, const char *id)
{
	struct token_step *step =
		txn_add(txn, sizeof(*step), token_remove, NULL);

	text_copy(step->row.id, sizeof(step->row.id), id);
}

static enum token_end token_end_of(const char *ended)
{
	enum token_end end = TOKEN_SPENT;

	if (!ended)
		return TOKEN_LIVE;
	while (end < TOKEN_VOID && strcmp(token_ends[end], ended) != 0)
		end++;
	return end;
}

static void token_read(struct query *query, struct token_row *row)
{
	*row = (struct token_row){
		.amount = query_get_int(query, 6),
		.created_ms = query_get_int(query, 8),
		.expires_ms = query_get_int(query, 9),
		.end = token_end_of(query_get_text(query, 10)),
	};
	query_get_chars(query, 0, row->id, sizeof(row->id));
	query_get_blob(query, 1, row->hash, sizeof(row->hash));
	query_get_chars(query, 2, row->approver, sizeof(row->approver));
	query_get_chars(query, 3, row->requester, sizeof(row->requester));
	query_get_chars(query, 4, row->till, sizeof(row->till));
	query_get_chars(query, 5, row->action, sizeof(row->action));
	query_get_chars(query, 7, row->reason, sizeof(row->reason));
}

int store_tokens(struct store *store,
		 void (*fn)(void *arg, const struct token_row *row), void *arg)
{
	QUERY query = query_make(&store->reader,
				 "SELECT id, hash, approver, requester, till,"
				 " action, amount, reason, created_ms,"
				 " expires_ms, ended FROM token "
				 "ORDER BY created_ms, id");

	while (query_next(&query)) {
		struct token_row row;

		token_read(&query, &row);
		if (query.error)
			return query.error;
		fn(arg, &row);
	}
	return query.error;
}

/* --- the wall clock --- */

void txn_wall_mark(struct txn *txn, int64_t wall_ms)
{
	txn_set_meta(txn, TOKEN_WALL_MARK, wall_ms);
}

int store_wall_mark(struct store *store, int64_t *out_wall_ms)
{
	return meta_get_int(&store->reader, TOKEN_WALL_MARK, 0, out_wall_ms);
}
