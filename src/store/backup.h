/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy of the whole database, taken while it is in use: SQLite's backup, some
 * pages at a time on the writer, between its commits. On the writer's own
 * connection, since what is written meanwhile then goes into the copy as well;
 * on another one every commit would begin the copy anew. The file is made in
 * the state folder and has lost its name when it is handed out.
 *
 * There are no keys in it (store/keys.h). Put back by store/restore.h.
 *
 * Behind its last page comes a seal over all of the file before it, so that
 * what no chain holds together (operations, sessions, cash) can't be altered
 * unnoticed either: see backup_seal.c.
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

/* --- the seal (backup_seal.c): one line of text, always as long --- */

#define BACKUP_SEAL_SIZE 160 /* with its NUL */

struct hash_run;

/* A run of all that is sealed, begun. */
struct hash_run *backup_seal_begin(void);

/* The seal over what was added; the run can't be used any more. */
void backup_seal_end(struct hash_run *run, const struct keys *keys,
		     char out_seal[BACKUP_SEAL_SIZE]);

/* Whether it looks like one, of whatever key. */
bool backup_is_seal(const char seal[BACKUP_SEAL_SIZE]);

/* Whether it is one over what was added, by that key. */
bool backup_seal_holds(const char seal[BACKUP_SEAL_SIZE], struct hash_run *run,
		       const uint8_t public[32]);

/* Not while it is being read. Returns NULL. */
struct backup *backup_free(struct backup *backup);

#endif
