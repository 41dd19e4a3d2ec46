/* SPDX-License-Identifier: Apache-2.0 */
/* The beginning of an authorization: a refusal on record is a question. */
#include "core/authorization_private.h"

#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define AUTHORIZATION_OPEN_MAX 16 /* pendings per uid */

static bool authorization_fits(const struct authorization *a,
			       const struct authorization_ask *ask)
{
	return !strcmp(a->action, ask->action) && a->uid == ask->uid &&
	       !strcmp(a->till, ask->till) && !strcmp(a->signon, ask->signon) &&
	       !strcmp(a->operator, ask->operator) &&
	       !strcmp(a->session, ask->session) &&
	       !strcmp(a->device, ask->device) && !strcmp(a->key, ask->key) &&
	       !memcmp(a->body, ask->body, HASH_SIZE);
}

struct authorization *authorization_find(struct core *core,
					 const struct authorization_ask *ask)
{
	struct authorization *authorization;

	AUTHORIZATION_FOREACH(core, authorization)
	if (authorization_is_open(authorization) &&
	    authorization_fits(authorization, ask))
		return authorization;
	return NULL;
}

struct authorization *
authorization_find_outdated(struct core *core,
			    const struct authorization_ask *ask)
{
	struct authorization *authorization;

	AUTHORIZATION_FOREACH(core, authorization)
	if (authorization->state == CONSENT_OUTDATED && !authorization->told &&
	    authorization_fits(authorization, ask))
		return authorization;
	return NULL;
}

void authorization_state_is_told(struct authorization *authorization)
{
	authorization->told = !authorization_is_open(authorization);
}

static size_t authorization_count(struct core *core, uid_t uid)
{
	const struct authorization *authorization;
	size_t count = 0;

	AUTHORIZATION_FOREACH(core, authorization)
	count += authorization->uid == uid &&
		 authorization_is_open(authorization);
	return count;
}

static struct authorization *
authorization_new(struct core *core, const struct authorization_ask *ask)
{
	struct authorization *a = ALLOC_NEW(struct authorization);

	a->core = core;
	a->action = ask->action;
	a->at_box = ask->at_box;
	a->uid = ask->uid;
	a->missing = ask->missing;
	a->question = json_deep_copy(ask->question);
	random_id(core->env.random, a->id);
	text_copy(a->till, sizeof(a->till), ask->till);
	text_copy(a->done_at, sizeof(a->done_at), ask->done_at);
	text_copy(a->operator, sizeof(a->operator), ask->operator);
	text_copy(a->signon, sizeof(a->signon), ask->signon);
	text_copy(a->session, sizeof(a->session), ask->session);
	text_copy(a->device, sizeof(a->device), ask->device);
	text_copy(a->key, sizeof(a->key), ask->key);
	a->pages = *ask->pages;
	a->figures = ask->figures ? json_deep_copy(ask->figures) : NULL;
	a->changes = ask->changes ? json_deep_copy(ask->changes) : NULL;
	a->partly = ask->partly;
	memcpy(a->body, ask->body, HASH_SIZE);
	LIST_INIT(&a->waiters);
	a->timer = timer_new(core->env.timers, authorization_due, a);
	TAILQ_INSERT_HEAD(&core->authorizations->list, a, entry);
	return a;
}

/* What is not on record was not asked: nobody can answer it. */
static void authorization_asked(void *arg, int error)
{
	struct authorization *authorization = arg;

	if (!error) {
		authorization_extend(authorization);
		authorization_go_on(authorization, CONSENT_PENDING);
		return;
	}
	authorization->error = error;
	authorization->state = CONSENT_VOID;
	authorization_tell(authorization);
	authorization_free(authorization);
}

static json_t *authorization_names(const struct rights *rights)
{
	json_t *names = json_array();

	for (unsigned int i = 0; i < RIGHTS_COUNT; i++)
		if (rights_has(rights, i))
			json_array_append_new(names,
					      json_string(rights_name(i)));
	return names;
}

/* The refusal and the question are one entry: "refused, asks for consent". */
static void authorization_record(struct authorization *authorization)
{
	struct record *record;
	json_t *entry = authorization_note(authorization, &record, "refused");

	json_put(entry, "missing",
		 authorization_names(&authorization->missing.all));
	if (!rights_empty(&authorization->missing.any))
		json_put(entry, "missing_any",
			 authorization_names(&authorization->missing.any));
	json_put_int(entry, "uid", authorization->uid);
	json_put_text(entry, "signon", authorization->signon);
	json_put_text(entry, "device",
		      *authorization->device ? authorization->device : NULL);
	if (authorization->figures)
		json_put(entry, "blind", json_incref(authorization->figures));
	record_commit(record, authorization_asked, authorization);
}

struct authorization *authorization_ask(struct core *core,
					const struct authorization_ask *ask)
{
	struct authorization *authorization;

	if (authorization_count(core, ask->uid) >= AUTHORIZATION_OPEN_MAX)
		return NULL;
	authorization = authorization_new(core, ask);
	authorization_record(authorization);
	return authorization;
}
