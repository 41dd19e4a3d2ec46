/* SPDX-License-Identifier: Apache-2.0 */
/* Documents in ESC/POS. Source: docs/protocols.md A.10. */
#include "receipt/paper.h"
#include "util/cleanup.h"

#include <string.h>

#define ESC "\x1b"
#define FS  "\x1c"
#define GS  "\x1d"

#define BAND_ROWS 128 /* what any printer's buffer takes */
#define SHIFTS	  8   /* dots; then a byte's worth begins anew */

/* As ESC t counts them. */
static const struct paper_page escpos_pages[] = {
	{ "cp437", "CP437", 0 },    { "cp850", "CP850", 2 },
	{ "cp852", "CP852", 18 },   { "cp858", "CP858", 19 },
	{ "cp860", "CP860", 3 },    { "cp863", "CP863", 4 },
	{ "cp865", "CP865", 5 },    { "cp866", "CP866", 17 },
	{ "cp1252", "CP1252", 16 }, { NULL, NULL, 0 },
};

/* A command and one parameter. */
static void escpos_add(struct paper *paper, const char *command, int n)
{
	buf_add_text(paper->out, command);
	buf_add_byte(paper->out, (uint8_t)n);
}

/* No Kanji: printers made for it would take two characters for one. */
static void escpos_begin(struct paper *paper, uint8_t page)
{
	buf_add_text(paper->out, ESC "@" FS ".");
	escpos_add(paper, ESC "t", page);
}

static bool escpos_style(struct paper *paper, const struct paper_style *style)
{
	const struct paper_style *was = &paper->style;

	if (style->align != was->align)
		escpos_add(paper, ESC "a", (int)style->align);
	if (style->bold != was->bold)
		escpos_add(paper, ESC "E", style->bold);
	if (style->underline != was->underline)
		escpos_add(paper, ESC "-", style->underline);
	if (style->invert != was->invert)
		escpos_add(paper, GS "B", style->invert);
	if (style->width != was->width || style->height != was->height)
		escpos_add(paper, GS "!",
			   (style->width - 1) << 4 | (style->height - 1));
	return true;
}

/* In the form that says how long it is. Code set B of Code 128 is named first,
 * and a brace there is doubled. */
static bool escpos_barcode(struct paper *paper,
			   const struct paper_barcode *barcode)
{
	static const uint8_t kinds[PAPER_BARCODES] = {
		[PAPER_UPC_A] = 65,   [PAPER_EAN_13] = 67,
		[PAPER_EAN_8] = 68,   [PAPER_CODE_39] = 69,
		[PAPER_ITF] = 70,     [PAPER_CODABAR] = 71,
		[PAPER_CODE_93] = 72, [PAPER_CODE_128] = 73,
	};
	CLEANUP(buf_cleanup) struct buf data = BUF_INIT(255);

	if (barcode->kind == PAPER_CODE_128)
		buf_add_text(&data, "{B");
	for (const char *c = barcode->data; *c; c++) {
		if (barcode->kind == PAPER_CODE_128 && *c == '{')
			buf_add_byte(&data, '{');
		buf_add_byte(&data, (uint8_t)*c);
	}
	escpos_add(paper, GS "h", barcode->height);
	escpos_add(paper, GS "w", barcode->width);
	escpos_add(paper, GS "H", barcode->text ? 2 : 0);
	escpos_add(paper, GS "k", kinds[barcode->kind]);
	buf_add_byte(paper->out, (uint8_t)data.len);
	buf_add(paper->out, data.data, data.len);
	return true;
}

/* GS ( k pL pH 49 fn n */
static void escpos_add_qr(struct paper *paper, uint8_t fn, int n)
{
	const uint8_t rest[] = { 3, 0, 49, fn, (uint8_t)n };

	buf_add_text(paper->out, GS "(k");
	buf_add(paper->out, rest, sizeof(rest));
}

static bool escpos_qr(struct paper *paper, const struct paper_qr *qr)
{
	static const uint8_t model[] = { 4, 0, 49, 65, 50, 0 };
	static const uint8_t store[] = { 49, 80, 48 };
	size_t len = strlen(qr->data);

	buf_add_text(paper->out, GS "(k");
	buf_add(paper->out, model, sizeof(model));
	escpos_add_qr(paper, 67, qr->size);
	escpos_add_qr(paper, 69, 48 + qr->level);
	buf_add_text(paper->out, GS "(k");
	buf_add_le16(paper->out, (uint16_t)(len + sizeof(store)));
	buf_add(paper->out, store, sizeof(store));
	buf_add_text(paper->out, qr->data);
	escpos_add_qr(paper, 81, 48);
	return true;
}

/* GS v 0 */
static void escpos_add_band(struct paper *paper, const struct buf *band,
			    size_t row_size)
{
	static const uint8_t command[] = { 0x1d, 'v', '0', 0 };

	if (!band->len)
		return;
	buf_add(paper->out, command, sizeof(command));
	buf_add_le16(paper->out, (uint16_t)row_size);
	buf_add_le16(paper->out, (uint16_t)(band->len / row_size));
	buf_add(paper->out, band->data, band->len);
}

static bool escpos_is_clean(const struct buf *bytes)
{
	return filter_is_clean(&filter_escpos, bytes->data, bytes->len);
}

/*
 * How far it is moved to the right so that no row holds a real-time command,
 * nor a pulse; what two rows hold together, bands take apart. SHIFTS if that
 * can't be: all of them would have to, at every shift, so it was made for that.
 */
static size_t escpos_find_shift(const struct image *image)
{
	for (size_t shift = 0; shift < SHIFTS; shift++) {
		size_t y = 0;

		for (; y < image->rows; y++) {
			CLEANUP(buf_cleanup)
			struct buf row = BUF_INIT(IMAGE_WIDTH_MAX);

			image_add_row(image, y, shift, &row);
			if (!escpos_is_clean(&row))
				break;
		}
		if (y == image->rows)
			return shift;
	}
	return SHIFTS;
}

static bool escpos_image(struct paper *paper, const struct image *image)
{
	CLEANUP(buf_cleanup) struct buf band = BUF_INIT(JOB_BYTES_MAX);
	size_t shift = escpos_find_shift(image);
	size_t row_size = image_row_size(image->width + shift);
	size_t end;

	if (shift == SHIFTS)
		return job_refuse(paper->fault, paper->field,
				  "Its dots would open the drawer, wherever "
				  "it is put: change it a little.");
	for (size_t y = 0; y < image->rows; y++) {
		end = band.len;
		image_add_row(image, y, shift, &band);
		if (band.len <= BAND_ROWS * row_size && escpos_is_clean(&band))
			continue;
		band.len = end;
		escpos_add_band(paper, &band, row_size);
		buf_reset(&band);
		image_add_row(image, y, shift, &band);
	}
	escpos_add_band(paper, &band, row_size);
	/* what follows, also the next job, is nothing with its last bytes */
	buf_add_text(paper->out, FS ".");
	return true;
}

static void escpos_feed(struct paper *paper, int lines)
{
	escpos_add(paper, ESC "d", lines);
}

/* Fed to where the knife is first. */
static void escpos_cut(struct paper *paper, bool partial)
{
	escpos_add(paper, partial ? GS "VB" : GS "VA", 0);
}

const struct paper_language paper_escpos = {
	.filter = &filter_escpos,
	.pages = escpos_pages,
	.begin = escpos_begin,
	.style = escpos_style,
	.barcode = escpos_barcode,
	.qr = escpos_qr,
	.image = escpos_image,
	.feed = escpos_feed,
	.cut = escpos_cut,
};
