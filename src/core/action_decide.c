/* SPDX-License-Identifier: Apache-2.0 */
/* The middle of the one path: decided, or a supervisor asked. */
#include "core/action_private.h"

#include "core/operation.h"
#include "core/prompt.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/money.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACTION_PROMPT_SIZE 64

static json_t *action_pending_extra(struct core *core,
				    const struct authorization *asked)
{
	json_t *described = authorization_describe(core, asked);
	json_t *extra = json_make();

	json_put_text(extra, "detail", json_text(described, "sentence"));
	json_put(extra, "missing",
		 json_incref(json_object_get(described, "missing")));
	return json_put(extra, "authorization", described);
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
	if (state == CONSENT_APPROVED || state == CONSENT_SPENT) {
		action_decide(attempt);
		return;
	}
	action_refuse(attempt, authorization_problem(state),
		      action_pending_extra(attempt->core, authorization));
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
static void action_asked(void *arg, int error)
{
	struct attempt *attempt = arg;
	struct caller *caller = attempt->caller;
	struct authorization *asked =
		authorization_by_id(attempt->core, attempt->asked);

	if (error) {
		core_refuse_disk(caller, error);
		action_finish(attempt);
	} else if (!asked) {
		action_refuse(attempt, PROBLEM_AUTHORIZATION_EXPIRED, NULL);
	} else if (caller->wait <= 0 || caller->gone ||
		   authorization_state(asked) != CONSENT_PENDING) {
		action_refuse(attempt, PROBLEM_AUTHORIZATION_REQUIRED,
			      action_pending_extra(attempt->core, asked));
	} else {
		action_wait_for_consent(attempt, asked);
	}
}

/* "for Anna" or "12.34 EUR Anna", on a display's second line. */
static void action_prompt(const struct attempt *attempt,
			  const struct policy_operator *who,
			  const struct policy_till *till,
			  char out[ACTION_PROMPT_SIZE])
{
	int64_t sum =
		attempt->op.kind == OP_REVERSAL	 ? attempt->op.reversal.amount
		: attempt->op.kind == OP_PAYMENT ? attempt->op.payment.amount
						 : 0;
	char amount[MONEY_TEXT_SIZE] = "for";

	if (sum)
		money_format(sum, till->currency, amount);
	snprintf(out, ACTION_PROMPT_SIZE, "%s %s", amount, who->name);
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

static void action_ask_anew(struct attempt *attempt,
			    struct authorization_ask *ask,
			    const struct policy_operator *who,
			    const struct policy_till *till)
{
	char prompt[ACTION_PROMPT_SIZE];
	struct authorization *asked;
	char *sentence;

	if (!action_may_be_refused(attempt))
		return;
	sentence = action_sentence(attempt->action, &attempt->op, who, till,
				   attempt->params);
	action_prompt(attempt, who, till, prompt);
	ask->sentence = sentence;
	ask->prompt[0] = attempt->row->prompt;
	ask->prompt[1] = prompt;
	asked = authorization_ask(attempt->core, ask, action_asked, attempt);
	free(sentence);
	if (asked)
		memcpy(attempt->asked, authorization_id(asked),
		       sizeof(attempt->asked));
	else /* by then those that are open have ended */
		action_refuse(
			attempt, PROBLEM_TOO_MANY_REQUESTS,
			json_put_int(json_make(), "retry_after",
				     attempt->core->config.consent_ms / 1000));
}

static void action_judge(struct attempt *attempt,
			 const struct policy_operator *who,
			 const struct policy_till *till,
			 const struct signon *signon, struct device *device)
{
	struct demand missing;
	struct authorization_ask ask = {
		.action = attempt->action,
		.till = attempt->till,
		.operator= who->id,
		.signon = signon->row.id,
		.uid = attempt->caller->peer.uid,
		.key = attempt->key,
		.body = attempt->body,
		.device = device ? device_name(device) : attempt->device,
	};
	struct authorization *authorization =
		authorization_find(attempt->core, &ask);

	if (policy_decide(attempt->core->policy, who, till, &attempt->required,
			  &missing)) {
		if (authorization)
			authorization_lapse(attempt->core, authorization);
		action_carry_out(attempt, signon, NULL, NULL, device);
		return;
	}
	ask.missing = missing;
	if (!authorization) {
		action_ask_anew(attempt, &ask, who, till);
	} else if (authorization_state(authorization) == CONSENT_APPROVED) {
		action_carry_out(attempt, signon, authorization, &missing,
				 device);
	} else {
		memcpy(attempt->asked, authorization_id(authorization),
		       sizeof(attempt->asked));
		action_asked(attempt, 0);
	}
}

bool action_joined(struct attempt *attempt)
{
	struct operation *operation =
		attempt->row->kind == ACTION_MOVES
			? operation_by_key(attempt->core, attempt->till,
					   attempt->caller->peer.uid,
					   attempt->key)
			: NULL;

	if (!operation)
		return false;
	if (operation_has_body(operation, attempt->body)) {
		operation_join(operation, attempt->caller);
		action_finish(attempt);
	} else {
		action_refuse(attempt, PROBLEM_KEY_REUSED, NULL);
	}
	return true;
}

void action_decide(struct attempt *attempt)
{
	struct core *core = attempt->core;
	struct caller *caller = attempt->caller;
	const struct policy_till *till =
		core_till(core, &caller->peer, attempt->till);
	struct fixture *fixture =
		core_fixture(core, attempt->till, attempt->row->class);
	const struct policy_operator *who;
	const struct signon *signon;

	if (action_joined(attempt))
		return;
	if (core->stopping) {
		action_refuse(attempt, PROBLEM_STOPPING, NULL);
		return;
	}
	who = till ? signon_operator(core, caller, attempt->till, &signon)
		   : NULL;
	if (!who)
		action_refuse(attempt, PROBLEM_SIGN_ON_REQUIRED, NULL);
	else if (attempt->row->kind == ACTION_SETTLES)
		action_judge(attempt, who, till, signon, NULL);
	else if (!fixture)
		action_refuse(attempt, PROBLEM_NO_SUCH_DEVICE, NULL);
	else if (!device_can(fixture->device, attempt->op.kind))
		action_refuse(attempt, PROBLEM_NOT_SUPPORTED, NULL);
	else
		action_judge(attempt, who, till, signon, fixture->device);
}
