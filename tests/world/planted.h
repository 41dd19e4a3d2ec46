/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults that are put into the daemon on purpose, at its inner borders and not
 * in its sources, to show that the world can see: each has to be caught within
 * so many seeds.
 */
#ifndef TILLD_WORLD_PLANTED_H
#define TILLD_WORLD_PLANTED_H

#include "device/op.h"
#include "store/store.h"

enum planted {
	PLANTED_NONE,
	PLANTED_SKIP_INTENT,	   /* moves without a record */
	PLANTED_IGNORE_SYNC,	   /* the disk says it has what it has not */
	PLANTED_EARLY_INTENT,	   /* moves before the record is on disk */
	PLANTED_EARLY_ANSWER,	   /* tells an outcome before it is on disk */
	PLANTED_RESEND,		   /* after a crash, sends it again */
	PLANTED_FORGET_EVIDENCE,   /* recovers without what was saved */
	PLANTED_UNKNOWN_IS_FAILED, /* guesses */
	PLANTED_SPEND_NEVER,	   /* a consent is good for ever */
	PLANTED_ALLOW_ALL,	   /* nobody is asked */
	PLANTED_FORGET_KEY,	   /* what comes again is done again */
	PLANTED_LOSE_OUTCOME,	   /* what is done is not written down */
	PLANTED,
};

struct planted_row {
	const char *name;
	const char *meaning;
	unsigned int within; /* seeds */
};

extern const struct planted_row planted_rows[PLANTED];
extern enum planted planted_now;

/* By name; PLANTED_NONE if there is none. */
enum planted planted_find(const char *name);

/* True where the row is not to be written. */
bool planted_begins(const struct operation_row *row);
/* True where done is to be told at once. */
bool planted_acknowledges(bool begins, bool ends);
/* The row as it is written. */
void planted_change_key(struct operation_row *row);
/* True where the transaction is to get lost. */
bool planted_loses(bool ends);
bool planted_resends(void);
const json_t *planted_evidence(const json_t *evidence);
enum outcome planted_outcome(enum outcome outcome);

#endif
