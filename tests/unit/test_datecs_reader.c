/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of Datecs printers out of a stream of bytes, and out of garbage. */
#include "datecs_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

#define X	&datecs_x
#define CLASSIC &datecs_classic

/* --- the stream --- */

struct stream {
	const struct datecs_dialect *dialect;
	struct datecs_reader reader;
	struct datecs_answer answer;
	int answers, broken, naks, syns;
	char seen[4096]; /* a letter for each, in their order */
	size_t len;
};

static struct stream *stream_new(const struct datecs_dialect *dialect)
{
	struct stream *s = calloc(1, sizeof(*s));

	s->dialect = dialect;
	return s;
}

static void stream_feed(struct stream *s, const void *data, size_t len)
{
	static const char letters[] = { [DATECS_READ_ANSWER] = 'A',
					[DATECS_READ_NAK] = 'N',
					[DATECS_READ_SYN] = 'S',
					[DATECS_READ_BROKEN] = 'B' };
	uint8_t *copy = malloc(len ? len : 1);
	struct cursor input;
	enum datecs_read got;

	memcpy(copy, data, len);
	input = cursor_make(copy, len);
	while ((got = datecs_reader_take(&s->reader, s->dialect, &input,
					 &s->answer)) != DATECS_READ_MORE) {
		s->answers += got == DATECS_READ_ANSWER;
		s->broken += got == DATECS_READ_BROKEN;
		s->naks += got == DATECS_READ_NAK;
		s->syns += got == DATECS_READ_SYN;
		if (s->len + 1 < sizeof(s->seen))
			s->seen[s->len++] = letters[got];
	}
	assert_int_equal(cursor_left(&input), 0);
	free(copy);
}

/* What was seen so far; and forgets it. */
static const char *stream_seen(struct stream *s)
{
	s->seen[s->len] = 0;
	s->len = 0;
	return s->seen;
}

static void stream_feed_vector(struct stream *s, const struct vector *v)
{
	uint8_t frame[VECTOR_FRAME_SIZE];
	size_t len = vector_frame(v, frame);

	stream_feed(s, frame, len);
}

static void test_stream_cut_anywhere(void **state)
{
	uint8_t two[4096];

	(void)state;
	for (size_t i = 0; i + 1 < vector_answers_count; i++) {
		size_t len = vector_frame(&vector_answers[i], two);

		if (vector_answers[i].dialect != vector_answers[i + 1].dialect)
			continue;
		two[len++] = DATECS_SYN;
		len += vector_frame(&vector_answers[i + 1], two + len);
		for (size_t cut = 0; cut <= len; cut++) {
			struct stream *s =
				stream_new(vector_answers[i].dialect);

			stream_feed(s, two, cut);
			stream_feed(s, two + cut, len - cut);
			assert_string_equal(stream_seen(s), "ASA");
			assert_int_equal(s->answer.command,
					 vector_answers[i + 1].command);
			free(s);
		}
	}
}

static void test_stream_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < vector_answers_count; i++) {
		struct stream *s = stream_new(vector_answers[i].dialect);
		uint8_t frame[VECTOR_FRAME_SIZE];
		size_t len = vector_frame(&vector_answers[i], frame);

		for (size_t at = 0; at < len; at++) {
			assert_int_equal(s->answers, 0);
			stream_feed(s, frame + at, 1);
		}
		assert_string_equal(stream_seen(s), "A");
		assert_string_equal(s->answer.data, vector_answers[i].data);
		assert_int_equal(s->reader.noise, 0);
		free(s);
	}
}

/* [4.2] [4.12] SYN before the answer, glued to it as it was captured. */
static void test_stream_syn_and_nak(void **state)
{
	struct stream *s = stream_new(X);

	(void)state;
	stream_feed(s, "\x16\x16", 2);
	assert_string_equal(stream_seen(s), "SS");
	stream_feed(s, "\x16", 1);
	stream_feed_vector(s, &vector_answers[3]);
	assert_string_equal(stream_seen(s), "SA");
	assert_int_equal(s->answer.command, 90);
	stream_feed(s, "\x15", 1);
	assert_string_equal(stream_seen(s), "N");
	stream_feed(s, "\x16\x15", 2); /* to a classic frame, 4.9 */
	assert_string_equal(stream_seen(s), "SN");
	assert_int_equal(s->reader.noise, 0);
	free(s);
}

static void test_stream_noise_between(void **state)
{
	struct stream *s = stream_new(X);

	(void)state;
	stream_feed(s, "ab\x03\x05\xFF", 5);
	stream_feed_vector(s, &vector_answers[0]);
	stream_feed(s, "zz\0", 3);
	stream_feed_vector(s, &vector_answers[1]);
	assert_string_equal(stream_seen(s), "AA");
	assert_int_equal(s->reader.noise, 8);
	free(s);
}

/* An answer that broke off, and what comes then, whatever it is. */
static void test_stream_truncated(void **state)
{
	uint8_t frame[VECTOR_FRAME_SIZE];
	size_t len = vector_frame(&vector_answers[1], frame);

	(void)state;
	for (size_t cut = 2; cut < len - 1; cut++) {
		struct stream *s = stream_new(X);

		stream_feed(s, frame, cut);
		stream_feed_vector(s, &vector_answers[0]);
		assert_string_equal(stream_seen(s), "BA");
		stream_feed(s, frame, cut);
		stream_feed(s, "\x16", 1);
		assert_string_equal(stream_seen(s), "BS");
		stream_feed(s, frame, cut);
		stream_feed(s, "\x15", 1);
		assert_string_equal(stream_seen(s), "BN");
		stream_feed(s, frame, cut);
		stream_feed(s, "\x03", 1);
		assert_string_equal(stream_seen(s), "B");
		free(s);
	}
}

/* One byte lost on the way: no answer, but the next one is. */
static void test_stream_byte_lost(void **state)
{
	uint8_t frame[VECTOR_FRAME_SIZE];
	size_t len = vector_frame(&vector_answers[6], frame);

	(void)state;
	for (size_t lost = 0; lost < len; lost++) {
		struct stream *s = stream_new(X);

		stream_feed(s, frame, lost);
		stream_feed(s, frame + lost + 1, len - lost - 1);
		assert_int_equal(s->answers, 0);
		stream_feed_vector(s, &vector_answers[0]);
		assert_int_equal(s->answers, 1);
		assert_int_equal(s->answer.command, vector_answers[0].command);
		free(s);
	}
}

static void test_stream_empty(void **state)
{
	struct stream *s = stream_new(CLASSIC);

	(void)state;
	stream_feed(s, "\x01\x03\x01\x01\x01", 5);
	assert_string_equal(stream_seen(s), "B");
	free(s);
}

static void test_stream_too_long(void **state)
{
	struct stream *s = stream_new(X);

	(void)state;
	stream_feed(s, "\x01", 1);
	for (int i = 0; i < DATECS_FRAME_MAX - 2; i++)
		stream_feed(s, "x", 1);
	assert_string_equal(stream_seen(s), "");
	for (int i = 0; i < 5000; i++)
		stream_feed(s, "x", 1);
	assert_string_equal(stream_seen(s), "B"); /* once, when it is */
	assert_true(s->reader.noise > 4000);
	stream_feed(s, "\x03", 1);
	stream_feed_vector(s, &vector_answers[0]);
	assert_string_equal(stream_seen(s), "A");
	free(s);
}

/* --- whatever comes --- */

static uint32_t random_seed;

static uint32_t random_next(void)
{
	random_seed = random_seed * 1664525 + 1013904223;
	return random_seed >> 8;
}

/* A vector with some bytes changed, dropped or doubled. */
static size_t garbage_make(const struct vector *v, uint8_t *out)
{
	static const uint8_t special[] = { 1, 3, 4, 5, 9, 0x10, 0x15, 0x16 };
	uint8_t frame[VECTOR_FRAME_SIZE];
	size_t whole = vector_frame(v, frame), len = 0;

	for (size_t i = 0; i < whole; i++) {
		uint32_t dice = random_next() % 64;

		if (dice == 0)
			continue;
		out[len++] = dice == 1 ? (uint8_t)random_next() : frame[i];
		if (dice == 2)
			out[len++] = special[random_next() % sizeof(special)];
	}
	return len;
}

static void test_garbage(void **state)
{
	struct stream *streams[] = { stream_new(X), stream_new(CLASSIC) };
	uint8_t data[4096];

	(void)state;
	random_seed = 20261122;
	for (int i = 0; i < 20000; i++) {
		const struct vector *v =
			&vector_answers[random_next() % vector_answers_count];
		struct stream *s = streams[v->dialect != X];

		stream_feed(s, data, garbage_make(v, data));
		assert_true(s->reader.len <= DATECS_FRAME_MAX - 2);
		assert_true(s->answer.len < DATECS_FRAME_MAX);
		assert_int_equal(strlen(s->answer.data), s->answer.len);
	}
	/* most are spoilt, some came through unharmed */
	for (int i = 0; i < 2; i++) {
		assert_true(streams[i]->answers > 1000);
		assert_true(streams[i]->broken > 1000);
		free(streams[i]);
	}
}

static void test_garbage_plain(void **state)
{
	struct stream *streams[] = { stream_new(X), stream_new(CLASSIC) };
	uint8_t data[64];

	(void)state;
	random_seed = 7;
	for (int i = 0; i < 40000; i++) {
		for (size_t j = 0; j < sizeof(data); j++)
			data[j] = (uint8_t)random_next();
		stream_feed(streams[i % 2], data, random_next() % sizeof(data));
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(streams[i]->answers, 0);
		free(streams[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stream_cut_anywhere),
		cmocka_unit_test(test_stream_byte_by_byte),
		cmocka_unit_test(test_stream_syn_and_nak),
		cmocka_unit_test(test_stream_noise_between),
		cmocka_unit_test(test_stream_truncated),
		cmocka_unit_test(test_stream_byte_lost),
		cmocka_unit_test(test_stream_empty),
		cmocka_unit_test(test_stream_too_long),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_garbage_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
