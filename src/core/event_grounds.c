/* SPDX-License-Identifier: Apache-2.0 */
#include "core/event_grounds.h"

#include "core/action_private.h"
#include "core/session.h"
#include "core/takings.h"
#include "device/reason.h"
#include "util/json.h"
#include "util/text.h"

#include <string.h>

/* A drawer is opened while the event goes on, not saved up for later. */
#define EVENT_DRAWER_MS (INT64_C(2) * 60 * 1000)
#define EVENT_REPORT_MS (INT64_C(12) * 60 * 60 * 1000)

static const struct event_row {
	enum action action;
	enum shift_event event;
} event_rows[] = {
	{ ACTION_RECEIPT, SHIFT_EVENT_RECEIPT_CASH },
	{ ACTION_INVOICE, SHIFT_EVENT_RECEIPT_CASH },
	{ ACTION_GOODS_RETURN, SHIFT_EVENT_REFUND_CASH },
	{ ACTION_SESSION_OPEN, SHIFT_EVENT_SESSION_OPEN },
	{ ACTION_SESSION_CLOSING, SHIFT_EVENT_SESSION_CLOSE },
	{ ACTION_DAY_END, SHIFT_EVENT_DAY_END },
	{ ACTION_CASH_IN, SHIFT_EVENT_DEPOSIT },
	{ ACTION_CASH_OUT, SHIFT_EVENT_WITHDRAWAL },
};

#define EVENT_ROWS (sizeof(event_rows) / sizeof(event_rows[0]))

static const struct event_row *event_row(const char *action)
{
	for (size_t i = 0; action && i < EVENT_ROWS; i++)
		if (!strcmp(action_row(event_rows[i].action)->name, action))
			return &event_rows[i];
	return NULL;
}

/* --- looking it up --- */

static void event_note(json_t *found, const struct operation_row *row)
{
	json_put_text(found, "action", row->action);
	json_put_text(found, "operator", row->operator);
	json_put_int(found, "at", row->ended_ms);
	struct takings takings;

	if (takings_get(row->op, &takings)) {
		json_put_bool(found, "sells", true);
		json_put_bool(found, "cash", takings.cash || takings.tendered);
	}
	json_put_int(found, "amount", json_int(row->result, "amount", 0));
	json_put_bool(found, "report", json_flag(row->result, "report"));
}

/* What a person has settled was not: it is their word. */
static bool event_was_witnessed(const struct attempt *attempt,
				const struct operation_row *row)
{
	return !strcmp(row->till, attempt->till) && !row->open &&
	       row->outcome == OUTCOME_OK &&
	       strcmp(row->reason, reason_name(REASON_SETTLED)) != 0;
}

static void event_found(void *arg, int error, const struct operation_row *row)
{
	struct attempt *attempt = arg;

	if (error && error != STORE_E_NOT_FOUND) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
		return;
	}
	json_decref(attempt->found);
	attempt->found = json_make();
	if (row && event_was_witnessed(attempt, row))
		event_note(attempt->found, row);
	action_decide(attempt);
}

void event_find(struct attempt *attempt)
{
	const char *event = json_text(attempt->params, "event");

	if (!event) {
		action_decide(attempt);
		return;
	}
	text_copy(attempt->event, sizeof(attempt->event), event);
	store_find_operation(attempt->core->store, event, event_found, attempt);
}

/* --- what it allows --- */

json_t *event_extra(const char *action, const char *detail)
{
	static const struct {
		enum action action;
		const char *advice;
	} rows[] = {
		{ ACTION_DRAWER_OPEN,
		  "Open the drawer by hand, with a reason." },
		{ ACTION_CASH_SLIP,
		  "Print a slip once, for what was booked here today." },
		{ ACTION_REPORT_Z,
		  "Print the report by itself, without an event." },
	};
	json_t *extra = json_put_text(json_make(), "detail", detail);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(action, action_row(rows[i].action)->name))
			json_put_text(extra, "advice", rows[i].advice);
	return extra;
}

static enum problem event_refuse(const struct attempt *attempt,
				 const char *detail, json_t **out_extra)
{
	*out_extra = event_extra(attempt->row->name, detail);
	return PROBLEM_EVENT_UNUSABLE;
}

/* What was before a database came back from the past may have been used since,
 * and nobody knows of it any more. */
static bool event_is_over(const struct attempt *attempt, int64_t ms)
{
	int64_t at = json_int(attempt->found, "at", 0);
	int64_t age = core_wall(attempt->core) - at;

	return age < -ms || age > ms ||
	       at <= store_rollback_confirmed(attempt->core->store);
}

enum problem event_plan_drawer(struct attempt *attempt,
			       const struct action_by *by, json_t **out_extra)
{
	struct shift_rules rules = book_rules(by->till);
	const struct event_row *row;

	if (!*attempt->event)
		return PROBLEMS;
	row = event_row(json_text(attempt->found, "action"));
	if (!row)
		return event_refuse(attempt,
				    "No operation of that id, witnessed and "
				    "done at this till, opens the drawer.",
				    out_extra);
	if (event_is_over(attempt, EVENT_DRAWER_MS))
		return event_refuse(attempt, "That was too long ago.",
				    out_extra);
	if (!shift_opens_drawer(&rules, row->event,
				json_int(attempt->found, "amount", 0)))
		return event_refuse(
			attempt,
			"This till is not set to open its drawer for that.",
			out_extra);
	if (json_flag(attempt->found, "sells") &&
	    !json_flag(attempt->found, "cash"))
		return event_refuse(attempt, "No cash came or went by that.",
				    out_extra);
	attempt->demand = (struct demand){ 0 };
	if (row->action == ACTION_DAY_END)
		return PROBLEMS;
	return session_problem(attempt->core, by,
			       book_of(attempt->core, attempt->till),
			       SESSION_USE_ANY, out_extra);
}

/* Whoever ended the day with its Z was asked for that then. */
static bool event_includes_report(const struct attempt *attempt,
				  const struct action_by *by)
{
	const json_t *found = attempt->found;

	return by->till->day_end_includes_report ||
	       (json_flag(found, "report") &&
		!strcmp(json_text(found, "operator"), by->who->id));
}

enum problem event_plan_report(struct attempt *attempt,
			       const struct action_by *by, json_t **out_extra)
{
	const char *action;

	if (!*attempt->event)
		return PROBLEMS;
	action = json_text(attempt->found, "action");
	if (!action || strcmp(action, action_row(ACTION_DAY_END)->name) != 0 ||
	    event_is_over(attempt, EVENT_REPORT_MS))
		return event_refuse(
			attempt, "That is not the end of a day at this till.",
			out_extra);
	if (event_includes_report(attempt, by))
		attempt->demand = (struct demand){ 0 };
	return PROBLEMS;
}

static enum problem event_check_slip(const struct attempt *attempt,
				     json_t **out_extra)
{
	const struct fixture *fixture =
		core_fixture(attempt->core, attempt->till, DEVICE_PRINTER);
	const struct receipt_rules *rules =
		fixture ? device_rules(fixture->device) : NULL;

	if (!rules || attempt->op.cash.amount <= rules->money_max)
		return PROBLEMS;
	return event_refuse(attempt,
			    "It is more than a slip of this printer can have "
			    "on it.",
			    out_extra);
}

/* Of a deposit or a withdrawal that was booked, the slip: once, as with all
 * that is done for an event. */
enum problem event_plan_slip(struct attempt *attempt,
			     const struct action_by *by, json_t **out_extra)
{
	const char *action = json_text(attempt->found, "action");
	struct op_cash *cash = &attempt->op.cash;
	bool in = action && !strcmp(action, action_row(ACTION_CASH_IN)->name);
	bool out = action && !strcmp(action, action_row(ACTION_CASH_OUT)->name);

	(void)by;
	if ((!in && !out) || event_is_over(attempt, EVENT_REPORT_MS))
		return event_refuse(
			attempt,
			"That is no deposit or withdrawal at this till.",
			out_extra);
	cash->out = out;
	cash->amount = json_int(attempt->found, "amount", 0);
	return event_check_slip(attempt, out_extra);
}
