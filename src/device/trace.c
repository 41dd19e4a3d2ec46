/* SPDX-License-Identifier: Apache-2.0 */
#include "device/trace.h"

#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void trace_say(struct trace *trace, const char *format, ...)
{
	char text[TRACE_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	buf_add_text(&trace->text, text);
}

static bool trace_is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static bool trace_is_ascii(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] < 0x20 || bytes[i] > 0x7e)
			return false;
	return true;
}

void trace_say_bytes(struct trace *trace, const void *bytes, size_t len,
		     const char *page)
{
	struct buf words = BUF_INIT(4 * TRACE_TEXT_MAX);

	if (len > TRACE_TEXT_MAX)
		len = TRACE_TEXT_MAX;
	if (trace_is_ascii(bytes, len))
		trace_say(trace, "%.*s", (int)len, (const char *)bytes);
	else if (text_from_page(bytes, len, page, &words))
		trace_say(trace, "%s", buf_text(&words));
	buf_free(&words);
}

void trace_show(struct trace *trace, size_t len)
{
	buf_reset(&trace->shown);
	buf_add(&trace->shown, trace->bytes, len);
}

void trace_mark(struct trace *trace, size_t at, size_t len)
{
	size_t count = trace->hidden_count;
	struct trace_range *last = count ? &trace->hidden[count - 1] : NULL;

	if (last && last->at + last->len == at)
		last->len += len;
	else if (count < TRACE_HIDDEN_MAX)
		trace->hidden[trace->hidden_count++] =
			(struct trace_range){ at, len };
	else /* from there on all is called hidden */
		last->len = at + len - last->at;
}

void trace_hide(struct trace *trace, size_t at, size_t len, uint8_t with)
{
	if (!len)
		return;
	memset(trace->shown.data + at, with, len);
	trace_mark(trace, at, len);
}

void trace_hide_digits(struct trace *trace, size_t at, size_t len)
{
	for (size_t i = at; i < at + len; i++)
		if (trace_is_digit(trace->shown.data[i]))
			trace_hide(trace, i, 1, '0');
}

/* --- what is not known --- */

/* Enough to see a wrong speed (bytes above 7F) or a wrong device by. */
static const char *const trace_kinds[] = { "digits", "letters", "signs",
					   "controls", "above 7F" };

#define TRACE_KINDS (sizeof(trace_kinds) / sizeof(trace_kinds[0]))

static size_t trace_kind(uint8_t byte)
{
	uint8_t small = byte | 0x20;

	if (trace_is_digit(byte))
		return 0;
	if (small >= 'a' && small <= 'z')
		return 1;
	if (byte >= 0x20 && byte < 0x7f)
		return 2;
	return byte > 0x7f ? 4 : 3;
}

size_t trace_strange(struct trace *trace, size_t len)
{
	size_t counts[TRACE_KINDS] = { 0 };
	const char *between = " (";

	for (size_t i = 0; i < len; i++)
		counts[trace_kind(trace->bytes[i])]++;
	buf_reset(&trace->shown);
	buf_reset(&trace->text);
	trace->hidden_count = 0;
	trace_say(trace, "%zu byte%s of no meaning here", len,
		  len == 1 ? "" : "s");
	for (size_t i = 0; i < TRACE_KINDS; i++) {
		if (!counts[i])
			continue;
		trace_say(trace, "%s%s %zu", between, trace_kinds[i],
			  counts[i]);
		between = ", ";
	}
	trace_say(trace, ")");
	return len;
}

bool trace_find_frame(struct trace *trace, uint8_t begin, uint8_t end,
		      size_t max, size_t *out_len)
{
	const uint8_t *bytes = trace->bytes;
	const uint8_t *first = memchr(bytes, begin, trace->len), *last, *again;
	size_t len;

	if (first != bytes) {
		len = first ? (size_t)(first - bytes) : trace->len;
		*out_len = trace_strange(trace, len);
		return false;
	}
	last = memchr(bytes + 1, end, trace->len - 1);
	len = last ? (size_t)(last - bytes) : trace->len;
	again = memchr(bytes + 1, begin, len - 1);
	if (again || len >= max) {
		len = again ? (size_t)(again - bytes) : len;
		*out_len = trace_strange(trace, len);
		return false;
	}
	*out_len = last ? len + 1 : 0; /* 0: more is needed */
	return last;
}
