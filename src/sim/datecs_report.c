/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: the day's, and periodic ones (protocol text 4.6 and 4.7). */
#include "sim/datecs_model.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ISL_DAY_MS    (INT64_C(24) * 60 * 60 * 1000)
#define ISL_RECORD_MS 400 /* of a day in range */
#define ISL_CENTURY   2000

/* --- 69 --- */

/* Number, sums, storno (X); number, sum of all ever, sums (classic). */
static void isl_report_tell(const struct isl *isl, int64_t number,
			    const struct isl_day *day, struct buf *out)
{
	int64_t all = isl_book_sum(isl->day.tax);

	if (!isl->classic) {
		buf_add_format(out, "%" PRId64 "\t", number);
		isl_put_taxes(isl, out, day->tax);
		isl_put_taxes(isl, out, day->storno);
		return;
	}
	for (size_t i = 0; i < isl->records_count; i++)
		all += isl_book_sum(isl->records[i].day.tax);
	buf_add_format(out, "%04" PRId64 ",", number);
	isl_put_money(out, all);
	buf_add_byte(out, ',');
	isl_put_taxes(isl, out, day->tax);
}

static enum isl_error isl_report_x(struct isl *isl, struct buf *out_data)
{
	isl_paper_title(isl, "X REPORT");
	isl_paper_stamp(isl, isl_book_now(isl));
	isl_paper_day(isl, &isl->day);
	isl_book_document(isl, "x", isl->reports + 1,
			  isl_book_sum(isl->day.tax));
	isl->x_reports++;
	isl_report_tell(isl, isl->reports + 1, &isl->day, out_data);
	return ISL_OK;
}

static enum isl_error isl_report_z(struct isl *isl, struct buf *out_data)
{
	struct isl_day day = isl->day;
	enum isl_error error;

	if (isl->clock_wrong)
		return ISL_ERROR_CLOCK;
	error = isl_book_z(isl);
	if (!error)
		isl_report_tell(isl, isl->reports, &day, out_data);
	return error;
}

/* Without data a classic device makes a Z report, too (4.7). */
enum isl_error isl_report_day(struct isl *isl,
			      const struct isl_request *request,
			      struct buf *out_data)
{
	const char *which =
		isl->classic ? request->data : isl_request_field(request, 0);

	if (!strcmp(which, isl->classic ? "2" : "X") || !strcmp(which, "2N"))
		return isl_report_x(isl, out_data);
	if (!strcmp(which, isl->classic ? "0" : "Z") || !strcmp(which, "0N") ||
	    (isl->classic && !*which))
		return isl_report_z(isl, out_data);
	return ISL_VALUE(1);
}

/* --- periodic --- */

struct isl_range {
	size_t first, end; /* one past the last */
};

static void isl_report_add(struct isl_day *sum, const struct isl_day *day)
{
	for (int i = 0; i < ISL_TAXES; i++)
		sum->tax[i] += day->tax[i];
	sum->receipts += day->receipts;
	sum->annulled += day->annulled;
	sum->in += day->in;
	sum->out += day->out;
}

static void isl_report_print(struct isl *isl, const struct isl_range *range,
			     bool summary)
{
	struct isl_day sum = { 0 };

	isl_paper_title(isl, summary ? "FISCAL MEMORY REPORT, SHORT"
				     : "FISCAL MEMORY REPORT");
	for (size_t i = range->first; i < range->end; i++) {
		const struct isl_record *record = &isl->records[i];

		isl_report_add(&sum, &record->day);
		if (summary)
			continue;
		isl_paper_number(isl, "Z", record->number);
		isl_paper_stamp(isl, record->at);
		isl_paper_day(isl, &record->day);
	}
	isl_paper_number(isl, "Z reports",
			 (int64_t)(range->end - range->first));
	isl_paper_day(isl, &sum);
	isl->periodic++;
	isl_book_document(isl, "periodic", isl->periodic,
			  isl_book_sum(sum.tax));
}

/* "30-09-26" (X) or "300926" as the civil ms of its beginning. */
static bool isl_date_get(const char *text, int64_t *out_at)
{
	unsigned day, month, year;
	char iso[24];
	size_t len = strlen(text);

	if (len == 8 ? sscanf(text, "%2u-%2u-%2u", &day, &month, &year) != 3
		     : len != 6 || sscanf(text, "%2u%2u%2u", &day, &month,
					  &year) != 3)
		return false;
	snprintf(iso, sizeof(iso), "%04u-%02u-%02uT00:00", ISL_CENTURY + year,
		 month, day);
	return kit_clock_parse(iso, out_at);
}

static enum isl_error isl_range_by_dates(const struct isl *isl,
					 const char *from_text,
					 const char *to_text,
					 struct isl_range *out_range)
{
	struct isl_range range = { 0 };
	int64_t from, to;

	if (!isl_date_get(from_text, &from))
		return ISL_VALUE(2);
	if (!isl_date_get(to_text, &to) || from > to)
		return ISL_VALUE(3);
	while (range.first < isl->records_count &&
	       isl->records[range.first].at < from)
		range.first++;
	range.end = range.first;
	while (range.end < isl->records_count &&
	       isl->records[range.end].at < to + ISL_DAY_MS)
		range.end++;
	*out_range = range;
	return range.end == range.first ? ISL_ERROR_NO_RECORD : ISL_OK;
}

static enum isl_error isl_range_by_numbers(const struct isl *isl,
					   const char *from_text,
					   const char *to_text,
					   struct isl_range *out_range)
{
	int64_t last = (int64_t)isl->records_count, from, to;

	if (!isl_number_take(from_text, 1, ISL_RECORDS_MAX, &from))
		return ISL_VALUE(2);
	if (!isl_number_take(to_text, from, ISL_RECORDS_MAX, &to))
		return ISL_VALUE(3);
	if (to > last)
		return ISL_ERROR_NO_RECORD;
	out_range->first = (size_t)from - 1;
	out_range->end = (size_t)to;
	return ISL_OK;
}

typedef enum isl_error isl_range_fn(const struct isl *isl, const char *from,
				    const char *to,
				    struct isl_range *out_range);

/* Type, from, to (X); from and to with a comma between (classic). */
static enum isl_error isl_range_read(const struct isl *isl,
				     const struct isl_request *request,
				     isl_range_fn *by,
				     struct isl_range *out_range)
{
	char from[ISL_FIELD_SIZE], to[ISL_FIELD_SIZE];
	const char *comma = strchr(request->data, ',');

	if (!isl->classic)
		return by(isl, isl_request_field(request, 1),
			  isl_request_field(request, 2), out_range);
	snprintf(from, sizeof(from), "%.*s",
		 comma ? (int)(comma - request->data) : ISL_FIELD_SIZE - 1,
		 request->data);
	snprintf(to, sizeof(to), "%s", comma ? comma + 1 : from);
	return by(isl, from, to, out_range);
}

static enum isl_error isl_report_run(struct isl *isl,
				     const struct isl_request *request,
				     isl_range_fn *by, bool summary)
{
	struct isl_range range;
	enum isl_error error = isl_range_read(isl, request, by, &range);

	if (!isl->classic)
		summary = !strcmp(isl_request_field(request, 0), "0");
	if (!error)
		isl_report_print(isl, &range, summary);
	return error;
}

enum isl_error isl_report_dates(struct isl *isl,
				const struct isl_request *request,
				struct buf *out_data)
{
	(void)out_data;
	return isl_report_run(isl, request, isl_range_by_dates, false);
}

enum isl_error isl_report_dates_short(struct isl *isl,
				      const struct isl_request *request,
				      struct buf *out_data)
{
	(void)out_data;
	return isl_report_run(isl, request, isl_range_by_dates, true);
}

enum isl_error isl_report_numbers(struct isl *isl,
				  const struct isl_request *request,
				  struct buf *out_data)
{
	(void)out_data;
	return isl_report_run(isl, request, isl_range_by_numbers, false);
}

enum isl_error isl_report_numbers_short(struct isl *isl,
					const struct isl_request *request,
					struct buf *out_data)
{
	(void)out_data;
	return isl_report_run(isl, request, isl_range_by_numbers, true);
}

/* The more days a report prints, the longer it takes. */
int64_t isl_report_time(const struct isl *isl,
			const struct isl_request *request)
{
	static const struct {
		int command;
		isl_range_fn *by;
	} reports[] = {
		{ 94, isl_range_by_dates },
		{ 73, isl_range_by_numbers },
		{ 95, isl_range_by_numbers },
	};
	struct isl_range range;

	for (size_t i = 0; i < sizeof(reports) / sizeof(*reports); i++)
		if (reports[i].command == request->command &&
		    !isl_range_read(isl, request, reports[i].by, &range))
			return (int64_t)(range.end - range.first) *
			       ISL_RECORD_MS;
	return 0;
}
