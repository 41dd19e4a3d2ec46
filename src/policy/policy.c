/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/policy.h"

#include "util/alloc.h"
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct policy_badge_row {
	uint8_t key[HASH_SIZE];
	uint32_t operator;
};

/* An id and where it stands: sorted when sealed, searched by halves. */
struct policy_name {
	const char *id;
	uint32_t at;
};

struct policy {
	unsigned int refs;
	int64_t version;
	struct policy_till *tills;
	size_t tills_count;
	struct policy_group *groups;
	size_t groups_count;
	struct policy_operator *operators;
	size_t operators_count;
	struct policy_badge_row *badges;
	size_t badges_count;
	struct policy_name *by_id;
	struct policy_name *by_login;
};

struct policy *policy_new(int64_t version)
{
	struct policy *policy = ALLOC_NEW(struct policy);

	policy->refs = 1;
	policy->version = version;
	return policy;
}

struct policy *policy_ref(struct policy *policy)
{
	policy->refs++;
	return policy;
}

static void *policy_copy(const void *array, size_t count, size_t size)
{
	void *copy = alloc_zero(count, size);

	if (count)
		memcpy(copy, array, count * size);
	return copy;
}

static void policy_free_const(const void *memory)
{
	free((void *)(uintptr_t)memory);
}

static void policy_free_secret(const char *text)
{
	secret_free((char *)(uintptr_t)text);
}

static void policy_free_till(struct policy_till *till)
{
	policy_free_const(till->id);
	policy_free_const(till->name);
	policy_free_const(till->currency);
	policy_free_const(till->uids);
	policy_free_const(till->gids);
}

static void policy_free_operator(struct policy_operator *operator)
{
	policy_free_const(operator->id);
	policy_free_const(operator->login);
	policy_free_const(operator->name);
	policy_free_secret(operator->password);
	policy_free_secret(operator->pin);
	policy_free_const(operator->groups);
}

struct policy *policy_unref(struct policy *policy)
{
	if (!policy || --policy->refs)
		return NULL;
	for (size_t i = 0; i < policy->tills_count; i++)
		policy_free_till(&policy->tills[i]);
	for (size_t i = 0; i < policy->groups_count; i++) {
		policy_free_const(policy->groups[i].id);
		policy_free_const(policy->groups[i].name);
	}
	for (size_t i = 0; i < policy->operators_count; i++)
		policy_free_operator(&policy->operators[i]);
	free(policy->tills);
	free(policy->groups);
	free(policy->operators);
	free(policy->badges);
	free(policy->by_id);
	free(policy->by_login);
	free(policy);
	return NULL;
}

/* Makes room for one more; arrays double, so that filling stays linear. */
static void *policy_grow(void *array, size_t count, size_t size)
{
	bool full = !(count & (count - 1)); /* none yet, or a power of two */

	return full ? alloc_resize(array, count ? count * 2 : 1, size) : array;
}

static bool policy_find_till(const struct policy *policy, const char *id,
			     size_t *out_at)
{
	for (size_t i = 0; i < policy->tills_count; i++) {
		if (strcmp(policy->tills[i].id, id) != 0)
			continue;
		*out_at = i;
		return true;
	}
	return false;
}

static bool policy_find_group(const struct policy *policy, const char *id,
			      uint32_t *out_at)
{
	for (size_t i = 0; i < policy->groups_count; i++) {
		if (strcmp(policy->groups[i].id, id) != 0)
			continue;
		*out_at = (uint32_t)i;
		return true;
	}
	return false;
}

bool policy_add_till(struct policy *policy, const struct policy_till *till)
{
	struct policy_till *added;
	size_t at;

	if (policy->tills_count == POLICY_TILLS_MAX ||
	    !strcmp(till->id, POLICY_BOX) ||
	    policy_find_till(policy, till->id, &at))
		return false;
	policy->tills = policy_grow(policy->tills, policy->tills_count,
				    sizeof(*policy->tills));
	added = &policy->tills[policy->tills_count++];
	*added = *till;
	added->id = alloc_text(till->id);
	added->name = alloc_text(till->name);
	added->currency = alloc_text(till->currency);
	added->uids =
		policy_copy(till->uids, till->uids_count, sizeof(*till->uids));
	added->gids =
		policy_copy(till->gids, till->gids_count, sizeof(*till->gids));
	return true;
}

bool policy_add_group(struct policy *policy, const struct policy_group *group,
		      const char *const *tills, size_t tills_count)
{
	struct policy_group made = { .rights = group->rights };
	uint32_t other;
	size_t at;

	if (policy_find_group(policy, group->id, &other))
		return false;
	for (size_t i = 0; i < tills_count; i++) {
		if (!strcmp(tills[i], POLICY_BOX))
			made.box = true;
		else if (policy_find_till(policy, tills[i], &at))
			made.tills[at / 64] |= UINT64_C(1) << at % 64;
		else
			return false;
	}
	rights_void(&made.rights);
	made.id = alloc_text(group->id);
	made.name = alloc_text(group->name);
	policy->groups = policy_grow(policy->groups, policy->groups_count,
				     sizeof(*policy->groups));
	policy->groups[policy->groups_count++] = made;
	return true;
}

bool policy_add_operator(struct policy *policy,
			 const struct policy_operator *operator,
			 const char * const * groups, size_t groups_count)
{
	uint32_t *at = alloc_zero(groups_count, sizeof(*at));
	struct policy_operator *added;

	for (size_t i = 0; i < groups_count; i++) {
		if (!policy_find_group(policy, groups[i], &at[i])) {
			free(at);
			return false;
		}
	}
	policy->operators =
		policy_grow(policy->operators, policy->operators_count,
			    sizeof(*policy->operators));
	added = &policy->operators[policy->operators_count++];
	*added = (struct policy_operator){
		.id = alloc_text(operator->id),
		.login = alloc_text(operator->login),
		.name = alloc_text(operator->name),
		.password = alloc_text(operator->password),
		.pin = alloc_text(operator->pin),
		.role = operator->role,
		.active = operator->active,
		.groups = at,
		.groups_count = groups_count,
	};
	return true;
}

static int policy_compare_names(const void *a, const void *b)
{
	const struct policy_name *left = a, *right = b;

	return strcmp(left->id, right->id);
}

static int policy_compare_badges(const void *a, const void *b)
{
	const struct policy_badge_row *left = a, *right = b;

	return memcmp(left->key, right->key, HASH_SIZE);
}

/* Once all operators are there: by id and by login, to search by halves. */
static void policy_index(struct policy *policy)
{
	size_t count = policy->operators_count;

	if (policy->by_id)
		return;
	policy->by_id = alloc_zero(count, sizeof(*policy->by_id));
	policy->by_login = alloc_zero(count, sizeof(*policy->by_login));
	for (size_t i = 0; i < count; i++) {
		policy->by_id[i] =
			(struct policy_name){ policy->operators[i].id,
					      (uint32_t)i };
		policy->by_login[i] =
			(struct policy_name){ policy->operators[i].login,
					      (uint32_t)i };
	}
	qsort(policy->by_id, count, sizeof(*policy->by_id),
	      policy_compare_names);
	qsort(policy->by_login, count, sizeof(*policy->by_login),
	      policy_compare_names);
}

bool policy_add_badge(struct policy *policy, const uint8_t key[HASH_SIZE],
		      const char *operator_id, bool active)
{
	const struct policy_operator *operator;
	struct policy_badge_row row;

	policy_index(policy);
	operator= policy_operator(policy, operator_id);
	if (!operator)
		return false;
	if (!active || !operator->active)
		return true;
	row.operator=(uint32_t)(operator- policy->operators);
	memcpy(row.key, key, HASH_SIZE);
	policy->badges = policy_grow(policy->badges, policy->badges_count,
				     sizeof(*policy->badges));
	policy->badges[policy->badges_count++] = row;
	return true;
}

void policy_seal(struct policy *policy)
{
	policy_index(policy);
	if (policy->badges_count)
		qsort(policy->badges, policy->badges_count,
		      sizeof(*policy->badges), policy_compare_badges);
}

int64_t policy_version(const struct policy *policy)
{
	return policy->version;
}

const struct policy_till *policy_till(const struct policy *policy,
				      const char *id)
{
	size_t at;

	return policy_find_till(policy, id, &at) ? &policy->tills[at] : NULL;
}

static const struct policy_operator *
policy_search(const struct policy *policy, const struct policy_name *names,
	      const char *id)
{
	struct policy_name wanted = { .id = id };
	const struct policy_name *found;

	if (!policy->operators_count)
		return NULL;
	found = bsearch(&wanted, names, policy->operators_count, sizeof(*names),
			policy_compare_names);
	return found ? &policy->operators[found->at] : NULL;
}

const struct policy_operator *policy_operator(const struct policy *policy,
					      const char *id)
{
	return policy_search(policy, policy->by_id, id);
}

const struct policy_operator *policy_login(const struct policy *policy,
					   const char *login)
{
	return policy_search(policy, policy->by_login, login);
}

const struct policy_operator *policy_badge(const struct policy *policy,
					   const uint8_t key[HASH_SIZE])
{
	struct policy_badge_row wanted = { 0 };
	const struct policy_badge_row *found;

	if (!policy->badges_count)
		return NULL;
	memcpy(wanted.key, key, HASH_SIZE);
	found = bsearch(&wanted, policy->badges, policy->badges_count,
			sizeof(wanted), policy_compare_badges);
	return found ? &policy->operators[found->operator] : NULL;
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

static bool policy_group_counts(const struct policy *policy,
				const struct policy_group *group,
				const struct policy_till *till)
{
	size_t at;

	if (!till)
		return group->box;
	at = (size_t)(till - policy->tills);
	return group->tills[at / 64] >> at % 64 & 1;
}

bool policy_decide(const struct policy *policy,
		   const struct policy_operator *operator,
		   const struct policy_till * till,
		   const struct demand *demand,
		   struct demand *out_missing)
{
	struct rights held = { 0 };
	struct demand missing;

	for (size_t i = 0; operator->active && i<operator->groups_count; i++) {
		const struct policy_group *group =
			&policy->groups[operator->groups[i]];

		if (policy_group_counts(policy, group, till))
			rights_join(&held, &group->rights);
	}
	missing = demand_missing(demand, &held);
	if (operator->active && demand_empty(&missing))
		return true;
	*out_missing = missing;
	return false;
}

static int policy_compare_people(const void *a, const void *b)
{
	const struct policy_operator *const *left = a;
	const struct policy_operator *const *right = b;
	int order = strcoll((*left)->name, (*right)->name);

	return order ? order : strcmp((*left)->id, (*right)->id);
}

static bool policy_matches(const struct policy_operator *operator,
			   const char * phrase)
{
	return !phrase || strcasestr(operator->name, phrase) ||
	       strcasestr(operator->login, phrase);
}

size_t policy_authorizers(const struct policy *policy,
			  const struct policy_till *till,
			  const struct demand *missing,
			  const struct policy_operator *requester,
			  const char *phrase,
			  const struct policy_operator **out, size_t max)
{
	const struct policy_operator **found =
		alloc_zero(policy->operators_count, sizeof(*found));
	size_t count = 0;

	for (size_t i = 0; i < policy->operators_count; i++) {
		const struct policy_operator *candidate = &policy->operators[i];
		struct demand lacks;

		if (candidate != requester &&
		    policy_matches(candidate, phrase) &&
		    policy_decide(policy, candidate, till, missing, &lacks))
			found[count++] = candidate;
	}
	qsort(found, count, sizeof(*found), policy_compare_people);
	memcpy(out, found, (count < max ? count : max) * sizeof(*found));
	free(found);
	return count;
}

enum badge_strength policy_badge_strength(const struct policy_till *till,
					  const struct demand *missing)
{
	enum badge_strength strength = BADGE_ALONE;

	for (unsigned int i = 0; i < PERMISSIONS; i++)
		if ((rights_has(&missing->all, i) ||
		     rights_has(&missing->any, i)) && till->badge[i] > strength)
			strength = till->badge[i];
	return strength;
}
