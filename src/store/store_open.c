/* SPDX-License-Identifier: Apache-2.0 */
/* Opening, with all that has to be found in order first, and closing. */
#include "store/keys.h"
#include "store/schema.h"
#include "store/store_private.h"
#include "util/alloc.h"
#include "util/log.h"

#include <stdlib.h>
#include <string.h>

static int store_load_keys(struct store *store)
{
	const char *dir = store->config.keys_dir;
	int r = keys_load(dir, &store->keys);

	if (!r || r == KEYS_E_NONE)
		return 0;
	if (r == KEYS_E_PARTLY)
		log_error("the keys in %s are not all there; if this till was "
			  "never set up, remove them",
			  dir);
	return r < 0 ? r : STORE_E_KEYS_MISSING;
}

static int store_try_database(struct store *store, enum db_mode mode)
{
	struct db *db = &store->writer.db;
	int r = db_open(store->files.database, mode, db);

	if (!r)
		r = check_database(db, &store->files);
	return r ? r : db_exec(db, "PRAGMA journal_mode = WAL");
}

/* On a full disk there is no room for the index of SQLite's log: then that is
 * kept in memory, so that what is recorded can be looked at. */
static int store_open_writer(struct store *store)
{
	int r = store_try_database(store, DB_WRITE);

	if (r != STORE_E_FULL)
		return r;
	log_warning("the disk is full: nothing can be recorded, and until the "
		    "next start no other program can open the database");
	db_close(&store->writer.db);
	store->is_alone = true;
	return store_try_database(store, DB_WRITE_ALONE);
}

/* What has some already is first held against its keys. */
static int store_create_tables(struct db *db)
{
	int64_t version = 0;
	int r = schema_version(db, &version);

	return r || version ? r : schema_migrate(db, NULL);
}

static int store_open_database(struct store *store)
{
	enum files_database database;
	int r = files_check_database(&store->files, &database);

	if (r)
		return r;
	if (database == FILES_DATABASE_MISSING) {
		if (store->keys)
			return STORE_E_EMPTIED;
		r = files_create_database(&store->files);
	}
	if (!r)
		r = store_open_writer(store);
	return r ? r : store_create_tables(&store->writer.db);
}

/*
 * A backup was put back to go on with other keys: those that are there, else
 * new ones. Until the first batch, which begins with it, is committed, a start
 * finds the same again.
 */
static int store_take_new_keys(struct store *store)
{
	int r = store->keys ? 0
			    : keys_create(store->config.keys_dir,
					  store->env.random, &store->keys);

	if (r)
		log_error("new keys can't be made in %s",
			  store->config.keys_dir);
	else
		log_warning("from now on the journal is sealed by key %s; "
			    "badges and PINs have to be given anew",
			    keys_seal_id(store->keys));
	store->is_rekeyed = !r;
	return r;
}

static int store_match_id(struct store *store, const char *id)
{
	int64_t rekey = 0, restored = 0;
	int r;

	if (store->keys && !strcmp(keys_seal_id(store->keys), id))
		return 0;
	r = meta_get_int(&store->writer.db, "rekey", 0, &rekey);
	if (!r)
		r = meta_get_int(&store->writer.db, "restored", 0, &restored);
	if (!r && rekey && restored) /* to be confirmed by root */
		return store_take_new_keys(store);
	log_error("the database is sealed by key %s, which is not in %s", id,
		  store->config.keys_dir);
	return r ? r : STORE_E_KEYS_MISSING;
}

/*
 * Do keys and database belong together? A database that was never set up, with
 * keys but without a head file, is what a set-up leaves that was cut off after
 * it had made the keys: as good as new.
 */
static int store_match_keys(struct store *store)
{
	char id[KEYS_ID_SIZE], head[FILES_HEAD_MAX];
	int r = meta_get_text(&store->writer.db, "seal_key", id, sizeof(id));

	if (!r)
		r = files_read_head(&store->files, head);
	if (r)
		return r;
	store->is_new = !*id;
	if (store->is_new && *head)
		return STORE_E_EMPTIED;
	if (!store->is_new)
		return store_match_id(store, id);
	store->keys = keys_free(store->keys);
	return 0;
}

struct bound_by store_bound_by(const struct store *store)
{
	return (struct bound_by){ store->keys, store->is_rekeyed };
}

/* Of a version before, whose head files had no sum, and which did not mend what
 * a power cut had torn: taken as it is. */
static int store_bind_head(struct store *store)
{
	struct writer *writer = &store->writer;
	enum head_found found;
	struct head head;
	int r = head_read(&store->files, store->keys, &found, &head);

	if (!r && intents_is_open(writer->intents))
		r = intents_mend(writer->intents, store->keys);
	if (r || found != HEAD_OLD)
		return r;
	head.notes = intents_number(writer->intents);
	return head_write(&store->files, store->keys, &head);
}

/* Outside the database first, so that who is killed in between finds the same
 * again. */
static int store_bind(struct store *store)
{
	struct db *db = &store->writer.db;
	int64_t version = 0;
	int r = check_version(db);

	if (!r)
		r = schema_version(db, &version);
	if (!r && version < SCHEMA_BOUND && store->keys && !store->is_rekeyed)
		r = store_bind_head(store);
	return r ? r : schema_migrate(db, store->keys);
}

/* What is older is tied to its keys here, and counts for what it is: once. */
static int store_check_bound(struct store *store)
{
	struct db *db = &store->writer.db;
	int r = store_bind(store);

	if (r || store->is_new)
		return r;
	if (!store->is_rekeyed)
		r = bound_check_peppers(db, store->keys,
					store->config.keys_dir);
	return r ? r
		 : check_policy(db, store_bound_by(store), &store->writer.head);
}

/* Before set-up there are none. One that is missing is made with the first
 * batch, for which there has to be room. */
static void store_open_intents(struct store *store)
{
	struct writer *writer = &store->writer;
	int r;

	writer->intents = intents_new(store->files.intents);
	if (!store->keys)
		return;
	r = intents_open(writer->intents, store->keys);
	if (r && writer->head.seq)
		log_warning("%s: %s", store->files.intents,
			    r < 0 ? strerror(-r) : "missing or damaged");
}

static int store_load_state(struct store *store)
{
	struct writer *writer = &store->writer;
	int64_t noted = 0, rolled_back = 0;
	int r = journal_load_head(&writer->db, &writer->head);

	if (!r)
		r = check_tail(&writer->db, &writer->head);
	if (!r)
		r = meta_get_int(&writer->db, "head_noted", 0, &noted);
	if (!r)
		r = meta_get_int(&writer->db, "rolled_back", 0, &rolled_back);
	if (!r)
		r = meta_get_int(&writer->db, "confirmed_ms", 0,
				 &store->confirmed_ms);
	if (!r)
		r = people_last_bundle(&writer->db, &writer->bundle);
	writer->keys = store->keys;
	writer->head_noted = noted != 0;
	store_open_intents(store);
	store->is_rolled_back = rolled_back != 0;
	return r;
}

/*
 * Whichever finds something first. Where a backup goes on with other keys,
 * which it does to be confirmed in any case, sums and notes tell nothing.
 */
static int store_look_at_past(struct store *store, struct head *out_head,
			      enum check_past *out_past, json_t **out_entry)
{
	struct writer *writer = &store->writer;
	int r = check_head_file(&writer->db, &store->files,
				store->is_rekeyed ? NULL : store->keys,
				writer->head.sealed != 0, out_head, out_past,
				out_entry);

	if (!r && *out_past == CHECK_PRESENT && !store->is_rekeyed)
		r = check_intents(&writer->db, &store->files, writer->intents,
				  out_head->notes, out_past, out_entry);
	if (!r && *out_past == CHECK_PRESENT)
		r = check_restored(&writer->db, out_past, out_entry);
	return r;
}

/*
 * Sealed at once where the past came back, so that the head file tells of this
 * and a second start does not find the same again. A disk that can't be written
 * is no reason not to start: actions are refused then, but the state can be
 * read, the disk is tried again (store_arm_timers), and nothing is written to
 * it before this is.
 */
static int store_begin(struct store *store)
{
	struct writer *writer = &store->writer;
	struct txn *txn;
	enum check_past past;
	json_t *entry = NULL;
	struct head head;
	int r = store_look_at_past(store, &head, &past, &entry);

	if (r)
		return r;
	intents_expect(writer->intents, head.notes);
	txn = txn_new(store);
	if (head.bundle) /* before a seal writes another head */
		txn_bundle_known(txn, head.bundle);
	txn_set_meta(txn, "clean", 0);
	if (store->is_rekeyed)
		txn_rekey(txn);
	txn_sweep_people(txn);
	if (past != CHECK_PRESENT) {
		txn_set_meta(txn, "rolled_back", 1);
		txn_set_meta(txn, "restored", 0);
		txn_set_meta(txn, "rekey", 0);
		txn_take_over_lost(txn, entry);
		txn_journal(txn, entry);
		txn->seals = true;
		store->is_rolled_back = true;
	}
	if (store->is_rolled_back)
		log_error("no action is carried out until root has looked into "
			  "it and confirms: tillctl setup --confirm-rollback "
			  "--reason TEXT");
	writer->opening = txn;
	writer_commit_batch(writer);
	store->view = writer_view(writer);
	r = writer->health;
	return r == STORE_E_FULL || r == STORE_E_WRITE ? 0 : r;
}

static void store_begin_batch(void *arg)
{
	(void)arg;
}

static void store_end_batch(void *arg)
{
	writer_commit_batch(arg);
}

static void store_start_workers(struct store *store)
{
	struct worker_batch batch = { store_begin_batch, store_end_batch,
				      &store->writer };

	store->writer_worker =
		worker_new(store->env.workers, "store-writer", &batch);
	store->reader_worker =
		worker_new(store->env.workers, "store-reader", NULL);
	store->policy_worker =
		worker_new(store->env.workers, "store-policies", NULL);
	store->files_worker =
		worker_new(store->env.workers, "store-files", NULL);
	store_start_timers(store);
	archive_start(store);
}

static void store_copy_config(struct store *store,
			      const struct store_config *config)
{
	store->config = (struct store_config){
		.state_dir = alloc_text(config->state_dir),
		.keys_dir = alloc_text(config->keys_dir),
		.head_file = alloc_text(config->head_file),
		.seal_every = config->seal_every < 1 ? 1 : config->seal_every,
		.seal_ms = config->seal_ms,
		.archive_dir = alloc_text(config->archive_dir),
		.keep_days = config->keep_days,
	};
}

static struct store *store_free(struct store *store)
{
	txn_free(store->writer.opening);
	intents_free(store->writer.intents);
	free(store->writer.used);
	if (store->policies.sqlite)
		db_close(&store->policies);
	if (store->reader.sqlite)
		db_close(&store->reader);
	if (store->writer.db.sqlite)
		db_close(&store->writer.db);
	files_close(&store->files);
	keys_free(store->keys);
	free(store->room);
	free((void *)(uintptr_t)store->config.state_dir);
	free((void *)(uintptr_t)store->config.keys_dir);
	free((void *)(uintptr_t)store->config.head_file);
	free((void *)(uintptr_t)store->config.archive_dir);
	free(store);
	return NULL;
}

static int store_open_reader(const struct store *store, struct db *out_db)
{
	return db_open(store->files.database,
		       store->is_alone ? DB_READ_ALONE : DB_READ, out_db);
}

/* Only what was found whole is ever written to, be it by closing it. */
static int store_open_checked(struct store *store)
{
	struct db *db = &store->writer.db;
	int r = store_load_keys(store);

	if (!r)
		r = store_open_database(store);
	if (!r)
		r = store_match_keys(store);
	if (!r)
		r = store_load_state(store);
	if (!r)
		r = store_check_bound(store);
	if (r)
		return r;
	db_allow_checkpoint(db);
	if (!files_has_ballast(&store->files) &&
	    files_room(&store->files) >= 2 * STORE_BALLAST)
		files_make_ballast(&store->files);
	r = store_begin(store);
	if (!r)
		r = store_open_reader(store, &store->reader);
	return r ? r : store_open_reader(store, &store->policies);
}

int store_open(const struct store_config *config, const struct env *env,
	       struct store **out_store)
{
	struct store *store = ALLOC_NEW(struct store);
	int r;

	store_copy_config(store, config);
	store->env = *env;
	store->room = ALLOC_NEW(struct store_room);
	store->room->measured_ms = -1;
	store->files = (struct files){ .folder_fd = -1,
				       .lock_fd = -1,
				       .ballast_fd = -1 };
	writer_init(&store->writer, store);
	r = files_open(store->config.state_dir, store->config.head_file,
		       &store->files);
	if (!r)
		r = store_open_checked(store);
	if (r) {
		log_error("%s: %s", config->state_dir,
			  r > 0 ? store_error_text(r)
				: "tilld can't work with it as it is.");
		store_free(store);
		return r;
	}
	store_start_workers(store);
	*out_store = store;
	return 0;
}

/* --- closing --- */

/*
 * What ends may still write, so the writer goes last; what it wakes may still
 * read, and is served by it then.
 */
struct store *store_close(struct store *store)
{
	struct writer *writer;
	struct txn *txn;

	if (!store)
		return NULL;
	writer = &store->writer;
	store_stop_timers(store);
	store->closing = true;
	archive_stop(store);
	store->files_worker = worker_free(store->files_worker);
	store->policy_worker = worker_free(store->policy_worker);
	store->reader_worker = worker_free(store->reader_worker);
	store->writer_worker = worker_free(store->writer_worker);
	txn = txn_new(store);
	txn_set_meta(txn, "clean", 1);
	txn->seals = true;
	txn->closes = true;
	STAILQ_INSERT_TAIL(&writer->batch, txn, entry);
	writer_commit_batch(writer);
	txn_free(txn);
	return store_free(store);
}
