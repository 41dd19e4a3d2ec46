/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the Datecs models, written from the protocol text alone; the
 * numbers in comments are its sections, and of commands decimal as there. One
 * printer, two dialects: what differs are the frames, the forms of requests
 * and answers, and some commands. Names begin with isl, which the protocol is
 * called.
 */
#ifndef TILLD_SIM_DATECS_MODEL_H
#define TILLD_SIM_DATECS_MODEL_H

#include "sim/datecs_wire.h"
#include "sim/model_kit.h"

#define ISL_TAXES	  8
#define ISL_PAYMENTS	  8
#define ISL_MONEY_MAX	  INT64_C(999999999) /* 9999999.99 */
#define ISL_THOUSAND	  INT64_C(1000)	     /* quantities have 3 decimals */
#define ISL_SALES_MAX	  512
#define ISL_RECORDS_MAX	  3650
#define ISL_DOCUMENTS_MAX 10000 /* in the account */
#define ISL_NAME_SIZE	  80
#define ISL_DELAYS	  256

/* Why not; in the order of isl_errors. Parameters are counted from 1. */
enum isl_error {
	ISL_OK,
	ISL_ERROR_COMMAND,
	ISL_ERROR_SYNTAX,
	ISL_ERROR_NOT_NOW,
	ISL_ERROR_OVERFLOW,
	ISL_ERROR_CLOCK,
	ISL_ERROR_PAPER,
	ISL_ERROR_COVER,
	ISL_ERROR_PASSWORD,
	ISL_ERROR_RECEIPT_OPEN,
	ISL_ERROR_RECEIPT_CLOSED,
	ISL_ERROR_NO_CASH,
	ISL_ERROR_PAYING,
	ISL_ERROR_TOO_MANY,
	ISL_ERROR_NEGATIVE,
	ISL_ERROR_DAY_OVER,
	ISL_ERROR_NONFISCAL_OPEN,
	ISL_ERROR_FISCAL_OPEN,
	ISL_ERROR_NOT_PAID,
	ISL_ERROR_SUM_ZERO,
	ISL_ERROR_NOTHING,
	ISL_ERROR_NO_RECORD,
	ISL_ERROR_MEMORY_FULL,
	ISL_ERROR_JOURNAL_FULL,
	ISL_ERROR_BLOCKED,
	ISL_ERROR_VALUE, /* ...of parameter 1; + n: of parameter n + 1 */
};

#define ISL_VALUE(n) ((enum isl_error)(ISL_ERROR_VALUE + (n)-1))

struct isl;

typedef enum isl_error isl_run_fn(struct isl *isl,
				  const struct isl_request *request,
				  struct buf *out_data);

/* What a command needs of the printer. */
#define ISL_PRINTS    1U /* paper, and the cover closed */
#define ISL_IDLE      2U /* no document open */
#define ISL_RECEIPT   4U /* a receipt open */
#define ISL_NONFISCAL 8U
#define ISL_JOURNAL   16U /* room in the journal */
#define ISL_X_ONLY    32U
#define ISL_CLASSIC   64U /* of the classic dialect only */

struct isl_command {
	int number;
	isl_run_fn *run;
	unsigned needs;
	int ms; /* until the answer, at real speed */
};

extern const struct isl_command isl_commands[];
extern const size_t isl_commands_count;

/* Between two Z reports. */
struct isl_day {
	int64_t tax[ISL_TAXES];
	int64_t storno[ISL_TAXES]; /* given back */
	int64_t payments[ISL_PAYMENTS];
	int64_t receipts; /* closed */
	int64_t annulled, annulled_sum;
	int64_t voided, voided_sum;
	int64_t in, out; /* cash, by hand */
};

struct isl_record {
	int64_t number;
	int64_t at; /* civil ms */
	struct isl_day day;
};

enum isl_document {
	ISL_NOTHING,
	ISL_FISCAL,
	ISL_PLAIN = 5, /* as 76 tells */
};

struct isl_receipt {
	enum isl_document open;
	int64_t slip;
	int64_t tax[ISL_TAXES];
	int64_t items;
	int64_t paid;
	int64_t payments[ISL_PAYMENTS];
	int64_t change;
	bool paying;
	bool invoice;
	int storno;	    /* as 76 tells, 2 to 4; 0: a sale */
	struct buf content; /* what was sold, to find duplicates by */
};

enum isl_fault_kind {
	ISL_FAULT_LOSE_REQUEST,
	ISL_FAULT_LOSE_REPLY,
	ISL_FAULT_CORRUPT_REPLY,
	ISL_FAULT_STALL, /* SYN, and then nothing */
	ISL_FAULT_CRASH_BEFORE,
	ISL_FAULT_CRASH_AFTER,
	ISL_FAULT_HANG_UP_BEFORE,
	ISL_FAULT_HANG_UP_AFTER,
	ISL_FAULTS,
};

struct isl_fault {
	bool armed;
	int command; /* 0: any */
	int64_t ms;
};

/* What becomes of what a power cut broke off. */
enum isl_finish {
	ISL_FINISH_NEVER,
	ISL_FINISH_FIRST, /* before it says anything */
	ISL_FINISH_LATER, /* a second after it can be asked again */
};

struct isl {
	struct model model;
	bool classic;

	/* options */
	bool fast;
	bool shut_probe; /* classic: says nothing to the other dialect */
	bool glued;	 /* a SYN right before an answer that took time */
	enum isl_finish finishes;
	bool refuses_zero;
	int64_t gap;		    /* ms between SYNs */
	int64_t sold;		    /* receipts that the day begins with */
	int64_t delays[ISL_DELAYS]; /* by command, -1: as the table has it */
	char name[ISL_NAME_SIZE];
	char serial[ISL_NAME_SIZE];
	char password[16];

	/* survives a power cut */
	struct kit_clock clock;
	int rates[ISL_TAXES]; /* hundredths of a percent, -1: off */
	struct isl_day day;
	struct isl_record *records;
	size_t records_count;
	int64_t reports;
	int64_t slips;	   /* X: of all receipts; classic: 48's first number */
	int64_t fiscal;	   /* fiscal receipts ever; classic: 48's second */
	int64_t documents; /* printed documents of all kinds */
	int64_t cash;
	int64_t last_receipt_at, last_report_at;
	struct isl_receipt receipt;
	enum isl_error last_error; /* classic: 32 */
	int last_error_command;

	/* what a person sees or moves */
	bool paper_out, paper_low, cover_open, clock_wrong, day_over;
	bool memory_full, memory_low, journal_full, blocked;

	/* lost in a power cut */
	struct isl_reader reader;
	bool remembers; /* last_seq and last are somebody's */
	uint8_t last_seq;
	struct buf last;	    /* the answer to it, once it is done */
	bool working;		    /* on current, until deadline */
	struct isl_request current; /* also what a power cut broke off */
	struct isl_request broken;
	bool broken_off;
	struct isl_request pending;
	bool has_pending;
	int64_t deadline, syn_at;

	bool off, line_up;
	int64_t power_at;  /* when it comes back, -1: it is not away */
	int64_t finish_at; /* what was broken off, -1: nothing */
	int naks;	   /* so many frames are refused */
	struct isl_fault faults[ISL_FAULTS];

	/* the account */
	json_t *log;
	json_t *z_reports;
	int64_t x_reports, periodic, copies, drawer_openings, requests,
		frame_errors;
	int64_t repeats, duplicates, power_cuts;
};

static inline struct isl *isl_of(struct model *model)
{
	return (struct isl *)model;
}

/* datecs_engine.c: SEQ, SYN, time, faults */
void isl_engine_input(struct isl *isl, const uint8_t *data, size_t len);
void isl_engine_timeout(struct isl *isl);
void isl_engine_line(struct isl *isl, bool up);
void isl_engine_power_cut(struct isl *isl, int64_t ms);
void isl_engine_hang_up(struct isl *isl, int64_t ms);
void isl_engine_forget_seq(struct isl *isl);

/* datecs_answer.c: what is said */
int isl_answer_code(const struct isl *isl, enum isl_error error);
void isl_answer_make(struct isl *isl, const struct isl_request *request,
		     enum isl_error error, const char *data, struct buf *out);

/* "1.50" and "-1.50" */
void isl_put_money(struct buf *out, int64_t amount);
/* a separator after each (X), or between them (classic) */
void isl_put_taxes(const struct isl *isl, struct buf *out,
		   const int64_t tax[ISL_TAXES]);
bool isl_money_get(const char *text, int64_t *out_amount);
bool isl_number_take(const char *text, int64_t least, int64_t most,
		     int64_t *out_number);

/* datecs_book.c: counters, documents, days, records */
int64_t isl_book_now(const struct isl *isl);
int64_t isl_book_sum(const int64_t tax[ISL_TAXES]);
void isl_book_document(struct isl *isl, const char *kind, int64_t number,
		       int64_t amount);
void isl_book_receipt(struct isl *isl, const char *by); /* or storno */
enum isl_error isl_book_z(struct isl *isl);
enum isl_error isl_book_foreign(struct isl *isl, int64_t amount);
enum isl_error isl_book_refund(struct isl *isl, int64_t amount);
void isl_book_start(struct isl *isl, int64_t receipts);
json_t *isl_book_account(const struct isl *isl);

/* datecs_paper.c: what comes out, in UTF-8 */
void isl_paper_text(const struct isl *isl, const char *text);
void isl_paper_title(const struct isl *isl, const char *title);
void isl_paper_money(const struct isl *isl, const char *left, int64_t amount);
void isl_paper_number(const struct isl *isl, const char *left, int64_t number);
void isl_paper_day(const struct isl *isl, const struct isl_day *day);
void isl_paper_stamp(const struct isl *isl, int64_t at);

/* datecs_report.c, datecs_status.c, datecs_receipt.c, datecs_plain.c */
isl_run_fn isl_report_day, isl_report_dates, isl_report_dates_short,
	isl_report_numbers, isl_report_numbers_short;
int64_t isl_report_time(const struct isl *isl,
			const struct isl_request *request);
isl_run_fn isl_status_bytes, isl_status_identity, isl_status_clock,
	isl_status_transaction, isl_status_sums, isl_status_last_z,
	isl_status_day_sums, isl_status_left, isl_status_day, isl_status_device,
	isl_status_documents, isl_status_error, isl_status_complaint,
	isl_status_last_time, isl_status_rates;
isl_run_fn isl_receipt_open, isl_receipt_storno, isl_receipt_sale,
	isl_receipt_subtotal, isl_receipt_pay, isl_receipt_text,
	isl_receipt_close, isl_receipt_cancel;
isl_run_fn isl_plain_open, isl_plain_text, isl_plain_close, isl_plain_feed,
	isl_plain_cash, isl_plain_drawer, isl_plain_clock, isl_plain_link,
	isl_plain_copy;

#endif
