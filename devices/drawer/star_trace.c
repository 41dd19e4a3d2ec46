/* SPDX-License-Identifier: Apache-2.0 */
/* Star's status and pulses for people. Digits can't be taken for a status: not
 * one of them can stand in it. */
#include "drawer/star_codec.h"
#include "receipt/filter.h"

#include <string.h>

#define STAR_ASK_SIZE	3 /* ESC ACK SOH */
#define STAR_SET_SIZE	5 /* ESC BEL n1 n2 BEL */
#define STAR_TRACE_SUB	0x1a
#define STAR_RESET_SIZE 2 /* ESC @ */

/* What is printed is for whoever gets the paper: it is not shown. Before it
 * there may be NULs, for the rest of one that broke off. */
static size_t star_trace_job(struct trace *trace)
{
	size_t len = filter_span(&filter_star, trace->bytes, trace->len);

	if (len)
		trace_say(trace, "a print job of %zu bytes", len);
	return len;
}

static size_t star_trace_out(struct trace *trace)
{
	const uint8_t *bytes = trace->bytes;
	size_t len = trace->len;

	if (len >= STAR_ASK_SIZE && !memcmp(bytes, "\x1b\x06\x01", 3)) {
		trace_say(trace, "asks for its status");
		trace_show(trace, STAR_ASK_SIZE);
		return STAR_ASK_SIZE;
	}
	if (len >= STAR_SET_SIZE && !memcmp(bytes, "\x1b\a", 2)) {
		trace_say(trace, "pulse on drive 1: %d ms on, %d ms off",
			  10 * bytes[2], 10 * bytes[3]);
		trace_show(trace, STAR_SET_SIZE);
		return STAR_SET_SIZE;
	}
	if (bytes[0] == STAR_TRACE_SUB) {
		trace_say(trace, "pulse on drive 2");
		trace_show(trace, 1);
		return 1;
	}
	if (!bytes[0] || (len >= STAR_RESET_SIZE && !memcmp(bytes, "\x1b@", 2)))
		return star_trace_job(trace);
	return trace_strange(trace, len);
}

static void star_trace_status(struct trace *trace, const uint8_t *status)
{
	trace_say(trace, "%s, the drawer's switch is %s%s, paper %s",
		  star_is_offline(status) ? "offline" : "online",
		  star_is_switch_set(status) ? "set" : "clear",
		  star_is_cover_open(status) ? ", cover open" : "",
		  star_is_paper_out(status) ? "out" : "ok");
}

/* What begins no status, from there on too. */
static size_t star_trace_noise(struct trace *trace, size_t len)
{
	while (len < trace->len && star_read(&(struct star_reader){ 0 },
					     trace->bytes[len]) == STAR_NOISE)
		len++;
	return trace_strange(trace, len);
}

static size_t star_trace_in(struct trace *trace)
{
	struct star_reader reader = { 0 };

	for (size_t i = 0; i < trace->len; i++)
		switch (star_read(&reader, trace->bytes[i])) {
		case STAR_NOTHING:
			break;
		case STAR_STATUS:
			star_trace_status(trace, reader.status);
			trace_show(trace, i + 1);
			return i + 1;
		case STAR_NOISE:
			return star_trace_noise(trace, i + 1);
		}
	return 0;
}

size_t star_trace(struct trace *trace)
{
	return trace->way == TRACE_OUT ? star_trace_out(trace)
				       : star_trace_in(trace);
}
