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

bool text_is_plain(const char *text)
{
	uint32_t code;

	while (*text) {
		size_t len = text_decode(text, &code);

		if (!len || text_is_control(code))
			return false;
		text += len;
	}
	return true;
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
