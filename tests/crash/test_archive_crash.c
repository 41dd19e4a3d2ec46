/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archiving against everything that ends it. At each thing that it does to a
 * file or to the database in turn the process is killed, or the power is cut:
 * then what was not synced is lost, be it bytes or a name. Afterwards all
 * entries are there, in the journal or in sound files that it names.
 */
#include "store/archive.h"

#include "util/alloc.h"
#include "util/json.h"

#include "fault_vfs.h"
#include "store_rig.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define NOTES	  25
#define CRASHED	  43
#define STEPS_MAX 200
#define KILLS	  20

/* --- a disk for files, in front of the system's --- */

/* In the child only: what it did to files of the archive. */
static struct {
	int countdown; /* to the end; 0: nothing is meant */
	bool power;    /* and what is not synced is lost */
	ino_t synced;  /* the last file whose bytes are safe */
	ino_t unsafe;  /* one that was given its name before they were */
	const char *folder;
	char from[256], to[256]; /* a name that is not safe yet */
} disk;

static void disk_lose_name(int folder)
{
	if (*disk.to)
		syscall(SYS_renameat, folder, disk.to, folder, disk.from);
	*disk.to = 0;
}

static void disk_lose_bytes(int folder)
{
	DIR *names = opendir(disk.folder);
	struct dirent *entry;
	struct stat stat;

	while ((entry = readdir(names)))
		if (!fstatat(folder, entry->d_name, &stat, 0) &&
		    (stat.st_ino == disk.unsafe ||
		     (strstr(entry->d_name, ".part") &&
		      stat.st_ino != disk.synced))) {
			int fd = openat(folder, entry->d_name, O_WRONLY);

			if (ftruncate(fd, 0))
				_exit(5);
			close(fd);
		}
	closedir(names);
}

static void disk_lose(void)
{
	int folder = open(disk.folder, O_RDONLY | O_DIRECTORY);

	disk_lose_name(folder);
	disk_lose_bytes(folder);
	close(folder);
}

static void disk_step(void)
{
	if (!disk.countdown || --disk.countdown)
		return;
	if (disk.power)
		disk_lose();
	_exit(CRASHED);
}

/* These three stand before the C library's. */

int fsync(int fd)
{
	struct stat stat;
	int r;

	disk_step();
	r = (int)syscall(SYS_fsync, fd);
	if (!disk.countdown || fstat(fd, &stat) < 0)
		return r;
	if (S_ISDIR(stat.st_mode))
		*disk.to = 0;
	else
		disk.synced = stat.st_ino;
	return r;
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	struct stat stat;

	disk_step();
	if (disk.countdown && !fstatat(from_fd, from, &stat, 0)) {
		if (stat.st_ino != disk.synced)
			disk.unsafe = stat.st_ino;
		snprintf(disk.from, sizeof(disk.from), "%s", from);
		snprintf(disk.to, sizeof(disk.to), "%s", to);
	}
	return (int)syscall(SYS_renameat, from_fd, from, to_fd, to);
}

int unlinkat(int fd, const char *name, int flags)
{
	disk_step();
	return (int)syscall(SYS_unlinkat, fd, name, flags);
}

/* --- the rig --- */

struct shelf {
	struct store_rig rig;
	char folder[2 * STORE_RIG_PATH];
	int64_t notes; /* that there have to be */
	bool ended;
};

static int setup(void **state)
{
	struct shelf *shelf = ALLOC_NEW(struct shelf);

	store_rig_init(&shelf->rig, NULL);
	snprintf(shelf->folder, sizeof(shelf->folder), "%s/archive",
		 shelf->rig.folder);
	assert_int_equal(mkdir(shelf->folder, 0700), 0);
	shelf->rig.config.archive_dir = shelf->folder;
	shelf->rig.config.seal_every = 10;
	store_rig_set_up(&shelf->rig);
	*state = shelf;
	return 0;
}

static int teardown(void **state)
{
	struct shelf *shelf = *state;

	store_rig_free(&shelf->rig);
	free(shelf);
	return 0;
}

static void note(struct shelf *shelf)
{
	for (int i = 0; i < NOTES; i++)
		store_rig_note(&shelf->rig, "note", shelf->notes++);
}

static void end(void *arg, const struct archive_result *result)
{
	((struct shelf *)arg)->ended = true;
	if (result->error)
		_exit(3);
}

/* In a child; ends it, or is ended. */
static void archive(struct shelf *shelf)
{
	if (store_archive(shelf->rig.store, 0, end, shelf))
		_exit(4);
	while (!shelf->ended)
		fake_env_advance(&shelf->rig.fake, 20);
	_exit(0);
}

enum way { BY_KILL, BY_POWER, BY_DATABASE };

/* step: the change of the disk at which it ends. The exit status. */
static int archive_until(struct shelf *shelf, enum way way, int step)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid) {
		if (store_rig_open(&shelf->rig))
			_exit(2);
		if (way == BY_DATABASE) {
			fault_vfs_cut(step, step % 2, (unsigned int)step);
		} else {
			disk.countdown = step;
			disk.power = way == BY_POWER;
			disk.folder = shelf->folder;
		}
		archive(shelf);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* --- what has to be there --- */

static int is_whole(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 6 && !strcmp(entry->d_name + len - 6, ".jsonl");
}

static void check_line(struct journal_check *check, bool *has, const char *line,
		       size_t len)
{
	const char *number = strstr(line, "\"number\":");

	journal_check_line(check, line, len);
	if (number && number < line + len)
		has[atoi(number + 9)] = true;
}

static void check_file(const struct shelf *shelf, const char *name,
		       struct journal_check *check, bool *has)
{
	char *path = alloc_format("%s/%s", shelf->folder, name), *line = NULL;
	FILE *in = fopen(path, "r");
	size_t size = 0;
	ssize_t len;

	assert_non_null(in);
	while ((len = getline(&line, &size, in)) > 0)
		check_line(check, has, line, (size_t)len);
	fclose(in);
	free(line);
	free(path);
	journal_check_next(check);
}

static void check_export(struct shelf *shelf, struct journal_check *check,
			 bool *has)
{
	char *text = store_rig_export(&shelf->rig), *at = text, *next;

	for (; (next = strchr(at, '\n')); at = next + 1) {
		*next = 0;
		check_line(check, has, at, (size_t)(next - at));
	}
	free(text);
}

static int64_t archived(struct shelf *shelf)
{
	json_t *head = store_describe(shelf->rig.store);
	int64_t seq = json_int(head, "archived_seq", -1);

	json_decref(head);
	return seq;
}

/* Files up to what the journal calls archived; one more may be there, sound as
 * well, but it counts for nothing yet. */
static void expect_all(struct shelf *shelf)
{
	bool *has = alloc_zero((size_t)shelf->notes, sizeof(bool));
	struct journal_check *check = journal_check_new(NULL);
	struct journal_verdict verdict;
	struct dirent **files;
	int count = scandir(shelf->folder, &files, is_whole, alphasort);

	for (int i = 0; i < count; i++) {
		if (atoll(files[i]->d_name + 8) <= archived(shelf))
			check_file(shelf, files[i]->d_name, check, has);
		free(files[i]);
	}
	free(files);
	check_export(shelf, check, has);
	verdict = journal_check_end(check);
	assert_string_equal(journal_fault_text(verdict.fault),
			    journal_fault_text(JOURNAL_SOUND));
	assert_int_equal(verdict.archived, 0); /* all files were there */
	for (int64_t i = 0; i < shelf->notes; i++)
		assert_true(has[i]);
	assert_int_equal(store_rig_verify(&shelf->rig).fault, JOURNAL_SOUND);
	assert_false(store_is_rolled_back(shelf->rig.store));
	journal_check_free(check);
	free(has);
}

static void end_everywhere(struct shelf *shelf, enum way way, int crashed)
{
	int step, status = crashed;

	note(shelf);
	store_rig_close(&shelf->rig);
	for (step = 1; status == crashed && step < STEPS_MAX; step++) {
		status = archive_until(shelf, way, step);
		assert_true(status == crashed || status == 0);
		assert_int_equal(store_rig_open(&shelf->rig), 0);
		expect_all(shelf);
		note(shelf);
		store_rig_close(&shelf->rig);
	}
	assert_int_equal(status, 0); /* each step had its turn */
	assert_true(step > 5);
	assert_int_equal(store_rig_open(&shelf->rig), 0);
	assert_true(archived(shelf) > 0);
}

static void test_killed_at_each_step_with_its_files(void **state)
{
	end_everywhere(*state, BY_KILL, CRASHED);
}

static void test_power_cut_at_each_step_with_its_files(void **state)
{
	end_everywhere(*state, BY_POWER, CRASHED);
}

static void test_power_cut_at_each_write_to_the_database(void **state)
{
	end_everywhere(*state, BY_DATABASE, FAULT_VFS_CUT);
}

static void test_killed_at_any_moment(void **state)
{
	struct shelf *shelf = *state;
	int status;

	srandom(3);
	for (int i = 0; i < KILLS; i++) {
		struct timespec while_it_works = { .tv_nsec = random() %
							      20000000 };
		pid_t pid;

		note(shelf);
		store_rig_close(&shelf->rig);
		pid = fork();
		assert_true(pid >= 0);
		if (!pid) {
			if (store_rig_open(&shelf->rig))
				_exit(2);
			archive(shelf);
		}
		nanosleep(&while_it_works, NULL);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status) || !WEXITSTATUS(status));
		assert_int_equal(store_rig_open(&shelf->rig), 0);
		expect_all(shelf);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(killed_at_each_step_with_its_files),
		TEST(power_cut_at_each_step_with_its_files),
		TEST(power_cut_at_each_write_to_the_database),
		TEST(killed_at_any_moment),
	};

	fault_vfs_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
