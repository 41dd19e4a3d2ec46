/* SPDX-License-Identifier: Apache-2.0 */
#include "store/operations.h"

#include "util/alloc.h"
#include "util/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPERATION_COLUMNS                                                   \
	"SELECT id, till, uid, key, body, action, operator, device,"        \
	" created_ms, op, evidence, outcome, reason, result, ended_ms, of," \
	" event FROM operation "

enum operation_column {
	OPERATION_ID,
	OPERATION_TILL,
	OPERATION_UID,
	OPERATION_KEY,
	OPERATION_BODY,
	OPERATION_ACTION,
	OPERATION_OPERATOR,
	OPERATION_DEVICE,
	OPERATION_CREATED,
	OPERATION_OP,
	OPERATION_EVIDENCE,
	OPERATION_OUTCOME,
	OPERATION_REASON,
	OPERATION_RESULT,
	OPERATION_ENDED,
	OPERATION_OF,
	OPERATION_EVENT,
};

/* --- a row --- */

static json_t *operation_get_json(struct query *query, int column)
{
	const char *text = query_get_text(query, column);
	json_t *json = text ? json_parse(text, strlen(text)) : NULL;

	if (text && !json)
		query->error = STORE_E_CORRUPT;
	return json;
}

static void operation_get_outcome(struct query *query,
				  struct operation_row *row)
{
	const char *outcome = query_get_text(query, OPERATION_OUTCOME);

	row->open = !outcome;
	if (outcome && !outcome_from_name(outcome, &row->outcome))
		query->error = STORE_E_CORRUPT;
}

/* What it owns is to be cleared, however it went. */
static int operation_get_row(struct query *query, struct operation_row *row)
{
	*row = (struct operation_row){
		.uid = (uid_t)query_get_int(query, OPERATION_UID),
		.created_ms = query_get_int(query, OPERATION_CREATED),
		.ended_ms = query_get_int(query, OPERATION_ENDED),
		.op = operation_get_json(query, OPERATION_OP),
		.evidence = operation_get_json(query, OPERATION_EVIDENCE),
		.result = operation_get_json(query, OPERATION_RESULT),
	};
	query_get_chars(query, OPERATION_ID, row->id, sizeof(row->id));
	query_get_chars(query, OPERATION_TILL, row->till, sizeof(row->till));
	query_get_chars(query, OPERATION_KEY, row->key, sizeof(row->key));
	query_get_blob(query, OPERATION_BODY, row->body, sizeof(row->body));
	query_get_chars(query, OPERATION_ACTION, row->action,
			sizeof(row->action));
	query_get_chars(query, OPERATION_OPERATOR, row->operator,
			sizeof(row->operator));
	query_get_chars(query, OPERATION_DEVICE, row->device,
			sizeof(row->device));
	query_get_chars(query, OPERATION_REASON, row->reason,
			sizeof(row->reason));
	query_get_chars(query, OPERATION_OF, row->of, sizeof(row->of));
	query_get_chars(query, OPERATION_EVENT, row->event, sizeof(row->event));
	operation_get_outcome(query, row);
	return query->error;
}

static int operation_walk(struct query *query,
			  void (*fn)(void *arg,
				     const struct operation_row *row),
			  void *arg)
{
	int r = 0;

	while (!r && query_next(query)) {
		struct operation_row row;

		r = operation_get_row(query, &row);
		if (!r)
			fn(arg, &row);
		operation_row_clear(&row);
	}
	return r ? r : query->error;
}

int store_open_operations(struct store *store,
			  void (*fn)(void *arg,
				     const struct operation_row *row),
			  void *arg)
{
	QUERY query = query_make(&store->reader, OPERATION_COLUMNS
				 "WHERE outcome IS NULL "
				 "ORDER BY created_ms, rowid");

	return operation_walk(&query, fn, arg);
}

int store_unknown_operations(struct store *store,
			     void (*fn)(void *arg,
					const struct operation_row *row),
			     void *arg)
{
	QUERY query = query_make(&store->reader, OPERATION_COLUMNS
				 "WHERE outcome = 'unknown' "
				 "ORDER BY created_ms, rowid");

	return operation_walk(&query, fn, arg);
}

void store_last_operations(struct store *store, int max,
			   void (*fn)(void *arg,
				      const struct operation_row *row),
			   void *arg)
{
	QUERY query = query_make_once(&store->reader, OPERATION_COLUMNS
				      "WHERE outcome <> 'unknown' "
				      "ORDER BY ended_ms DESC LIMIT ?");

	query_int(&query, max);
	operation_walk(&query, fn, arg);
}

/* --- finding, on the reader --- */

struct operation_search {
	struct work work;
	struct store *store;
	int (*look)(struct operation_search *search, struct db *db);
	char id[OP_ID_SIZE];
	char till[POLICY_ID_MAX + 1];
	char device[33];
	int64_t uid;
	char key[129];
	uint8_t hash[OPERATION_KEY_HASH];
	int error;
	struct operation_row row;
	struct operation_row reversal;
	bool reversed;
	operation_found found;
	payment_found found_payment;
	void *arg;
};

/* STORE_E_NOT_FOUND if there is no row. */
static int operation_get_first(struct query *query, struct operation_row *row)
{
	if (!query_next(query))
		return query->error ? query->error : STORE_E_NOT_FOUND;
	return operation_get_row(query, row);
}

static int operation_look_for_id(struct operation_search *search, struct db *db)
{
	QUERY query = query_make(db, OPERATION_COLUMNS "WHERE id = ?");

	query_text(&query, search->id);
	return operation_get_first(&query, &search->row);
}

static int operation_look_for_booking(struct operation_search *search,
				      struct db *db)
{
	QUERY query = query_make(
		db, OPERATION_COLUMNS
		"WHERE device = ? AND outcome IN ('ok', 'unknown') AND"
		" action IN ('payment', 'payment.cancel', 'payment.refund',"
		" 'terminal.day-end') ORDER BY ended_ms DESC, rowid DESC"
		" LIMIT 1");

	query_text(&query, search->device);
	return operation_get_first(&query, &search->row);
}

static int operation_look_for_key(struct operation_search *search,
				  struct db *db)
{
	int r;
	QUERY query = query_make(db, OPERATION_COLUMNS
				 "WHERE till = ? AND uid = ? AND key = ?");

	query_text(&query, search->till);
	query_int(&query, search->uid);
	query_text(&query, search->key);
	r = operation_get_first(&query, &search->row);
	if (r != STORE_E_NOT_FOUND)
		return r;
	r = operation_key_is_old(db, search->hash);
	return r ? r : STORE_E_NOT_FOUND;
}

/* The index operation_reversed sees to it that there is one at most. */
static int operation_look_for_reversal(struct operation_search *search,
				       struct db *db)
{
	QUERY query = query_make(db, OPERATION_COLUMNS
				 "WHERE of = ? AND ifnull(outcome,"
				 " 'unknown') IN ('ok', 'sent', 'unknown')");
	int r;

	query_text(&query, search->id);
	r = operation_get_first(&query, &search->reversal);
	search->reversed = !r;
	return r == STORE_E_NOT_FOUND ? 0 : r;
}

/*
 * A terminal that was asked to cancel another payment, and told that it was
 * this one's trace that it cancelled: that stands, whatever a person made of
 * the outcome of what was asked for. One with another id than the payment's has
 * traces of its own.
 */
static int operation_look_for_stray_reversal(struct operation_search *search,
					     struct db *db)
{
	const struct operation_row *payment = &search->row;
	QUERY query = query_make(
		db, OPERATION_COLUMNS
		"WHERE action = 'payment.cancel' AND device = ?1 AND of <> ?2"
		" AND created_ms >= ?3 AND"
		" json_extract(result, '$.original_trace') = ?4 AND"
		" json_extract(result, '$.amount') = ?5 AND"
		" ifnull(json_extract(result, '$.terminal') = ?6, 1)");
	const char *terminal = json_text(payment->result, "terminal");
	int64_t trace = json_int(payment->result, "trace", 0);
	int r;

	if (search->reversed || trace <= 0)
		return 0;
	query_text(&query, payment->device);
	query_text(&query, payment->id);
	query_int(&query, payment->created_ms);
	query_int(&query, trace);
	query_int(&query, json_int(payment->result, "amount", 0));
	query_text(&query, terminal);
	r = operation_get_first(&query, &search->reversal);
	search->reversed = !r;
	return r == STORE_E_NOT_FOUND ? 0 : r;
}

/* What a terminal has closed it can't cancel, and begins its numbers anew: by
 * then they may be somebody else's. */
static int operation_look_for_day_end(struct operation_search *search,
				      struct db *db)
{
	struct operation_row *payment = &search->row;
	QUERY query = query_make(
		db, "SELECT 1 FROM operation WHERE ended_ms >= ? AND device = ?"
		    " AND outcome IN ('ok', 'unknown') AND"
		    " json_extract(op, '$.kind') = ? LIMIT 1");

	query_int(&query, payment->ended_ms);
	query_text(&query, payment->device);
	query_text(&query, op_kind_name(OP_TERMINAL_DAY_END));
	payment->closed = query_next(&query);
	return query.error;
}

static int operation_look_for_payment(struct operation_search *search,
				      struct db *db)
{
	QUERY query = query_make(db, OPERATION_COLUMNS
				 "WHERE id = ?1 AND (till = ?2 OR ?2 = '') AND "
				 "outcome = 'ok' AND "
				 "json_extract(op, '$.kind') = ?3");
	int r;

	query_text(&query, search->id);
	query_text(&query, search->till);
	query_text(&query, op_kind_name(OP_PAYMENT));
	r = operation_get_first(&query, &search->row);
	if (!r)
		r = operation_look_for_day_end(search, db);
	if (!r)
		r = operation_look_for_reversal(search, db);
	return r ? r : operation_look_for_stray_reversal(search, db);
}

static void operation_run_search(struct work *work)
{
	struct operation_search *search = (struct operation_search *)work;

	search->error = search->look(search, &search->store->reader);
}

static void operation_finish_search(struct work *work)
{
	struct operation_search *search = (struct operation_search *)work;
	const struct operation_row *row = search->error ? NULL : &search->row;

	if (search->found)
		search->found(search->arg, search->error, row);
	else
		search->found_payment(
			search->arg, search->error, row,
			row && search->reversed ? &search->reversal : NULL);
	operation_row_clear(&search->row);
	operation_row_clear(&search->reversal);
	free(search);
}

static struct operation_search *operation_new_search(
	struct store *store,
	int (*look)(struct operation_search *search, struct db *db), void *arg)
{
	struct operation_search *search = ALLOC_NEW(struct operation_search);

	search->work.run = operation_run_search;
	search->work.done = operation_finish_search;
	search->store = store;
	search->look = look;
	search->arg = arg;
	return search;
}

/* What is too long to have been stored is looked for in vain. */
static void operation_copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", strlen(from) < size ? from : "");
}

void store_find_operation(struct store *store, const char *id,
			  operation_found found, void *arg)
{
	struct operation_search *search =
		operation_new_search(store, operation_look_for_id, arg);

	operation_copy(search->id, sizeof(search->id), id);
	search->found = found;
	store_submit_read(store, &search->work);
}

void store_find_last_booking(struct store *store, const char *device,
			     operation_found found, void *arg)
{
	struct operation_search *search =
		operation_new_search(store, operation_look_for_booking, arg);

	operation_copy(search->device, sizeof(search->device), device);
	search->found = found;
	store_submit_read(store, &search->work);
}

void store_find_key(struct store *store, const char *till, uid_t uid,
		    const char *key, operation_found found, void *arg)
{
	struct operation_search *search =
		operation_new_search(store, operation_look_for_key, arg);

	operation_copy(search->till, sizeof(search->till), till);
	operation_copy(search->key, sizeof(search->key), key);
	search->uid = uid;
	if (store->keys)
		operation_hash_key(store->keys, till, uid, key, search->hash);
	search->found = found;
	store_submit_read(store, &search->work);
}

void store_find_payment(struct store *store, const char *till, const char *id,
			payment_found found, void *arg)
{
	struct operation_search *search =
		operation_new_search(store, operation_look_for_payment, arg);

	operation_copy(search->till, sizeof(search->till), till ? till : "");
	operation_copy(search->id, sizeof(search->id), id);
	search->found_payment = found;
	store_submit_read(store, &search->work);
}
