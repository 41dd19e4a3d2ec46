/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output.h"

#include "cli/say.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void output_refuse(const char *path, int error)
{
	switch (error) {
	case EEXIST:
	case ELOOP:
		say_error(_("%s is there already, and nothing is written over: "
			    "take another name."),
			  path);
		break;
	case ENOENT:
	case ENOTDIR:
		say_error(_("There is no folder for %s."), path);
		break;
	default:
		say_error(_("%s can't be written: %s."), path, strerror(error));
	}
}

FILE *output_open(const char *path)
{
	int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		     0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file)
		output_refuse(path, errno);
	return file;
}

enum cli_exit output_keep(FILE *file, const char *path, enum cli_exit exit,
			  enum cli_exit keep)
{
	bool written = !fflush(file) && !fsync(fileno(file));

	if (!exit && !written) {
		say_error(_("%s can't be written: %s."), path, strerror(errno));
		exit = CLI_EXIT_OUTPUT;
	}
	if (exit && exit != keep)
		unlink(path);
	return exit;
}
