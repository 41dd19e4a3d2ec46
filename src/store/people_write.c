/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy replaced whole. All that takes long was done before, on a worker
 * (people_prepare.c); what is to be written goes ahead in small transactions
 * (people_parts.h), so that the one that counts hardly has anything left to
 * write; and what is old by then is swept away with it where that is little, so
 * that who is erased is gone when it is said to be done, or in small ones, too.
 */
#include "store/people.h"
#include "store/schema.h"
#include "store/store_private.h"
#include "util/alloc.h"

#include <errno.h>
#include <stdlib.h>

static int people_expect_version(struct db *db, int64_t version)
{
	int64_t found;
	int r = people_version(db, &found);

	if (r)
		return r;
	return found == version ? 0 : STORE_E_CONFLICT;
}

struct people_step {
	struct txn_step step;
	const struct people *people;
	int64_t version;
	size_t ahead; /* how many parts have been written */
};

/* --- ahead --- */

struct people_some {
	struct txn_step step;
	struct people_step *replace;
	size_t from;
};

/* For a policy that has changed meanwhile nothing is written in vain. */
static int people_run_some(struct txn_step *step, struct writer *writer,
			   struct txn *txn)
{
	struct people_some *some = (struct people_some *)step;
	struct people_step *replace = some->replace;
	size_t at = some->from;
	int r = 0;

	(void)txn;
	if (replace->version)
		r = people_expect_version(&writer->db, replace->version);
	if (!r)
		r = people_write_some(&writer->db, &replace->people->kept, &at);
	if (!r)
		replace->ahead = at;
	return r;
}

static bool people_go_ahead(struct txn_step *step, struct txn *txn)
{
	struct people_step *replace = (struct people_step *)step;
	const struct people *people = replace->people;
	struct people_some *some;

	if (!people->prepared ||
	    !people_has_parts(&people->kept, replace->ahead) ||
	    (!replace->ahead && people_is_short(&people->kept)))
		return false;
	some = txn_add(txn, sizeof(*some), people_run_some, NULL);
	some->replace = replace;
	some->from = replace->ahead;
	return true;
}

/* --- sweeping --- */

struct people_sweeping {
	struct store *store;
	bool more;
};

struct sweep_step {
	struct txn_step step;
	struct people_sweeping *sweeping;
};

/* With the last of them nothing of all those stays on disk; goes_on: there were
 * some before. */
static int people_sweep_in(struct txn *txn, struct writer *writer, bool goes_on,
			   bool *out_more)
{
	size_t count;
	int r = people_sweep_some(&writer->db, &count);

	if (r)
		return r;
	*out_more = count == PEOPLE_SWEEP_MAX;
	txn->erases = (goes_on || count) && !*out_more;
	return 0;
}

static int people_run_sweep_some(struct txn_step *step, struct writer *writer,
				 struct txn *txn)
{
	return people_sweep_in(txn, writer, true,
			       &((struct sweep_step *)step)->sweeping->more);
}

static void people_go_on_sweeping(struct people_sweeping *sweeping);

/* What is left after an error goes with the next, or at the next start. */
static void people_swept(void *arg, const struct txn_result *result)
{
	struct people_sweeping *sweeping = arg;

	if (!result->error && sweeping->more)
		people_go_on_sweeping(sweeping);
	else
		free(sweeping);
}

static void people_go_on_sweeping(struct people_sweeping *sweeping)
{
	struct txn *txn = txn_new(sweeping->store);
	struct sweep_step *step =
		txn_add(txn, sizeof(*step), people_run_sweep_some, NULL);

	step->sweeping = sweeping;
	txn_commit(txn, people_swept, sweeping);
}

void store_sweep_people(struct store *store)
{
	struct people_sweeping *sweeping = ALLOC_NEW(struct people_sweeping);

	sweeping->store = store;
	people_go_on_sweeping(sweeping);
}

static int people_run_sweep(struct txn_step *step, struct writer *writer,
			    struct txn *txn)
{
	(void)step;
	(void)txn;
	return people_sweep(&writer->db);
}

void txn_sweep_people(struct txn *txn)
{
	txn_add(txn, sizeof(struct txn_step), people_run_sweep, NULL);
}

/* --- the whole --- */

static int people_put(struct writer *writer, const struct people *people)
{
	struct people_kept kept = people->kept;
	int r = people_version(&writer->db, &kept.version);

	kept.version++;
	return r ? r : people_write_kept(&writer->db, writer->keys, &kept);
}

static int people_replace(struct txn_step *step, struct writer *writer,
			  struct txn *txn)
{
	const struct people_step *replace = (struct people_step *)step;
	const struct people *people = replace->people;
	int64_t present = people->present ? policy_version(people->present) : 0;
	int r = 0;

	if (!people->prepared || !writer->keys || replace->version != present)
		return -EINVAL;
	if (present)
		r = people_expect_version(&writer->db, present);
	if (!r)
		r = people_put(writer, people);
	return r ? r : people_sweep_in(txn, writer, false, &txn->sweeps);
}

void txn_policy_replace(struct txn *txn, const struct people *people,
			int64_t version)
{
	struct people_step *step =
		txn_add(txn, sizeof(*step), people_replace, NULL);

	step->step.ahead = people_go_ahead;
	step->people = people;
	step->version = version;
	txn->sweeps = true;
}

/* --- bundles --- */

#define PEOPLE_BUNDLE "bundle" /* in meta: the last that was applied */

static int people_run_bundle(struct txn_step *step, struct writer *writer,
			     struct txn *txn)
{
	int64_t version = ((struct people_step *)step)->version, last;
	int r = meta_get_int(&writer->db, PEOPLE_BUNDLE, 0, &last);

	(void)txn;
	if (r)
		return r;
	if (version <= last)
		return STORE_E_EXISTS;
	writer->bundle = version;
	return meta_set_int(&writer->db, PEOPLE_BUNDLE, version);
}

/* The next head tells of it. */
static int people_run_known_bundle(struct txn_step *step, struct writer *writer,
				   struct txn *txn)
{
	int r = people_run_bundle(step, writer, txn);

	return r == STORE_E_EXISTS ? 0 : r;
}

void txn_bundle_applied(struct txn *txn, int64_t version)
{
	struct people_step *step =
		txn_add(txn, sizeof(*step), people_run_bundle, NULL);

	step->version = version;
	txn->seals = true; /* so that the head file knows */
}

void txn_bundle_known(struct txn *txn, int64_t version)
{
	struct people_step *step =
		txn_add(txn, sizeof(*step), people_run_known_bundle, NULL);

	step->version = version;
}

int people_last_bundle(struct db *db, int64_t *out_version)
{
	return meta_get_int(db, PEOPLE_BUNDLE, 0, out_version);
}
