/* SPDX-License-Identifier: Apache-2.0 */
/* The till's commands and answers (protocol text 5), and who is master. */
#include "sim/zvt_model.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PT_PASSWORD_LEN	   3
#define PT_CONFIG_FALLBACK 0x86 /* after log-off (5.1) */
#define PT_WRONG_PASSWORD  0x37

enum pt_password { PT_NO_PASSWORD, PT_PASSWORD, PT_MAYBE_PASSWORD };

struct pt_order {
	const struct pt_fields *fields;
	const struct pt_apdu *apdu;
};

struct pt_command {
	uint16_t code;
	enum pt_password password;
	bool money;		    /* refused while an end-of-day is due */
	bool always;		    /* answered even when busy */
	const struct pt_flow *flow; /* NULL: the answer is all there is */
	/* takes what it needs; a code for 84 xx */
	uint8_t (*prepare)(struct pt *pt, const struct pt_order *order);
};

void pt_command_violate(struct pt *pt, const char *format, ...)
{
	char text[128];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	kit_show(&pt->model.host, "violation: %s", text);
	if (json_array_size(pt->violations) < PT_VIOLATIONS_MAX)
		json_array_append_new(pt->violations, json_string(text));
}

/* What a status enquiry is told (6.2). */
static uint8_t pt_command_state(const struct pt *pt)
{
	if (pt->busy || pt->tx.flow)
		return PT_CODE_WAIT;
	if (pt->end_of_day_needed)
		return PT_CODE_EOD_NEEDED;
	return pt->card_in ? PT_CODE_CARD_INSERTED : PT_CODE_OK;
}

static uint8_t pt_prepare_payment(struct pt *pt, const struct pt_order *order)
{
	const struct pt_fields *fields = order->fields;

	if (fields->amount <= 0)
		return PT_CODE_PROTOCOL;
	pt->tx.asked = fields->amount;
	pt->tx.wait = fields->wait;
	pt->tx.statuses = fields->statuses;
	if (fields->currency >= 0 && fields->currency != PT_EURO)
		pt->tx.code = PT_CODE_CURRENCY;
	return PT_CODE_OK;
}

static uint8_t pt_prepare_reversal(struct pt *pt, const struct pt_order *order)
{
	if (order->fields->receipt < 0)
		return PT_CODE_PROTOCOL;
	pt->tx.wanted = order->fields->receipt;
	pt->tx.asked = order->fields->amount;
	pt->tx.wait = order->fields->wait;
	pt->tx.statuses = order->fields->statuses;
	return PT_CODE_OK;
}

static uint8_t pt_prepare_totals(struct pt *pt, const struct pt_order *order)
{
	(void)order;
	pt->tx.at = pt_time_now(pt);
	return PT_CODE_OK;
}

static uint8_t pt_prepare_repeat(struct pt *pt, const struct pt_order *order)
{
	pt->tx.service = order->fields->service;
	if (!pt->has_last)
		pt->tx.code = PT_CODE_IMPOSSIBLE;
	return PT_CODE_OK;
}

/* Asked what it is like now, not while it answers. */
static uint8_t pt_prepare_status(struct pt *pt, const struct pt_order *order)
{
	int64_t service = order->fields->service;

	pt->tx.service = service > 0 ? service : 0;
	pt->tx.flow = NULL;
	pt->tx.next = pt_command_state(pt);
	pt->tx.flow = &pt_flow_status;
	return PT_CODE_OK;
}

static uint8_t pt_prepare_reservations(struct pt *pt,
				       const struct pt_order *order)
{
	(void)order;
	pt->tx.code = PT_CODE_RESERVATION; /* FFFF: there are none (5.4) */
	return PT_CODE_OK;
}

static uint8_t pt_prepare_reset(struct pt *pt, const struct pt_order *order)
{
	(void)order;
	pt->resets++;
	return PT_CODE_OK;
}

static uint8_t pt_prepare_clock(struct pt *pt, const struct pt_order *order)
{
	const struct pt_fields *fields = order->fields;
	char text[80];
	int64_t time;

	if (fields->date < 0 || fields->time < 0)
		return PT_CODE_PROTOCOL;
	snprintf(text, sizeof(text), "20%02d-%02d-%02dT%02d:%02d:%02d",
		 (int)(fields->date / 10000), (int)(fields->date / 100 % 100),
		 (int)(fields->date % 100), (int)(fields->time / 10000),
		 (int)(fields->time / 100 % 100), (int)(fields->time % 100));
	if (!kit_clock_parse(text, &time))
		return PT_CODE_PROTOCOL;
	pt->clock.set += time - pt_time_now(pt);
	return PT_CODE_OK;
}

static uint8_t pt_prepare_log_off(struct pt *pt, const struct pt_order *order)
{
	(void)order;
	pt->registered = false;
	pt->config = PT_CONFIG_FALLBACK;
	pt->sequence_on = false;
	return PT_CODE_OK;
}

/* config [CC [03 service] [06 TLV]]: the first two go by position (5.1). */
static uint8_t pt_prepare_register(struct pt *pt, const struct pt_order *order)
{
	struct cursor data = order->apdu->data;
	struct pt_fields fields;
	const uint8_t *currency;
	uint8_t config;

	cursor_take(&data, PT_PASSWORD_LEN);
	config = cursor_byte(&data);
	if (data.failed)
		return PT_CODE_PROTOCOL;
	if (cursor_left(&data)) {
		currency = cursor_take(&data, 2);
		if (!currency || pt_bcd_parse(currency, 2) != PT_EURO)
			return PT_CODE_CURRENCY;
	}
	if (!pt_fields_parse(data, &fields))
		return PT_CODE_IMPOSSIBLE;
	pt->config = config;
	pt->tlv = fields.tlv;
	pt->blocks = fields.blocks;
	pt->sequence_on = pt->sequence_allowed && fields.sequence >= 0;
	pt->sequence = fields.sequence > 0 ? fields.sequence : 0;
	pt->registered = true;
	pt->registrations++;
	return PT_CODE_OK;
}

static uint8_t pt_prepare_display(struct pt *pt, const struct pt_order *order)
{
	(void)order;
	kit_show(&pt->model.host, "display: (a text from the till)");
	return PT_CODE_OK;
}

/* clang-format off */
static const struct pt_command pt_commands[] = {
	{ 0x0501, PT_MAYBE_PASSWORD, false, true, &pt_flow_status,
	  pt_prepare_status },
	{ 0x0600, PT_PASSWORD, false, false, &pt_flow_register,
	  pt_prepare_register },
	{ 0x0601, PT_NO_PASSWORD, true, false, &pt_flow_payment,
	  pt_prepare_payment },
	{ 0x0602, PT_NO_PASSWORD, false, true, NULL, pt_prepare_log_off },
	{ 0x0610, PT_PASSWORD, false, false, &pt_flow_totals,
	  pt_prepare_totals },
	{ 0x0618, PT_NO_PASSWORD, false, false, &pt_flow_plain,
	  pt_prepare_reset },
	{ 0x0620, PT_PASSWORD, false, false, &pt_flow_repeat,
	  pt_prepare_repeat },
	{ 0x0623, PT_NO_PASSWORD, false, false, &pt_flow_plain,
	  pt_prepare_reservations },
	{ 0x0621, PT_PASSWORD, true, false, &pt_flow_phoned,
	  pt_prepare_payment },
	{ 0x0630, PT_PASSWORD, true, false, &pt_flow_reversal,
	  pt_prepare_reversal },
	{ 0x0631, PT_PASSWORD, true, false, &pt_flow_refund,
	  pt_prepare_payment },
	{ 0x0650, PT_PASSWORD, false, false, &pt_flow_end_of_day, NULL },
	{ 0x0670, PT_NO_PASSWORD, false, false, &pt_flow_diagnosis, NULL },
	{ 0x0691, PT_PASSWORD, false, false, &pt_flow_plain,
	  pt_prepare_clock },
	{ 0x0693, PT_PASSWORD, false, false, &pt_flow_initialise, NULL },
	{ 0x06b0, PT_NO_PASSWORD, false, true, NULL, NULL },
	{ 0x06e0, PT_NO_PASSWORD, false, false, NULL, pt_prepare_display },
};
/* clang-format on */

#define PT_CODE_STATUS	 0x0501
#define PT_CODE_REGISTER 0x0600
#define PT_CODE_ABORT	 0x06b0
#define PT_CODE_DISPLAY	 0x06e0

static const struct pt_command *pt_command_find(uint16_t code)
{
	for (size_t i = 0; i < sizeof(pt_commands) / sizeof(pt_commands[0]);
	     i++)
		if (pt_commands[i].code == code)
			return &pt_commands[i];
	return NULL;
}

static void pt_command_answer(struct pt *pt, uint8_t code)
{
	static const uint8_t euro[] = { PT_CODE_CURRENCY, 0x09, 0x78 };
	struct pt_message message;

	pt_message_init(&message, code ? (uint16_t)(PT_NEGATIVE | code)
				       : (uint16_t)PT_POSITIVE);
	if (code == PT_CODE_CURRENCY) {
		message.code = PT_NEGATIVE | 0x1e;
		buf_add(&message.body, euro, sizeof(euro));
	}
	pt_link_send(pt, &message, false);
	pt_message_free(&message);
}

void pt_command_accept_late(struct pt *pt)
{
	if (pt_tell_strike(pt))
		return;
	pt_command_answer(pt, PT_CODE_OK);
	pt_flow_begin(pt);
}

static void pt_command_accept(struct pt *pt)
{
	int64_t late = pt->next_late;

	pt->next_late = 0;
	if (late)
		pt_time_set(pt, PT_TIMER_LATE, late);
	else
		pt_command_accept_late(pt);
}

/* Takes the password off; false if it is missing or another one. */
static bool pt_password_check(const struct pt *pt, enum pt_password password,
			      struct cursor *data)
{
	const uint8_t *digits;

	if (password == PT_NO_PASSWORD ||
	    (password == PT_MAYBE_PASSWORD && !cursor_left(data)))
		return true;
	digits = cursor_take(data, PT_PASSWORD_LEN);
	return digits && pt_bcd_parse(digits, PT_PASSWORD_LEN) == pt->password;
}

/* Those two have data that are no bitmaps, at least not from the start. */
static uint8_t pt_command_read(const struct pt *pt,
			       const struct pt_command *command,
			       const struct pt_apdu *apdu,
			       struct pt_fields *out_fields)
{
	struct cursor data = apdu->data;

	if (pt->busy && !command->always)
		return PT_CODE_WAIT;
	if (!pt_password_check(pt, command->password, &data))
		return PT_WRONG_PASSWORD;
	if (command->code == PT_CODE_REGISTER ||
	    command->code == PT_CODE_DISPLAY)
		data = cursor_make(NULL, 0);
	return pt_fields_parse(data, out_fields) ? PT_CODE_OK
						 : PT_CODE_IMPOSSIBLE;
}

static void pt_command_remember(struct pt *pt, const struct pt_apdu *apdu)
{
	struct pt_message *command = &pt->tx.command;

	command->code = apdu->code;
	buf_reset(&command->body);
	buf_add(&command->body, apdu->data.data, apdu->data.len);
}

static void pt_command_start(struct pt *pt, const struct pt_command *command,
			     const struct pt_apdu *apdu)
{
	struct pt_fields fields;
	const struct pt_order order = { &fields, apdu };
	uint8_t code = pt_command_read(pt, command, apdu, &fields);

	if (!code) {
		if (fields.sequence >= 0)
			pt->sequence = fields.sequence;
		pt_flow_drop(pt);
		pt->tx.flow = command->flow;
		if (command->prepare)
			code = command->prepare(pt, &order);
	}
	if (code || !command->flow) {
		pt->tx.flow = NULL;
		pt_command_answer(pt, code);
		return;
	}
	pt_command_remember(pt, apdu);
	if (command->money && pt->end_of_day_needed)
		pt->tx.code = PT_CODE_EOD_NEEDED;
	pt_command_accept(pt);
}

/* 06 B0 while something runs: terminals differ (7.3). */
static void pt_command_abort(struct pt *pt)
{
	bool early = pt_flow_stage(pt) < PT_STAGE_HOST &&
		     pt->tx.flow->payment && !pt->tx.jump;

	switch (pt->abort_rule) {
	case PT_UNTIL_HOST:
		pt_command_answer(pt, early ? PT_CODE_OK : PT_CODE_IMPOSSIBLE);
		if (early)
			pt_flow_fail(pt, PT_CODE_STOPPED);
		break;
	case PT_ALWAYS_8483:
		pt_command_answer(pt, PT_CODE_IMPOSSIBLE);
		break;
	case PT_IGNORE:
		break;
	case PT_TOO_LATE_APPROVES:
		pt_command_answer(pt, PT_CODE_OK);
		break;
	}
}

/* 05 01 in the middle of a payment is answered "wait" (3, Mastership). */
static void pt_command_status(struct pt *pt)
{
	struct pt_message message;

	pt_command_answer(pt, PT_CODE_OK);
	pt_message_init(&message, PT_COMPLETION);
	buf_add_byte(&message.body, PT_CODE_WAIT);
	pt_tell(pt, &message, false);
	pt_message_free(&message);
}

/* The till repeats its frame because our ACK did not reach it (2.1). */
static bool pt_command_is_repeat(const struct pt *pt,
				 const struct pt_apdu *apdu)
{
	const struct pt_message *last = &pt->tx.command;

	return pt->serial && !pt->tx.answers && last->code == apdu->code &&
	       last->body.len == apdu->data.len &&
	       (!apdu->data.len ||
		!memcmp(last->body.data, apdu->data.data, apdu->data.len));
}

static void pt_command_take_sequence(struct pt *pt, const struct pt_apdu *apdu)
{
	struct pt_fields fields;

	if (pt->sequence_on && pt_fields_parse(apdu->data, &fields) &&
	    fields.sequence >= 0)
		pt->sequence = fields.sequence;
}

static bool pt_command_is_mute(const struct pt *pt)
{
	return pt->quiet || pt->holding || pt->deadlines[PT_TIMER_LATE] >= 0;
}

static void pt_command_interrupt(struct pt *pt, const struct pt_apdu *apdu)
{
	pt_command_take_sequence(pt, apdu);
	if (pt_command_is_repeat(pt, apdu)) {
		pt->link_repeats++;
		if (!pt->queue_count && pt->deadlines[PT_TIMER_LATE] < 0)
			pt_command_answer(pt, PT_CODE_OK);
	} else if (apdu->code == PT_CODE_ABORT) {
		pt_command_abort(pt);
	} else if (apdu->code == PT_CODE_STATUS) {
		pt_command_status(pt);
	} else {
		/* 8.5, R2: a till that hears nothing may register anew */
		if (!pt->tx.alone &&
		    !(pt_command_is_mute(pt) && apdu->code == PT_CODE_REGISTER))
			pt_command_violate(pt, "command %04x while %s runs",
					   apdu->code, pt->tx.flow->name);
		pt_command_answer(pt, PT_CODE_WAIT);
	}
}

static void pt_answer_check_sequence(struct pt *pt, const struct pt_apdu *apdu,
				     int64_t number)
{
	struct pt_fields fields;

	if (!pt->sequence_on)
		return;
	if (!pt_fields_parse(apdu->data, &fields) || fields.sequence != number)
		pt_command_violate(pt,
				   "answer %04x without the sequence "
				   "number %lld",
				   apdu->code, (long long)number);
}

/* Every message of ours is answered once, and in order. */
static void pt_answer_take(struct pt *pt, const struct pt_apdu *apdu)
{
	struct pt_awaited awaited = pt->awaited[0];

	if (!pt->awaited_count) {
		if (pt->ack_lost)
			pt->link_repeats++;
		else
			pt_command_violate(pt, "answer %04x to nothing",
					   apdu->code);
		return;
	}
	pt->awaited_count--;
	memmove(pt->awaited, pt->awaited + 1,
		pt->awaited_count * sizeof(pt->awaited[0]));
	pt_time_clear(pt, PT_TIMER_T3);
	/* of one that is still on its way T3 begins when it has arrived */
	if (pt->awaited_count && !pt->queue_count)
		pt_time_set(pt, PT_TIMER_T3, PT_T3_MS);
	pt_answer_check_sequence(pt, apdu, awaited.number);
	if (awaited.stage)
		pt_flow_answered(pt, apdu->code);
}

void pt_command_take(struct pt *pt, const struct pt_apdu *apdu)
{
	const struct pt_command *command;

	if (apdu->code >> 8 == 0x80 || apdu->code >> 8 == 0x84) {
		pt_answer_take(pt, apdu);
		return;
	}
	pt->commands++;
	/* the line failed: an answer that comes now is to something newer */
	if (pt->awaited_count && !pt->awaited[0].delivered)
		pt_link_fail(pt);
	command = pt_command_find(apdu->code);
	if (pt->tx.flow)
		pt_command_interrupt(pt, apdu);
	else if (command)
		pt_command_start(pt, command, apdu);
	else
		pt_command_answer(pt, PT_CODE_IMPOSSIBLE);
}
