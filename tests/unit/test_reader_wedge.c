/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers that type, in virtual time: bursts, gaps and what is between them
 * (docs/protocols.md C.1); and readers that send reports.
 */
#include "driver_rig.h"
#include "drivers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct driver_io rig;

static void open_wedge(const struct rig_setting *settings)
{
	rig_init(&rig, &reader_wedge, settings, false);
	rig_open(&rig);
	assert_true(rig.ready);
}

static void press(unsigned int code, int value)
{
	uint8_t record[DRIVER_KEY_SIZE] = { (uint8_t)code, (uint8_t)(code >> 8),
					    (uint8_t)value };

	rig_input(&rig, record, sizeof(record));
}

static void strike(unsigned int code)
{
	press(code, 1);
	press(code, 0);
}

/* Digits and ;=?% only; a line end is Enter. ms go by after each. */
static void type(const char *text, int ms)
{
	static const char digits[] = "1234567890";

	for (; *text; text++) {
		const char *digit = strchr(digits, *text);

		if (*text == '?' || *text == '%') {
			press(42, 1);
			strike(*text == '?' ? 53 : 6);
			press(42, 0);
		} else {
			strike(digit ? (unsigned int)(digit - digits) + 2
			       : *text == ';' ? 39
			       : *text == '=' ? 13
					      : 28);
		}
		rig_advance(&rig, ms);
	}
}

static void expect_badge(const char *id)
{
	rig_advance(&rig, 150);
	assert_int_equal(rig.swipes, 1);
	assert_string_equal(rig.swipe, id);
	rig.swipes = 0;
}

static void expect_no_badge(void)
{
	rig_advance(&rig, 2000);
	assert_int_equal(rig.swipes, 0);
	assert_int_equal(rig.turned_away, 0);
}

static void test_tag(void **arg)
{
	(void)arg;
	open_wedge(NULL);
	type("0407821498\n", 5);
	expect_badge("em32:184edcba");
	type("0407821498\n", 5);
	expect_badge("em32:184edcba");
	rig_free(&rig);
}

/* A reader that tells 24 bits, and one that tells more: the same badge. */
static void test_fewest_bits(void **arg)
{
	static const struct rig_setting few[] = { { "id-bits", "24" },
						  { NULL, NULL } };

	(void)arg;
	open_wedge(few);
	type("0407821498\n", 5);
	expect_badge("em24:4edcba");
	type("05168314\n", 5);
	expect_badge("em24:4edcba");
	rig_free(&rig);
}

static void test_hex(void **arg)
{
	static const struct rig_setting hex[] = { { "digits", "hex" },
						  { NULL, NULL } };

	(void)arg;
	open_wedge(hex);
	type("0123456789\n", 5);
	expect_badge("em4100:0123456789");
	rig_free(&rig);
}

/* One Enter behind all tracks, or one behind each. */
static void test_stripe(void **arg)
{
	(void)arg;
	open_wedge(NULL);
	type("%11?;0042=9912?\n", 1);
	expect_badge("mag2:0042d9912");
	type("%11?\n", 1);
	rig_advance(&rig, 140);
	assert_int_equal(rig.swipes, 0);
	type(";0042=9912?\n", 1);
	expect_badge("mag2:0042d9912");
	rig_free(&rig);
}

static void test_payment_card(void **arg)
{
	(void)arg;
	open_wedge(NULL);
	type(";4111111111111111=2912?\n", 1);
	rig_advance(&rig, 150);
	assert_int_equal(rig.swipes, 0);
	assert_int_equal(rig.turned_away, 1);
	assert_non_null(strstr(rig.why, "payment card"));
	assert_null(strstr(rig.log, "4111"));
	/* nothing of it is left */
	assert_null(memmem(rig.state, reader_wedge.state_size, "1111", 4));
	rig_free(&rig);
}

/* A hand is slower than any reader. */
static void test_hand(void **arg)
{
	(void)arg;
	open_wedge(NULL);
	type("0407821498\n", 120);
	expect_no_badge();
	type(";0042=9912?\n", 99); /* not slow, but too long for a reader */
	expect_no_badge();
	type("0407821498\n", 5);
	expect_badge("em32:184edcba");
	rig_free(&rig);
}

/* What follows a gap may be a number by itself: it is not taken for one. */
static void test_rest_of_a_broken_burst(void **arg)
{
	(void)arg;
	open_wedge(NULL);
	type("04", 5);
	rig_advance(&rig, 200);
	type("07821498\n", 5);
	expect_no_badge();
	type("04", 5);
	press(DRIVER_KEYS_LOST, 0);
	type("07821498\n", 5);
	expect_no_badge();
	type("07821498\n", 5);
	expect_badge("em24:7758ba");
	rig_free(&rig);
}

static void test_records_cut_anywhere(void **arg)
{
	static const uint8_t keys[] = { 11, 0, 1, 0, 5, 0, 1, 0, 11, 0, 1, 0,
					5,  0, 1, 0, 8, 0, 1, 0, 8,  0, 1, 0,
					8,  0, 1, 0, 8, 0, 1, 0, 28, 0, 1, 0 };

	(void)arg;
	open_wedge(NULL);
	for (size_t i = 0; i < sizeof(keys); i++)
		rig_input(&rig, keys + i, 1);
	expect_badge("em24:3dc3a1");
	rig_free(&rig);
}

static void test_endless_keys(void **arg)
{
	(void)arg;
	open_wedge(NULL);
	for (int i = 0; i < 1000; i++)
		strike(2);
	strike(28);
	expect_no_badge();
	rig_free(&rig);
}

/* --- by reports --- */

/* docs/protocols.md C.3: MagTek's own. */
static const uint8_t magtek_descriptor[] = {
	0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00, 0x26, 0xff,
	0x00, 0x75, 0x08, 0x09, 0x20, 0x09, 0x21, 0x09, 0x22, 0x09, 0x28,
	0x09, 0x29, 0x09, 0x2a, 0x09, 0x38, 0x95, 0x07, 0x81, 0x02, 0x09,
	0x30, 0x95, 0x6e, 0x82, 0x02, 0x01, 0x09, 0x31, 0x95, 0x6e, 0x82,
	0x02, 0x01, 0x09, 0x32, 0x95, 0x6e, 0x82, 0x02, 0x01, 0x09, 0x20,
	0x95, 0x18, 0xb2, 0x02, 0x01, 0xc0
};

static const struct driver_facts magtek = {
	.vendor = 0x0801,
	.product = 0x0002,
	.reports = magtek_descriptor,
	.reports_len = sizeof(magtek_descriptor),
};

static void put_track(uint8_t *report, size_t track, const char *text)
{
	report[3 + track] = (uint8_t)strlen(text);
	memcpy(report + 7 + 110 * track, text, strlen(text));
}

static void test_reports(void **arg)
{
	uint8_t report[337] = { 0 };

	(void)arg;
	rig_init(&rig, &reader_swipe_hid, NULL, false);
	rig.facts = &magtek;
	rig_open(&rig);
	assert_true(rig.ready);
	put_track(report, 1, ";0042=9912?");
	rig_input(&rig, report, sizeof(report));
	assert_string_equal(rig.swipe, "mag2:0042d9912");
	assert_int_equal(rig.swipes, 1);
	/* cut anywhere, and two in one */
	for (size_t i = 0; i < sizeof(report); i++)
		rig_input(&rig, report + i, 1);
	assert_int_equal(rig.swipes, 2);
	put_track(report, 0, "%B4111111111111111^SMITH/JANE^2912?");
	put_track(report, 1, ";4111111111111111=2912?");
	rig_input(&rig, report, sizeof(report));
	assert_int_equal(rig.swipes, 2);
	assert_int_equal(rig.turned_away, 1);
	assert_non_null(strstr(rig.why, "payment card"));
	assert_null(memmem(rig.state, reader_swipe_hid.state_size, "4111", 4));
	/* half of one is forgotten */
	rig_input(&rig, report, 200);
	rig_advance(&rig, 2000);
	assert_null(memmem(rig.state, reader_swipe_hid.state_size, "4111", 4));
	put_track(report, 0, "");
	put_track(report, 1, ";0042=9912?");
	rig_input(&rig, report, sizeof(report));
	assert_int_equal(rig.swipes, 3);
	rig_free(&rig);
}

static void test_another_hid(void **arg)
{
	static const struct driver_facts other = { .reports = magtek_descriptor,
						   .reports_len = 40 };

	(void)arg;
	rig_init(&rig, &reader_swipe_hid, NULL, false);
	rig.facts = &other;
	rig_open(&rig);
	assert_true(rig.lost);
	assert_int_equal(rig.lost_reason, REASON_WRONG_PROTOCOL);
	rig_free(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tag),
		cmocka_unit_test(test_fewest_bits),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_stripe),
		cmocka_unit_test(test_payment_card),
		cmocka_unit_test(test_hand),
		cmocka_unit_test(test_rest_of_a_broken_burst),
		cmocka_unit_test(test_records_cut_anywhere),
		cmocka_unit_test(test_endless_keys),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_another_hid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
