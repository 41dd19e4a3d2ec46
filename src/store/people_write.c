/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy replaced whole. All that takes long was done before, on a worker
 * (people_prepare.c); what is left for the writer is the document as one value,
 * and rows for what has changed of secrets and badges.
 */
#include "store/people.h"
#include "store/store_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int people_version(struct db *db, int64_t *out_version)
{
	QUERY query = query_make(db, "SELECT version FROM policy");
	int64_t version = 0;

	if (query_next(&query))
		version = query_get_int(&query, 0);
	if (!query.error)
		*out_version = version;
	return query.error;
}

int people_count_version(struct db *db)
{
	QUERY query = query_make(db, "UPDATE policy SET version = version + 1");

	return query_run(&query);
}

static int people_expect_version(struct db *db, int64_t version)
{
	int64_t found;
	int r = people_version(db, &found);

	if (r)
		return r;
	return found == version ? 0 : STORE_E_CONFLICT;
}

/* --- operators: rows for those who are new, gone, or have a new secret --- */

static int people_delete_operator(struct db *db, const char *id)
{
	QUERY query = query_make(db, "DELETE FROM secret WHERE operator = ?");

	query_text(&query, id);
	return query_run(&query);
}

static int people_insert_operator(struct db *db,
				  const struct policy_operator *who)
{
	QUERY query = query_make(db, "INSERT INTO secret "
				     "(operator, password, pin) "
				     "VALUES (?, ?, ?)");

	query_text(&query, who->id);
	query_text(&query, who->password);
	query_text(&query, who->pin);
	return query_run(&query);
}

static int people_update_operator(struct db *db,
				  const struct policy_operator *who)
{
	QUERY query = query_make(db, "UPDATE secret SET password = ?2,"
				     " pin = ?3 WHERE operator = ?1");

	query_text(&query, who->id);
	query_text(&query, who->password);
	query_text(&query, who->pin);
	return query_run(&query);
}

static int people_put_operator(struct db *db,
			       const struct people_operator *person)
{
	if (!person->before)
		return people_insert_operator(db, &person->who);
	if (person->password.given != PEOPLE_AS_IT_IS ||
	    person->pin.given != PEOPLE_AS_IT_IS)
		return people_update_operator(db, &person->who);
	return 0;
}

/* --- badges, where they are not what they were --- */

static int people_delete_badges(struct db *db, const char *operator_id)
{
	QUERY query = query_make(db, "DELETE FROM badge WHERE operator = ?");

	query_text(&query, operator_id);
	return query_run(&query);
}

/* One that another operator had moves over to this one. */
static int people_put_badge(struct db *db, const struct policy_badge *badge,
			    const char *operator_id)
{
	QUERY query = query_make(db, "INSERT OR REPLACE INTO badge (key,"
				     " handle, operator, label, active,"
				     " until_ms) VALUES (?, ?, ?, ?, ?, ?)");

	query_blob(&query, badge->key, HASH_SIZE);
	query_text(&query, badge->handle);
	query_text(&query, operator_id);
	query_text(&query, badge->label);
	query_int(&query, badge->active);
	query_int(&query, badge->until_ms);
	return query_run(&query);
}

static int people_put_badges(struct db *db, const struct policy_operator *who)
{
	int r = people_delete_badges(db, who->id);

	for (size_t i = 0; !r && i < who->badges_count; i++)
		r = people_put_badge(db, &who->badges[i], who->id);
	return r;
}

/* --- the document --- */

static int people_put_document(struct db *db, const struct people *people,
			       int64_t version)
{
	QUERY query = query_make(
		db, "INSERT INTO policy (one, version, hash, document) "
		    "VALUES (1, ?1, ?2, ?3) ON CONFLICT (one) DO UPDATE SET"
		    " version = ?1, hash = ?2, document = ?3");

	query_int(&query, version);
	query_blob(&query, people->hash, HASH_SIZE);
	query_text(&query, people->document);
	return query_run(&query);
}

static int people_has_document(struct db *db, const uint8_t hash[HASH_SIZE],
			       bool *out_has)
{
	QUERY query = query_make(db, "SELECT 1 FROM policy WHERE hash = ?");

	query_blob(&query, hash, HASH_SIZE);
	*out_has = query_next(&query);
	return query.error;
}

/* A large document is not written again for the sake of its version. */
static int people_put_policy(struct db *db, const struct people *people)
{
	bool has = false;
	int64_t version;
	int r = people_version(db, &version);

	if (!r)
		r = people_has_document(db, people->hash, &has);
	if (r)
		return r;
	return has ? people_count_version(db)
		   : people_put_document(db, people, version + 1);
}

/* --- the whole --- */

static int people_put_people(struct db *db, const struct people *people)
{
	int r = 0;

	if (!people->present)
		r = db_exec(db, "DELETE FROM secret");
	for (size_t i = 0; !r && i < people->gone_count; i++)
		r = people_delete_operator(db, people->gone[i]);
	for (size_t i = 0; !r && i < people->operators_count; i++)
		r = people_put_operator(db, &people->operators[i]);
	for (size_t i = 0; !r && i < people->operators_count; i++)
		if (people->operators[i].badges_changed)
			r = people_put_badges(
				db, policy_operator_at(people->policy, i));
	return r ? r : people_put_policy(db, people);
}

struct people_step {
	struct txn_step step;
	const struct people *people;
	int64_t version;
};

static int people_replace(struct txn_step *step, struct writer *writer,
			  struct txn *txn)
{
	const struct people_step *replace = (struct people_step *)step;
	const struct people *people = replace->people;
	int64_t present = people->present ? policy_version(people->present) : 0;
	int r = 0;

	(void)txn;
	if (!people->prepared || replace->version != present)
		return -EINVAL;
	if (present)
		r = people_expect_version(&writer->db, present);
	return r ? r : people_put_people(&writer->db, people);
}

void txn_policy_replace(struct txn *txn, const struct people *people,
			int64_t version)
{
	struct people_step *step =
		txn_add(txn, sizeof(*step), people_replace, NULL);

	step->people = people;
	step->version = version;
	txn->erases = true;
}

static int people_run_expect(struct txn_step *step, struct writer *writer,
			     struct txn *txn)
{
	(void)txn;
	return people_expect_version(&writer->db,
				     ((struct people_step *)step)->version);
}

void txn_policy_expect(struct txn *txn, int64_t version)
{
	struct people_step *step =
		txn_add(txn, sizeof(*step), people_run_expect, NULL);

	step->version = version;
}
