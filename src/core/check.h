/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What apps ask for that no hardware has a part in: "may this operator do that,
 * at this till?" Decided like everything else, by the same consent and with the
 * same record; that it was allowed is also what a consent is spent on. (All at
 * once: can.h.)
 */
#ifndef TILLD_CORE_CHECK_H
#define TILLD_CORE_CHECK_H

#include "core/action.h"

/* ACTION_CHECK's part of the table. */
enum problem check_plan(struct attempt *attempt, const struct action_by *by,
			json_t **out_extra);
json_t *check_apply(struct attempt *attempt, const struct action_by *by,
		    struct record *record, json_t *entry);

#endif
