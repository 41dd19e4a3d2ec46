/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy of thousands of people goes to the disk a little at a time, so that
 * nobody waits long for it; and still as a whole or not at all.
 */
#include "store/store.h"

#include "util/cleanup.h"
#include "util/json.h"

#include "fault_vfs.h"
#include "people_rig.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CROWD 4000 /* makes more than a megabyte */

/* --- a replacement that is under way --- */

struct replacement {
	struct store_rig *rig;
	struct policy *present;
	struct people *people;
	struct txn_result result;
	bool done;
};

static void replacement_done(void *arg, const struct txn_result *result)
{
	struct replacement *replacement = arg;

	assert_false(replacement->done);
	replacement->result = *result;
	replacement->done = true;
}

/* Runs whatever waits. */
static void prepare(struct replacement *replacement, struct store_rig *rig,
		    const char *document)
{
	*replacement = (struct replacement){ .rig = rig };
	replacement->present = people_rig_load(rig);
	replacement->people =
		people_rig_people(rig, document, replacement->present);
}

static void submit(struct replacement *replacement)
{
	struct txn *txn = txn_new(replacement->rig->store);

	txn_journal(txn, json_put_text(json_make(), "kind", "policy"));
	txn_policy_replace(txn, replacement->people,
			   policy_version(replacement->present));
	txn_commit(txn, replacement_done, replacement);
}

static void begin(struct replacement *replacement, struct store_rig *rig,
		  const char *document)
{
	prepare(replacement, rig, document);
	submit(replacement);
}

/* Returns the transaction's error. */
static int end(struct replacement *replacement)
{
	fake_env_run(&replacement->rig->fake);
	assert_true(replacement->done);
	people_free(replacement->people);
	policy_unref(replacement->present);
	return replacement->result.error;
}

static void steps(struct store_rig *rig, int count)
{
	while (count--)
		assert_true(fake_env_step(&rig->fake));
}

static void expect_swept(struct store_rig *rig)
{
	struct people_rig_parts parts = people_rig_count_parts(rig);

	assert_int_equal(parts.there, parts.listed);
}

static void expect_people(struct store_rig *rig, size_t count)
{
	struct policy *policy = people_rig_load(rig);

	assert_int_equal(policy_operators(policy), count);
	policy_unref(policy);
	expect_swept(rig);
}

/* --- tests --- */

static void count_note(void *arg, const struct txn_result *result)
{
	assert_int_equal(result->error, 0);
	(*(int *)arg)++;
}

/* Each note is on disk after the turn of the writer that it came before. */
static void test_others_do_not_wait_for_it(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *crowd = people_rig_crowd(CROWD, "Somebody");
	struct replacement replacement;
	int asked = 0, written = 0;

	begin(&replacement, rig, crowd);
	while (!replacement.done) {
		struct txn *txn = txn_new(rig->store);

		txn_journal(txn, json_put_text(json_make(), "kind", "note"));
		txn_commit(txn, count_note, &written);
		asked++;
		steps(rig, 1);
		assert_int_equal(written, asked);
	}
	assert_true(written > 5);
	assert_int_equal(end(&replacement), 0);
	/* those who came meanwhile come first */
	assert_true(replacement.result.seq >= written);
	expect_people(rig, CROWD + 1);
}

static void test_what_is_short_goes_in_one(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *crowd = people_rig_crowd(20, "Somebody");
	struct replacement replacement;

	begin(&replacement, rig, crowd);
	steps(rig, 1);
	assert_true(replacement.done);
	assert_int_equal(end(&replacement), 0);
}

/* Nothing of it counts before all does. */
static void test_until_then_nothing_of_it_is_seen(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *crowd = people_rig_crowd(CROWD, "Somebody");
	struct replacement replacement;
	struct policy *policy = NULL;

	begin(&replacement, rig, crowd);
	steps(rig, 4);
	assert_false(replacement.done);
	assert_int_equal(store_policy(rig->store, &policy), 0);
	assert_int_equal(policy_operators(policy), 1);
	policy_unref(policy);
	assert_int_equal(end(&replacement), 0);
}

/* A small change that comes in between wins, and nothing is left of the rest.
 */
static void test_it_gives_up_where_something_changed(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *crowd = people_rig_crowd(CROWD, "Somebody");
	struct replacement replacement, small;

	prepare(&small, rig, DOCUMENT(TILL, GROUP, PERSON ",{'login':'anna'}"));
	begin(&replacement, rig, crowd);
	steps(rig, 2);
	submit(&small);
	assert_int_equal(end(&small), 0);
	assert_int_equal(end(&replacement), STORE_E_CONFLICT);
	expect_people(rig, 2);
}

static void test_of_two_at_once_one_stands(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *one = people_rig_crowd(CROWD, "One");
	CLEANUP_FREE char *other = people_rig_crowd(CROWD / 2, "Other");
	struct replacement first, second;
	int errors[2];

	prepare(&second, rig, other);
	begin(&first, rig, one);
	steps(rig, 2);
	assert_false(first.done);
	submit(&second);
	errors[0] = end(&first);
	errors[1] = end(&second);
	assert_int_equal(errors[0] + errors[1], STORE_E_CONFLICT);
	expect_people(rig, (errors[0] ? CROWD / 2 : CROWD) + 1);
}

static void test_a_disk_that_fails_meanwhile(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *crowd = people_rig_crowd(CROWD, "Somebody");
	struct replacement replacement;

	begin(&replacement, rig, crowd);
	steps(rig, 3);
	fault_vfs_fail(1, 1000000, SQLITE_FULL);
	assert_int_equal(end(&replacement), STORE_E_FULL);
	fault_vfs_fail(0, 0, 0);
	assert_int_equal(people_rig_replace(rig, crowd), 0);
	expect_people(rig, CROWD + 1);
}

/* What was cut off is deleted at the next start. */
static void test_nothing_is_left_after_a_restart(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *crowd = people_rig_crowd(CROWD, "Somebody");
	struct replacement replacement;
	struct people_rig_parts parts;

	assert_int_equal(people_rig_replace(rig, crowd), 0);
	begin(&replacement, rig, DOCUMENT(TILL, GROUP, PERSON));
	while (!replacement.done)
		steps(rig, 1);
	parts = people_rig_count_parts(rig);
	assert_true(parts.there > parts.listed);
	fault_vfs_fail(1, 1000000, SQLITE_FULL);
	assert_int_equal(end(&replacement), 0);
	store_rig_close(rig);
	fault_vfs_fail(0, 0, 0);
	assert_int_equal(store_rig_open(rig), 0);
	assert_int_equal(people_rig_files_with(rig, "Somebody"), 0);
	expect_people(rig, 1);
}

#define TEST(name)                                                           \
	cmocka_unit_test_setup_teardown(test_##name, store_rig_begin_set_up, \
					store_rig_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(others_do_not_wait_for_it),
		TEST(what_is_short_goes_in_one),
		TEST(until_then_nothing_of_it_is_seen),
		TEST(it_gives_up_where_something_changed),
		TEST(of_two_at_once_one_stands),
		TEST(a_disk_that_fails_meanwhile),
		TEST(nothing_is_left_after_a_restart),
	};

	fault_vfs_install();
	return cmocka_run_group_tests_name("people: ahead", tests, NULL, NULL);
}
