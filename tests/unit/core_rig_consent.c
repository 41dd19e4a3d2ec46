/* SPDX-License-Identifier: Apache-2.0 */
/* What supervisors and managers ask of the product. */
#include "core_rig.h"

#include "core/authorization.h"
#include "core/signon.h"
#include "core/token.h"

struct rig_answer *rig_answer_from(const char *token, const char *id,
				   const char *secret, bool approve)
{
	struct rig_answer *answer;
	struct caller *caller = rig_caller(token, &answer);
	json_t *body = rig_json(secret);

	authorization_answer(rig.core, caller, id, body, approve);
	json_decref(body);
	return answer;
}

struct rig_answer *rig_give(const char *token, const char *what)
{
	struct rig_answer *answer;
	struct caller *caller = rig_caller(token, &answer);
	json_t *body = rig_json(what);

	token_issue(rig.core, caller, body);
	json_decref(body);
	return answer;
}

struct rig_answer *rig_revoke(const char *token, const char *id)
{
	struct rig_answer *answer;

	token_revoke(rig.core, rig_caller(token, &answer), id);
	return answer;
}

struct rig_answer *rig_list_tokens(const char *token)
{
	struct rig_answer *answer;

	token_list(rig.core, rig_caller(token, &answer));
	return answer;
}

struct rig_answer *rig_list_questions(const char *token, const char *till)
{
	struct rig_answer *answer;

	authorization_list(rig.core, rig_caller(token, &answer), till);
	return answer;
}

struct rig_answer *rig_list_supervisors(const char *id, const char *phrase)
{
	struct rig_answer *answer;

	authorization_list_supervisors(rig.core, rig_caller(NULL, &answer), id,
				       phrase);
	return answer;
}

struct rig_answer *rig_list_sign_ons(const char *token)
{
	struct rig_answer *answer;

	signon_list(rig.core, rig_caller(token, &answer));
	return answer;
}

struct rig_answer *rig_end_sign_on(const char *token, const char *id)
{
	struct rig_answer *answer;

	signon_revoke(rig.core, rig_caller(token, &answer), id);
	return answer;
}

struct rig_answer *rig_list_guesses(const char *token)
{
	struct rig_answer *answer;

	guess_list(rig.core, rig_caller(token, &answer));
	return answer;
}

struct rig_answer *rig_clear_guesses(const char *token, const char *subject)
{
	struct rig_answer *answer;

	guess_clear(rig.core, rig_caller(token, &answer), subject);
	return answer;
}

struct rig_answer *rig_arm(const char *token, const char *id)
{
	struct rig_answer *answer;

	authorization_request_arm(rig.core, rig_caller(token, &answer), id);
	return answer;
}

struct rig_answer *rig_give_pin(const char *token, const char *id,
				const char *pin)
{
	struct rig_answer *answer;

	authorization_give_pin(rig.core, rig_caller(token, &answer), id, pin);
	return answer;
}
