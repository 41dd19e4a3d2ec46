/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions as they are looked at: the open one, those before, and a report. */
#include "core/action_private.h"
#include "core/session.h"
#include "util/alloc.h"
#include "util/json.h"

#include <stdlib.h>

/* With its sums, where they are for these eyes; number: where the store gave
 * one. */
static json_t *session_describe(struct core *core,
				const struct session_row *session, bool sums)
{
	json_t *body = book_describe_session(core, session);

	if (session->number)
		json_put_int(body, "number", session->number);
	return sums && body ? book_put_sums(body, session) : body;
}

/* --- the open one --- */

/* Only for those who are signed on at that till; NULL for others, who are told.
 */
static const struct policy_operator *
session_looker(struct core *core, struct caller *caller, const char *till,
	       const struct signon **out_signon)
{
	const struct policy_operator *who;

	if (!core_is_open(core, caller, false))
		return NULL;
	if (!core_viewed_till(core, caller, till)) {
		core_refuse_missing(caller, "till", till);
		return NULL;
	}
	who = signon_operator(core, caller, till, out_signon);
	if (!who)
		signon_refuse(core, caller);
	return who;
}

void session_show(struct core *core, struct caller *caller, const char *till)
{
	const struct signon *signon;
	const struct policy_operator *who =
		session_looker(core, caller, till, &signon);
	struct session_row session;
	struct book *book;
	json_t *body;

	if (!who)
		return;
	book = book_of(core, till);
	session = book->session;
	session.number = 0; /* known only of those that the store tells of */
	body = json_put_text(json_make(), "till", till);
	json_put(body, "session",
		 session_describe(core, &session,
				  session_sees_balance(core, signon, who,
						       policy_till(core->policy,
								   till))));
	json_put(body, "day", book_describe_day(&book->day));
	caller_answer(caller, 200, body);
}

/* --- those before --- */

struct session_listing {
	struct core *core;
	struct caller *caller;
	bool sums;
};

static void session_listed(void *arg, int error, const struct session_row *rows,
			   size_t count)
{
	struct session_listing *listing = arg;
	json_t *list;

	if (error) {
		core_refuse_disk(listing->caller, error);
		free(listing);
		return;
	}
	list = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list,
				      session_describe(listing->core, &rows[i],
						       listing->sums));
	caller_answer(listing->caller, 200,
		      json_put(json_make(), "sessions", list));
	free(listing);
}

void session_list(struct core *core, struct caller *caller, const char *till,
		  int64_t before, int64_t limit)
{
	const struct signon *signon;
	const struct policy_operator *who =
		session_looker(core, caller, till, &signon);
	struct session_listing *listing;

	if (!who)
		return;
	listing = ALLOC_NEW(struct session_listing);
	listing->core = core;
	listing->caller = caller;
	listing->sums = session_sees_balance(core, signon, who,
					     policy_till(core->policy, till));
	store_list_sessions(core->store, till, before, (size_t)limit,
			    session_listed, listing);
}

/* --- a report --- */

static json_t *session_sums(const struct cash_sum sums[CASH_KINDS])
{
	json_t *body = json_make();

	for (enum cash_kind kind = 0; kind < CASH_KINDS; kind++) {
		json_t *sum = json_make();

		json_put_int(sum, "entries", sums[kind].entries);
		json_put_int(sum, "amount", sums[kind].amount);
		json_put(body, cash_kind_name(kind), sum);
	}
	return body;
}

/* What only those may see who may see the balance. */
static json_t *session_figures(const struct session_report *report)
{
	json_t *figures = json_make();

	json_put(figures, "witnessed", session_sums(report->witnessed));
	json_put(figures, "declared", session_sums(report->declared));
	if (report->session.state != SESSION_CLOSED)
		return figures;
	json_put_int(figures, "expected", report->session.expected);
	return json_put_int(figures, "difference", report->session.difference);
}

static void session_report_found(void *arg, int error,
				 const struct session_report *report)
{
	struct attempt *attempt = arg;
	const struct session_row *session;

	if (error) {
		if (error == STORE_E_NOT_FOUND)
			core_refuse_missing(attempt->caller, "session",
					    attempt->of);
		else
			core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
		return;
	}
	session = &report->session;
	json_decref(attempt->found);
	attempt->found =
		json_put(json_make(), "session",
			 session_describe(attempt->core, session, true));
	json_put(attempt->found, "figures", session_figures(report));
	if (session->counters) {
		json_put(attempt->found, "counters",
			 json_incref(session->counters));
		action_decide(attempt);
	} else {
		session_tally(attempt, session);
	}
}

void session_find_report(struct attempt *attempt)
{
	store_find_session(attempt->core->store, attempt->till, attempt->of,
			   session_report_found, attempt);
}

/* What was found has all of it. */
static void session_hide_sums(json_t *body)
{
	static const char *const sums[] = { "float", "counted", "withdrawal" };
	json_t *session = json_copy(json_object_get(body, "session"));

	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
		json_object_del(session, sums[i]);
	json_put(body, "session", session);
	json_object_del(body, "figures");
}

json_t *session_apply_report(struct attempt *attempt,
			     const struct action_by *by, struct record *record,
			     json_t *entry)
{
	json_t *body = json_copy(attempt->found);

	(void)record;
	(void)entry;
	if (!session_sees_balance(attempt->core, by->signon, by->who, by->till))
		session_hide_sums(body);
	return body;
}
