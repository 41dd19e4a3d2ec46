/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server_private.h"

#include "util/alloc.h"
#include "util/err.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct server_limits server_limits_default = {
	.body = (size_t)64 * 1024,
	.memory = (size_t)32 * 1024,
	.connections = 512,
	.connections_uid = 64,
	.idle_s = 30,
};

/*
 * Paths and queries reach us as they came: microhttpd would make "/" of %2F
 * and end a text at %00 before anybody could refuse them.
 */
static size_t server_keep_escapes(void *cls, struct MHD_Connection *mhd,
				  char *text)
{
	(void)cls;
	(void)mhd;
	return strlen(text);
}

/* Data may wait inside of microhttpd, where no descriptor tells of it. */
static void server_schedule(struct server *server)
{
	MHD_UNSIGNED_LONG_LONG ms;
	struct timeval due;

	if (MHD_get_timeout(server->daemon, &ms) != MHD_YES) {
		event_del(server->timer);
		return;
	}
	due.tv_sec = (time_t)(ms / 1000);
	due.tv_usec = (suseconds_t)(ms % 1000 * 1000);
	event_add(server->timer, &due);
}

void server_run(struct server *server)
{
	if (MHD_run(server->daemon) != MHD_YES)
		log_error("microhttpd does not run");
	server_schedule(server);
}

/* A resumed connection makes no descriptor ready: microhttpd has to be run. */
void server_run_soon(struct server *server)
{
	event_active(server->soon, EV_TIMEOUT, 0);
}

static void server_run_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	server_run(arg);
}

/*
 * MHD_OPTION_CONNECTION_TIMEOUT bounds what our own deadline does not: a
 * client that does not take its answer. It is past ours, which is told to the
 * client where this one is not. Strict, so that Host is required.
 */
static struct MHD_Daemon *server_start_daemon(struct server *server)
{
	const struct server_limits *limits = &server->limits;

	return MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME |
			MHD_USE_NO_LISTEN_SOCKET,
		0, NULL, NULL, connection_handle, server,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, limits->memory,
		MHD_OPTION_CONNECTION_LIMIT, limits->connections,
		MHD_OPTION_CONNECTION_TIMEOUT, limits->idle_s + 2 * LINGER_S,
		MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		MHD_OPTION_UNESCAPE_CALLBACK, server_keep_escapes, NULL,
		MHD_OPTION_URI_LOG_CALLBACK, connection_note_start, server,
		MHD_OPTION_NOTIFY_CONNECTION, connection_notify, server,
		MHD_OPTION_NOTIFY_COMPLETED, connection_complete, server,
		MHD_OPTION_END);
}

static int server_start_events(struct server *server)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);

	if (!info)
		return err_born(-EOPNOTSUPP);
	server->poll = event_new(server->base, info->epoll_fd,
				 EV_READ | EV_PERSIST, server_run_due, server);
	server->timer = evtimer_new(server->base, server_run_due, server);
	server->soon = event_new(server->base, -1, 0, server_run_due, server);
	if (!server->poll || !server->timer || !server->soon ||
	    event_add(server->poll, NULL))
		return err_born(-ENOMEM);
	return 0;
}

static int server_start(struct server *server)
{
	int r;

	server->daemon = server_start_daemon(server);
	if (!server->daemon)
		return err_born(errno ? -errno : -EINVAL);
	r = server_start_events(server);
	return r ? r : accept_start(server);
}

int server_new(struct event_base *base, int listen_fd,
	       const struct server_limits *limits, const struct route *table,
	       void *context, struct server **out_server)
{
	struct server *server = ALLOC_NEW(struct server);
	int r;

	server->base = base;
	server->limits = *limits;
	server->table = table;
	server->context = context;
	server->idle.tv_sec = (time_t)limits->idle_s;
	server->linger.tv_sec = LINGER_S;
	server->listen_fd = listen_fd;
	TAILQ_INIT(&server->connections);
	TAILQ_INIT(&server->lingerers);
	errno = 0;
	r = server_start(server);
	if (r) {
		server_free(server);
		return r;
	}
	*out_server = server;
	return 0;
}

void server_set_known(struct server *server,
		      bool (*is_known)(void *context, const struct peer *peer))
{
	server->is_known = is_known;
}

void server_quiesce(struct server *server)
{
	server->quiesced = true;
}

size_t server_waiting(const struct server *server)
{
	const struct connection *connection;
	size_t count = 0;

	TAILQ_FOREACH(connection, &server->connections, link)
	count += connection_is_waiting(connection);
	return count;
}

void server_end_reading(struct server *server)
{
	struct connection *connection;

	server_quiesce(server);
	server->ended = true;
	accept_stop(server);
	TAILQ_FOREACH(connection, &server->connections, link)
	{
		if (connection->stream && stream_is_read(connection->stream) &&
		    !stream_is_ended(connection->stream))
			stream_cut(connection->stream);
	}
}

/*
 * Answers already given go out as far as the sockets take them, then handlers
 * are told that their clients left. Nothing may stay suspended: microhttpd
 * aborts if it is stopped then.
 */
static void server_stop_daemon(struct server *server)
{
	struct connection *connection;

	MHD_run(server->daemon);
	server->freeing = true;
	TAILQ_FOREACH(connection, &server->connections, link)
	{
		connection_leave(connection);
		if (connection->stream)
			stream_abandon(connection->stream);
	}
	MHD_stop_daemon(server->daemon);
}

struct server *server_free(struct server *server)
{
	if (!server)
		return NULL;
	server_quiesce(server);
	server->ended = true;
	accept_stop(server);
	if (server->daemon)
		server_stop_daemon(server);
	linger_stop(server);
	if (server->poll)
		event_free(server->poll);
	if (server->timer)
		event_free(server->timer);
	if (server->soon)
		event_free(server->soon);
	free(server);
	return NULL;
}
