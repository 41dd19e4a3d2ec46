/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loaded into an unmodified tilld by LD_PRELOAD: stands between it and the
 * calls by which it touches the world, and at the one that the test names ends
 * it, stops it, or lets the call fail. The test tells it which through a file
 * that both have mapped (STOPS_FILE; stops.py has the same layout).
 *
 * Where a descriptor leads is told in words: "client" for a Unix socket,
 * "device" for a terminal or a TCP connection, else the last part of the path.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define STOPS_NAME  32
#define STOPS_TRACE 60000

enum stops_mode { STOPS_OFF, STOPS_WATCH, STOPS_KILL, STOPS_STOP, STOPS_FAIL };

struct stops {
	atomic_uint mode;
	uint32_t error;	   /* errno of a call that fails */
	uint32_t for_good; /* every one from then on fails */
	atomic_uint left;  /* so many of them are let through before */
	atomic_uint hits;
	char call[STOPS_NAME];	/* "" any */
	char where[STOPS_NAME]; /* "" any */
	atomic_uint trace_len;
	char trace[STOPS_TRACE]; /* "call where\n" of each, while watching */
};

static struct stops *stops;

__attribute__((constructor)) static void stops_begin(void)
{
	const char *path = getenv("STOPS_FILE");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *at = fd < 0 ? MAP_FAILED
			  : mmap(NULL, sizeof(*stops), PROT_READ | PROT_WRITE,
				 MAP_SHARED, fd, 0);

	if (fd >= 0)
		close(fd);
	stops = at == MAP_FAILED ? NULL : at;
}

static void stops_name_socket(int fd, char out_where[STOPS_NAME])
{
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(address);

	getsockname(fd, (struct sockaddr *)&address, &len);
	strcpy(out_where, address.ss_family == AF_UNIX ? "client" : "device");
}

static void stops_name(int fd, char out_where[STOPS_NAME])
{
	char link[64], path[512];
	const char *slash;
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	path[len > 0 ? len : 0] = 0;
	slash = strrchr(path, '/');
	if (!strncmp(path, "socket:", 7))
		stops_name_socket(fd, out_where);
	else if (strstr(path, "/pts/"))
		strcpy(out_where, "device");
	else
		snprintf(out_where, STOPS_NAME, "%.31s",
			 slash ? slash + 1 : path);
}

static void stops_note(const char *call, const char *where)
{
	char line[2 * STOPS_NAME + 2];
	unsigned int len = (unsigned int)snprintf(line, sizeof(line), "%s %s\n",
						  call, where);
	unsigned int at = atomic_fetch_add(&stops->trace_len, len);

	if (at + len <= STOPS_TRACE)
		memcpy(stops->trace + at, line, len);
}

static bool stops_is_it(const char *call, const char *where)
{
	return (!stops->call[0] || !strcmp(stops->call, call)) &&
	       (!stops->where[0] || !strcmp(stops->where, where));
}

/* Whether the call is to fail; errno is set then. */
static bool stops_fails(void)
{
	errno = (int)stops->error;
	if (!stops->for_good)
		atomic_store(&stops->mode, STOPS_OFF);
	return true;
}

static bool stops_act(unsigned int mode)
{
	if (atomic_load(&stops->left) && atomic_fetch_sub(&stops->left, 1) > 0)
		return false;
	atomic_fetch_add(&stops->hits, 1);
	if (mode == STOPS_FAIL)
		return stops_fails();
	atomic_store(&stops->mode, STOPS_OFF);
	kill(getpid(), mode == STOPS_KILL ? SIGKILL : SIGSTOP);
	if (mode == STOPS_KILL)
		for (;;)
			pause(); /* till it has arrived */
	return false;
}

static bool stops_at(const char *call, const char *where)
{
	unsigned int mode = stops ? atomic_load(&stops->mode) : STOPS_OFF;

	if (mode == STOPS_WATCH)
		stops_note(call, where);
	if (mode <= STOPS_WATCH || !stops_is_it(call, where))
		return false;
	return stops_act(mode);
}

static bool stops_at_fd(const char *call, int fd)
{
	char where[STOPS_NAME];
	int saved = errno;
	bool fails;

	if (!stops || atomic_load(&stops->mode) == STOPS_OFF)
		return false;
	stops_name(fd, where);
	if (!strncmp(where, "anon_inode", 10) || !strncmp(where, "pipe:", 5))
		return false; /* its own affairs */
	errno = saved;
	fails = stops_at(call, where);
	return fails;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define STAND_AT(type, name, word, parameters, ...) \
	type name parameters                        \
	{                                           \
		static __typeof__(&name) real;      \
                                                    \
		if (!real)                          \
			real = REAL(name);          \
		if (stops_at_fd(word, fd))          \
			return -1;                  \
		return real(__VA_ARGS__);           \
	}

STAND_AT(ssize_t, write, "write", (int fd, const void *data, size_t len), fd,
	 data, len)
STAND_AT(ssize_t, pwrite, "write",
	 (int fd, const void *data, size_t len, off_t at), fd, data, len, at)
STAND_AT(ssize_t, pwrite64, "write",
	 (int fd, const void *data, size_t len, off64_t at), fd, data, len, at)
STAND_AT(ssize_t, writev, "write",
	 (int fd, const struct iovec *parts, int count), fd, parts, count)
STAND_AT(ssize_t, send, "write",
	 (int fd, const void *data, size_t len, int flags), fd, data, len,
	 flags)
STAND_AT(ssize_t, sendmsg, "write",
	 (int fd, const struct msghdr *message, int flags), fd, message, flags)
STAND_AT(ssize_t, read, "read", (int fd, void *data, size_t len), fd, data, len)
STAND_AT(ssize_t, recv, "read", (int fd, void *data, size_t len, int flags), fd,
	 data, len, flags)
STAND_AT(ssize_t, readv, "read", (int fd, const struct iovec *parts, int count),
	 fd, parts, count)
STAND_AT(int, fdatasync, "sync", (int fd), fd)
STAND_AT(int, fsync, "sync", (int fd), fd)
STAND_AT(int, ftruncate, "truncate", (int fd, off_t len), fd, len)
STAND_AT(int, ftruncate64, "truncate", (int fd, off64_t len), fd, len)

static const char *stops_last(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int rename(const char *from, const char *to)
{
	static __typeof__(&rename) real;

	if (!real)
		real = REAL(rename);
	return stops_at("rename", stops_last(to)) ? -1 : real(from, to);
}

int unlink(const char *path)
{
	static __typeof__(&unlink) real;

	if (!real)
		real = REAL(unlink);
	return stops_at("unlink", stops_last(path)) ? -1 : real(path);
}
