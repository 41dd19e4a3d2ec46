/* SPDX-License-Identifier: Apache-2.0 */
#include "loom.h"

#include "util/alloc.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* So much at one moment is no progress any more. */
#define LOOM_STILL_MAX 200000

#define LOOM_OF(part, member)                                                  \
	((struct loom *)(uintptr_t)((const char *)(part)-offsetof(struct loom, \
								  member)))

struct loom_timer {
	struct timer timer;
	struct loom *loom;
	struct loom_timer *next;
	timer_fn fn;
	void *arg;
	bool own; /* the world's */
	bool set;
	int64_t due;
	uint64_t order;
};

struct loom_work_list {
	struct work *first;
	struct work **end;
};

struct loom_worker {
	struct worker worker;
	struct loom *loom;
	struct loom_worker *next;
	struct worker_batch batch;
	bool batched;
	struct loom_work_list waiting, finished;
	int64_t turn_due, done_due; /* -1: not */
};

const char *touch_name(enum touch touch)
{
	static const char *const names[] = {
		[TOUCH_TIMER] = "timer",       [TOUCH_WORK] = "work",
		[TOUCH_WORK_END] = "work-end", [TOUCH_DISK] = "disk",
		[TOUCH_DISK_END] = "disk-end", [TOUCH_LINE] = "line",
		[TOUCH_LINE_END] = "line-end", [TOUCH_INPUT] = "input",
		[TOUCH_REQUEST] = "request",   [TOUCH_ANSWER] = "answer",
	};

	return names[touch];
}

static void loom_fail(const char *what)
{
	fprintf(stderr, "world: %s\n", what);
	abort();
}

/* --- clock and chance --- */

static int64_t loom_monotonic_ms(const struct clock *clock)
{
	return LOOM_OF(clock, clock)->now;
}

static int64_t loom_wall_ms(const struct clock *clock)
{
	const struct loom *loom = LOOM_OF(clock, clock);

	return loom->now + loom->wall_offset;
}

static void loom_fill(const struct random *random, void *out, size_t len)
{
	struct loom *loom = LOOM_OF(random, source);
	uint8_t *bytes = out;

	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)chance_next(&loom->random);
}

/* --- timers --- */

static void loom_timer_set(struct timer *timer, int64_t ms)
{
	struct loom_timer *at = (struct loom_timer *)timer;

	if (ms < 0)
		loom_fail("a timer was set into the past");
	at->set = true;
	at->due = at->loom->now + ms;
	at->order = at->loom->timers_set++;
}

static void loom_timer_stop(struct timer *timer)
{
	((struct loom_timer *)timer)->set = false;
}

int64_t loom_timer_left(const struct timer *timer)
{
	const struct loom_timer *at = (const struct loom_timer *)timer;

	if (!at->set)
		return -1;
	return at->due > at->loom->now ? at->due - at->loom->now : 0;
}

static void loom_timer_destroy(struct timer *timer)
{
	struct loom_timer *gone = (struct loom_timer *)timer;
	struct loom_timer **at = &gone->loom->first_timer;

	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	free(gone);
}

static const struct timers_ops loom_timers_ops;

static struct timer *loom_timer_make(struct loom *loom, bool own, timer_fn fn,
				     void *arg)
{
	struct loom_timer *timer = ALLOC_NEW(struct loom_timer);

	timer->timer.ops = &loom_timers_ops;
	timer->loom = loom;
	timer->own = own;
	timer->fn = fn;
	timer->arg = arg;
	timer->next = loom->first_timer;
	loom->first_timer = timer;
	return &timer->timer;
}

static struct timer *loom_timer_create(struct timers *timers, timer_fn fn,
				       void *arg)
{
	return loom_timer_make(LOOM_OF(timers, timers), false, fn, arg);
}

struct timer *loom_own_timer(struct loom *loom, timer_fn fn, void *arg)
{
	return loom_timer_make(loom, true, fn, arg);
}

static const struct timers_ops loom_timers_ops = {
	.create = loom_timer_create,
	.set = loom_timer_set,
	.stop = loom_timer_stop,
	.destroy = loom_timer_destroy,
};

/* --- workers --- */

static void loom_list_init(struct loom_work_list *list)
{
	list->first = NULL;
	list->end = &list->first;
}

static void loom_list_append(struct loom_work_list *list, struct work *work)
{
	work->next = NULL;
	*list->end = work;
	list->end = &work->next;
}

/* How long it takes till a thread comes to it: mostly no time at all. */
static int64_t loom_latency(struct loom *loom)
{
	uint32_t kind = chance_below(&loom->order, 100);

	if (!loom->lazy || kind < 60)
		return 0;
	if (kind < 95)
		return chance_between(&loom->order, 1, 20);
	return chance_between(&loom->order, 20, 900);
}

static void loom_worker_submit(struct worker *worker, struct work *work)
{
	struct loom_worker *at = (struct loom_worker *)worker;

	loom_list_append(&at->waiting, work);
	if (at->turn_due < 0)
		at->turn_due = at->loom->now + loom_latency(at->loom);
}

/* All that waits if it works in batches, else the first. */
static void loom_worker_turn(struct loom_worker *worker)
{
	struct work *chain = worker->waiting.first, *next;

	worker->turn_due = -1;
	if (worker->batched)
		worker->batch.begin(worker->batch.arg);
	for (; chain; chain = next) {
		next = chain->next;
		worker->waiting.first = next;
		if (!next)
			loom_list_init(&worker->waiting);
		chain->run(chain);
		loom_list_append(&worker->finished, chain);
		if (!worker->batched)
			break;
	}
	if (worker->batched)
		worker->batch.end(worker->batch.arg);
	if (worker->waiting.first)
		worker->turn_due = worker->loom->now;
}

static void loom_worker_tell(struct loom_worker *worker)
{
	struct work *chain = worker->finished.first;

	worker->done_due = -1;
	loom_list_init(&worker->finished);
	while (chain) {
		struct work *next = chain->next;

		chain->done(chain);
		chain = next;
	}
}

static void loom_worker_destroy(struct worker *worker)
{
	struct loom_worker *gone = (struct loom_worker *)worker;
	struct loom_worker **at = &gone->loom->first_worker;

	while (gone->waiting.first || gone->finished.first) {
		if (gone->waiting.first)
			loom_worker_turn(gone);
		loom_worker_tell(gone);
	}
	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	free(gone);
}

static struct worker *loom_worker_create(struct workers *workers,
					 const char *name,
					 const struct worker_batch *batch)
{
	static const struct worker_ops ops = { .submit = loom_worker_submit,
					       .destroy = loom_worker_destroy };
	struct loom *loom = LOOM_OF(workers, workers);
	struct loom_worker *worker = ALLOC_NEW(struct loom_worker);

	(void)name;
	worker->worker.ops = &ops;
	worker->loom = loom;
	worker->batched = batch != NULL;
	if (batch)
		worker->batch = *batch;
	loom_list_init(&worker->waiting);
	loom_list_init(&worker->finished);
	worker->turn_due = worker->done_due = -1;
	worker->next = loom->first_worker;
	loom->first_worker = worker;
	return &worker->worker;
}

/* --- death --- */

void loom_doom(struct loom *loom, uint64_t count)
{
	loom->doom = loom->touches + count;
}

void loom_die(struct loom *loom)
{
	loom->alive = false;
	loom->doom = 0;
	if (!loom->running)
		loom_fail("a death in no time");
	longjmp(loom->end, 1);
}

void loom_touch(struct loom *loom, enum touch touch)
{
	(void)touch;
	loom->touches++;
	if (loom->alive && loom->doom && loom->touches >= loom->doom)
		loom_die(loom);
}

/* What is in a grave stays reachable: it is no leak. */
void loom_bury(struct loom *loom)
{
	struct loom_timer **at = &loom->first_timer, *timer;
	struct loom_worker *worker;

	while ((timer = *at)) {
		if (timer->own) {
			at = &timer->next;
			continue;
		}
		*at = timer->next;
		timer->next = loom->grave_timers;
		loom->grave_timers = timer;
	}
	while ((worker = loom->first_worker)) {
		loom->first_worker = worker->next;
		worker->next = loom->grave_workers;
		loom->grave_workers = worker;
	}
}

/* --- the loop --- */

/* One thing that is to happen, and when. */
struct loom_next {
	int64_t due;
	struct loom_timer *timer;
	struct loom_worker *worker;
	bool tells;
};

static void loom_offer_timer(struct loom_next *next, struct loom_timer *timer)
{
	if (!timer->set)
		return;
	if (next->due >= 0 && timer->due >= next->due &&
	    (timer->due > next->due || timer->order > next->timer->order))
		return;
	*next = (struct loom_next){ .due = timer->due, .timer = timer };
}

/* Those who are due at the same time as a timer go first. */
static void loom_offer_worker(struct loom_next *next,
			      struct loom_worker *worker)
{
	if (worker->done_due >= 0 &&
	    (next->due < 0 || worker->done_due <= next->due))
		*next = (struct loom_next){ .due = worker->done_due,
					    .worker = worker,
					    .tells = true };
	if (worker->turn_due >= 0 &&
	    (next->due < 0 || worker->turn_due < next->due))
		*next = (struct loom_next){ .due = worker->turn_due,
					    .worker = worker };
}

static struct loom_next loom_find_next(const struct loom *loom)
{
	struct loom_next next = { .due = -1 };

	for (struct loom_timer *at = loom->first_timer; at; at = at->next)
		loom_offer_timer(&next, at);
	for (struct loom_worker *at = loom->first_worker; at; at = at->next)
		loom_offer_worker(&next, at);
	return next;
}

static void loom_run_worker(struct loom *loom, const struct loom_next *next)
{
	struct loom_worker *worker = next->worker;

	if (next->tells) {
		loom_worker_tell(worker); /* may free it */
		return;
	}
	loom_touch(loom, TOUCH_WORK);
	loom_worker_turn(worker);
	loom_touch(loom, TOUCH_WORK_END);
	if (worker->done_due < 0)
		worker->done_due = loom->now + loom_latency(loom);
}

static void loom_do(struct loom *loom, const struct loom_next *next)
{
	if (next->worker) {
		loom_run_worker(loom, next);
		return;
	}
	if (!next->timer->own)
		loom_touch(loom, TOUCH_TIMER);
	next->timer->set = false;
	next->timer->fn(next->timer->arg);
}

bool loom_run(struct loom *loom, int64_t until)
{
	struct loom_next next;
	volatile int still = 0;

	loom->running = true;
	if (setjmp(loom->end)) {
		loom->running = false;
		return false;
	}
	while ((next = loom_find_next(loom)).due >= 0 && next.due <= until) {
		still = next.due > loom->now ? 0 : still + 1;
		if (still > LOOM_STILL_MAX)
			loom_fail("busy for ever while time stands still");
		if (next.due > loom->now)
			loom->now = next.due;
		loom_do(loom, &next);
	}
	if (until > loom->now)
		loom->now = until;
	loom->running = false;
	return true;
}

/* --- making --- */

void loom_init(struct loom *loom, uint64_t seed)
{
	*loom = (struct loom){
		.now = 1000000,
		.order = chance_make(seed, 1),
		.random = chance_make(seed, 2),
		.clock = { .monotonic_ms = loom_monotonic_ms,
			   .wall_ms = loom_wall_ms },
		.source = { .fill = loom_fill },
		.timers = { .ops = &loom_timers_ops },
		.workers = { .create = loom_worker_create },
	};
	loom->wall_offset = LOOM_WALL_MS - loom->now;
	loom->env = (struct env){ .clock = &loom->clock,
				  .random = &loom->source,
				  .timers = &loom->timers,
				  .workers = &loom->workers };
}

void loom_free(struct loom *loom)
{
	struct loom_timer *timer;
	struct loom_worker *worker;

	if (loom->first_worker)
		loom_fail("a worker was never freed");
	if (loom->first_timer)
		loom_fail("a timer was never freed");
	while ((timer = loom->grave_timers)) {
		loom->grave_timers = timer->next;
		free(timer);
	}
	while ((worker = loom->grave_workers)) {
		loom->grave_workers = worker->next;
		free(worker);
	}
}
