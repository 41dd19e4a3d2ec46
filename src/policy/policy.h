/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may do what at which till, as one immutable snapshot. A changed policy
 * is a new snapshot, swapped whole; whoever still works with the old one holds
 * a reference. Pure: no SQL, no clock, no input or output. Specification:
 * docs/policy.md.
 *
 * Made once with policy_new(), filled with policy_add_...(), finished with
 * policy_seal(); after that it only answers questions. It may be built, and
 * read, on any thread, but references are counted by one alone: the loop.
 */
#ifndef TILLD_POLICY_POLICY_H
#define TILLD_POLICY_POLICY_H

#include "policy/rights.h"
#include "util/hash.h"
#include "util/random.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define POLICY_ID_MAX	     32 /* of operators, groups, tills; text_is_name() */
#define POLICY_NAME_MAX	     64	    /* characters of a name for people */
#define POLICY_BOX	     "@box" /* stands for the box as a whole among tills */
#define POLICY_HASH_TEXT_MAX 256

#define POLICY_TILLS_MAX     256
#define POLICY_GROUPS_MAX    1024
#define POLICY_OPERATORS_MAX 16384
#define POLICY_MEMBER_MAX    64 /* groups of one operator */
#define POLICY_BADGES_MAX    16 /* of one operator */

enum role { ROLE_USER, ROLE_MANAGER, ROLES };

/* How strong a badge has to be for a permission at a till. */
enum badge_strength { BADGE_ALONE, BADGE_PIN, BADGE_PIV, BADGE_STRENGTHS };

/* For which differences of a count a deposit or withdrawal is made. */
enum difference_document {
	DIFFERENCE_NONE,
	DIFFERENCE_SHIFT,
	DIFFERENCE_DAY,
	DIFFERENCE_BOTH,
	DIFFERENCE_DOCUMENTS,
};

/* What may open the drawer without a hand. */
enum drawer_event {
	DRAWER_EVENT_RECEIPT_CASH,
	DRAWER_EVENT_REFUND_CASH,
	DRAWER_EVENT_SESSION_OPEN,
	DRAWER_EVENT_SESSION_CLOSE,
	DRAWER_EVENT_DAY_END,
	DRAWER_EVENTS,
};

/* Their words in documents and API: "manager", "pin", "shift", "day_end". */
extern const char *const policy_role_names[ROLES];
extern const char *const policy_strength_names[BADGE_STRENGTHS];
extern const char *const policy_difference_names[DIFFERENCE_DOCUMENTS];
extern const char *const policy_drawer_event_names[DRAWER_EVENTS];

/* An amount that may be left out, in the currency's minor unit. */
struct policy_amount {
	bool set;
	int64_t amount;
};

/* A set of tills: bit = index of the till. {0} is the empty one. */
struct policy_till_set {
	uint64_t words[POLICY_TILLS_MAX / 64];
};

static inline void policy_till_set_add(struct policy_till_set *set, size_t at)
{
	set->words[at / 64] |= UINT64_C(1) << at % 64;
}

static inline bool policy_till_set_empty(const struct policy_till_set *set)
{
	uint64_t any = 0;

	for (size_t i = 0; i < POLICY_TILLS_MAX / 64; i++)
		any |= set->words[i];
	return !any;
}

static inline bool policy_till_set_has(const struct policy_till_set *set,
				       size_t at)
{
	return set->words[at / 64] >> at % 64 & 1;
}

struct policy_till {
	const char *id;
	const char *name;
	const char *currency; /* ISO 4217, "EUR" */
	const uid_t *uids;    /* who may act for it... */
	size_t uids_count;
	const gid_t *gids; /* ...or be a member of */
	size_t gids_count;
	uint8_t badge[PERMISSIONS]; /* enum badge_strength */
	bool pin_sign_on;	    /* a PIN will do in place of a password */
	enum difference_document document_for_difference;
	struct policy_amount minimum; /* limits of the balance */
	struct policy_amount maximum;
	bool negative; /* going below zero asks, too */
	bool opens_on[DRAWER_EVENTS];
	struct policy_amount deposit_from; /* opens from there up; not set: */
	struct policy_amount withdrawal_from; /* never */
	bool day_end_includes_report;
};

struct policy_group {
	const char *id;
	const char *name;
	struct rights granted;	      /* as written, for those who read it */
	struct rights rights;	      /* of it what counts: voided */
	struct policy_till_set tills; /* that it is attached to */
	bool box;		      /* attached to @box */
};

#define POLICY_HANDLE_SIZE 15 /* "b-", 12 characters and a NUL */

/* Its number is nowhere: it is found by a key, and spoken of by a handle. */
struct policy_badge {
	uint8_t key[HASH_SIZE]; /* HMAC of the number under the badge pepper */
	const char *handle;	/* "b-k7f3q2mzx4ab": random, public */
	const char *label;	/* for people; "" if there is none */
	bool active;
	int64_t until_ms; /* wall; from then on it is no badge. 0: no end */
	uint32_t owner;	  /* index of the operator */
};

struct policy_operator {
	const char *id; /* stable, random, never a name: the journal's */
	const char *login;
	const char *name;
	const char *password; /* "scrypt$..."; NULL if there is none */
	const char *pin;      /* the same */
	enum role role;
	bool active;
	bool restricted; /* whether the four that follow apply */
	bool no_foreign_session;
	bool single_session;
	struct policy_till_set view_tills;
	struct policy_till_set access_tills;
	const uint32_t *groups; /* indexes */
	size_t groups_count;
	const struct policy_badge *badges; /* once sealed */
	size_t badges_count;
};

struct policy;

struct policy *policy_new(int64_t version);
struct policy *policy_ref(struct policy *policy);
struct policy *policy_unref(struct policy *policy); /* returns NULL */
/* Nobody else refers to it: the last reference may go on any thread. */
bool policy_is_last(const struct policy *policy);

/*
 * Fill it. Everything is copied. Tills first, then groups, then operators,
 * then badges. False if one that is referred to is not there, if there are too
 * many, or if an id, login, badge or handle is taken. Of groups granted is to
 * be given, of operators neither groups nor badges.
 */
bool policy_add_till(struct policy *policy, const struct policy_till *till);
/* tills: ids, or POLICY_BOX; in the group's own tills and box as well */
bool policy_add_group(struct policy *policy, const struct policy_group *group,
		      const char *const *tills, size_t tills_count);
bool policy_add_operator(struct policy *policy,
			 const struct policy_operator *who,
			 const char *const *groups, size_t groups_count);
bool policy_add_badge(struct policy *policy, const struct policy_badge *badge,
		      const char *operator_id);
/* What the document that it was made from hashes to; zeros until then. */
void policy_set_hash(struct policy *policy, const uint8_t hash[HASH_SIZE]);
void policy_seal(struct policy *policy);

/* What a badge has to be for a permission where a till says nothing: a copied
 * badge alone does not move money (docs/policy.md). */
enum badge_strength policy_default_strength(unsigned int permission);

/* A new handle for a badge. */
void policy_make_handle(const struct random *random,
			char out_handle[POLICY_HANDLE_SIZE]);

/* --- looking things up --- */

int64_t policy_version(const struct policy *policy);

#define POLICY_ETAG_SIZE 48

/* "\"12-0123456789abcdef\"", quotation marks and all: what stands, by name. */
void policy_etag(const struct policy *policy, char out_etag[POLICY_ETAG_SIZE]);

/* NULL if there is none. */
const struct policy_till *policy_till(const struct policy *policy,
				      const char *id);
const struct policy_group *policy_group(const struct policy *policy,
					const char *id);
const struct policy_operator *policy_operator(const struct policy *policy,
					      const char *id);
const struct policy_operator *policy_login(const struct policy *policy,
					   const char *login);

/* All of them, in the order of the document. */
size_t policy_tills(const struct policy *policy);
const struct policy_till *policy_till_at(const struct policy *policy,
					 size_t index);
size_t policy_groups(const struct policy *policy);
const struct policy_group *policy_group_at(const struct policy *policy,
					   size_t index);
size_t policy_operators(const struct policy *policy);
const struct policy_operator *policy_operator_at(const struct policy *policy,
						 size_t index);

/*
 * Whose badge it is. NULL if it is not known or, at that wall clock, no good
 * (inactive, run out, its operator inactive); out_badge (NULL: not wanted) is
 * set wherever it is known, so that such a swipe can be told by its handle.
 */
const struct policy_operator *
policy_badge(const struct policy *policy, const uint8_t key[HASH_SIZE],
	     int64_t wall_ms, const struct policy_badge **out_badge);

/* Any, whether it is good or not; NULL if there is none. */
const struct policy_badge *policy_badge_by_key(const struct policy *policy,
					       const uint8_t key[HASH_SIZE]);
const struct policy_badge *policy_badge_by_handle(const struct policy *policy,
						  const char *handle);
const struct policy_operator *
policy_badge_owner(const struct policy *policy,
		   const struct policy_badge *badge);

/* --- questions --- */

/* Whether a process with that uid and those groups may act for the till. */
bool policy_admits(const struct policy_till *till, uid_t uid, const gid_t *gids,
		   size_t gids_count);

/*
 * The restrictions of docs/policy.md, section 5, that concern tills. They bind
 * those of role user who are restricted; access implies view. Activity is not
 * looked at.
 */
bool policy_is_bound(const struct policy_operator *who);
bool policy_may_view(const struct policy *policy,
		     const struct policy_operator *who,
		     const struct policy_till *till);
bool policy_may_access(const struct policy *policy,
		       const struct policy_operator *who,
		       const struct policy_till *till);

/* Whether there is any till at which they may sign on. */
bool policy_may_access_any(const struct policy *policy,
			   const struct policy_operator *who);

/* Whether a group counts at a till (NULL: at @box). */
bool policy_group_counts(const struct policy *policy,
			 const struct policy_group *group,
			 const struct policy_till *till);

/* All that the operator's groups grant there; nothing to an inactive one. */
struct rights policy_held(const struct policy *policy,
			  const struct policy_operator *who,
			  const struct policy_till *till);

/*
 * The decision. What is demanded must be granted by at least one of the
 * operator's groups that is attached to the till (till NULL: to @box). An
 * inactive operator may do nothing. True if allowed; else out_missing tells
 * what is not granted.
 */
bool policy_decide(const struct policy *policy,
		   const struct policy_operator *who,
		   const struct policy_till *till, const struct demand *demand,
		   struct demand *out_missing);

/*
 * The same for who is known by a badge of that strength, shown at that till
 * (at; NULL: it is gone): what takes a stronger one there is not granted by it.
 */
bool policy_decide_by_badge(const struct policy *policy,
			    const struct policy_operator *who,
			    const struct policy_till *till,
			    const struct policy_till *at,
			    enum badge_strength shown,
			    const struct demand *demand,
			    struct demand *out_missing);

/*
 * Through which of the operator's groups it is granted at the till (NULL: at
 * @box): up to max of them; returns how many there are in all. An inactive
 * operator has nothing through any.
 */
size_t policy_explain(const struct policy *policy,
		      const struct policy_operator *who,
		      const struct policy_till *till, unsigned int which,
		      const struct policy_group **out, size_t max);

/*
 * Who could consent to what is missing, at this till: active operators other
 * than the requester who hold every missing item there. Up to max of them, in
 * the order of their names, those whose name or login contains phrase (NULL:
 * all); returns how many there are in all.
 */
size_t policy_authorizers(const struct policy *policy,
			  const struct policy_till *till,
			  const struct demand *missing,
			  const struct policy_operator *requester,
			  const char *phrase,
			  const struct policy_operator **out, size_t max);

/* The strongest badge that any of the missing permissions asks for here. */
enum badge_strength policy_badge_strength(const struct policy_till *till,
					  const struct demand *missing);

#endif
