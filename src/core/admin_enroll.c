/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A badge becomes somebody's by being shown at the reader. First it is decided
 * whether the asker may give them one, by right or by consent: until then no
 * reader waits, no display shows anything, and nothing is learned of a badge.
 * So what is decided on is drafted with a badge that nobody has; a consent that
 * was taken for it is given back while the reader waits, for as long as it
 * lives anyway, and is taken again with the badge that was shown.
 */
#include "core/admin_private.h"

#include "core/reader.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ENROLL_WAIT_S	  30
#define ENROLL_WAIT_MAX_S 60

/* Stands for the badge that is to be shown: no reader's are of that type. */
#define ENROLL_ANY_BADGE "any:0000"

/* An attempt that waits for the swipe. */
struct enrollment {
	struct reader_claim claim;
	struct prompt_pages pages;
	struct attempt *attempt;
};

static const char *enroll_login(const struct attempt *attempt)
{
	return json_text(attempt->params, "login");
}

/* --- the draft, on the worker --- */

static json_t *enroll_badge(const struct admin_plan *plan)
{
	const json_t *body = json_object_get(plan->draft.input.params, "body");
	json_t *badge = body ? json_deep_copy(body) : json_make();
	bool known = plan->number && !plan->taken;

	return json_put_text(badge, "id",
			     known ? plan->number : ENROLL_ANY_BADGE);
}

static json_t *enroll_edit(struct draft *draft)
{
	struct admin_plan *plan = (struct admin_plan *)draft;
	json_t *document = draft_document(draft);
	json_t *item = draft_find(draft, document, "operators", "login",
				  json_text(draft->input.params, "login"));

	if (!item)
		return draft_give_up(draft, document);
	plan->taken = plan->number &&
		      policy_badge_by_key(draft->before, plan->key) != NULL;
	draft_append(draft, item, "badges", enroll_badge(plan));
	return document;
}

void admin_enroll(struct attempt *attempt)
{
	if (admin_draft_again(attempt))
		return;
	admin_new_plan(attempt, enroll_edit);
	admin_draft(attempt);
}

/* --- what it takes --- */

/* The badge has no handle before it is shown. */
static void enroll_name_none(json_t *difference)
{
	json_t *operators = json_object_get(difference, "operators");
	json_t *changed = json_object_get(operators, "changed");
	json_t *changes =
		json_object_get(json_array_get(changed, 0), "changes");
	json_t *badges = json_object_get(changes, "badges");

	json_string_set(json_array_get(json_object_get(badges, "added"), 0),
			"shown next");
}

static void enroll_say(struct attempt *attempt)
{
	const json_t *body = json_object_get(attempt->params, "body");
	const char *label = body ? json_text(body, "label") : NULL;
	const char *until = body ? json_text(body, "until") : NULL;
	struct action_words *words = &attempt->words;
	CLEANUP_FREE char *said =
		alloc_format("%s, the one shown next%s%s%s%s%s",
			     enroll_login(attempt), label ? ", \"" : "",
			     label ? label : "", label ? "\"" : "",
			     until ? ", until " : "", until ? until : "");

	json_decref(words->what);
	words->what = message_new(": %1$s,", said, NULL);
	memset(words->details, 0, sizeof(words->details));
	words->partly = prompt_wrap(said, words->details, PROMPT_DETAILS) >
			PROMPT_DETAILS;
}

enum problem admin_plan_enroll(struct attempt *attempt,
			       const struct action_by *by, json_t **out_extra)
{
	struct admin_plan *plan = attempt->plan;
	enum problem why = admin_plan(attempt, by, out_extra);

	if (why != PROBLEMS)
		return why;
	if (!plan->number || plan->taken)
		enroll_name_none(plan->draft.difference);
	enroll_say(attempt);
	return PROBLEMS;
}

/* --- the swipe --- */

/* Nobody waits at the reader any more. The attempt goes on, or is refused. */
static struct attempt *enroll_end(struct enrollment *enrollment)
{
	struct attempt *attempt = enrollment->attempt;

	attempt->caller->left = NULL;
	reader_disarm(&enrollment->claim);
	free(enrollment);
	return attempt;
}

static void enroll_refuse(struct attempt *attempt, enum problem why)
{
	const struct admin_plan *plan = attempt->plan;

	action_refuse_on_record(attempt, plan->signon, why);
}

/* It is decided again, on what stands now. If somebody has to be asked again,
 * the requester hears of it at once: they have waited already. */
static bool enroll_swiped(struct reader_claim *claim, const char *number,
			  const uint8_t key[HASH_SIZE])
{
	struct attempt *attempt = enroll_end((struct enrollment *)claim);
	struct admin_plan *plan = admin_new_plan(attempt, enroll_edit);

	attempt->caller->wait = 0;
	plan->number = alloc_text(number);
	memcpy(plan->key, key, HASH_SIZE);
	admin_draft(attempt);
	return false; /* disarmed already */
}

static void enroll_over(struct reader_claim *claim)
{
	struct attempt *attempt = enroll_end((struct enrollment *)claim);

	if (attempt->core->stopping)
		action_refuse(attempt, PROBLEM_STOPPING, NULL);
	else
		enroll_refuse(attempt, PROBLEM_BADGE_TIMEOUT);
}

static void enroll_left(void *arg, struct caller *caller)
{
	(void)caller;
	enroll_refuse(enroll_end(arg), PROBLEM_BADGE_TIMEOUT);
}

/* For how long to wait; no longer than the consent lives. */
static int64_t enroll_wait_ms(const struct attempt *attempt,
			      const char *consent)
{
	int seconds = attempt->caller->wait >= 0 ? attempt->caller->wait
						 : ENROLL_WAIT_S;
	int64_t ms = seconds > ENROLL_WAIT_MAX_S
			     ? (int64_t)ENROLL_WAIT_MAX_S * 1000
			     : (int64_t)seconds * 1000;
	int64_t left = ms;

	if (consent)
		left = authorization_left_ms(attempt->core,
					     authorization_by_id(attempt->core,
								 consent));
	return left < ms ? left : ms;
}

static struct enrollment *enroll_new(struct attempt *attempt,
				     const struct action_by *by)
{
	struct enrollment *enrollment = ALLOC_NEW(struct enrollment);
	const struct policy_operator *who =
		policy_login(attempt->core->policy, enroll_login(attempt));

	enrollment->attempt = attempt;
	prompt_pages_make(&(struct prompt_facts){ .what = "NEW BADGE FOR",
						  .details = { who->name },
						  .where = by->till->name },
			  &enrollment->pages);
	enrollment->claim = (struct reader_claim){
		.question = { .till = attempt->till,
			      .pages = &enrollment->pages },
		.number = enroll_swiped,
		.over = enroll_over,
	};
	return enrollment;
}

static void enroll_arm(struct attempt *attempt, const struct action_by *by,
		       int64_t ms)
{
	struct enrollment *enrollment = enroll_new(attempt, by);
	struct caller *caller = attempt->caller;
	int64_t wait_ms;
	enum problem why = reader_arm(attempt->core, caller->peer.uid,
				      &enrollment->claim, ms, &wait_ms);

	if (why == PROBLEMS) {
		caller->left = enroll_left;
		caller->left_arg = enrollment;
		return;
	}
	free(enrollment);
	action_refuse(attempt, why,
		      wait_ms ? json_put_int(json_make(), "retry_after",
					     (wait_ms + 999) / 1000)
			      : NULL);
}

bool admin_is_shown(struct attempt *attempt, const struct action_by *by,
		    const struct action_consent *consent)
{
	const struct admin_plan *plan = attempt->plan;
	int64_t ms;

	if (plan->number && !plan->taken)
		return true;
	ms = enroll_wait_ms(attempt, consent->id);
	if (consent->id)
		authorization_spent(attempt->core, consent->id, -EAGAIN);
	if (plan->taken)
		enroll_refuse(attempt, PROBLEM_BADGE_TAKEN);
	else if (attempt->caller->gone)
		enroll_refuse(attempt, PROBLEM_BADGE_TIMEOUT);
	else
		enroll_arm(attempt, by, ms);
	return false;
}

/* --- its record --- */

json_t *admin_apply_enroll(struct attempt *attempt, const struct action_by *by,
			   struct record *record, json_t *entry)
{
	const struct admin_plan *plan = attempt->plan;
	json_t *result = admin_apply(attempt, by, record, entry);
	const struct policy_badge *badge =
		policy_badge_by_key(plan->draft.after, plan->key);

	return json_put_text(result, "badge", badge->handle);
}
