/* SPDX-License-Identifier: Apache-2.0 */
#include "progress.h"

#include "planted.h"
#include "store/store.h"
#include "util/alloc.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct progress *progress_now;

/* clang-format off: one line each */
void __real_txn_operation_begin(struct txn *txn,
				const struct operation_row *row);
void __real_txn_operation_end(struct txn *txn, const char *id,
			      enum outcome outcome, const char *reason,
			      const json_t *result);
void __real_txn_commit(struct txn *txn, txn_done done, void *arg);
void __real_device_start(struct device *device, const struct op *op,
			 int64_t wait_ms, const struct device_user *user);
void __real_device_recover(struct device *device, const struct op *op,
			   const json_t *evidence,
			   const struct device_user *user);

void __wrap_txn_operation_begin(struct txn *txn,
				const struct operation_row *row);
void __wrap_txn_operation_end(struct txn *txn, const char *id,
			      enum outcome outcome, const char *reason,
			      const json_t *result);
void __wrap_txn_commit(struct txn *txn, txn_done done, void *arg);
void __wrap_device_start(struct device *device, const struct op *op,
			 int64_t wait_ms, const struct device_user *user);
void __wrap_device_recover(struct device *device, const struct op *op,
			   const json_t *evidence,
			   const struct device_user *user);
/* clang-format on */

const char *stage_name(enum stage stage)
{
	static const char *const names[] = {
		[STAGE_IDLE] = "idle",
		[STAGE_ASKED] = "asked",
		[STAGE_RECORDING] = "recording",
		[STAGE_BEGUN] = "begun",
		[STAGE_COMMITTED] = "committed",
		[STAGE_OUTCOME] = "outcome",
		[STAGE_RECOVERING] = "recovering",
	};

	return names[stage];
}

/* --- what is known of them --- */

static struct progress_op *progress_find(const char *id)
{
	struct progress *progress = progress_now;

	for (size_t i = 0; i < progress->count; i++)
		if (!strcmp(progress->ops[i].id, id))
			return &progress->ops[i];
	return NULL;
}

static void progress_reach(const char *id, enum stage stage)
{
	struct progress_op *op = progress_find(id), copy;

	if (!op)
		return;
	op->stage = stage;
	copy = *op;
	if (progress_now->reached)
		progress_now->reached(progress_now->arg, &copy);
}

static void progress_add(const char *id, const char *device, enum op_kind kind)
{
	struct progress *progress = progress_now;
	struct progress_op *op = progress_find(id);

	if (!op && progress->count == PROGRESS_MAX)
		abort();
	if (!op)
		op = &progress->ops[progress->count++];
	*op = (struct progress_op){ .kind = kind };
	text_copy(op->id, sizeof(op->id), id);
	text_copy(op->device, sizeof(op->device), device);
}

static void progress_drop(const char *id)
{
	struct progress *progress = progress_now;
	struct progress_op *op = progress_find(id);

	if (op)
		*op = progress->ops[--progress->count];
}

/* The one that has come furthest: others wait for their turn. */
const struct progress_op *progress_at(const struct progress *progress,
				      const char *device)
{
	const struct progress_op *found = NULL;

	for (size_t i = 0; i < progress->count; i++) {
		const struct progress_op *op = &progress->ops[i];

		if (!strcmp(op->device, device) &&
		    (!found || op->stage > found->stage))
			found = op;
	}
	return found;
}

bool progress_is_at(const struct progress *progress, enum stage stage)
{
	for (size_t i = 0; i < progress->count; i++)
		if (progress->ops[i].stage == stage)
			return true;
	return stage == STAGE_IDLE && !progress->count;
}

/* --- transactions --- */

/* What is in the transaction that is being put together. */
static struct {
	struct txn *txn;
	char begins[OP_ID_SIZE], ends[OP_ID_SIZE];
} progress_txn;

static void progress_note_txn(struct txn *txn)
{
	if (progress_txn.txn == txn)
		return;
	memset(&progress_txn, 0, sizeof(progress_txn));
	progress_txn.txn = txn;
}

void __wrap_txn_operation_begin(struct txn *txn,
				const struct operation_row *row)
{
	struct op op;

	progress_note_txn(txn);
	if (row->open && *row->device && op_from_json(row->op, &op)) {
		progress_add(row->id, row->device, op.kind);
		op_clear(&op);
		text_copy(progress_txn.begins, OP_ID_SIZE, row->id);
	}
	if (!planted_begins(row)) {
		struct operation_row written = *row;

		planted_change_key(&written);
		__real_txn_operation_begin(txn, &written);
	}
}

void __wrap_txn_operation_end(struct txn *txn, const char *id,
			      enum outcome outcome, const char *reason,
			      const json_t *result)
{
	progress_note_txn(txn);
	if (progress_find(id))
		text_copy(progress_txn.ends, OP_ID_SIZE, id);
	__real_txn_operation_end(txn, id, outcome, reason, result);
}

struct progress_commit {
	txn_done done;
	void *arg;
	char begins[OP_ID_SIZE], ends[OP_ID_SIZE];
};

static void progress_committed_txn(void *arg, const struct txn_result *result)
{
	struct progress_commit *commit = arg;

	if (result->error && *commit->begins)
		progress_drop(commit->begins);
	if (!result->error && *commit->ends)
		progress_drop(commit->ends);
	if (commit->done)
		commit->done(commit->arg, result);
	free(commit);
}

void __wrap_txn_commit(struct txn *txn, txn_done done, void *arg)
{
	struct progress_commit *commit = ALLOC_NEW(struct progress_commit);
	const struct txn_result early = { .seq = 1, .last_seq = 1 };

	commit->done = done;
	commit->arg = arg;
	if (progress_txn.txn == txn) {
		memcpy(commit->begins, progress_txn.begins, OP_ID_SIZE);
		memcpy(commit->ends, progress_txn.ends, OP_ID_SIZE);
	}
	progress_txn.txn = NULL;
	if (*commit->begins)
		progress_reach(commit->begins, STAGE_RECORDING);
	if (planted_loses(*commit->ends)) {
		txn_free(txn);
		progress_committed_txn(commit, &early);
		return;
	}
	if (planted_acknowledges(*commit->begins, *commit->ends)) {
		__real_txn_commit(txn, NULL, NULL);
		progress_committed_txn(commit, &early);
		return;
	}
	__real_txn_commit(txn, progress_committed_txn, commit);
}

/* --- devices --- */

/* Between a device and whoever uses it. */
struct progress_user {
	LIST_ENTRY(progress_user) entry;
	struct device_user user;
	char id[OP_ID_SIZE];
};

static LIST_HEAD(, progress_user) progress_users;

static void progress_save(void *arg, const json_t *evidence)
{
	struct progress_user *between = arg;

	between->user.save(between->user.arg, evidence);
}

static void progress_committed(void *arg)
{
	struct progress_user *between = arg;

	progress_reach(between->id, STAGE_COMMITTED);
	if (between->user.committed)
		between->user.committed(between->user.arg);
}

static void progress_progress(void *arg, const json_t *progress)
{
	struct progress_user *between = arg;

	if (between->user.progress)
		between->user.progress(between->user.arg, progress);
}

static void progress_doubtful(void *arg, enum reason reason)
{
	struct progress_user *between = arg;

	progress_reach(between->id, STAGE_RECOVERING);
	if (between->user.doubtful)
		between->user.doubtful(between->user.arg, reason);
}

static void progress_done(void *arg, enum outcome outcome, enum reason reason,
			  const json_t *result)
{
	struct progress_user *between = arg;
	struct device_user user = between->user;

	progress_reach(between->id, STAGE_OUTCOME);
	LIST_REMOVE(between, entry);
	free(between);
	outcome = planted_outcome(outcome);
	user.done(user.arg, outcome, reason, result);
}

static struct device_user progress_stand_between(const char *id,
						 const struct device_user *user)
{
	struct progress_user *between = ALLOC_NEW(struct progress_user);

	LIST_INSERT_HEAD(&progress_users, between, entry);
	between->user = *user;
	text_copy(between->id, OP_ID_SIZE, id);
	return (struct device_user){
		.save = user->save ? progress_save : NULL,
		.committed = progress_committed,
		.progress = progress_progress,
		.doubtful = progress_doubtful,
		.done = progress_done,
		.arg = between,
	};
}

void __wrap_device_start(struct device *device, const struct op *op,
			 int64_t wait_ms, const struct device_user *user)
{
	struct device_user between = progress_stand_between(op->id, user);

	progress_reach(op->id, STAGE_BEGUN);
	__real_device_start(device, op, wait_ms, &between);
}

void __wrap_device_recover(struct device *device, const struct op *op,
			   const json_t *evidence,
			   const struct device_user *user)
{
	struct device_user between = progress_stand_between(op->id, user);

	progress_add(op->id, device_name(device), op->kind);
	progress_reach(op->id, STAGE_RECOVERING);
	if (planted_resends())
		__real_device_start(device, op, DEVICE_RECOVER_MS, &between);
	else
		__real_device_recover(device, op, planted_evidence(evidence),
				      &between);
}

void progress_forget(struct progress *progress)
{
	struct progress_user *between;

	progress->count = 0;
	while ((between = LIST_FIRST(&progress_users))) {
		LIST_REMOVE(between, entry);
		free(between);
	}
}
