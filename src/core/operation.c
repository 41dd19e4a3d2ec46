/* SPDX-License-Identifier: Apache-2.0 */
#include "core/operation_private.h"

#include "core/authorization.h"
#include "core/record.h"
#include "core/service.h"
#include "core/takings.h"
#include "core/token.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* How long an accepted operation may wait for its turn at the device. */
#define OPERATION_QUEUE_MS 10000

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

bool operation_is_moneys(const struct device *device)
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

enum problem operation_rest_problem(struct core *core,
				    const struct device *device,
				    char out_id[OP_ID_SIZE])
{
	const struct operation *operation;
	const struct operation_hold *hold;

	LIST_FOREACH(operation, &core->operations->list, entry)
	if (!strcmp(operation->row.device, device_name(device))) {
		text_copy(out_id, OP_ID_SIZE, operation->row.id);
		return operation->doubtful ? PROBLEM_OUTCOME_OPEN
					   : PROBLEM_DEVICE_BUSY;
	}
	LIST_FOREACH(hold, &core->operations->holds, entry)
	if (!strcmp(hold->device, device_name(device))) {
		text_copy(out_id, OP_ID_SIZE, hold->id);
		return PROBLEM_OUTCOME_OPEN;
	}
	return PROBLEMS;
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

/* Its outcome is in the balance, or brings nothing into it. */
static bool operation_is_booked(const struct operation *operation)
{
	return operation->booked ||
	       (operation->ended && operation->row.outcome != OUTCOME_OK);
}

int64_t operation_cash_under_way(struct core *core, const char *till, bool out)
{
	const struct operation *operation;
	struct takings takings;
	int64_t sum = 0;

	LIST_FOREACH(operation, &core->operations->list, entry)
	if (!strcmp(operation->row.till, till) &&
	    !operation_is_booked(operation) &&
	    takings_get(operation->row.op, &takings) &&
	    (takings.cash < 0) == out)
		sum += takings.cash;
	return sum;
}

/* --- one whose device does not come back --- */

void operation_doubt(struct operation *operation)
{
	operation->doubtful = true;
	operation->doubtful_since = core_now(operation->core);
}

/* A device that is there finds out by itself. */
static bool operation_is_left_alone(const struct operation *operation)
{
	const struct fixture *fixture =
		core_fixture_named(operation->core, operation->row.device);
	enum device_state state =
		fixture ? device_state(fixture->device) : DEVICE_ABSENT;

	return operation->doubtful && !operation->ended &&
	       state != DEVICE_READY && state != DEVICE_BUSY;
}

bool operation_is_lost(struct core *core, const char *id, int64_t *out_left_ms)
{
	const struct operation *operation = operation_by_id(core, id);
	int64_t gone;

	if (!operation || !operation_is_left_alone(operation))
		return false;
	gone = core_now(core) - operation->doubtful_since;
	*out_left_ms = gone < OPERATION_LOST_MS ? OPERATION_LOST_MS - gone : 0;
	return true;
}

bool operation_give_up(struct core *core, const char *id)
{
	struct operation *operation = operation_by_id(core, id);
	struct fixture *fixture;
	int64_t left;

	if (!operation)
		return true;
	if (!operation_is_lost(core, id, &left) || left)
		return false;
	fixture = core_fixture_named(core, operation->row.device);
	if (fixture && !device_forget(fixture->device, id))
		return false;
	operation_done(operation, OUTCOME_UNKNOWN, REASON_NO_ANSWER, NULL);
	return true;
}

bool operation_is_reporting(struct core *core, const struct device *device)
{
	const struct operation *operation;

	LIST_FOREACH(operation, &core->operations->list, entry)
	if (operation->op.kind == OP_REPORT_Z && !operation->ended &&
	    !strcmp(operation->row.device, device_name(device)))
		return true;
	return false;
}

bool operation_is_of_group(struct core *core, const struct device *device,
			   const char *till)
{
	const struct operation *operation;

	LIST_FOREACH(operation, &core->operations->list, entry)
	if (!operation->doubtful &&
	    !strcmp(operation->row.device, device_name(device)) &&
	    strcmp(operation->row.till, till) != 0 &&
	    action_is_of_group(operation->row.action))
		return true;
	return false;
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
	if (service_is_action(operation->row.action))
		service_began(core, operation->row.device);
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
		     const struct operation_row *row, const struct op *op,
		     const struct operation_grounds *grounds)
{
	struct operation *operation = operation_new(core, row);
	struct record *record = record_new(core);

	random_id(core->env.random, operation->row.id);
	operation->op = op_copy(op);
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
	operation_doubt(operation);
	if (!op_from_json(row->op, &operation->op)) {
		log_line_about(
			LOG_LEVEL_ERROR,
			LOG_OF(.device = row->device, .till = row->till,
			       .operation = row->id),
			"operation %s can't be read back; its outcome stays "
			"open",
			row->id);
		return;
	}
	memcpy(operation->op.id, row->id, OP_ID_SIZE);
	log_line_about(
		LOG_LEVEL_INFO,
		LOG_OF(.device = row->device, .till = row->till,
		       .operation = row->id),
		"operation %s (%s) was open when the daemon ended; asking %s",
		row->id, row->action, row->device);
	operation->orphan = !fixture;
	if (fixture)
		device_recover(fixture->device, &operation->op,
			       operation->row.evidence, &user);
	else
		log_line_about(LOG_LEVEL_WARNING,
			       LOG_OF(.device = row->device, .till = row->till,
				      .operation = row->id),
			       "there is no device %s any more; the outcome of "
			       "operation %s stays open until somebody "
			       "settles it",
			       row->device, row->id);
}
