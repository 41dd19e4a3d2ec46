/* SPDX-License-Identifier: Apache-2.0 */
#include "receipt_maker.h"

#include "util/alloc.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

const struct receipt_rules maker_rules = {
	.rates = { 2300, 800, 500, 0, RECEIPT_RATE_UNUSED, RECEIPT_RATE_UNUSED,
		   RECEIPT_RATE_UNUSED, RECEIPT_RATE_UNUSED },
	.rounding = RECEIPT_ROUNDS_REST,
	.lines_max = RECEIPT_LINES_MAX,
	.footer_max = RECEIPT_FOOTER_MAX,
	.footer_text_max = 40,
	.money_max = RECEIPT_MONEY_MAX,
	.quantity_max = RECEIPT_QUANTITY_MAX,
	.quantity_places = 8,
	.payments = (1U << RECEIPT_PAYMENT_KINDS) - 1,
};

json_t *maker_json(const char *text)
{
	char *copy = alloc_text(text);
	json_t *json;

	for (char *at = copy; *at; at++)
		if (*at == '\'')
			*at = '"';
	json = json_parse(copy, strlen(copy));
	free(copy);
	assert_non_null(json);
	return json;
}

struct receipt *maker_receipt(const char *text)
{
	json_t *json = maker_json(text);
	struct receipt_fault fault;
	struct receipt *receipt = receipt_parse(json, &fault);

	json_decref(json);
	if (!receipt)
		fail_msg("%s: %s %s", text, fault.field, fault.detail);
	return receipt;
}

/* --- at random --- */

static unsigned int maker_roll(unsigned int *seed, unsigned int sides)
{
	*seed = *seed * 1664525U + 1013904223U;
	return (*seed >> 8) % sides;
}

static json_t *maker_discount(unsigned int *seed)
{
	json_t *json = json_make();
	char percent[16];

	if (maker_roll(seed, 2)) {
		snprintf(percent, sizeof(percent), "%u.%02u",
			 maker_roll(seed, 100), maker_roll(seed, 100));
		if (!strcmp(percent, "0.00"))
			memcpy(percent, "0.01", 5);
		json_put_text(json, "percent", percent);
	} else {
		json_put_int(json, "amount", 1 + maker_roll(seed, 400));
	}
	if (!maker_roll(seed, 3))
		json_put_bool(json, "markup", true);
	if (!maker_roll(seed, 3))
		json_put_text(json, "name", "Rabat");
	return json;
}

static json_t *maker_line(unsigned int *seed, unsigned int index)
{
	json_t *line = json_make();
	char text[24];

	if (index && !maker_roll(seed, 6))
		return json_put_int(line, "void", 1 + maker_roll(seed, index));
	/* one name, one rate: printers remember them */
	snprintf(text, sizeof(text), "Towar %c%u", (char)('a' + index),
		 maker_roll(seed, 5000));
	json_put_text(line, "name", text);
	json_put_int(line, "price", 1 + maker_roll(seed, 5000));
	/* now and then a rate that is not in use */
	text[0] =
		(char)('A' + (maker_roll(seed, 60) ? maker_roll(seed, 4) : 5));
	text[1] = 0;
	json_put_text(line, "vat", text);
	if (maker_roll(seed, 2)) {
		snprintf(text, sizeof(text), "%u.%0*u", maker_roll(seed, 4),
			 1 + (int)maker_roll(seed, 3), maker_roll(seed, 1000));
		if (strtod(text, NULL) > 0)
			json_put_text(line, "quantity", text);
	}
	if (!maker_roll(seed, 3))
		json_put(line, "discount", maker_discount(seed));
	return line;
}

static json_t *maker_payments(unsigned int *seed)
{
	static const char *const kinds[] = { "cash", "card", "voucher",
					     "transfer" };
	json_t *list = json_array();
	unsigned int count = 1 + maker_roll(seed, 3);

	for (unsigned int i = 0; i < count; i++) {
		json_t *payment = json_put_text(json_make(), "kind",
						kinds[maker_roll(seed, 4)]);
		bool last = i + 1 == count;

		json_put_int(payment, "amount",
			     (last ? 20000 : 1) + maker_roll(seed, 5000));
		json_array_append_new(list, payment);
	}
	return list;
}

json_t *maker_random(unsigned int *seed)
{
	json_t *json = json_make(), *lines = json_array();
	unsigned int count = 1 + maker_roll(seed, 8);

	for (unsigned int i = 0; i < count; i++)
		json_array_append_new(lines, maker_line(seed, i));
	json_put(json, "lines", lines);
	if (!maker_roll(seed, 3)) {
		json_t *discounts = json_array();

		for (unsigned int i = maker_roll(seed, 3) + 1; i; i--)
			json_array_append_new(discounts, maker_discount(seed));
		json_put(json, "discounts", discounts);
	}
	return json_put(json, "payments", maker_payments(seed));
}

static const char *maker_told_first(const json_t *result, json_t *expected,
				    bool whole)
{
	const char *name;
	json_t *value;

	json_object_foreach (expected, name, value) {
		const json_t *told = json_object_get(result, name);

		if (told ? !json_equal(told, value) : whole)
			return name;
	}
	return NULL;
}

const char *maker_told(const json_t *result, const char *expected, bool whole)
{
	static char first[32];
	json_t *json = maker_json(expected);
	const char *name = maker_told_first(result, json, whole);

	snprintf(first, sizeof(first), "%s", name ? name : "");
	json_decref(json);
	return name ? first : NULL;
}
