/* SPDX-License-Identifier: Apache-2.0 */
#include "core/record.h"

#include "core/core_private.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"

struct record *record_new(struct core *core)
{
	struct record *record = ALLOC_NEW(struct record);

	record->core = core;
	record->txn = txn_new(core->store);
	record->entries = json_array();
	return record;
}

json_t *record_entry(struct record *record, const char *kind, const char *till)
{
	json_t *entry = json_make();

	json_put_text(entry, "kind", kind);
	json_put_text(entry, "till", till);
	if (record->core->policy)
		json_put_int(entry, "policy",
			     policy_version(record->core->policy));
	json_array_append_new(record->entries, entry);
	return entry;
}

static void record_tell(struct record *record, int64_t first_seq)
{
	json_t *entry;
	size_t i;

	json_array_foreach (record->entries, i, entry) {
		events_publish_entry(record->core, first_seq + (int64_t)i,
				     entry);
	}
}

struct record *record_free(struct record *record)
{
	txn_free(record->txn);
	json_decref(record->entries);
	free(record);
	return NULL;
}

static void record_done(void *arg, const struct txn_result *result)
{
	struct record *record = arg;

	if (result->error)
		log_error("the journal could not be written: %s",
			  store_error_text(result->error));
	else
		record_tell(record, result->seq);
	if (record->done)
		record->done(record->arg, result->error);
	json_decref(record->entries);
	free(record);
}

/* --- sums, and what they are in --- */

static bool record_has_sum(const json_t *object)
{
	static const char *const names[] = { "amount",	 "blind",    "cash",
					     "counters", "document", "figures",
					     "takings",	 "total" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (json_object_get(object, names[i]))
			return true;
	return false;
}

/* A till may get another currency some day; what is on record stays what it
 * was. */
static void record_put_currency(const struct record *record, json_t *entry)
{
	const struct policy *policy = record->core->policy;
	const char *id = json_text(entry, "till");
	const struct policy_till *till =
		policy && id ? policy_till(policy, id) : NULL;

	if (till && (record_has_sum(entry) ||
		     record_has_sum(json_object_get(entry, "parameters")) ||
		     record_has_sum(json_object_get(entry, "result"))))
		json_put_text(entry, "currency", till->currency);
}

void record_commit(struct record *record, void (*done)(void *arg, int error),
		   void *arg)
{
	json_t *entry;
	size_t i;

	json_array_foreach (record->entries, i, entry) {
		record_put_currency(record, entry);
		txn_journal(record->txn, json_deep_copy(entry));
	}
	record->done = done;
	record->arg = arg;
	txn_commit(record->txn, record_done, record);
}

json_t *record_note(struct core *core, struct record **out_record,
		    const char *kind, const char *till)
{
	*out_record = record_new(core);
	return record_entry(*out_record, kind, till);
}
