/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the one path share: the request on its way. */
#ifndef TILLD_CORE_ACTION_PRIVATE_H
#define TILLD_CORE_ACTION_PRIVATE_H

#include "core/action.h"
#include "core/authorization.h"
#include "core/core_private.h"

#define ACTION_OF_SIZE 65 /* of an id in a path, with its NUL */

/*
 * One request on its way. Steps that have to ask the disk come back to it;
 * what may have changed meanwhile (policy, sign-on, another request under the
 * same key, the till's book) is looked at again in action_decide().
 */
struct attempt {
	struct authorization_waiter waiter;
	STAILQ_ENTRY(attempt) queued; /* for its turn at the till's book */
	struct core *core;
	struct caller *caller;
	enum action action;
	const struct action_row *row;
	const char *name; /* the row's, or what a check is for */
	char till[POLICY_ID_MAX + 1];
	char operator[POLICY_ID_MAX + 1]; /* who attempts it, once decided */
	char key[129];
	char of[ACTION_OF_SIZE]; /* what it is about */
	/* Another till, at which what it undoes was done: what it takes, it
	 * takes there too. Or "". */
	char done_at[POLICY_ID_MAX + 1];
	char event[OP_ID_SIZE]; /* for which it opens the drawer, or "" */
	char device[DEVICE_NAME_MAX + 1];
	struct demand required; /* in any case */
	struct demand demand;	/* as last planned */
	struct action_words words;
	json_t *params;
	char *text; /* a body that is parsed on a worker; or NULL */
	size_t text_len;
	uint8_t text_hash[HASH_SIZE];
	uint8_t body[HASH_SIZE];
	/* What a consent is bound to: the body and, where a plan says so, what
	 * that would come to now. Set anew at every decision. */
	uint8_t bound[HASH_SIZE];
	struct op op;
	int64_t amount;	 /* planned: what it comes to; 0: the body says it */
	json_t *figures; /* planned: of the cash, not for everybody; or NULL */
	const json_t
		*changes; /* planned: all that differs; the plan's, or NULL */
	void *plan;	  /* the row's own; free_plan ends it */
	void (*free_plan)(void *plan);
	enum problem by_none; /* planned: why by no consent; PROBLEMS: by one */
	json_t *found;	      /* what find found; or NULL */
	json_t *checklist;    /* what else a day's end is about; or NULL */
	int64_t balance;      /* of the book, once a settlement is on disk */
	char spent[RANDOM_ID_SIZE]; /* the consent taken, for what settles */
	bool alone;		    /* a technician's, with nobody signed on */
	bool armed;	/* it armed the reader, and lets it go when it ends */
	bool weak;	/* they may, but not by the badge they signed on with */
	bool has_token; /* given in advance, that came along; its hash: */
	uint8_t token[HASH_SIZE];
	enum problem wrong;  /* with that, or with all of it */
	json_t *wrong_extra; /* how; or NULL */
};

/* Answered; the attempt is gone. */
void action_finish(struct attempt *attempt);
void action_refuse(struct attempt *attempt, enum problem problem,
		   json_t *extra);

/* action_decide.c: the same for a change that no consent would bring about, or
 * that came to nothing after it was decided: on record first. signon: whose
 * asking it was. */
void action_refuse_on_record(struct attempt *attempt, const char *signon,
			     enum problem problem);

/* Puts a plan into its place, for the one before. */
void action_set_plan(struct attempt *attempt, void *plan,
		     void (*free_plan)(void *plan));

/* The same for figures (stolen). */
void action_set_figures(struct attempt *attempt, json_t *figures);

/*
 * action.c: it can't be done, unless it was done under this key by another
 * request while this one was looked into: then that is told.
 */
void action_refuse_unless_done(struct attempt *attempt, enum problem problem,
			       json_t *extra);

/*
 * action_decide.c. Another request under the same key may have gone ahead
 * meanwhile: true if this one waits for the other's end now (or was refused,
 * since its body differs).
 */
bool action_joined(struct attempt *attempt);

/* action.c: what it is about is looked at again, since somebody else spent the
 * consent meanwhile; then it is decided again. */
void action_look_again(struct attempt *attempt);

/* action_decide.c: may it be done, on the policy as it stands? */
void action_decide(struct attempt *attempt);

/*
 * action_carry_out.c: whether something else than permission stands in the way,
 * which is answered then. by_consent: so does trouble that the device is known
 * to have, since a supervisor is not to be asked in vain; whoever may do it
 * needs no consent, and the device itself is asked.
 */
bool action_is_obstructed(struct attempt *attempt, struct device *device,
			  bool by_consent);

/* action_decide.c: refused for what became of that consent, with how it stands.
 */
void action_tell_consent(struct attempt *attempt,
			 struct authorization *authorization, enum problem why);

/* By whose consent it is done; all NULL: by right. Lent for one call. */
struct action_consent {
	const char *id;
	const char *approver;
	const char *how;
};

/* action_carry_out.c: that device, and why it can't: a problem's extra. New. */
json_t *action_device_extra(struct core *core, struct device *device,
			    enum reason reason);

/* action_carry_out.c: it may be done, nothing stands in the way, and the
 * consent has been taken. */
void action_do(struct attempt *attempt, const struct action_by *by,
	       const struct action_consent *consent, struct device *device);

/* action_token.c: a supervisor would have to be asked, but a token came along:
 * goes ahead by that, or says what is wrong with it. asked: what one was asked
 * before; or NULL. */
void action_judge_token(struct attempt *attempt, const struct action_by *by,
			const struct demand *missing,
			struct authorization *asked, struct device *device);

/*
 * action_carry_out.c: it may be done, by right or by consent (authorization;
 * missing says for what). Spends the consent and begins, or answers why not.
 * device is NULL for what needs none.
 */
void action_carry_out(struct attempt *attempt, const struct action_by *by,
		      struct authorization *authorization,
		      const struct demand *missing, struct device *device);

/* action_find.c: what a cancellation, a refund and a settling are
 * about. */
void action_find_payment(struct attempt *attempt);

/* Whether that is the currency of its till, as what was told none is taken to
 * be. Converted into that of its card, a payment's sum is another one's. */
bool action_is_of_till(const struct attempt *attempt, const char *currency);
enum problem action_plan_cancel(struct attempt *attempt,
				const struct action_by *by, json_t **out_extra);
void action_find_refunded(struct attempt *attempt);
void action_find_settled(struct attempt *attempt);

/* action_settle.c: the same for the settling of an unknown outcome. */
void action_settle(struct attempt *attempt, const struct action_by *by,
		   const struct action_consent *consent);

/* action_record.c: what is done by its record alone, and what only tells. */
void action_record(struct attempt *attempt, const struct action_by *by,
		   const struct action_consent *consent);
void action_read(struct attempt *attempt, const struct action_by *by,
		 const struct action_consent *consent);

/* On which grounds something is done, for its record. */
struct operation_grounds action_grounds(const struct attempt *attempt,
					const struct action_by *by,
					const struct action_consent *consent);

/* The same for what is no operation: into its entry; and the consent is spent
 * with that record, of whose end authorization_spent() is told. */
void action_put_grounds(struct attempt *attempt, const struct action_by *by,
			const struct action_consent *consent,
			struct record *record, json_t *entry);

#endif
