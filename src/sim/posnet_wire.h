/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POSNET frame as the printer sees it: 02, elements each ended by 09,
 * '#' and four hexadecimal digits of checksum, 03.
 */
#ifndef TILLD_SIM_POSNET_WIRE_H
#define TILLD_SIM_POSNET_WIRE_H

#include "util/buf.h"

#define FP_FRAME_MAX	1024
#define FP_ELEMENTS_MAX 40
#define FP_TOKEN_SIZE	5 /* four digits and a NUL */
#define FP_NAME_SIZE	24

/* Frame errors: the command was not executed. */
enum fp_refusal {
	FP_REFUSAL_NONE = 0,
	FP_REFUSAL_COMMAND = 1,
	FP_REFUSAL_MISSING = 2,
	FP_REFUSAL_VALUE = 3,
	FP_REFUSAL_TOKEN = 4,
	FP_REFUSAL_CRC = 5,
	FP_REFUSAL_FIELD = 6,
	FP_REFUSAL_LENGTH = 10,
	FP_REFUSAL_BUFFER = 11,
	FP_REFUSAL_ASYNC = 12,
	FP_REFUSAL_UNKNOWN_TOKEN = 13,
	FP_REFUSAL_QUEUE = 14,
	FP_REFUSAL_FRAME = 15,
};

/* Gathers one frame; bytes outside of frames are passed over. */
struct fp_reader {
	uint8_t bytes[FP_FRAME_MAX]; /* between 02 and 03 */
	size_t len;
	bool inside;
	bool overflow;
};

enum fp_read {
	FP_READ_MORE,
	FP_READ_FRAME, /* bytes and len are a frame */
	FP_READ_TOO_LONG,
};

void fp_reader_reset(struct fp_reader *reader);
enum fp_read fp_reader_feed(struct fp_reader *reader, uint8_t byte);

struct fp_field {
	char name[3];
	const char *value; /* ended by a NUL, in the frame's own text */
};

/* A request taken apart. Owns text; free with fp_request_free(). */
struct fp_request {
	char *text;
	char name[FP_NAME_SIZE]; /* without a leading '!' */
	bool async;
	char token[FP_TOKEN_SIZE]; /* "" : none */
	struct fp_field fields[FP_ELEMENTS_MAX];
	size_t fields_count;
};

/*
 * Takes the inside of a frame apart. What could be read of it (the name for
 * an ERR reply) stays in *request, which is to be freed in any case.
 */
enum fp_refusal fp_request_parse(const uint8_t *bytes, size_t len,
				 struct fp_request *out_request);
struct fp_request *fp_request_free(struct fp_request *request);

/* The value of a field, NULL if it was not sent. */
const char *fp_request_find(const struct fp_request *request, const char *name);

/* Appends 02, payload, '#', checksum, 03. */
void fp_frame_add(struct buf *out, const struct buf *payload);

#endif
