/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datecs frames as docs/protocols.md 4.3 and 4.4 have them, for tests of the
 * driver and of the models: shares nothing with either.
 */
#ifndef TILLD_TESTS_ISL_FRAME_H
#define TILLD_TESTS_ISL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ISL_BYTES_MAX 1024

/* Hexadecimal, with blanks between the bytes; how many there are. */
size_t isl_bytes_read(const char *hex, uint8_t out[ISL_BYTES_MAX]);

/* A request, or with status (in hexadecimal) an answer; its length. */
size_t isl_frame_make(bool classic, int seq, int command, const char *data,
		      const char *status, uint8_t out[ISL_BYTES_MAX]);

/* Healthy, with a receipt and with a text open (4.8). */
#define ISL_IDLE_X	     "80 80 80 80 86 9A 80 80"
#define ISL_FISCAL_X	     "80 80 88 80 86 9A 80 80"
#define ISL_PLAIN_X	     "80 80 A0 80 86 9A 80 80"
#define ISL_IDLE_C	     "80 80 80 C0 86 9A"
#define ISL_FISCAL_C	     "80 80 88 C0 86 9A"
#define ISL_REFUSED_C	     "A0 82 80 C0 86 9A"
#define ISL_REFUSED_FISCAL_C "A0 82 88 C0 86 9A"

#endif
