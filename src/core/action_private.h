/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the one path share: the request on its way. */
#ifndef TILLD_CORE_ACTION_PRIVATE_H
#define TILLD_CORE_ACTION_PRIVATE_H

#include "core/action.h"
#include "core/authorization.h"
#include "core/core_private.h"

/*
 * One request on its way. Steps that have to ask the disk come back to it;
 * what may have changed meanwhile (policy, sign-on, another request under the
 * same key) is looked at again in action_decide().
 */
struct attempt {
	struct authorization_waiter waiter;
	struct core *core;
	struct caller *caller;
	enum action action;
	const struct action_row *row;
	char till[POLICY_ID_MAX + 1];
	char key[129];
	char of[OP_ID_SIZE]; /* the payment, or the operation to settle */
	char device[DEVICE_NAME_MAX + 1];
	struct demand required;
	json_t *params;
	uint8_t body[HASH_SIZE];
	struct op op;
	char asked[RANDOM_ID_SIZE]; /* the authorization's id */
	bool armed; /* it armed the reader, and lets it go when it ends */
};

/* Answered; the attempt is gone. */
void action_finish(struct attempt *attempt);
void action_refuse(struct attempt *attempt, enum problem problem,
		   json_t *extra);

/*
 * action_decide.c. Another request under the same key may have gone ahead
 * meanwhile: true if this one waits for the other's end now (or was refused,
 * since its body differs).
 */
bool action_joined(struct attempt *attempt);

/* action_decide.c: may it be done, on the policy as it stands? */
void action_decide(struct attempt *attempt);

/*
 * action_carry_out.c: it may be done, by right or by consent (authorization;
 * missing says for what). Spends the consent and begins, or answers why not.
 * device is NULL for what needs none.
 */
void action_carry_out(struct attempt *attempt, const struct signon *signon,
		      struct authorization *authorization,
		      const struct demand *missing, struct device *device);

/* action_settle.c: the same for the settling of an unknown outcome. */
void action_settle(struct attempt *attempt, const struct signon *signon,
		   const struct authorization *authorization);

#endif
