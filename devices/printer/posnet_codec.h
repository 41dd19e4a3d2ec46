/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POSNET protocol's frames, both ways. One layout for commands and replies:
 *
 *	02 mnemonic 09 { name(2) value 09 } [ '@' dddd 09 ] '#' hhhh 03
 *
 * with a CRC-16/XMODEM of what stands between 02 and '#'. There is no length,
 * no sequence number and no acknowledgement. The spec contradicts itself in
 * places and no recording of a real error is public, so reading is liberal
 * where that can't change a meaning (see posnet_frame_parse).
 *
 * Source: POSNET protocol specification, as told in docs/protocols.md 3.2 to
 * 3.4.
 */
#ifndef TILLD_PRINTER_POSNET_CODEC_H
#define TILLD_PRINTER_POSNET_CODEC_H

#include "device/driver.h"
#include "util/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POSNET_STX  0x02
#define POSNET_ETX  0x03
#define POSNET_TAB  0x09
#define POSNET_XON  0x11
#define POSNET_XOFF 0x13

/* Whole frames, both ways. The longest legal one has a few hundred bytes; what
 * is longer is refused. */
#define POSNET_FRAME_MAX  1024
#define POSNET_FIELDS_MAX 96 /* the longest known reply, of stot, has 41 */
#define POSNET_TOKENS	  10000

/* CRC-16/XMODEM: polynomial 1021h, begun with 0, nothing reflected. */
uint16_t posnet_frame_crc(const void *data, size_t len);

/* --- building --- */

/*
 * A frame is begun, filled and ended in a buf of at least POSNET_FRAME_MAX;
 * whatever can't be sent (a framing byte in a value, too much) sets failed.
 * A mnemonic that begins with '!' is answered even while another one runs.
 */
void posnet_frame_begin(struct buf *buf, const char *mnemonic);
void posnet_frame_token(struct buf *buf, int token); /* 0 to 9999 */
void posnet_frame_field(struct buf *buf, const char *name, const char *value);
void posnet_frame_end(struct buf *buf);

/* --- parsing --- */

#define POSNET_NO_TOKEN (-1)
#define POSNET_NO_ERROR (-1)

struct posnet_frame {
	bool async;	  /* the mnemonic had its '!' */
	bool frame_error; /* ERR: not understood, and not executed */
	int token;
	int error; /* nnnn of ?nnnn, or n of ERR ?n */
	size_t fields;
	uint16_t field[POSNET_FIELDS_MAX]; /* where each begins in text */
	char text[POSNET_FRAME_MAX];	   /* the elements, NUL-terminated */
};

/* The mnemonic, without its '!'; "ERR" for a frame error. */
const char *posnet_frame_mnemonic(const struct posnet_frame *frame);

/* The value of a field, NULL if it is not there. */
const char *posnet_frame_value(const struct posnet_frame *frame,
			       const char *name);

/* A whole number of up to 18 digits, with or without sign; false if there is
 * none in that field. */
bool posnet_frame_number(const struct posnet_frame *frame, const char *name,
			 int64_t *out_number);

/* T, t, Y, y, 1 and N, n, F, f, 0; false if it is neither of them. */
bool posnet_frame_flag(const struct posnet_frame *frame, const char *name,
		       bool *out_flag);

enum posnet_frame_error {
	POSNET_FRAME_MALFORMED = 1,
	POSNET_FRAME_CRC,
};

/*
 * Takes apart what stood between 02 and 03. Accepted besides the letter of the
 * spec: a checksum of one to four digits of either case; ?nnnn without the TAB
 * after it; "er13" for "?13" in an ERR; any order of elements.
 * 0 or one of enum posnet_frame_error.
 */
int posnet_frame_parse(const void *data, size_t len,
		       struct posnet_frame *out_frame);

/* --- the stream --- */

/* Collects frames out of bytes that were cut anywhere. All zero to begin. */
struct posnet_reader {
	uint8_t data[POSNET_FRAME_MAX];
	size_t len;
	bool inside;
	unsigned int noise; /* bytes outside of frames, so far; saturates */
};

enum posnet_read {
	POSNET_READ_MORE,  /* the input is used up */
	POSNET_READ_FRAME, /* out_frame is one */
	POSNET_READ_BROKEN /* something was meant to be one: truncated, too
			      long, malformed, or with a wrong CRC */
};

/* Reads on until one of these happened; to be repeated until READ_MORE. */
enum posnet_read posnet_reader_take(struct posnet_reader *reader,
				    struct cursor *input,
				    struct posnet_frame *out_frame);

/* For people (device/trace.h). */
size_t posnet_trace(struct trace *trace);

#endif
