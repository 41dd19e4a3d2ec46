/* SPDX-License-Identifier: Apache-2.0 */
#include "core/wiretap.h"

#include "core/core_private.h"
#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

/* What comes together is told together. */
#define WIRETAP_PAUSE_MS 20

struct wiretap_waiter {
	LIST_ENTRY(wiretap_waiter) entry;
	struct caller *caller;
	int64_t after;
	size_t limit;
	struct wiretap *wiretap;
	struct timer *timer; /* its time is over */
};

struct wiretap {
	struct core *core;
	struct fixture *fixture;
	LIST_HEAD(, wiretap_waiter) waiters;
	struct timer *soon;
	bool noted;
};

static void wiretap_answer(struct fixture *fixture, struct caller *caller,
			   int64_t after, size_t limit)
{
	struct device *device = fixture->device;
	json_t *records = device_trace(device, after, limit);
	size_t count = json_array_size(records);
	const json_t *newest =
		count ? json_array_get(records, count - 1) : NULL;
	int64_t last = newest	   ? json_int(newest, "seq", 0)
		       : after < 0 ? 0
				   : after;
	json_t *body = json_make();

	json_put_text(body, "device", device_name(device));
	json_put_text(body, "driver", device_driver(device)->name);
	json_put_text(body, "line", device_line(device));
	json_put(body, "settings", device_settings(device));
	json_put(body, "records", records);
	json_put_int(body, "last", last);
	caller_answer(caller, 200,
		      json_put_bool(body, "more",
				    last < device_traced(device)));
}

/* --- waiting --- */

static struct caller *wiretap_leave(struct wiretap_waiter *waiter)
{
	struct caller *caller = waiter->caller;

	caller->left = NULL;
	LIST_REMOVE(waiter, entry);
	timer_free(waiter->timer);
	free(waiter);
	return caller;
}

static void wiretap_end(struct wiretap_waiter *waiter)
{
	struct fixture *fixture = waiter->wiretap->fixture;
	int64_t after = waiter->after;
	size_t limit = waiter->limit;

	wiretap_answer(fixture, wiretap_leave(waiter), after, limit);
}

static void wiretap_waited(void *arg)
{
	wiretap_end(arg);
}

static void wiretap_left(void *arg, struct caller *caller)
{
	(void)caller;
	wiretap_end(arg);
}

static void wiretap_wait(struct wiretap *wiretap, struct caller *caller,
			 int64_t after, size_t limit)
{
	struct wiretap_waiter *waiter = ALLOC_NEW(struct wiretap_waiter);

	waiter->caller = caller;
	waiter->after = after;
	waiter->limit = limit;
	waiter->wiretap = wiretap;
	waiter->timer =
		timer_new(wiretap->core->env.timers, wiretap_waited, waiter);
	timer_set(waiter->timer, (int64_t)caller->wait * 1000);
	LIST_INSERT_HEAD(&wiretap->waiters, waiter, entry);
	caller->left = wiretap_left;
	caller->left_arg = waiter;
}

static void wiretap_tell(void *arg)
{
	struct wiretap *wiretap = arg;

	wiretap->noted = false;
	while (!LIST_EMPTY(&wiretap->waiters))
		wiretap_end(LIST_FIRST(&wiretap->waiters));
}

void wiretap_stop(struct wiretap *wiretap)
{
	wiretap_tell(wiretap);
}

void wiretap_note(struct wiretap *wiretap)
{
	if (LIST_EMPTY(&wiretap->waiters) || wiretap->noted)
		return;
	wiretap->noted = true;
	timer_set(wiretap->soon, WIRETAP_PAUSE_MS);
}

/* --- asking --- */

void wiretap_show(struct core *core, struct caller *caller, const char *device,
		  int64_t after, size_t limit)
{
	struct fixture *fixture = core_fixture_named(core, device);

	if (!core_is_technician(core, &caller->peer))
		caller_refuse(caller, PROBLEM_TECHNICIANS_ONLY, NULL);
	else if (!fixture || !core_sees_device(core, caller, fixture))
		core_refuse_missing(caller, "device", device);
	else if (caller->wait > 0 && !core->stopping &&
		 device_traced(fixture->device) <= after)
		wiretap_wait(fixture->wiretap, caller, after, limit);
	else
		wiretap_answer(fixture, caller, after, limit);
}

/* --- making --- */

struct wiretap *wiretap_new(struct core *core, struct fixture *fixture)
{
	struct wiretap *wiretap = ALLOC_NEW(struct wiretap);

	wiretap->core = core;
	wiretap->fixture = fixture;
	LIST_INIT(&wiretap->waiters);
	wiretap->soon = timer_new(core->env.timers, wiretap_tell, wiretap);
	return wiretap;
}

struct wiretap *wiretap_free(struct wiretap *wiretap)
{
	wiretap_tell(wiretap);
	timer_free(wiretap->soon);
	free(wiretap);
	return NULL;
}
