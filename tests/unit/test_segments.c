/* SPDX-License-Identifier: Apache-2.0 */
/* Archived segments and an export, verified as one journal: what does not hold
 * is told, with its file. */
#include "util/alloc.h"

#include "shelf_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *replaced(const char *text, const char *what, const char *by)
{
	const char *at = strstr(text, what);

	if (!at)
		fail_msg("no %s", what);
	return alloc_format("%.*s%s%s", (int)(at - text), text, by,
			    at + strlen(what));
}

struct three {
	struct shelf_texts texts; /* two segments and an export */
};

static struct three make_three(struct shelf *shelf)
{
	struct three three;

	shelf_note(shelf, 25);
	shelf_archive(shelf, 0);
	shelf_note(shelf, 25);
	shelf_archive(shelf, 0);
	shelf_note(shelf, 5);
	three.texts = shelf_read_all(shelf);
	assert_int_equal(three.texts.count, 3);
	return three;
}

static void expect_texts(struct shelf *shelf, const char *a, const char *b,
			 const char *c, enum journal_fault fault, size_t file)
{
	const char *const texts[] = { a, b, c };

	shelf_expect(shelf_check(shelf, texts, c ? 3 : b ? 2 : 1), fault, file);
}

static void test_files_that_are_missing_or_misplaced(void **state)
{
	struct shelf *shelf = *state;
	struct three three = make_three(shelf);
	char *const *text = three.texts.text;

	expect_texts(shelf, text[0], text[1], text[2], JOURNAL_SOUND, 0);
	expect_texts(shelf, text[0], text[1], NULL, JOURNAL_SOUND, 0);
	expect_texts(shelf, text[2], NULL, NULL, JOURNAL_SOUND, 0);
	expect_texts(shelf, text[2], text[2], NULL, JOURNAL_SOUND, 0);
	expect_texts(shelf, text[0], text[2], NULL, JOURNAL_PART_MISSING, 1);
	expect_texts(shelf, text[1], text[2], NULL, JOURNAL_PART_MISSING, 1);
	expect_texts(shelf, text[1], text[0], NULL, JOURNAL_NOT_NEXT, 1);
	expect_texts(shelf, text[2], text[0], NULL, JOURNAL_NOT_NEXT, 1);
	expect_texts(shelf, text[0], "", NULL, JOURNAL_NOT_JOURNAL, 1);
	shelf_free_texts(&three.texts);
}

static void test_a_file_that_was_altered(void **state)
{
	struct shelf *shelf = *state;
	struct three three = make_three(shelf);
	char *const *text = three.texts.text;
	char *altered = replaced(text[1], "\"number\":15", "\"number\":16");

	expect_texts(shelf, text[0], altered, text[2], JOURNAL_BROKEN_CHAIN, 1);
	free(altered);
	altered = replaced(text[1], "\"after\":12", "\"after\":11");
	expect_texts(shelf, altered, NULL, NULL, JOURNAL_BROKEN_CHAIN, 0);
	free(altered);
	shelf_free_texts(&three.texts);
}

static void test_a_head_that_was_altered(void **state)
{
	static const char *const what[][2] = {
		{ "\"last\":12,", "\"last\":13," },
		{ "\"first\":1,", "\"first\":2," },
		{ "\"file\":\"journal-", "\"file\":\"journey-" },
		{ "\"sha256\":\"", "\"sha256\":\"0" },
		{ "\"signature\":\"", "\"signature\":\"0" },
	};
	struct shelf *shelf = *state;
	struct three three = make_three(shelf);

	for (size_t i = 0; i < sizeof(what) / sizeof(what[0]); i++) {
		char *altered =
			replaced(three.texts.text[2], what[i][0], what[i][1]);
		const char *const texts[] = { altered };

		assert_int_not_equal(shelf_check(shelf, texts, 1).fault,
				     JOURNAL_SOUND);
		free(altered);
	}
	shelf_free_texts(&three.texts);
}

/* Whole lines: left out, doubled, in the other order. */
static void test_heads_that_were_moved(void **state)
{
	struct shelf *shelf = *state;
	struct three three = make_three(shelf);
	const char *text = three.texts.text[2];
	const char *one = strchr(text, '\n') + 1;
	const char *two = strchr(one, '\n') + 1;
	const char *rest = strchr(two, '\n') + 1;
	char *moved[4];

	moved[0] = alloc_format("%.*s%s", (int)(one - text), text, two);
	moved[1] = alloc_format("%.*s%s", (int)(one - text), text, rest);
	moved[2] = alloc_format("%.*s%s", (int)(two - text), text, rest);
	moved[3] = alloc_format("%.*s%.*s%.*s%s", (int)(one - text), text,
				(int)(rest - two), two, (int)(two - one), one,
				rest);
	for (int i = 0; i < 4; i++) {
		const char *const texts[] = { moved[i] };

		shelf_expect(shelf_check(shelf, texts, 1), JOURNAL_BROKEN_CHAIN,
			     0);
		free(moved[i]);
	}
	shelf_free_texts(&three.texts);
}

/* Another box's, sealed soundly, with the same numbers. */
static void test_segments_of_another_journal(void **state)
{
	struct shelf *shelf = *state;
	struct three three = make_three(shelf), others;
	void *other = shelf_make(77);
	struct journal_check *check = journal_check_new(NULL);

	others = make_three(other);
	for (int i = 0; i < 2; i++) {
		shelf_check_text(check, others.texts.text[i]);
		journal_check_next(check);
	}
	shelf_check_text(check, three.texts.text[2]);
	shelf_expect(journal_check_end(check), JOURNAL_OTHER_PART, 2);
	journal_check_free(check);
	shelf_free_texts(&others.texts);
	shelf_free_texts(&three.texts);
	shelf_teardown(&other);
}

#define TEST(name)                                                \
	cmocka_unit_test_setup_teardown(test_##name, shelf_setup, \
					shelf_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_that_are_missing_or_misplaced),
		TEST(a_file_that_was_altered),
		TEST(a_head_that_was_altered),
		TEST(heads_that_were_moved),
		TEST(segments_of_another_journal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
