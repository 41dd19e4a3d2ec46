/* SPDX-License-Identifier: Apache-2.0 */
#include "trace_bench.h"

#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct trace_bench bench;

static void note_told(void *arg)
{
	(void)arg;
	bench.told++;
}

void tap_to(const struct driver *driver, bool serial)
{
	bench.tap = tap_free(bench.tap);
	bench.tap = tap_new(driver, serial, &bench.fake.env, note_told, NULL);
}

int set_up(void **state)
{
	(void)state;
	memset(&bench, 0, sizeof(bench));
	fake_env_init(&bench.fake);
	return 0;
}

int tear_down(void **state)
{
	(void)state;
	bench.tap = tap_free(bench.tap);
	fake_env_free(&bench.fake);
	return 0;
}

/* The newest records as one text: "out asks...;in online...;" New. */
static char *told(size_t limit)
{
	json_t *list = tap_list(bench.tap, -1, limit), *record;
	struct buf text = BUF_INIT(1 << 20);
	size_t i;

	json_array_foreach (list, i, record)
		buf_add_format(&text, "%s %s;", json_text(record, "way"),
			       json_text(record, "text"));
	json_decref(list);
	return (char *)text.data;
}

void expect_told(const char *wanted)
{
	char *text = told(1000);

	assert_non_null(text);
	assert_string_equal(text, wanted);
	free(text);
}

json_t *record_at(size_t back)
{
	json_t *list = tap_list(bench.tap, -1, back + 1);
	json_t *record = json_incref(json_array_get(list, 0));

	json_decref(list);
	return record;
}

void expect_hex(size_t back, const char *wanted)
{
	json_t *record = record_at(back);
	const char *hex = json_text(record, "hex");

	assert_string_equal(hex ? hex : "", wanted);
	json_decref(record);
}

void out(const void *bytes, size_t len)
{
	tap_bytes(bench.tap, TRACE_OUT, bytes, len);
}

void in(const void *bytes, size_t len)
{
	tap_bytes(bench.tap, TRACE_IN, bytes, len);
}

void in_bytes(const void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		in((const uint8_t *)bytes + i, 1);
}

void expect_nowhere(const void *secret, size_t len)
{
	json_t *list = tap_list(bench.tap, -1, 1000);
	char *text = json_dumps(list, 0), hex[512] = "";

	assert_true(len * 2 < sizeof(hex));
	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", ((const uint8_t *)secret)[i]);
	assert_null(strstr(text, hex));
	assert_null(memmem(text, strlen(text), secret, len));
	free(text);
	json_decref(list);
}
