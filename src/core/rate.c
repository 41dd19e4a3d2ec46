/* SPDX-License-Identifier: Apache-2.0 */
#include "core/rate.h"

#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATES_SUBJECTS	   256
#define RATES_SUBJECT_SIZE 80

struct rate {
	char subject[RATES_SUBJECT_SIZE]; /* "" is a free place */
	int64_t credit_ms;		  /* interval_ms buys one token */
	int64_t at;
};

struct rates {
	int64_t interval_ms;
	int64_t full_ms;
	struct rate rows[RATES_SUBJECTS];
};

struct rates *rates_new(int burst, int64_t interval_ms)
{
	struct rates *rates = ALLOC_NEW(struct rates);

	rates->interval_ms = interval_ms;
	rates->full_ms = burst * interval_ms;
	return rates;
}

struct rates *rates_free(struct rates *rates)
{
	free(rates);
	return NULL;
}

/* The subject's row, or the quietest one, given to it. */
static struct rate *rates_row(struct rates *rates, const char *subject,
			      int64_t now)
{
	struct rate *quietest = &rates->rows[0];

	for (size_t i = 0; i < RATES_SUBJECTS; i++) {
		struct rate *row = &rates->rows[i];

		if (!strncmp(row->subject, subject, RATES_SUBJECT_SIZE - 1))
			return row;
		if (row->at < quietest->at)
			quietest = row;
	}
	*quietest = (struct rate){ .credit_ms = rates->full_ms, .at = now };
	snprintf(quietest->subject, RATES_SUBJECT_SIZE, "%s", subject);
	return quietest;
}

bool rates_take(struct rates *rates, const char *subject, int64_t now,
		int64_t *out_wait_ms)
{
	struct rate *row = rates_row(rates, subject, now);

	row->credit_ms += now - row->at;
	if (row->credit_ms > rates->full_ms)
		row->credit_ms = rates->full_ms;
	row->at = now;
	if (row->credit_ms < rates->interval_ms) {
		*out_wait_ms = rates->interval_ms - row->credit_ms;
		return false;
	}
	row->credit_ms -= rates->interval_ms;
	return true;
}
