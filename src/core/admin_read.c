/* SPDX-License-Identifier: Apache-2.0 */
/* The policy looked into: the whole, a part of it, or what it comes to. */
#include "core/admin_private.h"

#include "core/cash.h"
#include "core/conditions.h"
#include "policy/asks.h"
#include "policy/describe.h"
#include "policy/explain.h"
#include "policy/lint.h"
#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define READ_PAGE 100 /* operators, unless it is said */

static const char *read_param(const struct attempt *attempt, const char *name)
{
	return json_text(attempt->params, name);
}

static json_t *read_begin(const struct attempt *attempt)
{
	json_t *body = admin_present(attempt->core);

	return json_put_int(body, "version",
			    policy_version(attempt->core->policy));
}

static void read_end(struct attempt *attempt, json_t *body)
{
	caller_answer(attempt->caller, 200, body);
	action_finish(attempt);
}

/* What was there when it was asked for may be gone by now. */
static void read_missing(struct attempt *attempt, const char *what,
			 const char *id)
{
	action_refuse(attempt, PROBLEM_NOT_FOUND, core_missing(what, id));
}

/* --- the whole: rendered by the store's reader --- */

static void read_rendered(void *arg, int error,
			  struct policy_document *document)
{
	struct attempt *attempt = arg;

	if (error) {
		core_refuse_disk(attempt->caller, error);
	} else {
		caller_answer_text(attempt->caller, document->etag,
				   document->text, document->len);
		document->text = NULL;
	}
	action_finish(attempt);
}

static void read_policy(struct attempt *attempt)
{
	store_policy_document(attempt->core->store, read_rendered, attempt);
}

/* --- looked over, on a worker --- */

struct read_lint {
	struct work work;
	struct attempt *attempt;
	struct policy *policy;
	int64_t wall_ms;
	json_t *body;
};

static void read_run_lint(struct work *work)
{
	struct read_lint *lint = (struct read_lint *)work;

	lint->body = policy_lint(lint->policy, lint->wall_ms);
}

static void read_linted(struct work *work)
{
	struct read_lint *lint = (struct read_lint *)work;

	read_end(lint->attempt, lint->body);
	policy_unref(lint->policy);
	free(lint);
}

static void read_lint(struct attempt *attempt)
{
	struct read_lint *lint = ALLOC_NEW(struct read_lint);

	lint->work.run = read_run_lint;
	lint->work.done = read_linted;
	lint->attempt = attempt;
	lint->policy = policy_ref(attempt->core->policy);
	lint->wall_ms = core_wall(attempt->core);
	drafts_submit(attempt->core, &lint->work);
}

/* --- explained --- */

/* What is to be explained. */
struct read_topic {
	struct demand demand;
	const char *asks;
	const char *conditions; /* NULL: none */
	bool at_box;
	bool depends; /* the demand is not told by the name */
};

static bool read_find_action(const char *name, struct read_topic *out_topic)
{
	for (enum action action = 0; action < ACTIONS; action++) {
		const struct action_row *row = action_row(action);

		if (strcmp(row->name, name) != 0)
			continue;
		*out_topic = (struct read_topic){
			.demand = action_required(action),
			.asks = row->asks,
			.conditions = conditions_of(action),
			.at_box = row->at_box,
			.depends = row->depends,
		};
		return true;
	}
	return false;
}

/* By name: something an app asks for, or an action, which may have the name of
 * what it takes ("day.end"), or a kind of it. */
static bool read_find_topic(const char *name, struct read_topic *out_topic)
{
	struct read_topic topic = { 0 };
	const struct ask_row *ask = asks_find(name);
	bool acts = read_find_action(name, &topic);

	if (ask) {
		topic.demand = ask_demand(ask);
		topic.asks = ask->asks;
		topic.at_box = false;
	} else if (cash_find_declared(name, &topic.demand, &topic.asks)) {
		topic.conditions = conditions_of(ACTION_DECLARE);
	} else if (!acts) {
		return false;
	}
	*out_topic = topic;
	return true;
}

static bool read_is_box(const char *till)
{
	return !strcmp(till, POLICY_BOX);
}

static void read_explain(struct attempt *attempt)
{
	const struct policy *policy = attempt->core->policy;
	const struct policy_operator *who =
		policy_login(policy, read_param(attempt, "operator"));
	const char *till = read_param(attempt, "till");
	const char *action = read_param(attempt, "action");
	struct read_topic topic;
	json_t *body, *part;

	if (!who) {
		read_missing(attempt, "operator",
			     read_param(attempt, "operator"));
		return;
	}
	if (!read_is_box(till) && !policy_till(policy, till)) {
		read_missing(attempt, "till", till);
		return;
	}
	if (!read_find_topic(action, &topic)) {
		read_missing(attempt, "action, permission or right", action);
		return;
	}
	if (topic.at_box)
		till = POLICY_BOX;
	body = policy_explain_demand(policy, who, policy_till(policy, till),
				     &topic.demand);
	if (topic.depends) {
		json_put_bool(body, "allowed", false);
		json_put_bool(body, "depends", true);
	}
	part = json_put_text(json_make(), "id", who->id);
	json_put_text(part, "login", who->login);
	json_put_text(part, "name", who->name);
	json_put_text(part, "role", policy_role_names[who->role]);
	json_put(body, "operator", part);
	json_put_text(body, "till", till);
	json_put_text(body, "action", action);
	json_put_text(body, "conditions", topic.conditions);
	read_end(attempt, json_put_text(body, "asks", topic.asks));
}

/* --- parts of it --- */

static bool read_matches(const struct policy_operator *who, const char *phrase)
{
	return !phrase || strcasestr(who->name, phrase) ||
	       strcasestr(who->login, phrase);
}

/* Where the page begins: behind that login, which may be gone. */
static size_t read_first(const struct policy *policy, const char *after)
{
	size_t at = 0, count = policy_operators(policy);

	while (after && at < count &&
	       strcmp(policy_operator_at(policy, at)->login, after) != 0)
		at++;
	return after ? at + 1 : 0;
}

static void read_operators(struct attempt *attempt)
{
	const struct policy *policy = attempt->core->policy;
	const char *phrase = read_param(attempt, "phrase");
	size_t limit = (size_t)json_int(attempt->params, "limit", READ_PAGE);
	size_t at = read_first(policy, read_param(attempt, "after"));
	json_t *list = json_array(), *body = read_begin(attempt);
	bool more = false;

	for (; at < policy_operators(policy) && !more; at++) {
		const struct policy_operator *who =
			policy_operator_at(policy, at);

		if (!read_matches(who, phrase))
			continue;
		more = json_array_size(list) == limit;
		if (!more)
			json_array_append_new(list, policy_describe_operator(
							    policy, who,
							    POLICY_AS_SHOWN));
	}
	json_put(body, "operators", list);
	read_end(attempt, json_put_bool(body, "more", more));
}

static void read_operator(struct attempt *attempt)
{
	const struct policy *policy = attempt->core->policy;
	const struct policy_operator *who =
		policy_login(policy, read_param(attempt, "login"));

	if (who)
		read_end(attempt,
			 json_put(read_begin(attempt), "operator",
				  policy_describe_operator(policy, who,
							   POLICY_AS_SHOWN)));
	else
		read_missing(attempt, "operator", read_param(attempt, "login"));
}

static void read_groups(struct attempt *attempt)
{
	const struct policy *policy = attempt->core->policy;
	json_t *list = json_array();

	for (size_t i = 0; i < policy_groups(policy); i++)
		json_array_append_new(
			list, policy_describe_group(
				      policy, policy_group_at(policy, i)));
	read_end(attempt, json_put(read_begin(attempt), "groups", list));
}

static void read_group(struct attempt *attempt)
{
	const struct policy *policy = attempt->core->policy;
	const struct policy_group *group =
		policy_group(policy, read_param(attempt, "group"));

	if (group)
		read_end(attempt,
			 json_put(read_begin(attempt), "group",
				  policy_describe_group(policy, group)));
	else
		read_missing(attempt, "group", read_param(attempt, "group"));
}

static void read_till(struct attempt *attempt)
{
	const struct policy_till *till =
		policy_till(attempt->core->policy, read_param(attempt, "till"));

	if (till)
		read_end(attempt, json_put(read_begin(attempt), "till",
					   policy_describe_till(till)));
	else
		read_missing(attempt, "till", read_param(attempt, "till"));
}

/* --- which of them --- */

static const struct {
	const char *view;
	void (*tell)(struct attempt *attempt);
} read_views[] = {
	{ "policy", read_policy },     { "lint", read_lint },
	{ "explain", read_explain },   { "operators", read_operators },
	{ "operator", read_operator }, { "groups", read_groups },
	{ "group", read_group },       { "till", read_till },
};

void admin_tell(struct attempt *attempt)
{
	const char *view = read_param(attempt, "view");
	size_t at = 0;

	while (strcmp(read_views[at].view, view) != 0)
		at++;
	read_views[at].tell(attempt);
}
