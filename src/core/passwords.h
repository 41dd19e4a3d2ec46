/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this the operator's password, or PIN? Asked of a worker, one at a time
 * and one queued per uid, since scrypt is slow on purpose. An unknown login
 * costs the same time as a wrong password.
 */
#ifndef TILLD_CORE_PASSWORDS_H
#define TILLD_CORE_PASSWORDS_H

#include "core/caller.h"
#include "util/worker.h"

#include <jansson.h>
#include <stdbool.h>

struct core;
struct passwords;

struct passwords *passwords_new(struct core *core);
/* Finishes what is being checked; its answers may still be written. */
void passwords_settle(struct passwords *passwords);
struct passwords *passwords_free(struct passwords *passwords);

enum credential { CREDENTIAL_PASSWORD, CREDENTIAL_PIN };

/*
 * What somebody typed, at a till, for a login. Checked against the operator of
 * that login; every try is slowed down (guess.h) and a wrong one journalled.
 */
struct credentials {
	const char *till;
	const char *login;
	enum credential kind;
	const char *secret; /* copied, and wiped after use */
	bool badge; /* a PIN that goes with a badge that was shown: wrong
		     * passwords typed elsewhere don't slow it down */
};

/*
 * Fills kind and secret, which stay the body's, from its "password" or "pin":
 * false, with what to say about it (new), unless it has exactly one of them,
 * and a PIN only where the till (credentials->till) takes one.
 */
bool passwords_take(struct core *core, const json_t *body,
		    struct credentials *credentials, json_t **out_extra);

/* operator_id: who it is, NULL if refused; why then says so, with
 * retry_after seconds for PROBLEM_SLOW_DOWN. From the loop. */
typedef void (*passwords_checked)(void *arg, const char *operator_id,
				  enum problem why, int64_t retry_after);

/* Checks them on the worker, and calls checked once; at once where it refuses
 * to look. credentials are copied. */
void passwords_check(struct core *core, const struct peer *peer,
		     const struct credentials *credentials,
		     passwords_checked checked, void *arg);

#endif
