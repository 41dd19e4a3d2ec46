/* SPDX-License-Identifier: Apache-2.0 */
/* What is on disk of people: nothing secret in clear, and nobody who is gone. */
#include "util/alloc.h"
#include "util/cleanup.h"

#include "people_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* In database, log and all else, open and closed. */
static void test_no_secret_is_on_disk_in_clear(void **state)
{
	static const char *const secrets[] = {
		"sample-password", "em4100", "0000000002", "em32:", "00000033",
	};
	struct store_rig *rig = *state;

	people_rig_replace_by_sample(rig);
	for (int closed = 0; closed < 2; closed++) {
		for (size_t i = 0; i < sizeof(secrets) / sizeof(char *); i++)
			assert_int_equal(people_rig_files_with(rig, secrets[i]),
					 0);
		/* that the search finds what is there */
		assert_true(people_rig_files_with(rig, "Till 1, by the door") >
			    0);
		assert_true(people_rig_files_with(rig, "scrypt$10$") > 0);
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
	assert_true(people_rig_files_with(rig, "Zbigniew") > 0);
	assert_int_equal(people_rig_replace(rig, DOCUMENT(TILL, GROUP, PERSON)),
			 0);
	store_rig_close(rig);
	assert_int_equal(people_rig_files_with(rig, "Zbigniew"), 0);
}

/* A name that was erased, likewise. */
static void test_an_erased_name_is_nowhere(void **state)
{
	struct store_rig *rig = *state;

	assert_int_equal(people_rig_replace(
				 rig, DOCUMENT(TILL, GROUP,
					       PERSON
					       ",{'login':'z','name':'Zbigniew"
					       " the Cashier'}")),
			 0);
	store_rig_reopen(rig);
	assert_int_equal(people_rig_replace(rig,
					    DOCUMENT(TILL, GROUP,
						     PERSON ",{'login':'z'}")),
			 0);
	store_rig_close(rig);
	assert_int_equal(people_rig_files_with(rig, "Zbigniew"), 0);
}

#define TEST(name)                                                           \
	cmocka_unit_test_setup_teardown(test_##name, store_rig_begin_set_up, \
					store_rig_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_secret_is_on_disk_in_clear),
		TEST(equal_pins_are_stored_differently),
		TEST(the_deleted_leave_no_name),
		TEST(an_erased_name_is_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
