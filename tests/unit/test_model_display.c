/* SPDX-License-Identifier: Apache-2.0 */
/* The customer display model, in both dialects: devices B.2, B.3, B.8, B.12. */
#include "sim/models.h"
#include "sim_rig.h"
#include "util/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BLANK "                    "
/* 20 characters each */
#define UPPER "Mleko 2%       3,49 "
#define LOWER "RAZEM         12,34 "

static void test_start(struct sim_rig *rig, const char *options)
{
	sim_rig_start(rig, &model_display, true, options);
}

static void test_lines(struct sim_rig *rig, const char *upper,
		       const char *lower)
{
	sim_rig_item(rig, "lines", 0, upper);
	sim_rig_item(rig, "lines", 1, lower);
}

static void test_position(struct sim_rig *rig, int column, int row)
{
	assert_int_equal(sim_rig_number(rig, "column"), column);
	assert_int_equal(sim_rig_number(rig, "row"), row);
}

/* B.8: the common denominator, in both dialects, whole and in single bytes */
static void test_common_denominator(void **state)
{
	static const char update[] = "\x1b\x40\x0c" UPPER LOWER;
	static const char *const dialects[] = { "dialect=epson",
						"dialect=cd5220" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct sim_rig rig;

		test_start(&rig, dialects[i]);
		SIM_RIG_INPUT(&rig, update);
		test_lines(&rig, UPPER, LOWER);
		test_position(&rig, 1, 1);
		for (size_t at = 0; at < sizeof(update) - 1; at++)
			sim_rig_input(&rig, update + at, 1);
		test_lines(&rig, UPPER, LOWER);
		assert_int_equal(sim_rig_number(&rig, "unknown_bytes"), 0);
		SIM_RIG_EXPECT(&rig, "");
		sim_rig_stop(&rig);
	}
}

/* Told once the bytes have paused; the same picture is not told again. */
static void test_picture_is_told_after_a_pause(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x0c" UPPER);
	sim_rig_wait(&rig, 29);
	SIM_RIG_INPUT(&rig, LOWER);
	sim_rig_wait(&rig, 29);
	assert_int_equal(sim_rig_number(&rig, "redraws"), 0);
	sim_rig_wait(&rig, 1);
	assert_int_equal(sim_rig_number(&rig, "redraws"), 1);
	assert_true(sim_rig_saw(&rig, "+--------------------+\n"
				      "|" UPPER "|\n|" LOWER "|\n"
				      "+--------------------+\n"));
	SIM_RIG_INPUT(&rig, "\x0c" UPPER LOWER);
	sim_rig_wait(&rig, 1000);
	assert_int_equal(sim_rig_number(&rig, "redraws"), 1);
	sim_rig_do(&rig, "show");
	assert_true(sim_rig_saw(&rig, UPPER));
	sim_rig_stop(&rig);
}

static void test_endless_bytes_are_told_too(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	for (int i = 0; i < 26; i++) {
		SIM_RIG_INPUT(&rig, "x");
		sim_rig_wait(&rig, 10);
	}
	assert_int_equal(sim_rig_number(&rig, "redraws"), 1);
	sim_rig_stop(&rig);
}

/* B.2: right end of row 2 goes to row 1, left end the other way round */
static void test_overwrite_mode(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, UPPER LOWER "X");
	test_lines(&rig, "Xleko 2%       3,49 ", LOWER);
	SIM_RIG_INPUT(&rig, "\x0b\x08");
	test_position(&rig, 20, 2);
	SIM_RIG_INPUT(&rig, "\x09");
	test_position(&rig, 1, 1);
	SIM_RIG_INPUT(&rig, "\x1f\x0d\x09");
	test_position(&rig, 1, 2);
	SIM_RIG_INPUT(&rig, "\x08");
	test_position(&rig, 20, 1);
	SIM_RIG_INPUT(&rig, "\x0a\x0a");
	test_position(&rig, 20, 1);
	SIM_RIG_INPUT(&rig, "\x1f\x0a\x0d");
	test_position(&rig, 1, 2);
	SIM_RIG_INPUT(&rig, "\x1f\x24\x05\x01\x1f\x42");
	test_position(&rig, 1, 2);
	sim_rig_stop(&rig);
}

/* B.2, B.8: the 41st character scrolls row 2 up, the 40th does not */
static void test_vertical_mode(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1f\x02" UPPER LOWER);
	test_lines(&rig, UPPER, LOWER);
	SIM_RIG_INPUT(&rig, "X");
	test_lines(&rig, LOWER, "X                   ");
	SIM_RIG_INPUT(&rig, "\x0a");
	test_lines(&rig, "X                   ", BLANK);
	test_position(&rig, 2, 2);
	SIM_RIG_INPUT(&rig, "\x0b\x08");
	test_lines(&rig, BLANK, "X                   ");
	SIM_RIG_INPUT(&rig, "\x0bY\x1f\x0a");
	test_lines(&rig, BLANK, "Y                   ");
	sim_rig_stop(&rig);
}

/* B.2: at the line's end the line shifts and the cursor stays */
static void test_horizontal_mode(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1f\x03" UPPER);
	test_lines(&rig, UPPER, BLANK);
	SIM_RIG_INPUT(&rig, "zl");
	test_lines(&rig, "eko 2%       3,49 zl", BLANK);
	test_position(&rig, 20, 1);
	SIM_RIG_INPUT(&rig, "\x0d\x08");
	test_lines(&rig, " eko 2%       3,49 z", BLANK);
	test_position(&rig, 1, 1);
	sim_rig_stop(&rig);
}

static void test_clear_and_positions(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, UPPER LOWER "\x1f\x24\x05\x02\x18");
	test_lines(&rig, UPPER, BLANK);
	test_position(&rig, 1, 2);
	SIM_RIG_INPUT(&rig, "\x1f\x24\x14\x01!\x1f\x24\x15\x01\x1f\x24\x01\x03"
			    "\x1f\x24\x00\x01");
	test_lines(&rig, "Mleko 2%       3,49!", BLANK);
	test_position(&rig, 1, 2);
	SIM_RIG_INPUT(&rig, "\x0c");
	test_lines(&rig, BLANK, BLANK);
	test_position(&rig, 1, 1);
	sim_rig_stop(&rig);
}

/* B.2: inside a window everything is relative to it; 0C takes it away */
static void test_windows(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, UPPER LOWER "\x1b\x57\x01\x01\x0b\x01\x0d\x02"
					"abcdefg");
	test_lines(&rig, "Mleko 2%  gbc  3,49 ", "RAZEM     def 12,34 ");
	SIM_RIG_INPUT(&rig, "\x1f\x24\x01\x02#\x1f\x24\x04\x01");
	test_lines(&rig, "Mleko 2%  gbc  3,49 ", "RAZEM     #ef 12,34 ");
	SIM_RIG_INPUT(&rig, "\x1f\x02\x1f\x24\x03\x02"
			    "xy");
	test_lines(&rig, "Mleko 2%  #ex  3,49 ", "RAZEM     y   12,34 ");
	SIM_RIG_INPUT(&rig, "\x1b\x57\x01\x00\x0b!");
	test_lines(&rig, "!leko 2%  #ex  3,49 ", "RAZEM     y   12,34 ");
	SIM_RIG_INPUT(&rig, "\x1b\x57\x01\x01\x0d\x01\x0b\x02\x0b?");
	sim_rig_item(&rig, "lines", 0, "?leko 2%  #ex  3,49 ");
	SIM_RIG_INPUT(&rig, "\x1b\x57\x01\x01\x15\x01\x15\x02"
			    "\x1b\x57\x01\x01\x01\x01\x15\x02"
			    "\x1b\x57\x01\x01\x01\x01\x05\x03"
			    "\x1b\x57\x01\x01\x00\x01\x05\x01"
			    "\x1f\x01\x0b\x08");
	test_position(&rig, 20, 2);
	SIM_RIG_INPUT(&rig, "\x1b\x57\x01\x01\x02\x01\x03\x01\x0c" UPPER LOWER);
	test_lines(&rig, UPPER, LOWER);
	sim_rig_stop(&rig);
}

/* B.2: code tables by ESC t; 18 is CP852, 16 is Windows 1252 */
static void test_code_pages(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1b\x74\x12\xbd\xa2\x88td \x1b\x74\x10\x80\x1b"
			    "\x74\x63\x80");
	sim_rig_item(&rig, "lines", 0, "Żółtd €€            ");
	sim_rig_text(&rig, "page", "CP1252");
	SIM_RIG_INPUT(&rig, "\x1b\x40");
	sim_rig_text(&rig, "page", "CP437");
	sim_rig_stop(&rig);
	test_start(&rig, "page=CP1250 dialect=cd5220");
	SIM_RIG_INPUT(&rig, "\xaf\x9c");
	sim_rig_item(&rig, "lines", 0, "Żś                  ");
	SIM_RIG_INPUT(&rig, "\x1b\x66L\xbd");
	sim_rig_text(&rig, "page", "CP852");
	sim_rig_item(&rig, "lines", 0, "ŻśŻ                 ");
	sim_rig_stop(&rig);
}

static void test_looks(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1f\x58\x02\x1f\x45\x0a\x1f\x43\x01\x1f\x58\x09");
	assert_int_equal(sim_rig_number(&rig, "brightness"), 2);
	assert_int_equal(sim_rig_number(&rig, "blink"), 10);
	assert_int_equal(sim_rig_number(&rig, "cursor"), 1);
	SIM_RIG_INPUT(&rig, "\x1f\x2e"
			    "3\x1f\x2c"
			    "4\x1f\x3b"
			    "5");
	sim_rig_item(&rig, "lines", 0,
		     "3\u03234\u03265\u0323\u0326"
		     "                 ");
	test_position(&rig, 4, 1);
	sim_rig_text(&rig, "mode", "overwrite");
	SIM_RIG_INPUT(&rig, "\x1f\x03");
	sim_rig_text(&rig, "mode", "horizontal");
	assert_int_equal(sim_rig_number(&rig, "unknown_bytes"), 0);
	sim_rig_stop(&rig);
}

/* Every command with parameters, followed by a letter that must be shown. */
static void test_known_commands_are_swallowed(void **state)
{
	static const struct {
		const char *dialect;
		const char *bytes;
		size_t len;
	} cases[] = {
#define EPSON(text) { "dialect=epson", text, sizeof(text) - 1 }
#define CD5220(text)                                     \
	{                                                \
		"dialect=cd5220", text, sizeof(text) - 1 \
	}
		EPSON("\x1f\x72\x01"),
		EPSON("\x1f\x23\x01\x03"),
		EPSON("\x1f\x54\x0a\x0f"),
		EPSON("\x1f\x76\x01"),
		EPSON("\x1b\x52\x08"),
		EPSON("\x1b\x25\x01"),
		EPSON("\x1b\x3f\x41"),
		EPSON("\x1b\x26\x01\x41\x42\x05"
		      "abcde\x02"
		      "ab"),
		EPSON("\x1f\x28\x41\x03\x00\x30\x30\x01"),
		EPSON("\x00\x00\x00"),
		CD5220("\x1b\x2a\x03"),
		CD5220("\x1b\x5f\x01"),
		CD5220("\x1b\x63\x30"),
		CD5220("\x1b\x25\x01"),
		CD5220("\x1b\x3f\x41"),
		CD5220("\x1b\x6c\x01\x01"),
		CD5220("\x1b\x5b\x48"),
		CD5220("\x1b\x26\x01\x41\x41\x05"
		       "abcde"),
		CD5220("\x1b\x57\x01\x01\x05\x01"),
		CD5220("\x1b\x57\x00"),
		CD5220("\x1f\x01"),
#undef EPSON
#undef CD5220
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sim_rig rig;

		test_start(&rig, cases[i].dialect);
		for (size_t at = 0; at < cases[i].len; at++)
			sim_rig_input(&rig, cases[i].bytes + at, 1);
		SIM_RIG_INPUT(&rig, "#");
		test_lines(&rig, "#                   ", BLANK);
		assert_int_equal(sim_rig_number(&rig, "unknown_bytes"), 0);
		sim_rig_stop(&rig);
	}
}

/* B.12: an unknown ESC swallows two bytes */
static void test_unknown_commands_are_counted(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1b\x51"
			    "A\x1f\x7f\x07"
			    "B");
	sim_rig_item(&rig, "lines", 0, "AB                  ");
	assert_int_equal(sim_rig_number(&rig, "unknown_bytes"), 5);
	sim_rig_stop(&rig);
}

/* B.2: 2 is the display; 1 only sends the bytes on to a printer */
static void test_pass_through(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "A\x1b\x3d\x01"
			    "B\x0c\x1b\x3d\x03"
			    "C\x1b\x3d\x02"
			    "D");
	sim_rig_item(&rig, "lines", 0, "ACD                 ");
	assert_int_equal(sim_rig_number(&rig, "passed_bytes"), 2);
	sim_rig_stop(&rig);
}

static void test_strings(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "dialect=cd5220");
	SIM_RIG_INPUT(&rig, "\x1b\x51\x41Mleko\r\x1b\x51\x42" LOWER "zl\r");
	test_lines(&rig, "Mleko               ", LOWER);
	SIM_RIG_INPUT(&rig, "\x1b\x51\x41\r");
	test_lines(&rig, BLANK, LOWER);
	assert_int_equal(sim_rig_number(&rig, "unknown_bytes"), 0);
	assert_int_equal(sim_rig_number(&rig, "ignored_bytes"), 2);
	sim_rig_stop(&rig);
}

/* B.3, the rule: after ESC Q nothing else, until 0C or 18 */
static void test_string_mode(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "dialect=cd5220");
	SIM_RIG_INPUT(&rig, "\x1b\x51\x41Mleko\r");
	assert_int_equal(sim_rig_number(&rig, "string_mode"), 1);
	SIM_RIG_INPUT(&rig, "abc\x1b\x40\x1b\x2a\x01\x1b\x6c\x01\x01xyz");
	test_lines(&rig, "Mleko               ", BLANK);
	assert_int_equal(sim_rig_number(&rig, "brightness"), 4);
	assert_int_equal(sim_rig_number(&rig, "ignored_bytes"), 15);
	SIM_RIG_INPUT(&rig, "\x1b\x51\x42Razem\r\x18!");
	assert_int_equal(sim_rig_number(&rig, "string_mode"), 0);
	test_lines(&rig, "!                   ", "Razem               ");
	SIM_RIG_INPUT(&rig, "\x1b\x51\x41Mleko\r\x0c!");
	test_lines(&rig, "!                   ", BLANK);
	sim_rig_stop(&rig);
}

static void test_string_is_cut_short(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "dialect=cd5220");
	SIM_RIG_INPUT(&rig, "\x1b\x51\x41Mle\x0c!");
	test_lines(&rig, "!                   ", BLANK);
	SIM_RIG_INPUT(&rig, "\x1b\x51\x43");
	assert_int_equal(sim_rig_number(&rig, "unknown_bytes"), 3);
	sim_rig_stop(&rig);
}

static void test_running_text(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "dialect=cd5220");
	SIM_RIG_INPUT(&rig, "\x1b\x51\x44" UPPER "i reszta\r");
	sim_rig_text(&rig, "marquee", UPPER "i reszta");
	test_lines(&rig, UPPER, BLANK);
	assert_int_equal(sim_rig_number(&rig, "string_mode"), 0);
	SIM_RIG_INPUT(&rig, "\x0c");
	sim_rig_text(&rig, "marquee", "");
	sim_rig_stop(&rig);
}

static void test_cd5220_moves(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "dialect=cd5220");
	SIM_RIG_INPUT(&rig, "\x1b\x6c\x05\x02\x1b[A\x1b[C\x1b[C\x1b[D");
	test_position(&rig, 6, 1);
	SIM_RIG_INPUT(&rig, "\x1b[B\x1b[R");
	test_position(&rig, 20, 2);
	SIM_RIG_INPUT(&rig, "\x1b[L");
	test_position(&rig, 1, 2);
	SIM_RIG_INPUT(&rig, "\x1b[H");
	test_position(&rig, 1, 1);
	SIM_RIG_INPUT(&rig, "\x1b[K");
	test_position(&rig, 1, 2);
	SIM_RIG_INPUT(&rig, "\x1b\x12");
	sim_rig_text(&rig, "mode", "vertical");
	SIM_RIG_INPUT(&rig, "\x1b[Z");
	assert_int_equal(sim_rig_number(&rig, "unknown_bytes"), 3);
	sim_rig_stop(&rig);
}

/* B.9: what wears out a memory is counted, so that tests can forbid it */
static void test_eeprom_commands_are_counted(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "dialect=cd5220");
	SIM_RIG_INPUT(&rig, "\x1b\x73\x01\x1b\x64\x01\x1b\x62");
	assert_int_equal(sim_rig_number(&rig, "eeprom_commands"), 3);
	sim_rig_stop(&rig);
	test_start(&rig, "dialect=epson");
	SIM_RIG_INPUT(&rig, "\x1f\x28\x45\x03\x00\x01\x49\x4e"
			    "A");
	assert_int_equal(sim_rig_number(&rig, "eeprom_commands"), 1);
	sim_rig_item(&rig, "lines", 0, "A                   ");
	sim_rig_stop(&rig);
}

static void test_power_cut_forgets_all(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "page=CP852");
	SIM_RIG_INPUT(&rig, "\x1b\x74\x10\x1f\x02\x1f\x58\x01" UPPER
			    "\x1b\x3d\x01\x1b");
	sim_rig_wait(&rig, 30);
	sim_rig_do(&rig, "power cut");
	test_lines(&rig, BLANK, BLANK);
	sim_rig_text(&rig, "page", "CP852");
	sim_rig_text(&rig, "mode", "overwrite");
	assert_int_equal(sim_rig_number(&rig, "brightness"), 4);
	assert_int_equal(sim_rig_number(&rig, "redraws"), 2);
	SIM_RIG_INPUT(&rig, "Q");
	sim_rig_item(&rig, "lines", 0, "Q                   ");
	sim_rig_stop(&rig);
}

static void test_its_switches_are_set(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "dialect=epson");
	SIM_RIG_INPUT(&rig, "\x0c" UPPER);
	sim_rig_do(&rig, "dialect cd5220");
	test_lines(&rig, BLANK, BLANK);
	SIM_RIG_INPUT(&rig, "\x1b\x51\x41Mleko\x0d");
	test_lines(&rig, "Mleko               ", BLANK);
	sim_rig_do(&rig, "dialect epson");
	SIM_RIG_INPUT(&rig, "\x1b\x51\x41");
	assert_true(sim_rig_number(&rig, "unknown_bytes") > 0);
	sim_rig_cannot(&rig, "dialect klingon", "epson");
	sim_rig_stop(&rig);
}

static void test_garbage_is_survived(void **state)
{
	static const char *const dialects[] = { "dialect=epson",
						"dialect=cd5220" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint32_t seed = 7;
		struct sim_rig rig;

		test_start(&rig, dialects[i]);
		for (int n = 0; n < 20000; n++) {
			uint8_t byte;

			seed = seed * 1664525 + 1013904223;
			byte = (uint8_t)(seed >> 24);
			/* mostly what could be a command */
			byte = n % 3 ? byte & 0x1f : byte;
			sim_rig_input(&rig, &byte, 1);
		}
		sim_rig_wait(&rig, 1000);
		sim_rig_do(&rig, "power cut");
		SIM_RIG_INPUT(&rig, "\x0c" UPPER LOWER);
		test_lines(&rig, UPPER, LOWER);
		SIM_RIG_EXPECT(&rig, "");
		sim_rig_stop(&rig);
	}
}

static void test_bad_commands_and_options(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	sim_rig_cannot(&rig, "", "unknown");
	sim_rig_cannot(&rig, "dance", "unknown");
	sim_rig_stop(&rig);
	free(sim_rig_refusal(&model_display, "dialect=klingon"));
	free(sim_rig_refusal(&model_display, "page=852"));
	free(sim_rig_refusal(&model_display, "rows=4"));
}

static void test_help_is_true(void **state)
{
	(void)state;
	sim_rig_check_help(&model_display);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_common_denominator),
		cmocka_unit_test(test_picture_is_told_after_a_pause),
		cmocka_unit_test(test_endless_bytes_are_told_too),
		cmocka_unit_test(test_overwrite_mode),
		cmocka_unit_test(test_vertical_mode),
		cmocka_unit_test(test_horizontal_mode),
		cmocka_unit_test(test_clear_and_positions),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_code_pages),
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_known_commands_are_swallowed),
		cmocka_unit_test(test_unknown_commands_are_counted),
		cmocka_unit_test(test_pass_through),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_string_mode),
		cmocka_unit_test(test_string_is_cut_short),
		cmocka_unit_test(test_running_text),
		cmocka_unit_test(test_cd5220_moves),
		cmocka_unit_test(test_eeprom_commands_are_counted),
		cmocka_unit_test(test_power_cut_forgets_all),
		cmocka_unit_test(test_its_switches_are_set),
		cmocka_unit_test(test_garbage_is_survived),
		cmocka_unit_test(test_bad_commands_and_options),
		cmocka_unit_test(test_help_is_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
