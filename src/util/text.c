/* SPDX-License-Identifier: Apache-2.0 */
#include "util/text.h"

#include <string.h>

size_t text_decode(const char *text, uint32_t *out_code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *at = (const uint8_t *)text;
	size_t len = at[0] < 0x80   ? 1
		     : at[0] < 0xc2 ? 0
		     : at[0] < 0xe0 ? 2
		     : at[0] < 0xf0 ? 3
		     : at[0] < 0xf5 ? 4
				    : 0;
	uint32_t code = len > 1 ? at[0] & (0x7fU >> len) : at[0];

	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3f);
	}
	if (!len || (len > 1 && code < least[len]) || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*out_code = code;
	return len;
}

static bool text_is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/* What makes a line read otherwise than it is, and is not seen itself: marks
 * that turn the direction, of no width, of lines and paragraphs, and tags. In
 * order. */
static bool text_is_deceptive(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00ad, 0x00ad },   { 0x034f, 0x034f }, { 0x061c, 0x061c },
		{ 0x115f, 0x1160 },   { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },
		{ 0x200b, 0x200f },   { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0x3164, 0x3164 },   { 0xfdd0, 0xfdef }, { 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb }, { 0xfffe, 0xffff },
		{ 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (code <= ranges[i].last)
			return code >= ranges[i].first;
	return false;
}

static bool text_has_only(const char *text, bool deceptive)
{
	uint32_t code;

	while (*text) {
		size_t len = text_decode(text, &code);

		if (!len || text_is_control(code) ||
		    (!deceptive && text_is_deceptive(code)))
			return false;
		text += len;
	}
	return true;
}

bool text_is_plain(const char *text)
{
	return text_has_only(text, false);
}

bool text_is_typed(const char *text)
{
	return text_has_only(text, true);
}

size_t text_length(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((uint8_t)*text & 0xc0) != 0x80;
	return count;
}

static bool text_is_alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

size_t text_break(const char *text, size_t columns)
{
	size_t indent = strspn(text, " "), most = 0, at;
	uint32_t code;

	while (columns-- && text[most])
		most += text_decode(text + most, &code);
	at = text[most] ? most : 0;
	while (at > indent && text[at] != ' ')
		at--;
	return at > indent ? at : most;
}

bool text_is_name(const char *text, size_t max)
{
	size_t len = strlen(text);

	if (!len || len > max || !text_is_alphanumeric(text[0]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!text_is_alphanumeric(text[i]) && !strchr("._-", text[i]))
			return false;
	return true;
}

void text_copy(char *out, size_t size, const char *text)
{
	size_t len = strnlen(text, size - 1);

	memcpy(out, text, len);
	out[len] = 0;
}
