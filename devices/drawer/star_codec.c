/* SPDX-License-Identifier: Apache-2.0 */
#include "drawer/star_codec.h"

#define STAR_ESC  0x1b
#define STAR_ACK  0x06
#define STAR_SOH  0x01
#define STAR_BEL  0x07
#define STAR_SUB  0x1a
#define STAR_UNIT 10 /* ms */

#define STAR_HEAD_MASK 0x91 /* 0xx0xxx1 */
#define STAR_HEAD      0x01
#define STAR_REST_MASK 0x91 /* the others: 0xx0xxx0 */
#define STAR_LONGER    0x80 /* of the second byte: two more come */

void star_add_question(struct buf *out)
{
	buf_add_byte(out, STAR_ESC);
	buf_add_byte(out, STAR_ACK);
	buf_add_byte(out, STAR_SOH);
}

/* 0 would be ignored, with what was set before. */
static uint8_t star_units(int64_t ms)
{
	int64_t units = ms / STAR_UNIT;

	if (units < 1)
		return 1;
	return (uint8_t)(units < STAR_PULSE_MAX_MS / STAR_UNIT
				 ? units
				 : STAR_PULSE_MAX_MS / STAR_UNIT);
}

void star_add_pulse(struct buf *out, int drive, int64_t on_ms, int64_t off_ms)
{
	if (drive == 2) {
		buf_add_byte(out, STAR_SUB);
		return;
	}
	buf_add_byte(out, STAR_ESC);
	buf_add_byte(out, STAR_BEL);
	buf_add_byte(out, star_units(on_ms));
	buf_add_byte(out, star_units(off_ms));
	buf_add_byte(out, STAR_BEL);
}

static enum star_event star_begin(struct star_reader *reader, uint8_t byte)
{
	size_t size = (byte >> 2 & 0x18) | (byte >> 1 & 0x07);

	if ((byte & STAR_HEAD_MASK) != STAR_HEAD || size < STAR_STATUS_MIN)
		return STAR_NOISE;
	reader->status[0] = byte;
	reader->len = 1;
	reader->size = size;
	return STAR_NOTHING;
}

enum star_event star_read(struct star_reader *reader, uint8_t byte)
{
	bool longer = reader->len == 1 && (byte & STAR_LONGER);

	if (!reader->len)
		return star_begin(reader, byte);
	if ((byte & STAR_REST_MASK) != (longer ? STAR_LONGER : 0)) {
		reader->len = 0;
		return STAR_NOISE;
	}
	reader->status[reader->len++] = byte;
	if (longer)
		reader->size += 2;
	if (reader->len < reader->size)
		return STAR_NOTHING;
	reader->len = 0;
	return STAR_STATUS;
}

bool star_is_offline(const uint8_t *status)
{
	return status[2] & 0x08;
}

bool star_is_cover_open(const uint8_t *status)
{
	return status[2] & 0x20;
}

bool star_is_paper_out(const uint8_t *status)
{
	return status[5] & 0x08;
}

bool star_is_switch_set(const uint8_t *status)
{
	return status[2] & 0x04;
}
