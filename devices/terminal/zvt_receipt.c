/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/zvt_private.h"

#include "util/json.h"

#include <string.h>

#define ZVT_RECEIPT_LINES 500 /* of all receipts of one operation */

/* Print attribute (06 D1 and tag 09). */
#define ZVT_PRINT_FEED	 0xff /* 06 D1: the next byte counts line feeds */
#define ZVT_PRINT_END	 0x80 /* with any other bit: end of a receipt */
#define ZVT_PRINT_CENTRE 0x40
#define ZVT_PRINT_INDENT 0x0f

#define ZVT_RECEIPT_SIGNATURE 0x02 /* 1F37: it has a line to sign on */

static bool zvt_receipt_is_end(uint8_t attribute)
{
	return attribute & ZVT_PRINT_END && attribute != ZVT_PRINT_END;
}

/* Terminals that don't say which copy it is mostly print it on it. */
static enum zvt_copy zvt_receipt_guess(const json_t *lines)
{
	static const struct {
		const char *word;
		enum zvt_copy copy;
	} words[] = {
		{ "kundenbeleg", ZVT_COPY_CUSTOMER },
		{ "customer", ZVT_COPY_CUSTOMER },
		{ "cardholder copy", ZVT_COPY_CUSTOMER },
		{ "ndlerbeleg", ZVT_COPY_MERCHANT }, /* whatever its A umlaut */
		{ "merchant copy", ZVT_COPY_MERCHANT },
		{ "merchant receipt", ZVT_COPY_MERCHANT },
	};
	json_t *line;
	size_t at;

	json_array_foreach (lines, at, line)
		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
			if (strcasestr(json_string_value(line), words[i].word))
				return words[i].copy;
	return ZVT_COPY_UNKNOWN;
}

/* Puts the receipt that was being printed where it belongs: without a hint
 * the merchant's copy comes first. */
static void zvt_receipts_file(struct zvt_receipts *receipts)
{
	enum zvt_copy copy = receipts->copy;
	json_t *lines = receipts->current;
	json_t **place;

	receipts->current = NULL;
	receipts->copy = ZVT_COPY_UNKNOWN;
	if (!lines)
		return;
	if (copy == ZVT_COPY_UNKNOWN)
		copy = zvt_receipt_guess(lines);
	if (copy == ZVT_COPY_UNKNOWN && receipts->administrative)
		copy = ZVT_COPY_OTHER;
	if (copy == ZVT_COPY_UNKNOWN)
		copy = receipts->merchant ? ZVT_COPY_CUSTOMER
					  : ZVT_COPY_MERCHANT;
	place = copy == ZVT_COPY_CUSTOMER ? &receipts->customer
		: copy == ZVT_COPY_OTHER  ? &receipts->administration
					  : &receipts->merchant;
	if (*place)
		json_array_extend(*place, lines);
	else
		*place = json_incref(lines);
	json_decref(lines);
}

static void zvt_receipts_add(struct zvt_receipts *receipts, const char *text)
{
	if (receipts->lines >= ZVT_RECEIPT_LINES)
		return;
	receipts->lines++;
	if (!receipts->current)
		receipts->current = json_array();
	json_array_append_new(receipts->current, json_string(text));
}

static void zvt_receipts_add_text(struct zvt_receipts *receipts,
				  uint8_t attribute, struct cursor text,
				  const char *page)
{
	struct buf line = BUF_INIT(4096);

	if (!(attribute & (ZVT_PRINT_END | ZVT_PRINT_CENTRE)))
		for (int i = attribute & ZVT_PRINT_INDENT; i > 0; i--)
			buf_add_byte(&line, ' ');
	zvt_text_add(&line, text, page);
	zvt_receipts_add(receipts, buf_text(&line));
	buf_free(&line);
}

static enum zvt_copy zvt_receipt_copy(struct cursor value)
{
	if (value.len == 1 && value.data[0] == 0x01)
		return ZVT_COPY_MERCHANT;
	if (value.len == 1 && value.data[0] == 0x02)
		return ZVT_COPY_CUSTOMER;
	return ZVT_COPY_OTHER; /* 03: administration */
}

/*
 * Card complete appends a container with the kind of receipt to the text,
 * which the specification does not know: 06 04 1F 07 01 tt (docs/protocols.md
 * 9). One was seen to say "merchant" on a line of the customer's: only the
 * first counts.
 */
static struct cursor zvt_receipt_strip(struct zvt_receipts *receipts,
				       struct cursor text)
{
	for (size_t at = 0; at + 2 < text.len; at++) {
		struct cursor rest = cursor_make(text.data + at, text.len - at);
		struct zvt_field field;
		struct cursor kind;

		if (text.data[at] != 0x06 ||
		    zvt_field_next(&rest, &field) != ZVT_NEXT_FOUND ||
		    cursor_left(&rest) ||
		    !zvt_tlv_find(field.value, 0x1f07, &kind))
			continue;
		if (receipts->copy == ZVT_COPY_UNKNOWN)
			receipts->copy = zvt_receipt_copy(kind);
		return cursor_make(text.data, at);
	}
	return text;
}

void zvt_receipts_take_line(struct zvt_receipts *receipts,
			    const struct zvt_settings *settings,
			    const uint8_t *data, size_t len)
{
	struct cursor cursor = cursor_make(data, len), text;
	uint8_t attribute = cursor_byte(&cursor);

	if (attribute == ZVT_PRINT_FEED) {
		for (int feeds = cursor_byte(&cursor); feeds > 0; feeds--)
			zvt_receipts_add(receipts, "");
		return;
	}
	text = cursor_part(&cursor, cursor_left(&cursor));
	if (settings->strip_tlv)
		text = zvt_receipt_strip(receipts, text);
	/* a bare end mark is no blank line */
	if (text.len || !zvt_receipt_is_end(attribute))
		zvt_receipts_add_text(receipts, attribute, text,
				      settings->page);
	if (zvt_receipt_is_end(attribute))
		zvt_receipts_file(receipts);
}

/* Lines (07), each as the attribute (09) before it says. */
static void zvt_receipts_take_lines(struct zvt_receipts *receipts,
				    struct cursor lines, const char *page)
{
	struct zvt_tlv tlv;
	uint8_t attribute = 0;

	while (zvt_tlv_next(&lines, &tlv) == ZVT_NEXT_FOUND) {
		if (tlv.tag == 0x07) {
			zvt_receipts_add_text(receipts, attribute, tlv.value,
					      page);
		} else if (tlv.tag == 0x09 && tlv.value.len == 1) {
			attribute = tlv.value.data[0];
			if (zvt_receipt_is_end(attribute))
				zvt_receipts_file(receipts);
		}
	}
}

/* A receipt may come in several blocks; one of another kind is another. */
static void zvt_receipts_begin_block(struct zvt_receipts *receipts,
				     enum zvt_copy copy)
{
	if (receipts->copy != ZVT_COPY_UNKNOWN && receipts->copy != copy)
		zvt_receipts_file(receipts);
	receipts->copy = copy;
}

void zvt_receipts_take_block(struct zvt_receipts *receipts,
			     const struct zvt_settings *settings,
			     const uint8_t *data, size_t len)
{
	struct cursor cursor = cursor_make(data, len), value;
	const char *page = settings->page;
	struct zvt_field field;

	while (zvt_field_next(&cursor, &field) == ZVT_NEXT_FOUND) {
		if (field.id != 0x06)
			continue;
		if (zvt_tlv_find(field.value, 0x1f07, &value))
			zvt_receipts_begin_block(receipts,
						 zvt_receipt_copy(value));
		if (zvt_tlv_find(field.value, 0x1f37, &value) && value.len == 1)
			receipts->signature |=
				value.data[0] & ZVT_RECEIPT_SIGNATURE;
		if (zvt_tlv_find(field.value, 0x14, &value) && value.len == 1)
			page = zvt_text_page(value.data[0], page);
		if (zvt_tlv_find(field.value, 0x25, &value))
			zvt_receipts_take_lines(receipts, value, page);
	}
}

json_t *zvt_receipts_take(struct zvt_receipts *receipts)
{
	json_t *result = NULL;

	zvt_receipts_file(receipts);
	if (receipts->merchant || receipts->customer ||
	    receipts->administration) {
		result = json_make();
		json_put(result, "merchant", receipts->merchant);
		json_put(result, "customer", receipts->customer);
		json_put(result, "administration", receipts->administration);
	}
	*receipts = (struct zvt_receipts){ 0 };
	return result;
}

void zvt_receipts_clear(struct zvt_receipts *receipts)
{
	json_decref(receipts->merchant);
	json_decref(receipts->customer);
	json_decref(receipts->administration);
	json_decref(receipts->current);
	*receipts = (struct zvt_receipts){ 0 };
}
