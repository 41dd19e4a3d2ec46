/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What wire.c does for both kinds: bytes on a descriptor, and telling of the
 * line. wire_pty.c and wire_tcp.c know how to get that descriptor.
 */
#ifndef TILLD_SIM_WIRE_PRIVATE_H
#define TILLD_SIM_WIRE_PRIVATE_H

#include "sim/wire.h"

struct wire_ops {
	int (*plug)(struct wire *wire);
	void (*unplug)(struct wire *wire);
	/* the other end closed it: what now? */
	void (*closed)(struct wire *wire);
	/* before something is sent: is somebody there? may be NULL */
	void (*look)(struct wire *wire);
	/* how fast is the other end? 0: that can't be told; may be NULL */
	int (*speed)(struct wire *wire);
	void (*destroy)(struct wire *wire);
};

/* Embedded, as the first member, in both kinds. */
struct wire {
	const struct wire_ops *ops;
	struct event_base *base;
	struct wire_events events;
	char *place;
	bool plugged;
	int fd; /* of the line that is up, else -1; owned by the kind */
	struct event *readable;
	struct event *writable;
	struct event *news; /* fires when up or down has still to be told */
	struct evbuffer *out;
	int baud;     /* of our end; 0: as the other's */
	bool told_up; /* what the last line callback said */
	bool changed; /* it went down since */
};

void wire_init(struct wire *wire, const struct wire_ops *ops,
	       struct event_base *base, const struct wire_events *events);

/* fd is the line from now on. The up is told by the loop. */
void wire_set_up(struct wire *wire, int fd);

/* The line is gone; fd is not closed. The down is told by the loop. */
void wire_set_down(struct wire *wire);

#endif
