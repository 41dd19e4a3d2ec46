/* SPDX-License-Identifier: Apache-2.0 */
/* Who could consent to something, and what there is to consent to. */
#include "core/authorization_private.h"

#include "util/json.h"

#include <string.h>

void authorization_list_supervisors(struct core *core, struct caller *caller,
				    const char *id, const char *phrase)
{
	struct authorization *authorization;
	json_t *body = NULL;
	size_t total;

	if (!core_is_open(core, caller, false))
		return;
	authorization = authorization_shown(core, caller, id);
	if (!authorization)
		return;
	body = json_put(json_make(), "supervisors",
			authorization_supervisors(core, authorization, phrase,
						  &total));
	json_put_int(body, "total", (int64_t)total);
	caller_answer(caller, 200, body);
}

/* Whether it waits for an answer that this person could give. */
static bool authorization_is_for(struct authorization *authorization,
				 const struct policy_operator *who,
				 const char *till)
{
	return authorization_state(authorization) == CONSENT_PENDING &&
	       (!till || !strcmp(authorization->till, till)) &&
	       authorization_objection(authorization, who) == PROBLEMS;
}

void authorization_list(struct core *core, struct caller *caller,
			const char *till)
{
	const struct policy_operator *who;
	struct authorization *authorization;
	const struct signon *signon;
	json_t *list;

	if (!core_is_open(core, caller, false))
		return;
	who = signon_operator(core, caller, NULL, &signon);
	if (!who) {
		signon_refuse(core, caller);
		return;
	}
	list = json_array();
	AUTHORIZATION_FOREACH(core, authorization)
	if (authorization_is_for(authorization, who, till))
		json_array_append_new(list,
				      authorization_tell_more(core, caller,
							      authorization));
	caller_answer(caller, 200,
		      json_put(json_make(), "authorizations", list));
}
