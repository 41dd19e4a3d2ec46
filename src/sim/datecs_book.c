/* SPDX-License-Identifier: Apache-2.0 */
/* What outlasts a receipt: counters, the day, the fiscal memory, the account. */
#include "sim/datecs_model.h"

#include "util/json.h"

#include <stdlib.h>
#include <string.h>

#define ISL_DAY_MS   (INT64_C(24) * 60 * 60 * 1000)
#define ISL_SOLD     1230  /* each receipt that the day begins with */
#define ISL_PAST_SUM 10000 /* of days gone by, and their number */

int64_t isl_book_now(const struct isl *isl)
{
	return kit_clock_now(&isl->clock, &isl->model.host);
}

int64_t isl_book_sum(const int64_t tax[ISL_TAXES])
{
	int64_t sum = 0;

	for (int i = 0; i < ISL_TAXES; i++)
		sum += tax[i];
	return sum;
}

void isl_book_document(struct isl *isl, const char *kind, int64_t number,
		       int64_t amount)
{
	json_t *row = json_make();

	isl->documents++;
	json_put_text(row, "kind", kind);
	json_put_int(row, "number", number);
	json_put_int(row, "amount", amount);
	if (json_array_size(isl->log) < ISL_DOCUMENTS_MAX)
		json_array_append_new(isl->log, row);
	else
		json_decref(row);
}

/* --- receipts --- */

static bool isl_book_is_duplicate(const struct isl *isl, const char *content)
{
	const json_t *row;
	size_t i;

	json_array_foreach (isl->log, i, row) {
		const char *known = json_text(row, "content");

		if (known && !strcmp(known, content))
			return true;
	}
	return false;
}

static void isl_book_say(struct isl *isl, const char *field, const char *text)
{
	json_put_text(json_array_get(isl->log, json_array_size(isl->log) - 1),
		      field, text);
}

static void isl_book_sale(struct isl *isl)
{
	const struct isl_receipt *receipt = &isl->receipt;

	for (int i = 0; i < ISL_TAXES; i++)
		isl->day.tax[i] += receipt->tax[i];
	for (int i = 0; i < ISL_PAYMENTS; i++)
		isl->day.payments[i] += receipt->payments[i];
	isl->cash += receipt->payments[0];
	isl->day.receipts++;
	isl->fiscal++;
	isl->last_receipt_at = isl_book_now(isl);
}

static void isl_book_storno(struct isl *isl)
{
	for (int i = 0; i < ISL_TAXES; i++)
		isl->day.storno[i] += isl->receipt.tax[i];
	isl->cash -= isl->receipt.payments[0];
}

/* The open one, which is paid. */
void isl_book_receipt(struct isl *isl, const char *by)
{
	struct isl_receipt *receipt = &isl->receipt;
	const char *content = buf_text(&receipt->content);

	if (receipt->storno)
		isl_book_storno(isl);
	else
		isl_book_sale(isl);
	if (*content && isl_book_is_duplicate(isl, content))
		isl->duplicates++;
	isl_book_document(isl, receipt->storno ? "storno" : "receipt",
			  receipt->slip, isl_book_sum(receipt->tax));
	isl_book_say(isl, "by", by);
	isl_book_say(isl, "content", *content ? content : NULL);
	receipt->open = ISL_NOTHING;
}

/* Somebody else's: by hand, or by another host. */
enum isl_error isl_book_foreign(struct isl *isl, int64_t amount)
{
	struct isl_receipt *receipt = &isl->receipt;

	if (receipt->open)
		return ISL_ERROR_RECEIPT_OPEN;
	if (isl->memory_full || isl->journal_full)
		return ISL_ERROR_MEMORY_FULL;
	memset(receipt->tax, 0, sizeof(receipt->tax));
	memset(receipt->payments, 0, sizeof(receipt->payments));
	buf_reset(&receipt->content);
	receipt->storno = 0;
	receipt->slip = ++isl->slips;
	receipt->items = 1;
	receipt->tax[1] = amount;
	receipt->payments[0] = amount;
	receipt->paid = amount;
	receipt->change = 0;
	isl_book_receipt(isl, "another");
	return ISL_OK;
}

/* By another host: goods come back, and cash goes out. */
enum isl_error isl_book_refund(struct isl *isl, int64_t amount)
{
	if (isl->receipt.open)
		return ISL_ERROR_RECEIPT_OPEN;
	if (amount > isl->cash)
		return ISL_ERROR_NO_CASH;
	isl->day.storno[1] += amount;
	isl->cash -= amount;
	isl_book_document(isl, "storno", ++isl->slips, amount);
	isl_book_say(isl, "by", "another");
	return ISL_OK;
}

/* --- days --- */

static void isl_book_record(struct isl *isl, int64_t at)
{
	struct isl_record *record = &isl->records[isl->records_count++];

	*record = (struct isl_record){ .number = ++isl->reports,
				       .at = at,
				       .day = isl->day };
	isl->day = (struct isl_day){ 0 };
	isl->last_report_at = at;
}

static bool isl_book_is_zero(const struct isl *isl)
{
	return !isl->day.receipts && !isl->day.annulled;
}

enum isl_error isl_book_z(struct isl *isl)
{
	if (isl->memory_full || isl->records_count == ISL_RECORDS_MAX)
		return ISL_ERROR_MEMORY_FULL;
	if (isl->refuses_zero && isl_book_is_zero(isl))
		return ISL_ERROR_NOTHING;
	isl_paper_title(isl, "Z REPORT");
	isl_paper_number(isl, "Number", isl->reports + 1);
	isl_paper_stamp(isl, isl_book_now(isl));
	isl_paper_day(isl, &isl->day);
	isl_book_document(isl, "z", isl->reports + 1,
			  isl_book_sum(isl->day.tax));
	json_array_append_new(isl->z_reports, json_integer(isl->reports + 1));
	isl_book_record(isl, isl_book_now(isl));
	isl->day_over = false;
	return ISL_OK;
}

/* Days gone by, so that periodic reports have something to tell. */
void isl_book_start(struct isl *isl, int64_t receipts)
{
	int64_t today = isl->clock.set - isl->clock.set % ISL_DAY_MS;
	int64_t days = isl->reports;

	isl->records = calloc(ISL_RECORDS_MAX, sizeof(*isl->records));
	if (!isl->records)
		abort();
	isl->reports = 0;
	for (int64_t i = days; i > 0; i--) {
		isl->day.tax[1] = ISL_PAST_SUM + i;
		isl->day.receipts = 10;
		isl_book_record(isl,
				today - i * ISL_DAY_MS + ISL_DAY_MS * 7 / 8);
	}
	for (int64_t i = 0; i < receipts; i++)
		isl_book_foreign(isl, ISL_SOLD);
}

/* --- the account --- */

static json_t *isl_book_counters(const struct isl *isl)
{
	json_t *made = json_make();

	json_put_int(made, "reports", isl->reports);
	json_put_int(made, "slips", isl->slips);
	json_put_int(made, "fiscal", isl->fiscal);
	json_put_int(made, "documents", isl->documents);
	json_put_int(made, "receipts", isl->day.receipts);
	return json_put_int(made, "annulled", isl->day.annulled);
}

json_t *isl_book_account(const struct isl *isl)
{
	json_t *made = json_make();

	json_put(made, "z_reports", json_deep_copy(isl->z_reports));
	json_put(made, "documents", json_deep_copy(isl->log));
	json_put(made, "counters", isl_book_counters(isl));
	json_put_int(made, "x_reports", isl->x_reports);
	json_put_int(made, "periodic", isl->periodic);
	json_put_int(made, "copies", isl->copies);
	json_put_int(made, "duplicates", isl->duplicates);
	json_put_int(made, "cash", isl->cash);
	json_put_int(made, "day_total", isl_book_sum(isl->day.tax));
	json_put_int(made, "drawer_openings", isl->drawer_openings);
	json_put_int(made, "requests", isl->requests);
	json_put_int(made, "frame_errors", isl->frame_errors);
	json_put_int(made, "repeats", isl->repeats);
	json_put_int(made, "power_cuts", isl->power_cuts);
	return json_put_bool(made, "receipt_open",
			     isl->receipt.open == ISL_FISCAL);
}
