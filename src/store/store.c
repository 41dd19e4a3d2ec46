/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include "store/keys.h"
#include "store/schema.h"
#include "store/segments.h"
#include "store/store_private.h"
#include "util/alloc.h"
#include "util/json.h"

#include <string.h>

#define STORE_ROOM_MS	1000 /* how long a measured room is believed */
#define STORE_UPKEEP_MS 5000 /* between tries to be well again */

const char *store_error_text(int error)
{
	static const char *const texts[] = {
		[0] = "Nothing is wrong.",
		[STORE_E_LOCKED] = "Another tilld is using this database.",
		[STORE_E_NEWER] =
			"The database was made by a newer version of tilld.",
		[STORE_E_CORRUPT] = "The database is damaged; see the log.",
		[STORE_E_KEYS_MISSING] =
			"The keys that belong to this database are missing or "
			"can't be used.",
		[STORE_E_EMPTIED] =
			"There are keys, but the database is empty or missing.",
		[STORE_E_FULL] = "The disk is full.",
		[STORE_E_EXISTS] = "This is there already.",
		[STORE_E_NOT_FOUND] = "There is no such thing.",
		[STORE_E_WRITE] = "The disk could not be written.",
		[STORE_E_EXPIRED_KEY] =
			"This Idempotency-Key was used over 90 days ago.",
		[STORE_E_LOST_KEY] =
			"This Idempotency-Key was used before a backup was put "
			"back.",
		[STORE_E_CONFLICT] =
			"What this was decided on has changed since.",
		[STORE_E_OVERFLOW] = "This sum is too large.",
		[STORE_E_TOO_MANY] = "There is no room for one more of these.",
		[STORE_E_ARCHIVED] =
			"This part of the journal has been archived.",
		[STORE_E_SPENT] = "The authorization has been used already.",
	};

	return error < 0 ? strerror(-error) : texts[error];
}

/* --- upkeep, by timers --- */

static void store_seal_done(void *arg, const struct txn_result *result)
{
	(void)result;
	((struct store *)arg)->sealing = false;
}

static void store_seal_is_due(void *arg)
{
	struct store *store = arg;
	struct txn *txn = txn_new(store);

	txn->seals = true;
	txn_commit(txn, store_seal_done, store);
}

static void store_upkeep_done(void *arg, const struct txn_result *result)
{
	(void)result;
	((struct store *)arg)->upkeeping = false;
}

/* A disk is only known to be well again by having been written to. */
static void store_upkeep_is_due(void *arg)
{
	struct store *store = arg;
	struct txn *txn = txn_new(store);

	txn_set_meta(txn, "touched_ms", clock_wall_ms(store->env.clock));
	txn_commit(txn, store_upkeep_done, store);
}

void store_arm_timers(struct store *store)
{
	const struct store_view *view = &store->view;

	if (!store->seal_timer)
		return;
	if (!store->sealing && store->keys && !view->health &&
	    view->head.seq > view->head.sealed) {
		store->sealing = true;
		timer_set(store->seal_timer, store->config.seal_ms);
	}
	if (!store->upkeeping &&
	    (view->health || !view->ballast || view->log_to_clear)) {
		store->upkeeping = true;
		timer_set(store->upkeep_timer, STORE_UPKEEP_MS);
	}
}

void store_start_timers(struct store *store)
{
	store->seal_timer =
		timer_new(store->env.timers, store_seal_is_due, store);
	store->upkeep_timer =
		timer_new(store->env.timers, store_upkeep_is_due, store);
	store_arm_timers(store);
}

void store_stop_timers(struct store *store)
{
	store->seal_timer = timer_free(store->seal_timer);
	store->upkeep_timer = timer_free(store->upkeep_timer);
}

/* --- what the loop knows --- */

void store_submit_read(struct store *store, struct work *work)
{
	worker_submit(store->reader_worker ? store->reader_worker
					   : store->writer_worker,
		      work);
}

void store_submit_policy(struct store *store, struct work *work)
{
	worker_submit(store->policy_worker ? store->policy_worker
					   : store->writer_worker,
		      work);
}

static void store_end_rollback(struct store *store, const struct txn *txn)
{
	store->is_rolled_back = false;
	store->confirmed_ms = txn->confirmed_ms;
}

void store_adopt(struct store *store, struct txn *txn)
{
	store->view = txn->view;
	if (!txn->result.error && txn->keys) {
		store->keys = txn->keys;
		store->is_new = false;
		txn->keys = NULL;
	}
	if (!txn->result.error && txn->confirms_rollback)
		store_end_rollback(store, txn);
}

bool store_is_new(const struct store *store)
{
	return store->is_new;
}

bool store_is_rolled_back(const struct store *store)
{
	return store->is_rolled_back;
}

int64_t store_rollback_confirmed(const struct store *store)
{
	return store->confirmed_ms;
}

const struct keys *store_keys(const struct store *store)
{
	return store->keys;
}

bool store_has_room(const struct store *store)
{
	int64_t now = clock_monotonic_ms(store->env.clock);
	struct store_room *room = store->room;

	if (room->measured_ms < 0 || now - room->measured_ms >= STORE_ROOM_MS) {
		room->bytes = files_room(&store->files);
		room->measured_ms = now;
	}
	return store->view.ballast && room->bytes >= 2 * STORE_BALLAST;
}

int store_health(const struct store *store)
{
	return store->view.health;
}

struct store_pace store_pace(const struct store *store)
{
	return store->view.pace;
}

int64_t store_room(const struct store *store)
{
	return store->room->bytes;
}

json_t *store_describe(const struct store *store)
{
	const struct journal_head *head = &store->view.head;
	json_t *described = json_make();
	char hash[HASH_TEXT_SIZE], fingerprint[KEYS_FINGERPRINT_SIZE];
	uint8_t public[32];

	hash_to_hex(head->hash, HASH_SIZE, hash);
	json_put_int(described, "seq", head->seq);
	json_put_text(described, "hash", hash);
	json_put_int(described, "sealed_seq", head->sealed);
	json_put_int(described, "archived_seq", head->archived);
	json_put_int(described, "entries", head->seq - head->archived);
	if (!store->keys)
		return described;
	keys_seal_public(store->keys, public);
	keys_fingerprint(public, fingerprint);
	json_put_text(described, "key", keys_seal_id(store->keys));
	return json_put_text(described, "fingerprint", fingerprint);
}

/* --- set-up and rollback --- */

static int store_set_up(struct txn_step *step, struct writer *writer,
			struct txn *txn)
{
	uint8_t public[32];
	char id[KEYS_ID_SIZE];
	int r = meta_get_text(&writer->db, "seal_key", id, sizeof(id));

	(void)step;
	if (r || *id)
		return r ? r : STORE_E_EXISTS;
	keys_seal_public(txn->keys, public);
	r = meta_set_text(&writer->db, "seal_key", keys_seal_id(txn->keys));
	if (!r)
		r = segments_add_key(&writer->db, public);
	if (!r)
		r = bound_mark_peppers(&writer->db, txn->keys);
	if (!r)
		writer->keys = txn->keys;
	return r;
}

void txn_setup(struct txn *txn, const struct keys *keys)
{
	txn->keys = keys_copy(keys);
	txn->seals = true;
	txn_add(txn, sizeof(struct txn_step), store_set_up, NULL);
}

void txn_confirm_rollback(struct txn *txn)
{
	txn->confirms_rollback = true;
	txn->confirmed_ms = clock_wall_ms(txn->store->env.clock);
	txn_set_meta(txn, "rolled_back", 0);
	txn_set_meta(txn, "confirmed_ms", txn->confirmed_ms);
}
