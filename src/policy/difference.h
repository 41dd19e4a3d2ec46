/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one policy has changed in another, told in JSON:
 *
 *	{"tills", "groups", "operators": only those where something differs
 *	  {"added": [ITEM], "removed": [ITEM], "changed": [ITEM],
 *	   "more": how many were left out past POLICY_DIFFERENCE_MAX of a list}}
 *	ITEM {"id", "login", "name": as they were, "changes": unless removed
 *	  {"limits.maximum": {"from": 500, "to": 600},
 *	   "permissions": {"added": ["drawer.open"], "removed": []},
 *	   "password": "set", "changed" or "removed"; "pin" the same,
 *	   "badges": {"added", "removed", "changed": by their handles}}}
 *
 * Of an added one all its fields are changes, but for what is null, false or
 * empty. Another order alone is no difference; nothing differs: {}.
 *
 * For the journal without names, logins and badges' labels: of persons it has
 * ids only, and of those fields no more than that they changed ("changed"). An
 * entry has to stay handy: a very long difference goes without "changes" and
 * says "abridged": true beside its three sections.
 */
#ifndef TILLD_POLICY_DIFFERENCE_H
#define TILLD_POLICY_DIFFERENCE_H

#include "policy/policy.h"

#include <jansson.h>

#define POLICY_DIFFERENCE_MAX 256

enum policy_audience { POLICY_FOR_PEOPLE, POLICY_FOR_JOURNAL };

/* before may be NULL: there was none. New. */
json_t *policy_difference(const struct policy *before,
			  const struct policy *after,
			  enum policy_audience audience);

/* Whether one made for people has all that differs, and is no longer than
 * somebody could read: then it can be consented to. */
bool policy_difference_is_whole(const json_t *difference);

/*
 * One made for people in a line: who becomes an administrator by it, then what
 * gives most, and how much more there is: "eve becomes an administrator,
 * operator eve added: +managers role manager, and 3 more changes". out_whole:
 * nothing is left out. New.
 */
char *policy_difference_line(const struct policy *before,
			     const struct policy *after,
			     const json_t *difference, bool *out_whole);

/*
 * Whether it changes that operator's own groups, role, activity, restrictions,
 * secrets or badges, or removes them: what nobody does for themselves by
 * consent.
 */
bool policy_difference_touches(const struct policy *before,
			       const struct policy *after,
			       const char *operator_id);

/*
 * Whether that operator, who is there before and after, may do anything by it,
 * at any till or at @box, that they may not do before: by whatever way.
 */
bool policy_difference_gives(const struct policy *before,
			     const struct policy *after,
			     const char *operator_id);

#endif
