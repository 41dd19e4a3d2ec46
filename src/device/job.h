/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A print job: what a receipt printer is sent to print, in its own language.
 * A driver makes it of what an app asks for (struct driver, print), and lets
 * nothing into it that a receipt does not need: whoever can send any bytes to
 * the printer can open the drawer behind it. What is asked is one of
 *
 *	{"document": [ITEM...]}		see docs/printing.md
 *	{"raw": {"language": "escpos" | "star", "data": base64}}
 */
#ifndef TILLD_DEVICE_JOB_H
#define TILLD_DEVICE_JOB_H

#include "util/buf.h"
#include "util/hash.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a whole job, as it goes over the wire: less than a trace can hold. */
#define JOB_BYTES_MAX ((size_t)64 * 1024)
#define JOB_RAW_MAX   ((size_t)48 * 1024) /* of what an app made itself */

#define JOB_LANGUAGES "escpos star"

/* Made once, and never changed. */
struct job {
	unsigned int holders;
	/* NULL for one that was read out of the journal, which keeps no more of
	 * it than how long it was, and its hash. */
	uint8_t *data;
	size_t len;
	char hash[HASH_TEXT_SIZE];
};

/* Why there will be none. */
struct job_fault {
	char field[64];	  /* "document[3].image.data" */
	char detail[192]; /* a sentence for whoever made it */
	char command[80]; /* of a raw job: what is refused; or "" */
	int64_t offset;	  /* and at which of its bytes; -1: not of a byte */
	bool opens;	  /* and that could have opened a drawer */
};

/* Returns false, always. */
bool job_refuse(struct job_fault *fault, const char *field, const char *format,
		...) __attribute__((format(printf, 3, 4)));

struct job *job_new(const void *data, size_t len);
struct job *job_hold(struct job *job); /* returns it */
struct job *job_drop(struct job *job); /* returns NULL; job may be NULL */

/* For the journal, {"bytes", "sha256"}, put into json; and back again. */
json_t *job_write(json_t *json, const struct job *job);
struct job *job_read(const json_t *json); /* NULL: it is none */

/* Decodes base64 (RFC 4648, section 4) to the end of out. False if it is not
 * that, or does not fit. */
bool job_decode(const char *text, struct buf *out);

#endif
