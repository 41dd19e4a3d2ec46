/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What apps ask for that no hardware has a part in: "may this operator do that,
 * at this till?" Decided like everything else, by the same consent and with the
 * same record; that it was allowed is also what a consent is spent on. And all
 * at once, to grey out buttons: not recorded, since nothing is done by it.
 */
#ifndef TILLD_CORE_CHECK_H
#define TILLD_CORE_CHECK_H

#include "core/action.h"

/* ACTION_CHECK's part of the table. */
enum problem check_plan(struct attempt *attempt, const struct action_by *by,
			json_t **out_extra);
json_t *check_apply(struct attempt *attempt, const struct action_by *by,
		    struct record *record, json_t *entry);

/* Everything that the caller's operator may do at that till, now. */
void check_list(struct core *core, struct caller *caller, const char *till);

#endif
