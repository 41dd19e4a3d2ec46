/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver behind all drawers that are looked at by one harmless question, or
 * not at all, and opened by one command: asked before, pulsed once, watched
 * after. Answers don't say what they answer; one is believed only when no
 * answer to an earlier question can still come. What comes without having been
 * asked for is news, and believed.
 *
 * Of those that are printers it prints, too: what was sent is sent, if the
 * printer has no trouble when it has taken all of it.
 */
#ifndef TILLD_DRAWER_KICK_H
#define TILLD_DRAWER_KICK_H

#include "device/driver.h"
#include "drawer/duty.h"
#include "drawer/level.h"
#include "drawer/options.h"

#include <stdbool.h>
#include <stdint.h>

enum kick_paper {
	KICK_PAPER_UNKNOWN, /* or there is no printer about it */
	KICK_PAPER_OK,
	KICK_PAPER_OUT,
};

struct kick_seen {
	enum drawer_level level;
	enum kick_paper paper;
	enum reason trouble; /* why it can't be opened now; NONE: it can */
	/* Which "sensor" is right if the drawer is open now, and which if it is
	 * shut; NULL: there is no choice. */
	const char *if_open, *if_closed;
};

/* What a make of drawer adds. */
struct kick_make {
	/*
	 * Asks how it is. The answer comes by kick_answered(), within this or
	 * later. NULL: it can't be asked, and has no sensor.
	 */
	void (*ask)(struct driver_io *io);
	/* Opens it: sends what does, and nothing else. */
	void (*pulse)(struct driver_io *io);
	/* How long the pulse is, ms. */
	int64_t (*on_time)(struct driver_io *io);
	/* One that stays silent isn't there; else its state is not known. */
	bool must_answer;
};

enum kick_phase {
	KICK_OPENING,
	KICK_IDLE,
	KICK_RESTING,	/* a pulse was asked for, the solenoid rests */
	KICK_CHECKING,	/* may it be pulsed? */
	KICK_WATCHING,	/* pulsed: does it open? */
	KICK_TESTING,	/* asked once more, and nothing else */
	KICK_PREPARING, /* a job is to be printed: can it be? */
	KICK_PRINTING,	/* it has been sent */
	KICK_PHASES,
};

/* Embedded, as the first member, in a driver's state. */
struct kick {
	const struct kick_make *make;
	enum kick_phase phase;
	struct kick_seen seen;
	bool told, running, recovering, was_open;
	int64_t watch_until;
	const struct job *job; /* on its way, or NULL */
	/* the question */
	bool asking, heard, noisy;
	int tries, under_way;
};

#define KICK_OPS (DRIVER_OP(OP_DRAWER_OPEN) | DRIVER_OP(OP_TEST_INTERNAL))

/* A driver's own open calls it; the rest of its callbacks are these, and its
 * own input. */
void kick_open(struct driver_io *io, const struct kick_make *make);
void kick_start(struct driver_io *io, const struct op *op);
void kick_recover(struct driver_io *io, const struct op *op,
		  const json_t *evidence);
void kick_timeout(struct driver_io *io);
void kick_abort(struct driver_io *io);

/* For its own input: how the drawer is, asked for or not; something came that
 * says nothing. */
void kick_answered(struct driver_io *io, const struct kick_seen *seen);
void kick_noise(struct driver_io *io);

#endif
