/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what, decided: policy/policy.h and policy/rights.h. */
#include "policy/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *const till_1[] = { "1" };
static const char *const till_2[] = { "2" };
static const char *const box[] = { POLICY_BOX };

static struct rights one(unsigned int which)
{
	struct rights rights = { 0 };

	rights_add(&rights, which);
	return rights;
}

static void add_till(struct policy *policy, const char *id)
{
	static const uid_t uids[] = { 1000 };
	static const gid_t gids[] = { 50 };
	struct policy_till till = { .id = id,
				    .name = id,
				    .currency = "EUR",
				    .uids = uids,
				    .uids_count = 1,
				    .gids = gids,
				    .gids_count = 1 };

	till.badge[PERMISSION_CARD_CANCEL] = BADGE_PIN;
	assert_true(policy_add_till(policy, &till));
}

static void add_group(struct policy *policy, const char *id,
		      const char *const *tills, struct rights rights)
{
	struct policy_group group = { .id = id, .name = id, .rights = rights };

	assert_true(policy_add_group(policy, &group, tills, 1));
}

static void add_operator(struct policy *policy, const char *id,
			 const char *name, const char *const *groups,
			 size_t count, bool active)
{
	struct policy_operator operator= {
		.id = id, .login = name, .name = name, .active = active
	};

	assert_true(policy_add_operator(policy, &operator, groups, count));
}

/* Two tills; drawers at 1, cancels at 1 by another group, reports at 2. */
static int set_up(void **state)
{
	static const char *const anna[] = { "drawers" };
	static const char *const maria[] = { "drawers", "cancels", "boxes" };
	static const char *const piotr[] = { "reports" };
	struct policy *policy = policy_new(7);

	add_till(policy, "1");
	add_till(policy, "2");
	add_group(policy, "drawers", till_1, one(PERMISSION_DRAWER_OPEN));
	add_group(policy, "cancels", till_1, one(PERMISSION_CARD_CANCEL));
	add_group(policy, "reports", till_2, one(PERMISSION_REPORT_DAILY));
	add_group(policy, "boxes", box, one(PERMISSION_CONFIG_ACCESS));
	add_operator(policy, "p1", "Anna", anna, 1, true);
	add_operator(policy, "p2", "Maria", maria, 3, true);
	add_operator(policy, "p3", "Piotr", piotr, 1, true);
	add_operator(policy, "p4", "Zofia", maria, 3, false);
	*state = policy;
	return 0;
}

static int tear_down(void **state)
{
	policy_unref(*state);
	return 0;
}

static bool may(const struct policy *policy, const char *who, const char *till,
		struct rights required)
{
	struct rights missing;

	return policy_decide(policy, policy_operator(policy, who),
			     till ? policy_till(policy, till) : NULL, &required,
			     &missing);
}

static void test_groups_add_up(void **state)
{
	struct policy *policy = *state;
	struct rights both = one(PERMISSION_DRAWER_OPEN);

	policy_seal(policy);
	rights_add(&both, PERMISSION_CARD_CANCEL);
	assert_true(may(policy, "p2", "1", both));
	assert_false(may(policy, "p1", "1", both));
}

static void test_only_groups_attached_to_the_till_count(void **state)
{
	struct policy *policy = *state;

	policy_seal(policy);
	assert_true(may(policy, "p1", "1", one(PERMISSION_DRAWER_OPEN)));
	assert_false(may(policy, "p1", "2", one(PERMISSION_DRAWER_OPEN)));
	assert_true(may(policy, "p3", "2", one(PERMISSION_REPORT_DAILY)));
	assert_false(may(policy, "p3", "1", one(PERMISSION_REPORT_DAILY)));
	assert_true(may(policy, "p2", NULL, one(PERMISSION_CONFIG_ACCESS)));
	assert_false(may(policy, "p2", "1", one(PERMISSION_CONFIG_ACCESS)));
	assert_false(may(policy, "p1", NULL, one(PERMISSION_DRAWER_OPEN)));
}

static void test_what_is_missing_is_told(void **state)
{
	struct policy *policy = *state;
	struct rights both = one(PERMISSION_DRAWER_OPEN), missing;

	policy_seal(policy);
	rights_add(&both, PERMISSION_CARD_CANCEL);
	assert_false(policy_decide(policy, policy_operator(policy, "p1"),
				   policy_till(policy, "1"), &both, &missing));
	assert_true(rights_has(&missing, PERMISSION_CARD_CANCEL));
	assert_false(rights_has(&missing, PERMISSION_DRAWER_OPEN));
}

static void test_inactive_may_nothing(void **state)
{
	struct policy *policy = *state;
	const struct rights nothing = { 0 };

	policy_seal(policy);
	assert_false(may(policy, "p4", "1", one(PERMISSION_DRAWER_OPEN)));
	assert_false(may(policy, "p4", "1", nothing));
	assert_true(may(policy, "p3", "1", nothing));
}

static void test_authorizers(void **state)
{
	struct policy *policy = *state;
	const struct policy_operator *found[4];
	const struct policy_till *till;
	struct rights drawer = one(PERMISSION_DRAWER_OPEN);

	policy_seal(policy);
	till = policy_till(policy, "1");
	/* never the requester, never the inactive, by name */
	assert_int_equal(policy_authorizers(policy, till, &drawer,
					    policy_operator(policy, "p3"), NULL,
					    found, 4),
			 2);
	assert_string_equal(found[0]->name, "Anna");
	assert_string_equal(found[1]->name, "Maria");
	assert_int_equal(policy_authorizers(policy, till, &drawer,
					    policy_operator(policy, "p1"), NULL,
					    found, 4),
			 1);
	assert_string_equal(found[0]->name, "Maria");
	assert_int_equal(policy_authorizers(policy, till, &drawer,
					    policy_operator(policy, "p3"), "nn",
					    found, 4),
			 1);
	assert_string_equal(found[0]->name, "Anna");
	/* more than asked for are counted, not written */
	found[1] = NULL;
	assert_int_equal(policy_authorizers(policy, till, &drawer,
					    policy_operator(policy, "p3"), NULL,
					    found, 1),
			 2);
	assert_null(found[1]);
}

static void test_badges(void **state)
{
	struct policy *policy = *state;
	const uint8_t first[HASH_SIZE] = { 1 }, second[HASH_SIZE] = { 2 },
		      third[HASH_SIZE] = { 3 }, other[HASH_SIZE] = { 4 };

	assert_true(policy_add_badge(policy, second, "p2", true));
	assert_true(policy_add_badge(policy, first, "p1", true));
	assert_true(policy_add_badge(policy, third, "p4", true));
	assert_true(policy_add_badge(policy, other, "p1", false));
	assert_false(policy_add_badge(policy, other, "nobody", true));
	policy_seal(policy);
	assert_string_equal(policy_badge(policy, first)->id, "p1");
	assert_string_equal(policy_badge(policy, second)->id, "p2");
	assert_null(policy_badge(policy, third)); /* inactive operator */
	assert_null(policy_badge(policy, other)); /* inactive badge */
}

static void test_badge_strength_is_the_strongest(void **state)
{
	struct policy *policy = *state;
	struct rights both = one(PERMISSION_DRAWER_OPEN);
	const struct policy_till *till;

	policy_seal(policy);
	till = policy_till(policy, "1");
	assert_int_equal(policy_badge_strength(till, &both), BADGE_ALONE);
	rights_add(&both, PERMISSION_CARD_CANCEL);
	assert_int_equal(policy_badge_strength(till, &both), BADGE_PIN);
}

static void test_who_may_act_for_a_till(void **state)
{
	struct policy *policy = *state;
	const struct policy_till *till;
	const gid_t in[] = { 7, 50 }, out[] = { 7 };

	policy_seal(policy);
	till = policy_till(policy, "1");
	assert_true(policy_admits(till, 1000, out, 1));
	assert_true(policy_admits(till, 2000, in, 2));
	assert_false(policy_admits(till, 2000, out, 1));
	assert_false(policy_admits(till, 2000, NULL, 0));
}

static void test_lookups(void **state)
{
	struct policy *policy = *state;

	policy_seal(policy);
	assert_int_equal(policy_version(policy), 7);
	assert_string_equal(policy_login(policy, "Piotr")->id, "p3");
	assert_null(policy_login(policy, "piotr"));
	assert_null(policy_operator(policy, "p9"));
	assert_null(policy_till(policy, "3"));
	assert_int_equal(policy_tills(policy), 2);
}

static void test_bad_references_are_refused(void **state)
{
	static const char *const nowhere[] = { "9" };
	struct policy *policy = *state;
	struct policy_group group = { .id = "drawers", .name = "x" };
	struct policy_operator operator= { .id = "p5",
					   .login = "e",
					   .name = "E" };
	struct policy_till till = { .id = "1", .name = "x", .currency = "EUR" };

	assert_false(policy_add_till(policy, &till));
	till.id = POLICY_BOX;
	assert_false(policy_add_till(policy, &till));
	assert_false(policy_add_group(policy, &group, till_1, 1));
	group.id = "new";
	assert_false(policy_add_group(policy, &group, nowhere, 1));
	assert_false(policy_add_operator(policy, &operator, nowhere, 1));
}

static void test_voiding_is_inside_each_group(void **state)
{
	static const char *const both[] = { "readers", "adders" };
	struct policy *policy = *state;
	struct rights add = one(rights_of_object(OBJECT_RECEIPT, RIGHT_ADD));

	/* reading in one group does not revive adding in another */
	add_group(policy, "readers", till_1,
		  one(rights_of_object(OBJECT_RECEIPT, RIGHT_READ)));
	add_group(policy, "adders", till_1, add);
	add_operator(policy, "p6", "Ewa", both, 2, true);
	policy_seal(policy);
	assert_false(may(policy, "p6", "1", add));
	assert_true(may(policy, "p6", "1",
			one(rights_of_object(OBJECT_RECEIPT, RIGHT_READ))));
}

static void test_void(void **state)
{
	struct rights rights = { 0 };

	(void)state;
	for (enum right right = RIGHT_ADD; right < RIGHTS; right++) {
		rights_add(&rights, rights_of_object(OBJECT_TAX_FREE, right));
		rights_add(&rights, rights_of_object(OBJECT_RECEIPT, right));
	}
	rights_add(&rights, rights_of_object(OBJECT_RECEIPT, RIGHT_READ));
	rights_add(&rights, PERMISSION_DRAWER_OPEN);
	rights_void(&rights);
	for (enum right right = RIGHT_ADD; right < RIGHTS; right++) {
		assert_false(rights_has(
			&rights, rights_of_object(OBJECT_TAX_FREE, right)));
		assert_true(rights_has(&rights, rights_of_object(OBJECT_RECEIPT,
								 right)));
	}
	assert_true(rights_has(&rights, PERMISSION_DRAWER_OPEN));
}

static void test_names(void **state)
{
	unsigned int which;

	(void)state;
	assert_int_equal(RIGHTS_COUNT, 27 + 17 * 4);
	for (unsigned int i = 0; i < RIGHTS_COUNT; i++) {
		assert_true(rights_from_name(rights_name(i), &which));
		assert_int_equal(which, i);
		assert_true(strlen(rights_meaning(i)) > 0);
	}
	assert_true(rights_from_name("cash_deposit.add", &which));
	assert_int_equal(which,
			 rights_of_object(OBJECT_CASH_DEPOSIT, RIGHT_ADD));
	assert_true(rights_from_name("card.cancel", &which));
	assert_int_equal(which, PERMISSION_CARD_CANCEL);
	assert_false(rights_from_name("card", &which));
	assert_false(rights_from_name("", &which));
}

#define WITH_POLICY(test) \
	cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_POLICY(test_groups_add_up),
		WITH_POLICY(test_only_groups_attached_to_the_till_count),
		WITH_POLICY(test_what_is_missing_is_told),
		WITH_POLICY(test_inactive_may_nothing),
		WITH_POLICY(test_authorizers),
		WITH_POLICY(test_badges),
		WITH_POLICY(test_badge_strength_is_the_strongest),
		WITH_POLICY(test_who_may_act_for_a_till),
		WITH_POLICY(test_lookups),
		WITH_POLICY(test_bad_references_are_refused),
		WITH_POLICY(test_voiding_is_inside_each_group),
		cmocka_unit_test(test_void),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
