/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The printer's numbers: the counters by which a daily report is proved, and
 * the totals that stand in for an X report, which POSNET does not have.
 */
#include "printer/posnet_private.h"

#include "util/json.h"

#include <stdio.h>
#include <string.h>

static const struct posnet_counter_source {
	const char *command, *field, *name, *type;
} posnet_counter_sources[POSNET_COUNTERS] = {
	[POSNET_REPORTS] = { "scnt", "rd", "daily_reports", NULL },
	[POSNET_HEADERS] = { "scnt", "hn", "headers", NULL },
	[POSNET_RECEIPTS] = { "scnt", "bn", "receipts", NULL },
	[POSNET_RECEIPTS_CANCELLED] = { "scnt", "bc", "receipts_cancelled",
					NULL },
	[POSNET_LAST_RECEIPT] = { "scnt", "bt", "last_receipt", NULL },
	[POSNET_INVOICES] = { "scnt", "fn", "invoices", NULL },
	[POSNET_INVOICES_CANCELLED] = { "scnt", "fc", "invoices_cancelled",
					NULL },
	[POSNET_NEXT_REPORT] = { "stot", "no", "next_daily_report", NULL },
	[POSNET_NONFISCAL] = { "stot", "nf", "nonfiscal", NULL },
	[POSNET_DAY_RECEIPTS] = { "stot", "pn", "day_receipts", NULL },
	[POSNET_DAY_CANCELLED] = { "stot", "cn", "day_cancelled", NULL },
	[POSNET_DOCUMENT] = { "eclastdocnoget", "di", "report_document", "4" },
	[POSNET_RECEIPT_DOCUMENT] = { "eclastdocnoget", "di",
				      "receipt_document", "0" },
	[POSNET_CANCELLED_DOCUMENT] = { "eclastdocnoget", "di",
					"cancelled_document", "1" },
	[POSNET_PLAIN_DOCUMENT] = { "eclastdocnoget", "di",
				    "nonfiscal_document", "5" },
	[POSNET_CASH] = { "scashstate", "cs", "cash", NULL },
	[POSNET_RAM_RESETS] = { "sfsk", "cl", "memory_resets", NULL },
};

void posnet_counters_take(struct posnet_counters *counters, const char *command,
			  const char *type, const struct posnet_frame *frame)
{
	for (int i = 0; i < POSNET_COUNTERS; i++) {
		const struct posnet_counter_source *source =
			&posnet_counter_sources[i];
		int64_t number = POSNET_NOT_TOLD;

		if (strcmp(source->command, command) != 0 ||
		    (source->type &&
		     (!type || strcmp(source->type, type) != 0)))
			continue;
		posnet_frame_number(frame, source->field, &number);
		counters->value[i] = number;
	}
}

void posnet_counters_clear(struct posnet_counters *counters)
{
	for (int i = 0; i < POSNET_COUNTERS; i++)
		counters->value[i] = POSNET_NOT_TOLD;
}

json_t *posnet_counters_to_json(const struct posnet_counters *counters)
{
	json_t *json = json_make();

	for (int i = 0; i < POSNET_COUNTERS; i++)
		if (counters->value[i] != POSNET_NOT_TOLD)
			json_put_int(json, posnet_counter_sources[i].name,
				     counters->value[i]);
	return json;
}

void posnet_counters_from_json(const json_t *json,
			       struct posnet_counters *out_counters)
{
	for (int i = 0; i < POSNET_COUNTERS; i++)
		out_counters->value[i] = json_int(
			json, posnet_counter_sources[i].name, POSNET_NOT_TOLD);
}

static bool posnet_counter_differs(const struct posnet_counters *before,
				   const struct posnet_counters *after,
				   enum posnet_counter counter)
{
	int64_t a = before->value[counter];
	int64_t b = after->value[counter];

	return a >= 0 && b >= 0 && a != b;
}

/* 3.9, step 2. hn is no proof: it may run one ahead in paper-saving mode. */
enum posnet_moved posnet_counters_compare(const struct posnet_counters *before,
					  const struct posnet_counters *after)
{
	int64_t reports = before->value[POSNET_REPORTS];
	int64_t next = before->value[POSNET_NEXT_REPORT];
	int64_t now = after->value[POSNET_REPORTS];

	if (reports < 0 || next < 0 || now < 0 ||
	    posnet_counter_differs(before, after, POSNET_RAM_RESETS))
		return POSNET_MOVED_ODDLY;
	if (now == reports + 1 && after->value[POSNET_NEXT_REPORT] == next + 1)
		return POSNET_MOVED_ONCE;
	if (now == reports && after->value[POSNET_NEXT_REPORT] == next &&
	    !posnet_counter_differs(before, after, POSNET_DOCUMENT))
		return POSNET_MOVED_NOT;
	return POSNET_MOVED_ODDLY;
}

/* --- the figures of an X report --- */

#define POSNET_RATE_SIZE 8

/* Amounts are in grosz, as they are on the wire. */
static const struct posnet_pair posnet_figures[] = {
	{ "no", "next_daily_report" },
	{ "pn", "receipts" },
	{ "cn", "receipts_cancelled" },
	{ "ct", "receipts_cancelled_amount" },
	{ "fn", "invoices" },
	{ "fl", "invoices_cancelled" },
	{ "ft", "invoices_cancelled_amount" },
	{ "nf", "nonfiscal" },
	{ "cc", "goods_changes" },
	{ NULL, NULL },
};

static void posnet_figure_put(json_t *json, const char *key,
			      const struct posnet_frame *frame,
			      const char *field)
{
	int64_t number;

	if (posnet_frame_number(frame, field, &number))
		json_put_int(json, key, number);
}

/* "23,00"; 100,00 is exempt and 101,00 not in use (3.6). */
static bool posnet_rate_read(const char *value, char out_rate[POSNET_RATE_SIZE])
{
	unsigned int whole, hundredths;
	char separator;

	if (sscanf(value, "%3u%c%2u", &whole, &separator, &hundredths) != 3 ||
	    (separator != ',' && separator != '.') || whole > 100)
		return false;
	if (whole == 100)
		snprintf(out_rate, POSNET_RATE_SIZE, "exempt");
	else
		snprintf(out_rate, POSNET_RATE_SIZE, "%u.%02u", whole,
			 hundredths);
	return true;
}

/* A rate not in use is told, too, where amounts stand under it. */
static void posnet_rate_put(json_t *rates, const struct posnet_frame *frame,
			    char letter)
{
	const char names[3][3] = { { 'v', letter },
				   { 'p', letter },
				   { 'f', letter } };
	const char *value = posnet_frame_value(frame, names[0]);
	char rate[POSNET_RATE_SIZE];
	bool used = value && posnet_rate_read(value, rate);
	int64_t receipts = 0, invoices = 0;
	json_t *json;

	posnet_frame_number(frame, names[1], &receipts);
	posnet_frame_number(frame, names[2], &invoices);
	if (!used && !receipts && !invoices)
		return;
	json = json_make();
	json_put_text(json, "rate", (char[]){ (char)(letter - 'a' + 'A'), 0 });
	json_put_text(json, "vat", used ? rate : NULL);
	posnet_figure_put(json, "receipts_amount", frame, names[1]);
	posnet_figure_put(json, "invoices_amount", frame, names[2]);
	json_array_append_new(rates, json);
}

/* The clock of a "never" stands in the year 2000 (3.6). */
static void posnet_moment_put(json_t *json, const char *key,
			      const struct posnet_frame *frame,
			      const char *field)
{
	const char *value = posnet_frame_value(frame, field);

	if (!value || !*value || !strncmp(value, "2000-01-01", 10))
		return;
	for (const char *c = value; *c; c++)
		if (!strchr("0123456789-+:TZ", *c))
			return;
	json_put_text(json, key, value);
}

json_t *posnet_figures_to_json(const struct posnet_frame *frame)
{
	json_t *json = json_make();
	json_t *rates = json_array();

	for (const struct posnet_pair *f = posnet_figures; f->name; f++)
		posnet_figure_put(json, f->value, frame, f->name);
	for (int i = 0; i < POSNET_RATES; i++)
		posnet_rate_put(rates, frame, (char)('a' + i));
	json_put(json, "rates", rates);
	posnet_moment_put(json, "first_sale", frame, "is");
	posnet_moment_put(json, "last_sale", frame, "ie");
	return json;
}
