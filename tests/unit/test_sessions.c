/* SPDX-License-Identifier: Apache-2.0 */
/* Days, sessions and cash on disk: store/sessions.h. */
#include "store/sessions.h"

#include "util/json.h"

#include "session_bench.h"

#include <errno.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* --- days --- */

static void test_days_are_numbered_without_gaps(void **state)
{
	struct store_rig *rig = *state;

	assert_int_equal(bench_begin_day(rig, "1", 2), STORE_E_CONFLICT);
	assert_int_equal(bench_begin_day(rig, "1", 0), STORE_E_CONFLICT);
	assert_int_equal(bench_begin_day(rig, "1", 1), 0);
	assert_int_equal(bench_begin_day(rig, "1", 2), STORE_E_EXISTS);
	assert_int_equal(bench_end_day(rig, "1", 2), STORE_E_NOT_FOUND);
	assert_int_equal(bench_end_day(rig, "1", 1), 0);
	assert_int_equal(bench_end_day(rig, "1", 1), STORE_E_NOT_FOUND);
	assert_int_equal(bench_begin_day(rig, "1", 1), STORE_E_CONFLICT);
	assert_int_equal(bench_begin_day(rig, "1", 3), STORE_E_CONFLICT);
	assert_int_equal(bench_begin_day(rig, "1", 2), 0);
	/* another till has days of its own */
	assert_int_equal(bench_begin_day(rig, "2", 1), 0);
}

static void test_a_day_is_found_as_it_was(void **state)
{
	struct store_rig *rig = *state;
	struct book_row book;

	assert_false(bench_book(rig, "1", &book));
	bench_begin_day(rig, "1", 1);
	assert_true(bench_book(rig, "1", &book));
	assert_string_equal(book.day.till, "1");
	assert_int_equal(book.day.number, 1);
	assert_string_equal(book.day.date, "2026-11-22");
	assert_string_equal(book.day.begun_by, "anna");
	assert_int_equal(book.day.begun_ms, 1000);
	assert_true(book.day.begun_seq > 1);
	assert_string_equal(book.day.ended_by, "");
	assert_int_equal(book.day.ended_ms, 0);
	assert_int_equal(book.day.ended_seq, 0);
	assert_string_equal(book.session.id, "");
	bench_end_day(rig, "1", 1);
	assert_true(bench_book(rig, "1", &book));
	assert_string_equal(book.day.ended_by, "maria");
	assert_int_equal(book.day.ended_ms, 1500);
	assert_true(book.day.ended_seq > book.day.begun_seq);
	assert_int_equal(book.balance, 0);
	assert_false(book.used);
}

static void test_a_day_does_not_end_before_its_session(void **state)
{
	struct store_rig *rig = *state;
	struct session_row row = bench_session("1", "s1", 1);

	bench_begin_day(rig, "1", 1);
	bench_open(rig, "1", "s1", 1);
	assert_int_equal(bench_end_day(rig, "1", 1), STORE_E_CONFLICT);
	row.state = SESSION_CLOSING;
	assert_int_equal(bench_update(rig, &row), 0);
	assert_int_equal(bench_end_day(rig, "1", 1), STORE_E_CONFLICT);
	assert_int_equal(bench_close(rig, &row), 0);
	assert_int_equal(bench_end_day(rig, "1", 1), 0);
}

/* --- sessions --- */

static void test_one_session_at_a_till(void **state)
{
	struct store_rig *rig = *state;
	struct session_row row = bench_session("1", "s1", 1);

	assert_int_equal(bench_open(rig, "1", "s1", 1), STORE_E_NOT_FOUND);
	bench_begin_day(rig, "1", 1);
	bench_begin_day(rig, "2", 1);
	assert_int_equal(bench_open(rig, "1", "s1", 2), STORE_E_NOT_FOUND);
	assert_int_equal(bench_open(rig, "1", "s1", 1), 0);
	assert_int_equal(bench_open(rig, "1", "s2", 1), STORE_E_EXISTS);
	assert_int_equal(bench_open(rig, "2", "s1", 1), STORE_E_EXISTS);
	assert_int_equal(bench_open(rig, "2", "s3", 1), 0);
	row.state = SESSION_CLOSING;
	assert_int_equal(bench_update(rig, &row), 0);
	assert_int_equal(bench_open(rig, "1", "s2", 1), STORE_E_EXISTS);
	assert_int_equal(bench_close(rig, &row), 0);
	assert_int_equal(bench_open(rig, "1", "s2", 1), 0);
}

static void test_no_session_outside_of_a_day(void **state)
{
	struct store_rig *rig = *state;

	assert_int_equal(bench_open(rig, "1", "s1", 1), STORE_E_NOT_FOUND);
	bench_begin_day(rig, "1", 1);
	bench_end_day(rig, "1", 1);
	assert_int_equal(bench_open(rig, "1", "s1", 1), STORE_E_NOT_FOUND);
	bench_begin_day(rig, "2", 1);
	assert_int_equal(bench_open(rig, "1", "s1", 1), STORE_E_NOT_FOUND);
}

/* The entry may come before the step, or after it: the seq is its own. */
static void test_seqs_of_the_journal(void **state)
{
	struct store_rig *rig = *state;
	struct session_row row = bench_session("1", "s1", 1);
	struct txn *txn = txn_new(rig->store);
	struct txn_result result;
	struct book_row book;

	bench_begin_day(rig, "1", 1);
	txn_journal(txn, json_put_text(json_make(), "kind", "first"));
	txn_journal(txn, json_put_text(json_make(), "kind", "second"));
	txn_session_open(txn, &row);
	txn_journal(txn, json_put_text(json_make(), "kind", "third"));
	result = store_rig_commit(rig, txn);
	assert_true(bench_book(rig, "1", &book));
	assert_int_equal(book.session.opened_seq, result.seq);
	assert_int_equal(result.last_seq, result.seq + 2);
}

/* Even past the steps: the index sees to it. */
static void test_two_sessions_can_t_be_written(void **state)
{
	struct store_rig *rig = *state;
	sqlite3 *db;

	bench_begin_day(rig, "1", 1);
	bench_open(rig, "1", "s1", 1);
	store_rig_close(rig);
	assert_int_equal(sqlite3_open(store_rig_path(rig, "tilld.db"), &db),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "INSERT INTO session (id, till, day,"
				      " opener, owner, state, locked, counts,"
				      " opening, opened_ms, opened_seq, forced)"
				      " VALUES ('s2', '1', 1, 'x', 'x',"
				      " 'closing', 0, 0, 0, 1, 1, 0)",
				      NULL, NULL, NULL),
			 SQLITE_CONSTRAINT);
	assert_int_equal(sqlite3_exec(db,
				      "INSERT INTO day (till, number, date,"
				      " begun_by, begun_ms, begun_seq) "
				      "VALUES ('1', 2, 'x', 'x', 1, 1)",
				      NULL, NULL, NULL),
			 SQLITE_CONSTRAINT);
	sqlite3_close(db);
}

static void test_a_session_is_found_as_it_was(void **state)
{
	struct store_rig *rig = *state;
	struct session_row row = bench_session("1", "s1", 1);
	struct txn *txn = txn_new(rig->store);
	struct book_row book;

	bench_begin_day(rig, "1", 1);
	row.opening = 0;
	txn_session_open(txn, &row);
	txn_journal(txn, json_put_text(json_make(), "kind", "test"));
	row.opened_seq = store_rig_commit(rig, txn).seq;
	row.state = SESSION_CLOSING;
	row.locked = true;
	row.counts = 2;
	strcpy(row.owner, "piotr");
	assert_int_equal(bench_update(rig, &row), 0);
	assert_true(bench_book(rig, "1", &book));
	assert_string_equal(book.session.id, "s1");
	assert_string_equal(book.session.till, "1");
	assert_int_equal(book.session.day, 1);
	assert_string_equal(book.session.opener, "anna");
	assert_string_equal(book.session.owner, "piotr");
	assert_int_equal(book.session.state, SESSION_CLOSING);
	assert_true(book.session.locked);
	assert_int_equal(book.session.counts, 2);
	assert_int_equal(book.session.opened_ms, 2000);
	assert_int_equal(book.session.opened_seq, row.opened_seq);
	assert_int_equal(book.session.closed_ms, 0);
	assert_string_equal(book.session.closed_by, "");
	bench_close(rig, &row);
	assert_true(bench_book(rig, "1", &book));
	assert_string_equal(book.session.id, "");
}

static void test_counts_only_grow(void **state)
{
	struct store_rig *rig = *state;
	struct session_row row = bench_session("1", "s1", 1);

	bench_begin_day(rig, "1", 1);
	bench_open(rig, "1", "s1", 1);
	row.counts = 2;
	assert_int_equal(bench_update(rig, &row), 0);
	row.counts = 1;
	assert_int_equal(bench_update(rig, &row), STORE_E_CONFLICT);
	row.counts = 4;
	assert_int_equal(bench_update(rig, &row), -EINVAL);
	row.counts = 3;
	assert_int_equal(bench_update(rig, &row), 0);
}

static void test_what_is_closed_stays_closed(void **state)
{
	struct store_rig *rig = *state;
	struct session_row row = bench_session("1", "s1", 1);

	assert_int_equal(bench_update(rig, &row), STORE_E_NOT_FOUND);
	assert_int_equal(bench_close(rig, &row), STORE_E_NOT_FOUND);
	bench_begin_day(rig, "1", 1);
	bench_open(rig, "1", "s1", 1);
	row.state = SESSION_CLOSED;
	assert_int_equal(bench_update(rig, &row), -EINVAL);
	assert_int_equal(bench_close(rig, &row), 0);
	row.state = SESSION_OPEN;
	assert_int_equal(bench_update(rig, &row), STORE_E_NOT_FOUND);
	assert_int_equal(bench_close(rig, &row), STORE_E_NOT_FOUND);
}

/* --- lists --- */

struct kept {
	int error;
	size_t count;
	int64_t numbers[SESSIONS_PAGE_MAX];
	char first[RANDOM_ID_SIZE];
};

static void keep_sessions(void *arg, int error, const struct session_row *rows,
			  size_t count)
{
	struct kept *kept = arg;

	kept->error = error;
	kept->count = count;
	for (size_t i = 0; i < count; i++)
		kept->numbers[i] = rows[i].number;
	if (count)
		snprintf(kept->first, sizeof(kept->first), "%s", rows[0].id);
}

static struct kept list(struct store_rig *rig, const char *till, int64_t before,
			size_t max)
{
	struct kept kept = { .error = -1 };

	store_list_sessions(rig->store, till, before, max, keep_sessions,
			    &kept);
	fake_env_run(&rig->fake);
	assert_int_equal(kept.error, 0);
	return kept;
}

static void test_sessions_the_newest_first(void **state)
{
	struct store_rig *rig = *state;
	struct kept kept;

	bench_begin_day(rig, "1", 1);
	bench_begin_day(rig, "2", 1);
	for (int i = 0; i < 7; i++) {
		const char *till = i % 3 == 2 ? "2" : "1";
		char id[RANDOM_ID_SIZE];
		struct session_row row;

		snprintf(id, sizeof(id), "s%d", i);
		row = bench_session(till, id, 1);
		assert_int_equal(bench_open(rig, till, id, 1), 0);
		assert_int_equal(bench_close(rig, &row), 0);
	}
	kept = list(rig, "1", 0, 0);
	assert_int_equal(kept.count, 5);
	assert_string_equal(kept.first, "s6");
	kept = list(rig, "1", 0, 2);
	assert_int_equal(kept.count, 2);
	kept = list(rig, "1", kept.numbers[1], 2);
	assert_string_equal(kept.first, "s3");
	kept = list(rig, "1", kept.numbers[1], 2);
	assert_int_equal(kept.count, 1);
	assert_string_equal(kept.first, "s0");
	assert_int_equal(list(rig, "2", 0, 0).count, 2);
	assert_int_equal(list(rig, "3", 0, 0).count, 0);
	assert_int_equal(list(rig, "a till whose name is much too long for it",
			      0, 0)
				 .count,
			 0);
}

/* --- one opening of the drawer for an event --- */

static int begin(struct store_rig *rig, const char *id, const char *event)
{
	struct operation_row row = { .till = "1", .uid = 1000 };
	struct txn *txn = txn_new(rig->store);

	snprintf(row.id, sizeof(row.id), "%s", id);
	snprintf(row.key, sizeof(row.key), "key of %s", id);
	snprintf(row.event, sizeof(row.event), "%s", event);
	strcpy(row.action, "drawer.open");
	row.op = json_put_text(json_make(), "kind", "drawer-open");
	txn_operation_begin(txn, &row);
	operation_row_clear(&row);
	return store_rig_commit(rig, txn).error;
}

static int end(struct store_rig *rig, const char *id, enum outcome outcome)
{
	struct txn *txn = txn_new(rig->store);

	txn_operation_end(txn, id, outcome, NULL, NULL);
	return store_rig_commit(rig, txn).error;
}

static void keep_event(void *arg, int error, const struct operation_row *row)
{
	assert_int_equal(error, 0);
	strcpy(arg, row->event);
}

static void test_a_drawer_opens_once_for_an_event(void **state)
{
	struct store_rig *rig = *state;
	char event[OP_ID_SIZE] = "?";

	assert_int_equal(begin(rig, "op1", "sale1"), 0);
	assert_int_equal(begin(rig, "op2", "sale1"), STORE_E_EXISTS);
	assert_int_equal(begin(rig, "op3", "sale2"), 0);
	/* by hand there is none, and as many as there are */
	assert_int_equal(begin(rig, "op4", ""), 0);
	assert_int_equal(begin(rig, "op5", ""), 0);
	assert_int_equal(end(rig, "op1", OUTCOME_UNKNOWN), 0);
	assert_int_equal(begin(rig, "op2", "sale1"), STORE_E_EXISTS);
	assert_int_equal(end(rig, "op3", OUTCOME_OK), 0);
	assert_int_equal(begin(rig, "op2", "sale2"), STORE_E_EXISTS);
	store_find_operation(rig->store, "op3", keep_event, event);
	fake_env_run(&rig->fake);
	assert_string_equal(event, "sale2");
}

/* What certainly did not move may be tried again. */
static void test_an_opening_that_failed_is_none(void **state)
{
	struct store_rig *rig = *state;

	assert_int_equal(begin(rig, "op1", "sale1"), 0);
	assert_int_equal(end(rig, "op1", OUTCOME_FAILED), 0);
	assert_int_equal(begin(rig, "op2", "sale1"), 0);
	assert_int_equal(end(rig, "op2", OUTCOME_REFUSED), 0);
	assert_int_equal(begin(rig, "op3", "sale1"), 0);
	assert_int_equal(end(rig, "op3", OUTCOME_SENT), 0);
	assert_int_equal(begin(rig, "op4", "sale1"), STORE_E_EXISTS);
}

#define TEST(name)                                                           \
	cmocka_unit_test_setup_teardown(test_##name, store_rig_begin_set_up, \
					store_rig_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(days_are_numbered_without_gaps),
		TEST(a_day_is_found_as_it_was),
		TEST(a_day_does_not_end_before_its_session),
		TEST(one_session_at_a_till),
		TEST(no_session_outside_of_a_day),
		TEST(seqs_of_the_journal),
		TEST(two_sessions_can_t_be_written),
		TEST(a_session_is_found_as_it_was),
		TEST(counts_only_grow),
		TEST(what_is_closed_stays_closed),
		TEST(sessions_the_newest_first),
		TEST(a_drawer_opens_once_for_an_event),
		TEST(an_opening_that_failed_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
