/* SPDX-License-Identifier: Apache-2.0 */
#include "datecs_matrix.h"

#include "drivers.h"
#include "sim/models.h"
#include "util/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

const char *datecs_kind_name(const struct datecs_kind *kind)
{
	return kind->classic ? "classic" : "X";
}

const char *datecs_kind_speed(const struct datecs_kind *kind)
{
	return kind->slow ? "real" : "fast";
}

struct shop_setup datecs_kind_setup(const struct datecs_kind *kind,
				    const char *options)
{
	return (struct shop_setup){
		.driver = &printer_datecs,
		.class =
			kind->classic ? &model_datecs_classic : &model_datecs_x,
		.options = options,
	};
}

int datecs_kind_command(const struct datecs_kind *kind, const uint8_t *data,
			size_t len)
{
	if (kind->classic)
		return len > 3 ? data[3] : -1;
	return len < 10 ? -1 : (data[8] - '0') * 16 + data[9] - '0';
}

/* --- four tests --- */

static void (*datecs_matrix)(const struct datecs_kind *kind);

static void test_x(void **state)
{
	(void)state;
	datecs_matrix(&(struct datecs_kind){ .classic = false });
}

static void test_classic(void **state)
{
	(void)state;
	datecs_matrix(&(struct datecs_kind){ .classic = true });
}

static void test_x_slow(void **state)
{
	(void)state;
	datecs_matrix(&(struct datecs_kind){ .classic = false, .slow = true });
}

static void test_classic_slow(void **state)
{
	(void)state;
	datecs_matrix(&(struct datecs_kind){ .classic = true, .slow = true });
}

int datecs_matrix_run(const char *name,
		      void (*matrix)(const struct datecs_kind *kind))
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_x),
		cmocka_unit_test(test_classic),
		cmocka_unit_test(test_x_slow),
		cmocka_unit_test(test_classic_slow),
	};

	log_set_level(LOG_LEVEL_ERROR);
	datecs_matrix = matrix;
	return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}
