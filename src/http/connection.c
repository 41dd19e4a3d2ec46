/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request's way through microhttpd, which calls connection_handle() once
 * with its head, then with pieces of its body, then when all has come. What is
 * wrong with the head is answered there but, so that the connection stays
 * usable, sent only when the body has been read; unless the client asked
 * beforehand (Expect: 100-continue) or the body is out of all proportion.
 *
 * Where the handler has not answered by then the connection is suspended:
 * microhttpd forgets it until it is resumed, and notices nothing meanwhile. So
 * we watch its descriptor ourselves. Microhttpd has its own epoll descriptor
 * and does not close the connection while it is suspended, therefore the
 * descriptor can be watched as it is, and no dup() is there to run out.
 */
#include "http/server_private.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/json.h"
#include "util/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* Of a body that is refused, so many times the limit is still read. */
#define CONNECTION_DISCARD_FACTOR 16

/* Long bodies that may come at once: of one uid, and in all. */
#define CONNECTION_LARGE_UID 2
#define CONNECTION_LARGE_MAX 8

/* --- suspended connections --- */

void connection_suspend(struct connection *connection)
{
	MHD_suspend_connection(connection->mhd);
	connection->suspended = true;
	event_add(connection->closed, NULL);
}

void connection_resume(struct connection *connection)
{
	if (!connection->suspended)
		return;
	event_del(connection->closed);
	connection->suspended = false;
	MHD_resume_connection(connection->mhd);
	server_run_soon(connection->server);
}

void connection_leave(struct connection *connection)
{
	struct request *request = connection->request;

	connection->left = true;
	if (request && request->held) {
		connection->request = NULL;
		request_release(request);
	}
	connection_resume(connection);
}

/*
 * A client that only shut down its own side (as "nc -N" does) still listens;
 * poll(), asked for nothing, tells of a connection that is shut on both. The
 * event is edge-triggered, so it comes again when the other side goes too. It
 * is also for reading, which is what libevent makes of a connection that was
 * reset: closed before all was read that had been sent.
 */
static void connection_run_closed(evutil_socket_t fd, short what, void *arg)
{
	struct pollfd state = { .fd = fd };

	(void)what;
	if (poll(&state, 1, 0) == 1)
		connection_leave(arg);
}

/* A no-op inside of the handler, which was called from connection_proceed(). */
static void connection_note_answer(void *arg, struct request *request)
{
	(void)request;
	connection_resume(arg);
}

/* From now on, so long for the next request to come in whole. */
static void connection_await_request(struct connection *connection)
{
	char next;

	if (connection->late)
		return;
	event_add(connection->deadline, &connection->server->idle);
	/* What is there already may be read before anybody hears of it. */
	if (recv(connection->fd, &next, 1, MSG_PEEK | MSG_DONTWAIT) <= 0)
		event_add(connection->first, NULL);
}

/* Its first byte is there, and not yet its whole first line, which may come as
 * slowly as the rest. */
static void connection_run_first(evutil_socket_t fd, short what, void *arg)
{
	struct connection *connection = arg;

	(void)fd;
	(void)what;
	if (!connection->late)
		event_add(connection->deadline, &connection->server->idle);
}

/*
 * Where not a byte of a request has come nobody is told: the client may just be
 * sending one, on a connection that it has kept or has opened in good time, and
 * would take it for the answer to that.
 */
static bool connection_owes_answer(const struct connection *connection)
{
	return !connection->late && !connection->queued &&
	       !event_pending(connection->first, EV_READ, NULL);
}

/*
 * Written past microhttpd, which takes no answer before it has the whole
 * request. What was found wrong before that is told in its place. Then the
 * client has a while to take it and to close (see linger.c).
 */
static void connection_tell_late(struct connection *connection)
{
	struct server *server = connection->server;
	CLEANUP_FREE char *detail =
		alloc_format("A request has to come in whole within %u "
			     "seconds.",
			     server->limits.idle_s);

	if (!connection->request)
		connection->request =
			request_new(server->base, &connection->peer,
				    connection_note_answer, connection);
	request_reply_problem(connection->request, PROBLEM_REQUEST_TIMEOUT,
			      json_put_text(json_make(), "detail", detail));
	connection_write_answer(connection->fd, &connection->request->answer);
	shutdown(connection->fd, SHUT_WR);
	connection->left = true;
	connection->late = true;
	event_add(connection->deadline, &server->linger);
}

static void connection_run_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct connection *connection = arg;

	(void)fd;
	(void)what;
	log_debug("uid %u: no whole request within %u s",
		  (unsigned int)connection->peer.uid,
		  connection->server->limits.idle_s);
	if (connection_owes_answer(connection))
		connection_tell_late(connection);
	else
		shutdown(connection->fd, SHUT_RDWR);
}

/* --- begin and end of a connection --- */

static struct connection *connection_of(struct MHD_Connection *mhd)
{
	return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
		->socket_context;
}

static struct connection *connection_new(struct server *server,
					 struct MHD_Connection *mhd)
{
	struct connection *connection = ALLOC_NEW(struct connection);

	connection->server = server;
	connection->mhd = mhd;
	connection->fd =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)
			->connect_fd;
	connection->deadline =
		evtimer_new(server->base, connection_run_deadline, connection);
	connection->closed = event_new(server->base, connection->fd,
				       EV_READ | EV_CLOSED | EV_ET | EV_PERSIST,
				       connection_run_closed, connection);
	/* Edge-triggered, as libevent wants all of a descriptor to be alike. */
	connection->first =
		event_new(server->base, connection->fd, EV_READ | EV_ET,
			  connection_run_first, connection);
	if (!connection->deadline || !connection->closed || !connection->first)
		abort();
	buf_init(&connection->body, server->limits.body);
	TAILQ_INSERT_TAIL(&server->connections, connection, link);
	server->connections_count++;
	connection_await_request(connection);
	return connection;
}

static void connection_free(struct connection *connection)
{
	struct server *server = connection->server;

	if (connection->request)
		request_release(connection->request);
	if (connection->stream)
		stream_attach(connection->stream, NULL, NULL);
	TAILQ_REMOVE(&server->connections, connection, link);
	server->connections_count--;
	event_free(connection->deadline);
	event_free(connection->first);
	event_free(connection->closed);
	buf_free(&connection->body);
	free(connection);
}

/*
 * Whoever closed it, the client may not have noticed: unless it has closed its
 * own side it may still be speaking. Microhttpd closes its descriptor right
 * after this, so the socket lives on in another one.
 */
static void connection_linger(const struct connection *connection)
{
	struct server *server = connection->server;
	char next;
	ssize_t len = recv(connection->fd, &next, 1, MSG_PEEK | MSG_DONTWAIT);
	int fd;

	if (server->freeing || !len || (len < 0 && errno != EAGAIN))
		return;
	fd = fcntl(connection->fd, F_DUPFD_CLOEXEC, 0);
	if (fd >= 0)
		linger_start(server, fd, connection->peer.uid);
}

void connection_notify(void *cls, struct MHD_Connection *mhd, void **context,
		       enum MHD_ConnectionNotificationCode code)
{
	struct connection *connection = *context;

	switch (code) {
	case MHD_CONNECTION_NOTIFY_STARTED:
		connection = connection_new(cls, mhd);
		if (accept_read_peer(connection->fd, &connection->peer))
			connection->left = true;
		connection->stranger = accept_is_stranger(connection->server,
							  &connection->peer);
		*context = connection;
		break;
	case MHD_CONNECTION_NOTIFY_CLOSED:
		connection_linger(connection);
		connection_free(connection);
		*context = NULL;
		break;
	}
}

/* --- a request's stages --- */

/* A value with a NUL in it becomes one that intake.c refuses. */
static enum MHD_Result
connection_copy_header(void *cls, enum MHD_ValueKind kind, const char *name,
		       size_t name_len, const char *value, size_t value_len)
{
	bool whole =
		value && strlen(value) == value_len && strlen(name) == name_len;

	(void)kind;
	return request_add_header(cls, name, whole ? value : "\x01") ? MHD_YES
								     : MHD_NO;
}

/* To be sent before the body has come, after which the connection is closed. */
static bool connection_is_urgent(const struct connection *connection)
{
	const struct request *request = connection->request;

	if (!request->answered)
		return false;
	if (request->doubtful || request_header(request, "Expect"))
		return true;
	return intake_length(request) / CONNECTION_DISCARD_FACTOR >
	       connection->server->limits.body;
}

/* Memory for long bodies is bounded by how many may come at once. */
static bool connection_may_be_large(const struct connection *wanting)
{
	const struct connection *connection;
	unsigned int all = 0, own = 0;

	TAILQ_FOREACH(connection, &wanting->server->connections, link)
	{
		all += connection->is_large;
		own += connection->is_large &&
		       connection->peer.uid == wanting->peer.uid;
	}
	return all < CONNECTION_LARGE_MAX && own < CONNECTION_LARGE_UID;
}

/* Room for the body that its route takes. */
static void connection_make_room(struct connection *connection)
{
	struct request *request = connection->request;
	size_t usual = connection->server->limits.body;

	connection->body.max = intake_body_max(request, usual);
	if (connection->body.max <= usual)
		return;
	if (connection_may_be_large(connection)) {
		connection->is_large = true;
		buf_expect(&connection->body, intake_length(request));
	} else {
		request_reply_problem(request, PROBLEM_TOO_MANY_REQUESTS,
				      json_put_int(json_make(), "retry_after",
						   1));
	}
}

/* To the end what there is can be read. */
static bool connection_comes_too_late(const struct connection *connection)
{
	const struct server *server = connection->server;

	return server->ended || (server->quiesced && !connection->reads);
}

static enum MHD_Result connection_begin(struct connection *connection,
					const char *method, const char *path)
{
	struct server *server = connection->server;
	struct request *request =
		request_new(server->base, &connection->peer,
			    connection_note_answer, connection);

	connection->request = request;
	connection->is_head = !strcmp(method, "HEAD");
	MHD_get_connection_values_n(connection->mhd, MHD_HEADER_KIND,
				    connection_copy_header, request);
	connection->reads = connection->is_head || !strcmp(method, "GET");
	if (connection_comes_too_late(connection))
		request_reply_problem(request, PROBLEM_STOPPING, NULL);
	else if (intake_check_head(request, server->table, method, path,
				   server->limits.body))
		connection_make_room(connection);
	return connection_is_urgent(connection) ? connection_answer(connection)
						: MHD_YES;
}

/*
 * A chunked body says its length to nobody; one without an end is cut off. The
 * answer is there, but in the midst of a body microhttpd takes none.
 */
static enum MHD_Result connection_discard(struct connection *connection,
					  size_t len)
{
	size_t max =
		CONNECTION_DISCARD_FACTOR * connection->server->limits.body;

	connection->discarded += len;
	if (connection->discarded <= max)
		return MHD_YES;
	connection_write_answer(connection->fd, &connection->request->answer);
	return MHD_NO;
}

static enum MHD_Result connection_receive(struct connection *connection,
					  const char *data, size_t *data_len)
{
	size_t len = *data_len;

	*data_len = 0;
	if (connection->request->answered)
		return connection_discard(connection, len);
	buf_add(&connection->body, data, len);
	if (connection->body.failed)
		intake_refuse_length(connection->request, connection->body.max);
	return MHD_YES;
}

static enum MHD_Result connection_copy_query(void *cls, enum MHD_ValueKind kind,
					     const char *name,
					     const char *value)
{
	(void)kind;
	return intake_add_query(cls, name, value ? value : "") ? MHD_YES
							       : MHD_NO;
}

static void connection_dispatch(struct connection *connection)
{
	struct request *request = connection->request;

	connection->dispatched = true;
	if (connection_comes_too_late(connection)) {
		/* Its head came before the end, and its body after. */
		request_reply_problem(request, PROBLEM_STOPPING, NULL);
		return;
	}
	MHD_get_connection_values(connection->mhd, MHD_GET_ARGUMENT_KIND,
				  connection_copy_query, request);
	intake_dispatch(request, &connection->body,
			connection->server->context);
}

/* All has come. Called again after each time it was suspended. */
static enum MHD_Result connection_proceed(struct connection *connection)
{
	event_del(connection->deadline);
	if (!connection->dispatched && !connection->request->answered)
		connection_dispatch(connection);
	if (connection->request->answered)
		return connection_answer(connection);
	connection_suspend(connection);
	return MHD_YES;
}

/* --- microhttpd's callbacks --- */

/* The first line of a request is there. Where it came behind another one, no
 * first byte was seen: its time begins now. */
void *connection_note_start(void *cls, const char *uri,
			    struct MHD_Connection *mhd)
{
	struct connection *connection = connection_of(mhd);

	(void)cls;
	(void)uri;
	connection->begun = true;
	if (event_pending(connection->first, EV_READ, NULL)) {
		event_del(connection->first);
		connection_run_first(connection->fd, EV_READ, connection);
	}
	return NULL;
}

/* RFC 9112, 3.2.2: a server has to take "http://host/path" too. Which host that
 * is says nothing on a Unix socket. */
static const char *connection_path(const char *url)
{
	static const char scheme[] = "http://";
	const char *path;

	if (strncasecmp(url, scheme, sizeof(scheme) - 1) != 0)
		return url;
	path = strchr(url + sizeof(scheme) - 1, '/');
	return path ? path : "/";
}

enum MHD_Result connection_handle(void *cls, struct MHD_Connection *mhd,
				  const char *url, const char *method,
				  const char *version, const char *data,
				  size_t *data_len, void **request_context)
{
	struct connection *connection = connection_of(mhd);

	(void)cls;
	(void)version;
	if (connection->left || connection->server->freeing)
		return MHD_NO;
	if (!*request_context) {
		*request_context = connection;
		return connection_begin(connection, method,
					connection_path(url));
	}
	if (*data_len)
		return connection_receive(connection, data, data_len);
	return connection_proceed(connection);
}

void connection_complete(void *cls, struct MHD_Connection *mhd,
			 void **request_context,
			 enum MHD_RequestTerminationCode code)
{
	struct connection *connection = connection_of(mhd);
	struct request *request = connection->request;

	(void)cls;
	(void)request_context;
	(void)code;
	connection->request = NULL;
	if (request)
		request_release(request);
	buf_free(&connection->body);
	connection->discarded = 0;
	connection->is_large = false;
	connection->dispatched = false;
	connection->queued = false;
	connection->begun = false;
	connection_await_request(connection);
}

bool connection_is_waiting(const struct connection *connection)
{
	if (connection->left || !connection->dispatched)
		return false;
	return !connection->stream || stream_is_ended(connection->stream);
}
