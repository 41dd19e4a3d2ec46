/* SPDX-License-Identifier: Apache-2.0 */
/* What the answers of Datecs printers say; numbers in brackets are sections of
 * docs/protocols.md. */
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

static const struct datecs_speech x = { .dialect = &datecs_x,
					.page = "CP1251" };
static const struct datecs_speech classic = { .dialect = &datecs_classic,
					      .page = "CP1251" };

static struct datecs_reply reply_read(const struct datecs_speech *speech,
				      enum datecs_action action,
				      const char *data, const char *status)
{
	struct datecs_answer *answer = calloc(1, sizeof(*answer));
	struct datecs_reply reply;

	memset(&reply, 1, sizeof(reply));
	answer->len = strlen(data);
	memcpy(answer->data, data, answer->len);
	memcpy(answer->status, status, speech->dialect->status);
	datecs_reply_read(speech, action, answer, &reply);
	free(answer);
	return reply;
}

static struct datecs_reply reply_to(const struct datecs_speech *speech,
				    enum datecs_action action, const char *data)
{
	return reply_read(speech, action, data, speech == &x ? X_IDLE : C_IDLE);
}

/* The answer that was captured or derived. */
static struct datecs_reply reply_vector(const struct datecs_speech *speech,
					enum datecs_action action, uint8_t seq)
{
	const struct vector *v =
		vector_answer(speech->dialect, seq,
			      datecs_command_number(speech->dialect, action));

	return reply_read(speech, action, v->data, v->status);
}

/* --- yes or no --- */

/* [4.12] Every answer in it, as what it is an answer to. */
static void test_vectors(void **state)
{
	static const struct {
		const struct datecs_speech *speech;
		enum datecs_action action;
		uint8_t seq;
		size_t fields;
	} cases[] = {
		{ &x, DATECS_NONFISCAL_TEXT, 0x24, 0 },
		{ &x, DATECS_RECEIPT_OPEN, 0x2C, 1 },
		{ &x, DATECS_IDENTITY, 0x21, 5 },
		{ &x, DATECS_RECEIPT_OPEN, 0x21, 1 },
		{ &x, DATECS_SALE, 0x22, 1 },
		{ &x, DATECS_PAYMENT, 0x23, 2 },
		{ &x, DATECS_RECEIPT_CLOSE, 0x24, 1 },
		{ &x, DATECS_TRANSACTION, 0x25, 5 },
		{ &x, DATECS_LAST_RECEIPT, 0x26, 4 },
		{ &x, DATECS_REPORT_X, 0x27, 17 },
		{ &x, DATECS_CASH_MOVE, 0x29, 3 },
		{ &x, DATECS_CLOCK_READ, 0x2A, 1 },
		{ &x, DATECS_NONFISCAL_OPEN, 0x2E, 1 },
		{ &x, DATECS_NONFISCAL_TEXT, 0x2F, 0 },
		{ &x, DATECS_NONFISCAL_CLOSE, 0x30, 1 },
		{ &classic, DATECS_STATUS, 0x20, 1 },
		{ &classic, DATECS_RECEIPT_OPEN, 0x21, 2 },
		{ &classic, DATECS_SALE, 0x22, 0 },
		{ &classic, DATECS_PAYMENT, 0x23, 1 },
		{ &classic, DATECS_RECEIPT_CLOSE, 0x24, 2 },
		{ &classic, DATECS_CASH_MOVE, 0x27, 4 },
		{ &classic, DATECS_LAST_RECEIPT, 0x28, 1 },
		{ &classic, DATECS_DRAWER, 0x29, 0 },
		{ &classic, DATECS_TRANSACTION, 0x2A, 4 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct datecs_reply reply = reply_vector(
			cases[i].speech, cases[i].action, cases[i].seq);

		assert_int_equal(reply.verdict, DATECS_VERDICT_DONE);
		assert_int_equal(reply.fields.count, cases[i].fields);
		assert_int_equal(reply.code, 0);
		assert_int_equal(reply.meaning.reason, REASON_NONE);
	}
}

/* [4.12] A payment without a receipt, and a parameter with a bad value. */
static void test_refused_x(void **state)
{
	struct datecs_reply payment = reply_vector(&x, DATECS_PAYMENT, 0x30);
	struct datecs_reply sale = reply_vector(&x, DATECS_SALE, 0x31);

	(void)state;
	assert_int_equal(payment.verdict, DATECS_VERDICT_REFUSED);
	assert_int_equal(payment.code, -111016);
	assert_int_equal(payment.meaning.remedy, DATECS_REMEDY_STATE);
	assert_int_equal(sale.verdict, DATECS_VERDICT_REFUSED);
	assert_int_equal(sale.code, -112202);
	assert_int_equal(sale.meaning.reason, REASON_BAD_PARAMETER);
	assert_true(sale.status.fiscal_open && sale.status.error);
}

/* [4.6] The card was charged, nothing was booked: and its number is gone. */
static void test_refused_pinpad(void **state)
{
	struct datecs_reply reply = reply_to(
		&x, DATECS_PAYMENT, "-111560\t3.00\t4111111111111111\t");

	(void)state;
	assert_int_equal(reply.verdict, DATECS_VERDICT_REFUSED);
	assert_true(reply.meaning.doubtful);
	assert_int_equal(reply.fields.count, 0);
	for (size_t i = 0; i < sizeof(reply.fields.text); i++)
		assert_int_equal(reply.fields.text[i], 0);
}

/* An X device tells errors by number, but for a command it never heard of. */
static void test_refused_x_status(void **state)
{
	struct datecs_reply unknown = reply_read(
		&x, DATECS_CUT, "", "\xA2\x80\x80\x80\x86\x9A\x80\x80");
	struct datecs_reply paper =
		reply_read(&x, DATECS_SALE, "0\t473\t",
			   "\xA0\x80\x89\x80\x86\x9A\x80\x80");

	(void)state;
	assert_int_equal(unknown.verdict, DATECS_VERDICT_REFUSED);
	assert_int_equal(unknown.meaning.reason, REASON_NOT_SUPPORTED);
	assert_int_equal(unknown.code, 0);
	/* it went out while that line was printed, and the line was */
	assert_int_equal(paper.verdict, DATECS_VERDICT_DONE);
	assert_true(paper.status.paper_out);
}

static void test_senseless_x(void **state)
{
	static const char *const bad[] = {
		"", "\t", "1\t473\t", "x\t", "-\t", "-x\t", "--1\t", " ",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(
			reply_to(&x, DATECS_RECEIPT_CLOSE, bad[i]).verdict,
			DATECS_VERDICT_SENSELESS);
	/* the identity alone has a form without a code */
	assert_int_equal(reply_to(&x, DATECS_RECEIPT_CLOSE, "a,b,c").verdict,
			 DATECS_VERDICT_SENSELESS);
	assert_int_equal(reply_to(&x, DATECS_IDENTITY, "-112000\t").verdict,
			 DATECS_VERDICT_REFUSED);
}

/* [4.5] [4.8] Empty data and a status bit. */
static void test_refused_classic(void **state)
{
	static const struct {
		enum datecs_action action;
		const char *status;
		enum reason reason;
		bool doubtful;
	} cases[] = {
		{ DATECS_SALE, "\xA1\x80\x88\xC0\x86\x9A", REASON_BAD_PARAMETER,
		  false },
		{ DATECS_SALE, "\xA0\x82\x80\xC0\x86\x9A",
		  REASON_DEVICE_REFUSED, false },
		{ DATECS_SALE, "\xA0\x83\x88\xC0\x86\x9A", REASON_BAD_PARAMETER,
		  false },
		{ DATECS_CUT, "\xA2\x80\x80\xC0\x86\x9A", REASON_NOT_SUPPORTED,
		  false },
		{ DATECS_SALE, "\xA0\x80\x89\xC0\x86\x9A", REASON_PAPER_OUT,
		  true },
		{ DATECS_SALE, "\xC0\x80\x88\xC0\x86\x9A", REASON_COVER_OPEN,
		  true },
		{ DATECS_REPORT_Z, "\xA0\x80\x81\xC0\x86\x9A", REASON_PAPER_OUT,
		  true },
		{ DATECS_REPORT_Z, "\x84\x80\x80\xC0\x86\x9A",
		  REASON_CLOCK_WRONG, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct datecs_reply reply = reply_read(
			&classic, cases[i].action, "", cases[i].status);

		assert_int_equal(reply.verdict, DATECS_VERDICT_REFUSED);
		assert_int_equal(reply.meaning.reason, cases[i].reason);
		assert_int_equal(reply.meaning.doubtful, cases[i].doubtful);
	}
}

/* What nothing is wrong with, on a device where something is. */
static void test_done_classic(void **state)
{
	static const char paper_out[] = "\xA0\x80\x81\xC0\x86\x9A";

	(void)state;
	/* the drawer and the clock need no paper */
	assert_int_equal(
		reply_read(&classic, DATECS_DRAWER, "", paper_out).verdict,
		DATECS_VERDICT_DONE);
	assert_int_equal(
		reply_read(&classic, DATECS_CLOCK_SET, "", paper_out).verdict,
		DATECS_VERDICT_DONE);
	/* a read is answered, a close has its numbers */
	assert_int_equal(reply_read(&classic, DATECS_STATUS, paper_out,
				    paper_out)
				 .verdict,
			 DATECS_VERDICT_DONE);
	assert_int_equal(reply_read(&classic, DATECS_RECEIPT_CLOSE, "0013,0011",
				    paper_out)
				 .verdict,
			 DATECS_VERDICT_DONE);
}

/* Neither yes nor no. */
static void test_senseless_classic(void **state)
{
	(void)state;
	assert_int_equal(reply_to(&classic, DATECS_RECEIPT_CLOSE, "").verdict,
			 DATECS_VERDICT_SENSELESS);
	assert_int_equal(reply_to(&classic, DATECS_REPORT_Z, "").verdict,
			 DATECS_VERDICT_SENSELESS);
	assert_int_equal(reply_to(&classic, DATECS_SALE,
				  ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,")
				 .verdict,
			 DATECS_VERDICT_SENSELESS);
}

/* [4.7] */
static void test_refused_letters(void **state)
{
	static const struct {
		enum datecs_action action;
		const char *data;
		char letter; /* 0: not refused */
	} cases[] = {
		{ DATECS_PAYMENT, "F", 'F' },
		{ DATECS_PAYMENT, "E0.00", 'E' },
		{ DATECS_PAYMENT, "I", 'I' },
		{ DATECS_PAYMENT, "D1.00", 0 },
		{ DATECS_PAYMENT, "R0.00", 0 },
		{ DATECS_CASH_MOVE, "F,5.00,5.00,0.00", 'F' },
		{ DATECS_CASH_MOVE, "P,5.00,5.00,0.00", 0 },
		{ DATECS_LAST_REPORT, "F", 'F' },
		{ DATECS_IDENTITY, "FP-800,1.00,0,0,DT000600,02000600", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct datecs_reply reply =
			reply_to(&classic, cases[i].action, cases[i].data);

		assert_int_equal(reply.verdict, cases[i].letter
							? DATECS_VERDICT_REFUSED
							: DATECS_VERDICT_DONE);
		assert_int_equal(reply.letter, cases[i].letter);
		assert_int_equal(reply.meaning.reason,
				 cases[i].letter ? REASON_DEVICE_REFUSED
						 : REASON_NONE);
	}
}

/* --- who it is --- */

/* [4.12] As captured: a device without fiscal memory, and blanks. */
static void test_identity(void **state)
{
	struct datecs_reply reply = reply_vector(&x, DATECS_IDENTITY, 0x21);
	struct datecs_identity identity;

	(void)state;
	assert_true(datecs_identity_read(&reply, &identity));
	assert_string_equal(identity.model, "DP-150MX");
	assert_string_equal(identity.firmware, "609428 20Jul23 1353");
	assert_string_equal(identity.serial, "02500002");
	assert_string_equal(identity.memory, "");
	reply = reply_to(&classic, DATECS_IDENTITY,
			 "FP-\xC0"
			 "800,1.00BG 23Nov18 1312,FFFF,00000000,"
			 "DT000600,02000600");
	assert_true(datecs_identity_read(&reply, &identity));
	assert_string_equal(identity.model, "FP-?800");
	assert_string_equal(identity.firmware, "1.00BG 23Nov18 1312");
	assert_string_equal(identity.serial, "DT000600");
	assert_string_equal(identity.memory, "02000600");
}

/* [4.6] In its newer form, should a device use it unasked. */
static void test_identity_newer(void **state)
{
	struct datecs_reply reply =
		reply_to(&x, DATECS_IDENTITY,
			 "0\tFP-700X\t609428\t20Jul23\t1353\t9460\t00000000\t"
			 "DT636533\t02636533\t");
	struct datecs_identity identity;

	(void)state;
	assert_true(datecs_identity_read(&reply, &identity));
	assert_string_equal(identity.model, "FP-700X");
	assert_string_equal(identity.firmware, "609428");
	assert_string_equal(identity.serial, "DT636533");
	assert_string_equal(identity.memory, "02636533");
}

static void test_identity_refused(void **state)
{
	static const char *const bad[] = { "a,b,c,d", ",b,c,d,e" };
	struct datecs_identity identity = { .model = "untouched" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct datecs_reply reply =
			reply_to(&classic, DATECS_IDENTITY, bad[i]);

		assert_false(datecs_identity_read(&reply, &identity));
	}
	assert_string_equal(identity.model, "untouched");
}

static void test_identity_long(void **state)
{
	char data[400];
	struct datecs_identity identity;
	struct datecs_reply reply;

	(void)state;
	memset(data, 'x', sizeof(data));
	strcpy(data + 300, ",f,c,s,n,m");
	reply = reply_to(&classic, DATECS_IDENTITY, data);
	assert_true(datecs_identity_read(&reply, &identity));
	assert_int_equal(strlen(identity.model), DATECS_TEXT_SIZE - 1);
	assert_string_equal(identity.serial, "n");
}

/* [4.6] [4.7] */
static void test_complaint(void **state)
{
	struct datecs_reply reply =
		reply_to(&x, DATECS_COMPLAINT,
			 "0\t-111016\t\xC1\xEE\xED\xFA\xF2 \xE5\t");
	struct buf text = BUF_INIT(256);
	int64_t code = 0;

	(void)state;
	assert_true(datecs_complaint_read(&x, &reply, &code, &text));
	assert_int_equal(code, -111016);
	assert_string_equal(buf_text(&text), "Бонът е");
	buf_reset(&text);
	reply = reply_to(&classic, DATECS_COMPLAINT,
			 "49,-150101,08-10-26 11:50:03,No paper");
	assert_true(datecs_complaint_read(&classic, &reply, &code, &text));
	assert_int_equal(code, -150101);
	assert_string_equal(buf_text(&text), "No paper");
	reply = reply_to(&classic, DATECS_COMPLAINT, "49,-150101");
	assert_false(datecs_complaint_read(&classic, &reply, &code, &text));
	reply = reply_to(&x, DATECS_COMPLAINT, "0\tx\ty\t");
	assert_false(datecs_complaint_read(&x, &reply, &code, &text));
	assert_int_equal(code, -150101);
	buf_free(&text);
}

/* [4.12] */
static void test_clock(void **state)
{
	struct datecs_reply reply = reply_vector(&x, DATECS_CLOCK_READ, 0x2A);
	struct datecs_time time;

	(void)state;
	assert_true(datecs_clock_read(&reply, &time));
	assert_string_equal(time.date, "2026-10-08");
	assert_int_equal(time.second, (11 * 60 + 50) * 60 + 3);
	assert_true(time.summer);
	reply = reply_to(&classic, DATECS_CLOCK_READ, "08-10-26 11:50:04");
	assert_true(datecs_clock_read(&reply, &time));
	assert_false(time.summer);
	reply = reply_to(&classic, DATECS_CLOCK_READ, "08-10-26");
	assert_false(datecs_clock_read(&reply, &time));
	assert_int_equal(time.second % 60, 4);
}

/* --- documents --- */

/* [4.12] The same receipt in both. */
static void test_transaction(void **state)
{
	struct datecs_reply reply = reply_vector(&x, DATECS_TRANSACTION, 0x25);
	struct datecs_transaction t;

	(void)state;
	assert_true(datecs_transaction_read(&x, &reply, &t));
	assert_int_equal(t.open, DATECS_DOCUMENT_NONE);
	assert_int_equal(t.number, 473);
	assert_int_equal(t.items, 1);
	assert_int_equal(t.amount, 300);
	assert_int_equal(t.paid, 500);
	reply = reply_vector(&classic, DATECS_TRANSACTION, 0x2A);
	assert_true(datecs_transaction_read(&classic, &reply, &t));
	assert_int_equal(t.open, DATECS_DOCUMENT_NONE);
	assert_int_equal(t.number, DATECS_NOT_TOLD);
	assert_int_equal(t.items, 1);
	assert_int_equal(t.amount, 300);
	assert_int_equal(t.paid, 500);
}

/* [4.6] */
static void test_transaction_open(void **state)
{
	static const enum datecs_document documents[] = {
		DATECS_DOCUMENT_NONE,	DATECS_DOCUMENT_SALE,
		DATECS_DOCUMENT_STORNO, DATECS_DOCUMENT_STORNO,
		DATECS_DOCUMENT_STORNO, DATECS_DOCUMENT_NONFISCAL,
	};
	struct datecs_transaction t;
	struct datecs_reply reply;
	char data[64];

	(void)state;
	for (int open = 0; open < (int)COUNT(documents); open++) {
		snprintf(data, sizeof(data), "0\t%d\t1\t0\t0.00\t0.00\t", open);
		reply = reply_to(&x, DATECS_TRANSACTION, data);
		assert_true(datecs_transaction_read(&x, &reply, &t));
		assert_int_equal(t.open, documents[open]);
	}
	reply = reply_to(&x, DATECS_TRANSACTION, "0\t6\t1\t0\t0.00\t0.00\t");
	assert_false(datecs_transaction_read(&x, &reply, &t));
	assert_int_equal(t.open, DATECS_DOCUMENT_NONFISCAL);
}

/* [4.6] [4.7] */
static void test_sums(void **state)
{
	struct datecs_reply reply =
		reply_to(&x, DATECS_OPEN_SUMS,
			 "0\t0.00\t3.00\t0.00\t0.00\t0.00\t0.00\t0.00\t"
			 "-0.10\t1\t0000000012\t1\t");
	struct datecs_sums sums;

	(void)state;
	assert_true(datecs_sums_read(&x, &reply, &sums));
	assert_int_equal(sums.tax[1], 300);
	assert_int_equal(sums.tax[7], -10);
	assert_true(sums.invoice && sums.storno && sums.reversible);
	assert_int_equal(sums.next_invoice, 12);
	reply = reply_to(&classic, DATECS_OPEN_SUMS,
			 "0,000000100,0,0,0,0,0,0,000000007,0,");
	assert_true(datecs_sums_read(&classic, &reply, &sums));
	assert_int_equal(sums.tax[0], 100);
	assert_int_equal(sums.tax[7], 7);
	assert_false(sums.invoice || sums.storno || sums.reversible);
	assert_int_equal(sums.next_invoice, DATECS_NOT_TOLD);
	reply = reply_to(&classic, DATECS_OPEN_SUMS, "0,1,2,3,4,5,6,7");
	assert_false(datecs_sums_read(&classic, &reply, &sums));
	assert_int_equal(sums.tax[7], 7);
}

/* [4.12] */
static void test_last(void **state)
{
	struct datecs_reply reply = reply_vector(&x, DATECS_LAST_RECEIPT, 0x26);
	struct datecs_last last;

	(void)state;
	assert_true(datecs_last_read(&x, &reply, &last));
	assert_int_equal(last.document, 17);
	assert_string_equal(last.made.date, "2026-10-08");
	assert_int_equal(last.made.second, (11 * 60 + 48) * 60 + 14);
	assert_int_equal(last.report, 41);
	reply = reply_vector(&classic, DATECS_LAST_RECEIPT, 0x28);
	assert_true(datecs_last_read(&classic, &reply, &last));
	assert_int_equal(last.document, 473);
	assert_int_equal(last.made.second, -1);
	assert_int_equal(last.report, DATECS_NOT_TOLD);
	reply = reply_to(&x, DATECS_LAST_RECEIPT, "0\t17\t");
	assert_false(datecs_last_read(&x, &reply, &last));
	/* before the first receipt there may be no time */
	reply = reply_to(&x, DATECS_LAST_RECEIPT, "0\t0\t\t0\t\t");
	assert_true(datecs_last_read(&x, &reply, &last));
	assert_int_equal(last.document, 0);
	assert_int_equal(last.report, 0);
}

/* --- the day --- */

/* [4.6] [4.7] */
static void test_z(void **state)
{
	struct datecs_reply reply =
		reply_to(&x, DATECS_LAST_REPORT,
			 "0\t41\t0.00\t3.00\t0.00\t0.00\t0.00\t0.00\t0.00\t"
			 "0.00\t07-10-26\t");
	struct datecs_z z;

	(void)state;
	assert_true(datecs_z_read(&x, &reply, &z));
	assert_int_equal(z.number, 41);
	assert_int_equal(z.tax[1], 300);
	assert_string_equal(z.date, "2026-10-07");
	reply = reply_to(&classic, DATECS_LAST_REPORT,
			 "P,0042,0,1,2,3,4,5,6,7,081026");
	assert_true(datecs_z_read(&classic, &reply, &z));
	assert_int_equal(z.number, 42);
	assert_int_equal(z.tax[7], 7);
	assert_string_equal(z.date, "2026-10-08");
	reply = reply_to(&classic, DATECS_LAST_REPORT, "P,43,0,1,2,3,4,5,6,7");
	assert_true(datecs_z_read(&classic, &reply, &z));
	assert_string_equal(z.date, "");
	reply = reply_to(&classic, DATECS_LAST_REPORT, "P");
	assert_false(datecs_z_read(&classic, &reply, &z));
	assert_int_equal(z.number, 43);
	/* P is nothing to an X device */
	reply = reply_to(&x, DATECS_LAST_REPORT,
			 "0\tP\t41\t0\t0\t0\t0\t0\t0\t0\t0\t");
	assert_false(datecs_z_read(&x, &reply, &z));
}

/* [4.6] [4.7] */
static void test_day(void **state)
{
	struct datecs_reply reply =
		reply_to(&x, DATECS_DAY, "0\t3\t4.50\t1\t10.00\t");
	struct datecs_day day;

	(void)state;
	assert_true(datecs_day_read(&x, &reply, &day));
	assert_int_equal(day.voided, 3);
	assert_int_equal(day.voided_sum, 450);
	assert_int_equal(day.annulled, 1);
	assert_int_equal(day.annulled_sum, 1000);
	assert_int_equal(day.report, DATECS_NOT_TOLD);
	assert_int_equal(day.receipt, DATECS_NOT_TOLD);
	reply = reply_to(&classic, DATECS_DAY, "12.00,0,0,0,0,0,0,0,0043,0012");
	assert_true(datecs_day_read(&classic, &reply, &day));
	assert_int_equal(day.cash_sum, 1200);
	assert_int_equal(day.report, 43);
	assert_int_equal(day.receipt, 12);
	assert_int_equal(day.annulled, DATECS_NOT_TOLD);
	reply = reply_to(&classic, DATECS_DAY, "12.00,0,0,0,0,0,0,0,0043");
	assert_false(datecs_day_read(&classic, &reply, &day));
	assert_int_equal(day.receipt, 12);
}

/* [4.6] [4.7] [4.12] */
static void test_cash(void **state)
{
	struct datecs_reply reply = reply_vector(&x, DATECS_CASH_MOVE, 0x29);
	struct datecs_cash cash;

	(void)state;
	assert_true(datecs_cash_read(&x, &reply, &cash));
	assert_int_equal(cash.drawer, 5500);
	assert_int_equal(cash.in, 5000);
	assert_int_equal(cash.out, 0);
	reply = reply_vector(&classic, DATECS_CASH_MOVE, 0x27);
	assert_true(datecs_cash_read(&classic, &reply, &cash));
	assert_int_equal(cash.drawer, 5500);
	assert_int_equal(cash.in, 5000);
	assert_int_equal(cash.out, 0);
	reply = reply_to(&classic, DATECS_CASH_READ, "P,55.00,50.00");
	assert_false(datecs_cash_read(&classic, &reply, &cash));
	assert_int_equal(cash.drawer, 5500);
}

/* [4.6] [4.7] [4.12] */
static void test_report(void **state)
{
	struct datecs_reply reply = reply_vector(&x, DATECS_REPORT_X, 0x27);
	struct datecs_report report;

	(void)state;
	assert_true(datecs_report_read(&x, &reply, &report));
	assert_int_equal(report.number, 42);
	assert_int_equal(report.tax[0], 0);
	assert_int_equal(report.tax[1], 300);
	assert_int_equal(report.storno[1], 0);
	assert_int_equal(report.memory, DATECS_NOT_TOLD);
	reply = reply_to(&classic, DATECS_REPORT_Z,
			 "0042,0000123456,0,0000000300,0,0,0,0,0,1");
	assert_true(datecs_report_read(&classic, &reply, &report));
	assert_int_equal(report.number, 42);
	assert_int_equal(report.memory, 123456);
	assert_int_equal(report.tax[1], 300);
	assert_int_equal(report.tax[7], 1);
	reply = reply_to(&x, DATECS_REPORT_Z,
			 "0\t42\t0\t0\t0\t0\t0\t0\t0\t0\t0\t");
	assert_false(datecs_report_read(&x, &reply, &report));
	assert_int_equal(report.tax[7], 1);
}

/* --- whatever comes --- */

/* All readers; the number of those that could read it. */
static int readers_try(const struct datecs_speech *speech,
		       const struct datecs_reply *reply)
{
	struct datecs_identity identity;
	struct datecs_time time;
	struct datecs_transaction transaction;
	struct datecs_sums sums;
	struct datecs_last last;
	struct datecs_z z;
	struct datecs_day day;
	struct datecs_cash cash;
	struct datecs_report report;
	struct buf text = BUF_INIT(4096);
	int64_t number;
	int read = datecs_identity_read(reply, &identity) +
		   datecs_complaint_read(speech, reply, &number, &text) +
		   datecs_clock_read(reply, &time) +
		   datecs_transaction_read(speech, reply, &transaction) +
		   datecs_sums_read(speech, reply, &sums) +
		   datecs_last_read(speech, reply, &last) +
		   datecs_z_read(speech, reply, &z) +
		   datecs_day_read(speech, reply, &day) +
		   datecs_cash_read(speech, reply, &cash) +
		   datecs_report_read(speech, reply, &report);

	buf_free(&text);
	return read;
}

/* Every answer of the vectors, cut off everywhere: read or not, never a number
 * that isn't there. */
static void test_truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < vector_answers_count; i++) {
		const struct vector *v = &vector_answers[i];
		const struct datecs_speech *speech =
			v->dialect == &datecs_x ? &x : &classic;
		char data[256];

		for (size_t cut = 0; cut <= strlen(v->data); cut++) {
			snprintf(data, sizeof(data), "%.*s", (int)cut, v->data);
			for (int action = 0; action < DATECS_ACTIONS;
			     action++) {
				struct datecs_reply reply =
					reply_to(speech,
						 (enum datecs_action)action,
						 data);
				int read = readers_try(speech, &reply);

				if (reply.verdict != DATECS_VERDICT_DONE)
					assert_int_equal(read, 0);
			}
		}
	}
}

static uint32_t random_seed;

static uint32_t random_next(void)
{
	random_seed = random_seed * 1664525 + 1013904223;
	return random_seed >> 8;
}

static void garbage_make(const char *from, char *out)
{
	static const char likely[] = "0123456789.-+,\t PFRD";
	size_t len = 0;

	for (; *from && len < 500; from++) {
		uint32_t dice = random_next() % 24;

		if (dice == 0)
			continue;
		out[len++] = dice > 2 ? *from : (char)(1 + random_next() % 255);
		if (dice == 3)
			out[len++] =
				likely[random_next() % (sizeof(likely) - 1)];
	}
	out[len] = 0;
}

static void test_garbage(void **state)
{
	int done = 0, refused = 0, senseless = 0, read = 0;
	char data[512], status[8];

	(void)state;
	random_seed = 20261122;
	for (int i = 0; i < 20000; i++) {
		const struct vector *v =
			&vector_answers[random_next() % vector_answers_count];
		const struct datecs_speech *speech =
			v->dialect == &datecs_x ? &x : &classic;
		enum datecs_action action =
			(enum datecs_action)(random_next() % DATECS_ACTIONS);
		struct datecs_reply reply;

		garbage_make(v->data, data);
		for (size_t b = 0; b < sizeof(status); b++)
			status[b] =
				(char)(0x80 |
				       (random_next() % 8 ? 0 : random_next()));
		reply = reply_read(speech, action, data, status);
		done += reply.verdict == DATECS_VERDICT_DONE;
		refused += reply.verdict == DATECS_VERDICT_REFUSED;
		senseless += reply.verdict == DATECS_VERDICT_SENSELESS;
		if (reply.verdict == DATECS_VERDICT_REFUSED)
			assert_int_not_equal(reply.meaning.reason, REASON_NONE);
		read += readers_try(speech, &reply) > 0;
	}
	assert_true(done > 1000 && refused > 1000 && senseless > 100);
	assert_true(read > 100 && read <= done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_refused_x),
		cmocka_unit_test(test_refused_pinpad),
		cmocka_unit_test(test_refused_x_status),
		cmocka_unit_test(test_senseless_x),
		cmocka_unit_test(test_refused_classic),
		cmocka_unit_test(test_done_classic),
		cmocka_unit_test(test_senseless_classic),
		cmocka_unit_test(test_refused_letters),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_identity_newer),
		cmocka_unit_test(test_identity_refused),
		cmocka_unit_test(test_identity_long),
		cmocka_unit_test(test_complaint),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_transaction),
		cmocka_unit_test(test_transaction_open),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_last),
		cmocka_unit_test(test_z),
		cmocka_unit_test(test_day),
		cmocka_unit_test(test_cash),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
