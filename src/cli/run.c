/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static pid_t run_spawn(const char *const *words, int out)
{
	posix_spawn_file_actions_t actions;
	bool spawned;
	pid_t pid;

	if (posix_spawn_file_actions_init(&actions))
		return -1;
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	/* POSIX takes them without const, and changes none */
	spawned = !posix_spawnp(&pid, words[0], &actions, NULL,
				(char *const *)(uintptr_t)words, environ);
	posix_spawn_file_actions_destroy(&actions);
	return spawned ? pid : -1;
}

FILE *run_read(const char *const *words)
{
	FILE *file = tmpfile();
	pid_t pid = file ? run_spawn(words, fileno(file)) : -1;
	int status = -1;

	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (status) {
		if (file)
			fclose(file);
		return NULL;
	}
	rewind(file);
	return file;
}
