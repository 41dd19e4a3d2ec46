/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The printer's numbers: those by which a Z report is proved, and the figures
 * of an X report.
 */
#include "printer/datecs_private.h"

#include "util/json.h"

/* In the words of the API. */
static const char *const datecs_counter_names[DATECS_COUNTERS] = {
	[DATECS_REPORTS] = "daily_reports",
	[DATECS_LAST_Z] = "last_daily_report",
	[DATECS_NEXT_Z] = "next_daily_report",
	[DATECS_LAST_SLIP] = "last_receipt",
	[DATECS_DAY_RECEIPTS] = "day_receipts",
	[DATECS_DAY_ANNULLED] = "day_cancelled",
	[DATECS_DOCUMENTS] = "documents",
	[DATECS_NEXT_RECEIPT] = "next_receipt",
	[DATECS_DRAWER_CASH] = "cash",
	[DATECS_CASH_IN] = "cash_in",
	[DATECS_CASH_OUT] = "cash_out",
};

void datecs_counters_clear(struct datecs_counters *counters)
{
	for (int i = 0; i < DATECS_COUNTERS; i++)
		counters->value[i] = DATECS_NOT_TOLD;
}

json_t *datecs_counters_to_json(const struct datecs_counters *counters)
{
	json_t *json = json_make();

	for (int i = 0; i < DATECS_COUNTERS; i++)
		if (counters->value[i] >= 0)
			json_put_int(json, datecs_counter_names[i],
				     counters->value[i]);
	return json;
}

void datecs_counters_from_json(const json_t *json,
			       struct datecs_counters *out_counters)
{
	for (int i = 0; i < DATECS_COUNTERS; i++)
		out_counters->value[i] = json_int(json, datecs_counter_names[i],
						  DATECS_NOT_TOLD);
}

/* --- was a Z report made? --- */

/* Every one of them goes up by one with a Z report, and with nothing else. */
static const enum datecs_counter datecs_z_counters[] = {
	DATECS_REPORTS,
	DATECS_LAST_Z,
	DATECS_NEXT_Z,
};

#define DATECS_Z_COUNTERS \
	(sizeof(datecs_z_counters) / sizeof(datecs_z_counters[0]))

/* All that are told have to agree (4.10): a device that contradicts itself
 * proves nothing. */
enum datecs_moved datecs_counters_compare(const struct datecs_counters *before,
					  const struct datecs_counters *after)
{
	int64_t moved = -1;

	for (size_t i = 0; i < DATECS_Z_COUNTERS; i++) {
		int64_t a = before->value[datecs_z_counters[i]];
		int64_t b = after->value[datecs_z_counters[i]];

		if (a < 0 || b < 0)
			continue;
		if (b - a < 0 || b - a > 1 || (moved >= 0 && moved != b - a))
			return DATECS_MOVED_ODDLY;
		moved = b - a;
	}
	if (moved < 0)
		return DATECS_MOVED_ODDLY;
	return moved ? DATECS_MOVED_ONCE : DATECS_MOVED_NOT;
}

int64_t datecs_counters_z(const struct datecs_counters *counters)
{
	if (counters->value[DATECS_REPORTS] >= 0)
		return counters->value[DATECS_REPORTS];
	if (counters->value[DATECS_LAST_Z] >= 0)
		return counters->value[DATECS_LAST_Z];
	if (counters->value[DATECS_NEXT_Z] > 0)
		return counters->value[DATECS_NEXT_Z] - 1;
	return DATECS_NOT_TOLD;
}

bool datecs_counters_agree(const struct datecs_counters *counters)
{
	int64_t reports = counters->value[DATECS_REPORTS];
	int64_t last = counters->value[DATECS_LAST_Z];
	int64_t next = counters->value[DATECS_NEXT_Z];
	int64_t z = datecs_counters_z(counters);

	return z >= 0 && (reports < 0 || reports == z) &&
	       (last < 0 || last == z) && (next < 0 || next == z + 1);
}

/* --- the figures of an X report --- */

static json_t *datecs_rate_to_json(const struct datecs_report *report,
				   size_t tax)
{
	json_t *json = json_make();

	json_put_text(json, "rate", (char[]){ (char)('A' + tax), 0 });
	json_put_int(json, "receipts_amount", report->tax[tax]);
	if (report->storno[tax])
		json_put_int(json, "refunds_amount", report->storno[tax]);
	return json;
}

/* The number is that of the Z report to come, or not above 0. */
json_t *datecs_figures_to_json(const struct datecs_report *report)
{
	json_t *json = json_make();
	json_t *rates = json_array();

	if (report->number > 0)
		json_put_int(json, "next_daily_report", report->number);
	for (size_t i = 0; i < DATECS_TAXES; i++)
		if (report->tax[i] || report->storno[i])
			json_array_append_new(rates,
					      datecs_rate_to_json(report, i));
	return json_put(json, "rates", rates);
}
