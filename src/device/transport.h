/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line between a device and its driver's bytes: a serial port, a TCP
 * connection or something plugged in by USB, held by us alone. An interface,
 * so that a test or a simulated world can be the other end.
 */
#ifndef TILLD_DEVICE_TRANSPORT_H
#define TILLD_DEVICE_TRANSPORT_H

#include "device/driver.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transport;

/* Called from the loop, never from within a call of the transport. */
struct transport_events {
	void (*up)(void *arg);			     /* open is done */
	void (*down)(void *arg, enum reason reason); /* failed, or gone */
	void (*input)(void *arg, const uint8_t *data, size_t len);
	void (*drained)(void *arg); /* all that was written is out */
	/* What it is on may have been plugged in just now: a line that is not
	 * open is worth opening at once. May be NULL. */
	void (*plugged)(void *arg);
	void *arg;
};

struct transport_ops {
	/*
	 * Starts to open; ends in up or down, a TCP connection within 5 s.
	 * After down, and after shut, it can be opened again.
	 */
	void (*open)(struct transport *transport);
	/* Closes at once, without down being called. */
	void (*shut)(struct transport *transport);
	/*
	 * Queues up to TRANSPORT_QUEUE_MAX bytes; false past that. A line
	 * that takes no byte for TRANSPORT_STALL_MS goes down by itself.
	 */
	bool (*write)(struct transport *transport, const uint8_t *data,
		      size_t len);
	void (*destroy)(struct transport *transport);
	/* A serial port that is up: set otherwise, until it is opened again.
	 * False, with nothing changed, if it can't be. May be NULL. */
	bool (*set_line)(struct transport *transport,
			 const struct driver_line *line);
	/* Which of DRIVER_MODEM_... are on; false if that can't be told. May
	 * be NULL. */
	bool (*modem)(struct transport *transport, unsigned int *out_lines);
	/* Of what is plugged in, while it is up. May be NULL. */
	const struct driver_facts *(*facts)(struct transport *transport);
};

struct transport {
	const struct transport_ops *ops;
	struct transport_events events; /* set by its user before open */
};

#define TRANSPORT_QUEUE_MAX 65536
#define TRANSPORT_STALL_MS  10000

struct transport_config {
	const char *path; /* a serial port: "/dev/ttyS0"; or NULL */
	const char *host; /* TCP: a numeric address or localhost; or NULL */
	int port;	  /* TCP */
	/* TCP: the SHA-256 of the certificate that it has to have, 32 bytes;
	 * NULL: in clear */
	const uint8_t *tls_pin;
	struct driver_line line; /* serial */
	enum driver_plug plug;	 /* or something plugged in by USB, */
	const char *plug_name;	 /* named like this: device/plug_name.h */
};

/*
 * Where transports come from, handed in at wiring. The daemon's makes serial
 * ports (transport_serial.c), TCP connections (transport_tcp.c) and what is
 * plugged in by USB (transport_plug.h) in its libevent loop. config is only
 * read during the call.
 */
struct transports {
	struct transport *(*create)(struct transports *transports,
				    const struct transport_config *config);
};

#endif
