/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chip cards by PC/SC, in virtual time: what they are asked, byte for byte as
 * ISO 7816-4, PC/SC part 3 and SP 800-73-4 have it, and what counts. Keys,
 * certificates and signatures are OpenSSL's (piv_vectors.h).
 */
#include "driver_rig.h"
#include "drivers.h"
#include "reader/card_codec.h"
#include "util/hash.h"

#include "piv_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CHIP_ATR   "3b80800101"
#define MEMORY_ATR "3b8f8001804f0ca000000306030001000000006a"

#define CARD_IN	    "010005" CHIP_ATR
#define MEMORY_IN   "010014" MEMORY_ATR
#define CARD_STAYS  "020000"
#define CARD_OUT    "030000"
#define DONE	    "820000"
#define NOT_FOUND   "0400026a82"
#define FOUND	    "0400029000"
#define PPSE	    "810014 00a404000e 325041592e5359532e4444463031 00"
#define SELECT_PIV  "81000f 00a4040009 a00000030800001000 00"
#define CERTIFICATE "81000b 00cb3fff05 5c035fc101 00"
#define GET_UID	    "810005 ffca000000"

#define PAYMENT_NAMES 15 /* with PPSE */

static struct driver_io rig;

static void set(const struct rig_setting *settings)
{
	rig_init(&rig, &reader_pcsc, settings, false);
	rig_open(&rig);
	assert_true(rig.ready);
	rig_advance(&rig, 1000);
}

static int set_up(void **state)
{
	(void)state;
	set(NULL);
	return 0;
}

static int set_up_proof(void **state)
{
	static const struct rig_setting settings[] = { { "cards", "piv" },
						       { 0 } };

	(void)state;
	set(settings);
	return 0;
}

static int set_up_numbers(void **state)
{
	static const struct rig_setting settings[] = { { "cards", "uid" },
						       { "byte-order",
							 "reversed" },
						       { "id-bits", "32" },
						       { 0 } };

	(void)state;
	set(settings);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	rig_free(&rig);
	return 0;
}

/* An answer, which may be long, and 9000 or another status behind it. */
static void answer(const char *hex, const char *status)
{
	char record[4200];
	size_t len = strlen(hex) / 2 + 2;

	snprintf(record, sizeof(record), "04%04zx%s%s", len, hex, status);
	rig_input_hex(&rig, record);
}

/* 256 bytes at a time, each but the last with how many there are still. */
static void answer_long(const char *hex)
{
	size_t at = 0, left;

	for (left = strlen(hex) / 2; left > 256; left -= 256, at += 512) {
		unsigned int more = left - 256 > 255 ? 0 : (unsigned int)left;
		char part[513] = "", status[5], ask[32];

		memcpy(part, hex + at, 512);
		snprintf(status, sizeof(status), "61%02x", more & 0xff);
		snprintf(ask, sizeof(ask), "81000500c00000%02x", more & 0xff);
		answer(part, status);
		rig_expect_hex(&rig, ask);
	}
	answer(hex + at, "9000");
}

/* 53 { 70 { certificate } 71 { info } FE {} } */
static void answer_certificate(const char *certificate, const char *info)
{
	char object[4096];
	size_t len = strlen(certificate) / 2;

	snprintf(object, sizeof(object), "5382%04zx7082%04zx%s7101%sfe00",
		 len + 4 + 3 + 2, len, certificate, info);
	answer_long(object);
}

/* Until it is asked for its certificate. */
static void show_piv(void)
{
	rig_input_hex(&rig, CARD_IN);
	rig_expect_hex(&rig, PPSE);
	rig_input_hex(&rig, NOT_FOUND);
	rig_expect_hex(&rig, SELECT_PIV);
	answer("6106"
	       "4f04a0000003",
	       "9000");
	rig_expect_hex(&rig, CERTIFICATE);
}

static void expect_refused(const char *why)
{
	rig_expect_hex(&rig, DONE);
	assert_string_equal(rig.why, why);
	assert_int_equal(rig.turned_away, 1);
	assert_int_equal(rig.swipes, 0);
}

/* --- cards that prove themselves --- */

#define EC_CHALLENGE "81002c 0087119e26 7c24 8200 8120" VECTOR_DIGEST "00"

static void test_a_key_of_a_curve(void **state)
{
	(void)state;
	assert_true(rig.proves);
	show_piv();
	answer_certificate(VECTOR_EC_CERTIFICATE, "00");
	rig_expect_hex(&rig, EC_CHALLENGE);
	answer("7c"
	       "49"
	       "8247" VECTOR_EC_SIGNATURE,
	       "9000");
	rig_expect_hex(&rig, DONE);
	assert_string_equal(rig.swipe, "piv:" VECTOR_EC_KEY);
	assert_int_equal(rig.swipes, 1);
	assert_int_equal(rig.proven, 1);
}

/* Two commands; the block is what OpenSSL's own signature is of. */
static void test_an_rsa_key(void **state)
{
	static const char template[] = "7c820106"
				       "8200"
				       "81820100" VECTOR_RSA_BLOCK;
	char first[600], second[64];

	(void)state;
	show_piv();
	answer_certificate(VECTOR_RSA_CERTIFICATE, "00");
	snprintf(first, sizeof(first), "8101041087079eff%.510s", template);
	snprintf(second, sizeof(second), "8100110087079e0b%s00",
		 template + 510);
	rig_expect_hex(&rig, first);
	answer("", "9000");
	rig_expect_hex(&rig, second);
	answer_long("7c820104"
		    "82820100" VECTOR_RSA_SIGNATURE);
	rig_expect_hex(&rig, DONE);
	assert_string_equal(rig.swipe, "piv:" VECTOR_RSA_KEY);
	assert_int_equal(rig.proven, 1);
}

static void refuse_proof(const char *data, const char *status)
{
	show_piv();
	answer_certificate(VECTOR_EC_CERTIFICATE, "00");
	rig_expect_hex(&rig, EC_CHALLENGE);
	answer(data, status);
	expect_refused("the card could not prove that it is no copy");
}

static void test_another_key_signs(void **state)
{
	char data[200];

	(void)state;
	snprintf(data, sizeof(data), "7c%02zx82%02zx%s",
		 strlen(VECTOR_OTHER_SIGNATURE) / 2 + 2,
		 strlen(VECTOR_OTHER_SIGNATURE) / 2, VECTOR_OTHER_SIGNATURE);
	refuse_proof(data, "9000");
}

static void test_nothing_is_signed(void **state)
{
	(void)state;
	refuse_proof("", "6982");
}

static void test_an_empty_proof(void **state)
{
	(void)state;
	refuse_proof("7c028200", "9000");
}

/* Signed right, but the card says that it failed. */
static void test_a_proof_with_an_error(void **state)
{
	(void)state;
	refuse_proof("7c"
		     "49"
		     "8247" VECTOR_EC_SIGNATURE,
		     "6f00");
}

/* What was signed once is of no use again: another is asked for. */
static void test_a_proof_is_for_one_challenge(void **state)
{
	(void)state;
	test_a_key_of_a_curve(state);
	rig_input_hex(&rig, CARD_OUT);
	rig_advance(&rig, 5000);
	show_piv();
	answer_certificate(VECTOR_EC_CERTIFICATE, "00");
	rig_clear(&rig);
	answer("7c"
	       "49"
	       "8247" VECTOR_EC_SIGNATURE,
	       "9000");
	rig_expect_hex(&rig, DONE);
	assert_int_equal(rig.swipes, 1);
	assert_string_equal(rig.why,
			    "the card could not prove that it is no copy");
}

static void test_certificates_that_are_none(void **state)
{
	static const struct {
		const char *certificate, *info, *why;
	} cases[] = {
		{ VECTOR_P384_CERTIFICATE, "00",
		  "the card's certificate can't be read, or its key is "
		  "neither RSA 2048 nor P-256" },
		{ VECTOR_RSA_3_CERTIFICATE, "00",
		  "the card's certificate can't be read, or its key is "
		  "neither RSA 2048 nor P-256" },
		{ "30820102", "00",
		  "the card's certificate can't be read, or its key is "
		  "neither RSA 2048 nor P-256" },
		{ VECTOR_EC_CERTIFICATE, "01",
		  "the card's certificate is compressed, which is not "
		  "supported" },
		{ "", "00",
		  "the card has no certificate for its card authentication "
		  "key" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		show_piv();
		answer_certificate(cases[i].certificate, cases[i].info);
		expect_refused(cases[i].why);
		tear_down(state);
		set_up(state);
	}
	show_piv();
	answer("", "6a82");
	expect_refused("the card has no certificate for its card "
		       "authentication key");
}

static void test_only_proof_will_do(void **state)
{
	(void)state;
	assert_true(rig.proves);
	rig_input_hex(&rig, CARD_IN);
	rig_expect_hex(&rig, PPSE);
	rig_input_hex(&rig, NOT_FOUND);
	rig_expect_hex(&rig, SELECT_PIV);
	rig_input_hex(&rig, NOT_FOUND);
	expect_refused("the card can't prove that it is no copy, and here it "
		       "has to");
	rig.turned_away = 0;
	rig_input_hex(&rig, CARD_OUT MEMORY_IN);
	expect_refused("the card can't prove that it is no copy, and here it "
		       "has to");
}

/* --- numbers --- */

static void test_a_memory_card(void **state)
{
	(void)state;
	rig_input_hex(&rig, MEMORY_IN);
	rig_expect_hex(&rig, GET_UID);
	answer("04a1b2c3", "9000");
	rig_expect_hex(&rig, DONE);
	assert_string_equal(rig.swipe, "em32:04a1b2c3");
	assert_int_equal(rig.proven, 0);
}

/* All that only payment cards have is asked for before a number counts. */
static void test_a_chip_card(void **state)
{
	(void)state;
	rig_input_hex(&rig, CARD_IN);
	rig_expect_hex(&rig, PPSE);
	rig_input_hex(&rig, NOT_FOUND);
	rig_expect_hex(&rig, SELECT_PIV);
	rig_input_hex(&rig, NOT_FOUND);
	for (int i = 1; i < PAYMENT_NAMES; i++) {
		assert_memory_equal(rig.output.data + 3, "\x00\xa4\x04\x00", 4);
		rig_clear(&rig);
		rig_input_hex(&rig, NOT_FOUND);
	}
	rig_expect_hex(&rig, GET_UID);
	answer("04a1b2c3d4e5f6", "9000");
	rig_expect_hex(&rig, DONE);
	assert_string_equal(rig.swipe, "uid:04a1b2c3d4e5f6");
}

static void test_numbers_as_others_tell_them(void **state)
{
	(void)state;
	assert_false(rig.proves);
	rig_input_hex(&rig, MEMORY_IN);
	rig_clear(&rig);
	answer("04a1b2c3", "9000");
	assert_string_equal(rig.swipe, "em32:c3b2a104");
	rig_input_hex(&rig, CARD_OUT MEMORY_IN);
	answer("0102030405", "9000");
	assert_string_equal(rig.swipe, "em32:04030201");
	rig_input_hex(&rig, CARD_OUT MEMORY_IN);
	answer("0102030405060708", "9000");
	assert_string_equal(rig.swipe, "uid:0807060504030201");
}

/* The reader wants to be asked for as many as there are. */
static void test_a_length_is_corrected_once(void **state)
{
	(void)state;
	rig_input_hex(&rig, MEMORY_IN);
	rig_expect_hex(&rig, GET_UID);
	answer("", "6c04");
	rig_expect_hex(&rig, "810005 ffca000004");
	answer("", "6c04");
	expect_refused("the card has no number to be known by");
}

static void test_numbers_that_are_none(void **state)
{
	static const struct {
		const char *data, *status, *why;
	} cases[] = {
		{ "08a1b2c3", "9000", "the card has another number each time" },
		{ "", "9000", "the card has no number to be known by" },
		{ "", "6a81", "the card has no number to be known by" },
		{ "010203", "9000", "the card has no number to be known by" },
		{ "04a1b2c3", "6282", "the card has no number to be known by" },
		{ "0102030405060708090a0b", "9000",
		  "the card has no number to be known by" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		rig_input_hex(&rig, MEMORY_IN);
		rig_expect_hex(&rig, GET_UID);
		answer(cases[i].data, cases[i].status);
		expect_refused(cases[i].why);
		tear_down(state);
		set_up(state);
	}
}

static void test_payment_cards(void **state)
{
	static const char *const found[] = { "9000", "6283", "6310" };

	for (size_t i = 0; i < 3; i++) {
		rig_input_hex(&rig, CARD_IN);
		rig_expect_hex(&rig, PPSE);
		answer("6f108401", found[i]);
		expect_refused("it is a payment card, and those are no badges");
		tear_down(state);
		set_up(state);
	}
}

/* --- coming and going --- */

static void show_memory(void)
{
	rig_input_hex(&rig, MEMORY_IN);
	answer("04a1b2c3", "9000");
	rig_clear(&rig);
}

static void test_shown_again_after_a_second_only(void **state)
{
	(void)state;
	show_memory();
	rig_advance(&rig, 60000);
	rig_input_hex(&rig, CARD_OUT);
	rig_advance(&rig, 999);
	show_memory();
	assert_int_equal(rig.swipes, 1);
	rig_input_hex(&rig, CARD_OUT);
	rig_advance(&rig, 1000);
	show_memory();
	assert_int_equal(rig.swipes, 2);
}

static void test_what_lay_there_was_not_shown(void **state)
{
	(void)state;
	rig_input_hex(&rig, CARD_STAYS);
	rig_expect_nothing(&rig);
	assert_non_null(strstr(rig.log, "lies on the reader"));
	rig_input_hex(&rig, CARD_OUT);
	show_memory();
	assert_int_equal(rig.swipes, 1);
}

static void test_pcscd_is_slow_to_find_it(void **state)
{
	(void)state;
	rig_unplug(&rig);
	rig_open(&rig);
	rig_advance(&rig, 999);
	rig_input_hex(&rig, MEMORY_IN);
	rig_expect_nothing(&rig);
	assert_non_null(strstr(rig.log, "lies on the reader"));
}

static void test_gone_in_the_middle(void **state)
{
	static const struct {
		const char *fault, *why;
	} cases[] = {
		{ "05000100", "the card was taken away too soon; hold it "
			      "still" },
		{ "05000101", "another program is using the card" },
		{ "05000102", "the card could not be read; show it again" },
		{ "050000", "the card could not be read; show it again" },
		{ "040000", "the card could not be read; show it again" },
		{ CARD_OUT, "the card was taken away too soon; hold it still" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		show_piv();
		rig_input_hex(&rig, cases[i].fault);
		expect_refused(cases[i].why);
		answer("", "9000"); /* too late */
		rig_expect_nothing(&rig);
		tear_down(state);
		set_up(state);
	}
}

static void test_no_answer_ends(void **state)
{
	(void)state;
	rig_input_hex(&rig, CARD_IN);
	rig_advance(&rig, 14999);
	assert_false(rig.lost);
	rig_advance(&rig, 1);
	assert_true(rig.lost);
	assert_int_equal(rig.lost_reason, REASON_NO_ANSWER);
}

static void test_a_card_has_ten_seconds(void **state)
{
	(void)state;
	show_piv();
	for (int i = 0; i < 10; i++) {
		rig_advance(&rig, 1000);
		answer("00", "6101");
		rig_clear(&rig);
	}
	rig_advance(&rig, 1000);
	answer("00", "6101");
	expect_refused("the card takes too long; show it again");
}

static void test_endless_answers_end(void **state)
{
	int rounds = 0;

	(void)state;
	show_piv();
	for (; !rig.turned_away && rounds < 1000; rounds++) {
		rig_clear(&rig);
		answer("", "61ff");
	}
	expect_refused("the card has no certificate for its card "
		       "authentication key");
	assert_int_equal(rounds, 65);
}

static void test_too_long_an_answer(void **state)
{
	char part[511];

	(void)state;
	memset(part, '0', 510);
	part[510] = '\0';
	show_piv();
	for (int i = 0; i < 16; i++) {
		answer(part, "61ff");
		rig_clear(&rig);
	}
	answer(part, "61ff");
	expect_refused("the card could not be read; show it again");
}

static void test_what_is_no_record(void **state)
{
	static const char *const cases[] = { "00", "06", "040106", "820000",
					     "810000" };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		rig_input_hex(&rig, cases[i]);
		assert_true(rig.lost);
		assert_int_equal(rig.lost_reason, REASON_GARBLED);
		tear_down(state);
		set_up(state);
	}
}

static void test_a_byte_at_a_time(void **state)
{
	static const uint8_t record[] = { 0x04, 0x00, 0x06, 0x04, 0xa1,
					  0xb2, 0xc3, 0x90, 0x00 };

	(void)state;
	rig_input_hex(&rig, MEMORY_IN);
	for (size_t i = 0; i < sizeof(record); i++)
		rig_input(&rig, &record[i], 1);
	assert_string_equal(rig.swipe, "em32:04a1b2c3");
}

/* --- tags and lengths (ISO 7816-4, annex E) --- */

static void test_elements(void **state)
{
	static const struct {
		const char *data;
		uint8_t tag;
		bool found;
		size_t at, len; /* of the value */
	} cases[] = {
		{ "8201ff", 0x82, true, 2, 1 },
		{ "8200", 0x82, true, 2, 0 },
		{ "810182820155", 0x82, true, 5, 1 },
		{ "8281016677", 0x82, true, 3, 1 },
		{ "828200016677", 0x82, true, 4, 1 },
		{ "5f2001008201ff", 0x82, true, 6, 1 },
		{ "9f818201aa8201ff", 0x82, false, 0, 0 },
		{ "8202ff", 0x82, false, 0, 0 },
		{ "828300000155", 0x82, false, 0, 0 },
		{ "8280550000", 0x82, false, 0, 0 },
		{ "82", 0x82, false, 0, 0 },
		{ "5f", 0x82, false, 0, 0 },
		{ "", 0x82, false, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t data[32] = { 0 };
		size_t len = strlen(cases[i].data) / 2;
		struct cursor value;

		assert_true(hash_from_hex(cases[i].data, len, data));
		assert_int_equal(card_find(data, len, cases[i].tag, &value),
				 cases[i].found);
		if (!cases[i].found)
			continue;
		assert_ptr_equal(value.data, data + cases[i].at);
		assert_int_equal(value.len, cases[i].len);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_key_of_a_curve),
		TEST(test_an_rsa_key),
		TEST(test_another_key_signs),
		TEST(test_nothing_is_signed),
		TEST(test_an_empty_proof),
		TEST(test_a_proof_with_an_error),
		TEST(test_a_proof_is_for_one_challenge),
		TEST(test_certificates_that_are_none),
		cmocka_unit_test_setup_teardown(test_only_proof_will_do,
						set_up_proof, tear_down),
		TEST(test_a_memory_card),
		TEST(test_a_chip_card),
		cmocka_unit_test_setup_teardown(test_numbers_as_others_tell_them,
						set_up_numbers, tear_down),
		TEST(test_a_length_is_corrected_once),
		TEST(test_numbers_that_are_none),
		TEST(test_payment_cards),
		TEST(test_shown_again_after_a_second_only),
		TEST(test_what_lay_there_was_not_shown),
		TEST(test_pcscd_is_slow_to_find_it),
		TEST(test_gone_in_the_middle),
		TEST(test_no_answer_ends),
		TEST(test_a_card_has_ten_seconds),
		TEST(test_endless_answers_end),
		TEST(test_too_long_an_answer),
		TEST(test_what_is_no_record),
		TEST(test_a_byte_at_a_time),
		TEST(test_elements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
