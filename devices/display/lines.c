/* SPDX-License-Identifier: Apache-2.0 */
#include "display/lines.h"

#include "util/cleanup.h"
#include "util/text.h"

#include <string.h>

static const struct lines_page lines_pages[] = {
	{ "cp437", "CP437", 0 },
	{ "cp850", "CP850", 2 },
	{ "cp852", "CP852", 18 },
	{ "cp858", "CP858", 19 },
	{ "cp860", "CP860", 3 },
	{ "cp863", "CP863", 4 },
	{ "cp865", "CP865", 5 },
	{ "cp866", "CP866", 17 },
	{ "cp1250", "CP1250", LINES_NO_TABLE },
	{ "cp1251", "CP1251", LINES_NO_TABLE },
	{ "cp1252", "CP1252", 16 },
	{ "cp1253", "CP1253", LINES_NO_TABLE },
	{ "cp1257", "CP1257", LINES_NO_TABLE },
	{ NULL, NULL, LINES_NO_TABLE },
};

const struct lines_page *lines_page_find(const char *name)
{
	for (const struct lines_page *page = lines_pages; page->name; page++)
		if (!strcmp(page->name, name))
			return page;
	return NULL;
}

/* text_to_page leaves controls out; that a page has none is iconv's word. */
static uint8_t lines_make_safe(uint8_t byte)
{
	return byte < 0x20 || byte == 0x7f ? LINES_FILLING : byte;
}

static bool lines_set_line(const char *text, const struct lines_page *page,
			   uint8_t cells[LINES_COLUMNS])
{
	CLEANUP(buf_cleanup) struct buf out = BUF_INIT(OP_DISPLAY_TEXT_SIZE);

	if (!text_to_page(text, page->iconv, LINES_FILLING, &out))
		return false;
	for (size_t i = 0; i < LINES_COLUMNS; i++)
		cells[i] = i < out.len ? lines_make_safe(out.data[i]) : ' ';
	return true;
}

bool lines_set(const struct op_display *text, const struct lines_page *page,
	       struct lines *out_lines)
{
	struct lines made;

	for (size_t i = 0; i < OP_DISPLAY_LINES; i++)
		if (!lines_set_line(text->lines[i], page, made.cells[i]))
			return false;
	*out_lines = made;
	return true;
}
