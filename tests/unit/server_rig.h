/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real server on a Unix socket in a temporary folder, and clients that talk
 * to it, all in one thread and one loop: a test says what is sent when, and
 * nothing depends on who is faster. A watchdog ends a test that hangs.
 */
#ifndef TILLD_TESTS_SERVER_RIG_H
#define TILLD_TESTS_SERVER_RIG_H

#include "http/server.h"
#include "util/buf.h"

#include <stdbool.h>
#include <stddef.h>

#define RIG_HELD_MAX  128
#define RIG_RAW_MAX   200000 /* of PUT /v1/raw */
#define RIG_HEADERS   "Host: tilld\r\n"
#define RIG_GET(path) "GET " path " HTTP/1.1\r\n" RIG_HEADERS "\r\n"
#define RIG_JSON      "Content-Type: application/json\r\n"
#define RIG_POST(path, len)                               \
	"POST " path " HTTP/1.1\r\n" RIG_HEADERS RIG_JSON \
	"Content-Length: " len "\r\n\r\n"

#define HELLO "{\"hello\":\"world\"}\n" /* what GET /v1 answers */

/* What the routes' handlers leave behind for the test. */
struct rig {
	struct event_base *base;
	struct server *server;
	char folder[64];
	char path[96];
	int listen_fd;

	int handled; /* calls of handlers */
	int gone;    /* calls of gone(), of requests and of streams */
	int drained;
	struct request *held[RIG_HELD_MAX]; /* not answered yet, in order */
	size_t held_count;
	struct stream *stream;
};

void rig_start(struct rig *rig, const struct server_limits *limits);
void rig_stop(struct rig *rig);

/* Turns the loop once, waiting for something to happen. */
void rig_turn(struct rig *rig);

/* Turns it until ms are over; returns how often, which tells who spins. */
int rig_spend(struct rig *rig, int ms);

/* Turns it until that many requests are held by the handler of /wait. */
void rig_wait_held(struct rig *rig, size_t count);
void rig_wait_gone(struct rig *rig, int count);
void rig_wait_connections(struct rig *rig, unsigned int count);

/* The oldest held request, which the caller has to answer. */
struct request *rig_take_held(struct rig *rig);

struct client {
	struct rig *rig;
	int fd;
	struct event *readable;
	struct buf in;
	bool closed; /* by the server */
	bool reading;
};

struct response {
	int status;
	char *head; /* from the status line to the last header */
	char *body;
	size_t body_len;
};

void client_open(struct client *client, struct rig *rig);
void client_close(struct client *client);
void client_send(struct client *client, const char *text);
void client_send_bytes(struct client *client, const void *data, size_t len);

/* Whether it reads what comes; it does from the beginning. */
void client_read(struct client *client, bool reading);
void client_wait_bytes(struct client *client, size_t len);
void client_wait_text(struct client *client, const char *text);
void client_wait_closed(struct client *client);

/* The next response; a HEAD's has no body. Free it with response_free. */
struct response client_response(struct client *client);
struct response client_head_response(struct client *client);
struct response client_ask(struct client *client, const char *text);
void response_free(struct response *response);

/* The header's value, up to its end of line; or NULL. New. */
char *response_header(const struct response *response, const char *name);

/* Sends, and requires that status and, if not NULL, exactly that body. */
void client_expect(struct client *client, const char *text, int status,
		   const char *body);

/* Sends, and requires a problem with that code, and that "detail" if any. */
void client_expect_problem(struct client *client, const char *text, int status,
			   const char *code, const char *detail);

/* What most tests begin with: a server, and one client that talks to it. */
int rig_setup(void **state);
int rig_teardown(void **state);
struct client *client_of(void **state);

#endif
