/* SPDX-License-Identifier: Apache-2.0 */
#include "printer/posnet_codec.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#define POSNET_CRC_POLYNOMIAL 0x1021
#define POSNET_CRC_DIGITS_MAX 4
#define POSNET_LF	      0x0A /* between the arguments of a form's line */
#define POSNET_ERROR_DIGITS   5
#define POSNET_NUMBER_DIGITS  18

uint16_t posnet_frame_crc(const void *data, size_t len)
{
	const uint8_t *bytes = data;
	unsigned int crc = 0;

	for (size_t i = 0; i < len; i++) {
		crc ^= (unsigned int)bytes[i] << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 0x8000 ? crc << 1 ^ POSNET_CRC_POLYNOMIAL
					   : crc << 1;
		crc &= 0xFFFF;
	}
	return (uint16_t)crc;
}

/* --- building --- */

/* 02, 03 and 09 can never be data, nor any other control but LF (3.2). */
static bool posnet_byte_is_data(uint8_t byte)
{
	return byte >= 0x20 || byte == POSNET_LF;
}

static void posnet_frame_add(struct buf *buf, const char *text)
{
	for (const char *c = text; *c; c++) {
		if (!posnet_byte_is_data((uint8_t)*c))
			buf->failed = true;
		buf_add_byte(buf, (uint8_t)*c);
	}
}

void posnet_frame_begin(struct buf *buf, const char *mnemonic)
{
	buf_reset(buf);
	buf_add_byte(buf, POSNET_STX);
	posnet_frame_add(buf, mnemonic);
	buf_add_byte(buf, POSNET_TAB);
}

void posnet_frame_token(struct buf *buf, int token)
{
	if (token < 0 || token >= POSNET_TOKENS)
		buf->failed = true;
	buf_add_format(buf, "@%04d\t", token);
}

static bool posnet_name_is_valid(const char *name)
{
	return isalnum((unsigned char)name[0]) &&
	       isalnum((unsigned char)name[1]);
}

void posnet_frame_field(struct buf *buf, const char *name, const char *value)
{
	if (!posnet_name_is_valid(name) || name[2])
		buf->failed = true;
	posnet_frame_add(buf, name);
	posnet_frame_add(buf, value);
	buf_add_byte(buf, POSNET_TAB);
}

void posnet_frame_end(struct buf *buf)
{
	if (buf->failed || !buf->len)
		return;
	buf_add_format(buf, "#%04X",
		       posnet_frame_crc(buf->data + 1, buf->len - 1));
	buf_add_byte(buf, POSNET_ETX);
	if (buf->len > POSNET_FRAME_MAX)
		buf->failed = true;
}

/* --- parsing --- */

const char *posnet_frame_mnemonic(const struct posnet_frame *frame)
{
	return frame->text + (frame->async ? 1 : 0);
}

const char *posnet_frame_value(const struct posnet_frame *frame,
			       const char *name)
{
	for (size_t i = 0; i < frame->fields; i++) {
		const char *text = frame->text + frame->field[i];

		if (text[0] == name[0] && text[1] == name[1])
			return text + 2;
	}
	return NULL;
}

/* One to max decimal digits and nothing else. */
static bool posnet_digits_parse(const char *text, size_t max,
				int64_t *out_number)
{
	size_t len = strspn(text, "0123456789");
	int64_t number = 0;

	if (!len || len > max || text[len])
		return false;
	for (size_t i = 0; i < len; i++)
		number = number * 10 + (text[i] - '0');
	*out_number = number;
	return true;
}

bool posnet_frame_number(const struct posnet_frame *frame, const char *name,
			 int64_t *out_number)
{
	const char *text = posnet_frame_value(frame, name);
	bool minus = text && text[0] == '-';
	int64_t number;

	if (!text || !posnet_digits_parse(text + (minus ? 1 : 0),
					  POSNET_NUMBER_DIGITS, &number))
		return false;
	*out_number = minus ? -number : number;
	return true;
}

bool posnet_frame_flag(const struct posnet_frame *frame, const char *name,
		       bool *out_flag)
{
	const char *text = posnet_frame_value(frame, name);

	if (!text || !text[0] || text[1] || !strchr("1TtYy0NnFf", text[0]))
		return false;
	*out_flag = strchr("1TtYy", text[0]) != NULL;
	return true;
}

static bool posnet_crc_matches(const char *digits, size_t len, uint16_t crc)
{
	unsigned int told = 0;

	for (size_t i = 0; i < len; i++) {
		int c = toupper((unsigned char)digits[i]);

		told = told << 4 |
		       (unsigned int)(c <= '9' ? c - '0' : c - 'A' + 10);
	}
	return told == crc;
}

/* '#' can be data too, so the checksum's is the last one (3.2). */
static int posnet_frame_check(const uint8_t *data, size_t len,
			      size_t *out_payload)
{
	size_t digits = 0;

	while (digits < len && isxdigit(data[len - 1 - digits]))
		digits++;
	if (!digits || digits > POSNET_CRC_DIGITS_MAX || digits == len ||
	    data[len - 1 - digits] != '#')
		return POSNET_FRAME_MALFORMED;
	len -= digits + 1;
	if (!posnet_crc_matches((const char *)data + len + 1, digits,
				posnet_frame_crc(data, len)))
		return POSNET_FRAME_CRC;
	*out_payload = len;
	return 0;
}

static bool posnet_frame_take_error(struct posnet_frame *frame,
				    const char *digits)
{
	int64_t number;

	if (frame->error != POSNET_NO_ERROR ||
	    !posnet_digits_parse(digits, POSNET_ERROR_DIGITS, &number))
		return false;
	frame->error = (int)number;
	return true;
}

static bool posnet_frame_take_token(struct posnet_frame *frame,
				    const char *digits)
{
	int64_t number;

	if (frame->token != POSNET_NO_TOKEN || strlen(digits) != 4 ||
	    !posnet_digits_parse(digits, 4, &number))
		return false;
	frame->token = (int)number;
	return true;
}

static bool posnet_frame_take_field(struct posnet_frame *frame,
				    const char *element)
{
	if (!posnet_name_is_valid(element) ||
	    frame->fields == POSNET_FIELDS_MAX)
		return false;
	frame->field[frame->fields++] = (uint16_t)(element - frame->text);
	return true;
}

/* The spec's own example of rpt prints er13 where all others print ?13. */
static bool posnet_element_is_er(const struct posnet_frame *frame,
				 const char *element)
{
	return frame->frame_error && element[0] == 'e' && element[1] == 'r';
}

static bool posnet_frame_take_element(struct posnet_frame *frame,
				      const char *element)
{
	if (element[0] == '@')
		return posnet_frame_take_token(frame, element + 1);
	if (element[0] == '?')
		return posnet_frame_take_error(frame, element + 1);
	if (posnet_element_is_er(frame, element))
		return posnet_frame_take_error(frame, element + 2);
	return posnet_frame_take_field(frame, element);
}

static bool posnet_frame_take_mnemonic(struct posnet_frame *frame)
{
	const char *name;

	frame->async = frame->text[0] == '!';
	name = posnet_frame_mnemonic(frame);
	frame->frame_error = strcmp(name, "ERR") == 0;
	if (!*name)
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name))
			return false;
	return true;
}

/* Only an error may lack the TAB after it. */
static bool posnet_frame_last_may_end(const struct posnet_frame *frame,
				      const char *last)
{
	return last != frame->text &&
	       (*last == '?' || posnet_element_is_er(frame, last));
}

static bool posnet_frame_split(struct posnet_frame *frame, size_t len)
{
	char *end = frame->text + len;
	char *element = frame->text;

	while (element < end) {
		char *tab =
			memchr(element, POSNET_TAB, (size_t)(end - element));

		if (!tab && !posnet_frame_last_may_end(frame, element))
			return false;
		if (!tab)
			tab = end;
		*tab = 0;
		if (element == frame->text
			    ? !posnet_frame_take_mnemonic(frame)
			    : !posnet_frame_take_element(frame, element))
			return false;
		element = tab + 1;
	}
	return len > 0 &&
	       (!frame->frame_error || frame->error != POSNET_NO_ERROR);
}

int posnet_frame_parse(const void *data, size_t len,
		       struct posnet_frame *out_frame)
{
	struct posnet_frame frame = { .token = POSNET_NO_TOKEN,
				      .error = POSNET_NO_ERROR };
	const uint8_t *bytes = data;
	size_t payload;
	int r;

	if (!len || len > POSNET_FRAME_MAX - 2)
		return POSNET_FRAME_MALFORMED;
	for (size_t i = 0; i < len; i++)
		if (!posnet_byte_is_data(bytes[i]) && bytes[i] != POSNET_TAB)
			return POSNET_FRAME_MALFORMED;
	r = posnet_frame_check(bytes, len, &payload);
	if (r)
		return r;
	memcpy(frame.text, bytes, payload);
	if (!posnet_frame_split(&frame, payload))
		return POSNET_FRAME_MALFORMED;
	*out_frame = frame;
	return 0;
}

/* --- the stream --- */

static enum posnet_read posnet_reader_begin(struct posnet_reader *reader)
{
	bool cut = reader->inside && reader->len > 0;

	reader->inside = true;
	reader->len = 0;
	return cut ? POSNET_READ_BROKEN : POSNET_READ_MORE;
}

static enum posnet_read posnet_reader_end(struct posnet_reader *reader,
					  struct posnet_frame *out_frame)
{
	reader->inside = false;
	if (posnet_frame_parse(reader->data, reader->len, out_frame))
		return POSNET_READ_BROKEN;
	return POSNET_READ_FRAME;
}

static enum posnet_read posnet_reader_keep(struct posnet_reader *reader,
					   uint8_t byte)
{
	if (reader->len == POSNET_FRAME_MAX - 2) {
		reader->inside = false;
		return POSNET_READ_BROKEN;
	}
	reader->data[reader->len++] = byte;
	return POSNET_READ_MORE;
}

static void posnet_reader_skip(struct posnet_reader *reader)
{
	if (reader->noise < UINT_MAX)
		reader->noise++;
}

/* A printer left at XON/XOFF, the factory's setting, may put these anywhere. */
static bool posnet_byte_is_flow(uint8_t byte)
{
	return byte == POSNET_XON || byte == POSNET_XOFF;
}

static enum posnet_read posnet_reader_step(struct posnet_reader *reader,
					   uint8_t byte,
					   struct posnet_frame *out_frame)
{
	if (posnet_byte_is_flow(byte))
		return POSNET_READ_MORE;
	if (byte == POSNET_STX)
		return posnet_reader_begin(reader);
	if (!reader->inside) {
		posnet_reader_skip(reader);
		return POSNET_READ_MORE;
	}
	if (byte == POSNET_ETX)
		return posnet_reader_end(reader, out_frame);
	return posnet_reader_keep(reader, byte);
}

enum posnet_read posnet_reader_take(struct posnet_reader *reader,
				    struct cursor *input,
				    struct posnet_frame *out_frame)
{
	while (cursor_left(input)) {
		enum posnet_read got = posnet_reader_step(
			reader, cursor_byte(input), out_frame);

		if (got != POSNET_READ_MORE)
			return got;
	}
	return POSNET_READ_MORE;
}
