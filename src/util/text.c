/* SPDX-License-Identifier: Apache-2.0 */
#include "util/text.h"

#include <iconv.h>
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

/* Fails on what the target lacks, so that we put in our own substitute. */
static bool text_convert(iconv_t conversion, const char *from, size_t from_len,
			 struct buf *out)
{
	char made[8], *to = made;
	char *in = (char *)(uintptr_t)from;
	size_t room = sizeof(made);

	if (iconv(conversion, &in, &from_len, &to, &room) != 0 || from_len)
		return false;
	buf_add(out, made, sizeof(made) - room);
	return true;
}

/* The letter below the accent, from U+00C0 to U+017F; '*' for what has none. */
static char text_plain_letter(uint32_t code)
{
	static const char letters[] = "AAAAAAACEEEEIIIIDNOOOOO*OUUUUYTs"
				      "aaaaaaaceeeeiiiidnooooo*ouuuuyty"
				      "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGg"
				      "GgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL"
				      "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSs"
				      "SsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";
	char letter;

	if (code < 0xc0 || code > 0x17f)
		return 0;
	letter = letters[code - 0xc0];
	return letter == '*' ? 0 : letter;
}

static bool text_is_combining(uint32_t code)
{
	return code >= 0x300 && code < 0x370;
}

/* For a character that the page lacks. */
static void text_stand_in(uint32_t code, char substitute, struct buf *out)
{
	char letter = text_plain_letter(code);

	if (!text_is_combining(code))
		buf_add_byte(out, (uint8_t)(letter ? letter : substitute));
}

bool text_to_page(const char *text, const char *page, char substitute,
		  struct buf *out)
{
	iconv_t conversion = iconv_open(page, "UTF-8");
	uint32_t code;

	if (conversion == (iconv_t)-1)
		return false;
	while (*text) {
		size_t len = text_decode(text, &code);

		if (!len) {
			buf_add_byte(out, (uint8_t)substitute);
			len = 1;
		} else if (!text_is_control(code) &&
			   !text_convert(conversion, text, len, out)) {
			text_stand_in(code, substitute, out);
		}
		text += len;
	}
	iconv_close(conversion);
	return true;
}

bool text_from_page(const void *bytes, size_t len, const char *page,
		    struct buf *out)
{
	iconv_t conversion = iconv_open("UTF-8", page);
	struct buf one = BUF_INIT(16);
	const char *at = bytes;

	if (conversion == (iconv_t)-1)
		return false;
	for (; len; at++, len--) {
		buf_reset(&one);
		if (!text_convert(conversion, at, 1, &one))
			buf_add_text(out, "\xef\xbf\xbd");
		else if (text_is_plain(buf_text(&one)) && *at)
			buf_add_text(out, buf_text(&one));
		else
			buf_add_byte(out, ' ');
	}
	buf_free(&one);
	iconv_close(conversion);
	return true;
}
