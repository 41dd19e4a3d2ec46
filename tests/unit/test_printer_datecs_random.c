/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts at random, through the Datecs driver and the real framework to
 * tillsim's model: what was reckoned beforehand is what the model's own
 * arithmetic makes of it, to the cent; and what would be refused is not begun.
 */
#include "receipt_maker.h"
#include "shop_rig.h"

#include "drivers.h"
#include "sim/models.h"
#include "util/json.h"
#include "util/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PRINTERS  50 /* an account that is short is quickly read */
#define RECEIPTS  50 /* of each */
#define FINISH_MS (60 * 1000)

static struct shop shop;

/* The last document in the account, and its amount. */
static int64_t last_amount(const char *kind)
{
	json_t *account = shop.model->class->account(shop.model);
	const json_t *log = json_object_get(account, "documents");
	const json_t *row = json_array_get(log, json_array_size(log) - 1);
	int64_t amount = json_int(row, "amount", -1);

	assert_string_equal(json_text(row, "kind"), kind);
	json_decref(account);
	return amount;
}

static void check_good(const struct receipt_sums *sums, int64_t cash)
{
	if (shop.outcome != OUTCOME_OK)
		fail_msg("%s (%s), but it is fine", outcome_name(shop.outcome),
			 reason_name(shop.reason));
	assert_int_equal(last_amount("receipt"), sums->total);
	assert_int_equal(shop_number(&shop, "cash") - cash, receipt_cash(sums));
	assert_int_equal(json_int(shop.result, "total", -1), sums->total);
	assert_int_equal(json_int(shop.result, "change", -1), sums->change);
}

static bool print_one(unsigned int *seed)
{
	json_t *json = maker_random(seed);
	struct op op = { .kind = OP_RECEIPT, .id = "op" };
	int64_t cash = shop_number(&shop, "cash");
	int64_t documents = shop_count(&shop, "documents");
	struct receipt_sums sums;
	struct receipt_fault fault;
	bool good;

	op.receipt = receipt_parse(json, &fault);
	json_decref(json);
	if (!op.receipt)
		return false;
	good = receipt_reckon(op.receipt, device_rules(shop.device), &sums,
			      &fault);
	shop_start(&shop, &op);
	op_clear(&op);
	assert_true(shop_finish(&shop, FINISH_MS));
	if (good) {
		check_good(&sums, cash);
	} else {
		assert_int_equal(shop.outcome, OUTCOME_REFUSED);
		assert_int_equal(shop_count(&shop, "documents"), documents);
	}
	return good;
}

static int print_some(const struct model_class *class,
		      const struct device_setting *settings, unsigned int *seed)
{
	const struct shop_setup setup = { .driver = &printer_datecs,
					  .class = class,
					  .settings = settings,
					  .settings_count = 2,
					  .options =
						  "speed=fast cash=9000000" };
	int good = 0;

	shop_init(&shop, &setup);
	shop_open(&shop);
	for (int i = 0; i < RECEIPTS; i++)
		good += print_one(seed);
	shop_free(&shop);
	return good;
}

static void print_many(const struct model_class *class,
		       const struct device_setting *settings, unsigned int seed)
{
	int good = 0;

	for (int i = 0; i < PRINTERS; i++)
		good += print_some(class, settings, &seed);
	/* most are fine, and some are not */
	assert_in_range(good, PRINTERS * RECEIPTS / 3,
			PRINTERS * RECEIPTS - 10);
}

static void test_x(void **state)
{
	static const struct device_setting settings[] = {
		{ "payment-voucher", "3" }, { "payment-transfer", "4" }
	};

	(void)state;
	print_many(&model_datecs_x, settings, 1);
}

static void test_classic(void **state)
{
	static const struct device_setting settings[] = {
		{ "payment-voucher", "I" }, { "payment-transfer", "J" }
	};

	(void)state;
	print_many(&model_datecs_classic, settings, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_x),
		cmocka_unit_test(test_classic),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests_name("printer_datecs_random", tests, NULL,
					   NULL);
}
