/* SPDX-License-Identifier: Apache-2.0 */
/* A reader of PC/SC from within: what a card is asked, and what its driver
 * does otherwise. */
#ifndef TILLD_READER_PCSC_PRIVATE_H
#define TILLD_READER_PCSC_PRIVATE_H

#include "device/driver.h"
#include "reader/badge.h"
#include "reader/piv_codec.h"

#define PCSC_ANSWER_MAX 4096 /* a certificate has about 1000 */
#define PCSC_NEVER	INT64_MAX

enum pcsc_step {
	PCSC_IDLE,
	PCSC_PAYMENT, /* one name of those after the other */
	PCSC_PIV,
	PCSC_CERTIFICATE,
	PCSC_CHALLENGE,
	PCSC_UID,
	PCSC_STEPS,
};

struct pcsc_state {
	struct card_record record;
	enum pcsc_step step;
	size_t part; /* of what the step says */
	size_t name; /* of those of payment cards */
	uint8_t command[DRIVER_CARD_MOST];
	size_t command_len;
	bool corrected; /* the length that it asks for */
	bool lost;	/* told so: nothing more is said */
	uint8_t answer[PCSC_ANSWER_MAX];
	size_t answer_len;
	unsigned int rounds;
	struct public_key *key; /* NULL, or the card's */
	uint8_t digest[HASH_SIZE];
	int64_t settled;	  /* from then on a card that comes is shown */
	int64_t since;		  /* when it was shown */
	int64_t answer_at;	  /* the latest; or PCSC_NEVER */
	char last[BADGE_ID_SIZE]; /* that counted; until forget_at */
	int64_t forget_at;	  /* or PCSC_NEVER, while it stays */
};

/* Whether that is the option "cards". */
bool pcsc_takes(struct driver_io *io, const char *cards);

/* A card was shown. It is asked until it counts or is turned away, and let go
 * then. */
void pcsc_begin(struct driver_io *io, const uint8_t *atr, size_t len);

/* To what it was asked last; nothing if it was asked nothing. */
void pcsc_take_answer(struct driver_io *io, const uint8_t *body, size_t len);
void pcsc_take_fault(struct driver_io *io, uint8_t fault);

/* All that it has told. */
void pcsc_wipe_card(struct pcsc_state *s);

#endif
