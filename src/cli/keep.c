/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/keep.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/err.h"
#include "util/hash.h"
#include "util/random.h"
#include "util/secret.h"
#include "util/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#define KEEP_FOLDER	 "tillctl"
#define KEEP_PREFIX_SIZE 18 /* 16 digits, a dot and a NUL */

const char *keep_error_text(int error)
{
	switch ((enum keep_error)error) {
	case KEEP_E_NONE:
		return "no sign-on is kept";
	case KEEP_E_NO_FOLDER:
		return "neither XDG_RUNTIME_DIR nor HOME says where to";
	case KEEP_E_UNSAFE:
		return "the folder for it is not yours alone (mode 0700)";
	}
	return strerror(-error);
}

/* --- the folder --- */

/* Ours, and nobody else may do anything with it. */
static int keep_check(int fd, mode_t type)
{
	struct stat state;

	if (fstat(fd, &state) < 0)
		return err_born(-errno);
	return (state.st_mode & S_IFMT) == type && state.st_uid == geteuid() &&
			       !(state.st_mode & 077)
		       ? 0
		       : KEEP_E_UNSAFE;
}

static int keep_open_below(int at, const char *name, bool make, int *out_fd)
{
	int fd;

	if (make && mkdirat(at, name, 0700) < 0 && errno != EEXIST)
		return err_born(-errno);
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT	  ? KEEP_E_NONE
		       : errno == ELOOP	  ? KEEP_E_UNSAFE
		       : errno == ENOTDIR ? KEEP_E_UNSAFE
					  : err_born(-errno);
	*out_fd = fd;
	return 0;
}

static int keep_open_parent(bool make, int *out_fd)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	const char *home = getenv("HOME");
	bool has_runtime = runtime && *runtime == '/';
	CLEANUP_FD int fd = -1;

	if (!has_runtime && (!home || *home != '/'))
		return KEEP_E_NO_FOLDER;
	fd = open(has_runtime ? runtime : home,
		  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT && !make ? KEEP_E_NONE
						: err_born(-errno);
	if (!has_runtime)
		return keep_open_below(fd, ".cache", make, out_fd);
	*out_fd = fd;
	fd = -1;
	return 0;
}

static int keep_open_folder(bool make, int *out_fd)
{
	CLEANUP_FD int parent = -1;
	CLEANUP_FD int fd = -1;
	int r = keep_open_parent(make, &parent);

	if (!r)
		r = keep_open_below(parent, KEEP_FOLDER, make, &fd);
	if (!r)
		r = keep_check(fd, S_IFDIR);
	if (r)
		return r;
	*out_fd = fd;
	fd = -1;
	return 0;
}

/* What the files of that socket begin with: its path, however it was named. */
static void keep_name_socket(const char *socket, char out[KEEP_PREFIX_SIZE])
{
	CLEANUP_FREE char *real = realpath(socket, NULL);
	const char *path = real ? real : socket;
	uint8_t hash[HASH_SIZE];

	hash_sha256(path, strlen(path), hash);
	hash_to_hex(hash, (KEEP_PREFIX_SIZE - 2) / 2, out);
	strcpy(out + KEEP_PREFIX_SIZE - 2, ".");
}

static char *keep_name(const char *socket, const char *till)
{
	char prefix[KEEP_PREFIX_SIZE];

	keep_name_socket(socket, prefix);
	return alloc_format("%s%s", prefix, till);
}

/* --- saving --- */

static int keep_write(int fd, const char *token)
{
	size_t len = strlen(token);

	/* So short a write to a file of its own is whole or failed. */
	if (write(fd, token, len) != (ssize_t)len)
		return err_born(errno ? -errno : -EIO);
	return 0;
}

static int keep_replace(int folder, const char *name, const char *token)
{
	char id[RANDOM_ID_SIZE];
	CLEANUP_FREE char *temporary = NULL;
	CLEANUP_FD int fd = -1;
	int r;

	random_id(random_system(), id);
	temporary = alloc_format(".%s", id);
	fd = openat(folder, temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_born(-errno);
	r = keep_write(fd, token);
	if (!r && renameat(folder, temporary, folder, name) < 0)
		r = err_born(-errno);
	if (r)
		unlinkat(folder, temporary, 0);
	return r;
}

int keep_save(const char *socket, const char *till, const char *token)
{
	CLEANUP_FREE char *name = keep_name(socket, till);
	CLEANUP_FD int folder = -1;
	int r = keep_open_folder(true, &folder);

	return r ? r : keep_replace(folder, name, token);
}

/* --- loading --- */

static bool keep_is_token(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return len > 0;
}

static int keep_read(int folder, const char *name,
		     char out_token[KEEP_TOKEN_SIZE])
{
	char token[KEEP_TOKEN_SIZE] = { 0 };
	CLEANUP_FD int fd = openat(
		folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t len;
	int r;

	if (fd < 0)
		return errno == ENOENT	? KEEP_E_NONE
		       : errno == ELOOP ? KEEP_E_UNSAFE
					: err_born(-errno);
	r = keep_check(fd, S_IFREG);
	if (r)
		return r;
	len = read(fd, token, sizeof(token) - 1);
	if (len > 0 && keep_is_token(token, (size_t)len))
		memcpy(out_token, token, sizeof(token));
	else
		r = KEEP_E_NONE;
	secret_wipe(token, sizeof(token));
	return r;
}

static bool keep_is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec > b->tv_sec ||
	       (a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec);
}

/* The till whose file of that socket was written last. */
static int keep_find_last(int folder, const char *socket,
			  char out_till[KEEP_TILL_SIZE])
{
	struct timespec latest = { .tv_sec = -1 };
	char prefix[KEEP_PREFIX_SIZE];
	struct dirent *entry;
	struct stat state;
	DIR *list;

	keep_name_socket(socket, prefix);
	list = fdopendir(dup(folder));
	if (!list)
		return err_born(-errno);
	while ((entry = readdir(list))) {
		const char *till = entry->d_name + strlen(prefix);

		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0 ||
		    !text_is_name(till, KEEP_TILL_SIZE - 1) ||
		    fstatat(folder, entry->d_name, &state,
			    AT_SYMLINK_NOFOLLOW) < 0 ||
		    !keep_is_later(&state.st_mtim, &latest))
			continue;
		latest = state.st_mtim;
		strcpy(out_till, till);
	}
	closedir(list);
	return latest.tv_sec < 0 ? KEEP_E_NONE : 0;
}

int keep_load(const char *socket, const char *till,
	      char out_till[KEEP_TILL_SIZE], char out_token[KEEP_TOKEN_SIZE])
{
	CLEANUP_FREE char *name = NULL;
	char last[KEEP_TILL_SIZE];
	CLEANUP_FD int folder = -1;
	int r = keep_open_folder(false, &folder);

	if (!r && !till) {
		r = keep_find_last(folder, socket, last);
		till = last;
	}
	if (r)
		return r;
	name = keep_name(socket, till);
	r = keep_read(folder, name, out_token);
	if (!r && out_till)
		snprintf(out_till, KEEP_TILL_SIZE, "%s", till);
	return r;
}

int keep_remove(const char *socket, const char *till)
{
	CLEANUP_FREE char *name = keep_name(socket, till);
	CLEANUP_FD int folder = -1;
	int r = keep_open_folder(false, &folder);

	if (r)
		return r;
	if (unlinkat(folder, name, 0) < 0)
		return errno == ENOENT ? KEEP_E_NONE : err_born(-errno);
	return 0;
}
