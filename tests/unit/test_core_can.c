/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that somebody may do at a till, at once: each answer is held against what
 * is decided then and there, so that none that was kept is ever an old one.
 */
#include "core/can.h"

#include "policy/asks.h"
#include "util/buf.h"
#include "util/json.h"

#include "core_rig.h"
#include "fault_vfs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const json_t *ask_at(const char *token, const char *till)
{
	struct rig_answer *answer;

	can_list(rig.core, rig_caller(token, &answer), till);
	rig_expect(answer, "");
	return answer->body;
}

static bool is_said(const json_t *body, const char *name)
{
	const json_t *told =
		json_object_get(json_object_get(body, "may"), name);

	assert_true(json_is_boolean(told));
	return json_is_true(told);
}

static bool is_decided(const json_t *body, const struct demand *demand)
{
	const struct policy *policy = rig.core->policy;
	struct demand missing;

	return policy_decide(
		policy, policy_operator(policy, json_text(body, "operator")),
		policy_till(policy, json_text(body, "till")), demand, &missing);
}

/* The answer, which is right in all that it says. */
static const json_t *ask(const char *token, const char *login, const char *till)
{
	const json_t *body = ask_at(token, till);
	const struct ask_row *row;
	struct demand demand;

	assert_string_equal(json_text(body, "till"), till);
	assert_string_equal(json_text(body, "operator"),
			    policy_login(rig.core->policy, login)->id);
	assert_int_equal(json_int(body, "policy", 0),
			 policy_version(rig.core->policy));
	for (size_t i = 0; (row = asks_at(i)); i++) {
		demand = ask_demand(row);
		assert_int_equal(is_said(body, row->name),
				 is_decided(body, &demand));
	}
	for (enum action action = 0; action < ACTIONS; action++) {
		enum action_kind kind = action_row(action)->kind;

		if (kind != ACTION_MOVES && kind != ACTION_SHOWS)
			continue;
		demand = action_required(action);
		assert_int_equal(is_said(body, action_row(action)->name),
				 is_decided(body, &demand));
	}
	return body;
}

/* Another policy; who is in it is signed off by it. */
static const json_t *ask_after(const char *what, const char *with)
{
	rig_change_policy(what, with);
	return ask(rig_sign_on("anna"), "anna", "1");
}

/* --- tests --- */

static void test_the_same_again_is_the_same(void **state)
{
	const char *anna = rig_sign_on("anna");
	const json_t *first = ask(anna, "anna", "1");

	(void)state;
	assert_true(json_equal(first, ask(anna, "anna", "1")));
	assert_true(is_said(first, "cash_deposit.add"));
	assert_false(is_said(first, "drawer.open"));
}

static void test_another_policy(void **state)
{
	const char *anna = rig_sign_on("anna");

	(void)state;
	assert_false(is_said(ask(anna, "anna", "1"), "drawer.open"));
	assert_true(is_said(ask_after("'groups':['sell']",
				      "'groups':['sell','lead']"),
			    "drawer.open"));
	assert_false(is_said(ask_after("'permissions':['drawer.open']",
				       "'permissions':[]"),
			     "drawer.open"));
}

/* Nobody has to ask again for it to be let go. */
static void test_the_policy_before_is_not_kept(void **state)
{
	struct policy *before;

	(void)state;
	ask(rig_sign_on("anna"), "anna", "1");
	before = policy_ref(rig.core->policy);
	rig_change_policy("'groups':['sell']", "'groups':['sell','lead']");
	rig_run();
	assert_true(policy_is_last(before));
	policy_unref(before);
}

/* As many as have room, each a new one in the place of the old. */
static void test_policies_that_come_and_go(void **state)
{
	static const char *const groups[] = { "'groups':['sell']",
					      "'groups':['sell','lead']" };

	(void)state;
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(
			is_said(ask_after(groups[i % 2], groups[(i + 1) % 2]),
				"drawer.open"),
			(i + 1) % 2);
}

/* One is signed on after the other, with the same client at the same till. */
static void test_another_sign_on(void **state)
{
	const char *anna = rig_sign_on("anna"), *maria;
	struct rig_answer *answer;

	(void)state;
	ask(anna, "anna", "1");
	maria = rig_sign_on("maria");
	assert_true(is_said(ask(maria, "maria", "1"), "drawer.open"));
	can_list(rig.core, rig_caller(anna, &answer), "1");
	rig_expect(answer, "sign-on-required");
	rig_expect(rig_sign_off(maria), "");
	can_list(rig.core, rig_caller(maria, &answer), "1");
	rig_expect(answer, "sign-on-required");
	anna = rig_sign_on("anna");
	assert_false(is_said(ask(anna, "anna", "1"), "drawer.open"));
}

static void test_another_till(void **state)
{
	const char *front = rig_sign_on("maria"), *back;
	struct rig_answer *answer;
	const json_t *there, *here = ask(front, "maria", "1");

	(void)state;
	back = rig_sign_on_at_back("maria");
	rig.uid = 1002;
	there = ask(back, "maria", "2");
	assert_true(is_said(there, "drawer.open"));
	/* what is kept is for those who may ask for it */
	can_list(rig.core, rig_caller(front, &answer), "1");
	rig_expect(answer, "not-found");
	rig.uid = RIG_UID;
	assert_true(json_equal(here, ask(front, "maria", "1")));
	assert_false(json_equal(here, there));
}

/* So many people lie between them that both answers belong in one place. */
static void test_two_in_one_place(void **state)
{
	struct buf people = BUF_INIT(65536);

	(void)state;
	for (int i = 1; i < 256; i++)
		buf_add_format(&people, "{'login':'x%d'},", i);
	buf_add_text(&people, "{'login':'piotr'");
	rig_change_policy("{'login':'piotr'", buf_text(&people));
	buf_free(&people);
	for (int i = 0; i < 2; i++) {
		assert_false(is_said(ask(rig_sign_on("anna"), "anna", "1"),
				     "drawer.open"));
		assert_true(is_said(ask(rig_sign_on("piotr"), "piotr", "1"),
				    "drawer.open"));
	}
}

/* Rights alone are told: a session changes none. */
static void test_with_a_session_and_without(void **state)
{
	const char *maria = rig_sign_on("maria");
	const json_t *before = ask(maria, "maria", "1");

	(void)state;
	rig_open_session(maria);
	assert_true(json_equal(before, ask(maria, "maria", "1")));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, rig_set_up, rig_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_same_again_is_the_same),
		TEST(another_policy),
		TEST(policies_that_come_and_go),
		TEST(the_policy_before_is_not_kept),
		TEST(another_sign_on),
		TEST(another_till),
		TEST(two_in_one_place),
		TEST(with_a_session_and_without),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("core: can", tests, NULL, NULL);
}
