/* SPDX-License-Identifier: Apache-2.0 */
#include "store/keys.h"

#include "store/keys_private.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/err.h"
#include "util/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEYS_SIZE      32
#define KEYS_LINE_MAX  128
#define KEYS_FILE_TEMP ".new"

struct keys_part {
	char id[KEYS_ID_SIZE];
	uint8_t bytes[KEYS_SIZE];
};

struct keys {
	struct keys_part seal;
	struct keys_part badge;
	struct keys_part pin;
	uint8_t public[KEYS_SIZE];
};

struct keys_file {
	const char *name;
	const char *algorithm;
	size_t part; /* offset in struct keys */
};

static const struct keys_file keys_files[] = {
	{ "badge.pepper", "hmac-sha256", offsetof(struct keys, badge) },
	{ "pin.pepper", "hmac-sha256", offsetof(struct keys, pin) },
	{ "seal.key", "ed25519", offsetof(struct keys, seal) },
};

/* Where they come from. */
struct keys_folder {
	const char *path;
	bool credential; /* of systemd's */
	int fd;
};

#define KEYS_FILES  (sizeof(keys_files) / sizeof(keys_files[0]))
#define KEYS_PUBLIC "seal.pub"

static void keys_cleanup_pkey(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void keys_cleanup_digest(EVP_MD_CTX **digest)
{
	EVP_MD_CTX_free(*digest);
}

static void keys_cleanup_folder(struct keys_folder *folder)
{
	cleanup_fd(&folder->fd);
}

#define KEYS_PKEY   CLEANUP(keys_cleanup_pkey) EVP_PKEY
#define KEYS_DIGEST CLEANUP(keys_cleanup_digest) EVP_MD_CTX

struct keys *keys_free(struct keys *keys)
{
	if (keys)
		secret_wipe(keys, sizeof(*keys));
	free(keys);
	return NULL;
}

CLEANUP_DEFINE(keys_cleanup, struct keys *, keys_free);

struct keys *keys_copy(const struct keys *keys)
{
	struct keys *copy = ALLOC_NEW(struct keys);

	*copy = *keys;
	return copy;
}

void keys_public_id(const uint8_t public[32], char out_id[KEYS_ID_SIZE])
{
	uint8_t hash[HASH_SIZE];

	hash_sha256(public, KEYS_SIZE, hash);
	hash_to_hex(hash, (KEYS_ID_SIZE - 1) / 2, out_id);
}

void keys_fingerprint(const uint8_t public[32],
		      char out_text[KEYS_FINGERPRINT_SIZE])
{
	uint8_t hash[HASH_SIZE];

	hash_sha256(public, KEYS_SIZE, hash);
	for (size_t i = 0; i < HASH_SIZE; i += 4) {
		hash_to_hex(hash + i, 4, out_text);
		out_text += 8;
		*out_text++ = i + 4 < HASH_SIZE ? ' ' : 0;
	}
}

static EVP_PKEY *keys_private(const uint8_t bytes[KEYS_SIZE])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
						     bytes, KEYS_SIZE);

	if (!key)
		abort(); /* any 32 bytes are a key; only memory can lack */
	return key;
}

void keys_public_of(const uint8_t private[32], uint8_t out_public[32])
{
	KEYS_PKEY *key = keys_private(private);
	size_t len = KEYS_SIZE;

	if (EVP_PKEY_get_raw_public_key(key, out_public, &len) != 1)
		abort();
}

static void keys_derive_public(struct keys *keys)
{
	keys_public_of(keys->seal.bytes, keys->public);
}

/* --- reading --- */

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

static int keys_check_folder(const struct keys_folder *folder)
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
static void keys_finish(int dir)
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

/* --- making --- */

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

/* Whole or not at all, and never in place of another. */
/* Under another name, so far. */
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

/* And the folder above, which may have got this one just now. */
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

/* --- using --- */

const char *keys_seal_id(const struct keys *keys)
{
	return keys->seal.id;
}

void keys_seal_public(const struct keys *keys, uint8_t out_public[32])
{
	memcpy(out_public, keys->public, KEYS_SIZE);
}

void keys_sign_by(const uint8_t private[32], const uint8_t hash[HASH_SIZE],
		  uint8_t out_signature[KEYS_SIGNATURE_SIZE])
{
	KEYS_PKEY *key = keys_private(private);
	KEYS_DIGEST *digest = EVP_MD_CTX_new();
	size_t len = KEYS_SIGNATURE_SIZE;

	if (!digest || EVP_DigestSignInit(digest, NULL, NULL, NULL, key) != 1 ||
	    EVP_DigestSign(digest, out_signature, &len, hash, HASH_SIZE) != 1)
		abort();
}

void keys_sign(const struct keys *keys, const uint8_t hash[HASH_SIZE],
	       uint8_t out_signature[KEYS_SIGNATURE_SIZE])
{
	keys_sign_by(keys->seal.bytes, hash, out_signature);
}

bool keys_verify(const uint8_t public[32], const uint8_t hash[HASH_SIZE],
		 const uint8_t signature[KEYS_SIGNATURE_SIZE])
{
	KEYS_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
						     public, KEYS_SIZE);
	KEYS_DIGEST *digest = EVP_MD_CTX_new();

	return key && digest &&
	       EVP_DigestVerifyInit(digest, NULL, NULL, NULL, key) == 1 &&
	       EVP_DigestVerify(digest, signature, KEYS_SIGNATURE_SIZE, hash,
				HASH_SIZE) == 1;
}

void keys_badge(const struct keys *keys, const char *badge_id,
		uint8_t out_key[HASH_SIZE])
{
	hash_hmac(keys->badge.bytes, KEYS_SIZE, badge_id, strlen(badge_id),
		  out_key);
}

void keys_pin(const struct keys *keys, const char *pin,
	      char out_text[HASH_TEXT_SIZE])
{
	uint8_t hash[HASH_SIZE];

	hash_hmac(keys->pin.bytes, KEYS_SIZE, pin, strlen(pin), hash);
	hash_to_hex(hash, sizeof(hash), out_text);
	secret_wipe(hash, sizeof(hash));
}

/* Under the badges' pepper, which no canonical badge id begins like. */
void keys_mac(const struct keys *keys, const char *label, const void *data,
	      size_t len, uint8_t out_mac[HASH_SIZE])
{
	uint8_t text[64 + KEYS_MAC_MAX];
	size_t label_len = strlen(label) + 1;

	if (label_len > 64 || len > KEYS_MAC_MAX)
		abort();
	memcpy(text, label, label_len);
	memcpy(text + label_len, data, len);
	hash_hmac(keys->badge.bytes, KEYS_SIZE, text, label_len + len, out_mac);
}
