/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/card_codec.h"

#include "util/secret.h"

#include <string.h>

/* --- records --- */

static size_t card_length(const struct card_record *record)
{
	return (size_t)(record->bytes[1] << 8 | record->bytes[2]);
}

static bool card_is_known(uint8_t what)
{
	return (what >= DRIVER_CARD_IN && what <= DRIVER_CARD_FAILED) ||
	       what == DRIVER_CARD_COMMAND || what == DRIVER_CARD_DONE;
}

enum card_event card_read(struct card_record *record, uint8_t byte)
{
	if (record->len >= DRIVER_CARD_HEAD &&
	    record->len == DRIVER_CARD_HEAD + card_length(record))
		secret_wipe(record, sizeof(*record));
	record->bytes[record->len++] = byte;
	if (!card_is_known(record->bytes[0]) ||
	    (record->len == DRIVER_CARD_HEAD &&
	     card_length(record) > DRIVER_CARD_MOST)) {
		secret_wipe(record, sizeof(*record));
		return CARD_NOISE;
	}
	return record->len >= DRIVER_CARD_HEAD &&
			       record->len ==
				       DRIVER_CARD_HEAD + card_length(record)
		       ? CARD_RECORD
		       : CARD_NOTHING;
}

uint8_t card_what(const struct card_record *record)
{
	return record->bytes[0];
}

const uint8_t *card_body(const struct card_record *record, size_t *out_len)
{
	*out_len = record->len - DRIVER_CARD_HEAD;
	return record->bytes + DRIVER_CARD_HEAD;
}

/* --- commands --- */

size_t card_put(const struct card_command *command,
		uint8_t out_apdu[DRIVER_CARD_MOST])
{
	size_t len = 4;

	out_apdu[0] = command->cla;
	out_apdu[1] = command->ins;
	out_apdu[2] = command->p1;
	out_apdu[3] = command->p2;
	if (command->len) {
		out_apdu[len++] = (uint8_t)command->len;
		memcpy(out_apdu + len, command->data, command->len);
		len += command->len;
	}
	if (command->le >= 0) /* 256 is told as 0 */
		out_apdu[len++] = (uint8_t)command->le;
	return len;
}

size_t card_put_select(const uint8_t *name, size_t len,
		       uint8_t out_apdu[DRIVER_CARD_MOST])
{
	return card_put(&(struct card_command){ .ins = CARD_INS_SELECT,
						.p1 = 0x04,
						.data = name,
						.len = len,
						.le = CARD_LE_ALL },
			out_apdu);
}

/* --- answers --- */

bool card_is_selected(uint16_t status)
{
	uint8_t high = (uint8_t)(status >> 8);

	return status == CARD_DONE || high == CARD_MORE ||
	       high == CARD_WARNINGS || high == CARD_WARNINGS + 1;
}

/* A tag of one byte; -1: of more, which only have to be passed over. */
static int card_take_tag(struct cursor *cursor)
{
	uint8_t tag = cursor_byte(cursor);

	if ((tag & 0x1f) == 0x1f) {
		while (cursor_byte(cursor) & 0x80 && !cursor->failed)
			continue;
		return -1;
	}
	return tag;
}

static size_t card_take_length(struct cursor *cursor)
{
	uint8_t first = cursor_byte(cursor);

	if (first < 0x80)
		return first;
	if (first == 0x81)
		return cursor_byte(cursor);
	if (first == 0x82)
		return cursor_be16(cursor);
	cursor->failed = true; /* longer than any card tells */
	return 0;
}

bool card_find(const uint8_t *data, size_t len, uint8_t tag,
	       struct cursor *out_value)
{
	struct cursor cursor = cursor_make(data, len);

	while (cursor_left(&cursor) && !cursor.failed) {
		int found = card_take_tag(&cursor);
		size_t size = card_take_length(&cursor);
		struct cursor value = cursor_part(&cursor, size);

		if (cursor.failed || found != tag)
			continue;
		*out_value = value;
		return true;
	}
	return false;
}

void card_add_head(struct buf *out, uint8_t tag, size_t len)
{
	buf_add_byte(out, tag);
	if (len > UINT8_MAX)
		buf_add_byte(out, 0x82);
	else if (len >= 0x80)
		buf_add_byte(out, 0x81);
	if (len > UINT8_MAX)
		buf_add_byte(out, (uint8_t)(len >> 8));
	buf_add_byte(out, (uint8_t)len);
}

/* 3B 8F 80 01 80 4F 0C, and the PC/SC workgroup's own name. */
bool card_is_memory(const uint8_t *atr, size_t len)
{
	static const uint8_t begin[] = { 0x3b, 0x8f, 0x80, 0x01, 0x80, 0x4f,
					 0x0c, 0xa0, 0x00, 0x00, 0x03, 0x06 };

	return len >= sizeof(begin) && !memcmp(atr, begin, sizeof(begin));
}

/* --- payment cards --- */

/* clang-format off */
const struct card_name card_payment_names[] = {
	{ "2PAY.SYS.DDF01", 14 },
	{ "1PAY.SYS.DDF01", 14 },
	{ { 0xa0, 0x00, 0x00, 0x00, 0x03, 0x10, 0x10 }, 7 }, /* Visa */
	{ { 0xa0, 0x00, 0x00, 0x00, 0x03, 0x20, 0x10 }, 7 }, /* Electron */
	{ { 0xa0, 0x00, 0x00, 0x00, 0x03, 0x20, 0x20 }, 7 }, /* V Pay */
	{ { 0xa0, 0x00, 0x00, 0x00, 0x04, 0x10, 0x10 }, 7 }, /* Mastercard */
	{ { 0xa0, 0x00, 0x00, 0x00, 0x04, 0x30, 0x60 }, 7 }, /* Maestro */
	{ { 0xa0, 0x00, 0x00, 0x00, 0x25, 0x01 }, 6 },	     /* Amex */
	{ { 0xa0, 0x00, 0x00, 0x00, 0x65, 0x10, 0x10 }, 7 }, /* JCB */
	{ { 0xa0, 0x00, 0x00, 0x01, 0x52, 0x30, 0x10 }, 7 }, /* Discover */
	{ { 0xa0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01 }, 7 }, /* UnionPay */
	{ { 0xa0, 0x00, 0x00, 0x03, 0x59, 0x10, 0x10 }, 7 }, /* girocard */
	{ { 0xa0, 0x00, 0x00, 0x00, 0x42, 0x10, 0x10 }, 7 }, /* CB */
	{ { 0xa0, 0x00, 0x00, 0x01, 0x21, 0x10, 0x10 }, 7 }, /* Dankort */
	{ { 0xa0, 0x00, 0x00, 0x02, 0x77, 0x10, 0x10 }, 7 }, /* Interac */
};
/* clang-format on */
const size_t card_payment_names_count =
	sizeof(card_payment_names) / sizeof(card_payment_names[0]);
