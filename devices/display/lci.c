/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dialect of Logic Controls, and of IBM's and UTC's displays in their
 * standard mode. They may come up in a mode that scrolls, so the plain one is
 * set; each line is put at its own place, so nothing hangs on where the cursor
 * was (docs/protocols.md B.4).
 */
#include "display/display.h"
#include "drivers.h"

static const struct driver_option lci_options[] = { DISPLAY_OPTION_ROWS("1f") };

/* No command for the code page. 04 n: FF is all, then 60, 40, 20. */
static void lci_add_setting(const struct lines_page *page, int brightness,
			    struct buf *out)
{
	static const uint8_t levels[] = { 0, 0x20, 0x40, 0x60, 0xff };

	(void)page;
	buf_add_byte(out, 0x11);
	if (brightness) {
		buf_add_byte(out, 0x04);
		buf_add_byte(out, levels[brightness]);
	}
}

static void lci_add_lines(const struct lines *lines, struct buf *out)
{
	for (size_t i = 0; i < OP_DISPLAY_LINES; i++) {
		buf_add_byte(out, 0x10);
		buf_add_byte(out, (uint8_t)(i * LINES_COLUMNS));
		buf_add(out, lines->cells[i], LINES_COLUMNS);
	}
}

static void lci_add_clear(struct buf *out)
{
	buf_add_byte(out, 0x1f);
}

static const struct display_dialect lci_dialect = {
	.add_setting = lci_add_setting,
	.add_lines = lci_add_lines,
	.add_again = lci_add_lines,
	.add_clear = lci_add_clear,
};

static void lci_open(struct driver_io *io)
{
	display_begin(io, &lci_dialect);
}

static size_t lci_trace(struct trace *trace)
{
	static const struct display_command commands[] = {
		{ "\x1f", 1, "clears" },
		{ "\x11", 1, "sets it up" },
		{ "\x04", 2, "sets it up" },
		{ "\x10", 2, NULL },
		{ .len = 0 },
	};

	return display_trace(trace, commands);
}

const struct driver display_lci = {
	.name = "lci-display",
	.summary =
		"customer display, 2 x 20, Logic Controls, IBM, UTC commands",
	.class = DEVICE_DISPLAY,
	.ops = DISPLAY_OPS,
	.state_size = sizeof(struct display_state),
	.line = DISPLAY_LINE,
	.options = lci_options,
	.open = lci_open,
	.start = display_start,
	.input = display_input,
	.timeout = display_timeout,
	.abort = display_abort,
	.trace = lci_trace,
};
