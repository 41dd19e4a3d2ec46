/* SPDX-License-Identifier: Apache-2.0 */
/* What the device says of an operation, until its outcome is on disk. */
#include "core/operation_private.h"

#include "core/prompt.h"
#include "core/receipt.h"
#include "core/record.h"
#include "core/service.h"
#include "core/sums.h"
#include "core/takings.h"
#include "core/witness.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/log.h"
#include "util/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between tries to write an outcome to a disk that failed. */
#define OPERATION_RETRY_MS 1000

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
	sums_enter(entry, "evidence", evidence);
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
	if (fixture && fixture->witness && operation->op.kind == OP_DRAWER_OPEN)
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

	if (service_is_action(operation->row.action))
		service_ended(operation->core, operation->row.device);
	else if (fixture && operation_is_moneys(fixture->device))
		prompt_tell_meanwhile(operation->core, operation->row.till,
				      NULL);
}

static void operation_doubtful(void *arg, enum reason reason)
{
	struct operation *operation = arg;
	json_t *event = json_make();

	operation_doubt(operation);
	operation_end_progress(operation);
	json_put_text(event, "reason", reason_name(reason));
	json_put_text(event, "sentence", reason_sentence(reason));
	operation_publish(operation, "operation.doubtful", event);
	core_check_stopped(operation->core);
}

/* --- what it brought, in the book of the till --- */

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
	const struct takings_of of = {
		.operator= operation->row.operator,
		.till = operation->row.till,
		.operation = operation->row.id,
		.consented = *operation->authorization,
	};
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
	if (!error) {
		book_follow(book, operation->balance);
		operation->booked = true;
	}
	book_end(book);
}

/* --- the outcome, on disk before anybody is told --- */

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
	log_line_about(LOG_LEVEL_ERROR,
		       LOG_OF(.device = row->device, .till = row->till,
			      .operation = row->id, .event = "terminal.alarm"),
		       "%s: operation %s: %s", row->device, row->id,
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

static void operation_tell_witness(struct operation *operation)
{
	struct fixture *fixture =
		core_fixture_named(operation->core, operation->row.device);

	if (fixture && fixture->witness && operation->op.kind == OP_REPORT_Z)
		witness_report(operation->core, fixture, &operation->row,
			       &operation->told);
}

void operation_end(void *arg)
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
	if (operation->doubtful)
		json_put_bool(entry, "recovered", true);
	operation_alarm(operation, record);
	txn_owed(record->txn);
	txn_operation_end(record->txn, row->id, row->outcome, row->reason,
			  row->result);
	operation_put_takings(operation, record, entry);
	witness_put(&operation->told, row, record);
	if (row->result)
		sums_enter(entry, "result", row->result);
	record_commit(record, operation_ended, operation);
}

void operation_done(void *arg, enum outcome outcome, enum reason reason,
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
	operation_tell_witness(operation);
	operation_end(operation);
}

struct device_user operation_user(struct operation *operation)
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
