/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small changes of the policy, without a new document: a password, a PIN, a
 * badge, a name erased. Each makes a new version, too, so that "policy" in the
 * journal names what was in force.
 */
#include "store/store_private.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* What the statement before has changed; nothing means there was no such
 * thing. */
static int people_count_change(struct db *db)
{
	if (!sqlite3_changes64(db->sqlite))
		return STORE_E_NOT_FOUND;
	return people_count_version(db);
}

/* --- passwords and PINs --- */

struct secret_step {
	struct txn_step step;
	char operator[POLICY_ID_MAX + 1];
	enum secret which;
	char *hash;
};

static int people_run_secret(struct txn_step *step, struct writer *writer,
			     struct txn *txn)
{
	static const char *const updates[] = {
		[SECRET_PASSWORD] = "UPDATE secret SET password = ?2 "
				    "WHERE operator = ?1",
		[SECRET_PIN] = "UPDATE secret SET pin = ?2 "
			       "WHERE operator = ?1",
	};
	const struct secret_step *secret = (struct secret_step *)step;
	QUERY query = query_make(&writer->db, updates[secret->which]);

	(void)txn;
	query_text(&query, secret->operator);
	query_text(&query, secret->hash);
	return query_run(&query) ? query.error
				 : people_count_change(&writer->db);
}

static void people_clear_secret(struct txn_step *step)
{
	struct secret_step *secret = (struct secret_step *)step;

	secret->hash = secret_free(secret->hash);
}

void txn_secret_set(struct txn *txn, const char *operator_id, enum secret which,
		    const char *hash)
{
	struct secret_step *step = txn_add(
		txn, sizeof(*step), people_run_secret, people_clear_secret);

	text_copy(step->operator, sizeof(step->operator), operator_id);
	step->which = which;
	step->hash = alloc_text(hash);
	txn->erases = true;
}

/* --- badges --- */

struct badge_step {
	struct txn_step step;
	struct badge_row row;
};

static int people_insert_badge(struct db *db, const struct badge_row *row)
{
	QUERY query = query_make(db, "INSERT INTO badge (key, handle,"
				     " operator, label, active, until_ms)"
				     " VALUES (?, ?, ?, ?, ?, ?)");

	query_blob(&query, row->key, HASH_SIZE);
	query_text(&query, row->handle);
	query_text(&query, row->operator);
	query_text(&query, row->label);
	query_int(&query, row->active);
	query_int(&query, row->until_ms);
	return query_run(&query);
}

/* 0 if that operator is there and has room for one more. */
static int people_check_owner(struct db *db, const char *operator_id)
{
	QUERY query = query_make(db, "SELECT (SELECT count(*) FROM badge"
				     " WHERE operator = ?1) FROM secret"
				     " WHERE operator = ?1");

	query_text(&query, operator_id);
	if (!query_next(&query))
		return query.error ? query.error : STORE_E_NOT_FOUND;
	return query_get_int(&query, 0) < POLICY_BADGES_MAX ? 0
							    : STORE_E_TOO_MANY;
}

static int people_run_put(struct txn_step *step, struct writer *writer,
			  struct txn *txn)
{
	const struct badge_row *row = &((struct badge_step *)step)->row;
	struct db *db = &writer->db;
	int r = people_check_owner(db, row->operator);

	(void)txn;
	if (!r)
		r = people_insert_badge(db, row);
	return r ? r : people_count_version(db);
}

static int people_run_update(struct txn_step *step, struct writer *writer,
			     struct txn *txn)
{
	const struct badge_row *row = &((struct badge_step *)step)->row;
	QUERY query = query_make(&writer->db,
				 "UPDATE badge SET label = ?, active = ?,"
				 " until_ms = ? WHERE handle = ?");

	(void)txn;
	query_text(&query, row->label);
	query_int(&query, row->active);
	query_int(&query, row->until_ms);
	query_text(&query, row->handle);
	return query_run(&query) ? query.error
				 : people_count_change(&writer->db);
}

static int people_run_remove(struct txn_step *step, struct writer *writer,
			     struct txn *txn)
{
	const struct badge_row *row = &((struct badge_step *)step)->row;
	QUERY query =
		query_make(&writer->db, "DELETE FROM badge WHERE handle = ?");

	(void)txn;
	query_text(&query, row->handle);
	return query_run(&query) ? query.error
				 : people_count_change(&writer->db);
}

void txn_badge_put(struct txn *txn, const struct badge_row *row)
{
	struct badge_step *step =
		txn_add(txn, sizeof(*step), people_run_put, NULL);

	step->row = *row;
}

void txn_badge_update(struct txn *txn, const struct badge_row *row)
{
	struct badge_step *step =
		txn_add(txn, sizeof(*step), people_run_update, NULL);

	step->row = *row;
}

void txn_badge_remove(struct txn *txn, const char *handle)
{
	struct badge_step *step =
		txn_add(txn, sizeof(*step), people_run_remove, NULL);

	text_copy(step->row.handle, sizeof(step->row.handle), handle);
	txn->erases = true;
}

/* --- a name --- */

/* The end of a JSON text that begins at text: its quotation mark. */
static const char *people_end_of_text(const char *text)
{
	while (*text && *text != '"')
		text += text[0] == '\\' && text[1] ? 2 : 1;
	return text;
}

/*
 * The same document with the login for that operator's name; NULL if they are
 * not in it. Taking a large document apart and putting it together again would
 * hold up the writer; in the canonical form (json_line()) an operator's id,
 * login and name stand one after the other, and no text within the document can
 * look like that, since its quotation marks have a backslash before them.
 */
static char *people_without_name(const char *document, const char *id)
{
	CLEANUP_FREE char *start =
		alloc_format("\"id\":\"%s\",\"login\":\"", id);
	const char *login = strstr(document, start), *end, *name;

	if (!login)
		return NULL;
	login += strlen(start);
	end = people_end_of_text(login);
	name = strstr(end, "\"name\":\"");
	if (!name)
		return NULL;
	name += strlen("\"name\":\"");
	return alloc_format("%.*s%.*s%s", (int)(name - document), document,
			    (int)(end - login), login,
			    people_end_of_text(name));
}

/* New, or NULL with an error. */
static char *people_read_document(struct db *db, int *out_error)
{
	QUERY query = query_make(db, "SELECT document FROM policy");
	char *document = NULL;

	if (query_next(&query))
		document = alloc_text(query_get_text(&query, 0));
	*out_error = query.error ? query.error : STORE_E_NOT_FOUND;
	return document;
}

static int people_write_document(struct db *db, const char *document)
{
	QUERY query = query_make(db, "UPDATE policy SET hash = ?,"
				     " document = ?, version = version + 1");
	uint8_t hash[HASH_SIZE];

	hash_sha256(document, strlen(document), hash);
	query_blob(&query, hash, HASH_SIZE);
	query_text(&query, document);
	return query_run(&query);
}

struct erase_step {
	struct txn_step step;
	char operator[POLICY_ID_MAX + 1];
};

static int people_run_erase(struct txn_step *step, struct writer *writer,
			    struct txn *txn)
{
	const struct erase_step *erase = (struct erase_step *)step;
	struct db *db = &writer->db;
	int error;
	CLEANUP_FREE char *before = people_read_document(db, &error);
	CLEANUP_FREE char *after = NULL;

	(void)txn;
	if (!before)
		return error;
	after = people_without_name(before, erase->operator);
	return after ? people_write_document(db, after) : STORE_E_NOT_FOUND;
}

void txn_operator_erase_name(struct txn *txn, const char *operator_id)
{
	struct erase_step *step =
		txn_add(txn, sizeof(*step), people_run_erase, NULL);

	text_copy(step->operator, sizeof(step->operator), operator_id);
	txn->erases = true;
}
