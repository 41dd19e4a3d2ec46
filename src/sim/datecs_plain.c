/* SPDX-License-Identifier: Apache-2.0 */
/* What is not fiscal: texts, cash by hand, drawer, paper, clock. */
#include "sim/datecs_model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define ISL_CENTURY 2000

/* --- 38, 42, 39 --- */

static void isl_plain_tell(const struct isl *isl, struct buf *out_data)
{
	buf_add_format(out_data, isl->classic ? "%04" PRId64 : "%" PRId64 "\t",
		       isl->slips);
}

enum isl_error isl_plain_open(struct isl *isl,
			      const struct isl_request *request,
			      struct buf *out_data)
{
	(void)request;
	isl->receipt.slip = ++isl->slips;
	isl->receipt.open = ISL_PLAIN;
	isl_paper_title(isl, "NON-FISCAL");
	isl_plain_tell(isl, out_data);
	return ISL_OK;
}

enum isl_error isl_plain_text(struct isl *isl,
			      const struct isl_request *request,
			      struct buf *out_data)
{
	(void)out_data;
	isl_paper_text(isl, isl->classic ? request->data
					 : isl_request_field(request, 0));
	return ISL_OK;
}

enum isl_error isl_plain_close(struct isl *isl,
			       const struct isl_request *request,
			       struct buf *out_data)
{
	(void)request;
	isl->receipt.open = ISL_NOTHING;
	isl_book_document(isl, "plain", isl->slips, 0);
	isl_plain_tell(isl, out_data);
	return ISL_OK;
}

/* --- paper and drawer --- */

enum isl_error isl_plain_feed(struct isl *isl,
			      const struct isl_request *request,
			      struct buf *out_data)
{
	const char *lines =
		isl->classic ? request->data : isl_request_field(request, 0);
	int64_t number;

	(void)out_data;
	if (*lines && !isl_number_take(lines, 1, 99, &number))
		return ISL_VALUE(1);
	return ISL_OK;
}

enum isl_error isl_plain_drawer(struct isl *isl,
				const struct isl_request *request,
				struct buf *out_data)
{
	const char *ms =
		isl->classic ? request->data : isl_request_field(request, 0);
	int64_t number;

	(void)out_data;
	if (*ms && !isl_number_take(ms, isl->classic ? 5 : 0,
				    isl->classic ? 100 : 65535, &number))
		return ISL_VALUE(1);
	isl->drawer_openings++;
	kit_show(&isl->model.host, "drawer: open");
	return ISL_OK;
}

/* --- 70 --- */

/* Kind and amount (X); a signed amount or nothing (classic). */
static bool isl_cash_get(const struct isl *isl,
			 const struct isl_request *request, int64_t *out_amount)
{
	int64_t kind, amount = 0;

	if (isl->classic) {
		if (*request->data && !isl_money_get(request->data, &amount))
			return false;
	} else if (!isl_number_take(isl_request_field(request, 0), 0, 1,
				    &kind) ||
		   !isl_money_get(isl_request_field(request, 1), &amount) ||
		   amount < 0) {
		return false;
	} else if (kind) {
		amount = -amount;
	}
	*out_amount = amount;
	return true;
}

static enum isl_error isl_cash_move(struct isl *isl, int64_t amount)
{
	if (amount + isl->cash < 0)
		return ISL_ERROR_NO_CASH;
	if (isl->receipt.open)
		return ISL_ERROR_RECEIPT_OPEN;
	isl->cash += amount;
	if (amount > 0)
		isl->day.in += amount;
	else
		isl->day.out -= amount;
	isl_paper_money(isl, amount > 0 ? "CASH IN" : "CASH OUT", amount);
	isl_book_document(isl, amount > 0 ? "cash-in" : "cash-out", 0,
			  llabs(amount));
	return ISL_OK;
}

/* An amount of 0 only reads (4.6). The classic no is a letter (4.7). */
enum isl_error isl_plain_cash(struct isl *isl,
			      const struct isl_request *request,
			      struct buf *out_data)
{
	const char *separator = isl->classic ? "," : "\t";
	enum isl_error error = ISL_OK;
	int64_t amount;

	if (!isl_cash_get(isl, request, &amount))
		return ISL_VALUE(2);
	if (amount && isl->cover_open)
		return ISL_ERROR_COVER;
	if (amount && isl->paper_out)
		return ISL_ERROR_PAPER;
	if (amount)
		error = isl_cash_move(isl, amount);
	if (error && !isl->classic)
		return error;
	if (isl->classic)
		buf_add_text(out_data, error ? "F," : "P,");
	isl_put_money(out_data, isl->cash);
	buf_add_text(out_data, separator);
	isl_put_money(out_data, isl->day.in);
	buf_add_text(out_data, separator);
	isl_put_money(out_data, isl->day.out);
	if (!isl->classic)
		buf_add_text(out_data, separator);
	return ISL_OK;
}

/* --- 109 --- */

enum isl_error isl_plain_copy(struct isl *isl,
			      const struct isl_request *request,
			      struct buf *out_data)
{
	(void)request;
	(void)out_data;
	if (!isl->receipt.slip)
		return ISL_ERROR_NO_RECORD;
	isl_paper_title(isl, "DUPLICATE");
	isl_paper_number(isl, "Receipt", isl->receipt.slip);
	isl->copies++;
	return ISL_OK;
}

/* --- 61, 45 --- */

/* Not behind the last record (4.11). */
enum isl_error isl_plain_clock(struct isl *isl,
			       const struct isl_request *request,
			       struct buf *out_data)
{
	unsigned day, month, year, hour, minute, second;
	char iso[24];
	int64_t at;

	(void)out_data;
	if (sscanf(request->data, "%2u-%2u-%2u %2u:%2u:%2u", &day, &month,
		   &year, &hour, &minute, &second) != 6)
		return ISL_VALUE(1);
	snprintf(iso, sizeof(iso), "%04u-%02u-%02uT%02u:%02u:%02u",
		 (ISL_CENTURY + year) % 10000, month % 100, day % 100,
		 hour % 100, minute % 100, second % 100);
	if (!kit_clock_parse(iso, &at))
		return ISL_VALUE(1);
	if (at < isl->last_report_at)
		return ISL_ERROR_CLOCK;
	isl->clock.set = at;
	isl->clock.since = isl->model.host.now(isl->model.host.arg);
	isl->clock_wrong = false;
	return ISL_OK;
}

enum isl_error isl_plain_link(struct isl *isl,
			      const struct isl_request *request,
			      struct buf *out_data)
{
	(void)isl;
	(void)request;
	(void)out_data;
	return ISL_OK;
}
