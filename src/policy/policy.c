/* SPDX-License-Identifier: Apache-2.0 */
/* How a snapshot is made; what it answers is in policy_ask.c. */
#include "policy/policy_private.h"

#include "util/alloc.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

struct policy *policy_new(int64_t version)
{
	struct policy *policy = ALLOC_NEW(struct policy);

	policy->refs = 1;
	policy->version = version;
	policy->secrets.secret = true;
	return policy;
}

struct policy *policy_ref(struct policy *policy)
{
	policy->refs++;
	return policy;
}

bool policy_is_last(const struct policy *policy)
{
	return policy->refs == 1;
}

struct policy *policy_unref(struct policy *policy)
{
	if (!policy || --policy->refs)
		return NULL;
	arena_free(&policy->arena);
	arena_free(&policy->secrets);
	names_free(&policy->till_ids);
	names_free(&policy->group_ids);
	names_free(&policy->operator_ids);
	names_free(&policy->logins);
	names_free(&policy->handles);
	free(policy->tills);
	free(policy->groups);
	free(policy->operators);
	free(policy->badges);
	free(policy->by_name);
	free(policy->by_key);
	free(policy);
	return NULL;
}

/* Makes room for one more; arrays double, so that filling stays linear. */
static void *policy_grow(void *array, size_t count, size_t size)
{
	bool full = !(count & (count - 1)); /* none yet, or a power of two */

	return full ? alloc_resize(array, count ? count * 2 : 1, size) : array;
}

bool policy_add_till(struct policy *policy, const struct policy_till *till)
{
	struct policy_till *added;
	uint32_t at = (uint32_t)policy->tills_count;
	const char *id = arena_text(&policy->arena, till->id);

	if (at == POLICY_TILLS_MAX || !strcmp(id, POLICY_BOX) ||
	    !names_add(&policy->till_ids, id, at))
		return false;
	policy->tills = policy_grow(policy->tills, at, sizeof(*policy->tills));
	added = &policy->tills[policy->tills_count++];
	*added = *till;
	added->id = id;
	added->name = arena_text(&policy->arena, till->name);
	added->currency = arena_text(&policy->arena, till->currency);
	added->uids = arena_copy(&policy->arena, till->uids, till->uids_count,
				 sizeof(*till->uids));
	added->gids = arena_copy(&policy->arena, till->gids, till->gids_count,
				 sizeof(*till->gids));
	return true;
}

static bool policy_attach(const struct policy *policy, const char *till,
			  struct policy_group *group)
{
	uint32_t at;

	if (!strcmp(till, POLICY_BOX))
		group->box = true;
	else if (names_find(&policy->till_ids, till, &at))
		policy_till_set_add(&group->tills, at);
	else
		return false;
	return true;
}

bool policy_add_group(struct policy *policy, const struct policy_group *group,
		      const char *const *tills, size_t tills_count)
{
	struct policy_group made = *group;
	uint32_t at = (uint32_t)policy->groups_count;

	for (size_t i = 0; i < tills_count; i++)
		if (!policy_attach(policy, tills[i], &made))
			return false;
	made.id = arena_text(&policy->arena, group->id);
	made.name = arena_text(&policy->arena, group->name);
	made.rights = made.granted;
	rights_void(&made.rights);
	if (at == POLICY_GROUPS_MAX ||
	    !names_add(&policy->group_ids, made.id, at))
		return false;
	policy->groups =
		policy_grow(policy->groups, at, sizeof(*policy->groups));
	policy->groups[policy->groups_count++] = made;
	return true;
}

/* NULL if one of them is not there, or if there are too many. */
static const uint32_t *policy_find_groups(struct policy *policy,
					  const char *const *groups,
					  size_t count)
{
	uint32_t *at;

	if (count > POLICY_MEMBER_MAX)
		return NULL;
	at = arena_alloc(&policy->arena, count, sizeof(*at));
	for (size_t i = 0; i < count; i++)
		if (!names_find(&policy->group_ids, groups[i], &at[i]))
			return NULL;
	return at;
}

bool policy_add_operator(struct policy *policy,
			 const struct policy_operator *who,
			 const char *const *groups, size_t groups_count)
{
	uint32_t at = (uint32_t)policy->operators_count, other;
	struct policy_operator made = *who;

	made.id = arena_text(&policy->arena, who->id);
	made.login = arena_text(&policy->arena, who->login);
	made.groups = policy_find_groups(policy, groups, groups_count);
	if (!made.groups || at == POLICY_OPERATORS_MAX ||
	    names_find(&policy->logins, made.login, &other) ||
	    !names_add(&policy->operator_ids, made.id, at))
		return false;
	names_add(&policy->logins, made.login, at);
	made.name = arena_text(&policy->arena, who->name);
	made.password = arena_text(&policy->secrets, who->password);
	made.pin = arena_text(&policy->secrets, who->pin);
	made.groups_count = groups_count;
	made.badges = NULL;
	made.badges_count = 0;
	policy->operators =
		policy_grow(policy->operators, at, sizeof(*policy->operators));
	policy->operators[policy->operators_count++] = made;
	return true;
}

bool policy_add_badge(struct policy *policy, const struct policy_badge *badge,
		      const char *operator_id)
{
	uint32_t at = (uint32_t)policy->badges_count;
	struct policy_badge made = *badge;

	made.handle = arena_text(&policy->arena, badge->handle);
	made.label = arena_text(&policy->arena, badge->label);
	if (!names_find(&policy->operator_ids, operator_id, &made.owner) ||
	    policy->operators[made.owner].badges_count == POLICY_BADGES_MAX ||
	    !names_add(&policy->handles, made.handle, at))
		return false;
	policy->operators[made.owner].badges_count++;
	policy->badges =
		policy_grow(policy->badges, at, sizeof(*policy->badges));
	policy->badges[policy->badges_count++] = made;
	return true;
}

void policy_set_hash(struct policy *policy, const uint8_t hash[HASH_SIZE])
{
	memcpy(policy->hash, hash, HASH_SIZE);
}

/* --- sealing: what is asked by order is put into it --- */

static int policy_compare_people(const void *a, const void *b, void *arg)
{
	const struct policy *policy = arg;
	const struct policy_operator *left =
		&policy->operators[*(const uint32_t *)a];
	const struct policy_operator *right =
		&policy->operators[*(const uint32_t *)b];
	int order = strcoll(left->name, right->name);

	return order ? order : strcmp(left->id, right->id);
}

static int policy_compare_keys(const void *a, const void *b, void *arg)
{
	const struct policy *policy = arg;

	return memcmp(policy->badges[*(const uint32_t *)a].key,
		      policy->badges[*(const uint32_t *)b].key, HASH_SIZE);
}

static int policy_compare_badges(const void *a, const void *b)
{
	const struct policy_badge *left = a, *right = b;

	if (left->owner != right->owner)
		return left->owner < right->owner ? -1 : 1;
	return strcmp(left->handle, right->handle);
}

static uint32_t *policy_sort(struct policy *policy, size_t count,
			     int (*compare)(const void *, const void *, void *))
{
	uint32_t *order = alloc_zero(count, sizeof(*order));

	for (size_t i = 0; i < count; i++)
		order[i] = (uint32_t)i;
	if (count)
		qsort_r(order, count, sizeof(*order), compare, policy);
	return order;
}

/* Each operator's stand together from now on. */
static void policy_hand_out_badges(struct policy *policy)
{
	const struct policy_badge *next = policy->badges;

	names_free(&policy->handles);
	if (policy->badges_count)
		qsort(policy->badges, policy->badges_count,
		      sizeof(*policy->badges), policy_compare_badges);
	for (size_t i = 0; i < policy->badges_count; i++)
		names_add(&policy->handles, policy->badges[i].handle,
			  (uint32_t)i);
	for (size_t i = 0; i < policy->operators_count; i++) {
		policy->operators[i].badges = next;
		if (policy->operators[i].badges_count)
			next += policy->operators[i].badges_count;
	}
}

void policy_seal(struct policy *policy)
{
	policy_hand_out_badges(policy);
	policy->by_name = policy_sort(policy, policy->operators_count,
				      policy_compare_people);
	policy->by_key =
		policy_sort(policy, policy->badges_count, policy_compare_keys);
}

/* 60 random bits: as good as never the same twice, and short enough to say. */
void policy_make_handle(const struct random *random,
			char out_handle[POLICY_HANDLE_SIZE])
{
	char id[RANDOM_ID_SIZE];

	random_id(random, id);
	memcpy(out_handle, "b-", 2);
	text_copy(out_handle + 2, POLICY_HANDLE_SIZE - 2, id);
}
