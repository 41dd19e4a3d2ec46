/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/lint.h"

#include "policy/asks.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <stdlib.h>

#define LINT_MINIMUM "receipt.issue" /* the least that issues receipts */

/* What is found out about one operator, till by till. */
struct lint_person {
	bool issues; /* receipts, somewhere */
	bool useful; /* holds what somebody else lacks, somewhere */
};

struct lint {
	const struct policy *policy;
	int64_t wall_ms;
	struct lint_person *people;
	size_t active; /* operators */
	json_t *findings;
	int64_t more;
};

/* sentence is stolen; the finding's own fields go into what is returned, which
 * is NULL where there is no room for more. */
static json_t *lint_find(struct lint *lint, const char *finding, char *sentence)
{
	json_t *row = NULL;

	if (json_array_size(lint->findings) == LINT_MAX) {
		lint->more++;
	} else {
		row = json_put_text(json_make(), "finding", finding);
		json_put_text(row, "sentence", sentence);
		json_array_append_new(lint->findings, row);
	}
	free(sentence);
	return row;
}

/* --- groups --- */

static bool lint_is_attached(const struct lint *lint,
			     const struct policy_group *group)
{
	for (size_t i = 0; i < policy_tills(lint->policy); i++)
		if (policy_till_set_has(&group->tills, i))
			return true;
	return group->box;
}

static void lint_groups(struct lint *lint)
{
	for (size_t i = 0; i < policy_groups(lint->policy); i++) {
		const struct policy_group *group =
			policy_group_at(lint->policy, i);
		json_t *row;

		if (lint_is_attached(lint, group))
			continue;
		row = lint_find(lint, "group-unattached",
				alloc_format("The group %s is attached to no "
					     "till, so it counts nowhere.",
					     group->id));
		if (row)
			json_put_text(row, "group", group->id);
	}
}

/* --- who holds what, at one till (or at @box) --- */

struct lint_census {
	size_t holders[RIGHTS_COUNT];
};

static void lint_count(const struct lint *lint, const struct policy_till *till,
		       struct lint_census *out_census)
{
	for (size_t i = 0; i < policy_operators(lint->policy); i++) {
		const struct policy_operator *who =
			policy_operator_at(lint->policy, i);
		struct rights held = policy_held(lint->policy, who, till);

		if (rights_empty(&held))
			continue;
		for (unsigned int j = 0; j < RIGHTS_COUNT; j++)
			out_census->holders[j] += rights_has(&held, j);
	}
}

static void lint_unheld(struct lint *lint, const struct policy_till *till,
			const struct lint_census *census)
{
	CLEANUP_JSON json_t *names = json_array();
	json_t *row;

	for (unsigned int i = 0; i < PERMISSIONS; i++)
		if (!census->holders[i])
			json_array_append_new(names,
					      json_string(rights_name(i)));
	if (!json_array_size(names))
		return;
	row = lint_find(lint, "permission-unheld",
			alloc_format("At till %s there are permissions that "
				     "nobody holds, so nobody can authorize "
				     "them either.",
				     till->id));
	if (!row)
		return;
	json_put_text(row, "till", till->id);
	json_put(row, "permissions", json_incref(names));
}

/* Whether they could help somebody who lacks what they hold. */
static bool lint_is_useful(const struct lint *lint, const struct rights *held,
			   const struct lint_census *census)
{
	for (unsigned int i = 0; i < RIGHTS_COUNT; i++)
		if (rights_has(held, i) && census->holders[i] < lint->active)
			return true;
	return false;
}

static bool lint_issues_receipts(const struct rights *held)
{
	struct demand wanted = ask_demand(asks_find(LINT_MINIMUM));
	struct demand missing = demand_missing(&wanted, held);

	return demand_empty(&missing);
}

static void lint_place(struct lint *lint, const struct policy_till *till)
{
	struct lint_census census = { { 0 } };

	lint_count(lint, till, &census);
	if (till)
		lint_unheld(lint, till, &census);
	for (size_t i = 0; i < policy_operators(lint->policy); i++) {
		const struct policy_operator *who =
			policy_operator_at(lint->policy, i);
		struct rights held = policy_held(lint->policy, who, till);
		struct lint_person *person = &lint->people[i];

		person->useful |= lint_is_useful(lint, &held, &census);
		person->issues |= till && lint_issues_receipts(&held);
	}
}

/* --- people --- */

static bool lint_is_supervisor(const struct lint *lint,
			       const struct policy_operator *who)
{
	for (size_t i = 0; i < who->groups_count; i++) {
		const struct policy_group *group =
			policy_group_at(lint->policy, who->groups[i]);

		for (unsigned int j = 0; j < PERMISSIONS; j++)
			if (rights_has(&group->rights, j))
				return true;
	}
	return who->role == ROLE_MANAGER;
}

static bool lint_has_proof(const struct lint *lint,
			   const struct policy_operator *who)
{
	for (size_t i = 0; i < who->badges_count; i++)
		if (policy_badge(lint->policy, who->badges[i].key,
				 lint->wall_ms, NULL))
			return true;
	return who->password != NULL;
}

static void lint_supervisor(struct lint *lint,
			    const struct policy_operator *who,
			    const struct lint_person *person)
{
	bool proof = lint_has_proof(lint, who);
	json_t *row;

	if (!lint_is_supervisor(lint, who) || (person->useful && proof))
		return;
	row = lint_find(
		lint, "supervisor-idle",
		alloc_format("%s can authorize nothing: %s.", who->login,
			     person->useful
				     ? "there is neither a password nor a "
				       "badge to do it with"
				     : "they hold nothing, at any till, that "
				       "somebody else lacks"));
	if (!row)
		return;
	json_put_text(row, "operator", who->login);
	json_put_text(row, "why", person->useful ? "no-proof" : "nothing-held");
}

static void lint_cashier(struct lint *lint, const struct policy_operator *who,
			 const struct lint_person *person)
{
	json_t *row;

	if (person->issues)
		return;
	row = lint_find(lint, "no-receipts",
			alloc_format("%s can't issue a receipt at any till.",
				     who->login));
	if (row)
		json_put_text(row, "operator", who->login);
}

static void lint_people(struct lint *lint)
{
	for (size_t i = 0; i < policy_operators(lint->policy); i++) {
		const struct policy_operator *who =
			policy_operator_at(lint->policy, i);

		if (!who->active)
			continue;
		lint_supervisor(lint, who, &lint->people[i]);
		lint_cashier(lint, who, &lint->people[i]);
	}
}

json_t *policy_lint(const struct policy *policy, int64_t wall_ms)
{
	size_t count = policy_operators(policy);
	struct lint lint = {
		.policy = policy,
		.wall_ms = wall_ms,
		.people = alloc_zero(count + 1, sizeof(*lint.people)),
		.findings = json_array(),
	};
	json_t *made;

	for (size_t i = 0; i < count; i++)
		lint.active += policy_operator_at(policy, i)->active;
	lint_groups(&lint);
	for (size_t i = 0; i < policy_tills(policy); i++)
		lint_place(&lint, policy_till_at(policy, i));
	lint_place(&lint, NULL);
	lint_people(&lint);
	free(lint.people);
	made = json_put(json_make(), "findings", lint.findings);
	if (lint.more)
		json_put_int(made, "more", lint.more);
	return made;
}
