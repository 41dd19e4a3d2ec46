/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slips of card terminals, kept with their operations: told again, and printed
 * on the till's printer. Rows of action_table.c.
 */
#ifndef TILLD_CORE_SLIPS_H
#define TILLD_CORE_SLIPS_H

#include "core/action.h"

/*
 * For both: the slips of the operation attempt->of, into attempt->found:
 *
 *	{"operation", "action", "signature": whether one is wanted,
 *	 "receipts": {"merchant": [LINE], "customer": [LINE],
 *	  "administration": [LINE]}: those that the terminal gave}
 *
 * PROBLEM_NOT_FOUND if the operation is not there, is another till's or gave
 * none.
 */
void slips_find(struct attempt *attempt);

/* Told: attempt->found. */
json_t *slips_apply(struct attempt *attempt, const struct action_by *by,
		    struct record *record, json_t *entry);

/*
 * Printed: that which "copy" of the parameters names, its lines broken to what
 * the printer takes; on record as "slip_of" (the operation) and "copy".
 * PROBLEM_NOT_FOUND if the terminal gave no such slip, PROBLEM_DEVICE_NOT_READY
 * while the printer has not told how wide it prints, PROBLEM_NOT_SUPPORTED past
 * OP_PRINT_LINES_MAX.
 */
enum problem slips_build(struct attempt *attempt, json_t **out_extra);
enum problem slips_plan(struct attempt *attempt, const struct action_by *by,
			json_t **out_extra);
void slips_note(const struct attempt *attempt, json_t *op);

#endif
