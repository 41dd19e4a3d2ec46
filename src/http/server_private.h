/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the server. Connections are accepted here rather than by
 * microhttpd: so each is counted by its uid before it costs anything, a lack
 * of descriptors means a pause and not a loop that spins, and to stop
 * listening is to forget one event.
 */
#ifndef TILLD_HTTP_SERVER_PRIVATE_H
#define TILLD_HTTP_SERVER_PRIVATE_H

#include "http/request_private.h"
#include "http/server.h"

#include <microhttpd.h>
#include <sys/queue.h>
#include <sys/time.h>

TAILQ_HEAD(connections, connection);
TAILQ_HEAD(lingerers, lingerer);

struct server {
	struct event_base *base;
	struct server_limits limits;
	const struct route *table;
	void *context;
	bool (*is_known)(void *context, const struct peer *peer); /* or NULL */
	struct timeval idle; /* limits.idle_s */

	struct MHD_Daemon *daemon;
	struct event *poll;  /* microhttpd's epoll descriptor */
	struct event *timer; /* its next time-out */
	struct event *soon;  /* it is to be run in the next turn of the loop */

	int listen_fd;
	struct event *listen;
	struct event *pause; /* until descriptors may be had again */
	bool starved;

	struct connections connections;
	unsigned int connections_count;
	struct lingerers lingerers; /* oldest first */
	struct timeval linger;	    /* LINGER_S */
	bool quiesced;
	bool ended; /* what is read from may be gone */
	bool freeing;
};

/* --- accept.c --- */

/* 0 or a negative errno. */
int accept_start(struct server *server);
void accept_stop(struct server *server);

/* The uid and the groups at the other end; 0 or a negative errno. */
int accept_read_peer(int fd, struct peer *out_peer);

/* Whether it has nothing to do here, as things stand. */
bool accept_is_stranger(const struct server *server, const struct peer *peer);

/* --- linger.c --- */

#define LINGER_S	 5
#define LINGER_BYTES_MAX ((size_t)8 * 1024 * 1024)
#define LINGER_MAX	 64
#define LINGER_UID_MAX	 32

/*
 * The descriptor, taken over, of a client that has had its last answer: closed
 * once the client has closed its side, or has had enough time to.
 */
void linger_start(struct server *server, int fd, uid_t uid);

/* Closes all of them at once. */
void linger_stop(struct server *server);

/* --- connection.c --- */

/* One client. It has one request at a time, as HTTP/1.1 answers in order. */
struct connection {
	TAILQ_ENTRY(connection) link;
	struct server *server;
	struct MHD_Connection *mhd;
	int fd;
	struct peer peer;
	bool stranger;		/* when it came; see server_set_known() */
	struct event *deadline; /* for a request to have come in whole */
	struct event *first;	/* its first byte, from which that counts */
	bool late;		/* it was passed, and that was told */
	struct event *closed;	/* the client left while it waits */
	struct request *request;
	struct stream *stream;
	struct buf body;
	size_t discarded; /* bytes of a body that nobody will read */
	bool is_head;
	bool is_large; /* its request has a body past the usual limit */
	bool begun;    /* the first line of a request is there */
	bool reads;    /* its request only looks */
	bool queued;   /* the answer is microhttpd's to send */
	bool dispatched;
	bool suspended;
	bool left;
};

/* Somebody there waits for an answer, or for the rest of one. */
bool connection_is_waiting(const struct connection *connection);

/* As if the client had left; what was given to be sent still is. */
void connection_leave(struct connection *connection);

/* microhttpd forgets it, and takes it up again; resumed: fine if it was not
 * suspended. */
void connection_suspend(struct connection *connection);
void connection_resume(struct connection *connection);

/* microhttpd's callbacks; cls is the server. */
void connection_notify(void *cls, struct MHD_Connection *mhd, void **context,
		       enum MHD_ConnectionNotificationCode code);
void *connection_note_start(void *cls, const char *uri,
			    struct MHD_Connection *mhd);
enum MHD_Result connection_handle(void *cls, struct MHD_Connection *mhd,
				  const char *url, const char *method,
				  const char *version, const char *data,
				  size_t *data_len, void **request_context);
void connection_complete(void *cls, struct MHD_Connection *mhd,
			 void **request_context,
			 enum MHD_RequestTerminationCode code);

/* --- connection_answer.c --- */

/* Hands the answer of its request over to be sent. */
enum MHD_Result connection_answer(struct connection *connection);

/*
 * Writes an answer past microhttpd, for where that cannot: not yet or no more
 * a connection of its, or not before the whole request. What the socket does
 * not take at once is lost.
 */
void connection_write_answer(int fd, const struct answer *answer);

/* --- server.c --- */

/* Lets microhttpd do what is to be done; never from inside its callbacks. */
void server_run(struct server *server);

/* The same, from anywhere. */
void server_run_soon(struct server *server);

#endif
