/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite as the store uses it: connections with safe settings, statements that
 * are prepared once, and a sticky error, so that a query is bound, run and read
 * in a row and asked once how it went. A connection belongs to one thread.
 */
#ifndef TILLD_STORE_DB_H
#define TILLD_STORE_DB_H

#include "util/cleanup.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DB_STATEMENTS_MAX 128
#define DB_BUSY_MS	  5000 /* only a technician's sqlite3 is in our way */

struct db {
	sqlite3 *sqlite;
	struct {
		const char *sql;
		sqlite3_stmt *stmt;
	} kept[DB_STATEMENTS_MAX];
	size_t kept_count;
};

enum db_mode {
	DB_WRITE,
	DB_READ,
	/* The same, with the index of the log in memory: where there is no
	 * room for its file. No other process gets at the database then, and
	 * all connections of this one have to be so. */
	DB_WRITE_ALONE,
	DB_READ_ALONE,
};

/* Never creates the file, never follows a symbolic link. Until
 * db_allow_checkpoint() closing leaves the files as they are. */
int db_open(const char *path, enum db_mode mode, struct db *out_db);
void db_close(struct db *db);
void db_allow_checkpoint(struct db *db);

/* Statements without parameters or results; not kept. */
int db_exec(struct db *db, const char *sql);

/* True if no transaction is open: SQLite may have rolled it back by itself. */
bool db_is_idle(const struct db *db);

/* What SQLite's code means as store.h's error. */
int db_error(struct db *db, int code);

struct query {
	struct db *db;
	sqlite3_stmt *stmt;
	int bound;
	int error;
	bool once;
};

/* sql: a literal, which is what its statement is kept by. */
struct query query_make(struct db *db, const char *sql);
/* sql: any text; prepared for this once. */
struct query query_make_once(struct db *db, const char *sql);

/* Parameters, from left to right; what they point to is not copied. */
void query_text(struct query *query, const char *text); /* or NULL */
void query_int(struct query *query, int64_t value);
void query_blob(struct query *query, const void *data, size_t len);

/* The next row: false at the end, or with an error. */
bool query_next(struct query *query);

/* To the end; returns the error. */
int query_run(struct query *query);

const char *query_get_text(struct query *query, int column); /* or NULL */
int64_t query_get_int(struct query *query, int column);
bool query_get_null(struct query *query, int column);
/* Exactly len bytes, else the query fails with STORE_E_CORRUPT. */
void query_get_blob(struct query *query, int column, void *out, size_t len);
/* As many bytes as there are, until the next row. */
const void *query_get_bytes(struct query *query, int column, size_t *out_len);
/* Text into an array, empty for NULL; what does not fit fails likewise. */
void query_get_chars(struct query *query, int column, char *out, size_t size);

void query_end(struct query *query);

#define QUERY CLEANUP(query_end) struct query

#endif
