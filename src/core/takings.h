/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cash that a device's operation brought or took: the balance of a till follows
 * what was witnessed, in the transaction that holds the outcome. What was asked
 * for says how much that will be, and its intent has it on record:
 *
 *	"takings": {"total": 1182, "cash": 882, "tendered": 1000}
 *
 * cash is what the drawer gains, tendered what came in as cash; both are below
 * zero, or none, for what goes out.
 */
#ifndef TILLD_CORE_TAKINGS_H
#define TILLD_CORE_TAKINGS_H

#include "core/book.h"

struct record;

struct takings {
	int64_t total;
	int64_t cash;
	int64_t tendered;
	bool refund;
};

/* Into an operation's parameters, and back; false if it has none. */
void takings_put(json_t *op, const struct takings *takings);
bool takings_get(const json_t *op, struct takings *out_takings);

/* What it is to the book: false if no cash moves. */
bool takings_movement(const struct takings *takings, enum cash_kind *out_kind,
		      int64_t *out_amount);

/* Whose they are, for the record. */
struct takings_of {
	const char *till;
	const char *operation;
	const char *operator;
	bool consented; /* a supervisor was there */
	bool declared;	/* no device told it: a person's word */
};

/*
 * Puts the cash entry into a transaction, and its sums, for not everybody, into
 * the entry of the journal. It is the book's turn: see book_take(). Returns
 * what book_follow() is to be given once that is on disk.
 */
int64_t takings_record(struct core *core, const struct takings *takings,
		       const struct takings_of *of, struct record *record,
		       json_t *entry);

#endif
