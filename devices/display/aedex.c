/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The AEDEX (EMAX) dialect: "!#1" and "!#2" write a line each, whole; all else
 * is passed on to a printer behind the display. So nothing else is ever sent,
 * and clearing is writing blanks; and "!#" must not stand in a text, or what
 * follows it would be a command (docs/protocols.md B.6, B.10).
 */
#include "display/display.h"
#include "drivers.h"

#include <string.h>

static const struct driver_option aedex_options[] = { DISPLAY_OPTION_ROWS(
	"none") };

/* Neither code page nor brightness has a command. */
static void aedex_add_setting(const struct lines_page *page, int brightness,
			      struct buf *out)
{
	(void)page;
	(void)brightness;
	(void)out;
}

static void aedex_add_text(const uint8_t cells[LINES_COLUMNS], struct buf *out)
{
	for (size_t i = 0; i < LINES_COLUMNS; i++)
		buf_add_byte(out, i && cells[i] == '#' && cells[i - 1] == '!'
					  ? LINES_FILLING
					  : cells[i]);
}

static void aedex_add_lines(const struct lines *lines, struct buf *out)
{
	for (size_t i = 0; i < OP_DISPLAY_LINES; i++) {
		buf_add(out, "!#", 2);
		buf_add_byte(out, (uint8_t)('1' + i));
		aedex_add_text(lines->cells[i], out);
		buf_add_byte(out, '\r');
	}
}

static void aedex_add_clear(struct buf *out)
{
	struct lines blank;

	memset(&blank, ' ', sizeof(blank));
	aedex_add_lines(&blank, out);
}

static const struct display_dialect aedex_dialect = {
	.add_setting = aedex_add_setting,
	.add_lines = aedex_add_lines,
	.add_again = aedex_add_lines,
	.add_clear = aedex_add_clear,
};

static void aedex_open(struct driver_io *io)
{
	display_begin(io, &aedex_dialect);
}

static size_t aedex_trace(struct trace *trace)
{
	static const struct display_command commands[] = {
		{ "!#", 3, NULL },
		{ .len = 0 },
	};

	return display_trace(trace, commands);
}

const struct driver display_aedex = {
	.name = "aedex-display",
	.summary = "customer display, 2 x 20, AEDEX commands",
	.class = DEVICE_DISPLAY,
	.ops = DISPLAY_OPS,
	.state_size = sizeof(struct display_state),
	.line = DISPLAY_LINE,
	.options = aedex_options,
	.open = aedex_open,
	.start = display_start,
	.input = display_input,
	.timeout = display_timeout,
	.abort = display_abort,
	.trace = aedex_trace,
};
