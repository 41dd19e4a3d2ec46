/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An outcome that no device could tell, settled by a person: on record, with
 * the reason given, and never the other way round afterwards.
 */
#include "core/action_private.h"

#include "core/operation.h"
#include "core/record.h"
#include "core/takings.h"
#include "util/json.h"

static void action_settled_shown(void *arg, int error,
				 const struct operation_row *row)
{
	struct attempt *attempt = arg;

	if (row)
		caller_answer(attempt->caller, 200,
			      operation_describe(attempt->core, row));
	else
		core_refuse_disk(attempt->caller, error);
	action_finish(attempt);
}

static void action_settled(void *arg, int error)
{
	struct attempt *attempt = arg;

	struct book *book = book_of(attempt->core, attempt->till);

	authorization_spent(attempt->core, attempt->spent, error);
	if (!error)
		book_follow(book, attempt->balance);
	book_end(book);
	if (error == STORE_E_NOT_FOUND) {
		action_refuse(attempt, PROBLEM_OPERATION_ENDED, NULL);
	} else if (error) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
	} else {
		operation_release(attempt->core, attempt->of);
		store_find_operation(attempt->core->store, attempt->of,
				     action_settled_shown, attempt);
	}
}

/* What happened after all has brought its cash, too; as far as a person knows,
 * not as far as it was witnessed. */
static void action_put_takings(struct attempt *attempt, enum outcome outcome,
			       struct record *record, json_t *entry)
{
	const struct takings_of of = {
		.till = attempt->till,
		.operation = attempt->of,
		.operator= json_text(attempt->found, "operator"),
		.declared = true,
	};
	struct takings takings;

	attempt->balance = book_of(attempt->core, attempt->till)->balance;
	if (outcome == OUTCOME_OK &&
	    takings_get(json_object_get(attempt->found, "op"), &takings))
		attempt->balance = takings_record(attempt->core, &takings, &of,
						  record, entry);
}

void action_settle(struct attempt *attempt, const struct action_by *by,
		   const struct action_consent *consent)
{
	const char *word = json_text(attempt->params, "outcome");
	enum outcome outcome = OUTCOME_UNKNOWN;
	struct record *record;
	json_t *entry;

	if (!operation_give_up(attempt->core, attempt->of)) {
		action_refuse(attempt, PROBLEM_OPERATION_OPEN, NULL);
		return;
	}
	record = record_new(attempt->core);
	entry = record_entry(record, "settled", attempt->till);
	outcome_from_name(word, &outcome);
	json_put_text(entry, "operation", attempt->of);
	json_put_text(entry, "device", attempt->device);
	json_put_text(entry, "outcome", word);
	action_put_grounds(attempt, by, consent, record, entry);
	txn_operation_settle(record->txn, attempt->of, outcome);
	book_begin(attempt->core, attempt);
	action_put_takings(attempt, outcome, record, entry);
	record_commit(record, action_settled, attempt);
}
