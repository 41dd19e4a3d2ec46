/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is allowed in a policy, but hardly meant:
 *
 *	{"findings": [{"finding": one of these, "sentence": for people, ...}],
 *	 "more": how many were left out past LINT_MAX, if any}
 *
 *	"group-unattached"   "group" counts nowhere
 *	"permission-unheld"  "till", "permissions": nobody holds these there, so
 *			     nobody could authorize them either
 *	"supervisor-idle"    "operator": a manager, or one who is given
 *			     permissions, who can authorize nothing; "why":
 *			     "nothing-held" (that somebody else lacks, anywhere)
 *			     or "no-proof" (neither password nor badge)
 *	"no-receipts"	     "operator" can issue a receipt at no till
 *
 * Groups and tills are told by their ids, operators by their logins.
 * Inactive operators are left alone. Takes a while for thousands of people.
 * Pure.
 */
#ifndef TILLD_POLICY_LINT_H
#define TILLD_POLICY_LINT_H

#include "policy/policy.h"

#include <jansson.h>
#include <stdint.h>

#define LINT_MAX 500

/* wall_ms: what time it is, for badges that run out. New. */
json_t *policy_lint(const struct policy *policy, int64_t wall_ms);

#endif
