/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What readers type that pretend to be keyboards: keys to characters by the US
 * layout, and the digits that stand for a tag (docs/protocols.md C.1, C.6).
 */
#ifndef TILLD_READER_WEDGE_CODEC_H
#define TILLD_READER_WEDGE_CODEC_H

#include "device/driver.h"
#include "reader/badge.h"

#define WEDGE_TEXT_MAX 250 /* characters in one go; three tracks are 226 */

/* Holds what was typed: to be wiped, by wedge_reset or as a whole. */
struct wedge {
	char text[WEDGE_TEXT_MAX];
	size_t len;
	bool shifted[2]; /* left, right */
	bool spoiled;	 /* keys are missing, or it is too much */
};

void wedge_reset(struct wedge *wedge);

/* A key that was pressed (1), released (0) or repeated (2). True if it was an
 * Enter. */
bool wedge_take_key(struct wedge *wedge, unsigned int code, int value);

/* What a row of digits is. */
enum wedge_digits {
	WEDGE_DECIMAL, /* 10: the low 32 bits; 8, or 3 and 5: the low 24 */
	WEDGE_HEX,     /* 10: all 40 bits; 8: 32; 6: 24 */
};

/*
 * Reads a chip card's number where the reader writes it in hexadecimal: 14, 16
 * or 20 digits, with line ends about it. Returns how many bytes it has, 0 if it
 * is none.
 */
size_t wedge_read_uid(const char *text, size_t len, enum wedge_digits digits,
		      uint8_t out_uid[BADGE_UID_MAX]);

/*
 * Reads a tag's number, with line ends about it. Returns how many bits of it
 * were told, 0 if it is none; the rest of out_tag is zero.
 */
int wedge_read_tag(const char *text, size_t len, enum wedge_digits digits,
		   uint8_t out_tag[BADGE_TAG_SIZE]);

/* For people (device/trace.h), without a single key. */
size_t wedge_trace(struct trace *trace);

#endif
