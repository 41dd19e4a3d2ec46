/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a device is before it is handed over: asked before it is decided, so that
 * what is written is all there is. Some take minutes over an answer, or never
 * give one; nobody waits for that.
 */
#include "core/release_private.h"

#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>

#define RELEASE_ASK_MS	  2000 /* until the device comes to it */
#define RELEASE_ANSWER_MS 8000 /* until whoever asked is told to come back */

struct release_look {
	LIST_ENTRY(release_look) entry;
	struct attempt *attempt; /* NULL: nobody waits any more */
	struct timer *timer;
};

static void release_look_free(struct release_look *look)
{
	LIST_REMOVE(look, entry);
	timer_free(look->timer);
	free(look);
}

void release_looks_free(struct releases *releases)
{
	while (!LIST_EMPTY(&releases->looks))
		release_look_free(LIST_FIRST(&releases->looks));
}

static void release_looked_before(void *arg, enum outcome outcome,
				  enum reason reason, const json_t *result)
{
	struct release_look *look = arg;
	struct attempt *attempt = look->attempt;

	(void)reason;
	release_look_free(look);
	if (!attempt)
		return;
	json_decref(attempt->found);
	attempt->found = outcome == OUTCOME_OK ? release_facts(result) : NULL;
	action_decide(attempt);
}

/* The device may still answer: then nobody is there. */
static void release_look_late(void *arg)
{
	struct release_look *look = arg;
	struct attempt *attempt = look->attempt;

	look->attempt = NULL;
	action_refuse(attempt, PROBLEM_DEVICE_BUSY,
		      json_put_text(json_make(), "device", attempt->of));
}

static void release_look(struct attempt *attempt, struct device *device)
{
	struct release_look *look = ALLOC_NEW(struct release_look);
	const struct device_user user = { .done = release_looked_before,
					  .arg = look };
	const struct op op = { .kind = OP_TEST_INTERNAL, .id = "release" };

	look->attempt = attempt;
	look->timer =
		timer_new(attempt->core->env.timers, release_look_late, look);
	LIST_INSERT_HEAD(&attempt->core->releases->looks, look, entry);
	timer_set(look->timer, RELEASE_ANSWER_MS);
	device_start(device, &op, RELEASE_ASK_MS, &user);
}

/* One that is at something is not asked: it can't be handed over either. */
void release_find(struct attempt *attempt)
{
	json_t *extra = NULL;
	const struct fixture *fixture = release_fixture(attempt, &extra);

	if (!fixture)
		action_refuse(attempt, PROBLEM_NOT_FOUND, extra);
	else if (device_state(fixture->device) != DEVICE_READY ||
		 !device_can(fixture->device, OP_TEST_INTERNAL))
		action_decide(attempt);
	else
		release_look(attempt, fixture->device);
}
