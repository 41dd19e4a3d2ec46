/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fiscal printers of Datecs and its kin (FMP, FP, DP, WP, SK; Daisy, Eltrade,
 * Incotex), in both dialects of their protocol. Here: which part the
 * framework's calls go to.
 */
#include "printer/datecs_private.h"
#include "printer/options.h"

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

static void datecs_close(struct driver_io *io)
{
	struct datecs *p = driver_state(io);

	datecs_job_clear(&p->job);
}

#define PAYMENT(kind, what)                                            \
	{                                                              \
		.name = "payment-" kind, .type = DRIVER_OPTION_CHOICE, \
		.choices = "auto none 1 2 3 4 5 N C D I J K L",        \
		.otherwise = "auto",                                   \
		.help = "How the printer calls a payment by " what "." \
	}

static const struct driver_option datecs_options[] = {
	{ .name = "dialect",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "auto x classic",
	  .otherwise = "auto",
	  .help = "Which dialect the printer speaks: x (FMP-350X, FP-700X, "
		  "DP-150X...), classic (FP-800, FP-2000, SK1...), or auto to "
		  "find out." },
	{ .name = "operator",
	  .type = DRIVER_OPTION_INT,
	  .min = 1,
	  .max = 30,
	  .otherwise = "1",
	  .help = "Number of the printer's own operator, on whose account "
		  "receipts are." },
	{ .name = "operator-password",
	  .type = DRIVER_OPTION_DIGITS,
	  .min = 1,
	  .max = 8,
	  .otherwise = "0000",
	  .help = "Password of that operator in the printer; with cash "
		  "registers often the operator's number.",
	  .secret = true },
	{ .name = "point-of-sale",
	  .type = DRIVER_OPTION_INT,
	  .min = 1,
	  .max = 99999,
	  .otherwise = "1",
	  .help = "Number of the till, as receipts have it." },
	PAYMENT("card", "a card; auto is 1 (x) or D (classic)"),
	PAYMENT("cheque", "a cheque; auto is C (classic)"),
	PAYMENT("voucher", "a voucher; auto is none"),
	PAYMENT("credit", "credit; auto is N (classic)"),
	PAYMENT("transfer", "a transfer; auto is none"),
	PAYMENT("other", "anything else; auto is none"),
	{ .name = "tax-letters",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "cyrillic latin",
	  .otherwise = "cyrillic",
	  .help = "In which letters a classic printer has its tax groups: "
		  "cyrillic in Bulgaria, latin elsewhere." },
	{ .name = "code-page",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "cp1251 ascii",
	  .otherwise = "cp1251",
	  .help = "What texts are converted to; ascii leaves accents out." },
	{ .name = "columns",
	  .type = DRIVER_OPTION_INT,
	  .min = 20,
	  .max = 64,
	  .otherwise = "30",
	  .help = "Characters that a line of text may have." },
	PRINTER_OPTION_POLL,
	PRINTER_OPTION_DRAWER("none plain", "no drawer, or one."),
	PRINTER_OPTION_CANCEL_FOREIGN,
	PRINTER_OPTION_OPENS_DRAWER,
	{ 0 },
};

/* --- looked for --- */

#define DATECS_HAIL_SEQ                                  \
	0x21 /* one that happens to be the last one's is \
		answered by that one's answer: as good */

/* 4.1: any of these. */
static const int datecs_speeds[] = { 115200, 9600, 57600, 38400, 19200,
				     4800,   2400, 1200,  0 };

static void datecs_hail(const struct datecs_dialect *dialect, struct buf *out)
{
	struct buf frame = BUF_INIT(DATECS_FRAME_MAX);

	datecs_probe_build(dialect, DATECS_HAIL_SEQ, &frame);
	buf_add(out, frame.data, frame.len);
	buf_free(&frame);
}

static void datecs_hail_x(struct driver_io *io, struct buf *out)
{
	(void)io;
	datecs_hail(&datecs_x, out);
}

static void datecs_hail_classic(struct driver_io *io, struct buf *out)
{
	(void)io;
	datecs_hail(&datecs_classic, out);
}

static bool datecs_is_answer(const struct datecs_dialect *dialect,
			     const uint8_t *data, size_t len)
{
	struct datecs_reader reader = { 0 };
	struct cursor input = cursor_make(data, len);
	struct datecs_answer answer;
	enum datecs_read got;

	do
		got = datecs_reader_take(&reader, dialect, &input, &answer);
	while (got != DATECS_READ_ANSWER && got != DATECS_READ_MORE);
	return got == DATECS_READ_ANSWER;
}

static bool datecs_is_answer_x(const uint8_t *data, size_t len)
{
	return datecs_is_answer(&datecs_x, data, len);
}

static bool datecs_is_answer_classic(const uint8_t *data, size_t len)
{
	return datecs_is_answer(&datecs_classic, data, len);
}

static const struct driver_hail datecs_hails[] = {
	{ "x", datecs_hail_x, datecs_is_answer_x, NULL },
	{ "classic", datecs_hail_classic, datecs_is_answer_classic, NULL },
	{ 0 },
};

static const struct driver_scan datecs_scan = {
	.speeds = datecs_speeds,
	.hails = datecs_hails,
};

const struct driver printer_datecs = {
	.name = "datecs-printer",
	.summary = "fiscal printers that speak a Datecs protocol",
	.class = DEVICE_PRINTER,
	.ops = DRIVER_OP(OP_DRAWER_OPEN) | DRIVER_OP(OP_REPORT_X) |
	       DRIVER_OP(OP_REPORT_Z) | DRIVER_OP(OP_REPORT_BY_DATES) |
	       DRIVER_OP(OP_REPORT_BY_NUMBERS) | DRIVER_OP(OP_RECEIPT) |
	       DRIVER_OP(OP_GOODS_RETURN) | DRIVER_OP(OP_CASH_SLIP) |
	       DRIVER_OP(OP_PRINT_TEXT) | DRIVER_OP(OP_PRINT_COPY) |
	       DRIVER_OP(OP_FISCAL_READ) | DRIVER_OP(OP_CLOCK_SET) |
	       DRIVER_OP(OP_TEST_INTERNAL),
	.state_size = sizeof(struct datecs),
	.line = { .baud = 115200,
		  .data_bits = 8,
		  .stop_bits = 1,
		  .parity = DRIVER_PARITY_NONE,
		  .flow = DRIVER_FLOW_NONE },
	.scan = &datecs_scan,
	.tcp_port = DATECS_TCP_PORT,
	.options = datecs_options,
	.open = datecs_open_begin,
	.start = datecs_report_begin,
	.recover = datecs_recover_begin,
	.input = datecs_input,
	.timeout = datecs_timeout,
	.saved = datecs_report_saved,
	.abort = datecs_report_abort,
	.close = datecs_close,
	.trace = datecs_trace,
};
