/* SPDX-License-Identifier: Apache-2.0 */
/* Frames and tags: docs/protocols.md C.6. */
#include "driver_rig.h"
#include "drivers.h"
#include "reader/em4100_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define STX   "\x02"
#define ETX   "\x03"
#define TAG_A STX "04184EDCBA34" ETX	 /* RDM6300: 14 bytes */
#define TAG_B STX "62E3086CED08\r\n" ETX /* ID-12: 16 bytes */
#define ID_A  "em4100:04184edcba"
#define ID_B  "em4100:62e3086ced"

static void make_ready(struct driver_io *rig,
		       const struct rig_setting *settings)
{
	rig_init(rig, &reader_em4100, settings, true);
	rig_open(rig);
	assert_true(rig->ready);
}

static void input_text(struct driver_io *rig, const char *text)
{
	rig_input(rig, text, strlen(text));
}

/* One swipe comes out of the text, or none (NULL). */
static void assert_reads(const char *text, const char *id)
{
	struct driver_io rig;

	make_ready(&rig, NULL);
	input_text(&rig, text);
	assert_int_equal(rig.swipes, id ? 1 : 0);
	assert_string_equal(rig.swipe, id ? id : "");
	rig_free(&rig);
}

static void test_tags(void **state)
{
	(void)state;
	assert_reads(TAG_A, ID_A);
	assert_reads(TAG_B, ID_B);
	assert_reads(STX "62E3086CED08" ETX, ID_B);
	assert_reads(STX "04184EDCBA34\r\n" ETX, ID_A);
	assert_reads(STX "13005D1DA5F6" ETX, "em4100:13005d1da5");
	assert_reads(STX "0110185C5B0E" ETX, "em4100:0110185c5b");
	assert_reads(STX "04184edcba34" ETX, ID_A); /* clones */
	assert_reads(STX "04184eDCbA34" ETX, ID_A);
}

static void test_frame_of_the_datasheet(void **state)
{
	struct driver_io rig;

	(void)state;
	make_ready(&rig, NULL);
	rig_input_hex(&rig, "02 36 32 45 33 30 38 36 43 45 44 30 38 0D 0A 03");
	assert_int_equal(rig.swipes, 1);
	assert_string_equal(rig.swipe, ID_B);
	rig_expect_nothing(&rig);
	rig_free(&rig);
}

static void test_one_byte_at_a_time(void **state)
{
	static const char *const frames[] = { TAG_A, TAG_B };

	(void)state;
	for (int which = 0; which < 2; which++) {
		struct driver_io rig;

		make_ready(&rig, NULL);
		for (const char *at = frames[which]; *at; at++) {
			assert_int_equal(rig.swipes, 0);
			rig_input(&rig, at, 1);
			rig_advance(&rig, 150);
		}
		assert_int_equal(rig.swipes, 1);
		rig_free(&rig);
	}
}

static void test_checksum(void **state)
{
	static const struct rig_setting sum[] = {
		{ "checksum", "sum" },
		{ NULL, NULL },
	};
	struct driver_io rig;

	(void)state;
	assert_reads(STX "04184EDCBA35" ETX, NULL);
	assert_reads(STX "04184EDCBB34" ETX, NULL);
	/* right as a sum only: not believed unless it is said */
	assert_reads(STX "2E00AF0EC9B4" ETX, NULL);
	make_ready(&rig, sum);
	input_text(&rig, STX "2E00AF0EC946" ETX); /* right as XOR only */
	assert_int_equal(rig.swipes, 0);
	input_text(&rig, STX "2E00AF0EC9B4" ETX);
	assert_int_equal(rig.swipes, 1);
	assert_string_equal(rig.swipe, "em4100:2e00af0ec9");
	rig_free(&rig);
}

static void test_bad_frames(void **state)
{
	(void)state;
	assert_reads("", NULL);
	assert_reads("04184EDCBA34" ETX, NULL);	   /* no beginning */
	assert_reads(STX "04184EDCBA34", NULL);	   /* no end */
	assert_reads(STX "04184EDCBA3" ETX, NULL); /* short */
	assert_reads(STX "04184EDCBA" ETX, NULL);
	assert_reads(STX ETX, NULL);
	assert_reads(STX "04184EDCBA344" ETX, NULL); /* long */
	assert_reads(STX "0004184EDCBA34" ETX, NULL);
	assert_reads(STX "04184EDCBG34" ETX, NULL); /* no digit */
	assert_reads(STX "04184EDC A34" ETX, NULL);
	assert_reads(STX "04184EDCBA34\r" ETX, NULL);
	assert_reads(STX "04184EDCBA34\n" ETX, NULL);
	assert_reads(STX "04184EDCBA34\n\r" ETX, NULL);
	assert_reads(STX "04184EDCBA34\r\n\r" ETX, NULL);
	assert_reads(STX "04184EDCBA34\r\n\r\n" ETX, NULL);
	assert_reads("\r\n" ETX, NULL);
}

/* None of it takes a good frame along that follows. */
static void test_noise_before_frame(void **state)
{
	(void)state;
	assert_reads("\r\n\xff\x80hello" TAG_A, ID_A);
	assert_reads(STX TAG_A, ID_A);
	assert_reads(STX STX STX TAG_B, ID_B);
	assert_reads(STX "04184E" TAG_A, ID_A);
	assert_reads(STX "04184EDCBA34" TAG_A, ID_A);
	assert_reads(STX "04184EDCBA34\r" TAG_A, ID_A);
	assert_reads(STX "04184EDCBA344444444444" TAG_B, ID_B);
	assert_reads(STX "04184EDCBA35" ETX TAG_B, ID_B);
	assert_reads(TAG_A "\r\n", ID_A);
}

static void test_gap(void **state)
{
	struct driver_io rig;

	(void)state;
	make_ready(&rig, NULL);
	input_text(&rig, STX "04184E");
	rig_advance(&rig, 199);
	input_text(&rig, "DCBA34" ETX); /* slow, but one frame */
	assert_int_equal(rig.swipes, 1);
	input_text(&rig, STX "62E308");
	rig_advance(&rig, 200);
	input_text(&rig, "6CED08" ETX); /* two halves of different frames */
	assert_int_equal(rig.swipes, 1);
	input_text(&rig, STX "62E308");
	rig.now += 500; /* a loop that comes late to the deadline */
	input_text(&rig, "6CED08" ETX);
	assert_int_equal(rig.swipes, 1);
	input_text(&rig, TAG_B);
	assert_int_equal(rig.swipes, 2);
	rig_free(&rig);
}

/* The RDM6300 sends on while the tag stays: counted from the last time. */
static void test_repeats(void **state)
{
	struct driver_io rig;

	(void)state;
	make_ready(&rig, NULL);
	for (int i = 0; i < 100; i++) {
		input_text(&rig, TAG_A);
		rig_advance(&rig, 65);
	}
	assert_int_equal(rig.swipes, 1);
	rig_advance(&rig, 999 - 65);
	input_text(&rig, TAG_A);
	assert_int_equal(rig.swipes, 1);
	rig_advance(&rig, 1000);
	input_text(&rig, TAG_A);
	assert_int_equal(rig.swipes, 2);
	input_text(&rig, TAG_B); /* another one is never a repeat */
	assert_int_equal(rig.swipes, 3);
	assert_string_equal(rig.swipe, ID_B);
	input_text(&rig, TAG_B TAG_B);
	assert_int_equal(rig.swipes, 3);
	rig_free(&rig);
}

static void test_repeat_option(void **state)
{
	static const struct rig_setting every[] = {
		{ "repeat", "0" },
		{ NULL, NULL },
	};
	static const struct rig_setting longer[] = {
		{ "repeat", "5000" },
		{ NULL, NULL },
	};
	struct driver_io rig;

	(void)state;
	make_ready(&rig, every);
	input_text(&rig, TAG_A TAG_A TAG_A);
	assert_int_equal(rig.swipes, 3);
	rig_free(&rig);
	make_ready(&rig, longer);
	input_text(&rig, TAG_A);
	rig_advance(&rig, 4999);
	input_text(&rig, TAG_A);
	assert_int_equal(rig.swipes, 1);
	rig_free(&rig);
}

/* A tag of all zeros is one too, first of all and after others. */
static void test_zeros(void **state)
{
	struct driver_io rig;

	(void)state;
	make_ready(&rig, NULL);
	input_text(&rig, STX "000000000000" ETX);
	assert_int_equal(rig.swipes, 1);
	assert_string_equal(rig.swipe, "em4100:0000000000");
	rig_free(&rig);
}

static bool holds(const struct driver_io *rig, const void *bytes, size_t len)
{
	return memmem(rig->state, rig->driver->state_size, bytes, len) ||
	       memmem(rig->kept, sizeof(rig->kept), bytes, len);
}

static void test_wiped(void **state)
{
	static const uint8_t tag[] = { 0x04, 0x18, 0x4e, 0xdc, 0xba };
	struct driver_io rig;

	(void)state;
	make_ready(&rig, NULL);
	input_text(&rig, STX "04184EDCBA3");
	assert_true(holds(&rig, tag, sizeof(tag)));
	rig_advance(&rig, 200); /* cut off */
	assert_false(holds(&rig, tag, sizeof(tag)));
	input_text(&rig, STX "04184EDCBA35" ETX); /* wrong */
	assert_false(holds(&rig, tag, sizeof(tag)));
	input_text(&rig, STX "04184EDCBA3" STX); /* begun again */
	assert_false(holds(&rig, tag, sizeof(tag)));
	input_text(&rig, STX "04184EDCBA34x"); /* broken */
	assert_false(holds(&rig, tag, sizeof(tag)));
	input_text(&rig, TAG_A);
	assert_true(holds(&rig, tag, sizeof(tag))); /* for repeats */
	rig_advance(&rig, 1000);
	assert_false(holds(&rig, tag, sizeof(tag)));
	rig_free(&rig);
}

/* One line for all that came in a second, and no digits of a badge in it. */
static void test_log(void **state)
{
	struct driver_io rig;

	(void)state;
	make_ready(&rig, NULL);
	input_text(&rig, TAG_A);
	rig_advance(&rig, 5000);
	assert_int_equal(rig.logs, 0);
	input_text(&rig, STX "04184EDCBA35" ETX "04184EDCBA");
	input_text(&rig, STX "04184EDC");
	rig_advance(&rig, 999);
	assert_int_equal(rig.logs, 0);
	rig_advance(&rig, 1);
	assert_int_equal(rig.logs, 1);
	assert_string_equal(rig.log, "dropped: 1 wrong checksums, 11 broken "
				     "frames or bytes");
	rig_advance(&rig, 5000);
	assert_int_equal(rig.logs, 1);
	for (int i = 0; i < 1000; i++) {
		input_text(&rig, "garbage");
		rig_advance(&rig, 10);
	}
	assert_in_range(rig.logs, 8, 12);
	assert_null(strstr(rig.log, "garbage"));
	rig_free(&rig);
}

/* A line that comes back begins anew. */
static void test_line_comes_back(void **state)
{
	struct driver_io rig;

	(void)state;
	make_ready(&rig, NULL);
	input_text(&rig, TAG_A STX "62E308");
	rig_unplug(&rig);
	rig_open(&rig);
	assert_true(rig.ready);
	input_text(&rig, "6CED08" ETX);
	assert_int_equal(rig.swipes, 1);
	input_text(&rig, TAG_A);
	assert_int_equal(rig.swipes, 2);
	rig_free(&rig);
}

static uint32_t random_next(uint32_t *seed)
{
	return *seed = *seed * 1664525U + 1013904223U;
}

/* Whatever is read, a swipe has the canonical form; and a good frame after
 * any noise is read. */
static void test_hostile(void **state)
{
	static const char alphabet[] = "0123456789ABCDEFabcdef\x02\x03\r\nz";
	uint32_t seed = 20261122;

	(void)state;
	for (int round = 0; round < 500; round++) {
		struct driver_io rig;

		make_ready(&rig, NULL);
		for (int i = 0; i < 200; i++) {
			uint32_t value = random_next(&seed) >> 16;
			uint8_t byte =
				round & 1
					? (uint8_t)value
					: (uint8_t)alphabet[value %
							    (sizeof(alphabet) -
							     1)];

			rig_input(&rig, &byte, 1);
		}
		input_text(&rig, TAG_A);
		assert_string_equal(rig.swipe, ID_A);
		assert_false(rig.lost);
		rig_expect_nothing(&rig);
		rig_free(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_frame_of_the_datasheet),
		cmocka_unit_test(test_one_byte_at_a_time),
		cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_bad_frames),
		cmocka_unit_test(test_noise_before_frame),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_repeats),
		cmocka_unit_test(test_repeat_option),
		cmocka_unit_test(test_zeros),
		cmocka_unit_test(test_wiped),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_line_comes_back),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
