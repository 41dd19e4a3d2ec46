/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ZVT application messages (PA00P015 rev 13.08): a control field of two bytes,
 * a length, then data fields named by one byte ("BMP"), of which one, 06,
 * holds a tree of tag-length-value. Pure: bytes in, numbers out, and back.
 *
 * Two byte orders meet in one message: the extended length of the message is
 * low byte first, lengths within the tree are high byte first.
 */
#ifndef TILLD_TERMINAL_ZVT_CODEC_H
#define TILLD_TERMINAL_ZVT_CODEC_H

#include "util/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ZVT_DATA_MAX	  65535
#define ZVT_APDU_MAX	  (ZVT_DATA_MAX + 5)
#define ZVT_PASSWORD_SIZE 3

enum zvt_control {
	ZVT_SET_CLOCK = 0x0401,
	ZVT_STATUS_INFORMATION = 0x040f,
	ZVT_INTERMEDIATE_STATUS = 0x04ff,
	ZVT_STATUS_ENQUIRY = 0x0501,
	ZVT_REGISTRATION = 0x0600,
	ZVT_AUTHORIZATION = 0x0601,
	ZVT_LOG_OFF = 0x0602,
	ZVT_COMPLETION = 0x060f,
	ZVT_ABORTED = 0x061e,
	ZVT_REPEAT_RECEIPT = 0x0620,
	ZVT_PHONED = 0x0621,
	ZVT_REVERSAL = 0x0630,
	ZVT_REFUND = 0x0631,
	ZVT_DAY_END = 0x0650,
	ZVT_DIAGNOSIS = 0x0670,
	ZVT_INITIALISATION = 0x0693,
	ZVT_ABORT = 0x06b0,
	ZVT_PRINT_LINE = 0x06d1,
	ZVT_PRINT_BLOCK = 0x06d3,
	ZVT_SPEED = 0x0840,
	ZVT_POSITIVE = 0x8000,
	ZVT_NEGATIVE = 0x8400, /* the low byte is the error; 00 is positive */
};

/* --- messages --- */

struct zvt_apdu {
	uint16_t control;
	const uint8_t *data; /* in the bytes that were read */
	size_t len;
};

/* More bytes are needed before there is a whole message. */
#define ZVT_SHORT 1

/* Takes the first message off bytes; out_size is how long it is in all. */
int zvt_apdu_read(const uint8_t *bytes, size_t len, struct zvt_apdu *out_apdu,
		  size_t *out_size);
void zvt_apdu_write(struct buf *buf, uint16_t control, const void *data,
		    size_t len);

/* An answer to a message (80 xx, 84 xx) rather than a message of its own. */
bool zvt_control_is_answer(uint16_t control);

/* Whether ZVT has messages that begin with this byte. */
bool zvt_class_is_known(uint8_t class);

/* --- data fields --- */

enum zvt_next {
	ZVT_NEXT_FOUND,
	ZVT_NEXT_END,
	ZVT_NEXT_BROKEN, /* an unknown id, or one whose value is cut off */
};

struct zvt_field {
	uint8_t id;
	struct cursor value; /* without the bytes that tell its length */
};

/* The next field. After BROKEN nothing more can be read: the length of what
 * follows is not known. */
enum zvt_next zvt_field_next(struct cursor *data, struct zvt_field *out_field);

/* Adds a field; buf fails if its id or its length is none that ZVT has. */
void zvt_field_write(struct buf *buf, uint8_t id, const void *value,
		     size_t len);
void zvt_field_write_bcd(struct buf *buf, uint8_t id, int64_t value,
			 size_t len);

struct zvt_tlv {
	uint32_t tag; /* all its bytes: 0x07, 0x1f2b */
	struct cursor value;
};

enum zvt_next zvt_tlv_next(struct cursor *data, struct zvt_tlv *out_tlv);
void zvt_tlv_write(struct buf *buf, uint32_t tag, const void *value,
		   size_t len);

/* The first tag of that kind, not looking into others. */
bool zvt_tlv_find(struct cursor data, uint32_t tag, struct cursor *out_value);

/* Packed decimal digits as a number; -1 if they are none, or more than 18. */
int64_t zvt_bcd_read(struct cursor value);
void zvt_bcd_write(struct buf *buf, int64_t value, size_t len);

/* --- what the terminal tells --- */

/* Numbers of one booking; -1 for what was not told. */
struct zvt_numbers {
	int64_t result;	  /* 27; 0 is approved */
	int64_t amount;	  /* 04, minor units */
	int64_t currency; /* 49, ISO 4217 numeric */
	int64_t trace;	  /* 0B; 1F2B where it has more than six digits */
	int64_t original; /* 37: the trace of what was reversed */
	int64_t receipt;  /* 87, four digits, wraps */
	int64_t turnover; /* 88 */
	int64_t date;	  /* 0D, MMDD */
	int64_t time;	  /* 0C, HHMMSS */
	int64_t terminal; /* 29, eight digits */
	int64_t totals;	  /* 1 if it is an end of day (60), else 0 */
	int64_t tip;	  /* 1F36, part of the amount */
};

#define ZVT_CARD_SIZE 24

/*
 * What a status information (04 0F), a completion (06 0F) or the reply to a
 * registration holds. The cursors point into the message. Track data (23, 24,
 * 2D) are passed over and never leave it.
 */
struct zvt_info {
	struct zvt_numbers numbers;
	int status;		     /* 19, -1 if absent */
	int card_type;		     /* 8A, -1 if absent */
	char card[ZVT_CARD_SIZE];    /* 22, masked; "" if none */
	struct cursor card_name;     /* 8B, up to its NUL */
	struct cursor authorization; /* 3B, up to its NUL */
	struct cursor text;	     /* 3C, or the first line of TLV 24 */
	struct cursor totals;	     /* 60 */
	struct cursor tlv;	     /* 06 */
	bool converted;		     /* E2: into the currency of the card */
	int unknown; /* id at which reading had to stop, -1 if all was read */
};

void zvt_info_read(const uint8_t *data, size_t len, struct zvt_info *out_info);

/* A byte that says how it was paid: 1F10 who the holder was verified by, 1F11
 * online, 1F12 by which technology; -1 where it is not told. */
int zvt_info_kind(const struct zvt_info *info, uint32_t tag);

/* What BMP 60 tells at an end of day, in this order: girocard, JCB,
 * Mastercard, American Express, Visa, Diners, others. */
#define ZVT_TOTALS 7

struct zvt_totals {
	int64_t first, last; /* receipt numbers */
	struct {
		int64_t count, sum;
	} parts[ZVT_TOTALS];
};

bool zvt_totals_read(struct cursor value, struct zvt_totals *out_totals);

/* Completion of a status enquiry: its data are told apart by position. */
struct zvt_enquiry {
	int status;	       /* 6.2; 0 where nothing was told */
	struct cursor version; /* of the software; empty if not told */
	struct cursor tlv;     /* empty if not told */
	int64_t terminal;      /* 1F44, eight digits; -1 if not told */
};

void zvt_enquiry_read(const uint8_t *data, size_t len,
		      struct zvt_enquiry *out_enquiry);

/* Whether a completion begins with a software version: only an enquiry's does. */
bool zvt_enquiry_has_version(const uint8_t *data, size_t len);

#endif
