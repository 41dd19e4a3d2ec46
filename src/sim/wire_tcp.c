/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/wire_private.h"

#include "util/alloc.h"
#include "util/err.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct wire_tcp {
	struct wire wire;
	uint16_t port; /* 0: not chosen yet */
	struct evconnlistener *listener;
	int waiting; /* took the place of one that has just left; or -1 */
};

static struct wire_tcp *wire_tcp_of(struct wire *wire)
{
	return (struct wire_tcp *)wire;
}

static bool wire_tcp_peer_left(int fd)
{
	struct pollfd look = { .fd = fd, .events = POLLRDHUP };

	return poll(&look, 1, 0) > 0;
}

static void wire_tcp_take(struct wire_tcp *tcp, int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	wire_set_up(&tcp->wire, fd);
}

/*
 * One client at a time, as network printers do; a second one is closed at
 * once. But one that has left, and was not read to its end yet, is no reason
 * to turn away the next.
 */
static void wire_tcp_on_accept(struct evconnlistener *listener,
			       evutil_socket_t fd, struct sockaddr *address,
			       int len, void *arg)
{
	struct wire_tcp *tcp = arg;

	(void)listener;
	(void)address;
	(void)len;
	if (tcp->wire.fd < 0)
		wire_tcp_take(tcp, fd);
	else if (tcp->waiting < 0 && wire_tcp_peer_left(tcp->wire.fd))
		tcp->waiting = fd;
	else
		close(fd);
}

static void wire_tcp_hang_up(struct wire *wire)
{
	int fd = wire->fd;

	if (fd < 0)
		return;
	wire_set_down(wire);
	close(fd);
}

static void wire_tcp_closed(struct wire *wire)
{
	struct wire_tcp *tcp = wire_tcp_of(wire);
	int next = tcp->waiting;

	wire_tcp_hang_up(wire);
	tcp->waiting = -1;
	if (next >= 0)
		wire_tcp_take(tcp, next);
}

static void wire_tcp_note_port(struct wire_tcp *tcp)
{
	struct sockaddr_in bound = { 0 };
	socklen_t len = sizeof(bound);

	getsockname(evconnlistener_get_fd(tcp->listener),
		    (struct sockaddr *)&bound, &len);
	tcp->port = ntohs(bound.sin_port);
	free(tcp->wire.place);
	tcp->wire.place = alloc_format("127.0.0.1:%u", tcp->port);
}

static int wire_tcp_plug(struct wire *wire)
{
	struct wire_tcp *tcp = wire_tcp_of(wire);
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(tcp->port) };

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	tcp->listener = evconnlistener_new_bind(
		wire->base, wire_tcp_on_accept, tcp,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC |
			LEV_OPT_REUSEABLE,
		1, (struct sockaddr *)&address, sizeof(address));
	if (!tcp->listener)
		return err_born(-errno);
	wire_tcp_note_port(tcp);
	return 0;
}

static void wire_tcp_unplug(struct wire *wire)
{
	struct wire_tcp *tcp = wire_tcp_of(wire);

	evconnlistener_free(tcp->listener);
	tcp->listener = NULL;
	if (tcp->waiting >= 0)
		close(tcp->waiting);
	tcp->waiting = -1;
	wire_tcp_hang_up(wire);
}

static void wire_tcp_destroy(struct wire *wire)
{
	free(wire_tcp_of(wire));
}

static const struct wire_ops wire_tcp_ops = {
	.plug = wire_tcp_plug,
	.unplug = wire_tcp_unplug,
	.closed = wire_tcp_closed,
	.destroy = wire_tcp_destroy,
};

struct wire *wire_new_tcp(struct event_base *base, uint16_t port,
			  const struct wire_events *events)
{
	struct wire_tcp *tcp = ALLOC_NEW(struct wire_tcp);

	wire_init(&tcp->wire, &wire_tcp_ops, base, events);
	tcp->port = port;
	tcp->waiting = -1;
	return &tcp->wire;
}
