/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A card terminal (docs/protocols.md 2, 3, 5, 7) that approves everything. A
 * payment is booked when the till accepts its status information (8.1, 2); a
 * line that goes before that undoes it.
 */
#include "peers.h"

#include <string.h>

#define ZVT_MESSAGE_SIZE 128
#define ZVT_MESSAGES	 8

struct zvt_message {
	uint8_t data[ZVT_MESSAGE_SIZE];
	size_t len;
	bool books; /* accepted: money has moved */
};

/* A booking, as repeat receipt tells it. */
struct zvt_booking {
	uint8_t amount[6]; /* BCD */
	int receipt;
	int trace;
	int original_trace; /* of a reversal; -1 for a payment */
	bool totals;	    /* an end of day, of nothing */
};

struct zvt {
	struct zvt_message queue[ZVT_MESSAGES]; /* ours, one at a time */
	size_t queued;
	bool waiting; /* for the till's answer to queue[0] */
	struct zvt_booking last, pending;
	struct zvt_message link[ZVT_MESSAGES]; /* serial: each waits for ACK */
	size_t linked;
};

/* --- the link --- */

/* Reflected CRC-16, polynomial 8408h, from 0, over the APDU and the ETX. */
static unsigned int zvt_crc(const uint8_t *data, size_t len)
{
	unsigned int crc = 0;

	for (size_t i = 0; i <= len; i++) {
		crc ^= i < len ? data[i] : 3;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0x8408 : crc >> 1;
	}
	return crc;
}

static void zvt_send_frame(struct peer *peer)
{
	const struct zvt *zvt = peer->state;
	const struct zvt_message *message = &zvt->link[0];
	struct buf frame = BUF_INIT(2 * ZVT_MESSAGE_SIZE + 8);

	buf_add(&frame, "\x10\x02", 2);
	for (size_t i = 0; i < message->len; i++) {
		buf_add_byte(&frame, message->data[i]);
		if (message->data[i] == 0x10)
			buf_add_byte(&frame, 0x10);
	}
	buf_add(&frame, "\x10\x03", 2);
	buf_add_le16(&frame, (uint16_t)zvt_crc(message->data, message->len));
	peer_send(peer, frame.data, frame.len);
	buf_free(&frame);
}

static void zvt_link_send(struct peer *peer, const uint8_t *data, size_t len)
{
	struct zvt *zvt = peer->state;
	struct zvt_message *message;

	if (zvt->linked == ZVT_MESSAGES)
		return; /* a till that never acknowledges */
	message = &zvt->link[zvt->linked++];
	memcpy(message->data, data, len);
	message->len = len;
	if (zvt->linked == 1)
		zvt_send_frame(peer);
}

/* 06: the next may go. */
static void zvt_link_acknowledged(struct peer *peer)
{
	struct zvt *zvt = peer->state;

	if (!zvt->linked)
		return;
	zvt->linked--;
	memmove(zvt->link, zvt->link + 1, zvt->linked * sizeof(*zvt->link));
	if (zvt->linked)
		zvt_send_frame(peer);
}

static void zvt_send(struct peer *peer, const uint8_t *data, size_t len)
{
	if (peer->serial)
		zvt_link_send(peer, data, len);
	else
		peer_send(peer, data, len);
}

/* --- messages of the terminal, one after the other --- */

static void zvt_send_next(struct peer *peer)
{
	struct zvt *zvt = peer->state;

	zvt->waiting = zvt->queued > 0;
	if (zvt->waiting)
		zvt_send(peer, zvt->queue[0].data, zvt->queue[0].len);
}

static void zvt_queue(struct zvt *zvt, bool books, const void *data, size_t len)
{
	struct zvt_message *message = &zvt->queue[zvt->queued++];

	memcpy(message->data, data, len);
	message->len = len;
	message->books = books;
}

static void zvt_bcd(uint8_t *out, size_t len, int value)
{
	while (len--) {
		out[len] = (uint8_t)(value / 10 % 10 << 4 | value % 10);
		value /= 100;
	}
}

/* 04 0F: result 00, amount, trace, time, date, terminal, receipt, card. */
static void zvt_queue_status(struct zvt *zvt, const struct zvt_booking *booking,
			     bool books)
{
	struct buf data = BUF_INIT(ZVT_MESSAGE_SIZE);
	uint8_t bcd[3];

	buf_add(&data, "\x04\x0f\x00", 3);
	buf_add(&data, "\x27\x00\x04", 3);
	buf_add(&data, booking->amount, 6);
	zvt_bcd(bcd, 3, booking->trace);
	buf_add_byte(&data, 0x0b);
	buf_add(&data, bcd, 3);
	if (booking->original_trace >= 0) {
		zvt_bcd(bcd, 3, booking->original_trace);
		buf_add_byte(&data, 0x37);
		buf_add(&data, bcd, 3);
	}
	buf_add(&data, "\x0c\x10\x15\x30\x0d\x11\x22", 7);
	buf_add(&data, "\x29\x29\x00\x10\x06\x49\x09\x78", 8);
	zvt_bcd(bcd, 2, booking->receipt);
	buf_add_byte(&data, 0x87);
	buf_add(&data, bcd, 2);
	buf_add(&data, "\x8a\x06", 2);
	if (booking->totals) { /* 5.4 */
		buf_add(&data, "\x60\xf0\xf5\xf3", 4);
		for (int i = 0; i < 53; i++)
			buf_add_byte(&data, 0);
	}
	data.data[2] = (uint8_t)(data.len - 3);
	zvt_queue(zvt, books, data.data, data.len);
	buf_free(&data);
}

static void zvt_queue_done(struct zvt *zvt)
{
	zvt_queue(zvt, false, "\x06\x0f\x00", 3);
}

static void zvt_book(struct peer *peer)
{
	struct zvt *zvt = peer->state;

	zvt->last = zvt->pending;
	peer->moved++;
}

/* --- commands of the till --- */

static void zvt_begin_booking(struct zvt *zvt, const uint8_t *amount,
			      int original_trace)
{
	zvt->pending = (struct zvt_booking){ .receipt = zvt->last.receipt + 1,
					     .trace = zvt->last.trace + 1,
					     .original_trace = original_trace };
	memcpy(zvt->pending.amount, amount, 6);
	zvt_queue(zvt, false, "\x04\xff\x01\x0a", 4); /* insert card */
	zvt_queue_status(zvt, &zvt->pending, true);
	zvt_queue_done(zvt);
}

/* The amount is the first BMP of a payment; a reversal's is searched for. */
static const uint8_t *zvt_find_amount(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i + 6 < len; i++)
		if (data[i] == 0x04)
			return data + i + 1;
	return (const uint8_t *)"\0\0\0\0\0\0";
}

static void zvt_register(struct peer *peer, const uint8_t *data, size_t len)
{
	(void)data;
	(void)len;
	zvt_queue(peer->state, false,
		  "\x06\x0f\x0a\x19\x00\x29\x29\x00\x10\x06\x49\x09\x78", 13);
}

static void zvt_status(struct peer *peer, const uint8_t *data, size_t len)
{
	(void)data;
	(void)len;
	zvt_queue(peer->state, false, "\x06\x0f\x01\x00", 4);
}

/* Some say that there is nothing, though there is (5.7): 06 1E, here with 83. */
static void zvt_repeat(struct peer *peer, const uint8_t *data, size_t len)
{
	struct zvt *zvt = peer->state;

	(void)data;
	(void)len;
	if (peer->reticent) {
		zvt_queue(zvt, false, "\x06\x1e\x01\x83", 4);
		return;
	}
	zvt_queue_status(zvt, &zvt->last, false);
	zvt_queue_done(zvt);
}

static void zvt_pay(struct peer *peer, const uint8_t *data, size_t len)
{
	zvt_begin_booking(peer->state, zvt_find_amount(data, len), -1);
}

/* 06 31: password, then as for a payment. */
static void zvt_refund(struct peer *peer, const uint8_t *data, size_t len)
{
	if (len > 3)
		zvt_pay(peer, data + 3, len - 3);
}

static void zvt_end_day(struct peer *peer, const uint8_t *data, size_t len)
{
	struct zvt *zvt = peer->state;

	(void)data;
	(void)len;
	zvt->pending = (struct zvt_booking){ .receipt = zvt->last.receipt + 1,
					     .trace = zvt->last.trace + 1,
					     .original_trace = -1,
					     .totals = true };
	zvt_queue_status(zvt, &zvt->pending, true);
	zvt_queue_done(zvt);
}

static void zvt_be_done(struct peer *peer, const uint8_t *data, size_t len)
{
	(void)data;
	(void)len;
	zvt_queue(peer->state, false, "\x04\xff\x01\x0e", 4);
	zvt_queue_done(peer->state);
}

/* 06 30: password, then 87 receipt; its trace equals its receipt here. */
static void zvt_reverse(struct peer *peer, const uint8_t *data, size_t len)
{
	int receipt = 0;

	if (len >= 6 && data[3] == 0x87)
		receipt = (data[4] >> 4) * 1000 + (data[4] & 15) * 100 +
			  (data[5] >> 4) * 10 + (data[5] & 15);
	zvt_begin_booking(peer->state,
			  len > 6 ? zvt_find_amount(data + 6, len - 6)
				  : (const uint8_t *)"\0\0\0\0\x12\x34",
			  receipt);
}

static void zvt_log_off(struct peer *peer, const uint8_t *data, size_t len)
{
	(void)peer;
	(void)data;
	(void)len;
}

static const struct {
	uint8_t class, instruction;
	void (*run)(struct peer *peer, const uint8_t *data, size_t len);
} zvt_commands[] = {
	{ 0x06, 0x00, zvt_register }, { 0x05, 0x01, zvt_status },
	{ 0x06, 0x20, zvt_repeat },   { 0x06, 0x01, zvt_pay },
	{ 0x06, 0x30, zvt_reverse },  { 0x06, 0x02, zvt_log_off },
	{ 0x06, 0x31, zvt_refund },   { 0x06, 0x50, zvt_end_day },
	{ 0x06, 0x70, zvt_be_done },  { 0x06, 0x93, zvt_be_done },
};

static void zvt_command(struct peer *peer, const uint8_t *apdu, size_t data_at,
			size_t len)
{
	struct zvt *zvt = peer->state;

	for (size_t i = 0; i < sizeof(zvt_commands) / sizeof(*zvt_commands);
	     i++) {
		if (apdu[0] != zvt_commands[i].class ||
		    apdu[1] != zvt_commands[i].instruction)
			continue;
		zvt->queued = 0; /* what went before is over */
		zvt->linked = 0;
		zvt_send(peer, (const uint8_t *)"\x80\x00\x00", 3);
		zvt_commands[i].run(peer, apdu + data_at, len - data_at);
		zvt_send_next(peer);
		return;
	}
	zvt_send(peer, (const uint8_t *)"\x84\x83\x00", 3);
}

/* 06 B0 while money is on its way, and not booked yet (7.3). */
static bool zvt_abort(struct peer *peer)
{
	struct zvt *zvt = peer->state;
	bool money = false;

	for (size_t i = 0; i < zvt->queued; i++)
		money |= zvt->queue[i].books;
	if (!money)
		return false;
	zvt_send(peer, (const uint8_t *)"\x80\x00\x00", 3);
	zvt->queued = 0;
	zvt_queue(zvt, false, "\x06\x1e\x01\x6c", 4);
	zvt_send_next(peer);
	return true;
}

static void zvt_answer(struct peer *peer, bool positive)
{
	struct zvt *zvt = peer->state;

	if (!zvt->waiting)
		return;
	if (zvt->queue[0].books && positive)
		zvt_book(peer);
	if (zvt->queue[0].books && !positive) { /* so it is undone: 06 1E */
		zvt->queued = 0;
		zvt_queue(zvt, false, "\x06\x1e\x01\x66", 4);
	} else {
		zvt->queued--;
		memmove(zvt->queue, zvt->queue + 1,
			zvt->queued * sizeof(*zvt->queue));
	}
	zvt_send_next(peer);
}

static void zvt_apdu(struct peer *peer, const uint8_t *apdu, size_t data_at,
		     size_t len)
{
	if (apdu[0] == 0x80 || apdu[0] == 0x84)
		zvt_answer(peer, apdu[0] == 0x80 || apdu[1] == 0);
	else if (apdu[0] != 0x06 || apdu[1] != 0xb0 || !zvt_abort(peer))
		zvt_command(peer, apdu, data_at, len);
}

/* --- taking apart --- */

/* The length of the APDU and where its data begin; false: not all there. */
static bool zvt_measure(const uint8_t *at, size_t have, size_t *out_data_at,
			size_t *out_len)
{
	size_t data_at = have > 2 && at[2] == 0xff ? 5 : 3;
	size_t len;

	if (have < data_at)
		return false;
	len = data_at + (data_at == 5 ? at[3] | (size_t)at[4] << 8 : at[2]);
	if (have < len)
		return false;
	*out_data_at = data_at;
	*out_len = len;
	return true;
}

static void zvt_input_tcp(struct peer *peer)
{
	size_t data_at, len;

	while (zvt_measure(peer->in.data, peer->in.len, &data_at, &len)) {
		uint8_t apdu[1024];

		if (len > sizeof(apdu))
			len = sizeof(apdu);
		memcpy(apdu, peer->in.data, len);
		buf_drop(&peer->in, len);
		zvt_apdu(peer, apdu, data_at, len);
	}
}

/* An unstuffed APDU and its CRC, if they fit: ACK, then the answer. */
static void zvt_take_frame(struct peer *peer, const struct buf *apdu,
			   const uint8_t *crc)
{
	size_t data_at, len;

	if ((crc[0] | (unsigned int)crc[1] << 8) !=
		    zvt_crc(apdu->data, apdu->len) ||
	    !zvt_measure(apdu->data, apdu->len, &data_at, &len)) {
		peer_send(peer, "\x15", 1);
		return;
	}
	peer_send(peer, "\x06", 1);
	zvt_apdu(peer, apdu->data, data_at, len);
}

/* How long the frame at data is, with its APDU unstuffed; 0: not all there. */
static size_t zvt_unstuff(const struct buf *in, struct buf *apdu)
{
	size_t at = 2;

	for (; at + 3 < in->len; at++) {
		if (in->data[at] == 0x10 && in->data[at + 1] == 0x03)
			return at + 4;
		buf_add_byte(apdu, in->data[at]);
		at += in->data[at] == 0x10;
	}
	return 0;
}

static bool zvt_input_frame(struct peer *peer)
{
	struct buf apdu = BUF_INIT(1024);
	uint8_t crc[2];
	size_t len = zvt_unstuff(&peer->in, &apdu);

	if (len) {
		memcpy(crc, peer->in.data + len - 2, 2);
		buf_drop(&peer->in, len);
		zvt_take_frame(peer, &apdu, crc);
	}
	buf_free(&apdu);
	return len > 0;
}

static void zvt_input_serial(struct peer *peer)
{
	struct zvt *zvt = peer->state;

	while (peer->in.len) {
		uint8_t first = peer->in.data[0];

		if (first == 0x10 && peer->in.len > 1 &&
		    peer->in.data[1] == 0x02) {
			if (!zvt_input_frame(peer))
				return;
			continue;
		}
		if (first == 0x10 && peer->in.len == 1)
			return;
		if (first == 0x06)
			zvt_link_acknowledged(peer);
		else if (first == 0x15 && zvt->linked)
			zvt_send_frame(peer);
		buf_drop(&peer->in, 1);
	}
}

static void zvt_input(struct peer *peer)
{
	if (peer->serial)
		zvt_input_serial(peer);
	else
		zvt_input_tcp(peer);
}

static void zvt_down(struct peer *peer)
{
	struct zvt *zvt = peer->state;

	zvt->queued = 0;
	zvt->waiting = false;
	zvt->linked = 0;
}

/* A payment of 77.00, keyed in at the terminal. */
static void zvt_stranger(struct peer *peer)
{
	struct zvt *zvt = peer->state;

	zvt->last = (struct zvt_booking){ .amount = { 0, 0, 0, 0, 0x77, 0 },
					  .receipt = zvt->last.receipt + 1,
					  .trace = zvt->last.trace + 1,
					  .original_trace = -1 };
}

/* Somebody paid 25.00 before: a baseline. */
static void zvt_init(struct peer *peer)
{
	struct zvt *zvt = peer->state;

	zvt->last = (struct zvt_booking){ .amount = { 0, 0, 0, 0, 0x25, 0 },
					  .receipt = 231,
					  .trace = 231,
					  .original_trace = -1 };
}

const struct peer_class peer_zvt = { .class = DEVICE_TERMINAL,
				     .state_size = sizeof(struct zvt),
				     .init = zvt_init,
				     .input = zvt_input,
				     .down = zvt_down,
				     .stranger = zvt_stranger };
