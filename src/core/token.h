/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A supervisor's consent given in advance: to one action of one person at one
 * till, once, up to an amount, within some minutes. It is a secret that its
 * bearer sends along with the action; kept as a hash, on disk, so it outlives
 * the daemon. Spent in the transaction that writes the action's intent.
 *
 *	issuing -> live <-> spending -> spent
 *	             \___-> revoked | void | past its time
 *
 * As with other consents (authorization.h) what gives something follows the
 * disk, and what takes something away holds at once; here it is also written
 * again until it is, since a restart would bring the token back.
 *
 * It is dead once the clock on the wall has stepped back by more than a second:
 * while the daemon runs that is held against the monotonic clock, by which a
 * token lasts no longer either; for the time when it does not run the latest
 * that the clock has shown is kept on disk, to the minute while there are any.
 */
#ifndef TILLD_CORE_TOKEN_H
#define TILLD_CORE_TOKEN_H

#include "core/caller.h"
#include "policy/policy.h"
#include "store/store.h"

#define TOKEN_MINUTES	  15 /* unless it is said otherwise */
#define TOKEN_MINUTES_MAX (12 * 60)

struct core;
struct tokens;

struct tokens *tokens_new(struct core *core);
struct tokens *tokens_free(struct tokens *tokens);

/* At start: each row; then, with sign-ons and policy there, what is left of
 * them. wall_mark: store_wall_mark(). */
void tokens_load(void *core, const struct token_row *row);
void tokens_start(struct core *core, int64_t wall_mark);

/* At the end: nothing is looked after any more. */
void tokens_settle(struct core *core);

/* --- spending --- */

/* Who brings one along, and for what. */
struct token_use {
	const uint8_t *hash; /* SHA-256 of what was brought */
	const char *operator;
	const char *till;
	bool elsewhere;	    /* another till has a say in it, too */
	const char *action; /* its name, or that of what is asked for */
	bool at_box;
	int64_t amount; /* that it is about; TOKEN_NO_AMOUNT: of nothing; 0:
			   of how much should have been said */
	struct demand missing;
};

#define TOKEN_NO_AMOUNT ((int64_t)-1)

/* What the action takes by itself, which is what can be consented to in
 * advance: false if there is no such action, or none of it is known before. */
bool token_demand(const char *action, struct demand *out_demand);

/* What it was given for, and by whom; lent, as long as it is being spent. */
struct token_consent {
	const char *id;
	const char *approver;
};

/*
 * Takes it, if it may be used for that now, decided again, approver and all, on
 * the policy as it stands: PROBLEMS, and nobody else can use or end it till
 * token_spent(). Else why not, and out_id ("" if there is no such token) tells
 * which it is.
 */
enum problem token_take(struct core *core, const struct token_use *use,
			struct token_consent *out_consent,
			char out_id[RANDOM_ID_SIZE]);

/* What has to be in the transaction that spends it; nothing if id (NULL: none)
 * names no token that is being spent. */
void token_put_spent(struct core *core, struct txn *txn, const char *id);

/* What came of that transaction: 0, or the error for which it was not spent.
 * False if id names no token that is being spent. */
bool token_spent(struct core *core, const char *id, int error);

/* --- guessing (guess.h) --- */

/* How many seconds the operator, or the client, has to wait at that till
 * before another token is looked at; 0: none. */
int64_t token_brake(struct core *core, const char *operator, const char * till,
		    uid_t uid);

/* One that did not do: counted at once, in the transaction that journals it. */
void token_count_wrong(struct core *core, struct txn *txn, const char *operator,
		       const char * till, uid_t uid);

/* --- ending --- */

/* The policy changed: of people, or at tills, that are no more, none is left. */
void tokens_sweep(struct core *core);

/* That operator is signed on at that till no longer: theirs there are void. */
void tokens_end_signon(struct core *core, const char *operator,
		       const char * till);

/* The session at that till was closed: all for it are void. */
void tokens_end_session(struct core *core, const char *till);

/* --- API (token_api.c) --- */

void token_issue(struct core *core, struct caller *caller, const json_t *body);
void token_list(struct core *core, struct caller *caller);
void token_revoke(struct core *core, struct caller *caller, const char *id);

#endif
