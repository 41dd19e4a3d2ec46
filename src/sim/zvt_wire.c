/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/zvt_wire.h"

#define PT_DLE	    0x10
#define PT_STX	    0x02
#define PT_ETX	    0x03
#define PT_LONG	    0xff /* the length is in two more bytes, low first */
#define PT_POLY	    0x8408
#define PT_HEAD_LEN 3
#define PT_LONG_LEN 5

static unsigned pt_crc_step(unsigned crc, uint8_t byte)
{
	crc ^= byte;
	for (int i = 0; i < 8; i++)
		crc = crc & 1 ? crc >> 1 ^ PT_POLY : crc >> 1;
	return crc;
}

/* Called XModem in the books; the wire has the reflected one (2.1). */
static uint16_t pt_crc(const uint8_t *apdu, size_t len)
{
	unsigned crc = 0;

	for (size_t i = 0; i < len; i++)
		crc = pt_crc_step(crc, apdu[i]);
	return (uint16_t)pt_crc_step(crc, PT_ETX);
}

void pt_frame_add(struct buf *out, const uint8_t *apdu, size_t len)
{
	buf_add_byte(out, PT_DLE);
	buf_add_byte(out, PT_STX);
	for (size_t i = 0; i < len; i++) {
		if (apdu[i] == PT_DLE)
			buf_add_byte(out, PT_DLE);
		buf_add_byte(out, apdu[i]);
	}
	buf_add_byte(out, PT_DLE);
	buf_add_byte(out, PT_ETX);
	buf_add_le16(out, pt_crc(apdu, len));
}

void pt_ear_init(struct pt_ear *ear, bool serial)
{
	*ear = (struct pt_ear){ .serial = serial };
	buf_init(&ear->apdu, PT_APDU_MAX);
}

void pt_ear_reset(struct pt_ear *ear)
{
	ear->state = PT_EAR_IDLE;
	ear->done = false;
	ear->crc_len = 0;
	buf_reset(&ear->apdu);
}

bool pt_ear_is_inside(const struct pt_ear *ear)
{
	return ear->serial ? ear->state != PT_EAR_IDLE
			   : !ear->done && ear->apdu.len > 0;
}

/* How long the APDU that begins so will be; 0: too early to say. */
static size_t pt_apdu_size(const struct buf *apdu)
{
	if (apdu->len < PT_HEAD_LEN)
		return 0;
	if (apdu->data[2] != PT_LONG)
		return PT_HEAD_LEN + (size_t)apdu->data[2];
	if (apdu->len < PT_LONG_LEN)
		return 0;
	return PT_LONG_LEN + (size_t)(apdu->data[3] | apdu->data[4] << 8);
}

static enum pt_heard pt_ear_judge(struct pt_ear *ear)
{
	const struct buf *apdu = &ear->apdu;
	unsigned sent = (unsigned)(ear->crc[0] | ear->crc[1] << 8);

	ear->state = PT_EAR_IDLE;
	ear->done = true;
	if (apdu->failed || sent != pt_crc(apdu->data, apdu->len) ||
	    pt_apdu_size(apdu) != apdu->len)
		return PT_HEARD_BROKEN;
	return PT_HEARD_APDU;
}

static enum pt_heard pt_ear_feed_idle(struct pt_ear *ear, uint8_t byte)
{
	if (byte == PT_DLE)
		ear->state = PT_EAR_BEGIN;
	return byte == PT_ACK	? PT_HEARD_ACK
	       : byte == PT_NAK ? PT_HEARD_NAK
				: PT_HEARD_NOTHING;
}

static enum pt_heard pt_ear_feed_escape(struct pt_ear *ear, uint8_t byte)
{
	if (byte == PT_ETX) {
		ear->state = PT_EAR_CRC;
		return PT_HEARD_NOTHING;
	}
	ear->state = PT_EAR_BODY;
	if (byte == PT_STX) {
		/* a new frame began in the middle of this one */
		buf_reset(&ear->apdu);
		return PT_HEARD_NOTHING;
	}
	buf_add_byte(&ear->apdu, byte);
	ear->apdu.failed |= byte != PT_DLE;
	return PT_HEARD_NOTHING;
}

static enum pt_heard pt_ear_feed_serial(struct pt_ear *ear, uint8_t byte)
{
	switch (ear->state) {
	case PT_EAR_IDLE:
		return pt_ear_feed_idle(ear, byte);
	case PT_EAR_BEGIN:
		ear->state = byte == PT_STX ? PT_EAR_BODY : PT_EAR_IDLE;
		break;
	case PT_EAR_BODY:
		if (byte == PT_DLE)
			ear->state = PT_EAR_ESCAPE;
		else
			buf_add_byte(&ear->apdu, byte);
		break;
	case PT_EAR_ESCAPE:
		return pt_ear_feed_escape(ear, byte);
	case PT_EAR_CRC:
		ear->crc[ear->crc_len++] = byte;
		if (ear->crc_len == sizeof(ear->crc))
			return pt_ear_judge(ear);
		break;
	}
	return PT_HEARD_NOTHING;
}

static enum pt_heard pt_ear_feed_tcp(struct pt_ear *ear, uint8_t byte)
{
	size_t size;

	buf_add_byte(&ear->apdu, byte);
	size = pt_apdu_size(&ear->apdu);
	if (ear->apdu.failed || size > PT_APDU_MAX)
		return PT_HEARD_BROKEN;
	ear->done = size == ear->apdu.len;
	return ear->done ? PT_HEARD_APDU : PT_HEARD_NOTHING;
}

enum pt_heard pt_ear_feed(struct pt_ear *ear, uint8_t byte)
{
	if (ear->done)
		pt_ear_reset(ear);
	return ear->serial ? pt_ear_feed_serial(ear, byte)
			   : pt_ear_feed_tcp(ear, byte);
}
