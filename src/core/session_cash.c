/* SPDX-License-Identifier: Apache-2.0 */
/* Sums: who is told of them, what they take, and how they get on record. */
#include "core/session.h"

#include "core/action_private.h"
#include "core/record.h"
#include "core/signon.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/message.h"
#include "util/money.h"
#include "util/text.h"

#include <stdlib.h>

/* --- who is told --- */

bool session_sees_balance(const struct core *core, const struct signon *signon,
			  const struct policy_operator *who,
			  const struct policy_till *till)
{
	struct demand demand = { 0 }, missing;

	demand_add(&demand, rights_of_permission(PERMISSION_BALANCE_PREVIEW));
	return who && till &&
	       signon_decide(core, signon, who, till, &demand, &missing);
}

void session_set_figures(struct attempt *attempt, const struct shift_step *step,
			 int64_t counted)
{
	const struct book *book = book_of(attempt->core, attempt->till);
	json_t *figures = json_make();

	json_put_int(figures, "counted", counted);
	json_put_int(figures, "expected", book->balance);
	json_put_int(figures, "difference", step->difference);
	json_put(figures, "limits", session_limits(step));
	action_set_figures(attempt, figures);
}

/* --- what is asked --- */

/* What a difference would take either way. */
static void session_demand_documents(struct demand *demand)
{
	static const enum object objects[] = { OBJECT_CASH_DEPOSIT,
					       OBJECT_CASH_WITHDRAWAL };

	for (size_t i = 0; i < 2; i++) {
		demand_add(demand, rights_of_object(objects[i], RIGHT_READ));
		demand_add(demand, rights_of_object(objects[i], RIGHT_ADD));
	}
}

void session_demand(struct attempt *attempt, const struct action_by *by,
		    const struct shift_step *step, enum permission differs,
		    bool tried)
{
	const struct shift_rules rules = book_rules(by->till);
	struct demand *demand = &attempt->demand, missing;

	rights_join(&demand->all, &step->required);
	if (tried)
		demand_add(demand, rights_of_permission(differs));
	if ((!step->difference && !tried) ||
	    session_sees_balance(attempt->core, by->signon, by->who, by->till))
		return;
	/* From which side a limit was passed is not for their eyes... */
	if (shift_is_beyond(&rules, step->balance))
		demand_add(demand, rights_of_permission(
					   PERMISSION_BALANCE_EXCEED_LIMIT));
	/* ...nor whether there is too much or too little. */
	if (step->documents &&
	    !signon_decide(attempt->core, by->signon, by->who, by->till, demand,
			   &missing))
		session_demand_documents(demand);
}

/* --- the rules' faults --- */

enum problem session_shift_problem(int fault, const char *field,
				   json_t **out_extra)
{
	static const struct {
		enum problem problem;
		const char *detail;
	} faults[] = {
		[SHIFT_E_AMOUNT] = { PROBLEM_BAD_BODY,
				     "It has to be an amount in minor units, "
				     "and above zero where something moves." },
		[SHIFT_E_OVERFLOW] = { PROBLEM_BAD_BODY,
				       "The balance would become too large." },
		[SHIFT_E_WITHDRAWAL] = { PROBLEM_BAD_BODY,
					 "It is more than there is to be "
					 "taken." },
		[SHIFT_E_SESSION_OPEN] = { PROBLEM_SESSION_EXISTS, NULL },
		[SHIFT_E_SESSION_NONE] = { PROBLEM_SESSION_NEEDED, NULL },
		[SHIFT_E_DAY_NONE] = { PROBLEM_DAY_NOT_OPEN, NULL },
		[SHIFT_E_NOT_COUNTED] = { PROBLEM_NOT_COUNTED, NULL },
	};

	if (faults[fault].detail)
		*out_extra = core_fault(field, faults[fault].detail);
	return faults[fault].problem;
}

/* --- cash --- */

struct session_cash {
	const char *session; /* "" between two */
	int64_t day;
};

static void session_put_entry(struct attempt *attempt, struct record *record,
			      const struct shift_entry *made,
			      const struct session_cash *at, json_t *list)
{
	struct cash_row row = {
		.day = at->day,
		.kind = made->kind,
		.amount = made->amount,
		.declared = made->declared,
		.document = made->document,
		.at_ms = core_wall(attempt->core),
	};
	json_t *item = json_make();

	text_copy(row.till, sizeof(row.till), attempt->till);
	text_copy(row.session, sizeof(row.session), at->session);
	text_copy(row.operator, sizeof(row.operator), attempt->operator);
	text_copy(row.operation, sizeof(row.operation), attempt->op.id);
	txn_cash_add(record->txn, &row, NULL);
	json_put_text(item, "kind", cash_kind_name(made->kind));
	json_put_int(item, "amount", made->amount);
	json_put_bool(item, "document", made->document);
	json_array_append_new(list, item);
}

json_t *session_limits(const struct shift_step *step)
{
	json_t *passed = json_array();

	for (enum shift_limit limit = 0; limit < SHIFT_LIMITS; limit++)
		if (step->passes[limit])
			json_array_append_new(
				passed, json_string(shift_limit_name(limit)));
	if (json_array_size(passed))
		return passed;
	json_decref(passed);
	return NULL;
}

json_t *session_put_cash(struct attempt *attempt, struct record *record,
			 json_t *entry, const struct shift_step *step,
			 const char *session, int64_t day)
{
	const struct session_cash at = { .session = session, .day = day };
	struct book *book = book_of(attempt->core, attempt->till);
	json_t *entries = json_array(), *blind = json_make();

	txn_balance_expect(record->txn, attempt->till, book->balance);
	for (size_t i = 0; i < step->entries_count; i++)
		session_put_entry(attempt, record, &step->entries[i], &at,
				  entries);
	txn_balance_expect(record->txn, attempt->till, step->balance);
	json_put_int(blind, "expected", book->balance);
	json_put_int(blind, "difference", step->difference);
	json_put_int(blind, "balance", step->balance);
	json_put(blind, "cash", entries);
	json_put(blind, "limits", session_limits(step));
	json_put(entry, "blind", blind);
	return blind;
}

void session_apply_cash(struct book *book, const struct shift_step *step)
{
	book->balance = step->balance;
	book->used = book->used || step->entries_count;
}

void session_say(struct attempt *attempt, const struct policy_till *till,
		 const char *template, int64_t amount, const char *other)
{
	struct action_words *words = &attempt->words;
	char text[MONEY_TEXT_SIZE];

	money_format(amount, till->currency, text);
	text_copy(words->details[0], sizeof(words->details[0]), text);
	json_decref(words->what);
	words->what = message_new(template, text, other, NULL);
}
