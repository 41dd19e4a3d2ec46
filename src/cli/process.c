/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/process.h"

#include "util/alloc.h"
#include "util/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

bool process_read_name(int pid, char out_name[PROCESS_NAME])
{
	CLEANUP_FREE char *path = alloc_format("/proc/%d/comm", pid);
	CLEANUP_FILE FILE *file = fopen(path, "re");

	if (!file || !fgets(out_name, PROCESS_NAME, file))
		return false;
	out_name[strcspn(out_name, "\n")] = '\0';
	return true;
}

bool process_read_status(int pid, const char *name,
			 char out_value[PROCESS_LINE])
{
	CLEANUP_FREE char *path = alloc_format("/proc/%d/status", pid);
	CLEANUP_FILE FILE *file = fopen(path, "re");
	char line[PROCESS_LINE];

	while (file && fgets(line, sizeof(line), file)) {
		size_t len = strlen(name);

		if (strncmp(line, name, len) || line[len] != ':')
			continue;
		len += 1 + strspn(line + len + 1, "\t ");
		line[strcspn(line, "\n")] = '\0';
		snprintf(out_value, PROCESS_LINE, "%s", line + len);
		return true;
	}
	return false;
}

char *process_user(int pid)
{
	char uid[PROCESS_LINE];
	const struct passwd *who;

	if (!process_read_status(pid, "Uid", uid))
		return alloc_text("?");
	who = getpwuid((uid_t)strtoul(uid, NULL, 10));
	uid[strcspn(uid, "\t ")] = '\0';
	return alloc_text(who ? who->pw_name : uid);
}

void process_each(bool (*each)(void *arg, int pid), void *arg)
{
	DIR *folder = opendir("/proc");
	const struct dirent *entry;
	bool on = folder != NULL;

	while (on && (entry = readdir(folder))) {
		int pid = atoi(entry->d_name);

		if (pid > 0)
			on = each(arg, pid);
	}
	if (folder)
		closedir(folder);
}

/* --- what it has open --- */

/* Numbers of ptys count in their own mount only; other devices' everywhere. */
static bool process_is_pty(const struct stat *file)
{
	return S_ISCHR(file->st_mode) && major(file->st_rdev) >= 136 &&
	       major(file->st_rdev) <= 143;
}

static bool process_is_same(const struct stat *a, const struct stat *b)
{
	if ((a->st_mode & S_IFMT) != (b->st_mode & S_IFMT))
		return false;
	if (!S_ISCHR(a->st_mode))
		return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
	return a->st_rdev == b->st_rdev &&
	       (!process_is_pty(a) || a->st_dev == b->st_dev);
}

enum process_hold process_holds(int pid, const struct stat *file)
{
	CLEANUP_FREE char *path = alloc_format("/proc/%d/fd", pid);
	DIR *folder = opendir(path);
	const struct dirent *entry;
	bool held = false;

	if (!folder)
		return errno == EACCES ? PROCESS_HOLD_UNKNOWN
				       : PROCESS_HOLDS_NOT;
	while (!held && (entry = readdir(folder))) {
		CLEANUP_FREE char *name =
			alloc_format("%s/%s", path, entry->d_name);
		struct stat state;

		held = !stat(name, &state) && process_is_same(&state, file);
	}
	closedir(folder);
	return held ? PROCESS_HOLDS : PROCESS_HOLDS_NOT;
}
