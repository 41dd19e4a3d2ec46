/* SPDX-License-Identifier: Apache-2.0 */
/* Section numbers are those of docs/protocols.md. */
#include "terminal/zvt_private.h"

#include "util/json.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static const struct zvt_settings settings = { .page = "cp437",
					      .strip_tlv = true };

#define LINE(bytes)                                                            \
	zvt_receipts_take_line(&receipts, &settings, (const uint8_t *)(bytes), \
			       sizeof(bytes) - 1)
#define BLOCK(bytes)                                  \
	zvt_receipts_take_block(&receipts, &settings, \
				(const uint8_t *)(bytes), sizeof(bytes) - 1)

static void expect_receipts(struct zvt_receipts *receipts, const char *expected)
{
	json_t *taken = zvt_receipts_take(receipts);
	char *text = taken ? json_line(taken) : NULL;

	if (!expected) {
		assert_null(text);
	} else {
		assert_non_null(text);
		assert_string_equal(text, expected);
	}
	free(text);
	json_decref(taken);
}

/* 6: without a hint the merchant's copy comes first. */
static void test_lines(void **state)
{
	struct zvt_receipts receipts = { 0 };

	(void)state;
	expect_receipts(&receipts, NULL);
	LINE("\0Gesamt 1,00");
	LINE("\x40MITTE");
	LINE("\x02ZWEI");
	LINE("\0");
	LINE("\xff\x02");
	LINE("\x81");
	LINE("\0NOCHMAL");
	LINE("\x81"
	     "ENDE");
	expect_receipts(&receipts,
			"{\"customer\":[\"NOCHMAL\",\"ENDE\"],"
			"\"merchant\":[\"Gesamt 1,00\",\"MITTE\",\"  ZWEI\","
			"\"\",\"\",\"\"]}");
	expect_receipts(&receipts, NULL);
}

/* Some say which copy it is by printing it. */
static void test_copy_by_its_words(void **state)
{
	struct zvt_receipts receipts = { 0 };

	(void)state;
	LINE("\x40** KUNDENBELEG **");
	LINE("\x81");
	LINE("\x40** H\x8eNDLERBELEG **");
	LINE("\x81");
	expect_receipts(&receipts,
			"{\"customer\":[\"** KUNDENBELEG **\"],"
			"\"merchant\":[\"** H\xc3\x84NDLERBELEG **\"]}");
}

/* 9: a container after the text, with one line that says the wrong kind, as
 * was seen. */
static void test_container_after_text(void **state)
{
	struct zvt_receipts receipts = { 0 };
	struct zvt_settings plain = settings;

	(void)state;
	LINE("\x40"
	     "KUNDE\x06\x04\x1f\x07\x01\x02");
	LINE("\x40"
	     "LADEN\x06\x04\x1f\x07\x01\x01");
	LINE("\x40\x06\x04\x1f\x07\x01\x01");
	LINE("\x81\x06\x04\x1f\x07\x01\x01");
	LINE("\0HAENDLER\x06\x04\x1f\x07\x01\x01");
	/* no container that is one: text */
	LINE("\0A\x06\x04\x1f\x07\x01");
	expect_receipts(&receipts, "{\"customer\":[\"KUNDE\",\"LADEN\",\"\"],"
				   "\"merchant\":[\"HAENDLER\",\"A     \"]}");
	plain.strip_tlv = false;
	zvt_receipts_take_line(&receipts, &plain,
			       (const uint8_t *)"\0A\x06\x04\x1f\x07\x01\x02",
			       8);
	expect_receipts(&receipts, "{\"merchant\":[\"A      \"]}");
}

/* 6: 1F07 the kind, 14 the character set, 25 the lines; in several blocks. */
static void test_blocks(void **state)
{
	struct zvt_receipts receipts = { 0 };

	(void)state;
	BLOCK("\x06\x0f\x1f\x07\x01\x02\x25\x09\x07\x01T\x07\x01"
	      "E\x09\x01\x81");
	expect_receipts(&receipts, "{\"customer\":[\"T\",\"E\"]}");
	BLOCK("\x06\x0c\x1f\x07\x01\x01\x14\x01\xfe\x25\x03\x07\x01"
	      "a");
	BLOCK("\x06\x0d\x1f\x07\x01\x01\x14\x01\xfe\x25\x04\x07\x02\xc3\xbc");
	/* another kind without an end: another receipt */
	BLOCK("\x06\x09\x1f\x07\x01\x02\x25\x03\x07\x01"
	      "c");
	expect_receipts(&receipts, "{\"customer\":[\"c\"],"
				   "\"merchant\":[\"a\",\"\xc3\xbc\"]}");
}

static void test_paper_is_bounded(void **state)
{
	struct zvt_receipts receipts = { 0 };
	json_t *taken;

	(void)state;
	for (int i = 0; i < 10; i++)
		LINE("\xff\xff");
	taken = zvt_receipts_take(&receipts);
	assert_int_equal(json_array_size(json_object_get(taken, "merchant")),
			 500);
	json_decref(taken);
}

static void test_truncated_blocks_do_no_harm(void **state)
{
	static const uint8_t block[] =
		"\x06\x0f\x1f\x07\x01\x02\x25\x09\x07\x01T\x07\x01"
		"E\x09\x01\x81";
	struct zvt_receipts receipts = { 0 };

	(void)state;
	for (size_t len = 1; len < sizeof(block) - 1; len++) {
		uint8_t *copy = malloc(len);

		memcpy(copy, block, len);
		zvt_receipts_take_block(&receipts, &settings, copy, len);
		zvt_receipts_take_line(&receipts, &settings, copy, len);
		free(copy);
	}
	zvt_receipts_take_line(&receipts, &settings, block, 0);
	zvt_receipts_clear(&receipts);
	expect_receipts(&receipts, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_copy_by_its_words),
		cmocka_unit_test(test_container_after_text),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_paper_is_bounded),
		cmocka_unit_test(test_truncated_blocks_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
