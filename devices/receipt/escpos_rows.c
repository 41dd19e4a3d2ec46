/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ESC/POS as receipts need it. Lengths are those of Epson's command reference,
 * in which all of these are; where printers differ in them, a command is not
 * here. Source: docs/protocols.md A.2, A.3, A.10.
 */
#include "receipt/filter_rows.h"

#define COLUMNS_MAX 2047 /* ESC * */
#define SYMBOL_HEAD 3	 /* cn fn m of GS ( k */
#define IMAGE_HEAD  10	 /* m fn a bx by c xL xH yL yH of GS ( L */

static size_t escpos_le16(const uint8_t *bytes)
{
	return bytes[0] | (size_t)bytes[1] << 8;
}

/* ESC * m nL nH: columns of one byte, or of three */
static size_t escpos_measure_columns(const uint8_t *params, const uint8_t *data,
				     size_t left)
{
	size_t columns = escpos_le16(params + 1);

	(void)data;
	(void)left;
	if (!columns || columns > COLUMNS_MAX)
		return FILTER_DOUBTFUL;
	switch (params[0]) {
	case 0:
	case 1:
		return columns;
	case 32:
	case 33:
		return 3 * columns;
	default:
		return FILTER_DOUBTFUL;
	}
}

/* GS V m, and GS V m n from 65 on */
static size_t escpos_measure_cut(const uint8_t *params, const uint8_t *data,
				 size_t left)
{
	(void)data;
	(void)left;
	switch (params[0]) {
	case 0:
	case 1:
	case '0':
	case '1':
		return 0;
	case 65:
	case 66:
		return 1;
	default:
		return FILTER_DOUBTFUL;
	}
}

/* GS k m and text up to a NUL, or GS k m n and n bytes */
static size_t escpos_measure_barcode(const uint8_t *params, const uint8_t *data,
				     size_t left)
{
	uint8_t m = params[0];

	if (m >= 65 && m <= 79)
		return left && !data[0] ? FILTER_DOUBTFUL
					: 1 + (left ? data[0] : (size_t)1);
	return m <= 6 ? filter_measure_text(data, left, 0) : FILTER_DOUBTFUL;
}

/* GS v 0 m xL xH yL yH: x bytes a row, y rows */
static size_t escpos_measure_raster(const uint8_t *params, const uint8_t *data,
				    size_t left)
{
	size_t size = escpos_le16(params + 1) * escpos_le16(params + 3);

	(void)data;
	(void)left;
	return size ? size : FILTER_DOUBTFUL;
}

/* GS ( k pL pH cn fn ...: symbols of two dimensions are set, stored and
 * printed; fn 82 asks for something. */
static size_t escpos_measure_symbol(const uint8_t *params, const uint8_t *data,
				    size_t left)
{
	size_t size = escpos_le16(params);
	uint8_t fn;

	if (left < 2 || size < 2)
		return size < 2 ? FILTER_DOUBTFUL : left + 1;
	fn = data[1];
	if (data[0] < 48 || data[0] > 54)
		return FILTER_DOUBTFUL;
	if (fn >= 65 && fn <= 79)
		return size <= 4 ? size : FILTER_DOUBTFUL;
	if (fn == 80)
		return size > SYMBOL_HEAD ? size : FILTER_DOUBTFUL;
	return fn == 81 && size == SYMBOL_HEAD ? size : FILTER_DOUBTFUL;
}

/* m fn, and of what is put into the print buffer (112) the image. What is kept
 * in the printer has other functions. */
static size_t escpos_measure_graphics(size_t size, const uint8_t *data,
				      size_t left)
{
	size_t row;

	if (left < 2)
		return left + 1;
	if (data[0] != 48)
		return FILTER_DOUBTFUL;
	if (data[1] == 2 || data[1] == 50)
		return size == 2 ? size : FILTER_DOUBTFUL;
	if (data[1] != 112)
		return FILTER_DOUBTFUL;
	if (left < IMAGE_HEAD)
		return left + 1;
	row = (escpos_le16(data + 6) + 7) / 8;
	if (data[2] != 48 || size == IMAGE_HEAD ||
	    size != IMAGE_HEAD + row * escpos_le16(data + 8))
		return FILTER_DOUBTFUL;
	return size;
}

/* GS ( L pL pH */
static size_t escpos_measure_image(const uint8_t *params, const uint8_t *data,
				   size_t left)
{
	return escpos_measure_graphics(escpos_le16(params), data, left);
}

/* GS 8 L p1 p2 p3 p4 */
static size_t escpos_measure_big_image(const uint8_t *params,
				       const uint8_t *data, size_t left)
{
	size_t size = escpos_le16(params) | escpos_le16(params + 2) << 16;

	return escpos_measure_graphics(size, data, left);
}

/* FS ( A 2 0 48 m: the font of Kanji */
static size_t escpos_measure_kanji_font(const uint8_t *params,
					const uint8_t *data, size_t left)
{
	size_t size = escpos_le16(params);

	if (size != 2 || (left && data[0] != 48))
		return FILTER_DOUBTFUL;
	return size;
}

/* clang-format off */
#define FS  0x1c
#define DLE 0x10

static const struct filter_row escpos_rows[] = {
	PASSES(ONE(0x00), 0, 0, "NUL"),
	PASSES(ONE('\t'), 0, 0, "tab (HT)"),
	PASSES(ONE('\n'), 0, 0, "line feed (LF)"),
	PASSES(ONE('\r'), 0, 0, "CR"),
	OPENS(ONE(0x07), "a bell, which opens drawers on some printers (BEL)"),
	REFUSED(ONE('\f'), "page mode (FF)"),
	REFUSED(ONE(0x18), "page mode (CAN)"),
	REFUSED(ONE(DLE), "a real-time command (DLE)"),

	PASSES(TWO(ESC, ' '), 1, FILTER_ANY, "character spacing (ESC SP)"),
	PASSES(TWO(ESC, '!'), 1, FILTER_ANY, "print mode (ESC !)"),
	PASSES(TWO(ESC, '$'), 2, FILTER_ANY, "absolute position (ESC $)"),
	HOLDS(TWO(ESC, '*'), 3, FILTER_ANY, escpos_measure_columns,
		"a column image (ESC *)"),
	PASSES(TWO(ESC, '-'), 1, 2, "underlining (ESC -)"),
	PASSES(TWO(ESC, '2'), 0, 0, "line spacing (ESC 2)"),
	PASSES(TWO(ESC, '3'), 1, FILTER_ANY, "line spacing (ESC 3)"),
	PASSES(TWO(ESC, '4'), 1, 1, "italics (ESC 4)"),
	PASSES(TWO(ESC, '@'), 0, 0, "reset (ESC @)"),
	HOLDS(TWO(ESC, 'D'), 0, 0, filter_measure_tabs, "tab stops (ESC D)"),
	PASSES(TWO(ESC, 'E'), 1, FILTER_ANY, "bold (ESC E)"),
	PASSES(TWO(ESC, 'G'), 1, FILTER_ANY, "double strike (ESC G)"),
	PASSES(TWO(ESC, 'J'), 1, FILTER_ANY, "feed (ESC J)"),
	PASSES(TWO(ESC, 'M'), 1, FILTER_ANY, "font (ESC M)"),
	PASSES(TWO(ESC, 'R'), 1, FILTER_ANY, "international characters (ESC R)"),
	PASSES(TWO(ESC, 'U'), 1, FILTER_ANY, "one-way printing (ESC U)"),
	PASSES(TWO(ESC, 'V'), 1, 2, "turned characters (ESC V)"),
	PASSES(TWO(ESC, '\\'), 2, FILTER_ANY, "relative position (ESC \\)"),
	PASSES(TWO(ESC, 'a'), 1, 2, "alignment (ESC a)"),
	PASSES(TWO(ESC, 'd'), 1, FILTER_ANY, "feed (ESC d)"),
	PASSES(TWO(ESC, 'i'), 0, 0, "cut (ESC i)"),
	PASSES(TWO(ESC, 'm'), 0, 0, "cut (ESC m)"),
	PASSES(TWO(ESC, 'r'), 1, 1, "colour (ESC r)"),
	PASSES(TWO(ESC, 't'), 1, FILTER_ANY, "code page (ESC t)"),
	PASSES(TWO(ESC, '{'), 1, FILTER_ANY, "upside down (ESC {)"),
	LEFT_OUT(TWO(ESC, 'u'), 1, "a question (ESC u)"),
	LEFT_OUT(TWO(ESC, 'v'), 0, "a question (ESC v)"),
	OPENS(TWO(ESC, 'p'), "a drawer pulse (ESC p)"),
	OPENS(TWO(ESC, 0x07), "a drawer pulse (ESC BEL)"),
	REFUSED(TWO(ESC, '\f'), "page mode (ESC FF)"),
	REFUSED(TWO(ESC, '%'), "user-defined characters (ESC %)"),
	REFUSED(TWO(ESC, '&'), "user-defined characters (ESC &)"),
	REFUSED(TWO(ESC, '?'), "user-defined characters (ESC ?)"),
	REFUSED(TWO(ESC, '('), "a setting or the buzzer at the drawer's socket (ESC ()"),
	REFUSED(TWO(ESC, '='), "peripheral select (ESC =)"),
	REFUSED(TWO(ESC, 'B'), "the buzzer (ESC B)"),
	REFUSED(TWO(ESC, 'K'), "reverse feed (ESC K)"),
	REFUSED(TWO(ESC, 'L'), "page mode (ESC L)"),
	REFUSED(TWO(ESC, 'S'), "page mode (ESC S)"),
	REFUSED(TWO(ESC, 'T'), "page mode (ESC T)"),
	REFUSED(TWO(ESC, 'W'), "page mode (ESC W)"),
	REFUSED(TWO(ESC, 'c'), "a setting (ESC c)"),
	REFUSED(TWO(ESC, 'e'), "reverse feed (ESC e)"),

	PASSES(TWO(FS, '!'), 1, FILTER_ANY, "Kanji print mode (FS !)"),
	PASSES(TWO(FS, '-'), 1, 2, "Kanji underlining (FS -)"),
	PASSES(TWO(FS, '.'), 0, 0, "Kanji off (FS .)"),
	PASSES(TWO(FS, 'C'), 1, 2, "Kanji code (FS C)"),
	PASSES(TWO(FS, 'S'), 2, FILTER_ANY, "Kanji spacing (FS S)"),
	PASSES(TWO(FS, 'W'), 1, FILTER_ANY, "Kanji size (FS W)"),
	HOLDS(THREE(FS, '(', 'A'), 2, FILTER_ANY, escpos_measure_kanji_font,
		"Kanji font (FS ( A)"),
	REFUSED(TWO(FS, '&'), "Kanji on (FS &)"),
	REFUSED(TWO(FS, '('), "a setting (FS ()"),
	REFUSED(TWO(FS, '2'), "user-defined characters (FS 2)"),
	REFUSED(TWO(FS, '?'), "user-defined characters (FS ?)"),
	REFUSED(TWO(FS, 'g'), "the printer's memory (FS g)"),
	REFUSED(TWO(FS, 'p'), "an image in the printer's memory (FS p)"),
	REFUSED(TWO(FS, 'q'), "an image in the printer's memory (FS q)"),

	PASSES(TWO(GS, '!'), 1, FILTER_ANY, "size (GS !)"),
	PASSES(TWO(GS, 'B'), 1, FILTER_ANY, "white on black (GS B)"),
	PASSES(TWO(GS, 'H'), 1, 3, "text of barcodes (GS H)"),
	PASSES(TWO(GS, 'L'), 2, FILTER_ANY, "left margin (GS L)"),
	PASSES(TWO(GS, 'P'), 2, FILTER_ANY, "units (GS P)"),
	HOLDS(TWO(GS, 'V'), 1, FILTER_ANY, escpos_measure_cut, "cut (GS V)"),
	PASSES(TWO(GS, 'W'), 2, FILTER_ANY, "width (GS W)"),
	PASSES(TWO(GS, 'b'), 1, FILTER_ANY, "smoothing (GS b)"),
	PASSES(TWO(GS, 'f'), 1, FILTER_ANY, "font of barcodes (GS f)"),
	PASSES(TWO(GS, 'h'), 1, FILTER_ANY, "height of barcodes (GS h)"),
	PASSES(TWO(GS, 'w'), 1, FILTER_ANY, "width of barcodes (GS w)"),
	HOLDS(TWO(GS, 'k'), 1, FILTER_ANY, escpos_measure_barcode, "a barcode (GS k)"),
	HOLDS(THREE(GS, 'v', '0'), 5, 3, escpos_measure_raster,
		"a raster image (GS v 0)"),
	HOLDS(THREE(GS, '(', 'k'), 2, FILTER_ANY, escpos_measure_symbol,
		"a QR code or such (GS ( k)"),
	HOLDS(THREE(GS, '(', 'L'), 2, FILTER_ANY, escpos_measure_image,
		"an image (GS ( L)"),
	HOLDS(THREE(GS, '8', 'L'), 4, FILTER_ANY, escpos_measure_big_image,
		"an image (GS 8 L)"),
	LEFT_OUT(TWO(GS, 'I'), 1, "a question (GS I)"),
	LEFT_OUT(TWO(GS, 'a'), 1, "a question (GS a)"),
	LEFT_OUT(TWO(GS, 'r'), 1, "a question (GS r)"),
	REFUSED(TWO(GS, '$'), "page mode (GS $)"),
	REFUSED(TWO(GS, '('), "a setting (GS ()"),
	REFUSED(TWO(GS, '*'), "an image in the printer's memory (GS *)"),
	REFUSED(TWO(GS, '/'), "an image in the printer's memory (GS /)"),
	REFUSED(TWO(GS, ':'), "a macro (GS :)"),
	REFUSED(TWO(GS, '\\'), "page mode (GS \\)"),
	REFUSED(TWO(GS, '^'), "a macro (GS ^)"),
	REFUSED(TWO(GS, 'g'), "the printer's counters (GS g)"),
};

/* DLE DC4 has eight functions, of which the first pulses; m and t are not
 * looked at, for clones may take others. */
static const struct filter_sequence escpos_sequences[] = {
	{ TWO(DLE, 0x14), 1, 8, true,
	  "a real-time pulse or the like (DLE DC4)" },
	{ TWO(DLE, 0x04), 1, 8, false, "a real-time question (DLE EOT)" },
	{ TWO(DLE, 0x05), 0, 2, false, "a real-time request (DLE ENQ)" },
	{ TWO(ESC, 'p'), 0, 1, true, "a drawer pulse (ESC p)" },
	{ TWO(ESC, 'p'), '0', '1', true, "a drawer pulse (ESC p)" },
};
/* clang-format on */

const struct filter_language filter_escpos = {
	.name = "escpos",
	.rows = escpos_rows,
	.rows_count = sizeof(escpos_rows) / sizeof(escpos_rows[0]),
	.sequences = escpos_sequences,
	.sequences_count =
		sizeof(escpos_sequences) / sizeof(escpos_sequences[0]),
};
