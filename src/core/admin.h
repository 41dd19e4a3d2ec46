/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Administration: people, groups, tills, badges and the policy as a whole, read
 * and changed along the one path like anything else, decided at @box. A change
 * is drafted first (draft.h), since what it would come to is what a supervisor
 * is asked for; so a consent is good for that request on that policy and no
 * other, and nobody gets one for what they would be themselves.
 *
 * Its routes hand over params as draft_edit.h has them, with "if_match" where
 * that was sent.
 */
#ifndef TILLD_CORE_ADMIN_H
#define TILLD_CORE_ADMIN_H

#include "core/action.h"

/* From ACTION_POLICY_READ on. */
const struct action_row *admin_row(enum action action);

json_t *admin_present(const struct core *core); /* {"etag"}. New. */

/* Parts of the rows: see struct action_row. */
void admin_find(struct attempt *attempt);
enum problem admin_plan(struct attempt *attempt, const struct action_by *by,
			json_t **out_extra);
json_t *admin_apply(struct attempt *attempt, const struct action_by *by,
		    struct record *record, json_t *entry);
void admin_applied(struct attempt *attempt, int error);
json_t *admin_compare(struct attempt *attempt, const struct action_by *by,
		      struct record *record, json_t *entry);

/*
 * admin_enroll.c: a badge for {"login", "body": {"label", "until"}}. Who may
 * give it is decided first; then the reader of the till at which the caller is
 * signed on waits for it.
 */
void admin_enroll(struct attempt *attempt);
enum problem admin_plan_enroll(struct attempt *attempt,
			       const struct action_by *by, json_t **out_extra);
bool admin_is_shown(struct attempt *attempt, const struct action_by *by,
		    const struct action_consent *consent);
json_t *admin_apply_enroll(struct attempt *attempt, const struct action_by *by,
			   struct record *record, json_t *entry);

/*
 * admin_read.c: {"view": "policy", "lint", "explain" with "operator", "till"
 * ("@box" is one here) and "action", "operators" with "phrase", "after" and
 * "limit", "operator" with "login", "groups", "group" with its id, "till"
 * with its id}.
 */
void admin_tell(struct attempt *attempt);

#endif
