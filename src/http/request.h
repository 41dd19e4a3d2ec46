/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request, as a handler sees it: nothing of microhttpd here, so a test can
 * make one itself. A handler answers exactly once, at once or later from the
 * loop, with one of the request_reply...() functions.
 */
#ifndef TILLD_HTTP_REQUEST_H
#define TILLD_HTTP_REQUEST_H

#include "core/peer.h"
#include "core/problem.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define REQUEST_WAIT_MAX 120 /* seconds, of Prefer: wait= and ?wait= */

struct request; /* opaque */

/* The peer of its connection. */
const struct peer *request_peer(const struct request *request);

/* A {name} of the route's path, decoded; never NULL for one that it has. */
const char *request_param(const struct request *request, const char *name);

/* The checked query as an object: text, integers, booleans; never NULL. */
const json_t *request_query(const struct request *request);

/* The checked body; an empty object where none came. */
const json_t *request_body(const struct request *request);

/*
 * The body as it came, of a route that takes it so (route.h): text that is the
 * caller's from now on, to be wiped and freed. NULL the second time.
 */
char *request_take_text(struct request *request, size_t *out_len);

/* A header's value, or NULL. */
const char *request_header(const struct request *request, const char *name);

/* What "Authorization: Bearer ..." brought, or NULL. */
const char *request_token(const struct request *request);

/* Seconds of "Prefer: wait=N" (0 to REQUEST_WAIT_MAX), or -1 without it. */
int request_wait(const struct request *request);

/* --- answering --- */

/* body is stolen; NULL for an empty answer (204). Ends the request. */
void request_reply(struct request *request, int status, json_t *body);

/* The same with JSON that is text already; text, from malloc(), is stolen. */
void request_reply_text(struct request *request, int status, char *text,
			size_t len);

/*
 * application/problem+json out of the problem's row: type, title, status,
 * code, advice; and of extra (stolen, may be NULL): "detail" and whatever
 * belongs to it, and "advice" where it knows better than the row.
 * "retry_after" also becomes the header. Ends the request.
 */
void request_reply_problem(struct request *request, enum problem problem,
			   json_t *extra);

/* Sets a header of the answer to come ("Location", "Preference-Applied"). */
void request_set_header(struct request *request, const char *name,
			const char *value);

/*
 * Called, from the loop, when the client has left before it was answered.
 * After it has returned the request is gone. Without one the request stays
 * until it is answered, into the void. gone is never called after an answer.
 * To be set before the handler returns: a client that has left does not leave
 * again.
 */
void request_on_gone(struct request *request,
		     void (*gone)(void *arg, struct request *request),
		     void *arg);

/* --- streams: an export, events --- */

/*
 * Answers 200 with a body that comes in pieces. From then on the handler owns
 * a stream: it writes, and is told when more room is there and when the client
 * left. Bytes are queued, at most STREAM_QUEUE_MAX; a write past that is false
 * and the stream is to be ended: a slow reader is cut off, never waited for.
 */
struct stream;

#define STREAM_QUEUE_MAX (256 * 1024)

struct stream_events {
	void (*drained)(void *arg); /* the queue is empty again; may be NULL */
	void (*gone)(void *arg);    /* client left; the stream is gone now */
	void *arg;
};

struct stream *request_reply_stream(struct request *request,
				    const char *content_type,
				    const struct stream_events *events);
bool stream_write(struct stream *stream, const void *data, size_t len);
void stream_end(struct stream *stream); /* sends the rest, ends; frees */

#endif
