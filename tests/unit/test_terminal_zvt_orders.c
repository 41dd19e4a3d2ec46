/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What else can be asked of "zvt-terminal": refunds, payments authorized by
 * telephone, the end of the day, copies, status, diagnosis, initialisation and
 * log-off; and what is told where an amount is another one. Bytes are those of
 * docs/protocols.md, by section, or put together by hand after its tables.
 */
#include "terminal_zvt_bench.h"

#include "util/json.h"

#include <stdlib.h>
#include <string.h>

/* 5.3: 5.00 */
#define REFUND "06 31 0D 00 00 00 04 00 00 00 00 05 00 49 09 78 "
#define REFUNDED                                                             \
	"04 0F 1C 27 00 04 00 00 00 00 05 00 29 29 00 10 06 87 00 42 0B 00 " \
	"00 42 0C 10 10 00 0D 11 22 "
/* 5.4 */
#define DAY_END "06 50 03 00 00 00 "

/* From the open line: enquiry, and then that command at once. */
static void begin_plain(struct bench *bench, enum op_kind kind, const char *out)
{
	const struct op op = { .kind = kind };

	rig_start(&bench->rig, &op);
	rig_expect_hex(&bench->rig, ZVT_ENQUIRY);
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, PT_READY, out);
}

static void expect_flag(struct bench *bench, const char *key)
{
	assert_true(json_flag(bench->rig.result, key));
}

static void expect_lines(struct bench *bench, const char *which,
			 const char *expected)
{
	const json_t *receipts = json_object_get(bench->rig.result, "receipts");
	char *text = json_line(json_object_get(receipts, which));

	assert_string_equal(text, expected);
	free(text);
}

/* --- money back --- */

static void test_refund(void **state)
{
	struct bench *bench = *state;
	const struct op refund = { .kind = OP_REFUND, .payment.amount = 500 };

	bench_open(bench);
	bench_begin_taken(bench, &refund, ZVT_OK REFUND);
	bench_talk(bench, PT_INSERT_CARD, ZVT_OK);
	bench_talk(bench, REFUNDED, ZVT_OK);
	bench_talk(bench, PT_DONE, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	bench_expect_int(bench, "amount", 500);
	bench_expect_int(bench, "receipt", 42);
	assert_int_equal(bench->rig.saves, 2);
}

/* 8: a refund that broke off is found out like a payment. */
static void test_refund_is_found_out(void **state)
{
	struct bench *bench = *state;
	const struct op refund = { .kind = OP_REFUND, .payment.amount = 500 };
	static const struct {
		const char *last;
		enum outcome outcome;
		enum reason reason;
	} rows[] = {
		{ REFUNDED, OUTCOME_OK, REASON_NONE },
		{ PT_BEFORE, OUTCOME_FAILED, REASON_NO_ANSWER },
		{ PT_APPROVED, OUTCOME_UNKNOWN, REASON_CANNOT_TELL },
		/* a reversal is none, whatever its amount */
		{ PT_REVERSED("05 00", "19"), OUTCOME_UNKNOWN,
		  REASON_CANNOT_TELL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		json_t *disk;

		bench_open(bench);
		bench_begin_taken(bench, &refund, ZVT_OK REFUND);
		disk = json_deep_copy(bench->rig.evidence);
		rig_unplug(&bench->rig);
		rig_clear(&bench->rig);
		bench_recover(bench, &refund, disk, rows[i].last);
		bench_expect_done(bench, rows[i].outcome, rows[i].reason);
		rig_unplug(&bench->rig);
		rig_clear(&bench->rig);
		bench->rig.commits = 0;
		json_decref(disk);
	}
}

/* 8.5: somebody was there before, and nobody told us. */
static void test_reversed_before(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->reverse, ZVT_OK ZVT_REVERSE);
	bench_talk(bench, "04 0F 02 27 B4", ZVT_OK);
	bench_talk(bench, "06 1E 01 B4", ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	expect_flag(bench, "reversed_before");
	bench_expect_text(bench, "code", "B4");
	bench_expect_int(bench, "amount", 2500);
}

/* 5 and 4.2: 06 21 with password, amount, currency and 3B. */
static void test_authorized_by_telephone(void **state)
{
	struct bench *bench = *state;
	struct op pay = bench->pay;

	memcpy(pay.payment.authorization, "730415", 7);
	bench_open(bench);
	bench_begin_taken(bench, &pay,
			  ZVT_OK "06 21 16 00 00 00 04 00 00 00 00 12 34 49 09 "
				 "78 3B 37 33 30 34 31 35 00 00");
	bench_talk(bench, PT_APPROVED, ZVT_OK);
	bench_talk(bench, PT_DONE, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
}

/* --- other amounts than asked for (4.3, 12) --- */

static void approve(struct bench *bench, const char *status)
{
	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench, status, ZVT_OK);
	bench_talk(bench, PT_DONE, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
}

static void test_tip(void **state)
{
	struct bench *bench = *state;

	/* 14.00, of which 1.66 are a tip */
	approve(bench, "04 0F 1E 27 00 04 00 00 00 00 14 00 87 00 42 0B 00 00 "
		       "42 49 09 78 06 09 1F 36 06 00 00 00 00 01 66");
	bench_expect_int(bench, "amount", 1400);
	bench_expect_int(bench, "tip", 166);
	bench_expect_int(bench, "amount_requested", 1234);
	expect_flag(bench, "differs");
	assert_false(json_flag(bench->rig.result, "partial"));
}

static void test_partial_approval(void **state)
{
	struct bench *bench = *state;

	approve(bench, "04 0F 10 27 00 04 00 00 00 00 10 00 87 00 42 0B 00 00 "
		       "42");
	bench_expect_int(bench, "amount", 1000);
	bench_expect_int(bench, "amount_requested", 1234);
	expect_flag(bench, "differs");
	expect_flag(bench, "partial");
}

/* E2 says that it was converted; 49, into what. */
static void test_conversion(void **state)
{
	struct bench *bench = *state;

	approve(bench, "04 0F 18 27 00 04 00 00 00 00 12 34 87 00 42 0B 00 00 "
		       "42 49 09 85 06 03 E2 01 00");
	bench_expect_text(bench, "currency", "PLN");
	expect_flag(bench, "converted");
	expect_flag(bench, "differs");
	bench_expect_int(bench, "amount_requested", 1234);
}

/* 2F: 1F10 01 is by signature, 1F12 02 contactless; 1F37 02 has a line to sign
 * on. */
static void test_signature(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench,
		   "04 0F 1C 27 00 04 00 00 00 00 12 34 87 00 42 0B 00 00 42 "
		   "06 0A 2F 08 1F 10 01 01 1F 12 01 02",
		   ZVT_OK);
	bench_talk(bench,
		   "06 D3 12 06 10 1F 07 01 01 1F 37 01 02 25 06 07 01 54 09 "
		   "01 81",
		   ZVT_OK);
	bench_talk(bench, PT_DONE, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	bench_expect_text(bench, "verification", "signature");
	bench_expect_text(bench, "entry", "contactless");
	expect_flag(bench, "signature");
	expect_lines(bench, "merchant", "[\"T\"]");
}

/* --- the end of the day (5.4) --- */

/* 9.58 on two cards of the third kind, receipts 233 and 234, at 23:59:01. */
#define TOTALS                                                               \
	"04 0F 49 27 00 04 00 00 00 00 09 58 0C 23 59 01 0D 11 22 60 F0 F5 " \
	"F3 02 33 02 34 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 00 00 " \
	"00 00 09 58 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 " \
	"00 00 00 00 00 00 00 00 00 00 "

static void begin_day_end(struct bench *bench)
{
	const struct op op = { .kind = OP_TERMINAL_DAY_END };

	bench_open(bench);
	bench_begin_taken(bench, &op, ZVT_OK DAY_END);
}

static void test_day_end(void **state)
{
	struct bench *bench = *state;
	char *cards;

	begin_day_end(bench);
	bench_talk(bench, "04 FF 01 0E", ZVT_OK);
	bench_talk(bench, TOTALS, ZVT_OK);
	bench_talk(bench, "06 D1 0C 00 47 65 73 61 6D 74 20 31 2C 30 30",
		   ZVT_OK);
	bench_talk(bench, "06 D1 01 81", ZVT_OK);
	/* it will update itself, and be deaf for a while */
	bench_talk(bench, "06 0F 02 27 E0", ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	bench_expect_int(bench, "amount", 958);
	bench_expect_int(bench, "first_receipt", 233);
	bench_expect_int(bench, "last_receipt", 234);
	bench_expect_text(bench, "then", "update");
	cards = json_line(json_object_get(bench->rig.result, "cards"));
	assert_string_equal(cards, "[{\"amount\":958,\"count\":2,"
				   "\"name\":\"Mastercard\"}]");
	free(cards);
	expect_lines(bench, "administration", "[\"Gesamt 1,00\"]");
}

/* It has neither receipt nor trace; so one is not known by another's. */
static void test_day_end_after_day_end(void **state)
{
	struct bench *bench = *state;
	const struct op op = { .kind = OP_TERMINAL_DAY_END };

	begin_day_end(bench);
	bench_talk(bench, TOTALS PT_DONE, ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	rig_clear(&bench->rig);
	bench->rig.commits = 0;
	bench_begin_taken(bench, &op, ZVT_OK DAY_END);
	bench_talk(bench, TOTALS PT_DONE, ZVT_OK ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
}

/* One that comes late, while a payment is waited for, is not its result. */
static void test_totals_are_no_payment(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	bench_talk(bench, TOTALS PT_DONE, ZVT_OK ZVT_OK);
	assert_int_equal(bench->rig.dones, 0);
	rig_advance(&bench->rig, 1000);
	bench_talk(bench, PT_OK PT_READY, ZVT_ENQUIRY ZVT_OK ZVT_LAST);
	bench_tell_last(bench, PT_BEFORE);
	bench_expect_done(bench, OUTCOME_REFUSED, REASON_ABORTED);
}

/* 7.5: 77, and then payments are refused with F0 until it succeeds. */
static void test_day_end_fails(void **state)
{
	struct bench *bench = *state;

	begin_day_end(bench);
	bench_talk(bench, "04 0F 02 27 77", ZVT_OK);
	bench_talk(bench, "06 1E 01 77", ZVT_OK);
	bench_expect_done(bench, OUTCOME_REFUSED, REASON_DEVICE_REFUSED);
	bench_expect_text(bench, "code", "77");
	bench_expect_text(bench, "text", "End of day not possible");
}

/* It is what a terminal that says F0 waits for. */
static void test_day_end_of_a_locked_terminal(void **state)
{
	struct bench *bench = *state;
	const struct op op = { .kind = OP_TERMINAL_DAY_END };

	bench_open(bench);
	rig_start(&bench->rig, &bench->pay);
	bench_talk(bench, PT_OK, ZVT_ENQUIRY);
	bench_talk(bench, "06 0F 01 F0", ZVT_OK);
	bench_expect_done(bench, OUTCOME_REFUSED, REASON_END_OF_DAY_NEEDED);
	rig_start(&bench->rig, &op);
	bench_talk(bench, PT_OK, ZVT_ENQUIRY);
	bench_talk(bench, "06 0F 01 F0", ZVT_OK ZVT_LAST);
	bench_tell_last(bench, PT_BEFORE);
	rig_expect_hex(&bench->rig, ZVT_OK DAY_END);
}

static void check_day_end_lost(struct bench *bench, bool repeats,
			       const char *last, enum outcome outcome,
			       enum reason reason)
{
	const struct op op = { .kind = OP_TERMINAL_DAY_END };
	const struct rig_setting settings[] = {
		{ "repeats-day-end", repeats ? "yes" : "no" },
		{ NULL, NULL },
	};
	json_t *disk;

	bench->rig.settings = settings;
	bench->rig.commits = 0;
	begin_day_end(bench);
	disk = json_deep_copy(bench->rig.evidence);
	rig_unplug(&bench->rig);
	rig_clear(&bench->rig);
	bench_recover(bench, &op, disk, last);
	bench_expect_done(bench, outcome, reason);
	rig_unplug(&bench->rig);
	rig_clear(&bench->rig);
	bench->rig.settings = NULL;
	json_decref(disk);
}

/* 8.5 R5; and 5.7: some never tell an end of day. */
static void test_day_end_is_found_out(void **state)
{
	struct bench *bench = *state;

	check_day_end_lost(bench, true, TOTALS, OUTCOME_OK, REASON_NONE);
	check_day_end_lost(bench, false, TOTALS, OUTCOME_OK, REASON_NONE);
	check_day_end_lost(bench, true, PT_BEFORE, OUTCOME_FAILED,
			   REASON_NO_ANSWER);
	check_day_end_lost(bench, false, PT_BEFORE, OUTCOME_UNKNOWN,
			   REASON_CANNOT_TELL);
	check_day_end_lost(bench, true, PT_APPROVED, OUTCOME_UNKNOWN,
			   REASON_CANNOT_TELL);
	check_day_end_lost(bench, true, "", OUTCOME_UNKNOWN,
			   REASON_CANNOT_TELL);
}

/* --- what books nothing --- */

/* 5.7: status information and the slips again. */
static void test_receipt_again(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	begin_plain(bench, OP_TERMINAL_RECEIPT,
		    ZVT_OK "06 20 05 00 00 00 03 01");
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, PT_APPROVED, ZVT_OK);
	/* section 6: a customer's copy, lines "T" and "E" */
	bench_talk(bench,
		   "06 D3 11 06 0F 1F 07 01 02 25 09 07 01 54 07 01 45 09 01 "
		   "81",
		   ZVT_OK);
	bench_talk(bench, PT_DONE, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	bench_expect_int(bench, "receipt", 42);
	expect_lines(bench, "customer", "[\"T\",\"E\"]");
	assert_int_equal(bench->rig.commits, 0);
	assert_int_equal(bench->rig.saves, 0);
	/* nothing to repeat: */
	begin_plain(bench, OP_TERMINAL_RECEIPT,
		    ZVT_OK "06 20 05 00 00 00 03 01");
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, "06 1E 01 83", ZVT_OK);
	bench_expect_done(bench, OUTCOME_REFUSED, REASON_NOT_SUPPORTED);
}

/* 5.5 and 6.2, whatever it says. */
static void test_status(void **state)
{
	static const struct {
		const char *end, *code, *text;
		bool busy;
	} rows[] = {
		{ PT_READY, "00", "Ready", false },
		{ PT_BUSY, "9C", "Busy", true },
		{ "06 0F 01 F0", "F0", "End of day needed", false },
		{ "06 0F 01 51", "51", "Initialisation needed", false },
	};
	struct bench *bench = *state;

	bench_open(bench);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct op op = { .kind = OP_TERMINAL_STATUS };

		rig_start(&bench->rig, &op);
		bench_talk(bench, PT_OK, ZVT_ENQUIRY);
		bench_talk(bench, rows[i].end, ZVT_OK);
		bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
		bench_expect_text(bench, "code", rows[i].code);
		bench_expect_text(bench, "text", rows[i].text);
		assert_int_equal(json_flag(bench->rig.result, "busy"),
				 rows[i].busy);
	}
	assert_int_equal(bench->rig.commits, 0);
}

/* 5.8, and 04 01 in between, which sets no clock of ours. */
static void test_diagnosis(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	begin_plain(bench, OP_TERMINAL_DIAGNOSIS, ZVT_OK "06 70 00");
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, "04 FF 01 D2", ZVT_OK);
	assert_string_equal(json_text(bench->rig.progress, "waits_for"),
			    "host");
	bench_talk(bench, "04 01 08 AA 26 11 22 0C 13 45 00", ZVT_OK);
	bench_talk(bench, "06 D1 0C 00 47 65 73 61 6D 74 20 31 2C 30 30",
		   ZVT_OK);
	bench_talk(bench, PT_DONE, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	expect_lines(bench, "administration", "[\"Gesamt 1,00\"]");
	assert_int_equal(bench->rig.commits, 0);
}

static void begin_initialisation(struct bench *bench)
{
	begin_plain(bench, OP_TERMINAL_INITIALISE, ZVT_OK "06 93 03 00 00 00");
}

static void test_initialisation(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	begin_initialisation(bench);
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, "06 1E 01 9B", ZVT_OK);
	bench_expect_done(bench, OUTCOME_REFUSED, REASON_NETWORK_DOWN);
	begin_initialisation(bench);
	bench_talk(bench, "84 83 00", "");
	bench_expect_done(bench, OUTCOME_REFUSED, REASON_NOT_SUPPORTED);
	begin_initialisation(bench);
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, PT_DONE, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
}

/* Nothing follows its answer; it stays so until something is asked for. */
static void test_log_off(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	begin_plain(bench, OP_TERMINAL_LOG_OFF, ZVT_OK "06 02 00");
	bench_talk(bench, PT_OK, "");
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	rig_advance(&bench->rig, 60000);
	rig_expect_hex(&bench->rig, ZVT_ENQUIRY);
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, PT_READY, ZVT_OK);
	rig_start(&bench->rig, &bench->pay);
	rig_expect_hex(&bench->rig, ZVT_ENQUIRY);
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, PT_READY, ZVT_OK ZVT_REGISTER);
}

/* A line that is lost under it has moved nothing. */
static void test_plain_order_is_lost(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	begin_plain(bench, OP_TERMINAL_DIAGNOSIS, ZVT_OK "06 70 00");
	bench_talk(bench, PT_OK, "");
	rig_advance(&bench->rig, 185000);
	bench_expect_done(bench, OUTCOME_FAILED, REASON_NO_ANSWER);
	assert_true(bench->rig.lost);
}

/* Called off, it is the terminal that ends it. */
static void test_plain_order_is_called_off(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	begin_plain(bench, OP_TERMINAL_DIAGNOSIS, ZVT_OK "06 70 00");
	bench_talk(bench, PT_OK, "");
	terminal_zvt.abort(&bench->rig);
	rig_expect_hex(&bench->rig, "06 B0 00");
	bench_talk(bench, PT_OK, "");
	assert_int_equal(bench->rig.dones, 0);
	bench_talk(bench, "06 1E 01 6C", ZVT_OK);
	assert_int_equal(bench->rig.dones, 1);
	assert_int_equal(bench->rig.outcome, OUTCOME_REFUSED);
}

/* --- what people are told meanwhile --- */

/* 6: the terminal's own text in TLV 24, in code page 437. */
#define OWN_WORDS "04 FF 0E 0A 01 06 0A 24 08 07 06 4B 61 72 74 65 21 "

static void check_words(struct bench *bench, const char *language,
			const char *message, const char *text)
{
	const struct rig_setting settings[] = { { "language", language },
						{ NULL, NULL } };

	bench->rig.settings = settings;
	bench->rig.commits = 0;
	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	rig_advance(&bench->rig, 7000);
	bench_talk(bench, message, ZVT_OK);
	assert_string_equal(json_text(bench->rig.progress, "text"), text);
	assert_int_equal(json_int(bench->rig.progress, "seconds", -1), 7);
	rig_unplug(&bench->rig);
	rig_clear(&bench->rig);
	bench->rig.settings = NULL;
}

static void test_words(void **state)
{
	struct bench *bench = *state;

	check_words(bench, "en", OWN_WORDS, "Please insert card");
	check_words(bench, "pl", OWN_WORDS, "Proszę włożyć lub zbliżyć kartę");
	check_words(bench, "de", PT_INSERT_CARD,
		    "Bitte Karte einstecken oder vorhalten");
	check_words(bench, "terminal", OWN_WORDS, "Karte!");
	check_words(bench, "terminal", PT_INSERT_CARD, "Please insert card");
	/* FF: none fits, see TLV 24 */
	check_words(bench, "pl",
		    "04 FF 0E FF 01 06 0A 24 08 07 06 4B 61 72 74 65 21",
		    "Karte!");
	check_words(bench, "pl", "04 FF 01 A7", "Stan A7");
}

static void test_who_is_waited_for(void **state)
{
	static const struct {
		const char *message, *waits;
	} rows[] = {
		{ PT_INSERT_CARD, "customer" }, { "04 FF 01 0E", "host" },
		{ "04 FF 01 C8", "cashier" },	{ "04 FF 01 1D", "terminal" },
		{ "04 FF 01 5D", "customer" }, /* ... and remove the card */
	};
	struct bench *bench = *state;

	bench_open(bench);
	bench_begin_taken(bench, &bench->pay, ZVT_OK ZVT_PAY);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bench_talk(bench, rows[i].message, ZVT_OK);
		assert_string_equal(json_text(bench->rig.progress, "waits_for"),
				    rows[i].waits);
	}
}

/* --- options --- */

static void check_pay(struct bench *bench, const char *name, const char *value,
		      const char *out)
{
	const struct rig_setting settings[] = { { name, value },
						{ NULL, NULL } };

	bench->rig.settings = settings;
	bench_open(bench);
	bench_begin(bench, &bench->pay, out);
	rig_unplug(&bench->rig);
	rig_clear(&bench->rig);
	bench->rig.settings = NULL;
	bench->rig.commits = 0;
}

/* 5.2 */
static void test_payment_type(void **state)
{
	struct bench *bench = *state;

	check_pay(bench, "payment-type", "none",
		  ZVT_OK "06 01 0A 04 00 00 00 00 12 34 49 09 78");
	check_pay(bench, "payment-type", "44",
		  ZVT_OK "06 01 0C 04 00 00 00 00 12 34 49 09 78 19 44");
}

/* 5.6, with the numbers of its examples. */
#define NUMBERED(answer, number) answer " 08 06 06 1F 73 03 00 00 " number " "

static void test_numbered_messages(void **state)
{
	static const struct rig_setting settings[] = { { "sequence", "yes" },
						       { NULL, NULL } };
	struct bench *bench = *state;

	bench->rig.settings = settings;
	bench_line_up(bench);
	bench_talk(bench, PT_OK, ZVT_FIRST_ASK);
	bench_talk(bench, PT_READY,
		   ZVT_OK "06 00 0E 00 00 00 BE 09 78 06 06 1F 73 03 00 00 "
			  "00");
	bench_talk(bench, PT_OK, "");
	/* it does not agree: nothing is numbered, ever (5.6) */
	bench_talk(bench, "06 0F 09 19 00 29 29 00 10 06 06 00",
		   ZVT_OK ZVT_LAST);
	rig_unplug(&bench->rig);
	rig_clear(&bench->rig);
	bench_line_up(bench);
	bench_talk(bench, PT_OK, ZVT_FIRST_ASK);
	bench_talk(bench, PT_READY,
		   ZVT_OK "06 00 0E 00 00 00 BE 09 78 06 06 1F 73 03 00 00 "
			  "00");
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, "06 0F 0A 19 00 06 06 1F 73 03 00 00 00",
		   NUMBERED("80 00", "00") "06 20 0D 00 00 00 03 03 06 06 1F "
					   "73 03 00 00 01");
	bench_talk(bench, NUMBERED("80 00", "01"), "");
	/* the same message twice: one effect, the same answer */
	bench_talk(bench, "06 0F 08 06 06 1F 73 03 00 00 02",
		   NUMBERED("80 00", "02"));
	assert_true(bench->rig.ready);
	bench_talk(bench, "06 0F 08 06 06 1F 73 03 00 00 02",
		   NUMBERED("80 00", "02"));
	rig_start(&bench->rig, &bench->pay);
	rig_expect_hex(&bench->rig, "05 01 0D 00 00 00 03 02 06 06 1F 73 03 00 "
				    "00 03");
	bench->rig.settings = NULL;
}

/* Which booking was its last, and nothing of it; without a slip. */
static void test_internal_test(void **state)
{
	struct bench *bench = *state;

	bench_open(bench);
	begin_plain(bench, OP_TEST_INTERNAL, ZVT_OK "06 20 05 00 00 00 03 03");
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, PT_APPROVED, ZVT_OK);
	bench_talk(bench, PT_DONE, ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	bench_expect_int(bench, "receipt", 42);
	assert_null(json_object_get(bench->rig.result, "amount"));
	assert_null(json_object_get(bench->rig.result, "card"));
	assert_int_equal(bench->rig.commits, 0);
	/* it answers all the same if there is none */
	begin_plain(bench, OP_TEST_INTERNAL, ZVT_OK "06 20 05 00 00 00 03 03");
	bench_talk(bench, PT_OK, "");
	bench_talk(bench, "06 1E 01 83", ZVT_OK);
	bench_expect_done(bench, OUTCOME_OK, REASON_NONE);
	assert_null(json_object_get(bench->rig.result, "receipt"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BENCH_TCP(test_refund),
		BENCH_TCP(test_refund_is_found_out),
		BENCH_TCP(test_reversed_before),
		BENCH_TCP(test_authorized_by_telephone),
		BENCH_TCP(test_tip),
		BENCH_TCP(test_partial_approval),
		BENCH_TCP(test_conversion),
		BENCH_TCP(test_signature),
		BENCH_TCP(test_day_end),
		BENCH_TCP(test_day_end_after_day_end),
		BENCH_TCP(test_totals_are_no_payment),
		BENCH_TCP(test_day_end_fails),
		BENCH_TCP(test_day_end_of_a_locked_terminal),
		BENCH_TCP(test_day_end_is_found_out),
		BENCH_TCP(test_receipt_again),
		BENCH_TCP(test_status),
		BENCH_TCP(test_diagnosis),
		BENCH_TCP(test_initialisation),
		BENCH_TCP(test_log_off),
		BENCH_TCP(test_plain_order_is_lost),
		BENCH_TCP(test_plain_order_is_called_off),
		BENCH_TCP(test_words),
		BENCH_TCP(test_who_is_waited_for),
		BENCH_TCP(test_payment_type),
		BENCH_TCP(test_numbered_messages),
		BENCH_TCP(test_internal_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
