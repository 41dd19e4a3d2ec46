/* SPDX-License-Identifier: Apache-2.0 */
#include "core/operation_private.h"

#include "core/authorization.h"
#include "core/prompt.h"
#include "core/receipt.h"
#include "core/record.h"
#include "core/takings.h"
#include "core/token.h"
#include "core/witness.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"
#include "util/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long an accepted operation may wait for its turn at the device. */
#define OPERATION_QUEUE_MS 10000
/* Between tries to write an outcome to a disk that failed. */
#define OPERATION_RETRY_MS 1000

LIST_HEAD(operation_list, operation);

/* An outcome that stayed unknown. */
struct operation_hold {
	LIST_ENTRY(operation_hold) entry;
	char id[OP_ID_SIZE];
	char till[POLICY_ID_MAX + 1];
	char device[DEVICE_NAME_MAX + 1];
};

LIST_HEAD(operation_holds, operation_hold);

struct operations {
	struct operation_list list;
	struct operation_holds holds;
};

struct operations *operations_new(void)
{
	struct operations *operations = ALLOC_NEW(struct operations);

	LIST_INIT(&operations->list);
	LIST_INIT(&operations->holds);
	return operations;
}

/* --- coming and going --- */

void operation_free(struct operation *operation)
{
	LIST_REMOVE(operation, entry);
	if (operation->turn.waiting)
		book_leave(book_of(operation->core, operation->row.till),
			   &operation->turn);
	timer_free(operation->retry);
	operation_row_clear(&operation->row);
	op_clear(&operation->op);
	json_decref(operation->saving);
	free(operation);
}

struct operations *operations_free(struct operations *operations)
{
	struct operation_hold *hold;
	struct operation *operation;

	while (operations && (operation = LIST_FIRST(&operations->list))) {
		operation_answer_all(operation); /* 202: still open */
		operation_free(operation);
	}
	while (operations && (hold = LIST_FIRST(&operations->holds))) {
		LIST_REMOVE(hold, entry);
		free(hold);
	}
	free(operations);
	return NULL;
}

/* --- finding --- */

struct operation *operation_by_key(struct core *core, const char *till,
				   uid_t uid, const char *key)
{
	struct operation *operation;

	LIST_FOREACH(operation, &core->operations->list, entry)
	if (operation->row.uid == uid && !strcmp(operation->row.till, till) &&
	    !strcmp(operation->row.key, key))
		return operation;
	return NULL;
}

struct operation *operation_by_id(struct core *core, const char *id)
{
	struct operation *operation;

	LIST_FOREACH(operation, &core->operations->list, entry)
	if (!strcmp(operation->row.id, id))
		return operation;
	return NULL;
}

bool operation_row_is_for(const struct operation_row *row, const char *action,
			  const uint8_t body[HASH_SIZE])
{
	static const uint8_t lost[HASH_SIZE];

	return !memcmp(row->body, body, HASH_SIZE) ||
	       (!memcmp(row->body, lost, HASH_SIZE) &&
		!strcmp(row->action, action));
}

bool operation_is_for(const struct operation *operation, const char *action,
		      const uint8_t body[HASH_SIZE])
{
	return operation_row_is_for(&operation->row, action, body);
}

static bool operation_is_moneys(const struct device *device)
{
	return device_driver(device)->class == DEVICE_TERMINAL;
}

/* Not known yet or, of money, never to be known by itself. */
static bool operation_is_in_doubt(const struct operation *operation,
				  bool moneys)
{
	return operation->doubtful ||
	       (moneys && operation->ended &&
		operation->row.outcome == OUTCOME_UNKNOWN);
}

bool operation_holds(struct core *core, const struct device *device,
		     char out_id[OP_ID_SIZE])
{
	const struct operation *operation;
	const struct operation_hold *hold;
	bool moneys = operation_is_moneys(device);
	const char *id = NULL;

	LIST_FOREACH(operation, &core->operations->list, entry)
	if (operation_is_in_doubt(operation, moneys) &&
	    !strcmp(operation->row.device, device_name(device)))
		id = operation->row.id;
	LIST_FOREACH(hold, &core->operations->holds, entry)
	if (moneys && !strcmp(hold->device, device_name(device)))
		id = hold->id;
	if (id && out_id)
		text_copy(out_id, OP_ID_SIZE, id);
	return id;
}

/* What is done by its record alone is waited for in the till's book. */
bool operation_is_open_at(struct core *core, const char *till)
{
	const struct operation *operation;
	const struct operation_hold *hold;

	LIST_FOREACH(operation, &core->operations->list, entry)
	if (*operation->row.device && !strcmp(operation->row.till, till))
		return true;
	LIST_FOREACH(hold, &core->operations->holds, entry)
	if (!strcmp(hold->till, till))
		return true;
	return false;
}

void operation_hold(struct core *core, const struct operation_row *row)
{
	struct operation_hold *hold = ALLOC_NEW(struct operation_hold);

	text_copy(hold->id, sizeof(hold->id), row->id);
	text_copy(hold->till, sizeof(hold->till), row->till);
	text_copy(hold->device, sizeof(hold->device), row->device);
	LIST_INSERT_HEAD(&core->operations->holds, hold, entry);
}

void operations_each(struct core *core,
		     void (*each)(void *arg, const struct operation_row *row,
				  bool unknown),
		     void *arg)
{
	const struct operation *operation;
	const struct operation_hold *hold;

	LIST_FOREACH(operation, &core->operations->list, entry)
	if (operation->written)
		each(arg, &operation->row, false);
	LIST_FOREACH(hold, &core->operations->holds, entry)
	{
		struct operation_row row = { 0 };

		memcpy(row.id, hold->id, sizeof(row.id));
		memcpy(row.till, hold->till, sizeof(row.till));
		text_copy(row.device, sizeof(row.device), hold->device);
		each(arg, &row, true);
	}
}

void operation_release(struct core *core, const char *id)
{
	struct operation_hold *hold;

	LIST_FOREACH(hold, &core->operations->holds, entry)
	{
		if (strcmp(hold->id, id) != 0)
			continue;
		LIST_REMOVE(hold, entry);
		free(hold);
		return;
	}
}

static struct device_user operation_user(struct operation *operation);

void operations_adopt(struct core *core, struct device *device)
{
	struct operation *operation;

	LIST_FOREACH(operation, &core->operations->list, entry)
	{
		struct device_user user = operation_user(operation);

		if (operation->orphan &&
		    !strcmp(operation->row.device, device_name(device))) {
			operation->orphan = false;
			device_recover(device, &operation->op,
				       operation->row.evidence, &user);
		}
	}
}

size_t operations_moving(const struct core *core)
{
	const struct operation *operation;
	size_t count = 0;

	/* One whose line is lost is for recovery, at the next start too. */
	LIST_FOREACH(operation, &core->operations->list, entry)
	count += operation->written && !operation->doubtful;
	return count;
}

/* --- what the device says --- */

static void operation_publish(struct operation *operation, const char *type,
			      json_t *event)
{
	json_put_text(event, "operation", operation->row.id);
	json_put_text(event, "action", operation->row.action);
	json_put_text(event, "device", operation->row.device);
	events_publish(operation->core, type, operation->row.till, event);
}

/* What an answer to save() has to find its way back by. */
struct operation_save {
	struct core *core;
	char id[OP_ID_SIZE];
	char device[DEVICE_NAME_MAX + 1];
};

static void operation_saved(void *arg, int error)
{
	struct operation_save *save = arg;
	struct fixture *fixture = core_fixture_named(save->core, save->device);

	if (fixture)
		device_saved(fixture->device, save->id,
			     error < 0	 ? error
			     : error > 0 ? -EIO
					 : 0);
	free(save);
}

static void operation_save(void *arg, const json_t *evidence)
{
	struct operation *operation = arg;
	struct record *record = record_new(operation->core);
	struct operation_save *save = ALLOC_NEW(struct operation_save);
	json_t *entry = record_entry(record, "evidence", operation->row.till);

	json_decref(operation->row.evidence);
	operation->row.evidence = json_deep_copy(evidence);
	save->core = operation->core;
	memcpy(save->id, operation->row.id, sizeof(save->id));
	snprintf(save->device, sizeof(save->device), "%.*s", DEVICE_NAME_MAX,
		 operation->row.device);
	json_put_text(entry, "operation", operation->row.id);
	json_put(entry, "evidence", json_deep_copy(evidence));
	txn_owed(record->txn);
	txn_operation_save(record->txn, operation->row.id, evidence);
	record_commit(record, operation_saved, save);
}

static void operation_committed(void *arg)
{
	struct operation *operation = arg;
	struct fixture *fixture =
		core_fixture_named(operation->core, operation->row.device);

	operation->committed = true;
	if (fixture && fixture->witness &&
	    (operation->op.kind == OP_REPORT_Z ||
	     operation->op.kind == OP_DRAWER_OPEN))
		witness_expect(fixture->witness);
}

static void operation_progress(void *arg, const json_t *progress)
{
	struct operation *operation = arg;
	json_t *event = json_deep_copy(progress);

	if (json_flag(event, "display"))
		prompt_tell_meanwhile(operation->core, operation->row.till,
				      json_text(event, "text"));
	json_object_del(event, "display");
	operation_publish(operation, "operation.progress", event);
}

/* The display is the app's again. */
static void operation_end_progress(struct operation *operation)
{
	const struct fixture *fixture =
		core_fixture_named(operation->core, operation->row.device);

	if (fixture && operation_is_moneys(fixture->device))
		prompt_tell_meanwhile(operation->core, operation->row.till,
				      NULL);
}

static void operation_doubtful(void *arg, enum reason reason)
{
	struct operation *operation = arg;
	json_t *event = json_make();

	operation->doubtful = true;
	operation_end_progress(operation);
	json_put_text(event, "reason", reason_name(reason));
	json_put_text(event, "sentence", reason_sentence(reason));
	operation_publish(operation, "operation.doubtful", event);
	core_check_stopped(operation->core);
}

static void operation_end(void *arg);

/* --- the book of the till --- */

static bool operation_has_takings(const struct operation *operation,
				  struct takings *out_takings)
{
	enum cash_kind kind;
	int64_t amount;

	return operation->row.outcome == OUTCOME_OK &&
	       takings_get(operation->row.op, out_takings) &&
	       takings_movement(out_takings, &kind, &amount);
}

static void operation_turned(void *arg)
{
	struct operation *operation = arg;

	operation->turned = true;
	operation_end(operation);
}

/* True if it can be written now; else it is called again. */
static bool operation_enter_book(struct operation *operation)
{
	struct takings takings;

	if (operation->turned || !operation_has_takings(operation, &takings))
		return true;
	operation->turn.go = operation_turned;
	operation->turn.arg = operation;
	operation->turned =
		book_take(book_of(operation->core, operation->row.till),
			  &operation->turn);
	return operation->turned;
}

static void operation_put_takings(struct operation *operation,
				  struct record *record, json_t *entry)
{
	const struct takings_of of = { .till = operation->row.till,
				       .operation = operation->row.id,
				       .operator= operation->row.operator, };
	struct takings takings;

	if (operation_has_takings(operation, &takings))
		operation->balance = takings_record(operation->core, &takings,
						    &of, record, entry);
}

static void operation_leave_book(struct operation *operation, int error)
{
	struct book *book = book_of(operation->core, operation->row.till);

	if (!operation->turned)
		return;
	operation->turned = false;
	if (!error)
		book_follow(book, operation->balance);
	book_end(book);
}

bool operation_sells_at(struct core *core, const char *till,
			char out_id[OP_ID_SIZE])
{
	const struct operation *operation;
	struct takings takings;

	LIST_FOREACH(operation, &core->operations->list, entry)
	if (!strcmp(operation->row.till, till) &&
	    takings_get(operation->row.op, &takings)) {
		text_copy(out_id, OP_ID_SIZE, operation->row.id);
		return true;
	}
	return false;
}

static void operation_ended(void *arg, int error)
{
	struct operation *operation = arg;
	struct core *core = operation->core;

	operation_leave_book(operation, error);
	if (error && error != STORE_E_NOT_FOUND) {
		/* It happened; the record of it is owed until it is written. */
		timer_set(operation->retry, OPERATION_RETRY_MS);
		return;
	}
	/* Told only now: what is not on disk may still become something else. */
	operation->row.open = false;
	if (operation->row.outcome == OUTCOME_UNKNOWN)
		operation_hold(core, &operation->row);
	operation_answer_all(operation);
	operation_free(operation);
	core_check_stopped(core);
}

/* What somebody has to look at: another payment was cancelled than the one
 * meant, or it had been cancelled before, and nobody knew. */
static void operation_alarm(const struct operation *operation,
			    struct record *record)
{
	const struct operation_row *row = &operation->row;
	bool wrong =
		!strcmp(row->reason, reason_name(REASON_WRONG_TRANSACTION));
	bool before = json_flag(row->result, "reversed_before");
	json_t *entry;

	if (!wrong && !before)
		return;
	log_error("%s: operation %s: %s", row->device, row->id,
		  wrong ? reason_sentence(REASON_WRONG_TRANSACTION)
			: reason_sentence(REASON_ALREADY_REVERSED));
	entry = record_entry(record, "terminal.alarm", row->till);
	json_put_text(entry, "operation", row->id);
	json_put_text(entry, "device", row->device);
	json_put_text(entry, "operator", *row->operator ? row->operator : NULL);
	json_put_text(entry, "payment", *row->of ? row->of : NULL);
	json_put_text(entry, "reason",
		      reason_name(wrong ? REASON_WRONG_TRANSACTION
					: REASON_ALREADY_REVERSED));
}

static void operation_end(void *arg)
{
	struct operation *operation = arg;
	struct operation_row *row = &operation->row;
	struct record *record;
	json_t *entry;

	if (!operation_enter_book(operation))
		return;
	record = record_new(operation->core);
	entry = record_entry(record, "outcome", row->till);
	json_put_text(entry, "operation", row->id);
	json_put_text(entry, "action", row->action);
	json_put_text(entry, "device", row->device);
	json_put_text(entry, "operator", *row->operator ? row->operator : NULL);
	json_put_text(entry, "event", *row->event ? row->event : NULL);
	json_put_text(entry, "outcome", outcome_name(row->outcome));
	json_put_text(entry, "reason", *row->reason ? row->reason : NULL);
	if (row->result)
		json_put(entry, "result", json_deep_copy(row->result));
	if (operation->doubtful)
		json_put_bool(entry, "recovered", true);
	operation_alarm(operation, record);
	txn_owed(record->txn);
	txn_operation_end(record->txn, row->id, row->outcome, row->reason,
			  row->result);
	operation_put_takings(operation, record, entry);
	record_commit(record, operation_ended, operation);
}

static void operation_done(void *arg, enum outcome outcome, enum reason reason,
			   const json_t *result)
{
	struct operation *operation = arg;
	struct operation_row *row = &operation->row;

	operation_end_progress(operation);
	row->outcome = outcome;
	if (reason != REASON_NONE)
		text_copy(row->reason, sizeof(row->reason),
			  reason_name(reason));
	row->result = result ? json_deep_copy(result) : NULL;
	if (row->result && operation->op.kind == OP_FISCAL_READ)
		fiscal_compare_clock(row->result, core_wall(operation->core));
	row->ended_ms = core_wall(operation->core);
	operation->ended = true;
	operation_end(operation);
}

static struct device_user operation_user(struct operation *operation)
{
	return (struct device_user){
		.save = operation_save,
		.committed = operation_committed,
		.progress = operation_progress,
		.doubtful = operation_doubtful,
		.done = operation_done,
		.arg = operation,
	};
}

/* --- beginning --- */

struct operation *operation_new(struct core *core,
				const struct operation_row *row)
{
	struct operation *operation = ALLOC_NEW(struct operation);

	operation->core = core;
	operation->row = *row;
	operation->row.op = json_deep_copy(row->op);
	operation->row.evidence =
		row->evidence ? json_deep_copy(row->evidence) : NULL;
	operation->row.result = NULL;
	operation->row.open = true;
	LIST_INIT(&operation->waiters);
	operation->retry =
		timer_new(core->env.timers, operation_end, operation);
	LIST_INSERT_HEAD(&core->operations->list, operation, entry);
	return operation;
}

static void operation_begun(void *arg, int error)
{
	struct operation *operation = arg;
	struct core *core = operation->core;
	struct fixture *fixture =
		core_fixture_named(core, operation->row.device);
	struct device_user user = operation_user(operation);

	authorization_spent(core, operation->authorization, error);
	if (error) {
		operation_refuse_all(operation, error);
		operation_free(operation);
		core_check_stopped(core);
		return;
	}
	operation->written = true;
	operation_answer_due(operation);
	if (core->stopping)
		operation_done(operation, OUTCOME_FAILED, REASON_STOPPING,
			       NULL);
	else if (fixture)
		device_start(fixture->device, &operation->op,
			     OPERATION_QUEUE_MS, &user);
	else
		operation_done(operation, OUTCOME_FAILED, REASON_PORT_MISSING,
			       NULL);
}

void operation_put_who(json_t *entry, const char *operator, uid_t uid,
		       const struct operation_grounds *grounds)
{
	json_put_text(entry, "operator", *operator ? operator : NULL);
	json_put_int(entry, "uid", uid);
	json_put_text(entry, "signon", grounds->signon);
	json_put_text(entry, "authorization", grounds->authorization);
	json_put_text(entry, "approver", grounds->approver);
	json_put_text(entry, "how", grounds->how);
	json_put_text(entry, "reason", grounds->reason);
	json_put_text(entry, "session", grounds->session);
	json_put_text(entry, "session_owner", grounds->session_owner);
}

void operation_put_grounds(json_t *entry, const struct operation_row *row,
			   const struct operation_grounds *grounds)
{
	char body[HASH_TEXT_SIZE];

	hash_to_hex(row->body, HASH_SIZE, body);
	json_put_text(entry, "operation", row->id);
	json_put_text(entry, "key", row->key);
	json_put_text(entry, "body", body);
	json_put_text(entry, "event", *row->event ? row->event : NULL);
	operation_put_who(entry, row->operator, row->uid, grounds);
}

/* Who, what, where and on whose permission: all of it before the first byte. */
static void operation_write_intent(struct operation *operation,
				   struct record *record,
				   const struct operation_grounds *grounds)
{
	const struct operation_row *row = &operation->row;
	json_t *entry = record_entry(record, "intent", row->till);

	operation_put_grounds(entry, row, grounds);
	json_put_text(entry, "action", row->action);
	json_put_text(entry, "device", row->device);
	json_put_text(entry, "payment", *row->of ? row->of : NULL);
	json_put(entry, "parameters", json_deep_copy(row->op));
	token_put_spent(operation->core, record->txn, grounds->authorization);
	txn_operation_begin(record->txn, row);
}

void operation_begin(struct core *core, struct caller *caller,
		     const struct operation_row *row,
		     const struct operation_grounds *grounds)
{
	struct operation *operation = operation_new(core, row);
	struct record *record = record_new(core);

	random_id(core->env.random, operation->row.id);
	op_from_json(row->op, &operation->op);
	memcpy(operation->op.id, operation->row.id, OP_ID_SIZE);
	json_put_text(operation->row.op, "id", operation->row.id);
	operation->row.created_ms = core_wall(core);
	if (grounds->authorization)
		text_copy(operation->authorization,
			  sizeof(operation->authorization),
			  grounds->authorization);
	operation_join(operation, caller);
	operation_write_intent(operation, record, grounds);
	record_commit(record, operation_begun, operation);
}

void operation_resume(struct core *core, const struct operation_row *row)
{
	struct operation *operation = operation_new(core, row);
	struct fixture *fixture = core_fixture_named(core, row->device);
	struct device_user user = operation_user(operation);

	operation->written = true;
	operation->committed = true; /* it may have been */
	operation->doubtful = true;
	if (!op_from_json(row->op, &operation->op)) {
		log_error("operation %s can't be read back; its outcome stays "
			  "open",
			  row->id);
		return;
	}
	memcpy(operation->op.id, row->id, OP_ID_SIZE);
	log_info("operation %s (%s) was open when the daemon ended; asking %s",
		 row->id, row->action, row->device);
	operation->orphan = !fixture;
	if (fixture)
		device_recover(fixture->device, &operation->op,
			       operation->row.evidence, &user);
	else
		log_warning("there is no device %s any more; the outcome of "
			    "operation %s stays open",
			    row->device, row->id);
}
