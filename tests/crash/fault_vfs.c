/* SPDX-License-Identifier: Apache-2.0 */
#include "fault_vfs.h"

#include "util/alloc.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <unistd.h>

/* What a write or a truncate replaced. */
struct fault_undo {
	sqlite3_int64 offset;
	sqlite3_int64 size; /* the file's, before */
	int len;
	unsigned char *old;
	struct fault_undo *before;
};

/* Followed in memory by the real VFS's file. */
struct fault_file {
	sqlite3_file file;
	LIST_ENTRY(fault_file) entry;
	struct fault_undo *last;
};

LIST_HEAD(fault_files, fault_file);

static struct {
	sqlite3_vfs vfs;
	sqlite3_vfs *real;
	struct fault_files files;
	int fail_in, fail_last, fail_code, failed;
	bool undoable, partly;
	int cut_in;
} fault;

static sqlite3_file *fault_real(sqlite3_file *file)
{
	return (sqlite3_file *)((struct fault_file *)file + 1);
}

/* --- the power cut --- */

static void fault_forget(struct fault_file *file)
{
	while (file->last) {
		struct fault_undo *undo = file->last;

		file->last = undo->before;
		free(undo->old);
		free(undo);
	}
}

/* Keeps what [offset, offset + len) of the file is now. */
static void fault_remember(struct fault_file *file, sqlite3_int64 offset,
			   sqlite3_int64 len)
{
	sqlite3_file *real = fault_real(&file->file);
	struct fault_undo *undo;

	if (!fault.undoable)
		return;
	undo = ALLOC_NEW(struct fault_undo);
	real->pMethods->xFileSize(real, &undo->size);
	if (offset + len > undo->size)
		len = undo->size > offset ? undo->size - offset : 0;
	undo->offset = offset;
	undo->len = (int)len;
	undo->old = alloc_zero((size_t)len, 1);
	if (len)
		real->pMethods->xRead(real, undo->old, undo->len, offset);
	undo->before = file->last;
	file->last = undo;
}

static void fault_undo_file(struct fault_file *file)
{
	sqlite3_file *real = fault_real(&file->file);

	for (struct fault_undo *undo = file->last; undo; undo = undo->before) {
		if (fault.partly && random() % 2)
			continue;
		if (undo->len)
			real->pMethods->xWrite(real, undo->old, undo->len,
					       undo->offset);
		if (!fault.partly)
			real->pMethods->xTruncate(real, undo->size);
	}
}

static void fault_cut_power(void)
{
	struct fault_file *file;

	LIST_FOREACH(file, &fault.files, entry)
	fault_undo_file(file);
	_exit(FAULT_VFS_CUT);
}

/* Before anything that changes the disk: SQLITE_OK, or what it fails of. */
static int fault_step(void)
{
	if (fault.cut_in && --fault.cut_in == 0)
		fault_cut_power();
	if (!fault.fail_in)
		return SQLITE_OK;
	if (fault.fail_in > 1) {
		fault.fail_in--;
		return SQLITE_OK;
	}
	if (fault.failed > fault.fail_last)
		return SQLITE_OK;
	fault.failed++;
	return fault.fail_code;
}

/* --- files --- */

static int fault_close(sqlite3_file *file)
{
	sqlite3_file *real = fault_real(file);

	fault_forget((struct fault_file *)file);
	LIST_REMOVE((struct fault_file *)file, entry);
	return real->pMethods->xClose(real);
}

static int fault_read(sqlite3_file *file, void *data, int len,
		      sqlite3_int64 offset)
{
	sqlite3_file *real = fault_real(file);

	return real->pMethods->xRead(real, data, len, offset);
}

static int fault_write(sqlite3_file *file, const void *data, int len,
		       sqlite3_int64 offset)
{
	sqlite3_file *real = fault_real(file);
	int r = fault_step();

	if (r != SQLITE_OK)
		return r;
	fault_remember((struct fault_file *)file, offset, len);
	return real->pMethods->xWrite(real, data, len, offset);
}

static int fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	sqlite3_file *real = fault_real(file);
	sqlite3_int64 was = 0;
	int r = fault_step();

	if (r != SQLITE_OK)
		return r;
	real->pMethods->xFileSize(real, &was);
	fault_remember((struct fault_file *)file, size, was - size);
	return real->pMethods->xTruncate(real, size);
}

static int fault_sync(sqlite3_file *file, int flags)
{
	sqlite3_file *real = fault_real(file);
	int r = fault_step();

	if (r != SQLITE_OK)
		return r == SQLITE_FULL ? r : SQLITE_IOERR_FSYNC;
	r = real->pMethods->xSync(real, flags);
	if (r == SQLITE_OK)
		fault_forget((struct fault_file *)file);
	return r;
}

static int fault_file_size(sqlite3_file *file, sqlite3_int64 *out_size)
{
	sqlite3_file *real = fault_real(file);

	return real->pMethods->xFileSize(real, out_size);
}

static int fault_lock(sqlite3_file *file, int level)
{
	sqlite3_file *real = fault_real(file);

	return real->pMethods->xLock(real, level);
}

static int fault_unlock(sqlite3_file *file, int level)
{
	sqlite3_file *real = fault_real(file);

	return real->pMethods->xUnlock(real, level);
}

static int fault_check_lock(sqlite3_file *file, int *out_locked)
{
	sqlite3_file *real = fault_real(file);

	return real->pMethods->xCheckReservedLock(real, out_locked);
}

static int fault_control(sqlite3_file *file, int what, void *arg)
{
	sqlite3_file *real = fault_real(file);

	return real->pMethods->xFileControl(real, what, arg);
}

static int fault_sector_size(sqlite3_file *file)
{
	sqlite3_file *real = fault_real(file);

	return real->pMethods->xSectorSize(real);
}

static int fault_characteristics(sqlite3_file *file)
{
	sqlite3_file *real = fault_real(file);

	return real->pMethods->xDeviceCharacteristics(real);
}

static int fault_shm_map(sqlite3_file *file, int region, int size, int extend,
			 void volatile **out_memory)
{
	sqlite3_file *real = fault_real(file);

	return real->pMethods->xShmMap(real, region, size, extend, out_memory);
}

static int fault_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	sqlite3_file *real = fault_real(file);

	return real->pMethods->xShmLock(real, offset, count, flags);
}

static void fault_shm_barrier(sqlite3_file *file)
{
	sqlite3_file *real = fault_real(file);

	real->pMethods->xShmBarrier(real);
}

static int fault_shm_unmap(sqlite3_file *file, int remove)
{
	sqlite3_file *real = fault_real(file);

	return real->pMethods->xShmUnmap(real, remove);
}

static const sqlite3_io_methods fault_methods = {
	.iVersion = 2,
	.xClose = fault_close,
	.xRead = fault_read,
	.xWrite = fault_write,
	.xTruncate = fault_truncate,
	.xSync = fault_sync,
	.xFileSize = fault_file_size,
	.xLock = fault_lock,
	.xUnlock = fault_unlock,
	.xCheckReservedLock = fault_check_lock,
	.xFileControl = fault_control,
	.xSectorSize = fault_sector_size,
	.xDeviceCharacteristics = fault_characteristics,
	.xShmMap = fault_shm_map,
	.xShmLock = fault_shm_lock,
	.xShmBarrier = fault_shm_barrier,
	.xShmUnmap = fault_shm_unmap,
};

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
		      int flags, int *out_flags)
{
	struct fault_file *made = (struct fault_file *)file;
	int r;

	(void)vfs;
	file->pMethods = NULL;
	r = fault.real->xOpen(fault.real, name, fault_real(file), flags,
			      out_flags);
	if (r != SQLITE_OK)
		return r;
	made->last = NULL;
	LIST_INSERT_HEAD(&fault.files, made, entry);
	file->pMethods = &fault_methods;
	return SQLITE_OK;
}

/* All but opening is the real one's: it takes no offence at another name. */
void fault_vfs_install(void)
{
	fault.real = sqlite3_vfs_find(NULL);
	fault.vfs = *fault.real;
	fault.vfs.pNext = NULL;
	fault.vfs.zName = "fault";
	fault.vfs.szOsFile += (int)sizeof(struct fault_file);
	fault.vfs.xOpen = fault_open;
	sqlite3_vfs_register(&fault.vfs, 1);
}

void fault_vfs_fail(int countdown, int last, int code)
{
	fault.fail_in = countdown;
	fault.fail_last = last;
	fault.fail_code = code;
	fault.failed = 0;
}

int fault_vfs_failed(void)
{
	return fault.failed;
}

void fault_vfs_cut(int countdown, bool partly, unsigned int seed)
{
	fault.undoable = true;
	fault.partly = partly;
	fault.cut_in = countdown;
	srandom(seed);
}
