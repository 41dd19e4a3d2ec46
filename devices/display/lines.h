/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all two-line displays have in common: text becomes exactly 2 x 20 bytes
 * of the display's code page, with nothing among them that a display could
 * take for a command (docs/protocols.md B.10).
 */
#ifndef TILLD_DISPLAY_LINES_H
#define TILLD_DISPLAY_LINES_H

#include "device/op.h"

#include <stdbool.h>
#include <stdint.h>

#define LINES_COLUMNS 20
#define LINES_FILLING '?' /* for what the code page lacks */

struct lines {
	uint8_t cells[OP_DISPLAY_LINES][LINES_COLUMNS];
};

#define LINES_NO_TABLE -1

struct lines_page {
	const char *name;  /* "cp437", as in the configuration */
	const char *iconv; /* and as iconv calls it */
	int epson_table;   /* n of Epson's ESC t n; LINES_NO_TABLE */
};

/* The words for an option; docs/protocols.md B.2 for the numbers behind them. */
#define LINES_PAGES                                                      \
	"cp437 cp850 cp852 cp858 cp860 cp863 cp865 cp866 cp1250 cp1251 " \
	"cp1252 cp1253 cp1257"

/* By name; NULL if there is none. */
const struct lines_page *lines_page_find(const char *name);

/*
 * Each line is converted, cut to its columns and padded with blanks. False,
 * and nothing set, if iconv doesn't know the page.
 */
bool lines_set(const struct op_display *text, const struct lines_page *page,
	       struct lines *out_lines);

#endif
