/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may go to a receipt printer: a list of what is known, and nothing else.
 * A job is read as the printer reads it, one command after the other with all
 * the data that belongs to it; one that holds anything else is refused as a
 * whole: a drawer's pulse, what is kept in the printer or changes it for those
 * who print next, what is unknown, and what is not surely of that length.
 *
 * Some bytes are refused wherever they stand, inside data too: those that a
 * printer acts on as they arrive (docs/protocols.md A.3), and, of ESC/POS, the
 * pulse itself: not every printer knows each command whose data it may be.
 *
 * Pure: no I/O, no state. The languages are tables (escpos_rows.c,
 * star_rows.c).
 */
#ifndef TILLD_RECEIPT_FILTER_H
#define TILLD_RECEIPT_FILTER_H

#include "device/job.h"

enum filter_verdict {
	FILTER_PASSES,
	FILTER_LEFT_OUT, /* a question whose answer nobody would get */
	FILTER_REFUSED,
	FILTER_OPENS, /* refused: it could open a drawer */
};

#define FILTER_HEAD_MAX 4
#define FILTER_ANY	0xff
#define FILTER_DOUBTFUL SIZE_MAX

struct filter_row {
	uint8_t head[FILTER_HEAD_MAX]; /* the longest that fits counts */
	uint8_t head_len;
	enum filter_verdict verdict;
	uint8_t params; /* bytes that follow it in any case */
	/* The first of them is at most that, or that digit; FILTER_ANY: any. */
	uint8_t most;
	/*
	 * How many bytes follow the parameters, as these and the data itself
	 * say, of which left are there: more than left, if it does not end;
	 * FILTER_DOUBTFUL if that can't be said for sure. NULL: none.
	 */
	size_t (*measure)(const uint8_t *params, const uint8_t *data,
			  size_t left);
	const char *name;
};

/* Bytes that are refused everywhere: a head, and one more in a range. */
struct filter_sequence {
	uint8_t head[FILTER_HEAD_MAX];
	uint8_t head_len;
	uint8_t least, most;
	bool opens; /* a drawer */
	const char *name;
};

struct filter_language {
	const char *name; /* as JOB_LANGUAGES has it */
	const struct filter_row *rows;
	size_t rows_count;
	const struct filter_sequence *sequences;
	size_t sequences_count;
};

/* For rows of both: rising stops up to a NUL; text up to end, and with it. */
size_t filter_measure_tabs(const uint8_t *params, const uint8_t *data,
			   size_t left);
size_t filter_measure_text(const uint8_t *data, size_t left, uint8_t end);

extern const struct filter_language filter_escpos;
extern const struct filter_language filter_star;

enum filter_flaw {
	FILTER_SOUND,
	FILTER_UNKNOWN,	  /* no such command */
	FILTER_UNWANTED,  /* a row that is refused */
	FILTER_BAD_VALUE, /* its parameter has no such value */
	FILTER_NO_LENGTH,
	FILTER_CUT_SHORT, /* the job ends in the middle of it */
};

struct filter_token {
	const struct filter_row *row; /* NULL: a character, or unknown */
	size_t len;		      /* if it is sound */
	enum filter_flaw flaw;
};

/* The first command or character of len bytes, 1 and up. */
struct filter_token filter_read(const struct filter_language *language,
				const uint8_t *bytes, size_t len);

/*
 * Of how many bytes a job at the front is: up to the first that none may hold.
 * 0: the last of it goes on behind them.
 */
size_t filter_span(const struct filter_language *language, const uint8_t *bytes,
		   size_t len);

/* None of the sequences stands in there. */
bool filter_is_clean(const struct filter_language *language,
		     const uint8_t *bytes, size_t len);

/*
 * Adds the job to out without what is left out, if all of it may go to the
 * printer. Else false, with the fault: its field is "raw.data".
 */
bool filter_pass(const struct filter_language *language, const uint8_t *job,
		 size_t len, struct buf *out, struct job_fault *out_fault);

#endif
