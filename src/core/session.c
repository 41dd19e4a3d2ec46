/* SPDX-License-Identifier: Apache-2.0 */
/* Who may use a session; and opening one. */
#include "core/session.h"

#include "core/action_private.h"
#include "core/operation.h"
#include "core/record.h"
#include "core/sharing.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/message.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* --- using one --- */

/* Which one it is, whose, where, and since when, for a cashier to read. */
static json_t *session_extra(struct core *core, const struct book *book)
{
	const struct policy_operator *owner =
		policy_operator(core->policy, book->session.owner);
	const struct policy_till *till = policy_till(core->policy, book->till);
	char since[CLOCK_TEXT_SIZE];
	json_t *detail, *extra = json_make();

	clock_format(book->session.opened_ms, since);
	detail = message_new(N_("%1$s has it open at %2$s since %3$s."), NULL);
	message_add(detail,
		    owner ? json_string(owner->name)
			  : message_new(N_("Somebody who has left"), NULL));
	message_add(detail, json_string(till ? till->name : book->till));
	message_add(detail, json_string(since));
	message_put(extra, "detail", detail);
	return json_put(extra, "session",
			book_describe_session(core, &book->session));
}

enum problem session_refuse(struct core *core, const struct book *book,
			    enum problem why, json_t **out_extra)
{
	*out_extra = session_extra(core, book);
	return why;
}

/* One's own, at a till that one may not view (any more): there is nothing to
 * say of it but that it is. */
static json_t *session_hidden_extra(void)
{
	return json_put_text(json_make(), "detail",
			     N_("It is open at a till that you may not see. "
				"Somebody who may see it can close it."));
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
	else if (book->session.locked && use != SESSION_USE_UNLOCKING)
		why = PROBLEM_SESSION_LOCKED;
	else if (!book->session.locked && use == SESSION_USE_UNLOCKING)
		why = PROBLEM_SESSION_NOT_LOCKED;
	else if (use == SESSION_USE_SALES &&
		 book->session.state != SESSION_OPEN)
		why = PROBLEM_SESSION_CLOSING;
	return why == PROBLEMS ? PROBLEMS
			       : session_refuse(core, book, why, out_extra);
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

struct demand session_work(void)
{
	static const enum object objects[] = { OBJECT_RECEIPT,
					       OBJECT_CASH_DEPOSIT,
					       OBJECT_CASH_WITHDRAWAL,
					       OBJECT_CASH_REPORT };
	static const enum permission permissions[] = {
		PERMISSION_DAY_END, PERMISSION_SHIFT_START_DIFFERENCE,
		PERMISSION_SHIFT_END_DIFFERENCE,
		PERMISSION_SHIFT_END_WITHOUT_WITHDRAWAL
	};
	struct demand demand = { 0 };

	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		rights_add(&demand.any,
			   rights_of_object(objects[i], RIGHT_ADD));
	for (size_t i = 0; i < sizeof(permissions) / sizeof(permissions[0]);
	     i++)
		rights_add(&demand.any, rights_of_permission(permissions[i]));
	return demand;
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

	if (other && !policy_may_view(core->policy, by->who,
				      policy_till(core->policy, other->till))) {
		*out_extra = session_hidden_extra();
		return PROBLEM_SESSION_ELSEWHERE;
	}
	if (other)
		return session_refuse(core, other, PROBLEM_SESSION_ELSEWHERE,
				      out_extra);
	if (!book_has_session(book))
		return PROBLEMS;
	return session_refuse(core, book, PROBLEM_SESSION_EXISTS, out_extra);
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

	if (why == PROBLEMS)
		why = sharing_open_problem(attempt->core, attempt->till,
					   out_extra);
	if (why != PROBLEMS)
		return why;
	opening = ALLOC_NEW(struct session_opening);
	action_set_plan(attempt, opening, free);
	fault = shift_open(&rules, &figures, counted, &opening->step);
	if (fault)
		return session_shift_problem(fault, "counted", out_extra);
	session_fill_opening(attempt, by, opening);
	session_say(attempt, by->till, N_(", %1$s counted,"), counted, NULL);
	session_set_figures(attempt, &opening->step, counted);
	session_demand(
		attempt, by, &opening->step, PERMISSION_SHIFT_START_DIFFERENCE,
		book_probe(attempt->core, book, BOOK_PROBE_OPENING, counted));
	return PROBLEMS;
}

json_t *session_apply_open(struct attempt *attempt, const struct action_by *by,
			   struct record *record, json_t *entry)
{
	struct session_opening *opening = attempt->plan;
	const struct session_row *session = &opening->session;
	json_t *result = json_make(), *blind;

	(void)by;
	if (opening->step.begins_day)
		txn_day_begin(record->txn, &opening->day);
	txn_session_open(record->txn, session);
	blind = session_put_cash(attempt, record, entry, &opening->step,
				 session->id, session->day);
	book_put_no_probes(record->txn, book_of(attempt->core, attempt->till));
	json_put_text(entry, "session", session->id);
	json_put_int(entry, "day", session->day);
	json_put_int(blind, "counted", session->opening);
	json_put(result, "session", book_record_session(session));
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
