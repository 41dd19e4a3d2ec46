/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datecs frames for people. The dialect is told by the frame: in one of them
 * its LEN is right. Who opens a receipt gives the cashier's password: it and
 * the checksum over it are replaced.
 */
#include "printer/datecs_commands.h"

#include <string.h>

#define DATECS_TRACE_PAGE "CP1251" /* the printer may be set to another */

static const char *const datecs_trace_words[DATECS_ACTIONS] = {
	[DATECS_IDENTITY] = "who are you",
	[DATECS_STATUS] = "the state",
	[DATECS_PENDING] = "the state",
	[DATECS_COMPLAINT] = "what an error means",
	[DATECS_CLOCK_READ] = "the clock",
	[DATECS_CLOCK_SET] = "set the clock",
	[DATECS_TRANSACTION] = "the receipt under way",
	[DATECS_OPEN_SUMS] = "sums of the receipt",
	[DATECS_LAST_RECEIPT] = "number of the last receipt",
	[DATECS_LAST_REPORT] = "the last daily report",
	[DATECS_DAY] = "counters of the day",
	[DATECS_CASH_READ] = "the cash in the drawer",
	[DATECS_RATES] = "the VAT rates",
	[DATECS_DAY_SUMS] = "sums of the day",
	[DATECS_RECEIPT_OPEN] = "a receipt begins",
	[DATECS_SALE] = "a line of the receipt",
	[DATECS_SUBTOTAL] = "the subtotal",
	[DATECS_PAYMENT] = "a payment of the receipt",
	[DATECS_RECEIPT_TEXT] = "text on the receipt",
	[DATECS_RECEIPT_CLOSE] = "end of the receipt",
	[DATECS_RECEIPT_CANCEL] = "cancel the receipt",
	[DATECS_NONFISCAL_OPEN] = "a printout that is not fiscal",
	[DATECS_NONFISCAL_TEXT] = "a line of the printout",
	[DATECS_NONFISCAL_CLOSE] = "end of the printout",
	[DATECS_REPORT_X] = "a daily report",
	[DATECS_REPORT_Z] = "a daily report",
	[DATECS_REPORT_BY_DATES] = "a report by dates",
	[DATECS_REPORT_BY_DATES_SHORT] = "a short report by dates",
	[DATECS_REPORT_BY_NUMBERS] = "a report by numbers",
	[DATECS_REPORT_BY_NUMBERS_SHORT] = "a short report by numbers",
	[DATECS_CASH_MOVE] = "cash in or out",
	[DATECS_DRAWER] = "open the drawer",
	[DATECS_FEED] = "feed paper",
	[DATECS_COPY] = "a copy of the receipt",
	[DATECS_CUT] = "cut the paper",
};

static const char *datecs_trace_find(const struct datecs_dialect *dialect,
				     unsigned int command)
{
	for (enum datecs_action action = 0; action < DATECS_ACTIONS; action++)
		if (datecs_command_number(dialect, action) == command)
			return datecs_trace_words[action];
	return NULL;
}

/* True if it is a command that we know. */
static bool datecs_trace_command(struct trace *trace,
				 const struct datecs_dialect *dialect,
				 unsigned int command)
{
	const char *words = datecs_trace_find(dialect, command);

	trace_say(trace, "%u", command);
	if (words)
		trace_say(trace, " (%s)", words);
	return words;
}

/* Fields are set off by TABs or commas; blanks are easier to read. */
static void datecs_trace_data(struct trace *trace, const void *data, size_t len)
{
	if (len) {
		trace_say(trace, ": ");
		trace_say_bytes(trace, data, len, DATECS_TRACE_PAGE);
	}
}

/* --- requests --- */

/* "1,0000,24" or "1<TAB>0000<TAB>24": the second field. */
static void datecs_trace_hide_password(struct trace *trace, size_t at,
				       size_t len)
{
	const uint8_t *data = trace->shown.data + at;
	size_t begin = 0, end;

	while (begin < len && data[begin] != ',' && data[begin] != '\t')
		begin++;
	if (begin < len)
		begin++;
	end = begin;
	while (end < len && data[end] != ',' && data[end] != '\t')
		end++;
	trace_hide(trace, at + begin, end - begin, '0');
}

static void datecs_trace_reseal(struct trace *trace)
{
	uint8_t bcc[DATECS_BCC_DIGITS];
	size_t at =
		datecs_frame_reckon(trace->shown.data, trace->shown.len, bcc);

	memcpy(trace->shown.data + at, bcc, sizeof(bcc));
	trace_mark(trace, at, sizeof(bcc));
}

static void datecs_trace_request(struct trace *trace, size_t len,
				 const struct datecs_dialect *dialect,
				 const struct datecs_request *request)
{
	bool known = datecs_trace_command(trace, dialect, request->command);
	unsigned int opens =
		datecs_command_number(dialect, DATECS_RECEIPT_OPEN);

	trace_show(trace, len);
	if (!known)
		trace_hide(trace, request->at, request->len, ' ');
	else if (request->command == opens)
		datecs_trace_hide_password(trace, request->at, request->len);
	if (trace->hidden_count)
		datecs_trace_reseal(trace);
	datecs_trace_data(trace, trace->shown.data + request->at, request->len);
}

/* --- answers --- */

static void datecs_trace_status(struct trace *trace,
				const struct datecs_dialect *dialect,
				const struct datecs_answer *answer)
{
	struct datecs_status status;

	datecs_status_decode(dialect, answer->status, &status);
	const struct {
		bool set;
		const char *words;
	} flags[] = {
		{ status.bad_syntax, "a mistake in its data" },
		{ status.bad_command, "no such command" },
		{ status.not_permitted, "not allowed now" },
		{ status.error, "an error" },
		{ status.cover_open, "cover open" },
		{ status.paper_out, "paper out" },
		{ status.paper_low, "paper low" },
		{ status.fiscal_open, "a receipt is open" },
		{ status.nonfiscal_open, "a printout is open" },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (flags[i].set)
			trace_say(trace, "; %s", flags[i].words);
}

static void datecs_trace_answer(struct trace *trace, size_t len,
				const struct datecs_dialect *dialect,
				const struct datecs_answer *answer)
{
	if (!datecs_trace_command(trace, dialect, answer->command)) {
		trace_strange(trace, len);
		return;
	}
	datecs_trace_data(trace, answer->data, answer->len);
	datecs_trace_status(trace, dialect, answer);
	trace_show(trace, len);
}

static size_t datecs_trace_take(struct trace *trace, size_t len)
{
	const struct datecs_dialect *const dialects[] = { &datecs_x,
							  &datecs_classic };
	struct datecs_request request;
	struct datecs_answer answer;

	for (size_t i = 0; i < 2; i++) {
		const struct datecs_dialect *dialect = dialects[i];

		if (trace->way == TRACE_OUT &&
		    !datecs_request_parse(dialect, trace->bytes, len,
					  &request)) {
			datecs_trace_request(trace, len, dialect, &request);
			return len;
		}
		if (trace->way == TRACE_IN &&
		    !datecs_frame_parse(dialect, trace->bytes + 1, len - 2,
					&answer)) {
			datecs_trace_answer(trace, len, dialect, &answer);
			return len;
		}
	}
	return trace_strange(trace, len);
}

static size_t datecs_trace_single(struct trace *trace)
{
	size_t len = 1;

	while (len < trace->len && trace->bytes[len] == trace->bytes[0])
		len++;
	trace_say(trace, "%s",
		  trace->bytes[0] == DATECS_SYN ? "at work" : "not understood");
	trace_show(trace, len);
	return len;
}

size_t datecs_trace(struct trace *trace)
{
	size_t len;

	if (trace->way == TRACE_IN &&
	    (trace->bytes[0] == DATECS_SYN || trace->bytes[0] == DATECS_NAK))
		return datecs_trace_single(trace);
	if (!trace_find_frame(trace, DATECS_SOH, DATECS_ETX, DATECS_FRAME_MAX,
			      &len))
		return len;
	return datecs_trace_take(trace, len);
}
