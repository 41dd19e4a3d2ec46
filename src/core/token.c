/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a token: there, watched over, ended. */
#include "core/token_private.h"

#include "core/record.h"
#include "util/alloc.h"
#include "util/json.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>

#define TOKEN_UPKEEP_MS	  60000
#define TOKEN_CLOCK_SLACK 1000 /* corrections below that are no step */

static void tokens_upkeep(void *arg);

struct tokens *tokens_new(struct core *core)
{
	struct tokens *tokens = ALLOC_NEW(struct tokens);

	TAILQ_INIT(&tokens->queue);
	tokens->wall = core_wall(core);
	tokens->offset = core_wall(core) - core_now(core);
	tokens->timer = timer_new(core->env.timers, tokens_upkeep, core);
	return tokens;
}

static void token_remove(struct tokens *tokens, struct token *token)
{
	TAILQ_REMOVE(&tokens->queue, token, entry);
	tokens->count--;
	secret_wipe(token, sizeof(*token));
	free(token);
}

struct tokens *tokens_free(struct tokens *tokens)
{
	if (!tokens)
		return NULL;
	while (!TAILQ_EMPTY(&tokens->queue))
		token_remove(tokens, TAILQ_FIRST(&tokens->queue));
	timer_free(tokens->timer);
	free(tokens);
	return NULL;
}

/* Memory only; what is on disk is its caller's. */
static void token_forget(struct core *core, struct token *token)
{
	token_remove(core->tokens, token);
}

/* --- there --- */

static struct token *token_put(struct core *core, const struct token_row *row)
{
	struct token *token = ALLOC_NEW(struct token);
	int64_t left = row->expires_ms - core_wall(core);

	token->row = *row;
	token->ends = core_now(core) + left;
	TAILQ_INSERT_TAIL(&core->tokens->queue, token, entry);
	core->tokens->count++;
	return token;
}

void tokens_load(void *arg, const struct token_row *row)
{
	token_put(arg, row);
}

static bool token_has_ended(const struct token *token)
{
	return token->row.end != TOKEN_LIVE;
}

static bool token_is_due(const struct core *core, const struct token *token)
{
	return core_now(core) >= token->ends ||
	       core_wall(core) >= token->row.expires_ms;
}

bool token_is_live(struct core *core, const struct token *token)
{
	return !token_has_ended(token) && !token_is_due(core, token);
}

struct token *token_by_id(struct core *core, const char *id)
{
	struct token *token;

	TAILQ_FOREACH(token, &core->tokens->queue, entry)
	if (!strcmp(token->row.id, id))
		return token;
	return NULL;
}

static size_t tokens_live_of(struct core *core, const char *approver)
{
	const struct token *token;
	size_t count = 0;

	TAILQ_FOREACH(token, &core->tokens->queue, entry)
	count += token_is_live(core, token) &&
		 !strcmp(token->row.approver, approver);
	return count;
}

/* The oldest of those that are over makes room. */
static bool tokens_make_room(struct core *core, struct txn *txn)
{
	struct token *token;

	if (core->tokens->count < TOKENS_MAX)
		return true;
	TAILQ_FOREACH(token, &core->tokens->queue, entry)
	if (!token_is_live(core, token) && token->task == TOKEN_IDLE)
		break;
	if (!token)
		return false;
	txn_token_remove(txn, token->row.id);
	token_forget(core, token);
	return true;
}

struct token *token_add(struct core *core, struct txn *txn,
			const struct token_row *row)
{
	struct token *token;

	tokens_watch_clock(core);
	if (tokens_live_of(core, row->approver) >= TOKENS_LIVE_MAX ||
	    !tokens_make_room(core, txn))
		return NULL;
	token = token_put(core, row);
	token->task = TOKEN_ISSUING;
	txn_token_add(txn, row);
	txn_wall_mark(txn, core->tokens->wall);
	return token;
}

void token_added(struct core *core, struct token *token, int error)
{
	if (error) {
		token_forget(core, token);
		return;
	}
	if (token->task == TOKEN_ISSUING)
		token->task = TOKEN_IDLE;
	timer_set(core->tokens->timer, TOKEN_UPKEEP_MS);
}

/* --- ended --- */

/* Finds its way back to one that may be gone by then. */
struct token_ending {
	struct core *core;
	char id[RANDOM_ID_SIZE];
};

static void token_ended(void *arg, int error)
{
	struct token_ending *ending = arg;
	struct token *token = token_by_id(ending->core, ending->id);
	bool written = !error || error == STORE_E_SPENT;

	if (token && token->task == TOKEN_ENDING)
		token->task = written ? TOKEN_IDLE : TOKEN_OWED;
	if (!written)
		timer_set(ending->core->tokens->timer, TOKEN_UPKEEP_MS);
	free(ending);
}

/* Each by itself: one that can't be ended holds up no other. */
static void token_write_end(struct core *core, struct token *token)
{
	struct token_ending *ending = ALLOC_NEW(struct token_ending);
	struct record *record;
	json_t *entry =
		record_note(core, &record, "token.void", token->row.till);

	ending->core = core;
	memcpy(ending->id, token->row.id, sizeof(ending->id));
	json_put_text(entry, "authorization", token->row.id);
	json_put_text(entry, "action", token->row.action);
	json_put_text(entry, "operator", token->row.requester);
	json_put_text(entry, "approver", token->row.approver);
	json_put_text(entry, "why", token->why);
	txn_token_end(record->txn, token->row.id, TOKEN_VOID);
	txn_wall_mark(record->txn, core->tokens->wall);
	token->task = TOKEN_ENDING;
	record_commit(record, token_ended, ending);
}

/* What is being spent belongs to its intent: it ends if that comes to nothing.
 */
static void token_void(struct core *core, struct token *token, const char *why)
{
	if (token_has_ended(token))
		return;
	token->why = why;
	if (token->task == TOKEN_SPENDING)
		return;
	token->row.end = TOKEN_VOID;
	token_write_end(core, token);
}

void token_set_revoked(struct token *token)
{
	token->row.end = TOKEN_REVOKED;
	token->task = TOKEN_ENDING;
}

/* Holds, whatever the disk says; what it did not take is written as void. */
void token_revoked(struct core *core, const char *id, int error)
{
	struct token *token = token_by_id(core, id);

	if (!token || token->task != TOKEN_ENDING)
		return;
	token->task = error && error != STORE_E_SPENT ? TOKEN_OWED : TOKEN_IDLE;
	token->why = "revoked";
	timer_set(core->tokens->timer, TOKEN_UPKEEP_MS);
}

void token_put_spent(struct core *core, struct txn *txn, const char *id)
{
	struct token *token = id ? token_by_id(core, id) : NULL;

	char subject[GUESS_SUBJECT_SIZE];

	if (!token || token->task != TOKEN_SPENDING)
		return;
	txn_token_end(txn, id, TOKEN_SPENT);
	guess_name_token(subject, token->row.requester, token->row.till);
	token->forgiven = guess_right(core, txn, subject);
}

bool token_spent(struct core *core, const char *id, int error)
{
	struct token *token = token_by_id(core, id);
	char subject[GUESS_SUBJECT_SIZE];

	if (!token || token->task != TOKEN_SPENDING)
		return false;
	token->task = TOKEN_IDLE;
	if (!error) {
		guess_name_token(subject, token->row.requester,
				 token->row.till);
		guess_forget(core, subject, token->forgiven);
	}
	if (!error || error == STORE_E_SPENT)
		token->row.end = TOKEN_SPENT;
	else if (token->why)
		token_void(core, token, token->why);
	return true;
}

/* --- what ends them --- */

static void tokens_end(struct core *core, const char *operator,
		       const char * till, const char *why)
{
	struct token *token;

	TAILQ_FOREACH(token, &core->tokens->queue, entry)
	if ((!operator|| !strcmp(token->row.requester, operator)) &&
	    (!till || !strcmp(token->row.till, till)))
		token_void(core, token, why);
}

void tokens_end_signon(struct core *core, const char *operator,
		       const char * till)
{
	tokens_end(core, operator, till, "signed-off");
}

void tokens_end_session(struct core *core, const char *till)
{
	tokens_end(core, NULL, till, "session-closed");
}

static bool token_is_active(const struct core *core, const char *operator)
{
	const struct policy_operator *who =
		policy_operator(core->policy, operator);

	return who && who->active;
}

void tokens_sweep(struct core *core)
{
	struct token *token;

	TAILQ_FOREACH(token, &core->tokens->queue, entry)
	if (!token_is_active(core, token->row.requester) ||
	    !token_is_active(core, token->row.approver) ||
	    !policy_till(core->policy, token->row.till))
		token_void(core, token, "policy");
}

void tokens_watch_clock(struct core *core)
{
	struct tokens *tokens = core->tokens;
	int64_t wall = core_wall(core);
	int64_t offset = wall - core_now(core);

	if (wall + TOKEN_CLOCK_SLACK >= tokens->wall &&
	    offset + TOKEN_CLOCK_SLACK >= tokens->offset) {
		tokens->wall = wall > tokens->wall ? wall : tokens->wall;
		tokens->offset =
			offset > tokens->offset ? offset : tokens->offset;
		return;
	}
	tokens->wall = wall;
	tokens->offset = offset;
	tokens_end(core, NULL, NULL, "clock");
}

/* --- now and then --- */

static bool token_may_go(const struct core *core, const struct token *token)
{
	return token->task == TOKEN_IDLE &&
	       core_wall(core) - token->row.expires_ms > TOKEN_KEPT_MS;
}

static void tokens_purge(struct core *core, struct txn *txn)
{
	struct token *token, *next;

	for (token = TAILQ_FIRST(&core->tokens->queue); token; token = next) {
		next = TAILQ_NEXT(token, entry);
		if (!token_may_go(core, token))
			continue;
		txn_token_remove(txn, token->row.id);
		token_forget(core, token);
	}
}

static void tokens_upkeep(void *arg)
{
	struct core *core = arg;
	struct txn *txn = txn_new(core->store);
	struct token *token;

	tokens_watch_clock(core);
	TAILQ_FOREACH(token, &core->tokens->queue, entry)
	if (token->task == TOKEN_OWED)
		token_write_end(core, token);
	tokens_purge(core, txn);
	txn_wall_mark(txn, core->tokens->wall);
	txn_commit(txn, NULL, NULL);
	if (core->tokens->count)
		timer_set(core->tokens->timer, TOKEN_UPKEEP_MS);
}

void tokens_settle(struct core *core)
{
	timer_stop(core->tokens->timer);
}

void tokens_start(struct core *core, int64_t wall_mark)
{
	core->tokens->wall = wall_mark;
	if (store_is_rolled_back(core->store))
		tokens_end(core, NULL, NULL, "rolled-back");
	tokens_watch_clock(core);
	tokens_sweep(core);
	if (core->tokens->count)
		timer_set(core->tokens->timer, TOKEN_UPKEEP_MS);
}
