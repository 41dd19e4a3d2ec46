/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server_private.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/err.h"
#include "util/json.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

/* So many at once, then others of the loop have their turn. */
#define ACCEPT_BURST 32

/* Of all connections, those that may do nothing here have one in so many. */
#define ACCEPT_STRANGERS 4

/* How long new ones wait in the kernel when descriptors have run out. */
#define ACCEPT_PAUSE_MS 200

/* --- who is there --- */

static void accept_add_groups(struct peer *peer, const gid_t *gids,
			      size_t count)
{
	size_t lost = 0;

	for (size_t i = 0; i < count; i++) {
		if (gids[i] == peer->gids[0])
			continue;
		if (peer->gids_count < PEER_GROUPS_MAX)
			peer->gids[peer->gids_count++] = gids[i];
		else
			lost++;
	}
	if (lost)
		log_warning(
			"uid %u: %zu of its groups do not count, only %d do",
			(unsigned int)peer->uid, lost, PEER_GROUPS_MAX);
}

/* Asked twice where they are many: the kernel says ERANGE and how many. */
static int accept_read_groups(int fd, struct peer *peer)
{
	gid_t few[PEER_GROUPS_MAX];
	socklen_t len = sizeof(few);
	CLEANUP_FREE gid_t *many = NULL;

	if (!getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, few, &len)) {
		accept_add_groups(peer, few, len / sizeof(gid_t));
		return 0;
	}
	if (errno != ERANGE || len > NGROUPS_MAX * sizeof(gid_t))
		return err_born(-errno);
	many = alloc_zero(len, 1);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, many, &len) < 0)
		return err_born(-errno);
	accept_add_groups(peer, many, len / sizeof(gid_t));
	return 0;
}

int accept_read_peer(int fd, struct peer *out_peer)
{
	struct peer peer = { .gids_count = 1 };
	struct ucred credentials;
	socklen_t len = sizeof(credentials);
	int r;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &len) < 0)
		return err_born(-errno);
	peer.uid = credentials.uid;
	peer.gids[0] = credentials.gid;
	r = accept_read_groups(fd, &peer);
	if (r)
		return r;
	*out_peer = peer;
	return 0;
}

/* --- limits --- */

static unsigned int accept_count_uid(const struct server *server, uid_t uid)
{
	const struct connection *connection;
	unsigned int count = 0;

	TAILQ_FOREACH(connection, &server->connections, link)
	count += connection->peer.uid == uid;
	return count;
}

bool accept_is_stranger(const struct server *server, const struct peer *peer)
{
	return server->is_known && !server->is_known(server->context, peer);
}

/* At least one, so that a stranger is told what it is not allowed. */
static bool accept_is_full_of_strangers(const struct server *server)
{
	unsigned int share = server->limits.connections / ACCEPT_STRANGERS;
	const struct connection *connection;
	unsigned int count = 0;

	TAILQ_FOREACH(connection, &server->connections, link)
	count += connection->stranger;
	return count && count >= share;
}

static bool accept_is_full(const struct server *server, const struct peer *peer)
{
	return server->connections_count >= server->limits.connections ||
	       accept_count_uid(server, peer->uid) >=
		       server->limits.connections_uid ||
	       (accept_is_stranger(server, peer) &&
		accept_is_full_of_strangers(server));
}

static void accept_note_answer(void *arg, struct request *request)
{
	(void)arg;
	(void)request;
}

/* Said at once and without looking at the request: it costs next to nothing. */
static void accept_turn_away(struct server *server, int fd,
			     const struct peer *peer)
{
	struct request *request =
		request_new(server->base, peer, accept_note_answer, NULL);

	request_reply_problem(request, PROBLEM_TOO_MANY_CONNECTIONS,
			      json_put_int(json_make(), "retry_after", 1));
	connection_write_answer(fd, &request->answer);
	request_release(request);
	linger_start(server, fd, peer->uid);
}

static void accept_take(struct server *server, int fd)
{
	static const struct sockaddr_un nowhere = { .sun_family = AF_UNIX };
	struct peer peer;

	if (accept_read_peer(fd, &peer)) {
		close(fd);
		return;
	}
	if (accept_is_full(server, &peer)) {
		log_debug("uid %u has too many connections",
			  (unsigned int)peer.uid);
		accept_turn_away(server, fd, &peer);
		return;
	}
	/* closes fd if it fails */
	if (MHD_add_connection(server->daemon, fd,
			       (const struct sockaddr *)&nowhere,
			       sizeof(nowhere)) != MHD_YES)
		log_warning("a connection could not be taken: %s",
			    strerror(errno));
}

/* --- the listening socket --- */

/* Out of descriptors or memory: it stays readable, so it must not be asked. */
static void accept_pause(struct server *server)
{
	struct timeval pause = { .tv_usec = ACCEPT_PAUSE_MS * 1000 };

	if (!server->starved)
		log_error("no new connections for now: %s", strerror(errno));
	server->starved = true;
	event_del(server->listen);
	event_add(server->pause, &pause);
}

/* Whether to go on; a client that gave up meanwhile is no reason to stop. */
static bool accept_next(struct server *server)
{
	int fd = accept4(server->listen_fd, NULL, NULL,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		server->starved = false;
		accept_take(server, fd);
		return true;
	}
	if (errno == EINTR || errno == ECONNABORTED)
		return true;
	if (errno != EAGAIN)
		accept_pause(server);
	return false;
}

static void accept_run(evutil_socket_t fd, short what, void *arg)
{
	struct server *server = arg;
	int count = 0;

	(void)fd;
	(void)what;
	while (count < ACCEPT_BURST && accept_next(server))
		count++;
	server_run(server);
}

static void accept_resume(evutil_socket_t fd, short what, void *arg)
{
	struct server *server = arg;

	(void)fd;
	(void)what;
	event_add(server->listen, NULL);
}

int accept_start(struct server *server)
{
	int flags = fcntl(server->listen_fd, F_GETFL);

	if (flags < 0 ||
	    fcntl(server->listen_fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return err_born(-errno);
	server->listen = event_new(server->base, server->listen_fd,
				   EV_READ | EV_PERSIST, accept_run, server);
	server->pause = evtimer_new(server->base, accept_resume, server);
	if (!server->listen || !server->pause ||
	    event_add(server->listen, NULL))
		return err_born(-ENOMEM);
	return 0;
}

void accept_stop(struct server *server)
{
	if (server->listen)
		event_free(server->listen);
	if (server->pause)
		event_free(server->pause);
	server->listen = NULL;
	server->pause = NULL;
}
