/* SPDX-License-Identifier: Apache-2.0 */
#include "device/receipt_sums.h"

#include "util/json.h"
#include "util/text.h"

#include <string.h>

#define RECEIPT_WHOLE (100 * RECEIPT_PERCENT_ONE)

/* An amount times a quantity of eight decimals needs some 67 bits. */
__extension__ typedef __int128 receipt_wide;

static receipt_wide receipt_round(receipt_wide value, receipt_wide by)
{
	return (value + by / 2) / by;
}

/* --- texts --- */

/* Besides plain ones, what such a printer takes for a letter: Polish ones. */
static const uint32_t receipt_letters[] = {
	0xD3,  0xF3,  0x104, 0x105, 0x106, 0x107, 0x118, 0x119, 0x141,
	0x142, 0x143, 0x144, 0x15A, 0x15B, 0x179, 0x17A, 0x17B, 0x17C,
};

static bool receipt_is_letter(uint32_t code)
{
	for (size_t i = 0;
	     i < sizeof(receipt_letters) / sizeof(receipt_letters[0]); i++)
		if (receipt_letters[i] == code)
			return true;
	return (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z');
}

/* A name of which a printer that compares articles keeps nothing is none
 * (docs/protocols.md 3.6). */
static bool receipt_is_article(const char *name)
{
	uint32_t code;

	for (size_t len; (len = text_decode(name, &code)) && code; name += len)
		if ((code >= '0' && code <= '9') || receipt_is_letter(code) ||
		    (code < 0x80 && strchr(",./\\%", (int)code)))
			return true;
	return false;
}

/* --- a discount --- */

static int64_t receipt_take_percent(const struct receipt_discount *discount,
				    enum receipt_rounding rounding,
				    int64_t base)
{
	receipt_wide whole = base;

	if (discount->markup || rounding == RECEIPT_ROUNDS_DISCOUNT)
		return (int64_t)receipt_round(whole * discount->value,
					      RECEIPT_WHOLE);
	return base -
	       (int64_t)receipt_round(whole * (RECEIPT_WHOLE - discount->value),
				      RECEIPT_WHOLE);
}

/* NULL and the change, or why it can't be. least: what has to be left. */
static const char *receipt_discount(const struct receipt_discount *discount,
				    const struct receipt_rules *rules,
				    int64_t base, int64_t least,
				    int64_t *out_change)
{
	int64_t amount =
		discount->percent
			? receipt_take_percent(discount, rules->rounding, base)
			: discount->value;

	if (!amount)
		return "It comes to nothing.";
	if (!discount->markup && base - amount < least)
		return "It is more than there is to be taken off.";
	if (discount->markup && amount > rules->money_max - base)
		return "It makes the sum too large.";
	*out_change = discount->markup ? amount : -amount;
	return NULL;
}

/* --- lines --- */

static bool receipt_line_fault(struct receipt_fault *fault, size_t index,
			       const char *field, const char *detail)
{
	receipt_fault_set(fault, detail, "lines[%u]%s%s", (unsigned int)index,
			  *field ? "." : "", field);
	return false;
}

static bool receipt_has_rate(const struct receipt_rules *rules, int rate)
{
	return rules->rates[rate] != RECEIPT_RATE_UNUSED;
}

static bool receipt_quantity_fits(const struct receipt_rules *rules,
				  int64_t quantity)
{
	int64_t step = RECEIPT_QUANTITY_ONE;

	for (int i = 0; i < rules->quantity_places; i++)
		step /= 10;
	return quantity % step == 0;
}

static bool receipt_reckon_line(const struct receipt_line *line,
				const struct receipt_rules *rules, size_t index,
				struct receipt_made *out_made,
				struct receipt_fault *fault)
{
	receipt_wide value = (receipt_wide)line->price * line->quantity;
	const char *wrong = NULL;

	value = receipt_round(value, RECEIPT_QUANTITY_ONE);
	if (!rules->any_name && !receipt_is_article(line->name))
		return receipt_line_fault(
			fault, index, "name",
			"It needs a Latin or Polish letter, or a digit.");
	if (rules->plain_only && line->description)
		return receipt_line_fault(fault, index, "description",
					  "This printer has no place for it.");
	if (!receipt_has_rate(rules, line->rate))
		return receipt_line_fault(fault, index, "vat",
					  "It is not in use at this printer.");
	if (line->price > rules->money_max)
		return receipt_line_fault(fault, index, "price",
					  "It is more than the printer takes.");
	if (!receipt_quantity_fits(rules, line->quantity))
		return receipt_line_fault(
			fault, index, "quantity",
			"It has more decimals than the printer takes.");
	if (line->quantity > rules->quantity_max)
		return receipt_line_fault(fault, index, "quantity",
					  "It is more than the printer takes.");
	if (value < 1 || value > rules->money_max)
		return receipt_line_fault(
			fault, index, "quantity",
			"Times the price it comes to nothing, or to too much.");
	*out_made = (struct receipt_made){ .before = (int64_t)value };
	if (line->discount.set)
		wrong = receipt_discount(&line->discount, rules, (int64_t)value,
					 0, &out_made->change);
	return wrong ? receipt_line_fault(fault, index, "discount", wrong)
		     : true;
}

bool receipt_add_line(const struct receipt *receipt,
		      const struct receipt_rules *rules, size_t index,
		      struct receipt_sums *sums, struct receipt_made *out_made,
		      struct receipt_fault *out_fault)
{
	const struct receipt_line *line = &receipt->lines[index];
	struct receipt_made made;
	int64_t amount;

	if (!receipt_reckon_line(line, rules, index, &made, out_fault))
		return false;
	amount = made.before + made.change;
	if (line->voids)
		amount = -amount;
	if (sums->total + amount > rules->money_max)
		return receipt_line_fault(out_fault, index, "",
					  "It makes the sum too large.");
	sums->gross[line->rate] += amount;
	sums->total += amount;
	*out_made = made;
	return true;
}

/* --- the whole --- */

/*
 * What is taken off the whole is shared out: each rate gets its part rounded
 * down, and the remainders are carried on to where they make a whole one.
 */
static void receipt_share(struct receipt_sums *sums, int64_t total)
{
	receipt_wide before = sums->total, carried = 0;

	for (size_t i = 0; i < RECEIPT_RATES; i++) {
		receipt_wide part = (receipt_wide)sums->gross[i] * total;

		carried += part % before;
		sums->gross[i] = (int64_t)(part / before);
		if (carried < before)
			continue;
		carried -= before;
		sums->gross[i]++;
	}
	sums->total = total;
}

bool receipt_add_discount(const struct receipt *receipt,
			  const struct receipt_rules *rules, size_t index,
			  struct receipt_sums *sums,
			  struct receipt_made *out_made,
			  struct receipt_fault *out_fault)
{
	struct receipt_made made = { .before = sums->total };
	const char *wrong = "There is nothing to discount.";

	if (sums->total > 0)
		wrong = receipt_discount(&receipt->discounts[index], rules,
					 sums->total, 1, &made.change);
	if (wrong) {
		receipt_fault_set(out_fault, wrong, "discounts[%u]",
				  (unsigned int)index);
		return false;
	}
	receipt_share(sums, sums->total + made.change);
	*out_made = made;
	return true;
}

bool receipt_add_payment(const struct receipt *receipt,
			 const struct receipt_rules *rules, size_t index,
			 struct receipt_sums *sums,
			 struct receipt_fault *out_fault)
{
	const struct receipt_payment *payment = &receipt->payments[index];
	const char *wrong = NULL;

	if (!(rules->payments & RECEIPT_TAKES(payment->kind)))
		wrong = "It is not known to this printer.";
	else if (sums->paid >= sums->total)
		wrong = "It is too much: the receipt is paid in full already.";
	else if (payment->amount > rules->money_max - sums->paid)
		wrong = "It makes the sum too large.";
	if (wrong) {
		receipt_fault_set(out_fault, wrong, "payments[%u]",
				  (unsigned int)index);
		return false;
	}
	sums->paid += payment->amount;
	if (payment->kind == RECEIPT_CASH)
		sums->tendered += payment->amount;
	if (sums->paid > sums->total)
		sums->change = sums->paid - sums->total;
	return true;
}

static bool receipt_reckon_goods(const struct receipt *receipt,
				 const struct receipt_rules *rules,
				 struct receipt_sums *sums,
				 struct receipt_fault *fault)
{
	struct receipt_made made;

	if (rules->plain_only && receipt->buyer) {
		receipt_fault_set(fault, "This printer has no place for it.",
				  "buyer_tax_id");
		return false;
	}
	if (receipt->lines_count > rules->lines_max) {
		receipt_fault_set(
			fault, "There are more lines than the printer takes.",
			"lines");
		return false;
	}
	for (size_t i = 0; i < receipt->lines_count; i++)
		if (!receipt_add_line(receipt, rules, i, sums, &made, fault))
			return false;
	for (size_t i = 0; i < receipt->discounts_count; i++)
		if (!receipt_add_discount(receipt, rules, i, sums, &made,
					  fault))
			return false;
	return true;
}

static bool receipt_check_footer(const struct receipt *receipt,
				 const struct receipt_rules *rules,
				 struct receipt_fault *fault)
{
	if (receipt->footer_count > rules->footer_max) {
		receipt_fault_set(fault,
				  "It has more lines than the printer takes.",
				  "footer");
		return false;
	}
	for (size_t i = 0; i < receipt->footer_count; i++)
		if (text_length(receipt->footer[i]) > rules->footer_text_max) {
			receipt_fault_set(fault,
					  "It is too long for the printer.",
					  "footer[%u]", (unsigned int)i);
			return false;
		}
	return true;
}

static bool receipt_check_end(const struct receipt *receipt,
			      const struct receipt_sums *sums,
			      struct receipt_fault *fault)
{
	const char *field = NULL, *wrong = NULL;

	if (sums->paid < sums->total) {
		field = "payments";
		wrong = "The payments don't cover what is due.";
	} else if (receipt->total && receipt->total != sums->total) {
		field = "total";
		wrong = "It is not what the printer will come to.";
	}
	if (!field)
		return true;
	receipt_fault_set(fault, wrong, "%s", field);
	return false;
}

/* Of the sum of a rate, never line by line. */
static void receipt_add_vat(const struct receipt_rules *rules,
			    struct receipt_sums *sums)
{
	for (size_t i = 0; i < RECEIPT_RATES; i++) {
		int rate = rules->rates[i];

		if (rate > 0 && rate < RECEIPT_RATE_EXEMPT)
			sums->vat[i] = (int64_t)receipt_round(
				(receipt_wide)sums->gross[i] * rate,
				RECEIPT_WHOLE + rate);
	}
}

bool receipt_reckon(const struct receipt *receipt,
		    const struct receipt_rules *rules,
		    struct receipt_sums *out_sums,
		    struct receipt_fault *out_fault)
{
	struct receipt_sums sums = { 0 };

	if (!receipt_reckon_goods(receipt, rules, &sums, out_fault) ||
	    !receipt_check_footer(receipt, rules, out_fault))
		return false;
	if (receipt->sale && !rules->sale_numbers) {
		receipt_fault_set(
			out_fault,
			"It has no place on what this printer prints.",
			"sale_number");
		return false;
	}
	if (!sums.total) {
		receipt_fault_set(out_fault, "The lines come to nothing.",
				  "lines");
		return false;
	}
	for (size_t i = 0; i < receipt->payments_count; i++)
		if (!receipt_add_payment(receipt, rules, i, &sums, out_fault))
			return false;
	if (!receipt_check_end(receipt, &sums, out_fault))
		return false;
	receipt_add_vat(rules, &sums);
	*out_sums = sums;
	return true;
}

int64_t receipt_cash(const struct receipt_sums *sums)
{
	return sums->tendered - sums->change;
}

json_t *receipt_sums_to_json(const struct receipt_sums *sums)
{
	json_t *json = json_make(), *rates = json_array();

	for (size_t i = 0; i < RECEIPT_RATES; i++) {
		json_t *rate;

		if (!sums->gross[i])
			continue;
		rate = json_put_text(json_make(), "rate",
				     (char[]){ (char)('A' + i), 0 });
		json_put_int(rate, "gross", sums->gross[i]);
		if (sums->vat[i] != RECEIPT_VAT_UNKNOWN)
			json_put_int(rate, "vat", sums->vat[i]);
		json_array_append_new(rates, rate);
	}
	json_put_int(json, "total", sums->total);
	json_put_int(json, "paid", sums->paid);
	json_put_int(json, "change", sums->change);
	json_put_int(json, "cash", receipt_cash(sums));
	return json_put(json, "rates", rates);
}

static json_t *receipt_amounts_to_json(const int64_t amounts[RECEIPT_RATES])
{
	json_t *list = json_array();

	for (size_t i = 0; i < RECEIPT_RATES; i++)
		json_array_append_new(list, json_integer(amounts[i]));
	return list;
}

/* otherwise: what one is that was not told. */
static void receipt_amounts_from_json(const json_t *list, int64_t otherwise,
				      int64_t out_amounts[RECEIPT_RATES])
{
	for (size_t i = 0; i < RECEIPT_RATES; i++) {
		const json_t *amount = json_array_get(list, i);

		out_amounts[i] = json_is_integer(amount)
					 ? json_integer_value(amount)
					 : otherwise;
	}
}

json_t *receipt_sums_to_evidence(const struct receipt_sums *sums)
{
	json_t *json = json_make();

	json_put(json, "gross", receipt_amounts_to_json(sums->gross));
	json_put(json, "vat", receipt_amounts_to_json(sums->vat));
	json_put_int(json, "total", sums->total);
	json_put_int(json, "paid", sums->paid);
	json_put_int(json, "change", sums->change);
	return json_put_int(json, "tendered", sums->tendered);
}

void receipt_sums_from_evidence(const json_t *evidence,
				struct receipt_sums *out_sums)
{
	receipt_amounts_from_json(json_object_get(evidence, "gross"), 0,
				  out_sums->gross);
	receipt_amounts_from_json(json_object_get(evidence, "vat"),
				  RECEIPT_VAT_UNKNOWN, out_sums->vat);
	out_sums->total = json_int(evidence, "total", 0);
	out_sums->paid = json_int(evidence, "paid", 0);
	out_sums->change = json_int(evidence, "change", 0);
	out_sums->tendered = json_int(evidence, "tendered", 0);
}
