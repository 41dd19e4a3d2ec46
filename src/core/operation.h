/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An operation from its intent to its outcome: named by an Idempotency-Key
 * (scoped to till and uid), written before its device hears of it, and ended
 * by exactly one outcome, in the journal before anybody is told. Here live
 * those that are under way; ended ones are the store's.
 */
#ifndef TILLD_CORE_OPERATION_H
#define TILLD_CORE_OPERATION_H

#include "core/action.h"
#include "store/store.h"

struct core;
struct device;
struct operation;
struct operations;
struct record;

struct operations *operations_new(void);
struct operations *operations_free(struct operations *operations);

/* The one under way for that till, uid and key, or NULL. */
struct operation *operation_by_key(struct core *core, const char *till,
				   uid_t uid, const char *key);

/*
 * Whether it was asked for by that request: by the hash of its body. One that
 * was made with keys that are lost (store/rekey.c) can't be compared, and is
 * known by its action: doing it again would be worse.
 */
bool operation_is_for(const struct operation *operation, const char *action,
		      const uint8_t body[HASH_SIZE]);
bool operation_row_is_for(const struct operation_row *row, const char *action,
			  const uint8_t body[HASH_SIZE]);

/*
 * Whether the device is held: an outcome is still being found out or, at a card
 * terminal, stayed unknown (written already, or not) and nobody has settled it
 * (docs/security.md). Then out_id, if not NULL, gets the operation's id.
 */
bool operation_holds(struct core *core, const struct device *device,
		     char out_id[OP_ID_SIZE]);

/* PROBLEMS if the device is at nothing, and no outcome at it is unknown; else
 * what stands in the way, and which operation that is. */
enum problem operation_rest_problem(struct core *core,
				    const struct device *device,
				    char out_id[OP_ID_SIZE]);

/* Whether a device is still at something for that till, or an outcome there
 * stayed unknown and nobody has settled it. */
bool operation_is_open_at(struct core *core, const char *till);

/* The cash that operations under way may bring to that till's drawer, or (out)
 * take from it: 0 and up, or 0 and below. Their outcomes are not in its balance
 * yet. */
int64_t operation_cash_under_way(struct core *core, const char *till, bool out);

/*
 * One that is to be found out about, but its device is not there to be asked:
 * once it has been away for so long (or since the start of the daemon), a
 * person may give it up, and say what became of it. True of such a one, with
 * the ms until then (0: now).
 */
#define OPERATION_LOST_MS ((int64_t)5 * 60 * 1000)
bool operation_is_lost(struct core *core, const char *id, int64_t *out_left_ms);

/* Ends it as unknown, by a transaction that goes before all that are committed
 * from now on. False, with nothing done, if it is none that may be given up;
 * true also if it has ended already. */
bool operation_give_up(struct core *core, const char *id);

/* One that ended as unknown, at start; and one that was settled. */
void operation_hold(struct core *core, const struct operation_row *row);
void operation_release(struct core *core, const char *id);

/* Who asks for it, and on what grounds. */
struct operation_grounds {
	const char *signon;
	const char *authorization; /* NULL: by the operator's own right */
	const char *approver;
	const char *how;
	const char *reason;	   /* the words given for it, or NULL */
	const char *session;	   /* in which it is done; NULL: in none */
	const char *session_owner; /* if it is another operator's */
};

/*
 * Writes the intent and then starts op on its device. row is copied (its JSON
 * too), op as well: what is on record of it may be less. The first waiter is
 * the caller, answered as operation_join says; should the intent not be
 * written, with a problem instead. The consent among the grounds is spent with
 * the intent: authorization_spent() is told.
 */
void operation_begin(struct core *core, struct caller *caller,
		     const struct operation_row *row, const struct op *op,
		     const struct operation_grounds *grounds);

/* Whether nobody knows yet what becomes of a daily report of the device. */
bool operation_is_reporting(struct core *core, const struct device *device);

/* Whether something is under way there that brings or takes cash; its id. */
bool operation_sells_at(struct core *core, const char *till,
			char out_id[OP_ID_SIZE]);

/* Whether the device is at something, for another till, that concerns all of
 * its tills. What is only being found out later does not count. */
bool operation_is_of_group(struct core *core, const struct device *device,
			   const char *till);

/* Into an entry: who does it, and on what grounds. Every record of something
 * that was decided has this. */
void operation_put_who(json_t *entry, const char *operator, uid_t uid,
		       const struct operation_grounds *grounds);

/* The same of an operation, and which one it is. */
void operation_put_grounds(json_t *entry, const struct operation_row *row,
			   const struct operation_grounds *grounds);

/*
 * One that is done by its record alone: its steps, from txn_operation_begin()
 * to txn_operation_end(), and its entry are in the record, which is committed
 * here. row is copied, its id and result too. done is called first, so that
 * memory follows the disk (error: nothing was done); then the consent among its
 * grounds is spent, and the caller and whoever joined are answered.
 */
void operation_record(struct core *core, struct caller *caller,
		      const struct operation_row *row,
		      const char *authorization, struct record *record,
		      void (*done)(void *arg, int error), void *arg);

/* Takes up one that an earlier daemon left open: asks its device. */
void operation_resume(struct core *core, const struct operation_row *row);

/*
 * The caller waits for its end, or as long as it asked to be kept waiting (by
 * default OPERATION_WAIT_S), and is answered: 200 with it for ok and sent, a
 * problem with it for the other outcomes, 202 if it goes on.
 */
#define OPERATION_WAIT_S 60
void operation_join(struct operation *operation, struct caller *caller);

/* The same for one who only looks: answered with 200 and the operation,
 * whatever came of it. */
void operation_watch(struct operation *operation, struct caller *caller);

/* As the API shows it. New. */
json_t *operation_describe(struct core *core, const struct operation_row *row);

/* The same to somebody who looks it up: the sums that were read stay for
 * whoever read them, and for those who may see the balance. */
json_t *operation_describe_to(struct core *core, const struct caller *caller,
			      const struct operation_row *row);

/* The same for one that has ended. */
void operation_answer_row(struct core *core, struct caller *caller,
			  const struct operation_row *row);

/* A device came: what an earlier one of its name left open is for it. */
void operations_adopt(struct core *core, struct device *device);

/* How many are past their point of no return and not ended. */
size_t operations_moving(const struct core *core);

/* Those under way, and those whose outcome is unknown and not settled; of the
 * latter id, till and device only. */
void operations_each(struct core *core,
		     void (*each)(void *arg, const struct operation_row *row,
				  bool unknown),
		     void *arg);

/* --- API --- */

void operation_show(struct core *core, struct caller *caller, const char *id);
void operation_call_off(struct core *core, struct caller *caller,
			const char *id);

#endif
