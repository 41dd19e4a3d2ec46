/* SPDX-License-Identifier: Apache-2.0 */
/* The status information 04 0F of each transaction (protocol text 5, 6). */
#include "sim/zvt_model.h"

#include <string.h>

#define PT_PAYMENT_PIN 0x70

/* An invented number; its issuer range is the usual one for tests. */
static const uint8_t pt_pan[] = {
	0x41, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11
};
static const uint8_t pt_pan_masked[] = { 0xee, 0xee, 0xee, 0xee,
					 0xee, 0xee, 0x11, 0x11 };
static const uint8_t pt_track[] = { 0x41, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
				    0x11, 0xd3, 0x01, 0x22, 0x01, 0x00, 0x00,
				    0x00, 0x00, 0x00, 0x00, 0x0f };

static void pt_result_put_time(const struct pt *pt, struct pt_message *message)
{
	struct kit_time time = kit_time_split(pt->tx.at);

	pt_put_bcd(message, 0x0c,
		   time.hour * 10000 + time.minute * 100 + time.second, 3);
	pt_put_bcd(message, 0x0d, time.month * 100 + time.day, 2);
}

static void pt_result_put_card(const struct pt *pt, struct pt_message *message)
{
	const struct pt_card *card = &pt_cards[pt->card];

	if (pt->pan_full) {
		pt_put_var(message, 0x22, 2, pt_pan, sizeof(pt_pan));
		pt_put_var(message, 0x23, 2, pt_track, sizeof(pt_track));
	} else {
		pt_put_var(message, 0x22, 2, pt_pan_masked,
			   sizeof(pt_pan_masked));
	}
	pt_put_byte(message, 0x8a, card->type);
	pt_put_var(message, 0x8b, 2, card->name, strlen(card->name) + 1);
}

static void pt_result_put_tags(const struct pt *pt, struct pt_message *message)
{
	uint8_t kind[] = { 0x1f, 0x10, 0x01, 0x02, 0x1f, 0x11,
			   0x01, 0x01, 0x1f, 0x12, 0x01, 0x01 };
	struct buf tip = BUF_INIT(6);

	if (!pt->tlv)
		return;
	if (pt->tx.signature)
		kind[3] = 0x01;
	pt_tlv_add(&message->tlv, 0x2f, kind, sizeof(kind));
	if (pt->tx.converted)
		pt_tlv_add(&message->tlv, 0xe2, NULL, 0);
	if (pt->tx.tip) {
		pt_bcd_add(&tip, pt->tx.tip, 6);
		pt_tlv_add(&message->tlv, 0x1f36, tip.data, tip.len);
	}
	if (pt->tx.strange)
		pt_tlv_add(&message->tlv, 0x1f7e, "?", 1);
	buf_free(&tip);
}

static void pt_result_put_numbers(const struct pt *pt,
				  struct pt_message *message)
{
	static const char authorisation[8] = "730415";

	pt_put_bcd(message, 0x29, pt->tid, 4);
	buf_add_byte(&message->body, 0x3b);
	buf_add(&message->body, authorisation, sizeof(authorisation));
	pt_put_bcd(message, 0x87, pt->tx.receipt, 2);
	pt_put_bcd(message, 0x88, pt->turnover + !pt->tx.booked, 3);
	pt_put_bcd(message, 0x0b, pt->tx.trace, 3);
	pt_put_byte(message, 0x19, PT_PAYMENT_PIN);
}

/* A bitmap that no table has comes last: nothing can be read after it. */
static void pt_result_put_approved(const struct pt *pt,
				   struct pt_message *message)
{
	pt_put_byte(message, 0x27, PT_CODE_OK);
	pt_put_bcd(message, 0x04, pt->tx.amount, 6);
	pt_put_bcd(message, 0x49, pt->tx.converted ? PT_ZLOTY : PT_EURO, 2);
	pt_result_put_time(pt, message);
	pt_result_put_card(pt, message);
	pt_result_put_numbers(pt, message);
	pt_result_put_tags(pt, message);
	if (pt->tx.strange && !message->tlv.len)
		pt_put_byte(message, 0x77, 0x00);
}

void pt_result_payment(struct pt *pt, struct pt_message *message)
{
	if (!pt->tx.code) {
		pt_result_put_approved(pt, message);
		return;
	}
	pt_put_byte(message, 0x27, pt->tx.code);
	pt_put_bcd(message, 0x29, pt->tid, 4);
}

void pt_result_reversal(struct pt *pt, struct pt_message *message)
{
	if (pt->tx.code) {
		pt_put_byte(message, 0x27, pt->tx.code);
		return;
	}
	pt_result_put_approved(pt, message);
	pt_put_bcd(message, 0x37, pt->tx.original_trace, 3);
}

static void pt_result_put_totals(const struct pt_totals *totals,
				 struct pt_message *message)
{
	struct buf data = BUF_INIT(4 + PT_SLOTS * 7);

	pt_bcd_add(&data, totals->first, 2);
	pt_bcd_add(&data, totals->last, 2);
	for (int i = 0; i < PT_SLOTS; i++) {
		buf_add_byte(&data, (uint8_t)totals->counts[i]);
		pt_bcd_add(&data, totals->sums[i], 6);
	}
	pt_put_var(message, 0x60, 3, data.data, data.len);
	buf_free(&data);
}

void pt_result_totals(struct pt *pt, struct pt_message *message)
{
	struct pt_totals totals = pt_book_total(pt);

	pt_put_byte(message, 0x27, pt->tx.code);
	if (pt->tx.code)
		return;
	pt_put_bcd(message, 0x04, totals.sum, 6);
	pt_result_put_time(pt, message);
	pt_result_put_totals(&totals, message);
}

void pt_result_repeat(struct pt *pt, struct pt_message *message)
{
	pt_message_copy(message, &pt->last);
}
