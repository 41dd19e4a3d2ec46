/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked for by name: policy/asks.h. */
#include "policy/asks.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NAME_MAX_HERE 64 /* what the journal's column holds, with its end */

static struct rights set_of(const unsigned int *which)
{
	struct rights set = { 0 };

	for (; *which != ASKS_END; which++) {
		assert_in_range(*which, 0, RIGHTS_COUNT - 1);
		assert_false(rights_has(&set, *which));
		rights_add(&set, *which);
	}
	return set;
}

static size_t count_of(const unsigned int *which)
{
	size_t count = 0;

	while (which[count] != ASKS_END)
		count++;
	return count;
}

/* "sales_order.make_advance_invoice" */
static bool is_name(const char *name)
{
	const char *dot = strchr(name, '.');

	if (!dot || strchr(dot + 1, '.') || strlen(name) >= NAME_MAX_HERE)
		return false;
	for (; *name; name++)
		if (!islower((unsigned char)*name) && !strchr("._", *name))
			return false;
	return true;
}

static bool is_prompt(const char *prompt)
{
	if (!*prompt || strlen(prompt) > ASKS_PROMPT_MAX)
		return false;
	for (; *prompt; prompt++)
		if (!isprint((unsigned char)*prompt) ||
		    islower((unsigned char)*prompt))
			return false;
	return true;
}

static void test_every_row_is_whole(void **state)
{
	const struct ask_row *row;

	(void)state;
	for (size_t i = 0; (row = asks_at(i)); i++) {
		if (!row->name || !is_name(row->name))
			fail_msg("row %zu: name %s", i, row->name);
		if (!row->prompt || !is_prompt(row->prompt))
			fail_msg("%s: prompt %s", row->name, row->prompt);
		assert_true(row->asks && islower((unsigned char)row->asks[0]));
		assert_true(count_of(row->all) + count_of(row->any) > 0);
	}
}

static void test_names_are_unique_and_found(void **state)
{
	const struct ask_row *row;

	(void)state;
	for (size_t i = 0; (row = asks_at(i)); i++)
		assert_ptr_equal(asks_find(row->name), row);
	assert_null(asks_find("receipt"));
	assert_null(asks_find("receipt.write"));
	assert_null(asks_find(""));
}

/* All that can be granted can be asked for, under the same name. */
static void test_whatever_can_be_granted_can_be_asked_for(void **state)
{
	(void)state;
	for (unsigned int which = 0; which < RIGHTS_COUNT; which++) {
		const struct ask_row *row = asks_find(rights_name(which));
		struct rights all;

		assert_non_null(row);
		assert_string_equal(row->asks, rights_meaning(which));
		all = set_of(row->all);
		assert_true(rights_has(&all, which));
		assert_int_equal(count_of(row->any), 0);
	}
	assert_int_equal(count_of(asks_find("price.change")->all), 1);
	assert_int_equal(count_of(asks_find("receipt.read")->all), 1);
	assert_int_equal(count_of(asks_find("receipt.delete")->all), 2);
}

/* Without read the others are void: whoever asks for one has to name both. */
static void test_nothing_is_asked_without_read(void **state)
{
	const struct ask_row *row;

	(void)state;
	for (size_t i = 0; (row = asks_at(i)); i++) {
		struct rights all = set_of(row->all), kept = all;
		struct rights lost;

		rights_void(&kept);
		lost = rights_missing(&all, &kept);
		if (!rights_empty(&lost))
			fail_msg("%s asks for a right without read", row->name);
	}
}

struct wanted {
	const char *name;
	const char *all[8];
	const char *any[4];
};

/* As docs/policy.md has them. */
static const struct wanted wanted[] = {
	{ "drawer.open", { "drawer.open" }, { NULL } },
	{ "receipt.add", { "receipt.read", "receipt.add" }, { NULL } },
	{ "trade_document.new",
	  { NULL },
	  { "receipt.read", "sales_invoice.read" } },
	{ "cash_document.list",
	  { NULL },
	  { "cash_deposit.read", "cash_withdrawal.read" } },
	{ "receipt.issue",
	  { "receipt.read", "receipt.add", "cash_deposit.read",
	    "cash_deposit.add", "cash_report.read", "cash_report.add" },
	  { NULL } },
	{ "receipt_correction.confirm_cash",
	  { "refund.validate", "receipt_correction.read",
	    "receipt_correction.add", "cash_withdrawal.read",
	    "cash_withdrawal.add" },
	  { NULL } },
	{ "warehouse_movement.process",
	  { "warehouse_movement.read" },
	  { NULL } },
	{ "sales_order.make_advance_invoice",
	  { "sales_order.read", "advance_invoice.read", "advance_invoice.add" },
	  { NULL } },
};

static void assert_same(const char *name, const unsigned int *list,
			const char *const *names)
{
	struct rights set = set_of(list);
	size_t count = 0;

	for (; names[count]; count++) {
		unsigned int which = 0;

		assert_true(rights_from_name(names[count], &which));
		if (!rights_has(&set, which))
			fail_msg("%s does not ask for %s", name, names[count]);
	}
	if (count_of(list) != count)
		fail_msg("%s asks for more than is wanted", name);
}

static void test_what_they_take(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		const struct ask_row *row = asks_find(wanted[i].name);

		assert_non_null(row);
		assert_same(row->name, row->all, wanted[i].all);
		assert_same(row->name, row->any, wanted[i].any);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_is_whole),
		cmocka_unit_test(test_names_are_unique_and_found),
		cmocka_unit_test(test_whatever_can_be_granted_can_be_asked_for),
		cmocka_unit_test(test_nothing_is_asked_without_read),
		cmocka_unit_test(test_what_they_take),
	};

	return cmocka_run_group_tests_name("asks", tests, NULL, NULL);
}
