/* SPDX-License-Identifier: Apache-2.0 */
#include "device/device_private.h"

#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

const char *device_state_name(enum device_state state)
{
	static const char *const names[] = {
		[DEVICE_ABSENT] = "absent", [DEVICE_OPENING] = "opening",
		[DEVICE_READY] = "ready",   [DEVICE_BUSY] = "busy",
		[DEVICE_LOST] = "lost",	    [DEVICE_RELEASED] = "released",
	};

	return names[state];
}

char *device_make_port(const struct transport_config *config)
{
	const char *host = config->host ? config->host : "";

	if (config->path || config->plug_name)
		return alloc_text(config->path ? config->path
					       : config->plug_name);
	return alloc_format(strchr(host, ':') ? "[%s]:%d" : "%s:%d", host,
			    config->port);
}

const char *device_name(const struct device *device)
{
	return device->name;
}

const struct driver *device_driver(const struct device *device)
{
	return device->driver;
}

const char *device_line(const struct device *device)
{
	static const char *const plugs[DRIVER_PLUGS] = {
		[DRIVER_PLUG_NONE] = "tcp",  [DRIVER_PLUG_USB] = "usb",
		[DRIVER_PLUG_HID] = "hid",   [DRIVER_PLUG_KEYS] = "keyboard",
		[DRIVER_PLUG_CARD] = "pcsc",
	};

	return device->serial ? "serial" : plugs[device->plug];
}

enum device_state device_state(const struct device *device)
{
	return device->state;
}

enum reason device_reason(const struct device *device)
{
	return device->reason;
}

static bool device_has_drawer(const struct device *device)
{
	const char *drawer = device_option(device, DEVICE_DRAWER_OPTION);

	return drawer && strcmp(drawer, DEVICE_DRAWER_NONE) != 0;
}

bool device_can(const struct device *device, enum op_kind kind)
{
	bool printer = device->driver->class == DEVICE_PRINTER;

	if (kind == OP_DRAWER_OPEN && printer && !device_has_drawer(device))
		return false;
	if (kind == OP_TEST_SCAN)
		return device->serial && device->driver->scan;
	if (kind == OP_TEST_INTERACTIVE)
		return device->driver->class == DEVICE_READER;
	return device->driver->ops & DRIVER_OP(kind);
}

const char *device_serial(const struct device *device)
{
	return json_text(device->identity, "serial");
}

/* Its status follows one that is exchanged on a line that stays up. */
int64_t device_terminal(const struct device *device)
{
	const char *id = json_text(device->status, "terminal");

	if (!id)
		id = json_text(device->identity, "terminal");
	return device->ready && id ? strtoll(id, NULL, 10) : 0;
}

const struct receipt_rules *device_rules(const struct device *device)
{
	return device->has_rules ? &device->rules : NULL;
}

int device_currency(const struct device *device)
{
	return device->currency;
}

bool device_proves(const struct device *device)
{
	return device->proves;
}

const json_t *device_status(const struct device *device, int64_t *out_as_of)
{
	if (device->status && out_as_of)
		*out_as_of = device->status_as_of;
	return device->status;
}

static bool device_tells(const struct device *device, const char *what,
			 const char *state)
{
	const char *told = json_text(device->status, what);

	return told && !strcmp(told, state);
}

/* A drawer's printer that is online gives the pulse, whatever else it lacks. */
enum reason device_trouble(const struct device *device, enum op_kind kind)
{
	bool offline = json_is_false(json_object_get(device->status, "online"));
	bool prints = device->driver->class == DEVICE_PRINTER &&
		      kind != OP_DRAWER_OPEN;

	if ((offline || prints) && device_tells(device, "paper", "out"))
		return REASON_PAPER_OUT;
	if (prints && device_tells(device, "cover", "open"))
		return REASON_COVER_OPEN;
	return offline ? REASON_PRINTER_OFFLINE : REASON_NONE;
}

/* What the device is at: what runs, or what waits to be found out. */
static json_t *device_describe_operation(const struct device *device)
{
	const struct device_job *job = device->running;

	if (!job)
		job = TAILQ_FIRST(&device->queue);
	if (!job || (job != device->running && !job->recovery))
		return NULL;
	json_t *json = json_make();

	json_put_text(json, "id", job->op.id);
	json_put_text(json, "kind", op_kind_name(job->op.kind));
	return json_put_bool(json, "recovering", job->recovery);
}

static json_t *device_describe_took(const struct device_statistics *from)
{
	json_t *json = json_put_int(json_make(), "last", from->took_last);

	json_put_int(json, "mean", from->took_all / from->timed);
	return json_put_int(json, "most", from->took_most);
}

static json_t *device_describe_statistics(const struct device_statistics *from)
{
	json_t *json = json_make();

	json_put_int(json, "operations", from->operations);
	json_put_int(json, "failures", from->failures);
	json_put_int(json, "unknown", from->unknown);
	json_put_int(json, "reconnects", from->reconnects);
	json_put_int(json, "bytes_in", from->bytes_in);
	json_put_int(json, "bytes_out", from->bytes_out);
	json_put_int(json, "driver_bugs", from->driver_bugs);
	if (from->timed)
		json_put(json, "took", device_describe_took(from));
	return json;
}

/* What it did last, whoever asked for it. */
static json_t *device_describe_last(const struct device_last *last)
{
	char at[CLOCK_TEXT_SIZE];
	json_t *json = json_make();

	clock_format(last->at, at);
	json_put_text(json, "kind", op_kind_name(last->kind));
	json_put_text(json, "outcome", outcome_name(last->outcome));
	if (last->reason != REASON_NONE)
		json_put_text(json, "reason", reason_name(last->reason));
	return json_put_text(json, "at", at);
}

json_t *device_describe(const struct device *device)
{
	char since[CLOCK_TEXT_SIZE];
	json_t *json = json_make();

	clock_format(device->since, since);
	json_put_text(json, "name", device->name);
	json_put_text(json, "class", device_class_name(device->driver->class));
	json_put_text(json, "driver", device->driver->name);
	json_put_text(json, "port", device->port);
	json_put_text(json, "state", device_state_name(device->state));
	json_put_text(json, "since", since);
	if (device->reason != REASON_NONE) {
		json_put_text(json, "reason", reason_name(device->reason));
		json_put_text(json, "sentence",
			      reason_sentence(device->reason));
		json_put_text(json, "advice", reason_advice(device->reason));
	}
	json_put(json, "identity", json_incref(device->identity));
	json_put(json, "status", json_incref(device->status));
	json_put(json, "operation", device_describe_operation(device));
	if (device->last.at)
		json_put(json, "last", device_describe_last(&device->last));
	return json_put(json, "statistics",
			device_describe_statistics(&device->statistics));
}
