/* SPDX-License-Identifier: Apache-2.0 */
#include "device/transport_wire.h"
#include "device/transports.h"

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/err.h"
#include "util/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define TCP_CONNECT_MS 5000

struct transport_tcp {
	struct wire wire;
	char *host;
	int port;
	uint8_t pin[TLS_PIN_SIZE];
};

/* Never asks a name server; NULL if host is no address. */
static struct addrinfo *tcp_find_address(const char *host, int port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *found;
	char service[16];

	snprintf(service, sizeof(service), "%d", port);
	if (!strcmp(host, "localhost"))
		host = "127.0.0.1";
	return getaddrinfo(host, service, &hints, &found) ? NULL : found;
}

/* Nobody in particular: 0.0.0.0, 224.0.0.0 to 255.255.255.255. */
static bool tcp_is_nobody(const struct in_addr *address)
{
	uint32_t number = ntohl(address->s_addr);

	return number == INADDR_ANY || number >= INADDR_UNSPEC_GROUP;
}

static char *tcp_name_v4(const struct in_addr *address)
{
	char name[INET_ADDRSTRLEN];

	if (tcp_is_nobody(address))
		return NULL;
	return alloc_text(inet_ntop(AF_INET, address, name, sizeof(name)));
}

static char *tcp_name_v6(const struct sockaddr_in6 *address)
{
	char name[NI_MAXHOST];
	struct in_addr v4;

	if (IN6_IS_ADDR_V4MAPPED(&address->sin6_addr)) {
		memcpy(&v4, &address->sin6_addr.s6_addr[12], sizeof(v4));
		return tcp_name_v4(&v4);
	}
	if (IN6_IS_ADDR_UNSPECIFIED(&address->sin6_addr) ||
	    IN6_IS_ADDR_MULTICAST(&address->sin6_addr) ||
	    getnameinfo((const struct sockaddr *)address, sizeof(*address),
			name, sizeof(name), NULL, 0, NI_NUMERICHOST))
		return NULL;
	return alloc_text(name);
}

char *transports_name_host(const char *host)
{
	struct addrinfo *found = tcp_find_address(host, 1);
	const struct sockaddr *address = found ? found->ai_addr : NULL;
	char *name = NULL;

	if (address && address->sa_family == AF_INET)
		name = tcp_name_v4(
			&((const struct sockaddr_in *)(const void *)address)
				 ->sin_addr);
	else if (address)
		name = tcp_name_v6((const void *)address);
	if (found)
		freeaddrinfo(found);
	return name;
}

struct tcp_option {
	int level;
	int name;
	int value;
};

/*
 * Frames are short and wait for answers: no delay. A terminal that was
 * switched off must not look connected for hours: probed after 10 idle
 * seconds, given up when three probes or sent bytes stay unanswered.
 */
static const struct tcp_option tcp_options[] = {
	{ IPPROTO_TCP, TCP_NODELAY, 1 },
	{ SOL_SOCKET, SO_KEEPALIVE, 1 },
	{ IPPROTO_TCP, TCP_KEEPIDLE, 10 },
	{ IPPROTO_TCP, TCP_KEEPINTVL, 5 },
	{ IPPROTO_TCP, TCP_KEEPCNT, 3 },
	{ IPPROTO_TCP, TCP_USER_TIMEOUT, TRANSPORT_STALL_MS },
};

static int tcp_make_socket(int family, int *out_fd)
{
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_born(-errno);
	for (size_t i = 0; i < sizeof(tcp_options) / sizeof(*tcp_options); i++)
		setsockopt(fd, tcp_options[i].level, tcp_options[i].name,
			   &tcp_options[i].value, sizeof(int));
	*out_fd = fd;
	return 0;
}

static int tcp_connect(struct wire *wire, const struct addrinfo *address)
{
	int fd = -1, r = tcp_make_socket(address->ai_family, &fd);

	if (r)
		return r;
	wire_take(wire, fd);
	wire_limit_open(wire, TCP_CONNECT_MS);
	errno = 0;
	if (bufferevent_socket_connect(wire->bytes, address->ai_addr,
				       (int)address->ai_addrlen))
		return err_born(errno ? -errno : -EHOSTUNREACH);
	return 0;
}

static void tcp_open(struct wire *wire)
{
	struct transport_tcp *tcp = (struct transport_tcp *)wire;
	struct addrinfo *address = tcp_find_address(tcp->host, tcp->port);
	int r;

	if (!address) {
		log_error("no numeric address: %s", tcp->host);
		wire_set_down(wire, REASON_BAD_PARAMETER);
		return;
	}
	r = tcp_connect(wire, address);
	freeaddrinfo(address);
	if (r)
		wire_set_down(wire, wire_reason(-r));
}

static void tcp_destroy(struct wire *wire)
{
	struct transport_tcp *tcp = (struct transport_tcp *)wire;

	free(tcp->host);
	free(tcp);
}

struct transport *transport_tcp_new(struct event_base *base,
				    const struct transport_config *config)
{
	static const struct wire_ops ops = { .open = tcp_open,
					     .destroy = tcp_destroy };
	struct transport_tcp *tcp = ALLOC_NEW(struct transport_tcp);

	wire_init(&tcp->wire, &ops, base);
	tcp->host = alloc_text(config->host);
	tcp->port = config->port;
	if (config->tls_pin) {
		memcpy(tcp->pin, config->tls_pin, TLS_PIN_SIZE);
		tcp->wire.tls_pin = tcp->pin;
	}
	return &tcp->wire.transport;
}
