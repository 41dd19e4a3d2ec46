/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of Datecs printers; numbers in brackets are sections of
 * docs/protocols.md. */
#include "datecs_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define X	&datecs_x
#define CLASSIC &datecs_classic

static void answer_cleanup(struct datecs_answer **answer)
{
	free(*answer);
}

#define ANSWER_OWNED \
	__attribute__((cleanup(answer_cleanup))) struct datecs_answer *

static struct datecs_answer *answer_new(void)
{
	return calloc(1, sizeof(struct datecs_answer));
}

/* --- requests --- */

static void test_build_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < vector_requests_count; i++) {
		const struct vector *v = &vector_requests[i];
		struct buf buf = BUF_INIT(DATECS_FRAME_MAX);
		uint8_t want[VECTOR_FRAME_SIZE];
		size_t len = vector_frame(v, want);

		datecs_frame_build(v->dialect, v->seq, v->command, v->data,
				   strlen(v->data), &buf);
		assert_false(buf.failed);
		assert_int_equal(buf.len, len);
		assert_memory_equal(buf.data, want, len);
		buf_free(&buf);
	}
}

/* [4.3] The one that the manual follows by hand, byte by byte. */
static void test_build_published(void **state)
{
	static const uint8_t want[] = { 0x01, 0x30, 0x30, 0x32, 0x3F, 0x24,
					0x30, 0x30, 0x32, 0x3A, 0x54, 0x65,
					0x73, 0x74, 0x09, 0x05, 0x30, 0x33,
					0x36, 0x3F, 0x03 };
	struct buf buf = BUF_INIT(DATECS_FRAME_MAX);

	(void)state;
	datecs_frame_build(X, 0x24, 42, "Test\t", 5, &buf);
	assert_false(buf.failed);
	assert_int_equal(buf.len, sizeof(want));
	assert_memory_equal(buf.data, want, sizeof(want));
	buf_free(&buf);
}

/* [4.2] Controls are escaped, a TAB never, a line feed only in X. */
static void test_build_escapes(void **state)
{
	static const char data[] = "a\x01\x03\n\t\x1F\x10";
	struct buf buf = BUF_INIT(DATECS_FRAME_MAX);

	(void)state;
	datecs_frame_build(X, 0x20, 42, data, sizeof(data) - 1, &buf);
	assert_false(buf.failed);
	assert_memory_equal(buf.data + 10,
			    "a\x10\x41\x10\x43\x10\x4A\t\x10\x5F\x10\x50\x05",
			    13);
	/* 10 before the data and 05 behind it; escapes count as they are sent */
	assert_memory_equal(buf.data + 1, "0036", 4);
	buf_reset(&buf);
	datecs_frame_build(CLASSIC, 0x20, 42, data, sizeof(data) - 1, &buf);
	assert_memory_equal(buf.data + 4,
			    "a\x10\x41\x10\x43\n\t\x10\x5F\x10\x50\x05", 12);
	assert_int_equal(buf.data[1], 0x20 + 4 + 11);
	buf_free(&buf);
}

/* [4.3] [4.4] */
static void test_build_limits(void **state)
{
	static const struct {
		const struct datecs_dialect *dialect;
		size_t max;
	} cases[] = { { X, 213 }, { CLASSIC, 218 } };
	char data[256];

	(void)state;
	memset(data, 'x', sizeof(data));
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf buf = BUF_INIT(DATECS_FRAME_MAX);

		datecs_frame_build(cases[i].dialect, 0x20, 42, data,
				   cases[i].max, &buf);
		assert_false(buf.failed);
		buf_reset(&buf);
		datecs_frame_build(cases[i].dialect, 0x20, 42, data,
				   cases[i].max + 1, &buf);
		assert_true(buf.failed);
		buf_reset(&buf);
		data[0] = 1; /* takes two bytes */
		datecs_frame_build(cases[i].dialect, 0x20, 42, data,
				   cases[i].max, &buf);
		assert_true(buf.failed);
		data[0] = 'x';
		buf_free(&buf);
	}
}

static void test_build_refused(void **state)
{
	static const struct {
		const struct datecs_dialect *dialect;
		uint8_t seq;
		unsigned int command;
		bool fine;
	} cases[] = {
		{ X, 0x20, 0x20, true },	 { X, 0x7F, 0xFF, true },
		{ X, 0x20, 0xFFFF, true },	 { X, 0x1F, 42, false },
		{ X, 0x80, 42, false },		 { X, 0x20, 0x10000, false },
		{ X, 0x20, 0, false },		 { CLASSIC, 0x7F, 0xFF, true },
		{ CLASSIC, 0x80, 42, false },	 { CLASSIC, 0, 42, false },
		{ CLASSIC, 0x20, 0x100, false }, { CLASSIC, 0x20, 0x1F, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf buf = BUF_INIT(DATECS_FRAME_MAX);

		datecs_frame_build(cases[i].dialect, cases[i].seq,
				   cases[i].command, "", 0, &buf);
		assert_int_equal(!buf.failed, cases[i].fine);
		buf_free(&buf);
	}
}

/* [4.2] A SEQ must differ from the one before, and stay within both dialects. */
static void test_seq(void **state)
{
	uint8_t seq = datecs_seq_next(0);

	(void)state;
	assert_int_equal(seq, 0x20);
	for (int i = 0; i < 300; i++) {
		uint8_t next = datecs_seq_next(seq);

		assert_int_not_equal(next, seq);
		assert_in_range(next, 0x20, 0x7F);
		seq = next;
	}
	assert_int_equal(datecs_seq_next(0x20), 0x21);
	assert_int_equal(datecs_seq_next(0x7F), 0x20);
	assert_int_equal(datecs_seq_next(0xFF), 0x20);
}

/* --- answers --- */

static int parse(const struct datecs_dialect *dialect, const void *frame,
		 size_t len, struct datecs_answer *out)
{
	uint8_t *copy = malloc(len ? len : 1);
	int r;

	memcpy(copy, frame, len);
	r = datecs_frame_parse(dialect, copy, len, out);
	free(copy);
	return r;
}

static void test_parse_vectors(void **state)
{
	ANSWER_OWNED answer = answer_new();
	uint8_t frame[VECTOR_FRAME_SIZE];

	(void)state;
	for (size_t i = 0; i < vector_answers_count; i++) {
		const struct vector *v = &vector_answers[i];
		size_t len = vector_frame(v, frame);

		assert_int_equal(parse(v->dialect, frame + 1, len - 2, answer),
				 0);
		assert_int_equal(answer->seq, v->seq);
		assert_int_equal(answer->command, v->command);
		assert_int_equal(answer->len, strlen(v->data));
		assert_string_equal(answer->data, v->data);
		assert_memory_equal(answer->status, v->status,
				    v->dialect->status);
	}
}

/* Either the frame or what it is must change: no other byte goes unnoticed. */
static void test_parse_every_byte_counts(void **state)
{
	ANSWER_OWNED answer = answer_new();
	uint8_t frame[VECTOR_FRAME_SIZE];

	(void)state;
	for (size_t i = 0; i < vector_answers_count; i++) {
		const struct vector *v = &vector_answers[i];
		size_t len = vector_frame(v, frame);

		for (size_t at = 1; at + 1 < len; at++)
			for (int bit = 0; bit < 8; bit++) {
				frame[at] ^= (uint8_t)(1 << bit);
				assert_int_not_equal(parse(v->dialect,
							   frame + 1, len - 2,
							   answer),
						     0);
				frame[at] ^= (uint8_t)(1 << bit);
			}
	}
	assert_int_equal(answer->command, 0); /* untouched by failures */
}

static void test_parse_truncated(void **state)
{
	ANSWER_OWNED answer = answer_new();
	uint8_t frame[VECTOR_FRAME_SIZE];

	(void)state;
	for (size_t i = 0; i < vector_answers_count; i++) {
		const struct vector *v = &vector_answers[i];
		size_t len = vector_frame(v, frame);

		for (size_t cut = 0; cut < len - 2; cut++) {
			assert_int_not_equal(
				parse(v->dialect, frame + 1, cut, answer), 0);
			assert_int_not_equal(parse(v->dialect,
						   frame + len - 1 - cut, cut,
						   answer),
					     0);
		}
	}
}

/* Appends the BCC; the length with it. */
static size_t seal(uint8_t *frame, size_t len)
{
	unsigned int sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += frame[i];
	for (int shift = 12; shift >= 0; shift -= 4)
		frame[len++] = (uint8_t)(0x30 + (sum >> shift & 15));
	return len;
}

/* An answer of the test's own making, with the right LEN and BCC. */
static size_t answer_make(const struct datecs_dialect *dialect,
			  const void *data, size_t len, const char *status,
			  int longer, uint8_t *out)
{
	bool x = dialect == X;
	size_t body = (x ? 9 : 3) + len + 1 + dialect->status + 1, at = 0;
	unsigned int told = (unsigned int)((int)body + longer + 0x20);

	if (x)
		at = (size_t)sprintf((char *)out,
				     "%c%c%c%c\x21"
				     "005:",
				     0x30 + (told >> 12),
				     0x30 + (told >> 8 & 15),
				     0x30 + (told >> 4 & 15),
				     0x30 + (told & 15));
	else
		at = (size_t)sprintf((char *)out, "%c\x21Z", told);
	memcpy(out + at, data, len);
	at += len;
	out[at++] = 4;
	memcpy(out + at, status, dialect->status);
	at += dialect->status;
	out[at++] = 5;
	return seal(out, at);
}

static int make_and_parse(const struct datecs_dialect *dialect,
			  const char *data, size_t len, const char *status,
			  int longer, struct datecs_answer *answer)
{
	uint8_t frame[VECTOR_FRAME_SIZE];
	size_t made = answer_make(dialect, data, len, status, longer, frame);

	return parse(dialect, frame, made, answer);
}

static void test_parse_length(void **state)
{
	ANSWER_OWNED answer = answer_new();

	(void)state;
	assert_int_equal(make_and_parse(X, "0\t", 2, X_IDLE, 0, answer), 0);
	assert_int_equal(make_and_parse(X, "0\t", 2, X_IDLE, 1, answer),
			 DATECS_FRAME_LENGTH);
	assert_int_equal(make_and_parse(X, "0\t", 2, X_IDLE, -1, answer),
			 DATECS_FRAME_LENGTH);
	assert_int_equal(make_and_parse(CLASSIC, "", 0, C_IDLE, 0, answer), 0);
	assert_int_equal(make_and_parse(CLASSIC, "", 0, C_IDLE, 7, answer),
			 DATECS_FRAME_LENGTH);
}

/* Sound as a whole, but with one byte that can't stand where it does. */
static void test_parse_parts(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
	} cases[] = {
		{ 4, 0x1F },		    /* no SEQ */
		{ 5, 0x2F },		    /* no half of a byte, in CMD */
		{ 8, 0x40 },  { 11, 0x05 }, /* no 04 before the status */
		{ 20, 0x04 },		    /* no 05 behind it */
	};
	ANSWER_OWNED answer = answer_new();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t frame[VECTOR_FRAME_SIZE];
		size_t len = answer_make(X, "0\t", 2, X_IDLE, 0, frame);

		assert_int_equal(parse(X, frame, len, answer), 0);
		frame[cases[i].at] = cases[i].byte;
		seal(frame, len - 4);
		assert_int_equal(parse(X, frame, len, answer),
				 DATECS_FRAME_MALFORMED);
	}
}

/* [4.3] The largest answer of the newest firmware. */
static void test_parse_long(void **state)
{
	ANSWER_OWNED answer = answer_new();
	char data[1024];

	(void)state;
	memset(data, 'x', sizeof(data));
	assert_int_equal(make_and_parse(X, data, 480, X_IDLE, 0, answer), 0);
	assert_int_equal(answer->len, 480);
	assert_int_equal(make_and_parse(X, data, 1000, X_IDLE, 0, answer),
			 DATECS_FRAME_MALFORMED);
}

static void test_parse_bcc(void **state)
{
	ANSWER_OWNED answer = answer_new();
	const struct vector *v = &vector_answers[0];
	uint8_t frame[VECTOR_FRAME_SIZE];
	size_t len = vector_frame(v, frame);

	(void)state;
	frame[len - 2]++;
	assert_int_equal(parse(v->dialect, frame + 1, len - 2, answer),
			 DATECS_FRAME_BCC);
	frame[len - 2] = 'A'; /* no half of a byte */
	assert_int_equal(parse(v->dialect, frame + 1, len - 2, answer),
			 DATECS_FRAME_MALFORMED);
}

/* [4.3] Status bytes have their highest bit set. */
static void test_parse_status(void **state)
{
	ANSWER_OWNED answer = answer_new();

	(void)state;
	assert_int_equal(make_and_parse(X, "", 0,
					"\x80\x80\x80\x80\x86\x9A\x80\x7F", 0,
					answer),
			 DATECS_FRAME_MALFORMED);
	assert_int_equal(make_and_parse(CLASSIC, "", 0,
					"\x00\x80\x80\x80\x86\x9A", 0, answer),
			 DATECS_FRAME_MALFORMED);
}

/* [4.2] Controls become blanks, so that an escaped TAB separates nothing. */
static void test_parse_escapes(void **state)
{
	ANSWER_OWNED answer = answer_new();

	(void)state;
	assert_int_equal(make_and_parse(X,
					"a\x10\x49"
					"b\t\x07"
					"c\n",
					8, X_IDLE, 0, answer),
			 0);
	assert_string_equal(answer->data, "a b\t c\n");
	assert_int_equal(
		make_and_parse(X, "a\0b\x10\x40", 5, X_IDLE, 0, answer), 0);
	assert_string_equal(answer->data, "a b ");
	assert_int_equal(answer->len, 4);
	assert_int_equal(make_and_parse(X, "a\x10", 2, X_IDLE, 0, answer),
			 DATECS_FRAME_MALFORMED);
	assert_int_equal(make_and_parse(X, "a\x10\x3F", 3, X_IDLE, 0, answer),
			 DATECS_FRAME_MALFORMED);
	assert_int_equal(make_and_parse(X, "a\x10\x60", 3, X_IDLE, 0, answer),
			 DATECS_FRAME_MALFORMED);
}

/* Neither dialect takes the other's answers for its own. */
static void test_parse_other_dialect(void **state)
{
	ANSWER_OWNED answer = answer_new();
	uint8_t frame[VECTOR_FRAME_SIZE];

	(void)state;
	for (size_t i = 0; i < vector_answers_count; i++) {
		const struct vector *v = &vector_answers[i];
		size_t len = vector_frame(v, frame);

		assert_int_not_equal(parse(v->dialect == X ? CLASSIC : X,
					   frame + 1, len - 2, answer),
				     0);
	}
}

/* --- whose answer is it? --- */

/* [4.9] Step 4: the right SEQ with another command is a replay. */
static void test_match(void **state)
{
	struct datecs_answer answer = { .seq = 0x31, .command = 74 };

	(void)state;
	assert_int_equal(datecs_answer_match(&answer, 0x31, 74),
			 DATECS_MATCH_OURS);
	assert_int_equal(datecs_answer_match(&answer, 0x31, 69),
			 DATECS_MATCH_REPLAY);
	assert_int_equal(datecs_answer_match(&answer, 0x32, 74),
			 DATECS_MATCH_STRAY);
	assert_int_equal(datecs_answer_match(&answer, 0x32, 69),
			 DATECS_MATCH_STRAY);
}

/* --- which dialect is it? --- */

/* [4.9] [4.12] Both probes, byte by byte. */
static void test_probe(void **state)
{
	static const char x[] = "\x01"
				"002;\x21"
				"005:1\x05"
				"01?3\x03";
	static const char classic[] = "\x01%\x21Z1\x05"
				      "00=6\x03";
	struct buf buf = BUF_INIT(DATECS_FRAME_MAX);

	(void)state;
	datecs_probe_build(X, 0x21, &buf);
	assert_int_equal(buf.len, sizeof(x) - 1);
	assert_memory_equal(buf.data, x, sizeof(x) - 1);
	buf_reset(&buf);
	datecs_probe_build(CLASSIC, 0x21, &buf);
	assert_int_equal(buf.len, sizeof(classic) - 1);
	assert_memory_equal(buf.data, classic, sizeof(classic) - 1);
	buf_free(&buf);
}

static void test_detect(void **state)
{
	static const struct {
		const struct datecs_dialect *asked;
		enum datecs_heard heard;
		enum datecs_finding finding;
		const struct datecs_dialect *next;
		enum reason reason;
	} cases[] = {
		{ X, DATECS_HEARD_ANSWER, DATECS_FINDING_SETTLED, NULL, 0 },
		{ X, DATECS_HEARD_NAK, DATECS_FINDING_ASK, CLASSIC, 0 },
		{ X, DATECS_HEARD_NOTHING, DATECS_FINDING_ASK, CLASSIC, 0 },
		{ X, DATECS_HEARD_NOISE, DATECS_FINDING_ASK, CLASSIC, 0 },
		{ X, DATECS_HEARD_SYN_NAK, DATECS_FINDING_ASK, CLASSIC, 0 },
		{ X, DATECS_HEARD_SYN, DATECS_FINDING_WAIT, NULL, 0 },
		{ CLASSIC, DATECS_HEARD_ANSWER, DATECS_FINDING_SETTLED, NULL,
		  0 },
		{ CLASSIC, DATECS_HEARD_SYN_NAK, DATECS_FINDING_ASK, X, 0 },
		{ CLASSIC, DATECS_HEARD_SYN, DATECS_FINDING_WAIT, NULL, 0 },
		{ CLASSIC, DATECS_HEARD_NOTHING, DATECS_FINDING_NOBODY, NULL,
		  REASON_NO_ANSWER },
		{ CLASSIC, DATECS_HEARD_NAK, DATECS_FINDING_NOBODY, NULL,
		  REASON_WRONG_PROTOCOL },
		{ CLASSIC, DATECS_HEARD_NOISE, DATECS_FINDING_NOBODY, NULL,
		  REASON_GARBLED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct datecs_detection d =
			datecs_dialect_detect(cases[i].asked, cases[i].heard);

		assert_int_equal(d.finding, cases[i].finding);
		assert_ptr_equal(d.next, cases[i].next);
		assert_int_equal(d.reason, cases[i].reason);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_build_vectors),
		cmocka_unit_test(test_build_published),
		cmocka_unit_test(test_build_escapes),
		cmocka_unit_test(test_build_limits),
		cmocka_unit_test(test_build_refused),
		cmocka_unit_test(test_seq),
		cmocka_unit_test(test_parse_vectors),
		cmocka_unit_test(test_parse_every_byte_counts),
		cmocka_unit_test(test_parse_truncated),
		cmocka_unit_test(test_parse_length),
		cmocka_unit_test(test_parse_parts),
		cmocka_unit_test(test_parse_long),
		cmocka_unit_test(test_parse_bcc),
		cmocka_unit_test(test_parse_status),
		cmocka_unit_test(test_parse_escapes),
		cmocka_unit_test(test_parse_other_dialect),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_detect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
