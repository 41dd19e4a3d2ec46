/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Swipes for people: which tracks could be read, and nothing that is on them.
 * Not one byte of a report is shown: encrypted ones too hold parts in clear.
 */
#include "reader/swipe_codec.h"

#include "util/secret.h"

static void swipe_trace_stripe(struct trace *trace,
			       const struct badge_stripe *stripe)
{
	for (int i = 0; i < BADGE_TRACKS; i++)
		trace_say(trace, "%s track %d %s", i ? "," : ":", i + 1,
			  stripe->bad[i]	 ? "can't be read"
			  : stripe->tracks[i][0] ? "is read"
						 : "is empty");
}

static void swipe_trace_report(struct trace *trace)
{
	struct badge_stripe stripe;

	switch (swipe_read(trace->bytes, trace->len, &stripe)) {
	case SWIPE_STRIPE:
		trace_say(trace, "a card is swiped");
		swipe_trace_stripe(trace, &stripe);
		secret_wipe(&stripe, sizeof(stripe));
		break;
	case SWIPE_PAYMENT:
		trace_say(trace, "a payment card is swiped");
		break;
	case SWIPE_UNREADABLE:
		trace_say(trace, "a card is swiped: nothing can be read");
		break;
	}
	trace_say(trace, "; none of it is kept");
}

/* The kernel hands over whole reports. */
size_t swipe_trace(struct trace *trace)
{
	if (trace->way == TRACE_OUT)
		return trace_strange(trace, trace->len);
	if (swipe_is_size(trace->len))
		swipe_trace_report(trace);
	else
		trace_say(trace,
			  "%zu bytes are no report that is known; none "
			  "of it is kept",
			  trace->len);
	return trace->len;
}
