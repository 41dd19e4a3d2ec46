/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/fault.h"

#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

struct fault_parcel {
	struct fault_parcel *next;
	int64_t due;
	size_t len;
	uint8_t data[];
};

void fault_init(struct fault *fault, uint64_t seed)
{
	*fault = (struct fault){ .seed = seed };
}

static void fault_drop_first(struct fault *fault)
{
	struct fault_parcel *parcel = fault->first;

	fault->first = parcel->next;
	if (!fault->first)
		fault->last = NULL;
	fault->queued -= parcel->len;
	free(parcel);
}

void fault_clear(struct fault *fault)
{
	while (fault->first)
		fault_drop_first(fault);
}

static void fault_append(struct fault *fault, int64_t due, const uint8_t *data,
			 size_t len)
{
	struct fault_parcel *parcel = alloc_zero(1, sizeof(*parcel) + len);

	parcel->due = due;
	parcel->len = len;
	memcpy(parcel->data, data, len);
	if (fault->last)
		fault->last->next = parcel;
	else
		fault->first = parcel;
	fault->last = parcel;
	fault->queued += len;
}

/* Never overtakes what is on its way already. */
static void fault_queue(struct fault *fault, int64_t now, const uint8_t *data,
			size_t len)
{
	int64_t due = now + fault->delay;

	if (!len || len > FAULT_QUEUE_MAX - fault->queued)
		return;
	if (fault->last && fault->last->due > due)
		due = fault->last->due;
	if (!fault->split) {
		fault_append(fault, due, data, len);
		return;
	}
	if (fault->last)
		due += FAULT_SPLIT_GAP;
	for (size_t i = 0; i < len; i++)
		fault_append(fault, due + (int64_t)i * FAULT_SPLIT_GAP,
			     data + i, 1);
}

void fault_send(struct fault *fault, int64_t now, const uint8_t *data,
		size_t len)
{
	if (fault->silent)
		return;
	if (fault->lose) {
		fault->lose--;
		return;
	}
	fault_queue(fault, now, data, len);
	if (fault->doubled) {
		fault->doubled--;
		fault_queue(fault, now, data, len);
	}
}

/* splitmix64, by Sebastiano Vigna: public domain, and good enough for noise */
static uint64_t fault_random(struct fault *fault)
{
	uint64_t bits = fault->seed += 0x9e3779b97f4a7c15;

	bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
	bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
	return bits ^ bits >> 31;
}

void fault_make_noise(struct fault *fault, int64_t now, size_t len)
{
	uint8_t noise[256];

	while (len) {
		size_t part = len < sizeof(noise) ? len : sizeof(noise);

		for (size_t i = 0; i < part; i++)
			noise[i] = (uint8_t)fault_random(fault);
		fault_queue(fault, now, noise, part);
		len -= part;
	}
}

int64_t fault_next_due(const struct fault *fault)
{
	return fault->first ? fault->first->due : -1;
}

bool fault_take(struct fault *fault, int64_t now, struct buf *out)
{
	if (!fault->first || fault->first->due > now)
		return false;
	buf_add(out, fault->first->data, fault->first->len);
	fault_drop_first(fault);
	return true;
}
