/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A decision on the snapshot in memory, beside the same question asked of
 * SQLite: a prepared query on an indexed database, in memory too. Both get the
 * same questions and have to give the same answers.
 */
#include "policy/asks.h"
#include "util/alloc.h"

#include "bench.h"
#include "peer.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUESTIONS    20000
#define SQL_EACH     10 /* SQLite is asked every tenth of them in a round */
#define ROUNDS	     40
#define ROUNDS_BRIEF 5

/* What is promised of the median; ns. */
#define DECISION_MAX 1000.0

struct question {
	const struct policy_operator *who;
	const struct policy_till *till;
	size_t who_at; /* their numbers in the tables of SQLite */
	size_t till_at;
	size_t ask;
	struct demand demand;
	bool allowed; /* as decided */
};

/* How a question is put: with what is asked for, and to whom. */
struct way {
	const char *name;
	const char *sql;
	bool one_right; /* one permission or right, not what an app asks for */
	bool by_ids;	/* operator and till are looked up, too */
};

/* --- SQLite --- */

#define WHO_AND_WHERE " FROM operator o, till t WHERE "

static const struct way ways[] = {
	{ .name = "one permission or right",
	  .sql = "SELECT active AND " PEER_HAS("?3") WHO_AND_WHERE
	  "o.number = ?1 AND t.number = ?2",
	  .one_right = true },
	{ .name = "what an app can ask for",
	  .sql = "SELECT " PEER_MAY("?3") WHO_AND_WHERE
	  "o.number = ?1 AND t.number = ?2" },
	{ .name = "the same, operator and till by id",
	  .sql = "SELECT " PEER_MAY("?3") WHO_AND_WHERE
	  "o.id = ?1 AND t.id = ?2",
	  .by_ids = true },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static bool ask_sqlite(sqlite3_stmt *stmt, const struct way *way,
		       const struct question *question)
{
	bool allowed;

	if (way->by_ids) {
		sqlite3_bind_text(stmt, 1, question->who->id, -1,
				  SQLITE_STATIC);
		sqlite3_bind_text(stmt, 2, question->till->id, -1,
				  SQLITE_STATIC);
	} else {
		sqlite3_bind_int64(stmt, 1, (sqlite3_int64)question->who_at);
		sqlite3_bind_int64(stmt, 2, (sqlite3_int64)question->till_at);
	}
	sqlite3_bind_int64(stmt, 3, (sqlite3_int64)question->ask);
	if (sqlite3_step(stmt) != SQLITE_ROW)
		bench_give_up("%s", sqlite3_errmsg(sqlite3_db_handle(stmt)));
	allowed = sqlite3_column_int(stmt, 0) != 0;
	sqlite3_reset(stmt);
	return allowed;
}

/* --- ours --- */

static bool ask_ours(const struct policy *policy, const struct way *way,
		     const struct question *question)
{
	struct demand missing;

	if (way->by_ids)
		return policy_decide(policy,
				     policy_operator(policy, question->who->id),
				     policy_till(policy, question->till->id),
				     &question->demand, &missing);
	return policy_decide(policy, question->who, question->till,
			     &question->demand, &missing);
}

/* --- questions --- */

static size_t count_asks(void)
{
	size_t count = 0;

	while (asks_at(count))
		count++;
	return count;
}

static struct question *make_questions(const struct policy *policy,
				       const struct way *way)
{
	struct question *questions = alloc_zero(QUESTIONS, sizeof(*questions));
	size_t asks = count_asks();

	for (size_t i = 0; i < QUESTIONS; i++) {
		struct question *question = &questions[i];

		question->who_at = bench_below(policy_operators(policy));
		question->till_at = bench_below(policy_tills(policy));
		question->who = policy_operator_at(policy, question->who_at);
		question->till = policy_till_at(policy, question->till_at);
		question->ask =
			bench_below(way->one_right ? RIGHTS_COUNT : asks);
		if (way->one_right)
			demand_add(&question->demand,
				   (unsigned int)question->ask);
		else
			question->demand = ask_demand(asks_at(question->ask));
	}
	return questions;
}

/* --- rounds --- */

/* One after the other, so that both see the same machine. */
static void run_round(const struct policy *policy, sqlite3_stmt *stmt,
		      const struct way *way, struct question *questions,
		      size_t round, struct bench_series *ours,
		      struct bench_series *sqlite)
{
	int64_t from = bench_cpu(), between;
	size_t asked = 0;

	for (size_t i = 0; i < QUESTIONS; i++)
		questions[i].allowed = ask_ours(policy, way, &questions[i]);
	between = bench_cpu();
	bench_add(ours, (double)(between - from) / QUESTIONS);
	for (size_t i = round % SQL_EACH; i < QUESTIONS; i += SQL_EACH) {
		if (ask_sqlite(stmt, way, &questions[i]) !=
		    questions[i].allowed)
			bench_give_up("another answer: %s, till %s",
				      questions[i].who->id,
				      questions[i].till->id);
		asked++;
	}
	bench_add(sqlite, (double)(bench_cpu() - between) / (double)asked);
}

static size_t count_allowed(const struct question *questions)
{
	size_t count = 0;

	for (size_t i = 0; i < QUESTIONS; i++)
		count += questions[i].allowed;
	return count;
}

static void run_way(const struct policy *policy, sqlite3 *db,
		    const struct way *way, size_t rounds)
{
	struct question *questions = make_questions(policy, way);
	sqlite3_stmt *stmt = peer_prepare(db, way->sql);
	struct bench_series ours = { 0 }, sqlite = { 0 };
	size_t allowed;

	for (size_t i = 0; i < rounds; i++)
		run_round(policy, stmt, way, questions, i, &ours, &sqlite);
	BENCH_ROW(way->name, bench_middle(&ours), bench_middle(&sqlite),
		  bench_times(&sqlite, &ours));
	bench_expect(bench_median(&ours) < DECISION_MAX, "%s: it takes %s",
		     way->name, bench_time(bench_median(&ours)));
	allowed = count_allowed(questions);
	if (allowed < QUESTIONS / 50 || allowed > QUESTIONS - QUESTIONS / 50)
		bench_give_up("%s: %zu of %d are allowed, which tells nothing",
			      way->name, allowed, QUESTIONS);
	sqlite3_finalize(stmt);
	bench_free(&ours);
	bench_free(&sqlite);
	free(questions);
}

int main(int argc, char **argv)
{
	bool brief = bench_is_brief(argc, argv);
	const struct world *world = brief ? &world_brief : &world_full;
	struct policy *policy = world_policy(world);
	sqlite3 *db = peer_open(PEER_IN_MEMORY);

	peer_fill(db, policy);
	peer_run(db, "ANALYZE");
	printf("One decision: %s\n", world_title(world));
	BENCH_TABLE("question", "tilld", "SQLite, in memory", "SQLite takes");
	for (size_t i = 0; i < WAYS; i++)
		run_way(policy, db, &ways[i], brief ? ROUNDS_BRIEF : ROUNDS);
	peer_close(db);
	policy_unref(policy);
	return bench_end();
}
