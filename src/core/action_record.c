/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of the one path where no device is asked: what is done by its record
 * alone, in the transaction that spends the consent, and what only tells.
 */
#include "core/action_private.h"

#include "core/book.h"
#include "core/operation.h"
#include "core/record.h"
#include "core/token.h"
#include "util/json.h"
#include "util/text.h"

#include <string.h>

/* --- what is done by its record --- */

static void action_applied(void *arg, int error)
{
	struct attempt *attempt = arg;
	struct book *book = attempt->row->in_book
				    ? book_of(attempt->core, attempt->till)
				    : NULL;

	if (attempt->row->applied)
		attempt->row->applied(attempt, error);
	if (book && !error && *attempt->spent)
		book_forget_probes(book);
	action_finish(attempt); /* the operation answers */
	if (book)
		book_end(book);
}

static void action_fill_record(struct attempt *attempt,
			       const struct action_by *by,
			       struct operation_row *row)
{
	*row = (struct operation_row){ .uid = attempt->caller->peer.uid };
	random_id(attempt->core->env.random, row->id);
	memcpy(attempt->op.id, row->id, sizeof(row->id));
	text_copy(row->till, sizeof(row->till), attempt->till);
	text_copy(row->key, sizeof(row->key), attempt->key);
	text_copy(row->action, sizeof(row->action), attempt->row->name);
	if (by->who)
		text_copy(row->operator, sizeof(row->operator), by->who->id);
	memcpy(row->body, attempt->body, HASH_SIZE);
	row->created_ms = core_wall(attempt->core);
	row->op = json_make(); /* nothing that would have to be taken up */
}

void action_record(struct attempt *attempt, const struct action_by *by,
		   const struct action_consent *consent)
{
	struct operation_grounds grounds = action_grounds(attempt, by, consent);
	struct record *record = record_new(attempt->core);
	json_t *entry = record_entry(record, attempt->row->name, attempt->till);
	struct operation_row row;

	book_begin(attempt->core, attempt);
	action_fill_record(attempt, by, &row);
	operation_put_grounds(entry, &row, &grounds);
	token_put_spent(attempt->core, record->txn, consent->id);
	txn_operation_begin(record->txn, &row);
	row.result = attempt->row->apply(attempt, by, record, entry);
	if (consent->id && attempt->row->in_book) {
		text_copy(attempt->spent, sizeof(attempt->spent), consent->id);
		book_put_no_probes(record->txn,
				   book_of(attempt->core, attempt->till));
	}
	txn_operation_end(record->txn, row.id, OUTCOME_OK, "", row.result);
	operation_record(attempt->core, attempt->caller, &row,
			 grounds.authorization, record, action_applied,
			 attempt);
	json_decref(row.op);
	json_decref(row.result);
}

/* --- what only tells --- */

static void action_tell(struct attempt *attempt, const struct action_by *by)
{
	if (attempt->row->tell) {
		attempt->row->tell(attempt);
		return;
	}
	caller_answer(attempt->caller, 200,
		      attempt->row->apply(attempt, by, NULL, NULL));
	action_finish(attempt);
}

static void action_told(void *arg, int error)
{
	struct attempt *attempt = arg;
	struct action_by by = { .till = policy_till(attempt->core->policy,
						    attempt->till) };

	authorization_spent(attempt->core, attempt->spent, error);
	if (!error && by.till) {
		action_tell(attempt, &by);
		return;
	}
	if (error)
		core_refuse_disk(attempt->caller, error);
	else
		core_refuse_missing(attempt->caller, "till", attempt->till);
	action_finish(attempt);
}

/* By right it is told and forgotten; a consent is spent on record. */
void action_read(struct attempt *attempt, const struct action_by *by,
		 const struct action_consent *consent)
{
	struct record *record;
	json_t *entry;

	if (!consent->id) {
		action_tell(attempt, by);
		return;
	}
	entry = record_note(attempt->core, &record, attempt->row->name,
			    attempt->till);
	action_put_grounds(attempt, by, consent, record, entry);
	json_put_text(entry, "session", *attempt->of ? attempt->of : NULL);
	record_commit(record, action_told, attempt);
}
