/* SPDX-License-Identifier: Apache-2.0 */
/* What apps and supervisors see of an authorization and do with it. */
#include "core/authorization_private.h"

#include "core/prompt.h"
#include "core/session.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/message.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define AUTHORIZATION_APPROVERS 20 /* names that are offered */

static const char *const consent_names[] = {
	[CONSENT_ASKING] = "pending",	   [CONSENT_PENDING] = "pending",
	[CONSENT_APPROVED] = "approved",   [CONSENT_SPENDING] = "approved",
	[CONSENT_SPENT] = "spent",	   [CONSENT_DENIED] = "denied",
	[CONSENT_WITHDRAWN] = "withdrawn", [CONSENT_EXPIRED] = "expired",
	[CONSENT_OUTDATED] = "outdated",   [CONSENT_VOID] = "void",
};

/* --- looking at one --- */

static json_t *authorization_items(const struct rights *missing)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < RIGHTS_COUNT; i++) {
		json_t *item;

		if (!rights_has(missing, i))
			continue;
		item = json_put_text(json_make(), "id", rights_name(i));
		json_put_text(item, "meaning", rights_meaning(i));
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *authorization_person(const struct policy_operator *who)
{
	json_t *person;

	if (!who)
		return NULL;
	person = json_put_text(json_make(), "id", who->id);
	return json_put_text(person, "name", who->name);
}

json_t *authorization_supervisors(struct core *core,
				  const struct authorization *authorization,
				  const char *phrase, size_t *out_total)
{
	const struct policy_operator *who[AUTHORIZATION_APPROVERS];
	const struct policy_till *till =
		policy_till(core->policy, authorization->till);
	json_t *list = json_array();

	*out_total = 0;
	if (!till)
		return list;
	*out_total = policy_authorizers(
		core->policy, authorization->at_box ? NULL : till,
		&authorization->missing,
		policy_operator(core->policy, authorization->operator), phrase,
		who, AUTHORIZATION_APPROVERS);
	for (size_t i = 0; i < *out_total && i < AUTHORIZATION_APPROVERS; i++)
		if (!*authorization->done_at ||
		    authorization_covers(authorization, who[i],
					 &authorization->missing))
			json_array_append_new(list,
					      authorization_person(who[i]));
	return list;
}

static json_t *
authorization_approvers(struct core *core,
			const struct authorization *authorization)
{
	size_t total;

	return authorization_supervisors(core, authorization, NULL, &total);
}

static json_t *authorization_ways(struct core *core,
				  const struct authorization *authorization)
{
	json_t *ways = json_array();

	if (reader_serves(core, authorization->till) &&
	    !reader_hindrance(core, authorization->till) &&
	    authorization_takes_badge(authorization))
		json_array_append_new(ways, json_string("badge"));
	json_array_append_new(ways, json_string("password"));
	return ways;
}

static const char *
authorization_state_name(const struct authorization *authorization)
{
	enum consent state = authorization_state(authorization);

	return state == CONSENT_PENDING && authorization->claim.reader
		       ? "armed"
		       : consent_names[state];
}

/* Whether a badge shown now would count, and why not: while it is armed, or if
 * arming it would be of no use. */
static void authorization_put_armed(const struct authorization *a, json_t *body)
{
	const char *objection = NULL;

	if (a->claim.reader)
		objection = reader_objection(&a->claim);
	else if (authorization_state(a) == CONSENT_PENDING &&
		 reader_serves(a->core, a->till))
		objection = reader_hindrance(a->core, a->till);
	if (a->claim.reader)
		json_put_int(body, "armed_for",
			     (a->claim.ends - core_now(a->core) + 999) / 1000);
	if (a->claim.reader || objection)
		json_put_bool(body, "badge_counts", !objection);
	json_put_text(body, "badge_objection", objection);
}

json_t *authorization_question(const struct authorization *authorization)
{
	return json_incref(authorization->question);
}

json_t *authorization_describe(struct core *core,
			       const struct authorization *authorization)
{
	static const char *const strengths[] = { "alone", "pin", "piv" };
	const struct authorization *a = authorization;
	json_t *body = json_make();
	int64_t left = a->ends - core_now(core);

	json_put_text(body, "id", a->id);
	json_put_text(body, "state", authorization_state_name(a));
	json_put_text(body, "action", a->action);
	json_put_text(body, "till", a->till);
	message_put(body, "sentence", json_incref(a->question));
	json_put(body, "missing", authorization_items(&a->missing.all));
	if (!rights_empty(&a->missing.any))
		json_put(body, "missing_any",
			 authorization_items(&a->missing.any));
	json_put(body, "how", authorization_ways(core, a));
	json_put_text(body, "badge",
		      strengths[authorization_strength(core, a)]);
	json_put_bool(body, "pin_given", a->pin);
	json_put_text(body, "prompt", prompt_name(core, a->till));
	authorization_put_armed(a, body);
	json_put(body, "requester",
		 authorization_person(
			 policy_operator(core->policy, a->operator)));
	json_put(body, "approvers", authorization_approvers(core, a));
	if (*a->approver)
		json_put(body, "approver",
			 authorization_person(
				 policy_operator(core->policy, a->approver)));
	json_put_int(body, "expires_in",
		     authorization_is_open(a) && left > 0 ? (left + 999) / 1000
							  : 0);
	return body;
}

json_t *authorization_describe_whole(struct core *core,
				     const struct authorization *authorization)
{
	json_t *body = authorization_describe(core, authorization);

	return authorization->changes
		       ? json_put(body, "changes",
				  json_incref(authorization->changes))
		       : body;
}

/* What stands in the policy is for those who administer it; and for who wants
 * to change it, at whose screen they may be asked. */
static bool authorization_tells_changes(const struct authorization *a,
					const struct policy_operator *who,
					const struct signon *signon)
{
	return who && (!strcmp(signon->row.id, a->signon) ||
		       authorization_objection(a, who) == PROBLEMS);
}

json_t *authorization_tell_more(struct core *core, const struct caller *caller,
				const struct authorization *a)
{
	const struct signon *signon;
	const struct policy_operator *who =
		signon_operator(core, caller, NULL, &signon);
	json_t *body = authorization_tells_changes(a, who, signon)
			       ? authorization_describe_whole(core, a)
			       : authorization_describe(core, a);

	if (a->figures && who &&
	    session_sees_balance(core, signon, who,
				 policy_till(core->policy, a->till)))
		json_put(body, "figures", json_incref(a->figures));
	return body;
}

/* --- API --- */

struct authorization *authorization_seen(struct core *core,
					 struct caller *caller, const char *id)
{
	struct authorization *authorization = authorization_by_id(core, id);

	if (authorization &&
	    core_till(core, &caller->peer, authorization->till))
		return authorization;
	caller_refuse(caller, PROBLEM_AUTHORIZATION_NOT_FOUND, NULL);
	return NULL;
}

/* The same, for its requester alone: the sign-on that asked. */
static struct authorization *
authorization_own(struct core *core, struct caller *caller, const char *id)
{
	struct authorization *authorization =
		authorization_seen(core, caller, id);
	const struct signon *signon;

	if (!authorization)
		return NULL;
	if (!signon_operator(core, caller, authorization->till, &signon)) {
		signon_refuse(core, caller);
		return NULL;
	}
	if (!strcmp(signon->row.id, authorization->signon))
		return authorization;
	caller_refuse(caller, PROBLEM_AUTHORIZATION_NOT_YOURS, NULL);
	return NULL;
}

/* One who waits for an answer to the question. */
struct authorization_watch {
	struct authorization_waiter waiter;
	struct core *core;
	struct caller *caller;
};

static void authorization_watched(struct authorization_waiter *waiter,
				  struct authorization *authorization)
{
	struct authorization_watch *watch =
		(struct authorization_watch *)waiter;

	watch->caller->left = NULL;
	caller_answer(watch->caller, 200,
		      authorization_tell_more(watch->core, watch->caller,
					      authorization));
	free(watch);
}

static void authorization_watch_left(void *arg, struct caller *caller)
{
	struct authorization_watch *watch = arg;

	(void)caller;
	authorization_unwait(&watch->waiter);
	authorization_watched(&watch->waiter, watch->waiter.authorization);
}

struct authorization *authorization_shown(struct core *core,
					  struct caller *caller, const char *id)
{
	struct authorization *authorization = authorization_by_id(core, id);
	const struct signon *signon;
	const struct policy_operator *who =
		signon_operator(core, caller, NULL, &signon);

	if (authorization && who &&
	    authorization_objection(authorization, who) == PROBLEMS)
		return authorization;
	if (!authorization ||
	    core_viewed_till(core, caller, authorization->till))
		return authorization_seen(core, caller, id);
	caller_refuse(caller, PROBLEM_AUTHORIZATION_NOT_FOUND, NULL);
	return NULL;
}

void authorization_show(struct core *core, struct caller *caller,
			const char *id)
{
	struct authorization *authorization;
	struct authorization_watch *watch;

	if (!core_is_open(core, caller, false))
		return;
	authorization = authorization_shown(core, caller, id);
	if (!authorization)
		return;
	if (authorization_state(authorization) != CONSENT_PENDING ||
	    caller->wait <= 0 || core->stopping) {
		caller_answer(caller, 200,
			      authorization_tell_more(core, caller,
						      authorization));
		return;
	}
	watch = ALLOC_NEW(struct authorization_watch);
	watch->core = core;
	watch->caller = caller;
	watch->waiter.changed = authorization_watched;
	caller->left = authorization_watch_left;
	caller->left_arg = watch;
	authorization_wait(core, authorization, &watch->waiter,
			   caller->wait * 1000);
}

static json_t *authorization_retry(int64_t wait_ms)
{
	if (!wait_ms)
		return NULL;
	return json_put_int(json_make(), "retry_after", (wait_ms + 999) / 1000);
}

/* No cable is at fault where no reader could do it. */
static json_t *
authorization_no_reader(const struct authorization *authorization)
{
	json_t *extra;

	if (authorization_takes_badge(authorization))
		return NULL;
	extra = json_put_text(json_make(), "detail",
			      authorization->partly
				      ? "This changes more than could be shown "
					"to somebody with a badge."
				      : "This takes a card that proves itself, "
					"and the reader of this till can't "
					"have one do that.");
	return json_put_text(extra, "advice", "Use a name and password.");
}

void authorization_request_arm(struct core *core, struct caller *caller,
			       const char *id)
{
	struct authorization *authorization;
	enum problem why;
	int64_t wait_ms = 0;

	if (!core_is_open(core, caller, false))
		return;
	authorization = authorization_own(core, caller, id);
	if (!authorization)
		return;
	why = authorization_arm(core, authorization, &wait_ms);
	if (why == PROBLEM_NO_READER)
		caller_refuse(caller, why,
			      authorization_no_reader(authorization));
	else if (why != PROBLEMS)
		caller_refuse(caller, why, authorization_retry(wait_ms));
	else
		caller_answer(caller, 200,
			      authorization_describe(core, authorization));
}

void authorization_give_pin(struct core *core, struct caller *caller,
			    const char *id, const char *pin)
{
	struct authorization *authorization;

	if (!core_is_open(core, caller, false))
		return;
	authorization = authorization_own(core, caller, id);
	if (!authorization)
		return;
	if (!authorization->claim.reader ||
	    authorization_strength(core, authorization) != BADGE_PIN) {
		caller_refuse(caller, PROBLEM_PIN_NOT_ASKED, NULL);
		return;
	}
	secret_free(authorization->pin);
	authorization->pin = alloc_text(pin);
	caller_answer(caller, 200, authorization_describe(core, authorization));
}

/* What was consented to can be taken back or denied until it is spent. */
static bool authorization_can_end(const struct authorization *authorization)
{
	enum consent state = authorization_state(authorization);

	return state == CONSENT_PENDING || state == CONSENT_APPROVED;
}

static void authorization_withdrawn(void *arg, int error)
{
	struct caller *caller = arg;

	if (error)
		core_refuse_disk(caller, error);
	else
		caller_answer(caller, 204, NULL);
}

void authorization_withdraw(struct core *core, struct caller *caller,
			    const char *id)
{
	struct authorization *authorization;

	if (!core_is_open(core, caller, false))
		return;
	authorization = authorization_own(core, caller, id);
	if (!authorization)
		return;
	if (!authorization_can_end(authorization))
		caller_refuse(caller,
			      authorization_problem(
				      authorization_state(authorization)),
			      NULL);
	else
		authorization_end_and_tell(authorization, CONSENT_WITHDRAWN,
					   authorization_withdrawn, caller);
}
