/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client sends, byte for byte, through the real server and parser to the
 * real table of routes with its fields. Only the handlers are others: they take
 * everything that there is of a request, and answer with it. A byte 00 in the
 * input is where the client pauses.
 */
#include "http/server.h"
#include "util/json.h"
#include "util/log.h"

#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

const int fuzz_variants = 20000;

#define HTTP_ROUTES_MAX 128
#define HTTP_TURNS_MAX	2000

static struct event_base *http_base;
static struct server *http_server;
static struct sockaddr_un http_address = { .sun_family = AF_UNIX };
static struct route http_routes[HTTP_ROUTES_MAX];
static size_t http_answered;

static const char *const http_names[] = { "till",    "operation", "device",
					  "session", "login",	  "token" };

static void http_handle(struct request *request, void *context)
{
	json_t *body = json_make();
	size_t len;
	char *text = request_take_text(request, &len);

	(void)context;
	FUZZ_HOLDS(!text || strlen(text) <= len);
	free(text);
	json_put(body, "query", json_deep_copy(request_query(request)));
	json_put(body, "body", json_deep_copy(request_body(request)));
	json_put_int(body, "wait", request_wait(request));
	json_put_text(body, "token", request_token(request));
	json_put_text(body, "key", request_header(request, "Idempotency-Key"));
	for (size_t i = 0; i < sizeof(http_names) / sizeof(*http_names); i++)
		json_put_text(body, http_names[i],
			      request_header(request, http_names[i]));
	FUZZ_HOLDS(request_wait(request) >= -1 &&
		   request_wait(request) <= REQUEST_WAIT_MAX);
	http_answered++;
	request_reply(request, 200, body);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	int fd;
	size_t count = 0;

	(void)argc;
	(void)argv;
	log_set_level(LOG_LEVEL_ERROR);
	signal(SIGPIPE, SIG_IGN);
	for (; routes[count].method; count++) {
		FUZZ_HOLDS(count < HTTP_ROUTES_MAX - 1);
		http_routes[count] = routes[count];
		http_routes[count].handle = http_handle;
	}
	json_decref(route_describe(http_routes));
	/* an abstract name: it leaves no file behind */
	snprintf(http_address.sun_path + 1, sizeof(http_address.sun_path) - 1,
		 "tilld-fuzz-http-%d", (int)getpid());
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FUZZ_HOLDS(!bind(fd, (struct sockaddr *)&http_address,
			 sizeof(http_address)));
	FUZZ_HOLDS(!listen(fd, 16));
	http_base = event_base_new();
	FUZZ_HOLDS(!server_new(http_base, fd, &server_limits_default,
			       http_routes, NULL, &http_server));
	return 0;
}

/* All that can be done without anything new; false once the server hung up. */
static bool http_turn(int fd)
{
	char heard[65536];
	ssize_t len;

	event_base_loop(http_base, EVLOOP_NONBLOCK);
	len = recv(fd, heard, sizeof(heard), MSG_DONTWAIT);
	return len > 0 || (len < 0 && errno == EAGAIN);
}

static void http_send(int fd, const uint8_t *data, size_t size)
{
	int turns = 0;

	while (size && turns++ < HTTP_TURNS_MAX) {
		ssize_t len = send(fd, data, size, MSG_DONTWAIT);

		if (len < 0 && errno != EAGAIN)
			return;
		if (len > 0) {
			data += len;
			size -= (size_t)len;
		}
		if (!http_turn(fd))
			return;
	}
}

static void http_talk(int fd, const uint8_t *data, size_t size)
{
	while (size) {
		const uint8_t *pause = memchr(data, 0, size);
		size_t len = pause ? (size_t)(pause - data) : size;

		http_send(fd, data, len);
		if (pause)
			len++;
		data += len;
		size -= len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int turns = 0;

	FUZZ_HOLDS(!connect(fd, (struct sockaddr *)&http_address,
			    sizeof(http_address)));
	http_talk(fd, data, size);
	shutdown(fd, SHUT_WR);
	while (turns++ < 20 && http_turn(fd))
		;
	close(fd);
	for (turns = 0; turns < 5; turns++)
		event_base_loop(http_base, EVLOOP_NONBLOCK);
	return 0;
}
