/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP server: libmicrohttpd on its own epoll descriptor inside the
 * libevent loop. It takes a listening Unix socket, checks limits, parses
 * requests, finds routes, checks bodies, and calls handlers.
 */
#ifndef TILLD_HTTP_SERVER_H
#define TILLD_HTTP_SERVER_H

#include "http/route.h"

#include <event2/event.h>

struct server_limits {
	size_t body;   /* bytes of a body: 64 KiB */
	size_t memory; /* bytes a connection, headers included: 32 KiB */
	unsigned int connections;     /* in all, of which strangers may have a
					 quarter together: 512 */
	unsigned int connections_uid; /* per uid: 64 */
	unsigned int idle_s; /* a request has to come in whole within: 30 s */
};

extern const struct server_limits server_limits_default;

struct server;

/*
 * Serves the table on a listening socket, which stays the caller's. context is
 * handed to every handler. 0 or a negative errno.
 */
int server_new(struct event_base *base, int listen_fd,
	       const struct server_limits *limits, const struct route *table,
	       void *context, struct server **out_server);

/*
 * Who is no stranger (context as above); before this is called, nobody is one.
 * However many uids may connect that have nothing to do here, those that have
 * still get in.
 */
void server_set_known(struct server *server,
		      bool (*is_known)(void *context, const struct peer *peer));

/* Whoever asks from now on for something to be done is told that it stops; those
 * that wait are still answered, and what there is can be looked at (GET). */
void server_quiesce(struct server *server);

/* The end: no new connections, nothing is answered but that, and handlers that
 * still have to read for their streams are told that nobody wants it any more:
 * before what they read from is closed. */
void server_end_reading(struct server *server);

/* How many requests wait for an answer. */
size_t server_waiting(const struct server *server);

struct server *server_free(struct server *server); /* returns NULL */

#endif
