/* SPDX-License-Identifier: Apache-2.0 */
/* Whether udev's rules are those of the tilld that is there. */
#include "cli/doctor.h"
#include "util/alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct {
	char folder[64];
	char *near, *far, *program;
	const char *folders[3];
} bench;

static int set_up(void **state)
{
	const char *build = getenv("TILLD_BUILD");

	(void)state;
	strcpy(bench.folder, "/tmp/tilld-rules.XXXXXX");
	assert_non_null(mkdtemp(bench.folder));
	bench.near = alloc_format("%s/near", bench.folder);
	bench.far = alloc_format("%s/far", bench.folder);
	bench.program = alloc_format("%s/tilld", build ? build : ".");
	bench.folders[0] = bench.near;
	bench.folders[1] = bench.far;
	assert_int_equal(mkdir(bench.far, 0700), 0);
	return 0;
}

static void remove_in(char *folder)
{
	CLEANUP_FREE char *path = alloc_format("%s/72-tilld.rules", folder);

	unlink(path);
	rmdir(folder);
	free(folder);
}

static int tear_down(void **state)
{
	(void)state;
	remove_in(bench.near);
	remove_in(bench.far);
	rmdir(bench.folder);
	free(bench.program);
	return 0;
}

/* Those of the sources, and more behind them. */
static void install(const char *folder, const char *more)
{
	const char *top = getenv("TILLD_SOURCE");
	CLEANUP_FREE char *from =
		alloc_format("%s/udev/72-tilld.rules", top ? top : ".");
	CLEANUP_FREE char *to = alloc_format("%s/72-tilld.rules", folder);
	CLEANUP_FILE FILE *in = fopen(from, "re"), *out = NULL;
	int c;

	mkdir(folder, 0700);
	out = fopen(to, "we");
	assert_non_null(in);
	assert_non_null(out);
	while ((c = fgetc(in)) != EOF)
		fputc(c, out);
	fputs(more, out);
}

static void expect(enum doctor_rules wanted, const char *program,
		   const char *folder)
{
	CLEANUP_FREE char *path = NULL;

	assert_int_equal(doctor_compare_rules(bench.folders, program, &path),
			 wanted);
	if (folder)
		assert_memory_equal(path, folder, strlen(folder));
	else
		assert_null(path);
}

static void test_there_are_none(void **state)
{
	(void)state;
	expect(DOCTOR_RULES_MISSING, bench.program, NULL);
}

static void test_they_are_the_same(void **state)
{
	(void)state;
	install(bench.far, "");
	expect(DOCTOR_RULES_SAME, bench.program, bench.far);
}

/* As of an older tilld, or changed by hand: more, or less. */
static void test_they_are_others(void **state)
{
	CLEANUP_FREE char *path = alloc_format("%s/72-tilld.rules", bench.far);

	(void)state;
	install(bench.far, "# mine\n");
	expect(DOCTOR_RULES_OTHER, bench.program, bench.far);
	assert_int_equal(truncate(path, 1000), 0);
	expect(DOCTOR_RULES_OTHER, bench.program, bench.far);
}

/* What is nearer hides what is right. */
static void test_the_first_counts(void **state)
{
	(void)state;
	install(bench.far, "");
	install(bench.near, "# old\n");
	expect(DOCTOR_RULES_OTHER, bench.program, bench.near);
}

static void test_a_program_that_does_not_tell(void **state)
{
	(void)state;
	install(bench.far, "");
	expect(DOCTOR_RULES_UNKNOWN, "/nowhere/tilld", NULL);
	expect(DOCTOR_RULES_UNKNOWN, "/bin/false", NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_there_are_none),
		TEST(test_they_are_the_same),
		TEST(test_they_are_others),
		TEST(test_the_first_counts),
		TEST(test_a_program_that_does_not_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
