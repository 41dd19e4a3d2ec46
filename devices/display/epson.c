/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Epson's dialect (DM-D110 and its many likenesses): clear, then exactly 2 x
 * 20 characters. The fortieth character goes back to the beginning, a
 * forty-first would scroll in some modes (docs/protocols.md B.2, B.8); so what
 * is written again begins with the one cursor command, home, and not with
 * clear.
 */
#include "display/display.h"
#include "drivers.h"

/* ESC t n. Pages without a number are set up at the display, or by init. */
static void epson_add_setting(const struct lines_page *page, int brightness,
			      struct buf *out)
{
	if (page && page->epson_table != LINES_NO_TABLE) {
		buf_add(out, "\x1bt", 2);
		buf_add_byte(out, (uint8_t)page->epson_table);
	}
	if (brightness) {
		buf_add(out, "\x1fX", 2);
		buf_add_byte(out, (uint8_t)brightness);
	}
}

static void epson_add_clear(struct buf *out)
{
	buf_add_byte(out, '\f');
}

static void epson_add_cells(const struct lines *lines, struct buf *out)
{
	for (size_t i = 0; i < OP_DISPLAY_LINES; i++)
		buf_add(out, lines->cells[i], LINES_COLUMNS);
}

static void epson_add_lines(const struct lines *lines, struct buf *out)
{
	epson_add_clear(out);
	epson_add_cells(lines, out);
}

static void epson_add_again(const struct lines *lines, struct buf *out)
{
	buf_add_byte(out, '\v');
	epson_add_cells(lines, out);
}

static const struct display_dialect epson_dialect = {
	.add_setting = epson_add_setting,
	.add_lines = epson_add_lines,
	.add_again = epson_add_again,
	.add_clear = epson_add_clear,
};

static void epson_open(struct driver_io *io)
{
	display_begin(io, &epson_dialect);
}

static size_t epson_trace(struct trace *trace)
{
	static const struct display_command commands[] = {
		{ "\f", 1, "clears" },	      { "\v", 1, NULL },
		{ "\x1b@", 2, "resets" },     { "\x1bt", 3, "sets it up" },
		{ "\x1fX", 3, "sets it up" }, { .len = 0 },
	};

	return display_trace(trace, commands);
}

const struct driver display_epson = {
	.name = "epson-display",
	.summary = "customer display, 2 x 20, Epson ESC/POS commands",
	.class = DEVICE_DISPLAY,
	.ops = DISPLAY_OPS,
	.state_size = sizeof(struct display_state),
	.line = DISPLAY_LINE,
	.options = display_options,
	.open = epson_open,
	.start = display_start,
	.input = display_input,
	.timeout = display_timeout,
	.abort = display_abort,
	.trace = epson_trace,
};
