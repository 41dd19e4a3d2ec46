/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may do what at which till, as one immutable snapshot. A changed policy
 * is a new snapshot, swapped whole; whoever still works with the old one holds
 * a reference. Pure: no SQL, no clock, no input or output. Specification:
 * docs/policy.md.
 *
 * Made once with policy_new(), filled with policy_add_...(), finished with
 * policy_seal(); after that it only answers questions.
 */
#ifndef TILLD_POLICY_POLICY_H
#define TILLD_POLICY_POLICY_H

#include "policy/rights.h"
#include "util/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define POLICY_ID_MAX	     32 /* of operators, groups, tills; text_is_name() */
#define POLICY_NAME_MAX	     64	    /* characters of a name for people */
#define POLICY_BOX	     "@box" /* stands for the box as a whole among tills */
#define POLICY_TILLS_MAX     256
#define POLICY_HASH_TEXT_MAX 256

enum role { ROLE_USER, ROLE_MANAGER };

/* How strong a badge has to be for a permission at a till. */
enum badge_strength { BADGE_ALONE, BADGE_PIN, BADGE_PIV };

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
};

struct policy_group {
	const char *id;
	const char *name;
	struct rights rights;		       /* voided already */
	uint64_t tills[POLICY_TILLS_MAX / 64]; /* bit = index of the till */
	bool box;			       /* attached to @box */
};

struct policy_operator {
	const char *id; /* stable, random, never a name: the journal's */
	const char *login;
	const char *name;
	const char *password; /* "scrypt$..."; NULL if there is none */
	const char *pin;      /* the same */
	enum role role;
	bool active;
	const uint32_t *groups; /* indexes */
	size_t groups_count;
};

struct policy;

struct policy *policy_new(int64_t version);
struct policy *policy_ref(struct policy *policy);
struct policy *policy_unref(struct policy *policy); /* returns NULL */

/*
 * Fill it. Everything is copied. Tills first, then groups, then operators,
 * then badges. False if one that is referred to is not there, if there are too
 * many, or if the id of a till or a group is taken (that operators and badges
 * are unique is the database's business).
 */
bool policy_add_till(struct policy *policy, const struct policy_till *till);
/* tills: ids, or POLICY_BOX */
bool policy_add_group(struct policy *policy, const struct policy_group *group,
		      const char *const *tills, size_t tills_count);
bool policy_add_operator(struct policy *policy,
			 const struct policy_operator *operator,
			 const char * const * groups, size_t groups_count);
/* key: HMAC of the badge's canonical id under the badge pepper */
bool policy_add_badge(struct policy *policy, const uint8_t key[HASH_SIZE],
		      const char *operator_id, bool active);
void policy_seal(struct policy *policy);

/* --- questions --- */

int64_t policy_version(const struct policy *policy);

/* NULL if there is none. */
const struct policy_till *policy_till(const struct policy *policy,
				      const char *id);
const struct policy_operator *policy_operator(const struct policy *policy,
					      const char *id);
const struct policy_operator *policy_login(const struct policy *policy,
					   const char *login);
/* Active badges of active operators only. */
const struct policy_operator *policy_badge(const struct policy *policy,
					   const uint8_t key[HASH_SIZE]);

size_t policy_tills(const struct policy *policy);
const struct policy_till *policy_till_at(const struct policy *policy,
					 size_t index);

/* Whether a process with that uid and those groups may act for the till. */
bool policy_admits(const struct policy_till *till, uid_t uid, const gid_t *gids,
		   size_t gids_count);

/*
 * The decision. Everything required must be granted by at least one of the
 * operator's groups that is attached to the till (till NULL: to @box). An
 * inactive operator may do nothing. True if allowed; else out_missing tells
 * what is not granted.
 */
bool policy_decide(const struct policy *policy,
		   const struct policy_operator *operator,
		   const struct policy_till * till,
		   const struct demand *demand,
		   struct demand *out_missing);

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
