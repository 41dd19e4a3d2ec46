/* SPDX-License-Identifier: Apache-2.0 */
/* The journal in segments: what is archived when, and what verifies. */
#include "store/archive.h"

#include "store/tally.h"
#include "util/alloc.h"
#include "util/json.h"

#include "session_bench.h"
#include "store_rig.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define DAY_MS	  (24LL * 60 * 60 * 1000)
#define FILES_MAX 16

struct shelf {
	struct store_rig rig;
	char folder[2 * STORE_RIG_PATH];
	struct archive_result result;
	bool told;
};

static struct shelf *make_shelf(uint64_t seed)
{
	struct shelf *shelf = ALLOC_NEW(struct shelf);

	store_rig_init(&shelf->rig, NULL);
	shelf->rig.fake.seed += seed;
	snprintf(shelf->folder, sizeof(shelf->folder), "%s/archive",
		 shelf->rig.folder);
	assert_int_equal(mkdir(shelf->folder, 0700), 0);
	shelf->rig.config.archive_dir = shelf->folder;
	shelf->rig.config.seal_every = 10;
	store_rig_set_up(&shelf->rig);
	return shelf;
}

static int setup(void **state)
{
	*state = make_shelf(0);
	return 0;
}

static int teardown(void **state)
{
	struct shelf *shelf = *state;

	store_rig_free(&shelf->rig);
	free(shelf);
	return 0;
}

static void note(struct shelf *shelf, int count)
{
	for (int i = 0; i < count; i++)
		store_rig_note(&shelf->rig, "test", i);
}

/* Many in one transaction. */
static void fill(struct shelf *shelf, int count)
{
	struct txn *txn = txn_new(shelf->rig.store);

	for (int i = 0; i < count; i++)
		txn_journal(txn, json_put_text(json_make(), "kind", "many"));
	assert_int_equal(store_rig_commit(&shelf->rig, txn).error, 0);
}

static int64_t state_of(struct shelf *shelf, const char *name)
{
	json_t *head = store_describe(shelf->rig.store);
	int64_t value = json_int(head, name, -1);

	json_decref(head);
	return value;
}

static void keep_result(void *arg, const struct archive_result *result)
{
	struct shelf *shelf = arg;

	shelf->result = *result;
	shelf->told = true;
}

static struct archive_result archive(struct shelf *shelf, int keep_days)
{
	shelf->told = false;
	assert_int_equal(store_archive(shelf->rig.store, keep_days, keep_result,
				       shelf),
			 0);
	for (int i = 0; i < 1000 && !shelf->told; i++)
		fake_env_advance(&shelf->rig.fake, 20);
	assert_true(shelf->told);
	return shelf->result;
}

/* --- files --- */

static int is_journal(const struct dirent *entry)
{
	return !strncmp(entry->d_name, "journal-", 8);
}

/* Paths in the order of their names; how many. */
static int list(const struct shelf *shelf, char *paths[FILES_MAX])
{
	struct dirent **found;
	int count = scandir(shelf->folder, &found, is_journal, alphasort);

	assert_true(count >= 0 && count <= FILES_MAX);
	for (int i = 0; i < count; i++) {
		paths[i] =
			alloc_format("%s/%s", shelf->folder, found[i]->d_name);
		free(found[i]);
	}
	free(found);
	return count;
}

static char *read_file(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = alloc_zero(4 * 1024 * 1024, 1);

	assert_non_null(in);
	assert_true(fread(text, 1, 4 * 1024 * 1024 - 1, in) > 0);
	fclose(in);
	return text;
}

static void check_text(struct journal_check *check, const char *text)
{
	const char *end;

	for (; (end = strchr(text, '\n')); text = end + 1)
		journal_check_line(check, text, (size_t)(end - text));
}

/* Texts as the files of one journal, under the rig's key. */
static struct journal_verdict check_all(struct shelf *shelf,
					const char *const *texts, int count)
{
	struct journal_check *check;
	struct journal_verdict verdict;
	uint8_t public[32];

	keys_seal_public(store_keys(shelf->rig.store), public);
	check = journal_check_new(public);
	for (int i = 0; i < count; i++) {
		if (i)
			journal_check_next(check);
		check_text(check, texts[i]);
	}
	verdict = journal_check_end(check);
	journal_check_free(check);
	return verdict;
}

/* All files, and an export after them. */
struct texts {
	char *text[FILES_MAX + 1];
	int count;
};

static struct texts read_all(struct shelf *shelf)
{
	char *paths[FILES_MAX];
	struct texts texts = { .count = list(shelf, paths) };

	for (int i = 0; i < texts.count; i++) {
		texts.text[i] = read_file(paths[i]);
		free(paths[i]);
	}
	texts.text[texts.count++] = store_rig_export(&shelf->rig);
	return texts;
}

static void free_texts(struct texts *texts)
{
	for (int i = 0; i < texts->count; i++)
		free(texts->text[i]);
}

static struct journal_verdict check_texts(struct shelf *shelf,
					  const struct texts *texts)
{
	return check_all(shelf, (const char *const *)texts->text, texts->count);
}

static void expect(struct journal_verdict verdict, enum journal_fault fault,
		   size_t file)
{
	assert_string_equal(journal_fault_text(verdict.fault),
			    journal_fault_text(fault));
	if (fault)
		assert_int_equal(verdict.file, file);
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

	note(shelf, 25); /* 1 is a seal, as are 12 and 23 */
	assert_int_equal(store_rig_verify(&shelf->rig).entries, 28);
	result = archive(shelf, 0);
	assert_int_equal(result.error, 0);
	assert_int_equal(result.segments, 1);
	assert_int_equal(result.entries, 12); /* the last seal stays */
	assert_int_equal(state_of(shelf, "archived_seq"), 12);
	seq = state_of(shelf, "seq");
	assert_int_equal(state_of(shelf, "entries"), seq - 12);
	assert_int_equal(store_rig_count(&shelf->rig, "archived"), 1);
	verdict = store_rig_verify(&shelf->rig);
	expect(verdict, JOURNAL_SOUND, 0);
	assert_int_equal(verdict.archived, 12);
	assert_int_equal(verdict.entries, seq - 12);
	result = archive(shelf, 0);
	assert_int_equal(result.segments, 0);
}

static void test_segments_go_on_where_the_last_ended(void **state)
{
	struct shelf *shelf = *state;
	struct journal_verdict verdict;
	struct texts texts;

	for (int i = 0; i < 4; i++) {
		note(shelf, 25);
		assert_int_equal(archive(shelf, 0).segments, 1);
	}
	texts = read_all(shelf);
	assert_int_equal(texts.count, 5);
	verdict = check_texts(shelf, &texts);
	expect(verdict, JOURNAL_SOUND, 0);
	assert_int_equal(verdict.archived, 0);
	assert_int_equal(verdict.entries, state_of(shelf, "seq"));
	for (int i = 0; i < 4; i++) /* each alone as well */
		expect(check_all(shelf, (const char *[]){ texts.text[i] }, 1),
		       JOURNAL_SOUND, 0);
	verdict = check_all(shelf, (const char *[]){ texts.text[4] }, 1);
	expect(verdict, JOURNAL_SOUND, 0);
	assert_int_equal(verdict.archived, state_of(shelf, "archived_seq"));
	free_texts(&texts);
}

static void test_a_segment_has_so_many_entries_at_most(void **state)
{
	struct shelf *shelf = *state;
	struct archive_result result;

	for (int i = 0; i < 25; i++)
		fill(shelf, 1000);
	result = archive(shelf, 0);
	assert_int_equal(result.error, 0);
	assert_int_equal(result.segments, 3);
	assert_true(result.entries > 24000);
	expect(store_rig_verify(&shelf->rig), JOURNAL_SOUND, 0);
}

/* Sealed as one, so it can't be cut. */
static void test_a_segment_is_as_long_as_it_has_to_be(void **state)
{
	struct shelf *shelf = *state;

	fill(shelf, 12000);
	fill(shelf, 10);
	assert_int_equal(archive(shelf, 0).segments, 2); /* the first: 1 */
	assert_int_equal(look(shelf, 1).count, 1);
	assert_int_equal(state_of(shelf, "archived_seq"), 12002);
	expect(store_rig_verify(&shelf->rig), JOURNAL_SOUND, 0);
}

static void test_what_is_new_stays(void **state)
{
	struct shelf *shelf = *state;
	int64_t old;

	note(shelf, 25);
	fake_env_advance(&shelf->rig.fake, 3 * DAY_MS);
	old = state_of(shelf, "sealed_seq");
	assert_int_equal(state_of(shelf, "seq"), old);
	note(shelf, 25);
	assert_int_equal(archive(shelf, 5).segments, 0);
	assert_int_equal(archive(shelf, 2).segments, 1);
	assert_int_equal(state_of(shelf, "archived_seq"), old);
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
	char *paths[FILES_MAX];

	reopen_with_days(shelf, 30);
	for (int day = 0; day < 36; day++) {
		note(shelf, 25);
		fake_env_advance(&shelf->rig.fake, DAY_MS);
	}
	assert_int_equal(state_of(shelf, "archived_seq"), 0);
	for (int day = 0; day < 4; day++) {
		note(shelf, 25);
		fake_env_advance(&shelf->rig.fake, DAY_MS);
	}
	assert_int_equal(list(shelf, paths), 1);
	free(paths[0]);
	assert_in_range(state_of(shelf, "archived_seq"), 6 * 25, 8 * 32);
	expect(store_rig_verify(&shelf->rig), JOURNAL_SOUND, 0);
}

static void test_by_itself_when_it_is_full(void **state)
{
	struct shelf *shelf = *state;

	reopen_with_days(shelf, 1);
	for (int i = 0; i < 15; i++)
		fill(shelf, 1000);
	fake_env_advance(&shelf->rig.fake, DAY_MS / 2);
	assert_int_equal(state_of(shelf, "archived_seq"), 0);
	fake_env_advance(&shelf->rig.fake, DAY_MS);
	assert_in_range(state_of(shelf, "archived_seq"), 9000, 10100);
}

static void test_for_ever_unless_it_is_said(void **state)
{
	struct shelf *shelf = *state;

	note(shelf, 25);
	fake_env_advance(&shelf->rig.fake, 400 * DAY_MS);
	assert_int_equal(state_of(shelf, "archived_seq"), 0);
}

/* --- what stays --- */

static void test_segments_are_listed(void **state)
{
	struct shelf *shelf = *state;
	struct listed listed;

	note(shelf, 25);
	archive(shelf, 0);
	note(shelf, 25);
	archive(shelf, 0);
	listed = look(shelf, 0);
	assert_int_equal(listed.count, 2);
	assert_int_equal(listed.last, 12);
	listed = look(shelf, 12);
	assert_int_equal(listed.count, 1);
	assert_int_equal(listed.last, state_of(shelf, "archived_seq"));
	assert_int_equal(listed.guard, ARCHIVE_GUARD_NONE);
	assert_int_equal(listed.guarded, 0);
}

static void test_an_open_day_stays(void **state)
{
	struct shelf *shelf = *state;
	struct listed listed;
	int64_t begun;

	note(shelf, 15);
	assert_int_equal(bench_begin_day(&shelf->rig, "1", 1), 0);
	begun = state_of(shelf, "seq");
	note(shelf, 45);
	listed = look(shelf, 0);
	assert_int_equal(listed.guard, ARCHIVE_GUARD_DAY);
	assert_in_range(listed.guarded, 1, begun);
	archive(shelf, 0);
	assert_true(state_of(shelf, "archived_seq") < listed.guarded);
	assert_true(state_of(shelf, "archived_seq") > 0);
	assert_int_equal(bench_end_day(&shelf->rig, "1", 1), 0);
	assert_int_equal(look(shelf, 0).guard, ARCHIVE_GUARD_NONE);
	archive(shelf, 0);
	assert_true(state_of(shelf, "archived_seq") > begun);
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

	note(shelf, 15);
	intent = store_rig_commit(&shelf->rig, begin_operation(shelf, "a")).seq;
	note(shelf, 45);
	for (int unknown = 0; unknown < 2; unknown++) {
		assert_int_equal(look(shelf, 0).guard, ARCHIVE_GUARD_OPERATION);
		assert_int_equal(look(shelf, 0).guarded, intent);
		archive(shelf, 0);
		assert_true(state_of(shelf, "archived_seq") < intent);
		if (!unknown)
			end_operation(shelf, "a", OUTCOME_UNKNOWN);
	}
	txn = txn_new(shelf->rig.store);
	txn_operation_settle(txn, "a", OUTCOME_OK);
	assert_int_equal(store_rig_commit(&shelf->rig, txn).error, 0);
	archive(shelf, 0);
	assert_true(state_of(shelf, "archived_seq") > intent);
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

	note(shelf, 25);
	archive(shelf, 0);
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

	note(shelf, 25);
	archive(shelf, 0);
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
		assert_int_equal(store_archive(shelf->rig.store, 0, keep_result,
					       shelf),
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

/* --- what does not verify --- */

static char *replaced(const char *text, const char *what, const char *by)
{
	const char *at = strstr(text, what);

	if (!at)
		fail_msg("no %s", what);
	return alloc_format("%.*s%s%s", (int)(at - text), text, by,
			    at + strlen(what));
}

struct three {
	struct texts texts; /* two segments and an export */
};

static struct three make_three(struct shelf *shelf)
{
	struct three three;

	note(shelf, 25);
	archive(shelf, 0);
	note(shelf, 25);
	archive(shelf, 0);
	note(shelf, 5);
	three.texts = read_all(shelf);
	assert_int_equal(three.texts.count, 3);
	return three;
}

static void expect_texts(struct shelf *shelf, const char *a, const char *b,
			 const char *c, enum journal_fault fault, size_t file)
{
	const char *const texts[] = { a, b, c };

	expect(check_all(shelf, texts, c ? 3 : b ? 2 : 1), fault, file);
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
	free_texts(&three.texts);
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
	free_texts(&three.texts);
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

		assert_int_not_equal(check_all(shelf, texts, 1).fault,
				     JOURNAL_SOUND);
		free(altered);
	}
	free_texts(&three.texts);
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

		expect(check_all(shelf, texts, 1), JOURNAL_BROKEN_CHAIN, 0);
		free(moved[i]);
	}
	free_texts(&three.texts);
}

/* Another box's, sealed soundly, with the same numbers. */
static void test_segments_of_another_journal(void **state)
{
	struct shelf *shelf = *state;
	struct three three = make_three(shelf), others;
	void *other = make_shelf(77);
	struct journal_check *check = journal_check_new(NULL);

	others = make_three(other);
	for (int i = 0; i < 2; i++) {
		check_text(check, others.texts.text[i]);
		journal_check_next(check);
	}
	check_text(check, three.texts.text[2]);
	expect(journal_check_end(check), JOURNAL_OTHER_PART, 2);
	journal_check_free(check);
	free_texts(&others.texts);
	free_texts(&three.texts);
	teardown(&other);
}

/* --- when it does not go well --- */

static void test_no_folder(void **state)
{
	struct shelf *shelf = *state;

	note(shelf, 25);
	assert_int_equal(rmdir(shelf->folder), 0);
	assert_int_equal(archive(shelf, 0).error, -ENOENT);
	assert_int_equal(state_of(shelf, "archived_seq"), 0);
	expect(store_rig_verify(&shelf->rig), JOURNAL_SOUND, 0);
	note(shelf, 25);
	assert_int_equal(mkdir(shelf->folder, 0700), 0);
	/* as it was planned, and then the rest */
	assert_int_equal(archive(shelf, 0).segments, 2);
	assert_int_equal(look(shelf, 0).last, 12);
}

static void test_a_journal_that_is_not_sound_is_not_archived(void **state)
{
	struct shelf *shelf = *state;
	char *paths[FILES_MAX];
	sqlite3 *db;

	note(shelf, 25);
	assert_int_equal(sqlite3_open(store_rig_path(&shelf->rig, "tilld.db"),
				      &db),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "UPDATE journal SET line = replace(line, "
				      "'\"number\":7', '\"number\":8')",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(archive(shelf, 0).error, -EILSEQ);
	assert_int_equal(list(shelf, paths), 0);
	assert_int_equal(state_of(shelf, "archived_seq"), 0);
	expect(store_rig_verify(&shelf->rig), JOURNAL_BROKEN_CHAIN, 0);
}

static void test_one_at_a_time(void **state)
{
	struct shelf *shelf = *state;

	note(shelf, 25);
	shelf->told = false;
	assert_int_equal(store_archive(shelf->rig.store, 0, keep_result, shelf),
			 0);
	assert_int_equal(store_archive(shelf->rig.store, 0, keep_result, shelf),
			 -EBUSY);
	store_rig_close(&shelf->rig);
	assert_true(shelf->told);
	assert_int_equal(shelf->result.error, -ECANCELED);
	assert_int_equal(store_rig_open(&shelf->rig), 0);
	expect(store_rig_verify(&shelf->rig), JOURNAL_SOUND, 0);
}

/* Closed after each of its steps, and gone on with. */
static void test_closing_at_each_step(void **state)
{
	struct shelf *shelf = *state;

	for (int steps = 0; steps < 60; steps++) {
		note(shelf, 25);
		shelf->told = false;
		assert_int_equal(store_archive(shelf->rig.store, 0, keep_result,
					       shelf),
				 0);
		for (int i = 0; i < steps && !shelf->told; i++)
			if (!fake_env_step(&shelf->rig.fake))
				fake_env_advance(&shelf->rig.fake, 20);
		store_rig_close(&shelf->rig);
		assert_true(shelf->told);
		assert_int_equal(store_rig_open(&shelf->rig), 0);
		assert_false(store_is_rolled_back(shelf->rig.store));
		expect(store_rig_verify(&shelf->rig), JOURNAL_SOUND, 0);
	}
	assert_true(state_of(shelf, "archived_seq") > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

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
		TEST(files_that_are_missing_or_misplaced),
		TEST(a_file_that_was_altered),
		TEST(a_head_that_was_altered),
		TEST(heads_that_were_moved),
		TEST(segments_of_another_journal),
		TEST(no_folder),
		TEST(a_journal_that_is_not_sound_is_not_archived),
		TEST(one_at_a_time),
		TEST(closing_at_each_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
