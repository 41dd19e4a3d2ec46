/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the printer's error codes mean (docs/protocols.md 4.11). In both tables
 * the first that fits is taken; the numbers left out (modem, network,
 * programming) are the device's own affair.
 */
#include "printer/datecs_fields.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct datecs_error {
	int first, last; /* without their sign, for all are negative */
	enum reason reason;
	enum datecs_remedy remedy;
};

/* What failed inside of the device, or while it printed, may have been carried
 * out nevertheless. */
static const struct datecs_error datecs_errors_doubtful[] = {
	/* the inside of an X device: reading, writing, its own time-outs */
	{ 100001, 100003, REASON_DEVICE_REFUSED, DATECS_REMEDY_NONE },
	{ 100005, 100008, REASON_DEVICE_REFUSED, DATECS_REMEDY_NONE },
	{ 101007, 101007, REASON_BUSY, DATECS_REMEDY_AGAIN },
	{ 101009, 101009, REASON_ABORTED, DATECS_REMEDY_NONE },
	{ 101000, 101017, REASON_DEVICE_REFUSED, DATECS_REMEDY_NONE },
	{ 100500, 100511, REASON_PRINTER_ERROR, DATECS_REMEDY_SERVICE },
	/* its mechanism, met while printing: hot, paper, cover, cutter */
	{ 100402, 100402, REASON_PRINTER_ERROR, DATECS_REMEDY_AGAIN },
	{ 100403, 100403, REASON_PAPER_OUT, DATECS_REMEDY_PERSON },
	{ 100404, 100404, REASON_COVER_OPEN, DATECS_REMEDY_PERSON },
	{ 100400, 100414, REASON_PRINTER_ERROR, DATECS_REMEDY_PERSON },
	/* its fiscal memory and its journal */
	{ 100100, 100116, REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE },
	{ 105010, 105010, REASON_MEMORY_FULL, DATECS_REMEDY_SERVICE },
	{ 105000, 105019, REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE },
	/* a payment by card that was approved, and not booked */
	{ 111560, 111560, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE },
	/* a classic device's cutter, journal and fiscal memory */
	{ 150109, 150109, REASON_PRINTER_ERROR, DATECS_REMEDY_PERSON },
	{ 150209, 150218, REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE },
	{ 150231, 150232, REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE },
	{ 150300, 150314, REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE },
};

static const struct datecs_error datecs_errors_certain[] = {
	/* X: there is no such thing, or nothing to be printed */
	{ 100004, 100004, REASON_BAD_RANGE, DATECS_REMEDY_REQUEST },
	{ 100009, 100009, REASON_NOTHING_TO_REPORT, DATECS_REMEDY_NONE },
	/* X: how it is set up; the operator's password, no VAT rates */
	{ 102002, 102002, REASON_PRINTER_SETUP, DATECS_REMEDY_SETUP },
	{ 102009, 102009, REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE },
	{ 102000, 102020, REASON_PRINTER_SETUP, DATECS_REMEDY_SETUP },
	{ 103000, 103999, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST },
	/* the day has to be closed: before this, and after 24 hours */
	{ 104000, 104000, REASON_REPORT_NEEDED, DATECS_REMEDY_DAY },
	{ 111024, 111024, REASON_REPORT_NEEDED, DATECS_REMEDY_DAY },
	/* blocked by the tax office */
	{ 110210, 110210, REASON_SALES_BLOCKED, DATECS_REMEDY_SERVICE },
	{ 110226, 110226, REASON_SALES_BLOCKED, DATECS_REMEDY_SERVICE },
	/* receipts: open, not open, no cash, payment begun, too many sales */
	{ 111003, 111003, REASON_BUSY, DATECS_REMEDY_AGAIN },
	{ 111015, 111015, REASON_RECEIPT_OPEN, DATECS_REMEDY_STATE },
	{ 111016, 111016, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE },
	{ 111017, 111017, REASON_CASH_SHORT, DATECS_REMEDY_CASH },
	{ 111018, 111018, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE },
	{ 111019, 111019, REASON_DEVICE_REFUSED, DATECS_REMEDY_CLOSE },
	/* negative turnover; other documents open; payment not begun */
	{ 111021, 111021, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST },
	{ 111046, 111047, REASON_RECEIPT_OPEN, DATECS_REMEDY_STATE },
	{ 111050, 111050, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE },
	/* the sum is zero; all was voided; the operator is not known */
	{ 111065, 111065, REASON_DEVICE_REFUSED, DATECS_REMEDY_CANCEL },
	{ 111066, 111066, REASON_DEVICE_REFUSED, DATECS_REMEDY_CLOSE },
	{ 111076, 111076, REASON_PRINTER_SETUP, DATECS_REMEDY_SETUP },
	/* the request: command, syntax, not now, overflow, clock, no PC mode */
	{ 112000, 112000, REASON_NOT_SUPPORTED, DATECS_REMEDY_REQUEST },
	{ 112001, 112001, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST },
	{ 112002, 112002, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE },
	{ 112003, 112003, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST },
	{ 112004, 112004, REASON_CLOCK_WRONG, DATECS_REMEDY_CLOCK },
	{ 112005, 112005, REASON_PRINTER_WAITS, DATECS_REMEDY_SETUP },
	/* seen before anything was printed */
	{ 112006, 112006, REASON_PAPER_OUT, DATECS_REMEDY_PERSON },
	{ 112007, 112007, REASON_COVER_OPEN, DATECS_REMEDY_PERSON },
	{ 112008, 112008, REASON_PRINTER_ERROR, DATECS_REMEDY_PERSON },
	/* syntax and value of the first to the sixteenth parameter */
	{ 112101, 112116, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST },
	{ 112201, 112216, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST },
	/* classic: the request, and what blocks it */
	{ 150001, 150001, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST },
	{ 150002, 150002, REASON_NOT_SUPPORTED, DATECS_REMEDY_REQUEST },
	{ 150003, 150003, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE },
	{ 150010, 150010, REASON_SALES_BLOCKED, DATECS_REMEDY_SERVICE },
	{ 150100, 150100, REASON_CLOCK_WRONG, DATECS_REMEDY_CLOCK },
	{ 150101, 150101, REASON_PAPER_OUT, DATECS_REMEDY_PERSON },
	{ 150102, 150102, REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE },
	{ 150103, 150103, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST },
	/* password, header; the request; the sale's number; the operator */
	{ 150104, 150105, REASON_PRINTER_SETUP, DATECS_REMEDY_SETUP },
	{ 150108, 150108, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST },
	{ 150113, 150115, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST },
	{ 150116, 150116, REASON_PRINTER_SETUP, DATECS_REMEDY_SETUP },
	/* open, not open; nothing since Z; 24 hours; older than a record */
	{ 150200, 150200, REASON_RECEIPT_OPEN, DATECS_REMEDY_STATE },
	{ 150201, 150201, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE },
	{ 150203, 150203, REASON_NOTHING_TO_REPORT, DATECS_REMEDY_NONE },
	{ 150204, 150204, REASON_REPORT_NEEDED, DATECS_REMEDY_DAY },
	{ 150205, 150206, REASON_CLOCK_WRONG, DATECS_REMEDY_CLOCK },
	/* too many sales; payment begun, made, missing; no cash; other rules */
	{ 150404, 150404, REASON_DEVICE_REFUSED, DATECS_REMEDY_CLOSE },
	{ 150405, 150405, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE },
	{ 150409, 150409, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE },
	{ 150411, 150412, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE },
	{ 150413, 150413, REASON_CASH_SHORT, DATECS_REMEDY_CASH },
	{ 150400, 150438, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST },
};

static const struct datecs_error *
datecs_errors_find(const struct datecs_error *errors, size_t count,
		   int64_t code)
{
	for (size_t i = 0; i < count; i++)
		if (code <= -errors[i].first && code >= -errors[i].last)
			return &errors[i];
	return NULL;
}

struct datecs_meaning datecs_error_meaning(int64_t code)
{
	const struct datecs_error *error = datecs_errors_find(
		datecs_errors_doubtful, COUNT(datecs_errors_doubtful), code);
	bool doubtful = error != NULL;

	if (!error)
		error = datecs_errors_find(datecs_errors_certain,
					   COUNT(datecs_errors_certain), code);
	if (!error)
		return (struct datecs_meaning){ .reason =
							REASON_DEVICE_REFUSED };
	return (struct datecs_meaning){ error->reason, error->remedy,
					doubtful };
}
