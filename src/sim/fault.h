/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can go wrong on the way from a model to the wire: bytes are swallowed,
 * doubled, late, one at a time, or noise. Pure: bytes and times in, bytes and
 * times out.
 */
#ifndef TILLD_SIM_FAULT_H
#define TILLD_SIM_FAULT_H

#include "util/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAULT_QUEUE_MAX 65536 /* bytes on their way; past that they are lost */
#define FAULT_SPLIT_GAP 2     /* ms between bytes, so that none are joined */

struct fault_parcel;

struct fault {
	bool silent;
	bool split;
	int64_t delay;	      /* ms */
	unsigned int lose;    /* so many sends */
	unsigned int doubled; /* so many sends */
	uint64_t seed;	      /* of the noise */
	struct fault_parcel *first, *last;
	size_t queued; /* bytes */
};

/* The same seed makes the same noise. */
void fault_init(struct fault *fault, uint64_t seed);

/* Forgets what is on its way; what is broken stays broken. */
void fault_clear(struct fault *fault);

/* What a model sends. */
void fault_send(struct fault *fault, int64_t now, const uint8_t *data,
		size_t len);

/* Random bytes, past silence and loss. */
void fault_make_noise(struct fault *fault, int64_t now, size_t len);

/* When the next bytes arrive, -1 if none are on their way. */
int64_t fault_next_due(const struct fault *fault);

/* Appends the next bytes that have arrived by now; false if none have. */
bool fault_take(struct fault *fault, int64_t now, struct buf *out);

#endif
