/* SPDX-License-Identifier: Apache-2.0 */
#include "store/files.h"

#include "store/store.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/err.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FILES_DATABASE "tilld.db"
#define FILES_LOG      "tilld.db-wal"
#define FILES_INDEX    "tilld.db-shm"
#define FILES_LOCK     "tilld.lock"
#define FILES_BALLAST  "ballast"
#define FILES_HEAD     "head"

/* --- the folder --- */

/* What a technician has to put right; returns the error. */
static int files_refuse(const char *path, int error)
{
	switch (error) {
	case ENOENT:
		log_error("%s: the folder that it belongs in is missing", path);
		break;
	case ENOTDIR:
		log_error("%s: is no folder", path);
		break;
	case EACCES:
		log_error("%s: uid %u, which tilld runs as, may not write it; "
			  "give it to that user",
			  path, (unsigned int)geteuid());
		break;
	case EROFS:
		log_error("%s: can't be written, since its disk is mounted "
			  "read-only",
			  path);
		break;
	case ELOOP:
		log_error("%s: is a symbolic link, which is not followed",
			  path);
		break;
	default:
		log_error("%s: %s", path, strerror(error));
	}
	return err_born(-error);
}

static int files_refuse_owner(const char *path, uid_t owner)
{
	log_error("%s: belongs to another user (uid %u); give it to uid %u, "
		  "which tilld runs as",
		  path, (unsigned int)owner, (unsigned int)geteuid());
	return err_born(-EPERM);
}

int files_check_folder(int fd, const char *path)
{
	struct stat stat;

	if (fstat(fd, &stat) < 0)
		return err_born(-errno);
	if (stat.st_uid != geteuid() && stat.st_uid != 0)
		return files_refuse_owner(path, stat.st_uid);
	if (!(stat.st_mode & (S_IWGRP | S_IWOTH)))
		return 0;
	log_error("%s: others may write to this folder; its mode should be "
		  "0700",
		  path);
	return err_born(-EPERM);
}

/* systemd makes a symbolic link of a state folder (DynamicUser=): that one is
 * followed, once, and then the real path is used. */
static int files_open_folder(const char *path, struct files *files)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return files_refuse(path, errno);
	files->folder = realpath(path, NULL);
	if (!files->folder)
		return files_refuse(path, errno);
	files->folder_fd = open(files->folder, O_RDONLY | O_DIRECTORY |
						       O_NOFOLLOW | O_CLOEXEC);
	if (files->folder_fd < 0)
		return files_refuse(path, errno);
	return files_check_folder(files->folder_fd, files->folder);
}

static int files_open_plain(const struct files *files, const char *name,
			    int *out_fd)
{
	int fd = openat(files->folder_fd, name,
			O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0) {
		CLEANUP_FREE char *path =
			alloc_format("%s/%s", files->folder, name);

		return files_refuse(path, errno);
	}
	*out_fd = fd;
	return 0;
}

static int files_lock(struct files *files)
{
	int r = files_open_plain(files, FILES_LOCK, &files->lock_fd);

	if (r)
		return r;
	if (flock(files->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK ? STORE_E_LOCKED : err_born(-errno);
}

/* Who can exchange the head file can hide that the database is an older one. */
static int files_check_head_folder(const struct files *files)
{
	CLEANUP_FREE char *copy = alloc_text(files->head);
	const char *path = dirname(copy);
	CLEANUP_FD int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return 0; /* its disk is not there: warned of when written */
	return files_check_folder(fd, path);
}

static void files_name(struct files *files, const char *head)
{
	files->database = alloc_format("%s/" FILES_DATABASE, files->folder);
	files->head = head ? alloc_text(head)
			   : alloc_format("%s/" FILES_HEAD, files->folder);
	files->intents = alloc_format("%s.intents", files->head);
}

int files_open(const char *folder, const char *head, struct files *out_files)
{
	struct files files = { .folder_fd = -1,
			       .lock_fd = -1,
			       .ballast_fd = -1 };
	int r = files_open_folder(folder, &files);

	if (!r)
		r = files_lock(&files);
	if (!r)
		r = files_open_plain(&files, FILES_BALLAST, &files.ballast_fd);
	if (!r) {
		files_name(&files, head);
		r = files_check_head_folder(&files);
	}
	if (r) {
		files_close(&files);
		return r;
	}
	*out_files = files;
	return 0;
}

void files_close(struct files *files)
{
	cleanup_fd(&files->ballast_fd);
	cleanup_fd(&files->lock_fd);
	cleanup_fd(&files->folder_fd);
	free(files->intents);
	free(files->head);
	free(files->database);
	free(files->folder);
}

/* --- the database --- */

/* Size 0 if there is no such file; refuses whatever is no plain file of our
 * own: one that root put there from a backup could not be opened. */
static int files_measure(const struct files *files, const char *name,
			 int64_t *out_size)
{
	CLEANUP_FREE char *path = alloc_format("%s/%s", files->folder, name);
	struct stat stat;

	if (fstatat(files->folder_fd, name, &stat, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return err_born(-errno);
		*out_size = 0;
		return 0;
	}
	if (!S_ISREG(stat.st_mode)) {
		log_error("%s: not a plain file", path);
		return err_born(-ELOOP);
	}
	if (stat.st_uid != geteuid())
		return files_refuse_owner(path, stat.st_uid);
	*out_size = stat.st_size;
	return 0;
}

int files_measure_database(const struct files *files, int64_t *out_database,
			   int64_t *out_log)
{
	int64_t index;
	int r = files_measure(files, FILES_DATABASE, out_database);

	if (!r)
		r = files_measure(files, FILES_LOG, out_log);
	return r ? r : files_measure(files, FILES_INDEX, &index);
}

/* "Database File Format", section 1.3.1: the first 16 bytes. */
static int files_check_magic(const struct files *files)
{
	static const char magic[16] = "SQLite format 3";
	char found[sizeof(magic)];
	CLEANUP_FD int fd = openat(files->folder_fd, FILES_DATABASE,
				   O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fchmod(fd, 0600) < 0)
		return err_born(-errno);
	if (read(fd, found, sizeof(found)) == sizeof(found) &&
	    !memcmp(found, magic, sizeof(magic)))
		return 0;
	log_error("%s: not a database", files->database);
	return STORE_E_CORRUPT;
}

int files_check_database(const struct files *files,
			 enum files_database *out_database)
{
	int64_t database, log;
	int r = files_measure_database(files, &database, &log);

	if (r)
		return r;
	if (!database && log) {
		log_error("%s: its log is there, but not the database",
			  files->database);
		return STORE_E_CORRUPT;
	}
	*out_database =
		database ? FILES_DATABASE_THERE : FILES_DATABASE_MISSING;
	return database ? files_check_magic(files) : 0;
}

/* By us rather than SQLite, for the mode; the log gets the mode of this. */
int files_create_database(const struct files *files)
{
	CLEANUP_FD int fd = -1;
	int r = files_open_plain(files, FILES_DATABASE, &fd);

	if (r)
		return r;
	if (fchmod(fd, 0600) < 0 || fsync(files->folder_fd) < 0)
		return err_born(-errno);
	return 0;
}

/* --- room --- */

int64_t files_room(const struct files *files)
{
	struct statvfs disk;

	if (fstatvfs(files->folder_fd, &disk) < 0)
		return 0;
	return (int64_t)(disk.f_bavail * disk.f_frsize);
}

bool files_has_ballast(const struct files *files)
{
	struct stat stat;

	return !fstat(files->ballast_fd, &stat) &&
	       stat.st_size == STORE_BALLAST &&
	       (int64_t)stat.st_blocks * 512 >= STORE_BALLAST;
}

int files_make_ballast(const struct files *files)
{
	int r = posix_fallocate(files->ballast_fd, 0, STORE_BALLAST);

	if (r) {
		(void)!ftruncate(files->ballast_fd, 0);
		return err_born(-r);
	}
	return fsync(files->ballast_fd) < 0 ? err_born(-errno) : 0;
}

int files_give_up_ballast(const struct files *files)
{
	if (ftruncate(files->ballast_fd, 0) < 0 || fsync(files->ballast_fd) < 0)
		return err_born(-errno);
	return 0;
}

/* --- the head file --- */

static int files_sync_folder_of(const char *path)
{
	CLEANUP_FREE char *copy = alloc_text(path);
	CLEANUP_FD int fd =
		open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? err_born(-errno) : 0;
}

static int files_write_new(const char *path, const char *text)
{
	CLEANUP_FD int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		     0600);
	ssize_t len = (ssize_t)strlen(text), put;

	if (fd < 0)
		return err_born(-errno);
	put = write(fd, text, (size_t)len);
	if (put != len)
		return err_born(put < 0 ? -errno : -ENOSPC);
	return fsync(fd) < 0 ? err_born(-errno) : 0;
}

int files_write_head(const struct files *files, const char *text)
{
	CLEANUP_FREE char *temp = alloc_format("%s.new", files->head);
	int r;

	unlink(temp); /* of a write that was cut off */
	r = files_write_new(temp, text);
	if (!r && rename(temp, files->head) < 0)
		r = err_born(-errno);
	return r ? r : files_sync_folder_of(files->head);
}

int files_read_head(const struct files *files, char out_text[FILES_HEAD_MAX])
{
	CLEANUP_FD int fd =
		open(files->head, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t got;

	if (fd < 0 && errno != ENOENT)
		return err_born(-errno);
	got = fd < 0 ? 0 : read(fd, out_text, FILES_HEAD_MAX - 1);
	if (got < 0)
		return err_born(-errno);
	out_text[got] = 0;
	return 0;
}
