/* SPDX-License-Identifier: Apache-2.0 */
/*
 * APG cash drawers by USB (USBPro 554; docs/protocols.md A.7). How it is opened
 * is known from two sources; what its reports say only from one, so that is
 * only believed where the configuration says so.
 */
#include "drawer/hid_drawer.h"
#include "drivers.h"

#include <string.h>

#define APG_ON_TIME 200 /* not stated; as other drawers have it */

enum apg_status { APG_UNKNOWN, APG_OPEN, APG_CLOSED, APG_LOCKED };

static const struct driver_option apg_options[] = {
	{ .name = "sensor",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = "none reported",
	  .otherwise = "none",
	  .help = "Whether the drawer's own reports are believed; try them "
		  "first: open and close it, and see whether they follow.",
	  .advice = "nothing can tell whether the drawer opened" },
	DRAWER_OPTION_POLL,
	DRAWER_OPTION_KICKS,
	DRAWER_OPTION_ALARM,
	{ .name = NULL },
};

static const struct driver_match apg_matches[] = {
	{ DRIVER_PLUG_HID, 0x07c5, 0x0500, 0x0500 },
	{ .plug = DRIVER_PLUG_NONE },
};

static bool apg_is_believed(struct driver_io *io)
{
	return !strcmp(driver_option(io, "sensor"), "reported");
}

static void apg_ask(struct driver_io *io)
{
	hid_drawer_send(io, 0, 0);
}

static void apg_pulse(struct driver_io *io)
{
	hid_drawer_send(io, 1, 1);
}

static int64_t apg_on_time(struct driver_io *io)
{
	(void)io;
	return APG_ON_TIME;
}

/* One that is locked is shut. */
static void apg_take(struct driver_io *io, const uint8_t *report)
{
	static const enum drawer_level levels[] = {
		[APG_UNKNOWN] = DRAWER_UNKNOWN,
		[APG_OPEN] = DRAWER_OPEN,
		[APG_CLOSED] = DRAWER_CLOSED,
		[APG_LOCKED] = DRAWER_CLOSED,
	};
	struct kick_seen seen = { .level = DRAWER_NO_SENSOR };

	if (!apg_is_believed(io))
		return;
	if (report[0] > APG_LOCKED) {
		kick_noise(io);
		return;
	}
	seen.level = levels[report[0]];
	kick_answered(io, &seen);
}

static void apg_input(struct driver_io *io, const uint8_t *data, size_t len)
{
	hid_drawer_input(io, data, len, apg_take);
}

static const struct kick_make apg_make = { .pulse = apg_pulse,
					   .on_time = apg_on_time };
static const struct kick_make apg_make_believed = { .ask = apg_ask,
						    .pulse = apg_pulse,
						    .on_time = apg_on_time };

static void apg_open(struct driver_io *io)
{
	if (hid_drawer_open(io, 2))
		kick_open(io,
			  apg_is_believed(io) ? &apg_make_believed : &apg_make);
}

/* --- for people --- */

static size_t apg_trace_out(struct trace *trace)
{
	uint8_t two[2];

	if (!hid_drawer_trace_out(trace, two) || two[0] > 1 || two[0] != two[1])
		return trace_strange(trace, trace->len);
	trace_say(trace, two[0] ? "opens the drawer" : "asks how it is");
	return trace->len;
}

static size_t apg_trace_in(struct trace *trace)
{
	static const char *const words[] = {
		[APG_UNKNOWN] = "that it does not know",
		[APG_OPEN] = "open",
		[APG_CLOSED] = "closed",
		[APG_LOCKED] = "locked",
	};

	if (trace->bytes[0] > APG_LOCKED)
		return trace_strange(trace, trace->len);
	trace_say(trace, "says: %s", words[trace->bytes[0]]);
	return hid_drawer_trace_in(trace);
}

static size_t apg_trace(struct trace *trace)
{
	return trace->way == TRACE_OUT ? apg_trace_out(trace)
				       : apg_trace_in(trace);
}

const struct driver drawer_apg = {
	.name = "apg-drawer",
	.summary = "cash drawer, APG USBPro by USB",
	.class = DEVICE_DRAWER,
	.ops = KICK_OPS,
	.state_size = sizeof(struct hid_drawer),
	.plugs = DRIVER_CAN(DRIVER_PLUG_HID),
	.matches = apg_matches,
	.options = apg_options,
	.open = apg_open,
	.start = kick_start,
	.recover = kick_recover,
	.input = apg_input,
	.timeout = kick_timeout,
	.abort = kick_abort,
	.trace = apg_trace,
};
