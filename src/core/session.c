/* SPDX-License-Identifier: Apache-2.0 */
/* Who may use a session; and opening one. */
#include "core/session.h"

#include "core/action_private.h"
#include "core/operation.h"
#include "core/record.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/money.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* --- using one --- */

static json_t *session_extra(struct core *core, const struct book *book)
{
	json_t *extra = json_make();

	return json_put(extra, "session",
			book_describe_session(core, &book->session));
}

static bool session_is_foreign(const struct book *book,
			       const struct policy_operator *who)
{
	return strcmp(book->session.owner, who->id) != 0;
}

enum problem session_problem(struct core *core, const struct action_by *by,
			     const struct book *book, enum session_use use,
			     json_t **out_extra)
{
	enum problem why = PROBLEMS;

	if (!book_has_session(book))
		return PROBLEM_SESSION_NEEDED;
	if (session_is_foreign(book, by->who) && policy_is_bound(by->who) &&
	    by->who->no_foreign_session)
		why = PROBLEM_SESSION_FOREIGN;
	else if (book->session.locked)
		why = PROBLEM_SESSION_LOCKED;
	else if (use == SESSION_USE_SALES &&
		 book->session.state != SESSION_OPEN)
		why = PROBLEM_SESSION_CLOSING;
	if (why != PROBLEMS)
		*out_extra = session_extra(core, book);
	return why;
}

void session_put_use(json_t *entry, const struct book *book,
		     const char *operator)
{
	if (!book_has_session(book))
		return;
	json_put_text(entry, "session", book->session.id);
	if (strcmp(book->session.owner, operator) != 0)
		json_put_text(entry, "session_owner", book->session.owner);
}

void session_put_grounds(struct operation_grounds *grounds,
			 const struct book *book,
			 const struct policy_operator *who)
{
	if (!book_has_session(book))
		return;
	grounds->session = book->session.id;
	if (session_is_foreign(book, who))
		grounds->session_owner = book->session.owner;
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
				     "has to be an amount in minor units, and "
				     "above zero where something moves" },
		[SHIFT_E_OVERFLOW] = { PROBLEM_BAD_BODY,
				       "the balance would become too large" },
		[SHIFT_E_WITHDRAWAL] = { PROBLEM_BAD_BODY,
					 "more than there is to be taken" },
		[SHIFT_E_SESSION_OPEN] = { PROBLEM_SESSION_EXISTS, NULL },
		[SHIFT_E_SESSION_NONE] = { PROBLEM_SESSION_NEEDED, NULL },
		[SHIFT_E_DAY_NONE] = { PROBLEM_DAY_NOT_OPEN, NULL },
		[SHIFT_E_NOT_COUNTED] = { PROBLEM_NOT_COUNTED, NULL },
	};

	if (faults[fault].detail) {
		*out_extra = json_put_text(json_make(), "field", field);
		json_put_text(*out_extra, "detail", faults[fault].detail);
	}
	return faults[fault].problem;
}

/* --- cash --- */

static void session_put_entry(struct attempt *attempt, struct record *record,
			      const struct shift_entry *made,
			      const struct session_row *session, json_t *list)
{
	struct cash_row row = {
		.day = session->day,
		.kind = made->kind,
		.amount = made->amount,
		.declared = made->declared,
		.document = made->document,
		.at_ms = core_wall(attempt->core),
	};
	json_t *item = json_make();

	text_copy(row.till, sizeof(row.till), attempt->till);
	text_copy(row.session, sizeof(row.session), session->id);
	text_copy(row.operator, sizeof(row.operator), attempt->operator);
	text_copy(row.operation, sizeof(row.operation), attempt->op.id);
	txn_cash_add(record->txn, &row, NULL);
	json_put_text(item, "kind", cash_kind_name(made->kind));
	json_put_int(item, "amount", made->amount);
	json_put_bool(item, "document", made->document);
	json_array_append_new(list, item);
}

/* What was not there, or too much, is not for everybody's eyes. */
static json_t *session_blind(const struct book *book,
			     const struct shift_step *step, json_t *entries)
{
	json_t *blind = json_make();

	json_put_int(blind, "expected", book->balance);
	json_put_int(blind, "difference", step->difference);
	json_put_int(blind, "balance", step->balance);
	return json_put(blind, "cash", entries);
}

static json_t *session_passed(const struct shift_step *step)
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

void session_put_cash(struct attempt *attempt, struct record *record,
		      json_t *entry, const struct shift_step *step,
		      const struct session_row *session)
{
	struct book *book = book_of(attempt->core, attempt->till);
	json_t *entries = json_array(), *blind;

	txn_balance_expect(record->txn, attempt->till, book->balance);
	for (size_t i = 0; i < step->entries_count; i++)
		session_put_entry(attempt, record, &step->entries[i], session,
				  entries);
	blind = session_blind(book, step, entries);
	json_put(blind, "limits", session_passed(step));
	json_put(entry, "blind", blind);
}

void session_apply_cash(struct book *book, const struct shift_step *step)
{
	book->balance = step->balance;
	book->used = book->used || step->entries_count;
}

void session_say(struct attempt *attempt, const struct policy_till *till,
		 const char *before, int64_t amount, const char *behind)
{
	struct action_words *words = &attempt->words;
	char text[MONEY_TEXT_SIZE];

	money_format(amount, till->currency, text);
	text_copy(words->details[0], sizeof(words->details[0]), text);
	free(words->what);
	words->what = alloc_format("%s%s%s", before, text, behind);
}

/* --- opening --- */

/* What an opening will come to. */
struct session_opening {
	struct shift_step step;
	struct session_row session;
	struct day_row day;
};

/* Theirs that is open at another till; NULL if there is none. */
static struct book *session_elsewhere(struct core *core,
				      const struct policy_operator *who,
				      const char *till)
{
	for (size_t i = 0; i < policy_tills(core->policy); i++) {
		struct book *book =
			book_of(core, policy_till_at(core->policy, i)->id);

		if (strcmp(book->till, till) != 0 && book_has_session(book) &&
		    !session_is_foreign(book, who))
			return book;
	}
	return NULL;
}

bool session_has_another(struct core *core, const struct policy_operator *who,
			 const char *till)
{
	return session_elsewhere(core, who, till);
}

static enum problem session_open_problem(struct attempt *attempt,
					 const struct action_by *by,
					 json_t **out_extra)
{
	struct core *core = attempt->core;
	struct book *book = book_of(core, attempt->till);
	struct book *other =
		policy_is_bound(by->who) && by->who->single_session
			? session_elsewhere(core, by->who, attempt->till)
			: NULL;

	if (other) {
		*out_extra = session_extra(core, other);
		return PROBLEM_SESSION_ELSEWHERE;
	}
	if (!book_has_session(book))
		return PROBLEMS;
	*out_extra = session_extra(core, book);
	return PROBLEM_SESSION_EXISTS;
}

static void session_fill_opening(struct attempt *attempt,
				 const struct action_by *by,
				 struct session_opening *opening)
{
	struct core *core = attempt->core;
	struct book *book = book_of(core, attempt->till);
	struct session_row *session = &opening->session;
	int64_t now = core_wall(core);

	opening->day = book->day;
	if (opening->step.begins_day) {
		opening->day = (struct day_row){ .number = book->day.number + 1,
						 .begun_ms = now };
		text_copy(opening->day.till, sizeof(opening->day.till),
			  attempt->till);
		text_copy(opening->day.begun_by, sizeof(opening->day.begun_by),
			  by->who->id);
		clock_format_date(now, opening->day.date);
	}
	*session = (struct session_row){
		.day = opening->day.number,
		.opening = json_int(attempt->params, "counted", 0),
		.opened_ms = now,
	};
	random_id(core->env.random, session->id);
	text_copy(session->till, sizeof(session->till), attempt->till);
	text_copy(session->opener, sizeof(session->opener), by->who->id);
	text_copy(session->owner, sizeof(session->owner), by->who->id);
}

enum problem session_plan_open(struct attempt *attempt,
			       const struct action_by *by, json_t **out_extra)
{
	struct book *book = book_of(attempt->core, attempt->till);
	int64_t counted = json_int(attempt->params, "counted", 0);
	struct shift_book figures = book_figures(book);
	struct shift_rules rules = book_rules(by->till);
	enum problem why = session_open_problem(attempt, by, out_extra);
	struct session_opening *opening;
	int fault;

	if (why != PROBLEMS)
		return why;
	opening = ALLOC_NEW(struct session_opening);
	action_set_plan(attempt, opening, free);
	fault = shift_open(&rules, &figures, counted, &opening->step);
	if (fault)
		return session_shift_problem(fault, "counted", out_extra);
	session_fill_opening(attempt, by, opening);
	session_say(attempt, by->till, ", ", counted, " counted,");
	rights_join(&attempt->demand.all, &opening->step.required);
	if (book_probe(book, BOOK_PROBE_OPENING, counted))
		demand_add(&attempt->demand,
			   rights_of_permission(
				   PERMISSION_SHIFT_START_DIFFERENCE));
	return PROBLEMS;
}

json_t *session_apply_open(struct attempt *attempt, const struct action_by *by,
			   struct record *record, json_t *entry)
{
	struct session_opening *opening = attempt->plan;
	const struct session_row *session = &opening->session;
	json_t *result = json_make();

	(void)by;
	if (opening->step.begins_day)
		txn_day_begin(record->txn, &opening->day);
	txn_session_open(record->txn, session);
	session_put_cash(attempt, record, entry, &opening->step, session);
	json_put_text(entry, "session", session->id);
	json_put_int(entry, "day", session->day);
	json_put_int(entry, "counted", session->opening);
	json_put(result, "session",
		 book_describe_session(attempt->core, session));
	return json_put(result, "day", book_describe_day(&opening->day));
}

void session_applied_open(struct attempt *attempt, int error)
{
	struct session_opening *opening = attempt->plan;
	struct book *book = book_of(attempt->core, attempt->till);

	if (error)
		return;
	book->session = opening->session;
	book->day = opening->day;
	session_apply_cash(book, &opening->step);
	book_forget_probes(book);
}
