/* SPDX-License-Identifier: Apache-2.0 */
#include "util/hid.h"

#include <string.h>

#define HID_LONG_ITEM	 0xfe
#define HID_INPUT	 0x80 /* tags, without the two bits of their size */
#define HID_OUTPUT	 0x90
#define HID_REPORT_SIZE	 0x74
#define HID_REPORT_ID	 0x84
#define HID_REPORT_COUNT 0x94
#define HID_PUSH	 0xa4
#define HID_POP		 0xb4
#define HID_DEPTH	 8
#define HID_NUMBERS	 256
#define HID_BITS_MAX	 (HID_REPORT_BYTES_MAX * 8U)

struct hid_globals {
	uint32_t size, count, number;
};

struct hid_reader {
	struct hid_globals now, stack[HID_DEPTH];
	size_t depth;
	bool numbered;
	/* bits so far, by the reports' numbers */
	uint32_t in[HID_NUMBERS], out[HID_NUMBERS];
};

static bool hid_add_field(const struct hid_reader *reader, uint32_t *bits)
{
	uint64_t more = (uint64_t)reader->now.size * reader->now.count;

	if (more > HID_BITS_MAX ||
	    bits[reader->now.number] + more > HID_BITS_MAX)
		return false;
	bits[reader->now.number] += (uint32_t)more;
	return true;
}

static bool hid_push(struct hid_reader *reader)
{
	if (reader->depth == HID_DEPTH)
		return false;
	reader->stack[reader->depth++] = reader->now;
	return true;
}

static bool hid_pop(struct hid_reader *reader)
{
	if (!reader->depth)
		return false;
	reader->now = reader->stack[--reader->depth];
	return true;
}

static bool hid_take_item(struct hid_reader *reader, uint8_t tag,
			  uint32_t value)
{
	switch (tag) {
	case HID_INPUT:
		return hid_add_field(reader, reader->in);
	case HID_OUTPUT:
		return hid_add_field(reader, reader->out);
	case HID_REPORT_SIZE:
		reader->now.size = value;
		return true;
	case HID_REPORT_COUNT:
		reader->now.count = value;
		return true;
	case HID_REPORT_ID:
		reader->numbered = true;
		reader->now.number = value;
		return value > 0 && value < HID_NUMBERS;
	case HID_PUSH:
		return hid_push(reader);
	case HID_POP:
		return hid_pop(reader);
	default:
		return true; /* usages, ranges, collections, features */
	}
}

/* The bytes that an item takes; 0 if it does not end here. */
static size_t hid_item_length(const uint8_t *at, size_t left)
{
	static const size_t sizes[] = { 0, 1, 2, 4 };
	size_t len = at[0] == HID_LONG_ITEM ? (left < 2 ? left + 1 : 3U + at[1])
					    : 1 + sizes[at[0] & 3];

	return len <= left ? len : 0;
}

static size_t hid_longest(const uint32_t *bits)
{
	uint32_t most = 0;

	for (size_t i = 0; i < HID_NUMBERS; i++)
		most = bits[i] > most ? bits[i] : most;
	return (most + 7) / 8;
}

bool hid_read_sizes(const uint8_t *descriptor, size_t len,
		    struct hid_sizes *out_sizes)
{
	struct hid_reader reader = { .depth = 0 };

	for (size_t at = 0, item; at < len; at += item) {
		uint32_t value = 0;

		item = hid_item_length(descriptor + at, len - at);
		if (!item)
			return false;
		if (descriptor[at] == HID_LONG_ITEM)
			continue;
		for (size_t i = 1; i < item; i++)
			value |= (uint32_t)descriptor[at + i] << 8 * (i - 1);
		if (!hid_take_item(&reader, descriptor[at] & 0xfc, value))
			return false;
	}
	*out_sizes = (struct hid_sizes){ .in = hid_longest(reader.in),
					 .out = hid_longest(reader.out),
					 .numbered = reader.numbered };
	return len > 0;
}
