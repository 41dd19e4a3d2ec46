/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the configuration: the text as libconfuse gets it, values, and
 * the table of general settings, held against what is written about it. Whole
 * files and their faults are for tests/api/test_config.py.
 */
#include "daemon/config.h"
#include "daemon/config_base.h"
#include "daemon/config_text.h"
#include "daemon/config_value.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PAGE_MAX 65536

/* --- text --- */

static void test_comments_become_blanks(void **state)
{
	static const struct {
		const char *text, *blanked;
	} cases[] = {
		{ "", "" },
		{ "#", " " },
		{ "a = 1 # b\nc", "a = 1    \nc" },
		{ "## \"\n'#'", "    \n'#'" },
		{ "\"a#\\\"#\" # \"", "\"a#\\\"#\"    " },
		{ "'\\'#' #", "'\\'#'  " },
		{ "t = {#{\n}", "t = {  \n}" },
		{ "a = /dev/x", "a = /dev/x" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_FREE char *text = alloc_text(cases[i].text);
		struct config_text_fault fault;

		assert_true(config_text_prepare(text, &fault));
		assert_string_equal(text, cases[i].blanked);
	}
}

static void test_what_is_never_closed(void **state)
{
	static const struct {
		const char *text;
		int line;
	} cases[] = {
		{ "\"", 1 },	   { "\n'\n'", 2 },    { "a\n\n\"b\\", 3 },
		{ "\"\\\n\"", 1 }, { "{", 1 },	       { "{}\n{\n{}\n", 2 },
		{ "\n/*\n*/", 2 }, { "# a\n// b", 2 }, { "\n\x7f", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_FREE char *text = alloc_text(cases[i].text);
		struct config_text_fault fault;

		assert_false(config_text_prepare(text, &fault));
		assert_int_equal(fault.line, cases[i].line);
		assert_non_null(fault.what);
	}
}

/* --- values --- */

static void assert_option(const struct driver_option *option, const char *text,
			  const char *expected)
{
	CLEANUP_FREE char *value = config_option_read(option, text);

	if (!expected)
		assert_null(value);
	else
		assert_string_equal(value, expected);
}

static void test_options_as_drivers_read_them(void **state)
{
	const struct driver_option truth = { .type = DRIVER_OPTION_BOOL };
	const struct driver_option pause = { .type = DRIVER_OPTION_DURATION,
					     .min = 100,
					     .max = 90000 };
	const struct driver_option bytes = { .type = DRIVER_OPTION_HEX,
					     .max = 3,
					     .choices = "auto",
					     .without = "0a" };

	(void)state;
	assert_option(&truth, "on", "yes");
	assert_option(&truth, "false", "no");
	assert_option(&truth, "", NULL);
	assert_option(&truth, "yes true", NULL);
	assert_option(&pause, "100", "100");
	assert_option(&pause, "90s", "90000");
	assert_option(&pause, "1m", "60000");
	assert_option(&pause, "91s", NULL);
	assert_option(&pause, "99ms", NULL);
	assert_option(&pause, "s", NULL);
	assert_option(&pause, "153722867280912931m", NULL);
	assert_option(&pause, "1000000000000000000000", NULL);
	assert_option(&bytes, "", "");
	assert_option(&bytes, "auto", "auto");
	assert_option(&bytes, "00a0FF", "00a0FF");
	assert_option(&bytes, "000A", NULL);
	assert_option(&bytes, "000", NULL);
	assert_option(&bytes, "00000000", NULL);
	assert_option(&bytes, "0x", NULL);
}

static void test_words_as_people_say_them(void **state)
{
	CLEANUP_FREE char *none = config_words_say("");
	CLEANUP_FREE char *one = config_words_say("a");
	CLEANUP_FREE char *three = config_words_say("a b c");

	(void)state;
	assert_string_equal(none, "");
	assert_string_equal(one, "a");
	assert_string_equal(three, "a, b or c");
}

/* --- the table of general settings --- */

/* A file of the project, each run of white space a single blank. New. */
static char *read_page(const char *name)
{
	const char *top = getenv("TILLD_SOURCE");
	CLEANUP_FREE char *path = alloc_format("%s/%s", top ? top : ".", name);
	CLEANUP_FILE FILE *file = fopen(path, "r");
	CLEANUP(buf_cleanup) struct buf page = BUF_INIT(PAGE_MAX);
	bool blank = false;
	int c;

	assert_non_null(file);
	while ((c = fgetc(file)) != EOF) {
		if (!isspace(c) || !blank)
			buf_add_byte(&page, isspace(c) ? ' ' : (uint8_t)c);
		blank = isspace(c);
	}
	assert_false(page.failed);
	return alloc_text(buf_text(&page));
}

/* What the manual says of a setting, up to the next. New. */
static char *read_entry(const char *page, const char *name)
{
	CLEANUP_FREE char *head = alloc_format(".It Cm %s ", name);
	const char *begin = strstr(page, head), *end;

	if (!begin)
		fail_msg("tilld.conf(5) has nothing about %s", name);
	begin += strlen(head);
	end = strstr(begin, ".It ");
	assert_non_null(end);
	return alloc_text_part(begin, (size_t)(end - begin));
}

/* As the manual has it; "" where there is none. New. */
static char *say_default(const struct config_base *base)
{
	const char *quote;

	if (!base->otherwise)
		return alloc_text("");
	quote = strchr(base->otherwise, ' ') ? "\"" : "";
	return alloc_format("by default .Li %s%s%s .", quote, base->otherwise,
			    quote);
}

static void test_the_manual_has_all_settings(void **state)
{
	CLEANUP_FREE char *page = read_page("man/tilld.conf.5");

	(void)state;
	for (const struct config_base *b = config_bases; b->name; b++) {
		CLEANUP_FREE char *entry = read_entry(page, b->name);
		CLEANUP_FREE char *otherwise = say_default(b);

		if (!strstr(entry, b->allowed))
			fail_msg("%s is not %s in tilld.conf(5)", b->name,
				 b->allowed);
		if (!strstr(entry, otherwise))
			fail_msg("%s is not %s in tilld.conf(5)", b->name,
				 otherwise);
	}
}

static void fail_with(void *arg, const char *text)
{
	(void)arg;
	fail_msg("%s", text);
}

static struct config *load_nothing(const struct config_listener *listener)
{
	char path[] = "/tmp/tilld-config-XXXXXX";
	CLEANUP_FD int fd = mkstemp(path);
	struct config *config = config_load(path, listener);

	assert_true(fd >= 0);
	unlink(path);
	return config;
}

/* Nothing in it differs from what holds without a file, and nothing that could
 * be set is missing from it. */
static void test_the_sample_shows_the_defaults(void **state)
{
	static const struct config_listener strict = { fail_with, fail_with,
						       NULL };
	const char *top = getenv("TILLD_SOURCE");
	CLEANUP_FREE char *path =
		alloc_format("%s/conf/tilld.conf", top ? top : ".");
	CLEANUP_FREE char *page = read_page("conf/tilld.conf");
	struct config *sample = config_load(path, &strict);
	struct config *empty = load_nothing(&strict);

	(void)state;
	assert_true(config_base_equal(empty, sample, path, &strict));
	for (const struct config_base *b = config_bases; b->name; b++) {
		CLEANUP_FREE char *set = alloc_format(" %s = ", b->name);
		CLEANUP_FREE char *off = alloc_format(" #%s = ", b->name);

		assert_true(sample->lines[b - config_bases] > 0 ||
			    (!b->otherwise && strstr(page, off)));
		assert_non_null(strstr(page, b->otherwise ? set : off));
	}
	config_free(sample);
	config_free(empty);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comments_become_blanks),
		cmocka_unit_test(test_what_is_never_closed),
		cmocka_unit_test(test_options_as_drivers_read_them),
		cmocka_unit_test(test_words_as_people_say_them),
		cmocka_unit_test(test_the_manual_has_all_settings),
		cmocka_unit_test(test_the_sample_shows_the_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
