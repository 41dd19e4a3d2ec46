/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What APDUs carry: bitmaps and the TLV container (protocol text 4), read
 * from the till's commands, written into the terminal's messages.
 */
#ifndef TILLD_SIM_ZVT_DATA_H
#define TILLD_SIM_ZVT_DATA_H

#include "util/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* A command or an answer from the till. */
struct pt_apdu {
	uint16_t code; /* class and instruction: 0x0601 */
	struct cursor data;
};

/* The APDU in bytes whose length was checked by the receiver. */
struct pt_apdu pt_apdu_parse(const uint8_t *bytes, size_t len);

/* The bitmaps that the terminal acts on; below 0: not sent. */
struct pt_fields {
	int64_t amount;
	int64_t currency;
	int64_t receipt;
	int64_t service;
	int64_t wait;	  /* BMP 01, seconds */
	int64_t statuses; /* BMP 02 */
	int64_t date;	  /* YYMMDD */
	int64_t time;
	int64_t sequence; /* tag 1F73 */
	bool tlv;	  /* a container came, be it empty */
	bool blocks;	  /* tag 26 lists 06 D3 */
};

/* False for a bitmap the terminal does not know, or one cut off. */
bool pt_fields_parse(struct cursor data, struct pt_fields *out_fields);

/* -1 if a nibble is no digit. */
int64_t pt_bcd_parse(const uint8_t *bytes, size_t len);

/* A message in the making: bitmaps, and what goes into its container. */
struct pt_message {
	uint16_t code;
	struct buf body;
	struct buf tlv;
};

void pt_message_init(struct pt_message *message, uint16_t code);
void pt_message_free(struct pt_message *message);
void pt_message_copy(struct pt_message *message, const struct pt_message *from);

/* Appends the whole APDU, the container last. */
void pt_message_build(const struct pt_message *message, struct buf *out);

void pt_put_byte(struct pt_message *message, uint8_t bmp, uint8_t value);
void pt_put_bcd(struct pt_message *message, uint8_t bmp, int64_t value,
		size_t bytes);
/* LLVAR and LLLVAR: two or three digits of length */
void pt_put_var(struct pt_message *message, uint8_t bmp, unsigned digits,
		const void *data, size_t len);
void pt_bcd_add(struct buf *out, int64_t value, size_t bytes);
void pt_tlv_add(struct buf *out, uint16_t tag, const void *data, size_t len);

#endif
