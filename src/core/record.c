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

void record_commit(struct record *record, void (*done)(void *arg, int error),
		   void *arg)
{
	json_t *entry;
	size_t i;

	json_array_foreach (record->entries, i, entry)
		txn_journal(record->txn, json_deep_copy(entry));
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
