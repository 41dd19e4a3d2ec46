/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slips of card terminals, kept with their operations: told again, and printed
 * on the till's printer. Rows of action_table.c.
 */
#ifndef TILLD_CORE_SLIPS_H
#define TILLD_CORE_SLIPS_H

#include "core/action.h"

/* Which operation's: into attempt->found, for both. */
void slips_find(struct attempt *attempt);

/* Told: {"operation", "action", "signature", "receipts": {"merchant": [...],
 * "customer": [...], "administration": [...]}}. */
json_t *slips_apply(struct attempt *attempt, const struct action_by *by,
		    struct record *record, json_t *entry);

/* Printed: {"copy": one of the three}, in lines as long as the printer's. */
enum problem slips_build(struct attempt *attempt, json_t **out_extra);
enum problem slips_plan(struct attempt *attempt, const struct action_by *by,
			json_t **out_extra);
void slips_note(const struct attempt *attempt, json_t *op);

#endif
