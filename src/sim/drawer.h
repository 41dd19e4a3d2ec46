/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cash drawer as a thing of steel: a coil that draws a latch, a spring, a
 * key, a switch. Knows nothing of printers or bytes; the printer model drives
 * its coil and reads its switch. Times are in milliseconds of one clock.
 */
#ifndef TILLD_SIM_DRAWER_H
#define TILLD_SIM_DRAWER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum drawer_kind {
	DRAWER_FITTED,
	DRAWER_NO_SWITCH, /* opens, but says nothing: pin 3 is always high */
	DRAWER_NONE	  /* nothing plugged in: as above, and never opens */
};

enum drawer_polarity { DRAWER_LOW_IS_OPEN, DRAWER_HIGH_IS_OPEN };

/* ints, so that sim/setting.h can set them */
struct drawer_fit {
	int kind;
	int polarity;
	int pin;       /* 0: the coil is on pin 2 of the socket; 1: pin 5 */
	int min_pulse; /* ms the coil needs to draw the latch */
	int opening;   /* ms from the latch to the open switch */
};

#define DRAWER_PULSES_KEPT 512 /* more than fit in the coil's second */

struct drawer_pulse {
	int64_t at;
	int pin; /* 0 or 1, as in drawer_fit */
	int on, off;
	bool realtime; /* DLE DC4, not ESC p */
};

struct drawer {
	struct drawer_fit fit;
	bool open, locked, jammed;
	bool burnt;	     /* the coil: current for over 500 ms */
	bool duty_violation; /* over 200 ms of current within a second */
	int64_t latch_due, open_due; /* -1: nothing is moving */
	int64_t made;		     /* when; pulses are told relative to it */
	unsigned int openings;	     /* all of them ... */
	unsigned int by_key;	     /* ... and those with the key */
	struct drawer_pulse pulses[DRAWER_PULSES_KEPT]; /* a ring */
	unsigned int pulse_count;
};

void drawer_init(struct drawer *drawer, int64_t now);

/* Current on one of the socket's two pins, from now on. */
void drawer_pulse(struct drawer *drawer, const struct drawer_pulse *pulse);

/* The current stops early: what the latch has not let go stays shut. */
void drawer_lose_power(struct drawer *drawer);

/* When something will move, -1 if nothing will. */
int64_t drawer_next_due(const struct drawer *drawer);

/* True if it has just sprung open. */
bool drawer_move(struct drawer *drawer, int64_t now);

/* By hand. False if it does not move: stuck, or there already. */
bool drawer_open_by_key(struct drawer *drawer);
bool drawer_close(struct drawer *drawer);

/* The level on pin 3 that a printer reads. */
bool drawer_pin_is_high(const struct drawer *drawer);

/* Adds its fields to a model's account. */
void drawer_put_account(const struct drawer *drawer, json_t *account);

#endif
