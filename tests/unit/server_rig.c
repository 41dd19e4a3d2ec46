/* SPDX-License-Identifier: Apache-2.0 */
#include "server_rig.h"

#include "http/server_private.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

#define RIG_WATCHDOG_S 60
#define CLIENT_IN_MAX  ((size_t)64 * 1024 * 1024)

/* --- handlers --- */

static json_t *rig_json_copy(const json_t *value)
{
	return json_deep_copy(value);
}

static void handle_hello(struct request *request, void *context)
{
	((struct rig *)context)->handled++;
	request_reply(request, 200,
		      json_put_text(json_make(), "hello", "world"));
}

static void handle_echo(struct request *request, void *context)
{
	((struct rig *)context)->handled++;
	request_reply(request, 201, rig_json_copy(request_body(request)));
}

/* Says how long it was, in the form of text. */
static void handle_raw(struct request *request, void *context)
{
	size_t len, again;
	char *text = request_take_text(request, &len);

	((struct rig *)context)->handled++;
	assert_int_equal(strlen(text), len);
	assert_null(request_take_text(request, &again));
	free(text);
	text = alloc_format("{\"bytes\":%zu}", len);
	request_set_header(request, "ETag", "\"1\"");
	request_reply_text(request, 200, text, strlen(text));
}

static void handle_query(struct request *request, void *context)
{
	(void)context;
	request_reply(request, 200, rig_json_copy(request_query(request)));
}

static void handle_params(struct request *request, void *context)
{
	json_t *body = json_make();

	(void)context;
	json_put_text(body, "thing", request_param(request, "thing"));
	json_put_text(body, "part", request_param(request, "part"));
	request_reply(request, 200, body);
}

static void handle_current(struct request *request, void *context)
{
	(void)context;
	request_reply(request, 200,
		      json_put_bool(json_make(), "current", true));
}

static void handle_headers(struct request *request, void *context)
{
	json_t *body = json_make();

	(void)context;
	json_put_text(body, "token", request_token(request));
	json_put_int(body, "wait", request_wait(request));
	json_put_text(body, "key", request_header(request, "idempotency-key"));
	request_reply(request, 200, body);
}

static void handle_peer(struct request *request, void *context)
{
	const struct peer *peer = request_peer(request);
	json_t *gids = json_array(), *body = json_make();

	(void)context;
	for (size_t i = 0; i < peer->gids_count; i++)
		json_array_append_new(gids, json_integer(peer->gids[i]));
	json_put_int(body, "uid", peer->uid);
	request_reply(request, 200, json_put(body, "gids", gids));
}

static void handle_empty(struct request *request, void *context)
{
	(void)context;
	request_set_header(request, "Location", "/v1/nowhere");
	request_set_header(request, "location", "/v1/somewhere");
	request_reply(request, 204, NULL);
}

static void handle_busy(struct request *request, void *context)
{
	json_t *extra = json_make();

	(void)context;
	json_put_text(extra, "detail", "somebody else");
	json_put_text(extra, "code", "not this");
	json_put_int(extra, "retry_after", 7);
	request_reply_problem(request, PROBLEM_READER_BUSY, extra);
}

static void handle_sign_on(struct request *request, void *context)
{
	(void)context;
	request_reply_problem(request, PROBLEM_SIGN_ON_REQUIRED, NULL);
}

/* --- handlers that answer later --- */

static void rig_forget_held(struct rig *rig, const struct request *request)
{
	for (size_t i = 0; i < rig->held_count; i++)
		if (rig->held[i] == request) {
			memmove(&rig->held[i], &rig->held[i + 1],
				(rig->held_count - i - 1) *
					sizeof(struct request *));
			rig->held_count--;
			return;
		}
	fail_msg("gone is called for a request that nobody holds");
}

/* Also answers, which has to do no harm. */
static void rig_note_gone(void *arg, struct request *request)
{
	struct rig *rig = arg;

	rig->gone++;
	rig_forget_held(rig, request);
	request_reply(request, 200, json_make());
	request_reply_problem(request, PROBLEM_DISK_FAILED, json_make());
}

static void rig_hold(struct rig *rig, struct request *request)
{
	assert_true(rig->held_count < RIG_HELD_MAX);
	rig->handled++;
	rig->held[rig->held_count++] = request;
}

static void handle_wait(struct request *request, void *context)
{
	request_on_gone(request, rig_note_gone, context);
	rig_hold(context, request);
}

static void handle_wait_deaf(struct request *request, void *context)
{
	rig_hold(context, request);
}

/* --- streams --- */

static void rig_note_stream_gone(void *arg)
{
	struct rig *rig = arg;

	rig->gone++;
	rig->stream = NULL;
}

static void rig_note_drained(void *arg)
{
	((struct rig *)arg)->drained++;
}

static void rig_open_stream(struct rig *rig, struct request *request)
{
	struct stream_events events = { .drained = rig_note_drained,
					.gone = rig_note_stream_gone,
					.arg = rig };

	assert_null(rig->stream);
	rig->stream =
		request_reply_stream(request, "text/event-stream", &events);
}

static void handle_stream(struct request *request, void *context)
{
	rig_open_stream(context, request);
}

/* All of it from inside of the handler. */
static void handle_whole_stream(struct request *request, void *context)
{
	struct rig *rig = context;

	rig_open_stream(rig, request);
	stream_write(rig->stream, "one\n", 4);
	stream_write(rig->stream, "two\n", 4);
	stream_end(rig->stream);
	rig->stream = NULL;
}

/* --- routes --- */

static const struct field rig_line[] = {
	{ .type = FIELD_TEXT, .min = 1, .max = 40000 },
};

static const struct field rig_echo_body[] = {
	{ .name = "text", .type = FIELD_TEXT, .max = 60000 },
	{ .name = "number", .type = FIELD_INT, .min = 0, .max = 9999 },
	{ .name = "pin", .type = FIELD_SECRET, .min = 4, .max = 8 },
	{ .name = "lines", .type = FIELD_LIST, .max = 4, .fields = rig_line },
	{ .name = NULL },
};

static const struct field rig_query[] = {
	{ .name = "limit", .type = FIELD_INT, .min = 1, .max = 100 },
	{ .name = "all", .type = FIELD_BOOL },
	{ .name = "phrase", .type = FIELD_TEXT, .max = 20 },
	{ .name = NULL },
};

static const struct field rig_needed[] = {
	{ .name = "text", .type = FIELD_TEXT, .required = true, .max = 9 },
	{ .name = NULL },
};

static const struct field rig_raw_body[] = {
	{ "", .type = FIELD_RAW, .max = RIG_RAW_MAX },
	{ .name = NULL },
};

static const struct route rig_routes[] = {
	{ "GET", "/v1", handle_hello, NULL, NULL },
	{ "POST", "/v1/echo", handle_echo, rig_echo_body, NULL },
	{ "POST", "/v1/needed", handle_echo, rig_needed, NULL },
	{ "PUT", "/v1/raw", handle_raw, rig_raw_body, NULL },
	{ "GET", "/v1/query", handle_query, NULL, rig_query },
	{ "GET", "/v1/things/current", handle_current, NULL, NULL },
	{ "GET", "/v1/things/{thing}", handle_params, NULL, NULL },
	{ "PUT", "/v1/things/{thing}", handle_params, rig_echo_body, NULL },
	{ "GET", "/v1/things/{thing}/parts/{part}", handle_params, NULL, NULL },
	{ "GET", "/v1/headers", handle_headers, NULL, NULL },
	{ "GET", "/v1/peer", handle_peer, NULL, NULL },
	{ "DELETE", "/v1/empty", handle_empty, NULL, NULL },
	{ "GET", "/v1/busy", handle_busy, NULL, NULL },
	{ "GET", "/v1/secret", handle_sign_on, NULL, NULL },
	{ "GET", "/v1/wait", handle_wait, NULL, NULL },
	{ "POST", "/v1/wait", handle_wait, rig_echo_body, NULL },
	{ "GET", "/v1/wait-deaf", handle_wait_deaf, NULL, NULL },
	{ "GET", "/v1/stream", handle_stream, NULL, NULL },
	{ "GET", "/v1/whole-stream", handle_whole_stream, NULL, NULL },
	{ .method = NULL },
};

/* --- the server --- */

static struct sockaddr_un rig_address(const struct rig *rig)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	memcpy(address.sun_path, rig->path, strlen(rig->path));
	return address;
}

void rig_start(struct rig *rig, const struct server_limits *limits)
{
	struct sockaddr_un address;

	alarm(RIG_WATCHDOG_S);
	signal(SIGPIPE, SIG_IGN);
	*rig = (struct rig){ .listen_fd = -1 };
	strcpy(rig->folder, "/tmp/tilld-test-XXXXXX");
	assert_non_null(mkdtemp(rig->folder));
	snprintf(rig->path, sizeof(rig->path), "%s/s", rig->folder);
	address = rig_address(rig);
	rig->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_return_code(bind(rig->listen_fd, (struct sockaddr *)&address,
				sizeof(address)),
			   errno);
	assert_return_code(listen(rig->listen_fd, 512), errno);
	rig->base = event_base_new();
	assert_int_equal(server_new(rig->base, rig->listen_fd,
				    limits ? limits : &server_limits_default,
				    rig_routes, rig, &rig->server),
			 0);
}

void rig_stop(struct rig *rig)
{
	rig->server = server_free(rig->server);
	while (rig->held_count)
		request_reply(rig_take_held(rig), 200, NULL);
	event_base_loop(rig->base, EVLOOP_NONBLOCK);
	event_base_free(rig->base);
	close(rig->listen_fd);
	unlink(rig->path);
	rmdir(rig->folder);
}

void rig_turn(struct rig *rig)
{
	event_base_loop(rig->base, EVLOOP_ONCE);
}

static void rig_note_timeout(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(bool *)arg = true;
}

int rig_spend(struct rig *rig, int ms)
{
	struct timeval time = { .tv_sec = ms / 1000,
				.tv_usec = ms % 1000 * 1000L };
	bool over = false;
	int turns = 0;

	event_base_once(rig->base, -1, EV_TIMEOUT, rig_note_timeout, &over,
			&time);
	while (!over) {
		rig_turn(rig);
		turns++;
	}
	return turns;
}

void rig_wait_held(struct rig *rig, size_t count)
{
	while (rig->held_count < count)
		rig_turn(rig);
	assert_int_equal(rig->held_count, count);
}

void rig_wait_gone(struct rig *rig, int count)
{
	while (rig->gone < count)
		rig_turn(rig);
	assert_int_equal(rig->gone, count);
}

void rig_wait_connections(struct rig *rig, unsigned int count)
{
	while (rig->server->connections_count != count)
		rig_turn(rig);
}

struct request *rig_take_held(struct rig *rig)
{
	struct request *request = rig->held[0];

	assert_true(rig->held_count > 0);
	rig_forget_held(rig, request);
	return request;
}

/* --- clients --- */

static void client_take(struct client *client)
{
	char data[65536];
	ssize_t len = recv(client->fd, data, sizeof(data), 0);

	if (len > 0) {
		buf_add(&client->in, data, (size_t)len);
		assert_false(client->in.failed);
	} else if (len == 0 || errno != EAGAIN) {
		client->closed = true;
		event_del(client->readable);
	}
}

static void client_run(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	client_take(arg);
}

void client_open(struct client *client, struct rig *rig)
{
	struct sockaddr_un address = rig_address(rig);

	*client = (struct client){ .rig = rig, .reading = true };
	buf_init(&client->in, CLIENT_IN_MAX);
	client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_return_code(client->fd, errno);
	assert_return_code(connect(client->fd, (struct sockaddr *)&address,
				   sizeof(address)),
			   errno);
	assert_return_code(fcntl(client->fd, F_SETFL, O_NONBLOCK), errno);
	client->readable = event_new(rig->base, client->fd,
				     EV_READ | EV_PERSIST, client_run, client);
	event_add(client->readable, NULL);
}

void client_close(struct client *client)
{
	event_free(client->readable);
	close(client->fd);
	buf_free(&client->in);
	client->fd = -1;
}

void client_read(struct client *client, bool reading)
{
	if (reading && !client->reading)
		event_add(client->readable, NULL);
	else if (!reading)
		event_del(client->readable);
	client->reading = reading;
}

/* Once the server has hung up, what is left over is dropped. */
void client_send_bytes(struct client *client, const void *data, size_t len)
{
	const char *at = data;

	while (len && !client->closed) {
		ssize_t sent = send(client->fd, at, len, MSG_NOSIGNAL);

		if (sent > 0) {
			at += sent;
			len -= (size_t)sent;
		} else if (errno == EAGAIN) {
			rig_turn(client->rig);
		} else {
			return;
		}
	}
}

void client_send(struct client *client, const char *text)
{
	client_send_bytes(client, text, strlen(text));
}

void client_wait_bytes(struct client *client, size_t len)
{
	while (client->in.len < len && !client->closed)
		rig_turn(client->rig);
	assert_true(client->in.len >= len);
}

void client_wait_text(struct client *client, const char *text)
{
	while (!strstr(buf_text(&client->in), text) && !client->closed)
		rig_turn(client->rig);
	assert_non_null(strstr(buf_text(&client->in), text));
}

void client_wait_closed(struct client *client)
{
	while (!client->closed)
		rig_turn(client->rig);
}

/* --- responses --- */

char *response_header(const struct response *response, const char *name)
{
	const char *at = response->head;
	size_t len = strlen(name);

	while ((at = strstr(at, "\r\n"))) {
		at += 2;
		if (!strncasecmp(at, name, len) && at[len] == ':') {
			at += len + 1;
			at += strspn(at, " ");
			return alloc_text_part(at, strcspn(at, "\r"));
		}
	}
	return NULL;
}

static void response_take_plain(struct response *response,
				struct client *client)
{
	CLEANUP_FREE char *length = response_header(response, "Content-Length");
	size_t len = length ? strtoul(length, NULL, 10) : 0;

	client_wait_bytes(client, len);
	response->body = alloc_zero(len + 1, 1);
	response->body_len = len;
	if (len)
		memcpy(response->body, client->in.data, len);
	buf_drop(&client->in, len);
}

static size_t response_take_chunk(struct response *response,
				  struct client *client)
{
	size_t len, line;

	client_wait_text(client, "\r\n");
	line = (size_t)(strstr(buf_text(&client->in), "\r\n") + 2 -
			buf_text(&client->in));
	len = strtoul(buf_text(&client->in), NULL, 16);
	client_wait_bytes(client, line + len + 2);
	response->body =
		alloc_resize(response->body, response->body_len + len + 1, 1);
	memcpy(response->body + response->body_len, client->in.data + line,
	       len);
	response->body_len += len;
	response->body[response->body_len] = 0;
	buf_drop(&client->in, line + len + 2);
	return len;
}

static void response_take_body(struct response *response, struct client *client)
{
	CLEANUP_FREE char *coding =
		response_header(response, "Transfer-Encoding");

	if (!coding) {
		response_take_plain(response, client);
		return;
	}
	assert_string_equal(coding, "chunked");
	while (response_take_chunk(response, client))
		continue;
}

struct response client_head_response(struct client *client)
{
	struct response response = { 0 };
	size_t len;

	client_wait_text(client, "\r\n\r\n");
	len = (size_t)(strstr(buf_text(&client->in), "\r\n\r\n") + 2 -
		       buf_text(&client->in));
	response.head = alloc_text_part(buf_text(&client->in), len);
	buf_drop(&client->in, len + 2);
	assert_int_equal(
		sscanf(response.head, "HTTP/1.1 %d ", &response.status), 1);
	return response;
}

struct response client_response(struct client *client)
{
	struct response response = client_head_response(client);

	response_take_body(&response, client);
	return response;
}

struct response client_ask(struct client *client, const char *text)
{
	client_send(client, text);
	return client_response(client);
}

void response_free(struct response *response)
{
	free(response->head);
	free(response->body);
}

void client_expect(struct client *client, const char *text, int status,
		   const char *body)
{
	struct response response = client_ask(client, text);

	if (response.status != status)
		fail_msg("%d rather than %d: %s", response.status, status,
			 response.body);
	if (body)
		assert_string_equal(response.body, body);
	response_free(&response);
}

void client_expect_problem(struct client *client, const char *text, int status,
			   const char *code, const char *detail)
{
	struct response response = client_ask(client, text);
	CLEANUP_JSON json_t *body =
		json_parse(response.body, response.body_len);
	CLEANUP_FREE char *type = response_header(&response, "Content-Type");

	if (response.status != status)
		fail_msg("%d rather than %d: %s", response.status, status,
			 response.body);
	assert_string_equal(type, "application/problem+json");
	assert_string_equal(json_text(body, "code"), code);
	assert_int_equal(json_int(body, "status", 0), status);
	if (detail)
		assert_string_equal(json_text(body, "detail"), detail);
	response_free(&response);
}

/* --- one of each --- */

struct pair {
	struct rig rig;
	struct client client;
};

int rig_setup(void **state)
{
	struct pair *pair = ALLOC_NEW(struct pair);

	rig_start(&pair->rig, NULL);
	client_open(&pair->client, &pair->rig);
	*state = pair;
	return 0;
}

int rig_teardown(void **state)
{
	struct pair *pair = *state;

	client_close(&pair->client);
	rig_stop(&pair->rig);
	free(pair);
	return 0;
}

struct client *client_of(void **state)
{
	return &((struct pair *)*state)->client;
}
