/* SPDX-License-Identifier: Apache-2.0 */
#include "printer/datecs_fields.h"

#include "util/money.h"
#include "util/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DATECS_NUMBER_DIGITS 18
#define DATECS_AMOUNT_DIGITS 12
#define DATECS_DAY_SECONDS   (24 * 60 * 60)
#define DATECS_CENTURY	     "20"

/* --- writing --- */

void datecs_amount_add(struct buf *out, int64_t amount)
{
	int64_t size;

	if (amount < -DATECS_AMOUNT_MAX || amount > DATECS_AMOUNT_MAX) {
		out->failed = true;
		return;
	}
	size = amount < 0 ? -amount : amount;
	buf_add_format(out, "%s%" PRId64 ".%02" PRId64, amount < 0 ? "-" : "",
		       size / 100, size % 100);
}

void datecs_quantity_add(struct buf *out, int64_t quantity)
{
	if (quantity < 1 || quantity > DATECS_QUANTITY_MAX)
		out->failed = true;
	else
		buf_add_format(out, "%" PRId64 ".%03" PRId64, quantity / 1000,
			       quantity % 1000);
}

static bool datecs_digits_parse(const char *text, size_t len, int *out_number)
{
	int number = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		number = number * 10 + (text[i] - '0');
	}
	*out_number = number;
	return true;
}

static bool datecs_day_is_valid(int year, int month, int day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };

	if (month < 1 || month > 12 || day < 1)
		return false;
	/* of the years from 2000 to 2099 every fourth has the day */
	return day <= days[month - 1] + (month == 2 && year % 4 == 0);
}

/* 2026-09-30, of this century: the protocol has two digits for the year. */
static bool datecs_iso_is_valid(const char *date)
{
	int year, month, day;

	return strnlen(date, OP_DATE_SIZE) == OP_DATE_SIZE - 1 &&
	       !strncmp(date, DATECS_CENTURY, 2) &&
	       datecs_digits_parse(date + 2, 2, &year) && date[4] == '-' &&
	       datecs_digits_parse(date + 5, 2, &month) && date[7] == '-' &&
	       datecs_digits_parse(date + 8, 2, &day) &&
	       datecs_day_is_valid(year, month, day);
}

static void datecs_date_write(struct buf *out, const char *date,
			      const char *between)
{
	if (datecs_iso_is_valid(date))
		buf_add_format(out, "%.2s%s%.2s%s%.2s", date + 8, between,
			       date + 5, between, date + 2);
	else
		out->failed = true;
}

void datecs_date_add(struct buf *out, const char *date)
{
	datecs_date_write(out, date, "-");
}

void datecs_date_add_short(struct buf *out, const char *date)
{
	datecs_date_write(out, date, "");
}

void datecs_time_add(struct buf *out, const struct datecs_time *time)
{
	int second = time->second;

	if (second < 0 || second >= DATECS_DAY_SECONDS) {
		out->failed = true;
		return;
	}
	datecs_date_add(out, time->date);
	buf_add_format(out, " %02d:%02d:%02d%s", second / 3600,
		       second / 60 % 60, second % 60,
		       time->summer ? " DST" : "");
}

void datecs_text_add(struct buf *out, const char *text, const char *page,
		     size_t max)
{
	__attribute__((cleanup(buf_cleanup))) struct buf made =
		BUF_INIT(strlen(text) + 1);

	if (!text_to_page(text, page, DATECS_SUBSTITUTE, &made) || made.failed)
		out->failed = true;
	else
		buf_add(out, made.data, made.len < max ? made.len : max);
}

/* --- reading --- */

bool datecs_number_parse(const char *text, int64_t *out_number)
{
	size_t len = strspn(text, "0123456789");
	int64_t number = 0;

	if (!len || len > DATECS_NUMBER_DIGITS || text[len])
		return false;
	for (size_t i = 0; i < len; i++)
		number = number * 10 + (text[i] - '0');
	*out_number = number;
	return true;
}

/* What stands behind the point, as hundredths. */
static bool datecs_cents_parse(const char *text, int64_t *out_cents)
{
	size_t len = strspn(text, "0123456789");

	if (!len || len > 2 || text[len])
		return false;
	*out_cents = (text[0] - '0') * 10 + (len == 2 ? text[1] - '0' : 0);
	return true;
}

bool datecs_amount_parse(const char *text, int64_t *out_amount)
{
	bool minus = text[0] == '-';
	const char *at = text + (minus || text[0] == '+');
	size_t len = strspn(at, "0123456789");
	int64_t amount = 0, cents = 0;

	if (!len || len > DATECS_AMOUNT_DIGITS)
		return false;
	for (size_t i = 0; i < len; i++)
		amount = amount * 10 + (at[i] - '0');
	if (at[len] && at[len] != '.')
		return false;
	if (at[len]) {
		if (!datecs_cents_parse(at + len + 1, &cents))
			return false;
		amount = amount * 100 + cents;
	}
	if (amount > MONEY_MAX)
		return false;
	*out_amount = minus ? -amount : amount;
	return true;
}

/* DD-MM-YY and DD-MM-YYYY, with points in the place of dashes on some, and
 * DDMMYY. The length of what was read, 0 if there is no date. */
static size_t datecs_date_take(const char *text, char out_date[OP_DATE_SIZE])
{
	size_t len = strcspn(text, " ");
	size_t gap = len > 6 && strchr("-.", text[2]) ? 1 : 0;
	size_t century = len == 10 && gap ? 2 : 0;
	const char *month_at = text + 2 + gap, *year_at = text + 4 + 2 * gap;
	int year, month, day;

	if (len != 6 + 2 * gap + century || (gap && text[5] != text[2]) ||
	    strncmp(year_at, DATECS_CENTURY, century) != 0)
		return 0;
	year_at += century;
	if (!datecs_digits_parse(text, 2, &day) ||
	    !datecs_digits_parse(month_at, 2, &month) ||
	    !datecs_digits_parse(year_at, 2, &year) ||
	    !datecs_day_is_valid(year, month, day))
		return 0;
	snprintf(out_date, OP_DATE_SIZE, DATECS_CENTURY "%02d-%02d-%02d",
		 year % 100, month % 100, day % 100);
	return len;
}

bool datecs_date_parse(const char *text, char out_date[OP_DATE_SIZE])
{
	char date[OP_DATE_SIZE];
	size_t len = datecs_date_take(text, date);

	if (!len || text[len])
		return false;
	memcpy(out_date, date, sizeof(date));
	return true;
}

/* "23:59:59", and " DST" perhaps. */
static bool datecs_clock_take(const char *text, struct datecs_time *time)
{
	int hour, minute, second;

	if (strnlen(text, 8) < 8 || text[2] != ':' || text[5] != ':' ||
	    !datecs_digits_parse(text, 2, &hour) ||
	    !datecs_digits_parse(text + 3, 2, &minute) ||
	    !datecs_digits_parse(text + 6, 2, &second) || hour > 23 ||
	    minute > 59 || second > 59)
		return false;
	time->second = (hour * 60 + minute) * 60 + second;
	time->summer = strcmp(text + 8, " DST") == 0;
	return time->summer || !text[8];
}

bool datecs_time_parse(const char *text, struct datecs_time *out_time)
{
	struct datecs_time time = { .second = -1 };
	size_t len = datecs_date_take(text, time.date);

	if (!len || (text[len] && !datecs_clock_take(text + len + 1, &time)))
		return false;
	*out_time = time;
	return true;
}

/* --- fields --- */

/* The field from begin to end, without the blanks around it. */
static bool datecs_fields_take(struct datecs_fields *fields, char *begin,
			       char *end)
{
	if (fields->count == DATECS_FIELDS_MAX)
		return false;
	while (begin < end && *begin == ' ')
		begin++;
	while (begin < end && end[-1] == ' ')
		end--;
	*end = 0;
	fields->at[fields->count++] = (uint16_t)(begin - fields->text);
	return true;
}

bool datecs_fields_split(const char *data, char separator,
			 struct datecs_fields *out_fields)
{
	struct datecs_fields fields = { 0 };
	size_t len = strnlen(data, sizeof(fields.text));
	bool terminated = separator == '\t';
	char *begin = fields.text, *end;

	if (len == sizeof(fields.text))
		return false;
	memcpy(fields.text, data, len);
	while (len && (end = strchr(begin, separator)) != NULL) {
		char *next = end + 1;

		if (!datecs_fields_take(&fields, begin, end))
			return false;
		begin = next;
	}
	if (len && (*begin || !terminated) &&
	    !datecs_fields_take(&fields, begin, begin + strlen(begin)))
		return false;
	*out_fields = fields;
	return true;
}

void datecs_fields_drop(struct datecs_fields *fields)
{
	if (!fields->count)
		return;
	fields->count--;
	memmove(fields->at, fields->at + 1,
		fields->count * sizeof(fields->at[0]));
}

const char *datecs_fields_text(const struct datecs_fields *fields, size_t i)
{
	return i < fields->count ? fields->text + fields->at[i] : NULL;
}

bool datecs_fields_number(const struct datecs_fields *fields, size_t i,
			  int64_t *out_number)
{
	const char *text = datecs_fields_text(fields, i);

	return text && datecs_number_parse(text, out_number);
}

bool datecs_fields_amount(const struct datecs_fields *fields, size_t i,
			  int64_t *out_amount)
{
	const char *text = datecs_fields_text(fields, i);

	return text && datecs_amount_parse(text, out_amount);
}
