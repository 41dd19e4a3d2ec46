/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The drawer's part of ESC/POS for people. An answer does not say what it is an
 * answer to: the question asked last is kept, and how many are still open. What
 * was not asked for is not shown, though it may look like an answer: two digits
 * of a badge reader that hangs there by mistake do.
 */
#include "drawer/escpos_codec.h"
#include "receipt/filter.h"

#include <string.h>

#define ESCPOS_PULSE_SIZE 5 /* ESC p m t1 t2 */
#define ESCPOS_ASK_SIZE	  3 /* DLE EOT n */
#define ESCPOS_REPORT	  4
#define ESCPOS_ORDER_SIZE 3 /* GS r n */
#define ESCPOS_RESET_SIZE 2 /* ESC @ */

/* places in what is kept */
#define ESCPOS_ASKED 0 /* the question */
#define ESCPOS_OPEN  1 /* how many were not answered */
#define ESCPOS_ORDER 2 /* how many that are answered in order were not */

static const char *escpos_trace_question(uint8_t question)
{
	switch ((enum escpos_question)question) {
	case ESCPOS_ASK_PRINTER:
		return "asks for the printer and the drawer";
	case ESCPOS_ASK_CAUSE:
		return "asks why it is offline";
	case ESCPOS_ASK_PAPER:
		return "asks for the paper";
	case ESCPOS_ASK_NOTHING:
		break;
	}
	return "asks for a status";
}

/* How many bytes in a row are the same as the first. */
static size_t escpos_trace_run(const struct trace *trace)
{
	size_t run = 1;

	while (run < trace->len && trace->bytes[run] == trace->bytes[0])
		run++;
	return run;
}

static size_t escpos_trace_nothing(struct trace *trace)
{
	size_t len = escpos_trace_run(trace);

	trace_say(trace, "%zu NULs, for the rest of a job that broke off", len);
	trace_show(trace, len);
	return len;
}

/* What is printed is for whoever gets the paper: it is not shown. */
static size_t escpos_trace_job(struct trace *trace)
{
	size_t len = filter_span(&filter_escpos, trace->bytes, trace->len);

	if (len)
		trace_say(trace, "a print job of %zu bytes", len);
	return len;
}

static size_t escpos_trace_order(struct trace *trace)
{
	if (trace->kept[ESCPOS_ORDER] < UINT8_MAX)
		trace->kept[ESCPOS_ORDER]++;
	trace_say(trace, "asks for the paper, to be answered in order");
	trace_show(trace, ESCPOS_ORDER_SIZE);
	return ESCPOS_ORDER_SIZE;
}

static size_t escpos_trace_print(struct trace *trace)
{
	const uint8_t *bytes = trace->bytes;
	size_t len = trace->len;

	if (!bytes[0])
		return escpos_trace_nothing(trace);
	if (len >= ESCPOS_RESET_SIZE && !memcmp(bytes, "\x1b@", 2))
		return escpos_trace_job(trace);
	if (len >= ESCPOS_ORDER_SIZE && !memcmp(bytes, "\x1dr", 2))
		return escpos_trace_order(trace);
	return trace_strange(trace, len);
}

static size_t escpos_trace_out(struct trace *trace)
{
	const uint8_t *bytes = trace->bytes;
	size_t len = trace->len;

	if (len >= ESCPOS_ASK_SIZE && !memcmp(bytes, "\x10\x04", 2)) {
		trace->kept[ESCPOS_ASKED] = bytes[2];
		if (trace->kept[ESCPOS_OPEN] < UINT8_MAX)
			trace->kept[ESCPOS_OPEN]++;
		trace_say(trace, "%s", escpos_trace_question(bytes[2]));
		trace_show(trace, ESCPOS_ASK_SIZE);
		return ESCPOS_ASK_SIZE;
	}
	if (len >= ESCPOS_PULSE_SIZE && !memcmp(bytes, "\x1bp", 2)) {
		trace_say(trace, "pulse on pin %d: %d ms on, %d ms off",
			  bytes[2] ? 5 : 2, 2 * bytes[3], 2 * bytes[4]);
		trace_show(trace, ESCPOS_PULSE_SIZE);
		return ESCPOS_PULSE_SIZE;
	}
	return escpos_trace_print(trace);
}

static void escpos_trace_cause(struct trace *trace, uint8_t answer)
{
	bool cover = escpos_is_cover_open(answer);
	bool paper = escpos_is_paper_stop(answer);
	bool error = escpos_is_error(answer);

	trace_say(trace, "%s%s%s%s", cover ? "cover open; " : "",
		  paper ? "stopped for paper; " : "", error ? "error; " : "",
		  cover || paper || error ? "that is why" : "no cause");
}

static void escpos_trace_answer(struct trace *trace, uint8_t answer)
{
	switch ((enum escpos_question)trace->kept[ESCPOS_ASKED]) {
	case ESCPOS_ASK_PRINTER:
		trace_say(trace, "%s, drawer pin %s",
			  escpos_is_offline(answer) ? "offline" : "online",
			  escpos_is_pin3_high(answer) ? "high" : "low");
		return;
	case ESCPOS_ASK_CAUSE:
		escpos_trace_cause(trace, answer);
		return;
	case ESCPOS_ASK_PAPER:
		trace_say(trace, "paper %s",
			  escpos_is_paper_end(answer)	     ? "out"
			  : escpos_is_paper_near_end(answer) ? "low"
							     : "ok");
		return;
	case ESCPOS_ASK_NOTHING:
		break;
	}
	trace_say(trace, "a status that was not asked for");
}

static size_t escpos_trace_report(struct trace *trace)
{
	struct escpos_reader reader = { 0 };

	for (size_t i = 0; i < ESCPOS_REPORT && i < trace->len; i++)
		if (escpos_read(&reader, trace->bytes[i]) != ESCPOS_NOTHING)
			return trace_strange(trace, trace->len);
	if (trace->len < ESCPOS_REPORT)
		return 0;
	trace_say(trace, "an automatic status report");
	trace_show(trace, ESCPOS_REPORT);
	return ESCPOS_REPORT;
}

static size_t escpos_trace_flow(struct trace *trace)
{
	size_t len = escpos_trace_run(trace);

	trace_say(trace, "flow control: %s",
		  trace->bytes[0] == ESCPOS_XON ? "go on" : "wait");
	trace_show(trace, len);
	return len;
}

static bool escpos_trace_is_flow(uint8_t byte)
{
	return byte == ESCPOS_XON || byte == ESCPOS_XOFF;
}

static size_t escpos_trace_paper(struct trace *trace)
{
	trace->kept[ESCPOS_ORDER]--;
	trace_say(trace, "all of that is done, paper %s",
		  escpos_is_roll_near_end(trace->bytes[0]) ? "low" : "ok");
	trace_show(trace, 1);
	return 1;
}

static size_t escpos_trace_in(struct trace *trace)
{
	struct escpos_reader reader = { 0 };
	enum escpos_kind kind = escpos_read(&reader, trace->bytes[0]);
	uint8_t *open = &trace->kept[ESCPOS_OPEN];

	if (escpos_trace_is_flow(trace->bytes[0]))
		return escpos_trace_flow(trace);
	if (kind == ESCPOS_NOTHING)
		return escpos_trace_report(trace);
	if (kind == ESCPOS_OTHER && trace->kept[ESCPOS_ORDER] &&
	    escpos_is_in_order(trace->bytes[0]))
		return escpos_trace_paper(trace);
	if (kind != ESCPOS_ANSWER || !*open)
		return trace_strange(trace, trace->len);
	--*open;
	escpos_trace_answer(trace, trace->bytes[0]);
	trace_show(trace, 1);
	return 1;
}

size_t escpos_trace(struct trace *trace)
{
	return trace->way == TRACE_OUT ? escpos_trace_out(trace)
				       : escpos_trace_in(trace);
}
