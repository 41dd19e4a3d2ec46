/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that are there: read, and refused if others could have read them. */
#include "store/keys_private.h"

#include "util/alloc.h"
#include "util/err.h"
#include "util/log.h"
#include "util/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void keys_cleanup_folder(struct keys_folder *folder)
{
	cleanup_fd(&folder->fd);
}

/*
 * What the mode of a file may not have. systemd shows its credentials to a
 * service's user by an ACL, which appears as group bits: there only "others"
 * count. The public half may be read by all.
 */
#define KEYS_NOT_SECRET	    (S_IRWXG | S_IRWXO)
#define KEYS_NOT_CREDENTIAL S_IRWXO
#define KEYS_NOT_PUBLIC	    (S_IWGRP | S_IWOTH)

/* NULL, or what is wrong with it. */
static const char *keys_find_fault(const struct stat *stat, mode_t refused)
{
	if (!S_ISREG(stat->st_mode))
		return "is no plain file";
	if (stat->st_mode & refused)
		return "others may read or write it; its mode should be 0400";
	return NULL;
}

static int keys_refuse(const struct keys_folder *folder, const char *name,
		       const char *fault)
{
	log_error("%s/%s: %s", folder->path, name, fault);
	return KEYS_E_BAD;
}

static int keys_refuse_owner(const char *path, uid_t owner)
{
	log_error("%s: belongs to another user (uid %u); give it to uid %u, "
		  "which tilld runs as",
		  path, (unsigned int)owner, (unsigned int)geteuid());
	return KEYS_E_BAD;
}

/* EACCES: such as what root has put back from a backup. */
static int keys_refuse_unreadable(const char *path, int error)
{
	if (error == EACCES)
		log_error("%s: uid %u, which tilld runs as, may not read it; "
			  "give it to that user",
			  path, (unsigned int)geteuid());
	else
		log_error("%s: %s", path, strerror(error));
	return error == EACCES || error == ELOOP ? KEYS_E_BAD
						 : err_born(-error);
}

static int keys_check_file(const struct keys_folder *folder, const char *name,
			   int fd, mode_t refused)
{
	const char *fault;
	struct stat stat;

	if (fstat(fd, &stat) < 0)
		return err_born(-errno);
	if (stat.st_uid != geteuid() && stat.st_uid != 0) {
		CLEANUP_FREE char *path =
			alloc_format("%s/%s", folder->path, name);

		return keys_refuse_owner(path, stat.st_uid);
	}
	fault = keys_find_fault(&stat, refused);
	return fault ? keys_refuse(folder, name, fault) : 0;
}

static bool keys_parse(char *line, const char *algorithm,
		       struct keys_part *out_part)
{
	char name[16], id[KEYS_ID_SIZE], hex[2 * KEYS_SIZE + 1];
	struct keys_part part = { 0 };
	int end = 0;
	bool good;

	good = sscanf(line, "%15s %8[0-9a-f] %64[0-9a-f]%n", name, id, hex,
		      &end) == 3 &&
	       !strcmp(name, algorithm) && strlen(id) == KEYS_ID_SIZE - 1 &&
	       (!strcmp(line + end, "\n") || !line[end]) &&
	       hash_from_hex(hex, KEYS_SIZE, part.bytes);
	secret_wipe(hex, sizeof(hex));
	if (good) {
		memcpy(part.id, id, sizeof(id));
		*out_part = part;
	}
	secret_wipe(&part, sizeof(part));
	return good;
}

/* 0, KEYS_E_NONE if there is no such file, KEYS_E_BAD or an errno. */
static int keys_read_file(const struct keys_folder *folder, const char *name,
			  const char *algorithm, mode_t refused,
			  struct keys_part *out_part)
{
	CLEANUP_FREE char *path = alloc_format("%s/%s", folder->path, name);
	CLEANUP_FD int fd =
		openat(folder->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char line[KEYS_LINE_MAX] = "";
	ssize_t got;
	int r;

	if (fd < 0 && errno == ENOENT)
		return KEYS_E_NONE;
	if (fd < 0)
		return keys_refuse_unreadable(path, errno);
	r = keys_check_file(folder, name, fd, refused);
	if (r)
		return r;
	got = read(fd, line, sizeof(line) - 1);
	if (got < 0)
		return err_born(-errno);
	if (!keys_parse(line, algorithm, out_part))
		r = keys_refuse(folder, name,
				"damaged; put it back from a backup");
	secret_wipe(line, sizeof(line));
	return r;
}

static int keys_read_all(const struct keys_folder *folder, struct keys *keys)
{
	mode_t refused =
		folder->credential ? KEYS_NOT_CREDENTIAL : KEYS_NOT_SECRET;
	size_t missing = 0;

	for (size_t i = 0; i < KEYS_FILES; i++) {
		const struct keys_file *file = &keys_files[i];
		int r = keys_read_file(folder, file->name, file->algorithm,
				       refused,
				       (void *)((char *)keys + file->part));

		if (r && r != KEYS_E_NONE)
			return r;
		missing += r == KEYS_E_NONE;
	}
	if (missing)
		return missing == KEYS_FILES ? KEYS_E_NONE : KEYS_E_PARTLY;
	return 0;
}

/* The id of a seal key follows from it; seal.pub is there for others. */
static int keys_check_public(const struct keys_folder *folder,
			     struct keys *keys)
{
	struct keys_part public;
	char id[KEYS_ID_SIZE];
	int r;

	keys_derive_public(keys);
	keys_public_id(keys->public, id);
	if (strcmp(id, keys->seal.id) != 0)
		return keys_refuse(folder, "seal.key",
				   "damaged: its id is another key's");
	if (folder->credential)
		return 0;
	r = keys_read_file(folder, KEYS_PUBLIC, "ed25519", KEYS_NOT_PUBLIC,
			   &public);
	if (r == KEYS_E_NONE)
		return KEYS_E_PARTLY;
	if (!r && (strcmp(public.id, id) != 0 ||
		   memcmp(public.bytes, keys->public, KEYS_SIZE) != 0))
		return keys_refuse(folder, KEYS_PUBLIC,
				   "does not belong to seal.key");
	return r;
}

int keys_check_folder(const struct keys_folder *folder)
{
	struct stat stat;

	if (fstat(folder->fd, &stat) < 0)
		return err_born(-errno);
	if (stat.st_uid != geteuid() && stat.st_uid != 0)
		return keys_refuse_owner(folder->path, stat.st_uid);
	if (!(stat.st_mode & (S_IRWXG | S_IRWXO)))
		return 0;
	log_error("%s: others may look into this folder; its mode should be "
		  "0700",
		  folder->path);
	return KEYS_E_BAD;
}

static int keys_open_folder(struct keys_folder *folder)
{
	struct stat stat;

	folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder->fd >= 0)
		return 0;
	if (errno == ENOENT)
		return KEYS_E_NONE;
	if (errno == EACCES && !lstat(folder->path, &stat))
		return keys_refuse_owner(folder->path, stat.st_uid);
	return keys_refuse_unreadable(folder->path, errno);
}

static int keys_load_folder(const char *path, bool credential,
			    struct keys **out_keys)
{
	CLEANUP(keys_cleanup) struct keys *keys = ALLOC_NEW(struct keys);
	CLEANUP(keys_cleanup_folder)
	struct keys_folder folder = { path, credential, -1 };
	int r = keys_open_folder(&folder);

	if (!r && !credential)
		keys_finish(folder.fd);
	if (!r)
		r = keys_read_all(&folder, keys);
	if (!r && !credential)
		r = keys_check_folder(&folder);
	if (!r)
		r = keys_check_public(&folder, keys);
	if (r)
		return r;
	*out_keys = keys;
	keys = NULL;
	return 0;
}

int keys_load(const char *dir, struct keys **out_keys)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	int r = KEYS_E_NONE;

	if (credentials)
		r = keys_load_folder(credentials, true, out_keys);
	return r == KEYS_E_NONE ? keys_load_folder(dir, false, out_keys) : r;
}
