/* SPDX-License-Identifier: Apache-2.0 */
#include "device/receipt.h"

#include "util/alloc.h"
#include "util/json.h"
#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECEIPT_QUANTITY_PLACES 8
#define RECEIPT_PERCENT_PLACES	2

static const char *const receipt_payment_names[RECEIPT_PAYMENT_KINDS] = {
	[RECEIPT_CASH] = "cash",     [RECEIPT_CARD] = "card",
	[RECEIPT_CHEQUE] = "cheque", [RECEIPT_VOUCHER] = "voucher",
	[RECEIPT_CREDIT] = "credit", [RECEIPT_TRANSFER] = "transfer",
	[RECEIPT_OTHER] = "other",
};

void receipt_fault_set(struct receipt_fault *fault, const char *detail,
		       const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(fault->field, sizeof(fault->field), format, args);
	va_end(args);
	fault->detail = detail;
}

/*
 * A decimal of at most so many places behind its point, times ten to their
 * number: "1.5" with 8 places is 150000000. False for anything else, and for
 * what is above max.
 */
static bool receipt_decimal(const char *text, int places, int64_t max,
			    int64_t *out_value)
{
	int64_t value = 0;
	int left = -1; /* places still to come; -1: no point yet */

	if (*text < '0' || *text > '9')
		return false;
	for (; *text; text++) {
		if (*text == '.' && left < 0 && text[1]) {
			left = places;
			continue;
		}
		if (*text < '0' || *text > '9' || !left || value > max / 10)
			return false;
		value = value * 10 + (*text - '0');
		left -= left > 0;
	}
	for (left = left < 0 ? places : left; left; left--) {
		if (value > max / 10)
			return false;
		value *= 10;
	}
	if (value > max)
		return false;
	*out_value = value;
	return true;
}

/* --- reading --- */

/* Where in the document it is being read, for whoever has to be told. */
struct receipt_reader {
	struct receipt *receipt;
	struct receipt_fault *fault;
	char at[24]; /* "lines[3].", or "" */
};

static bool receipt_say(struct receipt_reader *reader, const char *field,
			const char *detail)
{
	receipt_fault_set(reader->fault, detail, "%s%s", reader->at, field);
	return false;
}

static bool receipt_read_text(struct receipt_reader *reader, const json_t *json,
			      const char *field, size_t max,
			      const char **out_text)
{
	const json_t *value = json_object_get(json, field);
	const char *text = json_string_value(value);

	if (!value)
		return true;
	if (!text || !*text || strlen(text) != json_string_length(value) ||
	    !text_is_plain(text) || text_length(text) > max)
		return receipt_say(reader, field,
				   "It has to be text of a length that fits.");
	*out_text = text;
	return true;
}

static bool receipt_read_amount(struct receipt_reader *reader,
				const json_t *json, const char *field,
				int64_t *out_amount)
{
	int64_t amount = json_int(json, field, 0);

	if (amount < 1 || amount > RECEIPT_MONEY_MAX)
		return receipt_say(
			reader, field,
			"It has to be an amount in minor units, above zero.");
	*out_amount = amount;
	return true;
}

static bool receipt_read_percent(struct receipt_reader *reader,
				 const json_t *json, const char *field,
				 int64_t *out_percent)
{
	const char *text = json_text(json, "percent");

	if (!text ||
	    !receipt_decimal(text, RECEIPT_PERCENT_PLACES, RECEIPT_PERCENT_MAX,
			     out_percent) ||
	    !*out_percent)
		return receipt_say(reader, field,
				   "It has to be from 0.01 to 99.99, as text.");
	return true;
}

/* json is the discount itself; its name in the document is in reader->at. */
static bool receipt_read_discount(struct receipt_reader *reader,
				  const json_t *json,
				  struct receipt_discount *out)
{
	out->set = true;
	out->percent = json_object_get(json, "percent");
	out->markup = json_flag(json, "markup");
	if (out->percent == (json_object_get(json, "amount") != NULL))
		return receipt_say(reader, "percent",
				   "Give either a percent or an amount.");
	if (!receipt_read_text(reader, json, "name", RECEIPT_LABEL_MAX,
			       &out->name))
		return false;
	return out->percent ? receipt_read_percent(reader, json, "percent",
						   &out->value)
			    : receipt_read_amount(reader, json, "amount",
						  &out->value);
}

static bool receipt_read_rate(struct receipt_reader *reader, const json_t *json,
			      int *out_rate)
{
	const char *letter = json_text(json, "vat");

	if (!letter || letter[0] < 'A' || letter[0] >= 'A' + RECEIPT_RATES ||
	    letter[1])
		return receipt_say(reader, "vat",
				   "It has to be the letter of a VAT rate.");
	*out_rate = letter[0] - 'A';
	return true;
}

static bool receipt_read_quantity(struct receipt_reader *reader,
				  const json_t *json, int64_t *out_quantity)
{
	const json_t *value = json_object_get(json, "quantity");
	const char *text = json_string_value(value);

	*out_quantity = RECEIPT_QUANTITY_ONE;
	if (!value)
		return true;
	if (!text ||
	    !receipt_decimal(text, RECEIPT_QUANTITY_PLACES,
			     RECEIPT_QUANTITY_MAX, out_quantity) ||
	    !*out_quantity)
		return receipt_say(
			reader, "quantity",
			"It has to be a decimal above zero, such as \"1.5\".");
	return true;
}

static bool receipt_read_sale(struct receipt_reader *reader, const json_t *json,
			      struct receipt_line *line)
{
	const json_t *discount = json_object_get(json, "discount");
	size_t at = strlen(reader->at);

	if (!json_text(json, "name"))
		return receipt_say(reader, "name", "It is needed.");
	if (!receipt_read_text(reader, json, "name", RECEIPT_NAME_MAX,
			       &line->name) ||
	    !receipt_read_text(reader, json, "unit", RECEIPT_UNIT_MAX,
			       &line->unit) ||
	    !receipt_read_text(reader, json, "description",
			       RECEIPT_DESCRIPTION_MAX, &line->description) ||
	    !receipt_read_amount(reader, json, "price", &line->price) ||
	    !receipt_read_rate(reader, json, &line->rate) ||
	    !receipt_read_quantity(reader, json, &line->quantity))
		return false;
	if (!discount)
		return true;
	snprintf(reader->at + at, sizeof(reader->at) - at, "discount.");
	return receipt_read_discount(reader, discount, &line->discount);
}

/* A line that was sold before this one, and is not taken back yet. */
static bool receipt_read_void(struct receipt_reader *reader, const json_t *json,
			      size_t index)
{
	struct receipt_line *lines = reader->receipt->lines;
	int64_t of = json_int(json, "void", 0);

	if (json_object_size(json) != 1)
		return receipt_say(reader, "void",
				   "It has to stand alone: the line is taken "
				   "back as it was sold.");
	if (of < 1 || of > (int64_t)index || lines[of - 1].voids)
		return receipt_say(reader, "void",
				   "It has to be the number of a line sold "
				   "before this one.");
	for (size_t i = 0; i < index; i++)
		if (lines[i].voids == (size_t)of)
			return receipt_say(reader, "void",
					   "That line was taken back already.");
	lines[index] = lines[of - 1];
	lines[index].voids = (size_t)of;
	return true;
}

static bool receipt_read_line(struct receipt_reader *reader, const json_t *json,
			      size_t index)
{
	snprintf(reader->at, sizeof(reader->at), "lines[%u].",
		 (unsigned int)index);
	return json_object_get(json, "void")
		       ? receipt_read_void(reader, json, index)
		       : receipt_read_sale(reader, json,
					   &reader->receipt->lines[index]);
}

static bool receipt_read_payment(struct receipt_reader *reader,
				 const json_t *json, size_t index)
{
	struct receipt_payment *payment = &reader->receipt->payments[index];
	const char *word = json_text(json, "kind");
	size_t kind = 0;

	snprintf(reader->at, sizeof(reader->at), "payments[%u].",
		 (unsigned int)index);
	while (word && kind < RECEIPT_PAYMENT_KINDS &&
	       strcmp(receipt_payment_names[kind], word) != 0)
		kind++;
	if (!word || kind == RECEIPT_PAYMENT_KINDS)
		return receipt_say(reader, "kind",
				   "It has to be one of: " RECEIPT_PAYMENT_WORDS
				   ".");
	payment->kind = (enum receipt_payment_kind)kind;
	return receipt_read_amount(reader, json, "amount", &payment->amount) &&
	       receipt_read_text(reader, json, "name", RECEIPT_LABEL_MAX,
				 &payment->name);
}

static bool receipt_read_off(struct receipt_reader *reader, const json_t *json,
			     size_t index)
{
	snprintf(reader->at, sizeof(reader->at), "discounts[%u].",
		 (unsigned int)index);
	return receipt_read_discount(reader, json,
				     &reader->receipt->discounts[index]);
}

static bool receipt_read_footer(struct receipt_reader *reader,
				const json_t *json, size_t index)
{
	const char *text = json_string_value(json);
	char field[16];

	*reader->at = 0;
	snprintf(field, sizeof(field), "footer[%u]", (unsigned int)index);
	if (!text || !*text || strlen(text) != json_string_length(json) ||
	    !text_is_plain(text) || text_length(text) > RECEIPT_TEXT_MAX)
		return receipt_say(reader, field,
				   "It has to be text of a length that fits.");
	reader->receipt->footer[index] = text;
	return true;
}

/* --- lists --- */

static const struct receipt_list {
	const char *name;
	size_t min, max;
	size_t count; /* where it is kept in struct receipt */
	bool (*read)(struct receipt_reader *reader, const json_t *json,
		     size_t index);
} receipt_lists[] = {
	{ "lines", 1, RECEIPT_LINES_MAX, offsetof(struct receipt, lines_count),
	  receipt_read_line },
	{ "discounts", 0, RECEIPT_DISCOUNTS_MAX,
	  offsetof(struct receipt, discounts_count), receipt_read_off },
	{ "payments", 1, RECEIPT_PAYMENTS_MAX,
	  offsetof(struct receipt, payments_count), receipt_read_payment },
	{ "footer", 0, RECEIPT_FOOTER_MAX,
	  offsetof(struct receipt, footer_count), receipt_read_footer },
};

static bool receipt_read_list(struct receipt_reader *reader,
			      const struct receipt_list *list)
{
	const json_t *json = json_object_get(reader->receipt->json, list->name);
	size_t count = json_array_size(json);

	*reader->at = 0;
	if ((json && !json_is_array(json)) || count < list->min ||
	    count > list->max)
		return receipt_say(reader, list->name,
				   "It has to be a list, not too long, and not "
				   "empty where it is needed.");
	*(size_t *)((char *)reader->receipt + list->count) = count;
	for (size_t i = 0; i < count; i++)
		if (!list->read(reader, json_array_get(json, i), i))
			return false;
	return true;
}

/* Two letters and six digits, four of either, seven digits. */
static bool receipt_is_sale_number(const char *text)
{
	static const char shape[] = "LLDDDDDD-CCCC-DDDDDDD";

	if (strlen(text) != RECEIPT_SALE_LEN)
		return false;
	for (size_t i = 0; shape[i]; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';
		bool letter = text[i] >= 'A' && text[i] <= 'Z';

		if (!(shape[i] == 'D'	? digit
		      : shape[i] == 'L' ? letter
		      : shape[i] == 'C' ? digit || letter
					: text[i] == '-'))
			return false;
	}
	return true;
}

static bool receipt_read_number(struct receipt_reader *reader,
				const json_t *json)
{
	const char **sale = &reader->receipt->sale;

	if (!receipt_read_text(reader, json, "sale_number", RECEIPT_SALE_LEN,
			       sale))
		return false;
	return !*sale || receipt_is_sale_number(*sale) ||
	       receipt_say(reader, "sale_number",
			   "It has to be such as DT636533-0020-0010110.");
}

static bool receipt_read(struct receipt_reader *reader)
{
	struct receipt *receipt = reader->receipt;
	const json_t *json = receipt->json;

	for (size_t i = 0; i < sizeof(receipt_lists) / sizeof(*receipt_lists);
	     i++)
		if (!receipt_read_list(reader, &receipt_lists[i]))
			return false;
	*reader->at = 0;
	if (json_object_get(json, "total") &&
	    !receipt_read_amount(reader, json, "total", &receipt->total))
		return false;
	return receipt_read_text(reader, json, "buyer_tax_id",
				 RECEIPT_BUYER_MAX, &receipt->buyer) &&
	       receipt_read_number(reader, json);
}

/* Its own fields, for the journal. */
static json_t *receipt_own_json(const json_t *json)
{
	static const char *const fields[] = { "lines",	    "discounts",
					      "payments",   "total",
					      "footer",	    "buyer_tax_id",
					      "sale_number" };
	json_t *own = json_make();

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		json_t *value = json_object_get(json, fields[i]);

		if (value)
			json_put(own, fields[i], json_deep_copy(value));
	}
	return own;
}

struct receipt *receipt_parse(const json_t *json,
			      struct receipt_fault *out_fault)
{
	struct receipt *receipt = ALLOC_NEW(struct receipt);
	struct receipt_reader reader = { receipt, out_fault, "" };

	receipt->holders = 1;
	receipt->json = receipt_own_json(json);
	receipt->lines = alloc_zero(RECEIPT_LINES_MAX, sizeof(*receipt->lines));
	return receipt_read(&reader) ? receipt : receipt_drop(receipt);
}

struct receipt *receipt_hold(struct receipt *receipt)
{
	receipt->holders++;
	return receipt;
}

struct receipt *receipt_drop(struct receipt *receipt)
{
	if (!receipt || --receipt->holders)
		return NULL;
	json_decref(receipt->json);
	free(receipt->lines);
	free(receipt);
	return NULL;
}
