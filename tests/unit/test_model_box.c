/* SPDX-License-Identifier: Apache-2.0 */
/* The models of other drawers, and of a reader for stripes: devices A.5, A.7,
 * A.8, C.3. */
#include "sim/models.h"
#include "sim_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void send_report(struct sim_rig *rig, uint8_t first, uint8_t second,
			size_t size)
{
	uint8_t report[121] = { 0, first, second };

	for (size_t i = 0; i < 1 + size; i++)
		sim_rig_input(rig, report + i, 1);
}

static void expect_report(struct sim_rig *rig, uint8_t first, size_t size)
{
	uint8_t report[120] = { first };

	sim_rig_expect(rig, report, size);
}

static void test_posiflex(void **state)
{
	struct sim_rig rig;

	(void)state;
	sim_rig_start(&rig, &model_posiflex, true, "number=5");
	send_report(&rig, 5, 6, 120);
	expect_report(&rig, 0x51, 120);
	send_report(&rig, 5, 5, 120);
	sim_rig_wait(&rig, 500);
	assert_true(sim_rig_saw(&rig, "springs open"));
	send_report(&rig, 5, 6, 120);
	expect_report(&rig, 0x50, 120);
	sim_rig_do(&rig, "close");
	sim_rig_do(&rig, "lock");
	send_report(&rig, 5, 5, 120);
	sim_rig_wait(&rig, 500);
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 2);
	/* what could end in its bootloader is counted, and so is another's */
	send_report(&rig, 0xf0, 0, 120);
	send_report(&rig, 4, 4, 120);
	assert_int_equal(sim_rig_number(&rig, "unknown_commands"), 2);
	sim_rig_stop(&rig);
}

static void test_apg(void **state)
{
	struct sim_rig rig;

	(void)state;
	sim_rig_start(&rig, &model_apg, true, NULL);
	send_report(&rig, 0, 0, 2);
	SIM_RIG_EXPECT(&rig, "\x02\x01");
	send_report(&rig, 1, 1, 2);
	sim_rig_wait(&rig, 500);
	SIM_RIG_EXPECT(&rig, "\x01\x01"); /* by itself */
	sim_rig_do(&rig, "close");
	SIM_RIG_EXPECT(&rig, "\x02\x01");
	sim_rig_do(&rig, "lock");
	send_report(&rig, 0, 0, 2);
	SIM_RIG_EXPECT(&rig, "\x03\x01");
	sim_rig_stop(&rig);
	sim_rig_start(&rig, &model_apg, true, "reports=changes-only");
	send_report(&rig, 0, 0, 2);
	SIM_RIG_EXPECT(&rig, "");
	sim_rig_do(&rig, "key");
	SIM_RIG_EXPECT(&rig, "\x01\x01");
	sim_rig_stop(&rig);
}

static void test_trigger(void **state)
{
	struct sim_rig rig;

	(void)state;
	sim_rig_start(&rig, &model_trigger, true, NULL);
	SIM_RIG_INPUT(&rig, "x");
	sim_rig_wait(&rig, 500);
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	SIM_RIG_EXPECT(&rig, "");
	sim_rig_stop(&rig);
}

#define STAR_ASK    "\x1b\x06\x01"
#define STAR_CLOSED "\x23\x06\x00\x00\x00\x00\x00\x00\x00"
#define STAR_OPEN   "\x23\x06\x04\x00\x00\x00\x00\x00\x00"

static void test_star(void **state)
{
	struct sim_rig rig;

	(void)state;
	sim_rig_start(&rig, &model_star, true, NULL);
	SIM_RIG_INPUT(&rig, "Hello\n" STAR_ASK);
	SIM_RIG_EXPECT(&rig, STAR_CLOSED);
	SIM_RIG_INPUT(&rig, "\x1b\x07\x14\x14\x07");
	sim_rig_wait(&rig, 500);
	SIM_RIG_INPUT(&rig, STAR_ASK);
	SIM_RIG_EXPECT(&rig, STAR_OPEN);
	sim_rig_do(&rig, "close");
	SIM_RIG_INPUT(&rig,
		      "\x1a"); /* the other circuit: nothing hangs there */
	sim_rig_wait(&rig, 500);
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	/* a pulse in order waits; one on receipt is lost */
	sim_rig_do(&rig, "cover open");
	SIM_RIG_INPUT(&rig, STAR_ASK "\x07\x1c");
	SIM_RIG_EXPECT(&rig, "\x23\x06\x28\x00\x00\x00\x00\x00\x00");
	sim_rig_wait(&rig, 500);
	assert_int_equal(sim_rig_number(&rig, "waiting_pulses"), 1);
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	sim_rig_do(&rig, "cover closed");
	sim_rig_wait(&rig, 500);
	assert_int_equal(sim_rig_number(&rig, "openings"), 2);
	sim_rig_do(&rig, "paper out");
	sim_rig_do(&rig, "close");
	SIM_RIG_INPUT(&rig, STAR_ASK);
	SIM_RIG_EXPECT(&rig, "\x23\x06\x08\x00\x00\x08\x00\x00\x00");
	sim_rig_stop(&rig);
}

/* It prints, and takes no data for a command, nor a command for data. */
static void test_star_prints(void **state)
{
	struct sim_rig rig;

	(void)state;
	sim_rig_start(&rig, &model_star, true, NULL);
	SIM_RIG_INPUT(&rig, "\x1b@\x1b\x1dt\x05Za\xbe\n\x1b"
			    "b6212A\x1e"
			    "\x1bX\x01\x00\x07\x07\x19\n"
			    "\x1b\x1dyD1\x00\x02\x00\x07\x19\x1b\x1dyP"
			    "\x1b\x1dS\x01\x01\x00\x02\x00\x00\x07\x07"
			    "\x1b"
			    "D\x07\x00\x1b"
			    "d\x02");
	sim_rig_wait(&rig, 500);
	assert_int_equal(sim_rig_number(&rig, "openings"), 0);
	assert_int_equal(sim_rig_number(&rig, "unknown_commands"), 0);
	assert_int_equal(sim_rig_number(&rig, "cuts"), 1);
	sim_rig_item(&rig, "paper", 0, "Zaż");
	/* as it arrives, inside data too */
	SIM_RIG_INPUT(&rig, "\x1bX\x01\x00\x07\x1c");
	sim_rig_wait(&rig, 500);
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	/* raster mode has a pulse of its own */
	sim_rig_do(&rig, "close");
	SIM_RIG_INPUT(&rig, "\x00\n\x1b*rD1\x00");
	sim_rig_wait(&rig, 500);
	assert_int_equal(sim_rig_number(&rig, "openings"), 2);
	sim_rig_stop(&rig);
}

static void test_magtek(void **state)
{
	uint8_t report[337] = { [1] = 1, [3] = 8, [6] = 4 };
	struct sim_rig rig;

	(void)state;
	memset(report + 7, 0xaa, sizeof(report) - 7);
	memcpy(report + 7, "%ANNA42?", 8);
	sim_rig_start(&rig, &model_magtek, true, NULL);
	sim_rig_do(&rig, "swipe %ANNA42?;E?");
	sim_rig_expect(&rig, report, sizeof(report));
	assert_int_equal(sim_rig_number(&rig, "swipes"), 1);
	sim_rig_cannot(&rig, "swipe 0042", "swipe takes tracks");
	sim_rig_stop(&rig);
}

static void test_help_is_true(void **state)
{
	(void)state;
	sim_rig_check_help(&model_star);
	sim_rig_check_help(&model_posiflex);
	sim_rig_check_help(&model_apg);
	sim_rig_check_help(&model_trigger);
	sim_rig_check_help(&model_magtek);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_posiflex),
		cmocka_unit_test(test_apg),
		cmocka_unit_test(test_trigger),
		cmocka_unit_test(test_star),
		cmocka_unit_test(test_star_prints),
		cmocka_unit_test(test_magtek),
		cmocka_unit_test(test_help_is_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
