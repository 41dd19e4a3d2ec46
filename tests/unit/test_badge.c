/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What badges are called, whichever reader has read them, and which cards are
 * none. Vectors: docs/protocols.md C.1 to C.6; card numbers are the schemes'
 * test ones.
 */
#include "reader/badge.h"
#include "reader/swipe_codec.h"
#include "reader/wedge_codec.h"
#include "util/hid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* --- tags --- */

static const uint8_t tag_a[] = { 0x04, 0x18, 0x4e, 0xdc, 0xba };
static const uint8_t tag_b[] = { 0x01, 0x10, 0x18, 0x5c, 0x5b };

static void test_names_of_tags(void **arg)
{
	char id[BADGE_ID_SIZE];

	(void)arg;
	badge_name_tag(tag_a, 40, id);
	assert_string_equal(id, "em4100:04184edcba");
	badge_name_tag(tag_a, 32, id);
	assert_string_equal(id, "em32:184edcba");
	badge_name_tag(tag_a, 24, id);
	assert_string_equal(id, "em24:4edcba");
}

/* Whichever reader tells it, where the bytes are the same. */
static void test_one_card_has_one_name(void **arg)
{
	static const struct {
		const char *typed;
		uint8_t uid[BADGE_UID_MAX];
		size_t len;
		const char *id;
	} cases[] = {
		{ "04A1B2C3D4E5F6\n",
		  { 0x04, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6 },
		  7,
		  "uid:04a1b2c3d4e5f6" },
		{ "0102030405060708\n",
		  { 1, 2, 3, 4, 5, 6, 7, 8 },
		  8,
		  "uid:0102030405060708" },
		{ "0102030405060708090a",
		  { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 },
		  10,
		  "uid:0102030405060708090a" },
	};
	char id[BADGE_ID_SIZE];

	(void)arg;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t uid[BADGE_UID_MAX];

		assert_int_equal(wedge_read_uid(cases[i].typed,
						strlen(cases[i].typed),
						WEDGE_HEX, uid),
				 cases[i].len);
		assert_memory_equal(uid, cases[i].uid, cases[i].len);
		assert_true(badge_name_uid(uid, cases[i].len, 40, id));
		assert_string_equal(id, cases[i].id);
		assert_int_equal(wedge_read_uid(cases[i].typed,
						strlen(cases[i].typed),
						WEDGE_DECIMAL, uid),
				 0);
	}
}

/* A reader that types ten digits tells four bytes as the number they make. */
static void test_four_bytes_are_a_tag(void **arg)
{
	uint8_t tag[BADGE_TAG_SIZE];
	char id[BADGE_ID_SIZE], typed[BADGE_ID_SIZE];

	(void)arg;
	assert_true(badge_name_uid(tag_a + 1, 4, 40, id));
	assert_string_equal(id, "em32:184edcba");
	assert_int_equal(wedge_read_tag("0407821498", 10, WEDGE_DECIMAL, tag),
			 32);
	badge_name_tag(tag, 32, typed);
	assert_string_equal(id, typed);
	assert_true(badge_name_uid(tag_a + 1, 4, 24, id));
	assert_string_equal(id, "em24:4edcba");
	assert_true(badge_name_uid(tag_a, 5, 40, id));
	assert_string_equal(id, "em4100:04184edcba");
	for (size_t len = 0; len < 12; len++)
		if (len != 4 && len != 5 && (len < 7 || len > 10))
			assert_false(badge_name_uid(tag_a, len, 40, id));
}

static void test_what_is_no_card(void **arg)
{
	static const char *const typed[] = { "",
					     "04A1B2C3D4E5F",
					     "0",
					     "04A1B2C3D4E5FG",
					     "04A1B2C3D4E5F6A",
					     "0102030405060708090a0b" };
	uint8_t uid[BADGE_UID_MAX];

	(void)arg;
	for (size_t i = 0; i < sizeof(typed) / sizeof(*typed); i++)
		assert_int_equal(wedge_read_uid(typed[i], strlen(typed[i]),
						WEDGE_HEX, uid),
				 0);
}

/* C.6: the same tag, spelled in many ways. */
static void test_one_tag_has_one_name(void **arg)
{
	static const struct {
		const char *typed;
		enum wedge_digits digits;
		const uint8_t *tag;
		int bits;
	} cases[] = {
		{ "0407821498\n", WEDGE_DECIMAL, tag_a, 32 },
		{ "05168314\n", WEDGE_DECIMAL, tag_a, 24 },
		{ "078,56506\n", WEDGE_DECIMAL, tag_a, 24 },
		{ "04184EDCBA\n", WEDGE_HEX, tag_a, 40 },
		{ "04184edcba", WEDGE_HEX, tag_a, 40 },
		{ "184EDCBA\n", WEDGE_HEX, tag_a, 32 },
		{ "0270031963\n", WEDGE_DECIMAL, tag_b, 32 },
		{ "01596507\n", WEDGE_DECIMAL, tag_b, 24 },
		{ "024,23643\n", WEDGE_DECIMAL, tag_b, 24 },
	};

	(void)arg;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char typed[BADGE_ID_SIZE], read[BADGE_ID_SIZE];
		uint8_t tag[BADGE_TAG_SIZE];
		int bits =
			wedge_read_tag(cases[i].typed, strlen(cases[i].typed),
				       cases[i].digits, tag);

		assert_int_equal(bits, cases[i].bits);
		badge_name_tag(tag, bits, typed);
		badge_name_tag(cases[i].tag, bits, read);
		assert_string_equal(typed, read);
	}
}

static void test_what_is_no_tag(void **arg)
{
	static const struct {
		const char *typed;
		enum wedge_digits digits;
	} cases[] = {
		{ "", WEDGE_DECIMAL },
		{ "\n", WEDGE_DECIMAL },
		{ "123456789\n", WEDGE_DECIMAL },
		{ "4294967296", WEDGE_DECIMAL },
		{ "16777216", WEDGE_DECIMAL },
		{ "256,00001", WEDGE_DECIMAL },
		{ "001,65536", WEDGE_DECIMAL },
		{ "001,6553x", WEDGE_DECIMAL },
		{ "04184EDCB\n", WEDGE_HEX },
		{ "04184EDCBG", WEDGE_HEX },
		{ "0x184EDCBA", WEDGE_HEX },
		{ "12345678901", WEDGE_DECIMAL },
		{ "04184EDCBA", WEDGE_DECIMAL },
		{ "-123456789", WEDGE_DECIMAL },
	};

	(void)arg;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t tag[BADGE_TAG_SIZE];

		if (wedge_read_tag(cases[i].typed, strlen(cases[i].typed),
				   cases[i].digits, tag))
			fail_msg("taken for a tag: %s", cases[i].typed);
	}
}

/* --- stripes --- */

static enum badge_card name(const char *text, int track, char *id)
{
	struct badge_stripe stripe;

	assert_true(badge_read_stripe(text, strlen(text), &stripe));
	return badge_name_stripe(&stripe, track, id);
}

static void expect_name(const char *text, int track, const char *wanted)
{
	char id[BADGE_ID_SIZE];

	assert_int_equal(name(text, track, id), BADGE_CARD_BADGE);
	assert_string_equal(id, wanted);
}

/* MagTek's one Enter, ID TECH's three, other sentinels: the same badge. */
static void test_names_of_stripes(void **arg)
{
	(void)arg;
	expect_name(";0042=9912?\n", 2, "mag2:0042d9912");
	expect_name("%SUPERVISOR0042?;0042=9912?\n", 2, "mag2:0042d9912");
	expect_name("%SUPERVISOR0042?\r;0042=9912?\r;77?\r", 2,
		    "mag2:0042d9912");
	expect_name("%x?@0042=9912?+12?\n", 2, "mag2:0042d9912");
	expect_name(";0042=9912?+0815?\n", 3, "mag3:0815");
	expect_name(";0042=9912?;0815?\n", 3, "mag3:0815");
	expect_name("%SUPERVISOR0042?", 1, "mag1:53555045525649534f5230303432");
	/* a reader that types small letters says the same */
	expect_name("%supervisor0042?", 1, "mag1:53555045525649534f5230303432");
	expect_name(";AB12?", 2, "mag2a:41423132");
	/* the SHA-256 of what is too long for a name, 33 times an A */
	expect_name("%AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA?", 1,
		    "mag1:5d873590851b7b00b60490c8e6966b3409c385adcc9590d8"
		    "01f0e03e268b5ba5");
}

static void test_what_is_no_stripe(void **arg)
{
	static const char *const faults[] = {
		"",	      "\n",	      "0042",
		";0042=9912", ";12?x",	      ";12?;13?;14?",
		"%A?%B?%C?",  ";12?+13?+14?", "x;0042?",
	};
	char big[2 * BADGE_TRACK_SIZE];
	struct badge_stripe stripe;

	(void)arg;
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		if (badge_read_stripe(faults[i], strlen(faults[i]), &stripe))
			fail_msg("taken for a stripe: %s", faults[i]);
	memset(big, '1', sizeof(big));
	big[0] = ';';
	big[BADGE_TRACK_SIZE + 1] = '?';
	assert_false(badge_read_stripe(big, BADGE_TRACK_SIZE + 2, &stripe));
	big[BADGE_TRACK_SIZE] = '?';
	assert_true(badge_read_stripe(big, BADGE_TRACK_SIZE + 1, &stripe));
}

/* C.2: 13 to 19 digits that pass Luhn, or format B on track 1, wherever. */
static void test_payment_cards_are_no_badges(void **arg)
{
	static const char *const cards[] = {
		";4111111111111111=29121010000000?",
		"%B4111111111111111^SMITH/JANE^29121010000000000000?",
		"%B1234^DOE/J^2912?;0042=9912?",
		";5105105105105100=29121010000000?",
		";378282246310005=2912?",
		";4222222222222=2912?",
		/* of no issuer that is known, but with a right check digit */
		";1234567890123452=2912?",
		";0042=9912?+014111111111111111=1=2?",
		"%X?;0042?;4111111111111111=?",
		"%MEMBER 4111 1111 1111 1111?;0042=1?",
	};
	char id[BADGE_ID_SIZE];

	(void)arg;
	for (size_t i = 0; i < sizeof(cards) / sizeof(*cards); i++)
		for (int track = 1; track <= 3; track++)
			if (name(cards[i], track, id) != BADGE_CARD_PAYMENT)
				fail_msg("no payment card: %s", cards[i]);
	/* the same length, and another check digit: a member's number */
	assert_int_equal(name(";1234567890123456=2912?", 2, id),
			 BADGE_CARD_BADGE);
	assert_int_equal(name("%BADGE?;0042?", 2, id), BADGE_CARD_BADGE);
}

static void test_bad_and_empty_tracks(void **arg)
{
	char id[BADGE_ID_SIZE];

	(void)arg;
	assert_int_equal(name("%BADGE?;E?", 2, id), BADGE_CARD_UNREADABLE);
	assert_int_equal(name("%BADGE?;E?", 1, id), BADGE_CARD_BADGE);
	assert_int_equal(name("%BADGE?", 2, id), BADGE_CARD_NOTHING);
	assert_int_equal(name("%BADGE?;1?", 2, id), BADGE_CARD_NOTHING);
	assert_null(badge_card_sentence(BADGE_CARD_BADGE));
	assert_non_null(badge_card_sentence(BADGE_CARD_PAYMENT));
}

/* --- keys --- */

/* Presses and lets go of what these numbers say; 42 and 54 are held for the
 * next one. */
static void type(struct wedge *wedge, const int *codes)
{
	int shift = 0;

	for (; *codes; codes++) {
		if (*codes == 42 || *codes == 54) {
			shift = *codes;
			wedge_take_key(wedge, (unsigned int)shift, 1);
			continue;
		}
		wedge_take_key(wedge, (unsigned int)*codes, 1);
		wedge_take_key(wedge, (unsigned int)*codes, 2);
		wedge_take_key(wedge, (unsigned int)*codes, 0);
		if (shift)
			wedge_take_key(wedge, (unsigned int)shift, 0);
		shift = 0;
	}
}

/* C.1: % is shift and 5, ; is 39, = is 13, ? is shift and 53, ^ shift and 6. */
static void test_keys(void **arg)
{
	static const int stripe[] = { 42, 6, 48, 5,  42, 7,  54, 53, 39,
				      11, 5, 3,	 13, 10, 42, 53, 42, 13,
				      42, 4, 42, 8,  42, 3,  28, 0 };
	static const int keypad[] = { 82, 79, 80, 81, 75, 76,
				      77, 71, 72, 73, 96, 0 };
	struct wedge wedge = { .len = 0 };

	(void)arg;
	type(&wedge, stripe);
	assert_memory_equal(wedge.text, "%b4^?;042=9?+#&@\n", 17);
	assert_int_equal(wedge.len, 17);
	wedge_reset(&wedge);
	type(&wedge, keypad);
	assert_memory_equal(wedge.text, "0123456789\n", 11);
	assert_int_equal(wedge.len, 11);
}

static void test_too_many_keys(void **arg)
{
	struct wedge wedge = { .len = 0 };

	(void)arg;
	for (int i = 0; i < WEDGE_TEXT_MAX; i++)
		wedge_take_key(&wedge, 2, 1);
	assert_false(wedge.spoiled);
	wedge_take_key(&wedge, 2, 1);
	assert_true(wedge.spoiled);
	assert_int_equal(wedge.len, WEDGE_TEXT_MAX);
	for (unsigned int code = 0; code < 1024; code++)
		wedge_take_key(&wedge, code, 1);
}

/* --- reports (C.3, C.4) --- */

static void put_track(uint8_t *report, size_t lengths, size_t fields,
		      size_t size, int track, const char *text)
{
	report[lengths + (size_t)track] = (uint8_t)strlen(text);
	memcpy(report + fields + size * (size_t)track, text, strlen(text));
}

static void test_magtek_reports(void **arg)
{
	uint8_t report[SWIPE_MAGTEK_SIZE] = { 0 };
	struct badge_stripe stripe;
	char id[BADGE_ID_SIZE];

	(void)arg;
	memset(report + 7, 0xaa, sizeof(report) - 7); /* from before */
	put_track(report, 3, 7, 110, 0, "%SUPERVISOR0042?");
	put_track(report, 3, 7, 110, 1, ";0042=9912?");
	assert_int_equal(swipe_read(report, sizeof(report), &stripe),
			 SWIPE_STRIPE);
	assert_int_equal(badge_name_stripe(&stripe, 2, id), BADGE_CARD_BADGE);
	assert_string_equal(id, "mag2:0042d9912");
	report[1] = 1; /* not read */
	report[4] = 0;
	assert_int_equal(swipe_read(report, sizeof(report), &stripe),
			 SWIPE_STRIPE);
	assert_int_equal(badge_name_stripe(&stripe, 2, id),
			 BADGE_CARD_UNREADABLE);
	memset(report, 0, 7);
	assert_int_equal(swipe_read(report, sizeof(report), &stripe),
			 SWIPE_UNREADABLE);
	memset(report, 0xff, sizeof(report));
	swipe_read(report, sizeof(report), &stripe);
}

static void test_magnesafe_reports(void **arg)
{
	uint8_t report[SWIPE_MAGNESAFE_SIZE] = { [6] = 4 };
	struct badge_stripe stripe;
	char id[BADGE_ID_SIZE];

	(void)arg;
	put_track(report, 505, 508, 112, 1, ";0042=9912?");
	assert_int_equal(swipe_read(report, sizeof(report), &stripe),
			 SWIPE_STRIPE);
	assert_int_equal(badge_name_stripe(&stripe, 2, id), BADGE_CARD_BADGE);
	assert_string_equal(id, "mag2:0042d9912");
	report[6] = 0; /* masked: the number is not to be had, and not needed */
	assert_int_equal(swipe_read(report, sizeof(report), &stripe),
			 SWIPE_PAYMENT);
}

static void test_idtech_reports(void **arg)
{
	static const char text[] = "%SUPERVISOR0042?\r;0042=9912?\r";
	uint8_t report[SWIPE_IDTECH_SIZE] = { 0 };
	struct badge_stripe stripe;
	char id[BADGE_ID_SIZE];

	(void)arg;
	memcpy(report + 9, text, strlen(text));
	for (int high = 0; high < 2; high++) {
		report[7 + high] = (uint8_t)strlen(text);
		report[8 - high] = 0;
		assert_int_equal(swipe_read(report, sizeof(report), &stripe),
				 SWIPE_STRIPE);
		assert_int_equal(badge_name_stripe(&stripe, 2, id),
				 BADGE_CARD_BADGE);
		assert_string_equal(id, "mag2:0042d9912");
	}
	report[7] = report[8] = 0xff;
	assert_int_equal(swipe_read(report, sizeof(report), &stripe),
			 SWIPE_UNREADABLE);
}

/* --- report descriptors --- */

static void test_sizes_of_reports(void **arg)
{
	static const uint8_t numbered[] = { 0x05, 0x01, 0xa1, 0x01, 0x85, 0x01,
					    0x75, 0x01, 0x95, 0x0c, 0x81, 0x02,
					    0x85, 0x02, 0x75, 0x08, 0x95, 0x20,
					    0x91, 0x02, 0xa4, 0x95, 0x02, 0xb4,
					    0x81, 0x02, 0xc0 };
	static const uint8_t faults[][6] = {
		{ 0xb4 },			  /* pop of nothing */
		{ 0x85, 0x00 },			  /* report 0 */
		{ 0x97, 0xff, 0xff, 0xff, 0xff }, /* and no field yet */
		{ 0x75 },			  /* cut off */
		{ 0xfe, 0x09, 0x00 },		  /* long, cut off */
	};
	static const size_t lengths[] = { 1, 2, 5, 1, 3 };
	static const uint8_t huge[] = { 0x77, 0xff, 0xff, 0xff, 0xff, 0x97,
					0xff, 0xff, 0xff, 0xff, 0x81, 0x02 };
	struct hid_sizes sizes = { 0 };

	(void)arg;
	assert_true(hid_read_sizes(numbered, sizeof(numbered), &sizes));
	assert_true(sizes.numbered);
	assert_int_equal(sizes.in, 32);
	assert_int_equal(sizes.out, 32);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		assert_int_equal(hid_read_sizes(faults[i], lengths[i], &sizes),
				 i == 2);
	assert_false(hid_read_sizes(huge, sizeof(huge), &sizes));
	assert_false(hid_read_sizes(huge, 0, &sizes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_of_tags),
		cmocka_unit_test(test_one_card_has_one_name),
		cmocka_unit_test(test_four_bytes_are_a_tag),
		cmocka_unit_test(test_what_is_no_card),
		cmocka_unit_test(test_one_tag_has_one_name),
		cmocka_unit_test(test_what_is_no_tag),
		cmocka_unit_test(test_names_of_stripes),
		cmocka_unit_test(test_what_is_no_stripe),
		cmocka_unit_test(test_payment_cards_are_no_badges),
		cmocka_unit_test(test_bad_and_empty_tracks),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_too_many_keys),
		cmocka_unit_test(test_magtek_reports),
		cmocka_unit_test(test_magnesafe_reports),
		cmocka_unit_test(test_idtech_reports),
		cmocka_unit_test(test_sizes_of_reports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
