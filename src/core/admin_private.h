/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of administration share. */
#ifndef TILLD_CORE_ADMIN_PRIVATE_H
#define TILLD_CORE_ADMIN_PRIVATE_H

#include "core/action_private.h"
#include "core/admin.h"
#include "core/draft_edit.h"

/* An attempt's plan. */
struct admin_plan {
	struct draft draft;
	char signon[RANDOM_ID_SIZE]; /* that changes it */
	char *number; /* of a badge that was swiped to be enrolled, else NULL */
	uint8_t key[HASH_SIZE]; /* what it is found by */
	bool taken;		/* and it is somebody's already */
};

/* The attempt's plan from now on, made by edit() out of what it was given. */
struct admin_plan *admin_new_plan(struct attempt *attempt,
				  json_t *(*edit)(struct draft *draft));

/* On to the worker, and then to action_decide(). Or the attempt is refused. */
void admin_draft(struct attempt *attempt);

/* The plan drafted on what stands now, or action_decide() if it was. False if
 * there is none yet. */
bool admin_draft_again(struct attempt *attempt);

#endif
