/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions and cash against kill -9 and power cuts: whatever was acknowledged
 * is found as it was, and nothing is ever half done. A child runs a shop step
 * by step, one transaction each, until it is ended; what has to be found then
 * follows from the number of steps alone.
 */
#include "store/sessions.h"

#include "util/json.h"

#include "fault_vfs.h"
#include "session_bench.h"

#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define KILLS	   12
#define KILL_AFTER 7 /* acknowledged steps, and some more each time */
#define CUTS	   70

static int setup(void **state)
{
	struct store_rig *rig;

	store_rig_begin(state);
	rig = *state;
	rig->config.seal_every = 7;
	store_rig_set_up(rig);
	store_rig_close(rig);
	return 0;
}

/* --- a day at the shop, in steps --- */

enum shop_step {
	SHOP_OPEN,    /* the day and a session; the first has a float of 100 */
	SHOP_DEPOSIT, /* 30 */
	SHOP_SALE,    /* 7 */
	SHOP_COUNT,   /* closing, counted once */
	SHOP_CLOSE,   /* 2 are missing, 35 withdrawn */
	SHOP_END,     /* of the day */
	SHOP_STEPS,
};

/* The balance after each; after the last it is the next one's float. */
static const int64_t shop_balances[SHOP_STEPS] = {
	100, 130, 137, 137, 100, 100
};
static const int shop_entries[SHOP_STEPS] = { 0, 1, 2, 2, 4, 4 };

static struct session_row shop_session(int64_t day)
{
	char id[RANDOM_ID_SIZE];
	struct session_row row;

	snprintf(id, sizeof(id), "s%lld", (long long)day);
	row = bench_session("1", id, day);
	row.opening = 100;
	row.expected = 137;
	row.counted = 135;
	row.withdrawal = 35;
	row.difference = -2;
	row.counts = 1;
	return row;
}

static void shop_add(struct txn *txn, const struct session_row *session,
		     int number, enum cash_kind kind, int64_t amount)
{
	char operation[OP_ID_SIZE];
	struct cash_row row;

	snprintf(operation, sizeof(operation), "op%d", number);
	row = bench_cash("1", session->id, session->day, kind, amount,
			 operation);
	txn_cash_add(txn, &row, NULL);
}

static void shop_open(struct txn *txn, const struct session_row *session,
		      int number)
{
	struct day_row day = bench_day("1", session->day);

	txn_balance_expect(txn, "1", number ? 100 : 0);
	txn_day_begin(txn, &day);
	txn_session_open(txn, session);
	if (!number)
		shop_add(txn, session, number, CASH_FLOAT, 100);
	txn_balance_expect(txn, "1", 100);
}

static void shop_close(struct txn *txn, const struct session_row *session,
		       int number)
{
	txn_balance_expect(txn, "1", 137);
	shop_add(txn, session, number, CASH_SHORTAGE, 2);
	shop_add(txn, session, number, CASH_WITHDRAWAL, 35);
	txn_session_close(txn, session);
}

static struct txn *shop_take_step(struct store_rig *rig, int number)
{
	struct session_row session = shop_session(number / SHOP_STEPS + 1);
	struct day_row day = bench_day("1", session.day);
	struct txn *txn = txn_new(rig->store);

	switch ((enum shop_step)(number % SHOP_STEPS)) {
	case SHOP_OPEN:
		shop_open(txn, &session, number);
		break;
	case SHOP_DEPOSIT:
		shop_add(txn, &session, number, CASH_DEPOSIT, 30);
		break;
	case SHOP_SALE:
		shop_add(txn, &session, number, CASH_SALE, 7);
		break;
	case SHOP_COUNT:
		session.state = SESSION_CLOSING;
		txn_session_update(txn, &session);
		break;
	case SHOP_CLOSE:
		shop_close(txn, &session, number);
		break;
	case SHOP_END:
		txn_day_end(txn, &day);
		break;
	case SHOP_STEPS:
		break;
	}
	txn_journal(txn,
		    json_put_int(json_put_text(json_make(), "kind", "step"),
				 "number", number));
	return txn;
}

/* --- how it has to be found --- */

/* One more than the last step of which the journal tells. */
static int steps_taken(struct store_rig *rig)
{
	char *text = store_rig_export(rig), *at = text;
	int next = 0;

	while ((at = strstr(at, "\"number\":"))) {
		assert_int_equal(atoi(at + 9), next); /* each once, in order */
		next++;
		at++;
	}
	free(text);
	return next;
}

static int64_t ask(const struct store_rig *rig, const char *sql)
{
	sqlite3_stmt *stmt;
	sqlite3 *db;
	int64_t value;

	assert_int_equal(sqlite3_open(store_rig_path(rig, "tilld.db"), &db),
			 SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return value;
}

static void expect_session(const struct book_row *book, enum shop_step last)
{
	struct session_row session = shop_session(book->day.number);

	if (last >= SHOP_CLOSE) {
		assert_string_equal(book->session.id, "");
		return;
	}
	assert_string_equal(book->session.id, session.id);
	assert_int_equal(book->session.day, session.day);
	assert_string_equal(book->session.owner, "anna");
	assert_int_equal(book->session.opening, 100);
	assert_int_equal(book->session.opened_ms, session.opened_ms);
	assert_int_equal(book->session.state,
			 last == SHOP_COUNT ? SESSION_CLOSING : SESSION_OPEN);
	assert_int_equal(book->session.counts, last == SHOP_COUNT);
}

static void expect_book(struct store_rig *rig, int steps)
{
	enum shop_step last = (enum shop_step)((steps - 1) % SHOP_STEPS);
	int64_t day = (steps - 1) / SHOP_STEPS + 1;
	struct book_row book = { 0 };

	assert_true(bench_book(rig, "1", &book));
	assert_int_equal(book.balance, shop_balances[last]);
	assert_int_equal(book.day.number, day);
	assert_int_equal(book.day.ended_ms != 0, last == SHOP_END);
	expect_session(&book, last);
	assert_int_equal(ask(rig, "SELECT count(*) FROM cash"),
			 1 + 4 * (day - 1) + shop_entries[last]);
	assert_int_equal(ask(rig, "SELECT sum(CASE direction WHEN 'in' THEN"
				  " amount ELSE -amount END) FROM cash"),
			 book.balance);
	assert_int_equal(ask(rig, "SELECT count(*) FROM session"), day);
}

/* What is found, in all of its parts, is what so many steps come to. */
static int expect_shop(struct store_rig *rig, int acknowledged)
{
	int steps;

	assert_int_equal(store_rig_open(rig), 0);
	assert_int_equal(store_rig_verify(rig).fault, JOURNAL_SOUND);
	steps = steps_taken(rig);
	assert_true(steps >= acknowledged);
	assert_true(steps <= acknowledged + 1); /* one was under way */
	if (steps)
		expect_book(rig, steps);
	store_rig_close(rig);
	return steps;
}

/* --- a child that works until it is ended --- */

static void acknowledge(void *arg, const struct txn_result *result)
{
	if (result->error)
		_exit(3);
	if (write(*(const int *)arg, "", 1) != 1)
		_exit(4);
}

/* Never returns. cut: after so many changes of the disk; 0: goes on. */
static void work(struct store_rig *rig, int pipe_fd, int number, int cut)
{
	if (store_rig_open(rig))
		_exit(2);
	if (cut)
		fault_vfs_cut(cut, cut % 2, (unsigned int)cut);
	for (;; number++) {
		txn_commit(shop_take_step(rig, number), acknowledge, &pipe_fd);
		fake_env_run(&rig->fake);
	}
}

static pid_t start(struct store_rig *rig, int number, int cut, int *out_fd)
{
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		close(fds[0]);
		work(rig, fds[1], number, cut);
	}
	close(fds[1]);
	*out_fd = fds[0];
	return pid;
}

/* Steps acknowledged, up to max of them. */
static int collect(int fd, int max)
{
	char byte;
	int count = 0;

	while (count < max && read(fd, &byte, 1) == 1)
		count++;
	return count;
}

static void test_killed_while_it_works(void **state)
{
	struct store_rig *rig = *state;
	int steps = 0, status, fd;

	for (int i = 0; i < KILLS; i++) {
		pid_t pid = start(rig, steps, 0, &fd);
		int acknowledged = steps + collect(fd, KILL_AFTER + i);

		kill(pid, SIGKILL);
		acknowledged += collect(fd, 1000000);
		close(fd);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		steps = expect_shop(rig, acknowledged);
	}
	assert_true(steps >= KILLS * KILL_AFTER);
}

/* At each change of the disk in turn; what was not synced is lost. */
static void test_power_cut_at_each_write(void **state)
{
	struct store_rig *rig = *state;
	int steps = 0, status, fd;

	for (int cut = 1; cut <= CUTS; cut++) {
		pid_t pid = start(rig, steps, cut, &fd);
		int acknowledged = steps + collect(fd, 1000000);

		close(fd);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), FAULT_VFS_CUT);
		steps = expect_shop(rig, acknowledged);
	}
	assert_true(steps > CUTS);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup, store_rig_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(killed_while_it_works),
		TEST(power_cut_at_each_write),
	};

	fault_vfs_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
