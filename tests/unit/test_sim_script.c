/* SPDX-License-Identifier: Apache-2.0 */
/* tillsim's script files: what they say, and where they are wrong. */
#include "sim/script.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct script *test_read(const char *text, size_t len, char **out_error)
{
	CLEANUP_FILE FILE *file = fmemopen((void *)(uintptr_t)text, len, "r");

	assert_non_null(file);
	return script_read(file, "shop.conf", out_error);
}

static struct script *test_read_good(const char *text)
{
	CLEANUP_FREE char *error = NULL;
	struct script *script = test_read(text, strlen(text), &error);

	if (!script)
		fail_msg("%s", error);
	assert_null(error);
	return script;
}

/* It is wrong, in that line, for a reason with part in it. */
static void test_read_bad(const char *text, size_t len, unsigned int line,
			  const char *part)
{
	CLEANUP_FREE char *where = alloc_format("shop.conf:%u: ", line);
	CLEANUP_FREE char *error = NULL;

	assert_null(test_read(text, len, &error));
	assert_non_null(error);
	if (strncmp(error, where, strlen(where)) || !strstr(error, part) ||
	    strchr(error, '\n'))
		fail_msg("\"%s\" for %s", error, text);
}

static void test_devices(void **state)
{
	struct script *script = test_read_good(
		"# the shop\n"
		"\n"
		"device drawer1 escpos pty run/drawer1 polarity=low-is-open\n"
		"  device\tdisplay1 display tcp 0 dialect=epson page=CP852 # "
		"2x20\n"
		"device zvt1 zvt tcp 20007\r\n");
	const struct script_device *device = script->devices;

	(void)state;
	assert_int_equal(script->devices_count, 3);
	assert_string_equal(device[0].name, "drawer1");
	assert_string_equal(device[0].model, "escpos");
	assert_string_equal(device[0].path, "run/drawer1");
	assert_int_equal(device[0].line, 3);
	assert_int_equal(device[0].options_count, 1);
	assert_string_equal(device[0].options[0].name, "polarity");
	assert_string_equal(device[0].options[0].value, "low-is-open");
	assert_null(device[1].path);
	assert_int_equal(device[1].port, 0);
	assert_int_equal(device[1].options_count, 2);
	assert_string_equal(device[1].options[1].value, "CP852");
	assert_string_equal(device[2].name, "zvt1");
	assert_int_equal(device[2].port, 20007);
	assert_int_equal(device[2].options_count, 0);
	assert_int_equal(script->events_count, 0);
	script_free(script);
}

/* Devices may come later than the lines that name them. */
static void test_events(void **state)
{
	struct script *script =
		test_read_good("at 500ms drawer1 key\n"
			       "at 2s drawer1  power  cut 100   # a storm\n"
			       "device drawer1 escpos tcp 0");

	(void)state;
	assert_int_equal(script->events_count, 2);
	assert_int_equal(script->events[0].ms, 500);
	assert_int_equal(script->events[0].line, 1);
	assert_string_equal(script->events[0].device, "drawer1");
	assert_string_equal(script->events[0].command, "key");
	assert_int_equal(script->events[1].ms, 2000);
	assert_string_equal(script->events[1].command, "power  cut 100");
	script_free(script);
}

/* Only where a word begins; and a value may be empty or hold = itself. */
static void test_signs_inside_words(void **state)
{
	struct script *script =
		test_read_good("device a escpos pty run/a#1 x=1=2 y= #z=3\n");

	(void)state;
	assert_string_equal(script->devices[0].path, "run/a#1");
	assert_int_equal(script->devices[0].options_count, 2);
	assert_string_equal(script->devices[0].options[0].value, "1=2");
	assert_string_equal(script->devices[0].options[1].value, "");
	script_free(script);
}

#define DEVICE "device a escpos tcp 0\n"

static void test_errors_name_their_line(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *part;
	} cases[] = {
		{ "#\n", 2, "no device" },
		{ DEVICE "printer b\n", 2, "begins with device or at" },
		{ DEVICE "devices b escpos tcp 0\n", 2, "begins with" },
		{ "device\n", 1, "expected device" },
		{ "device a\n", 1, "expected device" },
		{ "device a escpos\n", 1, "expected device" },
		{ "device a escpos pty\n", 1, "expected device" },
		{ "device a escpos usb 1\n", 1, "expected device" },
		{ "device a escpos tcp\n", 1, "expected device" },
		{ "device a escpos tcp 65536\n", 1, "a port is" },
		{ "device a escpos tcp -1\n", 1, "a port is" },
		{ "device a escpos tcp 9100x\n", 1, "a port is" },
		{ "device -a escpos tcp 0\n", 1, "a name is" },
		{ "device a:b escpos tcp 0\n", 1, "a name is" },
		{ "device help escpos tcp 0\n", 1, "command of tillsim" },
		{ "device quit escpos tcp 0\n", 1, "command of tillsim" },
		{ "device account escpos tcp 0\n", 1, "command of tillsim" },
		{ DEVICE "\n" DEVICE, 3, "line 1" },
		{ "device a escpos pty p\ndevice b escpos pty p\n", 2,
		  "pty of a" },
		{ "device a escpos tcp 0 pin\n", 1, "NAME=VALUE" },
		{ "device a escpos tcp 0 =5\n", 1, "NAME=VALUE" },
		{ "device a escpos tcp 0 pin=5 pin=2\n", 1, "set twice" },
		{ DEVICE "at\n", 2, "expected at" },
		{ DEVICE "at 5ms\n", 2, "expected at" },
		{ DEVICE "at 5ms a\n", 2, "expected at" },
		{ DEVICE "at 5ms a # key\n", 2, "expected at" },
		{ DEVICE "at 5 a key\n", 2, "a time is" },
		{ DEVICE "at ms a key\n", 2, "a time is" },
		{ DEVICE "at 5m a key\n", 2, "a time is" },
		{ DEVICE "at -5ms a key\n", 2, "a time is" },
		{ DEVICE "at 86401s a key\n", 2, "a time is" },
		{ DEVICE "at 99999999999999999999s a key\n", 2, "a time is" },
		{ "at 5ms b key\n" DEVICE "\n", 1, "no device is called b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		test_read_bad(cases[i].text, strlen(cases[i].text),
			      cases[i].line, cases[i].part);
}

static void test_nothing_at_all(void **state)
{
	CLEANUP_FILE FILE *file = fopen("/dev/null", "re");
	CLEANUP_FREE char *error = NULL;

	(void)state;
	assert_null(script_read(file, "shop.conf", &error));
	assert_string_equal(error, "shop.conf:1: there is no device in it");
}

static void test_what_is_too_long(void **state)
{
	CLEANUP_FREE char *line = alloc_zero(SCRIPT_LINE_MAX + 3, 1);
	CLEANUP_FREE char *name = NULL;

	(void)state;
	memset(line, '#', SCRIPT_LINE_MAX + 1);
	line[SCRIPT_LINE_MAX + 1] = '\n';
	test_read_bad(line, SCRIPT_LINE_MAX + 2, 1, "not a line");
	line[SCRIPT_LINE_MAX] = '\n';
	test_read_bad(line, SCRIPT_LINE_MAX + 1, 2, "no device");
	memset(line, 'a', SCRIPT_NAME_MAX + 1);
	line[SCRIPT_NAME_MAX + 1] = 0;
	name = alloc_format("device %s escpos tcp 0\n", line);
	test_read_bad(name, strlen(name), 1, "a name is");
}

static void test_not_text(void **state)
{
	static const char bytes[] = DEVICE "\0\n" DEVICE;

	(void)state;
	test_read_bad(bytes, sizeof(bytes) - 1, 2, "not a line");
}

static void test_too_many_of_them(void **state)
{
	CLEANUP(buf_cleanup) struct buf text = BUF_INIT(1 << 20);

	(void)state;
	buf_add_text(&text, "device a escpos tcp 0");
	for (int i = 0; i <= SCRIPT_OPTIONS_MAX; i++)
		buf_add_format(&text, " o%d=1", i);
	test_read_bad(buf_text(&text), text.len, 1, "16 options");
	buf_reset(&text);
	for (int i = 0; i <= SCRIPT_DEVICES_MAX; i++)
		buf_add_format(&text, "device d%d escpos tcp 0\n", i);
	test_read_bad(buf_text(&text), text.len, SCRIPT_DEVICES_MAX + 1,
		      "64 devices");
	buf_reset(&text);
	buf_add_text(&text, DEVICE);
	for (int i = 0; i <= SCRIPT_EVENTS_MAX; i++)
		buf_add_text(&text, "at 1ms a key\n");
	test_read_bad(buf_text(&text), text.len, SCRIPT_EVENTS_MAX + 2,
		      "1024 lines");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_signs_inside_words),
		cmocka_unit_test(test_errors_name_their_line),
		cmocka_unit_test(test_nothing_at_all),
		cmocka_unit_test(test_what_is_too_long),
		cmocka_unit_test(test_not_text),
		cmocka_unit_test(test_too_many_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
