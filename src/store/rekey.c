/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database that was put back without its keys goes on under others. What was
 * made with the old ones is worth nothing then: badges and PINs can't be told
 * any more, and are taken out, so that nobody waits for them to work; nor can
 * keys of operations that were pruned. What an operation was asked with can't
 * be compared any more (operation_row_is_for). Passwords are keyed by nothing.
 */
#include "store/bound.h"
#include "store/keys.h"
#include "store/people_parts.h"
#include "store/people_secrets.h"
#include "store/schema.h"
#include "store/segments.h"
#include "store/store_private.h"
#include "util/arena.h"
#include "util/cleanup.h"
#include "util/json.h"

/* --- what is lost --- */

struct rekey_lost {
	size_t badges;
	size_t pins;
};

/* The part again, with passwords alone. */
static int rekey_strip(struct arena *arena, struct people_part *part,
		       struct rekey_lost *lost)
{
	CLEANUP(people_rows_free) struct people_rows rows = { 0 };
	struct buf text = BUF_INIT(SIZE_MAX / 2);

	/* what was read is the arena's, and nobody else's */
	if (!people_take_rows((char *)(uintptr_t)part->text, &rows))
		return STORE_E_CORRUPT;
	for (size_t i = 0; i < rows.operators_count; i++) {
		const struct policy_operator *who = &rows.operators[i];

		lost->pins += who->pin != NULL;
		people_add_secret(&text, who->id, who->password, NULL);
	}
	lost->badges += rows.badges_count;
	people_part_set(part, arena_text(arena, buf_text(&text)));
	buf_free(&text);
	return 0;
}

/* What stands, under its next version. */
static int rekey_people(struct db *db, const struct keys *keys,
			struct rekey_lost *lost)
{
	CLEANUP(arena_free) struct arena arena = { .secret = true };
	struct people_kept kept;
	int r = people_read_kept(db, &arena, &kept);

	if (r || !kept.version)
		return r;
	r = people_read_parts(db, &arena, &kept.document);
	if (!r)
		r = people_read_parts(db, &arena, &kept.secrets);
	for (size_t i = 0; !r && i < kept.secrets.count; i++)
		r = rekey_strip(&arena, &kept.secrets.parts[i], lost);
	kept.version++;
	return r ? r : people_write_kept(db, keys, &kept);
}

static int rekey_lose(struct db *db, const struct keys *keys, json_t *entry)
{
	struct rekey_lost lost = { 0 };
	int r = rekey_people(db, keys, &lost);

	json_put_int(entry, "badges", (int64_t)lost.badges);
	json_put_int(entry, "pins", (int64_t)lost.pins);
	return r ? r
		 : db_exec(db, "DELETE FROM old_key;"
			       "UPDATE operation SET body = zeroblob(32)");
}

/* --- and what is there instead --- */

static int rekey_note(struct writer *writer, json_t *entry)
{
	struct db *db = &writer->db;
	const char *id = keys_seal_id(writer->keys);
	uint8_t public[32];
	char from[KEYS_ID_SIZE];
	int r = meta_get_text(db, "seal_key", from, sizeof(from));

	if (r)
		return r;
	keys_seal_public(writer->keys, public);
	json_put_text(entry, "kind", "key-changed");
	json_put_text(entry, "from", from);
	json_put_text(entry, "key", id);
	journal_put_hex(entry, "public", public, sizeof(public));
	r = segments_add_key(db, public);
	if (!r)
		r = bound_mark_peppers(db, writer->keys);
	if (!r)
		r = meta_set_text(db, "seal_key", id);
	return r ? r : meta_set_int(db, "rekey", 0);
}

static int rekey_run(struct txn_step *step, struct writer *writer,
		     struct txn *txn)
{
	CLEANUP_JSON json_t *entry = json_make();
	int64_t seq;
	int r = rekey_lose(&writer->db, writer->keys, entry);

	(void)step;
	(void)txn;
	if (!r)
		r = rekey_note(writer, entry);
	return r ? r : journal_append(writer, entry, &seq);
}

void txn_rekey(struct txn *txn)
{
	txn->seals = true;
	txn_add(txn, sizeof(struct txn_step), rekey_run, NULL);
}
