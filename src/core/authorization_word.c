/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A supervisor's word, for or against: typed with a name into the app that
 * asks, or said at their own sign-on, wherever that is.
 */
#include "core/authorization_private.h"

#include "core/passwords.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include <stdlib.h>

struct authorization_word {
	struct core *core;
	struct caller *caller;
	char id[RANDOM_ID_SIZE];
	bool approve;
	bool elsewhere; /* at their own sign-on */
	const char *how;
};

static json_t *authorization_word_retry(int64_t retry_after)
{
	return retry_after
		       ? json_put_int(json_make(), "retry_after", retry_after)
		       : NULL;
}

static void authorization_word_end(struct authorization_word *word,
				   enum problem why, int64_t retry_after)
{
	struct authorization *authorization =
		authorization_by_id(word->core, word->id);

	if (why == PROBLEMS && !authorization)
		why = PROBLEM_AUTHORIZATION_EXPIRED;
	if (why == PROBLEM_TOO_MANY_REQUESTS && !retry_after)
		retry_after = 1;
	if (why == PROBLEMS)
		caller_answer(word->caller, 200,
			      authorization_describe(word->core,
						     authorization));
	else
		caller_refuse(word->caller, why,
			      authorization_word_retry(retry_after));
	free(word);
}

static void authorization_word_told(void *arg, enum problem why)
{
	authorization_word_end(arg, why, 0);
}

static void authorization_word_written(void *arg, int error)
{
	authorization_word_end(arg, error ? core_disk_problem(error) : PROBLEMS,
			       0);
}

/* What was consented to can be denied until it is spent. */
static bool authorization_can_deny(const struct authorization *authorization)
{
	enum consent state = authorization_state(authorization);

	return state == CONSENT_PENDING || state == CONSENT_APPROVED;
}

static void authorization_deny(struct authorization *authorization,
			       const struct policy_operator *who,
			       struct authorization_word *word)
{
	enum problem why = authorization_can_deny(authorization)
				   ? authorization_objection(authorization, who)
				   : authorization_problem(authorization_state(
					     authorization));

	if (why != PROBLEMS) {
		authorization_word_end(word, why, 0);
		return;
	}
	text_copy(authorization->approver, sizeof(authorization->approver),
		  who->id);
	authorization->how = word->how;
	authorization_end_and_tell(authorization, CONSENT_DENIED,
				   authorization_word_written, word);
}

static void authorization_take_word(struct authorization_word *word,
				    const struct policy_operator *who,
				    const struct signon *signon)
{
	struct authorization *authorization =
		authorization_by_id(word->core, word->id);

	if (!authorization)
		authorization_word_end(word, PROBLEM_AUTHORIZATION_EXPIRED, 0);
	else if (word->approve)
		authorization_approve(authorization,
				      &(struct authorization_voice){
					      .who = who,
					      .how = word->how,
					      .signon = signon ? signon->row.id
							       : NULL },
				      authorization_word_told, word);
	else
		authorization_deny(authorization, who, word);
}

static void authorization_word_checked(void *arg, const char *operator_id,
				       enum problem why, int64_t retry_after)
{
	struct authorization_word *word = arg;
	struct core *core = word->core;
	const struct policy_operator *who =
		operator_id ? policy_operator(core->policy, operator_id) : NULL;
	const struct signon *signon = NULL;

	if (!who)
		authorization_word_end(word, why, retry_after);
	/* It may have ended while that was found out. */
	else if (word->elsewhere &&
		 signon_operator(core, word->caller, NULL, &signon) != who)
		authorization_word_end(word, PROBLEM_SIGN_ON_REQUIRED, 0);
	else
		authorization_take_word(word, who, signon);
}

static void authorization_hear(struct core *core, struct caller *caller,
			       const char *id, const json_t *body, bool approve,
			       struct credentials *credentials)
{
	struct authorization_word *word;
	json_t *extra;

	if (!passwords_take(core, body, credentials, &extra)) {
		caller_refuse(caller, PROBLEM_BAD_BODY, extra);
		return;
	}
	word = ALLOC_NEW(struct authorization_word);
	word->core = core;
	word->caller = caller;
	word->approve = approve;
	word->elsewhere = !json_text(body, "login");
	word->how = credentials->kind == CREDENTIAL_PIN ? "pin" : "password";
	text_copy(word->id, sizeof(word->id), id);
	passwords_check(core, &caller->peer, credentials,
			authorization_word_checked, word);
}

/* From their own sign-on: also of a till for which the caller's uid may not
 * act, if it is for them to answer. */
static void authorization_answer_elsewhere(struct core *core,
					   struct caller *caller,
					   const char *id, const json_t *body,
					   bool approve)
{
	struct authorization *authorization = authorization_by_id(core, id);
	const struct signon *signon;
	const struct policy_operator *who =
		signon_operator(core, caller, NULL, &signon);

	if (!who)
		signon_refuse(core, caller);
	else if (!authorization ||
		 (!core_till(core, &caller->peer, authorization->till) &&
		  !authorization_covers(authorization, who,
					&authorization->missing)))
		caller_refuse(caller, PROBLEM_AUTHORIZATION_NOT_FOUND, NULL);
	else
		authorization_hear(
			core, caller, id, body, approve,
			&(struct credentials){ .till = signon->row.till,
					       .login = who->login });
}

void authorization_answer(struct core *core, struct caller *caller,
			  const char *id, const json_t *body, bool approve)
{
	const char *login = json_text(body, "login");
	struct authorization *authorization;

	if (!core_is_open(core, caller, false))
		return;
	if (!login) {
		authorization_answer_elsewhere(core, caller, id, body, approve);
		return;
	}
	authorization = authorization_seen(core, caller, id);
	if (authorization)
		authorization_hear(
			core, caller, id, body, approve,
			&(struct credentials){ .till = authorization->till,
					       .login = login });
}
