/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the till says to the terminal: whole messages (docs/protocols.md 5),
 * added to a buffer, which fails if there is no form for what was asked for.
 * Pure.
 */
#ifndef TILLD_TERMINAL_ZVT_COMMAND_H
#define TILLD_TERMINAL_ZVT_COMMAND_H

#include "terminal/zvt_codec.h"

#define ZVT_NO_CURRENCY (-1)

enum zvt_tlv_use {
	ZVT_TLV_NONE,	/* no container: the plainest registration */
	ZVT_TLV_ACCEPT, /* an empty one: the terminal may send containers */
	ZVT_TLV_BLOCKS, /* we take print blocks (06 D3) */
};

struct zvt_registration {
	uint8_t config;
	uint8_t service; /* 0: not sent */
	int currency;	 /* without it neither service nor TLV is sent */
	enum zvt_tlv_use tlv;
	bool numbered; /* asks for message sequence numbers (5.6) */
};

void zvt_add_registration(struct buf *buf,
			  const uint8_t password[ZVT_PASSWORD_SIZE],
			  const struct zvt_registration *registration);

/* type is the payment type (19), or -1 to leave it to the terminal. */
void zvt_add_authorization(struct buf *buf, int64_t amount, int currency,
			   int type);

/* amount -1: receipt number only. */
void zvt_add_reversal(struct buf *buf,
		      const uint8_t password[ZVT_PASSWORD_SIZE],
		      int64_t receipt, int64_t amount, int currency);

/* service: 01 status too, 02 no printing. */
void zvt_add_repeat_receipt(struct buf *buf,
			    const uint8_t password[ZVT_PASSWORD_SIZE],
			    uint8_t service);

/* service: 02 no software version, 04 information; 0 is not sent. */
void zvt_add_status_enquiry(struct buf *buf,
			    const uint8_t password[ZVT_PASSWORD_SIZE],
			    uint8_t service);
/* Money back to a card. */
void zvt_add_refund(struct buf *buf, const uint8_t password[ZVT_PASSWORD_SIZE],
		    int64_t amount, int currency);

/* A payment that was authorized by telephone; code has eight bytes at most. */
void zvt_add_phoned(struct buf *buf, const uint8_t password[ZVT_PASSWORD_SIZE],
		    int64_t amount, int currency, const char *code);
void zvt_add_day_end(struct buf *buf,
		     const uint8_t password[ZVT_PASSWORD_SIZE]);
void zvt_add_initialisation(struct buf *buf,
			    const uint8_t password[ZVT_PASSWORD_SIZE]);
void zvt_add_diagnosis(struct buf *buf);
/* False for a speed that 08 40 has no code for, or that needs none. */
bool zvt_speed_code(int baud, uint8_t *out_code);
void zvt_add_speed(struct buf *buf, uint8_t code);
void zvt_add_abort(struct buf *buf);
void zvt_add_log_off(struct buf *buf);

#define ZVT_SEQUENCE_MAX 999999

/* Puts a message sequence number (5.6) into a whole message that has no
 * container yet. */
void zvt_add_sequence(struct buf *buf, int64_t number);

/* The number in the container of a message's data; -1 if there is none. */
int64_t zvt_sequence_read(const struct zvt_apdu *apdu);

#endif
