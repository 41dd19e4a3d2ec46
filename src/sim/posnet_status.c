/* SPDX-License-Identifier: Apache-2.0 */
/* What the printer tells about itself (protocol text 3.7, 3.12). */
#include "sim/posnet_model.h"

#include <stdio.h>

#define FP_NEVER       INT64_C(946688400000) /* 2000-01-01 01:00 */
#define FP_HOUR_MS     (INT64_C(60) * 60 * 1000)
#define FP_PR_OK       0
#define FP_PR_COVER    3
#define FP_PR_NO_PAPER 5

enum fp_device_state {
	FP_DS_READY = 0,
	FP_DS_MENU = 1,
	FP_DS_KEY = 2,
	FP_DS_ERROR = 3,
};

static void fp_put_number(struct buf *out, const char *name, int64_t value)
{
	buf_add_format(out, "%s%lld\t", name, (long long)value);
}

static void fp_put_flag(struct buf *out, const char *name, bool value)
{
	buf_add_format(out, "%s%c\t", name, value ? 'T' : 'N');
}

/* One field per rate: a letter for the kind, one for the rate. */
static void fp_put_sums(struct buf *out, char kind,
			const int64_t sums[FP_RATES])
{
	for (int i = 0; i < FP_RATES; i++)
		buf_add_format(out, "%c%c%lld\t", kind, 'a' + i,
			       (long long)sums[i]);
}

static void fp_put_rates(const struct fp *fp, struct buf *out)
{
	for (int i = 0; i < FP_RATES; i++)
		buf_add_format(out, "v%c%d,%02d\t", 'a' + i, fp->vat[i] / 100,
			       fp->vat[i] % 100);
}

static void fp_put_minute(struct buf *out, const char *name, int64_t at)
{
	struct kit_time time = kit_time_split(at ? at : FP_NEVER);

	buf_add_format(out, "%s%04d-%02d-%02d;%02d:%02d\t", name, time.year,
		       time.month, time.day, time.hour, time.minute);
}

static void fp_put_iso(struct buf *out, const char *name, int64_t at)
{
	struct kit_time time = kit_time_split(at ? at : FP_NEVER);

	buf_add_format(out, "%s%04d-%02d-%02dT%02d:%02d:%02d+%02d:00\t", name,
		       time.year, time.month, time.day, time.hour, time.minute,
		       time.second, kit_time_zone(at ? at : FP_NEVER));
}

static void fp_put_sales(const struct fp_day *day, const char *from,
			 const char *from_iso, const char *to,
			 const char *to_iso, struct buf *out)
{
	fp_put_minute(out, from, day->first_sale);
	fp_put_iso(out, from_iso, day->first_sale);
	fp_put_minute(out, to, day->last_sale);
	fp_put_iso(out, to_iso, day->last_sale);
}

static enum fp_device_state fp_status_state(const struct fp *fp)
{
	if (fp->menu)
		return FP_DS_MENU;
	if (fp->phase == FP_PHASE_KEY)
		return FP_DS_KEY;
	return fp->phase == FP_PHASE_STUCK || fp_engine_stuck(fp) ? FP_DS_ERROR
								  : FP_DS_READY;
}

int fp_status_device(struct fp *fp, const struct fp_request *request,
		     struct buf *out)
{
	bool own = fp->receipt.open || fp->form;

	(void)request;
	fp_put_number(out, "ds", fp_status_state(fp));
	fp_put_flag(out, "cp", false);
	fp_put_flag(out, "qe", !fp->queue_count);
	fp_put_flag(out, "pe", fp->paper_low);
	fp_put_number(out, "tl", own ? 1 : fp->other_holds ? 2 : 0);
	return FP_OK;
}

int fp_status_mechanism(struct fp *fp, const struct fp_request *request,
			struct buf *out)
{
	(void)request;
	fp_put_number(out, "pr",
		      fp->cover_open  ? FP_PR_COVER
		      : fp->paper_out ? FP_PR_NO_PAPER
				      : FP_PR_OK);
	return FP_OK;
}

int fp_status_drawer(struct fp *fp, const struct fp_request *request,
		     struct buf *out)
{
	(void)request;
	fp_put_number(out, "ds", fp->drawer_open ? 0 : 1);
	fp_put_number(out, "ks", 2);
	return FP_OK;
}

/* Stops a reprint from the protected memory; there never is one here. */
int fp_status_break(struct fp *fp, const struct fp_request *request,
		    struct buf *out)
{
	(void)fp;
	(void)request;
	(void)out;
	return FP_OK;
}

int fp_status_name(struct fp *fp, const struct fp_request *request,
		   struct buf *out)
{
	(void)fp;
	(void)request;
	buf_add_text(out, "nmTILLSIM FP\tvr1.00\t");
	return FP_OK;
}

int fp_status_identity(struct fp *fp, const struct fp_request *request,
		       struct buf *out)
{
	(void)request;
	buf_add_format(out, "nmTILLSIM FP\tvr1.00\tnu%s\t", fp->unit);
	return FP_OK;
}

int fp_status_common(struct fp *fp, const struct fp_request *request,
		     struct buf *out)
{
	const struct fp_receipt *receipt = &fp->receipt;

	(void)request;
	fp_put_flag(out, "fs", true);
	fp_put_flag(out, "tz", fp_book_is_zero(fp));
	fp_put_number(out, "ts", receipt->open ? receipt->type : 0);
	fp_put_flag(out, "hr", true);
	buf_add_format(out, "nu%s\t", fp->unit);
	fp_put_flag(out, "td", false);
	return FP_OK;
}

int fp_status_counters(struct fp *fp, const struct fp_request *request,
		       struct buf *out)
{
	const struct fp_counters *counters = &fp->counters;

	(void)request;
	fp_put_number(out, "rd", counters->daily);
	fp_put_number(out, "hn", counters->headers);
	fp_put_number(out, "bn", counters->receipts);
	fp_put_number(out, "fn", 0);
	buf_add_format(out, "nu%s\t", fp->unit);
	fp_put_number(out, "bc", counters->cancelled);
	fp_put_number(out, "bt", counters->last);
	fp_put_number(out, "fc", 0);
	return FP_OK;
}

int fp_status_transaction(struct fp *fp, const struct fp_request *request,
			  struct buf *out)
{
	const struct fp_receipt *receipt = &fp->receipt;

	(void)request;
	fp_put_number(out, "to", receipt->open);
	fp_put_number(out, "ts", receipt->type);
	fp_put_sums(out, 'v', receipt->sums);
	fp_put_number(out, "pp", 0);
	fp_put_number(out, "pm", 0);
	fp_put_number(out, "re", receipt->change);
	fp_put_number(out, "fp", receipt->paid);
	fp_put_flag(out, "fe", receipt->footer);
	return FP_OK;
}

int fp_status_totals(struct fp *fp, const struct fp_request *request,
		     struct buf *out)
{
	static const int64_t none[FP_RATES];
	const struct fp_day *day = &fp->day;

	(void)request;
	fp_put_number(out, "no", fp->counters.daily + 1);
	fp_put_sums(out, 'f', none);
	fp_put_number(out, "fn", 0);
	fp_put_sums(out, 'p', day->sums);
	fp_put_number(out, "pn", day->receipts);
	fp_put_number(out, "ct", day->cancelled_sum);
	fp_put_number(out, "cn", day->cancelled);
	fp_put_number(out, "cc", 0);
	fp_put_rates(fp, out);
	fp_put_sales(day, "ds", "is", "de", "ie", out);
	fp_put_number(out, "ft", 0);
	fp_put_number(out, "fl", 0);
	fp_put_number(out, "nf", day->plain);
	fp_put_number(out, "bc", day->emergencies);
	fp_put_number(out, "le", 0);
	fp_put_number(out, "oe", 0);
	fp_put_number(out, "tf", 0);
	return FP_OK;
}

int fp_status_fiscal(struct fp *fp, const struct fp_request *request,
		     struct buf *out)
{
	(void)request;
	fp_put_flag(out, "fs", true);
	fp_put_number(out, "cl", fp->counters.resets);
	fp_put_number(out, "rd", fp->counters.daily);
	fp_put_number(out, "vt", 0);
	fp_put_rates(fp, out);
	fp_put_minute(out, "rw", fp->last_report);
	fp_put_iso(out, "tm", fp->last_report);
	buf_add_format(out, "nu%s\t", fp->unit);
	return FP_OK;
}

int fp_status_clock(struct fp *fp, const struct fp_request *request,
		    struct buf *out)
{
	int64_t now = fp_book_now(fp);

	(void)request;
	fp_put_minute(out, "da", now);
	fp_put_iso(out, "tm", now);
	return FP_OK;
}

/* Only right after a daily report, and by two hours at most (3.7, Clock). */
int fp_status_clock_set(struct fp *fp, const struct fp_request *request,
			struct buf *out)
{
	int64_t now = fp_book_now(fp);
	int64_t time;

	(void)out;
	if (!fp_field_date_time(fp_field_text(request, "da"), &time))
		return FP_ERROR_CLOCK_FORMAT;
	if (!fp_book_is_zero(fp))
		return FP_ERROR_TOTALS_NOT_ZERO;
	if (time > now + 2 * FP_HOUR_MS || time < now - 2 * FP_HOUR_MS)
		return FP_ERROR_CLOCK_FAR;
	fp->clock.set += time - now;
	return FP_OK;
}

int fp_status_vat(struct fp *fp, const struct fp_request *request,
		  struct buf *out)
{
	(void)request;
	fp_put_rates(fp, out);
	return FP_OK;
}

int fp_status_numbering(struct fp *fp, const struct fp_request *request,
			struct buf *out)
{
	(void)request;
	fp_put_flag(out, "dl", fp->daily_numbers);
	return FP_OK;
}

int fp_status_form(struct fp *fp, const struct fp_request *request,
		   struct buf *out)
{
	(void)request;
	fp_put_flag(out, "is", fp->form != 0);
	return FP_OK;
}

int fp_status_document(struct fp *fp, const struct fp_request *request,
		       struct buf *out)
{
	int64_t kind = fp_field_number(request, "ty", -1);

	if (kind >= FP_DOCUMENT_KINDS)
		return FP_ERROR_PARAMETER;
	fp_put_number(out, "di",
		      kind < 0 ? fp->documents_count
			       : fp->documents_last[kind]);
	return FP_OK;
}

int fp_status_documents(struct fp *fp, const struct fp_request *request,
			struct buf *out)
{
	(void)request;
	fp_put_number(out, "bi", fp->counters.bills);
	fp_put_number(out, "al", fp->counters.printouts);
	return FP_OK;
}

/* The last record of the fiscal memory, or the one that no asks for. */
int fp_status_record(struct fp *fp, const struct fp_request *request,
		     struct buf *out)
{
	static const int64_t none[FP_RATES];
	int64_t count = (int64_t)fp->records_count;
	int64_t number = fp_field_number(request, "no", count);
	const struct fp_record *record;

	if (!number || number > count)
		return FP_ERROR_NO_RECORD;
	record = &fp->records[number - 1];
	fp_put_minute(out, "da", record->at);
	fp_put_iso(out, "tm", record->at);
	fp_put_number(out, "no", record->number);
	fp_put_sums(out, 'f', none);
	buf_add_text(out, "fn0\tfo0\tfl0\t");
	fp_put_sums(out, 'p', record->day.sums);
	fp_put_number(out, "pn", record->day.receipts);
	fp_put_number(out, "ct", record->day.cancelled_sum);
	fp_put_number(out, "cn", record->day.cancelled);
	fp_put_number(out, "cc", 0);
	fp_put_number(out, "nn", record->day.plain);
	fp_put_sales(&record->day, "ss", "is", "se", "ie", out);
	buf_add_format(out, "fsT\tlt0\tot0\tft0\tsi%08llX\t",
		       (unsigned long long)record->number * 2654435761U);
	return FP_OK;
}

int fp_status_power_failure(struct fp *fp, const struct fp_request *request,
			    struct buf *out)
{
	int64_t number = fp_field_number(request, "no", fp->power_failures);

	if (!number || number > fp->power_failures)
		return FP_ERROR_NO_RECORD;
	fp_put_minute(out, "da", fp->power_failure);
	fp_put_iso(out, "tm", fp->power_failure);
	fp_put_number(out, "no", number);
	return FP_OK;
}

int fp_status_cash(struct fp *fp, const struct fp_request *request,
		   struct buf *out)
{
	(void)request;
	fp_put_number(out, "cs", fp->cash);
	return FP_OK;
}

/* dt N: the value after the discount is reckoned first (3.8, method 1). */
int fp_status_discount_kind(struct fp *fp, const struct fp_request *request,
			    struct buf *out)
{
	(void)fp;
	(void)request;
	fp_put_flag(out, "dt", false);
	return FP_OK;
}
