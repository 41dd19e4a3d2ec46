/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked, on two lines of twenty: nothing that matters is cut. */
#include "core/action.h"
#include "policy/policy.h"
#include "util/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* All lines, one after the other, pages and lines parted by '|'. */
static void assert_lines(const struct prompt_pages *pages, const char *wanted)
{
	char all[PROMPT_PAGES_MAX * PROMPT_ROWS * (PROMPT_LINE_SIZE + 1)] = "";

	for (size_t i = 0; i < pages->count * PROMPT_ROWS; i++) {
		const char *line =
			pages->lines[i / PROMPT_ROWS][i % PROMPT_ROWS];

		assert_true(text_length(line) <= PROMPT_COLUMNS);
		assert_true(text_is_plain(line));
		strcat(all, i ? "|" : "");
		strcat(all, line);
	}
	assert_string_equal(all, wanted);
}

static void assert_facts(const struct prompt_facts *facts, const char *wanted)
{
	struct prompt_pages pages;

	prompt_pages_make(facts, &pages);
	assert_lines(&pages, wanted);
}

static void assert_asks(enum action action, const struct op *op,
			const char *who, const char *till, const json_t *params,
			const char *wanted)
{
	const struct policy_till place = { .name = till, .currency = "EUR" };
	struct action_words words;
	struct prompt_pages pages;

	action_words_of_op(action, op, &place, params, &words);
	action_prompt(&words, &(struct policy_operator){ .name = who }, &place,
		      &pages);
	action_words_clear(&words);
	assert_lines(&pages, wanted);
}

static void assert_wrapped(const char *text, size_t count, const char *wanted)
{
	char lines[3][PROMPT_LINE_SIZE] = { "", "", "" };
	char all[4 * PROMPT_LINE_SIZE];

	assert_int_equal(prompt_wrap(text, lines, 3), count);
	snprintf(all, sizeof(all), "%s|%s|%s", lines[0], lines[1], lines[2]);
	assert_string_equal(all, wanted);
}

static void test_wrapping(void **state)
{
	(void)state;
	assert_wrapped("", 0, "||");
	assert_wrapped("group cashiers:", 1, "group cashiers:||");
	assert_wrapped("12345678901234567890", 1, "12345678901234567890||");
	assert_wrapped("123456789012345678901", 2, "12345678901234567890|1|");
	assert_wrapped("group cashiers: +drawer.open", 2,
		       "group cashiers:|+drawer.open|");
	assert_wrapped(
		"operator zoe: +żółć+żółć+żółć+żółć a b c d e f g h i j k l", 4,
		"operator zoe:|+żółć+żółć+żółć+żółć|a b c d e f g h i j");
	assert_wrapped("1234567890 123456789 x", 2, "1234567890 123456789|x|");
}

static void test_one_page_where_it_fits(void **state)
{
	(void)state;
	assert_facts(&(struct prompt_facts){ .what = "SIGN ON",
					     .where = "Front till" },
		     "SIGN ON|Front till");
	assert_facts(&(struct prompt_facts){ .what = "SIGN ON" }, "SIGN ON|");
	assert_asks(ACTION_DRAWER_OPEN, &(struct op){ .kind = OP_DRAWER_OPEN },
		    "Anna", "Front till", NULL, "OPEN DRAWER|Anna, Front till");
	/* exactly twenty, and one more */
	assert_facts(&(struct prompt_facts){ .what = "W",
					     .who = "12345678",
					     .where = "1234567890" },
		     "W|12345678, 1234567890");
	assert_facts(&(struct prompt_facts){ .what = "W",
					     .who = "12345678",
					     .where = "12345678901" },
		     "W|12345678|12345678901|");
}

static void test_sums_are_never_cut(void **state)
{
	const struct op small = { .kind = OP_REVERSAL,
				  .reversal = { .amount = 1234 } };
	const struct op big = { .kind = OP_REVERSAL,
				.reversal = { .amount = OP_AMOUNT_MAX } };

	(void)state;
	assert_asks(ACTION_PAYMENT_CANCEL, &small, "Anna", "Front till", NULL,
		    "CANCEL CARD|12.34 EUR, Anna|Front till|");
	assert_asks(ACTION_PAYMENT_CANCEL, &big, "Anna", "Front till", NULL,
		    "CANCEL CARD|9999999999.99 EUR|Anna, Front till|");
	assert_asks(ACTION_PAYMENT_CANCEL, &big,
		    "Aleksandra Maria Kowalska-Nowakowska",
		    "Stoisko z serami i winem", NULL,
		    "CANCEL CARD|9999999999.99 EUR|Aleksandra Maria|"
		    "Kowalska-Nowakowska|Stoisko z serami i|winem");
}

/* Two people or tills that begin alike are told apart. */
static void test_long_names_are_never_cut(void **state)
{
	char name[POLICY_NAME_MAX + 1];

	(void)state;
	assert_facts(&(struct prompt_facts){ .what = "OPEN DRAWER",
					     .who = "Maria Magdalena Kowalska",
					     .where = "Till 2" },
		     "OPEN DRAWER|Maria Magdalena|Kowalska, Till 2|");
	/* the longest there are, without a blank to break them at */
	memset(name, 'x', POLICY_NAME_MAX);
	name[POLICY_NAME_MAX] = 0;
	assert_facts(&(struct prompt_facts){ .what = "W",
					     .details = { "1", "2", "3", "4",
							  "5", "6" },
					     .who = name,
					     .where = name },
		     "W|1, 2, 3, 4, 5, 6|"
		     "xxxxxxxxxxxxxxxxxxxx|xxxxxxxxxxxxxxxxxxxx|"
		     "xxxxxxxxxxxxxxxxxxxx|xxxx|"
		     "xxxxxxxxxxxxxxxxxxxx|xxxxxxxxxxxxxxxxxxxx|"
		     "xxxxxxxxxxxxxxxxxxxx|xxxx");
}

static void test_ranges_are_never_cut(void **state)
{
	struct op op = { .kind = OP_REPORT_BY_DATES,
			 .report = { .from_date = "2026-11-01",
				     .to_date = "2026-11-22" } };

	(void)state;
	assert_asks(ACTION_REPORT_PERIODIC, &op, "Anna", "Front till", NULL,
		    "PERIODIC REPORT|from 2026-11-01|to 2026-11-22, Anna|"
		    "Front till");
	op = (struct op){ .kind = OP_REPORT_BY_NUMBERS,
			  .report = { .from_number = 1,
				      .to_number = 9999999 } };
	assert_asks(ACTION_REPORT_PERIODIC, &op, "Zbigniew Brzeczyszcz",
		    "Hurtownia przy torach", NULL,
		    "PERIODIC REPORT|from no. 1|to no. 9999999|"
		    "Zbigniew Brzeczyszcz|Hurtownia przy|torach");
}

static void test_which_way_is_settled_is_shown(void **state)
{
	const struct op paid = { .kind = OP_PAYMENT,
				 .payment = { .amount = OP_AMOUNT_MAX } };
	const struct op printed = { .kind = OP_REPORT_BY_DATES,
				    .report = { .from_date = "2026-11-01",
						.to_date = "2026-11-22" } };
	json_t *ok = json_pack("{s:s}", "outcome", "ok");
	json_t *failed = json_pack("{s:s}", "outcome", "failed");

	(void)state;
	assert_asks(ACTION_SETTLE, &paid, "Anna", "Front till", failed,
		    "SETTLE OUTCOME|as not happened|9999999999.99 EUR|"
		    "Anna, Front till");
	assert_asks(ACTION_SETTLE, &printed, "Anna", "Front till", ok,
		    "SETTLE OUTCOME|as happened, Anna|Front till|");
	json_decref(ok);
	json_decref(failed);
}

static void test_what_is_asked_always_fits(void **state)
{
	(void)state;
	for (enum action action = 0; action < ACTIONS; action++)
		assert_true(strlen(action_row(action)->prompt) <=
			    PROMPT_COLUMNS);
}

/* Characters are counted, not bytes, and none is cut in two. */
static void test_letters_of_more_bytes(void **state)
{
	(void)state;
	assert_facts(&(struct prompt_facts){ .what = "OTWÓRZ SZUFLADĘ",
					     .who = "Żółć",
					     .where = "Żółwia Łódź" },
		     "OTWÓRZ SZUFLADĘ|Żółć, Żółwia Łódź");
	assert_facts(&(struct prompt_facts){ .what = "W",
					     .who = "ŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻ",
					     .where = "漢字漢字漢字漢字漢字漢字"
						      "漢字漢字漢字漢字漢字" },
		     "W|ŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻ|Ż|"
		     "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字|漢字|");
	assert_facts(&(struct prompt_facts){ .what = "W",
					     .who = "🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏" },
		     "W|🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏🍏|🍏|");
	/* broken at a blank, which is left out */
	assert_facts(
		&(struct prompt_facts){ .what = "W",
					.who = "Anna Maria Dorota A Kowalska" },
		"W|Anna Maria Dorota A|Kowalska|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_page_where_it_fits),
		cmocka_unit_test(test_wrapping),
		cmocka_unit_test(test_sums_are_never_cut),
		cmocka_unit_test(test_long_names_are_never_cut),
		cmocka_unit_test(test_ranges_are_never_cut),
		cmocka_unit_test(test_which_way_is_settled_is_shown),
		cmocka_unit_test(test_what_is_asked_always_fits),
		cmocka_unit_test(test_letters_of_more_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
