/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk on which things go wrong when a test says so: put in front of
 * SQLite's own VFS as the default one.
 */
#ifndef TILLD_TESTS_FAULT_VFS_H
#define TILLD_TESTS_FAULT_VFS_H

#include <stdbool.h>

void fault_vfs_install(void);

/*
 * The countdown-th write, truncate or sync from now on (1: the next) and as
 * many after it as last says fail, with SQLite's code for the disk's trouble:
 * SQLITE_FULL, SQLITE_IOERR_WRITE. countdown 0: all is well.
 */
void fault_vfs_fail(int countdown, int last, int code);

/* How many failed since. */
int fault_vfs_failed(void);

/*
 * From now on keeps what was written but not synced, so that the power can be
 * cut: at the countdown-th write, truncate or sync from now on, all of that
 * (each with one chance in two, if partly) is undone and the process ends with
 * status FAULT_VFS_CUT.
 */
#define FAULT_VFS_CUT 42
void fault_vfs_cut(int countdown, bool partly, unsigned int seed);

#endif
