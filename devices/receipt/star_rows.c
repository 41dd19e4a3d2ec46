/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Star's line mode and StarPRNT as receipts need them. Its drawer commands are
 * single bytes: two that count in their order (BEL, EM), and two that the
 * printer acts on as they arrive (FS, SUB). That it does so inside data as well
 * is not said anywhere, but nothing says that it does not; so these two may
 * stand nowhere. Source: docs/protocols.md A.5, A.10.
 */
#include "receipt/filter_rows.h"

#define BARCODE_END 0x1e
#define BAND_ROWS   24 /* of ESC k and ESC X */
#define COLUMNS_MAX 2047

static size_t star_le16(const uint8_t *bytes)
{
	return bytes[0] | (size_t)bytes[1] << 8;
}

/* ESC b n1 n2 n3 n4, text, RS */
static size_t star_measure_barcode(const uint8_t *params, const uint8_t *data,
				   size_t left)
{
	(void)params;
	return filter_measure_text(data, left, BARCODE_END);
}

static size_t star_measure(size_t size, size_t most)
{
	return size && size <= most ? size : FILTER_DOUBTFUL;
}

/* ESC K n1 n2, ESC L n1 n2: columns of a byte */
static size_t star_measure_columns(const uint8_t *params, const uint8_t *data,
				   size_t left)
{
	(void)data;
	(void)left;
	return star_measure(star_le16(params), COLUMNS_MAX);
}

/* ESC X n1 n2: columns of three */
static size_t star_measure_fine(const uint8_t *params, const uint8_t *data,
				size_t left)
{
	(void)data;
	(void)left;
	return star_measure(star_le16(params) * BAND_ROWS / 8,
			    COLUMNS_MAX * BAND_ROWS / 8);
}

/* ESC k n1 n2: rows of so many bytes */
static size_t star_measure_band(const uint8_t *params, const uint8_t *data,
				size_t left)
{
	(void)data;
	(void)left;
	return star_measure(star_le16(params) * BAND_ROWS,
			    COLUMNS_MAX * BAND_ROWS / 8);
}

/* ESC GS S m xL xH yL yH n: x bytes a row, y rows */
static size_t star_measure_raster(const uint8_t *params, const uint8_t *data,
				  size_t left)
{
	(void)data;
	(void)left;
	return star_measure(star_le16(params + 1) * star_le16(params + 3),
			    JOB_BYTES_MAX);
}

/* ESC GS y D 1 m nL nH */
static size_t star_measure_qr(const uint8_t *params, const uint8_t *data,
			      size_t left)
{
	(void)data;
	(void)left;
	if (params[0] != 1 && params[0] != '1')
		return FILTER_DOUBTFUL;
	return star_measure(star_le16(params + 2), JOB_BYTES_MAX);
}

/* ESC GS x S 0 n p1 p2, and ESC GS x S 1 to 3 n */
static size_t star_measure_pdf_setting(const uint8_t *params,
				       const uint8_t *data, size_t left)
{
	(void)data;
	(void)left;
	return params[0] == 0 || params[0] == '0' ? 3 : 1;
}

/* ESC GS x D nL nH */
static size_t star_measure_pdf(const uint8_t *params, const uint8_t *data,
			       size_t left)
{
	(void)data;
	(void)left;
	return star_measure(star_le16(params), JOB_BYTES_MAX);
}

/* clang-format off */
#define RS  0x1e

static const struct filter_row star_rows[] = {
	PASSES(ONE(0x00), 0, 0, "NUL"),
	PASSES(ONE('\t'), 0, 0, "tab (HT)"),
	PASSES(ONE('\n'), 0, 0, "line feed (LF)"),
	PASSES(ONE('\r'), 0, 0, "CR"),
	PASSES(ONE(0x0e), 0, 0, "wide characters (SO)"),
	PASSES(ONE(0x0f), 0, 0, "upside down (SI)"),
	PASSES(ONE(0x12), 0, 0, "upside down (DC2)"),
	PASSES(ONE(0x14), 0, 0, "wide characters (DC4)"),
	PASSES(ONE(0x18), 0, 0, "reset (CAN)"),
	LEFT_OUT(ONE(0x04), 0, "a question (EOT)"),
	LEFT_OUT(ONE(0x05), 0, "a question (ENQ)"),
	OPENS(ONE(0x07), "a drawer pulse (BEL)"),
	OPENS(ONE(0x19), "a drawer pulse (EM)"),
	OPENS(ONE(0x1a), "a drawer pulse (SUB)"),
	OPENS(ONE(0x1c), "a drawer pulse (FS)"),

	PASSES(TWO(ESC, 0x0e), 0, 0, "high characters (ESC SO)"),
	PASSES(TWO(ESC, 0x14), 0, 0, "high characters (ESC DC4)"),
	PASSES(TWO(ESC, ' '), 1, FILTER_ANY, "character spacing (ESC SP)"),
	PASSES(TWO(ESC, '-'), 1, 1, "underlining (ESC -)"),
	PASSES(TWO(ESC, '/'), 1, 1, "slashed zero (ESC /)"),
	PASSES(TWO(ESC, '0'), 0, 0, "line spacing (ESC 0)"),
	PASSES(TWO(ESC, '4'), 0, 0, "white on black (ESC 4)"),
	PASSES(TWO(ESC, '5'), 0, 0, "white on black (ESC 5)"),
	PASSES(TWO(ESC, ':'), 0, 0, "pitch (ESC :)"),
	PASSES(TWO(ESC, '@'), 0, 0, "reset (ESC @)"),
	HOLDS(TWO(ESC, 'D'), 0, 0, filter_measure_tabs, "tab stops (ESC D)"),
	PASSES(TWO(ESC, 'E'), 0, 0, "bold (ESC E)"),
	PASSES(TWO(ESC, 'F'), 0, 0, "bold (ESC F)"),
	PASSES(TWO(ESC, 'I'), 1, FILTER_ANY, "feed (ESC I)"),
	PASSES(TWO(ESC, 'J'), 1, FILTER_ANY, "feed (ESC J)"),
	HOLDS(TWO(ESC, 'K'), 2, FILTER_ANY, star_measure_columns,
		"a column image (ESC K)"),
	HOLDS(TWO(ESC, 'L'), 2, FILTER_ANY, star_measure_columns,
		"a column image (ESC L)"),
	PASSES(TWO(ESC, 'M'), 0, 0, "pitch (ESC M)"),
	PASSES(TWO(ESC, 'P'), 0, 0, "pitch (ESC P)"),
	PASSES(TWO(ESC, 'Q'), 1, FILTER_ANY, "right margin (ESC Q)"),
	PASSES(TWO(ESC, 'R'), 1, FILTER_ANY, "international characters (ESC R)"),
	PASSES(TWO(ESC, 'W'), 1, 5, "wide characters (ESC W)"),
	HOLDS(TWO(ESC, 'X'), 2, FILTER_ANY, star_measure_fine, "a column image (ESC X)"),
	PASSES(TWO(ESC, '_'), 1, 1, "overlining (ESC _)"),
	PASSES(TWO(ESC, 'a'), 1, FILTER_ANY, "feed (ESC a)"),
	HOLDS(TWO(ESC, 'b'), 4, 13, star_measure_barcode, "a barcode (ESC b)"),
	PASSES(TWO(ESC, 'd'), 1, 3, "cut (ESC d)"),
	PASSES(TWO(ESC, 'g'), 0, 0, "pitch (ESC g)"),
	PASSES(TWO(ESC, 'h'), 1, 5, "high characters (ESC h)"),
	PASSES(TWO(ESC, 'i'), 2, 5, "size (ESC i)"),
	HOLDS(TWO(ESC, 'k'), 2, FILTER_ANY, star_measure_band, "an image (ESC k)"),
	PASSES(TWO(ESC, 'l'), 1, FILTER_ANY, "left margin (ESC l)"),
	PASSES(TWO(ESC, 's'), 2, FILTER_ANY, "Kanji spacing (ESC s)"),
	PASSES(TWO(ESC, 'z'), 1, 1, "line spacing (ESC z)"),
	OPENS(TWO(ESC, 0x07), "a drawer pulse (ESC BEL)"),
	REFUSED(TWO(ESC, 0x06), "a real-time question (ESC ACK)"),
	REFUSED(TWO(ESC, '$'), "Kanji on (ESC $)"),
	REFUSED(TWO(ESC, '&'), "user-defined characters (ESC &)"),
	REFUSED(TWO(ESC, '%'), "user-defined characters (ESC %)"),
	REFUSED(TWO(ESC, '*'), "raster mode (ESC *)"),
	REFUSED(TWO(ESC, '='), "peripheral select (ESC =)"),
	REFUSED(TWO(ESC, 'C'), "page length (ESC C)"),
	REFUSED(TWO(ESC, 'p'), "Kanji on (ESC p)"),

	PASSES(THREE(ESC, RS, 'F'), 1, 16, "font (ESC RS F)"),
	LEFT_OUT(THREE(ESC, RS, 'a'), 1, "a question (ESC RS a)"),
	REFUSED(TWO(ESC, RS), "a setting (ESC RS)"),

	PASSES(THREE(ESC, GS, 'A'), 2, FILTER_ANY, "absolute position (ESC GS A)"),
	PASSES(THREE(ESC, GS, 'P'), 1, 1, "printing what waits (ESC GS P)"),
	PASSES(THREE(ESC, GS, 'R'), 2, FILTER_ANY, "relative position (ESC GS R)"),
	HOLDS(THREE(ESC, GS, 'S'), 6, 2, star_measure_raster,
		"a raster image (ESC GS S)"),
	PASSES(THREE(ESC, GS, 'a'), 1, 2, "alignment (ESC GS a)"),
	PASSES(THREE(ESC, GS, 't'), 1, FILTER_ANY, "code page (ESC GS t)"),
	HOLDS(FOUR(ESC, GS, 'x', 'D'), 2, FILTER_ANY, star_measure_pdf,
		"a PDF417 code (ESC GS x D)"),
	PASSES(FOUR(ESC, GS, 'x', 'P'), 0, 0, "a PDF417 code (ESC GS x P)"),
	HOLDS(FOUR(ESC, GS, 'x', 'S'), 1, 3, star_measure_pdf_setting,
		"a PDF417 code (ESC GS x S)"),
	LEFT_OUT(FOUR(ESC, GS, 'x', 'I'), 0, "a question (ESC GS x I)"),
	HOLDS(FOUR(ESC, GS, 'y', 'D'), 4, 1, star_measure_qr, "a QR code (ESC GS y D)"),
	PASSES(FOUR(ESC, GS, 'y', 'P'), 0, 0, "a QR code (ESC GS y P)"),
	PASSES(FOUR(ESC, GS, 'y', 'S'), 2, 2, "a QR code (ESC GS y S)"),
	LEFT_OUT(FOUR(ESC, GS, 'y', 'I'), 0, "a question (ESC GS y I)"),
	LEFT_OUT(THREE(ESC, GS, 0x03), 3, "a mark of the job (ESC GS ETX)"),
	REFUSED(THREE(ESC, GS, 0x07), "the buzzer at the drawer's socket (ESC GS BEL)"),
	REFUSED(THREE(ESC, GS, 0x19), "the buzzer at the drawer's socket (ESC GS EM)"),
};

static const struct filter_sequence star_sequences[] = {
	{ { 0 }, 0, 0x1a, 0x1a, true, "the drawer's byte 1A (SUB)" },
	{ { 0 }, 0, 0x1c, 0x1c, true, "the drawer's byte 1C (FS)" },
};
/* clang-format on */

const struct filter_language filter_star = {
	.name = "star",
	.rows = star_rows,
	.rows_count = sizeof(star_rows) / sizeof(star_rows[0]),
	.sequences = star_sequences,
	.sequences_count = sizeof(star_sequences) / sizeof(star_sequences[0]),
};
