/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A print job out of what an app asks for (device/job.h): a structured document
 * is put into the printer's language here, a raw job is read; either goes
 * through the filter before it is one. What an item may hold, by type and
 * range, the route has checked (http/routes.c); here is the rest of it.
 *
 * All jobs begin with a reset: the one before may have left anything behind.
 */
#ifndef TILLD_RECEIPT_PAPER_H
#define TILLD_RECEIPT_PAPER_H

#include "device/job.h"
#include "receipt/filter.h"
#include "receipt/image.h"

enum paper_align { PAPER_LEFT, PAPER_CENTER, PAPER_RIGHT };

struct paper_style {
	enum paper_align align;
	bool bold, underline, invert;
	int width, height; /* times the usual, 1 and up */
};

enum paper_barcode_kind {
	PAPER_UPC_A,
	PAPER_EAN_13,
	PAPER_EAN_8,
	PAPER_CODE_39,
	PAPER_ITF,
	PAPER_CODABAR,
	PAPER_CODE_93,
	PAPER_CODE_128,
	PAPER_BARCODES,
};

struct paper_barcode {
	enum paper_barcode_kind kind;
	const char *data; /* what that kind can hold */
	int height;	  /* dots */
	int width;	  /* dots of the narrowest bar, 2 to 4 */
	bool text;	  /* below it */
};

struct paper_qr {
	const char *data;
	int size;  /* dots of a module, 1 to 8 */
	int level; /* of error correction: L, M, Q, H from 0 on */
};

struct paper {
	struct buf *out;
	const char *field; /* of the item at hand: "document[3]" */
	struct job_fault *fault;
	struct paper_style style; /* the printer's, by now */
};

/* A code page, by the name that configuration and iconv have for it. */
struct paper_page {
	const char *option; /* NULL ends a table */
	const char *name;
	uint8_t number; /* the printer's own */
};

/* A printer's language. Whatever returns false has told the fault. */
struct paper_language {
	const struct filter_language *filter;
	const struct paper_page *pages;
	void (*begin)(struct paper *paper, uint8_t page);
	bool (*style)(struct paper *paper, const struct paper_style *style);
	bool (*barcode)(struct paper *paper,
			const struct paper_barcode *barcode);
	bool (*qr)(struct paper *paper, const struct paper_qr *qr);
	bool (*image)(struct paper *paper, const struct image *image);
	void (*feed)(struct paper *paper, int lines);
	void (*cut)(struct paper *paper, bool partial);
};

extern const struct paper_language paper_escpos;
extern const struct paper_language paper_star;

/* The code pages of their tables, as choices of an option. */
#define PAPER_ESCPOS_PAGES \
	"cp437 cp850 cp852 cp858 cp860 cp863 cp865 cp866 cp1252"
#define PAPER_STAR_PAGES \
	"cp437 cp852 cp858 cp860 cp863 cp865 cp866 cp1250 cp1251 cp1252"

#define PAPER_OPTION_PAGE(pages)                                              \
	{                                                                     \
		.name = "code-page", .type = DRIVER_OPTION_CHOICE,            \
		.choices = (pages), .otherwise = "cp437",                     \
		.help = "In which the text of documents is printed; what it " \
			"lacks is printed without accent, or as ?.",          \
	}

/* The job, put at the end of out; false: fault says why there is none. */
bool paper_make(const struct paper_language *language, const json_t *asked,
		const char *page, struct buf *out, struct job_fault *out_fault);

#endif
