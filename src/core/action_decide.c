/* SPDX-License-Identifier: Apache-2.0 */
/* The middle of the one path: decided, or a supervisor asked. */
#include "core/action_private.h"

#include "core/operation.h"
#include "core/record.h"
#include "core/session.h"
#include "core/sharing.h"
#include "core/signon.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/message.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *action_pending_extra(const struct attempt *attempt,
				    const struct authorization *asked)
{
	json_t *described = authorization_describe_whole(attempt->core, asked);
	json_t *extra = json_make();

	message_put(extra, "detail", authorization_question(asked));
	if (attempt->weak)
		json_put_bool(extra, "badge_too_weak", true);
	json_put(extra, "missing",
		 json_incref(json_object_get(described, "missing")));
	if (json_object_get(described, "missing_any"))
		json_put(
			extra, "missing_any",
			json_incref(json_object_get(described, "missing_any")));
	return json_put(extra, "authorization", described);
}

void action_tell_consent(struct attempt *attempt,
			 struct authorization *authorization, enum problem why)
{
	authorization_state_is_told(authorization);
	action_refuse(attempt, why,
		      action_pending_extra(attempt, authorization));
}

/* The reader was armed for somebody who waits, and does no longer: a badge
 * shown from now on is for the next question, not for this one. */
static void action_stand_down(struct attempt *attempt,
			      struct authorization *authorization)
{
	/* ... unless another request waits for the same. */
	if (attempt->armed && !authorization_is_awaited(authorization))
		authorization_stand_down(authorization);
	attempt->armed = false;
}

static void action_consent_changed(struct authorization_waiter *waiter,
				   struct authorization *authorization)
{
	struct attempt *attempt = (struct attempt *)waiter;
	enum consent state = authorization_state(authorization);

	attempt->caller->left = NULL;
	action_stand_down(attempt, authorization);
	if (state == CONSENT_APPROVED || state == CONSENT_SPENDING ||
	    state == CONSENT_SPENT)
		action_look_again(attempt);
	else if (state == CONSENT_PENDING && attempt->core->stopping)
		action_refuse(attempt, PROBLEM_STOPPING, NULL);
	else
		action_tell_consent(attempt, authorization,
				    authorization_problem(state));
}

/* Nobody waits any more, so nothing goes ahead by itself; a consent given
 * later is there for the same request to come again. */
static void action_left(void *arg, struct caller *caller)
{
	struct attempt *attempt = arg;

	(void)caller;
	authorization_unwait(&attempt->waiter);
	action_stand_down(attempt, attempt->waiter.authorization);
	action_refuse(attempt, PROBLEM_AUTHORIZATION_REQUIRED, NULL);
}

static void action_wait_for_consent(struct attempt *attempt,
				    struct authorization *asked)
{
	struct caller *caller = attempt->caller;

	attempt->armed = authorization_arm_for_waiter(attempt->core, asked);
	attempt->waiter.changed = action_consent_changed;
	caller->left = action_left;
	caller->left_arg = attempt;
	authorization_wait(attempt->core, asked, &attempt->waiter,
			   (int64_t)caller->wait * 1000);
}

/* The refusal is on record: tell it, or wait for the consent. */
static void action_asked(struct attempt *attempt, struct authorization *asked)
{
	struct caller *caller = attempt->caller;
	enum consent state = authorization_state(asked);

	if (state == CONSENT_PENDING && attempt->core->stopping)
		action_refuse(attempt, PROBLEM_STOPPING, NULL);
	else if (state == CONSENT_PENDING && caller->wait > 0 && !caller->gone)
		action_wait_for_consent(attempt, asked);
	else
		action_tell_consent(attempt, asked,
				    authorization_problem(state));
}

/* What was being written about it is on disk, or could not be. */
static void action_recorded(struct authorization_waiter *waiter,
			    struct authorization *authorization)
{
	struct attempt *attempt = (struct attempt *)waiter;
	enum consent state = authorization_state(authorization);

	if (authorization_error(authorization)) {
		core_refuse_disk(attempt->caller,
				 authorization_error(authorization));
		action_finish(attempt);
	} else if (state == CONSENT_APPROVED || state == CONSENT_SPENT) {
		action_look_again(attempt);
	} else {
		action_asked(attempt, authorization);
	}
}

static void action_await_record(struct attempt *attempt,
				struct authorization *authorization)
{
	attempt->waiter.changed = action_recorded;
	authorization_await_record(authorization, &attempt->waiter);
}

static bool action_may_be_refused(struct attempt *attempt)
{
	char subject[24];
	int64_t wait_ms;

	snprintf(subject, sizeof(subject), "%u",
		 (unsigned int)attempt->caller->peer.uid);
	if (rates_take(attempt->core->refusals, subject,
		       core_now(attempt->core), &wait_ms))
		return true;
	action_refuse(attempt, PROBLEM_TOO_MANY_REQUESTS,
		      json_put_int(json_make(), "retry_after",
				   (wait_ms + 999) / 1000));
	return false;
}

static void action_refusal_recorded(void *arg, int error)
{
	struct attempt *attempt = arg;

	if (!error) {
		action_refuse(attempt, attempt->wrong,
			      json_incref(attempt->wrong_extra));
		return;
	}
	core_refuse_disk(attempt->caller, error);
	action_finish(attempt);
}

/* extra is stolen; its detail is on record, too. */
static void action_record_refusal(struct attempt *attempt, const char *kind,
				  const char *signon, enum problem problem,
				  json_t *extra)
{
	struct record *record;
	json_t *entry;

	json_decref(attempt->wrong_extra);
	attempt->wrong_extra = extra;
	if (!action_may_be_refused(attempt))
		return;
	attempt->wrong = problem;
	entry = record_note(attempt->core, &record, kind, attempt->till);
	json_put_text(entry, "action", attempt->name);
	json_put_text(entry, "operator", attempt->operator);
	json_put_int(entry, "uid", attempt->caller->peer.uid);
	json_put_text(entry, "signon", signon);
	json_put_text(entry, "why", problem_name(problem));
	json_put_text(entry, "detail", json_text(extra, "detail"));
	record_commit(record, action_refusal_recorded, attempt);
}

void action_refuse_on_record(struct attempt *attempt, const char *signon,
			     enum problem problem)
{
	action_record_refusal(attempt, "change.refused", signon, problem, NULL);
}

/* "change", "Coffee 250 g": why, or what it is about. */
static const char *action_reason(const struct attempt *attempt)
{
	const char *reason = json_text(attempt->params, "reason");

	return reason ? reason : json_text(attempt->params, "detail");
}

static void action_ask_anew(struct attempt *attempt,
			    struct authorization_ask *ask,
			    const struct action_by *by)
{
	struct prompt_pages pages;
	struct authorization *asked;
	CLEANUP_JSON json_t *question = NULL;

	if (!action_may_be_refused(attempt))
		return;
	question = action_question(&attempt->words, by->who, by->till,
				   action_reason(attempt));
	action_prompt(&attempt->words, by->who, by->till, &pages);
	ask->question = question;
	ask->pages = &pages;
	ask->figures = attempt->figures;
	ask->changes = attempt->changes;
	ask->partly = attempt->words.partly;
	asked = authorization_ask(attempt->core, ask);
	if (asked)
		action_await_record(attempt, asked);
	else /* by then those that are open have ended */
		action_refuse(
			attempt, PROBLEM_TOO_MANY_REQUESTS,
			json_put_int(json_make(), "retry_after",
				     attempt->core->config.consent_ms / 1000));
}

/* By consent: the one that there is, or one that is to be asked for. */
static void action_judge_consent(struct attempt *attempt,
				 struct authorization *authorization,
				 const struct demand *missing,
				 const struct action_by *by,
				 struct device *device)
{
	switch (authorization_state(authorization)) {
	case CONSENT_APPROVED:
		action_carry_out(attempt, by, authorization, missing, device);
		break;
	case CONSENT_ASKING:
	case CONSENT_SPENDING:
		action_await_record(attempt, authorization);
		break;
	case CONSENT_PENDING:
	case CONSENT_SPENT:
	case CONSENT_DENIED:
	case CONSENT_WITHDRAWN:
	case CONSENT_EXPIRED:
	case CONSENT_OUTDATED:
	case CONSENT_VOID:
		action_asked(attempt, authorization);
		break;
	}
}

/* At that till (NULL: at @box), and on what they have shown of themselves. */
static bool action_is_granted(struct attempt *attempt,
			      const struct action_by *by,
			      const struct policy_till *till,
			      struct demand *out_lacks)
{
	struct demand missing;
	bool granted = signon_decide(attempt->core, by->signon, by->who, till,
				     &attempt->demand, out_lacks);

	attempt->weak |=
		!granted && policy_decide(attempt->core->policy, by->who, till,
					  &attempt->demand, &missing);
	return granted;
}

/* By the operator's own right: here, and where it was done. */
static bool action_is_allowed(struct attempt *attempt,
			      const struct action_by *by,
			      struct demand *out_missing)
{
	const struct policy *policy = attempt->core->policy;
	const struct policy_till *there = policy_till(policy, attempt->done_at);
	struct demand here_lacks = { 0 }, there_lacks = { 0 };
	bool allowed;

	attempt->weak = false;
	allowed = action_is_granted(attempt, by,
				    attempt->row->at_box ? NULL : by->till,
				    &here_lacks);
	if (there)
		allowed &= action_is_granted(attempt, by, there, &there_lacks);
	*out_missing = here_lacks;
	demand_join(out_missing, &there_lacks);
	return allowed;
}

/* There is none: asked for anew, unless one was given that is no longer good,
 * which nobody was told yet. */
static void action_judge_none(struct attempt *attempt,
			      struct authorization_ask *ask,
			      const struct action_by *by)
{
	struct authorization *outdated =
		authorization_find_outdated(attempt->core, ask);

	if (outdated)
		action_tell_consent(attempt, outdated,
				    PROBLEM_AUTHORIZATION_OUTDATED);
	else
		action_ask_anew(attempt, ask, by);
}

static void action_judge(struct attempt *attempt, const struct action_by *by,
			 struct device *device)
{
	struct authorization_ask ask = {
		.action = attempt->name,
		.at_box = attempt->row->at_box,
		.till = attempt->till,
		.done_at = attempt->done_at,
		.operator= by->who->id,
		.signon = by->signon->row.id,
		.session = book_of(attempt->core, attempt->till)->session.id,
		.uid = attempt->caller->peer.uid,
		.key = attempt->key,
		.body = attempt->bound,
		.device = device ? device_name(device) : attempt->device,
	};
	struct authorization *authorization =
		authorization_find(attempt->core, &ask);

	if (action_is_allowed(attempt, by, &ask.missing)) {
		if (authorization)
			authorization_lapse(authorization);
		action_carry_out(attempt, by, NULL, NULL, device);
	} else if (attempt->by_none != PROBLEMS) {
		action_refuse_on_record(attempt, by->signon->row.id,
					attempt->by_none);
	} else if (action_is_obstructed(attempt, device, true)) {
		return;
	} else if (attempt->has_token) {
		action_judge_token(attempt, by, &ask.missing, authorization,
				   device);
	} else if (authorization) {
		action_judge_consent(attempt, authorization, &ask.missing, by,
				     device);
	} else {
		action_judge_none(attempt, &ask, by);
	}
}

/* --- what it takes here and now --- */

/* True if it can be done at all; else it is refused. */
static bool action_plan(struct attempt *attempt, const struct action_by *by)
{
	const struct action_row *row = attempt->row;
	json_t *extra = NULL;
	enum problem why = PROBLEMS;

	action_words_clear(&attempt->words);
	action_words_of_op(attempt->action, &attempt->op, by->till,
			   attempt->params, &attempt->words);
	action_set_figures(attempt, NULL);
	attempt->changes = NULL;
	attempt->demand = attempt->required;
	memcpy(attempt->bound, attempt->body, HASH_SIZE);
	attempt->by_none = PROBLEMS;
	attempt->amount = 0;
	if (row->of_group)
		why = sharing_problem(attempt->core, by, row->class, &extra);
	if (row->sells)
		why = session_problem(attempt->core, by,
				      book_of(attempt->core, attempt->till),
				      SESSION_USE_SALES, &extra);
	if (why == PROBLEMS && row->plan)
		why = row->plan(attempt, by, &extra);
	if (why == PROBLEMS)
		return true;
	if (row->refusal && json_flag(extra, "opens_drawer"))
		action_record_refusal(attempt, row->refusal, by->signon->row.id,
				      why, extra);
	else
		action_refuse_unless_done(attempt, why, extra);
	return false;
}

static void action_decide_device(struct attempt *attempt,
				 const struct action_by *by)
{
	enum device_class class = attempt->row->class;
	struct fixture *fixture =
		class == DEVICE_DRAWER
			? core_drawer(attempt->core, attempt->till)
			: core_fixture(attempt->core, attempt->till, class);

	if (!fixture)
		action_refuse(attempt, PROBLEM_NO_SUCH_DEVICE, NULL);
	else if (!device_can(fixture->device, attempt->op.kind))
		action_refuse(attempt, PROBLEM_NOT_SUPPORTED, NULL);
	else if (action_plan(attempt, by))
		action_judge(attempt, by, fixture->device);
}

static bool action_has_device(const struct attempt *attempt)
{
	return attempt->row->kind == ACTION_MOVES ||
	       attempt->row->kind == ACTION_SHOWS;
}

bool action_joined(struct attempt *attempt)
{
	struct operation *operation =
		*attempt->key ? operation_by_key(attempt->core, attempt->till,
						 attempt->caller->peer.uid,
						 attempt->key)
			      : NULL;

	if (!operation)
		return false;
	if (operation_is_for(operation, attempt->row->name, attempt->body)) {
		operation_join(operation, attempt->caller);
		action_finish(attempt);
	} else {
		action_refuse(attempt, PROBLEM_KEY_REUSED, NULL);
	}
	return true;
}

/* It takes no more than to be a technician. */
static void action_decide_alone(struct attempt *attempt)
{
	struct core *core = attempt->core;
	const struct action_by by = { .till = policy_till(core->policy,
							  attempt->till) };

	signon_note_wrong(core, attempt->caller->peer.uid,
			  attempt->caller->token);
	if (!core_is_technician(core, &attempt->caller->peer))
		action_refuse(attempt, PROBLEM_SIGN_ON_REQUIRED, NULL);
	else if (action_plan(attempt, &by))
		action_carry_out(attempt, &by, NULL, NULL, NULL);
}

void action_decide(struct attempt *attempt)
{
	struct core *core = attempt->core;
	struct caller *caller = attempt->caller;
	struct action_by by = { .till = core_till(core, &caller->peer,
						  attempt->till) };

	if (action_joined(attempt))
		return;
	/* What is only told goes on to the end. */
	if (core->stopping && attempt->row->kind != ACTION_READS) {
		action_refuse(attempt, PROBLEM_STOPPING, NULL);
		return;
	}
	if (attempt->alone) {
		action_decide_alone(attempt);
		return;
	}
	if (by.till)
		by.who = signon_operator(core, caller, attempt->till,
					 &by.signon);
	if (!by.who) {
		signon_note_wrong(core, caller->peer.uid, caller->token);
		action_refuse(attempt, PROBLEM_SIGN_ON_REQUIRED, NULL);
		return;
	}
	text_copy(attempt->operator, sizeof(attempt->operator), by.who->id);
	if (!book_enter(core, attempt))
		return;
	if (action_has_device(attempt))
		action_decide_device(attempt, &by);
	else if (action_plan(attempt, &by))
		action_judge(attempt, &by, NULL);
}
