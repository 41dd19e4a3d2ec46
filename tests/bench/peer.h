/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The peer: a policy in plain, indexed tables of SQLite, as one would keep and
 * ask it without a daemon of one's own.
 */
#ifndef TILLD_TESTS_BENCH_PEER_H
#define TILLD_TESTS_BENCH_PEER_H

#include "policy/policy.h"

#include <sqlite3.h>

#define PEER_IN_MEMORY ":memory:"

/* Of a file: with a log, and durable at each commit, as tilld's is. */
sqlite3 *peer_open(const char *path);
void peer_close(sqlite3 *db);

/* Replaces all that is in it, in one transaction. Asks of policy/asks.h are
 * numbered as they stand there; operators, tills and groups as in the policy. */
void peer_fill(sqlite3 *db, const struct policy *policy);

sqlite3_stmt *peer_prepare(sqlite3 *db, const char *sql);
void peer_run(sqlite3 *db, const char *sql);

/* May the operator o, at the till t, do what takes that right, a number? */
#define PEER_HAS(right)                                                       \
	"EXISTS (SELECT 1 FROM member CROSS JOIN attached USING (grp) CROSS " \
	"JOIN granted USING (grp) WHERE operator = o.number AND"              \
	" till = t.number AND right = " right ")"

/* May they do what has that number among the asks? */
#define PEER_MAY(ask)                                                          \
	"active AND NOT EXISTS (SELECT 1 FROM ask_all a WHERE ask = " ask      \
	" AND NOT " PEER_HAS("a.right") ") AND (NOT EXISTS (SELECT 1 FROM"     \
					" ask_any WHERE ask = " ask            \
					") OR EXISTS (SELECT 1 FROM ask_any a" \
					" WHERE ask = " ask                    \
					" AND " PEER_HAS("a.right") "))"

#endif
