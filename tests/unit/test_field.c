/* SPDX-License-Identifier: Apache-2.0 */
#include "http/field.h"
#include "http/request_private.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

static const struct field text_entry[] = {
	{ .type = FIELD_TEXT, .min = 1, .max = 5 },
};

static const struct field point[] = {
	{ .name = "x", .type = FIELD_INT, .required = true, .max = 9 },
	{ .name = "pin", .type = FIELD_SECRET, .min = 4, .max = 8 },
	{ .name = NULL },
};

static const struct field point_entry[] = {
	{ .type = FIELD_OBJECT, .fields = point },
};

static const struct field table[] = {
	{ .name = "text", .type = FIELD_TEXT, .min = 1, .max = 5 },
	{ .name = "note", .type = FIELD_TEXT, .min = 0, .max = 1 },
	{ .name = "secret", .type = FIELD_SECRET, .min = 4, .max = 8 },
	{ .name = "name", .type = FIELD_NAME, .max = 6 },
	{ .name = "int", .type = FIELD_INT, .min = -5, .max = 100 },
	{ .name = "big", .type = FIELD_INT, .min = INT64_MIN, .max = INT64_MAX },
	{ .name = "bool", .type = FIELD_BOOL },
	{ .name = "date", .type = FIELD_DATE },
	{ .name = "kind", .type = FIELD_CHOICE, .choices = "in out both" },
	{ .name = "lines",
	  .type = FIELD_LIST,
	  .min = 1,
	  .max = 3,
	  .fields = text_entry },
	{ .name = "points",
	  .type = FIELD_LIST,
	  .max = 2,
	  .fields = point_entry },
	{ .name = "point", .type = FIELD_OBJECT, .fields = point },
	{ .name = "any", .type = FIELD_OBJECT },
	{ .name = NULL },
};

static const struct field texts[] = {
	{ .name = "kept", .type = FIELD_TEXT, .min = 1, .max = 40 },
	{ .name = "passing", .type = FIELD_TEXT, .passing = true, .max = 40 },
	{ .name = "secret", .type = FIELD_SECRET, .max = 40 },
	{ .name = "name", .type = FIELD_NAME, .max = 40 },
	{ .name = NULL },
};

static const struct field required[] = {
	{ .name = "a", .type = FIELD_BOOL, .required = true },
	{ .name = "b", .type = FIELD_BOOL },
	{ .name = NULL },
};

/* body: JSON with ' for ". sentence and path: NULL if it is good. */
struct row {
	const char *body;
	const char *sentence;
	const char *path;
};

static json_t *parse(const char *body)
{
	char text[512];
	json_t *object;

	assert_true(strlen(body) < sizeof(text));
	strcpy(text, body);
	for (char *at = text; *at; at++)
		if (*at == '\'')
			*at = '"';
	object = json_parse(text, strlen(text));
	if (!object)
		fail_msg("not JSON: %s", body);
	return object;
}

static void check(const struct field *fields, const struct row *row)
{
	CLEANUP_JSON json_t *object = parse(row->body);
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FREE char *sentence = field_check(fields, object, &path);

	if (!row->sentence) {
		if (sentence)
			fail_msg("%s: %s", row->body, sentence);
		assert_null(path);
		return;
	}
	if (!sentence)
		fail_msg("%s is accepted", row->body);
	assert_string_equal(sentence, row->sentence);
	assert_string_equal(path, row->path);
}

static void check_all(const struct field *fields, const struct row *rows)
{
	for (; rows->body; rows++)
		check(fields, rows);
}

static void test_text(void **state)
{
	static const struct row rows[] = {
		{ "{}", NULL, NULL },
		{ "{'text': 'a'}", NULL, NULL },
		{ "{'text': 'zażół'}", NULL, NULL },
		{ "{'note': ''}", NULL, NULL },
		{ "{'text': ''}", "text: It has to have at least 1 character.",
		  "text" },
		{ "{'text': 'zażółć'}",
		  "text: It may have at most 5 characters.", "text" },
		{ "{'note': 'ab'}", "note: It may have at most 1 character.",
		  "note" },
		{ "{'text': 7}", "text: It has to be text.", "text" },
		{ "{'text': null}", "text: It has to be text.", "text" },
		{ "{'text': ['a']}", "text: It has to be text.", "text" },
		{ "{'text': 'a\\n'}",
		  "text: It may not have control characters in it.", "text" },
		{ "{'text': 'a\\u0085'}",
		  "text: It may not have control characters in it.", "text" },
		{ .body = NULL },
	};

	(void)state;
	check_all(table, rows);
}

static void test_card_numbers(void **state)
{
#define CARD "It must not hold a full card number, as it is kept."
	static const struct row rows[] = {
		{ "{'kept': 'order 4006381333931'}", NULL, NULL },
		{ "{'kept': '4111111111111111'}", "kept: " CARD, "kept" },
		{ "{'kept': 'no. 4111 1111 1111 1111'}", "kept: " CARD,
		  "kept" },
		{ "{'name': 'a4111111111111111'}", "name: " CARD, "name" },
		{ "{'passing': '4111111111111111'}", NULL, NULL },
		{ "{'secret': '4111111111111111'}", NULL, NULL },
		{ "{'4111111111111111': 1}",
		  "It has a field that is not known here.", "" },
		{ .body = NULL },
	};

	(void)state;
	check_all(texts, rows);
}

static void test_name(void **state)
{
#define NAME_SENTENCE                                                  \
	"name: It has to be 1 to 6 letters, digits, dots, dashes and " \
	"underscores, beginning with a letter or a digit."
	static const struct row rows[] = {
		{ "{'name': 'a.b-_9'}", NULL, NULL },
		{ "{'name': ''}", NAME_SENTENCE, "name" },
		{ "{'name': '.a'}", NAME_SENTENCE, "name" },
		{ "{'name': 'a/b'}", NAME_SENTENCE, "name" },
		{ "{'name': 'ż'}", NAME_SENTENCE, "name" },
		{ "{'name': '1234567'}", NAME_SENTENCE, "name" },
		{ "{'name': 5}", "name: It has to be text.", "name" },
		{ .body = NULL },
	};

	(void)state;
	check_all(table, rows);
}

static void test_int(void **state)
{
	static const struct row rows[] = {
		{ "{'int': -5}", NULL, NULL },
		{ "{'int': 100}", NULL, NULL },
		{ "{'big': 9223372036854775807}", NULL, NULL },
		{ "{'big': -9223372036854775808}", NULL, NULL },
		{ "{'int': -6}", "int: It has to be from -5 to 100.", "int" },
		{ "{'int': 101}", "int: It has to be from -5 to 100.", "int" },
		{ "{'int': 1.0}", "int: It has to be a whole number.", "int" },
		{ "{'int': 1e1}", "int: It has to be a whole number.", "int" },
		{ "{'int': '1'}", "int: It has to be a whole number.", "int" },
		{ "{'int': true}", "int: It has to be a whole number.", "int" },
		{ "{'int': null}", "int: It has to be a whole number.", "int" },
		{ .body = NULL },
	};

	(void)state;
	check_all(table, rows);
}

static void test_bool_and_choice(void **state)
{
	static const struct row rows[] = {
		{ "{'bool': true}", NULL, NULL },
		{ "{'bool': false}", NULL, NULL },
		{ "{'bool': 1}", "bool: It has to be true or false.", "bool" },
		{ "{'bool': 'true'}", "bool: It has to be true or false.",
		  "bool" },
		{ "{'bool': null}", "bool: It has to be true or false.",
		  "bool" },
		{ "{'kind': 'in'}", NULL, NULL },
		{ "{'kind': 'both'}", NULL, NULL },
		{ "{'kind': ''}", "kind: It has to be one of: in out both.",
		  "kind" },
		{ "{'kind': 'i'}", "kind: It has to be one of: in out both.",
		  "kind" },
		{ "{'kind': 'in out'}",
		  "kind: It has to be one of: in out both.", "kind" },
		{ "{'kind': 'IN'}", "kind: It has to be one of: in out both.",
		  "kind" },
		{ "{'kind': 3}", "kind: It has to be one of: in out both.",
		  "kind" },
		{ .body = NULL },
	};

	(void)state;
	check_all(table, rows);
}

static void test_date(void **state)
{
#define DATE_SENTENCE "date: It has to be a date such as 2026-11-22."
	static const struct row rows[] = {
		{ "{'date': '2026-11-22'}", NULL, NULL },
		{ "{'date': '2024-02-29'}", NULL, NULL },
		{ "{'date': '2000-02-29'}", NULL, NULL },
		{ "{'date': '9999-12-31'}", NULL, NULL },
		{ "{'date': '2026-02-29'}", DATE_SENTENCE, "date" },
		{ "{'date': '1900-02-29'}", DATE_SENTENCE, "date" },
		{ "{'date': '2026-04-31'}", DATE_SENTENCE, "date" },
		{ "{'date': '2026-13-01'}", DATE_SENTENCE, "date" },
		{ "{'date': '2026-00-01'}", DATE_SENTENCE, "date" },
		{ "{'date': '2026-01-00'}", DATE_SENTENCE, "date" },
		{ "{'date': '0000-01-01'}", DATE_SENTENCE, "date" },
		{ "{'date': '2026-1-1'}", DATE_SENTENCE, "date" },
		{ "{'date': '2026-11-22 '}", DATE_SENTENCE, "date" },
		{ "{'date': '2026-11-2x'}", DATE_SENTENCE, "date" },
		{ "{'date': '2026/11/22'}", DATE_SENTENCE, "date" },
		{ "{'date': '-026-11-22'}", DATE_SENTENCE, "date" },
		{ "{'date': ''}", DATE_SENTENCE, "date" },
		{ "{'date': 20261122}", DATE_SENTENCE, "date" },
		{ .body = NULL },
	};

	(void)state;
	check_all(table, rows);
}

static void test_list(void **state)
{
	static const struct row rows[] = {
		{ "{'lines': ['a', 'b', 'c']}", NULL, NULL },
		{ "{'points': []}", NULL, NULL },
		{ "{'lines': []}", "lines: It has to have at least 1 entry.",
		  "lines" },
		{ "{'lines': ['a', 'b', 'c', 'd']}",
		  "lines: It may have at most 3 entries.", "lines" },
		{ "{'lines': 'a'}", "lines: It has to be a list.", "lines" },
		{ "{'lines': {}}", "lines: It has to be a list.", "lines" },
		{ "{'lines': ['a', '123456']}",
		  "lines[1]: It may have at most 5 characters.", "lines[1]" },
		{ "{'lines': ['a', null]}", "lines[1]: It has to be text.",
		  "lines[1]" },
		{ "{'lines': [['a']]}", "lines[0]: It has to be text.",
		  "lines[0]" },
		{ .body = NULL },
	};

	(void)state;
	check_all(table, rows);
}

static void test_object(void **state)
{
	static const struct row rows[] = {
		{ "{'point': {'x': 1}}", NULL, NULL },
		{ "{'points': [{'x': 1}, {'x': 2, 'pin': '1234'}]}", NULL,
		  NULL },
		{ "{'any': {'what': ['ever', {}]}}", NULL, NULL },
		{ "{'any': []}", "any: It has to be an object.", "any" },
		{ "{'point': []}", "point: It has to be an object.", "point" },
		{ "{'point': {}}", "point.x: It is missing.", "point.x" },
		{ "{'point': {'x': 10}}", "point.x: It has to be from 0 to 9.",
		  "point.x" },
		{ "{'point': {'x': 1, 'y': 2}}",
		  "point.y: There is no such field here.", "point.y" },
		{ "{'points': [{'x': 1}, {'x': '2'}]}",
		  "points[1].x: It has to be a whole number.", "points[1].x" },
		{ "{'points': [{'x': 1}, 5]}",
		  "points[1]: It has to be an object.", "points[1]" },
		{ .body = NULL },
	};

	(void)state;
	check_all(table, rows);
}

static void test_required_and_unknown(void **state)
{
	static const struct row rows[] = {
		{ "{'a': true}", NULL, NULL },
		{ "{'a': true, 'b': false}", NULL, NULL },
		{ "{}", "a: It is missing.", "a" },
		{ "{'b': true}", "a: It is missing.", "a" },
		{ "{'a': true, 'c': 1}", "c: There is no such field here.",
		  "c" },
		/* a misspelt name: which one, rather than what it is not */
		{ "{'A': true}", "A: There is no such field here.", "A" },
		{ .body = NULL },
	};

	(void)state;
	check_all(required, rows);
}

/* Names that a client makes up do not come back if they are odd. */
static void test_odd_names(void **state)
{
	static const struct row rows[] = {
		{ "{'': 1}", "It has a field that is not known here.", "" },
		{ "{'a\\nb': 1}", "It has a field that is not known here.",
		  "" },
		{ "{'0123456789012345678901234567890123456789"
		  "0123456789012345678901234567890123456789': 1}",
		  "It has a field that is not known here.", "" },
		{ "{'point': {'x': 1, 'a\\tb': 1}}",
		  "point: It has a field that is not known here.", "point" },
		{ .body = NULL },
	};

	(void)state;
	check_all(table, rows);
}

static void test_secret_is_not_echoed(void **state)
{
	static const struct row rows[] = {
		{ "{'secret': '4711'}", NULL, NULL },
		{ "{'secret': '471'}",
		  "secret: It has to have at least 4 characters.", "secret" },
		{ "{'secret': '471147114711'}",
		  "secret: It may have at most 8 characters.", "secret" },
		{ "{'secret': 4711}", "secret: It has to be text.", "secret" },
		{ "{'secret': '47\\t11'}",
		  "secret: It may not have control characters in it.",
		  "secret" },
		{ "{'points': [{'x': 1, 'pin': '47'}]}",
		  "points[0].pin: It has to have at least 4 characters.",
		  "points[0].pin" },
		{ .body = NULL },
	};

	(void)state;
	check_all(table, rows);
}

static void test_wipe(void **state)
{
	CLEANUP_JSON json_t *object =
		parse("{'secret': '4711', 'text': 'kept',"
		      " 'points': [{'x': 1, 'pin': '8250'}]}");
	CLEANUP_FREE char *line = NULL;

	(void)state;
	field_wipe(table, object);
	line = json_line(object);
	assert_null(strstr(line, "4711"));
	assert_null(strstr(line, "8250"));
	assert_non_null(strstr(line, "kept"));
}

static void check_parsed(const char *name, const char *text,
			 const char *expected)
{
	CLEANUP_JSON json_t *value = field_parse(table, name, text);
	CLEANUP_JSON json_t *wanted = parse(expected);

	if (!json_equal(value, wanted))
		fail_msg("%s=%s is not %s", name, text, expected);
}

static void test_parse(void **state)
{
	(void)state;
	check_parsed("int", "10", "10");
	check_parsed("int", "-3", "-3");
	check_parsed("int", "9223372036854775807", "9223372036854775807");
	check_parsed("int", "9223372036854775808", "'9223372036854775808'");
	check_parsed("int", "", "''");
	check_parsed("int", "-", "'-'");
	check_parsed("int", "+1", "'+1'");
	check_parsed("int", " 1", "' 1'");
	check_parsed("int", "1 ", "'1 '");
	check_parsed("int", "0x10", "'0x10'");
	check_parsed("int", "1.0", "'1.0'");
	check_parsed("bool", "true", "true");
	check_parsed("bool", "false", "false");
	check_parsed("bool", "1", "'1'");
	check_parsed("text", "10", "'10'");
	check_parsed("nobody", "10", "'10'");
}

static void test_describe(void **state)
{
	CLEANUP_JSON json_t *made = field_describe(table);
	CLEANUP_JSON json_t *text = parse("{'name': 'text', 'type': 'text',"
					  " 'required': false,"
					  " 'min': 1, 'max': 5}");
	CLEANUP_JSON json_t *kind = parse("{'name': 'kind', 'type': 'choice',"
					  " 'required': false,"
					  " 'choices': ['in', 'out', 'both']}");
	CLEANUP_JSON json_t *lines =
		parse("{'name': 'lines', 'type': 'list', 'required': false,"
		      " 'min': 1, 'max': 3, 'of': {'type': 'text',"
		      " 'required': false, 'min': 1, 'max': 5}}");
	CLEANUP_JSON json_t *object =
		parse("{'name': 'point', 'type': 'object', 'required': false,"
		      " 'fields': [{'name': 'x', 'type': 'integer',"
		      " 'required': true, 'min': 0, 'max': 9},"
		      " {'name': 'pin', 'type': 'secret', 'required': false,"
		      " 'min': 4, 'max': 8}]}");

	(void)state;
	assert_int_equal(json_array_size(made), 13);
	assert_true(json_equal(json_array_get(made, 0), text));
	assert_true(json_equal(json_array_get(made, 8), kind));
	assert_true(json_equal(json_array_get(made, 9), lines));
	assert_true(json_equal(json_array_get(made, 11), object));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_card_numbers),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_int),
		cmocka_unit_test(test_bool_and_choice),
		cmocka_unit_test(test_date),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_object),
		cmocka_unit_test(test_required_and_unknown),
		cmocka_unit_test(test_odd_names),
		cmocka_unit_test(test_secret_is_not_echoed),
		cmocka_unit_test(test_wipe),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_describe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
