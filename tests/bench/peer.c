/* SPDX-License-Identifier: Apache-2.0 */
#include "peer.h"

#include "policy/asks.h"

#include "bench.h"

static const char peer_tables[] =
	"PRAGMA journal_mode = WAL;"
	"PRAGMA synchronous = FULL;"
	"CREATE TABLE operator (number INTEGER PRIMARY KEY,"
	" id TEXT UNIQUE NOT NULL, active INTEGER NOT NULL, login TEXT UNIQUE,"
	" name TEXT, password TEXT, pin TEXT);"
	"CREATE TABLE till (number INTEGER PRIMARY KEY,"
	" id TEXT UNIQUE NOT NULL);"
	"CREATE TABLE badge (key BLOB PRIMARY KEY, operator INTEGER NOT NULL)"
	" WITHOUT ROWID;"
	"CREATE TABLE member (operator INTEGER, grp INTEGER,"
	" PRIMARY KEY (operator, grp)) WITHOUT ROWID;"
	"CREATE TABLE attached (grp INTEGER, till INTEGER,"
	" PRIMARY KEY (grp, till)) WITHOUT ROWID;"
	"CREATE TABLE granted (grp INTEGER, right INTEGER,"
	" PRIMARY KEY (grp, right)) WITHOUT ROWID;"
	"CREATE TABLE ask (number INTEGER PRIMARY KEY, name TEXT);"
	"CREATE TABLE ask_all (ask INTEGER, right INTEGER,"
	" PRIMARY KEY (ask, right)) WITHOUT ROWID;"
	"CREATE TABLE ask_any (ask INTEGER, right INTEGER,"
	" PRIMARY KEY (ask, right)) WITHOUT ROWID;";

static const char peer_empty[] =
	"BEGIN IMMEDIATE; DELETE FROM operator; DELETE FROM till;"
	"DELETE FROM badge; DELETE FROM member; DELETE FROM attached;"
	"DELETE FROM granted; DELETE FROM ask; DELETE FROM ask_all; DELETE "
	"FROM ask_any;";

void peer_run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		bench_give_up("%s", sqlite3_errmsg(db));
}

sqlite3_stmt *peer_prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt,
			       NULL) != SQLITE_OK)
		bench_give_up("%s", sqlite3_errmsg(db));
	return stmt;
}

sqlite3 *peer_open(const char *path)
{
	sqlite3 *db;

	if (sqlite3_open_v2(path, &db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				    SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		bench_give_up("no database %s", path);
	peer_run(db, peer_tables);
	return db;
}

void peer_close(sqlite3 *db)
{
	sqlite3_close(db);
}

static void peer_step(sqlite3_stmt *stmt)
{
	if (sqlite3_step(stmt) != SQLITE_DONE)
		bench_give_up("%s", sqlite3_errmsg(sqlite3_db_handle(stmt)));
	sqlite3_reset(stmt);
}

static void peer_put_pair(sqlite3_stmt *stmt, size_t left, size_t right)
{
	sqlite3_bind_int64(stmt, 1, (sqlite3_int64)left);
	sqlite3_bind_int64(stmt, 2, (sqlite3_int64)right);
	peer_step(stmt);
}

static void peer_put_operator(sqlite3_stmt *stmt, size_t number,
			      const struct policy_operator *who)
{
	const char *const texts[] = { who->login, who->name, who->password,
				      who->pin };

	sqlite3_bind_int64(stmt, 1, (sqlite3_int64)number);
	sqlite3_bind_text(stmt, 2, who->id, -1, SQLITE_STATIC);
	sqlite3_bind_int(stmt, 3, who->active);
	for (int i = 0; i < 4; i++)
		sqlite3_bind_text(stmt, 4 + i, texts[i], -1, SQLITE_STATIC);
	peer_step(stmt);
}

static void peer_fill_operators(sqlite3 *db, const struct policy *policy)
{
	sqlite3_stmt *operator= peer_prepare(
		db, "INSERT INTO operator (number, id, active, login, name,"
		    " password, pin) VALUES (?, ?, ?, ?, ?, ?, ?)");
	sqlite3_stmt *member =
		peer_prepare(db, "INSERT INTO member VALUES (?, ?)");
	sqlite3_stmt *badge =
		peer_prepare(db, "INSERT INTO badge VALUES (?2, ?1)");

	for (size_t i = 0; i < policy_operators(policy); i++) {
		const struct policy_operator *who =
			policy_operator_at(policy, i);

		peer_put_operator(operator, i, who);
		for (size_t j = 0; j < who->groups_count; j++)
			peer_put_pair(member, i, who->groups[j]);
		sqlite3_bind_int64(badge, 1, (sqlite3_int64)i);
		for (size_t j = 0; j < who->badges_count; j++) {
			sqlite3_bind_blob(badge, 2, who->badges[j].key,
					  HASH_SIZE, SQLITE_STATIC);
			peer_step(badge);
		}
	}
	sqlite3_finalize(operator);
	sqlite3_finalize(member);
	sqlite3_finalize(badge);
}

static void peer_fill_groups(sqlite3 *db, const struct policy *policy)
{
	sqlite3_stmt *attached =
		peer_prepare(db, "INSERT INTO attached VALUES (?, ?)");
	sqlite3_stmt *granted =
		peer_prepare(db, "INSERT INTO granted VALUES (?, ?)");

	for (size_t i = 0; i < policy_groups(policy); i++) {
		const struct policy_group *group = policy_group_at(policy, i);

		for (size_t j = 0; j < policy_tills(policy); j++)
			if (policy_till_set_has(&group->tills, j))
				peer_put_pair(attached, i, j);
		for (unsigned int j = 0; j < RIGHTS_COUNT; j++)
			if (rights_has(&group->rights, j))
				peer_put_pair(granted, i, j);
	}
	sqlite3_finalize(attached);
	sqlite3_finalize(granted);
}

static void peer_fill_tills(sqlite3 *db, const struct policy *policy)
{
	sqlite3_stmt *till = peer_prepare(db, "INSERT INTO till VALUES (?, ?)");

	for (size_t i = 0; i < policy_tills(policy); i++) {
		sqlite3_bind_int64(till, 1, (sqlite3_int64)i);
		sqlite3_bind_text(till, 2, policy_till_at(policy, i)->id, -1,
				  SQLITE_STATIC);
		peer_step(till);
	}
	sqlite3_finalize(till);
}

static void peer_fill_asks(sqlite3 *db)
{
	sqlite3_stmt *all =
		peer_prepare(db, "INSERT INTO ask_all VALUES (?, ?)");
	sqlite3_stmt *any =
		peer_prepare(db, "INSERT INTO ask_any VALUES (?, ?)");
	sqlite3_stmt *name = peer_prepare(db, "INSERT INTO ask VALUES (?, ?)");
	const struct ask_row *row;

	for (size_t i = 0; (row = asks_at(i)); i++) {
		const struct demand demand = ask_demand(row);

		sqlite3_bind_text(name, 2, row->name, -1, SQLITE_STATIC);
		sqlite3_bind_int64(name, 1, (sqlite3_int64)i);
		peer_step(name);
		for (unsigned int j = 0; j < RIGHTS_COUNT; j++) {
			if (rights_has(&demand.all, j))
				peer_put_pair(all, i, j);
			if (rights_has(&demand.any, j))
				peer_put_pair(any, i, j);
		}
	}
	sqlite3_finalize(name);
	sqlite3_finalize(all);
	sqlite3_finalize(any);
}

void peer_fill(sqlite3 *db, const struct policy *policy)
{
	peer_run(db, peer_empty);
	peer_fill_tills(db, policy);
	peer_fill_groups(db, policy);
	peer_fill_operators(db, policy);
	peer_fill_asks(db);
	peer_run(db, "COMMIT");
}
