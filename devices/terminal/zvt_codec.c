/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/zvt_codec.h"

#include "util/secret.h"

#include <string.h>

#define ZVT_LONG_LENGTH 0xff /* two more bytes tell the length */
#define ZVT_TAG_SIZE	4    /* longer tags are not known to exist */
#define ZVT_PAN_SIZE	64   /* digits of BMP 22 that are looked at */

enum zvt_form {
	ZVT_FORM_FIXED,
	ZVT_FORM_LLVAR,	 /* Fx Fy: 10x + y bytes */
	ZVT_FORM_LLLVAR, /* Fx Fy Fz */
	ZVT_FORM_TLV,	 /* a BER length */
};

/* PA00P015 chapter 10, as restated in docs/protocols.md 4.2. */
static const struct zvt_bmp {
	uint8_t first, last;
	enum zvt_form form;
	uint8_t size; /* of the fixed ones */
} zvt_bmps[] = {
	{ 0x01, 0x03, ZVT_FORM_FIXED, 1 },  { 0x04, 0x04, ZVT_FORM_FIXED, 6 },
	{ 0x05, 0x05, ZVT_FORM_FIXED, 1 },  { 0x06, 0x06, ZVT_FORM_TLV, 0 },
	{ 0x0b, 0x0c, ZVT_FORM_FIXED, 3 },  { 0x0d, 0x0e, ZVT_FORM_FIXED, 2 },
	{ 0x17, 0x17, ZVT_FORM_FIXED, 2 },  { 0x19, 0x19, ZVT_FORM_FIXED, 1 },
	{ 0x22, 0x23, ZVT_FORM_LLVAR, 0 },  { 0x24, 0x24, ZVT_FORM_LLLVAR, 0 },
	{ 0x27, 0x27, ZVT_FORM_FIXED, 1 },  { 0x29, 0x29, ZVT_FORM_FIXED, 4 },
	{ 0x2a, 0x2a, ZVT_FORM_FIXED, 15 }, { 0x2d, 0x2d, ZVT_FORM_LLVAR, 0 },
	{ 0x2e, 0x2e, ZVT_FORM_LLLVAR, 0 }, { 0x37, 0x37, ZVT_FORM_FIXED, 3 },
	{ 0x3a, 0x3a, ZVT_FORM_FIXED, 2 },  { 0x3b, 0x3b, ZVT_FORM_FIXED, 8 },
	{ 0x3c, 0x3c, ZVT_FORM_LLLVAR, 0 }, { 0x3d, 0x3d, ZVT_FORM_FIXED, 3 },
	{ 0x49, 0x49, ZVT_FORM_FIXED, 2 },  { 0x4c, 0x4c, ZVT_FORM_LLVAR, 0 },
	{ 0x60, 0x60, ZVT_FORM_LLLVAR, 0 }, { 0x87, 0x87, ZVT_FORM_FIXED, 2 },
	{ 0x88, 0x88, ZVT_FORM_FIXED, 3 },  { 0x8a, 0x8a, ZVT_FORM_FIXED, 1 },
	{ 0x8b, 0x8b, ZVT_FORM_LLVAR, 0 },  { 0x8c, 0x8c, ZVT_FORM_FIXED, 1 },
	{ 0x9a, 0x9a, ZVT_FORM_LLLVAR, 0 }, { 0xa0, 0xa0, ZVT_FORM_FIXED, 1 },
	{ 0xa7, 0xa7, ZVT_FORM_LLVAR, 0 },  { 0xaa, 0xaa, ZVT_FORM_FIXED, 3 },
	{ 0xaf, 0xaf, ZVT_FORM_LLLVAR, 0 }, { 0xba, 0xba, ZVT_FORM_FIXED, 5 },
	{ 0xd0, 0xd0, ZVT_FORM_FIXED, 1 },  { 0xd2, 0xd3, ZVT_FORM_FIXED, 1 },
	{ 0xe0, 0xe0, ZVT_FORM_FIXED, 1 },  { 0xe1, 0xe8, ZVT_FORM_LLVAR, 0 },
	{ 0xe9, 0xea, ZVT_FORM_FIXED, 1 },  { 0xeb, 0xeb, ZVT_FORM_FIXED, 8 },
	{ 0xf0, 0xf0, ZVT_FORM_FIXED, 1 },  { 0xf1, 0xf8, ZVT_FORM_LLVAR, 0 },
	{ 0xf9, 0xfd, ZVT_FORM_FIXED, 1 },
};

static const struct zvt_bmp *zvt_bmp_find(uint8_t id)
{
	for (size_t i = 0; i < sizeof(zvt_bmps) / sizeof(*zvt_bmps); i++)
		if (id >= zvt_bmps[i].first && id <= zvt_bmps[i].last)
			return &zvt_bmps[i];
	return NULL;
}

/* --- messages --- */

int zvt_apdu_read(const uint8_t *bytes, size_t len, struct zvt_apdu *out_apdu,
		  size_t *out_size)
{
	struct cursor cursor = cursor_make(bytes, len);
	uint16_t control = cursor_be16(&cursor);
	size_t data_len = cursor_byte(&cursor);
	const uint8_t *data;

	if (data_len == ZVT_LONG_LENGTH)
		data_len = cursor_le16(&cursor);
	data = cursor_take(&cursor, data_len);
	if (cursor.failed)
		return ZVT_SHORT;
	*out_apdu = (struct zvt_apdu){ control, data, data_len };
	*out_size = cursor.at;
	return 0;
}

void zvt_apdu_write(struct buf *buf, uint16_t control, const void *data,
		    size_t len)
{
	if (len > ZVT_DATA_MAX) {
		buf->failed = true;
		return;
	}
	buf_add_be16(buf, control);
	if (len < ZVT_LONG_LENGTH) {
		buf_add_byte(buf, (uint8_t)len);
	} else {
		buf_add_byte(buf, ZVT_LONG_LENGTH);
		buf_add_le16(buf, (uint16_t)len);
	}
	buf_add(buf, data, len);
}

bool zvt_control_is_answer(uint16_t control)
{
	return control >> 8 == 0x80 || control >> 8 == 0x84;
}

bool zvt_class_is_known(uint8_t class)
{
	static const uint8_t known[] = { 0x04, 0x05, 0x06, 0x08,
					 0x0f, 0x80, 0x84 };

	return memchr(known, class, sizeof(known)) != NULL;
}

/* --- lengths --- */

static size_t zvt_length_read_var(struct cursor *data, int digits)
{
	size_t len = 0;

	/* only the low nibble carries the digit */
	for (int i = 0; i < digits; i++) {
		uint8_t digit = cursor_byte(data) & 0x0f;

		if (digit > 9)
			data->failed = true;
		len = len * 10 + digit;
	}
	return len;
}

static void zvt_length_write_var(struct buf *buf, size_t len, int digits)
{
	size_t unit = digits == 3 ? 100 : 10;

	if (len >= unit * 10)
		buf->failed = true;
	for (; unit; unit /= 10)
		buf_add_byte(buf, (uint8_t)(0xf0 | (len / unit % 10)));
}

static size_t zvt_length_read_ber(struct cursor *data)
{
	uint8_t first = cursor_byte(data);

	if (first < 0x80)
		return first;
	if (first == 0x81)
		return cursor_byte(data);
	if (first == 0x82)
		return cursor_be16(data);
	data->failed = true; /* reserved */
	return 0;
}

static void zvt_length_write_ber(struct buf *buf, size_t len)
{
	if (len > ZVT_DATA_MAX) {
		buf->failed = true;
	} else if (len > 0xff) {
		buf_add_byte(buf, 0x82);
		buf_add_be16(buf, (uint16_t)len);
	} else {
		if (len > 0x7f)
			buf_add_byte(buf, 0x81);
		buf_add_byte(buf, (uint8_t)len);
	}
}

/* --- data fields --- */

static size_t zvt_field_read_length(const struct zvt_bmp *bmp,
				    struct cursor *data)
{
	switch (bmp->form) {
	case ZVT_FORM_FIXED:
		return bmp->size;
	case ZVT_FORM_LLVAR:
		return zvt_length_read_var(data, 2);
	case ZVT_FORM_LLLVAR:
		return zvt_length_read_var(data, 3);
	case ZVT_FORM_TLV:
		return zvt_length_read_ber(data);
	}
	return 0;
}

enum zvt_next zvt_field_next(struct cursor *data, struct zvt_field *out_field)
{
	const struct zvt_bmp *bmp;
	struct zvt_field field;

	if (data->failed)
		return ZVT_NEXT_BROKEN;
	if (!cursor_left(data))
		return ZVT_NEXT_END;
	field.id = cursor_byte(data);
	bmp = zvt_bmp_find(field.id);
	if (!bmp) {
		data->at--;
		data->failed = true;
		out_field->id = field.id;
		return ZVT_NEXT_BROKEN;
	}
	field.value = cursor_part(data, zvt_field_read_length(bmp, data));
	if (data->failed) {
		out_field->id = field.id;
		return ZVT_NEXT_BROKEN;
	}
	*out_field = field;
	return ZVT_NEXT_FOUND;
}

void zvt_field_write(struct buf *buf, uint8_t id, const void *value, size_t len)
{
	const struct zvt_bmp *bmp = zvt_bmp_find(id);

	if (!bmp || (bmp->form == ZVT_FORM_FIXED && len != bmp->size)) {
		buf->failed = true;
		return;
	}
	buf_add_byte(buf, id);
	switch (bmp->form) {
	case ZVT_FORM_FIXED:
		break;
	case ZVT_FORM_LLVAR:
		zvt_length_write_var(buf, len, 2);
		break;
	case ZVT_FORM_LLLVAR:
		zvt_length_write_var(buf, len, 3);
		break;
	case ZVT_FORM_TLV:
		zvt_length_write_ber(buf, len);
		break;
	}
	buf_add(buf, value, len);
}

void zvt_field_write_bcd(struct buf *buf, uint8_t id, int64_t value, size_t len)
{
	struct buf digits = BUF_INIT(16);

	zvt_bcd_write(&digits, value, len);
	if (digits.failed)
		buf->failed = true;
	else
		zvt_field_write(buf, id, digits.data, digits.len);
	buf_free(&digits);
}

static uint32_t zvt_tlv_read_tag(struct cursor *data)
{
	uint8_t byte = cursor_byte(data);
	uint32_t tag = byte;

	if ((byte & 0x1f) != 0x1f)
		return tag;
	for (int size = 1; size < ZVT_TAG_SIZE; size++) {
		byte = cursor_byte(data);
		tag = tag << 8 | byte;
		if (!(byte & 0x80))
			return tag;
	}
	data->failed = true;
	return 0;
}

enum zvt_next zvt_tlv_next(struct cursor *data, struct zvt_tlv *out_tlv)
{
	struct zvt_tlv tlv;

	if (data->failed)
		return ZVT_NEXT_BROKEN;
	if (!cursor_left(data))
		return ZVT_NEXT_END;
	tlv.tag = zvt_tlv_read_tag(data);
	tlv.value = cursor_part(data, zvt_length_read_ber(data));
	if (data->failed)
		return ZVT_NEXT_BROKEN;
	*out_tlv = tlv;
	return ZVT_NEXT_FOUND;
}

void zvt_tlv_write(struct buf *buf, uint32_t tag, const void *value, size_t len)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		if (shift == 0 || tag >> shift)
			buf_add_byte(buf, (uint8_t)(tag >> shift));
	zvt_length_write_ber(buf, len);
	buf_add(buf, value, len);
}

bool zvt_tlv_find(struct cursor data, uint32_t tag, struct cursor *out_value)
{
	struct zvt_tlv tlv;

	while (zvt_tlv_next(&data, &tlv) == ZVT_NEXT_FOUND) {
		if (tlv.tag == tag) {
			*out_value = tlv.value;
			return true;
		}
	}
	return false;
}

int64_t zvt_bcd_read(struct cursor value)
{
	int64_t number = 0;

	if (!value.len || value.len > 9)
		return -1;
	for (size_t i = 0; i < value.len; i++) {
		int high = value.data[i] >> 4, low = value.data[i] & 0x0f;

		if (high > 9 || low > 9)
			return -1;
		number = number * 100 + high * 10 + low;
	}
	return number;
}

void zvt_bcd_write(struct buf *buf, int64_t value, size_t len)
{
	uint8_t digits[9];

	if (value < 0 || len > sizeof(digits)) {
		buf->failed = true;
		return;
	}
	for (size_t i = len; i > 0; i--, value /= 100)
		digits[i - 1] =
			(uint8_t)((value / 10 % 10) << 4 | (value % 10));
	if (value)
		buf->failed = true; /* more digits than the field has */
	buf_add(buf, digits, len);
}

/* --- what the terminal tells --- */

/*
 * Replaces what may not be seen of a card number in place: of 13 and more
 * digits the first six and the last four stay, of 8 and more the last four.
 */
static void zvt_card_mask(char *number)
{
	size_t len = strlen(number);
	size_t first = len >= 13 ? 6 : 0;
	size_t last = len >= 8 ? 4 : 0;

	for (size_t i = first; i + last < len; i++)
		number[i] = '*';
}

/*
 * Nibbles: 0-9 digits, E a digit that the terminal masked, F fills up. One
 * terminal was seen to send the whole of track 2 here: D ends the number.
 */
static void zvt_card_read(struct cursor value, char out_card[ZVT_CARD_SIZE])
{
	char number[ZVT_PAN_SIZE + 1] = "";
	size_t len = 0;

	for (size_t i = 0; i < value.len * 2 && len < ZVT_PAN_SIZE; i++) {
		uint8_t byte = value.data[i / 2];
		uint8_t nibble = i % 2 ? byte & 0x0f : byte >> 4;

		if (nibble > 9 && nibble != 0x0e)
			break;
		number[len++] = (char)(nibble == 0x0e ? '*' : '0' + nibble);
	}
	if (len < ZVT_CARD_SIZE) {
		zvt_card_mask(number);
		memcpy(out_card, number, len + 1);
	}
	secret_wipe(number, sizeof(number));
}

/* Up to the first NUL, which ends or fills up some texts. */
static struct cursor zvt_text_cut(struct cursor value)
{
	const uint8_t *end =
		value.len ? memchr(value.data, 0, value.len) : NULL;

	return cursor_make(value.data,
			   end ? (size_t)(end - value.data) : value.len);
}

static void zvt_info_take_tlv(struct zvt_info *info, struct cursor tlv)
{
	struct cursor value, line;

	info->tlv = tlv;
	/* 0B is 000000 where the trace has more than six digits (4.2) */
	if (info->numbers.trace <= 0 && zvt_tlv_find(tlv, 0x1f2b, &value))
		info->numbers.trace = zvt_bcd_read(value);
	if (zvt_tlv_find(tlv, 0x1f36, &value))
		info->numbers.tip = zvt_bcd_read(value);
	info->converted = zvt_tlv_find(tlv, 0xe2, &value);
	if (!info->text.len && zvt_tlv_find(tlv, 0x24, &value) &&
	    zvt_tlv_find(value, 0x07, &line))
		info->text = line;
}

/* Where a field that is nothing but digits goes; offsets into zvt_numbers. */
static const struct zvt_number_field {
	uint8_t id;
	size_t offset;
} zvt_number_fields[] = {
	{ 0x04, offsetof(struct zvt_numbers, amount) },
	{ 0x49, offsetof(struct zvt_numbers, currency) },
	{ 0x0b, offsetof(struct zvt_numbers, trace) },
	{ 0x37, offsetof(struct zvt_numbers, original) },
	{ 0x87, offsetof(struct zvt_numbers, receipt) },
	{ 0x88, offsetof(struct zvt_numbers, turnover) },
	{ 0x0d, offsetof(struct zvt_numbers, date) },
	{ 0x0c, offsetof(struct zvt_numbers, time) },
	{ 0x29, offsetof(struct zvt_numbers, terminal) },
};

static void zvt_info_take_number(struct zvt_info *info,
				 const struct zvt_field *field)
{
	const size_t count =
		sizeof(zvt_number_fields) / sizeof(*zvt_number_fields);

	for (size_t i = 0; i < count; i++)
		if (zvt_number_fields[i].id == field->id)
			*(int64_t *)(void *)((char *)&info->numbers +
					     zvt_number_fields[i].offset) =
				zvt_bcd_read(field->value);
}

static void zvt_info_take(struct zvt_info *info, const struct zvt_field *field)
{
	switch (field->id) {
	case 0x19:
		info->status = field->value.data[0];
		break;
	case 0x22:
		zvt_card_read(field->value, info->card);
		break;
	case 0x27:
		info->numbers.result = field->value.data[0];
		break;
	case 0x3b:
		info->authorization = zvt_text_cut(field->value);
		break;
	case 0x3c:
		info->text = zvt_text_cut(field->value);
		break;
	case 0x60:
		info->numbers.totals = 1;
		info->totals = field->value;
		break;
	case 0x8a:
		info->card_type = field->value.data[0];
		break;
	case 0x8b:
		info->card_name = zvt_text_cut(field->value);
		break;
	default: /* a byte, not an enum: everything else is digits or ours
		  * to pass over */
		zvt_info_take_number(info, field);
		break;
	}
}

void zvt_info_read(const uint8_t *data, size_t len, struct zvt_info *out_info)
{
	struct zvt_info info = {
		.numbers = { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, -1 },
		.status = -1,
		.card_type = -1,
		.unknown = -1,
	};
	struct cursor cursor = cursor_make(data, len), tlv = { 0 };
	struct zvt_field field;
	enum zvt_next next;

	while ((next = zvt_field_next(&cursor, &field)) == ZVT_NEXT_FOUND) {
		if (field.id == 0x06)
			tlv = field.value;
		else
			zvt_info_take(&info, &field);
	}
	if (next == ZVT_NEXT_BROKEN)
		info.unknown = field.id;
	zvt_info_take_tlv(&info,
			  tlv); /* last: it completes what the rest say */
	*out_info = info;
}

/* 2F holds how it was paid; some send the tags without it. */
int zvt_info_kind(const struct zvt_info *info, uint32_t tag)
{
	struct cursor kinds, value;

	if ((zvt_tlv_find(info->tlv, 0x2f, &kinds) &&
	     zvt_tlv_find(kinds, tag, &value)) ||
	    zvt_tlv_find(info->tlv, tag, &value))
		return value.len == 1 ? value.data[0] : -1;
	return -1;
}

/* 5.4: from, to, and for each kind of card a count (binary) and a sum. */
bool zvt_totals_read(struct cursor value, struct zvt_totals *out_totals)
{
	struct zvt_totals totals = {
		.first = zvt_bcd_read(cursor_part(&value, 2)),
		.last = zvt_bcd_read(cursor_part(&value, 2)),
	};

	for (size_t i = 0; i < ZVT_TOTALS; i++) {
		totals.parts[i].count = cursor_byte(&value);
		totals.parts[i].sum = zvt_bcd_read(cursor_part(&value, 6));
		value.failed |= totals.parts[i].sum < 0;
	}
	if (value.failed || totals.first < 0 || totals.last < 0)
		return false;
	*out_totals = totals;
	return true;
}

/* LLLVAR, and room for the status byte behind it. */
bool zvt_enquiry_has_version(const uint8_t *data, size_t len)
{
	struct cursor cursor = cursor_make(data, len);

	if (len < 4 || data[0] < 0xf0 || data[1] < 0xf0 || data[2] < 0xf0)
		return false;
	return zvt_length_read_var(&cursor, 3) < cursor_left(&cursor);
}

/* Beside the container that tells of the device, or in it. */
static int64_t zvt_enquiry_read_terminal(struct cursor tlv)
{
	struct cursor about, value;

	if (!zvt_tlv_find(tlv, 0x1f44, &value) &&
	    !(zvt_tlv_find(tlv, 0xe4, &about) &&
	      zvt_tlv_find(about, 0x1f44, &value)))
		return -1;
	return value.len == 4 ? zvt_bcd_read(value) : -1;
}

/*
 * 5.5: [LLLVAR version] status [06 TLV]. A status of F0 looks like a digit of
 * a length; what tells them apart is whether the length fits.
 */
void zvt_enquiry_read(const uint8_t *data, size_t len,
		      struct zvt_enquiry *out_enquiry)
{
	struct cursor cursor = cursor_make(data, len);
	struct zvt_enquiry enquiry = { 0 };
	struct zvt_field field;

	if (zvt_enquiry_has_version(data, len))
		enquiry.version = zvt_text_cut(
			cursor_part(&cursor, zvt_length_read_var(&cursor, 3)));
	enquiry.status = cursor_byte(&cursor);
	while (zvt_field_next(&cursor, &field) == ZVT_NEXT_FOUND)
		if (field.id == 0x06)
			enquiry.tlv = field.value;
	enquiry.terminal = zvt_enquiry_read_terminal(enquiry.tlv);
	*out_enquiry = enquiry;
}
