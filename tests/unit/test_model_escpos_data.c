/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The receipt printer model reads bytes in order: text, data to step over,
 * what it does not know. "devices A.n" names sections of the description of
 * the wire.
 */
#include "sim/models.h"
#include "sim_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KICK   "\x1b\x70\x00\x32\xc8"
#define STATUS "\x10\x04\x01"

static void test_start(struct sim_rig *rig, const char *options)
{
	sim_rig_start(rig, &model_escpos, true, options);
}

/* A.2: another m ends the command, and t1 and t2 are data */
static void test_bad_pin_leaves_data(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1b\x70\x02"
			    "AB\n");
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 0);
	assert_int_equal(sim_rig_number(&rig, "bad_pulses"), 1);
	sim_rig_item(&rig, "paper", 0, "AB");
	sim_rig_stop(&rig);
}

/* A.2: npm escpos sends 1B 70 00 only; two bytes of what follows are eaten */
static void test_short_kick_eats_two_bytes(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1b\x70\x00"
			    "Mleko\n");
	sim_rig_item(&rig, "paper", 0, "eko");
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 1);
	sim_rig_stop(&rig);
}

/* Whatever it answers fits the classifier that A.4 quotes. */
static void test_identity_fits_the_classifier(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1d\x49\x01");
	assert_int_equal(rig.sent.len, 1);
	assert_int_equal(rig.sent.data[0] & 0x90, 0);
	buf_reset(&rig.sent);
	SIM_RIG_INPUT(&rig, "\x1d\x49\x43");
	assert_int_equal(rig.sent.data[0], 0x5f);
	assert_int_equal(rig.sent.data[rig.sent.len - 1], 0);
	sim_rig_stop(&rig);
}

/* A.3: ESC = takes the printer out, but not its real-time commands */
static void test_deselected_printer(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1b\x3d\x02"
			    "nic\n" KICK "\x10\x14\x01\x00\x01");
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 1);
	assert_int_equal(sim_rig_number(&rig, "printed_lines"), 0);
	SIM_RIG_INPUT(&rig, "\x1b\x3d\x01"
			    "co\xb6\n");
	assert_int_equal(sim_rig_number(&rig, "printed_lines"), 1);
	sim_rig_stop(&rig);
}

/* CP852 by ESC t 18: 88 is l with stroke, A5 is a with ogonek */
static void test_paper_has_polish_letters(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1b\x74\x12\x88\xa5ka\n\x1b\x40\x82\n");
	sim_rig_item(&rig, "paper", 0, "łąka");
	sim_rig_item(&rig, "paper", 1, "é");
	assert_true(sim_rig_saw(&rig, "łąka"));
	sim_rig_stop(&rig);
}

/* Data that looks like a kick, in every shape that has a length: A.9 */
static void test_data_is_skipped(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
#define CASE(text) { text, sizeof(text) - 1 }
		CASE("\x1d\x76\x30\x00\x05\x00\x01\x00" KICK),
		CASE("\x1b\x2a\x00\x05\x00" KICK),
		CASE("\x1b\x2a\x21\x02\x00" KICK "\x00"),
		CASE("\x1d\x28\x4c\x05\x00" KICK),
		CASE("\x1c\x28\x41\x05\x00" KICK),
		CASE("\x1d\x38\x4c\x05\x00\x00\x00" KICK),
		CASE("\x1d\x6b\x04\x1b\x70\x30\x32\x31\x00"),
		CASE("\x1d\x6b\x41\x05" KICK),
		CASE("\x1d\x6b\x49\x05" KICK),
		CASE("\x1d\x6b\x04\x00"),
		CASE("\x1b\x26\x01\x20\x21\x05" KICK "\x00"),
		CASE("\x1d\x2a\x01\x01" KICK "\x1b\x70\x00"),
		CASE("\x1c\x71\x01\x01\x00\x01\x00" KICK "\x1b\x70\x00"),
		CASE("\x1b\x44\x1b\x70\x31\x32\x00"),
		CASE("\x1d\x56\x42\x1b"),
		CASE("\x1d\x28\x44\x03\x00\x14\x01\x00"),
		CASE("\x1b\x57\x1b\x70\x00\x32\xc8\x00\x00\x00"),
		CASE("\x1d\x76\x30\x00\x00\x00\x00\x00"),
		CASE("\x10\x14\x02\x01\x08"),
#undef CASE
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sim_rig rig;

		test_start(&rig, NULL);
		for (size_t at = 0; at < cases[i].len; at++)
			sim_rig_input(&rig, cases[i].bytes + at, 1);
		SIM_RIG_INPUT(&rig, "Koniec\n");
		if (sim_rig_number(&rig, "pulse_count") ||
		    sim_rig_number(&rig, "waiting_bytes") ||
		    sim_rig_number(&rig, "unknown_commands") ||
		    !sim_rig_saw(&rig, "paper| Koniec"))
			fail_msg("case %zu", i);
		sim_rig_stop(&rig);
	}
}

static void test_paper_lines(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1b\x61\x01\x1b\x21\x30PARAGON\r\n\n"
			    "reszta\x1b\x64\x03\x1d\x56\x00");
	sim_rig_item(&rig, "paper", 0, "PARAGON");
	sim_rig_item(&rig, "paper", 1, "");
	sim_rig_item(&rig, "paper", 2, "reszta");
	assert_int_equal(sim_rig_number(&rig, "cuts"), 1);
	assert_true(sim_rig_saw(&rig, "cut"));
	for (int i = 0; i < 49; i++)
		SIM_RIG_INPUT(&rig, "x");
	assert_int_equal(sim_rig_number(&rig, "printed_lines"), 4);
	for (int i = 0; i < 200; i++)
		SIM_RIG_INPUT(&rig, "\n");
	assert_int_equal(sim_rig_number(&rig, "printed_lines"), 204);
	sim_rig_stop(&rig);
}

static void test_unknown_commands_are_counted(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1b\x7f\x1d\x01\x1c\x01\x10\x01po\n");
	assert_int_equal(sim_rig_number(&rig, "unknown_commands"), 4);
	sim_rig_item(&rig, "paper", 0, "po");
	sim_rig_stop(&rig);
}

static void test_full_buffer_loses_bytes(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "buffer=16");
	sim_rig_do(&rig, "offline");
	for (int i = 0; i < 20; i++)
		SIM_RIG_INPUT(&rig, "x");
	SIM_RIG_INPUT(&rig, STATUS);
	SIM_RIG_EXPECT(&rig, "\x1e");
	assert_int_equal(sim_rig_number(&rig, "waiting_bytes"), 16);
	assert_int_equal(sim_rig_number(&rig, "overrun_bytes"), 7);
	sim_rig_stop(&rig);
}

static void test_bad_commands_and_options(void **state)
{
	static const char *const commands[] = {
		"",
		"clos",
		"closed",
		"paper",
		"paper full",
		"cover ajar",
		"error maybe",
		"power",
		"power cut soon",
		"power cut -1",
		"power cut 600001",
	};
	static const char *const options[] = {
		"polarity=open",
		"pin=3",
		"min-pulse=0",
		"min-pulse=x",
		"buffer=99999999999999999999",
		"colour=red",
	};
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		sim_rig_cannot(&rig, commands[i], "");
	sim_rig_stop(&rig);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		free(sim_rig_refusal(&model_escpos, options[i]));
}

/* Any bytes at all, in any pieces, leave a printer that still works. */
static void test_garbage_is_survived(void **state)
{
	uint32_t seed = 1;
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	for (int i = 0; i < 20000; i++) {
		uint8_t byte;

		seed = seed * 1664525 + 1013904223;
		byte = (uint8_t)(seed >> 24);
		sim_rig_input(&rig, &byte, 1);
		if (!(i % 50))
			sim_rig_wait(&rig, 20);
	}
	sim_rig_do(&rig, "power cut 0");
	sim_rig_wait(&rig, 2000);
	buf_reset(&rig.sent);
	SIM_RIG_INPUT(&rig, "\x1b\x40" STATUS);
	assert_int_equal(rig.sent.len, 1);
	assert_int_equal(rig.sent.data[0] & 0x93, 0x12);
	sim_rig_stop(&rig);
}

static void test_two_at_once(void **state)
{
	struct sim_rig one, two;

	(void)state;
	test_start(&one, NULL);
	test_start(&two, "polarity=high-is-open");
	SIM_RIG_INPUT(&one, KICK);
	sim_rig_wait(&one, 110);
	sim_rig_wait(&two, 110);
	assert_int_equal(sim_rig_number(&one, "openings"), 1);
	assert_int_equal(sim_rig_number(&two, "openings"), 0);
	SIM_RIG_INPUT(&two, STATUS);
	SIM_RIG_EXPECT(&two, "\x12");
	SIM_RIG_EXPECT(&one, "");
	sim_rig_stop(&one);
	sim_rig_stop(&two);
}

static void test_help_is_true(void **state)
{
	(void)state;
	sim_rig_check_help(&model_escpos);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_pin_leaves_data),
		cmocka_unit_test(test_short_kick_eats_two_bytes),
		cmocka_unit_test(test_identity_fits_the_classifier),
		cmocka_unit_test(test_deselected_printer),
		cmocka_unit_test(test_paper_has_polish_letters),
		cmocka_unit_test(test_data_is_skipped),
		cmocka_unit_test(test_paper_lines),
		cmocka_unit_test(test_unknown_commands_are_counted),
		cmocka_unit_test(test_full_buffer_loses_bytes),
		cmocka_unit_test(test_bad_commands_and_options),
		cmocka_unit_test(test_garbage_is_survived),
		cmocka_unit_test(test_two_at_once),
		cmocka_unit_test(test_help_is_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
