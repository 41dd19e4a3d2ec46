/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datecs frames that were published, captured or derived
 * (docs/protocols.md 4.12), as their parts. LEN, CMD and BCC are as on the
 * wire: no test computes them.
 */
#ifndef TILLD_TEST_DATECS_VECTORS_H
#define TILLD_TEST_DATECS_VECTORS_H

#include "printer/datecs_frame.h"

#define VECTOR_FRAME_SIZE 2048

struct vector {
	const struct datecs_dialect *dialect;
	uint8_t seq;
	unsigned int command;
	const char *data;
	const char *length, *number, *bcc;
	const char *status; /* NULL in a request */
};

/* [4.8] Healthy devices: with nothing, with a receipt or a text open. */
#define X_IDLE	    "\x80\x80\x80\x80\x86\x9A\x80\x80"
#define X_FISCAL    "\x80\x80\x88\x80\x86\x9A\x80\x80"
#define X_NONFISCAL "\x80\x80\xA0\x80\x86\x9A\x80\x80"
#define C_IDLE	    "\x80\x80\x80\xC0\x86\x9A"
#define C_FISCAL    "\x80\x80\x88\xC0\x86\x9A"

extern const struct vector vector_requests[], vector_answers[];
extern const size_t vector_requests_count, vector_answers_count;

/* The whole frame, put together from its parts; its length. */
size_t vector_frame(const struct vector *v, uint8_t out[VECTOR_FRAME_SIZE]);

/* The one with that dialect, SEQ and command; fails the test if there is none. */
const struct vector *vector_request(const struct datecs_dialect *dialect,
				    uint8_t seq, unsigned int command);
const struct vector *vector_answer(const struct datecs_dialect *dialect,
				   uint8_t seq, unsigned int command);

#endif
