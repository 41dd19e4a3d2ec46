/* SPDX-License-Identifier: Apache-2.0 */
#include "store/db.h"

#include "store/store.h"
#include "util/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Constraints and rowid go through SQLite's extended codes; the disk's own
 * reason tells a full disk from a failing one where SQLite does not.
 */
int db_error(struct db *db, int code)
{
	int disk = sqlite3_system_errno(db->sqlite);

	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_FULL:
		return STORE_E_FULL;
	case SQLITE_IOERR:
		if (code == SQLITE_IOERR_CORRUPTFS)
			return STORE_E_CORRUPT;
		return disk == ENOSPC || disk == EDQUOT ? STORE_E_FULL
							: STORE_E_WRITE;
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return STORE_E_WRITE;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return STORE_E_CORRUPT;
	case SQLITE_CONSTRAINT:
		return code == SQLITE_CONSTRAINT_UNIQUE ||
				       code == SQLITE_CONSTRAINT_PRIMARYKEY ||
				       code == SQLITE_CONSTRAINT_ROWID
			       ? STORE_E_EXISTS
			       : -EINVAL;
	case SQLITE_NOMEM:
		fputs("out of memory\n", stderr);
		abort();
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	default:
		return -EIO;
	}
}

/* Taken keys are everyday business; all else is the technicians'. */
static int db_fail(struct db *db, int code)
{
	int error = db_error(db, code);

	if (error && error != STORE_E_EXISTS)
		log_error("database: %s (%d)", sqlite3_errmsg(db->sqlite),
			  code);
	return error;
}

int db_exec(struct db *db, const char *sql)
{
	return db_fail(db, sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL));
}

/*
 * None of these reads the file. secure_delete: a person who was erased is not
 * to be found in a free page.
 */
static int db_configure(struct db *db)
{
	static const struct {
		int what;
		int value;
	} settings[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
		{ SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 },
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		int r = sqlite3_db_config(db->sqlite, settings[i].what,
					  settings[i].value, NULL);

		if (r != SQLITE_OK)
			return db_fail(db, r);
	}
	sqlite3_extended_result_codes(db->sqlite, 1);
	sqlite3_busy_timeout(db->sqlite, DB_BUSY_MS);
	return db_exec(db, "PRAGMA cell_size_check = ON;"
			   "PRAGMA synchronous = FULL;"
			   "PRAGMA secure_delete = ON;"
			   "PRAGMA temp_store = MEMORY;"
			   "PRAGMA mmap_size = 0;"
			   "PRAGMA journal_size_limit = 8388608;");
}

int db_open(const char *path, enum db_mode mode, struct db *out_db)
{
	bool reads = mode == DB_READ || mode == DB_READ_ALONE;
	bool alone = mode == DB_WRITE_ALONE || mode == DB_READ_ALONE;
	struct db db = { 0 };
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
		    (reads ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
	int r = sqlite3_open_v2(path, &db.sqlite, flags,
				alone ? "unix-excl" : NULL);

	r = r == SQLITE_OK ? db_configure(&db) : db_fail(&db, r);
	if (r) {
		db_close(&db);
		return r;
	}
	*out_db = db;
	return 0;
}

void db_close(struct db *db)
{
	for (size_t i = 0; i < db->kept_count; i++)
		sqlite3_finalize(db->kept[i].stmt);
	db->kept_count = 0;
	if (sqlite3_close(db->sqlite) != SQLITE_OK)
		abort(); /* a statement that nobody ended */
	db->sqlite = NULL;
}

void db_allow_checkpoint(struct db *db)
{
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0,
			  NULL);
}

bool db_is_idle(const struct db *db)
{
	return sqlite3_get_autocommit(db->sqlite);
}

/* --- queries --- */

static void query_prepare(struct query *query, const char *sql,
			  unsigned int flags)
{
	query->error = db_fail(query->db,
			       sqlite3_prepare_v3(query->db->sqlite, sql, -1,
						  flags, &query->stmt, NULL));
}

struct query query_make(struct db *db, const char *sql)
{
	struct query query = { .db = db };

	for (size_t i = 0; i < db->kept_count; i++) {
		if (db->kept[i].sql == sql) {
			query.stmt = db->kept[i].stmt;
			return query;
		}
	}
	if (db->kept_count == DB_STATEMENTS_MAX)
		return query_make_once(db, sql);
	query_prepare(&query, sql, SQLITE_PREPARE_PERSISTENT);
	if (!query.error) {
		db->kept[db->kept_count].sql = sql;
		db->kept[db->kept_count++].stmt = query.stmt;
	}
	return query;
}

struct query query_make_once(struct db *db, const char *sql)
{
	struct query query = { .db = db, .once = true };

	query_prepare(&query, sql, 0);
	return query;
}

void query_end(struct query *query)
{
	if (query->once) {
		sqlite3_finalize(query->stmt);
	} else if (query->stmt) {
		sqlite3_reset(query->stmt);
		sqlite3_clear_bindings(query->stmt);
	}
	query->stmt = NULL;
}

static void query_bound(struct query *query, int code)
{
	if (code != SQLITE_OK)
		query->error = db_fail(query->db, code);
}

void query_text(struct query *query, const char *text)
{
	if (!query->error)
		query_bound(query,
			    sqlite3_bind_text(query->stmt, ++query->bound, text,
					      -1, SQLITE_STATIC));
}

void query_int(struct query *query, int64_t value)
{
	if (!query->error)
		query_bound(query, sqlite3_bind_int64(query->stmt,
						      ++query->bound, value));
}

void query_blob(struct query *query, const void *data, size_t len)
{
	if (!query->error)
		query_bound(query,
			    sqlite3_bind_blob64(query->stmt, ++query->bound,
						data, len, SQLITE_STATIC));
}

bool query_next(struct query *query)
{
	int code;

	if (query->error)
		return false;
	code = sqlite3_step(query->stmt);
	if (code == SQLITE_ROW)
		return true;
	query->error = db_fail(query->db, code);
	return false;
}

int query_run(struct query *query)
{
	while (query_next(query))
		;
	return query->error;
}

const char *query_get_text(struct query *query, int column)
{
	return (const char *)sqlite3_column_text(query->stmt, column);
}

int64_t query_get_int(struct query *query, int column)
{
	return sqlite3_column_int64(query->stmt, column);
}

bool query_get_null(struct query *query, int column)
{
	return sqlite3_column_type(query->stmt, column) == SQLITE_NULL;
}

void query_get_blob(struct query *query, int column, void *out, size_t len)
{
	const void *data = sqlite3_column_blob(query->stmt, column);

	if (!data || (size_t)sqlite3_column_bytes(query->stmt, column) != len)
		query->error = STORE_E_CORRUPT;
	else
		memcpy(out, data, len);
}

const void *query_get_bytes(struct query *query, int column, size_t *out_len)
{
	const void *data = sqlite3_column_blob(query->stmt, column);

	*out_len = (size_t)sqlite3_column_bytes(query->stmt, column);
	return data;
}

void query_get_chars(struct query *query, int column, char *out, size_t size)
{
	const char *text = query_get_text(query, column);

	if (text && strlen(text) >= size)
		query->error = STORE_E_CORRUPT;
	else
		snprintf(out, size, "%s", text ? text : "");
}
