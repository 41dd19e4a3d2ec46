/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database that was put back without its keys goes on under others. What was
 * made with the old ones is worth nothing then: badges and PINs can't be told
 * any more, and are taken out, so that nobody waits for them to work; nor can
 * keys of operations that were pruned. What an operation was asked with can't
 * be compared any more (operation_row_is_for). Passwords are keyed by nothing.
 */
#include "store/keys_private.h"
#include "store/people_parts.h"
#include "store/schema.h"
#include "store/segments.h"
#include "store/store_private.h"
#include "util/json.h"

static const struct rekey_loss {
	const char *name; /* NULL: not told */
	const char *sql;
} rekey_losses[] = {
	{ "badges", "DELETE FROM badge" },
	{ "pins", "UPDATE secret SET pin = NULL WHERE pin IS NOT NULL" },
	{ NULL, "DELETE FROM old_key" },
	{ NULL, "UPDATE operation SET body = zeroblob(32)" },
};

static int rekey_lose(struct db *db, json_t *entry)
{
	for (size_t i = 0; i < sizeof(rekey_losses) / sizeof(rekey_losses[0]);
	     i++) {
		const struct rekey_loss *loss = &rekey_losses[i];
		int r = db_exec(db, loss->sql);

		if (r)
			return r;
		if (loss->name)
			json_put_int(entry, loss->name,
				     sqlite3_changes(db->sqlite));
	}
	return people_count_version(db);
}

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
		r = meta_set_text(db, "seal_key", id);
	return r ? r : meta_set_int(db, "rekey", 0);
}

static int rekey_run(struct txn_step *step, struct writer *writer,
		     struct txn *txn)
{
	CLEANUP_JSON json_t *entry = json_make();
	int64_t seq;
	int r = rekey_lose(&writer->db, entry);

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
