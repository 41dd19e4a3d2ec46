/* SPDX-License-Identifier: Apache-2.0 */
#include "receipt/paper.h"

#include "util/cleanup.h"
#include "util/json.h"
#include "util/text.h"

#include <stdio.h>
#include <string.h>

#define PAPER_FIELD_SIZE     32
#define PAPER_BARCODE_HEIGHT 80 /* dots, unless it is said */
#define PAPER_QR_SIZE	     4

static const struct paper_style paper_plain = { .width = 1, .height = 1 };

/* The place of word in words, which end with NULL; 0 if it is NULL. */
static int paper_choice(const char *word, const char *const *words)
{
	int at = 0;

	while (word && words[at] && strcmp(words[at], word) != 0)
		at++;
	return words[at] ? at : 0;
}

/* --- what barcodes can hold --- */

static const struct paper_barcode_form {
	const char *name;
	const char *holds; /* NULL: all that can be seen */
	const char *sentence;
	size_t least, most;
} paper_barcodes[PAPER_BARCODES] = {
#define DIGITS "0123456789"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	[PAPER_UPC_A] = { "upc-a", DIGITS, "It has 11 or 12 digits.", 11, 12 },
	[PAPER_EAN_13] = { "ean-13", DIGITS, "It has 12 or 13 digits.", 12,
			   13 },
	[PAPER_EAN_8] = { "ean-8", DIGITS, "It has 7 or 8 digits.", 7, 8 },
	[PAPER_CODE_39] = { "code-39", DIGITS UPPER " $%+-./",
			    "It has capital letters, digits and $%+-./ only.",
			    1, 80 },
	[PAPER_ITF] = { "itf", DIGITS, "It has an even number of digits.", 2,
			80 },
	[PAPER_CODABAR] = { "codabar", DIGITS "ABCD$+-./:",
			    "It has digits, A to D and $+-./: only.", 2, 80 },
	[PAPER_CODE_93] = { "code-93", DIGITS UPPER " $%+-./",
			    "It has capital letters, digits and $%+-./ only.",
			    1, 80 },
	[PAPER_CODE_128] = { "code-128", NULL,
			     "It has letters, digits and signs of ASCII only.",
			     1, 80 },
};

static bool paper_barcode_holds(const struct paper_barcode *barcode)
{
	const struct paper_barcode_form *form = &paper_barcodes[barcode->kind];
	size_t len = strlen(barcode->data);

	if (len < form->least || len > form->most ||
	    (barcode->kind == PAPER_ITF && len % 2))
		return false;
	if (form->holds)
		return strspn(barcode->data, form->holds) == len;
	for (size_t i = 0; i < len; i++)
		if (barcode->data[i] < 0x20 || barcode->data[i] > 0x7e)
			return false;
	return true;
}

static enum paper_barcode_kind paper_barcode_kind(const char *name)
{
	enum paper_barcode_kind kind = 0;

	while (kind < PAPER_BARCODES - 1 &&
	       strcmp(paper_barcodes[kind].name, name) != 0)
		kind++;
	return kind;
}

/* --- the items of a document --- */

static bool paper_set_style(const struct paper_language *language,
			    struct paper *paper, const json_t *item)
{
	static const char *const aligns[] = { "left", "center", "right", NULL };
	struct paper_style style = {
		.align = (enum paper_align)paper_choice(
			json_text(item, "align"), aligns),
		.bold = json_flag(item, "bold"),
		.underline = json_flag(item, "underline"),
		.invert = json_flag(item, "invert"),
		.width = (int)json_int(item, "width", 1),
		.height = (int)json_int(item, "height", 1),
	};

	if (!language->style(paper, &style))
		return false;
	paper->style = style;
	return true;
}

static bool paper_add_text(const struct paper_language *language,
			   struct paper *paper, const json_t *item,
			   const char *page)
{
	(void)language;
	text_to_page(json_text(item, "text"), page, '?', paper->out);
	if (!json_flag(item, "continues"))
		buf_add_byte(paper->out, '\n');
	return true;
}

static bool paper_add_barcode(const struct paper_language *language,
			      struct paper *paper, const json_t *item,
			      const char *page)
{
	const json_t *asked = json_object_get(item, "barcode");
	const struct paper_barcode barcode = {
		.kind = paper_barcode_kind(json_text(asked, "kind")),
		.data = json_text(asked, "data"),
		.height = (int)json_int(asked, "height", PAPER_BARCODE_HEIGHT),
		.width = (int)json_int(asked, "width", 2),
		.text = json_flag(asked, "text"),
	};

	(void)page;
	if (!paper_barcode_holds(&barcode))
		return job_refuse(paper->fault, paper->field, "%s",
				  paper_barcodes[barcode.kind].sentence);
	return language->barcode(paper, &barcode);
}

static bool paper_add_qr(const struct paper_language *language,
			 struct paper *paper, const json_t *item,
			 const char *page)
{
	static const char *const levels[] = { "l", "m", "q", "h", NULL };
	const json_t *asked = json_object_get(item, "qr");
	const char *level = json_text(asked, "level");
	const struct paper_qr qr = {
		.data = json_text(asked, "data"),
		.size = (int)json_int(asked, "size", PAPER_QR_SIZE),
		.level = paper_choice(level ? level : "m", levels),
	};

	(void)page;
	return language->qr(paper, &qr);
}

static bool paper_add_image(const struct paper_language *language,
			    struct paper *paper, const json_t *item,
			    const char *page)
{
	const json_t *asked = json_object_get(item, "image");
	CLEANUP(buf_cleanup) struct buf bits = BUF_INIT(JOB_RAW_MAX);
	struct image image = {
		.width = (size_t)json_int(asked, "width", 1),
	};
	size_t row = image_row_size(image.width);

	(void)page;
	if (!job_decode(json_text(asked, "data"), &bits))
		return job_refuse(paper->fault, paper->field,
				  "Its data is no base64 of up to %zu bytes.",
				  JOB_RAW_MAX);
	if (!bits.len || bits.len % row)
		return job_refuse(paper->fault, paper->field,
				  "Its data has rows of %zu bytes, all whole.",
				  row);
	image.bits = bits.data;
	image.rows = bits.len / row;
	return language->image(paper, &image);
}

static bool paper_add_feed(const struct paper_language *language,
			   struct paper *paper, const json_t *item,
			   const char *page)
{
	(void)page;
	language->feed(paper, (int)json_int(item, "feed", 1));
	return true;
}

static bool paper_add_cut(const struct paper_language *language,
			  struct paper *paper, const json_t *item,
			  const char *page)
{
	(void)page;
	language->cut(paper, !strcmp(json_text(item, "cut"), "partial"));
	return true;
}

static const struct paper_item {
	const char *name;
	bool (*add)(const struct paper_language *language, struct paper *paper,
		    const json_t *item, const char *page);
} paper_items[] = {
	{ "text", paper_add_text }, { "barcode", paper_add_barcode },
	{ "qr", paper_add_qr },	    { "image", paper_add_image },
	{ "feed", paper_add_feed }, { "cut", paper_add_cut },
};

#define PAPER_ITEMS (sizeof(paper_items) / sizeof(paper_items[0]))

/* NULL: it is none of them, or more than one. */
static const struct paper_item *paper_find_item(const json_t *item)
{
	const struct paper_item *found = NULL;

	for (size_t i = 0; i < PAPER_ITEMS; i++) {
		if (!json_object_get(item, paper_items[i].name))
			continue;
		if (found)
			return NULL;
		found = &paper_items[i];
	}
	return found;
}

/* What only text has. */
static bool paper_is_mixed(const struct paper_item *found, const json_t *item)
{
	static const char *const texts[] = {
		"bold", "underline", "invert", "width", "height", "continues"
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (found != &paper_items[0] && json_object_get(item, texts[i]))
			return true;
	return false;
}

static bool paper_add(const struct paper_language *language,
		      struct paper *paper, const json_t *item, const char *page)
{
	const struct paper_item *found = paper_find_item(item);

	if (!found || paper_is_mixed(found, item))
		return job_refuse(paper->fault, paper->field,
				  "It is one of text, barcode, qr, image, feed "
				  "and cut; only text has a style.");
	return paper_set_style(language, paper, item) &&
	       found->add(language, paper, item, page);
}

static const struct paper_page *
paper_find_page(const struct paper_language *language, const char *option)
{
	const struct paper_page *page = language->pages;

	while (page[1].option && strcmp(page->option, option) != 0)
		page++;
	return page;
}

static bool paper_write(const struct paper_language *language,
			const json_t *document, const char *option,
			struct buf *out, struct job_fault *out_fault)
{
	const struct paper_page *page = paper_find_page(language, option);
	char field[PAPER_FIELD_SIZE];
	struct paper paper = { .out = out,
			       .field = field,
			       .fault = out_fault,
			       .style = paper_plain };
	const json_t *item;
	size_t i;

	language->begin(&paper, page->number);
	json_array_foreach (document, i, item) {
		snprintf(field, sizeof(field), "document[%zu]", i);
		if (!paper_add(language, &paper, item, page->name))
			return false;
		if (out->failed)
			return job_refuse(out_fault, field,
					  "With it the job is longer than %zu "
					  "bytes.",
					  JOB_BYTES_MAX);
	}
	return true;
}

/* --- all of it --- */

static bool paper_make_document(const struct paper_language *language,
				const json_t *document, const char *page,
				struct buf *out, struct job_fault *out_fault)
{
	CLEANUP(buf_cleanup) struct buf made = BUF_INIT(JOB_BYTES_MAX);

	if (!paper_write(language, document, page, &made, out_fault))
		return false;
	/* ours as well: what it says of a document would be our own fault */
	if (filter_pass(language->filter, made.data, made.len, out, out_fault))
		return true;
	snprintf(out_fault->field, sizeof(out_fault->field), "document");
	return false;
}

static bool paper_make_raw(const struct paper_language *language,
			   const json_t *raw, struct buf *out,
			   struct job_fault *out_fault)
{
	static const uint8_t reset[] = { 0x1b, '@' }; /* of both */
	CLEANUP(buf_cleanup) struct buf data = BUF_INIT(JOB_RAW_MAX);

	if (strcmp(json_text(raw, "language"), language->filter->name) != 0)
		return job_refuse(out_fault, "raw.language",
				  "This till's printer speaks %s.",
				  language->filter->name);
	if (!job_decode(json_text(raw, "data"), &data) || !data.len)
		return job_refuse(out_fault, "raw.data",
				  "It is no base64 of 1 to %zu bytes.",
				  JOB_RAW_MAX);
	buf_add(out, reset, sizeof(reset));
	return filter_pass(language->filter, data.data, data.len, out,
			   out_fault);
}

bool paper_make(const struct paper_language *language, const json_t *asked,
		const char *page, struct buf *out, struct job_fault *out_fault)
{
	const json_t *document = json_object_get(asked, "document");
	const json_t *raw = json_object_get(asked, "raw");

	if (!document == !raw)
		return job_refuse(out_fault, "document",
				  "Give a document, or a raw job.");
	return document ? paper_make_document(language, document, page, out,
					      out_fault)
			: paper_make_raw(language, raw, out, out_fault);
}
