/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a display is told, for people: commands by the dialect's table, and what
 * is between them is text. An app may write what it likes for its customer to
 * read. More digits than a price or two has could be a card number, over both
 * lines: none are kept then.
 */
#include "display/display.h"

#include <string.h>

#define DISPLAY_DIGITS_MAX 12

/* The command that the bytes begin with; NULL if it is none. */
static const struct display_command *
display_trace_command(const struct display_command *command,
		      const uint8_t *bytes, size_t left)
{
	for (; command->len; command++)
		if (left >= command->len &&
		    !memcmp(bytes, command->head, strlen(command->head)))
			return command;
	return NULL;
}

/* How long a text is that the bytes begin with; 0 if it is none. */
static size_t display_trace_text(const struct display_command *commands,
				 const uint8_t *bytes, size_t left)
{
	size_t len = 0;

	while (len < left && len < LINES_COLUMNS && bytes[len] >= 0x20 &&
	       !display_trace_command(commands, bytes + len, left - len))
		len++;
	return len;
}

static void display_trace_say(struct trace *trace, const uint8_t *text,
			      size_t len)
{
	while (len && text[len - 1] == ' ')
		len--;
	trace_say(trace, " / ");
	trace_say_bytes(trace, text, len, "ASCII");
}

/* One command or text out of what is shown; returns how long it is. */
static size_t display_trace_next(struct trace *trace,
				 const struct display_command *commands,
				 size_t at)
{
	const uint8_t *bytes = trace->shown.data + at;
	size_t left = trace->len - at;
	const struct display_command *command =
		display_trace_command(commands, bytes, left);
	size_t len = display_trace_text(commands, bytes, left);

	if (command && command->words)
		trace_say(trace, "%s%s", trace->text.len ? "; " : "",
			  command->words);
	else if (len)
		display_trace_say(trace, bytes, len);
	return command ? command->len : len ? len : 1;
}

static size_t display_trace_digits(const uint8_t *text, size_t len)
{
	size_t digits = 0;

	for (size_t i = 0; i < len; i++)
		digits += text[i] >= '0' && text[i] <= '9';
	return digits;
}

/* Those of its texts; commands have digits of their own. Hides them, or counts
 * them. */
static size_t display_trace_look(struct trace *trace,
				 const struct display_command *commands,
				 bool hide)
{
	size_t digits = 0, len;

	for (size_t at = 0; at < trace->len; at += len) {
		const uint8_t *bytes = trace->bytes + at;
		size_t left = trace->len - at;
		const struct display_command *command =
			display_trace_command(commands, bytes, left);
		size_t text = display_trace_text(commands, bytes, left);

		digits += display_trace_digits(bytes, text);
		if (hide)
			trace_hide_digits(trace, at, text);
		len = command ? command->len : text ? text : 1;
	}
	return digits;
}

/* A display is written to in whole updates, and never answers. */
size_t display_trace(struct trace *trace,
		     const struct display_command *commands)
{
	if (trace->way == TRACE_IN)
		return trace_strange(trace, trace->len);
	trace_show(trace, trace->len);
	if (display_trace_look(trace, commands, false) > DISPLAY_DIGITS_MAX)
		display_trace_look(trace, commands, true);
	for (size_t at = 0; at < trace->len;)
		at += display_trace_next(trace, commands, at);
	return trace->len;
}
