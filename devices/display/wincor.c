/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wincor's BA63 on a serial line, which has odd parity: sequences as on a
 * terminal, with the place in decimal (docs/protocols.md B.7). Of its character
 * sets, only the number of one page is known for sure.
 */
#include "display/display.h"
#include "drivers.h"

#include <string.h>

static const struct driver_option wincor_options[] = { DISPLAY_OPTION_ROWS(
	"none") };

static void wincor_add_setting(const struct lines_page *page, int brightness,
			       struct buf *out)
{
	(void)brightness;
	if (page && !strcmp(page->name, "cp858"))
		buf_add(out, "\x1bR4", 3);
}

static void wincor_add_lines(const struct lines *lines, struct buf *out)
{
	for (size_t i = 0; i < OP_DISPLAY_LINES; i++) {
		buf_add(out, "\x1b[", 2);
		buf_add_byte(out, (uint8_t)('1' + i));
		buf_add(out, ";1H", 3);
		buf_add(out, lines->cells[i], LINES_COLUMNS);
	}
}

static void wincor_add_clear(struct buf *out)
{
	buf_add(out, "\x1b[2J", 4);
}

static const struct display_dialect wincor_dialect = {
	.add_setting = wincor_add_setting,
	.add_lines = wincor_add_lines,
	.add_again = wincor_add_lines,
	.add_clear = wincor_add_clear,
};

static void wincor_open(struct driver_io *io)
{
	display_begin(io, &wincor_dialect);
}

static size_t wincor_trace(struct trace *trace)
{
	static const struct display_command commands[] = {
		{ "\x1b[2J", 4, "clears" },
		{ "\x1bR", 3, "sets it up" },
		{ "\x1b[", 6, NULL },
		{ .len = 0 },
	};

	return display_trace(trace, commands);
}

const struct driver display_wincor = {
	.name = "wincor-ba63-display",
	.summary = "customer display, 2 x 20, Wincor BA63 commands",
	.class = DEVICE_DISPLAY,
	.ops = DISPLAY_OPS,
	.state_size = sizeof(struct display_state),
	.line = { .baud = 9600,
		  .data_bits = 8,
		  .stop_bits = 1,
		  .parity = DRIVER_PARITY_ODD,
		  .flow = DRIVER_FLOW_NONE },
	.options = wincor_options,
	.open = wincor_open,
	.start = display_start,
	.input = display_input,
	.timeout = display_timeout,
	.abort = display_abort,
	.trace = wincor_trace,
};
