/* SPDX-License-Identifier: Apache-2.0 */
/* A device's trace, and what stands in it besides bytes: enough to play the
 * whole to a driver again. No secret is in an operation or its result (they are
 * journalled), but a display's text may hold what nobody looked at. */
#include "device/device_private.h"

#include "util/alloc.h"
#include "util/card.h"
#include "util/cleanup.h"
#include "util/hash.h"
#include "util/json.h"

#include <ctype.h>
#include <string.h>

#define DEVICE_NOTE_DIGITS 12 /* display_trace() shows as many */

json_t *device_trace(const struct device *device, int64_t after, size_t limit)
{
	return tap_list(device->tap, after, limit);
}

int64_t device_traced(const struct device *device)
{
	return tap_last(device->tap);
}

static bool device_is_secret(const struct device *device, const char *name)
{
	const struct driver_option *option = device->driver->options;

	while (option && option->name && strcmp(option->name, name))
		option++;
	return option && option->secret;
}

json_t *device_settings(const struct device *device)
{
	json_t *settings = json_make();

	for (size_t i = 0; i < device->settings_count; i++) {
		const struct device_setting *setting = &device->settings[i];

		if (!device_is_secret(device, setting->name))
			json_put_text(settings, setting->name, setting->value);
	}
	return settings;
}

static void device_tell_traced(void *arg)
{
	struct device *device = arg;

	if (device->listener.traced)
		device->listener.traced(device->listener.arg, device);
}

struct tap *device_make_tap(struct device *device)
{
	return tap_new(device->driver, device->serial, device->env,
		       device_tell_traced, device);
}

/* What USB says of it: drivers go by it. */
static void device_note_facts(const struct driver_facts *facts, json_t *detail)
{
	CLEANUP_FREE char *reports = alloc_zero(1, 2 * facts->reports_len + 1);

	json_put_int(detail, "vendor", facts->vendor);
	json_put_int(detail, "product", facts->product);
	json_put_text(detail, "model", facts->model);
	json_put_text(detail, "serial", facts->serial);
	if (facts->reports_len) {
		hash_to_hex(facts->reports, facts->reports_len, reports);
		json_put_text(detail, "reports", reports);
	}
}

void device_note_up(struct device *device)
{
	const struct driver_facts *facts = driver_facts(&device->io);
	json_t *detail = json_make();

	/* what drivers see of the time; they may go by it */
	json_put_int(detail, "clock", device_now(device));
	if (facts)
		device_note_facts(facts, detail);
	tap_note(device->tap, "up", detail);
}

void device_note_ready(struct device *device)
{
	tap_note(device->tap, "ready",
		 device->identity ? json_deep_copy(device->identity) : NULL);
}

void device_note_lost(struct device *device, enum reason reason)
{
	tap_note(device->tap, "lost",
		 json_put_text(json_make(), "reason", reason_name(reason)));
}

/* As display_trace() has it: no digits where they could be a card's. */
static struct op device_op_to_note(const struct op *op)
{
	struct op note = op_copy(op);
	size_t digits = 0;

	if (op->kind != OP_DISPLAY_SHOW)
		return note;
	for (size_t i = 0; i < OP_DISPLAY_LINES; i++)
		for (const char *at = note.display.lines[i]; *at; at++)
			digits += isdigit((unsigned char)*at) != 0;
	for (size_t i = 0; i < OP_DISPLAY_LINES; i++)
		for (char *at = note.display.lines[i];
		     digits > DEVICE_NOTE_DIGITS && *at; at++)
			if (isdigit((unsigned char)*at))
				*at = '0';
	for (size_t i = 0; i < OP_DISPLAY_LINES; i++)
		if (card_is_in(note.display.lines[i])) /* in other digits */
			note.display.lines[i][0] = '\0';
	return note;
}

void device_note_begin(struct device *device, const struct device_job *job)
{
	struct op op = device_op_to_note(&job->op);
	json_t *detail = json_make();

	json_put_text(detail, "id", job->op.id);
	json_put_text(detail, "kind", op_kind_name(job->op.kind));
	json_put(detail, "op", op_to_json(&op));
	if (job->evidence)
		json_put(detail, "evidence", json_deep_copy(job->evidence));
	op_clear(&op);
	tap_note(device->tap, job->recovery ? "recover" : "begin", detail);
}

void device_note_end(struct device *device, const struct device_job *job)
{
	json_t *detail = json_make();

	json_put_text(detail, "id", job->op.id);
	json_put_text(detail, "outcome", outcome_name(job->outcome));
	if (job->reason != REASON_NONE)
		json_put_text(detail, "reason", reason_name(job->reason));
	if (job->result)
		json_put(detail, "result", json_deep_copy(job->result));
	tap_note(device->tap, "done", detail);
}

void device_note_speed(struct device *device, int baud)
{
	tap_note(device->tap, "speed", json_put_int(json_make(), "baud", baud));
}
