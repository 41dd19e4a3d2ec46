/* SPDX-License-Identifier: Apache-2.0 */
#include "store/operations.h"

#include "util/alloc.h"
#include "util/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A key is good for 90 days: docs/openapi.yaml, Idempotency-Key. */
#define OPERATION_KEPT_MS (INT64_C(90) * 24 * 60 * 60 * 1000)
#define OPERATION_PRUNE	  500 /* rows in one transaction */

void operation_row_clear(struct operation_row *row)
{
	json_decref(row->op);
	json_decref(row->evidence);
	json_decref(row->result);
	*row = (struct operation_row){ 0 };
}

void operation_hash_key(const struct keys *keys, const char *till, int64_t uid,
			const char *key, uint8_t out_hash[OPERATION_KEY_HASH])
{
	CLEANUP_FREE char *text =
		alloc_format("%s\n%lld\n%s", till, (long long)uid, key);
	uint8_t hash[HASH_SIZE];

	keys_mac(keys, "idempotency-key", text, strlen(text), hash);
	memcpy(out_hash, hash, OPERATION_KEY_HASH);
}

int operation_key_is_old(struct db *db, const uint8_t hash[OPERATION_KEY_HASH])
{
	QUERY query = query_make(db, "SELECT lost FROM old_key WHERE hash = ?");

	query_blob(&query, hash, OPERATION_KEY_HASH);
	if (query_next(&query))
		return query_get_int(&query, 0) ? STORE_E_LOST_KEY
						: STORE_E_EXPIRED_KEY;
	return query.error;
}

/* --- begin --- */

struct operation_step {
	struct txn_step step;
	struct operation_row row; /* without its JSON, which is text here: */
	char *op;
	char *evidence;
	char *result;
};

static void operation_clear_step(struct txn_step *step)
{
	struct operation_step *operation = (struct operation_step *)step;

	free(operation->op);
	free(operation->evidence);
	free(operation->result);
}

static int operation_insert(struct db *db,
			    const struct operation_step *operation)
{
	const struct operation_row *row = &operation->row;
	QUERY query = query_make(
		db, "INSERT INTO operation (id, till, uid, key, body, action,"
		    " operator, device, created_ms, op, evidence, of,"
		    " event) "
		    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	query_text(&query, row->id);
	query_text(&query, row->till);
	query_int(&query, row->uid);
	query_text(&query, row->key);
	query_blob(&query, row->body, sizeof(row->body));
	query_text(&query, row->action);
	query_text(&query, row->operator);
	query_text(&query, row->device);
	query_int(&query, row->created_ms);
	query_text(&query, operation->op);
	query_text(&query, operation->evidence);
	query_text(&query, *row->of ? row->of : NULL);
	query_text(&query, *row->event ? row->event : NULL);
	return query_run(&query);
}

static int operation_begin(struct txn_step *step, struct writer *writer,
			   struct txn *txn)
{
	const struct operation_step *operation = (struct operation_step *)step;
	const struct operation_row *row = &operation->row;
	uint8_t hash[OPERATION_KEY_HASH];
	int r;

	(void)txn;
	if (!writer->keys)
		return STORE_E_KEYS_MISSING;
	operation_hash_key(writer->keys, row->till, row->uid, row->key, hash);
	r = operation_key_is_old(&writer->db, hash);
	if (!r)
		r = operation_insert(&writer->db, operation);
	if (!r)
		writer_use_key(writer, hash);
	return r;
}

/* As text at once: what the row points to stays the caller's. */
static char *operation_text(const json_t *json)
{
	return json ? json_line(json) : NULL;
}

void txn_operation_begin(struct txn *txn, const struct operation_row *row)
{
	struct operation_step *step = txn_add(
		txn, sizeof(*step), operation_begin, operation_clear_step);

	step->row = *row;
	step->row.op = step->row.evidence = step->row.result = NULL;
	step->op = operation_text(row->op);
	step->evidence = operation_text(row->evidence);
}

/* --- save, end --- */

/* 0 if the statement changed the one row that it was about. */
static int operation_changed(struct query *query)
{
	int r = query_run(query);

	if (r)
		return r;
	return sqlite3_changes(query->db->sqlite) ? 0 : STORE_E_NOT_FOUND;
}

static int operation_save(struct txn_step *step, struct writer *writer,
			  struct txn *txn)
{
	const struct operation_step *operation = (struct operation_step *)step;
	QUERY query =
		query_make(&writer->db, "UPDATE operation SET evidence = ? "
					"WHERE id = ? AND outcome IS NULL");

	(void)txn;
	query_text(&query, operation->evidence);
	query_text(&query, operation->row.id);
	return operation_changed(&query);
}

void txn_operation_save(struct txn *txn, const char *id, const json_t *evidence)
{
	struct operation_step *step = txn_add(
		txn, sizeof(*step), operation_save, operation_clear_step);

	snprintf(step->row.id, sizeof(step->row.id), "%s", id);
	step->evidence = operation_text(evidence);
}

static int operation_end(struct txn_step *step, struct writer *writer,
			 struct txn *txn)
{
	const struct operation_step *operation = (struct operation_step *)step;
	QUERY query = query_make(
		&writer->db,
		"UPDATE operation SET outcome = ?, reason = ?, result = ?,"
		" ended_ms = ? WHERE id = ? AND outcome IS NULL");

	(void)txn;
	query_text(&query, outcome_name(operation->row.outcome));
	query_text(&query, operation->row.reason);
	query_text(&query, operation->result);
	query_int(&query, clock_wall_ms(writer->env->clock));
	query_text(&query, operation->row.id);
	return operation_changed(&query);
}

void txn_operation_end(struct txn *txn, const char *id, enum outcome outcome,
		       const char *reason, const json_t *result)
{
	struct operation_step *step = txn_add(txn, sizeof(*step), operation_end,
					      operation_clear_step);

	snprintf(step->row.id, sizeof(step->row.id), "%s", id);
	snprintf(step->row.reason, sizeof(step->row.reason), "%s",
		 reason ? reason : "");
	step->row.outcome = outcome;
	step->result = operation_text(result);
}

/* --- settle --- */

static int operation_settle(struct txn_step *step, struct writer *writer,
			    struct txn *txn)
{
	const struct operation_step *operation = (struct operation_step *)step;
	QUERY query =
		query_make(&writer->db, "UPDATE operation SET outcome = ?,"
					" reason = 'settled' "
					"WHERE id = ? AND outcome = 'unknown'");

	(void)txn;
	query_text(&query, outcome_name(operation->row.outcome));
	query_text(&query, operation->row.id);
	return operation_changed(&query);
}

void txn_operation_settle(struct txn *txn, const char *id, enum outcome outcome)
{
	struct operation_step *step = txn_add(
		txn, sizeof(*step), operation_settle, operation_clear_step);

	snprintf(step->row.id, sizeof(step->row.id), "%s", id);
	step->row.outcome = outcome;
}

/* --- prune --- */

static int operation_forget(struct db *db, const char *id,
			    const uint8_t hash[OPERATION_KEY_HASH])
{
	QUERY keep = query_make(db, "INSERT OR IGNORE INTO old_key "
				    "(hash, lost) VALUES (?, 0)");
	QUERY forget = query_make(db, "DELETE FROM operation WHERE id = ?");
	int r;

	query_blob(&keep, hash, OPERATION_KEY_HASH);
	r = query_run(&keep);
	query_text(&forget, id);
	return r ? r : query_run(&forget);
}

static int operation_prune(struct txn_step *step, struct writer *writer,
			   struct txn *txn)
{
	QUERY query = query_make(&writer->db,
				 "SELECT id, till, uid, key FROM operation "
				 "WHERE outcome <> 'unknown' AND ended_ms < ? "
				 "ORDER BY ended_ms LIMIT ?");
	int r = 0;

	(void)step;
	(void)txn;
	query_int(&query,
		  clock_wall_ms(writer->env->clock) - OPERATION_KEPT_MS);
	query_int(&query, OPERATION_PRUNE);
	while (!r && query_next(&query)) {
		uint8_t hash[OPERATION_KEY_HASH];

		operation_hash_key(writer->keys, query_get_text(&query, 1),
				   query_get_int(&query, 2),
				   query_get_text(&query, 3), hash);
		r = operation_forget(&writer->db, query_get_text(&query, 0),
				     hash);
	}
	return r ? r : query.error;
}

void store_prune(struct store *store)
{
	struct txn *txn = txn_new(store);

	txn_add(txn, sizeof(struct txn_step), operation_prune, NULL);
	txn_commit(txn, NULL, NULL);
}
