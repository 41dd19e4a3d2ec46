/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that come in pieces: exports, and events as they happen. */
#include "server_rig.h"

#include "http/server_private.h"
#include "util/alloc.h"
#include "util/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

static void open_stream(struct client *client)
{
	struct response response;
	CLEANUP_FREE char *type = NULL;

	client_send(client, RIG_GET("/v1/stream"));
	response = client_head_response(client);
	type = response_header(&response, "Content-Type");
	assert_int_equal(response.status, 200);
	assert_string_equal(type, "text/event-stream");
	response_free(&response);
	assert_non_null(client->rig->stream);
}

static void end_stream(struct rig *rig)
{
	stream_end(rig->stream);
	rig->stream = NULL;
}

static void test_whole_stream(void **state)
{
	struct client *client = client_of(state);

	client_expect(client, RIG_GET("/v1/whole-stream"), 200, "one\ntwo\n");
	client_expect(client, RIG_GET("/v1"), 200, HELLO);
	assert_int_equal(client->rig->gone, 0);
}

/* An event leaves at once: nothing has to follow it, and no time to pass. */
static void test_event_arrives_at_once(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;
	struct timeval before, after, taken;

	open_stream(client);
	for (int i = 0; i < 5; i++) {
		CLEANUP_FREE char *text = alloc_format("data: %d\n\n", i);

		rig_spend(rig, 2);
		gettimeofday(&before, NULL);
		assert_true(stream_write(rig->stream, text, strlen(text)));
		client_wait_text(client, text);
		gettimeofday(&after, NULL);
		timersub(&after, &before, &taken);
		assert_true(taken.tv_sec == 0 && taken.tv_usec < 100000);
		rig_spend(rig, 2);
		assert_int_equal(rig->drained, i + 1);
	}
	assert_int_equal(server_waiting(rig->server), 0);
	end_stream(rig);
	assert_int_equal(server_waiting(rig->server), 1);
	client_wait_text(client, "0\r\n\r\n");
	rig_spend(rig, 2);
	assert_int_equal(server_waiting(rig->server), 0);
	assert_int_equal(rig->gone, 0);
}

static void test_stream_reader_leaves(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;

	open_stream(client);
	rig_spend(rig, 2);
	client_close(client);
	rig_wait_gone(rig, 1);
	rig_wait_connections(rig, 0);
	client_open(client, rig);
}

/* It leaves while there is something to send. */
static void test_stream_reader_leaves_busy(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;
	static char data[200000];

	open_stream(client);
	client_read(client, false);
	assert_true(stream_write(rig->stream, data, sizeof(data)));
	rig_spend(rig, 2);
	assert_true(rig_spend(rig, 20) < 200); /* a spin is thousands */
	client_close(client);
	/* who writes on before hearing of it does no harm */
	stream_write(rig->stream, data, sizeof(data));
	rig_wait_gone(rig, 1);
	rig_wait_connections(rig, 0);
	client_open(client, rig);
}

/* It leaves, and the handler ends the stream before it is told. */
static void test_stream_end_crosses_leaving(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;

	for (int turns = 0; turns < 6; turns++) {
		open_stream(client);
		client_close(client);
		for (int i = 0; i < turns && rig->stream; i++)
			event_base_loop(rig->base, EVLOOP_NONBLOCK);
		if (rig->stream)
			end_stream(rig);
		rig_wait_connections(rig, 0);
		client_open(client, rig);
	}
}

static void test_stream_for_head(void **state)
{
	struct client *client = client_of(state);
	CLEANUP_FREE char *coding = NULL;
	CLEANUP_FREE char *length = NULL;
	struct response response;

	client_send(client, "HEAD /v1/stream HTTP/1.1\r\n" RIG_HEADERS "\r\n");
	response = client_head_response(client);
	coding = response_header(&response, "Transfer-Encoding");
	length = response_header(&response, "Content-Length");
	assert_int_equal(response.status, 200);
	assert_null(coding);
	assert_null(length);
	rig_wait_gone(client->rig, 1);
	client_wait_closed(client);
	assert_int_equal(client->in.len, 0);
	response_free(&response);
}

static void test_late_stream(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;
	struct stream_events events = { .arg = rig };
	struct stream *stream;

	client_send(client, RIG_GET("/v1/wait"));
	rig_wait_held(rig, 1);
	stream =
		request_reply_stream(rig_take_held(rig), "text/plain", &events);
	assert_true(stream_write(stream, "late\n", 5));
	stream_end(stream);
	client_expect(client, "", 200, "late\n");
}

static void note_void(void *arg)
{
	(*(int *)arg)++;
}

static void test_stream_into_the_void(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;
	int gone = 0;
	struct stream_events events = { .gone = note_void, .arg = &gone };
	struct stream *stream;

	client_send(client, RIG_GET("/v1/wait-deaf"));
	rig_wait_held(rig, 1);
	client_close(client);
	rig_wait_connections(rig, 0);
	stream =
		request_reply_stream(rig_take_held(rig), "text/plain", &events);
	assert_true(stream_write(stream, "lost\n", 5));
	assert_int_equal(gone, 0);
	while (!gone)
		rig_turn(rig);
	client_open(client, rig);
}

/* A reader that takes its time gets all of it, as drained() says when. */
static void test_long_stream(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;
	static char data[STREAM_QUEUE_MAX];
	struct response response;

	memset(data, 'x', sizeof(data));
	client_send(client, RIG_GET("/v1/stream"));
	while (!rig->stream)
		rig_turn(rig);
	client_read(client, false);
	for (int i = 0; i < 8; i++) {
		assert_true(stream_write(rig->stream, data, sizeof(data)));
		rig_spend(rig, 1);
		client_read(client, true);
		while (rig->drained <= i)
			rig_turn(rig);
		client_read(client, false);
	}
	end_stream(rig);
	client_read(client, true);
	response = client_response(client);
	assert_int_equal(response.body_len, 8 * sizeof(data));
	response_free(&response);
	client_expect(client, RIG_GET("/v1"), 200, HELLO);
}

static void read_a_little(struct client *client)
{
	size_t before = client->in.len;

	client_read(client, true);
	while (client->in.len == before)
		rig_turn(client->rig);
	client_read(client, false);
}

/*
 * Always as much under way as the queue holds, so that what is written at its
 * end meets what is taken at its beginning. One in fifty bytes that arrive
 * belongs to a chunk's frame, at most.
 */
static uint32_t write_numbers(struct client *client, uint32_t max)
{
	struct stream *stream = client->rig->stream;
	uint32_t count = 0;

	while (count < max) {
		size_t arrived = client->in.len - client->in.len / 50;

		if (sizeof(count) * (count + 1) - arrived > STREAM_QUEUE_MAX) {
			read_a_little(client);
			continue;
		}
		assert_true(stream_write(stream, &count, sizeof(count)));
		count++;
	}
	return count;
}

static void test_stream_keeps_order(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;
	struct response response;
	uint32_t count;

	client_send(client, RIG_GET("/v1/stream"));
	while (!rig->stream)
		rig_turn(rig);
	client_read(client, false);
	count = write_numbers(client, 400000);
	end_stream(rig);
	client_read(client, true);
	response = client_response(client);
	assert_int_equal(response.body_len, count * sizeof(count));
	for (uint32_t i = 0; i < count; i++)
		if (memcmp(response.body + i * sizeof(i), &i, sizeof(i)) != 0)
			fail_msg("number %u is not where it should be", i);
	response_free(&response);
}

static void test_slow_reader_is_cut_off(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;
	static char data[1000];

	open_stream(client);
	client_read(client, false);
	while (stream_write(rig->stream, data, sizeof(data)))
		if (rig->stream)
			event_base_loop(rig->base, EVLOOP_NONBLOCK);
	assert_false(stream_write(rig->stream, data, 1));
	end_stream(rig);
	rig_wait_connections(rig, 0);
	assert_int_equal(rig->gone, 0);
	/* and sees that something is missing */
	client_read(client, true);
	client_wait_closed(client);
	assert_null(strstr(buf_text(&client->in), "\r\n0\r\n\r\n"));
	client_close(client);
	client_open(client, rig);
}

static void test_write_too_large(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;
	static char data[STREAM_QUEUE_MAX + 1];

	open_stream(client);
	assert_false(stream_write(rig->stream, data, sizeof(data)));
	end_stream(rig);
	client_wait_closed(client);
	assert_null(strstr(buf_text(&client->in), "0\r\n\r\n"));
}

#define SERVER_TEST(function) \
	cmocka_unit_test_setup_teardown(function, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVER_TEST(test_whole_stream),
		SERVER_TEST(test_event_arrives_at_once),
		SERVER_TEST(test_stream_reader_leaves),
		SERVER_TEST(test_stream_reader_leaves_busy),
		SERVER_TEST(test_stream_end_crosses_leaving),
		SERVER_TEST(test_stream_for_head),
		SERVER_TEST(test_late_stream),
		SERVER_TEST(test_stream_into_the_void),
		SERVER_TEST(test_long_stream),
		SERVER_TEST(test_stream_keeps_order),
		SERVER_TEST(test_slow_reader_is_cut_off),
		SERVER_TEST(test_write_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
