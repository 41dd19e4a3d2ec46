/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/posnet_wire.h"

#include "util/alloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define FP_STX	    0x02
#define FP_ETX	    0x03
#define FP_TAB	    0x09
#define FP_POLY	    0x1021
#define FP_CRC_SIZE 4

/* CRC-16 with a start value of 0 (protocol text 3.3), bit by bit. */
static uint16_t fp_crc(const void *data, size_t len)
{
	const uint8_t *at = data;
	unsigned crc = 0;

	while (len--) {
		crc ^= (unsigned)*at++ << 8;
		for (int i = 0; i < 8; i++)
			crc = crc & 0x8000 ? crc << 1 ^ FP_POLY : crc << 1;
		crc &= 0xffff;
	}
	return (uint16_t)crc;
}

void fp_reader_reset(struct fp_reader *reader)
{
	reader->len = 0;
	reader->inside = false;
	reader->overflow = false;
}

enum fp_read fp_reader_feed(struct fp_reader *reader, uint8_t byte)
{
	bool overflow = reader->overflow;

	if (byte == FP_STX) {
		fp_reader_reset(reader);
		reader->inside = true;
		return FP_READ_MORE;
	}
	if (!reader->inside)
		return FP_READ_MORE;
	if (byte != FP_ETX) {
		if (reader->len < sizeof(reader->bytes))
			reader->bytes[reader->len++] = byte;
		else
			reader->overflow = true;
		return FP_READ_MORE;
	}
	reader->inside = false;
	reader->overflow = false;
	return overflow ? FP_READ_TOO_LONG : FP_READ_FRAME;
}

/* One to four digits of either case, as unpadded senders exist. */
static bool fp_crc_parse(const char *digits, size_t len, uint16_t *out_crc)
{
	unsigned crc = 0;

	if (!len || len > FP_CRC_SIZE)
		return false;
	for (size_t i = 0; i < len; i++) {
		int c = tolower((unsigned char)digits[i]);

		if (!isxdigit(c))
			return false;
		crc = crc << 4 |
		      (unsigned)(isdigit(c) ? c - '0' : c - 'a' + 10);
	}
	*out_crc = (uint16_t)crc;
	return true;
}

static enum fp_refusal fp_element_parse(struct fp_request *request,
					const char *element)
{
	struct fp_field *field = &request->fields[request->fields_count];

	if (element[0] == '@') {
		if (request->token[0] || strlen(element) != FP_TOKEN_SIZE ||
		    strspn(element + 1, "0123456789") != FP_TOKEN_SIZE - 1)
			return FP_REFUSAL_TOKEN;
		memcpy(request->token, element + 1, FP_TOKEN_SIZE);
		return FP_REFUSAL_NONE;
	}
	if (strlen(element) < 2 || !islower((unsigned char)element[0]) ||
	    !isalnum((unsigned char)element[1]) ||
	    request->fields_count == FP_ELEMENTS_MAX)
		return FP_REFUSAL_FIELD;
	memcpy(field->name, element, 2);
	field->value = element + 2;
	request->fields_count++;
	return FP_REFUSAL_NONE;
}

static bool fp_name_parse(struct fp_request *request, const char *name)
{
	request->async = name[0] == '!';
	name += request->async;
	if (!*name || strlen(name) >= sizeof(request->name))
		return false;
	memcpy(request->name, name, strlen(name) + 1);
	return true;
}

/* Walks the elements of text, which is len long and ends in a 09. */
static enum fp_refusal fp_elements_parse(struct fp_request *request, size_t len)
{
	enum fp_refusal refusal = FP_REFUSAL_NONE;
	char *end = memchr(request->text, FP_TAB, len);
	char *at = end + 1;

	*end = '\0';
	if (!fp_name_parse(request, request->text))
		return FP_REFUSAL_FRAME;
	while (at < request->text + len && !refusal) {
		end = memchr(at, FP_TAB, len - (size_t)(at - request->text));
		*end = '\0';
		refusal = fp_element_parse(request, at);
		at = end + 1;
	}
	return refusal;
}

enum fp_refusal fp_request_parse(const uint8_t *bytes, size_t len,
				 struct fp_request *out_request)
{
	const uint8_t *mark = memrchr(bytes, '#', len);
	uint16_t crc;
	size_t body;

	*out_request = (struct fp_request){ 0 };
	if (!mark || mark == bytes || mark[-1] != FP_TAB ||
	    memchr(bytes, 0, len))
		return FP_REFUSAL_FRAME;
	body = (size_t)(mark - bytes);
	if (!fp_crc_parse((const char *)mark + 1, len - body - 1, &crc))
		return FP_REFUSAL_FRAME;
	if (crc != fp_crc(bytes, body))
		return FP_REFUSAL_CRC;
	out_request->text = alloc_text_part((const char *)bytes, body);
	return fp_elements_parse(out_request, body);
}

struct fp_request *fp_request_free(struct fp_request *request)
{
	if (request)
		free(request->text);
	free(request);
	return NULL;
}

const char *fp_request_find(const struct fp_request *request, const char *name)
{
	for (size_t i = 0; i < request->fields_count; i++)
		if (!strcmp(request->fields[i].name, name))
			return request->fields[i].value;
	return NULL;
}

void fp_frame_add(struct buf *out, const struct buf *payload)
{
	buf_add_byte(out, FP_STX);
	buf_add(out, payload->data, payload->len);
	buf_add_format(out, "#%04X",
		       (unsigned)fp_crc(payload->data, payload->len));
	buf_add_byte(out, FP_ETX);
}
