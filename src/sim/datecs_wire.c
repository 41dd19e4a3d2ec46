/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/datecs_wire.h"

#include "util/text.h"

#include <string.h>

#define ISL_SOH	       0x01
#define ISL_ETX	       0x03
#define ISL_EOT	       0x04
#define ISL_ENQ	       0x05
#define ISL_DLE	       0x10
#define ISL_ESCAPED    0x40
#define ISL_BASE       0x20
#define ISL_NIBBLE     0x30
#define ISL_SUM_DIGITS 4

void isl_reader_reset(struct isl_reader *reader)
{
	reader->len = 0;
	reader->inside = false;
	reader->overflow = false;
}

bool isl_reader_feed(struct isl_reader *reader, uint8_t byte)
{
	bool whole = reader->inside && byte == ISL_ETX;

	if (byte == ISL_SOH) {
		isl_reader_reset(reader);
		reader->inside = true;
	} else if (whole) {
		reader->inside = false;
	} else if (reader->inside && reader->len < sizeof(reader->bytes)) {
		reader->bytes[reader->len++] = byte;
	} else {
		reader->overflow = reader->inside;
	}
	return whole;
}

/* --- numbers --- */

static bool isl_nibbles_get(const uint8_t *at, unsigned *out_value)
{
	unsigned value = 0;

	for (size_t i = 0; i < ISL_SUM_DIGITS; i++) {
		if (at[i] < ISL_NIBBLE || at[i] > ISL_NIBBLE + 15)
			return false;
		value = value * 16 + at[i] - ISL_NIBBLE;
	}
	*out_value = value;
	return true;
}

static void isl_nibbles_add(struct buf *out, unsigned value)
{
	for (int shift = 12; shift >= 0; shift -= 4)
		buf_add_byte(out,
			     (uint8_t)(ISL_NIBBLE + (value >> shift & 0x0f)));
}

static bool isl_number_get(bool classic, const uint8_t *at, unsigned *out_value)
{
	if (!classic)
		return isl_nibbles_get(at, out_value);
	*out_value = at[0];
	return true;
}

static void isl_number_add(bool classic, struct buf *out, unsigned value)
{
	if (classic)
		buf_add_byte(out, (uint8_t)value);
	else
		isl_nibbles_add(out, value);
}

static unsigned isl_sum(const uint8_t *at, size_t len)
{
	unsigned sum = 0;

	while (len--)
		sum += *at++;
	return sum & 0xffff;
}

/* --- requests --- */

static void isl_request_unescape(struct isl_request *request, const uint8_t *at,
				 size_t len)
{
	for (size_t i = 0; i < len && request->len + 1 < ISL_DATA_MAX; i++) {
		uint8_t byte = at[i];

		if (byte == ISL_DLE && i + 1 < len)
			byte = (uint8_t)(at[++i] - ISL_ESCAPED);
		request->data[request->len++] = (char)byte;
	}
}

static void isl_request_split(struct isl_request *request)
{
	const char *at = request->data;

	while (*at && request->fields_count < ISL_FIELDS_MAX) {
		size_t len = strcspn(at, "\t");
		char *field = request->fields[request->fields_count++];
		size_t room = len < ISL_FIELD_SIZE ? len + 1 : ISL_FIELD_SIZE;

		text_copy(field, room, at);
		at += len + (at[len] == '\t');
	}
}

/* The other dialect's LEN is no number in this one, or another one. */
enum isl_form isl_request_parse(bool classic, const struct isl_reader *reader,
				struct isl_request *out_request)
{
	size_t digits = classic ? 1 : ISL_SUM_DIGITS, head = 2 * digits + 1;
	const uint8_t *at = reader->bytes;
	size_t body = reader->len - ISL_SUM_DIGITS;
	unsigned length, command, sum;

	*out_request = (struct isl_request){ 0 };
	if (reader->overflow || reader->len < digits + ISL_SUM_DIGITS)
		return ISL_FORM_BAD;
	if (!isl_number_get(classic, at, &length) || length != body + ISL_BASE)
		return ISL_FORM_OTHER;
	if (body < head + 1)
		return ISL_FORM_BAD;
	if (at[body - 1] != ISL_ENQ || at[digits] < ISL_BASE ||
	    !isl_number_get(classic, at + digits + 1, &command) ||
	    !isl_nibbles_get(at + body, &sum) || sum != isl_sum(at, body))
		return ISL_FORM_BAD;
	out_request->seq = at[digits];
	out_request->command = (int)command;
	isl_request_unescape(out_request, at + head, body - head - 1);
	isl_request_split(out_request);
	return ISL_FORM_GOOD;
}

const char *isl_request_field(const struct isl_request *request, size_t i)
{
	return i < request->fields_count ? request->fields[i] : "";
}

/* --- answers --- */

static void isl_data_add(bool classic, const char *data, struct buf *out)
{
	for (; *data; data++) {
		uint8_t byte = (uint8_t)*data;
		bool plain = byte >= ISL_BASE || byte == '\t' ||
			     (classic && byte == '\n');

		if (!plain)
			buf_add_byte(out, ISL_DLE);
		buf_add_byte(out, plain ? byte : (uint8_t)(byte + ISL_ESCAPED));
	}
}

void isl_answer_add(bool classic, const struct isl_request *request,
		    const char *data, const uint8_t status[ISL_STATUS_SIZE],
		    struct buf *out)
{
	struct buf text = BUF_INIT(ISL_FRAME_MAX);
	size_t digits = classic ? 1 : ISL_SUM_DIGITS;
	size_t bytes = classic ? 6 : 8, start = out->len + 1;

	isl_data_add(classic, data, &text);
	buf_add_byte(out, ISL_SOH);
	isl_number_add(classic, out,
		       (unsigned)(ISL_BASE + 2 * digits + 1 + text.len + 1 +
				  bytes + 1));
	buf_add_byte(out, request->seq);
	isl_number_add(classic, out, (unsigned)request->command);
	buf_add(out, text.data, text.len);
	buf_add_byte(out, ISL_EOT);
	buf_add(out, status, bytes);
	buf_add_byte(out, ISL_ENQ);
	isl_nibbles_add(out, isl_sum(out->data + start, out->len - start));
	buf_add_byte(out, ISL_ETX);
	buf_free(&text);
}
