/* SPDX-License-Identifier: Apache-2.0 */
/* Small changes of the policy: a password, a PIN, a badge, a name erased. */
#include "store/store.h"

#include "store/password.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include "people_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One change in a transaction of its own; returns its error. */
static int change(struct store_rig *rig,
		  void (*fill)(struct txn *txn, const void *arg),
		  const void *arg)
{
	struct txn *txn = txn_new(rig->store);

	fill(txn, arg);
	return store_rig_commit(rig, txn).error;
}

struct secret_change {
	const char *who;
	enum secret which;
	const char *hash;
};

static void set_secret(struct txn *txn, const void *arg)
{
	const struct secret_change *secret = arg;

	txn_secret_set(txn, secret->who, secret->which, secret->hash);
}

static void put_badge(struct txn *txn, const void *arg)
{
	txn_badge_put(txn, arg);
}

static void update_badge(struct txn *txn, const void *arg)
{
	txn_badge_update(txn, arg);
}

static void remove_badge(struct txn *txn, const void *arg)
{
	txn_badge_remove(txn, arg);
}

static void erase_name(struct txn *txn, const void *arg)
{
	txn_operator_erase_name(txn, arg);
}

static char *id_of(struct store_rig *rig, const char *login)
{
	struct policy *policy = people_rig_load(rig);
	char *id = alloc_text(policy_login(policy, login)->id);

	policy_unref(policy);
	return id;
}

/* --- passwords and PINs --- */

static void test_a_password_is_set(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *maria = id_of(rig, "maria");
	char hash[POLICY_HASH_TEXT_MAX + 1], keyed[HASH_TEXT_SIZE];
	struct secret_change secret = { maria, SECRET_PASSWORD, hash };
	struct policy *policy;

	people_hash_secret(SECRET_PASSWORD, "another-password",
			   store_keys(rig->store), &rig->fake.random,
			   PEOPLE_RIG_COST, hash);
	assert_int_equal(change(rig, set_secret, &secret), 0);
	policy = people_rig_load(rig);
	assert_int_equal(policy_version(policy), 2);
	assert_true(password_check(policy_login(policy, "maria")->password,
				   "another-password", PEOPLE_RIG_COST));
	assert_null(policy_login(policy, "maria")->pin);
	policy_unref(policy);
	people_hash_secret(SECRET_PIN, "4711", store_keys(rig->store),
			   &rig->fake.random, PEOPLE_RIG_COST, hash);
	secret.which = SECRET_PIN;
	assert_int_equal(change(rig, set_secret, &secret), 0);
	secret = (struct secret_change){ maria, SECRET_PASSWORD, NULL };
	assert_int_equal(change(rig, set_secret, &secret), 0);
	policy = people_rig_load(rig);
	assert_int_equal(policy_version(policy), 4);
	assert_null(policy_login(policy, "maria")->password);
	keys_pin(store_keys(rig->store), "4711", keyed);
	assert_true(password_check(policy_login(policy, "maria")->pin, keyed,
				   PEOPLE_RIG_COST));
	policy_unref(policy);
}

static void test_nobodys_password_is_not_set(void **state)
{
	struct store_rig *rig = *state;
	struct secret_change secret = { "nobody", SECRET_PIN, "scrypt$..." };
	struct policy *policy;

	assert_int_equal(change(rig, set_secret, &secret), STORE_E_NOT_FOUND);
	policy = people_rig_load(rig);
	assert_int_equal(policy_version(policy), 1);
	policy_unref(policy);
}

/* --- badges --- */

static struct badge_row new_badge(struct store_rig *rig, const char *who,
				  const char *number)
{
	struct badge_row row = { .active = true };

	snprintf(row.operator, sizeof(row.operator), "%s", who);
	policy_make_handle(&rig->fake.random, row.handle);
	keys_badge(store_keys(rig->store), number, row.key);
	return row;
}

static void test_a_badge_is_enrolled_changed_and_removed(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *maria = id_of(rig, "maria");
	struct badge_row row = new_badge(rig, maria, "em:0001");
	const struct policy_badge *badge;
	struct policy *policy;

	snprintf(row.label, sizeof(row.label), "red fob");
	assert_int_equal(change(rig, put_badge, &row), 0);
	policy = people_rig_load(rig);
	assert_int_equal(policy_version(policy), 2);
	assert_ptr_equal(people_rig_badge(rig, policy, "em:0001"),
			 policy_login(policy, "maria"));
	badge = policy_badge_by_handle(policy, row.handle);
	assert_string_equal(badge->label, "red fob");
	policy_unref(policy);
	row.active = false;
	row.until_ms = 5000;
	*row.label = 0;
	assert_int_equal(change(rig, update_badge, &row), 0);
	policy = people_rig_load(rig);
	badge = policy_badge_by_handle(policy, row.handle);
	assert_int_equal(policy_version(policy), 3);
	assert_false(badge->active);
	assert_int_equal(badge->until_ms, 5000);
	assert_string_equal(badge->label, "");
	policy_unref(policy);
	assert_int_equal(change(rig, remove_badge, row.handle), 0);
	policy = people_rig_load(rig);
	assert_int_equal(policy_version(policy), 4);
	assert_null(policy_badge_by_handle(policy, row.handle));
	policy_unref(policy);
	assert_int_equal(change(rig, remove_badge, row.handle),
			 STORE_E_NOT_FOUND);
	assert_int_equal(change(rig, update_badge, &row), STORE_E_NOT_FOUND);
}

static void test_a_badge_that_cannot_be_enrolled(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *maria = id_of(rig, "maria");
	struct badge_row row = new_badge(rig, maria, "em:0000"), same;
	char number[16];

	assert_int_equal(change(rig, put_badge, &row), 0);
	same = new_badge(rig, maria, "em:0000"); /* somebody has it */
	assert_int_equal(change(rig, put_badge, &same), STORE_E_EXISTS);
	same = new_badge(rig, maria, "em:0001");
	memcpy(same.handle, row.handle, sizeof(same.handle));
	assert_int_equal(change(rig, put_badge, &same), STORE_E_EXISTS);
	same = new_badge(rig, maria, "em:0001");
	snprintf(same.label, sizeof(same.label), "red\nfob");
	assert_int_equal(change(rig, put_badge, &same), -EINVAL);
	memcpy(same.handle, row.handle, sizeof(same.handle));
	assert_int_equal(change(rig, update_badge, &same), -EINVAL);
	same = new_badge(rig, "nobody", "em:0001");
	assert_int_equal(change(rig, put_badge, &same), STORE_E_NOT_FOUND);
	for (int i = 1; i <= POLICY_BADGES_MAX; i++) {
		snprintf(number, sizeof(number), "em:%04x", i);
		row = new_badge(rig, maria, number);
		assert_int_equal(change(rig, put_badge, &row),
				 i < POLICY_BADGES_MAX ? 0 : STORE_E_TOO_MANY);
	}
}

/* Who is gone takes the badges along, and can't be given any. */
static void test_nothing_is_left_of_who_is_gone(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *anna = NULL;
	struct secret_change secret = { NULL, SECRET_PIN, "scrypt$..." };
	struct badge_row row;

	assert_int_equal(people_rig_replace(
				 rig, DOCUMENT(TILL, GROUP,
					       PERSON ",{'login':'anna',"
						      "'badges':['em:01ab']}")),
			 0);
	anna = id_of(rig, "anna");
	assert_int_equal(people_rig_replace(rig, DOCUMENT(TILL, GROUP, PERSON)),
			 0);
	secret.who = anna;
	assert_int_equal(change(rig, set_secret, &secret), STORE_E_NOT_FOUND);
	row = new_badge(rig, anna, "em:0001");
	assert_int_equal(change(rig, put_badge, &row), STORE_E_NOT_FOUND);
	/* free for somebody else */
	free(anna);
	anna = id_of(rig, "maria");
	row = new_badge(rig, anna, "em:01ab");
	assert_int_equal(change(rig, put_badge, &row), 0);
}

/* --- names --- */

#define ODD_NAME "\\\"name\\\":\\\"x\\\",\\\"id\\\":\\\"y\\\" \\u00e9\\\\"

/* Whatever is in a name, the document around it stays as it was. */
static void test_a_name_is_erased(void **state)
{
	static const char document[] =
		DOCUMENT("{'id':'1','name':'" ODD_NAME "'}", GROUP,
			 PERSON ",{'login':'zbig','name':'" ODD_NAME "'},"
				"{'login':'anna','name':'Anna','groups':['m'],"
				"'restricted':true,'view_tills':['1']}");
	struct store_rig *rig = *state;
	CLEANUP_FREE char *zbig = NULL;
	struct policy *before, *after;

	assert_int_equal(people_rig_replace(rig, document), 0);
	before = people_rig_load(rig);
	zbig = id_of(rig, "zbig");
	assert_int_equal(change(rig, erase_name, zbig), 0);
	after = people_rig_load(rig);
	assert_int_equal(policy_version(after), policy_version(before) + 1);
	for (size_t i = 0; i < policy_operators(before); i++) {
		const struct policy_operator *was =
			policy_operator_at(before, i);
		const struct policy_operator *is = policy_operator_at(after, i);

		assert_string_equal(was->id, is->id);
		assert_string_equal(was->login, is->login);
		assert_string_equal(is->name, strcmp(is->login, "zbig")
						      ? was->name
						      : "zbig");
	}
	assert_string_equal(policy_till(after, "1")->name,
			    policy_till(before, "1")->name);
	assert_true(policy_login(after, "anna")->restricted);
	policy_unref(before);
	policy_unref(after);
	assert_int_equal(change(rig, erase_name, zbig), 0); /* once more */
	assert_int_equal(change(rig, erase_name, "nobody"), STORE_E_NOT_FOUND);
	/* a till or group of that name is nobody */
	assert_int_equal(change(rig, erase_name, "m"), STORE_E_NOT_FOUND);
}

#define TEST(name)                                                     \
	cmocka_unit_test_setup_teardown(test_##name, people_rig_setup, \
					people_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_password_is_set),
		TEST(nobodys_password_is_not_set),
		TEST(a_badge_is_enrolled_changed_and_removed),
		TEST(a_badge_that_cannot_be_enrolled),
		TEST(nothing_is_left_of_who_is_gone),
		TEST(a_name_is_erased),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
