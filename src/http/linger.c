/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Closing a socket while its client still writes makes that write fail (EPIPE),
 * and most clients then never look for the answer that is there for them. So
 * after the last answer only our own side is shut, and what still comes is
 * read and thrown away until the client has closed its side too.
 *
 * Nobody gains by not doing that: time, bytes and sockets are bounded, in all
 * and for one uid, and where there is no room the oldest one goes. A piece a
 * turn of the loop is read, so that the others have their turn.
 */
#include "http/server_private.h"

#include "util/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINGER_PIECE (16 * 1024)

struct lingerer {
	TAILQ_ENTRY(lingerer) link;
	struct server *server;
	int fd;
	uid_t uid;
	size_t bytes;
	struct event *readable;
	struct event *late;
};

static void linger_end(struct lingerer *lingerer)
{
	TAILQ_REMOVE(&lingerer->server->lingerers, lingerer, link);
	event_free(lingerer->readable);
	event_free(lingerer->late);
	close(lingerer->fd);
	free(lingerer);
}

static void linger_run_late(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	linger_end(arg);
}

static void linger_run_readable(evutil_socket_t fd, short what, void *arg)
{
	struct lingerer *lingerer = arg;
	char piece[LINGER_PIECE];
	ssize_t len = recv(fd, piece, sizeof(piece), MSG_DONTWAIT);

	(void)what;
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len > 0)
		lingerer->bytes += (size_t)len;
	if (len <= 0 || lingerer->bytes > LINGER_BYTES_MAX)
		linger_end(lingerer);
}

/* The oldest ones go, a uid's own where it has had its share. */
static void linger_make_room(struct server *server, uid_t uid)
{
	struct lingerer *lingerer, *of_uid = NULL;
	unsigned int count = 0, count_uid = 0;

	TAILQ_FOREACH(lingerer, &server->lingerers, link)
	{
		count++;
		if (lingerer->uid != uid)
			continue;
		count_uid++;
		of_uid = of_uid ? of_uid : lingerer;
	}
	if (count_uid >= LINGER_UID_MAX)
		linger_end(of_uid);
	else if (count >= LINGER_MAX)
		linger_end(TAILQ_FIRST(&server->lingerers));
}

void linger_start(struct server *server, int fd, uid_t uid)
{
	struct lingerer *lingerer = ALLOC_NEW(struct lingerer);

	linger_make_room(server, uid);
	shutdown(fd, SHUT_WR);
	lingerer->server = server;
	lingerer->fd = fd;
	lingerer->uid = uid;
	lingerer->readable = event_new(server->base, fd, EV_READ | EV_PERSIST,
				       linger_run_readable, lingerer);
	lingerer->late = evtimer_new(server->base, linger_run_late, lingerer);
	if (!lingerer->readable || !lingerer->late)
		abort();
	TAILQ_INSERT_TAIL(&server->lingerers, lingerer, link);
	event_add(lingerer->readable, NULL);
	event_add(lingerer->late, &server->linger);
}

void linger_stop(struct server *server)
{
	struct lingerer *lingerer;

	while ((lingerer = TAILQ_FIRST(&server->lingerers)))
		linger_end(lingerer);
}
