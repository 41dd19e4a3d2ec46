/* SPDX-License-Identifier: Apache-2.0 */
/* A token that somebody brought along: is it good for this? */
#include "core/token_private.h"

#include "core/action.h"
#include "policy/asks.h"
#include "util/secret.h"
#include "util/text.h"

#include <stdio.h>
#include <string.h>

/*
 * What belongs to no till is consented to for one request alone, as a test of a
 * device is, or a device's leave; and what an
 * action only turns out to take (a difference, an unknown outcome) for that
 * alone.
 */
bool token_demand(const char *action, struct demand *out_demand)
{
	const struct ask_row *ask = asks_find(action);
	struct demand demand = { 0 };

	if (ask)
		demand = ask_demand(ask);
	for (enum action at = 0; at < ACTIONS; at++)
		if (!action_row(at)->at_box && !action_row(at)->exact &&
		    !strcmp(action_row(at)->name, action))
			demand = action_required(at);
	if (demand_empty(&demand))
		return false;
	*out_demand = demand;
	return true;
}

/* --- guessing --- */

int64_t token_brake(struct core *core, const char *operator, const char * till,
		    uid_t uid)
{
	char subject[GUESS_SUBJECT_SIZE];
	int64_t wait, other;

	guess_name_token(subject, operator, till);
	wait = guess_wait(core, subject);
	guess_name_uid(subject, uid, till);
	other = guess_wait(core, subject);
	return ((wait > other ? wait : other) + 999) / 1000;
}

void token_count_wrong(struct core *core, struct txn *txn, const char *operator,
		       const char * till, uid_t uid)
{
	char subject[GUESS_SUBJECT_SIZE];

	guess_name_token(subject, operator, till);
	guess_wrong(core, txn, subject);
	guess_name_uid(subject, uid, till);
	guess_wrong(core, txn, subject);
}

/* --- taking it --- */

static struct token *token_of(struct core *core, const uint8_t *hash)
{
	struct token *token;

	TAILQ_FOREACH(token, &core->tokens->queue, entry)
	if (secret_equal(token->row.hash, hash, HASH_SIZE))
		return token;
	return NULL;
}

enum problem token_end_problem(struct core *core, const struct token *token)
{
	if (token->task == TOKEN_SPENDING)
		return PROBLEM_AUTHORIZATION_SPENT;
	switch (token->row.end) {
	case TOKEN_SPENT:
		return PROBLEM_AUTHORIZATION_SPENT;
	case TOKEN_REVOKED:
		return PROBLEM_AUTHORIZATION_WITHDRAWN;
	case TOKEN_LIVE:
	case TOKEN_VOID:
	case TOKEN_ENDS:
		break;
	}
	return token_is_live(core, token) ? PROBLEMS
					  : PROBLEM_AUTHORIZATION_EXPIRED;
}

static bool token_fits(const struct token_row *row, const struct token_use *use)
{
	struct demand demand;

	if (use->at_box || use->elsewhere ||
	    strcmp(row->till, use->till) != 0 ||
	    strcmp(row->action, use->action) != 0)
		return false;
	if (row->amount && use->amount != TOKEN_NO_AMOUNT &&
	    (!use->amount || use->amount > row->amount))
		return false;
	return token_demand(row->action, &demand) &&
	       demand_implies(&demand, &use->missing);
}

/* On the policy as it stands now, whatever it was when the token was given. */
static bool token_approver_may(struct core *core, const struct token_row *row,
			       const struct demand *missing)
{
	const struct policy_operator *approver =
		policy_operator(core->policy, row->approver);
	const struct policy_till *till = policy_till(core->policy, row->till);
	struct demand lacks;

	return approver && till &&
	       policy_decide(core->policy, approver, till, missing, &lacks);
}

static enum problem token_problem(struct core *core, const struct token *token,
				  const struct token_use *use)
{
	enum problem why = token_end_problem(core, token);

	if (why != PROBLEMS)
		return why;
	if (strcmp(token->row.requester, use->operator) != 0)
		return PROBLEM_AUTHORIZATION_NOT_YOURS;
	if (!token_fits(&token->row, use))
		return PROBLEM_AUTHORIZATION_MISMATCH;
	if (!token_approver_may(core, &token->row, &use->missing))
		return PROBLEM_AUTHORIZATION_OUTDATED;
	return PROBLEMS;
}

enum problem token_take(struct core *core, const struct token_use *use,
			struct token_consent *out_consent,
			char out_id[RANDOM_ID_SIZE])
{
	struct token *token;
	enum problem why;

	tokens_watch_clock(core);
	token = token_of(core, use->hash);
	text_copy(out_id, RANDOM_ID_SIZE, token ? token->row.id : "");
	if (!token)
		return PROBLEM_AUTHORIZATION_NOT_FOUND;
	why = token_problem(core, token, use);
	if (why != PROBLEMS)
		return why;
	token->task = TOKEN_SPENDING;
	*out_consent = (struct token_consent){
		.id = token->row.id,
		.approver = token->row.approver,
	};
	return PROBLEMS;
}
