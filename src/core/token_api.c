/* SPDX-License-Identifier: Apache-2.0 */
/* What apps and supervisors do with tokens: give, look at and revoke them. */
#include "core/token_private.h"

#include "core/action.h"
#include "core/passwords.h"
#include "core/record.h"
#include "core/signon.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- looking at them --- */

static void token_put_person(struct core *core, json_t *body, const char *field,
			     const char *id)
{
	const struct policy_operator *who = policy_operator(core->policy, id);
	json_t *person = json_put_text(json_make(), "id", id);

	json_put_text(person, "name", who ? who->name : id);
	json_put(body, field, person);
}

static void token_put_time(json_t *body, const char *field, int64_t wall_ms)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(wall_ms, text);
	json_put_text(body, field, text);
}

static json_t *token_describe(struct core *core, const struct token *token)
{
	const struct token_row *row = &token->row;
	int64_t left = token->ends - core_now(core);
	json_t *body = json_put_text(json_make(), "id", row->id);

	json_put_text(body, "action", row->action);
	json_put_text(body, "till", row->till);
	token_put_person(core, body, "requester", row->requester);
	token_put_person(core, body, "approver", row->approver);
	if (row->amount)
		json_put_int(body, "amount", row->amount);
	json_put_text(body, "reason", *row->reason ? row->reason : NULL);
	token_put_time(body, "given_at", row->created_ms);
	token_put_time(body, "expires_at", row->expires_ms);
	return json_put_int(body, "expires_in",
			    left > 0 ? (left + 999) / 1000 : 0);
}

/* Whether somebody could authorize that action there. */
static bool token_could_give(struct core *core,
			     const struct policy_operator *who,
			     const char *till_id, const char *action)
{
	const struct policy_till *till = policy_till(core->policy, till_id);
	struct demand demand, lacks;

	return till && token_demand(action, &demand) &&
	       policy_decide(core->policy, who, till, &demand, &lacks);
}

/* One's own, and those that one could have given. */
static bool token_may_see(struct core *core, const struct policy_operator *who,
			  const struct token *token)
{
	const struct token_row *row = &token->row;

	return !strcmp(row->approver, who->id) ||
	       !strcmp(row->requester, who->id) ||
	       token_could_give(core, who, row->till, row->action);
}

static const struct policy_operator *token_caller(struct core *core,
						  struct caller *caller,
						  const struct signon **out)
{
	const struct policy_operator *who;

	if (!core_is_open(core, caller, false))
		return NULL;
	who = signon_operator(core, caller, NULL, out);
	if (!who)
		signon_refuse(core, caller);
	return who;
}

void token_list(struct core *core, struct caller *caller)
{
	const struct signon *signon;
	const struct policy_operator *who = token_caller(core, caller, &signon);
	json_t *list;
	struct token *token;

	if (!who)
		return;
	tokens_watch_clock(core);
	list = json_array();
	TAILQ_FOREACH(token, &core->tokens->queue, entry)
	if (token->task == TOKEN_IDLE && token_is_live(core, token) &&
	    token_may_see(core, who, token))
		json_array_append_new(list, token_describe(core, token));
	caller_answer(caller, 200, json_put(json_make(), "tokens", list));
}

/* --- revoking --- */

struct token_revoking {
	struct core *core;
	struct caller *caller;
	char id[RANDOM_ID_SIZE];
};

static void token_revoking_written(void *arg, int error)
{
	struct token_revoking *revoking = arg;

	token_revoked(revoking->core, revoking->id, error);
	if (error)
		core_refuse_disk(revoking->caller, error);
	else
		caller_answer(revoking->caller, 204, NULL);
	free(revoking);
}

/* The beginning of an entry about it. */
static json_t *token_note(struct core *core, struct record **out_record,
			  const char *kind, const struct token_row *row)
{
	json_t *entry = record_note(core, out_record, kind, row->till);

	json_put_text(entry, "authorization", *row->id ? row->id : NULL);
	json_put_text(entry, "action", row->action);
	json_put_text(entry, "operator", row->requester);
	json_put_text(entry, "approver", row->approver);
	return entry;
}

static void token_begin_revoking(struct core *core, struct caller *caller,
				 struct token *token, const char *by)
{
	struct token_revoking *revoking = ALLOC_NEW(struct token_revoking);
	struct record *record;
	json_t *entry = token_note(core, &record, "token.revoked", &token->row);

	revoking->core = core;
	revoking->caller = caller;
	memcpy(revoking->id, token->row.id, sizeof(revoking->id));
	json_put_text(entry, "by", by);
	json_put_int(entry, "uid", caller->peer.uid);
	token_set_revoked(token);
	txn_token_end(record->txn, token->row.id, TOKEN_REVOKED);
	record_commit(record, token_revoking_written, revoking);
}

void token_revoke(struct core *core, struct caller *caller, const char *id)
{
	const struct signon *signon;
	const struct policy_operator *who = token_caller(core, caller, &signon);
	struct token *token;
	enum problem why;

	if (!who)
		return;
	tokens_watch_clock(core);
	token = token_by_id(core, id);
	if (!token || !token_may_see(core, who, token))
		why = PROBLEM_AUTHORIZATION_NOT_FOUND;
	else
		why = token_end_problem(core, token);
	if (why != PROBLEMS)
		caller_refuse(caller, why, NULL);
	else
		token_begin_revoking(core, caller, token, who->id);
}

/* --- giving --- */

/* One that is about to be given. */
struct token_giving {
	struct core *core;
	struct caller *caller;
	const char *how;
	char requester[POLICY_ID_MAX + 1]; /* the login, as it came */
	struct token_row row;
	struct demand missing;
	struct token *token;
	char text[RANDOM_TOKEN_SIZE];
};

static void token_giving_free(struct token_giving *giving)
{
	secret_wipe(giving, sizeof(*giving));
	free(giving);
}

static void token_refuse(struct token_giving *giving, enum problem why,
			 json_t *extra)
{
	caller_refuse(giving->caller, why, extra);
	token_giving_free(giving);
}

static void token_given(void *arg, int error)
{
	struct token_giving *giving = arg;
	struct core *core = giving->core;
	json_t *body;

	token_added(core, giving->token, error);
	if (error) {
		core_refuse_disk(giving->caller, error);
		token_giving_free(giving);
	} else if (!token_is_live(core, giving->token)) {
		token_refuse(giving, PROBLEM_AUTHORIZATION_EXPIRED, NULL);
	} else {
		body = token_describe(core, giving->token);
		json_put_text(body, "token", giving->text);
		caller_answer(giving->caller, 201, body);
		token_giving_free(giving);
	}
}

static void token_give(struct token_giving *giving, const struct signon *signon)
{
	struct core *core = giving->core;
	struct token_row *row = &giving->row;
	struct record *record;
	json_t *entry;

	random_id(core->env.random, row->id);
	random_token(core->env.random, giving->text);
	hash_sha256(giving->text, strlen(giving->text), row->hash);
	entry = token_note(core, &record, "token.given", row);
	json_put_text(entry, "how", giving->how);
	json_put_text(entry, "signon", signon->row.id);
	json_put_int(entry, "uid", giving->caller->peer.uid);
	if (row->amount)
		json_put_int(entry, "amount", row->amount);
	json_put_text(entry, "reason", *row->reason ? row->reason : NULL);
	token_put_time(entry, "expires", row->expires_ms);
	giving->token = token_add(core, record->txn, row);
	if (giving->token) {
		record_commit(record, token_given, giving);
		return;
	}
	record_free(record);
	token_refuse(giving, PROBLEM_TOO_MANY_REQUESTS,
		     json_put_int(json_make(), "retry_after", 60));
}

/* Refuses what nobody could give here, however many rights they have. */
static bool token_is_of_sum(const char *action)
{
	for (enum action at = 0; at < ACTIONS; at++)
		if (action_row(at)->of_sum &&
		    !strcmp(action_row(at)->name, action))
			return true;
	return false;
}

static bool token_makes_sense(struct token_giving *giving,
			      const struct policy_operator *requester,
			      const struct policy_till *till)
{
	struct demand demand;

	if (!token_demand(giving->row.action, &demand))
		token_refuse(giving, PROBLEM_BAD_BODY,
			     core_fault("action",
					"There is nothing of that name that "
					"can be authorized in advance."));
	else if (!giving->row.amount && token_is_of_sum(giving->row.action))
		token_refuse(giving, PROBLEM_BAD_BODY,
			     core_fault("amount",
					"It has to say how much at most: this "
					"is about money."));
	else if (policy_decide(giving->core->policy, requester, till, &demand,
			       &giving->missing))
		token_refuse(giving, PROBLEM_BAD_BODY,
			     core_fault("requester",
					"They may do this without."));
	else
		return true;
	return false;
}

/* Those who may not must not fill the journal by trying. */
static void token_refuse_giver(struct token_giving *giving, enum problem why)
{
	struct core *core = giving->core;
	struct record *record;
	char subject[24];
	int64_t wait_ms;

	snprintf(subject, sizeof(subject), "%u",
		 (unsigned int)giving->caller->peer.uid);
	if (!rates_take(core->refusals, subject, core_now(core), &wait_ms)) {
		token_refuse(giving, PROBLEM_TOO_MANY_REQUESTS,
			     json_put_int(json_make(), "retry_after",
					  (wait_ms + 999) / 1000));
		return;
	}
	json_put_text(token_note(core, &record, "token.not-given",
				 &giving->row),
		      "why", problem_name(why));
	record_commit(record, NULL, NULL);
	token_refuse(giving, why, NULL);
}

static void token_refuse_missing(struct token_giving *giving, const char *what,
				 const char *id)
{
	core_refuse_missing(giving->caller, what, id);
	token_giving_free(giving);
}

/* On the policy as it stands, now that it is known who gives it. */
static void token_consider(struct token_giving *giving,
			   const struct policy_operator *who,
			   const struct signon *signon)
{
	struct core *core = giving->core;
	struct token_row *row = &giving->row;
	const struct policy_till *till = policy_till(core->policy, row->till);
	const struct policy_operator *requester =
		policy_login(core->policy, giving->requester);
	struct demand lacks;

	text_copy(row->approver, sizeof(row->approver), who->id);
	if (!till || (!core_till(core, &giving->caller->peer, row->till) &&
		      !token_could_give(core, who, row->till, row->action))) {
		token_refuse_missing(giving, "till", row->till);
		return;
	}
	if (!requester || !requester->active) {
		token_refuse_missing(giving, "operator", giving->requester);
		return;
	}
	text_copy(row->requester, sizeof(row->requester), requester->id);
	if (requester == who)
		token_refuse_giver(giving, PROBLEM_OWN_AUTHORIZATION);
	else if (!token_makes_sense(giving, requester, till))
		return;
	else if (policy_decide(core->policy, who, till, &giving->missing,
			       &lacks))
		token_give(giving, signon);
	else
		token_refuse_giver(giving, PROBLEM_MAY_NOT_AUTHORIZE);
}

static void token_checked(void *arg, const char *operator_id, enum problem why,
			  int64_t retry_after)
{
	struct token_giving *giving = arg;
	const struct policy_operator *who;
	const struct signon *signon;

	if (!operator_id) {
		token_refuse(giving, why,
			     retry_after
				     ? json_put_int(json_make(), "retry_after",
						    retry_after)
				     : NULL);
		return;
	}
	who = signon_operator(giving->core, giving->caller, NULL, &signon);
	if (who && !strcmp(who->id, operator_id))
		token_consider(giving, who, signon);
	else
		token_refuse(giving, PROBLEM_SIGN_ON_REQUIRED, NULL);
}

static struct token_giving *
token_begin_giving(struct core *core, struct caller *caller, const json_t *body)
{
	struct token_giving *giving = ALLOC_NEW(struct token_giving);
	struct token_row *row = &giving->row;
	const char *reason = json_text(body, "reason");

	giving->core = core;
	giving->caller = caller;
	giving->how = json_text(body, "pin") ? "pin" : "password";
	text_copy(giving->requester, sizeof(giving->requester),
		  json_text(body, "requester"));
	text_copy(row->till, sizeof(row->till), json_text(body, "till"));
	text_copy(row->action, sizeof(row->action), json_text(body, "action"));
	text_copy(row->reason, sizeof(row->reason), reason ? reason : "");
	row->amount = json_int(body, "amount", 0);
	row->created_ms = core_wall(core);
	row->expires_ms = row->created_ms +
			  json_int(body, "minutes", TOKEN_MINUTES) * 60 * 1000;
	return giving;
}

void token_issue(struct core *core, struct caller *caller, const json_t *body)
{
	const struct signon *signon;
	const struct policy_operator *who = token_caller(core, caller, &signon);
	struct credentials credentials;
	json_t *extra;

	if (!who)
		return;
	credentials = (struct credentials){ .till = signon->row.till,
					    .login = who->login };
	if (passwords_take(core, body, &credentials, &extra))
		passwords_check(core, &caller->peer, &credentials,
				token_checked,
				token_begin_giving(core, caller, body));
	else
		caller_refuse(caller, PROBLEM_BAD_BODY, extra);
}
