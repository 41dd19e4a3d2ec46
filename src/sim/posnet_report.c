/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: the day's, periodic ones, the shift's (protocol text 3.7). */
#include "sim/posnet_model.h"

#include <stdio.h>
#include <string.h>

#define FP_DAY_MS	 (INT64_C(24) * 60 * 60 * 1000)
#define FP_RECORD_MS	 400 /* some 25 lines of paper a day in range */
#define FP_DAYS_IN_MONTH 31

static int64_t fp_report_day(int64_t at)
{
	return at - at % FP_DAY_MS;
}

int fp_report_daily(struct fp *fp, const struct fp_request *request,
		    struct buf *out_fields)
{
	const char *date = fp_request_find(request, "da");
	int64_t day;

	(void)out_fields;
	if (date && fp_field_date(date, &day) &&
	    day != fp_report_day(fp_book_now(fp)))
		return FP_ERROR_DATE;
	return fp_book_daily(fp);
}

struct fp_range {
	size_t first;
	size_t end; /* one past the last */
};

static void fp_report_add(struct fp_day *sum, const struct fp_day *day)
{
	for (int i = 0; i < FP_RATES; i++)
		sum->sums[i] += day->sums[i];
	sum->receipts += day->receipts;
	sum->cancelled += day->cancelled;
	sum->cancelled_sum += day->cancelled_sum;
	sum->plain += day->plain;
}

static void fp_report_print(struct fp *fp, const struct fp_range *range,
			    bool summary)
{
	struct fp_day sum = { 0 };
	char count[32];

	fp_paper_title(fp,
		       summary ? "RAPORT OKRESOWY LACZNY" : "RAPORT OKRESOWY");
	for (size_t i = range->first; i < range->end; i++) {
		fp_report_add(&sum, &fp->records[i].day);
		if (!summary)
			fp_paper_daily(fp, &fp->records[i]);
	}
	snprintf(count, sizeof(count), "%zu", range->end - range->first);
	fp_paper_line(fp, "Raporty dobowe", count);
	fp_paper_sums(fp, sum.sums);
	fp_paper_money(fp, "LACZNA NALEZNOSC", fp_money_sum(sum.sums));
	fp->periodic++;
}

static int fp_range_by_dates(const struct fp *fp, int64_t from, int64_t to,
			     struct fp_range *out_range)
{
	struct fp_range range = { 0 };

	if (from > to)
		return FP_ERROR_DATES_SWAPPED;
	if (from > fp_book_now(fp))
		return FP_ERROR_START_LATER;
	if (to + FP_DAY_MS <= fp->fiscalised)
		return FP_ERROR_END_EARLY;
	while (range.first < fp->records_count &&
	       fp->records[range.first].at < from)
		range.first++;
	range.end = range.first;
	while (range.end < fp->records_count &&
	       fp->records[range.end].at < to + FP_DAY_MS)
		range.end++;
	if (range.end == range.first)
		return FP_ERROR_NO_REPORT;
	*out_range = range;
	return FP_OK;
}

static int fp_range_by_numbers(const struct fp *fp, int64_t from, int64_t to,
			       struct fp_range *out_range)
{
	if (!from || !to)
		return FP_ERROR_NUMBER_ZERO;
	if (from > to)
		return FP_ERROR_NUMBERS_SWAPPED;
	if (to > (int64_t)fp->records_count)
		return FP_ERROR_NUMBER_BIG;
	out_range->first = (size_t)from - 1;
	out_range->end = (size_t)to;
	return FP_OK;
}

static int64_t fp_report_date(const struct fp_request *request,
			      const char *name)
{
	int64_t day = 0;

	fp_field_date(fp_field_text(request, name), &day);
	return day;
}

static int fp_range_read_dates(const struct fp *fp,
			       const struct fp_request *request,
			       struct fp_range *out_range)
{
	return fp_range_by_dates(fp, fp_report_date(request, "fd"),
				 fp_report_date(request, "td"), out_range);
}

static int fp_range_read_numbers(const struct fp *fp,
				 const struct fp_request *request,
				 struct fp_range *out_range)
{
	return fp_range_by_numbers(fp, fp_field_number(request, "fn", 0),
				   fp_field_number(request, "tn", 0),
				   out_range);
}

/* The whole month around da, whatever its day. */
static int fp_range_read_month(const struct fp *fp,
			       const struct fp_request *request,
			       struct fp_range *out_range)
{
	int64_t day = fp_report_date(request, "da");
	int64_t from, to;

	from = day - (kit_time_split(day).day - 1) * FP_DAY_MS;
	to = from + (FP_DAYS_IN_MONTH - 1) * FP_DAY_MS;
	while (kit_time_split(to).month != kit_time_split(day).month)
		to -= FP_DAY_MS;
	return fp_range_by_dates(fp, from, to, out_range);
}

typedef int fp_range_fn(const struct fp *fp, const struct fp_request *request,
			struct fp_range *out_range);

static int fp_report_run(struct fp *fp, const struct fp_request *request,
			 fp_range_fn *read)
{
	struct fp_range range;
	int error = read(fp, request, &range);

	if (!error)
		fp_report_print(fp, &range,
				fp_field_flag(request, "su", false));
	return error;
}

int fp_report_dates(struct fp *fp, const struct fp_request *request,
		    struct buf *out_fields)
{
	(void)out_fields;
	return fp_report_run(fp, request, fp_range_read_dates);
}

int fp_report_numbers(struct fp *fp, const struct fp_request *request,
		      struct buf *out_fields)
{
	(void)out_fields;
	return fp_report_run(fp, request, fp_range_read_numbers);
}

int fp_report_month(struct fp *fp, const struct fp_request *request,
		    struct buf *out_fields)
{
	(void)out_fields;
	return fp_report_run(fp, request, fp_range_read_month);
}

/* The more days a report prints, the longer it takes; a summary is short. */
int64_t fp_report_time(const struct fp *fp, const struct fp_request *request)
{
	static const struct {
		const char *name;
		fp_range_fn *read;
	} reports[] = {
		{ "periodicrepbydates", fp_range_read_dates },
		{ "periodicrepbynumbers", fp_range_read_numbers },
		{ "monthlyrep", fp_range_read_month },
	};
	struct fp_range range;

	if (fp_field_flag(request, "su", false))
		return 0;
	for (size_t i = 0; i < sizeof(reports) / sizeof(reports[0]); i++)
		if (!strcmp(request->name, reports[i].name) &&
		    !reports[i].read(fp, request, &range))
			return (int64_t)(range.end - range.first) *
			       FP_RECORD_MS;
	return 0;
}

int fp_report_shift(struct fp *fp, const struct fp_request *request,
		    struct buf *out_fields)
{
	(void)out_fields;
	fp_paper_title(fp, "RAPORT ZMIANY");
	fp_paper_line(fp, fp_field_text(request, "sh"),
		      fp_field_flag(request, "zr", false) ? "zerowanie"
							  : "odczyt");
	fp_paper_money(fp, "Stan kasy", fp->cash);
	fp_book_plain(fp, "shift", 0);
	return FP_OK;
}

int fp_report_cash_state(struct fp *fp, const struct fp_request *request,
			 struct buf *out_fields)
{
	(void)request;
	(void)out_fields;
	fp_paper_money(fp, "STAN KASY", fp->cash);
	fp_book_plain(fp, "cash state", 0);
	return FP_OK;
}
