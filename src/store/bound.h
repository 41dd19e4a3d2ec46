/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ties the database to the keys, which are not in it: who can write the
 * one, but has not the other, can make none of this. A row each in a table:
 *
 *	policy		Ed25519, by the key that seals the journal, over the
 *			version that stands and the hashes of all its parts
 *	badge.pepper	keys_pepper_mark() of the peppers that its badges, PINs
 *	pin.pepper	and notes were made with
 *
 * A database that is older than the table gets the rows together with it, at
 * its first start. From then on a row that is missing is one that was altered.
 */
#ifndef TILLD_STORE_BOUND_H
#define TILLD_STORE_BOUND_H

#include "store/db.h"
#include "store/keys.h"
#include "store/people_parts.h"

/* Whose word counts; neither: nobody's is asked for. */
struct bound_by {
	const struct keys *keys; /* these, unless NULL */
	bool last;		 /* also the key that sealed the journal last */
};

int bound_sign_policy(struct db *db, const struct keys *keys,
		      const struct people_kept *kept);
int bound_mark_peppers(struct db *db, const struct keys *keys);

/* Both, for a database that had neither; keys: NULL before set-up. */
int bound_make(struct db *db, const struct keys *keys);

/* STORE_E_CORRUPT, having said so, if that is not what was signed. */
int bound_check_policy(struct db *db, struct bound_by by,
		       const struct people_kept *kept);

/* STORE_E_KEYS_MISSING, having said which is another; dir: where they are. */
int bound_check_peppers(struct db *db, const struct keys *keys,
			const char *dir);

#endif
