/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is true of every policy, tried on thousands that are made by chance: the
 * same ones each time, since chance is seeded.
 */
#include "policy/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS	  400
#define TRIES	  20 /* questions of one policy */
#define TILLS	  4
#define GROUPS	  6
#define OPERATORS 8
#define SEED	  20261122

/* --- chance --- */

static uint64_t chance_state;

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t chance(void)
{
	uint64_t z = chance_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static size_t below(size_t bound)
{
	return (size_t)(chance() % bound);
}

static bool one_in(size_t many)
{
	return !below(many);
}

static struct rights some_rights(size_t one_of)
{
	struct rights rights = { 0 };

	for (unsigned int i = 0; i < RIGHTS_COUNT; i++)
		if (one_in(one_of))
			rights_add(&rights, i);
	return rights;
}

/* Mostly something small, with a choice now and then. */
static struct demand some_demand(void)
{
	struct demand demand = { .all = some_rights(60) };

	if (one_in(2))
		demand.any = some_rights(30);
	return demand;
}

/* --- a plan of a policy, which can be changed and built --- */

struct plan_group {
	struct rights granted;
	bool tills[TILLS];
	bool box;
};

struct plan_operator {
	bool groups[GROUPS];
	bool active;
	bool restricted;
	enum role role;
	struct policy_till_set view;
	struct policy_till_set access;
};

struct plan {
	struct plan_group groups[GROUPS];
	struct plan_operator operators[OPERATORS];
};

static struct policy_till_set some_tills(void)
{
	struct policy_till_set set = { { 0 } };

	for (size_t i = 0; i < TILLS; i++)
		if (one_in(3))
			policy_till_set_add(&set, i);
	return set;
}

static struct plan some_plan(void)
{
	struct plan plan = { 0 };

	for (size_t i = 0; i < GROUPS; i++) {
		plan.groups[i].granted = some_rights(3);
		plan.groups[i].box = one_in(3);
		for (size_t j = 0; j < TILLS; j++)
			plan.groups[i].tills[j] = one_in(2);
	}
	for (size_t i = 0; i < OPERATORS; i++) {
		struct plan_operator *who = &plan.operators[i];

		for (size_t j = 0; j < GROUPS; j++)
			who->groups[j] = one_in(3);
		who->active = !one_in(5);
		who->restricted = one_in(2);
		who->role = one_in(3) ? ROLE_MANAGER : ROLE_USER;
		who->view = some_tills();
		who->access = some_tills();
	}
	return plan;
}

/* Names by number, in one place: they have to outlive the building only. */
static const char *name_of(size_t number)
{
	static const char *const names[] = { "0", "1", "2", "3",
					     "4", "5", "6", "7" };

	return names[number];
}

static void build_group(struct policy *policy, const struct plan_group *plan,
			size_t at)
{
	struct policy_group group = { .id = name_of(at),
				      .name = name_of(at),
				      .granted = plan->granted,
				      .box = plan->box };

	for (size_t i = 0; i < TILLS; i++)
		if (plan->tills[i])
			policy_till_set_add(&group.tills, i);
	assert_true(policy_add_group(policy, &group, NULL, 0));
}

static void build_operator(struct policy *policy,
			   const struct plan_operator *plan, size_t at)
{
	struct policy_operator who = { .id = name_of(at),
				       .login = name_of(at),
				       .name = name_of(at),
				       .active = plan->active,
				       .role = plan->role,
				       .restricted = plan->restricted,
				       .view_tills = plan->view,
				       .access_tills = plan->access };
	const char *groups[GROUPS];
	size_t count = 0;

	for (size_t i = 0; i < GROUPS; i++)
		if (plan->groups[i])
			groups[count++] = name_of(i);
	assert_true(policy_add_operator(policy, &who, groups, count));
}

static struct policy *build(const struct plan *plan)
{
	struct policy *policy = policy_new(1);

	for (size_t i = 0; i < TILLS; i++) {
		struct policy_till till = { .id = name_of(i),
					    .name = name_of(i),
					    .currency = "EUR" };

		assert_true(policy_add_till(policy, &till));
	}
	for (size_t i = 0; i < GROUPS; i++)
		build_group(policy, &plan->groups[i], i);
	for (size_t i = 0; i < OPERATORS; i++)
		build_operator(policy, &plan->operators[i], i);
	policy_seal(policy);
	return policy;
}

/* A till, or NULL: the box. */
static const struct policy_till *place(const struct policy *policy, size_t at)
{
	return at < TILLS ? policy_till_at(policy, at) : NULL;
}

static bool may(const struct policy *policy, size_t who, size_t where,
		const struct demand *demand)
{
	struct demand missing;

	return policy_decide(policy, policy_operator_at(policy, who),
			     place(policy, where), demand, &missing);
}

/* Each single right, as a set: what somebody holds somewhere. */
static struct rights held(const struct policy *policy, size_t who, size_t where)
{
	struct rights found = { 0 };

	for (unsigned int i = 0; i < RIGHTS_COUNT; i++) {
		struct demand one = { 0 };

		demand_add(&one, i);
		if (may(policy, who, where, &one))
			rights_add(&found, i);
	}
	return found;
}

static bool contains(const struct rights *more, const struct rights *less)
{
	struct rights beyond = rights_missing(less, more);

	return rights_empty(&beyond);
}

/* --- the properties --- */

static void in_each_policy(void (*check)(struct plan *plan,
					 struct policy *policy))
{
	chance_state = SEED;
	for (int i = 0; i < ROUNDS; i++) {
		struct plan plan = some_plan();
		struct policy *policy = build(&plan);

		check(&plan, policy);
		policy_unref(policy);
	}
}

/* What one holds, and what one is allowed, before and after a change. */
static void expect_no_less(const struct policy *less, const struct policy *more)
{
	for (size_t who = 0; who < OPERATORS; who++) {
		for (size_t where = 0; where <= TILLS; where++) {
			struct rights few = held(less, who, where);
			struct rights many = held(more, who, where);
			struct demand demand = some_demand();

			assert_true(contains(&many, &few));
			assert_true(!may(less, who, where, &demand) ||
				    may(more, who, where, &demand));
		}
	}
}

static void check_joining(struct plan *plan, struct policy *policy)
{
	struct policy *after;

	plan->operators[below(OPERATORS)].groups[below(GROUPS)] = true;
	after = build(plan);
	expect_no_less(policy, after);
	policy_unref(after);
}

static void test_joining_a_group_takes_nothing_away(void **state)
{
	(void)state;
	in_each_policy(check_joining);
}

static void check_detaching(struct plan *plan, struct policy *policy)
{
	struct policy *after;

	plan->groups[below(GROUPS)].tills[below(TILLS)] = false;
	if (one_in(2))
		plan->groups[below(GROUPS)].box = false;
	after = build(plan);
	expect_no_less(after, policy);
	policy_unref(after);
}

static void test_detaching_a_group_adds_nothing(void **state)
{
	(void)state;
	in_each_policy(check_detaching);
}

/* A group elsewhere is none of this till's business. */
static void check_elsewhere(struct plan *plan, struct policy *policy)
{
	size_t group = below(GROUPS), till = below(TILLS);
	struct policy *before, *after;

	(void)policy;
	plan->groups[group].tills[till] = false;
	before = build(plan);
	plan->groups[group].granted = some_rights(2);
	after = build(plan);
	for (size_t who = 0; who < OPERATORS; who++) {
		struct rights was = held(before, who, till);
		struct rights is = held(after, who, till);

		assert_memory_equal(&was, &is, sizeof(was));
	}
	policy_unref(before);
	policy_unref(after);
}

static void test_what_is_granted_elsewhere_does_not_count(void **state)
{
	(void)state;
	in_each_policy(check_elsewhere);
}

/* Decided by hand: the plain words of docs/policy.md, group by group. */
static bool grants(const struct plan_group *group, unsigned int which)
{
	unsigned int object = which - PERMISSIONS;

	if (!rights_has(&group->granted, which))
		return false;
	if (which < PERMISSIONS || object % RIGHTS == RIGHT_READ)
		return true;
	return rights_has(&group->granted,
			  which - object % RIGHTS + RIGHT_READ);
}

static bool is_granted(const struct plan *plan, size_t who, size_t where,
		       unsigned int which)
{
	const struct plan_operator *person = &plan->operators[who];

	for (size_t i = 0; person->active && i < GROUPS; i++) {
		const struct plan_group *group = &plan->groups[i];
		bool attached =
			where < TILLS ? group->tills[where] : group->box;

		if (person->groups[i] && attached && grants(group, which))
			return true;
	}
	return false;
}

static void check_by_hand(struct plan *plan, struct policy *policy)
{
	for (size_t who = 0; who < OPERATORS; who++) {
		for (size_t where = 0; where <= TILLS; where++) {
			struct rights found = held(policy, who, where);

			for (unsigned int i = 0; i < RIGHTS_COUNT; i++)
				assert_int_equal(rights_has(&found, i),
						 is_granted(plan, who, where,
							    i));
		}
	}
}

static void test_a_right_is_what_a_group_grants_with_read(void **state)
{
	(void)state;
	in_each_policy(check_by_hand);
}

/* Everything of all, something of any; and what is missing is just that. */
static void check_demand(struct plan *plan, struct policy *policy)
{
	size_t who = below(OPERATORS), where = below(TILLS + 1);
	struct demand demand = some_demand(), missing = { 0 };
	struct rights has = held(policy, who, where), more;
	bool allowed = policy_decide(policy, policy_operator_at(policy, who),
				     place(policy, where), &demand, &missing);

	if (!plan->operators[who].active) {
		assert_false(allowed);
		return;
	}
	assert_int_equal(allowed, contains(&has, &demand.all) &&
					  (rights_empty(&demand.any) ||
					   rights_meet(&has, &demand.any)));
	if (allowed)
		return;
	assert_false(demand_empty(&missing));
	assert_false(rights_meet(&missing.all, &has));
	assert_false(rights_meet(&missing.any, &has));
	assert_true(demand_implies(&demand, &missing));
	/* whoever holds the rest, too, could have done it */
	more = has;
	rights_join(&more, &missing.all);
	rights_join(&more, &missing.any);
	missing = demand_missing(&demand, &more);
	assert_true(demand_empty(&missing));
}

static void test_what_is_missing_is_all_that_is_missing(void **state)
{
	(void)state;
	in_each_policy(check_demand);
}

/* Offered are just those whom a decision would allow it. */
static void ask_for_authorizers(struct policy *policy)
{
	size_t requester = below(OPERATORS), where = below(TILLS + 1);
	const struct policy_operator *found[OPERATORS];
	struct demand demand = some_demand(), missing;
	size_t count, offered = 0;

	if (policy_decide(policy, policy_operator_at(policy, requester),
			  place(policy, where), &demand, &missing))
		return;
	count = policy_authorizers(policy, place(policy, where), &missing,
				   policy_operator_at(policy, requester), NULL,
				   found, OPERATORS);
	for (size_t i = 0; i < OPERATORS; i++)
		offered += i != requester && may(policy, i, where, &missing);
	assert_int_equal(count, offered);
	for (size_t i = 0; i < count; i++) {
		struct demand lacks;

		assert_ptr_not_equal(found[i],
				     policy_operator_at(policy, requester));
		assert_true(found[i]->active);
		assert_true(policy_decide(policy, found[i],
					  place(policy, where), &missing,
					  &lacks));
	}
}

static void check_authorizers(struct plan *plan, struct policy *policy)
{
	(void)plan;
	for (int i = 0; i < TRIES; i++)
		ask_for_authorizers(policy);
}

static void test_only_those_are_offered_who_may(void **state)
{
	(void)state;
	in_each_policy(check_authorizers);
}

/* Whoever meets the one meets the other: so says the name. */
static void check_implying(struct plan *plan, struct policy *policy)
{
	struct demand one = some_demand(), other = some_demand();

	(void)plan;
	if (one_in(2)) /* by chance alone it is rarely so */
		rights_join(&one.all, &other.all);
	if (one_in(2))
		other.any = one.any;
	if (!demand_implies(&one, &other))
		return;
	for (size_t who = 0; who < OPERATORS; who++)
		for (size_t where = 0; where <= TILLS; where++)
			assert_true(!may(policy, who, where, &one) ||
				    may(policy, who, where, &other));
}

static void test_implied_demands_are_met(void **state)
{
	(void)state;
	in_each_policy(check_implying);
}

/* No restriction binds a manager, or one who is not restricted; none gives a
 * right or takes one. */
static void check_restrictions(struct plan *plan, struct policy *policy)
{
	struct plan free = *plan;
	struct policy *after;

	for (size_t i = 0; i < OPERATORS; i++) {
		const struct policy_operator *who =
			policy_operator_at(policy, i);
		bool bound = plan->operators[i].restricted &&
			     plan->operators[i].role == ROLE_USER;

		for (size_t j = 0; j < TILLS; j++) {
			const struct policy_till *till = place(policy, j);
			bool in = policy_till_set_has(&who->access_tills, j);
			bool seen = policy_till_set_has(&who->view_tills, j);

			assert_int_equal(policy_may_access(policy, who, till),
					 !bound || in);
			assert_int_equal(policy_may_view(policy, who, till),
					 !bound || in || seen);
		}
		free.operators[i].restricted = !plan->operators[i].restricted;
	}
	after = build(&free);
	expect_no_less(policy, after);
	expect_no_less(after, policy);
	policy_unref(after);
}

static void test_restrictions_bind_those_they_are_for(void **state)
{
	(void)state;
	in_each_policy(check_restrictions);
}

/* Explained by groups that grant it, if and only if it is allowed. */
static void check_explaining(struct plan *plan, struct policy *policy)
{
	size_t who = below(OPERATORS), where = below(TILLS + 1);
	const struct policy_group *found[GROUPS];

	for (unsigned int which = 0; which < RIGHTS_COUNT; which++) {
		size_t count =
			policy_explain(policy, policy_operator_at(policy, who),
				       place(policy, where), which, found,
				       GROUPS);

		assert_int_equal(count > 0,
				 is_granted(plan, who, where, which));
		for (size_t i = 0; i < count; i++)
			assert_true(rights_has(&found[i]->rights, which));
	}
}

static void test_what_is_allowed_is_explained(void **state)
{
	(void)state;
	in_each_policy(check_explaining);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_joining_a_group_takes_nothing_away),
		cmocka_unit_test(test_detaching_a_group_adds_nothing),
		cmocka_unit_test(test_what_is_granted_elsewhere_does_not_count),
		cmocka_unit_test(test_a_right_is_what_a_group_grants_with_read),
		cmocka_unit_test(test_what_is_missing_is_all_that_is_missing),
		cmocka_unit_test(test_only_those_are_offered_who_may),
		cmocka_unit_test(test_implied_demands_are_met),
		cmocka_unit_test(test_restrictions_bind_those_they_are_for),
		cmocka_unit_test(test_what_is_allowed_is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
