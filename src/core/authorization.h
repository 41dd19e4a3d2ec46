/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A supervisor's consent to one action, once. Asked for when the operator may
 * not do it; given by badge at the daemon's reader, or by login and password;
 * bound to action, parameters, requester, till, sign-on, session and device;
 * spent in the transaction that writes the action's intent. Questions and
 * consents die with the daemon.
 *
 *	asking -> pending -> approved <-> spending -> spent
 *
 * A pending one may be armed: the reader waits for it. From any of the first
 * three it may end instead: denied, withdrawn, expired, outdated or void.
 *
 * What gives somebody something follows the disk: a question can be answered,
 * and a consent used, once that stands in the journal; one that is taken for an
 * intent belongs to it alone until that was committed (spent) or could not be
 * (given back, for as long as it would have lived anyway). What takes something
 * away - denial, withdrawal, expiry - holds at once, whatever the disk says.
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
	CONSENT_ASKING, /* the refusal is being written; known to nobody yet */
	CONSENT_PENDING,
	CONSENT_APPROVED,
	CONSENT_SPENDING, /* taken by an intent that is being written */
	CONSENT_SPENT,
	CONSENT_DENIED,
	CONSENT_WITHDRAWN,
	CONSENT_EXPIRED,
	CONSENT_OUTDATED, /* the approver no longer may, or it takes more */
	CONSENT_VOID,	  /* policy or sign-on went away under it */
};

struct authorizations *authorizations_new(struct core *core);
struct authorizations *authorizations_free(struct authorizations *all);

/* What a consent is asked for and bound to. Copied. */
struct authorization_ask {
	const char *action; /* its name; lives for ever */
	bool at_box; /* decided at @box; the till is where it was asked */
	const char *till;
	const char *done_at; /* another till that it is about: who consents has
				to be able to there too; or "" */
	const char *operator;
	const char *signon;
	const char *session; /* that is open at the till; "" if none is */
	uid_t uid;
	const char *key;
	const uint8_t *body; /* HASH_SIZE: action, parameters, device */
	const char *device;
	const json_t *question;		  /* a message; copied */
	const struct prompt_pages *pages; /* the same for a display; copied */
	const json_t *figures; /* of the cash, for those who may see the balance
				  there and for the journal; or NULL */
	/* All that it changes, for who asks and who may answer; or NULL */
	const json_t *changes;
	bool partly; /* the pages are not all of it: a badge will not do */
	struct demand missing;
};

/* The open one, in whichever of its states, for exactly this; NULL if none. */
struct authorization *authorization_find(struct core *core,
					 const struct authorization_ask *ask);

/* One for exactly this that was given, ended as outdated, and lingers; NULL if
 * there is none, or if who asked was told. */
struct authorization *
authorization_find_outdated(struct core *core,
			    const struct authorization_ask *ask);

/* Who asked hears how it stands: if it has ended, the next try asks anew. */
void authorization_state_is_told(struct authorization *authorization);

/* By its id, ended ones that linger too; NULL if there is none, or if it is
 * still being asked. */
struct authorization *authorization_by_id(struct core *core, const char *id);

/*
 * A new one, asking: await its record. Its asking, which is the refusal, is
 * journalled; then it is pending, or gone with an error. NULL if the uid has
 * too many open.
 */
struct authorization *authorization_ask(struct core *core,
					const struct authorization_ask *ask);

/* Why its asking could not be written; 0 if it was. */
int authorization_error(const struct authorization *authorization);

enum consent authorization_state(const struct authorization *authorization);
const char *authorization_id(const struct authorization *authorization);
const char *authorization_approver(const struct authorization *authorization);
const char *authorization_how(const struct authorization *authorization);

/* What it asks: a message. New. */
json_t *authorization_question(const struct authorization *authorization);

/* As the API shows it. New. */
json_t *authorization_describe(struct core *core,
			       const struct authorization *authorization);

/* With all that it changes: for who asks. New. */
json_t *authorization_describe_whole(struct core *core,
				     const struct authorization *authorization);

/*
 * Takes the consent, if it may be used for what is missing now: decided again,
 * approver and all, on the policy as it stands. PROBLEMS if it may (nobody else
 * can use or end it from now on), else why not. Whoever took it says what came
 * of the transaction in which it is spent: 0, or the error for which it was
 * not, and is there again. id may also be that of a token (token.h), of which
 * token_put_spent() has to be in the transaction.
 */
enum problem authorization_spend(struct authorization *authorization,
				 const struct demand *missing);
void authorization_spent(struct core *core, const char *id, int error);

/* How long it lives if nothing becomes of it; 0: it is no more (or NULL). */
int64_t authorization_left_ms(struct core *core,
			      const struct authorization *authorization);

/* The requester was allowed in the meantime: it lapses, unspent. */
void authorization_lapse(struct authorization *authorization);

/* The problem for one that was not given, or is no longer good. */
enum problem authorization_problem(enum consent consent);

/*
 * Waits, at most ms, for its state to change from pending; or, without limit,
 * for what is being written about it (asking, spending) to be on record or to
 * have failed. changed is called once, from the loop; the authorization is
 * still there then.
 */
struct authorization_waiter {
	LIST_ENTRY(authorization_waiter) entry;
	bool waiting;
	struct timer *timer; /* NULL: without limit */
	void (*changed)(struct authorization_waiter *waiter,
			struct authorization *authorization);
	struct authorization *authorization;
};

void authorization_wait(struct core *core, struct authorization *authorization,
			struct authorization_waiter *waiter, int64_t ms);
void authorization_await_record(struct authorization *authorization,
				struct authorization_waiter *waiter);
void authorization_unwait(struct authorization_waiter *waiter);

/* Arms the reader for it, if the till has one; PROBLEMS if done. */
enum problem authorization_arm(struct core *core,
			       struct authorization *authorization,
			       int64_t *out_wait_ms);

/*
 * The same for a request that waits, unless it is armed already: true if it was
 * armed now, or stands in line for when the reader is free. Where it could not
 * be armed, those who watch are told why; by password it goes all the same.
 */
bool authorization_arm_for_waiter(struct core *core,
				  struct authorization *authorization);

/* A reader, or a display, was let go or is there again: those in line have a
 * try, soon. */
void authorizations_reader_is_free(struct core *core);

/* Whether anybody still waits for its state to change. */
bool authorization_is_awaited(const struct authorization *authorization);

/* Lets the reader go, if it is armed for it, and stands in line for it no
 * longer; the question stays open. */
void authorization_stand_down(struct authorization *authorization);

/* A sign-on ended: what it asked for is void. */
void authorizations_end_signon(struct core *core, const char *signon);

/* The daemon stops, so no consent comes any more: who waits for one is told. */
void authorizations_stop(struct core *core);

/* The policy changed: ends what hung on people, rights and badges that are no
 * more. */
void authorizations_sweep(struct core *core);

/* --- API --- */

void authorization_show(struct core *core, struct caller *caller,
			const char *id);
void authorization_request_arm(struct core *core, struct caller *caller,
			       const char *id);
void authorization_give_pin(struct core *core, struct caller *caller,
			    const char *id, const char *pin);
/* By login and password or PIN; without a login from the caller's own sign-on.
 * approve: true to consent, false to refuse */
void authorization_answer(struct core *core, struct caller *caller,
			  const char *id, const json_t *body, bool approve);
void authorization_withdraw(struct core *core, struct caller *caller,
			    const char *id);
/* Those who could consent to it; phrase: part of a name, or NULL. */
void authorization_list_supervisors(struct core *core, struct caller *caller,
				    const char *id, const char *phrase);
/* Those that wait for an answer which the caller's operator could give; till:
 * only of that one, or NULL. */
void authorization_list(struct core *core, struct caller *caller,
			const char *till);

#endif
