/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_rig.h"

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/verbs.h"
#include "util/alloc.h"

#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

#define REQUEST_MAX 8192

static struct rig *current; /* pause() has no argument of its own */

/* --- the daemon that is played
 * ------------------------------------------------ */

/* False if the client has left already: it may stop following at any time. */
static bool daemon_read(int fd, char request[REQUEST_MAX])
{
	size_t len = 0, want = 0;
	const char *end, *length;

	for (;;) {
		ssize_t got = read(fd, request + len, REQUEST_MAX - 1 - len);

		if (got <= 0)
			return false;
		len += (size_t)got;
		request[len] = 0;
		end = strstr(request, "\r\n\r\n");
		if (!end)
			continue;
		length = strcasestr(request, "\r\nContent-Length: ");
		want = (size_t)(end + 4 - request) +
		       (length && length < end ? (size_t)atoi(length + 18) : 0);
		if (len >= want)
			return true;
	}
}

/* Nor does it always stay to read. */
static void daemon_write(int fd, const char *text)
{
	if (text)
		send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static void daemon_log(const struct rig *rig, const char *request)
{
	FILE *file = fopen(rig->requests, "ae");

	fprintf(file, "%s\n----\n", request);
	fclose(file);
}

/* Whoever follows events gets them at once, and is kept. */
static int daemon_accept(const struct rig *rig, const char *events,
			 char request[REQUEST_MAX], bool *followed)
{
	for (;;) {
		int fd = accept4(rig->listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			_exit(12);
		if (!daemon_read(fd, request)) {
			close(fd);
			continue;
		}
		if (strncmp(request, "GET /v1/events?till=1 ", 22) != 0)
			return fd;
		daemon_write(fd, HEAD("200 OK", "text/event-stream"));
		daemon_write(fd, events);
		*followed = true;
	}
}

static void daemon_wait_for_follower(const struct rig *rig, const char *events)
{
	char request[REQUEST_MAX];
	int fd = accept4(rig->listener, NULL, NULL, SOCK_CLOEXEC);

	if (!daemon_read(fd, request))
		_exit(10);
	daemon_write(fd, HEAD("200 OK", "text/event-stream"));
	daemon_write(fd, events);
	poll(NULL, 0, 50); /* so that they are there before the answer is */
}

static void daemon_play(const struct rig *rig, const struct step *steps,
			const char *events)
{
	bool followed = false;
	char request[REQUEST_MAX];

	for (; steps->request; steps++) {
		int fd = daemon_accept(rig, events, request, &followed);

		daemon_log(rig, request);
		if (strncmp(request, steps->request, strlen(steps->request)) ||
		    (steps->has && !strcasestr(request, steps->has))) {
			fprintf(stderr, "expected '%s' with '%s', got\n%s\n",
				steps->request, steps->has ? steps->has : "",
				request);
			_exit(13);
		}
		if (steps->after_events && !followed)
			daemon_wait_for_follower(rig, events);
		if (steps->signal) {
			kill(getppid(), steps->signal);
			while (read(fd, request, sizeof(request)) > 0)
				; /* it is tillctl that hangs up */
		}
		daemon_write(fd, steps->answer);
		close(fd);
	}
	_exit(0);
}

void start_daemon(struct rig *rig, const struct step *steps, const char *events)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strcpy(address.sun_path, rig->socket);
	rig->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_return_code(bind(rig->listener, (struct sockaddr *)&address,
				sizeof(address)),
			   errno);
	assert_return_code(listen(rig->listener, 16), errno);
	rig->daemon = fork();
	if (!rig->daemon) {
		alarm(20);
		daemon_play(rig, steps, events ? events : "");
	}
	close(rig->listener); /* gone with the child */
}

void end_daemon(struct rig *rig)
{
	int status = -1;

	assert_int_equal(waitpid(rig->daemon, &status, 0), rig->daemon);
	if (status)
		fail_msg("the daemon ended with %x; it was asked:\n%s\n%s",
			 status, rig->out, rig->err);
	rig->daemon = 0;
	unlink(rig->socket);
}

/* --- tillctl
 * -------------------------------------------------------------------- */

static void count_pause(int milliseconds)
{
	current->paused += milliseconds;
}

static enum cli_exit run_verb(const struct args *args)
{
	CLEANUP(cli_clear) struct cli cli;
	enum cli_exit exit = cli_init(&cli, args);

	if (exit)
		return exit;
	cli.pause = count_pause;
	return verbs_run_words(&cli);
}

static int redirect(int fd)
{
	int kept = dup(fd), file = memfd_create("output", MFD_CLOEXEC);

	assert_return_code(dup2(file, fd), errno);
	close(file);
	return kept;
}

static void collect(int fd, int kept, char out[RIG_TEXT_MAX])
{
	ssize_t len = pread(fd, out, RIG_TEXT_MAX - 1, 0);

	out[len < 0 ? 0 : len] = 0;
	dup2(kept, fd);
	close(kept);
}

enum cli_exit run(struct rig *rig, const char *const *words)
{
	const char *argv[32] = { "tillctl", "--socket", rig->socket };
	int count = 3, out, err;
	enum cli_exit exit;
	struct args args;

	for (; *words; words++)
		argv[count++] = *words;
	assert_null(args_parse(count, (char *const *)(uintptr_t)argv, &args));
	fflush(stdout);
	fflush(stderr);
	out = redirect(STDOUT_FILENO);
	err = redirect(STDERR_FILENO);
	exit = run_verb(&args);
	fflush(stdout);
	fflush(stderr);
	collect(STDERR_FILENO, err, rig->err);
	collect(STDOUT_FILENO, out, rig->out);
	return exit;
}

int feed_input(const char *text)
{
	int kept = dup(STDIN_FILENO), ends[2];

	assert_return_code(pipe(ends), errno);
	assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	return kept;
}

void restore_input(int kept)
{
	dup2(kept, STDIN_FILENO);
	close(kept);
}

void assert_has(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("'%s' is not in\n%s", words, text);
}

void assert_has_not(const char *text, const char *words)
{
	if (strstr(text, words))
		fail_msg("'%s' is in\n%s", words, text);
}

char *requests_of(const struct rig *rig)
{
	char *text = alloc_zero(RIG_TEXT_MAX, 1);
	FILE *file = fopen(rig->requests, "re");

	if (file) {
		assert_true(fread(text, 1, RIG_TEXT_MAX - 1, file) > 0);
		fclose(file);
	}
	return text;
}

/* --- the rig
 * -------------------------------------------------------------------- */

int rig_setup(void **state)
{
	struct rig *rig = ALLOC_NEW(struct rig);

	alarm(60);
	strcpy(rig->folder, "/tmp/tillctl-act-XXXXXX");
	assert_non_null(mkdtemp(rig->folder));
	snprintf(rig->socket, sizeof(rig->socket), "%s/s", rig->folder);
	snprintf(rig->requests, sizeof(rig->requests), "%s/requests",
		 rig->folder);
	setenv("XDG_RUNTIME_DIR", rig->folder, 1);
	setenv("http_proxy", "http://127.0.0.1:1", 1); /* of no concern */
	unsetenv("TILLCTL_TOKEN");
	unsetenv("TILLD_SOCKET");
	interrupt_forget();
	current = rig;
	*state = rig;
	return 0;
}

static int remove_one(const char *path, const struct stat *stat, int type,
		      struct FTW *at)
{
	(void)stat;
	(void)type;
	(void)at;
	return remove(path);
}

int rig_teardown(void **state)
{
	struct rig *rig = *state;

	if (rig->daemon) {
		kill(rig->daemon, SIGKILL);
		waitpid(rig->daemon, NULL, 0);
	}
	nftw(rig->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(rig);
	return 0;
}
