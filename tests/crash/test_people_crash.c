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

#define CUTS	   60
/* So many that they are written, and swept away, a little at a time; some
 * hundred writes each. */
#define CROWD	   900
#define CROWD_CUTS 30
#define CROWD_STEP 13

struct story {
	const char *documents[2]; /* of even versions, and of odd ones */
	int cuts;
	int step; /* from one to the next: writes, truncates and syncs */
	/* what is right of each */
	void (*expect[2])(struct store_rig *rig, const struct policy *policy);
};

#define EVEN                                                           \
	DOCUMENT(TILL, GROUP,                                          \
		 PERSON ",{'login':'anna','name':'Anna','pin':'1234'," \
			"'badges':['em:0001','em:0002']}")
#define ODD                                                             \
	DOCUMENT(TILL ",{'id':'2'}", GROUP ",{'id':'c','tills':['2']}", \
		 "{'login':'piotr','badges':['em:0001']}," PERSON       \
		 ",{'login':'anna','name':'Anna B.','groups':['c'],"    \
		 "'pin':null,'badges':['em:0002']}")

static int64_t version_of(struct store_rig *rig)
{
	struct policy *policy = people_rig_load(rig);
	int64_t version = policy_version(policy);

	policy_unref(policy);
	return version;
}

/* Never returns: goes on until the power is cut. */
static void work(struct store_rig *rig, const struct story *story, int pipe_fd,
		 int cut, bool partly)
{
	int64_t version;

	if (store_rig_open(rig))
		_exit(2);
	version = version_of(rig);
	fault_vfs_cut(cut * story->step, partly, (unsigned int)cut);
	for (;;) {
		version++;
		if (people_rig_replace(rig, story->documents[version % 2]))
			_exit(3);
		if (write(pipe_fd, &version, sizeof(version)) !=
		    sizeof(version))
			_exit(4);
	}
}

/* Returns the last version that was said to be written; 0 if none was. */
static int64_t cut_power(struct store_rig *rig, const struct story *story,
			 int cut, bool partly)
{
	int64_t told, last = 0;
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		close(fds[0]);
		work(rig, story, fds[1], cut, partly);
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

/* All of one crowd, and nobody of the other. */
static void expect_crowd(const struct policy *policy, const char *name)
{
	size_t count = policy_operators(policy);

	assert_int_equal(count, CROWD + 1);
	for (size_t i = 1; i < count; i++) {
		const struct policy_operator *who =
			policy_operator_at(policy, i);

		assert_string_equal(who->name, name);
		assert_int_equal(who->badges_count, 1);
	}
}

static void expect_even_crowd(struct store_rig *rig,
			      const struct policy *policy)
{
	(void)rig;
	expect_crowd(policy, "Even");
}

static void expect_odd_crowd(struct store_rig *rig, const struct policy *policy)
{
	(void)rig;
	expect_crowd(policy, "Odd");
}

/* One of the two, whole, and nothing of the other; the last of its people is
 * the same person throughout. */
static void expect_whole(struct store_rig *rig, const struct story *story,
			 const char *last)
{
	struct people_rig_parts parts = people_rig_count_parts(rig);
	struct policy *policy = people_rig_load(rig);

	assert_int_equal(parts.there, parts.listed);
	assert_non_null(policy_operator(policy, last));
	story->expect[policy_version(policy) % 2](rig, policy);
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
	policy_unref(policy);
}

static void cut_everywhere(struct store_rig *rig, const struct story *story,
			   bool partly)
{
	CLEANUP_FREE char *last = NULL;
	struct policy *policy;
	int64_t stood, told;

	assert_int_equal(people_rig_replace(rig, story->documents[0]), 0);
	policy = people_rig_load(rig);
	last = alloc_text(
		policy_operator_at(policy, policy_operators(policy) - 1)->id);
	stood = policy_version(policy);
	policy_unref(policy);
	for (int cut = 1; cut <= story->cuts; cut++) {
		store_rig_close(rig);
		told = cut_power(rig, story, cut, partly);
		assert_int_equal(store_rig_open(rig), 0);
		if (!told)
			told = stood;
		stood = version_of(rig);
		assert_true(stood == told || stood == told + 1);
		expect_whole(rig, story, last);
	}
	assert_true(stood > 10); /* it came along between the cuts */
}

static const struct story short_story = {
	.documents = { EVEN, ODD },
	.cuts = CUTS,
	.step = 1,
	.expect = { expect_even, expect_odd },
};

static void test_power_cut_at_each_write(void **state)
{
	cut_everywhere(*state, &short_story, false);
}

static void test_power_cut_with_half_of_it_written(void **state)
{
	cut_everywhere(*state, &short_story, true);
}

static void test_power_cut_while_it_goes_ahead(void **state)
{
	CLEANUP_FREE char *even = people_rig_crowd(CROWD, "Even");
	CLEANUP_FREE char *odd = people_rig_crowd(CROWD, "Odd");
	const struct story story = {
		.documents = { even, odd },
		.cuts = CROWD_CUTS,
		.step = CROWD_STEP,
		.expect = { expect_even_crowd, expect_odd_crowd },
	};

	cut_everywhere(*state, &story, true);
}

#define TEST(name)                                                           \
	cmocka_unit_test_setup_teardown(test_##name, store_rig_begin_set_up, \
					store_rig_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(power_cut_at_each_write),
		TEST(power_cut_with_half_of_it_written),
		TEST(power_cut_while_it_goes_ahead),
	};

	fault_vfs_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
