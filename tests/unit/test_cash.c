/* SPDX-License-Identifier: Apache-2.0 */
/* Cash on disk, and closing by the book: store/sessions.h. */
#include "store/sessions.h"

#include "util/json.h"

#include "session_bench.h"

#include <errno.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* --- entries --- */

static void add(struct store_rig *rig, enum cash_kind kind, int64_t amount,
		const char *operation)
{
	struct cash_row row = bench_cash("1", "s1", 1, kind, amount, operation);

	assert_int_equal(bench_add(rig, &row, NULL), 0);
}

static void open_session(struct store_rig *rig)
{
	assert_int_equal(bench_begin_day(rig, "1", 1), 0);
	assert_int_equal(bench_open(rig, "1", "s1", 1), 0);
}

static void test_the_balance_is_moved_by_entries(void **state)
{
	struct store_rig *rig = *state;
	struct cash_row other =
		bench_cash("2", "", 0, CASH_WITHDRAWAL, 9, "op9");
	struct book_row book;

	open_session(rig);
	add(rig, CASH_FLOAT, 100, "op1");
	add(rig, CASH_SALE, 30, "op2");
	add(rig, CASH_REFUND, 7, "op3");
	add(rig, CASH_DEPOSIT, 50, "op4");
	add(rig, CASH_WITHDRAWAL, 60, "op5");
	add(rig, CASH_SURPLUS, 2, "op6");
	add(rig, CASH_SHORTAGE, 1, "op7");
	/* another till's is another */
	assert_int_equal(bench_add(rig, &other, NULL), 0);
	assert_true(bench_book(rig, "1", &book));
	assert_int_equal(book.balance, 114);
	assert_true(book.used);
	/* known by its cash alone */
	assert_true(bench_book(rig, "2", &book));
	assert_int_equal(book.balance, -9);
	assert_true(book.used);
	assert_int_equal(book.day.number, 0);
}

static void test_cash_on_a_book_that_has_changed(void **state)
{
	struct store_rig *rig = *state;
	struct cash_row row = bench_cash("1", "s1", 1, CASH_SALE, 5, "op2");
	const int64_t before = 100, wrong = 99;
	struct txn *txn;

	open_session(rig);
	add(rig, CASH_FLOAT, 100, "op1");
	assert_int_equal(bench_add(rig, &row, &wrong), STORE_E_CONFLICT);
	assert_int_equal(bench_add(rig, &row, &before), 0);
	txn = txn_new(rig->store);
	txn_balance_expect(txn, "1", 100);
	assert_int_equal(store_rig_commit(rig, txn).error, STORE_E_CONFLICT);
	txn = txn_new(rig->store);
	txn_balance_expect(txn, "1", 105);
	txn_balance_expect(txn, "2", 0);
	assert_int_equal(store_rig_commit(rig, txn).error, 0);
	assert_int_equal(bench_balance(rig), 105);
}

static void test_an_operation_makes_an_entry_once(void **state)
{
	struct store_rig *rig = *state;
	struct cash_row row = bench_cash("1", "s1", 1, CASH_SHORTAGE, 5, "op1");

	open_session(rig);
	assert_int_equal(bench_add(rig, &row, NULL), 0);
	assert_int_equal(bench_add(rig, &row, NULL), STORE_E_EXISTS);
	row.kind = CASH_WITHDRAWAL;
	assert_int_equal(bench_add(rig, &row, NULL), 0);
	assert_int_equal(bench_balance(rig), -10);
}

static void test_sums_past_the_bound(void **state)
{
	struct store_rig *rig = *state;
	struct cash_row row =
		bench_cash("1", "s1", 1, CASH_SALE, OP_AMOUNT_MAX, "op1");

	open_session(rig);
	row.amount = OP_AMOUNT_MAX + 1;
	assert_int_equal(bench_add(rig, &row, NULL), -EINVAL);
	row.amount = 0;
	assert_int_equal(bench_add(rig, &row, NULL), -EINVAL);
	row.amount = INT64_MIN;
	assert_int_equal(bench_add(rig, &row, NULL), -EINVAL);
	row.amount = OP_AMOUNT_MAX;
	assert_int_equal(bench_add(rig, &row, NULL), 0);
	row = bench_cash("1", "s1", 1, CASH_SALE, 1, "op2");
	assert_int_equal(bench_add(rig, &row, NULL), STORE_E_OVERFLOW);
	row = bench_cash("2", "", 0, CASH_REFUND, OP_AMOUNT_MAX, "op3");
	assert_int_equal(bench_add(rig, &row, NULL), 0);
	row = bench_cash("2", "", 0, CASH_REFUND, 1, "op4");
	assert_int_equal(bench_add(rig, &row, NULL), STORE_E_OVERFLOW);
	assert_int_equal(bench_balance(rig), OP_AMOUNT_MAX);
}

static int add_to(struct store_rig *rig, const char *till, const char *session,
		  int64_t day)
{
	static int number;
	char operation[OP_ID_SIZE];
	struct cash_row row;

	snprintf(operation, sizeof(operation), "to%d", number++);
	row = bench_cash(till, session, day, CASH_SALE, 5, operation);
	return bench_add(rig, &row, NULL);
}

static void test_only_what_is_open_takes_cash(void **state)
{
	struct store_rig *rig = *state;
	struct session_row row = bench_session("1", "s1", 1);

	assert_int_equal(add_to(rig, "1", "s1", 1), STORE_E_NOT_FOUND);
	assert_int_equal(add_to(rig, "1", "", 1), STORE_E_NOT_FOUND);
	open_session(rig);
	bench_begin_day(rig, "2", 1);
	assert_int_equal(add_to(rig, "2", "s1", 1), STORE_E_NOT_FOUND);
	assert_int_equal(add_to(rig, "1", "s1", 2), STORE_E_NOT_FOUND);
	assert_int_equal(add_to(rig, "1", "s1", 0), STORE_E_NOT_FOUND);
	assert_int_equal(add_to(rig, "1", "s1", 1), 0);
	row.expected = row.counted = 5;
	assert_int_equal(bench_close(rig, &row), 0);
	assert_int_equal(add_to(rig, "1", "s1", 1), STORE_E_NOT_FOUND);
	assert_int_equal(add_to(rig, "1", "", 1), 0);
	bench_end_day(rig, "1", 1);
	assert_int_equal(add_to(rig, "1", "", 1), STORE_E_NOT_FOUND);
	/* what turns up later belongs to none */
	assert_int_equal(add_to(rig, "1", "", 0), 0);
	assert_int_equal(bench_balance(rig), 15);
}

/* --- closing --- */

static struct txn *closing(struct store_rig *rig, struct session_row row,
			   int64_t shortage, int64_t withdrawal)
{
	struct cash_row entry =
		bench_cash("1", "s1", 1, CASH_SHORTAGE, shortage, "close");
	struct txn *txn = txn_new(rig->store);

	txn_balance_expect(txn, "1", row.expected);
	if (shortage)
		txn_cash_add(txn, &entry, NULL);
	entry.kind = CASH_WITHDRAWAL;
	entry.amount = withdrawal;
	if (withdrawal)
		txn_cash_add(txn, &entry, NULL);
	txn_session_close(txn, &row);
	txn_journal(txn, json_put_text(json_make(), "kind", "test"));
	txn_journal(txn, json_put_text(json_make(), "kind", "test"));
	return txn;
}

static void keep_report(void *arg, int error,
			const struct session_report *report)
{
	struct session_report *kept = arg;

	assert_int_equal(error, 0);
	*kept = *report;
	json_incref(kept->session.counters);
}

static void test_closing_by_the_book(void **state)
{
	struct store_rig *rig = *state;
	struct session_row row = bench_session("1", "s1", 1);
	struct session_report report = { 0 };
	struct txn_result result;

	open_session(rig);
	add(rig, CASH_FLOAT, 100, "op1");
	row.expected = 100;
	row.counted = 98;
	row.withdrawal = 60;
	row.difference = -2;
	row.counts = 3;
	row.forced = true;
	row.counters = json_put_int(json_make(), "refusals", 4);
	/* an entry that is missing, or one too many */
	assert_int_equal(store_rig_commit(rig, closing(rig, row, 0, 60)).error,
			 STORE_E_CONFLICT);
	assert_int_equal(store_rig_commit(rig, closing(rig, row, 2, 0)).error,
			 STORE_E_CONFLICT);
	assert_int_equal(store_rig_commit(rig, closing(rig, row, 2, 61)).error,
			 STORE_E_CONFLICT);
	row.difference = -1;
	assert_int_equal(store_rig_commit(rig, closing(rig, row, 2, 60)).error,
			 STORE_E_CONFLICT);
	row.difference = -2;
	result = store_rig_commit(rig, closing(rig, row, 2, 60));
	assert_int_equal(result.error, 0);
	assert_int_equal(bench_balance(rig), 38);
	store_find_session(rig->store, "1", "s1", keep_report, &report);
	fake_env_run(&rig->fake);
	assert_int_equal(report.session.state, SESSION_CLOSED);
	assert_int_equal(report.session.expected, 100);
	assert_int_equal(report.session.counted, 98);
	assert_int_equal(report.session.withdrawal, 60);
	assert_int_equal(report.session.difference, -2);
	assert_int_equal(report.session.counts, 3);
	assert_true(report.session.forced);
	assert_string_equal(report.session.closed_by, "maria");
	assert_int_equal(report.session.closed_ms, 3000);
	assert_int_equal(report.session.closed_seq, result.seq);
	assert_true(json_equal(report.session.counters, row.counters));
	assert_int_equal(report.witnessed[CASH_FLOAT].amount, 100);
	assert_int_equal(report.witnessed[CASH_SHORTAGE].amount, 2);
	assert_int_equal(report.witnessed[CASH_WITHDRAWAL].amount, 60);
	json_decref(report.session.counters);
	json_decref(row.counters);
}

/* --- what a session holds --- */

/* The entry of that operation as it is on disk. */
static void expect_entry(struct store_rig *rig, const char *operation,
			 const char *expected)
{
	static const char sql[] =
		"SELECT 'till ' || till || ' session ' || session || ' day '"
		" || day || ' ' || kind || ' ' || amount || ' by ' || operator"
		" || ' at ' || at_ms || ', declared ' || declared"
		" || ' document ' || document || ', balance ' || balance "
		"FROM cash WHERE operation = ?";
	sqlite3_stmt *stmt;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(store_rig_path(rig, "tilld.db"), &db),
			 SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL),
			 SQLITE_OK);
	sqlite3_bind_text(stmt, 1, operation, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(stmt, 0),
			    expected);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static void test_cash_of_a_session(void **state)
{
	struct store_rig *rig = *state;
	struct cash_row row = bench_cash("1", "s1", 1, CASH_REFUND, 5, "op3");

	open_session(rig);
	add(rig, CASH_FLOAT, 100, "op1");
	add(rig, CASH_SALE, 20, "op2");
	assert_int_equal(add_to(rig, "2", "", 0), 0);
	row.declared = true;
	row.document = true;
	assert_int_equal(bench_add(rig, &row, NULL), 0);
	expect_entry(rig, "op2",
		     "till 1 session s1 day 1 sale 20 by anna at 2500, "
		     "declared 0 document 0, balance 120");
	expect_entry(rig, "op3",
		     "till 1 session s1 day 1 refund 5 by anna at 2500, "
		     "declared 1 document 1, balance 115");
}

static void keep_error(void *arg, int error,
		       const struct session_report *report)
{
	assert_null(report);
	*(int *)arg = error;
}

static int find_error(struct store_rig *rig, const char *till, const char *id)
{
	int error = -1;

	store_find_session(rig->store, till, id, keep_error, &error);
	fake_env_run(&rig->fake);
	return error;
}

static void test_the_sums_of_a_session(void **state)
{
	struct store_rig *rig = *state;
	struct cash_row row = bench_cash("1", "s1", 1, CASH_SALE, 5, "op3");
	struct session_report report = { 0 };

	open_session(rig);
	add(rig, CASH_SALE, 100, "op1");
	add(rig, CASH_SALE, 20, "op2");
	row.declared = true;
	assert_int_equal(bench_add(rig, &row, NULL), 0);
	store_find_session(rig->store, "1", "s1", keep_report, &report);
	fake_env_run(&rig->fake);
	assert_string_equal(report.session.id, "s1");
	assert_null(report.session.counters);
	assert_int_equal(report.witnessed[CASH_SALE].entries, 2);
	assert_int_equal(report.witnessed[CASH_SALE].amount, 120);
	assert_int_equal(report.declared[CASH_SALE].entries, 1);
	assert_int_equal(report.declared[CASH_SALE].amount, 5);
	assert_int_equal(report.witnessed[CASH_REFUND].entries, 0);
	assert_int_equal(find_error(rig, "1", "s2"), STORE_E_NOT_FOUND);
	/* of that till only */
	assert_int_equal(find_error(rig, "2", "s1"), STORE_E_NOT_FOUND);
	assert_int_equal(find_error(rig, "1", "an id that was never given out"),
			 STORE_E_NOT_FOUND);
}

#define TEST(name)                                                           \
	cmocka_unit_test_setup_teardown(test_##name, store_rig_begin_set_up, \
					store_rig_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_balance_is_moved_by_entries),
		TEST(cash_on_a_book_that_has_changed),
		TEST(an_operation_makes_an_entry_once),
		TEST(sums_past_the_bound),
		TEST(only_what_is_open_takes_cash),
		TEST(closing_by_the_book),
		TEST(cash_of_a_session),
		TEST(the_sums_of_a_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
