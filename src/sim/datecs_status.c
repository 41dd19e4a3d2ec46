/* SPDX-License-Identifier: Apache-2.0 */
/* What is only read (protocol text 4.6 and 4.7). */
#include "sim/datecs_model.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ISL_CENTURY 100

/* 74. The bytes of a classic device are put in by isl_answer_make. */
enum isl_error isl_status_bytes(struct isl *isl,
				const struct isl_request *request,
				struct buf *out_data)
{
	const struct isl_receipt *receipt = &isl->receipt;
	char kind = isl->classic ? request->data[0]
				 : isl_request_field(request, 0)[0];

	if (isl->classic && kind == 'L')
		buf_add_text(out_data, "0");
	if (!isl->classic && kind == '0')
		buf_add_format(out_data, "0\t%d\t%" PRId64 "\t0.00\t0\t\t",
			       receipt->open, receipt->slip);
	return ISL_OK;
}

/* 90 with "1": the comma form; with "1" and a TAB, the newer one (X). */
enum isl_error isl_status_identity(struct isl *isl,
				   const struct isl_request *request,
				   struct buf *out_data)
{
	if (!isl->classic && strchr(request->data, '\t'))
		buf_add_format(out_data,
			       "%s\t609428\t20Jul23\t1353\t9460\t00000000\t"
			       "%s\t02%s\t",
			       isl->name, isl->serial, isl->serial + 2);
	else
		buf_add_format(out_data,
			       "%s,609428 20Jul23 1353,9460,00000000,%s,02%s",
			       isl->name, isl->serial, isl->serial + 2);
	return ISL_OK;
}

/* "08-10-26 11:50:03", and in summer " DST" (X). */
enum isl_error isl_status_clock(struct isl *isl,
				const struct isl_request *request,
				struct buf *out_data)
{
	int64_t now = isl_book_now(isl);
	struct kit_time time = kit_time_split(now);
	bool summer = !isl->classic && kit_time_zone(now) == 2;

	(void)request;
	buf_add_format(out_data, "%02d-%02d-%02d %02d:%02d:%02d%s%s", time.day,
		       time.month, time.year % ISL_CENTURY, time.hour,
		       time.minute, time.second, summer ? " DST" : "",
		       isl->classic ? "" : "\t");
	return ISL_OK;
}

/* 76 */
enum isl_error isl_status_transaction(struct isl *isl,
				      const struct isl_request *request,
				      struct buf *out_data)
{
	const struct isl_receipt *receipt = &isl->receipt;
	int64_t sum = isl_book_sum(receipt->tax);

	(void)request;
	if (isl->classic) {
		buf_add_format(out_data,
			       "%d,%04" PRId64 ",%+09" PRId64 ",%+09" PRId64,
			       receipt->open == ISL_FISCAL, receipt->items, sum,
			       receipt->paid);
		return ISL_OK;
	}
	buf_add_format(out_data, "%d\t%" PRId64 "\t%" PRId64 "\t",
		       receipt->open && receipt->storno ? receipt->storno
							: (int)receipt->open,
		       receipt->slip, receipt->items);
	isl_put_money(out_data, sum);
	buf_add_byte(out_data, '\t');
	isl_put_money(out_data, receipt->paid);
	buf_add_byte(out_data, '\t');
	return ISL_OK;
}

/* 103 */
enum isl_error isl_status_sums(struct isl *isl,
			       const struct isl_request *request,
			       struct buf *out_data)
{
	(void)request;
	if (isl->classic)
		buf_add_text(out_data, "1,");
	isl_put_taxes(isl, out_data, isl->receipt.tax);
	if (isl->classic)
		buf_add_format(out_data, ",%d,0000000001",
			       isl->receipt.invoice);
	else
		buf_add_format(out_data, "%d\t1\t%d\t", isl->receipt.invoice,
			       isl->receipt.storno != 0);
	return ISL_OK;
}

static void isl_put_date(struct buf *out, int64_t at, const char *separator)
{
	struct kit_time time = kit_time_split(at);

	buf_add_format(out, "%02d%s%02d%s%02d", time.day, separator, time.month,
		       separator, time.year % ISL_CENTURY);
}

/* 64 */
enum isl_error isl_status_last_z(struct isl *isl,
				 const struct isl_request *request,
				 struct buf *out_data)
{
	const struct isl_record *record;

	(void)request;
	if (!isl->records_count) {
		buf_add_text(out_data, isl->classic ? "F" : "");
		return isl->classic ? ISL_OK : ISL_ERROR_NO_RECORD;
	}
	record = &isl->records[isl->records_count - 1];
	buf_add_format(out_data,
		       isl->classic ? "P,%" PRId64 "," : "%" PRId64 "\t",
		       record->number);
	isl_put_taxes(isl, out_data, record->day.tax);
	if (isl->classic)
		buf_add_byte(out_data, ',');
	isl_put_date(out_data, record->at, isl->classic ? "" : "-");
	if (!isl->classic)
		buf_add_byte(out_data, '\t');
	return ISL_OK;
}

/* 65 */
enum isl_error isl_status_day_sums(struct isl *isl,
				   const struct isl_request *request,
				   struct buf *out_data)
{
	(void)request;
	if (!isl->classic)
		buf_add_format(out_data, "%" PRId64 "\t", isl->reports + 1);
	isl_put_taxes(isl, out_data, isl->day.tax);
	return ISL_OK;
}

/* 68 */
enum isl_error isl_status_left(struct isl *isl,
			       const struct isl_request *request,
			       struct buf *out_data)
{
	int64_t left = ISL_RECORDS_MAX - (int64_t)isl->records_count;

	(void)request;
	if (isl->memory_full)
		left = 0;
	buf_add_format(out_data,
		       isl->classic ? "%04" PRId64 ",%04d" : "%" PRId64 "\t",
		       left, ISL_RECORDS_MAX);
	return ISL_OK;
}

static void isl_status_day_x(const struct isl *isl, struct buf *out_data)
{
	buf_add_format(out_data, "%" PRId64 "\t", isl->day.voided);
	isl_put_money(out_data, isl->day.voided_sum);
	buf_add_format(out_data, "\t%" PRId64 "\t", isl->day.annulled);
	isl_put_money(out_data, isl->day.annulled_sum);
	buf_add_byte(out_data, '\t');
}

/* 110; of X only 4, corrections and annulled receipts */
enum isl_error isl_status_day(struct isl *isl,
			      const struct isl_request *request,
			      struct buf *out_data)
{
	if (!isl->classic) {
		if (strcmp(isl_request_field(request, 0), "4") != 0)
			return ISL_VALUE(1);
		isl_status_day_x(isl, out_data);
		return ISL_OK;
	}
	for (int i = 0; i < ISL_PAYMENTS; i++) {
		isl_put_money(out_data, isl->day.payments[i]);
		buf_add_byte(out_data, ',');
	}
	buf_add_format(out_data, "%" PRId64 ",%" PRId64, isl->reports + 1,
		       isl->fiscal + 1);
	return ISL_OK;
}

static void isl_put_moment(struct buf *out, int64_t at)
{
	struct kit_time time = kit_time_split(at);

	buf_add_format(out, "%02d-%02d-%04d %02d:%02d:%02d", time.day,
		       time.month, time.year, time.hour, time.minute,
		       time.second);
}

/* 123 3: the last receipt within its day, and the last Z report */
enum isl_error isl_status_device(struct isl *isl,
				 const struct isl_request *request,
				 struct buf *out_data)
{
	if (strcmp(isl_request_field(request, 0), "3") != 0)
		return ISL_VALUE(1);
	buf_add_format(out_data, "%" PRId64 "\t", isl->day.receipts);
	isl_put_moment(out_data, isl->last_receipt_at);
	buf_add_format(out_data, "\t%" PRId64 "\t", isl->reports);
	isl_put_moment(out_data, isl->last_report_at);
	buf_add_byte(out_data, '\t');
	return ISL_OK;
}

/* 86 */
enum isl_error isl_status_last_time(struct isl *isl,
				    const struct isl_request *request,
				    struct buf *out_data)
{
	(void)request;
	isl_put_moment(out_data, isl->last_report_at);
	if (!isl->classic)
		buf_add_byte(out_data, '\t');
	return ISL_OK;
}

/* X, 50: number, rates, date. Classic, 97: rates. */
enum isl_error isl_status_rates(struct isl *isl,
				const struct isl_request *request,
				struct buf *out_data)
{
	(void)request;
	if (!isl->classic)
		buf_add_text(out_data, "1\t");
	for (int i = 0; i < ISL_TAXES; i++) {
		int rate = isl->rates[i] < 0 ? 10000 : isl->rates[i];

		buf_add_format(out_data, "%s%d.%02d%s",
			       i && isl->classic ? "," : "", rate / 100,
			       rate % 100, isl->classic ? "" : "\t");
	}
	if (!isl->classic)
		buf_add_text(out_data, "01-01-26\t");
	return ISL_OK;
}

/* 113 */
enum isl_error isl_status_documents(struct isl *isl,
				    const struct isl_request *request,
				    struct buf *out_data)
{
	(void)request;
	buf_add_format(out_data, "%07" PRId64, isl->documents);
	return ISL_OK;
}

/* 32: survives a power cut */
enum isl_error isl_status_error(struct isl *isl,
				const struct isl_request *request,
				struct buf *out_data)
{
	buf_add_format(out_data, "%d,%d,", isl->last_error_command,
		       isl_answer_code(isl, isl->last_error));
	isl_put_moment(out_data, isl_book_now(isl));
	buf_add_format(out_data, ",%s", isl->last_error ? "ERROR" : "");
	if (!strcmp(request->data, "CLEAR"))
		isl->last_error = ISL_OK;
	return ISL_OK;
}

/* 100 */
enum isl_error isl_status_complaint(struct isl *isl,
				    const struct isl_request *request,
				    struct buf *out_data)
{
	(void)isl;
	buf_add_format(out_data, "%s\tERROR %s\t",
		       isl_request_field(request, 0),
		       isl_request_field(request, 0));
	return ISL_OK;
}
