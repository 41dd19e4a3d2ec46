/* SPDX-License-Identifier: Apache-2.0 */
#include "core/draft.h"

#include "core/book.h"
#include "core/core_private.h"
#include "core/record.h"
#include "core/till_use.h"
#include "policy/difference.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* Documents are large: so many may wait, of one uid and in all. */
#define DRAFTS_UID_MAX 2
#define DRAFTS_MAX     16

LIST_HEAD(draft_list, draft);

struct drafts {
	struct worker *worker;
	struct draft_list list; /* under way */
};

struct drafts *drafts_new(struct core *core)
{
	struct drafts *drafts = ALLOC_NEW(struct drafts);

	drafts->worker = worker_new(core->env.workers, "drafts", NULL);
	LIST_INIT(&drafts->list);
	return drafts;
}

void drafts_settle(struct drafts *drafts)
{
	drafts->worker = worker_free(drafts->worker);
}

struct drafts *drafts_free(struct drafts *drafts)
{
	if (!drafts)
		return NULL;
	drafts_settle(drafts);
	free(drafts);
	return NULL;
}

void drafts_submit(struct core *core, struct work *work)
{
	worker_submit(core->drafts->worker, work);
}

/* --- letting go --- */

struct draft_waste {
	struct work work;
	struct policy *policies[2]; /* the last references to them */
	struct people *people;
};

static void draft_run_waste(struct work *work)
{
	struct draft_waste *waste = (struct draft_waste *)work;

	policy_unref(waste->policies[0]);
	policy_unref(waste->policies[1]);
	people_free(waste->people);
}

static void draft_finish_waste(struct work *work)
{
	free(work);
}

/* References are counted in the loop: NULL unless this is the last one. */
static struct policy *draft_last(struct policy *policy)
{
	return policy && policy_is_last(policy) ? policy : policy_unref(policy);
}

void drafts_let_go(struct core *core, struct policy *policy,
		   struct people *people)
{
	struct draft_waste *waste = ALLOC_NEW(struct draft_waste);

	waste->work.run = draft_run_waste;
	waste->work.done = draft_finish_waste;
	waste->policies[0] = draft_last(policy);
	if (people)
		waste->policies[1] = draft_last(people_take_policy(people));
	waste->people = people;
	if (core->drafts->worker) {
		drafts_submit(core, &waste->work);
	} else {
		draft_run_waste(&waste->work);
		draft_finish_waste(&waste->work);
	}
}

/* --- on the worker --- */

json_t *draft_refuse(struct draft *draft, enum problem why, json_t *extra)
{
	draft->why = why;
	json_decref(draft->extra);
	draft->extra = extra;
	return NULL;
}

json_t *draft_refuse_field(struct draft *draft, const char *field,
			   const char *detail)
{
	return draft_refuse(draft, PROBLEM_BAD_BODY, core_fault(field, detail));
}

/* "operators[17].groups[0]: ..." is about what was sent: "groups[0]: ...". */
static const char *draft_shorten(const struct draft *draft, const char *error)
{
	size_t len = draft->place ? strlen(draft->place) : 0;

	if (!len || strncmp(error, draft->place, len) != 0)
		return error;
	if (error[len] == '.')
		return error + len + 1;
	return strncmp(error + len, ": ", 2) ? error : error + len + 2;
}

static void draft_refuse_document(struct draft *draft, const char *error)
{
	if (!strcmp(error, people_unadministered))
		draft_refuse(draft, PROBLEM_LAST_ADMINISTRATOR,
			     json_put_text(json_make(), "detail", error));
	else
		draft_refuse_field(draft, NULL, draft_shorten(draft, error));
}

static void draft_compare(struct draft *draft)
{
	draft->after = people_policy(draft->people);
	draft->difference = policy_difference(draft->before, draft->after,
					      POLICY_FOR_PEOPLE);
	draft->recorded = policy_difference(draft->before, draft->after,
					    POLICY_FOR_JOURNAL);
	draft->line = policy_difference_line(draft->before, draft->after,
					     draft->difference, &draft->whole);
}

static void draft_run(struct work *work)
{
	struct draft *draft = (struct draft *)work;
	const struct core *core = draft->core;
	CLEANUP_FREE char *error = NULL;
	json_t *document = draft->edit(draft);

	if (!document)
		return;
	draft->people = people_parse(document, draft->before, &error);
	json_wipe(document);
	if (!draft->people) {
		draft_refuse_document(draft, error);
		return;
	}
	people_prepare(draft->people, store_keys(core->store), core->env.random,
		       core->config.password_cost);
	draft_compare(draft);
}

/* --- in the loop --- */

static void draft_done(struct work *work)
{
	struct draft *draft = (struct draft *)work;

	LIST_REMOVE(draft, entry);
	draft->done(draft);
}

static bool draft_may_begin(const struct draft *wanted)
{
	const struct draft *draft;
	size_t all = 0, own = 0;

	LIST_FOREACH(draft, &wanted->core->drafts->list, entry)
	{
		all++;
		own += draft->uid == wanted->uid;
	}
	return all < DRAFTS_MAX && own < DRAFTS_UID_MAX;
}

enum problem draft_begin(struct draft *draft)
{
	if (draft->core->stopping)
		return PROBLEM_STOPPING;
	if (!draft_may_begin(draft))
		return PROBLEM_TOO_MANY_REQUESTS;
	draft->work.run = draft_run;
	draft->work.done = draft_done;
	draft->why = PROBLEMS;
	draft->before = policy_ref(draft->core->policy);
	LIST_INSERT_HEAD(&draft->core->drafts->list, draft, entry);
	drafts_submit(draft->core, &draft->work);
	return PROBLEMS;
}

void draft_clear(struct draft *draft)
{
	if (draft->before)
		drafts_let_go(draft->core, draft->before, draft->people);
	json_decref(draft->extra);
	json_decref(draft->difference);
	json_decref(draft->recorded);
	free(draft->line);
	free(draft->place);
}

bool draft_is_current(const struct draft *draft)
{
	return draft->before == draft->core->policy;
}

enum problem draft_problem(const struct draft *draft, json_t **out_extra)
{
	return till_use_problem(draft->core, draft->before, draft->after,
				out_extra);
}

void draft_record(const struct draft *draft, struct record *record,
		  json_t *entry)
{
	books_hold(draft->core);
	till_use_hold(draft->core, draft->before, draft->after, record->txn);
	txn_policy_replace(record->txn, draft->people,
			   policy_version(draft->before));
	json_put_int(entry, "becomes", policy_version(draft->after));
	json_put(entry, "changes", json_incref(draft->recorded));
}

void draft_recorded(struct draft *draft, int error, const char *keep)
{
	if (!error)
		core_change_policy(draft->core, policy_ref(draft->after), keep);
	till_use_let_go(draft->core, draft->before, draft->after);
	books_let_go(draft->core);
}

void draft_etag(const struct policy *policy, char out_etag[POLICY_ETAG_SIZE])
{
	char quoted[POLICY_ETAG_SIZE];

	policy_etag(policy, quoted);
	text_copy(out_etag, POLICY_ETAG_SIZE, quoted + 1);
	out_etag[strcspn(out_etag, "\"")] = 0;
}

json_t *draft_describe(const struct draft *draft)
{
	json_t *made = json_make();
	char etag[POLICY_ETAG_SIZE];

	draft_etag(draft->after, etag);
	json_put_int(made, "version", policy_version(draft->after));
	return json_put_text(made, "etag", etag);
}
