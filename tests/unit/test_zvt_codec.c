/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Section numbers are those of docs/protocols.md. With TILLD_CAPTURES set
 * to a folder that holds zvt.jsonl, recorded messages of real terminals are
 * decoded as well, and have to come out of the encoder byte for byte.
 */
#include "terminal/zvt_codec.h"
#include "terminal/zvt_command.h"
#include "terminal/zvt_link.h"

#include "util/json.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t password[ZVT_PASSWORD_SIZE] = { 0 };

static struct buf hex_bytes(const char *hex)
{
	struct buf bytes = BUF_INIT(8192);
	unsigned int byte;

	for (; *hex; hex++) {
		if (isspace((unsigned char)*hex))
			continue;
		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		buf_add_byte(&bytes, (uint8_t)byte);
		hex++;
	}
	return bytes;
}

/* Compares and frees. */
static void expect_bytes(struct buf *made, const char *hex)
{
	struct buf expected = hex_bytes(hex);

	assert_false(made->failed);
	assert_int_equal(made->len, expected.len);
	if (made->len)
		assert_memory_equal(made->data, expected.data, made->len);
	buf_free(&expected);
	buf_free(made);
}

/* Of the data of one whole message; freed by the caller. */
static struct buf read_info(const char *hex, struct zvt_info *out_info)
{
	struct buf bytes = hex_bytes(hex);
	struct zvt_apdu apdu;
	size_t size;

	assert_int_equal(zvt_apdu_read(bytes.data, bytes.len, &apdu, &size), 0);
	assert_int_equal(size, bytes.len);
	zvt_info_read(apdu.data, apdu.len, out_info);
	return bytes;
}

static void expect_text(struct cursor text, const char *expected)
{
	assert_int_equal(text.len, strlen(expected));
	assert_memory_equal(text.data, expected, text.len);
}

/* --- commands --- */

/* 5.1 */
static void test_registration(void **state)
{
	struct zvt_registration how = { .config = 0xbe, .currency = 978 };
	struct buf buf = BUF_INIT(64);

	(void)state;
	zvt_add_registration(&buf, password, &how);
	expect_bytes(&buf, "06 00 06 00 00 00 BE 09 78");
	how.service = 0x01;
	how.tlv = ZVT_TLV_BLOCKS;
	zvt_add_registration(&buf, password, &how);
	expect_bytes(&buf, "06 00 10 00 00 00 BE 09 78 03 01 06 06 26 04 0A 02 "
			   "06 D3");
	/* an empty container suffices to be sent some (4.3) */
	how.service = 0;
	how.tlv = ZVT_TLV_ACCEPT;
	zvt_add_registration(&buf, password, &how);
	expect_bytes(&buf, "06 00 08 00 00 00 BE 09 78 06 00");
	/* 03 and 06 must have a currency before them */
	how.service = 0x01;
	how.currency = ZVT_NO_CURRENCY;
	zvt_add_registration(&buf, (const uint8_t[]){ 0x12, 0x34, 0x56 }, &how);
	expect_bytes(&buf, "06 00 04 12 34 56 BE");
}

/* 5.2: no password here */
static void test_authorization(void **state)
{
	static const struct {
		int64_t amount;
		int type;
		const char *hex;
	} rows[] = {
		{ 1234, -1, "06 01 0A 04 00 00 00 00 12 34 49 09 78" },
		{ 1234, 0x40, "06 01 0C 04 00 00 00 00 12 34 49 09 78 19 40" },
		{ 1010, -1, "06 01 0A 04 00 00 00 00 10 10 49 09 78" },
		{ 230, -1, "06 01 0A 04 00 00 00 00 02 30 49 09 78" },
		{ 228, -1, "06 01 0A 04 00 00 00 00 02 28 49 09 78" },
		{ 25308, -1, "06 01 0A 04 00 00 00 02 53 08 49 09 78" },
		{ 45974, -1, "06 01 0A 04 00 00 00 04 59 74 49 09 78" },
		{ 999999999999, -1, "06 01 0A 04 99 99 99 99 99 99 49 09 78" },
	};
	struct buf buf = BUF_INIT(64);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		zvt_add_authorization(&buf, rows[i].amount, 978, rows[i].type);
		expect_bytes(&buf, rows[i].hex);
	}
	zvt_add_authorization(&buf, 1234, ZVT_NO_CURRENCY, -1);
	expect_bytes(&buf, "06 01 07 04 00 00 00 00 12 34");
	/* thirteen digits */
	zvt_add_authorization(&buf, 1000000000000, 978, -1);
	assert_true(buf.failed);
	buf_reset(&buf);
	zvt_add_authorization(&buf, -1, 978, -1);
	assert_true(buf.failed);
	buf_free(&buf);
}

/* 5.3 */
static void test_reversal(void **state)
{
	struct buf buf = BUF_INIT(64);

	(void)state;
	zvt_add_reversal(&buf, password, 231, 2500, 978);
	expect_bytes(&buf, "06 30 10 00 00 00 87 02 31 04 00 00 00 00 25 00 49 "
			   "09 78");
	zvt_add_reversal(&buf, password, 231, -1, 978);
	expect_bytes(&buf, "06 30 06 00 00 00 87 02 31");
	zvt_add_reversal(&buf, password, 10000, 2500, 978);
	assert_true(buf.failed);
	buf_free(&buf);
}

/* 5.5, 5.7, 5.8 */
static void test_plain_commands(void **state)
{
	struct buf buf = BUF_INIT(64);

	(void)state;
	zvt_add_status_enquiry(&buf, password, 0);
	expect_bytes(&buf, "05 01 03 00 00 00");
	zvt_add_status_enquiry(&buf, password, 0x02);
	expect_bytes(&buf, "05 01 05 00 00 00 03 02");
	zvt_add_status_enquiry(&buf, password, 0x06);
	expect_bytes(&buf, "05 01 05 00 00 00 03 06");
	zvt_add_repeat_receipt(&buf, password, 0x03);
	expect_bytes(&buf, "06 20 05 00 00 00 03 03");
	zvt_add_repeat_receipt(&buf, password, 0x01);
	expect_bytes(&buf, "06 20 05 00 00 00 03 01");
	zvt_add_abort(&buf);
	expect_bytes(&buf, "06 B0 00");
	zvt_add_log_off(&buf);
	expect_bytes(&buf, "06 02 00");
}

/* --- lengths --- */

/* 3: FE is the last short length; the long one is low byte first. */
static void test_message_lengths(void **state)
{
	static const struct {
		size_t len;
		const char *head;
	} rows[] = {
		{ 0, "80 00 00" },
		{ 0xfe, "80 00 FE" },
		{ 0xff, "80 00 FF FF 00" },
		{ 0x0441, "80 00 FF 41 04" },
		{ 0x0461, "80 00 FF 61 04" },
		{ 0xffff, "80 00 FF FF FF" },
	};
	uint8_t *data = calloc(1, 0xffff);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf buf = BUF_INIT(ZVT_APDU_MAX);
		struct buf head = hex_bytes(rows[i].head);
		struct zvt_apdu apdu;
		size_t size;

		zvt_apdu_write(&buf, 0x8000, data, rows[i].len);
		assert_int_equal(buf.len, head.len + rows[i].len);
		assert_memory_equal(buf.data, head.data, head.len);
		assert_int_equal(zvt_apdu_read(buf.data, buf.len - 1, &apdu,
					       &size),
				 ZVT_SHORT);
		assert_int_equal(zvt_apdu_read(buf.data, buf.len, &apdu, &size),
				 0);
		assert_int_equal(apdu.len, rows[i].len);
		assert_int_equal(size, buf.len);
		buf_free(&head);
		buf_free(&buf);
	}
	free(data);
}

/* 3: the long form for short data is to be taken as well. */
static void test_long_form_of_short_data(void **state)
{
	static const uint8_t bytes[] = { 0x06, 0x0f, 0xff, 2, 0, 0x27, 0 };
	struct zvt_apdu apdu;
	size_t size;

	(void)state;
	assert_int_equal(zvt_apdu_read(bytes, sizeof(bytes), &apdu, &size), 0);
	assert_int_equal(apdu.control, ZVT_COMPLETION);
	assert_int_equal(apdu.len, 2);
	assert_int_equal(size, 7);
}

/* 4.2, 4.3: three ways to tell a length in one message. */
static void test_field_lengths(void **state)
{
	uint8_t text[300] = { 0 };
	struct buf buf = BUF_INIT(1024);

	(void)state;
	zvt_field_write(&buf, 0x8b, text, 12);
	expect_bytes(&buf, "8B F1 F2 00 00 00 00 00 00 00 00 00 00 00 00");
	zvt_field_write(&buf, 0x3c, "A", 1);
	expect_bytes(&buf, "3C F0 F0 F1 41");
	zvt_field_write(&buf, 0x06, NULL, 0);
	expect_bytes(&buf, "06 00");
	zvt_field_write(&buf, 0x06, text, 300);
	assert_memory_equal(buf.data, "\x06\x82\x01\x2c", 4);
	assert_int_equal(buf.len, 304);
	buf_reset(&buf);
	zvt_field_write(&buf, 0x06, text, 200);
	assert_memory_equal(buf.data, "\x06\x81\xc8", 3);
	assert_int_equal(buf.len, 203);
	buf_reset(&buf);
	/* none of these can be told */
	zvt_field_write(&buf, 0x8b, text, 100);
	assert_true(buf.failed);
	buf_reset(&buf);
	zvt_field_write(&buf, 0x27, text, 2);
	assert_true(buf.failed);
	buf_reset(&buf);
	zvt_field_write(&buf, 0x99, text, 1);
	assert_true(buf.failed);
	buf_free(&buf);
}

/* --- status information --- */

#define APPROVED                                                             \
	"04 0F 37 27 00 04 00 00 00 00 12 34 49 09 78 0C 13 44 55 0D 11 22 " \
	"22 F0 F8 EE EE EE EE EE EE 47 71 29 29 00 10 06 3B 36 31 31 38 30 " \
	"34 "                                                                \
	"00 00 87 00 42 0B 00 00 42 19 60 8A 2E"

/* 6 */
static void test_approved_is_read(void **state)
{
	struct zvt_info info;
	struct buf bytes = read_info(APPROVED, &info);

	(void)state;
	assert_int_equal(info.numbers.result, 0);
	assert_int_equal(info.numbers.amount, 1234);
	assert_int_equal(info.numbers.currency, 978);
	assert_int_equal(info.numbers.time, 134455);
	assert_int_equal(info.numbers.date, 1122);
	assert_string_equal(info.card, "************4771");
	assert_int_equal(info.numbers.terminal, 29001006);
	expect_text(info.authorization, "611804");
	assert_int_equal(info.numbers.receipt, 42);
	assert_int_equal(info.numbers.trace, 42);
	assert_int_equal(info.status, 0x60);
	assert_int_equal(info.card_type, 0x2e);
	assert_int_equal(info.numbers.original, -1);
	assert_int_equal(info.numbers.turnover, -1);
	assert_int_equal(info.numbers.totals, 0);
	assert_int_equal(info.unknown, -1);
	buf_free(&bytes);
}

/* 6, 7.2 */
static void test_aborted_is_read(void **state)
{
	struct zvt_info info;
	struct buf bytes = read_info("04 0F 07 27 6C 29 29 00 10 06", &info);

	(void)state;
	assert_int_equal(info.numbers.result, 0x6c);
	assert_int_equal(info.numbers.terminal, 29001006);
	assert_int_equal(info.numbers.amount, -1);
	assert_int_equal(info.numbers.receipt, -1);
	assert_string_equal(info.card, "");
	buf_free(&bytes);
}

/* 5.3: a reversal has numbers of its own, and those of what it reversed. */
static void test_reversal_is_read(void **state)
{
	struct zvt_info info;
	struct buf bytes =
		read_info("04 0F 14 27 00 04 00 00 00 00 01 00 0B 00 06 07 37 "
			  "00 06 06 87 06 07",
			  &info);

	(void)state;
	assert_int_equal(info.numbers.original, 606);
	assert_int_equal(info.numbers.trace, 607);
	assert_int_equal(info.numbers.receipt, 607);
	assert_int_equal(info.numbers.amount, 100);
	buf_free(&bytes);
}

/* 5.4: 53 bytes of totals */
static void test_end_of_day_is_known(void **state)
{
	struct buf data = BUF_INIT(256);
	uint8_t totals[53] = { 0x02, 0x33, 0x02, 0x34 };
	struct zvt_info info;

	(void)state;
	zvt_field_write(&data, 0x27, "\0", 1);
	zvt_field_write(&data, 0x60, totals, sizeof(totals));
	assert_memory_equal(data.data + 2, "\x60\xf0\xf5\xf3", 4);
	zvt_info_read(data.data, data.len, &info);
	assert_int_equal(info.numbers.totals, 1);
	assert_int_equal(info.unknown, -1);
	buf_free(&data);
}

/* 4.2: 0B is 000000 where the trace is longer; 1F2B in 06 has it. */
static void test_long_trace_is_read(void **state)
{
	struct zvt_info info;
	struct buf bytes = read_info(
		"04 0F 0D 06 07 1F 2B 04 10 01 50 08 0B 00 00 00", &info);

	(void)state;
	assert_int_equal(info.numbers.trace, 10015008);
	buf_free(&bytes);
}

/* 4.1: 15 masked digits, an odd number padded by F */
static void test_cards_are_masked(void **state)
{
	static const struct {
		const char *hex, *card;
	} rows[] = {
		{ "22 F1 F0 EE EE EE EE EE EE EE E1 22 9F",
		  "***************1229" },
		/* what a careless terminal may send in clear */
		{ "22 F0 F8 41 11 11 11 11 11 11 11", "411111******1111" },
		{ "22 F0 F7 12 34 56 78 90 12 3F", "123456***0123" },
		{ "22 F0 F6 12 34 56 78 90 12", "********9012" },
		{ "22 F0 F3 12 34 56", "******" },
		/* and the whole of track 2: D ends the number */
		{ "22 F1 F1 59 66 66 66 66 D2 12 22 01 00 17", "******6666" },
		{ "22 F0 F0", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf data = hex_bytes(rows[i].hex);
		struct zvt_info info;

		zvt_info_read(data.data, data.len, &info);
		assert_string_equal(info.card, rows[i].card);
		assert_int_equal(info.unknown, -1);
		buf_free(&data);
	}
}

/* Track data are passed over: what follows is read, they are nowhere. */
static void test_tracks_are_passed_over(void **state)
{
	struct zvt_info info;
	struct buf data =
		hex_bytes("23 F0 F3 41 11 11 24 F0 F0 F2 41 11 2D F0 F1 41 87 "
			  "00 42");

	(void)state;
	zvt_info_read(data.data, data.len, &info);
	assert_int_equal(info.numbers.receipt, 42);
	assert_string_equal(info.card, "");
	assert_int_equal(info.text.len, 0);
	buf_free(&data);
}

/* 4.2: names end in 00; text for the cashier is in 3C or 24/07. */
static void test_texts_are_read(void **state)
{
	struct zvt_info info;
	struct buf data = hex_bytes("8B F0 F5 56 69 73 61 00 06 06 24 04 07 02 "
				    "4F 4B");

	(void)state;
	zvt_info_read(data.data, data.len, &info);
	expect_text(info.card_name, "Visa");
	expect_text(info.text, "OK");
	buf_free(&data);
	data = hex_bytes("06 06 24 04 07 02 4F 4B 3C F0 F0 F2 4E 4F");
	zvt_info_read(data.data, data.len, &info);
	expect_text(info.text, "NO");
	buf_free(&data);
}

/* 4.2: the length of an unknown field is not known; keep what was read. */
static void test_unknown_field_stops(void **state)
{
	struct zvt_info info;
	struct buf data = hex_bytes("27 00 99 87 00 42");

	(void)state;
	zvt_info_read(data.data, data.len, &info);
	assert_int_equal(info.numbers.result, 0);
	assert_int_equal(info.numbers.receipt, -1);
	assert_int_equal(info.unknown, 0x99);
	buf_free(&data);
}

/* 4.3: unknown tags are passed over. */
static void test_unknown_tag_is_passed_over(void **state)
{
	struct zvt_info info;
	struct buf data = hex_bytes("06 0B 1F 7F 02 01 02 5F 81 01 01 AA 07 "
				    "27 00");
	struct cursor value;

	(void)state;
	data.data[12] = 0x00; /* a tag 00 of length 27 hex: cut off */
	zvt_info_read(data.data, data.len, &info);
	assert_int_equal(info.unknown, -1);
	assert_int_equal(info.numbers.result, 0);
	assert_true(zvt_tlv_find(info.tlv, 0x1f7f, &value));
	assert_int_equal(value.len, 2);
	assert_true(zvt_tlv_find(info.tlv, 0x5f8101, &value));
	assert_int_equal(value.data[0], 0xaa);
	assert_false(zvt_tlv_find(info.tlv, 0x07, &value));
	buf_free(&data);
}

static void test_truncated_status_does_no_harm(void **state)
{
	struct buf bytes = hex_bytes(APPROVED);

	(void)state;
	for (size_t len = 0; len < bytes.len - 3; len++) {
		uint8_t *copy = malloc(len + 1);
		struct zvt_info info;

		memcpy(copy, bytes.data + 3, len);
		zvt_info_read(copy, len, &info);
		if (len >= 2)
			assert_int_equal(info.numbers.result, 0);
		if (len < bytes.len - 3 - 2)
			assert_int_equal(info.card_type, -1);
		free(copy);
	}
	buf_free(&bytes);
}

/* Digits that are none are not taken for a number. */
static void test_bad_digits_are_not_told(void **state)
{
	struct zvt_info info;
	struct buf data =
		hex_bytes("04 00 00 00 00 1A 34 87 00 4F 0B 00 00 42");

	(void)state;
	zvt_info_read(data.data, data.len, &info);
	assert_int_equal(info.numbers.amount, -1);
	assert_int_equal(info.numbers.receipt, -1);
	assert_int_equal(info.numbers.trace, 42);
	buf_free(&data);
}

/* --- status enquiry --- */

/* 5.5: positional; F0 alone is a status, not the digit of a length. */
static void test_enquiry_is_read(void **state)
{
	static const struct {
		const char *hex;
		int status;
		const char *version;
		size_t tlv;
	} rows[] = {
		{ "", 0x00, "", 0 },
		{ "00", 0x00, "", 0 },
		{ "9C", 0x9c, "", 0 },
		{ "DC", 0xdc, "", 0 },
		{ "F0", 0xf0, "", 0 },
		{ "F0 F0 F7 32 2E 31 34 2E 31 35 00", 0x00, "2.14.15", 0 },
		{ "F0 F0 F2 31 32 F0", 0xf0, "12", 0 },
		{ "F0 F0 F0 9C", 0x9c, "", 0 },
		{ "F6 06 03 1F 43 00", 0xf6, "", 3 },
		{ "F0 F0 F2 31 32 9C 06 03 1F 43 00", 0x9c, "12", 3 },
		/* no room for what the length says: it is none */
		{ "F0 F0 F9 31", 0xf0, "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf data = hex_bytes(rows[i].hex);
		struct zvt_enquiry enquiry;

		zvt_enquiry_read(data.data, data.len, &enquiry);
		assert_int_equal(enquiry.status, rows[i].status);
		expect_text(enquiry.version, rows[i].version);
		assert_int_equal(enquiry.tlv.len, rows[i].tlv);
		buf_free(&data);
	}
}

/* --- garbage --- */

static void test_garbage_does_no_harm(void **state)
{
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		uint8_t *data;
		size_t len, size;
		struct zvt_info info;
		struct zvt_enquiry enquiry;
		struct zvt_apdu apdu;

		seed = seed * 1664525 + 1013904223;
		len = 1 + (seed >> 16) % 40;
		data = malloc(len);
		for (size_t i = 0; i < len; i++) {
			seed = seed * 1664525 + 1013904223;
			data[i] = (uint8_t)(seed >> 20);
		}
		zvt_info_read(data, len, &info);
		zvt_enquiry_read(data, len, &enquiry);
		if (zvt_apdu_read(data, len, &apdu, &size) == 0)
			assert_true(size <= len);
		free(data);
	}
}

/* --- recorded messages --- */

static void encode_tlv(struct cursor data, struct buf *out)
{
	struct zvt_tlv tlv;
	enum zvt_next next;

	while ((next = zvt_tlv_next(&data, &tlv)) == ZVT_NEXT_FOUND) {
		uint32_t first = tlv.tag;
		struct buf inner = BUF_INIT(ZVT_APDU_MAX);

		while (first > 0xff)
			first >>= 8;
		if (first & 0x20) /* constructed */
			encode_tlv(tlv.value, &inner);
		else
			buf_add(&inner, tlv.value.data, tlv.value.len);
		zvt_tlv_write(out, tlv.tag, inner.data, inner.len);
		buf_free(&inner);
	}
	assert_int_equal(next, ZVT_NEXT_END);
}

static void encode_fields(struct cursor data, struct buf *out)
{
	struct zvt_field field;
	enum zvt_next next;

	while ((next = zvt_field_next(&data, &field)) == ZVT_NEXT_FOUND) {
		struct buf inner = BUF_INIT(ZVT_APDU_MAX);

		if (field.id == 0x06)
			encode_tlv(field.value, &inner);
		else
			buf_add(&inner, field.value.data, field.value.len);
		zvt_field_write(out, field.id, inner.data, inner.len);
		buf_free(&inner);
	}
	assert_int_equal(next, ZVT_NEXT_END);
}

/* Bytes before the fields begin; all of them where there are none. */
static size_t fields_at(const struct zvt_apdu *apdu)
{
	struct zvt_enquiry enquiry;

	switch (apdu->control) {
	case ZVT_STATUS_INFORMATION:
	case ZVT_PRINT_BLOCK:
		return 0;
	case ZVT_COMPLETION:
		zvt_enquiry_read(apdu->data, apdu->len, &enquiry);
		/* 31: one vendor's own command ends in plain text */
		return apdu->len == 1 || enquiry.version.len ||
				       (apdu->len && apdu->data[0] == 0x31)
			       ? apdu->len
			       : 0;
	case ZVT_INTERMEDIATE_STATUS:
		return apdu->len < 2 ? apdu->len : 2;
	default: /* not an enum: any control field */
		return apdu->len;
	}
}

static void check_message(const uint8_t *bytes, size_t len)
{
	struct buf data = BUF_INIT(ZVT_APDU_MAX), made = BUF_INIT(ZVT_APDU_MAX);
	struct zvt_apdu apdu;
	size_t size, at;

	assert_int_equal(zvt_apdu_read(bytes, len, &apdu, &size), 0);
	assert_int_equal(size, len);
	at = fields_at(&apdu);
	buf_add(&data, apdu.data, at);
	encode_fields(cursor_make(apdu.data + at, apdu.len - at), &data);
	zvt_apdu_write(&made, apdu.control, data.data, data.len);
	assert_false(made.failed);
	assert_int_equal(made.len, len);
	assert_memory_equal(made.data, bytes, len);
	buf_free(&data);
	buf_free(&made);
}

static void check_frame(const uint8_t *bytes, size_t len)
{
	struct buf apdu = BUF_INIT(ZVT_APDU_MAX), made = BUF_INIT(ZVT_APDU_MAX);
	struct zvt_link link;
	struct zvt_apdu told;

	zvt_link_init(&link, true, 5000);
	zvt_link_feed(&link, 0, bytes, len);
	assert_int_equal(zvt_link_next(&link, 0, &told), ZVT_LINK_MESSAGE);
	zvt_apdu_write(&apdu, told.control, told.data, told.len);
	check_message(apdu.data, apdu.len);
	zvt_link_write_frame(&made, apdu.data, apdu.len);
	assert_int_equal(made.len, len);
	assert_memory_equal(made.data, bytes, len);
	buf_free(&apdu);
	buf_free(&made);
	zvt_link_clear(&link);
}

static void check_line(const char *line, int *messages, int *serial)
{
	json_t *row = json_parse(line, strlen(line));
	struct buf bytes;

	assert_non_null(row);
	if (!json_object_get(row, "damaged")) {
		bytes = hex_bytes(json_text(row, "hex"));
		if (strcmp(json_text(row, "layer"), "serial") == 0) {
			check_frame(bytes.data, bytes.len);
			++*serial;
		} else {
			check_message(bytes.data, bytes.len);
			++*messages;
		}
		buf_free(&bytes);
	}
	json_decref(row);
}

static void test_recorded_messages(void **state)
{
	const char *folder = getenv("TILLD_CAPTURES");
	char path[4096], line[16384];
	int messages = 0, serial = 0;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/zvt.jsonl", folder);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		check_line(line, &messages, &serial);
	fclose(file);
	print_message("%d messages and %d frames\n", messages, serial);
	assert_true(messages > 0 && serial > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registration),
		cmocka_unit_test(test_authorization),
		cmocka_unit_test(test_reversal),
		cmocka_unit_test(test_plain_commands),
		cmocka_unit_test(test_message_lengths),
		cmocka_unit_test(test_long_form_of_short_data),
		cmocka_unit_test(test_field_lengths),
		cmocka_unit_test(test_approved_is_read),
		cmocka_unit_test(test_aborted_is_read),
		cmocka_unit_test(test_reversal_is_read),
		cmocka_unit_test(test_end_of_day_is_known),
		cmocka_unit_test(test_long_trace_is_read),
		cmocka_unit_test(test_cards_are_masked),
		cmocka_unit_test(test_tracks_are_passed_over),
		cmocka_unit_test(test_texts_are_read),
		cmocka_unit_test(test_unknown_field_stops),
		cmocka_unit_test(test_unknown_tag_is_passed_over),
		cmocka_unit_test(test_truncated_status_does_no_harm),
		cmocka_unit_test(test_bad_digits_are_not_told),
		cmocka_unit_test(test_enquiry_is_read),
		cmocka_unit_test(test_garbage_does_no_harm),
		cmocka_unit_test(test_recorded_messages), /* the last one */
	};
	size_t count = sizeof(tests) / sizeof(tests[0]);

	if (!getenv("TILLD_CAPTURES")) {
		print_message("# TILLD_CAPTURES names no folder with recorded "
			      "messages: they are not read\n");
		count--;
	}
	return _cmocka_run_group_tests("tests", tests, count, NULL, NULL);
}
