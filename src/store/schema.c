/* SPDX-License-Identifier: Apache-2.0 */
#include "store/schema.h"

#include "store/store.h"
#include "util/log.h"

#include <stdio.h>

/* "till": tells our database from another program's. */
#define SCHEMA_APPLICATION 0x74696c6c

/*
 * journal: the line is what counts; what is searched for is copied out of it
 * (as generated columns it would take a trusted schema: json_extract). That the
 * two agree is part of verifying.
 * policy: the document that stands, which holds neither secrets nor badges, as
 * a list of its parts (people_parts.h). secret: a row for every operator of the
 * document, be it empty, so that a password or badge of somebody who is gone by
 * now can't be written. operation_reversed: of one payment at most one reversal
 * is open, unknown or done, whatever the code above gets wrong.
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

	"CREATE TABLE old_key ("
	" hash BLOB PRIMARY KEY"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE signon ("
	" id TEXT PRIMARY KEY,"
	" token BLOB NOT NULL UNIQUE,"
	" operator TEXT NOT NULL,"
	" till TEXT NOT NULL,"
	" uid INTEGER NOT NULL,"
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
	" parts BLOB NOT NULL"
	") STRICT;"
	"CREATE TABLE policy_part ("
	" hash BLOB PRIMARY KEY,"
	" text TEXT NOT NULL"
	") STRICT;"
	"CREATE TABLE secret ("
	" operator TEXT PRIMARY KEY,"
	" password TEXT,"
	" pin TEXT"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE badge ("
	" key BLOB PRIMARY KEY,"
	" handle TEXT NOT NULL UNIQUE,"
	" operator TEXT NOT NULL REFERENCES secret ON DELETE CASCADE,"
	" label TEXT NOT NULL,"
	" active INTEGER NOT NULL,"
	" until_ms INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX badge_operator ON badge (operator);";

/* From version i to i + 1. Never altered once released: add another. */
static const char *const schema_steps[] = { schema_1 };

#define SCHEMA_VERSION ((int64_t)(sizeof(schema_steps) / sizeof(char *)))

static int schema_pragma(struct db *db, const char *sql, int64_t *out_value)
{
	QUERY query = query_make_once(db, sql);

	if (query_next(&query))
		*out_value = query_get_int(&query, 0);
	return query.error;
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
	return 0;
}

static int schema_step(struct db *db, int64_t version)
{
	char mark[96];
	int r = db_exec(db, "BEGIN IMMEDIATE");

	if (r)
		return r;
	snprintf(mark, sizeof(mark),
		 "PRAGMA user_version = %lld; PRAGMA application_id = %d",
		 (long long)version + 1, SCHEMA_APPLICATION);
	r = db_exec(db, schema_steps[version]);
	if (!r)
		r = db_exec(db, mark);
	if (!r)
		r = db_exec(db, "COMMIT");
	if (r && !db_is_idle(db))
		db_exec(db, "ROLLBACK");
	return r;
}

int schema_migrate(struct db *db)
{
	int64_t version = 0;
	int r = schema_pragma(db, "PRAGMA user_version", &version);

	for (; !r && version < SCHEMA_VERSION; version++) {
		log_info("database: from version %lld to %lld",
			 (long long)version, (long long)version + 1);
		r = schema_step(db, version);
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
