/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A till box in one process: the daemon's loop, threads, store and core, as
 * they are wired in the daemon, on a disk; only HTTP and devices are left out.
 * Maria (world.h) is signed on at one till, and a stream of requests can be
 * made in her name at a fixed pace.
 */
#ifndef TILLD_TESTS_BENCH_BOX_H
#define TILLD_TESTS_BENCH_BOX_H

#include "core/action.h"
#include "core/core_private.h"

#include "bench.h"
#include "world.h"

#include <event2/event.h>

/* What a stream asks in turn: something that is answered from memory, and
 * something that is answered once it is on disk. */
enum box_request { BOX_READ, BOX_JOURNALLED, BOX_REQUESTS };

/* The workers of the daemon; of the writer it is noted how long it works on
 * what it commits together, which is as long as whoever comes next waits. */
struct box_workers {
	struct workers workers;
	struct workers *threads;
	struct worker_batch batch; /* the writer's */
	int64_t began;		   /* on its own thread's clock */
	_Atomic int64_t longest;
};

struct box {
	struct event_base *base;
	struct env env;
	struct store *store;
	struct core *core;
	struct keys *keys;
	char token[64];

	struct event *tick;
	bool streaming;
	int64_t started;
	size_t asked;				 /* since then */
	size_t open;				 /* not answered yet */
	struct bench_series *late[BOX_REQUESTS]; /* where what came out goes */
	int64_t turn; /* the thread's own time when the loop was last seen */
	double longest_turn;
	struct box_workers workers;
};

/* Set up with that policy. */
void box_open(struct box *box, const struct world *world);
void box_close(struct box *box);

/* Runs the loop until *done. */
void box_run(struct box *box, const bool *done);

/*
 * A request every pace ns, answered or not, until box_stop(): how long each
 * took from the moment that it was due goes into out_late. box_stop() waits for
 * the last answer. The longest time that the loop itself worked without pause
 * is in longest_turn, that of the writer in workers.longest: of the processor,
 * so that what else the machine does makes neither longer.
 */
void box_start(struct box *box, struct bench_series out_late[BOX_REQUESTS]);
void box_stop(struct box *box);

/* The policy replaced by that document, in Maria's name; sets *done. */
void box_replace_policy(struct box *box, const struct buf *text, bool *done);

/* That action with its parameters, in Maria's name, done; waited for. */
void box_do(struct box *box, enum action action, const json_t *params);

/* The same answer as a request of that kind gets, waited for. */
void box_ask(struct box *box, enum box_request request);

#endif
