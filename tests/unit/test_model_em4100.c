/* SPDX-License-Identifier: Apache-2.0 */
/* The badge reader model: frames and their checksums as in devices C.6. */
#include "sim/models.h"
#include "sim_rig.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_start(struct sim_rig *rig, const char *options)
{
	sim_rig_start(rig, &model_em4100, true, options);
}

static void test_checksums_of_the_vectors(void **state)
{
	static const struct {
		const char *id;
		const char *check;
	} cases[] = {
		{ "62E3086CED", "08" },
		{ "13005D1DA5", "F6" },
		{ "0110185C5B", "0E" },
		{ "04184EDCBA", "34" },
	};
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_FREE char *command =
			alloc_format("badge %s", cases[i].id);
		CLEANUP_FREE char *frame = alloc_format(
			"\x02%s%s\x03", cases[i].id, cases[i].check);

		sim_rig_do(&rig, command);
		sim_rig_expect(&rig, frame, 14);
		assert_true(sim_rig_saw(&rig, "badge is held"));
	}
	assert_int_equal(sim_rig_number(&rig, "badges"), 4);
	assert_int_equal(sim_rig_number(&rig, "frames"), 4);
	sim_rig_stop(&rig);
}

/* The ID-12 frame that C.6 spells out */
static void test_long_frame(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "framing=16");
	sim_rig_do(&rig, "badge 62e3086ced");
	SIM_RIG_EXPECT(&rig, "\x02\x36\x32\x45\x33\x30\x38\x36\x43\x45\x44"
			     "\x30\x38\x0d\x0a\x03");
	sim_rig_stop(&rig);
}

static void test_lower_case(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "digits=lower");
	sim_rig_do(&rig, "badge 0110185C5B");
	SIM_RIG_EXPECT(&rig, "\x02"
			     "0110185c5b0e\x03");
	sim_rig_stop(&rig);
}

/* The sample that only fits a sum: C.6, variant */
static void test_sum(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "checksum=sum");
	sim_rig_do(&rig, "badge 2E00AF0EC9");
	SIM_RIG_EXPECT(&rig, "\x02"
			     "2E00AF0EC9B4\x03");
	sim_rig_stop(&rig);
}

static void test_held_badge_repeats(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	sim_rig_do(&rig, "badge 0110185C5B hold 200");
	assert_int_equal(sim_rig_number(&rig, "frames"), 1);
	sim_rig_wait(&rig, 64);
	assert_int_equal(sim_rig_number(&rig, "frames"), 1);
	sim_rig_wait(&rig, 1);
	assert_int_equal(sim_rig_number(&rig, "frames"), 2);
	assert_int_equal(sim_rig_number(&rig, "held"), 1);
	sim_rig_wait(&rig, 135);
	assert_int_equal(sim_rig_number(&rig, "frames"), 4);
	assert_int_equal(sim_rig_number(&rig, "held"), 0);
	assert_int_equal(rig.due, -1);
	sim_rig_wait(&rig, 10000);
	SIM_RIG_EXPECT(&rig, "\x02"
			     "0110185C5B0E\x03\x02"
			     "0110185C5B0E\x03\x02"
			     "0110185C5B0E\x03\x02"
			     "0110185C5B0E\x03");
	sim_rig_stop(&rig);
}

static void test_held_badge_is_sent_once(void **state)
{
	static const char *const options[] = { "framing=16", "repeat=0" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct sim_rig rig;

		test_start(&rig, options[i]);
		sim_rig_do(&rig, "badge 0110185C5B hold 1000");
		sim_rig_wait(&rig, 999);
		assert_int_equal(sim_rig_number(&rig, "held"), 1);
		sim_rig_wait(&rig, 1);
		assert_int_equal(sim_rig_number(&rig, "held"), 0);
		assert_int_equal(sim_rig_number(&rig, "frames"), 1);
		sim_rig_stop(&rig);
	}
}

static void test_badge_is_removed_or_replaced(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, "repeat=10");
	sim_rig_do(&rig, "badge 0110185C5B hold 1000");
	sim_rig_wait(&rig, 10);
	sim_rig_do(&rig, "remove");
	sim_rig_wait(&rig, 1000);
	assert_int_equal(sim_rig_number(&rig, "frames"), 2);
	sim_rig_do(&rig, "badge 0110185C5B hold 1000");
	buf_reset(&rig.sent);
	sim_rig_do(&rig, "badge 04184EDCBA");
	sim_rig_wait(&rig, 1000);
	SIM_RIG_EXPECT(&rig, "\x02"
			     "04184EDCBA34\x03");
	sim_rig_stop(&rig);
}

/* A checksum that neither rule accepts, also where they agree. */
static void test_bad_badge(void **state)
{
	static const char *const ids[] = { "", " 0110185C5B", " 0000000000",
					   " 0000000055" };
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		CLEANUP_FREE char *command =
			alloc_format("bad badge%s", ids[i]);
		unsigned int bytes[6], xor = 0, sum = 0;

		sim_rig_do(&rig, command);
		assert_int_equal(rig.sent.len, 14);
		assert_int_equal(sscanf(buf_text(&rig.sent),
					"\x02%2X%2X%2X%2X%2X%2X\x03", &bytes[0],
					&bytes[1], &bytes[2], &bytes[3],
					&bytes[4], &bytes[5]),
				 6);
		for (size_t b = 0; b < 5; b++) {
			xor ^= bytes[b];
			sum += bytes[b];
		}
		assert_int_not_equal(bytes[5], xor);
		assert_int_not_equal(bytes[5], sum & 0xff);
		buf_reset(&rig.sent);
	}
	assert_int_equal(sim_rig_number(&rig, "bad_frames"), 4);
	assert_int_equal(sim_rig_number(&rig, "frames"), 0);
	assert_int_equal(sim_rig_number(&rig, "badges"), 0);
	sim_rig_stop(&rig);
}

/* No STX, twelve digits and ETX in a row anywhere in it. */
static void test_noise_is_no_frame(void **state)
{
	struct sim_rig rig;
	const char *at;

	(void)state;
	test_start(&rig, NULL);
	sim_rig_do(&rig, "noise");
	assert_true(rig.sent.len > 14);
	for (at = buf_text(&rig.sent); (at = strchr(at, 2)); at++)
		assert_true(strspn(at + 1, "0123456789ABCDEFabcdef") < 12);
	assert_int_equal(sim_rig_number(&rig, "noises"), 1);
	sim_rig_stop(&rig);
}

/* The number is a secret: not shown, not in the account, not in a refusal. */
static void test_number_stays_secret(void **state)
{
	CLEANUP_JSON json_t *account = NULL;
	CLEANUP_FREE char *text = NULL, *error = NULL;
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	sim_rig_do(&rig, "badge 0110185C5B hold 500");
	assert_false(sim_rig_saw(&rig, "0110185C5B"));
	account = rig.model->class->account(rig.model);
	text = json_line(account);
	assert_null(strstr(text, "0110185C"));
	error = rig.model->class->command(rig.model, "badge 0110185C5B held 5");
	assert_non_null(error);
	assert_null(strstr(error, "0110185C"));
	sim_rig_stop(&rig);
}

static void test_bad_commands_and_options(void **state)
{
	static const char *const commands[] = {
		"",
		"badge",
		"badge 0110185C5",
		"badge 0110185C5BB",
		"badge 0110185C5G",
		"badge 0110185C5B hold",
		"badge 0110185C5B hold 0",
		"badge 0110185C5B hold x",
		"badge 0110185C5B hold 600001",
		"bad badge 12",
		"bad",
		"swipe",
	};
	static const char *const options[] = { "framing=15", "repeat=-1",
					       "repeat=10001", "digits=roman" };
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		sim_rig_cannot(&rig, commands[i], "");
	SIM_RIG_EXPECT(&rig, "");
	sim_rig_stop(&rig);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		free(sim_rig_refusal(&model_em4100, options[i]));
}

static void test_it_is_deaf(void **state)
{
	struct sim_rig rig;

	(void)state;
	test_start(&rig, NULL);
	SIM_RIG_INPUT(&rig, "\x02hello\x03");
	sim_rig_wait(&rig, 1000);
	SIM_RIG_EXPECT(&rig, "");
	sim_rig_stop(&rig);
}

static void test_help_is_true(void **state)
{
	(void)state;
	sim_rig_check_help(&model_em4100);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checksums_of_the_vectors),
		cmocka_unit_test(test_long_frame),
		cmocka_unit_test(test_lower_case),
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_held_badge_repeats),
		cmocka_unit_test(test_held_badge_is_sent_once),
		cmocka_unit_test(test_badge_is_removed_or_replaced),
		cmocka_unit_test(test_bad_badge),
		cmocka_unit_test(test_noise_is_no_frame),
		cmocka_unit_test(test_number_stays_secret),
		cmocka_unit_test(test_bad_commands_and_options),
		cmocka_unit_test(test_it_is_deaf),
		cmocka_unit_test(test_help_is_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
