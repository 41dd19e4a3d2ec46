/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A supervisor's consent to one action, once. Asked for when the operator may
 * not do it; given by badge at the daemon's reader, or by login and password;
 * bound to action, parameters, requester, till, sign-on and device; spent in
 * the transaction that writes the action's intent. Pendings and consents die
 * with the daemon.
 *
 *	pending -> armed -> approved -> spent
 *	   \_________\________\___-> denied | withdrawn | expired | void
 */
#ifndef TILLD_CORE_AUTHORIZATION_H
#define TILLD_CORE_AUTHORIZATION_H

#include "core/action.h"
#include "core/reader.h"
#include "core/signon.h"

struct core;
struct authorization;
struct authorizations;

enum consent {
	CONSENT_PENDING,
	CONSENT_APPROVED,
	CONSENT_SPENT,
	CONSENT_DENIED,
	CONSENT_WITHDRAWN,
	CONSENT_EXPIRED,
	CONSENT_OUTDATED, /* the approver no longer may */
	CONSENT_VOID,	  /* policy or sign-on went away under it */
};

struct authorizations *authorizations_new(void);
struct authorizations *authorizations_free(struct authorizations *all);

/* What a consent is asked for and bound to. Copied. */
struct authorization_ask {
	enum action action;
	const char *till;
	const char *operator;
	const char *signon;
	uid_t uid;
	const char *key;
	const uint8_t *body; /* HASH_SIZE: action, parameters, device */
	const char *device;
	const char *sentence;  /* what would be authorized */
	const char *prompt[2]; /* the same on two lines of 20 characters */
	struct demand missing;
};

/* The open one, pending or consented to, for exactly this; NULL if none. */
struct authorization *authorization_find(struct core *core,
					 const struct authorization_ask *ask);

/* By its id, ended ones that linger too; NULL if there is none. */
struct authorization *authorization_by_id(struct core *core, const char *id);

/*
 * A new pending. Its asking, which is the refusal, is journalled: written is
 * called, from the loop, once that is durable or could not be made so. NULL,
 * and written is not called, if the uid has too many open.
 */
struct authorization *authorization_ask(struct core *core,
					const struct authorization_ask *ask,
					void (*written)(void *arg, int error),
					void *arg);

enum consent authorization_state(const struct authorization *authorization);
const char *authorization_id(const struct authorization *authorization);
const char *authorization_approver(const struct authorization *authorization);
const char *authorization_how(const struct authorization *authorization);

/* As the API shows it. New. */
json_t *authorization_describe(struct core *core,
			       const struct authorization *authorization);

/*
 * Takes the consent, if it may still be used for what is missing now: decided
 * again, approver and all, on the policy as it stands. PROBLEMS if it may (it
 * is spent from now on), else why not.
 */
enum problem authorization_spend(struct core *core,
				 struct authorization *authorization,
				 const struct demand *missing);

/* The requester was allowed in the meantime: it lapses, unspent. */
void authorization_lapse(struct core *core,
			 struct authorization *authorization);

/* The problem for one that was not given, or is no longer good. */
enum problem authorization_problem(enum consent consent);

/*
 * Waits, at most ms, for its state to change from pending. changed is called
 * once, from the loop; the authorization is still there then.
 */
struct authorization_waiter {
	LIST_ENTRY(authorization_waiter) entry;
	struct timer *timer;
	void (*changed)(struct authorization_waiter *waiter,
			struct authorization *authorization);
	struct authorization *authorization;
};

void authorization_wait(struct core *core, struct authorization *authorization,
			struct authorization_waiter *waiter, int64_t ms);
void authorization_unwait(struct authorization_waiter *waiter);

/* Arms the reader for it, if the till has one; PROBLEMS if done. */
enum problem authorization_arm(struct core *core,
			       struct authorization *authorization,
			       int64_t *out_wait_ms);

/*
 * The same for a request that waits, unless it is armed already: true if it was
 * armed now. Where it could not be, those who watch are told why; by password
 * it goes all the same.
 */
bool authorization_arm_for_waiter(struct core *core,
				  struct authorization *authorization);

/* Whether anybody still waits for its state to change. */
bool authorization_is_awaited(const struct authorization *authorization);

/* Lets the reader go, if it is armed for it; the question stays open. */
void authorization_stand_down(struct authorization *authorization);

/* A sign-on ended: what it asked for is void. */
void authorizations_end_signon(struct core *core, const char *signon);

/* The policy changed: voids what hung on people who are no longer active. */
void authorizations_sweep(struct core *core);

/* --- API --- */

void authorization_show(struct core *core, struct caller *caller,
			const char *id);
void authorization_request_arm(struct core *core, struct caller *caller,
			       const char *id);
void authorization_give_pin(struct core *core, struct caller *caller,
			    const char *id, const char *pin);
/* approve: true to consent, false to refuse */
void authorization_answer(struct core *core, struct caller *caller,
			  const char *id, const json_t *body, bool approve);
void authorization_withdraw(struct core *core, struct caller *caller,
			    const char *id);

#endif
