/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cash drawers and trigger boxes on a serial port that open on a byte or a few,
 * and may tell on one of the modem's lines whether they are open: MMF, APG and
 * many without a name (docs/protocols.md A.8). Some open on any byte: so
 * nothing is sent but what opens it.
 */
#include "drawer/kick.h"
#include "drivers.h"
#include "util/buf.h"
#include "util/cleanup.h"

#include <string.h>

#define TRIGGER_BYTES_MAX 16
#define TRIGGER_ON_TIME	  200 /* the box has its own; not known here */
#define TRIGGER_HEX	  "0123456789abcdef0123456789ABCDEF"

#define TRIGGER_SENSORS                                         \
	"none cts-is-open no-cts-is-open dsr-is-open "          \
	"no-dsr-is-open dcd-is-open no-dcd-is-open ri-is-open " \
	"no-ri-is-open"

static const struct {
	const char *sensor;
	unsigned int line;
	bool inverted;
} trigger_sensors[] = {
	{ "cts-is-open", DRIVER_MODEM_CTS, false },
	{ "no-cts-is-open", DRIVER_MODEM_CTS, true },
	{ "dsr-is-open", DRIVER_MODEM_DSR, false },
	{ "no-dsr-is-open", DRIVER_MODEM_DSR, true },
	{ "dcd-is-open", DRIVER_MODEM_DCD, false },
	{ "no-dcd-is-open", DRIVER_MODEM_DCD, true },
	{ "ri-is-open", DRIVER_MODEM_RI, false },
	{ "no-ri-is-open", DRIVER_MODEM_RI, true },
};

static const struct driver_option trigger_options[] = {
	{ .name = "bytes",
	  .type = DRIVER_OPTION_HEX,
	  .min = 1,
	  .max = TRIGGER_BYTES_MAX,
	  .otherwise = "07",
	  .help = "Bytes that open the drawer, as its maker says; most take "
		  "any." },
	{ .name = "sensor",
	  .type = DRIVER_OPTION_CHOICE,
	  .choices = TRIGGER_SENSORS,
	  .otherwise = "none",
	  .help = "Which line of the port tells that the drawer is open, by "
		  "being on or, with no-, by being off.",
	  .advice = "nothing can tell whether the drawer opened" },
	DRAWER_OPTION_POLL,
	DRAWER_OPTION_KICKS,
	DRAWER_OPTION_ALARM,
	{ .name = NULL },
};

static uint8_t trigger_digit(char c)
{
	const char *at = strchr(TRIGGER_HEX, c);

	return at ? (uint8_t)((at - TRIGGER_HEX) % 16) : 0;
}

/* The configuration has checked them. */
static void trigger_pulse(struct driver_io *io)
{
	CLEANUP(buf_cleanup) struct buf out = BUF_INIT(TRIGGER_BYTES_MAX);
	const char *hex = driver_option(io, "bytes");

	for (; hex[0] && hex[1]; hex += 2)
		buf_add_byte(&out, (uint8_t)(trigger_digit(hex[0]) << 4 |
					     trigger_digit(hex[1])));
	driver_write(io, out.data, out.len);
}

static int64_t trigger_on_time(struct driver_io *io)
{
	(void)io;
	return TRIGGER_ON_TIME;
}

/* A look at the line is an answer at once. */
static void trigger_look(struct driver_io *io)
{
	const char *sensor = driver_option(io, "sensor");
	size_t count = sizeof(trigger_sensors) / sizeof(*trigger_sensors);
	struct kick_seen seen = { .level = DRAWER_UNKNOWN };
	unsigned int on;

	for (size_t i = 0; i < count; i++)
		if (!strcmp(trigger_sensors[i].sensor, sensor) &&
		    driver_modem(io, &on))
			seen.level = !(on & trigger_sensors[i].line) ==
						     trigger_sensors[i].inverted
					     ? DRAWER_OPEN
					     : DRAWER_CLOSED;
	kick_answered(io, &seen);
}

static void trigger_input(struct driver_io *io, const uint8_t *data, size_t len)
{
	(void)io;
	(void)data;
	(void)len;
}

static const struct kick_make trigger_make = { .pulse = trigger_pulse,
					       .on_time = trigger_on_time };
static const struct kick_make trigger_make_seen = {
	.ask = trigger_look,
	.pulse = trigger_pulse,
	.on_time = trigger_on_time,
};

static void trigger_open(struct driver_io *io)
{
	kick_open(io, strcmp(driver_option(io, "sensor"), "none")
			      ? &trigger_make_seen
			      : &trigger_make);
}

/* Nothing else is ever sent, and nothing that comes means anything. */
static size_t trigger_trace(struct trace *trace)
{
	if (trace->way == TRACE_IN || trace->len > TRIGGER_BYTES_MAX)
		return trace_strange(trace, trace->len);
	trace_say(trace, "opens the drawer");
	trace_show(trace, trace->len);
	return trace->len;
}

const struct driver drawer_trigger = {
	.name = "trigger-drawer",
	.summary = "cash drawer or trigger that opens on a byte, serial",
	.class = DEVICE_DRAWER,
	.ops = KICK_OPS,
	.state_size = sizeof(struct kick),
	.line = { .baud = 9600,
		  .data_bits = 8,
		  .stop_bits = 1,
		  .parity = DRIVER_PARITY_NONE,
		  .flow = DRIVER_FLOW_NONE },
	.options = trigger_options,
	.open = trigger_open,
	.start = kick_start,
	.recover = kick_recover,
	.input = trigger_input,
	.timeout = kick_timeout,
	.abort = kick_abort,
	.trace = trigger_trace,
};
