/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls that the store makes for its own files, taken by the linker
 * (--wrap) to the disk in memory where their path is below DISK_ROOT; all
 * others go on to the kernel.
 */
#include "disk.h"

#include "util/alloc.h"
#include "util/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DISK_PATH_MAX 256

/* clang-format off: one line each */
int __real_open(const char *path, int flags, ...);
int __real_openat(int dir, const char *path, int flags, ...);
int __real_close(int fd);
ssize_t __real_read(int fd, void *out, size_t len);
ssize_t __real_pread(int fd, void *out, size_t len, off_t at);
ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __real_pwrite(int fd, const void *data, size_t len, off_t at);
int __real_fsync(int fd);
int __real_fdatasync(int fd);
int __real_ftruncate(int fd, off_t size);
int __real_posix_fallocate(int fd, off_t at, off_t len);
int __real_rename(const char *from, const char *to);
int __real_unlink(const char *path);
int __real_unlinkat(int dir, const char *path, int flags);
int __real_linkat(int from_dir, const char *from, int to_dir, const char *to,
		  int flags);
int __real_flock(int fd, int what);
int __real_fstatvfs(int fd, struct statvfs *out);
int __real_mkdir(const char *path, mode_t mode);
char *__real_realpath(const char *path, char *out);
int __real_fstat(int fd, struct stat *out);
int __real_fstatat(int dir, const char *path, struct stat *out, int flags);
int __real_lstat(const char *path, struct stat *out);
int __real_fchmod(int fd, mode_t mode);

int __wrap_open(const char *path, int flags, ...);
int __wrap_openat(int dir, const char *path, int flags, ...);
int __wrap_close(int fd);
ssize_t __wrap_read(int fd, void *out, size_t len);
ssize_t __wrap_pread(int fd, void *out, size_t len, off_t at);
ssize_t __wrap_write(int fd, const void *data, size_t len);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at);
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_ftruncate(int fd, off_t size);
int __wrap_posix_fallocate(int fd, off_t at, off_t len);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);
int __wrap_unlinkat(int dir, const char *path, int flags);
int __wrap_linkat(int from_dir, const char *from, int to_dir, const char *to,
		  int flags);
int __wrap_flock(int fd, int what);
int __wrap_fstatvfs(int fd, struct statvfs *out);
int __wrap_mkdir(const char *path, mode_t mode);
char *__wrap_realpath(const char *path, char *out);
int __wrap_fstat(int fd, struct stat *out);
int __wrap_fstatat(int dir, const char *path, struct stat *out, int flags);
int __wrap_lstat(const char *path, struct stat *out);
int __wrap_fchmod(int fd, mode_t mode);
/* clang-format on */

/* --- descriptors and paths --- */

static struct disk_fd *calls_fd(int fd)
{
	if (!disk_now || fd < DISK_FD || fd >= DISK_FD + DISK_FDS)
		return NULL;
	return &disk_now->fds[fd - DISK_FD];
}

static bool calls_is_ours(const char *path)
{
	size_t len = strlen(DISK_ROOT);

	return disk_now && !strncmp(path, DISK_ROOT, len) &&
	       (path[len] == '/' || !path[len]);
}

/* The whole path of name in the folder; false if that is none of ours. */
static bool calls_place(int dir, const char *name, char out[DISK_PATH_MAX])
{
	const struct disk_fd *folder = calls_fd(dir);
	CLEANUP_FREE char *path = NULL;

	if (*name == '/' || !folder) {
		if (!calls_is_ours(name))
			return false;
		path = alloc_text(name);
	} else if (!strcmp(name, "..")) {
		path = alloc_text(folder->path);
		*strrchr(path, '/') = 0;
	} else {
		path = alloc_format("%s/%s", folder->path, name);
	}
	if (strlen(path) >= DISK_PATH_MAX)
		abort();
	memcpy(out, path, strlen(path) + 1);
	return true;
}

static int calls_fail(int error)
{
	if (error >= 0)
		return error;
	errno = -error;
	return -1;
}

/* --- opening --- */

static int calls_take_fd(struct disk_file *file, const char *path)
{
	for (int i = 0; i < DISK_FDS; i++) {
		struct disk_fd *fd = &disk_now->fds[i];

		if (fd->file)
			continue;
		*fd = (struct disk_fd){ .file = file,
					.path = alloc_text(path) };
		return DISK_FD + i;
	}
	return calls_fail(-EMFILE);
}

static int calls_open(const char *path, int flags, mode_t mode)
{
	struct disk_file *file = disk_find(disk_now, path);

	if (file && (flags & O_CREAT) && (flags & O_EXCL))
		return calls_fail(-EEXIST);
	if (!file && !(flags & O_CREAT))
		return calls_fail(-ENOENT);
	if (file && (flags & O_DIRECTORY) && !file->folder)
		return calls_fail(-ENOTDIR);
	if (!file)
		file = disk_make(disk_now, path, mode);
	if (!file)
		return calls_fail(-EIO);
	return calls_take_fd(file, path);
}

int __wrap_open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? (mode_t)va_arg(args, int) : 0;
	va_end(args);
	return calls_is_ours(path) ? calls_open(path, flags, mode)
				   : __real_open(path, flags, mode);
}

int __wrap_openat(int dir, const char *name, int flags, ...)
{
	char path[DISK_PATH_MAX];
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? (mode_t)va_arg(args, int) : 0;
	va_end(args);
	return calls_place(dir, name, path)
		       ? calls_open(path, flags, mode)
		       : __real_openat(dir, name, flags, mode);
}

int __wrap_close(int fd)
{
	struct disk_fd *ours = calls_fd(fd);

	if (!ours)
		return __real_close(fd);
	if (ours->locks)
		ours->file->locked = false;
	free(ours->path);
	*ours = (struct disk_fd){ 0 };
	return 0;
}

int __wrap_mkdir(const char *path, mode_t mode)
{
	struct disk_file *file;

	if (!calls_is_ours(path))
		return __real_mkdir(path, mode);
	if (disk_find(disk_now, path))
		return calls_fail(-EEXIST);
	file = disk_make(disk_now, path, mode);
	if (!file)
		return calls_fail(-EIO);
	file->folder = true;
	return 0;
}

char *__wrap_realpath(const char *path, char *out)
{
	if (!calls_is_ours(path))
		return __real_realpath(path, out);
	if (!disk_find(disk_now, path)) {
		errno = ENOENT;
		return NULL;
	}
	return alloc_text(path);
}

/* --- bytes --- */

ssize_t __wrap_pread(int fd, void *out, size_t len, off_t at)
{
	struct disk_fd *ours = calls_fd(fd);

	if (!ours)
		return __real_pread(fd, out, len, at);
	return calls_fail(disk_read(disk_now, ours->file, out, len, at));
}

ssize_t __wrap_read(int fd, void *out, size_t len)
{
	struct disk_fd *ours = calls_fd(fd);
	ssize_t got;

	if (!ours)
		return __real_read(fd, out, len);
	got = __wrap_pread(fd, out, len, ours->at);
	ours->at += got > 0 ? got : 0;
	return got;
}

ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at)
{
	struct disk_fd *ours = calls_fd(fd);
	int r;

	if (!ours)
		return __real_pwrite(fd, data, len, at);
	r = disk_write(disk_now, ours->file, data, len, at);
	return r ? calls_fail(r) : (ssize_t)len;
}

ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	struct disk_fd *ours = calls_fd(fd);
	ssize_t put;

	if (!ours)
		return __real_write(fd, data, len);
	put = __wrap_pwrite(fd, data, len, ours->at);
	ours->at += put > 0 ? put : 0;
	return put;
}

static int calls_sync(const struct disk_fd *fd)
{
	return calls_fail(fd->file->folder
				  ? disk_sync_folder(disk_now, fd->path)
				  : disk_sync(disk_now, fd->file));
}

int __wrap_fsync(int fd)
{
	struct disk_fd *ours = calls_fd(fd);

	return ours ? calls_sync(ours) : __real_fsync(fd);
}

int __wrap_fdatasync(int fd)
{
	struct disk_fd *ours = calls_fd(fd);

	return ours ? calls_sync(ours) : __real_fdatasync(fd);
}

int __wrap_ftruncate(int fd, off_t size)
{
	struct disk_fd *ours = calls_fd(fd);

	return ours ? calls_fail(disk_resize(disk_now, ours->file, size))
		    : __real_ftruncate(fd, size);
}

int __wrap_posix_fallocate(int fd, off_t at, off_t len)
{
	struct disk_fd *ours = calls_fd(fd);

	if (!ours)
		return __real_posix_fallocate(fd, at, len);
	if (at + len <= ours->file->size)
		return 0;
	return -disk_resize(disk_now, ours->file, at + len);
}

/* --- names --- */

int __wrap_rename(const char *from, const char *to)
{
	return calls_is_ours(from) ? calls_fail(disk_rename(disk_now, from, to))
				   : __real_rename(from, to);
}

int __wrap_unlink(const char *path)
{
	return calls_is_ours(path) ? calls_fail(disk_unlink(disk_now, path))
				   : __real_unlink(path);
}

int __wrap_unlinkat(int dir, const char *name, int flags)
{
	char path[DISK_PATH_MAX];

	return calls_place(dir, name, path)
		       ? calls_fail(disk_unlink(disk_now, path))
		       : __real_unlinkat(dir, name, flags);
}

int __wrap_linkat(int from_dir, const char *from, int to_dir, const char *to,
		  int flags)
{
	char old[DISK_PATH_MAX], fresh[DISK_PATH_MAX];

	if (!calls_place(from_dir, from, old) ||
	    !calls_place(to_dir, to, fresh))
		return __real_linkat(from_dir, from, to_dir, to, flags);
	return calls_fail(disk_link(disk_now, old, fresh));
}

/* --- what it is --- */

int __wrap_flock(int fd, int what)
{
	struct disk_fd *ours = calls_fd(fd);

	if (!ours)
		return __real_flock(fd, what);
	if (ours->file->locked)
		return calls_fail(-EWOULDBLOCK);
	ours->file->locked = ours->locks = true;
	return 0;
}

int __wrap_fstatvfs(int fd, struct statvfs *out)
{
	if (!calls_fd(fd))
		return __real_fstatvfs(fd, out);
	*out = (struct statvfs){
		.f_frsize = DISK_SECTOR,
		.f_bavail = (fsblkcnt_t)(disk_room(disk_now) / DISK_SECTOR),
	};
	return 0;
}

static int calls_stat(const struct disk_file *file, struct stat *out)
{
	if (!file)
		return calls_fail(-ENOENT);
	*out = (struct stat){
		.st_mode = (file->folder ? S_IFDIR : S_IFREG) | file->mode,
		.st_uid = geteuid(),
		.st_gid = getegid(),
		.st_nlink = 1,
		.st_size = file->size,
		.st_blocks = (file->size + DISK_SECTOR - 1) / DISK_SECTOR,
	};
	return 0;
}

int __wrap_fstat(int fd, struct stat *out)
{
	struct disk_fd *ours = calls_fd(fd);

	return ours ? calls_stat(ours->file, out) : __real_fstat(fd, out);
}

int __wrap_fstatat(int dir, const char *name, struct stat *out, int flags)
{
	char path[DISK_PATH_MAX];

	return calls_place(dir, name, path)
		       ? calls_stat(disk_find(disk_now, path), out)
		       : __real_fstatat(dir, name, out, flags);
}

int __wrap_lstat(const char *path, struct stat *out)
{
	return calls_is_ours(path) ? calls_stat(disk_find(disk_now, path), out)
				   : __real_lstat(path, out);
}

int __wrap_fchmod(int fd, mode_t mode)
{
	struct disk_fd *ours = calls_fd(fd);

	if (!ours)
		return __real_fchmod(fd, mode);
	ours->file->mode = mode & 07777;
	return 0;
}
