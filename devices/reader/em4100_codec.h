/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of 125 kHz serial readers: STX, ten hexadecimal digits of the tag,
 * two of the checksum, CR LF or nothing, ETX. Source: docs/protocols.md C.6
 * (ID-12 with CR LF, RDM6300 and EM-18 without).
 */
#ifndef TILLD_READER_EM4100_CODEC_H
#define TILLD_READER_EM4100_CODEC_H

#include "device/driver.h"

#include <stddef.h>
#include <stdint.h>

#define EM4100_STX 0x02
#define EM4100_ETX 0x03

#define EM4100_TAG_SIZE 5

enum em4100_checksum {
	EM4100_XOR,
	EM4100_SUM, /* one published reader; never guessed */
};

enum em4100_event {
	EM4100_NOTHING,	     /* a frame goes on */
	EM4100_TAG,	     /* it was whole, and the tag is out */
	EM4100_BAD_CHECKSUM, /* it was whole, but wrong; dropped */
	EM4100_NOISE,	     /* this byte belongs to no frame, or broke one */
};

/* Holds digits of a badge: to be wiped, by em4100_reset or as a whole. */
struct em4100_reader {
	uint8_t raw[EM4100_TAG_SIZE + 1]; /* tag and checksum */
	uint8_t at;			  /* bytes of the frame so far */
};

/* Forgets a frame that was begun. */
void em4100_reset(struct em4100_reader *reader);

/* out_tag is set on EM4100_TAG only. */
enum em4100_event em4100_read(struct em4100_reader *reader, uint8_t byte,
			      enum em4100_checksum checksum,
			      uint8_t out_tag[EM4100_TAG_SIZE]);

/* For people (device/trace.h), without the badge's number. */
size_t em4100_trace(struct trace *trace);

#endif
