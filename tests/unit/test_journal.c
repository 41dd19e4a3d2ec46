/* SPDX-License-Identifier: Apache-2.0 */
#include "store/journal.h"

#include "util/alloc.h"
#include "util/json.h"

#include "store_rig.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINES_MAX 128

/* An export taken apart into lines, to be tampered with. */
struct export
{
	struct store_rig rig;
	char *text;
	const char *lines[LINES_MAX];
	size_t count;
	uint8_t public[32];
};

static int setup(void **state)
{
	struct export *export = ALLOC_NEW(struct export);

	store_rig_init(&export->rig, NULL);
	export->rig.config.seal_every = 10;
	store_rig_set_up(&export->rig);
	*state = export;
	return 0;
}

static int teardown(void **state)
{
	struct export *export = *state;

	store_rig_free(&export->rig);
	free(export->text);
	free(export);
	return 0;
}

static void split(struct export *export)
{
	char *at = export->text, *end;

	export->count = 0;
	while ((end = strchr(at, '\n'))) {
		*end = 0;
		assert_true(export->count < LINES_MAX);
		export->lines[export->count++] = at;
		at = end + 1;
	}
	assert_int_equal(*at, 0);
}

static void make(struct export *export)
{
	for (int64_t i = 0; i < 25; i++)
		store_rig_note(&export->rig, "test", i);
	keys_seal_public(store_keys(export->rig.store), export->public);
	export->text = store_rig_export(&export->rig);
	split(export);
}

static struct journal_verdict check_as(const struct export *export,
				       const uint8_t *public)
{
	struct journal_check *check = journal_check_new(public);
	struct journal_verdict verdict;

	for (size_t i = 0; i < export->count; i++)
		journal_check_line(check, export->lines[i],
				   strlen(export->lines[i]));
	verdict = journal_check_end(check);
	journal_check_free(check);
	return verdict;
}

static void expect(const struct export *export, enum journal_fault fault,
		   int64_t line)
{
	struct journal_verdict verdict = check_as(export, export->public);

	assert_string_equal(journal_fault_text(verdict.fault),
			    journal_fault_text(fault));
	if (line)
		assert_int_equal(verdict.line, line);
}

static size_t find(const struct export *export, const char *what, size_t nth)
{
	for (size_t i = 0; i < export->count; i++)
		if (strstr(export->lines[i], what) && !nth--)
			return i;
	fail_msg("no line with %s", what);
	return 0;
}

static void test_an_export_is_sound(void **state)
{
	struct export *export = *state;
	struct journal_verdict verdict;
	char fingerprint[KEYS_FINGERPRINT_SIZE];

	make(export);
	verdict = check_as(export, export->public);
	assert_int_equal(verdict.fault, JOURNAL_SOUND);
	assert_int_equal(verdict.entries, (int64_t) export->count - 2);
	assert_true(verdict.seals >= 2);
	assert_true(verdict.unsealed < 10);
	keys_fingerprint(export->public, fingerprint);
	assert_string_equal(verdict.fingerprint, fingerprint);
	assert_string_equal(verdict.key,
			    keys_seal_id(store_keys(export->rig.store)));
	assert_int_equal(check_as(export, NULL).fault, JOURNAL_SOUND);
}

static void test_lines_are_as_described(void **state)
{
	struct export *export = *state;
	uint8_t hash[HASH_SIZE] = { 0 };
	char prev[HASH_TEXT_SIZE];

	make(export);
	for (size_t i = 1; i + 1 < export->count; i++) {
		json_t *entry =
			json_parse(export->lines[i], strlen(export->lines[i]));
		char *line = json_line(entry);

		assert_string_equal(line, export->lines[i]); /* canonical */
		hash_to_hex(hash, HASH_SIZE, prev);
		assert_string_equal(json_text(entry, "prev"), prev);
		assert_int_equal(json_int(entry, "seq", 0), i);
		assert_string_equal(json_text(entry, "time"),
				    "2026-11-22T10:15:00.000Z");
		hash_sha256(line, strlen(line), hash);
		free(line);
		json_decref(entry);
	}
}

static void test_another_till_s_key_is_noticed(void **state)
{
	struct export *export = *state;
	uint8_t other[32] = { 1 };
	struct journal_verdict verdict;

	make(export);
	verdict = check_as(export, other);
	assert_int_equal(verdict.fault, JOURNAL_OTHER_KEY);
	assert_int_equal(verdict.line, 1);
}

/* Every byte of every line, each in four ways. */
static void test_any_flipped_byte_is_noticed(void **state)
{
	static const unsigned char flips[] = { 0x01, 0x20, 0x80, 0xff };
	struct export *export = *state;

	make(export);
	for (size_t i = 0; i < export->count; i++) {
		char *line = (char *)(uintptr_t) export->lines[i];
		size_t len = strlen(line);

		for (size_t at = 0; at < len; at++) {
			char was = line[at];

			/* of the entries, each alike, a ninth will do */
			if (i && i + 1 < export->count && (at + i) % 9)
				continue;
			line[at] = (char)(was ^ flips[at % 4]);
			if (!line[at])
				line[at] = ' ';
			if (line[at] == was)
				continue;
			assert_int_not_equal(
				check_as(export, export->public).fault,
				JOURNAL_SOUND);
			line[at] = was;
		}
	}
	expect(export, JOURNAL_SOUND, 0);
}

static void test_an_altered_entry_breaks_the_chain(void **state)
{
	struct export *export = *state;
	size_t at;
	char *digit;

	make(export);
	at = find(export, "\"number\":7", 0);
	digit = strstr(export->lines[at], "\"number\":7") + 9;
	*digit = '8';
	expect(export, JOURNAL_BROKEN_CHAIN, (int64_t)at + 2);
}

static void test_a_dropped_entry_breaks_the_chain(void **state)
{
	struct export *export = *state;
	size_t at;

	make(export);
	at = find(export, "\"number\":5", 0);
	memmove(&export->lines[at], &export->lines[at + 1],
		(export->count - at - 1) * sizeof(char *));
	export->count--;
	expect(export, JOURNAL_BROKEN_CHAIN, (int64_t)at + 1);
}

static void test_moved_entries_break_the_chain(void **state)
{
	struct export *export = *state;
	const char *line;
	size_t at;

	make(export);
	at = find(export, "\"number\":5", 0);
	line = export->lines[at];
	export->lines[at] = export->lines[at + 1];
	export->lines[at + 1] = line;
	expect(export, JOURNAL_BROKEN_CHAIN, (int64_t)at + 1);
}

static void test_a_repeated_entry_breaks_the_chain(void **state)
{
	struct export *export = *state;
	size_t at;

	make(export);
	at = find(export, "\"number\":5", 0);
	memmove(&export->lines[at + 1], &export->lines[at],
		(export->count - at) * sizeof(char *));
	export->count++;
	expect(export, JOURNAL_BROKEN_CHAIN, (int64_t)at + 2);
}

static void test_a_seal_that_does_not_hold(void **state)
{
	struct export *export = *state;
	size_t at;
	char *digit;

	make(export);
	at = find(export, "\"kind\":\"seal\"", 1);
	digit = strstr(export->lines[at], "\"signature\":\"") + 20;
	*digit = *digit == '0' ? '1' : '0';
	expect(export, JOURNAL_BAD_SEAL, (int64_t)at + 1);
}

/* Whoever has no key can chain everything anew, but not seal it. */
static void test_a_chain_made_anew_has_no_seal(void **state)
{
	struct export *export = *state;
	uint8_t hash[HASH_SIZE] = { 0 };
	char prev[HASH_TEXT_SIZE];
	size_t seal;

	make(export);
	seal = find(export, "\"kind\":\"seal\"", 1);
	for (size_t i = 1; i + 1 < export->count; i++) {
		json_t *entry =
			json_parse(export->lines[i], strlen(export->lines[i]));

		if (json_int(entry, "number", -1) == 3)
			json_put_int(entry, "number", 4);
		hash_to_hex(hash, HASH_SIZE, prev);
		json_put_text(entry, "prev", prev);
		export->lines[i] = json_line(entry);
		hash_sha256(export->lines[i], strlen(export->lines[i]), hash);
		json_decref(entry);
	}
	expect(export, JOURNAL_BAD_SEAL, (int64_t)seal + 1);
	for (size_t i = 1; i + 1 < export->count; i++)
		free((char *)(uintptr_t) export->lines[i]);
}

/* Anywhere, without its end line and with it. */
static void test_a_cut_journal_is_noticed(void **state)
{
	struct export *export = *state;
	size_t count;

	make(export);
	count = export->count;
	for (size_t left = 1; left < count - 1; left++) {
		const char *was = export->lines[left];

		export->count = left;
		expect(export, JOURNAL_CUT_SHORT, (int64_t)left);
		export->lines[left] = export->lines[count - 1];
		export->count = left + 1;
		expect(export, JOURNAL_CUT_SHORT, (int64_t)left + 1);
		export->lines[left] = was;
	}
	export->count = count - 1;
	expect(export, JOURNAL_CUT_SHORT, (int64_t)count - 1);
}

/*
 * A seal signs the line before it. Cutting there and offering its signature as
 * that of the end must not do.
 */
static void test_a_seal_is_no_end(void **state)
{
	struct export *export = *state;
	json_t *seal, *end;
	char *line;
	size_t at;

	make(export);
	at = find(export, "\"kind\":\"seal\"", 1);
	seal = json_parse(export->lines[at], strlen(export->lines[at]));
	end = json_put_int(json_make(), "tilld-journal-end", 1);
	json_put_int(end, "seq", json_int(seal, "of", 0));
	json_put_text(end, "hash", json_text(seal, "prev"));
	json_put_text(end, "signature", json_text(seal, "signature"));
	line = json_line(end);
	export->lines[at] = line;
	export->count = at + 1;
	expect(export, JOURNAL_BAD_SEAL, (int64_t)at + 1);
	free(line);
	json_decref(end);
	json_decref(seal);
}

static void test_an_older_end_is_noticed(void **state)
{
	struct export *export = *state;
	struct export older = { 0 };

	store_rig_note(&export->rig, "test", 1);
	older.text = store_rig_export(&export->rig);
	split(&older);
	make(export);
	export->lines[export->count - 1] = older.lines[older.count - 1];
	expect(export, JOURNAL_CUT_SHORT, (int64_t) export->count);
	free(older.text);
}

static void test_nothing_may_follow_the_end(void **state)
{
	struct export *export = *state;

	make(export);
	export->lines[export->count++] = "{}";
	expect(export, JOURNAL_BAD_LINE, (int64_t) export->count);
}

static void expect_text(const char *text, enum journal_fault fault)
{
	struct journal_check *check = journal_check_new(NULL);

	journal_check_line(check, text, strlen(text));
	assert_int_equal(journal_check_end(check).fault, fault);
	journal_check_free(check);
}

static void test_what_is_no_journal_at_all(void **state)
{
	struct journal_check *check = journal_check_new(NULL);

	(void)state;
	assert_int_equal(journal_check_end(check).fault, JOURNAL_NOT_JOURNAL);
	journal_check_free(check);
	expect_text("", JOURNAL_NOT_JOURNAL);
	expect_text("hello", JOURNAL_NOT_JOURNAL);
	expect_text("[]", JOURNAL_NOT_JOURNAL);
	expect_text("{}", JOURNAL_NOT_JOURNAL);
	expect_text("\x01\x02\xff", JOURNAL_NOT_JOURNAL);
	expect_text("{\"tilld-journal\":1,\"key\":\"01234567\",\"public\":"
		    "\"00\"}",
		    JOURNAL_NOT_JOURNAL);
	expect_text("{\"tilld-journal\":2,\"key\":\"01234567\",\"public\":\"00"
		    "00000000000000000000000000000000000000000000000000000000"
		    "000000\"}",
		    JOURNAL_NOT_JOURNAL);
}

static void test_odd_lines_inside(void **state)
{
	static const char *const odd[] = {
		"",
		"x",
		"[]",
		"null",
		"{}",
		"{\"seq\":3}",
		"{\"kind\":\"x\",\"prev\":\"00\",\"seq\":3,\"time\":\"t\"}",
		"{\"kind\":1,\"prev\":1,\"seq\":\"3\",\"time\":1}",
		"{\"tilld-journal-end\":1}",
		"{\"tilld-journal-end\":true,\"hash\":1,\"seq\":1}",
	};
	struct export *export = *state;
	const char *was;

	make(export);
	was = export->lines[5];
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		export->lines[5] = odd[i];
		expect(export, JOURNAL_BAD_LINE, 6);
	}
	export->lines[5] = was;
	expect(export, JOURNAL_SOUND, 0);
}

/* --- the daemon's own --- */

static void alter(const struct export *export, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(store_rig_path(&export->rig, "tilld.db"),
				      &db),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void test_the_daemon_verifies_its_own(void **state)
{
	struct export *export = *state;
	struct journal_verdict verdict;

	make(export);
	verdict = store_rig_verify(&export->rig);
	assert_int_equal(verdict.fault, JOURNAL_SOUND);
	assert_int_equal(verdict.entries, (int64_t) export->count - 2);
	alter(export, "UPDATE journal SET line = replace(line, '\"number\":7',"
		      " '\"number\":9')");
	verdict = store_rig_verify(&export->rig);
	assert_int_equal(verdict.fault, JOURNAL_BROKEN_CHAIN);
	assert_int_equal(verdict.line,
			 (int64_t)find(export, "\"number\":7", 0) + 2);
}

static void test_an_entry_hidden_from_searches(void **state)
{
	struct export *export = *state;
	struct journal_verdict verdict;

	make(export);
	alter(export, "UPDATE journal SET kind = 'seal' WHERE seq = 5");
	verdict = store_rig_verify(&export->rig);
	assert_int_equal(verdict.fault, JOURNAL_BAD_LINE);
	assert_int_equal(verdict.line, 6);
}

/* The daemon knows its head: a tail that is gone does not pass. */
static void test_a_tail_cut_off_under_the_daemon(void **state)
{
	struct export *export = *state;

	make(export);
	alter(export, "DELETE FROM journal WHERE seq = (SELECT max(seq) "
		      "FROM journal)");
	assert_int_equal(store_rig_verify(&export->rig).fault,
			 JOURNAL_CUT_SHORT);
}

static void keep_error(void *arg, int error, const char *text, size_t len,
		       int64_t next, bool complete)
{
	(void)text;
	(void)len;
	(void)next;
	(void)complete;
	*(int *)arg = error;
}

static void test_a_cut_journal_gets_no_end(void **state)
{
	struct export *export = *state;
	int error = 0;

	make(export);
	alter(export, "DELETE FROM journal WHERE seq = (SELECT max(seq) "
		      "FROM journal)");
	journal_export(export->rig.store, -1, keep_error, &error);
	fake_env_run(&export->rig.fake);
	assert_int_equal(error, STORE_E_CORRUPT);
}

static void keep_verify_error(void *arg, int error,
			      const struct journal_verdict *verdict)
{
	assert_null(verdict);
	*(int *)arg = error;
}

static void test_nothing_to_seal_with_before_set_up(void **state)
{
	struct store_rig rig;
	int exported = 0, verified = 0;

	(void)state;
	store_rig_init(&rig, NULL);
	assert_int_equal(store_rig_open(&rig), 0);
	assert_int_equal(store_rig_note(&rig, "early", 1), 1);
	fake_env_advance(&rig.fake, 100000);
	journal_export(rig.store, -1, keep_error, &exported);
	journal_verify(rig.store, keep_verify_error, &verified);
	fake_env_run(&rig.fake);
	assert_int_equal(exported, STORE_E_KEYS_MISSING);
	assert_int_equal(verified, STORE_E_KEYS_MISSING);
	store_rig_close(&rig);
	/* what was noted before is sealed with the rest */
	store_rig_set_up(&rig);
	assert_int_equal(store_rig_verify(&rig).entries, 2);
	store_rig_free(&rig);
}

static void test_an_export_in_many_parts(void **state)
{
	struct export *export = *state;
	char *filler = alloc_zero(30001, 1);
	struct txn *txn = txn_new(export->rig.store);

	memset(filler, 'x', 30000);
	for (int i = 0; i < 20; i++) {
		json_t *entry = json_put_text(json_make(), "kind", "long");

		txn_journal(txn, json_put_text(entry, "filler", filler));
	}
	assert_int_equal(store_rig_commit(&export->rig, txn).error, 0);
	make(export);
	expect(export, JOURNAL_SOUND, 0);
	free(filler);
}

static void test_an_entry_has_a_greatest_length(void **state)
{
	struct export *export = *state;
	char *filler = alloc_zero(300001, 1);
	struct txn *txn = txn_new(export->rig.store);
	json_t *entry = json_put_text(json_make(), "kind", "long");

	memset(filler, 'x', 300000);
	txn_journal(txn, json_put_text(entry, "filler", filler));
	assert_true(store_rig_commit(&export->rig, txn).error < 0);
	store_rig_note(&export->rig, "test", 1);
	assert_int_equal(store_rig_verify(&export->rig).fault, JOURNAL_SOUND);
	free(filler);
}

/* --- reading --- */

static void keep_entries(void *arg, int error, const json_t *entries)
{
	assert_int_equal(error, 0);
	*(json_t **)arg = json_deep_copy(entries);
}

static json_t *read_as(struct export *export,
		       const struct journal_filter *filter)
{
	json_t *entries = NULL;

	journal_read(export->rig.store, filter, keep_entries, &entries);
	fake_env_run(&export->rig.fake);
	assert_non_null(entries);
	return entries;
}

static void expect_seqs(struct export *export,
			const struct journal_filter *filter, size_t count,
			int64_t first, int64_t last)
{
	json_t *entries = read_as(export, filter);

	assert_int_equal(json_array_size(entries), count);
	if (count) {
		assert_int_equal(json_int(json_array_get(entries, 0), "seq", 0),
				 first);
		assert_int_equal(json_int(json_array_get(entries, count - 1),
					  "seq", 0),
				 last);
	}
	json_decref(entries);
}

/* Entries of three kinds, tills and operations in one go. */
static void fill(struct export *export, int count)
{
	struct txn *txn = txn_new(export->rig.store);

	for (int i = 0; i < count; i++) {
		json_t *entry = json_make();
		char text[16];

		json_put_text(entry, "kind", i % 100 ? "common" : "rare");
		snprintf(text, sizeof(text), "till%d", i % 3);
		json_put_text(entry, "till", text);
		snprintf(text, sizeof(text), "op%d", i);
		json_put_text(entry, "operation", text);
		txn_journal(txn, entry);
	}
	assert_int_equal(store_rig_commit(&export->rig, txn).error, 0);
}

static void test_reading_with_filters(void **state)
{
	struct export *export = *state;
	json_t *entries;

	fill(export, 20000); /* seq 2 to 20001; 1 and 20002 are seals */
	expect_seqs(export, &(struct journal_filter){ .max = 10 }, 10, 1, 10);
	expect_seqs(export,
		    &(struct journal_filter){ .max = 10, .newest_first = true },
		    10, 20002, 19993);
	expect_seqs(export,
		    &(struct journal_filter){
			    .after = 20, .before = 25, .max = 10 },
		    4, 21, 24);
	expect_seqs(export,
		    &(struct journal_filter){ .after = 20,
					      .before = 25,
					      .max = 3,
					      .newest_first = true },
		    3, 24, 22);
	expect_seqs(export,
		    &(struct journal_filter){ .kind = "rare", .max = 1000 },
		    200, 2, 19902);
	expect_seqs(export,
		    &(struct journal_filter){ .kind = "rare",
					      .till = "till1",
					      .max = 1000,
					      .newest_first = true },
		    67, 19902, 102);
	expect_seqs(export,
		    &(struct journal_filter){ .operation = "op19999",
					      .max = 5 },
		    1, 20001, 20001);
	expect_seqs(export, &(struct journal_filter){ .kind = "no", .max = 5 },
		    0, 0, 0);
	expect_seqs(export,
		    &(struct journal_filter){ .after = 99999, .max = 5 }, 0, 0,
		    0);
	expect_seqs(export, &(struct journal_filter){ .before = 1, .max = 5 },
		    0, 0, 0);
	entries = read_as(export, &(struct journal_filter){ .max = 100000 });
	assert_int_equal(json_array_size(entries), JOURNAL_PAGE_MAX);
	json_decref(entries);
}

static void test_a_long_journal_is_verified_quickly(void **state)
{
	struct export *export = *state;
	struct journal_verdict verdict;

	fill(export, 100000);
	verdict = store_rig_verify(&export->rig);
	assert_int_equal(verdict.fault, JOURNAL_SOUND);
	assert_int_equal(verdict.entries, 100002);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_export_is_sound),
		TEST(lines_are_as_described),
		TEST(another_till_s_key_is_noticed),
		TEST(any_flipped_byte_is_noticed),
		TEST(an_altered_entry_breaks_the_chain),
		TEST(a_dropped_entry_breaks_the_chain),
		TEST(moved_entries_break_the_chain),
		TEST(a_repeated_entry_breaks_the_chain),
		TEST(a_seal_that_does_not_hold),
		TEST(a_chain_made_anew_has_no_seal),
		TEST(a_cut_journal_is_noticed),
		TEST(a_seal_is_no_end),
		TEST(an_older_end_is_noticed),
		TEST(nothing_may_follow_the_end),
		TEST(what_is_no_journal_at_all),
		TEST(odd_lines_inside),
		TEST(the_daemon_verifies_its_own),
		TEST(an_entry_hidden_from_searches),
		TEST(a_tail_cut_off_under_the_daemon),
		TEST(a_cut_journal_gets_no_end),
		cmocka_unit_test(test_nothing_to_seal_with_before_set_up),
		TEST(an_export_in_many_parts),
		TEST(an_entry_has_a_greatest_length),
		TEST(reading_with_filters),
		TEST(a_long_journal_is_verified_quickly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
