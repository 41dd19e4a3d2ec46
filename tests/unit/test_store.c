/* SPDX-License-Identifier: Apache-2.0 */
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

static int setup(void **state)
{
	struct store_rig *rig = ALLOC_NEW(struct store_rig);

	store_rig_init(rig, NULL);
	*state = rig;
	return 0;
}

static int setup_set_up(void **state)
{
	setup(state);
	store_rig_set_up(*state);
	return 0;
}

static int teardown(void **state)
{
	store_rig_free(*state);
	free(*state);
	return 0;
}

static int64_t describe(const struct store_rig *rig, const char *field)
{
	json_t *described = store_describe(rig->store);
	int64_t value = json_int(described, field, -1);

	json_decref(described);
	return value;
}

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
	assert_int_equal(describe(rig, "sealed_seq"), 1);
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
	assert_int_equal(describe(rig, "seq"), 1);
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
	alter(rig, "PRAGMA user_version = 1");
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
	assert_int_equal(describe(rig, "sealed_seq"), 1);
	store_rig_note(rig, "test", 99);
	assert_int_equal(describe(rig, "sealed_seq"), 102);
	assert_int_equal(describe(rig, "seq"), 102);
	store_rig_note(rig, "test", 100);
	fake_env_advance(&rig->fake, 59999);
	assert_int_equal(describe(rig, "sealed_seq"), 102);
	fake_env_advance(&rig->fake, 1);
	assert_int_equal(describe(rig, "sealed_seq"), 104);
	/* and no seals of seals */
	fake_env_advance(&rig->fake, 1000000);
	assert_int_equal(describe(rig, "seq"), 104);
	assert_int_equal(fake_env_next(&rig->fake), -1);
}

static void test_closing_seals(void **state)
{
	struct store_rig *rig = *state;
	int64_t seq = store_rig_note(rig, "test", 1);

	store_rig_reopen(rig);
	assert_int_equal(describe(rig, "sealed_seq"), seq + 1);
	store_rig_reopen(rig);
	assert_int_equal(describe(rig, "seq"), seq + 1);
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

static int64_t count_kind(struct store_rig *rig, const char *kind)
{
	char *text = store_rig_export(rig), *at = text;
	char *what = alloc_format("\"kind\":\"%s\"", kind);
	int64_t count = 0;

	while ((at = strstr(at, what))) {
		count++;
		at++;
	}
	free(what);
	free(text);
	return count;
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
	assert_int_equal(count_kind(rig, "rolled-back"), 1);
	/* kept until confirmed, and told once */
	store_rig_note(rig, "test", 3);
	store_rig_reopen(rig);
	assert_true(store_is_rolled_back(rig->store));
	assert_int_equal(count_kind(rig, "rolled-back"), 1);
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
	assert_int_equal(count_kind(rig, "head-missing"), 1);
	store_rig_reopen(rig);
	assert_int_equal(count_kind(rig, "head-missing"), 1);
}

static void test_a_head_file_that_is_damaged(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	assert_int_equal(truncate(store_rig_path(rig, "head"), 10), 0);
	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_rolled_back(rig->store));
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

/* --- transactions --- */

static void keep_result(void *arg, const struct txn_result *result)
{
	*(struct txn_result *)arg = *result;
}

static struct operation_row sample(const char *id, const char *key)
{
	struct operation_row row = {
		.till = "1",
		.uid = 1000,
		.body = { 1, 2, 3 },
		.action = "drawer.open",
		.operator= "maria",
		.device = "drawer1",
		.created_ms = 1700000000000,
	};

	snprintf(row.id, sizeof(row.id), "%s", id);
	snprintf(row.key, sizeof(row.key), "%s", key);
	row.op = json_put_text(json_make(), "kind", "drawer-open");
	return row;
}

static void begin_in(struct txn *txn, const char *id, const char *key)
{
	struct operation_row row = sample(id, key);

	txn_operation_begin(txn, &row);
	operation_row_clear(&row);
}

static int begin(struct store_rig *rig, const char *id, const char *key)
{
	struct txn *txn = txn_new(rig->store);

	begin_in(txn, id, key);
	return store_rig_commit(rig, txn).error;
}

/* One fails, its neighbours in the same batch do not notice. */
static void test_a_batch_with_one_that_fails(void **state)
{
	struct store_rig *rig = *state;
	struct txn_result results[3] = { 0 };
	int64_t seq = describe(rig, "seq");

	assert_int_equal(begin(rig, "taken", "k"), 0);
	for (int i = 0; i < 3; i++) {
		struct txn *txn = txn_new(rig->store);

		txn_journal(txn, json_put_text(json_make(), "kind", "first"));
		begin_in(txn,
			 i == 1 ? "taken"
			 : i	? "b"
				: "a",
			 i == 1 ? "x"
			 : i	? "y"
				: "z");
		txn_journal(txn, json_put_text(json_make(), "kind", "last"));
		txn_commit(txn, keep_result, &results[i]);
	}
	fake_env_run(&rig->fake);
	assert_int_equal(results[0].error, 0);
	assert_int_equal(results[0].seq, seq + 1);
	assert_int_equal(results[0].last_seq, seq + 2);
	assert_int_equal(results[1].error, STORE_E_EXISTS);
	assert_int_equal(results[1].seq, 0);
	assert_int_equal(results[2].error, 0);
	assert_int_equal(results[2].seq, seq + 3);
	assert_int_equal(describe(rig, "seq"), seq + 4);
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
	assert_int_equal(store_health(rig->store), 0);
}

static void test_a_transaction_given_up(void **state)
{
	struct store_rig *rig = *state;
	struct txn *txn = txn_new(rig->store);

	txn_journal(txn, json_put_text(json_make(), "kind", "no"));
	begin_in(txn, "a", "k");
	assert_null(txn_free(txn));
	assert_null(txn_free(NULL));
	fake_env_run(&rig->fake);
	assert_int_equal(describe(rig, "seq"), 1);
}

static void test_closing_commits_what_was_submitted(void **state)
{
	struct store_rig *rig = *state;
	struct txn_result result = { .error = -1 };
	struct txn *txn = txn_new(rig->store);

	txn_journal(txn, json_put_text(json_make(), "kind", "late"));
	txn_commit(txn, keep_result, &result);
	store_rig_close(rig);
	assert_int_equal(result.error, 0);
	assert_int_equal(store_rig_open(rig), 0);
	assert_int_equal(count_kind(rig, "late"), 1);
}

static void count_found(void *arg, int error, const struct operation_row *row)
{
	assert_int_equal(error, STORE_E_NOT_FOUND);
	assert_null(row);
	++*(int *)arg;
}

struct waiting {
	struct store_rig *rig;
	int found;
	int error; /* of the verifying */
	bool refused;
};

static void look_again(void *arg, const struct txn_result *result)
{
	struct waiting *waiting = arg;

	assert_int_equal(result->error, 0);
	store_find_operation(waiting->rig->store, "no", count_found,
			     &waiting->found);
}

static void keep_verified(void *arg, int error,
			  const struct journal_verdict *verdict)
{
	struct waiting *waiting = arg;

	waiting->error = error;
	waiting->refused = !verdict;
}

/* What is being waited for is answered, what comes of that included. */
static void test_closing_answers_all_who_wait(void **state)
{
	struct waiting waiting = { .rig = *state };
	struct txn *txn = txn_new(waiting.rig->store);

	for (int i = 0; i < 2500; i++)
		txn_journal(txn, json_put_text(json_make(), "kind", "x"));
	assert_int_equal(store_rig_commit(waiting.rig, txn).error, 0);
	txn = txn_new(waiting.rig->store);
	txn_commit(txn, look_again, &waiting);
	store_find_operation(waiting.rig->store, "no", count_found,
			     &waiting.found);
	journal_verify(waiting.rig->store, keep_verified, &waiting);
	store_rig_close(waiting.rig);
	assert_int_equal(waiting.found, 2);
	assert_true(waiting.refused);
	assert_int_equal(waiting.error, -ECANCELED);
}

/* --- operations --- */

struct found {
	int calls;
	int error;
	char id[OP_ID_SIZE];
	bool open;
	enum outcome outcome;
	char evidence[64]; /* as text; empty if there is none */
	char result[64];
	char reason[33];
	char reversal[OP_ID_SIZE];
};

static void keep_json(char text[64], const json_t *json)
{
	char *line = json ? json_line(json) : NULL;

	snprintf(text, 64, "%s", line ? line : "");
	free(line);
}

static void keep_found(void *arg, int error, const struct operation_row *row)
{
	struct found *found = arg;

	*found = (struct found){ .calls = found->calls + 1, .error = error };
	if (!row)
		return;
	strcpy(found->id, row->id);
	strcpy(found->reason, row->reason);
	found->open = row->open;
	found->outcome = row->outcome;
	assert_int_equal(row->uid, 1000);
	assert_string_equal(row->till, "1");
	assert_string_equal(row->operator, "maria");
	assert_string_equal(row->device, "drawer1");
	assert_int_equal(row->created_ms, 1700000000000);
	assert_int_equal(row->body[2], 3);
	assert_non_null(json_text(row->op, "kind"));
	keep_json(found->evidence, row->evidence);
	keep_json(found->result, row->result);
}

static struct found find_key(struct store_rig *rig, const char *till, uid_t uid,
			     const char *key)
{
	struct found found = { 0 };

	store_find_key(rig->store, till, uid, key, keep_found, &found);
	fake_env_run(&rig->fake);
	assert_int_equal(found.calls, 1);
	return found;
}

static struct found find_id(struct store_rig *rig, const char *id)
{
	struct found found = { 0 };

	store_find_operation(rig->store, id, keep_found, &found);
	fake_env_run(&rig->fake);
	assert_int_equal(found.calls, 1);
	return found;
}

static int end(struct store_rig *rig, const char *id, enum outcome outcome)
{
	struct txn *txn = txn_new(rig->store);
	json_t *result = json_put_int(json_make(), "number", 5);

	txn_owed(txn);
	txn_operation_end(txn, id, outcome, "no-answer", result);
	json_decref(result);
	return store_rig_commit(rig, txn).error;
}

static void test_the_life_of_an_operation(void **state)
{
	struct store_rig *rig = *state;
	json_t *evidence = json_put_int(json_make(), "z", 41);
	struct txn *txn;
	struct found found;

	assert_int_equal(begin(rig, "op1", "key 1"), 0);
	found = find_key(rig, "1", 1000, "key 1");
	assert_int_equal(found.error, 0);
	assert_true(found.open);
	assert_string_equal(found.evidence, "");
	txn = txn_new(rig->store);
	txn_operation_save(txn, "op1", evidence);
	json_decref(evidence);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	assert_int_equal(end(rig, "op1", OUTCOME_UNKNOWN), 0);
	found = find_id(rig, "op1");
	assert_false(found.open);
	assert_int_equal(found.outcome, OUTCOME_UNKNOWN);
	assert_string_equal(found.reason, "no-answer");
	assert_string_equal(found.evidence, "{\"z\":41}");
	assert_string_equal(found.result, "{\"number\":5}");
	/* what has ended does not end again */
	assert_int_equal(end(rig, "op1", OUTCOME_OK), STORE_E_NOT_FOUND);
	assert_int_equal(end(rig, "op2", OUTCOME_OK), STORE_E_NOT_FOUND);
}

static void test_keys_belong_to_till_and_uid(void **state)
{
	struct store_rig *rig = *state;

	assert_int_equal(begin(rig, "op1", "k"), 0);
	assert_int_equal(begin(rig, "op2", "k"), STORE_E_EXISTS);
	assert_int_equal(find_key(rig, "1", 1000, "k").error, 0);
	assert_int_equal(find_key(rig, "1", 1001, "k").error,
			 STORE_E_NOT_FOUND);
	assert_int_equal(find_key(rig, "2", 1000, "k").error,
			 STORE_E_NOT_FOUND);
	assert_int_equal(find_key(rig, "1", 1000, "K").error,
			 STORE_E_NOT_FOUND);
	assert_int_equal(find_id(rig, "op2").error, STORE_E_NOT_FOUND);
	assert_int_equal(find_id(rig, "an id far longer than any that could "
				      "have been stored")
				 .error,
			 STORE_E_NOT_FOUND);
}

static void count_row(void *arg, const struct operation_row *row)
{
	char *ids = arg;

	assert_true(row->open);
	strcat(ids, row->id);
	strcat(ids, " ");
}

static void test_open_operations_come_back(void **state)
{
	struct store_rig *rig = *state;
	char ids[64] = "";

	assert_int_equal(begin(rig, "b", "1"), 0);
	assert_int_equal(begin(rig, "a", "2"), 0);
	assert_int_equal(begin(rig, "c", "3"), 0);
	assert_int_equal(end(rig, "a", OUTCOME_OK), 0);
	store_rig_reopen(rig);
	assert_int_equal(store_open_operations(rig->store, count_row, ids), 0);
	assert_string_equal(ids, "b c ");
}

static void test_old_operations_are_pruned(void **state)
{
	static const int64_t day = 24 * 60 * 60 * 1000;
	struct store_rig *rig = *state;

	assert_int_equal(begin(rig, "ok", "1"), 0);
	assert_int_equal(end(rig, "ok", OUTCOME_OK), 0);
	assert_int_equal(begin(rig, "unknown", "2"), 0);
	assert_int_equal(end(rig, "unknown", OUTCOME_UNKNOWN), 0);
	assert_int_equal(begin(rig, "open", "3"), 0);
	fake_env_advance(&rig->fake, 89 * day);
	assert_int_equal(begin(rig, "late", "4"), 0);
	assert_int_equal(end(rig, "late", OUTCOME_OK), 0);
	store_prune(rig->store);
	fake_env_run(&rig->fake);
	assert_int_equal(find_id(rig, "ok").error, 0);
	fake_env_advance(&rig->fake, 2 * day);
	store_prune(rig->store);
	fake_env_run(&rig->fake);
	assert_int_equal(find_id(rig, "ok").error, STORE_E_NOT_FOUND);
	assert_int_equal(find_id(rig, "unknown").error, 0);
	assert_int_equal(find_id(rig, "open").error, 0);
	assert_int_equal(find_id(rig, "late").error, 0);
	/* the key stays used up, for that till and uid */
	assert_int_equal(find_key(rig, "1", 1000, "1").error,
			 STORE_E_EXPIRED_KEY);
	assert_int_equal(find_key(rig, "1", 1001, "1").error,
			 STORE_E_NOT_FOUND);
	assert_int_equal(begin(rig, "again", "1"), STORE_E_EXPIRED_KEY);
}

static int begin_reversal(struct store_rig *rig, const char *id, const char *of)
{
	struct operation_row row = sample(id, id);
	struct txn *txn = txn_new(rig->store);

	strcpy(row.of, of);
	json_put_text(row.op, "kind", "reversal");
	txn_operation_begin(txn, &row);
	operation_row_clear(&row);
	return store_rig_commit(rig, txn).error;
}

static void begin_payment(struct store_rig *rig, const char *id)
{
	struct operation_row row = sample(id, id);
	struct txn *txn = txn_new(rig->store);

	json_put_text(row.op, "kind", "payment");
	txn_operation_begin(txn, &row);
	operation_row_clear(&row);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
}

static void keep_payment(void *arg, int error, const struct operation_row *row,
			 const struct operation_row *reversal)
{
	struct found *found = arg;

	assert_int_equal(row == NULL, error != 0);
	*found = (struct found){ .calls = found->calls + 1, .error = error };
	if (row)
		strcpy(found->id, row->id);
	if (reversal)
		strcpy(found->reversal, reversal->id);
}

static struct found find_payment(struct store_rig *rig, const char *till,
				 const char *id)
{
	struct found found = { 0 };

	store_find_payment(rig->store, till, id, keep_payment, &found);
	fake_env_run(&rig->fake);
	assert_int_equal(found.calls, 1);
	return found;
}

static void test_payments_and_their_reversals(void **state)
{
	struct store_rig *rig = *state;

	begin_payment(rig, "pay");
	assert_int_equal(find_payment(rig, "1", "pay").error,
			 STORE_E_NOT_FOUND); /* still open */
	assert_int_equal(end(rig, "pay", OUTCOME_OK), 0);
	assert_int_equal(find_payment(rig, "2", "pay").error,
			 STORE_E_NOT_FOUND);
	assert_int_equal(find_payment(rig, "1", "pay").error, 0);
	assert_string_equal(find_payment(rig, "1", "pay").reversal, "");
	/* one that failed is none; one that is open, unknown or ok is */
	assert_int_equal(begin_reversal(rig, "r1", "pay"), 0);
	assert_string_equal(find_payment(rig, "1", "pay").reversal, "r1");
	assert_int_equal(begin_reversal(rig, "r2", "pay"), STORE_E_EXISTS);
	assert_int_equal(end(rig, "r1", OUTCOME_REFUSED), 0);
	assert_string_equal(find_payment(rig, "1", "pay").reversal, "");
	assert_int_equal(begin_reversal(rig, "r3", "pay"), 0);
	assert_int_equal(end(rig, "r3", OUTCOME_UNKNOWN), 0);
	assert_string_equal(find_payment(rig, "1", "pay").reversal, "r3");
	assert_int_equal(begin_reversal(rig, "r4", "pay"), STORE_E_EXISTS);
	/* a drawer's pulse is no payment */
	assert_int_equal(begin(rig, "drawer", "d"), 0);
	assert_int_equal(end(rig, "drawer", OUTCOME_OK), 0);
	assert_int_equal(find_payment(rig, "1", "drawer").error,
			 STORE_E_NOT_FOUND);
}

/* --- sign-ons and guesses --- */

static void keep_signon(void *arg, const struct signon_row *row)
{
	char *text = arg;

	sprintf(text + strlen(text), "%s/%s/%s/%u/%lld/%d ", row->id,
		row->operator, row->till, row->uid, (long long)row->used_ms,
		row->token[31]);
}

static void test_signons_last(void **state)
{
	struct store_rig *rig = *state;
	struct signon_row row = {
		.id = "one",
		.operator= "maria",
		.till = "1",
		.uid = 1000,
		.created_ms = 5,
		.used_ms = 5,
		.token = { [31] = 7 },
	};
	struct txn *txn = txn_new(rig->store);
	char text[256] = "";

	txn_signon_add(txn, &row);
	strcpy(row.id, "two");
	row.token[31] = 8;
	txn_signon_add(txn, &row);
	txn_signon_used(txn, "one", 99);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	store_rig_reopen(rig);
	assert_int_equal(store_signons(rig->store, keep_signon, text), 0);
	assert_string_equal(text,
			    "one/maria/1/1000/99/7 two/maria/1/1000/5/8 ");
	txn = txn_new(rig->store);
	txn_signon_remove(txn, "one");
	txn_signon_remove(txn, "nobody");
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	*text = 0;
	assert_int_equal(store_signons(rig->store, keep_signon, text), 0);
	assert_string_equal(text, "two/maria/1/1000/5/8 ");
}

static void keep_guess(void *arg, const struct guess_row *row)
{
	char *text = arg;

	sprintf(text + strlen(text), "%s/%lld/%lld ", row->subject,
		(long long)row->tries, (long long)row->last_ms);
}

static void test_guesses_last(void **state)
{
	struct store_rig *rig = *state;
	struct guess_row row = { "login:anna@1", 3, 77 };
	struct txn *txn = txn_new(rig->store);
	char text[256] = "";

	txn_guess_set(txn, &row);
	row.tries = 4;
	txn_guess_set(txn, &row);
	strcpy(row.subject, "uid:1000");
	txn_guess_set(txn, &row);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	store_rig_reopen(rig);
	assert_int_equal(store_guesses(rig->store, keep_guess, text), 0);
	assert_string_equal(text, "login:anna@1/4/77 uid:1000/4/77 ");
	txn = txn_new(rig->store);
	row.tries = 0;
	txn_guess_set(txn, &row);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	*text = 0;
	assert_int_equal(store_guesses(rig->store, keep_guess, text), 0);
	assert_string_equal(text, "login:anna@1/4/77 ");
}

static void test_every_error_has_a_sentence(void **state)
{
	(void)state;
	for (int error = STORE_E_LOCKED; error <= STORE_E_EXPIRED_KEY; error++)
		assert_true(strlen(store_error_text(error)) > 10);
	assert_string_equal(store_error_text(-EIO), strerror(EIO));
}

#define NEW(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
#define SET_UP(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup_set_up, teardown)

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
		SET_UP(a_head_file_that_never_was),
		NEW(a_head_file_elsewhere),
		SET_UP(a_batch_with_one_that_fails),
		SET_UP(a_transaction_given_up),
		SET_UP(closing_commits_what_was_submitted),
		SET_UP(closing_answers_all_who_wait),
		SET_UP(the_life_of_an_operation),
		SET_UP(keys_belong_to_till_and_uid),
		SET_UP(open_operations_come_back),
		SET_UP(old_operations_are_pruned),
		SET_UP(payments_and_their_reversals),
		SET_UP(signons_last),
		SET_UP(guesses_last),
		NEW(every_error_has_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
