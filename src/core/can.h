/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that an operator may do at a till, at once: what apps grey out buttons
 * by, and ask for often. Not recorded, since nothing is done by it. It follows
 * from the policy, the operator and the till alone, so the text of the answer
 * is kept for as long as that policy stands.
 */
#ifndef TILLD_CORE_CAN_H
#define TILLD_CORE_CAN_H

#include "core/caller.h"

struct core;
struct cans;

struct cans *cans_new(void);
struct cans *cans_free(struct cans *cans); /* returns NULL */

/* Another policy stands: nothing is kept of the one before, nor that itself. */
void cans_forget(struct core *core);

/* Answers with what the caller's operator may do at that till, now. */
void can_list(struct core *core, struct caller *caller, const char *till);

#endif
