/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bodies of receipts and of goods that come back, as apps send them: read,
 * reckoned by the rules of one printer or another (the first byte says whose),
 * written to the journal and read back from there. What they come to adds up,
 * and comes to the same again.
 */
#include "device/op.h"
#include "device/receipt_sums.h"
#include "util/json.h"

#include "fuzz.h"

#include <string.h>

const int fuzz_variants = 40000;

static struct receipt_rules receipt_rules_of(uint8_t which)
{
	struct receipt_rules rules = {
		.rates = { 2300, 800, 500, 0, RECEIPT_RATE_EXEMPT,
			   RECEIPT_RATE_UNUSED, RECEIPT_RATE_UNUSED,
			   RECEIPT_RATE_UNUSED },
		.rounding = which & 1 ? RECEIPT_ROUNDS_DISCOUNT
				      : RECEIPT_ROUNDS_REST,
		.lines_max = which & 2 ? 3 : RECEIPT_LINES_MAX,
		.footer_max = RECEIPT_FOOTER_MAX,
		.footer_text_max = which & 4 ? 20 : RECEIPT_TEXT_MAX,
		.money_max = which & 8 ? 100000 : RECEIPT_MONEY_MAX,
		.quantity_max = which & 16 ? INT64_C(99999999900000)
					   : RECEIPT_QUANTITY_MAX,
		.quantity_places = which & 16 ? 3 : 8,
		.any_name = which & 32,
		.sale_numbers = which & 64,
		.payments = which & 128 ? RECEIPT_TAKES(RECEIPT_CASH)
					: (1U << RECEIPT_PAYMENT_KINDS) - 1,
	};

	return rules;
}

static void receipt_add_up(const struct receipt_rules *rules,
			   const struct receipt_sums *sums)
{
	int64_t total = 0;

	for (int i = 0; i < RECEIPT_RATES; i++) {
		FUZZ_HOLDS(sums->gross[i] >= 0);
		FUZZ_HOLDS(sums->vat[i] >= 0 && sums->vat[i] <= sums->gross[i]);
		total += sums->gross[i];
	}
	FUZZ_HOLDS(total == sums->total && total > 0);
	FUZZ_HOLDS(total <= rules->money_max);
	FUZZ_HOLDS(sums->paid >= total && sums->change == sums->paid - total);
	FUZZ_HOLDS(receipt_cash(sums) == sums->tendered - sums->change);
}

/* Out of the evidence it is the same. */
static void receipt_evidence(const struct receipt_sums *sums)
{
	json_t *evidence = receipt_sums_to_evidence(sums);
	struct receipt_sums again;

	receipt_sums_from_evidence(evidence, &again);
	FUZZ_HOLDS(!memcmp(sums, &again, sizeof(again)));
	json_decref(evidence);
}

static void receipt_look(const struct receipt *receipt,
			 const struct receipt_rules *rules,
			 struct receipt_sums *out_sums)
{
	struct receipt_fault fault = { .detail = NULL };

	memset(out_sums, 0, sizeof(*out_sums));
	if (receipt_reckon(receipt, rules, out_sums, &fault)) {
		receipt_add_up(rules, out_sums);
		receipt_evidence(out_sums);
		json_decref(receipt_sums_to_json(out_sums));
	} else {
		FUZZ_HOLDS(fault.detail && *fault.field);
		memset(out_sums, 0, sizeof(*out_sums));
	}
}

/* Through the journal it is the same. */
static void receipt_journal(struct op *op, const struct receipt *receipt,
			    const struct receipt_rules *rules)
{
	struct receipt_sums before, after;
	struct op again;
	json_t *json = op_to_json(op);

	FUZZ_HOLDS(op_from_json(json, &again));
	receipt_look(receipt, rules, &before);
	receipt_look(op->kind == OP_RECEIPT ? again.receipt
					    : again.goods.receipt,
		     rules, &after);
	FUZZ_HOLDS(!memcmp(&before, &after, sizeof(before)));
	json_decref(json);
	op_clear(&again);
	op_clear(op);
}

static void receipt_sell(const json_t *json, const struct receipt_rules *rules)
{
	struct receipt_fault fault = { .detail = NULL };
	struct op op = { .kind = OP_RECEIPT, .id = "op" };

	op.receipt = receipt_parse(json, &fault);
	if (op.receipt)
		receipt_journal(&op, op.receipt, rules);
	else
		FUZZ_HOLDS(fault.detail && *fault.field);
}

static void receipt_return(const json_t *json,
			   const struct receipt_rules *rules)
{
	struct receipt_fault fault = { .detail = NULL };
	struct op op = { .kind = OP_GOODS_RETURN,
			 .id = "op",
			 .goods = { .amount = json_int(json, "amount", 1),
				    .cash = json_int(json, "cash", 0) } };

	if (op.goods.amount < 1 || op.goods.amount > RECEIPT_MONEY_MAX ||
	    op.goods.cash < 0 || op.goods.cash > op.goods.amount ||
	    !op_original_parse(json, &op.goods.original))
		return;
	op.goods.receipt =
		op_return_parse(json, op.goods.amount, op.goods.cash, &fault);
	if (op.goods.receipt)
		receipt_journal(&op, op.goods.receipt, rules);
	else
		FUZZ_HOLDS(fault.detail && *fault.field);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct receipt_rules rules;
	json_t *json;

	if (size < 2)
		return 0;
	rules = receipt_rules_of(data[0]);
	json = json_parse((const char *)data + 1, size - 1);
	if (json_is_object(json)) {
		receipt_sell(json, &rules);
		receipt_return(json, &rules);
	}
	json_decref(json);
	return 0;
}
