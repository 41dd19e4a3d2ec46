/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a session, and of a day. */
#include "core/session.h"

#include "core/action_private.h"
#include "core/record.h"
#include "core/token.h"
#include "store/tally.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/message.h"
#include "util/money.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* --- what the report counts --- */

static void session_tallied(void *arg, int error, const int64_t counts[TALLIES],
			    int64_t last)
{
	struct attempt *attempt = arg;

	(void)last;
	if (error) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
		return;
	}
	json_put(attempt->found, "counters", tally_to_json(counts));
	action_decide(attempt);
}

void session_tally(struct attempt *attempt, const struct session_row *session)
{
	store_tally(attempt->core->store, attempt->till, session->opened_seq,
		    session->closed_seq, session_tallied, attempt);
}

static void session_found_row(void *arg, int error,
			      const struct session_report *report)
{
	struct attempt *attempt = arg;

	if (error == STORE_E_NOT_FOUND) {
		action_refuse(attempt, PROBLEM_SESSION_CLOSED, NULL);
	} else if (error) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
	} else {
		json_decref(attempt->found);
		attempt->found = json_put_text(json_make(), "session",
					       report->session.id);
		session_tally(attempt, &report->session);
	}
}

void session_find_counters(struct attempt *attempt)
{
	const struct book *book = book_of(attempt->core, attempt->till);

	if (book_has_session(book))
		store_find_session(attempt->core->store, attempt->till,
				   book->session.id, session_found_row,
				   attempt);
	else
		action_decide(attempt);
}

/* --- what else is to be done --- */

static void session_due_found(void *arg, int error,
			      const struct operation_row *row)
{
	struct attempt *attempt = arg;
	json_t *item;

	if (error && error != STORE_E_NOT_FOUND) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
		return;
	}
	item = json_put_text(json_make(), "device",
			     json_text(attempt->checklist, "device"));
	json_put_bool(item, "due",
		      row && strcmp(row->action,
				    action_row(ACTION_TERMINAL_DAY_END)->name));
	json_decref(attempt->checklist);
	attempt->checklist = json_put(json_make(), "terminal", item);
	session_find_counters(attempt);
}

/* A card terminal with bookings since its own end of day has one due. */
void session_find_day(struct attempt *attempt)
{
	const struct fixture *fixture =
		core_fixture(attempt->core, attempt->till, DEVICE_TERMINAL);
	const char *device;

	json_decref(attempt->checklist);
	attempt->checklist = NULL;
	if (!fixture || !device_can(fixture->device, OP_TERMINAL_DAY_END)) {
		session_find_counters(attempt);
		return;
	}
	device = device_name(fixture->device);
	attempt->checklist = json_put_text(json_make(), "device", device);
	store_find_last_booking(attempt->core->store, device, session_due_found,
				attempt);
}

/* --- planning --- */

/* What the end will come to. */
struct session_ending {
	struct shift_step step;
	struct shift_figures figures;
	struct session_row session; /* id "": a day without one */
	struct day_row day;
	bool reports; /* a Z goes with it, and was asked for with it */
};

static void session_fill_ending(struct attempt *attempt,
				const struct action_by *by,
				const struct shift_figures *figures,
				struct session_ending *ending)
{
	const struct book *book = book_of(attempt->core, attempt->till);
	struct session_row *session = &ending->session;
	int64_t now = core_wall(attempt->core);

	ending->figures = *figures;
	ending->day = book->day;
	if (ending->step.ends_day) {
		ending->day.ended_ms = now;
		text_copy(ending->day.ended_by, sizeof(ending->day.ended_by),
			  by->who->id);
	}
	if (!ending->step.ends_session)
		return;
	*session = book->session;
	session->state = SESSION_CLOSED;
	session->expected = book->balance;
	session->counted = figures->counted;
	session->withdrawal = figures->withdrawal;
	session->difference = ending->step.difference;
	session->forced = strcmp(session->owner, by->who->id) != 0;
	text_copy(session->closed_by, sizeof(session->closed_by), by->who->id);
	session->closed_ms = now;
	session->counters = json_object_get(attempt->found, "counters");
}

static void session_say_ending(struct attempt *attempt,
			       const struct action_by *by,
			       const struct shift_figures *figures)
{
	char taken[MONEY_TEXT_SIZE];

	if (!figures->is_counted)
		return;
	money_format(figures->withdrawal, by->till->currency, taken);
	session_say(attempt, by->till, N_(", %1$s counted and %2$s withdrawn,"),
		    figures->counted, taken);
}

/* Without a session its end can be tried with any figure. */
static bool session_is_tried(struct attempt *attempt,
			     const struct shift_figures *figures)
{
	struct book *book = book_of(attempt->core, attempt->till);

	return !book_has_session(book) && figures->is_counted &&
	       book_probe(attempt->core, book, BOOK_PROBE_DAY,
			  figures->counted);
}

/* Another may have been opened while this one waited for its turn. */
static bool session_is_tallied(const struct attempt *attempt)
{
	const char *tallied = json_text(attempt->found, "session");

	return tallied &&
	       !strcmp(tallied,
		       book_of(attempt->core, attempt->till)->session.id);
}

static enum problem session_end(struct attempt *attempt,
				const struct action_by *by,
				const struct shift_figures *figures, int fault,
				struct session_ending *ending,
				json_t **out_extra)
{
	if (fault)
		return session_shift_problem(fault, "withdrawal", out_extra);
	if (ending->step.ends_session && !session_is_tallied(attempt))
		return PROBLEM_CHANGED_MEANWHILE;
	session_fill_ending(attempt, by, figures, ending);
	session_say_ending(attempt, by, figures);
	if (figures->is_counted)
		session_set_figures(attempt, &ending->step, figures->counted);
	session_demand(attempt, by, &ending->step,
		       PERMISSION_SHIFT_END_DIFFERENCE,
		       session_is_tried(attempt, figures));
	return PROBLEMS;
}

static struct session_ending *session_ending_new(struct attempt *attempt)
{
	struct session_ending *ending = ALLOC_NEW(struct session_ending);

	action_set_plan(attempt, ending, free);
	return ending;
}

enum problem session_plan_close(struct attempt *attempt,
				const struct action_by *by, json_t **out_extra)
{
	const struct book *book = book_of(attempt->core, attempt->till);
	const struct shift_figures figures = {
		.is_counted = true,
		.counted = book->session.counted,
		.withdrawal = json_int(attempt->params, "withdrawal", 0),
	};
	enum problem why =
		session_change_problem(attempt, by, SESSION_USE_ANY, out_extra);
	struct shift_book stand = book_figures(book);
	struct shift_rules rules = book_rules(by->till);
	struct session_ending *ending;
	int fault;

	if (why == PROBLEMS)
		why = session_sales_problem(attempt, out_extra);
	if (why != PROBLEMS)
		return why;
	if (!book->session.counts)
		return PROBLEM_NOT_COUNTED;
	ending = session_ending_new(attempt);
	fault = shift_close(&rules, &stand, &figures, &ending->step);
	return session_end(attempt, by, &figures, fault, ending, out_extra);
}

/* With a session open its last count counts; without one, what the body says,
 * if it says anything. */
static enum problem session_day_figures(struct attempt *attempt,
					const struct action_by *by,
					struct shift_figures *out_figures,
					json_t **out_extra)
{
	struct book *book = book_of(attempt->core, attempt->till);
	bool given = json_object_get(attempt->params, "counted");
	enum problem why;

	*out_figures = (struct shift_figures){
		.is_counted = given,
		.counted = json_int(attempt->params, "counted", 0),
		.withdrawal = json_int(attempt->params, "withdrawal", 0),
	};
	/* What is taken comes out of a count: how much there should be is not
	 * to be found out by taking more and more. */
	if (!book_has_session(book))
		return given || !out_figures->withdrawal ? PROBLEMS
							 : PROBLEM_NOT_COUNTED;
	text_copy(attempt->of, sizeof(attempt->of), book->session.id);
	why = session_change_problem(attempt, by, SESSION_USE_ANY, out_extra);
	if (why != PROBLEMS)
		return why;
	if (given || !book->session.counts)
		return PROBLEM_NOT_COUNTED;
	out_figures->is_counted = true;
	out_figures->counted = book->session.counted;
	return PROBLEMS;
}

enum problem session_plan_end_day(struct attempt *attempt,
				  const struct action_by *by,
				  json_t **out_extra)
{
	struct shift_book stand =
		book_figures(book_of(attempt->core, attempt->till));
	struct shift_rules rules = book_rules(by->till);
	bool report = json_flag(attempt->params, "report");
	struct session_ending *ending;
	struct shift_figures figures;
	enum problem why = session_sales_problem(attempt, out_extra);
	int fault;

	if (why == PROBLEMS)
		why = session_day_figures(attempt, by, &figures, out_extra);
	if (why != PROBLEMS)
		return why;
	ending = session_ending_new(attempt);
	ending->reports = report;
	fault = shift_end_day(&rules, &stand, &figures, report, &ending->step);
	return session_end(attempt, by, &figures, fault, ending, out_extra);
}

/* --- doing it --- */

static void session_put_end(struct record *record, json_t *entry,
			    const struct session_row *session, json_t *result)
{
	txn_session_close(record->txn, session);
	json_put_bool(entry, "forced", session->forced);
	if (session->counters)
		json_put(entry, "counters", json_incref(session->counters));
	json_put(result, "session", book_record_session(session));
}

json_t *session_apply_close(struct attempt *attempt, const struct action_by *by,
			    struct record *record, json_t *entry)
{
	const struct session_ending *ending = attempt->plan;
	struct book *book = book_of(attempt->core, attempt->till);
	json_t *result = json_make(), *blind;

	session_put_use(entry, book, by->who->id);
	blind = session_put_cash(attempt, record, entry, &ending->step,
				 ending->session.id, ending->day.number);
	if (ending->figures.is_counted)
		json_put_int(blind, "counted", ending->figures.counted);
	json_put_int(blind, "withdrawal", ending->figures.withdrawal);
	json_put_int(entry, "day", ending->day.number);
	if (*ending->session.id)
		session_put_end(record, entry, &ending->session, result);
	if (ending->step.ends_day)
		txn_day_end(record->txn, &ending->day);
	if (ending->reports)
		json_put_bool(result, "report", true);
	if (attempt->checklist && ending->step.ends_day)
		json_put(result, "checklist", json_incref(attempt->checklist));
	book_put_no_probes(record->txn, book);
	return json_put(result, "day", book_describe_day(&ending->day));
}

void session_applied_close(struct attempt *attempt, int error)
{
	const struct session_ending *ending = attempt->plan;
	struct book *book = book_of(attempt->core, attempt->till);

	if (error)
		return;
	session_apply_cash(book, &ending->step);
	book->day = ending->day;
	if (ending->step.ends_session)
		tokens_end_session(attempt->core, attempt->till);
	book->session = (struct session_row){ 0 };
	book_forget_probes(book);
}
