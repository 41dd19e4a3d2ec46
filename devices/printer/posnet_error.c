/* SPDX-License-Identifier: Apache-2.0 */
/* What the printer's error numbers mean (docs/protocols.md 3.4 and 3.11). */
#include "printer/posnet_private.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct posnet_error {
	int first, last;
	enum reason reason;
	bool doubtful; /* it may have been carried out nevertheless */
};

/* The first that fits is taken; the numbers left out are the device's own
 * affair, REASON_DEVICE_REFUSED. */
static const struct posnet_error posnet_errors[] = {
	{ 30, 30, REASON_ABORTED, false },	   /* by somebody at its keys */
	{ 40, 40, REASON_NOT_SUPPORTED, false },   /* not for this interface */
	{ 41, 41, REASON_BUSY, false },		   /* the other interface's */
	{ 50, 56, REASON_PRINTER_ERROR, true },	   /* internal failure */
	{ 323, 323, REASON_NOT_SUPPORTED, false }, /* disabled in set-up */
	{ 382, 382, REASON_NOTHING_TO_REPORT, false },
	{ 383, 384, REASON_BAD_RANGE, false }, /* no such report, no record */
	{ 387, 388, REASON_SALES_BLOCKED, false },
	{ 460, 464, REASON_CLOCK_WRONG, false },
	{ 480, 488, REASON_SALES_BLOCKED, false },  /* authorisation is over */
	{ 499, 499, REASON_WRONG_PROTOCOL, false }, /* Thermal is active */
	{ 502, 502, REASON_BAD_PARAMETER, true },   /* cash state overflows */
	{ 503, 503, REASON_CASH_SHORT, true },	    /* ...and below zero */
	{ 1039, 1039, REASON_MEMORY_FULL, true },
	{ 1000, 1079, REASON_FISCAL_BLOCKED, true }, /* the memories failed */
	{ 1210, 1210, REASON_FISCAL_BLOCKED, true },
	{ 1950, 1966, REASON_BAD_PARAMETER, false }, /* payments, sums */
	{ 1980, 1985, REASON_BAD_PARAMETER, false }, /* discounts */
	{ 2000, 2000, REASON_BAD_PARAMETER, false }, /* VAT rate */
	{ 2006, 2009, REASON_BAD_PARAMETER, false }, /* price, quantity */
	{ 2010, 2010, REASON_REPORT_NEEDED, false }, /* totals overflow */
	{ 2019, 2026, REASON_CLOCK_WRONG, false },
	{ 2036, 2036, REASON_FISCAL_BLOCKED, false }, /* read-only */
	{ 2035, 2035, REASON_REPORT_NEEDED, false },  /* totals not zero */
	{ 2038, 2038, REASON_RECEIPT_OPEN, false },
	{ 2039, 2039, REASON_NOTHING_TO_REPORT, false }, /* totals are zero */
	{ 2042, 2050, REASON_BAD_RANGE, false },
	{ 2054, 2059, REASON_BAD_PARAMETER, false },
	{ 2062, 2062, REASON_RECEIPT_OPEN, false }, /* partly printed */
	{ 2063, 2063, REASON_BAD_PARAMETER, false },
	{ 2052, 2052, REASON_BAD_PARAMETER, false }, /* too many lines */
	{ 2097, 2098, REASON_MEMORY_FULL, false },
	{ 2106, 2106, REASON_ARTICLE_LOCKED, false },
	{ 2104, 2107, REASON_BAD_PARAMETER, false }, /* goods */
	{ 2506, 2506, REASON_RECEIPT_OPEN, false },  /* a form is open */
	{ 2501, 2509, REASON_BAD_PARAMETER, false }, /* forms */
	{ 2600, 2601, REASON_BAD_PARAMETER, false },
	{ 2701, 2703, REASON_BAD_PARAMETER, false },
	{ 2704, 2704, REASON_PRINTER_ERROR, false }, /* battery */
	{ 2705, 2705, REASON_BAD_PARAMETER, false },
	{ 2706, 2707, REASON_PRINTER_ERROR, false },
	{ 2801, 2810, REASON_BAD_PARAMETER, false }, /* sums disagree */
	{ 2851, 2853, REASON_BAD_PARAMETER, false },
	{ 2901, 2901, REASON_BUSY, false }, /* protected memory not ready */
	{ 2916, 2916, REASON_BUSY, false }, /* ...being verified */
	{ 2930, 2930, REASON_BAD_RANGE, false },   /* no such document */
	{ 2900, 2900, REASON_MEMORY_FULL, false }, /* for this document */
	{ 2903, 2904, REASON_MEMORY_FULL, false }, /* unsent data, full */
	{ 2900, 2930, REASON_FISCAL_BLOCKED, false },
};

struct posnet_frame_trouble {
	int code;
	enum reason reason;
	bool passing; /* the same frame may go through the next time */
};

static const struct posnet_frame_trouble posnet_frame_troubles[] = {
	{ 1, REASON_NOT_SUPPORTED, false },  /* unknown command */
	{ 2, REASON_BAD_PARAMETER, false },  /* a field is missing */
	{ 3, REASON_BAD_PARAMETER, false },  /* ...can't be converted */
	{ 4, REASON_GARBLED, false },	     /* bad token */
	{ 5, REASON_GARBLED, true },	     /* wrong CRC */
	{ 6, REASON_BAD_PARAMETER, false },  /* a field without name */
	{ 10, REASON_BAD_PARAMETER, false }, /* length of a field */
	{ 11, REASON_BUSY, true },	     /* receive buffer full */
	{ 12, REASON_NOT_SUPPORTED, false }, /* not asynchronously */
	{ 14, REASON_BUSY, true },	     /* queue full */
	{ 15, REASON_GARBLED, true },	     /* malformed frame */
};

static const struct posnet_error *posnet_error_find(int code)
{
	for (size_t i = 0; i < COUNT(posnet_errors); i++)
		if (code >= posnet_errors[i].first &&
		    code <= posnet_errors[i].last)
			return &posnet_errors[i];
	return NULL;
}

enum reason posnet_error_reason(int code)
{
	const struct posnet_error *error = posnet_error_find(code);

	return error ? error->reason : REASON_DEVICE_REFUSED;
}

bool posnet_error_is_doubtful(int code)
{
	const struct posnet_error *error = posnet_error_find(code);

	return error && error->doubtful;
}

static const struct posnet_frame_trouble *posnet_frame_trouble_find(int code)
{
	for (size_t i = 0; i < COUNT(posnet_frame_troubles); i++)
		if (posnet_frame_troubles[i].code == code)
			return &posnet_frame_troubles[i];
	return NULL;
}

enum reason posnet_frame_error_reason(int code)
{
	const struct posnet_frame_trouble *found =
		posnet_frame_trouble_find(code);

	return found ? found->reason : REASON_DEVICE_REFUSED;
}

bool posnet_frame_error_is_passing(int code)
{
	const struct posnet_frame_trouble *found =
		posnet_frame_trouble_find(code);

	return found && found->passing;
}
