/* SPDX-License-Identifier: Apache-2.0 */
/* What shifts, days and cash ask for, and what they do: policy/shift.h. */
#include "policy/shift.h"

#include "util/buf.h"
#include "util/money.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FAILS(error) NULL, error

/* --- a step as a line of text, to be compared with what it should be --- */

static void tell_entries(struct buf *text, const struct shift_step *step)
{
	for (size_t i = 0; i < step->entries_count; i++)
		buf_add_format(text, "%s %lld%s%s, ",
			       cash_kind_name(step->entries[i].kind),
			       (long long)step->entries[i].amount,
			       step->entries[i].document ? " documented" : "",
			       step->entries[i].declared ? " declared" : "");
	buf_add_format(text, "left %lld", (long long)step->balance);
}

static void tell_asked(struct buf *text, const struct shift_step *step)
{
	if (!rights_empty(&step->required))
		buf_add_text(text, "; asks");
	for (unsigned int i = 0; i < RIGHTS_COUNT; i++)
		if (rights_has(&step->required, i))
			buf_add_format(text, " %s", rights_name(i));
	for (enum shift_limit i = 0; i < SHIFT_LIMITS; i++)
		if (step->passes[i])
			buf_add_format(text, "; passes %s",
				       shift_limit_name(i));
}

static const char *tell(struct buf *text, const struct shift_step *step)
{
	buf_reset(text);
	tell_entries(text, step);
	tell_asked(text, step);
	return buf_text(text);
}

/* --- tables of cases --- */

struct row {
	const char *title;
	struct shift_rules rules;
	struct shift_book book;
	struct shift_figures figures;
	const char *told; /* NULL: fails */
	int error;
};

typedef int (*taken)(const struct row *row, struct shift_step *out_step);

static void run(const struct row *rows, size_t count, taken take)
{
	struct buf text = BUF_INIT(1024);

	for (size_t i = 0; i < count; i++) {
		struct shift_step step = { .balance = 4711 };
		int r = take(&rows[i], &step);
		const char *told = tell(&text, &step);

		if (r != rows[i].error)
			fail_msg("%s: error %d, not %d", rows[i].title, r,
				 rows[i].error);
		if (r) /* untouched */
			assert_string_equal(told, "left 4711");
		else if (strcmp(told, rows[i].told) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", rows[i].title, told,
				 rows[i].told);
	}
	buf_free(&text);
}

#define RUN(rows, take) run(rows, sizeof(rows) / sizeof((rows)[0]), take)

/* What rows are written with. clang-format would stretch it. */
/* clang-format off */
#define NEW		{ 0 }
#define IDLE(amount)	{ .balance = (amount), .used = true }
#define DAY(amount)	{ .balance = (amount), .used = true, .day_open = true }
#define BUSY(amount)	{ .balance = (amount), .used = true, \
			  .day_open = true, .session_open = true }
#define COUNTED(amount, taken)	{ true, amount, taken }
#define UNCOUNTED(taken)	{ .withdrawal = (taken) }
#define MINIMUM(n)	{ .minimum = { true, n } }
#define MAXIMUM(n)	{ .maximum = { true, n } }
#define NEGATIVE	{ .negative = true }
#define SHIFT_PAPERS	{ .document_for_shift = true }
#define DAY_PAPERS	{ .document_for_day = true }
#define BOTH_PAPERS	{ .document_for_shift = true, .document_for_day = true }
/* clang-format on */

/* --- opening --- */

static int take_open(const struct row *row, struct shift_step *out_step)
{
	return shift_open(&row->rules, &row->book, row->figures.counted,
			  out_step);
}

#define START	   " asks shift.start_difference"
#define DEPOSIT	   " cash_deposit.read cash_deposit.add"
#define WITHDRAWAL " cash_withdrawal.read cash_withdrawal.add"

static void test_opening(void **state)
{
	/* clang-format off */
	static const struct row rows[] = {
		{ "nothing in a new till", { 0 }, NEW, COUNTED(0, 0), "left 0",
		  0 },
		{ "the first float", { 0 }, NEW, COUNTED(1, 0),
		  "float 1, left 1;" START, 0 },
		{ "as it was left", { 0 }, IDLE(500), COUNTED(500, 0),
		  "left 500", 0 },
		{ "one more", { 0 }, IDLE(500), COUNTED(501, 0),
		  "surplus 1, left 501;" START, 0 },
		{ "one less", { 0 }, IDLE(500), COUNTED(499, 0),
		  "shortage 1, left 499;" START, 0 },
		{ "all of it gone", { 0 }, IDLE(500), COUNTED(0, 0),
		  "shortage 500, left 0;" START, 0 },
		{ "from below zero", { 0 }, IDLE(-30), COUNTED(0, 0),
		  "surplus 30, left 0;" START, 0 },
		{ "a used till that has nothing", { 0 }, IDLE(0), COUNTED(7, 0),
		  "surplus 7, left 7;" START, 0 },
		{ "the most there can be", { 0 }, NEW, COUNTED(MONEY_MAX, 0),
		  "float 999999999999, left 999999999999;" START, 0 },
		{ "more than there can be", { 0 }, NEW,
		  COUNTED(MONEY_MAX + 1, 0), FAILS(SHIFT_E_AMOUNT) },
		{ "the most that there is", { 0 }, NEW, COUNTED(INT64_MAX, 0),
		  FAILS(SHIFT_E_AMOUNT) },
		{ "below zero", { 0 }, NEW, COUNTED(-1, 0),
		  FAILS(SHIFT_E_AMOUNT) },
		{ "far below zero", { 0 }, NEW, COUNTED(INT64_MIN, 0),
		  FAILS(SHIFT_E_AMOUNT) },
		{ "too far from where it was", { 0 }, IDLE(-1),
		  COUNTED(MONEY_MAX, 0), FAILS(SHIFT_E_OVERFLOW) },
		{ "a book that can't be", { 0 }, IDLE(INT64_MIN), COUNTED(0, 0),
		  FAILS(SHIFT_E_OVERFLOW) },
		{ "another is open", { 0 }, BUSY(0), COUNTED(0, 0),
		  FAILS(SHIFT_E_SESSION_OPEN) },
	};
	/* clang-format on */

	(void)state;
	RUN(rows, take_open);
}

/* The first opening of a day is the start of that as well. */
static void test_documents_at_opening(void **state)
{
	/* clang-format off */
	static const struct row rows[] = {
		{ "shift: surplus", SHIFT_PAPERS, DAY(5), COUNTED(7, 0),
		  "surplus 2 documented, left 7;" START DEPOSIT, 0 },
		{ "shift: shortage", SHIFT_PAPERS, DAY(5), COUNTED(3, 0),
		  "shortage 2 documented, left 3;" START WITHDRAWAL, 0 },
		{ "shift: with the day", SHIFT_PAPERS, IDLE(5), COUNTED(7, 0),
		  "surplus 2 documented, left 7;" START DEPOSIT, 0 },
		{ "shift: the first float", SHIFT_PAPERS, NEW, COUNTED(7, 0),
		  "float 7 documented, left 7;" START DEPOSIT, 0 },
		{ "day: within one", DAY_PAPERS, DAY(5), COUNTED(7, 0),
		  "surplus 2, left 7;" START, 0 },
		{ "day: with the day", DAY_PAPERS, IDLE(5), COUNTED(3, 0),
		  "shortage 2 documented, left 3;" START WITHDRAWAL, 0 },
		{ "both: within a day", BOTH_PAPERS, DAY(5), COUNTED(3, 0),
		  "shortage 2 documented, left 3;" START WITHDRAWAL, 0 },
		{ "both: with the day", BOTH_PAPERS, IDLE(5), COUNTED(7, 0),
		  "surplus 2 documented, left 7;" START DEPOSIT, 0 },
		{ "both: no difference", BOTH_PAPERS, IDLE(5), COUNTED(5, 0),
		  "left 5", 0 },
	};
	/* clang-format on */

	(void)state;
	RUN(rows, take_open);
}

#define START_PAST START " balance.exceed_limit; passes "

static void test_limits_at_opening(void **state)
{
	/* clang-format off */
	static const struct row rows[] = {
		{ "up to the maximum", MAXIMUM(100), IDLE(99), COUNTED(100, 0),
		  "surplus 1, left 100;" START, 0 },
		{ "past the maximum", MAXIMUM(100), IDLE(100), COUNTED(101, 0),
		  "surplus 1, left 101;" START_PAST "maximum", 0 },
		{ "past it already", MAXIMUM(100), IDLE(150), COUNTED(150, 0),
		  "left 150", 0 },
		{ "coming back to it", MAXIMUM(100), IDLE(150), COUNTED(149, 0),
		  "shortage 1, left 149;" START, 0 },
		{ "down to the minimum", MINIMUM(100), IDLE(101),
		  COUNTED(100, 0), "shortage 1, left 100;" START, 0 },
		{ "past the minimum", MINIMUM(100), IDLE(100), COUNTED(99, 0),
		  "shortage 1, left 99;" START_PAST "minimum", 0 },
		{ "a till that never had it", MINIMUM(100), NEW, COUNTED(0, 0),
		  "left 0", 0 },
		{ "on the way to it", MINIMUM(100), NEW, COUNTED(50, 0),
		  "float 50, left 50;" START, 0 },
		{ "up from below zero", NEGATIVE, IDLE(-5), COUNTED(0, 0),
		  "surplus 5, left 0;" START, 0 },
	};
	/* clang-format on */

	(void)state;
	RUN(rows, take_open);
}

/* --- closing --- */

static int take_close(const struct row *row, struct shift_step *out_step)
{
	return shift_close(&row->rules, &row->book, &row->figures, out_step);
}

#define WITHOUT " shift.end_without_withdrawal"
#define END	" shift.end_difference"
#define PAST	" balance.exceed_limit"

static void test_closing(void **state)
{
	/* clang-format off */
	static const struct row rows[] = {
		{ "0 out of a counted 0", { 0 }, BUSY(0), COUNTED(0, 0),
		  "left 0", 0 },
		{ "0 out of a counted 0, and it differs", { 0 }, BUSY(1),
		  COUNTED(0, 0), "shortage 1, left 0; asks" END, 0 },
		{ "nothing withdrawn", { 0 }, BUSY(1), COUNTED(1, 0),
		  "left 1; asks" WITHOUT, 0 },
		{ "all of it withdrawn", { 0 }, BUSY(1), COUNTED(1, 1),
		  "withdrawal 1, left 0; asks" WITHDRAWAL, 0 },
		{ "a float left", { 0 }, BUSY(900), COUNTED(900, 700),
		  "withdrawal 700, left 200; asks" WITHDRAWAL, 0 },
		{ "one more, and a float left", { 0 }, BUSY(900),
		  COUNTED(901, 700),
		  "surplus 1, withdrawal 700, left 201; asks" END WITHDRAWAL,
		  0 },
		{ "one less, nothing withdrawn", { 0 }, BUSY(900),
		  COUNTED(899, 0), "shortage 1, left 899; asks" WITHOUT END,
		  0 },
		{ "from below zero", { 0 }, BUSY(-10), COUNTED(0, 0),
		  "surplus 10, left 0; asks" END, 0 },
		{ "more withdrawn than counted", { 0 }, BUSY(900),
		  COUNTED(899, 900), FAILS(SHIFT_E_WITHDRAWAL) },
		{ "something out of nothing", { 0 }, BUSY(0), COUNTED(0, 1),
		  FAILS(SHIFT_E_WITHDRAWAL) },
		{ "all there can be", { 0 }, BUSY(0),
		  COUNTED(MONEY_MAX, MONEY_MAX),
		  "surplus 999999999999, withdrawal 999999999999, left 0; asks"
		  END WITHDRAWAL,
		  0 },
		{ "withdrawal above all", { 0 }, BUSY(0),
		  COUNTED(MONEY_MAX, MONEY_MAX + 1), FAILS(SHIFT_E_AMOUNT) },
		{ "withdrawal below zero", { 0 }, BUSY(5), COUNTED(5, -1),
		  FAILS(SHIFT_E_AMOUNT) },
		{ "counted below zero", { 0 }, BUSY(5), COUNTED(-1, 0),
		  FAILS(SHIFT_E_AMOUNT) },
		{ "too far from where it was", { 0 }, BUSY(-MONEY_MAX),
		  COUNTED(1, 0), FAILS(SHIFT_E_OVERFLOW) },
		{ "not counted", { 0 }, BUSY(5), { false, 5, 0 },
		  FAILS(SHIFT_E_NOT_COUNTED) },
		{ "none is open", { 0 }, DAY(5), COUNTED(5, 0),
		  FAILS(SHIFT_E_SESSION_NONE) },
	};
	/* clang-format on */

	(void)state;
	RUN(rows, take_close);
}

static void test_documents_at_closing(void **state)
{
	/* clang-format off */
	static const struct row rows[] = {
		{ "shift: surplus", SHIFT_PAPERS, BUSY(5), COUNTED(7, 7),
		  "surplus 2 documented, withdrawal 7, left 0; asks" END DEPOSIT
		  WITHDRAWAL,
		  0 },
		{ "shift: shortage", SHIFT_PAPERS, BUSY(5), COUNTED(3, 0),
		  "shortage 2 documented, left 3; asks" WITHOUT END WITHDRAWAL,
		  0 },
		{ "shift: no difference", SHIFT_PAPERS, BUSY(5), COUNTED(5, 0),
		  "left 5; asks" WITHOUT, 0 },
		{ "both", BOTH_PAPERS, BUSY(0), COUNTED(3, 0),
		  "surplus 3 documented, left 3; asks" WITHOUT END DEPOSIT, 0 },
		{ "day", DAY_PAPERS, BUSY(0), COUNTED(3, 0),
		  "surplus 3, left 3; asks" WITHOUT END, 0 },
	};
	/* clang-format on */

	(void)state;
	RUN(rows, take_close);
}

/* Where it ends is what counts, not the way there. */
static void test_limits_at_closing(void **state)
{
	/* clang-format off */
	static const struct row rows[] = {
		{ "a surplus that is withdrawn", MAXIMUM(100), BUSY(100),
		  COUNTED(150, 50),
		  "surplus 50, withdrawal 50, left 100; asks" END WITHDRAWAL,
		  0 },
		{ "a surplus that is left", MAXIMUM(100), BUSY(100),
		  COUNTED(150, 49),
		  "surplus 50, withdrawal 49, left 101; asks" END PAST
		  WITHDRAWAL "; passes maximum",
		  0 },
		{ "left as it was, past it", MAXIMUM(100), BUSY(150),
		  COUNTED(150, 0), "left 150; asks" WITHOUT, 0 },
		{ "past it, and further", MAXIMUM(100), BUSY(150),
		  COUNTED(151, 0),
		  "surplus 1, left 151; asks" WITHOUT END PAST
		  "; passes maximum",
		  0 },
		{ "withdrawn down to the minimum", MINIMUM(100), BUSY(150),
		  COUNTED(150, 50), "withdrawal 50, left 100; asks" WITHDRAWAL,
		  0 },
		{ "withdrawn past the minimum", MINIMUM(100), BUSY(150),
		  COUNTED(150, 51),
		  "withdrawal 51, left 99; asks" PAST WITHDRAWAL
		  "; passes minimum",
		  0 },
		{ "past the minimum, and further", MINIMUM(100), BUSY(50),
		  COUNTED(50, 1),
		  "withdrawal 1, left 49; asks" PAST WITHDRAWAL
		  "; passes minimum",
		  0 },
		{ "all of it withdrawn", NEGATIVE, BUSY(50), COUNTED(50, 50),
		  "withdrawal 50, left 0; asks" WITHDRAWAL, 0 },
	};
	/* clang-format on */

	(void)state;
	RUN(rows, take_close);
}

/* --- the end of the day --- */

static int take_day(const struct row *row, struct shift_step *out_step)
{
	return shift_end_day(&row->rules, &row->book, &row->figures, false,
			     out_step);
}

static void test_ending_the_day(void **state)
{
	/* clang-format off */
	static const struct row rows[] = {
		{ "without a count", { 0 }, DAY(500), UNCOUNTED(0),
		  "left 500; asks day.end", 0 },
		{ "without a count, below zero", { 0 }, DAY(-5), UNCOUNTED(0),
		  "left -5; asks day.end", 0 },
		{ "withdrawn without a count", { 0 }, DAY(500), UNCOUNTED(500),
		  "withdrawal 500, left 0; asks day.end" WITHDRAWAL, 0 },
		{ "more than there should be", { 0 }, DAY(500), UNCOUNTED(501),
		  FAILS(SHIFT_E_WITHDRAWAL) },
		{ "more than there is below zero", { 0 }, DAY(-5), UNCOUNTED(1),
		  FAILS(SHIFT_E_WITHDRAWAL) },
		{ "counted, as it should be", { 0 }, DAY(500), COUNTED(500, 0),
		  "left 500; asks day.end", 0 },
		{ "counted, and it differs", { 0 }, DAY(500), COUNTED(498, 0),
		  "shortage 2, left 498; asks" END " day.end", 0 },
		{ "counted, and withdrawn", { 0 }, DAY(500), COUNTED(502, 502),
		  "surplus 2, withdrawal 502, left 0; asks" END " day.end"
		  WITHDRAWAL,
		  0 },
		{ "it ends a session as well", { 0 }, BUSY(500),
		  COUNTED(500, 0), "left 500; asks" WITHOUT " day.end", 0 },
		{ "with nothing in it", { 0 }, BUSY(0), COUNTED(0, 0),
		  "left 0; asks day.end", 0 },
		{ "that differs", { 0 }, BUSY(500), COUNTED(1, 1),
		  "shortage 499, withdrawal 1, left 0; asks" END " day.end"
		  WITHDRAWAL,
		  0 },
		{ "a session that is not counted", { 0 }, BUSY(500),
		  UNCOUNTED(0), FAILS(SHIFT_E_NOT_COUNTED) },
		{ "no day", { 0 }, IDLE(500), COUNTED(500, 0),
		  FAILS(SHIFT_E_DAY_NONE) },
		{ "below zero", { 0 }, DAY(500), UNCOUNTED(-1),
		  FAILS(SHIFT_E_AMOUNT) },
		{ "day: a document", DAY_PAPERS, DAY(5), COUNTED(6, 0),
		  "surplus 1 documented, left 6; asks" END " day.end" DEPOSIT,
		  0 },
		{ "shift: none", SHIFT_PAPERS, DAY(5), COUNTED(6, 0),
		  "surplus 1, left 6; asks" END " day.end", 0 },
		{ "shift: a document for its session", SHIFT_PAPERS, BUSY(5),
		  COUNTED(4, 4),
		  "shortage 1 documented, withdrawal 4, left 0; asks" END
		  " day.end" WITHDRAWAL,
		  0 },
		{ "day: one for both", DAY_PAPERS, BUSY(5), COUNTED(6, 6),
		  "surplus 1 documented, withdrawal 6, left 0; asks" END
		  " day.end" DEPOSIT WITHDRAWAL,
		  0 },
		{ "past the minimum", MINIMUM(100), DAY(500), UNCOUNTED(401),
		  "withdrawal 401, left 99; asks day.end" PAST WITHDRAWAL
		  "; passes minimum",
		  0 },
	};
	/* clang-format on */

	(void)state;
	RUN(rows, take_day);
}

static bool asks_for_report(bool prints, bool included)
{
	const struct shift_rules rules = { .day_end_includes_report =
						   included };
	const struct shift_book book = DAY(0);
	const struct shift_figures figures = UNCOUNTED(0);
	struct shift_step step;

	assert_int_equal(shift_end_day(&rules, &book, &figures, prints, &step),
			 0);
	assert_true(rights_has(&step.required, PERMISSION_DAY_END));
	return rights_has(&step.required, PERMISSION_REPORT_DAILY);
}

static void test_the_report_at_the_end_of_the_day(void **state)
{
	(void)state;
	assert_true(asks_for_report(true, false));
	assert_false(asks_for_report(true, true));
	assert_false(asks_for_report(false, false));
}

/* --- cash --- */

struct movement {
	const char *title;
	struct shift_rules rules;
	int64_t balance;
	enum cash_kind kind;
	int64_t amount;
	bool declared;
	const char *told;
	int error;
};

static void move(const struct movement *rows, size_t count)
{
	struct buf text = BUF_INIT(1024);

	for (size_t i = 0; i < count; i++) {
		const struct movement *row = &rows[i];
		const struct shift_book book = BUSY(row->balance);
		struct shift_step step = { 0 };
		int r = shift_move(&row->rules, &book, row->kind, row->amount,
				   row->declared, &step);

		if (r != row->error)
			fail_msg("%s: error %d, not %d", row->title, r,
				 row->error);
		if (!r && strcmp(tell(&text, &step), row->told) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", row->title,
				 buf_text(&text), row->told);
	}
	buf_free(&text);
}

#define MOVE(rows) move(rows, sizeof(rows) / sizeof((rows)[0]))

static void test_cash(void **state)
{
	/* clang-format off */
	static const struct movement rows[] = {
		{ "in", { 0 }, 0, CASH_DEPOSIT, 1, false,
		  "deposit 1, left 1; asks" DEPOSIT, 0 },
		{ "out", { 0 }, 5, CASH_WITHDRAWAL, 5, false,
		  "withdrawal 5, left 0; asks" WITHDRAWAL, 0 },
		{ "out, below zero, nobody minds", { 0 }, 5, CASH_WITHDRAWAL, 6,
		  false, "withdrawal 6, left -1; asks" WITHDRAWAL, 0 },
		{ "a sale", { 0 }, 5, CASH_SALE, 6, false,
		  "sale 6, left 11; asks" DEPOSIT, 0 },
		{ "a refund", { 0 }, 5, CASH_REFUND, 2, false,
		  "refund 2, left 3; asks refund.validate" WITHDRAWAL, 0 },
		{ "a declared sale", { 0 }, 5, CASH_SALE, 6, true,
		  "sale 6 declared, left 11; asks" DEPOSIT, 0 },
		{ "a declared refund", { 0 }, 5, CASH_REFUND, 2, true,
		  "refund 2 declared, left 3; asks refund.validate" WITHDRAWAL,
		  0 },
		{ "a declared deposit", { 0 }, 5, CASH_DEPOSIT, 2, true,
		  FAILS(-EINVAL) },
		{ "a surplus out of the air", { 0 }, 5, CASH_SURPLUS, 2, false,
		  FAILS(-EINVAL) },
		{ "a shortage", { 0 }, 5, CASH_SHORTAGE, 2, false,
		  FAILS(-EINVAL) },
		{ "a float", { 0 }, 5, CASH_FLOAT, 2, false, FAILS(-EINVAL) },
		{ "nothing", { 0 }, 5, CASH_DEPOSIT, 0, false,
		  FAILS(SHIFT_E_AMOUNT) },
		{ "below nothing", { 0 }, 5, CASH_DEPOSIT, -1, false,
		  FAILS(SHIFT_E_AMOUNT) },
		{ "far below nothing", { 0 }, 5, CASH_WITHDRAWAL, INT64_MIN,
		  false, FAILS(SHIFT_E_AMOUNT) },
		{ "above all", { 0 }, 5, CASH_WITHDRAWAL, MONEY_MAX + 1, false,
		  FAILS(SHIFT_E_AMOUNT) },
		{ "to the brim", { 0 }, MONEY_MAX - 1, CASH_SALE, 1, false,
		  "sale 1, left 999999999999; asks" DEPOSIT, 0 },
		{ "over the brim", { 0 }, MONEY_MAX, CASH_SALE, 1, false,
		  FAILS(SHIFT_E_OVERFLOW) },
		{ "over the brim, by word", { 0 }, 1, CASH_SALE, MONEY_MAX,
		  true, FAILS(SHIFT_E_OVERFLOW) },
		{ "under the bottom", { 0 }, -MONEY_MAX, CASH_WITHDRAWAL, 1,
		  false, FAILS(SHIFT_E_OVERFLOW) },
		{ "a book that can't be", { 0 }, INT64_MAX, CASH_DEPOSIT, 1,
		  false, FAILS(SHIFT_E_OVERFLOW) },
	};
	/* clang-format on */

	(void)state;
	MOVE(rows);
}

static void test_limits_of_cash(void **state)
{
	/* clang-format off */
	static const struct movement rows[] = {
		{ "up to the maximum", MAXIMUM(100), 99, CASH_SALE, 1, false,
		  "sale 1, left 100; asks" DEPOSIT, 0 },
		{ "past the maximum", MAXIMUM(100), 100, CASH_SALE, 1, false,
		  "sale 1, left 101; asks" PAST DEPOSIT "; passes maximum", 0 },
		{ "further past it", MAXIMUM(100), 101, CASH_DEPOSIT, 1, false,
		  "deposit 1, left 102; asks" PAST DEPOSIT "; passes maximum",
		  0 },
		{ "back towards it", MAXIMUM(100), 150, CASH_WITHDRAWAL, 1,
		  false, "withdrawal 1, left 149; asks" WITHDRAWAL, 0 },
		{ "a maximum of nothing", MAXIMUM(0), 0, CASH_SALE, 1, false,
		  "sale 1, left 1; asks" PAST DEPOSIT "; passes maximum", 0 },
		{ "down to the minimum", MINIMUM(100), 101, CASH_REFUND, 1,
		  false, "refund 1, left 100; asks refund.validate" WITHDRAWAL,
		  0 },
		{ "past the minimum", MINIMUM(100), 100, CASH_REFUND, 1, false,
		  "refund 1, left 99; asks refund.validate" PAST WITHDRAWAL
		  "; passes minimum",
		  0 },
		{ "further past it", MINIMUM(100), 99, CASH_WITHDRAWAL, 1,
		  false,
		  "withdrawal 1, left 98; asks" PAST WITHDRAWAL
		  "; passes minimum",
		  0 },
		{ "back towards it", MINIMUM(100), 50, CASH_SALE, 1, false,
		  "sale 1, left 51; asks" DEPOSIT, 0 },
		{ "down to nothing", NEGATIVE, 1, CASH_WITHDRAWAL, 1, false,
		  "withdrawal 1, left 0; asks" WITHDRAWAL, 0 },
		{ "below nothing", NEGATIVE, 0, CASH_WITHDRAWAL, 1, false,
		  "withdrawal 1, left -1; asks" PAST WITHDRAWAL
		  "; passes negative",
		  0 },
		{ "further below", NEGATIVE, -1, CASH_WITHDRAWAL, 1, false,
		  "withdrawal 1, left -2; asks" PAST WITHDRAWAL
		  "; passes negative",
		  0 },
		{ "up from below", NEGATIVE, -5, CASH_SALE, 1, false,
		  "sale 1, left -4; asks" DEPOSIT, 0 },
		{ "two at once", { .minimum = { true, 10 }, .negative = true },
		  10, CASH_WITHDRAWAL, 11, false,
		  "withdrawal 11, left -1; asks" PAST WITHDRAWAL
		  "; passes minimum; passes negative",
		  0 },
		{ "one that is off", { .minimum = { false, 10 } }, 10,
		  CASH_WITHDRAWAL, 11, false,
		  "withdrawal 11, left -1; asks" WITHDRAWAL, 0 },
		{ "declared: an alarm, no refusal", MAXIMUM(100), 100,
		  CASH_SALE, 1, true,
		  "sale 1 declared, left 101; asks" DEPOSIT "; passes maximum",
		  0 },
		{ "declared refund", NEGATIVE, 0, CASH_REFUND, 1, true,
		  "refund 1 declared, left -1; asks refund.validate" WITHDRAWAL
		  "; passes negative",
		  0 },
	};
	/* clang-format on */

	(void)state;
	MOVE(rows);
}

/* --- the words --- */

static void test_kinds_of_cash(void **state)
{
	(void)state;
	for (enum cash_kind kind = 0; kind < CASH_KINDS; kind++) {
		enum cash_kind back = CASH_KINDS;

		assert_true(cash_kind_from_name(cash_kind_name(kind), &back));
		assert_int_equal(back, kind);
		assert_string_equal(cash_kind_direction(kind),
				    cash_kind_is_in(kind) ? "in" : "out");
		assert_int_equal(cash_delta(kind, 5),
				 cash_kind_is_in(kind) ? 5 : -5);
	}
	assert_false(cash_kind_from_name("loot", &(enum cash_kind){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opening),
		cmocka_unit_test(test_documents_at_opening),
		cmocka_unit_test(test_limits_at_opening),
		cmocka_unit_test(test_closing),
		cmocka_unit_test(test_documents_at_closing),
		cmocka_unit_test(test_limits_at_closing),
		cmocka_unit_test(test_ending_the_day),
		cmocka_unit_test(test_the_report_at_the_end_of_the_day),
		cmocka_unit_test(test_cash),
		cmocka_unit_test(test_limits_of_cash),
		cmocka_unit_test(test_kinds_of_cash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
