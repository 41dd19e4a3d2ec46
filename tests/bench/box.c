/* SPDX-License-Identifier: Apache-2.0 */
#include "box.h"

#include "core/action.h"
#include "core/can.h"
#include "core/signon.h"
#include "daemon/loop.h"
#include "daemon/threads.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BOX_PACE ((int64_t)2 * 1000 * 1000)

/* --- somebody who asks --- */

struct box_caller {
	struct caller caller;
	struct box *box;
	enum box_request request;
	int64_t due;
	bool *done; /* NULL: of a stream */
};

/* What the loop has worked since it was last here. */
static void box_note_turn(struct box *box)
{
	int64_t now = bench_cpu();
	double turn = (double)(now - box->turn);

	box->turn = now;
	if (turn > box->longest_turn)
		box->longest_turn = turn;
}

static void box_answered(struct caller *caller, int status, json_t *body)
{
	struct box_caller *mine = (struct box_caller *)caller;
	struct box *box = mine->box;

	if (json_text(body, "token"))
		text_copy(box->token, sizeof(box->token),
			  json_text(body, "token"));
	if (status >= 300)
		bench_give_up("answered with %d", status);
	json_decref(body);
	if (mine->done) {
		*mine->done = true;
	} else {
		bench_add(box->late[mine->request],
			  (double)(bench_now() - mine->due));
		box->open--;
	}
	free(mine);
}

static void box_answered_text(struct caller *caller, const char *etag,
			      char *text, size_t len)
{
	(void)etag;
	(void)len;
	free(text);
	box_answered(caller, 200, NULL);
}

static void box_refused(struct caller *caller, enum problem problem,
			json_t *extra)
{
	(void)caller;
	bench_give_up("refused: %s %s", problem_name(problem),
		      extra ? json_line(extra) : "");
}

static struct caller *box_caller(struct box *box, enum box_request request,
				 int64_t due, bool *done)
{
	struct box_caller *caller = ALLOC_NEW(struct box_caller);

	caller->caller = (struct caller){
		.peer = { .uid = geteuid() },
		.token = *box->token ? box->token : NULL,
		.wait = -1,
		.answer = box_answered,
		.answer_problem = box_refused,
		.answer_text = box_answered_text,
	};
	caller->box = box;
	caller->request = request;
	caller->due = due;
	caller->done = done;
	return &caller->caller;
}

static void box_check(struct box *box, struct caller *caller)
{
	json_t *params = json_put_text(json_make(), "action", "price.change");
	char key[RANDOM_ID_SIZE];

	random_id(box->env.random, key);
	action_submit(box->core, caller,
		      &(struct action_call){ .action = ACTION_CHECK,
					     .till = WORLD_TILL,
					     .key = key,
					     .params = params });
	json_decref(params);
}

static void box_submit(struct box *box, enum box_request request, int64_t due,
		       bool *done)
{
	struct caller *caller = box_caller(box, request, due, done);

	switch (request) {
	case BOX_READ:
		can_list(box->core, caller, WORLD_TILL);
		return;
	case BOX_JOURNALLED:
		box_check(box, caller);
		return;
	case BOX_REQUESTS:
		return;
	}
}

void box_replace_policy(struct box *box, const struct buf *text, bool *done)
{
	char key[RANDOM_ID_SIZE];

	random_id(box->env.random, key);
	action_submit(box->core, box_caller(box, BOX_JOURNALLED, 0, done),
		      &(struct action_call){
			      .action = ACTION_POLICY_REPLACE,
			      .key = key,
			      .text = alloc_text(buf_text(text)),
			      .text_len = text->len,
		      });
}

/* --- the loop --- */

void box_run(struct box *box, const bool *done)
{
	while (!*done)
		event_base_loop(box->base, EVLOOP_ONCE);
}

void box_ask(struct box *box, enum box_request request)
{
	bool done = false;

	box_submit(box, request, 0, &done);
	box_run(box, &done);
}

void box_do(struct box *box, enum action action, const json_t *params)
{
	char key[RANDOM_ID_SIZE];
	bool done = false;

	random_id(box->env.random, key);
	action_submit(box->core, box_caller(box, BOX_JOURNALLED, 0, &done),
		      &(struct action_call){ .action = action,
					     .till = WORLD_TILL,
					     .key = key,
					     .params = params });
	box_run(box, &done);
}

/* All that are due by now, and then the next in time. */
static void box_tick(evutil_socket_t fd, short what, void *arg)
{
	struct box *box = arg;
	struct timeval at = { 0 };
	int64_t due, now = bench_now();

	(void)fd;
	(void)what;
	box_note_turn(box);
	while ((due = box->started + (int64_t)box->asked * BOX_PACE) <= now) {
		box->open++;
		box_submit(box, box->asked++ % BOX_REQUESTS, due, NULL);
	}
	now = bench_now();
	if (due > now)
		at.tv_usec = (due - now) / 1000;
	if (box->streaming)
		event_add(box->tick, &at);
}

void box_start(struct box *box, struct bench_series out_late[BOX_REQUESTS])
{
	for (size_t i = 0; i < BOX_REQUESTS; i++)
		box->late[i] = &out_late[i];
	box->streaming = true;
	box->started = bench_now();
	box->asked = 0;
	box->turn = bench_cpu();
	box->longest_turn = 0;
	box->workers.longest = 0;
	box_tick(-1, 0, box);
}

void box_stop(struct box *box)
{
	box->streaming = false;
	event_del(box->tick);
	while (box->open)
		event_base_loop(box->base, EVLOOP_ONCE);
}

/* --- workers --- */

static void box_begin_batch(void *arg)
{
	struct box_workers *mine = arg;

	mine->began = bench_cpu();
	mine->batch.begin(mine->batch.arg);
}

static void box_end_batch(void *arg)
{
	struct box_workers *mine = arg;
	int64_t worked;

	mine->batch.end(mine->batch.arg);
	worked = bench_cpu() - mine->began;
	if (worked > mine->longest)
		mine->longest = worked;
}

static struct worker *box_create_worker(struct workers *workers,
					const char *name,
					const struct worker_batch *batch)
{
	struct box_workers *mine = (struct box_workers *)workers;
	const struct worker_batch measured = { box_begin_batch, box_end_batch,
					       mine };

	if (!batch)
		return worker_new(mine->threads, name, NULL);
	mine->batch = *batch;
	return worker_new(mine->threads, name, &measured);
}

/* --- wiring --- */

static void box_wire_loop(struct box *box)
{
	box->base = event_base_new();
	box->workers.workers.create = box_create_worker;
	box->workers.threads = threads_new(box->base);
	box->env = (struct env){
		.clock = clock_system(),
		.random = random_system(),
		.timers = loop_timers_new(box->base),
		.workers = &box->workers.workers,
	};
	box->tick = evtimer_new(box->base, box_tick, box);
}

static void box_wire_store(struct box *box)
{
	char *state = alloc_format("%s/state", bench_folder());
	char *keys = alloc_format("%s/keys", bench_folder());
	const struct store_config config = {
		.state_dir = state,
		.keys_dir = keys,
		.seal_every = 1000,
		.seal_ms = 60000,
	};

	if (store_open(&config, &box->env, &box->store))
		bench_give_up("no store in %s", state);
	box->keys = world_keys();
	free(state);
	free(keys);
}

static void box_set_up_done(void *arg, const struct txn_result *result)
{
	if (result->error)
		bench_give_up("set-up: %s", store_error_text(result->error));
	*(bool *)arg = true;
}

static void box_set_up(struct box *box, const struct world *world)
{
	struct people *people;
	struct buf text;
	struct txn *txn = txn_new(box->store);
	bool done = false;

	world_write(world, "maria-password", &text);
	people = world_people(&text, NULL);
	people_prepare(people, box->keys, box->env.random, WORLD_COST);
	txn_setup(txn, box->keys);
	txn_policy_replace(txn, people, 0);
	txn_commit(txn, box_set_up_done, &done);
	box_run(box, &done);
	people_free(people);
	buf_free(&text);
}

static void box_sign_on(struct box *box)
{
	json_t *body =
		json_pack("{s:s, s:s, s:s}", "login", "maria", "password",
			  "maria-password", "till", WORLD_TILL);
	bool done = false;

	signon_create(box->core, box_caller(box, BOX_READ, 0, &done), body);
	box_run(box, &done);
	json_decref(body);
}

void box_open(struct box *box, const struct world *world)
{
	struct core_config config = core_config_default;

	*box = (struct box){ 0 };
	log_set_level(LOG_LEVEL_ERROR);
	box_wire_loop(box);
	box_wire_store(box);
	box_set_up(box, world);
	config.password_cost = WORLD_COST;
	config.own_uid = geteuid();
	box->core = core_new(&config, &box->env, box->store);
	if (core_start(box->core))
		bench_give_up("core does not start");
	box_sign_on(box);
}

void box_close(struct box *box)
{
	core_settle(box->core);
	store_close(box->store);
	core_free(box->core);
	keys_free(box->keys);
	event_free(box->tick);
	loop_timers_free(box->env.timers);
	threads_free(box->workers.threads);
	event_base_free(box->base);
}
