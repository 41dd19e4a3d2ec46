/* SPDX-License-Identifier: Apache-2.0 */
#include "core/journal_access.h"

#include "core/core_private.h"
#include "core/record.h"
#include "core/signon.h"
#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>

struct journal_reading {
	struct core *core;
	struct caller *caller;
};

bool journal_access_is_for(const struct core *core, const struct peer *peer,
			   const struct signon *signon,
			   const struct policy_operator *who)
{
	struct demand required = { 0 }, missing;

	demand_add(&required, rights_of_permission(PERMISSION_CONFIG_ACCESS));
	return core_is_owner(core, peer) ||
	       (who &&
		signon_decide(core, signon, who, NULL, &required, &missing));
}

/* out_who: NULL for an owner who is not signed on. */
static enum problem journal_access_who(struct core *core,
				       const struct peer *peer,
				       const char *token,
				       const struct policy_operator **out_who)
{
	struct caller caller = { .peer = *peer, .token = token };
	const struct signon *signon = NULL;

	if (store_is_new(core->store) || !core->policy)
		return PROBLEM_NOT_SET_UP;
	*out_who = signon_operator(core, &caller, NULL, &signon);
	if (journal_access_is_for(core, peer, signon, *out_who))
		return PROBLEMS;
	if (*out_who)
		return PROBLEM_JOURNAL_NOT_ALLOWED;
	signon_note_wrong(core, peer->uid, token);
	return PROBLEM_SIGN_ON_REQUIRED;
}

enum problem journal_access_problem(struct core *core, const struct peer *peer,
				    const char *token)
{
	const struct policy_operator *who;

	return journal_access_who(core, peer, token, &who);
}

enum problem journal_access_record(struct core *core, const struct peer *peer,
				   const char *token, const char *kind,
				   struct record **out_record,
				   json_t **out_entry)
{
	const struct policy_operator *who;
	enum problem why = journal_access_who(core, peer, token, &who);

	if (why != PROBLEMS)
		return why;
	*out_entry = record_note(core, out_record, kind, NULL);
	json_put_int(*out_entry, "uid", peer->uid);
	if (who)
		json_put_text(*out_entry, "operator", who->id);
	return PROBLEMS;
}

static struct journal_reading *journal_access_begin(struct core *core,
						    struct caller *caller)
{
	enum problem why =
		journal_access_problem(core, &caller->peer, caller->token);
	struct journal_reading *reading;

	if (why != PROBLEMS) {
		caller_refuse(caller, why, NULL);
		return NULL;
	}
	reading = ALLOC_NEW(struct journal_reading);
	reading->core = core;
	reading->caller = caller;
	return reading;
}

/* People are ids in the journal; their names live elsewhere, and can be erased.
 */
static void journal_access_name(const struct policy *policy, json_t *names,
				const char *id)
{
	const struct policy_operator *who =
		id ? policy_operator(policy, id) : NULL;

	if (who)
		json_put_text(names, id, who->name);
}

static json_t *journal_access_names(struct core *core, const json_t *entries)
{
	json_t *names = json_make(), *entry;
	size_t i;

	json_array_foreach (entries, i, entry) {
		journal_access_name(core->policy, names,
				    json_text(entry, "operator"));
		journal_access_name(core->policy, names,
				    json_text(entry, "approver"));
		journal_access_name(core->policy, names,
				    json_text(entry, "by"));
	}
	return names;
}

static void journal_access_listed(void *arg, int error, const json_t *entries)
{
	struct journal_reading *reading = arg;

	json_t *body;

	if (error) {
		core_refuse_disk(reading->caller, error);
	} else {
		body = json_put(json_make(), "entries",
				json_deep_copy(entries));
		json_put(body, "names",
			 journal_access_names(reading->core, entries));
		json_put_int(body, "archived_seq",
			     core_archived(reading->core));
		caller_answer(reading->caller, 200, body);
	}
	free(reading);
}

void journal_access_list(struct core *core, struct caller *caller,
			 const struct journal_filter *filter)
{
	struct journal_reading *reading = journal_access_begin(core, caller);

	if (reading)
		journal_read(core->store, filter, journal_access_listed,
			     reading);
}

static void journal_access_verified(void *arg, int error,
				    const struct journal_verdict *verdict)
{
	struct journal_reading *reading = arg;
	json_t *body = json_make();

	if (error) {
		json_decref(body);
		core_refuse_disk(reading->caller, error);
		free(reading);
		return;
	}
	json_put_bool(body, "sound", verdict->fault == JOURNAL_SOUND);
	json_put_text(body, "sentence", journal_fault_text(verdict->fault));
	json_put_int(body, "entries", verdict->entries);
	json_put_int(body, "archived", verdict->archived);
	json_put_int(body, "seals", verdict->seals);
	json_put_int(body, "unsealed", verdict->unsealed);
	json_put_text(body, "key", verdict->key);
	json_put_text(body, "fingerprint", verdict->fingerprint);
	if (verdict->fault != JOURNAL_SOUND)
		json_put_int(body, "line", verdict->line);
	caller_answer(reading->caller, 200, body);
	free(reading);
}

void journal_access_verify(struct core *core, struct caller *caller)
{
	struct journal_reading *reading = journal_access_begin(core, caller);

	if (reading)
		journal_verify(core->store, journal_access_verified, reading);
}

void journal_access_page(struct core *core, int64_t after, journal_text text,
			 void *arg)
{
	journal_export(core->store, after, text, arg);
}
