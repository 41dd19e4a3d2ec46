/* SPDX-License-Identifier: Apache-2.0 */
/* The policy in the database: replaced and read back. */
#include "store/store.h"

#include "store/password.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include "people_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

	people_rig_replace_by_sample(rig);
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
	const struct policy_operator *anna, *piotr;
	const struct policy_till *till, *other;
	const struct policy_badge *badge;
	struct policy *policy;

	people_rig_replace_by_sample(rig);
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
	piotr = policy_login(policy, "piotr");
	assert_int_equal(piotr->badges_count, 1);
	badge = &piotr->badges[0];
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

	people_rig_replace_by_sample(rig);
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

	people_rig_replace_by_sample(rig);
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

	people_rig_replace_by_sample(rig);
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

	assert_int_equal(
		people_rig_replace(
			rig,
			DOCUMENT(TILL, GROUP,
				 PERSON
				 ",{'login':'anna','badges':['em:0001']}")),
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

/* What comes with it in the transaction is undone, too. */
static void test_a_conflict_undoes_all(void **state)
{
	struct store_rig *rig = *state;
	struct policy *present = people_rig_load(rig);
	struct people *people = people_rig_people(
		rig, DOCUMENT(TILL, GROUP, PERSON ",{'login':'anna'}"),
		present);
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

/* Old parts do not pile up. */
static void test_only_what_stands_is_kept(void **state)
{
	struct store_rig *rig = *state;
	struct people_rig_parts parts;

	for (int i = 0; i < 5; i++) {
		assert_int_equal(
			people_rig_replace(rig, DOCUMENT(TILL, GROUP, PERSON)),
			0);
		people_rig_replace_by_sample(rig);
	}
	parts = people_rig_count_parts(rig);
	assert_int_equal(parts.there, parts.listed);
}

/* So many that the document has several parts. */
static void test_a_document_in_parts(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_JSON json_t *document =
		people_rig_document(DOCUMENT(TILL, GROUP, PERSON));
	json_t *people = json_object_get(document, "operators");
	CLEANUP_FREE char *text = NULL, *shown = NULL;
	struct policy *policy;

	for (int i = 0; i < 500; i++) {
		char login[16];

		snprintf(login, sizeof(login), "x%d", i);
		json_array_append_new(people, json_put_text(json_make(),
							    "login", login));
	}
	text = json_line(document);
	assert_int_equal(people_rig_replace(rig, text), 0);
	/* one leaves, one comes, one is renamed: who stays, stays */
	json_array_remove(people, 250);
	json_array_insert_new(people, 100,
			      json_put_text(json_make(), "login", "new"));
	json_put_text(json_array_get(people, 400), "name", "Another");
	free(text);
	text = json_line(document);
	assert_int_equal(people_rig_replace(rig, text), 0);
	policy = people_rig_load(rig);
	assert_int_equal(policy_operators(policy), 501);
	assert_string_equal(policy_operator_at(policy, 100)->login, "new");
	assert_null(policy_login(policy, "x249"));
	policy_unref(policy);
	shown = people_rig_show(rig, NULL);
	assert_int_equal(people_rig_replace(rig, shown), 0);
}

static void tamper(struct store_rig *rig, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(store_rig_path(rig, "tilld.db"), &db),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_true(sqlite3_total_changes(db) > 0);
	sqlite3_close(db);
}

static void test_a_tampered_document_is_noticed(void **state)
{
	static const char *const tricks[] = {
		("UPDATE policy_part SET text = "
		 "replace(text, 'Managers', 'Cashiers')"),
		"UPDATE policy SET hash = zeroblob(32)",
		"UPDATE policy SET document = substr(document, 1, 8)",
		"DELETE FROM policy_part WHERE rowid = 1",
		"UPDATE policy SET secrets = x''",
		("UPDATE policy SET secrets = "
		 "CAST(secrets || secrets AS BLOB)"),
		"UPDATE policy SET secrets = document",
		("UPDATE policy_part SET text = replace(text, 'scrypt', 'x') "
		 "WHERE text LIKE 'o %'"),
	};
	struct policy *policy = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(tricks) / sizeof(char *); i++) {
		void *rig;

		people_rig_setup(&rig);
		tamper(rig, tricks[i]);
		assert_int_equal(store_policy(((struct store_rig *)rig)->store,
					      &policy),
				 STORE_E_CORRUPT);
		assert_null(policy);
		people_rig_teardown(&rig);
	}
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
		TEST(unprepared_people_are_refused),
		TEST(a_policy_outlives_the_daemon),
		TEST(what_is_shown_can_be_sent_back),
		TEST(what_is_shown),
		TEST(another_version_stands_by_then),
		TEST(whatever_stands_is_replaced),
		TEST(a_conflict_undoes_all),
		TEST(only_what_stands_is_kept),
		TEST(a_document_in_parts),
		cmocka_unit_test(test_a_tampered_document_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
