/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cash that comes and goes by word: deposits and withdrawals, and what an app
 * declares that the daemon did not witness, which is marked so and opens no
 * drawer. And the balance, for those who may see it.
 */
#ifndef TILLD_CORE_CASH_H
#define TILLD_CORE_CASH_H

#include "core/action.h"
#include "policy/shift.h"

/* Deposits, withdrawals and what is declared, as struct action_row has them;
 * the plan asks for what moving it takes, and for going past a limit. */
enum problem cash_plan_move(struct attempt *attempt, const struct action_by *by,
			    json_t **out_extra);
json_t *cash_apply_move(struct attempt *attempt, const struct action_by *by,
			struct record *record, json_t *entry);
void cash_applied_move(struct attempt *attempt, int error);

/*
 * What declaring takes, by a name of its own for each way the money goes:
 * "declared.sale", "declared.refund". False, with nothing touched, if it is no
 * such name. out_asks is static.
 */
bool cash_find_declared(const char *name, struct demand *out_demand,
			const char **out_asks);

/*
 * Of cash that a device is about to bring or take: demands what moving it
 * takes, and going past a limit. PROBLEMS, or why it can't be.
 */
enum problem cash_plan_witnessed(struct attempt *attempt,
				 const struct action_by *by,
				 enum cash_kind kind, int64_t amount,
				 struct shift_step *out_step,
				 json_t **out_extra);

/* ACTION_BALANCE */
json_t *cash_apply_balance(struct attempt *attempt, const struct action_by *by,
			   struct record *record, json_t *entry);

#endif
