/* SPDX-License-Identifier: Apache-2.0 */
/* The beginning of the one path: what came in, and under which key. */
#include "core/action_private.h"

#include "core/draft.h"
#include "core/operation.h"
#include "util/alloc.h"
#include "util/card.h"
#include "util/json.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void action_set_plan(struct attempt *attempt, void *plan,
		     void (*free_plan)(void *plan))
{
	if (attempt->free_plan)
		attempt->free_plan(attempt->plan);
	attempt->plan = plan;
	attempt->free_plan = free_plan;
}

void action_set_figures(struct attempt *attempt, json_t *figures)
{
	json_decref(attempt->figures);
	attempt->figures = figures;
}

static void action_drop_text(char *text, size_t len)
{
	secret_wipe(text, len);
	free(text);
}

void action_finish(struct attempt *attempt)
{
	action_set_plan(attempt, NULL, NULL);
	action_set_figures(attempt, NULL);
	action_words_clear(&attempt->words);
	json_decref(attempt->found);
	json_decref(attempt->checklist);
	json_decref(attempt->wrong_extra);
	op_clear(&attempt->op);
	if (attempt->row->secret)
		json_wipe(attempt->params);
	else
		json_decref(attempt->params);
	action_drop_text(attempt->text, attempt->text_len);
	free(attempt);
}

void action_refuse(struct attempt *attempt, enum problem problem, json_t *extra)
{
	caller_refuse(attempt->caller, problem, extra);
	action_finish(attempt);
}

void action_look_again(struct attempt *attempt)
{
	if (attempt->row->find)
		attempt->row->find(attempt);
	else
		action_decide(attempt);
}

static void action_key_found(void *arg, int error,
			     const struct operation_row *row)
{
	struct attempt *attempt = arg;

	if (error == STORE_E_NOT_FOUND) {
		action_look_again(attempt);
	} else if (error == STORE_E_LOST_KEY) {
		action_refuse(attempt, PROBLEM_OUTCOME_LOST, NULL);
	} else if (error == STORE_E_EXPIRED_KEY) {
		action_refuse(attempt, PROBLEM_KEY_REUSED, NULL);
	} else if (error) {
		core_refuse_disk(attempt->caller, error);
		action_finish(attempt);
	} else if (!operation_row_is_for(row, attempt->row->name,
					 attempt->body)) {
		action_refuse(attempt, PROBLEM_KEY_REUSED, NULL);
	} else if (!action_joined(attempt)) {
		operation_answer_row(attempt->core, attempt->caller, row);
		action_finish(attempt);
	}
}

/* --- refused, or done by another --- */

struct action_doubt {
	struct attempt *attempt;
	enum problem problem;
	json_t *extra;
};

static void action_doubt_ended(void *arg, int error,
			       const struct operation_row *row)
{
	struct action_doubt *doubt = arg;
	struct attempt *attempt = doubt->attempt;

	if (error != STORE_E_NOT_FOUND) {
		json_decref(doubt->extra);
		action_key_found(attempt, error, row);
	} else {
		action_refuse(attempt, doubt->problem, doubt->extra);
	}
	free(doubt);
}

void action_refuse_unless_done(struct attempt *attempt, enum problem problem,
			       json_t *extra)
{
	struct action_doubt *doubt;

	if (attempt->row->kind != ACTION_RECORDS) {
		action_refuse(attempt, problem, extra);
		return;
	}
	doubt = ALLOC_NEW(struct action_doubt);
	*doubt = (struct action_doubt){ attempt, problem, extra };
	store_find_key(attempt->core->store, attempt->till,
		       attempt->caller->peer.uid, attempt->key,
		       action_doubt_ended, doubt);
}

/*
 * What a key stands for, and what a consent is bound to. It is kept and
 * journalled, and there may be a PIN in the body: only this till can make it,
 * so that nobody finds out by trying (docs/security.md).
 */
static void action_hash_body(struct attempt *attempt)
{
	char text[HASH_TEXT_SIZE];
	uint8_t hash[HASH_SIZE];
	json_t *whole = json_make();
	char *line;

	if (attempt->text) {
		hash_to_hex(attempt->text_hash, HASH_SIZE, text);
		json_put_text(whole, "text", text);
	}
	json_put_text(whole, "action", attempt->row->name);
	json_put_text(whole, "till", attempt->till);
	json_put_text(whole, "of", attempt->of);
	json_put(whole, "parameters", json_incref(attempt->params));
	line = json_line(whole);
	hash_sha256(line, strlen(line), hash);
	keys_mac(store_keys(attempt->core->store), "body", hash, HASH_SIZE,
		 attempt->body);
	secret_free(line);
	json_decref(whole);
}

static struct attempt *action_attempt(struct core *core, struct caller *caller,
				      const struct action_call *call,
				      const char *till)
{
	struct attempt *attempt = ALLOC_NEW(struct attempt);

	attempt->core = core;
	attempt->caller = caller;
	attempt->action = call->action;
	attempt->row = action_row(call->action);
	attempt->name = attempt->row->name;
	attempt->required = action_required(call->action);
	attempt->params =
		call->params ? json_deep_copy(call->params) : json_make();
	attempt->text = call->text;
	attempt->text_len = call->text_len;
	text_copy(attempt->till, sizeof(attempt->till), till);
	text_copy(attempt->key, sizeof(attempt->key),
		  call->key ? call->key : "");
	text_copy(attempt->of, sizeof(attempt->of), call->of ? call->of : "");
	attempt->has_token = caller->consent;
	if (caller->consent)
		hash_sha256(caller->consent, strlen(caller->consent),
			    attempt->token);
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
		return "It has to be 1 to 128 printable ASCII characters "
		       "without blanks.";
	return card_is_in(key) ? CARD_REFUSED : NULL;
}

static bool action_needs_key(enum action action)
{
	enum action_kind kind = action_row(action)->kind;

	return kind == ACTION_MOVES || kind == ACTION_RECORDS;
}

/* PROBLEMS if the request can be looked into. */
static enum problem action_problem(const struct action_call *call,
				   json_t **out_extra)
{
	const char *fault;

	if (!action_needs_key(call->action))
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

/* What goes on is in memory until its end is on disk: looked for there first,
 * so that what the disk tells is never older than what it is taken for. */
static void action_find_key(struct attempt *attempt)
{
	if (!action_joined(attempt))
		store_find_key(attempt->core->store, attempt->till,
			       attempt->caller->peer.uid, attempt->key,
			       action_key_found, attempt);
}

static void action_look_into(struct attempt *attempt)
{
	const struct action_row *row = attempt->row;
	json_t *extra = NULL;
	enum problem why = PROBLEMS;

	action_hash_body(attempt);
	attempt->op.kind = row->op;
	if (row->build)
		why = row->build(attempt, &extra);
	if (why != PROBLEMS)
		action_refuse(attempt, why, extra);
	else if (action_needs_key(attempt->action))
		action_find_key(attempt);
	else
		action_look_again(attempt);
}

/* --- a long body: hashed where nobody else waits for it --- */

#define ACTION_HASH_HERE_MAX ((size_t)64 * 1024) /* no longer than most */

struct action_hashing {
	struct work work;
	struct attempt *attempt;
};

static void action_run_hashing(struct work *work)
{
	struct attempt *attempt = ((struct action_hashing *)work)->attempt;

	hash_sha256(attempt->text, attempt->text_len, attempt->text_hash);
}

static void action_hashed(struct work *work)
{
	struct attempt *attempt = ((struct action_hashing *)work)->attempt;

	free(work);
	if (attempt->core->stopping)
		action_refuse(attempt, PROBLEM_STOPPING, NULL);
	else
		action_look_into(attempt);
}

static void action_hash_text(struct attempt *attempt)
{
	struct action_hashing *hashing = ALLOC_NEW(struct action_hashing);

	hashing->attempt = attempt;
	if (attempt->text_len <= ACTION_HASH_HERE_MAX) {
		action_run_hashing(&hashing->work);
		action_hashed(&hashing->work);
		return;
	}
	hashing->work.run = action_run_hashing;
	hashing->work.done = action_hashed;
	drafts_submit(attempt->core, &hashing->work);
}

static bool action_only_looks(enum action action)
{
	enum action_kind kind = action_row(action)->kind;

	return kind == ACTION_SHOWS || kind == ACTION_READS;
}

/* At which till; by a technician alone where nobody is signed on at that. NULL
 * if it was refused. */
static const char *action_find_till(struct core *core, struct caller *caller,
				    const struct action_call *call,
				    bool *out_alone)
{
	const struct action_row *row = action_row(call->action);
	const struct signon *signon = NULL;
	const char *here = NULL, *place;

	if (signon_operator(core, caller, call->till, &signon))
		here = signon->row.till;
	*out_alone = false;
	if (!row->place || !core_is_technician(core, &caller->peer)) {
		if (!here)
			signon_refuse(core, caller);
		return here;
	}
	place = row->place(core, call->of, here);
	if (!place)
		core_refuse_missing(caller, "device", call->of);
	*out_alone = place && (!here || strcmp(place, here) != 0);
	return place;
}

/* NULL if it was refused. */
static struct attempt *action_admit(struct core *core, struct caller *caller,
				    const struct action_call *call)
{
	json_t *extra = NULL;
	struct attempt *attempt;
	const char *till;
	enum problem why;
	bool alone;

	if (!core_is_open(core, caller, !action_only_looks(call->action)))
		return NULL;
	if (call->till && !core_viewed_till(core, caller, call->till)) {
		core_refuse_missing(caller, "till", call->till);
		return NULL;
	}
	till = action_find_till(core, caller, call, &alone);
	if (!till)
		return NULL;
	why = action_problem(call, &extra);
	if (why != PROBLEMS) {
		caller_refuse(caller, why, extra);
		return NULL;
	}
	attempt = action_attempt(core, caller, call, till);
	attempt->alone = alone;
	return attempt;
}

void action_submit(struct core *core, struct caller *caller,
		   const struct action_call *call)
{
	struct attempt *attempt = action_admit(core, caller, call);

	if (!attempt)
		action_drop_text(call->text, call->text_len);
	else if (attempt->text && core->stopping)
		action_refuse(attempt, PROBLEM_STOPPING, NULL);
	else if (attempt->text)
		action_hash_text(attempt);
	else
		action_look_into(attempt);
}
