/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a till's book, step by step: policy/shift.h. */
#include "policy/shift.h"

#include "util/money.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* --- what the book becomes --- */

/* The book after a step. */
static void follow(const struct shift_step *step, struct shift_book *book)
{
	book->balance = step->balance;
	book->used = book->used || step->entries_count;
	book->day_open =
		(book->day_open || step->begins_day) && !step->ends_day;
	book->session_open = (book->session_open || step->opens_session) &&
			     !step->ends_session;
}

static void test_the_book_from_day_to_day(void **state)
{
	const struct shift_rules rules = { 0 };
	const struct shift_figures all = { true, 30, 20 };
	const struct shift_figures rest = { true, 10, 0 };
	struct shift_book book = { 0 };
	struct shift_step step;

	(void)state;
	assert_int_equal(shift_open(&rules, &book, 30, &step), 0);
	assert_true(step.begins_day);
	follow(&step, &book);
	assert_true(book.used && book.day_open && book.session_open);
	assert_int_equal(shift_close(&rules, &book, &all, &step), 0);
	follow(&step, &book);
	assert_true(book.day_open && !book.session_open);
	/* what was left is the next one's float */
	assert_int_equal(shift_open(&rules, &book, 10, &step), 0);
	assert_false(step.begins_day);
	assert_true(rights_empty(&step.required));
	follow(&step, &book);
	assert_int_equal(shift_end_day(&rules, &book, &rest, true, &step), 0);
	assert_true(step.ends_session && step.ends_day);
	follow(&step, &book);
	assert_false(book.day_open || book.session_open);
	assert_int_equal(book.balance, 10);
	assert_int_equal(shift_open(&rules, &book, 10, &step), 0);
	assert_true(step.begins_day);
}

/* --- sequences by chance --- */

static uint64_t chance_state;

/* xorshift64*: the same every time. */
static uint64_t chance(uint64_t below)
{
	chance_state ^= chance_state >> 12;
	chance_state ^= chance_state << 25;
	chance_state ^= chance_state >> 27;
	return (chance_state * UINT64_C(0x2545f4914f6cdd1d) >> 11) % below;
}

static int64_t chance_figure(void)
{
	static const int64_t odd[] = {
		-1, 0, 1, MONEY_MAX, INT64_MAX, INT64_MIN
	};

	if (!chance(6))
		return odd[chance(sizeof(odd) / sizeof(odd[0]))];
	return (int64_t)chance(500);
}

static struct shift_rules chance_rules(void)
{
	return (struct shift_rules){
		.document_for_shift = chance(2),
		.document_for_day = chance(2),
		.minimum = { chance(2), chance_figure() },
		.maximum = { chance(2), chance_figure() },
		.negative = chance(2),
		.day_end_includes_report = chance(2),
	};
}

/* Each thing that a step can ask for, more often than not. */
static struct rights chance_rights(void)
{
	struct rights held = { 0 };

	for (unsigned int i = 0; i < RIGHTS_COUNT; i++)
		if (chance(5))
			rights_add(&held, i);
	return held;
}

/* As it should be, now and then: else hardly any step is a plain one. */
static int64_t chance_count(const struct shift_book *book)
{
	return chance(2) ? book->balance : chance_figure();
}

static int chance_step(const struct shift_rules *rules,
		       const struct shift_book *book,
		       struct shift_step *out_step)
{
	struct shift_figures figures = { chance(3), chance_count(book),
					 chance_figure() };

	switch (chance(4)) {
	case 0:
		return shift_open(rules, book, figures.counted, out_step);
	case 1:
		return shift_close(rules, book, &figures, out_step);
	case 2:
		return shift_end_day(rules, book, &figures, chance(2),
				     out_step);
	default:
		return shift_move(rules, book,
				  (enum cash_kind)chance(CASH_KINDS),
				  chance_figure(), chance(2), out_step);
	}
}

/* By itself: entries above zero, and the balance is their sum. */
static void expect_it_adds_up(const struct shift_book *book,
			      const struct shift_step *step)
{
	int64_t balance = book->balance;

	for (size_t i = 0; i < step->entries_count; i++) {
		int64_t amount = step->entries[i].amount;

		assert_true(amount > 0 && amount <= MONEY_MAX);
		balance += cash_delta(step->entries[i].kind, amount);
	}
	assert_int_equal(balance, step->balance);
	assert_true(balance <= MONEY_MAX && balance >= -MONEY_MAX);
	if (balance != book->balance)
		assert_true(step->entries_count > 0);
}

/* Nothing moves that nobody was asked for. */
static void expect_it_asks(const struct shift_book *book,
			   const struct shift_step *step)
{
	const struct rights *required = &step->required;

	if (step->entries_count || step->ends_day)
		assert_false(rights_empty(required));
	if (step->balance < book->balance && !step->difference)
		assert_true(rights_has(required,
				       rights_of_object(OBJECT_CASH_WITHDRAWAL,
							RIGHT_ADD)));
	if (step->difference)
		assert_true(
			rights_has(required,
				   PERMISSION_SHIFT_START_DIFFERENCE) ||
			rights_has(required, PERMISSION_SHIFT_END_DIFFERENCE));
}

struct score {
	int taken;
	int refused;
	int faulty;
	int moved;
	int passed;
};

/* A cashier with some rights tries things at a till, one after the other. */
static void try_a_shop(struct score *score)
{
	const struct shift_rules rules = chance_rules();
	const struct rights held = chance_rights();
	struct shift_book book = { 0 };
	int64_t sum = 0;

	for (int i = 0; i < 200; i++) {
		struct shift_step step;
		struct rights missing;

		if (chance_step(&rules, &book, &step)) {
			score->faulty++;
			continue;
		}
		expect_it_adds_up(&book, &step);
		expect_it_asks(&book, &step);
		missing = rights_missing(&step.required, &held);
		if (!rights_empty(&missing)) {
			score->refused++;
			continue;
		}
		for (size_t j = 0; j < step.entries_count; j++)
			sum += cash_delta(step.entries[j].kind,
					  step.entries[j].amount);
		follow(&step, &book);
		assert_int_equal(book.balance, sum);
		assert_true(book.used || !sum);
		assert_true(book.day_open || !book.session_open);
		score->taken++;
		score->moved += step.entries_count > 0;
		for (size_t j = 0; j < SHIFT_LIMITS; j++)
			score->passed += step.passes[j];
	}
}

static void test_the_balance_is_the_sum_of_its_entries(void **state)
{
	struct score score = { 0 };

	(void)state;
	chance_state = 20261122;
	for (int i = 0; i < 2000; i++)
		try_a_shop(&score);
	/* that chance has been everywhere */
	assert_true(score.taken > 20000);
	assert_true(score.refused > 20000);
	assert_true(score.faulty > 20000);
	assert_true(score.moved > 5000);
	assert_true(score.passed > 1000);
}

/* --- the drawer --- */

static void test_what_opens_the_drawer(void **state)
{
	const struct shift_rules off = { 0 };
	const struct shift_rules some = {
		.opens_on = { [SHIFT_EVENT_REFUND_CASH] = true,
			      [SHIFT_EVENT_DAY_END] = true },
		.deposit_from = { true, 100 },
		.withdrawal_from = { true, 0 },
	};

	(void)state;
	for (enum shift_event event = 0; event <= SHIFT_EVENT_WITHDRAWAL;
	     event++)
		assert_false(shift_opens_drawer(&off, event, MONEY_MAX));
	assert_false(shift_opens_drawer(&some, SHIFT_EVENT_RECEIPT_CASH, 0));
	assert_true(shift_opens_drawer(&some, SHIFT_EVENT_REFUND_CASH, 0));
	assert_false(shift_opens_drawer(&some, SHIFT_EVENT_SESSION_OPEN, 0));
	assert_false(shift_opens_drawer(&some, SHIFT_EVENT_SESSION_CLOSE, 0));
	assert_true(shift_opens_drawer(&some, SHIFT_EVENT_DAY_END, 0));
	assert_false(shift_opens_drawer(&some, SHIFT_EVENT_DEPOSIT, 99));
	assert_true(shift_opens_drawer(&some, SHIFT_EVENT_DEPOSIT, 100));
	assert_true(shift_opens_drawer(&some, SHIFT_EVENT_WITHDRAWAL, 1));
}

static void test_sums(void **state)
{
	int64_t sum = 4711;

	(void)state;
	assert_true(money_add(MONEY_MAX, -1, &sum));
	assert_int_equal(sum, MONEY_MAX - 1);
	assert_true(money_add(sum, 1, &sum));
	assert_int_equal(sum, MONEY_MAX);
	assert_false(money_add(MONEY_MAX, 1, &sum));
	assert_false(money_add(INT64_MAX, INT64_MAX, &sum));
	assert_false(money_add(INT64_MIN, -1, &sum));
	assert_int_equal(sum, MONEY_MAX);
	assert_true(money_subtract(0, MONEY_MAX, &sum));
	assert_int_equal(sum, -MONEY_MAX);
	assert_false(money_subtract(-MONEY_MAX, 1, &sum));
	assert_false(money_subtract(0, INT64_MIN, &sum));
	assert_int_equal(sum, -MONEY_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_book_from_day_to_day),
		cmocka_unit_test(test_the_balance_is_the_sum_of_its_entries),
		cmocka_unit_test(test_what_opens_the_drawer),
		cmocka_unit_test(test_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
