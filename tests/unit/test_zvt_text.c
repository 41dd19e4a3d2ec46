/* SPDX-License-Identifier: Apache-2.0 */
/* Section numbers are those of docs/protocols.md. */
#include "terminal/zvt_text.h"

#include "util/text.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* 6.1 */
static void test_reasons(void **state)
{
	static const struct {
		uint8_t code;
		enum reason reason;
	} rows[] = {
		{ 0x00, REASON_NONE },
		{ 0x05, REASON_DECLINED },
		{ 0x63, REASON_DECLINED },
		{ 0x64, REASON_CUSTOMER_ABORTED },
		{ 0x6c, REASON_CUSTOMER_ABORTED },
		{ 0x6e, REASON_DECLINED },
		{ 0x78, REASON_DECLINED },
		{ 0x7d, REASON_NETWORK_DOWN },
		{ 0x83, REASON_NOT_SUPPORTED },
		{ 0x9b, REASON_NETWORK_DOWN },
		{ 0x9c, REASON_BUSY },
		{ 0xa1, REASON_NETWORK_DOWN },
		{ 0xb4, REASON_ALREADY_REVERSED },
		{ 0xb5, REASON_REVERSAL_IMPOSSIBLE },
		{ 0xc2, REASON_TERMINAL_SERVICE },
		{ 0xf0, REASON_END_OF_DAY_NEEDED },
		{ 0xff, REASON_DEVICE_REFUSED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(zvt_text_reason(rows[i].code), rows[i].reason);
	/* only what is approved has none */
	for (int code = 1; code < 256; code++)
		assert_int_not_equal(zvt_text_reason((uint8_t)code),
				     REASON_NONE);
	/* 3: the password; of a host it would be a declined PIN */
	assert_int_equal(zvt_text_answer_reason(0x37), REASON_BAD_PARAMETER);
	assert_int_equal(zvt_text_answer_reason(0x83), REASON_NOT_SUPPORTED);
}

/* 6.3 */
static void test_intermediate_texts(void **state)
{
	char text[ZVT_TEXT_SIZE];
	enum zvt_waits waits;

	(void)state;
	assert_true(zvt_text_intermediate(0x0a, ZVT_ENGLISH, text, &waits));
	assert_string_equal(text, "Please insert card");
	assert_int_equal(waits, ZVT_WAITS_CUSTOMER);
	assert_true(zvt_text_intermediate(0x4b, ZVT_ENGLISH, text, &waits));
	assert_string_equal(text, "Please remove the card");
	assert_true(zvt_text_intermediate(0x5c, ZVT_ENGLISH, text, &waits));
	assert_string_equal(text, "Approved; please remove the card");
	assert_int_equal(waits, ZVT_WAITS_CUSTOMER);
	assert_true(zvt_text_intermediate(0x5c, ZVT_GERMAN, text, &waits));
	assert_string_equal(text, "Genehmigt; bitte Karte entnehmen");
	assert_true(zvt_text_intermediate(0x04, ZVT_POLISH, text, &waits));
	assert_string_equal(text, "Oczekiwanie na centrum autoryzacji");
	assert_int_equal(waits, ZVT_WAITS_HOST);
	assert_true(zvt_text_intermediate(0x67, ZVT_ENGLISH, text, &waits));
	assert_true(zvt_text_intermediate(0xa3, ZVT_ENGLISH, text, &waits));
	assert_false(zvt_text_intermediate(0x4a, ZVT_ENGLISH, text, &waits));
	assert_false(zvt_text_intermediate(0xff, ZVT_ENGLISH, text, &waits));
	assert_string_equal(text, "Status FF");
	assert_false(zvt_text_intermediate(0xff, ZVT_POLISH, text, &waits));
	assert_string_equal(text, "Stan FF");
}

/* Every code, in every language, fits and says something. */
static void test_every_intermediate_text(void **state)
{
	char text[ZVT_TEXT_SIZE];
	enum zvt_waits waits;

	(void)state;
	for (int code = 0; code < 256; code++)
		for (int language = 0; language < ZVT_LANGUAGES; language++) {
			zvt_text_intermediate((uint8_t)code,
					      (enum zvt_language)language, text,
					      &waits);
			assert_in_range(strlen(text), 2, ZVT_TEXT_SIZE - 2);
			assert_true(text_is_plain(text));
			assert_non_null(zvt_waits_name(waits));
		}
}

static void expect_converted(const char *bytes, const char *page,
			     const char *expected)
{
	struct buf text = BUF_INIT(256);

	zvt_text_add(&text, cursor_make(bytes, strlen(bytes)), page);
	assert_string_equal(buf_text(&text), expected);
	buf_free(&text);
}

/* 4.1 */
static void test_code_pages(void **state)
{
	(void)state;
	expect_converted("\x81\x8e", "cp437", "\xc3\xbc\xc3\x84");
	expect_converted("\xc4\xfc", "iso-8859-1", "\xc3\x84\xc3\xbc");
	expect_converted("\xa4", "iso-8859-15", "\xe2\x82\xac");
	expect_converted("\xd5", "cp858", "\xe2\x82\xac");
	expect_converted("\xc3\xbc", "utf-8", "\xc3\xbc");
	expect_converted(""
			 "A\xc3",
			 "utf-8", "A?");
	expect_converted(""
			 "A\x85"
			 "B",
			 "iso-8859-1", "A B");
	expect_converted(""
			 "A\x0a"
			 "B",
			 "cp437", "A B");
	assert_string_equal(zvt_text_page(0xfe, "cp437"), "utf-8");
	assert_string_equal(zvt_text_page(0x33, "cp437"), "cp437");
}

/* A receipt may have the number in clear; we never pass it on. */
static void test_card_numbers_in_text_are_masked(void **state)
{
	static const struct {
		const char *text, *masked;
	} rows[] = {
		{ "Karte 4111111111111111", "Karte 411111******1111" },
		{ "4111 1111 1111 1111", "4111 11** **** 1111" },
		{ "Nr 5500-0000-0000-0004 EUR", "Nr 5500-00**-****-0004 EUR" },
		{ "1 4111 1111 1111 1111 9", "1 4111 11** **** 1111 9" },
		{ "378282246310005", "378282*****0005" },
		{ "4111111111111112", "4111111111111112" },
		{ "Trace 000042 Beleg 0042", "Trace 000042 Beleg 0042" },
		{ "VU 100769492", "VU 100769492" },
		{ "", "" },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(text, sizeof(text), "%s", rows[i].text);
		zvt_text_mask(text);
		assert_string_equal(text, rows[i].masked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_intermediate_texts),
		cmocka_unit_test(test_every_intermediate_text),
		cmocka_unit_test(test_code_pages),
		cmocka_unit_test(test_card_numbers_in_text_are_masked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
