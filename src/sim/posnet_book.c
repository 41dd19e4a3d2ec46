/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The printer's books (protocol text 3.9): every completed receipt raises bn,
 * bt and hn; a cancelled one bc, bt and hn; a non-fiscal slip hn and nf; a
 * daily report rd and hn, and lets the day begin again.
 */
#include "sim/posnet_model.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/hash.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

#define FP_DAY_MS   (INT64_C(24) * 60 * 60 * 1000)
#define FP_SOLD	    1230 /* a receipt that the day starts with */
#define FP_PAST_SUM 100000

static const char *const fp_kind_names[FP_DOCUMENT_KINDS] = {
	"receipt", "cancelled receipt",
	"invoice", "cancelled invoice",
	"daily",   "plain",
	"event",   "fiscalisation",
};

int64_t fp_book_now(const struct fp *fp)
{
	return kit_clock_now(&fp->clock, &fp->model.host);
}

static void fp_book_document(struct fp *fp, enum fp_document kind,
			     int64_t amount)
{
	json_t *entry = json_make();

	fp->documents_last[kind] = ++fp->documents_count;
	fp->counters.headers++;
	fp->counters.printouts++;
	json_put_text(entry, "type", fp_kind_names[kind]);
	json_put_int(entry, "number", fp->documents_count);
	json_put_int(entry, "amount", amount);
	json_put_int(entry, "day", fp->counters.daily + 1);
	if (kind == FP_DOCUMENT_RECEIPT || kind == FP_DOCUMENT_CANCELLED)
		json_put_int(entry, "receipt", fp->counters.last);
	if (json_array_size(fp->documents) < FP_DOCUMENTS_MAX)
		json_array_append_new(fp->documents, entry);
	else
		json_decref(entry);
}

bool fp_book_is_zero(const struct fp *fp)
{
	return !fp->day.receipts && !fp->day.cancelled;
}

/* Same goods, same payment as an earlier one: perhaps printed twice. */
static void fp_book_compare(struct fp *fp)
{
	struct fp_receipt *receipt = &fp->receipt;
	size_t last = json_array_size(fp->documents) - 1;
	json_t *own = json_array_get(fp->documents, last);
	char hex[HASH_TEXT_SIZE];
	uint8_t hash[HASH_SIZE];
	const json_t *other;
	size_t i;

	hash_sha256(receipt->content.data, receipt->content.len, hash);
	hash_to_hex(hash, sizeof(hash), hex);
	json_array_foreach (fp->documents, i, other) {
		const char *seen = json_text(other, "content");

		if (seen && !strcmp(seen, hex)) {
			fp->duplicates++;
			break;
		}
	}
	json_put_text(own, "content", hex);
}

/* by: "wire" for what a command printed, else who did. */
void fp_book_receipt(struct fp *fp, const char *by)
{
	struct fp_receipt *receipt = &fp->receipt;
	struct fp_day *day = &fp->day;
	int64_t now = fp_book_now(fp);
	size_t last;

	for (int i = 0; i < FP_RATES; i++)
		day->sums[i] += receipt->sums[i];
	day->receipts++;
	day->first_sale = day->first_sale ? day->first_sale : now;
	day->last_sale = now;
	fp->counters.receipts++;
	fp->counters.last++;
	fp->counters.bills++;
	fp->cash += receipt->cash;
	fp_book_document(fp, FP_DOCUMENT_RECEIPT, fp_money_sum(receipt->sums));
	last = json_array_size(fp->documents) - 1;
	json_put_text(json_array_get(fp->documents, last), "by", by);
	if (!strcmp(by, "wire"))
		fp_book_compare(fp);
}

void fp_book_cancelled(struct fp *fp)
{
	int64_t sum = fp_money_sum(fp->receipt.sums);

	fp->day.cancelled++;
	fp->day.cancelled_sum += sum;
	fp->counters.cancelled++;
	fp->counters.last++;
	fp->counters.bills++;
	fp_book_document(fp, FP_DOCUMENT_CANCELLED, sum);
}

void fp_book_plain(struct fp *fp)
{
	fp->day.plain++;
	fp_book_document(fp, FP_DOCUMENT_PLAIN, 0);
}

static struct fp_record *fp_book_record(struct fp *fp, int64_t at)
{
	struct fp_record *record;

	fp->records = alloc_resize(fp->records, fp->records_count + 1,
				   sizeof(fp->records[0]));
	record = &fp->records[fp->records_count++];
	record->number = (int64_t)fp->records_count;
	record->at = at;
	record->day = fp->day;
	return record;
}

static void fp_book_next_day(struct fp *fp)
{
	struct fp_counters *counters = &fp->counters;

	fp->day = (struct fp_day){ 0 };
	if (!fp->daily_numbers)
		return;
	counters->receipts = 0;
	counters->cancelled = 0;
	counters->last = 0;
}

/* The Z itself, however it was asked for. */
int fp_book_daily(struct fp *fp)
{
	struct fp_record *record;
	bool zero = fp_book_is_zero(fp);

	if (zero && fp->last_report_zero)
		return FP_ERROR_ZERO_REPORT;
	if (fp->memory_full || fp->records_count >= FP_RECORDS_MAX)
		return FP_ERROR_MEMORY_FULL;
	record = fp_book_record(fp, fp_book_now(fp));
	fp_paper_daily(fp, record);
	fp_book_document(fp, FP_DOCUMENT_DAILY, fp_money_sum(fp->day.sums));
	fp->counters.daily++;
	fp->last_report = record->at;
	fp->last_report_zero = zero;
	json_array_append_new(fp->z_reports, json_integer(record->number));
	fp_book_next_day(fp);
	return FP_OK;
}

/* A receipt that came by the printer's other interface, at the first rate. */
int fp_book_foreign(struct fp *fp, int64_t amount)
{
	struct fp_receipt *receipt = &fp->receipt;

	if (receipt->open || fp->form)
		return FP_ERROR_IN_TRANSACTION;
	if (fp->memory_full)
		return FP_ERROR_MEMORY_FULL;
	memset(receipt->sums, 0, sizeof(receipt->sums));
	receipt->type = FP_TYPE_RECEIPT;
	receipt->sums[0] = amount;
	receipt->paid = amount;
	receipt->cash = amount;
	receipt->change = 0;
	fp_book_receipt(fp, "other interface");
	return FP_OK;
}

/* Days gone by, so that periodic reports have something to tell. */
static void fp_book_past(struct fp *fp)
{
	int64_t today = fp->clock.set - fp->clock.set % FP_DAY_MS;
	int64_t days = fp->counters.daily;

	fp->fiscalised = today - (days + 1) * FP_DAY_MS;
	for (int64_t i = days; i > 0; i--) {
		int64_t at = today - i * FP_DAY_MS + FP_DAY_MS * 7 / 8;

		fp->day.sums[0] = FP_PAST_SUM + i;
		fp->day.receipts = 10;
		fp_book_record(fp, at);
		fp->last_report = at;
	}
	fp->day = (struct fp_day){ 0 };
}

void fp_book_start(struct fp *fp, int64_t receipts)
{
	fp_book_past(fp);
	for (int64_t i = 0; i < receipts; i++)
		fp_book_foreign(fp, FP_SOLD);
	memset(&fp->receipt.sums, 0, sizeof(fp->receipt.sums));
	fp->receipt.paid = 0;
	fp->receipt.type = FP_TYPE_NONE;
}

static json_t *fp_book_counters(const struct fp *fp)
{
	const struct fp_counters *counters = &fp->counters;
	json_t *made = json_make();

	json_put_int(made, "rd", counters->daily);
	json_put_int(made, "hn", counters->headers);
	json_put_int(made, "bn", counters->receipts);
	json_put_int(made, "bc", counters->cancelled);
	json_put_int(made, "bt", counters->last);
	json_put_int(made, "cl", counters->resets);
	json_put_int(made, "pn", fp->day.receipts);
	json_put_int(made, "cn", fp->day.cancelled);
	json_put_int(made, "nf", fp->day.plain);
	return made;
}

static json_t *fp_book_sums(const int64_t sums[FP_RATES], const int *vat)
{
	json_t *list = json_array();

	for (int i = 0; i < FP_RATES; i++)
		json_array_append_new(
			list, json_integer(vat ? fp_money_vat(sums[i], vat[i])
					       : sums[i]));
	return list;
}

/* The open one or the last, as strns tells it, and its tax. */
static json_t *fp_book_last(const struct fp *fp)
{
	const struct fp_receipt *receipt = &fp->receipt;
	json_t *made = json_make();

	json_put(made, "sums", fp_book_sums(receipt->sums, NULL));
	json_put(made, "vat", fp_book_sums(receipt->sums, fp->vat));
	json_put_int(made, "paid", receipt->paid);
	return json_put_int(made, "change", receipt->change);
}

json_t *fp_book_account(const struct fp *fp)
{
	json_t *made = json_make();

	json_put(made, "z_reports", json_deep_copy(fp->z_reports));
	json_put(made, "documents", json_deep_copy(fp->documents));
	json_put(made, "counters", fp_book_counters(fp));
	json_put(made, "last_receipt", fp_book_last(fp));
	json_put_int(made, "periodic", fp->periodic);
	json_put_int(made, "copies", fp->copies);
	json_put_int(made, "duplicates", fp->duplicates);
	json_put_int(made, "cash", fp->cash);
	json_put_int(made, "day_total", fp_money_sum(fp->day.sums));
	json_put_int(made, "drawer_openings", fp->drawer_openings);
	json_put_int(made, "requests", fp->requests);
	json_put_int(made, "frame_errors", fp->frame_errors);
	json_put_int(made, "unknown_fields", fp->unknown_fields);
	json_put_int(made, "power_cuts", fp->power_cuts);
	json_put_int(made, "repeats", fp->rpt_hits);
	json_put_bool(made, "receipt_open", fp->receipt.open);
	json_put_bool(made, "form_open", fp->form != 0);
	return made;
}
