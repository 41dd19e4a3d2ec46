/* SPDX-License-Identifier: Apache-2.0 */
#include "device/device_private.h"

#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"
#include "util/money.h"
#include "util/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- brackets --- */

static void device_close_line(struct device *device);

void device_enter(struct device *device)
{
	device->depth++;
}

void device_leave(struct device *device)
{
	if (device->depth == 1 && device->going)
		device_close_line(device);
	if (--device->depth || !device->changed)
		return;
	device->changed = false;
	device->listener.changed(device->listener.arg, device);
}

/* --- states --- */

/* Absent, opening and lost by turns is one spell of not being there. */
static int device_spell(enum device_state state)
{
	static const int spells[] = {
		[DEVICE_ABSENT] = 0, [DEVICE_OPENING] = 0,
		[DEVICE_READY] = 1,  [DEVICE_BUSY] = 2,
		[DEVICE_LOST] = 0,   [DEVICE_RELEASED] = 3,
	};

	return spells[state];
}

void device_set_state(struct device *device, enum device_state state,
		      enum reason reason)
{
	if (device->state == state && device->reason == reason)
		return;
	if (device_spell(device->state) != device_spell(state))
		device->since = clock_wall_ms(device->env->clock);
	device->state = state;
	device->reason = reason;
	device->changed = true;
}

/* --- the line comes up --- */

static void device_open_line(struct device *device)
{
	device_set_state(device, DEVICE_OPENING, device->reason);
	timer_set(device->line_timer, DEVICE_OPEN_MS);
	device->transport->ops->open(device->transport);
}

static bool device_is_finding_out(const struct device *device)
{
	return device->open && device->deadline_set &&
	       device_now(device) - device->open_since < DEVICE_OPEN_MAX_MS;
}

static void device_line_timeout(void *arg)
{
	struct device *device = arg;

	device_enter(device);
	if (device->state != DEVICE_OPENING)
		device_open_line(device);
	else if (device_is_finding_out(device))
		timer_set(device->line_timer, DEVICE_OPEN_MS);
	else
		device_lose(device, REASON_NO_ANSWER);
	device_leave(device);
}

static void device_line_up(void *arg)
{
	struct device *device = arg;

	device_enter(device);
	if (device_is_scanning(device)) {
		device_scan_up(device);
		device_leave(device);
		return;
	}
	device->open = true;
	device->open_since = device_now(device);
	device_note_up(device);
	memset(device->state_memory, 0, device->driver->state_size);
	timer_set(device->line_timer, DEVICE_OPEN_MS);
	device->driver->open(&device->io);
	device_leave(device);
}

/* What USB says fills in what the driver doesn't know. */
static json_t *device_complete_identity(struct device *device, json_t *identity)
{
	const struct driver_facts *facts = driver_facts(&device->io);

	if (!facts || (!facts->model && !facts->serial))
		return identity;
	if (!identity)
		identity = json_make();
	if (!json_text(identity, "model"))
		json_put_text(identity, "model", facts->model);
	if (!json_text(identity, "serial"))
		json_put_text(identity, "serial", facts->serial);
	return identity;
}

void device_get_ready(struct device *device, json_t *identity)
{
	json_decref(device->identity);
	device->identity = device_complete_identity(device, identity);
	device->ready = true;
	device->ready_since = device_now(device);
	if (device->seen)
		device->statistics.reconnects++;
	device->seen = true;
	timer_stop(device->line_timer);
	device_note_ready(device);
	log_line_about(LOG_LEVEL_INFO, LOG_OF(.device = device->name),
		       "%s: ready on %s", device->name, device->port);
	device_set_state(device, DEVICE_READY, REASON_NONE);
	device_wake(device);
}

/* --- bytes and deadlines --- */

static void device_line_input(void *arg, const uint8_t *data, size_t len)
{
	struct device *device = arg;

	bool scanning = device_is_scanning(device);

	if ((!device->open && !scanning) || !len)
		return;
	device_enter(device);
	device->statistics.bytes_in += (int64_t)len;
	tap_bytes(device->tap, TRACE_IN, data, len);
	if (scanning)
		device_scan_input(device, data, len);
	else
		device->driver->input(&device->io, data, len);
	device_leave(device);
}

static void device_line_drained(void *arg)
{
	(void)arg; /* no driver wants to know */
}

static void device_deadline(void *arg)
{
	struct device *device = arg;

	device->deadline_set = false;
	device_enter(device);
	if (device->driver->timeout)
		device->driver->timeout(&device->io);
	else
		device_log_bug(device, "a deadline, but no timeout");
	device_leave(device);
}

/* --- the line goes --- */

void device_lose(struct device *device, enum reason reason)
{
	if (device->going)
		return;
	device->going = true;
	device->going_why = reason;
}

static void device_line_down(void *arg, enum reason reason)
{
	struct device *device = arg;

	device_enter(device);
	device_lose(device, reason);
	device_leave(device);
}

/* Not sooner than it would be opened anyway, but at once. */
static void device_line_plugged(void *arg)
{
	struct device *device = arg;

	if (device->state != DEVICE_LOST && device->state != DEVICE_ABSENT)
		return;
	device_enter(device);
	device->pause = 0;
	device_open_line(device);
	device_leave(device);
}

/* At once where it had been ready, else with a pause that doubles. */
static void device_set_pause(struct device *device, bool steady)
{
	if (steady)
		device->pause = 0;
	else if (!device->pause)
		device->pause = DEVICE_PAUSE_MIN_MS;
	else if (device->pause < DEVICE_PAUSE_MAX_MS / 2)
		device->pause *= 2;
	else
		device->pause = DEVICE_PAUSE_MAX_MS;
	timer_set(device->line_timer, device->pause);
}

/* Of its own accord, or it is tried again. */
static void device_rest_closed(struct device *device, enum reason reason,
			       bool steady)
{
	if (device->released) {
		timer_stop(device->line_timer);
		device_set_state(device, DEVICE_RELEASED, REASON_RELEASED);
		return;
	}
	device_set_state(device, device->seen ? DEVICE_LOST : DEVICE_ABSENT,
			 reason);
	device_set_pause(device, steady);
}

/* The driver is told in any case: it may have memory to release. */
static void device_close_driver(struct device *device)
{
	if (device->driver->close)
		device->driver->close(&device->io);
	driver_deadline_stop(&device->io);
	secret_wipe(device->state_memory, device->driver->state_size);
}

void device_quit_line(struct device *device)
{
	bool was_open = device->open;

	device->open = false; /* so that close writes nothing */
	device->ready = false;
	device_drop_scan(device);
	if (was_open)
		device_close_driver(device);
	device->transport->ops->shut(device->transport);
	json_decref(device->status);
	device->status = NULL;
}

static void device_close_line(struct device *device)
{
	enum reason reason = device->going_why;
	bool was_open = device->open || device->scan;
	bool was_ready = device->ready;
	bool steady = was_ready && device_now(device) - device->ready_since >=
					   DEVICE_STEADY_MS;

	device_quit_line(device);
	if (was_open || device->told != reason)
		device_note_lost(device, reason);
	device->going = false;
	if (reason == REASON_RELEASED)
		log_line_about(LOG_LEVEL_INFO, LOG_OF(.device = device->name),
			       "%s: left to another program", device->name);
	else if (was_ready || device->told != reason)
		log_line_about(LOG_LEVEL_WARNING,
			       LOG_OF(.device = device->name),
			       "%s: %s on %s: %s %s", device->name,
			       was_ready ? "lost" : "not there", device->port,
			       reason_sentence(reason), reason_advice(reason));
	device->told = reason;
	device_rest_closed(device, reason, steady);
	device_queue_line_lost(device, reason);
	if (!was_ready || device->released) /* there is nothing to wait for */
		device_fail_queued(device, reason);
}

/* --- making and freeing --- */

static void device_copy_settings(struct device *device,
				 const struct device_config *config)
{
	device->settings =
		alloc_zero(config->settings_count, sizeof(*device->settings));
	device->settings_count = config->settings_count;
	for (size_t i = 0; i < config->settings_count; i++) {
		device->settings[i].name = alloc_text(config->settings[i].name);
		device->settings[i].value =
			alloc_text(config->settings[i].value);
	}
}

static void device_free_settings(struct device *device)
{
	for (size_t i = 0; i < device->settings_count; i++) {
		free((char *)(uintptr_t)device->settings[i].name);
		free((char *)(uintptr_t)device->settings[i].value);
	}
	free(device->settings);
}

static void device_make_timers(struct device *device)
{
	struct timers *timers = device->env->timers;

	device->line_timer = timer_new(timers, device_line_timeout, device);
	device->deadline_timer = timer_new(timers, device_deadline, device);
	device->recover_timer =
		timer_new(timers, device_give_up_recovery, device);
	device->work_timer = timer_new(timers, device_work, device);
	device->test_timer = timer_new(timers, device_test_over, device);
	device->scan_timer = timer_new(timers, device_scan_due, device);
}

struct device *device_new(const struct device_config *config,
			  const struct env *env, struct transports *transports,
			  const struct device_listener *listener)
{
	struct device *device = ALLOC_NEW(struct device);

	device->io.device = device;
	snprintf(device->name, sizeof(device->name), "%s", config->name);
	device->driver = config->driver;
	device->currency = MONEY_NO_CURRENCY;
	device_copy_settings(device, config);
	device->line = config->transport.line;
	device->serial = config->transport.path != NULL;
	device->plug = config->transport.plug;
	device->port = device_make_port(&config->transport);
	device->env = env;
	device->listener = *listener;
	device->reason = REASON_NO_ANSWER;
	device->since = clock_wall_ms(env->clock);
	device->state_memory = alloc_zero(1, config->driver->state_size);
	device->tap = device_make_tap(device);
	device_make_timers(device);
	device_queue_init(device);
	device->transport = transports->create(transports, &config->transport);
	device->transport->events =
		(struct transport_events){ .up = device_line_up,
					   .down = device_line_down,
					   .input = device_line_input,
					   .drained = device_line_drained,
					   .plugged = device_line_plugged,
					   .arg = device };
	return device;
}

void device_open(struct device *device)
{
	device->opened = true;
	if (device->released)
		return;
	device_enter(device);
	device_open_line(device);
	device_leave(device);
}

void device_release(struct device *device)
{
	if (device->released)
		return;
	device_enter(device);
	device->released = true;
	device_lose(device, REASON_RELEASED);
	device_leave(device);
}

void device_take(struct device *device)
{
	if (!device->released)
		return;
	device->released = false;
	device->pause = 0;
	if (device->opened)
		device_open(device);
}

struct device *device_free(struct device *device)
{
	if (!device)
		return NULL;
	device->depth++; /* nothing is done on leaving any more */
	device->listener.traced = NULL; /* whoever listens may be gone */
	if (device->open)
		device_close_driver(device);
	device->open = false;
	device_drop_scan(device);
	device->transport->ops->shut(device->transport);
	device->transport->ops->destroy(device->transport);
	timer_free(device->line_timer);
	timer_free(device->deadline_timer);
	timer_free(device->recover_timer);
	timer_free(device->work_timer);
	timer_free(device->test_timer);
	timer_free(device->scan_timer);
	device_queue_free(device);
	tap_free(device->tap);
	device_free_settings(device);
	json_decref(device->identity);
	json_decref(device->status);
	free(device->state_memory);
	free(device->port);
	free(device);
	return NULL;
}
