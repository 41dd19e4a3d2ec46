/* SPDX-License-Identifier: Apache-2.0 */
#include "drawer_bench.h"

#include "drivers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

const struct op drawer_bench_open = { .kind = OP_DRAWER_OPEN, .id = "op-1" };

const struct rig_setting drawer_bench_low[] = {
	{ "sensor", "low-is-open" },
	{ NULL, NULL },
};

const struct rig_setting drawer_bench_high[] = {
	{ "sensor", "high-is-open" },
	{ NULL, NULL },
};

void drawer_bench_confirm(struct driver_io *rig, const char *answer)
{
	assert_false(rig->ready);
	rig_expect_nothing(rig);
	rig_advance(rig, 400);
	rig_expect_hex(rig, ASK);
	rig_input_hex(rig, answer);
	assert_true(rig->ready);
}

/* Opens the line: two answers make it ready. The first rest is over then. */
void drawer_bench_come_up(struct driver_io *rig, const char *answer)
{
	rig_open(rig);
	rig_expect_hex(rig, ASK);
	rig_input_hex(rig, answer);
	drawer_bench_confirm(rig, answer);
	rig_expect_nothing(rig);
	rig_advance(rig, 600);
	rig_expect_nothing(rig);
}

void drawer_bench_start(struct driver_io *rig,
			const struct rig_setting *settings, const char *answer)
{
	rig_init(rig, &drawer_escpos, settings, true);
	drawer_bench_come_up(rig, answer);
}

/* Asks for the drawer, up to the pulse. */
void drawer_bench_pulse(struct driver_io *rig, const char *answer)
{
	rig_start(rig, &drawer_bench_open);
	rig_expect_hex(rig, ASK);
	assert_false(rig->committed);
	rig_input_hex(rig, answer);
	assert_true(rig->committed);
	rig_expect_hex(rig, PULSE);
}

void drawer_bench_status(const struct driver_io *rig, const char *drawer,
			 bool online, const char *paper)
{
	const char *told =
		json_string_value(json_object_get(rig->status, "paper"));

	assert_string_equal(
		json_string_value(json_object_get(rig->status, "drawer")),
		drawer);
	assert_int_equal(json_is_true(json_object_get(rig->status, "online")),
			 online);
	if (paper)
		assert_string_equal(told, paper);
	else
		assert_null(told);
}

void drawer_bench_done(const struct driver_io *rig, enum outcome outcome,
		       enum reason reason, const char *drawer)
{
	const char *told =
		json_string_value(json_object_get(rig->result, "drawer"));

	assert_int_equal(rig->dones, 1);
	assert_int_equal(rig->outcome, outcome);
	assert_int_equal(rig->reason, reason);
	if (drawer)
		assert_string_equal(told, drawer);
	else if (reason == REASON_DRAWER_RESTING)
		assert_in_range(json_integer_value(json_object_get(
					rig->result, "retry_after")),
				1, 70);
	else
		assert_null(rig->result);
}

/* Answers every question in the time given. */
void drawer_bench_answer(struct driver_io *rig, const char *answer, int64_t ms)
{
	int64_t until = rig->now + ms;

	while (rig->now < until && !rig->dones && !rig->lost) {
		if (rig->output.len) {
			rig_clear(rig);
			rig_input_hex(rig, answer);
		}
		rig_advance(rig, 10);
	}
}
