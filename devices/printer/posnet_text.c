/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text as the printer prints it (docs/protocols.md 3.6). Of Latin-2 and Mazovia
 * it knows the Polish letters only, and a blank comes of the rest; and where
 * Windows-1250 has some signs it draws boxes. What it can't print is sent as
 * the letter below the accent, or as a question mark: never as another letter.
 */
#include "printer/posnet_private.h"

#include "util/text.h"

#include <string.h>

#define POSNET_SUBSTITUTE '?'

static const struct posnet_page {
	const char *option;
	const char *name;
	const char *bytes; /* above 7Fh: those that it prints, or... */
	bool but;	   /* ...those that it doesn't */
} posnet_pages[] = {
	{ "cp1250", "CP1250",
	  "\x81\x83\x88\x90\x98\xA0\xA4\xA8\xAD\xB2\xB4\xB8", true },
	{ "latin2", "ISO-8859-2",
	  "\xA1\xC6\xCA\xA3\xD1\xD3\xA6\xAC\xAF"
	  "\xB1\xE6\xEA\xB3\xF1\xF3\xB6\xBC\xBF",
	  false },
	{ "mazovia", TEXT_MAZOVIA, "", true },
};

static const struct posnet_page *posnet_page_find(const char *option)
{
	const struct posnet_page *page = posnet_pages;

	while (strcmp(page->option, option) != 0)
		page++;
	return page;
}

static bool posnet_page_prints(const struct posnet_page *page, uint8_t byte)
{
	return byte < 0x80 || !strchr(page->bytes, (char)byte) == page->but;
}

/* One character, with the accents that stand behind it. */
static size_t posnet_text_span(const char *text)
{
	size_t len = 1;
	uint32_t code;

	while (((uint8_t)text[len] & 0xC0) == 0x80)
		len++;
	for (size_t more; (more = text_decode(text + len, &code)) &&
			  code >= 0x300 && code < 0x370;)
		len += more;
	return len;
}

void posnet_text_put(const char *option, const char *text, struct buf *out)
{
	const struct posnet_page *page = posnet_page_find(option);
	char part[32];

	for (size_t len; *text; text += len) {
		size_t at = out->len;

		len = posnet_text_span(text);
		text_copy(part, len + 1 < sizeof(part) ? len + 1 : sizeof(part),
			  text);
		text_to_page(part, page->name, POSNET_SUBSTITUTE, out);
		if (out->failed || out->len == at ||
		    posnet_page_prints(page, out->data[at]))
			continue;
		out->len = at;
		text_to_page(part, "ASCII",
			     out->data[at] == 0xA0 ? ' ' : POSNET_SUBSTITUTE,
			     out);
	}
}
