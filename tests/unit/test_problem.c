/* SPDX-License-Identifier: Apache-2.0 */
#include "core/problem.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

static bool is_kebab(const char *name)
{
	if (!islower((unsigned char)name[0]))
		return false;
	for (; *name; name++)
		if (!islower((unsigned char)*name) &&
		    !(*name == '-' && islower((unsigned char)name[1])))
			return false;
	return true;
}

static bool is_sentence(const char *text)
{
	return isupper((unsigned char)text[0]) &&
	       text[strlen(text) - 1] == '.' && strlen(text) < 120;
}

static void test_every_row_is_whole(void **state)
{
	(void)state;
	for (enum problem p = 0; p < PROBLEMS; p++) {
		if (!problem_name(p))
			fail_msg("problem %d has no row", (int)p);
		assert_true(is_kebab(problem_name(p)));
		assert_true(is_sentence(problem_sentence(p)));
		if (*problem_advice(p))
			assert_true(is_sentence(problem_advice(p)));
		assert_in_range(problem_status(p), 400, 504);
	}
}

static void test_names_are_unique(void **state)
{
	(void)state;
	for (enum problem p = 0; p < PROBLEMS; p++)
		for (enum problem q = 0; q < p; q++)
			assert_string_not_equal(problem_name(p),
						problem_name(q));
}

/* What clients that look at nothing but the status rely on. */
static void test_statuses_mean_one_thing(void **state)
{
	(void)state;
	for (enum problem p = 0; p < PROBLEMS; p++) {
		if (problem_status(p) == 504)
			assert_true(p == PROBLEM_OUTCOME_UNKNOWN ||
				    p == PROBLEM_OUTCOME_LOST);
		if (problem_status(p) == 502)
			assert_int_equal(p, PROBLEM_FAILED);
		if (problem_status(p) == 428)
			assert_int_equal(p, PROBLEM_KEY_MISSING);
	}
}

static void test_statuses(void **state)
{
	static const struct {
		enum problem problem;
		int status;
		const char *name;
	} rows[] = {
		{ PROBLEM_BAD_JSON, 400, "bad-json" },
		{ PROBLEM_BODY_TOO_LARGE, 413, "body-too-large" },
		{ PROBLEM_NOT_JSON, 415, "not-json" },
		{ PROBLEM_NOT_FOUND, 404, "not-found" },
		{ PROBLEM_METHOD_NOT_ALLOWED, 405, "method-not-allowed" },
		{ PROBLEM_TOO_MANY_REQUESTS, 429, "too-many-requests" },
		{ PROBLEM_TOO_MANY_CONNECTIONS, 503, "too-many-connections" },
		{ PROBLEM_KEY_MISSING, 428, "key-missing" },
		{ PROBLEM_KEY_REUSED, 409, "key-reused" },
		{ PROBLEM_NOT_SET_UP, 503, "not-set-up" },
		{ PROBLEM_SIGN_ON_REQUIRED, 401, "sign-on-required" },
		{ PROBLEM_WRONG_CREDENTIALS, 401, "wrong-credentials" },
		{ PROBLEM_SLOW_DOWN, 429, "slow-down" },
		{ PROBLEM_AUTHORIZATION_REQUIRED, 403,
		  "authorization-required" },
		{ PROBLEM_AUTHORIZATION_SPENT, 409, "authorization-spent" },
		{ PROBLEM_AUTHORIZATION_EXPIRED, 410, "authorization-expired" },
		{ PROBLEM_READER_BUSY, 503, "reader-busy" },
		{ PROBLEM_DEVICE_NOT_READY, 503, "device-not-ready" },
		{ PROBLEM_REFUSED_BY_DEVICE, 409, "refused-by-device" },
		{ PROBLEM_FAILED, 502, "failed" },
		{ PROBLEM_OUTCOME_UNKNOWN, 504, "outcome-unknown" },
		{ PROBLEM_OUTCOME_LOST, 504, "outcome-lost" },
		{ PROBLEM_OUTCOME_OPEN, 409, "outcome-open" },
		{ PROBLEM_DISK_FULL, 503, "disk-full" },
		{ PROBLEM_ROLLED_BACK, 503, "rolled-back" },
		{ PROBLEM_STOPPING, 503, "stopping" },
		{ PROBLEM_REQUEST_TIMEOUT, 408, "request-timeout" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(problem_status(rows[i].problem),
				 rows[i].status);
		assert_string_equal(problem_name(rows[i].problem),
				    rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_is_whole),
		cmocka_unit_test(test_names_are_unique),
		cmocka_unit_test(test_statuses_mean_one_thing),
		cmocka_unit_test(test_statuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
