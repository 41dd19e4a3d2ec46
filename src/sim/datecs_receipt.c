/* SPDX-License-Identifier: Apache-2.0 */
/* Fiscal receipts: 48, 49, 51, 53, 54, 56 and 60. */
#include "sim/datecs_model.h"

#include "util/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ISL_PERCENT 10000 /* of hundredths */

/* --- opening --- */

/* What both dialects say in their own order. */
struct isl_opening {
	char operator[ISL_FIELD_SIZE];
	char password[ISL_FIELD_SIZE];
	char sale[ISL_FIELD_SIZE];
	char point[ISL_FIELD_SIZE];
	bool invoice;
};

/* Commas to fields, as a classic request has them. */
static size_t isl_commas_split(const char *text, size_t max,
			       char out[][ISL_FIELD_SIZE])
{
	size_t count = 0;

	for (;;) {
		size_t len = strcspn(text, ",");

		if (count == max)
			return count;
		snprintf(out[count++], ISL_FIELD_SIZE, "%.*s", (int)len, text);
		if (!text[len])
			return count;
		text += len + 1;
	}
}

/* Op, Pwd, Till, Invoice; or Op, Pwd, NSale, Till, Invoice. */
static void isl_opening_get_x(const struct isl_request *request,
			      struct isl_opening *opening)
{
	size_t numbered = request->fields_count > 4;

	if (numbered)
		snprintf(opening->sale, ISL_FIELD_SIZE, "%s",
			 isl_request_field(request, 2));
	snprintf(opening->operator, ISL_FIELD_SIZE, "%s",
		 isl_request_field(request, 0));
	snprintf(opening->password, ISL_FIELD_SIZE, "%s",
		 isl_request_field(request, 1));
	snprintf(opening->point, ISL_FIELD_SIZE, "%s",
		 isl_request_field(request, 2 + numbered));
	opening->invoice = isl_request_field(request, 3 + numbered)[0] == 'I';
}

/* A: Op,Pwd,Till[,I][,UNP]; B has the last two the other way round. */
static void isl_opening_get_classic(const struct isl_request *request,
				    struct isl_opening *opening)
{
	char fields[5][ISL_FIELD_SIZE] = { "" };
	size_t count = isl_commas_split(request->data, 5, fields);
	bool swapped = count == 4 && strchr(fields[2], '-');

	memcpy(opening->operator, fields[0], ISL_FIELD_SIZE);
	memcpy(opening->password, fields[1], ISL_FIELD_SIZE);
	memcpy(opening->point, fields[swapped ? 3 : 2], ISL_FIELD_SIZE);
	opening->invoice = !strcmp(fields[3], "I");
	if (count > 3 && !swapped && strchr(fields[count - 1], '-'))
		memcpy(opening->sale, fields[count - 1], ISL_FIELD_SIZE);
	else if (swapped)
		memcpy(opening->sale, fields[2], ISL_FIELD_SIZE);
}

static enum isl_error isl_opening_check(const struct isl *isl,
					const struct isl_opening *opening)
{
	int64_t number;

	if (!isl_number_take(opening->operator, 1, 30, &number))
		return ISL_VALUE(1);
	if (strcmp(opening->password, isl->password) != 0)
		return ISL_ERROR_PASSWORD;
	if (!isl_number_take(opening->point, 1, 99999, &number))
		return ISL_VALUE(3);
	if (isl->blocked)
		return ISL_ERROR_BLOCKED;
	if (isl->memory_full)
		return ISL_ERROR_MEMORY_FULL;
	if (isl->clock_wrong)
		return ISL_ERROR_CLOCK;
	return isl->day_over ? ISL_ERROR_DAY_OVER : ISL_OK;
}

/* The slip (X); how many documents there were, and of them fiscal (classic). */
static void isl_slip_tell(const struct isl *isl, struct buf *out_data)
{
	if (isl->classic)
		buf_add_format(out_data, "%04" PRId64 ",%04" PRId64, isl->slips,
			       isl->fiscal);
	else
		buf_add_format(out_data, "%" PRId64 "\t", isl->receipt.slip);
}

static void isl_receipt_clear(struct isl *isl, enum isl_document kind)
{
	struct buf content = isl->receipt.content;

	buf_reset(&content);
	isl->receipt = (struct isl_receipt){ .open = kind, .content = content };
	if (isl->classic)
		isl->receipt.slip = isl->slips + 1;
	else
		isl->receipt.slip = ++isl->slips;
}

enum isl_error isl_receipt_open(struct isl *isl,
				const struct isl_request *request,
				struct buf *out_data)
{
	struct isl_opening opening = { .invoice = false };
	enum isl_error error;

	if (isl->classic)
		isl_opening_get_classic(request, &opening);
	else
		isl_opening_get_x(request, &opening);
	error = isl_opening_check(isl, &opening);
	if (error)
		return error;
	isl_receipt_clear(isl, ISL_FISCAL);
	isl->receipt.invoice = opening.invoice;
	isl_paper_title(isl, opening.invoice ? "INVOICE" : "FISCAL RECEIPT");
	if (opening.sale[0])
		isl_paper_text(isl, opening.sale);
	isl_slip_tell(isl, out_data);
	return ISL_OK;
}

/* --- 43: goods that come back --- */

#define ISL_STORNO_OPEN 2 /* as 76 tells it, of type 0 */
#define ISL_STORNOS	3

/* Op, Pwd, Till, Type, DocNum, DateTime, FMNumber, Invoice, ToInvoice, Reason,
 * NSale */
static enum isl_error isl_storno_check(const struct isl_request *request,
				       int64_t *out_type)
{
	unsigned day, month, year, hour, minute, second;
	const char *memory = isl_request_field(request, 6);
	int64_t number;

	if (!isl_number_take(isl_request_field(request, 3), 0, ISL_STORNOS - 1,
			     out_type))
		return ISL_VALUE(4);
	if (!isl_number_take(isl_request_field(request, 4), 1, 9999999,
			     &number))
		return ISL_VALUE(5);
	if (sscanf(isl_request_field(request, 5), "%2u-%2u-%2u %2u:%2u:%2u",
		   &day, &month, &year, &hour, &minute, &second) != 6)
		return ISL_VALUE(6);
	return strlen(memory) == 8 && strspn(memory, "0123456789") == 8
		       ? ISL_OK
		       : ISL_VALUE(7);
}

enum isl_error isl_receipt_storno(struct isl *isl,
				  const struct isl_request *request,
				  struct buf *out_data)
{
	struct isl_opening opening = { .invoice = false };
	enum isl_error error;
	int64_t type = 0;

	memcpy(opening.operator, isl_request_field(request, 0), ISL_FIELD_SIZE);
	memcpy(opening.password, isl_request_field(request, 1), ISL_FIELD_SIZE);
	memcpy(opening.point, isl_request_field(request, 2), ISL_FIELD_SIZE);
	error = isl_opening_check(isl, &opening);
	if (!error)
		error = isl_storno_check(request, &type);
	if (error)
		return error;
	isl_receipt_clear(isl, ISL_FISCAL);
	isl->receipt.storno = ISL_STORNO_OPEN + (int)type;
	isl_paper_title(isl, "STORNO");
	isl_paper_text(isl, isl_request_field(request, 4));
	isl_slip_tell(isl, out_data);
	return ISL_OK;
}

/* --- arithmetic: half a cent goes up --- */

static int64_t isl_round(int64_t value, int64_t by, int64_t of)
{
	int64_t twice = 2 * llabs(value) * by;
	int64_t rounded = (twice + of) / (2 * of);

	return value < 0 ? -rounded : rounded;
}

enum isl_way { ISL_AS_IS, ISL_MORE_OF, ISL_LESS_OF, ISL_MORE, ISL_LESS };

struct isl_change {
	enum isl_way way;
	int64_t by; /* hundredths of a percent, or an amount */
};

static int64_t isl_change_apply(const struct isl_change *change, int64_t sum)
{
	switch (change->way) {
	case ISL_AS_IS:
		return sum;
	case ISL_MORE_OF:
		return sum + isl_round(sum, change->by, ISL_PERCENT);
	case ISL_LESS_OF:
		return sum - isl_round(sum, change->by, ISL_PERCENT);
	case ISL_MORE:
		return sum + change->by;
	case ISL_LESS:
		return sum - change->by;
	}
	return sum;
}

/* Type and value, as 49 and 51 of X have them. */
static bool isl_change_get_x(const struct isl_request *request, size_t at,
			     struct isl_change *out_change)
{
	const char *type = isl_request_field(request, at);
	int64_t way = 0, by = 0;

	if (*type && !isl_number_take(type, ISL_AS_IS, ISL_LESS, &way))
		return false;
	if (way && !isl_money_get(isl_request_field(request, at + 1), &by))
		return false;
	*out_change = (struct isl_change){ (enum isl_way)way, by };
	return by >= 0;
}

/* ",-5.00" in percent or ";-1.50", at the end of a classic request. */
static bool isl_change_get_classic(const char *text,
				   struct isl_change *out_change)
{
	int64_t by;

	*out_change = (struct isl_change){ ISL_AS_IS, 0 };
	if (!*text)
		return true;
	if ((*text != ',' && *text != ';') || !isl_money_get(text + 1, &by))
		return false;
	out_change->by = llabs(by);
	if (*text == ',')
		out_change->way = by < 0 ? ISL_LESS_OF : ISL_MORE_OF;
	else
		out_change->way = by < 0 ? ISL_LESS : ISL_MORE;
	return true;
}

/* --- 49 --- */

struct isl_sale {
	char name[ISL_NAME_SIZE];
	int tax;       /* from 0 */
	int64_t price; /* negative: taken back */
	int64_t quantity;
	struct isl_change change;
};

/* "2.000": three decimals at most. */
static bool isl_quantity_get(const char *text, int64_t *out_quantity)
{
	const char *point = strchr(text, '.');
	size_t whole = point ? (size_t)(point - text) : strlen(text);
	size_t decimals = point ? strlen(point + 1) : 0;
	char digits[24];

	if (whole > 6 || decimals > 3)
		return false;
	snprintf(digits, sizeof(digits), "%.*s%s%.*s", (int)whole, text,
		 point ? point + 1 : "", (int)(3 - decimals), "000");
	return isl_number_take(digits, 1, INT64_C(999999999), out_quantity);
}

static enum isl_error isl_sale_get_x(const struct isl_request *request,
				     struct isl_sale *sale)
{
	const char *quantity = isl_request_field(request, 3);
	int64_t tax;

	snprintf(sale->name, sizeof(sale->name), "%s",
		 isl_request_field(request, 0));
	if (!isl_number_take(isl_request_field(request, 1), 1, ISL_TAXES, &tax))
		return ISL_VALUE(2);
	if (!isl_money_get(isl_request_field(request, 2), &sale->price))
		return ISL_VALUE(3);
	if (*quantity && !isl_quantity_get(quantity, &sale->quantity))
		return ISL_VALUE(4);
	if (!isl_change_get_x(request, 4, &sale->change))
		return ISL_VALUE(6);
	sale->tax = (int)tax - 1;
	return ISL_OK;
}

/* One letter: Latin from A, or Cyrillic from C0h (4.5). */
static int isl_tax_get(uint8_t letter)
{
	int from = letter >= 0xc0 ? 0xc0 : 'A';

	return letter >= from && letter < from + ISL_TAXES ? letter - from : -1;
}

/* [L1][LF L2]TAB Tax[sign]Price[*Qty[#Unit]][,Perc or ;Abs] */
static enum isl_error isl_sale_get_classic(const struct isl_request *request,
					   struct isl_sale *sale)
{
	const char *tab = strchr(request->data, '\t');
	const char *at = tab ? tab + 2 : "";
	char price[ISL_FIELD_SIZE], quantity[ISL_FIELD_SIZE];

	if (!tab || !tab[1])
		return ISL_ERROR_SYNTAX;
	snprintf(sale->name, sizeof(sale->name), "%.*s",
		 (int)strcspn(request->data, "\n\t"), request->data);
	sale->tax = isl_tax_get((uint8_t)tab[1]);
	snprintf(price, sizeof(price), "%.*s", (int)strcspn(at, "*,;"), at);
	at += strcspn(at, "*,;");
	if (sale->tax < 0 || !isl_money_get(price, &sale->price))
		return ISL_ERROR_SYNTAX;
	if (*at == '*') {
		snprintf(quantity, sizeof(quantity), "%.*s",
			 (int)strcspn(at + 1, "#,;"), at + 1);
		if (!isl_quantity_get(quantity, &sale->quantity))
			return ISL_ERROR_SYNTAX;
		at += strcspn(at, ",;");
	}
	return isl_change_get_classic(at, &sale->change) ? ISL_OK
							 : ISL_ERROR_SYNTAX;
}

static enum isl_error isl_sale_book(struct isl *isl,
				    const struct isl_sale *sale)
{
	struct isl_receipt *receipt = &isl->receipt;
	int64_t sum = isl_change_apply(&sale->change,
				       isl_round(sale->price, sale->quantity,
						 ISL_THOUSAND));

	if (receipt->paying)
		return ISL_ERROR_PAYING;
	if (isl->rates[sale->tax] < 0)
		return ISL_VALUE(2);
	if (receipt->items == ISL_SALES_MAX)
		return ISL_ERROR_TOO_MANY;
	if (llabs(sum) > ISL_MONEY_MAX)
		return ISL_ERROR_OVERFLOW;
	if (receipt->tax[sale->tax] + sum < 0)
		return ISL_ERROR_NEGATIVE;
	receipt->tax[sale->tax] += sum;
	receipt->items++;
	if (sum < 0) {
		isl->day.voided++;
		isl->day.voided_sum -= sum;
	}
	text_from_page(sale->name, strlen(sale->name), "CP1251",
		       &receipt->content);
	buf_add_format(&receipt->content, " %d %" PRId64 " %" PRId64 ";",
		       sale->tax, sale->quantity, sum);
	isl_paper_money(isl, sale->name, sum);
	return ISL_OK;
}

enum isl_error isl_receipt_sale(struct isl *isl,
				const struct isl_request *request,
				struct buf *out_data)
{
	struct isl_sale sale = { .quantity = ISL_THOUSAND };
	enum isl_error error = isl->classic
				       ? isl_sale_get_classic(request, &sale)
				       : isl_sale_get_x(request, &sale);

	if (!error)
		error = isl_sale_book(isl, &sale);
	if (!error && !isl->classic)
		isl_slip_tell(isl, out_data);
	return error;
}

/* --- 51 --- */

/* By each group's share; what is left goes to the last that has any. */
static enum isl_error isl_subtotal_change(struct isl *isl,
					  const struct isl_change *change)
{
	struct isl_receipt *receipt = &isl->receipt;
	int64_t sum = isl_book_sum(receipt->tax);
	int64_t after = isl_change_apply(change, sum), left = after;
	int last = -1;

	if (change->way == ISL_AS_IS)
		return ISL_OK;
	if (receipt->paying || sum <= 0)
		return ISL_ERROR_NOT_NOW;
	if (after < 0)
		return ISL_ERROR_NEGATIVE;
	for (int i = 0; i < ISL_TAXES; i++) {
		if (!receipt->tax[i])
			continue;
		receipt->tax[i] = isl_round(receipt->tax[i], after, sum);
		left -= receipt->tax[i];
		last = i;
	}
	receipt->tax[last] += left;
	isl_paper_money(isl, after < sum ? "Discount" : "Markup", after - sum);
	buf_add_format(&receipt->content, "= %" PRId64 ";", after);
	return ISL_OK;
}

enum isl_error isl_receipt_subtotal(struct isl *isl,
				    const struct isl_request *request,
				    struct buf *out_data)
{
	struct isl_change change;
	enum isl_error error;
	bool good;

	if (isl->classic)
		good = strlen(request->data) >= 2 &&
		       isl_change_get_classic(request->data + 2, &change);
	else
		good = isl_change_get_x(request, 2, &change);
	if (!good)
		return ISL_VALUE(3);
	error = isl_subtotal_change(isl, &change);
	if (error)
		return error;
	if (!isl->classic)
		isl_slip_tell(isl, out_data);
	isl_put_money(out_data, isl_book_sum(isl->receipt.tax));
	buf_add_byte(out_data, isl->classic ? ',' : '\t');
	isl_put_taxes(isl, out_data, isl->receipt.tax);
	return ISL_OK;
}

/* --- 53 --- */

/* Which of the day's sums it goes to, -1 for none; 0 is cash. */
static int isl_payment_kind(const struct isl *isl, char mode)
{
	const char *modes = isl->classic ? "PNDCIJKL" : "012345";
	const char *at = mode ? strchr(modes, mode) : NULL;

	return at ? (int)(at - modes) : -1;
}

/* False if it makes no sense; an amount of -1 is all that is left. */
static bool isl_payment_get(const struct isl *isl,
			    const struct isl_request *request, char *out_mode,
			    int64_t *out_amount)
{
	const char *at;

	if (!isl->classic) {
		*out_mode = isl_request_field(request, 0)[0];
		return isl_money_get(isl_request_field(request, 1),
				     out_amount) &&
		       *out_amount > 0;
	}
	at = strchr(request->data, '\t');
	*out_mode = 'P';
	*out_amount = -1;
	if (!at || !*++at)
		return at;
	if (*at >= 'A')
		*out_mode = *at++;
	return !*at || (isl_money_get(at, out_amount) && *out_amount > 0);
}

static void isl_payment_tell(const struct isl *isl, char letter, int64_t amount,
			     struct buf *out_data)
{
	buf_add_byte(out_data, (uint8_t)letter);
	if (!isl->classic)
		buf_add_byte(out_data, '\t');
	isl_put_money(out_data, amount);
	if (!isl->classic)
		buf_add_byte(out_data, '\t');
}

enum isl_error isl_receipt_pay(struct isl *isl,
			       const struct isl_request *request,
			       struct buf *out_data)
{
	struct isl_receipt *receipt = &isl->receipt;
	int64_t due = isl_book_sum(receipt->tax) - receipt->paid;
	int64_t amount;
	char mode;
	int kind;

	if (!isl_payment_get(isl, request, &mode, &amount))
		return ISL_VALUE(2);
	kind = isl_payment_kind(isl, mode);
	if (kind < 0)
		return ISL_VALUE(1);
	if (!receipt->items)
		return ISL_ERROR_SUM_ZERO;
	if (receipt->paying && due <= 0)
		return ISL_ERROR_PAYING;
	if (amount < 0)
		amount = due;
	if (receipt->storno && !kind && amount > isl->cash)
		return ISL_ERROR_NO_CASH;
	receipt->paying = true;
	receipt->paid += amount;
	receipt->payments[kind] += amount;
	receipt->change = amount > due ? amount - due : 0;
	receipt->payments[0] -= receipt->change;
	isl_paper_money(isl, "Paid", amount);
	isl_payment_tell(isl, amount < due ? 'D' : 'R', llabs(amount - due),
			 out_data);
	return ISL_OK;
}

/* --- the end --- */

enum isl_error isl_receipt_text(struct isl *isl,
				const struct isl_request *request,
				struct buf *out_data)
{
	(void)out_data;
	isl_paper_text(isl, isl->classic ? request->data
					 : isl_request_field(request, 0));
	return ISL_OK;
}

enum isl_error isl_receipt_close(struct isl *isl,
				 const struct isl_request *request,
				 struct buf *out_data)
{
	struct isl_receipt *receipt = &isl->receipt;

	(void)request;
	if (!receipt->paying || receipt->paid < isl_book_sum(receipt->tax))
		return ISL_ERROR_NOT_PAID;
	isl_paper_money(isl, "TOTAL", isl_book_sum(receipt->tax));
	if (receipt->change)
		isl_paper_money(isl, "Change", receipt->change);
	isl_paper_number(isl, "Receipt", receipt->slip);
	isl_paper_stamp(isl, isl_book_now(isl));
	if (isl->classic)
		isl->slips++;
	isl_book_receipt(isl, "host");
	isl_slip_tell(isl, out_data);
	return ISL_OK;
}

/* Before any payment only, on a classic device (4.7). */
enum isl_error isl_receipt_cancel(struct isl *isl,
				  const struct isl_request *request,
				  struct buf *out_data)
{
	struct isl_receipt *receipt = &isl->receipt;

	(void)request;
	(void)out_data;
	if (isl->classic && receipt->paying)
		return ISL_ERROR_PAYING;
	isl_paper_title(isl, "ANNULLED");
	isl->day.annulled++;
	isl->day.annulled_sum += isl_book_sum(receipt->tax);
	isl_book_document(isl, "annulled", receipt->slip,
			  isl_book_sum(receipt->tax));
	receipt->open = ISL_NOTHING;
	return ISL_OK;
}
