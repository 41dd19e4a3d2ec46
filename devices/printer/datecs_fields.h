/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands in the frames of Datecs fiscal printers: fields, numbers, dates
 * and texts as both dialects write them, the status bytes, and what status and
 * error codes mean to whoever asked.
 *
 * Amounts are whole minor units, quantities thousandths, percentages
 * hundredths. Everything is appended to a buf; what the protocol has no form
 * for sets failed.
 *
 * Source: docs/protocols.md 4.5, 4.6, 4.8 and 4.11.
 */
#ifndef TILLD_PRINTER_DATECS_FIELDS_H
#define TILLD_PRINTER_DATECS_FIELDS_H

#include "device/driver.h"
#include "printer/datecs_frame.h"
#include "util/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATECS_AMOUNT_MAX   999999999 /* 9999999.99 */
#define DATECS_QUANTITY_MAX 999999999 /* 999999.999 */
#define DATECS_PERCENT_MAX  9999      /* 99.99 */
#define DATECS_SUBSTITUTE   '?'	      /* for what a code page lacks */

/* --- writing --- */

void datecs_amount_add(struct buf *out, int64_t amount);     /* "-1.50" */
void datecs_quantity_add(struct buf *out, int64_t quantity); /* "2.000" */

/* "2026-09-30" as "30-09-26", or as "300926". 2000 to 2099. */
void datecs_date_add(struct buf *out, const char *date);
void datecs_date_add_short(struct buf *out, const char *date);

struct datecs_time {
	char date[OP_DATE_SIZE]; /* 2026-09-30 */
	int second;		 /* of the day, -1 if only the date was told */
	bool summer;		 /* marked DST; only X ever says so */
};

/* "30-09-26 23:59:59", and " DST" where that is meant. */
void datecs_time_add(struct buf *out, const struct datecs_time *time);

/* UTF-8 in a code page known to iconv, at most max characters. Accents that
 * the page lacks go, and DATECS_SUBSTITUTE stands for other characters. */
void datecs_text_add(struct buf *out, const char *text, const char *page,
		     size_t max);

/* --- reading --- */

/* All of them: false, and the rest untouched, if it is not one. */
bool datecs_number_parse(const char *text, int64_t *out_number);
bool datecs_date_parse(const char *text, char out_date[OP_DATE_SIZE]);
bool datecs_time_parse(const char *text, struct datecs_time *out_time);

/* "1.50", "1.5", and without a point in hundredths: "+000000300". */
bool datecs_amount_parse(const char *text, int64_t *out_amount);

/* The longest known answer, of an X or Z report, has 18. */
#define DATECS_FIELDS_MAX 32

struct datecs_fields {
	size_t count;
	uint16_t at[DATECS_FIELDS_MAX]; /* where each begins in text */
	char text[DATECS_FRAME_MAX];	/* the fields, NUL-terminated */
};

/* Blanks around a field are not part of it, and a TAB ends a field rather than
 * separating two. False if there are too many. */
bool datecs_fields_split(const char *data, char separator,
			 struct datecs_fields *out_fields);

void datecs_fields_drop(struct datecs_fields *fields); /* the first one */

/* NULL where there are fewer. */
const char *datecs_fields_text(const struct datecs_fields *fields, size_t i);
bool datecs_fields_number(const struct datecs_fields *fields, size_t i,
			  int64_t *out_number);
bool datecs_fields_amount(const struct datecs_fields *fields, size_t i,
			  int64_t *out_amount);

/* --- the status bytes --- */

struct datecs_status {
	/* about the command that was answered */
	bool bad_syntax;
	bool bad_command;
	bool overflow;	    /* of a sum */
	bool not_permitted; /* in this state */
	/* the mechanism */
	bool cover_open;
	bool mechanism_failed;
	bool head_hot;
	bool paper_out;
	bool paper_low;
	bool no_display;
	/* the clock and the memory that a battery keeps */
	bool clock_wrong;
	bool battery_low;
	bool memory_reset; /* the day's sums are lost */
	/* documents */
	bool fiscal_open;
	bool nonfiscal_open;
	bool rotated_open; /* non-fiscal, printed sideways */
	bool storno_open;
	/* the journal */
	bool journal_low;
	bool journal_lower;
	bool journal_full; /* sells no more */
	/* the fiscal memory */
	bool fiscal_missing;
	bool fiscal_full;
	bool fiscal_low; /* room for less than 50 or 60 reports */
	bool fiscal_access_failed;
	bool fiscal_read_failed;
	bool fiscal_write_failed; /* the last time */
	bool fiscal_read_only;
	/* how it is set up */
	bool numbers_set;
	bool tax_number_set;
	bool rates_set;
	bool fiscalised;
	bool formatted;
	bool terminal_silent; /* the one to the tax office */
	/* the sums of them that the printer makes */
	bool error;
	bool fiscal_error;
};

void datecs_status_decode(const struct datecs_dialect *dialect,
			  const uint8_t status[DATECS_STATUS_MAX],
			  struct datecs_status *out_status);

/* --- what it means --- */

/* What can be done about it. */
enum datecs_remedy {
	DATECS_REMEDY_NONE,    /* the device's own affair: tell its code */
	DATECS_REMEDY_REQUEST, /* these values, never */
	DATECS_REMEDY_AGAIN,   /* passes by itself; with a new SEQ, later */
	DATECS_REMEDY_PERSON,  /* paper, cover, a jam; then again */
	DATECS_REMEDY_CASH,    /* there is not enough in the drawer for it */
	DATECS_REMEDY_CLOCK,   /* to be set */
	DATECS_REMEDY_DAY,     /* a Z report first */
	DATECS_REMEDY_STATE,   /* a document is open, or none is, or it is past
				  that stage: ask (74, 76) and think again */
	DATECS_REMEDY_CANCEL,  /* of this receipt nothing else can be made */
	DATECS_REMEDY_CLOSE,   /* ...it can only be paid and closed */
	DATECS_REMEDY_SETUP,   /* a password, a mode: the configuration */
	DATECS_REMEDY_SERVICE, /* a technician, or the tax office */
};

struct datecs_meaning {
	enum reason reason;
	enum datecs_remedy remedy;
	bool doubtful; /* it may have been carried out nevertheless */
};

/* What an error code means: -1xxxxx of X, and -150xxx, which a classic device
 * tells when asked for its last error. */
struct datecs_meaning datecs_error_meaning(int64_t code);

/* Why the last command was refused, as far as the status tells; the reason is
 * REASON_NONE if it shows nothing. */
struct datecs_meaning datecs_status_refusal(const struct datecs_status *status);

/* What keeps the mechanism from printing, whatever the command: paper, cover,
 * head. The reason is REASON_NONE if nothing does. */
struct datecs_meaning datecs_status_trouble(const struct datecs_status *status);

/* Something is marked that is about the last command itself. */
bool datecs_status_complains(const struct datecs_status *status);

#endif
