/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that send too much, too slowly, or come in too great a number. */
#include "server_rig.h"

#include "http/server_private.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

#define CLIENTS_MAX 12
#define BODY_MAX    65536
#define DEADLINE_MS 100

struct fixture {
	struct rig rig;
	struct client clients[CLIENTS_MAX];
	size_t clients_count;
};

static int fixture_setup(void **state)
{
	struct fixture *fixture = ALLOC_NEW(struct fixture);
	struct server_limits limits = server_limits_default;

	limits.connections = 6;
	limits.connections_uid = 4;
	rig_start(&fixture->rig, &limits);
	*state = fixture;
	return 0;
}

static int fixture_teardown(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < fixture->clients_count; i++)
		if (fixture->clients[i].fd >= 0)
			client_close(&fixture->clients[i]);
	rig_stop(&fixture->rig);
	free(fixture);
	return 0;
}

static struct rig *rig_of(void **state)
{
	return &((struct fixture *)*state)->rig;
}

static struct client *new_client(void **state)
{
	struct fixture *fixture = *state;
	struct client *client = &fixture->clients[fixture->clients_count++];

	assert_true(fixture->clients_count <= CLIENTS_MAX);
	client_open(client, &fixture->rig);
	return client;
}

/* --- those who still speak when they have their answer --- */

/* Whether a client could go on writing, as most do before they read. */
static bool can_speak(const struct client *client)
{
	return send(client->fd, "x", 1, MSG_NOSIGNAL) == 1;
}

/* It has been answered and hung up on: it may speak, and is let go. */
static void expect_linger(struct client *client)
{
	struct server *server = client->rig->server;

	client_wait_closed(client);
	assert_true(can_speak(client));
	while (server->connections_count)
		rig_turn(client->rig);
	assert_true(can_speak(client));
	client_close(client);
	while (!TAILQ_EMPTY(&server->lingerers))
		rig_turn(client->rig);
}

/* --- too much --- */

static void send_body(struct client *client, const char *headers, size_t len)
{
	CLEANUP_FREE char *head =
		alloc_format("POST /v1/echo HTTP/1.1\r\n" RIG_HEADERS RIG_JSON
			     "%sContent-Length: %zu\r\n\r\n",
			     headers, len);
	CLEANUP_FREE char *body = alloc_zero(len + 1, 1);

	memset(body, 'x', len);
	memcpy(body, "{\"text\":\"", 9);
	memcpy(body + len - 2, "\"}", 2);
	client_send(client, head);
	client_send_bytes(client, body, len);
}

static void test_large_body(void **state)
{
	struct client *client = new_client(state);

	send_body(client, "", 60000);
	client_expect(client, "", 201, NULL);
	/* as large as a body may be, and then too long for its field */
	send_body(client, "", BODY_MAX);
	client_expect_problem(client, "", 400, "bad-body",
			      "text: It may have at most 60000 characters.");
}

/* One byte too many, and the connection is as good as before. */
static void test_too_large_body(void **state)
{
	struct client *client = new_client(state);
	struct response response;
	CLEANUP_JSON json_t *body = NULL;

	send_body(client, "", BODY_MAX + 1);
	response = client_response(client);
	body = json_parse(response.body, response.body_len);
	assert_int_equal(response.status, 413);
	assert_string_equal(json_text(body, "code"), "body-too-large");
	assert_int_equal(json_int(body, "limit", 0), BODY_MAX);
	response_free(&response);
	send_body(client, "", 16 * BODY_MAX);
	client_expect_problem(client, "", 413, "body-too-large", NULL);
	client_expect(client, RIG_GET("/v1"), 200, HELLO);
	assert_int_equal(client->rig->handled, 1);
}

/* Nobody reads megabytes to be polite: answered and closed. */
static void test_absurd_body(void **state)
{
	struct client *client = new_client(state);

	client_expect_problem(client,
			      "POST /v1/echo HTTP/1.1\r\n" RIG_HEADERS RIG_JSON
			      "Content-Length: 99999999999\r\n\r\n{",
			      413, "body-too-large", NULL);
	expect_linger(client);
	client = new_client(state);
	client_send(client, "POST /v1/echo HTTP/1.1\r\n" RIG_HEADERS RIG_JSON
			    "Content-Length: 99999999999999999999999\r\n\r\n");
	expect_linger(client);
	assert_int_equal(client->rig->handled, 0);
}

static void test_too_large_with_expect(void **state)
{
	struct client *client = new_client(state);

	client_expect_problem(client,
			      "POST /v1/echo HTTP/1.1\r\n" RIG_HEADERS RIG_JSON
			      "Content-Length: 70000\r\n"
			      "Expect: 100-continue\r\n\r\n",
			      413, "body-too-large", NULL);
	expect_linger(client);
}

static void send_chunk(struct client *client, size_t len)
{
	CLEANUP_FREE char *head = alloc_format("%zx\r\n", len);
	CLEANUP_FREE char *data = alloc_zero(len + 3, 1);

	memset(data, ' ', len);
	memcpy(data + len, "\r\n", 2);
	client_send(client, head);
	client_send(client, data);
}

static void test_too_large_chunked(void **state)
{
	struct client *client = new_client(state);

	client_send(client, "POST /v1/echo HTTP/1.1\r\n" RIG_HEADERS RIG_JSON
			    "Transfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 9; i++)
		send_chunk(client, 8192);
	client_expect_problem(client, "0\r\n\r\n", 413, "body-too-large", NULL);
	client_expect(client, RIG_GET("/v1"), 200, HELLO);
}

static void test_endless_chunked(void **state)
{
	struct client *client = new_client(state);
	int chunks = 0;

	client_send(client, "POST /v1/echo HTTP/1.1\r\n" RIG_HEADERS RIG_JSON
			    "Transfer-Encoding: chunked\r\n\r\n");
	for (; !client->closed && chunks < 10000; chunks++) {
		send_chunk(client, 8192);
		event_base_loop(client->rig->base, EVLOOP_NONBLOCK);
	}
	assert_in_range(chunks, 16 * BODY_MAX / 8192, 1000);
	client_expect_problem(client, "", 413, "body-too-large", NULL);
	expect_linger(client);
}

static void test_large_header(void **state)
{
	struct client *client = new_client(state);
	struct response response;
	char header[40001];

	memset(header, 'x', sizeof(header) - 1);
	header[sizeof(header) - 1] = 0;
	client_send(client, "GET /v1 HTTP/1.1\r\n" RIG_HEADERS "X: ");
	client_send(client, header);
	client_send(client, "\r\n\r\n");
	response = client_response(client);
	assert_int_equal(response.status, 431);
	response_free(&response);
	expect_linger(client);
}

static void test_long_line(void **state)
{
	struct client *client = new_client(state);
	struct response response;
	char path[40001];

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = 0;
	client_send(client, "GET /");
	client_send(client, path);
	client_send(client, " HTTP/1.1\r\n" RIG_HEADERS "\r\n");
	response = client_response(client);
	assert_int_equal(response.status, 414);
	response_free(&response);
	expect_linger(client);
	assert_int_equal(client->rig->handled, 0);
}

/* What microhttpd refuses by itself, before there is a request. */
static void test_bad_line(void **state)
{
	struct client *client = new_client(state);
	struct response response;

	client_expect(client, RIG_GET("/v1"), 200, HELLO);
	response = client_ask(client, "GET /v1 HTTP/9.9\r\n\r\n");
	assert_int_equal(response.status / 100, 5);
	response_free(&response);
	expect_linger(client);
}

static void test_garbage(void **state)
{
	static const char *const texts[] = {
		"\r\n\r\n\r\n\r\n",
		"x\r\n\r\n",
		"GET\r\n\r\n",
		"GET /v1 HTTP/9.9\r\n\r\n",
		"\x16\x03\x01\x02\x01\x01\xff",
		"GET /v1 HTTP/1.1\r\nnothing\r\n\r\n",
		"GET /v1 HTTP/1.1\r\n" RIG_HEADERS "Content-Length: x\r\n\r\n",
		"POST /v1/echo HTTP/1.1\r\n" RIG_HEADERS RIG_JSON
		"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
	};
	struct client *good;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct client client;

		client_open(&client, rig_of(state));
		client_send(&client, texts[i]);
		rig_spend(rig_of(state), 2);
		client_close(&client);
	}
	good = new_client(state);
	client_expect(good, RIG_GET("/v1"), 200, HELLO);
	assert_int_equal(good->rig->handled, 1);
}

/* --- as it came --- */

static void begin_raw(struct client *client, size_t len)
{
	CLEANUP_FREE char *head =
		alloc_format("PUT /v1/raw HTTP/1.1\r\n" RIG_HEADERS RIG_JSON
			     "Content-Length: %zu\r\n\r\n",
			     len);

	client_send(client, head);
}

static void end_raw(struct client *client, size_t len)
{
	CLEANUP_FREE char *body = alloc_zero(len + 1, 1);

	memset(body, 'x', len);
	client_send_bytes(client, body, len);
}

/* Past the usual limit, and not even JSON: that is for its handler to find. */
static void test_raw_body(void **state)
{
	struct client *client = new_client(state);

	begin_raw(client, RIG_RAW_MAX);
	end_raw(client, RIG_RAW_MAX);
	client_expect(client, "", 200, "{\"bytes\":200000}");
	begin_raw(client, RIG_RAW_MAX + 1);
	end_raw(client, RIG_RAW_MAX + 1);
	client_expect_problem(client, "", 413, "body-too-large", NULL);
	/* the next one on that connection has the usual limit again */
	send_body(client, "", BODY_MAX + 1);
	client_expect_problem(client, "", 413, "body-too-large", NULL);
	begin_raw(client, 0);
	client_expect_problem(client, "", 400, "bad-body", "It is missing.");
	client_expect_problem(client,
			      "PUT /v1/raw HTTP/1.1\r\n" RIG_HEADERS
			      "Content-Type: text/plain\r\n"
			      "Content-Length: 1\r\n\r\nx",
			      415, "not-json", NULL);
	assert_int_equal(client->rig->handled, 1);
}

/* How many of them come at once is bounded, whoever dawdles. */
static void test_raw_bodies_at_once(void **state)
{
	struct client *slow = new_client(state), *other = new_client(state);
	struct client *third = new_client(state);

	begin_raw(slow, 1000);
	begin_raw(other, 1000);
	end_raw(other, 1);
	end_raw(slow, 1);
	rig_spend(slow->rig, 20);
	begin_raw(third, 10);
	end_raw(third, 10);
	client_expect_problem(third, "", 429, "too-many-requests", NULL);
	end_raw(slow, 999);
	client_expect(slow, "", 200, "{\"bytes\":1000}");
	begin_raw(third, 10);
	end_raw(third, 10);
	client_expect(third, "", 200, "{\"bytes\":10}");
}

/* --- too many --- */

static void expect_turned_away(void **state)
{
	struct client *client = new_client(state);
	struct response response;
	CLEANUP_FREE char *retry = NULL;

	client_expect_problem(client, RIG_GET("/v1"), 503,
			      "too-many-connections", NULL);
	client_wait_closed(client);
	assert_true(can_speak(client));
	client_close(client);
	/* and who says nothing is told as well */
	client = new_client(state);
	response = client_response(client);
	retry = response_header(&response, "Retry-After");
	assert_int_equal(response.status, 503);
	assert_string_equal(retry, "1");
	response_free(&response);
	client_wait_closed(client);
	assert_true(can_speak(client));
	client_close(client);
}

static void test_connections_of_a_uid(void **state)
{
	struct rig *rig = rig_of(state);
	struct client *first = NULL;

	for (int i = 0; i < 4; i++) {
		struct client *client = new_client(state);

		first = first ? first : client;
		client_expect(client, RIG_GET("/v1"), 200, HELLO);
	}
	expect_turned_away(state);
	assert_int_equal(rig->handled, 4);
	client_expect(first, RIG_GET("/v1"), 200, HELLO);
	client_close(first);
	while (rig->server->connections_count > 3)
		rig_turn(rig);
	client_expect(new_client(state), RIG_GET("/v1"), 200, HELLO);
	expect_turned_away(state);
}

static bool knows_nobody(void *context, const struct peer *peer)
{
	(void)context;
	(void)peer;
	return false;
}

static bool knows_all(void *context, const struct peer *peer)
{
	return !knows_nobody(context, peer);
}

/* A quarter of six is one; the others are kept for those with something to do
 * here. */
static void test_connections_of_strangers(void **state)
{
	struct rig *rig = rig_of(state);
	struct client *stranger = new_client(state);

	server_set_known(rig->server, knows_nobody);
	client_expect(stranger, RIG_GET("/v1"), 200, HELLO);
	expect_turned_away(state);
	server_set_known(rig->server, knows_all);
	for (int i = 0; i < 3; i++)
		client_expect(new_client(state), RIG_GET("/v1"), 200, HELLO);
	server_set_known(rig->server, knows_nobody);
	client_close(stranger);
	rig_wait_connections(rig, 3);
	client_expect(new_client(state), RIG_GET("/v1"), 200, HELLO);
	expect_turned_away(state);
}

/* Nine at once, before the server has seen the first of them. */
static void test_connections_in_a_burst(void **state)
{
	struct rig *rig = rig_of(state);
	struct fixture *fixture = *state;
	int refused = 0;

	for (int i = 0; i < 9; i++)
		new_client(state);
	for (int i = 0; i < 9; i++) {
		struct response response =
			client_ask(&fixture->clients[i], RIG_GET("/v1"));

		assert_true(response.status == 200 || response.status == 503);
		refused += response.status == 503;
		response_free(&response);
	}
	assert_int_equal(refused, 5);
	assert_int_equal(rig->server->connections_count, 4);
}

static void test_connections_in_all(void **state)
{
	struct rig *rig = rig_of(state);

	rig->server->limits.connections_uid = 100;
	for (int i = 0; i < 6; i++)
		client_expect(new_client(state), RIG_GET("/v1"), 200, HELLO);
	expect_turned_away(state);
	assert_int_equal(rig->server->connections_count, 6);
}

/* --- for how long they may speak --- */

static void turn_all_away(struct rig *rig)
{
	rig->server->limits.connections_uid = 0;
}

static void test_lingering_has_an_end(void **state)
{
	struct client *client = new_client(state);
	struct rig *rig = rig_of(state);

	turn_all_away(rig);
	rig->server->linger = (struct timeval){ .tv_usec = DEADLINE_MS * 1000 };
	client_wait_closed(client);
	assert_true(can_speak(client));
	/* saying something now and then does not make it longer */
	for (int ms = 0; can_speak(client); ms += 5) {
		assert_in_range(ms, 0, 10 * DEADLINE_MS);
		rig_spend(rig, 5);
	}
	assert_true(TAILQ_EMPTY(&rig->server->lingerers));
}

static void test_lingering_takes_so_much(void **state)
{
	struct client *client = new_client(state);
	struct rig *rig = rig_of(state);
	static const char piece[64 * 1024];
	size_t said = 0;
	ssize_t len;

	turn_all_away(rig);
	client_wait_closed(client);
	do {
		len = send(client->fd, piece, sizeof(piece), MSG_NOSIGNAL);
		if (len > 0)
			said += (size_t)len;
		else if (errno == EAGAIN)
			rig_turn(rig);
	} while (len > 0 || errno == EAGAIN);
	assert_in_range(said, LINGER_BYTES_MAX, LINGER_BYTES_MAX * 2);
	assert_true(TAILQ_EMPTY(&rig->server->lingerers));
}

/* The oldest ones go; and those that are left are put away at the end. */
static void test_lingering_makes_room(void **state)
{
	struct rig *rig = rig_of(state);
	struct client clients[LINGER_UID_MAX + 2];
	size_t count = sizeof(clients) / sizeof(clients[0]);

	turn_all_away(rig);
	for (size_t i = 0; i < count; i++) {
		client_open(&clients[i], rig);
		client_wait_closed(&clients[i]);
	}
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(can_speak(&clients[i]), i >= 2);
		client_close(&clients[i]);
	}
}

/* Out of descriptors: no spinning, and nobody who waited is forgotten. */
static void test_out_of_descriptors(void **state)
{
	struct rig *rig = rig_of(state);
	struct client *served = new_client(state);
	struct client *late;
	struct rlimit before, none;
	int turns;

	/* valgrind takes such a connection and throws it away */
	if (getenv("LD_PRELOAD") && strstr(getenv("LD_PRELOAD"), "vgpreload"))
		skip();
	client_expect(served, RIG_GET("/v1"), 200, HELLO);
	late = new_client(state);
	getrlimit(RLIMIT_NOFILE, &before);
	none = before;
	none.rlim_cur = (rlim_t)late->fd + 1;
	setrlimit(RLIMIT_NOFILE, &none);
	client_send(late, RIG_GET("/v1"));
	turns = rig_spend(rig, 120);
	assert_int_equal(late->in.len, 0);
	/* those who are in are served as before */
	client_expect(served, RIG_GET("/v1"), 200, HELLO);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_true(turns < 10);
	client_expect(late, "", 200, HELLO);
}

/* --- too slow --- */

static void shorten_deadline(struct rig *rig)
{
	rig->server->idle = (struct timeval){ .tv_usec = DEADLINE_MS * 1000 };
}

/* A byte now and then resets every time-out for inactivity. */
static void drip(struct client *client, const char *byte)
{
	int ms = 0;

	for (; !client->closed && ms < 50 * DEADLINE_MS; ms += 5) {
		client_send(client, byte);
		rig_spend(client->rig, 5);
	}
	assert_true(client->closed);
	assert_in_range(ms, 1, 10 * DEADLINE_MS);
}

/* It is told so, and then cut off. */
static void drip_until(struct client *client, const char *byte,
		       const char *answer)
{
	struct rig *rig = client->rig;

	drip(client, byte);
	assert_int_equal(strncmp(buf_text(&client->in), answer, strlen(answer)),
			 0);
	assert_non_null(strstr(buf_text(&client->in), "Connection: close"));
	shutdown(client->fd, SHUT_WR);
	for (int i = 0; i < 1000 && rig->server->connections_count; i++)
		rig_spend(rig, 5);
	assert_int_equal(rig->server->connections_count, 0);
}

#define TOO_LATE "HTTP/1.1 408 "

/* Its first request may be on its way. */
static void test_silent_connection(void **state)
{
	struct client *client;

	shorten_deadline(rig_of(state));
	client = new_client(state);
	drip(client, "");
	assert_int_equal(client->in.len, 0);
}

static void test_slow_line(void **state)
{
	struct client *client;

	shorten_deadline(rig_of(state));
	client = new_client(state);
	client_send(client, "GET /");
	drip_until(client, "x", TOO_LATE);
}

static void test_slow_header(void **state)
{
	struct client *client;

	shorten_deadline(rig_of(state));
	client = new_client(state);
	client_send(client, "GET /v1 HTTP/1.1\r\n" RIG_HEADERS);
	drip_until(client, "X: y\r\n", TOO_LATE);
}

static void test_slow_body(void **state)
{
	struct client *client;

	shorten_deadline(rig_of(state));
	client = new_client(state);
	client_send(client, RIG_POST("/v1/echo", "1000") "{");
	drip_until(client, " ", TOO_LATE);
}

/* Also where an answer was there before: on the same connection. */
static void test_slow_second_request(void **state)
{
	struct client *client;

	shorten_deadline(rig_of(state));
	client = new_client(state);
	client_expect(client, RIG_GET("/v1"), 200, HELLO);
	client_send(client, RIG_POST("/v1/echo", "1000") "{");
	drip_until(client, " ", TOO_LATE);
}

/* What was wrong before it was late is what is told. */
static void test_slow_and_wrong(void **state)
{
	struct client *client;

	shorten_deadline(rig_of(state));
	client = new_client(state);
	client_send(client, RIG_POST("/v1/nothing", "1000") "{");
	drip_until(client, " ", "HTTP/1.1 404 ");
}

/* Once it was told, nothing that comes in any more is done. */
static void test_what_comes_after_its_time_is_not_done(void **state)
{
	struct rig *rig = rig_of(state);
	struct client *client;

	shorten_deadline(rig);
	client = new_client(state);
	client_send(client, "GET /v1/wait HTTP/1.1\r\n" RIG_HEADERS);
	drip(client, "");
	client_send(client, "\r\n");
	for (int i = 0; i < 1000 && rig->server->connections_count; i++)
		rig_spend(rig, 5);
	assert_int_equal(rig->server->connections_count, 0);
	assert_int_equal(rig->held_count, 0);
}

/* Who takes no notice is not waited for. */
static void test_too_late_for_good(void **state)
{
	struct rig *rig = rig_of(state);
	struct client *client;

	shorten_deadline(rig);
	rig->server->linger = rig->server->idle;
	client = new_client(state);
	client_send(client, "GET /v1 HTTP/1.1\r\n" RIG_HEADERS);
	drip(client, "X: y\r\n");
	for (int i = 0; i < 1000 && rig->server->connections_count; i++) {
		client_send(client, "X");
		rig_spend(rig, 5);
	}
	assert_int_equal(rig->server->connections_count, 0);
}

static void test_idle_connection(void **state)
{
	struct client *client;

	shorten_deadline(rig_of(state));
	client = new_client(state);
	client_expect(client, RIG_GET("/v1"), 200, HELLO);
	drip(client, "");
	assert_int_equal(client->in.len, 0);
	assert_int_equal(client->rig->server->connections_count, 0);
}

/* Neither who waits for an answer nor who listens to events is too slow. */
static void test_waiting_is_not_slow(void **state)
{
	struct rig *rig = rig_of(state);
	struct client *waiting, *listening;

	shorten_deadline(rig);
	waiting = new_client(state);
	client_send(waiting, RIG_GET("/v1/wait"));
	rig_wait_held(rig, 1);
	listening = new_client(state);
	client_send(listening, RIG_GET("/v1/stream"));
	client_wait_text(listening, "\r\n\r\n");
	rig_spend(rig, 3 * DEADLINE_MS);
	assert_false(waiting->closed);
	assert_false(listening->closed);
	request_reply(rig_take_held(rig), 204, NULL);
	client_expect(waiting, "", 204, NULL);
	assert_true(stream_write(rig->stream, "data: 1\n\n", 9));
	client_wait_text(listening, "data: 1\n\n");
}

static void lengthen_deadline(struct rig *rig)
{
	rig->server->idle = (struct timeval){ .tv_sec = 30 };
}

static void test_each_request_has_its_time(void **state)
{
	struct client *client;

	shorten_deadline(rig_of(state));
	client = new_client(state);
	client_send(client, "GET /v1");
	rig_spend(client->rig, 1);
	lengthen_deadline(client->rig);
	client_expect(client, " HTTP/1.1\r\n" RIG_HEADERS "\r\n", 200, HELLO);
	rig_spend(client->rig, 2 * DEADLINE_MS);
	client_expect(client, RIG_GET("/v1"), 200, HELLO);
}

/* From its first byte on: a first line that comes slowly wins nothing. */
static void test_slow_line_and_header(void **state)
{
	struct client *client;

	shorten_deadline(rig_of(state));
	client = new_client(state);
	client_send(client, "GET /v1");
	rig_spend(client->rig, 1);
	lengthen_deadline(client->rig);
	client_send(client, " HTTP/1.1\r\n");
	drip_until(client, "X: y\r\n", TOO_LATE);
}

/* The first byte comes late, and the rest has as long again. */
static void test_line_begins_anew(void **state)
{
	struct client *client;

	shorten_deadline(rig_of(state));
	client = new_client(state);
	rig_spend(client->rig, 1);
	lengthen_deadline(client->rig);
	client_send(client, "GET /v1 HTTP/1.1\r\n");
	rig_spend(client->rig, 2 * DEADLINE_MS);
	client_expect(client, RIG_HEADERS "\r\n", 200, HELLO);
}

#define SERVER_TEST(function)                                    \
	cmocka_unit_test_setup_teardown(function, fixture_setup, \
					fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVER_TEST(test_large_body),
		SERVER_TEST(test_too_large_body),
		SERVER_TEST(test_absurd_body),
		SERVER_TEST(test_too_large_with_expect),
		SERVER_TEST(test_too_large_chunked),
		SERVER_TEST(test_endless_chunked),
		SERVER_TEST(test_raw_body),
		SERVER_TEST(test_raw_bodies_at_once),
		SERVER_TEST(test_large_header),
		SERVER_TEST(test_long_line),
		SERVER_TEST(test_bad_line),
		SERVER_TEST(test_garbage),
		SERVER_TEST(test_connections_of_a_uid),
		SERVER_TEST(test_connections_of_strangers),
		SERVER_TEST(test_connections_in_a_burst),
		SERVER_TEST(test_connections_in_all),
		SERVER_TEST(test_lingering_has_an_end),
		SERVER_TEST(test_lingering_takes_so_much),
		SERVER_TEST(test_lingering_makes_room),
		SERVER_TEST(test_out_of_descriptors),
		SERVER_TEST(test_silent_connection),
		SERVER_TEST(test_slow_line),
		SERVER_TEST(test_slow_header),
		SERVER_TEST(test_slow_body),
		SERVER_TEST(test_slow_second_request),
		SERVER_TEST(test_slow_and_wrong),
		SERVER_TEST(test_what_comes_after_its_time_is_not_done),
		SERVER_TEST(test_too_late_for_good),
		SERVER_TEST(test_idle_connection),
		SERVER_TEST(test_waiting_is_not_slow),
		SERVER_TEST(test_each_request_has_its_time),
		SERVER_TEST(test_line_begins_anew),
		SERVER_TEST(test_slow_line_and_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
