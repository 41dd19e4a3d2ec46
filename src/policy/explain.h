/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why an operator may do something at a till, or may not and who could help:
 *
 *	{"allowed": whether they may,
 *	 "active": false only of an inactive operator, who may do nothing,
 *	 "access": "open", "look-only" or "hidden": what the till is to them;
 *	     not for @box,
 *	 "granted": [{"right", "groups": through which of their groups}],
 *	 "missing": [{"right", "meaning", "near": [NEAR]}], all of which it
 *	     takes,
 *	 "missing_any": the same, any of which would do,
 *	 "badge": how strong a badge that consents to it has to be ("pin"),
 *	 "authorizers": [{"login", "name"}] who could consent there,
 *	 "more_authorizers": how many were left out past EXPLAIN_PEOPLE_MAX}
 *	NEAR {"group", "because": "not-attached" (theirs, but it does not count
 *	     there), "void" (theirs, but it does not have the object's read) or
 *	     "not-a-member" (it would grant it there)}
 *
 * The last three only if something is missing. Pure.
 */
#ifndef TILLD_POLICY_EXPLAIN_H
#define TILLD_POLICY_EXPLAIN_H

#include "policy/policy.h"

#include <jansson.h>

#define EXPLAIN_PEOPLE_MAX 20
#define EXPLAIN_NEAR_MAX   16 /* groups, for each right that is missing */

/* till NULL: at @box. New. */
json_t *policy_explain_demand(const struct policy *policy,
			      const struct policy_operator *who,
			      const struct policy_till *till,
			      const struct demand *demand);

#endif
