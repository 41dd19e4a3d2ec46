/* SPDX-License-Identifier: Apache-2.0 */
#include "store/schema.h"
#include "store/store_private.h"
#include "util/alloc.h"

#include <stdlib.h>

struct txn *txn_new(struct store *store)
{
	struct txn *txn = ALLOC_NEW(struct txn);

	txn->store = store;
	STAILQ_INIT(&txn->steps);
	return txn;
}

struct txn *txn_free(struct txn *txn)
{
	if (!txn)
		return NULL;
	while (!STAILQ_EMPTY(&txn->steps)) {
		struct txn_step *step = STAILQ_FIRST(&txn->steps);

		STAILQ_REMOVE_HEAD(&txn->steps, entry);
		if (step->clear)
			step->clear(step);
		free(step);
	}
	keys_free(txn->keys);
	free(txn);
	return NULL;
}

void *txn_add(struct txn *txn, size_t size,
	      int (*run)(struct txn_step *step, struct writer *writer,
			 struct txn *txn),
	      void (*clear)(struct txn_step *step))
{
	struct txn_step *step = alloc_zero(1, size);

	step->run = run;
	step->clear = clear;
	STAILQ_INSERT_TAIL(&txn->steps, step, entry);
	return step;
}

struct meta_step {
	struct txn_step step;
	const char *name;
	int64_t value;
};

static int txn_run_meta(struct txn_step *step, struct writer *writer,
			struct txn *txn)
{
	const struct meta_step *meta = (struct meta_step *)step;

	(void)txn;
	return meta_set_int(&writer->db, meta->name, meta->value);
}

void txn_set_meta(struct txn *txn, const char *name, int64_t value)
{
	struct meta_step *meta =
		txn_add(txn, sizeof(*meta), txn_run_meta, NULL);

	meta->name = name;
	meta->value = value;
}

void txn_owed(struct txn *txn)
{
	txn->owed = true;
}

void txn_seal(struct txn *txn)
{
	txn->seals = true;
}

/* Only lined up here: the batch runs as a whole at its end, so that it can be
 * run again after the ballast was given up. */
static void txn_line_up(struct work *work)
{
	struct txn *txn = (struct txn *)work;

	STAILQ_INSERT_TAIL(&txn->store->writer.batch, txn, entry);
}

static void txn_end(struct txn *txn)
{
	struct store *store = txn->store;
	bool sweeps = txn->sweeps;

	if (txn->done)
		txn->done(txn->arg, &txn->result);
	txn_free(txn);
	if (sweeps)
		store_sweep_people(store);
	store_arm_timers(store);
}

static void txn_finish(struct work *work)
{
	struct txn *txn = (struct txn *)work;

	store_adopt(txn->store, txn);
	txn_end(txn);
}

static void txn_submit(struct txn *txn, txn_done done, void *arg)
{
	txn->work.run = txn_line_up;
	txn->work.done = txn_finish;
	txn->done = done;
	txn->arg = arg;
	worker_submit(txn->store->writer_worker, &txn->work);
}

static bool txn_goes_ahead(struct txn *txn, struct txn *some)
{
	struct txn_step *step;

	STAILQ_FOREACH(step, &txn->steps, entry)
	if (step->ahead && step->ahead(step, some))
		return true;
	return false;
}

static void txn_went_ahead(void *arg, const struct txn_result *result)
{
	struct txn *txn = arg;

	txn->result.error = result->error;
	if (result->error)
		txn_end(txn);
	else
		txn_commit(txn, txn->done, txn->arg);
}

void txn_commit(struct txn *txn, txn_done done, void *arg)
{
	struct txn *some = txn_new(txn->store);

	txn->done = done;
	txn->arg = arg;
	if (txn_goes_ahead(txn, some)) {
		txn_submit(some, txn_went_ahead, txn);
		return;
	}
	txn_free(some);
	txn_submit(txn, done, arg);
}
