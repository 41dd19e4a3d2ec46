/* SPDX-License-Identifier: Apache-2.0 */
/* What a driver may call, but for what concerns operations (device_running.c). */
#include "device/device_private.h"

#include "util/cleanup.h"
#include "util/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVICE_LOG_MAX 512

void device_log_bug(struct device *device, const char *format, ...)
{
	char line[DEVICE_LOG_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	device->statistics.driver_bugs++;
	log_line_about(LOG_LEVEL_ERROR, LOG_OF(.device = device->name),
		       "%s: bug in driver %s: %s", device->name,
		       device->driver->name, line);
}

void *driver_state(struct driver_io *io)
{
	return io->device->state_memory;
}

void *driver_kept(struct driver_io *io)
{
	return io->device->kept;
}

int64_t driver_now(struct driver_io *io)
{
	return device_now(io->device);
}

bool driver_is_serial(struct driver_io *io)
{
	return io->device->serial;
}

int driver_speed(struct driver_io *io)
{
	return io->device->serial ? io->device->line.baud : 0;
}

void driver_set_speed(struct driver_io *io, int baud)
{
	struct transport *transport = io->device->transport;
	struct driver_line line = io->device->line;

	line.baud = baud;
	if (io->device->serial && transport->ops->set_line) {
		transport->ops->set_line(transport, &line);
		device_note_speed(io->device, baud);
	}
}

const struct driver_facts *driver_facts(struct driver_io *io)
{
	struct transport *transport = io->device->transport;

	return io->device->plug != DRIVER_PLUG_NONE && transport->ops->facts
		       ? transport->ops->facts(transport)
		       : NULL;
}

bool driver_modem(struct driver_io *io, unsigned int *out_lines)
{
	struct transport *transport = io->device->transport;

	return io->device->serial && transport->ops->modem &&
	       transport->ops->modem(transport, out_lines);
}

/* --- options --- */

static const char *device_default(const struct device *device, const char *name)
{
	const struct driver_option *option = device->driver->options;

	for (; option && option->name; option++)
		if (!strcmp(option->name, name))
			return option->otherwise;
	return NULL;
}

const char *device_option(const struct device *device, const char *name)
{
	for (size_t i = 0; i < device->settings_count; i++)
		if (!strcmp(device->settings[i].name, name))
			return device->settings[i].value;
	return device_default(device, name);
}

const char *driver_option(struct driver_io *io, const char *name)
{
	struct device *device = io->device;
	const char *value = device_option(device, name);

	if (!value)
		device_log_bug(device, "no option or default: %s", name);
	return value ? value : "";
}

/* Durations may be written with a unit; bare numbers are milliseconds. */
int64_t driver_option_int(struct driver_io *io, const char *name)
{
	static const struct {
		const char *name;
		int64_t factor;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "min", 60000 } };
	char *rest;
	int64_t value = strtoll(driver_option(io, name), &rest, 10);

	rest += strspn(rest, " ");
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (!strcmp(rest, units[i].name))
			return value * units[i].factor;
	return value;
}

int64_t device_option_int(const struct device *device, const char *name,
			  int64_t otherwise)
{
	struct driver_io io = device->io;

	return device_default(device, name) ? driver_option_int(&io, name)
					    : otherwise;
}

bool driver_option_bool(struct driver_io *io, const char *name)
{
	const char *value = driver_option(io, name);

	return !strcmp(value, "yes") || !strcmp(value, "true") ||
	       !strcmp(value, "on");
}

struct job *device_make_job(const struct device *device, const json_t *asked,
			    struct job_fault *out_fault)
{
	CLEANUP(buf_cleanup) struct buf out = BUF_INIT(JOB_BYTES_MAX);
	const char *page = device_option(device, "code-page");

	if (!device->driver->print(asked, page ? page : "", &out, out_fault))
		return NULL;
	if (!out.failed)
		return job_new(out.data, out.len);
	job_refuse(out_fault, "document", "It is longer than a job may be.");
	return NULL;
}

/* --- the line --- */

static bool device_is_live(const struct device *device)
{
	return device->open && !device->going;
}

void driver_write(struct driver_io *io, const void *data, size_t len)
{
	struct device *device = io->device;
	struct transport *transport = device->transport;

	if (!device_is_live(device) || !len)
		return;
	device->statistics.bytes_out += (int64_t)len;
	tap_bytes(device->tap, TRACE_OUT, data, len);
	if (!transport->ops->write(transport, data, len))
		device_lose(device, REASON_NO_ANSWER);
}

void driver_deadline(struct driver_io *io, int64_t ms)
{
	struct device *device = io->device;

	if (!device_is_live(device))
		return;
	device->deadline_set = true;
	timer_set(device->deadline_timer, ms > 0 ? ms : 0);
}

void driver_deadline_stop(struct driver_io *io)
{
	io->device->deadline_set = false;
	timer_stop(io->device->deadline_timer);
}

void driver_ready(struct driver_io *io, json_t *identity)
{
	struct device *device = io->device;

	if (device_is_live(device) && !device->ready) {
		device_get_ready(device, identity);
		return;
	}
	/* That its line is going, since it took no more, no driver can know. */
	if (!device->going)
		device_log_bug(device, "ready at the wrong time");
	json_decref(identity);
}

void driver_lost(struct driver_io *io, enum reason reason)
{
	struct device *device = io->device;

	if (!device_is_live(device))
		return;
	if (reason == REASON_NONE)
		device_log_bug(device, "lost for no reason");
	device_lose(device, reason ? reason : REASON_NO_ANSWER);
}

/* --- what it tells --- */

void driver_status(struct driver_io *io, json_t *status)
{
	struct device *device = io->device;
	json_t *before = device->status;

	if (!device_is_live(device)) {
		json_decref(status);
		return;
	}
	device->status = status;
	device->status_as_of = device_now(device);
	if (!before || !json_equal(before, status)) {
		device->changed = true;
		device->listener.status(device->listener.arg, device, before,
					status);
	}
	json_decref(before);
}

void driver_rules(struct driver_io *io, const struct receipt_rules *rules)
{
	io->device->rules = *rules;
	io->device->has_rules = true;
}

void driver_currency(struct driver_io *io, int number)
{
	io->device->currency = number;
}

static void device_swipe(struct device *device, const char *id, bool proven)
{
	if (device_test_took(device, NULL))
		return;
	device->listener.swipe(device->listener.arg, device, id, proven);
}

void driver_swipe(struct driver_io *io, const char *id)
{
	device_swipe(io->device, id, false);
}

void driver_swipe_proven(struct driver_io *io, const char *id)
{
	device_swipe(io->device, id, true);
}

void driver_proves(struct driver_io *io, bool proves)
{
	io->device->proves = proves;
}

void driver_random(struct driver_io *io, void *out, size_t len)
{
	random_fill(io->device->env->random, out, len);
}

void driver_turn_away(struct driver_io *io, const char *why)
{
	struct device *device = io->device;

	if (device_test_took(device, why))
		return;
	device->listener.turned_away(device->listener.arg, device, why);
}

void driver_log(struct driver_io *io, const char *format, ...)
{
	char line[DEVICE_LOG_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	log_line_about(LOG_LEVEL_INFO, LOG_OF(.device = io->device->name),
		       "%s: %s", io->device->name, line);
}
