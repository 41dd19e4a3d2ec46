/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/page.h"

#include "util/buf.h"
#include "util/cleanup.h"
#include "util/text.h"

#include <stdio.h>

const char *page_name(uint8_t table)
{
	/* devices B.2: DM-D110; printers number theirs in the same way */
	static const char *const names[] = {
		[0] = "CP437",	[2] = "CP850",	[3] = "CP860",
		[4] = "CP863",	[5] = "CP865",	[16] = "CP1252",
		[17] = "CP866", [18] = "CP852", [19] = "CP858",
	};

	return table < sizeof(names) / sizeof(names[0]) ? names[table] : NULL;
}

void page_decode(const char *page, uint8_t byte, char out_cell[PAGE_CELL_SIZE])
{
	CLEANUP(buf_cleanup) struct buf text = BUF_INIT(PAGE_CELL_SIZE);

	if (!text_from_page(&byte, 1, page, &text))
		buf_add_byte(&text, '?');
	snprintf(out_cell, PAGE_CELL_SIZE, "%s", buf_text(&text));
}
