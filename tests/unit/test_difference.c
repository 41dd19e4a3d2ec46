/* SPDX-License-Identifier: Apache-2.0 */
/* What one policy changes in another, as people and the journal are told. */
#include "policy/difference.h"

#include "util/cleanup.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- policies by hand --- */

struct made {
	const char *login, *name, *group, *password, *label;
	bool restricted;
	bool no_badge;
	bool blocked;	/* the badge */
	bool rules;	/* the group grants config.access, too */
	bool cancels;	/* the group grants card.cancel, too */
	bool no_drawer; /* and drawer.open not */
	int64_t maximum;
	bool second_till;
	bool extra; /* an operator more */
};

static const struct made plain = {
	.login = "anna", .name = "Anna", .group = "cashiers", .label = "red fob"
};

static void add_till(struct policy *policy, const char *id, int64_t maximum)
{
	struct policy_till till = { .id = id,
				    .name = "Front till",
				    .currency = "EUR",
				    .maximum = { maximum != 0, maximum } };

	assert_true(policy_add_till(policy, &till));
}

static void add_group(struct policy *policy, const char *id, bool cancels,
		      bool drawer, bool rules)
{
	static const char *const tills[] = { "1", POLICY_BOX };
	struct policy_group group = { .id = id, .name = id };

	if (drawer)
		rights_add(&group.granted, PERMISSION_DRAWER_OPEN);
	if (rules)
		rights_add(&group.granted, PERMISSION_CONFIG_ACCESS);
	if (cancels)
		rights_add(&group.granted, PERMISSION_CARD_CANCEL);
	rights_add(&group.granted,
		   rights_of_object(OBJECT_RECEIPT, RIGHT_READ));
	assert_true(policy_add_group(policy, &group, tills, 2));
}

static void add_badge(struct policy *policy, const char *handle,
		      const char *label, uint8_t key, bool active)
{
	struct policy_badge badge = { .key = { key },
				      .handle = handle,
				      .label = label,
				      .active = active };

	assert_true(policy_add_badge(policy, &badge, "id-of-anna"));
}

static struct policy *make(const struct made *made)
{
	struct policy *policy = policy_new(1);
	struct policy_operator who = { .id = "id-of-anna",
				       .login = made->login,
				       .name = made->name,
				       .password = made->password,
				       .active = true,
				       .restricted = made->restricted };
	struct policy_operator extra = { .id = "id-of-extra",
					 .login = "extra",
					 .name = "Extra",
					 .pin = "scrypt$...",
					 .active = true };

	add_till(policy, "1", made->maximum);
	if (made->second_till)
		add_till(policy, "2", 0);
	add_group(policy, "cashiers", made->cancels, !made->no_drawer,
		  made->rules);
	add_group(policy, "leaders", true, true, false);
	assert_true(policy_add_operator(policy, &who, &made->group, 1));
	if (made->extra)
		assert_true(
			policy_add_operator(policy, &extra, &made->group, 1));
	if (!made->no_badge)
		add_badge(policy, "b-first", made->label, 1, !made->blocked);
	policy_seal(policy);
	return policy;
}

/* In apostrophes for quotation marks, sorted. */
static void expect(const struct made *before, const struct made *after,
		   enum policy_audience audience, const char *wanted)
{
	struct policy *old = before ? make(before) : NULL, *new = make(after);
	json_t *difference = policy_difference(old, new, audience);
	char *line = json_line(difference);

	for (char *at = line; *at; at++)
		if (*at == '"')
			*at = '\'';
	assert_string_equal(line, wanted);
	free(line);
	json_decref(difference);
	policy_unref(old);
	policy_unref(new);
}

static void expect_line(const struct made *before, const struct made *after,
			const char *wanted)
{
	struct policy *old = make(before), *new = make(after);
	json_t *difference = policy_difference(old, new, POLICY_FOR_PEOPLE);
	bool whole;
	char *line = policy_difference_line(old, new, difference, &whole);

	assert_string_equal(line, wanted);
	assert_int_equal(whole, !strstr(line, "more change"));
	free(line);
	json_decref(difference);
	policy_unref(old);
	policy_unref(new);
}

static bool touches(const struct made *before, const struct made *after,
		    const char *id)
{
	struct policy *old = make(before), *new = make(after);
	bool touched = policy_difference_touches(old, new, id);

	policy_unref(old);
	policy_unref(new);
	return touched;
}

/* --- one change after the other --- */

static void test_nothing_differs(void **state)
{
	(void)state;
	expect(&plain, &plain, POLICY_FOR_PEOPLE, "{}");
	expect(&plain, &plain, POLICY_FOR_JOURNAL, "{}");
	expect_line(&plain, &plain, "nothing changes");
}

static void test_names_are_for_people(void **state)
{
	struct made after = plain;

	(void)state;
	after.login = "anna.b";
	after.name = "Anna B.";
	expect(&plain, &after, POLICY_FOR_PEOPLE,
	       "{'operators':{'changed':[{'changes':{'login':{'from':'anna',"
	       "'to':'anna.b'},'name':{'from':'Anna','to':'Anna B.'}},"
	       "'id':'id-of-anna','login':'anna','name':'Anna'}]}}");
	expect(&plain, &after, POLICY_FOR_JOURNAL,
	       "{'operators':{'changed':[{'changes':{'login':'changed',"
	       "'name':'changed'},'id':'id-of-anna'}]}}");
	expect_line(&plain, &after,
		    "operator anna: login anna -> anna.b "
		    "name \"Anna\" -> \"Anna B.\"");
	/* a name is no power */
	assert_false(touches(&plain, &after, "id-of-anna"));
}

static void test_powers_are_told(void **state)
{
	struct made after = plain;

	(void)state;
	after.group = "leaders";
	after.restricted = true;
	expect(&plain, &after, POLICY_FOR_JOURNAL,
	       "{'operators':{'changed':[{'changes':{'groups':{'added':"
	       "['leaders'],'removed':['cashiers']},'restricted':{'from':"
	       "false,'to':true}},'id':'id-of-anna'}]}}");
	expect_line(&plain, &after,
		    "operator anna: +leaders restricted false -> true "
		    "-cashiers");
	assert_true(touches(&plain, &after, "id-of-anna"));
	assert_false(touches(&plain, &after, "id-of-nobody"));
}

static void test_secrets_are_only_said_to_change(void **state)
{
	struct made first = plain, second = plain;

	(void)state;
	first.password = "scrypt$one";
	second.password = "scrypt$two";
	expect(&plain, &first, POLICY_FOR_JOURNAL,
	       "{'operators':{'changed':[{'changes':{'password':'set'},"
	       "'id':'id-of-anna'}]}}");
	expect(&first, &second, POLICY_FOR_JOURNAL,
	       "{'operators':{'changed':[{'changes':{'password':'changed'},"
	       "'id':'id-of-anna'}]}}");
	expect(&second, &plain, POLICY_FOR_PEOPLE,
	       "{'operators':{'changed':[{'changes':{'password':'removed'},"
	       "'id':'id-of-anna','login':'anna','name':'Anna'}]}}");
	expect_line(&first, &second, "operator anna: password changed");
	assert_true(touches(&first, &second, "id-of-anna"));
}

static void test_badges_are_told_by_handle(void **state)
{
	struct made labelled = plain, gone = plain;

	(void)state;
	labelled.label = "blue fob";
	gone.no_badge = true;
	expect(&plain, &labelled, POLICY_FOR_JOURNAL,
	       "{'operators':{'changed':[{'changes':{'badges':{'changed':"
	       "['b-first']}},'id':'id-of-anna'}]}}");
	expect(&plain, &gone, POLICY_FOR_JOURNAL,
	       "{'operators':{'changed':[{'changes':{'badges':{'removed':"
	       "['b-first']}},'id':'id-of-anna'}]}}");
	expect_line(&gone, &plain, "operator anna: +badge b-first");
	assert_true(touches(&gone, &plain, "id-of-anna"));
}

static void test_groups_and_tills(void **state)
{
	struct made after = plain;

	(void)state;
	after.cancels = true;
	after.no_drawer = true;
	after.maximum = 50000;
	expect(&plain, &after, POLICY_FOR_JOURNAL,
	       "{'groups':{'changed':[{'changes':{'permissions':{'added':"
	       "['card.cancel'],'removed':['drawer.open']}},"
	       "'id':'cashiers'}]},'tills':{'changed':[{'changes':"
	       "{'limits.maximum':{'from':null,'to':50000}},'id':'1'}]}}");
	expect_line(&plain, &after,
		    "group cashiers: +card.cancel -drawer.open, "
		    "till 1: limits.maximum none -> 50000");
	assert_false(touches(&plain, &after, "id-of-anna"));
}

/* Whoever becomes powerful by it, by whatever way, is said before all else. */
static void test_power_comes_first(void **state)
{
	struct made after = plain, more;

	(void)state;
	after.name = "Anna B.";
	after.cancels = after.rules = true;
	expect_line(&plain, &after,
		    "anna becomes an administrator, "
		    "group cashiers: +config.access +card.cancel, "
		    "operator anna: name \"Anna\" -> \"Anna B.\"");
	more = after;
	more.extra = true;
	expect_line(&after, &more,
		    "extra becomes an administrator, operator extra added: "
		    "+cashiers active true pin set login extra "
		    "name \"Extra\" role user");
}

static bool gives(const struct made *before, const struct made *after)
{
	struct policy *old = make(before), *new = make(after);
	bool given = policy_difference_gives(old, new, "id-of-anna");

	policy_unref(old);
	policy_unref(new);
	return given;
}

/* What one may do oneself by it, through whichever group or till. */
static void test_who_may_do_more(void **state)
{
	struct made after = plain, tills = plain;

	(void)state;
	assert_false(gives(&plain, &plain));
	after.cancels = true;
	assert_true(gives(&plain, &after));
	assert_false(gives(&after, &plain));
	after.no_drawer = true;
	assert_true(gives(&plain, &after));
	tills.second_till = true; /* where no group of theirs counts */
	assert_false(gives(&plain, &tills));
}

static void test_a_badge_that_works_again(void **state)
{
	struct made blocked = plain;

	(void)state;
	blocked.blocked = true;
	expect_line(&blocked, &plain,
		    "operator anna: badges.b-first.active false -> true "
		    "~badge b-first");
}

/* With what they bring along, but for what is null, false or empty. */
static void test_who_comes_and_goes(void **state)
{
	struct made after = plain;

	(void)state;
	after.extra = true;
	expect(&plain, &after, POLICY_FOR_JOURNAL,
	       "{'operators':{'added':[{'changes':{'active':{'to':true},"
	       "'groups':{'added':['cashiers']},'login':'changed',"
	       "'name':'changed','pin':'set','role':{'to':'user'}},"
	       "'id':'id-of-extra'}]}}");
	expect(&after, &plain, POLICY_FOR_JOURNAL,
	       "{'operators':{'removed':[{'id':'id-of-extra'}]}}");
	expect(&after, &plain, POLICY_FOR_PEOPLE,
	       "{'operators':{'removed':[{'id':'id-of-extra','login':'extra',"
	       "'name':'Extra'}]}}");
	expect_line(&plain, &after,
		    "operator extra added: +cashiers active true pin set "
		    "login extra name \"Extra\" role user");
	assert_true(touches(&plain, &after, "id-of-extra"));
	assert_true(touches(&after, &plain, "id-of-extra"));
	after.second_till = true;
	expect_line(&after, &plain, "operator extra removed, till 2 removed");
}

static void test_the_first_one(void **state)
{
	struct policy *policy = make(&plain);
	json_t *difference =
		policy_difference(NULL, policy, POLICY_FOR_JOURNAL);
	bool whole;
	char *line = policy_difference_line(NULL, policy, difference, &whole);

	(void)state;
	assert_string_equal(line,
			    "group cashiers added: +till @box +till 1 "
			    "+drawer.open +receipt.read, group leaders added: "
			    "+till @box +till 1 +drawer.open +card.cancel "
			    "+receipt.read, operator id-of-anna added: "
			    "+cashiers active true +badge b-first, "
			    "and 12 more changes");
	free(line);
	json_decref(difference);
	policy_unref(policy);
}

/* --- many of them --- */

static struct policy *crowd(const char *name, size_t count, bool grants)
{
	struct policy *policy = policy_new(1);
	char id[16];

	for (size_t i = 0; i < POLICY_TILLS_MAX; i++) {
		struct policy_till till = { .id = id,
					    .name = name,
					    .currency = "EUR" };

		snprintf(id, sizeof(id), "till%zu", i);
		assert_true(policy_add_till(policy, &till));
	}
	for (size_t i = 0; i < count; i++) {
		struct policy_operator who = {
			.id = id, .login = id, .name = name, .active = true
		};
		struct policy_group group = { .id = id, .name = name };

		for (size_t j = 0; grants && j < POLICY_TILLS_MAX; j++)
			policy_till_set_add(&group.tills, j);
		snprintf(id, sizeof(id), "id%zu", i);
		assert_true(policy_add_operator(policy, &who, NULL, 0));
		assert_true(policy_add_group(policy, &group, NULL, 0));
	}
	policy_seal(policy);
	return policy;
}

static void test_long_differences_are_cut(void **state)
{
	struct policy *old = crowd("Old", 300, false);
	struct policy *new = crowd("New", 300, false);
	CLEANUP_JSON json_t *difference =
		policy_difference(old, new, POLICY_FOR_PEOPLE);
	const json_t *operators = json_object_get(difference, "operators");
	bool whole;
	CLEANUP_FREE char *line =
		policy_difference_line(old, new, difference, &whole);

	(void)state;
	assert_false(whole);
	assert_int_equal(json_array_size(json_object_get(operators, "changed")),
			 256);
	assert_int_equal(json_int(operators, "more", 0), 44);
	assert_non_null(strstr(line, "operator id11: name \"Old\" -> \"New\", "
				     "and 844 more changes"));
	assert_false(policy_difference_is_whole(difference));
	policy_unref(old);
	policy_unref(new);
}

/* An entry of the journal has to stay handy, whatever is done at once. */
static void test_entries_stay_handy(void **state)
{
	struct policy *old = crowd("Old", 1000, false);
	struct policy *new = crowd("New", 1000, true);
	CLEANUP_JSON json_t *difference =
		policy_difference(old, new, POLICY_FOR_JOURNAL);
	CLEANUP_FREE char *line = json_line(difference);
	const json_t *changed = json_object_get(
		json_object_get(difference, "groups"), "changed");

	(void)state;
	assert_true(json_flag(difference, "abridged"));
	assert_true(strlen(line) < (size_t)128 * 1024);
	assert_int_equal(json_array_size(changed), 256);
	assert_null(json_object_get(json_array_get(changed, 0), "changes"));
	assert_null(strstr(line, "Old"));
	assert_null(strstr(line, "New"));
	policy_unref(old);
	policy_unref(new);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_differs),
		cmocka_unit_test(test_names_are_for_people),
		cmocka_unit_test(test_powers_are_told),
		cmocka_unit_test(test_secrets_are_only_said_to_change),
		cmocka_unit_test(test_badges_are_told_by_handle),
		cmocka_unit_test(test_groups_and_tills),
		cmocka_unit_test(test_power_comes_first),
		cmocka_unit_test(test_who_may_do_more),
		cmocka_unit_test(test_a_badge_that_works_again),
		cmocka_unit_test(test_who_comes_and_goes),
		cmocka_unit_test(test_the_first_one),
		cmocka_unit_test(test_long_differences_are_cut),
		cmocka_unit_test(test_entries_stay_handy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
