/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a database that comes back from the past can't know: which
 * Idempotency-Keys were used since. Kept beside the head file ("head.intents"),
 * in a ring of INTENTS_MAX slots of 64 bytes, little-endian:
 *
 *	 0	number	 8 bytes, counts up from 1; slot number % INTENTS_MAX
 *	 8	seq	 6 bytes: the journal's head after the commit...
 *	14	place	 2 bytes: which of those that were noted with it, from 0
 *	16	hash	16 bytes: ...and the first half of its hash
 *	32	key	16 bytes: operation_hash_key(); zeros for no key
 *	48	mac	16 bytes, keyed, over the first 48
 *
 * A batch with intents is noted after it was committed and before any device
 * hears of it, with one write and one fdatasync. So what is in here did happen
 * (an older database shows), and of an intent that is not in here no device
 * knows: that one may come again. What is torn or another box's has no mac.
 *
 * A power cut tears no more than what was being noted: of the last batch any
 * may be missing that are before its last, and the oldest after it, which it
 * was to replace. Any other gap was made by somebody.
 */
#ifndef TILLD_STORE_INTENTS_H
#define TILLD_STORE_INTENTS_H

#include "store/keys.h"
#include "util/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INTENTS_MAX	 65536
#define INTENTS_KEY_SIZE 16
#define INTENTS_HALF	 16 /* of a hash */

/* Beside negative errnos. */
enum intents_error {
	INTENTS_E_NONE = 1, /* there is none that these keys have made */
};

struct intents;

struct intent_note {
	int64_t seq;
	uint8_t hash[INTENTS_HALF];
	uint8_t key[INTENTS_KEY_SIZE];
};

/* Nothing is opened yet. */
struct intents *intents_new(const char *path);
struct intents *intents_free(struct intents *intents); /* returns NULL */

/* Opens it, if it is there, and finds the latest note; an intents_error. What
 * is found is durable by then. */
int intents_open(struct intents *intents, const struct keys *keys);

/* The disk would not have it opened, which is no word on what is there: then
 * there are to be so many as were known of, until it can be. */
bool intents_are_refused(const struct intents *intents);
void intents_expect(struct intents *intents, int64_t number);

/* Of what was found: false if there is a gap in it that no power cut tears. */
bool intents_are_whole(const struct intents *intents);

/* Notes of no key in place of all gaps; done by the next intents_note(), too. */
int intents_mend(struct intents *intents, const struct keys *secret);

/* Made anew in place of what is there, all of its room taken. */
int intents_make(struct intents *intents);
bool intents_is_open(const struct intents *intents);

/* The number of the latest that is durable; 0: nothing was noted yet. */
int64_t intents_number(const struct intents *intents);

/* false if nothing was noted yet. */
bool intents_latest(const struct intents *intents,
		    struct intent_note *out_note);

/*
 * Durable when done. keys: count of INTENTS_KEY_SIZE each, at most INTENTS_MAX.
 * What can't be written is closed, to be opened again later.
 */
int intents_note(struct intents *intents, const struct keys *secret,
		 int64_t seq, const uint8_t hash[HASH_SIZE],
		 const uint8_t *keys, size_t count);

/* All that were noted and are not overwritten; to be freed. NULL if none. */
struct intent_note *intents_list(const struct intents *intents,
				 const struct keys *keys, size_t *out_count);

#endif
