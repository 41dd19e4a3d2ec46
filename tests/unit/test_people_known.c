/* SPDX-License-Identifier: Apache-2.0 */
/* A new document, and who and what of it was known before. */
#include "store/store.h"

#include "store/password.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include "people_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool has_pin(struct store_rig *rig, const char *stored, const char *pin)
{
	char keyed[HASH_TEXT_SIZE];

	keys_pin(store_keys(rig->store), pin, keyed);
	return password_check(stored, keyed, PEOPLE_RIG_COST);
}

static char *id_of(const struct policy *policy, const char *login)
{
	return alloc_text(policy_login(policy, login)->id);
}

#define ANNA                                                   \
	"{'login':'anna','password':'anna-anna','pin':'1234'," \
	"'badges':['em:0001','em:0002']}"

static void test_ids_and_unmentioned_secrets_stay(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *maria = NULL, *anna = NULL;
	struct policy *policy;

	assert_int_equal(
		people_rig_replace(rig, DOCUMENT(TILL, GROUP, PERSON "," ANNA)),
		0);
	policy = people_rig_load(rig);
	maria = id_of(policy, "maria");
	anna = id_of(policy, "anna");
	policy_unref(policy);
	/* in another order, renamed, nothing said of secrets */
	assert_int_equal(
		people_rig_replace(
			rig, DOCUMENT(TILL, GROUP,
				      "{'login':'anna','name':'A.'}," PERSON)),
		0);
	policy = people_rig_load(rig);
	assert_string_equal(policy_login(policy, "maria")->id, maria);
	assert_string_equal(policy_login(policy, "anna")->id, anna);
	assert_string_equal(policy_login(policy, "anna")->name, "A.");
	assert_true(password_check(policy_login(policy, "anna")->password,
				   "anna-anna", PEOPLE_RIG_COST));
	assert_true(has_pin(rig, policy_login(policy, "anna")->pin, "1234"));
	assert_ptr_equal(people_rig_badge(rig, policy, "em:0002"),
			 policy_login(policy, "anna"));
	policy_unref(policy);
	/* taken away in so many words; a badge moves */
	assert_int_equal(
		people_rig_replace(
			rig,
			DOCUMENT(TILL, GROUP,
				 "{'login':'maria','groups':['m'],'password':"
				 "'12345678','badges':['em:0001']},"
				 "{'login':'anna','password':null,"
				 "'pin':null}")),
		0);
	policy = people_rig_load(rig);
	assert_null(policy_login(policy, "anna")->password);
	assert_null(policy_login(policy, "anna")->pin);
	assert_ptr_equal(people_rig_badge(rig, policy, "em:0001"),
			 policy_login(policy, "maria"));
	assert_ptr_equal(people_rig_badge(rig, policy, "em:0002"),
			 policy_login(policy, "anna"));
	policy_unref(policy);
	/* gone, and back as somebody new */
	assert_int_equal(people_rig_replace(rig, DOCUMENT(TILL, GROUP, PERSON)),
			 0);
	policy = people_rig_load(rig);
	assert_null(policy_login(policy, "anna"));
	assert_null(people_rig_badge(rig, policy, "em:0002"));
	policy_unref(policy);
	assert_int_equal(
		people_rig_replace(rig, DOCUMENT(TILL, GROUP, PERSON "," ANNA)),
		0);
	policy = people_rig_load(rig);
	assert_string_not_equal(policy_login(policy, "anna")->id, anna);
	assert_int_equal(policy_version(policy), 6);
	policy_unref(policy);
}

/* --- who somebody is --- */

/* With that id for %s in the document; new. */
static char *with_id(struct store_rig *rig, const char *login,
		     const char *format)
{
	struct policy *policy = people_rig_load(rig);
	const char *id = policy_login(policy, login)->id;
	const char *at = strstr(format, "%s");
	char *text = alloc_format("%.*s%s%s", (int)(at - format), format, id,
				  at + 2);

	policy_unref(policy);
	return text;
}

static void test_an_operator_is_renamed_by_id(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *id = NULL, *text = NULL;
	struct policy *policy;

	assert_int_equal(
		people_rig_replace(rig, DOCUMENT(TILL, GROUP, PERSON "," ANNA)),
		0);
	policy = people_rig_load(rig);
	id = id_of(policy, "anna");
	policy_unref(policy);
	/* somebody new has the old login at once */
	text = with_id(rig, "anna",
		       DOCUMENT(TILL, GROUP,
				"{'login':'anna'}," PERSON
				",{'id':'%s','login':'anna2'}"));
	assert_int_equal(people_rig_replace(rig, text), 0);
	policy = people_rig_load(rig);
	assert_string_equal(policy_login(policy, "anna2")->id, id);
	assert_true(has_pin(rig, policy_login(policy, "anna2")->pin, "1234"));
	assert_ptr_equal(people_rig_badge(rig, policy, "em:0001"),
			 policy_login(policy, "anna2"));
	assert_string_not_equal(policy_login(policy, "anna")->id, id);
	assert_null(policy_login(policy, "anna")->pin);
	policy_unref(policy);
}

static void test_two_swap_their_logins(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *anna = NULL, *maria = NULL, *text = NULL;
	struct policy *policy;

	assert_int_equal(
		people_rig_replace(rig, DOCUMENT(TILL, GROUP, PERSON "," ANNA)),
		0);
	policy = people_rig_load(rig);
	anna = id_of(policy, "anna");
	maria = id_of(policy, "maria");
	policy_unref(policy);
	text = alloc_format(DOCUMENT(TILL, GROUP,
				     "{'id':'%s','login':'maria'},"
				     "{'id':'%s','login':'anna',"
				     "'groups':['m']}"),
			    anna, maria);
	assert_int_equal(people_rig_replace(rig, text), 0);
	policy = people_rig_load(rig);
	assert_string_equal(policy_login(policy, "anna")->id, maria);
	assert_string_equal(policy_login(policy, "maria")->id, anna);
	policy_unref(policy);
}

/* A password on file will do, somebody else's will not. */
static void test_the_administrator_keeps_their_password(void **state)
{
	static const char nobody[] = DOCUMENT(
		TILL, GROUP, "{'login':'maria'},{'login':'a','groups':['m']}");
	struct store_rig *rig = *state;
	json_t *document = people_rig_document(nobody);
	struct policy *policy;
	char *error = NULL;

	assert_int_equal(people_rig_replace(rig, DOCUMENT(TILL, GROUP,
							  "{'login':'maria',"
							  "'groups':['m']}")),
			 0);
	policy = people_rig_load(rig);
	assert_null(people_parse(document, policy, &error));
	assert_memory_equal(error, "Nobody could administer", 23);
	free(error);
	json_decref(document);
	document = people_rig_document(
		DOCUMENT(TILL, GROUP,
			 "{'login':'maria','groups':['m'],'password':null}"));
	assert_null(people_parse(document, policy, &error));
	assert_memory_equal(error, "Nobody could administer", 23);
	free(error);
	json_decref(document);
	policy_unref(policy);
}

/* --- badges --- */

#define WITH_BADGES(anna, maria)                               \
	DOCUMENT(TILL, GROUP,                                  \
		 "{'login':'anna','badges':[" anna "]},"       \
		 "{'login':'maria','groups':['m'],'password':" \
		 "'12345678','badges':[" maria "]}")

/* The handle of an operator's badge; new. */
static char *handle_of(struct store_rig *rig, const char *login, size_t at)
{
	struct policy *policy = people_rig_load(rig);
	const struct policy_operator *who = policy_login(policy, login);
	char *handle = alloc_text(
		at < who->badges_count ? who->badges[at].handle : NULL);

	policy_unref(policy);
	return handle;
}

static void test_a_badge_keeps_its_handle(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *first = NULL, *second = NULL;
	struct policy *policy;
	const struct policy_badge *badge;

	assert_int_equal(
		people_rig_replace(rig,
				   WITH_BADGES("{'id':'em:0001','label':'red',"
					       "'active':false,'until':"
					       "'2031-01-01T00:00:00+01:00'}",
					       "")),
		0);
	first = handle_of(rig, "anna", 0);
	/* what is not said of it stays: a lost one is not found by that */
	assert_int_equal(people_rig_replace(rig, WITH_BADGES("'em:0001'", "")),
			 0);
	second = handle_of(rig, "anna", 0);
	assert_string_equal(first, second);
	policy = people_rig_load(rig);
	badge = policy_badge_by_handle(policy, first);
	assert_string_equal(badge->label, "red");
	assert_false(badge->active);
	assert_int_equal(badge->until_ms, 1924988400000);
	policy_unref(policy);
	/* what is said counts */
	assert_int_equal(people_rig_replace(
				 rig, WITH_BADGES("{'id':'em:0001','label':'',"
						  "'active':true,'until':null}",
						  "")),
			 0);
	policy = people_rig_load(rig);
	badge = policy_badge_by_handle(policy, first);
	assert_string_equal(badge->label, "");
	assert_true(badge->active);
	assert_int_equal(badge->until_ms, 0);
	policy_unref(policy);
}

/* Each field of it by itself. */
static void test_whatever_changes_of_a_badge_is_written(void **state)
{
	static const char *const changes[] = {
		"{'id':'em:0001','label':'red'}",
		"{'id':'em:0001','active':false}",
		"{'id':'em:0001','until':'2031-01-01T00:00:00Z'}",
		"{'id':'em:0001','until':null}",
		"{'id':'em:0001','active':true}",
		"{'id':'em:0001','label':''}",
	};
	struct store_rig *rig = *state;

	assert_int_equal(people_rig_replace(rig, WITH_BADGES("'em:0001'", "")),
			 0);
	for (size_t i = 0; i < sizeof(changes) / sizeof(char *); i++) {
		CLEANUP_FREE char *text =
			alloc_format(WITH_BADGES("%s", ""), changes[i]);

		assert_int_equal(people_rig_replace(rig, text), 0);
	}
}

static void test_a_badge_is_named_by_its_handle(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *handle = NULL, *text = NULL, *theirs = NULL;
	struct policy *policy;
	char *error = NULL;
	json_t *document;

	assert_int_equal(people_rig_replace(rig,
					    WITH_BADGES("'em:0001','em:0002'",
							"'em:0003'")),
			 0);
	handle = handle_of(rig, "anna", 0);
	/* one stays, changed; the other goes; a new one comes */
	text = alloc_format(WITH_BADGES("{'handle':'%s','label':'kept'},"
					"'em:0004'",
					"'em:0003'"),
			    handle);
	assert_int_equal(people_rig_replace(rig, text), 0);
	policy = people_rig_load(rig);
	assert_string_equal(policy_badge_by_handle(policy, handle)->label,
			    "kept");
	assert_int_equal(policy_login(policy, "anna")->badges_count, 2);
	assert_non_null(people_rig_badge(rig, policy, "em:0004"));
	assert_true(!people_rig_badge(rig, policy, "em:0001") !=
		    !people_rig_badge(rig, policy, "em:0002"));
	/* somebody else's handle is none of theirs */
	theirs = alloc_format(WITH_BADGES("", "{'handle':'%s'}"), handle);
	document = people_rig_document(theirs);
	assert_null(people_parse(document, policy, &error));
	assert_non_null(strstr(error, "operators[1].badges: This operator has "
				      "no badge with such a handle"));
	json_decref(document);
	free(error);
	policy_unref(policy);
}

/* Whoever is given the number has it, whatever the other list says. */
static void test_a_badge_moves_with_its_number(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *before = NULL, *after = NULL, *text = NULL;
	struct policy *policy;

	assert_int_equal(
		people_rig_replace(rig, WITH_BADGES("{'id':'em:0001','label':"
						    "'annas'}",
						    "")),
		0);
	before = handle_of(rig, "anna", 0);
	text = alloc_format(WITH_BADGES("{'handle':'%s'}", "'em:0001'"),
			    before);
	assert_int_equal(people_rig_replace(rig, text), 0);
	after = handle_of(rig, "maria", 0);
	assert_string_not_equal(before, after);
	policy = people_rig_load(rig);
	assert_int_equal(policy_login(policy, "anna")->badges_count, 0);
	assert_ptr_equal(people_rig_badge(rig, policy, "em:0001"),
			 policy_login(policy, "maria"));
	assert_string_equal(policy_badge_by_handle(policy, after)->label, "");
	policy_unref(policy);
}

static void test_a_badge_runs_out(void **state)
{
	struct store_rig *rig = *state;
	struct policy *policy;

	/* a quarter of an hour after the rig's clock begins */
	assert_int_equal(
		people_rig_replace(rig, WITH_BADGES("{'id':'em:0001','until':"
						    "'2026-11-22T10:30:00Z'}",
						    "")),
		0);
	policy = people_rig_load(rig);
	assert_non_null(people_rig_badge(rig, policy, "em:0001"));
	fake_env_advance(&rig->fake, 15 * 60 * 1000 - 1);
	assert_non_null(people_rig_badge(rig, policy, "em:0001"));
	fake_env_advance(&rig->fake, 1);
	assert_null(people_rig_badge(rig, policy, "em:0001"));
	policy_unref(policy);
}

#define TEST(name)                                                     \
	cmocka_unit_test_setup_teardown(test_##name, people_rig_setup, \
					people_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ids_and_unmentioned_secrets_stay),
		TEST(an_operator_is_renamed_by_id),
		TEST(two_swap_their_logins),
		TEST(the_administrator_keeps_their_password),
		TEST(a_badge_keeps_its_handle),
		TEST(whatever_changes_of_a_badge_is_written),
		TEST(a_badge_is_named_by_its_handle),
		TEST(a_badge_moves_with_its_number),
		TEST(a_badge_runs_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
