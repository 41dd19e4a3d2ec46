/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that are made: all of them or none, and never in place of others. */
#include "store/keys_private.h"

#include "util/alloc.h"
#include "util/err.h"
#include "util/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEYS_FILE_TEMP ".new"

/* --- a creation that was cut off --- */

static const char *const keys_names[] = { KEYS_PUBLIC, "seal.key",
					  "badge.pepper", "pin.pepper" };

#define KEYS_NAMES (sizeof(keys_names) / sizeof(keys_names[0]))

static char *keys_temp_of(const char *name)
{
	return alloc_format(".%s" KEYS_FILE_TEMP, name);
}

static bool keys_is_there(int dir, const char *name)
{
	return !faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW);
}

/* Gives them their names, never another's, once all of them are on disk. */
static int keys_put_in_place(int dir)
{
	int r = 0;

	for (size_t i = 0; !r && i < KEYS_NAMES; i++) {
		CLEANUP_FREE char *temp = keys_temp_of(keys_names[i]);

		if (!keys_is_there(dir, keys_names[i]) &&
		    linkat(dir, temp, dir, keys_names[i], 0) < 0)
			r = err_born(-errno);
	}
	for (size_t i = 0; !r && i < KEYS_NAMES; i++) {
		CLEANUP_FREE char *temp = keys_temp_of(keys_names[i]);

		unlinkat(dir, temp, 0);
	}
	return r;
}

/*
 * None has its name before all are written: so if some have, and the others
 * are there to be named, a power cut came in between, and it is gone through
 * with, what is left over of them included. What was cut off earlier is begun
 * anew by the next keys_create().
 */
void keys_finish(int dir)
{
	size_t named = 0, written = 0;

	for (size_t i = 0; i < KEYS_NAMES; i++) {
		CLEANUP_FREE char *temp = keys_temp_of(keys_names[i]);
		bool is_named = keys_is_there(dir, keys_names[i]);

		named += is_named;
		written += is_named || keys_is_there(dir, temp);
	}
	if (named && written == KEYS_NAMES)
		(void)keys_put_in_place(dir);
}

/* --- a new one --- */

static int keys_write_all(int fd, const char *text)
{
	size_t len = strlen(text);
	ssize_t put = write(fd, text, len);

	if (put < 0)
		return err_born(-errno);
	if ((size_t)put != len)
		return err_born(-ENOSPC);
	return fsync(fd) < 0 ? err_born(-errno) : 0;
}

/* Under another name, until all of them are on disk. */
static int keys_write_file(int dir, const char *name, mode_t mode,
			   const char *text)
{
	CLEANUP_FREE char *temp = keys_temp_of(name);
	CLEANUP_FD int fd = -1;
	int r;

	unlinkat(dir, temp, 0); /* of an attempt that was cut off */
	fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_born(-errno);
	r = keys_write_all(fd, text);
	if (!r && fchmod(fd, mode) < 0)
		r = err_born(-errno);
	return r;
}

static int keys_write_part(int dir, const char *name, const char *algorithm,
			   mode_t mode, const char *id,
			   const uint8_t bytes[KEYS_SIZE])
{
	char hex[2 * KEYS_SIZE + 1], line[KEYS_LINE_MAX];
	int r;

	hash_to_hex(bytes, KEYS_SIZE, hex);
	snprintf(line, sizeof(line), "%s %s %s\n", algorithm, id, hex);
	r = keys_write_file(dir, name, mode, line);
	secret_wipe(hex, sizeof(hex));
	secret_wipe(line, sizeof(line));
	return r;
}

/* The folder, and the one above, which may have got this one just now. */
static int keys_sync_folder(int dir)
{
	CLEANUP_FD int above =
		openat(dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fsync(dir) < 0 || above < 0 || fsync(above) < 0)
		return err_born(-errno);
	return 0;
}

static int keys_write_files(int dir, struct keys *keys)
{
	int r = keys_write_part(dir, KEYS_PUBLIC, "ed25519", 0444,
				keys->seal.id, keys->public);

	for (size_t i = 0; !r && i < KEYS_FILES; i++) {
		const struct keys_part *part =
			(void *)((char *)keys + keys_files[i].part);

		r = keys_write_part(dir, keys_files[i].name,
				    keys_files[i].algorithm, 0400, part->id,
				    part->bytes);
	}
	if (!r)
		r = keys_sync_folder(dir);
	if (!r)
		r = keys_put_in_place(dir);
	return r ? r : keys_sync_folder(dir);
}

static bool keys_any_there(int dir)
{
	for (size_t i = 0; i < KEYS_NAMES; i++)
		if (keys_is_there(dir, keys_names[i]))
			return true;
	return false;
}

static void keys_draw(const struct random *random, struct keys *keys)
{
	uint8_t ids[2][(KEYS_ID_SIZE - 1) / 2];

	random_fill(random, keys->seal.bytes, KEYS_SIZE);
	random_fill(random, keys->badge.bytes, KEYS_SIZE);
	random_fill(random, keys->pin.bytes, KEYS_SIZE);
	random_fill(random, ids, sizeof(ids));
	hash_to_hex(ids[0], sizeof(ids[0]), keys->badge.id);
	hash_to_hex(ids[1], sizeof(ids[1]), keys->pin.id);
	keys_derive_public(keys);
	keys_public_id(keys->public, keys->seal.id);
}

int keys_create(const char *dir, const struct random *random,
		struct keys **out_keys)
{
	CLEANUP(keys_cleanup) struct keys *keys = ALLOC_NEW(struct keys);
	CLEANUP(keys_cleanup_folder)
	struct keys_folder folder = { dir, false, -1 };
	int r;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return err_born(-errno);
	folder.fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder.fd < 0)
		return err_born(-errno);
	r = keys_check_folder(&folder);
	if (r)
		return r;
	if (keys_any_there(folder.fd))
		return err_born(-EEXIST);
	keys_draw(random, keys);
	r = keys_write_files(folder.fd, keys);
	if (r)
		return r;
	*out_keys = keys;
	keys = NULL;
	return 0;
}
