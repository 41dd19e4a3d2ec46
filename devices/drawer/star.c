/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cash drawer on the drawer port of a Star printer (Star Line, StarPRNT). The
 * printer tells in its status whether it is online, and what the drawer's
 * switch says; an offline one gets no pulse, since what it would do with one
 * differs from model to model (docs/protocols.md A.5).
 */
#include "drawer/kick.h"
#include "drawer/scan.h"
#include "drawer/star_codec.h"
#include "drivers.h"
#include "receipt/paper.h"
#include "util/buf.h"
#include "util/cleanup.h"

#include <string.h>

#define STAR_FRAME_MAX 8

struct star_state {
	struct kick kick;
	struct star_reader reader;
};

static const struct driver_option star_options[] = {
	{ .name = "drive",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "1 2",
	  .otherwise = "1",
	  .help = "Which of the printer's two drawer circuits is pulsed." },
	{ .name = "on-time",
	  .type = DRIVER_OPTION_DURATION,
	  .min = 10,
	  .max = 500,
	  .otherwise = "200",
	  .help = "Length of the pulse in milliseconds; drive 2 always has "
		  "200. The drawer then rests for at least four times as "
		  "long." },
	{ .name = "sensor",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "none set-is-open clear-is-open",
	  .otherwise = "none",
	  .help = "What the drawer's switch means in the printer's status; "
		  "only a look at the drawer can tell, and set-is-open is the "
		  "common one.",
	  .advice = "nothing can tell whether the drawer opened" },
	DRAWER_OPTION_POLL,
	DRAWER_OPTION_KICKS,
	DRAWER_OPTION_ALARM,
	PAPER_OPTION_PAGE(PAPER_STAR_PAGES),
	{ .name = NULL },
};

static const struct driver_match star_printers[] = {
	{ DRIVER_PLUG_USB, 0x0519, 0x0001, 0x0001 }, /* TSP650II, SP700 */
	{ DRIVER_PLUG_USB, 0x0519, 0x0003, 0x0003 }, /* TSP100 */
	{ DRIVER_PLUG_USB, 0x0519, 0x0017, 0x0017 }, /* mPOP */
	{ DRIVER_PLUG_USB, 0x0519, 0x0019, 0x0019 }, /* mC-Label3 */
	{ DRIVER_PLUG_USB, 0x0519, 0x0047, 0x0047 }, /* mC-Print3 */
	{ DRIVER_PLUG_USB, 0x0519, 0x0049, 0x0049 }, /* mC-Print2 */
	{ .plug = DRIVER_PLUG_NONE },
};

static void star_ask(struct driver_io *io)
{
	CLEANUP(buf_cleanup) struct buf out = BUF_INIT(STAR_FRAME_MAX);

	star_add_question(&out);
	driver_write(io, out.data, out.len);
}

static bool star_is_second(struct driver_io *io)
{
	return !strcmp(driver_option(io, "drive"), "2");
}

static int64_t star_on_time(struct driver_io *io)
{
	return star_is_second(io) ? STAR_PULSE_2_MS
				  : driver_option_int(io, "on-time");
}

static void star_pulse(struct driver_io *io)
{
	CLEANUP(buf_cleanup) struct buf out = BUF_INIT(STAR_FRAME_MAX);
	int64_t on_ms = star_on_time(io);

	star_add_pulse(&out, star_is_second(io) ? 2 : 1, on_ms, on_ms);
	driver_write(io, out.data, out.len);
}

static enum drawer_level star_level(struct driver_io *io, const uint8_t *status)
{
	const char *sensor = driver_option(io, "sensor");
	bool set = star_is_switch_set(status);

	if (!strcmp(sensor, "none"))
		return DRAWER_NO_SENSOR;
	return set == !strcmp(sensor, "set-is-open") ? DRAWER_OPEN
						     : DRAWER_CLOSED;
}

static void star_take_status(struct driver_io *io, const uint8_t *status)
{
	bool out = star_is_paper_out(status);
	bool set = star_is_switch_set(status);
	struct kick_seen seen = {
		.level = star_level(io, status),
		.paper = out ? KICK_PAPER_OUT : KICK_PAPER_OK,
		.if_open = set ? "set-is-open" : "clear-is-open",
		.if_closed = set ? "clear-is-open" : "set-is-open",
	};

	if (star_is_offline(status))
		seen.trouble = star_is_cover_open(status) ? REASON_COVER_OPEN
			       : out			  ? REASON_PAPER_OUT
				     : REASON_PRINTER_OFFLINE;
	kick_answered(io, &seen);
}

static void star_input(struct driver_io *io, const uint8_t *data, size_t len)
{
	struct star_state *s = driver_state(io);

	for (size_t i = 0; i < len; i++)
		switch (star_read(&s->reader, data[i])) {
		case STAR_NOTHING:
			break;
		case STAR_STATUS:
			star_take_status(io, s->reader.status);
			break;
		case STAR_NOISE:
			kick_noise(io);
			break;
		}
}

static const struct kick_make star_make = {
	.ask = star_ask,
	.pulse = star_pulse,
	.on_time = star_on_time,
	.must_answer = true,
};

static void star_open(struct driver_io *io)
{
	kick_open(io, &star_make);
}

/* What is half there when a question is late belongs to no answer. */
static void star_timeout(struct driver_io *io)
{
	struct star_state *s = driver_state(io);

	s->reader.len = 0;
	kick_timeout(io);
}

static bool star_print(const json_t *asked, const char *page, struct buf *out,
		       struct job_fault *out_fault)
{
	return paper_make(&paper_star, asked, page, out, out_fault);
}

const struct driver drawer_star = {
	.name = "star-drawer",
	.summary = "cash drawer on the drawer port of a Star printer",
	.class = DEVICE_DRAWER,
	.ops = KICK_OPS | DRIVER_OP(OP_PRINT_JOB),
	.state_size = sizeof(struct star_state),
	.line = DRAWER_PRINTER_LINE,
	.scan = &drawer_scan_star,
	.tcp_port = DRAWER_PRINTER_PORT,
	.plugs = DRIVER_CAN(DRIVER_PLUG_USB),
	.matches = star_printers,
	.options = star_options,
	.open = star_open,
	.start = kick_start,
	.recover = kick_recover,
	.input = star_input,
	.timeout = star_timeout,
	.abort = kick_abort,
	.print = star_print,
	.trace = star_trace,
};
