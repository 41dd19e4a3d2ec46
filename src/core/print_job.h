/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Print jobs for the receipt printer that a till's drawer hangs on: a row of
 * action_table.c. What may be in one, its driver knows (device/job.h).
 */
#ifndef TILLD_CORE_PRINT_JOB_H
#define TILLD_CORE_PRINT_JOB_H

#include "core/action.h"

/*
 * Makes the job of the body. PROBLEM_JOB_REFUSED with "field", "detail" and, of
 * a raw one, the "offset" and the "command" there.
 */
enum problem print_job_plan(struct attempt *attempt, const struct action_by *by,
			    json_t **out_extra);

/* Into the intent: what it was made of, "document" or "raw". The job itself is
 * for whoever gets the paper, and kept nowhere. */
void print_job_note(const struct attempt *attempt, json_t *op);

#endif
