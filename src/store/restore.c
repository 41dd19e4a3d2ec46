/* SPDX-License-Identifier: Apache-2.0 */
#include "store/restore.h"

#include "store/backup.h"
#include "store/journal_private.h"
#include "store/people_parts.h"
#include "store/schema.h"
#include "store/segments.h"
#include "store/store_private.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/err.h"
#include "util/hash.h"
#include "util/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESTORE_NAME "tilld.db.new"
#define RESTORE_PART 65536

struct restore {
	struct files files;
	char *path; /* of the new database */
	bool new_keys;
	char seal[BACKUP_SEAL_SIZE]; /* "" if it has none */
	struct hash_run *run;	     /* of what that is over */
	struct restore_result result;
};

static void restore_unlink(const struct restore *restore)
{
	static const char *const names[] = { RESTORE_NAME, RESTORE_NAME "-wal",
					     RESTORE_NAME "-shm" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlinkat(restore->files.folder_fd, names[i], 0);
}

/* --- the file --- */

static int restore_put(int fd, const char *at, size_t len)
{
	ssize_t put;

	for (; len; at += put, len -= (size_t)put) {
		put = write(fd, at, len);
		if (put < 0)
			return err_born(-errno);
	}
	return 0;
}

static int restore_copy(int from, int to)
{
	CLEANUP_FREE char *part = alloc_zero(RESTORE_PART, 1);
	ssize_t len = 0;
	int r = 0;

	while (!r && (len = read(from, part, RESTORE_PART)) > 0)
		r = restore_put(to, part, (size_t)len);
	return !r && len < 0 ? err_born(-errno) : r;
}

/* --- its seal --- */

/* Taken off the end of the file, so that what is left is the database. */
static int restore_take_seal(struct restore *restore, int fd)
{
	const off_t len = BACKUP_SEAL_SIZE - 1;
	off_t size = lseek(fd, 0, SEEK_END);

	if (size < 0)
		return err_born(-errno);
	if (size < len ||
	    pread(fd, restore->seal, (size_t)len, size - len) != (ssize_t)len)
		return 0;
	if (backup_is_seal(restore->seal))
		return ftruncate(fd, size - len) < 0 ? err_born(-errno) : 0;
	*restore->seal = 0;
	return 0;
}

/* Before SQLite has it in its hands, which may change its first page. */
static int restore_hash_file(int fd, struct hash_run *run)
{
	CLEANUP_FREE char *part = alloc_zero(RESTORE_PART, 1);
	ssize_t len;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_born(-errno);
	while ((len = read(fd, part, RESTORE_PART)) > 0)
		hash_run_add(run, part, (size_t)len);
	return len < 0 ? err_born(-errno) : 0;
}

static int restore_make_file(struct restore *restore, int from)
{
	CLEANUP_FD int to =
		openat(restore->files.folder_fd, RESTORE_NAME,
		       O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		       0600);
	int r = to < 0 ? err_born(-errno) : restore_copy(from, to);

	if (!r)
		r = restore_take_seal(restore, to);
	if (!r)
		r = restore_hash_file(to, restore->run);
	return !r && fsync(to) < 0 ? err_born(-errno) : r;
}

/* By the key that the journal in it is sealed by. */
static int restore_check_seal(struct db *db, struct restore *restore)
{
	struct journal_keys keys;
	int r;

	if (!*restore->seal)
		return 0;
	r = segments_keys(db, &keys);
	if (r)
		return r;
	restore->result.sealed =
		keys.count && backup_seal_holds(restore->seal, restore->run,
						keys.public[keys.count - 1]);
	if (restore->result.sealed)
		return 0;
	log_error("its seal does not hold: it was altered after it was taken");
	return STORE_E_CORRUPT;
}

/* --- what is in it --- */

static int restore_check_pages(struct db *db)
{
	QUERY query = query_make_once(db, "PRAGMA integrity_check(1)");

	if (!query_next(&query))
		return query.error ? query.error : STORE_E_CORRUPT;
	return strcmp(query_get_text(&query, 0), "ok") ? STORE_E_CORRUPT : 0;
}

static int restore_read_lines(struct db *db, const char *sql, int64_t after,
			      struct journal_check *check)
{
	QUERY query = query_make(db, sql);

	query_int(&query, after);
	while (query_next(&query)) {
		const char *line = query_get_text(&query, 0);

		journal_check_line(check, line, strlen(line));
	}
	return query.error;
}

/* As an export of it would read. What is archived may be there yet. */
static int restore_read_journal(struct db *db, int64_t archived,
				struct journal_check *check)
{
	CLEANUP_FREE char *first = NULL;
	struct journal_keys keys;
	int r = segments_keys(db, &keys);

	if (r || !keys.count)
		return r ? r : STORE_E_CORRUPT;
	first = journal_first_line(&keys, 0, NULL);
	journal_check_line(check, first, strlen(first));
	r = restore_read_lines(db,
			       "SELECT head FROM segment WHERE first > ? AND"
			       " head IS NOT NULL ORDER BY first",
			       0, check);
	return r ? r
		 : restore_read_lines(db,
				      "SELECT line FROM journal WHERE seq > ? "
				      "ORDER BY seq",
				      archived, check);
}

CLEANUP_DEFINE(restore_check_cleanup, struct journal_check *,
	       journal_check_free);

/* All of it: SQLite has no sums of its pages, but the journal has. */
static int restore_check_chain(struct db *db, int64_t archived)
{
	CLEANUP(restore_check_cleanup)
	struct journal_check *check = journal_check_new(NULL);
	const struct journal_verdict *verdict = journal_check_verdict(check);
	int r = restore_read_journal(db, archived, check);

	if (r || !verdict->fault)
		return r;
	log_error("line %lld of its journal: %s", (long long)verdict->line,
		  journal_fault_text(verdict->fault));
	return STORE_E_CORRUPT;
}

static int restore_check_journal(struct db *db, struct restore *restore)
{
	struct restore_result *result = &restore->result;
	struct journal_head head;
	int r = meta_get_text(db, "seal_key", result->key, sizeof(result->key));

	if (!r && !*result->key)
		r = STORE_E_CORRUPT; /* of a box that was never set up */
	if (!r)
		r = journal_load_head(db, &head);
	if (!r)
		r = restore_check_chain(db, head.archived);
	if (!r)
		result->seq = head.seq;
	return r;
}

/* One of an older version stays one: only with its keys, at the next start, can
 * it be made one of this. */
static int restore_check(struct db *db, struct restore *restore)
{
	int64_t version = 0;
	int r = schema_check(db);

	if (!r)
		r = restore_check_pages(db);
	if (!r)
		r = restore_check_seal(db, restore);
	if (!r)
		r = schema_version(db, &version);
	if (!r && !version)
		r = STORE_E_CORRUPT;
	if (!r)
		r = check_version(db);
	if (!r)
		r = restore_check_journal(db, restore);
	return r ? r : people_check(db, version >= SCHEMA_BOUND);
}

static int restore_prepare(struct db *db, const struct restore *restore)
{
	int r = db_exec(db, "BEGIN IMMEDIATE; DELETE FROM signon");

	if (!r)
		r = meta_set_int(db, "restored", 1);
	if (!r)
		r = meta_set_int(db, "clean", 0);
	if (!r)
		r = meta_set_int(db, "rekey", restore->new_keys);
	return r ? r : db_exec(db, "COMMIT");
}

/* Closing it puts all into the one file. */
static int restore_make_ready(struct restore *restore)
{
	struct db db;
	int r = db_open(restore->path, DB_WRITE, &db);

	if (r)
		return r;
	r = restore_check(&db, restore);
	if (!r)
		r = restore_prepare(&db, restore);
	if (!r)
		db_allow_checkpoint(&db);
	db_close(&db);
	return r;
}

static int restore_take_place(const struct restore *restore)
{
	int folder = restore->files.folder_fd;
	CLEANUP_FD int fd =
		openat(folder, RESTORE_NAME, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0 ||
	    rename(restore->path, restore->files.database) < 0 ||
	    fsync(folder) < 0)
		return err_born(-errno);
	return 0;
}

static int restore_run(struct restore *restore, int fd)
{
	enum files_database there;
	int r = files_check_database(&restore->files, &there);

	if (r || there == FILES_DATABASE_THERE)
		return r ? r : STORE_E_EXISTS;
	restore_unlink(restore); /* of a try that was cut off */
	r = restore_make_file(restore, fd);
	if (!r)
		r = restore_make_ready(restore);
	if (!r)
		r = restore_take_place(restore);
	if (r)
		restore_unlink(restore);
	return r;
}

int store_restore(const struct store_config *config, int fd, bool new_keys,
		  struct restore_result *out_result)
{
	struct restore restore = { .new_keys = new_keys };
	int r = files_open(config->state_dir, config->head_file,
			   &restore.files);

	if (r)
		return r;
	restore.path = alloc_format("%s/" RESTORE_NAME, restore.files.folder);
	restore.run = backup_seal_begin();
	r = restore_run(&restore, fd);
	if (!r)
		*out_result = restore.result;
	hash_run_free(restore.run);
	free(restore.path);
	files_close(&restore.files);
	return r;
}
