/* SPDX-License-Identifier: Apache-2.0 */
/* The last part of the one path: consent spent, intent written, device asked. */
#include "core/action_private.h"

#include "core/operation.h"
#include "core/prompt.h"
#include "core/record.h"
#include "core/release.h"
#include "core/session.h"
#include "core/token.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/money.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Texts of apps leave room for the prompt, which must not wait for them. */
#define ACTION_TEXTS_MAX 4
#define ACTION_QUEUE_MS	 5000 /* text for a display waits so long */

/* --- 5: the device --- */

json_t *action_device_extra(struct core *core, struct device *device,
			    enum reason reason)
{
	json_t *extra = json_make();
	char id[OP_ID_SIZE];

	json_put_text(extra, "device", device_name(device));
	if (operation_holds(core, device, id))
		json_put_text(extra, "operation_id", id);
	if (reason == REASON_NONE)
		return extra;
	json_put_text(extra, "reason", reason_name(reason));
	json_put_text(extra, "detail", reason_sentence(reason));
	return json_put_text(extra, "advice", reason_advice(reason));
}

/* PROBLEMS if the device could begin now, or soon. */
static enum problem action_device_problem(struct attempt *attempt,
					  struct device *device,
					  enum reason trouble)
{
	enum device_state state = device_state(device);

	if (!device_can(device, attempt->op.kind))
		return PROBLEM_NOT_SUPPORTED;
	if (operation_holds(attempt->core, device, NULL))
		return PROBLEM_OUTCOME_OPEN;
	if ((state != DEVICE_READY && state != DEVICE_BUSY) ||
	    trouble != REASON_NONE)
		return PROBLEM_DEVICE_NOT_READY;
	if (device_load(device) >= (attempt->row->kind == ACTION_SHOWS
					    ? ACTION_TEXTS_MAX
					    : DEVICE_QUEUE_MAX))
		return PROBLEM_DEVICE_BUSY;
	return PROBLEMS;
}

/* The sum that is asked for would be one of another currency there. */
static bool action_is_of_other_currency(const struct attempt *attempt,
					const struct device *device)
{
	const struct policy_till *till =
		policy_till(attempt->core->policy, attempt->till);
	int currency = device_currency(device);

	if (!attempt->row->of_sum || !till)
		return false;
	if (device_rules(device) &&
	    money_decimals(till->currency) != RECEIPT_DECIMALS)
		return true;
	return currency != MONEY_NO_CURRENCY &&
	       currency != money_number(till->currency);
}

/* What keeps the device from doing just that; a supervisor is not asked for
 * what it can't do now. */
static enum reason action_trouble(const struct attempt *attempt,
				  const struct device *device, bool by_consent)
{
	if (action_is_of_other_currency(attempt, device))
		return REASON_CURRENCY_DIFFERS;
	return by_consent ? device_trouble(device, attempt->op.kind)
			  : REASON_NONE;
}

static bool action_is_obstructed_by(struct attempt *attempt,
				    struct device *device, bool by_consent)
{
	enum reason trouble = action_trouble(attempt, device, by_consent);
	enum problem why;
	json_t *extra = NULL;

	why = release_problem(attempt->core, device, &extra);
	if (why != PROBLEMS) {
		action_refuse(attempt, why, extra);
		return true;
	}
	why = action_device_problem(attempt, device, trouble);
	if (why == PROBLEMS)
		return false;
	if (why != PROBLEM_DEVICE_NOT_READY || trouble == REASON_NONE)
		trouble = device_reason(device);
	action_refuse(attempt, why,
		      action_device_extra(attempt->core, device, trouble));
	return true;
}

bool action_is_obstructed(struct attempt *attempt, struct device *device,
			  bool by_consent)
{
	if (device && action_is_obstructed_by(attempt, device, by_consent))
		return true;
	if ((!by_consent && attempt->row->kind == ACTION_READS) ||
	    attempt->row->kind == ACTION_SHOWS ||
	    store_has_room(attempt->core->store))
		return false;
	action_refuse(attempt, PROBLEM_DISK_FULL, NULL);
	return true;
}

/* --- the display: the same path, but nothing moves --- */

static json_t *action_shown(bool deferred)
{
	json_t *body = json_put_text(json_make(), "outcome", "sent");

	return json_put_bool(body, "deferred", deferred);
}

static void action_display_done(void *arg, enum outcome outcome,
				enum reason reason, const json_t *result)
{
	struct attempt *attempt = arg;
	json_t *extra;

	(void)result;
	if (outcome == OUTCOME_SENT || outcome == OUTCOME_OK) {
		caller_answer(attempt->caller, 200, action_shown(false));
		action_finish(attempt);
		return;
	}
	extra = json_put_text(json_make(), "reason", reason_name(reason));
	json_put_text(extra, "detail", reason_sentence(reason));
	action_refuse(attempt, PROBLEM_FAILED, extra);
}

static void action_display(struct attempt *attempt, struct device *device)
{
	const struct device_user user = { .done = action_display_done,
					  .arg = attempt };

	if (prompt_defers(attempt->core, attempt->till, &attempt->op)) {
		caller_answer(attempt->caller, 200, action_shown(true));
		action_finish(attempt);
		return;
	}
	device_start(device, &attempt->op, ACTION_QUEUE_MS, &user);
}

/* --- 4: spending the consent and writing the intent --- */

static void action_fill_row(const struct attempt *attempt,
			    const struct action_by *by, struct device *device,
			    struct operation_row *row)
{
	const json_t *status = device_status(device, NULL);

	*row = (struct operation_row){ .uid = attempt->caller->peer.uid };
	text_copy(row->till, sizeof(row->till), attempt->till);
	text_copy(row->key, sizeof(row->key), attempt->key);
	text_copy(row->action, sizeof(row->action), attempt->row->name);
	text_copy(row->operator, sizeof(row->operator), by->who->id);
	text_copy(row->device, sizeof(row->device), device_name(device));
	text_copy(row->of, sizeof(row->of),
		  attempt->row->undoes ? attempt->of : "");
	text_copy(row->event, sizeof(row->event), attempt->event);
	memcpy(row->body, attempt->body, HASH_SIZE);
	row->op = op_to_json(&attempt->op);
	/* The app's own word for it: no device hears of it. */
	json_put_text(row->op, "reference",
		      json_text(attempt->params, "reference"));
	if (attempt->row->note)
		attempt->row->note(attempt, row->op);
	/* How things stood before: what recovery compares with. */
	if (status)
		row->evidence =
			json_put(json_make(), "status", json_deep_copy(status));
}

static void action_go(struct attempt *attempt, const struct action_by *by,
		      const struct action_consent *consent,
		      struct device *device)
{
	struct operation_grounds grounds = action_grounds(attempt, by, consent);
	struct operation_row row;

	session_put_grounds(&grounds, book_of(attempt->core, attempt->till),
			    by->who);
	action_fill_row(attempt, by, device, &row);
	operation_begin(attempt->core, attempt->caller, &row, &attempt->op,
			&grounds);
	json_decref(row.op);
	json_decref(row.evidence);
	action_finish(attempt);
}

/* --- what was allowed --- */

struct operation_grounds action_grounds(const struct attempt *attempt,
					const struct action_by *by,
					const struct action_consent *consent)
{
	return (struct operation_grounds){
		.signon = by->signon ? by->signon->row.id : NULL,
		.authorization = consent->id,
		.approver = consent->approver,
		.how = consent->how,
		.reason = json_text(attempt->params, "reason"),
	};
}

void action_put_grounds(struct attempt *attempt, const struct action_by *by,
			const struct action_consent *consent,
			struct record *record, json_t *entry)
{
	const struct operation_grounds grounds =
		action_grounds(attempt, by, consent);

	text_copy(attempt->spent, sizeof(attempt->spent),
		  consent->id ? consent->id : "");
	operation_put_who(entry, by->who->id, attempt->caller->peer.uid,
			  &grounds);
	token_put_spent(attempt->core, record->txn, consent->id);
}

void action_do(struct attempt *attempt, const struct action_by *by,
	       const struct action_consent *consent, struct device *device)
{
	if (attempt->row->is_ready &&
	    !attempt->row->is_ready(attempt, by, consent))
		return;
	switch (attempt->row->kind) {
	case ACTION_MOVES:
		action_go(attempt, by, consent, device);
		break;
	case ACTION_SHOWS:
		action_display(attempt, device);
		break;
	case ACTION_SETTLES:
		action_settle(attempt, by, consent);
		break;
	case ACTION_RECORDS:
		action_record(attempt, by, consent);
		break;
	case ACTION_READS:
		action_read(attempt, by, consent);
		break;
	}
}

/*
 * What stands in the way is looked at first, so that no consent is spent in
 * vain; once it is taken nothing can come in between any more. The device may
 * still refuse: then that is the outcome, on record, and the consent is spent.
 */
void action_carry_out(struct attempt *attempt, const struct action_by *by,
		      struct authorization *authorization,
		      const struct demand *missing, struct device *device)
{
	struct action_consent consent = { 0 };
	enum problem why = PROBLEMS;

	if (action_is_obstructed(attempt, device, authorization != NULL))
		return;
	if (authorization) {
		why = authorization_spend(authorization, missing);
		consent.id = authorization_id(authorization);
		consent.approver = authorization_approver(authorization);
		consent.how = authorization_how(authorization);
	}
	if (why != PROBLEMS)
		action_tell_consent(attempt, authorization, why);
	else
		action_do(attempt, by, &consent, device);
}
