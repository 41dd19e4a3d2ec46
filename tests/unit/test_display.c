/* SPDX-License-Identifier: Apache-2.0 */
/* Expected bytes: docs/protocols.md B.2 (Epson), B.3 (CD5220), B.4 (Logic
 * Controls), B.6 (AEDEX), B.7 (Wincor), B.8 and B.10. */
#include "display/lines.h"
#include "driver_rig.h"
#include "drivers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BLANKS_15 "               "
#define BLANKS_20 "                    "

static const struct op clear = { .kind = OP_DISPLAY_CLEAR, .id = "op-2" };

static struct op show(const char *upper, const char *lower)
{
	struct op op = { .kind = OP_DISPLAY_SHOW, .id = "op-1" };

	snprintf(op.display.lines[0], OP_DISPLAY_TEXT_SIZE, "%s", upper);
	snprintf(op.display.lines[1], OP_DISPLAY_TEXT_SIZE, "%s", lower);
	return op;
}

static void expect_text(struct driver_io *rig, const char *text)
{
	rig_expect(rig, text, strlen(text));
}

/* Ready at once, and past the first pause. */
static void make_ready(struct driver_io *rig, const struct driver *driver,
		       const struct rig_setting *settings)
{
	rig_init(rig, driver, settings, true);
	rig_open(rig);
	assert_true(rig->ready);
	rig_advance(rig, 100);
	rig_clear(rig);
}

static void show_now(struct driver_io *rig, const char *upper,
		     const char *lower)
{
	struct op op = show(upper, lower);

	rig_start(rig, &op);
	assert_int_equal(rig->dones, 1);
	assert_int_equal(rig->outcome, OUTCOME_SENT);
}

/* --- lines --- */

static void assert_line(const char *text, const char *page,
			const char *expected)
{
	struct op op = show("", text);
	struct lines lines;

	assert_true(lines_set(&op.display, lines_page_find(page), &lines));
	assert_memory_equal(lines.cells[0], BLANKS_20, LINES_COLUMNS);
	assert_memory_equal(lines.cells[1], expected, LINES_COLUMNS);
}

static void test_lines_cut_and_pad(void **state)
{
	(void)state;
	assert_line("", "cp437", BLANKS_20);
	assert_line("Total", "cp437", "Total" BLANKS_15);
	assert_line("12345678901234567890", "cp437", "12345678901234567890");
	assert_line("12345678901234567890X", "cp437", "12345678901234567890");
	/* twenty characters, forty bytes of UTF-8: cut by characters */
	assert_line("ääääääääääääääääääää!", "cp437",
		    "\x84\x84\x84\x84\x84\x84\x84\x84\x84\x84"
		    "\x84\x84\x84\x84\x84\x84\x84\x84\x84\x84");
}

/* The euro sign: D5 in 858, 80 in 1252, missing in 437, 850, 852, 866. */
static void test_lines_pages(void **state)
{
	(void)state;
	assert_line("€ 1,50         .....", "cp858", "\xd5 1,50         .....");
	assert_line("€ 1,50         .....", "cp1252",
		    "\x80 1,50         .....");
	assert_line("€ 1,50         .....", "cp437", "? 1,50         .....");
	assert_line("€ 1,50         .....", "cp850", "? 1,50         .....");
	assert_line("zażółć gęślą jaźń   ", "cp852",
		    "za\xbe\xa2\x88\x86 g\xa9\x98l\xa5 ja\xab\xe4   ");
	assert_line("zażółć gęślą jaźń   ", "cp1250",
		    "za\xbf\xf3\xb3\xe6 g\xea\x9cl\xb9 ja\x9f\xf1   ");
	assert_line("Привет              ", "cp866",
		    "\x8f\xe0\xa8\xa2\xa5\xe2              ");
	assert_line("漢字                  ", "cp437", "??                  ");
}

/* Twenty characters from code on, as UTF-8. */
static void write_characters(uint32_t code, char out[OP_DISPLAY_TEXT_SIZE])
{
	for (int i = 0; i < LINES_COLUMNS; i++, code++) {
		if (code >= 0x800)
			*out++ = (char)(0xe0 | code >> 12);
		if (code >= 0x800)
			*out++ = (char)(0x80 | (code >> 6 & 0x3f));
		else if (code >= 0x80)
			*out++ = (char)(0xc0 | code >> 6);
		*out++ = (char)(code < 0x80 ? code : 0x80 | (code & 0x3f));
	}
	*out = 0;
}

/* Whatever the text: neither a control byte nor 7F ever comes out. */
static void test_lines_no_commands(void **state)
{
	char names[] = LINES_PAGES, *rest = names, *name;

	(void)state;
	while ((name = strsep(&rest, " "))) {
		const struct lines_page *page = lines_page_find(name);

		for (uint32_t code = 1; code < 0x2700; code += LINES_COLUMNS) {
			struct op op = show("", "");
			struct lines lines;

			write_characters(code, op.display.lines[0]);
			assert_true(lines_set(&op.display, page, &lines));
			for (size_t i = 0; i < LINES_COLUMNS; i++) {
				assert_true(lines.cells[0][i] >= 0x20);
				assert_true(lines.cells[0][i] != 0x7f);
			}
		}
	}
}

static void test_lines_bad_utf8(void **state)
{
	(void)state;
	assert_line("\x0c\x1b@\x1f\x02\x05\x42\x7f\r\nA", "cp437",
		    "@BA                 ");
	assert_line("a\xff\xc3", "cp437", "a??                 ");
	assert_line("\xc0\x8c\xe2\x82", "cp437", "????                ");
	assert_line("\xc2\x9b\x32J", "cp850", "2J                  "); /* CSI */
}

static void test_lines_page_names(void **state)
{
	char names[] = LINES_PAGES, *rest = names, *name;
	struct op op = show("x", "y");
	struct lines lines;

	(void)state;
	assert_null(lines_page_find("cp999"));
	assert_null(lines_page_find(""));
	while ((name = strsep(&rest, " "))) {
		assert_non_null(lines_page_find(name));
		assert_true(
			lines_set(&op.display, lines_page_find(name), &lines));
	}
}

/* --- epson --- */

static void test_epson_opens(void **state)
{
	static const struct {
		const char *page, *brightness, *expected;
	} cases[] = {
		{ "cp437", "unchanged", "1b 40 1b 74 00 0c" },
		{ "cp850", "unchanged", "1b 40 1b 74 02 0c" },
		{ "cp860", "unchanged", "1b 40 1b 74 03 0c" },
		{ "cp863", "unchanged", "1b 40 1b 74 04 0c" },
		{ "cp865", "unchanged", "1b 40 1b 74 05 0c" },
		{ "cp1252", "unchanged", "1b 40 1b 74 10 0c" },
		{ "cp866", "unchanged", "1b 40 1b 74 11 0c" },
		{ "cp852", "1", "1b 40 1b 74 12 1f 58 01 0c" },
		{ "cp858", "4", "1b 40 1b 74 13 1f 58 04 0c" },
		{ "cp1250", "3", "1b 40 1f 58 03 0c" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct rig_setting settings[] = {
			{ "code-page", cases[i].page },
			{ "brightness", cases[i].brightness },
			{ NULL, NULL },
		};
		struct driver_io rig;

		rig_init(&rig, &display_epson, settings, true);
		rig_open(&rig);
		assert_true(rig.ready);
		rig_expect_hex(&rig, cases[i].expected);
		rig_free(&rig);
	}
}

static void test_epson_default(void **state)
{
	struct driver_io rig;

	(void)state;
	rig_init(&rig, &display_epson, NULL, true);
	rig_open(&rig);
	rig_expect_hex(&rig, "1b 40 1b 74 00 0c");
	rig_free(&rig);
}

static void test_epson_init(void **state)
{
	static const struct {
		const char *init, *expected;
		bool logged;
	} cases[] = {
		{ "1B401f01", "1b 40 1f 01 1b 74 00 0c", false },
		{ "1b4", "1b 74 00 0c", true },
		{ "1b4z", "1b 74 00 0c", true },
		{ "hello!", "1b 74 00 0c", true },
		{ "1b40 ", "1b 74 00 0c", true },
		/* would store a baud rate, B.9 */
		{ "1b400205423103", "1b 74 00 0c", true },
		/* 33 bytes */
		{ "000000000000000000000000000000000000000000000000000000000000"
		  "000000",
		  "1b 74 00 0c", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct rig_setting settings[] = {
			{ "init", cases[i].init },
			{ NULL, NULL },
		};
		struct driver_io rig;

		rig_init(&rig, &display_epson, settings, true);
		rig_open(&rig);
		assert_true(rig.ready);
		rig_expect_hex(&rig, cases[i].expected);
		assert_int_equal(rig.logs, cases[i].logged);
		rig_free(&rig);
	}
}

static void test_epson_shows(void **state)
{
	struct driver_io rig;

	(void)state;
	make_ready(&rig, &display_epson, NULL);
	show_now(&rig, "Apples\x0c\x1b@ 1 kg", "9,99");
	expect_text(&rig, "\x0c"
			  "Apples@ 1 kg        "
			  "9,99                ");
	assert_int_equal(rig.commits, 0);
	assert_int_equal(rig.saves, 0);
	rig_advance(&rig, 100);
	rig_start(&rig, &clear);
	assert_int_equal(rig.outcome, OUTCOME_SENT);
	expect_text(&rig, "\x0c");
	rig_free(&rig);
}

/* --- cd5220 --- */

static void test_cd5220_opens(void **state)
{
	static const struct rig_setting bright[] = {
		{ "brightness", "2" },
		{ "code-page", "cp866" },
		{ NULL, NULL },
	};
	struct driver_io rig;

	(void)state;
	/* it may be in string mode from before: left by 0C only */
	rig_init(&rig, &display_cd5220, NULL, true);
	rig_open(&rig);
	assert_true(rig.ready);
	rig_expect_hex(&rig, "0c 1b 40 0c");
	rig_free(&rig);

	rig_init(&rig, &display_cd5220, bright, true);
	rig_open(&rig);
	rig_expect_hex(&rig, "0c 1b 40 1b 2a 02 0c");
	rig_free(&rig);
}

static void test_cd5220_shows(void **state)
{
	struct driver_io rig;

	(void)state;
	make_ready(&rig, &display_cd5220, NULL);
	show_now(&rig, "Apples\r\x1bQB", "9,99\r\n");
	expect_text(&rig, "\x0c"
			  "\x1bQA"
			  "ApplesQB            \r"
			  "\x1bQB"
			  "9,99                \r");
	rig_advance(&rig, 100);
	rig_start(&rig, &clear);
	assert_int_equal(rig.outcome, OUTCOME_SENT);
	expect_text(&rig, "\x0c");
	rig_free(&rig);
}

/* --- lci --- */

static void test_lci(void **state)
{
	static const struct rig_setting bright[] = {
		{ "brightness", "4" },
		{ NULL, NULL },
	};
	struct driver_io rig;

	(void)state;
	rig_init(&rig, &display_lci, bright, true);
	rig_open(&rig);
	assert_true(rig.ready);
	/* it comes up scrolling: reset, normal mode, all of the light, clear */
	rig_expect_hex(&rig, "1f 11 04 ff 1f");
	rig_free(&rig);

	make_ready(&rig, &display_lci, NULL);
	show_now(&rig, "Apples\x10\x05", "9,99");
	rig_expect(&rig,
		   "\x10\x00"
		   "Apples              "
		   "\x10\x14"
		   "9,99                ",
		   44);
	rig_advance(&rig, 100);
	rig_start(&rig, &clear);
	rig_expect_hex(&rig, "1f");
	rig_free(&rig);
}

/* --- aedex --- */

#define AEDEX_BLANK "!#1" BLANKS_20 "\r!#2" BLANKS_20 "\r"

/* Nothing but the two commands ever goes out: the rest would be printed. */
static void test_aedex(void **state)
{
	struct driver_io rig;

	(void)state;
	rig_init(&rig, &display_aedex, NULL, true);
	rig_open(&rig);
	assert_true(rig.ready);
	expect_text(&rig, AEDEX_BLANK);
	rig_advance(&rig, 100);
	show_now(&rig, "Today !#2 off!", "#1 !!## 9,99");
	expect_text(&rig, "!#1Today !?2 off!      \r"
			  "!#2#1 !!?# 9,99        \r");
	rig_advance(&rig, 100);
	rig_start(&rig, &clear);
	expect_text(&rig, AEDEX_BLANK);
	rig_free(&rig);
}

/* --- wincor --- */

static void test_wincor(void **state)
{
	static const struct rig_setting euro[] = {
		{ "code-page", "cp858" },
		{ NULL, NULL },
	};
	struct driver_io rig;

	(void)state;
	assert_int_equal(display_wincor.line.parity, DRIVER_PARITY_ODD);
	rig_init(&rig, &display_wincor, euro, true);
	rig_open(&rig);
	assert_true(rig.ready);
	expect_text(&rig, "\x1bR4\x1b[2J");
	rig_advance(&rig, 100);
	show_now(&rig, "Apples", "€ 9,99\x1b[2J");
	expect_text(&rig, "\x1b[1;1HApples              "
			  "\x1b[2;1H\xd5 9,99[2J           ");
	rig_advance(&rig, 100);
	rig_start(&rig, &clear);
	expect_text(&rig, "\x1b[2J");
	rig_free(&rig);
}

/* --- what all share --- */

static void test_pace(void **state)
{
	struct op op = show("second", "");
	struct driver_io rig;

	(void)state;
	rig_init(&rig, &display_epson, NULL, true);
	rig_open(&rig);
	rig_clear(&rig);
	rig_start(&rig, &op); /* the set-up is drawn just now */
	rig_advance(&rig, 99);
	rig_expect_nothing(&rig);
	assert_int_equal(rig.dones, 0);
	rig_advance(&rig, 1);
	expect_text(&rig, "\x0csecond              " BLANKS_20);
	assert_int_equal(rig.outcome, OUTCOME_SENT);
	rig_advance(&rig, 30);
	rig_start(&rig, &clear);
	rig_advance(&rig, 69);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 1);
	expect_text(&rig, "\x0c");
	rig_free(&rig);
}

static void test_pace_option(void **state)
{
	static const struct rig_setting none[] = {
		{ "pace", "0" },
		{ NULL, NULL },
	};
	struct driver_io rig;

	(void)state;
	rig_init(&rig, &display_cd5220, none, true);
	rig_open(&rig);
	show_now(&rig, "a", "b");
	show_now(&rig, "c", "d");
	rig_free(&rig);
}

static void test_abort(void **state)
{
	struct op op = show("a", "b");
	struct driver_io rig;

	(void)state;
	rig_init(&rig, &display_epson, NULL, true);
	rig_open(&rig);
	rig_clear(&rig);
	display_epson.abort(&rig); /* nothing runs */
	rig_start(&rig, &op);
	display_epson.abort(&rig);
	assert_int_equal(rig.dones, 1);
	assert_int_equal(rig.outcome, OUTCOME_FAILED);
	assert_int_equal(rig.reason, REASON_ABORTED);
	rig_advance(&rig, 1000);
	rig_expect_nothing(&rig);
	show_now(&rig, "c", "d");
	rig_free(&rig);
}

/* What was shown comes back with the line, but not what was cleared. */
/* What a question does every two seconds: nothing may flicker by it. */
static void test_the_same_again_clears_nothing(void **state)
{
	static const struct driver *const dialects[] = { &display_epson,
							 &display_cd5220 };
	static const char *const again[] = {
		"\v"
		"Total" BLANKS_15 "1,50" BLANKS_15 " ",
		"\x1bQATotal" BLANKS_15 "\r\x1bQB1,50" BLANKS_15 " \r",
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct driver_io rig;

		make_ready(&rig, dialects[i], NULL);
		show_now(&rig, "Total", "1,50");
		assert_non_null(memchr(rig.output.data, '\f', rig.output.len));
		rig_advance(&rig, 100);
		rig_clear(&rig);
		show_now(&rig, "Total", "1,50");
		expect_text(&rig, again[i]);
		rig_advance(&rig, 100);
		rig_clear(&rig);
		show_now(&rig, "Total", "1,60");
		assert_non_null(memchr(rig.output.data, '\f', rig.output.len));
		rig_free(&rig);
	}
}

static void test_line_comes_back(void **state)
{
	struct driver_io rig;

	(void)state;
	make_ready(&rig, &display_epson, NULL);
	show_now(&rig, "To pay", "12,50");
	rig_unplug(&rig);
	rig_clear(&rig);
	rig_open(&rig);
	assert_true(rig.ready);
	rig_expect(&rig,
		   "\x1b@\x1bt\0\x0cTo pay              "
		   "12,50               ",
		   46);
	rig_advance(&rig, 100);
	rig_start(&rig, &clear);
	rig_unplug(&rig);
	rig_clear(&rig);
	rig_open(&rig);
	rig_expect_hex(&rig, "1b 40 1b 74 00 0c");
	rig_free(&rig);
}

/* Displays don't answer; what comes all the same (a printer behind a
 * pass-through, echo) changes nothing. */
static void test_input_is_ignored(void **state)
{
	struct op op = show("a", "b");
	struct driver_io rig;

	(void)state;
	make_ready(&rig, &display_cd5220, NULL);
	for (unsigned int byte = 0; byte < 256; byte++)
		rig_input(&rig, &(uint8_t){ (uint8_t)byte }, 1);
	rig_expect_nothing(&rig);
	show_now(&rig, "x", "y");
	rig_clear(&rig);
	rig_start(&rig, &op);
	rig_input_hex(&rig, "13 15 1b 40");
	rig_expect_nothing(&rig);
	assert_int_equal(rig.dones, 0);
	rig_advance(&rig, 100);
	assert_int_equal(rig.outcome, OUTCOME_SENT);
	rig_free(&rig);
}

/* --- a test --- */

#define PATTERN "\fABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 .,"

/* The pattern for three seconds, and then what was there before. */
static void test_the_pattern(void **state)
{
	const struct op op = { .kind = OP_TEST_EXTERNAL, .id = "op-3" };
	struct driver_io rig;

	(void)state;
	make_ready(&rig, &display_epson, NULL);
	show_now(&rig, "Total", "1.50");
	rig_advance(&rig, 100);
	rig_clear(&rig);
	rig_start(&rig, &op);
	expect_text(&rig, PATTERN);
	rig_advance(&rig, 2999);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 1);
	expect_text(&rig, "\fTotal" BLANKS_15 "1.50                ");
	assert_int_equal(rig.dones, 1);
	assert_int_equal(rig.outcome, OUTCOME_SENT);
	assert_int_equal(rig.commits, 0);
	rig_free(&rig);
}

static void test_the_pattern_is_called_off(void **state)
{
	const struct op op = { .kind = OP_TEST_EXTERNAL, .id = "op-3" };
	struct driver_io rig;

	(void)state;
	make_ready(&rig, &display_epson, NULL);
	rig_start(&rig, &op);
	rig_clear(&rig);
	display_epson.abort(&rig);
	expect_text(&rig, "\f");
	assert_int_equal(rig.outcome, OUTCOME_FAILED);
	assert_int_equal(rig.reason, REASON_ABORTED);
	rig_advance(&rig, 10000);
	assert_int_equal(rig.dones, 1);
	rig_free(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_cut_and_pad),
		cmocka_unit_test(test_lines_pages),
		cmocka_unit_test(test_lines_no_commands),
		cmocka_unit_test(test_lines_bad_utf8),
		cmocka_unit_test(test_lines_page_names),
		cmocka_unit_test(test_epson_opens),
		cmocka_unit_test(test_epson_default),
		cmocka_unit_test(test_epson_init),
		cmocka_unit_test(test_epson_shows),
		cmocka_unit_test(test_cd5220_opens),
		cmocka_unit_test(test_cd5220_shows),
		cmocka_unit_test(test_lci),
		cmocka_unit_test(test_aedex),
		cmocka_unit_test(test_wincor),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_pace_option),
		cmocka_unit_test(test_abort),
		cmocka_unit_test(test_the_same_again_clears_nothing),
		cmocka_unit_test(test_line_comes_back),
		cmocka_unit_test(test_input_is_ignored),
		cmocka_unit_test(test_the_pattern),
		cmocka_unit_test(test_the_pattern_is_called_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
