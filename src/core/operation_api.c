/* SPDX-License-Identifier: Apache-2.0 */
/* Operations as apps see them: shown, waited for, called off. */
#include "core/operation_private.h"

#include "core/book.h"
#include "core/record.h"
#include "core/session.h"
#include "core/signon.h"
#include "core/sums.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* --- how it is shown --- */

static void operation_put_time(json_t *body, const char *key, int64_t wall_ms)
{
	char text[CLOCK_TEXT_SIZE];

	if (!wall_ms)
		return;
	clock_format(wall_ms, text);
	json_put_text(body, key, text);
}

/* Reading them takes balance.preview; in what else a device tells they are for
 * nobody. A report's figures are what was asked for. */
static bool operation_tells_counts(const struct operation_row *row)
{
	return !strcmp(row->action, action_row(ACTION_FISCAL_READ)->name);
}

/* As it was kept, and who the people in it are. New. */
static json_t *operation_result(const struct core *core,
				const struct operation_row *row)
{
	json_t *result = json_deep_copy(row->result);

	if (!operation_tells_counts(row))
		json_decref(sums_take_counters(result));
	book_name_people(core, json_object_get(result, "session"));
	return result;
}

static json_t *operation_evidence(const struct operation_row *row)
{
	json_t *evidence = json_deep_copy(row->evidence);

	json_decref(sums_take(evidence));
	return evidence;
}

static void operation_put_outcome(const struct core *core, json_t *body,
				  const struct operation_row *row)
{
	enum reason reason;

	json_put_text(body, "outcome", outcome_name(row->outcome));
	if (reason_from_name(row->reason, &reason) && reason != REASON_NONE) {
		json_put_text(body, "reason", row->reason);
		json_put_text(body, "sentence", reason_sentence(reason));
		json_put_text(body, "advice", reason_advice(reason));
	}
	if (row->result)
		json_put(body, "result", operation_result(core, row));
	/* for whoever has to say what became of it */
	if (row->outcome == OUTCOME_UNKNOWN && row->evidence)
		json_put(body, "evidence", operation_evidence(row));
}

json_t *operation_describe(struct core *core, const struct operation_row *row)
{
	const struct policy_operator *who =
		policy_operator(core->policy, row->operator);
	json_t *body = json_make();

	json_put_text(body, "id", row->id);
	json_put_text(body, "action", row->action);
	json_put_text(body, "till", row->till);
	json_put_text(body, "device", *row->device ? row->device : NULL);
	json_put_text(body, "operator", *row->operator ? row->operator : NULL);
	json_put_text(body, "operator_name", who ? who->name : NULL);
	json_put_text(body, "payment", *row->of ? row->of : NULL);
	json_put_text(body, "event", *row->event ? row->event : NULL);
	json_put_text(body, "reference", json_text(row->op, "reference"));
	json_put_text(body, "state", row->open ? "open" : "ended");
	operation_put_time(body, "created_at", row->created_ms);
	if (!row->open) {
		operation_put_time(body, "ended_at", row->ended_ms);
		operation_put_outcome(core, body, row);
	}
	return body;
}

/* Sums that were read by somebody else are told to those who may read them. */
static bool operation_is_shown_sums(struct core *core,
				    const struct caller *caller,
				    const struct operation_row *row)
{
	const struct signon *signon;
	const struct policy_operator *who =
		signon_operator(core, caller, NULL, &signon);

	return core_is_technician(core, &caller->peer) ||
	       (who &&
		(!strcmp(who->id, row->operator) ||
		 session_sees_balance(core, signon, who,
				      policy_till(core->policy, row->till))));
}

json_t *operation_describe_to(struct core *core, const struct caller *caller,
			      const struct operation_row *row)
{
	json_t *body = operation_describe(core, row);

	if (!operation_is_shown_sums(core, caller, row))
		json_decref(sums_take(json_object_get(body, "result")));
	return body;
}

/* How much of what its device asked to be left alone for is left, in s. */
static int64_t operation_retry_after(const struct core *core,
				     const struct operation_row *row)
{
	int64_t asked = json_int(row->result, "retry_after", 0) * 1000;
	int64_t left = row->ended_ms + asked - core_wall(core);

	return left > 0 && left <= asked ? (left + 999) / 1000 : 0;
}

void operation_answer_row(struct core *core, struct caller *caller,
			  const struct operation_row *row)
{
	static const enum problem problems[] = {
		[OUTCOME_REFUSED] = PROBLEM_REFUSED_BY_DEVICE,
		[OUTCOME_FAILED] = PROBLEM_FAILED,
		[OUTCOME_UNKNOWN] = PROBLEM_OUTCOME_UNKNOWN,
	};
	json_t *body = operation_describe(core, row), *extra;
	enum reason reason;

	if (row->open) {
		caller_answer(caller, 202, body);
		return;
	}
	if (row->outcome == OUTCOME_OK || row->outcome == OUTCOME_SENT) {
		caller_answer(caller, 200, body);
		return;
	}
	extra = json_put(json_make(), "operation", body);
	if (reason_from_name(row->reason, &reason)) {
		json_put_text(extra, "detail", reason_sentence(reason));
		json_put_text(extra, "advice", reason_advice(reason));
		json_put_text(extra, "reason", row->reason);
	}
	if (operation_retry_after(core, row))
		json_put_int(extra, "retry_after",
			     operation_retry_after(core, row));
	caller_refuse(caller, problems[row->outcome], extra);
}

/* --- API --- */

struct operation_lookup {
	struct core *core;
	struct caller *caller;
	char id[OP_ID_SIZE];
};

static struct operation_lookup *
operation_new_lookup(struct core *core, struct caller *caller, const char *id)
{
	struct operation_lookup *lookup = ALLOC_NEW(struct operation_lookup);

	lookup->core = core;
	lookup->caller = caller;
	text_copy(lookup->id, sizeof(lookup->id), id);
	return lookup;
}

static bool operation_is_seen(struct core *core, const struct caller *caller,
			      const struct operation_row *row)
{
	return (row->uid == caller->peer.uid &&
		core_viewed_till(core, caller, row->till)) ||
	       core_is_technician(core, &caller->peer);
}

static void operation_found_row(void *arg, int error,
				const struct operation_row *row)
{
	struct operation_lookup *lookup = arg;

	if (error && error != STORE_E_NOT_FOUND)
		core_refuse_disk(lookup->caller, error);
	else if (!row || !operation_is_seen(lookup->core, lookup->caller, row))
		core_refuse_missing(lookup->caller, "operation", lookup->id);
	else
		caller_answer(lookup->caller, 200,
			      operation_describe_to(lookup->core,
						    lookup->caller, row));
	free(lookup);
}

/* One that goes on, looked at by its id: shown as it is, or waited for. */
static void operation_look(struct operation *operation, struct caller *caller)
{
	struct core *core = operation->core;

	if (!operation_is_seen(core, caller, &operation->row))
		core_refuse_missing(caller, "operation", operation->row.id);
	else if (caller->wait > 0)
		operation_watch(operation, caller);
	else
		caller_answer(caller, 200,
			      operation_describe_to(core, caller,
						    &operation->row));
}

void operation_show(struct core *core, struct caller *caller, const char *id)
{
	struct operation *operation = operation_by_id(core, id);
	struct operation_lookup *lookup;

	if (!core_is_open(core, caller, false))
		return;
	if (operation) {
		operation_look(operation, caller);
		return;
	}
	lookup = operation_new_lookup(core, caller, id);
	store_find_operation(core->store, id, operation_found_row, lookup);
}

static void operation_nothing_to_call_off(void *arg, int error,
					  const struct operation_row *row)
{
	struct operation_lookup *lookup = arg;

	if (error && error != STORE_E_NOT_FOUND)
		core_refuse_disk(lookup->caller, error);
	else if (!row || !operation_is_seen(lookup->core, lookup->caller, row))
		core_refuse_missing(lookup->caller, "operation", lookup->id);
	else
		caller_refuse(lookup->caller, PROBLEM_OPERATION_ENDED,
			      json_put(json_make(), "operation",
				       operation_describe_to(lookup->core,
							     lookup->caller,
							     row)));
	free(lookup);
}

/* Who wished it away: on record, whatever comes of the wish. */
static void operation_note_call_off(struct operation *operation,
				    const struct policy_operator *who,
				    uid_t uid)
{
	struct record *record;
	json_t *entry = record_note(operation->core, &record, "called-off",
				    operation->row.till);

	json_put_text(entry, "operation", operation->row.id);
	json_put_text(entry, "action", operation->row.action);
	json_put_text(entry, "device", operation->row.device);
	json_put_text(entry, "operator", who->id);
	json_put_int(entry, "uid", uid);
	record_commit(record, NULL, NULL);
}

void operation_call_off(struct core *core, struct caller *caller,
			const char *id)
{
	struct operation *operation = operation_by_id(core, id);
	const struct policy_operator *who;
	const struct signon *signon;
	struct operation_lookup *lookup;
	struct fixture *fixture;

	if (!core_is_open(core, caller, false))
		return;
	if (!operation) {
		lookup = operation_new_lookup(core, caller, id);
		store_find_operation(core->store, id,
				     operation_nothing_to_call_off, lookup);
		return;
	}
	if (!operation_is_seen(core, caller, &operation->row)) {
		core_refuse_missing(caller, "operation", id);
		return;
	}
	who = signon_operator(core, caller, operation->row.till, &signon);
	if (!who || operation->row.uid != caller->peer.uid) {
		signon_refuse(core, caller);
		return;
	}
	operation_note_call_off(operation, who, caller->peer.uid);
	fixture = core_fixture_named(core, operation->row.device);
	if (fixture && device_abort(fixture->device, id))
		caller_answer(caller, 202,
			      operation_describe(core, &operation->row));
	else
		caller_refuse(caller, PROBLEM_NOT_ABORTABLE, NULL);
}
