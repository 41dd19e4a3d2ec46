/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is on disk: SQLite, and only here. One writer worker commits together
 * all transactions that wait (synchronous=FULL); one reader worker with its own
 * read-only connection serves lists, and another one whole policies, which take
 * longer. The loop never touches a connection after store_open() has returned.
 *
 * Files in the state folder:
 *	tilld.db	the database (WAL), mode 0600
 *	tilld.lock	flock()ed: one daemon per database
 *	ballast		STORE_BALLAST bytes, given up so that outcomes of
 *			intents that were accepted can still be written when
 *			the disk is full
 *	head		sequence and hash of the journal at the last seal (see
 *			store/head.h); kept outside the database so that a
 *			database that comes back from the past is noticed
 *			(config: head_file)
 *	backup.new	while a backup is taken (store/backup.h)
 *	tilld.db.new	while one is put back (store/restore.h)
 *	head.intents	beside it: which Idempotency-Keys were used (see
 *			store/intents.h)
 */
#ifndef TILLD_STORE_STORE_H
#define TILLD_STORE_STORE_H

#include "device/op.h"
#include "policy/policy.h"
#include "store/keys.h"
#include "util/env.h"
#include "util/hash.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Errors of this module, beside negative errnos. */
enum store_error {
	STORE_E_LOCKED = 1,   /* another daemon has this database */
	STORE_E_NEWER,	      /* made by a newer version of tilld */
	STORE_E_CORRUPT,      /* not a database, or damaged; see the log */
	STORE_E_KEYS_MISSING, /* a set-up database, but no keys beside it */
	STORE_E_EMPTIED,      /* keys, but an empty or missing database */
	STORE_E_FULL,	      /* no space (also: below the reserve) */
	STORE_E_EXISTS,	      /* that id or Idempotency-Key is taken */
	STORE_E_NOT_FOUND,
	STORE_E_WRITE,	     /* the disk failed; nothing of it was written */
	STORE_E_EXPIRED_KEY, /* an Idempotency-Key used over 90 days ago */
	STORE_E_LOST_KEY,    /* one whose operation is not in the backup that
				was put back: nobody knows what became of it */
	STORE_E_CONFLICT,    /* what it was decided on has changed since */
	STORE_E_OVERFLOW,    /* a sum that is larger than any amount may be */
	STORE_E_TOO_MANY,    /* there is no room for one more of these */
	STORE_E_ARCHIVED,    /* that part of the journal is in the archive */
	STORE_E_SPENT,	     /* the token has been used, or has ended */
};

/* A sentence for people: "Another tilld is using this database." */
const char *store_error_text(int error);

#define STORE_BALLAST (4 * 1024 * 1024)

struct store;

struct store_config {
	const char *state_dir; /* exists, or its parent does */
	const char *keys_dir;  /* see store/keys.h */
	const char *head_file; /* NULL: "head" in state_dir */
	int64_t seal_every;    /* entries, 1 and up */
	int64_t seal_ms;       /* and at the latest this long after an entry */
	const char *archive_dir; /* store/archive.h; NULL: nothing is archived */
	int keep_days;		 /* 0: only when asked for */
};

/*
 * Opens, migrates, checks (quick_check, head of the chain, head file), creates
 * the workers. Blocking; once, before the loop runs. 0, a store_error, or a
 * negative errno; the log says more.
 */
int store_open(const struct store_config *config, const struct env *env,
	       struct store **out_store);

/* Waits for what was submitted, seals, closes, frees; NULL is fine. Returns
 * NULL. */
struct store *store_close(struct store *store);

/* True until the first set-up was committed. */
bool store_is_new(const struct store *store);

/* True while the database is older than its head file or the ring of used keys
 * said (design 3a); kept durably until confirmed by txn_confirm_rollback(). */
bool store_is_rolled_back(const struct store *store);

/* Wall clock of the last txn_confirm_rollback(); 0 if there was none. What the
 * database tells of before that may lack what was done since. */
int64_t store_rollback_confirmed(const struct store *store);

/* The keys; NULL until set-up. */
const struct keys *store_keys(const struct store *store);

/* Right now, from the loop: is there room for an intent, with its outcome? */
bool store_has_room(const struct store *store);

/* What went wrong with the disk last, 0 if the last commit was good. */
int store_health(const struct store *store);

/* How long commits took, in ms, since the start: with the flush of the disk. */
struct store_pace {
	int64_t commits;
	int64_t last, most, all;
};
struct store_pace store_pace(const struct store *store);

/* Bytes free where the database is, as last measured; -1: not yet. */
int64_t store_room(const struct store *store);

/* {"seq", "hash", "sealed_seq", "archived_seq", "entries", "key" and
 * "fingerprint" once set up}: the head of the journal as last committed. */
json_t *store_describe(const struct store *store);

/* --- transactions --- */

/*
 * What is put into one transaction becomes durable together or not at all.
 * Steps run in the order they were put in, on the writer; the first that fails
 * undoes the whole transaction. done is called once, from the loop.
 */
struct txn;

struct txn_result {
	int error;   /* 0, a store_error, or a negative errno */
	int64_t seq; /* of the first journal entry in it; 0 if it has none */
	int64_t last_seq;
};

typedef void (*txn_done)(void *arg, const struct txn_result *result);

struct txn *txn_new(struct store *store);

/* Submits and gives the transaction away. done may be NULL. */
void txn_commit(struct txn *txn, txn_done done, void *arg);

/* Gives it up unsubmitted; returns NULL. */
struct txn *txn_free(struct txn *txn);

/*
 * Marks the transaction as owed: the outcome of an intent that was accepted.
 * It may use the ballast. All others are refused (STORE_E_FULL) while the disk
 * has less than twice STORE_BALLAST free, or the ballast is not whole.
 */
void txn_owed(struct txn *txn);

/*
 * A journal entry (stolen): an object with "kind" and whatever belongs to it;
 * no secrets. The writer adds "seq", "time" (RFC 3339) and "prev" (hash of the
 * entry before it, in hexadecimal). See store/journal.h.
 */
void txn_journal(struct txn *txn, json_t *entry);

/* --- operations --- */

struct operation_row {
	char id[OP_ID_SIZE];
	char till[POLICY_ID_MAX + 1];
	uid_t uid;		 /* the client's */
	char key[129];		 /* its Idempotency-Key, 1 to 128 characters */
	uint8_t body[HASH_SIZE]; /* of action and parameters: action.c */
	char action[64];	 /* "drawer.open" */
	char operator[POLICY_ID_MAX + 1];
	char device[33];
	char of[OP_ID_SIZE];	/* the payment that it reverses; "" if none */
	char event[OP_ID_SIZE]; /* the business event (an operation) for which
				   it opens the drawer; "" if none */
	int64_t created_ms;	/* wall */
	json_t *op; /* op_to_json(), and the app's "reference" if it gave one;
		     * owned by the row */
	json_t *evidence; /* saved last; NULL if none */
	bool open;	  /* no outcome yet */
	enum outcome outcome;
	char reason[33];
	json_t *result; /* NULL if none */
	int64_t ended_ms;
	bool closed; /* by store_find_payment() alone: its terminal's day has
		      * been ended since, or may have been */
};

void operation_row_clear(struct operation_row *row); /* frees what it owns */

/*
 * The row is copied. STORE_E_EXISTS if the id or (till, uid, key) is taken, or
 * if it reverses a payment of which another reversal is open, unknown or went
 * well, or opens the drawer for an event for which another opening is;
 * STORE_E_EXPIRED_KEY if the key was used before and pruned, _LOST_KEY if it
 * was used before the database came back from the past.
 */
void txn_operation_begin(struct txn *txn, const struct operation_row *row);
void txn_operation_save(struct txn *txn, const char *id,
			const json_t *evidence);
/* Both: STORE_E_NOT_FOUND if there is none that is open. */
void txn_operation_end(struct txn *txn, const char *id, enum outcome outcome,
		       const char *reason, const json_t *result);

/* A person's word on an outcome that is unknown: ok or failed, with the reason
 * "settled". STORE_E_NOT_FOUND if there is no such operation. */
void txn_operation_settle(struct txn *txn, const char *id,
			  enum outcome outcome);

/* Found, or NULL with error STORE_E_NOT_FOUND (STORE_E_EXPIRED_KEY for a key
 * that was pruned, STORE_E_LOST_KEY for a lost one); from the loop. */
typedef void (*operation_found)(void *arg, int error,
				const struct operation_row *row);
void store_find_operation(struct store *store, const char *id,
			  operation_found found, void *arg);
/* The newest at that device that booked something, or may have; or that was its
 * end of day. */
void store_find_last_booking(struct store *store, const char *device,
			     operation_found found, void *arg);
void store_find_key(struct store *store, const char *till, uid_t uid,
		    const char *key, operation_found found, void *arg);

/*
 * Forgets operations that ended over 90 days ago, some hundreds at a time, but
 * for those whose outcome is unknown. Of their keys hashes are kept. To be
 * called now and then, say once an hour.
 */
void store_prune(struct store *store);

/* All that had no outcome when the store was opened (or, for the second, one
 * that is unknown), oldest first; blocking, before the loop runs. fn may keep
 * nothing of the row. */
int store_unknown_operations(struct store *store,
			     void (*fn)(void *arg,
					const struct operation_row *row),
			     void *arg);
/* Those that ended last, as far as that is known, the latest first; what can't
 * be read is left out. */
void store_last_operations(struct store *store, int max,
			   void (*fn)(void *arg,
				      const struct operation_row *row),
			   void *arg);
int store_open_operations(struct store *store,
			  void (*fn)(void *arg,
				     const struct operation_row *row),
			  void *arg);

/* The approved, not reversed payment of that id and till (NULL: of any), for a
 * reversal: its row is a payment operation that ended ok. reversed tells
 * whether a reversal of it ended ok, or one is open or unknown, or one of
 * another payment turned out to be of this one. */
typedef void (*payment_found)(void *arg, int error,
			      const struct operation_row *row,
			      const struct operation_row *reversal);
void store_find_payment(struct store *store, const char *till, const char *id,
			payment_found found, void *arg);

/* --- sign-ons --- */

struct signon_row {
	char id[RANDOM_ID_SIZE];
	uint8_t token[HASH_SIZE]; /* SHA-256 of the bearer token */
	char operator[POLICY_ID_MAX + 1];
	char till[POLICY_ID_MAX + 1];
	uid_t uid;
	char badge[POLICY_HANDLE_SIZE]; /* by which it was made; or "" */
	enum badge_strength strength;	/* of that */
	int64_t created_ms;		/* wall */
	int64_t used_ms; /* wall; written at most once a minute */
};

void txn_signon_add(struct txn *txn, const struct signon_row *row);
void txn_signon_used(struct txn *txn, const char *id, int64_t used_ms);
void txn_signon_remove(struct txn *txn, const char *id);
/* All; blocking, before the loop runs. */
int store_signons(struct store *store,
		  void (*fn)(void *arg, const struct signon_row *row),
		  void *arg);

/* --- authorizations given in advance --- */

/* How one has ended; that it is past its time is not written. */
enum token_end {
	TOKEN_LIVE,
	TOKEN_SPENT,
	TOKEN_REVOKED,
	TOKEN_VOID,
	TOKEN_ENDS
};

#define TOKEN_REASON_MAX 200 /* characters */

struct token_row {
	char id[RANDOM_ID_SIZE];
	uint8_t hash[HASH_SIZE]; /* SHA-256 of the token */
	char approver[POLICY_ID_MAX + 1];
	char requester[POLICY_ID_MAX + 1];
	char till[POLICY_ID_MAX + 1];
	char action[64];
	int64_t amount; /* the greatest; 0: whatever it is */
	char reason[4 * TOKEN_REASON_MAX + 1]; /* "" if none was given */
	int64_t created_ms;		       /* wall, both */
	int64_t expires_ms;
	enum token_end end;
};

void txn_token_add(struct txn *txn, const struct token_row *row);

/* Whatever ends it, spending included. STORE_E_SPENT, and so nothing of the
 * whole transaction, if it has ended before or is not there. */
void txn_token_end(struct txn *txn, const char *id, enum token_end end);
void txn_token_remove(struct txn *txn, const char *id); /* or nothing */

/* All, the oldest first; blocking, before the loop runs. */
int store_tokens(struct store *store,
		 void (*fn)(void *arg, const struct token_row *row), void *arg);

/* The latest that the wall clock is known to have shown; 0: nobody noted it. */
void txn_wall_mark(struct txn *txn, int64_t wall_ms);
int store_wall_mark(struct store *store, int64_t *out_wall_ms);

/* --- fiscal printers --- */

#define STORE_PRINTER_SIZE 64

/* So many daily reports it has made, as it was seen last; by its own number,
 * or by the name of a device that tells none. */
void txn_reports_seen(struct txn *txn, const char *printer, int64_t count);

/* All of them; blocking, before the loop runs. */
int store_reports_seen(struct store *store,
		       void (*fn)(void *arg, const char *printer,
				  int64_t count),
		       void *arg);

/* --- ports that were handed over --- */

#define STORE_RELEASE_MAX 8192 /* bytes of text */

/* What is kept of a device that was handed over, by its name; text: up to
 * STORE_RELEASE_MAX; NULL: nothing any more. Copied. */
void txn_release(struct txn *txn, const char *device, const char *text);

/* All of them; blocking, before the loop runs. */
int store_releases(struct store *store,
		   void (*fn)(void *arg, const char *device, const char *text),
		   void *arg);

/* --- guessing --- */

/* Wrong tries in a row, for one subject: "login:anna@1", "uid:1000",
 * "reader:badge1"; kept over restarts. Zero tries removes it. */
struct guess_row {
	char subject[96];
	int64_t tries;
	int64_t last_ms; /* wall */
};

void txn_guess_set(struct txn *txn, const struct guess_row *row);
/* The one tried last comes last. */
int store_guesses(struct store *store,
		  void (*fn)(void *arg, const struct guess_row *row),
		  void *arg);

/* --- policy --- */

/*
 * The policy as a document: see docs/policy-file.md and conf/policy.json.
 * Checked against everything that can be wrong in it; the sentence says where
 * ("operators[2].groups[0]: there is no group 'cashier'"). Passwords, PINs and
 * badges in it are in clear; people_prepare() replaces them. For some thousands
 * of people all of this takes a while: on a worker, never in the loop.
 *
 * present: the policy that stands, NULL if there is none. It tells who is known
 * already, and keeps their ids and whatever the document does not mention of
 * passwords, PINs and badges; it is only read, and has to stay until
 * people_free().
 */
struct people;

struct people *people_free(struct people *people); /* wipes; returns NULL */

/*
 * NULL with a sentence (to be freed) if it can't be accepted. Never in that
 * sentence: a password, PIN or badge. Asks the system for users and groups.
 */
struct people *people_parse(const json_t *document,
			    const struct policy *present, char **out_error);

/* That sentence, if the fault is that nobody could change such a policy. */
extern const char people_unadministered[];

/* One manager in a group with every permission and right, attached to till
 * "1" (made, clients: the group of the daemon's socket) and to @box. NULL if
 * login, name or password could not be accepted by people_parse() either. */
struct people *people_first_manager(const char *login, const char *name,
				    const char *password, gid_t clients);

/* Slow (scrypt). cost is log2 of N. */
void people_prepare(struct people *people, const struct keys *keys,
		    const struct random *random, int cost);

/* As it would stand, one version after the present one, to be compared with
 * that; NULL before people_prepare(). Lent: take a reference to keep it. */
struct policy *people_policy(struct people *people);

/* The people's own reference to it, or NULL. Once it is taken they may be
 * freed on any thread. */
struct policy *people_take_policy(struct people *people);

/*
 * Replaces the whole policy (the people are only read until done is called),
 * if version is the one that stands: that of the present policy which the
 * people were parsed with. 0, for those parsed without one: whatever stands,
 * and nothing of it is kept. STORE_E_CONFLICT if another stands by now; -EINVAL
 * without people_prepare(), or with another version than that of the present
 * policy. The version grows by one.
 *
 * A long one goes ahead in small transactions of its own, which mean nothing by
 * themselves, so that others don't wait for it: those that are committed
 * meanwhile come before this one. What it replaces is deleted with it, or where
 * that is much after it likewise (if that is cut off, at the next start).
 */
void txn_policy_replace(struct txn *txn, const struct people *people,
			int64_t version);

enum secret { SECRET_PASSWORD, SECRET_PIN };

/* A policy bundle of that version is applied with it: STORE_E_EXISTS if that
 * one or a later was before. Nothing makes it forgotten, as the head file has
 * it, too: not even a database that comes back from the past. */
void txn_bundle_applied(struct txn *txn, int64_t version);

/* The policy as it stands, built on a reader; from the loop. The caller owns
 * the reference given. */
typedef void (*policy_loaded)(void *arg, int error, struct policy *policy);
void store_load_policy(struct store *store, policy_loaded loaded, void *arg);

/* The same, blocking, before the loop runs. */
int store_policy(struct store *store, struct policy **out_policy);

/* The document as it is shown: operators with has_password, has_pin and their
 * badges by handle. It may be sent back as it is, and changes nothing then. */
struct policy_document {
	int64_t version;
	char etag[POLICY_ETAG_SIZE];
	char *text; /* JSON; freed afterwards unless it is taken (set NULL) */
	size_t len;
};

/* Rendered on a reader; document is NULL with an error. */
typedef void (*policy_rendered)(void *arg, int error,
				struct policy_document *document);
void store_policy_document(struct store *store, policy_rendered rendered,
			   void *arg);

/* --- set-up and rollback --- */

/*
 * The first set-up: takes the keys into use (a copy of them) and marks the
 * database as set up, in the transaction that holds txn_policy_replace().
 * STORE_E_EXISTS if it was done before. The keys have been made by
 * keys_create() before; where that says -EEXIST, an earlier set-up was cut off
 * before it was committed, and its keys are to be had from keys_load().
 */
void txn_setup(struct txn *txn, const struct keys *keys);

/* The journal is sealed right after it. */
void txn_seal(struct txn *txn);

/* Ends the rolled-back state; entry is journalled by the caller. */
void txn_confirm_rollback(struct txn *txn);

#endif
