/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of a request, for those who make one: http/connection.c, and
 * tests of handlers, which need no server for it. Nothing of microhttpd here.
 */
#ifndef TILLD_HTTP_REQUEST_PRIVATE_H
#define TILLD_HTTP_REQUEST_PRIVATE_H

#include "http/request.h"
#include "http/route.h"
#include "util/buf.h"

#include <event2/event.h>

#define ROUTE_PARAMS_MAX      4
#define ROUTE_PARAM_MAX	      128 /* bytes, decoded */
#define REQUEST_HEADERS_BYTES (64 * 1024)
#define ANSWER_HEADERS_MAX    10

/* --- routes --- */

struct route_match {
	const struct route *route;
	size_t params_count;
	struct {
		const char *name; /* inside of route->path */
		size_t name_len;
		char value[ROUTE_PARAM_MAX + 1];
	} params[ROUTE_PARAMS_MAX];
};

enum route_result {
	ROUTE_FOUND = 0,
	ROUTE_UNKNOWN,	    /* no row has that path */
	ROUTE_OTHER_METHOD, /* one has, with another method */
};

/* path is still percent-encoded, without its query. HEAD finds GET. */
enum route_result route_find(const struct route *table, const char *method,
			     const char *path, struct route_match *out_match);

/* "GET, HEAD, POST": what the path may be asked with. New. */
char *route_allow(const struct route *table, const char *path);

/*
 * Decodes %XX. New, or NULL: a broken escape, malformed UTF-8, or a control
 * character, %00 among them.
 */
char *route_decode(const char *text, size_t len);

/* --- fields --- */

/*
 * A query's "limit=10" as what its field's type makes of it; text where that
 * fails or no such field is, for field_check to refuse. New; NULL if the text
 * is not UTF-8.
 */
json_t *field_parse(const struct field *fields, const char *name,
		    const char *text);

/* Overwrites the values of all FIELD_SECRETs. */
void field_wipe(const struct field *fields, json_t *object);

/* --- requests --- */

struct answer_header {
	char *name;
	char *value;
};

struct answer {
	int status;
	char *text; /* NULL: an empty body, or a stream */
	size_t len;
	struct stream *stream;
	struct answer_header headers[ANSWER_HEADERS_MAX];
	size_t headers_count;
};

/*
 * Two hold a request: the connection it came on, until that is done with it or
 * lost, and its handler, until it has answered. Whoever lets go last frees it.
 */
struct request {
	struct event_base *base;
	struct peer peer;
	struct buf headers; /* "name" NUL "value" NUL ... */
	struct route_match match;
	json_t *query;
	json_t *body;
	struct buf text; /* the body of a route that takes it as it comes */
	bool doubtful;	 /* where it ends: nothing is read after it */
	bool held;	 /* by a handler, which has not answered yet */
	bool answered;
	bool leaving; /* inside of gone() */
	struct answer answer;
	void (*gone)(void *arg, struct request *request);
	void *gone_arg;

	/* NULL once the connection has let go */
	void (*on_answer)(void *arg, struct request *request);
	void *on_answer_arg;
};

/* on_answer is called once, inside of request_reply...(). */
struct request *
request_new(struct event_base *base, const struct peer *peer,
	    void (*on_answer)(void *arg, struct request *request), void *arg);

/* False if there are too many of them. */
bool request_add_header(struct request *request, const char *name,
			const char *value);

/* The header after that one (NULL: the first), name and value; or false. */
bool request_next_header(const struct request *request, const char **at,
			 const char **out_value);

/* From now on a handler has it. */
void request_hold(struct request *request);

/*
 * The connection lets go of it, answered or not; a handler that has not yet
 * answered is told so, or answers into the void later on.
 */
void request_release(struct request *request);

/* --- what comes in, checked --- */

/*
 * A request on its way to its handler, which is the seam between http and what
 * is behind it: a connection, or a test without any, checks the head, adds the
 * query, collects the body and dispatches. Each answers the request with a
 * problem and returns false where what came in is not acceptable.
 *
 * Head: headers, route, announced length.
 */
bool intake_check_head(struct request *request, const struct route *table,
		       const char *method, const char *path, size_t body_max);
bool intake_refuse_length(struct request *request, size_t body_max);
size_t intake_body_max(const struct request *request, size_t body_max);

/* As announced; 0: it was not. */
size_t intake_length(const struct request *request);

/* One parameter of the query, as it came. */
bool intake_add_query(struct request *request, const char *name,
		      const char *value);

/*
 * All has come: checks query and body, and calls the handler, unless it is
 * answered by now. The text is taken or freed.
 */
void intake_dispatch(struct request *request, struct buf *text, void *context);

/* --- streams --- */

/* What a stream asks of the connection that sends it. */
struct stream_owner {
	void (*wake)(void *arg);     /* there is something to take */
	void (*cut)(void *arg);	     /* the reader is too slow: close */
	void (*released)(void *arg); /* stream_release was called */
};

#define STREAM_ENDED  (-1)
#define STREAM_BROKEN (-2) /* cut off: must not look whole to its reader */

struct stream *stream_new(struct event_base *base,
			  const struct stream_events *events);

/* The connection has it now; owner is static, NULL for none any more. */
void stream_attach(struct stream *stream, const struct stream_owner *owner,
		   void *arg);

/* At most max bytes; 0: none now; STREAM_ENDED or STREAM_BROKEN. */
ssize_t stream_take(struct stream *stream, char *out, size_t max);

/* The connection has let go of it: all is sent, or the client left. */
void stream_release(struct stream *stream);

/* The handler is told when more of it is wanted. */
bool stream_is_read(const struct stream *stream);

/* Tells the handler right now that it is gone; still to be released. */
void stream_abandon(struct stream *stream);

/* The same, and its reader does not take what it has for the whole. */
void stream_cut(struct stream *stream);

/* The handler has ended it, the connection has not sent all of it yet. */
bool stream_is_ended(const struct stream *stream);

#endif
