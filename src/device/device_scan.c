/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A serial device that does not answer, looked for at other settings of its
 * line: only when somebody asks for it, as an operation like any other. The
 * driver has no part in it but for a harmless question (struct driver_hail); it
 * is not open meanwhile. In the end the port is opened anew, as configured.
 */
#include "device/device_private.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

#define SCAN_MS	       60000 /* in all, whatever there is to try */
#define SCAN_ANSWER_MS 500   /* of a device that has to think */
#define SCAN_REST_MS   200   /* after an answer */
#define SCAN_BYTES     120   /* of a question and its answer, on the line... */
#define SCAN_BYTE_BITS 12    /* ...of at most so many bits each */
#define SCAN_QUESTION  64
#define SCAN_HEARD     512

struct device_scan {
	bool up;
	size_t step; /* of the settings; 0: those that are configured */
	const struct driver_hail *hail;
	bool again;    /* it has answered once: a coincidence? */
	bool answered; /* what was asked last */
	struct driver_line line;
	struct buf asked;
	struct buf heard; /* since then */
	int64_t until;
	int64_t tried; /* settings */
	json_t *strange;
};

bool device_is_scanning(const struct device *device)
{
	return device->scan;
}

/* --- what there is to try --- */

static size_t scan_speeds(const struct driver_scan *scan)
{
	size_t count = 0;

	while (scan->speeds[count])
		count++;
	return count;
}

static bool scan_is_configured(const struct device *device,
			       const struct driver_line *line)
{
	return line->baud == device->line.baud &&
	       line->parity == device->line.parity;
}

/* Held up by nobody: what is asked has to leave. What was not configured is as
 * the driver has it. False: there is no more. */
static bool scan_plan(const struct device *device, size_t step,
		      struct driver_line *out_line)
{
	static const enum driver_parity parities[] = {
		DRIVER_PARITY_NONE,
		DRIVER_PARITY_EVEN,
		DRIVER_PARITY_ODD,
	};
	const struct driver_scan *scan = device->driver->scan;
	size_t speeds = scan_speeds(scan), kinds = scan->parities ? 3 : 1;
	bool own = step || !device->line.baud;
	struct driver_line line = own ? device->driver->line : device->line;

	if (step > speeds * kinds)
		return false;
	if (step) {
		line.baud = scan->speeds[(step - 1) % speeds];
		line.parity = parities[(step - 1) / speeds];
	}
	line.flow = DRIVER_FLOW_NONE;
	*out_line = line;
	return true;
}

/* --- the end --- */

void device_drop_scan(struct device *device)
{
	struct device_scan *scan = device->scan;

	if (!scan)
		return;
	timer_stop(device->scan_timer);
	buf_free(&scan->asked);
	buf_free(&scan->heard);
	json_decref(scan->strange);
	free(scan);
	device->scan = NULL;
}

/* Steals result. The port is opened again soon, as it was. */
static void scan_end(struct device *device, enum outcome outcome,
		     enum reason reason, json_t *result)
{
	enum reason why = device->reason;

	device_drop_scan(device);
	device_end_running(device, outcome, reason, result);
	device->pause = 0;
	device_lose(device, why != REASON_NONE ? why : REASON_NO_ANSWER);
}

void device_stop_scan(struct device *device, enum reason reason)
{
	device_enter(device);
	scan_end(device, OUTCOME_FAILED, reason, NULL);
	device_leave(device);
}

static json_t *scan_describe_line(const struct driver_line *line)
{
	static const char *const parities[] = {
		[DRIVER_PARITY_NONE] = "none",
		[DRIVER_PARITY_ODD] = "odd",
		[DRIVER_PARITY_EVEN] = "even",
	};
	json_t *json = json_put_int(json_make(), "baud", line->baud);

	json_put_int(json, "data_bits", line->data_bits);
	json_put_text(json, "parity", parities[line->parity]);
	return json_put_int(json, "stop_bits", line->stop_bits);
}

static json_t *scan_describe(const struct device *device, int64_t tried)
{
	json_t *result = json_make();

	json_put(result, "configured", scan_describe_line(&device->line));
	return json_put_int(result, "tried", tried);
}

static void scan_end_found(struct device *device)
{
	const struct device_scan *scan = device->scan;
	json_t *result = scan_describe(device, scan->tried);
	json_t *found = scan_describe_line(&scan->line);

	json_put_text(found, "dialect", scan->hail->dialect);
	json_put(result, "found", found);
	scan_end(device, OUTCOME_OK, REASON_NONE, result);
}

static void scan_end_nothing(struct device *device)
{
	const struct device_scan *scan = device->scan;
	json_t *result = scan_describe(device, scan->tried);
	bool strange = json_array_size(scan->strange) > 0;

	if (strange)
		json_put(result, "strange", json_incref(scan->strange));
	scan_end(device, OUTCOME_FAILED,
		 strange ? REASON_GARBLED : REASON_NO_ANSWER, result);
}

/* --- one question after the other --- */

static void scan_write(struct device *device, const struct buf *bytes)
{
	if (!bytes->len)
		return;
	device->statistics.bytes_out += (int64_t)bytes->len;
	tap_bytes(device->tap, TRACE_OUT, bytes->data, bytes->len);
	if (!device->transport->ops->write(device->transport, bytes->data,
					   bytes->len))
		device_lose(device, REASON_NO_ANSWER);
}

static void scan_ask(struct device *device)
{
	struct device_scan *scan = device->scan;

	scan->answered = false;
	buf_reset(&scan->asked);
	buf_reset(&scan->heard);
	scan->hail->ask(&device->io, &scan->asked);
	timer_set(device->scan_timer,
		  SCAN_ANSWER_MS +
			  SCAN_BYTES * SCAN_BYTE_BITS * 1000 / scan->line.baud);
	scan_write(device, &scan->asked);
}

/* Settings that the port has not are passed over. */
static void scan_ask_at_next(struct device *device)
{
	struct device_scan *scan = device->scan;
	struct transport *transport = device->transport;

	while (scan_plan(device, scan->step++, &scan->line)) {
		if (scan->step > 1 && scan_is_configured(device, &scan->line))
			continue;
		if (!transport->ops->set_line ||
		    !transport->ops->set_line(transport, &scan->line))
			continue;
		scan->tried++;
		scan->hail = device->driver->scan->hails;
		device_note_speed(device, scan->line.baud);
		scan_ask(device);
		return;
	}
	scan_end_nothing(device);
}

static void scan_note_strange(struct device_scan *scan)
{
	json_t *strange;

	if (!scan->heard.len)
		return;
	strange = scan_describe_line(&scan->line);
	json_put_int(strange, "bytes", (int64_t)scan->heard.len);
	json_array_append_new(scan->strange, strange);
}

static void scan_go_on(struct device *device)
{
	struct device_scan *scan = device->scan;

	scan_note_strange(scan);
	scan->again = false;
	if (device_now(device) >= scan->until)
		scan_end_nothing(device);
	else if ((++scan->hail)->ask)
		scan_ask(device);
	else
		scan_ask_at_next(device);
}

static void scan_tick(struct device *device)
{
	struct device_scan *scan = device->scan;

	if (!scan->up) {
		device_lose(device, REASON_NO_ANSWER);
	} else if (!scan->answered) {
		scan_go_on(device);
	} else if (scan->again) {
		scan_end_found(device);
	} else {
		scan->again = true;
		scan_ask(device);
	}
}

void device_scan_due(void *arg)
{
	struct device *device = arg;

	if (!device->scan)
		return;
	device_enter(device);
	scan_tick(device);
	device_leave(device);
}

/* --- what the line tells --- */

void device_scan_up(struct device *device)
{
	device->scan->up = true;
	device_note_up(device);
	scan_ask_at_next(device);
}

/* Of a line that gives back what is sent, as some do, only what follows counts:
 * a question may look like an answer. */
static bool scan_is_answered(const struct device_scan *scan)
{
	const struct buf *asked = &scan->asked, *heard = &scan->heard;
	size_t echo = heard->len < asked->len ? heard->len : asked->len;

	if (memcmp(heard->data, asked->data, echo) != 0)
		echo = 0;
	return heard->len > echo &&
	       scan->hail->is_answer(heard->data + echo, heard->len - echo);
}

void device_scan_input(struct device *device, const uint8_t *data, size_t len)
{
	struct device_scan *scan = device->scan;
	CLEANUP(buf_cleanup) struct buf thanks = BUF_INIT(SCAN_QUESTION);
	size_t room = SCAN_HEARD - scan->heard.len;

	if (!scan->hail || scan->answered)
		return; /* nothing was asked, or nothing more */
	buf_add(&scan->heard, data, len < room ? len : room);
	if (!scan_is_answered(scan))
		return;
	scan->answered = true;
	timer_set(device->scan_timer, SCAN_REST_MS);
	if (scan->hail->thank)
		scan->hail->thank(&thanks);
	scan_write(device, &thanks);
}

/* --- the beginning --- */

static void scan_end_ready(struct device *device)
{
	json_t *result = scan_describe(device, 0);

	json_put(result, "found", scan_describe_line(&device->line));
	device_end_running(device, OUTCOME_OK, REASON_NONE, result);
}

void device_begin_scan(struct device *device)
{
	struct device_scan *scan;

	if (device->ready) {
		scan_end_ready(device);
		return;
	}
	scan = ALLOC_NEW(struct device_scan);
	buf_init(&scan->asked, SCAN_QUESTION);
	buf_init(&scan->heard, SCAN_HEARD);
	scan->strange = json_array();
	scan->until = device_now(device) + SCAN_MS;
	device_quit_line(device);
	device->scan = scan;
	device_set_state(device, DEVICE_OPENING, device->reason);
	timer_stop(device->line_timer);
	timer_set(device->scan_timer, SCAN_ANSWER_MS);
	device->transport->ops->open(device->transport);
}
