/* SPDX-License-Identifier: Apache-2.0 */
/* Expected bytes: docs/protocols.md A.2 (the pulse, its duty) and A.4 (DLE
 * EOT). */
#include "drawer/duty.h"
#include "drawer/escpos_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* --- codec --- */

static void test_codec_commands(void **state)
{
	static const uint8_t expected[] = {
		0x10, 0x04, 0x01, 0x10, 0x04, 0x02, 0x10, 0x04,
		0x04, 0x1b, 0x70, 0x00, 0x32, 0xc8, /* suggested: 100/400 ms */
		0x1b, 0x70, 0x01, 0x19, 0xfa,	    /* 50/500 ms, pin 5 */
		0x1b, 0x70, 0x00, 0xff, 0x00,	    /* what fits a byte */
	};
	struct buf out = BUF_INIT(64);

	(void)state;
	escpos_add_question(&out, ESCPOS_ASK_PRINTER);
	escpos_add_question(&out, ESCPOS_ASK_CAUSE);
	escpos_add_question(&out, ESCPOS_ASK_PAPER);
	escpos_add_pulse(&out, 2, 100, 400);
	escpos_add_pulse(&out, 5, 50, 500);
	escpos_add_pulse(&out, 2, 100000, -1);
	assert_int_equal(out.len, sizeof(expected));
	assert_memory_equal(out.data, expected, sizeof(expected));
	buf_free(&out);
}

/* 0xx1xx10 answers, 0xx1xx00 begins a report, eight bits are never right. */
static void test_codec_tells_bytes_apart(void **state)
{
	(void)state;
	for (unsigned int byte = 0; byte < 256; byte++) {
		struct escpos_reader reader = { 0 };
		enum escpos_kind kind = escpos_read(&reader, (uint8_t)byte);

		if (byte & 0x80)
			assert_int_equal(kind, ESCPOS_GARBAGE);
		else if (byte == 0x11 || byte == 0x13)
			assert_int_equal(kind, ESCPOS_NOTHING);
		else if ((byte & 0x13) == 0x12)
			assert_int_equal(kind, ESCPOS_ANSWER);
		else if ((byte & 0x13) == 0x10)
			assert_int_equal(kind, ESCPOS_NOTHING);
		else
			assert_int_equal(kind, ESCPOS_OTHER);
	}
}

static void test_codec_passes_over_reports(void **state)
{
	static const struct {
		uint8_t byte;
		enum escpos_kind kind;
	} bytes[] = {
		{ 0x14, ESCPOS_NOTHING }, { 0x00, ESCPOS_NOTHING },
		{ 0x13, ESCPOS_NOTHING }, /* XOFF in the middle */
		{ 0x16, ESCPOS_ANSWER },  /* and an answer */
		{ 0x0f, ESCPOS_NOTHING }, { 0x00, ESCPOS_NOTHING },
		{ 0x00, ESCPOS_OTHER }, /* the report was whole */
		{ 0x10, ESCPOS_NOTHING }, { 0x10, ESCPOS_OTHER }, /* cut */
		{ 0x00, ESCPOS_NOTHING }, { 0xff, ESCPOS_GARBAGE },
		{ 0x00, ESCPOS_OTHER }, /* no report any more */
	};
	struct escpos_reader reader = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++)
		assert_int_equal(escpos_read(&reader, bytes[i].byte),
				 bytes[i].kind);
}

static void test_codec_reads_answers(void **state)
{
	(void)state;
	assert_true(escpos_is_pin3_high(0x16) && !escpos_is_offline(0x16));
	assert_false(escpos_is_pin3_high(0x12) || escpos_is_offline(0x12));
	assert_true(escpos_is_pin3_high(0x1e) && escpos_is_offline(0x1e));
	assert_true(!escpos_is_pin3_high(0x1a) && escpos_is_offline(0x1a));
	assert_true(escpos_is_cover_open(0x16));
	assert_true(escpos_is_paper_stop(0x32));
	assert_true(escpos_is_error(0x52));
	assert_false(escpos_is_cover_open(0x12) || escpos_is_paper_stop(0x12) ||
		     escpos_is_error(0x12));
	assert_true(escpos_is_paper_near_end(0x1e));
	assert_true(escpos_is_paper_end(0x72));
	assert_false(escpos_is_paper_near_end(0x12) ||
		     escpos_is_paper_end(0x1e));
}

/* --- duty --- */

static void test_duty_rest(void **state)
{
	struct duty duty = { 0 };

	(void)state;
	duty_begin(&duty, 7000, 200);
	assert_int_equal(duty_wait(&duty, 7000, 60), 1000);
	duty_begin(&duty, 7900, 200); /* only the first one counts */
	assert_int_equal(duty_wait(&duty, 7900, 60), 100);
	assert_int_equal(duty_wait(&duty, 8000, 60), 0);
	duty_note(&duty, 8000, 200);
	assert_int_equal(duty_wait(&duty, 8000, 60), 1000);
	duty_note(&duty, 9000, 20);
	assert_int_equal(duty_wait(&duty, 9000, 60), DUTY_FLOOR_MS);
}

/* As fast as it is let, from just after boot: no minute has more than it may,
 * and none is starved. */
static void test_duty_minute(void **state)
{
	static int64_t times[4096];
	struct duty duty = { 0 };
	size_t count = 0, oldest = 0;

	(void)state;
	for (int64_t now = 0; now < 20 * 60000; now += 10) {
		int64_t wait = duty_wait(&duty, now, 20);

		while (oldest < count && times[oldest] <= now - 60000)
			oldest++;
		if (wait > 0) {
			assert_true(wait <= 65000);
			continue;
		}
		assert_true(count - oldest < 20);
		times[count++] = now;
		duty_note(&duty, now, 100);
	}
	assert_in_range(count, 18 * 20, 20 * 20);
}

static void test_duty_wait_is_enough(void **state)
{
	struct duty duty = { 0 };
	int64_t now = 123456789, wait;

	(void)state;
	for (int i = 0; i < 3; i++)
		duty_note(&duty, now + i * 6000, 100);
	now += 12000;
	wait = duty_wait(&duty, now, 3);
	assert_in_range(wait, 48000, 53000);
	assert_true(duty_wait(&duty, now + wait - 1, 3) > 0);
	assert_int_equal(duty_wait(&duty, now + wait, 3), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codec_commands),
		cmocka_unit_test(test_codec_tells_bytes_apart),
		cmocka_unit_test(test_codec_passes_over_reports),
		cmocka_unit_test(test_codec_reads_answers),
		cmocka_unit_test(test_duty_rest),
		cmocka_unit_test(test_duty_minute),
		cmocka_unit_test(test_duty_wait_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
