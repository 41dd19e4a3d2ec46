/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy of the whole database, taken while it is in use: SQLite's backup, some
 * pages at a time on the writer, between its commits. On the writer's own
 * connection, since what is written meanwhile then goes into the copy as well;
 * on another one every commit would begin the copy anew. The file is made in
 * the state folder and has lost its name when it is handed out.
 *
 * There are no keys in it (store/keys.h). Put back by store/restore.h.
 */
#ifndef TILLD_STORE_BACKUP_H
#define TILLD_STORE_BACKUP_H

#include "store/store.h"

struct backup;

/*
 * From the loop. 0, and taken is called once: with a backup, to be freed by
 * backup_free(), or NULL and an error: STORE_E_FULL where the disk has no room
 * for it beside what is kept free, -ECANCELED if the store is closed. -EBUSY if
 * one is being taken already: taken is not called.
 */
typedef void (*backup_taken)(void *arg, int error, struct backup *backup);
int store_backup(struct store *store, backup_taken taken, void *arg);

/* The next bytes, up to BACKUP_READ_MAX; len 0 after the last. One at a time,
 * and not once the store is closed. bytes are borrowed. */
#define BACKUP_READ_MAX 65536

typedef void (*backup_bytes)(void *arg, int error, const void *bytes,
			     size_t len);
void backup_read(struct backup *backup, backup_bytes told, void *arg);

/* Not while it is being read. Returns NULL. */
struct backup *backup_free(struct backup *backup);

#endif
