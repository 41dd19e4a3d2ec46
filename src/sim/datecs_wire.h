/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Datecs frame as the printer sees it, in both dialects (protocol text 4.3
 * and 4.4): 01, LEN, SEQ, CMD, data, 05, four nibbles of checksum, 03. The
 * answer has its status bytes between 04 and 05.
 */
#ifndef TILLD_SIM_DATECS_WIRE_H
#define TILLD_SIM_DATECS_WIRE_H

#include "util/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ISL_NAK		0x15
#define ISL_SYN		0x16
#define ISL_FRAME_MAX	640
#define ISL_DATA_MAX	512
#define ISL_FIELDS_MAX	16
#define ISL_FIELD_SIZE	96
#define ISL_STATUS_SIZE 8

struct isl_reader {
	uint8_t bytes[ISL_FRAME_MAX]; /* between 01 and 03 */
	size_t len;
	bool inside;
	bool overflow;
};

void isl_reader_reset(struct isl_reader *reader);

/* True once bytes and len are a frame. */
bool isl_reader_feed(struct isl_reader *reader, uint8_t byte);

struct isl_request {
	uint8_t seq;
	int command;
	size_t len;
	char data[ISL_DATA_MAX]; /* without its escapes, ended by a NUL */
	/* X: what each TAB ends */
	size_t fields_count;
	char fields[ISL_FIELDS_MAX][ISL_FIELD_SIZE];
};

enum isl_form {
	ISL_FORM_GOOD,
	ISL_FORM_BAD,
	ISL_FORM_OTHER, /* bad, and seems to be in the other dialect */
};

/* Takes the inside of a frame apart. */
enum isl_form isl_request_parse(bool classic, const struct isl_reader *reader,
				struct isl_request *out_request);

/* "" for one that was left out. */
const char *isl_request_field(const struct isl_request *request, size_t i);

/* Appends a whole answer. */
void isl_answer_add(bool classic, const struct isl_request *request,
		    const char *data, const uint8_t status[ISL_STATUS_SIZE],
		    struct buf *out);

#endif
