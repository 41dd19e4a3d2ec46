/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said to chip cards (ISO 7816-4; docs/protocols.md C.7, C.8): records
 * of the line (device/driver.h, enum driver_card), commands, and what is inside
 * of answers.
 */
#ifndef TILLD_READER_CARD_CODEC_H
#define TILLD_READER_CARD_CODEC_H

#include "device/driver.h"
#include "util/buf.h"

/* --- records --- */

struct card_record {
	uint8_t bytes[DRIVER_CARD_HEAD + DRIVER_CARD_MOST];
	size_t len;
};

enum card_event {
	CARD_NOTHING, /* more is needed */
	CARD_RECORD,  /* it is whole: card_what(), card_body() */
	CARD_NOISE,   /* that can't be one, and was dropped */
};

/* One byte after the other; after a whole one the next begins. */
enum card_event card_read(struct card_record *record, uint8_t byte);

uint8_t card_what(const struct card_record *record);
const uint8_t *card_body(const struct card_record *record, size_t *out_len);

/* --- commands --- */

enum card_ins {
	CARD_INS_GENERAL_AUTHENTICATE = 0x87,
	CARD_INS_SELECT = 0xa4,
	CARD_INS_GET_RESPONSE = 0xc0,
	CARD_INS_GET_DATA = 0xca, /* FF CA: a reader's own, of PC/SC part 3 */
	CARD_INS_GET_DATA_ODD = 0xcb,
};

#define CARD_CLA_CHAINED 0x10 /* more of the same command follows */

struct card_command {
	uint8_t cla, ins, p1, p2;
	const uint8_t *data; /* at most 255 bytes */
	size_t len;
	int le; /* how many are expected, CARD_LE_ALL at most; -1: none */
};

#define CARD_LE_ALL 256 /* as many as it has */

/* As an APDU; how many bytes it has. */
size_t card_put(const struct card_command *command,
		uint8_t out_apdu[DRIVER_CARD_MOST]);

/* SELECT by name, which may be the beginning of one. */
size_t card_put_select(const uint8_t *name, size_t len,
		       uint8_t out_apdu[DRIVER_CARD_MOST]);

/* --- answers --- */

#define CARD_DONE	0x9000
#define CARD_MORE	0x61 /* the high byte; the low one: so many, 0: 256 */
#define CARD_LE_IS	0x6c /* the same: asked for the wrong number */
#define CARD_WARNINGS	0x62 /* to 63: done, but */
#define CARD_STATUS_LEN 2

/* Whether something was selected: also where more of it is to be told. */
bool card_is_selected(uint16_t status);

/*
 * The value of the first element of that tag, of one byte, at the top of data
 * (BER-TLV, ISO 7816-4 annex E). False if there is none, or data breaks off
 * before.
 */
bool card_find(const uint8_t *data, size_t len, uint8_t tag,
	       struct cursor *out_value);

/* Adds tag and length of what follows (65535 bytes at most). */
void card_add_head(struct buf *out, uint8_t tag, size_t len);

/* Whether the ATR says that it is a memory card behind a contactless reader:
 * they know no commands (PC/SC part 3, 3.1.3.2.3). */
bool card_is_memory(const uint8_t *atr, size_t len);

/* --- payment cards --- */

/* The names of directories and applications that only payment cards have
 * (EMV 4.3 book 1, 12.2; EMV contactless book B, 3.3), the directory of
 * contactless ones first. */
struct card_name {
	uint8_t bytes[16];
	size_t len;
};

extern const struct card_name card_payment_names[];
extern const size_t card_payment_names_count;

/* For people (device/trace.h), without what a card tells. */
size_t card_trace(struct trace *trace);

#endif
