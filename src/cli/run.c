/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"

#include "util/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Ours, but for LANGUAGE, which is set for libintl alone (util/message.h): what
 * others print would be in a language that nobody has asked for. To be freed. */
static char **run_environment(void)
{
	size_t count = 0, kept = 0;
	char **own;

	while (environ[count])
		count++;
	own = alloc_zero(count + 1, sizeof(*own));
	for (size_t i = 0; i < count; i++)
		if (strncmp(environ[i], "LANGUAGE=", 9) != 0)
			own[kept++] = environ[i];
	return own;
}

static pid_t run_spawn(const char *const *words, int out)
{
	posix_spawn_file_actions_t actions;
	char **environment;
	bool spawned;
	pid_t pid;

	if (posix_spawn_file_actions_init(&actions))
		return -1;
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	environment = run_environment();
	/* POSIX takes them without const, and changes none */
	spawned = !posix_spawnp(&pid, words[0], &actions, NULL,
				(char *const *)(uintptr_t)words, environment);
	free(environment);
	posix_spawn_file_actions_destroy(&actions);
	return spawned ? pid : -1;
}

/* 0 if it ended well. */
static int run_wait(pid_t pid)
{
	int status = -1;

	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return status;
}

FILE *run_read(const char *const *words)
{
	FILE *file = tmpfile();
	int status = run_wait(file ? run_spawn(words, fileno(file)) : -1);

	if (status) {
		if (file)
			fclose(file);
		return NULL;
	}
	rewind(file);
	return file;
}

static bool run_take_lines(FILE *file, bool (*each)(void *arg, char *line),
			   void *arg)
{
	char line[RUN_LINE_MAX];
	bool on = true;

	while (on && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		on = each(arg, line);
	}
	return on;
}

bool run_follow(const char *const *words, bool (*each)(void *arg, char *line),
		void *arg)
{
	int ends[2];
	FILE *file;
	pid_t pid;
	bool on;

	if (pipe2(ends, O_CLOEXEC))
		return false;
	pid = run_spawn(words, ends[1]);
	close(ends[1]);
	file = fdopen(ends[0], "r");
	on = pid > 0 && file && run_take_lines(file, each, arg);
	if (file) /* who still writes is told by that */
		fclose(file);
	return !run_wait(pid) || (pid > 0 && !on);
}
