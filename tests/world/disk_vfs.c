/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite on the disk in memory. Locks and the index of the log (shm) are those
 * of one process with several connections; they go with it.
 */
#include "disk.h"

#include "util/alloc.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define VFS_REGIONS_MAX 64
#define VFS_LOCKS	SQLITE_SHM_NLOCK
#define VFS_PATH_MAX	256

struct disk_shm {
	void *regions[VFS_REGIONS_MAX];
	int shared[VFS_LOCKS];
	void *exclusive[VFS_LOCKS];
};

struct vfs_file {
	sqlite3_file file;
	struct disk_file *on;
	char path[VFS_PATH_MAX];
	bool temporary;
	int level; /* of the lock */
	bool alone;
	unsigned int shm_shared, shm_exclusive; /* masks */
};

static struct vfs_file *vfs_of(sqlite3_file *file)
{
	return (struct vfs_file *)file;
}

static int vfs_error(int error, int code)
{
	if (!error)
		return SQLITE_OK;
	return error == -ENOSPC ? SQLITE_FULL : code;
}

/* --- bytes --- */

static int vfs_read(sqlite3_file *file, void *out, int len, sqlite3_int64 at)
{
	int got = disk_read(disk_now, vfs_of(file)->on, out, (size_t)len, at);

	if (got < 0)
		return SQLITE_IOERR_READ;
	if (got == len)
		return SQLITE_OK;
	memset((char *)out + got, 0, (size_t)(len - got));
	return SQLITE_IOERR_SHORT_READ;
}

static int vfs_write(sqlite3_file *file, const void *data, int len,
		     sqlite3_int64 at)
{
	return vfs_error(disk_write(disk_now, vfs_of(file)->on, data,
				    (size_t)len, at),
			 SQLITE_IOERR_WRITE);
}

static int vfs_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return vfs_error(disk_resize(disk_now, vfs_of(file)->on, size),
			 SQLITE_IOERR_TRUNCATE);
}

static int vfs_sync(sqlite3_file *file, int flags)
{
	(void)flags;
	return vfs_error(disk_sync(disk_now, vfs_of(file)->on),
			 SQLITE_IOERR_FSYNC);
}

static int vfs_file_size(sqlite3_file *file, sqlite3_int64 *out_size)
{
	*out_size = vfs_of(file)->on->size;
	return SQLITE_OK;
}

/* --- locks --- */

static int vfs_lock(sqlite3_file *file, int level)
{
	struct vfs_file *made = vfs_of(file);
	struct disk_file *on = made->on;

	if (made->level >= level)
		return SQLITE_OK;
	if (on->exclusive && on->exclusive != made)
		return SQLITE_BUSY;
	if (level >= SQLITE_LOCK_RESERVED && on->reserved &&
	    on->reserved != made)
		return SQLITE_BUSY;
	if (level == SQLITE_LOCK_EXCLUSIVE && on->shared > 1)
		return SQLITE_BUSY;
	if (made->level < SQLITE_LOCK_SHARED)
		on->shared++;
	if (level >= SQLITE_LOCK_RESERVED)
		on->reserved = made;
	if (level == SQLITE_LOCK_EXCLUSIVE)
		on->exclusive = made;
	made->level = level;
	return SQLITE_OK;
}

static int vfs_unlock(sqlite3_file *file, int level)
{
	struct vfs_file *made = vfs_of(file);
	struct disk_file *on = made->on;

	if (made->level <= level)
		return SQLITE_OK;
	if (on->exclusive == made)
		on->exclusive = NULL;
	if (on->reserved == made)
		on->reserved = NULL;
	if (level == SQLITE_LOCK_NONE && made->level >= SQLITE_LOCK_SHARED)
		on->shared--;
	made->level = level;
	return SQLITE_OK;
}

static int vfs_check_lock(sqlite3_file *file, int *out_locked)
{
	*out_locked = vfs_of(file)->on->reserved != NULL;
	return SQLITE_OK;
}

static int vfs_control(sqlite3_file *file, int what, void *arg)
{
	(void)file;
	(void)what;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int vfs_sector_size(sqlite3_file *file)
{
	(void)file;
	return DISK_SECTOR;
}

static int vfs_characteristics(sqlite3_file *file)
{
	(void)file;
	return 0; /* nothing is promised */
}

/* --- the index of the log --- */

void disk_free_shm(struct disk_file *file)
{
	if (!file->shm)
		return;
	for (size_t i = 0; i < VFS_REGIONS_MAX; i++)
		free(file->shm->regions[i]);
	free(file->shm);
	file->shm = NULL;
}

static int vfs_shm_map(sqlite3_file *file, int region, int size, int extend,
		       void volatile **out_memory)
{
	struct vfs_file *made = vfs_of(file);
	struct disk_shm *shm = made->on->shm;

	*out_memory = NULL;
	if (!shm)
		shm = made->on->shm = ALLOC_NEW(struct disk_shm);
	if (region >= VFS_REGIONS_MAX)
		abort();
	if (!shm->regions[region] && !extend)
		return SQLITE_OK;
	if (!shm->regions[region] && !made->alone &&
	    disk_room(disk_now) < size) {
		disk_now->error = ENOSPC;
		return SQLITE_IOERR_SHMSIZE;
	}
	if (!shm->regions[region])
		shm->regions[region] = alloc_zero((size_t)size, 1);
	*out_memory = shm->regions[region];
	return SQLITE_OK;
}

static bool vfs_shm_is_taken(const struct vfs_file *made, int at, bool shared)
{
	const struct disk_shm *shm = made->on->shm;
	int others = shm->shared[at] - !!(made->shm_shared & 1U << at);

	if (shm->exclusive[at] && shm->exclusive[at] != made)
		return true;
	return !shared && others > 0;
}

static void vfs_shm_take(struct vfs_file *made, int at, bool shared)
{
	struct disk_shm *shm = made->on->shm;
	unsigned int bit = 1U << at;

	if (!shared) {
		shm->exclusive[at] = made;
		made->shm_exclusive |= bit;
	} else if (!(made->shm_shared & bit)) {
		shm->shared[at]++;
		made->shm_shared |= bit;
	}
}

static void vfs_shm_leave(struct vfs_file *made, int at)
{
	struct disk_shm *shm = made->on->shm;
	unsigned int bit = 1U << at;

	if (made->shm_exclusive & bit)
		shm->exclusive[at] = NULL;
	if (made->shm_shared & bit)
		shm->shared[at]--;
	made->shm_exclusive &= ~bit;
	made->shm_shared &= ~bit;
}

static int vfs_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	struct vfs_file *made = vfs_of(file);
	bool shared = flags & SQLITE_SHM_SHARED;

	if (!made->on->shm)
		return SQLITE_OK;
	for (int at = offset; at < offset + count; at++)
		if ((flags & SQLITE_SHM_LOCK) &&
		    vfs_shm_is_taken(made, at, shared))
			return SQLITE_BUSY;
	for (int at = offset; at < offset + count; at++) {
		if (flags & SQLITE_SHM_LOCK)
			vfs_shm_take(made, at, shared);
		else
			vfs_shm_leave(made, at);
	}
	return SQLITE_OK;
}

static void vfs_shm_barrier(sqlite3_file *file)
{
	(void)file;
}

static int vfs_shm_unmap(sqlite3_file *file, int remove)
{
	struct vfs_file *made = vfs_of(file);

	for (int at = 0; made->on->shm && at < VFS_LOCKS; at++)
		vfs_shm_leave(made, at);
	if (remove)
		disk_free_shm(made->on);
	return SQLITE_OK;
}

/* --- opening and closing --- */

static int vfs_close(sqlite3_file *file)
{
	vfs_unlock(file, SQLITE_LOCK_NONE);
	return SQLITE_OK;
}

static const sqlite3_io_methods vfs_methods = {
	.iVersion = 2,
	.xClose = vfs_close,
	.xRead = vfs_read,
	.xWrite = vfs_write,
	.xTruncate = vfs_truncate,
	.xSync = vfs_sync,
	.xFileSize = vfs_file_size,
	.xLock = vfs_lock,
	.xUnlock = vfs_unlock,
	.xCheckReservedLock = vfs_check_lock,
	.xFileControl = vfs_control,
	.xSectorSize = vfs_sector_size,
	.xDeviceCharacteristics = vfs_characteristics,
	.xShmMap = vfs_shm_map,
	.xShmLock = vfs_shm_lock,
	.xShmBarrier = vfs_shm_barrier,
	.xShmUnmap = vfs_shm_unmap,
};

static struct disk_file *vfs_find(const char *name, int flags)
{
	struct disk_file *file;

	if (!name)
		return disk_make_nameless(disk_now);
	file = disk_find(disk_now, name);
	if (!file && (flags & SQLITE_OPEN_CREATE))
		file = disk_make(disk_now, name, 0600);
	return file;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
		    int flags, int *out_flags)
{
	struct vfs_file *made = vfs_of(file);

	*made = (struct vfs_file){ .on = vfs_find(name, flags),
				   .alone = vfs->pAppData != NULL };
	if (!made->on)
		return SQLITE_CANTOPEN;
	if (out_flags)
		*out_flags = flags;
	file->pMethods = &vfs_methods;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	int r = disk_unlink(disk_now, name);
	char folder[VFS_PATH_MAX];

	(void)vfs;
	if (r == -ENOENT)
		return SQLITE_IOERR_DELETE_NOENT;
	if (r)
		return vfs_error(r, SQLITE_IOERR_DELETE);
	if (!sync)
		return SQLITE_OK;
	sqlite3_snprintf(sizeof(folder), folder, "%s", name);
	*strrchr(folder, '/') = 0;
	return vfs_error(disk_sync_folder(disk_now, folder),
			 SQLITE_IOERR_DIR_FSYNC);
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags,
		      int *out_may)
{
	const struct disk_file *file = disk_find(disk_now, name);

	(void)vfs;
	*out_may = file && (flags != SQLITE_ACCESS_EXISTS || file->size > 0);
	return SQLITE_OK;
}

static int vfs_full_name(sqlite3_vfs *vfs, const char *name, int size,
			 char *out)
{
	(void)vfs;
	sqlite3_snprintf(size, out, "%s", name);
	return SQLITE_OK;
}

/* --- the rest of the world --- */

static int vfs_randomness(sqlite3_vfs *vfs, int len, char *out)
{
	(void)vfs;
	random_fill(disk_now->loom->env.random, out, (size_t)len);
	return len;
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	return us; /* nobody else runs meanwhile */
}

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *out_ms)
{
	static const sqlite3_int64 unix_epoch =
		24405875 * (sqlite3_int64)8640000;

	(void)vfs;
	*out_ms = unix_epoch + clock_wall_ms(disk_now->loom->env.clock);
	return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *out)
{
	(void)vfs;
	(void)size;
	(void)out;
	return disk_now->error;
}

static void vfs_register(sqlite3_vfs *vfs, const char *name, bool alone)
{
	*vfs = (sqlite3_vfs){
		.iVersion = 2,
		.szOsFile = sizeof(struct vfs_file),
		.mxPathname = VFS_PATH_MAX,
		.zName = name,
		.pAppData = alone ? vfs : NULL,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_name,
		.xRandomness = vfs_randomness,
		.xSleep = vfs_sleep,
		.xCurrentTimeInt64 = vfs_time,
		.xGetLastError = vfs_last_error,
	};
	sqlite3_vfs_register(vfs, !alone);
}

/* One thread is all there is; a mutex would be held for ever by the dead. */
void disk_install_vfs(void)
{
	static sqlite3_vfs shared, alone;

	sqlite3_shutdown();
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_initialize();
	vfs_register(&alone, "unix-excl", true);
	vfs_register(&shared, "world", false);
}
