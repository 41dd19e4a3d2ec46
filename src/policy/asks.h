/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a POS app can ask for by name although no hardware has a part in it:
 * "may this operator do that, at this till?" First each permission under its
 * own id, then each right of each object, then what takes several of them. The
 * names are stable; docs/policy.md explains each row.
 */
#ifndef TILLD_POLICY_ASKS_H
#define TILLD_POLICY_ASKS_H

#include "policy/rights.h"

#include <stddef.h>

#define ASKS_PROMPT_MAX 20		   /* one line of a display */
#define ASKS_END	((unsigned int)-1) /* ends a list of rights */

struct ask_row {
	const char *name;   /* "price.change": API and journal */
	const char *asks;   /* "change a sales price": "Anna asks to ..." */
	const char *prompt; /* "CHANGE PRICE": ASCII, ASKS_PROMPT_MAX */
	/* What it takes: everything in all, and at least one of any, unless
	 * that is empty. Numbers of policy/rights.h; never NULL. Who may add,
	 * modify or delete has to be able to read: that is written out. */
	const unsigned int *all;
	const unsigned int *any;
};

/* The row of that name; NULL if there is none. */
const struct ask_row *asks_find(const char *name);

/* What it takes, as a decision wants it. */
struct demand ask_demand(const struct ask_row *row);

/* One after the other, from 0; NULL past the last. */
const struct ask_row *asks_at(size_t index);

#endif
