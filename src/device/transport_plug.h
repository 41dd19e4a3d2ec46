/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all lines to something that is plugged in by USB have in common: its
 * name and what it is found to be, notices, and the telling of up and down from
 * the loop.
 */
#ifndef TILLD_DEVICE_TRANSPORT_PLUG_H
#define TILLD_DEVICE_TRANSPORT_PLUG_H

#include "device/plugs.h"
#include "device/transport.h"
#include "util/worker.h"

struct plug;

struct plug_ops {
	/* What was found is in plug->found: opens it. An errno (negative), or
	 * 0, and then plug_tell_up() comes at once or later, or plug_fail(). */
	int (*open)(struct plug *plug);
	/* Lets go of whatever open took hold of; it may be nothing. */
	void (*shut)(struct plug *plug);
	bool (*write)(struct plug *plug, const uint8_t *data, size_t len);
	/* Something came while it is open, and udev's rules ran. May be NULL. */
	void (*came)(struct plug *plug);
	void (*destroy)(struct plug *plug);
};

/* Embedded, as the first member, in what uses it. */
struct plug {
	struct transport transport;
	const struct plug_ops *ops;
	struct event_base *base;
	struct plugs *plugs;
	struct plug_watch watch;
	enum driver_plug kind;
	struct plug_name name;
	struct plug_found found; /* while it is open */
	struct driver_facts facts;
	struct event *soon; /* tells up or down */
	bool is_open;	    /* open went well, and shut was not called */
	bool is_up;	    /* up was told */
	enum reason outcome;
};

void plug_init(struct plug *plug, const struct plug_ops *ops,
	       struct event_base *base, struct plugs *plugs,
	       const struct transport_config *config);

/* The outcome of opening, and the end of the line later; told from the loop. */
void plug_tell_up(struct plug *plug);
void plug_fail(struct plug *plug, enum reason reason);

/* What came of opening, where it is an errno (negative); 0 is nothing yet. */
void plug_try(struct plug *plug, int r);

/* From the loop only: bytes came; the line has gone. */
void plug_input(struct plug *plug, const uint8_t *data, size_t len);
void plug_go_down(struct plug *plug, enum reason reason);

/* The node, held by us alone as far as others look at locks. */
int plug_open_node(const struct plug *plug, int *out_fd);

struct usb_loop;

struct transport *transport_usb_new(struct event_base *base,
				    struct plugs *plugs, struct usb_loop *loop,
				    const struct transport_config *config);
struct transport *transport_hid_new(struct event_base *base,
				    struct plugs *plugs,
				    struct workers *workers,
				    const struct transport_config *config);
struct transport *transport_keys_new(struct event_base *base,
				     struct plugs *plugs,
				     const struct transport_config *config);

#endif
