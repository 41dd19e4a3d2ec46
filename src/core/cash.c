/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cash.h"

#include "core/action_private.h"
#include "core/operation.h"
#include "core/record.h"
#include "core/session.h"
#include "core/signon.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/message.h"

#include <stdlib.h>
#include <string.h>

struct cash_movement {
	enum cash_kind kind;
	enum action action;
	const char *declared; /* the "kind" of a declaration; NULL for others */
	const char *asks; /* and how that is said: which way the money goes */
	const char *prompt;
};

static const struct cash_movement cash_movements[] = {
	{ CASH_DEPOSIT, ACTION_CASH_IN, NULL, NULL, NULL },
	{ CASH_WITHDRAWAL, ACTION_CASH_OUT, NULL, NULL, NULL },
	{ CASH_SALE, ACTION_DECLARE, "sale",
	  N_("declare a sale in cash that was not witnessed here"),
	  "DECLARE SALE" },
	{ CASH_REFUND, ACTION_DECLARE, "refund",
	  N_("declare a refund in cash that was not witnessed here"),
	  "DECLARE REFUND" },
};

static const struct cash_movement *cash_movement(const struct attempt *attempt)
{
	const struct cash_movement *movement = cash_movements;
	const char *kind = json_text(attempt->params, "kind");

	while (movement->action != attempt->action ||
	       (movement->declared && strcmp(movement->declared, kind) != 0))
		movement++;
	return movement;
}

bool cash_find_declared(const char *name, struct demand *out_demand,
			const char **out_asks)
{
	const char *action = action_row(ACTION_DECLARE)->name;
	size_t len = strlen(action);

	if (strncmp(name, action, len) != 0 || name[len] != '.')
		return false;
	for (size_t i = 0;
	     i < sizeof(cash_movements) / sizeof(cash_movements[0]); i++) {
		const struct cash_movement *movement = &cash_movements[i];

		if (!movement->declared ||
		    strcmp(movement->declared, name + len + 1) != 0)
			continue;
		*out_demand = (struct demand){ .all = shift_move_required(
						       movement->kind) };
		*out_asks = movement->asks;
		return true;
	}
	return false;
}

/* Somebody has to be asked for it, limit or not: then it costs nothing to try. */
static bool cash_is_question(const struct attempt *attempt,
			     const struct action_by *by)
{
	struct demand missing;

	return !signon_decide(attempt->core, by->signon, by->who, by->till,
			      &attempt->demand, &missing);
}

/*
 * Whether a limit holds it up tells where the balance is. So each figure that
 * ends in a question is a try, held up or not; and after so many the limit is
 * asked for in any case, since that it is not would be an answer, too. The same
 * sum again, on the same balance, is no other try. What no limit can hold up
 * tells nothing, nor does anything to who may see the balance.
 */
static void cash_demand_limit(struct attempt *attempt,
			      const struct action_by *by,
			      const struct shift_step *step)
{
	struct book *book = book_of(attempt->core, attempt->till);
	const struct shift_rules rules = book_rules(by->till);

	if (!shift_may_pass(&rules, step->entries[0].kind) ||
	    session_sees_balance(attempt->core, by->signon, by->who, by->till))
		return;
	if (cash_is_question(attempt, by) ||
	    book->tried[BOOK_PROBE_LIMIT] >= SHIFT_COUNTS_MAX)
		book_probe(attempt->core, book, BOOK_PROBE_LIMIT,
			   step->balance);
	if (book_is_probed(book, BOOK_PROBE_LIMIT))
		demand_add(
			&attempt->demand,
			rights_of_permission(PERMISSION_BALANCE_EXCEED_LIMIT));
}

/*
 * What is under way at the till's devices may still succeed: the limit is
 * looked at as if it had, where that is further from it. So nobody gets past
 * one by asking for the next thing while the last is still being printed.
 */
static void cash_demand_limits(struct attempt *attempt,
			       const struct action_by *by, enum cash_kind kind,
			       int64_t amount)
{
	struct shift_book figures =
		book_figures(book_of(attempt->core, attempt->till));
	struct shift_rules rules = book_rules(by->till);
	struct shift_step step;

	figures.balance += operation_cash_under_way(
		attempt->core, attempt->till, cash_delta(kind, 1) < 0);
	if (shift_move(&rules, &figures, kind, amount, false, &step))
		return;
	rights_join(&attempt->demand.all, &step.required);
	cash_demand_limit(attempt, by, &step);
}

enum problem cash_plan_move(struct attempt *attempt, const struct action_by *by,
			    json_t **out_extra)
{
	const struct cash_movement *movement = cash_movement(attempt);
	struct book *book = book_of(attempt->core, attempt->till);
	int64_t amount = json_int(attempt->params, "amount", 0);
	struct shift_book figures = book_figures(book);
	struct shift_rules rules = book_rules(by->till);
	enum problem why = session_problem(attempt->core, by, book,
					   SESSION_USE_SALES, out_extra);
	struct shift_step *step;
	int fault;

	if (why != PROBLEMS)
		return why;
	step = ALLOC_NEW(struct shift_step);
	action_set_plan(attempt, step, free);
	fault = shift_move(&rules, &figures, movement->kind, amount,
			   movement->declared, step);
	if (fault)
		return session_shift_problem(fault, "amount", out_extra);
	rights_join(&attempt->demand.all, &step->required);
	if (!movement->declared)
		cash_demand_limits(attempt, by, movement->kind, amount);
	if (movement->declared) {
		attempt->words.asks = movement->asks;
		attempt->words.prompt = movement->prompt;
	}
	session_say(attempt, by->till, ", %1$s,", amount, NULL);
	return PROBLEMS;
}

enum problem cash_plan_witnessed(struct attempt *attempt,
				 const struct action_by *by,
				 enum cash_kind kind, int64_t amount,
				 struct shift_step *out_step,
				 json_t **out_extra)
{
	struct book *book = book_of(attempt->core, attempt->till);
	struct shift_book figures = book_figures(book);
	struct shift_rules rules = book_rules(by->till);
	int fault = shift_move(&rules, &figures, kind, amount, false, out_step);

	if (fault)
		return session_shift_problem(fault, "amount", out_extra);
	rights_join(&attempt->demand.all, &out_step->required);
	cash_demand_limits(attempt, by, kind, amount);
	return PROBLEMS;
}

json_t *cash_apply_move(struct attempt *attempt, const struct action_by *by,
			struct record *record, json_t *entry)
{
	const struct cash_movement *movement = cash_movement(attempt);
	const struct shift_step *step = attempt->plan;
	const struct book *book = book_of(attempt->core, attempt->till);
	int64_t amount = json_int(attempt->params, "amount", 0);
	json_t *result = json_make();

	session_put_use(entry, book, by->who->id);
	session_put_cash(attempt, record, entry, step, book->session.id,
			 book->session.day);
	json_put_text(entry, "cash", cash_kind_name(movement->kind));
	json_put_int(entry, "amount", amount);
	json_put_bool(entry, "declared", movement->declared);
	json_put_text(entry, "reference",
		      json_text(attempt->params, "reference"));
	json_put_text(result, "cash", cash_kind_name(movement->kind));
	json_put_int(result, "amount", amount);
	return json_put_bool(result, "declared", movement->declared);
}

void cash_applied_move(struct attempt *attempt, int error)
{
	if (!error)
		session_apply_cash(book_of(attempt->core, attempt->till),
				   attempt->plan);
}

json_t *cash_apply_balance(struct attempt *attempt, const struct action_by *by,
			   struct record *record, json_t *entry)
{
	const struct book *book = book_of(attempt->core, attempt->till);
	json_t *body = json_put_text(json_make(), "till", attempt->till);

	(void)record;
	(void)entry;
	json_put_int(body, "balance", book->balance);
	json_put_text(body, "currency", by->till->currency);
	return body;
}
