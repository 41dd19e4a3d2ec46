/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts and slips on Datecs printers: which frames they are
 * (docs/protocols.md 4.5 to 4.7 and 4.12), and that what they come to is what
 * the simulator's own arithmetic makes of them, thousands of times.
 */
#include "datecs_bench.h"
#include "receipt_maker.h"

#include "util/json.h"
#include "util/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

static struct driver_io rig;

static int tear_down(void **state)
{
	(void)state;
	rig_free(&rig);
	return 0;
}

/* Up to where its first command is heard. */
static void begin_op(bool classic, const struct rig_setting *settings,
		     const struct op *op)
{
	datecs_open(&rig, classic, settings);
	rig_start(&rig, op);
	datecs_play(&rig, classic ? datecs_ready_c : datecs_ready_x);
	if (op->kind == OP_RECEIPT || op->kind == OP_GOODS_RETURN) {
		const struct datecs_line *rates =
			(classic ? datecs_identity_c : datecs_identity_x) + 3;

		datecs_hear(&rig, rates->command, rates->data);
		datecs_say(&rig, rates->said, NULL);
	}
	if (rig.dones)
		return;
	datecs_hear(&rig, 70, classic ? "" : "0\t0.00\t");
	datecs_say(&rig,
		   classic ? "P,55.00,50.00,0.00" : "0\t55.00\t50.00\t0.00\t",
		   NULL);
	datecs_play(&rig, classic ? datecs_before_c : datecs_before_x);
}

static void begin(bool classic, const struct rig_setting *settings,
		  const char *text)
{
	struct op op = { .kind = OP_RECEIPT,
			 .id = "operation",
			 .receipt = maker_receipt(text) };

	begin_op(classic, settings, &op);
	op_clear(&op);
}

static void step(int command, const char *data, const char *said,
		 const char *status)
{
	datecs_hear(&rig, command, data);
	datecs_say(&rig, said, status);
}

/* --- frames --- */

#define TAXES "0.00\t9.87\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t"

/* 4.12, but for the number of the sale that only Bulgaria has: two of 1.50 in
 * the second group, 5.00 in cash. */
static void test_vectors_x(void **state)
{
	static const struct rig_setting settings[] = {
		{ "operator-password", "1" },
		{ "point-of-sale", "24" },
		{ NULL, NULL }
	};

	(void)state;
	begin(false, settings,
	      "{'lines': [{'name': 'Хляб', 'price': 150, 'vat': 'B',"
	      " 'quantity': '2'}],"
	      " 'payments': [{'kind': 'cash', 'amount': 500}]}");
	step(48, "1\t1\t24\t\t", "0\t474\t", ISL_FISCAL_X);
	step(49, "\xd5\xeb\xff\xe1\t2\t1.50\t2.000\t\t\t0\t", "0\t474\t",
	     ISL_FISCAL_X);
	step(53, "0\t5.00\t\t", "0\tR\t2.00\t", ISL_FISCAL_X);
	assert_int_equal(json_flag(rig.evidence, "ending"), true);
	step(56, "", "0\t474\t", NULL);
}

static void test_vectors_classic(void **state)
{
	(void)state;
	begin(true, NULL,
	      "{'lines': [{'name': 'Хляб', 'price': 150, 'vat': 'B',"
	      " 'quantity': '2'}],"
	      " 'payments': [{'kind': 'cash', 'amount': 500}]}");
	step(48, "1,0000,1", "0012,0010", ISL_FISCAL_C);
	step(49,
	     "\xd5\xeb\xff\xe1\t\xc1"
	     "1.50*2.000",
	     "", ISL_FISCAL_C);
	step(53, "\tP5.00", "R2.00", ISL_FISCAL_C);
	step(56, "", "0013,0011", NULL);
}

/* 4.6: with the number that a sale has in Bulgaria; the one of 4.12. */
static void test_sale_numbers(void **state)
{
	static const char text[] =
		"{'lines': [{'name': 'Tea', 'price': 150, 'vat': 'B'}],"
		" 'payments': [{'kind': 'cash', 'amount': 150}],"
		" 'sale_number': 'DT636533-0020-0010110'}";

	(void)state;
	begin(false, NULL, text);
	step(48, "1\t0000\tDT636533-0020-0010110\t1\t\t", "0\t474\t",
	     ISL_FISCAL_X);
	rig_free(&rig);
	begin(true, NULL, text);
	step(48, "1,0000,1,DT636533-0020-0010110", "0012,0010", ISL_FISCAL_C);
}

static struct op make_return(const char *memory)
{
	struct op op = { .kind = OP_GOODS_RETURN,
			 .id = "operation",
			 .goods = { .amount = 450,
				    .cash = 300,
				    .original = { 472, "2026-10-07T09:08:07",
						  "" } } };
	json_t *lines = maker_json("{'lines': [{'name': 'Tea', 'price': 150,"
				   " 'vat': 'B', 'quantity': '3'}],"
				   " 'sale_number': 'DT636533-0020-0010110'}");
	struct receipt_fault fault;

	text_copy(op.goods.original.memory, OP_MEMORY_SIZE, memory);
	op.goods.receipt = op_return_parse(lines, 450, 300, &fault);
	json_decref(lines);
	return op;
}

/* 4.6: 43 with type 1, and then as a receipt; what is not cash is by card. */
static void test_storno(void **state)
{
	struct op op = make_return("01234567");

	(void)state;
	begin_op(false, NULL, &op);
	op_clear(&op);
	step(43,
	     "1\t0000\t1\t1\t472\t07-10-26 09:08:07\t01234567\t\t\t\t"
	     "DT636533-0020-0010110\t",
	     "0\t474\t", ISL_FISCAL_X);
	step(49, "Tea\t2\t1.50\t3.000\t\t\t0\t", "0\t474\t", ISL_FISCAL_X);
	step(53, "1\t1.50\t\t", "0\tD\t3.00\t", ISL_FISCAL_X);
	step(53, "0\t3.00\t\t", "0\tR\t0.00\t", ISL_FISCAL_X);
	assert_true(json_flag(rig.evidence, "ending"));
	step(56, "", "0\t474\t", NULL);
}

static void refuses_return(bool classic, struct op op, enum reason reason)
{
	begin_op(classic, NULL, &op);
	op_clear(&op);
	datecs_ended(&rig, OUTCOME_REFUSED, reason, NULL);
	assert_int_equal(rig.saves, 0);
	rig_free(&rig);
}

/* The classic dialect has none; and nothing is made up. There are 55.00. */
static void test_storno_refused(void **state)
{
	struct op op = make_return("");

	(void)state;
	refuses_return(true, op, REASON_NOT_SUPPORTED);
	op = make_return("");
	op.goods.original.number = 0;
	refuses_return(false, op, REASON_BAD_PARAMETER);
	op = make_return("");
	op.goods.cash = 5501;
	refuses_return(false, op, REASON_CASH_SHORT);
	datecs_open(&rig, false, NULL);
}

/* Discounts go as amounts; a line that had one is taken back by what it came
 * to, any other as it was sold. */
static void test_discounts(void **state)
{
	static const char text[] =
		"{'lines': [{'name': 'Tea', 'price': 333, 'vat': 'A',"
		" 'quantity': '1.5', 'unit': 'kg',"
		" 'discount': {'percent': '10'}},"
		" {'name': 'Jam', 'price': 200, 'vat': 'D', 'quantity': '2'},"
		" {'void': 1}, {'void': 2},"
		" {'name': 'Nut', 'price': 1000, 'vat': 'B',"
		" 'discount': {'amount': 50, 'markup': true}}],"
		" 'discounts': [{'percent': '5'}, {'amount': 10}],"
		" 'payments': [{'kind': 'card', 'amount': 500},"
		" {'kind': 'cash', 'amount': 1000}],"
		" 'footer': ['Thank you']}";

	(void)state;
	begin(false, NULL, text);
	step(48, "1\t0000\t1\t\t", "0\t474\t", ISL_FISCAL_X);
	/* 3.33 x 1.5 = 4.995, 5.00; a tenth of it 0.50 */
	step(49, "Tea\t1\t3.33\t1.500\t4\t0.50\t0\tkg\t", "0\t474\t",
	     ISL_FISCAL_X);
	step(49, "Jam\t4\t2.00\t2.000\t\t\t0\t", "0\t474\t", ISL_FISCAL_X);
	step(49, "Tea\t1\t-4.50\t1.000\t\t\t0\tkg\t", "0\t474\t", ISL_FISCAL_X);
	step(49, "Jam\t4\t-2.00\t2.000\t\t\t0\t", "0\t474\t", ISL_FISCAL_X);
	step(49, "Nut\t2\t10.00\t\t3\t0.50\t0\t", "0\t474\t", ISL_FISCAL_X);
	/* 5 % of 10.50 is 0.525 */
	step(51, "1\t0\t4\t0.53\t", "0\t474\t9.97\t" TAXES, ISL_FISCAL_X);
	step(51, "1\t0\t4\t0.10\t", "0\t474\t9.87\t" TAXES, ISL_FISCAL_X);
	step(53, "1\t5.00\t\t", "0\tD\t4.87\t", ISL_FISCAL_X);
	step(53, "0\t10.00\t\t", "0\tR\t5.13\t", ISL_FISCAL_X);
	step(54, "Thank you\t\t\t\t\t\t", "0\t", ISL_FISCAL_X);
	step(56, "", "0\t474\t", NULL);
}

/* --- what is refused before anything is printed --- */

static void refuses(bool classic, const char *text, enum reason reason)
{
	begin(classic, NULL, text);
	datecs_ended(&rig, OUTCOME_REFUSED, reason, NULL);
	assert_int_equal(rig.saves, 0);
	rig_expect_nothing(&rig);
	rig_free(&rig);
}

static void test_refused(void **state)
{
	(void)state;
	refuses(false,
		"{'lines': [{'name': 'a', 'price': 1, 'vat': 'A'}],"
		" 'buyer_tax_id': '123',"
		" 'payments': [{'kind': 'cash', 'amount': 1}]}",
		REASON_BAD_PARAMETER);
	refuses(false,
		"{'lines': [{'name': 'a', 'price': 1, 'vat': 'A',"
		" 'description': 'b'}],"
		" 'payments': [{'kind': 'cash', 'amount': 1}]}",
		REASON_BAD_PARAMETER);
	/* a group that is not in use; a payment that was not programmed; more
	 * decimals than there can be; not paid */
	refuses(false,
		"{'lines': [{'name': 'a', 'price': 1, 'vat': 'E'}],"
		" 'payments': [{'kind': 'cash', 'amount': 1}]}",
		REASON_BAD_PARAMETER);
	refuses(true,
		"{'lines': [{'name': 'a', 'price': 1, 'vat': 'A'}],"
		" 'payments': [{'kind': 'voucher', 'amount': 1}]}",
		REASON_BAD_PARAMETER);
	refuses(true,
		"{'lines': [{'name': 'a', 'price': 1000, 'vat': 'A',"
		" 'quantity': '0.1234'}],"
		" 'payments': [{'kind': 'cash', 'amount': 1000}]}",
		REASON_BAD_PARAMETER);
	refuses(false,
		"{'lines': [{'name': 'a', 'price': 2, 'vat': 'A'}],"
		" 'payments': [{'kind': 'cash', 'amount': 1}]}",
		REASON_BAD_PARAMETER);
	datecs_open(&rig, false, NULL);
}

#define LINE(fields)                                                      \
	"{'lines': [{'name': 'a', 'vat': 'B', " fields "}], 'payments': " \
	"[{'kind': 'cash', 'amount': 999999999}]}"

/* What the protocol has no form for (4.6) is said beforehand, at its field; and
 * what is not, is printed up to its last. */
static void test_bounds(void **state)
{
	static const struct {
		const char *body, *field; /* NULL: it is printed */
	} rows[] = {
		{ LINE("'price': 1, 'quantity': '999999.999'"), NULL },
		{ LINE("'price': 1, 'quantity': '1000000'"),
		  "lines[0].quantity" },
		{ LINE("'price': 1, 'quantity': '0.0001'"),
		  "lines[0].quantity" },
		{ LINE("'price': 999999999"), NULL },
		{ LINE("'price': 999999999, 'quantity': '0.001'"), NULL },
		{ LINE("'price': 1000000000, 'quantity': '0.5'"),
		  "lines[0].price" },
		{ LINE("'price': 999999, 'quantity': '1000.1'"),
		  "lines[0].quantity" },
		{ LINE("'price': 999999998, 'discount': {'amount': 1,"
		       " 'markup': true}"),
		  NULL },
		{ LINE("'price': 999999999, 'discount': {'amount': 1,"
		       " 'markup': true}"),
		  "lines[0].discount" },
		{ "{'lines': [{'name': 'a', 'vat': 'B', 'price': 1}],"
		  " 'payments': [{'kind': 'card', 'amount': 1000000000}]}",
		  "payments[0]" },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		bool classic = i % 2;
		struct receipt *receipt = maker_receipt(rows[i / 2].body);
		struct receipt_sums sums;
		struct receipt_fault fault = { .field = "" };

		begin(classic, NULL, rows[i / 2].body);
		receipt_reckon(receipt, &rig.rules, &sums, &fault);
		assert_string_equal(fault.field,
				    rows[i / 2].field ? rows[i / 2].field : "");
		if (rows[i / 2].field)
			datecs_ended(&rig, OUTCOME_REFUSED,
				     REASON_BAD_PARAMETER, NULL);
		else
			datecs_hear(&rig, 48,
				    classic ? "1,0000,1" : "1\t0000\t1\t\t");
		receipt_drop(receipt);
		rig_free(&rig);
	}
	datecs_open(&rig, false, NULL);
}

/* The printer says no in the middle: all of it is cancelled. */
static void test_cancelled(void **state)
{
	(void)state;
	begin(false, NULL,
	      "{'lines': [{'name': 'a', 'price': 100, 'vat': 'B'}],"
	      " 'payments': [{'kind': 'cash', 'amount': 100}]}");
	step(48, "1\t0000\t1\t\t", "0\t474\t", ISL_FISCAL_X);
	step(49, "a\t2\t1.00\t\t\t\t0\t", "-111024\t", ISL_FISCAL_X);
	step(74, "", "0\t", ISL_FISCAL_X);
	step(76, "", "0\t1\t474\t0\t0.00\t0.00\t", ISL_FISCAL_X);
	step(103, "", "-111000\t", ISL_FISCAL_X);
	step(60, "", "0\t", NULL);
	step(74, "", "0\t", NULL);
	step(76, "", "0\t0\t474\t0\t0.00\t0.00\t", NULL);
	step(103, "", "-111000\t", NULL);
	step(70, "0\t0.00\t", "0\t55.00\t50.00\t0.00\t", NULL);
	datecs_play(&rig, datecs_before_x);
	datecs_ended(&rig, OUTCOME_REFUSED, REASON_REPORT_NEEDED, "-111024");
	assert_false(json_flag(rig.result, "ending"));
}

/* A wrong password is a matter of set-up, and nowhere to be read. */
static void test_password(void **state)
{
	static const struct rig_setting settings[] = {
		{ "operator-password", "27182818" }, { NULL, NULL }
	};
	char *evidence;

	(void)state;
	begin(false, settings,
	      "{'lines': [{'name': 'a', 'price': 100, 'vat': 'B'}],"
	      " 'payments': [{'kind': 'cash', 'amount': 100}]}");
	step(48, "1\t27182818\t1\t\t", "-102002\t", NULL);
	evidence = json_line(rig.evidence);
	assert_null(strstr(evidence, "27182818"));
	free(evidence);
	step(74, "", "0\t", NULL);
	step(76, "", "0\t0\t473\t1\t3.00\t5.00\t", NULL);
	step(103, "", "-111000\t", NULL);
	step(70, "0\t0.00\t", "0\t55.00\t50.00\t0.00\t", NULL);
	datecs_play(&rig, datecs_before_x);
	datecs_ended(&rig, OUTCOME_REFUSED, REASON_PRINTER_SETUP, "-102002");
	assert_null(
		memmem(rig.state, printer_datecs.state_size, "27182818", 8));
}

/* --- slips --- */

static void test_cash_in(void **state)
{
	struct op op = { .kind = OP_CASH_SLIP,
			 .id = "operation",
			 .cash = { .amount = 5000 } };

	(void)state;
	begin_op(false, NULL, &op);
	step(70, "0\t50.00\t", "0\t105.00\t100.00\t0.00\t", NULL);
	step(74, "", "0\t", NULL);
	step(76, "", "0\t0\t473\t1\t3.00\t5.00\t", NULL);
	step(103, "", "-111000\t", NULL);
	step(70, "0\t0.00\t", "0\t105.00\t100.00\t0.00\t", NULL);
	datecs_play(&rig, datecs_before_x);
	datecs_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
	assert_int_equal(json_int(rig.result, "amount", 0), 5000);
}

/* By its own count there are 55.00. */
static void test_cash_short(void **state)
{
	struct op op = { .kind = OP_CASH_SLIP,
			 .id = "operation",
			 .cash = { .out = true, .amount = 5501 } };

	(void)state;
	begin_op(true, NULL, &op);
	datecs_ended(&rig, OUTCOME_REFUSED, REASON_CASH_SHORT, NULL);
}

static void test_text(void **state)
{
	struct op op = { .kind = OP_PRINT_TEXT, .id = "operation" };

	(void)state;
	op.print.lines = maker_json("['Hello']");
	begin_op(false, NULL, &op);
	op_clear(&op);
	step(38, "", "0\t474\t", ISL_PLAIN_X);
	step(42, "Hello\t\t\t\t\t\t", "0\t", ISL_PLAIN_X);
	step(39, "", "0\t474\t", NULL);
}

static void test_clock(void **state)
{
	struct op op = { .kind = OP_CLOCK_SET,
			 .id = "operation",
			 .clock = { "2026-10-08T22:02" } };

	(void)state;
	begin_op(true, NULL, &op);
	step(61, "08-10-26 22:02:00", "", NULL);
}

static void test_copies(void **state)
{
	struct op op = { .kind = OP_PRINT_COPY,
			 .id = "operation",
			 .print.count = 2 };

	(void)state;
	begin_op(true, NULL, &op);
	datecs_ended(&rig, OUTCOME_REFUSED, REASON_NOT_SUPPORTED, NULL);
	rig_free(&rig);
	op.print.count = 1;
	begin_op(true, NULL, &op);
	step(109, "1", "", NULL);
}

static void test_read(void **state)
{
	struct op op = { .kind = OP_FISCAL_READ, .id = "operation" };
	const json_t *figures;

	(void)state;
	datecs_open(&rig, false, NULL);
	rig_start(&rig, &op);
	step(70, "0\t0.00\t", "0\t55.00\t50.00\t0.00\t", NULL);
	datecs_play(&rig, datecs_before_x);
	step(65, "0\t",
	     "0\t42\t0.00\t3.00\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t", NULL);
	datecs_ended(&rig, OUTCOME_OK, REASON_NONE, NULL);
	assert_int_equal(rig.saves, 0);
	assert_string_equal(json_text(rig.result, "clock"), "2026-10-08T22:01");
	assert_true(json_flag(rig.result, "fiscal"));
	figures = json_object_get(rig.result, "figures");
	assert_int_equal(json_int(figures, "next_daily_report", 0), 42);
}

#define RECEIPT_TEST(test) cmocka_unit_test_teardown(test, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RECEIPT_TEST(test_vectors_x),
		RECEIPT_TEST(test_vectors_classic),
		RECEIPT_TEST(test_sale_numbers),
		RECEIPT_TEST(test_storno),
		RECEIPT_TEST(test_storno_refused),
		RECEIPT_TEST(test_discounts),
		RECEIPT_TEST(test_refused),
		RECEIPT_TEST(test_bounds),
		RECEIPT_TEST(test_cancelled),
		RECEIPT_TEST(test_password),
		RECEIPT_TEST(test_cash_in),
		RECEIPT_TEST(test_cash_short),
		RECEIPT_TEST(test_text),
		RECEIPT_TEST(test_clock),
		RECEIPT_TEST(test_copies),
		RECEIPT_TEST(test_read),
	};

	return cmocka_run_group_tests_name("printer_datecs_receipt", tests,
					   NULL, NULL);
}
