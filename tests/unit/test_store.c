/* SPDX-License-Identifier: Apache-2.0 */
/* What is found at a start: database, keys, files; seals and the head file. */
#include "store/store.h"

#include "util/alloc.h"
#include "util/json.h"

#include "store_rig.h"

#include <errno.h>
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

static void alter(const struct store_rig *rig, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(store_rig_path(rig, "tilld.db"), &db),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static mode_t mode_of(const char *path)
{
	struct stat found;

	assert_int_equal(lstat(path, &found), 0);
	return found.st_mode & 07777;
}

/* --- opening --- */

static void test_a_new_store(void **state)
{
	struct store_rig *rig = *state;
	mode_t mask = umask(0);

	assert_int_equal(store_rig_open(rig), 0);
	umask(mask);
	assert_true(store_is_new(rig->store));
	assert_false(store_is_rolled_back(rig->store));
	assert_null(store_keys(rig->store));
	assert_true(store_has_room(rig->store));
	assert_int_equal(store_health(rig->store), 0);
	assert_int_equal(mode_of(rig->state), 0700);
	assert_int_equal(mode_of(store_rig_path(rig, "tilld.db")), 0600);
	assert_int_equal(mode_of(store_rig_path(rig, "tilld.db-wal")), 0600);
	assert_int_equal(mode_of(store_rig_path(rig, "tilld.db-shm")), 0600);
	assert_int_equal(mode_of(store_rig_path(rig, "tilld.lock")), 0600);
	assert_int_equal(mode_of(store_rig_path(rig, "ballast")), 0600);
	store_rig_reopen(rig);
	assert_true(store_is_new(rig->store));
}

static void test_set_up_lasts(void **state)
{
	struct store_rig *rig = *state;

	assert_non_null(store_keys(rig->store));
	assert_int_equal(store_rig_describe(rig, "sealed_seq"), 1);
	store_rig_note(rig, "test", 1);
	store_rig_reopen(rig);
	assert_false(store_is_new(rig->store));
	assert_false(store_is_rolled_back(rig->store));
	assert_non_null(store_keys(rig->store));
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
}

static void test_a_second_set_up_is_refused(void **state)
{
	struct store_rig *rig = *state;
	struct txn *txn = txn_new(rig->store);
	struct txn_result result;

	txn_setup(txn, store_keys(rig->store));
	txn_journal(txn, json_put_text(json_make(), "kind", "no"));
	result = store_rig_commit(rig, txn);
	assert_int_equal(result.error, STORE_E_EXISTS);
	assert_int_equal(result.seq, 0);
	assert_int_equal(store_rig_describe(rig, "seq"), 1);
	store_rig_note(rig, "test", 1);
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
}

static void test_one_daemon_only(void **state)
{
	struct store_rig *rig = *state;
	struct store *other = NULL;

	assert_int_equal(store_open(&rig->config, &rig->fake.env, &other),
			 STORE_E_LOCKED);
	assert_null(other);
	store_rig_reopen(rig);
}

static void test_a_newer_database(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	alter(rig, "PRAGMA user_version = 1000");
	assert_int_equal(store_rig_open(rig), STORE_E_NEWER);
	alter(rig, "PRAGMA user_version = 2");
	assert_int_equal(store_rig_open(rig), 0);
}

static void test_another_program_s_database(void **state)
{
	struct store_rig *rig = *state;

	assert_int_equal(mkdir(rig->state, 0700), 0);
	alter(rig, "CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)");
	store_rig_keep(rig, "tilld.db");
	assert_int_equal(store_rig_open(rig), STORE_E_CORRUPT);
	alter(rig, "INSERT INTO theirs VALUES (2)");
}

static void test_keys_that_are_gone(void **state)
{
	struct store_rig *rig = *state;
	char away[STORE_RIG_PATH + 8];
	struct keys *keys;

	store_rig_close(rig);
	snprintf(away, sizeof(away), "%s-away", rig->keys);
	assert_int_equal(rename(rig->keys, away), 0);
	assert_int_equal(store_rig_open(rig), STORE_E_KEYS_MISSING);
	/* another till's keys are no replacement */
	assert_int_equal(keys_create(rig->keys, &rig->fake.random, &keys), 0);
	keys_free(keys);
	assert_int_equal(store_rig_open(rig), STORE_E_KEYS_MISSING);
	assert_int_equal(rename(rig->keys, store_rig_path(rig, "x")), 0);
	assert_int_equal(rename(away, rig->keys), 0);
	assert_int_equal(store_rig_open(rig), 0);
}

static void test_keys_that_others_may_read(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	chmod(rig->keys, 0755);
	assert_int_equal(store_rig_open(rig), STORE_E_KEYS_MISSING);
	chmod(rig->keys, 0700);
	assert_int_equal(store_rig_open(rig), 0);
}

static void test_a_database_that_is_gone(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	unlink(store_rig_path(rig, "tilld.db"));
	assert_int_equal(store_rig_open(rig), STORE_E_EMPTIED);
	/* it isn't made by trying either */
	assert_int_equal(store_rig_open(rig), STORE_E_EMPTIED);
	unlink(store_rig_path(rig, "head"));
	assert_int_equal(store_rig_open(rig), STORE_E_EMPTIED);
	assert_int_equal(access(store_rig_path(rig, "tilld.db"), F_OK), -1);
}

static void test_a_database_that_was_emptied(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	assert_int_equal(truncate(store_rig_path(rig, "tilld.db"), 0), 0);
	assert_int_equal(store_rig_open(rig), STORE_E_EMPTIED);
}

static void test_a_fresh_database_put_in_its_place(void **state)
{
	struct store_rig *rig = *state;
	struct keys *keys;

	assert_int_equal(store_rig_open(rig), 0);
	store_rig_close(rig);
	store_rig_keep(rig, "tilld.db");
	store_rig_set_up(rig);
	store_rig_close(rig);
	store_rig_bring_back(rig, "tilld.db");
	assert_int_equal(store_rig_open(rig), STORE_E_EMPTIED);
	/* what a set-up leaves that was cut off looks like this: */
	unlink(store_rig_path(rig, "head"));
	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_new(rig->store));
	assert_null(store_keys(rig->store));
	assert_int_equal(keys_create(rig->keys, &rig->fake.random, &keys),
			 -EEXIST);
}

static void test_damaged_databases(void **state)
{
	struct store_rig *rig = *state;
	char garbage[4096], *kept;
	int64_t size;
	FILE *file;

	store_rig_close(rig);
	store_rig_keep(rig, "tilld.db");
	memset(garbage, 0x5a, sizeof(garbage));
	file = fopen(store_rig_path(rig, "tilld.db"), "r+");
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	fclose(file);
	for (int64_t at = 0; at < size; at += 4096) {
		file = fopen(store_rig_path(rig, "tilld.db"), "r+");
		fseek(file, at, SEEK_SET);
		fwrite(garbage, sizeof(garbage), 1, file);
		fclose(file);
		assert_int_equal(store_rig_open(rig), STORE_E_CORRUPT);
		store_rig_bring_back(rig, "tilld.db");
	}
	assert_int_equal(truncate(store_rig_path(rig, "tilld.db"), size - 4096),
			 0);
	assert_int_equal(store_rig_open(rig), STORE_E_CORRUPT);
	assert_int_equal(truncate(store_rig_path(rig, "tilld.db"), 100), 0);
	assert_int_equal(store_rig_open(rig), STORE_E_CORRUPT);
	kept = alloc_text(store_rig_path(rig, "tilld.db"));
	file = fopen(kept, "w");
	fputs("this is no database", file);
	fclose(file);
	assert_int_equal(store_rig_open(rig), STORE_E_CORRUPT);
	file = fopen(kept, "r");
	assert_non_null(fgets(garbage, sizeof(garbage), file));
	fclose(file);
	assert_string_equal(garbage, "this is no database");
	free(kept);
	store_rig_bring_back(rig, "tilld.db");
	assert_int_equal(store_rig_open(rig), 0);
}

static void test_a_log_without_its_database(void **state)
{
	struct store_rig *rig = *state;
	FILE *file;

	assert_int_equal(mkdir(rig->state, 0700), 0);
	file = fopen(store_rig_path(rig, "tilld.db-wal"), "w");
	fputs("something", file);
	fclose(file);
	assert_int_equal(store_rig_open(rig), STORE_E_CORRUPT);
	assert_int_equal(access(store_rig_path(rig, "tilld.db-wal"), F_OK), 0);
}

static void test_a_damaged_tail(void **state)
{
	struct store_rig *rig = *state;

	for (int i = 0; i < 5; i++)
		store_rig_note(rig, "test", i);
	store_rig_close(rig);
	/* the closing seal is the last; take it away, and alter before it */
	alter(rig, "DELETE FROM journal WHERE seq = 7");
	unlink(store_rig_path(rig, "head"));
	alter(rig, "UPDATE journal SET line = replace(line, '\"number\":2',"
		   " '\"number\":9')");
	assert_int_equal(store_rig_open(rig), STORE_E_CORRUPT);
}

/* --- files and folders --- */

static void test_links_are_refused(void **state)
{
	static const char *const names[] = { "tilld.db", "tilld.lock",
					     "ballast", "tilld.db-wal",
					     "tilld.db-shm" };
	struct store_rig *rig = *state;
	char *away = alloc_format("%s/away", rig->folder);

	assert_int_equal(mkdir(rig->state, 0700), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		FILE *file = fopen(away, "w");

		fclose(file);
		unlink(store_rig_path(rig, names[i]));
		assert_int_equal(symlink(away, store_rig_path(rig, names[i])),
				 0);
		assert_true(store_rig_open(rig) != 0);
		unlink(store_rig_path(rig, names[i]));
		file = fopen(away, "r");
		assert_int_equal(fgetc(file), EOF);
		fclose(file);
	}
	free(away);
	assert_int_equal(store_rig_open(rig), 0);
}

static void test_folders_others_may_write_to(void **state)
{
	struct store_rig *rig = *state;

	assert_int_equal(mkdir(rig->state, 0700), 0);
	chmod(rig->state, 0770);
	assert_int_equal(store_rig_open(rig), -EPERM);
	chmod(rig->state, 0702);
	assert_int_equal(store_rig_open(rig), -EPERM);
	chmod(rig->state, 0755); /* systemd's StateDirectory= */
	assert_int_equal(store_rig_open(rig), 0);
}

/* With DynamicUser= systemd makes a link of the state folder. */
static void test_the_state_folder_may_be_a_link(void **state)
{
	struct store_rig *rig = *state;
	char *real = alloc_format("%s/real", rig->folder);

	assert_int_equal(mkdir(real, 0700), 0);
	assert_int_equal(symlink("real", rig->state), 0);
	assert_int_equal(store_rig_open(rig), 0);
	free(real);
}

static void test_a_readable_database_is_closed_to_others(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	chmod(store_rig_path(rig, "tilld.db"), 0644);
	assert_int_equal(store_rig_open(rig), 0);
	assert_int_equal(mode_of(store_rig_path(rig, "tilld.db")), 0600);
}

/* --- seals and the head file --- */

static void test_seals_come_with_count_and_time(void **state)
{
	struct store_rig *rig = *state;

	for (int i = 0; i < 99; i++)
		store_rig_note(rig, "test", i);
	assert_int_equal(store_rig_describe(rig, "sealed_seq"), 1);
	store_rig_note(rig, "test", 99);
	assert_int_equal(store_rig_describe(rig, "sealed_seq"), 102);
	assert_int_equal(store_rig_describe(rig, "seq"), 102);
	store_rig_note(rig, "test", 100);
	fake_env_advance(&rig->fake, 59999);
	assert_int_equal(store_rig_describe(rig, "sealed_seq"), 102);
	fake_env_advance(&rig->fake, 1);
	assert_int_equal(store_rig_describe(rig, "sealed_seq"), 104);
	/* and no seals of seals */
	fake_env_advance(&rig->fake, 1000000);
	assert_int_equal(store_rig_describe(rig, "seq"), 104);
	assert_int_equal(fake_env_next(&rig->fake), -1);
}

static void test_closing_seals(void **state)
{
	struct store_rig *rig = *state;
	int64_t seq = store_rig_note(rig, "test", 1);

	store_rig_reopen(rig);
	assert_int_equal(store_rig_describe(rig, "sealed_seq"), seq + 1);
	store_rig_reopen(rig);
	assert_int_equal(store_rig_describe(rig, "seq"), seq + 1);
}

static json_t *read_head(const struct store_rig *rig)
{
	char text[512] = "";
	FILE *file = fopen(store_rig_path(rig, "head"), "r");

	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	return json_parse(text, strlen(text));
}

static void test_the_head_file_follows_the_seals(void **state)
{
	struct store_rig *rig = *state;
	json_t *described, *head;

	store_rig_note(rig, "test", 1);
	head = read_head(rig);
	assert_int_equal(json_int(head, "seq", 0), 1);
	json_decref(head);
	fake_env_advance(&rig->fake, 60000);
	head = read_head(rig);
	described = store_describe(rig->store);
	assert_int_equal(json_int(head, "seq", 0), 3);
	assert_string_equal(json_text(head, "hash"),
			    json_text(described, "hash"));
	json_decref(head);
	json_decref(described);
}

static void test_a_database_from_the_past(void **state)
{
	struct store_rig *rig = *state;
	struct txn *txn;

	store_rig_note(rig, "test", 1);
	store_rig_close(rig);
	store_rig_keep(rig, "tilld.db");
	assert_int_equal(store_rig_open(rig), 0);
	assert_false(store_is_rolled_back(rig->store));
	store_rig_note(rig, "test", 2);
	store_rig_close(rig);
	store_rig_bring_back(rig, "tilld.db");
	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_rolled_back(rig->store));
	assert_int_equal(store_rig_count(rig, "rolled-back"), 1);
	/* kept until confirmed, and told once */
	store_rig_note(rig, "test", 3);
	store_rig_reopen(rig);
	assert_true(store_is_rolled_back(rig->store));
	assert_int_equal(store_rig_count(rig, "rolled-back"), 1);
	txn = txn_new(rig->store);
	txn_confirm_rollback(txn);
	txn_journal(txn, json_put_text(json_make(), "kind", "confirmed"));
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	assert_false(store_is_rolled_back(rig->store));
	store_rig_reopen(rig);
	assert_false(store_is_rolled_back(rig->store));
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
}

/* Longer than the one that the head file is of, but another. */
static void test_a_database_that_took_another_way(void **state)
{
	struct store_rig *rig = *state;
	char *away = alloc_format("%s/away", rig->folder);

	store_rig_close(rig);
	store_rig_keep(rig, "tilld.db");
	store_rig_keep(rig, "head");
	assert_int_equal(store_rig_open(rig), 0);
	store_rig_note(rig, "one-way", 1);
	fake_env_advance(&rig->fake, 60000);
	store_rig_close(rig);
	assert_int_equal(rename(store_rig_path(rig, "head"), away), 0);
	store_rig_bring_back(rig, "tilld.db");
	store_rig_bring_back(rig, "head");
	assert_int_equal(store_rig_open(rig), 0);
	for (int i = 0; i < 10; i++)
		store_rig_note(rig, "another-way", i);
	store_rig_close(rig);
	assert_int_equal(rename(away, store_rig_path(rig, "head")), 0);
	free(away);
	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_rolled_back(rig->store));
}

static void test_a_head_file_that_is_gone(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	unlink(store_rig_path(rig, "head"));
	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_rolled_back(rig->store));
	assert_int_equal(store_rig_count(rig, "head-missing"), 1);
	store_rig_reopen(rig);
	assert_int_equal(store_rig_count(rig, "head-missing"), 1);
}

static void test_a_head_file_that_is_damaged(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	assert_int_equal(truncate(store_rig_path(rig, "head"), 10), 0);
	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_rolled_back(rig->store));
}

/* Whatever may be read in it: only the keys make its sum. */
static void test_a_head_file_that_somebody_wrote(void **state)
{
	static const char *const edits[] = {
		"s/,\"sum\":\"[0-9a-f]*\"//",
		"s/\"sum\":\"[0-9a-f]*\"/\"sum\":\"\"/",
		"s/\"sum\":\"\\(..\\)..*\"/\"sum\":\"\\100\"/",
		"s/\"seq\":/\"bundle\":7,\"seq\":/",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		struct store_rig *rig;
		char *command;
		void *made;

		store_rig_begin_set_up(&made);
		rig = made;
		store_rig_close(rig);
		command = alloc_format("sed -i '%s' '%s'", edits[i],
				       store_rig_path(rig, "head"));
		assert_int_equal(system(command), 0);
		free(command);
		assert_int_equal(store_rig_open(rig), 0);
		assert_true(store_is_rolled_back(rig->store));
		assert_int_equal(store_rig_count(rig, "head-missing"), 1);
		store_rig_end(&made);
	}
}

/* Killed between the first seal's commit and the head file. */
static void test_a_head_file_that_never_was(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	alter(rig, "DELETE FROM meta WHERE name = 'head_noted'");
	unlink(store_rig_path(rig, "head"));
	assert_int_equal(store_rig_open(rig), 0);
	assert_false(store_is_rolled_back(rig->store));
}

/* That there was one is told by every seal after it. */
static void test_a_head_file_that_is_denied(void **state)
{
	struct store_rig *rig = *state;

	for (int i = 0; i < 3; i++) {
		store_rig_note(rig, "test", i);
		store_rig_reopen(rig);
	}
	store_rig_close(rig);
	alter(rig, "DELETE FROM meta WHERE name = 'head_noted';"
		   "UPDATE journal SET line = replace(line, '\"noted\":true,',"
		   " '') WHERE seq = (SELECT max(seq) FROM journal)");
	unlink(store_rig_path(rig, "head"));
	unlink(store_rig_path(rig, "head.intents"));
	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_rolled_back(rig->store));
}

static void test_a_head_file_elsewhere(void **state)
{
	struct store_rig *rig = *state;
	char *elsewhere = alloc_format("%s/elsewhere", rig->folder);

	rig->config.head_file = elsewhere;
	store_rig_set_up(rig);
	assert_int_equal(access(elsewhere, R_OK), 0);
	assert_int_equal(access(store_rig_path(rig, "head"), R_OK), -1);
	store_rig_reopen(rig);
	assert_false(store_is_rolled_back(rig->store));
	store_rig_close(rig);
	free(elsewhere);
}

#define NEW(name)                                                     \
	cmocka_unit_test_setup_teardown(test_##name, store_rig_begin, \
					store_rig_end)
#define SET_UP(name)                                                         \
	cmocka_unit_test_setup_teardown(test_##name, store_rig_begin_set_up, \
					store_rig_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NEW(a_new_store),
		SET_UP(set_up_lasts),
		SET_UP(a_second_set_up_is_refused),
		SET_UP(one_daemon_only),
		SET_UP(a_newer_database),
		NEW(another_program_s_database),
		SET_UP(keys_that_are_gone),
		SET_UP(keys_that_others_may_read),
		SET_UP(a_database_that_is_gone),
		SET_UP(a_database_that_was_emptied),
		NEW(a_fresh_database_put_in_its_place),
		SET_UP(damaged_databases),
		NEW(a_log_without_its_database),
		SET_UP(a_damaged_tail),
		NEW(links_are_refused),
		NEW(folders_others_may_write_to),
		NEW(the_state_folder_may_be_a_link),
		SET_UP(a_readable_database_is_closed_to_others),
		SET_UP(seals_come_with_count_and_time),
		SET_UP(closing_seals),
		SET_UP(the_head_file_follows_the_seals),
		SET_UP(a_database_from_the_past),
		SET_UP(a_database_that_took_another_way),
		SET_UP(a_head_file_that_is_gone),
		SET_UP(a_head_file_that_is_damaged),
		cmocka_unit_test(test_a_head_file_that_somebody_wrote),
		SET_UP(a_head_file_that_never_was),
		SET_UP(a_head_file_that_is_denied),
		NEW(a_head_file_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
