/* SPDX-License-Identifier: Apache-2.0 */
/* Archiving the journal: what goes when, and what stays. */
#include "store/tally.h"
#include "util/alloc.h"
#include "util/json.h"

#include "session_bench.h"
#include "shelf_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define DAY_MS (24LL * 60 * 60 * 1000)

/* Many in one transaction. */
static void fill(struct shelf *shelf, int count)
{
	struct txn *txn = txn_new(shelf->rig.store);

	for (int i = 0; i < count; i++)
		txn_journal(txn, json_put_text(json_make(), "kind", "many"));
	assert_int_equal(store_rig_commit(&shelf->rig, txn).error, 0);
}

/* --- lists --- */

struct listed {
	enum archive_guard guard;
	int64_t guarded;
	size_t count;
	int64_t last;
};

static void keep_list(void *arg, int error, const struct archive_list *list)
{
	struct listed *kept = arg;

	assert_int_equal(error, 0);
	kept->guard = list->guard;
	kept->guarded = list->guarded;
	kept->count = json_array_size(list->segments);
	kept->last = json_int(json_array_get(list->segments, 0), "last", 0);
}

static struct listed look(struct shelf *shelf, int64_t after)
{
	struct listed listed = { 0 };

	store_segments(shelf->rig.store, after, 0, keep_list, &listed);
	fake_env_run(&shelf->rig.fake);
	return listed;
}

/* --- what goes --- */

static void test_all_that_is_sealed_goes(void **state)
{
	struct shelf *shelf = *state;
	struct archive_result result;
	struct journal_verdict verdict;
	int64_t seq;

	shelf_note(shelf, 25); /* 1 is a seal, as are 12 and 23 */
	assert_int_equal(store_rig_verify(&shelf->rig).entries, 28);
	result = shelf_archive(shelf, 0);
	assert_int_equal(result.error, 0);
	assert_int_equal(result.segments, 1);
	assert_int_equal(result.entries, 12); /* the last seal stays */
	assert_int_equal(shelf_state(shelf, "archived_seq"), 12);
	seq = shelf_state(shelf, "seq");
	assert_int_equal(shelf_state(shelf, "entries"), seq - 12);
	assert_int_equal(store_rig_count(&shelf->rig, "archived"), 1);
	verdict = store_rig_verify(&shelf->rig);
	shelf_expect(verdict, JOURNAL_SOUND, 0);
	assert_int_equal(verdict.archived, 12);
	assert_int_equal(verdict.entries, seq - 12);
	result = shelf_archive(shelf, 0);
	assert_int_equal(result.segments, 0);
}

static void test_segments_go_on_where_the_last_ended(void **state)
{
	struct shelf *shelf = *state;
	struct journal_verdict verdict;
	struct shelf_texts texts;

	for (int i = 0; i < 4; i++) {
		shelf_note(shelf, 25);
		assert_int_equal(shelf_archive(shelf, 0).segments, 1);
	}
	texts = shelf_read_all(shelf);
	assert_int_equal(texts.count, 5);
	verdict = shelf_check_texts(shelf, &texts);
	shelf_expect(verdict, JOURNAL_SOUND, 0);
	assert_int_equal(verdict.archived, 0);
	assert_int_equal(verdict.entries, shelf_state(shelf, "seq"));
	for (int i = 0; i < 4; i++) /* each alone as well */
		shelf_expect(shelf_check(shelf,
					 (const char *[]){ texts.text[i] }, 1),
			     JOURNAL_SOUND, 0);
	verdict = shelf_check(shelf, (const char *[]){ texts.text[4] }, 1);
	shelf_expect(verdict, JOURNAL_SOUND, 0);
	assert_int_equal(verdict.archived, shelf_state(shelf, "archived_seq"));
	shelf_free_texts(&texts);
}

static void test_a_segment_has_so_many_entries_at_most(void **state)
{
	struct shelf *shelf = *state;
	struct archive_result result;

	for (int i = 0; i < 25; i++)
		fill(shelf, 1000);
	result = shelf_archive(shelf, 0);
	assert_int_equal(result.error, 0);
	assert_int_equal(result.segments, 3);
	assert_true(result.entries > 24000);
	shelf_expect(store_rig_verify(&shelf->rig), JOURNAL_SOUND, 0);
}

/* Sealed as one, so it can't be cut. */
static void test_a_segment_is_as_long_as_it_has_to_be(void **state)
{
	struct shelf *shelf = *state;

	fill(shelf, 12000);
	fill(shelf, 10);
	assert_int_equal(shelf_archive(shelf, 0).segments,
			 2); /* the first: 1 */
	assert_int_equal(look(shelf, 1).count, 1);
	assert_int_equal(shelf_state(shelf, "archived_seq"), 12002);
	shelf_expect(store_rig_verify(&shelf->rig), JOURNAL_SOUND, 0);
}

static void test_what_is_new_stays(void **state)
{
	struct shelf *shelf = *state;
	int64_t old;

	shelf_note(shelf, 25);
	fake_env_advance(&shelf->rig.fake, 3 * DAY_MS);
	old = shelf_state(shelf, "sealed_seq");
	assert_int_equal(shelf_state(shelf, "seq"), old);
	shelf_note(shelf, 25);
	assert_int_equal(shelf_archive(shelf, 5).segments, 0);
	assert_int_equal(shelf_archive(shelf, 2).segments, 1);
	assert_int_equal(shelf_state(shelf, "archived_seq"), old);
}

/* --- by itself --- */

static void reopen_with_days(struct shelf *shelf, int days)
{
	shelf->rig.config.keep_days = days;
	store_rig_reopen(&shelf->rig);
}

static void test_by_itself_a_week_at_a_time(void **state)
{
	struct shelf *shelf = *state;
	char *paths[SHELF_FILES_MAX];

	reopen_with_days(shelf, 30);
	for (int day = 0; day < 36; day++) {
		shelf_note(shelf, 25);
		fake_env_advance(&shelf->rig.fake, DAY_MS);
	}
	assert_int_equal(shelf_state(shelf, "archived_seq"), 0);
	for (int day = 0; day < 4; day++) {
		shelf_note(shelf, 25);
		fake_env_advance(&shelf->rig.fake, DAY_MS);
	}
	assert_int_equal(shelf_list(shelf, paths), 1);
	free(paths[0]);
	assert_in_range(shelf_state(shelf, "archived_seq"), 6 * 25, 8 * 32);
	shelf_expect(store_rig_verify(&shelf->rig), JOURNAL_SOUND, 0);
}

static void test_by_itself_when_it_is_full(void **state)
{
	struct shelf *shelf = *state;

	reopen_with_days(shelf, 1);
	for (int i = 0; i < 15; i++)
		fill(shelf, 1000);
	fake_env_advance(&shelf->rig.fake, DAY_MS / 2);
	assert_int_equal(shelf_state(shelf, "archived_seq"), 0);
	fake_env_advance(&shelf->rig.fake, DAY_MS);
	assert_in_range(shelf_state(shelf, "archived_seq"), 9000, 10100);
}

static void test_for_ever_unless_it_is_said(void **state)
{
	struct shelf *shelf = *state;

	shelf_note(shelf, 25);
	fake_env_advance(&shelf->rig.fake, 400 * DAY_MS);
	assert_int_equal(shelf_state(shelf, "archived_seq"), 0);
}

/* --- what stays --- */

static void test_segments_are_listed(void **state)
{
	struct shelf *shelf = *state;
	struct listed listed;

	shelf_note(shelf, 25);
	shelf_archive(shelf, 0);
	shelf_note(shelf, 25);
	shelf_archive(shelf, 0);
	listed = look(shelf, 0);
	assert_int_equal(listed.count, 2);
	assert_int_equal(listed.last, 12);
	listed = look(shelf, 12);
	assert_int_equal(listed.count, 1);
	assert_int_equal(listed.last, shelf_state(shelf, "archived_seq"));
	assert_int_equal(listed.guard, ARCHIVE_GUARD_NONE);
	assert_int_equal(listed.guarded, 0);
}

static void test_an_open_day_stays(void **state)
{
	struct shelf *shelf = *state;
	struct listed listed;
	int64_t begun;

	shelf_note(shelf, 15);
	assert_int_equal(bench_begin_day(&shelf->rig, "1", 1), 0);
	begun = shelf_state(shelf, "seq");
	shelf_note(shelf, 45);
	listed = look(shelf, 0);
	assert_int_equal(listed.guard, ARCHIVE_GUARD_DAY);
	assert_in_range(listed.guarded, 1, begun);
	shelf_archive(shelf, 0);
	assert_true(shelf_state(shelf, "archived_seq") < listed.guarded);
	assert_true(shelf_state(shelf, "archived_seq") > 0);
	assert_int_equal(bench_end_day(&shelf->rig, "1", 1), 0);
	assert_int_equal(look(shelf, 0).guard, ARCHIVE_GUARD_NONE);
	shelf_archive(shelf, 0);
	assert_true(shelf_state(shelf, "archived_seq") > begun);
}

static struct txn *begin_operation(struct shelf *shelf, const char *id)
{
	struct txn *txn = txn_new(shelf->rig.store);
	struct operation_row row = {
		.till = "1",
		.uid = 1000,
		.action = "drawer.open",
		.operator= "maria",
		.device = "drawer1",
		.op = json_put_text(json_make(), "kind", "drawer-open"),
	};
	json_t *entry = json_put_text(json_make(), "kind", "intent");

	snprintf(row.id, sizeof(row.id), "%s", id);
	snprintf(row.key, sizeof(row.key), "key-%s", id);
	txn_operation_begin(txn, &row);
	operation_row_clear(&row);
	txn_journal(txn, json_put_text(entry, "operation", id));
	return txn;
}

static void end_operation(struct shelf *shelf, const char *id,
			  enum outcome outcome)
{
	struct txn *txn = txn_new(shelf->rig.store);

	txn_operation_end(txn, id, outcome, NULL, NULL);
	assert_int_equal(store_rig_commit(&shelf->rig, txn).error, 0);
}

static void test_an_open_operation_stays(void **state)
{
	struct shelf *shelf = *state;
	struct txn *txn;
	int64_t intent;

	shelf_note(shelf, 15);
	intent = store_rig_commit(&shelf->rig, begin_operation(shelf, "a")).seq;
	shelf_note(shelf, 45);
	for (int unknown = 0; unknown < 2; unknown++) {
		assert_int_equal(look(shelf, 0).guard, ARCHIVE_GUARD_OPERATION);
		assert_int_equal(look(shelf, 0).guarded, intent);
		shelf_archive(shelf, 0);
		assert_true(shelf_state(shelf, "archived_seq") < intent);
		if (!unknown)
			end_operation(shelf, "a", OUTCOME_UNKNOWN);
	}
	txn = txn_new(shelf->rig.store);
	txn_operation_settle(txn, "a", OUTCOME_OK);
	assert_int_equal(store_rig_commit(&shelf->rig, txn).error, 0);
	shelf_archive(shelf, 0);
	assert_true(shelf_state(shelf, "archived_seq") > intent);
}

static void keep_tally(void *arg, int error, const int64_t counts[TALLIES],
		       int64_t last)
{
	(void)last;
	assert_int_equal(counts == NULL, error != 0);
	*(int *)arg = error;
}

static int count_from(struct shelf *shelf, int64_t first)
{
	int error = -12345;

	store_tally(shelf->rig.store, "1", first, 0, keep_tally, &error);
	fake_env_run(&shelf->rig.fake);
	return error;
}

static void test_what_is_archived_is_not_counted_as_nothing(void **state)
{
	struct shelf *shelf = *state;

	shelf_note(shelf, 25);
	shelf_archive(shelf, 0);
	assert_int_equal(count_from(shelf, 1), STORE_E_ARCHIVED);
	assert_int_equal(count_from(shelf, 12), STORE_E_ARCHIVED);
	assert_int_equal(count_from(shelf, 13), 0);
}

/* --- reading while it is taken out --- */

struct part {
	int error;
	int64_t next;
	bool complete;
};

static void keep_part(void *arg, int error, const char *text, size_t len,
		      int64_t next, bool complete)
{
	(void)text;
	(void)len;
	*(struct part *)arg = (struct part){ error, next, complete };
}

static struct part export_after(struct shelf *shelf, int64_t after)
{
	struct part part = { 0 };

	journal_export(shelf->rig.store, after, keep_part, &part);
	fake_env_run(&shelf->rig.fake);
	return part;
}

static void test_an_export_that_was_overtaken(void **state)
{
	struct shelf *shelf = *state;

	shelf_note(shelf, 25);
	shelf_archive(shelf, 0);
	assert_int_equal(export_after(shelf, 5).error, STORE_E_ARCHIVED);
	assert_true(export_after(shelf, 12).complete);
	assert_true(export_after(shelf, 0).complete);
}

/* Of 3000 entries the verification takes some pages; they go meanwhile. */
static void keep_verdict(void *arg, int error,
			 const struct journal_verdict *verdict)
{
	assert_int_equal(error, 0);
	*(struct journal_verdict *)arg = *verdict;
}

static void test_verifying_while_it_is_archived(void **state)
{
	struct shelf *shelf = *state;

	for (int steps = 1; steps < 40; steps++) {
		struct journal_verdict verdict = { .fault = JOURNAL_CUT_SHORT };

		for (int i = 0; i < 3; i++)
			fill(shelf, 1000);
		shelf->told = false;
		assert_int_equal(store_archive(shelf->rig.store, 0,
					       shelf_keep_result, shelf),
				 0);
		journal_verify(shelf->rig.store, keep_verdict, &verdict);
		for (int i = 0; i < steps; i++)
			fake_env_step(&shelf->rig.fake);
		for (int i = 0; i < 1000 && !shelf->told; i++)
			fake_env_advance(&shelf->rig.fake, 20);
		assert_int_equal(verdict.fault, JOURNAL_SOUND);
		assert_int_equal(shelf->result.error, 0);
	}
}

/* --- when it does not go well --- */

static void test_no_folder(void **state)
{
	struct shelf *shelf = *state;

	shelf_note(shelf, 25);
	assert_int_equal(rmdir(shelf->folder), 0);
	assert_int_equal(shelf_archive(shelf, 0).error, -ENOENT);
	assert_int_equal(shelf_state(shelf, "archived_seq"), 0);
	shelf_expect(store_rig_verify(&shelf->rig), JOURNAL_SOUND, 0);
	shelf_note(shelf, 25);
	assert_int_equal(mkdir(shelf->folder, 0700), 0);
	/* as it was planned, and then the rest */
	assert_int_equal(shelf_archive(shelf, 0).segments, 2);
	assert_int_equal(look(shelf, 0).last, 12);
}

static void test_a_journal_that_is_not_sound_is_not_archived(void **state)
{
	struct shelf *shelf = *state;
	char *paths[SHELF_FILES_MAX];
	sqlite3 *db;

	shelf_note(shelf, 25);
	assert_int_equal(sqlite3_open(store_rig_path(&shelf->rig, "tilld.db"),
				      &db),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "UPDATE journal SET line = replace(line, "
				      "'\"number\":7', '\"number\":8')",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(shelf_archive(shelf, 0).error, -EILSEQ);
	assert_int_equal(shelf_list(shelf, paths), 0);
	assert_int_equal(shelf_state(shelf, "archived_seq"), 0);
	shelf_expect(store_rig_verify(&shelf->rig), JOURNAL_BROKEN_CHAIN, 0);
}

static void test_one_at_a_time(void **state)
{
	struct shelf *shelf = *state;

	shelf_note(shelf, 25);
	shelf->told = false;
	assert_int_equal(store_archive(shelf->rig.store, 0, shelf_keep_result,
				       shelf),
			 0);
	assert_int_equal(store_archive(shelf->rig.store, 0, shelf_keep_result,
				       shelf),
			 -EBUSY);
	store_rig_close(&shelf->rig);
	assert_true(shelf->told);
	assert_int_equal(shelf->result.error, -ECANCELED);
	assert_int_equal(store_rig_open(&shelf->rig), 0);
	shelf_expect(store_rig_verify(&shelf->rig), JOURNAL_SOUND, 0);
}

/* Closed after each of its steps, and gone on with. */
static void test_closing_at_each_step(void **state)
{
	struct shelf *shelf = *state;

	for (int steps = 0; steps < 60; steps++) {
		shelf_note(shelf, 25);
		shelf->told = false;
		assert_int_equal(store_archive(shelf->rig.store, 0,
					       shelf_keep_result, shelf),
				 0);
		for (int i = 0; i < steps && !shelf->told; i++)
			if (!fake_env_step(&shelf->rig.fake))
				fake_env_advance(&shelf->rig.fake, 20);
		store_rig_close(&shelf->rig);
		assert_true(shelf->told);
		assert_int_equal(store_rig_open(&shelf->rig), 0);
		assert_false(store_is_rolled_back(shelf->rig.store));
		shelf_expect(store_rig_verify(&shelf->rig), JOURNAL_SOUND, 0);
	}
	assert_true(shelf_state(shelf, "archived_seq") > 0);
}

#define TEST(name)                                                \
	cmocka_unit_test_setup_teardown(test_##name, shelf_setup, \
					shelf_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_that_is_sealed_goes),
		TEST(segments_go_on_where_the_last_ended),
		TEST(a_segment_has_so_many_entries_at_most),
		TEST(a_segment_is_as_long_as_it_has_to_be),
		TEST(what_is_new_stays),
		TEST(by_itself_a_week_at_a_time),
		TEST(by_itself_when_it_is_full),
		TEST(for_ever_unless_it_is_said),
		TEST(segments_are_listed),
		TEST(an_open_day_stays),
		TEST(an_open_operation_stays),
		TEST(what_is_archived_is_not_counted_as_nothing),
		TEST(an_export_that_was_overtaken),
		TEST(verifying_while_it_is_archived),
		TEST(no_folder),
		TEST(a_journal_that_is_not_sound_is_not_archived),
		TEST(one_at_a_time),
		TEST(closing_at_each_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
