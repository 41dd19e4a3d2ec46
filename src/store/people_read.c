/* SPDX-License-Identifier: Apache-2.0 */
/* The policy read back: as a snapshot, and as the document that is shown. */
#include "policy/describe.h"
#include "store/people.h"
#include "store/people_secrets.h"
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

/* --- taken out of the database, as of one moment --- */

struct people_found {
	struct arena arena;
	struct arena secrets;
	struct people_kept kept;
	struct people_rows rows;
};

static void people_found_free(struct people_found *found)
{
	people_rows_free(&found->rows);
	arena_free(&found->arena);
	arena_free(&found->secrets);
}

static int people_read(struct db *db, struct bound_by by,
		       struct people_found *found)
{
	int r = db_exec(db, "BEGIN");

	if (r)
		return r;
	r = people_read_kept(db, &found->arena, &found->kept);
	if (!r)
		r = bound_check_policy(db, by, &found->kept);
	if (!r)
		r = people_read_parts(db, &found->arena, &found->kept.document);
	if (!r)
		r = people_read_parts(db, &found->secrets,
				      &found->kept.secrets);
	db_exec(db, "COMMIT");
	return r;
}

/* --- put together --- */

/* New; NULL if it is no JSON. */
static json_t *people_join_parts(const struct people_list *list)
{
	struct buf text = BUF_INIT(SIZE_MAX / 2);
	json_t *whole;

	for (size_t i = 0; i < list->count; i++)
		buf_add_text(&text, list->parts[i].text);
	whole = json_parse(text.data, text.len);
	buf_free(&text);
	return whole;
}

/* Texts that were read are the arena's, and nobody else's. */
static bool people_take_all_rows(const struct people_list *list,
				 struct people_rows *rows)
{
	for (size_t i = 0; i < list->count; i++)
		if (!people_take_rows((char *)(uintptr_t)list->parts[i].text,
				      rows))
			return false;
	return true;
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

static int people_compose(struct people_found *found,
			  struct policy **out_policy)
{
	CLEANUP_JSON json_t *document =
		people_join_parts(&found->kept.document);
	CLEANUP_FREE char *error = NULL;
	CLEANUP(people_cleanup)
	struct people *people =
		people_parse_kept(document, found->kept.version, &error);
	struct people_rows *rows = &found->rows;

	if (!people)
		return people_is_odd(error);
	if (!people_take_all_rows(&found->kept.secrets, rows) ||
	    !people_take_secrets(people, rows) || !people_fill(people) ||
	    !people_take_badges(people, rows))
		return people_is_odd("its parts do not fit together");
	policy_set_hash(people->policy, found->kept.hash);
	policy_seal(people->policy);
	*out_policy = people->policy;
	people->policy = NULL;
	return 0;
}

static int people_load(struct db *db, struct bound_by by,
		       struct policy **out_policy)
{
	CLEANUP(people_found_free)
	struct people_found found = { .secrets = { .secret = true } };
	int r = people_read(db, by, &found);

	if (r)
		return r;
	if (found.kept.version)
		return people_compose(&found, out_policy);
	*out_policy = policy_new(0);
	policy_seal(*out_policy);
	return 0;
}

int people_check(struct db *db, bool is_signed)
{
	struct policy *policy = NULL;
	int r = people_load(db, (struct bound_by){ .last = is_signed },
			    &policy);

	policy_unref(policy);
	return r;
}

static int people_load_ours(struct store *store, struct policy **out_policy)
{
	return people_load(&store->policies, store_bound_by(store), out_policy);
}

int store_policy(struct store *store, struct policy **out_policy)
{
	return people_load_ours(store, out_policy);
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

	loading->error = people_load_ours(loading->store, &loading->policy);
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
	store_submit_policy(store, &loading->work);
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

	rendering->error = people_load_ours(rendering->store, &policy);
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
	store_submit_policy(store, &rendering->work);
}
