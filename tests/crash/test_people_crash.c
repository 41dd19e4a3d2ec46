/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The power fails while a policy is replaced: the old one or the new one is
 * there afterwards, whole, with its own secrets and badges; and the new one, if
 * it was said to be written.
 */
#include "store/store.h"

#include "util/alloc.h"
#include "util/cleanup.h"

#include "fault_vfs.h"
#include "people_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define CUTS 60

/* Of even versions, and of odd ones. */
static const char *const documents[] = {
	DOCUMENT(TILL, GROUP,
		 PERSON ",{'login':'anna','name':'Anna','pin':'1234',"
			"'badges':['em:0001','em:0002']}"),
	DOCUMENT(TILL ",{'id':'2'}", GROUP ",{'id':'c','tills':['2']}",
		 PERSON ",{'login':'anna','name':'Anna B.','groups':['c'],"
			"'pin':null,'badges':['em:0002']},{'login':'piotr',"
			"'badges':['em:0001']}"),
};

static int64_t version_of(struct store_rig *rig)
{
	struct policy *policy = people_rig_load(rig);
	int64_t version = policy_version(policy);

	policy_unref(policy);
	return version;
}

/* Never returns: goes on until the power is cut. */
static void work(struct store_rig *rig, int pipe_fd, int cut, bool partly)
{
	int64_t version;

	if (store_rig_open(rig))
		_exit(2);
	version = version_of(rig);
	fault_vfs_cut(cut, partly, (unsigned int)cut);
	for (;;) {
		version++;
		if (people_rig_replace(rig, documents[version % 2]))
			_exit(3);
		if (write(pipe_fd, &version, sizeof(version)) !=
		    sizeof(version))
			_exit(4);
	}
}

/* Returns the last version that was said to be written; 0 if none was. */
static int64_t cut_power(struct store_rig *rig, int cut, bool partly)
{
	int64_t told, last = 0;
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		close(fds[0]);
		work(rig, fds[1], cut, partly);
	}
	close(fds[1]);
	while (read(fds[0], &told, sizeof(told)) == sizeof(told))
		last = told;
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), FAULT_VFS_CUT);
	return last;
}

static void expect_even(struct store_rig *rig, const struct policy *policy)
{
	const struct policy_operator *anna = policy_login(policy, "anna");

	assert_int_equal(policy_tills(policy), 1);
	assert_int_equal(policy_operators(policy), 2);
	assert_string_equal(anna->name, "Anna");
	assert_non_null(anna->pin);
	assert_ptr_equal(people_rig_badge(rig, policy, "em:0001"), anna);
	assert_ptr_equal(people_rig_badge(rig, policy, "em:0002"), anna);
}

static void expect_odd(struct store_rig *rig, const struct policy *policy)
{
	const struct policy_operator *anna = policy_login(policy, "anna");

	assert_int_equal(policy_tills(policy), 2);
	assert_int_equal(policy_operators(policy), 3);
	assert_string_equal(anna->name, "Anna B.");
	assert_null(anna->pin);
	assert_ptr_equal(people_rig_badge(rig, policy, "em:0001"),
			 policy_login(policy, "piotr"));
	assert_ptr_equal(people_rig_badge(rig, policy, "em:0002"), anna);
}

/* One of the two, whole; Anna is the same person throughout. */
static void expect_whole(struct store_rig *rig, const char *anna)
{
	struct policy *policy = people_rig_load(rig);

	assert_string_equal(policy_login(policy, "anna")->id, anna);
	if (policy_version(policy) % 2)
		expect_odd(rig, policy);
	else
		expect_even(rig, policy);
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
	policy_unref(policy);
}

static void cut_everywhere(struct store_rig *rig, bool partly)
{
	CLEANUP_FREE char *anna = NULL;
	struct policy *policy;
	int64_t stood, told;

	assert_int_equal(people_rig_replace(rig, documents[0]), 0);
	policy = people_rig_load(rig);
	anna = alloc_text(policy_login(policy, "anna")->id);
	stood = policy_version(policy);
	policy_unref(policy);
	for (int cut = 1; cut <= CUTS; cut++) {
		store_rig_close(rig);
		told = cut_power(rig, cut, partly);
		assert_int_equal(store_rig_open(rig), 0);
		if (!told)
			told = stood;
		stood = version_of(rig);
		assert_true(stood == told || stood == told + 1);
		expect_whole(rig, anna);
	}
	assert_true(stood > 10); /* it came along between the cuts */
}

static void test_power_cut_at_each_write(void **state)
{
	cut_everywhere(*state, false);
}

static void test_power_cut_with_half_of_it_written(void **state)
{
	cut_everywhere(*state, true);
}

#define TEST(name)                                                     \
	cmocka_unit_test_setup_teardown(test_##name, people_rig_setup, \
					people_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(power_cut_at_each_write),
		TEST(power_cut_with_half_of_it_written),
	};

	fault_vfs_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
