/* SPDX-License-Identifier: Apache-2.0 */
/* The small things that everything else stands on. */
#include "core/rate.h"
#include "util/arena.h"
#include "util/buf.h"
#include "util/clock.h"
#include "util/hash.h"
#include "util/json.h"
#include "util/log.h"
#include "util/names.h"
#include "util/random.h"
#include "util/secret.h"
#include "util/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void expect_logged(const char *text, const char *logged)
{
	int fds[2], before = dup(STDERR_FILENO);
	char line[64];
	ssize_t len;

	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	unsetenv("JOURNAL_STREAM");
	log_error("%s", text);
	dup2(before, STDERR_FILENO);
	len = read(fds[0], line, sizeof(line) - 1);
	assert_true(len > 0);
	line[len] = 0;
	assert_string_equal(line, logged);
	close(fds[0]);
	close(fds[1]);
	close(before);
}

static void test_the_log_is_text(void **state)
{
	(void)state;
	expect_logged("Ma\xc5\x82gorzata", "error: Ma\xc5\x82gorzata\n");
	expect_logged("a\nb\x7f", "error: a?b?\n");
	expect_logged("\x9a page of \xc5", "error: ? page of ?\n");
}

static void test_buf_expects(void **state)
{
	struct buf buf = BUF_INIT(8);
	const uint8_t *before;

	(void)state;
	buf_add_text(&buf, "ab");
	buf_expect(&buf, 8);
	before = buf.data;
	buf_add_text(&buf, "cdefgh");
	assert_ptr_equal(buf.data, before); /* not copied */
	assert_string_equal(buf_text(&buf), "abcdefgh");
	buf_expect(&buf, 9); /* more than it may have */
	assert_false(buf.failed);
	buf_add_text(&buf, "i");
	assert_true(buf.failed);
	buf_free(&buf);
}

static void test_buf_grows_to_its_bound_and_no_further(void **state)
{
	struct buf buf = BUF_INIT(100);

	(void)state;
	for (int i = 0; i < 100; i++)
		buf_add_byte(&buf, (uint8_t)i);
	assert_false(buf.failed);
	assert_int_equal(buf.len, 100);
	assert_int_equal(buf.data[99], 99);
	buf_add_byte(&buf, 1);
	assert_true(buf.failed);
	assert_int_equal(buf.len, 100);
	buf_drop(&buf, 50);
	buf_add_byte(&buf, 1); /* the error stays */
	assert_int_equal(buf.len, 50);
	buf_reset(&buf);
	buf_add_format(&buf, "%d-%s", 7, "x");
	assert_string_equal(buf_text(&buf), "7-x");
	buf_add_be16(&buf, 0x1234);
	buf_add_le16(&buf, 0x1234);
	assert_memory_equal(buf.data + 3, "\x12\x34\x34\x12", 4);
	buf_free(&buf);
	assert_string_equal(buf_text(&buf), "");
}

static void test_cursor_fails_once_and_stays_so(void **state)
{
	struct cursor cursor = cursor_make("\x01\x02\x03\x04\x05", 5);
	struct cursor part;

	(void)state;
	assert_int_equal(cursor_byte(&cursor), 1);
	assert_int_equal(cursor_be16(&cursor), 0x0203);
	part = cursor_part(&cursor, 1);
	assert_int_equal(cursor_byte(&part), 4);
	assert_int_equal(cursor_left(&cursor), 1);
	assert_int_equal(cursor_le16(&cursor), 0);
	assert_true(cursor.failed);
	assert_int_equal(cursor_byte(&cursor), 0);
	assert_int_equal(cursor_left(&cursor), 0);
	part = cursor_part(&cursor, 1);
	assert_true(part.failed);
}

static void test_hash(void **state)
{
	uint8_t hash[HASH_SIZE], back[HASH_SIZE];
	char text[HASH_TEXT_SIZE];

	(void)state;
	hash_sha256("abc", 3, hash); /* FIPS 180-4, appendix */
	hash_to_hex(hash, sizeof(hash), text);
	assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223"
				  "b00361a396177a9cb410ff61f20015ad");
	assert_true(hash_from_hex(text, sizeof(back), back));
	assert_memory_equal(hash, back, sizeof(hash));
	text[0] = 'g';
	assert_false(hash_from_hex(text, sizeof(back), back));
	assert_false(hash_from_hex("ba", sizeof(back), back));
	/* RFC 4231, test case 2 */
	hash_hmac("Jefe", 4, "what do ya want for nothing?", 28, hash);
	hash_to_hex(hash, sizeof(hash), text);
	assert_string_equal(text, "5bdcc146bf60754e6a042426089575c7"
				  "5a003f089d2739839dec58b964ec3843");
}

static void test_random_names_differ(void **state)
{
	char first[RANDOM_ID_SIZE], second[RANDOM_ID_SIZE];
	char token[RANDOM_TOKEN_SIZE];

	(void)state;
	random_id(random_system(), first);
	random_id(random_system(), second);
	random_token(random_system(), token);
	assert_int_equal(strlen(first), RANDOM_ID_SIZE - 1);
	assert_int_equal(strlen(token), RANDOM_TOKEN_SIZE - 1);
	assert_string_not_equal(first, second);
	assert_int_equal(strspn(token, "abcdefghijklmnopqrstuvwxyz234567"),
			 RANDOM_TOKEN_SIZE - 1);
}

static void test_clock_is_rfc3339(void **state)
{
	char text[CLOCK_TEXT_SIZE];

	(void)state;
	clock_format(1795342500250, text);
	assert_string_equal(text, "2026-11-22T10:15:00.250Z");
	assert_true(clock_monotonic_ms(clock_system()) > 0);
}

static void test_clock_reads_rfc3339(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{ "2026-11-22T10:15:00.250Z", 1795342500250 },
		{ "2026-11-22t10:15:00.25z", 1795342500250 },
		{ "2026-11-22 10:15:00.2509999Z", 1795342500250 },
		{ "2026-11-22T11:45:00+01:30", 1795342500000 },
		{ "2026-11-22T05:15:00-05:00", 1795342500000 },
		{ "2024-02-29T00:00:00Z", 1709164800000 },
		{ "2000-02-29T00:00:00Z", 951782400000 },
		{ "2016-12-31T23:59:60Z", 1483228800000 },
		{ "1970-01-01T00:00:00Z", 0 },
	};
	static const char *const bad[] = {
		"",
		"2026",
		"2026-11-22",
		"2026-11-22T10:15:00",
		"2026-11-22T10:15Z",
		"2026-11-22T10:15:00.Z",
		"2026-11-22T10:15:00Zulu",
		"2026-11-22T10:15:00+01",
		"2026-11-22T10:15:00+0100",
		"2026-11-22T10:15:00+24:00",
		"2026-11-22T10:15:00+01:60",
		"2026-11-22T24:00:00Z",
		"2026-11-22T10:60:00Z",
		"2026-11-22T10:15:61Z",
		"2026-11-31T10:15:00Z",
		"2026-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z",
		"2026-00-10T00:00:00Z",
		"2026-13-10T00:00:00Z",
		"2026-01-00T00:00:00Z",
		"2026-1-10T00:00:00Z",
		" 2026-11-22T10:15:00Z",
		"-026-11-22T10:15:00Z",
	};
	int64_t ms = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(clock_parse(good[i].text, &ms));
		assert_int_equal(ms, good[i].ms);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ms = 77;
		if (clock_parse(bad[i], &ms))
			fail_msg("'%s' is a time", bad[i]);
		assert_int_equal(ms, 77);
	}
}

/* Zeroed, good for any type, never moved; large things too. */
static void test_arena(void **state)
{
	struct arena arena = { .secret = true };
	char *texts[1000];
	uint64_t *number;
	char *large;

	(void)state;
	assert_null(arena_text(&arena, NULL));
	for (size_t i = 0; i < 1000; i++) {
		char text[32];

		snprintf(text, sizeof(text), "text %zu", i);
		texts[i] = arena_text(&arena, text);
		number = arena_alloc(&arena, 64, sizeof(*number));
		assert_int_equal((uintptr_t)number % sizeof(*number), 0);
		for (size_t j = 0; j < 64; j++)
			assert_int_equal(number[j], 0);
		memset(number, 0xff, 64 * sizeof(*number));
	}
	large = arena_alloc(&arena, 1, 1000000);
	assert_int_equal(large[999999], 0);
	assert_non_null(arena_alloc(&arena, 0, 8));
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(atoi(texts[i] + 5), (int)i);
	assert_memory_equal(arena_copy(&arena, "abc", 3, 1), "abc", 3);
	arena_free(&arena);
	assert_null(arena.chunks);
	arena_free(&arena);
}

static void test_names_find_numbers(void **state)
{
	static char texts[5000][12];
	struct names names = { 0 };
	uint32_t number = 77;

	(void)state;
	assert_false(names_find(&names, "x", &number));
	for (uint32_t i = 0; i < 5000; i++) {
		snprintf(texts[i], sizeof(texts[i]), "name%u", i);
		assert_true(names_add(&names, texts[i], i));
	}
	assert_false(names_add(&names, "name4711", 1));
	assert_false(names_find(&names, "name5000", &number));
	assert_int_equal(number, 77);
	for (uint32_t i = 0; i < 5000; i++) {
		assert_true(names_find(&names, texts[i], &number));
		assert_int_equal(number, i);
	}
	names_free(&names);
	assert_false(names_find(&names, "name1", &number));
}

static void test_json_lines_are_canonical(void **state)
{
	static const char text[] = "{\"b\": 1, \"a\": [true, null]}";
	json_t *a = json_parse(text, strlen(text));
	char *line = json_line(a);

	(void)state;
	assert_string_equal(line, "{\"a\":[true,null],\"b\":1}");
	assert_null(json_parse("{\"a\":1,\"a\":2}", 13));
	assert_null(json_parse("{} {}", 5));
	assert_null(json_parse("", 0));
	assert_int_equal(json_int(a, "b", 9), 1);
	assert_int_equal(json_int(a, "c", 9), 9);
	assert_null(json_text(a, "b"));
	assert_null(json_text(NULL, "b"));
	free(line);
	json_decref(a);
}

static void test_plain_text(void **state)
{
	(void)state;
	assert_true(text_is_plain("Zażółć gęślą jaźń €"));
	assert_true(
		text_is_plain("e\u0301 \U0001f34e \u4e2d")); /* é, an apple */
	assert_false(text_is_plain("a\nb"));
	assert_false(text_is_plain("\u202egnp.exe")); /* right to left */
	assert_false(text_is_plain("\u2066x"));
	assert_false(text_is_plain("a\u200bb")); /* of no width */
	assert_false(text_is_plain("a\ufeff"));
	assert_false(text_is_plain("a\u2028b"));   /* a line of its own */
	assert_false(text_is_plain("\U000e0041")); /* a tag */
	assert_true(text_is_typed("\u202ea\u200bb"));
	assert_false(text_is_typed("a\nb"));
	assert_false(text_is_plain("\x7f"));
	assert_false(text_is_plain("\xc2\x85"));	 /* C1 */
	assert_false(text_is_plain("\xc0\xaf"));	 /* overlong */
	assert_false(text_is_plain("\xed\xa0\x80"));	 /* surrogate */
	assert_false(text_is_plain("\xf4\x90\x80\x80")); /* past U+10FFFF */
	assert_false(text_is_plain("\xe2\x82"));	 /* cut off */
	assert_int_equal(text_length("żółw"), 4);
}

static void test_names_of_things(void **state)
{
	(void)state;
	assert_true(text_is_name("till-1.a_b", 32));
	assert_false(text_is_name("", 32));
	assert_false(text_is_name(".hidden", 32));
	assert_false(text_is_name("a b", 32));
	assert_false(text_is_name("żaba", 32));
	assert_false(text_is_name("abcd", 3));
}

/* A printer's clock against the box's, whatever time zone that is in. */
static void test_clock_compare(void **state)
{
	char now[CLOCK_MINUTE_SIZE];
	int64_t wall = 1795342200000, ahead; /* 2026-11-22 10:50 UTC */

	(void)state;
	clock_format_minute(wall, now);
	assert_true(clock_compare_minute(now, wall, &ahead));
	assert_int_equal(ahead, 0);
	assert_true(clock_compare_minute(now, wall + 120000, &ahead));
	assert_int_equal(ahead, -2);
	clock_format_minute(wall + 86400000, now);
	assert_true(clock_compare_minute(now, wall, &ahead));
	assert_int_equal(ahead, 1440);
	assert_false(clock_compare_minute("noon", wall, &ahead));
	assert_false(clock_compare_minute("2026-02-30T10:00", wall, &ahead));
}

static void test_code_pages(void **state)
{
	struct buf out = BUF_INIT(64);

	(void)state;
	assert_true(text_to_page("Zł€\n!", "CP1250", '?', &out));
	assert_memory_equal(out.data, "Z\xb3\x80!", 4);
	buf_reset(&out);
	assert_true(text_to_page("Ł€x", "CP437", '?', &out));
	assert_string_equal(buf_text(&out), "L?x");
	buf_reset(&out);
	/* letters lose their accents, whether it is part of them or beside */
	assert_true(text_to_page("ĄĆĘŁŃÓŚŹŻąćęłńóśźż Dvořák Łódź Ţŷſ n\u0301",
				 "ASCII", '?', &out));
	assert_string_equal(buf_text(&out),
			    "ACELNOSZZacelnoszz Dvorak Lodz Tys n");
	buf_reset(&out);
	assert_true(text_to_page("À÷×ǅЖ", "ASCII", '?', &out));
	assert_string_equal(buf_text(&out), "A????");
	buf_reset(&out);
	assert_false(text_to_page("x", "no-such-page", '?', &out));
	assert_true(text_from_page("\x81\x0a!", 3, "CP437", &out));
	assert_string_equal(buf_text(&out), "ü !");
	buf_reset(&out);
	assert_true(text_from_page("a\xf0", 2, "CP852", &out)); /* U+00AD */
	assert_string_equal(buf_text(&out), "a ");
	buf_reset(&out);
	assert_true(text_from_page("\x81", 1, "CP1250", &out));
	assert_string_equal(buf_text(&out), "\xef\xbf\xbd");
	buf_free(&out);
}

#define POLISH "ĄĆĘŁŃÓŚŹŻąćęłńóśźż"

/* Source of the bytes: docs/protocols.md 3.6 (Polish), ISO 8859-5's sister page
 * 1251. */
static const struct {
	const char *page, *text, *bytes;
} test_pages[] = {
	{ "CP1250", POLISH,
	  "\xA5\xC6\xCA\xA3\xD1\xD3\x8C\x8F\xAF"
	  "\xB9\xE6\xEA\xB3\xF1\xF3\x9C\x9F\xBF" },
	{ "ISO-8859-2", POLISH,
	  "\xA1\xC6\xCA\xA3\xD1\xD3\xA6\xAC\xAF"
	  "\xB1\xE6\xEA\xB3\xF1\xF3\xB6\xBC\xBF" },
	{ TEXT_MAZOVIA, POLISH,
	  "\x8F\x95\x90\x9C\xA5\xA3\x98\xA0\xA1"
	  "\x86\x8D\x91\x92\xA4\xA2\x9E\xA6\xA7" },
	{ TEXT_MAZOVIA, "a~Žé€Ж", "a~Ze??" },
	{ "CP1251", "Кафе Ёлка Ґ", "\xCA\xE0\xF4\xE5 \xA8\xEB\xEA\xE0 \xA5" },
	{ "CP1251", "Łódź €", "Lodz \x88" },
	{ "CP1250", "Кафе", "????" },
	/* letter and accent by themselves are the letter that the page has */
	{ "CP1250", "Z\u0307o\u0301\u0142c\u0301", "\xAF\xF3\xB3\xE6" },
	{ TEXT_MAZOVIA, "e\u0328n\u0301", "\x91\xA4" },
	{ "CP1251", "и\u0306", "\xE9" },
	{ "CP1250", "q\u0301", "q" },
};

/* Never another letter than the one meant, in any page. */
static void test_pages_of_printers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(test_pages) / sizeof(test_pages[0]);
	     i++) {
		struct buf out = BUF_INIT(64);

		assert_true(text_to_page(test_pages[i].text, test_pages[i].page,
					 '?', &out));
		assert_string_equal(buf_text(&out), test_pages[i].bytes);
		buf_free(&out);
	}
}

/* What goes there comes back, byte for byte, wherever the page has it. */
static void test_pages_both_ways(void **state)
{
	static const char *const pages[] = { "CP1250", "ISO-8859-2",
					     TEXT_MAZOVIA, "CP1251" };

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		for (int byte = 0x20; byte < 0x100; byte++) {
			struct buf text = BUF_INIT(16), back = BUF_INIT(16);
			char one = (char)byte;

			assert_true(text_from_page(&one, 1, pages[i], &text));
			assert_true(text_to_page(buf_text(&text), pages[i], '?',
						 &back));
			if (back.len == 1 && back.data[0] != '?' &&
			    back.data[0] != ' ')
				assert_int_equal(back.data[0], (uint8_t)one);
			buf_free(&text);
			buf_free(&back);
		}
}

static void test_rates(void **state)
{
	struct rates *rates = rates_new(2, 1000);
	int64_t wait = 0;

	(void)state;
	assert_true(rates_take(rates, "a", 5000, &wait));
	assert_true(rates_take(rates, "a", 5000, &wait));
	assert_false(rates_take(rates, "a", 5100, &wait));
	assert_int_equal(wait, 900);
	assert_true(rates_take(rates, "b", 5100, &wait)); /* another's own */
	assert_true(rates_take(rates, "a", 6000, &wait));
	assert_false(rates_take(rates, "a", 6000, &wait));
	/* more subjects than it holds: forgets, never overflows */
	for (int i = 0; i < 1000; i++) {
		char name[16] = { (char)('a' + i % 26), (char)('a' + i / 26),
				  'x' };

		assert_true(rates_take(rates, name, 7000 + i, &wait));
	}
	rates_free(rates);
}

static void test_secrets_compare(void **state)
{
	char secret[] = "hunter2";

	(void)state;
	assert_true(secret_equal("abc", "abc", 3));
	assert_false(secret_equal("abc", "abd", 3));
	secret_wipe(secret, sizeof(secret));
	assert_int_equal(secret[0], 0);
	secret_wipe(NULL, 0);
	assert_null(secret_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf_expects),
		cmocka_unit_test(test_buf_grows_to_its_bound_and_no_further),
		cmocka_unit_test(test_cursor_fails_once_and_stays_so),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_random_names_differ),
		cmocka_unit_test(test_clock_is_rfc3339),
		cmocka_unit_test(test_clock_reads_rfc3339),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_names_find_numbers),
		cmocka_unit_test(test_json_lines_are_canonical),
		cmocka_unit_test(test_plain_text),
		cmocka_unit_test(test_names_of_things),
		cmocka_unit_test(test_clock_compare),
		cmocka_unit_test(test_code_pages),
		cmocka_unit_test(test_pages_of_printers),
		cmocka_unit_test(test_pages_both_ways),
		cmocka_unit_test(test_the_log_is_text),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_secrets_compare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
