/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/describe.h"

#include "util/alloc.h"
#include "util/clock.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

static json_t *describe_ids(const uint32_t *ids, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_integer(ids[i]));
	return list;
}

static json_t *describe_till_set(const struct policy *policy,
				 const struct policy_till_set *set)
{
	json_t *list = json_array();

	for (size_t i = 0; i < policy_tills(policy); i++)
		if (policy_till_set_has(set, i))
			json_array_append_new(
				list,
				json_string(policy_till_at(policy, i)->id));
	return list;
}

/* --- tills --- */

static json_t *describe_amount(struct policy_amount amount)
{
	return amount.set ? json_integer(amount.amount) : json_null();
}

/* Those that ask for more than the badge alone, or would by default. */
static json_t *describe_strengths(const struct policy_till *till)
{
	json_t *strengths = json_make();

	for (unsigned int i = 0; i < PERMISSIONS; i++)
		if (till->badge[i] != BADGE_ALONE ||
		    policy_default_strength(i) != BADGE_ALONE)
			json_put_text(strengths, rights_name(i),
				      policy_strength_names[till->badge[i]]);
	return strengths;
}

static json_t *describe_limits(const struct policy_till *till)
{
	json_t *limits = json_make();

	json_put(limits, "minimum", describe_amount(till->minimum));
	json_put(limits, "maximum", describe_amount(till->maximum));
	return json_put_bool(limits, "negative", till->negative);
}

static json_t *describe_drawer(const struct policy_till *till)
{
	json_t *drawer = json_make(), *events = json_array();

	for (size_t i = 0; i < DRAWER_EVENTS; i++)
		if (till->opens_on[i])
			json_array_append_new(
				events,
				json_string(policy_drawer_event_names[i]));
	json_put(drawer, "opens_on", events);
	json_put(drawer, "deposit_from", describe_amount(till->deposit_from));
	return json_put(drawer, "withdrawal_from",
			describe_amount(till->withdrawal_from));
}

json_t *policy_describe_till(const struct policy_till *till)
{
	json_t *made = json_make(), *clients = json_make();

	json_put(clients, "users", describe_ids(till->uids, till->uids_count));
	json_put(clients, "groups", describe_ids(till->gids, till->gids_count));
	json_put_text(made, "id", till->id);
	json_put_text(made, "name", till->name);
	json_put_text(made, "currency", till->currency);
	json_put(made, "clients", clients);
	json_put(made, "badge", describe_strengths(till));
	json_put_bool(made, "pin_sign_on", till->pin_sign_on);
	json_put_text(made, "document_for_difference",
		      policy_difference_names[till->document_for_difference]);
	json_put(made, "limits", describe_limits(till));
	json_put(made, "drawer", describe_drawer(till));
	return json_put_bool(made, "day_end_includes_report",
			     till->day_end_includes_report);
}

/* --- groups --- */

static json_t *describe_permissions(const struct policy_group *group)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < PERMISSIONS; i++)
		if (rights_has(&group->granted, i))
			json_array_append_new(list,
					      json_string(rights_name(i)));
	return list;
}

/* "receipt" and "read" out of "receipt.read". */
static void describe_object(const struct policy_group *group,
			    enum object object, json_t *rights)
{
	json_t *list = json_array();
	char *name = NULL;

	for (enum right right = RIGHT_READ; right < RIGHTS; right++) {
		unsigned int which = rights_of_object(object, right);
		const char *whole = rights_name(which);
		const char *point = strrchr(whole, '.');

		if (!name)
			name = alloc_text_part(whole, (size_t)(point - whole));
		if (rights_has(&group->granted, which))
			json_array_append_new(list, json_string(point + 1));
	}
	if (json_array_size(list))
		json_put(rights, name, json_incref(list));
	json_decref(list);
	free(name);
}

json_t *policy_describe_group(const struct policy *policy,
			      const struct policy_group *group)
{
	json_t *made = json_make(), *rights = json_make();
	json_t *tills = describe_till_set(policy, &group->tills);

	if (group->box)
		json_array_append_new(tills, json_string(POLICY_BOX));
	for (enum object object = 0; object < OBJECTS; object++)
		describe_object(group, object, rights);
	json_put_text(made, "id", group->id);
	json_put_text(made, "name", group->name);
	json_put(made, "tills", tills);
	json_put(made, "permissions", describe_permissions(group));
	return json_put(made, "rights", rights);
}

/* --- operators --- */

json_t *policy_describe_badge(const struct policy_badge *badge)
{
	json_t *made = json_put_text(json_make(), "handle", badge->handle);
	char until[CLOCK_TEXT_SIZE];

	json_put_text(made, "label", badge->label);
	json_put_bool(made, "active", badge->active);
	if (!badge->until_ms)
		return json_put(made, "until", json_null());
	clock_format(badge->until_ms, until);
	return json_put_text(made, "until", until);
}

static void describe_flag(json_t *made, const char *name, bool value)
{
	if (value)
		json_put_bool(made, name, true);
}

static void describe_tills_of(json_t *made, const char *name,
			      const struct policy *policy,
			      const struct policy_till_set *set)
{
	static const struct policy_till_set none;

	if (memcmp(set, &none, sizeof(none)) != 0)
		json_put(made, name, describe_till_set(policy, set));
}

static void describe_restrictions(json_t *made, const struct policy *policy,
				  const struct policy_operator *who)
{
	describe_flag(made, "restricted", who->restricted);
	describe_tills_of(made, "view_tills", policy, &who->view_tills);
	describe_tills_of(made, "access_tills", policy, &who->access_tills);
	describe_flag(made, "no_foreign_session", who->no_foreign_session);
	describe_flag(made, "single_session", who->single_session);
}

static void describe_proofs(json_t *made, const struct policy_operator *who)
{
	json_t *badges = json_array();

	for (size_t i = 0; i < who->badges_count; i++)
		json_array_append_new(badges,
				      policy_describe_badge(&who->badges[i]));
	json_put_bool(made, "has_password", who->password != NULL);
	json_put_bool(made, "has_pin", who->pin != NULL);
	json_put(made, "badges", badges);
}

json_t *policy_describe_operator(const struct policy *policy,
				 const struct policy_operator *who,
				 enum policy_form form)
{
	json_t *made = json_make(), *groups = json_array();

	for (size_t i = 0; i < who->groups_count; i++)
		json_array_append_new(
			groups,
			json_string(
				policy_group_at(policy, who->groups[i])->id));
	json_put_text(made, "id", who->id);
	json_put_text(made, "login", who->login);
	json_put_text(made, "name", who->name);
	if (who->role != ROLE_USER)
		json_put_text(made, "role", policy_role_names[who->role]);
	if (!who->active)
		json_put_bool(made, "active", false);
	json_put(made, "groups", groups);
	describe_restrictions(made, policy, who);
	if (form == POLICY_AS_SHOWN)
		describe_proofs(made, who);
	return made;
}

/* --- the whole --- */

json_t *policy_describe(const struct policy *policy, enum policy_form form)
{
	json_t *tills = json_array(), *groups = json_array();
	json_t *operators = json_array(), *made = json_make();

	for (size_t i = 0; i < policy_tills(policy); i++)
		json_array_append_new(
			tills, policy_describe_till(policy_till_at(policy, i)));
	for (size_t i = 0; i < policy_groups(policy); i++)
		json_array_append_new(
			groups, policy_describe_group(
					policy, policy_group_at(policy, i)));
	for (size_t i = 0; i < policy_operators(policy); i++)
		json_array_append_new(
			operators,
			policy_describe_operator(
				policy, policy_operator_at(policy, i), form));
	json_put(made, "tills", tills);
	json_put(made, "groups", groups);
	return json_put(made, "operators", operators);
}
