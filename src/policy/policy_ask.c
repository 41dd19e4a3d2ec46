/* SPDX-License-Identifier: Apache-2.0 */
/* What a sealed snapshot answers. */
#include "policy/policy_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define POLICY_ETAG_DIGITS 16

int64_t policy_version(const struct policy *policy)
{
	return policy->version;
}

void policy_etag(const struct policy *policy, char out_etag[POLICY_ETAG_SIZE])
{
	char hash[HASH_TEXT_SIZE];

	hash_to_hex(policy->hash, HASH_SIZE, hash);
	snprintf(out_etag, POLICY_ETAG_SIZE, "\"%" PRId64 "-%.*s\"",
		 policy->version, POLICY_ETAG_DIGITS, hash);
}

/* --- looking things up --- */

const struct policy_till *policy_till(const struct policy *policy,
				      const char *id)
{
	uint32_t at;

	return names_find(&policy->till_ids, id, &at) ? &policy->tills[at]
						      : NULL;
}

const struct policy_group *policy_group(const struct policy *policy,
					const char *id)
{
	uint32_t at;

	return names_find(&policy->group_ids, id, &at) ? &policy->groups[at]
						       : NULL;
}

const struct policy_operator *policy_operator(const struct policy *policy,
					      const char *id)
{
	uint32_t at;

	return names_find(&policy->operator_ids, id, &at)
		       ? &policy->operators[at]
		       : NULL;
}

const struct policy_operator *policy_login(const struct policy *policy,
					   const char *login)
{
	uint32_t at;

	return names_find(&policy->logins, login, &at) ? &policy->operators[at]
						       : NULL;
}

size_t policy_tills(const struct policy *policy)
{
	return policy->tills_count;
}

const struct policy_till *policy_till_at(const struct policy *policy,
					 size_t index)
{
	return &policy->tills[index];
}

size_t policy_groups(const struct policy *policy)
{
	return policy->groups_count;
}

const struct policy_group *policy_group_at(const struct policy *policy,
					   size_t index)
{
	return &policy->groups[index];
}

size_t policy_operators(const struct policy *policy)
{
	return policy->operators_count;
}

const struct policy_operator *policy_operator_at(const struct policy *policy,
						 size_t index)
{
	return &policy->operators[index];
}

/* --- badges --- */

const struct policy_badge *policy_badge_by_key(const struct policy *policy,
					       const uint8_t key[HASH_SIZE])
{
	size_t from = 0, to = policy->badges_count;

	while (from < to) {
		size_t half = from + (to - from) / 2;
		const struct policy_badge *badge =
			&policy->badges[policy->by_key[half]];
		int order = memcmp(key, badge->key, HASH_SIZE);

		if (!order)
			return badge;
		if (order < 0)
			to = half;
		else
			from = half + 1;
	}
	return NULL;
}

const struct policy_badge *policy_badge_by_handle(const struct policy *policy,
						  const char *handle)
{
	uint32_t at;

	return names_find(&policy->handles, handle, &at) ? &policy->badges[at]
							 : NULL;
}

const struct policy_operator *
policy_badge_owner(const struct policy *policy,
		   const struct policy_badge *badge)
{
	return &policy->operators[badge->owner];
}

const struct policy_operator *
policy_badge(const struct policy *policy, const uint8_t key[HASH_SIZE],
	     int64_t wall_ms, const struct policy_badge **out_badge)
{
	const struct policy_badge *badge = policy_badge_by_key(policy, key);
	const struct policy_operator *who;

	if (!badge)
		return NULL;
	if (out_badge)
		*out_badge = badge;
	who = policy_badge_owner(policy, badge);
	if (!badge->active || !who->active ||
	    (badge->until_ms && wall_ms >= badge->until_ms))
		return NULL;
	return who;
}

/* --- who may act for a till, see it, work at it --- */

bool policy_admits(const struct policy_till *till, uid_t uid, const gid_t *gids,
		   size_t gids_count)
{
	for (size_t i = 0; i < till->uids_count; i++)
		if (till->uids[i] == uid)
			return true;
	for (size_t i = 0; i < till->gids_count; i++)
		for (size_t j = 0; j < gids_count; j++)
			if (till->gids[i] == gids[j])
				return true;
	return false;
}

bool policy_is_bound(const struct policy_operator *who)
{
	return who->restricted && who->role != ROLE_MANAGER;
}

bool policy_may_access(const struct policy *policy,
		       const struct policy_operator *who,
		       const struct policy_till *till)
{
	return !policy_is_bound(who) ||
	       policy_till_set_has(&who->access_tills,
				   (size_t)(till - policy->tills));
}

bool policy_may_access_any(const struct policy *policy,
			   const struct policy_operator *who)
{
	return policy->tills_count &&
	       (!policy_is_bound(who) ||
		!policy_till_set_empty(&who->access_tills));
}

bool policy_may_view(const struct policy *policy,
		     const struct policy_operator *who,
		     const struct policy_till *till)
{
	return policy_may_access(policy, who, till) ||
	       policy_till_set_has(&who->view_tills,
				   (size_t)(till - policy->tills));
}

/* --- decisions --- */

bool policy_group_counts(const struct policy *policy,
			 const struct policy_group *group,
			 const struct policy_till *till)
{
	if (!till)
		return group->box;
	return policy_till_set_has(&group->tills,
				   (size_t)(till - policy->tills));
}

struct rights policy_held(const struct policy *policy,
			  const struct policy_operator *who,
			  const struct policy_till *till)
{
	struct rights held = { 0 };

	for (size_t i = 0; who->active && i < who->groups_count; i++) {
		const struct policy_group *group =
			&policy->groups[who->groups[i]];

		if (policy_group_counts(policy, group, till))
			rights_join(&held, &group->rights);
	}
	return held;
}

static bool policy_decide_on(const struct rights *held,
			     const struct policy_operator *who,
			     const struct demand *demand,
			     struct demand *out_missing)
{
	struct demand missing = demand_missing(demand, held);

	if (who->active && demand_empty(&missing))
		return true;
	*out_missing = missing;
	return false;
}

bool policy_decide(const struct policy *policy,
		   const struct policy_operator *who,
		   const struct policy_till *till, const struct demand *demand,
		   struct demand *out_missing)
{
	struct rights held = policy_held(policy, who, till);

	return policy_decide_on(&held, who, demand, out_missing);
}

/* What takes more at that till. */
static struct rights policy_stronger(const struct policy_till *at,
				     enum badge_strength shown)
{
	struct rights strong = { 0 };

	for (unsigned int i = 0; i < PERMISSIONS; i++)
		if (!at || at->badge[i] > shown)
			rights_add(&strong, i);
	return strong;
}

bool policy_decide_by_badge(const struct policy *policy,
			    const struct policy_operator *who,
			    const struct policy_till *till,
			    const struct policy_till *at,
			    enum badge_strength shown,
			    const struct demand *demand,
			    struct demand *out_missing)
{
	struct rights held = policy_held(policy, who, till);
	struct rights strong = policy_stronger(at, shown);

	held = rights_missing(&held, &strong);
	return policy_decide_on(&held, who, demand, out_missing);
}

size_t policy_explain(const struct policy *policy,
		      const struct policy_operator *who,
		      const struct policy_till *till, unsigned int which,
		      const struct policy_group **out, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; who->active && i < who->groups_count; i++) {
		const struct policy_group *group =
			&policy->groups[who->groups[i]];

		if (!policy_group_counts(policy, group, till) ||
		    !rights_has(&group->rights, which))
			continue;
		if (count < max)
			out[count] = group;
		count++;
	}
	return count;
}

static bool policy_matches(const struct policy_operator *who,
			   const char *phrase)
{
	return !phrase || strcasestr(who->name, phrase) ||
	       strcasestr(who->login, phrase);
}

size_t policy_authorizers(const struct policy *policy,
			  const struct policy_till *till,
			  const struct demand *missing,
			  const struct policy_operator *requester,
			  const char *phrase,
			  const struct policy_operator **out, size_t max)
{
	struct demand lacks;
	size_t count = 0;

	for (size_t i = 0; i < policy->operators_count; i++) {
		const struct policy_operator *candidate =
			&policy->operators[policy->by_name[i]];

		if (candidate == requester ||
		    !policy_decide(policy, candidate, till, missing, &lacks) ||
		    !policy_matches(candidate, phrase))
			continue;
		if (count < max)
			out[count] = candidate;
		count++;
	}
	return count;
}

enum badge_strength policy_badge_strength(const struct policy_till *till,
					  const struct demand *missing)
{
	enum badge_strength strength = BADGE_ALONE;

	for (unsigned int i = 0; i < PERMISSIONS; i++)
		if ((rights_has(&missing->all, i) ||
		     rights_has(&missing->any, i)) &&
		    till->badge[i] > strength)
			strength = till->badge[i];
	return strength;
}
