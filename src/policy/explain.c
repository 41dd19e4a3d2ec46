/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/explain.h"

#include "util/json.h"

/* One question, on its way to its answer. */
struct explanation {
	const struct policy *policy;
	const struct policy_operator *who;
	const struct policy_till *till;
};

/* --- what is granted, and through which groups --- */

static json_t *explain_groups(const struct explanation *asked,
			      unsigned int which)
{
	const struct policy_group *groups[EXPLAIN_NEAR_MAX];
	size_t count = policy_explain(asked->policy, asked->who, asked->till,
				      which, groups, EXPLAIN_NEAR_MAX);
	json_t *list = json_array();

	for (size_t i = 0; i < count && i < EXPLAIN_NEAR_MAX; i++)
		json_array_append_new(list, json_string(groups[i]->id));
	return list;
}

static void explain_granted(const struct explanation *asked,
			    const struct rights *wanted,
			    const struct rights *held, json_t *list)
{
	for (unsigned int i = 0; i < RIGHTS_COUNT; i++) {
		json_t *row;

		if (!rights_has(wanted, i) || !rights_has(held, i))
			continue;
		row = json_put_text(json_make(), "right", rights_name(i));
		json_put(row, "groups", explain_groups(asked, i));
		json_array_append_new(list, row);
	}
}

/* --- what is missing, and what comes near to it --- */

static bool explain_is_member(const struct explanation *asked,
			      const struct policy_group *group)
{
	const struct policy_operator *who = asked->who;

	for (size_t i = 0; i < who->groups_count; i++)
		if (policy_group_at(asked->policy, who->groups[i]) == group)
			return true;
	return false;
}

/* Why that group does not grant it to them there; NULL if it has nothing to do
 * with it. */
static const char *explain_because(const struct explanation *asked,
				   const struct policy_group *group,
				   unsigned int which)
{
	bool here = policy_group_counts(asked->policy, group, asked->till);
	bool counts = rights_has(&group->rights, which);

	if (!explain_is_member(asked, group))
		return here && counts ? "not-a-member" : NULL;
	if (counts)
		return here ? NULL : "not-attached";
	return here && rights_has(&group->granted, which) ? "void" : NULL;
}

static json_t *explain_near(const struct explanation *asked, unsigned int which)
{
	json_t *list = json_array();

	for (size_t i = 0; i < policy_groups(asked->policy) &&
			   json_array_size(list) < EXPLAIN_NEAR_MAX;
	     i++) {
		const struct policy_group *group =
			policy_group_at(asked->policy, i);
		const char *because = explain_because(asked, group, which);
		json_t *row;

		if (!because)
			continue;
		row = json_put_text(json_make(), "group", group->id);
		json_array_append_new(list,
				      json_put_text(row, "because", because));
	}
	return list;
}

static void explain_missing(const struct explanation *asked,
			    const struct rights *missing, const char *name,
			    json_t *made)
{
	json_t *list;

	if (rights_empty(missing))
		return;
	list = json_array();
	for (unsigned int i = 0; i < RIGHTS_COUNT; i++) {
		json_t *row;

		if (!rights_has(missing, i))
			continue;
		row = json_put_text(json_make(), "right", rights_name(i));
		json_put_text(row, "meaning", rights_meaning(i));
		json_put(row, "near", explain_near(asked, i));
		json_array_append_new(list, row);
	}
	json_put(made, name, list);
}

/* --- who could help --- */

static void explain_authorizers(const struct explanation *asked,
				const struct demand *missing, json_t *made)
{
	const struct policy_operator *people[EXPLAIN_PEOPLE_MAX];
	size_t count = policy_authorizers(asked->policy, asked->till, missing,
					  asked->who, NULL, people,
					  EXPLAIN_PEOPLE_MAX);
	json_t *list = json_array();

	for (size_t i = 0; i < count && i < EXPLAIN_PEOPLE_MAX; i++) {
		json_t *row =
			json_put_text(json_make(), "login", people[i]->login);

		json_array_append_new(list, json_put_text(row, "name",
							  people[i]->name));
	}
	json_put(made, "authorizers", list);
	if (count > EXPLAIN_PEOPLE_MAX)
		json_put_int(made, "more_authorizers",
			     (int64_t)(count - EXPLAIN_PEOPLE_MAX));
}

/* The till at which it is asked says how strong; @box has no say in it. */
static void explain_badge(const struct explanation *asked,
			  const struct demand *missing, json_t *made)
{
	if (asked->till)
		json_put_text(made, "badge",
			      policy_strength_names[policy_badge_strength(
				      asked->till, missing)]);
}

static const char *explain_access(const struct explanation *asked)
{
	if (policy_may_access(asked->policy, asked->who, asked->till))
		return "open";
	return policy_may_view(asked->policy, asked->who, asked->till)
		       ? "look-only"
		       : "hidden";
}

json_t *policy_explain_demand(const struct policy *policy,
			      const struct policy_operator *who,
			      const struct policy_till *till,
			      const struct demand *demand)
{
	const struct explanation asked = { policy, who, till };
	struct rights held = policy_held(policy, who, till);
	struct demand missing = { 0 };
	bool allowed = policy_decide(policy, who, till, demand, &missing);
	json_t *made = json_put_bool(json_make(), "allowed", allowed);
	json_t *granted = json_array();

	json_put_bool(made, "active", who->active);
	if (till)
		json_put_text(made, "access", explain_access(&asked));
	explain_granted(&asked, &demand->all, &held, granted);
	explain_granted(&asked, &demand->any, &held, granted);
	json_put(made, "granted", granted);
	if (allowed)
		return made;
	explain_missing(&asked, &missing.all, "missing", made);
	explain_missing(&asked, &missing.any, "missing_any", made);
	explain_badge(&asked, &missing, made);
	explain_authorizers(&asked, &missing, made);
	return made;
}
