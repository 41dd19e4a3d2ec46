/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A receipt as a till asks for it: read strictly, and reckoned as
 * docs/protocols.md 3.8 says that a printer does. Numbers in brackets are
 * sections of docs/protocols.md.
 */
#include "receipt_maker.h"

#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define SALE	"{'name': 'Kawa', 'price': 1000, 'vat': 'B'}"
#define CASH	"'payments': [{'kind': 'cash', 'amount': 5000}]"
#define LINE(x) "{'lines': [{" x "}], " CASH "}"
#define OFF(x) \
	LINE("'name': 'Kawa', 'price': 1000, 'vat': 'B', 'discount': {" x "}")

/* --- reading --- */

static void test_reads(void **state)
{
	struct receipt *receipt = maker_receipt(
		"{'lines': [{'name': 'Kawa', 'quantity': '0.25', 'unit': 'kg',"
		" 'price': 4000, 'vat': 'B', 'description': 'Arabica',"
		" 'discount': {'percent': '12.5', 'name': 'wtorek'}},"
		" {'void': 1}, {'name': 'Chleb', 'price': 450, 'vat': 'C'}],"
		" 'discounts': [{'amount': 50, 'markup': true}],"
		" 'payments': [{'kind': 'voucher', 'amount': 300},"
		" {'kind': 'cash', 'amount': 1000, 'name': 'Gotówka'}],"
		" 'total': 500, 'buyer_tax_id': '5261040828',"
		" 'footer': ['Dziękujemy'], 'reference': 'not its own'}");
	const struct receipt_line *line = &receipt->lines[0];

	(void)state;
	assert_int_equal(receipt->lines_count, 3);
	assert_string_equal(line->name, "Kawa");
	assert_int_equal(line->quantity, 25000000);
	assert_int_equal(line->rate, 1);
	assert_string_equal(line->unit, "kg");
	assert_string_equal(line->description, "Arabica");
	assert_true(line->discount.percent);
	assert_int_equal(line->discount.value, 1250);
	assert_string_equal(line->discount.name, "wtorek");
	assert_int_equal(receipt->lines[1].voids, 1);
	assert_string_equal(receipt->lines[1].name, "Kawa");
	assert_int_equal(receipt->lines[2].quantity, RECEIPT_QUANTITY_ONE);
	assert_true(receipt->discounts[0].markup);
	assert_int_equal(receipt->payments[0].kind, RECEIPT_VOUCHER);
	assert_int_equal(receipt->total, 500);
	assert_string_equal(receipt->buyer, "5261040828");
	assert_string_equal(receipt->footer[0], "Dziękujemy");
	assert_null(json_object_get(receipt->json, "reference"));
	receipt_drop(receipt);
}

/* What was read reads the same out of the journal. */
static void test_reads_back(void **state)
{
	struct receipt *receipt =
		maker_receipt("{'lines': [" SALE "], " CASH "}");
	struct receipt_fault fault;
	struct receipt *back = receipt_parse(receipt->json, &fault);

	(void)state;
	assert_non_null(back);
	assert_true(json_equal(receipt->json, back->json));
	receipt_drop(receipt_hold(back));
	receipt_drop(back);
	receipt_drop(receipt);
}

static const struct {
	const char *body, *field;
} test_faults[] = {
	{ "{}", "lines" },
	{ "{'lines': [], " CASH "}", "lines" },
	{ "{'lines': 7, " CASH "}", "lines" },
	{ "{'lines': [" SALE "]}", "payments" },
	{ "{'lines': [7], " CASH "}", "lines[0].name" },
	{ LINE("'price': 1000, 'vat': 'B'"), "lines[0].name" },
	{ LINE("'name': '', 'price': 1000, 'vat': 'B'"), "lines[0].name" },
	{ LINE("'name': 'a\\u0007', 'price': 1, 'vat': 'B'"), "lines[0].name" },
	{ LINE("'name': 'Kawa', 'price': 0, 'vat': 'B'"), "lines[0].price" },
	{ LINE("'name': 'Kawa', 'price': 1.5, 'vat': 'B'"), "lines[0].price" },
	{ LINE("'name': 'Kawa', 'price': 10000000000, 'vat': 'B'"),
	  "lines[0].price" },
	{ LINE("'name': 'Kawa', 'price': 1000"), "lines[0].vat" },
	{ LINE("'name': 'Kawa', 'price': 1000, 'vat': 'I'"), "lines[0].vat" },
	{ LINE("'name': 'Kawa', 'price': 1000, 'vat': 'b'"), "lines[0].vat" },
	{ LINE("'name': 'Kawa', 'price': 1, 'vat': 'B', 'quantity': 2"),
	  "lines[0].quantity" },
	{ LINE("'name': 'Kawa', 'price': 1, 'vat': 'B', 'quantity': '0'"),
	  "lines[0].quantity" },
	{ LINE("'name': 'Kawa', 'price': 1, 'vat': 'B', 'quantity': '1,5'"),
	  "lines[0].quantity" },
	{ LINE("'name': 'Kawa', 'price': 1, 'vat': 'B', 'quantity': '-1'"),
	  "lines[0].quantity" },
	{ LINE("'name': 'Kawa', 'price': 1, 'vat': 'B', 'quantity': '1.'"),
	  "lines[0].quantity" },
	{ LINE("'name': 'Kawa', 'price': 1, 'vat': 'B', 'quantity': "
	       "'0.000000001'"),
	  "lines[0].quantity" },
	{ LINE("'name': 'Kawa', 'price': 1, 'vat': 'B', 'quantity': "
	       "'99999999999'"),
	  "lines[0].quantity" },
	{ LINE("'name': 'Kawa', 'price': 1, 'vat': 'B', 'unit': 'kilos'"),
	  "lines[0].unit" },
	{ OFF("'percent': '10', 'amount': 5"), "lines[0].discount.percent" },
	{ OFF("'name': 'x'"), "lines[0].discount.percent" },
	{ OFF("'percent': '0'"), "lines[0].discount.percent" },
	{ OFF("'percent': '100'"), "lines[0].discount.percent" },
	{ OFF("'percent': '1.234'"), "lines[0].discount.percent" },
	{ OFF("'percent': 10"), "lines[0].discount.percent" },
	{ OFF("'amount': 0"), "lines[0].discount.amount" },
	{ LINE("'void': 1"), "lines[0].void" },
	{ "{'lines': [" SALE ", {'void': 2}], " CASH "}", "lines[1].void" },
	{ "{'lines': [" SALE ", {'void': 0}], " CASH "}", "lines[1].void" },
	{ "{'lines': [" SALE ", {'void': 1}, {'void': 1}], " CASH "}",
	  "lines[2].void" },
	{ "{'lines': [" SALE ", {'void': 1}, {'void': 2}], " CASH "}",
	  "lines[2].void" },
	{ "{'lines': [" SALE ", {'void': 1, 'quantity': '1'}], " CASH "}",
	  "lines[1].void" },
	{ "{'lines': [" SALE "], 'discounts': [{}], " CASH "}",
	  "discounts[0].percent" },
	{ "{'lines': [" SALE "], 'payments': []}", "payments" },
	{ "{'lines': [" SALE "], 'payments': [{'kind': 'gold', 'amount': 1}]}",
	  "payments[0].kind" },
	{ "{'lines': [" SALE "], 'payments': [{'kind': 'cash'}]}",
	  "payments[0].amount" },
	{ "{'lines': [" SALE "], 'total': -1, " CASH "}", "total" },
	{ "{'lines': [" SALE "], 'footer': [7], " CASH "}", "footer[0]" },
	{ "{'lines': [" SALE "], 'buyer_tax_id': '', " CASH "}",
	  "buyer_tax_id" },
};

static void test_reads_strictly(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(test_faults); i++) {
		json_t *json = maker_json(test_faults[i].body);
		struct receipt_fault fault = { "", NULL };

		assert_null(receipt_parse(json, &fault));
		assert_string_equal(fault.field, test_faults[i].field);
		assert_non_null(fault.detail);
		json_decref(json);
	}
}

static void test_too_many(void **state)
{
	json_t *json = maker_json("{'lines': [" SALE "], " CASH "}");
	json_t *lines = json_object_get(json, "lines");
	struct receipt_fault fault;

	(void)state;
	while (json_array_size(lines) <= RECEIPT_LINES_MAX)
		json_array_append(lines, json_array_get(lines, 0));
	assert_null(receipt_parse(json, &fault));
	assert_string_equal(fault.field, "lines");
	json_decref(json);
}

/* --- reckoning --- */

static const struct {
	const char *body;
	int64_t total, vat_a, vat_b, gross_a, gross_b, change, cash;
} test_sums[] = {
	/* [3.8] 10,00 A and 25,00 A, 15 % off: 29,75, PTU A 5,56 */
	{ "{'lines': [{'name': 'x', 'price': 1000, 'vat': 'A'},"
	  " {'name': 'y', 'price': 2500, 'vat': 'A'}],"
	  " 'discounts': [{'percent': '15'}],"
	  " 'payments': [{'kind': 'cash', 'amount': 2975}]}",
	  2975, 556, 0, 2975, 0, 0, 2975 },
	/* [3.8] 1,00 A and 2,00 B, 20 % off: A 0,80, B 1,60; 0,15 and 0,12 */
	{ "{'lines': [{'name': 'x', 'price': 100, 'vat': 'A'},"
	  " {'name': 'y', 'price': 200, 'vat': 'B'}],"
	  " 'discounts': [{'percent': '20'}],"
	  " 'payments': [{'kind': 'card', 'amount': 240}]}",
	  240, 15, 12, 80, 160, 0, 0 },
	/* [3.8] card 5,00 on 2,00 B: change 3,00 cash */
	{ "{'lines': [{'name': 'x', 'price': 200, 'vat': 'B'}],"
	  " 'payments': [{'kind': 'card', 'amount': 500}]}",
	  200, 0, 15, 0, 200, 300, -300 },
	/* [3.12] 10,00 less 2,00, 8,00, and the first taken back */
	{ "{'lines': [{'name': 'Kawa', 'price': 1000, 'vat': 'B',"
	  " 'discount': {'amount': 200}}, {'name': 'Piwo', 'price': 800,"
	  " 'vat': 'B'}, {'void': 1}],"
	  " 'payments': [{'kind': 'cash', 'amount': 800}]}",
	  800, 0, 59, 0, 800, 0, 800 },
	/* half up: 0,333 x 0,50 = 0,1665; 2,5 x 0,01 = 0,025 */
	{ "{'lines': [{'name': 'x', 'price': 50, 'vat': 'A',"
	  " 'quantity': '0.333'}, {'name': 'y', 'price': 1, 'vat': 'B',"
	  " 'quantity': '2.5'}],"
	  " 'payments': [{'kind': 'cash', 'amount': 100}]}",
	  20, 3, 0, 17, 3, 80, 20 },
};

static void test_reckons(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(test_sums); i++) {
		struct receipt *receipt = maker_receipt(test_sums[i].body);
		struct receipt_sums sums;
		struct receipt_fault fault;

		assert_true(
			receipt_reckon(receipt, &maker_rules, &sums, &fault));
		assert_int_equal(sums.total, test_sums[i].total);
		assert_int_equal(sums.gross[0], test_sums[i].gross_a);
		assert_int_equal(sums.gross[1], test_sums[i].gross_b);
		assert_int_equal(sums.vat[0], test_sums[i].vat_a);
		assert_int_equal(sums.vat[1], test_sums[i].vat_b);
		assert_int_equal(sums.change, test_sums[i].change);
		assert_int_equal(receipt_cash(&sums), test_sums[i].cash);
		receipt_drop(receipt);
	}
}

/* [3.8] What is rounded makes a grosz of difference: 50 % of 0,01. */
static void test_rounds_either_way(void **state)
{
	struct receipt *receipt = maker_receipt(
		"{'lines': [{'name': 'x', 'price': 101, 'vat': 'A',"
		" 'discount': {'percent': '50'}}],"
		" 'payments': [{'kind': 'cash', 'amount': 51}]}");
	struct receipt_rules rules = maker_rules;
	struct receipt_sums sums;
	struct receipt_fault fault;

	(void)state;
	assert_true(receipt_reckon(receipt, &rules, &sums, &fault));
	assert_int_equal(sums.total, 51); /* 50,5 is what is left */
	rules.rounding = RECEIPT_ROUNDS_DISCOUNT;
	assert_true(receipt_reckon(receipt, &rules, &sums, &fault));
	assert_int_equal(sums.total, 50);
	receipt_drop(receipt);
}

#define PAY(x) "'payments': [{'kind': 'cash', 'amount': " x "}]}"
#define A_LINE "{'name': 'x', 'price': 1000, 'vat': 'A'}"

static const struct {
	const char *body, *field;
} test_refusals[] = {
	{ "{'lines': [{'name': '!', 'price': 1, 'vat': 'A'}], " PAY("1"),
	  "lines[0].name" },
	{ "{'lines': [{'name': 'Ж', 'price': 1, 'vat': 'A'}], " PAY("1"),
	  "lines[0].name" },
	/* letters of its script, of which the printer has none */
	{ "{'lines': [{'name': 'ƀ', 'price': 1, 'vat': 'A'}], " PAY("1"),
	  "lines[0].name" },
	{ "{'lines': [{'name': 'ñ', 'price': 1, 'vat': 'A'}], " PAY("1"),
	  "lines[0].name" },
	{ "{'lines': [{'name': 'x', 'price': 1, 'vat': 'F'}], " PAY("1"),
	  "lines[0].vat" },
	{ "{'lines': [{'name': 'x', 'price': 1, 'vat': 'H'}], " PAY("1"),
	  "lines[0].vat" },
	{ "{'lines': [{'name': 'x', 'price': 1, 'vat': 'A',"
	  " 'quantity': '0.4'}], " PAY("1"),
	  "lines[0].quantity" },
	{ "{'lines': [{'name': 'x', 'price': 9999999999, 'vat': 'A',"
	  " 'quantity': '1.1'}], " PAY("1"),
	  "lines[0].quantity" },
	{ "{'lines': [{'name': 'x', 'price': 9999999999, 'vat': 'A'}, " A_LINE
	  "], " PAY("1"),
	  "lines[1]" },
	{ "{'lines': [{'name': 'x', 'price': 100, 'vat': 'A',"
	  " 'discount': {'amount': 101}}], " PAY("1"),
	  "lines[0].discount" },
	{ "{'lines': [{'name': 'x', 'price': 1, 'vat': 'A',"
	  " 'discount': {'percent': '1'}}], " PAY("1"),
	  "lines[0].discount" },
	{ "{'lines': [" A_LINE "], 'discounts': [{'amount': 1000}], " PAY("1"),
	  "discounts[0]" },
	{ "{'lines': [" A_LINE
	  ", {'void': 1}], 'discounts': [{'amount': 1}], " PAY("1"),
	  "discounts[0]" },
	{ "{'lines': [" A_LINE ", {'void': 1}], " PAY("1"), "lines" },
	{ "{'lines': [" A_LINE "], " PAY("999"), "payments" },
	{ "{'lines': [" A_LINE "], 'payments': [{'kind': 'card',"
	  " 'amount': 1000}, {'kind': 'cash', 'amount': 1}]}",
	  "payments[1]" },
	{ "{'lines': [" A_LINE "], 'total': 999, " PAY("1000"), "total" },
	{ "{'lines': [" A_LINE "], 'footer': ['"
	  "12345678901234567890123456789012345678901'], " PAY("1000"),
	  "footer[0]" },
};

static void test_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(test_refusals); i++) {
		struct receipt *receipt = maker_receipt(test_refusals[i].body);
		struct receipt_sums sums = { .total = 7 };
		struct receipt_fault fault = { "", NULL };

		assert_false(
			receipt_reckon(receipt, &maker_rules, &sums, &fault));
		assert_string_equal(fault.field, test_refusals[i].field);
		assert_int_equal(sums.total, 7);
		receipt_drop(receipt);
	}
}

static bool fits(const struct receipt_rules *rules, const char *line,
		 struct receipt_fault *out_fault)
{
	char body[256];
	struct receipt_sums sums;
	struct receipt *receipt;
	bool good;

	snprintf(body, sizeof(body),
		 "{'lines': [{'name': 'x', 'vat': 'A', %s}],"
		 " 'payments': [{'kind': 'card', 'amount': 9999999999}]}",
		 line);
	receipt = maker_receipt(body);
	good = receipt_reckon(receipt, rules, &sums, out_fault);
	receipt_drop(receipt);
	return good;
}

/* What a line comes to may fit where its price or its quantity does not. */
static void test_bounds(void **state)
{
	struct receipt_rules rules = maker_rules;
	struct receipt_fault fault;

	(void)state;
	rules.quantity_max = 5 * RECEIPT_QUANTITY_ONE;
	assert_true(fits(&rules, "'price': 1, 'quantity': '5'", &fault));
	assert_false(
		fits(&rules, "'price': 1, 'quantity': '5.00000001'", &fault));
	assert_string_equal(fault.field, "lines[0].quantity");
	rules = maker_rules;
	assert_true(
		fits(&rules, "'price': 1, 'quantity': '9999999999'", &fault));
	rules.money_max = 1000;
	rules.payments = RECEIPT_TAKES(RECEIPT_CARD);
	assert_false(fits(&rules, "'price': 1001, 'quantity': '0.5'", &fault));
	assert_string_equal(fault.field, "lines[0].price");
	assert_false(fits(&rules, "'price': 1000", &fault));
	assert_string_equal(fault.field, "payments[0]");
}

/* Out of the evidence it is told as before; what an earlier release did not
 * put there is not known, which is not 0. */
static void test_evidence(void **state)
{
	struct receipt *receipt = maker_receipt(
		"{'lines': [{'name': 'x', 'price': 1000, 'vat': 'A'},"
		" {'name': 'y', 'price': 500, 'vat': 'D'}],"
		" 'payments': [{'kind': 'cash', 'amount': 2000}]}");
	struct receipt_sums sums, again;
	struct receipt_fault fault;
	json_t *evidence, *told;

	(void)state;
	assert_true(receipt_reckon(receipt, &maker_rules, &sums, &fault));
	evidence = receipt_sums_to_evidence(&sums);
	receipt_sums_from_evidence(evidence, &again);
	assert_memory_equal(&sums, &again, sizeof(sums));
	json_object_del(evidence, "vat");
	receipt_sums_from_evidence(evidence, &again);
	told = receipt_sums_to_json(&again);
	assert_null(maker_told(told,
			       "{'total': 1500, 'paid': 2000, 'change': 500,"
			       " 'cash': 1500, 'rates': ["
			       "{'rate': 'A', 'gross': 1000},"
			       " {'rate': 'D', 'gross': 500}]}",
			       true));
	json_decref(told);
	json_decref(evidence);
	receipt_drop(receipt);
}

/* A printer with fewer decimals, and one that takes no cheques. */
static void test_rules(void **state)
{
	struct receipt *receipt = maker_receipt(
		"{'lines': [{'name': 'x', 'price': 1000, 'vat': 'A',"
		" 'quantity': '1.0005'}],"
		" 'payments': [{'kind': 'cheque', 'amount': 1001}]}");
	struct receipt_rules rules = maker_rules;
	struct receipt_sums sums;
	struct receipt_fault fault;

	(void)state;
	assert_true(receipt_reckon(receipt, &rules, &sums, &fault));
	rules.quantity_places = 3;
	assert_false(receipt_reckon(receipt, &rules, &sums, &fault));
	assert_string_equal(fault.field, "lines[0].quantity");
	rules.quantity_places = 4;
	rules.payments = RECEIPT_TAKES(RECEIPT_CASH);
	assert_false(receipt_reckon(receipt, &rules, &sums, &fault));
	assert_string_equal(fault.field, "payments[0]");
	rules.lines_max = 0;
	assert_false(receipt_reckon(receipt, &rules, &sums, &fault));
	assert_string_equal(fault.field, "lines");
	receipt_drop(receipt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_reads_back),
		cmocka_unit_test(test_reads_strictly),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_reckons),
		cmocka_unit_test(test_rounds_either_way),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
