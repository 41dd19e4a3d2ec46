/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The alarm's program: real ones, that do as they are told, hang, flood and
 * can't be started, with a clock of our own.
 */
#include "daemon/alarm.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/log.h"

#include "core_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define KIND "drawer.unsolicited"

static struct {
	char folder[32];
	char *program, *note;
	struct event_base *base;
	struct alarm *alarm;
	int stderr_kept;
	off_t read; /* of the log */
} shop;

/* $NOTE in it is a file; it is read by its name, since it gets no variables. */
static void have_program(const char *does)
{
	FILE *file = fopen(shop.program, "we");

	assert_non_null(file);
	fprintf(file, "#!/bin/sh\nNOTE=%s\n%s\n", shop.note, does);
	fclose(file);
	assert_int_equal(chmod(shop.program, 0700), 0);
	alarm_set_program(shop.alarm, shop.program);
}

/* --- the log --- */

static void keep_log(void)
{
	int file = memfd_create("log", MFD_CLOEXEC);

	fflush(stderr);
	shop.stderr_kept = dup(STDERR_FILENO);
	assert_return_code(dup2(file, STDERR_FILENO), errno);
	close(file);
	shop.read = 0;
}

static void let_log_go(void)
{
	fflush(stderr);
	dup2(shop.stderr_kept, STDERR_FILENO);
	close(shop.stderr_kept);
}

static int set_up(void **state)
{
	rig_set_up(state);
	log_set_level(LOG_LEVEL_INFO);
	keep_log();
	strcpy(shop.folder, "/tmp/tilld-alarm.XXXXXX");
	assert_non_null(mkdtemp(shop.folder));
	shop.program = alloc_format("%s/program", shop.folder);
	shop.note = alloc_format("%s/note", shop.folder);
	shop.base = event_base_new();
	shop.alarm = alarm_new(shop.base, &rig.store.fake.env, rig.core);
	return 0;
}

static int tear_down(void **state)
{
	alarm_free(shop.alarm);
	let_log_go();
	event_base_free(shop.base);
	unlink(shop.program);
	unlink(shop.note);
	rmdir(shop.folder);
	free(shop.program);
	free(shop.note);
	return rig_tear_down(state);
}

/* What the program has written; "" if nothing. */
static const char *noted(void)
{
	static char text[4096];
	CLEANUP_FILE FILE *file = fopen(shop.note, "re");
	size_t len = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[len] = '\0';
	return text;
}

static void raise_alarms(size_t count)
{
	for (size_t i = 0; i < count; i++)
		alarm_raise(shop.alarm, KIND);
}

/* What the log has said since the last wait_for(). */
static const char *logged(void)
{
	static char text[65536];
	ssize_t len;

	fflush(stderr);
	len = pread(STDERR_FILENO, text, sizeof(text) - 1, shop.read);
	text[len < 0 ? 0 : len] = '\0';
	return text;
}

static size_t count_in(const char *text, const char *said)
{
	size_t count = 0;

	for (; (text = strstr(text, said)); text++)
		count++;
	return count;
}

/* Until the log says so, so many times. */
static void wait_for(const char *said, size_t times)
{
	while (count_in(logged(), said) < times)
		event_base_loop(shop.base, EVLOOP_ONCE);
	assert_int_equal(count_in(logged(), said), times);
	shop.read += (off_t)strlen(logged());
}

static void test_what_it_is_told(void **state)
{
	(void)state;
	have_program("echo \"$#:$1\" >$NOTE; cat >>$NOTE; pwd >>$NOTE\n"
		     "env | sort | grep -v '^_\\|^PWD\\|^NOTE\\|^SHLVL\\|"
		     "^OLDPWD' >>$NOTE; ls /proc/self/fd | wc -l >>$NOTE\n"
		     "trap - PIPE; sh -c 'kill -PIPE $$; echo ignored' "
		     ">>$NOTE; true");
	raise_alarms(1);
	wait_for("was told of " KIND, 1);
	assert_string_equal(
		noted(),
		"1:" KIND "\n{\"at\":\"2026-11-22T10:15:02.000Z\",\"type\":"
		"\"" KIND "\"}\n/\nPATH=/usr/local/bin:/usr/bin:/bin\n4\n");
}

static void test_without_a_program_nothing_is_done(void **state)
{
	(void)state;
	raise_alarms(3);
	have_program("echo x >>$NOTE");
	alarm_set_program(shop.alarm, NULL);
	raise_alarms(3);
	event_base_loop(shop.base, EVLOOP_NONBLOCK);
	assert_string_equal(noted(), "");
	have_program("echo x >>$NOTE");
	alarm_raise(shop.alarm, "sign-on"); /* nothing to be alarmed at */
	event_base_loop(shop.base, EVLOOP_NONBLOCK);
	raise_alarms(1);
	wait_for("was told of", 1);
	assert_string_equal(noted(), "x\n");
}

/* So many at once; what waits is told in its turn, the rest is counted. */
static void test_one_that_hangs_is_killed(void **state)
{
	(void)state;
	have_program("echo hangs >>$NOTE; sleep 1000 & sleep 1000");
	raise_alarms(ALARM_RUNNING_MAX + ALARM_WAITING_MAX + 5);
	/* their text is about to be another's */
	while (count_in(noted(), "hangs") < ALARM_RUNNING_MAX)
		event_base_loop(shop.base, EVLOOP_NONBLOCK);
	rig_advance(ALARM_PATIENCE_MS - 1);
	event_base_loop(shop.base, EVLOOP_NONBLOCK);
	have_program("echo quick >>$NOTE");
	rig_advance(1);
	wait_for("was not done with " KIND " after 30 s, and was killed",
		 ALARM_RUNNING_MAX);
	while (count_in(noted(), "quick") < ALARM_WAITING_MAX)
		event_base_loop(shop.base, EVLOOP_ONCE);
	assert_int_equal(count_in(noted(), "quick"), ALARM_WAITING_MAX);
}

static void test_what_could_not_be_told_is_counted(void **state)
{
	(void)state;
	have_program("exit 0");
	raise_alarms(ALARM_RUNNING_MAX + ALARM_WAITING_MAX + 5);
	wait_for("5 more were not told", 1);
}

/* What it leaves behind ends with it. */
static void test_nothing_stays_behind(void **state)
{
	int pid = 0;

	(void)state;
	have_program("sleep 1000 & echo $! >$NOTE");
	raise_alarms(1);
	wait_for("was told of", 1);
	assert_int_equal(sscanf(noted(), "%d", &pid), 1);
	while (!kill(pid, 0)) /* whoever adopted it has to bury it */
		usleep(1000);
	assert_int_equal(errno, ESRCH);
}

static void test_one_that_floods_is_read_by_nobody(void **state)
{
	(void)state;
	have_program("head -c 10000000 /dev/zero; head -c 10000000 /dev/zero "
		     ">&2; echo done >$NOTE");
	raise_alarms(1);
	wait_for("was told of", 1);
	assert_string_equal(noted(), "done\n");
}

static void test_one_that_fails_is_said_to(void **state)
{
	(void)state;
	have_program("exit 3");
	raise_alarms(1);
	wait_for("ended with status 3 for " KIND, 1);
	have_program("kill -SEGV $$");
	raise_alarms(1);
	wait_for("ended with signal 11 for " KIND, 1);
	unlink(shop.program);
	raise_alarms(1);
	wait_for("could not be run for " KIND, 1);
}

static void test_what_is_wrong_with_a_program(void **state)
{
	(void)state;
	assert_string_equal(alarm_program_fault("/nowhere/program"),
			    "is not there");
	assert_string_equal(alarm_program_fault(shop.folder),
			    "is no program that tilld may run");
	have_program("exit 0");
	assert_null(alarm_program_fault(shop.program));
	assert_int_equal(chmod(shop.program, 0722), 0);
	assert_non_null(strstr(alarm_program_fault(shop.program), "by others"));
	assert_int_equal(chmod(shop.program, 0600), 0);
	if (geteuid())
		assert_string_equal(alarm_program_fault(shop.program),
				    "is no program that tilld may run");
	alarm_set_program(shop.alarm, "/nowhere/program");
	assert_non_null(strstr(logged(), "is not there"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_what_it_is_told),
		TEST(test_without_a_program_nothing_is_done),
		TEST(test_one_that_hangs_is_killed),
		TEST(test_what_could_not_be_told_is_counted),
		TEST(test_nothing_stays_behind),
		TEST(test_one_that_floods_is_read_by_nobody),
		TEST(test_one_that_fails_is_said_to),
		TEST(test_what_is_wrong_with_a_program),
	};

	return cmocka_run_group_tests_name("alarm", tests, NULL, NULL);
}
