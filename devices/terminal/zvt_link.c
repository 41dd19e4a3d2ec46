/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/zvt_link.h"

#include <string.h>

#define ZVT_STX 0x02
#define ZVT_ETX 0x03
#define ZVT_ACK 0x06
#define ZVT_DLE 0x10
#define ZVT_NAK 0x15

/* Doubled bytes and what frames it; and twice that may wait to be read. */
#define ZVT_FRAME_MAX (2 * ZVT_APDU_MAX + 6)
#define ZVT_INPUT_MAX (2 * ZVT_FRAME_MAX)

uint16_t zvt_link_crc(const uint8_t *data, size_t len, uint16_t crc)
{
	for (size_t i = 0; i < len; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? (uint16_t)(crc >> 1 ^ 0x8408)
				      : (uint16_t)(crc >> 1);
	}
	return crc;
}

static uint16_t zvt_link_crc_apdu(const uint8_t *apdu, size_t len)
{
	return zvt_link_crc((const uint8_t[]){ ZVT_ETX }, 1,
			    zvt_link_crc(apdu, len, 0));
}

void zvt_link_write_frame(struct buf *buf, const uint8_t *apdu, size_t len)
{
	buf_add(buf, (const uint8_t[]){ ZVT_DLE, ZVT_STX }, 2);
	for (size_t i = 0; i < len; i++) {
		if (apdu[i] == ZVT_DLE)
			buf_add_byte(buf, ZVT_DLE);
		buf_add_byte(buf, apdu[i]);
	}
	buf_add(buf, (const uint8_t[]){ ZVT_DLE, ZVT_ETX }, 2);
	buf_add_le16(buf, zvt_link_crc_apdu(apdu, len));
}

void zvt_link_init(struct zvt_link *link, bool serial, int64_t t3)
{
	*link = (struct zvt_link){ .serial = serial, .t3 = t3, .begun_at = -1 };
	buf_init(&link->in, ZVT_INPUT_MAX);
	buf_init(&link->apdu, ZVT_APDU_MAX);
	buf_init(&link->last, ZVT_APDU_MAX);
	buf_init(&link->frame, ZVT_FRAME_MAX);
	buf_init(&link->out, ZVT_INPUT_MAX);
}

void zvt_link_clear(struct zvt_link *link)
{
	buf_free(&link->in);
	buf_free(&link->apdu);
	buf_free(&link->last);
	buf_free(&link->frame);
	buf_free(&link->out);
}

void zvt_link_feed(struct zvt_link *link, int64_t now, const uint8_t *data,
		   size_t len)
{
	buf_drop(&link->in, link->at);
	link->at = 0;
	buf_add(&link->in, data, len);
	link->heard_at = now;
}

/* --- sending --- */

static void zvt_link_transmit(struct zvt_link *link, int64_t now)
{
	buf_add(&link->out, link->frame.data, link->frame.len);
	link->sends++;
	link->sent_at = now;
	link->waiting = true;
}

void zvt_link_submit(struct zvt_link *link, int64_t now, const struct buf *apdu,
		     enum zvt_link_care care)
{
	if (!link->serial) {
		buf_add(&link->out, apdu->data, apdu->len);
		return;
	}
	buf_reset(&link->frame);
	zvt_link_write_frame(&link->frame, apdu->data, apdu->len);
	link->answering = apdu->len >= 2 &&
			  zvt_control_is_answer((uint16_t)(apdu->data[0] << 8 |
							   apdu->data[1]));
	link->care = care;
	link->sends = 0;
	link->disturbed = false;
	zvt_link_transmit(link, now);
}

/* Our frame is settled, one way or another. */
static void zvt_link_settle(struct zvt_link *link)
{
	link->waiting = false;
	buf_reset(&link->frame);
}

/* The terminal has our answer: the same bytes are a new message from now on. */
static void zvt_link_acknowledged(struct zvt_link *link)
{
	if (link->answering)
		buf_reset(&link->last);
	zvt_link_settle(link);
}

/* 15, or nothing within T2. */
static enum zvt_link_event zvt_link_retry(struct zvt_link *link, int64_t now,
					  enum zvt_link_event failure)
{
	bool may = link->care == ZVT_LINK_REPEAT ||
		   (link->care == ZVT_LINK_MONEY && !link->disturbed &&
		    failure == ZVT_LINK_REJECTED);

	if (may && link->sends < ZVT_SENDS) {
		zvt_link_transmit(link, now);
		return ZVT_LINK_NOTHING;
	}
	/* a 15 after other bytes may be any byte of a torn frame */
	if (link->care == ZVT_LINK_MONEY && link->disturbed &&
	    failure == ZVT_LINK_REJECTED)
		return ZVT_LINK_NOTHING;
	zvt_link_settle(link);
	return link->care == ZVT_LINK_WISH ? ZVT_LINK_DROPPED : failure;
}

bool zvt_link_is_quiet(const struct zvt_link *link)
{
	return !link->waiting && link->at == link->in.len &&
	       link->state == ZVT_LINK_IDLE;
}

/* --- receiving --- */

static void zvt_link_refuse_frame(struct zvt_link *link)
{
	buf_add_byte(&link->out, ZVT_NAK);
	buf_reset(&link->apdu);
	link->state = ZVT_LINK_IDLE;
}

static bool zvt_link_is_repeat(const struct zvt_link *link)
{
	return link->last.len && link->last.len == link->apdu.len &&
	       memcmp(link->last.data, link->apdu.data, link->apdu.len) == 0;
}

/* A good frame: 06 goes out before anything else is thought about it. */
static enum zvt_link_event zvt_link_accept(struct zvt_link *link, int64_t now,
					   struct zvt_apdu *out_apdu)
{
	bool is_answer = zvt_control_is_answer(out_apdu->control);

	buf_add_byte(&link->out, ZVT_ACK);
	if (!is_answer && zvt_link_is_repeat(link)) {
		if (link->waiting && link->answering) {
			link->sends = 0;
			zvt_link_transmit(link, now);
		}
		buf_reset(&link->apdu);
		return ZVT_LINK_NOTHING;
	}
	/* it answers our command, or goes on after our answer: so it has it */
	if (link->waiting && is_answer != link->answering)
		zvt_link_acknowledged(link);
	if (!is_answer) {
		buf_reset(&link->last);
		buf_add(&link->last, link->apdu.data, link->apdu.len);
	}
	return ZVT_LINK_MESSAGE;
}

/* The second byte of the CRC: a frame is complete. */
static enum zvt_link_event zvt_link_end_frame(struct zvt_link *link,
					      int64_t now, uint8_t crc_high,
					      struct zvt_apdu *out_apdu)
{
	uint16_t crc = (uint16_t)(crc_high << 8 | link->crc_low);
	size_t size = 0;

	link->state = ZVT_LINK_IDLE;
	if (link->apdu.failed ||
	    crc != zvt_link_crc_apdu(link->apdu.data, link->apdu.len) ||
	    zvt_apdu_read(link->apdu.data, link->apdu.len, out_apdu, &size) ||
	    size != link->apdu.len) {
		zvt_link_refuse_frame(link);
		return ZVT_LINK_NOTHING;
	}
	return zvt_link_accept(link, now, out_apdu);
}

/* A byte outside any frame. */
static enum zvt_link_event zvt_link_take_plain(struct zvt_link *link,
					       int64_t now, uint8_t byte)
{
	if (byte == ZVT_ACK && link->waiting) {
		zvt_link_acknowledged(link);
		return ZVT_LINK_TAKEN;
	}
	if (byte == ZVT_NAK && link->waiting)
		return zvt_link_retry(link, now, ZVT_LINK_REJECTED);
	if (byte == ZVT_DLE)
		link->state = ZVT_LINK_DLE;
	link->disturbed = true;
	return ZVT_LINK_NOTHING;
}

/* The byte after a 10 within a frame. */
static void zvt_link_take_escaped(struct zvt_link *link, uint8_t byte)
{
	link->state = ZVT_LINK_BODY;
	if (byte == ZVT_DLE) {
		buf_add_byte(&link->apdu, byte);
	} else if (byte == ZVT_ETX) {
		link->state = ZVT_LINK_CRC_LOW;
	} else if (byte == ZVT_STX) { /* the sender began anew */
		buf_reset(&link->apdu);
	} else {
		link->state = ZVT_LINK_SKIP;
	}
}

static enum zvt_link_event zvt_link_take(struct zvt_link *link, int64_t now,
					 uint8_t byte,
					 struct zvt_apdu *out_apdu)
{
	switch (link->state) {
	case ZVT_LINK_IDLE:
		return zvt_link_take_plain(link, now, byte);
	case ZVT_LINK_DLE:
		buf_reset(&link->apdu);
		link->state = byte == ZVT_STX	? ZVT_LINK_BODY
			      : byte == ZVT_DLE ? ZVT_LINK_DLE
						: ZVT_LINK_IDLE;
		break;
	case ZVT_LINK_BODY:
		if (byte == ZVT_DLE)
			link->state = ZVT_LINK_BODY_DLE;
		else
			buf_add_byte(&link->apdu, byte);
		break;
	case ZVT_LINK_BODY_DLE:
		zvt_link_take_escaped(link, byte);
		break;
	case ZVT_LINK_CRC_LOW:
		link->crc_low = byte;
		link->state = ZVT_LINK_CRC_HIGH;
		break;
	case ZVT_LINK_CRC_HIGH:
		return zvt_link_end_frame(link, now, byte, out_apdu);
	case ZVT_LINK_SKIP:
		break;
	}
	if (link->apdu.failed)
		link->state = ZVT_LINK_SKIP;
	return ZVT_LINK_NOTHING;
}

/* What the clock says, when no input is left. */
static enum zvt_link_event zvt_link_time(struct zvt_link *link, int64_t now)
{
	if (link->state != ZVT_LINK_IDLE && now - link->heard_at >= ZVT_T1_MS) {
		if (link->state == ZVT_LINK_DLE)
			link->state = ZVT_LINK_IDLE; /* no frame yet */
		else
			zvt_link_refuse_frame(link);
	}
	if (link->waiting && now - link->sent_at >= ZVT_T2_MS)
		return zvt_link_retry(link, now, ZVT_LINK_SILENT);
	return ZVT_LINK_NOTHING;
}

static enum zvt_link_event zvt_link_next_serial(struct zvt_link *link,
						int64_t now,
						struct zvt_apdu *out_apdu)
{
	enum zvt_link_event event = ZVT_LINK_NOTHING;

	while (link->at < link->in.len && event == ZVT_LINK_NOTHING)
		event = zvt_link_take(link, now, link->in.data[link->at++],
				      out_apdu);
	return event == ZVT_LINK_NOTHING ? zvt_link_time(link, now) : event;
}

static enum zvt_link_event zvt_link_next_tcp(struct zvt_link *link, int64_t now,
					     struct zvt_apdu *out_apdu)
{
	size_t len = link->in.len - link->at, size = 0;
	const uint8_t *data;

	if (!len)
		return ZVT_LINK_NOTHING;
	data = link->in.data + link->at;
	if (!zvt_class_is_known(data[0]))
		return ZVT_LINK_GARBLED;
	if (zvt_apdu_read(data, len, out_apdu, &size) == 0) {
		link->at += size;
		link->begun_at = -1;
		return ZVT_LINK_MESSAGE;
	}
	if (link->begun_at < 0)
		link->begun_at = now;
	return now - link->begun_at >= link->t3 ? ZVT_LINK_SILENT
						: ZVT_LINK_NOTHING;
}

enum zvt_link_event zvt_link_next(struct zvt_link *link, int64_t now,
				  struct zvt_apdu *out_apdu)
{
	if (link->in.failed)
		return ZVT_LINK_GARBLED;
	if (link->at == link->in.len) { /* nothing kept longer than needed */
		link->at = 0;
		buf_reset(&link->in);
	}
	return link->serial ? zvt_link_next_serial(link, now, out_apdu)
			    : zvt_link_next_tcp(link, now, out_apdu);
}

int64_t zvt_link_due(const struct zvt_link *link)
{
	int64_t due = -1;

	if (!link->serial)
		return link->begun_at < 0 ? -1 : link->begun_at + link->t3;
	if (link->waiting)
		due = link->sent_at + ZVT_T2_MS;
	if (link->state != ZVT_LINK_IDLE &&
	    (due < 0 || link->heard_at + ZVT_T1_MS < due))
		due = link->heard_at + ZVT_T1_MS;
	return due;
}
