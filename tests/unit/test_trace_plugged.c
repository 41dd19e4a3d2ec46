/* SPDX-License-Identifier: Apache-2.0 */
/* What a trace tells of drawers by USB and triggers, of readers that type or
 * swipe, and of the displays' dialects; and what it never tells. */
#include "drivers.h"
#include "reader/swipe_codec.h"
#include "trace_bench.h"
#include "util/json.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- drawers --- */

static void test_a_star_printer(void **state)
{
	(void)state;
	tap_to(&drawer_star, false);
	out("\x1b\x06\x01", 3);
	in_bytes("\x0f\x00\x04\x00\x00\x00\x00", 7);
	out("\x1b\x07\x14\x0a\x07", 5);
	out("\x1a", 1);
	in("\x0f\x00\x28\x00\x00\x08\x00", 7);
	expect_told("out asks for its status;"
		    "in online, the drawer's switch is set, paper ok;"
		    "out pulse on drive 1: 200 ms on, 100 ms off;"
		    "out pulse on drive 2;"
		    "in offline, the drawer's switch is clear, cover open, "
		    "paper out;");
	expect_hex(0, "0f002800000800");
}

/* Not in the middle of a status either. */
static void test_digits_are_no_status_of_a_star_printer(void **state)
{
	(void)state;
	tap_to(&drawer_star, true);
	in_bytes("\x0f\x02"
		 "04184EDCBA34\r\n",
		 16);
	expect_nowhere("04184EDCBA", 10);
	expect_nowhere("184", 3);
	expect_hex(0, "");
}

static void test_a_posiflex_drawer(void **state)
{
	(void)state;
	tap_to(&drawer_posiflex, false);
	out("\0\3\4\0\0", 5);
	in("\x31\0\0\0", 4);
	out("\0\3\3\0\0", 5);
	in("\x30\0\0\0", 4);
	expect_told("out asks how drawer 3 is;in drawer 3 is closed;"
		    "out opens drawer 3;in drawer 3 is open;");
	expect_hex(1, "0003030000");
	expect_hex(0, "30000000");
}

/* Another one's number, a command that is not ours, what nobody asked for. */
static void test_what_is_no_posiflex_drawers(void **state)
{
	(void)state;
	tap_to(&drawer_posiflex, false);
	in("\x31\0", 2);
	expect_hex(0, "");
	out("\0\3\4", 3);
	in("\x21\0", 2);
	expect_hex(0, "");
	in("\x3f\0", 2);
	expect_hex(0, "");
	out("\0\3\5", 3);
	expect_hex(0, "");
	out("\0\3\3\1", 4);
	expect_hex(0, "");
}

/* Of a report only what is known: something else may speak there. */
static void test_an_apg_drawer(void **state)
{
	(void)state;
	tap_to(&drawer_apg, false);
	out("\0\0\0", 3);
	in("\2\0", 2);
	out("\0\1\1", 3);
	in("\1"
	   "4111111111111111",
	   17);
	in("\7\0", 2);
	expect_told("out asks how it is;in says: closed;out opens the drawer;"
		    "in says: open;in 2 bytes of no meaning here (controls "
		    "2);");
	expect_hex(1, "0100000000000000000000000000000000");
	expect_nowhere("4111111111111111", 16);
}

static void test_a_trigger(void **state)
{
	(void)state;
	tap_to(&drawer_trigger, true);
	out("\x07", 1);
	in("2662", 4);
	expect_told("out opens the drawer;"
		    "in 4 bytes of no meaning here (digits 4);");
	expect_hex(1, "07");
}

/* --- readers that type --- */

#define KEY_ENTER 28

static void key(unsigned int code, int value)
{
	uint8_t record[DRIVER_KEY_SIZE] = { (uint8_t)code, (uint8_t)(code >> 8),
					    (uint8_t)value };

	in(record, sizeof(record));
}

/* Pressed and let go of, digits by the row over the letters. */
static void type(const char *text)
{
	for (; *text; text++) {
		unsigned int code = *text == '\n' ? KEY_ENTER
				    : *text == '0'
					    ? 11
					    : (unsigned int)*text - '0' + 1;

		key(code, 1);
		key(code, 0);
	}
}

static char *all_told(void)
{
	json_t *list = tap_list(bench.tap, -1, 1000);
	char *text = json_dumps(list, JSON_SORT_KEYS);

	json_decref(list);
	return text;
}

static void test_what_is_typed_is_told_once_and_never_what(void **state)
{
	(void)state;
	tap_to(&reader_wedge, false);
	type("0407821498\n");
	expect_told("in the reader types; none of it is kept;");
	type("0407821499\n");
	expect_told("in the reader types; none of it is kept;"
		    "in the reader types; none of it is kept;");
	expect_hex(0, "");
	expect_hex(1, "");
	expect_nowhere("0407821498", 10);
}

/* Not by its keys, not by how many there are. */
static void test_one_badge_is_told_like_any_other(void **state)
{
	char *told[3];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		tap_to(&reader_wedge, false);
		type(i == 0 ? "0407821498\n" : i == 1 ? "99999999\n" : "1\n");
		told[i] = all_told();
	}
	assert_string_equal(told[0], told[1]);
	assert_string_equal(told[0], told[2]);
	for (size_t i = 0; i < 3; i++)
		free(told[i]);
}

static void test_keys_that_were_missed(void **state)
{
	(void)state;
	tap_to(&reader_wedge, false);
	type("04");
	key(DRIVER_KEYS_LOST, 0);
	type("78\n");
	expect_told("in the reader types; none of it is kept;"
		    "in some keys were missed;");
}

/* Several at once, with a gap between them, and a half one. */
static void test_keys_come_together(void **state)
{
	static const uint8_t keys[] = { 5, 0, 1, 0, 0xff, 0xff, 0,
					0, 6, 0, 1, 0,	  28,	0 };

	(void)state;
	tap_to(&reader_wedge, false);
	in(keys, sizeof(keys));
	in("\1\0", 2);
	type("1");
	expect_told("in the reader types; none of it is kept;"
		    "in some keys were missed;"
		    "in the reader types; none of it is kept;");
	expect_hex(0, "");
}

/* --- readers that swipe --- */

/* MagTek's report: three statuses, three lengths, an encoding, three fields. */
static void swipe(const char *const tracks[BADGE_TRACKS])
{
	uint8_t report[SWIPE_MAGTEK_SIZE] = { 0 };

	for (size_t i = 0; i < BADGE_TRACKS; i++) {
		if (!tracks[i]) {
			report[i] = 1;
			continue;
		}
		report[3 + i] = (uint8_t)strlen(tracks[i]);
		memcpy(report + 7 + i * 110, tracks[i], strlen(tracks[i]));
	}
	in(report, sizeof(report));
}

static void test_a_swipe_is_told_by_what_could_be_read(void **state)
{
	(void)state;
	tap_to(&reader_swipe_hid, false);
	swipe((const char *const[]){ "", ";0042=9912?", NULL });
	expect_told("in a card is swiped: track 1 is empty, track 2 is read, "
		    "track 3 can't be read; none of it is kept;");
	expect_hex(0, "");
	expect_nowhere("0042", 4);
	expect_nowhere("9912", 4);
}

static void test_nothing_of_a_payment_card(void **state)
{
	uint8_t encrypted[SWIPE_MAGNESAFE_SIZE] = { 0 };

	(void)state;
	tap_to(&reader_swipe_hid, false);
	swipe((const char *const[]){ "%B4111111111111111^SMITH/JANE^2912?",
				     ";4111111111111111=2912?", "" });
	memcpy(encrypted + 508, "%B4111^SMITH/JANE^2912?", 23);
	in(encrypted, sizeof(encrypted));
	in("\0\0\0\x04;4111111111111111=2912?", 27); /* half a report */
	expect_nowhere("4111", 4);
	expect_nowhere("SMITH", 5);
	expect_nowhere("2912", 4);
	for (size_t i = 0; i < 3; i++)
		expect_hex(i, "");
}

/* --- displays --- */

static void test_dialects_are_told_in_words(void **state)
{
	(void)state;
	tap_to(&display_lci, true);
	out("\x1f\x11\x10\0Hello               \x10\x14"
	    "12.50 EUR           ",
	    46);
	expect_told("out clears; sets it up / Hello / 12.50 EUR;");
	tap_to(&display_aedex, true);
	out("!#1Hello               \r!#2 12.50 EUR          \r", 48);
	expect_told("out  / Hello /  12.50 EUR;");
	tap_to(&display_wincor, true);
	out("\x1bR4\x1b[2J\x1b[1;1HHello               \x1b[2;1H12.50 EUR  ",
	    50);
	expect_told("out sets it up; clears / Hello / 12.50 EUR;");
	tap_to(&display_cd5220, true);
	out("\f\x1b*\x04\x1bQAHello               \r\x1bQB"
	    "12.50 EUR           \r",
	    52);
	expect_told("out clears; sets it up / Hello / 12.50 EUR;");
}

/* Digits of commands are not counted, and not hidden. */
static void test_no_card_number_on_any_dialect(void **state)
{
	static const char *const shown[] = {
		"\x10\0"
		"4111 1111 1111      \x10\x14"
		"1111                ",
		"!#14111 1111 1111      \r!#21111                \r",
		"\x1b[1;1H4111 1111 1111      \x1b[2;1H1111                ",
	};
	static const size_t sizes[] = { 44, 48, 52 };
	const struct driver *const displays[] = { &display_lci, &display_aedex,
						  &display_wincor };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		tap_to(displays[i], true);
		out(shown[i], sizes[i]);
		expect_nowhere("4111", 4);
		expect_nowhere("1111", 4);
		expect_told("out  / 0000 0000 0000 / 0000;");
	}
	expect_hex(0, "1b5b313b31483030303020303030302030303030"
		      "2020202020201b5b323b314830303030"
		      "20202020202020202020202020202020");
}

/* --- chip cards --- */

#define CARD_UID "\x04\xa1\xb2\xc3"

static void test_a_chip_card(void **state)
{
	(void)state;
	tap_to(&reader_pcsc, false);
	in_bytes("\x01\x00\x05\x3b\x80\x80\x01\x01", 8);
	out("\x81\x00\x14\x00\xa4\x04\x00\x0e"
	    "2PAY.SYS.DDF01\x00",
	    23);
	in_bytes("\x04\x00\x02\x6a\x82", 5);
	out("\x81\x00\x05\xff\xca\x00\x00\x00", 8);
	in_bytes("\x04\x00\x06" CARD_UID "\x90\x00", 9);
	out("\x82\x00\x00", 3);
	in_bytes("\x03\x00\x00", 3);
	expect_told("in a card is shown;"
		    "out asks whether it is a payment card;in status 6A82;"
		    "out asks for the card's number;"
		    "in done; what it told is not kept;"
		    "out lets go of the card;in the card was taken away;");
	expect_hex(2, "040006000000009000");
	expect_nowhere(CARD_UID, 4);
	expect_nowhere("\x3b\x80\x80\x01\x01", 5);
}

/* Neither what is to be signed nor what was. */
static void test_a_card_that_proves_itself(void **state)
{
	(void)state;
	tap_to(&reader_pcsc, false);
	out("\x81\x00\x0f\x00\xa4\x04\x00\x09"
	    "\xa0\x00\x00\x03\x08\x00\x00\x10\x00\x00",
	    18);
	out("\x81\x00\x0b\x00\xcb\x3f\xff\x05\x5c\x03\x5f\xc1\x01\x00", 14);
	in_bytes("\x04\x00\x0a\x53\x08"
		 "Certif\x61\x00",
		 13);
	out("\x81\x00\x05\x00\xc0\x00\x00\x00", 8);
	out("\x81\x00\x0d\x10\x87\x07\x9e\x08"
	    "Question",
	    16);
	out("\x81\x00\x0e\x00\x87\x11\x9e\x08"
	    "Question\x00",
	    17);
	in_bytes("\x04\x00\x0a"
		 "Solution\x90\x00",
		 13);
	expect_told("out asks whether the card can prove itself (PIV);"
		    "out asks for the certificate of its card authentication "
		    "key;in done, and more is to be told; what it told is not "
		    "kept;out asks for the rest of the answer;"
		    "out asks for a signature (more follows);"
		    "out asks for a signature;"
		    "in done; what it told is not kept;");
	expect_nowhere("Certif", 6);
	expect_nowhere("Question", 8);
	expect_nowhere("Solution", 8);
}

static void test_faults_of_chip_cards(void **state)
{
	(void)state;
	tap_to(&reader_pcsc, false);
	in_bytes("\x02\x00\x00", 3);
	in_bytes("\x05\x00\x01\x00", 4);
	in_bytes("\x05\x00\x01\x01", 4);
	in_bytes("\x05\x00\x01\x02", 4);
	in_bytes("\x05\x00\x00", 3);
	expect_told("in a card was there already;"
		    "in no answer: the card is gone;"
		    "in no answer: another program has the card;"
		    "in no answer: the card can't be talked to;in no answer;");
}

/* Whatever comes where none is expected. */
static void test_digits_are_no_chip_card(void **state)
{
	(void)state;
	tap_to(&reader_pcsc, false);
	in_bytes("04184EDCBA34\r\n", 14);
	expect_nowhere("04184EDCBA", 10);
	expect_nowhere("184", 3);
	tap_to(&reader_pcsc, false);
	out("\x81\x00\x0d\x00\x20\x00\x80\x08"
	    "12345678",
	    16);
	in_bytes("\x03\x00\x04"
		 "1234",
		 7);
	in_bytes("\x05\x00\x04"
		 "1234",
		 7);
	expect_nowhere("1234", 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_a_chip_card),
		TEST(test_a_card_that_proves_itself),
		TEST(test_faults_of_chip_cards),
		TEST(test_digits_are_no_chip_card),
		TEST(test_a_star_printer),
		TEST(test_digits_are_no_status_of_a_star_printer),
		TEST(test_a_posiflex_drawer),
		TEST(test_what_is_no_posiflex_drawers),
		TEST(test_an_apg_drawer),
		TEST(test_a_trigger),
		TEST(test_what_is_typed_is_told_once_and_never_what),
		TEST(test_one_badge_is_told_like_any_other),
		TEST(test_keys_that_were_missed),
		TEST(test_keys_come_together),
		TEST(test_a_swipe_is_told_by_what_could_be_read),
		TEST(test_nothing_of_a_payment_card),
		TEST(test_dialects_are_told_in_words),
		TEST(test_no_card_number_on_any_dialect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
