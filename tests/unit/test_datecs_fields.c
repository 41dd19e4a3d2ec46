/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in Datecs frames; numbers in brackets are sections of
 * docs/protocols.md.
 */
#include "printer/datecs_fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define X	&datecs_x
#define CLASSIC &datecs_classic
#define LINE	48

/* --- writing --- */

/* [4.5] Two decimals, and never another number of them. */
static void test_amount_add(void **state)
{
	static const struct {
		int64_t amount;
		const char *want; /* NULL: can't be said */
	} cases[] = {
		{ 0, "0.00" },
		{ 1, "0.01" },
		{ 150, "1.50" },
		{ -150, "-1.50" },
		{ -5, "-0.05" },
		{ 500, "5.00" },
		{ 999999999, "9999999.99" },
		{ -999999999, "-9999999.99" },
		{ 1000000000, NULL },
		{ -1000000000, NULL },
		{ INT64_MIN, NULL },
		{ INT64_MAX, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf buf = BUF_INIT(LINE);

		datecs_amount_add(&buf, cases[i].amount);
		assert_int_equal(buf.failed, !cases[i].want);
		if (cases[i].want)
			assert_string_equal(buf_text(&buf), cases[i].want);
		buf_free(&buf);
	}
}

/* [4.6] Three decimals. */
static void test_quantity_add(void **state)
{
	static const struct {
		int64_t quantity;
		const char *want;
	} cases[] = {
		{ 1, "0.001" },	      { 2000, "2.000" },
		{ 1234, "1.234" },    { 999999999, "999999.999" },
		{ 0, NULL },	      { -1, NULL },
		{ 1000000000, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf buf = BUF_INIT(LINE);

		datecs_quantity_add(&buf, cases[i].quantity);
		assert_int_equal(buf.failed, !cases[i].want);
		if (cases[i].want)
			assert_string_equal(buf_text(&buf), cases[i].want);
		buf_free(&buf);
	}
}

/* [4.6] [4.7] DD-MM-YY in X, DDMMYY in the classic. */
static void test_date_add(void **state)
{
	static const struct {
		const char *date, *want, *want_short;
	} cases[] = {
		{ "2026-09-01", "01-09-26", "010926" },
		{ "2000-01-31", "31-01-00", "310100" },
		{ "2099-12-31", "31-12-99", "311299" },
		{ "2028-02-29", "29-02-28", "290228" },
		{ "2000-02-29", "29-02-00", "290200" },
		{ "2026-02-29", NULL, NULL },
		{ "2026-04-31", NULL, NULL },
		{ "2026-13-01", NULL, NULL },
		{ "2026-00-01", NULL, NULL },
		{ "2026-01-00", NULL, NULL },
		{ "1999-12-31", NULL, NULL },
		{ "2100-01-01", NULL, NULL },
		{ "2026-9-1", NULL, NULL },
		{ "2026-09-01 ", NULL, NULL },
		{ "01-09-2026", NULL, NULL },
		{ "2026/09/01", NULL, NULL },
		{ "", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf buf = BUF_INIT(LINE), brief = BUF_INIT(LINE);

		datecs_date_add(&buf, cases[i].date);
		datecs_date_add_short(&brief, cases[i].date);
		assert_int_equal(buf.failed, !cases[i].want);
		assert_int_equal(brief.failed, !cases[i].want);
		if (cases[i].want) {
			assert_string_equal(buf_text(&buf), cases[i].want);
			assert_string_equal(buf_text(&brief),
					    cases[i].want_short);
		}
		buf_free(&buf);
		buf_free(&brief);
	}
}

/* [4.5] */
static void test_time_add(void **state)
{
	static const struct {
		struct datecs_time time;
		const char *want;
	} cases[] = {
		{ { "2026-10-08", 42603, true }, "08-10-26 11:50:03 DST" },
		{ { "2026-10-08", 0, false }, "08-10-26 00:00:00" },
		{ { "2026-10-08", 86399, false }, "08-10-26 23:59:59" },
		{ { "2026-10-08", 86400, false }, NULL },
		{ { "2026-10-08", -1, false }, NULL },
		{ { "2026-10-32", 0, false }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf buf = BUF_INIT(LINE);

		datecs_time_add(&buf, &cases[i].time);
		assert_int_equal(buf.failed, !cases[i].want);
		if (cases[i].want)
			assert_string_equal(buf_text(&buf), cases[i].want);
		buf_free(&buf);
	}
}

/* [4.5] */
static void test_text_add(void **state)
{
	static const struct {
		const char *text, *page;
		size_t max;
		const char *want;
	} cases[] = {
		{ "Хляб", "CP1251", 72, "\xD5\xEB\xFF\xE1" },
		{ "Хляб", "CP1251", 2, "\xD5\xEB" },
		{ "Хляб", "CP866", 72, "\x95\xAB\xEF\xA1" },
		{ "Хляб", "CP1250", 72, "????" },
		{ "Żółw", "CP1250", 72, "\xAF\xF3\xB3w" },
		{ "Żółw", "CP1251", 72, "Zolw" },
		{ "a\tb\nc\x01", "CP1251", 72, "abc" }, /* no separators */
		{ "10 ¥", "CP1251", 72, "10 ?" },
		{ "", "CP1251", 72, "" },
		{ "abc", "CP1251", 0, "" },
		{ "abc", "no such page", 72, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf buf = BUF_INIT(LINE);

		datecs_text_add(&buf, cases[i].text, cases[i].page,
				cases[i].max);
		assert_int_equal(buf.failed, !cases[i].want);
		if (cases[i].want) {
			assert_int_equal(buf.len, strlen(cases[i].want));
			assert_memory_equal(buf.len ? (char *)buf.data : "",
					    cases[i].want, buf.len);
		}
		buf_free(&buf);
	}
}

/* --- reading --- */

/* [4.5] With a point as it is, without one in hundredths. */
static void test_amount_parse(void **state)
{
	static const struct {
		const char *text;
		bool valid;
		int64_t amount;
	} cases[] = {
		{ "0.00", true, 0 },
		{ "1.50", true, 150 },
		{ "1.5", true, 150 },
		{ "-1.50", true, -150 },
		{ "-0.05", true, -5 },
		{ "+00000300", true, 300 },
		{ "-000000300", true, -300 },
		{ "300", true, 300 },
		{ "000000000012", true, 12 },
		{ "9999999999.99", true, 999999999999 },
		{ "10000000000.00", false, 0 },
		{ "0000000000012", false, 0 },
		{ "99999999999999999999.00", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ ".50", false, 0 },
		{ "1.", false, 0 },
		{ "1.500", false, 0 },
		{ "1,50", false, 0 },
		{ "1.5x", false, 0 },
		{ "--1", false, 0 },
		{ "+-1", false, 0 },
		{ " 1", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t amount = 4711;

		assert_int_equal(datecs_amount_parse(cases[i].text, &amount),
				 cases[i].valid);
		assert_true(amount ==
			    (cases[i].valid ? cases[i].amount : 4711));
	}
}

static void test_number_parse(void **state)
{
	static const struct {
		const char *text;
		bool valid;
		int64_t number;
	} cases[] = {
		{ "0", true, 0 },
		{ "0000473", true, 473 },
		{ "999999999999999999", true, 999999999999999999 },
		{ "1000000000000000000", false, 0 },
		{ "", false, 0 },
		{ "-1", false, 0 },
		{ "+1", false, 0 },
		{ "1.0", false, 0 },
		{ "1 ", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t number = 4711;

		assert_int_equal(datecs_number_parse(cases[i].text, &number),
				 cases[i].valid);
		assert_true(number ==
			    (cases[i].valid ? cases[i].number : 4711));
	}
}

/* [4.5] [4.6] Years of two or four digits, dashes or points, time or none. */
static void test_time_parse(void **state)
{
	static const struct {
		const char *text;
		struct datecs_time want; /* an empty date: not one */
	} cases[] = {
		{ "08-10-26 11:50:03 DST", { "2026-10-08", 42603, true } },
		{ "08-10-26 11:50:03", { "2026-10-08", 42603, false } },
		{ "08-10-2026 11:48:14", { "2026-10-08", 42494, false } },
		{ "08.10.26 00:00:00", { "2026-10-08", 0, false } },
		{ "08-10-26", { "2026-10-08", -1, false } },
		{ "081026", { "2026-10-08", -1, false } },
		{ "29-02-28 23:59:59", { "2028-02-29", 86399, false } },
		{ "29-02-27 23:59:59", { "", 0, false } },
		{ "08-10-1926", { "", 0, false } },
		{ "08-10.26", { "", 0, false } },
		{ "8-10-26", { "", 0, false } },
		{ "32-10-26", { "", 0, false } },
		{ "08-13-26", { "", 0, false } },
		{ "08-10-26 24:00:00", { "", 0, false } },
		{ "08-10-26 23:60:00", { "", 0, false } },
		{ "08-10-26 23:00:60", { "", 0, false } },
		{ "08-10-26 23:00", { "", 0, false } },
		{ "08-10-26 23:00:00 MSK", { "", 0, false } },
		{ "08-10-26 23:00:00 DST ", { "", 0, false } },
		{ "08-10-26 2a:00:00", { "", 0, false } },
		{ "08-10-26 ", { "", 0, false } },
		{ "08-1a-26", { "", 0, false } },
		{ "0810261", { "", 0, false } },
		{ "08102026", { "", 0, false } },
		{ "0810262026", { "", 0, false } },
		{ "", { "", 0, false } },
		{ " ", { "", 0, false } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct datecs_time time = { "4711", 4711, true };
		bool valid = cases[i].want.date[0] != 0;

		assert_int_equal(datecs_time_parse(cases[i].text, &time),
				 valid);
		assert_string_equal(time.date,
				    valid ? cases[i].want.date : "4711");
		assert_int_equal(time.second,
				 valid ? cases[i].want.second : 4711);
		assert_int_equal(time.summer,
				 valid ? cases[i].want.summer : true);
	}
}

static void test_date_parse(void **state)
{
	char date[OP_DATE_SIZE] = "untouched";

	(void)state;
	assert_false(datecs_date_parse("30-09-26 10:00:00", date));
	assert_false(datecs_date_parse("31-09-26", date));
	assert_string_equal(date, "untouched");
	assert_true(datecs_date_parse("30-09-26", date));
	assert_string_equal(date, "2026-09-30");
}

/* --- fields --- */

/* The fields with a bar behind each; NULL if they can't be split. */
static const char *split(const char *data, char separator)
{
	static char text[DATECS_FRAME_MAX + DATECS_FIELDS_MAX];
	struct datecs_fields fields = { .count = 4711 };

	text[0] = 0;
	if (!datecs_fields_split(data, separator, &fields)) {
		assert_int_equal(fields.count, 4711);
		return NULL;
	}
	for (size_t i = 0; i < fields.count; i++) {
		strcat(text, datecs_fields_text(&fields, i));
		strcat(text, "|");
	}
	assert_null(datecs_fields_text(&fields, fields.count));
	return text;
}

/* [4.5] */
static void test_split(void **state)
{
	(void)state;
	assert_string_equal(split("0\t473\t", '\t'), "0|473|");
	assert_string_equal(split("0\t473", '\t'), "0|473|");
	assert_string_equal(split("0\t\t\t1\t", '\t'), "0|||1|");
	assert_string_equal(split("\t", '\t'), "|");
	assert_string_equal(split("", '\t'), "");
	assert_string_equal(split("", ','), "");
	assert_string_equal(split("0013,0011", ','), "0013|0011|");
	assert_string_equal(split("P,,", ','), "P|||");
	assert_string_equal(split("a b,   0250 ,  ", ','), "a b|0250||");
	assert_string_equal(split("a,b\tc", '\t'), "a,b|c|");
}

static void test_split_too_many(void **state)
{
	char data[2 * DATECS_FIELDS_MAX + 4] = "";

	(void)state;
	for (int i = 0; i < DATECS_FIELDS_MAX; i++)
		strcat(data, "1\t");
	assert_non_null(split(data, '\t'));
	strcat(data, "1\t");
	assert_null(split(data, '\t'));
}

/* One byte less than a frame is the longest, and it all ends with a NUL. */
static void test_split_too_long(void **state)
{
	char data[DATECS_FRAME_MAX + 1];

	(void)state;
	memset(data, 'x', sizeof(data));
	data[DATECS_FRAME_MAX] = 0;
	assert_null(split(data, ','));
	data[DATECS_FRAME_MAX - 1] = 0;
	assert_non_null(split(data, ','));
}

static void test_fields_drop(void **state)
{
	struct datecs_fields fields;
	int64_t number = 4711;

	(void)state;
	assert_true(datecs_fields_split("0\t5.00\t", '\t', &fields));
	datecs_fields_drop(&fields);
	assert_int_equal(fields.count, 1);
	assert_true(datecs_fields_amount(&fields, 0, &number));
	assert_int_equal(number, 500);
	assert_false(datecs_fields_number(&fields, 0, &number));
	assert_false(datecs_fields_number(&fields, 1, &number));
	datecs_fields_drop(&fields);
	datecs_fields_drop(&fields);
	assert_int_equal(fields.count, 0);
	assert_false(datecs_fields_amount(&fields, 0, &number));
	assert_int_equal(number, 500);
}

/* --- the status bytes --- */

static struct datecs_status status_of(const struct datecs_dialect *dialect,
				      const char *bytes)
{
	struct datecs_status status;

	memset(&status, 1, sizeof(status));
	datecs_status_decode(dialect, (const uint8_t *)bytes, &status);
	return status;
}

/* With nothing but this bit set. */
static struct datecs_status status_bit(const struct datecs_dialect *dialect,
				       int byte, int bit)
{
	char bytes[9] = "\x80\x80\x80\x80\x80\x80\x80\x80";

	bytes[byte] = (char)(0x80 | 1 << bit);
	return status_of(dialect, bytes);
}

static int status_flags(const struct datecs_status *status)
{
	const bool *flag = (const bool *)status;
	int count = 0;

	for (size_t i = 0; i < sizeof(*status); i++)
		count += flag[i];
	return count;
}

/* [4.8] */
static void test_status_healthy(void **state)
{
	struct datecs_status idle =
		status_of(X, "\x80\x80\x80\x80\x86\x9A\x80\x80");
	struct datecs_status fiscal =
		status_of(X, "\x80\x80\x88\x80\x86\x9A\x80\x80");
	struct datecs_status text =
		status_of(X, "\x80\x80\xA0\x80\x86\x9A\x80\x80");
	struct datecs_status classic =
		status_of(CLASSIC, "\x80\x80\x80\xC0\x86\x9A\x80\x80");

	(void)state;
	assert_true(idle.numbers_set && idle.tax_number_set);
	assert_true(idle.rates_set && idle.fiscalised && idle.formatted);
	assert_int_equal(status_flags(&idle), 5);
	assert_true(fiscal.fiscal_open && !fiscal.nonfiscal_open);
	assert_int_equal(status_flags(&fiscal), 6);
	assert_true(text.nonfiscal_open && !text.fiscal_open);
	assert_int_equal(status_flags(&text), 6);
	assert_memory_equal(&classic, &idle, sizeof(idle));
}

#define AT(name) offsetof(struct datecs_status, name)
#define NEVER	 SIZE_MAX

struct status_case {
	int byte, bit;
	size_t x, classic;
};

/* [4.8] The table, bit by bit. */
static const struct status_case status_cases[] = {
	{ 0, 6, AT(cover_open), AT(cover_open) },
	{ 0, 5, AT(error), AT(error) },
	{ 0, 4, AT(mechanism_failed), AT(mechanism_failed) },
	{ 0, 3, NEVER, AT(no_display) },
	{ 0, 2, AT(clock_wrong), AT(clock_wrong) },
	{ 0, 1, AT(bad_command), AT(bad_command) },
	{ 0, 0, AT(bad_syntax), AT(bad_syntax) },
	{ 1, 6, NEVER, AT(terminal_silent) },
	{ 1, 5, NEVER, AT(rotated_open) },
	{ 1, 4, NEVER, AT(storno_open) },
	{ 1, 3, NEVER, AT(battery_low) },
	{ 1, 2, NEVER, AT(memory_reset) },
	{ 1, 1, AT(not_permitted), AT(not_permitted) },
	{ 1, 0, AT(overflow), AT(overflow) },
	{ 2, 6, NEVER, AT(journal_lower) },
	{ 2, 5, AT(nonfiscal_open), AT(nonfiscal_open) },
	{ 2, 4, AT(journal_low), AT(journal_low) },
	{ 2, 3, AT(fiscal_open), AT(fiscal_open) },
	{ 2, 2, AT(journal_full), AT(journal_full) },
	{ 2, 1, AT(paper_low), AT(paper_low) },
	{ 2, 0, AT(paper_out), AT(paper_out) },
	{ 3, 6, NEVER, NEVER },
	{ 3, 3, NEVER, NEVER },
	{ 3, 0, NEVER, NEVER },
	{ 4, 6, AT(fiscal_missing), AT(head_hot) },
	{ 4, 5, AT(fiscal_error), AT(fiscal_error) },
	{ 4, 4, AT(fiscal_full), AT(fiscal_full) },
	{ 4, 3, AT(fiscal_low), AT(fiscal_low) },
	{ 4, 2, AT(numbers_set), AT(numbers_set) },
	{ 4, 1, AT(tax_number_set), AT(tax_number_set) },
	{ 4, 0, AT(fiscal_access_failed), AT(fiscal_access_failed) },
	{ 5, 6, NEVER, NEVER },
	{ 5, 5, NEVER, AT(fiscal_read_failed) },
	{ 5, 4, AT(rates_set), AT(rates_set) },
	{ 5, 3, AT(fiscalised), AT(fiscalised) },
	{ 5, 2, NEVER, AT(fiscal_write_failed) },
	{ 5, 1, AT(formatted), AT(formatted) },
	{ 5, 0, NEVER, AT(fiscal_read_only) },
	{ 6, 0, NEVER, NEVER },
	{ 7, 6, NEVER, NEVER },
};

static void assert_only_flag(const struct datecs_status *status, size_t flag)
{
	assert_int_equal(status_flags(status), flag != NEVER);
	if (flag != NEVER)
		assert_true(*(const bool *)((const char *)status + flag));
}

static void test_status_bits(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(status_cases); i++) {
		const struct status_case *c = &status_cases[i];
		struct datecs_status x = status_bit(X, c->byte, c->bit);
		struct datecs_status classic =
			status_bit(CLASSIC, c->byte, c->bit);

		assert_only_flag(&x, c->x);
		assert_only_flag(&classic, c->classic);
	}
}

/* All bits, and none. */
static void test_status_all(void **state)
{
	static const char all[] = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
	static const char none[] = "\x80\x80\x80\x80\x80\x80\x80\x80";
	struct datecs_status status = status_of(X, all);

	(void)state;
	assert_int_equal(status_flags(&status), 24);
	status = status_of(CLASSIC, all);
	assert_int_equal(status_flags(&status), 34);
	status = status_of(X, none);
	assert_int_equal(status_flags(&status), 0);
	status = status_of(CLASSIC, none);
	assert_int_equal(status_flags(&status), 0);
}

/* --- what it means --- */

struct meaning_case {
	int64_t code;
	enum reason reason;
	enum datecs_remedy remedy;
	bool doubtful;
};

/* [4.11] The ones that are told by name. */
static const struct meaning_case meaning_cases[] = {
	{ -100001, REASON_DEVICE_REFUSED, DATECS_REMEDY_NONE, true },
	{ -100004, REASON_BAD_RANGE, DATECS_REMEDY_REQUEST, false },
	{ -100005, REASON_DEVICE_REFUSED, DATECS_REMEDY_NONE, true },
	{ -100009, REASON_NOTHING_TO_REPORT, DATECS_REMEDY_NONE, false },
	{ -100010, REASON_DEVICE_REFUSED, DATECS_REMEDY_NONE, false },
	{ -100100, REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE, true },
	{ -100402, REASON_PRINTER_ERROR, DATECS_REMEDY_AGAIN, true },
	{ -100403, REASON_PAPER_OUT, DATECS_REMEDY_PERSON, true },
	{ -100404, REASON_COVER_OPEN, DATECS_REMEDY_PERSON, true },
	{ -100407, REASON_PRINTER_ERROR, DATECS_REMEDY_PERSON, true },
	{ -100500, REASON_PRINTER_ERROR, DATECS_REMEDY_SERVICE, true },
	{ -101007, REASON_BUSY, DATECS_REMEDY_AGAIN, true },
	{ -101009, REASON_ABORTED, DATECS_REMEDY_NONE, true },
	{ -102002, REASON_PRINTER_SETUP, DATECS_REMEDY_SETUP, false },
	{ -102009, REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE, false },
	{ -102020, REASON_PRINTER_SETUP, DATECS_REMEDY_SETUP, false },
	{ -103001, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST, false },
	{ -104000, REASON_REPORT_NEEDED, DATECS_REMEDY_DAY, false },
	{ -105009, REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE, true },
	{ -105010, REASON_MEMORY_FULL, DATECS_REMEDY_SERVICE, true },
	{ -110210, REASON_SALES_BLOCKED, DATECS_REMEDY_SERVICE, false },
	{ -110226, REASON_SALES_BLOCKED, DATECS_REMEDY_SERVICE, false },
	{ -111003, REASON_BUSY, DATECS_REMEDY_AGAIN, false },
	{ -111015, REASON_RECEIPT_OPEN, DATECS_REMEDY_STATE, false },
	{ -111016, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE, false },
	{ -111017, REASON_CASH_SHORT, DATECS_REMEDY_CASH, false },
	{ -111018, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE, false },
	{ -111019, REASON_DEVICE_REFUSED, DATECS_REMEDY_CLOSE, false },
	{ -111021, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST, false },
	{ -111024, REASON_REPORT_NEEDED, DATECS_REMEDY_DAY, false },
	{ -111046, REASON_RECEIPT_OPEN, DATECS_REMEDY_STATE, false },
	{ -111047, REASON_RECEIPT_OPEN, DATECS_REMEDY_STATE, false },
	{ -111050, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE, false },
	{ -111065, REASON_DEVICE_REFUSED, DATECS_REMEDY_CANCEL, false },
	{ -111066, REASON_DEVICE_REFUSED, DATECS_REMEDY_CLOSE, false },
	{ -111076, REASON_PRINTER_SETUP, DATECS_REMEDY_SETUP, false },
	{ -111560, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE, true },
	{ -112000, REASON_NOT_SUPPORTED, DATECS_REMEDY_REQUEST, false },
	{ -112001, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST, false },
	{ -112002, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE, false },
	{ -112003, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST, false },
	{ -112004, REASON_CLOCK_WRONG, DATECS_REMEDY_CLOCK, false },
	{ -112005, REASON_PRINTER_WAITS, DATECS_REMEDY_SETUP, false },
	{ -112006, REASON_PAPER_OUT, DATECS_REMEDY_PERSON, false },
	{ -112007, REASON_COVER_OPEN, DATECS_REMEDY_PERSON, false },
	{ -112008, REASON_PRINTER_ERROR, DATECS_REMEDY_PERSON, false },
	{ -112116, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST, false },
	{ -112202, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST, false },
	{ -112217, REASON_DEVICE_REFUSED, DATECS_REMEDY_NONE, false },
	{ -150001, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST, false },
	{ -150002, REASON_NOT_SUPPORTED, DATECS_REMEDY_REQUEST, false },
	{ -150003, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE, false },
	{ -150010, REASON_SALES_BLOCKED, DATECS_REMEDY_SERVICE, false },
	{ -150100, REASON_CLOCK_WRONG, DATECS_REMEDY_CLOCK, false },
	{ -150101, REASON_PAPER_OUT, DATECS_REMEDY_PERSON, false },
	{ -150104, REASON_PRINTER_SETUP, DATECS_REMEDY_SETUP, false },
	{ -150109, REASON_PRINTER_ERROR, DATECS_REMEDY_PERSON, true },
	{ -150115, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST, false },
	{ -150116, REASON_PRINTER_SETUP, DATECS_REMEDY_SETUP, false },
	{ -150200, REASON_RECEIPT_OPEN, DATECS_REMEDY_STATE, false },
	{ -150201, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE, false },
	{ -150203, REASON_NOTHING_TO_REPORT, DATECS_REMEDY_NONE, false },
	{ -150204, REASON_REPORT_NEEDED, DATECS_REMEDY_DAY, false },
	{ -150206, REASON_CLOCK_WRONG, DATECS_REMEDY_CLOCK, false },
	{ -150231, REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE, true },
	{ -150314, REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE, true },
	{ -150404, REASON_DEVICE_REFUSED, DATECS_REMEDY_CLOSE, false },
	{ -150406, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST, false },
	{ -150412, REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE, false },
	{ -150413, REASON_CASH_SHORT, DATECS_REMEDY_CASH, false },
	{ -150431, REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST, false },
	{ -110501, REASON_DEVICE_REFUSED, DATECS_REMEDY_NONE, false },
	{ 112001, REASON_DEVICE_REFUSED, DATECS_REMEDY_NONE, false },
	{ 0, REASON_DEVICE_REFUSED, DATECS_REMEDY_NONE, false },
	{ INT64_MIN, REASON_DEVICE_REFUSED, DATECS_REMEDY_NONE, false },
};

static void test_error_meaning(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(meaning_cases); i++) {
		const struct meaning_case *c = &meaning_cases[i];
		struct datecs_meaning meaning = datecs_error_meaning(c->code);

		assert_int_equal(meaning.reason, c->reason);
		assert_int_equal(meaning.remedy, c->remedy);
		assert_int_equal(meaning.doubtful, c->doubtful);
	}
}

/* A refusal always has a reason, whatever the number. */
static void test_error_any(void **state)
{
	(void)state;
	for (int64_t code = -180000; code <= 10; code++)
		assert_int_not_equal(datecs_error_meaning(code).reason,
				     REASON_NONE);
}

/* [4.8] What is marked # or *, and what it is to whoever asked. */
static void test_status_refusal(void **state)
{
	static const struct {
		int byte, bit;
		enum reason refusal, trouble; /* in X */
		bool complains;
	} cases[] = {
		{ 0, 0, REASON_BAD_PARAMETER, REASON_NONE, true },
		{ 0, 1, REASON_NOT_SUPPORTED, REASON_NONE, true },
		{ 1, 0, REASON_BAD_PARAMETER, REASON_NONE, true },
		{ 1, 1, REASON_DEVICE_REFUSED, REASON_NONE, true },
		{ 2, 0, REASON_PAPER_OUT, REASON_PAPER_OUT, false },
		{ 0, 6, REASON_COVER_OPEN, REASON_COVER_OPEN, false },
		{ 0, 4, REASON_PRINTER_ERROR, REASON_PRINTER_ERROR, false },
		{ 0, 2, REASON_CLOCK_WRONG, REASON_NONE, false },
		{ 4, 6, REASON_FISCAL_BLOCKED, REASON_NONE, false },
		{ 4, 5, REASON_FISCAL_BLOCKED, REASON_NONE, false },
		{ 4, 4, REASON_MEMORY_FULL, REASON_NONE, false },
		{ 2, 2, REASON_MEMORY_FULL, REASON_NONE, false },
		{ 2, 1, REASON_NONE, REASON_NONE, false },
		{ 2, 3, REASON_NONE, REASON_NONE, false },
		{ 5, 3, REASON_NONE, REASON_NONE, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct datecs_status status =
			status_bit(X, cases[i].byte, cases[i].bit);

		assert_int_equal(datecs_status_refusal(&status).reason,
				 cases[i].refusal);
		assert_int_equal(datecs_status_trouble(&status).reason,
				 cases[i].trouble);
		assert_int_equal(datecs_status_complains(&status),
				 cases[i].complains);
	}
}

/* [4.8] Near its end, and at it. */
static void test_status_memory(void **state)
{
	static const struct {
		const struct datecs_dialect *dialect;
		int byte, bit;
		const char *memory;
		enum reason blocked;
	} cases[] = {
		{ X, 0, 6, "ok", REASON_FISCAL_BLOCKED },
		{ X, 4, 3, "low", REASON_FISCAL_BLOCKED },
		{ X, 2, 4, "low", REASON_FISCAL_BLOCKED },
		{ CLASSIC, 2, 6, "low", REASON_FISCAL_BLOCKED },
		{ X, 4, 4, "full", REASON_MEMORY_FULL },
		{ CLASSIC, 2, 2, "full", REASON_MEMORY_FULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct datecs_status status = status_bit(
			cases[i].dialect, cases[i].byte, cases[i].bit);
		struct datecs_meaning meaning = datecs_error_meaning(-100105);

		assert_string_equal(datecs_status_memory(&status),
				    cases[i].memory);
		datecs_status_refine(&status, &meaning);
		assert_int_equal(meaning.reason, cases[i].blocked);
	}
}

/* Where several are set, the one that people can do something about. */
static void test_status_refusal_order(void **state)
{
	/* not permitted, as every error with the sum of errors, no paper */
	struct datecs_status paper =
		status_of(X, "\xA0\x82\x81\x80\x86\x9A\x80\x80");
	/* the classic overflow, which has "not permitted" with it */
	struct datecs_status overflow =
		status_of(CLASSIC, "\xA0\x83\x80\x80\x86\x9A\x80\x80");
	/* bad syntax is ours, whatever the paper is */
	struct datecs_status syntax =
		status_of(CLASSIC, "\xA1\x80\x81\x80\x86\x9A\x80\x80");

	(void)state;
	assert_int_equal(datecs_status_refusal(&paper).reason,
			 REASON_PAPER_OUT);
	assert_int_equal(datecs_status_refusal(&overflow).remedy,
			 DATECS_REMEDY_REQUEST);
	assert_int_equal(datecs_status_refusal(&syntax).reason,
			 REASON_BAD_PARAMETER);
	assert_int_equal(datecs_status_trouble(&syntax).reason,
			 REASON_PAPER_OUT);
}

/* --- whatever comes --- */

static uint32_t random_seed;

static uint32_t random_next(void)
{
	random_seed = random_seed * 1664525 + 1013904223;
	return random_seed >> 8;
}

/* Exactly as long as it is, so that ASan sees a step beyond it. */
static char *garbage_make(void)
{
	static const char likely[] = "0123456789.-+:, \tDST";
	size_t len = random_next() % 40;
	char *text = malloc(len + 1);

	for (size_t i = 0; i < len; i++)
		text[i] = random_next() % 16
				  ? likely[random_next() % (sizeof(likely) - 1)]
				  : (char)(1 + random_next() % 255);
	text[len] = 0;
	return text;
}

static void test_garbage(void **state)
{
	int numbers = 0, amounts = 0;

	(void)state;
	random_seed = 20261122;
	for (int i = 0; i < 50000; i++) {
		char *text = garbage_make();
		struct datecs_time time;
		struct buf buf = BUF_INIT(LINE);
		int64_t value;

		numbers += datecs_number_parse(text, &value);
		amounts += datecs_amount_parse(text, &value);
		if (datecs_time_parse(text, &time))
			assert_in_range(time.second + 1, 0, 86400);
		datecs_date_add(&buf, text);
		split(text, i % 2 ? ',' : '\t');
		buf_free(&buf);
		free(text);
	}
	assert_true(numbers > 100 && amounts > numbers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_amount_add),
		cmocka_unit_test(test_quantity_add),
		cmocka_unit_test(test_date_add),
		cmocka_unit_test(test_time_add),
		cmocka_unit_test(test_text_add),
		cmocka_unit_test(test_amount_parse),
		cmocka_unit_test(test_number_parse),
		cmocka_unit_test(test_time_parse),
		cmocka_unit_test(test_date_parse),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_split_too_many),
		cmocka_unit_test(test_split_too_long),
		cmocka_unit_test(test_fields_drop),
		cmocka_unit_test(test_status_healthy),
		cmocka_unit_test(test_status_bits),
		cmocka_unit_test(test_status_all),
		cmocka_unit_test(test_error_meaning),
		cmocka_unit_test(test_error_any),
		cmocka_unit_test(test_status_refusal),
		cmocka_unit_test(test_status_memory),
		cmocka_unit_test(test_status_refusal_order),
		cmocka_unit_test(test_garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
