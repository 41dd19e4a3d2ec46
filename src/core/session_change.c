/* SPDX-License-Identifier: Apache-2.0 */
/* What changes an open session: counted, locked, handed over. */
#include "core/session.h"

#include "core/action_private.h"
#include "core/operation.h"
#include "core/record.h"
#include "core/signon.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* The one that the path names, if it is the open one. */
static enum problem session_named(const struct attempt *attempt,
				  const struct book *book)
{
	if (book_has_session(book) && !strcmp(book->session.id, attempt->of))
		return PROBLEMS;
	return PROBLEM_SESSION_CLOSED;
}

/* Managers, and whoever has to do with sessions there (docs/policy.md,
 * S-force). What was handed over waits for whoever has it now; nobody but a
 * manager unlocks it in their place, least of all who has handed it over. */
static bool session_may_force(const struct attempt *attempt,
			      const struct action_by *by,
			      const struct book *book, enum session_use use)
{
	struct demand work = session_work(), missing;

	if (by->who->role == ROLE_MANAGER)
		return true;
	return policy_decide(attempt->core->policy, by->who, by->till, &work,
			     &missing) &&
	       (use != SESSION_USE_UNLOCKING ||
		!strcmp(book->session.owner, book->session.opener));
}

/* Somebody else's is only closed by those who may, and who say that they mean
 * to: by force. */
static bool session_is_meant(const struct attempt *attempt,
			     const struct action_by *by,
			     const struct book *book, enum session_use use)
{
	return !strcmp(book->session.owner, by->who->id) ||
	       (json_flag(attempt->params, "force") &&
		session_may_force(attempt, by, book, use));
}

enum problem session_change_problem(const struct attempt *attempt,
				    const struct action_by *by,
				    enum session_use use, json_t **out_extra)
{
	struct book *book = book_of(attempt->core, attempt->till);
	enum problem why = session_named(attempt, book);

	if (why == PROBLEMS)
		why = session_problem(attempt->core, by, book, use, out_extra);
	if (why != PROBLEMS || session_is_meant(attempt, by, book, use))
		return why;
	return session_refuse(attempt->core, book, PROBLEM_SESSION_FOREIGN,
			      out_extra);
}

enum problem session_sales_problem(const struct attempt *attempt,
				   json_t **out_extra)
{
	char id[OP_ID_SIZE];

	if (!operation_sells_at(attempt->core, attempt->till, id))
		return PROBLEMS;
	*out_extra = json_put_text(json_make(), "operation_id", id);
	return PROBLEM_SALE_OPEN;
}

/* How it will be; the plan. */
static struct session_row *session_change(struct attempt *attempt)
{
	struct session_row *row = ALLOC_NEW(struct session_row);

	*row = book_of(attempt->core, attempt->till)->session;
	row->counters = NULL;
	action_set_plan(attempt, row, free);
	return row;
}

enum problem session_plan_closing(struct attempt *attempt,
				  const struct action_by *by,
				  json_t **out_extra)
{
	enum problem why = session_change_problem(attempt, by,
						  SESSION_USE_SALES, out_extra);

	if (why == PROBLEMS)
		session_change(attempt)->state = SESSION_CLOSING;
	return why;
}

/* To count is to begin closing, where that was not done before. */
enum problem session_plan_count(struct attempt *attempt,
				const struct action_by *by, json_t **out_extra)
{
	enum problem why =
		session_change_problem(attempt, by, SESSION_USE_ANY, out_extra);
	struct session_row *row;

	if (why == PROBLEMS)
		why = session_sales_problem(attempt, out_extra);
	if (why != PROBLEMS)
		return why;
	row = session_change(attempt);
	if (row->counts >= SHIFT_COUNTS_MAX)
		return PROBLEM_COUNT_LIMIT;
	row->state = SESSION_CLOSING;
	row->counts++;
	row->counted = json_int(attempt->params, "counted", 0);
	return PROBLEMS;
}

enum problem session_plan_lock(struct attempt *attempt,
			       const struct action_by *by, json_t **out_extra)
{
	enum problem why =
		session_change_problem(attempt, by, SESSION_USE_ANY, out_extra);

	if (why == PROBLEMS)
		session_change(attempt)->locked = true;
	return why;
}

/* Its owner, or whoever may use another's. */
enum problem session_plan_unlock(struct attempt *attempt,
				 const struct action_by *by, json_t **out_extra)
{
	enum problem why = session_change_problem(
		attempt, by, SESSION_USE_UNLOCKING, out_extra);

	if (why == PROBLEMS)
		session_change(attempt)->locked = false;
	return why;
}

static enum problem session_refuse_heir(const char *detail, json_t **out_extra)
{
	*out_extra = core_fault("to", detail);
	return PROBLEM_BAD_BODY;
}

/*
 * Whoever takes it over has to be able to open one here, and to have none. Who
 * there is, and who may work where, is not told one by one.
 */
static enum problem session_heir_problem(struct attempt *attempt,
					 const struct action_by *by,
					 const struct policy_operator *heir,
					 json_t **out_extra)
{
	struct core *core = attempt->core;

	if (!heir || !heir->active ||
	    !policy_may_access(core->policy, heir, by->till))
		return session_refuse_heir(
			"Nobody of that login may work at this till.",
			out_extra);
	if (policy_is_bound(heir) && heir->single_session &&
	    session_has_another(core, heir, attempt->till))
		return session_refuse_heir("They have a session open already.",
					   out_extra);
	return PROBLEMS;
}

/*
 * It is locked until the heir unlocks it, and so takes it: nobody is left with
 * a drawer that they have not seen. Once it is being counted it stays with
 * those who have answered for it till then.
 */
enum problem session_plan_hand_over(struct attempt *attempt,
				    const struct action_by *by,
				    json_t **out_extra)
{
	const struct policy_operator *heir = policy_login(
		attempt->core->policy, json_text(attempt->params, "to"));
	enum problem why = session_change_problem(attempt, by,
						  SESSION_USE_SALES, out_extra);
	struct session_row *row;

	if (why == PROBLEMS)
		why = session_heir_problem(attempt, by, heir, out_extra);
	if (why != PROBLEMS)
		return why;
	row = session_change(attempt);
	text_copy(row->owner, sizeof(row->owner), heir->id);
	row->locked = true;
	return PROBLEMS;
}

/* --- doing it --- */

json_t *session_apply_change(struct attempt *attempt,
			     const struct action_by *by, struct record *record,
			     json_t *entry)
{
	const struct session_row *row = attempt->plan;
	const struct book *book = book_of(attempt->core, attempt->till);
	json_t *result = json_make();

	txn_session_update(record->txn, row);
	session_put_use(entry, book, by->who->id);
	if (row->counts != book->session.counts) {
		json_put_int(entry, "count", row->counts);
		json_put(entry, "blind",
			 json_put_int(json_make(), "counted", row->counted));
	}
	if (strcmp(row->owner, book->session.owner) != 0)
		json_put_text(entry, "to", row->owner);
	return json_put(result, "session", book_record_session(row));
}

void session_applied_change(struct attempt *attempt, int error)
{
	if (!error)
		book_of(attempt->core, attempt->till)->session =
			*(struct session_row *)attempt->plan;
}

/* Who left the till alone is signed on there no longer. */
json_t *session_apply_lock(struct attempt *attempt, const struct action_by *by,
			   struct record *record, json_t *entry)
{
	signons_leave(attempt->core, attempt->till, "locked", record);
	return session_apply_change(attempt, by, record, entry);
}

void session_applied_lock(struct attempt *attempt, int error)
{
	session_applied_change(attempt, error);
	signons_left(attempt->core, attempt->till, !error);
}
