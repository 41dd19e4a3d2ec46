/* SPDX-License-Identifier: Apache-2.0 */
#include "store/journal.h"

#include "store/head.h"
#include "store/journal_private.h"
#include "store/people_parts.h"
#include "store/schema.h"
#include "store/segments.h"
#include "store/store_private.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- appending, on the writer --- */

static void journal_stamp(const struct writer *writer, json_t *entry)
{
	char time[CLOCK_TEXT_SIZE];

	clock_format(clock_wall_ms(writer->env->clock), time);
	json_put_int(entry, "seq", writer->head.seq + 1);
	json_put_text(entry, "time", time);
	journal_put_hex(entry, "prev", writer->head.hash, HASH_SIZE);
}

int journal_append(struct writer *writer, json_t *entry, int64_t *out_seq)
{
	CLEANUP_FREE char *line = NULL;
	QUERY query =
		query_make(&writer->db, "INSERT INTO journal"
					" (seq, line, kind, till, operation) "
					"VALUES (?, ?, ?, ?, ?)");
	int r;

	journal_stamp(writer, entry);
	line = json_line(entry);
	if (strlen(line) > JOURNAL_LINE_MAX)
		return -E2BIG;
	query_int(&query, writer->head.seq + 1);
	query_text(&query, line);
	query_text(&query, json_text(entry, "kind"));
	query_text(&query, json_text(entry, "till"));
	query_text(&query, json_text(entry, "operation"));
	r = query_run(&query);
	if (r)
		return r == STORE_E_EXISTS ? STORE_E_CORRUPT : r;
	writer->head.seq++;
	hash_sha256(line, strlen(line), writer->head.hash);
	*out_seq = writer->head.seq;
	return 0;
}

/* Nothing to do without keys, or right after a seal. The first one, at set-up,
 * may have nothing before it: from then on there is a head to be kept. The
 * policy is named, so that none from before can be put in its place; and that
 * there is a head file, so that it can't be denied. */
int journal_seal(struct writer *writer)
{
	CLEANUP_JSON json_t *seal = json_make();
	uint8_t signature[KEYS_SIGNATURE_SIZE];
	int64_t seq, policy;
	int r;

	if (!writer->keys ||
	    (writer->head.seq && writer->head.seq == writer->head.sealed))
		return 0;
	r = people_version(&writer->db, &policy);
	if (r)
		return r;
	keys_sign(writer->keys, writer->head.hash, signature);
	if (policy)
		json_put_int(seal, "policy", policy);
	if (writer->head_noted)
		json_put_bool(seal, "noted", true);
	json_put_text(seal, "kind", "seal");
	json_put_text(seal, "key", keys_seal_id(writer->keys));
	json_put_int(seal, "of", writer->head.seq);
	journal_put_hex(seal, "signature", signature, sizeof(signature));
	r = journal_append(writer, seal, &seq);
	if (!r)
		writer->head.sealed = seq;
	return r;
}

/*
 * That there is a head file is noted only after the first was written: being
 * killed before that must not look as if it had been taken away.
 */
void journal_publish_head(struct writer *writer)
{
	struct head head = {
		.seq = writer->head.seq,
		.bundle = writer->bundle,
		.notes = intents_number(writer->intents),
	};
	char hash[HASH_TEXT_SIZE];
	int r;

	memcpy(head.hash, writer->head.hash, HASH_SIZE);
	hash_to_hex(head.hash, HASH_SIZE, hash);
	log_info("journal sealed: seq %lld, hash %s", (long long)head.seq,
		 hash);
	r = head_write(writer->files, writer->keys, &head);
	if (r)
		log_warning("%s could not be written", writer->files->head);
	else if (!writer->head_noted)
		writer->head_noted =
			!meta_set_int(&writer->db, "head_noted", 1);
}

/* --- the step --- */

struct journal_step {
	struct txn_step step;
	json_t *entry;
};

static int journal_run_step(struct txn_step *step, struct writer *writer,
			    struct txn *txn)
{
	int64_t seq;
	int r = journal_append(writer, ((struct journal_step *)step)->entry,
			       &seq);

	if (r)
		return r;
	txn->result.last_seq = seq;
	if (!txn->result.seq)
		txn->result.seq = seq;
	return 0;
}

static void journal_clear_step(struct txn_step *step)
{
	json_decref(((struct journal_step *)step)->entry);
}

void txn_journal(struct txn *txn, json_t *entry)
{
	struct journal_step *step = txn_add(
		txn, sizeof(*step), journal_run_step, journal_clear_step);

	step->entry = entry;
}

/* --- the head, at opening --- */

int journal_load_head(struct db *db, struct journal_head *out_head)
{
	struct journal_head head = { 0 };
	QUERY last = query_make_once(db, "SELECT seq, line FROM journal "
					 "ORDER BY seq DESC LIMIT 1");
	QUERY seal = query_make_once(db, "SELECT max(seq) FROM journal "
					 "WHERE kind = 'seal'");
	int r = segments_last(db, &head.archived);

	if (query_next(&last)) {
		const char *line = query_get_text(&last, 1);

		head.seq = query_get_int(&last, 0);
		hash_sha256(line, strlen(line), head.hash);
	}
	if (query_next(&seal))
		head.sealed = query_get_int(&seal, 0);
	if (!r)
		r = last.error ? last.error : seal.error;
	if (!r)
		*out_head = head;
	return r;
}
