/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents in Star's line mode, which StarPRNT understands as well. Four bytes
 * are drawer commands by themselves; they are in no data, wherever it could be
 * helped. Source: docs/protocols.md A.10.
 */
#include "receipt/paper.h"
#include "util/cleanup.h"

#include <string.h>

#define ESC "\x1b"
#define GS  "\x1d"
#define RS  0x1e

#define BAND_ROWS 24
#define SIZE_MOST 6 /* times the usual */

/* As ESC GS t counts them. */
static const struct paper_page star_pages[] = {
	{ "cp437", "CP437", 1 },    { "cp852", "CP852", 5 },
	{ "cp858", "CP858", 4 },    { "cp860", "CP860", 6 },
	{ "cp863", "CP863", 8 },    { "cp865", "CP865", 9 },
	{ "cp866", "CP866", 10 },   { "cp1250", "CP1250", 33 },
	{ "cp1251", "CP1251", 34 }, { "cp1252", "CP1252", 32 },
	{ NULL, NULL, 0 },
};

static bool star_opens_drawers(unsigned int byte)
{
	return byte == 0x07 || byte == 0x19 || byte == 0x1a || byte == 0x1c;
}

/* One more where the number would be a drawer command: a dot, a column. */
static int star_safe(int n)
{
	while (star_opens_drawers((unsigned int)n & 0xff))
		n++;
	return n;
}

static void star_add(struct paper *paper, const char *command, int n)
{
	buf_add_text(paper->out, command);
	buf_add_byte(paper->out, (uint8_t)n);
}

static void star_begin(struct paper *paper, uint8_t page)
{
	buf_add_text(paper->out, ESC "@");
	star_add(paper, ESC GS "t", page);
}

static bool star_style(struct paper *paper, const struct paper_style *style)
{
	const struct paper_style *was = &paper->style;

	if (style->width > SIZE_MOST || style->height > SIZE_MOST)
		return job_refuse(paper->fault, paper->field,
				  "This printer has characters of up to %d "
				  "times the usual size.",
				  SIZE_MOST);
	if (style->align != was->align)
		star_add(paper, ESC GS "a", (int)style->align);
	if (style->bold != was->bold)
		buf_add_text(paper->out, style->bold ? ESC "E" : ESC "F");
	if (style->underline != was->underline)
		star_add(paper, ESC "-", style->underline);
	if (style->invert != was->invert)
		buf_add_text(paper->out, style->invert ? ESC "4" : ESC "5");
	if (style->width != was->width || style->height != was->height) {
		star_add(paper, ESC "i", style->height - 1);
		buf_add_byte(paper->out, (uint8_t)(style->width - 1));
	}
	return true;
}

/* ESC b n1 n2 n3 n4, data, RS; of Code 128 a % is written %0. */
static bool star_barcode(struct paper *paper,
			 const struct paper_barcode *barcode)
{
	static const char kinds[PAPER_BARCODES] = {
		[PAPER_UPC_A] = '1',   [PAPER_EAN_13] = '3',
		[PAPER_EAN_8] = '2',   [PAPER_CODE_39] = '4',
		[PAPER_ITF] = '5',     [PAPER_CODABAR] = '8',
		[PAPER_CODE_93] = '7', [PAPER_CODE_128] = '6',
	};

	buf_add_text(paper->out, ESC "b");
	buf_add_byte(paper->out, (uint8_t)kinds[barcode->kind]);
	buf_add_byte(paper->out, barcode->text ? '2' : '1');
	buf_add_byte(paper->out, (uint8_t)('0' + barcode->width - 1));
	buf_add_byte(paper->out, (uint8_t)star_safe(barcode->height));
	for (const char *c = barcode->data; *c; c++) {
		buf_add_byte(paper->out, (uint8_t)*c);
		if (barcode->kind == PAPER_CODE_128 && *c == '%')
			buf_add_byte(paper->out, '0');
	}
	buf_add_byte(paper->out, RS);
	return true;
}

/* ESC GS y; its data can't be made longer to have another length. */
static bool star_qr(struct paper *paper, const struct paper_qr *qr)
{
	size_t len = strlen(qr->data);

	if (star_opens_drawers(len & 0xff))
		return job_refuse(paper->fault, paper->field,
				  "This printer would take its length, %zu "
				  "bytes, for a drawer's command: make it "
				  "longer.",
				  len);
	star_add(paper, ESC GS "yS0", 2);
	star_add(paper, ESC GS "yS1", qr->level);
	star_add(paper, ESC GS "yS2", qr->size);
	star_add(paper, ESC GS "yD1", 0);
	buf_add_le16(paper->out, (uint16_t)len);
	buf_add_text(paper->out, qr->data);
	buf_add_text(paper->out, ESC GS "yP");
	return true;
}

/* One dot more where eight of them would open the drawer. */
static uint8_t star_safe_dots(uint8_t dots)
{
	switch (dots) {
	case 0x07:
		return 0x0f;
	case 0x19:
		return 0x1d;
	case 0x1a:
	case 0x1c:
		return 0x1e;
	default:
		return dots;
	}
}

/* ESC X n1 n2: 24 rows by columns, the paper fed by just that (ESC 0). */
static bool star_image(struct paper *paper, const struct image *image)
{
	size_t width = (size_t)star_safe((int)image->width);

	buf_add_text(paper->out, ESC "0");
	for (size_t y = 0; y < image->rows; y += BAND_ROWS) {
		CLEANUP(buf_cleanup)
		struct buf band = BUF_INIT(IMAGE_WIDTH_MAX * BAND_ROWS / 8);

		image_add_columns(image, y, BAND_ROWS, &band);
		buf_add_text(paper->out, ESC "X");
		buf_add_le16(paper->out, (uint16_t)width);
		for (size_t i = 0; i < width * BAND_ROWS / 8; i++)
			buf_add_byte(paper->out,
				     i < band.len ? star_safe_dots(band.data[i])
						  : 0);
		buf_add_byte(paper->out, '\n');
	}
	star_add(paper, ESC "z", 1);
	return true;
}

static void star_feed(struct paper *paper, int lines)
{
	while (lines-- > 0)
		buf_add_byte(paper->out, '\n');
}

/* Fed to where the knife is first. */
static void star_cut(struct paper *paper, bool partial)
{
	star_add(paper, ESC "d", partial ? 3 : 2);
}

const struct paper_language paper_star = {
	.filter = &filter_star,
	.pages = star_pages,
	.begin = star_begin,
	.style = star_style,
	.barcode = star_barcode,
	.qr = star_qr,
	.image = star_image,
	.feed = star_feed,
	.cut = star_cut,
};
