/* SPDX-License-Identifier: Apache-2.0 */
/* What may go to a receipt printer, and what may not: docs/printing.md. Bytes
 * are those of the makers' command references. */
#include "receipt/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct sample {
	const char *bytes;
	size_t len;
	int64_t offset; /* of what is refused */
	const char *command;
};

#define SAMPLE(bytes)                             \
	{                                         \
		bytes, sizeof(bytes) - 1, 0, NULL \
	}
#define REFUSED(bytes, offset, command)                   \
	{                                                 \
		bytes, sizeof(bytes) - 1, offset, command \
	}

static bool filter(const struct filter_language *language,
		   const struct sample *sample, struct buf *out,
		   struct job_fault *fault)
{
	*out = (struct buf)BUF_INIT(JOB_BYTES_MAX);
	return filter_pass(language, (const uint8_t *)sample->bytes,
			   sample->len, out, fault);
}

static void expect_passes(const struct filter_language *language,
			  const struct sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct job_fault fault = { .detail = "" };
		struct buf out;

		if (!filter(language, &samples[i], &out, &fault))
			fail_msg("sample %zu: %s", i, fault.detail);
		assert_int_equal(out.len, samples[i].len);
		assert_memory_equal(out.data, samples[i].bytes, out.len);
		buf_free(&out);
	}
}

static void expect_refused(const struct filter_language *language,
			   const struct sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct job_fault fault = { .detail = "" };
		struct buf out;

		if (filter(language, &samples[i], &out, &fault))
			fail_msg("sample %zu was let through", i);
		if (fault.offset != samples[i].offset ||
		    !strstr(fault.command, samples[i].command))
			fail_msg("sample %zu: %s", i, fault.detail);
		assert_string_equal(fault.field, "raw.data");
		assert_int_equal(fault.opens,
				 strstr(fault.command, "pulse") ||
					 strstr(fault.command, "drawers") ||
					 strstr(fault.command,
						"drawer's byte"));
		assert_int_equal(fault.detail[strlen(fault.detail) - 1], '.');
		buf_free(&out);
	}
}

#define COUNT(samples) (sizeof(samples) / sizeof((samples)[0]))

static void test_escpos_lets_receipts_through(void **state)
{
	static const struct sample samples[] = {
		SAMPLE("Total\t 12.34\r\n\xa4\n"),
		SAMPLE("\x1b@\x1b!\x30\x1b"
		       "a1\x1b"
		       "E\x01\x1b-\x02"
		       "A\n"),
		SAMPLE("\x1b"
		       "a\x01\x1b"
		       "d\x05\x1b"
		       "J\x20\x1b\x33\x18\x1b\x32"),
		SAMPLE("\x1b"
		       "t\x12\x1bR\x08\x1bM\x01\x1b{\x01\x1bV1"),
		SAMPLE("\x1b$\x10\x01\x1b\\\x05\x00\x1b \x02\x1bG\x01"),
		SAMPLE("\x1b"
		       "D\x08\x10\x20\x00\tX\n"),
		SAMPLE("\x1b"
		       "D\x00"),
		SAMPLE("\x1dV\x00\x1dV1\x1dV\x41\x03\x1dV\x42\x00\x1bi\x1bm"),
		SAMPLE("\x1d!\x11\x1d"
		       "B\x01\x1dL\x20\x00\x1dW\x40\x02"),
		SAMPLE("\x1dh\x50\x1dw\x02\x1dH\x02\x1d"
		       "f\x00"),
		SAMPLE("\x1dk\x02"
		       "4006381333931\x00"
		       "A\n"),
		SAMPLE("\x1dk\x49\x05{B123\n"),
		/* whatever stands in data is data */
		SAMPLE("\x1dk\x49\x02\x1bp\n"),
		SAMPLE("\x1dv\x30\x00\x02\x00\x02\x00\x1b=\x10\x10\n"),
		SAMPLE("\x1b*\x21\x02\x00\x1b@\x1d:\x1d^\n"),
		SAMPLE("\x1b*\x00\x03\x00\x1bL\x1c\n"),
		SAMPLE("\x1d(k\x04\x00\x31\x41\x32\x00\x1d("
		       "k\x03\x00\x31\x43\x05"
		       "\x1d(k\x06\x00\x31\x50\x30"
		       "abc"
		       "\x1d(k\x03\x00\x31\x51\x30"),
		SAMPLE("\x1d(L\x0c\x00\x30\x70\x30\x01\x01\x31\x08\x00\x02\x00"
		       "\xff\x81\x1d(L\x02\x00\x30\x32"),
		SAMPLE("\x1d\x38L\x0c\x00\x00\x00\x30\x70\x30\x01\x01\x31"
		       "\x09\x00\x01\x00\xff\x80\x1d(L\x02\x00\x30\x02"),
		SAMPLE("\x1c.\x1c(A\x02\x00\x30\x00\x1cS\x00\x00\x1c"
		       "C0"),
	};

	(void)state;
	expect_passes(&filter_escpos, samples, COUNT(samples));
}

static void test_escpos_refuses_what_moves_or_stays(void **state)
{
	static const struct sample samples[] = {
		REFUSED("A\n\x1bp\x00\x19\xfa", 2, "ESC p"),
		REFUSED("\x1bp0\x19\xfa", 0, "ESC p"),
		REFUSED("\x1bp\x31\x19\xfa", 0, "ESC p"),
		REFUSED("\x1bp\x02\x19\xfa", 0, "ESC p"),
		REFUSED("\x1bp", 0, "ESC p"),
		REFUSED("\x07", 0, "BEL"),
		REFUSED("\x1b\x07\x14\x14", 0, "ESC BEL"),
		REFUSED("\x10", 0, "DLE"),
		REFUSED("\x10\x04\x01", 0, "DLE EOT"),
		REFUSED("A\x10\x05\x01", 1, "DLE ENQ"),
		REFUSED("\x10\x14\x01\x00\x01", 0, "DLE DC4"),
		REFUSED("\x1b(A\x04\x00\x30\x33\x03\x0a", 0, "ESC ("),
		REFUSED("\x1b=\x02", 0, "peripheral"),
		REFUSED("\x1b%\x01", 0, "user-defined"),
		REFUSED("\x1b&\x03\x20\x20\x00", 0, "user-defined"),
		REFUSED("\x1bL", 0, "page mode"),
		REFUSED("\x1b"
			"c5\x00",
			0, "setting"),
		REFUSED("\x1d(E\x03\x00\x01\x49\x4e", 0, "GS ("),
		REFUSED("\x1d(D\x03\x00\x14\x01\x00", 0, "GS ("),
		REFUSED("\x1d:", 0, "macro"),
		REFUSED("\x1d^\x01\x00\x00", 0, "macro"),
		REFUSED("\x1d*\x01\x01\x00\x00", 0, "memory"),
		REFUSED("\x1d/\x00", 0, "memory"),
		REFUSED("\x1cp\x01\x00", 0, "memory"),
		REFUSED("\x1cq\x01", 0, "memory"),
		REFUSED("\x1cg1\x00", 0, "memory"),
		REFUSED("\x1c&", 0, "Kanji on"),
		REFUSED("\x1b\x01", 0, "1B 01"),
		REFUSED("\x1d\xff", 0, "1D FF"),
		REFUSED("\x01\x02", 0, "01 02"),
		REFUSED("\x7f", 0, "7F"),
		/* in the printer's memory, by the functions of GS ( L */
		REFUSED("\x1d(L\x06\x00\x30\x45\x20\x20\x01\x01", 0, "GS ( L"),
		REFUSED("\x1d(L\x02\x00\x30\x33", 0, "GS ( L"),
		REFUSED("\x1d(k\x03\x00\x31\x52\x30", 0, "GS ( k"),
	};

	(void)state;
	expect_refused(&filter_escpos, samples, COUNT(samples));
}

static void test_escpos_refuses_doubtful_lengths(void **state)
{
	static const struct sample samples[] = {
		REFUSED("\x1b", 0, "ESC p"),
		REFUSED("\x1b"
			"a",
			0, "ESC a"),
		REFUSED("\x1b"
			"a\x07",
			0, "ESC a"),
		REFUSED("\x1b"
			"D\x08\x04\x00",
			0, "ESC D"),
		REFUSED("\x1b"
			"D\x08\x11",
			0, "ESC D"),
		REFUSED("\x1dV\x02", 0, "GS V"),
		REFUSED("\x1dV\x41", 0, "GS V"),
		REFUSED("\x1dk\x04"
			"ABC",
			0, "GS k"),
		REFUSED("\x1dk\x04"
			"A\x1b@\x00",
			0, "GS k"),
		REFUSED("\x1dk\x04\x00", 0, "GS k"),
		REFUSED("\x1dk\x49\x05{B1", 0, "GS k"),
		REFUSED("\x1dk\x49\x00", 0, "GS k"),
		REFUSED("\x1dk\x07"
			"1\x00",
			0, "GS k"),
		REFUSED("\x1dv\x31\x00\x01\x00\x01\x00\x00", 0, "1D 76"),
		REFUSED("\x1dv\x30\x00\x02\x00\x02\x00\x01\x02\x03", 0, "GS v"),
		REFUSED("\x1dv\x30\x00\x00\x00\x02\x00", 0, "GS v"),
		REFUSED("\x1dv\x30\x09\x01\x00\x01\x00\x00", 0, "GS v"),
		REFUSED("\x1b*\x05\x01\x00\x00", 0, "ESC *"),
		REFUSED("\x1b*\x01\x00\x00", 0, "ESC *"),
		REFUSED("\x1b*\x01\x00\x09", 0, "ESC *"),
		REFUSED("\x1d(k\x01\x00\x31", 0, "GS ( k"),
		REFUSED("\x1d(k\x08\x00\x31\x50\x30"
			"abc",
			0, "GS ( k"),
		REFUSED("\x1d(k\x09\x00\x31\x43\x05\x00\x00\x00\x00\x00\x00", 0,
			"GS ( k"),
		REFUSED("\x1d(L\x0c\x00\x30\x70\x30\x01\x01\x31\x08\x00\x03\x00"
			"\xff\x81\x81",
			0, "GS ( L"),
		REFUSED("\x1d("
			"L\x0a\x00\x30\x70\x30\x01\x01\x31\x00\x00\x00\x00",
			0, "GS ( L"),
		REFUSED("\x1c(A\x03\x00\x30\x00\x00", 0, "FS ( A"),
		REFUSED("\x1c(A\x02\x00\x31\x00", 0, "FS ( A"),
	};

	(void)state;
	expect_refused(&filter_escpos, samples, COUNT(samples));
}

/* A printer acts on them as they arrive, wherever they stand; and a pulse is
 * none where the printer knows the command whose data it is in. */
static void test_escpos_refuses_sequences_anywhere(void **state)
{
	static const struct sample samples[] = {
		REFUSED("\x1dk\x49\x05\x10\x14\x01\x00\x01\n", 4, "DLE DC4"),
		REFUSED("\x1dk\x49\x05\x10\x14\x01\x09\x63\n", 4, "DLE DC4"),
		REFUSED("\x1dk\x49\x03\x10\x04\x01\n", 4, "DLE EOT"),
		REFUSED("\x1dk\x49\x03\x10\x05\x00\n", 4, "DLE ENQ"),
		REFUSED("\x1dk\x49\x03\x1bp\x01\n", 4, "ESC p"),
		REFUSED("\x1dk\x49\x03\x1bp0\n", 4, "ESC p"),
		/* made by what follows: a parameter, the next command */
		REFUSED("\x1b$\x10\x05\x00\n", 2, "DLE ENQ"),
		REFUSED("\x1b"
			"3\x10\x14\n",
			3, "14 0A"),
		REFUSED("\x1dk\x49\x02\x1bp1\n", 4, "ESC p"),
		/* and at the end, where the next job's first bytes follow */
		REFUSED("\x1dk\x49\x01\x10", 4, "DLE"),
		REFUSED("\x1dk\x49\x02\x10\x14", 4, "DLE"),
		REFUSED("\x1b"
			"d\x10",
			2, "DLE"),
		REFUSED("\x1dk\x49\x01\x1b", 4, "ESC p"),
		/* made by what is left out in between */
		REFUSED("\x1dk\x49\x01\x1b\x1dr\x01"
			"p0\n",
			4, "ESC p"),
	};

	(void)state;
	expect_refused(&filter_escpos, samples, COUNT(samples));
}

static void test_questions_are_left_out(void **state)
{
	static const struct sample escpos =
		SAMPLE("\x1d"
		       "a\x00"
		       "A\n\x1dr1\x1dI\x41\x1bv\x1bu\x00"
		       "B");
	static const struct sample star =
		SAMPLE("\x1b\x1e"
		       "a\x00"
		       "A\n\x1b\x1d\x03\x01\x00\x00\x04\x05"
		       "B");
	struct job_fault fault;
	struct buf out;

	(void)state;
	assert_true(filter(&filter_escpos, &escpos, &out, &fault));
	assert_string_equal(buf_text(&out), "A\nB");
	buf_free(&out);
	assert_true(filter(&filter_star, &star, &out, &fault));
	assert_string_equal(buf_text(&out), "A\nB");
	buf_free(&out);
}

static void test_star_lets_receipts_through(void **state)
{
	static const struct sample samples[] = {
		SAMPLE("\x1b@\x18\x1b\x1d"
		       "a\x01Shop\n\x1b\x1dt\x05"),
		SAMPLE("\x1b"
		       "E\x1b-1\x1b"
		       "4\x1bi\x01\x01"
		       "A\x1b"
		       "5\x1b"
		       "F\n"),
		SAMPLE("\x1b\x1e"
		       "F\x01\x1bs00\x1b 0\x12\x1bz1\x1b"
		       "0\x1b"
		       "d\x03"),
		SAMPLE("\x1bl\x02\x1bQ\x20\x1b"
		       "D\x08\x10\x00\x1b"
		       "a\x07\x1bJ\x10"),
		SAMPLE("\x1b"
		       "b\x36\x32\x32\x50"
		       "A%0B\x1e\n"),
		SAMPLE("\x1b\x1dyS0\x02\x1b\x1dyS1\x01\x1b\x1dyS2\x05"
		       "\x1b\x1dyD1\x00\x03\x00"
		       "abc\x1b\x1dyP"),
		SAMPLE("\x1b\x1dxS0\x01\x00\x05\x1b\x1dxS2\x02\x1b\x1dxD\x02"
		       "\x00"
		       "ab\x1b\x1dxP"),
		/* what only counts in order is data, inside data */
		SAMPLE("\x1bX\x01\x00\x07\x19\x1b\n"),
		SAMPLE("\x1bK\x02\x00\x07\x07\n\x1bL\x01\x00\x19\n"),
		SAMPLE("\x1bk\x01\x00"
		       "\x07\x07\x07\x07\x07\x07\x07\x07"
		       "\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07"
		       "\x07\x07\x07\n"),
		SAMPLE("\x1b\x1dS\x01\x01\x00\x02\x00\x00\x07\x19\n"),
		SAMPLE("\x1b\x1dP0\x1b\x1dP1\x1b\x1d"
		       "A\x10\x00\x1b\x1dR\x10\x00"),
	};

	(void)state;
	expect_passes(&filter_star, samples, COUNT(samples));
}

static void test_star_refuses(void **state)
{
	static const struct sample samples[] = {
		REFUSED("A\x07", 1, "BEL"),
		REFUSED("A\x19", 1, "EM"),
		REFUSED("A\x1a", 1, "SUB"),
		REFUSED("A\x1c", 1, "FS"),
		REFUSED("\x1b\x07\x14\x14\x07", 0, "ESC BEL"),
		REFUSED("\x1b*rA", 0, "raster mode"),
		REFUSED("\x1b\x1d\x07\x01\x14\x14", 0, "buzzer"),
		REFUSED("\x1b\x1d\x19\x11\x30\x30", 0, "buzzer"),
		REFUSED("\x1b\x06\x01", 0, "ESC ACK"),
		REFUSED("\x1b&1\x01\x20", 0, "user-defined"),
		REFUSED("\x1b\x1e"
			"C\x01",
			0, "setting"),
		REFUSED("\x1b$1", 0, "Kanji on"),
		REFUSED("\x1b\x1d\x1d", 0, "1B 1D"),
		/* as they arrive: inside data and parameters too */
		REFUSED("\x1bX\x01\x00\x00\x1c\x00\n", 5, "FS"),
		REFUSED("\x1b"
			"a\x1a",
			2, "SUB"),
		REFUSED("\x1b\x1dyD1\x00\x1a\x00"
			"abcdefghijklmnopqrstuvwxyz",
			6, "SUB"),
		REFUSED("\x1b"
			"b\x36\x32\x32\x50"
			"AB",
			0, "ESC b"),
		REFUSED("\x1b"
			"b\x36\x32\x32\x50"
			"A\n\x1e",
			0, "ESC b"),
		REFUSED("\x1bX\x02\x00\x00\x00\x00\n", 0, "ESC X"),
		REFUSED("\x1bX\x00\x00\n", 0, "ESC X"),
		REFUSED("\x1b\x1dS\x01\x00\x00\x02\x00\x00", 0, "ESC GS S"),
	};

	(void)state;
	expect_refused(&filter_star, samples, COUNT(samples));
}

/* Every row can be found, and none is hidden behind another. */
static void test_tables(void **state)
{
	static const struct filter_language *const languages[] = {
		&filter_escpos, &filter_star
	};

	(void)state;
	for (size_t l = 0; l < COUNT(languages); l++)
		for (size_t i = 0; i < languages[l]->rows_count; i++) {
			const struct filter_row *row = &languages[l]->rows[i];
			uint8_t bytes[FILTER_HEAD_MAX + 1] = { 0 };
			struct filter_token token;

			memcpy(bytes, row->head, row->head_len);
			token = filter_read(languages[l], bytes, row->head_len);
			assert_ptr_equal(token.row, row);
			assert_int_equal(token.flaw == FILTER_UNWANTED,
					 row->verdict >= FILTER_REFUSED);
			assert_true(strlen(row->name) <
				    sizeof(((struct job_fault *)0)->command));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escpos_lets_receipts_through),
		cmocka_unit_test(test_escpos_refuses_what_moves_or_stays),
		cmocka_unit_test(test_escpos_refuses_doubtful_lengths),
		cmocka_unit_test(test_escpos_refuses_sequences_anywhere),
		cmocka_unit_test(test_questions_are_left_out),
		cmocka_unit_test(test_star_lets_receipts_through),
		cmocka_unit_test(test_star_refuses),
		cmocka_unit_test(test_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
