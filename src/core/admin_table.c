/* SPDX-License-Identifier: Apache-2.0 */
/* What is administered, as rows of the one path. All of it takes config.access
 * at @box (docs/policy.md, X-admin). */
#include "core/admin.h"

#include "core/action_private.h"
#include "util/message.h"

#define CHANGES                                                       \
	.kind = ACTION_RECORDS, .at_box = true, .secret = true,       \
	.required = { PERMISSION_CONFIG_ACCESS, ACTION_NONE },        \
	.find = admin_find, .plan = admin_plan, .apply = admin_apply, \
	.applied = admin_applied

#define READS                                 \
	.kind = ACTION_READS, .at_box = true, \
	.required = { PERMISSION_CONFIG_ACCESS, ACTION_NONE }

static const struct action_row admin_rows[ACTIONS - ACTION_POLICY_READ] = {
#define ROW(action) [ACTION_##action - ACTION_POLICY_READ]
	ROW(POLICY_READ) = {
		.name = "policy.read",
		.asks = N_("look into the policy"),
		.prompt = "SEE THE POLICY",
		READS,
		.tell = admin_tell,
	},
	ROW(POLICY_COMPARE) = {
		.name = "policy.compare",
		.asks = N_("compare a policy with the one that stands"),
		.prompt = "COMPARE POLICY",
		READS,
		.secret = true,
		.find = admin_find,
		.plan = admin_plan,
		.apply = admin_compare,
	},
	ROW(POLICY_REPLACE) = {
		.name = "policy.replace",
		.asks = N_("change the policy"),
		.prompt = "CHANGE POLICY",
		CHANGES,
	},
	ROW(OPERATOR_PUT) = {
		.name = "operator.put",
		.asks = N_("change who may do what"),
		.prompt = "CHANGE PEOPLE",
		CHANGES,
	},
	ROW(OPERATOR_REMOVE) = {
		.name = "operator.remove",
		.asks = N_("remove an operator"),
		.prompt = "REMOVE OPERATOR",
		CHANGES,
	},
	ROW(OPERATOR_ERASE) = {
		.name = "operator.erase",
		.asks = N_("erase an operator"),
		.prompt = "ERASE OPERATOR",
		CHANGES,
	},
	ROW(OPERATOR_PASSWORD) = {
		.name = "operator.password",
		.asks = N_("set somebody's password"),
		.prompt = "SET PASSWORD",
		CHANGES,
	},
	ROW(OPERATOR_PIN) = {
		.name = "operator.pin",
		.asks = N_("set somebody's PIN"),
		.prompt = "SET PIN",
		CHANGES,
	},
	ROW(GROUP_PUT) = {
		.name = "group.put",
		.asks = N_("change what a group may do"),
		.prompt = "CHANGE GROUP",
		CHANGES,
	},
	ROW(GROUP_REMOVE) = {
		.name = "group.remove",
		.asks = N_("remove a group"),
		.prompt = "REMOVE GROUP",
		CHANGES,
	},
	ROW(TILL_PUT) = {
		.name = "till.put",
		.asks = N_("change how a till works"),
		.prompt = "CHANGE TILL",
		CHANGES,
	},
	ROW(TILL_REMOVE) = {
		.name = "till.remove",
		.asks = N_("remove a till"),
		.prompt = "REMOVE TILL",
		CHANGES,
	},
	ROW(BADGE_ENROLL) = {
		.name = "badge.enroll",
		.asks = N_("give somebody a badge"),
		.prompt = "GIVE A BADGE",
		.kind = ACTION_RECORDS,
		.at_box = true,
		.required = { PERMISSION_CONFIG_ACCESS, ACTION_NONE },
		.find = admin_enroll,
		.plan = admin_plan_enroll,
		.is_ready = admin_is_shown,
		.apply = admin_apply_enroll,
		.applied = admin_applied,
	},
	ROW(BADGE_PUT) = {
		.name = "badge.put",
		.asks = N_("change a badge"),
		.prompt = "CHANGE BADGE",
		CHANGES,
	},
	ROW(BADGE_REMOVE) = {
		.name = "badge.remove",
		.asks = N_("take a badge away"),
		.prompt = "TAKE BADGE AWAY",
		CHANGES,
	},
};

const struct action_row *admin_row(enum action action)
{
	return &admin_rows[action - ACTION_POLICY_READ];
}
