/* SPDX-License-Identifier: Apache-2.0 */
/* How a supervisor consents: by badge at the reader, or by words. */
#include "core/authorization_private.h"

#include "core/passwords.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- consenting --- */

/* Why that operator may not consent to it; PROBLEMS if they may. */
enum problem authorization_objection(const struct authorization *authorization,
				     const struct policy_operator *who)
{
	if (!strcmp(who->id, authorization->operator))
		return PROBLEM_OWN_AUTHORIZATION;
	if (!authorization_covers(authorization, who, &authorization->missing))
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

/* Consents on their way to disk; what they are for may have ended by then. */
struct authorization_given {
	struct core *core;
	char id[RANDOM_ID_SIZE];
	char approver[POLICY_ID_MAX + 1];
	char badge[POLICY_HANDLE_SIZE];
	const char *how;
	void (*told)(void *arg, enum problem why);
	void *arg;
};

/* The policy may have changed while it was being written. */
static void authorization_stand(struct authorization *authorization,
				const struct authorization_given *given)
{
	text_copy(authorization->approver, sizeof(authorization->approver),
		  given->approver);
	text_copy(authorization->badge, sizeof(authorization->badge),
		  given->badge);
	authorization->how = given->how;
	if (!authorization_stands(authorization, &authorization->missing)) {
		authorization_end(authorization, CONSENT_OUTDATED);
		return;
	}
	authorization_extend(authorization);
	authorization_set(authorization, CONSENT_APPROVED);
	authorization_tell(authorization);
}

/* PROBLEMS if it was consented to, by whomever. */
static enum problem authorization_standing(enum consent state)
{
	return state == CONSENT_APPROVED || state == CONSENT_SPENDING
		       ? PROBLEMS
		       : authorization_problem(state);
}

static void authorization_given(void *arg, int error)
{
	struct authorization_given *given = arg;
	struct authorization *authorization =
		authorization_by_id(given->core, given->id);
	enum problem why = PROBLEMS;

	if (error)
		why = core_disk_problem(error);
	else if (!authorization)
		why = PROBLEM_AUTHORIZATION_EXPIRED;
	else if (authorization->state == CONSENT_PENDING)
		authorization_stand(authorization, given);
	if (why == PROBLEMS)
		why = authorization_standing(
			authorization_state(authorization));
	given->told(given->arg, why);
	free(given);
}

static void authorization_give(struct authorization *authorization,
			       const struct authorization_voice *voice,
			       void (*told)(void *arg, enum problem why),
			       void *arg)
{
	struct authorization_given *given =
		ALLOC_NEW(struct authorization_given);
	struct record *record;
	json_t *entry = authorization_note(authorization, &record,
					   "authorization.approved");

	given->core = authorization->core;
	memcpy(given->id, authorization->id, sizeof(given->id));
	text_copy(given->approver, sizeof(given->approver), voice->who->id);
	text_copy(given->badge, sizeof(given->badge),
		  voice->badge ? voice->badge : "");
	given->how = voice->how;
	given->told = told;
	given->arg = arg;
	json_put_text(entry, "approver", voice->who->id);
	json_put_text(entry, "how", voice->how);
	json_put_text(entry, "approver_signon", voice->signon);
	record_commit(record, authorization_given, given);
}

void authorization_approve(struct authorization *authorization,
			   const struct authorization_voice *voice,
			   void (*told)(void *arg, enum problem why), void *arg)
{
	enum consent state = authorization_state(authorization);
	enum problem why;

	if (state != CONSENT_PENDING) {
		told(arg, authorization_standing(state));
		return;
	}
	why = authorization_objection(authorization, voice->who);
	if (why == PROBLEMS) {
		authorization_give(authorization, voice, told, arg);
	} else if (authorization_may_note(authorization)) {
		authorization_object(authorization, voice->who, why);
		told(arg, why);
	} else {
		told(arg, PROBLEM_TOO_MANY_REQUESTS);
	}
}

/* --- by badge --- */

static void authorization_remark(struct authorization *authorization,
				 const char *why, int64_t wait_ms)
{
	json_t *event = json_make();

	json_put_text(event, "authorization", authorization->id);
	json_put_text(event, "why", why);
	if (wait_ms)
		json_put_int(event, "retry_after", (wait_ms + 999) / 1000);
	events_publish(authorization->core, "authorization.remark",
		       authorization->till, event);
}

/* Carries a PIN check, or a badge's consent, back to an authorization that may
 * be gone by then. */
struct authorization_shown {
	struct core *core;
	char id[RANDOM_ID_SIZE];
	char badge[POLICY_HANDLE_SIZE];
	int64_t wait_ms; /* before another PIN is looked at */
};

static struct authorization_shown *
authorization_show_badge(struct authorization *authorization)
{
	struct authorization_shown *shown =
		ALLOC_NEW(struct authorization_shown);

	shown->core = authorization->core;
	memcpy(shown->id, authorization->id, sizeof(shown->id));
	memcpy(shown->badge, authorization->claim.shown, sizeof(shown->badge));
	return shown;
}

/* Nobody waits for an answer at the reader; those who watch are told. */
static void authorization_badge_told(void *arg, enum problem why)
{
	struct authorization_shown *shown = arg;
	struct authorization *authorization =
		authorization_by_id(shown->core, shown->id);

	if (authorization && why != PROBLEMS)
		authorization_remark(authorization, problem_name(why),
				     shown->wait_ms);
	free(shown);
}

static void authorization_pin_checked(void *arg, const char *operator_id,
				      enum problem why, int64_t retry_after)
{
	struct authorization_shown *shown = arg;
	struct authorization *authorization =
		authorization_by_id(shown->core, shown->id);
	const struct policy_operator *who =
		operator_id ? policy_operator(shown->core->policy, operator_id)
			    : NULL;

	shown->wait_ms = retry_after * 1000;
	if (authorization)
		authorization->checking = false;
	if (!authorization || !who)
		authorization_badge_told(shown, why);
	else if (!core_badge_stands(shown->core, shown->badge))
		authorization_badge_told(shown, PROBLEM_MAY_NOT_AUTHORIZE);
	else
		authorization_approve(
			authorization,
			&(struct authorization_voice){ .who = who,
						       .how = "badge+pin",
						       .badge = shown->badge },
			authorization_badge_told, shown);
}

static void authorization_check_pin(struct authorization *authorization,
				    const struct policy_operator *who)
{
	struct peer peer = { .uid = authorization->uid };
	SECRET_TEXT char *secret = authorization->pin;

	authorization->pin = NULL;
	authorization->checking = true;
	passwords_check(authorization->core, &peer,
			&(struct credentials){ .till = authorization->till,
					       .login = who->login,
					       .kind = CREDENTIAL_PIN,
					       .secret = secret,
					       .badge = true },
			authorization_pin_checked,
			authorization_show_badge(authorization));
}

/* The reader goes on waiting until a badge is shown that will do. */
static void authorization_by_badge(struct authorization *authorization,
				   const struct policy_operator *who)
{
	struct authorization_shown *shown =
		authorization_show_badge(authorization);

	authorization_approve(
		authorization,
		&(struct authorization_voice){
			.who = who,
			.how = authorization->claim.proven ? "piv" : "badge",
			.badge = shown->badge },
		authorization_badge_told, shown);
}

/* A badge that may be a copy. A PIN that was given is looked at in any case,
 * also beside one that is none. */
static void authorization_by_copy(struct authorization *authorization,
				  const struct policy_operator *who)
{
	if (authorization->pin)
		authorization_check_pin(authorization, who);
	else if (!authorization->checking)
		authorization_remark(authorization, "the PIN comes first", 0);
}

static bool authorization_badge(struct reader_claim *claim,
				const struct policy_operator *who)
{
	struct authorization *authorization = (struct authorization *)claim;
	enum problem why = authorization_objection(authorization, who);
	bool asked = authorization->pin || authorization->checking;

	if (why != PROBLEMS) {
		authorization_object(authorization, who, why);
		return false;
	}
	switch (authorization_strength(authorization->core, authorization)) {
	case BADGE_ALONE:
		authorization_by_badge(authorization, who);
		break; /* disarmed once it is written */
	case BADGE_PIN:
		if (claim->proven && !asked)
			authorization_by_badge(authorization, who);
		else
			authorization_by_copy(authorization, who);
		break;
	case BADGE_PIV:
		if (claim->proven)
			authorization_by_badge(authorization, who);
		else
			authorization_remark(authorization,
					     "only a card that proves itself "
					     "will do",
					     0);
		break;
	case BADGE_STRENGTHS:
		break;
	}
	return false;
}

/* --- arming --- */

/* PROBLEMS if there is something to arm the reader for. */
static enum problem
authorization_arming_problem(const struct authorization *authorization)
{
	enum consent state = authorization_state(authorization);

	if (state != CONSENT_PENDING)
		return authorization_problem(state);
	return authorization_takes_badge(authorization) ? PROBLEMS
							: PROBLEM_NO_READER;
}

static struct reader_claim *
authorization_claim(struct authorization *authorization)
{
	authorization->claim = (struct reader_claim){
		.question = { .till = authorization->till,
			      .authorization = authorization->id,
			      .pages = &authorization->pages },
		.badge = authorization_badge,
	};
	return &authorization->claim;
}

enum problem authorization_arm(struct core *core,
			       struct authorization *authorization,
			       int64_t *out_wait_ms)
{
	enum problem why;

	/* Consented to already: there is nothing to wait for. */
	if (authorization_state(authorization) == CONSENT_APPROVED ||
	    authorization->claim.reader)
		return PROBLEMS;
	*out_wait_ms = 0;
	why = authorization_arming_problem(authorization);
	if (why != PROBLEMS)
		return why;
	return reader_arm(core, authorization->uid,
			  authorization_claim(authorization),
			  authorization->ends - core_now(core), out_wait_ms);
}

/* --- in line for the reader --- */

void authorizations_reader_is_free(struct core *core)
{
	timer_set(core->authorizations->turn, 0);
}

bool authorization_arm_for_waiter(struct core *core,
				  struct authorization *authorization)
{
	enum problem why;
	int64_t wait_ms = 0;

	if (authorization->claim.reader) {
		authorization->in_line = true; /* should it be let go */
		return false;
	}
	why = authorization_arm(core, authorization, &wait_ms);
	authorization->in_line = why == PROBLEMS ||
				 why == PROBLEM_READER_BUSY ||
				 why == PROBLEM_NO_READER;
	if (why == PROBLEM_READER_BUSY)
		authorizations_reader_is_free(core); /* to find out when */
	if (why != PROBLEMS)
		authorization_remark(authorization, problem_name(why), wait_ms);
	return authorization->in_line;
}

/* When to come back; 0: not before the reader is let go. */
static int64_t authorization_try_reader(struct authorization *authorization)
{
	struct core *core = authorization->core;
	int64_t wait_ms = 0;

	if (!authorization->in_line || authorization->claim.reader ||
	    !authorization_is_awaited(authorization) ||
	    authorization_arming_problem(authorization) != PROBLEMS)
		return 0;
	reader_arm_again(core, authorization_claim(authorization),
			 authorization->ends - core_now(core), &wait_ms);
	return wait_ms;
}

void authorizations_try_reader(void *arg)
{
	struct core *core = arg;
	struct authorization *authorization;
	int64_t soonest = 0;

	TAILQ_FOREACH_REVERSE(authorization, &core->authorizations->list,
			      authorization_list, entry)
	{
		int64_t wait_ms = authorization_try_reader(authorization);

		if (wait_ms && (!soonest || wait_ms < soonest))
			soonest = wait_ms;
	}
	if (soonest)
		timer_set(core->authorizations->turn, soonest);
}
