/* SPDX-License-Identifier: Apache-2.0 */
#include "store/password.h"

#include "fake_env.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* "correct horse" with salt 00..0f, by Python's hashlib.scrypt. */
#define SALT "000102030405060708090a0b0c0d0e0f"
#define HASH_10 \
	"9df923deed5f4531c279af9f56bd37b1657bef4929e702ce2e811a93388a86a1"
#define HASH_11 \
	"e3f595880c75264f36f87c304e635db1422c7265ac4fadb4d040ecb47b1df069"
#define STORED "scrypt$10$" SALT "$" HASH_10

static void test_known_hashes_are_right(void **state)
{
	(void)state;
	assert_true(password_check(STORED, "correct horse", 10));
	assert_true(password_check("scrypt$11$" SALT "$" HASH_11,
				   "correct horse", 10));
	assert_false(password_check("scrypt$11$" SALT "$" HASH_10,
				    "correct horse", 10));
}

static void test_wrong_ones_are_wrong(void **state)
{
	static const char *const wrong[] = { "", "correct hors",
					     "correct horse ", "Correct horse",
					     "correct horsf" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(password_check(STORED, wrong[i], 10));
}

static void test_what_was_hashed_is_recognised(void **state)
{
	char first[POLICY_HASH_TEXT_MAX + 1], second[POLICY_HASH_TEXT_MAX + 1];
	struct fake_env fake;

	(void)state;
	fake_env_init(&fake);
	password_hash("za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87", &fake.random, 10,
		      first);
	password_hash("za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87", &fake.random, 10,
		      second);
	assert_string_not_equal(first, second); /* salted */
	assert_memory_equal(first, "scrypt$10$", 10);
	assert_int_equal(strlen(first), 10 + 32 + 1 + 64);
	assert_true(password_check(first, "za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87",
				   10));
	assert_true(password_check(second, "za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87",
				   10));
	assert_false(password_check(first, "zazolc", 10));
	fake_env_free(&fake);
}

static void test_costs_are_brought_into_range(void **state)
{
	char text[POLICY_HASH_TEXT_MAX + 1];
	struct fake_env fake;

	(void)state;
	fake_env_init(&fake);
	password_hash("correct horse", &fake.random, -5, text);
	assert_memory_equal(text, "scrypt$10$", 10);
	assert_true(password_check(text, "correct horse", 10));
	fake_env_free(&fake);
}

/* Whatever stands there: never right, never a crash, never a day's work. */
static void test_damaged_hashes_are_never_right(void **state)
{
	static const char *const damaged[] = {
		"",
		"scrypt",
		"scrypt$",
		"scrypt$10",
		"scrypt$10$",
		"scrypt$10$$",
		"scrypt$10$" SALT,
		"scrypt$10$" SALT "$",
		"scrypt$10$" SALT "$00",
		"scrypt$10$" SALT "$" HASH_10 "0",
		"scrypt$10$" SALT "$" HASH_10 " ",
		"scrypt$9$" SALT "$" HASH_10,
		"scrypt$31$" SALT "$" HASH_10,
		"scrypt$63$" SALT "$" HASH_10,
		"scrypt$-1$" SALT "$" HASH_10,
		"scrypt$10$0" SALT "$" HASH_10,
		"bcrypt$10$" SALT "$" HASH_10,
		"correct horse",
	};

	(void)state;
	assert_false(password_check(NULL, "correct horse", 10));
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++)
		assert_false(password_check(damaged[i], "correct horse", 10));
}

static void test_one_flipped_digit_is_enough(void **state)
{
	char text[] = STORED;

	(void)state;
	for (size_t i = 10; i < strlen(text); i += 5) {
		char was = text[i];

		text[i] = was == '0' ? '1' : '0';
		assert_false(password_check(text, "correct horse", 10));
		text[i] = was;
	}
	assert_true(password_check(text, "correct horse", 10));
}

static void test_what_may_be_a_password(void **state)
{
	char text[PASSWORD_BYTES_MAX + 2];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[PASSWORD_BYTES_MAX + 1] = 0;
	assert_false(password_is_acceptable(text));
	text[PASSWORD_BYTES_MAX] = 0;
	assert_true(password_is_acceptable(text));
	assert_false(password_is_acceptable(""));
	assert_false(password_is_acceptable("1234567"));
	assert_true(password_is_acceptable("12345678"));
	/* eight bytes, but seven characters */
	assert_false(password_is_acceptable("123456\xc5\xbc"));
	assert_true(password_is_acceptable("1234567\xc5\xbc"));
	assert_false(password_is_acceptable("1234567\n"));
	assert_false(password_is_acceptable("12345678\xff"));
}

static void test_what_may_be_a_pin(void **state)
{
	(void)state;
	assert_false(password_is_pin(""));
	assert_false(password_is_pin("123"));
	assert_true(password_is_pin("1234"));
	assert_true(password_is_pin("12345678"));
	assert_false(password_is_pin("123456789"));
	assert_false(password_is_pin("12a4"));
	assert_false(password_is_pin(" 1234"));
	assert_false(password_is_pin("-1234"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_hashes_are_right),
		cmocka_unit_test(test_wrong_ones_are_wrong),
		cmocka_unit_test(test_what_was_hashed_is_recognised),
		cmocka_unit_test(test_costs_are_brought_into_range),
		cmocka_unit_test(test_damaged_hashes_are_never_right),
		cmocka_unit_test(test_one_flipped_digit_is_enough),
		cmocka_unit_test(test_what_may_be_a_password),
		cmocka_unit_test(test_what_may_be_a_pin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
