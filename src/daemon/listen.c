/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linux takes the mode of a socket's file from the socket itself, so fchmod()
 * to 0 before bind() makes a file that nobody (but root) can connect to, with
 * no play with the umask, which all threads share. Owner, group and mode are
 * set then, and listen() comes last.
 *
 * Two daemons that start at once could each take the other's fresh socket for
 * a dead one. A lock beside it, held meanwhile, makes them go one by one. The
 * lock's file stays: to remove it would open the same race again.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "daemon/listen.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/err.h"
#include "util/log.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>
#endif

#define LISTEN_LOCK_SUFFIX ".lock"

static int listen_make_address(const char *path, struct sockaddr_un *out)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path))
		return err_born(-ENAMETOOLONG);
	memcpy(address.sun_path, path, strlen(path));
	*out = address;
	return 0;
}

static int listen_make_socket(int *out_fd)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_born(-errno);
	*out_fd = fd;
	return 0;
}

/* Nobody listens only if the kernel says so; all else counts as alive. */
static int listen_check_dead(const struct sockaddr_un *address)
{
	CLEANUP_FD int fd = -1;
	int r = listen_make_socket(&fd);

	if (r)
		return r;
	if (!connect(fd, (const struct sockaddr *)address, sizeof(*address)))
		return err_born(-EADDRINUSE);
	switch (errno) {
	case ECONNREFUSED:
	case ENOENT:
		return 0;
	case EAGAIN: /* its queue is full */
	case EPROTOTYPE:
		return err_born(-EADDRINUSE);
	}
	return err_born(-errno);
}

/* Makes room at the path, if all that is there is a dead socket. */
static int listen_remove_dead(const struct sockaddr_un *address)
{
	struct stat state;
	int r;

	if (lstat(address->sun_path, &state) < 0)
		return errno == ENOENT ? 0 : err_born(-errno);
	if (S_ISLNK(state.st_mode))
		return err_born(-ELOOP);
	if (!S_ISSOCK(state.st_mode))
		return err_born(-ENOTSOCK);
	r = listen_check_dead(address);
	if (r)
		return r;
	if (unlink(address->sun_path) < 0 && errno != ENOENT)
		return err_born(-errno);
	return 0;
}

/* Before there is a listener: who connects meanwhile is refused. */
static int listen_set_access(const struct listen_config *config)
{
	if (lchown(config->path, config->uid, config->gid) < 0 ||
	    chmod(config->path, config->mode) < 0)
		return err_born(-errno);
	return 0;
}

static int listen_begin(const struct listen_config *config, int fd,
			struct listen_socket *out_socket)
{
	struct stat state;
	int r = listen_set_access(config);

	if (r)
		return r;
	if (lstat(config->path, &state) < 0 || listen(fd, SOMAXCONN) < 0)
		return err_born(-errno);
	*out_socket = (struct listen_socket){ .fd = fd,
					      .device = state.st_dev,
					      .inode = state.st_ino };
	return 0;
}

static int listen_bind(const struct listen_config *config,
		       const struct sockaddr_un *address,
		       struct listen_socket *out_socket)
{
	CLEANUP_FD int fd = -1;
	int r = listen_make_socket(&fd);

	if (r)
		return r;
	if (fchmod(fd, 0) < 0 ||
	    bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
		return err_born(-errno);
	r = listen_begin(config, fd, out_socket);
	if (r)
		unlink(config->path);
	else
		fd = -1;
	return r;
}

static int listen_lock(const struct listen_config *config, int *out_fd)
{
	CLEANUP_FREE char *path =
		alloc_format("%s" LISTEN_LOCK_SUFFIX, config->path);
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r = 0;

	if (fd < 0)
		return err_born(-errno);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		r = errno == EWOULDBLOCK ? -EADDRINUSE : -errno;
	if (r) {
		close(fd);
		return err_born(r);
	}
	*out_fd = fd;
	return 0;
}

/* Who can exchange the socket can play the daemon, and hear passwords. */
static int listen_check_folder(const struct listen_config *config)
{
	CLEANUP_FREE char *copy = alloc_text(config->path);
	const char *folder = dirname(copy);
	struct stat state;

	if (stat(folder, &state) < 0)
		return err_born(-errno);
	if (state.st_uid != geteuid() && state.st_uid != 0) {
		log_error("%s: belongs to another user (uid %u), who could "
			  "put another socket there",
			  folder, (unsigned int)state.st_uid);
		return err_born(-EPERM);
	}
	if (!(state.st_mode & (S_IWGRP | S_IWOTH)))
		return 0;
	log_error("%s: others may write to this folder, and put another "
		  "socket there; its mode should be 0755",
		  folder);
	return err_born(-EPERM);
}

static int listen_open_path(const struct listen_config *config,
			    struct listen_socket *out_socket)
{
	struct sockaddr_un address;
	CLEANUP_FD int lock = -1;
	int r = listen_make_address(config->path, &address);

	if (!r)
		r = listen_check_folder(config);
	if (!r)
		r = listen_lock(config, &lock);
	if (!r)
		r = listen_remove_dead(&address);
	if (!r)
		r = listen_bind(config, &address, out_socket);
	return r;
}

#ifdef HAVE_LIBSYSTEMD
/* How many systemd hands over; the first of them is what we take. */
static int listen_inherit(struct listen_socket *out_socket)
{
	int count = sd_listen_fds(1), r;

	if (count <= 0)
		return count;
	r = sd_is_socket_unix(SD_LISTEN_FDS_START, SOCK_STREAM, 1, NULL, 0);
	if (r < 0)
		return err_born(r);
	if (!r || count > 1)
		return err_born(-EINVAL);
	*out_socket = (struct listen_socket){ .fd = SD_LISTEN_FDS_START,
					      .inherited = true };
	return count;
}
#else
static int listen_inherit(struct listen_socket *out_socket)
{
	(void)out_socket;
	return 0;
}
#endif

int listen_open(const struct listen_config *config,
		struct listen_socket *out_socket)
{
	int r = listen_inherit(out_socket);

	if (r)
		return r < 0 ? r : 0;
	return listen_open_path(config, out_socket);
}

static bool listen_is_ours(const struct listen_config *config,
			   const struct listen_socket *socket)
{
	struct stat state;

	return !socket->inherited && !lstat(config->path, &state) &&
	       S_ISSOCK(state.st_mode) && state.st_dev == socket->device &&
	       state.st_ino == socket->inode;
}

void listen_close(const struct listen_config *config,
		  struct listen_socket *socket)
{
	if (socket->fd < 0)
		return;
	if (listen_is_ours(config, socket))
		unlink(config->path);
	close(socket->fd);
	socket->fd = -1;
}
