/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting for loss prevention: what happened at a till between two entries of
 * the journal. It is counted from the evidence, so that a report of a session
 * or a day can be counted again by anybody who has the journal. What counts as
 * what is one table, in tally.c.
 */
#ifndef TILLD_STORE_TALLY_H
#define TILLD_STORE_TALLY_H

#include "store/store.h"

/*
 * An outcome counts where it was ok or sent, and where it is unknown, since it
 * may have been. An opening by a business event is known by the field "event"
 * of its outcome.
 */
enum tally {
	TALLY_DRAWER_BY_HAND,	   /* opened by word, not by an event */
	TALLY_DRAWER_FOR_EVENT,	   /* by an event that the daemon witnessed */
	TALLY_DRAWER_WITHOUT_SALE, /* opened, by word or by itself, with no sale
				      since it was opened last (or since
				      counting begins) */
	TALLY_DRAWER_UNSOLICITED,  /* opened, and nobody had told it to */
	TALLY_REFUSALS,		   /* "refused": consent was needed */
	TALLY_AUTHORIZATIONS,	   /* consents that supervisors gave */
	TALLY_CARD_CANCELLED,	   /* card payments that were reversed */
	TALLY_SETTLED,		   /* unknown outcomes, by somebody's word */
	TALLIES,
};

/* "drawer_by_hand"...: stable, for reports. */
const char *tally_name(enum tally tally);

/* {"drawer_by_hand": 3, ...}: all of them; new. */
json_t *tally_to_json(const int64_t counts[TALLIES]);

/*
 * Counts from entry first to entry last, both included; last 0: to the end as
 * it is now, which out_last tells. In pages, on the reader; from the loop.
 * counts is borrowed, NULL with an error; -ECANCELED if the store is closed,
 * STORE_E_ARCHIVED if the first of them are in the archive (what an open day or
 * session is counted from is never archived).
 */
typedef void (*tally_done)(void *arg, int error, const int64_t counts[TALLIES],
			   int64_t last);
void store_tally(struct store *store, const char *till, int64_t first,
		 int64_t last, tally_done done, void *arg);

#endif
