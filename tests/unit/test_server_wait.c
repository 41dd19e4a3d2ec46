/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that are answered later, and clients that leave meanwhile. */
#include "server_rig.h"

#include "http/server_private.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

static void answer_held(struct rig *rig, int number)
{
	request_reply(rig_take_held(rig), 200,
		      json_put_int(json_make(), "n", number));
}

/* --- waiting --- */

static void test_answered_later(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;

	assert_int_equal(server_waiting(rig->server), 0);
	client_send(client, RIG_GET("/v1/wait"));
	rig_wait_held(rig, 1);
	assert_int_equal(server_waiting(rig->server), 1);
	answer_held(rig, 1);
	client_expect(client, "", 200, "{\"n\":1}\n");
	client_expect(client, RIG_GET("/v1"), 200, HELLO);
	assert_int_equal(rig->gone, 0);
	assert_int_equal(server_waiting(rig->server), 0);
}

static void test_answered_later_with_problem(void **state)
{
	struct client *client = client_of(state);

	client_send(client, RIG_POST("/v1/wait", "12") "{\"number\":5}");
	rig_wait_held(client->rig, 1);
	request_reply_problem(rig_take_held(client->rig),
			      PROBLEM_OUTCOME_UNKNOWN, NULL);
	client_expect_problem(client, "", 504, "outcome-unknown", NULL);
}

static void test_what_came_in_stays(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;
	const struct request *request;

	client_send(client, "GET /v1/wait-deaf HTTP/1.1\r\n" RIG_HEADERS
			    "Idempotency-Key: k\r\n"
			    "Authorization: Bearer t\r\n\r\n");
	rig_wait_held(rig, 1);
	client_close(client);
	rig_wait_connections(rig, 0);
	request = rig->held[0];
	assert_string_equal(request_header(request, "Idempotency-Key"), "k");
	assert_string_equal(request_token(request), "t");
	assert_int_equal(request_peer(request)->uid, getuid());
	client_open(client, rig);
}

static void test_many_wait(void **state)
{
	struct rig *rig = client_of(state)->rig;
	struct client clients[20];

	for (size_t i = 0; i < 20; i++) {
		client_open(&clients[i], rig);
		client_send(&clients[i], RIG_GET("/v1/wait"));
		rig_wait_held(rig, i + 1);
	}
	assert_int_equal(server_waiting(rig->server), 20);
	for (int i = 0; i < 20; i++)
		answer_held(rig, i);
	for (int i = 0; i < 20; i++) {
		CLEANUP_FREE char *body = alloc_format("{\"n\":%d}\n", i);

		client_expect(&clients[i], "", 200, body);
		client_close(&clients[i]);
	}
}

/* The second is looked at when the first has been answered. */
static void test_pipelined_behind_waiting(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;

	client_send(client,
		    RIG_GET("/v1/wait") RIG_GET("/v1/wait") RIG_GET("/v1"));
	rig_wait_held(rig, 1);
	rig_spend(rig, 20);
	assert_int_equal(rig->handled, 1);
	answer_held(rig, 1);
	client_expect(client, "", 200, "{\"n\":1}\n");
	rig_wait_held(rig, 1);
	answer_held(rig, 2);
	client_expect(client, "", 200, "{\"n\":2}\n");
	client_expect(client, "", 200, HELLO);
	assert_int_equal(rig->gone, 0);
}

/* "nc -N" shuts its side down and listens on. */
static void test_half_closed_waits(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;

	client_send(client, RIG_GET("/v1/wait"));
	shutdown(client->fd, SHUT_WR);
	rig_wait_held(rig, 1);
	assert_true(rig_spend(rig, 20) < 200);
	assert_int_equal(rig->gone, 0);
	answer_held(rig, 1);
	client_expect(client, "", 200, "{\"n\":1}\n");
	client_wait_closed(client);
}

static void test_half_closed_then_leaves(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;

	client_send(client, RIG_GET("/v1/wait"));
	rig_wait_held(rig, 1);
	shutdown(client->fd, SHUT_WR);
	rig_spend(rig, 20);
	assert_int_equal(rig->gone, 0);
	client_close(client);
	rig_wait_gone(rig, 1);
	client_open(client, rig);
}

/* Whatever state connections are in, the loop sleeps. */
static void test_nothing_spins(void **state)
{
	static const char *const texts[] = {
		"",
		"GET /v1 HT",
		RIG_GET("/v1"),
		RIG_GET("/v1/wait"),
		RIG_GET("/v1/wait") RIG_GET("/v1"),
		RIG_GET("/v1/stream"),
		RIG_POST("/v1/echo", "100") "{",
		"GET /v1 HTTP/1.1\r\nX: ",
	};
	struct rig *rig = client_of(state)->rig;
	struct client clients[8];

	for (size_t i = 0; i < 8; i++) {
		client_open(&clients[i], rig);
		client_send(&clients[i], texts[i]);
	}
	rig_wait_held(rig, 2);
	rig_spend(rig, 10);
	assert_true(rig_spend(rig, 50) < 200);
	for (size_t i = 0; i < 8; i++)
		client_close(&clients[i]);
}

/* --- leaving --- */

static void test_client_leaves(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;

	client_send(client, RIG_GET("/v1/wait"));
	rig_wait_held(rig, 1);
	client_close(client);
	rig_wait_gone(rig, 1);
	assert_int_equal(rig->held_count, 0);
	assert_int_equal(server_waiting(rig->server), 0);
	rig_wait_connections(rig, 0);
	rig_spend(rig, 20);
	assert_int_equal(rig->gone, 1);
	client_open(client, rig);
	client_expect(client, RIG_GET("/v1"), 200, HELLO);
}

static void test_client_leaves_with_more_in_the_pipe(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;

	client_send(client, RIG_GET("/v1/wait") RIG_GET("/v1/wait"));
	rig_wait_held(rig, 1);
	client_close(client);
	rig_wait_gone(rig, 1);
	rig_wait_connections(rig, 0);
	assert_int_equal(rig->handled, 1);
	client_open(client, rig);
}

/* Gone before the request is even looked at. */
static void test_client_leaves_at_once(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;

	for (int i = 0; i < 50; i++) {
		client_send(client, RIG_GET("/v1/wait"));
		client_close(client);
		client_open(client, rig);
	}
	client_expect(client, RIG_GET("/v1"), 200, HELLO);
	rig_wait_connections(rig, 1);
	assert_int_equal(rig->held_count, 0);
	assert_int_equal(rig->gone, rig->handled - 1);
}

/* The answer and the leaving meet before the loop turns, in either order. */
static void test_answer_crosses_leaving(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;

	client_send(client, RIG_GET("/v1/wait"));
	rig_wait_held(rig, 1);
	answer_held(rig, 1);
	client_close(client);
	rig_wait_connections(rig, 0);
	client_open(client, rig);
	client_send(client, RIG_GET("/v1/wait"));
	rig_wait_held(rig, 1);
	client_close(client);
	answer_held(rig, 1);
	rig_wait_connections(rig, 0);
	assert_int_equal(rig->gone, 0);
	client_open(client, rig);
}

static void test_answered_into_the_void(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;

	for (int i = 0; i < 3; i++) {
		client_send(client, RIG_GET("/v1/wait-deaf"));
		rig_wait_held(rig, (size_t)i + 1);
		client_close(client);
		rig_wait_connections(rig, 0);
		client_open(client, rig);
	}
	assert_int_equal(server_waiting(rig->server), 0);
	request_set_header(rig->held[0], "Location", "/v1");
	request_reply(rig_take_held(rig), 200, json_make());
	request_reply_problem(rig_take_held(rig), PROBLEM_FAILED, json_make());
	request_reply(rig_take_held(rig), 204, NULL);
	client_expect(client, RIG_GET("/v1"), 200, HELLO);
}

static void answer_all(evutil_socket_t fd, short what, void *arg)
{
	struct rig *rig = arg;

	(void)fd;
	(void)what;
	while (rig->held_count)
		answer_held(rig, 1);
}

/* Everything in every order, for the sanitizers to look at. */
static void test_any_order(void **state)
{
	struct rig *rig = client_of(state)->rig;
	struct client clients[12];
	unsigned int chance = 4711;

	for (int round = 0; round < 40; round++) {
		struct timeval soon = { .tv_usec = round % 4 * 100 };

		for (size_t i = 0; i < 12; i++) {
			client_open(&clients[i], rig);
			client_send(&clients[i],
				    i % 3 ? RIG_GET("/v1/wait")
					  : RIG_GET("/v1/wait-deaf")
						    RIG_GET("/v1"));
		}
		event_base_once(rig->base, -1, EV_TIMEOUT, answer_all, rig,
				&soon);
		for (size_t i = 0; i < 12; i++) {
			chance = chance * 1103515245 + 12345;
			for (unsigned int j = chance >> 16 & 3; j; j--)
				event_base_loop(rig->base, EVLOOP_NONBLOCK);
			client_close(&clients[i]);
		}
	}
	answer_all(-1, 0, rig);
	rig_wait_connections(rig, 1);
	answer_all(-1, 0, rig);
	client_expect(client_of(state), RIG_GET("/v1"), 200, HELLO);
}

/* What came behind another that took long has all of its time. */
static void test_pipelined_behind_a_long_one(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;

	rig->server->idle = (struct timeval){ .tv_usec = 50000 };
	client_send(client, RIG_GET("/v1/wait") RIG_GET("/v1"));
	rig_wait_held(rig, 1);
	rig_spend(rig, 150);
	answer_held(rig, 1);
	client_expect(client, "", 200, "{\"n\":1}\n");
	client_expect(client, "", 200, HELLO);
}

/* --- stopping --- */

static void test_quiesce(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;
	struct client waiting, late;

	client_open(&waiting, rig);
	client_send(&waiting, RIG_GET("/v1/wait"));
	rig_wait_held(rig, 1);
	server_quiesce(rig->server);
	/* whoever comes now is told, not left to wait */
	client_open(&late, rig);
	client_expect_problem(&late, RIG_POST("/v1/echo", "2") "{}", 503,
			      "stopping", NULL);
	client_wait_closed(&late);
	/* who is connected already is told */
	client_expect_problem(client, RIG_POST("/v1/echo", "2") "{}", 503,
			      "stopping", NULL);
	client_wait_closed(client);
	/* but what there is can be looked at */
	client_close(&late);
	client_open(&late, rig);
	client_expect(&late, RIG_GET("/v1"), 200, HELLO);
	client_wait_closed(&late);
	/* and who waits gets an answer, and is let go */
	assert_int_equal(server_waiting(rig->server), 1);
	answer_held(rig, 1);
	client_expect(&waiting, "", 200, "{\"n\":1}\n");
	client_wait_closed(&waiting);
	assert_int_equal(server_waiting(rig->server), 0);
	client_close(&waiting);
	client_close(&late);
	client_open(&late, rig);
	client_send(&late, "GET /v1 HTTP/1.1\r\n");
	rig_spend(rig, 20);
	/* at the very end nothing is looked at, what it is read from may be
	 * gone; and new ones are left to who listens next */
	server_end_reading(rig->server);
	client_expect_problem(&late, RIG_HEADERS "\r\n", 503, "stopping", NULL);
	client_wait_closed(&late);
	client_close(&late);
	client_open(&late, rig);
	client_send(&late, RIG_GET("/v1"));
	rig_spend(rig, 20);
	assert_int_equal(late.in.len, 0);
	client_close(&late);
}

/* An answer counts as waiting until it is written, and is not lost at the end. */
static void test_free_sends_what_was_answered(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;

	client_send(client, RIG_GET("/v1/wait"));
	rig_wait_held(rig, 1);
	answer_held(rig, 1);
	assert_int_equal(server_waiting(rig->server), 1);
	rig->server = server_free(rig->server);
	client_expect(client, "", 200, "{\"n\":1}\n");
}

static void test_free_with_waiting(void **state)
{
	struct client *client = client_of(state);
	struct rig *rig = client->rig;
	struct client deaf, reader, idle;

	client_open(&deaf, rig);
	client_open(&reader, rig);
	client_open(&idle, rig);
	client_send(client, RIG_GET("/v1/wait") RIG_GET("/v1/wait"));
	client_send(&deaf, RIG_GET("/v1/wait-deaf"));
	client_send(&reader, RIG_GET("/v1/stream"));
	client_send(&idle, "POST /v1/echo HTTP/1.1\r\n");
	rig_wait_held(rig, 2);
	client_wait_text(&reader, "\r\n\r\n");
	rig->server = server_free(rig->server);
	assert_int_equal(rig->gone, 2);
	assert_null(rig->stream);
	client_wait_closed(client);
	/* this one's handler has not heard of it */
	assert_int_equal(rig->held_count, 1);
	answer_held(rig, 1);
	client_close(&deaf);
	client_close(&reader);
	client_close(&idle);
}

#define SERVER_TEST(function) \
	cmocka_unit_test_setup_teardown(function, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVER_TEST(test_answered_later),
		SERVER_TEST(test_answered_later_with_problem),
		SERVER_TEST(test_what_came_in_stays),
		SERVER_TEST(test_many_wait),
		SERVER_TEST(test_pipelined_behind_waiting),
		SERVER_TEST(test_half_closed_waits),
		SERVER_TEST(test_half_closed_then_leaves),
		SERVER_TEST(test_nothing_spins),
		SERVER_TEST(test_client_leaves),
		SERVER_TEST(test_client_leaves_with_more_in_the_pipe),
		SERVER_TEST(test_client_leaves_at_once),
		SERVER_TEST(test_answer_crosses_leaving),
		SERVER_TEST(test_answered_into_the_void),
		SERVER_TEST(test_any_order),
		SERVER_TEST(test_pipelined_behind_a_long_one),
		SERVER_TEST(test_quiesce),
		SERVER_TEST(test_free_sends_what_was_answered),
		SERVER_TEST(test_free_with_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
