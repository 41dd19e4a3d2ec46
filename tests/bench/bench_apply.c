/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole policy applied while a box is at work: taken apart on a worker,
 * compared, written, taken into use. How long does it take, and how much longer
 * does a request wait because of it? Each round first runs the stream of
 * requests alone, for as long as the change took before, and then with the
 * change. Beside it, the same policy written into plain tables of SQLite in one
 * transaction.
 */
#include "util/alloc.h"

#include "box.h"
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS	     15
#define ROUNDS_BRIEF 3
#define ALONE_MIN    ((int64_t)100 * 1000 * 1000) /* ns */

/* What is promised, of the median of all rounds; ns. */
#define TOTAL_MAX 1e9
#define DELAY_MAX 10e6

/* --- one change --- */

struct change {
	bool done;
	int64_t time;
};

/* The whole way of PUT /v1/policy, but for HTTP. */
static void change_run(struct change *change, struct box *box,
		       const struct buf *text)
{
	int64_t from = bench_now();

	*change = (struct change){ 0 };
	box_replace_policy(box, text, &change->done);
	box_run(box, &change->done);
	change->time = bench_now() - from;
}

/* Maria, and all who came with it, are who stands in it now. */
static void change_check(const struct box *box, const struct world *world)
{
	size_t people = policy_operators(box->core->policy);

	if (people != world->operators + 1)
		bench_give_up("there are %zu people", people);
}

/* --- what is changed, and what came out --- */

struct kind {
	const char *name;
	struct world world; /* the policy that it leads to */
	struct buf text;
	struct bench_series total;
	struct bench_series turn;  /* the longest work of the loop at once, */
	struct bench_series batch; /* and of the writer */
	struct bench_series alone[BOX_REQUESTS];  /* longest wait in a */
	struct bench_series beside[BOX_REQUESTS]; /* round, without and with */
	struct bench_series added[BOX_REQUESTS];
};

static double longest(struct bench_series late[BOX_REQUESTS],
		      enum box_request request)
{
	return bench_quantile(&late[request], 1);
}

static void free_late(struct bench_series late[BOX_REQUESTS])
{
	for (size_t i = 0; i < BOX_REQUESTS; i++)
		bench_free(&late[i]);
}

static void run_alone(struct box *box, int64_t ns,
		      struct bench_series late[BOX_REQUESTS])
{
	int64_t until = bench_now() + ns;

	box_start(box, late);
	while (bench_now() < until)
		event_base_loop(box->base, EVLOOP_ONCE);
	box_stop(box);
}

static void run_round(struct box *box, struct kind *kind)
{
	struct bench_series alone[BOX_REQUESTS] = { 0 };
	struct bench_series beside[BOX_REQUESTS] = { 0 };
	int64_t before = (int64_t)bench_median(&kind->total);
	struct change change;

	run_alone(box, before > ALONE_MIN ? before : ALONE_MIN, alone);
	box_start(box, beside);
	change_run(&change, box, &kind->text);
	box_stop(box);
	change_check(box, &kind->world);
	bench_add(&kind->total, (double)change.time);
	bench_add(&kind->turn, box->longest_turn);
	bench_add(&kind->batch, (double)box->workers.longest);
	for (enum box_request i = 0; i < BOX_REQUESTS; i++) {
		bench_add(&kind->alone[i], longest(alone, i));
		bench_add(&kind->beside[i], longest(beside, i));
		bench_add(&kind->added[i],
			  longest(beside, i) - longest(alone, i));
	}
	free_late(alone);
	free_late(beside);
}

/* --- the peer --- */

static void run_peer(sqlite3 *db, const struct policy *policy,
		     struct bench_series *out_time)
{
	int64_t from = bench_now();

	peer_fill(db, policy);
	bench_add(out_time, (double)(bench_now() - from));
}

/* --- tables --- */

static void tell_totals(struct kind *kinds, size_t count)
{
	BENCH_TABLE("change", "in all", "longest work at once: loop", "writer");
	for (size_t i = 0; i < count; i++)
		BENCH_ROW(kinds[i].name, bench_middle(&kinds[i].total),
			  bench_middle(&kinds[i].turn),
			  bench_middle(&kinds[i].batch));
}

static void tell_delays(struct kind *kinds, size_t count)
{
	static const char *const names[BOX_REQUESTS] = { "answered from memory",
							 "answered from disk" };

	BENCH_TABLE("longest wait of a request", "during", "alone",
		    "with the change", "added by it");
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < BOX_REQUESTS; j++)
			BENCH_ROW(names[j], kinds[i].name,
				  bench_middle(&kinds[i].alone[j]),
				  bench_middle(&kinds[i].beside[j]),
				  bench_middle(&kinds[i].added[j]));
}

static void expect(struct kind *kind)
{
	double total = bench_median(&kind->total);

	bench_expect(total < TOTAL_MAX, "%s: it took %s", kind->name,
		     bench_time(total));
	for (size_t i = 0; i < BOX_REQUESTS; i++) {
		double added = bench_median(&kind->added[i]);

		bench_expect(added < DELAY_MAX,
			     "%s: a request was delayed by %s", kind->name,
			     bench_time(added));
	}
}

/* --- all of it --- */

static void free_kind(struct kind *kind)
{
	buf_free(&kind->text);
	bench_free(&kind->total);
	bench_free(&kind->turn);
	bench_free(&kind->batch);
	free_late(kind->alone);
	free_late(kind->beside);
	free_late(kind->added);
}

static void run(const struct world *world, size_t rounds)
{
	struct world others = *world, moved = *world, nobody = *world;
	struct box box;
	struct bench_series peer = { 0 };
	char *path = alloc_format("%s/peer.db", bench_folder());
	sqlite3 *db = peer_open(path);

	moved.badges += world->operators;
	others.seed++;
	others.badges += 2 * world->operators;
	nobody.operators = 0;
	struct kind kinds[] = {
		{ .name = "all people are new", .world = *world },
		{ .name = "one person differs", .world = *world },
		{ .name = "all have other badges", .world = moved },
		{ .name = "all are others", .world = others },
		{ .name = "all are gone", .world = nobody },
	};
	const size_t count = sizeof(kinds) / sizeof(kinds[0]);

	kinds[1].world.differs = true;
	for (size_t i = 0; i < count; i++)
		world_write(&kinds[i].world, NULL, &kinds[i].text);
	box_open(&box, &nobody);
	for (size_t round = 0; round < rounds; round++) {
		for (size_t i = 0; i < count; i++) {
			run_round(&box, &kinds[i]);
			if (!i)
				run_peer(db, box.core->policy, &peer);
		}
	}
	tell_totals(kinds, count);
	tell_delays(kinds, count);
	printf("\nSQLite, one transaction of plain tables: %s, for as long as "
	       "that nothing else is written\n",
	       bench_middle(&peer));
	for (size_t i = 0; i < count; i++) {
		expect(&kinds[i]);
		free_kind(&kinds[i]);
	}
	box_close(&box);
	peer_close(db);
	free(path);
	bench_free(&peer);
}

int main(int argc, char **argv)
{
	bool brief = bench_is_brief(argc, argv);
	const struct world *world = brief ? &world_brief : &world_full;

	printf("A policy applied: %s\n", world_title(world));
	run(world, brief ? ROUNDS_BRIEF : ROUNDS);
	return bench_end();
}
