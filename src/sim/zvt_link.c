/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The link: on a serial line each frame is acknowledged by a byte, repeated
 * twice on NAK or silence (protocol text 2.1); on TCP there is nothing (2.2).
 */
#include "sim/zvt_model.h"

#include <string.h>

#define PT_GAP_MS	    300
#define PT_TLV_TAG_SEQUENCE 0x1f73

void pt_link_flush(struct pt *pt)
{
	const struct model_host *host = &pt->model.host;
	size_t step = pt->split > 0 ? (size_t)pt->split : pt->out.len;
	size_t at, len;

	for (at = 0;
	     at < pt->out.len && pt->line_up && !pt->off && !pt->cable_out;
	     at += len) {
		len = pt->out.len - at < step ? pt->out.len - at : step;
		host->send(host->arg, pt->out.data + at, len);
	}
	buf_reset(&pt->out);
}

static void pt_link_byte(struct pt *pt, uint8_t byte)
{
	if (!pt->quiet)
		buf_add_byte(&pt->out, byte);
}

static void pt_link_pop(struct pt *pt)
{
	buf_free(&pt->queue[0].apdu);
	pt->queue_count--;
	memmove(pt->queue, pt->queue + 1,
		pt->queue_count * sizeof(pt->queue[0]));
	pt->sends = 0;
}

/* Half of it now, half after more than T1. */
static void pt_link_tear(struct pt *pt, struct buf *frame)
{
	size_t half = frame->len / 2;

	buf_add(&pt->later, frame->data + half, frame->len - half);
	buf_add(&pt->out, frame->data, half);
	pt_time_set(pt, PT_TIMER_GAP, PT_GAP_MS);
}

void pt_link_end_gap(struct pt *pt)
{
	buf_add(&pt->out, pt->later.data, pt->later.len);
	buf_reset(&pt->later);
}

static void pt_link_transmit(struct pt *pt)
{
	const struct buf *apdu = &pt->queue[0].apdu;
	struct buf frame = BUF_INIT(2 * PT_APDU_MAX + 8);

	pt_frame_add(&frame, apdu->data, apdu->len);
	if (pt_fault_take(pt, PT_FAULT_CORRUPT))
		frame.data[frame.len - 1] ^= 0x20; /* in the checksum */
	if (pt->quiet || pt_fault_take(pt, PT_FAULT_LOSE_REPLY))
		buf_reset(&frame);
	if (frame.len && pt_fault_take(pt, PT_FAULT_GAP))
		pt_link_tear(pt, &frame);
	else
		buf_add(&pt->out, frame.data, frame.len);
	buf_free(&frame);
	pt->sends++;
	pt_time_set(pt, PT_TIMER_T2, PT_T2_MS);
}

static void pt_link_next(struct pt *pt)
{
	if (pt->queue_count && !pt->sends)
		pt_link_transmit(pt);
}

static void pt_link_acknowledged(struct pt *pt)
{
	bool message;

	if (!pt->queue_count || !pt->sends)
		return;
	message = pt->queue[0].message;
	pt_link_pop(pt);
	pt_time_clear(pt, PT_TIMER_T2);
	if (message)
		pt_time_set(pt, PT_TIMER_T3, PT_T3_MS);
	pt_link_next(pt);
}

void pt_link_fail(struct pt *pt)
{
	while (pt->queue_count)
		pt_link_pop(pt);
	pt_time_clear(pt, PT_TIMER_T2);
	pt_time_clear(pt, PT_TIMER_T3);
	pt->awaited_count = 0;
	pt_flow_unanswered(pt);
}

/* NAK or silence: the same frame again, three times in all. */
static void pt_link_again(struct pt *pt)
{
	if (!pt->queue_count || !pt->sends)
		return;
	if (pt->sends == PT_SENDS_MAX) {
		pt_link_fail(pt);
		return;
	}
	pt->link_repeats++;
	pt_link_transmit(pt);
}

void pt_link_end_t2(struct pt *pt)
{
	pt_link_again(pt);
}

void pt_link_end_t1(struct pt *pt)
{
	if (!pt_ear_is_inside(&pt->ear))
		return;
	pt_ear_reset(&pt->ear);
	if (pt->serial)
		pt_link_byte(pt, PT_NAK);
	else
		pt_power_hang_up(pt);
}

static void pt_link_add_sequence(struct pt *pt, struct pt_message *message,
				 bool wants_answer)
{
	struct buf number = BUF_INIT(3);

	if (!pt->sequence_on)
		return;
	if (wants_answer && !pt->again)
		pt->sequence = pt->sequence % 999999 + 1;
	pt_bcd_add(&number, pt->sequence, 3);
	pt_tlv_add(&message->tlv, PT_TLV_TAG_SEQUENCE, number.data, number.len);
	buf_free(&number);
}

static void pt_link_send_tcp(struct pt *pt, const struct buf *apdu,
			     bool wants_answer)
{
	if (!pt->quiet && !pt_fault_take(pt, PT_FAULT_LOSE_REPLY))
		buf_add(&pt->out, apdu->data, apdu->len);
	else if (pt->awaited_count)
		pt->awaited[pt->awaited_count - 1].delivered &= !wants_answer;
	if (wants_answer)
		pt_time_set(pt, PT_TIMER_T3, PT_T3_MS);
}

static void pt_link_send_serial(struct pt *pt, const struct buf *apdu,
				bool wants_answer)
{
	struct pt_sent *slot;

	if (pt->queue_count == PT_QUEUE_MAX)
		return;
	slot = &pt->queue[pt->queue_count++];
	slot->message = wants_answer;
	buf_init(&slot->apdu, PT_APDU_MAX);
	buf_add(&slot->apdu, apdu->data, apdu->len);
	pt_link_next(pt);
}

void pt_link_send(struct pt *pt, const struct pt_message *message,
		  bool wants_answer)
{
	struct buf apdu = BUF_INIT(PT_APDU_MAX);
	struct pt_message whole;

	pt_message_init(&whole, message->code);
	pt_message_copy(&whole, message);
	pt_link_add_sequence(pt, &whole, wants_answer);
	pt_message_build(&whole, &apdu);
	if (pt->serial)
		pt_link_send_serial(pt, &apdu, wants_answer);
	else
		pt_link_send_tcp(pt, &apdu, wants_answer);
	pt_message_free(&whole);
	buf_free(&apdu);
}

static bool pt_link_is_answer(const struct pt_apdu *apdu)
{
	return apdu->code >> 8 == 0x80 || apdu->code >> 8 == 0x84;
}

/*
 * An answer while the till has not even acknowledged our newer message: the
 * one from before once more, since our ACK got lost.
 */
static bool pt_link_is_repeat(const struct pt *pt, const struct pt_apdu *apdu)
{
	return pt->serial && pt->ack_lost && pt_link_is_answer(apdu) &&
	       pt->queue_count && pt->sends && pt->queue[0].message;
}

/* An answer to our command stands for the ACK that went missing (2.1). */
static void pt_link_imply(struct pt *pt, const struct pt_apdu *apdu)
{
	if (pt_link_is_answer(apdu) && pt->sends && pt->queue_count &&
	    pt->queue[0].message)
		pt_link_acknowledged(pt);
}

static bool pt_link_refuses(struct pt *pt)
{
	const struct pt_fault *nak;

	if (!pt->serial)
		return false;
	nak = pt_fault_take(pt, PT_FAULT_NAK);
	if (nak)
		pt->naks = nak->ms;
	if (pt->naks <= 0)
		return false;
	pt->naks--;
	if (pt->awaited_count) /* it is not the till that does not answer */
		pt->awaited[0].delivered = false;
	return true;
}

static void pt_link_hear_apdu(struct pt *pt)
{
	struct pt_apdu apdu =
		pt_apdu_parse(pt->ear.apdu.data, pt->ear.apdu.len);

	bool lost;

	if (pt_link_refuses(pt)) {
		pt_link_byte(pt, PT_NAK);
		return;
	}
	lost = pt->serial && pt_fault_take(pt, PT_FAULT_LOSE_ACK);
	if (pt->serial && !lost)
		pt_link_byte(pt, PT_ACK);
	if (pt_link_is_repeat(pt, &apdu)) {
		pt->link_repeats++;
	} else {
		if (pt->serial)
			pt_link_imply(pt, &apdu);
		pt_command_take(pt, &apdu);
	}
	pt->ack_lost = lost || pt->cable_out;
}

static void pt_link_hear(struct pt *pt, enum pt_heard heard)
{
	switch (heard) {
	case PT_HEARD_NOTHING:
		break;
	case PT_HEARD_ACK:
		if (!pt_fault_take(pt, PT_FAULT_DROP_ACK))
			pt_link_acknowledged(pt);
		break;
	case PT_HEARD_NAK:
		pt_link_again(pt);
		break;
	case PT_HEARD_APDU:
		pt_link_hear_apdu(pt);
		break;
	case PT_HEARD_BROKEN:
		pt_ear_reset(&pt->ear);
		if (pt->serial)
			pt_link_byte(pt, PT_NAK);
		else
			pt_power_hang_up(pt);
		break;
	}
}

/* A message piecemeal: T1 between bytes, on TCP T3 for all of it. */
void pt_link_input(struct pt *pt, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len && !pt->off && !pt->deaf && !pt->cable_out;
	     i++) {
		bool inside = pt_ear_is_inside(&pt->ear);

		pt_link_hear(pt, pt_ear_feed(&pt->ear, data[i]));
		if (!pt_ear_is_inside(&pt->ear))
			pt_time_clear(pt, PT_TIMER_T1);
		else if (pt->serial || !inside)
			pt_time_set(pt, PT_TIMER_T1,
				    pt->serial ? PT_T1_MS : PT_T3_MS);
	}
}

void pt_link_reset(struct pt *pt)
{
	while (pt->queue_count)
		pt_link_pop(pt);
	pt->awaited_count = 0;
	pt_ear_reset(&pt->ear);
	buf_reset(&pt->later);
	pt_time_clear(pt, PT_TIMER_T1);
	pt_time_clear(pt, PT_TIMER_T2);
	pt_time_clear(pt, PT_TIMER_T3);
	pt_time_clear(pt, PT_TIMER_GAP);
}

void pt_link_free(struct pt *pt)
{
	pt_link_reset(pt);
	buf_free(&pt->ear.apdu);
	buf_free(&pt->later);
	buf_free(&pt->out);
}
