/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a serial port and a TCP connection have in common once there is a
 * descriptor: bytes through a bufferevent with deferred callbacks, so that
 * nothing is told from within a call; a bounded queue; a stall limit.
 */
#ifndef TILLD_DEVICE_TRANSPORT_WIRE_H
#define TILLD_DEVICE_TRANSPORT_WIRE_H

#include "device/plugs.h"
#include "device/transport.h"
#include "device/transport_tls.h"

#include <event2/bufferevent.h>
#include <event2/event.h>

struct wire;

struct wire_ops {
	/*
	 * Starts to open. Ends, at once or later, in one of wire_set_up()
	 * and wire_set_down(); the transport may be shut before.
	 */
	void (*open)(struct wire *wire);
	/* Before the descriptor is closed; stalled if it takes no bytes. */
	void (*close)(struct wire *wire, int fd, bool stalled);
	void (*destroy)(struct wire *wire);
	/* NULL where it means nothing */
	bool (*set_line)(struct wire *wire, int fd,
			 const struct driver_line *line);
	bool (*modem)(struct wire *wire, int fd, unsigned int *out_lines);
};

/* Embedded, as the first member, in what uses it. */
struct wire {
	struct transport transport;
	const struct wire_ops *ops;
	struct event_base *base;
	struct bufferevent *bytes; /* NULL while it is shut */
	struct event *soon;	   /* tells up or down; limits a connect */
	bool is_up;		   /* up was told, or is about to be */
	bool is_told;		   /* up was */
	bool stalled;
	const uint8_t *tls_pin; /* NULL: in clear */
	struct tls *tls;
	enum reason outcome; /* of opening, to be told by soon */
};

void wire_init(struct wire *wire, const struct wire_ops *ops,
	       struct event_base *base);

/* Takes over fd, closes it with the wire. */
void wire_take(struct wire *wire, int fd);

/* The outcome of opening; told from the loop. With a pin, up is told when the
 * other end has shown its certificate, within the limit set for opening. */
void wire_set_up(struct wire *wire);
void wire_set_down(struct wire *wire, enum reason reason);

/* Opening fails with no answer unless it is over after ms. */
void wire_limit_open(struct wire *wire, int ms);

/* What an errno of open, connect, read or write means. */
enum reason wire_reason(int err);

struct transport *transport_serial_new(struct event_base *base,
				       struct plugs *plugs,
				       const struct transport_config *config);
struct transport *transport_tcp_new(struct event_base *base,
				    const struct transport_config *config);

#endif
