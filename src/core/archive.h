/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal's archive, and backups of the whole: for those who may see all of
 * the journal (core/journal_access.h). Who began it is put on record.
 */
#ifndef TILLD_CORE_ARCHIVE_H
#define TILLD_CORE_ARCHIVE_H

#include "core/caller.h"
#include "store/archive.h"
#include "store/backup.h"

struct core;

void archive_list(struct core *core, struct caller *caller, int64_t after,
		  size_t limit);

/* What is older than keep_days; -1: what the configuration says, else all. */
void archive_run(struct core *core, struct caller *caller, int64_t keep_days);

/*
 * PROBLEMS, and taken is called once: with a backup, to be freed with
 * backup_free(), or with a problem and what belongs to it (stolen).
 */
typedef void (*archive_backup)(void *arg, enum problem problem, json_t *extra,
			       struct backup *backup);
enum problem archive_take_backup(struct core *core, const struct peer *peer,
				 const char *token, archive_backup taken,
				 void *arg);

#endif
