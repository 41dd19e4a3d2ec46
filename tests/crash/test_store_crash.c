/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store against everything that ends it: kill -9, power cuts, disks that
 * fail and disks that are full. Whatever was acknowledged is there afterwards,
 * whole and in order; whatever failed is not.
 */
#include "store/store.h"

#include "util/alloc.h"
#include "util/json.h"

#include "fault_vfs.h"
#include "store_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define KILLS	   20
#define NUMBER_MAX 100000

static int setup(void **state)
{
	struct store_rig *rig;

	store_rig_begin(state);
	rig = *state;
	rig->config.seal_every = 7;
	store_rig_set_up(rig);
	return 0;
}

static int teardown(void **state)
{
	fault_vfs_fail(0, 0, 0);
	return store_rig_end(state);
}

/* --- numbered intents: an operation and a journal entry each --- */

static struct txn *intent(struct store_rig *rig, int number)
{
	struct operation_row row = {
		.till = "1",
		.uid = 1000,
		.action = "drawer.open",
		.operator= "maria",
		.device = "drawer1",
		.op = json_put_text(json_make(), "kind", "drawer-open"),
	};
	struct txn *txn = txn_new(rig->store);
	json_t *entry = json_put_text(json_make(), "kind", "intent");

	snprintf(row.id, sizeof(row.id), "op%d", number);
	snprintf(row.key, sizeof(row.key), "key %d", number);
	txn_operation_begin(txn, &row);
	operation_row_clear(&row);
	txn_journal(txn, json_put_int(entry, "number", number));
	return txn;
}

static void keep_error(void *arg, int error, const struct operation_row *row)
{
	(void)row;
	*(int *)arg = error;
}

static bool has_operation(struct store_rig *rig, int number)
{
	char id[OP_ID_SIZE];
	int error = -1;

	snprintf(id, sizeof(id), "op%d", number);
	store_find_operation(rig->store, id, keep_error, &error);
	fake_env_run(&rig->fake);
	assert_true(error == 0 || error == STORE_E_NOT_FOUND);
	return !error;
}

/* Which numbers the journal has an intent of. */
static void read_numbers(struct store_rig *rig, bool *has)
{
	char *text = store_rig_export(rig), *at = text;

	memset(has, 0, NUMBER_MAX * sizeof(bool));
	while ((at = strstr(at, "\"number\":"))) {
		int number = atoi(at + 9);

		assert_true(number >= 0 && number < NUMBER_MAX);
		assert_false(has[number]); /* nothing twice */
		has[number] = true;
		at++;
	}
	free(text);
}

/* Journal and operations tell the same; all that was acknowledged is there. */
static void expect_all(struct store_rig *rig, const bool *acknowledged,
		       int count)
{
	static bool has[NUMBER_MAX];

	assert_false(store_is_rolled_back(rig->store));
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
	read_numbers(rig, has);
	for (int i = 0; i < count; i++) {
		if (acknowledged[i])
			assert_true(has[i]);
		if (acknowledged[i] || i % 13 == 0)
			assert_int_equal(has_operation(rig, i), has[i]);
	}
}

/* --- a child that works until it is ended --- */

static void acknowledge(void *arg, const struct txn_result *result)
{
	const int *line = arg;

	if (result->error)
		_exit(3);
	if (write(line[0], &line[1], sizeof(int)) != sizeof(int))
		_exit(4);
}

/* Never returns. cut: after so many changes of the disk; 0: goes on. */
static void work(struct store_rig *rig, int pipe_fd, int number, int cut,
		 bool partly)
{
	if (store_rig_open(rig))
		_exit(2);
	if (cut)
		fault_vfs_cut(cut, partly, (unsigned int)cut);
	for (;;) {
		int lines[3][2];

		for (int i = 0; i < 3; i++) {
			lines[i][0] = pipe_fd;
			lines[i][1] = number;
			txn_commit(intent(rig, number++), acknowledge,
				   lines[i]);
		}
		fake_env_run(&rig->fake);
	}
}

struct child {
	pid_t pid;
	int pipe_fd;
};

static struct child start(struct store_rig *rig, int number, int cut,
			  bool partly)
{
	struct child child;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	child.pid = fork();
	assert_true(child.pid >= 0);
	if (!child.pid) {
		close(fds[0]);
		work(rig, fds[1], number, cut, partly);
	}
	close(fds[1]);
	child.pipe_fd = fds[0];
	return child;
}

/* What the child acknowledged; returns one more than the last number. */
static int collect(struct child *child, bool *acknowledged, int number)
{
	int told;

	while (read(child->pipe_fd, &told, sizeof(told)) == sizeof(told)) {
		assert_true(told >= 0 && told < NUMBER_MAX);
		acknowledged[told] = true;
		if (told >= number)
			number = told + 1;
	}
	close(child->pipe_fd);
	return number;
}

/* Works for some milliseconds once it has begun. */
static int kill_at_work(struct store_rig *rig, bool *acknowledged, int number)
{
	struct child child = start(rig, number, 0, false);
	struct timespec while_it_works = { .tv_nsec = random() % 30 * 1000000 };
	int status, told;

	assert_int_equal(read(child.pipe_fd, &told, sizeof(told)),
			 sizeof(told));
	acknowledged[told] = true;
	nanosleep(&while_it_works, NULL);
	kill(child.pid, SIGKILL);
	assert_int_equal(waitpid(child.pid, &status, 0), child.pid);
	assert_true(WIFSIGNALED(status));
	/* the last batch may be there, but never acknowledged */
	return collect(&child, acknowledged, told + 1) + 3;
}

static void test_killed_at_any_moment(void **state)
{
	static bool acknowledged[NUMBER_MAX];
	struct store_rig *rig = *state;
	int number = 0;

	store_rig_close(rig);
	srandom(1);
	for (int i = 0; i < KILLS; i++)
		number = kill_at_work(rig, acknowledged, number);
	assert_int_equal(store_rig_open(rig), 0);
	expect_all(rig, acknowledged, number);
}

static int cut_power(struct store_rig *rig, bool *acknowledged, int number,
		     int cut, bool partly)
{
	struct child child = start(rig, number, cut, partly);
	int status;

	number = collect(&child, acknowledged, number) + 3;
	assert_int_equal(waitpid(child.pid, &status, 0), child.pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), FAULT_VFS_CUT);
	return number;
}

/* What was not synced is lost, at each change of the disk in turn. */
static void cut_everywhere(struct store_rig *rig, bool partly)
{
	static bool acknowledged[NUMBER_MAX];
	int number = 0;

	memset(acknowledged, 0, sizeof(acknowledged));
	store_rig_close(rig);
	for (int cut = 1; cut <= 60; cut++) {
		number = cut_power(rig, acknowledged, number, cut, partly);
		assert_int_equal(store_rig_open(rig), 0);
		expect_all(rig, acknowledged, number);
		store_rig_close(rig);
	}
	/* far enough for checkpoints, which write to the database itself */
	for (int cut = 2000; cut < 2100; cut += 9)
		number = cut_power(rig, acknowledged, number, cut, partly);
	assert_int_equal(store_rig_open(rig), 0);
	expect_all(rig, acknowledged, number);
}

static void test_power_cut_at_each_write(void **state)
{
	cut_everywhere(*state, false);
}

static void test_power_cut_with_half_of_it_written(void **state)
{
	cut_everywhere(*state, true);
}

/* --- and then a backup is put back --- */

static int find_key(struct store_rig *rig, int number)
{
	char key[16];
	int error = -1;

	snprintf(key, sizeof(key), "key %d", number);
	store_find_key(rig->store, "1", 1000, key, keep_error, &error);
	fake_env_run(&rig->fake);
	return error;
}

static void put_back(struct store_rig *rig)
{
	store_rig_bring_back(rig, "tilld.db");
	unlink(store_rig_path(rig, "tilld.db-wal"));
	unlink(store_rig_path(rig, "tilld.db-shm"));
}

/* A device may have heard of what was acknowledged: that is known to have been
 * used. Of the batch that was cut off it does not matter. */
static void expect_lost(struct store_rig *rig, const bool *acknowledged,
			int count)
{
	bool any = false;

	assert_int_equal(store_rig_open(rig), 0);
	for (int i = 0; i < count; i++) {
		if (acknowledged[i])
			assert_int_equal(find_key(rig, i), STORE_E_LOST_KEY);
		any = any || acknowledged[i];
	}
	if (any)
		assert_true(store_is_rolled_back(rig->store));
	assert_int_equal(find_key(rig, count), STORE_E_NOT_FOUND);
	store_rig_close(rig);
}

static void test_killed_and_a_backup_put_back(void **state)
{
	static bool acknowledged[NUMBER_MAX];
	struct store_rig *rig = *state;
	int number = 0;

	store_rig_close(rig);
	store_rig_keep(rig, "tilld.db");
	srandom(2);
	for (int i = 0; i < KILLS; i++) {
		number = kill_at_work(rig, acknowledged, number);
		put_back(rig);
	}
	expect_lost(rig, acknowledged, number);
}

static void test_a_power_cut_and_a_backup_put_back(void **state)
{
	static bool acknowledged[NUMBER_MAX];
	struct store_rig *rig = *state;
	int number = 0;

	store_rig_close(rig);
	store_rig_keep(rig, "tilld.db");
	for (int cut = 1; cut <= 60; cut++) {
		number = cut_power(rig, acknowledged, number, cut, cut % 2);
		put_back(rig);
		expect_lost(rig, acknowledged, number);
		put_back(rig);
	}
}

/* --- disks that fail --- */

static void keep_result(void *arg, const struct txn_result *result)
{
	*(struct txn_result *)arg = *result;
}

/* A batch of three while the disk fails at its nth change. */
static bool fail_once(struct store_rig *rig, bool *acknowledged, int number,
		      int nth, int code)
{
	struct txn_result results[3] = { 0 };
	bool failed;

	for (int i = 0; i < 3; i++)
		txn_commit(intent(rig, number + i), keep_result, &results[i]);
	fault_vfs_fail(nth, 1000, code);
	fake_env_run(&rig->fake);
	failed = fault_vfs_failed() > 0;
	fault_vfs_fail(0, 0, 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(results[i].error, results[0].error);
		acknowledged[number + i] = !results[i].error;
		assert_int_equal(has_operation(rig, number + i),
				 !results[i].error);
	}
	if (results[0].error) {
		assert_int_equal(results[0].error, code == SQLITE_FULL
							   ? STORE_E_FULL
							   : STORE_E_WRITE);
		assert_int_equal(store_health(rig->store), results[0].error);
	}
	return failed;
}

static void fail_everywhere(struct store_rig *rig, int code)
{
	static bool acknowledged[NUMBER_MAX];
	int number = 0;
	bool failed = true;

	memset(acknowledged, 0, sizeof(acknowledged));
	for (int nth = 1; failed && nth < 100; nth++) {
		struct txn_result result;

		failed = fail_once(rig, acknowledged, number, nth, code);
		/* and then, as if nothing had been */
		result = store_rig_commit(rig, intent(rig, number + 3));
		assert_int_equal(result.error, 0);
		assert_int_equal(store_health(rig->store), 0);
		acknowledged[number + 3] = true;
		number += 4;
	}
	assert_false(failed); /* every change of the disk had its turn */
	assert_true(number > 12);
	store_rig_reopen(rig);
	expect_all(rig, acknowledged, number);
}

static void test_writes_that_fail(void **state)
{
	fail_everywhere(*state, SQLITE_IOERR_WRITE);
}

static void test_writes_that_find_no_room(void **state)
{
	fail_everywhere(*state, SQLITE_FULL);
}

/* A disk that failed is tried again until it is well. */
static void test_a_disk_that_comes_back(void **state)
{
	struct store_rig *rig = *state;

	fault_vfs_fail(1, 1000000, SQLITE_IOERR_WRITE);
	assert_int_equal(store_rig_commit(rig, intent(rig, 1)).error,
			 STORE_E_WRITE);
	fake_env_advance(&rig->fake, 60000);
	assert_int_equal(store_health(rig->store), STORE_E_WRITE);
	fault_vfs_fail(0, 0, 0);
	fake_env_advance(&rig->fake, 10000);
	assert_int_equal(store_health(rig->store), 0);
	assert_int_equal(store_rig_commit(rig, intent(rig, 1)).error, 0);
}

static void test_opening_on_a_disk_that_fails(void **state)
{
	struct store_rig *rig = *state;

	assert_int_equal(store_rig_commit(rig, intent(rig, 1)).error, 0);
	store_rig_close(rig);
	fault_vfs_fail(1, 1000000, SQLITE_IOERR_WRITE);
	assert_int_equal(store_rig_open(rig), 0);
	assert_int_equal(store_health(rig->store), STORE_E_WRITE);
	assert_true(has_operation(rig, 1));
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
	fault_vfs_fail(0, 0, 0);
	fake_env_advance(&rig->fake, 10000);
	assert_int_equal(store_health(rig->store), 0);
	assert_int_equal(store_rig_commit(rig, intent(rig, 2)).error, 0);
}

/* What was found at the start is written before anything else is, so that
 * starting once more is no way around it. */
static void test_the_past_on_a_disk_that_fails(void **state)
{
	struct store_rig *rig = *state;

	store_rig_close(rig);
	store_rig_keep(rig, "tilld.db");
	assert_int_equal(store_rig_open(rig), 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(store_rig_commit(rig, intent(rig, i)).error,
				 0);
	store_rig_close(rig);
	store_rig_bring_back(rig, "tilld.db");
	fault_vfs_fail(1, 1000000, SQLITE_IOERR_WRITE);
	assert_int_equal(store_rig_open(rig), 0);
	assert_true(store_is_rolled_back(rig->store));
	assert_int_equal(store_health(rig->store), STORE_E_WRITE);
	fault_vfs_fail(0, 0, 0);
	for (int i = 20; i < 40; i++) /* seals come, the head file follows */
		assert_int_equal(store_rig_commit(rig, intent(rig, i)).error,
				 0);
	store_rig_reopen(rig);
	assert_true(store_is_rolled_back(rig->store));
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
}

static int64_t ballast_of(const struct store_rig *rig)
{
	struct stat found;

	assert_int_equal(stat(store_rig_path(rig, "ballast"), &found), 0);
	return (int64_t)found.st_blocks * 512;
}

/* One that is owed takes the ballast; its neighbour in the batch does not. */
static void test_the_ballast_is_for_what_is_owed(void **state)
{
	struct store_rig *rig = *state;
	struct txn_result owed, other;
	struct txn *txn = intent(rig, 1);

	assert_true(ballast_of(rig) >= STORE_BALLAST);
	txn_owed(txn);
	txn_commit(txn, keep_result, &owed);
	txn_commit(intent(rig, 2), keep_result, &other);
	fault_vfs_fail(1, 0, SQLITE_FULL);
	fake_env_run(&rig->fake);
	fault_vfs_fail(0, 0, 0);
	assert_int_equal(owed.error, 0);
	assert_int_equal(other.error, STORE_E_FULL);
	assert_int_equal(ballast_of(rig), 0);
	assert_false(store_has_room(rig->store));
	assert_true(has_operation(rig, 1));
	assert_false(has_operation(rig, 2));
	/* there was room in truth, so it comes back by itself */
	fake_env_advance(&rig->fake, 10000);
	assert_true(ballast_of(rig) >= STORE_BALLAST);
	assert_true(store_has_room(rig->store));
	assert_int_equal(store_health(rig->store), 0);
}

/* --- a disk that is full in earnest --- */

static void fill(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	char block[4096] = { 0 };

	assert_true(fd >= 0);
	while (write(fd, block, sizeof(block)) > 0)
		;
	close(fd);
}

static int end(struct store_rig *rig, int number)
{
	struct txn *txn = txn_new(rig->store);
	json_t *entry = json_put_text(json_make(), "kind", "outcome");
	char id[OP_ID_SIZE];

	snprintf(id, sizeof(id), "op%d", number);
	txn_owed(txn);
	txn_operation_end(txn, id, OUTCOME_OK, NULL, NULL);
	txn_journal(txn, entry);
	return store_rig_commit(rig, txn).error;
}

static void expect_full_disk_is_survived(struct store_rig *rig,
					 const char *filler)
{
	for (int i = 0; i < 300; i++)
		assert_int_equal(store_rig_commit(rig, intent(rig, i)).error,
				 0);
	assert_true(store_has_room(rig->store));
	fill(filler);
	fake_env_advance(&rig->fake, 1000);
	assert_false(store_has_room(rig->store));
	assert_int_equal(store_rig_commit(rig, intent(rig, 1000)).error,
			 STORE_E_FULL);
	assert_int_equal(store_health(rig->store), STORE_E_FULL);
	/* every outcome that is owed still finds its place */
	for (int i = 0; i < 300; i++)
		assert_int_equal(end(rig, i), 0);
	assert_int_equal(ballast_of(rig), 0);
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
	/* over a restart, too, be there room for a file of SQLite's or not */
	store_rig_close(rig);
	fill(filler);
	assert_int_equal(store_rig_open(rig), 0);
	assert_int_equal(store_health(rig->store), STORE_E_FULL);
	assert_false(store_has_room(rig->store));
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
	unlink(filler);
	fake_env_advance(&rig->fake, 10000);
	assert_true(store_has_room(rig->store));
	assert_int_equal(store_health(rig->store), 0);
	assert_int_equal(store_rig_commit(rig, intent(rig, 1000)).error, 0);
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
}

static bool put_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool put = fd >= 0 &&
		   write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return put;
}

/* A mount namespace of its own; who is not root is root in it, where the
 * system lets anybody be that. */
static bool unshare_mounts(void)
{
	char *uid = alloc_format("0 %u 1", (unsigned int)geteuid());
	char *gid = alloc_format("0 %u 1", (unsigned int)getegid());
	bool good;

	if (geteuid() == 0)
		good = !unshare(CLONE_NEWNS);
	else
		good = !unshare(CLONE_NEWUSER | CLONE_NEWNS) &&
		       put_text("/proc/self/setgroups", "deny") &&
		       put_text("/proc/self/uid_map", uid) &&
		       put_text("/proc/self/gid_map", gid);
	free(uid);
	free(gid);
	return good;
}

/* In a child, so that nothing is left of the mount. */
static void run_on_a_small_disk(const char *place)
{
	struct store_rig rig;
	char *filler = alloc_format("%s/filler", place);

	if (!unshare_mounts() ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", place, "tmpfs", 0, "size=24m,mode=0700"))
		_exit(77);
	store_rig_init(&rig, place);
	store_rig_set_up(&rig);
	expect_full_disk_is_survived(&rig, filler);
	store_rig_free(&rig);
	free(filler);
	_exit(0);
}

static void test_a_full_disk(void **state)
{
	char place[] = "/tmp/tilld-full-XXXXXX";
	int status;
	pid_t pid;

	(void)state;
	assert_non_null(mkdtemp(place));
	pid = fork();
	if (!pid)
		run_on_a_small_disk(place);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	rmdir(place);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip(); /* it takes the right to mount */
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(killed_at_any_moment),
		TEST(power_cut_at_each_write),
		TEST(power_cut_with_half_of_it_written),
		TEST(killed_and_a_backup_put_back),
		TEST(a_power_cut_and_a_backup_put_back),
		TEST(writes_that_fail),
		TEST(writes_that_find_no_room),
		TEST(a_disk_that_comes_back),
		TEST(opening_on_a_disk_that_fails),
		TEST(the_past_on_a_disk_that_fails),
		TEST(the_ballast_is_for_what_is_owed),
		cmocka_unit_test(test_a_full_disk),
	};

	fault_vfs_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
