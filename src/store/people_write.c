/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy replaced whole. All that takes long was done before, on a worker
 * (people_prepare.c); what is left for the writer is what has changed: parts of
 * the document, and rows of secrets and badges.
 */
#include "store/people.h"
#include "store/schema.h"
#include "store/store_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static int people_put_badges(struct db *db,
			     const struct people_operator *person,
			     const struct policy_operator *who)
{
	bool had = person->before && person->before->badges_count;
	int r = had ? people_delete_badges(db, who->id) : 0;

	for (size_t i = 0; !r && i < who->badges_count; i++)
		r = people_put_badge(db, &who->badges[i], who->id);
	return r;
}

/* --- the whole --- */

static int people_put_document(struct db *db, const struct people *people)
{
	struct people_document document = people->document;
	int r = people_version(db, &document.version);

	document.version++;
	return r ? r : people_document_write(db, &document);
}

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
			r = people_put_badges(db, &people->operators[i],
					      policy_operator_at(people->policy,
								 i));
	return r ? r : people_put_document(db, people);
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

/* --- bundles --- */

#define PEOPLE_BUNDLE "bundle" /* in meta: the last that was applied */

static int people_run_bundle(struct txn_step *step, struct writer *writer,
			     struct txn *txn)
{
	int64_t version = ((struct people_step *)step)->version, last;
	int r = meta_get_int(&writer->db, PEOPLE_BUNDLE, 0, &last);

	(void)txn;
	if (r)
		return r;
	return version > last
		       ? meta_set_int(&writer->db, PEOPLE_BUNDLE, version)
		       : STORE_E_EXISTS;
}

void txn_bundle_applied(struct txn *txn, int64_t version)
{
	struct people_step *step =
		txn_add(txn, sizeof(*step), people_run_bundle, NULL);

	step->version = version;
}
