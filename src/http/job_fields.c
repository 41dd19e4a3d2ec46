/* SPDX-License-Identifier: Apache-2.0 */
/* No text of a job is kept anywhere, so any may have any number in it: one of
 * an article in a barcode may well have the form of a card's. */
#include "http/job_fields.h"

#include "device/job.h"

#define JOB_ITEMS_MAX 500
#define JOB_TEXT_MAX  256		    /* characters of one item */
#define JOB_CODE_MAX  80		    /* of a barcode */
#define JOB_QR_MAX    1000		    /* characters */
#define JOB_DATA_MAX  (JOB_RAW_MAX / 3 * 4) /* of base64 */

/* clang-format off */
#define NUMBER(a, b)  .type = FIELD_INT, .min = (a), .max = (b)
#define FLAG	      .type = FIELD_BOOL
#define CHOICE(words) .type = FIELD_CHOICE, .choices = (words)
#define ANY_TEXT(least, most) \
	.type = FIELD_TEXT, .passing = true, .min = (least), .max = (most)
#define REQUIRED .required = true

static const struct field job_barcode[] = {
	{ "kind",
	  CHOICE("upc-a ean-13 ean-8 code-39 itf codabar code-93 code-128"),
	  REQUIRED },
	{ "data", ANY_TEXT(1, JOB_CODE_MAX), REQUIRED },
	{ "height", NUMBER(1, 255) },
	{ "width", NUMBER(2, 4) },
	{ "text", FLAG },
	{ 0 },
};

static const struct field job_qr[] = {
	{ "data", ANY_TEXT(1, JOB_QR_MAX), REQUIRED },
	{ "size", NUMBER(1, 8) },
	{ "level", CHOICE("l m q h") },
	{ 0 },
};

static const struct field job_image[] = {
	{ "width", NUMBER(1, 1024), REQUIRED },
	{ "data", ANY_TEXT(1, JOB_DATA_MAX), REQUIRED },
	{ 0 },
};

static const struct field job_item_fields[] = {
	{ "text", ANY_TEXT(0, JOB_TEXT_MAX) },
	{ "barcode", .type = FIELD_OBJECT, .fields = job_barcode },
	{ "qr", .type = FIELD_OBJECT, .fields = job_qr },
	{ "image", .type = FIELD_OBJECT, .fields = job_image },
	{ "feed", NUMBER(1, 50) },
	{ "cut", CHOICE("full partial") },
	{ "align", CHOICE("left center right") },
	{ "bold", FLAG },
	{ "underline", FLAG },
	{ "invert", FLAG },
	{ "width", NUMBER(1, 8) },
	{ "height", NUMBER(1, 8) },
	{ "continues", FLAG },
	{ 0 },
};

static const struct field job_item[] = {
	{ "", .type = FIELD_OBJECT, .fields = job_item_fields },
	{ 0 },
};

static const struct field job_raw[] = {
	{ "language", CHOICE(JOB_LANGUAGES), REQUIRED },
	{ "data", ANY_TEXT(1, JOB_DATA_MAX), REQUIRED },
	{ 0 },
};

const struct field job_body[] = {
	{ "document", .type = FIELD_LIST, .min = 1, .max = JOB_ITEMS_MAX,
	  .fields = job_item },
	{ "raw", .type = FIELD_OBJECT, .fields = job_raw },
	{ "reference", .type = FIELD_TEXT, .min = 1, .max = 64 },
	{ 0 },
};
/* clang-format on */
