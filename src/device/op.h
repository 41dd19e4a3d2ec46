/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An operation: one thing asked of one device, with its parameters. It is made
 * by core after it was allowed, written to the journal before its device hears
 * of it, and read back from there after a crash (op_to_json, op_from_json).
 */
#ifndef TILLD_DEVICE_OP_H
#define TILLD_DEVICE_OP_H

#include "device/job.h"
#include "device/receipt.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Source of the five: design and policy; they are in the API and the journal. */
enum outcome {
	OUTCOME_OK,	 /* the device confirmed that it happened */
	OUTCOME_SENT,	 /* sent whole to a device that never confirms */
	OUTCOME_REFUSED, /* the device said no; nothing moved */
	OUTCOME_FAILED,	 /* it certainly did not happen */
	OUTCOME_UNKNOWN, /* it may have happened; nothing can tell */
};

enum op_kind {
	OP_DRAWER_OPEN,
	OP_REPORT_X,	      /* figures, totals stay */
	OP_REPORT_Z,	      /* the daily report that closes the fiscal day */
	OP_REPORT_BY_DATES,   /* periodic */
	OP_REPORT_BY_NUMBERS, /* periodic */
	OP_RECEIPT,	      /* a fiscal receipt, all of it or none */
	OP_INVOICE,	      /* the same as a fiscal invoice */
	OP_GOODS_RETURN,      /* goods come back, and perhaps cash goes out */
	OP_CASH_SLIP,	      /* cash that came in or went out, on paper */
	OP_PRINT_TEXT,	      /* what is not fiscal */
	OP_PRINT_COPY,	      /* the last printouts once more */
	OP_PRINT_JOB,	      /* on a receipt printer that is not fiscal */
	OP_FISCAL_READ,	      /* clock, counters and totals; moves nothing */
	OP_CLOCK_SET,
	OP_PAYMENT,
	OP_REVERSAL,
	OP_DISPLAY_SHOW,
	OP_DISPLAY_CLEAR,
	OP_REFUND, /* money back to a card, whatever was paid with it */
	OP_TERMINAL_DAY_END, /* the card terminal's own */
	OP_TERMINAL_RECEIPT, /* its last receipt once more */
	OP_TERMINAL_STATUS,
	OP_TERMINAL_DIAGNOSIS,
	OP_TERMINAL_INITIALISE,
	OP_TERMINAL_LOG_OFF,
	OP_TEST_INTERNAL,    /* asks it how it is; nothing is seen of that */
	OP_TEST_EXTERNAL,    /* shows what it can, to be looked at */
	OP_TEST_INTERACTIVE, /* waits for somebody to use it, once */
	OP_TEST_SCAN,	     /* looks for it at other settings of its line */
	OP_KINDS,
};

#define OP_ID_SIZE	      32
#define OP_DATE_SIZE	      11 /* 2026-11-22 and a NUL */
#define OP_DISPLAY_LINES      2
#define OP_DISPLAY_TEXT_SIZE  256
#define OP_AUTHORIZATION_SIZE 9 /* eight characters and a NUL */
#define OP_AUTHORIZATION_CHARACTERS \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define OP_AMOUNT_MAX	   999999999999 /* twelve digits, as ZVT has */
#define OP_TERMINAL_MAX	   99999999	/* of a card terminal's id */
#define OP_TERMINAL_DIGITS 8

struct op_report {
	char from_date[OP_DATE_SIZE]; /* OP_REPORT_BY_DATES, both included */
	char to_date[OP_DATE_SIZE];
	int64_t from_number; /* OP_REPORT_BY_NUMBERS, 1 and up */
	int64_t to_number;
	bool summary; /* the short form of a periodic report */
};

#define OP_MOMENT_SIZE 20 /* 2026-11-22T10:30:00 and a NUL */
#define OP_MEMORY_SIZE 24

/* The document that is corrected, as its paper has it. */
struct op_original {
	int64_t number;		     /* 0: none was told */
	char moment[OP_MOMENT_SIZE]; /* civil, where the printer stands */
	char memory[OP_MEMORY_SIZE]; /* of its printer; "": of this one */
};

/* What is given back for goods: how much of it is cash, the rest not by us. */
struct op_return {
	int64_t amount; /* minor units, 1 and up */
	int64_t cash;	/* 0 to amount */
	/* Held: what comes back, as a receipt of it would be, where the app
	 * told; or NULL. Some printers need it, and the original. */
	struct receipt *receipt;
	struct op_original original;
};

struct op_cash {
	bool out;
	int64_t amount; /* minor units, 1 and up */
};

#define OP_TEXT_LINES_MAX  60
#define OP_TEXT_LINE_MAX   80  /* characters; a printer may take fewer */
#define OP_PRINT_LINES_MAX 600 /* of what is not an app's own: a slip */
#define OP_COPIES_MAX	   9

struct op_print {
	json_t *lines; /* of OP_PRINT_TEXT: texts, plain UTF-8 */
	int64_t count; /* of OP_PRINT_COPY: 1 to OP_COPIES_MAX */
};

#define OP_TIME_SIZE 17 /* 2026-11-22T10:30 and a NUL */

struct op_clock {
	char time[OP_TIME_SIZE]; /* civil, where the printer stands */
};

struct op_payment {	/* OP_REFUND too */
	int64_t amount; /* minor units, 1 to OP_AMOUNT_MAX */
	/* by telephone: letters and digits; "" otherwise, and for a refund */
	char authorization[OP_AUTHORIZATION_SIZE];
};

#define OP_CURRENCY_SIZE 4

/* The payment to be reversed, as its own result told it. */
struct op_reversal {
	int64_t amount;			 /* minor units of: */
	char currency[OP_CURRENCY_SIZE]; /* "PLN", "985"; "" if not told */
	int64_t receipt;		 /* the terminal's receipt number */
	int64_t trace;	  /* its trace number; -1 where it told none */
	int64_t terminal; /* the terminal's id; 0 where it told none */
};

struct op_display {
	char lines[OP_DISPLAY_LINES][OP_DISPLAY_TEXT_SIZE]; /* plain UTF-8 */
};

struct op {
	enum op_kind kind;
	char id[OP_ID_SIZE]; /* the operation's, for log and journal */
	union {
		struct op_report report;
		struct receipt *receipt; /* held; of receipt and invoice */
		struct op_return goods;
		struct op_cash cash;
		struct op_print print; /* lines are held */
		struct job *job;       /* held; of OP_PRINT_JOB */
		struct op_clock clock;
		struct op_payment payment;
		struct op_reversal reversal;
		struct op_display display;
	};
};

/* "drawer-open", "report-z"... and "ok", "sent"...: stable, as the API has. */
const char *op_kind_name(enum op_kind kind);
const char *outcome_name(enum outcome outcome);

/* The inverse; false if there is no such name. */
bool outcome_from_name(const char *name, enum outcome *out_outcome);

/*
 * The parameters, with the kind, for the journal; and read back from there.
 * What a kind holds is held once more by what is read, and by a copy.
 */
json_t *op_to_json(const struct op *op);
bool op_from_json(const json_t *json, struct op *out_op);
struct op op_copy(const struct op *op);
/* Of what is to be shown: lines, checked; blank where there is none. */
void op_set_lines(struct op *op, const json_t *lines);
void op_clear(struct op *op); /* lets go of what it holds */

/* "2026-11-22T10:30", by its shape and ranges. */
bool op_time_is_valid(const char *text);

/* What comes back for that much, of it so much in cash: json's lines and sale
 * number as a receipt. NULL and its fault, where it is none. */
struct receipt *op_return_parse(const json_t *json, int64_t amount,
				int64_t cash, struct receipt_fault *out_fault);

/* "original" of json, if it has one; false where that makes no sense. */
bool op_original_parse(const json_t *json, struct op_original *out_original);

#endif
