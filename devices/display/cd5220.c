/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dialect of the Partner CD5220 and most nameless displays. ESC Q A and
 * ESC Q B write a line each, whatever mode the display is in; but after one
 * of them it takes nothing else until it is cleared, so every update, and the
 * set-up too, begins with that (docs/protocols.md B.3, "string mode rule"); but
 * for the same lines again, which it takes.
 */
#include "display/display.h"
#include "drivers.h"

static void cd5220_add_clear(struct buf *out)
{
	buf_add_byte(out, '\f');
}

/* No command for the code page: character sets differ from make to make. */
static void cd5220_add_setting(const struct lines_page *page, int brightness,
			       struct buf *out)
{
	(void)page;
	if (brightness) {
		buf_add(out, "\x1b*", 2);
		buf_add_byte(out, (uint8_t)brightness);
	}
}

static void cd5220_add_again(const struct lines *lines, struct buf *out)
{
	for (size_t i = 0; i < OP_DISPLAY_LINES; i++) {
		buf_add(out, "\x1bQ", 2);
		buf_add_byte(out, (uint8_t)('A' + i));
		buf_add(out, lines->cells[i], LINES_COLUMNS);
		buf_add_byte(out, '\r');
	}
}

static void cd5220_add_lines(const struct lines *lines, struct buf *out)
{
	cd5220_add_clear(out);
	cd5220_add_again(lines, out);
}

static const struct display_dialect cd5220_dialect = {
	.add_wake = cd5220_add_clear,
	.add_setting = cd5220_add_setting,
	.add_lines = cd5220_add_lines,
	.add_again = cd5220_add_again,
	.add_clear = cd5220_add_clear,
};

static void cd5220_open(struct driver_io *io)
{
	display_begin(io, &cd5220_dialect);
}

static size_t cd5220_trace(struct trace *trace)
{
	static const struct display_command commands[] = {
		{ "\f", 1, "clears" },
		{ "\x1b@", 2, "resets" },
		{ "\x1b*", 3, "sets it up" },
		{ "\x1bQ", 3, NULL },
		{ .len = 0 },
	};

	return display_trace(trace, commands);
}

const struct driver display_cd5220 = {
	.name = "cd5220-display",
	.summary = "customer display, 2 x 20, CD5220 commands",
	.class = DEVICE_DISPLAY,
	.ops = DISPLAY_OPS,
	.state_size = sizeof(struct display_state),
	.line = DISPLAY_LINE,
	.options = display_options,
	.open = cd5220_open,
	.start = display_start,
	.input = display_input,
	.timeout = display_timeout,
	.abort = display_abort,
	.trace = cd5220_trace,
};
