/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk in memory, for what the daemon keeps: SQLite reaches it through a VFS
 * (disk_vfs.c), the store's own files through the system calls it makes
 * (disk_calls.c), all below "/world". What is written is there for whoever
 * reads it, and gone in a power cut unless it was synced: then each write may
 * be lost, kept, or torn at a sector, and names go back to what they were.
 */
#ifndef TILLD_WORLD_DISK_H
#define TILLD_WORLD_DISK_H

#include "loom.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define DISK_ROOT   "/world"
#define DISK_FD	    (1 << 20) /* descriptors of ours begin here */
#define DISK_FDS    64
#define DISK_SECTOR 512
#define DISK_SIZE   ((int64_t)64 * 1024 * 1024)

struct disk_undo;
struct disk_shm;

struct disk_file {
	struct disk_file *next; /* of all there ever were */
	uint8_t *data;
	size_t room; /* of data; what is past it reads as zeros */
	int64_t size;
	mode_t mode;
	bool folder;
	struct disk_undo *last; /* not synced yet */
	bool named_anew;	/* its name is not on disk yet */

	/* SQLite's locks, and its index of the log */
	int shared;
	void *reserved, *exclusive;
	struct disk_shm *shm;

	bool locked; /* flock() */
};

struct disk_name {
	struct disk_name *next;
	char *path;
	struct disk_file *file;
};

/* A name that came to mean something else, and is not on disk yet. */
struct disk_change {
	struct disk_change *before;
	char *path;
	struct disk_file *was;
	unsigned int group; /* a rename changes two at once */
};

struct disk_fd {
	struct disk_file *file; /* NULL: free */
	char *path;
	int64_t at;
	bool locks;
};

/* What is wrong with it. */
struct disk_trouble {
	int fail_in;   /* the so-manieth change from now on fails, 0: none */
	int fail_last; /* ... and so many after it */
	int fail_errno;
	int read_fails; /* so many reads */
	bool liar;	/* syncs nothing, and says it did */
};

struct disk {
	struct loom *loom;
	struct chance chance;
	struct disk_file *files;
	struct disk_name *names;
	struct disk_change *changes;
	unsigned int groups;
	struct disk_fd fds[DISK_FDS];
	int64_t alien; /* bytes that others have taken */
	struct disk_trouble trouble;
	int error; /* errno of what failed last */
	uint64_t failures, syncs, writes, torn, lost;
};

/* The one that the calls are for. */
extern struct disk *disk_now;

void disk_init(struct disk *disk, struct loom *loom, uint64_t seed);
void disk_free(struct disk *disk);

/* The process that had files open is gone; what it wrote is not. */
void disk_forget_process(struct disk *disk);

/* The power is gone. forget_process comes first. */
void disk_cut_power(struct disk *disk);

int64_t disk_room(const struct disk *disk);

/* Whether those bytes are in some file now, or, of what survives a power cut
 * for certain, durably. */
bool disk_holds(const struct disk *disk, const void *bytes, size_t len);
bool disk_holds_durably(const struct disk *disk, const void *bytes, size_t len);

/* --- files; errors are negative errnos --- */

struct disk_file *disk_find(struct disk *disk, const char *path);
struct disk_file *disk_make(struct disk *disk, const char *path, mode_t mode);
struct disk_file *disk_make_nameless(struct disk *disk);
int disk_read(struct disk *disk, struct disk_file *file, void *out, size_t len,
	      int64_t at); /* how much there was */
int disk_write(struct disk *disk, struct disk_file *file, const void *data,
	       size_t len, int64_t at);
int disk_resize(struct disk *disk, struct disk_file *file, int64_t size);
int disk_sync(struct disk *disk, struct disk_file *file);
int disk_sync_folder(struct disk *disk, const char *path);
int disk_unlink(struct disk *disk, const char *path);
int disk_rename(struct disk *disk, const char *from, const char *to);
int disk_link(struct disk *disk, const char *from, const char *to);

/* --- for SQLite --- */

/* The default one from now on, called "world", and "unix-excl" as well. */
void disk_install_vfs(void);
void disk_free_shm(struct disk_file *file);

#endif
