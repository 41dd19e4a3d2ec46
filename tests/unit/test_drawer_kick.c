/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drawers on Star printers, by USB, and on serial triggers: the very bytes of
 * docs/protocols.md A.5, A.7 and A.8, and what comes of what the drawer does.
 */
#include "drawer/star_codec.h"
#include "driver_rig.h"
#include "drivers.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define CLOSED "23 06 00 00 00 00 00 00 00"
#define OPEN   "23 06 04 00 00 00 00 00 00"

static struct driver_io rig;
static const struct op op = { .kind = OP_DRAWER_OPEN, .id = "op-1" };

static void expect_drawer(const char *state)
{
	assert_string_equal(json_text(rig.status, "drawer"), state);
}

static void expect_end(enum outcome outcome, enum reason reason)
{
	assert_int_equal(rig.dones, 1);
	assert_int_equal(rig.outcome, outcome);
	assert_int_equal(rig.reason, reason);
}

/* --- Star --- */

static const struct rig_setting seen[] = { { "sensor", "set-is-open" },
					   { NULL, NULL } };

/* Past the rest that it takes at first. */
static void open_star(const struct rig_setting *settings)
{
	rig_init(&rig, &drawer_star, settings, true);
	rig_open(&rig);
	rig_expect_hex(&rig, "1b 06 01");
	rig_input_hex(&rig, CLOSED);
	assert_true(rig.ready);
	for (int i = 0; i < 2; i++) {
		rig_advance(&rig, 1000);
		rig_expect_hex(&rig, "1b 06 01");
		rig_input_hex(&rig, CLOSED);
	}
}

static void test_star_opens(void **arg)
{
	(void)arg;
	open_star(seen);
	expect_drawer("closed");
	rig_start(&rig, &op);
	rig_expect_hex(&rig, "1b 06 01");
	rig_input_hex(&rig, CLOSED);
	rig_expect_hex(&rig, "1b 07 14 14 07"); /* 200 ms, 200 ms */
	assert_int_equal(rig.commits, 1);
	rig_advance(&rig, 50);
	rig_expect_hex(&rig, "1b 06 01");
	rig_input_hex(&rig, CLOSED);
	rig_advance(&rig, 50);
	rig_input_hex(&rig, OPEN);
	expect_end(OUTCOME_OK, REASON_NONE);
	expect_drawer("open");
	rig_free(&rig);
}

static void test_star_second_drive(void **arg)
{
	static const struct rig_setting second[] = { { "drive", "2" },
						     { NULL, NULL } };

	(void)arg;
	open_star(second);
	expect_drawer("no-sensor");
	rig_start(&rig, &op);
	rig_clear(&rig);
	rig_input_hex(&rig, CLOSED);
	rig_expect_hex(&rig, "1a");
	rig_advance(&rig, 50);
	rig_input_hex(&rig, CLOSED);
	expect_end(OUTCOME_SENT, REASON_NONE);
	rig_free(&rig);
}

static void test_star_stays_shut(void **arg)
{
	(void)arg;
	open_star(seen);
	rig_start(&rig, &op);
	for (int i = 0; i < 40 && !rig.dones; i++) {
		rig_input_hex(&rig, CLOSED);
		rig_advance(&rig, 50);
	}
	expect_end(OUTCOME_UNKNOWN, REASON_DRAWER_STAYED_SHUT);
	rig_free(&rig);
}

/* What an offline printer does with a pulse is not stated: it gets none. */
static void test_star_offline(void **arg)
{
	static const struct {
		const char *status;
		enum reason reason;
	} cases[] = {
		{ "23 06 28 00 00 00 00 00 00", REASON_COVER_OPEN },
		{ "23 06 08 00 00 08 00 00 00", REASON_PAPER_OUT },
		{ "23 06 08 00 00 00 00 00 00", REASON_PRINTER_OFFLINE },
	};

	(void)arg;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		open_star(seen);
		rig_start(&rig, &op);
		rig_clear(&rig);
		rig_input_hex(&rig, cases[i].status);
		expect_end(OUTCOME_FAILED, cases[i].reason);
		rig_expect_nothing(&rig);
		assert_int_equal(rig.commits, 0);
		rig_free(&rig);
	}
}

/* Two bytes more than the first says, where the second has its bit 7 set. */
static void test_star_lengths(void **arg)
{
	static const uint8_t longer[] = {
		0x23, 0x86, 4, 0, 0, 0, 0, 0, 0, 0, 0
	};
	struct star_reader reader = { .len = 0 };

	(void)arg;
	for (size_t i = 0; i < sizeof(longer); i++)
		assert_int_equal(star_read(&reader, longer[i]),
				 i + 1 < sizeof(longer) ? STAR_NOTHING
							: STAR_STATUS);
	assert_true(star_is_switch_set(reader.status));
	assert_int_equal(star_read(&reader, 0x16), STAR_NOISE);
	assert_int_equal(star_read(&reader, 0x23), STAR_NOTHING);
	assert_int_equal(star_read(&reader, 0x23), STAR_NOISE);
	for (int i = 0; i < 4096; i++)
		star_read(&reader, (uint8_t)(i * 37));
}

/* --- Posiflex: drawer 3 by its product number --- */

static const uint8_t posiflex_descriptor[] = {
	0x06, 0xa0, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x09, 0x02, 0x15, 0x00, 0x26,
	0xff, 0x00, 0x75, 0x08, 0x95, 0x78, 0x81, 0x02, 0x09, 0x03, 0x15, 0x00,
	0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x78, 0x91, 0x02, 0xc0
};

static struct driver_facts posiflex = {
	.vendor = 0x0d3a,
	.product = 0x0203,
	.reports = posiflex_descriptor,
	.reports_len = sizeof(posiflex_descriptor),
};

static void expect_report(uint8_t first, uint8_t second, size_t size)
{
	uint8_t report[129] = { 0, first, second };

	rig_expect(&rig, report, 1 + size);
}

static void answer_posiflex(uint8_t byte)
{
	uint8_t report[120] = { byte };

	rig_input(&rig, report, sizeof(report));
}

static void test_posiflex(void **arg)
{
	(void)arg;
	rig_init(&rig, &drawer_posiflex, NULL, false);
	rig.facts = &posiflex;
	rig_open(&rig);
	expect_report(3, 4, 120);
	answer_posiflex(0x21); /* drawer 2's: not for us */
	assert_false(rig.ready);
	answer_posiflex(0x31);
	assert_true(rig.ready);
	expect_drawer("closed");
	rig_advance(&rig, 1000);
	answer_posiflex(0x31);
	rig_clear(&rig);
	rig_start(&rig, &op);
	expect_report(3, 4, 120);
	answer_posiflex(0x31);
	expect_report(3, 3, 120);
	rig_advance(&rig, 50);
	expect_report(3, 4, 120);
	answer_posiflex(0x30);
	expect_end(OUTCOME_OK, REASON_NONE);
	expect_drawer("open");
	rig_free(&rig);
}

/* F0 and the like may be the end of it: nothing is sent to what is no drawer. */
static void test_posiflex_of_another_kind(void **arg)
{
	static const uint16_t products[] = { 0x0500, 0x0c23, 0x0208, 0x01ff };

	(void)arg;
	for (size_t i = 0; i < sizeof(products) / sizeof(*products); i++) {
		struct driver_facts facts = posiflex;

		facts.product = products[i];
		rig_init(&rig, &drawer_posiflex, NULL, false);
		rig.facts = &facts;
		rig_open(&rig);
		assert_int_equal(rig.lost_reason, REASON_WRONG_PROTOCOL);
		rig_expect_nothing(&rig);
		rig_free(&rig);
	}
}

/* --- APG --- */

static const uint8_t apg_descriptor[] = { 0x05, 0xf0, 0x09, 0x01, 0xa1,
					  0x01, 0x75, 0x08, 0x95, 0x02,
					  0x81, 0x02, 0x91, 0x02, 0xc0 };

static const struct driver_facts apg = {
	.vendor = 0x07c5,
	.product = 0x0500,
	.reports = apg_descriptor,
	.reports_len = sizeof(apg_descriptor),
};

static void open_apg(const struct rig_setting *settings)
{
	rig_init(&rig, &drawer_apg, settings, false);
	rig.facts = &apg;
	rig_open(&rig);
}

static void test_apg_without_sensor(void **arg)
{
	(void)arg;
	open_apg(NULL);
	assert_true(rig.ready);
	expect_drawer("no-sensor");
	rig_advance(&rig, 2000);
	rig_expect_nothing(&rig);
	rig_input_hex(&rig, "01 01"); /* not believed */
	expect_drawer("no-sensor");
	rig_start(&rig, &op);
	rig_expect_hex(&rig, "00 01 01");
	rig_advance(&rig, 200);
	expect_end(OUTCOME_SENT, REASON_NONE);
	rig_free(&rig);
}

static void test_apg_reports(void **arg)
{
	static const struct rig_setting reported[] = { { "sensor", "reported" },
						       { NULL, NULL } };

	(void)arg;
	open_apg(reported);
	rig_expect_hex(&rig, "00 00 00");
	rig_input_hex(&rig, "02 01");
	assert_true(rig.ready);
	expect_drawer("closed");
	rig_input_hex(&rig, "01 01"); /* by its key: news */
	expect_drawer("open");
	rig_input_hex(&rig, "03 01"); /* locked is shut */
	expect_drawer("closed");
	rig_advance(&rig, 1000);
	rig_input_hex(&rig, "02 01");
	rig_clear(&rig);
	rig_start(&rig, &op);
	rig_input_hex(&rig, "02 01");
	rig_expect_hex(&rig, "00 00 00 00 01 01");
	rig_input_hex(&rig, "01 01"); /* it tells by itself */
	rig_advance(&rig, 1000);
	expect_end(OUTCOME_OK, REASON_NONE);
	rig_free(&rig);
}

/* One that answers no question, but tells of changes, is there all the same. */
static void test_apg_that_only_tells_of_changes(void **arg)
{
	static const struct rig_setting reported[] = { { "sensor", "reported" },
						       { NULL, NULL } };

	(void)arg;
	open_apg(reported);
	rig_advance(&rig, 400);
	assert_true(rig.ready);
	expect_drawer("unknown");
	rig_advance(&rig, 2000);
	rig_input_hex(&rig, "02 01");
	expect_drawer("closed");
	rig_advance(&rig, 3000);
	expect_drawer("closed");
	rig_start(&rig, &op);
	rig_advance(&rig, 500);
	rig_input_hex(&rig, "01 01");
	rig_advance(&rig, 1000);
	expect_end(OUTCOME_OK, REASON_NONE);
	rig_free(&rig);
}

/* --- triggers --- */

static void test_trigger(void **arg)
{
	static const struct rig_setting bytes[] = { { "bytes", "1b34" },
						    { NULL, NULL } };

	(void)arg;
	rig_init(&rig, &drawer_trigger, bytes, true);
	rig_open(&rig);
	assert_true(rig.ready);
	rig_advance(&rig, 5000);
	rig_expect_nothing(&rig); /* any byte may open it */
	rig_start(&rig, &op);
	rig_expect_hex(&rig, "1b 34");
	rig_advance(&rig, 200);
	expect_end(OUTCOME_SENT, REASON_NONE);
	rig_free(&rig);
}

static void test_trigger_with_a_line(void **arg)
{
	static const struct {
		const char *sensor;
		unsigned int closed, open;
	} cases[] = {
		{ "cts-is-open", 0, DRIVER_MODEM_CTS },
		{ "no-cts-is-open", DRIVER_MODEM_CTS, 0 },
		{ "dsr-is-open", DRIVER_MODEM_CTS,
		  DRIVER_MODEM_CTS | DRIVER_MODEM_DSR },
		{ "no-dcd-is-open", DRIVER_MODEM_DCD, 0 },
		{ "ri-is-open", 0, DRIVER_MODEM_RI },
	};

	(void)arg;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct rig_setting settings[] = {
			{ "sensor", cases[i].sensor }, { NULL, NULL }
		};

		rig_init(&rig, &drawer_trigger, settings, true);
		rig.has_modem = true;
		rig.modem = cases[i].closed;
		rig_open(&rig);
		expect_drawer("closed");
		rig_advance(&rig, 2000);
		rig_start(&rig, &op);
		rig_expect_hex(&rig, "07");
		rig_advance(&rig, 60);
		assert_int_equal(rig.dones, 0);
		rig.modem = cases[i].open;
		rig_advance(&rig, 60);
		expect_end(OUTCOME_OK, REASON_NONE);
		rig.modem = cases[i].closed;
		rig_advance(&rig, 1000);
		expect_drawer("closed");
		rig_free(&rig);
	}
}

static void test_trigger_that_stays_shut(void **arg)
{
	static const struct rig_setting cts[] = { { "sensor", "cts-is-open" },
						  { NULL, NULL } };

	(void)arg;
	rig_init(&rig, &drawer_trigger, cts, true);
	rig.has_modem = true;
	rig_open(&rig);
	rig_advance(&rig, 2000);
	rig_start(&rig, &op);
	rig_advance(&rig, 2000);
	expect_end(OUTCOME_UNKNOWN, REASON_DRAWER_STAYED_SHUT);
	rig_free(&rig);
	/* and an adapter without such lines can't tell */
	rig_init(&rig, &drawer_trigger, cts, true);
	rig_open(&rig);
	assert_true(rig.ready);
	expect_drawer("unknown");
	rig_advance(&rig, 2000);
	rig_start(&rig, &op);
	rig_advance(&rig, 2000);
	expect_end(OUTCOME_UNKNOWN, REASON_NO_ANSWER);
	rig_free(&rig);
}

/* The coil's rest is kept whoever asks, and outlasts the line. */
static void test_rest(void **arg)
{
	(void)arg;
	rig_init(&rig, &drawer_trigger, NULL, true);
	rig_open(&rig);
	rig_advance(&rig, 2000);
	rig_start(&rig, &op);
	rig_advance(&rig, 200);
	rig_clear(&rig);
	rig.dones = 0;
	rig_unplug(&rig);
	rig_open(&rig);
	rig_start(&rig, &op);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 799);
	rig_expect_nothing(&rig);
	rig_advance(&rig, 1);
	rig_expect_hex(&rig, "07");
	rig_free(&rig);
}

/* --- a test --- */

static const struct op test = { .kind = OP_TEST_INTERNAL, .id = "op-3" };

/* One question, no pulse; and what the switch means, either way. */
static void test_star_is_only_asked(void **arg)
{
	const json_t *right;

	(void)arg;
	open_star(seen);
	rig_start(&rig, &test);
	rig_expect_hex(&rig, "1b 06 01");
	rig_input_hex(&rig, OPEN);
	expect_end(OUTCOME_OK, REASON_NONE);
	assert_string_equal(json_text(rig.result, "drawer"), "open");
	right = json_object_get(rig.result, "sensor_if");
	assert_string_equal(json_text(right, "open"), "set-is-open");
	assert_string_equal(json_text(right, "closed"), "clear-is-open");
	assert_int_equal(rig.commits, 0);
	rig_expect_nothing(&rig);
	rig_free(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_star_opens),
		cmocka_unit_test(test_star_second_drive),
		cmocka_unit_test(test_star_stays_shut),
		cmocka_unit_test(test_star_offline),
		cmocka_unit_test(test_star_lengths),
		cmocka_unit_test(test_posiflex),
		cmocka_unit_test(test_posiflex_of_another_kind),
		cmocka_unit_test(test_apg_without_sensor),
		cmocka_unit_test(test_apg_reports),
		cmocka_unit_test(test_apg_that_only_tells_of_changes),
		cmocka_unit_test(test_trigger),
		cmocka_unit_test(test_trigger_with_a_line),
		cmocka_unit_test(test_trigger_that_stays_shut),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_star_is_only_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
