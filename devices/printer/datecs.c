/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fiscal printers of Datecs and its kin (FMP, FP, DP, WP, SK; Daisy, Eltrade,
 * Incotex), in both dialects of their protocol. Here: which part the
 * framework's calls go to.
 */
#include "printer/datecs_private.h"

#define DATECS_TCP_PORT 3999

_Static_assert(sizeof(struct datecs_kept) <= DRIVER_KEPT_SIZE,
	       "what outlasts a lost line has to fit");

static const struct datecs_dialect *datecs_dialect_now(const struct datecs *p)
{
	return p->stage == DATECS_PROBING ? p->probe.dialect
					  : p->speech.dialect;
}

static void datecs_input(struct driver_io *io, const uint8_t *data, size_t len)
{
	struct datecs *p = driver_state(io);
	struct cursor input = cursor_make(data, len);
	enum datecs_read got = DATECS_READ_SYN;

	if (p->stage == DATECS_DISCARDING)
		return;
	while (p->stage != DATECS_GONE && got != DATECS_READ_MORE) {
		got = datecs_reader_take(&p->reader, datecs_dialect_now(p),
					 &input, &p->answer);
		if (p->stage == DATECS_PROBING)
			datecs_open_input(io, got);
		else if (p->stage == DATECS_ASKING)
			datecs_ask_input(io, got);
	}
}

static void datecs_timeout(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	switch (p->stage) {
	case DATECS_GONE:
	case DATECS_SAVING:
		return;
	case DATECS_DISCARDING:
	case DATECS_PROBING:
		datecs_open_tick(io);
		return;
	case DATECS_IDLE:
		datecs_watch_tick(io);
		return;
	case DATECS_ASKING:
		datecs_ask_tick(io);
		return;
	case DATECS_PAUSING:
		p->resume(io);
		return;
	}
}

static const struct driver_option datecs_options[] = {
	{ .name = "dialect",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "auto x classic",
	  .otherwise = "auto",
	  .help = "Which dialect the printer speaks: x (FMP-350X, FP-700X, "
		  "DP-150X...), classic (FP-800, FP-2000, SK1...), or auto to "
		  "find out." },
	{ .name = "poll",
	  .type = DRIVER_OPTION_DURATION,
	  .min = 1000,
	  .max = 60000,
	  .otherwise = "5000",
	  .help = "How often paper, cover and state are asked for." },
	{ .name = "cancel-foreign",
	  .type = DRIVER_OPTION_BOOL,
	  .otherwise = "no",
	  .help = "Cancel a receipt that is found open when the printer is "
		  "opened; otherwise reports are refused until somebody has "
		  "finished it." },
	{ 0 },
};

const struct driver printer_datecs = {
	.name = "datecs-printer",
	.summary = "fiscal printers that speak a Datecs protocol",
	.class = DEVICE_PRINTER,
	.ops = DRIVER_OP(OP_REPORT_X) | DRIVER_OP(OP_REPORT_Z) |
	       DRIVER_OP(OP_REPORT_BY_DATES) | DRIVER_OP(OP_REPORT_BY_NUMBERS),
	.state_size = sizeof(struct datecs),
	.line = { .baud = 115200,
		  .data_bits = 8,
		  .stop_bits = 1,
		  .parity = DRIVER_PARITY_NONE,
		  .flow = DRIVER_FLOW_NONE },
	.tcp_port = DATECS_TCP_PORT,
	.options = datecs_options,
	.open = datecs_open_begin,
	.start = datecs_report_begin,
	.recover = datecs_recover_begin,
	.input = datecs_input,
	.timeout = datecs_timeout,
	.saved = datecs_report_saved,
	.abort = datecs_report_abort,
};
