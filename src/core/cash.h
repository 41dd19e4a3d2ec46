/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cash that comes and goes by word: deposits and withdrawals, and what an app
 * declares that the daemon did not witness, which is marked so and opens no
 * drawer. And the balance, for those who may see it.
 */
#ifndef TILLD_CORE_CASH_H
#define TILLD_CORE_CASH_H

#include "core/action.h"

enum problem cash_plan_move(struct attempt *attempt, const struct action_by *by,
			    json_t **out_extra);
json_t *cash_apply_move(struct attempt *attempt, const struct action_by *by,
			struct record *record, json_t *entry);
void cash_applied_move(struct attempt *attempt, int error);

/* ACTION_BALANCE */
json_t *cash_apply_balance(struct attempt *attempt, const struct action_by *by,
			   struct record *record, json_t *entry);

#endif
