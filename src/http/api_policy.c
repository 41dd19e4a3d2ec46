/* SPDX-License-Identifier: Apache-2.0 */
/* The policy as a whole and its parts: everything goes the one path. */
#include "core/action.h"
#include "core/bundle.h"
#include "http/api.h"
#include "util/json.h"

/* The request's path, query and body as core/admin.h wants them. */
static json_t *api_admin_params(struct request *request,
				const char *const *names)
{
	json_t *params = json_copy((json_t *)(uintptr_t)request_query(request));

	for (; *names; names++)
		json_put_text(params, *names, request_param(request, *names));
	json_put_text(params, "if_match", request_header(request, "If-Match"));
	return params;
}

/* params are stolen. */
static void api_administer(struct request *request, void *context,
			   enum action action, json_t *params)
{
	struct action_call call = {
		.action = action,
		.key = request_header(request, "Idempotency-Key"),
		.params = params,
	};

	call.text = request_take_text(request, &call.text_len);
	action_submit(context, api_caller(request), &call);
	json_decref(params);
}

/* --- looking --- */

static void api_view(struct request *request, void *context, const char *view)
{
	static const char *const names[] = { "login", "group", "till", NULL };
	json_t *params = json_copy((json_t *)(uintptr_t)request_query(request));

	for (const char *const *name = names; *name; name++)
		json_put_text(params, *name, request_param(request, *name));
	api_administer(request, context, ACTION_POLICY_READ,
		       json_put_text(params, "view", view));
}

void api_show_policy(struct request *request, void *context)
{
	api_view(request, context, "policy");
}

void api_explain_policy(struct request *request, void *context)
{
	api_view(request, context, "explain");
}

void api_lint_policy(struct request *request, void *context)
{
	api_view(request, context, "lint");
}

void api_list_operators(struct request *request, void *context)
{
	api_view(request, context, "operators");
}

void api_show_operator(struct request *request, void *context)
{
	api_view(request, context, "operator");
}

void api_list_groups(struct request *request, void *context)
{
	api_view(request, context, "groups");
}

void api_show_group(struct request *request, void *context)
{
	api_view(request, context, "group");
}

void api_show_till_policy(struct request *request, void *context)
{
	api_view(request, context, "till");
}

/* --- changing --- */

static void api_change(struct request *request, void *context,
		       enum action action)
{
	static const char *const names[] = { "login", "group", "till", "handle",
					     NULL };
	json_t *params = api_admin_params(request, names);

	json_put(params, "body",
		 json_incref((json_t *)(uintptr_t)request_body(request)));
	api_administer(request, context, action, params);
}

/* Whoever replaces all of it says which policy they have read. */
void api_replace_policy(struct request *request, void *context)
{
	bool only_compare = json_flag(request_query(request), "dry_run");
	json_t *extra;

	if (!only_compare && !request_header(request, "If-Match")) {
		extra = json_put_text(json_make(), "header", "If-Match");
		json_put_text(extra, "detail",
			      "It is missing: send the ETag of the policy that "
			      "you have changed, or *.");
		request_reply_problem(request, PROBLEM_BAD_HEADER, extra);
		return;
	}
	api_administer(request, context,
		       only_compare ? ACTION_POLICY_COMPARE
				    : ACTION_POLICY_REPLACE,
		       api_admin_params(request, &(const char *){ NULL }));
}

void api_put_operator(struct request *request, void *context)
{
	api_change(request, context, ACTION_OPERATOR_PUT);
}

void api_remove_operator(struct request *request, void *context)
{
	api_change(request, context, ACTION_OPERATOR_REMOVE);
}

void api_erase_operator(struct request *request, void *context)
{
	api_change(request, context, ACTION_OPERATOR_ERASE);
}

void api_set_password(struct request *request, void *context)
{
	api_change(request, context, ACTION_OPERATOR_PASSWORD);
}

void api_set_pin(struct request *request, void *context)
{
	api_change(request, context, ACTION_OPERATOR_PIN);
}

void api_put_group(struct request *request, void *context)
{
	api_change(request, context, ACTION_GROUP_PUT);
}

void api_remove_group(struct request *request, void *context)
{
	api_change(request, context, ACTION_GROUP_REMOVE);
}

void api_put_till(struct request *request, void *context)
{
	api_change(request, context, ACTION_TILL_PUT);
}

void api_remove_till(struct request *request, void *context)
{
	api_change(request, context, ACTION_TILL_REMOVE);
}

void api_enroll_badge(struct request *request, void *context)
{
	api_change(request, context, ACTION_BADGE_ENROLL);
}

void api_put_badge(struct request *request, void *context)
{
	api_change(request, context, ACTION_BADGE_PUT);
}

void api_remove_badge(struct request *request, void *context)
{
	api_change(request, context, ACTION_BADGE_REMOVE);
}

void api_apply_bundle(struct request *request, void *context)
{
	size_t len;
	char *text = request_take_text(request, &len);

	core_apply_bundle(context, api_caller(request), text, len);
}
