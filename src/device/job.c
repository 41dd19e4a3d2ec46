/* SPDX-License-Identifier: Apache-2.0 */
#include "device/job.h"

#include "util/alloc.h"
#include "util/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOB_QUAD 4 /* characters of base64, which are three bytes */

bool job_refuse(struct job_fault *fault, const char *field, const char *format,
		...)
{
	va_list args;

	*fault = (struct job_fault){ .offset = -1 };
	snprintf(fault->field, sizeof(fault->field), "%s", field);
	va_start(args, format);
	vsnprintf(fault->detail, sizeof(fault->detail), format, args);
	va_end(args);
	return false;
}

/* --- held --- */

struct job *job_new(const void *data, size_t len)
{
	struct job *job = ALLOC_NEW(struct job);
	uint8_t hash[HASH_SIZE];

	job->holders = 1;
	job->len = len;
	job->data = alloc_zero(len + 1, 1);
	memcpy(job->data, data, len);
	hash_sha256(data, len, hash);
	hash_to_hex(hash, sizeof(hash), job->hash);
	return job;
}

struct job *job_hold(struct job *job)
{
	job->holders++;
	return job;
}

struct job *job_drop(struct job *job)
{
	if (!job || --job->holders)
		return NULL;
	free(job->data);
	free(job);
	return NULL;
}

/* --- on record --- */

json_t *job_write(json_t *json, const struct job *job)
{
	json_put_int(json, "bytes", (int64_t)job->len);
	return json_put_text(json, "sha256", job->hash);
}

struct job *job_read(const json_t *json)
{
	const char *text = json_text(json, "sha256");
	int64_t len = json_int(json, "bytes", 0);
	uint8_t hash[HASH_SIZE];
	struct job *job;

	if (len < 1 || len > (int64_t)JOB_BYTES_MAX || !text ||
	    !hash_from_hex(text, sizeof(hash), hash))
		return NULL;
	job = ALLOC_NEW(struct job);
	job->holders = 1;
	job->len = (size_t)len;
	hash_to_hex(hash, sizeof(hash), job->hash);
	return job;
}

/* --- base64 --- */

static int job_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Four characters, of which the last may be padding. */
static bool job_decode_quad(const char *quad, size_t padding, struct buf *out)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < JOB_QUAD; i++) {
		int digit = i < JOB_QUAD - padding ? job_digit(quad[i]) : 0;

		if (digit < 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
	}
	/* what is not used of the last digit is zero */
	if (padding && bits & ((1U << 8 * padding) - 1))
		return false;
	for (size_t i = 0; i < JOB_QUAD - 1 - padding; i++)
		buf_add_byte(out, (uint8_t)(bits >> (16 - 8 * i)));
	return !out->failed;
}

bool job_decode(const char *text, struct buf *out)
{
	size_t len = strlen(text), padding = 0;

	if (len % JOB_QUAD)
		return false;
	while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
		padding++;
	for (size_t at = 0; at < len; at += JOB_QUAD)
		if (!job_decode_quad(text + at,
				     at + JOB_QUAD == len ? padding : 0, out))
			return false;
	return true;
}
