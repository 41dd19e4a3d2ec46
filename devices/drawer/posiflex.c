/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Posiflex cash drawers by USB, CR-3xxx and CR-4xxx: up to eight, numbered by
 * switches that also make their product numbers (docs/protocols.md A.7).
 * Nothing is ever sent but the two commands below: others begin an update of
 * the firmware.
 */
#include "drawer/hid_drawer.h"
#include "drivers.h"

#define POSIFLEX_VENDOR	 0x0d3a
#define POSIFLEX_FIRST	 0x0200
#define POSIFLEX_LAST	 0x0207
#define POSIFLEX_CLOSED	 0x01
#define POSIFLEX_ON_TIME 200 /* not stated; as other drawers have it */

static const struct driver_option posiflex_options[] = {
	DRAWER_OPTION_POLL,
	DRAWER_OPTION_KICKS,
	DRAWER_OPTION_ALARM,
	{ .name = NULL },
};

static const struct driver_match posiflex_matches[] = {
	{ DRIVER_PLUG_HID, POSIFLEX_VENDOR, POSIFLEX_FIRST, POSIFLEX_LAST },
	{ .plug = DRIVER_PLUG_NONE },
};

static uint8_t posiflex_number(struct driver_io *io)
{
	const struct driver_facts *facts = driver_facts(io);

	return (uint8_t)(facts->product - POSIFLEX_FIRST);
}

static void posiflex_ask(struct driver_io *io)
{
	uint8_t number = posiflex_number(io);

	hid_drawer_send(io, number, (uint8_t)(number + 1));
}

static void posiflex_pulse(struct driver_io *io)
{
	uint8_t number = posiflex_number(io);

	hid_drawer_send(io, number, number);
}

static int64_t posiflex_on_time(struct driver_io *io)
{
	(void)io;
	return POSIFLEX_ON_TIME;
}

static void posiflex_take(struct driver_io *io, const uint8_t *report)
{
	struct kick_seen seen = {
		.level = report[0] & POSIFLEX_CLOSED ? DRAWER_CLOSED
						     : DRAWER_OPEN,
	};

	if (report[0] >> 4 == posiflex_number(io) && !(report[0] & 0x0e))
		kick_answered(io, &seen);
	else
		kick_noise(io);
}

static void posiflex_input(struct driver_io *io, const uint8_t *data,
			   size_t len)
{
	hid_drawer_input(io, data, len, posiflex_take);
}

static const struct kick_make posiflex_make = {
	.ask = posiflex_ask,
	.pulse = posiflex_pulse,
	.on_time = posiflex_on_time,
	.must_answer = true,
};

static void posiflex_open(struct driver_io *io)
{
	const struct driver_facts *facts = driver_facts(io);

	if (!facts || facts->vendor != POSIFLEX_VENDOR ||
	    facts->product < POSIFLEX_FIRST || facts->product > POSIFLEX_LAST)
		driver_lost(io, REASON_WRONG_PROTOCOL);
	else if (hid_drawer_open(io, 2))
		kick_open(io, &posiflex_make);
}

/* --- for people --- */

/* Which one it is was said with what was asked; only its own answers are
 * known. The place of that in what is kept, plus one: */
#define POSIFLEX_ASKED 0

static size_t posiflex_trace_out(struct trace *trace)
{
	uint8_t two[2];

	if (!hid_drawer_trace_out(trace, two) ||
	    two[0] > POSIFLEX_LAST - POSIFLEX_FIRST ||
	    (two[1] != two[0] && two[1] != two[0] + 1))
		return trace_strange(trace, trace->len);
	trace->kept[POSIFLEX_ASKED] = (uint8_t)(two[0] + 1);
	trace_say(trace,
		  two[1] == two[0] ? "opens drawer %d"
				   : "asks how drawer %d is",
		  two[0]);
	return trace->len;
}

static size_t posiflex_trace_in(struct trace *trace)
{
	uint8_t first = trace->bytes[0];

	if ((first >> 4) + 1 != trace->kept[POSIFLEX_ASKED] || first & 0x0e)
		return trace_strange(trace, trace->len);
	trace_say(trace, "drawer %d is %s", first >> 4,
		  first & POSIFLEX_CLOSED ? "closed" : "open");
	return hid_drawer_trace_in(trace);
}

static size_t posiflex_trace(struct trace *trace)
{
	return trace->way == TRACE_OUT ? posiflex_trace_out(trace)
				       : posiflex_trace_in(trace);
}

const struct driver drawer_posiflex = {
	.name = "posiflex-drawer",
	.summary = "cash drawer, Posiflex CR-3xxx and CR-4xxx by USB",
	.class = DEVICE_DRAWER,
	.ops = KICK_OPS,
	.state_size = sizeof(struct hid_drawer),
	.plugs = DRIVER_CAN(DRIVER_PLUG_HID),
	.matches = posiflex_matches,
	.options = posiflex_options,
	.open = posiflex_open,
	.start = kick_start,
	.recover = kick_recover,
	.input = posiflex_input,
	.timeout = kick_timeout,
	.abort = kick_abort,
	.trace = posiflex_trace,
};
