/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language of a receipt printer, as the printer reads it: one command
 * after the other out of its receive buffer, each with its parameters, and
 * data that must be skipped exactly, because it may look like commands.
 */
#ifndef TILLD_SIM_ESCPOS_H
#define TILLD_SIM_ESCPOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum escpos_action {
	ESCPOS_IGNORE,	  /* known, and of no interest here */
	ESCPOS_UNKNOWN,	  /* two bytes are swallowed */
	ESCPOS_TEXT,	  /* params[0] is a character */
	ESCPOS_FEED,	  /* LF */
	ESCPOS_FEED_N,	  /* ESC d, ESC J: params[0] */
	ESCPOS_RESET,	  /* ESC @ */
	ESCPOS_PAGE,	  /* ESC t: params[0] is the code table */
	ESCPOS_SELECT,	  /* ESC =: params[0], bit 0 is the printer */
	ESCPOS_PULSE,	  /* ESC p: params m, t1, t2 */
	ESCPOS_BAD_PULSE, /* ESC p with an m that is none */
	ESCPOS_STATUS,	  /* GS r: params[0] */
	ESCPOS_ASB,	  /* GS a: params[0] */
	ESCPOS_ID,	  /* GS I: params[0] */
	ESCPOS_CUT,
	ESCPOS_IMAGE,
	ESCPOS_BARCODE
};

#define ESCPOS_PARAMS_MAX 8

enum escpos_payload_kind {
	ESCPOS_PAYLOAD_NONE,
	ESCPOS_PAYLOAD_BYTES,	  /* left of them */
	ESCPOS_PAYLOAD_UNTIL_NUL, /* up to and with a NUL */
	ESCPOS_PAYLOAD_GLYPHS,	  /* items: width, then width * height bytes */
	ESCPOS_PAYLOAD_BITMAPS	  /* items: xL xH yL yH, then x * y * 8 bytes */
};

/* Data that follows a command; carried from call to call. */
struct escpos_payload {
	enum escpos_payload_kind kind;
	uint64_t left;
	unsigned int items;
	unsigned int height;
};

struct escpos_token {
	enum escpos_action action;
	uint8_t params[ESCPOS_PARAMS_MAX];
	struct escpos_payload payload;
};

/* The next command: how many bytes it takes, 0 if more have to come. */
size_t escpos_read_token(const uint8_t *data, size_t len,
			 struct escpos_token *out_token);

/* Skips data: how many bytes, 0 if more have to come or there is none left. */
size_t escpos_skip_payload(struct escpos_payload *payload, const uint8_t *data,
			   size_t len);

/*
 * Real-time commands are seen as they arrive, anywhere in the stream, also
 * inside data, and stay in it (TM-T88III and others; devices A.3, A.4).
 */
enum escpos_realtime {
	ESCPOS_REALTIME_NONE,
	ESCPOS_REALTIME_STATUS,	 /* DLE EOT n: params[0] */
	ESCPOS_REALTIME_ENQUIRY, /* DLE ENQ n: params[0] */
	ESCPOS_REALTIME_PULSE,	 /* DLE DC4 1 m t: params m, t */
	ESCPOS_REALTIME_ASB,	 /* DLE DC4 7 1 */
	ESCPOS_REALTIME_CLEAR	 /* DLE DC4 8 with its magic bytes */
};

#define ESCPOS_WINDOW 10 /* the longest real-time command */

struct escpos_scanner {
	uint8_t window[ESCPOS_WINDOW]; /* the last bytes, the newest at the end */
};

/* Sees one byte; what that byte completes. */
enum escpos_realtime escpos_scan_byte(struct escpos_scanner *scanner,
				      uint8_t byte, uint8_t out_params[2]);

#endif
