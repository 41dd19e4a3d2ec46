/* SPDX-License-Identifier: Apache-2.0 */
/* A recorded session (tillctl trace --record), read back. */
#ifndef TILLD_CLI_RECORDING_H
#define TILLD_CLI_RECORDING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One thing that was said, or a note of what the daemon did. */
struct recording_item {
	bool out;   /* the daemon said it */
	bool note;  /* nobody did */
	int64_t at; /* wall ms */
	const char *text;
	const char *event; /* of a note */
	uint8_t *bytes;
	bool *hidden; /* of each byte: it stands for something else */
	size_t len;
	bool told; /* its bytes are not known */
};

struct recording {
	json_t *head;
	json_t *records; /* what the items point into */
	struct recording_item *items;
	size_t count;
};

/* False if that can't be read, after saying why. */
bool recording_load(const char *path, struct recording *out_recording);
void recording_clear(struct recording *recording);

enum recording_match {
	RECORDING_OTHER,
	RECORDING_PART, /* so far the same, and there is more to come */
	RECORDING_SAME, /* it begins with the whole item */
};

enum recording_match recording_compare(const struct recording_item *item,
				       const uint8_t *bytes, size_t len);

#endif
