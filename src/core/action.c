/* SPDX-License-Identifier: Apache-2.0 */
/* The beginning of the one path: what came in, and under which key. */
#include "core/action_private.h"

#include "core/operation.h"
#include "core/prompt.h"
#include "util/alloc.h"
#include "util/card.h"
#include "util/json.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void action_finish(struct attempt *attempt)
{
	json_decref(attempt->params);
	free(attempt);
}

void action_refuse(struct attempt *attempt, enum problem problem, json_t *extra)
{
	caller_refuse(attempt->caller, problem, extra);
	action_finish(attempt);
}

static void action_payment_found(void *arg, int error,
				 const struct operation_row *row,
				 const struct operation_row *reversal)
{
	struct attempt *attempt = arg;
	struct op_reversal *wanted = &attempt->op.reversal;
	json_t *extra;

	if (error == STORE_E_NOT_FOUND) {
		action_refuse(attempt, PROBLEM_NOT_FOUND, NULL);
		return;
	}
	if (error) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
		return;
	}
	wanted->amount = json_int(row->result, "amount", 0);
	wanted->receipt = json_int(row->result, "receipt", -1);
	wanted->trace = json_int(row->result, "trace", -1);
	if (reversal || row->open || row->outcome != OUTCOME_OK ||
	    wanted->receipt < 0 || wanted->amount <= 0) {
		extra = json_make();
		json_put_text(extra, "reversal",
			      reversal ? reversal->id : NULL);
		action_refuse(attempt, PROBLEM_PAYMENT_NOT_REVERSIBLE, extra);
		return;
	}
	action_decide(attempt);
}

static void action_find_payment(struct attempt *attempt)
{
	if (*attempt->of)
		store_find_payment(attempt->core->store, attempt->till,
				   attempt->of, action_payment_found, attempt);
	else
		action_decide(attempt);
}

/* Only what is unknown can be settled, and only at its own till. */
static void action_settled_found(void *arg, int error,
				 const struct operation_row *row)
{
	struct attempt *attempt = arg;

	if (error && error != STORE_E_NOT_FOUND) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
	} else if (!row || strcmp(row->till, attempt->till) != 0) {
		action_refuse(attempt, PROBLEM_NOT_FOUND, NULL);
	} else if (row->open || row->outcome != OUTCOME_UNKNOWN) {
		action_refuse(attempt,
			      row->open ? PROBLEM_OPERATION_OPEN
					: PROBLEM_OPERATION_ENDED,
			      NULL);
	} else {
		op_from_json(row->op, &attempt->op);
		text_copy(attempt->device, sizeof(attempt->device),
			  row->device);
		attempt->required = action_required_to_settle(row->action);
		action_decide(attempt);
	}
}

static void action_key_found(void *arg, int error,
			     const struct operation_row *row)
{
	struct attempt *attempt = arg;

	if (error == STORE_E_NOT_FOUND) {
		action_find_payment(attempt);
	} else if (error == STORE_E_EXPIRED_KEY) {
		action_refuse(attempt, PROBLEM_KEY_REUSED, NULL);
	} else if (error) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
	} else if (memcmp(row->body, attempt->body, HASH_SIZE) != 0) {
		action_refuse(attempt, PROBLEM_KEY_REUSED, NULL);
	} else if (!action_joined(attempt)) {
		operation_answer_row(attempt->core, attempt->caller, row);
		action_finish(attempt);
	}
}

/* What a key stands for, and what a consent is bound to. */
static void action_hash_body(struct attempt *attempt)
{
	json_t *whole = json_make();
	char *line;

	json_put_text(whole, "action", attempt->row->name);
	json_put_text(whole, "till", attempt->till);
	json_put_text(whole, "of", attempt->of);
	json_put(whole, "parameters", json_incref(attempt->params));
	line = json_line(whole);
	hash_sha256(line, strlen(line), attempt->body);
	free(line);
	json_decref(whole);
}

static struct attempt *action_attempt(struct core *core, struct caller *caller,
				      const struct action_call *call)
{
	struct attempt *attempt = ALLOC_NEW(struct attempt);

	attempt->core = core;
	attempt->caller = caller;
	attempt->action = call->action;
	attempt->row = action_row(call->action);
	attempt->required = action_required(call->action);
	attempt->params =
		call->params ? json_deep_copy(call->params) : json_make();
	text_copy(attempt->till, sizeof(attempt->till), call->till);
	text_copy(attempt->key, sizeof(attempt->key),
		  call->key ? call->key : "");
	text_copy(attempt->of, sizeof(attempt->of), call->of ? call->of : "");
	action_hash_body(attempt);
	return attempt;
}

/*
 * What is wrong with a key, or NULL: it is shown to people, and kept. It may be
 * anything, so it is checked to be text before it is looked into.
 */
static const char *action_key_fault(const char *key)
{
	size_t len = strlen(key);
	bool printable = len >= 1 && len <= 128;

	for (size_t i = 0; i < len; i++)
		printable = printable && key[i] > ' ' && key[i] <= '~';
	if (!printable)
		return "1 to 128 printable ASCII characters without blanks";
	return card_is_in(key) ? CARD_REFUSED : NULL;
}

/* PROBLEMS if the request can be looked into. */
static enum problem action_problem(struct core *core, struct caller *caller,
				   const struct action_call *call,
				   json_t **out_extra)
{
	const struct signon *signon;
	const char *fault;

	if (!signon_operator(core, caller, call->till, &signon))
		return PROBLEM_SIGN_ON_REQUIRED;
	if (action_row(call->action)->kind != ACTION_MOVES)
		return PROBLEMS;
	if (!call->key)
		return PROBLEM_KEY_MISSING;
	fault = action_key_fault(call->key);
	if (!fault)
		return PROBLEMS;
	*out_extra = json_put_text(json_make(), "header", "Idempotency-Key");
	json_put_text(*out_extra, "detail", fault);
	return PROBLEM_BAD_HEADER;
}

void action_submit(struct core *core, struct caller *caller,
		   const struct action_call *call)
{
	json_t *extra = NULL;
	struct attempt *attempt;
	enum problem why;

	if (!core_is_open(core, caller,
			  action_row(call->action)->kind != ACTION_SHOWS))
		return;
	if (!core_till(core, &caller->peer, call->till)) {
		core_refuse_missing(caller, "till", call->till);
		return;
	}
	why = action_problem(core, caller, call, &extra);
	if (why != PROBLEMS) {
		caller_refuse(caller, why, extra);
		return;
	}
	attempt = action_attempt(core, caller, call);
	if (!attempt->row->build(attempt->params,
				 policy_till(core->policy, call->till),
				 &attempt->op, &why, &extra))
		action_refuse(attempt, why, extra);
	else if (attempt->row->kind == ACTION_SHOWS)
		action_decide(attempt);
	else if (attempt->row->kind == ACTION_SETTLES)
		store_find_operation(core->store, attempt->of,
				     action_settled_found, attempt);
	else
		store_find_key(core->store, attempt->till, caller->peer.uid,
			       attempt->key, action_key_found, attempt);
}
