/* SPDX-License-Identifier: Apache-2.0 */
/* The policy in the database: replaced, read back, and nothing in clear. */
#include "store/store.h"

#include "store/password.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include "people_rig.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static bool may(const struct policy *policy, const char *login,
		const char *till, const char *what)
{
	struct demand wanted = { 0 }, missing;
	unsigned int which;

	assert_true(rights_from_name(what, &which));
	demand_add(&wanted, which);
	return policy_decide(policy, policy_login(policy, login),
			     till ? policy_till(policy, till) : NULL, &wanted,
			     &missing);
}

static char *read_all(const char *path)
{
	CLEANUP_FILE FILE *file = fopen(path, "r");
	char *text = alloc_zero(65536, 1);

	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	assert_true(fread(text, 1, 65535, file) > 0);
	return text;
}

static void replace_by_sample(struct store_rig *rig)
{
	const char *top = getenv("srcdir");
	char *path = alloc_format("%s/conf/policy.json", top ? top : ".");
	char *text = read_all(path);

	assert_int_equal(people_rig_replace(rig, text), 0);
	free(text);
	free(path);
}

static bool has_pin(struct store_rig *rig, const char *stored, const char *pin)
{
	char keyed[HASH_TEXT_SIZE];

	keys_pin(store_keys(rig->store), pin, keyed);
	return password_check(stored, keyed, PEOPLE_RIG_COST);
}

static void test_the_sample_says_what_it_means(void **state)
{
	struct store_rig *rig = *state;
	const struct policy_operator *maria;
	const struct policy_till *till;
	struct policy *policy;

	replace_by_sample(rig);
	policy = people_rig_load(rig);
	assert_int_equal(policy_version(policy), 2);
	assert_int_equal(policy_tills(policy), 2);
	till = policy_till(policy, "1");
	assert_string_equal(till->name, "Till 1, by the door");
	assert_string_equal(till->currency, "EUR");
	assert_true(till->pin_sign_on);
	assert_true(policy_admits(till, 1001, NULL, 0));
	assert_true(policy_admits(till, 5, (gid_t[]){ 2001 }, 1));
	assert_false(policy_admits(till, 1002, NULL, 0));
	assert_int_equal(till->badge[PERMISSION_CARD_CANCEL], BADGE_PIN);
	assert_int_equal(till->badge[PERMISSION_REFUND_VALIDATE], BADGE_PIN);
	assert_int_equal(till->badge[PERMISSION_CONFIG_ACCESS], BADGE_PIN);
	assert_int_equal(till->badge[PERMISSION_DRAWER_OPEN], BADGE_ALONE);
	assert_false(policy_till(policy, "2")->pin_sign_on);
	assert_true(may(policy, "anna", "1", "receipt.add"));
	assert_false(may(policy, "anna", "1", "drawer.open"));
	assert_true(may(policy, "piotr", "1", "drawer.open"));
	assert_false(may(policy, "piotr", "2", "drawer.open"));
	assert_true(may(policy, "maria", NULL, "config.access"));
	assert_false(may(policy, "piotr", NULL, "config.access"));
	maria = policy_login(policy, "maria");
	assert_int_equal(maria->role, ROLE_MANAGER);
	assert_true(maria->active);
	assert_int_equal(strlen(maria->id), RANDOM_ID_SIZE - 1);
	assert_true(password_check(maria->password, "sample-password-maria",
				   PEOPLE_RIG_COST));
	assert_false(password_check(maria->password, "sample-password-anna",
				    PEOPLE_RIG_COST));
	assert_true(has_pin(rig, maria->pin, "3333"));
	assert_false(has_pin(rig, maria->pin, "1111"));
	assert_false(password_check(maria->pin, "3333",
				    PEOPLE_RIG_COST)); /* keyed */
	assert_ptr_equal(people_rig_badge(rig, policy, "em32:00000033"), maria);
	assert_null(people_rig_badge(rig, policy, "em4100:0000000004"));
	policy_unref(policy);
}

static void test_the_sample_has_options_and_restrictions(void **state)
{
	struct store_rig *rig = *state;
	const struct policy_operator *anna;
	const struct policy_till *till, *other;
	const struct policy_badge *badge;
	struct policy *policy;
	size_t count;

	replace_by_sample(rig);
	policy = people_rig_load(rig);
	till = policy_till(policy, "1");
	other = policy_till(policy, "2");
	assert_int_equal(till->document_for_difference, DIFFERENCE_SHIFT);
	assert_false(till->minimum.set);
	assert_true(till->maximum.set);
	assert_int_equal(till->maximum.amount, 200000);
	assert_true(till->negative);
	for (size_t i = 0; i < DRAWER_EVENTS; i++)
		assert_int_equal(till->opens_on[i],
				 i != DRAWER_EVENT_SESSION_OPEN);
	assert_true(till->deposit_from.set);
	assert_int_equal(till->deposit_from.amount, 0);
	assert_false(till->withdrawal_from.set);
	assert_true(till->day_end_includes_report);
	/* and what is left out */
	assert_int_equal(other->document_for_difference, DIFFERENCE_NONE);
	assert_false(other->minimum.set || other->maximum.set);
	assert_true(other->negative);
	for (size_t i = 0; i < DRAWER_EVENTS; i++)
		assert_int_equal(other->opens_on[i],
				 i <= DRAWER_EVENT_REFUND_CASH);
	assert_false(other->deposit_from.set || other->withdrawal_from.set);
	assert_false(other->day_end_includes_report);
	anna = policy_login(policy, "anna");
	assert_true(anna->restricted && anna->no_foreign_session &&
		    anna->single_session);
	assert_true(policy_may_access(policy, anna, till));
	assert_false(policy_may_access(policy, anna, other));
	assert_true(policy_may_view(policy, anna, other));
	assert_false(policy_login(policy, "piotr")->restricted);
	badge = policy_badges_of(policy_login(policy, "piotr"), &count);
	assert_int_equal(count, 1);
	assert_string_equal(badge->label, "blue fob");
	assert_int_equal(badge->until_ms, 1925013600000);
	assert_true(badge->active);
	policy_unref(policy);
}

static void test_the_first_manager(void **state)
{
	struct store_rig *rig = *state;
	struct policy *policy = NULL;
	const struct policy_operator *maria;
	struct demand missing;

	assert_int_equal(store_policy(rig->store, &policy), 0);
	assert_int_equal(policy_version(policy), 1);
	maria = policy_login(policy, "maria");
	assert_int_equal(maria->role, ROLE_MANAGER);
	for (unsigned int i = 0; i < RIGHTS_COUNT; i++) {
		struct demand one = { 0 };

		demand_add(&one, i);
		assert_true(policy_decide(policy, maria,
					  policy_till(policy, "1"), &one,
					  &missing));
		assert_true(policy_decide(policy, maria, NULL, &one, &missing));
	}
	assert_true(policy_admits(policy_till(policy, "1"), 77,
				  (gid_t[]){ 100 }, 1));
	policy_unref(policy);
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

static void test_unprepared_people_are_refused(void **state)
{
	struct store_rig *rig = *state;
	json_t *document = people_rig_document(DOCUMENT(TILL, GROUP, PERSON));
	struct txn *txn = txn_new(rig->store);
	char *error = NULL;
	struct people *people = people_parse(document, NULL, &error);
	struct policy *policy;

	assert_null(people_policy(people));
	txn_policy_replace(txn, people, 0);
	assert_int_equal(store_rig_commit(rig, txn).error, -EINVAL);
	policy = people_rig_load(rig);
	assert_int_equal(policy_version(policy), 1);
	policy_unref(policy);
	people_free(people);
	json_decref(document);
}

static void test_a_policy_outlives_the_daemon(void **state)
{
	struct store_rig *rig = *state;
	struct policy *policy = NULL;

	replace_by_sample(rig);
	store_rig_reopen(rig);
	assert_int_equal(store_policy(rig->store, &policy), 0);
	assert_int_equal(policy_version(policy), 2);
	assert_true(may(policy, "piotr", "1", "drawer.open"));
	policy_unref(policy);
}

/* --- as it is shown, and back --- */

/* What is shown can be sent back, and changes nothing. */
static void test_what_is_shown_can_be_sent_back(void **state)
{
	struct store_rig *rig = *state;
	char before[POLICY_ETAG_SIZE], after[POLICY_ETAG_SIZE];
	CLEANUP_FREE char *text = NULL, *again = NULL;
	struct policy *old, *new;

	replace_by_sample(rig);
	old = people_rig_load(rig);
	text = people_rig_show(rig, before);
	assert_null(strstr(text, "scrypt"));
	assert_int_equal(people_rig_replace(rig, text), 0);
	again = people_rig_show(rig, after);
	assert_string_equal(text, again);
	assert_memory_equal(before, "\"2-", 3);
	assert_memory_equal(after, "\"3-", 3);
	assert_string_equal(before + 2, after + 2);
	new = people_rig_load(rig);
	for (size_t i = 0; i < policy_operators(old); i++) {
		const struct policy_operator *was = policy_operator_at(old, i);
		const struct policy_operator *is = policy_operator_at(new, i);

		assert_string_equal(was->id, is->id);
		assert_string_equal(was->password, is->password);
		assert_string_equal(was->pin, is->pin);
		assert_int_equal(was->badges_count, is->badges_count);
		for (size_t j = 0; j < was->badges_count; j++)
			assert_memory_equal(was->badges[j].key,
					    is->badges[j].key, HASH_SIZE);
	}
	policy_unref(old);
	policy_unref(new);
}

static json_t *shown(struct store_rig *rig, const char *list, size_t at,
		     json_t **out_document)
{
	CLEANUP_FREE char *text = people_rig_show(rig, NULL);

	*out_document = json_parse(text, strlen(text));
	assert_non_null(*out_document);
	return json_array_get(json_object_get(*out_document, list), at);
}

static void test_what_is_shown(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_JSON json_t *document = NULL, *again = NULL;
	const json_t *anna, *till, *badge;

	replace_by_sample(rig);
	till = shown(rig, "tills", 1, &document);
	assert_string_equal(json_text(till, "document_for_difference"), "none");
	assert_true(json_is_null(
		json_object_get(json_object_get(till, "limits"), "minimum")));
	assert_int_equal(json_object_size(json_object_get(till, "badge")), 3);
	anna = shown(rig, "operators", 1, &again);
	assert_string_equal(json_text(anna, "login"), "piotr");
	assert_true(json_flag(anna, "has_password"));
	assert_true(json_flag(anna, "has_pin"));
	badge = json_array_get(json_object_get(anna, "badges"), 0);
	assert_memory_equal(json_text(badge, "handle"), "b-", 2);
	assert_int_equal(strlen(json_text(badge, "handle")),
			 POLICY_HANDLE_SIZE - 1);
	assert_string_equal(json_text(badge, "label"), "blue fob");
	assert_string_equal(json_text(badge, "until"),
			    "2031-01-01T06:00:00.000Z");
	assert_true(json_flag(badge, "active"));
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
	CLEANUP_FREE char *anna = NULL, *maria = NULL, *half = NULL,
			  *text = NULL;
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
	assert_memory_equal(error, "nobody could administer", 23);
	free(error);
	json_decref(document);
	document = people_rig_document(
		DOCUMENT(TILL, GROUP,
			 "{'login':'maria','groups':['m'],'password':null}"));
	assert_null(people_parse(document, policy, &error));
	assert_memory_equal(error, "nobody could administer", 23);
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
	size_t count;
	const struct policy_badge *badges =
		policy_badges_of(policy_login(policy, login), &count);
	char *handle = alloc_text(at < count ? badges[at].handle : NULL);

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
	assert_non_null(strstr(error, "operators[1].badges: this operator has "
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

/* --- one version after the other --- */

static int commit_replace(struct store_rig *rig, struct people *people,
			  int64_t version)
{
	struct txn *txn = txn_new(rig->store);

	txn_policy_replace(txn, people, version);
	return store_rig_commit(rig, txn).error;
}

static int64_t version_of(struct store_rig *rig)
{
	struct policy *policy = people_rig_load(rig);
	int64_t version = policy_version(policy);

	policy_unref(policy);
	return version;
}

static void test_another_version_stands_by_then(void **state)
{
	struct store_rig *rig = *state;
	struct policy *present = people_rig_load(rig);
	struct people *people =
		people_rig_people(rig, DOCUMENT(TILL, GROUP, PERSON), present);

	assert_int_equal(policy_version(people_policy(people)), 2);
	/* not the one that it was made for */
	assert_int_equal(commit_replace(rig, people, 0), -EINVAL);
	assert_int_equal(commit_replace(rig, people, 2), -EINVAL);
	assert_int_equal(version_of(rig), 1);
	assert_int_equal(commit_replace(rig, people, 1), 0);
	assert_int_equal(commit_replace(rig, people, 1), STORE_E_CONFLICT);
	assert_int_equal(version_of(rig), 2);
	people_free(people);
	policy_unref(present);
}

/* As a set-up does it, or a recovery: nothing of what stood is kept. */
static void test_whatever_stands_is_replaced(void **state)
{
	struct store_rig *rig = *state;
	struct people *people;
	struct policy *policy;

	assert_int_equal(people_rig_replace(rig, WITH_BADGES("'em:0001'", "")),
			 0);
	people = people_rig_people(rig, DOCUMENT(TILL, GROUP, PERSON), NULL);
	assert_int_equal(commit_replace(rig, people, 0), 0);
	people_free(people);
	policy = people_rig_load(rig);
	assert_int_equal(policy_version(policy), 3);
	assert_int_equal(policy_operators(policy), 1);
	assert_null(people_rig_badge(rig, policy, "em:0001"));
	policy_unref(policy);
}

static void test_a_version_can_be_expected(void **state)
{
	struct store_rig *rig = *state;
	struct txn *txn = txn_new(rig->store);

	txn_policy_expect(txn, 2);
	assert_int_equal(store_rig_commit(rig, txn).error, STORE_E_CONFLICT);
	txn = txn_new(rig->store);
	txn_policy_expect(txn, 1);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
}

/* What comes with it in the transaction is undone, too. */
static void test_a_conflict_undoes_all(void **state)
{
	struct store_rig *rig = *state;
	struct policy *present = people_rig_load(rig);
	struct people *people = people_rig_people(
		rig, DOCUMENT(TILL, GROUP, PERSON "," ANNA), present);
	int64_t before;
	struct txn *txn;

	assert_int_equal(people_rig_replace(rig, DOCUMENT(TILL, GROUP, PERSON)),
			 0);
	before = store_rig_note(rig, "before", 1);
	txn = txn_new(rig->store);
	txn_journal(txn, json_put_text(json_make(), "kind", "policy"));
	txn_policy_replace(txn, people, 1);
	assert_int_equal(store_rig_commit(rig, txn).error, STORE_E_CONFLICT);
	assert_int_equal(store_rig_note(rig, "after", 2), before + 1);
	people_free(people);
	policy_unref(present);
}

static void test_a_tampered_document_is_noticed(void **state)
{
	struct store_rig *rig = *state;
	struct policy *policy = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(store_rig_path(rig, "tilld.db"), &db),
			 SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db,
			     "UPDATE policy SET document = "
			     "replace(document, 'Managers', 'Cashiers')",
			     NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(store_policy(rig->store, &policy), STORE_E_CORRUPT);
	assert_null(policy);
}

/* --- nothing in clear --- */

static bool holds(const char *path, const char *what)
{
	CLEANUP_FD int fd = open(path, O_RDONLY);
	off_t size = lseek(fd, 0, SEEK_END);
	CLEANUP_FREE char *data = alloc_zero((size_t)size + 1, 1);

	assert_true(fd >= 0 && size >= 0);
	assert_int_equal(pread(fd, data, (size_t)size, 0), size);
	return memmem(data, (size_t)size, what, strlen(what)) != NULL;
}

static size_t count_files_with(const struct store_rig *rig, const char *what)
{
	DIR *folder = opendir(rig->state);
	const struct dirent *file;
	size_t count = 0;

	while ((file = readdir(folder)))
		if (file->d_name[0] != '.')
			count += holds(store_rig_path(rig, file->d_name), what);
	closedir(folder);
	return count;
}

/* In database, log and all else, open and closed. */
static void test_no_secret_is_on_disk_in_clear(void **state)
{
	static const char *const secrets[] = {
		"sample-password", "em4100", "0000000002", "em32:", "00000033",
	};
	struct store_rig *rig = *state;

	replace_by_sample(rig);
	for (int closed = 0; closed < 2; closed++) {
		for (size_t i = 0; i < sizeof(secrets) / sizeof(char *); i++)
			assert_int_equal(count_files_with(rig, secrets[i]), 0);
		/* that the search finds what is there */
		assert_true(count_files_with(rig, "Till 1, by the door") > 0);
		assert_true(count_files_with(rig, "scrypt$10$") > 0);
		if (!closed)
			store_rig_close(rig);
	}
}

/* PINs are too short to be searched for: compare what is stored. */
static void test_equal_pins_are_stored_differently(void **state)
{
	struct store_rig *rig = *state;
	struct policy *policy;

	assert_int_equal(
		people_rig_replace(rig, DOCUMENT(TILL, GROUP,
						 PERSON ",{'login':'a','pin':"
							"'1234'},{'login':'b',"
							"'pin':'1234'}")),
		0);
	policy = people_rig_load(rig);
	assert_string_not_equal(policy_login(policy, "a")->pin,
				policy_login(policy, "b")->pin);
	assert_memory_equal(policy_login(policy, "a")->pin, "scrypt$", 7);
	policy_unref(policy);
}

/* Who was deleted is not to be found in free pages either. */
static void test_the_deleted_leave_no_name(void **state)
{
	struct store_rig *rig = *state;

	assert_int_equal(
		people_rig_replace(rig,
				   DOCUMENT(TILL, GROUP,
					    PERSON ",{'login':'z','name':"
						   "'Zbigniew the Cashier'}")),
		0);
	store_rig_reopen(rig);
	assert_true(count_files_with(rig, "Zbigniew") > 0);
	assert_int_equal(people_rig_replace(rig, DOCUMENT(TILL, GROUP, PERSON)),
			 0);
	store_rig_close(rig);
	assert_int_equal(count_files_with(rig, "Zbigniew"), 0);
}

/* A name that was erased, likewise. */
static void test_an_erased_name_is_nowhere(void **state)
{
	struct store_rig *rig = *state;
	struct policy *policy;
	struct txn *txn;

	assert_int_equal(people_rig_replace(
				 rig, DOCUMENT(TILL, GROUP,
					       PERSON
					       ",{'login':'z','name':'Zbigniew"
					       " the Cashier'}")),
			 0);
	store_rig_reopen(rig);
	policy = people_rig_load(rig);
	txn = txn_new(rig->store);
	txn_operator_erase_name(txn, policy_login(policy, "z")->id);
	policy_unref(policy);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	store_rig_close(rig);
	assert_int_equal(count_files_with(rig, "Zbigniew"), 0);
}

#define TEST(name)                                                     \
	cmocka_unit_test_setup_teardown(test_##name, people_rig_setup, \
					people_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_sample_says_what_it_means),
		TEST(the_sample_has_options_and_restrictions),
		TEST(the_first_manager),
		TEST(ids_and_unmentioned_secrets_stay),
		TEST(unprepared_people_are_refused),
		TEST(a_policy_outlives_the_daemon),
		TEST(what_is_shown_can_be_sent_back),
		TEST(what_is_shown),
		TEST(an_operator_is_renamed_by_id),
		TEST(two_swap_their_logins),
		TEST(the_administrator_keeps_their_password),
		TEST(a_badge_keeps_its_handle),
		TEST(a_badge_is_named_by_its_handle),
		TEST(a_badge_moves_with_its_number),
		TEST(a_badge_runs_out),
		TEST(another_version_stands_by_then),
		TEST(whatever_stands_is_replaced),
		TEST(a_version_can_be_expected),
		TEST(a_conflict_undoes_all),
		TEST(a_tampered_document_is_noticed),
		TEST(no_secret_is_on_disk_in_clear),
		TEST(equal_pins_are_stored_differently),
		TEST(the_deleted_leave_no_name),
		TEST(an_erased_name_is_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
