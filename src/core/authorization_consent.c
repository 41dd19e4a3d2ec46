/* SPDX-License-Identifier: Apache-2.0 */
/* How a supervisor consents: by badge at the reader, or by words. */
#include "core/authorization_private.h"

#include "core/passwords.h"
#include "core/prompt.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- consenting --- */

/* Why that operator may not consent to it; PROBLEMS if they may. */
enum problem authorization_objection(struct authorization *authorization,
				     const struct policy_operator *who)
{
	const struct policy *policy = authorization->core->policy;
	const struct policy_till *till =
		policy_till(policy, authorization->till);
	struct demand lacks;

	if (!strcmp(who->id, authorization->operator))
		return PROBLEM_OWN_AUTHORIZATION;
	if (!till ||
	    !policy_decide(policy, who, till, &authorization->missing, &lacks))
		return PROBLEM_MAY_NOT_AUTHORIZE;
	return PROBLEMS;
}

/* Those who can't authorize it must not fill the journal by trying. */
static bool authorization_may_note(struct authorization *authorization)
{
	struct core *core = authorization->core;
	char subject[24];
	int64_t wait_ms;

	snprintf(subject, sizeof(subject), "%u",
		 (unsigned int)authorization->uid);
	return rates_take(core->refusals, subject, core_now(core), &wait_ms);
}

static void authorization_object(struct authorization *authorization,
				 const struct policy_operator *who,
				 enum problem why)
{
	struct record *record;
	json_t *entry = authorization_note(authorization, &record,
					   "authorization.not-taken");

	json_put_text(entry, "approver", who->id);
	json_put_text(entry, "why", problem_name(why));
	record_commit(record, NULL, NULL);
}

/* PROBLEMS if the consent stands from now on. */
enum problem authorization_approve(struct authorization *authorization,
				   const struct policy_operator *who,
				   const char *how)
{
	enum problem why;
	struct record *record;

	if (authorization->state != CONSENT_PENDING)
		return authorization->state == CONSENT_APPROVED
			       ? PROBLEMS
			       : authorization_problem(authorization->state);
	why = authorization_objection(authorization, who);
	if (why != PROBLEMS && !authorization_may_note(authorization))
		return PROBLEM_TOO_MANY_REQUESTS;
	if (why != PROBLEMS) {
		authorization_object(authorization, who, why);
		return why;
	}
	text_copy(authorization->approver, sizeof(authorization->approver),
		  who->id);
	authorization->how = how;
	authorization_note(authorization, &record, "authorization.approved");
	record_commit(record, NULL, NULL);
	authorization_set(authorization, CONSENT_APPROVED);
	authorization_extend(authorization);
	authorization_tell(authorization);
	return PROBLEMS;
}

/* --- by badge --- */

static void authorization_remark(struct authorization *authorization,
				 const char *why)
{
	json_t *event = json_make();

	json_put_text(event, "authorization", authorization->id);
	json_put_text(event, "why", why);
	events_publish(authorization->core, 0, "authorization.remark",
		       authorization->till, event);
}

/* Carries a PIN check back to an authorization that may be gone by then. */
struct authorization_pin {
	struct core *core;
	char id[RANDOM_ID_SIZE];
};

static void authorization_pin_checked(void *arg, const char *operator_id,
				      enum problem why, int64_t retry_after)
{
	struct authorization_pin *pin = arg;
	struct authorization *authorization =
		authorization_by_id(pin->core, pin->id);

	(void)retry_after;
	if (authorization) {
		const struct policy_operator *who =
			operator_id ? policy_operator(pin->core->policy,
						      operator_id)
				    : NULL;

		authorization->checking = false;
		if (who)
			authorization_approve(authorization, who, "badge+pin");
		else
			authorization_remark(authorization, problem_name(why));
	}
	free(pin);
}

static void authorization_check_pin(struct authorization *authorization,
				    const struct policy_operator *who)
{
	struct authorization_pin *pin = ALLOC_NEW(struct authorization_pin);
	struct peer peer = { .uid = authorization->uid };
	SECRET_TEXT char *secret = authorization->pin;

	pin->core = authorization->core;
	memcpy(pin->id, authorization->id, sizeof(pin->id));
	authorization->pin = NULL;
	authorization->checking = true;
	passwords_check(authorization->core, &peer,
			&(struct credentials){ .till = authorization->till,
					       .login = who->login,
					       .kind = CREDENTIAL_PIN,
					       .secret = secret,
					       .badge = true },
			authorization_pin_checked, pin);
}

/* The reader goes on waiting until a badge is shown that will do. */
static bool authorization_badge(struct reader_claim *claim,
				const struct policy_operator *who)
{
	struct authorization *authorization = (struct authorization *)claim;
	enum problem why = authorization_objection(authorization, who);

	if (why != PROBLEMS) {
		authorization_object(authorization, who, why);
		return false;
	}
	if (authorization_strength(authorization->core, authorization) ==
	    BADGE_ALONE) {
		authorization_approve(authorization, who, "badge");
		return false; /* disarmed by that already */
	}
	if (!authorization->pin && !authorization->checking)
		authorization_remark(authorization, "the PIN comes first");
	else if (authorization->pin)
		authorization_check_pin(authorization, who);
	return false;
}

static void authorization_badge_over(struct reader_claim *claim)
{
	struct authorization *authorization = (struct authorization *)claim;

	prompt_hide(authorization->core, authorization->till);
}

enum problem authorization_arm(struct core *core,
			       struct authorization *authorization,
			       int64_t *out_wait_ms)
{
	enum problem why;

	/* Consented to already: there is nothing to wait for. */
	if (authorization->state == CONSENT_APPROVED ||
	    authorization->claim.reader)
		return PROBLEMS;
	if (authorization->state != CONSENT_PENDING)
		return authorization_problem(authorization->state);
	*out_wait_ms = 0;
	if (authorization_strength(core, authorization) == BADGE_PIV)
		return PROBLEM_NO_READER;
	authorization->claim = (struct reader_claim){
		.till = authorization->till,
		.badge = authorization_badge,
		.over = authorization_badge_over,
	};
	if (!reader_arm(core, authorization->uid, &authorization->claim,
			authorization->ends - core_now(core), &why,
			out_wait_ms))
		return why;
	prompt_show(core, authorization->till, authorization->prompt[0],
		    authorization->prompt[1]);
	return PROBLEMS;
}

bool authorization_arm_for_waiter(struct core *core,
				  struct authorization *authorization)
{
	enum problem why;
	int64_t wait_ms;

	if (authorization->claim.reader)
		return false;
	why = authorization_arm(core, authorization, &wait_ms);
	if (why != PROBLEMS)
		authorization_remark(authorization, problem_name(why));
	return why == PROBLEMS;
}
