/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ZVT for people. A terminal tells card numbers and tracks in fields of their
 * own, in containers of makers' own, and on slips, and the register tells it a
 * password: so only the fields of a short list are shown, digits of no text,
 * and of a message that is not in the table its name. On a serial line a frame
 * is shown with the checksum of what is shown; on TCP, where nothing sets
 * messages apart but their lengths, nothing more is read once one made no sense.
 */
#include "terminal/zvt_trace.h"
#include "terminal/zvt_codec.h"
#include "terminal/zvt_link.h"
#include "terminal/zvt_text.h"

#include <string.h>

#define ZVT_ACK	 0x06
#define ZVT_NAK	 0x15
#define ZVT_DLE	 0x10
#define ZVT_STX	 0x02
#define ZVT_ETX	 0x03
#define ZVT_HEAD 2 /* 10 02 */
#define ZVT_TAIL 4 /* 10 03 CRC */

#define ZVT_PAGE       "cp437" /* the terminal may use another */
#define ZVT_TREE_DEPTH 4

/* --- what may be seen --- */

/* Amounts, numbers, times and codes of a booking; no text, nothing of a card
 * but its kind. */
static const uint8_t zvt_shown_fields[] = { 0x01, 0x02, 0x03, 0x04, 0x05,
					    0x0b, 0x0c, 0x0d, 0x19, 0x27,
					    0x29, 0x37, 0x3b, 0x49, 0x60,
					    0x87, 0x88, 0x8a, 0x8c, 0xa0 };

static const uint8_t zvt_text_fields[] = { 0x3c, 0x8b };

static const uint32_t zvt_shown_tags[] = { 0x09,   0x0a,   0x14,   0x1f07,
					   0x1f10, 0x1f11, 0x1f12, 0x1f2b,
					   0x1f36, 0x1f37, 0x1f73 };

#define ZVT_TEXT_TAG 0x07

static bool zvt_trace_has_byte(const uint8_t *list, size_t len, uint8_t id)
{
	return memchr(list, id, len) != NULL;
}

static bool zvt_trace_shows_tag(uint32_t tag)
{
	const size_t count = sizeof(zvt_shown_tags) / sizeof(*zvt_shown_tags);

	for (size_t i = 0; i < count; i++)
		if (zvt_shown_tags[i] == tag)
			return true;
	return false;
}

/* Of the first byte of a tag: holds others. */
static bool zvt_trace_is_tree(uint32_t tag)
{
	while (tag > 0xff)
		tag >>= 8;
	return tag & 0x20;
}

/* --- hiding --- */

/* Where a cursor's bytes stand in what is shown. */
static size_t zvt_trace_at(const struct trace *trace,
			   const struct cursor *cursor)
{
	return (size_t)(cursor->data - trace->shown.data);
}

static void zvt_trace_hide_rest(struct trace *trace, const struct cursor *rest)
{
	size_t at = zvt_trace_at(trace, rest);

	trace_hide(trace, at + rest->at, rest->len - rest->at, 0);
}

static void zvt_trace_hide_tree(struct trace *trace, struct cursor tree,
				int depth)
{
	struct zvt_tlv tlv;
	size_t before;

	for (;;) {
		enum zvt_next next;

		before = tree.at;
		next = zvt_tlv_next(&tree, &tlv);
		if (next == ZVT_NEXT_END)
			return;
		if (next == ZVT_NEXT_BROKEN)
			break;
		if (zvt_trace_is_tree(tlv.tag) && depth)
			zvt_trace_hide_tree(trace, tlv.value, depth - 1);
		else if (tlv.tag == ZVT_TEXT_TAG)
			trace_hide_digits(trace,
					  zvt_trace_at(trace, &tlv.value),
					  tlv.value.len);
		else if (!zvt_trace_shows_tag(tlv.tag))
			trace_hide(trace, zvt_trace_at(trace, &tlv.value),
				   tlv.value.len, 0);
	}
	tree.at = before;
	zvt_trace_hide_rest(trace, &tree);
}

static void zvt_trace_hide_field(struct trace *trace,
				 const struct zvt_field *field)
{
	size_t at = zvt_trace_at(trace, &field->value);
	size_t len = field->value.len;

	if (field->id == 0x06)
		zvt_trace_hide_tree(trace, field->value, ZVT_TREE_DEPTH);
	else if (zvt_trace_has_byte(zvt_text_fields, sizeof(zvt_text_fields),
				    field->id))
		trace_hide_digits(trace, at, len);
	else if (!zvt_trace_has_byte(zvt_shown_fields, sizeof(zvt_shown_fields),
				     field->id))
		trace_hide(trace, at, len, 0);
}

static void zvt_trace_hide_fields(struct trace *trace, struct cursor fields)
{
	struct zvt_field field;
	size_t before;

	for (;;) {
		enum zvt_next next;

		before = fields.at;
		next = zvt_field_next(&fields, &field);
		if (next == ZVT_NEXT_END)
			return;
		if (next == ZVT_NEXT_BROKEN)
			break;
		zvt_trace_hide_field(trace, &field);
	}
	fields.at = before;
	zvt_trace_hide_rest(trace, &fields);
}

/* --- the messages --- */

enum zvt_trace_form {
	ZVT_FORM_NONE,	 /* nothing of it is shown but its name */
	ZVT_FORM_FIELDS, /* after some bytes that are shown */
	ZVT_FORM_SECRET, /* the same after a password */
	ZVT_FORM_LINE,	 /* a line of a slip */
};

static const struct zvt_trace_row {
	uint16_t control;
	const char *words;
	enum zvt_trace_form form;
	size_t plain; /* bytes that stand before the fields */
} zvt_trace_rows[] = {
	{ ZVT_SET_CLOCK, "sets its clock by us", ZVT_FORM_NONE, 0 },
	{ ZVT_STATUS_INFORMATION, "result", ZVT_FORM_FIELDS, 0 },
	{ ZVT_INTERMEDIATE_STATUS, "says", ZVT_FORM_FIELDS, 2 },
	{ ZVT_STATUS_ENQUIRY, "how are you", ZVT_FORM_SECRET, 0 },
	{ ZVT_REGISTRATION, "registration", ZVT_FORM_SECRET, 3 },
	{ ZVT_AUTHORIZATION, "payment", ZVT_FORM_FIELDS, 0 },
	{ ZVT_LOG_OFF, "log-off", ZVT_FORM_NONE, 0 },
	{ ZVT_COMPLETION, "completion", ZVT_FORM_FIELDS, 0 },
	{ ZVT_ABORTED, "aborted", ZVT_FORM_FIELDS, 1 },
	{ ZVT_REPEAT_RECEIPT, "repeat the receipt", ZVT_FORM_SECRET, 0 },
	{ ZVT_PHONED, "payment by telephone", ZVT_FORM_SECRET, 0 },
	{ ZVT_REVERSAL, "reversal", ZVT_FORM_SECRET, 0 },
	{ ZVT_REFUND, "refund", ZVT_FORM_SECRET, 0 },
	{ ZVT_DAY_END, "end of day", ZVT_FORM_SECRET, 0 },
	{ ZVT_DIAGNOSIS, "diagnosis", ZVT_FORM_NONE, 0 },
	{ ZVT_INITIALISATION, "initialisation", ZVT_FORM_SECRET, 0 },
	{ ZVT_ABORT, "abort", ZVT_FORM_NONE, 0 },
	{ ZVT_PRINT_LINE, "prints a line", ZVT_FORM_LINE, 1 },
	{ ZVT_PRINT_BLOCK, "prints a block", ZVT_FORM_FIELDS, 0 },
	{ ZVT_SPEED, "another speed", ZVT_FORM_NONE, 0 },
};

static const struct zvt_trace_row *zvt_trace_row(uint16_t control)
{
	const size_t count = sizeof(zvt_trace_rows) / sizeof(*zvt_trace_rows);

	for (size_t i = 0; i < count; i++)
		if (zvt_trace_rows[i].control == control)
			return &zvt_trace_rows[i];
	return NULL;
}

/* data points into what is shown. */
static void zvt_trace_hide(struct trace *trace, const struct zvt_trace_row *row,
			   struct cursor data)
{
	size_t at = zvt_trace_at(trace, &data), plain = row->plain;

	if (row->form == ZVT_FORM_SECRET) {
		size_t len = data.len < ZVT_PASSWORD_SIZE ? data.len
							  : ZVT_PASSWORD_SIZE;

		trace_hide(trace, at, len, 0);
		plain += ZVT_PASSWORD_SIZE;
	}
	data.at = plain < data.len ? plain : data.len;
	switch (row->form) {
	case ZVT_FORM_NONE:
		trace_hide(trace, at, data.len, 0);
		return;
	case ZVT_FORM_LINE:
		trace_hide_digits(trace, at + data.at, data.len - data.at);
		return;
	case ZVT_FORM_FIELDS:
	case ZVT_FORM_SECRET:
		zvt_trace_hide_fields(trace, data);
		return;
	}
}

/* --- the completion of a status enquiry: told apart by position --- */

#define ZVT_ASKED 0 /* place in what is kept: an enquiry is under way */

static void zvt_trace_note_command(struct trace *trace, uint16_t control)
{
	if (trace->way == TRACE_OUT && !zvt_control_is_answer(control))
		trace->kept[ZVT_ASKED] = control == ZVT_STATUS_ENQUIRY;
}

static bool zvt_trace_is_enquiry(const struct trace *trace, uint16_t control)
{
	return trace->way == TRACE_IN && control == ZVT_COMPLETION &&
	       trace->kept[ZVT_ASKED];
}

/* The version of its software, if it tells it, and a status byte. */
static void zvt_trace_enquiry(struct trace *trace, struct cursor data)
{
	struct zvt_enquiry enquiry;
	size_t plain = 1;

	zvt_enquiry_read(data.data, data.len, &enquiry);
	if (enquiry.version.len) /* F1 F2 F3, and so many bytes */
		plain += 3 + 100 * (data.data[0] & 0xfU) +
			 10 * (data.data[1] & 0xfU) + (data.data[2] & 0xfU);
	data.at = plain < data.len ? plain : data.len;
	trace_say(trace, "its state: %02X", enquiry.status);
	if (enquiry.version.len) {
		trace_say(trace, ", software ");
		trace_say_bytes(trace, enquiry.version.data,
				enquiry.version.len, ZVT_PAGE);
	}
	zvt_trace_hide_fields(trace, data);
}

/* --- words: of what is shown, so they hold nothing that is not --- */

static void zvt_trace_say_number(struct trace *trace, const char *name,
				 int64_t number)
{
	if (number >= 0)
		trace_say(trace, ", %s %lld", name, (long long)number);
}

static void zvt_trace_say_fields(struct trace *trace, struct cursor data)
{
	struct zvt_info info;
	const char *card;

	zvt_info_read(data.data + data.at, cursor_left(&data), &info);
	if (info.numbers.result >= 0) {
		uint8_t result = (uint8_t)info.numbers.result;
		const char *words = zvt_text_result(result);

		trace_say(trace, " %02X%s%s", result, words ? ": " : "",
			  words ? words : "");
	}
	zvt_trace_say_number(trace, "amount", info.numbers.amount);
	zvt_trace_say_number(trace, "currency", info.numbers.currency);
	zvt_trace_say_number(trace, "trace", info.numbers.trace);
	zvt_trace_say_number(trace, "of trace", info.numbers.original);
	zvt_trace_say_number(trace, "receipt", info.numbers.receipt);
	zvt_trace_say_number(trace, "terminal", info.numbers.terminal);
	card = zvt_text_card(info.card_type);
	if (card)
		trace_say(trace, ", %s", card);
	if (info.text.len) {
		trace_say(trace, ", \"");
		trace_say_bytes(trace, info.text.data, info.text.len, ZVT_PAGE);
		trace_say(trace, "\"");
	}
}

static void zvt_trace_say_intermediate(struct trace *trace, uint8_t code)
{
	char text[ZVT_TEXT_SIZE];
	enum zvt_waits waits;

	zvt_text_intermediate(code, ZVT_ENGLISH, text, &waits);
	trace_say(trace, ": %s", text);
}

static void zvt_trace_say(struct trace *trace, const struct zvt_trace_row *row,
			  struct cursor data)
{
	trace_say(trace, "%s", row->words);
	if (row->control == ZVT_INTERMEDIATE_STATUS && data.len)
		zvt_trace_say_intermediate(trace, data.data[0]);
	if (row->control == ZVT_ABORTED && data.len) {
		const char *words = zvt_text_result(data.data[0]);

		trace_say(trace, " %02X%s%s", data.data[0], words ? ": " : "",
			  words ? words : "");
	}
	if (row->form == ZVT_FORM_LINE && data.len > row->plain) {
		trace_say(trace, ": ");
		trace_say_bytes(trace, data.data + row->plain,
				data.len - row->plain, ZVT_PAGE);
		return;
	}
	data.at = row->plain +
		  (row->form == ZVT_FORM_SECRET ? ZVT_PASSWORD_SIZE : 0);
	if (row->form != ZVT_FORM_NONE && data.at < data.len)
		zvt_trace_say_fields(trace, data);
}

static void zvt_trace_answer(struct trace *trace, const struct zvt_apdu *apdu)
{
	uint8_t error = (uint8_t)apdu->control;

	if (apdu->control >> 8 == 0x80 || !error)
		trace_say(trace, "yes");
	else
		trace_say(trace, "no: %02X", error);
}

/*
 * Of what trace shows, which is one message: says what it is, and hides what
 * may not be seen. An answer has data where it belongs to a command that we
 * never give, so none are shown.
 */
static void zvt_trace_message(struct trace *trace, const struct zvt_apdu *apdu)
{
	struct cursor data = cursor_make(apdu->data, apdu->len);
	const struct zvt_trace_row *row = zvt_trace_row(apdu->control);

	zvt_trace_note_command(trace, apdu->control);
	if (zvt_trace_is_enquiry(trace, apdu->control)) {
		zvt_trace_enquiry(trace, data);
		return;
	}
	if (row) {
		zvt_trace_hide(trace, row, data);
		zvt_trace_say(trace, row, data);
		return;
	}
	if (zvt_control_is_answer(apdu->control))
		zvt_trace_answer(trace, apdu);
	else
		trace_say(trace, "a message that is not known: %04X",
			  apdu->control);
	if (data.len)
		trace_hide(trace, zvt_trace_at(trace, &data), data.len, 0);
}

/* --- TCP --- */

static size_t zvt_trace_lose(struct trace *trace)
{
	trace->lost = true;
	return trace_strange(trace, trace->len);
}

static size_t zvt_trace_tcp(struct trace *trace)
{
	struct zvt_apdu apdu;
	size_t size;

	if (!zvt_class_is_known(trace->bytes[0]))
		return zvt_trace_lose(trace);
	if (zvt_apdu_read(trace->bytes, trace->len, &apdu, &size))
		return 0;
	trace_show(trace, size);
	if (trace->shown.failed)
		return zvt_trace_lose(trace);
	zvt_apdu_read(trace->shown.data, size, &apdu, &size);
	zvt_trace_message(trace, &apdu);
	return size;
}

/* --- serial lines --- */

/*
 * The end of a frame at the front, its checksum included; 0: it is not there
 * yet. Every 10 within is doubled, so 10 03 can only be its end.
 */
static size_t zvt_trace_frame_end(const struct trace *trace)
{
	size_t at = ZVT_HEAD;

	while (at + ZVT_TAIL <= trace->len) {
		if (trace->bytes[at] != ZVT_DLE)
			at++;
		else if (trace->bytes[at + 1] == ZVT_ETX)
			return at + ZVT_TAIL;
		else
			at += 2;
	}
	return 0;
}

/* The message in a frame: true if its checksum is right. */
static bool zvt_trace_unframe(const uint8_t *frame, size_t len,
			      struct buf *out_apdu)
{
	struct cursor tail = cursor_make(frame + len - 2, 2);
	uint16_t crc;

	for (size_t at = ZVT_HEAD; at < len - ZVT_TAIL; at++) {
		if (frame[at] == ZVT_DLE)
			at++; /* doubled */
		buf_add_byte(out_apdu, frame[at]);
	}
	crc = zvt_link_crc(out_apdu->data, out_apdu->len, 0);
	crc = zvt_link_crc((const uint8_t[]){ ZVT_ETX }, 1, crc);
	return out_apdu->len && !out_apdu->failed && cursor_le16(&tail) == crc;
}

static bool zvt_trace_is_hidden(const struct trace *trace, size_t at)
{
	for (size_t i = 0; i < trace->hidden_count; i++)
		if (at >= trace->hidden[i].at &&
		    at - trace->hidden[i].at < trace->hidden[i].len)
			return true;
	return false;
}

/* What a message shows, in the frame that it would have come in. */
static void zvt_trace_frame(struct trace *trace, const struct trace *inner)
{
	const struct buf *apdu = &inner->shown;
	size_t at = ZVT_HEAD;

	zvt_link_write_frame(&trace->shown, apdu->data, apdu->len);
	for (size_t i = 0; i < apdu->len && !trace->shown.failed; i++) {
		size_t len = apdu->data[i] == ZVT_DLE ? 2 : 1;

		if (zvt_trace_is_hidden(inner, i))
			trace_mark(trace, at, len);
		at += len;
	}
	if (trace->hidden_count)
		trace_mark(trace, trace->shown.len - 2, 2);
}

static void zvt_trace_take_frame(struct trace *trace, const struct buf *bytes)
{
	struct trace inner = *trace;
	struct zvt_apdu apdu;
	size_t size;

	inner.bytes = bytes->data;
	inner.len = bytes->len;
	buf_init(&inner.shown, TRACE_SHOWN_MAX);
	trace_show(&inner, bytes->len);
	if (zvt_apdu_read(inner.shown.data, bytes->len, &apdu, &size) ||
	    size != bytes->len) {
		trace_say(&inner, "a message of a wrong length");
	} else {
		zvt_trace_message(&inner, &apdu);
		zvt_trace_frame(trace, &inner);
	}
	trace->text = inner.text;
	buf_free(&inner.shown);
}

static size_t zvt_trace_serial_frame(struct trace *trace)
{
	struct buf apdu = BUF_INIT(ZVT_APDU_MAX);
	size_t len = zvt_trace_frame_end(trace);

	if (!len)
		return 0;
	if (zvt_trace_unframe(trace->bytes, len, &apdu))
		zvt_trace_take_frame(trace, &apdu);
	else
		trace_strange(trace, len);
	buf_free(&apdu);
	return len;
}

static size_t zvt_trace_single(struct trace *trace)
{
	size_t len = 1;

	while (len < trace->len && trace->bytes[len] == trace->bytes[0])
		len++;
	trace_say(trace, "%s",
		  trace->bytes[0] == ZVT_ACK ? "taken" : "not taken");
	trace_show(trace, len);
	return len;
}

/* Up to where something may begin. */
static size_t zvt_trace_serial_noise(struct trace *trace)
{
	size_t len = 1;

	while (len < trace->len && trace->bytes[len] != ZVT_DLE)
		len++;
	return trace_strange(trace, len);
}

static size_t zvt_trace_serial(struct trace *trace)
{
	uint8_t first = trace->bytes[0];

	if (first == ZVT_ACK || first == ZVT_NAK)
		return zvt_trace_single(trace);
	if (first != ZVT_DLE)
		return zvt_trace_serial_noise(trace);
	if (trace->len < ZVT_HEAD)
		return 0;
	if (trace->bytes[1] != ZVT_STX)
		return zvt_trace_serial_noise(trace);
	return zvt_trace_serial_frame(trace);
}

size_t zvt_trace(struct trace *trace)
{
	return trace->serial ? zvt_trace_serial(trace) : zvt_trace_tcp(trace);
}
