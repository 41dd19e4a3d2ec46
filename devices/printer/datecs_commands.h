/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a driver asks of a Datecs fiscal printer: one row per action with its
 * number in both dialects, a writer for the data of its request and a reader
 * for its answer. An action without a writer has no data: datecs_plain_write.
 *
 * Writers append to an empty buf, and set failed for what the dialect has no
 * form for. Readers return false, and leave the rest alone, if an answer lacks
 * what it must have. Amounts are minor units, quantities thousandths.
 *
 * Source: docs/protocols.md 4.5 to 4.7 and 4.10.
 */
#ifndef TILLD_PRINTER_DATECS_COMMANDS_H
#define TILLD_PRINTER_DATECS_COMMANDS_H

#include "printer/datecs_fields.h"
#include "printer/datecs_frame.h"

#define DATECS_TAXES	  8 /* groups A to H */
#define DATECS_NAME_MAX	  72
#define DATECS_UNIT_MAX	  6
#define DATECS_TEXT_SIZE  48
#define DATECS_NOT_TOLD	  (-1)
#define DATECS_DATA_SIZE  512 /* for the buf that a writer fills */
#define DATECS_PATIENT_MS 120000
#define DATECS_QUICK_MS	  10000

/* --- the actions --- */

enum datecs_action {
	DATECS_IDENTITY,  /* model, firmware, serial number */
	DATECS_STATUS,	  /* nothing but the status bytes of any answer */
	DATECS_PENDING,	  /* is it still printing? */
	DATECS_COMPLAINT, /* the text of an error */
	DATECS_CLOCK_READ,
	DATECS_CLOCK_SET,
	DATECS_TRANSACTION,  /* the open receipt, or the last */
	DATECS_OPEN_SUMS,    /* of it, by tax group */
	DATECS_LAST_RECEIPT, /* its number */
	DATECS_LAST_REPORT,  /* the last Z in the fiscal memory */
	DATECS_DAY,	     /* counters of the day */
	DATECS_CASH_READ,
	DATECS_RATES,	 /* of the tax groups */
	DATECS_DAY_SUMS, /* by tax group, since the last Z */
	DATECS_RECEIPT_OPEN,
	DATECS_STORNO_OPEN, /* of a receipt that takes goods back */
	DATECS_SALE,
	DATECS_SUBTOTAL,
	DATECS_PAYMENT,
	DATECS_RECEIPT_TEXT,
	DATECS_RECEIPT_CLOSE,
	DATECS_RECEIPT_CANCEL,
	DATECS_NONFISCAL_OPEN,
	DATECS_NONFISCAL_TEXT,
	DATECS_NONFISCAL_CLOSE,
	DATECS_REPORT_X,
	DATECS_REPORT_Z,
	DATECS_REPORT_BY_DATES,
	DATECS_REPORT_BY_DATES_SHORT,
	DATECS_REPORT_BY_NUMBERS,
	DATECS_REPORT_BY_NUMBERS_SHORT,
	DATECS_CASH_MOVE,
	DATECS_DRAWER,
	DATECS_FEED,
	DATECS_COPY, /* of the last receipt */
	DATECS_CUT,
	DATECS_ACTIONS,
};

#define DATECS_NO_COMMAND 0

struct datecs_command {
	unsigned int x, classic; /* DATECS_NO_COMMAND: has none */
	bool told; /* a classic device that did it says something */
	bool prints;
	const char *refusals; /* first letters of a classic no, or NULL */
};

const struct datecs_command *datecs_command_of(enum datecs_action action);

/* DATECS_NO_COMMAND where the dialect has no such thing. */
unsigned int datecs_command_number(const struct datecs_dialect *dialect,
				   enum datecs_action action);

/* --- how this very printer wants to be spoken to --- */

enum datecs_group { DATECS_GROUP_A, DATECS_GROUP_B }; /* of the classic */

struct datecs_speech {
	const struct datecs_dialect *dialect;
	enum datecs_group group; /* says how a receipt is opened */
	const char *page;	 /* "CP1251" */
	size_t columns;		 /* of a line of text, at most */
	bool cyrillic_taxes; /* classic: groups А to З rather than A to H */
};

bool datecs_speech_is_x(const struct datecs_speech *speech);

/* --- writing requests --- */

/* The frame of a request, of the data that one of the writers wrote; appends to
 * a buf of at least DATECS_FRAME_MAX, which fails if the data did or if the
 * dialect has no such command. */
void datecs_request_build(const struct datecs_speech *speech,
			  enum datecs_action action, uint8_t seq,
			  const struct buf *data, struct buf *out);

/* Whatever has no parameters, or only ever the same: identity, status, pending,
 * transaction, open sums, last receipt, last report, day, cash read, clock
 * read, X and Z, cancel, the opening and closing of non-fiscal documents and
 * the closing of receipts, cut. */
void datecs_plain_write(const struct datecs_speech *speech,
			enum datecs_action action, struct buf *data);

struct datecs_opening {
	int cashier;	      /* the device's operator, 1 to 30 */
	const char *password; /* 1 to 8 digits; a secret */
	int point;	      /* of sale, 1 to 99999 */
	const char *sale;     /* LLDDDDDD-CCCC-DDDDDDD, NULL outside Bulgaria */
	bool invoice;
};

void datecs_opening_write(const struct datecs_speech *speech,
			  const struct datecs_opening *opening,
			  struct buf *data);

/* The document that it corrects. */
struct datecs_storno {
	int64_t number;		 /* 1 to 9999999 */
	struct datecs_time made; /* with its seconds */
	const char *memory;	 /* number of its fiscal memory */
};

/* Goods that come back; X only. */
void datecs_storno_write(const struct datecs_speech *speech,
			 const struct datecs_opening *opening,
			 const struct datecs_storno *storno, struct buf *data);

enum datecs_change {
	DATECS_CHANGE_NONE,
	DATECS_CHANGE_MORE_PERCENT, /* hundredths, 1 to DATECS_PERCENT_MAX */
	DATECS_CHANGE_LESS_PERCENT,
	DATECS_CHANGE_MORE, /* an amount */
	DATECS_CHANGE_LESS,
};

struct datecs_sale {
	const char *name;
	int tax;	  /* group, 1 to DATECS_TAXES */
	int64_t price;	  /* of one; 0 and up */
	int64_t quantity; /* 0: one, and it isn't mentioned */
	bool reversal;	  /* takes an earlier line back */
	enum datecs_change change;
	int64_t change_by;
	int department;	  /* 0 none, to 99; only X has them */
	const char *unit; /* "kg", or NULL; classic: only with a quantity */
};

/* price times quantity is bounded by DATECS_AMOUNT_MAX. */
void datecs_sale_write(const struct datecs_speech *speech,
		       const struct datecs_sale *sale, struct buf *data);

void datecs_subtotal_write(const struct datecs_speech *speech, bool print,
			   bool display, enum datecs_change change,
			   int64_t change_by, struct buf *data);

/* The mode is the device's own letter: 0 cash, 1 credit and 2 debit card, 3 to
 * 5 what was programmed (X); P cash, N, C, D, I, J, K, L (classic: what C and D
 * are differs by model, and the shop has to say). */
#define DATECS_MODE_CASH_X	 '0'
#define DATECS_MODE_CASH_CLASSIC 'P'

void datecs_payment_write(const struct datecs_speech *speech, char mode,
			  int64_t amount, struct buf *data);

/* Lines of a receipt or of a non-fiscal document; too long ones are cut. Only X
 * has bold and double height. */
void datecs_line_write(const struct datecs_speech *speech, const char *text,
		       bool bold, bool high, struct buf *data);

/* Dates as 2026-09-30; both are included. */
void datecs_dates_write(const struct datecs_speech *speech, bool summary,
			const char *from, const char *to, struct buf *data);
void datecs_numbers_write(const struct datecs_speech *speech, bool summary,
			  int64_t from, int64_t to, struct buf *data);

/* In where it is positive, out where it is negative; never 0, which would only
 * read. */
void datecs_cash_write(const struct datecs_speech *speech, int64_t amount,
		       struct buf *data);

void datecs_clock_write(const struct datecs_speech *speech,
			const struct datecs_time *time, struct buf *data);

/* --- reading answers --- */

enum datecs_verdict {
	DATECS_VERDICT_DONE,
	DATECS_VERDICT_REFUSED,	  /* see meaning */
	DATECS_VERDICT_SENSELESS, /* to be treated like no answer at all */
};

struct datecs_reply {
	enum datecs_verdict verdict;
	int64_t code;		       /* X: its error code, 0 for none */
	char letter;		       /* classic: its refusal's, or 0 */
	struct datecs_meaning meaning; /* of a refusal */
	struct datecs_status status;
	struct datecs_fields fields; /* once done; without the error code */
};

/* What an answer to an action says. */
void datecs_reply_read(const struct datecs_speech *speech,
		       enum datecs_action action,
		       const struct datecs_answer *answer,
		       struct datecs_reply *out_reply);

struct datecs_identity {
	char model[DATECS_TEXT_SIZE];
	char firmware[DATECS_TEXT_SIZE]; /* with its date, as a rule */
	char serial[DATECS_TEXT_SIZE];	 /* may be empty */
	char memory[DATECS_TEXT_SIZE];	 /* the fiscal memory's, or empty */
};

bool datecs_identity_read(const struct datecs_reply *reply,
			  struct datecs_identity *out_identity);

/* UTF-8. */
bool datecs_complaint_read(const struct datecs_speech *speech,
			   const struct datecs_reply *reply, int64_t *out_code,
			   struct buf *out_text);

bool datecs_clock_read(const struct datecs_reply *reply,
		       struct datecs_time *out_time);

enum datecs_document {
	DATECS_DOCUMENT_NONE,
	DATECS_DOCUMENT_SALE,
	DATECS_DOCUMENT_STORNO,
	DATECS_DOCUMENT_NONFISCAL,
};

struct datecs_transaction {
	enum datecs_document open;
	int64_t number; /* of the open or the last one; DATECS_NOT_TOLD */
	int64_t items;
	int64_t amount;
	int64_t paid;
};

bool datecs_transaction_read(const struct datecs_speech *speech,
			     const struct datecs_reply *reply,
			     struct datecs_transaction *out_transaction);

struct datecs_sums {
	int64_t tax[DATECS_TAXES];
	bool invoice;
	int64_t next_invoice; /* DATECS_NOT_TOLD */
	bool storno;	      /* only X tells */
	bool reversible;      /* only the classic tells; true for X */
};

bool datecs_sums_read(const struct datecs_speech *speech,
		      const struct datecs_reply *reply,
		      struct datecs_sums *out_sums);

/* X: within the day. Classic: of all documents, whatever they were. */
struct datecs_last {
	int64_t document;
	struct datecs_time made; /* second -1 where it isn't told */
	int64_t report;		 /* the last Z, DATECS_NOT_TOLD on classic */
};

bool datecs_last_read(const struct datecs_speech *speech,
		      const struct datecs_reply *reply,
		      struct datecs_last *out_last);

struct datecs_z {
	int64_t number;
	int64_t tax[DATECS_TAXES];
	char date[OP_DATE_SIZE]; /* empty where it made no sense */
};

/* A classic device without any Z yet refuses. */
bool datecs_z_read(const struct datecs_speech *speech,
		   const struct datecs_reply *reply, struct datecs_z *out_z);

/* What there is of it is told by one dialect only, DATECS_NOT_TOLD else. */
struct datecs_day {
	int64_t voided, voided_sum;	/* X: lines taken back */
	int64_t annulled, annulled_sum; /* X: receipts cancelled */
	int64_t cash_sum;		/* classic: paid in cash */
	int64_t report;			/* classic: number of the next Z */
	int64_t receipt;		/* classic: number of the next one */
};

bool datecs_day_read(const struct datecs_speech *speech,
		     const struct datecs_reply *reply,
		     struct datecs_day *out_day);

#define DATECS_RATE_OFF (-1)

/* Hundredths of a percent; DATECS_RATE_OFF for groups that are not in use. */
bool datecs_rates_read(const struct datecs_speech *speech,
		       const struct datecs_reply *reply,
		       int64_t out_rates[DATECS_TAXES]);

bool datecs_day_sums_read(const struct datecs_speech *speech,
			  const struct datecs_reply *reply,
			  int64_t out_sums[DATECS_TAXES]);

/* Of 70, whether it moved something or not. */
struct datecs_cash {
	int64_t drawer, in, out;
};

bool datecs_cash_read(const struct datecs_speech *speech,
		      const struct datecs_reply *reply,
		      struct datecs_cash *out_cash);

/* Of a payment: true where nothing is due any more; and the change then. */
bool datecs_payment_read(const struct datecs_speech *speech,
			 const struct datecs_reply *reply, int64_t *out_change);

/* Of an X or Z report. */
struct datecs_report {
	int64_t number;
	int64_t tax[DATECS_TAXES];
	int64_t storno[DATECS_TAXES]; /* only X tells */
	int64_t memory;		      /* classic: all ever; DATECS_NOT_TOLD */
};

bool datecs_report_read(const struct datecs_speech *speech,
			const struct datecs_reply *reply,
			struct datecs_report *out_report);

/* For people (device/trace.h), without the cashier's password. */
size_t datecs_trace(struct trace *trace);

#endif
