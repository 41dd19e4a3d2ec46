/* SPDX-License-Identifier: Apache-2.0 */
/* How drivers are looked for: what they ask, and what they take for an answer. */
#include "driver_rig.h"
#include "drivers.h"
#include "util/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define QUESTION_MAX 64 /* as device_scan.c has it */
#define BYTES_MAX    512

typedef void (*hail_check)(const struct driver_hail *hail,
			   const struct buf *question);

static void check_each(hail_check check)
{
	for (const struct driver *const *at = drivers; *at; at++) {
		const struct driver_scan *scan = (*at)->scan;
		struct driver_io rig;

		if (!scan)
			continue;
		rig_init(&rig, *at, NULL, true);
		for (size_t i = 0; scan->hails[i].ask; i++) {
			CLEANUP(buf_cleanup)
			struct buf question = BUF_INIT(QUESTION_MAX);

			scan->hails[i].ask(&rig, &question);
			check(&scan->hails[i], &question);
		}
		rig_free(&rig);
	}
}

static void check_question(const struct driver_hail *hail,
			   const struct buf *question)
{
	CLEANUP(buf_cleanup) struct buf thanks = BUF_INIT(QUESTION_MAX);

	assert_true(question->len && !question->failed);
	if (hail->thank)
		hail->thank(&thanks);
	assert_false(thanks.failed);
}

/* What a line of another speed brings: bytes, as if drawn by lot. */
static void check_noise(const struct driver_hail *hail,
			const struct buf *question)
{
	uint32_t lot = 1;

	(void)question;
	for (size_t len = 0; len < BYTES_MAX; len++) {
		uint8_t bytes[BYTES_MAX];

		for (size_t i = 0; i < len; i++) {
			lot = lot * 1664525U + 1013904223U;
			bytes[i] = (uint8_t)(lot >> 24) | 0x80;
		}
		assert_false(hail->is_answer(bytes, len));
	}
}

static void test_questions(void **state)
{
	(void)state;
	check_each(check_question);
}

static void test_noise_is_no_answer(void **state)
{
	(void)state;
	check_each(check_noise);
}

/* Those that have something harmless to answer, and no others. */
static void test_who_can_be_looked_for(void **state)
{
	static const char *const able[] = { "escpos-drawer", "star-drawer",
					    "datecs-printer", "posnet-printer",
					    "zvt-terminal" };

	(void)state;
	for (const struct driver *const *at = drivers; *at; at++) {
		bool listed = false;

		for (size_t i = 0; i < sizeof(able) / sizeof(able[0]); i++)
			listed = listed || !strcmp(able[i], (*at)->name);
		assert_int_equal(listed, (*at)->scan != NULL);
		assert_true(!listed || (*at)->scan->speeds[0] > 0);
	}
}

/* Byte by byte; and one byte amiss is none. */
static void check_answer(const struct driver *driver, size_t which,
			 const void *answer, size_t len, size_t checked)
{
	const struct driver_hail *hail = &driver->scan->hails[which];
	uint8_t bytes[BYTES_MAX];

	for (size_t i = 0; i < len; i++)
		assert_false(hail->is_answer(answer, i));
	assert_true(hail->is_answer(answer, len));
	memcpy(bytes, answer, len);
	bytes[checked] ^= 0x01;
	assert_false(hail->is_answer(bytes, len));
}

static void test_answers(void **state)
{
	(void)state;
	check_answer(&drawer_escpos, 0, "\x16", 1, 0);
	check_answer(&drawer_star, 0, "\x0f\x00\x00\x00\x00\x00\x00", 7, 0);
	check_answer(&terminal_zvt, 0,
		     "\x06\x10\x02\x80\x00\x00\x10\x03\xf5\x1f", 10, 4);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_noise_is_no_answer),
		cmocka_unit_test(test_who_can_be_looked_for),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
