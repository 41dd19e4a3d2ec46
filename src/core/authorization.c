/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an authorization: waited for, spent or ended. */
#include "core/authorization_private.h"

#include "core/token.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define AUTHORIZATION_LINGER_MS 60000 /* to be looked at after its end */

struct authorizations *authorizations_new(struct core *core)
{
	struct authorizations *all = ALLOC_NEW(struct authorizations);

	TAILQ_INIT(&all->list);
	all->turn =
		timer_new(core->env.timers, authorizations_try_reader, core);
	return all;
}

void authorization_free(struct authorization *authorization)
{
	authorization_stand_down(authorization);
	TAILQ_REMOVE(&authorization->core->authorizations->list, authorization,
		     entry);
	timer_free(authorization->timer);
	secret_free(authorization->pin);
	json_decref(authorization->question);
	json_decref(authorization->figures);
	json_decref(authorization->changes);
	free(authorization);
}

struct authorizations *authorizations_free(struct authorizations *all)
{
	struct authorization *authorization;

	if (!all)
		return NULL;
	while ((authorization = TAILQ_FIRST(&all->list))) {
		authorization->state = CONSENT_VOID;
		authorization_tell(authorization);
		authorization_free(authorization);
	}
	timer_free(all->turn);
	free(all);
	return NULL;
}

/* --- looking at one --- */

/* Its timer stands still while the box sleeps; its time does not. */
static bool authorization_is_overdue(const struct authorization *authorization)
{
	return (authorization->state == CONSENT_PENDING ||
		authorization->state == CONSENT_APPROVED) &&
	       core_now(authorization->core) >= authorization->ends;
}

enum consent authorization_state(const struct authorization *authorization)
{
	return authorization_is_overdue(authorization) ? CONSENT_EXPIRED
						       : authorization->state;
}

const char *authorization_id(const struct authorization *authorization)
{
	return authorization->id;
}

const char *authorization_approver(const struct authorization *authorization)
{
	return authorization->approver;
}

const char *authorization_how(const struct authorization *authorization)
{
	return authorization->how;
}

int authorization_error(const struct authorization *authorization)
{
	return authorization->error;
}

static bool
authorization_is_being_written(const struct authorization *authorization)
{
	return authorization->state == CONSENT_ASKING ||
	       authorization->state == CONSENT_SPENDING;
}

bool authorization_is_open(const struct authorization *authorization)
{
	enum consent state = authorization_state(authorization);

	return state == CONSENT_PENDING || state == CONSENT_APPROVED ||
	       authorization_is_being_written(authorization);
}

struct authorization *authorization_by_id(struct core *core, const char *id)
{
	struct authorization *authorization;

	AUTHORIZATION_FOREACH(core, authorization)
	if (authorization->state != CONSENT_ASKING &&
	    !strcmp(authorization->id, id))
		return authorization;
	return NULL;
}

/* Where it was done, if that is another till; a till that is no more grants
 * nothing. */
static bool
authorization_covers_there(const struct authorization *authorization,
			   const struct policy_operator *who,
			   const struct demand *demand)
{
	const struct policy *policy = authorization->core->policy;
	const struct policy_till *there =
		policy_till(policy, authorization->done_at);
	struct demand lacks;

	return !*authorization->done_at ||
	       (there && policy_decide(policy, who, there, demand, &lacks));
}

bool authorization_covers(const struct authorization *authorization,
			  const struct policy_operator *who,
			  const struct demand *demand)
{
	const struct policy *policy = authorization->core->policy;
	const struct policy_till *till =
		policy_till(policy, authorization->till);
	struct demand lacks;

	return till &&
	       policy_decide(policy, who, authorization->at_box ? NULL : till,
			     demand, &lacks) &&
	       authorization_covers_there(authorization, who, demand);
}

enum badge_strength
authorization_strength(struct core *core,
		       const struct authorization *authorization)
{
	const char *const tills[] = { authorization->till,
				      authorization->done_at };
	enum badge_strength strongest = BADGE_ALONE;

	for (size_t i = 0; i < 2 && *tills[i]; i++) {
		const struct policy_till *till =
			policy_till(core->policy, tills[i]);
		enum badge_strength strength =
			till ? policy_badge_strength(till,
						     &authorization->missing)
			     : BADGE_PIV;

		if (strength > strongest)
			strongest = strength;
	}
	return strongest;
}

bool authorization_takes_badge(const struct authorization *authorization)
{
	struct core *core = authorization->core;

	return !authorization->partly &&
	       (authorization_strength(core, authorization) != BADGE_PIV ||
		reader_proves(core, authorization->till));
}

/* By word there is nothing that a till could ask more of. */
static bool authorization_is_strong(const struct authorization *authorization)
{
	enum badge_strength shown = BADGE_PIV;

	if (!strcmp(authorization->how, "badge"))
		shown = BADGE_ALONE;
	else if (!strcmp(authorization->how, "badge+pin"))
		shown = BADGE_PIN;
	return shown >=
	       authorization_strength(authorization->core, authorization);
}

bool authorization_stands(const struct authorization *authorization,
			  const struct demand *missing)
{
	struct core *core = authorization->core;
	const struct policy_operator *approver =
		policy_operator(core->policy, authorization->approver);

	return approver &&
	       authorization_covers(authorization, approver, missing) &&
	       core_badge_stands(core, authorization->badge) &&
	       authorization_is_strong(authorization);
}

/* --- its states --- */

json_t *authorization_note(struct authorization *authorization,
			   struct record **out_record, const char *kind)
{
	json_t *entry = record_note(authorization->core, out_record, kind,
				    authorization->till);

	json_put_text(entry, "authorization", authorization->id);
	json_put_text(entry, "action", authorization->action);
	json_put_text(entry, "operator", authorization->operator);
	json_put_text(entry, "approver",
		      *authorization->approver ? authorization->approver
					       : NULL);
	json_put_text(entry, "how", authorization->how);
	return entry;
}

void authorization_stand_down(struct authorization *authorization)
{
	authorization->in_line = false;
	reader_disarm(&authorization->claim);
}

/* Whoever waits is told; one that is told may well free its waiter, or begin
 * to wait for what comes next. */
void authorization_tell(struct authorization *authorization)
{
	struct authorization_waiters told = LIST_HEAD_INITIALIZER(told);
	struct authorization_waiter *waiter;

	while ((waiter = LIST_FIRST(&authorization->waiters))) {
		LIST_REMOVE(waiter, entry);
		LIST_INSERT_HEAD(&told, waiter, entry);
	}
	while ((waiter = LIST_FIRST(&told))) {
		authorization_unwait(waiter);
		waiter->changed(waiter, authorization);
	}
}

void authorization_set(struct authorization *authorization, enum consent state)
{
	authorization->state = state;
	authorization->pin = secret_free(authorization->pin);
	authorization_stand_down(authorization);
	if (!authorization_is_open(authorization)) {
		authorization->over = true;
		timer_set(authorization->timer, AUTHORIZATION_LINGER_MS);
	}
}

void authorization_end_and_tell(struct authorization *authorization,
				enum consent state,
				void (*written)(void *arg, int error),
				void *arg)
{
	static const char *const kinds[] = {
		[CONSENT_DENIED] = "authorization.denied",
		[CONSENT_WITHDRAWN] = "authorization.withdrawn",
		[CONSENT_EXPIRED] = "authorization.expired",
		[CONSENT_OUTDATED] = "authorization.outdated",
		[CONSENT_VOID] = "authorization.void",
	};
	struct record *record;

	authorization_note(authorization, &record, kinds[state]);
	record_commit(record, written, arg);
	authorization_set(authorization, state);
	authorization_tell(authorization);
}

void authorization_end(struct authorization *authorization, enum consent state)
{
	if (authorization_is_being_written(authorization)) {
		authorization->doomed = true;
		authorization->doom = state;
	} else {
		authorization_end_and_tell(authorization, state, NULL, NULL);
	}
}

void authorization_go_on(struct authorization *authorization,
			 enum consent state)
{
	authorization->state = state;
	if (authorization->doomed)
		authorization_end(authorization, authorization->doom);
	else
		authorization_tell(authorization);
}

void authorization_due(void *arg)
{
	struct authorization *authorization = arg;

	if (authorization->over)
		authorization_free(authorization);
	else
		authorization_end(authorization, CONSENT_EXPIRED);
}

void authorization_extend(struct authorization *authorization)
{
	struct core *core = authorization->core;

	authorization->ends = core_now(core) + core->config.consent_ms;
	timer_set(authorization->timer, core->config.consent_ms);
}

int64_t authorization_left_ms(struct core *core,
			      const struct authorization *authorization)
{
	int64_t left = authorization ? authorization->ends - core_now(core) : 0;

	return left > 0 ? left : 0;
}

enum problem authorization_problem(enum consent consent)
{
	switch (consent) {
	case CONSENT_SPENDING:
	case CONSENT_SPENT:
		return PROBLEM_AUTHORIZATION_SPENT;
	case CONSENT_DENIED:
		return PROBLEM_AUTHORIZATION_DENIED;
	case CONSENT_WITHDRAWN:
		return PROBLEM_AUTHORIZATION_WITHDRAWN;
	case CONSENT_OUTDATED:
		return PROBLEM_AUTHORIZATION_OUTDATED;
	case CONSENT_EXPIRED:
	case CONSENT_VOID:
		return PROBLEM_AUTHORIZATION_EXPIRED;
	case CONSENT_ASKING:
	case CONSENT_PENDING:
	case CONSENT_APPROVED:
		break;
	}
	return PROBLEM_AUTHORIZATION_REQUIRED;
}

/* --- spending --- */

enum problem authorization_spend(struct authorization *authorization,
				 const struct demand *missing)
{
	enum consent state = authorization_state(authorization);

	if (state != CONSENT_APPROVED)
		return authorization_problem(state);
	/* By now it takes more, or who gave it may give less. */
	if (!demand_implies(&authorization->missing, missing) ||
	    !authorization_stands(authorization, missing)) {
		authorization_end(authorization, CONSENT_OUTDATED);
		return PROBLEM_AUTHORIZATION_OUTDATED;
	}
	authorization->state = CONSENT_SPENDING;
	return PROBLEMS;
}

void authorization_spent(struct core *core, const char *id, int error)
{
	struct authorization *authorization = authorization_by_id(core, id);

	if (token_spent(core, id, error) || !authorization ||
	    authorization->state != CONSENT_SPENDING)
		return;
	if (error) {
		authorization_go_on(authorization, CONSENT_APPROVED);
		return;
	}
	authorization_set(authorization, CONSENT_SPENT);
	authorization_tell(authorization);
}

void authorization_lapse(struct authorization *authorization)
{
	authorization_end(authorization, CONSENT_VOID);
}

void authorizations_end_signon(struct core *core, const char *signon)
{
	struct authorization *a, *next;

	for (a = TAILQ_FIRST(&core->authorizations->list); a; a = next) {
		next = TAILQ_NEXT(a, entry);
		if (authorization_is_open(a) && !strcmp(a->signon, signon))
			authorization_end(a, CONSENT_VOID);
	}
}

/* Nobody can answer it for somebody who is no longer there; a badge that would
 * have done before may not do any more. */
static void authorization_sweep(struct authorization *a)
{
	const struct policy_operator *asker =
		policy_operator(a->core->policy, a->operator);

	if (!asker || !asker->active || !policy_till(a->core->policy, a->till))
		authorization_end(a, CONSENT_VOID);
	else if (*a->approver && !authorization_stands(a, &a->missing))
		authorization_end(a, CONSENT_OUTDATED);
	else if (!authorization_takes_badge(a))
		authorization_stand_down(a);
}

void authorizations_sweep(struct core *core)
{
	struct authorization *a, *next;

	for (a = TAILQ_FIRST(&core->authorizations->list); a; a = next) {
		next = TAILQ_NEXT(a, entry);
		if (authorization_is_open(a))
			authorization_sweep(a);
	}
}

void authorizations_stop(struct core *core)
{
	struct authorization *a, *next;

	for (a = TAILQ_FIRST(&core->authorizations->list); a; a = next) {
		next = TAILQ_NEXT(a, entry);
		if (a->state == CONSENT_PENDING)
			authorization_tell(a);
	}
}

/* --- waiting --- */

bool authorization_is_awaited(const struct authorization *authorization)
{
	return !LIST_EMPTY(&authorization->waiters);
}

static void authorization_waited(void *arg)
{
	struct authorization_waiter *waiter = arg;
	struct authorization *authorization = waiter->authorization;

	authorization_unwait(waiter);
	waiter->changed(waiter, authorization);
}

void authorization_await_record(struct authorization *authorization,
				struct authorization_waiter *waiter)
{
	waiter->authorization = authorization;
	waiter->waiting = true;
	LIST_INSERT_HEAD(&authorization->waiters, waiter, entry);
}

void authorization_wait(struct core *core, struct authorization *authorization,
			struct authorization_waiter *waiter, int64_t ms)
{
	authorization_await_record(authorization, waiter);
	waiter->timer =
		timer_new(core->env.timers, authorization_waited, waiter);
	timer_set(waiter->timer, ms);
}

void authorization_unwait(struct authorization_waiter *waiter)
{
	if (!waiter->waiting)
		return;
	waiter->waiting = false;
	LIST_REMOVE(waiter, entry);
	waiter->timer = timer_free(waiter->timer);
}
