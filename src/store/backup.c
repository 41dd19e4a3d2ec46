/* SPDX-License-Identifier: Apache-2.0 */
#include "store/backup.h"

#include "store/store_private.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/err.h"
#include "util/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKUP_NAME  "backup.new"
#define BACKUP_PAGES 64 /* in one step: a millisecond or so */
#define BACKUP_ROOM  (3 * (int64_t)STORE_BALLAST)

struct backup {
	struct work work;
	struct store *store;
	struct db copy; /* open while it is being made */
	sqlite3_backup *run;
	bool complete;
	bool cancelled;
	int fd;			 /* of the file, once it is complete */
	struct hash_run *sealed; /* what was read; NULL: the seal was, too */
	int error;		 /* of the work */
	size_t len;
	uint8_t bytes[BACKUP_READ_MAX];
	union {
		backup_taken taken;
		backup_bytes read;
	} done;
	void *arg;
};

struct backup *backup_free(struct backup *backup)
{
	if (!backup)
		return NULL;
	cleanup_fd(&backup->fd);
	hash_run_free(backup->sealed);
	free(backup);
	return NULL;
}

/* --- on the writer --- */

static void backup_unlink(const struct backup *backup)
{
	int folder = backup->store->files.folder_fd;

	unlinkat(folder, BACKUP_NAME, 0);
	unlinkat(folder, BACKUP_NAME "-journal", 0);
}

static int backup_check_room(const struct backup *backup, int64_t needed)
{
	return files_room(&backup->store->files) < needed + BACKUP_ROOM
		       ? STORE_E_FULL
		       : 0;
}

/* By us rather than SQLite, for its mode. */
static int backup_create(const struct backup *backup)
{
	CLEANUP_FD int fd =
		openat(backup->store->files.folder_fd, BACKUP_NAME,
		       O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		       0600);

	return fd < 0 ? err_born(-errno) : 0;
}

/* After a crash the copy is worth nothing: it need not be safe on disk. */
static int backup_open_copy(struct backup *backup)
{
	CLEANUP_FREE char *path =
		alloc_format("%s/" BACKUP_NAME, backup->store->files.folder);
	int r = db_open(path, DB_WRITE, &backup->copy);

	return r ? r
		 : db_exec(&backup->copy, "PRAGMA synchronous = OFF;"
					  "PRAGMA journal_mode = MEMORY;");
}

static int backup_start(struct backup *backup)
{
	struct db *from = &backup->store->writer.db;
	int64_t size, log;
	int r = files_measure_database(&backup->store->files, &size, &log);

	if (!r)
		r = backup_check_room(backup, size + log);
	if (r)
		return r;
	backup_unlink(backup); /* of one that was cut off */
	r = backup_create(backup);
	if (!r)
		r = backup_open_copy(backup);
	if (r)
		return r;
	backup->run = sqlite3_backup_init(backup->copy.sqlite, "main",
					  from->sqlite, "main");
	return backup->run ? 0
			   : db_error(&backup->copy,
				      sqlite3_errcode(backup->copy.sqlite));
}

static int backup_finish(struct backup *backup)
{
	int code = backup->run ? sqlite3_backup_finish(backup->run) : SQLITE_OK;
	int r = 0;

	backup->run = NULL;
	if (code != SQLITE_OK)
		r = db_error(&backup->copy, code);
	if (backup->copy.sqlite)
		db_close(&backup->copy);
	return r;
}

static int backup_give_up(struct backup *backup, int error)
{
	backup_finish(backup);
	backup_unlink(backup);
	return error;
}

static int backup_take_file(struct backup *backup)
{
	backup->fd = openat(backup->store->files.folder_fd, BACKUP_NAME,
			    O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (backup->fd < 0)
		return err_born(-errno);
	backup->sealed = backup_seal_begin();
	backup_unlink(backup);
	return 0;
}

static int backup_go_on(struct backup *backup)
{
	int code, r = backup_check_room(backup, 0);

	if (r)
		return r;
	code = sqlite3_backup_step(backup->run, BACKUP_PAGES);
	backup->complete = code == SQLITE_DONE;
	return db_error(&backup->copy, code);
}

static void backup_run_step(struct work *work)
{
	struct backup *backup = (struct backup *)work;
	int r = backup->cancelled ? -ECANCELED : 0;

	if (!r && !backup->run)
		r = backup_start(backup);
	if (!r)
		r = backup_go_on(backup);
	if (!r && backup->complete)
		r = backup_finish(backup);
	if (!r && backup->complete)
		r = backup_take_file(backup);
	backup->error = r ? backup_give_up(backup, r) : 0;
}

/* --- and back in the loop --- */

static void backup_end(struct backup *backup)
{
	int error = backup->error;

	backup->store->backup = NULL;
	if (error)
		log_error("no backup could be taken: %s",
			  store_error_text(error));
	backup->done.taken(backup->arg, error, error ? NULL : backup);
	if (error)
		backup_free(backup);
}

static void backup_step_done(struct work *work)
{
	struct backup *backup = (struct backup *)work;

	if (backup->error || backup->complete) {
		backup_end(backup);
		return;
	}
	backup->cancelled = backup->store->closing;
	worker_submit(backup->store->writer_worker, work);
}

int store_backup(struct store *store, backup_taken taken, void *arg)
{
	struct backup *backup;

	if (store->backup)
		return -EBUSY;
	backup = ALLOC_NEW(struct backup);
	backup->work.run = backup_run_step;
	backup->work.done = backup_step_done;
	backup->store = store;
	backup->fd = -1;
	backup->done.taken = taken;
	backup->arg = arg;
	store->backup = backup;
	worker_submit(store->writer_worker, &backup->work);
	return 0;
}

/* --- reading it --- */

/* The last that is read. */
static void backup_add_seal(struct backup *backup)
{
	char seal[BACKUP_SEAL_SIZE];

	backup_seal_end(backup->sealed, backup->store->keys, seal);
	backup->sealed = hash_run_free(backup->sealed);
	backup->len = sizeof(seal) - 1;
	memcpy(backup->bytes, seal, backup->len);
}

static void backup_run_read(struct work *work)
{
	struct backup *backup = (struct backup *)work;
	ssize_t len = read(backup->fd, backup->bytes, sizeof(backup->bytes));

	backup->error = len < 0 ? err_born(-errno) : 0;
	backup->len = len < 0 ? 0 : (size_t)len;
	if (len > 0)
		hash_run_add(backup->sealed, backup->bytes, backup->len);
	else if (!len && backup->sealed)
		backup_add_seal(backup);
}

static void backup_finish_read(struct work *work)
{
	struct backup *backup = (struct backup *)work;

	backup->done.read(backup->arg, backup->error, backup->bytes,
			  backup->len);
}

void backup_read(struct backup *backup, backup_bytes told, void *arg)
{
	backup->work.run = backup_run_read;
	backup->work.done = backup_finish_read;
	backup->done.read = told;
	backup->arg = arg;
	worker_submit(backup->store->files_worker, &backup->work);
}
