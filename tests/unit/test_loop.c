/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's timers and workers, in a real loop; alarm() is the watchdog. */
#include "daemon/loop.h"
#include "daemon/threads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>

#define WATCHDOG_S 20

static struct event_base *base;
static struct timers *timers;
static struct workers *workers;

/* Written from the loop only. */
static char trace[1024];

static void note(const char *what)
{
	strncat(trace, what, sizeof(trace) - strlen(trace) - 1);
}

static void stop(void *arg)
{
	(void)arg;
	event_base_loopbreak(base);
}

static int set_up(void **arg)
{
	(void)arg;
	alarm(WATCHDOG_S);
	trace[0] = 0;
	base = event_base_new();
	timers = loop_timers_new(base);
	workers = threads_new(base);
	return 0;
}

static int tear_down(void **arg)
{
	(void)arg;
	workers = threads_free(workers);
	timers = loop_timers_free(timers);
	event_base_free(base);
	alarm(0);
	return 0;
}

/* --- timers --- */

static void note_arg(void *arg)
{
	note(arg);
}

static void test_timers_in_order(void **arg)
{
	static char a[] = "a", b[] = "b", c[] = "c", never[] = "never";
	struct timer *first = timer_new(timers, note_arg, a);
	struct timer *second = timer_new(timers, note_arg, b);
	struct timer *third = timer_new(timers, note_arg, c);
	struct timer *stopped = timer_new(timers, note_arg, never);
	struct timer *end = timer_new(timers, stop, NULL);

	(void)arg;
	timer_set(end, 40);
	timer_set(third, 30);
	timer_set(second, 20);
	timer_set(first, 3600 * 1000);
	timer_set(first, 0); /* replaces the earlier */
	timer_set(stopped, 5);
	timer_stop(stopped);
	timer_stop(stopped);
	assert_string_equal(trace, ""); /* from the loop only */
	event_base_dispatch(base);
	assert_string_equal(trace, "abc"); /* once each */
	timer_free(first);
	timer_free(second);
	timer_free(third);
	timer_free(stopped);
	timer_free(end);
	assert_null(timer_free(NULL));
}

static struct timer *again;
static int rounds;

static void go_round(void *arg)
{
	(void)arg;
	if (++rounds < 3)
		timer_set(again, 0);
	else
		again = timer_free(again); /* within its own call */
}

static void test_timer_sets_and_frees_itself(void **arg)
{
	(void)arg;
	rounds = 0;
	again = timer_new(timers, go_round, NULL);
	timer_set(again, 0);
	event_base_dispatch(base); /* ends: nothing is left */
	assert_int_equal(rounds, 3);
	assert_null(again);
}

/* --- workers --- */

struct job {
	struct work work; /* first */
	char name;
	bool in_batch; /* written by the worker, read in done() */
	pthread_t ran_on;
	struct worker *worker;
	struct job *submit_next;
};

/* Written by the worker only, read after it was freed. */
static struct {
	char text[256];
	int batches;
	bool open;
	bool nested;
} on_worker;

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void batch_begin(void *arg)
{
	(void)arg;
	on_worker.nested |= on_worker.open;
	on_worker.open = true;
	on_worker.batches++;
}

static void batch_end(void *arg)
{
	(void)arg;
	on_worker.open = false;
}

static void job_run(struct work *work)
{
	struct job *job = (struct job *)work;

	pthread_mutex_lock(&gate); /* the test holds it to make work queue */
	pthread_mutex_unlock(&gate);
	strncat(on_worker.text, &job->name, 1);
	job->in_batch = on_worker.open;
	job->ran_on = pthread_self();
}

static void job_done(struct work *work)
{
	struct job *job = (struct job *)work;
	char name[2] = { job->name, 0 };

	assert_false(pthread_equal(job->ran_on, pthread_self()));
	note(name);
	if (job->submit_next)
		worker_submit(job->worker, &job->submit_next->work);
	else if (job->name == 'z')
		stop(NULL);
}

static void jobs_make(struct job *jobs, const char *names,
		      struct worker *worker)
{
	memset(&on_worker, 0, sizeof(on_worker));
	for (size_t i = 0; names[i]; i++)
		jobs[i] = (struct job){ .work = { .run = job_run,
						  .done = job_done },
					.name = names[i],
					.worker = worker };
}

static void test_worker_order(void **arg)
{
	struct worker *worker =
		worker_new(workers, "a-name-past-15-letters", NULL);
	struct job jobs[5];

	(void)arg;
	jobs_make(jobs, "abcdz", worker);
	for (int i = 0; i < 5; i++)
		worker_submit(worker, &jobs[i].work);
	assert_string_equal(trace, ""); /* done() from the loop only */
	event_base_dispatch(base);
	worker = worker_free(worker);
	assert_string_equal(trace, "abcdz");
	assert_string_equal(on_worker.text, "abcdz");
	assert_false(jobs[0].in_batch);
}

static void test_worker_batches(void **arg)
{
	static const struct worker_batch batch = { .begin = batch_begin,
						   .end = batch_end };
	struct worker *worker = worker_new(workers, "writer", &batch);
	struct job jobs[4];

	(void)arg;
	jobs_make(jobs, "abcz", worker);
	pthread_mutex_lock(&gate);
	for (int i = 0; i < 4; i++)
		worker_submit(worker, &jobs[i].work);
	pthread_mutex_unlock(&gate);
	event_base_dispatch(base);
	worker = worker_free(worker);
	assert_string_equal(trace, "abcz");
	for (int i = 0; i < 4; i++)
		assert_true(jobs[i].in_batch);
	/* the first may have been taken alone, the rest waited for it */
	assert_in_range(on_worker.batches, 1, 2);
	assert_false(on_worker.nested);
	assert_false(on_worker.open);
}

static void test_batch_ends_before_done(void **arg)
{
	static const struct worker_batch batch = { .begin = batch_begin,
						   .end = batch_end };
	struct worker *worker = worker_new(workers, "writer", &batch);
	struct job jobs[2];

	(void)arg;
	jobs_make(jobs, "az", worker);
	jobs[0].submit_next = &jobs[1]; /* so there are two batches */
	worker_submit(worker, &jobs[0].work);
	event_base_dispatch(base);
	worker = worker_free(worker);
	assert_string_equal(trace, "az");
	assert_int_equal(on_worker.batches, 2);
}

static void test_worker_free_finishes_all(void **arg)
{
	struct worker *worker = worker_new(workers, "drained", NULL);
	struct job jobs[4];

	(void)arg;
	jobs_make(jobs, "abcd", worker);
	jobs[2].submit_next = &jobs[3]; /* from within free */
	for (int i = 0; i < 3; i++)
		worker_submit(worker, &jobs[i].work);
	worker = worker_free(worker); /* the loop never ran */
	assert_null(worker);
	assert_string_equal(trace, "abcd");
}

static void test_worker_free_idle(void **arg)
{
	struct worker *worker = worker_new(workers, "idle", NULL);

	(void)arg;
	assert_null(worker_free(worker));
	assert_null(worker_free(NULL));
}

static void job_run_stuck(struct work *work)
{
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	((struct job *)work)->ran_on = pthread_self();
}

static void test_a_worker_that_hangs_is_left(void **arg)
{
	struct worker *worker = worker_new(workers, "hangs", NULL);
	struct job jobs[1];

	(void)arg;
	jobs_make(jobs, "a", worker);
	jobs[0].work.run = job_run_stuck;
	pthread_mutex_lock(&gate);
	worker_submit(worker, &jobs[0].work);
	assert_false(worker_free_within(worker, 20));
	assert_string_equal(trace, "");
	pthread_mutex_unlock(&gate);
	assert_true(worker_free_within(worker, 60000));
	assert_string_equal(trace, "a");
}

static void job_run_freely(struct work *work)
{
	((struct job *)work)->ran_on = pthread_self();
}

static void test_two_workers_do_not_wait_for_each_other(void **arg)
{
	struct worker *slow = worker_new(workers, "slow", NULL);
	struct worker *quick = worker_new(workers, "quick", NULL);
	struct job jobs[2];

	(void)arg;
	jobs_make(jobs, "sz", NULL);
	jobs[0].work.run = job_run_stuck;
	jobs[1].work.run = job_run_freely;
	pthread_mutex_lock(&gate);
	worker_submit(slow, &jobs[0].work);
	worker_submit(quick, &jobs[1].work);
	event_base_dispatch(base);
	assert_string_equal(trace, "z");
	pthread_mutex_unlock(&gate);
	slow = worker_free(slow);
	quick = worker_free(quick);
	assert_string_equal(trace, "zs");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_timers_in_order),
		TEST(test_timer_sets_and_frees_itself),
		TEST(test_worker_order),
		TEST(test_worker_batches),
		TEST(test_batch_ends_before_done),
		TEST(test_worker_free_finishes_all),
		TEST(test_worker_free_idle),
		TEST(test_a_worker_that_hangs_is_left),
		TEST(test_two_workers_do_not_wait_for_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
