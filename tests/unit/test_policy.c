/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what, decided: policy/policy.h and policy/rights.h. */
#include "policy/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
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

static struct demand all_of(unsigned int which)
{
	return (struct demand){ .all = one(which) };
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
	struct policy_group group = { .id = id, .name = id, .granted = rights };

	assert_true(policy_add_group(policy, &group, tills, 1));
}

static void add_operator(struct policy *policy, const char *id,
			 const char *name, const char *const *groups,
			 size_t count, bool active)
{
	struct policy_operator who = {
		.id = id, .login = name, .name = name, .active = active
	};

	assert_true(policy_add_operator(policy, &who, groups, count));
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
	struct demand demand = { .all = required }, missing;

	return policy_decide(policy, policy_operator(policy, who),
			     till ? policy_till(policy, till) : NULL, &demand,
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
	struct demand both = all_of(PERMISSION_DRAWER_OPEN), missing;

	policy_seal(policy);
	demand_add(&both, PERMISSION_CARD_CANCEL);
	assert_false(policy_decide(policy, policy_operator(policy, "p1"),
				   policy_till(policy, "1"), &both, &missing));
	assert_true(rights_has(&missing.all, PERMISSION_CARD_CANCEL));
	assert_false(rights_has(&missing.all, PERMISSION_DRAWER_OPEN));
	assert_true(rights_empty(&missing.any));
}

/* One of them is enough; with none, all of them are missing as a choice. */
static void test_any_of_some(void **state)
{
	struct policy *policy = *state;
	struct demand demand = all_of(PERMISSION_DRAWER_OPEN), missing;

	policy_seal(policy);
	rights_add(&demand.any, PERMISSION_CARD_CANCEL);
	rights_add(&demand.any, PERMISSION_DAY_END);
	assert_true(policy_decide(policy, policy_operator(policy, "p2"),
				  policy_till(policy, "1"), &demand, &missing));
	assert_false(policy_decide(policy, policy_operator(policy, "p1"),
				   policy_till(policy, "1"), &demand,
				   &missing));
	assert_true(rights_empty(&missing.all));
	assert_memory_equal(&missing.any, &demand.any, sizeof(missing.any));
	assert_false(policy_decide(policy, policy_operator(policy, "p2"),
				   policy_till(policy, "2"), &demand,
				   &missing));
	assert_memory_equal(&missing, &demand, sizeof(missing));
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
	struct demand drawer = all_of(PERMISSION_DRAWER_OPEN);

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
	/* what belongs to no till */
	drawer = all_of(PERMISSION_CONFIG_ACCESS);
	assert_int_equal(policy_authorizers(policy, NULL, &drawer, NULL, NULL,
					    found, 4),
			 1);
	assert_string_equal(found[0]->name, "Maria");
}

static bool add_badge(struct policy *policy, uint8_t key, const char *handle,
		      const char *who, bool active, int64_t until_ms)
{
	struct policy_badge badge = { .key = { key },
				      .handle = handle,
				      .label = "",
				      .active = active,
				      .until_ms = until_ms };

	return policy_add_badge(policy, &badge, who);
}

static const struct policy_operator *swipe(const struct policy *policy,
					   uint8_t key, int64_t wall_ms)
{
	const uint8_t whole[HASH_SIZE] = { key };

	return policy_badge(policy, whole, wall_ms, NULL);
}

static void test_badges(void **state)
{
	struct policy *policy = *state;

	assert_true(add_badge(policy, 2, "b-2", "p2", true, 0));
	assert_true(add_badge(policy, 1, "b-1", "p1", true, 0));
	assert_true(add_badge(policy, 3, "b-3", "p4", true, 0));
	assert_true(add_badge(policy, 4, "b-4", "p1", false, 0));
	assert_true(add_badge(policy, 5, "b-5", "p1", true, 5000));
	assert_false(add_badge(policy, 6, "b-6", "nobody", true, 0));
	assert_false(add_badge(policy, 6, "b-1", "p2", true, 0));
	policy_seal(policy);
	assert_string_equal(swipe(policy, 1, 9000)->id, "p1");
	assert_string_equal(swipe(policy, 2, 9000)->id, "p2");
	assert_null(swipe(policy, 3, 9000)); /* inactive operator */
	assert_null(swipe(policy, 4, 9000)); /* inactive badge */
	assert_string_equal(swipe(policy, 5, 4999)->id, "p1");
	assert_null(swipe(policy, 5, 5000)); /* run out */
	assert_null(swipe(policy, 7, 0));
}

/* One that is known but no good can be told by its handle. */
static void test_badges_have_handles(void **state)
{
	struct policy *policy = *state;
	const uint8_t key[HASH_SIZE] = { 4 }, nobodys[HASH_SIZE] = { 9 };
	const struct policy_badge *badge = NULL;
	const struct policy_operator *who;

	add_badge(policy, 4, "b-z", "p1", false, 0);
	add_badge(policy, 2, "b-b", "p2", true, 0);
	add_badge(policy, 1, "b-a", "p1", true, 0);
	policy_seal(policy);
	assert_null(policy_badge(policy, nobodys, 0, &badge));
	assert_null(badge);
	assert_null(policy_badge(policy, key, 0, &badge));
	assert_string_equal(badge->handle, "b-z");
	assert_ptr_equal(badge, policy_badge_by_handle(policy, "b-z"));
	assert_ptr_equal(badge, policy_badge_by_key(policy, key));
	assert_string_equal(policy_badge_owner(policy, badge)->id, "p1");
	assert_null(policy_badge_by_handle(policy, "b-c"));
	who = policy_operator(policy, "p1");
	assert_int_equal(who->badges_count, 2);
	assert_string_equal(who->badges[0].handle, "b-a");
	assert_string_equal(who->badges[1].handle, "b-z");
	assert_int_equal(policy_operator(policy, "p3")->badges_count, 0);
}

static void test_an_operator_has_so_many_badges(void **state)
{
	struct policy *policy = *state;
	char handle[8];

	for (uint8_t i = 0; i <= POLICY_BADGES_MAX; i++) {
		snprintf(handle, sizeof(handle), "b-%u", i);
		assert_int_equal(add_badge(policy, i, handle, "p1", true, 0),
				 i < POLICY_BADGES_MAX);
	}
}

static void test_badge_strength_is_the_strongest(void **state)
{
	struct policy *policy = *state;
	struct demand both = all_of(PERMISSION_DRAWER_OPEN), any = { 0 };
	const struct policy_till *till;

	policy_seal(policy);
	till = policy_till(policy, "1");
	assert_int_equal(policy_badge_strength(till, &both), BADGE_ALONE);
	demand_add(&both, PERMISSION_CARD_CANCEL);
	assert_int_equal(policy_badge_strength(till, &both), BADGE_PIN);
	rights_add(&any.any, PERMISSION_DRAWER_OPEN);
	rights_add(&any.any, PERMISSION_CARD_CANCEL);
	assert_int_equal(policy_badge_strength(till, &any), BADGE_PIN);
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

/* --- restrictions --- */

static void add_restricted(struct policy *policy, const char *id,
			   enum role role, bool restricted)
{
	struct policy_operator who = { .id = id,
				       .login = id,
				       .name = id,
				       .role = role,
				       .active = true,
				       .restricted = restricted };

	policy_till_set_add(&who.view_tills, 0);
	policy_till_set_add(&who.access_tills, 1);
	assert_true(policy_add_operator(policy, &who, NULL, 0));
}

static void expect_tills(const struct policy *policy, const char *id,
			 const char *view, const char *access)
{
	const struct policy_operator *who = policy_operator(policy, id);

	for (size_t i = 0; i < 3; i++) {
		const struct policy_till *till = policy_till_at(policy, i);

		assert_int_equal(policy_may_view(policy, who, till),
				 strstr(view, till->id) != NULL);
		assert_int_equal(policy_may_access(policy, who, till),
				 strstr(access, till->id) != NULL);
	}
}

/* Access implies view; the switch has to be on; a manager is never bound. */
static void test_restrictions(void **state)
{
	struct policy *policy = *state;

	add_till(policy, "3");
	add_restricted(policy, "bound", ROLE_USER, true);
	add_restricted(policy, "free", ROLE_USER, false);
	add_restricted(policy, "boss", ROLE_MANAGER, true);
	policy_seal(policy);
	expect_tills(policy, "bound", "12", "2");
	expect_tills(policy, "free", "123", "123");
	expect_tills(policy, "boss", "123", "123");
	assert_true(policy_is_bound(policy_operator(policy, "bound")));
	assert_false(policy_is_bound(policy_operator(policy, "free")));
	assert_false(policy_is_bound(policy_operator(policy, "boss")));
}

/* Consents are given by what one holds at a till, not by what one may see. */
static void test_restrictions_do_not_bind_those_who_consent(void **state)
{
	static const char *const groups[] = { "drawers" };
	struct policy_operator who = { .id = "p7",
				       .login = "Ula",
				       .name = "Ula",
				       .active = true,
				       .restricted = true };
	struct demand drawer = all_of(PERMISSION_DRAWER_OPEN);
	const struct policy_operator *found[8];
	struct policy *policy = *state;

	assert_true(policy_add_operator(policy, &who, groups, 1));
	policy_seal(policy);
	assert_int_equal(policy_authorizers(policy, policy_till(policy, "1"),
					    &drawer, NULL, "Ula", found, 8),
			 1);
}

/* --- why, and who is left --- */

static void test_why_something_is_allowed(void **state)
{
	static const char *const twice[] = { "drawers", "more", "boxes" };
	struct policy *policy = *state;
	const struct policy_group *found[3] = { NULL };
	const struct policy_operator *who;
	const struct policy_till *till;

	add_group(policy, "more", till_1, one(PERMISSION_DRAWER_OPEN));
	add_operator(policy, "p6", "Ewa", twice, 3, true);
	policy_seal(policy);
	who = policy_operator(policy, "p6");
	till = policy_till(policy, "1");
	assert_int_equal(policy_explain(policy, who, till,
					PERMISSION_DRAWER_OPEN, found, 3),
			 2);
	assert_string_equal(found[0]->id, "drawers");
	assert_string_equal(found[1]->id, "more");
	assert_int_equal(policy_explain(policy, who, till,
					PERMISSION_CONFIG_ACCESS, found, 3),
			 0);
	assert_int_equal(policy_explain(policy, who, NULL,
					PERMISSION_CONFIG_ACCESS, found, 3),
			 1);
	assert_string_equal(found[0]->id, "boxes");
	found[1] = NULL;
	assert_int_equal(policy_explain(policy, who, till,
					PERMISSION_DRAWER_OPEN, found, 1),
			 2);
	assert_null(found[1]);
	assert_int_equal(policy_explain(policy, policy_operator(policy, "p4"),
					till, PERMISSION_DRAWER_OPEN, found, 3),
			 0); /* inactive */
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
	assert_string_equal(policy_till_at(policy, 1)->id, "2");
	assert_int_equal(policy_groups(policy), 4);
	assert_string_equal(policy_group_at(policy, 3)->id, "boxes");
	assert_string_equal(policy_group(policy, "boxes")->id, "boxes");
	assert_null(policy_group(policy, "box"));
	assert_int_equal(policy_operators(policy), 4);
	assert_string_equal(policy_operator_at(policy, 2)->id, "p3");
}

static void test_etag(void **state)
{
	struct policy *policy = *state;
	const uint8_t hash[HASH_SIZE] = { 0x01, 0x23, 0x45, 0x67, 0x89,
					  0xab, 0xcd, 0xef, 0xff };
	char etag[POLICY_ETAG_SIZE];

	policy_set_hash(policy, hash);
	policy_seal(policy);
	policy_etag(policy, etag);
	assert_string_equal(etag, "\"7-0123456789abcdef\"");
}

/* A snapshot lives as long as anybody holds it. */
static void test_references(void **state)
{
	struct policy *policy = *state, *held;

	policy_seal(policy);
	held = policy_ref(policy);
	assert_null(policy_unref(policy));
	assert_non_null(policy_till(held, "1"));
	assert_null(policy_unref(NULL));
}

static void test_bad_references_are_refused(void **state)
{
	static const char *const nowhere[] = { "9" };
	struct policy *policy = *state;
	struct policy_group group = { .id = "drawers", .name = "x" };
	struct policy_operator who = { .id = "p5", .login = "e", .name = "E" };
	struct policy_till till = { .id = "1", .name = "x", .currency = "EUR" };

	assert_false(policy_add_till(policy, &till));
	till.id = POLICY_BOX;
	assert_false(policy_add_till(policy, &till));
	assert_false(policy_add_group(policy, &group, till_1, 1));
	group.id = "new";
	assert_false(policy_add_group(policy, &group, nowhere, 1));
	assert_false(policy_add_operator(policy, &who, nowhere, 1));
	who.id = "p1";
	assert_false(policy_add_operator(policy, &who, NULL, 0));
	who.id = "p5";
	who.login = "Anna";
	assert_false(policy_add_operator(policy, &who, NULL, 0));
	who.login = "e";
	assert_true(policy_add_operator(policy, &who, NULL, 0));
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

/* --- demands --- */

static struct demand any_of(unsigned int which, unsigned int other)
{
	struct demand demand = { .any = one(which) };

	rights_add(&demand.any, other);
	return demand;
}

static void test_demands_imply_others(void **state)
{
	struct demand nothing = { 0 }, seven = all_of(7), both = all_of(7);
	struct demand choice = any_of(7, 8), wide = any_of(7, 8);

	(void)state;
	demand_add(&both, 8);
	rights_add(&wide.any, 9);
	assert_true(demand_implies(&nothing, &nothing));
	assert_true(demand_implies(&seven, &nothing));
	assert_false(demand_implies(&nothing, &seven));
	assert_true(demand_implies(&both, &seven));
	assert_false(demand_implies(&seven, &both));
	assert_true(demand_implies(&seven, &choice));
	assert_false(demand_implies(&choice, &seven));
	assert_false(demand_implies(&nothing, &choice));
	assert_true(demand_implies(&choice, &wide));
	assert_false(demand_implies(&wide, &choice));
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
		WITH_POLICY(test_any_of_some),
		WITH_POLICY(test_inactive_may_nothing),
		WITH_POLICY(test_authorizers),
		WITH_POLICY(test_badges),
		WITH_POLICY(test_badges_have_handles),
		WITH_POLICY(test_an_operator_has_so_many_badges),
		WITH_POLICY(test_badge_strength_is_the_strongest),
		WITH_POLICY(test_who_may_act_for_a_till),
		WITH_POLICY(test_restrictions),
		WITH_POLICY(test_restrictions_do_not_bind_those_who_consent),
		WITH_POLICY(test_why_something_is_allowed),
		WITH_POLICY(test_lookups),
		WITH_POLICY(test_etag),
		WITH_POLICY(test_references),
		WITH_POLICY(test_bad_references_are_refused),
		WITH_POLICY(test_voiding_is_inside_each_group),
		cmocka_unit_test(test_void),
		cmocka_unit_test(test_demands_imply_others),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
