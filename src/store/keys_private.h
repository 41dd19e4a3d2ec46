/* SPDX-License-Identifier: Apache-2.0 */
/* Keys from within: what their files share. */
#ifndef TILLD_STORE_KEYS_PRIVATE_H
#define TILLD_STORE_KEYS_PRIVATE_H

#include "store/keys.h"
#include "util/cleanup.h"

#define KEYS_SIZE     32
#define KEYS_LINE_MAX 128

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

CLEANUP_DEFINE(keys_cleanup, struct keys *, keys_free);

/* The public half of the seal key, from the private one. */
void keys_derive_public(struct keys *keys);

/* The files of the secret ones; beside them is the public half of the seal. */
struct keys_file {
	const char *name;
	const char *algorithm;
	size_t part; /* offset of its struct keys_part in struct keys */
};

#define KEYS_FILES  3
#define KEYS_PUBLIC "seal.pub"
extern const struct keys_file keys_files[KEYS_FILES];

/* Where they come from. */
struct keys_folder {
	const char *path;
	bool credential; /* of systemd's */
	int fd;
};

void keys_cleanup_folder(struct keys_folder *folder);

/* keys_load.c: 0, KEYS_E_BAD if others may look into it, or an errno. */
int keys_check_folder(const struct keys_folder *folder);

/* keys_create.c: goes through with a creation that was cut off after the first
 * file had got its name. */
void keys_finish(int dir);

#endif
