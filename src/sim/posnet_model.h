/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the POSNET model: a printer's memory that survives a power
 * cut (counters, day totals, records, cash), what does not (queue, replies
 * by token), and the receipt in between. Numbers in comments are sections of
 * the protocol text that the model was written from. Names begin with fp, for
 * fiscal printer: one program may link this and the driver it is played to.
 */
#ifndef TILLD_SIM_POSNET_MODEL_H
#define TILLD_SIM_POSNET_MODEL_H

#include "sim/model_kit.h"
#include "sim/posnet_wire.h"

#define FP_RATES	 7
/* hundredths of a percent, as all rates */
#define FP_RATE_EXEMPT	 10000
#define FP_RATE_UNUSED	 10100
#define FP_MONEY_MAX	 INT64_C(9999999999)
#define FP_TOTAL_MAX	 INT64_C(49999999999)
#define FP_QUANTITY_ONE	 INT64_C(100000000) /* quantities have 8 decimals */
#define FP_NAME_MAX	 80
#define FP_LINES_MAX	 500
#define FP_ARTICLES_MAX	 256
#define FP_RECORDS_MAX	 2000
#define FP_DOCUMENTS_MAX 10000 /* in the account */
#define FP_QUEUE_MAX	 8
#define FP_REPLIES_MAX	 32
#define FP_REPLIES_SIZE	 1024 /* bytes of all remembered replies (3.9) */
#define FP_REPLY_MAX	 2048

/* Errors of execution (3.11). */
enum fp_error {
	FP_OK = 0,
	FP_ERROR_BY_USER = 30,
	FP_ERROR_OTHER_HOLDS = 41,
	FP_ERROR_ZERO_REPORT = 382,
	FP_ERROR_NO_REPORT = 383,
	FP_ERROR_NO_RECORD = 384,
	FP_ERROR_BLOCKED = 387,
	FP_ERROR_CASH_OVERFLOW = 502,
	FP_ERROR_CASH_BELOW_ZERO = 503,
	FP_ERROR_MEMORY_FULL = 1039,
	FP_ERROR_ALREADY_COVERED = 1953,
	FP_ERROR_CHANGE = 1954,
	FP_ERROR_ZERO_PAYMENT = 1962,
	FP_ERROR_DISCOUNT_BASE = 1980,
	FP_ERROR_ZERO_DISCOUNT = 1984,
	FP_ERROR_DISCOUNT_RESULT = 1985,
	FP_ERROR_NO_LINE = 1992,
	FP_ERROR_RATE_INACTIVE = 2000,
	FP_ERROR_NO_TRANSACTION = 2005,
	FP_ERROR_PRICE = 2006,
	FP_ERROR_QUANTITY = 2007,
	FP_ERROR_TOTAL = 2008,
	FP_ERROR_ZERO_TOTAL = 2009,
	FP_ERROR_DATE = 2022,
	FP_ERROR_CLOCK_FAR = 2023,
	FP_ERROR_CLOCK_FORMAT = 2024,
	FP_ERROR_TOTALS_NOT_ZERO = 2035,
	FP_ERROR_IN_TRANSACTION = 2038,
	FP_ERROR_RECEIPT_ZERO = 2041,
	FP_ERROR_START_LATER = 2045,
	FP_ERROR_END_EARLY = 2046,
	FP_ERROR_NUMBER_ZERO = 2047,
	FP_ERROR_NUMBERS_SWAPPED = 2048,
	FP_ERROR_NUMBER_BIG = 2049,
	FP_ERROR_DATES_SWAPPED = 2050,
	FP_ERROR_LINES_FULL = 2052,
	FP_ERROR_UNDERPAID = 2054,
	FP_ERROR_TEXT_SIZE = 2057,
	FP_ERROR_STATE = 2060,
	FP_ERROR_PRINTED = 2062,
	FP_ERROR_PARAMETER = 2063,
	FP_ERROR_NOT_STARTED = 2064,
	FP_ERROR_FOOTER = 2066,
	FP_ERROR_NAME = 2104,
	FP_ERROR_RATE_LOCKED = 2106,
	FP_ERROR_FORM = 2501,
	FP_ERROR_FORM_LINE = 2502,
	FP_ERROR_FORM_HEADER = 2503,
	FP_ERROR_FORM_NOT_STARTED = 2505,
	FP_ERROR_FORM_STARTED = 2506,
	FP_ERROR_DISCOUNT_VALUE = 2601,
	FP_ERROR_RATE = 2701,
	FP_ERROR_PAYMENT_TYPE = 2705,
	FP_ERROR_CHECK_DISCOUNT = 2801,
	FP_ERROR_CHECK_LINE = 2802,
	FP_ERROR_CHECK_TOTAL = 2805,
	FP_ERROR_CHECK_PAYMENTS = 2808,
	FP_ERROR_CHECK_CHANGE = 2809,
	FP_ERROR_VOID_QUANTITY = 2851,
	FP_ERROR_VOID_AMOUNT = 2852,
	FP_ERROR_NO_DOCUMENT = 2930,
};

/* Kinds of document in the protected memory, as eclastdocnoget has them. */
enum fp_document {
	FP_DOCUMENT_RECEIPT = 0,
	FP_DOCUMENT_CANCELLED = 1,
	FP_DOCUMENT_DAILY = 4,
	FP_DOCUMENT_PLAIN = 5,
	FP_DOCUMENT_KINDS = 8,
};

/* What strns and scomm call ts. */
#define FP_TYPE_NONE	0
#define FP_TYPE_RECEIPT 16
#define FP_TYPE_BLOCK	17

#define FP_PAY_CASH 0

struct fp;

typedef int fp_run_fn(struct fp *fp, const struct fp_request *request,
		      struct buf *out_fields);

enum fp_type {
	FP_TEXT,   /* limit: bytes */
	FP_NUMBER, /* limit: largest */
	FP_MONEY,
	FP_QUANTITY,
	FP_FLAG,
	FP_DATE,
	FP_DATE_TIME,
};

struct fp_rule {
	const char *name; /* NULL ends a list */
	enum fp_type type;
	int64_t limit;
	bool needed;
};

/* What a command needs of the printer. */
#define FP_PRINTS  1U  /* paper, and the cover closed */
#define FP_IDLE	   2U  /* no open receipt or form */
#define FP_RECEIPT 4U  /* an open receipt */
#define FP_ASYNC   8U  /* may carry '!' */
#define FP_BARRIER 16U /* rpt: its reply is not remembered */

struct fp_command {
	const char *name;
	fp_run_fn *run;
	const struct fp_rule *rules;
	unsigned needs;
	int ms; /* until the reply, at real speed */
};

extern const struct fp_command fp_commands[];
extern const size_t fp_commands_count;

struct fp_day {
	int64_t sums[FP_RATES];
	int64_t receipts;
	int64_t cancelled;
	int64_t cancelled_sum;
	int64_t plain; /* nf: non-fiscal printouts */
	int64_t emergencies;
	int64_t first_sale; /* civil ms, 0: none */
	int64_t last_sale;
};

struct fp_record {
	int64_t number;
	int64_t at;
	struct fp_day day;
};

struct fp_counters {
	int64_t daily;	   /* rd */
	int64_t headers;   /* hn */
	int64_t receipts;  /* bn */
	int64_t cancelled; /* bc */
	int64_t last;	   /* bt */
	int64_t resets;	   /* cl */
	int64_t bills;	   /* receipts in a lifetime, cancelled ones too */
	int64_t printouts; /* all of them, in a lifetime */
};

/* What was sold of one article on the open receipt. */
struct fp_goods {
	char key[FP_NAME_MAX + 1];
	int rate;
	int64_t price;
	int64_t quantity;
	int64_t amount;
};

struct fp_receipt {
	bool open;
	bool footer;  /* trend fe0 came, trftrend did not */
	bool settled; /* a discount on the whole: no more lines */
	int type;     /* of the open, else of the last one */
	int64_t sums[FP_RATES];
	int64_t paid;
	int64_t change;
	int64_t cash; /* cash taken less cash given back */
	char buyer[31];
	size_t lines;
	struct fp_goods goods[FP_LINES_MAX];
	struct buf content; /* what was sold, to find duplicates by */
};

/* 2106: a rate once lowered is never raised again. */
struct fp_article {
	char key[FP_NAME_MAX + 1];
	int rate; /* hundredths of a percent */
	bool lowered;
};

struct fp_remembered {
	char token[FP_TOKEN_SIZE];
	char *payload;
	size_t len;
};

struct fp_job {
	struct fp_request *request;
	const struct fp_command *command;
};

enum fp_phase {
	FP_PHASE_READY,
	FP_PHASE_PRINTING, /* until deadline */
	FP_PHASE_STUCK,	   /* no paper, cover open, in the menu */
	FP_PHASE_KEY,	   /* a person must press a key */
	FP_PHASE_HELD,	   /* done; the reply leaves at deadline */
};

enum fp_fault_kind {
	FP_FAULT_LOSE_REQUEST,
	FP_FAULT_LOSE_REPLY,
	FP_FAULT_CORRUPT_REPLY,
	FP_FAULT_DELAY_REPLY,
	FP_FAULT_STALE_REPLY,
	FP_FAULT_CRASH_BEFORE,
	FP_FAULT_CRASH_AFTER,
	FP_FAULT_HANG_UP_BEFORE,
	FP_FAULT_HANG_UP_AFTER,
	FP_FAULTS,
};

struct fp_fault {
	bool armed;
	char name[FP_NAME_SIZE]; /* "": any synchronous command */
	int64_t ms;
};

enum fp_error_form {
	FP_ERROR_FORM_PLAIN, /* ?2805 and nothing after it */
	FP_ERROR_FORM_TAB,
	FP_ERROR_FORM_ER, /* er13 in an ERR frame */
};

struct fp {
	struct model model;

	/* options */
	enum fp_error_form error_form;
	bool echo_bang;
	bool fast;
	bool keep_receipt;  /* an open receipt outlives a power cut */
	bool daily_numbers; /* dl */
	int cancel_idle;    /* what prncancel says when nothing is open */
	const char *page;   /* for iconv; NULL is Mazovia */
	char *unit;
	int64_t sold;	    /* receipts that the day starts with */
	int64_t delays[64]; /* by command, -1: as the table has it */

	/* survives a power cut */
	struct kit_clock clock;
	int vat[FP_RATES];
	struct fp_counters counters;
	struct fp_day day;
	struct fp_record *records;
	size_t records_count;
	int64_t fiscalised;
	int64_t last_report;
	bool last_report_zero;
	int64_t power_failure; /* civil ms of the last one, 0: none */
	int64_t power_failures;
	int64_t documents_last[FP_DOCUMENT_KINDS];
	int64_t documents_count;
	int64_t cash;
	struct fp_receipt receipt;
	struct fp_article articles[FP_ARTICLES_MAX];
	size_t articles_next;
	char cashier[33];

	/* what a person sees or moves */
	bool paper_out, paper_low, cover_open, drawer_open, menu;
	bool other_holds, blocked, memory_full;
	int form; /* number of the open form, 0: none */

	/* lost in a power cut */
	struct fp_reader reader;
	struct fp_job queue[FP_QUEUE_MAX];
	size_t queue_count;
	struct fp_job current;
	enum fp_phase phase;
	int64_t deadline;
	struct buf held; /* payload that waits for deadline */
	struct fp_remembered replies[FP_REPLIES_MAX];
	size_t replies_count;
	struct buf stale; /* frame for the next connection or request */

	bool off, line_up;
	int64_t power_at; /* when it comes back, -1: it is not away */
	struct fp_fault faults[FP_FAULTS];

	/* the account */
	json_t *documents;
	json_t *z_reports;
	int64_t periodic, copies, drawer_openings, requests, frame_errors;
	int64_t unknown_fields, duplicates, power_cuts, rpt_hits;
};

static inline struct fp *fp_of(struct model *model)
{
	return (struct fp *)model;
}

/* posnet_engine.c: queue, replies, time, faults */
void fp_engine_input(struct fp *fp, const uint8_t *data, size_t len);
void fp_engine_timeout(struct fp *fp);
void fp_engine_line(struct fp *fp, bool up);
void fp_engine_free(struct fp *fp);
/* goes on where a person or time let it */
void fp_engine_resume(struct fp *fp);
/* false if no command waits for a key */
bool fp_engine_press(struct fp *fp, bool yes);
void fp_engine_power_cut(struct fp *fp, int64_t ms, bool keep);
void fp_engine_hang_up(struct fp *fp, int64_t ms);
bool fp_engine_stuck(const struct fp *fp);

/* posnet_reply.c: payloads, errors, replies remembered by token */
void fp_reply_begin(const struct fp *fp, const struct fp_request *request,
		    struct buf *payload);
void fp_reply_error(const struct fp *fp, const struct fp_request *request,
		    int error, struct buf *payload);
void fp_reply_refusal(const struct fp *fp, const struct fp_request *request,
		      enum fp_refusal refusal, const char *field,
		      struct buf *payload);
void fp_reply_remember(struct fp *fp, const struct fp_request *request,
		       const struct buf *payload);
const struct fp_remembered *fp_reply_find(const struct fp *fp,
					  const char *token);
void fp_reply_forget(struct fp *fp);

/* posnet_field.c: values of fields */
enum fp_refusal fp_field_check(const struct fp_command *command,
			       const struct fp_request *request,
			       const char **out_field, int64_t *unknown);
int64_t fp_field_number(const struct fp_request *request, const char *name,
			int64_t otherwise);
bool fp_field_flag(const struct fp_request *request, const char *name,
		   bool otherwise);
const char *fp_field_text(const struct fp_request *request, const char *name);
int64_t fp_field_quantity(const struct fp_request *request, const char *name);
/* civil ms of the day's beginning, or of the minute */
bool fp_field_date(const char *text, int64_t *out_civil_ms);
bool fp_field_date_time(const char *text, int64_t *out_civil_ms);

/* posnet_money.c: arithmetic of 3.8 */
int64_t fp_money_round(int64_t value, int64_t by, int64_t of);
int64_t fp_money_vat(int64_t gross, int rate);
bool fp_money_line(int64_t price, int64_t quantity, int64_t *out_total);
int64_t fp_money_sum(const int64_t sums[FP_RATES]);
/* moves the sums from their total to another one, rate by rate */
void fp_money_spread(int64_t sums[FP_RATES], int64_t total);

/* posnet_book.c: counters, documents, days, records */
int64_t fp_book_now(const struct fp *fp);
void fp_book_receipt(struct fp *fp, const char *by);
void fp_book_cancelled(struct fp *fp);
void fp_book_plain(struct fp *fp);
int fp_book_daily(struct fp *fp);
int fp_book_foreign(struct fp *fp, int64_t amount);
bool fp_book_is_zero(const struct fp *fp);
void fp_book_start(struct fp *fp, int64_t receipts);
json_t *fp_book_account(const struct fp *fp);

/* posnet_paper.c: what comes out, in UTF-8 */
void fp_paper_line(const struct fp *fp, const char *left, const char *right);
void fp_paper_money(const struct fp *fp, const char *left, int64_t amount);
void fp_paper_text(const struct fp *fp, const char *text);
void fp_paper_title(const struct fp *fp, const char *title);
void fp_paper_daily(const struct fp *fp, const struct fp_record *record);
void fp_paper_sums(const struct fp *fp, const int64_t sums[FP_RATES]);
void fp_paper_receipt(const struct fp *fp);

/* posnet_receipt.c, posnet_sale.c, posnet_report.c, posnet_status.c */
fp_run_fn fp_receipt_begin, fp_receipt_discount, fp_receipt_discount_all,
	fp_receipt_pay, fp_receipt_buyer, fp_receipt_end,
	fp_receipt_footer_line, fp_receipt_footer_end, fp_receipt_cancel;
fp_run_fn fp_sale_line;
int fp_sale_discount(const struct fp_request *request, int64_t base,
		     int64_t *out_after);
void fp_receipt_drop(struct fp *fp);

fp_run_fn fp_report_daily, fp_report_dates, fp_report_numbers, fp_report_month,
	fp_report_shift, fp_report_cash_state;
int64_t fp_report_time(const struct fp *fp, const struct fp_request *request);

fp_run_fn fp_plain_goods_return, fp_plain_cash, fp_plain_copy, fp_plain_drawer,
	fp_plain_feed, fp_plain_login, fp_plain_logout, fp_plain_form_begin,
	fp_plain_form_line, fp_plain_form_end;

fp_run_fn fp_status_device, fp_status_mechanism, fp_status_drawer,
	fp_status_break, fp_status_name, fp_status_identity, fp_status_common,
	fp_status_counters, fp_status_transaction, fp_status_totals,
	fp_status_fiscal, fp_status_clock, fp_status_clock_set, fp_status_vat,
	fp_status_numbering, fp_status_form, fp_status_document,
	fp_status_documents, fp_status_record, fp_status_power_failure,
	fp_status_cash, fp_status_discount_kind;

#endif
