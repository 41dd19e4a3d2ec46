/* SPDX-License-Identifier: Apache-2.0 */
/* Operations as JSON, outcomes and reasons by name. */
#include "device/op.h"
#include "device/reason.h"

#include "util/cleanup.h"
#include "util/json.h"
#include "util/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* --- there and back --- */

static void assert_round_trip(const struct op *op, const char *wanted)
{
	CLEANUP_JSON json_t *json = op_to_json(op);
	CLEANUP_FREE char *line = json_line(json);
	struct op back;

	assert_string_equal(line, wanted);
	memset(&back, 0xa5, sizeof(back));
	assert_true(op_from_json(json, &back));
	assert_memory_equal(&back, op, sizeof(back));
}

static void test_plain_kinds(void **arg)
{
	struct op op = { .kind = OP_DRAWER_OPEN, .id = "o-1" };

	(void)arg;
	assert_round_trip(&op, "{\"id\":\"o-1\",\"kind\":\"drawer-open\"}");
	op.kind = OP_REPORT_X;
	assert_round_trip(&op, "{\"id\":\"o-1\",\"kind\":\"report-x\"}");
	op.kind = OP_REPORT_Z;
	assert_round_trip(&op, "{\"id\":\"o-1\",\"kind\":\"report-z\"}");
	op.kind = OP_DISPLAY_CLEAR;
	assert_round_trip(&op, "{\"id\":\"o-1\",\"kind\":\"display-clear\"}");
}

/* What is held is not the same memory when it comes back. */
static void assert_held_round_trip(struct op *op, const char *wanted)
{
	CLEANUP_JSON json_t *json = op_to_json(op), *again = NULL;
	CLEANUP_FREE char *line = json_line(json);
	struct op back, copy = op_copy(op);

	assert_string_equal(line, wanted);
	assert_true(op_from_json(json, &back));
	op_clear(op);
	again = op_to_json(&copy);
	assert_true(json_equal(again, json));
	json_decref(again);
	again = op_to_json(&back);
	assert_true(json_equal(again, json));
	op_clear(&copy);
	op_clear(&back);
}

static void test_printer_kinds(void **arg)
{
	struct op goods = { .kind = OP_GOODS_RETURN,
			    .id = "o",
			    .goods = { .amount = 900, .cash = 500 } };
	struct op slip = { .kind = OP_CASH_SLIP,
			   .id = "o",
			   .cash = { .out = true, .amount = 5 } };
	struct op copies = { .kind = OP_PRINT_COPY,
			     .id = "o",
			     .print = { .count = 9 } };
	struct op clock = { .kind = OP_CLOCK_SET,
			    .id = "o",
			    .clock = { "2026-11-22T10:30" } };
	struct op text = { .kind = OP_PRINT_TEXT,
			   .id = "o",
			   .print = { .lines = json_pack("[s]", "Hello") } };

	(void)arg;
	assert_round_trip(&goods, "{\"amount\":900,\"cash\":500,\"id\":\"o\","
				  "\"kind\":\"goods-return\"}");
	assert_round_trip(&slip, "{\"amount\":5,\"id\":\"o\",\"kind\":"
				 "\"cash-slip\",\"out\":true}");
	assert_round_trip(&copies, "{\"count\":9,\"id\":\"o\",\"kind\":"
				   "\"print-copy\"}");
	assert_round_trip(&clock, "{\"id\":\"o\",\"kind\":\"clock-set\","
				  "\"time\":\"2026-11-22T10:30\"}");
	assert_held_round_trip(&text, "{\"id\":\"o\",\"kind\":\"print-text\","
				      "\"lines\":[\"Hello\"]}");
}

static void test_receipts(void **arg)
{
	CLEANUP_JSON json_t *body =
		json_pack("{s:[{s:s, s:i, s:s}], s:[{s:s, s:i}]}", "lines",
			  "name", "x", "price", 200, "vat", "B", "payments",
			  "kind", "cash", "amount", 200);
	struct receipt_fault fault;
	struct op op = { .kind = OP_RECEIPT,
			 .id = "o",
			 .receipt = receipt_parse(body, &fault) };

	(void)arg;
	assert_held_round_trip(
		&op, "{\"document\":{\"lines\":[{\"name\":\"x\",\"price\":200,"
		     "\"vat\":\"B\"}],\"payments\":[{\"amount\":200,\"kind\":"
		     "\"cash\"}]},\"id\":\"o\",\"kind\":\"receipt\"}");
}

static void test_times(void **arg)
{
	static const char *const bad[] = { "",
					   "noon",
					   "2026-11-22 10:30",
					   "2026-13-22T10:30",
					   "2026-11-32T10:30",
					   "2026-02-29T10:30",
					   "2026-11-31T10:30",
					   "2026-11-22T24:00",
					   "2026-11-22T10:60",
					   "2026-11-22T10:30:00" };

	(void)arg;
	assert_true(op_time_is_valid("2026-11-22T23:59"));
	assert_false(op_time_is_valid(NULL));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(op_time_is_valid(bad[i]));
}

static void test_reports(void **arg)
{
	struct op dates = { .kind = OP_REPORT_BY_DATES,
			    .id = "o",
			    .report = { .from_date = "2026-11-01",
					.to_date = "2026-11-30",
					.summary = true } };
	struct op numbers = { .kind = OP_REPORT_BY_NUMBERS,
			      .id = "o",
			      .report = { .from_number = 1,
					  .to_number = 1830 } };

	(void)arg;
	assert_round_trip(&dates, "{\"from_date\":\"2026-11-01\",\"id\":\"o\","
				  "\"kind\":\"report-by-dates\",\"summary\":"
				  "true,\"to_date\":\"2026-11-30\"}");
	assert_round_trip(&numbers, "{\"from_number\":1,\"id\":\"o\",\"kind\":"
				    "\"report-by-numbers\",\"summary\":false,"
				    "\"to_number\":1830}");
}

static void test_money(void **arg)
{
	struct op payment = { .kind = OP_PAYMENT,
			      .id = "o",
			      .payment.amount = OP_AMOUNT_MAX };
	struct op phoned = { .kind = OP_PAYMENT,
			     .id = "o",
			     .payment.amount = 5 };
	struct op refund = { .kind = OP_REFUND,
			     .id = "o",
			     .payment.amount = 5 };
	struct op named = { .kind = OP_REVERSAL,
			    .id = "o",
			    .reversal = { .amount = 5,
					  .currency = "PLN",
					  .receipt = 0,
					  .trace = 9,
					  .terminal = 123 } };
	struct op day_end = { .kind = OP_TERMINAL_DAY_END, .id = "o" };
	struct op reversal = {
		.kind = OP_REVERSAL,
		.id = "o",
		.reversal = { .amount = 1234, .receipt = 231, .trace = -1 }
	};

	(void)arg;
	assert_round_trip(&payment, "{\"amount\":999999999999,\"id\":\"o\","
				    "\"kind\":\"payment\"}");
	memcpy(phoned.payment.authorization, "730A15", 7);
	assert_round_trip(&phoned, "{\"amount\":5,\"authorization\":"
				   "\"730A15\",\"id\":\"o\",\"kind\":"
				   "\"payment\"}");
	assert_round_trip(&refund, "{\"amount\":5,\"id\":\"o\",\"kind\":"
				   "\"refund\"}");
	assert_round_trip(&day_end,
			  "{\"id\":\"o\",\"kind\":\"terminal-day-end\"}");
	assert_round_trip(&reversal,
			  "{\"amount\":1234,\"id\":\"o\",\"kind\":\"reversal\","
			  "\"receipt\":231,\"trace\":-1}");
	assert_round_trip(
		&named, "{\"amount\":5,\"currency\":\"PLN\",\"id\":\"o\","
			"\"kind\":\"reversal\","
			"\"receipt\":0,\"terminal\":\"00000123\",\"trace\":9}");
}

static void test_display(void **arg)
{
	struct op op = { .kind = OP_DISPLAY_SHOW,
			 .id = "o",
			 .display.lines = { "Żółty ser", "" } };

	(void)arg;
	assert_round_trip(&op, "{\"id\":\"o\",\"kind\":\"display-show\","
			       "\"lines\":[\"Żółty ser\",\"\"]}");
}

/* --- what is no operation --- */

static void test_refused(void **arg)
{
	static const char *const bad[] = {
		"{}",
		"[]",
		"7",
		"{\"kind\":\"payment\",\"amount\":5}",
		"{\"kind\":\"tea\",\"id\":\"o\"}",
		"{\"kind\":7,\"id\":\"o\"}",
		"{\"kind\":\"drawer-open\","
		"\"id\":\"a-name-of-thirty-two-characters!\"}",
		"{\"kind\":\"payment\",\"id\":\"o\"}",
		"{\"kind\":\"payment\",\"id\":\"o\",\"amount\":5,"
		"\"authorization\":\"123456789\"}",
		"{\"kind\":\"payment\",\"id\":\"o\",\"amount\":5,"
		"\"authorization\":\"12 34\"}",
		"{\"kind\":\"refund\",\"id\":\"o\",\"amount\":0}",
		"{\"kind\":\"payment\",\"id\":\"o\",\"amount\":0}",
		"{\"kind\":\"payment\",\"id\":\"o\",\"amount\":-5}",
		"{\"kind\":\"payment\",\"id\":\"o\",\"amount\":1.5}",
		"{\"kind\":\"payment\",\"id\":\"o\",\"amount\":1000000000000}",
		"{\"kind\":\"reversal\",\"id\":\"o\",\"amount\":5,\"receipt\":"
		"1}",
		"{\"kind\":\"reversal\",\"id\":\"o\",\"amount\":5,\"receipt\":"
		"-1,\"trace\":1}",
		"{\"kind\":\"reversal\",\"id\":\"o\",\"amount\":5,\"receipt\":"
		"1,\"trace\":1,\"terminal\":\"123456789\"}",
		"{\"kind\":\"reversal\",\"id\":\"o\",\"amount\":5,\"receipt\":"
		"1,\"trace\":1,\"terminal\":29001006}",
		"{\"kind\":\"report-by-numbers\",\"id\":\"o\",\"from_number\":"
		"0,\"to_number\":1}",
		"{\"kind\":\"report-by-dates\",\"id\":\"o\",\"from_date\":"
		"\"2026-11-1\",\"to_date\":\"2026-11-30\"}",
		"{\"kind\":\"report-by-dates\",\"id\":\"o\",\"from_date\":"
		"\"2026-11-01\",\"to_date\":\"30.11.2026\"}",
		"{\"kind\":\"display-show\",\"id\":\"o\",\"lines\":[\"one\"]}",
		"{\"kind\":\"display-show\",\"id\":\"o\",\"lines\":[\"a\",7]}",
		"{\"kind\":\"display-show\",\"id\":\"o\",\"lines\":[\"a\","
		"\"\\u001b@\"]}",
	};

	(void)arg;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		CLEANUP_JSON json_t *json = json_parse(bad[i], strlen(bad[i]));
		struct op op = { .id = "untouched" };

		assert_non_null(json);
		if (op_from_json(json, &op))
			fail_msg("taken: %s", bad[i]);
		assert_string_equal(op.id, "untouched");
	}
	assert_false(op_from_json(NULL, &(struct op){ 0 }));
}

static void test_refused_long_line(void **arg)
{
	char text[OP_DISPLAY_TEXT_SIZE + 1];
	struct op op;

	(void)arg;
	memset(text, 'x', sizeof(text));
	text[OP_DISPLAY_TEXT_SIZE] = 0;
	for (int cut = 0; cut < 2; cut++) {
		CLEANUP_JSON json_t *json =
			json_pack("{s:s,s:s,s:[s,s]}", "kind", "display-show",
				  "id", "o", "lines", "", text + cut);

		assert_int_equal(op_from_json(json, &op), cut);
	}
}

/* --- names --- */

static void test_outcomes(void **arg)
{
	static const char *const names[] = { "ok", "sent", "refused", "failed",
					     "unknown" };
	enum outcome outcome = OUTCOME_REFUSED;

	(void)arg;
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(outcome_name((enum outcome)i), names[i]);
		assert_true(outcome_from_name(names[i], &outcome));
		assert_int_equal(outcome, i);
	}
	assert_false(outcome_from_name("OK", &outcome));
	assert_int_equal(outcome, OUTCOME_UNKNOWN);
}

static void assert_kebab(const char *name)
{
	assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"),
			 strlen(name));
	assert_true(name[0] && name[0] != '-');
}

static void assert_sentence(const char *text)
{
	assert_true(text_is_plain(text));
	assert_in_range(text[0], 'A', 'z');
	assert_int_equal(text[strlen(text) - 1], '.');
	assert_in_range(strlen(text), 10, 100);
}

static void test_reasons(void **arg)
{
	(void)arg;
	for (int i = 0; i < REASONS; i++) {
		enum reason reason = (enum reason)i, back;

		assert_kebab(reason_name(reason));
		assert_sentence(reason_sentence(reason));
		assert_sentence(reason_advice(reason));
		assert_true(reason_from_name(reason_name(reason), &back));
		assert_int_equal(back, reason); /* so no name comes twice */
	}
	assert_string_equal(reason_name(REASON_PRINTER_OFFLINE),
			    "printer-offline");
	assert_string_equal(reason_name(REASON_AMOUNT_DIFFERS),
			    "amount-differs");
	assert_false(reason_from_name("out-of-tea", &(enum reason){ 0 }));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_kinds),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_printer_kinds),
		cmocka_unit_test(test_receipts),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_money),
		cmocka_unit_test(test_display),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_refused_long_line),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
