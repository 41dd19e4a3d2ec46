/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work that must not be done in the loop: committing to disk, reading long
 * lists, hashing passwords. A worker is an interface handed in at wiring: the
 * daemon's is a thread, a simulated world's a scheduler of its own.
 *
 * run() is called on the worker, in the order of submission, one at a time;
 * afterwards done() is called once, from the loop. The work belongs to the
 * worker in between.
 */
#ifndef TILLD_UTIL_WORKER_H
#define TILLD_UTIL_WORKER_H

#include <stdbool.h>

struct work {
	void (*run)(struct work *work);
	void (*done)(struct work *work);
	struct work *next; /* the worker's */
};

/*
 * Called on the worker around all the work that was waiting when it turned to
 * it, before any of that work's done(): a writer begins and commits one
 * transaction there.
 */
struct worker_batch {
	void (*begin)(void *arg);
	void (*end)(void *arg);
	void *arg;
};

struct worker;

struct worker_ops {
	void (*submit)(struct worker *worker, struct work *work);
	void (*destroy)(struct worker *worker);
	/* False, with nothing done, if what runs is not over within ms. NULL:
	 * it can't be known before. */
	bool (*destroy_within)(struct worker *worker, int ms);
};

/* Embedded, as the first member, in what an implementation makes. */
struct worker {
	const struct worker_ops *ops;
};

/*
 * Where workers come from; batch may be NULL, else it is copied. name is for
 * debuggers and lives as long as the worker.
 */
struct workers {
	struct worker *(*create)(struct workers *workers, const char *name,
				 const struct worker_batch *batch);
};

static inline struct worker *worker_new(struct workers *workers,
					const char *name,
					const struct worker_batch *batch)
{
	return workers->create(workers, name, batch);
}

static inline void worker_submit(struct worker *worker, struct work *work)
{
	worker->ops->submit(worker, work);
}

/* Runs and finishes (done() included) all that was submitted, then frees. */
static inline struct worker *worker_free(struct worker *worker)
{
	if (worker)
		worker->ops->destroy(worker);
	return (struct worker *)0;
}

/*
 * The same, where what was submitted may never be over, at the end of the
 * process: false, and then the worker and its work have to be left alone.
 */
static inline bool worker_free_within(struct worker *worker, int ms)
{
	if (worker->ops->destroy_within)
		return worker->ops->destroy_within(worker, ms);
	worker->ops->destroy(worker);
	return true;
}

#endif
