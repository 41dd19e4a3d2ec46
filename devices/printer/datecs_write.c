/* SPDX-License-Identifier: Apache-2.0 */
/* The data of requests (docs/protocols.md 4.5 to 4.7). */
#include "printer/datecs_commands.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define DATECS_OPERATORS    30
#define DATECS_PASSWORD_MAX 8
#define DATECS_POINTS	    99999
#define DATECS_DEPARTMENTS  99
#define DATECS_REPORTS_MAX  9999

/* --- what has no parameters --- */

struct datecs_plain {
	enum datecs_action action;
	const char *x, *classic;
};

/* The identity is asked for without a TAB, which both dialects answer in the
 * same form; 4 of the day are its corrections; cash of 0 prints nothing. */
static const struct datecs_plain datecs_plains[] = {
	{ DATECS_IDENTITY, "1", "1" },
	{ DATECS_STATUS, "", "X" },
	{ DATECS_PENDING, "0\t", "L" },
	{ DATECS_COMPLAINT, NULL, "" },
	{ DATECS_CLOCK_READ, "", "" },
	{ DATECS_TRANSACTION, "", "T" },
	{ DATECS_OPEN_SUMS, "", "" },
	{ DATECS_LAST_RECEIPT, "3\t", "" },
	{ DATECS_LAST_REPORT, "0\t", "" },
	{ DATECS_DAY, "4\t", "" },
	{ DATECS_CASH_READ, "0\t0.00\t", "" },
	{ DATECS_RATES, "", "" },
	{ DATECS_DAY_SUMS, "0\t", "0" },
	{ DATECS_COPY, "", "1" },
	{ DATECS_RECEIPT_CLOSE, "", "" },
	{ DATECS_RECEIPT_CANCEL, "", "" },
	{ DATECS_NONFISCAL_OPEN, "", "" },
	{ DATECS_NONFISCAL_CLOSE, "", "" },
	{ DATECS_REPORT_X, "X\t", "2" },
	{ DATECS_REPORT_Z, "Z\t", "0" },
	{ DATECS_CUT, "", NULL },
};

void datecs_plain_write(const struct datecs_speech *speech,
			enum datecs_action action, struct buf *data)
{
	for (size_t i = 0; i < COUNT(datecs_plains); i++) {
		const struct datecs_plain *plain = &datecs_plains[i];
		const char *text =
			datecs_speech_is_x(speech) ? plain->x : plain->classic;

		if (plain->action == action && text) {
			buf_add_text(data, text);
			return;
		}
	}
	data->failed = true;
}

/* --- receipts --- */

/* LLDDDDDD-CCCC-DDDDDDD. */
static bool datecs_sale_number_is_valid(const char *sale)
{
	static const char form[] = "LLDDDDDD-CCCC-DDDDDDD";

	if (strlen(sale) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i]; i++) {
		unsigned char c = (unsigned char)sale[i];
		bool digit = c >= '0' && c <= '9';
		bool upper = c >= 'A' && c <= 'Z';
		bool lower = c >= 'a' && c <= 'z';

		if ((form[i] == 'L' && !upper) || (form[i] == 'D' && !digit) ||
		    (form[i] == 'C' && !upper && !lower && !digit) ||
		    (form[i] == '-' && c != '-'))
			return false;
	}
	return true;
}

static bool datecs_password_is_valid(const char *password)
{
	size_t len = strspn(password, "0123456789");

	return len && len <= DATECS_PASSWORD_MAX && !password[len];
}

static bool datecs_opening_is_valid(const struct datecs_opening *opening)
{
	return opening->cashier >= 1 && opening->cashier <= DATECS_OPERATORS &&
	       datecs_password_is_valid(opening->password) &&
	       opening->point >= 1 && opening->point <= DATECS_POINTS &&
	       (!opening->sale || datecs_sale_number_is_valid(opening->sale));
}

static void datecs_opening_write_x(const struct datecs_opening *opening,
				   struct buf *data)
{
	buf_add_format(data, "%d\t%s\t", opening->cashier, opening->password);
	if (opening->sale)
		buf_add_format(data, "%s\t", opening->sale);
	buf_add_format(data, "%d\t%s\t", opening->point,
		       opening->invoice ? "I" : "");
}

/* Group B has the point of sale last, and no other form is known of it. */
static void datecs_opening_write_b(const struct datecs_opening *opening,
				   struct buf *data)
{
	if (!opening->sale || opening->invoice)
		data->failed = true;
	else
		buf_add_format(data, "%d,%s,%s,%d", opening->cashier,
			       opening->password, opening->sale,
			       opening->point);
}

static void datecs_opening_write_a(const struct datecs_opening *opening,
				   struct buf *data)
{
	buf_add_format(data, "%d,%s,%d%s%s%s", opening->cashier,
		       opening->password, opening->point,
		       opening->invoice ? ",I" : "", opening->sale ? "," : "",
		       opening->sale ? opening->sale : "");
}

void datecs_opening_write(const struct datecs_speech *speech,
			  const struct datecs_opening *opening,
			  struct buf *data)
{
	if (!datecs_opening_is_valid(opening))
		data->failed = true;
	else if (datecs_speech_is_x(speech))
		datecs_opening_write_x(opening, data);
	else if (speech->group == DATECS_GROUP_B)
		datecs_opening_write_b(opening, data);
	else
		datecs_opening_write_a(opening, data);
}

static bool datecs_change_is_percent(enum datecs_change change)
{
	return change == DATECS_CHANGE_MORE_PERCENT ||
	       change == DATECS_CHANGE_LESS_PERCENT;
}

static bool datecs_change_is_valid(enum datecs_change change, int64_t by)
{
	if (change == DATECS_CHANGE_NONE)
		return by == 0;
	return by >= 1 &&
	       by <= (datecs_change_is_percent(change) ? DATECS_PERCENT_MAX
						       : DATECS_AMOUNT_MAX);
}

/* The two fields, which stay empty where nothing changes. */
static void datecs_change_write_x(enum datecs_change change, int64_t by,
				  struct buf *data)
{
	if (change != DATECS_CHANGE_NONE) {
		buf_add_format(data, "%d\t", (int)change);
		datecs_amount_add(data, by);
		buf_add_text(data, "\t");
	} else {
		buf_add_text(data, "\t\t");
	}
}

static void datecs_change_write_classic(enum datecs_change change, int64_t by,
					struct buf *data)
{
	bool less = change == DATECS_CHANGE_LESS ||
		    change == DATECS_CHANGE_LESS_PERCENT;

	if (change == DATECS_CHANGE_NONE)
		return;
	buf_add_text(data, datecs_change_is_percent(change) ? "," : ";");
	datecs_amount_add(data, less ? -by : by);
}

/* Half a unit and more is rounded up, as it would be on paper. */
static bool datecs_sale_total_is_valid(const struct datecs_sale *sale)
{
	int64_t quantity = sale->quantity ? sale->quantity : 1000;

	return (sale->price * quantity + 500) / 1000 <= DATECS_AMOUNT_MAX;
}

static bool datecs_sale_is_valid(const struct datecs_sale *sale)
{
	return sale->name[0] && sale->tax >= 1 && sale->tax <= DATECS_TAXES &&
	       sale->price >= 0 && sale->price <= DATECS_AMOUNT_MAX &&
	       sale->quantity >= 0 && sale->quantity <= DATECS_QUANTITY_MAX &&
	       sale->department >= 0 &&
	       sale->department <= DATECS_DEPARTMENTS &&
	       datecs_sale_total_is_valid(sale) &&
	       datecs_change_is_valid(sale->change, sale->change_by);
}

static void datecs_sale_write_x(const struct datecs_speech *speech,
				const struct datecs_sale *sale,
				struct buf *data)
{
	datecs_text_add(data, sale->name, speech->page, DATECS_NAME_MAX);
	buf_add_format(data, "\t%d\t", sale->tax);
	if (sale->reversal)
		buf_add_text(data, "-");
	datecs_amount_add(data, sale->price);
	buf_add_text(data, "\t");
	if (sale->quantity)
		datecs_quantity_add(data, sale->quantity);
	buf_add_text(data, "\t");
	datecs_change_write_x(sale->change, sale->change_by, data);
	buf_add_format(data, "%d\t", sale->department);
	if (!sale->unit || !sale->unit[0])
		return;
	datecs_text_add(data, sale->unit, speech->page, DATECS_UNIT_MAX);
	buf_add_text(data, "\t");
}

/* A to H, or А to З in the printer's own code page. */
static void datecs_tax_add(const struct datecs_speech *speech, int tax,
			   struct buf *data)
{
	char letter[] = { (char)0xD0, (char)(0x90 + tax - 1), 0 };

	if (!speech->cyrillic_taxes) {
		buf_add_byte(data, (uint8_t)('A' + tax - 1));
		return;
	}
	datecs_text_add(data, letter, speech->page, 1);
	if (!data->failed && data->data[data->len - 1] == DATECS_SUBSTITUTE)
		data->failed = true;
}

static void datecs_sale_write_classic(const struct datecs_speech *speech,
				      const struct datecs_sale *sale,
				      struct buf *data)
{
	datecs_text_add(data, sale->name, speech->page, DATECS_NAME_MAX);
	buf_add_text(data, "\t");
	datecs_tax_add(speech, sale->tax, data);
	if (sale->reversal)
		buf_add_text(data, "-");
	datecs_amount_add(data, sale->price);
	if (sale->quantity) {
		buf_add_text(data, "*");
		datecs_quantity_add(data, sale->quantity);
	}
	if (sale->quantity && sale->unit && sale->unit[0]) {
		buf_add_text(data, "#");
		datecs_text_add(data, sale->unit, speech->page,
				DATECS_UNIT_MAX);
	}
	datecs_change_write_classic(sale->change, sale->change_by, data);
}

void datecs_sale_write(const struct datecs_speech *speech,
		       const struct datecs_sale *sale, struct buf *data)
{
	if (!datecs_sale_is_valid(sale))
		data->failed = true;
	else if (datecs_speech_is_x(speech))
		datecs_sale_write_x(speech, sale, data);
	else
		datecs_sale_write_classic(speech, sale, data);
}

void datecs_subtotal_write(const struct datecs_speech *speech, bool print,
			   bool display, enum datecs_change change,
			   int64_t change_by, struct buf *data)
{
	if (!datecs_change_is_valid(change, change_by)) {
		data->failed = true;
	} else if (datecs_speech_is_x(speech)) {
		buf_add_format(data, "%d\t%d\t", print, display);
		datecs_change_write_x(change, change_by, data);
	} else {
		buf_add_format(data, "%d%d", print, display);
		datecs_change_write_classic(change, change_by, data);
	}
}

void datecs_payment_write(const struct datecs_speech *speech, char mode,
			  int64_t amount, struct buf *data)
{
	bool x = datecs_speech_is_x(speech);

	if (!mode || !strchr(x ? "012345" : "PNCDIJKL", mode) || amount < 1) {
		data->failed = true;
		return;
	}
	buf_add_format(data, x ? "%c\t" : "\t%c", mode);
	datecs_amount_add(data, amount);
	if (x)
		buf_add_text(data, "\t\t"); /* the type of a card payment */
}

void datecs_line_write(const struct datecs_speech *speech, const char *text,
		       bool bold, bool high, struct buf *data)
{
	datecs_text_add(data, text, speech->page, speech->columns);
	if (datecs_speech_is_x(speech))
		buf_add_format(data, "\t%s\t\t%s\t\t\t", bold ? "1" : "",
			       high ? "1" : "");
}

/* --- reports --- */

void datecs_dates_write(const struct datecs_speech *speech, bool summary,
			const char *from, const char *to, struct buf *data)
{
	if (strcmp(from, to) > 0) {
		data->failed = true;
	} else if (datecs_speech_is_x(speech)) {
		buf_add_text(data, summary ? "0\t" : "1\t");
		datecs_date_add(data, from);
		buf_add_text(data, "\t");
		datecs_date_add(data, to);
		buf_add_text(data, "\t");
	} else {
		datecs_date_add_short(data, from);
		buf_add_text(data, ",");
		datecs_date_add_short(data, to);
	}
}

void datecs_numbers_write(const struct datecs_speech *speech, bool summary,
			  int64_t from, int64_t to, struct buf *data)
{
	if (from < 1 || from > to || to > DATECS_REPORTS_MAX)
		data->failed = true;
	else if (datecs_speech_is_x(speech))
		buf_add_format(data, "%s\t%" PRId64 "\t%" PRId64 "\t",
			       summary ? "0" : "1", from, to);
	else
		buf_add_format(data, "%" PRId64 ",%" PRId64, from, to);
}

/* --- the rest --- */

void datecs_cash_write(const struct datecs_speech *speech, int64_t amount,
		       struct buf *data)
{
	if (!amount || amount < -DATECS_AMOUNT_MAX) {
		data->failed = true;
	} else if (datecs_speech_is_x(speech)) {
		buf_add_text(data, amount < 0 ? "1\t" : "0\t");
		datecs_amount_add(data, amount < 0 ? -amount : amount);
		buf_add_text(data, "\t");
	} else {
		datecs_amount_add(data, amount);
	}
}

void datecs_clock_write(const struct datecs_speech *speech,
			const struct datecs_time *time, struct buf *data)
{
	bool x = datecs_speech_is_x(speech);
	struct datecs_time plain = *time;

	plain.summer = x && time->summer;
	datecs_time_add(data, &plain);
	if (x)
		buf_add_text(data, "\t");
}
