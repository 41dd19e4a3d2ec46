/* SPDX-License-Identifier: Apache-2.0 */
/* What is on disk of people: nothing secret in clear, and nobody who is gone. */
#include "util/alloc.h"
#include "util/cleanup.h"

#include "people_rig.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

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

	people_rig_replace_by_sample(rig);
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
	assert_int_equal(count_files_with(rig, "Zbigniew"), 0);
}

#define TEST(name)                                                     \
	cmocka_unit_test_setup_teardown(test_##name, people_rig_setup, \
					people_rig_teardown)

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
