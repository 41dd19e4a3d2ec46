/* SPDX-License-Identifier: Apache-2.0 */
/* Every display driver in front of the model of its dialect: written apart from
 * each other, and they have to agree on what is seen. */
#include "driver_rig.h"
#include "drivers.h"
#include "sim/models.h"
#include "sim_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BLANK "                    "

static const struct {
	const struct driver *driver;
	const char *options;
} pairs[] = {
	{ &display_epson, "dialect=epson" },
	{ &display_cd5220, "dialect=cd5220" },
	{ &display_lci, "dialect=lci" },
	{ &display_aedex, "dialect=aedex" },
	{ &display_wincor, "dialect=wincor" },
};

static struct driver_io driver;
static struct sim_rig model;

/* What the driver has written, cut into single bytes on the way. */
static void carry(void)
{
	for (size_t i = 0; i < driver.output.len; i++)
		sim_rig_input(&model, driver.output.data + i, 1);
	rig_clear(&driver);
	rig_advance(&driver, 200);
}

static void show(const char *upper, const char *lower)
{
	struct op op = { .kind = OP_DISPLAY_SHOW, .id = "op-1" };

	snprintf(op.display.lines[0], OP_DISPLAY_TEXT_SIZE, "%s", upper);
	snprintf(op.display.lines[1], OP_DISPLAY_TEXT_SIZE, "%s", lower);
	rig_start(&driver, &op);
	driver.dones = 0;
	carry();
}

static void expect_lines(const char *upper, const char *lower)
{
	sim_rig_item(&model, "lines", 0, upper);
	sim_rig_item(&model, "lines", 1, lower);
}

static void check_pair(const struct driver *with, const char *options)
{
	const struct op clear = { .kind = OP_DISPLAY_CLEAR, .id = "op-2" };

	rig_init(&driver, with, NULL, true);
	sim_rig_start(&model, &model_display, true, options);
	rig_open(&driver);
	carry();
	expect_lines(BLANK, BLANK);
	show("Apples 1 kg", "9,99");
	expect_lines("Apples 1 kg         ", "9,99                ");
	/* whole lines, twice: nothing scrolls, whatever stood there */
	for (int i = 0; i < 2; i++) {
		show("12345678901234567890", "ABCDEFGHIJKLMNOPQRST");
		expect_lines("12345678901234567890", "ABCDEFGHIJKLMNOPQRST");
	}
	/* commands of all dialects, as text */
	show("\x1b[2J!#1\x10\x05\x1bQA", "\x0c\x1f!#2");
	show("after", "it");
	expect_lines("after               ", "it                  ");
	rig_start(&driver, &clear);
	carry();
	expect_lines(BLANK, BLANK);
	assert_int_equal(sim_rig_number(&model, "unknown_bytes"), 0);
	assert_int_equal(sim_rig_number(&model, "passed_bytes"), 0);
	assert_int_equal(sim_rig_number(&model, "ignored_bytes"), 0);
	assert_int_equal(sim_rig_number(&model, "eeprom_commands"), 0);
	sim_rig_stop(&model);
	rig_free(&driver);
}

static void test_every_dialect(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		check_pair(pairs[i].driver, pairs[i].options);
}

/* Half an update, and the line is back: what was shown is there again. */
static void test_after_half_an_update(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		for (size_t cut = 1; cut < 40; cut++) {
			rig_init(&driver, pairs[i].driver, NULL, true);
			sim_rig_start(&model, &model_display, true,
				      pairs[i].options);
			rig_open(&driver);
			carry();
			show("first", "one");
			struct op op = { .kind = OP_DISPLAY_SHOW, .id = "o" };

			strcpy(op.display.lines[0], "second");
			rig_start(&driver, &op);
			driver.dones = 0;
			sim_rig_input(&model, driver.output.data,
				      cut < driver.output.len
					      ? cut
					      : driver.output.len);
			rig_clear(&driver);
			rig_unplug(&driver);
			rig_open(&driver);
			carry();
			/* half a command may swallow the first of what comes */
			show("third", "one");
			show("fourth", "one");
			expect_lines("fourth              ",
				     "one                 ");
			sim_rig_stop(&model);
			rig_free(&driver);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_dialect),
		cmocka_unit_test(test_after_half_an_update),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
