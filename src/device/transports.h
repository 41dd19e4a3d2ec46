/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transports of the real world, in a libevent loop: serial ports by plain
 * termios (ptys too), TCP, and what is plugged in by USB: bulk endpoints by
 * libusb, HIDs by hidraw, keyboards by evdev; readers of chip cards by PC/SC.
 */
#ifndef TILLD_DEVICE_TRANSPORTS_H
#define TILLD_DEVICE_TRANSPORTS_H

#include "device/transport.h"
#include "util/worker.h"

#include <event2/event.h>

/* Transports that were created live on their own, but no longer than what
 * made them, base and workers. */
struct transports *transports_new(struct event_base *base,
				  struct workers *workers);
struct transports *transports_free(struct transports *transports);

/* Whether this tilld was built for such plugs; what was left out, as in "built
 * without libusb". */
bool transports_can(enum driver_plug plug);
const char *transports_lack(enum driver_plug plug);

/*
 * The one usual form of a TCP host: a numeric IPv4 or IPv6 address of a single
 * machine, or "localhost". New; NULL if it can't be used. Names are not
 * resolved: that would block the loop, and a till must not depend on a name
 * server to take money.
 */
char *transports_name_host(const char *host);

#endif
