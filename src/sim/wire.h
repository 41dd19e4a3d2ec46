/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wire between a model and whoever drives it: a pty with a stable link to
 * it, or a TCP port on the loopback address, one client at a time.
 *
 * Callbacks come from the loop only, never from within a call of the wire.
 * Every up is followed by a down before the next up.
 *
 * How a pty's line is known to be up: we do not keep the other side open, so
 * the kernel reports a hang-up (POLLHUP) for as long as nobody has it open.
 * inotify tells when to look again; bytes, and our own sending, do as well.
 * When the last one closes it, the link is moved to a fresh pty: unread bytes
 * and TIOCEXCL, which would keep the next user out, stay with the old one. A
 * close that is followed by an open at once may go unnoticed; then the next
 * user has the same pty.
 */
#ifndef TILLD_SIM_WIRE_H
#define TILLD_SIM_WIRE_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire;

struct wire_events {
	void (*line)(void *arg, bool up);
	void (*input)(void *arg, const uint8_t *data, size_t len);
	void *arg;
};

/* Both unplugged at first. */
struct wire *wire_new_pty(struct event_base *base, const char *path,
			  const struct wire_events *events);
struct wire *wire_new_tcp(struct event_base *base, uint16_t port,
			  const struct wire_events *events);
struct wire *wire_free(struct wire *wire);

/*
 * Makes the pty and its link, or listens; and takes them away, which hangs up
 * on whoever is there. A pty's folder is made if it is missing; its path may
 * be a link already, but nothing else (EEXIST). Errors: an errno.
 */
int wire_plug(struct wire *wire);
void wire_unplug(struct wire *wire);

/*
 * How fast the device's end of a pty is: what is said while the other end is
 * set to another speed is noise, which a device drops, and a driver gets. 0, as
 * at first: as fast as the other end, whatever that is.
 */
void wire_set_speed(struct wire *wire, int baud);

/* Bytes to whoever is there; lost if nobody is, or does not read. */
void wire_send(struct wire *wire, const uint8_t *data, size_t len);

/* The link's path, or 127.0.0.1:port with the port that was chosen. */
const char *wire_place(const struct wire *wire);

#endif
