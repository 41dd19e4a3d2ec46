/* SPDX-License-Identifier: Apache-2.0 */
/* A supervisor's consent, asked for and given. */
#include "core/authorization.h"
#include "core/token.h"
#include "http/api.h"
#include "util/json.h"

void api_show_authorization(struct request *request, void *context)
{
	authorization_show(context, api_caller_query(request),
			   request_param(request, "authorization"));
}

void api_arm_authorization(struct request *request, void *context)
{
	authorization_request_arm(context, api_caller(request),
				  request_param(request, "authorization"));
}

void api_give_pin(struct request *request, void *context)
{
	authorization_give_pin(context, api_caller(request),
			       request_param(request, "authorization"),
			       json_text(request_body(request), "pin"));
}

void api_approve_authorization(struct request *request, void *context)
{
	authorization_answer(context, api_caller(request),
			     request_param(request, "authorization"),
			     request_body(request), true);
}

void api_deny_authorization(struct request *request, void *context)
{
	authorization_answer(context, api_caller(request),
			     request_param(request, "authorization"),
			     request_body(request), false);
}

void api_withdraw_authorization(struct request *request, void *context)
{
	authorization_withdraw(context, api_caller(request),
			       request_param(request, "authorization"));
}

void api_list_authorizations(struct request *request, void *context)
{
	authorization_list(context, api_caller(request),
			   json_text(request_query(request), "till"));
}

void api_list_supervisors(struct request *request, void *context)
{
	authorization_list_supervisors(context, api_caller(request),
				       request_param(request, "authorization"),
				       json_text(request_query(request),
						 "phrase"));
}

/* --- given in advance --- */

void api_give_token(struct request *request, void *context)
{
	token_issue(context, api_caller(request), request_body(request));
}

void api_list_tokens(struct request *request, void *context)
{
	token_list(context, api_caller(request));
}

void api_revoke_token(struct request *request, void *context)
{
	token_revoke(context, api_caller(request),
		     request_param(request, "token"));
}
