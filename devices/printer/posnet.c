/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fiscal printers that speak POSNET (Thermal HS/FV/XL2/HD, Temo, Trio, Pospay,
 * Vero, Evo, the ONLINE generation...), by serial line, USB or TCP. Here: who
 * is there (docs/protocols.md 3.10), and which part the framework's calls go to.
 */
#include "printer/options.h"
#include "printer/posnet_private.h"

#include "util/json.h"

#include <string.h>

#define POSNET_DISCARD_MS   200
#define POSNET_GREET_MS	    1000
#define POSNET_GREETINGS    3
#define POSNET_SUSPECT_MS   500
#define POSNET_DLE	    0x10 /* Thermal: 70h to 77h is the answer */
#define POSNET_TCP_PORT	    6666
#define POSNET_DAY_SECONDS  86400
#define POSNET_TOKEN_UNSEEN 1

_Static_assert(sizeof(struct posnet_kept) <= DRIVER_KEPT_SIZE,
	       "what outlasts a lost line has to fit");

/* What any of them takes (docs/protocols.md 3.7); rates and rounding are its
 * own. */
static const struct receipt_rules posnet_rules = {
	.rates = { RECEIPT_RATE_UNUSED, RECEIPT_RATE_UNUSED,
		   RECEIPT_RATE_UNUSED, RECEIPT_RATE_UNUSED,
		   RECEIPT_RATE_UNUSED, RECEIPT_RATE_UNUSED,
		   RECEIPT_RATE_UNUSED, RECEIPT_RATE_UNUSED },
	.rounding = RECEIPT_ROUNDS_REST,
	.lines_max = RECEIPT_LINES_MAX,
	.footer_max = RECEIPT_FOOTER_MAX,
	.footer_text_max = 40,
	.text_columns = POSNET_FORM_WIDTH,
	.money_max = RECEIPT_MONEY_MAX,
	.quantity_max = RECEIPT_QUANTITY_MAX,
	.quantity_places = 8,
	.payments = (1U << RECEIPT_PAYMENT_KINDS) - 1,
};

/* --- who is there --- */

static void posnet_open_line(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	p->stage = POSNET_DISCARDING;
	posnet_counters_clear(&p->facts.counters);
	p->facts.clock = -1;
	p->facts.rules = posnet_rules;
	p->facts.rules.opens_drawer = driver_option_bool(io, "opens-drawer");
	driver_deadline(io, POSNET_DISCARD_MS);
}

static void posnet_greet(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	p->stage = POSNET_GREETING;
	p->greetings++;
	driver_deadline(io, POSNET_GREET_MS);
	posnet_watch_probe(io);
	p->watch.outstanding = POSNET_PROBE_NONE; /* it begins no round */
}

/* A Thermal printer is dumb towards frames, but answers this one byte. */
static void posnet_suspect(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	p->stage = POSNET_SUSPECTING;
	driver_deadline(io, POSNET_SUSPECT_MS);
	driver_write(io, (uint8_t[]){ POSNET_DLE }, 1);
}

static void posnet_greet_failed(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	if (p->greetings < POSNET_GREETINGS)
		posnet_greet(io);
	else if (p->garbled)
		posnet_line_lose(io, REASON_GARBLED);
	else if (p->spoke || p->reader.noise)
		posnet_line_lose(io, REASON_WRONG_PROTOCOL);
	else if (driver_is_serial(io))
		posnet_suspect(io);
	else
		posnet_line_lose(io, REASON_NO_ANSWER);
}

static json_t *posnet_identity_make(const struct posnet_facts *facts)
{
	json_t *identity = json_make();

	json_put_text(identity, "model", facts->model[0] ? facts->model : NULL);
	json_put_text(identity, "firmware",
		      facts->firmware[0] ? facts->firmware : NULL);
	return json_put_text(identity, "serial",
			     facts->serial[0] ? facts->serial : NULL);
}

/* Where tokens begin: see posnet_token_try. */
static void posnet_token_seed(struct driver_io *io)
{
	const struct posnet *p = driver_state(io);
	struct posnet_kept *kept = driver_kept(io);
	const char *date = p->facts.date;

	if (kept->seeded)
		return;
	kept->seeded = true;
	kept->next_token = POSNET_TOKEN_UNSEEN;
	if (p->facts.clock >= 0 && date[0])
		kept->next_token = ((date[8] - '0') * 10 + date[9] - '0') *
					   POSNET_DAY_SECONDS +
				   p->facts.clock;
	kept->next_token %= POSNET_TOKENS;
}

static void posnet_open_finish(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	posnet_token_seed(io);
	p->patient = false;
	p->stage = POSNET_IDLE;
	if (p->facts.has_rates)
		driver_rules(io, &p->facts.rules);
	if (p->facts.transaction)
		driver_log(io, "a transaction of type %lld is open in it",
			   (long long)p->facts.transaction);
	driver_deadline(io, 0); /* the first round of probes, for its status */
	driver_ready(io, posnet_identity_make(&p->facts));
}

static void posnet_reread_finished(struct driver_io *io,
				   const struct posnet_verdict *verdict)
{
	if (verdict)
		posnet_line_lose(io, verdict->reason);
	else
		posnet_open_finish(io);
}

/* Whatever became of it, what counts is whether the receipt is still open. */
static void posnet_cancel_answered(struct driver_io *io,
				   enum posnet_answer answer)
{
	if (answer == POSNET_SILENT)
		posnet_line_lose(io, REASON_NO_ANSWER);
	else
		posnet_walk_begin(io, posnet_steps_transaction,
				  posnet_reread_finished);
}

/* One of our own may be among them: then its recovery finds it cancelled. */
static void posnet_identity_finished(struct driver_io *io,
				     const struct posnet_verdict *verdict)
{
	struct posnet *p = driver_state(io);

	if (verdict) {
		posnet_line_lose(io, verdict->reason);
	} else if (p->facts.transaction &&
		   driver_option_bool(io, "cancel-foreign")) {
		driver_log(io, "cancels the transaction that is open in it");
		posnet_ask_begin(io, POSNET_ASK_CHANGE, "prncancel",
				 POSNET_NO_TOKEN, NULL, posnet_cancel_answered);
	} else {
		posnet_open_finish(io);
	}
}

/* Our own greeting, come back: an echo would confirm whatever we say. */
static bool posnet_frame_is_echo(const struct posnet_frame *frame)
{
	return frame->async && !frame->fields && !frame->frame_error;
}

static void posnet_greet_frame(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	p->spoke = true;
	if (posnet_frame_is_echo(&p->frame)) {
		posnet_line_lose(io, REASON_WRONG_PROTOCOL);
		return;
	}
	if (strcmp(posnet_frame_mnemonic(&p->frame), "sdev") != 0 ||
	    !posnet_watch_take_sdev(p))
		return;
	p->patient = true; /* it may be at the end of a long report */
	posnet_walk_begin(io, posnet_steps_identity, posnet_identity_finished);
}

/* --- what the framework calls --- */

static void posnet_frame_route(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	if (p->stage == POSNET_GREETING) {
		posnet_greet_frame(io);
		return;
	}
	posnet_watch_frame(io);
	if (p->stage == POSNET_ASKING)
		posnet_ask_frame(io);
}

static void posnet_broken_route(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	if (p->stage == POSNET_GREETING)
		p->garbled = true;
	else if (p->stage == POSNET_ASKING)
		posnet_ask_broken(io);
}

static void posnet_input(struct driver_io *io, const uint8_t *data, size_t len)
{
	struct posnet *p = driver_state(io);
	struct cursor input = cursor_make(data, len);
	enum posnet_read got = POSNET_READ_FRAME;

	if (p->stage == POSNET_DISCARDING)
		return;
	if (p->stage == POSNET_SUSPECTING) {
		posnet_line_lose(io, REASON_WRONG_PROTOCOL);
		return;
	}
	while (p->stage != POSNET_GONE && got != POSNET_READ_MORE) {
		got = posnet_reader_take(&p->reader, &input, &p->frame);
		if (got == POSNET_READ_FRAME)
			posnet_frame_route(io);
		else if (got == POSNET_READ_BROKEN)
			posnet_broken_route(io);
	}
}

static void posnet_timeout(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	switch (p->stage) {
	case POSNET_GONE:
	case POSNET_SAVING:
		return;
	case POSNET_DISCARDING:
		posnet_greet(io);
		return;
	case POSNET_GREETING:
		posnet_greet_failed(io);
		return;
	case POSNET_SUSPECTING:
		posnet_line_lose(io, REASON_NO_ANSWER);
		return;
	case POSNET_IDLE:
		posnet_watch_tick(io);
		return;
	case POSNET_ASKING:
		posnet_ask_tick(io);
		return;
	case POSNET_PAUSING:
		p->resume(io);
		return;
	}
}

static void posnet_close(struct driver_io *io)
{
	struct posnet *p = driver_state(io);

	posnet_job_clear(&p->job);
}

static const struct driver_option posnet_options[] = {
	PRINTER_OPTION_POLL,
	{ .name = "code-page",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "cp1250 latin2 mazovia",
	  .otherwise = "cp1250",
	  .help = "The code page that the printer is set to for this "
		  "interface." },
	PRINTER_OPTION_DRAWER("none plain switch",
			      "no drawer, one without a switch, or one whose "
			      "switch the printer reads."),
	PRINTER_OPTION_CANCEL_FOREIGN,
	PRINTER_OPTION_OPENS_DRAWER,
	{ 0 },
};

/* --- looked for --- */

/* 3.2: any of these; 115200 is how they leave the factory. */
static const int posnet_speeds[] = { 115200, 9600, 57600, 38400, 19200,
				     4800,   2400, 1200,  0 };

static void posnet_hail(struct driver_io *io, struct buf *out)
{
	struct buf frame = BUF_INIT(POSNET_FRAME_MAX);

	(void)io;
	posnet_frame_begin(&frame, "!sdev");
	posnet_frame_end(&frame);
	buf_add(out, frame.data, frame.len);
	buf_free(&frame);
}

/* Whatever it says, its checksum is right. */
static bool posnet_is_answer(const uint8_t *data, size_t len)
{
	struct posnet_reader reader = { 0 };
	struct cursor input = cursor_make(data, len);
	struct posnet_frame frame;
	enum posnet_read got;

	do
		got = posnet_reader_take(&reader, &input, &frame);
	while (got == POSNET_READ_BROKEN);
	return got == POSNET_READ_FRAME;
}

static const struct driver_hail posnet_hails[] = {
	{ .ask = posnet_hail, .is_answer = posnet_is_answer },
	{ 0 },
};

static const struct driver_scan posnet_scan = {
	.speeds = posnet_speeds,
	.parities = true,
	.hails = posnet_hails,
};

const struct driver printer_posnet = {
	.name = "posnet-printer",
	.summary = "fiscal printers that speak the POSNET protocol",
	.class = DEVICE_PRINTER,
	.ops = DRIVER_OP(OP_DRAWER_OPEN) | DRIVER_OP(OP_REPORT_X) |
	       DRIVER_OP(OP_REPORT_Z) | DRIVER_OP(OP_REPORT_BY_DATES) |
	       DRIVER_OP(OP_REPORT_BY_NUMBERS) | DRIVER_OP(OP_RECEIPT) |
	       DRIVER_OP(OP_GOODS_RETURN) | DRIVER_OP(OP_CASH_SLIP) |
	       DRIVER_OP(OP_PRINT_TEXT) | DRIVER_OP(OP_PRINT_COPY) |
	       DRIVER_OP(OP_FISCAL_READ) | DRIVER_OP(OP_CLOCK_SET) |
	       DRIVER_OP(OP_TEST_INTERNAL),
	.state_size = sizeof(struct posnet),
	.line = { .baud = 115200,
		  .data_bits = 8,
		  .stop_bits = 1,
		  .parity = DRIVER_PARITY_NONE,
		  .flow = DRIVER_FLOW_NONE },
	.scan = &posnet_scan,
	.tcp_port = POSNET_TCP_PORT,
	.options = posnet_options,
	.open = posnet_open_line,
	.start = posnet_report_begin,
	.recover = posnet_recover_begin,
	.input = posnet_input,
	.timeout = posnet_timeout,
	.saved = posnet_report_saved,
	.abort = posnet_report_abort,
	.close = posnet_close,
	.trace = posnet_trace,
};
