/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/zvt_command.h"

#include <string.h>

#define ZVT_PHONED_SIZE 8 /* of BMP 3B */

#define ZVT_COMMAND_MAX 64

static void zvt_add_command(struct buf *buf, uint16_t control, struct buf *data)
{
	if (data->failed)
		buf->failed = true;
	else
		zvt_apdu_write(buf, control, data->data, data->len);
	buf_free(data); /* it may have held the password */
}

void zvt_add_registration(struct buf *buf,
			  const uint8_t password[ZVT_PASSWORD_SIZE],
			  const struct zvt_registration *registration)
{
	/* 26 { 0A 06 D3 }: the commands we take beyond the usual */
	static const uint8_t blocks[] = { 0x26, 0x04, 0x0a, 0x02, 0x06, 0xd3 };
	static const uint8_t number[] = { 0x1f, 0x73, 0x03, 0, 0, 0 };
	struct buf data = BUF_INIT(ZVT_COMMAND_MAX);
	struct buf tlv = BUF_INIT(ZVT_COMMAND_MAX);

	if (registration->tlv == ZVT_TLV_BLOCKS)
		buf_add(&tlv, blocks, sizeof(blocks));
	if (registration->numbered)
		buf_add(&tlv, number, sizeof(number));
	buf_add(&data, password, ZVT_PASSWORD_SIZE);
	buf_add_byte(&data, registration->config);
	if (registration->currency >= 0) {
		zvt_bcd_write(&data, registration->currency, 2);
		if (registration->service)
			zvt_field_write(&data, 0x03, &registration->service, 1);
		if (registration->tlv != ZVT_TLV_NONE)
			zvt_field_write(&data, 0x06, tlv.data, tlv.len);
	}
	buf_free(&tlv);
	zvt_add_command(buf, ZVT_REGISTRATION, &data);
}

void zvt_add_authorization(struct buf *buf, int64_t amount, int currency,
			   int type)
{
	struct buf data = BUF_INIT(ZVT_COMMAND_MAX);

	zvt_field_write_bcd(&data, 0x04, amount, 6);
	if (currency >= 0)
		zvt_field_write_bcd(&data, 0x49, currency, 2);
	if (type >= 0)
		zvt_field_write(&data, 0x19, &(uint8_t){ (uint8_t)type }, 1);
	zvt_add_command(buf, ZVT_AUTHORIZATION, &data);
}

void zvt_add_reversal(struct buf *buf,
		      const uint8_t password[ZVT_PASSWORD_SIZE],
		      int64_t receipt, int64_t amount, int currency)
{
	struct buf data = BUF_INIT(ZVT_COMMAND_MAX);

	buf_add(&data, password, ZVT_PASSWORD_SIZE);
	zvt_field_write_bcd(&data, 0x87, receipt, 2);
	if (amount >= 0) {
		zvt_field_write_bcd(&data, 0x04, amount, 6);
		if (currency >= 0)
			zvt_field_write_bcd(&data, 0x49, currency, 2);
	}
	zvt_add_command(buf, ZVT_REVERSAL, &data);
}

/* A command of nothing but password and service byte. */
static void zvt_add_plain(struct buf *buf, uint16_t control,
			  const uint8_t password[ZVT_PASSWORD_SIZE],
			  uint8_t service)
{
	struct buf data = BUF_INIT(ZVT_COMMAND_MAX);

	buf_add(&data, password, ZVT_PASSWORD_SIZE);
	if (service)
		zvt_field_write(&data, 0x03, &service, 1);
	zvt_add_command(buf, control, &data);
}

void zvt_add_repeat_receipt(struct buf *buf,
			    const uint8_t password[ZVT_PASSWORD_SIZE],
			    uint8_t service)
{
	zvt_add_plain(buf, ZVT_REPEAT_RECEIPT, password, service);
}

void zvt_add_status_enquiry(struct buf *buf,
			    const uint8_t password[ZVT_PASSWORD_SIZE],
			    uint8_t service)
{
	zvt_add_plain(buf, ZVT_STATUS_ENQUIRY, password, service);
}

static void zvt_add_amount(struct buf *data, int64_t amount, int currency)
{
	zvt_field_write_bcd(data, 0x04, amount, 6);
	if (currency >= 0)
		zvt_field_write_bcd(data, 0x49, currency, 2);
}

void zvt_add_refund(struct buf *buf, const uint8_t password[ZVT_PASSWORD_SIZE],
		    int64_t amount, int currency)
{
	struct buf data = BUF_INIT(ZVT_COMMAND_MAX);

	buf_add(&data, password, ZVT_PASSWORD_SIZE);
	zvt_add_amount(&data, amount, currency);
	zvt_add_command(buf, ZVT_REFUND, &data);
}

void zvt_add_phoned(struct buf *buf, const uint8_t password[ZVT_PASSWORD_SIZE],
		    int64_t amount, int currency, const char *code)
{
	struct buf data = BUF_INIT(ZVT_COMMAND_MAX);
	uint8_t padded[ZVT_PHONED_SIZE] = { 0 };
	size_t len = strlen(code);

	buf_add(&data, password, ZVT_PASSWORD_SIZE);
	zvt_add_amount(&data, amount, currency);
	if (len > sizeof(padded))
		data.failed = true;
	else
		memcpy(padded, code, len);
	zvt_field_write(&data, 0x3b, padded, sizeof(padded));
	zvt_add_command(buf, ZVT_PHONED, &data);
}

void zvt_add_day_end(struct buf *buf, const uint8_t password[ZVT_PASSWORD_SIZE])
{
	zvt_add_plain(buf, ZVT_DAY_END, password, 0);
}

void zvt_add_initialisation(struct buf *buf,
			    const uint8_t password[ZVT_PASSWORD_SIZE])
{
	zvt_add_plain(buf, ZVT_INITIALISATION, password, 0);
}

void zvt_add_diagnosis(struct buf *buf)
{
	zvt_apdu_write(buf, ZVT_DIAGNOSIS, NULL, 0);
}

bool zvt_speed_code(int baud, uint8_t *out_code)
{
	static const struct {
		int baud;
		uint8_t code;
	} speeds[] = { { 19200, 0x01 }, { 57600, 0x06 }, { 115200, 0x07 } };

	for (size_t i = 0; i < sizeof(speeds) / sizeof(*speeds); i++) {
		if (speeds[i].baud != baud)
			continue;
		*out_code = speeds[i].code;
		return true;
	}
	return false;
}

void zvt_add_speed(struct buf *buf, uint8_t code)
{
	zvt_apdu_write(buf, ZVT_SPEED, &code, 1);
}

void zvt_add_abort(struct buf *buf)
{
	zvt_apdu_write(buf, ZVT_ABORT, NULL, 0);
}

void zvt_add_log_off(struct buf *buf)
{
	zvt_apdu_write(buf, ZVT_LOG_OFF, NULL, 0);
}

/* --- message sequence numbers --- */

void zvt_add_sequence(struct buf *buf, int64_t number)
{
	struct buf data = BUF_INIT(ZVT_COMMAND_MAX), tlv = BUF_INIT(16),
		   digits = BUF_INIT(3);
	struct zvt_apdu apdu;
	size_t size;

	if (zvt_apdu_read(buf->data, buf->len, &apdu, &size)) {
		buf->failed = true;
		return;
	}
	buf_add(&data, apdu.data, apdu.len);
	zvt_bcd_write(&digits, number, 3);
	zvt_tlv_write(&tlv, 0x1f73, digits.data, digits.len);
	zvt_field_write(&data, 0x06, tlv.data, tlv.len);
	buf->failed |= digits.failed || tlv.failed || data.failed;
	buf_reset(buf);
	zvt_apdu_write(buf, apdu.control, data.data, data.len);
	buf_free(&data);
	buf_free(&tlv);
	buf_free(&digits);
}

/*
 * Some data are no fields (a line of print, the status of an enquiry), but a
 * container stands at the end of them as well: so the tag is looked for.
 */
int64_t zvt_sequence_read(const struct zvt_apdu *apdu)
{
	static const uint8_t mark[] = { 0x1f, 0x73, 0x03 };

	for (size_t at = apdu->len; at >= sizeof(mark) + 3; at--) {
		const uint8_t *tag = apdu->data + at - sizeof(mark) - 3;

		if (!memcmp(tag, mark, sizeof(mark)))
			return zvt_bcd_read(cursor_make(tag + sizeof(mark), 3));
	}
	return -1;
}
