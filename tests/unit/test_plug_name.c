/* SPDX-License-Identifier: Apache-2.0 */
/* Names of what is plugged in: what they may be, and what they fit. */
#include "device/plug_name.h"
#include "util/reader_name.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct plug_seen printer = { .vendor = 0x04b8,
					  .product = 0x0202,
					  .serial = "J6XK001234",
					  .port = "1-1.4",
					  .node = "/dev/bus/usb/001/004" };

static bool fits(const char *text, const struct plug_seen *seen)
{
	struct plug_name name;
	bool it_does;

	assert_true(plug_name_read(text, &name));
	it_does = plug_name_fits(&name, seen);
	plug_name_clear(&name);
	return it_does;
}

static void test_by_its_numbers(void **arg)
{
	(void)arg;
	assert_true(fits("04b8:0202", &printer));
	assert_true(fits("04B8:0202", &printer));
	assert_false(fits("04b8:0203", &printer));
	assert_false(fits("04b9:0202", &printer));
	assert_false(fits("0000:0000", &(struct plug_seen){ .node = "/x" }));
}

static void test_by_its_serial_number(void **arg)
{
	struct plug_seen nameless = printer;

	(void)arg;
	nameless.serial = NULL;
	assert_true(fits("04b8:0202:J6XK001234", &printer));
	assert_false(fits("04b8:0202:J6XK00123", &printer));
	assert_false(fits("04b8:0202:j6xk001234", &printer));
	assert_false(fits("04b8:0202:J6XK001234", &nameless));
}

static void test_by_its_socket(void **arg)
{
	(void)arg;
	assert_true(fits("04b8:0202@1-1.4", &printer));
	assert_false(fits("04b8:0202@1-1", &printer));
	assert_false(fits("04b8:0203@1-1.4", &printer));
}

static void test_by_its_path(void **arg)
{
	char folder[] = "/tmp/tilld-test.XXXXXX";
	char node[64], link[64];
	struct plug_seen seen = { .node = node };

	(void)arg;
	assert_non_null(mkdtemp(folder));
	snprintf(node, sizeof(node), "%s/hidraw0", folder);
	snprintf(link, sizeof(link), "%s/badges", folder);
	assert_true(fits("/dev/bus/usb/001/004", &printer));
	assert_false(fits("/dev/bus/usb/001/005", &printer));
	assert_false(fits(link, &seen)); /* neither is there */
	close(open(node, O_CREAT | O_WRONLY, 0600));
	assert_false(fits(link, &seen));
	assert_int_equal(symlink(node, link), 0);
	assert_true(fits(link, &seen));
	unlink(link);
	unlink(node);
	rmdir(folder);
}

static void test_what_is_no_name(void **arg)
{
	static const char *const faults[] = {
		"",
		"04b8",
		"04b8:",
		"04b8:202",
		"4b8:0202",
		"04b8:02020",
		"04b8:0202:",
		"04b8:0202@",
		"04b8:0202@x",
		"04b8:0202@1 2",
		"04b8-0202",
		"hidraw0",
		"04b8:020g",
		"04b8:0202;1",
		"04b8:0202:\x01",
		"/dev/\n",
	};

	(void)arg;
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		struct plug_name name = { .vendor = 7 };

		if (plug_name_read(faults[i], &name))
			fail_msg("taken for a name: %s", faults[i]);
		assert_int_equal(name.vendor, 7);
	}
}

/* --- readers of chip cards, as pcscd names them --- */

static void test_readers(void **arg)
{
	static const struct {
		const char *wanted, *there;
		bool fits;
	} cases[] = {
		{ "ACS ACR122U", "ACS ACR122U 00 00", true },
		{ "ACS ACR122U", "ACS ACR122U 01 00", true },
		{ "ACS ACR122U 00 00", "ACS ACR122U 00 00", true },
		/* plugged in as the second of two, and the other is gone */
		{ "ACS ACR122U 00 00", "ACS ACR122U 01 00", true },
		{ "ACS ACR122U 00 01", "ACS ACR122U 00 00", false },
		{ "ACS ACR122U 00 0a", "ACS ACR122U 00 0A", true },
		{ "ACS ACR122", "ACS ACR122U 00 00", false },
		{ "ACS ACR122U ", "ACS ACR122U 00 00", false },
		{ "acs acr122u", "ACS ACR122U 00 00", false },
		{ "ACS ACR122U 00", "ACS ACR122U 00 00", false },
		{ "Model 12 34", "Model 12 34 00 00", true },
		{ "Model 12 34", "Model 00 34", true }, /* its slot 34 */
		{ "Plain", "Plain", true },
		{ "Plain", "Other", false },
		{ "00 00", " 00 00", false },
		{ "", "", true },
	};

	(void)arg;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (reader_name_fits(cases[i].wanted, cases[i].there) !=
		    cases[i].fits)
			fail_msg("%s and %s", cases[i].wanted, cases[i].there);
}

static void test_which_reader(void **arg)
{
	static const char names[] = "Desk 00 00\0Desk 00 01\0Wall 01 00\0";
	const char *found = NULL;

	(void)arg;
	assert_int_equal(reader_name_find("Wall", names, &found), 1);
	assert_string_equal(found, "Wall 01 00");
	assert_int_equal(reader_name_find("Desk 07 01", names, &found), 1);
	assert_string_equal(found, "Desk 00 01");
	assert_int_equal(reader_name_find("Desk", names, &found), 2);
	found = NULL;
	assert_int_equal(reader_name_find("Door", names, &found), 0);
	assert_null(found);
	assert_int_equal(reader_name_find("Door", "", &found), 0);
}

static void test_what_is_no_reader(void **arg)
{
	char longest[READER_NAME_MAX + 2];

	(void)arg;
	memset(longest, 'x', sizeof(longest));
	longest[READER_NAME_MAX + 1] = '\0';
	assert_false(reader_name_is(longest));
	longest[READER_NAME_MAX] = '\0';
	assert_true(reader_name_is(longest));
	assert_false(reader_name_is(""));
	assert_false(reader_name_is("Desk\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_its_numbers),
		cmocka_unit_test(test_by_its_serial_number),
		cmocka_unit_test(test_by_its_socket),
		cmocka_unit_test(test_by_its_path),
		cmocka_unit_test(test_what_is_no_name),
		cmocka_unit_test(test_readers),
		cmocka_unit_test(test_which_reader),
		cmocka_unit_test(test_what_is_no_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
