/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What moves the cash of a till. The balance of a till is the sum of its
 * entries, and there is no other way to change it: float, plus cash tendered
 * less change, plus deposits, less withdrawals and cash refunds. Amounts are
 * above zero; which way one goes is told by its kind.
 */
#ifndef TILLD_POLICY_CASH_H
#define TILLD_POLICY_CASH_H

#include <stdbool.h>
#include <stdint.h>

/* Their names are stable: database, journal and API use them. */
enum cash_kind {
	CASH_FLOAT,	 /* in: the first count of a till, from nothing */
	CASH_SALE,	 /* in: tendered less change */
	CASH_REFUND,	 /* out */
	CASH_DEPOSIT,	 /* in, by word */
	CASH_WITHDRAWAL, /* out, by word, or at the end of a shift or a day */
	CASH_SURPLUS,	 /* in: more was counted than there should be */
	CASH_SHORTAGE,	 /* out: less was */
	CASH_KINDS,
};

/* "float", "sale"... and back; false if there is no such name. */
const char *cash_kind_name(enum cash_kind kind);
bool cash_kind_from_name(const char *name, enum cash_kind *out_kind);

bool cash_kind_is_in(enum cash_kind kind);
/* "in" or "out". */
const char *cash_kind_direction(enum cash_kind kind);

/* What an entry of that amount (0 to MONEY_MAX) adds to the balance. */
int64_t cash_delta(enum cash_kind kind, int64_t amount);

#endif
