/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/config_paths.h"

#include "util/alloc.h"
#include "util/cleanup.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATHS_LINKS_MAX 40 /* as the kernel follows */
#define PATHS_MAX	(24 + CONFIG_DEVICES_MAX)

/* --- where a path leads --- */

/* One step: its name is taken off rest, and the link there, if it is one, put
 * in its place. */
static void paths_step(char **out, char **rest, int *links)
{
	size_t len = strcspn(*rest, "/");
	CLEANUP_FREE char *old = *rest;
	CLEANUP_FREE char *here =
		alloc_format("%s/%.*s", *out, (int)len, *rest);
	char target[PATH_MAX];
	ssize_t got = -1;

	*rest = alloc_text(old + len + strspn(old + len, "/"));
	if (!len || (len == 1 && *old == '.'))
		return;
	if (len == 2 && !strncmp(old, "..", 2)) {
		char *slash = strrchr(*out, '/');

		if (slash)
			*slash = 0;
		return;
	}
	if (*links < PATHS_LINKS_MAX)
		got = readlink(here, target, sizeof(target) - 1);
	if (got > 0) {
		CLEANUP_FREE char *after = *rest;

		target[got] = 0;
		(*links)++;
		*rest = alloc_format("%s/%s", target, after);
		if (*target == '/')
			**out = 0;
		return;
	}
	free(*out);
	*out = alloc_text(here);
}

static char *config_paths_resolve(const char *path)
{
	CLEANUP_FREE char *rest = alloc_text(path);
	char *out = alloc_text("");
	int links = 0;

	while (*rest)
		paths_step(&out, &rest, &links);
	return out;
}

/* --- what is made where --- */

struct paths_claim {
	const char *setting; /* "socket.path", for people */
	int line;	     /* 0: a default */
	char *path;
};

struct paths {
	struct config_file *file;
	struct paths_claim claims[PATHS_MAX];
	size_t count;
};

/* A file that comes with a setting: its path, and what is added to that. */
static void paths_claim(struct paths *paths, const char *setting, int line,
			const char *path, const char *suffix)
{
	CLEANUP_FREE char *whole = alloc_format("%s%s", path, suffix);

	paths->claims[paths->count++] =
		(struct paths_claim){ .setting = setting,
				      .line = line,
				      .path = config_paths_resolve(whole) };
}

static void paths_claim_all(struct paths *paths, const char *setting, int line,
			    const char *path, const char *const *suffixes)
{
	for (; path && *suffixes; suffixes++)
		paths_claim(paths, setting, line, path, *suffixes);
}

/* Only one of two that are alike is told: what stands further down. */
static bool paths_clash(const struct paths *paths, size_t i)
{
	const struct paths_claim *one = &paths->claims[i];

	for (size_t j = 0; j < paths->count; j++) {
		const struct paths_claim *other = &paths->claims[j];

		if (strcmp(one->path, other->path) != 0 ||
		    !strcmp(one->setting, other->setting) ||
		    (one->line == other->line ? j > i
					      : one->line < other->line))
			continue;
		config_fault(paths->file, one->line,
			     "%s and %s would be the same file, %s",
			     one->setting, other->setting, one->path);
		return true;
	}
	return false;
}

static bool paths_is_in(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return !strncmp(path, folder, len) && strchr("/", path[len]);
}

static void paths_check_claims(struct paths *paths, const char *keys)
{
	for (size_t i = 0; i < paths->count; i++) {
		const struct paths_claim *claim = &paths->claims[i];
		bool again = i && claim[-1].setting == claim->setting;

		if (again) /* one of its files was told, or none is wrong */
			continue;
		if (paths_is_in(claim->path, keys) &&
		    strcmp(claim->setting, "state-dir") != 0) /* advised of */
			config_fault(paths->file, claim->line,
				     "%s is in keys-dir, where nothing but "
				     "keys may be",
				     claim->setting);
		else
			for (size_t j = i;
			     j < paths->count &&
			     paths->claims[j].setting == claim->setting &&
			     !paths_clash(paths, j);)
				j++;
	}
}

static void paths_free(struct paths *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		free(paths->claims[i].path);
}

/* --- the settings --- */

static int paths_line(struct config_file *file, const char *section,
		      const char *name)
{
	return config_file_line(
		file, section ? cfg_getsec(file->cfg, section) : file->cfg,
		name, 0);
}

static void paths_collect(struct paths *paths, const struct config *config)
{
	static const char *const state[] = { "/tilld.db",     "/tilld.db-wal",
					     "/tilld.db-shm", "/tilld.db.new",
					     "/tilld.lock",   "/ballast",
					     "/backup.new",   NULL };
	static const char *const head[] = { "", ".new", ".intents",
					    ".intents.new", NULL };
	static const char *const socket[] = { "", ".lock", NULL };
	static const char *const itself[] = { "", NULL };
	struct config_file *file = paths->file;

	paths_claim_all(paths, "this file", 0, file->path, itself);
	paths_claim_all(paths, "state-dir", paths_line(file, NULL, "state-dir"),
			config->state_dir, state);
	paths_claim_all(paths, "head-file", paths_line(file, NULL, "head-file"),
			config->head_file, head);
	paths_claim_all(paths, "archive-dir",
			paths_line(file, NULL, "archive-dir"),
			config->archive_dir, itself);
	paths_claim_all(paths, "socket.path",
			paths_line(file, "socket", "path"), config->socket,
			socket);
}

/* Devices may share a port's name no more than tilld's files may; between
 * themselves config_port.c sees to that. */
static void paths_collect_ports(struct paths *paths,
				const struct config *config)
{
	for (size_t i = 0; i < config->devices_count; i++)
		if (config->devices[i].serial)
			paths_claim(
				paths, "serial",
				config_file_line(paths->file,
						 cfg_getnsec(paths->file->cfg,
							     "device",
							     (unsigned int)i),
						 "serial", 0),
				config->devices[i].serial, "");
}

/* What is there already, and can't be what it is to be. */
static void paths_check_kinds(struct config_file *file,
			      const struct config *config)
{
	struct stat state;

	if (config->head_file && !stat(config->head_file, &state) &&
	    !S_ISREG(state.st_mode))
		config_fault(file, paths_line(file, NULL, "head-file"),
			     "head-file is no file; give the name of one, "
			     "which is made");
	if (!config->archive_dir)
		return;
	if (stat(config->archive_dir, &state))
		config_advise(file, paths_line(file, NULL, "archive-dir"),
			      "archive-dir is not there: nothing can be "
			      "archived until it is");
	else if (!S_ISDIR(state.st_mode))
		config_fault(file, paths_line(file, NULL, "archive-dir"),
			     "archive-dir is no folder");
}

void config_paths_check(struct config_file *file, const struct config *config)
{
	struct paths paths = { .file = file };
	CLEANUP_FREE char *keys = NULL;

	if (file->faults) /* a path may be missing, or none */
		return;
	keys = config_paths_resolve(config->keys_dir);
	paths_check_kinds(file, config);
	paths_collect(&paths, config);
	paths_collect_ports(&paths, config);
	paths_check_claims(&paths, keys);
	paths_free(&paths);
}
