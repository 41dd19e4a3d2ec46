/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/alarm.h"

#include "core/events.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/json.h"
#include "util/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALARM_NOT_STARTED 127 /* its status, as a shell has it */

/* Kinds of events that somebody has to hear of (docs/security.md). */
static const char *const alarm_kinds[] = {
	"drawer.unsolicited", /* opened, and nobody had asked for it */
	"drawer.left-open",
	"rolled-back",	  /* the database came back from the past */
	"unknown-badges", /* somebody tries many at a reader */
	"terminal.alarm", /* another payment was reversed than the one meant */
};

#define ALARM_KINDS (sizeof(alarm_kinds) / sizeof(alarm_kinds[0]))

/* One that waits for its turn. */
struct alarm_news {
	STAILQ_ENTRY(alarm_news) entry;
	const char *kind; /* of the table */
	char *line;
	size_t len;
};

STAILQ_HEAD(alarm_queue, alarm_news);

/* A program that runs; pid 0: none does. */
struct alarm_run {
	struct alarm *alarm;
	pid_t pid;
	bool late; /* it was killed */
	const char *kind;
	struct timer *timer;
};

struct alarm {
	const struct clock *clock;
	struct subscription *subscription;
	struct event *child; /* SIGCHLD */
	char *program;	     /* NULL: none */
	int nothing;	     /* /dev/null */
	struct alarm_run runs[ALARM_RUNNING_MAX];
	struct alarm_queue waiting;
	size_t waiting_count;
	size_t dropped; /* since that was last said */
};

/* --- its program --- */

const char *alarm_program_fault(const char *path)
{
	struct stat state;

	if (stat(path, &state))
		return "is not there";
	if (!S_ISREG(state.st_mode) || access(path, X_OK))
		return "is no program that tilld may run";
	if (state.st_mode & 0022 || (state.st_uid && state.st_uid != geteuid()))
		return "can be changed by others, who would do with it what "
		       "tilld may";
	return NULL;
}

void alarm_set_program(struct alarm *alarm, const char *path)
{
	const char *fault = path ? alarm_program_fault(path) : NULL;

	if (fault)
		log_warning("alarm: %s %s", path, fault);
	free(alarm->program);
	alarm->program = path ? alloc_text(path) : NULL;
}

/* What it is to read: no pipe, so that nobody waits for whom. -1 and why in
 * the log if it can't be made. */
static int alarm_make_input(const struct alarm_news *news)
{
	int fd = memfd_create("alarm", MFD_CLOEXEC);

	if (fd >= 0 && write(fd, news->line, news->len) == (ssize_t)news->len &&
	    lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	log_error("alarm: %s was not told: %s", news->kind, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/*
 * The child, until it is the program. It is a copy of a process with threads:
 * nothing but system calls here. A session of its own, so that all it starts
 * ends with it; none of the daemon's signals, descriptors and environment.
 */
static _Noreturn void alarm_become(const char *program, const char *kind,
				   int input, int nothing)
{
	char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
	char *const environment[] = { path, NULL };
	char *const words[] = { (char *)(uintptr_t)program,
				(char *)(uintptr_t)kind, NULL };
	struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t none;

	setsid();
	for (int number = 1; number < NSIG; number++)
		sigaction(number, &usual, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(input, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0 ||
	    dup2(nothing, STDERR_FILENO) < 0 || chdir("/"))
		_exit(ALARM_NOT_STARTED);
	close_range(STDERR_FILENO + 1, ~0U, 0); /* all are close-on-exec */
	execve(program, words, environment);
	_exit(ALARM_NOT_STARTED);
}

static void alarm_start(struct alarm *alarm, struct alarm_run *run,
			const struct alarm_news *news)
{
	int input = alarm_make_input(news);
	pid_t pid;

	if (input < 0)
		return;
	/* Not vfork(), which would wait for a program on a dead disk. */
	pid = fork();
	if (!pid)
		alarm_become(alarm->program, news->kind, input, alarm->nothing);
	close(input);
	if (pid < 0) {
		log_error("alarm: %s was not told: %s", news->kind,
			  strerror(errno));
		return;
	}
	run->pid = pid;
	run->kind = news->kind;
	run->late = false;
	timer_set(run->timer, ALARM_PATIENCE_MS);
}

/* --- one after the other --- */

static struct alarm_run *alarm_find_room(struct alarm *alarm)
{
	for (size_t i = 0; i < ALARM_RUNNING_MAX; i++)
		if (!alarm->runs[i].pid)
			return &alarm->runs[i];
	return NULL;
}

static void alarm_drop(struct alarm_news *news)
{
	free(news->line);
	free(news);
}

static void alarm_say_dropped(struct alarm *alarm)
{
	if (alarm->dropped)
		log_warning("alarm: %zu more were not told, since %s takes "
			    "too long; they are in the journal",
			    alarm->dropped, alarm->program);
	alarm->dropped = 0;
}

static void alarm_go_on(struct alarm *alarm)
{
	struct alarm_run *run;
	struct alarm_news *news;

	while ((news = STAILQ_FIRST(&alarm->waiting)) &&
	       (run = alarm_find_room(alarm))) {
		STAILQ_REMOVE_HEAD(&alarm->waiting, entry);
		alarm->waiting_count--;
		if (alarm->program)
			alarm_start(alarm, run, news);
		alarm_drop(news);
	}
	if (STAILQ_EMPTY(&alarm->waiting))
		alarm_say_dropped(alarm);
}

static void alarm_tell(struct alarm *alarm, const char *kind, const char *line,
		       size_t len)
{
	struct alarm_news *news;

	if (!alarm->program)
		return;
	if (alarm->waiting_count >= ALARM_WAITING_MAX) {
		alarm->dropped++;
		return;
	}
	news = ALLOC_NEW(struct alarm_news);
	news->kind = kind;
	news->line = alloc_format("%.*s\n", (int)len, line);
	news->len = len + 1;
	STAILQ_INSERT_TAIL(&alarm->waiting, news, entry);
	alarm->waiting_count++;
	alarm_go_on(alarm);
}

/* --- how it ended --- */

static void alarm_say_end(const struct alarm_run *run, int status)
{
	const char *program =
		run->alarm->program ? run->alarm->program : "the program";

	if (run->late)
		log_warning("alarm: %s was not done with %s after %d s, and "
			    "was killed",
			    program, run->kind, ALARM_PATIENCE_MS / 1000);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == ALARM_NOT_STARTED)
		log_warning("alarm: %s could not be run for %s", program,
			    run->kind);
	else if (!WIFEXITED(status) || WEXITSTATUS(status))
		log_warning("alarm: %s ended with %s %d for %s", program,
			    WIFEXITED(status) ? "status" : "signal",
			    WIFEXITED(status) ? WEXITSTATUS(status)
					      : WTERMSIG(status),
			    run->kind);
	else
		log_line_about(LOG_LEVEL_INFO, LOG_OF(.event = run->kind),
			       "alarm: %s was told of %s", program, run->kind);
}

/* What it has started ends with it: while it has not been waited for, nobody
 * else can have its number. */
static void alarm_look_after(struct alarm_run *run)
{
	siginfo_t info = { 0 };
	int status = 0;

	if (!run->pid ||
	    waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	    !info.si_pid)
		return;
	kill(-run->pid, SIGKILL);
	waitpid(run->pid, &status, 0);
	timer_stop(run->timer);
	run->pid = 0;
	alarm_say_end(run, status);
}

static void alarm_child_ended(evutil_socket_t number, short what, void *arg)
{
	struct alarm *alarm = arg;

	(void)number;
	(void)what;
	for (size_t i = 0; i < ALARM_RUNNING_MAX; i++)
		alarm_look_after(&alarm->runs[i]);
	alarm_go_on(alarm);
}

static void alarm_run_late(void *arg)
{
	struct alarm_run *run = arg;

	run->late = true;
	kill(-run->pid, SIGKILL);
}

/* --- what happens --- */

static const char *alarm_find_kind(const char *kind)
{
	for (size_t i = 0; i < ALARM_KINDS; i++)
		if (!strcmp(alarm_kinds[i], kind))
			return alarm_kinds[i];
	return NULL;
}

static void alarm_event(void *arg, int64_t seq, const char *type,
			const char *line, size_t len)
{
	const char *kind = alarm_find_kind(type);

	(void)seq;
	if (kind)
		alarm_tell(arg, kind, line, len);
}

void alarm_raise(struct alarm *alarm, const char *kind)
{
	CLEANUP_JSON json_t *event = json_put_text(json_make(), "type", kind);
	CLEANUP_FREE char *line = NULL;
	char at[CLOCK_TEXT_SIZE];

	clock_format(clock_wall_ms(alarm->clock), at);
	line = json_line(json_put_text(event, "at", at));
	alarm_event(alarm, 0, kind, line, strlen(line));
}

static void alarm_event_ended(void *arg)
{
	(void)arg; /* it reads nothing that could have been archived */
}

struct alarm *alarm_new(struct event_base *base, const struct env *env,
			struct core *core)
{
	struct alarm *alarm = ALLOC_NEW(struct alarm);
	const struct subscriber subscriber = { .event = alarm_event,
					       .ended = alarm_event_ended,
					       .arg = alarm };
	const struct follower self = { .peer = { .uid = geteuid() } };

	alarm->clock = env->clock;
	STAILQ_INIT(&alarm->waiting);
	for (size_t i = 0; i < ALARM_RUNNING_MAX; i++) {
		alarm->runs[i].alarm = alarm;
		alarm->runs[i].timer =
			timer_new(env->timers, alarm_run_late, &alarm->runs[i]);
	}
	alarm->nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	alarm->child = evsignal_new(base, SIGCHLD, alarm_child_ended, alarm);
	event_add(alarm->child, NULL);
	alarm->subscription =
		events_subscribe(core, &self, NULL, -1, &subscriber);
	return alarm;
}

struct alarm *alarm_free(struct alarm *alarm)
{
	struct alarm_news *news;

	if (!alarm)
		return NULL;
	events_unsubscribe(alarm->subscription);
	event_free(alarm->child);
	for (size_t i = 0; i < ALARM_RUNNING_MAX; i++) {
		timer_free(alarm->runs[i].timer);
		if (alarm->runs[i].pid)
			kill(-alarm->runs[i].pid, SIGTERM);
	}
	while ((news = STAILQ_FIRST(&alarm->waiting))) {
		STAILQ_REMOVE_HEAD(&alarm->waiting, entry);
		alarm_drop(news);
	}
	if (alarm->nothing >= 0)
		close(alarm->nothing);
	free(alarm->program);
	free(alarm);
	return NULL;
}
