/* SPDX-License-Identifier: Apache-2.0 */
/* The messages of a transaction's stages (protocol text 6). */
#include "sim/zvt_model.h"

#include <string.h>

#define PT_TAG_TEXTS 0x24
#define PT_TAG_TEXT  0x07

/* A fault strikes in place of a message: nothing of it is sent. */
bool pt_tell_strike(struct pt *pt)
{
	struct pt_fault *cut;

	pt->tx.messages++;
	if (pt_fault_take(pt, PT_FAULT_CLOSE)) {
		pt_power_hang_up(pt);
		return true;
	}
	cut = pt_fault_take(pt, PT_FAULT_POWER);
	if (cut) {
		pt_power_cut(pt, cut->ms);
		return true;
	}
	cut = pt_fault_take(pt, PT_FAULT_CABLE);
	if (cut)
		pt_cable_pull(pt, cut->ms);
	if (pt_fault_take(pt, PT_FAULT_SILENT))
		pt->quiet = true;
	return false;
}

static void pt_tell_now(struct pt *pt, const struct pt_message *message,
			bool stage)
{
	struct pt_awaited *awaited;

	if (pt->awaited_count == PT_AWAITED_MAX)
		return;
	awaited = &pt->awaited[pt->awaited_count++];
	*awaited = (struct pt_awaited){
		.code = message->code,
		.stage = stage,
		.delivered = !pt->quiet && !pt->cable_out,
	};
	pt_link_send(pt, message, true);
	awaited->number = pt->sequence;
}

static void pt_tell_hold(struct pt *pt, const struct pt_message *message,
			 bool stage, int64_t ms)
{
	pt_message_free(&pt->held);
	pt_message_init(&pt->held, message->code);
	pt_message_copy(&pt->held, message);
	pt->holding = true;
	pt->held_stage = stage;
	pt_time_set(pt, PT_TIMER_HELD, ms);
}

void pt_tell_held(struct pt *pt)
{
	if (!pt->holding)
		return;
	pt->holding = false;
	pt_tell_now(pt, &pt->held, pt->held_stage);
}

void pt_tell(struct pt *pt, const struct pt_message *message, bool stage)
{
	const struct pt_fault *late;

	if ((!pt->line_up && !pt->serial) || pt_tell_strike(pt))
		return;
	late = pt->holding ? NULL : pt_fault_take(pt, PT_FAULT_LATE);
	if (late) {
		pt_tell_hold(pt, message, stage, late->ms);
		return;
	}
	pt_tell_now(pt, message, stage);
	if (!pt_fault_take(pt, PT_FAULT_TWICE))
		return;
	pt->again = true;
	pt_tell_now(pt, message, false);
	pt->again = false;
}

void pt_tell_progress(struct pt *pt, uint8_t code, const char *text)
{
	struct pt_message message;
	struct buf list = BUF_INIT(128);

	pt_message_init(&message, PT_PROGRESS);
	buf_add_byte(&message.body, code);
	if (pt->tlv && text) {
		buf_add_byte(&message.body, 0x01); /* minutes of T4 */
		pt_tlv_add(&list, PT_TAG_TEXT, text, strlen(text));
		pt_tlv_add(&message.tlv, PT_TAG_TEXTS, list.data, list.len);
	}
	pt_tell(pt, &message, true);
	pt_message_free(&message);
	buf_free(&list);
}

void pt_tell_clock(struct pt *pt)
{
	struct kit_time time = kit_time_split(pt_time_now(pt));
	struct pt_message message;

	pt_message_init(&message, PT_SET_CLOCK);
	pt_put_bcd(&message, 0xaa,
		   time.year % 100 * 10000 + time.month * 100 + time.day, 3);
	pt_put_bcd(&message, 0x0c,
		   time.hour * 10000 + time.minute * 100 + time.second, 3);
	pt_tell(pt, &message, true);
	pt_message_free(&message);
}

void pt_tell_result(struct pt *pt)
{
	struct pt_message message;

	pt_message_init(&message, PT_STATUS);
	pt->tx.results++;
	if (pt->tx.deny_once)
		pt_put_byte(&message, 0x27, PT_CODE_PIN_WRONG);
	else
		pt->tx.flow->result(pt, &message);
	pt_tell(pt, &message, true);
	pt_message_free(&message);
}

/* Success ends with 06 0F, all else with 06 1E and the bare code. */
void pt_tell_end(struct pt *pt)
{
	struct pt_transaction *tx = &pt->tx;
	struct pt_message message;

	pt_message_init(&message, tx->code ? PT_ABORTED : PT_COMPLETION);
	if (tx->code)
		buf_add_byte(&message.body, tx->code);
	else if (tx->flow->end)
		tx->flow->end(pt, &message);
	if (tx->code == PT_CODE_RESERVATION)
		buf_add(&message.body, "\x87\xff\xff", 3);
	pt_tell(pt, &message, true);
	pt_message_free(&message);
}
