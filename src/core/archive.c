/* SPDX-License-Identifier: Apache-2.0 */
#include "core/archive.h"

#include "core/core_private.h"
#include "core/journal_access.h"
#include "core/record.h"
#include "util/alloc.h"
#include "util/json.h"

#include <errno.h>
#include <stdlib.h>

#define ARCHIVE_RETRY_S 5 /* while another one is under way */

/* --- lists --- */

static void archive_listed_all(void *arg, int error,
			       const struct archive_list *list)
{
	struct caller *caller = arg;
	json_t *body;

	if (error) {
		core_refuse_disk(caller, error);
		return;
	}
	body = json_put(json_make(), "segments",
			json_deep_copy(list->segments));
	json_put_int(body, "archived_seq", list->archived);
	if (list->guard != ARCHIVE_GUARD_NONE) {
		json_put_text(body, "kept_for",
			      archive_guard_name(list->guard));
		json_put_int(body, "kept_from", list->guarded);
	}
	caller_answer(caller, 200, body);
}

void archive_list(struct core *core, struct caller *caller, int64_t after,
		  size_t limit)
{
	enum problem why =
		journal_access_problem(core, &caller->peer, caller->token);

	if (why != PROBLEMS)
		caller_refuse(caller, why, NULL);
	else
		store_segments(core->store, after, limit, archive_listed_all,
			       caller);
}

/* --- archiving --- */

struct archiving {
	struct core *core;
	struct caller *caller;
	int keep_days;
};

static void archive_refuse(struct archiving *archiving, enum problem problem,
			   json_t *extra)
{
	caller_refuse(archiving->caller, problem, extra);
	free(archiving);
}

/* One of store_archive() itself: nothing was begun. */
static void archive_refuse_begin(struct archiving *archiving, int error)
{
	if (error == STORE_E_NOT_FOUND)
		archive_refuse(archiving, PROBLEM_NO_ARCHIVE, NULL);
	else
		archive_refuse(archiving, PROBLEM_TOO_MANY_REQUESTS,
			       json_put_int(json_make(), "retry_after",
					    ARCHIVE_RETRY_S));
}

static void archive_refuse_result(struct archiving *archiving, int error)
{
	const char *detail = error == STORE_E_EXISTS
				     ? "Another file has the name that its "
				       "file would have."
				     : store_error_text(error);

	if (error == -ECANCELED)
		archive_refuse(archiving, PROBLEM_STOPPING, NULL);
	else
		archive_refuse(archiving, PROBLEM_ARCHIVE_FAILED,
			       json_put_text(json_make(), "detail", detail));
}

static void archive_ended(void *arg, const struct archive_result *result)
{
	struct archiving *archiving = arg;
	json_t *body;

	if (result->error) {
		archive_refuse_result(archiving, result->error);
		return;
	}
	body = json_put_int(json_make(), "segments", result->segments);
	json_put_int(body, "entries", result->entries);
	json_put_int(body, "archived_seq", core_archived(archiving->core));
	caller_answer(archiving->caller, 200, body);
	free(archiving);
}

static void archive_recorded(void *arg, int error)
{
	struct archiving *archiving = arg;

	if (error) {
		core_refuse_disk(archiving->caller, error);
		free(archiving);
		return;
	}
	error = store_archive(archiving->core->store, archiving->keep_days,
			      archive_ended, archiving);
	if (error)
		archive_refuse_begin(archiving, error);
}

void archive_run(struct core *core, struct caller *caller, int64_t keep_days)
{
	struct archiving *archiving;
	struct record *record;
	json_t *entry;
	enum problem why =
		journal_access_record(core, &caller->peer, caller->token,
				      "archive-asked", &record, &entry);

	if (why != PROBLEMS) {
		caller_refuse(caller, why, NULL);
		return;
	}
	archiving = ALLOC_NEW(struct archiving);
	archiving->core = core;
	archiving->caller = caller;
	archiving->keep_days =
		keep_days < 0 ? store_keep_days(core->store) : (int)keep_days;
	json_put_int(entry, "keep_days", archiving->keep_days);
	record_commit(record, archive_recorded, archiving);
}

/* --- backups --- */

struct backing_up {
	struct core *core;
	archive_backup taken;
	void *arg;
};

static void archive_give(struct backing_up *backing, int error,
			 struct backup *backup)
{
	enum problem problem = PROBLEMS;
	json_t *extra = NULL;

	backing->core->backing_up = false;
	if (error) {
		problem = error == -ECANCELED ? PROBLEM_STOPPING
					      : core_disk_problem(error);
		extra = json_put_text(json_make(), "detail",
				      store_error_text(error));
	}
	backing->taken(backing->arg, problem, extra, backup);
	free(backing);
}

static void archive_backup_taken(void *arg, int error, struct backup *backup)
{
	archive_give(arg, error, backup);
}

/* The record is sealed, so that all of the journal in the backup is. */
static void archive_backup_recorded(void *arg, int error)
{
	struct backing_up *backing = arg;

	if (!error)
		error = store_backup(backing->core->store, archive_backup_taken,
				     backing);
	if (error)
		archive_give(backing, error, NULL);
}

enum problem archive_take_backup(struct core *core, const struct peer *peer,
				 const char *token, archive_backup taken,
				 void *arg)
{
	struct backing_up *backing;
	struct record *record;
	json_t *entry;
	enum problem why;

	if (core->backing_up)
		return PROBLEM_TOO_MANY_REQUESTS;
	why = journal_access_record(core, peer, token, "backup", &record,
				    &entry);
	if (why != PROBLEMS)
		return why;
	backing = ALLOC_NEW(struct backing_up);
	backing->core = core;
	backing->taken = taken;
	backing->arg = arg;
	core->backing_up = true;
	txn_seal(record->txn);
	record_commit(record, archive_backup_recorded, backing);
	return PROBLEMS;
}
