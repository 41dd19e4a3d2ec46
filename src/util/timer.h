/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers as an interface, handed in at wiring: the daemon's are libevent's,
 * a simulated world runs its own on virtual time.
 */
#ifndef TILLD_UTIL_TIMER_H
#define TILLD_UTIL_TIMER_H

#include <stddef.h>
#include <stdint.h>

struct timer;
struct timers;

typedef void (*timer_fn)(void *arg);

struct timers_ops {
	struct timer *(*create)(struct timers *timers, timer_fn fn, void *arg);
	void (*set)(struct timer *timer, int64_t ms);
	void (*stop)(struct timer *timer);
	void (*destroy)(struct timer *timer);
};

/* Both are embedded, as the first member, in what an implementation makes. */
struct timers {
	const struct timers_ops *ops;
};

struct timer {
	const struct timers_ops *ops;
};

/* A stopped timer; fn is called from the loop, once per timer_set. */
static inline struct timer *timer_new(struct timers *timers, timer_fn fn,
				      void *arg)
{
	return timers->ops->create(timers, fn, arg);
}

/* Due in ms milliseconds from now (at least 0), whatever was set before. */
static inline void timer_set(struct timer *timer, int64_t ms)
{
	timer->ops->set(timer, ms);
}

static inline void timer_stop(struct timer *timer)
{
	timer->ops->stop(timer);
}

/* Stops and frees; NULL is fine. Returns NULL. */
static inline struct timer *timer_free(struct timer *timer)
{
	if (timer)
		timer->ops->destroy(timer);
	return NULL;
}

#endif
