/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The good ends of the wires, for the contract test: just enough of each
 * protocol for a driver to get ready and to do its operations. Written from
 * the protocols' descriptions and never from the drivers, and without time:
 * a peer answers at once or not at all. It keeps count of what really moved.
 */
#ifndef TILLD_TESTS_PEERS_H
#define TILLD_TESTS_PEERS_H

#include "device/driver.h"
#include "util/buf.h"

#define PEER_CHUNKS 64

struct peer_class;

struct peer {
	const struct peer_class *class;
	bool serial;
	struct buf in;		  /* not understood yet */
	struct buf out;		  /* answers, for the world to deliver */
	size_t ends[PEER_CHUNKS]; /* where each answer ends in out */
	size_t chunks;
	bool reticent; /* does not tell what it did last, until the line goes */
	int moved;     /* pulses, printed reports, bookings */
	void *state;   /* outlasts the line, as the device does */
};

struct peer_class {
	enum device_class class;
	size_t state_size;
	void (*init)(struct peer *peer);
	/* takes what it can of peer->in */
	void (*input)(struct peer *peer);
	/* the line went */
	void (*down)(struct peer *peer);
	/* the mains went too: what was only in its memory is gone */
	void (*power_cycle)(struct peer *peer);
	/* somebody works with it by hand; not counted in moved */
	void (*stranger)(struct peer *peer);
	/* what it says of itself, where it is plugged in by USB */
	struct driver_facts facts;
	/* the modem's lines, where it moves any */
	unsigned int (*modem)(const struct peer *peer);
};

/* The one that fits the driver, if it is set so (NULL: as by default). */
void peer_init(struct peer *peer, const struct driver *driver,
	       const char *setting, bool serial);
void peer_free(struct peer *peer);

/* Bytes from the driver. */
void peer_input(struct peer *peer, const uint8_t *data, size_t len);
void peer_down(struct peer *peer);
void peer_power_cycle(struct peer *peer);
void peer_meet_stranger(struct peer *peer);

/* One answer, whole. */
void peer_send(struct peer *peer, const void *data, size_t len);

extern const struct peer_class peer_datecs_classic;
extern const struct peer_class peer_datecs_x;
extern const struct peer_class peer_escpos;
extern const struct peer_class peer_apg;
extern const struct peer_class peer_magtek;
extern const struct peer_class peer_posiflex;
extern const struct peer_class peer_posnet;
extern const struct peer_class peer_star;
extern const struct peer_class peer_trigger;
extern const struct peer_class peer_zvt;
extern const struct peer_class peer_mute; /* takes bytes, says nothing */

#endif
