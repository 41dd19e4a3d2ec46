/* SPDX-License-Identifier: Apache-2.0 */
/* What the modules of store/ share among themselves. */
#ifndef TILLD_STORE_STORE_PRIVATE_H
#define TILLD_STORE_STORE_PRIVATE_H

#include "store/bound.h"
#include "store/db.h"
#include "store/files.h"
#include "store/head.h"
#include "store/intents.h"
#include "store/store.h"

#include <sys/queue.h>

/* Where the chain ends. */
struct journal_head {
	int64_t seq; /* 0: no entry yet */
	uint8_t hash[HASH_SIZE];
	int64_t sealed;	  /* seq of the last seal; 0: none */
	int64_t archived; /* entries up to here are in archived segments */
};

/* How the writer left things after a batch: what the loop may know of it. */
struct store_view {
	struct journal_head head;
	int health;
	bool ballast;
	bool log_to_clear; /* something that was erased may still be in it */
	struct store_pace pace;
};

STAILQ_HEAD(txn_list, txn);

/*
 * The writer's own: touched by its worker, and before and after that exists.
 * head, keys and bundle are those of the open transaction, and are set back
 * when that (or one of its savepoints) is.
 */
struct writer {
	struct db db;
	struct journal_head head;
	const struct keys *keys; /* NULL until set-up */
	struct txn_list batch;
	/* What opening found: written with the first batch that the disk
	 * takes, before anything else. NULL once it is. */
	struct txn *opening;
	const struct store_config *config;
	const struct env *env;
	const struct files *files;
	struct intents *intents;
	int64_t intents_next_ms; /* not tried again before that */
	uint8_t *used; /* hashes of keys that the transaction makes used */
	size_t used_count;
	int64_t bundle;	 /* the last policy bundle that was applied; 0: none */
	bool head_noted; /* the database knows that there is a head file */
	bool log_to_clear;
	int health;
	struct store_pace pace;
};

/* Room on the disk as last measured; -1: not yet. */
struct store_room {
	int64_t bytes;
	int64_t measured_ms;
};

struct store {
	struct store_config config;
	struct env env;
	struct files files;
	struct writer writer;
	struct db reader;
	struct db policies; /* a reader, too */
	struct worker *writer_worker;
	struct worker *files_worker;  /* for files beside the database, on disks
				       * that may be slow; the first to go... */
	struct worker *policy_worker; /* ...the second... */
	struct worker *reader_worker; /* ...and the third */
	struct keys *keys;	      /* immutable; the workers read them too */
	struct store_view view;
	struct timer *seal_timer;
	struct timer *upkeep_timer;
	struct timer *archive_timer;
	struct archive *archive; /* one at a time; NULL: none is under way */
	struct backup *backup;	 /* likewise */
	bool sealing;
	bool upkeeping;
	bool closing;
	bool is_new;
	bool is_rolled_back;
	bool is_rekeyed;      /* its keys are not those it was sealed by */
	int64_t confirmed_ms; /* wall; when a rollback was, last; 0: never */
	bool is_alone;	      /* no other process can open the database */
	struct store_room *room;
};

/* Whose signature of the policy counts (store_open.c). */
struct bound_by store_bound_by(const struct store *store);

/* --- transactions (txn.c) --- */

struct txn_step {
	STAILQ_ENTRY(txn_step) entry;
	/* On the writer; may be called again after everything was undone. */
	int (*run)(struct txn_step *step, struct writer *writer,
		   struct txn *txn);
	void (*clear)(struct txn_step *step); /* NULL: nothing to free */
	/* In the loop, again and again before the transaction: puts some of
	 * what it will have to write into one of its own, for which no request
	 * waits long. False: there is nothing more. NULL: never. */
	bool (*ahead)(struct txn_step *step, struct txn *some);
};

struct txn {
	struct work work;
	STAILQ_ENTRY(txn) entry;
	struct store *store;
	STAILQ_HEAD(, txn_step) steps;
	bool owed;
	bool seals;   /* the journal is to be sealed after it */
	bool erases;  /* nothing of what it deletes is to stay on disk */
	bool closes;  /* store_close()'s own: tried, room or not */
	bool refused; /* settled without having been tried */
	bool confirms_rollback;
	bool sweeps; /* old parts of the policy are still there */
	int64_t confirmed_ms;
	struct keys *keys; /* that come into use with it */
	struct txn_result result;
	struct store_view view;
	txn_done done;
	void *arg;
};

/* A step of that size (its first member a struct txn_step), put last. */
void *txn_add(struct txn *txn, size_t size,
	      int (*run)(struct txn_step *step, struct writer *writer,
			 struct txn *txn),
	      void (*clear)(struct txn_step *step));

/* Sets a single value (schema.h); name: a literal. */
void txn_set_meta(struct txn *txn, const char *name, int64_t value);

/* --- the loop's side (store.c) --- */

/* The loop takes over what the writer did... */
void store_adopt(struct store *store, struct txn *txn);
/* ...and sees to what is left to be done about it. */
void store_arm_timers(struct store *store);
void store_start_timers(struct store *store);
void store_stop_timers(struct store *store);

/* Work for the reader, or once that is gone for the writer: never both, since
 * a connection belongs to one thread. */
void store_submit_read(struct store *store, struct work *work);
/* The same for what takes the policy out of the database, for a tenth of a
 * second: requests wait for the reader. */
void store_submit_policy(struct store *store, struct work *work);

/* --- old parts of the policy (people_write.c) --- */

/* A few at a time; and all at once, as part of a transaction. */
void store_sweep_people(struct store *store);
void txn_sweep_people(struct txn *txn);

/* --- the writer (writer.c) --- */

void writer_init(struct writer *writer, struct store *store);
/* All that waits in writer->batch, in one transaction of SQLite. */
void writer_commit_batch(struct writer *writer);
struct store_view writer_view(const struct writer *writer);

/* --- used keys, outside the database (lost.c) --- */

/* What is begun in this transaction; key: operation_hash_key(). */
void writer_use_key(struct writer *writer, const uint8_t *key);
/* After a commit, before anybody hears of it. */
void writer_note_used(struct writer *writer);
/* Where it is not open; makes it if it is missing. */
void writer_open_intents(struct writer *writer);
/* What is in there, but not in the database; entry gets "lost": how many. */
void txn_take_over_lost(struct txn *txn, json_t *entry);

/* --- archiving by itself (archive.c) --- */

void archive_start(struct store *store);
void archive_stop(struct store *store);

/* --- keys that are others than those before (rekey.c) --- */

void txn_rekey(struct txn *txn);

/* --- the journal (journal.c) --- */

int journal_append(struct writer *writer, json_t *entry, int64_t *out_seq);
int journal_seal(struct writer *writer);
/* After a commit: the head file and the log. */
void journal_publish_head(struct writer *writer);
/* From the database; the hash from the last line. */
int journal_load_head(struct db *db, struct journal_head *out_head);

/* --- checks at opening (check.c) --- */

/* Before anything is written: is this database whole? */
int check_database(struct db *db, const struct files *files);
/* The chain from the last seal on. */
int check_tail(struct db *db, const struct journal_head *head);
/* Is the policy one that was signed, and none before that of the last seal? */
int check_policy(struct db *db, struct bound_by by,
		 const struct journal_head *head);
/* An older version's database has no seal of a newer one. */
int check_version(struct db *db);

enum check_past {
	CHECK_PRESENT,
	CHECK_ROLLED_BACK,
	CHECK_HEAD_MISSING,
	CHECK_RESTORED,
};

/* Whether a backup was put back, which has to be confirmed in any case. */
int check_restored(struct db *db, enum check_past *out_past,
		   json_t **out_entry);

/* The same for the notes of the used keys, of which there are to be so many. */
int check_intents(struct db *db, const struct files *files,
		  const struct intents *intents, int64_t expected,
		  enum check_past *out_past, json_t **out_entry);

/* people_write.c: the last bundle, as the database knows it (0: none); and one
 * that the head file has, should the database be older. */
int people_last_bundle(struct db *db, int64_t *out_version);
void txn_bundle_known(struct txn *txn, int64_t version);

/* Held against the head file, which is zeros if it isn't ours; entry tells what
 * was found, for the journal. keys: NULL if its sum can't be told. */
int check_head_file(struct db *db, const struct files *files,
		    const struct keys *keys, bool sealed, struct head *out_head,
		    enum check_past *out_past, json_t **out_entry);

#endif
