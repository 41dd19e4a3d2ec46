/* SPDX-License-Identifier: Apache-2.0 */
/* Why somebody may or may not: policy/explain.h; and policy/lint.h. */
#include "policy/explain.h"
#include "policy/lint.h"
#include "util/alloc.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOON 1000000

/* A shop in a table: each word of a list is an id or a right. */
struct group {
	const char *id, *tills, *rights;
};

struct person {
	const char *login, *groups;
	bool inactive, manager, proofless;
	bool restricted; /* sees no till but 2, where it may not work */
};

static const struct group groups[] = {
	{ "sell", "1 2",
	  "receipt.read receipt.add cash_deposit.read "
	  "cash_deposit.add cash_report.read cash_report.add" },
	{ "lead", "1", "card.cancel drawer.open" },
	{ "blind", "1", "receipt.modify" },
	{ "nowhere", "", "drawer.open" },
	{ "box", "@box", "config.access" },
	{ NULL, NULL, NULL },
};

static size_t words(const char *text, char out[8][40])
{
	size_t count = 0;
	int len;

	for (; sscanf(text, " %39s%n", out[count], &len) == 1; text += len)
		count++;
	return count;
}

static void add_groups(struct policy *policy)
{
	char names[8][40];
	const char *list[8];

	for (const struct group *g = groups; g->id; g++) {
		struct policy_group made = { .id = g->id, .name = g->id };
		size_t count = words(g->rights, names);
		unsigned int which;

		for (size_t i = 0; i < count; i++) {
			assert_true(rights_from_name(names[i], &which));
			rights_add(&made.granted, which);
		}
		count = words(g->tills, names);
		for (size_t i = 0; i < count; i++)
			list[i] = names[i];
		assert_true(policy_add_group(policy, &made, list, count));
	}
}

static void add_person(struct policy *policy, const struct person *p)
{
	struct policy_operator made = {
		.id = p->login,
		.login = p->login,
		.name = p->login,
		.password = p->proofless ? NULL : "scrypt$",
		.active = !p->inactive,
		.role = p->manager ? ROLE_MANAGER : ROLE_USER,
		.restricted = p->restricted,
	};
	char names[8][40];
	const char *list[8];
	size_t count = words(p->groups, names);

	for (size_t i = 0; i < count; i++)
		list[i] = names[i];
	policy_till_set_add(&made.view_tills, 1);
	assert_true(policy_add_operator(policy, &made, list, count));
}

static struct policy *shop(const struct person *people)
{
	struct policy *policy = policy_new(1);
	struct policy_till till = { .id = "1", .name = "1", .currency = "EUR" };

	till.badge[PERMISSION_CARD_CANCEL] = BADGE_PIN;
	assert_true(policy_add_till(policy, &till));
	till.id = "2";
	assert_true(policy_add_till(policy, &till));
	add_groups(policy);
	for (; people->login; people++)
		add_person(policy, people);
	policy_seal(policy);
	return policy;
}

/* What is answered on that question, as a line; "@box" is a till here. */
static void expect(const struct policy *policy, const char *login,
		   const char *till, const char *right, const char *wanted)
{
	unsigned int which;
	struct demand demand = { 0 };
	json_t *made;
	char *line;

	assert_true(rights_from_name(right, &which));
	demand_add(&demand, which);
	made = policy_explain_demand(policy, policy_login(policy, login),
				     policy_till(policy, till), &demand);
	line = json_line(made);
	for (char *at = line; *at; at++)
		if (*at == '"')
			*at = '\'';
	assert_string_equal(line, wanted);
	free(line);
	json_decref(made);
}

static const struct person staff[] = {
	{ .login = "anna", .groups = "sell blind nowhere" },
	{ .login = "lena", .groups = "lead sell" },
	{ .login = "rita", .groups = "sell", .restricted = true },
	{ .login = "ivan", .groups = "lead", .inactive = true },
	{ .login = "maria", .groups = "box lead", .manager = true },
	{ 0 },
};

static void test_through_which_group(void **state)
{
	struct policy *policy = shop(staff);

	(void)state;
	expect(policy, "lena", "1", "card.cancel",
	       "{'access':'open','active':true,'allowed':true,'granted':[{'"
	       "groups':['lead'],"
	       "'right':'card.cancel'}]}");
	expect(policy, "maria", POLICY_BOX, "config.access",
	       "{'active':true,'allowed':true,'granted':[{'groups':['box'],"
	       "'right':'config.access'}]}");
	policy_unref(policy);
}

static void test_what_is_missing_and_who_could_help(void **state)
{
	struct policy *policy = shop(staff);

	(void)state;
	expect(policy, "anna", "1", "card.cancel",
	       "{'access':'open','active':true,'allowed':false,'authorizers':["
	       "{'login':'lena','name':'lena'},"
	       "{'login':'maria','name':'maria'}],'badge':'pin','granted':[],"
	       "'missing':[{'meaning':'cancel a card transaction',"
	       "'near':[{'because':'not-a-member','group':'lead'}],"
	       "'right':'card.cancel'}]}");
	/* void without read; theirs, but not here; nobody could help */
	expect(policy, "anna", "2", "drawer.open",
	       "{'access':'open','active':true,'allowed':false,'authorizers':[]"
	       ","
	       "'badge':'alone','granted':[],'missing':[{"
	       "'meaning':'open the drawer by hand',"
	       "'near':[{'because':'not-attached','group':'nowhere'}],"
	       "'right':'drawer.open'}]}");
	expect(policy, "rita", "1", "receipt.read",
	       "{'access':'hidden','active':true,'allowed':true,'granted':[{'"
	       "groups':['sell'],"
	       "'right':'receipt.read'}]}");
	policy_unref(policy);
}

static void test_a_right_without_read_is_void(void **state)
{
	struct policy *policy = shop(staff);
	struct demand demand = { 0 };
	json_t *made, *missing;

	(void)state;
	demand_add(&demand, rights_of_object(OBJECT_RECEIPT, RIGHT_MODIFY));
	demand_add(&demand, rights_of_object(OBJECT_RECEIPT, RIGHT_READ));
	made = policy_explain_demand(policy, policy_login(policy, "anna"),
				     policy_till(policy, "1"), &demand);
	missing = json_array_get(json_object_get(made, "missing"), 0);
	assert_string_equal(json_text(missing, "right"), "receipt.modify");
	assert_string_equal(
		json_text(json_array_get(json_object_get(missing, "near"), 0),
			  "because"),
		"void");
	assert_int_equal(json_array_size(json_object_get(made, "granted")), 1);
	json_decref(made);
	policy_unref(policy);
}

static void test_the_inactive_may_nothing(void **state)
{
	struct policy *policy = shop(staff);

	(void)state;
	expect(policy, "ivan", "2", "drawer.open",
	       "{'access':'open','active':false,'allowed':false,'authorizers':["
	       "],"
	       "'badge':'alone','granted':[],'missing':[{"
	       "'meaning':'open the drawer by hand',"
	       "'near':[{'because':'not-attached','group':'lead'}],"
	       "'right':'drawer.open'}]}");
	policy_unref(policy);
}

static void test_any_of_several(void **state)
{
	struct policy *policy = shop(staff);
	struct demand demand = { 0 };
	json_t *made;

	(void)state;
	rights_add(&demand.any,
		   rights_of_object(OBJECT_SALES_INVOICE, RIGHT_READ));
	rights_add(&demand.any, rights_of_object(OBJECT_RECEIPT, RIGHT_READ));
	made = policy_explain_demand(policy, policy_login(policy, "anna"),
				     policy_till(policy, "1"), &demand);
	assert_true(json_flag(made, "allowed"));
	json_decref(made);
	made = policy_explain_demand(policy, policy_login(policy, "maria"),
				     policy_till(policy, "1"), &demand);
	assert_false(json_flag(made, "allowed"));
	assert_int_equal(json_array_size(json_object_get(made, "missing_any")),
			 2);
	assert_null(json_object_get(made, "missing"));
	assert_int_equal(json_array_size(json_object_get(made, "authorizers")),
			 3);
	json_decref(made);
	policy_unref(policy);
}

/* --- lint --- */

static bool found(const json_t *lint, const char *finding, const char *field,
		  const char *value)
{
	const json_t *row;
	size_t i;

	json_array_foreach (json_object_get(lint, "findings"), i, row)
		if (!strcmp(json_text(row, "finding"), finding) &&
		    !strcmp(json_text(row, field), value))
			return true;
	return false;
}

static void test_lint(void **state)
{
	static const struct person people[] = {
		{ .login = "anna", .groups = "sell" },
		{ .login = "lena", .groups = "lead sell" },
		{ .login = "mute", .groups = "lead", .proofless = true },
		{ .login = "idle", .groups = "sell", .manager = true },
		{ .login = "gone", .groups = "nowhere", .inactive = true },
		{ .login = "lost", .groups = "nowhere" },
		{ .login = "maria", .groups = "box sell", .manager = true },
		{ 0 },
	};
	struct policy *policy = shop(people);
	json_t *lint = policy_lint(policy, NOON);

	(void)state;
	assert_true(found(lint, "group-unattached", "group", "nowhere"));
	assert_false(found(lint, "group-unattached", "group", "box"));
	assert_true(found(lint, "permission-unheld", "till", "1"));
	assert_true(found(lint, "permission-unheld", "till", "2"));
	assert_true(found(lint, "supervisor-idle", "operator", "mute"));
	assert_true(found(lint, "supervisor-idle", "why", "no-proof"));
	assert_false(found(lint, "supervisor-idle", "operator", "idle"));
	assert_true(found(lint, "supervisor-idle", "operator", "lost"));
	assert_false(found(lint, "supervisor-idle", "operator", "lena"));
	assert_false(found(lint, "supervisor-idle", "operator", "maria"));
	assert_true(found(lint, "no-receipts", "operator", "mute"));
	assert_true(found(lint, "no-receipts", "operator", "lost"));
	assert_false(found(lint, "no-receipts", "operator", "gone"));
	assert_false(found(lint, "no-receipts", "operator", "anna"));
	assert_null(json_object_get(lint, "more"));
	json_decref(lint);
	policy_unref(policy);
}

static void expect_unheld(const json_t *lint, const char *till,
			  const char *permission, bool wanted)
{
	const json_t *row, *name;
	bool seen = false;
	size_t i, j;

	json_array_foreach (json_object_get(lint, "findings"), i, row) {
		if (strcmp(json_text(row, "finding"), "permission-unheld") ||
		    strcmp(json_text(row, "till"), till))
			continue;
		json_array_foreach (json_object_get(row, "permissions"), j,
				    name)
			seen |= !strcmp(json_string_value(name), permission);
	}
	assert_int_equal(seen, wanted);
}

static void test_lint_of_permissions(void **state)
{
	struct policy *policy = shop(staff);
	json_t *lint = policy_lint(policy, NOON);

	(void)state;
	expect_unheld(lint, "1", "card.cancel", false);
	expect_unheld(lint, "1", "report.daily", true);
	expect_unheld(lint, "2", "card.cancel", true);
	json_decref(lint);
	policy_unref(policy);
}

/* Everybody holds the same: there is nobody to help. */
static void test_a_manager_among_equals(void **state)
{
	static const struct person people[] = {
		{ .login = "one", .groups = "sell", .manager = true },
		{ .login = "two", .groups = "sell" },
		{ 0 },
	};
	struct policy *policy = shop(people);
	json_t *lint = policy_lint(policy, NOON);

	(void)state;
	assert_true(found(lint, "supervisor-idle", "operator", "one"));
	assert_true(found(lint, "supervisor-idle", "why", "nothing-held"));
	assert_false(found(lint, "supervisor-idle", "operator", "two"));
	json_decref(lint);
	policy_unref(policy);
}

/* A badge that has run out is no proof any more. */
static void test_a_badge_that_ran_out(void **state)
{
	static const struct person people[] = {
		{ .login = "anna", .groups = "sell" },
		{ .login = "mute", .groups = "lead", .proofless = true },
		{ 0 },
	};
	struct policy_badge badge = {
		.handle = "b-1", .label = "", .active = true, .until_ms = NOON
	};
	struct policy *policy = policy_new(1);
	struct policy_till till = { .id = "1", .name = "1", .currency = "EUR" };
	json_t *lint;

	(void)state;
	assert_true(policy_add_till(policy, &till));
	till.id = "2";
	assert_true(policy_add_till(policy, &till));
	add_groups(policy);
	add_person(policy, &people[0]);
	add_person(policy, &people[1]);
	assert_true(policy_add_badge(policy, &badge, "mute"));
	policy_seal(policy);
	lint = policy_lint(policy, NOON - 1);
	assert_false(found(lint, "supervisor-idle", "operator", "mute"));
	json_decref(lint);
	lint = policy_lint(policy, NOON);
	assert_true(found(lint, "supervisor-idle", "operator", "mute"));
	json_decref(lint);
	policy_unref(policy);
}

/* A very long list is cut, and says so. */
static void test_lint_is_bounded(void **state)
{
	struct policy *policy = policy_new(1);
	struct policy_group group = { 0 };
	json_t *lint;
	char id[16];

	(void)state;
	for (int i = 0; i < LINT_MAX + 3; i++) {
		snprintf(id, sizeof(id), "g%d", i);
		group.id = group.name = id;
		assert_true(policy_add_group(policy, &group, NULL, 0));
	}
	policy_seal(policy);
	lint = policy_lint(policy, NOON);
	assert_int_equal(json_array_size(json_object_get(lint, "findings")),
			 LINT_MAX);
	assert_int_equal(json_int(lint, "more", 0), 3);
	json_decref(lint);
	policy_unref(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_through_which_group),
		cmocka_unit_test(test_what_is_missing_and_who_could_help),
		cmocka_unit_test(test_a_right_without_read_is_void),
		cmocka_unit_test(test_the_inactive_may_nothing),
		cmocka_unit_test(test_any_of_several),
		cmocka_unit_test(test_lint),
		cmocka_unit_test(test_lint_of_permissions),
		cmocka_unit_test(test_a_manager_among_equals),
		cmocka_unit_test(test_a_badge_that_ran_out),
		cmocka_unit_test(test_lint_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
