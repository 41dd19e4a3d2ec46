/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of a ZVT terminal, and what it prints: no card number leaves them. */
#include "terminal/zvt_private.h"

#include "util/card.h"

#include "fuzz.h"

#include <string.h>

const int fuzz_variants = 30000;

static const char *const zvt_pages[] = { "cp437", "utf-8", "cp1252",
					 "nowhere" };

static void zvt_text(struct cursor text, const char *page)
{
	struct buf buf = BUF_INIT(256 * 1024);

	zvt_text_add(&buf, text, page);
	FUZZ_HOLDS(!strpbrk(buf_text(&buf), "\r\n\x1b\x7f"));
	buf_free(&buf);
}

static void zvt_tree(struct cursor tree, int depth)
{
	struct zvt_tlv tlv;

	while (zvt_tlv_next(&tree, &tlv) == ZVT_NEXT_FOUND) {
		zvt_bcd_read(tlv.value);
		if (depth < 4)
			zvt_tree(tlv.value, depth + 1);
	}
}

static void zvt_info(const uint8_t *data, size_t len, const char *page)
{
	struct zvt_info info;
	struct zvt_enquiry enquiry;
	size_t digits = 0;

	zvt_info_read(data, len, &info);
	FUZZ_HOLDS(strlen(info.card) < ZVT_CARD_SIZE);
	for (const char *at = info.card; *at; at++) {
		digits = *at >= '0' && *at <= '9' ? digits + 1 : 0;
		FUZZ_HOLDS(digits < 8);
	}
	zvt_text(info.card_name, page);
	zvt_text(info.authorization, page);
	zvt_text(info.text, page);
	zvt_tree(info.tlv, 0);
	zvt_text_card(info.card_type);
	zvt_enquiry_read(data, len, &enquiry);
	zvt_text(enquiry.version, page);
	zvt_tree(enquiry.tlv, 0);
	zvt_text_status((uint8_t)enquiry.status);
	zvt_text_result((uint8_t)info.numbers.result);
	zvt_text_reason((uint8_t)info.numbers.result);
}

static void zvt_print(const struct zvt_apdu *apdu,
		      struct zvt_receipts *receipts, const char *page)
{
	const struct zvt_settings settings = { .page = page,
					       .strip_tlv = true };

	if (apdu->control == ZVT_PRINT_LINE)
		zvt_receipts_take_line(receipts, &settings, apdu->data,
				       apdu->len);
	if (apdu->control == ZVT_PRINT_BLOCK)
		zvt_receipts_take_block(receipts, &settings, apdu->data,
					apdu->len);
}

/* A message that was read is written the same way. */
static void zvt_write_again(const struct zvt_apdu *apdu)
{
	struct buf buf = BUF_INIT(ZVT_APDU_MAX);
	struct zvt_apdu again;
	size_t size;

	zvt_apdu_write(&buf, apdu->control, apdu->data, apdu->len);
	FUZZ_HOLDS(!buf.failed);
	FUZZ_HOLDS(!zvt_apdu_read(buf.data, buf.len, &again, &size));
	FUZZ_HOLDS(size == buf.len && again.len == apdu->len &&
		   again.control == apdu->control);
	buf_free(&buf);
}

static void zvt_fields(const uint8_t *data, size_t len)
{
	struct cursor cursor = cursor_make(data, len);
	struct zvt_field field;
	struct buf buf = BUF_INIT(ZVT_APDU_MAX);

	while (zvt_field_next(&cursor, &field) == ZVT_NEXT_FOUND) {
		buf_reset(&buf);
		zvt_field_write(&buf, field.id, field.value.data,
				field.value.len);
	}
	buf_free(&buf);
}

/* Our own commands, of whatever numbers; what was made can be read. */
static void zvt_commands(const uint8_t *data, size_t size)
{
	struct zvt_registration registration = { .config = 0xba,
						 .service = 0x03 };
	struct buf buf = BUF_INIT(ZVT_APDU_MAX);
	struct zvt_apdu apdu;
	int64_t number = 0;
	size_t used;

	memcpy(&number, data, size < sizeof(number) ? size : sizeof(number));
	registration.tlv = data[0] % 3;
	registration.numbered = data[0] & 4;
	registration.currency = data[0] & 8 ? (int)(number & 0xffff) : -1;
	zvt_add_registration(&buf, data, &registration);
	zvt_add_authorization(&buf, number, (int)(number & 0xfff),
			      data[0] & 16 ? data[1] : -1);
	zvt_add_reversal(&buf, data, number & 0x3fff, number >> 8, 978);
	zvt_add_repeat_receipt(&buf, data, data[2]);
	zvt_add_status_enquiry(&buf, data, data[2]);
	zvt_add_abort(&buf);
	zvt_add_log_off(&buf);
	if (!buf.failed)
		FUZZ_HOLDS(!zvt_apdu_read(buf.data, buf.len, &apdu, &used));
	buf_reset(&buf);
	zvt_tlv_write(&buf, (uint32_t)number & 0x1fffff, data, size);
	buf_reset(&buf);
	zvt_field_write_bcd(&buf, data[0], number, data[1] & 15);
	buf_free(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zvt_receipts receipts = { 0 };
	struct zvt_apdu apdu;
	char text[ZVT_TEXT_SIZE];
	enum zvt_waits waits;
	const char *page;
	size_t used;

	if (!size)
		return 0;
	page = zvt_text_page(data[0], zvt_pages[data[0] % 4]);
	for (data++, size--; !zvt_apdu_read(data, size, &apdu, &used);
	     data += used, size -= used) {
		FUZZ_HOLDS(used <= size && used >= 3);
		zvt_write_again(&apdu);
		zvt_control_is_answer(apdu.control);
		zvt_class_is_known((uint8_t)(apdu.control >> 8));
		zvt_text_answer_reason((uint8_t)apdu.control);
		zvt_text_intermediate(apdu.len ? apdu.data[0] : 0,
				      data[0] % ZVT_LANGUAGES, text, &waits);
		zvt_info(apdu.data, apdu.len, page);
		zvt_fields(apdu.data, apdu.len);
		zvt_print(&apdu, &receipts, page);
	}
	if (size >= ZVT_PASSWORD_SIZE)
		zvt_commands(data, size < ZVT_DATA_MAX ? size : ZVT_DATA_MAX);
	json_decref(zvt_receipts_take(&receipts));
	zvt_receipts_clear(&receipts);
	return 0;
}
