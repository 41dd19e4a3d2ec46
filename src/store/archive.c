/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archiving, step by step: what looks and writes files is done by the worker
 * for files, with a connection of its own; what changes the database by the
 * writer, in transactions like any other. Between two steps everybody else has
 * a turn.
 */
#include "store/archive.h"

#include "store/archive_private.h"
#include "store/segments.h"
#include "store/store_private.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ARCHIVE_REMOVE	  200 /* entries in one transaction */
#define ARCHIVE_PAUSE_MS  20  /* between two of those */
#define ARCHIVE_DAY_MS	  (24LL * 60 * 60 * 1000)
#define ARCHIVE_HOURLY_MS (60 * 60 * 1000)

struct archive {
	struct work work;
	struct store *store;
	struct archive_wish wish;
	struct archive_plan plan;
	struct journal_segment segment;
	int64_t removed; /* by the last transaction */
	struct timer *pause;
	bool pausing;
	int error; /* of the work */
	struct archive_result result;
	archive_done done;
	void *arg;
};

static void archive_end(struct archive *archive, int error)
{
	struct store *store = archive->store;

	archive->result.error = error;
	if (error && error != -ECANCELED)
		log_error("the journal can't be archived in %s: %s",
			  store->config.archive_dir, store_error_text(error));
	store->archive = NULL;
	timer_free(archive->pause);
	if (archive->done)
		archive->done(archive->arg, &archive->result);
	free(archive);
}

/* Whether to go on; otherwise it has ended. */
static bool archive_goes_on(struct archive *archive, int error)
{
	if (!error && archive->store->closing)
		error = -ECANCELED;
	if (error)
		archive_end(archive, error);
	return !error;
}

/* --- on the worker for files --- */

static int archive_open_database(const struct archive *archive,
				 struct db *out_db)
{
	const struct store *store = archive->store;

	return db_open(store->files.database,
		       store->is_alone ? DB_READ_ALONE : DB_READ, out_db);
}

static void archive_run_choose(struct work *work)
{
	struct archive *archive = (struct archive *)work;
	struct db db;

	archive->error = archive_open_database(archive, &db);
	if (archive->error)
		return;
	archive->error = archive_choose(&db, &archive->wish, &archive->plan);
	db_close(&db);
}

static void archive_run_write(struct work *work)
{
	struct archive *archive = (struct archive *)work;
	const struct store *store = archive->store;
	struct db db;

	archive->error = archive_open_database(archive, &db);
	if (archive->error)
		return;
	archive->error =
		archive_write(&db, store->keys, store->config.archive_dir,
			      &archive->plan, &archive->segment);
	db_close(&db);
}

static void archive_submit(struct archive *archive,
			   void (*run)(struct work *work),
			   void (*done)(struct work *work))
{
	archive->work.run = run;
	archive->work.done = done;
	worker_submit(archive->store->files_worker, &archive->work);
}

/* --- in the database --- */

struct archive_step {
	struct txn_step step;
	struct archive *archive;
};

static int archive_run_plan(struct txn_step *step, struct writer *writer,
			    struct txn *txn)
{
	const struct archive *archive = ((struct archive_step *)step)->archive;

	(void)txn;
	return segments_plan(&writer->db, archive->plan.first,
			     archive->plan.last);
}

static json_t *archive_entry(const struct journal_segment *segment)
{
	json_t *entry = json_put_text(json_make(), "kind", "archived");

	json_put_int(entry, "first", segment->first);
	json_put_int(entry, "last", segment->last);
	json_put_text(entry, "file", segment->file);
	journal_put_hex(entry, "sha256", segment->sha256, HASH_SIZE);
	return entry;
}

static int archive_run_replace(struct txn_step *step, struct writer *writer,
			       struct txn *txn)
{
	const struct archive *archive = ((struct archive_step *)step)->archive;
	CLEANUP_FREE char *head =
		journal_segment_line(writer->keys, &archive->segment);
	int r = segments_archive(&writer->db, archive->segment.first,
				 archive->segment.last, head);

	(void)txn;
	if (!r)
		writer->head.archived = archive->segment.last;
	return r;
}

static int archive_run_remove(struct txn_step *step, struct writer *writer,
			      struct txn *txn)
{
	struct archive *archive = ((struct archive_step *)step)->archive;

	(void)txn;
	return segments_remove(&writer->db, ARCHIVE_REMOVE, &archive->removed);
}

static struct txn *archive_txn(struct archive *archive,
			       int (*run)(struct txn_step *step,
					  struct writer *writer,
					  struct txn *txn))
{
	struct txn *txn = txn_new(archive->store);
	struct archive_step *step = txn_add(txn, sizeof(*step), run, NULL);

	step->archive = archive;
	return txn;
}

/* --- step by step --- */

static void archive_choose_next(struct archive *archive);

static void archive_remove(void *arg);

static void archive_removed(void *arg, const struct txn_result *result)
{
	struct archive *archive = arg;

	if (!archive_goes_on(archive, result->error))
		return;
	archive->pausing = archive->removed != 0;
	if (archive->pausing)
		timer_set(archive->pause, ARCHIVE_PAUSE_MS);
	else
		archive_choose_next(archive);
}

static void archive_remove(void *arg)
{
	struct archive *archive = arg;

	archive->pausing = false;
	txn_commit(archive_txn(archive, archive_run_remove), archive_removed,
		   archive);
}

static void archive_replaced(void *arg, const struct txn_result *result)
{
	struct archive *archive = arg;

	if (!result->error) {
		log_info("archived: entries %" PRId64 " to %" PRId64 " in %s",
			 archive->segment.first, archive->segment.last,
			 archive->segment.file);
		archive->result.segments++;
		archive->result.entries +=
			archive->segment.last - archive->segment.first + 1;
	}
	if (archive_goes_on(archive, result->error))
		archive_remove(archive);
}

static void archive_written(struct work *work)
{
	struct archive *archive = (struct archive *)work;
	struct txn *txn;

	if (!archive_goes_on(archive, archive->error))
		return;
	txn = archive_txn(archive, archive_run_replace);
	txn_journal(txn, archive_entry(&archive->segment));
	txn_commit(txn, archive_replaced, archive);
}

static void archive_planned(void *arg, const struct txn_result *result)
{
	struct archive *archive = arg;

	if (archive_goes_on(archive, result->error))
		archive_submit(archive, archive_run_write, archive_written);
}

static void archive_chosen(struct work *work)
{
	struct archive *archive = (struct archive *)work;

	if (!archive_goes_on(archive, archive->error))
		return;
	if (!archive->plan.last)
		archive_end(archive, 0);
	else if (archive->plan.is_planned)
		archive_submit(archive, archive_run_write, archive_written);
	else
		txn_commit(archive_txn(archive, archive_run_plan),
			   archive_planned, archive);
}

static void archive_choose_next(struct archive *archive)
{
	archive_submit(archive, archive_run_choose, archive_chosen);
}

/* What an earlier run has left to be removed comes first. */
static void archive_begin(struct store *store, int keep_days, bool only_full,
			  archive_done done, void *arg)
{
	struct archive *archive = ALLOC_NEW(struct archive);
	int64_t now = clock_wall_ms(store->env.clock);

	archive->store = store;
	archive->wish = (struct archive_wish){
		.before_ms = keep_days ? now - keep_days * ARCHIVE_DAY_MS
				       : INT64_MAX,
		.until = store->view.head.seq,
		.only_full = only_full,
	};
	archive->pause = timer_new(store->env.timers, archive_remove, archive);
	archive->done = done;
	archive->arg = arg;
	store->archive = archive;
	archive_remove(archive);
}

int store_archive(struct store *store, int keep_days, archive_done done,
		  void *arg)
{
	if (!store->config.archive_dir)
		return STORE_E_NOT_FOUND;
	if (!store->keys)
		return STORE_E_KEYS_MISSING;
	if (store->archive)
		return -EBUSY;
	archive_begin(store, keep_days, false, done, arg);
	return 0;
}

int store_keep_days(const struct store *store)
{
	return store->config.keep_days;
}

/* --- by itself --- */

static void archive_is_due(void *arg)
{
	struct store *store = arg;

	timer_set(store->archive_timer, ARCHIVE_HOURLY_MS);
	if (store->keys && !store->archive && !store->is_rolled_back)
		archive_begin(store, store->config.keep_days, true, NULL, NULL);
}

void archive_start(struct store *store)
{
	if (!store->config.archive_dir || !store->config.keep_days)
		return;
	store->archive_timer =
		timer_new(store->env.timers, archive_is_due, store);
	timer_set(store->archive_timer, ARCHIVE_HOURLY_MS);
}

/* What is with a worker or the writer is given up when it comes back. */
void archive_stop(struct store *store)
{
	struct archive *archive = store->archive;

	store->archive_timer = timer_free(store->archive_timer);
	if (archive && archive->pausing)
		archive_end(archive, -ECANCELED);
}

/* --- lists --- */

struct archive_listing {
	struct work work;
	struct store *store;
	int64_t after;
	size_t max;
	struct archive_list list;
	int error;
	archive_listed listed;
	void *arg;
};

static int archive_read_segments(struct archive_listing *listing, struct db *db)
{
	QUERY query = query_make(db, "SELECT head FROM segment "
				     "WHERE last > ? AND head IS NOT NULL "
				     "ORDER BY first LIMIT ?");

	query_int(&query, listing->after);
	query_int(&query, (int64_t)listing->max);
	while (query_next(&query)) {
		const char *line = query_get_text(&query, 0);
		json_t *head = json_parse(line, strlen(line));

		if (!head)
			return STORE_E_CORRUPT;
		json_object_del(head, "tilld-journal-segment");
		json_array_append_new(listing->list.segments, head);
	}
	return query.error;
}

static void archive_run_list(struct work *work)
{
	struct archive_listing *listing = (struct archive_listing *)work;
	struct archive_list *list = &listing->list;
	struct db *db = &listing->store->reader;
	int r = archive_read_segments(listing, db);

	if (!r)
		r = segments_last(db, &list->archived);
	if (!r)
		r = archive_look_guard(db, &list->guard, &list->guarded);
	if (list->guard == ARCHIVE_GUARD_NONE)
		list->guarded = 0;
	listing->error = r;
}

static void archive_finish_list(struct work *work)
{
	struct archive_listing *listing = (struct archive_listing *)work;

	listing->listed(listing->arg, listing->error,
			listing->error ? NULL : &listing->list);
	json_decref(listing->list.segments);
	free(listing);
}

void store_segments(struct store *store, int64_t after, size_t max,
		    archive_listed listed, void *arg)
{
	struct archive_listing *listing = ALLOC_NEW(struct archive_listing);

	*listing = (struct archive_listing){
		.work = { .run = archive_run_list,
			  .done = archive_finish_list },
		.store = store,
		.after = after,
		.max = max && max < ARCHIVE_LIST_MAX ? max : ARCHIVE_LIST_MAX,
		.list.segments = json_array(),
		.listed = listed,
		.arg = arg,
	};
	store_submit_read(store, &listing->work);
}
