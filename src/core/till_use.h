/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tills that a new policy would take away, or would have count in another
 * currency: not while anything is open there, or cash is in the book. Nobody
 * could close, count or settle it afterwards (docs/policy.md, X-admin-till).
 *
 * Between the decision and its end on disk nothing else is decided at such a
 * till: those who ask wait, and are decided on the policy as it stands then.
 */
#ifndef TILLD_CORE_TILL_USE_H
#define TILLD_CORE_TILL_USE_H

#include "core/problem.h"
#include "store/store.h"

#include <jansson.h>

struct core;

/* PROBLEMS, or PROBLEM_TILL_IN_USE, with its extra (new). */
enum problem till_use_problem(struct core *core, const struct policy *before,
			      const struct policy *after, json_t **out_extra);

/* Holds those tills; the transaction is for where something was on its way to
 * disk there before: STORE_E_CONFLICT, if one is in use. */
void till_use_hold(struct core *core, const struct policy *before,
		   const struct policy *after, struct txn *txn);

/* That transaction was committed, or was not. */
void till_use_let_go(struct core *core, const struct policy *before,
		     const struct policy *after);

#endif
