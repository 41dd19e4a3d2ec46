/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/policy.h"

const char *const policy_role_names[ROLES] = {
	[ROLE_USER] = "user",
	[ROLE_MANAGER] = "manager",
};

const char *const policy_strength_names[BADGE_STRENGTHS] = {
	[BADGE_ALONE] = "alone",
	[BADGE_PIN] = "pin",
	[BADGE_PIV] = "piv",
};

const char *const policy_difference_names[DIFFERENCE_DOCUMENTS] = {
	[DIFFERENCE_NONE] = "none",
	[DIFFERENCE_SHIFT] = "shift",
	[DIFFERENCE_DAY] = "day",
	[DIFFERENCE_BOTH] = "both",
};

const char *const policy_drawer_event_names[DRAWER_EVENTS] = {
	[DRAWER_EVENT_RECEIPT_CASH] = "receipt_cash",
	[DRAWER_EVENT_REFUND_CASH] = "refund_cash",
	[DRAWER_EVENT_SESSION_OPEN] = "session_open",
	[DRAWER_EVENT_SESSION_CLOSE] = "session_close",
	[DRAWER_EVENT_DAY_END] = "day_end",
};

enum badge_strength policy_default_strength(unsigned int permission)
{
	return permission == PERMISSION_CARD_CANCEL ||
			       permission == PERMISSION_REFUND_VALIDATE ||
			       permission == PERMISSION_CONFIG_ACCESS
		       ? BADGE_PIN
		       : BADGE_ALONE;
}
