/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A badge becomes somebody's by being shown at the reader. If that takes a
 * consent, the swipe is remembered while that may be given: the same request
 * again, by which it goes ahead, does not ask for the badge once more.
 */
#include "core/admin_private.h"

#include "core/reader.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define ENROLL_WAIT_S	  30
#define ENROLL_WAIT_MAX_S 60

#define ENROLL_KEPT_MAX 16 /* swipes remembered */

/* What was shown for a request that may come again. */
struct swipe {
	LIST_ENTRY(swipe) entry;
	struct timer *timer;
	char till[POLICY_ID_MAX + 1];
	uint8_t body[HASH_SIZE];
	char request[129];
	uid_t uid;
	char *number;
	uint8_t key[HASH_SIZE];
	struct swipes *swipes;
};

LIST_HEAD(swipe_list, swipe);

struct swipes {
	struct swipe_list list;
	size_t count;
};

/* An attempt that waits for the swipe. */
struct enrollment {
	struct reader_claim claim;
	struct prompt_pages pages;
	struct attempt *attempt;
};

static struct enrollment *enroll_free(struct enrollment *enrollment)
{
	free(enrollment);
	return NULL;
}

/* --- swipes that are remembered --- */

struct swipes *swipes_new(void)
{
	struct swipes *swipes = ALLOC_NEW(struct swipes);

	LIST_INIT(&swipes->list);
	return swipes;
}

static void swipe_forget(struct swipe *swipe)
{
	LIST_REMOVE(swipe, entry);
	swipe->swipes->count--;
	timer_free(swipe->timer);
	secret_free(swipe->number);
	free(swipe);
}

struct swipes *swipes_free(struct swipes *swipes)
{
	while (swipes && !LIST_EMPTY(&swipes->list))
		swipe_forget(LIST_FIRST(&swipes->list));
	free(swipes);
	return NULL;
}

static struct swipe *swipe_of(const struct attempt *attempt)
{
	struct swipe *swipe;

	LIST_FOREACH(swipe, &attempt->core->swipes->list, entry)
	if (swipe->uid == attempt->caller->peer.uid &&
	    !strcmp(swipe->till, attempt->till) &&
	    !strcmp(swipe->request, attempt->key) &&
	    !memcmp(swipe->body, attempt->body, HASH_SIZE))
		return swipe;
	return NULL;
}

static void swipe_is_over(void *arg)
{
	swipe_forget(arg);
}

static void swipe_keep(const struct attempt *attempt, const char *number,
		       const uint8_t key[HASH_SIZE])
{
	struct core *core = attempt->core;
	struct swipe *swipe;

	if (core->swipes->count == ENROLL_KEPT_MAX)
		return;
	swipe = ALLOC_NEW(struct swipe);
	swipe->swipes = core->swipes;
	swipe->uid = attempt->caller->peer.uid;
	swipe->number = alloc_text(number);
	text_copy(swipe->till, sizeof(swipe->till), attempt->till);
	text_copy(swipe->request, sizeof(swipe->request), attempt->key);
	memcpy(swipe->body, attempt->body, HASH_SIZE);
	memcpy(swipe->key, key, HASH_SIZE);
	swipe->timer = timer_new(core->env.timers, swipe_is_over, swipe);
	timer_set(swipe->timer, 2 * core->config.consent_ms);
	LIST_INSERT_HEAD(&core->swipes->list, swipe, entry);
	core->swipes->count++;
}

/* --- the draft, on the worker --- */

static json_t *enroll_badge(const struct admin_plan *plan)
{
	const json_t *body = json_object_get(plan->draft.input.params, "body");
	json_t *badge = body ? json_deep_copy(body) : json_make();

	return json_put_text(badge, "id", plan->number);
}

static json_t *enroll_edit(struct draft *draft)
{
	const struct admin_plan *plan = (struct admin_plan *)draft;
	json_t *document, *item;

	if (policy_badge_by_key(draft->before, plan->key))
		return draft_refuse(draft, PROBLEM_BADGE_TAKEN, NULL);
	document = draft_document(draft);
	item = draft_find(draft, document, "operators", "login",
			  json_text(draft->input.params, "login"));
	if (!item) {
		json_decref(document);
		return draft_refuse(draft, PROBLEM_NOT_FOUND, NULL);
	}
	draft_append(draft, item, "badges", enroll_badge(plan));
	return document;
}

/* --- the swipe --- */

/* Nobody waits at the reader any more. The attempt goes on, or is refused. */
static struct attempt *enroll_end(struct enrollment *enrollment)
{
	struct attempt *attempt = enrollment->attempt;

	attempt->caller->left = NULL;
	reader_disarm(&enrollment->claim);
	enroll_free(enrollment);
	return attempt;
}

static void enroll_draft(struct attempt *attempt, const char *number,
			 const uint8_t key[HASH_SIZE])
{
	struct admin_plan *plan = admin_new_plan(attempt, enroll_edit);

	plan->number = alloc_text(number);
	memcpy(plan->key, key, HASH_SIZE);
	admin_draft(attempt);
}

/* If somebody has to consent, the requester hears of it at once: they have
 * waited already. */
static bool enroll_swiped(struct reader_claim *claim, const char *number,
			  const uint8_t key[HASH_SIZE])
{
	struct attempt *attempt = enroll_end((struct enrollment *)claim);

	attempt->caller->wait = 0;
	if (!policy_badge_by_key(attempt->core->policy, key))
		swipe_keep(attempt, number, key);
	enroll_draft(attempt, number, key);
	return false; /* disarmed already */
}

static void enroll_over(struct reader_claim *claim)
{
	struct attempt *attempt = enroll_end((struct enrollment *)claim);

	action_refuse(attempt,
		      attempt->core->stopping ? PROBLEM_STOPPING
					      : PROBLEM_BADGE_TIMEOUT,
		      NULL);
}

static void enroll_left(void *arg, struct caller *caller)
{
	(void)caller;
	action_refuse(enroll_end(arg), PROBLEM_BADGE_TIMEOUT, NULL);
}

static void enroll_arm(struct attempt *attempt,
		       const struct policy_operator *who)
{
	struct enrollment *enrollment = ALLOC_NEW(struct enrollment);
	struct caller *caller = attempt->caller;
	int seconds = caller->wait >= 0 ? caller->wait : ENROLL_WAIT_S;
	const struct policy_till *till =
		policy_till(attempt->core->policy, attempt->till);
	enum problem why;
	int64_t wait_ms;

	enrollment->attempt = attempt;
	prompt_pages_make(&(struct prompt_facts){ .what = "NEW BADGE FOR",
						  .details = { who->name },
						  .where = till->name },
			  &enrollment->pages);
	enrollment->claim = (struct reader_claim){
		.question = { .till = attempt->till,
			      .pages = &enrollment->pages },
		.number = enroll_swiped,
		.over = enroll_over,
	};
	if (seconds > ENROLL_WAIT_MAX_S)
		seconds = ENROLL_WAIT_MAX_S;
	why = reader_arm(attempt->core, caller->peer.uid, &enrollment->claim,
			 (int64_t)seconds * 1000, &wait_ms);
	if (why == PROBLEMS) {
		caller->left = enroll_left;
		caller->left_arg = enrollment;
		return;
	}
	enroll_free(enrollment);
	action_refuse(attempt, why,
		      wait_ms ? json_put_int(json_make(), "retry_after",
					     (wait_ms + 999) / 1000)
			      : NULL);
}

/* For whom no consent would do: they need not wait for a badge to be told. */
static bool enroll_is_own(const struct attempt *attempt,
			  const struct policy_operator *who)
{
	struct core *core = attempt->core;
	struct demand lacks;
	const struct signon *signon;
	const struct policy_operator *asker =
		signon_operator(core, attempt->caller, attempt->till, &signon);

	return asker == who && who &&
	       !signon_decide(core, signon, asker, NULL, &attempt->required,
			      &lacks);
}

void admin_enroll(struct attempt *attempt)
{
	const struct policy_operator *who = policy_login(
		attempt->core->policy, json_text(attempt->params, "login"));

	const struct swipe *swipe = swipe_of(attempt);

	if (admin_draft_again(attempt))
		return;
	if (swipe)
		enroll_draft(attempt, swipe->number, swipe->key);
	else if (!who)
		action_refuse(attempt, PROBLEM_NOT_FOUND, NULL);
	else if (enroll_is_own(attempt, who))
		action_refuse(attempt, PROBLEM_OWN_RIGHTS, NULL);
	else if (!policy_till(attempt->core->policy, attempt->till))
		action_refuse(attempt, PROBLEM_SIGN_ON_REQUIRED, NULL);
	else
		enroll_arm(attempt, who);
}

/* --- its record --- */

void admin_applied_enroll(struct attempt *attempt, int error)
{
	struct swipe *swipe = swipe_of(attempt);

	if (!error && swipe)
		swipe_forget(swipe);
	admin_applied(attempt, error);
}

json_t *admin_apply_enroll(struct attempt *attempt, const struct action_by *by,
			   struct record *record, json_t *entry)
{
	const struct admin_plan *plan = attempt->plan;
	json_t *result = admin_apply(attempt, by, record, entry);
	const struct policy_badge *badge =
		policy_badge_by_key(plan->draft.after, plan->key);

	return json_put_text(result, "badge", badge->handle);
}
