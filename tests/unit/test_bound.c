/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Database and keys belong together: what somebody writes into the database who
 * has not the keys, and keys that are others than it was made with.
 */
#include "store/bound.h"

#include "store/restore.h"
#include "util/alloc.h"
#include "util/hash.h"

#include "people_rig.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* --- somebody with SQL, and all that the source tells --- */

static sqlite3 *edit(const struct store_rig *rig)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(store_rig_path(rig, "tilld.db"), &db),
			 SQLITE_OK);
	return db;
}

static void alter(const struct store_rig *rig, const char *sql)
{
	sqlite3 *db = edit(rig);

	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* One text of the first row, to be freed. */
static char *ask(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;
	char *text;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	text = alloc_text((const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return text;
}

static void hex_of(const void *data, size_t len, char out_hex[HASH_TEXT_SIZE])
{
	uint8_t hash[HASH_SIZE];

	hash_sha256(data, len, hash);
	hash_to_hex(hash, sizeof(hash), out_hex);
}

/* Filled in, run and freed. */
static void run(sqlite3 *db, char *sql)
{
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_free(sql);
}

static char *ask_for(sqlite3 *db, char *sql)
{
	char *text = ask(db, sql);

	sqlite3_free(sql);
	return text;
}

/* The list of the document's parts under its new hash. */
static void rehash(sqlite3 *db)
{
	char *list = ask(db, "SELECT hex(document) FROM policy");
	size_t len = strlen(list) / 2;
	uint8_t *hashes = alloc_zero(len, 1);
	char hex[HASH_TEXT_SIZE];

	assert_true(hash_from_hex(list, len, hashes));
	hex_of(hashes, len, hex);
	run(db, sqlite3_mprintf("UPDATE policy SET hash = x'%s'", hex));
	free(hashes);
	free(list);
}

/* The part of that column which has those words gets others, and all hashes are
 * made anew. */
static void reword(const struct store_rig *rig, const char *column,
		   const char *from, const char *to)
{
	sqlite3 *db = edit(rig);
	char *part = ask_for(
		db, sqlite3_mprintf("SELECT hex(part.hash) FROM policy, "
				    "policy_part AS part WHERE instr(text, %Q)"
				    " AND instr(hex(%s), hex(part.hash))",
				    from, column));
	char *text =
		ask_for(db, sqlite3_mprintf("SELECT replace(text, %Q, %Q) FROM "
					    "policy_part WHERE hash = x'%s'",
					    from, to, part));
	char hex[HASH_TEXT_SIZE], *list;

	hex_of(text, strlen(text), hex);
	run(db, sqlite3_mprintf("INSERT INTO policy_part VALUES (x'%s', %Q)",
				hex, text));
	list = ask_for(db, sqlite3_mprintf("SELECT replace(hex(%s), '%s', '%s')"
					   " FROM policy",
					   column, part, hex));
	run(db, sqlite3_mprintf("UPDATE policy SET %s = x'%s'", column, list));
	rehash(db);
	free(list);
	free(part);
	free(text);
	sqlite3_close(db);
}

/*
 * As the version before would have left it: no table, no word of the policy in
 * a seal (the last one's line is under no signature yet, and of those that a
 * rig makes at set-up it is the only one), and a head that says so.
 */
static void make_old(const struct store_rig *rig)
{
	char *line, hex[HASH_TEXT_SIZE];
	sqlite3 *db;
	FILE *head;

	alter(rig, "DROP TABLE bound; PRAGMA user_version = 1;"
		   "UPDATE journal SET line = replace(line, '\"policy\":1,',"
		   " '')");
	db = edit(rig);
	line = ask(db, "SELECT line FROM journal WHERE seq = 1");
	sqlite3_close(db);
	hex_of(line, strlen(line), hex);
	head = fopen(store_rig_path(rig, "head"), "w");
	assert_non_null(head);
	fprintf(head, "{\"hash\":\"%s\",\"seq\":1}", hex);
	fclose(head);
	free(line);
}

static void expect_policy(struct store_rig *rig, int expected)
{
	struct policy *policy = NULL;

	assert_int_equal(store_policy(rig->store, &policy), expected);
	policy_unref(policy);
}

/* Alone where it is found; *state stays good for another start. */
static void expect_start(struct store_rig *rig, int expected)
{
	assert_int_equal(store_rig_open(rig), expected);
	if (!expected)
		expect_policy(rig, 0);
	if (!expected)
		store_rig_close(rig);
}

/* --- the policy --- */

static void test_words_and_hashes_altered(void **state)
{
	static const char *const words[][3] = {
		{ "document", "Managers", "Cashiers" },
		{ "document", "\"login\":\"maria\"", "\"login\":\"mallory\"" },
		{ "secrets", "scrypt", "scrYpt" },
		{ "secrets", " ", "  " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		void *rig;

		store_rig_begin_set_up(&rig);
		reword(rig, words[i][0], words[i][1], words[i][2]);
		expect_policy(rig, STORE_E_CORRUPT);
		store_rig_close(rig);
		expect_start(rig, STORE_E_CORRUPT);
		store_rig_end(&rig);
	}
}

static void test_what_was_signed_is_not_there(void **state)
{
	static const char *const tricks[] = {
		"DELETE FROM bound WHERE name = 'policy'",
		"UPDATE bound SET value = x'' WHERE name = 'policy'",
		"UPDATE bound SET value = zeroblob(64) WHERE name = 'policy'",
		("UPDATE bound SET value = "
		 "CAST(value || 'x' AS BLOB) WHERE name = 'policy'"),
		"UPDATE policy SET version = version + 1",
		"DELETE FROM policy",
		"DELETE FROM bound",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tricks) / sizeof(tricks[0]); i++) {
		void *rig;

		store_rig_begin_set_up(&rig);
		store_rig_close(rig);
		alter(rig, tricks[i]);
		assert_int_not_equal(store_rig_open(rig), 0);
		store_rig_end(&rig);
	}
}

/* Signed, too, but the journal knows of a later one. */
static void test_an_older_policy_put_back(void **state)
{
	struct store_rig *rig = *state;
	char *text;

	store_rig_close(rig);
	store_rig_keep(rig, "tilld.db");
	assert_int_equal(store_rig_open(rig), 0);
	assert_int_equal(people_rig_replace(rig, DOCUMENT(TILL, GROUP, PERSON)),
			 0);
	store_rig_note(rig, "test", 1);
	store_rig_close(rig);
	expect_start(rig, 0);
	text = alloc_format("ATTACH '%s/kept-tilld.db' AS old;"
			    "INSERT OR REPLACE INTO policy"
			    " SELECT * FROM old.policy;"
			    "INSERT OR IGNORE INTO policy_part"
			    " SELECT * FROM old.policy_part;"
			    "INSERT OR REPLACE INTO bound"
			    " SELECT * FROM old.bound",
			    rig->folder);
	alter(rig, text);
	expect_start(rig, STORE_E_CORRUPT);
	free(text);
}

/* --- an older version's database --- */

static void test_an_older_database_is_bound_once(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	make_old(rig);
	assert_int_equal(store_rig_open(rig), 0);
	assert_false(store_is_rolled_back(rig->store));
	expect_policy(rig, 0);
	store_rig_note(rig, "test", 1);
	store_rig_reopen(rig);
	assert_false(store_is_rolled_back(rig->store));
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
	store_rig_close(rig);
	reword(rig, "document", "Managers", "Cashiers");
	expect_start(rig, STORE_E_CORRUPT);
}

static void test_none_becomes_an_older_one(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	reword(rig, "document", "Managers", "Cashiers");
	alter(rig, "DROP TABLE bound; PRAGMA user_version = 1");
	expect_start(rig, STORE_E_CORRUPT);
	/* nor with columns that say otherwise */
	alter(rig, "UPDATE journal SET kind = 'test'");
	expect_start(rig, STORE_E_CORRUPT);
}

/* --- put back --- */

static int put_back(struct store_rig *rig, bool new_keys)
{
	char *file = alloc_format("%s/backup", rig->folder);
	struct restore_result result;
	int fd, r;

	assert_int_equal(rename(store_rig_path(rig, "tilld.db"), file), 0);
	fd = open(file, O_RDONLY);
	r = store_restore(&rig->config, fd, new_keys, &result);
	close(fd);
	free(file);
	return r;
}

static void set_keys_aside(struct store_rig *rig)
{
	char *aside = alloc_format("%s-aside", rig->keys);

	assert_int_equal(rename(rig->keys, aside), 0);
	rig->fake.seed += 99;
	free(aside);
}

static void expect_put_back(struct store_rig *rig, bool new_keys)
{
	if (new_keys)
		set_keys_aside(rig);
	assert_int_equal(put_back(rig, new_keys), 0);
	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_rolled_back(rig->store));
	expect_policy(rig, 0);
	store_rig_reopen(rig);
	expect_policy(rig, 0);
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
	store_rig_close(rig);
	reword(rig, "document", "Managers", "Cashiers");
	expect_start(rig, STORE_E_CORRUPT);
}

static void test_backups_of_both_versions(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		void *rig;

		store_rig_begin_set_up(&rig);
		store_rig_close(rig);
		if (i & 1)
			make_old(rig);
		expect_put_back(rig, i & 2);
		store_rig_end(&rig);
	}
}

static void test_a_backup_with_another_policy(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		void *rig;

		store_rig_begin_set_up(&rig);
		store_rig_close(rig);
		reword(rig, "document", "Managers", "Cashiers");
		if (i & 1)
			alter(rig, "DROP TABLE bound; PRAGMA user_version = 1");
		assert_int_equal(put_back(rig, i & 2), STORE_E_CORRUPT);
		store_rig_end(&rig);
	}
}

/* What tilld --restore --new-keys leaves is put back as well, and confirmed by
 * root: nobody else has a database go over to other keys. */
static void test_other_keys_are_taken_with_a_backup_alone(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	set_keys_aside(rig);
	alter(rig, "INSERT OR REPLACE INTO meta VALUES ('rekey', 1)");
	expect_start(rig, STORE_E_KEYS_MISSING);
	alter(rig, "INSERT OR REPLACE INTO meta VALUES ('restored', 1)");
	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_rolled_back(rig->store));
}

/* --- peppers --- */

static char *key_of(const struct store_rig *rig, const char *name)
{
	return alloc_format("%s/%s", rig->keys, name);
}

static void move(const struct store_rig *rig, const char *from, const char *to)
{
	char *one = key_of(rig, from), *other = key_of(rig, to);

	assert_int_equal(rename(one, other), 0);
	free(one);
	free(other);
}

static void flip_digit(const struct store_rig *rig, const char *name)
{
	char *path = key_of(rig, name), digit = 0;
	int fd;

	assert_int_equal(chmod(path, 0600), 0);
	fd = open(path, O_RDWR);
	assert_int_equal(pread(fd, &digit, 1, 40), 1);
	digit = digit == 'a' ? 'b' : 'a';
	assert_int_equal(pwrite(fd, &digit, 1, 40), 1);
	close(fd);
	assert_int_equal(chmod(path, 0400), 0);
	free(path);
}

static void test_a_pepper_that_was_altered(void **state)
{
	static const char *const names[] = { "badge.pepper", "pin.pepper" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		void *rig;

		store_rig_begin_set_up(&rig);
		store_rig_close(rig);
		flip_digit(rig, names[i]);
		expect_start(rig, STORE_E_KEYS_MISSING);
		expect_start(rig, STORE_E_KEYS_MISSING);
		store_rig_end(&rig);
	}
}

static void test_peppers_that_were_exchanged(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	move(rig, "pin.pepper", "other");
	move(rig, "badge.pepper", "pin.pepper");
	move(rig, "other", "badge.pepper");
	expect_start(rig, STORE_E_KEYS_MISSING);
	move(rig, "pin.pepper", "other");
	move(rig, "badge.pepper", "pin.pepper");
	move(rig, "other", "badge.pepper");
	expect_start(rig, 0);
}

static void test_peppers_of_another_box(void **state)
{
	struct store_rig *rig = *state, other;

	store_rig_init(&other, rig->folder);
	other.fake.seed += 99;
	store_rig_set_up(&other);
	store_rig_close(&other);
	store_rig_close(rig);
	for (enum keys_pepper i = KEYS_BADGE; i < KEYS_PEPPERS; i++) {
		char *theirs = key_of(&other, keys_pepper_name(i));
		char *ours = key_of(rig, keys_pepper_name(i));

		move(rig, keys_pepper_name(i), "aside");
		assert_int_equal(link(theirs, ours), 0);
		expect_start(rig, STORE_E_KEYS_MISSING);
		move(rig, "aside", keys_pepper_name(i));
		expect_start(rig, 0);
		free(theirs);
		free(ours);
	}
	store_rig_free(&other);
}

static void test_a_mark_that_is_gone(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	alter(rig, "DELETE FROM bound WHERE name = 'pin.pepper'");
	expect_start(rig, STORE_E_KEYS_MISSING);
}

#define SET_UP(name)                                                         \
	cmocka_unit_test_setup_teardown(test_##name, store_rig_begin_set_up, \
					store_rig_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_and_hashes_altered),
		cmocka_unit_test(test_what_was_signed_is_not_there),
		SET_UP(an_older_policy_put_back),
		SET_UP(an_older_database_is_bound_once),
		SET_UP(none_becomes_an_older_one),
		cmocka_unit_test(test_backups_of_both_versions),
		cmocka_unit_test(test_a_backup_with_another_policy),
		SET_UP(other_keys_are_taken_with_a_backup_alone),
		cmocka_unit_test(test_a_pepper_that_was_altered),
		SET_UP(peppers_that_were_exchanged),
		SET_UP(peppers_of_another_box),
		SET_UP(a_mark_that_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
