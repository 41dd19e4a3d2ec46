/* SPDX-License-Identifier: Apache-2.0 */
/* The policy read back: as a snapshot, and as the document that is shown. */
#include "policy/describe.h"
#include "store/people.h"
#include "store/store_private.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/log.h"

#include <stdlib.h>
#include <string.h>

/* What this version does not know was not written by it. */
static int people_is_odd(const char *what)
{
	log_error("the policy in the database: %s", what);
	return STORE_E_CORRUPT;
}

/* --- what is in the tables, taken out in one short transaction --- */

struct people_badge_row {
	struct policy_badge badge;
	const char *operator;
};

struct people_rows {
	struct arena arena; /* secret: hashes of passwords are in it */
	struct people_document document;
	struct policy_operator *operators; /* id, password and PIN alone */
	size_t operators_count;
	struct people_badge_row *badges;
	size_t badges_count;
};

static void people_rows_free(struct people_rows *rows)
{
	arena_free(&rows->arena);
	free(rows->operators);
	free(rows->badges);
}

static const char *people_get_text(struct people_rows *rows,
				   struct query *query, int column)
{
	return arena_text(&rows->arena, query_get_text(query, column));
}

/* Room for one more, doubled each time it is used up. */
static void *people_grow(void *array, size_t count, size_t size)
{
	bool full = !(count & (count - 1));

	return full ? alloc_resize(array, count ? count * 2 : 1, size) : array;
}

static int people_read_secrets(struct db *db, struct people_rows *rows)
{
	QUERY query = query_make(db, "SELECT operator, password, pin "
				     "FROM secret");

	while (query_next(&query)) {
		rows->operators =
			people_grow(rows->operators, rows->operators_count,
				    sizeof(*rows->operators));
		rows->operators[rows->operators_count++] =
			(struct policy_operator){
				.id = people_get_text(rows, &query, 0),
				.password = people_get_text(rows, &query, 1),
				.pin = people_get_text(rows, &query, 2),
			};
	}
	return query.error;
}

static int people_read_badges(struct db *db, struct people_rows *rows)
{
	QUERY query = query_make(db, "SELECT key, handle, operator, label,"
				     " active, until_ms FROM badge");

	while (query_next(&query)) {
		struct people_badge_row row = {
			.badge = {
				.handle = people_get_text(rows, &query, 1),
				.label = people_get_text(rows, &query, 3),
				.active = query_get_int(&query, 4) != 0,
				.until_ms = query_get_int(&query, 5),
			},
			.operator = people_get_text(rows, &query, 2),
		};

		query_get_blob(&query, 0, row.badge.key, HASH_SIZE);
		rows->badges = people_grow(rows->badges, rows->badges_count,
					   sizeof(*rows->badges));
		rows->badges[rows->badges_count++] = row;
	}
	return query.error;
}

/* As of one moment. */
static int people_read(struct db *db, struct people_rows *rows)
{
	int r = db_exec(db, "BEGIN");

	if (r)
		return r;
	r = people_document_read(db, &rows->arena, &rows->document);
	if (!r)
		r = people_read_secrets(db, rows);
	if (!r)
		r = people_read_badges(db, rows);
	db_exec(db, "COMMIT");
	return r;
}

/* --- put together --- */

/* New; NULL if it is no JSON. */
static json_t *people_join_parts(const struct people_document *document)
{
	struct buf text = BUF_INIT(SIZE_MAX / 2);
	json_t *whole;

	for (size_t i = 0; i < document->parts_count; i++)
		buf_add_text(&text, document->parts[i].text);
	whole = json_parse(text.data, text.len);
	buf_free(&text);
	return whole;
}

/* Of each operator there is one row. */
static bool people_take_secrets(struct people *people,
				const struct people_rows *rows)
{
	uint32_t at;

	for (size_t i = 0; i < rows->operators_count; i++) {
		const struct policy_operator *row = &rows->operators[i];

		if (!names_find(&people->ids, row->id, &at))
			return false;
		people->operators[at].who.password = row->password;
		people->operators[at].who.pin = row->pin;
	}
	return rows->operators_count == people->operators_count;
}

static bool people_take_badges(struct people *people,
			       const struct people_rows *rows)
{
	for (size_t i = 0; i < rows->badges_count; i++)
		if (!policy_add_badge(people->policy, &rows->badges[i].badge,
				      rows->badges[i].operator))
			return false;
	return true;
}

CLEANUP_DEFINE(people_cleanup, struct people *, people_free);

static int people_compose(const struct people_rows *rows,
			  struct policy **out_policy)
{
	CLEANUP_JSON json_t *document = people_join_parts(&rows->document);
	CLEANUP_FREE char *error = NULL;
	CLEANUP(people_cleanup)
	struct people *people =
		people_parse_kept(document, rows->document.version, &error);

	if (!people)
		return people_is_odd(error);
	if (!people_take_secrets(people, rows) || !people_fill(people) ||
	    !people_take_badges(people, rows))
		return people_is_odd("its parts do not fit together");
	policy_set_hash(people->policy, rows->document.hash);
	policy_seal(people->policy);
	*out_policy = people->policy;
	people->policy = NULL;
	return 0;
}

static int people_load(struct db *db, struct policy **out_policy)
{
	CLEANUP(people_rows_free)
	struct people_rows rows = { .arena = { .secret = true } };
	int r = people_read(db, &rows);

	if (r)
		return r;
	if (rows.document.version)
		return people_compose(&rows, out_policy);
	*out_policy = policy_new(0);
	policy_seal(*out_policy);
	return 0;
}

int people_check(struct db *db)
{
	struct policy *policy = NULL;
	int r = people_load(db, &policy);

	policy_unref(policy);
	return r;
}

int store_policy(struct store *store, struct policy **out_policy)
{
	return people_load(&store->reader, out_policy);
}

/* --- as a snapshot, from the loop --- */

struct people_loading {
	struct work work;
	struct store *store;
	int error;
	struct policy *policy;
	policy_loaded loaded;
	void *arg;
};

static void people_run_load(struct work *work)
{
	struct people_loading *loading = (struct people_loading *)work;

	loading->error = people_load(&loading->store->reader, &loading->policy);
}

static void people_finish_load(struct work *work)
{
	struct people_loading *loading = (struct people_loading *)work;

	loading->loaded(loading->arg, loading->error, loading->policy);
	free(loading);
}

void store_load_policy(struct store *store, policy_loaded loaded, void *arg)
{
	struct people_loading *loading = ALLOC_NEW(struct people_loading);

	loading->work.run = people_run_load;
	loading->work.done = people_finish_load;
	loading->store = store;
	loading->loaded = loaded;
	loading->arg = arg;
	store_submit_read(store, &loading->work);
}

/* --- as the document that is shown --- */

struct people_rendering {
	struct work work;
	struct store *store;
	int error;
	struct policy_document document;
	policy_rendered rendered;
	void *arg;
};

static void people_run_render(struct work *work)
{
	struct people_rendering *rendering = (struct people_rendering *)work;
	struct policy_document *document = &rendering->document;
	struct policy *policy;
	json_t *described;

	rendering->error = people_load(&rendering->store->reader, &policy);
	if (rendering->error)
		return;
	described = policy_describe(policy, POLICY_AS_SHOWN);
	document->text = json_dumps(described, JSON_COMPACT);
	if (!document->text)
		abort(); /* out of memory */
	document->len = strlen(document->text);
	document->version = policy_version(policy);
	policy_etag(policy, document->etag);
	json_decref(described);
	policy_unref(policy);
}

static void people_finish_render(struct work *work)
{
	struct people_rendering *rendering = (struct people_rendering *)work;

	rendering->rendered(rendering->arg, rendering->error,
			    rendering->error ? NULL : &rendering->document);
	free(rendering->document.text);
	free(rendering);
}

void store_policy_document(struct store *store, policy_rendered rendered,
			   void *arg)
{
	struct people_rendering *rendering = ALLOC_NEW(struct people_rendering);

	rendering->work.run = people_run_render;
	rendering->work.done = people_finish_render;
	rendering->store = store;
	rendering->rendered = rendered;
	rendering->arg = arg;
	store_submit_read(store, &rendering->work);
}
