/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/badge.h"

#include "util/card.h"
#include "util/hash.h"
#include "util/secret.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define BADGE_DIGITS	"0123456789"
#define BADGE_CARD_MIN	13
#define BADGE_CARD_MAX	19
#define BADGE_PLAIN_MAX 32 /* characters of track 1 that are told as they are */

/* --- tags --- */

void badge_name_tag(const uint8_t tag[BADGE_TAG_SIZE], int bits,
		    char out_id[BADGE_ID_SIZE])
{
	const uint8_t *from = tag + (BADGE_TAG_BITS - bits) / 8;
	int at = bits == BADGE_TAG_BITS
			 ? snprintf(out_id, BADGE_ID_SIZE, "em4100:")
			 : snprintf(out_id, BADGE_ID_SIZE, "em%d:", bits);

	for (; from < tag + BADGE_TAG_SIZE; from++)
		at += snprintf(out_id + at, BADGE_ID_SIZE - (size_t)at, "%02x",
			       *from);
}

static void badge_name_hex(const void *bytes, size_t len, const char *type,
			   char out_id[BADGE_ID_SIZE])
{
	int at = snprintf(out_id, BADGE_ID_SIZE, "%s", type);
	const uint8_t *from = bytes;

	for (size_t i = 0; i < len; i++)
		at += snprintf(out_id + at, BADGE_ID_SIZE - (size_t)at, "%02x",
			       from[i]);
}

/* --- chip cards --- */

/* A reader that types knows no more of four bytes than that they are 32 bits,
 * and of five not that they are no EM4100 tag. */
bool badge_name_uid(const uint8_t *uid, size_t len, int bits,
		    char out_id[BADGE_ID_SIZE])
{
	uint8_t tag[BADGE_TAG_SIZE] = { 0 };
	int own = (int)len * 8;

	if (len == 4 || len == BADGE_TAG_SIZE) {
		memcpy(tag + BADGE_TAG_SIZE - len, uid, len);
		badge_name_tag(tag, own < bits ? own : bits, out_id);
		secret_wipe(tag, sizeof(tag));
	} else if (len >= 7 && len <= BADGE_UID_MAX) {
		badge_name_hex(uid, len, "uid:", out_id);
	} else {
		return false;
	}
	return true;
}

void badge_name_key(const uint8_t *hash, char out_id[BADGE_ID_SIZE])
{
	badge_name_hex(hash, HASH_SIZE, "piv:", out_id);
}

/* --- taking a stripe apart --- */

/* Which track begins with it; several do so with more than one. */
static int badge_track_of(char sentinel, const bool seen[BADGE_TRACKS])
{
	static const struct {
		char sentinel;
		int track, else_track; /* where the first was seen already */
	} sentinels[] = {
		{ '%', 0, 2 },	/* T1; T3 of an AAMVA card, ID TECH */
		{ ';', 1, 2 },	/* T2; T3, ID TECH */
		{ '@', 1, -1 }, /* T2 of seven bits, MagTek */
		{ '+', 2, -1 }, /* T3, MagTek */
		{ '#', 2, -1 }, /* T3, AAMVA */
		{ '&', 2, -1 }, /* T3 of seven bits */
	};

	for (size_t i = 0; i < sizeof(sentinels) / sizeof(*sentinels); i++)
		if (sentinels[i].sentinel == sentinel)
			return seen[sentinels[i].track]
				       ? sentinels[i].else_track
				       : sentinels[i].track;
	return -1;
}

/* From behind the start sentinel to before the end sentinel. */
static void badge_take_track(const char *text, size_t len, int track,
			     struct badge_stripe *stripe)
{
	if (len == 1 && text[0] == 'E') { /* MagTek's word for an error */
		stripe->bad[track] = true;
		return;
	}
	for (size_t i = 0; i < len; i++)
		stripe->tracks[track][i] =
			(char)toupper((unsigned char)text[i]);
}

static size_t badge_skip_ends(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len && (text[at] == '\r' || text[at] == '\n'))
		at++;
	return at;
}

static bool badge_read_tracks(const char *text, size_t len,
			      struct badge_stripe *stripe)
{
	bool seen[BADGE_TRACKS] = { false };
	size_t at = badge_skip_ends(text, len);

	while (at < len) {
		const char *begin = text + at + 1;
		const char *end = memchr(begin, '?', len - at - 1);
		int track = badge_track_of(text[at], seen);

		if (track < 0 || seen[track] || !end ||
		    end - begin >= BADGE_TRACK_SIZE)
			return false;
		seen[track] = true;
		badge_take_track(begin, (size_t)(end - begin), track, stripe);
		at = (size_t)(end - text) + 1;
		at += badge_skip_ends(text + at, len - at);
	}
	return seen[0] || seen[1] || seen[2];
}

bool badge_read_stripe(const char *text, size_t len,
		       struct badge_stripe *out_stripe)
{
	struct badge_stripe stripe = { 0 };
	bool good = badge_read_tracks(text, len, &stripe);

	if (good)
		*out_stripe = stripe;
	secret_wipe(&stripe, sizeof(stripe));
	return good;
}

/* --- payment cards --- */

/* Every other digit from the right counts double, its own digits added up. */
static bool badge_is_luhn(const char *digits, size_t count)
{
	int sum = 0;

	for (size_t i = 0; i < count; i++) {
		int digit = digits[count - 1 - i] - '0';

		if (i % 2)
			digit = digit * 2 - (digit > 4 ? 9 : 0);
		sum += digit;
	}
	return sum % 10 == 0;
}

/* Whoever issued it: a number as long as theirs, with their check digit. */
static bool badge_begins_with_card(const char *text)
{
	size_t count = strspn(text, BADGE_DIGITS);

	return count >= BADGE_CARD_MIN && count <= BADGE_CARD_MAX &&
	       badge_is_luhn(text, count);
}

/* Track 3 has two digits of a format before the number (ISO 4909). */
static bool badge_is_payment(const struct badge_stripe *stripe)
{
	const char *first = stripe->tracks[0], *third = stripe->tracks[2];

	if (first[0] == 'B' && isdigit((unsigned char)first[1]))
		return true;
	for (int i = 0; i < BADGE_TRACKS; i++)
		if (badge_begins_with_card(stripe->tracks[i]) ||
		    card_is_in(stripe->tracks[i]))
			return true;
	return strlen(third) > 2 && badge_begins_with_card(third + 2);
}

/* --- names --- */

static void badge_name_letters(const char *track, const char *type,
			       char out_id[BADGE_ID_SIZE])
{
	size_t len = strlen(track);
	uint8_t hash[HASH_SIZE];

	if (len <= BADGE_PLAIN_MAX) {
		badge_name_hex(track, len, type, out_id);
		return;
	}
	hash_sha256(track, len, hash);
	badge_name_hex(hash, sizeof(hash), type, out_id);
	secret_wipe(hash, sizeof(hash));
}

/* Digits and :;<=>? are sixteen characters: a digit each. */
static bool badge_is_numeric(const char *track)
{
	size_t len = strlen(track);

	return len >= 4 && len <= 64 &&
	       strspn(track, BADGE_DIGITS ":;<=>?") == len;
}

static void badge_name_digits(const char *track, const char *type,
			      char out_id[BADGE_ID_SIZE])
{
	int at = snprintf(out_id, BADGE_ID_SIZE, "%s", type);

	for (; *track; track++)
		out_id[at++] = "0123456789abcdef"[(*track - '0') & 15];
	out_id[at] = '\0';
}

enum badge_card badge_name_stripe(const struct badge_stripe *stripe, int track,
				  char out_id[BADGE_ID_SIZE])
{
	static const char *const types[BADGE_TRACKS] = { "mag1:", "mag2:",
							 "mag3:" };
	static const char *const letters[BADGE_TRACKS] = { "mag1:", "mag2a:",
							   "mag3a:" };
	const char *text = stripe->tracks[track - 1];

	if (badge_is_payment(stripe))
		return BADGE_CARD_PAYMENT;
	if (stripe->bad[track - 1])
		return BADGE_CARD_UNREADABLE;
	if (strlen(text) < 2)
		return BADGE_CARD_NOTHING;
	if (track > 1 && badge_is_numeric(text))
		badge_name_digits(text, types[track - 1], out_id);
	else
		badge_name_letters(text, letters[track - 1], out_id);
	return BADGE_CARD_BADGE;
}

const char *badge_card_sentence(enum badge_card card)
{
	switch (card) {
	case BADGE_CARD_BADGE:
		break;
	case BADGE_CARD_PAYMENT:
		return "it is a payment card, and those are no badges";
	case BADGE_CARD_UNREADABLE:
		return "the card could not be read; swipe it again";
	case BADGE_CARD_NOTHING:
		return "there is nothing on the track of the card that counts";
	}
	return NULL;
}
