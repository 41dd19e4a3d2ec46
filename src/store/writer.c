/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Group commit. A batch is one transaction of SQLite, each of ours inside it a
 * savepoint. What fails by itself (a key that is taken) is undone alone; what
 * the disk refuses is undone with the whole batch, and nothing of it is said to
 * be written.
 *
 * After a commit whose fsync failed, its frames may be in the log on disk all
 * the same and come back if the daemon is killed before the next commit
 * overwrites them. Then an intent is there whose device was never told: that is
 * found out as after any crash.
 */
#include "store/store_private.h"
#include "util/log.h"

#include <errno.h>

#define WRITER_CLEAR_MS 50

/* What has to be set back together with the database. */
struct writer_state {
	struct journal_head head;
	const struct keys *keys;
	size_t used_count;
	int64_t bundle;
};

void writer_init(struct writer *writer, struct store *store)
{
	STAILQ_INIT(&writer->batch);
	writer->config = &store->config;
	writer->env = &store->env;
	writer->files = &store->files;
	writer->log_to_clear = true; /* who knows what was before a crash */
}

struct store_view writer_view(const struct writer *writer)
{
	return (struct store_view){
		.head = writer->head,
		.health = writer->health,
		.ballast = files_has_ballast(writer->files),
		.log_to_clear = writer->log_to_clear,
		.pace = writer->pace,
	};
}

static struct writer_state writer_save(const struct writer *writer)
{
	return (struct writer_state){ writer->head, writer->keys,
				      writer->used_count, writer->bundle };
}

static void writer_restore(struct writer *writer, struct writer_state state)
{
	writer->head = state.head;
	writer->keys = state.keys;
	writer->used_count = state.used_count;
	writer->bundle = state.bundle;
}

/* The disk is to blame, or SQLite has given up the whole transaction. */
static bool writer_is_lost(const struct writer *writer, int error)
{
	return error && (error == STORE_E_FULL || error == STORE_E_WRITE ||
			 error == STORE_E_CORRUPT || db_is_idle(&writer->db));
}

static int writer_run_steps(struct writer *writer, struct txn *txn)
{
	struct txn_step *step;
	int error = 0;

	txn->result = (struct txn_result){ 0 };
	STAILQ_FOREACH(step, &txn->steps, entry)
	{
		error = step->run(step, writer, txn);
		if (error)
			break;
	}
	return error;
}

/* Returns what the whole batch fails of. */
static int writer_run_txn(struct writer *writer, struct txn *txn)
{
	struct writer_state before = writer_save(writer);
	int error = db_exec(&writer->db, "SAVEPOINT txn"), undone;

	if (error)
		return error;
	error = writer_run_steps(writer, txn);
	if (!error)
		return db_exec(&writer->db, "RELEASE txn");
	if (writer_is_lost(writer, error))
		return error;
	undone = db_exec(&writer->db, "ROLLBACK TO txn; RELEASE txn");
	writer_restore(writer, before);
	txn->result = (struct txn_result){ .error = error };
	return undone;
}

static bool writer_wants_seal(const struct writer *writer)
{
	const struct txn *txn;

	if (writer->opening && writer->opening->seals)
		return true;
	if (writer->head.seq - writer->head.sealed >=
	    writer->config->seal_every)
		return true;
	STAILQ_FOREACH(txn, &writer->batch, entry)
	if (txn->seals && !txn->refused && !txn->result.error)
		return true;
	return false;
}

static bool writer_erases(const struct writer *writer)
{
	const struct txn *txn;

	STAILQ_FOREACH(txn, &writer->batch, entry)
	if (txn->erases && !txn->refused && !txn->result.error)
		return true;
	return false;
}

static int writer_run_all(struct writer *writer)
{
	struct txn *txn;
	int error = 0;

	if (writer->opening)
		error = writer_run_txn(writer, writer->opening);
	if (error)
		return error;
	STAILQ_FOREACH(txn, &writer->batch, entry)
	{
		error = txn->refused ? 0 : writer_run_txn(writer, txn);
		if (error)
			return error;
	}
	if (writer_wants_seal(writer))
		return journal_seal(writer);
	return 0;
}

static int writer_try(struct writer *writer)
{
	struct writer_state before = writer_save(writer);
	int error = db_exec(&writer->db, "BEGIN IMMEDIATE");

	if (!error)
		error = writer_run_all(writer);
	if (!error)
		error = db_exec(&writer->db, "COMMIT");
	if (error && !db_is_idle(&writer->db))
		db_exec(&writer->db, "ROLLBACK");
	if (error) {
		writer_restore(writer, before);
		return error;
	}
	writer->opening = txn_free(writer->opening);
	writer->log_to_clear = writer->log_to_clear || writer_erases(writer);
	writer_note_used(writer);
	return 0;
}

static bool writer_has_room(const struct writer *writer)
{
	return files_has_ballast(writer->files) &&
	       files_room(writer->files) >= 2 * STORE_BALLAST;
}

/* Returns how many are left to be tried. */
static size_t writer_refuse_unowed(struct writer *writer)
{
	struct txn *txn;
	size_t left = 0;

	STAILQ_FOREACH(txn, &writer->batch, entry)
	{
		if (txn->owed || txn->closes) {
			left++;
		} else {
			txn->refused = true;
			txn->result =
				(struct txn_result){ .error = STORE_E_FULL };
		}
	}
	return left;
}

static bool writer_owes(const struct writer *writer)
{
	const struct txn *txn;

	STAILQ_FOREACH(txn, &writer->batch, entry)
	if (txn->owed)
		return true;
	return false;
}

/* So that outcomes of what was accepted before can still be written. */
static bool writer_take_ballast(struct writer *writer)
{
	writer_refuse_unowed(writer);
	if (!writer_owes(writer) || !files_has_ballast(writer->files))
		return false;
	log_warning("the disk is full: giving up the ballast");
	return files_give_up_ballast(writer->files) == 0;
}

static void writer_remake_ballast(const struct writer *writer)
{
	if (files_has_ballast(writer->files) ||
	    files_room(writer->files) < 2 * STORE_BALLAST)
		return;
	if (!files_make_ballast(writer->files))
		log_info("the ballast is in place");
}

static int writer_try_batch(struct writer *writer)
{
	int error = 0;

	if (writer_has_room(writer) || writer_refuse_unowed(writer))
		error = writer_try(writer);
	if (error == STORE_E_FULL && writer_take_ballast(writer))
		error = writer_try(writer);
	return error;
}

/* Hands the batch back to the loop, with what became of it. */
static void writer_settle_batch(struct writer *writer, int error)
{
	struct store_view view;
	struct txn *txn;

	writer->health = error;
	if (writer->opening && !error)
		writer->health = STORE_E_FULL; /* it was not even tried */
	STAILQ_FOREACH(txn, &writer->batch, entry)
	{
		if (txn->refused)
			writer->health = error ? error : STORE_E_FULL;
		else if (error)
			txn->result = (struct txn_result){ .error = error };
	}
	view = writer_view(writer);
	while (!STAILQ_EMPTY(&writer->batch)) {
		txn = STAILQ_FIRST(&writer->batch);
		STAILQ_REMOVE_HEAD(&writer->batch, entry);
		txn->view = view;
	}
}

/*
 * In the database what was erased is overwritten (secure_delete), but in its
 * log there are older pages until it is begun anew; so it is emptied. Somebody
 * who is reading is not waited for long: then it is tried again with the next
 * batch (store_arm_timers sees to one), and those wait for nobody.
 */
static void writer_clear_log(struct writer *writer, bool again)
{
	sqlite3 *sqlite = writer->db.sqlite;
	int code;

	sqlite3_busy_timeout(sqlite, again ? 0 : WRITER_CLEAR_MS);
	code = sqlite3_wal_checkpoint_v2(
		sqlite, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(sqlite, DB_BUSY_MS);
	writer->log_to_clear = code != SQLITE_OK;
}

static void writer_note_pace(struct writer *writer, int64_t begun)
{
	int64_t took = clock_monotonic_ms(writer->env->clock) - begun;

	writer->pace.commits++;
	writer->pace.last = took;
	writer->pace.all += took;
	if (took > writer->pace.most)
		writer->pace.most = took;
}

void writer_commit_batch(struct writer *writer)
{
	int64_t begun = clock_monotonic_ms(writer->env->clock);
	int64_t sealed = writer->head.sealed;
	bool again = writer->log_to_clear;
	int error;

	if (STAILQ_EMPTY(&writer->batch) && !writer->opening)
		return;
	writer_remake_ballast(writer);
	if (writer_has_room(writer))
		writer_open_intents(writer);
	error = writer_try_batch(writer);
	writer_note_pace(writer, begun);
	if (writer->head.sealed != sealed)
		journal_publish_head(writer);
	if (!error && writer->log_to_clear)
		writer_clear_log(writer, again);
	writer_settle_batch(writer, error);
}
