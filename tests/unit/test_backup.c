/* SPDX-License-Identifier: Apache-2.0 */
/* Backups while the store is at work, and put back, with the keys or without.
 */
#include "store/backup.h"

#include "store/archive.h"
#include "store/operations.h"
#include "store/restore.h"
#include "util/alloc.h"
#include "util/json.h"

#include "people_rig.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct shop {
	struct store_rig rig;
	char archive[2 * STORE_RIG_PATH];
	char file[2 * STORE_RIG_PATH]; /* the backup */
	struct backup *backup;
	int error;
	bool taken;
	int64_t acknowledged; /* notes */
};

static int setup(void **state)
{
	struct shop *shop = ALLOC_NEW(struct shop);

	store_rig_init(&shop->rig, NULL);
	snprintf(shop->archive, sizeof(shop->archive), "%s/archive",
		 shop->rig.folder);
	snprintf(shop->file, sizeof(shop->file), "%s/backup.db",
		 shop->rig.folder);
	assert_int_equal(mkdir(shop->archive, 0700), 0);
	shop->rig.config.archive_dir = shop->archive;
	shop->rig.config.seal_every = 10;
	store_rig_set_up(&shop->rig);
	*state = shop;
	return 0;
}

static int teardown(void **state)
{
	struct shop *shop = *state;

	store_rig_free(&shop->rig);
	free(shop);
	return 0;
}

static void note(struct shop *shop, int count)
{
	for (int i = 0; i < count; i++)
		store_rig_note(&shop->rig, "note", i);
}

/* Some megabytes, so that a copy takes many steps. */
static void fatten(struct shop *shop)
{
	char *filler = alloc_zero(100001, 1);

	memset(filler, 'x', 100000);
	for (int i = 0; i < 60; i++) {
		struct txn *txn = txn_new(shop->rig.store);
		json_t *entry = json_put_text(json_make(), "kind", "fat");

		txn_journal(txn, json_put_text(entry, "filler", filler));
		assert_int_equal(store_rig_commit(&shop->rig, txn).error, 0);
	}
	free(filler);
}

/* --- taking one --- */

static void keep_backup(void *arg, int error, struct backup *backup)
{
	struct shop *shop = arg;

	shop->taken = true;
	shop->error = error;
	shop->backup = backup;
}

struct copy {
	FILE *out;
	int64_t len;
	bool complete;
};

static void keep_bytes(void *arg, int error, const void *bytes, size_t len)
{
	struct copy *copy = arg;

	assert_int_equal(error, 0);
	assert_int_equal(fwrite(bytes, 1, len, copy->out), len);
	copy->len += (int64_t)len;
	copy->complete = !len;
}

static void save(struct shop *shop)
{
	struct copy copy = { .out = fopen(shop->file, "w") };

	assert_non_null(copy.out);
	while (!copy.complete) {
		backup_read(shop->backup, keep_bytes, &copy);
		fake_env_run(&shop->rig.fake);
	}
	fclose(copy.out);
	shop->backup = backup_free(shop->backup);
}

static void take(struct shop *shop)
{
	shop->taken = false;
	assert_int_equal(store_backup(shop->rig.store, keep_backup, shop), 0);
	fake_env_run(&shop->rig.fake);
	assert_true(shop->taken);
	assert_int_equal(shop->error, 0);
	save(shop);
}

/* --- and putting it back --- */

static void remove_database(const struct shop *shop)
{
	unlink(store_rig_path(&shop->rig, "tilld.db"));
	unlink(store_rig_path(&shop->rig, "tilld.db-wal"));
	unlink(store_rig_path(&shop->rig, "tilld.db-shm"));
}

static int put_back(struct shop *shop, bool new_keys,
		    struct restore_result *out_result)
{
	int fd = open(shop->file, O_RDONLY);
	int r = store_restore(&shop->rig.config, fd, new_keys, out_result);

	close(fd);
	return r;
}

static void remove_keys(const struct shop *shop)
{
	DIR *folder = opendir(shop->rig.keys);
	struct dirent *entry;

	while ((entry = readdir(folder)))
		unlinkat(dirfd(folder), entry->d_name, 0);
	closedir(folder);
}

static void go_on(struct shop *shop, bool new_keys)
{
	struct restore_result result;

	store_rig_close(&shop->rig);
	remove_database(shop);
	if (new_keys) {
		remove_keys(shop);
		shop->rig.fake.seed += 99;
	}
	assert_int_equal(put_back(shop, new_keys, &result), 0);
	assert_int_equal(store_rig_open(&shop->rig), 0);
	assert_true(store_is_rolled_back(shop->rig.store));
}

static void expect_sound(struct shop *shop)
{
	struct journal_verdict verdict = store_rig_verify(&shop->rig);

	assert_string_equal(journal_fault_text(verdict.fault),
			    journal_fault_text(JOURNAL_SOUND));
}

/* --- at work --- */

static void count_note(void *arg, const struct txn_result *result)
{
	assert_int_equal(result->error, 0);
	((struct shop *)arg)->acknowledged++;
}

/* An entry is written at every turn while the copy is being made: all that were
 * acknowledged before its end are in it. */
static void test_while_entries_are_written(void **state)
{
	struct shop *shop = *state;
	int turns = 0;

	fatten(shop);
	shop->taken = false;
	assert_int_equal(store_backup(shop->rig.store, keep_backup, shop), 0);
	while (!shop->taken) {
		struct txn *txn = txn_new(shop->rig.store);

		txn_journal(txn, json_put_text(json_make(), "kind", "busy"));
		txn_commit(txn, count_note, shop);
		fake_env_step(&shop->rig.fake);
		turns++;
		assert_true(turns < 2000); /* it comes to an end */
	}
	assert_int_equal(shop->error, 0);
	assert_true(turns > 10);
	fake_env_run(&shop->rig.fake);
	save(shop);
	go_on(shop, false);
	expect_sound(shop);
	assert_in_range(store_rig_count(&shop->rig, "busy"),
			shop->acknowledged - 5, shop->acknowledged);
	assert_int_equal(store_rig_count(&shop->rig, "fat"), 60);
}

/* What failed alone and was undone does not get into it. */
static void test_while_something_is_undone(void **state)
{
	struct shop *shop = *state;

	fatten(shop);
	shop->taken = false;
	assert_int_equal(store_backup(shop->rig.store, keep_backup, shop), 0);
	for (int i = 0; !shop->taken; i++) {
		struct txn *txn = txn_new(shop->rig.store);

		txn_journal(txn, json_put_text(json_make(), "kind", "undone"));
		txn_operation_end(txn, "nowhere", OUTCOME_OK, NULL, NULL);
		txn_commit(txn, NULL, NULL);
		fake_env_step(&shop->rig.fake);
		assert_true(i < 2000);
	}
	fake_env_run(&shop->rig.fake);
	save(shop);
	go_on(shop, false);
	expect_sound(shop);
	assert_int_equal(store_rig_count(&shop->rig, "undone"), 0);
}

static void test_one_at_a_time(void **state)
{
	struct shop *shop = *state;

	shop->taken = false;
	assert_int_equal(store_backup(shop->rig.store, keep_backup, shop), 0);
	assert_int_equal(store_backup(shop->rig.store, keep_backup, shop),
			 -EBUSY);
	fake_env_run(&shop->rig.fake);
	assert_true(shop->taken);
	save(shop);
	take(shop);
}

static void test_closed_meanwhile(void **state)
{
	struct shop *shop = *state;

	fatten(shop);
	shop->taken = false;
	assert_int_equal(store_backup(shop->rig.store, keep_backup, shop), 0);
	for (int i = 0; i < 5; i++)
		fake_env_step(&shop->rig.fake);
	store_rig_close(&shop->rig);
	assert_true(shop->taken);
	assert_int_equal(shop->error, -ECANCELED);
	assert_int_not_equal(
		access(store_rig_path(&shop->rig, "backup.new"), F_OK), 0);
	assert_int_equal(store_rig_open(&shop->rig), 0);
	expect_sound(shop);
}

static void test_its_file_has_no_name(void **state)
{
	struct shop *shop = *state;
	int fd = open(store_rig_path(&shop->rig, "backup.new"),
		      O_WRONLY | O_CREAT, 0600);

	assert_int_equal(write(fd, "half", 4), 4); /* of a crash */
	close(fd);
	take(shop);
	assert_int_not_equal(
		access(store_rig_path(&shop->rig, "backup.new"), F_OK), 0);
}

/* --- put back --- */

static void test_what_is_put_back(void **state)
{
	struct shop *shop = *state;
	struct restore_result result;
	char key[KEYS_ID_SIZE];

	note(shop, 25);
	take(shop);
	note(shop, 5);
	snprintf(key, sizeof(key), "%s",
		 keys_seal_id(store_keys(shop->rig.store)));
	store_rig_close(&shop->rig);
	assert_int_equal(put_back(shop, false, &result), STORE_E_EXISTS);
	remove_database(shop);
	assert_int_equal(put_back(shop, false, &result), 0);
	assert_string_equal(result.key, key);
	assert_int_equal(result.seq, 28);
	assert_int_equal(store_rig_open(&shop->rig), 0);
	assert_true(store_is_rolled_back(shop->rig.store));
	assert_int_equal(store_rig_count(&shop->rig, "note"), 25);
	assert_int_equal(store_rig_count(&shop->rig, "rolled-back"), 1);
	expect_sound(shop);
	assert_int_equal(put_back(shop, false, &result), STORE_E_LOCKED);
}

static void test_what_has_lost_nothing(void **state)
{
	struct shop *shop = *state;
	struct txn *txn;

	note(shop, 25);
	fake_env_advance(&shop->rig.fake, 60000); /* a seal */
	take(shop);
	go_on(shop, false);
	assert_int_equal(store_rig_count(&shop->rig, "restored"), 1);
	txn = txn_new(shop->rig.store);
	txn_confirm_rollback(txn);
	assert_int_equal(store_rig_commit(&shop->rig, txn).error, 0);
	store_rig_reopen(&shop->rig);
	assert_false(store_is_rolled_back(shop->rig.store));
	assert_int_equal(store_rig_count(&shop->rig, "restored"), 1);
}

static void count_row(void *arg, const struct signon_row *row)
{
	(void)row;
	++*(int *)arg;
}

static void test_nobody_is_signed_on(void **state)
{
	struct shop *shop = *state;
	struct txn *txn = txn_new(shop->rig.store);
	struct signon_row row = { .id = "s1", .operator= "o", .till = "1" };
	int before = 0, after = 0;

	txn_signon_add(txn, &row);
	assert_int_equal(store_rig_commit(&shop->rig, txn).error, 0);
	take(shop);
	store_rig_reopen(&shop->rig);
	assert_int_equal(store_signons(shop->rig.store, count_row, &before), 0);
	assert_int_equal(before, 1);
	go_on(shop, false);
	assert_int_equal(store_signons(shop->rig.store, count_row, &after), 0);
	assert_int_equal(after, 0);
}

static void test_what_is_no_backup(void **state)
{
	struct shop *shop = *state;
	struct restore_result result;
	struct stat stat_;

	note(shop, 25);
	take(shop);
	store_rig_close(&shop->rig);
	remove_database(shop);
	assert_int_equal(stat(shop->file, &stat_), 0);
	assert_int_equal(truncate(shop->file, stat_.st_size - 4096), 0);
	assert_int_equal(put_back(shop, false, &result), STORE_E_CORRUPT);
	assert_int_equal(truncate(shop->file, 0), 0);
	assert_int_equal(put_back(shop, false, &result), STORE_E_CORRUPT);
	for (const char *const *name =
		     (const char *const[]){ "tilld.db", "tilld.db.new",
					    "tilld.db.new-wal", NULL };
	     *name; name++)
		assert_int_not_equal(
			access(store_rig_path(&shop->rig, *name), F_OK), 0);
}

static long find_text(const struct shop *shop, const char *what)
{
	FILE *file = fopen(shop->file, "r");
	char *bytes = alloc_zero(1024 * 1024, 1);
	size_t len = fread(bytes, 1, 1024 * 1024, file);
	char *at = memmem(bytes, len, what, strlen(what));
	long found = at - bytes;

	assert_non_null(at);
	fclose(file);
	free(bytes);
	return found;
}

static void flip(const struct shop *shop, long at)
{
	FILE *file = fopen(shop->file, "r+");
	int byte;

	fseek(file, at, SEEK_SET);
	byte = fgetc(file);
	fseek(file, at, SEEK_SET);
	fputc(byte ^ 1, file);
	fclose(file);
}

/* SQLite has no sums of its pages: what is in them has to tell. */
static void expect_damage_found(struct shop *shop, const char *what)
{
	long at = find_text(shop, what) + (long)strlen(what) - 1;
	struct restore_result result;

	flip(shop, at);
	assert_int_equal(put_back(shop, false, &result), STORE_E_CORRUPT);
	assert_int_not_equal(
		access(store_rig_path(&shop->rig, "tilld.db"), F_OK), 0);
	flip(shop, at);
}

/* As backups were before there was one, and as whoever alters one has it. */
static void cut_seal(const struct shop *shop)
{
	struct stat stat_of;

	assert_int_equal(stat(shop->file, &stat_of), 0);
	assert_int_equal(truncate(shop->file,
				  stat_of.st_size - BACKUP_SEAL_SIZE + 1),
			 0);
}

static void use_key(struct shop *shop, const char *key)
{
	struct operation_row row = {
		.till = "1",
		.action = "drawer.open",
		.uid = 1000,
		.op = json_object(),
	};
	struct txn *txn = txn_new(shop->rig.store);

	snprintf(row.id, sizeof(row.id), "op-%s", key);
	snprintf(row.key, sizeof(row.key), "%s", key);
	txn_operation_begin(txn, &row);
	operation_row_clear(&row);
	assert_int_equal(store_rig_commit(&shop->rig, txn).error, 0);
}

/* No chain holds operations together: the seal over the whole does. */
static void test_what_is_altered(void **state)
{
	struct shop *shop = *state;
	struct restore_result result;

	use_key(shop, "altered-key");
	fake_env_advance(&shop->rig.fake, 60000);
	take(shop);
	store_rig_close(&shop->rig);
	remove_database(shop);
	expect_damage_found(shop, "altered-key");
	assert_int_equal(put_back(shop, false, &result), 0);
	assert_true(result.sealed);
	remove_database(shop);
	cut_seal(shop);
	assert_int_equal(put_back(shop, false, &result), 0); /* and says so */
	assert_false(result.sealed);
}

static void test_what_is_damaged(void **state)
{
	struct shop *shop = *state;
	struct restore_result result;

	assert_int_equal(people_rig_replace(&shop->rig,
					    DOCUMENT(TILL, GROUP, PERSON)),
			 0);
	note(shop, 25);
	fake_env_advance(&shop->rig.fake,
			 60000); /* a seal, as with any backup */
	take(shop);
	store_rig_close(&shop->rig);
	remove_database(shop);
	cut_seal(shop); /* the journal and the policy tell by themselves */
	expect_damage_found(shop, "\"number\":7");
	expect_damage_found(shop, "\"number\":24");
	expect_damage_found(shop, "\"maria");
	assert_int_equal(put_back(shop, false, &result), 0);
}

/* --- other keys --- */

static struct journal_verdict check_text(const char *text,
					 const uint8_t *public)
{
	struct journal_check *check = journal_check_new(public);
	struct journal_verdict verdict;
	const char *end;

	for (; (end = strchr(text, '\n')); text = end + 1)
		journal_check_line(check, text, (size_t)(end - text));
	verdict = journal_check_end(check);
	journal_check_free(check);
	return verdict;
}

static void test_the_journal_goes_on_under_another_key(void **state)
{
	struct shop *shop = *state;
	uint8_t old[32], new[32];
	char *text;

	keys_seal_public(store_keys(shop->rig.store), old);
	note(shop, 25);
	take(shop);
	go_on(shop, true);
	keys_seal_public(store_keys(shop->rig.store), new);
	assert_memory_not_equal(old, new, 32);
	note(shop, 25);
	expect_sound(shop);
	text = store_rig_export(&shop->rig);
	assert_int_equal(check_text(text, new).fault, JOURNAL_SOUND);
	assert_int_equal(check_text(text, NULL).fault, JOURNAL_SOUND);
	assert_int_equal(check_text(text, old).fault, JOURNAL_KEY_CHANGED);
	assert_int_equal(check_text(text, (uint8_t[32]){ 1 }).fault,
			 JOURNAL_OTHER_KEY);
	free(text);
	store_rig_reopen(&shop->rig);
	assert_int_equal(store_rig_count(&shop->rig, "key-changed"), 1);
	take(shop); /* and once more */
	go_on(shop, true);
	note(shop, 15);
	expect_sound(shop);
	assert_int_equal(store_rig_count(&shop->rig, "key-changed"), 2);
	text = store_rig_export(&shop->rig);
	assert_int_equal(check_text(text, NULL).fault, JOURNAL_SOUND);
	assert_int_equal(check_text(text, new).fault, JOURNAL_KEY_CHANGED);
	free(text);
}

/* A seal by one who is in the list, but not yet or no longer in use. */
static void test_each_key_has_its_time(void **state)
{
	struct shop *shop = *state;
	char *text, *first, *swapped;
	const char *keys, *end;

	note(shop, 25);
	take(shop);
	go_on(shop, true);
	note(shop, 15);
	text = store_rig_export(&shop->rig);
	/* as if the old key had never been in use */
	keys = strstr(text, "\"keys\":[");
	end = strchr(keys, ']') + 2;
	swapped = alloc_format("%.*s%s", (int)(keys - text), text, end);
	assert_int_equal(check_text(swapped, NULL).fault, JOURNAL_OTHER_KEY);
	free(swapped);
	/* as if there had been another one in between */
	first = alloc_format("%.*s\"keys\":[\"%064d\",%s", (int)(keys - text),
			     text, 7, keys + strlen("\"keys\":["));
	assert_int_equal(check_text(first, NULL).fault, JOURNAL_OTHER_KEY);
	free(first);
	free(text);
}

static void keep_archived(void *arg, const struct archive_result *result)
{
	*(struct archive_result *)arg = *result;
}

static void archive(struct shop *shop)
{
	struct archive_result result = { .error = -12345 };

	assert_int_equal(
		store_archive(shop->rig.store, 0, keep_archived, &result), 0);
	for (int i = 0; i < 1000 && result.error == -12345; i++)
		fake_env_advance(&shop->rig.fake, 20);
	assert_int_equal(result.error, 0);
	assert_int_equal(result.segments, 1);
}

static char *read_file(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = alloc_zero(1024 * 1024, 1);

	assert_non_null(in);
	assert_true(fread(text, 1, 1024 * 1024 - 1, in) > 0);
	fclose(in);
	return text;
}

static void check_file(struct journal_check *check, const char *text)
{
	const char *end;

	for (; (end = strchr(text, '\n')); text = end + 1)
		journal_check_line(check, text, (size_t)(end - text));
}

static int is_journal(const struct dirent *entry)
{
	return !strncmp(entry->d_name, "journal-", 8);
}

/* One segment by the old key, one that the change is in, one by the new. */
static void test_segments_over_a_change_of_keys(void **state)
{
	struct shop *shop = *state;
	struct journal_check *check;
	struct dirent **files;
	uint8_t public[32];
	char *text;
	int count;

	note(shop, 25);
	archive(shop);
	note(shop, 25);
	take(shop);
	go_on(shop, true);
	note(shop, 25);
	archive(shop);
	note(shop, 25);
	archive(shop);
	expect_sound(shop);
	keys_seal_public(store_keys(shop->rig.store), public);
	check = journal_check_new(public);
	count = scandir(shop->archive, &files, is_journal, alphasort);
	assert_int_equal(count, 3);
	for (int i = 0; i < count; i++) {
		char *path =
			alloc_format("%s/%s", shop->archive, files[i]->d_name);

		text = read_file(path);
		assert_int_equal(check_text(text, NULL).fault, JOURNAL_SOUND);
		check_file(check, text);
		journal_check_next(check);
		free(text);
		free(path);
		free(files[i]);
	}
	free(files);
	text = store_rig_export(&shop->rig);
	check_file(check, text);
	assert_int_equal(journal_check_end(check).fault, JOURNAL_SOUND);
	assert_int_equal(check_text(text, public).fault, JOURNAL_SOUND);
	journal_check_free(check);
	free(text);
}

/* Badges and PINs are keyed, passwords are not. */
static void test_what_is_lost_with_the_keys(void **state)
{
	struct shop *shop = *state;
	const struct policy_operator *who;
	struct policy *policy;
	int64_t version;

	assert_int_equal(
		people_rig_replace(
			&shop->rig,
			DOCUMENT(TILL, GROUP,
				 "{'login':'maria','groups':['m'],'password':"
				 "'12345678','pin':'4711',"
				 "'badges':['em4100:0000000001']}")),
		0);
	policy = people_rig_load(&shop->rig);
	version = policy_version(policy);
	policy_unref(policy);
	take(shop);
	go_on(shop, true);
	policy = people_rig_load(&shop->rig);
	who = policy_login(policy, "maria");
	assert_non_null(who->password);
	assert_null(who->pin);
	assert_int_equal(who->badges_count, 0);
	assert_int_equal(policy_version(policy), version + 1);
	policy_unref(policy);
}

static void test_keys_that_are_there_are_kept(void **state)
{
	struct shop *shop = *state;
	struct restore_result result;
	uint8_t before[32], after[32];

	keys_seal_public(store_keys(shop->rig.store), before);
	take(shop);
	store_rig_close(&shop->rig);
	remove_database(shop);
	assert_int_equal(put_back(shop, true, &result), 0);
	assert_int_equal(store_rig_open(&shop->rig), 0);
	keys_seal_public(store_keys(shop->rig.store), after);
	assert_memory_equal(before, after, 32);
	assert_int_equal(store_rig_count(&shop->rig, "key-changed"), 0);
	/* and that new ones would do was for that start only */
	store_rig_close(&shop->rig);
	remove_keys(shop);
	assert_int_equal(store_rig_open(&shop->rig), STORE_E_KEYS_MISSING);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(while_entries_are_written),
		TEST(while_something_is_undone),
		TEST(one_at_a_time),
		TEST(closed_meanwhile),
		TEST(its_file_has_no_name),
		TEST(what_is_put_back),
		TEST(what_has_lost_nothing),
		TEST(nobody_is_signed_on),
		TEST(what_is_no_backup),
		TEST(what_is_altered),
		TEST(what_is_damaged),
		TEST(the_journal_goes_on_under_another_key),
		TEST(each_key_has_its_time),
		TEST(segments_over_a_change_of_keys),
		TEST(what_is_lost_with_the_keys),
		TEST(keys_that_are_there_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
