/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of a Datecs printer, and what it answers; numbers in brackets
 * are sections of docs/protocols.md. */
#include "printer/datecs_commands.h"

#include "datecs_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct datecs_speech x = {
	.dialect = &datecs_x,
	.page = "CP1251",
	.columns = 40,
};

static const struct datecs_speech group_a = {
	.dialect = &datecs_classic,
	.group = DATECS_GROUP_A,
	.page = "CP1251",
	.columns = 40,
	.cyrillic_taxes = true,
};

static const struct datecs_speech group_b = {
	.dialect = &datecs_classic,
	.group = DATECS_GROUP_B,
	.page = "CP1251",
	.columns = 40,
};

/* --- the table --- */

/* [4.6] [4.7] */
static void test_numbers(void **state)
{
	static const struct {
		enum datecs_action action;
		unsigned int x, classic;
	} cases[] = {
		{ DATECS_IDENTITY, 90, 90 },
		{ DATECS_STATUS, 74, 74 },
		{ DATECS_PENDING, 74, 74 },
		{ DATECS_COMPLAINT, 100, 32 },
		{ DATECS_CLOCK_READ, 62, 62 },
		{ DATECS_CLOCK_SET, 61, 61 },
		{ DATECS_TRANSACTION, 76, 76 },
		{ DATECS_OPEN_SUMS, 103, 103 },
		{ DATECS_LAST_RECEIPT, 123, 113 },
		{ DATECS_LAST_REPORT, 64, 64 },
		{ DATECS_DAY, 110, 110 },
		{ DATECS_CASH_READ, 70, 70 },
		{ DATECS_RATES, 50, 97 },
		{ DATECS_DAY_SUMS, 65, 65 },
		{ DATECS_RECEIPT_OPEN, 48, 48 },
		{ DATECS_SALE, 49, 49 },
		{ DATECS_SUBTOTAL, 51, 51 },
		{ DATECS_PAYMENT, 53, 53 },
		{ DATECS_RECEIPT_TEXT, 54, 54 },
		{ DATECS_RECEIPT_CLOSE, 56, 56 },
		{ DATECS_RECEIPT_CANCEL, 60, 60 },
		{ DATECS_NONFISCAL_OPEN, 38, 38 },
		{ DATECS_NONFISCAL_TEXT, 42, 42 },
		{ DATECS_NONFISCAL_CLOSE, 39, 39 },
		{ DATECS_REPORT_X, 69, 69 },
		{ DATECS_REPORT_Z, 69, 69 },
		{ DATECS_REPORT_BY_DATES, 94, 94 },
		{ DATECS_REPORT_BY_DATES_SHORT, 94, 79 },
		{ DATECS_REPORT_BY_NUMBERS, 95, 73 },
		{ DATECS_REPORT_BY_NUMBERS_SHORT, 95, 95 },
		{ DATECS_CASH_MOVE, 70, 70 },
		{ DATECS_DRAWER, 106, 106 },
		{ DATECS_FEED, 44, 44 },
		{ DATECS_COPY, 109, 109 },
		{ DATECS_CUT, 46, DATECS_NO_COMMAND },
	};

	(void)state;
	assert_int_equal(COUNT(cases), DATECS_ACTIONS);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(cases[i].action, i);
		assert_int_equal(datecs_command_number(&datecs_x,
						       cases[i].action),
				 cases[i].x);
		assert_int_equal(datecs_command_number(&datecs_classic,
						       cases[i].action),
				 cases[i].classic);
	}
}

/* --- requests --- */

static struct buf data_new(void)
{
	struct buf data = BUF_INIT(DATECS_DATA_SIZE);

	return data;
}

/* Frees it. want NULL: it can't be said. */
static void assert_data(struct buf *data, const char *want)
{
	assert_int_equal(data->failed, want == NULL);
	if (want) {
		assert_int_equal(data->len, strlen(want));
		if (data->len)
			assert_memory_equal(data->data, want, data->len);
	}
	buf_free(data);
}

static void assert_plain(const struct datecs_speech *speech,
			 enum datecs_action action, const char *want)
{
	struct buf data = data_new();

	datecs_plain_write(speech, action, &data);
	assert_data(&data, want);
}

static const char *request_data(const struct datecs_speech *speech, uint8_t seq,
				unsigned int command)
{
	return vector_request(speech->dialect, seq, command)->data;
}

/* [4.12] */
static void test_plain_vectors(void **state)
{
	static const struct {
		const struct datecs_speech *speech;
		enum datecs_action action;
		uint8_t seq;
	} cases[] = {
		{ &x, DATECS_IDENTITY, 0x21 },
		{ &x, DATECS_RECEIPT_CLOSE, 0x24 },
		{ &x, DATECS_TRANSACTION, 0x25 },
		{ &x, DATECS_LAST_RECEIPT, 0x26 },
		{ &x, DATECS_REPORT_X, 0x27 },
		{ &x, DATECS_REPORT_Z, 0x28 },
		{ &x, DATECS_CLOCK_READ, 0x2A },
		{ &x, DATECS_NONFISCAL_OPEN, 0x2E },
		{ &x, DATECS_NONFISCAL_CLOSE, 0x30 },
		{ &group_a, DATECS_IDENTITY, 0x21 },
		{ &group_a, DATECS_STATUS, 0x20 },
		{ &group_a, DATECS_RECEIPT_CLOSE, 0x24 },
		{ &group_a, DATECS_REPORT_Z, 0x25 },
		{ &group_a, DATECS_REPORT_X, 0x26 },
		{ &group_a, DATECS_LAST_RECEIPT, 0x28 },
		{ &group_a, DATECS_TRANSACTION, 0x2A },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_plain(cases[i].speech, cases[i].action,
			     request_data(cases[i].speech, cases[i].seq,
					  datecs_command_number(
						  cases[i].speech->dialect,
						  cases[i].action)));
}

/* [4.6] [4.7] */
static void test_plain_others(void **state)
{
	(void)state;
	assert_plain(&x, DATECS_STATUS, "");
	assert_plain(&x, DATECS_PENDING, "0\t");
	assert_plain(&group_a, DATECS_PENDING, "L");
	assert_plain(&x, DATECS_LAST_REPORT, "0\t");
	assert_plain(&group_a, DATECS_LAST_REPORT, "");
	assert_plain(&x, DATECS_DAY, "4\t");
	assert_plain(&group_a, DATECS_DAY, "");
	assert_plain(&x, DATECS_CASH_READ, "0\t0.00\t"); /* prints nothing */
	assert_plain(&group_a, DATECS_CASH_READ, "");
	assert_plain(&x, DATECS_CUT, "");
	assert_plain(&group_a, DATECS_CUT, NULL);
	assert_plain(&x, DATECS_SALE, NULL);
	assert_plain(&x, DATECS_RECEIPT_OPEN, NULL);
	assert_plain(&group_a, DATECS_PAYMENT, NULL);
	assert_plain(&x, DATECS_REPORT_BY_DATES, NULL);
}

static void assert_opening(const struct datecs_speech *speech,
			   struct datecs_opening opening, const char *want)
{
	struct buf data = data_new();

	datecs_opening_write(speech, &opening, &data);
	assert_data(&data, want);
}

#define SALE_NUMBER "DT636533-0020-0010110"

/* [4.6] [4.7] [4.12] */
static void test_opening(void **state)
{
	(void)state;
	assert_opening(
		&x, (struct datecs_opening){ 1, "1", 24, SALE_NUMBER, false },
		request_data(&x, 0x21, 48));
	assert_opening(&x, (struct datecs_opening){ 1, "1", 24, NULL, true },
		       request_data(&x, 0x2C, 48));
	assert_opening(&group_a,
		       (struct datecs_opening){
			       1, "0000", 1, "DT000600-OP01-0001000", false },
		       request_data(&group_a, 0x21, 48));
	assert_opening(&group_a,
		       (struct datecs_opening){ 2, "0000", 1, SALE_NUMBER,
						true },
		       "2,0000,1,I," SALE_NUMBER);
	assert_opening(&group_a,
		       (struct datecs_opening){ 2, "0000", 1, NULL, false },
		       "2,0000,1");
	assert_opening(&group_b,
		       (struct datecs_opening){ 1, "0000", 1, SALE_NUMBER,
						false },
		       "1,0000," SALE_NUMBER ",1");
	assert_opening(&group_b,
		       (struct datecs_opening){ 1, "0000", 1, NULL, false },
		       NULL);
	assert_opening(&group_b,
		       (struct datecs_opening){ 1, "0000", 1, SALE_NUMBER,
						true },
		       NULL);
}

static void test_opening_refused(void **state)
{
	static const struct datecs_opening bad[] = {
		{ 0, "1", 1, NULL, false },
		{ 31, "1", 1, NULL, false },
		{ 1, "", 1, NULL, false },
		{ 1, "123456789", 1, NULL, false },
		{ 1, "1\t2", 1, NULL, false },
		{ 1, "1,2", 1, NULL, false },
		{ 1, "1", 0, NULL, false },
		{ 1, "1", 100000, NULL, false },
		{ 1, "1", 1, "", false },
		{ 1, "1", 1, "DT636533-0020-001011", false },
		{ 1, "1", 1, "DT636533-0020-00101100", false },
		{ 1, "1", 1, "dt636533-0020-0010110", false },
		{ 1, "1", 1, "DT63653X-0020-0010110", false },
		{ 1, "1", 1, "DT636533-00,0-0010110", false },
		{ 1, "1", 1, "DT636533 0020-0010110", false },
		{ 1, "1", 1, "DT636533-0020-001011\t", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_opening(&x, bad[i], NULL);
		assert_opening(&group_a, bad[i], NULL);
	}
}

static void assert_sale(const struct datecs_speech *speech,
			struct datecs_sale sale, const char *want)
{
	struct buf data = data_new();

	datecs_sale_write(speech, &sale, &data);
	assert_data(&data, want);
}

static const struct datecs_sale bread = {
	.name = "Хляб",
	.tax = 2,
	.price = 150,
	.quantity = 2000,
};

/* [4.6] [4.7] [4.12] */
static void test_sale_vectors(void **state)
{
	(void)state;
	assert_sale(&x, bread, request_data(&x, 0x22, 49));
	assert_sale(&group_a, bread, request_data(&group_a, 0x22, 49));
}

static void test_sale(void **state)
{
	struct datecs_sale sale = { .name = "Milk", .tax = 8, .price = 99 };

	(void)state;
	assert_sale(&x, sale, "Milk\t8\t0.99\t\t\t\t0\t");
	assert_sale(&group_a, sale,
		    "Milk\t\xC7"
		    "0.99");
	assert_sale(&group_b, sale, "Milk\tH0.99");
	sale.reversal = true;
	sale.quantity = 1234;
	sale.department = 99;
	sale.unit = "kg";
	assert_sale(&x, sale, "Milk\t8\t-0.99\t1.234\t\t\t99\tkg\t");
	assert_sale(&group_b, sale, "Milk\tH-0.99*1.234#kg");
	sale.unit = "";
	sale.quantity = 0;
	assert_sale(&x, sale, "Milk\t8\t-0.99\t\t\t\t99\t");
	assert_sale(&group_b, sale, "Milk\tH-0.99");
}

/* [4.6] [4.7] Types 1 to 4; a percentage behind a comma, a sum behind ';'. */
static void test_sale_changes(void **state)
{
	static const struct {
		enum datecs_change change;
		int64_t by;
		const char *x, *classic;
	} cases[] = {
		{ DATECS_CHANGE_NONE, 0, "\t\t", "" },
		{ DATECS_CHANGE_MORE_PERCENT, 1000, "1\t10.00\t", ",10.00" },
		{ DATECS_CHANGE_LESS_PERCENT, 9999, "2\t99.99\t", ",-99.99" },
		{ DATECS_CHANGE_MORE, 50, "3\t0.50\t", ";0.50" },
		{ DATECS_CHANGE_LESS, 1, "4\t0.01\t", ";-0.01" },
		{ DATECS_CHANGE_NONE, 1, NULL, NULL },
		{ DATECS_CHANGE_LESS, 0, NULL, NULL },
		{ DATECS_CHANGE_LESS, -1, NULL, NULL },
		{ DATECS_CHANGE_MORE, 1000000000, NULL, NULL },
		{ DATECS_CHANGE_LESS_PERCENT, 10000, NULL, NULL },
	};
	char want[64];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct datecs_sale sale = { .name = "a",
					    .tax = 1,
					    .price = 500,
					    .change = cases[i].change,
					    .change_by = cases[i].by };

		snprintf(want, sizeof(want), "a\t1\t5.00\t\t%s0\t",
			 cases[i].x ? cases[i].x : "");
		assert_sale(&x, sale, cases[i].x ? want : NULL);
		snprintf(want, sizeof(want), "a\tA5.00%s",
			 cases[i].classic ? cases[i].classic : "");
		assert_sale(&group_b, sale, cases[i].classic ? want : NULL);
	}
}

/* [4.6] */
static void test_sale_limits(void **state)
{
	struct datecs_sale sale = bread;
	char name[200], want[200];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = 0;
	sale.name = name;
	snprintf(want, sizeof(want), "%.72s\t2\t1.50\t2.000\t\t\t0\t", name);
	assert_sale(&x, sale, want);
	sale = bread;
	sale.name = "";
	assert_sale(&x, sale, NULL);
	sale = bread;
	sale.tax = 0;
	assert_sale(&x, sale, NULL);
	sale.tax = 9;
	assert_sale(&group_a, sale, NULL);
	sale = bread;
	sale.price = -1;
	assert_sale(&x, sale, NULL);
	sale = bread;
	sale.department = 100;
	assert_sale(&x, sale, NULL);
	sale = bread;
	sale.quantity = -1;
	assert_sale(&x, sale, NULL);
}

/* [4.6] price times quantity, to the last unit. */
static void test_sale_total(void **state)
{
	static const struct {
		int64_t price, quantity;
		bool fits;
	} cases[] = {
		{ 999999999, 0, true },		 { 999999999, 1000, true },
		{ 1000000000, 0, false },	 { 999999999, 1001, false },
		{ 499999999, 2000, true },	 { 500000000, 2000, false },
		{ 1000, 999999999, true },	 { 1001, 999999999, false },
		{ 999999999, 999999999, false }, { 1, 1000000000, false },
		{ INT64_MAX, INT64_MAX, false }, { 0, 1, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct datecs_sale sale = { .name = "a",
					    .tax = 1,
					    .price = cases[i].price,
					    .quantity = cases[i].quantity };
		struct buf data = data_new();

		datecs_sale_write(&x, &sale, &data);
		assert_int_equal(!data.failed, cases[i].fits);
		buf_free(&data);
	}
}

/* What separates fields can't be smuggled in by a name. */
static void test_sale_injection(void **state)
{
	struct datecs_sale sale = bread;

	(void)state;
	sale.name = "a\t1\t0.01\nb\x01\x05\x03";
	assert_sale(&x, sale, "a10.01b\t2\t1.50\t2.000\t\t\t0\t");
	assert_sale(&group_b, sale, "a10.01b\tB1.50*2.000");
}

/* Letters that the page lacks are no tax group. */
static void test_sale_tax_page(void **state)
{
	struct datecs_speech speech = group_a;
	struct datecs_sale sale = bread;

	(void)state;
	sale.name = "a";
	speech.page = "CP866";
	assert_sale(&speech, sale,
		    "a\t\x81"
		    "1.50*2.000");
	speech.page = "CP1250";
	assert_sale(&speech, sale, NULL);
}

/* [4.6] [4.7] */
static void test_subtotal(void **state)
{
	struct buf data = data_new();

	(void)state;
	datecs_subtotal_write(&x, true, false, DATECS_CHANGE_NONE, 0, &data);
	assert_data(&data, "1\t0\t\t\t");
	datecs_subtotal_write(&x, false, true, DATECS_CHANGE_LESS_PERCENT, 500,
			      &data);
	assert_data(&data, "0\t1\t2\t5.00\t");
	datecs_subtotal_write(&group_a, true, true, DATECS_CHANGE_NONE, 0,
			      &data);
	assert_data(&data, "11");
	datecs_subtotal_write(&group_a, true, false, DATECS_CHANGE_LESS, 100,
			      &data);
	assert_data(&data, "10;-1.00");
	datecs_subtotal_write(&x, true, true, DATECS_CHANGE_LESS, 0, &data);
	assert_data(&data, NULL);
}

static void assert_payment(const struct datecs_speech *speech, char mode,
			   int64_t amount, const char *want)
{
	struct buf data = data_new();

	datecs_payment_write(speech, mode, amount, &data);
	assert_data(&data, want);
}

/* [4.6] [4.7] [4.12] X with the third field, empty, that is not cash's. */
static void test_payment(void **state)
{
	(void)state;
	assert_payment(&group_a, DATECS_MODE_CASH_CLASSIC, 500,
		       request_data(&group_a, 0x23, 53));
	assert_payment(&x, DATECS_MODE_CASH_X, 500, "0\t5.00\t\t");
	assert_payment(&x, '5', 1, "5\t0.01\t\t");
	assert_payment(&group_a, 'L', 100, "\tL1.00");
	assert_payment(&x, 'P', 100, NULL);
	assert_payment(&x, '6', 100, NULL); /* foreign currency */
	assert_payment(&x, 0, 100, NULL);
	assert_payment(&group_a, '0', 100, NULL);
	assert_payment(&group_a, 'X', 100, NULL);
	assert_payment(&x, '0', 0, NULL);
	assert_payment(&x, '0', -100, NULL);
	assert_payment(&group_a, 'P', 1000000000, NULL);
}

/* [4.6] [4.12] */
static void test_line(void **state)
{
	struct datecs_speech narrow = x;
	struct buf data = data_new();

	(void)state;
	datecs_line_write(&x, "Hello", false, false, &data);
	assert_data(&data, request_data(&x, 0x2F, 42));
	datecs_line_write(&x, "Hello", true, true, &data);
	assert_data(&data, "Hello\t1\t\t1\t\t\t");
	datecs_line_write(&group_a, "Hello\tyou", true, true, &data);
	assert_data(&data, "Helloyou");
	narrow.columns = 3;
	datecs_line_write(&narrow, "Здравей", false, false, &data);
	assert_data(&data, "\xC7\xE4\xF0\t\t\t\t\t\t");
	datecs_line_write(&x, "", false, false, &data);
	assert_data(&data, "\t\t\t\t\t\t");
}

/* [4.6] [4.7] [4.12] */
static void test_periodic(void **state)
{
	struct buf data = data_new();

	(void)state;
	datecs_dates_write(&x, true, "2026-09-01", "2026-09-30", &data);
	assert_data(&data, request_data(&x, 0x2C, 94));
	datecs_dates_write(&x, false, "2026-09-01", "2026-09-01", &data);
	assert_data(&data, "1\t01-09-26\t01-09-26\t");
	datecs_dates_write(&group_a, false, "2026-09-01", "2026-09-30", &data);
	assert_data(&data, "010926,300926");
	datecs_dates_write(&x, true, "2026-10-01", "2026-09-30", &data);
	assert_data(&data, NULL);
	datecs_dates_write(&group_a, true, "2026-09-01", "2026-09-31", &data);
	assert_data(&data, NULL);
	datecs_numbers_write(&x, false, 1, 42, &data);
	assert_data(&data, request_data(&x, 0x2D, 95));
	datecs_numbers_write(&x, true, 7, 7, &data);
	assert_data(&data, "0\t7\t7\t");
	datecs_numbers_write(&group_a, true, 1, 42, &data);
	assert_data(&data, "1,42");
	datecs_numbers_write(&x, true, 0, 42, &data);
	assert_data(&data, NULL);
	datecs_numbers_write(&x, true, 2, 1, &data);
	assert_data(&data, NULL);
	datecs_numbers_write(&group_a, true, 1, INT64_MAX, &data);
	assert_data(&data, NULL);
}

/* [4.6] [4.7] [4.12] Nothing is moved by mistake where nothing was asked. */
static void test_cash(void **state)
{
	struct buf data = data_new();

	(void)state;
	datecs_cash_write(&x, 5000, &data);
	assert_data(&data, request_data(&x, 0x29, 70));
	datecs_cash_write(&x, -5000, &data);
	assert_data(&data, "1\t50.00\t");
	datecs_cash_write(&group_a, 5000, &data);
	assert_data(&data, request_data(&group_a, 0x27, 70));
	datecs_cash_write(&group_a, -1, &data);
	assert_data(&data, "-0.01");
	datecs_cash_write(&x, 0, &data);
	assert_data(&data, NULL);
	datecs_cash_write(&group_a, 0, &data);
	assert_data(&data, NULL);
	datecs_cash_write(&x, INT64_MIN, &data);
	assert_data(&data, NULL);
	datecs_cash_write(&group_a, 1000000000, &data);
	assert_data(&data, NULL);
}

/* [4.5] [4.6] [4.7] Summer time is for X alone. */
static void test_clock_write(void **state)
{
	static const struct datecs_time time = { "2026-10-08", 42603, true };
	struct buf data = data_new();

	(void)state;
	datecs_clock_write(&x, &time, &data);
	assert_data(&data, "08-10-26 11:50:03 DST\t");
	datecs_clock_write(&group_a, &time, &data);
	assert_data(&data, "08-10-26 11:50:03");
}

/* [4.12] From what is wanted to the bytes on the wire. */
static void test_request(void **state)
{
	struct buf data = data_new(), frame = BUF_INIT(DATECS_FRAME_MAX);
	uint8_t want[VECTOR_FRAME_SIZE];
	size_t len;

	(void)state;
	datecs_sale_write(&x, &bread, &data);
	datecs_request_build(&x, DATECS_SALE, 0x22, &data, &frame);
	assert_false(frame.failed);
	len = vector_frame(vector_request(&datecs_x, 0x22, 49), want);
	assert_int_equal(frame.len, len);
	assert_memory_equal(frame.data, want, len);
	buf_free(&data);
	buf_reset(&frame);
	/* nothing of what can't be said is sent */
	datecs_cash_write(&x, 0, &data);
	datecs_request_build(&x, DATECS_CASH_MOVE, 0x22, &data, &frame);
	assert_true(frame.failed);
	buf_reset(&data);
	buf_reset(&frame);
	datecs_request_build(&group_a, DATECS_CUT, 0x22, &data, &frame);
	assert_true(frame.failed);
	buf_free(&frame);
	buf_free(&data);
}

static void assert_fits(const struct datecs_speech *speech,
			enum datecs_action action, struct buf *data)
{
	struct buf frame = BUF_INIT(DATECS_FRAME_MAX);

	datecs_request_build(speech, action, 0x20, data, &frame);
	assert_false(frame.failed);
	buf_free(&frame);
	buf_free(data);
}

/* Whatever is written fits into a frame. */
static void test_longest_fit(void **state)
{
	struct datecs_speech speeches[] = { x, group_a, group_b };
	char text[400];

	(void)state;
	memset(text, 'w', sizeof(text));
	text[sizeof(text) - 1] = 0;
	for (size_t i = 0; i < COUNT(speeches); i++) {
		struct datecs_sale sale = { .name = text,
					    .tax = 1,
					    .price = 1000,
					    .quantity = 999999999,
					    .reversal = true,
					    .change = DATECS_CHANGE_LESS,
					    .change_by = 999999999,
					    .department = 99,
					    .unit = text };
		struct buf data = data_new();

		datecs_sale_write(&speeches[i], &sale, &data);
		assert_fits(&speeches[i], DATECS_SALE, &data);
		speeches[i].columns = 64;
		datecs_line_write(&speeches[i], text, true, true, &data);
		assert_fits(&speeches[i], DATECS_NONFISCAL_TEXT, &data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_plain_vectors),
		cmocka_unit_test(test_plain_others),
		cmocka_unit_test(test_opening),
		cmocka_unit_test(test_opening_refused),
		cmocka_unit_test(test_sale_vectors),
		cmocka_unit_test(test_sale),
		cmocka_unit_test(test_sale_changes),
		cmocka_unit_test(test_sale_limits),
		cmocka_unit_test(test_sale_total),
		cmocka_unit_test(test_sale_injection),
		cmocka_unit_test(test_sale_tax_page),
		cmocka_unit_test(test_subtotal),
		cmocka_unit_test(test_payment),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_periodic),
		cmocka_unit_test(test_cash),
		cmocka_unit_test(test_clock_write),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_longest_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
