/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ring of used keys (store/intents.h) on the writer: what was committed is
 * noted in it, and after a database came back from the past, the keys that it
 * has lost are taken over from it.
 */
#include "store/intents.h"
#include "store/operations.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"

#include <stdlib.h>
#include <string.h>

#define LOST_RETRY_MS 60000 /* a ring that can't be had is tried again */

/* --- noting --- */

void writer_use_key(struct writer *writer, const uint8_t *key)
{
	if (writer->used_count == INTENTS_MAX)
		return; /* far more than there are clients */
	writer->used = alloc_resize(writer->used, writer->used_count + 1,
				    OPERATION_KEY_HASH);
	memcpy(writer->used + writer->used_count * OPERATION_KEY_HASH, key,
	       OPERATION_KEY_HASH);
	writer->used_count++;
}

static void lost_warn(const struct writer *writer, const char *what)
{
	log_warning("%s %s: should the database come back from the past, what "
		    "was done meanwhile could be done twice",
		    writer->files->intents, what);
}

void writer_note_used(struct writer *writer)
{
	size_t count = writer->used_count;

	writer->used_count = 0;
	if (!count || !intents_is_open(writer->intents))
		return;
	if (intents_note(writer->intents, writer->keys, writer->head.seq,
			 writer->head.hash, writer->used, count))
		lost_warn(writer, "could not be written");
}

/* The ring, where it is missing; one that is there but can't be read is left
 * alone. */
static int lost_try(struct writer *writer)
{
	int r = intents_open(writer->intents, writer->keys);

	if (!r && !intents_are_whole(writer->intents))
		lost_warn(writer, "has gaps");
	return r == INTENTS_E_NONE ? intents_make(writer->intents) : r;
}

void writer_open_intents(struct writer *writer)
{
	int64_t now = clock_monotonic_ms(writer->env->clock);

	if (!writer->keys || intents_is_open(writer->intents) ||
	    now < writer->intents_next_ms)
		return;
	writer->intents_next_ms = now + LOST_RETRY_MS;
	if (lost_try(writer))
		lost_warn(writer, "can't be read or made");
}

/* --- taking over --- */

struct lost_step {
	struct txn_step step;
	json_t *entry;
};

static int lost_compare(const void *a, const void *b)
{
	return memcmp(((const struct intent_note *)a)->key,
		      ((const struct intent_note *)b)->key, INTENTS_KEY_SIZE);
}

/* Those that the database knows are marked by seq 0. */
static int lost_strike_known(struct writer *writer, struct intent_note *notes,
			     size_t count)
{
	QUERY query = query_make_once(&writer->db,
				      "SELECT till, uid, key FROM operation");

	while (query_next(&query)) {
		struct intent_note wanted, *found;

		operation_hash_key(writer->keys, query_get_text(&query, 0),
				   query_get_int(&query, 1),
				   query_get_text(&query, 2), wanted.key);
		found = bsearch(&wanted, notes, count, sizeof(*notes),
				lost_compare);
		if (found)
			found->seq = 0;
	}
	return query.error;
}

static int lost_keep_key(struct db *db, const uint8_t key[INTENTS_KEY_SIZE],
			 int64_t *count)
{
	QUERY query = query_make(db, "INSERT OR IGNORE INTO old_key "
				     "(hash, lost) VALUES (?, 1)");
	int r;

	query_blob(&query, key, INTENTS_KEY_SIZE);
	r = query_run(&query);
	if (!r)
		*count += sqlite3_changes(db->sqlite);
	return r;
}

static int lost_keep(struct writer *writer, struct intent_note *notes,
		     size_t count, int64_t *out_kept)
{
	static const uint8_t none[INTENTS_KEY_SIZE];
	int64_t kept = 0;
	int r;

	if (!count) {
		*out_kept = 0;
		return 0;
	}
	qsort(notes, count, sizeof(*notes), lost_compare);
	r = lost_strike_known(writer, notes, count);
	for (size_t i = 0; !r && i < count; i++)
		if (notes[i].seq && memcmp(notes[i].key, none, sizeof(none)))
			r = lost_keep_key(&writer->db, notes[i].key, &kept);
	if (!r)
		*out_kept = kept;
	return r;
}

/* The last note then tells of the database as it is now, so that the next start
 * does not find the same again. */
static int lost_take_over(struct txn_step *step, struct writer *writer,
			  struct txn *txn)
{
	static const uint8_t none[OPERATION_KEY_HASH];
	size_t count = 0;
	CLEANUP_FREE struct intent_note *notes =
		intents_list(writer->intents, writer->keys, &count);
	int64_t kept = 0;
	int r = lost_keep(writer, notes, count, &kept);

	(void)txn;
	if (r)
		return r;
	json_put_int(((struct lost_step *)step)->entry, "lost", kept);
	writer_use_key(writer, none);
	return 0;
}

static void lost_clear_step(struct txn_step *step)
{
	json_decref(((struct lost_step *)step)->entry);
}

void txn_take_over_lost(struct txn *txn, json_t *entry)
{
	struct lost_step *step =
		txn_add(txn, sizeof(*step), lost_take_over, lost_clear_step);

	step->entry = json_incref(entry);
}
