/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/zvt_data.h"

#include "sim/zvt_wire.h"

#define PT_TLV_MAX	4096
#define PT_BMP_TLV	0x06
#define PT_BMP_RECEIPT	0x87 /* FFFF is "none" (5.4) */
#define PT_TAG_COMMANDS 0x26
#define PT_TAG_COMMAND	0x0a
#define PT_TAG_SEQUENCE 0x1f73
#define PT_PRINT_BLOCK	0x06d3

struct pt_apdu pt_apdu_parse(const uint8_t *bytes, size_t len)
{
	struct cursor cursor = cursor_make(bytes, len);
	struct pt_apdu apdu = { .code = cursor_be16(&cursor) };

	if (cursor_byte(&cursor) == 0xff)
		cursor_le16(&cursor);
	apdu.data = cursor_part(&cursor, cursor_left(&cursor));
	return apdu;
}

int64_t pt_bcd_parse(const uint8_t *bytes, size_t len)
{
	int64_t value = 0;

	for (size_t i = 0; i < len; i++) {
		if (bytes[i] >> 4 > 9 || (bytes[i] & 0xf) > 9)
			return -1;
		value = value * 100 + (bytes[i] >> 4) * 10 + (bytes[i] & 0xf);
	}
	return value;
}

enum pt_length {
	PT_LENGTH_VAR, /* size: digits of the length */
	PT_LENGTH_FIXED,
};

/* Those that a till may send; an unknown one is answered by 84 83. */
static const struct pt_bitmap {
	uint8_t id;
	enum pt_length length;
	uint8_t size;
} pt_bitmaps[] = {
	{ 0x01, PT_LENGTH_FIXED, 1 }, { 0x02, PT_LENGTH_FIXED, 1 },
	{ 0x03, PT_LENGTH_FIXED, 1 }, { 0x04, PT_LENGTH_FIXED, 6 },
	{ 0x05, PT_LENGTH_FIXED, 1 }, { 0x0b, PT_LENGTH_FIXED, 3 },
	{ 0x0c, PT_LENGTH_FIXED, 3 }, { 0x0d, PT_LENGTH_FIXED, 2 },
	{ 0x0e, PT_LENGTH_FIXED, 2 }, { 0x19, PT_LENGTH_FIXED, 1 },
	{ 0x22, PT_LENGTH_VAR, 2 },   { 0x23, PT_LENGTH_VAR, 2 },
	{ 0x2d, PT_LENGTH_VAR, 2 },   { 0x37, PT_LENGTH_FIXED, 3 },
	{ 0x3a, PT_LENGTH_FIXED, 2 }, { 0x3b, PT_LENGTH_FIXED, 8 },
	{ 0x3c, PT_LENGTH_VAR, 3 },   { 0x49, PT_LENGTH_FIXED, 2 },
	{ 0x87, PT_LENGTH_FIXED, 2 }, { 0x8a, PT_LENGTH_FIXED, 1 },
	{ 0xaa, PT_LENGTH_FIXED, 3 },
};

/* Which of the fields a bitmap of digits goes to. */
static int64_t *pt_field_find(struct pt_fields *fields, uint8_t id)
{
	switch (id) {
	case 0x04:
		return &fields->amount;
	case 0x0c:
		return &fields->time;
	case 0x49:
		return &fields->currency;
	case PT_BMP_RECEIPT:
		return &fields->receipt;
	case 0xaa:
		return &fields->date;
	}
	return NULL;
}

static int64_t *pt_field_find_binary(struct pt_fields *fields, uint8_t id)
{
	return id == 0x01   ? &fields->wait
	       : id == 0x02 ? &fields->statuses
	       : id == 0x03 ? &fields->service
			    : NULL;
}

static size_t pt_length_read(struct cursor *cursor,
			     const struct pt_bitmap *bitmap)
{
	size_t len = 0;

	if (bitmap->length == PT_LENGTH_FIXED)
		return bitmap->size;
	for (uint8_t i = 0; i < bitmap->size; i++)
		len = len * 10 + (cursor_byte(cursor) & 0xf);
	return len;
}

static bool pt_bitmap_parse(struct cursor *cursor, uint8_t id,
			    struct pt_fields *fields)
{
	const struct pt_bitmap *bitmap = pt_bitmaps;
	const struct pt_bitmap *end =
		bitmap + sizeof(pt_bitmaps) / sizeof(pt_bitmaps[0]);
	const uint8_t *value;
	int64_t *field;
	size_t len;

	while (bitmap < end && bitmap->id != id)
		bitmap++;
	if (bitmap == end)
		return false;
	len = pt_length_read(cursor, bitmap);
	value = cursor_take(cursor, len);
	if (!value)
		return false;
	field = pt_field_find_binary(fields, id);
	if (field)
		*field = value[0];
	field = pt_field_find(fields, id);
	if (!field)
		return true;
	*field = pt_bcd_parse(value, len);
	return *field >= 0 || id == PT_BMP_RECEIPT;
}

static uint16_t pt_tag_read(struct cursor *cursor)
{
	uint16_t tag = cursor_byte(cursor);

	if ((tag & 0x1f) == 0x1f)
		tag = (uint16_t)(tag << 8 | cursor_byte(cursor));
	return tag;
}

/* The container's lengths are high byte first, unlike the APDU's (3). */
static struct cursor pt_tlv_read(struct cursor *cursor)
{
	size_t len = cursor_byte(cursor);

	if (len == 0x81)
		len = cursor_byte(cursor);
	else if (len == 0x82)
		len = cursor_be16(cursor);
	else if (len > 0x7f)
		cursor->failed = true;
	return cursor_part(cursor, len);
}

static void pt_commands_parse(struct cursor list, struct pt_fields *fields)
{
	while (cursor_left(&list)) {
		uint16_t tag = pt_tag_read(&list);
		struct cursor value = pt_tlv_read(&list);

		if (tag == PT_TAG_COMMAND &&
		    cursor_be16(&value) == PT_PRINT_BLOCK)
			fields->blocks = true;
	}
}

static bool pt_container_parse(struct cursor *cursor, struct pt_fields *fields)
{
	struct cursor list = pt_tlv_read(cursor);

	fields->tlv = true;
	while (cursor_left(&list)) {
		uint16_t tag = pt_tag_read(&list);
		struct cursor value = pt_tlv_read(&list);

		if (tag == PT_TAG_COMMANDS)
			pt_commands_parse(value, fields);
		if (tag == PT_TAG_SEQUENCE && cursor_left(&value) == 3)
			fields->sequence =
				pt_bcd_parse(cursor_take(&value, 3), 3);
	}
	return !list.failed;
}

bool pt_fields_parse(struct cursor data, struct pt_fields *out_fields)
{
	struct pt_fields fields = { -1, -1, -1, -1,    -1,   -1,
				    -1, -1, -1, false, false };

	while (cursor_left(&data)) {
		uint8_t id = cursor_byte(&data);
		bool good = id == PT_BMP_TLV
				    ? pt_container_parse(&data, &fields)
				    : pt_bitmap_parse(&data, id, &fields);

		if (!good || data.failed)
			return false;
	}
	*out_fields = fields;
	return !data.failed;
}

void pt_message_init(struct pt_message *message, uint16_t code)
{
	message->code = code;
	buf_init(&message->body, PT_APDU_MAX);
	buf_init(&message->tlv, PT_TLV_MAX);
}

void pt_message_free(struct pt_message *message)
{
	buf_free(&message->body);
	buf_free(&message->tlv);
}

void pt_message_copy(struct pt_message *message, const struct pt_message *from)
{
	message->code = from->code;
	buf_reset(&message->body);
	buf_reset(&message->tlv);
	buf_add(&message->body, from->body.data, from->body.len);
	buf_add(&message->tlv, from->tlv.data, from->tlv.len);
}

static void pt_tlv_length_add(struct buf *out, size_t len)
{
	if (len > 0xff) {
		buf_add_byte(out, 0x82);
		buf_add_be16(out, (uint16_t)len);
		return;
	}
	if (len > 0x7f)
		buf_add_byte(out, 0x81);
	buf_add_byte(out, (uint8_t)len);
}

void pt_message_build(const struct pt_message *message, struct buf *out)
{
	struct buf data = BUF_INIT(PT_APDU_MAX);

	buf_add(&data, message->body.data, message->body.len);
	if (message->tlv.len) {
		buf_add_byte(&data, PT_BMP_TLV);
		pt_tlv_length_add(&data, message->tlv.len);
		buf_add(&data, message->tlv.data, message->tlv.len);
	}
	buf_add_be16(out, message->code);
	buf_add_byte(out, data.len < 0xff ? (uint8_t)data.len : 0xff);
	if (data.len >= 0xff)
		buf_add_le16(out, (uint16_t)data.len);
	buf_add(out, data.data, data.len);
	buf_free(&data);
}

void pt_put_byte(struct pt_message *message, uint8_t bmp, uint8_t value)
{
	buf_add_byte(&message->body, bmp);
	buf_add_byte(&message->body, value);
}

void pt_bcd_add(struct buf *out, int64_t value, size_t bytes)
{
	uint8_t digits[8] = { 0 };

	for (size_t i = bytes; i-- > 0; value /= 100)
		digits[i] = (uint8_t)(value / 10 % 10 << 4 | value % 10);
	buf_add(out, digits, bytes);
}

void pt_put_bcd(struct pt_message *message, uint8_t bmp, int64_t value,
		size_t bytes)
{
	buf_add_byte(&message->body, bmp);
	pt_bcd_add(&message->body, value, bytes);
}

void pt_put_var(struct pt_message *message, uint8_t bmp, unsigned digits,
		const void *data, size_t len)
{
	buf_add_byte(&message->body, bmp);
	if (digits > 2)
		buf_add_byte(&message->body, (uint8_t)(0xf0 | len / 100 % 10));
	buf_add_byte(&message->body, (uint8_t)(0xf0 | len / 10 % 10));
	buf_add_byte(&message->body, (uint8_t)(0xf0 | len % 10));
	buf_add(&message->body, data, len);
}

void pt_tlv_add(struct buf *out, uint16_t tag, const void *data, size_t len)
{
	if (tag > 0xff)
		buf_add_byte(out, (uint8_t)(tag >> 8));
	buf_add_byte(out, (uint8_t)tag);
	pt_tlv_length_add(out, len);
	buf_add(out, data, len);
}
