/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that an operator may do at a till, asked again and again by an app
 * that greys out its buttons (GET /v1/tills/{till}/can, but for HTTP). Beside
 * it, one query of SQLite, in memory, that makes the same object of all asks.
 */
#include "core/can.h"

#include "box.h"
#include "peer.h"

#include <stdio.h>
#include <string.h>

#define ASKED	     2000
#define ASKED_FIRST  100
#define ASKED_SQLITE 20
#define ROUNDS	     20
#define ROUNDS_BRIEF 4

static const char query[] = "SELECT json_group_object(k.name, " PEER_MAY(
	"k.number") ")"
		    " FROM ask k, operator o, till t WHERE o.login = ?1 AND "
		    "t.id = ?2";

static double ask_again(struct box *box)
{
	int64_t from = bench_cpu();

	for (size_t i = 0; i < ASKED; i++)
		box_ask(box, BOX_READ);
	return (double)(bench_cpu() - from) / ASKED;
}

/* When nothing is kept yet: another operator, till or policy. */
static double ask_first(struct box *box)
{
	int64_t time = 0;

	for (size_t i = 0; i < ASKED_FIRST; i++) {
		int64_t from;

		cans_free(box->core->cans);
		box->core->cans = cans_new();
		from = bench_cpu();
		box_ask(box, BOX_READ);
		time += bench_cpu() - from;
	}
	return (double)time / ASKED_FIRST;
}

static double ask_sqlite(sqlite3_stmt *stmt)
{
	int64_t from = bench_cpu();

	for (size_t i = 0; i < ASKED_SQLITE; i++) {
		sqlite3_bind_text(stmt, 1, "maria", -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 2, WORLD_TILL, -1, SQLITE_STATIC);
		if (sqlite3_step(stmt) != SQLITE_ROW ||
		    !strstr((const char *)sqlite3_column_text(stmt, 0),
			    "drawer.open"))
			bench_give_up("SQLite does not know");
		sqlite3_reset(stmt);
	}
	return (double)(bench_cpu() - from) / ASKED_SQLITE;
}

static void tell(const char *what, struct bench_series *ours,
		 struct bench_series *sqlite)
{
	BENCH_ROW(what, bench_middle(ours), bench_middle(sqlite),
		  bench_times(sqlite, ours));
}

int main(int argc, char **argv)
{
	bool brief = bench_is_brief(argc, argv);
	const struct world *world = brief ? &world_brief : &world_full;
	sqlite3 *db = peer_open(PEER_IN_MEMORY);
	struct bench_series first = { 0 }, again = { 0 }, sqlite = { 0 };
	sqlite3_stmt *stmt;
	struct box box;

	box_open(&box, world);
	peer_fill(db, box.core->policy);
	peer_run(db, "ANALYZE");
	stmt = peer_prepare(db, query);
	for (size_t i = 0; i < (brief ? ROUNDS_BRIEF : ROUNDS); i++) {
		bench_add(&first, ask_first(&box));
		bench_add(&again, ask_again(&box));
		bench_add(&sqlite, ask_sqlite(stmt));
	}
	printf("All that somebody may do: %s\n", world_title(world));
	BENCH_TABLE("question", "tilld", "SQLite, in memory", "SQLite takes");
	tell("for the first time", &first, &sqlite);
	tell("again", &again, &sqlite);
	sqlite3_finalize(stmt);
	peer_close(db);
	box_close(&box);
	bench_free(&first);
	bench_free(&again);
	bench_free(&sqlite);
	return 0;
}
