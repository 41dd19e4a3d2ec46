/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Star's line mode, as a printer reads it: byte by byte, each command with its
 * parameters, and data that is skipped exactly, because it may look like
 * commands. Written from the makers' descriptions, for tillsim alone.
 */
#ifndef TILLD_SIM_STARLINE_H
#define TILLD_SIM_STARLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum starline_action {
	STARLINE_MORE, /* a command goes on, or data */
	STARLINE_IGNORE,
	STARLINE_UNKNOWN,
	STARLINE_TEXT, /* the byte is a character */
	STARLINE_FEED,
	STARLINE_RESET,
	STARLINE_PAGE,	/* params[0]: code page */
	STARLINE_TIMES, /* params: on, off of drive 1 */
	STARLINE_PULSE, /* params[0]: drive 1 or 2, or 3 for both */
	STARLINE_CUT,
	STARLINE_IMAGE,
	STARLINE_BARCODE,
	STARLINE_SYMBOL, /* a QR or PDF417 code */
};

#define STARLINE_HEAD_MAX 12

struct starline {
	uint8_t head[STARLINE_HEAD_MAX]; /* of the command at hand */
	size_t head_len;
	uint64_t left; /* bytes of data to come */
	bool until;    /* data goes on up to that byte: */
	uint8_t end;
	enum starline_action after; /* what it was, once the data is there */
};

#define STARLINE_PARAMS_MAX 2

enum starline_action starline_take(struct starline *line, uint8_t byte,
				   uint8_t out_params[STARLINE_PARAMS_MAX]);

/* What is seen as it arrives, anywhere: FS, SUB, and ESC ACK SOH. */
enum starline_realtime {
	STARLINE_NOTHING,
	STARLINE_PULSE_1,
	STARLINE_PULSE_2,
	STARLINE_STATUS,
};

struct starline_scanner {
	uint8_t before[2];
};

enum starline_realtime starline_scan(struct starline_scanner *scanner,
				     uint8_t byte);

/* The name iconv knows for a code page of ESC GS t; NULL: it has none. */
const char *starline_page(uint8_t number);

#endif
