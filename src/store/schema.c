/* SPDX-License-Identifier: Apache-2.0 */
#include "store/schema.h"

#include "store/bound.h"
#include "store/store.h"
#include "util/cleanup.h"
#include "util/log.h"

#include <stdio.h>
#include <string.h>

/* "till": tells our database from another program's. */
#define SCHEMA_APPLICATION 0x74696c6c

/*
 * journal: the line is what counts; what is searched for is copied out of it
 * (as generated columns it would take a trusted schema: json_extract). That the
 * two agree is part of verifying.
 * old_key: keys that name no operation any more, since it was pruned, or lost
 * (lost = 1) when a backup was put back.
 * segment: what was archived of the journal, by its signed head; without one it
 * is only planned, and its entries are all there.
 * seal_key: all that have sealed this journal, in the order of their use.
 * policy: what stands, as two lists of parts (people_parts.h): the document,
 * which holds neither secrets nor badges, and those (people_secrets.h).
 * operation_reversed: of one payment at most one reversal is open, unknown or
 * done, whatever the code above gets wrong. operation_event: likewise of what
 * is done for one business event.
 */
static const char schema_1[] =
	"CREATE TABLE meta ("
	" name TEXT PRIMARY KEY,"
	" value ANY NOT NULL"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE journal ("
	" seq INTEGER PRIMARY KEY,"
	" line TEXT NOT NULL,"
	" kind TEXT,"
	" till TEXT,"
	" operation TEXT"
	") STRICT;"
	"CREATE INDEX journal_kind ON journal (kind);"
	"CREATE INDEX journal_till ON journal (till);"
	"CREATE INDEX journal_operation ON journal (operation);"

	"CREATE TABLE segment ("
	" first INTEGER PRIMARY KEY,"
	" last INTEGER NOT NULL UNIQUE CHECK (last >= first),"
	" head TEXT"
	") STRICT;"

	"CREATE TABLE seal_key ("
	" number INTEGER PRIMARY KEY,"
	" public BLOB NOT NULL"
	") STRICT;"

	"CREATE TABLE operation ("
	" id TEXT PRIMARY KEY,"
	" till TEXT NOT NULL,"
	" uid INTEGER NOT NULL,"
	" key TEXT NOT NULL,"
	" body BLOB NOT NULL,"
	" action TEXT NOT NULL,"
	" operator TEXT NOT NULL,"
	" device TEXT NOT NULL,"
	" created_ms INTEGER NOT NULL,"
	" op TEXT NOT NULL,"
	" evidence TEXT,"
	" outcome TEXT,"
	" reason TEXT,"
	" result TEXT,"
	" ended_ms INTEGER,"
	" of TEXT,"
	" event TEXT,"
	" UNIQUE (till, uid, key)"
	") STRICT;"
	"CREATE INDEX operation_open ON operation (created_ms)"
	" WHERE outcome IS NULL;"
	"CREATE INDEX operation_unknown ON operation (created_ms)"
	" WHERE outcome = 'unknown';"
	"CREATE INDEX operation_ended ON operation (ended_ms)"
	" WHERE outcome <> 'unknown';"
	"CREATE UNIQUE INDEX operation_reversed ON operation (of)"
	" WHERE of IS NOT NULL AND"
	" ifnull(outcome, 'unknown') IN ('ok', 'sent', 'unknown');"
	"CREATE UNIQUE INDEX operation_event ON operation (event, action)"
	" WHERE event IS NOT NULL AND"
	" ifnull(outcome, 'unknown') IN ('ok', 'sent', 'unknown');"

	"CREATE TABLE old_key ("
	" hash BLOB PRIMARY KEY,"
	" lost INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE signon ("
	" id TEXT PRIMARY KEY,"
	" token BLOB NOT NULL UNIQUE,"
	" operator TEXT NOT NULL,"
	" till TEXT NOT NULL,"
	" uid INTEGER NOT NULL,"
	" badge TEXT NOT NULL,"
	" pin INTEGER NOT NULL,"
	" created_ms INTEGER NOT NULL,"
	" used_ms INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE guess ("
	" subject TEXT PRIMARY KEY,"
	" tries INTEGER NOT NULL,"
	" last_ms INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE policy ("
	" one INTEGER PRIMARY KEY CHECK (one = 1),"
	" version INTEGER NOT NULL,"
	" hash BLOB NOT NULL,"
	" document BLOB NOT NULL,"
	" secrets BLOB NOT NULL"
	") STRICT;"
	"CREATE TABLE policy_part ("
	" hash BLOB PRIMARY KEY,"
	" text TEXT NOT NULL"
	") STRICT;";

/*
 * Days, sessions and cash. day_open, session_open: one of each at a till at
 * most (store/sessions.h). The balance of a till is in the last of its rows in
 * cash, and nowhere else.
 */
static const char schema_1_sessions[] =
	"CREATE TABLE day ("
	" till TEXT NOT NULL,"
	" number INTEGER NOT NULL CHECK (number > 0),"
	" date TEXT NOT NULL,"
	" begun_by TEXT NOT NULL,"
	" begun_ms INTEGER NOT NULL,"
	" begun_seq INTEGER NOT NULL,"
	" ended_by TEXT,"
	" ended_ms INTEGER,"
	" ended_seq INTEGER,"
	" PRIMARY KEY (till, number)"
	") STRICT, WITHOUT ROWID;"
	"CREATE UNIQUE INDEX day_open ON day (till) WHERE ended_ms IS NULL;"

	"CREATE TABLE session ("
	" number INTEGER PRIMARY KEY,"
	" id TEXT NOT NULL UNIQUE,"
	" till TEXT NOT NULL,"
	" day INTEGER NOT NULL,"
	" opener TEXT NOT NULL,"
	" owner TEXT NOT NULL,"
	" state TEXT NOT NULL CHECK (state IN ('open', 'closing', 'closed')),"
	" locked INTEGER NOT NULL CHECK (locked IN (0, 1)),"
	" counts INTEGER NOT NULL CHECK (counts BETWEEN 0 AND 3),"
	" opening INTEGER NOT NULL CHECK (opening >= 0),"
	" opened_ms INTEGER NOT NULL,"
	" opened_seq INTEGER NOT NULL,"
	" expected INTEGER,"
	" counted INTEGER CHECK (counted >= 0),"
	" withdrawal INTEGER CHECK (withdrawal BETWEEN 0 AND counted),"
	" difference INTEGER CHECK (difference = counted - expected),"
	" forced INTEGER NOT NULL CHECK (forced IN (0, 1)),"
	" closed_by TEXT,"
	" closed_ms INTEGER,"
	" closed_seq INTEGER,"
	" counters TEXT,"
	" CHECK ((state = 'closed') = (closed_ms IS NOT NULL)),"
	" FOREIGN KEY (till, day) REFERENCES day (till, number)"
	") STRICT;"
	"CREATE UNIQUE INDEX session_open ON session (till)"
	" WHERE state <> 'closed';"
	"CREATE INDEX session_till ON session (till);"

	"CREATE TABLE cash ("
	" number INTEGER PRIMARY KEY,"
	" till TEXT NOT NULL,"
	" session TEXT REFERENCES session (id),"
	" day INTEGER,"
	" kind TEXT NOT NULL,"
	" direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),"
	" amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 999999999999),"
	" operator TEXT NOT NULL,"
	" operation TEXT NOT NULL,"
	" declared INTEGER NOT NULL CHECK (declared IN (0, 1)),"
	" document INTEGER NOT NULL CHECK (document IN (0, 1)),"
	" at_ms INTEGER NOT NULL,"
	" balance INTEGER NOT NULL,"
	" UNIQUE (operation, kind),"
	" FOREIGN KEY (till, day) REFERENCES day (till, number)"
	") STRICT;"
	"CREATE TABLE tried ("
	" till TEXT NOT NULL,"
	" what TEXT NOT NULL,"
	" times INTEGER NOT NULL,"
	" figure INTEGER NOT NULL,"
	" PRIMARY KEY (till, what)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX cash_till ON cash (till);"
	"CREATE INDEX cash_session ON cash (session);";

/* Authorizations given in advance: what has ended stays for a while, so that it
 * can be told from what never was. */
static const char schema_1_tokens[] =
	"CREATE TABLE token ("
	" id TEXT PRIMARY KEY,"
	" hash BLOB NOT NULL UNIQUE,"
	" approver TEXT NOT NULL,"
	" requester TEXT NOT NULL,"
	" till TEXT NOT NULL,"
	" action TEXT NOT NULL,"
	" amount INTEGER NOT NULL CHECK (amount >= 0),"
	" reason TEXT NOT NULL,"
	" created_ms INTEGER NOT NULL,"
	" expires_ms INTEGER NOT NULL,"
	" ended TEXT CHECK (ended IN ('spent', 'revoked', 'void')),"
	" CHECK (approver <> requester)"
	") STRICT, WITHOUT ROWID;";

/* store/bound.h */
static const char schema_2[] = "CREATE TABLE bound ("
			       " name TEXT PRIMARY KEY,"
			       " value BLOB NOT NULL"
			       ") STRICT, WITHOUT ROWID;";

#define SCHEMA_PARTS 3

/* From version i to i + 1, in parts, since a literal must not be too long; and
 * what it takes the keys for. Never altered once released: add another. */
static const struct schema_change {
	const char *parts[SCHEMA_PARTS];
	int (*finish)(struct db *db, const struct keys *keys); /* or NULL */
} schema_steps[] = {
	{ { schema_1, schema_1_sessions, schema_1_tokens }, NULL },
	{ { schema_2 }, bound_make },
};

#define SCHEMA_VERSION \
	((int64_t)(sizeof(schema_steps) / sizeof(schema_steps[0])))

/* All that there is, by kind and name; what has no text SQLite made itself. */
#define SCHEMA_COLUMNS 4
static const char schema_objects[] =
	"SELECT name, type, tbl_name, coalesce(sql, '') FROM sqlite_schema"
	" ORDER BY type, name";

static int schema_pragma(struct db *db, const char *sql, int64_t *out_value)
{
	QUERY query = query_make_once(db, sql);

	if (query_next(&query))
		*out_value = query_get_int(&query, 0);
	return query.error;
}

static int schema_run(struct db *db, const struct schema_change *change,
		      const struct keys *keys)
{
	int r = 0;

	for (size_t i = 0; !r && i < SCHEMA_PARTS; i++)
		if (change->parts[i])
			r = db_exec(db, change->parts[i]);
	return !r && change->finish ? change->finish(db, keys) : r;
}

static int schema_step(struct db *db, int64_t version, const struct keys *keys)
{
	char mark[96];
	int r = db_exec(db, "BEGIN IMMEDIATE");

	if (r)
		return r;
	snprintf(mark, sizeof(mark),
		 "PRAGMA user_version = %lld; PRAGMA application_id = %d",
		 (long long)version + 1, SCHEMA_APPLICATION);
	r = schema_run(db, &schema_steps[version], keys);
	if (!r)
		r = db_exec(db, mark);
	if (!r)
		r = db_exec(db, "COMMIT");
	if (r && !db_is_idle(db))
		db_exec(db, "ROLLBACK");
	return r;
}

/* --- is it what we made? --- */

static int schema_build(struct db *db, int64_t version)
{
	int r = 0;

	for (int64_t step = 0; !r && step < version; step++)
		r = schema_step(db, step, NULL);
	return r;
}

static bool schema_is_same(struct query *is, struct query *should)
{
	for (int column = 0; column < SCHEMA_COLUMNS; column++) {
		const char *one = query_get_text(is, column);
		const char *other = query_get_text(should, column);

		if (!one || !other || strcmp(one, other) != 0)
			return false;
	}
	return true;
}

/* In step, since both are in one order: the first that differs ends it. */
static int schema_compare(struct db *db, struct db *model)
{
	QUERY is = query_make_once(db, schema_objects);
	QUERY should = query_make_once(model, schema_objects);
	bool is_more, should_more;

	do {
		is_more = query_next(&is);
		should_more = query_next(&should);
	} while (is_more && should_more && schema_is_same(&is, &should));
	if (is.error || should.error)
		return is.error ? is.error : should.error;
	if (!is_more && !should_more)
		return 0;
	log_error("tilld.db: %s is not as tilld makes it; somebody has altered "
		  "the database",
		  is_more ? query_get_text(&is, 0)
			  : query_get_text(&should, 0));
	return STORE_E_CORRUPT;
}

/*
 * A trigger that somebody has put there would run at our own hand, and a table
 * without its constraints or triggers would take what ours refuses.
 */
static int schema_check_objects(struct db *db, int64_t version)
{
	struct db model;
	int r = db_open(":memory:", DB_WRITE, &model);

	if (r)
		return r;
	r = schema_build(&model, version);
	if (!r)
		r = schema_compare(db, &model);
	db_close(&model);
	return r;
}

int schema_check(struct db *db)
{
	int64_t version = 0, application = 0, objects = 0;
	int r = schema_pragma(db, "PRAGMA user_version", &version);

	if (!r)
		r = schema_pragma(db, "PRAGMA application_id", &application);
	if (!r)
		r = schema_pragma(db, "SELECT count(*) FROM sqlite_schema",
				  &objects);
	if (r)
		return r;
	if (application != (version || objects ? SCHEMA_APPLICATION : 0)) {
		log_error("tilld.db is another program's database");
		return STORE_E_CORRUPT;
	}
	if (version > SCHEMA_VERSION) {
		log_error("tilld.db has version %lld, this tilld knows %lld",
			  (long long)version, (long long)SCHEMA_VERSION);
		return STORE_E_NEWER;
	}
	return schema_check_objects(db, version);
}

int schema_version(struct db *db, int64_t *out_version)
{
	return schema_pragma(db, "PRAGMA user_version", out_version);
}

int schema_migrate(struct db *db, const struct keys *keys)
{
	int64_t version = 0;
	int r = schema_version(db, &version);

	for (; !r && version < SCHEMA_VERSION; version++) {
		log_info("database: from version %lld to %lld",
			 (long long)version, (long long)version + 1);
		r = schema_step(db, version, keys);
	}
	return r;
}

/* --- single values --- */

static const char meta_select[] = "SELECT value FROM meta WHERE name = ?";
static const char meta_replace[] =
	"INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)";

int meta_get_int(struct db *db, const char *name, int64_t otherwise,
		 int64_t *out_value)
{
	QUERY query = query_make(db, meta_select);
	int64_t value = otherwise;

	query_text(&query, name);
	if (query_next(&query))
		value = query_get_int(&query, 0);
	if (!query.error)
		*out_value = value;
	return query.error;
}

int meta_get_text(struct db *db, const char *name, char *out, size_t size)
{
	QUERY query = query_make(db, meta_select);

	query_text(&query, name);
	if (query_next(&query))
		query_get_chars(&query, 0, out, size);
	else
		*out = 0;
	return query.error;
}

int meta_set_int(struct db *db, const char *name, int64_t value)
{
	QUERY query = query_make(db, meta_replace);

	query_text(&query, name);
	query_int(&query, value);
	return query_run(&query);
}

int meta_set_text(struct db *db, const char *name, const char *text)
{
	QUERY query = query_make(db, meta_replace);

	query_text(&query, name);
	query_text(&query, text);
	return query_run(&query);
}
