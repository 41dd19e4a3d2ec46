/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/loop.h"

#include "util/alloc.h"

#include <stdlib.h>

struct loop_timers {
	struct timers timers;
	struct event_base *base;
};

struct loop_timer {
	struct timer timer;
	struct event *event;
	timer_fn fn;
	void *arg;
};

static void loop_timer_fire(evutil_socket_t fd, short what, void *arg)
{
	struct loop_timer *timer = arg;

	(void)fd;
	(void)what;
	timer->fn(timer->arg); /* may free the timer */
}

static void loop_timer_set(struct timer *timer, int64_t ms)
{
	struct timeval at = { .tv_sec = ms / 1000,
			      .tv_usec = ms % 1000 * 1000 };

	event_add(((struct loop_timer *)timer)->event, &at);
}

static void loop_timer_stop(struct timer *timer)
{
	event_del(((struct loop_timer *)timer)->event);
}

static void loop_timer_destroy(struct timer *timer)
{
	event_free(((struct loop_timer *)timer)->event);
	free(timer);
}

static const struct timers_ops loop_timers_ops;

static struct timer *loop_timer_create(struct timers *timers, timer_fn fn,
				       void *arg)
{
	struct loop_timer *timer = ALLOC_NEW(struct loop_timer);

	timer->timer.ops = &loop_timers_ops;
	timer->fn = fn;
	timer->arg = arg;
	timer->event = evtimer_new(((struct loop_timers *)timers)->base,
				   loop_timer_fire, timer);
	if (!timer->event)
		abort(); /* out of memory */
	return &timer->timer;
}

static const struct timers_ops loop_timers_ops = {
	.create = loop_timer_create,
	.set = loop_timer_set,
	.stop = loop_timer_stop,
	.destroy = loop_timer_destroy,
};

struct timers *loop_timers_new(struct event_base *base)
{
	struct loop_timers *timers = ALLOC_NEW(struct loop_timers);

	timers->timers.ops = &loop_timers_ops;
	timers->base = base;
	return &timers->timers;
}

struct timers *loop_timers_free(struct timers *timers)
{
	free(timers);
	return NULL;
}
