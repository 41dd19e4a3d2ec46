/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The receipt printer model against the description of the wire: "devices
 * A.n" names its sections. Bytes are spelt out here, never taken from the code.
 */
#include "sim/models.h"
#include "sim_rig.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* 100 ms on pin 2, 400 ms off: devices A.2, the suggested default */
#define KICK   "\x1b\x70\x00\x32\xc8"
#define STATUS "\x10\x04\x01"

static void test_start(struct sim_rig *rig, const char *options)
{
	sim_rig_start(rig, &model_escpos, true, options);
}

/* A.4: 16 online and high, 12 low, 1E and 1A the same offline */
static void test_status_has_the_typical_values(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, STATUS);
	SIM_RIG_EXPECT(&rig, "\x16");
	sim_rig_do(&rig, "key");
	SIM_RIG_INPUT(&rig, STATUS);
	SIM_RIG_EXPECT(&rig, "\x12");
	sim_rig_do(&rig, "offline");
	SIM_RIG_INPUT(&rig, STATUS);
	SIM_RIG_EXPECT(&rig, "\x1a");
	sim_rig_do(&rig, "close");
	SIM_RIG_INPUT(&rig, STATUS);
	SIM_RIG_EXPECT(&rig, "\x1e");
	sim_rig_stop(&rig);
}

static void test_status_tells_the_cause(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x10\x04\x02\x10\x04\x03\x10\x04\x04");
	SIM_RIG_EXPECT(&rig, "\x12\x12\x12");
	sim_rig_do(&rig, "paper low");
	SIM_RIG_INPUT(&rig, "\x10\x04\x04\x10\x04\x02");
	SIM_RIG_EXPECT(&rig, "\x1e\x12");
	sim_rig_do(&rig, "paper out");
	SIM_RIG_INPUT(&rig, "\x10\x04\x04\x10\x04\x02");
	SIM_RIG_EXPECT(&rig, "\x7e\x32");
	sim_rig_do(&rig, "paper ok");
	sim_rig_do(&rig, "cover open");
	SIM_RIG_INPUT(&rig, "\x10\x04\x02");
	SIM_RIG_EXPECT(&rig, "\x16");
	sim_rig_do(&rig, "cover closed");
	sim_rig_do(&rig, "error on");
	SIM_RIG_INPUT(&rig, "\x10\x04\x02\x10\x04\x03");
	SIM_RIG_EXPECT(&rig, "\x52\x1a");
	SIM_RIG_INPUT(&rig, "\x10\x04\x05\x10\x04\x00");
	SIM_RIG_EXPECT(&rig, "");
	sim_rig_stop(&rig);
}

/* The handshake seen on a live line: A.4 */
static void test_handshake_is_answered(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1b\x40\x1b\x3d\x01\x10\x04\x01");
	SIM_RIG_EXPECT(&rig, "\x16");
	assert_int_equal(sim_rig_number(&rig, "unknown_commands"), 0);
	sim_rig_stop(&rig);
}

static void test_kick_opens_after_a_while(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, KICK);
	SIM_RIG_INPUT(&rig, STATUS);
	SIM_RIG_EXPECT(&rig, "\x16");
	sim_rig_wait(&rig, 109);
	assert_int_equal(sim_rig_number(&rig, "open"), 0);
	sim_rig_wait(&rig, 1);
	assert_int_equal(sim_rig_number(&rig, "open"), 1);
	assert_true(sim_rig_saw(&rig, "springs open"));
	SIM_RIG_INPUT(&rig, STATUS);
	SIM_RIG_EXPECT(&rig, "\x12");
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	assert_int_equal(sim_rig_number(&rig, "by_key"), 0);
	assert_int_equal(sim_rig_number(&rig, "duty_violation"), 0);
	sim_rig_stop(&rig);
}

static json_t *test_pulse(const struct sim_rig *rig, size_t index)
{
	CLEANUP_JSON json_t *account = rig->model->class->account(rig->model);

	return json_deep_copy(
		json_array_get(json_object_get(account, "pulses"), index));
}

static void test_account_tells_the_pulses(void **state)
{
	CLEANUP_JSON json_t *first = NULL, *second = NULL;
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	sim_rig_wait(&rig, 5);
	SIM_RIG_INPUT(&rig, KICK);
	sim_rig_wait(&rig, 2000);
	SIM_RIG_INPUT(&rig, "\x10\x14\x01\x01\x02");
	first = test_pulse(&rig, 0);
	second = test_pulse(&rig, 1);
	assert_int_equal(json_int(first, "at_ms", -1), 5);
	assert_int_equal(json_int(first, "pin", -1), 2);
	assert_int_equal(json_int(first, "on_ms", -1), 100);
	assert_int_equal(json_int(first, "off_ms", -1), 400);
	assert_false(json_flag(first, "realtime"));
	assert_int_equal(json_int(second, "at_ms", -1), 2005);
	assert_int_equal(json_int(second, "pin", -1), 5);
	assert_int_equal(json_int(second, "on_ms", -1), 200);
	assert_true(json_flag(second, "realtime"));
	sim_rig_stop(&rig);
}

/* A.11: opens only if the pulse is long enough, and on the right pin */
static void test_wrong_pulses_do_not_open(void **state)
{
	static const char *const pulses[] = {
		"\x1b\x70\x01\x32\xc8", /* pin 5 */
		"\x1b\x70\x31\x32\xc8", /* pin 5, as a digit */
		"\x1b\x70\x00\x0e\xc8", /* 28 ms */
	};
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	for (size_t i = 0; i < sizeof(pulses) / sizeof(pulses[0]); i++) {
		/* the second byte of the first two m is NUL: five each */
		sim_rig_input(&rig, pulses[i], 5);
		sim_rig_wait(&rig, 2000);
	}
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 3);
	assert_int_equal(sim_rig_number(&rig, "openings"), 0);
	SIM_RIG_INPUT(&rig, "\x1b\x70\x30\x0f\xc8"); /* 30 ms, '0' */
	sim_rig_wait(&rig, 2000);
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	sim_rig_stop(&rig);
}

/* A second kick does not hold up a drawer that is on its way. */
static void test_kick_while_it_opens(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "opening=1000");
	SIM_RIG_INPUT(&rig, KICK);
	sim_rig_wait(&rig, 600);
	SIM_RIG_INPUT(&rig, KICK);
	sim_rig_wait(&rig, 430);
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	sim_rig_wait(&rig, 5000);
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 2);
	sim_rig_stop(&rig);
}

static void test_drawer_on_pin_5(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "pin=5 polarity=high-is-open opening=20");
	SIM_RIG_INPUT(&rig, STATUS);
	SIM_RIG_EXPECT(&rig, "\x12");
	SIM_RIG_INPUT(&rig, "\x1b\x70\x01\x19\xfa");
	sim_rig_wait(&rig, 50);
	SIM_RIG_INPUT(&rig, STATUS);
	SIM_RIG_EXPECT(&rig, "\x16");
	sim_rig_stop(&rig);
}

/* A.2, the trap: it waits while offline, and fires when paper is loaded */
static void test_queued_kick_fires_late(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	sim_rig_do(&rig, "paper out");
	SIM_RIG_INPUT(&rig, KICK);
	sim_rig_wait(&rig, 3600000);
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 0);
	assert_int_equal(sim_rig_number(&rig, "waiting_bytes"), 5);
	sim_rig_do(&rig, "paper ok");
	sim_rig_wait(&rig, 200);
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	assert_int_equal(sim_rig_number(&rig, "waiting_bytes"), 0);
	sim_rig_stop(&rig);
}

/* The magic bytes of DLE DC4 8 empty the queue, offline too: A.3 */
static void test_cleared_kick_never_fires(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	sim_rig_do(&rig, "cover open");
	SIM_RIG_INPUT(&rig, KICK "\x10\x14\x08\x01\x03\x14\x01\x06\x02");
	assert_int_equal(sim_rig_number(&rig, "waiting_bytes"), 14);
	SIM_RIG_INPUT(&rig, "\x08");
	assert_int_equal(sim_rig_number(&rig, "waiting_bytes"), 0);
	sim_rig_do(&rig, "cover closed");
	sim_rig_wait(&rig, 2000);
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 0);
	sim_rig_stop(&rig);
}

/* A.2: DLE ENQ 2 clears buffers, but only acts in an error state */
static void test_enquiry_acts_in_an_error_only(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	sim_rig_do(&rig, "paper out");
	SIM_RIG_INPUT(&rig, KICK "\x10\x05\x02");
	assert_int_equal(sim_rig_number(&rig, "waiting_bytes"), 8);
	sim_rig_do(&rig, "paper ok");
	sim_rig_wait(&rig, 1000);
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 1);
	sim_rig_do(&rig, "error on");
	SIM_RIG_INPUT(&rig, KICK "\x10\x05\x02");
	assert_int_equal(sim_rig_number(&rig, "waiting_bytes"), 0);
	assert_int_equal(sim_rig_number(&rig, "online"), 1);
	sim_rig_wait(&rig, 1000);
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 1);
	sim_rig_stop(&rig);
}

/* A.3: in real time, so offline too, and inside a picture */
static void test_realtime_pulse_overtakes(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	sim_rig_do(&rig, "paper out");
	SIM_RIG_INPUT(&rig, "Mleko\n\x10\x14\x01\x00\x01");
	sim_rig_wait(&rig, 110);
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	assert_int_equal(sim_rig_number(&rig, "printed_lines"), 0);
	sim_rig_do(&rig, "close");
	sim_rig_do(&rig, "paper ok");
	sim_rig_wait(&rig, 5000);
	assert_int_equal(sim_rig_number(&rig, "printed_lines"), 1);
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 1);
	/* GS v 0, one byte a row, five rows: the pulse is the picture */
	SIM_RIG_INPUT(&rig, "\x1d\x76\x30\x00\x01\x00\x05\x00"
			    "\x10\x14\x01\x00\x01"
			    "po\n");
	sim_rig_wait(&rig, 110);
	assert_int_equal(sim_rig_number(&rig, "openings"), 2);
	sim_rig_item(&rig, "paper", 2, "po");
	sim_rig_stop(&rig);
}

static void test_realtime_pulse_out_of_range(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x10\x14\x01\x02\x01\x10\x14\x01\x00\x00"
			    "\x10\x14\x01\x00\x09\x10\x14\x02\x00\x01");
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 0);
	sim_rig_stop(&rig);
}

/* A.3: ignored while one runs */
static void test_realtime_pulse_while_one_runs(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x10\x14\x01\x00\x02\x10\x14\x01\x00\x02");
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 1);
	assert_int_equal(sim_rig_number(&rig, "ignored_pulses"), 1);
	sim_rig_stop(&rig);
}

static void test_realtime_profiles(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "realtime=off");
	SIM_RIG_INPUT(&rig, "\x10\x14\x01\x00\x02");
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 0);
	sim_rig_stop(&rig);
	test_start(&rig, "realtime=not-in-error");
	sim_rig_do(&rig, "error on");
	SIM_RIG_INPUT(&rig, "\x10\x14\x01\x00\x02");
	assert_int_equal(sim_rig_number(&rig, "ignored_pulses"), 1);
	sim_rig_do(&rig, "error off");
	sim_rig_do(&rig, "paper out");
	SIM_RIG_INPUT(&rig, "\x10\x14\x01\x00\x02");
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 1);
	sim_rig_stop(&rig);
}

/* In order, one drive output at a time: A.1 */
static void test_queued_kicks_follow_one_another(void **state)
{
	CLEANUP_JSON json_t *second = NULL;
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, KICK KICK "po\n");
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 1);
	assert_int_equal(sim_rig_number(&rig, "printed_lines"), 0);
	sim_rig_wait(&rig, 500);
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 2);
	assert_int_equal(sim_rig_number(&rig, "printed_lines"), 1);
	second = test_pulse(&rig, 1);
	assert_int_equal(json_int(second, "at_ms", -1), 500);
	assert_int_equal(sim_rig_number(&rig, "duty_violation"), 0);
	sim_rig_stop(&rig);
}

/* A.11: over 200 ms of current within a second; A.2: 100/100 violates it */
static void test_duty_is_watched(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	for (int i = 0; i < 3; i++)
		SIM_RIG_INPUT(&rig, "\x1b\x70\x00\x32\x32");
	sim_rig_wait(&rig, 399);
	assert_int_equal(sim_rig_number(&rig, "duty_violation"), 0);
	sim_rig_wait(&rig, 1);
	assert_int_equal(sim_rig_number(&rig, "duty_violation"), 1);
	assert_int_equal(sim_rig_number(&rig, "burnt"), 0);
	sim_rig_stop(&rig);
}

/* Many short pulses heat as a long one does. */
static void test_duty_of_many_short_pulses(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	for (int i = 0; i < 101; i++) {
		SIM_RIG_INPUT(&rig, "\x1b\x70\x00\x01\x01");
		sim_rig_wait(&rig, 4);
	}
	assert_int_equal(sim_rig_number(&rig, "duty_violation"), 1);
	assert_int_equal(sim_rig_number(&rig, "openings"), 0);
	sim_rig_stop(&rig);
}

static void test_long_current_burns(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1b\x70\x00\xfb\x00"); /* 502 ms */
	sim_rig_wait(&rig, 2000);
	assert_int_equal(sim_rig_number(&rig, "burnt"), 1);
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	sim_rig_do(&rig, "close");
	SIM_RIG_INPUT(&rig, KICK);
	sim_rig_wait(&rig, 2000);
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	sim_rig_stop(&rig);
}

/* A.2: the models differ in what they make of t2 */
static void test_off_time_profiles(void **state)
{
	static const struct {
		const char *options;
		int off;
	} cases[] = {
		{ NULL, 20 },
		{ "off-time=at-least-on", 60 },
		{ "off-time=at-least-100", 100 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_JSON json_t *pulse = NULL;
		struct sim_rig rig;

		test_start(&rig, cases[i].options);
		SIM_RIG_INPUT(&rig, "\x1b\x70\x00\x1e\x0a");
		pulse = test_pulse(&rig, 0);
		assert_int_equal(json_int(pulse, "off_ms", -1), cases[i].off);
		sim_rig_stop(&rig);
	}
}

static void test_lock_jam_and_key(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	sim_rig_do(&rig, "lock");
	SIM_RIG_INPUT(&rig, KICK);
	sim_rig_wait(&rig, 1000);
	assert_int_equal(sim_rig_number(&rig, "openings"), 0);
	sim_rig_do(&rig, "key");
	sim_rig_cannot(&rig, "key", "does not open");
	sim_rig_do(&rig, "close");
	sim_rig_cannot(&rig, "close", "does not close");
	sim_rig_do(&rig, "unlock");
	sim_rig_do(&rig, "jam");
	SIM_RIG_INPUT(&rig, KICK);
	sim_rig_wait(&rig, 1000);
	sim_rig_cannot(&rig, "key", "does not open");
	sim_rig_do(&rig, "unjam");
	SIM_RIG_INPUT(&rig, KICK);
	sim_rig_wait(&rig, 1000);
	sim_rig_do(&rig, "jam");
	sim_rig_cannot(&rig, "close", "does not close");
	assert_int_equal(sim_rig_number(&rig, "openings"), 2);
	assert_int_equal(sim_rig_number(&rig, "by_key"), 1);
	sim_rig_stop(&rig);
}

/* Decisions 2: an unconnected pin 3 reads high */
static void test_absent_drawer_reads_high(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "drawer=none polarity=high-is-open");
	SIM_RIG_INPUT(&rig, KICK);
	sim_rig_wait(&rig, 1000);
	SIM_RIG_INPUT(&rig, STATUS);
	SIM_RIG_EXPECT(&rig, "\x16");
	assert_int_equal(sim_rig_number(&rig, "openings"), 0);
	sim_rig_cannot(&rig, "key", "not there");
	sim_rig_stop(&rig);
	test_start(&rig, "drawer=no-switch");
	SIM_RIG_INPUT(&rig, KICK);
	sim_rig_wait(&rig, 1000);
	SIM_RIG_INPUT(&rig, STATUS);
	SIM_RIG_EXPECT(&rig, "\x16");
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	sim_rig_stop(&rig);
}

/* A.4: GS r 2 is bit 0, from the buffer, so no answer while offline */
static void test_queued_status_waits(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1d\x72\x02\x1d\x72\x32\x1d\x72\x01");
	SIM_RIG_EXPECT(&rig, "\x01\x01\x00");
	sim_rig_do(&rig, "key");
	sim_rig_do(&rig, "offline");
	SIM_RIG_INPUT(&rig, "\x1d\x72\x02");
	SIM_RIG_EXPECT(&rig, "");
	sim_rig_do(&rig, "online");
	SIM_RIG_EXPECT(&rig, "\x00");
	sim_rig_do(&rig, "paper low");
	SIM_RIG_INPUT(&rig, "\x1d\x72\x31");
	SIM_RIG_EXPECT(&rig, "\x03");
	sim_rig_stop(&rig);
}

/* A.4: at once, then at each change in an enabled category */
static void test_reports_come_by_themselves(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1d\x61\x4f");
	SIM_RIG_EXPECT(&rig, "\x14\x00\x00\x00");
	SIM_RIG_INPUT(&rig, KICK);
	SIM_RIG_EXPECT(&rig, "");
	sim_rig_wait(&rig, 110);
	SIM_RIG_EXPECT(&rig, "\x10\x00\x00\x00");
	sim_rig_do(&rig, "close");
	SIM_RIG_EXPECT(&rig, "\x14\x00\x00\x00");
	sim_rig_do(&rig, "cover open");
	SIM_RIG_EXPECT(&rig, "\x3c\x00\x00\x00");
	sim_rig_do(&rig, "cover closed");
	SIM_RIG_EXPECT(&rig, "\x14\x00\x00\x00");
	sim_rig_do(&rig, "paper out");
	SIM_RIG_EXPECT(&rig, "\x1c\x00\x0f\x00");
	sim_rig_do(&rig, "paper ok");
	SIM_RIG_EXPECT(&rig, "\x14\x00\x00\x00");
	sim_rig_do(&rig, "error on");
	SIM_RIG_EXPECT(&rig, "\x1c\x08\x00\x00");
	sim_rig_do(&rig, "error off");
	SIM_RIG_EXPECT(&rig, "\x14\x00\x00\x00");
	SIM_RIG_INPUT(&rig, "\x1d\x61\x01");
	SIM_RIG_EXPECT(&rig, "\x14\x00\x00\x00");
	sim_rig_do(&rig, "paper low");
	SIM_RIG_EXPECT(&rig, "");
	SIM_RIG_INPUT(&rig, "\x1d\x61\x00");
	sim_rig_do(&rig, "key");
	SIM_RIG_EXPECT(&rig, "");
	SIM_RIG_INPUT(&rig, "\x10\x14\x07\x01");
	SIM_RIG_EXPECT(&rig, "\x10\x00\x03\x00");
	sim_rig_stop(&rig);
}

/* Steel and paper survive; bytes, reports and code pages do not. */
static void test_power_cut(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x1d\x61\x0f" KICK);
	sim_rig_wait(&rig, 110);
	sim_rig_do(&rig, "offline");
	SIM_RIG_INPUT(&rig, KICK);
	buf_reset(&rig.sent);
	sim_rig_do(&rig, "power cut 2000");
	SIM_RIG_INPUT(&rig, STATUS KICK);
	sim_rig_do(&rig, "close");
	sim_rig_wait(&rig, 1999);
	SIM_RIG_EXPECT(&rig, "");
	assert_int_equal(sim_rig_number(&rig, "powered"), 0);
	sim_rig_wait(&rig, 1);
	SIM_RIG_INPUT(&rig, STATUS);
	SIM_RIG_EXPECT(&rig, "\x16");
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	assert_int_equal(sim_rig_number(&rig, "pulse_count"), 1);
	assert_int_equal(rig.hung_up, 0);
	sim_rig_stop(&rig);
}

/* What the latch has let go opens without power; what it holds does not. */
static void test_power_cut_during_a_pulse(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, KICK);
	sim_rig_wait(&rig, 29);
	sim_rig_do(&rig, "power cut");
	sim_rig_wait(&rig, 5000);
	assert_int_equal(sim_rig_number(&rig, "openings"), 0);
	sim_rig_do(&rig, "power on");
	SIM_RIG_INPUT(&rig, KICK);
	sim_rig_wait(&rig, 30);
	sim_rig_do(&rig, "power cut");
	sim_rig_wait(&rig, 80);
	assert_int_equal(sim_rig_number(&rig, "openings"), 1);
	sim_rig_stop(&rig);
}

static void test_power_cut_on_a_network(void **state)
{
	struct sim_rig rig;

	(void)state;
	sim_rig_start(&rig, &model_escpos, false, NULL);
	SIM_RIG_INPUT(&rig, "\x1d\x61\x01");
	SIM_RIG_EXPECT(&rig, "\x14\x00\x00\x00");
	sim_rig_do(&rig, "power cut 100");
	assert_int_equal(rig.hung_up, 1);
	assert_int_equal(rig.came_back, 0);
	rig.model->class->line(rig.model, false);
	sim_rig_wait(&rig, 100);
	assert_int_equal(rig.came_back, 1);
	rig.model->class->line(rig.model, true);
	sim_rig_do(&rig, "key");
	SIM_RIG_EXPECT(&rig, "");
	sim_rig_stop(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status_has_the_typical_values),
		cmocka_unit_test(test_status_tells_the_cause),
		cmocka_unit_test(test_handshake_is_answered),
		cmocka_unit_test(test_kick_opens_after_a_while),
		cmocka_unit_test(test_account_tells_the_pulses),
		cmocka_unit_test(test_wrong_pulses_do_not_open),
		cmocka_unit_test(test_kick_while_it_opens),
		cmocka_unit_test(test_drawer_on_pin_5),
		cmocka_unit_test(test_queued_kick_fires_late),
		cmocka_unit_test(test_cleared_kick_never_fires),
		cmocka_unit_test(test_enquiry_acts_in_an_error_only),
		cmocka_unit_test(test_realtime_pulse_overtakes),
		cmocka_unit_test(test_realtime_pulse_out_of_range),
		cmocka_unit_test(test_realtime_pulse_while_one_runs),
		cmocka_unit_test(test_realtime_profiles),
		cmocka_unit_test(test_queued_kicks_follow_one_another),
		cmocka_unit_test(test_duty_is_watched),
		cmocka_unit_test(test_duty_of_many_short_pulses),
		cmocka_unit_test(test_long_current_burns),
		cmocka_unit_test(test_off_time_profiles),
		cmocka_unit_test(test_lock_jam_and_key),
		cmocka_unit_test(test_absent_drawer_reads_high),
		cmocka_unit_test(test_queued_status_waits),
		cmocka_unit_test(test_reports_come_by_themselves),
		cmocka_unit_test(test_power_cut),
		cmocka_unit_test(test_power_cut_during_a_pulse),
		cmocka_unit_test(test_power_cut_on_a_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
