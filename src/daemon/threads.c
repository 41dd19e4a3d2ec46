/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/threads.h"

#include "util/alloc.h"
#include "util/clock.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define THREAD_NAME_SIZE 16 /* pthread_setname_np(3) */

struct threads {
	struct workers workers;
	struct event_base *base;
};

/* First in, first out. */
struct thread_list {
	struct work *first;
	struct work **end;
};

struct thread {
	struct worker worker;
	struct worker_batch batch;
	bool batched;
	pthread_t thread;
	int wake_fd; /* an eventfd: finished is not empty */
	struct event *wake;

	pthread_mutex_t lock;	     /* guards the rest */
	pthread_cond_t to_do;	     /* waiting is not empty, or stopping */
	pthread_cond_t idle;	     /* waiting is empty, and nothing runs */
	struct thread_list waiting;  /* to be run */
	struct thread_list finished; /* done() is to be called */
	bool running;
	bool stopping;
};

/* --- lists --- */

static void thread_list_init(struct thread_list *list)
{
	list->first = NULL;
	list->end = &list->first;
}

static void thread_list_append(struct thread_list *list, struct work *work)
{
	work->next = NULL;
	*list->end = work;
	list->end = &work->next;
}

/* All of it, as a chain; the list is empty then. */
static struct work *thread_list_take(struct thread_list *list)
{
	struct work *first = list->first;

	thread_list_init(list);
	return first;
}

static struct work *thread_list_take_one(struct thread_list *list)
{
	struct work *work = list->first;

	list->first = work->next;
	if (!list->first)
		list->end = &list->first;
	work->next = NULL;
	return work;
}

/* --- on the thread --- */

/* done() may come as soon as the lock is gone: the chain is ours no more. */
static void thread_hand_back(struct thread *thread, struct work *chain)
{
	uint64_t one = 1;

	while (chain) {
		struct work *next = chain->next;

		thread_list_append(&thread->finished, chain);
		chain = next;
	}
	while (write(thread->wake_fd, &one, sizeof(one)) < 0)
		; /* EINTR only: the counter never gets near its limit */
}

static void thread_run(struct thread *thread, struct work *chain)
{
	if (thread->batched)
		thread->batch.begin(thread->batch.arg);
	for (struct work *work = chain; work; work = work->next)
		work->run(work);
	if (thread->batched)
		thread->batch.end(thread->batch.arg);
}

/* Without a batch each is handed back at once, not after all the others. */
static void thread_turn(struct thread *thread)
{
	struct work *chain = thread->batched
				     ? thread_list_take(&thread->waiting)
				     : thread_list_take_one(&thread->waiting);

	thread->running = true;
	pthread_mutex_unlock(&thread->lock);
	thread_run(thread, chain);
	pthread_mutex_lock(&thread->lock);
	thread_hand_back(thread, chain);
	thread->running = false;
	if (!thread->waiting.first)
		pthread_cond_signal(&thread->idle);
}

static void *thread_main(void *arg)
{
	struct thread *thread = arg;

	pthread_mutex_lock(&thread->lock);
	while (!thread->stopping) {
		if (thread->waiting.first)
			thread_turn(thread);
		else
			pthread_cond_wait(&thread->to_do, &thread->lock);
	}
	pthread_mutex_unlock(&thread->lock);
	return NULL;
}

/* --- in the loop --- */

static void thread_call_done(struct work *chain)
{
	while (chain) {
		struct work *next = chain->next;

		chain->done(chain); /* may free it, or submit it again */
		chain = next;
	}
}

static void thread_wake(evutil_socket_t fd, short what, void *arg)
{
	struct thread *thread = arg;
	struct work *chain;
	uint64_t count;

	(void)what;
	if (read(fd, &count, sizeof(count)) < 0)
		return; /* taken already */
	pthread_mutex_lock(&thread->lock);
	chain = thread_list_take(&thread->finished);
	pthread_mutex_unlock(&thread->lock);
	thread_call_done(chain);
}

static void thread_submit(struct worker *worker, struct work *work)
{
	struct thread *thread = (struct thread *)worker;

	pthread_mutex_lock(&thread->lock);
	thread_list_append(&thread->waiting, work);
	pthread_cond_signal(&thread->to_do);
	pthread_mutex_unlock(&thread->lock);
}

/* --- the end --- */

/* A done() may submit more; that is run and finished as well. */
static void thread_finish_all(struct thread *thread)
{
	struct work *chain;

	do {
		pthread_mutex_lock(&thread->lock);
		while (thread->waiting.first || thread->running)
			pthread_cond_wait(&thread->idle, &thread->lock);
		chain = thread_list_take(&thread->finished);
		pthread_mutex_unlock(&thread->lock);
		thread_call_done(chain);
	} while (chain);
}

static void thread_destroy(struct worker *worker)
{
	struct thread *thread = (struct thread *)worker;

	thread_finish_all(thread);
	pthread_mutex_lock(&thread->lock);
	thread->stopping = true;
	pthread_cond_signal(&thread->to_do);
	pthread_mutex_unlock(&thread->lock);
	pthread_join(thread->thread, NULL);
	event_free(thread->wake);
	close(thread->wake_fd);
	pthread_cond_destroy(&thread->idle);
	pthread_cond_destroy(&thread->to_do);
	pthread_mutex_destroy(&thread->lock);
	free(thread);
}

static bool thread_is_idle(const struct thread *thread)
{
	return !thread->waiting.first && !thread->running;
}

static bool thread_destroy_within(struct worker *worker, int ms)
{
	struct thread *thread = (struct thread *)worker;
	int64_t end = clock_wall_ms(clock_system()) + ms;
	const struct timespec until = { .tv_sec = end / 1000,
					.tv_nsec = end % 1000 * 1000000 };
	int r = 0;
	bool idle;

	pthread_mutex_lock(&thread->lock);
	while (!thread_is_idle(thread) && !r)
		r = pthread_cond_timedwait(&thread->idle, &thread->lock,
					   &until);
	idle = thread_is_idle(thread);
	pthread_mutex_unlock(&thread->lock);
	if (idle)
		thread_destroy(worker);
	return idle;
}

/* --- the beginning --- */

/* A process that can't have its threads at the start has no business here. */
static void thread_check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "no %s for a worker\n", what);
	abort();
}

/* Signals are the loop's. */
static void thread_start(struct thread *thread, const char *name)
{
	char short_name[THREAD_NAME_SIZE];
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	thread_check(!pthread_create(&thread->thread, NULL, thread_main,
				     thread),
		     "thread");
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	snprintf(short_name, sizeof(short_name), "%s", name);
	pthread_setname_np(thread->thread, short_name);
}

static struct worker *thread_create(struct workers *workers, const char *name,
				    const struct worker_batch *batch)
{
	static const struct worker_ops ops = {
		.submit = thread_submit,
		.destroy = thread_destroy,
		.destroy_within = thread_destroy_within,
	};
	struct threads *threads = (struct threads *)workers;
	struct thread *thread = ALLOC_NEW(struct thread);

	thread->worker.ops = &ops;
	thread->batched = batch != NULL;
	if (batch)
		thread->batch = *batch;
	thread_list_init(&thread->waiting);
	thread_list_init(&thread->finished);
	pthread_mutex_init(&thread->lock, NULL);
	pthread_cond_init(&thread->to_do, NULL);
	pthread_cond_init(&thread->idle, NULL);
	thread->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	thread_check(thread->wake_fd >= 0, "eventfd");
	thread->wake = event_new(threads->base, thread->wake_fd,
				 EV_READ | EV_PERSIST, thread_wake, thread);
	thread_check(thread->wake && !event_add(thread->wake, NULL), "event");
	thread_start(thread, name);
	return &thread->worker;
}

struct workers *threads_new(struct event_base *base)
{
	struct threads *threads = ALLOC_NEW(struct threads);

	threads->workers.create = thread_create;
	threads->base = base;
	return &threads->workers;
}

struct workers *threads_free(struct workers *workers)
{
	free(workers);
	return NULL;
}
