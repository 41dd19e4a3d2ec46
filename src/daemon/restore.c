/* SPDX-License-Identifier: Apache-2.0 */
/* tilld --restore: a backup is put back, by root or by tilld's own user. */
#include "store/restore.h"
#include "daemon/daemon.h"
#include "daemon/daemon_private.h"
#include "util/cleanup.h"
#include "util/log.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What root makes, tilld's user could not open: root becomes who the state
 * folder belongs to, once the backup has been opened. */
static int restore_become_owner(const char *folder)
{
	struct stat owner;

	if (geteuid() != 0 || stat(folder, &owner) < 0 || !owner.st_uid)
		return 0;
	if (setgroups(0, NULL) < 0 ||
	    setresgid(owner.st_gid, owner.st_gid, owner.st_gid) < 0 ||
	    setresuid(owner.st_uid, owner.st_uid, owner.st_uid) < 0)
		return -errno;
	return 0;
}

static const char *restore_error_text(int error)
{
	switch (error) {
	case STORE_E_EXISTS:
		return "There is a database in its place; move that away "
		       "first, with tilld.db-wal if it is there.";
	case STORE_E_LOCKED:
		return "tilld is running; stop it first.";
	case STORE_E_CORRUPT:
		return "This is no whole backup of a box that was set up.";
	}
	return store_error_text(error);
}

static void restore_say(const struct config *config,
			const struct restore_result *result, bool new_keys)
{
	printf("Put back: %" PRId64 " entries, sealed by key %s.\n",
	       result->seq, result->key);
	if (!result->sealed)
		puts("It has no seal over the whole: only its journal and its "
		     "policy are known to be what they were. Sessions, cash "
		     "and operations may have been altered.");
	if (new_keys)
		puts("The next start goes on with other keys: badges and PINs "
		     "have to be given anew.");
	else
		printf("The keys that belong to it have to be in %s.\n",
		       config->keys_dir);
	puts("Nothing moves until it is confirmed: tillctl setup "
	     "--confirm-rollback --reason TEXT");
}

static int restore_run(const struct config *config, const char *file, int fd,
		       bool new_keys)
{
	const struct store_config store = daemon_store_config(config);
	struct restore_result result;
	int r = restore_become_owner(config->state_dir);

	if (!r)
		r = store_restore(&store, fd, new_keys, &result);
	if (r) {
		log_error("%s was not put back: %s", file,
			  restore_error_text(r));
		return DAEMON_EXIT_FAILED;
	}
	restore_say(config, &result, new_keys);
	return DAEMON_EXIT_DONE;
}

int daemon_restore(const char *config_path, const char *file, bool new_keys)
{
	struct config *config =
		config_load(config_path, &daemon_config_listener);
	CLEANUP_FD int fd = -1;
	int status = DAEMON_EXIT_FAILED;

	if (!config)
		return DAEMON_EXIT_CONFIG;
	umask(077);
	fd = !strcmp(file, "-") ? dup(STDIN_FILENO)
				: open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		log_error("%s: %s", file, strerror(errno));
	else
		status = restore_run(config, file, fd, new_keys);
	config_free(config);
	return status;
}
