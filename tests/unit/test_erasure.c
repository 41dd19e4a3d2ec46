/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is taken out of the policy, or whose name is erased, is nowhere on disk
 * any more as soon as it is said to be done: not in the database, not in a free
 * page of it, not in its log. What they did stays in the journal, by their id.
 */
#include "store/archive.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include "people_rig.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#define WITH_THEM                                                    \
	DOCUMENT(TILL, GROUP,                                        \
		 PERSON ",{'login':'zbyszek77','groups':['m'],"      \
			"'name':'Zbigniew Nadolny','password':"      \
			"'his-own-password','pin':'8642','badges':[" \
			"'em4100:00000000aa']}")
#define WITH_ANOTHER_SECRET                                     \
	DOCUMENT(TILL, GROUP,                                   \
		 PERSON ",{'login':'zbyszek77','groups':['m']," \
			"'name':'Zbigniew Nadolny','password':" \
			"'his-other-password','pin':null,"      \
			"'badges':[]}")
#define WITHOUT_THEM DOCUMENT(TILL, GROUP, PERSON)

static char *id_of(struct store_rig *rig, const char *login)
{
	struct policy *policy = people_rig_load(rig);
	char *id = alloc_text(policy_login(policy, login)->id);

	policy_unref(policy);
	return id;
}

/* Changes, reads and entries enough to fill pages, some of which are freed
 * again; id: who did it. */
static void work(struct store_rig *rig, const char *id)
{
	for (int i = 0; i < 30; i++) {
		struct txn *txn = txn_new(rig->store);
		json_t *entry = json_put_text(json_make(), "kind", "sign-on");
		struct guess_row guess = { .tries = 1 };

		txn_journal(txn, json_put_text(entry, "operator", id));
		snprintf(guess.subject, sizeof(guess.subject), "operator:%s@1",
			 id);
		txn_guess_set(txn, &guess);
		assert_int_equal(store_rig_commit(rig, txn).error, 0);
	}
}

static void expect_gone(struct store_rig *rig)
{
	static const char *const words[] = { "zbyszek77", "Zbigniew",
					     "Nadolny" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_int_equal(people_rig_files_with(rig, words[i]), 0);
}

static void expect_journal(struct store_rig *rig, const char *id)
{
	CLEANUP_FREE char *text = store_rig_export(rig);
	struct journal_check *check = journal_check_new(NULL);
	const char *at = text, *end;

	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
	for (; (end = strchr(at, '\n')); at = end + 1)
		journal_check_line(check, at, (size_t)(end - at));
	assert_int_equal(journal_check_end(check).fault, JOURNAL_SOUND);
	journal_check_free(check);
	assert_non_null(strstr(text, id));
	assert_null(strstr(text, "zbyszek77"));
	assert_null(strstr(text, "Zbigniew"));
}

static void test_who_is_taken_out_is_nowhere(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *id = NULL;

	assert_int_equal(people_rig_replace(rig, WITH_THEM), 0);
	id = id_of(rig, "zbyszek77");
	work(rig, id);
	assert_true(people_rig_files_with(rig, "Zbigniew") >
		    0); /* the search works */
	assert_int_equal(people_rig_replace(rig, WITHOUT_THEM), 0);
	expect_gone(rig); /* while it is open */
	work(rig, id);
	expect_gone(rig);
	expect_journal(rig, id);
	store_rig_reopen(rig);
	expect_gone(rig);
	expect_journal(rig, id);
}

/* As core/draft_edit.c leaves an operator who is erased. */
static void test_an_erased_name_is_nowhere(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *id = NULL;
	CLEANUP_FREE char *shown = NULL, *former = NULL;

	assert_int_equal(people_rig_replace(rig, WITH_THEM), 0);
	id = id_of(rig, "zbyszek77");
	work(rig, id);
	former = alloc_format(DOCUMENT(TILL, GROUP,
				       PERSON ",{'id':'%s','login':'former-1',"
					      "'name':'former-1',"
					      "'password':null,'pin':null,"
					      "'badges':[]}"),
			      id);
	assert_int_equal(people_rig_replace(rig, former), 0);
	expect_gone(rig);
	expect_journal(rig, id);
	shown = people_rig_show(rig, NULL);
	assert_non_null(strstr(shown, id)); /* somebody, but nobody known */
}

/* A secret that was replaced, and a badge that was taken back. */
static void test_old_secrets_are_nowhere(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *old = NULL;
	struct policy *policy;

	assert_int_equal(people_rig_replace(rig, WITH_THEM), 0);
	policy = people_rig_load(rig);
	old = alloc_text(policy_login(policy, "zbyszek77")->password);
	policy_unref(policy);
	assert_true(people_rig_files_with(rig, old) > 0);
	assert_int_equal(people_rig_replace(rig, WITH_ANOTHER_SECRET), 0);
	assert_int_equal(people_rig_files_with(rig, old), 0);
	assert_true(people_rig_files_with(rig, "Zbigniew") > 0);
}

/* So many that what is old goes in many small steps. */
static void test_many_who_are_taken_out(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *crowd = people_rig_crowd(900, "Zbigniew");

	assert_int_equal(people_rig_replace(rig, crowd), 0);
	assert_true(people_rig_files_with(rig, "Zbigniew") > 0);
	assert_int_equal(people_rig_replace(rig, WITHOUT_THEM), 0);
	expect_gone(rig);
}

/* Somebody reads for long, as a technician with sqlite3 may: the log is emptied
 * when they are done, and nobody waits for that. */
static void test_while_somebody_reads(void **state)
{
	struct store_rig *rig = *state;
	CLEANUP_FREE char *id = NULL;
	sqlite3 *other;

	assert_int_equal(people_rig_replace(rig, WITH_THEM), 0);
	id = id_of(rig, "zbyszek77");
	work(rig, id);
	assert_int_equal(sqlite3_open(store_rig_path(rig, "tilld.db"), &other),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(other,
				      "BEGIN; SELECT count(*) FROM journal",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(people_rig_replace(rig, WITHOUT_THEM), 0);
	assert_true(people_rig_files_with(rig, "Zbigniew") > 0);
	assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(other);
	fake_env_advance(&rig->fake, 10000);
	expect_gone(rig);
	expect_journal(rig, id);
}

/* However long they do: a hundred commits that waited for them each would take
 * five seconds. */
static void test_nobody_waits_for_who_reads(void **state)
{
	struct store_rig *rig = *state;
	struct timespec begun, ended;
	sqlite3 *other;

	assert_int_equal(people_rig_replace(rig, WITH_THEM), 0);
	assert_int_equal(sqlite3_open(store_rig_path(rig, "tilld.db"), &other),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(other,
				      "BEGIN; SELECT count(*) FROM journal",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(people_rig_replace(rig, WITHOUT_THEM), 0);
	clock_gettime(CLOCK_MONOTONIC, &begun);
	for (int i = 0; i < 100; i++)
		store_rig_note(rig, "note", i);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	assert_true(ended.tv_sec - begun.tv_sec < 4);
	sqlite3_close(other);
}

/* After a crash between the commit and the emptying of the log. */
static void test_at_the_next_start(void **state)
{
	struct store_rig *rig = *state;
	char *command;

	assert_int_equal(people_rig_replace(rig, WITH_THEM), 0);
	command = alloc_format("cp -r '%s' '%s/kept'", rig->state, rig->folder);
	assert_int_equal(system(command), 0);
	free(command);
	assert_int_equal(people_rig_replace(rig, WITHOUT_THEM), 0);
	store_rig_close(rig);
	/* the log as it was, which holds the name, behind what is newer */
	command = alloc_format("rm -r '%s' && mv '%s/kept' '%s'", rig->state,
			       rig->folder, rig->state);
	assert_int_equal(system(command), 0);
	free(command);
	assert_true(people_rig_files_with(rig, "Zbigniew") > 0);
	assert_int_equal(store_rig_open(rig), 0);
	assert_int_equal(people_rig_replace(rig, WITHOUT_THEM), 0);
	expect_gone(rig);
}

#define TEST(name)                                                           \
	cmocka_unit_test_setup_teardown(test_##name, store_rig_begin_set_up, \
					store_rig_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_is_taken_out_is_nowhere),
		TEST(an_erased_name_is_nowhere),
		TEST(old_secrets_are_nowhere),
		TEST(many_who_are_taken_out),
		TEST(while_somebody_reads),
		TEST(nobody_waits_for_who_reads),
		TEST(at_the_next_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
