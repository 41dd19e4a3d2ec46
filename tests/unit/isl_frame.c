/* SPDX-License-Identifier: Apache-2.0 */
#include "isl_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

size_t isl_bytes_read(const char *hex, uint8_t out[ISL_BYTES_MAX])
{
	size_t len = 0;
	char *end;

	for (;;) {
		unsigned long byte = strtoul(hex, &end, 16);

		if (end == hex)
			return len;
		assert_true(len < ISL_BYTES_MAX);
		out[len++] = (uint8_t)byte;
		hex = end;
	}
}

static size_t isl_frame_put(uint8_t *out, size_t at, unsigned value, bool word)
{
	if (!word) {
		out[at] = (uint8_t)value;
		return at + 1;
	}
	out[at] = (uint8_t)(value / 4096 % 16 + '0');
	out[at + 1] = (uint8_t)(value / 256 % 16 + '0');
	out[at + 2] = (uint8_t)(value / 16 % 16 + '0');
	out[at + 3] = (uint8_t)(value % 16 + '0');
	return at + 4;
}

size_t isl_frame_make(bool classic, int seq, int command, const char *data,
		      const char *status, uint8_t out[ISL_BYTES_MAX])
{
	size_t at = 1, text = strlen(data), rest;
	uint8_t bytes[ISL_BYTES_MAX];
	size_t marks = status ? isl_bytes_read(status, bytes) : 0;
	unsigned sum = 0;

	rest = 1 + (classic ? 2U : 8U) + text + 1 + (status ? marks + 1 : 0U);
	out[0] = 1;
	at = isl_frame_put(out, at, (unsigned)rest + 0x20, !classic);
	out[at++] = (uint8_t)seq;
	at = isl_frame_put(out, at, (unsigned)command, !classic);
	memcpy(out + at, data, text);
	at += text;
	if (status)
		out[at++] = 4;
	memcpy(out + at, bytes, marks);
	at += marks;
	out[at++] = 5;
	for (size_t i = 1; i < at; i++)
		sum += out[i];
	at = isl_frame_put(out, at, sum % 65536, true);
	out[at++] = 3;
	return at;
}
