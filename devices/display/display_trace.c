/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a display is told, for people; both dialects, which share no command. An
 * app may write what it likes for its customer to read. More digits than a
 * price or two has could be a card number, over both lines: none are kept then.
 */
#include "display/display.h"

#include <string.h>

#define DISPLAY_DIGITS_MAX 12
#define DISPLAY_CLEAR	   0x0c
#define DISPLAY_RETURN	   0x0d
#define DISPLAY_COMMAND	   3 /* bytes of all others */

static bool display_trace_is_setting(const uint8_t *bytes, size_t left)
{
	return left >= DISPLAY_COMMAND &&
	       (!memcmp(bytes, "\x1bt", 2) || !memcmp(bytes, "\x1b*", 2) ||
		!memcmp(bytes, "\x1fX", 2));
}

static bool display_trace_is_line(const uint8_t *bytes, size_t left)
{
	return left >= DISPLAY_COMMAND && !memcmp(bytes, "\x1bQ", 2);
}

static size_t display_trace_text(struct trace *trace, const uint8_t *bytes,
				 size_t left)
{
	size_t len = 0, end;

	while (len < left && len < LINES_COLUMNS && bytes[len] >= 0x20)
		len++;
	for (end = len; end && bytes[end - 1] == ' ';)
		end--;
	trace_say(trace, " / ");
	trace_say_bytes(trace, bytes, end, "ASCII");
	return len;
}

/* One command or line; returns how long it is. */
static size_t display_trace_next(struct trace *trace, const uint8_t *bytes,
				 size_t left)
{
	if (bytes[0] == DISPLAY_CLEAR) {
		trace_say(trace, "%sclears", trace->text.len ? "; " : "");
		return 1;
	}
	if (bytes[0] == DISPLAY_RETURN)
		return 1;
	if (display_trace_is_setting(bytes, left)) {
		trace_say(trace, "%ssets it up", trace->text.len ? "; " : "");
		return DISPLAY_COMMAND;
	}
	if (display_trace_is_line(bytes, left))
		return DISPLAY_COMMAND;
	if (left >= 2 && !memcmp(bytes, "\x1b@", 2)) {
		trace_say(trace, "resets");
		return 2;
	}
	if (bytes[0] >= 0x20)
		return display_trace_text(trace, bytes, left);
	return 1;
}

static size_t display_trace_digits(const struct trace *trace)
{
	size_t digits = 0;

	for (size_t i = 0; i < trace->len; i++)
		digits += trace->bytes[i] >= '0' && trace->bytes[i] <= '9';
	return digits;
}

/* A display is written to in whole updates, and never answers. */
size_t display_trace(struct trace *trace)
{
	const uint8_t *bytes;

	if (trace->way == TRACE_IN)
		return trace_strange(trace, trace->len);
	trace_show(trace, trace->len);
	if (display_trace_digits(trace) > DISPLAY_DIGITS_MAX)
		trace_hide_digits(trace, 0, trace->len);
	bytes = trace->shown.data;
	for (size_t at = 0; at < trace->len;)
		at += display_trace_next(trace, bytes + at, trace->len - at);
	return trace->len;
}
