/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a badge is called, the same whichever reader has read it, and whether a
 * card is a badge at all. All pure; what is in these structures identifies
 * people, or is a payment card: whoever fills one wipes it.
 *
 *	em4100:04184edcba	all five bytes of the tag
 *	em32:184edcba		a reader that prints ten decimal digits has lost
 *				the first, em24:4edcba: one that prints eight
 *	uid:04a1b2c3d4e5f6	the number of a chip card of 13.56 MHz that has
 *				seven bytes or more, in the order of ISO
 *14443-3; one of four bytes is em32:, as readers that type ten digits tell it
 *	piv:9f86d081884c...	a card that has proved itself: the SHA-256 of
 *				its public key (SubjectPublicKeyInfo)
 *	mag2:0042d9912		track 2, with d for the separator =; mag3: is
 *				track 3
 *	mag1:5355504552...	track 1 in hexadecimal; the SHA-256 of what is
 *				longer than 32 characters. mag2a:, mag3a: are
 *				the others, where there are letters on them
 *
 * A site whose readers tell a tag with more and with fewer bits sets "id-bits"
 * of all of them to the fewest (docs/protocols.md C.6).
 */
#ifndef TILLD_READER_BADGE_H
#define TILLD_READER_BADGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BADGE_ID_SIZE 72 /* "mag1:", 64 digits and a NUL, and some */

/* --- tags of 125 kHz --- */

#define BADGE_TAG_SIZE 5
#define BADGE_TAG_BITS 40

/* bits is 40, 32 or 24: the last so many count. */
void badge_name_tag(const uint8_t tag[BADGE_TAG_SIZE], int bits,
		    char out_id[BADGE_ID_SIZE]);

/* --- chip cards --- */

#define BADGE_UID_MAX 10 /* bytes */

/* False if there is no badge of so many bytes. bits as above, for those that
 * have as few. */
bool badge_name_uid(const uint8_t *uid, size_t len, int bits,
		    char out_id[BADGE_ID_SIZE]);

/* Of a key's SHA-256. */
void badge_name_key(const uint8_t *hash, char out_id[BADGE_ID_SIZE]);

/* --- magnetic stripes (ISO 7811; docs/protocols.md C.1 to C.4) --- */

#define BADGE_TRACKS	 3
#define BADGE_TRACK_SIZE 111 /* a reader's field of 110, and a NUL */

struct badge_stripe {
	/* without sentinels, in capitals; "": empty, or not read */
	char tracks[BADGE_TRACKS][BADGE_TRACK_SIZE];
	bool bad[BADGE_TRACKS]; /* there is something, but it can't be read */
};

enum badge_card {
	BADGE_CARD_BADGE,      /* its name is out */
	BADGE_CARD_PAYMENT,    /* or so like one that it is treated as one */
	BADGE_CARD_UNREADABLE, /* the track that counts, or all */
	BADGE_CARD_NOTHING,    /* on the track that counts */
};

/*
 * Takes a reader's text apart: %T1?;T2?+T3? and the like, with line ends
 * between. False if it is something else.
 */
bool badge_read_stripe(const char *text, size_t len,
		       struct badge_stripe *out_stripe);

/* track is 1 to 3: the one that a badge is known by. */
enum badge_card badge_name_stripe(const struct badge_stripe *stripe, int track,
				  char out_id[BADGE_ID_SIZE]);

/* Why such a card does not count, for people; NULL for a badge. */
const char *badge_card_sentence(enum badge_card card);

#endif
