/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that somebody altered: the backup that is put back, the database where
 * it lies, the ring of used keys, the head file. The first byte says which;
 * then, for the first three, what is written where: two bytes for the place (a
 * 65536th of the file each), one for how much, the bytes. The fourth is taken
 * as it comes. A store that opens in spite of it can be verified and closed.
 */
#include "store/backup.h"
#include "store/restore.h"
#include "store_rig.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"

#include "fuzz.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const int fuzz_variants = 240;

#define STORE_FILES 4

enum store_file { FILE_BACKUP, FILE_DATABASE, FILE_INTENTS, FILE_HEAD };

static const char *const store_names[STORE_FILES] = { "tilld.db", "tilld.db",
						      "head.intents", "head" };

struct whole {
	uint8_t *data;
	size_t size;
};

static struct store_rig store_rig;
static struct whole store_wholes[STORE_FILES]; /* as they are */

static void store_load(const char *name, struct whole *out_whole)
{
	const char *path = store_rig_path(&store_rig, name);
	CLEANUP_FILE FILE *file = fopen(path, "rbe");
	struct stat stat_of;

	FUZZ_HOLDS(file && !fstat(fileno(file), &stat_of));
	out_whole->size = (size_t)stat_of.st_size;
	out_whole->data = alloc_zero(out_whole->size, 1);
	FUZZ_HOLDS(fread(out_whole->data, 1, out_whole->size, file) ==
		   out_whole->size);
}

static void store_put(const char *name, const void *data, size_t size)
{
	const char *path = store_rig_path(&store_rig, name);
	CLEANUP_FD int fd =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	FUZZ_HOLDS(write(fd, data, size) == (ssize_t)size);
}

static void store_unlink_all(void)
{
	static const char *const names[] = { "tilld.db", "tilld.db-wal",
					     "tilld.db-shm", "head",
					     "head.intents" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlink(store_rig_path(&store_rig, names[i]));
}

static void store_end(void)
{
	store_rig_free(&store_rig);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	store_rig_init(&store_rig, NULL);
	store_rig.config.seal_every = 3;
	store_rig_set_up(&store_rig);
	for (int i = 0; i < 8; i++)
		store_rig_note(&store_rig, "note", i);
	store_rig_close(&store_rig);
	for (int i = 0; i < STORE_FILES; i++)
		store_load(store_names[i], &store_wholes[i]);
	atexit(store_end); /* runs before what OpenSSL has put there */
	return 0;
}

/* A copy of the file with those bytes in those places. */
static uint8_t *store_alter(const struct whole *whole, struct cursor edits)
{
	uint8_t *data = alloc_zero(whole->size, 1);

	memcpy(data, whole->data, whole->size);
	while (cursor_left(&edits) > 3) {
		size_t at = cursor_be16(&edits) * whole->size / 65536;
		size_t len = 1 + cursor_byte(&edits) % 16;

		if (len > cursor_left(&edits))
			len = cursor_left(&edits);
		if (len > whole->size - at)
			len = whole->size - at;
		memcpy(data + at, cursor_take(&edits, len), len);
	}
	return data;
}

static void store_restore_it(const uint8_t *data, size_t size)
{
	struct restore_result result;
	CLEANUP_FD int fd = memfd_create("backup", MFD_CLOEXEC);

	FUZZ_HOLDS(write(fd, data, size) == (ssize_t)size && !lseek(fd, 0, 0));
	store_unlink_all();
	if (!store_restore(&store_rig.config, fd, false, &result))
		FUZZ_HOLDS(result.seq > 0);
}

static void store_note_verdict(void *arg, int error,
			       const struct journal_verdict *verdict)
{
	*(bool *)arg = true;
	FUZZ_HOLDS(error || verdict->entries >= 0);
}

static void store_look(void)
{
	bool told = false;

	if (store_rig_open(&store_rig))
		return;
	journal_verify(store_rig.store, store_note_verdict, &told);
	fake_env_run(&store_rig.fake);
	FUZZ_HOLDS(told);
	store_rig_close(&store_rig);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum store_file which;
	CLEANUP_FREE uint8_t *altered = NULL;

	if (!size)
		return 0;
	which = data[0] % STORE_FILES;
	for (int i = FILE_DATABASE; i < STORE_FILES; i++)
		store_put(store_names[i], store_wholes[i].data,
			  store_wholes[i].size);
	if (which == FILE_HEAD) {
		store_put("head", data + 1, size - 1);
	} else {
		altered = store_alter(&store_wholes[which],
				      cursor_make(data + 1, size - 1));
		if (which == FILE_BACKUP)
			store_restore_it(altered, store_wholes[which].size);
		else
			store_put(store_names[which], altered,
				  store_wholes[which].size);
	}
	store_look();
	store_unlink_all();
	return 0;
}
