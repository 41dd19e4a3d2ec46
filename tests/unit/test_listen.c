/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "daemon/listen.h"

#include "util/log.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

struct fixture {
	char folder[64];
	char path[96];
	char other[96];
	struct listen_config config;
	struct listen_socket socket;
};

/*
 * Stand before libc's own, and note what the path is like right after bind()
 * and right before listen(): nobody can connect before that.
 */
static const char *watched_path;
static struct stat after_bind, before_listen;

int lchown(const char *path, uid_t uid, gid_t gid)
{
	if (watched_path && lstat(watched_path, &after_bind) < 0)
		abort();
	return (int)syscall(SYS_lchown, path, uid, gid);
}

int listen(int fd, int backlog)
{
	if (watched_path && !before_listen.st_mode &&
	    lstat(watched_path, &before_listen) < 0)
		abort();
	return (int)syscall(SYS_listen, fd, backlog);
}

static int fixture_setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	alarm(30);
	strcpy(fixture->folder, "/tmp/tilld-listen-XXXXXX");
	if (!mkdtemp(fixture->folder))
		return -1;
	snprintf(fixture->path, sizeof(fixture->path), "%s/api",
		 fixture->folder);
	snprintf(fixture->other, sizeof(fixture->other), "%s/other",
		 fixture->folder);
	fixture->config = (struct listen_config){ .path = fixture->path,
						  .uid = (uid_t)-1,
						  .gid = (gid_t)-1,
						  .mode = 0660 };
	fixture->socket.fd = -1;
	*state = fixture;
	return 0;
}

static int fixture_teardown(void **state)
{
	struct fixture *fixture = *state;
	char lock[128];

	listen_close(&fixture->config, &fixture->socket);
	snprintf(lock, sizeof(lock), "%s.lock", fixture->path);
	unlink(lock);
	unlink(fixture->path);
	unlink(fixture->other);
	rmdir(fixture->folder);
	free(fixture);
	return 0;
}

static int open_it(struct fixture *fixture)
{
	return listen_open(&fixture->config, &fixture->socket);
}

static struct stat stat_of(const char *path)
{
	struct stat state;

	assert_return_code(lstat(path, &state), errno);
	return state;
}

static bool exists(const char *path)
{
	struct stat state;

	return !lstat(path, &state);
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int error = errno;

		close(fd);
		return -error;
	}
	return fd;
}

static int bind_to(const char *path, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	assert_return_code(
		bind(fd, (struct sockaddr *)&address, sizeof(address)), errno);
	return fd;
}

/* --- opening --- */

static void test_open(void **state)
{
	struct fixture *fixture = *state;
	mode_t mask = umask(0777);
	int fd;

	assert_int_equal(open_it(fixture), 0);
	umask(mask);
	assert_int_equal(stat_of(fixture->path).st_mode, S_IFSOCK | 0660);
	assert_false(fixture->socket.inherited);
	assert_true(fcntl(fixture->socket.fd, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(fixture->socket.fd, F_GETFL) & O_NONBLOCK);
	fd = connect_to(fixture->path);
	assert_return_code(fd, -fd);
	close(fd);
	listen_close(&fixture->config, &fixture->socket);
	assert_false(exists(fixture->path));
	assert_int_equal(fixture->socket.fd, -1);
}

static void test_mode_is_not_masked(void **state)
{
	struct fixture *fixture = *state;
	mode_t mask = umask(0077);

	fixture->config.mode = 0666;
	assert_int_equal(open_it(fixture), 0);
	umask(mask);
	assert_int_equal(stat_of(fixture->path).st_mode, S_IFSOCK | 0666);
}

static void test_owner(void **state)
{
	struct fixture *fixture = *state;
	struct stat made;

	if (geteuid() != 0)
		skip();
	fixture->config.uid = 4000;
	fixture->config.gid = 4001;
	assert_int_equal(open_it(fixture), 0);
	made = stat_of(fixture->path);
	assert_int_equal(made.st_uid, 4000);
	assert_int_equal(made.st_gid, 4001);
}

static void test_right_before_anybody_connects(void **state)
{
	struct fixture *fixture = *state;

	if (!geteuid())
		fixture->config.gid = 4001;
	watched_path = fixture->path;
	assert_int_equal(open_it(fixture), 0);
	watched_path = NULL;
	assert_int_equal(after_bind.st_mode, S_IFSOCK);
	assert_int_equal(before_listen.st_mode, S_IFSOCK | 0660);
	assert_int_equal(before_listen.st_gid, geteuid() ? getegid() : 4001);
}

static void test_owner_that_cannot_be_set(void **state)
{
	struct fixture *fixture = *state;
	pid_t pid;
	int status;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(fixture->folder, 4000, 4001), 0);
	pid = fork();
	if (!pid) {
		fixture->config.gid = 0;
		if (setgid(4001) || setuid(4000))
			_exit(2);
		_exit(open_it(fixture) == -EPERM && !exists(fixture->path) ? 0
									   : 3);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

static void test_folder_of_others(void **state)
{
	static const mode_t modes[] = { 0777, 01777, 0775, 0770 };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(chmod(fixture->folder, modes[i]), 0);
		assert_int_equal(open_it(fixture), -EPERM);
		assert_false(exists(fixture->path));
	}
	assert_int_equal(chmod(fixture->folder, 0755), 0);
	if (geteuid())
		skip();
	assert_int_equal(chown(fixture->folder, 4000, 4001), 0);
	assert_int_equal(open_it(fixture), -EPERM);
}

static void test_long_path(void **state)
{
	struct fixture *fixture = *state;
	char path[200];

	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[108] = 0;
	fixture->config.path = path;
	assert_int_equal(open_it(fixture), -ENAMETOOLONG);
	fixture->config.path = fixture->path;
}

static void test_no_folder(void **state)
{
	struct fixture *fixture = *state;
	char path[128];

	snprintf(path, sizeof(path), "%s/no/api", fixture->folder);
	fixture->config.path = path;
	assert_int_equal(open_it(fixture), -ENOENT);
	fixture->config.path = fixture->path;
}

/* --- what is there already --- */

static void test_dead_one_is_replaced(void **state)
{
	struct fixture *fixture = *state;
	int fd = bind_to(fixture->path, SOCK_STREAM);

	listen(fd, 1);
	close(fd);
	assert_true(exists(fixture->path));
	assert_int_equal(open_it(fixture), 0);
	fd = connect_to(fixture->path);
	assert_return_code(fd, -fd);
	close(fd);
}

static void test_living_one_is_left_alone(void **state)
{
	struct fixture *fixture = *state;
	int living = bind_to(fixture->path, SOCK_STREAM), fd;

	listen(living, 1);
	assert_int_equal(open_it(fixture), -EADDRINUSE);
	fd = connect_to(fixture->path);
	assert_return_code(fd, -fd);
	close(fd);
	close(living);
}

/* One whose queue is full is busy, not dead. */
static void test_busy_one_is_left_alone(void **state)
{
	struct fixture *fixture = *state;
	int living = bind_to(fixture->path, SOCK_STREAM);
	int first;

	listen(living, 0);
	first = connect_to(fixture->path);
	assert_return_code(first, -first);
	assert_int_equal(open_it(fixture), -EADDRINUSE);
	assert_true(exists(fixture->path));
	close(first);
	close(living);
}

static void test_datagram_socket_is_left_alone(void **state)
{
	struct fixture *fixture = *state;
	int living = bind_to(fixture->path, SOCK_DGRAM);

	assert_int_equal(open_it(fixture), -EADDRINUSE);
	close(living);
}

static void test_twice(void **state)
{
	struct fixture *fixture = *state;
	struct listen_socket second = { .fd = -1 };

	assert_int_equal(open_it(fixture), 0);
	assert_int_equal(listen_open(&fixture->config, &second), -EADDRINUSE);
	assert_int_equal(second.fd, -1);
	assert_true(exists(fixture->path));
}

static void test_starting_at_once(void **state)
{
	struct fixture *fixture = *state;
	char path[128];
	int lock;

	snprintf(path, sizeof(path), "%s.lock", fixture->path);
	lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_return_code(flock(lock, LOCK_EX), errno);
	assert_int_equal(open_it(fixture), -EADDRINUSE);
	assert_false(exists(fixture->path));
	close(lock);
	assert_int_equal(open_it(fixture), 0);
	assert_int_equal(stat_of(path).st_mode, S_IFREG | 0600);
}

static void test_file_is_left_alone(void **state)
{
	struct fixture *fixture = *state;
	int fd = open(fixture->path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	close(fd);
	assert_int_equal(open_it(fixture), -ENOTSOCK);
	assert_true(S_ISREG(stat_of(fixture->path).st_mode));
}

static void test_folder_is_left_alone(void **state)
{
	struct fixture *fixture = *state;

	mkdir(fixture->path, 0700);
	assert_int_equal(open_it(fixture), -ENOTSOCK);
	assert_return_code(rmdir(fixture->path), errno);
}

static void test_link_is_left_alone(void **state)
{
	struct fixture *fixture = *state;

	/* to a dead socket, and to nothing */
	close(bind_to(fixture->other, SOCK_STREAM));
	assert_return_code(symlink(fixture->other, fixture->path), errno);
	assert_int_equal(open_it(fixture), -ELOOP);
	assert_true(exists(fixture->other));
	unlink(fixture->other);
	assert_int_equal(open_it(fixture), -ELOOP);
	assert_true(S_ISLNK(stat_of(fixture->path).st_mode));
	assert_false(exists(fixture->other));
}

static void test_link_at_the_lock(void **state)
{
	struct fixture *fixture = *state;
	char lock[128];

	snprintf(lock, sizeof(lock), "%s.lock", fixture->path);
	assert_return_code(symlink(fixture->other, lock), errno);
	assert_int_equal(open_it(fixture), -ELOOP);
	assert_false(exists(fixture->other));
}

/* --- closing --- */

static void test_close_leaves_another_one(void **state)
{
	struct fixture *fixture = *state;
	int other;

	assert_int_equal(open_it(fixture), 0);
	unlink(fixture->path);
	other = bind_to(fixture->path, SOCK_STREAM);
	listen_close(&fixture->config, &fixture->socket);
	assert_true(exists(fixture->path));
	close(other);
}

static void test_close_when_removed(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(open_it(fixture), 0);
	unlink(fixture->path);
	listen_close(&fixture->config, &fixture->socket);
	listen_close(&fixture->config, &fixture->socket);
	assert_int_equal(fixture->socket.fd, -1);
}

/* --- systemd --- */

#ifdef HAVE_LIBSYSTEMD

/* In a child: descriptors from 3 on, and a pid that has to be its own. */
static int activate(struct fixture *fixture, int fd, const char *count)
{
	char pid[16];
	int r;

	if (fd != 3 && (dup2(fd, 3) < 0 || dup2(fd, 4) < 0))
		return 1;
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", count, 1);
	r = open_it(fixture);
	if (getenv("LISTEN_FDS"))
		return 2;
	if (r)
		return r == -EINVAL ? 3 : 4;
	if (fixture->socket.fd != 3 || !fixture->socket.inherited)
		return 5;
	listen_close(&fixture->config, &fixture->socket);
	return exists(fixture->path) ? 0 : 6;
}

static int activate_child(struct fixture *fixture, int fd, const char *count)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(activate(fixture, fd, count));
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_activation(void **state)
{
	struct fixture *fixture = *state;
	int fd = bind_to(fixture->path, SOCK_STREAM);

	listen(fd, 1);
	assert_int_equal(activate_child(fixture, fd, "1"), 0);
	close(fd);
}

static void test_activation_with_others(void **state)
{
	struct fixture *fixture = *state;
	int fd = bind_to(fixture->path, SOCK_STREAM);
	int datagram = bind_to(fixture->other, SOCK_DGRAM);

	/* not listening; two; not a stream; no socket */
	assert_int_equal(activate_child(fixture, fd, "1"), 3);
	listen(fd, 1);
	assert_int_equal(activate_child(fixture, fd, "2"), 3);
	assert_int_equal(activate_child(fixture, datagram, "1"), 3);
	assert_int_equal(activate_child(fixture, STDERR_FILENO, "1"), 3);
	close(fd);
	close(datagram);
}

#endif

#define LISTEN_TEST(function)                                    \
	cmocka_unit_test_setup_teardown(function, fixture_setup, \
					fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LISTEN_TEST(test_open),
		LISTEN_TEST(test_mode_is_not_masked),
		LISTEN_TEST(test_owner),
		LISTEN_TEST(test_right_before_anybody_connects),
		LISTEN_TEST(test_owner_that_cannot_be_set),
		LISTEN_TEST(test_folder_of_others),
		LISTEN_TEST(test_long_path),
		LISTEN_TEST(test_no_folder),
		LISTEN_TEST(test_dead_one_is_replaced),
		LISTEN_TEST(test_living_one_is_left_alone),
		LISTEN_TEST(test_busy_one_is_left_alone),
		LISTEN_TEST(test_datagram_socket_is_left_alone),
		LISTEN_TEST(test_twice),
		LISTEN_TEST(test_starting_at_once),
		LISTEN_TEST(test_file_is_left_alone),
		LISTEN_TEST(test_folder_is_left_alone),
		LISTEN_TEST(test_link_is_left_alone),
		LISTEN_TEST(test_link_at_the_lock),
		LISTEN_TEST(test_close_leaves_another_one),
		LISTEN_TEST(test_close_when_removed),
#ifdef HAVE_LIBSYSTEMD
		LISTEN_TEST(test_activation),
		LISTEN_TEST(test_activation_with_others),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
