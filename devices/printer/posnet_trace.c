/* SPDX-License-Identifier: Apache-2.0 */
/* POSNET's frames for people: the command in words, its fields as they are. */
#include "printer/posnet_codec.h"

#include <string.h>

#define POSNET_TRACE_PAGE "CP1250" /* the printer may be set to another */

static const struct posnet_trace_word {
	const char *mnemonic;
	const char *words;
} posnet_trace_words[] = {
	{ "ERR", "a command that was not understood" },
	{ "cash", "cash in or out" },
	{ "dailyrep", "the daily report" },
	{ "formend", "end of the printout" },
	{ "formline", "a line of the printout" },
	{ "formstart", "a printout that is not fiscal" },
	{ "prncancel", "cancel what is being printed" },
	{ "rpt", "the last answer once more" },
	{ "rtcget", "the clock" },
	{ "rtcset", "set the clock" },
	{ "scashstate", "the cash in the drawer" },
	{ "scnt", "the counters" },
	{ "scomm", "the state" },
	{ "sdev", "the device" },
	{ "sfsk", "the fiscal memory" },
	{ "sid", "who are you" },
	{ "sprn", "the mechanism" },
	{ "stocash", "a goods return" },
	{ "stot", "the totals" },
	{ "strns", "the receipt under way" },
	{ "trcancel", "cancel the receipt" },
	{ "trdiscntsubtot", "a discount on the subtotal" },
	{ "trend", "end of the receipt" },
	{ "trftrend", "end of the footer" },
	{ "trftrln", "a line of the footer" },
	{ "trinit", "a receipt begins" },
	{ "trline", "a line of the receipt" },
	{ "trnipset", "the buyer's tax number" },
	{ "trpayment", "a payment of the receipt" },
	{ "vatget", "the VAT rates" },
};

static const char *posnet_trace_find(const char *mnemonic)
{
	const size_t count =
		sizeof(posnet_trace_words) / sizeof(*posnet_trace_words);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(posnet_trace_words[i].mnemonic, mnemonic))
			return posnet_trace_words[i].words;
	return NULL;
}

static void posnet_trace_frame(struct trace *trace,
			       const struct posnet_frame *frame)
{
	const char *mnemonic = posnet_frame_mnemonic(frame);
	const char *words = posnet_trace_find(mnemonic);

	trace_say(trace, "%s", mnemonic);
	if (words)
		trace_say(trace, " (%s)", words);
	if (frame->error != POSNET_NO_ERROR)
		trace_say(trace, " error %d", frame->error);
	for (size_t i = 0; i < frame->fields; i++) {
		const char *field = frame->text + frame->field[i];

		trace_say(trace, "%s%.2s ", i ? ", " : ": ", field);
		trace_say_bytes(trace, field + 2, strlen(field + 2),
				POSNET_TRACE_PAGE);
	}
}

/* Takes XON and XOFF out, which may stand anywhere. */
static size_t posnet_trace_strip(const struct trace *trace, size_t len,
				 uint8_t out[POSNET_FRAME_MAX])
{
	size_t count = 0;

	for (size_t i = 1; i + 1 < len; i++)
		if (trace->bytes[i] != POSNET_XON &&
		    trace->bytes[i] != POSNET_XOFF)
			out[count++] = trace->bytes[i];
	return count;
}

static size_t posnet_trace_flow(struct trace *trace)
{
	trace_say(trace, "flow control: %s",
		  trace->bytes[0] == POSNET_XON ? "go on" : "wait");
	trace_show(trace, 1);
	return 1;
}

size_t posnet_trace(struct trace *trace)
{
	uint8_t data[POSNET_FRAME_MAX];
	struct posnet_frame frame;
	size_t len;

	if (trace->bytes[0] == POSNET_XON || trace->bytes[0] == POSNET_XOFF)
		return posnet_trace_flow(trace);
	if (!trace_find_frame(trace, POSNET_STX, POSNET_ETX, POSNET_FRAME_MAX,
			      &len))
		return len;
	if (posnet_frame_parse(data, posnet_trace_strip(trace, len, data),
			       &frame))
		return trace_strange(trace, len);
	posnet_trace_frame(trace, &frame);
	trace_show(trace, len);
	return len;
}
