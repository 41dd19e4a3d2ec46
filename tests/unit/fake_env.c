/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_env.h"

#include "util/alloc.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Timers set to 0 for ever, or work that begets work, end here. */
#define FAKE_ENV_STEPS_MAX 1000000

#define FAKE_ENV_OF(part, member)         \
	((struct fake_env *)(uintptr_t)(( \
		const char *)(part)-offsetof(struct fake_env, member)))

struct fake_timer {
	struct timer timer;
	struct fake_env *fake;
	struct fake_timer *next;
	timer_fn fn;
	void *arg;
	bool set;
	int64_t due;
	uint64_t order;
};

struct fake_worker {
	struct worker worker;
	struct fake_env *fake;
	struct fake_worker *next;
	struct worker_batch batch;
	bool batched;
	struct work *waiting;
};

static void fake_env_fail(const char *what)
{
	fprintf(stderr, "fake_env: %s\n", what);
	abort();
}

/* --- clock and chance --- */

static int64_t fake_monotonic_ms(const struct clock *clock)
{
	return FAKE_ENV_OF(clock, clock)->now;
}

static int64_t fake_wall_ms(const struct clock *clock)
{
	const struct fake_env *fake = FAKE_ENV_OF(clock, clock);

	return fake->now + fake->wall_offset;
}

/* SplitMix64 (Steele, Lea, Flood 2014): small, and good enough here. */
static uint64_t fake_random_next(struct fake_env *fake)
{
	uint64_t z = fake->seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void fake_random_fill(const struct random *random, void *out, size_t len)
{
	struct fake_env *fake = FAKE_ENV_OF(random, random);
	uint8_t *bytes = out;

	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)fake_random_next(fake);
}

/* --- timers --- */

static void fake_timer_set(struct timer *timer, int64_t ms)
{
	struct fake_timer *at = (struct fake_timer *)timer;

	if (ms < 0)
		fake_env_fail("a timer was set into the past");
	at->set = true;
	at->due = at->fake->now + ms;
	at->order = at->fake->timers_set++;
}

static void fake_timer_stop(struct timer *timer)
{
	((struct fake_timer *)timer)->set = false;
}

static void fake_timer_destroy(struct timer *timer)
{
	struct fake_timer *gone = (struct fake_timer *)timer;
	struct fake_timer **at = &gone->fake->first_timer;

	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	free(gone);
}

static const struct timers_ops fake_timers_ops;

static struct timer *fake_timer_create(struct timers *timers, timer_fn fn,
				       void *arg)
{
	struct fake_env *fake = FAKE_ENV_OF(timers, timers);
	struct fake_timer *timer = ALLOC_NEW(struct fake_timer);

	timer->timer.ops = &fake_timers_ops;
	timer->fake = fake;
	timer->fn = fn;
	timer->arg = arg;
	timer->next = fake->first_timer;
	fake->first_timer = timer;
	return &timer->timer;
}

static const struct timers_ops fake_timers_ops = {
	.create = fake_timer_create,
	.set = fake_timer_set,
	.stop = fake_timer_stop,
	.destroy = fake_timer_destroy,
};

static struct fake_timer *fake_env_first_due(const struct fake_env *fake)
{
	struct fake_timer *first = NULL;

	for (struct fake_timer *at = fake->first_timer; at; at = at->next)
		if (at->set &&
		    (!first || at->due < first->due ||
		     (at->due == first->due && at->order < first->order)))
			first = at;
	return first;
}

/* --- workers --- */

static void fake_worker_submit(struct worker *worker, struct work *work)
{
	struct work **end = &((struct fake_worker *)worker)->waiting;

	while (*end)
		end = &(*end)->next;
	work->next = NULL;
	*end = work;
}

/* One turn of a worker; false if there was nothing to do. */
static bool fake_worker_turn(struct fake_worker *worker)
{
	struct work *chain = worker->waiting;

	if (!chain)
		return false;
	worker->waiting = NULL;
	if (worker->batched)
		worker->batch.begin(worker->batch.arg);
	for (struct work *work = chain; work; work = work->next)
		work->run(work);
	if (worker->batched)
		worker->batch.end(worker->batch.arg);
	while (chain) {
		struct work *next = chain->next;

		chain->done(chain);
		chain = next;
	}
	return true;
}

static void fake_worker_destroy(struct worker *worker)
{
	struct fake_worker *gone = (struct fake_worker *)worker;
	struct fake_worker **at = &gone->fake->first_worker;

	while (fake_worker_turn(gone))
		;
	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	free(gone);
}

static struct worker *fake_worker_create(struct workers *workers,
					 const char *name,
					 const struct worker_batch *batch)
{
	static const struct worker_ops ops = { .submit = fake_worker_submit,
					       .destroy = fake_worker_destroy };
	struct fake_env *fake = FAKE_ENV_OF(workers, workers);
	struct fake_worker *worker = ALLOC_NEW(struct fake_worker);

	(void)name;
	worker->worker.ops = &ops;
	worker->fake = fake;
	worker->batched = batch != NULL;
	if (batch)
		worker->batch = *batch;
	worker->next = fake->first_worker;
	fake->first_worker = worker;
	return &worker->worker;
}

/* After a turn the list may be another one; the caller comes again. */
static bool fake_env_work(struct fake_env *fake)
{
	if (fake->hold_workers)
		return false;
	for (struct fake_worker *at = fake->first_worker; at; at = at->next)
		if (fake_worker_turn(at))
			return true;
	return false;
}

/* --- the loop --- */

static bool fake_env_fire(struct fake_env *fake)
{
	struct fake_timer *timer = fake_env_first_due(fake);

	if (!timer || timer->due > fake->now)
		return false;
	timer->set = false;
	timer->fn(timer->arg);
	return true;
}

bool fake_env_step(struct fake_env *fake)
{
	return fake_env_work(fake) || fake_env_fire(fake);
}

void fake_env_run(struct fake_env *fake)
{
	for (int steps = 0; fake_env_step(fake); steps++)
		if (steps > FAKE_ENV_STEPS_MAX)
			fake_env_fail("busy for ever while time stands still");
}

int64_t fake_env_next(const struct fake_env *fake)
{
	const struct fake_timer *timer = fake_env_first_due(fake);

	if (!timer)
		return -1;
	return timer->due > fake->now ? timer->due - fake->now : 0;
}

void fake_env_advance(struct fake_env *fake, int64_t ms)
{
	int64_t until = fake->now + ms, next;

	fake_env_run(fake);
	while ((next = fake_env_next(fake)) >= 0 && fake->now + next <= until) {
		fake->now += next;
		fake_env_run(fake);
	}
	fake->now = until;
}

void fake_env_sleep(struct fake_env *fake, int64_t ms)
{
	struct fake_timer *timer;

	fake->now += ms;
	for (timer = fake->first_timer; timer; timer = timer->next)
		timer->due += ms;
}

/* --- making --- */

void fake_env_init(struct fake_env *fake)
{
	*fake = (struct fake_env){
		.now = 1000000,
		.seed = 1,
		.clock = { .monotonic_ms = fake_monotonic_ms,
			   .wall_ms = fake_wall_ms },
		.random = { .fill = fake_random_fill },
		.timers = { .ops = &fake_timers_ops },
		.workers = { .create = fake_worker_create },
	};
	fake->wall_offset = FAKE_ENV_WALL_MS - fake->now;
	fake->env = (struct env){ .clock = &fake->clock,
				  .random = &fake->random,
				  .timers = &fake->timers,
				  .workers = &fake->workers };
}

void fake_env_free(struct fake_env *fake)
{
	if (fake->first_worker)
		fake_env_fail("a worker was never freed");
	if (fake->first_timer)
		fake_env_fail("a timer was never freed");
}
